/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/record.c -- records once keys are in use: data, closing, alerts, new keys. */
#include <config.h>

#include "state.h"

#define TYPE_CHANGE 20
#define TYPE_HANDSHAKE 22
#define TYPE_DATA 23

/* GnuTLS answers an update that was asked for together with the next data.  Sending no data makes it put
 * out the KeyUpdate and then refuse the empty record, which is what is wanted. */
int update_flush(sspi_session *s)
{
    int ret = (int)gnutls_record_send(s->tls, "", 0);
    s->update_owed = false;
    return ret < 0 && ret != GNUTLS_E_INVALID_REQUEST ? ret : 0;
}

enum sspi_status session_seal(sspi_session *s, struct sspi_record *r)
{
    r->events = 0;
    if (s->dead || !s->done)
        return SSPI_FAILED;
    if (!r->data_len || r->data_len > plaintext_max(s))
        return SSPI_UNSUPPORTED;
    if (s->held || s->update_owed)
        return SSPI_WANT_FLUSH;
    s->sealing = r;
    s->sealed = 0;
    ssize_t ret = gnutls_record_send(s->tls, r->data, r->data_len);
    s->sealing = NULL;
    if (ret == (ssize_t)r->data_len && s->sealed)
        return SSPI_OK;
    return session_fail(s, ret < 0 ? (int)ret : GNUTLS_E_INTERNAL_ERROR, NULL);
}

/* A peer that begins a renegotiation which is not allowed gets a warning, and goes on. */
static enum sspi_status redo_refuse(sspi_session *s, struct sspi_io *io)
{
    uint8_t hello[1];
    s->io = io;
    int ret = gnutls_alert_send(s->tls, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
    if (ret < 0)
        return session_fail(s, ret, NULL);
    if (s->server) /* its hello is still queued; asking for data throws it away */
        gnutls_record_recv(s->tls, hello, sizeof hello);
    return SSPI_WANT_RECORD;
}

static enum sspi_status redo_noted(sspi_session *s, struct sspi_io *io)
{
    if (!redo_allowed(s))
        return redo_refuse(s, io);
    s->redo_wanted = true;
    s->events |= SSPI_EVENT_HELD;
    if (!s->server)
        s->events |= SSPI_EVENT_HELLO_REQUEST;
    return SSPI_WANT_RECORD;
}

/* One record that belongs to no handshake under way. */
enum sspi_status session_receive(sspi_session *s, struct sspi_io *io, uint8_t *out, size_t *len)
{
    s->io = io;
    ssize_t ret = gnutls_record_recv(s->tls, out, *len);
    switch (ret) {
    case 0:
        s->closed = true;
        return SSPI_CLOSED;
    case GNUTLS_E_AGAIN:
    case GNUTLS_E_INTERRUPTED:
        if (s->update_owed)
            s->events |= SSPI_EVENT_KEY_UPDATE_ASKED | SSPI_EVENT_HELD;
        return SSPI_WANT_RECORD;
    case GNUTLS_E_WARNING_ALERT_RECEIVED:
        s->events |= SSPI_EVENT_WARNING;
        return SSPI_WANT_RECORD;
    case GNUTLS_E_REHANDSHAKE:
        return redo_noted(s, io);
    case GNUTLS_E_REAUTH_REQUEST:
        s->reauth = true;
        s->client_decided = false;
        s->events |= SSPI_EVENT_CERT_REQUEST | SSPI_EVENT_HELD;
        return SSPI_WANT_RECORD;
    default:
        if (ret < 0)
            return session_fail(s, (int)ret, io);
        *len = (size_t)ret;
        return SSPI_OK;
    }
}

/* GnuTLS passes over an empty record of data in silence.  Below TLS 1.3 the type on the wire tells; there,
 * a record of nothing but its inner type and tag does (an empty message of another type is an error). */
static bool is_empty_data(const sspi_session *s, uint8_t type, size_t body)
{
    if (type != TYPE_DATA || s->events)
        return false;
    if (!s->tls13)
        return true;
    gnutls_cipher_algorithm_t c = gnutls_cipher_get(s->tls);
    return body == 1u + (c == GNUTLS_CIPHER_AES_128_CCM_8 || c == GNUTLS_CIPHER_AES_256_CCM_8 ? 8 : 16);
}

/* A record for the handshake under way, or data.  What the handshake would answer is held, and SSPI_OK is
 * kept for data. */
static enum sspi_status receive(sspi_session *s, uint8_t type, uint8_t *out, size_t *len)
{
    enum sspi_status status = SSPI_WANT_RECORD;
    if (s->redoing && (type == TYPE_HANDSHAKE || type == TYPE_CHANGE)) {
        status = handshake_step(s, NULL);
        return status == SSPI_OK ? SSPI_WANT_RECORD : status;
    }
    if (s->reauth && s->server)
        status = reauth_step(s, NULL); /* data among the answer is left for the call below */
    if (status == SSPI_WANT_RECORD)
        return session_receive(s, NULL, out, len);
    return status == SSPI_OK ? SSPI_WANT_RECORD : status;
}

enum sspi_status session_unseal(sspi_session *s, struct sspi_record *r)
{
    uint8_t none[1];
    size_t body = r->data_len, len = body ? body : sizeof none;
    r->events = 0;
    if (s->dead || !s->done || !r->header_len)
        return SSPI_FAILED;
    if (s->closed)
        return SSPI_CLOSED;
    unsigned discarded = s->dtls ? gnutls_record_get_discarded(s->tls) : 0;
    s->events = 0;
    s->in = r->header;
    s->in_left = r->header_len + body;
    uint8_t type = r->header[0];
    if (s->tls13 && type != TYPE_DATA) /* GnuTLS authenticates the type that it ought to be (RFC 8446 5.2) */
        return session_fail(s, GNUTLS_E_DECRYPTION_FAILED, NULL);
    enum sspi_status status = receive(s, type, body ? r->data : none, &len);
    r->data_len = status == SSPI_OK ? len : 0;
    if (status == SSPI_WANT_RECORD && s->dtls && gnutls_record_get_discarded(s->tls) != discarded)
        s->events |= SSPI_EVENT_DISCARDED;
    else if (status == SSPI_WANT_RECORD && is_empty_data(s, type, body))
        status = SSPI_OK;
    r->events = s->events;
    s->in = NULL;
    s->in_left = 0;
    return status;
}

enum sspi_status session_shutdown(sspi_session *s, struct sspi_io *io)
{
    io->events = 0;
    io->in_used = 0;
    if (s->dead || !s->done)
        return s->dead ? SSPI_FAILED : SSPI_UNSUPPORTED;
    if (s->held && transport_flush(s, io) < 0)
        return session_fail(s, GNUTLS_E_PUSH_ERROR, NULL);
    s->io = io;
    int ret = gnutls_bye(s->tls, GNUTLS_SHUT_WR);
    s->io = NULL;
    return ret < 0 ? session_fail(s, ret, NULL) : SSPI_OK;
}

enum sspi_status session_send_alert(sspi_session *s, struct sspi_io *io, int level, int code)
{
    io->events = 0;
    io->in_used = 0;
    if (s->dead || code < 0 || code > 255 || level < 1 || level > 2)
        return s->dead ? SSPI_FAILED : SSPI_UNSUPPORTED;
    if (s->held && transport_flush(s, io) < 0)
        return session_fail(s, GNUTLS_E_PUSH_ERROR, NULL);
    s->io = io;
    int ret = gnutls_alert_send(s->tls, (gnutls_alert_level_t)level, (gnutls_alert_description_t)code);
    s->io = NULL;
    if (ret < 0)
        return session_fail(s, ret, NULL);
    if (level == GNUTLS_AL_FATAL) {
        s->dead = true;
        s->failure = (struct sspi_failure){.alert = (uint8_t)code, .alert_sent = (uint8_t)code};
    }
    return SSPI_OK;
}

enum sspi_status session_key_update(sspi_session *s, struct sspi_io *io, int ask_peer)
{
    int ret;
    io->events = 0;
    io->in_used = 0;
    if (s->dead || !s->done)
        return SSPI_FAILED;
    if (!s->tls13)
        return SSPI_UNSUPPORTED;
    if (s->held && transport_flush(s, io) < 0)
        return session_fail(s, GNUTLS_E_PUSH_ERROR, NULL);
    s->io = io;
    ret = s->update_owed ? update_flush(s) : 0;
    if (ret >= 0)
        ret = gnutls_session_key_update(s->tls, ask_peer ? GNUTLS_KU_PEER : 0);
    s->io = NULL;
    return ret < 0 ? session_fail(s, ret, NULL) : SSPI_OK;
}
