/* SPDX-License-Identifier: MIT
 * providers/wolfssl/session.c -- one connection: made, shaken hands, closed. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <stdlib.h>
#include <string.h>

/* The library takes names with commas between, so a name that holds one (or a zero) cannot be said. */
static int set_alpn(sspi_session *s, struct sspi_bytes list)
{
    char names[1024];
    size_t at = 0, len = 0;
    while (at < list.len) {
        size_t size = list.ptr[at++];
        if (!size || size > list.len - at || len + size + 1 > sizeof names ||
            memchr(list.ptr + at, ',', size) || memchr(list.ptr + at, 0, size))
            return -1;
        if (len)
            names[len++] = ',';
        memcpy(names + len, list.ptr + at, size);
        len += size;
        at += size;
    }
    if (!len)
        return 0;
    return wolfSSL_UseALPN(s->ssl, names, (unsigned)len,
                           s->server ? WOLFSSL_ALPN_FAILED_ON_MISMATCH : WOLFSSL_ALPN_CONTINUE_ON_MISMATCH) ==
                   WOLFSSL_SUCCESS
               ? 0
               : -1;
}

static int set_verification(sspi_session *s, const struct sspi_session_params *p)
{
    int mode = WOLFSSL_VERIFY_NONE;
    if (s->server && p->request_cert)
        mode = WOLFSSL_VERIFY_PEER | (p->request_cert == 2 ? WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
    else if (!s->server && p->verify)
        mode = WOLFSSL_VERIFY_PEER;
    wolfSSL_set_verify(s->ssl, mode, wolf_verify);
    wolfSSL_SetCertCbCtx(s->ssl, s);
    return 0;
}

static int set_ca_names(sspi_session *s, struct sspi_bytes names)
{
    if (!s->server || !names.len)
        return 0;
    struct sspi_bytes each[64];
    unsigned count = 0;
    size_t at = 0;
    while (at + 2 <= names.len && count < 64) {
        const uint8_t *p = names.ptr + at;
        size_t head = 2, len = p[1];
        if (p[1] & 0x80) {
            size_t octets = p[1] & 0x7f;
            if (octets == 0 || octets > 3 || at + 2 + octets > names.len)
                return -1;
            len = 0;
            for (size_t i = 0; i < octets; i++)
                len = len << 8 | p[2 + i];
            head += octets;
        }
        if (len > names.len - at - head)
            return -1;
        each[count].ptr = p;
        each[count++].len = head + len;
        at += head + len;
    }
    WOLF_STACK_OF(WOLFSSL_X509_NAME) *list = wolf_names(each, count, 0);
    if (!list)
        return -1;
    wolfSSL_set_client_CA_list(s->ssl, list);
    return 0;
}

static int session_fill(sspi_session *s, const struct sspi_session_params *p)
{
    s->ssl = wolfSSL_new(s->cred->ctx);
    if (!s->ssl)
        return s->server && !s->cred->has_cert ? NO_PRIVATE_KEY : MEMORY_E;
    wolfSSL_SetIOReadCtx(s->ssl, s);
    wolfSSL_SetIOWriteCtx(s->ssl, s);
    wolfSSL_KeepArrays(s->ssl); /* the exporter needs the master secret */
    if (s->dtls)
        wolfSSL_dtls_set_using_nonblock(s->ssl, 1);
    if (wolf_narrow(s, p->protocols) != 0)
        return VERSION_ERROR;
    set_verification(s, p);
    if (!s->server && p->server_name && p->server_name[0] &&
        wolfSSL_UseSNI(s->ssl, WOLFSSL_SNI_HOST_NAME, p->server_name, (unsigned short)strlen(p->server_name)) !=
            WOLFSSL_SUCCESS)
        return BAD_FUNC_ARG;
    if (set_alpn(s, p->alpn) != 0)
        return UNKNOWN_ALPN_PROTOCOL_NAME_E;
    if (set_ca_names(s, p->ca_names) != 0)
        return BAD_FUNC_ARG;
    return 0;
}

enum sspi_status wolf_session_new(sspi_cred *cred, const struct sspi_session_params *p, sspi_session **out,
                                  struct sspi_failure *failure)
{
    *out = NULL;
    wolf_thread();
    sspi_session *s = calloc(1, sizeof *s);
    if (!s) {
        wolf_failure(failure, SSPI_WHY_MEMORY, MEMORY_E);
        return SSPI_FAILED;
    }
    s->cred = cred;
    s->core = wolf_core;
    s->owner = p->owner;
    s->server = !!cred->server;
    s->dtls = (cred->protocols & WOLF_DTLS_BITS) != 0;
    s->verify = !!p->verify;
    s->has_cert = !!cred->has_cert;
    s->request_cert = s->server ? (uint8_t)p->request_cert : 0;
    s->tickets = p->tickets;
    memcpy(s->policy_digest, p->policy_digest, sizeof s->policy_digest);
    int rc = session_fill(s, p);
    if (rc != 0) {
        wolf_failure(failure, rc == NO_PRIVATE_KEY ? SSPI_WHY_BAD_CREDENTIAL : wolf_why_for(rc), rc);
        wolf_session_free(s);
        return SSPI_FAILED;
    }
    *out = s;
    return SSPI_OK;
}

void wolf_session_free(sspi_session *s)
{
    if (!s)
        return;
    wolf_thread();
    s->phase = PHASE_IDLE;
    wolfSSL_free(s->ssl);
    wolf_forget_peer(s);
    free(s->held);
    if (s->psk)
        explicit_bzero(s->psk, s->psk_len);
    free(s->psk);
    free(s->psk_identity);
    explicit_bzero(s, sizeof *s);
    free(s);
}

const struct sspi_failure *wolf_session_failure(sspi_session *s)
{
    return &s->failure;
}

/* What was agreed, as a bit of `protocols`; 0: something else. */
static uint32_t protocol_agreed(sspi_session *s)
{
    switch (wolfSSL_version(s->ssl)) {
    case TLS1_1_VERSION:
        return SSPI_CAP_TLS11;
    case TLS1_2_VERSION:
        return SSPI_CAP_TLS12;
    case TLS1_3_VERSION:
        return SSPI_CAP_TLS13;
    case DTLS1_VERSION:
        return SSPI_CAP_DTLS10;
    case DTLS1_2_VERSION:
        return SSPI_CAP_DTLS12;
    default:
        return 0;
    }
}

static void talk_begin(sspi_session *s, struct sspi_io *io)
{
    s->phase = PHASE_TALK;
    s->io = io;
    s->in = io->in;
    s->in_len = io->in ? io->in_len : 0;
    s->in_off = 0;
    s->events = 0;
    s->out_of_memory = 0;
}

static enum sspi_status talk_end(sspi_session *s, struct sspi_io *io, enum sspi_status status)
{
    io->in_used = s->in_len;
    io->events = s->events;
    s->in = NULL;
    s->in_len = s->in_off = 0;
    s->io = NULL;
    s->phase = PHASE_IDLE;
    return status;
}

static enum sspi_status talk_failed(sspi_session *s, struct sspi_io *io, int code)
{
    s->library_error = code;
    if (!s->out_of_memory)
        wolf_write_alert(s);
    wolf_session_failed(s, code);
    return talk_end(s, io, SSPI_FAILED);
}

/* A record after the handshake: a refused renegotiation, a repeated flight of DTLS. */
static enum sspi_status after_handshake(sspi_session *s, struct sspi_io *io)
{
    uint8_t data[64];
    if (!s->in_len)
        return talk_end(s, io, SSPI_OK);
    int rc = wolfSSL_read(s->ssl, data, sizeof data);
    int error = rc > 0 ? OUT_OF_ORDER_E : wolfSSL_get_error(s->ssl, rc);
    explicit_bzero(data, sizeof data);
    if (error == WOLFSSL_ERROR_WANT_READ)
        return talk_end(s, io, SSPI_OK);
    if (error == WOLFSSL_ERROR_ZERO_RETURN)
        return talk_end(s, io, SSPI_CLOSED);
    return talk_failed(s, io, error);
}

enum sspi_status wolf_handshake(sspi_session *s, struct sspi_io *io)
{
    talk_begin(s, io);
    if (s->dead)
        return talk_end(s, io, SSPI_FAILED);
    wolf_thread();
    if (wolf_flush(s, io) != 0)
        return talk_failed(s, io, MEMORY_E);
    if (s->done)
        return after_handshake(s, io);
    if (!s->server && !s->has_cert && !s->declined && s->in_len && wolf_request_ahead(s, s->in, s->in_len)) {
        s->in_len = 0; /* not taken: the same record comes again */
        return talk_end(s, io, SSPI_WANT_CREDENTIAL);
    }
    wolf_note_record(s);
    int rc = s->server ? wolfSSL_accept(s->ssl) : wolfSSL_connect(s->ssl);
    int error = rc == WOLFSSL_SUCCESS ? 0 : wolfSSL_get_error(s->ssl, rc);
    if (s->out_of_memory)
        return talk_failed(s, io, MEMORY_E);
    if (error == WOLFSSL_ERROR_WANT_READ)
        return talk_end(s, io, SSPI_WANT_RECORD);
    if (error == WOLFSSL_ERROR_ZERO_RETURN)
        return talk_end(s, io, SSPI_CLOSED);
    if (error != 0)
        return talk_failed(s, io, error);
    if (!(protocol_agreed(s) & s->protocols))
        return talk_failed(s, io, VERSION_ERROR);
    if (wolf_settle(s) != 0)
        return talk_failed(s, io, VERIFY_CERT_ERROR);
    s->done = 1;
    return talk_end(s, io, SSPI_OK);
}

enum sspi_status wolf_shutdown(sspi_session *s, struct sspi_io *io)
{
    talk_begin(s, io);
    if (s->dead || s->alert_out)
        return talk_end(s, io, SSPI_FAILED);
    if (wolf_flush(s, io) != 0)
        return talk_failed(s, io, MEMORY_E);
    if (s->close_sent)
        return talk_end(s, io, SSPI_OK);
    wolf_thread();
    s->close_sent = 1;
    wolfSSL_set_shutdown(s->ssl, 0); /* with both halves closed the library would clear the session */
    int rc = wolfSSL_shutdown(s->ssl);
    if (rc == WOLFSSL_FATAL_ERROR || s->out_of_memory)
        return talk_failed(s, io, wolfSSL_get_error(s->ssl, rc));
    return talk_end(s, io, SSPI_OK);
}
