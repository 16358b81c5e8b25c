/* SPDX-License-Identifier: MIT
 *
 * bcrypt.h -- the words of CNG that Schannel sources use: names of algorithms, layouts of key blobs, and the
 * list of cipher suites. */
#ifndef OPENSSPI_BCRYPT_H
#define OPENSSPI_BCRYPT_H

#include <opensspi/types.h>
#include <ntstatus.h>
#include <winerror.h>

#define BCRYPT_SUCCESS(status) ((NTSTATUS)(status) >= 0)

/* ---- algorithms and modes ---- */
#define BCRYPT_ALGORITHM_NAME                        L"AlgorithmName"
#define BCRYPT_BLOCK_LENGTH                          L"BlockLength"
#define BCRYPT_CHAINING_MODE                         L"ChainingMode"
#define BCRYPT_CHAIN_MODE_CBC                        L"ChainingModeCBC"
#define BCRYPT_CHAIN_MODE_CCM                        L"ChainingModeCCM"
#define BCRYPT_CHAIN_MODE_CFB                        L"ChainingModeCFB"
#define BCRYPT_CHAIN_MODE_ECB                        L"ChainingModeECB"
#define BCRYPT_CHAIN_MODE_GCM                        L"ChainingModeGCM"
#define BCRYPT_CHAIN_MODE_NA                         L"ChainingModeN/A"
#define BCRYPT_HASH_LENGTH                           L"HashDigestLength"
#define BCRYPT_KEY_LENGTH                            L"KeyLength"
#define BCRYPT_RSA_ALGORITHM                         L"RSA"
#define BCRYPT_RSA_SIGN_ALGORITHM                    L"RSA_SIGN"
#define BCRYPT_DH_ALGORITHM                          L"DH"
#define BCRYPT_DSA_ALGORITHM                         L"DSA"
#define BCRYPT_RC2_ALGORITHM                         L"RC2"
#define BCRYPT_RC4_ALGORITHM                         L"RC4"
#define BCRYPT_AES_ALGORITHM                         L"AES"
#define BCRYPT_DES_ALGORITHM                         L"DES"
#define BCRYPT_DESX_ALGORITHM                        L"DESX"
#define BCRYPT_3DES_ALGORITHM                        L"3DES"
#define BCRYPT_3DES_112_ALGORITHM                    L"3DES_112"
#define BCRYPT_MD2_ALGORITHM                         L"MD2"
#define BCRYPT_MD4_ALGORITHM                         L"MD4"
#define BCRYPT_MD5_ALGORITHM                         L"MD5"
#define BCRYPT_SHA1_ALGORITHM                        L"SHA1"
#define BCRYPT_SHA256_ALGORITHM                      L"SHA256"
#define BCRYPT_SHA384_ALGORITHM                      L"SHA384"
#define BCRYPT_SHA512_ALGORITHM                      L"SHA512"
#define BCRYPT_AES_GMAC_ALGORITHM                    L"AES-GMAC"
#define BCRYPT_AES_CMAC_ALGORITHM                    L"AES-CMAC"
#define BCRYPT_ECDSA_P256_ALGORITHM                  L"ECDSA_P256"
#define BCRYPT_ECDSA_P384_ALGORITHM                  L"ECDSA_P384"
#define BCRYPT_ECDSA_P521_ALGORITHM                  L"ECDSA_P521"
#define BCRYPT_ECDH_P256_ALGORITHM                   L"ECDH_P256"
#define BCRYPT_ECDH_P384_ALGORITHM                   L"ECDH_P384"
#define BCRYPT_ECDH_P521_ALGORITHM                   L"ECDH_P521"
#define BCRYPT_RNG_ALGORITHM                         L"RNG"
#define BCRYPT_CHACHA20_POLY1305_ALGORITHM           L"CHACHA20_POLY1305"

/* ---- key blobs ---- */
#define BCRYPT_PUBLIC_KEY_BLOB                       L"PUBLICBLOB"
#define BCRYPT_PRIVATE_KEY_BLOB                      L"PRIVATEBLOB"
#define BCRYPT_RSAPUBLIC_BLOB                        L"RSAPUBLICBLOB"
#define BCRYPT_RSAPRIVATE_BLOB                       L"RSAPRIVATEBLOB"
#define LEGACY_RSAPUBLIC_BLOB                        L"CAPIPUBLICBLOB"
#define LEGACY_RSAPRIVATE_BLOB                       L"CAPIPRIVATEBLOB"
#define BCRYPT_RSAPUBLIC_MAGIC                       0x31415352
#define BCRYPT_RSAPRIVATE_MAGIC                      0x32415352
#define BCRYPT_RSAFULLPRIVATE_BLOB                   L"RSAFULLPRIVATEBLOB"
#define BCRYPT_RSAFULLPRIVATE_MAGIC                  0x33415352
#define BCRYPT_ECCPUBLIC_BLOB                        L"ECCPUBLICBLOB"
#define BCRYPT_ECCPRIVATE_BLOB                       L"ECCPRIVATEBLOB"
#define BCRYPT_ECDSA_PUBLIC_P256_MAGIC               0x31534345
#define BCRYPT_ECDSA_PRIVATE_P256_MAGIC              0x32534345
#define BCRYPT_ECDSA_PUBLIC_P384_MAGIC               0x33534345
#define BCRYPT_ECDSA_PRIVATE_P384_MAGIC              0x34534345
#define BCRYPT_ECDSA_PUBLIC_P521_MAGIC               0x35534345
#define BCRYPT_ECDSA_PRIVATE_P521_MAGIC              0x36534345

typedef struct _BCRYPT_KEY_BLOB {
    ULONG Magic;
} BCRYPT_KEY_BLOB;
typedef struct _BCRYPT_RSAKEY_BLOB { /* followed by exponent, modulus, primes */
    ULONG Magic;
    ULONG BitLength;
    ULONG cbPublicExp;
    ULONG cbModulus;
    ULONG cbPrime1;
    ULONG cbPrime2;
} BCRYPT_RSAKEY_BLOB;
typedef struct _BCRYPT_ECCKEY_BLOB { /* followed by X, Y and, in a private one, d */
    ULONG dwMagic;
    ULONG cbKey;
} BCRYPT_ECCKEY_BLOB, *PBCRYPT_ECCKEY_BLOB;
typedef struct _BCryptBuffer {
    ULONG cbBuffer;
    ULONG BufferType;
    PVOID pvBuffer;
} BCryptBuffer, *PBCryptBuffer;
typedef struct _BCryptBufferDesc {
    ULONG ulVersion;
    ULONG cBuffers;
    PBCryptBuffer pBuffers;
} BCryptBufferDesc, *PBCryptBufferDesc;
typedef PVOID BCRYPT_HANDLE, BCRYPT_ALG_HANDLE, BCRYPT_KEY_HANDLE, BCRYPT_HASH_HANDLE;

/* ---- cipher suites ---- */
#define CRYPT_UM                                     0x00000001
#define CRYPT_KM                                     0x00000002
#define CRYPT_MM                                     0x00000003
#define CRYPT_ANY                                    0x00000004
#define CRYPT_LOCAL                                  0x00000001
#define CRYPT_DOMAIN                                 0x00000002
#define CRYPT_PRIORITY_TOP                           0x00000000
#define CRYPT_PRIORITY_BOTTOM                        0xffffffff
#define NCRYPT_SCHANNEL_INTERFACE 0x00010002
#define NCRYPT_SCHANNEL_SIGNATURE_INTERFACE 0x00010003
typedef struct _CRYPT_CONTEXT_FUNCTIONS {
    ULONG cFunctions;
    PWSTR *rgpszFunctions;
} CRYPT_CONTEXT_FUNCTIONS, *PCRYPT_CONTEXT_FUNCTIONS;

SSPI_BEGIN

/* The names of the cipher suites that the machine's profile allows, best first: table CRYPT_LOCAL, context
 * L"SSL", interface NCRYPT_SCHANNEL_INTERFACE.  BCryptFreeBuffer frees *ppBuffer where it was NULL; a buffer of the
 * caller's with *pcbBuffer octets is used, and STATUS_BUFFER_TOO_SMALL tells how many it takes.
 * STATUS_INVALID_PARAMETER, STATUS_NOT_FOUND: another table, context or interface.  STATUS_NO_MEMORY. */
SSPI_API NTSTATUS WINAPI BCryptEnumContextFunctions(ULONG dwTable, LPCWSTR pszContext, ULONG dwInterface,
                                                    ULONG *pcbBuffer, PCRYPT_CONTEXT_FUNCTIONS *ppBuffer)
    SSPI_WIDE(BCryptEnumContextFunctions);
SSPI_API VOID WINAPI BCryptFreeBuffer(PVOID pvBuffer);

/* ---- random numbers ---- */
#define BCRYPT_RNG_USE_ENTROPY_IN_BUFFER             0x00000001
#define BCRYPT_USE_SYSTEM_PREFERRED_RNG              0x00000002
#define BCRYPT_RNG_ALG_HANDLE                        ((BCRYPT_ALG_HANDLE)0x00000081)
/* cbBuffer octets from the kernel: hAlgorithm NULL with BCRYPT_USE_SYSTEM_PREFERRED_RNG, or
 * BCRYPT_RNG_ALG_HANDLE; anything else is STATUS_INVALID_HANDLE.  Any thread. */
SSPI_API NTSTATUS WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbBuffer, ULONG cbBuffer,
                                         ULONG dwFlags);

SSPI_END

#endif
