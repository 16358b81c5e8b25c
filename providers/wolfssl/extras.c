/* SPDX-License-Identifier: MIT
 * providers/wolfssl/extras.c -- after the handshake: new keys, late requests, exporters; DTLS timers. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <string.h>

/* The library decides for itself whether its KeyUpdate asks for the peer's, so one that is as the core wants it is
 * made here and leaves instead; the keys move all the same. */
enum sspi_status wolf_key_update(sspi_session *s, struct sspi_io *io, int ask_peer)
{
    const uint8_t message[] = {24, 0, 0, 1, ask_peer != 0};
    uint8_t record[WOLF_ALERT_MAX];
    word64 sequence = 0;
    size_t len = 0;
    wolf_talk_begin(s, io);
    if (s->dead)
        return wolf_talk_end(s, io, SSPI_FAILED);
    if (!s->done || wolfSSL_version(s->ssl) != TLS1_3_VERSION)
        return wolf_talk_end(s, io, SSPI_UNSUPPORTED);
    wolf_thread();
    if (wolf_flush(s, io) != 0)
        return wolf_talk_failed(s, io, MEMORY_E);
    wolfSSL_GetSequenceNumber(s->ssl, &sequence);
    len = wolf_seal_record(s, 22, message, sizeof message, sequence, record);
    if (!len)
        return wolf_talk_end(s, io, SSPI_UNSUPPORTED);
    s->phase = PHASE_DROP;
    int rc = wolfSSL_update_keys(s->ssl);
    if (rc == WOLFSSL_SUCCESS && io->emit(io, record, len) != 0)
        s->out_of_memory = 1;
    if (rc != WOLFSSL_SUCCESS || s->out_of_memory)
        return wolf_talk_failed(s, io, rc != WOLFSSL_SUCCESS ? wolfSSL_get_error(s->ssl, rc) : MEMORY_E);
    return wolf_talk_end(s, io, SSPI_OK);
}

/* A late CertificateRequest is all this library can: it has no renegotiation.  And one alone: it hashes the
 * next answer together with the first, which no client does (RFC 8446 4.4). */
enum sspi_status wolf_redo(sspi_session *s, struct sspi_io *io, int request_cert)
{
    wolf_talk_begin(s, io);
    if (s->dead)
        return wolf_talk_end(s, io, SSPI_FAILED);
    if (!s->done || !s->server || !request_cert || s->redid || wolfSSL_version(s->ssl) != TLS1_3_VERSION)
        return wolf_talk_end(s, io, SSPI_UNSUPPORTED);
    wolf_thread();
    if (wolf_flush(s, io) != 0)
        return wolf_talk_failed(s, io, MEMORY_E);
    wolfSSL_set_verify(s->ssl, WOLFSSL_VERIFY_PEER | (request_cert == 2 ? WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       wolf_verify);
    if (wolfSSL_request_certificate(s->ssl) != WOLFSSL_SUCCESS) /* the client did not offer it */
        return wolf_talk_end(s, io, SSPI_UNSUPPORTED);
    wolfSSL_write(s->ssl, "", 0); /* writes nothing of its own, but what the library groups with a next message */
    s->request_cert = (uint8_t)request_cert;
    s->redoing = s->redid = 1;
    s->ahead_skip = s->ahead_have = 0;
    s->judged = 0;
    return wolf_talk_end(s, io, SSPI_OK);
}

enum sspi_status wolf_resend(sspi_session *s, struct sspi_io *io, int *next_ms)
{
    wolf_talk_begin(s, io);
    *next_ms = -1;
    if (!s->dtls || s->dead)
        return wolf_talk_end(s, io, s->dead ? SSPI_FAILED : SSPI_UNSUPPORTED);
    wolf_thread();
    if (!s->done) {
        /* not dtls_got_timeout(), which gives up after six */
        if (wolfSSL_dtls_retransmit(s->ssl) < 0)
            return wolf_talk_failed(s, io, wolfSSL_get_error(s->ssl, WOLFSSL_FATAL_ERROR));
        *next_ms = wolfSSL_dtls_get_current_timeout(s->ssl) * 1000;
    }
    return wolf_talk_end(s, io, SSPI_OK);
}

enum sspi_status wolf_export_keys(sspi_session *s, const char *label, const struct sspi_bytes *context, uint8_t *out,
                                  size_t len)
{
    if (!s->done || s->dead)
        return SSPI_UNSUPPORTED;
    if (context && context->len > UINT16_MAX)
        return SSPI_FAILED;
    wolf_thread();
    return wolfSSL_export_keying_material(s->ssl, out, len, label, strlen(label), context ? context->ptr : NULL,
                                          context ? context->len : 0, context != NULL) == WOLFSSL_SUCCESS
               ? SSPI_OK
               : SSPI_FAILED;
}

enum sspi_status wolf_finished(sspi_session *s, int of_client, uint8_t *out, size_t cap, size_t *len)
{
    uint8_t bytes[64];
    *len = 0;
    if (!s->done || wolfSSL_version(s->ssl) == TLS1_3_VERSION)
        return SSPI_UNSUPPORTED;
    int own = !!of_client != !!s->server;
    size_t size = own ? wolfSSL_get_finished(s->ssl, bytes, sizeof bytes)
                      : wolfSSL_get_peer_finished(s->ssl, bytes, sizeof bytes);
    if (size != 12 || cap < size) /* 12: every version before 1.3 */
        return SSPI_FAILED;
    memcpy(out, bytes, size);
    *len = size;
    return SSPI_OK;
}
