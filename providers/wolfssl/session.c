/* SPDX-License-Identifier: MIT
 * providers/wolfssl/session.c -- one connection: made, shaken hands, closed. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <errno.h>
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

/* The session's names, else the credential's: a copy, as the library frees what it is given. */
static int set_ca_names(sspi_session *s, struct sspi_bytes names)
{
    WOLF_STACK_OF(WOLFSSL_X509_NAME) *list = NULL;
    if (!s->server || !s->request_cert)
        return 0;
    if (names.len) {
        struct sspi_bytes each[64];
        unsigned count = 0;
        for (size_t at = 0; at < names.len && count < 64; at += each[count++].len) {
            each[count].ptr = names.ptr + at;
            each[count].len = wolf_element_len(names.ptr + at, names.len - at);
            if (!each[count].len)
                return -1;
        }
        list = wolf_names(each, count, 0);
    } else if (s->cred->ca_names) {
        list = wolfSSL_sk_X509_NAME_new(NULL);
        for (int i = 0; list && i < wolfSSL_sk_X509_NAME_num(s->cred->ca_names); i++) {
            WOLFSSL_X509_NAME *name = wolfSSL_X509_NAME_dup(wolfSSL_sk_X509_NAME_value(s->cred->ca_names, i));
            if (name && wolfSSL_sk_X509_NAME_push(list, name) != WOLFSSL_SUCCESS)
                wolfSSL_X509_NAME_free(name);
        }
    } else
        return 0;
    if (!list)
        return -1;
    wolfSSL_set_client_CA_list(s->ssl, list);
    return 0;
}

/* Which CTX: one of the credential's, or one of the session's own where it brings a staple. */
static WOLFSSL *ssl_new(sspi_session *s, int *code)
{
    unsigned with = s->server && s->tickets && !s->request_cert && s->cred->ctx_tickets ? WOLF_WITH_TICKETS : 0;
    WOLFSSL_CTX *ctx = with ? s->cred->ctx_tickets : s->cred->ctx, *own = NULL;
    if (s->staple_len && s->cred->has_cert)
        own = wolf_ctx_new(s->cred, with | WOLF_WITH_STAPLE, code); /* NULL: it cannot be judged, so not sent */
    if (!with)
        s->tickets = 0;
    WOLFSSL *ssl = wolfSSL_new(own ? own : ctx);
    wolfSSL_CTX_free(own); /* the WOLFSSL holds it */
    *code = ssl ? 0 : s->server && !s->cred->has_cert ? NO_PRIVATE_KEY : MEMORY_E;
    return ssl;
}

static int session_fill(sspi_session *s, const struct sspi_session_params *p)
{
    int code;
    if (wolf_psk_take(s, p) != 0)
        return PSK_KEY_ERROR;
    if (s->server && p->staple.len) {
        s->staple = malloc(p->staple.len);
        if (!s->staple)
            return MEMORY_E;
        memcpy(s->staple, p->staple.ptr, p->staple.len);
        s->staple_len = p->staple.len;
    }
    s->ssl = ssl_new(s, &code);
    if (!s->ssl)
        return code;
    wolfSSL_SetIOReadCtx(s->ssl, s);
    wolfSSL_SetIOWriteCtx(s->ssl, s);
    wolfSSL_KeepArrays(s->ssl); /* the exporter needs the master secret */
    wolf_psk_offer(s);
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
    if (s->dtls && s->server && p->cookie_peer.len && p->cookie_peer.len <= 128 &&
        wolfSSL_dtls_set_peer(s->ssl, (void *)(uintptr_t)p->cookie_peer.ptr, (unsigned)p->cookie_peer.len) !=
            WOLFSSL_SUCCESS)
        return BAD_FUNC_ARG;
    /* Resumed, the library refuses the request that it would have allowed. */
    if (!s->server && p->allow_renegotiation && (s->protocols & SSPI_CAP_TLS13) && !p->resume)
        wolfSSL_allow_post_handshake_auth(s->ssl);
    if (!s->server && !s->dtls && (s->protocols & ~SSPI_CAP_TLS13))
        wolfSSL_UseSessionTicket(s->ssl);
    if (!s->server && p->resume)
        wolf_ticket_offer(s, p->resume);
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
    free(s->staple);
    wolfSSL_SESSION_free(s->plain);
    free(s->stash);
    explicit_bzero(s, sizeof *s);
    free(s);
}

const struct sspi_failure *wolf_session_failure(sspi_session *s)
{
    return &s->failure;
}

uint32_t wolf_protocol(int version)
{
    switch (version) {
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

void wolf_talk_begin(sspi_session *s, struct sspi_io *io)
{
    s->phase = PHASE_TALK;
    s->io = io;
    s->in = io->in;
    s->in_len = io->in ? io->in_len : 0;
    s->in_used = s->in_len;
    s->in_off = 0;
    s->events = 0;
    s->out_of_memory = 0;
}

enum sspi_status wolf_talk_end(sspi_session *s, struct sspi_io *io, enum sspi_status status)
{
    if (status != SSPI_FAILED) /* then the library went on after its alert, and so does the peer */
        s->alert_kept = 0;
    io->in_used = s->in_used;
    io->events = s->events;
    s->in = NULL;
    s->in_len = s->in_off = 0;
    s->io = NULL;
    s->phase = PHASE_IDLE;
    return status;
}

enum sspi_status wolf_talk_failed(sspi_session *s, struct sspi_io *io, int code)
{
    /* A server that asked for no certificate has none to complain of: the library could not use its own key for
     * what the client offers (Ed25519 for a hello that allows SHA-1 alone). */
    if (s->server && !s->request_cert && wolf_why_for(code) == SSPI_WHY_CERT_OTHER)
        code = MATCH_SUITE_ERROR;
    s->library_error = code;
    if (!s->out_of_memory)
        wolf_write_alert(s);
    wolf_session_failed(s, code);
    return wolf_talk_end(s, io, SSPI_FAILED);
}

/* A record after the handshake: a refused renegotiation, a repeated flight of DTLS. */
static enum sspi_status after_handshake(sspi_session *s, struct sspi_io *io)
{
    uint8_t data[64];
    if (!s->in_len)
        return wolf_talk_end(s, io, SSPI_OK);
    int rc = wolfSSL_read(s->ssl, data, sizeof data);
    int error = rc > 0 ? OUT_OF_ORDER_E : wolfSSL_get_error(s->ssl, rc);
    explicit_bzero(data, sizeof data);
    if (error == WOLFSSL_ERROR_WANT_READ)
        return wolf_talk_end(s, io, SSPI_OK);
    if (error == WOLFSSL_ERROR_ZERO_RETURN)
        return wolf_talk_end(s, io, SSPI_CLOSED);
    return wolf_talk_failed(s, io, error);
}

/* With ClientHello at hand: away from what the library would do wrong with it. */
static void choose_ctx(sspi_session *s)
{
    int foreign = s->tickets && (wolf_foreign_ticket(s) || !wolf_ticket_key_there(s));
    int staple = WOLF_STAPLE_LEAKS_13 && s->staple_len && (s->protocols & SSPI_CAP_TLS13) && wolf_offers_13(s);
    if (foreign)
        s->tickets = 0;
    if (foreign || staple)
        wolfSSL_set_SSL_CTX(s->ssl, s->tickets ? s->cred->ctx_tickets : s->cred->ctx);
}

static enum sspi_status last_words(sspi_session *s, struct sspi_io *io)
{
    if (s->owes_alert && wolf_flush(s, io) == 0) {
        wolf_write_alert(s);
        s->failure.alert_sent = s->alert_out;
    }
    s->owes_alert = 0;
    return wolf_talk_end(s, io, SSPI_FAILED);
}

enum sspi_status wolf_handshake(sspi_session *s, struct sspi_io *io)
{
    wolf_talk_begin(s, io);
    if (s->dead)
        return last_words(s, io);
    wolf_thread();
    if (wolf_flush(s, io) != 0)
        return wolf_talk_failed(s, io, MEMORY_E);
    if (s->done)
        return after_handshake(s, io);
    if (!s->server && !s->has_cert && !s->declined && s->in_len &&
        wolf_ahead(s, WOLF_CERTIFICATE_REQUEST, s->in, s->in_len)) {
        s->in_used = 0; /* not taken: the same record comes again */
        return wolf_talk_end(s, io, SSPI_WANT_CREDENTIAL);
    }
    int wait = wolf_ticket_wait(s);
    if (wait != 0)
        return wait == 1 ? wolf_talk_end(s, io, SSPI_WANT_RECORD) : wolf_talk_failed(s, io, wait);
    wolf_note_record(s);
    if (s->server && s->in_len && !s->server_hello)
        choose_ctx(s);
    errno = 0;
    int rc = s->server ? wolfSSL_accept(s->ssl) : wolfSSL_connect(s->ssl);
    int error = rc == WOLFSSL_SUCCESS ? 0 : wolfSSL_get_error(s->ssl, rc);
    if (error == MEMORY_E && errno != ENOMEM)
        error = BUFFER_ERROR; /* 5.7 says so of a malformed point too: no allocation failed (POSIX malloc) */
    if (s->out_of_memory)
        return wolf_talk_failed(s, io, MEMORY_E);
    if (error == WOLFSSL_ERROR_WANT_READ)
        return wolf_talk_end(s, io, SSPI_WANT_RECORD);
    if (error == WOLFSSL_ERROR_ZERO_RETURN)
        return wolf_talk_end(s, io, SSPI_CLOSED);
    if (error != 0)
        return wolf_talk_failed(s, io, error);
    if (!(wolf_protocol(wolfSSL_version(s->ssl)) & s->protocols))
        return wolf_talk_failed(s, io, VERSION_ERROR);
    if (wolf_settle(s) != 0)
        return wolf_talk_failed(s, io, VERIFY_CERT_ERROR);
    s->done = 1;
    for (unsigned i = 1; s->server && i < s->tickets && wolf_protocol(wolfSSL_version(s->ssl)) == SSPI_CAP_TLS13; i++)
        wolfSSL_send_SessionTicket(s->ssl); /* the library has sent one; more are not worth a failure */
    return wolf_talk_end(s, io, SSPI_OK);
}

enum sspi_status wolf_shutdown(sspi_session *s, struct sspi_io *io)
{
    wolf_talk_begin(s, io);
    if (s->dead || s->alert_out)
        return wolf_talk_end(s, io, SSPI_FAILED);
    if (wolf_flush(s, io) != 0)
        return wolf_talk_failed(s, io, MEMORY_E);
    if (s->close_sent)
        return wolf_talk_end(s, io, SSPI_OK);
    wolf_thread();
    s->close_sent = 1;
    wolfSSL_set_shutdown(s->ssl, 0); /* with both halves closed the library would clear the session */
    int rc = wolfSSL_shutdown(s->ssl);
    if (rc == WOLFSSL_FATAL_ERROR || s->out_of_memory)
        return wolf_talk_failed(s, io, wolfSSL_get_error(s->ssl, rc));
    return wolf_talk_end(s, io, SSPI_OK);
}
