/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/handshake.c -- the handshake, one record a call, and what may follow it: a renegotiation
 * (TLS 1.2), a late certificate (TLS 1.3).
 *
 * gnutls_handshake() is never called again once it returned 0: in TLS 1.2 that would begin a new handshake,
 * in TLS 1.3 a KeyUpdate.  So `done`, `redoing` and `reauth` say what the next record belongs to. */
#include <config.h>

#include "state.h"

#include <stdlib.h>

static bool waiting(int ret)
{
    return ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED;
}

bool redo_allowed(const sspi_session *s)
{
    return s->may_redo && !s->tls13 && gnutls_safe_renegotiation_status(s->tls);
}

/* What GnuTLS itself would let pass. */
static int completed(sspi_session *s)
{
    bool resumed = gnutls_session_is_resumed(s->tls);
    unsigned count = 0;
    bool psk = gnutls_auth_get_type(s->tls) == GNUTLS_CRD_PSK && !resumed;
    if (gnutls_auth_get_type(s->tls) == GNUTLS_CRD_CERTIFICATE)
        gnutls_certificate_get_peers(s->tls, &count);
    /* A client that was asked and showed nothing shows nothing now, either: as after a full handshake,
     * whether it had to is said below, and by the core. */
    if (resumed && s->verify && (!s->server || (s->request_cert && count)) && verify_ask(s, true) < 0)
        return GNUTLS_E_CERTIFICATE_ERROR;
    if (s->server && s->request_cert == 2 && !count)
        return s->tls13 ? GNUTLS_E_CERTIFICATE_REQUIRED : GNUTLS_E_NO_CERTIFICATE_FOUND;
    if (!s->server && s->verify && !s->verified && !psk)
        return GNUTLS_E_CERTIFICATE_ERROR;
    return 0;
}

static enum sspi_status handshake_completed(sspi_session *s, struct sspi_io *io)
{
    int ret;
    s->tls13 = gnutls_protocol_get_version(s->tls) == GNUTLS_TLS1_3;
    if ((ret = completed(s)) < 0)
        return session_fail(s, ret, io);
    if (s->done) {
        s->redoing = false;
        s->events |= SSPI_EVENT_REDONE;
        return SSPI_OK;
    }
    s->done = true;
    s->ahead.over = true;
    ahead_close(s);
    gnutls_datum_t id;
    if (!s->server && !s->tls13 && !s->ticket_new && !gnutls_session_is_resumed(s->tls) &&
        gnutls_session_get_id2(s->tls, &id) == 0 &&
        id.size) { /* a server that keeps sessions itself, perhaps */
        s->ticket_new = true;
        s->lifetime = 3600;
    }
    if (s->ticket_new)
        s->events |= SSPI_EVENT_TICKET;
    if (s->server && s->tls13 && tickets_wanted(s))
        if ((ret = gnutls_session_ticket_send(s->tls, s->tickets, 0)) < 0)
            return session_fail(s, ret, io);
    return SSPI_OK;
}

/* A client of OpenSSL that refuses a TLS 1.3 server says so in the clear, as it has no key to write with yet;
 * GnuTLS takes that for a forged record.  It ends the handshake either way: let it say why. */
static bool plain_alert(sspi_session *s, const struct sspi_io *io)
{
    if (s->done || !io || !io->in || io->in_len != 7 || io->in[0] != 21 || io->in[5] != GNUTLS_AL_FATAL)
        return false;
    s->plain_alert = io->in[6];
    return true;
}

/* no_renegotiation answers nothing in a first handshake.  GnuTLS begins it anew: a client with a second
 * hello, a server that takes one. */
static bool begins_anew(sspi_session *s)
{
    return !s->done && gnutls_alert_get(s->tls) == GNUTLS_A_NO_RENEGOTIATION;
}

enum sspi_status handshake_step(sspi_session *s, struct sspi_io *io)
{
    int ret;
    size_t before;
    s->io = io;
    s->verdict = (struct sspi_verdict){0};
    do {
        before = s->in_left;
        ret = gnutls_handshake(s->tls);
        if (ret == GNUTLS_E_WARNING_ALERT_RECEIVED && begins_anew(s))
            ret = GNUTLS_E_UNEXPECTED_PACKET;
        if (ret == GNUTLS_E_WARNING_ALERT_RECEIVED)
            s->events |= SSPI_EVENT_WARNING;
    } while (ret == GNUTLS_E_WARNING_ALERT_RECEIVED || (waiting(ret) && s->in_left && s->in_left != before));
    if (ret == 0)
        return handshake_completed(s, io);
    if (waiting(ret))
        return SSPI_WANT_RECORD;
    if (ret == GNUTLS_E_SESSION_EOF) { /* a close_notify is answered by nothing */
        s->closed = true;
        return SSPI_CLOSED;
    }
    if (ret == GNUTLS_E_DECRYPTION_FAILED && plain_alert(s, io))
        ret = GNUTLS_E_FATAL_ALERT_RECEIVED;
    return session_fail(s, ret, io);
}

/* ---- after the handshake ---- */

/* TLS 1.2: begins, or goes on with the hello that already came. */
static enum sspi_status redo_start(sspi_session *s, struct sspi_io *io)
{
    tickets_off(s);
    s->redo_wanted = false;
    s->redoing = true;
    s->verified = false;
    s->finished_len[0] = s->finished_len[1] = 0;
    return handshake_step(s, io);
}

/* TLS 1.3: the server takes one record of the answer; the client gives the whole answer. */
enum sspi_status reauth_step(sspi_session *s, struct sspi_io *io)
{
    s->io = io;
    s->verdict = (struct sspi_verdict){0};
    int ret = gnutls_reauth(s->tls, 0);
    if (ret == 0) {
        unsigned count = 0;
        s->reauth = false;
        if (s->server && s->request_cert == 2 && !gnutls_certificate_get_peers(s->tls, &count))
            return session_fail(s, GNUTLS_E_CERTIFICATE_REQUIRED, io);
        s->events |= SSPI_EVENT_REDONE;
        return SSPI_OK;
    }
    if (ret == GNUTLS_E_SESSION_EOF) {
        s->closed = true;
        return SSPI_CLOSED;
    }
    return waiting(ret) || ret == GNUTLS_E_GOT_APPLICATION_DATA ? SSPI_WANT_RECORD : session_fail(s, ret, io);
}

static enum sspi_status handshake_later(sspi_session *s, struct sspi_io *io)
{
    int ret;
    if (!s->server && s->reauth) {
        if (!s->client_decided && !(s->client_cred && s->client_cred->chain_count))
            return SSPI_WANT_CREDENTIAL;
        s->client_decided = false;
        enum sspi_status status = reauth_step(s, io);
        if (status != SSPI_OK || !s->in_left)
            return status;
    }
    if (s->in_left) {
        enum sspi_status status;
        if (s->redoing)
            return handshake_step(s, io);
        if (s->server && s->reauth) {
            status = reauth_step(s, io);
        } else {
            uint8_t unexpected[1];
            size_t len = sizeof unexpected;
            status = session_receive(s, io, unexpected, &len);
            if (status == SSPI_OK) /* data has no place here */
                return session_fail(s, GNUTLS_E_UNEXPECTED_PACKET, io);
        }
        if (status == SSPI_FAILED || status == SSPI_CLOSED)
            return status;
    }
    if (s->redo_wanted)
        return redo_start(s, io);
    s->io = io;
    if (s->update_owed && (ret = update_flush(s)) < 0)
        return session_fail(s, ret, io);
    return s->redoing || (s->server && s->reauth) ? SSPI_WANT_RECORD : SSPI_OK;
}

static enum sspi_status handshake_first(sspi_session *s, struct sspi_io *io)
{
    if (s->cookie_peer.size && !s->cookie_done) {
        int ret = cookie_check(s, io);
        if (ret < 0)
            return session_fail(s, ret, io);
        if (ret == 0)
            return SSPI_WANT_RECORD;
    }
    if (s->in_left == 6 && s->in[0] == 20 &&
        s->in[5] != 1) /* GnuTLS 3.8 takes any ChangeCipherSpec in TLS 1.3 */
        return session_fail(s, GNUTLS_E_UNEXPECTED_PACKET, io);
    if (s->in_left && !s->ahead.over && !s->client_decided) {
        int ret = ahead_open(s, s->in, s->in_left);
        if (ret < 0)
            return session_fail(s, ret, io);
        if (ret > 0) {
            io->in_used = 0;
            return SSPI_WANT_CREDENTIAL;
        }
    }
    return handshake_step(s, io);
}

/* unseal() failed, and its alert is still to leave. */
static enum sspi_status last_words(sspi_session *s, struct sspi_io *io)
{
    if (!s->owes_alert)
        return SSPI_FAILED;
    s->owes_alert = false;
    if (s->held && transport_flush(s, io) < 0)
        return SSPI_FAILED;
    s->io = io;
    if (gnutls_alert_send(s->tls, GNUTLS_AL_FATAL, (gnutls_alert_description_t)s->failure.alert) >= 0)
        s->failure.alert_sent = s->failure.alert;
    s->io = NULL;
    return SSPI_FAILED;
}

enum sspi_status session_handshake(sspi_session *s, struct sspi_io *io)
{
    unsigned discarded = s->dtls ? gnutls_record_get_discarded(s->tls) : 0;
    io->events = 0;
    io->in_used = io->in ? io->in_len : 0;
    if (s->dead)
        return last_words(s, io);
    s->events = 0;
    s->in = io->in;
    s->in_left = io->in ? io->in_len : 0;
    if (s->held && transport_flush(s, io) < 0)
        return session_fail(s, GNUTLS_E_PUSH_ERROR, NULL);
    enum sspi_status status = s->done ? handshake_later(s, io) : handshake_first(s, io);
    if (status == SSPI_WANT_RECORD && s->dtls && gnutls_record_get_discarded(s->tls) != discarded)
        s->events |= SSPI_EVENT_DISCARDED;
    io->events = s->events;
    s->io = NULL;
    s->in = NULL;
    s->in_left = 0;
    return status;
}

enum sspi_status session_redo(sspi_session *s, struct sspi_io *io, int request_cert)
{
    int ret;
    io->events = 0;
    io->in_used = 0;
    if (s->dead || !s->done)
        return SSPI_FAILED;
    bool late = s->server && s->tls13 && s->may_redo && request_cert && !s->reauth &&
                gnutls_session_get_flags(s->tls) & GNUTLS_SFLAGS_POST_HANDSHAKE_AUTH;
    if (s->redoing || s->redo_wanted || (!late && !redo_allowed(s)))
        return SSPI_UNSUPPORTED;
    s->events = 0;
    s->io = io;
    if (s->held && transport_flush(s, io) < 0)
        return session_fail(s, GNUTLS_E_PUSH_ERROR, NULL);
    enum sspi_status status = SSPI_WANT_RECORD;
    if (s->server) {
        s->request_cert = request_cert;
        gnutls_certificate_server_set_request(s->tls, request_cert == 2   ? GNUTLS_CERT_REQUIRE
                                                      : request_cert == 1 ? GNUTLS_CERT_REQUEST
                                                                          : GNUTLS_CERT_IGNORE);
    }
    if (late) {
        if (s->update_owed && (ret = update_flush(s)) < 0)
            return session_fail(s, ret, io);
        s->reauth = true;
        status = reauth_step(s, io);
    } else if (!s->server) {
        status = redo_start(s, io);
    } else if ((ret = gnutls_rehandshake(s->tls)) < 0) {
        status = session_fail(s, ret, io);
    }
    io->events = s->events;
    s->io = NULL;
    return status;
}

enum sspi_status session_set_credential(sspi_session *s, sspi_cred *cred)
{
    if (s->server || (cred && cred->server))
        return SSPI_UNSUPPORTED;
    s->client_cred = cred;
    s->client_decided = true;
    return SSPI_OK;
}
