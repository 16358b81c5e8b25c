/* SPDX-License-Identifier: MIT
 *
 * t/layout.h -- sizes and offsets that programs built for Windows count on (x86-64), asserted when compiled;
 * for C11 and C++17, either width of WCHAR.  What holds arrays of WCHAR has two sizes. */
#ifndef T_LAYOUT_H
#define T_LAYOUT_H

#define SCHANNEL_USE_BLACKLISTS
#include <windows.h>

#include <bcrypt.h>
#include <ncrypt.h>
#include <opensspi/extra.h>
#include <schannel.h>
#include <schnlsp.h>
#include <sddl.h>
#include <security.h>
#include <sspi.h>
#include <subauth.h>
#include <wincrypt.h>
#include <winternl.h>
#include <wintrust.h>

#ifdef __cplusplus
#define LAYOUT_ASSERT(cond, text) static_assert(cond, text)
#else
#define LAYOUT_ASSERT(cond, text) _Static_assert(cond, text)
#endif
#define SIZE(type, size) LAYOUT_ASSERT(sizeof(type) == (size), "size of " #type)
#define AT(type, member, at) LAYOUT_ASSERT(offsetof(type, member) == (at), "offset of " #member)
#define VALUE(name, value) LAYOUT_ASSERT((unsigned)(name) == (value##u), "value of " #name)
#if __SIZEOF_WCHAR_T__ == 2
#define WIDE_SIZE(type, two, four) SIZE(type, two)
#define WIDE_AT(type, member, two, four) AT(type, member, two)
#else
#define WIDE_SIZE(type, two, four) SIZE(type, four)
#define WIDE_AT(type, member, two, four) AT(type, member, four)
#endif

/* scalars */
SIZE(ULONG, 4);
SIZE(LONG, 4);
SIZE(DWORD, 4);
SIZE(ALG_ID, 4);
SIZE(SECURITY_STATUS, 4);
SIZE(HRESULT, 4);
SIZE(NTSTATUS, 4);
SIZE(SECPKG_CRED_CLASS, 4);
SIZE(ULONG_PTR, 8);
SIZE(HANDLE, 8);
SIZE(HCERTSTORE, 8);
SIZE(HCRYPTPROV, 8);
SIZE(TimeStamp, 8);
SIZE(FILETIME, 8);
SIZE(LUID, 8);
WIDE_SIZE(WCHAR, 2, 4);
WIDE_SIZE(SEC_WCHAR, 2, 4);
LAYOUT_ASSERT((SECURITY_STATUS)-1 < 0 && (LONG)-1 < 0 && (ULONG)-1 > 0, "signs");
AT(TimeStamp, LowPart, 0);
AT(TimeStamp, HighPart, 4);

/* SSPI */
SIZE(SecHandle, 16);
AT(SecHandle, dwLower, 0);
AT(SecHandle, dwUpper, 8);
SIZE(SecBuffer, 16);
AT(SecBuffer, cbBuffer, 0);
AT(SecBuffer, BufferType, 4);
AT(SecBuffer, pvBuffer, 8);
SIZE(SecBufferDesc, 16);
AT(SecBufferDesc, ulVersion, 0);
AT(SecBufferDesc, cBuffers, 4);
AT(SecBufferDesc, pBuffers, 8);
SIZE(SecPkgInfoA, 32);
AT(SecPkgInfoA, fCapabilities, 0);
AT(SecPkgInfoA, wVersion, 4);
AT(SecPkgInfoA, wRPCID, 6);
AT(SecPkgInfoA, cbMaxToken, 8);
AT(SecPkgInfoA, Name, 16);
AT(SecPkgInfoA, Comment, 24);
SIZE(SecPkgInfoW, 32);
AT(SecPkgInfoW, fCapabilities, 0);
AT(SecPkgInfoW, wVersion, 4);
AT(SecPkgInfoW, wRPCID, 6);
AT(SecPkgInfoW, cbMaxToken, 8);
AT(SecPkgInfoW, Name, 16);
AT(SecPkgInfoW, Comment, 24);
SIZE(SEC_CHANNEL_BINDINGS, 32);
AT(SEC_CHANNEL_BINDINGS, dwInitiatorAddrType, 0);
AT(SEC_CHANNEL_BINDINGS, cbApplicationDataLength, 24);
AT(SEC_CHANNEL_BINDINGS, dwApplicationDataOffset, 28);
SIZE(SEC_APPLICATION_PROTOCOLS, 12);
AT(SEC_APPLICATION_PROTOCOLS, ProtocolListsSize, 0);
AT(SEC_APPLICATION_PROTOCOLS, ProtocolLists, 4);
SIZE(SEC_APPLICATION_PROTOCOL_LIST, 8);
AT(SEC_APPLICATION_PROTOCOL_LIST, ProtoNegoExt, 0);
AT(SEC_APPLICATION_PROTOCOL_LIST, ProtocolListSize, 4);
AT(SEC_APPLICATION_PROTOCOL_LIST, ProtocolList, 6);
SIZE(SEC_DTLS_MTU, 2);
SIZE(SEC_PRESHAREDKEY, 4);
AT(SEC_PRESHAREDKEY, KeySize, 0);
AT(SEC_PRESHAREDKEY, Key, 2);
SIZE(SEC_SRTP_PROTECTION_PROFILES, 4);
SIZE(SEC_TOKEN_BINDING, 6);
WIDE_SIZE(SEC_TRAFFIC_SECRETS, 400, 784);

/* attributes */
SIZE(SecPkgContext_Sizes, 16);
AT(SecPkgContext_Sizes, cbMaxToken, 0);
AT(SecPkgContext_Sizes, cbMaxSignature, 4);
AT(SecPkgContext_Sizes, cbBlockSize, 8);
AT(SecPkgContext_Sizes, cbSecurityTrailer, 12);
SIZE(SecPkgContext_StreamSizes, 20);
AT(SecPkgContext_StreamSizes, cbHeader, 0);
AT(SecPkgContext_StreamSizes, cbTrailer, 4);
AT(SecPkgContext_StreamSizes, cbMaximumMessage, 8);
AT(SecPkgContext_StreamSizes, cBuffers, 12);
AT(SecPkgContext_StreamSizes, cbBlockSize, 16);
SIZE(SecPkgContext_ConnectionInfo, 28);
AT(SecPkgContext_ConnectionInfo, dwProtocol, 0);
AT(SecPkgContext_ConnectionInfo, aiCipher, 4);
AT(SecPkgContext_ConnectionInfo, dwCipherStrength, 8);
AT(SecPkgContext_ConnectionInfo, aiHash, 12);
AT(SecPkgContext_ConnectionInfo, dwHashStrength, 16);
AT(SecPkgContext_ConnectionInfo, aiExch, 20);
AT(SecPkgContext_ConnectionInfo, dwExchStrength, 24);
WIDE_SIZE(SecPkgContext_ConnectionInfoEx, 404, 788);
WIDE_SIZE(SecPkgContext_CipherInfo, 680, 1320);
AT(SecPkgContext_CipherInfo, dwVersion, 0);
AT(SecPkgContext_CipherInfo, dwProtocol, 4);
AT(SecPkgContext_CipherInfo, dwCipherSuite, 8);
AT(SecPkgContext_CipherInfo, dwBaseCipherSuite, 12);
AT(SecPkgContext_CipherInfo, szCipherSuite, 16);
WIDE_AT(SecPkgContext_CipherInfo, szCipher, 144, 272);
WIDE_AT(SecPkgContext_CipherInfo, dwCipherLen, 272, 528);
WIDE_AT(SecPkgContext_CipherInfo, dwCipherBlockLen, 276, 532);
WIDE_AT(SecPkgContext_CipherInfo, szHash, 280, 536);
WIDE_AT(SecPkgContext_CipherInfo, dwHashLen, 408, 792);
WIDE_AT(SecPkgContext_CipherInfo, szExchange, 412, 796);
WIDE_AT(SecPkgContext_CipherInfo, dwMinExchangeLen, 540, 1052);
WIDE_AT(SecPkgContext_CipherInfo, dwMaxExchangeLen, 544, 1056);
WIDE_AT(SecPkgContext_CipherInfo, szCertificate, 548, 1060);
WIDE_AT(SecPkgContext_CipherInfo, dwKeyType, 676, 1316);
SIZE(SecPkgContext_KeyInfoA, 32);
AT(SecPkgContext_KeyInfoA, sSignatureAlgorithmName, 0);
AT(SecPkgContext_KeyInfoA, sEncryptAlgorithmName, 8);
AT(SecPkgContext_KeyInfoA, KeySize, 16);
AT(SecPkgContext_KeyInfoA, SignatureAlgorithm, 20);
AT(SecPkgContext_KeyInfoA, EncryptAlgorithm, 24);
SIZE(SecPkgContext_KeyInfoW, 32);
AT(SecPkgContext_KeyInfoW, sSignatureAlgorithmName, 0);
AT(SecPkgContext_KeyInfoW, sEncryptAlgorithmName, 8);
AT(SecPkgContext_KeyInfoW, KeySize, 16);
AT(SecPkgContext_KeyInfoW, SignatureAlgorithm, 20);
AT(SecPkgContext_KeyInfoW, EncryptAlgorithm, 24);
SIZE(SecPkgContext_ApplicationProtocol, 264);
AT(SecPkgContext_ApplicationProtocol, ProtoNegoStatus, 0);
AT(SecPkgContext_ApplicationProtocol, ProtoNegoExt, 4);
AT(SecPkgContext_ApplicationProtocol, ProtocolIdSize, 8);
AT(SecPkgContext_ApplicationProtocol, ProtocolId, 9);
SIZE(SecPkgContext_Bindings, 16);
SIZE(SecPkgContext_SessionInfo, 40);
SIZE(SecPkgContext_SessionAppData, 16);
SIZE(SecPkgContext_EapKeyBlock, 192);
SIZE(SecPkgContext_EapPrfInfo, 16);
SIZE(SecPkgContext_IssuerListInfoEx, 16);
SIZE(SecPkgContext_SupportedSignatures, 16);
SIZE(SecPkgContext_Certificates, 16);
SIZE(SecPkgContext_NegotiationInfoA, 16);
SIZE(SecPkgContext_NegotiationInfoW, 16);
SIZE(SecPkgContext_Lifespan, 16);
SIZE(SecPkgContext_Flags, 4);
SIZE(SecPkgContext_AccessToken, 8);
SIZE(SecPkgContext_SessionKey, 16);
SIZE(SecPkgContext_PackageInfoA, 8);
SIZE(SecPkgContext_PackageInfoW, 8);
SIZE(SecPkgContext_NamesA, 8);
SIZE(SecPkgContext_NamesW, 8);
SIZE(SecPkgContext_ClientSpecifiedTarget, 8);
SIZE(SecPkgCred_SupportedAlgs, 16);
SIZE(SecPkgCred_CipherStrengths, 8);
SIZE(SecPkgCred_SupportedProtocols, 4);
SIZE(SecPkgCred_SessionTicketKey, 88);
AT(SecPkgCred_SessionTicketKey, TicketInfoVersion, 0);
AT(SecPkgCred_SessionTicketKey, KeyId, 4);
AT(SecPkgCred_SessionTicketKey, KeyingMaterial, 20);
AT(SecPkgCred_SessionTicketKey, KeyingMaterialSize, 84);
SIZE(SecPkgCred_SessionTicketKeys, 16);

/* credentials and control tokens */
SIZE(SCHANNEL_CRED, 80);
AT(SCHANNEL_CRED, dwVersion, 0);
AT(SCHANNEL_CRED, cCreds, 4);
AT(SCHANNEL_CRED, paCred, 8);
AT(SCHANNEL_CRED, hRootStore, 16);
AT(SCHANNEL_CRED, cMappers, 24);
AT(SCHANNEL_CRED, aphMappers, 32);
AT(SCHANNEL_CRED, cSupportedAlgs, 40);
AT(SCHANNEL_CRED, palgSupportedAlgs, 48);
AT(SCHANNEL_CRED, grbitEnabledProtocols, 56);
AT(SCHANNEL_CRED, dwMinimumCipherStrength, 60);
AT(SCHANNEL_CRED, dwMaximumCipherStrength, 64);
AT(SCHANNEL_CRED, dwSessionLifespan, 68);
AT(SCHANNEL_CRED, dwFlags, 72);
AT(SCHANNEL_CRED, dwCredFormat, 76);
SIZE(SCH_CREDENTIALS, 72);
AT(SCH_CREDENTIALS, dwVersion, 0);
AT(SCH_CREDENTIALS, dwCredFormat, 4);
AT(SCH_CREDENTIALS, cCreds, 8);
AT(SCH_CREDENTIALS, paCred, 16);
AT(SCH_CREDENTIALS, hRootStore, 24);
AT(SCH_CREDENTIALS, cMappers, 32);
AT(SCH_CREDENTIALS, aphMappers, 40);
AT(SCH_CREDENTIALS, dwSessionLifespan, 48);
AT(SCH_CREDENTIALS, dwFlags, 52);
AT(SCH_CREDENTIALS, cTlsParameters, 56);
AT(SCH_CREDENTIALS, pTlsParameters, 64);
SIZE(TLS_PARAMETERS, 40);
AT(TLS_PARAMETERS, cAlpnIds, 0);
AT(TLS_PARAMETERS, rgstrAlpnIds, 8);
AT(TLS_PARAMETERS, grbitDisabledProtocols, 16);
AT(TLS_PARAMETERS, cDisabledCrypto, 20);
AT(TLS_PARAMETERS, pDisabledCrypto, 24);
AT(TLS_PARAMETERS, dwFlags, 32);
SIZE(CRYPTO_SETTINGS, 48);
AT(CRYPTO_SETTINGS, eAlgorithmUsage, 0);
AT(CRYPTO_SETTINGS, strCngAlgId, 8);
AT(CRYPTO_SETTINGS, cChainingModes, 24);
AT(CRYPTO_SETTINGS, rgstrChainingModes, 32);
AT(CRYPTO_SETTINGS, dwMinBitLength, 40);
AT(CRYPTO_SETTINGS, dwMaxBitLength, 44);
SIZE(UNICODE_STRING, 16);
SIZE(SCHANNEL_ALERT_TOKEN, 12);
SIZE(SCHANNEL_SESSION_TOKEN, 8);
SIZE(SCHANNEL_CERT_HASH, 40);
WIDE_SIZE(SCHANNEL_CERT_HASH_STORE, 296, 552);
SIZE(SCHANNEL_CLIENT_SIGNATURE, 68);

/* crypt32 */
SIZE(CERT_CONTEXT, 40);
AT(CERT_CONTEXT, dwCertEncodingType, 0);
AT(CERT_CONTEXT, pbCertEncoded, 8);
AT(CERT_CONTEXT, cbCertEncoded, 16);
AT(CERT_CONTEXT, pCertInfo, 24);
AT(CERT_CONTEXT, hCertStore, 32);
SIZE(CERT_INFO, 208);
SIZE(CRYPT_DATA_BLOB, 16);
SIZE(CRYPT_KEY_PROV_INFO, 48);
AT(CRYPT_KEY_PROV_INFO, dwProvType, 16);
AT(CRYPT_KEY_PROV_INFO, rgProvParam, 32);
AT(CRYPT_KEY_PROV_INFO, dwKeySpec, 40);
SIZE(CERT_KEY_CONTEXT, 24);
SIZE(CERT_PUBLIC_KEY_INFO, 48);
SIZE(CRYPT_ALGORITHM_IDENTIFIER, 24);

/* the function tables */
SIZE(SecurityFunctionTableA, 256);
AT(SecurityFunctionTableA, dwVersion, 0);
AT(SecurityFunctionTableA, EnumerateSecurityPackagesA, 8);
AT(SecurityFunctionTableA, QueryCredentialsAttributesA, 16);
AT(SecurityFunctionTableA, AcquireCredentialsHandleA, 24);
AT(SecurityFunctionTableA, FreeCredentialsHandle, 32);
AT(SecurityFunctionTableA, Reserved2, 40);
AT(SecurityFunctionTableA, InitializeSecurityContextA, 48);
AT(SecurityFunctionTableA, AcceptSecurityContext, 56);
AT(SecurityFunctionTableA, CompleteAuthToken, 64);
AT(SecurityFunctionTableA, DeleteSecurityContext, 72);
AT(SecurityFunctionTableA, ApplyControlToken, 80);
AT(SecurityFunctionTableA, QueryContextAttributesA, 88);
AT(SecurityFunctionTableA, ImpersonateSecurityContext, 96);
AT(SecurityFunctionTableA, RevertSecurityContext, 104);
AT(SecurityFunctionTableA, MakeSignature, 112);
AT(SecurityFunctionTableA, VerifySignature, 120);
AT(SecurityFunctionTableA, FreeContextBuffer, 128);
AT(SecurityFunctionTableA, QuerySecurityPackageInfoA, 136);
AT(SecurityFunctionTableA, Reserved3, 144);
AT(SecurityFunctionTableA, Reserved4, 152);
AT(SecurityFunctionTableA, ExportSecurityContext, 160);
AT(SecurityFunctionTableA, ImportSecurityContextA, 168);
AT(SecurityFunctionTableA, AddCredentialsA, 176);
AT(SecurityFunctionTableA, Reserved8, 184);
AT(SecurityFunctionTableA, QuerySecurityContextToken, 192);
AT(SecurityFunctionTableA, EncryptMessage, 200);
AT(SecurityFunctionTableA, DecryptMessage, 208);
AT(SecurityFunctionTableA, SetContextAttributesA, 216);
AT(SecurityFunctionTableA, SetCredentialsAttributesA, 224);
AT(SecurityFunctionTableA, ChangeAccountPasswordA, 232);
AT(SecurityFunctionTableA, QueryContextAttributesExA, 240);
AT(SecurityFunctionTableA, QueryCredentialsAttributesExA, 248);
SIZE(SecurityFunctionTableW, 256);
AT(SecurityFunctionTableW, dwVersion, 0);
AT(SecurityFunctionTableW, EnumerateSecurityPackagesW, 8);
AT(SecurityFunctionTableW, QueryCredentialsAttributesW, 16);
AT(SecurityFunctionTableW, AcquireCredentialsHandleW, 24);
AT(SecurityFunctionTableW, FreeCredentialsHandle, 32);
AT(SecurityFunctionTableW, Reserved2, 40);
AT(SecurityFunctionTableW, InitializeSecurityContextW, 48);
AT(SecurityFunctionTableW, AcceptSecurityContext, 56);
AT(SecurityFunctionTableW, CompleteAuthToken, 64);
AT(SecurityFunctionTableW, DeleteSecurityContext, 72);
AT(SecurityFunctionTableW, ApplyControlToken, 80);
AT(SecurityFunctionTableW, QueryContextAttributesW, 88);
AT(SecurityFunctionTableW, ImpersonateSecurityContext, 96);
AT(SecurityFunctionTableW, RevertSecurityContext, 104);
AT(SecurityFunctionTableW, MakeSignature, 112);
AT(SecurityFunctionTableW, VerifySignature, 120);
AT(SecurityFunctionTableW, FreeContextBuffer, 128);
AT(SecurityFunctionTableW, QuerySecurityPackageInfoW, 136);
AT(SecurityFunctionTableW, Reserved3, 144);
AT(SecurityFunctionTableW, Reserved4, 152);
AT(SecurityFunctionTableW, ExportSecurityContext, 160);
AT(SecurityFunctionTableW, ImportSecurityContextW, 168);
AT(SecurityFunctionTableW, AddCredentialsW, 176);
AT(SecurityFunctionTableW, Reserved8, 184);
AT(SecurityFunctionTableW, QuerySecurityContextToken, 192);
AT(SecurityFunctionTableW, EncryptMessage, 200);
AT(SecurityFunctionTableW, DecryptMessage, 208);
AT(SecurityFunctionTableW, SetContextAttributesW, 216);
AT(SecurityFunctionTableW, SetCredentialsAttributesW, 224);
AT(SecurityFunctionTableW, ChangeAccountPasswordW, 232);
AT(SecurityFunctionTableW, QueryContextAttributesExW, 240);
AT(SecurityFunctionTableW, QueryCredentialsAttributesExW, 248);

/* constants */
VALUE(SECPKG_CRED_INBOUND, 1);
VALUE(SECPKG_CRED_OUTBOUND, 2);
VALUE(SECPKG_CRED_BOTH, 3);
VALUE(SP_PROT_SSL3_SERVER, 0x10);
VALUE(SP_PROT_SSL3_CLIENT, 0x20);
VALUE(SP_PROT_TLS1_0_SERVER, 0x40);
VALUE(SP_PROT_TLS1_0_CLIENT, 0x80);
VALUE(SP_PROT_TLS1_1_SERVER, 0x100);
VALUE(SP_PROT_TLS1_1_CLIENT, 0x200);
VALUE(SP_PROT_TLS1_2_SERVER, 0x400);
VALUE(SP_PROT_TLS1_2_CLIENT, 0x800);
VALUE(SP_PROT_TLS1_3_SERVER, 0x1000);
VALUE(SP_PROT_TLS1_3_CLIENT, 0x2000);
VALUE(SP_PROT_DTLS1_0_SERVER, 0x10000);
VALUE(SP_PROT_DTLS1_0_CLIENT, 0x20000);
VALUE(SP_PROT_DTLS1_2_SERVER, 0x40000);
VALUE(SP_PROT_DTLS1_2_CLIENT, 0x80000);
VALUE(SP_PROT_UNI_SERVER, 0x40000000);
VALUE(SP_PROT_UNI_CLIENT, 0x80000000);
VALUE(SCH_CRED_NO_SYSTEM_MAPPER, 0x2);
VALUE(SCH_CRED_NO_SERVERNAME_CHECK, 0x4);
VALUE(SCH_CRED_MANUAL_CRED_VALIDATION, 0x8);
VALUE(SCH_CRED_NO_DEFAULT_CREDS, 0x10);
VALUE(SCH_CRED_AUTO_CRED_VALIDATION, 0x20);
VALUE(SCH_CRED_USE_DEFAULT_CREDS, 0x40);
VALUE(SCH_CRED_DISABLE_RECONNECTS, 0x80);
VALUE(SCH_CRED_REVOCATION_CHECK_END_CERT, 0x100);
VALUE(SCH_CRED_REVOCATION_CHECK_CHAIN, 0x200);
VALUE(SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT, 0x400);
VALUE(SCH_CRED_IGNORE_NO_REVOCATION_CHECK, 0x800);
VALUE(SCH_CRED_IGNORE_REVOCATION_OFFLINE, 0x1000);
VALUE(SCH_CRED_RESTRICTED_ROOTS, 0x2000);
VALUE(SCH_CRED_REVOCATION_CHECK_CACHE_ONLY, 0x4000);
VALUE(SCH_CRED_CACHE_ONLY_URL_RETRIEVAL, 0x8000);
VALUE(SCH_CRED_MEMORY_STORE_CERT, 0x10000);
VALUE(SCH_CRED_CACHE_ONLY_URL_RETRIEVAL_ON_CREATE, 0x20000);
VALUE(SCH_SEND_ROOT_CERT, 0x40000);
VALUE(SCH_CRED_SNI_CREDENTIAL, 0x80000);
VALUE(SCH_CRED_SNI_ENABLE_OCSP, 0x100000);
VALUE(SCH_SEND_AUX_RECORD, 0x200000);
VALUE(SCH_USE_STRONG_CRYPTO, 0x400000);
VALUE(SCH_USE_PRESHAREDKEY_ONLY, 0x800000);
VALUE(SCH_USE_DTLS_ONLY, 0x1000000);
VALUE(ASC_REQ_EXTENDED_ERROR, 0x8000);
VALUE(ISC_REQ_EXTENDED_ERROR, 0x4000);
VALUE(ASC_REQ_STREAM, 0x10000);
VALUE(ISC_REQ_STREAM, 0x8000);
VALUE(ASC_RET_CALL_LEVEL, 0x2000);
VALUE(ASC_RET_THIRD_LEG_FAILED, 0x4000);
VALUE(ASC_RET_NO_ADDITIONAL_TOKEN, 0x2000000);
VALUE(SCHANNEL_RENEGOTIATE, 0);
VALUE(SCHANNEL_SHUTDOWN, 1);
VALUE(SCHANNEL_ALERT, 2);
VALUE(SCHANNEL_SESSION, 3);
VALUE(SCHANNEL_CRED_VERSION, 4);
VALUE(SCH_CREDENTIALS_VERSION, 5);
VALUE(SEC_E_INVALID_HANDLE, 0x80090301);
VALUE(SEC_E_INCOMPLETE_MESSAGE, 0x80090318);
VALUE(SEC_I_CONTINUE_NEEDED, 0x00090312);
VALUE(SEC_I_RENEGOTIATE, 0x00090321);
VALUE(SEC_E_APPLICATION_PROTOCOL_MISMATCH, 0x80090367);

#endif
