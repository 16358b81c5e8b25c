/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/blob.h"

#include <bcrypt.h>
#include <string.h>
#include <wincrypt.h>

#define RSA_BITS_MAX  16384u
#define MAGIC_PUBLIC  0x31415352u /* "RSA1" */
#define MAGIC_PRIVATE 0x32415352u /* "RSA2" */

struct rsa { /* RFC 8017 A.1.2, big-endian; [0] modulus ... [7] coefficient */
    struct sspi_bytes n, e, d, p, q, dp, dq, qi;
};

static struct sspi_bytes strip(struct sspi_bytes n)
{
    while (n.len && n.ptr[0] == 0)
        n = (struct sspi_bytes){n.ptr + 1, n.len - 1};
    return n;
}

static int read_numbers(struct sspi_bytes in, struct sspi_bytes **to, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (der_take(&in, DER_INTEGER, to[i]) || to[i]->len == 0 || to[i]->ptr[0] & 0x80)
            return -1;
        *to[i] = strip(*to[i]);
    }
    return in.len ? -1 : 0;
}

static unsigned bits_of(struct sspi_bytes n)
{
    unsigned bits = (unsigned)n.len * 8;
    for (unsigned top = n.len ? n.ptr[0] : 0; bits && !(top & 0x80); top <<= 1)
        bits--;
    return bits;
}

/* `size` octets with the lowest first. */
static int put_little(struct bytes *out, struct sspi_bytes n, size_t size)
{
    static const uint8_t zero[1];
    if (n.len > size)
        return -1;
    for (size_t i = 0; i < size; i++)
        if (bytes_append(out, i < n.len ? &n.ptr[n.len - 1 - i] : zero, 1))
            return -2;
    return 0;
}

static int put_head(struct bytes *out, BYTE type, ALG_ID algorithm, DWORD magic, const struct rsa *k)
{
    BLOBHEADER header = {type, CUR_BLOB_VERSION, 0, algorithm};
    DWORD exponent = 0;
    if (k->e.len > 4 || k->n.len == 0 || bits_of(k->n) > RSA_BITS_MAX)
        return -1;
    for (size_t i = 0; i < k->e.len; i++)
        exponent = exponent << 8 | k->e.ptr[i];
    RSAPUBKEY key = {magic, bits_of(k->n), exponent};
    if (bytes_append(out, &header, sizeof header) || bytes_append(out, &key, sizeof key))
        return -2;
    return put_little(out, k->n, k->n.len);
}

int blob_of_public(struct sspi_bytes der, struct bytes *out)
{
    struct sspi_bytes body;
    struct rsa k;
    struct sspi_bytes *numbers[] = {&k.n, &k.e};
    if (der_take(&der, DER_SEQUENCE, &body) || der.len || read_numbers(body, numbers, 2))
        return -1;
    return put_head(out, PUBLICKEYBLOB, CALG_RSA_KEYX, MAGIC_PUBLIC, &k);
}

int blob_of_private(struct sspi_bytes der, struct bytes *out)
{
    struct sspi_bytes body, version;
    struct rsa k;
    struct sspi_bytes *numbers[] = {&k.n, &k.e, &k.d, &k.p, &k.q, &k.dp, &k.dq, &k.qi};
    unsigned number;
    if (der_take(&der, DER_SEQUENCE, &body) || der.len || der_take(&body, DER_INTEGER, &version) ||
        der_unsigned(version, &number) || number != 0 || read_numbers(body, numbers, 8))
        return -1;
    size_t whole = k.n.len, half = (whole + 1) / 2;
    const struct sspi_bytes *parts[] = {&k.p, &k.q, &k.dp, &k.dq, &k.qi};
    int failed = put_head(out, PRIVATEKEYBLOB, CALG_RSA_KEYX, MAGIC_PRIVATE, &k);
    for (unsigned i = 0; i < 5 && !failed; i++)
        failed = put_little(out, *parts[i], half);
    return failed ? failed : put_little(out, k.d, whole);
}

/* ---- to DER ---- */

/* A number that lies with its lowest octet first; `in` moves on. */
static int append_little(struct bytes *out, struct sspi_bytes *in, size_t size)
{
    uint8_t turned[RSA_BITS_MAX / 8];
    if (in->len < size || size > sizeof turned)
        return -1;
    for (size_t i = 0; i < size; i++)
        turned[i] = in->ptr[size - 1 - i];
    in->ptr += size;
    in->len -= size;
    int failed = der_append_integer(out, (struct sspi_bytes){turned, size});
    explicit_bzero(turned, size);
    return failed ? -2 : 0;
}

static int read_head(struct sspi_bytes *in, BYTE type, DWORD magic, RSAPUBKEY *key)
{
    BLOBHEADER header;
    if (in->len < sizeof header + sizeof *key)
        return -1;
    memcpy(&header, in->ptr, sizeof header);
    memcpy(key, in->ptr + sizeof header, sizeof *key);
    in->ptr += sizeof header + sizeof *key;
    in->len -= sizeof header + sizeof *key;
    return header.bType != type || key->magic != magic || key->bitlen == 0 || key->bitlen > RSA_BITS_MAX ||
                   key->bitlen % 8
               ? -1
               : 0;
}

static int append_exponent(struct bytes *out, DWORD exponent)
{
    uint8_t octets[4] = {(uint8_t)(exponent >> 24), (uint8_t)(exponent >> 16), (uint8_t)(exponent >> 8),
                         (uint8_t)exponent};
    return der_append_integer(out, (struct sspi_bytes){octets, 4}) ? -2 : 0;
}

int blob_to_public(struct sspi_bytes blob, struct bytes *out)
{
    RSAPUBKEY key;
    size_t from = out->len;
    if (read_head(&blob, PUBLICKEYBLOB, MAGIC_PUBLIC, &key))
        return -1;
    int failed = append_little(out, &blob, key.bitlen / 8);
    if (!failed)
        failed = append_exponent(out, key.pubexp);
    return failed ? failed : der_wrap(out, from, DER_SEQUENCE) ? -2 : 0;
}

/* In the blob: n, p, q, dp, dq, qi, d.  In PKCS#1: version, n, e, d, p, q, dp, dq, qi. */
int blob_to_private(struct sspi_bytes blob, struct bytes *out)
{
    RSAPUBKEY key;
    size_t from = out->len;
    if (read_head(&blob, PRIVATEKEYBLOB, MAGIC_PRIVATE, &key))
        return -1;
    size_t whole = key.bitlen / 8, half = (whole + 1) / 2;
    if (blob.len < 2 * whole + 5 * half)
        return -1;
    struct sspi_bytes d = {blob.ptr + whole + 5 * half, whole};
    int failed =
        der_append_integer(out, (struct sspi_bytes){NULL, 0}) ? -2 : append_little(out, &blob, whole);
    if (!failed)
        failed = append_exponent(out, key.pubexp);
    if (!failed)
        failed = append_little(out, &d, whole);
    for (unsigned i = 0; i < 5 && !failed; i++)
        failed = append_little(out, &blob, half);
    return failed ? failed : der_wrap(out, from, DER_SEQUENCE) ? -2 : 0;
}

static struct sspi_bytes cut(struct sspi_bytes *in, size_t size)
{
    struct sspi_bytes taken = {in->ptr, size};
    in->ptr += size;
    in->len -= size;
    return taken;
}

/* e, n, p, q, dp, dq, qi, d; big-endian. */
int blob_from_cng_rsa(struct sspi_bytes blob, struct bytes *out)
{
    BCRYPT_RSAKEY_BLOB head;
    size_t from = out->len;
    if (blob.len < sizeof head)
        return -1;
    memcpy(&head, blob.ptr, sizeof head);
    cut(&blob, sizeof head);
    size_t e = head.cbPublicExp, n = head.cbModulus, p = head.cbPrime1, q = head.cbPrime2;
    if (head.Magic != BCRYPT_RSAFULLPRIVATE_MAGIC || e > 8 || n > RSA_BITS_MAX / 8 || p > n || q > n ||
        blob.len != e + 2 * n + 3 * p + 2 * q)
        return -1;
    const size_t sizes[] = {e, n, p, q, p, q, p, n};
    static const unsigned order[] = {1, 0, 7, 2, 3, 4, 5, 6};
    struct sspi_bytes part[8];
    for (unsigned i = 0; i < 8; i++)
        part[i] = cut(&blob, sizes[i]);
    int failed = der_append_integer(out, (struct sspi_bytes){NULL, 0});
    for (unsigned i = 0; i < 8 && !failed; i++)
        failed = der_append_integer(out, part[order[i]]);
    return failed || der_wrap(out, from, DER_SEQUENCE) ? -2 : 0;
}

static const struct curve {
    DWORD magic;
    const char *oid;
    size_t size;
} curves[] = {
    {BCRYPT_ECDSA_PRIVATE_P256_MAGIC, szOID_ECC_CURVE_P256, 32},
    {BCRYPT_ECDSA_PRIVATE_P384_MAGIC, szOID_ECC_CURVE_P384, 48},
    {BCRYPT_ECDSA_PRIVATE_P521_MAGIC, szOID_ECC_CURVE_P521, 66},
};

/* ECPrivateKey: 1, d, [0] curve, [1] the point 04 X Y. */
int blob_from_cng_ec(struct sspi_bytes blob, struct bytes *out)
{
    BCRYPT_ECCKEY_BLOB head;
    const struct curve *curve = NULL;
    size_t from = out->len, part;
    if (blob.len < sizeof head)
        return -1;
    memcpy(&head, blob.ptr, sizeof head);
    cut(&blob, sizeof head);
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (curves[i].magic == head.dwMagic && curves[i].size == head.cbKey)
            curve = &curves[i];
    if (!curve || blob.len != 3 * curve->size)
        return -1;
    struct sspi_bytes point = cut(&blob, 2 * curve->size);
    static const uint8_t one[] = {1};
    static const uint8_t uncompressed[] = {0, 4}; /* no unused bits; both coordinates follow */
    if (der_append_integer(out, (struct sspi_bytes){one, 1}) || der_append(out, DER_OCTET_STRING, blob))
        return -2;
    part = out->len;
    if (der_append_oid(out, curve->oid) || der_wrap(out, part, DER_CONTEXT_CONSTRUCTED(0)))
        return -2;
    part = out->len;
    return bytes_append(out, uncompressed, 2) || bytes_append(out, point.ptr, point.len) ||
                   der_wrap(out, part, DER_BIT_STRING) || der_wrap(out, part, DER_CONTEXT_CONSTRUCTED(1)) ||
                   der_wrap(out, from, DER_SEQUENCE)
               ? -2
               : 0;
}
