/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/lookahead.c -- a TLS 1.3 client without a certificate stops before the record that asks
 * for one.
 *
 * No callback of GnuTLS can suspend there: the choice is made while CertificateRequest is read.  So each
 * record of the server's encrypted flight is opened here first, on a copy, with the handshake traffic
 * secret (RFC 8446 7.3), and its messages are walked; GnuTLS then gets the same record, as if unread. */
#include <config.h>

#include "state.h"

#include <stdlib.h>
#include <string.h>

#define HEADER 5
#define TYPE_HANDSHAKE 22
#define TYPE_DATA 23
#define RECORD_MAX (16384 + 256)
#define MESSAGE_MAX (128u << 10)
#define EXT_AUTHORITIES 47
#define TAG 16

void ahead_secret(sspi_session *s, const void *secret, size_t len)
{
    struct look_ahead *a = &s->ahead;
    if (a->over || len > sizeof a->secret)
        return;
    memcpy(a->secret, secret, len);
    a->secret_len = len;
}

void ahead_close(sspi_session *s)
{
    struct look_ahead *a = &s->ahead;
    if (a->aead)
        gnutls_aead_cipher_deinit(a->aead);
    free(a->body);
    explicit_bzero(a, sizeof *a);
    a->over = true;
}

/* HKDF-Expand-Label with an empty context (RFC 8446 7.1). */
static int expand(const struct look_ahead *a, const char *label, uint8_t *out, size_t len)
{
    uint8_t info[32] = {0, (uint8_t)len};
    size_t n = strlen(label);
    info[2] = (uint8_t)n;
    memcpy(info + 3, label, n);
    gnutls_datum_t key = datum(a->secret, a->secret_len), text = datum(info, n + 4);
    return gnutls_hkdf_expand(a->secret_len == 48 ? GNUTLS_MAC_SHA384 : GNUTLS_MAC_SHA256, &key, &text, out, len);
}

static int open_keys(sspi_session *s)
{
    struct look_ahead *a = &s->ahead;
    gnutls_cipher_algorithm_t cipher = gnutls_cipher_get(s->tls);
    uint8_t key[32];
    size_t len = gnutls_cipher_get_key_size(cipher);
    if (len > sizeof key || gnutls_cipher_get_tag_size(cipher) != TAG || gnutls_cipher_get_iv_size(cipher) != 12)
        return GNUTLS_E_UNKNOWN_CIPHER_TYPE;
    gnutls_datum_t given = datum(key, len);
    int ret = expand(a, "tls13 key", key, len);
    if (ret >= 0)
        ret = expand(a, "tls13 iv", a->iv, sizeof a->iv);
    if (ret >= 0)
        ret = gnutls_aead_cipher_init(&a->aead, cipher, &given);
    explicit_bzero(key, sizeof key);
    explicit_bzero(a->secret, sizeof a->secret);
    return ret;
}

/* Plaintext of a copy; its length without padding and inner type, or a GnuTLS error. */
static int open_copy(struct look_ahead *a, const uint8_t *record, size_t len, uint8_t *plain, uint8_t *type)
{
    uint8_t nonce[12];
    size_t n = RECORD_MAX;
    for (unsigned i = 0; i < sizeof nonce; i++)
        nonce[i] = a->iv[i] ^ (uint8_t)(i < 4 ? 0 : a->sequence >> 8 * (11 - i));
    int ret = gnutls_aead_cipher_decrypt(a->aead, nonce, sizeof nonce, record, HEADER, TAG, record + HEADER,
                                         len - HEADER, plain, &n);
    if (ret < 0)
        return ret;
    a->sequence++;
    while (n && !plain[n - 1])
        n--;
    *type = n ? plain[n - 1] : 0;
    return (int)(n ? n - 1 : 0);
}

/* 1: a CertificateRequest ends here.  Messages may share a record or span several. */
static int walk(sspi_session *s, const uint8_t *p, size_t len)
{
    struct look_ahead *a = &s->ahead;
    while (len) {
        if (a->head_len < sizeof a->head) {
            a->head[a->head_len++] = *p++;
            len--;
            if (a->head_len < sizeof a->head)
                continue;
            a->body_left = (size_t)a->head[1] << 16 | (size_t)a->head[2] << 8 | a->head[3];
            bool asks = a->head[0] == GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST;
            if (!asks && a->head[0] != GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS) {
                a->over = true; /* nothing asks after this */
                return 0;
            }
            if (asks && (a->body_left > MESSAGE_MAX || !a->body_left || !(a->body = malloc(a->body_left))))
                return GNUTLS_E_MEMORY_ERROR;
        }
        size_t n = len < a->body_left ? len : a->body_left;
        if (a->body) {
            memcpy(a->body + a->body_len, p, n);
            a->body_len += n;
        }
        p += n;
        len -= n;
        a->body_left -= n;
        if (a->body_left == 0) {
            if (a->body)
                return 1;
            a->head_len = 0;
        }
    }
    return 0;
}

int ahead_open(sspi_session *s, const uint8_t *record, size_t len)
{
    struct look_ahead *a = &s->ahead;
    uint8_t type = 0, *plain;
    int ret;
    if (!a->secret_len || len < HEADER + TAG || len > HEADER + RECORD_MAX || record[0] != TYPE_DATA)
        return 0;
    if (!a->aead && (ret = open_keys(s)) < 0) {
        LOG(SSPI_LOG_WARNING, "cannot look for a late certificate request: %s", gnutls_strerror(ret));
        ahead_close(s);
        return 0;
    }
    plain = malloc(RECORD_MAX);
    if (!plain)
        return GNUTLS_E_MEMORY_ERROR;
    int n = open_copy(a, record, len, plain, &type);
    if (n < 0 || type != TYPE_HANDSHAKE) { /* GnuTLS will say what is wrong with it */
        ahead_close(s);
        ret = 0;
    } else {
        ret = walk(s, plain, (size_t)n);
    }
    explicit_bzero(plain, RECORD_MAX);
    free(plain);
    if (ret > 0) {
        int kept = issuers_keep(s, a->body, a->body_len);
        ret = kept < 0 ? kept : 1;
    }
    if (ret || a->over)
        ahead_close(s);
    return ret;
}

static int authorities(void *ctx, unsigned id, const unsigned char *data, unsigned len)
{
    sspi_session *s = ctx;
    if (id != EXT_AUTHORITIES || len < 2)
        return 0;
    free(s->issuers);
    s->issuers_len = 0;
    s->issuers = malloc(len - 1);
    if (!s->issuers)
        return GNUTLS_E_MEMORY_ERROR;
    s->issuers_len = len - 2;
    memcpy(s->issuers, data + 2, len - 2);
    return 0;
}

int issuers_keep(sspi_session *s, const uint8_t *body, size_t len)
{
    free(s->issuers);
    s->issuers = NULL;
    s->issuers_len = 0;
    if (len < 1 || len - 1 < body[0])
        return 0; /* GnuTLS refuses it */
    gnutls_datum_t list = datum(body + 1 + body[0], len - 1 - body[0]);
    int ret = gnutls_ext_raw_parse(s, authorities, &list, 0);
    return ret == GNUTLS_E_MEMORY_ERROR ? ret : 0;
}

enum sspi_status session_issuer(sspi_session *s, unsigned i, struct sspi_bytes *der)
{
    size_t at = 0;
    while (s->issuers_len - at >= 2) {
        size_t len = (size_t)s->issuers[at] << 8 | s->issuers[at + 1];
        at += 2;
        if (len > s->issuers_len - at)
            break;
        if (i-- == 0) {
            *der = (struct sspi_bytes){s->issuers + at, len};
            return SSPI_OK;
        }
        at += len;
    }
    return SSPI_UNSUPPORTED;
}
