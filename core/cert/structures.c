/* SPDX-License-Identifier: MIT
 *
 * What CryptDecodeObject makes of each kind of DER. */
#include <config.h>

#include "core/cert/blob.h"
#include "core/cert/certificate.h"
#include "core/cert/decode.h"
#include "core/cert/names.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>

static CRYPT_ALGORITHM_IDENTIFIER algorithm_of(struct arena *a, const struct x509_algorithm *from)
{
    CRYPT_ALGORITHM_IDENTIFIER out = {arena_oid(a, from->oid), arena_blob(a, from->parameters)};
    return out;
}

static CRYPT_BIT_BLOB bits_of(struct arena *a, struct sspi_bytes octets, unsigned unused)
{
    CRYPT_DATA_BLOB b = arena_blob(a, octets);
    return (CRYPT_BIT_BLOB){b.cbData, b.pbData, unused};
}

static int fill_extensions(struct arena *a, struct sspi_bytes in, DWORD *count, PCERT_EXTENSION *out)
{
    struct x509_extension e;
    unsigned n = 0;
    for (struct sspi_bytes each = in; each.len; n++)
        if (x509_extension_next(&each, &e))
            return -1;
    PCERT_EXTENSION list = arena_take(a, n * sizeof *list);
    for (unsigned i = 0; list && i < n && !x509_extension_next(&in, &e); i++)
        list[i] = (CERT_EXTENSION){arena_oid(a, e.oid), e.critical, arena_blob(a, e.value)};
    *count = n;
    *out = n ? list : NULL;
    return 0;
}

static int extensions(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes body;
    CERT_EXTENSIONS *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_SEQUENCE, &body) || der.len)
        return -1;
    return fill_extensions(a, body, &out->cExtension, &out->rgExtension);
}

/* ---- certificates ---- */

static int certificate_info(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct x509 x;
    CERT_INFO *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || x509_parse(der, &x))
        return -1;
    out->dwVersion = x.version;
    out->SerialNumber = arena_reversed(a, x.serial);
    out->SignatureAlgorithm = algorithm_of(a, &x.signature_algorithm);
    out->Issuer = arena_blob(a, x.issuer);
    out->NotBefore = filetime_of(x.not_before);
    out->NotAfter = filetime_of(x.not_after);
    out->Subject = arena_blob(a, x.subject);
    out->SubjectPublicKeyInfo.Algorithm = algorithm_of(a, &x.key_algorithm);
    out->SubjectPublicKeyInfo.PublicKey = bits_of(a, x.key, 0);
    return fill_extensions(a, x.extensions, &out->cExtension, &out->rgExtension);
}

static int signed_content(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes body, value, whole, octets;
    struct x509_algorithm algorithm;
    unsigned unused;
    CERT_SIGNED_CONTENT_INFO *out = arena_take(a, sizeof *out);
    (void)bits;
    if (!out || der_take(&der, DER_SEQUENCE, &body) || der.len ||
        der_take_whole(&body, DER_SEQUENCE, &value, &whole) || x509_algorithm_read(&body, &algorithm) ||
        der_take(&body, DER_BIT_STRING, &value) || body.len || der_bits(value, &octets, &unused))
        return -1;
    out->ToBeSigned = arena_blob(a, whole);
    out->SignatureAlgorithm = algorithm_of(a, &algorithm);
    CRYPT_DATA_BLOB b = flags & CRYPT_DECODE_NO_SIGNATURE_BYTE_REVERSAL_FLAG ? arena_blob(a, octets)
                                                                             : arena_reversed(a, octets);
    out->Signature = (CRYPT_BIT_BLOB){b.cbData, b.pbData, unused};
    return 0;
}

static int public_key_info(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes body, value, octets;
    struct x509_algorithm algorithm;
    unsigned unused;
    CERT_PUBLIC_KEY_INFO *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_SEQUENCE, &body) || der.len || x509_algorithm_read(&body, &algorithm) ||
        der_take(&body, DER_BIT_STRING, &value) || body.len || der_bits(value, &octets, &unused))
        return -1;
    out->Algorithm = algorithm_of(a, &algorithm);
    out->PublicKey = bits_of(a, octets, unused);
    return 0;
}

/* ---- names ---- */

/* Wide text where it is asked for and the value is text; its size leaves the NUL out. */
static int fill_value(struct arena *a, const struct attribute *from, int unicode, unsigned bits,
                      CERT_RDN_ATTR *out)
{
    char *text = unicode ? attribute_text(from) : NULL;
    out->dwValueType = names_type_of_tag(from->tag);
    if (!text) {
        out->Value = arena_blob(a, from->value);
        return 0;
    }
    LPWSTR wide = arena_wide(a, (struct sspi_bytes){(uint8_t *)text, strlen(text)}, bits);
    size_t units = 0;
    for (const uint8_t *at = (uint8_t *)text, *end = at + strlen(text); at < end;)
        units += wide_put(utf8_next(&at, end), bits, NULL, 0);
    free(text);
    out->Value = (CERT_RDN_VALUE_BLOB){(DWORD)(units * bits / 8), (BYTE *)wide};
    return wide ? 0 : -1;
}

static int fill_rdn(struct arena *a, struct sspi_bytes set, int unicode, unsigned bits, CERT_RDN *out)
{
    struct sspi_bytes none = {NULL, 0};
    struct attribute each;
    int fresh;
    unsigned n = 0;
    if (set.len == 0)
        return -1;
    for (struct sspi_bytes in = set; in.len; n++)
        if (attribute_next(&none, &in, &each, &fresh))
            return -1;
    out->cRDNAttr = n;
    out->rgRDNAttr = arena_take(a, n * sizeof *out->rgRDNAttr);
    for (unsigned i = 0; out->rgRDNAttr && i < n && !attribute_next(&none, &set, &each, &fresh); i++) {
        out->rgRDNAttr[i].pszObjId = arena_oid(a, each.oid);
        if (fill_value(a, &each, unicode, bits, &out->rgRDNAttr[i]))
            return -1;
    }
    return out->rgRDNAttr ? 0 : -1;
}

static int name_info(struct arena *a, struct sspi_bytes der, int unicode, unsigned bits)
{
    struct sspi_bytes body, set;
    unsigned n = 0;
    CERT_NAME_INFO *out = arena_take(a, sizeof *out);
    if (!out || der_take(&der, DER_SEQUENCE, &body) || der.len)
        return -1;
    for (struct sspi_bytes in = body; in.len; n++)
        if (der_take(&in, DER_SET, &set))
            return -1;
    out->cRDN = n;
    out->rgRDN = n ? arena_take(a, n * sizeof *out->rgRDN) : NULL;
    for (unsigned i = 0; i < n; i++)
        if (!out->rgRDN || der_take(&body, DER_SET, &set) || fill_rdn(a, set, unicode, bits, &out->rgRDN[i]))
            return -1;
    return 0;
}
static int name_octets(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    (void)flags;
    return name_info(a, der, 0, bits);
}
static int name_wide(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    (void)flags;
    return name_info(a, der, 1, bits);
}

/* ---- alternative names ---- */

static int fill_other(struct arena *a, struct sspi_bytes in, CERT_ALT_NAME_ENTRY *out)
{
    struct sspi_bytes oid, value;
    if (der_take(&in, DER_OID, &oid) || der_take(&in, DER_CONTEXT_CONSTRUCTED(0), &value) || in.len)
        return -1;
    if (!(out->pOtherName = arena_take(a, sizeof *out->pOtherName)))
        return -1;
    out->pOtherName->pszObjId = arena_oid(a, oid);
    out->pOtherName->Value = arena_blob(a, value);
    return 0;
}

static int fill_general_name(struct arena *a, const struct general_name *from, unsigned bits,
                             CERT_ALT_NAME_ENTRY *out)
{
    static const uint8_t choices[] = {[NAME_OTHER] = CERT_ALT_NAME_OTHER_NAME,
                                      [NAME_EMAIL] = CERT_ALT_NAME_RFC822_NAME,
                                      [NAME_DNS] = CERT_ALT_NAME_DNS_NAME,
                                      [3] = CERT_ALT_NAME_X400_ADDRESS,
                                      [NAME_DIRECTORY] = CERT_ALT_NAME_DIRECTORY_NAME,
                                      [5] = CERT_ALT_NAME_EDI_PARTY_NAME,
                                      [NAME_URI] = CERT_ALT_NAME_URL,
                                      [NAME_IP] = CERT_ALT_NAME_IP_ADDRESS,
                                      [NAME_REGISTERED] = CERT_ALT_NAME_REGISTERED_ID};
    if (from->kind >= sizeof choices)
        return -1;
    out->dwAltNameChoice = choices[from->kind];
    switch (from->kind) {
    case NAME_OTHER:
        return fill_other(a, from->value, out);
    case NAME_EMAIL:
    case NAME_DNS:
    case NAME_URI:
        /* IA5, and no NUL that would cut the name short for its reader. */
        if (!der_is_ascii(from->value.ptr, from->value.len) || memchr(from->value.ptr, 0, from->value.len))
            return -1;
        out->pwszDNSName = arena_wide(a, from->value, bits);
        return out->pwszDNSName ? 0 : -1;
    case NAME_REGISTERED:
        out->pszRegisteredID = arena_oid(a, from->value);
        return 0;
    default:
        out->IPAddress = arena_blob(a, from->value);
        return 0;
    }
}

static int fill_alt_names(struct arena *a, struct sspi_bytes in, unsigned bits, CERT_ALT_NAME_INFO *out)
{
    struct general_name n;
    unsigned count = 0;
    for (struct sspi_bytes each = in; each.len; count++)
        if (general_name_next(&each, &n))
            return -1;
    out->cAltEntry = count;
    out->rgAltEntry = count ? arena_take(a, count * sizeof *out->rgAltEntry) : NULL;
    for (unsigned i = 0; i < count; i++)
        if (!out->rgAltEntry || general_name_next(&in, &n) ||
            fill_general_name(a, &n, bits, &out->rgAltEntry[i]))
            return -1;
    return 0;
}

static int alt_names(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes body;
    CERT_ALT_NAME_INFO *out = arena_take(a, sizeof *out);
    (void)flags;
    return !out || der_take(&der, DER_SEQUENCE, &body) || der.len ? -1 : fill_alt_names(a, body, bits, out);
}

static int authority_key_id(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes body, id, issuer, serial;
    CERT_AUTHORITY_KEY_ID2_INFO *out = arena_take(a, sizeof *out);
    (void)flags;
    if (!out || der_take(&der, DER_SEQUENCE, &body) || der.len ||
        der_optional(&body, DER_CONTEXT(0), &id) < 0 ||
        der_optional(&body, DER_CONTEXT_CONSTRUCTED(1), &issuer) < 0 ||
        der_optional(&body, DER_CONTEXT(2), &serial) < 0 || body.len)
        return -1;
    out->KeyId = arena_blob(a, id);
    out->AuthorityCertSerialNumber = arena_reversed(a, serial);
    return fill_alt_names(a, issuer, bits, &out->AuthorityCertIssuer);
}

/* ---- small ones ---- */

static int basic_constraints(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes body, value;
    unsigned length = 0;
    int found;
    CERT_BASIC_CONSTRAINTS2_INFO *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_SEQUENCE, &body) || der.len ||
        (found = der_optional(&body, DER_BOOLEAN, &value)) < 0 || (found && der_boolean(value, &out->fCA)) ||
        (found = der_optional(&body, DER_INTEGER, &value)) < 0 || (found && der_unsigned(value, &length)) ||
        body.len)
        return -1;
    out->fPathLenConstraint = found;
    out->dwPathLenConstraint = length;
    return 0;
}

static int bit_string(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes value, octets;
    unsigned unused;
    CRYPT_BIT_BLOB *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_BIT_STRING, &value) || der.len || der_bits(value, &octets, &unused))
        return -1;
    *out = bits_of(a, octets, unused);
    return 0;
}

static int octet_string(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes value;
    CRYPT_DATA_BLOB *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_OCTET_STRING, &value) || der.len)
        return -1;
    *out = arena_blob(a, value);
    return 0;
}

static int usages(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes body, oid;
    unsigned n = 0;
    CERT_ENHKEY_USAGE *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_SEQUENCE, &body) || der.len)
        return -1;
    for (struct sspi_bytes in = body; in.len; n++)
        if (der_take(&in, DER_OID, &oid))
            return -1;
    out->cUsageIdentifier = n;
    out->rgpszUsageIdentifier = n ? arena_take(a, n * sizeof *out->rgpszUsageIdentifier) : NULL;
    for (unsigned i = 0; i < n && out->rgpszUsageIdentifier && !der_take(&body, DER_OID, &oid); i++)
        out->rgpszUsageIdentifier[i] = arena_oid(a, oid);
    return 0;
}

static int small_integer(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes value;
    unsigned number;
    int *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_INTEGER, &value) || der.len || der_unsigned(value, &number))
        return -1;
    *out = (int)number;
    return 0;
}

static int large_integer(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes value;
    CRYPT_INTEGER_BLOB *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_INTEGER, &value) || der.len || value.len == 0)
        return -1;
    *out = arena_reversed(a, value);
    return 0;
}

static int moment(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes value;
    uint8_t tag;
    int64_t when;
    FILETIME *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_next(&der, &tag, &value, NULL) || der.len || der_time(tag, value, &when))
        return -1;
    *out = filetime_of(when);
    return 0;
}

static int identifier(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes value;
    LPSTR *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_OID, &value) || der.len)
        return -1;
    *out = arena_oid(a, value);
    return 0;
}

/* ---- keys ---- */

static int whole_blob(struct arena *a, struct bytes *blob, int failed)
{
    BYTE *out = failed ? NULL : arena_take(a, blob->len);
    if (out)
        memcpy(out, blob->ptr, blob->len);
    bytes_wipe(blob);
    return out ? 0 : -1;
}

static int rsa_private(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct bytes blob = {NULL, 0, 0};
    (void)flags, (void)bits;
    int failed = blob_of_private(der, &blob);
    return whole_blob(a, &blob, failed);
}

static int rsa_public(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct bytes blob = {NULL, 0, 0};
    (void)flags, (void)bits;
    int failed = blob_of_public(der, &blob);
    return whole_blob(a, &blob, failed);
}

static int private_key_info(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes body, value, rest;
    struct x509_algorithm algorithm;
    unsigned version;
    CRYPT_PRIVATE_KEY_INFO *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_SEQUENCE, &body) || der.len || der_take(&body, DER_INTEGER, &value) ||
        der_unsigned(value, &version) || version > 1 || x509_algorithm_read(&body, &algorithm) ||
        der_take(&body, DER_OCTET_STRING, &value))
        return -1;
    for (uint8_t tag; body.len;) /* attributes, and a public key: not shown */
        if (der_next(&body, &tag, &rest, NULL))
            return -1;
    out->Version = version;
    out->Algorithm = algorithm_of(a, &algorithm);
    out->PrivateKey = arena_blob(a, value);
    return 0;
}

static int ec_private_key(struct arena *a, struct sspi_bytes der, DWORD flags, unsigned bits)
{
    struct sspi_bytes body, value, scalar, wrapped, octets;
    unsigned version, unused;
    int found;
    CRYPT_ECC_PRIVATE_KEY_INFO *out = arena_take(a, sizeof *out);
    (void)flags, (void)bits;
    if (!out || der_take(&der, DER_SEQUENCE, &body) || der.len || der_take(&body, DER_INTEGER, &value) ||
        der_unsigned(value, &version) || version != 1 || der_take(&body, DER_OCTET_STRING, &scalar))
        return -1;
    out->dwVersion = version;
    out->PrivateKey = arena_blob(a, scalar);
    if ((found = der_optional(&body, DER_CONTEXT_CONSTRUCTED(0), &wrapped)) < 0 ||
        (found && der_take(&wrapped, DER_OID, &value)))
        return -1;
    out->szCurveOid = found ? arena_oid(a, value) : NULL;
    if ((found = der_optional(&body, DER_CONTEXT_CONSTRUCTED(1), &wrapped)) < 0 ||
        (found && (der_take(&wrapped, DER_BIT_STRING, &value) || der_bits(value, &octets, &unused))) ||
        body.len)
        return -1;
    if (found)
        out->PublicKey = bits_of(a, octets, unused);
    return 0;
}

/* ---- by type ---- */

static const struct kind {
    uintptr_t number;
    const char *oid;
    decoder *decode;
} kinds[] = {
    {1, NULL, signed_content},
    {2, NULL, certificate_info},
    {5, NULL, extensions},
    {7, NULL, name_octets},
    {8, NULL, public_key_info},
    {12, szOID_SUBJECT_ALT_NAME2, alt_names},
    {12, szOID_ISSUER_ALT_NAME2, alt_names},
    {12, szOID_SUBJECT_ALT_NAME, alt_names},
    {14, szOID_KEY_USAGE, bit_string},
    {15, szOID_BASIC_CONSTRAINTS2, basic_constraints},
    {19, NULL, rsa_public},
    {20, NULL, name_wide},
    {25, szOID_SUBJECT_KEY_IDENTIFIER, octet_string},
    {26, NULL, bit_string},
    {27, NULL, small_integer},
    {28, NULL, large_integer},
    {30, NULL, moment},
    {31, szOID_AUTHORITY_KEY_IDENTIFIER2, authority_key_id},
    {36, szOID_ENHANCED_KEY_USAGE, usages},
    {43, NULL, rsa_private},
    {44, NULL, private_key_info},
    {73, NULL, identifier},
    {82, NULL, ec_private_key},
};

decoder *decode_of(LPCSTR type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if ((uintptr_t)type < 0x10000 ? kinds[i].number == (uintptr_t)type
                                      : kinds[i].oid && !strcmp(kinds[i].oid, type))
            return kinds[i].decode;
    return NULL;
}
