/* SPDX-License-Identifier: MIT
 *
 * ncrypt.h -- private keys by handle: the part of CNG's key storage that gives paCred its keys. */
#ifndef OPENSSPI_NCRYPT_H
#define OPENSSPI_NCRYPT_H

#include <bcrypt.h>

#define MS_KEY_STORAGE_PROVIDER                      L"Microsoft Software Key Storage Provider"
#define MS_SMART_CARD_KEY_STORAGE_PROVIDER           L"Microsoft Smart Card Key Storage Provider"
#define MS_PLATFORM_KEY_STORAGE_PROVIDER             L"Microsoft Platform Crypto Provider"
#define NCRYPT_RSA_ALGORITHM                         BCRYPT_RSA_ALGORITHM
#define NCRYPT_DSA_ALGORITHM                         BCRYPT_DSA_ALGORITHM
#define NCRYPT_ECDSA_P256_ALGORITHM                  BCRYPT_ECDSA_P256_ALGORITHM
#define NCRYPT_ECDSA_P384_ALGORITHM                  BCRYPT_ECDSA_P384_ALGORITHM
#define NCRYPT_ECDSA_P521_ALGORITHM                  BCRYPT_ECDSA_P521_ALGORITHM
#define NCRYPT_ECDH_P256_ALGORITHM                   BCRYPT_ECDH_P256_ALGORITHM
#define NCRYPT_ECDH_P384_ALGORITHM                   BCRYPT_ECDH_P384_ALGORITHM
#define NCRYPT_ECDH_P521_ALGORITHM                   BCRYPT_ECDH_P521_ALGORITHM
#define NCRYPT_RSA_ALGORITHM_GROUP                   NCRYPT_RSA_ALGORITHM
#define NCRYPT_ECDSA_ALGORITHM_GROUP                 L"ECDSA"
#define NCRYPTBUFFER_VERSION                         0
#define NCRYPTBUFFER_EMPTY                           0
#define NCRYPTBUFFER_DATA                            1
#define NCRYPTBUFFER_PKCS_OID                        40
#define NCRYPTBUFFER_PKCS_ALG_OID                    41
#define NCRYPTBUFFER_PKCS_ALG_PARAM                  42
#define NCRYPTBUFFER_PKCS_ALG_ID                     43
#define NCRYPTBUFFER_PKCS_ATTRS                      44
#define NCRYPTBUFFER_PKCS_KEY_NAME                   45
#define NCRYPTBUFFER_PKCS_SECRET                     46
#define NCRYPT_PAD_PKCS1_FLAG                        0x2
#define NCRYPT_PAD_PSS_FLAG                          0x8
#define NCRYPT_MACHINE_KEY_FLAG                      0x20
#define NCRYPT_SILENT_FLAG                           0x40
#define NCRYPT_OVERWRITE_KEY_FLAG                    0x80
#define NCRYPT_DO_NOT_FINALIZE_FLAG                  0x400
#define NCRYPT_PERSIST_FLAG                          0x80000000
#define NCRYPT_NAME_PROPERTY                         L"Name"
#define NCRYPT_UNIQUE_NAME_PROPERTY                  L"Unique Name"
#define NCRYPT_ALGORITHM_PROPERTY                    L"Algorithm Name"
#define NCRYPT_LENGTH_PROPERTY                       L"Length"
#define NCRYPT_EXPORT_POLICY_PROPERTY                L"Export Policy"
#define NCRYPT_KEY_USAGE_PROPERTY                    L"Key Usage"
#define NCRYPT_KEY_TYPE_PROPERTY                     L"Key Type"
#define NCRYPT_ALGORITHM_GROUP_PROPERTY              L"Algorithm Group"
#define NCRYPT_PROVIDER_HANDLE_PROPERTY              L"Provider Handle"
#define NCRYPT_PIN_PROPERTY                          L"SmartCardPin"
#define NCRYPT_ALLOW_EXPORT_FLAG                     0x1
#define NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG           0x2
#define NCRYPT_ALLOW_DECRYPT_FLAG                    0x1
#define NCRYPT_ALLOW_SIGNING_FLAG                    0x2
#define NCRYPT_ALLOW_ALL_USAGES                      0x00ffffff
#define NCRYPT_PKCS7_ENVELOPE_BLOB                   L"PKCS7_ENVELOPE"
#define NCRYPT_PKCS8_PRIVATE_KEY_BLOB                L"PKCS8_PRIVATEKEY"
#define NCRYPT_OPAQUETRANSPORT_BLOB                  L"OpaqueTransport"

typedef ULONG_PTR NCRYPT_HANDLE, NCRYPT_PROV_HANDLE, NCRYPT_KEY_HANDLE;
typedef BCryptBuffer NCryptBuffer, *PNCryptBuffer;
typedef BCryptBufferDesc NCryptBufferDesc, *PNCryptBufferDesc;

SSPI_BEGIN

/* The key storage: NULL or MS_KEY_STORAGE_PROVIDER; NCryptFreeObject ends it.  NTE_PROV_DLL_NOT_FOUND: another
 * provider.  NTE_INVALID_PARAMETER, NTE_NO_MEMORY. */
SSPI_API SECURITY_STATUS WINAPI NCryptOpenStorageProvider(NCRYPT_PROV_HANDLE *phProvider,
                                                          LPCWSTR pszProviderName, DWORD dwFlags)
    SSPI_WIDE(NCryptOpenStorageProvider);
/* A private key: NCRYPT_PKCS8_PRIVATE_KEY_BLOB, encrypted where NCRYPTBUFFER_PKCS_SECRET gives the password (wide
 * text), LEGACY_RSAPRIVATE_BLOB, BCRYPT_RSAFULLPRIVATE_BLOB, BCRYPT_ECCPRIVATE_BLOB, or BCRYPT_PRIVATE_KEY_BLOB for
 * either of the last two.  The bytes are copied.  NCRYPTBUFFER_PKCS_KEY_NAME puts it into the container of that name
 * too, where CERT_KEY_PROV_INFO_PROP_ID finds it; containers live as long as the process.  *phKey is for
 * NCryptFreeObject.  NTE_EXISTS: the container is there and NCRYPT_OVERWRITE_KEY_FLAG is not.  NTE_BAD_DATA:
 * malformed, or the wrong password.  NTE_NOT_SUPPORTED: another form.  NTE_INVALID_HANDLE, NTE_INVALID_PARAMETER,
 * NTE_NO_MEMORY. */
SSPI_API SECURITY_STATUS WINAPI NCryptImportKey(NCRYPT_PROV_HANDLE hProvider, NCRYPT_KEY_HANDLE hImportKey,
                                                LPCWSTR pszBlobType, NCryptBufferDesc *pParameterList,
                                                NCRYPT_KEY_HANDLE *phKey, PBYTE pbData, DWORD cbData,
                                                DWORD dwFlags) SSPI_WIDE(NCryptImportKey);
/* Gives back a provider or key handle of this file; a key that a certificate holds stays with it.
 * NTE_INVALID_HANDLE. */
SSPI_API SECURITY_STATUS WINAPI NCryptFreeObject(NCRYPT_HANDLE hObject);

SSPI_END

#endif
