/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/transport.c -- GnuTLS's pull and push, straight over what the core lent.
 *
 * In: the one record of the call.  Out: the core's emit(), the caller's record while it is sealed, or
 * held until the next handshake() where the call has no room for output. */
#include <config.h>

#include "state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HELD_MAX (256u << 10) /* more than any reply; an end to a peer that provokes them */

static ssize_t pull(gnutls_transport_ptr_t ptr, void *out, size_t len)
{
    sspi_session *s = ptr;
    if (!s->in_left) {
        gnutls_transport_set_errno(s->tls, EAGAIN);
        return -1;
    }
    if (len > s->in_left)
        len = s->in_left;
    memcpy(out, s->in, len);
    s->in += len;
    s->in_left = s->dtls ? 0 : s->in_left - len; /* what does not fit of a datagram is lost, as on a socket */
    return (ssize_t)len;
}

static int pull_wait(gnutls_transport_ptr_t ptr, unsigned ms)
{
    const sspi_session *s = ptr;
    (void)ms;
    return s->in_left ? 1 : 0;
}

/* One record, cut at the caller's header, data and trailer. */
static bool seal_place(sspi_session *s, const uint8_t *from, size_t len)
{
    struct sspi_record *r = s->sealing;
    if (s->sealed || len < r->header_len + r->data_len || len - r->header_len - r->data_len > r->trailer_len)
        return false;
    s->sealed = len;
    memcpy(r->header, from, r->header_len);
    memcpy(r->data, from + r->header_len, r->data_len);
    r->trailer_len = len - r->header_len - r->data_len;
    if (r->trailer_len)
        memcpy(r->trailer, from + r->header_len + r->data_len, r->trailer_len);
    return true;
}

static bool hold(sspi_session *s, const void *from, size_t len)
{
    uint32_t n = (uint32_t)len;
    uint8_t *held = len <= HELD_MAX - s->held_len ? realloc(s->held, s->held_len + sizeof n + len) : NULL;
    if (!held)
        return false;
    s->held = held;
    memcpy(held + s->held_len, &n, sizeof n);
    memcpy(held + s->held_len + sizeof n, from, len);
    s->held_len += sizeof n + len;
    s->events |= SSPI_EVENT_HELD;
    return true;
}

/* A client's ChangeCipherSpec goes with what follows it: in TLS 1.3 GnuTLS sends it as soon as it has read
 * ServerHello, alone, which would be a token with nothing to say (and one while a credential is waited for). */
static bool put(sspi_session *s, const void *from, size_t len)
{
    const uint8_t *record = from;
    if (!s->server && !s->dtls && !s->done && len == sizeof s->change && record[0] == 20) {
        memcpy(s->change, from, len);
        s->change_waits = true;
        return true;
    }
    if (s->change_waits && s->io->emit(s->io, s->change, sizeof s->change) != 0)
        return false;
    s->change_waits = false;
    return s->io->emit(s->io, from, len) == 0;
}

static ssize_t push(gnutls_transport_ptr_t ptr, const void *from, size_t len)
{
    sspi_session *s = ptr;
    bool good = s->sealing ? seal_place(s, from, len) : s->io ? put(s, from, len) : hold(s, from, len);
    if (good)
        return (ssize_t)len;
    gnutls_transport_set_errno(s->tls, EIO);
    return -1;
}

void transport_set(sspi_session *s)
{
    gnutls_transport_set_ptr(s->tls, s);
    gnutls_transport_set_pull_function(s->tls, pull);
    gnutls_transport_set_pull_timeout_function(s->tls, pull_wait);
    gnutls_transport_set_push_function(s->tls, push);
}

int transport_flush(sspi_session *s, struct sspi_io *io)
{
    int ret = 0;
    for (size_t at = 0; ret == 0 && at < s->held_len;) {
        uint32_t n;
        memcpy(&n, s->held + at, sizeof n);
        if (io->emit(io, s->held + at + sizeof n, n) != 0)
            ret = GNUTLS_E_MEMORY_ERROR;
        at += sizeof n + n;
    }
    free(s->held);
    s->held = NULL;
    s->held_len = 0;
    return ret;
}
