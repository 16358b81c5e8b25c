/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/x509.h"

#include <string.h>

#define EXTENSIONS_MAX 64u /* real certificates have a dozen; duplicates are searched pairwise */

int x509_algorithm_read(struct sspi_bytes *in, struct x509_algorithm *out)
{
    struct sspi_bytes body;
    if (der_take(in, DER_SEQUENCE, &body) || der_take(&body, DER_OID, &out->oid) || out->oid.len == 0)
        return -1;
    out->parameters = body;
    uint8_t tag;
    struct sspi_bytes value;
    if (body.len && (der_next(&body, &tag, &value, NULL) || body.len))
        return -1;
    return 0;
}

int x509_extension_next(struct sspi_bytes *extensions, struct x509_extension *out)
{
    struct sspi_bytes body, flag;
    out->critical = 0;
    if (der_take(extensions, DER_SEQUENCE, &body) || der_take(&body, DER_OID, &out->oid) || out->oid.len == 0)
        return -1;
    int flagged = der_optional(&body, DER_BOOLEAN, &flag);
    if (flagged < 0 || (flagged && der_boolean(flag, &out->critical)))
        return -1;
    return der_take(&body, DER_OCTET_STRING, &out->value) || body.len ? -1 : 0;
}

/* ---- the extensions the core judges ---- */

static int read_basic(struct x509 *x, struct sspi_bytes in)
{
    struct sspi_bytes body, value;
    int ca = 0, found;
    if (der_take(&in, DER_SEQUENCE, &body) || in.len)
        return -1;
    if ((found = der_optional(&body, DER_BOOLEAN, &value)) < 0 || (found && der_boolean(value, &ca)))
        return -1;
    if ((found = der_optional(&body, DER_INTEGER, &value)) < 0 ||
        (found && der_unsigned(value, &x->path_length)))
        return -1;
    if (found)
        x->has |= X509_PATH_LENGTH;
    if (ca)
        x->has |= X509_IS_CA;
    return body.len ? -1 : 0;
}

static int read_key_usage(struct x509 *x, struct sspi_bytes in)
{
    struct sspi_bytes body, octets;
    unsigned unused;
    if (der_take(&in, DER_BIT_STRING, &body) || in.len || der_bits(body, &octets, &unused) || octets.len > 2)
        return -1;
    for (unsigned bit = 0; bit < 8 * octets.len; bit++)
        if (octets.ptr[bit / 8] & (0x80 >> bit % 8))
            x->key_usage |= 1u << bit;
    return 0;
}

static int read_extended_usage(struct x509 *x, struct sspi_bytes in)
{
    struct sspi_bytes each, oid;
    if (der_take(&in, DER_SEQUENCE, &x->extended_usage) || in.len || x->extended_usage.len == 0)
        return -1;
    for (each = x->extended_usage; each.len;)
        if (der_take(&each, DER_OID, &oid) || oid.len == 0)
            return -1;
    return 0;
}

static int read_alt_names(struct x509 *x, struct sspi_bytes in)
{
    struct sspi_bytes each, value;
    uint8_t tag;
    if (der_take(&in, DER_SEQUENCE, &x->alt_names) || in.len || x->alt_names.len == 0)
        return -1;
    for (each = x->alt_names; each.len;)
        if (der_next(&each, &tag, &value, NULL) || (tag & 0xc0) != 0x80)
            return -1;
    return 0;
}

static int read_key_identifier(struct x509 *x, struct sspi_bytes in)
{
    return der_take(&in, DER_OCTET_STRING, &x->key_identifier) || in.len ? -1 : 0;
}

static int read_authority(struct x509 *x, struct sspi_bytes in)
{
    struct sspi_bytes body;
    if (der_take(&in, DER_SEQUENCE, &body) || in.len)
        return -1;
    int found = der_optional(&body, DER_CONTEXT(0), &x->authority_key_identifier);
    if (found < 0)
        return -1;
    if (!found)
        x->has &= ~X509_AUTHORITY; /* issuer and serial alone: of no use for finding a path */
    return 0;
}

static int read_name_constraints(struct x509 *x, struct sspi_bytes in)
{
    return der_take(&in, DER_SEQUENCE, &x->name_constraints) || in.len || x->name_constraints.len == 0 ? -1
                                                                                                       : 0;
}

static int read_crl_points(struct x509 *x, struct sspi_bytes in)
{
    return der_take(&in, DER_SEQUENCE, &x->crl_points) || in.len || x->crl_points.len == 0 ? -1 : 0;
}

/* Where to ask (OCSP) is a source of revocation; where the issuer's certificate lies is none. */
static int read_information(struct x509 *x, struct sspi_bytes in)
{
    struct sspi_bytes body, each, oid;
    if (der_take(&in, DER_SEQUENCE, &body) || in.len)
        return -1;
    while (body.len) {
        if (der_take(&body, DER_SEQUENCE, &each) || der_take(&each, DER_OID, &oid))
            return -1;
        if (der_oid_is(oid, OID_ACCESS_OCSP))
            x->has |= X509_REVOCATION_SOURCE;
    }
    return 0;
}

static int read_nothing(struct x509 *x, struct sspi_bytes in)
{
    (void)x;
    (void)in;
    return 0;
}

/* Policies narrow what a certificate may be used for only where someone asks for a policy; nobody does
 * here, but a requirement for an explicit policy would go unjudged, so that one is not in the table. */
static const struct known {
    const char *oid;
    size_t len;
    unsigned flag;
    int never_critical; /* RFC 5280 forbids it; OpenSSL refuses it, so it is refused for all */
    int (*read)(struct x509 *, struct sspi_bytes);
} known_extensions[] = {
#define KNOWN(oid, flag, read)                                                                               \
    {                                                                                                        \
        oid, sizeof(oid) - 1, flag, 0, read                                                                  \
    }
#define KNOWN_PLAIN(oid, flag, read)                                                                         \
    {                                                                                                        \
        oid, sizeof(oid) - 1, flag, 1, read                                                                  \
    }
    KNOWN(OID_BASIC, X509_BASIC, read_basic),
    KNOWN(OID_KEY_USAGE, X509_USAGE, read_key_usage),
    KNOWN(OID_EXTENDED_USAGE, X509_EXTENDED_USAGE, read_extended_usage),
    KNOWN(OID_ALT_NAME, X509_ALT, read_alt_names),
    KNOWN_PLAIN(OID_KEY_ID, X509_KEY_IDENTIFIER, read_key_identifier),
    KNOWN_PLAIN(OID_AUTHORITY_KEY_ID, X509_AUTHORITY, read_authority),
    KNOWN(OID_NAME_CONSTRAINTS, X509_NAMES, read_name_constraints),
    KNOWN(OID_POLICIES, 0, read_nothing),
    KNOWN(OID_CRL_POINTS, X509_REVOCATION_SOURCE, read_crl_points),
    KNOWN_PLAIN(OID_AUTHORITY_INFO, 0, read_information),
};

static int read_extension(struct x509 *x, const struct x509_extension *e)
{
    for (size_t i = 0; i < sizeof known_extensions / sizeof *known_extensions; i++) {
        const struct known *k = &known_extensions[i];
        if (der_equal(e->oid, (struct sspi_bytes){(const uint8_t *)k->oid, k->len})) {
            x->has |= k->flag;
            if (k->never_critical && e->critical)
                x->has |= X509_UNKNOWN_CRITICAL;
            return k->read(x, e->value);
        }
    }
    if (e->critical)
        x->has |= X509_UNKNOWN_CRITICAL;
    return 0;
}

static int read_extensions(struct x509 *x, struct sspi_bytes wrapped)
{
    struct sspi_bytes oids[EXTENSIONS_MAX];
    if (der_take(&wrapped, DER_SEQUENCE, &x->extensions) || wrapped.len || x->extensions.len == 0)
        return -1;
    for (struct sspi_bytes in = x->extensions; in.len; x->extension_count++) {
        struct x509_extension e;
        if (x->extension_count == EXTENSIONS_MAX || x509_extension_next(&in, &e))
            return -1;
        for (unsigned i = 0; i < x->extension_count; i++)
            if (der_equal(oids[i], e.oid))
                return -1;
        oids[x->extension_count] = e.oid;
        if (read_extension(x, &e))
            return -1;
    }
    return 0;
}

/* ---- the certificate ---- */

static int read_version(struct x509 *x, struct sspi_bytes *in)
{
    struct sspi_bytes wrapped, value;
    int found = der_optional(in, DER_CONTEXT_CONSTRUCTED(0), &wrapped);
    if (found <= 0)
        return found;
    return der_take(&wrapped, DER_INTEGER, &value) || wrapped.len || der_unsigned(value, &x->version) ||
                   x->version > 2
               ? -1
               : 0;
}

static int read_validity(struct x509 *x, struct sspi_bytes *in)
{
    struct sspi_bytes body, value;
    uint8_t tag;
    if (der_take(in, DER_SEQUENCE, &body) || der_next(&body, &tag, &value, NULL) ||
        der_time(tag, value, &x->not_before) || der_next(&body, &tag, &value, NULL) ||
        der_time(tag, value, &x->not_after) || body.len)
        return -1;
    return 0;
}

static int read_key_info(struct x509 *x, struct sspi_bytes *in)
{
    struct sspi_bytes body, bits;
    unsigned unused;
    if (der_take_whole(in, DER_SEQUENCE, &body, &x->key_info) ||
        x509_algorithm_read(&body, &x->key_algorithm) || der_take(&body, DER_BIT_STRING, &bits) || body.len ||
        der_bits(bits, &x->key, &unused) || unused)
        return -1;
    return 0;
}

static int read_to_be_signed(struct x509 *x, struct sspi_bytes in)
{
    struct x509_algorithm inner;
    struct sspi_bytes body, wrapped;
    int found;
    if (read_version(x, &in) || der_take(&in, DER_INTEGER, &x->serial) || x->serial.len == 0 ||
        x509_algorithm_read(&in, &inner) || der_take_whole(&in, DER_SEQUENCE, &body, &x->issuer) ||
        read_validity(x, &in) || der_take_whole(&in, DER_SEQUENCE, &body, &x->subject) ||
        read_key_info(x, &in))
        return -1;
    if (!der_equal(inner.oid, x->signature_algorithm.oid) ||
        !der_equal(inner.parameters, x->signature_algorithm.parameters))
        return -1;
    if ((found = der_optional(&in, DER_CONTEXT(1), &x->issuer_id)) < 0 || (found && x->version == 0) ||
        (found = der_optional(&in, DER_CONTEXT(2), &x->subject_id)) < 0 || (found && x->version == 0))
        return -1;
    found = der_optional(&in, DER_CONTEXT_CONSTRUCTED(3), &wrapped);
    if (found < 0 || (found && (x->version != 2 || read_extensions(x, wrapped))))
        return -1;
    return in.len ? -1 : 0;
}

int x509_parse(struct sspi_bytes der, struct x509 *out)
{
    struct x509 x = {0};
    struct sspi_bytes in = der, body, inner, bits;
    unsigned unused;
    if (der_take_whole(&in, DER_SEQUENCE, &body, &x.der) || in.len ||
        der_take_whole(&body, DER_SEQUENCE, &inner, &x.to_be_signed) ||
        x509_algorithm_read(&body, &x.signature_algorithm) || der_take(&body, DER_BIT_STRING, &bits) ||
        body.len || der_bits(bits, &x.signature, &unused) || unused || read_to_be_signed(&x, inner))
        return -1;
    *out = x;
    return 0;
}

int x509_allows(const struct x509 *x, struct sspi_bytes wanted)
{
    struct sspi_bytes oid;
    if (!(x->has & X509_EXTENDED_USAGE))
        return 1;
    for (struct sspi_bytes in = x->extended_usage; in.len;) {
        if (der_take(&in, DER_OID, &oid))
            return 0;
        if (der_equal(oid, wanted) || der_oid_is(oid, OID_ANY_USAGE))
            return 1;
    }
    return 0;
}

int x509_self_issued(const struct x509 *x)
{
    return der_equal(x->issuer, x->subject);
}

/* ---- algorithms ---- */

static const struct signature_name {
    const char *oid;
    size_t len;
    struct x509_signature is;
} signature_names[] = {
#define NAMED(oid, hash, key)                                                                                \
    {                                                                                                        \
        oid, sizeof(oid) - 1,                                                                                \
        {                                                                                                    \
            hash, key                                                                                        \
        }                                                                                                    \
    }
    NAMED("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", HASH_MD2, "RSA"),
    NAMED("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", HASH_MD5, "RSA"),
    NAMED("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", HASH_SHA1, "RSA"),
    NAMED("\x2b\x0e\x03\x02\x1d", HASH_SHA1, "RSA"), /* OIW sha1WithRSASignature */
    NAMED("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", HASH_SHA224, "RSA"),
    NAMED("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", HASH_SHA256, "RSA"),
    NAMED("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", HASH_SHA384, "RSA"),
    NAMED("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", HASH_SHA512, "RSA"),
    NAMED("\x2a\x86\x48\xce\x3d\x04\x01", HASH_SHA1, "ECDSA"),
    NAMED("\x2a\x86\x48\xce\x3d\x04\x03\x01", HASH_SHA224, "ECDSA"),
    NAMED("\x2a\x86\x48\xce\x3d\x04\x03\x02", HASH_SHA256, "ECDSA"),
    NAMED("\x2a\x86\x48\xce\x3d\x04\x03\x03", HASH_SHA384, "ECDSA"),
    NAMED("\x2a\x86\x48\xce\x3d\x04\x03\x04", HASH_SHA512, "ECDSA"),
    NAMED("\x2a\x86\x48\xce\x38\x04\x03", HASH_SHA1, "DSA"),
    NAMED("\x60\x86\x48\x01\x65\x03\x04\x03\x01", HASH_SHA224, "DSA"),
    NAMED("\x60\x86\x48\x01\x65\x03\x04\x03\x02", HASH_SHA256, "DSA"),
    NAMED(OID_ED25519, HASH_OWN, "EdDSA"),
    NAMED(OID_ED448, HASH_OWN, "EdDSA"),
    NAMED("\x60\x86\x48\x01\x65\x03\x04\x03\x11", HASH_OWN, "ML-DSA"), /* 44, 65, 87 (RFC 9881) */
    NAMED("\x60\x86\x48\x01\x65\x03\x04\x03\x12", HASH_OWN, "ML-DSA"),
    NAMED("\x60\x86\x48\x01\x65\x03\x04\x03\x13", HASH_OWN, "ML-DSA"),
};
static const struct hash_name {
    const char *oid;
    size_t len;
    enum x509_hash is;
} hash_names[] = {
#define HASHED(oid, hash)                                                                                    \
    {                                                                                                        \
        oid, sizeof(oid) - 1, hash                                                                           \
    }
    HASHED("\x2a\x86\x48\x86\xf7\x0d\x02\x05", HASH_MD5),
    HASHED("\x2b\x0e\x03\x02\x1a", HASH_SHA1),
    HASHED("\x60\x86\x48\x01\x65\x03\x04\x02\x04", HASH_SHA224),
    HASHED("\x60\x86\x48\x01\x65\x03\x04\x02\x01", HASH_SHA256),
    HASHED("\x60\x86\x48\x01\x65\x03\x04\x02\x02", HASH_SHA384),
    HASHED("\x60\x86\x48\x01\x65\x03\x04\x02\x03", HASH_SHA512),
};

enum x509_hash x509_hash_of(struct sspi_bytes oid)
{
    for (size_t i = 0; i < sizeof hash_names / sizeof *hash_names; i++)
        if (der_equal(oid, (struct sspi_bytes){(const uint8_t *)hash_names[i].oid, hash_names[i].len}))
            return hash_names[i].is;
    return HASH_UNKNOWN;
}

/* RSASSA-PSS-params (RFC 4055 3.1): the hash is [0], SHA-1 where absent. */
static enum x509_hash pss_hash(struct sspi_bytes parameters)
{
    struct sspi_bytes body, wrapped;
    struct x509_algorithm hash;
    if (der_take(&parameters, DER_SEQUENCE, &body))
        return HASH_UNKNOWN;
    int found = der_optional(&body, DER_CONTEXT_CONSTRUCTED(0), &wrapped);
    if (found == 0)
        return HASH_SHA1;
    return found < 0 || x509_algorithm_read(&wrapped, &hash) ? HASH_UNKNOWN : x509_hash_of(hash.oid);
}

struct x509_signature x509_signature_of(const struct x509_algorithm *a)
{
    if (der_oid_is(a->oid, OID_RSA_PSS))
        return (struct x509_signature){pss_hash(a->parameters), "RSA"};
    for (size_t i = 0; i < sizeof signature_names / sizeof *signature_names; i++)
        if (der_equal(a->oid,
                      (struct sspi_bytes){(const uint8_t *)signature_names[i].oid, signature_names[i].len}))
            return signature_names[i].is;
    return (struct x509_signature){HASH_UNKNOWN, "unknown"};
}

uint16_t x509_scheme_of(const struct x509_algorithm *a, const struct x509_algorithm *key)
{
    static const struct {
        const char *key;
        uint16_t scheme[4]; /* SHA-224 (RFC 5246's code points), SHA-256, SHA-384, SHA-512 */
    } known[] = {{"RSA", {0x0301, 0x0401, 0x0501, 0x0601}}, {"ECDSA", {0x0303, 0x0403, 0x0503, 0x0603}}};
    struct x509_signature s = x509_signature_of(a);
    if (der_oid_is(a->oid, OID_ED25519))
        return 0x0807;
    if (der_oid_is(a->oid, OID_ED448))
        return 0x0808;
    if (s.hash < HASH_SHA224 || s.hash > HASH_SHA512)
        return 0;
    unsigned at = (unsigned)(s.hash - HASH_SHA224);
    if (der_oid_is(a->oid, OID_RSA_PSS)) /* with SHA-224 it has no code point */
        return (uint16_t)(at ? (der_oid_is(key->oid, OID_RSA_PSS) ? 0x0808 : 0x0803) + at : 0);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(s.key, known[i].key))
            return known[i].scheme[at];
    return 0;
}

static int integer_bits(struct sspi_bytes value)
{
    while (value.len && value.ptr[0] == 0)
        value = (struct sspi_bytes){value.ptr + 1, value.len - 1};
    if (value.len == 0 || value.len > 16384)
        return -1;
    int bits = (int)value.len * 8;
    for (uint8_t top = value.ptr[0]; !(top & 0x80); top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

/* The curves by name; a point is 04 and two coordinates, or 02/03 and one. */
static int curve_bits(const struct x509 *x)
{
    struct sspi_bytes parameters = x->key_algorithm.parameters, oid;
    if (x->key.len < 2 || der_take(&parameters, DER_OID, &oid))
        return -1;
    if (der_oid_is(oid, OID_P256))
        return 256;
    if (der_oid_is(oid, OID_P384))
        return 384;
    if (der_oid_is(oid, OID_P521))
        return 521;
    size_t field = x->key.ptr[0] == 4 ? (x->key.len - 1) / 2 : x->key.len - 1;
    return field > 128 ? -1 : (int)field * 8;
}

int x509_key_bits(const struct x509 *x)
{
    struct sspi_bytes in = x->key, body, value;
    if (der_oid_is(x->key_algorithm.oid, OID_RSA) || der_oid_is(x->key_algorithm.oid, OID_RSA_PSS))
        return der_take(&in, DER_SEQUENCE, &body) || der_take(&body, DER_INTEGER, &value)
                   ? -1
                   : integer_bits(value);
    if (der_oid_is(x->key_algorithm.oid, OID_EC))
        return curve_bits(x);
    if (der_oid_is(x->key_algorithm.oid, OID_ED25519))
        return x->key.len == 32 ? 256 : -1;
    if (der_oid_is(x->key_algorithm.oid, OID_ED448))
        return x->key.len == 57 ? 456 : -1;
    if (der_oid_is(x->key_algorithm.oid, OID_DSA)) {
        in = x->key_algorithm.parameters;
        return der_take(&in, DER_SEQUENCE, &body) || der_take(&body, DER_INTEGER, &value)
                   ? -1
                   : integer_bits(value);
    }
    return 0;
}
