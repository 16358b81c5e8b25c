/* SPDX-License-Identifier: MIT
 *
 * Keys as CNG's blobs: a header, then numbers with their highest octet first, each in a field of its own. */
#include <config.h>

#include "core/cert/blob.h"

#include <bcrypt.h>
#include <string.h>

struct rsa { /* RFC 8017 A.1.2 */
    struct sspi_bytes version, n, e, d, p, q, dp, dq, qi;
};

static int read_rsa(const struct key *key, struct rsa *k)
{
    struct sspi_bytes inner, body,
        *numbers[] = {&k->version, &k->n, &k->e, &k->d, &k->p, &k->q, &k->dp, &k->dq, &k->qi};
    if (!der_oid_is(key->algorithm.oid, OID_RSA) || key_inner(key, &inner) ||
        der_take(&inner, DER_SEQUENCE, &body) || inner.len)
        return -1;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (der_take(&body, DER_INTEGER, numbers[i]) || !numbers[i]->len)
            return -1;
        while (numbers[i]->len && numbers[i]->ptr[0] == 0)
            *numbers[i] = (struct sspi_bytes){numbers[i]->ptr + 1, numbers[i]->len - 1};
    }
    return body.len ? -1 : 0;
}

/* A number in a field of `size` octets. */
static int put(struct bytes *out, struct sspi_bytes number, size_t size)
{
    static const uint8_t zero[1];
    if (number.len > size)
        return -1;
    for (size_t fill = size - number.len; fill; fill--)
        if (bytes_append(out, zero, 1))
            return -2;
    return bytes_append(out, number.ptr, number.len) ? -2 : 0;
}

enum much { PUBLIC, PRIVATE, FULL };

static int rsa_blob(const struct key *key, enum much much, struct bytes *out)
{
    static const ULONG magic[] = {BCRYPT_RSAPUBLIC_MAGIC, BCRYPT_RSAPRIVATE_MAGIC,
                                  BCRYPT_RSAFULLPRIVATE_MAGIC};
    struct rsa k;
    unsigned bits;
    enum sspi_key_type type;
    if (read_rsa(key, &k) || key_kind(key, &type, &bits))
        return -1;
    size_t p = k.p.len, q = k.q.len;
    const struct {
        struct sspi_bytes number;
        size_t size;
        enum much from;
    } fields[] = {{k.e, k.e.len, PUBLIC}, {k.n, k.n.len, PUBLIC}, {k.p, p, PRIVATE}, {k.q, q, PRIVATE},
                  {k.dp, p, FULL},        {k.dq, q, FULL},        {k.qi, p, FULL},   {k.d, k.n.len, FULL}};
    BCRYPT_RSAKEY_BLOB head = {magic[much],        bits, (ULONG)k.e.len, (ULONG)k.n.len, much ? (ULONG)p : 0,
                               much ? (ULONG)q : 0};
    int failed = bytes_append(out, &head, sizeof head) ? -2 : 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields && !failed; i++)
        if (fields[i].from <= much)
            failed = put(out, fields[i].number, fields[i].size);
    return failed;
}

int blob_cng_rsa_public(const struct key *key, struct bytes *out)
{
    return rsa_blob(key, PUBLIC, out);
}

int blob_cng_rsa_private(const struct key *key, struct bytes *out)
{
    return rsa_blob(key, PRIVATE, out);
}

int blob_cng_rsa_full(const struct key *key, struct bytes *out)
{
    return rsa_blob(key, FULL, out);
}

static int ec_blob(const struct key *key, int private, struct bytes *out)
{
    static const struct {
        enum sspi_key_type type;
        ULONG magic[2];
        size_t size;
    } curves[] = {{SSPI_KEY_P256, {BCRYPT_ECDSA_PUBLIC_P256_MAGIC, BCRYPT_ECDSA_PRIVATE_P256_MAGIC}, 32},
                  {SSPI_KEY_P384, {BCRYPT_ECDSA_PUBLIC_P384_MAGIC, BCRYPT_ECDSA_PRIVATE_P384_MAGIC}, 48},
                  {SSPI_KEY_P521, {BCRYPT_ECDSA_PUBLIC_P521_MAGIC, BCRYPT_ECDSA_PRIVATE_P521_MAGIC}, 66}};
    struct sspi_bytes inner, scalar, curve, point;
    enum sspi_key_type type;
    unsigned bits;
    size_t i = 0;
    if (key_kind(key, &type, &bits) || key_inner(key, &inner) ||
        key_read_sec1(inner, &scalar, &curve, &point))
        return -1;
    while (i < sizeof curves / sizeof *curves && curves[i].type != type)
        i++;
    if (i == sizeof curves / sizeof *curves)
        return -1;
    size_t size = curves[i].size;
    if (point.len != 1 + 2 * size || point.ptr[0] != 4) /* both coordinates, as they are */
        return -1;
    while (scalar.len > size && scalar.ptr[0] == 0)
        scalar = (struct sspi_bytes){scalar.ptr + 1, scalar.len - 1};
    BCRYPT_ECCKEY_BLOB head = {curves[i].magic[private], (ULONG)size};
    if (bytes_append(out, &head, sizeof head) || bytes_append(out, point.ptr + 1, 2 * size))
        return -2;
    return private ? put(out, scalar, size) : 0;
}

int blob_cng_ec_public(const struct key *key, struct bytes *out)
{
    return ec_blob(key, 0, out);
}

int blob_cng_ec_private(const struct key *key, struct bytes *out)
{
    return ec_blob(key, 1, out);
}

/* ---- CryptoAPI's ---- */

int blob_capi_public(const struct key *key, struct bytes *out)
{
    struct rsa k;
    struct bytes der = {NULL, 0, 0};
    if (read_rsa(key, &k))
        return -1;
    int failed =
        der_append_integer(&der, k.n) || der_append_integer(&der, k.e) || der_wrap(&der, 0, DER_SEQUENCE)
            ? -2
            : blob_of_public((struct sspi_bytes){der.ptr, der.len}, out);
    bytes_free(&der);
    return failed;
}

int blob_capi_private(const struct key *key, struct bytes *out)
{
    struct sspi_bytes inner;
    return key_inner(key, &inner) ? -1 : blob_of_private(inner, out);
}
