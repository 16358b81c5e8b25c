/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/chain.c -- the peer's certificates as DER, leaf first, in one allocation, and the moments
 * at which the core judges them.  libssl's own check never runs. */
#include <config.h>

#include "shared.h"

#include <openssl/x509_vfy.h>
#include <string.h>

#define CHAIN_MAX 64u /* certificates; libssl bounds their octets */

static struct chain *chain_room(unsigned count, size_t octets, uint8_t **at)
{
    struct chain *c = OPENSSL_zalloc(sizeof *c + count * sizeof c->cert[0] + octets);
    if (c) {
        c->count = count;
        *at = (uint8_t *)&c->cert[count];
    }
    return c;
}

struct chain *chain_of_stack(X509 *first, const STACK_OF(X509) * rest)
{
    unsigned more = rest ? (unsigned)sk_X509_num(rest) : 0, count = more + (first != NULL);
    size_t octets = 0;
    uint8_t *at;
    if (count > CHAIN_MAX)
        return NULL;
    for (unsigned i = 0; i < count; i++) {
        int n = i2d_X509(first ? (i ? sk_X509_value(rest, (int)i - 1) : first) : sk_X509_value(rest, (int)i),
                         NULL);
        if (n <= 0)
            return NULL;
        octets += (size_t)n;
    }
    struct chain *c = chain_room(count, octets, &at);
    for (unsigned i = 0; c && i < count; i++) {
        c->cert[i].ptr = at;
        i2d_X509(first ? (i ? sk_X509_value(rest, (int)i - 1) : first) : sk_X509_value(rest, (int)i), &at);
        c->cert[i].len = (size_t)(at - c->cert[i].ptr);
    }
    return c;
}

size_t chain_write(const struct chain *c, unsigned from, uint8_t *out)
{
    size_t n = 0;
    for (unsigned i = from; c && i < c->count; i++) {
        size_t len = c->cert[i].len;
        if (out) {
            out[n] = (uint8_t)(len >> 16);
            out[n + 1] = (uint8_t)(len >> 8);
            out[n + 2] = (uint8_t)len;
            memcpy(out + n + 3, c->cert[i].ptr, len);
        }
        n += 3 + len;
    }
    return n;
}

struct chain *chain_read(struct sspi_bytes leaf, struct sspi_bytes flat)
{
    unsigned count = leaf.len != 0;
    uint8_t *at;
    for (size_t i = 0; i < flat.len; count++) {
        if (flat.len - i < 3 || count >= CHAIN_MAX)
            return NULL;
        size_t len = (size_t)flat.ptr[i] << 16 | (size_t)flat.ptr[i + 1] << 8 | flat.ptr[i + 2];
        if (!len || len > flat.len - i - 3)
            return NULL;
        i += 3 + len;
    }
    struct chain *c = chain_room(count, leaf.len + flat.len, &at);
    if (!c)
        return NULL;
    unsigned n = 0;
    if (leaf.len) {
        memcpy(at, leaf.ptr, leaf.len);
        c->cert[n++] = (struct sspi_bytes){at, leaf.len};
        at += leaf.len;
    }
    if (flat.len)
        memcpy(at, flat.ptr, flat.len);
    for (; n < count; n++) {
        size_t len = (size_t)at[0] << 16 | (size_t)at[1] << 8 | at[2];
        c->cert[n] = (struct sspi_bytes){at + 3, len};
        at += 3 + len;
    }
    return c;
}

struct chain *chain_copy(const struct chain *from)
{
    size_t octets = 0;
    uint8_t *at;
    for (unsigned i = 0; i < from->count; i++)
        octets += from->cert[i].len;
    struct chain *c = chain_room(from->count, octets, &at);
    for (unsigned i = 0; c && i < c->count; i++) {
        memcpy(at, from->cert[i].ptr, from->cert[i].len);
        c->cert[i] = (struct sspi_bytes){at, from->cert[i].len};
        at += from->cert[i].len;
    }
    return c;
}

int chain_ask(sspi_session *s, const struct chain *c, struct sspi_bytes staple, int resumed)
{
    struct sspi_chain asked = {.size = sizeof asked,
                               .count = c ? c->count : 0,
                               .cert = c ? c->cert : NULL,
                               .staple = staple,
                               .resumed = resumed};
    s->verdict = (struct sspi_verdict){0};
    if (!s->verify)
        return 0;
    if (core.verify && core.verify(s->owner, &asked, &s->verdict) == 0) {
        s->verdict = (struct sspi_verdict){0};
        return 0;
    }
    if (!s->verdict.why)
        s->verdict.why = SSPI_WHY_CERT_OTHER;
    return -1;
}

/* libssl takes the alert from the verification error; this is its table, read backwards.  An error it does
 * not list becomes certificate_unknown. */
static int error_of_alert(uint8_t alert)
{
    switch (alert) {
    case SSL_AD_HANDSHAKE_FAILURE:
        return X509_V_ERR_APPLICATION_VERIFICATION;
    case SSL_AD_BAD_CERTIFICATE:
        return X509_V_ERR_CERT_REJECTED;
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
        return X509_V_ERR_INVALID_PURPOSE;
    case SSL_AD_CERTIFICATE_REVOKED:
        return X509_V_ERR_CERT_REVOKED;
    case SSL_AD_CERTIFICATE_EXPIRED:
        return X509_V_ERR_CERT_HAS_EXPIRED;
    case SSL_AD_UNKNOWN_CA:
        return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    case SSL_AD_DECRYPT_ERROR:
        return X509_V_ERR_CERT_SIGNATURE_FAILURE;
    case SSL_AD_INTERNAL_ERROR:
        return X509_V_ERR_OUT_OF_MEM;
    default:
        return X509_V_ERR_SUITE_B_CANNOT_SIGN_P_384_WITH_P_256; /* never arises here */
    }
}

static struct sspi_bytes staple_of(SSL *ssl)
{
    const unsigned char *der = NULL;
    long len = SSL_get_tlsext_status_ocsp_resp(ssl, &der);
    return len > 0 ? (struct sspi_bytes){der, (size_t)len} : (struct sspi_bytes){NULL, 0};
}

/* Up to TLS 1.2 the staple comes later: a chain that lacks nothing but news of revocation waits for it. */
static int awaits_staple(const sspi_session *s, SSL *ssl)
{
    return !s->cred->server && SSL_version(ssl) <= TLS1_2_VERSION && !SSL_is_dtls(ssl) &&
           SSL_get_tlsext_status_type(ssl) == TLSEXT_STATUSTYPE_ocsp &&
           (s->verdict.why == SSPI_WHY_CERT_NO_REVOCATION_CHECK ||
            s->verdict.why == SSPI_WHY_CERT_REVOCATION_OFFLINE);
}

int chain_verify_callback(X509_STORE_CTX *store, void *unused)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    sspi_session *s = session_of(ssl);
    (void)unused;
    struct chain *c = chain_of_stack(NULL, X509_STORE_CTX_get0_untrusted(store));
    OPENSSL_free(s->chain);
    s->chain = c;
    if (!c) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_OUT_OF_MEM);
        return 0;
    }
    struct sspi_bytes staple = s->cred->server ? (struct sspi_bytes){NULL, 0} : staple_of(ssl);
    s->staple_judged = staple.len != 0;
    s->staple_awaited = 0;
    if (chain_ask(s, c, staple, 0)) {
        s->staple_awaited = awaits_staple(s, ssl);
        if (s->staple_awaited) {
            s->verdict = (struct sspi_verdict){0};
            X509_STORE_CTX_set_error(store, X509_V_OK);
            return 1;
        }
        X509_STORE_CTX_set_error(store, error_of_alert(s->verdict.alert));
        return 0;
    }
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

int chain_staple_callback(SSL *ssl, void *unused)
{
    sspi_session *s = session_of(ssl);
    (void)unused;
    if (s->cred->server) {
        unsigned char *copy = s->staple.len ? OPENSSL_memdup(s->staple.ptr, s->staple.len) : NULL;
        if (!copy)
            return SSL_TLSEXT_ERR_NOACK;
        SSL_set_tlsext_status_ocsp_resp(ssl, copy, (int)s->staple.len);
        return SSL_TLSEXT_ERR_OK;
    }
    struct sspi_bytes staple = staple_of(ssl); /* TLS 1.2: it comes after the certificates were judged */
    if ((!staple.len && !s->staple_awaited) || s->staple_judged || !s->chain)
        return 1;
    s->staple_judged = 1;
    s->staple_awaited = 0;
    if (chain_ask(s, s->chain, staple, 0) == 0)
        return 1;
    s->late_alert = s->verdict.alert;
    return 0;
}
