/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/session.c -- one connection: records in, records out.
 *
 * The error queue is the thread's, and the application may have left something in it: what a call came to is
 * read from the return value and the SSL's state, never from SSL_get_error(), and the queue is emptied only
 * after a failure. */
#include <config.h>

#include "shared.h"

#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

#define MTU_MIN    200u
#define FLIGHT_MTU 4096u /* libssl gathers a flight in a buffer of this size; more would tear datagrams */

sspi_session *session_of(const SSL *ssl)
{
    return SSL_get_app_data(ssl);
}

/* ---- making one ---- */
int session_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
                 unsigned in_len, void *unused)
{
    const sspi_session *s = session_of(ssl);
    (void)unused;
    if (!s->alpn.len)
        return SSL_TLSEXT_ERR_NOACK;
    for (unsigned i = 0; i < in_len; i += 1u + in[i])
        if (in[i] + 1u == s->alpn.len && in_len - i >= s->alpn.len &&
            !memcmp(in + i, s->alpn.ptr, s->alpn.len)) {
            *out = in + i + 1;
            *out_len = in[i];
            return SSL_TLSEXT_ERR_OK;
        }
    return SSL_TLSEXT_ERR_ALERT_FATAL; /* the core chose what the client did not offer */
}

static unsigned psk_client(SSL *ssl, const char *hint, char *identity, unsigned identity_room,
                           unsigned char *psk, unsigned psk_room)
{
    sspi_session *s = session_of(ssl);
    (void)hint;
    if (!s->psk.len || s->psk.len > psk_room || s->psk_identity.len >= identity_room ||
        s->psk_identity.len >= sizeof s->psk_seen)
        return 0;
    memcpy(identity, s->psk_identity.ptr, s->psk_identity.len);
    identity[s->psk_identity.len] = 0;
    memcpy(psk, s->psk.ptr, s->psk.len);
    memcpy(s->psk_seen, identity, s->psk_identity.len + 1);
    s->psk_used = 1;
    return (unsigned)s->psk.len;
}

static unsigned psk_server(SSL *ssl, const char *identity, unsigned char *psk, unsigned room)
{
    sspi_session *s = session_of(ssl);
    size_t len = 0, n = strlen(identity);
    struct sspi_bytes who = {(const uint8_t *)identity, n};
    if (n >= sizeof s->psk_seen || core.psk_find(s->owner, who, psk, room, &len) || len > room)
        return 0;
    memcpy(s->psk_seen, identity, n + 1);
    s->psk_used = 1;
    return (unsigned)len;
}

static void log_key(const SSL *ssl, const char *line)
{
    const sspi_session *s = session_of(ssl);
    if (s && s->keylog)
        core.keylog(s->owner, line);
}

/* What is lent for session_new() alone and needed later, in one block. */
static int keep(sspi_session *s, const struct sspi_session_params *p)
{
    const struct sspi_bytes from[] = {p->alpn, p->staple, p->cookie_peer, p->psk_identity, p->psk};
    struct sspi_bytes *to[] = {&s->alpn, &s->staple, &s->cookie_peer, &s->psk_identity, &s->psk};
    size_t total = 0;
    for (size_t i = 0; i < 5; i++)
        total += from[i].len;
    if (!total)
        return 1;
    uint8_t *at = s->lent = OPENSSL_malloc(total);
    for (size_t i = 0; at && i < 5; i++) {
        if (from[i].len)
            memcpy(at, from[i].ptr, from[i].len);
        *to[i] = (struct sspi_bytes){at, from[i].len};
        at += from[i].len;
    }
    return s->lent != NULL;
}

static int configure_client(sspi_session *s, const struct sspi_session_params *p)
{
    SSL *ssl = s->ssl;
    SSL_set_connect_state(ssl);
    SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    SSL_set_cert_cb(ssl, credential_wanted, s);
    SSL_set_post_handshake_auth(ssl, p->allow_renegotiation != 0);
    if (p->psk.len)
        SSL_set_psk_client_callback(ssl, psk_client);
    if (p->alpn.len && SSL_set_alpn_protos(ssl, p->alpn.ptr, (unsigned)p->alpn.len) != 0)
        return 0;
    if (p->ask_staple && !SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp))
        return 0;
    if (!p->psk.len && !ticket_keep(s, p->resume)) /* of two kinds of PSK libssl does not tell which was taken */
        return 0;
    return !p->server_name || SSL_set_tlsext_host_name(ssl, p->server_name);
}

static int configure_server(sspi_session *s, const struct sspi_session_params *p)
{
    SSL *ssl = s->ssl;
    SSL_set_accept_state(ssl);
    SSL_set_verify(ssl,
                   p->request_cert == 2   ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
                   : p->request_cert == 1 ? SSL_VERIFY_PEER
                                          : SSL_VERIFY_NONE,
                   NULL);
    if (p->allow_renegotiation)
        SSL_set_options(ssl, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    if (!p->tickets)
        SSL_set_options(ssl, SSL_OP_NO_TICKET);
    if (p->cookie_peer.len)
        SSL_set_options(ssl, SSL_OP_COOKIE_EXCHANGE);
    if (core.psk_find)
        SSL_set_psk_server_callback(ssl, psk_server);
    if (p->ca_names.len) {
        STACK_OF(X509_NAME) *names = credential_names(p->ca_names);
        if (!names)
            return 0;
        SSL_set_client_CA_list(ssl, names);
    }
    return SSL_set_num_tickets(ssl, p->tickets) && SSL_set_session_id_context(ssl, p->policy_digest, 32);
}

/* SSL_set_mtu() takes no less than 208: the last few go by way of the link's, less what transport_ctrl() names
 * as its overhead. */
static int set_flight_mtu(SSL *ssl, uint16_t mtu)
{
    if (mtu < MTU_MIN)
        mtu = MTU_MIN;
    if (mtu > FLIGHT_MTU)
        mtu = FLIGHT_MTU;
    return SSL_set_mtu(ssl, mtu) || DTLS_set_link_mtu(ssl, mtu + TRANSPORT_OVERHEAD);
}

static int configure(sspi_session *s, const struct sspi_session_params *p)
{
    SSL *ssl = s->ssl;
    char profiles[128];
    if (!SSL_set_app_data(ssl, s))
        return 0;
    SSL_set_msg_callback(ssl, transport_watch);
    SSL_set_msg_callback_arg(ssl, s);
    if (!p->allow_renegotiation)
        SSL_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
    if (p->keylog && core.keylog && !s->cred->keylog) { /* costs every session: set when first asked for */
        SSL_CTX_set_keylog_callback(s->cred->ctx, log_key);
        s->cred->keylog = 1;
    }
    if (s->cred->datagram) {
        /* Under Encrypt-then-MAC libssl ends a DTLS session for one forged record, where it should only drop it
         * (RFC 6347 4.1.2.7). */
        SSL_set_options(ssl, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_ENCRYPT_THEN_MAC);
        set_flight_mtu(ssl, p->mtu ? p->mtu : 1400);
    }
    return keep(s, p) && transport_attach(s) &&
           (!p->protocols || lists_protocols(NULL, ssl, p->protocols & s->cred->protocols)) &&
           (!p->srtp.len || !lists_srtp(p->srtp, profiles, sizeof profiles) ||
            SSL_set_tlsext_use_srtp(ssl, profiles) == 0) &&
           (s->cred->server ? configure_server(s, p) : configure_client(s, p));
}

enum sspi_status session_new(sspi_cred *c, const struct sspi_session_params *p, sspi_session **out,
                             struct sspi_failure *failure)
{
    *out = NULL;
    if (p->protocols && !(p->protocols & c->protocols))
        return failure_of_setup(failure, SSPI_WHY_NO_COMMON_VERSION, SSPI_FAILED);
    sspi_session *s = OPENSSL_zalloc(sizeof *s);
    if (!s)
        return failure_of_setup(failure, SSPI_WHY_MEMORY, SSPI_FAILED);
    s->cred = c;
    s->owner = p->owner;
    s->verify = p->verify;
    s->request_cert = p->request_cert;
    s->tickets = p->tickets;
    s->renegotiates = p->allow_renegotiation;
    s->keylog = p->keylog;
    s->mtu = p->mtu;
    s->chosen = c->has_cert;
    s->ssl = SSL_new(c->ctx);
    if (!s->ssl || !configure(s, p)) {
        session_free(s);
        return failure_of_setup(failure, SSPI_WHY_INTERNAL, SSPI_FAILED);
    }
    *out = s;
    return SSPI_OK;
}

void session_free(sspi_session *s)
{
    if (!s)
        return;
    if (s->ssl) {
        SSL_set_msg_callback(s->ssl, NULL);
        if (!s->dead) /* else libssl takes it for a broken connection and spoils the session it made */
            SSL_set_shutdown(s->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_free(s->ssl);
    }
    transport_drop(s);
    ticket_free(s->ticket);
    ticket_free(s->resume);
    OPENSSL_free(s->chain);
    if (s->lent)
        OPENSSL_clear_free(s->lent, s->alpn.len + s->staple.len + s->cookie_peer.len + s->psk_identity.len +
                                        s->psk.len);
    OPENSSL_clear_free(s, sizeof *s);
}

/* ---- the handshake ---- */
int session_begin(sspi_session *s, struct sspi_io *io)
{
    io->events = 0;
    io->in_used = 0;
    if (s->dead)
        return -1;
    s->io = io;
    s->events = 0;
    s->no_memory = 0;
    s->in = io->in;
    s->in_left = io->in ? io->in_len : 0;
    return 0;
}

enum sspi_status session_end(sspi_session *s, enum sspi_status status)
{
    struct sspi_io *io = s->io;
    if (status == SSPI_FAILED)
        failure_of_call(s);
    if (s->events & SSPI_EVENT_REDONE)
        s->limit = connection_limit(s->ssl);
    io->in_used = io->in ? io->in_len : 0;
    io->events = s->events;
    s->io = NULL;
    s->in_left = 0;
    return status;
}

static void complete(sspi_session *s)
{
    s->done = 1;
    s->keys = 1;
    if (s->cred->datagram && s->mtu)
        SSL_set_mtu(s->ssl, s->mtu);
    s->limit = connection_limit(s->ssl);
    ticket_renewed(s);
}

/* libssl sets the flag for a fatal alert too, and in TLS 1.3 all but two are fatal, whatever their level says. */
static int closed(sspi_session *s)
{
    if (!(SSL_get_shutdown(s->ssl) & SSL_RECEIVED_SHUTDOWN))
        return 0;
    if (!s->alert_received)
        s->alert_received = s->last_alert; /* close_notify is 0 */
    return !s->alert_received;
}

/* Wants more input, or a certificate, and nothing is wrong.  SSL_want() alone says SSL_READING after some
 * fatal errors too. */
int session_waits(const sspi_session *s)
{
    return (SSL_want_read(s->ssl) || SSL_want_x509_lookup(s->ssl)) &&
           strcmp(SSL_state_string(s->ssl), "SSLERR") != 0;
}

static enum sspi_status standing(const sspi_session *s)
{
    return s->done && SSL_is_init_finished(s->ssl) ? SSPI_OK : SSPI_WANT_RECORD;
}

/* One step: the handshake while there is one, else whatever handshake record came after it. */
static int step(sspi_session *s)
{
    char byte;
    size_t n;
    if (!SSL_is_init_finished(s->ssl))
        return SSL_do_handshake(s->ssl);
    return SSL_peek_ex(s->ssl, &byte, 1, &n) ? -2 : -1; /* application data has no place here */
}

enum sspi_status session_drive(sspi_session *s)
{
    for (;;) {
        unsigned seen = s->messages;
        size_t left = s->in_left;
        if (s->done && SSL_is_init_finished(s->ssl) && !s->in_left && !SSL_has_pending(s->ssl))
            break;
        int rc = step(s);
        if (rc == 1) {
            if (!s->done)
                complete(s);
            continue;
        }
        if (rc == -2)
            return session_end(s, SSPI_FAILED);
        if (closed(s))
            return session_end(s, SSPI_CLOSED);
        if (!session_waits(s))
            return session_end(s, SSPI_FAILED);
        if (SSL_want_x509_lookup(s->ssl))
            return session_end(s, SSPI_WANT_CREDENTIAL);
        if (s->messages == seen && s->in_left == left)
            break; /* nothing moved */
        if (!s->in_left && !SSL_has_pending(s->ssl))
            break;
    }
    return session_end(s, s->in_left ? SSPI_FAILED : standing(s));
}

/* unseal() failed, and its alert is still to leave. */
static enum sspi_status last_words(sspi_session *s, struct sspi_io *io)
{
    s->io = io;
    if (s->held_len && !transport_flush(s))
        s->failure.alert_sent = s->failure.alert;
    s->io = NULL;
    return SSPI_FAILED;
}

enum sspi_status session_handshake(sspi_session *s, struct sspi_io *io)
{
    size_t none;
    if (session_begin(s, io))
        return last_words(s, io);
    if (transport_flush(s))
        return session_end(s, SSPI_FAILED);
    if (s->resume && ticket_offer(s))
        return session_end(s, SSPI_FAILED);
    if (s->done && SSL_get_key_update_type(s->ssl) != SSL_KEY_UPDATE_NONE && SSL_is_init_finished(s->ssl))
        SSL_write_ex(s->ssl, "", 0, &none); /* lets the reply to a KeyUpdate out */
    return session_drive(s);
}

/* ---- records ---- */
enum sspi_status session_seal(sspi_session *s, struct sspi_record *r)
{
    size_t n;
    r->events = 0;
    if (s->dead || !s->done)
        return SSPI_FAILED;
    if (!r->data_len || r->data_len > s->limit || (SSL_get_shutdown(s->ssl) & SSL_SENT_SHUTDOWN))
        return SSPI_UNSUPPORTED;
    if (s->held_len || SSL_get_key_update_type(s->ssl) != SSL_KEY_UPDATE_NONE ||
        !SSL_is_init_finished(s->ssl))
        return SSPI_WANT_FLUSH;
    s->record = r;
    s->sealed = 0;
    int rc = SSL_write_ex(s->ssl, r->data, r->data_len, &n);
    s->record = NULL;
    return rc == 1 && s->sealed ? SSPI_OK : failure_of_call(s);
}

static enum sspi_status opened(sspi_session *s, struct sspi_record *r, enum sspi_status status, size_t len)
{
    if (s->events & SSPI_EVENT_REDONE)
        s->limit = connection_limit(s->ssl);
    if (s->held_len || SSL_get_key_update_type(s->ssl) != SSL_KEY_UPDATE_NONE)
        s->events |= SSPI_EVENT_HELD;
    r->data_len = len;
    r->events = s->events;
    return status;
}

/* What a read without data came to.  A record of type 23 that held no message is an empty one; in DTLS it
 * cannot be told from one that was thrown away. */
static enum sspi_status nothing(sspi_session *s, struct sspi_record *r, unsigned seen)
{
    if (SSL_want_x509_lookup(s->ssl))
        return opened(s, r, SSPI_WANT_RECORD, 0);
    if (s->messages != seen)
        return opened(s, r, SSPI_WANT_RECORD, 0);
    if (s->cred->datagram)
        s->events |=
            s->held_len ? 0u : SSPI_EVENT_DISCARDED; /* else the peer's last flight, answered again */
    else if (r->header[0] == SSL3_RT_APPLICATION_DATA)
        return opened(s, r, SSPI_OK, 0);
    return opened(s, r, SSPI_WANT_RECORD, 0);
}

enum sspi_status session_unseal(sspi_session *s, struct sspi_record *r)
{
    uint8_t spare;
    size_t n = 0;
    r->events = 0;
    if (s->dead || !s->done)
        return SSPI_FAILED;
    unsigned seen = s->messages;
    s->events = 0;
    s->in = r->header;
    s->in_left = r->header_len + r->data_len;
    for (;;) {
        size_t left = s->in_left;
        unsigned before = s->messages;
        if (SSL_read_ex(s->ssl, r->data_len ? r->data : &spare, r->data_len ? r->data_len : 1, &n)) {
            if (s->in_left || (n >= r->data_len && SSL_pending(s->ssl)))
                return failure_of_call(s); /* not one record */
            return opened(s, r, SSPI_OK, n);
        }
        if (closed(s))
            return opened(s, r, SSPI_CLOSED, 0);
        if (!session_waits(s))
            return failure_of_call(s);
        if ((s->in_left == left && s->messages == before) || (!s->in_left && !SSL_has_pending(s->ssl)))
            break;
    }
    return s->in_left ? failure_of_call(s) : nothing(s, r, seen);
}

enum sspi_status session_shutdown(sspi_session *s, struct sspi_io *io)
{
    if (session_begin(s, io))
        return SSPI_FAILED;
    if (!s->done || !SSL_is_init_finished(s->ssl))
        return session_end(s, SSPI_UNSUPPORTED);
    if (transport_flush(s))
        return session_end(s, SSPI_FAILED);
    if (!(SSL_get_shutdown(s->ssl) & SSL_SENT_SHUTDOWN) && SSL_shutdown(s->ssl) < 0)
        return session_end(s, SSPI_FAILED);
    return session_end(s, SSPI_OK);
}

/* ---- DTLS ---- */
static int cookie(SSL *ssl, uint8_t out[32])
{
    const sspi_session *s = session_of(ssl);
    unsigned len = 32;
    return HMAC(EVP_sha256(), s->cred->cookie_secret, sizeof s->cred->cookie_secret, s->cookie_peer.ptr,
                s->cookie_peer.len, out, &len) != NULL;
}

int session_cookie_make(SSL *ssl, unsigned char *out, unsigned *len)
{
    *len = 32;
    return cookie(ssl, out);
}

int session_cookie_check(SSL *ssl, const unsigned char *got, unsigned len)
{
    uint8_t want[32];
    return len == sizeof want && cookie(ssl, want) && CRYPTO_memcmp(got, want, sizeof want) == 0;
}

enum sspi_status session_resend(sspi_session *s, struct sspi_io *io, int *next_ms)
{
    struct timeval left;
    *next_ms = -1;
    if (session_begin(s, io))
        return SSPI_FAILED;
    if (!s->cred->datagram)
        return session_end(s, SSPI_UNSUPPORTED);
    if (transport_flush(s) || DTLSv1_handle_timeout(s->ssl) < 0)
        return session_end(s, SSPI_FAILED);
    if (DTLSv1_get_timeout(s->ssl, &left))
        *next_ms = (int)(left.tv_sec * 1000 + (left.tv_usec + 999) / 1000);
    return session_end(s, standing(s));
}

enum sspi_status session_set_mtu(sspi_session *s, uint16_t mtu)
{
    if (s->dead)
        return SSPI_FAILED;
    if (!s->cred->datagram || !(s->done ? SSL_set_mtu(s->ssl, mtu < 208 ? 208 : mtu) : set_flight_mtu(s->ssl, mtu)))
        return SSPI_UNSUPPORTED; /* done: the core cuts messages, and no flight leaves */
    s->mtu = mtu;
    if (s->done)
        s->limit = connection_limit(s->ssl);
    return SSPI_OK;
}
