/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/generate.c -- a new key and a self-signed certificate.
 *
 * GnuTLS's certificate writer takes names as text and extensions one by one; the contract has both as DER.
 * So the certificate (RFC 5280 4.1) is put together here and GnuTLS signs it. */
#include <config.h>

#include "state.h"

#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct kind {
    enum sspi_key_type type;
    gnutls_pk_algorithm_t pk;
    gnutls_ecc_curve_t curve;
    gnutls_sign_algorithm_t sign;
    uint8_t algorithm[16], algorithm_len; /* AlgorithmIdentifier */
} kinds[] = {
    {SSPI_KEY_RSA, GNUTLS_PK_RSA, 0, GNUTLS_SIGN_RSA_SHA256,
     {0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0}, 15},
    {SSPI_KEY_P256, GNUTLS_PK_ECDSA, GNUTLS_ECC_CURVE_SECP256R1, GNUTLS_SIGN_ECDSA_SHA256,
     {0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}, 12},
    {SSPI_KEY_P384, GNUTLS_PK_ECDSA, GNUTLS_ECC_CURVE_SECP384R1, GNUTLS_SIGN_ECDSA_SHA384,
     {0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3}, 12},
    {SSPI_KEY_P521, GNUTLS_PK_ECDSA, GNUTLS_ECC_CURVE_SECP521R1, GNUTLS_SIGN_ECDSA_SHA512,
     {0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4}, 12},
    {SSPI_KEY_ED25519, GNUTLS_PK_EDDSA_ED25519, GNUTLS_ECC_CURVE_ED25519, GNUTLS_SIGN_EDDSA_ED25519,
     {0x30, 5, 6, 3, 0x2b, 0x65, 0x70}, 7},
};

/* DER is written from the end: each element's length is known once its contents stand. */
struct der {
    uint8_t *buf;
    size_t size, at; /* at: where what was written begins */
    bool full;
};

static void raw(struct der *d, const void *p, size_t len)
{
    if (d->full || len > d->at) {
        d->full = true;
        return;
    }
    d->at -= len;
    if (len)
        memcpy(d->buf + d->at, p, len);
}

static void wrap(struct der *d, uint8_t tag, size_t end)
{
    size_t len = end - d->at;
    uint8_t head[4] = {tag, (uint8_t)len};
    size_t n = 2;
    if (len > 255) {
        head[1] = 0x82;
        head[2] = (uint8_t)(len >> 8);
        head[3] = (uint8_t)len;
        n = 4;
    } else if (len > 127) {
        head[1] = 0x81;
        head[2] = (uint8_t)len;
        n = 3;
    }
    raw(d, head, n);
}

static void element(struct der *d, uint8_t tag, const void *p, size_t len)
{
    size_t end = d->at;
    raw(d, p, len);
    wrap(d, tag, end);
}

static void moment(struct der *d, int64_t when)
{
    char text[32];
    time_t t = (time_t)when;
    struct tm tm;
    if (!gmtime_r(&t, &tm) || tm.tm_year < 50 || tm.tm_year > 8099) {
        d->full = true;
        return;
    }
    bool utc = tm.tm_year < 150; /* RFC 5280 4.1.2.5: two digits until 2049 */
    size_t n = strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm);
    element(d, utc ? 0x17 : 0x18, text + 2 * utc, n - 2 * utc);
}

static void serial(struct der *d, const uint8_t bytes[20])
{
    size_t skip = 0;
    uint8_t number[20];
    memcpy(number, bytes, sizeof number);
    number[0] &= 0x7f; /* positive, and within 20 bytes */
    while (skip < 19 && !number[skip] && number[skip + 1] < 0x80)
        skip++;
    element(d, 2, number + skip, sizeof number - skip);
}

static void to_be_signed(struct der *d, const struct sspi_newcert *in, const struct kind *k, const gnutls_datum_t *spki)
{
    static const uint8_t version[] = {0xa0, 3, 2, 1, 2};
    size_t end = d->at;
    if (in->extensions.len)
        element(d, 0xa3, in->extensions.ptr, in->extensions.len);
    raw(d, spki->data, spki->size);
    raw(d, in->subject.ptr, in->subject.len);
    size_t validity = d->at;
    moment(d, in->not_after);
    moment(d, in->not_before);
    wrap(d, 0x30, validity);
    raw(d, in->subject.ptr, in->subject.len);
    raw(d, k->algorithm, k->algorithm_len);
    serial(d, in->serial);
    raw(d, version, sizeof version);
    wrap(d, 0x30, end);
}

static int certificate(const struct sspi_newcert *in, const struct kind *k, gnutls_privkey_t key,
                       const gnutls_datum_t *spki)
{
    size_t room = in->extensions.len + spki->size + 2 * in->subject.len + 256;
    struct der tbs = {.size = room, .at = room}, cert;
    gnutls_datum_t signature = {NULL, 0};
    gnutls_x509_crt_t check;
    int ret = GNUTLS_E_MEMORY_ERROR;
    if (room > 60000)
        return GNUTLS_E_INVALID_REQUEST;
    tbs.buf = calloc(1, room);
    cert = (struct der){.buf = calloc(1, room + 1200), .size = room + 1200, .at = room + 1200};
    if (!tbs.buf || !cert.buf)
        goto out;
    to_be_signed(&tbs, in, k, spki);
    ret = GNUTLS_E_INVALID_REQUEST;
    if (tbs.full)
        goto out;
    gnutls_datum_t body = datum(tbs.buf + tbs.at, tbs.size - tbs.at);
    ret = gnutls_privkey_sign_data2(key, k->sign, 0, &body, &signature);
    if (ret < 0)
        goto out;
    raw(&cert, signature.data, signature.size);
    raw(&cert, "", 1); /* no unused bits */
    wrap(&cert, 3, cert.size);
    raw(&cert, k->algorithm, k->algorithm_len);
    raw(&cert, body.data, body.size);
    wrap(&cert, 0x30, cert.size);
    gnutls_datum_t whole = datum(cert.buf + cert.at, cert.size - cert.at);
    ret = cert.full ? GNUTLS_E_INVALID_REQUEST : gnutls_x509_crt_init(&check);
    if (ret < 0)
        goto out;
    ret = gnutls_x509_crt_import(check, &whole, GNUTLS_X509_FMT_DER); /* the caller's DER may be none */
    gnutls_x509_crt_deinit(check);
    if (ret >= 0 && in->sink.put(in->sink.ctx, SSPI_ITEM_LEAF, (struct sspi_bytes){whole.data, whole.size}) != 0)
        ret = GNUTLS_E_USER_ERROR;
out:
    gnutls_free(signature.data);
    free(tbs.buf);
    free(cert.buf);
    return ret;
}

static int make_key(const struct sspi_newcert *in, const struct kind *k, gnutls_x509_privkey_t key)
{
    if (in->key.len) {
        gnutls_datum_t der = datum(in->key.ptr, in->key.len);
        int ret = gnutls_x509_privkey_import_pkcs8(key, &der, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN);
        return ret >= 0 && gnutls_x509_privkey_get_pk_algorithm(key) != (int)k->pk ? GNUTLS_E_INVALID_REQUEST : ret;
    }
    unsigned bits = in->type == SSPI_KEY_RSA ? (in->bits ? in->bits : 2048) : GNUTLS_CURVE_TO_BITS(k->curve);
    if (in->type == SSPI_KEY_RSA && (bits < 1024 || bits > 8192))
        return GNUTLS_E_INVALID_REQUEST;
    return gnutls_x509_privkey_generate(key, k->pk, bits, 0);
}

static int put_key(const struct sspi_newcert *in, gnutls_x509_privkey_t key)
{
    gnutls_datum_t der;
    int ret = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &der);
    if (ret < 0)
        return ret;
    if (in->sink.put(in->sink.ctx, SSPI_ITEM_KEY, (struct sspi_bytes){der.data, der.size}) != 0)
        ret = GNUTLS_E_USER_ERROR;
    explicit_bzero(der.data, der.size);
    gnutls_free(der.data);
    return ret;
}

static int generate(const struct sspi_newcert *in, const struct kind *k)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_privkey_t signer = NULL;
    gnutls_pubkey_t pub = NULL;
    gnutls_datum_t spki = {NULL, 0};
    int ret;
    if ((ret = gnutls_x509_privkey_init(&key)) >= 0 && (ret = make_key(in, k, key)) >= 0 &&
        (ret = gnutls_privkey_init(&signer)) >= 0 && (ret = gnutls_privkey_import_x509(signer, key, 0)) >= 0 &&
        (ret = gnutls_pubkey_init(&pub)) >= 0 && (ret = gnutls_pubkey_import_privkey(pub, signer, 0, 0)) >= 0 &&
        (ret = gnutls_pubkey_export2(pub, GNUTLS_X509_FMT_DER, &spki)) >= 0 &&
        (in->key.len || (ret = put_key(in, key)) >= 0) && in->subject.len)
        ret = certificate(in, k, signer, &spki);
    gnutls_free(spki.data);
    if (pub)
        gnutls_pubkey_deinit(pub);
    if (signer)
        gnutls_privkey_deinit(signer);
    if (key)
        gnutls_x509_privkey_deinit(key);
    return ret;
}

enum sspi_status cred_generate(const struct sspi_newcert *in, struct sspi_failure *failure)
{
    *failure = (struct sspi_failure){0};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].type != in->type)
            continue;
        int ret = generate(in, &kinds[i]);
        if (ret >= 0)
            return SSPI_OK;
        failure_set(failure, ret);
        if (ret == GNUTLS_E_INVALID_REQUEST)
            failure->why = SSPI_WHY_BAD_CREDENTIAL;
        return SSPI_FAILED;
    }
    return SSPI_UNSUPPORTED;
}
