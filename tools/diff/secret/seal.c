/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/secret/seal.h"

#include <nettle/chacha-poly1305.h>
#include <nettle/gcm.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha2.h>

#include <string.h>

static const struct seal_suite suites[] = {
    {0x1301, 1, 32, 12, &nettle_gcm_aes128},      {0x1302, 1, 48, 12, &nettle_gcm_aes256},
    {0x1303, 1, 32, 12, &nettle_chacha_poly1305}, {0xC02B, 0, 32, 4, &nettle_gcm_aes128},
    {0xC02F, 0, 32, 4, &nettle_gcm_aes128},       {0xC02C, 0, 48, 4, &nettle_gcm_aes256},
    {0xC030, 0, 48, 4, &nettle_gcm_aes256},       {0xCCA8, 0, 32, 12, &nettle_chacha_poly1305},
    {0xCCA9, 0, 32, 12, &nettle_chacha_poly1305},
};

const struct seal_suite *seal_suite_find(unsigned id)
{
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
        if (suites[i].id == id)
            return &suites[i];
    return NULL;
}

/* ---- hashes ---- */
union hmac {
    struct hmac_sha256_ctx sha256;
    struct hmac_sha384_ctx sha384;
};

static void hmac_begin(union hmac *h, size_t hash, const uint8_t *key, size_t len)
{
    if (hash == 48)
        hmac_sha384_set_key(&h->sha384, len, key);
    else
        hmac_sha256_set_key(&h->sha256, len, key);
}

static const struct nettle_mac *hmac_of(size_t hash)
{
    return hash == 48 ? &nettle_hmac_sha384 : &nettle_hmac_sha256;
}

size_t seal_hash(const struct seal_suite *suite, const uint8_t *bytes, size_t len,
                 uint8_t out[SEAL_SECRET_MAX])
{
    const struct nettle_hash *hash = suite->hash == 48 ? &nettle_sha384 : &nettle_sha256;
    union {
        struct sha256_ctx sha256;
        struct sha512_ctx sha512;
    } ctx;

    hash->init(&ctx);
    hash->update(&ctx, len, bytes);
    hash->digest(&ctx, suite->hash, out);
    return suite->hash;
}

/* HKDF-Expand-Label without a context, RFC 8446 7.1. */
static void expand_label(size_t hash, const uint8_t *secret, const char *label, uint8_t *out, size_t len)
{
    uint8_t info[64] = {
        (uint8_t)(len >> 8), (uint8_t)len, (uint8_t)(6 + strlen(label)), 't', 'l', 's', '1', '3', ' '};
    const struct nettle_mac *mac = hmac_of(hash);
    union hmac h;

    memcpy(info + 9, label, strlen(label)); /* an empty context follows: its length is zero */
    hmac_begin(&h, hash, secret, hash);
    hkdf_expand(&h, mac->update, mac->digest, hash, 9 + strlen(label) + 1, info, len, out);
}

/* The PRF of TLS 1.2, RFC 5246 5; `seed` has the label in front. */
static void prf(size_t hash, const uint8_t secret[48], const uint8_t *seed, size_t seed_len, uint8_t *out,
                size_t len)
{
    const struct nettle_mac *mac = hmac_of(hash);
    uint8_t a[SEAL_SECRET_MAX], block[SEAL_SECRET_MAX];
    union hmac h;

    hmac_begin(&h, hash, secret, 48);
    mac->update(&h, seed_len, seed);
    mac->digest(&h, hash, a);
    while (len) {
        size_t take = len < hash ? len : hash;
        mac->update(&h, hash, a);
        mac->update(&h, seed_len, seed);
        mac->digest(&h, hash, block);
        memcpy(out, block, take);
        out += take;
        len -= take;
        mac->update(&h, hash, a);
        mac->digest(&h, hash, a);
    }
}

/* ---- keys ---- */
void seal_from_secret(struct seal *s, const struct seal_suite *suite, const uint8_t *secret)
{
    memset(s, 0, sizeof *s);
    s->suite = suite;
    memcpy(s->secret, secret, suite->hash);
    expand_label(suite->hash, secret, "key", s->key, suite->aead->key_size);
    expand_label(suite->hash, secret, "iv", s->nonce, sizeof s->nonce);
}

void seal_next(struct seal *s)
{
    uint8_t secret[SEAL_SECRET_MAX];

    expand_label(s->suite->hash, s->secret, "traffic upd", secret, s->suite->hash);
    seal_from_secret(s, s->suite, secret);
}

void seal_from_master(struct seal *client, struct seal *server, const struct seal_suite *suite,
                      const uint8_t master[48], const uint8_t client_random[32],
                      const uint8_t server_random[32])
{
    struct seal *const to[] = {client, server};
    uint8_t seed[13 + 64], block[2 * (32 + 12)], *at = block;
    size_t key = suite->aead->key_size;

    memcpy(seed, "key expansion", 13);
    memcpy(seed + 13, server_random, 32);
    memcpy(seed + 45, client_random, 32);
    prf(suite->hash, master, seed, sizeof seed, block, 2 * (key + suite->fixed));
    for (int i = 0; i < 2; i++, at += key) {
        memset(to[i], 0, sizeof *to[i]);
        to[i]->suite = suite;
        memcpy(to[i]->key, at, key);
    }
    for (int i = 0; i < 2; i++, at += suite->fixed)
        memcpy(to[i]->nonce, at, suite->fixed);
}

size_t seal_finished(const struct seal *s, const uint8_t *master, int of_server, const uint8_t *transcript,
                     size_t len, uint8_t out[SEAL_SECRET_MAX])
{
    size_t hash = s->suite->hash;
    uint8_t seed[15 + SEAL_SECRET_MAX], key[SEAL_SECRET_MAX];
    union hmac h;

    memcpy(seed, of_server ? "server finished" : "client finished", 15);
    seal_hash(s->suite, transcript, len, seed + 15);
    if (!s->suite->tls13) {
        prf(hash, master, seed, 15 + hash, out, 12);
        return 12;
    }
    expand_label(hash, s->secret, "finished", key, hash);
    hmac_begin(&h, hash, key, hash);
    hmac_of(hash)->update(&h, hash, seed + 15);
    hmac_of(hash)->digest(&h, hash, out);
    return hash;
}

/* ---- records ---- */
union context {
    struct gcm_aes128_ctx aes128;
    struct gcm_aes256_ctx aes256;
    struct chacha_poly1305_ctx chacha;
};

/* TLS 1.3 protects the header as it goes out; TLS 1.2 number, header and the length of the content. */
static void begin(const struct seal *s, union context *c, unsigned type, unsigned version, size_t len,
                  const uint8_t *explicit_nonce, int opens)
{
    const struct nettle_aead *aead = s->suite->aead;
    uint8_t nonce[12], aad[13];

    memcpy(nonce, s->nonce, sizeof nonce);
    diff_write_number(aad, s->number, 8);
    if (s->suite->fixed == 4)
        memcpy(nonce + 4, explicit_nonce, 8);
    else
        for (int i = 0; i < 8; i++)
            nonce[4 + i] ^= aad[i];
    aad[8] = (uint8_t)type;
    diff_write_number(aad + 9, version, 2);
    diff_write_number(aad + 11, len, 2);
    (opens ? aead->set_decrypt_key : aead->set_encrypt_key)(c, s->key);
    aead->set_nonce(c, nonce);
    aead->update(c, s->suite->tls13 ? 5 : 13, s->suite->tls13 ? aad + 8 : aad);
}

/* What stands in a record beside the content. */
static size_t overhead(const struct seal *s)
{
    return SEAL_TAG + (s->suite->fixed == 4 ? 8 : 0);
}

int seal_open(struct seal *s, const uint8_t *record, size_t len, uint8_t *type, struct diff_bytes *content)
{
    size_t more = s->suite ? overhead(s) : 0, before = content->len;
    uint8_t tag[SEAL_TAG], wrong = 0;
    union context c;

    if (!s->suite || len < SEAL_HEADER + more)
        return -1;
    size_t size = len - SEAL_HEADER - more;
    begin(s, &c, record[0], (unsigned)diff_number(record + 1, 2), s->suite->tls13 ? size + more : size,
          record + SEAL_HEADER, 1);
    s->suite->aead->decrypt(&c, size, diff_bytes_room(content, size), record + SEAL_HEADER + more - SEAL_TAG);
    s->suite->aead->digest(&c, SEAL_TAG, tag);
    for (size_t i = 0; i < SEAL_TAG; i++)
        wrong |= tag[i] ^ record[len - SEAL_TAG + i];
    *type = record[0];
    if (s->suite->tls13 && !wrong) {
        while (content->len > before && !content->ptr[content->len - 1])
            content->len--;
        wrong = content->len == before; /* nothing but zeros: no type */
        *type = wrong ? 0 : content->ptr[--content->len];
    }
    if (wrong) {
        content->len = before;
        return -1;
    }
    s->number++;
    return 0;
}

void seal_close(struct seal *s, unsigned type, unsigned version, const uint8_t *content, size_t len,
                struct diff_bytes *out)
{
    size_t more = overhead(s), own = more - SEAL_TAG;
    uint8_t *to = diff_bytes_room(out, SEAL_HEADER + len + more);
    union context c;

    to[0] = (uint8_t)type;
    diff_write_number(to + 1, version, 2);
    diff_write_number(to + 3, len + more, 2);
    diff_write_number(to + SEAL_HEADER, own ? s->number : 0, (unsigned)own);
    begin(s, &c, type, version, s->suite->tls13 ? len + more : len, to + SEAL_HEADER, 0);
    s->suite->aead->encrypt(&c, len, to + SEAL_HEADER + own, content);
    s->suite->aead->digest(&c, SEAL_TAG, to + SEAL_HEADER + own + len);
    s->number++;
}
