/* SPDX-License-Identifier: MIT
 * providers/wolfssl/describe.c -- what was agreed, in IANA's numbers. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <string.h>
#include <strings.h>

static uint16_t group_number(const char *name)
{
    static const struct {
        const char *name;
        uint16_t code;
    } groups[] = {{"X25519", 29},     {"SECP256R1", 23},  {"SECP384R1", 24},  {"SECP521R1", 25},
                  {"X448", 30},       {"FFDHE_2048", 256}, {"FFDHE_3072", 257}, {"FFDHE_4096", 258},
                  {"FFDHE_6144", 259}, {"FFDHE_8192", 260}};
    for (size_t i = 0; name && i < sizeof groups / sizeof *groups; i++)
        if (strcasecmp(groups[i].name, name) == 0)
            return groups[i].code;
    return 0;
}

enum sspi_status wolf_describe(sspi_session *s, struct sspi_conn *conn)
{
    if (!s->done)
        return SSPI_UNSUPPORTED;
    uint32_t size = conn->size;
    struct sspi_conn all = {.size = size};
    int version = wolfSSL_version(s->ssl);
    all.version = (uint16_t)version;
    all.suite = (uint16_t)wolfSSL_get_current_cipher_suite(s->ssl);
    all.group = group_number(wolfSSL_get_curve_name(s->ssl));
    if (wolfSSL_session_reused(s->ssl) == 1)
        all.flags |= SSPI_CONN_RESUMED;
    if (s->ems || version == TLS1_3_VERSION)
        all.flags |= SSPI_CONN_EMS;
    if (s->safe_renegotiation)
        all.flags |= SSPI_CONN_SAFE_RENEGOTIATION;
    all.plaintext_max = (uint32_t)wolf_plaintext_max(s);
    char *name = NULL;
    unsigned short len = 0;
    if (wolfSSL_ALPN_GetProtocol(s->ssl, &name, &len) == WOLFSSL_SUCCESS && name && len < sizeof s->alpn) {
        memcpy(s->alpn, name, len);
        s->alpn_len = (uint8_t)len;
        all.alpn.ptr = (const uint8_t *)s->alpn;
        all.alpn.len = len;
    }
    if (s->psk_identity && !s->peer_count && !(all.flags & SSPI_CONN_RESUMED)) {
        all.psk_identity.ptr = (const uint8_t *)s->psk_identity;
        all.psk_identity.len = strlen(s->psk_identity);
    }
    memcpy(conn, &all, size < sizeof all ? size : sizeof all);
    return SSPI_OK;
}

enum sspi_status wolf_peer_cert(sspi_session *s, unsigned i, struct sspi_bytes *der)
{
    if (i >= s->peer_count)
        return SSPI_UNSUPPORTED;
    *der = s->peer[i];
    return SSPI_OK;
}
