/* SPDX-License-Identifier: MIT
 *
 * core/cert/x509.h -- a certificate or CRL, taken apart in place (RFC 5280 4.1, 4.2, 5.1).  Everything
 * points into the DER that was parsed; nothing is allocated.  Strict: what is not DER, has bytes left over,
 * an extension twice or two different signature algorithms is refused. */
#ifndef CORE_CERT_X509_H
#define CORE_CERT_X509_H

#include "core/cert/der.h"

/* Contents of the object identifiers the core knows by name. */
#define OID_KEY_ID             "\x55\x1d\x0e"
#define OID_KEY_USAGE          "\x55\x1d\x0f"
#define OID_ALT_NAME           "\x55\x1d\x11"
#define OID_BASIC              "\x55\x1d\x13"
#define OID_NAME_CONSTRAINTS   "\x55\x1d\x1e"
#define OID_POLICIES           "\x55\x1d\x20"
#define OID_POLICY_MAPPINGS    "\x55\x1d\x21"
#define OID_AUTHORITY_KEY_ID   "\x55\x1d\x23"
#define OID_POLICY_CONSTRAINTS "\x55\x1d\x24"
#define OID_EXTENDED_USAGE     "\x55\x1d\x25"
#define OID_ANY_USAGE          "\x55\x1d\x25\x00"
#define OID_INHIBIT_ANY        "\x55\x1d\x36"
#define OID_CRL_POINTS         "\x55\x1d\x1f"
#define OID_AUTHORITY_INFO     "\x2b\x06\x01\x05\x05\x07\x01\x01"
#define OID_ACCESS_OCSP        "\x2b\x06\x01\x05\x05\x07\x30\x01"
#define OID_CRL_ENTRY_REASON   "\x55\x1d\x15"
#define OID_CRL_DELTA          "\x55\x1d\x1b"
#define OID_CRL_SCOPE          "\x55\x1d\x1c" /* issuingDistributionPoint */
#define OID_CRL_ENTRY_ISSUER   "\x55\x1d\x1d"
#define OID_OCSP_SIGNING       "\x2b\x06\x01\x05\x05\x07\x03\x09"
#define OID_OCSP_BASIC         "\x2b\x06\x01\x05\x05\x07\x30\x01\x01"
#define OID_COMMON_NAME        "\x55\x04\x03"
#define OID_EMAIL              "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"
#define OID_RSA                "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define OID_RSA_PSS            "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
#define OID_EC                 "\x2a\x86\x48\xce\x3d\x02\x01"
#define OID_DSA                "\x2a\x86\x48\xce\x38\x04\x01"
#define OID_ED25519            "\x2b\x65\x70"
#define OID_ED448              "\x2b\x65\x71"
#define OID_P256               "\x2a\x86\x48\xce\x3d\x03\x01\x07"
#define OID_P384               "\x2b\x81\x04\x00\x22"
#define OID_P521               "\x2b\x81\x04\x00\x23"

enum { /* struct x509.has */
       X509_BASIC = 1u << 0,
       X509_IS_CA = 1u << 1,
       X509_PATH_LENGTH = 1u << 2,
       X509_USAGE = 1u << 3,
       X509_EXTENDED_USAGE = 1u << 4,
       X509_ALT = 1u << 5,
       X509_NAMES = 1u << 6,
       X509_KEY_IDENTIFIER = 1u << 7,
       X509_AUTHORITY = 1u << 8,         /* authority's key identifier */
       X509_UNKNOWN_CRITICAL = 1u << 9,  /* a critical extension that nobody here judges */
       X509_REVOCATION_SOURCE = 1u << 10 /* names a CRL or an OCSP responder (D10) */
};
enum { /* keyUsage, bit n of the BIT STRING as 1 << n */
       X509_DIGITAL_SIGNATURE = 1u << 0,
       X509_KEY_ENCIPHERMENT = 1u << 2,
       X509_KEY_AGREEMENT = 1u << 4,
       X509_CERT_SIGN = 1u << 5,
       X509_CRL_SIGN = 1u << 6
};
struct x509_algorithm {                /* AlgorithmIdentifier */
    struct sspi_bytes oid, parameters; /* parameters: the whole element, or empty where absent */
};
struct x509 {
    struct sspi_bytes der, to_be_signed; /* whole elements */
    struct sspi_bytes serial;            /* contents of the INTEGER, big-endian */
    struct sspi_bytes issuer, subject;   /* whole Names */
    struct sspi_bytes key_info;          /* whole SubjectPublicKeyInfo */
    struct x509_algorithm key_algorithm, signature_algorithm;
    struct sspi_bytes key, signature;        /* octets of the BIT STRINGs */
    struct sspi_bytes issuer_id, subject_id; /* contents of the BIT STRINGs, or empty */
    struct sspi_bytes extensions;            /* Extension elements, one after another; or empty */
    struct sspi_bytes key_identifier, authority_key_identifier, extended_usage, alt_names, name_constraints;
    struct sspi_bytes crl_points; /* DistributionPoints, one after another; or empty */
    int64_t not_before, not_after; /* Unix seconds */
    unsigned version;              /* 0, 1, 2: v1, v2, v3 */
    unsigned extension_count, has, key_usage, path_length;
};
struct x509_extension {
    struct sspi_bytes oid, value; /* value: contents of the OCTET STRING */
    int critical;
};

/* One whole certificate, nothing after it.  0, or -1. */
int x509_parse(struct sspi_bytes der, struct x509 *);
/* The next of `extensions`; 0, or -1. */
int x509_extension_next(struct sspi_bytes *extensions, struct x509_extension *);
int x509_algorithm_read(struct sspi_bytes *in, struct x509_algorithm *);
/* 1 the extended key usage holds `oid` (contents), or anyExtendedKeyUsage, or is absent. */
int x509_allows(const struct x509 *, struct sspi_bytes oid);
/* Issued by itself as far as names tell. */
int x509_self_issued(const struct x509 *);

/* The algorithms a signature is made of. */
enum x509_hash {
    HASH_UNKNOWN,
    HASH_MD2,
    HASH_MD5,
    HASH_SHA1,
    HASH_SHA224,
    HASH_SHA256,
    HASH_SHA384,
    HASH_SHA512,
    HASH_OWN
};
struct x509_signature { /* HASH_OWN: Ed25519, Ed448 */
    enum x509_hash hash;
    const char *key; /* "RSA", "ECDSA", "DSA", "EdDSA" */
};
struct x509_signature x509_signature_of(const struct x509_algorithm *);
/* The TLS SignatureScheme of a signature with a key of that kind; 0: none, or one that does not count (SHA-1). */
uint16_t x509_scheme_of(const struct x509_algorithm *signature, const struct x509_algorithm *key);
enum x509_hash x509_hash_of(struct sspi_bytes oid); /* of a digest's object identifier */
/* Security-relevant size of the public key: modulus, order of the curve; 0 where unknown.  -1 malformed. */
int x509_key_bits(const struct x509 *);

#endif
