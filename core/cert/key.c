/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/key.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define KEY_MAX 65536u /* octets of DER; an RSA key of 16384 bits has under 10000 */

static size_t whole_pages(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (size + page - 1) / page * page;
}

void *secret_new(size_t size)
{
    if (size == 0 || size > (size_t)1 << 30)
        return NULL;
    size_t length = whole_pages(size);
    void *secret = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secret == MAP_FAILED)
        return NULL;
    /* Both are best effort: RLIMIT_MEMLOCK is small for ordinary users, and a swapped key is no worse
     * than the swapped heap of the TLS library that will use it. */
    (void)mlock(secret, length);
    (void)madvise(secret, length, MADV_DONTDUMP);
    return secret;
}

void secret_free(void *secret, size_t size)
{
    if (!secret)
        return;
    explicit_bzero(secret, size);
    munmap(secret, whole_pages(size));
}

/* PrivateKeyInfo (v1) and OneAsymmetricKey (v2): what is inside, and of which kind. */
static int read_pkcs8(struct sspi_bytes der, struct x509_algorithm *algorithm, struct sspi_bytes *inner)
{
    struct sspi_bytes body, version, rest;
    unsigned number;
    if (der_take(&der, DER_SEQUENCE, &body) || der.len || der_take(&body, DER_INTEGER, &version) ||
        der_unsigned(version, &number) || number > 1 || x509_algorithm_read(&body, algorithm) ||
        der_take(&body, DER_OCTET_STRING, inner) || inner->len == 0)
        return -1;
    for (uint8_t tag; body.len;)
        if (der_next(&body, &tag, &rest, NULL))
            return -1;
    return 0;
}

/* RSAPrivateKey (RFC 8017 A.1.2): version, modulus, public exponent, ... */
static int read_pkcs1(struct sspi_bytes der, struct sspi_bytes *modulus, struct sspi_bytes *exponent)
{
    struct sspi_bytes body, value;
    unsigned number, fields = 0;
    if (der_take(&der, DER_SEQUENCE, &body) || der.len || der_take(&body, DER_INTEGER, &value) ||
        der_unsigned(value, &number) || number != 0 || der_take(&body, DER_INTEGER, modulus) ||
        der_take(&body, DER_INTEGER, exponent))
        return -1;
    for (; body.len; fields++)
        if (der_take(&body, DER_INTEGER, &value))
            return -1;
    return fields == 6 ? 0 : -1;
}

int key_read_sec1(struct sspi_bytes der, struct sspi_bytes *scalar, struct sspi_bytes *curve,
                  struct sspi_bytes *point)
{
    struct sspi_bytes body, value, wrapped;
    unsigned number, unused;
    *curve = *point = (struct sspi_bytes){NULL, 0};
    if (der_take(&der, DER_SEQUENCE, &body) || der.len || der_take(&body, DER_INTEGER, &value) ||
        der_unsigned(value, &number) || number != 1 || der_take(&body, DER_OCTET_STRING, scalar))
        return -1;
    int found = der_optional(&body, DER_CONTEXT_CONSTRUCTED(0), &wrapped);
    if (found < 0 || (found && (der_take_whole(&wrapped, DER_OID, &value, curve) || wrapped.len)))
        return -1;
    found = der_optional(&body, DER_CONTEXT_CONSTRUCTED(1), &wrapped);
    if (found < 0 || (found && (der_take(&wrapped, DER_BIT_STRING, &value) || wrapped.len ||
                                der_bits(value, point, &unused) || unused)))
        return -1;
    return body.len ? -1 : 0;
}

/* The fixed part of PKCS#8 around the other two forms: version 0 and the algorithm. */
static int prefix_of(enum key_form form, struct sspi_bytes der, uint8_t *out, size_t *len)
{
    static const uint8_t rsa[] = {0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86,
                                  0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
    static const uint8_t ec[] = {0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
    struct sspi_bytes a, b, scalar;
    if (form == KEY_PKCS1) {
        if (read_pkcs1(der, &a, &b))
            return -1;
        memcpy(out, rsa, *len = sizeof rsa);
        return 0;
    }
    if (key_read_sec1(der, &scalar, &a, &b) || a.len == 0 ||
        a.len > 32) /* a key without its curve is of no use */
        return -1;
    size_t inner = sizeof ec + a.len;
    memcpy(out, (uint8_t[]){0x02, 0x01, 0x00, 0x30, (uint8_t)inner}, 5);
    memcpy(out + 5, ec, sizeof ec);
    memcpy(out + 5 + sizeof ec, a.ptr, a.len);
    *len = 5 + inner;
    return 0;
}

static struct key *key_of_size(size_t size, uint8_t **bytes)
{
    struct key *key = calloc(1, sizeof *key);
    if (!key || !(*bytes = secret_new(size))) {
        free(key);
        return NULL;
    }
    key->references = 1;
    key->bytes = (struct sspi_bytes){*bytes, size};
    return key;
}

struct key *key_new(enum key_form form, struct sspi_bytes der, int *malformed)
{
    uint8_t prefix[64], headers[16], *end = headers + sizeof headers, *bytes;
    size_t prefix_len = 0;
    struct sspi_bytes inner;
    struct key *key;

    *malformed = 1;
    if (der.len == 0 || der.len > KEY_MAX || (form != KEY_PKCS8 && prefix_of(form, der, prefix, &prefix_len)))
        return NULL;
    uint8_t *octets = end, *sequence = end;
    if (form != KEY_PKCS8) {
        octets = der_put_header(end, DER_OCTET_STRING, der.len);
        sequence = der_put_header(octets, DER_SEQUENCE, prefix_len + (size_t)(end - octets) + der.len);
    }
    *malformed = 0;
    if (!(key = key_of_size((size_t)(end - sequence) + prefix_len + der.len, &bytes)))
        return NULL;
    memcpy(bytes, sequence, (size_t)(octets - sequence));
    bytes += octets - sequence;
    memcpy(bytes, prefix, prefix_len);
    bytes += prefix_len;
    memcpy(bytes, octets, (size_t)(end - octets));
    memcpy(bytes + (end - octets), der.ptr, der.len);
    if (read_pkcs8(key->bytes, &key->algorithm, &inner)) {
        *malformed = 1;
        key_drop(key);
        return NULL;
    }
    return key;
}

unsigned key_policy(const struct key *key)
{
    return __atomic_load_n(&key->policy, __ATOMIC_RELAXED);
}

void key_set_policy(struct key *key, unsigned policy)
{
    __atomic_store_n(&key->policy, policy, __ATOMIC_RELAXED);
}

struct key *key_hold(struct key *key)
{
    if (key)
        __atomic_add_fetch(&key->references, 1, __ATOMIC_RELAXED);
    return key;
}

void key_drop(struct key *key)
{
    if (!key || __atomic_sub_fetch(&key->references, 1, __ATOMIC_ACQ_REL))
        return;
    secret_free((void *)(uintptr_t)key->bytes.ptr, key->bytes.len);
    free(key->name);
    free(key->draft);
    free(key);
}

int key_inner(const struct key *key, struct sspi_bytes *inner)
{
    struct x509_algorithm algorithm;
    return read_pkcs8(key->bytes, &algorithm, inner);
}

static unsigned bits_of(struct sspi_bytes n)
{
    while (n.len && n.ptr[0] == 0)
        n = (struct sspi_bytes){n.ptr + 1, n.len - 1};
    unsigned bits = (unsigned)n.len * 8;
    for (unsigned top = n.len ? n.ptr[0] : 0; bits && !(top & 0x80); top <<= 1)
        bits--;
    return bits;
}

int key_kind(const struct key *key, enum sspi_key_type *type, unsigned *bits)
{
    static const struct {
        const char *oid;
        size_t len;
        enum sspi_key_type type;
        unsigned bits;
    } curves[] = {{OID_P256, sizeof OID_P256 - 1, SSPI_KEY_P256, 256},
                  {OID_P384, sizeof OID_P384 - 1, SSPI_KEY_P384, 384},
                  {OID_P521, sizeof OID_P521 - 1, SSPI_KEY_P521, 521}};
    struct sspi_bytes parameters = key->algorithm.parameters, curve, inner, modulus, exponent;
    if (der_oid_is(key->algorithm.oid, OID_RSA)) {
        if (key_inner(key, &inner) || read_pkcs1(inner, &modulus, &exponent))
            return -1;
        *type = SSPI_KEY_RSA;
        *bits = bits_of(modulus);
        return 0;
    }
    if (der_oid_is(key->algorithm.oid, OID_ED25519)) {
        *type = SSPI_KEY_ED25519;
        *bits = 256;
        return 0;
    }
    if (!der_oid_is(key->algorithm.oid, OID_EC) || der_take(&parameters, DER_OID, &curve))
        return -1;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (der_equal(curve, (struct sspi_bytes){(const uint8_t *)curves[i].oid, curves[i].len})) {
            *type = curves[i].type;
            *bits = curves[i].bits;
            return 0;
        }
    return -1;
}

int key_fits(const struct key *key, const struct x509 *x)
{
    struct x509_algorithm algorithm;
    struct sspi_bytes inner, a, b, scalar, body, modulus, exponent, in = x->key;

    if (read_pkcs8(key->bytes, &algorithm, &inner))
        return 0;
    int rsa = der_oid_is(algorithm.oid, OID_RSA) || der_oid_is(algorithm.oid, OID_RSA_PSS);
    int of_rsa = der_oid_is(x->key_algorithm.oid, OID_RSA) || der_oid_is(x->key_algorithm.oid, OID_RSA_PSS);
    if (rsa && of_rsa)
        return 2 * (!read_pkcs1(inner, &a, &b) && !der_take(&in, DER_SEQUENCE, &body) &&
                    !der_take(&body, DER_INTEGER, &modulus) && !der_take(&body, DER_INTEGER, &exponent) &&
                    der_equal(a, modulus) && der_equal(b, exponent));
    if (!der_equal(algorithm.oid, x->key_algorithm.oid))
        return 0;
    if (!der_oid_is(algorithm.oid, OID_EC))
        return 1;
    if (key_read_sec1(inner, &scalar, &a, &b) ||
        !der_equal(algorithm.parameters, x->key_algorithm.parameters))
        return 0;
    if (b.len == 0 || b.len != x->key.len) /* left out, or one of the two points is compressed */
        return 1;
    return 2 * der_equal(b, x->key);
}
