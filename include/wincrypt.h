/* SPDX-License-Identifier: MIT
 *
 * wincrypt.h -- the part of crypt32 and of the old CryptoAPI that Schannel programs use: certificates,
 * stores, chains, names, encodings, keys.  A declared function is there; what is left out does not exist.
 *
 * Contexts (certificates, CRLs, chains) and stores are counted and immutable in what they encode; they may be
 * shared by threads.  Functions return FALSE or NULL on failure and GetLastError() says why. */
#ifndef OPENSSPI_WINCRYPT_H
#define OPENSSPI_WINCRYPT_H

/* An argument of a transparent union is silent under -Wpedantic only where the function comes from a system
 * header (gcc); the tests of these headers define OPENSSPI_HEADER_WARNINGS to see everything else. */
#if defined(__GNUC__) && !defined(OPENSSPI_HEADER_WARNINGS)
#pragma GCC system_header
#endif
#define __WINCRYPT_H__

#include <bcrypt.h>
#include <ncrypt.h>
#include <opensspi/types.h>
#include <winerror.h>


/* ---- handles ---- */
typedef ULONG_PTR HCRYPTPROV, HCRYPTKEY, HCRYPTHASH;
typedef ULONG_PTR HCRYPTPROV_OR_NCRYPT_KEY_HANDLE, HCRYPTPROV_LEGACY;
typedef void *HCERTSTORE, *HCERTSTOREPROV, *HCRYPTMSG, *HCRYPTOIDFUNCSET, *HCRYPTOIDFUNCADDR;
typedef HANDLE HCERTCHAINENGINE;

/* ---- algorithms by their old numbers ---- */
#define ALG_CLASS_ANY                                0
#define ALG_CLASS_SIGNATURE                          (1 << 13)
#define ALG_CLASS_MSG_ENCRYPT                        (2 << 13)
#define ALG_CLASS_DATA_ENCRYPT                       (3 << 13)
#define ALG_CLASS_HASH                               (4 << 13)
#define ALG_CLASS_KEY_EXCHANGE                       (5 << 13)
#define ALG_CLASS_ALL                                (7 << 13)
#define ALG_TYPE_ANY                                 0
#define ALG_TYPE_DSS                                 (1 << 9)
#define ALG_TYPE_RSA                                 (2 << 9)
#define ALG_TYPE_BLOCK                               (3 << 9)
#define ALG_TYPE_STREAM                              (4 << 9)
#define ALG_TYPE_DH                                  (5 << 9)
#define ALG_TYPE_SECURECHANNEL                       (6 << 9)
#define ALG_TYPE_ECDH                                (7 << 9)
#define ALG_TYPE_THIRDPARTY                          (8 << 9)
#define ALG_SID_ANY                                  0
#define ALG_SID_THIRDPARTY_ANY                       0
#define ALG_SID_RSA_ANY                              0
#define ALG_SID_RSA_PKCS                             1
#define ALG_SID_RSA_MSATWORK                         2
#define ALG_SID_RSA_ENTRUST                          3
#define ALG_SID_RSA_PGP                              4
#define ALG_SID_DSS_ANY                              0
#define ALG_SID_DSS_PKCS                             1
#define ALG_SID_DSS_DMS                              2
#define ALG_SID_ECDSA                                3
#define ALG_SID_DES                                  1
#define ALG_SID_3DES                                 3
#define ALG_SID_DESX                                 4
#define ALG_SID_IDEA                                 5
#define ALG_SID_CAST                                 6
#define ALG_SID_SAFERSK64                            7
#define ALG_SID_SAFERSK128                           8
#define ALG_SID_3DES_112                             9
#define ALG_SID_SKIPJACK                             10
#define ALG_SID_TEK                                  11
#define ALG_SID_CYLINK_MEK                           12
#define ALG_SID_RC5                                  13
#define ALG_SID_AES_128                              14
#define ALG_SID_AES_192                              15
#define ALG_SID_AES_256                              16
#define ALG_SID_AES                                  17
#define ALG_SID_RC2                                  2
#define ALG_SID_RC4                                  1
#define ALG_SID_SEAL                                 2
#define ALG_SID_DH_SANDF                             1
#define ALG_SID_DH_EPHEM                             2
#define ALG_SID_AGREED_KEY_ANY                       3
#define ALG_SID_KEA                                  4
#define ALG_SID_ECDH                                 5
#define ALG_SID_ECDH_EPHEM                           6
#define ALG_SID_MD2                                  1
#define ALG_SID_MD4                                  2
#define ALG_SID_MD5                                  3
#define ALG_SID_SHA                                  4
#define ALG_SID_SHA1                                 4
#define ALG_SID_MAC                                  5
#define ALG_SID_RIPEMD                               6
#define ALG_SID_RIPEMD160                            7
#define ALG_SID_SSL3SHAMD5                           8
#define ALG_SID_HMAC                                 9
#define ALG_SID_TLS1PRF                              10
#define ALG_SID_HASH_REPLACE_OWF                     11
#define ALG_SID_SHA_256                              12
#define ALG_SID_SHA_384                              13
#define ALG_SID_SHA_512                              14
#define ALG_SID_SSL3_MASTER                          1
#define ALG_SID_SCHANNEL_MASTER_HASH                 2
#define ALG_SID_SCHANNEL_MAC_KEY                     3
#define ALG_SID_PCT1_MASTER                          4
#define ALG_SID_SSL2_MASTER                          5
#define ALG_SID_TLS1_MASTER                          6
#define ALG_SID_SCHANNEL_ENC_KEY                     7
#define ALG_SID_ECMQV                                1
#define ALG_SID_EXAMPLE                              80
#define CALG_MD2                                     (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_MD2)
#define CALG_MD4                                     (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_MD4)
#define CALG_MD5                                     (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_MD5)
#define CALG_SHA                                     (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_SHA)
#define CALG_SHA1                                    (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_SHA1)
#define CALG_MAC                                     (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_MAC)
#define CALG_RSA_SIGN                                (ALG_CLASS_SIGNATURE | ALG_TYPE_RSA | ALG_SID_RSA_ANY)
#define CALG_DSS_SIGN                                (ALG_CLASS_SIGNATURE | ALG_TYPE_DSS | ALG_SID_DSS_ANY)
#define CALG_NO_SIGN                                 (ALG_CLASS_SIGNATURE | ALG_TYPE_ANY | ALG_SID_ANY)
#define CALG_RSA_KEYX                                (ALG_CLASS_KEY_EXCHANGE|ALG_TYPE_RSA|ALG_SID_RSA_ANY)
#define CALG_DES                                     (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_DES)
#define CALG_3DES_112                                (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_3DES_112)
#define CALG_3DES                                    (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_3DES)
#define CALG_DESX                                    (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_DESX)
#define CALG_RC2                                     (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_RC2)
#define CALG_RC4                                     (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_STREAM|ALG_SID_RC4)
#define CALG_SEAL                                    (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_STREAM|ALG_SID_SEAL)
#define CALG_DH_SF                                   (ALG_CLASS_KEY_EXCHANGE|ALG_TYPE_DH|ALG_SID_DH_SANDF)
#define CALG_DH_EPHEM                                (ALG_CLASS_KEY_EXCHANGE|ALG_TYPE_DH|ALG_SID_DH_EPHEM)
#define CALG_AGREEDKEY_ANY \
    (ALG_CLASS_KEY_EXCHANGE | ALG_TYPE_DH | ALG_SID_AGREED_KEY_ANY)
#define CALG_KEA_KEYX                                (ALG_CLASS_KEY_EXCHANGE|ALG_TYPE_DH|ALG_SID_KEA)
#define CALG_HUGHES_MD5                              (ALG_CLASS_KEY_EXCHANGE|ALG_TYPE_ANY|ALG_SID_MD5)
#define CALG_SKIPJACK                                (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_SKIPJACK)
#define CALG_TEK                                     (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_TEK)
#define CALG_CYLINK_MEK \
    (ALG_CLASS_DATA_ENCRYPT | ALG_TYPE_BLOCK | ALG_SID_CYLINK_MEK)
#define CALG_SSL3_SHAMD5                             (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_SSL3SHAMD5)
#define CALG_SSL3_MASTER \
    (ALG_CLASS_MSG_ENCRYPT | ALG_TYPE_SECURECHANNEL | ALG_SID_SSL3_MASTER)
#define CALG_SCHANNEL_MASTER_HASH \
    (ALG_CLASS_MSG_ENCRYPT | ALG_TYPE_SECURECHANNEL | ALG_SID_SCHANNEL_MASTER_HASH)
#define CALG_SCHANNEL_MAC_KEY \
    (ALG_CLASS_MSG_ENCRYPT | ALG_TYPE_SECURECHANNEL | ALG_SID_SCHANNEL_MAC_KEY)
#define CALG_SCHANNEL_ENC_KEY \
    (ALG_CLASS_MSG_ENCRYPT | ALG_TYPE_SECURECHANNEL | ALG_SID_SCHANNEL_ENC_KEY)
#define CALG_PCT1_MASTER \
    (ALG_CLASS_MSG_ENCRYPT | ALG_TYPE_SECURECHANNEL | ALG_SID_PCT1_MASTER)
#define CALG_SSL2_MASTER \
    (ALG_CLASS_MSG_ENCRYPT | ALG_TYPE_SECURECHANNEL | ALG_SID_SSL2_MASTER)
#define CALG_TLS1_MASTER \
    (ALG_CLASS_MSG_ENCRYPT | ALG_TYPE_SECURECHANNEL | ALG_SID_TLS1_MASTER)
#define CALG_RC5                                     (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_RC5)
#define CALG_HMAC                                    (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_HMAC)
#define CALG_TLS1PRF                                 (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_TLS1PRF)
#define CALG_HASH_REPLACE_OWF \
    (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_HASH_REPLACE_OWF)
#define CALG_AES_128                                 (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_AES_128)
#define CALG_AES_192                                 (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_AES_192)
#define CALG_AES_256                                 (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_AES_256)
#define CALG_AES                                     (ALG_CLASS_DATA_ENCRYPT|ALG_TYPE_BLOCK|ALG_SID_AES)
#define CALG_SHA_256                                 (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_SHA_256)
#define CALG_SHA_384                                 (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_SHA_384)
#define CALG_SHA_512                                 (ALG_CLASS_HASH | ALG_TYPE_ANY | ALG_SID_SHA_512)
#define CALG_ECDH                                    (ALG_CLASS_KEY_EXCHANGE | ALG_TYPE_DH | ALG_SID_ECDH)
#define CALG_ECDH_EPHEM \
    (ALG_CLASS_KEY_EXCHANGE | ALG_TYPE_ECDH | ALG_SID_ECDH_EPHEM)
#define CALG_ECMQV                                   (ALG_CLASS_KEY_EXCHANGE | ALG_TYPE_ANY | ALG_SID_ECMQV)
#define CALG_ECDSA                                   (ALG_CLASS_SIGNATURE | ALG_TYPE_DSS | ALG_SID_ECDSA)
#define CALG_NULLCIPHER                              (ALG_CLASS_DATA_ENCRYPT | ALG_TYPE_ANY | 0)
#define CALG_THIRDPARTY_KEY_EXCHANGE \
    (ALG_CLASS_KEY_EXCHANGE | ALG_TYPE_THIRDPARTY | ALG_SID_THIRDPARTY_ANY)
#define CALG_THIRDPARTY_SIGNATURE \
    (ALG_CLASS_SIGNATURE | ALG_TYPE_THIRDPARTY | ALG_SID_THIRDPARTY_ANY)
#define CALG_THIRDPARTY_CIPHER \
    (ALG_CLASS_DATA_ENCRYPT | ALG_TYPE_THIRDPARTY | ALG_SID_THIRDPARTY_ANY)
#define CALG_THIRDPARTY_HASH \
    (ALG_CLASS_HASH | ALG_TYPE_THIRDPARTY | ALG_SID_THIRDPARTY_ANY)
#define CALG_OID_INFO_CNG_ONLY                       0xffffffff
#define CALG_OID_INFO_PARAMETERS                     0xfffffffe
#define GET_ALG_CLASS(x) ((x) & (7 << 13))
#define GET_ALG_TYPE(x) ((x) & (15 << 9))
#define GET_ALG_SID(x) ((x) & 511)

/* ---- CryptoAPI: providers, keys, hashes ---- */
#define PROV_RSA_FULL                                1
#define PROV_RSA_SIG                                 2
#define PROV_DSS                                     3
#define PROV_RSA_SCHANNEL                            12
#define PROV_DSS_DH                                  13
#define PROV_EC_ECDSA_SIG                            14
#define PROV_EC_ECNRA_SIG                            15
#define PROV_EC_ECDSA_FULL                           16
#define PROV_EC_ECNRA_FULL                           17
#define PROV_DH_SCHANNEL                             18
#define PROV_RNG                                     21
#define PROV_RSA_AES                                 24
#define CRYPT_VERIFYCONTEXT                          0xf0000000
#define CRYPT_NEWKEYSET                              0x8
#define CRYPT_DELETEKEYSET                           0x10
#define CRYPT_MACHINE_KEYSET                         0x20
#define CRYPT_SILENT                                 0x40
#define CRYPT_EXPORTABLE                             0x1
#define CRYPT_USER_PROTECTED                         0x2
#define CRYPT_CREATE_SALT                            0x4
#define CRYPT_UPDATE_KEY                             0x8
#define CRYPT_NO_SALT                                0x10
#define CRYPT_PREGEN                                 0x40
#define CRYPT_ARCHIVABLE                             0x4000
#define SIMPLEBLOB                                   0x1
#define PUBLICKEYBLOB                                0x6
#define PRIVATEKEYBLOB                               0x7
#define PLAINTEXTKEYBLOB                             0x8
#define OPAQUEKEYBLOB                                0x9
#define AT_KEYEXCHANGE                               1
#define AT_SIGNATURE                                 2
#define HP_ALGID                                     0x1
#define HP_HASHVAL                                   0x2
#define HP_HASHSIZE                                  0x4
#define HP_HMAC_INFO                                 0x5
#define HP_TLS1PRF_LABEL                             0x6
#define HP_TLS1PRF_SEED                              0x7
#define CUR_BLOB_VERSION                             2
#define CERT_NCRYPT_KEY_SPEC                         0xffffffff
#define MS_DEF_PROV                                  SSPI_UAW(MS_DEF_PROV)
#define MS_ENHANCED_PROV                             SSPI_UAW(MS_ENHANCED_PROV)
#define MS_STRONG_PROV                               SSPI_UAW(MS_STRONG_PROV)
#define MS_DEF_RSA_SCHANNEL_PROV                     SSPI_UAW(MS_DEF_RSA_SCHANNEL_PROV)
#define MS_ENH_RSA_AES_PROV                          SSPI_UAW(MS_ENH_RSA_AES_PROV)
#define MS_DEF_PROV_A                                "Microsoft Base Cryptographic Provider v1.0"
#define MS_DEF_PROV_W                                L"Microsoft Base Cryptographic Provider v1.0"
#define MS_ENHANCED_PROV_A                           "Microsoft Enhanced Cryptographic Provider v1.0"
#define MS_ENHANCED_PROV_W                           L"Microsoft Enhanced Cryptographic Provider v1.0"
#define MS_STRONG_PROV_A                             "Microsoft Strong Cryptographic Provider"
#define MS_STRONG_PROV_W                             L"Microsoft Strong Cryptographic Provider"
#define MS_DEF_RSA_SCHANNEL_PROV_A                   "Microsoft RSA SChannel Cryptographic Provider"
#define MS_DEF_RSA_SCHANNEL_PROV_W                   L"Microsoft RSA SChannel Cryptographic Provider"
#define MS_ENH_RSA_AES_PROV_A                        "Microsoft Enhanced RSA and AES Cryptographic Provider"
#define MS_ENH_RSA_AES_PROV_W                        L"Microsoft Enhanced RSA and AES Cryptographic Provider"
typedef struct _PUBLICKEYSTRUC {
    BYTE bType;
    BYTE bVersion;
    WORD reserved;
    ALG_ID aiKeyAlg;
} BLOBHEADER, PUBLICKEYSTRUC;
typedef PUBLICKEYSTRUC BLOBHEADER;
typedef struct _RSAPUBKEY {
    DWORD magic;
    DWORD bitlen;
    DWORD pubexp;
} RSAPUBKEY;

/* ---- bytes and encodings ---- */
typedef struct _CRYPTOAPI_BLOB {
    DWORD cbData;
    BYTE *pbData;
} CRYPT_INTEGER_BLOB, *PCRYPT_INTEGER_BLOB, CRYPT_UINT_BLOB, *PCRYPT_UINT_BLOB, CRYPT_OBJID_BLOB,
    *PCRYPT_OBJID_BLOB, CERT_NAME_BLOB, *PCERT_NAME_BLOB, CERT_RDN_VALUE_BLOB, *PCERT_RDN_VALUE_BLOB,
    CERT_BLOB, *PCERT_BLOB, CRL_BLOB, *PCRL_BLOB, DATA_BLOB, *PDATA_BLOB, CRYPT_DATA_BLOB,
    *PCRYPT_DATA_BLOB, CRYPT_HASH_BLOB, *PCRYPT_HASH_BLOB, CRYPT_DIGEST_BLOB, *PCRYPT_DIGEST_BLOB,
    CRYPT_DER_BLOB, *PCRYPT_DER_BLOB, CRYPT_ATTR_BLOB, *PCRYPT_ATTR_BLOB;
typedef struct _CRYPT_BIT_BLOB {
    DWORD cbData;
    BYTE *pbData;
    DWORD cUnusedBits;
} CRYPT_BIT_BLOB, *PCRYPT_BIT_BLOB;
typedef struct _CRYPT_ALGORITHM_IDENTIFIER {
    LPSTR pszObjId;
    CRYPT_OBJID_BLOB Parameters;
} CRYPT_ALGORITHM_IDENTIFIER, *PCRYPT_ALGORITHM_IDENTIFIER;
#define CERT_ENCODING_TYPE_MASK                      0x0000ffff
#define CMSG_ENCODING_TYPE_MASK                      0xffff0000
#define CRYPT_ASN_ENCODING                           0x1
#define CRYPT_NDR_ENCODING                           0x2
#define X509_ASN_ENCODING                            0x1
#define X509_NDR_ENCODING                            0x2
#define PKCS_7_ASN_ENCODING                          0x10000
#define PKCS_7_NDR_ENCODING                          0x20000
#define CRYPT_ENCODE_NO_SIGNATURE_BYTE_REVERSAL_FLAG 0x8
#define CRYPT_ENCODE_ALLOC_FLAG                      0x8000
#define CRYPT_ENCODE_ENABLE_PUNYCODE_FLAG            0x20000
#define CRYPT_ENCODE_ENABLE_UTF8PERCENT_FLAG         0x40000
#define CRYPT_ENCODE_ENABLE_IA5CONVERSION_FLAG \
    (CRYPT_ENCODE_ENABLE_PUNYCODE_FLAG | CRYPT_ENCODE_ENABLE_UTF8PERCENT_FLAG)
#define CRYPT_DECODE_NOCOPY_FLAG                     0x1
#define CRYPT_DECODE_TO_BE_SIGNED_FLAG               0x2
#define CRYPT_DECODE_SHARE_OID_STRING_FLAG           0x4
#define CRYPT_DECODE_NO_SIGNATURE_BYTE_REVERSAL_FLAG 0x8
#define CRYPT_DECODE_ALLOC_FLAG                      0x8000
#define CRYPT_DECODE_ENABLE_PUNYCODE_FLAG            0x2000000
#define CRYPT_DECODE_ENABLE_UTF8PERCENT_FLAG         0x4000000
#define CRYPT_DECODE_ENABLE_IA5CONVERSION_FLAG \
    (CRYPT_DECODE_ENABLE_PUNYCODE_FLAG | CRYPT_DECODE_ENABLE_UTF8PERCENT_FLAG)
typedef LPVOID(WINAPI *PFN_CRYPT_ALLOC)(size_t cbSize);
typedef VOID(WINAPI *PFN_CRYPT_FREE)(LPVOID pv);
typedef struct _CRYPT_ENCODE_PARA {
    DWORD cbSize;
    PFN_CRYPT_ALLOC pfnAlloc;
    PFN_CRYPT_FREE pfnFree;
} CRYPT_ENCODE_PARA, *PCRYPT_ENCODE_PARA;
typedef struct _CRYPT_DECODE_PARA {
    DWORD cbSize;
    PFN_CRYPT_ALLOC pfnAlloc;
    PFN_CRYPT_FREE pfnFree;
} CRYPT_DECODE_PARA, *PCRYPT_DECODE_PARA;
typedef struct _CRYPT_OBJID_TABLE {
    DWORD dwAlgId;
    LPCSTR pszObjId;
} CRYPT_OBJID_TABLE, *PCRYPT_OBJID_TABLE;
typedef struct _CRYPT_HASH_INFO {
    CRYPT_ALGORITHM_IDENTIFIER HashAlgorithm;
    CRYPT_HASH_BLOB Hash;
} CRYPT_HASH_INFO, *PCRYPT_HASH_INFO;
typedef struct _CERT_EXTENSION {
    LPSTR pszObjId;
    BOOL fCritical;
    CRYPT_OBJID_BLOB Value;
} CERT_EXTENSION, *PCERT_EXTENSION;
typedef const CERT_EXTENSION *PCCERT_EXTENSION;
typedef struct _CRYPT_ATTRIBUTE_TYPE_VALUE {
    LPSTR pszObjId;
    CRYPT_OBJID_BLOB Value;
} CRYPT_ATTRIBUTE_TYPE_VALUE, *PCRYPT_ATTRIBUTE_TYPE_VALUE;
typedef struct _CRYPT_ATTRIBUTE {
    LPSTR pszObjId;
    DWORD cValue;
    PCRYPT_ATTR_BLOB rgValue;
} CRYPT_ATTRIBUTE, *PCRYPT_ATTRIBUTE;
typedef struct _CRYPT_ATTRIBUTES {
    DWORD cAttr;
    PCRYPT_ATTRIBUTE rgAttr;
} CRYPT_ATTRIBUTES, *PCRYPT_ATTRIBUTES;
typedef struct _CERT_RDN_ATTR {
    LPSTR pszObjId;
    DWORD dwValueType;
    CERT_RDN_VALUE_BLOB Value;
} CERT_RDN_ATTR, *PCERT_RDN_ATTR;
typedef struct _CERT_RDN {
    DWORD cRDNAttr;
    PCERT_RDN_ATTR rgRDNAttr;
} CERT_RDN, *PCERT_RDN;
typedef struct _CERT_NAME_INFO {
    DWORD cRDN;
    PCERT_RDN rgRDN;
} CERT_NAME_INFO, *PCERT_NAME_INFO;
typedef struct _CERT_NAME_VALUE {
    DWORD dwValueType;
    CERT_RDN_VALUE_BLOB Value;
} CERT_NAME_VALUE, *PCERT_NAME_VALUE;
typedef struct _CERT_PUBLIC_KEY_INFO {
    CRYPT_ALGORITHM_IDENTIFIER Algorithm;
    CRYPT_BIT_BLOB PublicKey;
} CERT_PUBLIC_KEY_INFO, *PCERT_PUBLIC_KEY_INFO;
typedef struct _CRYPT_ECC_PRIVATE_KEY_INFO {
    DWORD dwVersion;
    CRYPT_DER_BLOB PrivateKey;
    LPSTR szCurveOid;
    CRYPT_BIT_BLOB PublicKey;
} CRYPT_ECC_PRIVATE_KEY_INFO, *PCRYPT_ECC_PRIVATE_KEY_INFO;
typedef struct _CRYPT_PRIVATE_KEY_INFO {
    DWORD Version;
    CRYPT_ALGORITHM_IDENTIFIER Algorithm;
    CRYPT_DER_BLOB PrivateKey;
    PCRYPT_ATTRIBUTES pAttributes;
} CRYPT_PRIVATE_KEY_INFO, *PCRYPT_PRIVATE_KEY_INFO;
typedef struct _CRYPT_ENCRYPTED_PRIVATE_KEY_INFO {
    CRYPT_ALGORITHM_IDENTIFIER EncryptionAlgorithm;
    CRYPT_DATA_BLOB EncryptedPrivateKey;
} CRYPT_ENCRYPTED_PRIVATE_KEY_INFO, *PCRYPT_ENCRYPTED_PRIVATE_KEY_INFO;
#define CERT_RDN_ANY_TYPE                            0
#define CERT_RDN_ENCODED_BLOB                        1
#define CERT_RDN_OCTET_STRING                        2
#define CERT_RDN_NUMERIC_STRING                      3
#define CERT_RDN_PRINTABLE_STRING                    4
#define CERT_RDN_TELETEX_STRING                      5
#define CERT_RDN_T61_STRING                          5
#define CERT_RDN_VIDEOTEX_STRING                     6
#define CERT_RDN_IA5_STRING                          7
#define CERT_RDN_GRAPHIC_STRING                      8
#define CERT_RDN_VISIBLE_STRING                      9
#define CERT_RDN_ISO646_STRING                       9
#define CERT_RDN_GENERAL_STRING                      10
#define CERT_RDN_UNIVERSAL_STRING                    11
#define CERT_RDN_INT4_STRING                         11
#define CERT_RDN_BMP_STRING                          12
#define CERT_RDN_UNICODE_STRING                      12
#define CERT_RDN_UTF8_STRING                         13
#define CERT_RDN_TYPE_MASK                           0x000000ff
#define CERT_RDN_FLAGS_MASK                          0xff000000
#define CERT_RDN_ENABLE_T61_UNICODE_FLAG             0x80000000
#define CERT_RDN_ENABLE_UTF8_UNICODE_FLAG            0x20000000
#define CERT_RDN_FORCE_UTF8_UNICODE_FLAG             0x10000000
#define CERT_RDN_DISABLE_CHECK_TYPE_FLAG             0x40000000
#define CERT_RDN_DISABLE_IE4_UTF8_FLAG               0x1000000
#define CERT_RDN_ENABLE_PUNYCODE_FLAG                0x2000000

/* ---- certificates, CRLs, CTLs ---- */
typedef struct _CERT_INFO {
    DWORD dwVersion;
    CRYPT_INTEGER_BLOB SerialNumber;
    CRYPT_ALGORITHM_IDENTIFIER SignatureAlgorithm;
    CERT_NAME_BLOB Issuer;
    FILETIME NotBefore;
    FILETIME NotAfter;
    CERT_NAME_BLOB Subject;
    CERT_PUBLIC_KEY_INFO SubjectPublicKeyInfo;
    CRYPT_BIT_BLOB IssuerUniqueId;
    CRYPT_BIT_BLOB SubjectUniqueId;
    DWORD cExtension;
    PCERT_EXTENSION rgExtension;
} CERT_INFO, *PCERT_INFO;
typedef struct _CRL_ENTRY {
    CRYPT_INTEGER_BLOB SerialNumber;
    FILETIME RevocationDate;
    DWORD cExtension;
    PCERT_EXTENSION rgExtension;
} CRL_ENTRY, *PCRL_ENTRY;
typedef struct _CRL_INFO {
    DWORD dwVersion;
    CRYPT_ALGORITHM_IDENTIFIER SignatureAlgorithm;
    CERT_NAME_BLOB Issuer;
    FILETIME ThisUpdate;
    FILETIME NextUpdate;
    DWORD cCRLEntry;
    PCRL_ENTRY rgCRLEntry;
    DWORD cExtension;
    PCERT_EXTENSION rgExtension;
} CRL_INFO, *PCRL_INFO;
typedef struct _CERT_SIGNED_CONTENT_INFO {
    CRYPT_DER_BLOB ToBeSigned;
    CRYPT_ALGORITHM_IDENTIFIER SignatureAlgorithm;
    CRYPT_BIT_BLOB Signature;
} CERT_SIGNED_CONTENT_INFO, *PCERT_SIGNED_CONTENT_INFO;
typedef struct _CERT_REQUEST_INFO {
    DWORD dwVersion;
    CERT_NAME_BLOB Subject;
    CERT_PUBLIC_KEY_INFO SubjectPublicKeyInfo;
    DWORD cAttribute;
    PCRYPT_ATTRIBUTE rgAttribute;
} CERT_REQUEST_INFO, *PCERT_REQUEST_INFO;
typedef struct _CTL_USAGE {
    DWORD cUsageIdentifier;
    LPSTR *rgpszUsageIdentifier;
} CTL_USAGE, *PCTL_USAGE, CERT_ENHKEY_USAGE, *PCERT_ENHKEY_USAGE;
typedef const CTL_USAGE *PCCTL_USAGE;
typedef const CERT_ENHKEY_USAGE *PCCERT_ENHKEY_USAGE;
typedef struct _CTL_ENTRY {
    CRYPT_DATA_BLOB SubjectIdentifier;
    DWORD cAttribute;
    PCRYPT_ATTRIBUTE rgAttribute;
} CTL_ENTRY, *PCTL_ENTRY;
typedef struct _CTL_INFO {
    DWORD dwVersion;
    CTL_USAGE SubjectUsage;
    CRYPT_DATA_BLOB ListIdentifier;
    CRYPT_INTEGER_BLOB SequenceNumber;
    FILETIME ThisUpdate;
    FILETIME NextUpdate;
    CRYPT_ALGORITHM_IDENTIFIER SubjectAlgorithm;
    DWORD cCTLEntry;
    PCTL_ENTRY rgCTLEntry;
    DWORD cExtension;
    PCERT_EXTENSION rgExtension;
} CTL_INFO, *PCTL_INFO;
#define CERT_V1                                      0
#define CERT_V2                                      1
#define CERT_V3                                      2
#define CRL_V1                                       0
#define CRL_V2                                       1
#define CTL_V1                                       0
#define CERT_INFO_VERSION_FLAG                       1
#define CERT_INFO_SERIAL_NUMBER_FLAG                 2
#define CERT_INFO_SIGNATURE_ALGORITHM_FLAG           3
#define CERT_INFO_ISSUER_FLAG                        4
#define CERT_INFO_NOT_BEFORE_FLAG                    5
#define CERT_INFO_NOT_AFTER_FLAG                     6
#define CERT_INFO_SUBJECT_FLAG                       7
#define CERT_INFO_SUBJECT_PUBLIC_KEY_INFO_FLAG       8
#define CERT_INFO_ISSUER_UNIQUE_ID_FLAG              9
#define CERT_INFO_SUBJECT_UNIQUE_ID_FLAG             10
#define CERT_INFO_EXTENSION_FLAG                     11
typedef struct _CERT_CONTEXT {
    DWORD dwCertEncodingType;
    BYTE *pbCertEncoded;
    DWORD cbCertEncoded;
    PCERT_INFO pCertInfo;
    HCERTSTORE hCertStore;
} CERT_CONTEXT, *PCERT_CONTEXT;
typedef const CERT_CONTEXT *PCCERT_CONTEXT;
typedef struct _CRL_CONTEXT {
    DWORD dwCertEncodingType;
    BYTE *pbCrlEncoded;
    DWORD cbCrlEncoded;
    PCRL_INFO pCrlInfo;
    HCERTSTORE hCertStore;
} CRL_CONTEXT, *PCRL_CONTEXT;
typedef const CRL_CONTEXT *PCCRL_CONTEXT;
typedef struct _CTL_CONTEXT {
    DWORD dwMsgAndCertEncodingType;
    BYTE *pbCtlEncoded;
    DWORD cbCtlEncoded;
    PCTL_INFO pCtlInfo;
    HCERTSTORE hCertStore;
    HCRYPTMSG hCryptMsg;
    BYTE *pbCtlContent;
    DWORD cbCtlContent;
} CTL_CONTEXT, *PCTL_CONTEXT;
typedef const CTL_CONTEXT *PCCTL_CONTEXT;

/* ---- properties of a certificate ---- */
#define CERT_KEY_PROV_HANDLE_PROP_ID                 1
#define CERT_KEY_PROV_INFO_PROP_ID                   2
#define CERT_SHA1_HASH_PROP_ID                       3
#define CERT_MD5_HASH_PROP_ID                        4
#define CERT_HASH_PROP_ID                            CERT_SHA1_HASH_PROP_ID
#define CERT_KEY_CONTEXT_PROP_ID                     5
#define CERT_KEY_SPEC_PROP_ID                        6
#define CERT_IE30_RESERVED_PROP_ID                   7
#define CERT_PUBKEY_HASH_RESERVED_PROP_ID            8
#define CERT_ENHKEY_USAGE_PROP_ID                    9
#define CERT_CTL_USAGE_PROP_ID                       CERT_ENHKEY_USAGE_PROP_ID
#define CERT_NEXT_UPDATE_LOCATION_PROP_ID            10
#define CERT_FRIENDLY_NAME_PROP_ID                   11
#define CERT_PVK_FILE_PROP_ID                        12
#define CERT_DESCRIPTION_PROP_ID                     13
#define CERT_ACCESS_STATE_PROP_ID                    14
#define CERT_SIGNATURE_HASH_PROP_ID                  15
#define CERT_SMART_CARD_DATA_PROP_ID                 16
#define CERT_EFS_PROP_ID                             17
#define CERT_FORTEZZA_DATA_PROP_ID                   18
#define CERT_ARCHIVED_PROP_ID                        19
#define CERT_KEY_IDENTIFIER_PROP_ID                  20
#define CERT_AUTO_ENROLL_PROP_ID                     21
#define CERT_PUBKEY_ALG_PARA_PROP_ID                 22
#define CERT_CROSS_CERT_DIST_POINTS_PROP_ID          23
#define CERT_ISSUER_PUBLIC_KEY_MD5_HASH_PROP_ID      24
#define CERT_SUBJECT_PUBLIC_KEY_MD5_HASH_PROP_ID     25
#define CERT_ENROLLMENT_PROP_ID                      26
#define CERT_DATE_STAMP_PROP_ID                      27
#define CERT_ISSUER_SERIAL_NUMBER_MD5_HASH_PROP_ID   28
#define CERT_SUBJECT_NAME_MD5_HASH_PROP_ID           29
#define CERT_EXTENDED_ERROR_INFO_PROP_ID             30
#define CERT_RENEWAL_PROP_ID                         64
#define CERT_ARCHIVED_KEY_HASH_PROP_ID               65
#define CERT_AUTO_ENROLL_RETRY_PROP_ID               66
#define CERT_AIA_URL_RETRIEVED_PROP_ID               67
#define CERT_AUTHORITY_INFO_ACCESS_PROP_ID           68
#define CERT_BACKED_UP_PROP_ID                       69
#define CERT_OCSP_RESPONSE_PROP_ID                   70
#define CERT_REQUEST_ORIGINATOR_PROP_ID              71
#define CERT_SOURCE_LOCATION_PROP_ID                 72
#define CERT_SOURCE_URL_PROP_ID                      73
#define CERT_NEW_KEY_PROP_ID                         74
#define CERT_OCSP_CACHE_PREFIX_PROP_ID               75
#define CERT_SMART_CARD_ROOT_INFO_PROP_ID            76
#define CERT_NO_AUTO_EXPIRE_CHECK_PROP_ID            77
#define CERT_NCRYPT_KEY_HANDLE_PROP_ID               78
#define CERT_HCRYPTPROV_OR_NCRYPT_KEY_HANDLE_PROP_ID 79
#define CERT_SUBJECT_INFO_ACCESS_PROP_ID             80
#define CERT_CA_OCSP_AUTHORITY_INFO_ACCESS_PROP_ID   81
#define CERT_CA_DISABLE_CRL_PROP_ID                  82
#define CERT_ROOT_PROGRAM_CERT_POLICIES_PROP_ID      83
#define CERT_ROOT_PROGRAM_NAME_CONSTRAINTS_PROP_ID   84
#define CERT_SUBJECT_OCSP_AUTHORITY_INFO_ACCESS_PROP_ID 85
#define CERT_SUBJECT_DISABLE_CRL_PROP_ID             86
#define CERT_CEP_PROP_ID                             87
#define CERT_SIGN_HASH_CNG_ALG_PROP_ID               89
#define CERT_SCARD_PIN_ID_PROP_ID                    90
#define CERT_SCARD_PIN_INFO_PROP_ID                  91
#define CERT_SUBJECT_PUB_KEY_BIT_LENGTH_PROP_ID      92
#define CERT_PUB_KEY_CNG_ALG_BIT_LENGTH_PROP_ID      93
#define CERT_ISSUER_PUB_KEY_BIT_LENGTH_PROP_ID       94
#define CERT_ISSUER_CHAIN_SIGN_HASH_CNG_ALG_PROP_ID  95
#define CERT_ISSUER_CHAIN_PUB_KEY_CNG_ALG_BIT_LENGTH_PROP_ID 96
#define CERT_NO_EXPIRE_NOTIFICATION_PROP_ID          97
#define CERT_AUTH_ROOT_SHA256_HASH_PROP_ID           98
#define CERT_NCRYPT_KEY_HANDLE_TRANSFER_PROP_ID      99
#define CERT_HCRYPTPROV_TRANSFER_PROP_ID             100
#define CERT_SMART_CARD_READER_PROP_ID               101
#define CERT_SEND_AS_TRUSTED_ISSUER_PROP_ID          102
#define CERT_KEY_REPAIR_ATTEMPTED_PROP_ID            103
#define CERT_DISALLOWED_FILETIME_PROP_ID             104
#define CERT_ROOT_PROGRAM_CHAIN_POLICIES_PROP_ID     105
#define CERT_SMART_CARD_READER_NON_REMOVABLE_PROP_ID 106
#define CERT_SHA256_HASH_PROP_ID                     107
#define CERT_SCEP_SERVER_CERTS_PROP_ID               108
#define CERT_SCEP_RA_SIGNATURE_CERT_PROP_ID          109
#define CERT_SCEP_RA_ENCRYPTION_CERT_PROP_ID         110
#define CERT_SCEP_CA_CERT_PROP_ID                    111
#define CERT_SCEP_SIGNER_CERT_PROP_ID                112
#define CERT_SCEP_NONCE_PROP_ID                      113
#define CERT_SCEP_ENCRYPT_HASH_CNG_ALG_PROP_ID       114
#define CERT_SCEP_FLAGS_PROP_ID                      115
#define CERT_SCEP_GUID_PROP_ID                       116
#define CERT_SERIALIZABLE_KEY_CONTEXT_PROP_ID        117
#define CERT_ISOLATED_KEY_PROP_ID                    118
#define CERT_SERIAL_CHAIN_PROP_ID                    119
#define CERT_KEY_CLASSIFICATION_PROP_ID              120
#define CERT_OCSP_MUST_STAPLE_PROP_ID                121
#define CERT_DISALLOWED_ENHKEY_USAGE_PROP_ID         122
#define CERT_NONCOMPLIANT_ROOT_URL_PROP_ID           123
#define CERT_PIN_SHA256_HASH_PROP_ID                 124
#define CERT_CLR_DELETE_KEY_PROP_ID                  125
#define CERT_NOT_BEFORE_FILETIME_PROP_ID             126
#define CERT_NOT_BEFORE_ENHKEY_USAGE_PROP_ID         127
#define CERT_FIRST_RESERVED_PROP_ID                  107
#define CERT_LAST_RESERVED_PROP_ID                   0x00007fff
#define CERT_FIRST_USER_PROP_ID                      0x8000
#define CERT_LAST_USER_PROP_ID                       0x0000ffff
#define CERT_SET_KEY_PROV_HANDLE_PROP_ID             0x1
#define CERT_SET_KEY_CONTEXT_PROP_ID                 0x1
#define CERT_STORE_LOCALIZED_NAME_PROP_ID            0x1000
#define CERT_SET_PROPERTY_IGNORE_PERSIST_ERROR_FLAG 0x80000000
#define CERT_SET_PROPERTY_INHIBIT_PERSIST_FLAG 0x40000000
typedef struct _CRYPT_KEY_PROV_PARAM {
    DWORD dwParam;
    BYTE *pbData;
    DWORD cbData;
    DWORD dwFlags;
} CRYPT_KEY_PROV_PARAM, *PCRYPT_KEY_PROV_PARAM;
typedef struct _CRYPT_KEY_PROV_INFO {
    LPWSTR pwszContainerName;
    LPWSTR pwszProvName;
    DWORD dwProvType;
    DWORD dwFlags;
    DWORD cProvParam;
    PCRYPT_KEY_PROV_PARAM rgProvParam;
    DWORD dwKeySpec;
} CRYPT_KEY_PROV_INFO, *PCRYPT_KEY_PROV_INFO;
typedef struct _CERT_KEY_CONTEXT {
    DWORD cbSize;
    __extension__ union {
        HCRYPTPROV hCryptProv;
        NCRYPT_KEY_HANDLE hNCryptKey;
    };
    DWORD dwKeySpec;
} CERT_KEY_CONTEXT, *PCERT_KEY_CONTEXT;

/* ---- extensions and names, decoded ---- */
typedef struct _CERT_OTHER_NAME {
    LPSTR pszObjId;
    CRYPT_OBJID_BLOB Value;
} CERT_OTHER_NAME, *PCERT_OTHER_NAME;
typedef struct _CERT_ALT_NAME_ENTRY {
    DWORD dwAltNameChoice; /* CERT_ALT_NAME_* */
    __extension__ union {
        PCERT_OTHER_NAME pOtherName;
        LPWSTR pwszRfc822Name;
        LPWSTR pwszDNSName;
        CERT_NAME_BLOB DirectoryName;
        LPWSTR pwszURL;
        CRYPT_DATA_BLOB IPAddress;
        LPSTR pszRegisteredID;
    };
} CERT_ALT_NAME_ENTRY, *PCERT_ALT_NAME_ENTRY;
#define CERT_ALT_NAME_OTHER_NAME                     1
#define CERT_ALT_NAME_RFC822_NAME                    2
#define CERT_ALT_NAME_DNS_NAME                       3
#define CERT_ALT_NAME_X400_ADDRESS                   4
#define CERT_ALT_NAME_DIRECTORY_NAME                 5
#define CERT_ALT_NAME_EDI_PARTY_NAME                 6
#define CERT_ALT_NAME_URL                            7
#define CERT_ALT_NAME_IP_ADDRESS                     8
#define CERT_ALT_NAME_REGISTERED_ID                  9
typedef struct _CERT_ALT_NAME_INFO {
    DWORD cAltEntry;
    PCERT_ALT_NAME_ENTRY rgAltEntry;
} CERT_ALT_NAME_INFO, *PCERT_ALT_NAME_INFO;
typedef struct _CERT_EXTENSIONS {
    DWORD cExtension;
    PCERT_EXTENSION rgExtension;
} CERT_EXTENSIONS, *PCERT_EXTENSIONS;
typedef struct _CERT_AUTHORITY_KEY_ID_INFO {
    CRYPT_DATA_BLOB KeyId;
    CERT_NAME_BLOB CertIssuer;
    CRYPT_INTEGER_BLOB CertSerialNumber;
} CERT_AUTHORITY_KEY_ID_INFO, *PCERT_AUTHORITY_KEY_ID_INFO;
typedef struct _CERT_PRIVATE_KEY_VALIDITY {
    FILETIME NotBefore;
    FILETIME NotAfter;
} CERT_PRIVATE_KEY_VALIDITY, *PCERT_PRIVATE_KEY_VALIDITY;
typedef struct _CERT_BASIC_CONSTRAINTS_INFO {
    CRYPT_BIT_BLOB SubjectType;
    BOOL fPathLenConstraint;
    DWORD dwPathLenConstraint;
    DWORD cSubtreesConstraint;
    CERT_NAME_BLOB *rgSubtreesConstraint;
} CERT_BASIC_CONSTRAINTS_INFO, *PCERT_BASIC_CONSTRAINTS_INFO;
typedef struct _CERT_BASIC_CONSTRAINTS2_INFO {
    BOOL fCA;
    BOOL fPathLenConstraint;
    DWORD dwPathLenConstraint;
} CERT_BASIC_CONSTRAINTS2_INFO, *PCERT_BASIC_CONSTRAINTS2_INFO;
typedef struct _CERT_POLICY_QUALIFIER_INFO {
    LPSTR pszPolicyQualifierId;
    CRYPT_OBJID_BLOB Qualifier;
} CERT_POLICY_QUALIFIER_INFO, *PCERT_POLICY_QUALIFIER_INFO;
typedef struct _CERT_POLICY_INFO {
    LPSTR pszPolicyIdentifier;
    DWORD cPolicyQualifier;
    CERT_POLICY_QUALIFIER_INFO *rgPolicyQualifier;
} CERT_POLICY_INFO, *PCERT_POLICY_INFO;
typedef struct _CERT_POLICIES_INFO {
    DWORD cPolicyInfo;
    CERT_POLICY_INFO *rgPolicyInfo;
} CERT_POLICIES_INFO, *PCERT_POLICIES_INFO;
typedef struct _CERT_POLICY_MAPPING {
    LPSTR pszIssuerDomainPolicy;
    LPSTR pszSubjectDomainPolicy;
} CERT_POLICY_MAPPING, *PCERT_POLICY_MAPPING;
typedef struct _CERT_POLICY_MAPPINGS_INFO {
    DWORD cPolicyMapping;
    PCERT_POLICY_MAPPING rgPolicyMapping;
} CERT_POLICY_MAPPINGS_INFO, *PCERT_POLICY_MAPPINGS_INFO;
typedef struct _CERT_POLICY_CONSTRAINTS_INFO {
    BOOL fRequireExplicitPolicy;
    DWORD dwRequireExplicitPolicySkipCerts;
    BOOL fInhibitPolicyMapping;
    DWORD dwInhibitPolicyMappingSkipCerts;
} CERT_POLICY_CONSTRAINTS_INFO, *PCERT_POLICY_CONSTRAINTS_INFO;
typedef struct _CERT_AUTHORITY_KEY_ID2_INFO {
    CRYPT_DATA_BLOB KeyId;
    CERT_ALT_NAME_INFO AuthorityCertIssuer;
    CRYPT_INTEGER_BLOB AuthorityCertSerialNumber;
} CERT_AUTHORITY_KEY_ID2_INFO, *PCERT_AUTHORITY_KEY_ID2_INFO;
typedef struct _CERT_ACCESS_DESCRIPTION {
    LPSTR pszAccessMethod;
    CERT_ALT_NAME_ENTRY AccessLocation;
} CERT_ACCESS_DESCRIPTION, *PCERT_ACCESS_DESCRIPTION;
typedef struct _CERT_AUTHORITY_INFO_ACCESS {
    DWORD cAccDescr;
    PCERT_ACCESS_DESCRIPTION rgAccDescr;
} CERT_AUTHORITY_INFO_ACCESS, *PCERT_AUTHORITY_INFO_ACCESS;
typedef struct _CRL_DIST_POINT_NAME {
    DWORD dwDistPointNameChoice; /* CRL_DIST_POINT_* */
    __extension__ union {
        CERT_ALT_NAME_INFO FullName;
    };
} CRL_DIST_POINT_NAME, *PCRL_DIST_POINT_NAME;
#define CRL_DIST_POINT_NO_NAME                       0
#define CRL_DIST_POINT_FULL_NAME                     1
#define CRL_DIST_POINT_ISSUER_RDN_NAME               2
typedef struct _CRL_DIST_POINT {
    CRL_DIST_POINT_NAME DistPointName;
    CRYPT_BIT_BLOB ReasonFlags;
    CERT_ALT_NAME_INFO CRLIssuer;
} CRL_DIST_POINT, *PCRL_DIST_POINT;
typedef struct _CRL_DIST_POINTS_INFO {
    DWORD cDistPoint;
    PCRL_DIST_POINT rgDistPoint;
} CRL_DIST_POINTS_INFO, *PCRL_DIST_POINTS_INFO;
typedef struct _CERT_GENERAL_SUBTREE {
    CERT_ALT_NAME_ENTRY Base;
    DWORD dwMinimum;
    BOOL fMaximum;
    DWORD dwMaximum;
} CERT_GENERAL_SUBTREE, *PCERT_GENERAL_SUBTREE;
typedef struct _CERT_NAME_CONSTRAINTS_INFO {
    DWORD cPermittedSubtree;
    PCERT_GENERAL_SUBTREE rgPermittedSubtree;
    DWORD cExcludedSubtree;
    PCERT_GENERAL_SUBTREE rgExcludedSubtree;
} CERT_NAME_CONSTRAINTS_INFO, *PCERT_NAME_CONSTRAINTS_INFO;
typedef struct _CERT_ECC_SIGNATURE {
    CRYPT_UINT_BLOB r;
    CRYPT_UINT_BLOB s;
} CERT_ECC_SIGNATURE, *PCERT_ECC_SIGNATURE;
typedef struct _CRYPT_MASK_GEN_ALGORITHM {
    LPSTR pszObjId;
    CRYPT_ALGORITHM_IDENTIFIER HashAlgorithm;
} CRYPT_MASK_GEN_ALGORITHM, *PCRYPT_MASK_GEN_ALGORITHM;
typedef struct _CRYPT_RSA_SSA_PSS_PARAMETERS {
    CRYPT_ALGORITHM_IDENTIFIER HashAlgorithm;
    CRYPT_MASK_GEN_ALGORITHM MaskGenAlgorithm;
    DWORD dwSaltLength;
    DWORD dwTrailerField;
} CRYPT_RSA_SSA_PSS_PARAMETERS, *PCRYPT_RSA_SSA_PSS_PARAMETERS;
#define CERT_ENCIPHER_ONLY_KEY_USAGE                 0x01
#define CERT_CRL_SIGN_KEY_USAGE                      0x02
#define CERT_OFFLINE_CRL_SIGN_KEY_USAGE              0x02
#define CERT_KEY_CERT_SIGN_KEY_USAGE                 0x04
#define CERT_KEY_AGREEMENT_KEY_USAGE                 0x08
#define CERT_DATA_ENCIPHERMENT_KEY_USAGE             0x10
#define CERT_KEY_ENCIPHERMENT_KEY_USAGE              0x20
#define CERT_NON_REPUDIATION_KEY_USAGE               0x40
#define CERT_DIGITAL_SIGNATURE_KEY_USAGE             0x80
#define CERT_DECIPHER_ONLY_KEY_USAGE                 0x80
#define CERT_CA_SUBJECT_FLAG                         0x80
#define CERT_END_ENTITY_SUBJECT_FLAG                 0x40

/* lpszStructType of CryptDecodeObjectEx and CryptEncodeObjectEx. */
#define X509_CERT                                    ((LPCSTR) 1)
#define X509_CERT_TO_BE_SIGNED                       ((LPCSTR) 2)
#define X509_CERT_CRL_TO_BE_SIGNED                   ((LPCSTR) 3)
#define X509_CERT_REQUEST_TO_BE_SIGNED               ((LPCSTR) 4)
#define X509_NAME_VALUE                              ((LPCSTR) 6)
#define X509_PUBLIC_KEY_INFO                         ((LPCSTR) 8)
#define X509_AUTHORITY_KEY_ID                        ((LPCSTR) 9)
#define X509_KEY_ATTRIBUTES                          ((LPCSTR) 10)
#define X509_KEY_USAGE_RESTRICTION                   ((LPCSTR) 11)
#define X509_ALTERNATE_NAME                          ((LPCSTR) 12)
#define X509_BASIC_CONSTRAINTS                       ((LPCSTR) 13)
#define X509_KEY_USAGE                               ((LPCSTR) 14)
#define X509_BASIC_CONSTRAINTS2                      ((LPCSTR) 15)
#define X509_CERT_POLICIES                           ((LPCSTR) 16)
#define X509_UNICODE_NAME                            ((LPCSTR) 20)
#define X509_UNICODE_NAME_VALUE                      ((LPCSTR) 24)
#define X509_ANY_STRING                              X509_NAME_VALUE
#define X509_UNICODE_ANY_STRING                      X509_UNICODE_NAME_VALUE
#define X509_OCTET_STRING                            ((LPCSTR) 25)
#define X509_BITS                                    ((LPCSTR) 26)
#define X509_INTEGER                                 ((LPCSTR) 27)
#define X509_MULTI_BYTE_INTEGER                      ((LPCSTR) 28)
#define X509_ENUMERATED                              ((LPCSTR) 29)
#define X509_CHOICE_OF_TIME                          ((LPCSTR) 30)
#define X509_AUTHORITY_KEY_ID2                       ((LPCSTR) 31)
#define X509_AUTHORITY_INFO_ACCESS                   ((LPCSTR) 32)
#define X509_CRL_REASON_CODE                         X509_ENUMERATED
#define X509_CRL_DIST_POINTS                         ((LPCSTR) 35)
#define X509_ENHANCED_KEY_USAGE                      ((LPCSTR) 36)
#define X509_MULTI_BYTE_UINT                         ((LPCSTR) 38)
#define X509_DSS_PUBLICKEY                           X509_MULTI_BYTE_UINT
#define X509_DSS_PARAMETERS                          ((LPCSTR) 39)
#define X509_DSS_SIGNATURE                           ((LPCSTR) 40)
#define X509_DH_PUBLICKEY                            X509_MULTI_BYTE_UINT
#define X509_DH_PARAMETERS                           ((LPCSTR) 47)
#define X509_ECC_SIGNATURE                           ((LPCSTR) 47)
#define X509_NAME_CONSTRAINTS                        ((LPCSTR) 55)
#define X509_POLICY_MAPPINGS                         ((LPCSTR) 56)
#define X509_POLICY_CONSTRAINTS                      ((LPCSTR) 57)
#define X509_OBJECT_IDENTIFIER                       ((LPCSTR) 73)
#define X509_ALGORITHM_IDENTIFIER                    ((LPCSTR) 74)
#define X509_ECC_PRIVATE_KEY                         ((LPCSTR) 82)
#define X509_ECC_PARAMETERS                          ((LPCSTR) 85)
#define PKCS_UTC_TIME                                ((LPCSTR) 17)
#define PKCS_TIME_REQUEST                            ((LPCSTR) 18)
#define RSA_CSP_PUBLICKEYBLOB                        ((LPCSTR) 19)
#define PKCS_ATTRIBUTE                               ((LPCSTR) 22)
#define PKCS_CONTENT_INFO                            ((LPCSTR) 33)
#define PKCS_RSA_PRIVATE_KEY                         ((LPCSTR) 43)
#define PKCS_PRIVATE_KEY_INFO                        ((LPCSTR) 44)
#define PKCS_ENCRYPTED_PRIVATE_KEY_INFO              ((LPCSTR) 45)
#define PKCS_ATTRIBUTES                              ((LPCSTR) 48)
#define CNG_RSA_PUBLIC_KEY_BLOB                      ((LPCSTR) 72)
#define PKCS_RSA_SSA_PSS_PARAMETERS                  ((LPCSTR) 75)
#define CNG_RSA_PRIVATE_KEY_BLOB                     ((LPCSTR) 83)
#ifdef OPENSSPI_X509_MACROS
/* These five rename types of OpenSSL's and wolfSSL's headers, so they are given only on request. */
#define X509_EXTENSIONS                              ((LPCSTR) 5)
#define X509_NAME                                    ((LPCSTR) 7)
#define OCSP_REQUEST                                 ((LPCSTR) 66)
#define OCSP_RESPONSE                                ((LPCSTR) 67)
#define PKCS7_SIGNER_INFO                            ((LPCSTR) 500)
#endif

/* ---- object identifiers ---- */
#define szOID_RSA_RSA                                "1.2.840.113549.1.1.1"
#define szOID_RSA_MD5RSA                             "1.2.840.113549.1.1.4"
#define szOID_RSA_SHA1RSA                            "1.2.840.113549.1.1.5"
#define szOID_RSA_MGF1                               "1.2.840.113549.1.1.8"
#define szOID_RSA_SSA_PSS                            "1.2.840.113549.1.1.10"
#define szOID_RSA_SHA256RSA                          "1.2.840.113549.1.1.11"
#define szOID_RSA_SHA384RSA                          "1.2.840.113549.1.1.12"
#define szOID_RSA_SHA512RSA                          "1.2.840.113549.1.1.13"
#define szOID_RSA_DH                                 "1.2.840.113549.1.3.1"
#define szOID_RSA_emailAddr                          "1.2.840.113549.1.9.1"
#define szOID_RSA_unstructName                       "1.2.840.113549.1.9.2"
#define szOID_ANSI_X942_DH                           "1.2.840.10046.2.1"
#define szOID_X957_DSA                               "1.2.840.10040.4.1"
#define szOID_X957_SHA1DSA                           "1.2.840.10040.4.3"
#define szOID_ECC_PUBLIC_KEY                         "1.2.840.10045.2.1"
#define szOID_ECC_CURVE_P256                         "1.2.840.10045.3.1.7"
#define szOID_ECC_CURVE_P384                         "1.3.132.0.34"
#define szOID_ECC_CURVE_P521                         "1.3.132.0.35"
#define szOID_ECDSA_SHA1                             "1.2.840.10045.4.1"
#define szOID_ECDSA_SPECIFIED                        "1.2.840.10045.4.3"
#define szOID_ECDSA_SHA256                           "1.2.840.10045.4.3.2"
#define szOID_ECDSA_SHA384                           "1.2.840.10045.4.3.3"
#define szOID_ECDSA_SHA512                           "1.2.840.10045.4.3.4"
#define szOID_OIWSEC_sha1                            "1.3.14.3.2.26"
#define szOID_NIST_sha256                            "2.16.840.1.101.3.4.2.1"
#define szOID_NIST_sha384                            "2.16.840.1.101.3.4.2.2"
#define szOID_NIST_sha512                            "2.16.840.1.101.3.4.2.3"
#define szOID_COMMON_NAME                            "2.5.4.3"
#define szOID_SUR_NAME                               "2.5.4.4"
#define szOID_DEVICE_SERIAL_NUMBER                   "2.5.4.5"
#define szOID_COUNTRY_NAME                           "2.5.4.6"
#define szOID_LOCALITY_NAME                          "2.5.4.7"
#define szOID_STATE_OR_PROVINCE_NAME                 "2.5.4.8"
#define szOID_STREET_ADDRESS                         "2.5.4.9"
#define szOID_ORGANIZATION_NAME                      "2.5.4.10"
#define szOID_ORGANIZATIONAL_UNIT_NAME               "2.5.4.11"
#define szOID_TITLE                                  "2.5.4.12"
#define szOID_DESCRIPTION                            "2.5.4.13"
#define szOID_GIVEN_NAME                             "2.5.4.42"
#define szOID_INITIALS                               "2.5.4.43"
#define szOID_DOMAIN_COMPONENT                       "0.9.2342.19200300.100.1.25"
#define szOID_PKCS_12_FRIENDLY_NAME_ATTR             "1.2.840.113549.1.9.20"
#define szOID_PKCS_12_LOCAL_KEY_ID                   "1.2.840.113549.1.9.21"
#define szOID_PKCS_12_KEY_PROVIDER_NAME_ATTR         "1.3.6.1.4.1.311.17.1"
#define szOID_PKCS_12_EXTENDED_ATTRIBUTES            "1.3.6.1.4.1.311.17.3"
#define szOID_PKCS_12_PROTECTED_PASSWORD_SECRET_BAG_TYPE_ID "1.3.6.1.4.1.311.17.4"
#define szOID_AUTHORITY_KEY_IDENTIFIER               "2.5.29.1"
#define szOID_SUBJECT_ALT_NAME                       "2.5.29.7"
#define szOID_ISSUER_ALT_NAME                        "2.5.29.8"
#define szOID_BASIC_CONSTRAINTS                      "2.5.29.10"
#define szOID_KEY_USAGE                              "2.5.29.15"
#define szOID_PRIVATEKEY_USAGE_PERIOD                "2.5.29.16"
#define szOID_BASIC_CONSTRAINTS2                     "2.5.29.19"
#define szOID_CERT_POLICIES                          "2.5.29.32"
#define szOID_ANY_CERT_POLICY                        "2.5.29.32.0"
#define szOID_AUTHORITY_KEY_IDENTIFIER2              "2.5.29.35"
#define szOID_SUBJECT_KEY_IDENTIFIER                 "2.5.29.14"
#define szOID_SUBJECT_ALT_NAME2                      "2.5.29.17"
#define szOID_ISSUER_ALT_NAME2                       "2.5.29.18"
#define szOID_CRL_REASON_CODE                        "2.5.29.21"
#define szOID_CRL_DIST_POINTS                        "2.5.29.31"
#define szOID_ENHANCED_KEY_USAGE                     "2.5.29.37"
#define szOID_ANY_ENHANCED_KEY_USAGE                 "2.5.29.37.0"
#define szOID_CRL_NUMBER                             "2.5.29.20"
#define szOID_DELTA_CRL_INDICATOR                    "2.5.29.27"
#define szOID_ISSUING_DIST_POINT                     "2.5.29.28"
#define szOID_NAME_CONSTRAINTS                       "2.5.29.30"
#define szOID_POLICY_MAPPINGS                        "2.5.29.33"
#define szOID_POLICY_CONSTRAINTS                     "2.5.29.36"
#define szOID_AUTHORITY_INFO_ACCESS                  "1.3.6.1.5.5.7.1.1"
#define szOID_TLS_FEATURES_EXT                       "1.3.6.1.5.5.7.1.24"
#define szOID_PKIX_KP_SERVER_AUTH                    "1.3.6.1.5.5.7.3.1"
#define szOID_PKIX_KP_CLIENT_AUTH                    "1.3.6.1.5.5.7.3.2"
#define szOID_PKIX_KP_CODE_SIGNING                   "1.3.6.1.5.5.7.3.3"
#define szOID_PKIX_KP_EMAIL_PROTECTION               "1.3.6.1.5.5.7.3.4"
#define szOID_PKIX_KP_IPSEC_END_SYSTEM               "1.3.6.1.5.5.7.3.5"
#define szOID_PKIX_KP_IPSEC_TUNNEL                   "1.3.6.1.5.5.7.3.6"
#define szOID_PKIX_KP_IPSEC_USER                     "1.3.6.1.5.5.7.3.7"
#define szOID_PKIX_KP_TIMESTAMP_SIGNING              "1.3.6.1.5.5.7.3.8"
#define szOID_PKIX_KP_OCSP_SIGNING                   "1.3.6.1.5.5.7.3.9"
#define szOID_SERVER_GATED_CRYPTO                    "1.3.6.1.4.1.311.10.3.3"
#define szOID_SGC_NETSCAPE                           "2.16.840.1.113730.4.1"
#define szOID_PKIX_OCSP                              "1.3.6.1.5.5.7.48.1"
#define szOID_PKIX_CA_ISSUERS                        "1.3.6.1.5.5.7.48.2"
#define szOID_PKCS_12_PbeIds                         "1.2.840.113549.1.12.1"
#define szOID_PKCS_12_pbeWithSHA1And128BitRC4        "1.2.840.113549.1.12.1.1"
#define szOID_PKCS_12_pbeWithSHA1And40BitRC4         "1.2.840.113549.1.12.1.2"
#define szOID_PKCS_12_pbeWithSHA1And3KeyTripleDES    "1.2.840.113549.1.12.1.3"
#define szOID_PKCS_12_pbeWithSHA1And2KeyTripleDES    "1.2.840.113549.1.12.1.4"
#define szOID_PKCS_12_pbeWithSHA1And128BitRC2        "1.2.840.113549.1.12.1.5"
#define szOID_PKCS_12_pbeWithSHA1And40BitRC2         "1.2.840.113549.1.12.1.6"

/* ---- stores ---- */
#define CERT_STORE_PROV_MSG                          ((LPCSTR) 1)
#define CERT_STORE_PROV_MEMORY                       ((LPCSTR) 2)
#define CERT_STORE_PROV_FILE                         ((LPCSTR) 3)
#define CERT_STORE_PROV_REG                          ((LPCSTR) 4)
#define CERT_STORE_PROV_PKCS7                        ((LPCSTR) 5)
#define CERT_STORE_PROV_SERIALIZED                   ((LPCSTR) 6)
#define CERT_STORE_PROV_FILENAME_A                   ((LPCSTR) 7)
#define CERT_STORE_PROV_FILENAME_W                   ((LPCSTR) 8)
#define CERT_STORE_PROV_FILENAME                     CERT_STORE_PROV_FILENAME_W
#define CERT_STORE_PROV_SYSTEM_A                     ((LPCSTR) 9)
#define CERT_STORE_PROV_SYSTEM_W                     ((LPCSTR) 10)
#define CERT_STORE_PROV_SYSTEM                       CERT_STORE_PROV_SYSTEM_W
#define CERT_STORE_PROV_COLLECTION                   ((LPCSTR) 11)
#define CERT_STORE_PROV_SYSTEM_REGISTRY_A            ((LPCSTR) 12)
#define CERT_STORE_PROV_SYSTEM_REGISTRY_W            ((LPCSTR) 13)
#define CERT_STORE_PROV_SYSTEM_REGISTRY              CERT_STORE_PROV_SYSTEM_REGISTRY_W
#define CERT_STORE_PROV_PHYSICAL_W                   ((LPCSTR) 14)
#define CERT_STORE_PROV_PHYSICAL                     CERT_STORE_PROV_PHYSICAL_W
#define CERT_STORE_PROV_SMART_CARD_W                 ((LPCSTR) 15)
#define CERT_STORE_PROV_SMART_CARD                   CERT_STORE_PROV_SMART_CARD_W
#define CERT_STORE_PROV_LDAP_W                       ((LPCSTR) 16)
#define CERT_STORE_PROV_LDAP                         CERT_STORE_PROV_LDAP_W
#define CERT_STORE_PROV_PKCS12                       ((LPCSTR) 17)
#define sz_CERT_STORE_PROV_MEMORY                    "Memory"
#define sz_CERT_STORE_PROV_FILENAME_W                "File"
#define sz_CERT_STORE_PROV_FILENAME                  sz_CERT_STORE_PROV_FILENAME_W
#define sz_CERT_STORE_PROV_SYSTEM_W                  "System"
#define sz_CERT_STORE_PROV_SYSTEM                    sz_CERT_STORE_PROV_SYSTEM_W
#define sz_CERT_STORE_PROV_PKCS7                     "PKCS7"
#define sz_CERT_STORE_PROV_PKCS12                    "PKCS12"
#define sz_CERT_STORE_PROV_SERIALIZED                "Serialized"
#define sz_CERT_STORE_PROV_COLLECTION                "Collection"
#define sz_CERT_STORE_PROV_SYSTEM_REGISTRY_W         "SystemRegistry"
#define sz_CERT_STORE_PROV_SYSTEM_REGISTRY           sz_CERT_STORE_PROV_SYSTEM_REGISTRY_W
#define sz_CERT_STORE_PROV_PHYSICAL_W                "Physical"
#define sz_CERT_STORE_PROV_PHYSICAL                  sz_CERT_STORE_PROV_PHYSICAL_W
#define sz_CERT_STORE_PROV_SMART_CARD_W              "SmartCard"
#define sz_CERT_STORE_PROV_SMART_CARD                sz_CERT_STORE_PROV_SMART_CARD_W
#define sz_CERT_STORE_PROV_LDAP_W                    "Ldap"
#define sz_CERT_STORE_PROV_LDAP                      sz_CERT_STORE_PROV_LDAP_W
#define CERT_STORE_NO_CRYPT_RELEASE_FLAG             0x1
#define CERT_STORE_SET_LOCALIZED_NAME_FLAG           0x2
#define CERT_STORE_DEFER_CLOSE_UNTIL_LAST_FREE_FLAG  0x4
#define CERT_STORE_DELETE_FLAG                       0x10
#define CERT_STORE_UNSAFE_PHYSICAL_FLAG              0x20
#define CERT_STORE_SHARE_STORE_FLAG                  0x40
#define CERT_STORE_SHARE_CONTEXT_FLAG                0x80
#define CERT_STORE_MANIFOLD_FLAG                     0x100
#define CERT_STORE_ENUM_ARCHIVED_FLAG                0x200
#define CERT_STORE_UPDATE_KEYID_FLAG                 0x400
#define CERT_STORE_BACKUP_RESTORE_FLAG               0x800
#define CERT_STORE_READONLY_FLAG                     0x8000
#define CERT_STORE_OPEN_EXISTING_FLAG                0x4000
#define CERT_STORE_CREATE_NEW_FLAG                   0x2000
#define CERT_STORE_MAXIMUM_ALLOWED_FLAG              0x1000
#define CERT_CLOSE_STORE_FORCE_FLAG                  0x1
#define CERT_CLOSE_STORE_CHECK_FLAG                  0x2
#define CERT_SYSTEM_STORE_MASK                       0xffff0000
#define CERT_SYSTEM_STORE_RELOCATE_FLAG              0x80000000
#define CERT_SYSTEM_STORE_DEFER_READ_FLAG            0x20000000
#define CERT_SYSTEM_STORE_UNPROTECTED_FLAG           0x40000000
#define CERT_SYSTEM_STORE_LOCATION_MASK              0x00ff0000
#define CERT_SYSTEM_STORE_LOCATION_SHIFT             16
#define CERT_SYSTEM_STORE_CURRENT_USER_ID            1
#define CERT_SYSTEM_STORE_LOCAL_MACHINE_ID           2
#define CERT_SYSTEM_STORE_CURRENT_SERVICE_ID         4
#define CERT_SYSTEM_STORE_SERVICES_ID                5
#define CERT_SYSTEM_STORE_USERS_ID                   6
#define CERT_SYSTEM_STORE_CURRENT_USER_GROUP_POLICY_ID 7
#define CERT_SYSTEM_STORE_LOCAL_MACHINE_GROUP_POLICY_ID 8
#define CERT_SYSTEM_STORE_LOCAL_MACHINE_ENTERPRISE_ID 9
#define CERT_SYSTEM_STORE_LOCAL_MACHINE_WCOS_ID      10
#define CERT_SYSTEM_STORE_CURRENT_USER \
    (CERT_SYSTEM_STORE_CURRENT_USER_ID << CERT_SYSTEM_STORE_LOCATION_SHIFT)
#define CERT_SYSTEM_STORE_LOCAL_MACHINE \
    (CERT_SYSTEM_STORE_LOCAL_MACHINE_ID << CERT_SYSTEM_STORE_LOCATION_SHIFT)
#define CERT_SYSTEM_STORE_CURRENT_SERVICE \
    (CERT_SYSTEM_STORE_CURRENT_SERVICE_ID << CERT_SYSTEM_STORE_LOCATION_SHIFT)
#define CERT_SYSTEM_STORE_SERVICES \
    (CERT_SYSTEM_STORE_SERVICES_ID << CERT_SYSTEM_STORE_LOCATION_SHIFT)
#define CERT_SYSTEM_STORE_USERS \
    (CERT_SYSTEM_STORE_USERS_ID << CERT_SYSTEM_STORE_LOCATION_SHIFT)
#define CERT_SYSTEM_STORE_CURRENT_USER_GROUP_POLICY \
    (CERT_SYSTEM_STORE_CURRENT_USER_GROUP_POLICY_ID << CERT_SYSTEM_STORE_LOCATION_SHIFT)
#define CERT_SYSTEM_STORE_LOCAL_MACHINE_GROUP_POLICY \
    (CERT_SYSTEM_STORE_LOCAL_MACHINE_GROUP_POLICY_ID << CERT_SYSTEM_STORE_LOCATION_SHIFT)
#define CERT_SYSTEM_STORE_LOCAL_MACHINE_ENTERPRISE \
    (CERT_SYSTEM_STORE_LOCAL_MACHINE_ENTERPRISE_ID << CERT_SYSTEM_STORE_LOCATION_SHIFT)
#define CERT_SYSTEM_STORE_LOCAL_MACHINE_WCOS \
    (CERT_SYSTEM_STORE_LOCAL_MACHINE_WCOS_ID << CERT_SYSTEM_STORE_LOCATION_SHIFT)
#define CERT_STORE_SAVE_AS_STORE                     1
#define CERT_STORE_SAVE_AS_PKCS7                     2
#define CERT_STORE_SAVE_AS_PKCS12                    3
#define CERT_STORE_SAVE_TO_FILE                      1
#define CERT_STORE_SAVE_TO_MEMORY                    2
#define CERT_STORE_SAVE_TO_FILENAME_A                3
#define CERT_STORE_SAVE_TO_FILENAME_W                4
#define CERT_STORE_SAVE_TO_FILENAME                  CERT_STORE_SAVE_TO_FILENAME_W
#define CERT_STORE_ADD_NEW                           1
#define CERT_STORE_ADD_USE_EXISTING                  2
#define CERT_STORE_ADD_REPLACE_EXISTING              3
#define CERT_STORE_ADD_ALWAYS                        4
#define CERT_STORE_ADD_REPLACE_EXISTING_INHERIT_PROPERTIES 5
#define CERT_STORE_ADD_NEWER                         6
#define CERT_STORE_ADD_NEWER_INHERIT_PROPERTIES      7
#define CERT_STORE_CERTIFICATE_CONTEXT               1
#define CERT_STORE_CRL_CONTEXT                       2
#define CERT_STORE_CTL_CONTEXT                       3
#define CERT_STORE_ALL_CONTEXT_FLAG                  (~(0U))
#define CERT_STORE_CERTIFICATE_CONTEXT_FLAG          (1 << CERT_STORE_CERTIFICATE_CONTEXT)
#define CERT_STORE_CRL_CONTEXT_FLAG                  (1 << CERT_STORE_CRL_CONTEXT)
#define CERT_STORE_CTL_CONTEXT_FLAG                  (1 << CERT_STORE_CTL_CONTEXT)
#define CERT_COMPARE_MASK                            0xffff
#define CERT_COMPARE_SHIFT                           16
#define CERT_COMPARE_ANY                             0
#define CERT_COMPARE_SHA1_HASH                       1
#define CERT_COMPARE_NAME                            2
#define CERT_COMPARE_ATTR                            3
#define CERT_COMPARE_MD5_HASH                        4
#define CERT_COMPARE_PROPERTY                        5
#define CERT_COMPARE_PUBLIC_KEY                      6
#define CERT_COMPARE_HASH                            CERT_COMPARE_SHA1_HASH
#define CERT_COMPARE_NAME_STR_A                      7
#define CERT_COMPARE_NAME_STR_W                      8
#define CERT_COMPARE_KEY_SPEC                        9
#define CERT_COMPARE_ENHKEY_USAGE                    10
#define CERT_COMPARE_CTL_USAGE                       CERT_COMPARE_ENHKEY_USAGE
#define CERT_COMPARE_SUBJECT_CERT                    11
#define CERT_COMPARE_ISSUER_OF                       12
#define CERT_COMPARE_EXISTING                        13
#define CERT_COMPARE_SIGNATURE_HASH                  14
#define CERT_COMPARE_KEY_IDENTIFIER                  15
#define CERT_COMPARE_CERT_ID                         16
#define CERT_COMPARE_CROSS_CERT_DIST_POINTS          17
#define CERT_COMPARE_PUBKEY_MD5_HASH                 18
#define CERT_COMPARE_SUBJECT_INFO_ACCESS             19
#define CERT_COMPARE_HASH_STR                        20
#define CERT_COMPARE_HAS_PRIVATE_KEY                 21
#define CERT_FIND_ANY                                (CERT_COMPARE_ANY << CERT_COMPARE_SHIFT)
#define CERT_FIND_SHA1_HASH                          (CERT_COMPARE_SHA1_HASH << CERT_COMPARE_SHIFT)
#define CERT_FIND_MD5_HASH                           (CERT_COMPARE_MD5_HASH << CERT_COMPARE_SHIFT)
#define CERT_FIND_SIGNATURE_HASH                     (CERT_COMPARE_SIGNATURE_HASH << CERT_COMPARE_SHIFT)
#define CERT_FIND_KEY_IDENTIFIER                     (CERT_COMPARE_KEY_IDENTIFIER << CERT_COMPARE_SHIFT)
#define CERT_FIND_HASH                               CERT_FIND_SHA1_HASH
#define CERT_FIND_PROPERTY                           (CERT_COMPARE_PROPERTY << CERT_COMPARE_SHIFT)
#define CERT_FIND_PUBLIC_KEY                         (CERT_COMPARE_PUBLIC_KEY << CERT_COMPARE_SHIFT)
#define CERT_FIND_SUBJECT_NAME \
    (CERT_COMPARE_NAME << CERT_COMPARE_SHIFT | CERT_INFO_SUBJECT_FLAG)
#define CERT_FIND_SUBJECT_ATTR \
    (CERT_COMPARE_ATTR << CERT_COMPARE_SHIFT | CERT_INFO_SUBJECT_FLAG)
#define CERT_FIND_ISSUER_NAME \
    (CERT_COMPARE_NAME << CERT_COMPARE_SHIFT | CERT_INFO_ISSUER_FLAG)
#define CERT_FIND_ISSUER_ATTR \
    (CERT_COMPARE_ATTR << CERT_COMPARE_SHIFT | CERT_INFO_ISSUER_FLAG)
#define CERT_FIND_SUBJECT_STR_A \
    (CERT_COMPARE_NAME_STR_A << CERT_COMPARE_SHIFT | CERT_INFO_SUBJECT_FLAG)
#define CERT_FIND_SUBJECT_STR_W \
    (CERT_COMPARE_NAME_STR_W << CERT_COMPARE_SHIFT | CERT_INFO_SUBJECT_FLAG)
#define CERT_FIND_SUBJECT_STR                        CERT_FIND_SUBJECT_STR_W
#define CERT_FIND_ISSUER_STR_A \
    (CERT_COMPARE_NAME_STR_A << CERT_COMPARE_SHIFT | CERT_INFO_ISSUER_FLAG)
#define CERT_FIND_ISSUER_STR_W \
    (CERT_COMPARE_NAME_STR_W << CERT_COMPARE_SHIFT | CERT_INFO_ISSUER_FLAG)
#define CERT_FIND_ISSUER_STR                         CERT_FIND_ISSUER_STR_W
#define CERT_FIND_KEY_SPEC                           (CERT_COMPARE_KEY_SPEC << CERT_COMPARE_SHIFT)
#define CERT_FIND_ENHKEY_USAGE                       (CERT_COMPARE_ENHKEY_USAGE << CERT_COMPARE_SHIFT)
#define CERT_FIND_CTL_USAGE                          CERT_FIND_ENHKEY_USAGE
#define CERT_FIND_SUBJECT_CERT                       (CERT_COMPARE_SUBJECT_CERT << CERT_COMPARE_SHIFT)
#define CERT_FIND_ISSUER_OF                          (CERT_COMPARE_ISSUER_OF << CERT_COMPARE_SHIFT)
#define CERT_FIND_EXISTING                           (CERT_COMPARE_EXISTING << CERT_COMPARE_SHIFT)
#define CERT_FIND_CERT_ID                            (CERT_COMPARE_CERT_ID << CERT_COMPARE_SHIFT)
#define CERT_FIND_CROSS_CERT_DIST_POINTS \
    (CERT_COMPARE_CROSS_CERT_DIST_POINTS << CERT_COMPARE_SHIFT)
#define CERT_FIND_PUBKEY_MD5_HASH                    (CERT_COMPARE_PUBKEY_MD5_HASH << CERT_COMPARE_SHIFT)
#define CERT_FIND_SUBJECT_INFO_ACCESS                (CERT_COMPARE_SUBJECT_INFO_ACCESS << CERT_COMPARE_SHIFT)
#define CERT_FIND_HASH_STR                           (CERT_COMPARE_HASH_STR << CERT_COMPARE_SHIFT)
#define CERT_FIND_HAS_PRIVATE_KEY                    (CERT_COMPARE_HAS_PRIVATE_KEY << CERT_COMPARE_SHIFT)
#define CERT_FIND_OPTIONAL_ENHKEY_USAGE_FLAG         0x1
#define CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG         0x2
#define CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG        0x4
#define CERT_FIND_NO_ENHKEY_USAGE_FLAG               0x8
#define CERT_FIND_OR_ENHKEY_USAGE_FLAG               0x10
#define CERT_FIND_VALID_ENHKEY_USAGE_FLAG            0x20
#define CERT_FIND_OPTIONAL_CTL_USAGE_FLAG            CERT_FIND_OPTIONAL_ENHKEY_USAGE_FLAG
#define CERT_FIND_EXT_ONLY_CTL_USAGE_FLAG            CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG
#define CERT_FIND_PROP_ONLY_CTL_USAGE_FLAG           CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG
#define CERT_FIND_NO_CTL_USAGE_FLAG                  CERT_FIND_NO_ENHKEY_USAGE_FLAG
#define CERT_FIND_OR_CTL_USAGE_FLAG                  CERT_FIND_OR_ENHKEY_USAGE_FLAG
#define CERT_FIND_VALID_CTL_USAGE_FLAG               CERT_FIND_VALID_ENHKEY_USAGE_FLAG
#define CERT_QUERY_OBJECT_FILE                       0x1
#define CERT_QUERY_OBJECT_BLOB                       0x2
#define CERT_QUERY_CONTENT_CERT                      1
#define CERT_QUERY_CONTENT_CTL                       2
#define CERT_QUERY_CONTENT_CRL                       3
#define CERT_QUERY_CONTENT_SERIALIZED_STORE          4
#define CERT_QUERY_CONTENT_SERIALIZED_CERT           5
#define CERT_QUERY_CONTENT_SERIALIZED_CTL            6
#define CERT_QUERY_CONTENT_SERIALIZED_CRL            7
#define CERT_QUERY_CONTENT_PKCS7_SIGNED              8
#define CERT_QUERY_CONTENT_PKCS7_UNSIGNED            9
#define CERT_QUERY_CONTENT_PKCS7_SIGNED_EMBED        10
#define CERT_QUERY_CONTENT_PKCS10                    11
#define CERT_QUERY_CONTENT_PFX                       12
#define CERT_QUERY_CONTENT_CERT_PAIR                 13
#define CERT_QUERY_CONTENT_PFX_AND_LOAD              14
#define CERT_QUERY_CONTENT_FLAG_CERT                 (1 << CERT_QUERY_CONTENT_CERT)
#define CERT_QUERY_CONTENT_FLAG_CTL                  (1 << CERT_QUERY_CONTENT_CTL)
#define CERT_QUERY_CONTENT_FLAG_CRL                  (1 << CERT_QUERY_CONTENT_CRL)
#define CERT_QUERY_CONTENT_FLAG_SERIALIZED_STORE     (1 << CERT_QUERY_CONTENT_SERIALIZED_STORE)
#define CERT_QUERY_CONTENT_FLAG_SERIALIZED_CERT      (1 << CERT_QUERY_CONTENT_SERIALIZED_CERT)
#define CERT_QUERY_CONTENT_FLAG_SERIALIZED_CTL       (1 << CERT_QUERY_CONTENT_SERIALIZED_CTL)
#define CERT_QUERY_CONTENT_FLAG_SERIALIZED_CRL       (1 << CERT_QUERY_CONTENT_SERIALIZED_CRL)
#define CERT_QUERY_CONTENT_FLAG_PKCS7_SIGNED         (1 << CERT_QUERY_CONTENT_PKCS7_SIGNED)
#define CERT_QUERY_CONTENT_FLAG_PKCS7_UNSIGNED       (1 << CERT_QUERY_CONTENT_PKCS7_UNSIGNED)
#define CERT_QUERY_CONTENT_FLAG_PKCS7_SIGNED_EMBED   (1 << CERT_QUERY_CONTENT_PKCS7_SIGNED_EMBED)
#define CERT_QUERY_CONTENT_FLAG_PKCS10               (1 << CERT_QUERY_CONTENT_PKCS10)
#define CERT_QUERY_CONTENT_FLAG_PFX                  (1 << CERT_QUERY_CONTENT_PFX)
#define CERT_QUERY_CONTENT_FLAG_CERT_PAIR            (1 << CERT_QUERY_CONTENT_CERT_PAIR)
#define CERT_QUERY_CONTENT_FLAG_PFX_AND_LOAD         (1 << CERT_QUERY_CONTENT_PFX_AND_LOAD)
#define CERT_QUERY_CONTENT_FLAG_ALL \
    (CERT_QUERY_CONTENT_FLAG_CERT | CERT_QUERY_CONTENT_FLAG_CTL | CERT_QUERY_CONTENT_FLAG_CRL | \
     CERT_QUERY_CONTENT_FLAG_SERIALIZED_STORE | CERT_QUERY_CONTENT_FLAG_SERIALIZED_CERT | \
     CERT_QUERY_CONTENT_FLAG_SERIALIZED_CTL | CERT_QUERY_CONTENT_FLAG_SERIALIZED_CRL | \
     CERT_QUERY_CONTENT_FLAG_PKCS7_SIGNED | CERT_QUERY_CONTENT_FLAG_PKCS7_UNSIGNED | \
     CERT_QUERY_CONTENT_FLAG_PKCS7_SIGNED_EMBED | CERT_QUERY_CONTENT_FLAG_PKCS10 | \
     CERT_QUERY_CONTENT_FLAG_PFX | CERT_QUERY_CONTENT_FLAG_CERT_PAIR)
#define CERT_QUERY_CONTENT_FLAG_ALL_ISSUER_CERT \
    (CERT_QUERY_CONTENT_FLAG_CERT | CERT_QUERY_CONTENT_FLAG_SERIALIZED_STORE | \
     CERT_QUERY_CONTENT_FLAG_SERIALIZED_CERT | CERT_QUERY_CONTENT_FLAG_PKCS7_SIGNED | \
     CERT_QUERY_CONTENT_FLAG_PKCS7_UNSIGNED)
#define CERT_QUERY_FORMAT_BINARY                     1
#define CERT_QUERY_FORMAT_BASE64_ENCODED             2
#define CERT_QUERY_FORMAT_ASN_ASCII_HEX_ENCODED      3
#define CERT_QUERY_FORMAT_FLAG_BINARY                (1 << CERT_QUERY_FORMAT_BINARY)
#define CERT_QUERY_FORMAT_FLAG_BASE64_ENCODED        (1 << CERT_QUERY_FORMAT_BASE64_ENCODED)
#define CERT_QUERY_FORMAT_FLAG_ASN_ASCII_HEX_ENCODED (1 << CERT_QUERY_FORMAT_ASN_ASCII_HEX_ENCODED)
#define CERT_QUERY_FORMAT_FLAG_ALL \
    (CERT_QUERY_FORMAT_FLAG_BINARY | CERT_QUERY_FORMAT_FLAG_BASE64_ENCODED | \
     CERT_QUERY_FORMAT_FLAG_ASN_ASCII_HEX_ENCODED)

/* ---- chains ---- */
#define CERT_TRUST_NO_ERROR                          0x0
#define CERT_TRUST_IS_NOT_TIME_VALID                 0x1
#define CERT_TRUST_IS_NOT_TIME_NESTED                0x2
#define CERT_TRUST_IS_REVOKED                        0x4
#define CERT_TRUST_IS_NOT_SIGNATURE_VALID            0x8
#define CERT_TRUST_IS_NOT_VALID_FOR_USAGE            0x10
#define CERT_TRUST_IS_UNTRUSTED_ROOT                 0x20
#define CERT_TRUST_REVOCATION_STATUS_UNKNOWN         0x40
#define CERT_TRUST_IS_CYCLIC                         0x80
#define CERT_TRUST_INVALID_EXTENSION                 0x100
#define CERT_TRUST_INVALID_POLICY_CONSTRAINTS        0x200
#define CERT_TRUST_INVALID_BASIC_CONSTRAINTS         0x400
#define CERT_TRUST_INVALID_NAME_CONSTRAINTS          0x800
#define CERT_TRUST_HAS_NOT_SUPPORTED_NAME_CONSTRAINT 0x1000
#define CERT_TRUST_HAS_NOT_DEFINED_NAME_CONSTRAINT   0x2000
#define CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT 0x4000
#define CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT      0x8000
#define CERT_TRUST_IS_PARTIAL_CHAIN                  0x10000
#define CERT_TRUST_CTL_IS_NOT_TIME_VALID             0x20000
#define CERT_TRUST_CTL_IS_NOT_SIGNATURE_VALID        0x40000
#define CERT_TRUST_CTL_IS_NOT_VALID_FOR_USAGE        0x80000
#define CERT_TRUST_IS_OFFLINE_REVOCATION             0x1000000
#define CERT_TRUST_NO_ISSUANCE_CHAIN_POLICY          0x2000000
#define CERT_TRUST_IS_EXPLICIT_DISTRUST              0x4000000
#define CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT    0x8000000
#define CERT_TRUST_HAS_WEAK_SIGNATURE                0x100000
#define CERT_TRUST_HAS_EXACT_MATCH_ISSUER            0x1
#define CERT_TRUST_HAS_KEY_MATCH_ISSUER              0x2
#define CERT_TRUST_HAS_NAME_MATCH_ISSUER             0x4
#define CERT_TRUST_IS_SELF_SIGNED                    0x8
#define CERT_TRUST_AUTO_UPDATE_CA_REVOCATION         0x10
#define CERT_TRUST_AUTO_UPDATE_END_REVOCATION        0x20
#define CERT_TRUST_NO_OCSP_FAILOVER_TO_CRL           0x40
#define CERT_TRUST_IS_KEY_ROLLOVER                   0x00000080
#define CERT_TRUST_SSL_HANDSHAKE_OCSP                0x00040000
#define CERT_TRUST_SSL_TIME_VALID_OCSP               0x00080000
#define CERT_TRUST_SSL_RECONNECT_OCSP                0x00100000
#define CERT_TRUST_HAS_PREFERRED_ISSUER              0x100
#define CERT_TRUST_HAS_ISSUANCE_CHAIN_POLICY         0x200
#define CERT_TRUST_HAS_VALID_NAME_CONSTRAINTS        0x400
#define CERT_TRUST_IS_PEER_TRUSTED                   0x800
#define CERT_TRUST_HAS_CRL_VALIDITY_EXTENDED         0x1000
#define CERT_TRUST_IS_FROM_EXCLUSIVE_TRUST_STORE     0x2000
#define CERT_TRUST_IS_CA_TRUSTED                     0x00004000
#define CERT_TRUST_HAS_AUTO_UPDATE_WEAK_SIGNATURE    0x00008000
#define CERT_TRUST_HAS_ALLOW_WEAK_SIGNATURE          0x00020000
#define CERT_TRUST_IS_COMPLEX_CHAIN                  0x00010000
#define CERT_TRUST_SSL_TIME_VALID                    0x01000000
#define CERT_TRUST_NO_TIME_CHECK                     0x02000000
typedef struct _CERT_TRUST_STATUS {
    DWORD dwErrorStatus;
    DWORD dwInfoStatus;
} CERT_TRUST_STATUS, *PCERT_TRUST_STATUS;
struct _CERT_REVOCATION_CRL_INFO;
typedef struct _CERT_REVOCATION_CRL_INFO {
    DWORD cbSize;
    PCCRL_CONTEXT pBaseCrlContext;
    PCCRL_CONTEXT pDeltaCrlContext;
    PCRL_ENTRY pCrlEntry;
    BOOL fDeltaCrlEntry;
} CERT_REVOCATION_CRL_INFO, *PCERT_REVOCATION_CRL_INFO;
typedef struct _CERT_REVOCATION_INFO {
    DWORD cbSize;
    DWORD dwRevocationResult;
    LPCSTR pszRevocationOid;
    LPVOID pvOidSpecificInfo;
    BOOL fHasFreshnessTime;
    DWORD dwFreshnessTime;
    PCERT_REVOCATION_CRL_INFO pCrlInfo;
} CERT_REVOCATION_INFO, *PCERT_REVOCATION_INFO;
typedef struct _CERT_TRUST_LIST_INFO {
    DWORD cbSize;
    PCTL_ENTRY pCtlEntry;
    PCCTL_CONTEXT pCtlContext;
} CERT_TRUST_LIST_INFO, *PCERT_TRUST_LIST_INFO;
typedef struct _CERT_CHAIN_ELEMENT {
    DWORD cbSize;
    PCCERT_CONTEXT pCertContext;
    CERT_TRUST_STATUS TrustStatus;
    PCERT_REVOCATION_INFO pRevocationInfo;
    PCERT_ENHKEY_USAGE pIssuanceUsage;
    PCERT_ENHKEY_USAGE pApplicationUsage;
    LPCWSTR pwszExtendedErrorInfo;
} CERT_CHAIN_ELEMENT, *PCERT_CHAIN_ELEMENT;
typedef struct _CERT_SIMPLE_CHAIN {
    DWORD cbSize;
    CERT_TRUST_STATUS TrustStatus;
    DWORD cElement;
    PCERT_CHAIN_ELEMENT *rgpElement;
    PCERT_TRUST_LIST_INFO pTrustListInfo;
    BOOL fHasRevocationFreshnessTime;
    DWORD dwRevocationFreshnessTime;
} CERT_SIMPLE_CHAIN, *PCERT_SIMPLE_CHAIN;
typedef const CERT_CHAIN_ELEMENT *PCCERT_CHAIN_ELEMENT;
typedef const CERT_SIMPLE_CHAIN *PCCERT_SIMPLE_CHAIN;
typedef struct _CERT_CHAIN_CONTEXT CERT_CHAIN_CONTEXT, *PCERT_CHAIN_CONTEXT;
typedef const CERT_CHAIN_CONTEXT *PCCERT_CHAIN_CONTEXT;
struct _CERT_CHAIN_CONTEXT {
    DWORD cbSize;
    CERT_TRUST_STATUS TrustStatus;
    DWORD cChain;
    PCERT_SIMPLE_CHAIN *rgpChain;
    DWORD cLowerQualityChainContext;
    PCCERT_CHAIN_CONTEXT *rgpLowerQualityChainContext;
    BOOL fHasRevocationFreshnessTime;
    DWORD dwRevocationFreshnessTime;
    DWORD dwCreateFlags;
    GUID ChainId;
};
#define USAGE_MATCH_TYPE_AND 0x00000000
#define USAGE_MATCH_TYPE_OR 0x00000001
typedef struct _CERT_USAGE_MATCH {
    DWORD dwType;
    CERT_ENHKEY_USAGE Usage;
} CERT_USAGE_MATCH, *PCERT_USAGE_MATCH;
typedef struct _CTL_USAGE_MATCH {
    DWORD dwType;
    CTL_USAGE Usage;
} CTL_USAGE_MATCH, *PCTL_USAGE_MATCH;
typedef struct _CERT_STRONG_SIGN_SERIALIZED_INFO {
    DWORD dwFlags;
    LPWSTR pwszCNGSignHashAlgids;
    LPWSTR pwszCNGPubKeyMinBitLengths;
} CERT_STRONG_SIGN_SERIALIZED_INFO, *PCERT_STRONG_SIGN_SERIALIZED_INFO;
typedef struct _CERT_STRONG_SIGN_PARA {
    DWORD cbSize;
    DWORD dwInfoChoice; /* CERT_STRONG_SIGN_*_CHOICE */
    __extension__ union {
        void *pvInfo;
        PCERT_STRONG_SIGN_SERIALIZED_INFO pSerializedInfo;
        LPSTR pszOID;
    };
} CERT_STRONG_SIGN_PARA, *PCERT_STRONG_SIGN_PARA;
typedef const CERT_STRONG_SIGN_PARA *PCCERT_STRONG_SIGN_PARA;
typedef struct _CERT_CHAIN_PARA {
    DWORD cbSize;
    CERT_USAGE_MATCH RequestedUsage;
#ifdef CERT_CHAIN_PARA_HAS_EXTRA_FIELDS
    CERT_USAGE_MATCH RequestedIssuancePolicy;
    DWORD dwUrlRetrievalTimeout; /* ms */
    BOOL fCheckRevocationFreshnessTime;
    DWORD dwRevocationFreshnessTime;
    LPFILETIME pftCacheResync;
    PCCERT_STRONG_SIGN_PARA pStrongSignPara;
    DWORD dwStrongSignFlags;
#endif
} CERT_CHAIN_PARA, *PCERT_CHAIN_PARA;
#define CERT_STRONG_SIGN_ECDSA_ALGORITHM             L"ECDSA"
#define CERT_STRONG_SIGN_SERIALIZED_INFO_CHOICE      1
#define CERT_STRONG_SIGN_OID_INFO_CHOICE             2
#define CERT_STRONG_SIGN_ENABLE_CRL_CHECK            0x1
#define CERT_STRONG_SIGN_ENABLE_OCSP_CHECK           0x2
typedef struct _CERT_CHAIN_ENGINE_CONFIG {
    DWORD cbSize;
    HCERTSTORE hRestrictedRoot;
    HCERTSTORE hRestrictedTrust;
    HCERTSTORE hRestrictedOther;
    DWORD cAdditionalStore;
    HCERTSTORE *rghAdditionalStore;
    DWORD dwFlags;
    DWORD dwUrlRetrievalTimeout;
    DWORD MaximumCachedCertificates;
    DWORD CycleDetectionModulus;
#if NTDDI_VERSION >= NTDDI_WIN7
    HCERTSTORE hExclusiveRoot;
    HCERTSTORE hExclusiveTrustedPeople;
#endif
#if NTDDI_VERSION >= NTDDI_WIN8
    DWORD dwExclusiveFlags;
#endif
} CERT_CHAIN_ENGINE_CONFIG, *PCERT_CHAIN_ENGINE_CONFIG;
#define HCCE_CURRENT_USER ((HCERTCHAINENGINE)NULL)
#define HCCE_LOCAL_MACHINE ((HCERTCHAINENGINE)0x1)
#define CERT_CHAIN_CACHE_RESYNC_FILETIME_VALUE_NAME  L"ChainCacheResyncFiletime"
#define CERT_CHAIN_DISABLE_MANDATORY_BASIC_CONSTRAINTS_VALUE_NAME L"DisableMandatoryBasicConstraints"
#define CERT_CHAIN_DISABLE_CA_NAME_CONSTRAINTS_VALUE_NAME L"DisableCANameConstraints"
#define CERT_CHAIN_DISABLE_UNSUPPORTED_CRITICAL_EXTENSIONS_VALUE_NAME L"DisableUnsupportedCriticalExtensions"
#define CERT_CHAIN_DISABLE_SERIAL_CHAIN_VALUE_NAME   L"DisableSerialChain"
#define CERT_CHAIN_DISABLE_SYNC_WITH_SSL_TIME_VALUE_NAME L"DisableSyncWithSslTime"
#define CERT_CHAIN_DISABLE_AUTO_FLUSH_PROCESS_NAME_LIST_VALUE_NAME L"DisableAutoFlushProcessNameList"
#define CERT_CHAIN_DISABLE_AIA_URL_RETRIEVAL_VALUE_NAME L"DisableAIAUrlRetrieval"
#define CERT_CHAIN_CACHE_END_CERT                    0x1
#define CERT_CHAIN_THREAD_STORE_SYNC                 0x2
#define CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL          0x4
#define CERT_CHAIN_USE_LOCAL_MACHINE_STORE           0x8
#define CERT_CHAIN_ENABLE_CACHE_AUTO_UPDATE          0x10
#define CERT_CHAIN_ENABLE_SHARE_STORE                0x20
#define CERT_CHAIN_EXCLUSIVE_ENABLE_CA_FLAG          0x1
#define CERT_CHAIN_RETURN_LOWER_QUALITY_CONTEXTS     0x80
#define CERT_CHAIN_DISABLE_AUTH_ROOT_AUTO_UPDATE     0x100
#define CERT_CHAIN_TIMESTAMP_TIME                    0x200
#define CERT_CHAIN_ENABLE_PEER_TRUST                 0x400
#define CERT_CHAIN_DISABLE_MY_PEER_TRUST             0x800
#define CERT_CHAIN_DISABLE_AIA                       0x2000
#define CERT_CHAIN_REVOCATION_CHECK_END_CERT         0x10000000
#define CERT_CHAIN_REVOCATION_CHECK_CHAIN            0x20000000
#define CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT 0x40000000
#define CERT_CHAIN_REVOCATION_CHECK_CACHE_ONLY       0x80000000
#define CERT_CHAIN_REVOCATION_ACCUMULATIVE_TIMEOUT   0x8000000
#define CERT_CHAIN_REVOCATION_CHECK_OCSP_CERT        0x4000000

/* pszPolicyOID of CertVerifyCertificateChainPolicy. */
#define CERT_CHAIN_POLICY_BASE                       ((LPCSTR) 1)
#define CERT_CHAIN_POLICY_AUTHENTICODE               ((LPCSTR) 2)
#define CERT_CHAIN_POLICY_AUTHENTICODE_TS            ((LPCSTR) 3)
#define CERT_CHAIN_POLICY_SSL                        ((LPCSTR) 4)
#define CERT_CHAIN_POLICY_BASIC_CONSTRAINTS          ((LPCSTR) 5)
#define CERT_CHAIN_POLICY_NT_AUTH                    ((LPCSTR) 6)
#define CERT_CHAIN_POLICY_MICROSOFT_ROOT             ((LPCSTR) 7)
#define CERT_CHAIN_POLICY_EV                         ((LPCSTR) 8)
#define CERT_CHAIN_POLICY_SSL_F12                    ((LPCSTR) 9)
#define CERT_CHAIN_POLICY_IGNORE_NOT_TIME_VALID_FLAG 0x1
#define CERT_CHAIN_POLICY_IGNORE_CTL_NOT_TIME_VALID_FLAG 0x2
#define CERT_CHAIN_POLICY_IGNORE_NOT_TIME_NESTED_FLAG 0x4
#define CERT_CHAIN_POLICY_IGNORE_INVALID_BASIC_CONSTRAINTS_FLAG 0x8
#define CERT_CHAIN_POLICY_IGNORE_ALL_NOT_TIME_VALID_FLAGS \
    (CERT_CHAIN_POLICY_IGNORE_NOT_TIME_VALID_FLAG | CERT_CHAIN_POLICY_IGNORE_CTL_NOT_TIME_VALID_FLAG | \
     CERT_CHAIN_POLICY_IGNORE_NOT_TIME_NESTED_FLAG)
#define CERT_CHAIN_POLICY_ALLOW_UNKNOWN_CA_FLAG      0x10
#define CERT_CHAIN_POLICY_IGNORE_WRONG_USAGE_FLAG    0x20
#define CERT_CHAIN_POLICY_IGNORE_INVALID_NAME_FLAG   0x40
#define CERT_CHAIN_POLICY_IGNORE_INVALID_POLICY_FLAG 0x80
#define CERT_CHAIN_POLICY_IGNORE_END_REV_UNKNOWN_FLAG 0x100
#define CERT_CHAIN_POLICY_IGNORE_CTL_SIGNER_REV_UNKNOWN_FLAG 0x200
#define CERT_CHAIN_POLICY_IGNORE_CA_REV_UNKNOWN_FLAG 0x400
#define CERT_CHAIN_POLICY_IGNORE_ROOT_REV_UNKNOWN_FLAG 0x800
#define CERT_CHAIN_POLICY_IGNORE_ALL_REV_UNKNOWN_FLAGS \
    (CERT_CHAIN_POLICY_IGNORE_END_REV_UNKNOWN_FLAG | \
     CERT_CHAIN_POLICY_IGNORE_CTL_SIGNER_REV_UNKNOWN_FLAG | \
     CERT_CHAIN_POLICY_IGNORE_CA_REV_UNKNOWN_FLAG | CERT_CHAIN_POLICY_IGNORE_ROOT_REV_UNKNOWN_FLAG)
#define CERT_CHAIN_POLICY_IGNORE_PEER_TRUST_FLAG     0x1000
#define CERT_CHAIN_POLICY_IGNORE_NOT_SUPPORTED_CRITICAL_EXT_FLAG 0x2000
#define CERT_CHAIN_POLICY_TRUST_TESTROOT_FLAG        0x4000
#define CERT_CHAIN_POLICY_ALLOW_TESTROOT_FLAG        0x8000
typedef struct _CERT_CHAIN_POLICY_PARA {
    DWORD cbSize;
    DWORD dwFlags;
    void *pvExtraPolicyPara;
} CERT_CHAIN_POLICY_PARA, *PCERT_CHAIN_POLICY_PARA;
typedef struct _CERT_CHAIN_POLICY_STATUS {
    DWORD cbSize;
    DWORD dwError;
    LONG lChainIndex;
    LONG lElementIndex;
    void *pvExtraPolicyStatus;
} CERT_CHAIN_POLICY_STATUS, *PCERT_CHAIN_POLICY_STATUS;
#define AUTHTYPE_CLIENT 1
#define AUTHTYPE_SERVER 2
typedef struct _HTTPSPolicyCallbackData {
    __extension__ union {
        DWORD cbStruct;
        DWORD cbSize;
    };
    DWORD dwAuthType;
    DWORD fdwChecks; /* SECURITY_FLAG_IGNORE_* */
    WCHAR *pwszServerName;
} HTTPSPolicyCallbackData, *PHTTPSPolicyCallbackData, SSL_EXTRA_CERT_CHAIN_POLICY_PARA,
    *PSSL_EXTRA_CERT_CHAIN_POLICY_PARA;
/* wininet.h has these too. */
#ifndef SECURITY_FLAG_IGNORE_REVOCATION
#define SECURITY_FLAG_IGNORE_REVOCATION 0x00000080
#define SECURITY_FLAG_IGNORE_UNKNOWN_CA 0x00000100
#define SECURITY_FLAG_IGNORE_WRONG_USAGE 0x00000200
#define SECURITY_FLAG_IGNORE_CERT_CN_INVALID 0x00001000
#define SECURITY_FLAG_IGNORE_CERT_DATE_INVALID 0x00002000
#endif
typedef BOOL(WINAPI *PFN_CERT_CHAIN_FIND_BY_ISSUER_CALLBACK)(PCCERT_CONTEXT pCert, void *pvFindArg);
typedef struct _CERT_CHAIN_FIND_BY_ISSUER_PARA {
    DWORD cbSize;
    LPCSTR pszUsageIdentifier;
    DWORD dwKeySpec;
    DWORD dwAcquirePrivateKeyFlags;
    DWORD cIssuer;
    CERT_NAME_BLOB *rgIssuer;
    PFN_CERT_CHAIN_FIND_BY_ISSUER_CALLBACK pfnFindCallback;
    void *pvFindArg;
#ifdef CERT_CHAIN_FIND_BY_ISSUER_PARA_HAS_EXTRA_FIELDS
    DWORD *pdwIssuerChainIndex;
    DWORD *pdwIssuerElementIndex;
#endif
} CERT_CHAIN_FIND_ISSUER_PARA, *PCERT_CHAIN_FIND_ISSUER_PARA,
    CERT_CHAIN_FIND_BY_ISSUER_PARA, *PCERT_CHAIN_FIND_BY_ISSUER_PARA;
#define CERT_CHAIN_FIND_BY_ISSUER                    1
#define CERT_CHAIN_FIND_BY_ISSUER_COMPARE_KEY_FLAG   0x1
#define CERT_CHAIN_FIND_BY_ISSUER_COMPLEX_CHAIN_FLAG 0x2
#define CERT_CHAIN_FIND_BY_ISSUER_CACHE_ONLY_URL_FLAG 0x4
#define CERT_CHAIN_FIND_BY_ISSUER_LOCAL_MACHINE_FLAG 0x8
#define CERT_CHAIN_FIND_BY_ISSUER_NO_KEY_FLAG        0x4000
#define CERT_CHAIN_FIND_BY_ISSUER_CACHE_ONLY_FLAG    0x8000

/* ---- names and text ---- */
#define CERT_SIMPLE_NAME_STR                         1
#define CERT_OID_NAME_STR                            2
#define CERT_X500_NAME_STR                           3
#define CERT_XML_NAME_STR                            4
#define CERT_NAME_STR_DISABLE_IE4_UTF8_FLAG          0x10000
#define CERT_NAME_STR_ENABLE_T61_UNICODE_FLAG        0x20000
#define CERT_NAME_STR_ENABLE_UTF8_UNICODE_FLAG       0x40000
#define CERT_NAME_STR_FORCE_UTF8_DIR_STR_FLAG        0x80000
#define CERT_NAME_STR_FORWARD_FLAG                   0x1000000
#define CERT_NAME_STR_REVERSE_FLAG                   0x2000000
#define CERT_NAME_STR_COMMA_FLAG                     0x4000000
#define CERT_NAME_STR_CRLF_FLAG                      0x8000000
#define CERT_NAME_STR_NO_QUOTING_FLAG                0x10000000
#define CERT_NAME_STR_NO_PLUS_FLAG                   0x20000000
#define CERT_NAME_STR_SEMICOLON_FLAG                 0x40000000
#define CERT_NAME_STR_DISABLE_UTF8_DIR_STR_FLAG      0x100000
#define CERT_NAME_STR_ENABLE_PUNYCODE_FLAG           0x200000
#define CERT_NAME_EMAIL_TYPE                         1
#define CERT_NAME_RDN_TYPE                           2
#define CERT_NAME_ATTR_TYPE                          3
#define CERT_NAME_SIMPLE_DISPLAY_TYPE                4
#define CERT_NAME_FRIENDLY_DISPLAY_TYPE              5
#define CERT_NAME_DNS_TYPE                           6
#define CERT_NAME_URL_TYPE                           7
#define CERT_NAME_UPN_TYPE                           8
#define CERT_NAME_ISSUER_FLAG                        0x1
#define CERT_NAME_DISABLE_IE4_UTF8_FLAG              0x10000
#define CERT_NAME_SEARCH_ALL_NAMES_FLAG              0x2
#define CRYPT_STRING_BASE64HEADER                    0x0
#define CRYPT_STRING_BASE64                          0x1
#define CRYPT_STRING_BINARY                          0x2
#define CRYPT_STRING_BASE64REQUESTHEADER             0x00000003
#define CRYPT_STRING_HEX                             0x4
#define CRYPT_STRING_HEXASCII                        0x00000005
#define CRYPT_STRING_BASE64_ANY                      0x00000006
#define CRYPT_STRING_ANY                             0x00000007
#define CRYPT_STRING_HEX_ANY                         0x8
#define CRYPT_STRING_BASE64X509CRLHEADER             0x00000009
#define CRYPT_STRING_HEXADDR                         0x0000000a
#define CRYPT_STRING_HEXASCIIADDR                    0x0000000b
#define CRYPT_STRING_HEXRAW                          0x0000000c
#define CRYPT_STRING_BASE64URI                       0x0000000d
#define CRYPT_STRING_ENCODEMASK                      0x000000ff
#define CRYPT_STRING_RESERVED100                     0x00000100
#define CRYPT_STRING_RESERVED200                     0x00000200
#define CRYPT_STRING_PERCENTESCAPE                   0x08000000
#define CRYPT_STRING_HASHDATA                        0x10000000
#define CRYPT_STRING_STRICT                          0x20000000
#define CRYPT_STRING_NOCRLF                          0x40000000
#define CRYPT_STRING_NOCR                            0x80000000

/* ---- PFX ---- */
#define PKCS12_IMPORT_SILENT                         0x40
#define PKCS12_PREFER_CNG_KSP                        0x100
#define PKCS12_ALWAYS_CNG_KSP                        0x200
#define PKCS12_ONLY_CERTIFICATES                     0x00000400
#define PKCS12_ONLY_NOT_ENCRYPTED_CERTIFICATES       0x00000800
#define PKCS12_ALLOW_OVERWRITE_KEY                   0x4000
#define PKCS12_NO_PERSIST_KEY                        0x8000
#define PKCS12_VIRTUAL_ISOLATION_KEY                 0x00010000
#define PKCS12_IMPORT_RESERVED_MASK                  0xffff0000
#define PKCS12_OBJECT_LOCATOR_ALL_IMPORT_FLAGS \
    (PKCS12_ALWAYS_CNG_KSP | PKCS12_NO_PERSIST_KEY | PKCS12_IMPORT_SILENT | \
     PKCS12_INCLUDE_EXTENDED_PROPERTIES)
#define PKCS12_ONLY_CERTIFICATES_PROVIDER_TYPE       0
#define PKCS12_ONLY_CERTIFICATES_PROVIDER_NAME       L"PfxProvider"
#define PKCS12_ONLY_CERTIFICATES_CONTAINER_NAME      L"PfxContainer"
#define REPORT_NO_PRIVATE_KEY                        0x1
#define REPORT_NOT_ABLE_TO_EXPORT_PRIVATE_KEY        0x2
#define EXPORT_PRIVATE_KEYS                          0x4
#define PKCS12_INCLUDE_EXTENDED_PROPERTIES           0x10
#define PKCS12_PROTECT_TO_DOMAIN_SIDS                0x20
#define PKCS12_EXPORT_SILENT                         0x40
#define PKCS12_EXPORT_PBES2_PARAMS                   0x0080
#define PKCS12_DISABLE_ENCRYPT_CERTIFICATES          0x0100
#define PKCS12_ENCRYPT_CERTIFICATES                  0x0200
#define PKCS12_EXPORT_ECC_CURVE_PARAMETERS           0x1000
#define PKCS12_EXPORT_ECC_CURVE_OID                  0x2000
#define PKCS12_EXPORT_RESERVED_MASK                  0xffff0000
#define PKCS12_PBKDF2_ID_HMAC_SHA1                   "1.2.840.113549.2.7"
#define PKCS12_PBKDF2_ID_HMAC_SHA256                 "1.2.840.113549.2.9"
#define PKCS12_PBKDF2_ID_HMAC_SHA384                 "1.2.840.113549.2.10"
#define PKCS12_PBKDF2_ID_HMAC_SHA512                 "1.2.840.113549.2.11"
#define PKCS12_PBES2_ALG_AES256_SHA256               L"AES256-SHA256"
typedef struct _PKCS12_PBES2_EXPORT_PARAMS {
    DWORD dwSize;
    PVOID hNcryptDescriptor;
    LPWSTR pwszPbes2Alg;
} PKCS12_PBES2_EXPORT_PARAMS, *PPKCS12_PBES2_EXPORT_PARAMS;
#define PKCS12_CONFIG_REGPATH                        L"Software\\Microsoft\\Windows\\CurrentVersion\\PFX"
#define PKCS12_ENCRYPT_CERTIFICATES_VALUE_NAME       L"EncryptCertificates"
#define CERT_CREATE_SELFSIGN_NO_SIGN                 1
#define CERT_CREATE_SELFSIGN_NO_KEY_INFO             2

/* ---- algorithm information ---- */
typedef struct _CRYPT_OID_INFO {
    DWORD cbSize;
    LPCSTR pszOID;
    LPCWSTR pwszName;
    DWORD dwGroupId;
    __extension__ union {
        DWORD dwValue;
        ALG_ID Algid;
        DWORD dwLength;
    };
    CRYPT_DATA_BLOB ExtraInfo;
#ifdef CRYPT_OID_INFO_HAS_EXTRA_FIELDS
    LPCWSTR pwszCNGAlgid;
    LPCWSTR pwszCNGExtraAlgid;
#endif
} CRYPT_OID_INFO, *PCRYPT_OID_INFO;
typedef const CRYPT_OID_INFO *PCCRYPT_OID_INFO;
#define CRYPT_HASH_ALG_OID_GROUP_ID                  1
#define CRYPT_ENCRYPT_ALG_OID_GROUP_ID               2
#define CRYPT_PUBKEY_ALG_OID_GROUP_ID                3
#define CRYPT_SIGN_ALG_OID_GROUP_ID                  4
#define CRYPT_RDN_ATTR_OID_GROUP_ID                  5
#define CRYPT_EXT_OR_ATTR_OID_GROUP_ID               6
#define CRYPT_ENHKEY_USAGE_OID_GROUP_ID              7
#define CRYPT_POLICY_OID_GROUP_ID                    8
#define CRYPT_TEMPLATE_OID_GROUP_ID                  9
#define CRYPT_KDF_OID_GROUP_ID                       10
#define CRYPT_LAST_OID_GROUP_ID                      10
#define CRYPT_FIRST_ALG_OID_GROUP_ID                 CRYPT_HASH_ALG_OID_GROUP_ID
#define CRYPT_LAST_ALG_OID_GROUP_ID                  CRYPT_SIGN_ALG_OID_GROUP_ID
#define CRYPT_OID_INFO_OID_KEY                       1
#define CRYPT_OID_INFO_NAME_KEY                      2
#define CRYPT_OID_INFO_ALGID_KEY                     3
#define CRYPT_OID_INFO_SIGN_KEY                      4
#define CRYPT_OID_INFO_CNG_ALGID_KEY                 5
#define CRYPT_OID_INFO_CNG_SIGN_KEY                  6
#define CRYPT_OID_INFO_OID_KEY_FLAGS_MASK            0xffff0000
#define CRYPT_OID_INFO_OID_GROUP_BIT_LEN_MASK        0x0fff0000
#define CRYPT_OID_INFO_OID_GROUP_BIT_LEN_SHIFT       16

SSPI_BEGIN

/* ---- functions: CryptoAPI ---- */
/* A handle on a container of one private key, or with CRYPT_VERIFYCONTEXT on none.  Containers belong to the process
 * and end with it; szContainer NULL is the default one.  CRYPT_NEWKEYSET makes it (NTE_EXISTS), CRYPT_DELETEKEYSET
 * deletes it, and without either it must be there (NTE_BAD_KEYSET).  szProvider and dwProvType are not used.
 * CryptReleaseContext gives the handle back. */
SSPI_API BOOL WINAPI CryptAcquireContextW(
    HCRYPTPROV *phProv, LPCWSTR szContainer, LPCWSTR szProvider, DWORD dwProvType,
    DWORD dwFlags) SSPI_WIDE(CryptAcquireContextW);
SSPI_API BOOL WINAPI CryptAcquireContextA(
    HCRYPTPROV *phProv, LPCSTR szContainer, LPCSTR szProvider, DWORD dwProvType, DWORD dwFlags);
#define CryptAcquireContext SSPI_AW(CryptAcquireContext)
/* ERROR_INVALID_HANDLE; NTE_BAD_FLAGS where dwFlags is not 0. */
SSPI_API BOOL WINAPI CryptReleaseContext(HCRYPTPROV hProv, DWORD dwFlags);
/* A PRIVATEKEYBLOB (RSA) into the container of hProv, copied; *phKey is for CryptDestroyKey, which leaves the key in
 * its container.  NTE_BAD_TYPE: another blob.  NTE_BAD_DATA: a malformed one.  ERROR_INVALID_HANDLE,
 * ERROR_INVALID_PARAMETER, NTE_NO_MEMORY. */
SSPI_API BOOL WINAPI CryptImportKey(
    HCRYPTPROV hProv, const BYTE *pbData, DWORD dwDataLen, HCRYPTKEY hPubKey, DWORD dwFlags,
    HCRYPTKEY *phKey);
SSPI_API BOOL WINAPI CryptDestroyKey(HCRYPTKEY hKey);
/* A digest piece by piece, with hKey 0: CALG_SHA1, CALG_SHA_256, CALG_SHA_384 or CALG_SHA_512.  CryptHashData takes
 * data until HP_HASHVAL was asked for (NTE_BAD_HASH_STATE).  CryptGetHashParam gives HP_ALGID, HP_HASHSIZE or
 * HP_HASHVAL; NULL for pbData asks for the size, and ERROR_MORE_DATA tells it.  CryptDestroyHash ends it, and wipes
 * what was hashed.  NTE_BAD_ALGID: another algorithm, or a keyed one.  NTE_BAD_TYPE: another parameter.
 * ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, NTE_NO_MEMORY. */
SSPI_API BOOL WINAPI CryptCreateHash(
    HCRYPTPROV hProv, ALG_ID Algid, HCRYPTKEY hKey, DWORD dwFlags, HCRYPTHASH *phHash);
SSPI_API BOOL WINAPI CryptHashData(HCRYPTHASH hHash, const BYTE *pbData, DWORD dwDataLen, DWORD dwFlags);
SSPI_API BOOL WINAPI CryptGetHashParam(
    HCRYPTHASH hHash, DWORD dwParam, BYTE *pbData, DWORD *pdwDataLen, DWORD dwFlags);
SSPI_API BOOL WINAPI CryptDestroyHash(HCRYPTHASH hHash);
/* The digest of cbEncoded octets, a certificate's: by CALG_SHA1 (0 means it) to CALG_SHA_512, or by name, L"SHA1" to
 * L"SHA512".  NULL for pbComputedHash asks for the size; ERROR_MORE_DATA, NTE_BAD_ALGID, NTE_NOT_SUPPORTED. */
SSPI_API BOOL WINAPI CryptHashCertificate(
    HCRYPTPROV_LEGACY hCryptProv, ALG_ID Algid, DWORD dwFlags, const BYTE *pbEncoded, DWORD cbEncoded,
    BYTE *pbComputedHash, DWORD *pcbComputedHash);
SSPI_API BOOL WINAPI CryptHashCertificate2(
    LPCWSTR pwszCNGHashAlgid, DWORD dwFlags, void *pvReserved, const BYTE *pbEncoded, DWORD cbEncoded,
    BYTE *pbComputedHash, DWORD *pcbComputedHash) SSPI_WIDE(CryptHashCertificate2);

/* ---- functions: contexts ---- */
/* A certificate context from DER (X509_ASN_ENCODING), copied.  CRYPT_E_ASN1_BADTAG: no certificate.  E_INVALIDARG.
 * Contexts are counted: CertDuplicateCertificateContext adds one and gives back the same pointer,
 * CertFreeCertificateContext takes one away and takes NULL too.  What the context shows is good until the last one
 * is gone, and never changes; any thread. */
SSPI_API PCCERT_CONTEXT WINAPI CertCreateCertificateContext(
    DWORD dwCertEncodingType, const BYTE *pbCertEncoded, DWORD cbCertEncoded);
SSPI_API PCCERT_CONTEXT WINAPI CertDuplicateCertificateContext(PCCERT_CONTEXT pCertContext);
SSPI_API BOOL WINAPI CertFreeCertificateContext(PCCERT_CONTEXT pCertContext);
/* Reads, sets or (pvData NULL) removes what goes with a context without being part of the certificate:
 * CERT_*_PROP_ID.  A key by CERT_KEY_PROV_INFO_PROP_ID, CERT_KEY_CONTEXT_PROP_ID or CERT_NCRYPT_KEY_HANDLE_PROP_ID
 * makes it one for paCred; digests, key identifiers and lengths are computed and cannot be set; the rest is bytes (a
 * CRYPT_DATA_BLOB) or text.  Reading: NULL for pvData asks for the size; ERROR_MORE_DATA, CRYPT_E_NOT_FOUND.
 * Handles that are read stay the context's.  Setting: E_INVALIDARG for what is computed or unknown. */
SSPI_API BOOL WINAPI CertGetCertificateContextProperty(
    PCCERT_CONTEXT pCertContext, DWORD dwPropId, void *pvData,
    DWORD *pcbData) SSPI_WIDE(CertGetCertificateContextProperty);
SSPI_API BOOL WINAPI CertSetCertificateContextProperty(
    PCCERT_CONTEXT pCertContext, DWORD dwPropId, DWORD dwFlags,
    const void *pvData) SSPI_WIDE(CertSetCertificateContextProperty);
/* A revocation list from DER (X509_ASN_ENCODING), copied; CertFreeCRLContext gives it back and takes NULL too.
 * CRYPT_E_ASN1_BADTAG: no list.  E_INVALIDARG. */
SSPI_API PCCRL_CONTEXT WINAPI CertCreateCRLContext(
    DWORD dwCertEncodingType, const BYTE *pbCrlEncoded, DWORD cbCrlEncoded);
SSPI_API BOOL WINAPI CertFreeCRLContext(PCCRL_CONTEXT pCrlContext);
/* A self-signed certificate with its key, for CertFreeCertificateContext: of the key behind the handle or of
 * pKeyProvInfo's container, or of a new RSA key, which goes into the container where one is named.
 * pSubjectIssuerBlob: an encoded name (CertStrToName).  NULL: SHA-256 for pSignatureAlgorithm, now for pStartTime, a
 * year for pEndTime.  E_INVALIDARG: a name, an algorithm or dates that cannot be.  NTE_BAD_KEYSET: no key behind the
 * handle.  NTE_NOT_SUPPORTED: no provider makes keys.  NTE_BAD_ALGID, NTE_FAIL. */
SSPI_API PCCERT_CONTEXT WINAPI CertCreateSelfSignCertificate(
    HCRYPTPROV_OR_NCRYPT_KEY_HANDLE hCryptProvOrNCryptKey, PCERT_NAME_BLOB pSubjectIssuerBlob, DWORD dwFlags,
    PCRYPT_KEY_PROV_INFO pKeyProvInfo, PCRYPT_ALGORITHM_IDENTIFIER pSignatureAlgorithm,
    PSYSTEMTIME pStartTime, PSYSTEMTIME pEndTime,
    PCERT_EXTENSIONS pExtensions) SSPI_WIDE(CertCreateSelfSignCertificate);
/* -1, 0 or 1: the time (NULL: now) is before, in or after the certificate's. */
SSPI_API LONG WINAPI CertVerifyTimeValidity(LPFILETIME pTimeToVerify, PCERT_INFO pCertInfo);

/* ---- functions: stores ---- */
/* A store, for CertCloseStore.  CERT_STORE_PROV_MEMORY: an empty one.  CERT_STORE_PROV_COLLECTION: one that shows
 * others.  CERT_STORE_PROV_SYSTEM_A and _W: MY, CA, ROOT or another by name, of the account
 * (CERT_SYSTEM_STORE_CURRENT_USER) or the machine (CERT_SYSTEM_STORE_LOCAL_MACHINE); see sspi-certs(1).
 * CERT_STORE_PROV_FILENAME_A and _W: a file, PEM or DER, with private keys where it has them.
 * OPENSSPI_CERT_STORE_PROV_PEM: text in memory (opensspi/extra.h).  CERT_STORE_READONLY_FLAG refuses changes.  The
 * encoding and hCryptProv are not used.  NULL: ERROR_FILE_NOT_FOUND, E_ACCESSDENIED, CRYPT_E_BAD_ENCODE,
 * E_INVALIDARG, E_OUTOFMEMORY; of a file the log says what is wrong.  A pkcs11: URI (RFC 7512) instead of a
 * file's name opens what lies on a token, see opensspi(7): the certificate it names, whose key is the same URI's
 * unless that says type=cert, and behind it what issued it there.  CRYPT_E_NOT_FOUND; E_INVALIDARG: malformed, or
 * several match; ERROR_INVALID_PASSWORD: the PIN; ERROR_MOD_NOT_FOUND: no p11-kit. */
SSPI_API HCERTSTORE WINAPI CertOpenStore(
    LPCSTR lpszStoreProvider, DWORD dwEncodingType, HCRYPTPROV_LEGACY hCryptProv, DWORD dwFlags,
    const void *pvPara) SSPI_WIDE(CertOpenStore);
/* A system store of the account: CertOpenStore with CERT_SYSTEM_STORE_CURRENT_USER.  hProv is not used. */
SSPI_API HCERTSTORE WINAPI CertOpenSystemStoreW(
    HCRYPTPROV_LEGACY hProv, LPCWSTR szSubsystemProtocol) SSPI_WIDE(CertOpenSystemStoreW);
SSPI_API HCERTSTORE WINAPI CertOpenSystemStoreA(HCRYPTPROV_LEGACY hProv, LPCSTR szSubsystemProtocol);
#define CertOpenSystemStore SSPI_AW(CertOpenSystemStore)
/* Stores are counted: CertDuplicateStore adds one and gives back the same handle, CertCloseStore takes one away and
 * takes NULL too.  Contexts that are still held keep their store; with CERT_CLOSE_STORE_CHECK_FLAG that is
 * CRYPT_E_PENDING_CLOSE.  CERT_CLOSE_STORE_FORCE_FLAG frees nothing that is held.  E_INVALIDARG: no store. */
SSPI_API HCERTSTORE WINAPI CertDuplicateStore(HCERTSTORE hCertStore);
SSPI_API BOOL WINAPI CertCloseStore(HCERTSTORE hCertStore, DWORD dwFlags);
/* The certificate after pPrevCertContext, which is given up, or with NULL the first; NULL with CRYPT_E_NOT_FOUND at
 * the end.  The last one is the caller's to free; other threads may change the store meanwhile. */
SSPI_API PCCERT_CONTEXT WINAPI CertEnumCertificatesInStore(
    HCERTSTORE hCertStore, PCCERT_CONTEXT pPrevCertContext);
/* The next certificate after pPrevCertContext, which is given up, that CERT_FIND_* and pvFindPara describe: by
 * digest, key, name or part of it, usage, property, issuer; NULL with CRYPT_E_NOT_FOUND where there is no more.
 * E_INVALIDARG: a kind that is not known, or nothing to look for. */
SSPI_API PCCERT_CONTEXT WINAPI CertFindCertificateInStore(
    HCERTSTORE hCertStore, DWORD dwCertEncodingType, DWORD dwFindFlags, DWORD dwFindType,
    const void *pvFindPara, PCCERT_CONTEXT pPrevCertContext) SSPI_WIDE(CertFindCertificateInStore);
/* Adds a copy of a certificate with its properties and key.  dwAddDisposition, CERT_STORE_ADD_*: what becomes of one
 * that is there already.  *ppStoreContext, where not NULL, is the member, for CertFreeCertificateContext.
 * CRYPT_E_EXISTS: CERT_STORE_ADD_NEW or _NEWER, and it is there.  E_ACCESSDENIED: the store is read only.  What is
 * added to a system store is written to its folder where the account may. */
SSPI_API BOOL WINAPI CertAddCertificateContextToStore(
    HCERTSTORE hCertStore, PCCERT_CONTEXT pCertContext, DWORD dwAddDisposition,
    PCCERT_CONTEXT *ppStoreContext);
SSPI_API BOOL WINAPI CertAddEncodedCertificateToStore(
    HCERTSTORE hCertStore, DWORD dwCertEncodingType, const BYTE *pbCertEncoded, DWORD cbCertEncoded,
    DWORD dwAddDisposition, PCCERT_CONTEXT *ppCertContext);
/* Takes a certificate out of its store, and frees the context whatever happens.  E_ACCESSDENIED: the store is read
 * only. */
SSPI_API BOOL WINAPI CertDeleteCertificateFromStore(PCCERT_CONTEXT pCertContext);
/* Adds a copy of a revocation list, where CertGetCertificateChain and credentials find it; one that is there already
 * stays as it is, except with CERT_STORE_ADD_ALWAYS.  *ppStoreContext is for CertFreeCRLContext. */
SSPI_API BOOL WINAPI CertAddCRLContextToStore(
    HCERTSTORE hCertStore, PCCRL_CONTEXT pCrlContext, DWORD dwAddDisposition, PCCRL_CONTEXT *ppStoreContext);
/* Lets a store of CERT_STORE_PROV_COLLECTION show another, whose certificates come before the others where
 * dwPriority is not 0.  dwUpdateFlags is not used.  E_INVALIDARG: no collection, or a collection in it. */
SSPI_API BOOL WINAPI CertAddStoreToCollection(
    HCERTSTORE hCollectionStore, HCERTSTORE hSiblingStore, DWORD dwUpdateFlags, DWORD dwPriority);
/* A store with the certificates and keys of a PKCS#12, for CertCloseStore; a provider opens it.  szPassword may be
 * NULL.  Keys stay in memory; of dwFlags CRYPT_EXPORTABLE counts, without which PFXExportCertStoreEx and
 * NCryptExportKey keep them back.  NULL: ERROR_INVALID_PASSWORD, CRYPT_E_BAD_ENCODE, E_INVALIDARG, NTE_NOT_SUPPORTED
 * where no provider can, E_OUTOFMEMORY. */
SSPI_API HCERTSTORE WINAPI PFXImportCertStore(
    CRYPT_DATA_BLOB *pPFX, LPCWSTR szPassword, DWORD dwFlags) SSPI_WIDE(PFXImportCertStore);
/* The store as PKCS#12: its certificates and, with EXPORT_PRIVATE_KEYS, their keys, under AES-256 with keys from
 * PBKDF2 and a MAC of SHA-256; friendly names go with them.  szPassword NULL is the empty one.  pPFX->pbData NULL
 * asks for the size; FALSE with ERROR_MORE_DATA: cbData says what it takes.  A certificate without a key, or whose
 * key may not leave (made or imported without leave to, or in a token), goes alone, or with
 * REPORT_NO_PRIVATE_KEY and REPORT_NOT_ABLE_TO_EXPORT_PRIVATE_KEY fails the call: NTE_NO_KEY, NTE_BAD_KEY_STATE.
 * pvPara: with PKCS12_EXPORT_PBES2_PARAMS a PKCS12_PBES2_EXPORT_PARAMS, whose algorithm must be
 * PKCS12_PBES2_ALG_AES256_SHA256 (else NTE_NOT_SUPPORTED), otherwise not looked at.  Of the other flags
 * PKCS12_DISABLE_ENCRYPT_CERTIFICATES counts. */
SSPI_API BOOL WINAPI PFXExportCertStoreEx(
    HCERTSTORE hStore, CRYPT_DATA_BLOB *pPFX, LPCWSTR szPassword, void *pvPara,
    DWORD dwFlags) SSPI_WIDE(PFXExportCertStoreEx);
/* The same; Windows writes an older form here, which nothing needs any more. */
SSPI_API BOOL WINAPI PFXExportCertStore(
    HCERTSTORE hStore, CRYPT_DATA_BLOB *pPFX, LPCWSTR szPassword, DWORD dwFlags) SSPI_WIDE(PFXExportCertStore);
/* What is in a file (CERT_QUERY_OBJECT_FILE) or a blob (CERT_QUERY_OBJECT_BLOB): a certificate or a revocation list,
 * DER or base64 as the flags allow.  The results that are not NULL tell kind and format, a store that holds it, for
 * CertCloseStore, and its context, for CertFreeCertificateContext or CertFreeCRLContext.  CRYPT_E_NO_MATCH: none of
 * what was asked for.  ERROR_FILE_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_READ_FAULT, E_OUTOFMEMORY. */
SSPI_API BOOL WINAPI CryptQueryObject(
    DWORD dwObjectType, const void *pvObject, DWORD dwExpectedContentTypeFlags,
    DWORD dwExpectedFormatTypeFlags, DWORD dwFlags, DWORD *pdwMsgAndCertEncodingType, DWORD *pdwContentType,
    DWORD *pdwFormatType, HCERTSTORE *phCertStore, HCRYPTMSG *phMsg,
    const void **ppvContext) SSPI_WIDE(CryptQueryObject);

/* ---- functions: chains ---- */
/* As in sspi.h: gcc -Wpedantic lets a system header take arguments of a union type. */
#pragma GCC system_header

/* Where a function writes a chain; the second member takes pointers that lack a const. */
#ifndef __cplusplus
typedef union {
    PCCERT_CHAIN_CONTEXT *p;
    PCERT_CHAIN_CONTEXT *q;
} SSPI_CHAIN_OUT __attribute__((__transparent_union__));
#else
typedef PCCERT_CHAIN_CONTEXT *SSPI_CHAIN_OUT;
#endif
/* What chains end in and draw on: hExclusiveRoot instead of the machine's anchors, additional stores, limits of
 * time; for CertFreeCertificateChainEngine.  The default engine is NULL (HCCE_CURRENT_USER).  E_INVALIDARG,
 * E_OUTOFMEMORY. */
SSPI_API BOOL WINAPI CertCreateCertificateChainEngine(
    PCERT_CHAIN_ENGINE_CONFIG pConfig, HCERTCHAINENGINE *phChainEngine);
SSPI_API VOID WINAPI CertFreeCertificateChainEngine(HCERTCHAINENGINE hChainEngine);
/* Builds a certificate's chain and says what is wrong with it: TrustStatus of the chain and of each element.
 * pTime NULL: now.  hAdditionalStore: where intermediates and revocation lists may be too; what the certificate's own
 * store holds counts as well.  pChainPara: the usages that are wanted.  dwFlags CERT_CHAIN_REVOCATION_CHECK_*: ask
 * for revocation, which is judged by lists and staples at hand; nothing is fetched.  TRUE says that there is a
 * chain, not that it is good: CertVerifyCertificateChainPolicy judges it.  *ppChainContext is for
 * CertFreeCertificateChain.  E_INVALIDARG, E_OUTOFMEMORY. */
SSPI_API BOOL WINAPI CertGetCertificateChain(
    HCERTCHAINENGINE hChainEngine, PCCERT_CONTEXT pCertContext, LPFILETIME pTime, HCERTSTORE hAdditionalStore,
    PCERT_CHAIN_PARA pChainPara, DWORD dwFlags, LPVOID pvReserved, SSPI_CHAIN_OUT ppChainContext);
SSPI_API VOID WINAPI CertFreeCertificateChain(PCCERT_CHAIN_CONTEXT pChainContext);
/* The chain of the next certificate of the store that has a private key and leads to one of the issuers of the
 * CERT_CHAIN_FIND_BY_ISSUER_PARA (none given: to any), after pPrevChainContext, which is given up.  dwFindType:
 * CERT_CHAIN_FIND_BY_ISSUER, the only one.  The callback runs on the caller's thread, under no lock.  The chain is
 * the caller's, for CertFreeCertificateChain.  NULL: CRYPT_E_NOT_FOUND; E_INVALIDARG. */
SSPI_API PCCERT_CHAIN_CONTEXT WINAPI CertFindChainInStore(
    HCERTSTORE hCertStore, DWORD dwCertEncodingType, DWORD dwFindFlags, DWORD dwFindType, const void *pvFindPara,
    PCCERT_CHAIN_CONTEXT pPrevChainContext);
/* Judges a chain: CERT_CHAIN_POLICY_BASE, CERT_CHAIN_POLICY_SSL with the name that is wanted, and others of
 * wincrypt.h.  TRUE says that it could be judged; dwError in *pPolicyStatus is 0 or what is wrong
 * (CERT_E_UNTRUSTEDROOT, CERT_E_EXPIRED, CERT_E_CN_NO_MATCH, CRYPT_E_REVOKED, ...), lChainIndex and lElementIndex
 * where. */
SSPI_API BOOL WINAPI CertVerifyCertificateChainPolicy(
    LPCSTR pszPolicyOID, PCCERT_CHAIN_CONTEXT pChainContext, PCERT_CHAIN_POLICY_PARA pPolicyPara,
    PCERT_CHAIN_POLICY_STATUS pPolicyStatus) SSPI_WIDE(CertVerifyCertificateChainPolicy);

/* ---- functions: names, extensions, encodings ---- */
/* The extension of that identifier, in the array, or NULL: ERROR_FILE_NOT_FOUND, E_INVALIDARG. */
SSPI_API PCERT_EXTENSION WINAPI CertFindExtension(
    LPCSTR pszObjId, DWORD cExtensions, CERT_EXTENSION rgExtensions[]);
/* One name of a certificate as text: CERT_NAME_SIMPLE_DISPLAY_TYPE, CERT_NAME_DNS_TYPE and others of wincrypt.h, of
 * the issuer with CERT_NAME_ISSUER_FLAG.  Characters with the last NUL; 1 and an empty text where there is no such
 * name.  With room 0 or no buffer it only counts; what does not fit is cut. */
SSPI_API DWORD WINAPI CertGetNameStringW(
    PCCERT_CONTEXT pCertContext, DWORD dwType, DWORD dwFlags, void *pvTypePara, LPWSTR pszNameString,
    DWORD cchNameString) SSPI_WIDE(CertGetNameStringW);
SSPI_API DWORD WINAPI CertGetNameStringA(
    PCCERT_CONTEXT pCertContext, DWORD dwType, DWORD dwFlags, void *pvTypePara, LPSTR pszNameString,
    DWORD cchNameString);
#define CertGetNameString SSPI_AW(CertGetNameString)
/* An encoded name as text: CERT_X500_NAME_STR, CERT_SIMPLE_NAME_STR or CERT_OID_NAME_STR, with separators and order
 * by flags.  Counts and cuts as CertGetNameString. */
SSPI_API DWORD WINAPI CertNameToStrW(
    DWORD dwCertEncodingType, PCERT_NAME_BLOB pName, DWORD dwStrType, LPWSTR psz,
    DWORD csz) SSPI_WIDE(CertNameToStrW);
SSPI_API DWORD WINAPI CertNameToStrA(
    DWORD dwCertEncodingType, PCERT_NAME_BLOB pName, DWORD dwStrType, LPSTR psz, DWORD csz);
#define CertNameToStr SSPI_AW(CertNameToStr)
/* "CN=host, O=site" as an encoded name.  NULL for pbEncoded asks for the size; ERROR_MORE_DATA.
 * CRYPT_E_INVALID_X500_STRING: *ppszError points to the fault. */
SSPI_API BOOL WINAPI CertStrToNameW(
    DWORD dwCertEncodingType, LPCWSTR pszX500, DWORD dwStrType, void *pvReserved, BYTE *pbEncoded,
    DWORD *pcbEncoded, LPCWSTR *ppszError) SSPI_WIDE(CertStrToNameW);
SSPI_API BOOL WINAPI CertStrToNameA(
    DWORD dwCertEncodingType, LPCSTR pszX500, DWORD dwStrType, void *pvReserved, BYTE *pbEncoded,
    DWORD *pcbEncoded, LPCSTR *ppszError);
#define CertStrToName SSPI_AW(CertStrToName)
/* DER into a structure, and back: by number (X509_NAME, PKCS_RSA_PRIVATE_KEY, ...) or by the identifier of an
 * extension.  NULL for the result asks for the size; ERROR_MORE_DATA.  With CRYPT_DECODE_ALLOC_FLAG or
 * CRYPT_ENCODE_ALLOC_FLAG the result is a pointer to memory for LocalFree, or of pfnAlloc.
 * A structure is one block with all that its pointers point to.  ERROR_FILE_NOT_FOUND: an unknown kind.
 * CRYPT_E_ASN1_BADTAG, CRYPT_E_ASN1_EOD, CRYPT_E_BAD_ENCODE, E_INVALIDARG, E_OUTOFMEMORY. */
SSPI_API BOOL WINAPI CryptDecodeObjectEx(
    DWORD dwCertEncodingType, LPCSTR lpszStructType, const BYTE *pbEncoded, DWORD cbEncoded, DWORD dwFlags,
    PCRYPT_DECODE_PARA pDecodePara, void *pvStructInfo, DWORD *pcbStructInfo) SSPI_WIDE(CryptDecodeObjectEx);
SSPI_API BOOL WINAPI CryptDecodeObject(
    DWORD dwCertEncodingType, LPCSTR lpszStructType, const BYTE *pbEncoded, DWORD cbEncoded, DWORD dwFlags,
    void *pvStructInfo, DWORD *pcbStructInfo) SSPI_WIDE(CryptDecodeObject);
SSPI_API BOOL WINAPI CryptEncodeObjectEx(
    DWORD dwCertEncodingType, LPCSTR lpszStructType, const void *pvStructInfo, DWORD dwFlags,
    PCRYPT_ENCODE_PARA pEncodePara, void *pvEncoded, DWORD *pcbEncoded) SSPI_WIDE(CryptEncodeObjectEx);
/* Text into bytes: CRYPT_STRING_BASE64, _BASE64HEADER, _HEX, _HEXRAW, _BINARY and the _ANY forms, which take what
 * fits and say which in *pdwFlags; *pdwSkip counts what stood before a header.  cchString 0: up to the NUL.  NULL
 * for pbBinary asks for the size; ERROR_MORE_DATA.  ERROR_INVALID_DATA: not of that form.
 * ERROR_INVALID_PARAMETER. */
SSPI_API BOOL WINAPI CryptStringToBinaryW(
    LPCWSTR pszString, DWORD cchString, DWORD dwFlags, BYTE *pbBinary, DWORD *pcbBinary, DWORD *pdwSkip,
    DWORD *pdwFlags) SSPI_WIDE(CryptStringToBinaryW);
SSPI_API BOOL WINAPI CryptStringToBinaryA(
    LPCSTR pszString, DWORD cchString, DWORD dwFlags, BYTE *pbBinary, DWORD *pcbBinary, DWORD *pdwSkip,
    DWORD *pdwFlags);
#define CryptStringToBinary SSPI_AW(CryptStringToBinary)
/* Bytes into text: the same forms but for _ANY; lines of 64 characters unless CRYPT_STRING_NOCRLF, ended as
 * CRYPT_STRING_NOCR says.  *pcchString: characters with the NUL where room is asked for (NULL for pszString),
 * without it where text was written.  ERROR_MORE_DATA, ERROR_INVALID_PARAMETER, E_OUTOFMEMORY. */
SSPI_API BOOL WINAPI CryptBinaryToStringW(
    const BYTE *pbBinary, DWORD cbBinary, DWORD dwFlags, LPWSTR pszString,
    DWORD *pcchString) SSPI_WIDE(CryptBinaryToStringW);
SSPI_API BOOL WINAPI CryptBinaryToStringA(
    const BYTE *pbBinary, DWORD cbBinary, DWORD dwFlags, LPSTR pszString, DWORD *pcchString);
#define CryptBinaryToString SSPI_AW(CryptBinaryToString)

SSPI_END

#endif
