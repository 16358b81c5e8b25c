/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/transport.c -- the BIO between libssl and the caller's memory.  It stores nothing: reads
 * come from the record of this call, writes go to the core's emit() or into the record being sealed.  Only
 * what libssl writes while there is nowhere to put it is kept, until the next handshake(). */
#include <config.h>

#include "shared.h"

#include <string.h>

static int transport_read(BIO *bio, char *out, size_t room, size_t *got)
{
    sspi_session *s = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (!s->in_left) {
        *got = 0;
        BIO_set_retry_read(bio);
        return 0;
    }
    size_t n = s->in_left < room ? s->in_left : room;
    memcpy(out, s->in, n);
    s->in += n;
    s->in_left -= n;
    *got = n;
    return 1;
}

static int hold(sspi_session *s, const char *bytes, size_t len)
{
    size_t need = s->held_len + len + 2; /* a length goes in front: datagrams keep their borders */
    if (len > 0xffff || need > HELD_MAX)
        return 0;
    if (need > s->held_room) {
        size_t room = need < 1024 ? 1024 : need * 2;
        uint8_t *held = OPENSSL_clear_realloc(s->held, s->held_room, room);
        if (!held) {
            s->no_memory = 1;
            return 0;
        }
        s->held = held;
        s->held_room = room;
    }
    s->held[s->held_len++] = (uint8_t)(len >> 8);
    s->held[s->held_len++] = (uint8_t)len;
    memcpy(s->held + s->held_len, bytes, len);
    s->held_len += len;
    return 1;
}

/* The one record of a seal(), cut into the caller's three pieces.  libssl writes from its own buffer, so the
 * plaintext under it is free. */
static int place(sspi_session *s, const char *bytes, size_t len)
{
    struct sspi_record *r = s->record;
    size_t front = r->header_len + r->data_len;
    if (s->sealed || len < front || len - front > r->trailer_len)
        return 0;
    s->sealed = 1;
    if (r->header + r->header_len == r->data && r->data + r->data_len == r->trailer) {
        memcpy(r->header, bytes, len);
    } else {
        memcpy(r->header, bytes, r->header_len);
        memcpy(r->data, bytes + r->header_len, r->data_len);
        memcpy(r->trailer, bytes + front, len - front);
    }
    r->trailer_len = len - front;
    return 1;
}

static int transport_write(BIO *bio, const char *bytes, size_t len, size_t *put)
{
    sspi_session *s = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    int good = 1;
    if (s->record) {
        good = place(s, bytes, len);
    } else if (s->io) {
        char said[7];
        if (!s->keys && len == sizeof said && bytes[0] == SSL3_RT_ALERT) {
            memcpy(said, bytes, sizeof said);
            if (said[1] != 3) /* libssl answers a client in the version it named, whatever that was */
                said[1] = said[2] = 3;
            if (s->late_alert)
                said[6] = (char)s->late_alert;
            bytes = said;
        }
        good = s->io->emit(s->io, bytes, len) == 0;
        s->no_memory |= !good;
    } else {
        good = hold(s, bytes, len);
    }
    *put = good ? len : 0;
    return good;
}

static long transport_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
    (void)bio, (void)num, (void)ptr;
    switch (cmd) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
        return TRANSPORT_OVERHEAD; /* libssl takes no MTU under 256 less this: 200, the least a caller may set
                                    */
    default:
        return 0;
    }
}

/* Made by the entry function, before any session. */
static BIO_METHOD *method;

BIO_METHOD *transport_method(void)
{
    if (method)
        return method;
    BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "caller's memory");
    if (m && BIO_meth_set_read_ex(m, transport_read) && BIO_meth_set_write_ex(m, transport_write) &&
        BIO_meth_set_ctrl(m, transport_ctrl))
        return method = m;
    BIO_meth_free(m);
    return NULL;
}

int transport_attach(sspi_session *s)
{
    BIO *bio = BIO_new(method);
    if (!bio)
        return 0;
    BIO_set_data(bio, s);
    BIO_set_init(bio, 1);
    SSL_set_bio(s->ssl, bio, bio); /* one reference serves both ways */
    return 1;
}

int transport_flush(sspi_session *s)
{
    for (size_t at = 0; at < s->held_len;) {
        size_t len = (size_t)s->held[at] << 8 | s->held[at + 1];
        if (s->io->emit(s->io, s->held + at + 2, len)) {
            s->no_memory = 1;
            return -1;
        }
        at += 2 + len;
    }
    transport_drop(s);
    return 0;
}

void transport_drop(sspi_session *s)
{
    if (s->held)
        OPENSSL_clear_free(s->held, s->held_room);
    s->held = NULL;
    s->held_len = s->held_room = 0;
}

static void watch_handshake(sspi_session *s, int write, const uint8_t *msg, size_t len)
{
    size_t body = s->cred->datagram ? 12 : 4;
    switch (msg[0]) {
    case SSL3_MT_HELLO_REQUEST:
        if (write)
            break;
        s->events |= SSPI_EVENT_HELLO_REQUEST;
        /* The hello that libssl answers with would offer to resume, and then no certificate is asked for. */
        SSL_CTX_remove_session(s->cred->ctx, SSL_get_session(s->ssl));
        break;
    case SSL3_MT_SERVER_HELLO:
        s->keys |= SSL_version(s->ssl) == TLS1_3_VERSION;
        break;
    case SSL3_MT_NEWSESSION_TICKET:
        s->renewed |= !write && !s->done;
        break;
    case SSL3_MT_CERTIFICATE_REQUEST:
        if (!write && s->done && SSL_version(s->ssl) == TLS1_3_VERSION)
            s->events |= SSPI_EVENT_CERT_REQUEST;
        break;
    case SSL3_MT_FINISHED: /* a redo ends with the second one, a late certificate with the client's */
        if (!s->done)
            break;
        s->finished |= write ? 1 : 2;
        if (s->finished == 3 || SSL_version(s->ssl) == TLS1_3_VERSION) {
            s->finished = 0;
            s->events |= SSPI_EVENT_REDONE;
        }
        break;
    case SSL3_MT_KEY_UPDATE:
        if (!write && len > body)
            s->events |= SSPI_EVENT_KEY_UPDATE | (msg[body] == 1 ? SSPI_EVENT_KEY_UPDATE_ASKED : 0u);
        break;
    }
}

/* SSL_set_msg_callback: alerts by number, and the events a core must hear of. */
void transport_watch(int write, int version, int type, const void *buf, size_t len, SSL *ssl, void *session)
{
    sspi_session *s = session;
    const uint8_t *msg = buf;
    (void)version, (void)ssl;
    if (type == SSL3_RT_HANDSHAKE && len >= 4) {
        s->messages++;
        watch_handshake(s, write, msg, len);
    } else if (type == SSL3_RT_ALERT && len >= 2) {
        s->messages++;
        if (!write)
            s->last_alert = msg[1];
        if (write && msg[0] == SSL3_AL_FATAL)
            s->alert_sent = s->late_alert && !s->keys ? s->late_alert : msg[1];
        else if (!write && msg[0] == SSL3_AL_FATAL)
            s->alert_received = msg[1];
        else if (!write && msg[1] != SSL_AD_CLOSE_NOTIFY)
            s->events |= SSPI_EVENT_WARNING;
    } else if (type == SSL3_RT_CHANGE_CIPHER_SPEC) {
        s->messages++;
        s->keys = 1;
    }
}
