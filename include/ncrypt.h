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
#define NCRYPT_WRITE_KEY_TO_LEGACY_STORE_FLAG        0x200
#define NCRYPT_PERSIST_ONLY_FLAG                     0x40000000
#define NCRYPT_PERSIST_FLAG                          0x80000000
#define NCRYPT_NAME_PROPERTY                         L"Name"
#define NCRYPT_UNIQUE_NAME_PROPERTY                  L"Unique Name"
#define NCRYPT_ALGORITHM_PROPERTY                    L"Algorithm Name"
#define NCRYPT_LENGTH_PROPERTY                       L"Length"
#define NCRYPT_EXPORT_POLICY_PROPERTY                L"Export Policy"
#define NCRYPT_KEY_USAGE_PROPERTY                    L"Key Usage"
#define NCRYPT_IMPL_TYPE_PROPERTY                    L"Impl Type"
#define NCRYPT_VERSION_PROPERTY                      L"Version"
#define NCRYPT_WINDOW_HANDLE_PROPERTY                L"HWND Handle"
#define NCRYPT_USE_CONTEXT_PROPERTY                  L"Use Context"
#define NCRYPT_UI_POLICY_PROPERTY                    L"UI Policy"
#define NCRYPT_KEY_TYPE_PROPERTY                     L"Key Type"
#define NCRYPT_ALGORITHM_GROUP_PROPERTY              L"Algorithm Group"
#define NCRYPT_PROVIDER_HANDLE_PROPERTY              L"Provider Handle"
#define NCRYPT_PIN_PROPERTY                          L"SmartCardPin"
#define NCRYPT_ALLOW_EXPORT_FLAG                     0x1
#define NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG           0x2
#define NCRYPT_ALLOW_ARCHIVING_FLAG                  0x4
#define NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG        0x8
#define NCRYPT_IMPL_SOFTWARE_FLAG                    0x2
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
/* A new key, which NCryptFinalizeKey makes once its properties are set: NCRYPT_RSA_ALGORITHM (2048 bits unless
 * NCRYPT_LENGTH_PROPERTY says otherwise), NCRYPT_ECDSA_P256_ALGORITHM, ..._P384_... or ..._P521_...  Without a name it
 * lives as long as its handles and the certificates that hold it, and is never written.  With one it is written, to a
 * file that its account alone can read, beside the account's store MY; NCRYPT_MACHINE_KEY_FLAG: beside the machine's.
 * dwLegacyKeySpec is not used.  *phKey is for NCryptFreeObject or NCryptDeleteKey.  NTE_EXISTS: there is a key of that
 * name and NCRYPT_OVERWRITE_KEY_FLAG is not given.  NTE_NOT_SUPPORTED: another algorithm.  NTE_INVALID_HANDLE,
 * NTE_INVALID_PARAMETER, NTE_NO_MEMORY. */
SSPI_API SECURITY_STATUS WINAPI NCryptCreatePersistedKey(NCRYPT_PROV_HANDLE hProvider, NCRYPT_KEY_HANDLE *phKey,
                                                         LPCWSTR pszAlgId, LPCWSTR pszKeyName,
                                                         DWORD dwLegacyKeySpec, DWORD dwFlags)
    SSPI_WIDE(NCryptCreatePersistedKey);
/* Makes the key, or takes in one imported with NCRYPT_DO_NOT_FINALIZE_FLAG, and puts it where its name says.  After a
 * failure it can be tried again.  NTE_BAD_KEY_STATE: it is done already, or at work on another thread.  NTE_EXISTS:
 * somebody else took the name.  NTE_PERM: the file may not be written; a log line says why.  NTE_NOT_SUPPORTED: no
 * provider makes such a key.  NTE_INVALID_HANDLE, NTE_NO_MEMORY, NTE_FAIL. */
SSPI_API SECURITY_STATUS WINAPI NCryptFinalizeKey(NCRYPT_KEY_HANDLE hKey, DWORD dwFlags);
/* The key of that name: of this process's containers or the account's files; NCRYPT_MACHINE_KEY_FLAG: of the
 * machine's.  NTE_BAD_KEYSET: there is none.  NTE_PERM: it may not be read, or others can (a log line says which).
 * NTE_BAD_DATA: damaged.  NTE_INVALID_HANDLE, NTE_INVALID_PARAMETER, NTE_NO_MEMORY. */
SSPI_API SECURITY_STATUS WINAPI NCryptOpenKey(NCRYPT_PROV_HANDLE hProvider, NCRYPT_KEY_HANDLE *phKey,
                                              LPCWSTR pszKeyName, DWORD dwLegacyKeySpec, DWORD dwFlags)
    SSPI_WIDE(NCryptOpenKey);
/* Ends the handle and takes the key away from where its name leads: its container or file.  Certificates and
 * credentials that hold the key keep it.  NTE_PERM: the file may not be removed, and the handle stays.
 * NTE_BAD_KEYSET: somebody else was first.  NTE_INVALID_HANDLE. */
SSPI_API SECURITY_STATUS WINAPI NCryptDeleteKey(NCRYPT_KEY_HANDLE hKey, DWORD dwFlags);
/* The key as bytes: NCRYPT_PKCS8_PRIVATE_KEY_BLOB, encrypted (AES-256) where NCRYPTBUFFER_PKCS_SECRET gives a password,
 * BCRYPT_RSAFULLPRIVATE_BLOB, BCRYPT_RSAPRIVATE_BLOB, BCRYPT_ECCPRIVATE_BLOB, LEGACY_RSAPRIVATE_BLOB, and the public
 * halves BCRYPT_RSAPUBLIC_BLOB, BCRYPT_ECCPUBLIC_BLOB and LEGACY_RSAPUBLIC_BLOB; BCRYPT_PRIVATE_KEY_BLOB and
 * BCRYPT_PUBLIC_KEY_BLOB are what fits.  pbOutput NULL asks for the size; NTE_BUFFER_TOO_SMALL: *pcbResult says what
 * it takes.  NTE_NOT_SUPPORTED: another form, hExportKey, or a private one that NCRYPT_EXPORT_POLICY_PROPERTY keeps
 * back: plain needs NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG, encrypted that or NCRYPT_ALLOW_EXPORT_FLAG.
 * NTE_BAD_KEY_STATE: not finalized.  NTE_INVALID_HANDLE, NTE_INVALID_PARAMETER, NTE_NO_MEMORY. */
SSPI_API SECURITY_STATUS WINAPI NCryptExportKey(NCRYPT_KEY_HANDLE hKey, NCRYPT_KEY_HANDLE hExportKey,
                                                LPCWSTR pszBlobType, NCryptBufferDesc *pParameterList,
                                                PBYTE pbOutput, DWORD cbOutput, DWORD *pcbResult, DWORD dwFlags)
    SSPI_WIDE(NCryptExportKey);
/* A property of a key: NCRYPT_LENGTH_PROPERTY, ..._EXPORT_POLICY_..., ..._KEY_USAGE_..., ..._KEY_TYPE_...,
 * ..._IMPL_TYPE_... (a DWORD), ..._ALGORITHM_..., ..._ALGORITHM_GROUP_..., ..._NAME_..., ..._UNIQUE_NAME_... (wide
 * text, its NUL counted), ..._PROVIDER_HANDLE_... (the caller's to free).  Of a provider: name, implementation and
 * version.  Sizes as in NCryptExportKey, in octets.  NTE_NOT_SUPPORTED: another, or the key has none (a name). */
SSPI_API SECURITY_STATUS WINAPI NCryptGetProperty(NCRYPT_HANDLE hObject, LPCWSTR pszProperty, PBYTE pbOutput,
                                                  DWORD cbOutput, DWORD *pcbResult, DWORD dwFlags)
    SSPI_WIDE(NCryptGetProperty);
/* Before NCryptFinalizeKey: NCRYPT_LENGTH_PROPERTY (RSA: 1024 to 16384 in steps of 64), NCRYPT_EXPORT_POLICY_PROPERTY,
 * NCRYPT_KEY_USAGE_PROPERTY, each a DWORD.  The last two also of a key that was imported without a name, at any time.
 * NCRYPT_WINDOW_HANDLE_PROPERTY and NCRYPT_USE_CONTEXT_PROPERTY mean nothing here.  NTE_BAD_KEY_STATE: too late.
 * NTE_INVALID_PARAMETER: not such a value.  NTE_NOT_SUPPORTED: another property.  NTE_INVALID_HANDLE, NTE_NO_MEMORY. */
SSPI_API SECURITY_STATUS WINAPI NCryptSetProperty(NCRYPT_HANDLE hObject, LPCWSTR pszProperty, PBYTE pbInput,
                                                  DWORD cbInput, DWORD dwFlags) SSPI_WIDE(NCryptSetProperty);
/* A private key: NCRYPT_PKCS8_PRIVATE_KEY_BLOB, encrypted where NCRYPTBUFFER_PKCS_SECRET gives the password (wide
 * text), LEGACY_RSAPRIVATE_BLOB, BCRYPT_RSAFULLPRIVATE_BLOB, BCRYPT_ECCPRIVATE_BLOB, or BCRYPT_PRIVATE_KEY_BLOB for
 * either of the last two.  The bytes are copied.  NCRYPTBUFFER_PKCS_KEY_NAME puts it into the container of that name
 * too, where CERT_KEY_PROV_INFO_PROP_ID finds it; containers live as long as the process, and nothing is written.
 * NCRYPT_DO_NOT_FINALIZE_FLAG leaves that to NCryptFinalizeKey, and properties to be set before.  *phKey is for
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
