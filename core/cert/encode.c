/* SPDX-License-Identifier: MIT
 *
 * CryptEncodeObject: Windows' structures as DER. */
#include <config.h>

#include "core/cert/blob.h"
#include "core/cert/certificate.h"
#include "core/cert/decode.h"
#include "core/cert/names.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

typedef int encoder(struct bytes *, const void *in, unsigned bits);

static struct sspi_bytes bytes_of(CRYPT_DATA_BLOB b)
{
    return (struct sspi_bytes){b.pbData, b.cbData};
}

static int put(struct bytes *out, CRYPT_DATA_BLOB b)
{
    return b.cbData && (!b.pbData || bytes_append(out, b.pbData, b.cbData)) ? -1 : 0;
}

static int put_algorithm(struct bytes *out, const CRYPT_ALGORITHM_IDENTIFIER *a)
{
    size_t from = out->len;
    return der_append_oid(out, a->pszObjId) || put(out, a->Parameters) || der_wrap(out, from, DER_SEQUENCE)
               ? -1
               : 0;
}

static int put_bits(struct bytes *out, CRYPT_BIT_BLOB b)
{
    size_t from = out->len;
    uint8_t unused = b.cbData ? (uint8_t)b.cUnusedBits : 0;
    if (unused > 7 || (b.cbData && !b.pbData) || bytes_append(out, &unused, 1) ||
        (b.cbData && bytes_append(out, b.pbData, b.cbData)))
        return -1;
    if (unused) /* DER: bits that do not count are zero */
        out->ptr[out->len - 1] &= (uint8_t)(0xff << unused);
    return der_wrap(out, from, DER_BIT_STRING);
}

int encode_extensions(struct bytes *out, const CERT_EXTENSIONS *in)
{
    static const uint8_t yes = 0xff;
    size_t from = out->len;
    if (in->cExtension && !in->rgExtension)
        return -1;
    for (DWORD i = 0; i < in->cExtension; i++) {
        const CERT_EXTENSION *e = &in->rgExtension[i];
        size_t start = out->len;
        if (der_append_oid(out, e->pszObjId) ||
            (e->fCritical && der_append(out, DER_BOOLEAN, (struct sspi_bytes){&yes, 1})) ||
            (e->Value.cbData && !e->Value.pbData) || der_append(out, DER_OCTET_STRING, bytes_of(e->Value)) ||
            der_wrap(out, start, DER_SEQUENCE))
            return -1;
    }
    return der_wrap(out, from, DER_SEQUENCE);
}

static int extensions(struct bytes *out, const void *in, unsigned bits)
{
    (void)bits;
    return encode_extensions(out, in);
}

static int public_key_info(struct bytes *out, const void *in, unsigned bits)
{
    const CERT_PUBLIC_KEY_INFO *k = in;
    size_t from = out->len;
    (void)bits;
    return put_algorithm(out, &k->Algorithm) || put_bits(out, k->PublicKey) ||
                   der_wrap(out, from, DER_SEQUENCE)
               ? -1
               : 0;
}

/* ---- names ---- */

/* Octets as they are, or wide text as the shortest string that holds it. */
static int put_value(struct bytes *out, const CERT_RDN_ATTR *a, int unicode, unsigned bits)
{
    if (a->Value.cbData && !a->Value.pbData)
        return -1;
    if ((a->dwValueType & CERT_RDN_TYPE_MASK) == CERT_RDN_ENCODED_BLOB)
        return put(out, a->Value);
    if (!unicode) {
        uint8_t tag = names_tag_of_type(a->dwValueType);
        return tag ? der_append(out, tag, bytes_of(a->Value)) : -1;
    }
    int bad = 0;
    size_t units = a->Value.cbData ? a->Value.cbData / (bits / 8) : (size_t)-1; /* 0: ended by a NUL */
    char *text = a->Value.pbData ? utf8_from_wide(a->Value.pbData, bits, units, &bad) : strdup("");
    if (!text)
        return -1;
    size_t len = strlen(text);
    uint8_t tag =
        (a->dwValueType & CERT_RDN_TYPE_MASK) == CERT_RDN_IA5_STRING && der_is_ascii((uint8_t *)text, len)
            ? DER_IA5
        : der_is_printable((uint8_t *)text, len) ? DER_PRINTABLE
                                                 : DER_UTF8;
    int failed = der_append(out, tag, (struct sspi_bytes){(uint8_t *)text, len});
    free(text);
    return failed;
}

static int put_name(struct bytes *out, const CERT_NAME_INFO *name, int unicode, unsigned bits)
{
    size_t from = out->len;
    if (name->cRDN && !name->rgRDN)
        return -1;
    for (DWORD i = 0; i < name->cRDN; i++) {
        const CERT_RDN *rdn = &name->rgRDN[i];
        size_t set = out->len;
        if (!rdn->cRDNAttr || !rdn->rgRDNAttr)
            return -1;
        for (DWORD j = 0; j < rdn->cRDNAttr; j++) {
            size_t pair = out->len;
            if (der_append_oid(out, rdn->rgRDNAttr[j].pszObjId) ||
                put_value(out, &rdn->rgRDNAttr[j], unicode, bits) || der_wrap(out, pair, DER_SEQUENCE))
                return -1;
        }
        if (der_sort_set(out, set) || der_wrap(out, set, DER_SET))
            return -1;
    }
    return der_wrap(out, from, DER_SEQUENCE);
}
static int name_octets(struct bytes *out, const void *in, unsigned bits)
{
    return put_name(out, in, 0, bits);
}
static int name_wide(struct bytes *out, const void *in, unsigned bits)
{
    return put_name(out, in, 1, bits);
}

static int put_ia5(struct bytes *out, uint8_t tag, const void *wide, unsigned bits)
{
    int bad;
    char *text = wide ? utf8_from_wide(wide, bits, (size_t)-1, &bad) : NULL;
    int failed = !text || !der_is_ascii((uint8_t *)text, strlen(text)) ||
                 der_append(out, tag, (struct sspi_bytes){(uint8_t *)text, text ? strlen(text) : 0});
    free(text);
    return failed ? -1 : 0;
}

static int put_general_name(struct bytes *out, const CERT_ALT_NAME_ENTRY *e, unsigned bits)
{
    size_t from = out->len, inner;
    switch (e->dwAltNameChoice) {
    case CERT_ALT_NAME_OTHER_NAME:
        if (!e->pOtherName || der_append_oid(out, e->pOtherName->pszObjId))
            return -1;
        inner = out->len;
        return put(out, e->pOtherName->Value) || der_wrap(out, inner, DER_CONTEXT_CONSTRUCTED(0)) ||
                       der_wrap(out, from, DER_CONTEXT_CONSTRUCTED(NAME_OTHER))
                   ? -1
                   : 0;
    case CERT_ALT_NAME_RFC822_NAME:
        return put_ia5(out, DER_CONTEXT(NAME_EMAIL), e->pwszRfc822Name, bits);
    case CERT_ALT_NAME_DNS_NAME:
        return put_ia5(out, DER_CONTEXT(NAME_DNS), e->pwszDNSName, bits);
    case CERT_ALT_NAME_URL:
        return put_ia5(out, DER_CONTEXT(NAME_URI), e->pwszURL, bits);
    case CERT_ALT_NAME_DIRECTORY_NAME:
        return put(out, e->DirectoryName) || der_wrap(out, from, DER_CONTEXT_CONSTRUCTED(NAME_DIRECTORY)) ? -1
                                                                                                          : 0;
    case CERT_ALT_NAME_IP_ADDRESS:
        return put(out, e->IPAddress) || der_wrap(out, from, DER_CONTEXT(NAME_IP)) ? -1 : 0;
    case CERT_ALT_NAME_REGISTERED_ID:
        if (der_append_oid(out, e->pszRegisteredID))
            return -1;
        out->ptr[from] = DER_CONTEXT(NAME_REGISTERED);
        return 0;
    default:
        return -1;
    }
}

static int alt_names(struct bytes *out, const void *in, unsigned bits)
{
    const CERT_ALT_NAME_INFO *names = in;
    size_t from = out->len;
    if (names->cAltEntry && !names->rgAltEntry)
        return -1;
    for (DWORD i = 0; i < names->cAltEntry; i++)
        if (put_general_name(out, &names->rgAltEntry[i], bits))
            return -1;
    return der_wrap(out, from, DER_SEQUENCE);
}

/* ---- small ones ---- */

static int put_number(struct bytes *out, DWORD number)
{
    uint8_t octets[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                         (uint8_t)number};
    return der_append_integer(out, (struct sspi_bytes){octets, 4});
}

static int basic_constraints(struct bytes *out, const void *in, unsigned bits)
{
    const CERT_BASIC_CONSTRAINTS2_INFO *b = in;
    static const uint8_t yes = 0xff;
    size_t from = out->len;
    (void)bits;
    return (b->fCA && der_append(out, DER_BOOLEAN, (struct sspi_bytes){&yes, 1})) ||
                   (b->fPathLenConstraint && put_number(out, b->dwPathLenConstraint)) ||
                   der_wrap(out, from, DER_SEQUENCE)
               ? -1
               : 0;
}

static int bit_string(struct bytes *out, const void *in, unsigned bits)
{
    (void)bits;
    return put_bits(out, *(const CRYPT_BIT_BLOB *)in);
}

static int octet_string(struct bytes *out, const void *in, unsigned bits)
{
    CRYPT_DATA_BLOB b = *(const CRYPT_DATA_BLOB *)in;
    (void)bits;
    return b.cbData && !b.pbData ? -1 : der_append(out, DER_OCTET_STRING, bytes_of(b));
}

static int usages(struct bytes *out, const void *in, unsigned bits)
{
    const CERT_ENHKEY_USAGE *u = in;
    size_t from = out->len;
    (void)bits;
    for (DWORD i = 0; i < u->cUsageIdentifier; i++)
        if (!u->rgpszUsageIdentifier || der_append_oid(out, u->rgpszUsageIdentifier[i]))
            return -1;
    return der_wrap(out, from, DER_SEQUENCE);
}

static int small_integer(struct bytes *out, const void *in, unsigned bits)
{
    int number = *(const int *)in;
    (void)bits;
    return number < 0 ? -1 : put_number(out, (DWORD)number);
}

static int identifier(struct bytes *out, const void *in, unsigned bits)
{
    (void)bits;
    return der_append_oid(out, *(const LPCSTR *)in);
}

/* ---- keys; the blobs carry their own lengths, and the caller vouches for them ---- */

static size_t blob_length(const void *in, int private)
{
    RSAPUBKEY key;
    memcpy(&key, (const char *)in + sizeof(BLOBHEADER), sizeof key);
    size_t whole = (size_t)key.bitlen / 8, half = (whole + 1) / 2;
    return sizeof(BLOBHEADER) + sizeof key + whole + (private ? 5 * half + whole : 0);
}

static int rsa_private(struct bytes *out, const void *in, unsigned bits)
{
    (void)bits;
    return blob_to_private((struct sspi_bytes){in, blob_length(in, 1)}, out) ? -1 : 0;
}

static int rsa_public(struct bytes *out, const void *in, unsigned bits)
{
    (void)bits;
    return blob_to_public((struct sspi_bytes){in, blob_length(in, 0)}, out) ? -1 : 0;
}

static int private_key_info(struct bytes *out, const void *in, unsigned bits)
{
    const CRYPT_PRIVATE_KEY_INFO *k = in;
    size_t from = out->len;
    (void)bits;
    return put_number(out, k->Version) || put_algorithm(out, &k->Algorithm) ||
                   (k->PrivateKey.cbData && !k->PrivateKey.pbData) ||
                   der_append(out, DER_OCTET_STRING, bytes_of(k->PrivateKey)) ||
                   der_wrap(out, from, DER_SEQUENCE)
               ? -1
               : 0;
}

static const struct kind {
    uintptr_t number;
    const char *oid;
    encoder *encode;
} kinds[] = {
    {5, NULL, extensions},
    {7, NULL, name_octets},
    {8, NULL, public_key_info},
    {12, szOID_SUBJECT_ALT_NAME2, alt_names},
    {12, szOID_ISSUER_ALT_NAME2, alt_names},
    {14, szOID_KEY_USAGE, bit_string},
    {15, szOID_BASIC_CONSTRAINTS2, basic_constraints},
    {19, NULL, rsa_public},
    {20, NULL, name_wide},
    {25, szOID_SUBJECT_KEY_IDENTIFIER, octet_string},
    {26, NULL, bit_string},
    {27, NULL, small_integer},
    {36, szOID_ENHANCED_KEY_USAGE, usages},
    {43, NULL, rsa_private},
    {44, NULL, private_key_info},
    {73, NULL, identifier},
};

static encoder *encoder_of(LPCSTR type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if ((uintptr_t)type < 0x10000 ? kinds[i].number == (uintptr_t)type
                                      : kinds[i].oid && !strcmp(kinds[i].oid, type))
            return kinds[i].encode;
    return NULL;
}

static BOOL give(const struct bytes *der, DWORD flags, const CRYPT_ENCODE_PARA *para, void *out, DWORD *size)
{
    if (!(flags & CRYPT_ENCODE_ALLOC_FLAG))
        return cert_give(der->ptr, der->len, out, size);
    int own = para && para->cbSize >= offsetof(CRYPT_ENCODE_PARA, pfnAlloc) + sizeof para->pfnAlloc &&
              para->pfnAlloc;
    void *copy = own ? para->pfnAlloc(der->len) : LocalAlloc(LMEM_FIXED, der->len);
    if (!copy)
        return cert_fail((DWORD)E_OUTOFMEMORY);
    memcpy(copy, der->ptr, der->len);
    *(void **)out = copy;
    *size = (DWORD)der->len;
    return TRUE;
}

BOOL encode_object(DWORD encoding, LPCSTR type, const void *in, DWORD flags, const CRYPT_ENCODE_PARA *para,
                   void *out, DWORD *size, unsigned bits)
{
    struct bytes der = {NULL, 0, 0};
    if (!size || !type || !in || (flags & CRYPT_ENCODE_ALLOC_FLAG && !out) ||
        !(encoding & (X509_ASN_ENCODING | PKCS_7_ASN_ENCODING)))
        return cert_fail((DWORD)E_INVALIDARG);
    encoder *encode = encoder_of(type);
    if (!encode)
        return cert_fail(ERROR_FILE_NOT_FOUND);
    BOOL done =
        encode(&der, in, bits) ? cert_fail((DWORD)CRYPT_E_BAD_ENCODE) : give(&der, flags, para, out, size);
    bytes_wipe(&der);
    return done;
}
