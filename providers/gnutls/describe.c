/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/describe.c -- what was negotiated, and what may be derived from it. */
#include <config.h>

#include "state.h"

#include <string.h>

#define PLAINTEXT_MAX 16384u

uint32_t plaintext_max(const sspi_session *s)
{
    size_t max = s->dtls ? gnutls_dtls_get_data_mtu(s->tls) : gnutls_record_get_max_size(s->tls);
    if (s->limit && s->limit < max)
        max = s->limit;
    return max < PLAINTEXT_MAX ? (uint32_t)max : PLAINTEXT_MAX;
}

enum sspi_status session_describe(sspi_session *s, struct sspi_conn *out)
{
    if (!s->done)
        return SSPI_FAILED;
    struct sspi_conn c = {.size = out->size};
    unsigned flags = gnutls_session_get_flags(s->tls);
    gnutls_datum_t alpn = {NULL, 0};
    gnutls_srtp_profile_t srtp;
    c.flags = gnutls_session_is_resumed(s->tls) ? SSPI_CONN_RESUMED : 0u;
    if (!s->tls13) /* which has neither, whatever GnuTLS says */
        c.flags |= (flags & GNUTLS_SFLAGS_EXT_MASTER_SECRET ? SSPI_CONN_EMS : 0u) |
                   (gnutls_safe_renegotiation_status(s->tls) ? SSPI_CONN_SAFE_RENEGOTIATION : 0u);
    c.version = version_of(s->tls)->wire;
    c.suite = suite_of(s->tls);
    c.group = group_code(gnutls_group_get(s->tls));
    uint16_t of_server = signature_code((gnutls_sign_algorithm_t)gnutls_sign_algorithm_get(s->tls));
    uint16_t of_client = signature_code((gnutls_sign_algorithm_t)gnutls_sign_algorithm_get_client(s->tls));
    c.signature = s->server ? of_server : of_client;
    c.peer_signature = s->server ? of_client : of_server;
    if (s->dtls && gnutls_srtp_get_selected_profile(s->tls, &srtp) == 0)
        c.srtp = (uint16_t)srtp;
    c.plaintext_max = plaintext_max(s);
    if (gnutls_alpn_get_selected_protocol(s->tls, &alpn) == 0)
        c.alpn = (struct sspi_bytes){alpn.data, alpn.size};
    if (gnutls_auth_get_type(s->tls) == GNUTLS_CRD_PSK && !(c.flags & SSPI_CONN_RESUMED)) {
        gnutls_datum_t name = s->psk_identity;
        if (!s->server && name.size)
            c.psk_identity = (struct sspi_bytes){name.data, name.size};
        else if (s->server && gnutls_psk_server_get_username2(s->tls, &name) == 0)
            c.psk_identity = (struct sspi_bytes){name.data, name.size};
    }
    memcpy(out, &c, out->size < sizeof c ? out->size : sizeof c);
    return SSPI_OK;
}

enum sspi_status session_peer_cert(sspi_session *s, unsigned i, struct sspi_bytes *der)
{
    unsigned count = 0;
    if (gnutls_auth_get_type(s->tls) != GNUTLS_CRD_CERTIFICATE && !gnutls_session_is_resumed(s->tls))
        return SSPI_UNSUPPORTED;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(s->tls, &count);
    if (!list || i >= count)
        return SSPI_UNSUPPORTED;
    *der = (struct sspi_bytes){list[i].data, list[i].size};
    return SSPI_OK;
}

/* So many octets of keys are never all zero.  3.7 says yes below TLS 1.2 to more than it has room for, and writes
 * nothing. */
#define KEYS_CERTAIN 16

static bool is_zero(const uint8_t *bytes, size_t len)
{
    uint8_t any = 0;
    while (len)
        any |= bytes[--len];
    return !any;
}

enum sspi_status session_export_keys(sspi_session *s, const char *label, const struct sspi_bytes *context,
                                     uint8_t *out, size_t len)
{
    if (!s->done || s->dead)
        return SSPI_FAILED;
    /* A NULL context is none; one of no bytes is another thing, and needs a pointer. */
    const char *from = !context ? NULL : context->len ? (const char *)context->ptr : "";
    memset(out, 0, len);
    int ret = gnutls_prf_rfc5705(s->tls, strlen(label), label, context ? context->len : 0, from, len, (char *)out);
    if (ret == 0 && len >= KEYS_CERTAIN && is_zero(out, len))
        ret = GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
    if (ret == 0)
        return SSPI_OK;
    failure_set(&s->failure, ret);
    return SSPI_FAILED;
}

enum sspi_status session_finished(sspi_session *s, int of_client, uint8_t *out, size_t cap, size_t *len)
{
    if (!s->done || s->dead)
        return SSPI_FAILED;
    size_t have = s->finished_len[of_client != 0];
    if (s->tls13 || !have)
        return SSPI_UNSUPPORTED;
    if (cap < have)
        return SSPI_FAILED;
    memcpy(out, s->finished[of_client != 0], have);
    *len = have;
    return SSPI_OK;
}
