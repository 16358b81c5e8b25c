/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/seal.h"

#include "core/utf.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define ROUNDS 10000u /* of a key derivation; Windows writes 2000 */
#define SALT   16u
#define BLOCK  16u /* of AES */

#define OID_PBES2       "1.2.840.113549.1.5.13"
#define OID_PBKDF2      "1.2.840.113549.1.5.12"
#define OID_HMAC_SHA256 "1.2.840.113549.2.9"
#define OID_AES256_CBC  "2.16.840.1.101.3.4.1.42"
#define OID_SHA256      "2.16.840.1.101.3.4.2.1"

int seal_provider(struct seal *s)
{
    return provider_select(NULL, SSPI_CAP_PASSWORD, &s->provider) == SEC_E_OK ? 0 : -1;
}

static int chance(uint8_t *out, size_t len)
{
    return getrandom(out, len, 0) == (ssize_t)len ? 0 : -1;
}

static int append_rounds(struct bytes *out)
{
    static const uint8_t rounds[] = {ROUNDS >> 8, ROUNDS & 0xff};
    return der_append_integer(out, (struct sspi_bytes){rounds, sizeof rounds});
}

static int append_algorithm(struct bytes *out, const char *oid)
{
    size_t from = out->len;
    return der_append_oid(out, oid) || der_append(out, DER_NULL, (struct sspi_bytes){NULL, 0}) ||
           der_wrap(out, from, DER_SEQUENCE);
}

/* ---- PBES2 (RFC 8018 A.4) ---- */

static int append_pbes2(struct bytes *out, const uint8_t *salt, const uint8_t *iv)
{
    size_t whole = out->len, both, one, inner;
    if (der_append_oid(out, OID_PBES2))
        return -1;
    both = one = out->len;
    if (der_append_oid(out, OID_PBKDF2))
        return -1;
    inner = out->len;
    if (der_append(out, DER_OCTET_STRING, (struct sspi_bytes){salt, SALT}) || append_rounds(out) ||
        append_algorithm(out, OID_HMAC_SHA256) || der_wrap(out, inner, DER_SEQUENCE) ||
        der_wrap(out, one, DER_SEQUENCE))
        return -1;
    one = out->len;
    return der_append_oid(out, OID_AES256_CBC) ||
           der_append(out, DER_OCTET_STRING, (struct sspi_bytes){iv, BLOCK}) ||
           der_wrap(out, one, DER_SEQUENCE) || der_wrap(out, both, DER_SEQUENCE) ||
           der_wrap(out, whole, DER_SEQUENCE);
}

int seal_append(const struct seal *s, struct bytes *out, struct sspi_bytes plain, uint8_t tag)
{
    const char *password = s->password ? s->password : "";
    uint8_t salt[SALT];
    struct sspi_seal job = {.size = sizeof job,
                            .rounds = ROUNDS,
                            .password = {(const uint8_t *)password, strlen(password)},
                            .salt = {salt, SALT},
                            .plain = plain};
    size_t len = plain.len + BLOCK - plain.len % BLOCK;
    job.out = calloc(1, len);
    int failed = !job.out || chance(salt, sizeof salt) || chance(job.iv, sizeof job.iv) ||
                 append_pbes2(out, salt, job.iv) ||
                 (!s->dry && s->provider->api.password_seal(&job) != SSPI_OK) ||
                 der_append(out, tag, (struct sspi_bytes){job.out, len});
    free(job.out);
    return failed ? -1 : 0;
}

int seal_append_key(const struct seal *s, struct bytes *out, struct sspi_bytes pkcs8)
{
    size_t from = out->len;
    return seal_append(s, out, pkcs8, DER_OCTET_STRING) || der_wrap(out, from, DER_SEQUENCE) ? -1 : 0;
}

/* ---- PKCS#12 (RFC 7292 B) with SHA-256 ---- */

enum { HASH = 32, HASH_BLOCK = 64, KEY_FOR_MAC = 3 };

/* The password as the standard wants it: UTF-16, highest octet first, with its NUL; over and over up to a
 * whole number of blocks.  malloc'ed, NULL: no memory, or no text. */
static uint8_t *password_blocks(const char *password, size_t *len)
{
    int bad;
    size_t units;
    uint16_t *wide = utf8_to_wide(password ? password : "", 16, &units, &bad);
    size_t used = 2 * (units + 1);
    uint8_t *out = NULL;
    if (!wide)
        return NULL;
    *len = (used + HASH_BLOCK - 1) / HASH_BLOCK * HASH_BLOCK;
    if ((out = malloc(*len)) != NULL)
        for (size_t i = 0; i < *len; i++) {
            uint16_t unit = wide[i % used / 2];
            out[i] = (uint8_t)(i % 2 ? unit : unit >> 8);
        }
    explicit_bzero(wide, used);
    free(wide);
    return out;
}

static int mac_key(const struct seal *s, const uint8_t *salt, uint8_t *key)
{
    uint8_t purpose[HASH_BLOCK], salts[HASH_BLOCK];
    struct sspi_bytes parts[3] = {{purpose, sizeof purpose}, {salts, sizeof salts}};
    uint8_t *password = password_blocks(s->password, &parts[2].len);
    if (!password)
        return -1;
    parts[2].ptr = password;
    memset(purpose, KEY_FOR_MAC, sizeof purpose);
    for (size_t i = 0; i < sizeof salts; i++)
        salts[i] = salt[i % SALT];
    int failed = s->provider->api.digest(SSPI_SHA256, parts, 3, key) != SSPI_OK;
    struct sspi_bytes again = {key, HASH};
    for (unsigned i = 1; i < ROUNDS && !failed; i++)
        failed = s->provider->api.digest(SSPI_SHA256, &again, 1, key) != SSPI_OK;
    explicit_bzero(password, parts[2].len);
    free(password);
    return failed ? -1 : 0;
}

/* RFC 2104, for a key shorter than a block. */
static int hmac(const struct seal *s, const uint8_t *key, struct sspi_bytes text, uint8_t *out)
{
    uint8_t pad[HASH_BLOCK] = {0};
    struct sspi_bytes inner[2] = {{pad, sizeof pad}, text}, outer[2] = {{pad, sizeof pad}, {out, HASH}};
    memcpy(pad, key, HASH);
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36;
    int failed = s->provider->api.digest(SSPI_SHA256, inner, 2, out) != SSPI_OK;
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    failed |= s->provider->api.digest(SSPI_SHA256, outer, 2, out) != SSPI_OK;
    explicit_bzero(pad, sizeof pad);
    return failed ? -1 : 0;
}

int seal_append_mac(const struct seal *s, struct bytes *out, struct sspi_bytes contents)
{
    uint8_t salt[SALT], key[HASH], mac[HASH] = {0};
    size_t whole = out->len;
    int failed =
        chance(salt, sizeof salt) || (!s->dry && (mac_key(s, salt, key) || hmac(s, key, contents, mac)));
    explicit_bzero(key, sizeof key);
    return failed || append_algorithm(out, OID_SHA256) ||
                   der_append(out, DER_OCTET_STRING, (struct sspi_bytes){mac, sizeof mac}) ||
                   der_wrap(out, whole, DER_SEQUENCE) ||
                   der_append(out, DER_OCTET_STRING, (struct sspi_bytes){salt, sizeof salt}) ||
                   append_rounds(out) || der_wrap(out, whole, DER_SEQUENCE)
               ? -1
               : 0;
}
