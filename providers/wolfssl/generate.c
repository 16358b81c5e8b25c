/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/generate.c -- a new key and a self-signed certificate.
 *
 * The library's certificate writer takes names in pieces and extensions from a short list; the contract has
 * both as DER.  So TBSCertificate (RFC 5280 4.1) is put together here and the library signs it. */
#include <config.h>
#include "providers/wolfssl/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct der {
    uint8_t *bytes;
    size_t len, cap;
    int full;
};

static void add(struct der *d, const void *bytes, size_t len)
{
    if (d->full || len > d->cap - d->len) {
        d->full = 1;
        return;
    }
    if (len)
        memcpy(d->bytes + d->len, bytes, len);
    d->len += len;
}

/* Header before what stands from `from` on. */
static void wrap(struct der *d, uint8_t tag, size_t from)
{
    size_t len = d->len - from, head = len < 0x80 ? 2 : len < 0x100 ? 3 : 4;
    uint8_t bytes[4] = {tag, (uint8_t)len};
    if (d->full || len > 0xffff || head > d->cap - d->len) {
        d->full = 1;
        return;
    }
    if (head > 2) {
        bytes[1] = (uint8_t)(0x80 | (head - 2));
        bytes[2] = (uint8_t)(head == 4 ? len >> 8 : len);
        bytes[3] = (uint8_t)len;
    }
    memmove(d->bytes + from + head, d->bytes + from, len);
    memcpy(d->bytes + from, bytes, head);
    d->len += head;
}

static void add_integer(struct der *d, const uint8_t *bytes, size_t len)
{
    size_t from = d->len;
    while (len > 1 && *bytes == 0)
        bytes++, len--;
    if (*bytes & 0x80)
        add(d, "", 1);
    add(d, bytes, len);
    wrap(d, 0x02, from);
}

/* UTCTime up to 2049, GeneralizedTime from 2050 on. */
static void add_time(struct der *d, int64_t seconds)
{
    char text[32];
    struct tm tm;
    time_t t = (time_t)seconds;
    if (!gmtime_r(&t, &tm) || tm.tm_year < 50 || tm.tm_year > 8099) {
        d->full = 1;
        return;
    }
    int general = tm.tm_year >= 150;
    size_t from = d->len, len = strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm);
    add(d, text + (general ? 0 : 2), len - (general ? 0 : 2));
    wrap(d, general ? 0x18 : 0x17, from);
}

struct kind {
    int signature;
    uint8_t len, algorithm[16]; /* AlgorithmIdentifier */
};

static const struct kind *kind_of(const struct wolf_key *key)
{
    static const struct kind rsa = {CTC_SHA256wRSA, 15,
                                    {0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11, 5, 0}},
                             p256 = {CTC_SHA256wECDSA, 12, {0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}},
                             p521 = {CTC_SHA512wECDSA, 12, {0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4}},
             p384 = {CTC_SHA384wECDSA, 12, {0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3}},
                             ed = {CTC_ED25519, 7, {0x30, 5, 6, 3, 0x2b, 0x65, 0x70}};
    if (key->type == RSA_TYPE)
        return &rsa;
    if (key->type == ED25519_TYPE)
        return &ed;
    int size = wc_ecc_size((ecc_key *)(uintptr_t)&key->k.ecc);
    return size > 48 ? &p521 : size > 32 ? &p384 : &p256;
}

static void add_tbs(struct der *d, const struct sspi_newcert *n, struct wolf_key *key)
{
    static const uint8_t version3[] = {0xa0, 3, 2, 1, 2};
    const struct kind *kind = kind_of(key);
    uint8_t public[WOLF_KEY_DER_MAX];
    size_t from;
    add(d, version3, sizeof version3);
    add_integer(d, n->serial, sizeof n->serial);
    add(d, kind->algorithm, kind->len);
    add(d, n->subject.ptr, n->subject.len); /* issuer */
    from = d->len;
    add_time(d, n->not_before);
    add_time(d, n->not_after);
    wrap(d, 0x30, from);
    add(d, n->subject.ptr, n->subject.len);
    int len = wolf_key_public(key, public, sizeof public);
    if (len <= 0)
        d->full = 1;
    else
        add(d, public, (size_t)len);
    from = d->len;
    if (n->extensions.len) {
        add(d, n->extensions.ptr, n->extensions.len);
        wrap(d, 0xa3, from);
    }
    wrap(d, 0x30, 0);
}

static int is_sequence(struct sspi_bytes der)
{
    return der.len && der.len <= UINT16_MAX && der.ptr[0] == 0x30 && wolf_element_len(der.ptr, der.len) == der.len;
}

/* 0, or the library's error. */
static int certificate(const struct sspi_newcert *n, struct wolf_key *key, WC_RNG *rng)
{
    struct der d = {.cap = 4096 + WOLF_KEY_DER_MAX + 2 * n->subject.len + n->extensions.len};
    if (!is_sequence(n->subject) || (n->extensions.len && !is_sequence(n->extensions)))
        return ASN_PARSE_E;
    d.bytes = malloc(d.cap);
    if (!d.bytes)
        return MEMORY_E;
    add_tbs(&d, n, key);
    int rc = d.full ? BUFFER_E
                    : wc_SignCert_ex((int)d.len, kind_of(key)->signature, d.bytes, (word32)d.cap, (int)key->type,
                                     &key->k, rng);
    if (rc > 0)
        rc = wolf_put(&n->sink, SSPI_ITEM_LEAF, d.bytes, (size_t)rc) == 0 ? 0 : MEMORY_E;
    free(d.bytes);
    return rc;
}

enum sspi_status wolf_cred_generate(const struct sspi_newcert *n, struct sspi_failure *failure)
{
    struct wolf_key key;
    WC_RNG rng; /* seeded anew each time: nothing to share after fork() */
    wolf_thread();
    int rc = wc_InitRng(&rng);
    if (rc != 0) {
        wolf_failure(failure, SSPI_WHY_INTERNAL, rc);
        return SSPI_FAILED;
    }
    rc = n->key.len ? wolf_key_read(&key, n->key.ptr, n->key.len) : wolf_key_make(&key, n->type, n->bits, &rng);
    if (rc == 0) {
        rc = !n->key.len && wolf_put_key(&n->sink, &key) != 0 ? MEMORY_E : 0;
        if (rc == 0 && n->subject.len)
            rc = certificate(n, &key, &rng);
        wolf_key_free(&key);
    }
    wc_FreeRng(&rng);
    if (rc == 0)
        return SSPI_OK;
    wolf_failure(failure, rc == MEMORY_E ? SSPI_WHY_MEMORY : SSPI_WHY_BAD_CREDENTIAL, rc);
    return SSPI_FAILED;
}
