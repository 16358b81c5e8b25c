/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/dtls.c -- cookies, timers and datagram sizes. */
#include <config.h>

#include "state.h"


#define HEADER 13
#define TYPE_HANDSHAKE 22

static ssize_t emit(gnutls_transport_ptr_t ptr, const void *data, size_t len)
{
    struct sspi_io *io = ptr;
    return io->emit(io, data, len) == 0 ? (ssize_t)len : -1;
}

/* The key is the credential's, so that a cookie outlives the session that gave it. */
int cookie_check(sspi_session *s, struct sspi_io *io)
{
    gnutls_dtls_prestate_st state = {0};
    gnutls_datum_t key = datum(s->cred->cookie_key, sizeof s->cred->cookie_key), *peer = &s->cookie_peer;
    if (s->in_left <= HEADER || s->in[0] != TYPE_HANDSHAKE || s->in[HEADER] != GNUTLS_HANDSHAKE_CLIENT_HELLO)
        return 0;
    uint8_t hello[2048]; /* GnuTLS asks for memory that it might write to */
    if (s->in_left > sizeof hello)
        return 0;
    __builtin_memcpy(hello, s->in, s->in_left);
    if (gnutls_dtls_cookie_verify(&key, peer->data, peer->size, hello, s->in_left, &state) >= 0) {
        gnutls_dtls_prestate_set(s->tls, &state);
        s->cookie_done = true;
        return 1;
    }
    int ret = gnutls_dtls_cookie_send(&key, peer->data, peer->size, &state, io, emit);
    return ret < 0 ? GNUTLS_E_PUSH_ERROR : 0;
}

enum sspi_status session_resend(sspi_session *s, struct sspi_io *io, int *next_ms)
{
    io->events = 0;
    io->in_used = 0;
    *next_ms = -1;
    if (s->dead)
        return SSPI_FAILED;
    if (!s->dtls || (s->done && !s->redoing))
        return SSPI_OK;
    s->events = 0;
    s->in_left = 0;
    enum sspi_status status = SSPI_WANT_RECORD;
    if (gnutls_dtls_get_timeout(s->tls) == 0)
        status = handshake_step(s, io);
    if (status == SSPI_WANT_RECORD)
        *next_ms = (int)gnutls_dtls_get_timeout(s->tls);
    io->events = s->events;
    s->io = NULL;
    return status == SSPI_WANT_RECORD ? SSPI_OK : status;
}

enum sspi_status session_set_mtu(sspi_session *s, uint16_t mtu)
{
    if (!s->dtls || mtu < 64)
        return SSPI_UNSUPPORTED;
    gnutls_dtls_set_mtu(s->tls, mtu);
    return SSPI_OK;
}
