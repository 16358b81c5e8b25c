/* SPDX-License-Identifier: MIT
 *
 * sspi.h -- the Security Support Provider Interface as Windows programs know it: types, constants and the
 * functions of secur32.  Sources usually include it through security.h.
 *
 * Handles are numbers that the library looks up; a stale, forged or doubly freed one gives
 * SEC_E_INVALID_HANDLE.  Memory that a function hands out goes back through FreeContextBuffer.  Contexts may
 * be used from any thread; calls on one context wait for each other.  `char` strings are UTF-8, wide ones
 * as opensspi/types.h says. */
#ifndef OPENSSPI_SSPI_H
#define OPENSSPI_SSPI_H
#define __SSPI_H__

/* An argument of a transparent union is silent under -Wpedantic only where the function comes from a system
 * header (gcc); the tests of these headers define OPENSSPI_HEADER_WARNINGS to see everything else. */
#if defined(__GNUC__) && !defined(OPENSSPI_HEADER_WARNINGS)
#pragma GCC system_header
#endif

#include <opensspi/types.h>
#include <winerror.h>

/* User mode, 32-bit flavour: assumed where a source names none of the three. */
#if !defined(SECURITY_WIN32) && !defined(SECURITY_KERNEL) && !defined(SECURITY_MAC)
#define SECURITY_WIN32
#endif
#define ISSP_LEVEL 32
#define ISSP_MODE 1

#define SEC_ENTRY WINAPI
#define SEC_FAR
#define __SEC_FAR
#define SEC_TEXT(text) TEXT(text)

typedef WCHAR SEC_WCHAR;
typedef CHAR SEC_CHAR;
#ifdef UNICODE
typedef SEC_WCHAR *SECURITY_PSTR;
typedef const SEC_WCHAR *SECURITY_PCSTR;
#else
typedef SEC_CHAR *SECURITY_PSTR;
typedef const SEC_CHAR *SECURITY_PCSTR;
#endif

#define SEC_SUCCESS(status) ((status) >= 0)

/* ---- handles ---- */
typedef struct _SecHandle {
    ULONG_PTR dwLower;
    ULONG_PTR dwUpper;
} SecHandle, *PSecHandle;
typedef SecHandle CredHandle, CtxtHandle;
typedef PSecHandle PCredHandle, PCtxtHandle;

/* A statement with its semicolon, as on Windows: sources write it with and without one. */
#define SecInvalidateHandle(x)                                                                               \
    ((PSecHandle)(x))->dwLower = ((PSecHandle)(x))->dwUpper = (ULONG_PTR)(INT_PTR)-1;
#define SecIsValidHandle(x)                                                                                  \
    (((PSecHandle)(x))->dwLower != (ULONG_PTR)(INT_PTR)-1 &&                                                 \
     ((PSecHandle)(x))->dwUpper != (ULONG_PTR)(INT_PTR)-1)
#define SEC_DELETED_HANDLE ((ULONG_PTR)-2)

typedef LARGE_INTEGER _SECURITY_INTEGER, SECURITY_INTEGER, *PSECURITY_INTEGER;
typedef SECURITY_INTEGER TimeStamp, *PTimeStamp; /* 100 ns since 1601-01-01, local time */
typedef UNICODE_STRING SECURITY_STRING, *PSECURITY_STRING;

/* ---- packages ---- */
typedef struct _SecPkgInfoW {
    ULONG fCapabilities; /* SECPKG_FLAG_* */
    USHORT wVersion;     /* 1 */
    USHORT wRPCID;
    ULONG cbMaxToken;
    SEC_WCHAR *Name;
    SEC_WCHAR *Comment;
} SecPkgInfoW, *PSecPkgInfoW;
typedef struct _SecPkgInfoA {
    ULONG fCapabilities; /* SECPKG_FLAG_* */
    USHORT wVersion;     /* 1 */
    USHORT wRPCID;
    ULONG cbMaxToken;
    SEC_CHAR *Name;
    SEC_CHAR *Comment;
} SecPkgInfoA, *PSecPkgInfoA;
#define SecPkgInfo SSPI_AW(SecPkgInfo)
#define PSecPkgInfo SSPI_AW(PSecPkgInfo)
#define SECPKG_FLAG_INTEGRITY                      0x00000001
#define SECPKG_FLAG_PRIVACY                        0x00000002
#define SECPKG_FLAG_TOKEN_ONLY                     0x00000004
#define SECPKG_FLAG_DATAGRAM                       0x00000008
#define SECPKG_FLAG_CONNECTION                     0x00000010
#define SECPKG_FLAG_MULTI_REQUIRED                 0x00000020
#define SECPKG_FLAG_CLIENT_ONLY                    0x00000040
#define SECPKG_FLAG_EXTENDED_ERROR                 0x00000080
#define SECPKG_FLAG_IMPERSONATION                  0x00000100
#define SECPKG_FLAG_ACCEPT_WIN32_NAME              0x00000200
#define SECPKG_FLAG_STREAM                         0x00000400
#define SECPKG_FLAG_NEGOTIABLE                     0x00000800
#define SECPKG_FLAG_GSS_COMPATIBLE                 0x00001000
#define SECPKG_FLAG_LOGON                          0x00002000
#define SECPKG_FLAG_ASCII_BUFFERS                  0x00004000
#define SECPKG_FLAG_FRAGMENT                       0x00008000
#define SECPKG_FLAG_MUTUAL_AUTH                    0x00010000
#define SECPKG_FLAG_DELEGATION                     0x00020000
#define SECPKG_FLAG_READONLY_WITH_CHECKSUM         0x00040000
#define SECPKG_FLAG_RESTRICTED_TOKENS              0x00080000
#define SECPKG_FLAG_NEGO_EXTENDER                  0x00100000
#define SECPKG_FLAG_NEGOTIABLE2                    0x00200000
#define SECPKG_FLAG_APPCONTAINER_PASSTHROUGH       0x00400000
#define SECPKG_FLAG_APPCONTAINER_CHECKS            0x00800000
#define SECPKG_FLAG_CREDENTIAL_ISOLATION_ENABLED   0x01000000
#define SECPKG_FLAG_APPLY_LOOPBACK                 0x02000000
#define SECPKG_ID_NONE                             0xFFFF
#define SECPKG_CALLFLAGS_APPCONTAINER              0x00000001
#define SECPKG_CALLFLAGS_APPCONTAINER_AUTHCAPABLE  0x00000002
#define SECPKG_CALLFLAGS_FORCE_SUPPLIED            0x00000004
#define SECPKG_CALLFLAGS_APPCONTAINER_UPNCAPABLE   0x00000008

/* ---- buffers ---- */
typedef struct _SecBuffer {
    ULONG cbBuffer;
    ULONG BufferType; /* SECBUFFER_* */
    void *pvBuffer;
} SecBuffer, *PSecBuffer;
typedef struct _SecBufferDesc {
    ULONG ulVersion; /* SECBUFFER_VERSION */
    ULONG cBuffers;
    PSecBuffer pBuffers;
} SecBufferDesc, *PSecBufferDesc;

#define SECBUFFER_VERSION                          0
#define SECBUFFER_EMPTY                            0
#define SECBUFFER_DATA                             1
#define SECBUFFER_TOKEN                            2
#define SECBUFFER_PKG_PARAMS                       3
#define SECBUFFER_MISSING                          4
#define SECBUFFER_EXTRA                            5
#define SECBUFFER_STREAM_TRAILER                   6
#define SECBUFFER_STREAM_HEADER                    7
#define SECBUFFER_NEGOTIATION_INFO                 8
#define SECBUFFER_PADDING                          9
#define SECBUFFER_STREAM                           10
#define SECBUFFER_MECHLIST                         11
#define SECBUFFER_MECHLIST_SIGNATURE               12
#define SECBUFFER_TARGET                           13
#define SECBUFFER_CHANNEL_BINDINGS                 14
#define SECBUFFER_CHANGE_PASS_RESPONSE             15
#define SECBUFFER_TARGET_HOST                      16
#define SECBUFFER_ALERT                            17
#define SECBUFFER_APPLICATION_PROTOCOLS            18
#define SECBUFFER_SRTP_PROTECTION_PROFILES         19
#define SECBUFFER_SRTP_MASTER_KEY_IDENTIFIER       20
#define SECBUFFER_TOKEN_BINDING                    21
#define SECBUFFER_PRESHARED_KEY                    22
#define SECBUFFER_PRESHARED_KEY_IDENTITY           23
#define SECBUFFER_DTLS_MTU                         24
#define SECBUFFER_SEND_GENERIC_TLS_EXTENSION       25
#define SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION  26
#define SECBUFFER_FLAGS                            27
#define SECBUFFER_TRAFFIC_SECRETS                  28
#define SECBUFFER_ATTRMASK                         0xF0000000
#define SECBUFFER_READONLY                         0x80000000
#define SECBUFFER_READONLY_WITH_CHECKSUM           0x10000000
#define SECBUFFER_RESERVED                         0x60000000

typedef struct _SEC_NEGOTIATION_INFO {
    ULONG Size;
    ULONG NameLength;
    SEC_WCHAR *Name;
    void *Reserved;
} SEC_NEGOTIATION_INFO, *PSEC_NEGOTIATION_INFO;

/* Followed by the application data at dwApplicationDataOffset from the start of the structure. */
typedef struct _SEC_CHANNEL_BINDINGS {
    ULONG dwInitiatorAddrType;
    ULONG cbInitiatorLength;
    ULONG dwInitiatorOffset;
    ULONG dwAcceptorAddrType;
    ULONG cbAcceptorLength;
    ULONG dwAcceptorOffset;
    ULONG cbApplicationDataLength;
    ULONG dwApplicationDataOffset;
} SEC_CHANNEL_BINDINGS, *PSEC_CHANNEL_BINDINGS;

typedef enum _SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT {
    SecApplicationProtocolNegotiationExt_None,
    SecApplicationProtocolNegotiationExt_NPN,
    SecApplicationProtocolNegotiationExt_ALPN
} SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT, *PSEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT;
/* ProtocolList: entries of one length byte and that many bytes; it starts at offset 6, unaligned. */
typedef struct _SEC_APPLICATION_PROTOCOL_LIST {
    SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT ProtoNegoExt;
    USHORT ProtocolListSize;
    UCHAR ProtocolList[ANYSIZE_ARRAY];
} SEC_APPLICATION_PROTOCOL_LIST, *PSEC_APPLICATION_PROTOCOL_LIST;
typedef struct _SEC_APPLICATION_PROTOCOLS {
    ULONG ProtocolListsSize; /* bytes in ProtocolLists */
    SEC_APPLICATION_PROTOCOL_LIST ProtocolLists[ANYSIZE_ARRAY];
} SEC_APPLICATION_PROTOCOLS, *PSEC_APPLICATION_PROTOCOLS;
typedef struct _SEC_SRTP_PROTECTION_PROFILES {
    USHORT ProfilesSize;
    USHORT ProfilesList[ANYSIZE_ARRAY];
} SEC_SRTP_PROTECTION_PROFILES, *PSEC_SRTP_PROTECTION_PROFILES;
typedef struct _SEC_SRTP_MASTER_KEY_IDENTIFIER {
    UCHAR MasterKeyIdentifierSize;
    UCHAR MasterKeyIdentifier[ANYSIZE_ARRAY];
} SEC_SRTP_MASTER_KEY_IDENTIFIER, *PSEC_SRTP_MASTER_KEY_IDENTIFIER;
typedef struct _SEC_TOKEN_BINDING {
    UCHAR MajorVersion;
    UCHAR MinorVersion;
    USHORT KeyParametersSize;
    UCHAR KeyParameters[ANYSIZE_ARRAY];
} SEC_TOKEN_BINDING, *PSEC_TOKEN_BINDING;
typedef struct _SEC_PRESHAREDKEY {
    USHORT KeySize;
    UCHAR Key[ANYSIZE_ARRAY];
} SEC_PRESHAREDKEY, *PSEC_PRESHAREDKEY;
typedef struct _SEC_PRESHAREDKEY_IDENTITY {
    USHORT KeyIdentitySize;
    UCHAR KeyIdentity[ANYSIZE_ARRAY];
} SEC_PRESHAREDKEY_IDENTITY, *PSEC_PRESHAREDKEY_IDENTITY;
typedef struct _SEC_DTLS_MTU {
    USHORT PathMTU;
} SEC_DTLS_MTU, *PSEC_DTLS_MTU;
typedef struct _SEC_FLAGS {
    unsigned long long Flags;
} SEC_FLAGS, *PSEC_FLAGS;

typedef enum _SEC_TRAFFIC_SECRET_TYPE {
    SecTrafficSecret_None,
    SecTrafficSecret_Client,
    SecTrafficSecret_Server
} SEC_TRAFFIC_SECRET_TYPE, *PSEC_TRAFFIC_SECRET_TYPE;
#define SZ_ALG_MAX_SIZE 64
typedef struct _SEC_TRAFFIC_SECRETS {
    WCHAR SymmetricAlgId[SZ_ALG_MAX_SIZE];
    WCHAR ChainingMode[SZ_ALG_MAX_SIZE];
    WCHAR HashAlgId[SZ_ALG_MAX_SIZE];
    USHORT KeySize;
    USHORT IvSize;
    USHORT MsgSequenceStart;
    USHORT MsgSequenceEnd;
    SEC_TRAFFIC_SECRET_TYPE TrafficSecretType;
    USHORT TrafficSecretSize;
    UCHAR TrafficSecret[ANYSIZE_ARRAY];
} SEC_TRAFFIC_SECRETS, *PSEC_TRAFFIC_SECRETS;

#define SECURITY_NATIVE_DREP 0x00000010
#define SECURITY_NETWORK_DREP 0x00000000

/* ---- AcquireCredentialsHandle and credential attributes ---- */
#define SECPKG_CRED_INBOUND                        0x00000001
#define SECPKG_CRED_OUTBOUND                       0x00000002
#define SECPKG_CRED_BOTH                           0x00000003
#define SECPKG_CRED_DEFAULT                        0x00000004
#define SECPKG_CRED_RESERVED                       0xF0000000
#define SECPKG_CRED_AUTOLOGON_RESTRICTED           0x00000010
#define SECPKG_CRED_PROCESS_POLICY_ONLY            0x00000020
#define SECPKG_CRED_ATTR_NAMES                     1
#define SECPKG_CRED_ATTR_SSI_PROVIDER              2
#define SECPKG_CRED_ATTR_KDC_PROXY_SETTINGS        3
#define SECPKG_CRED_ATTR_CERT                      4
#define SECPKG_CRED_ATTR_PAC_BYPASS                5

typedef struct _SecPkgCredentials_NamesW {
    SEC_WCHAR *sUserName;
} SecPkgCredentials_NamesW, *PSecPkgCredentials_NamesW;
typedef struct _SecPkgCredentials_NamesA {
    SEC_CHAR *sUserName;
} SecPkgCredentials_NamesA, *PSecPkgCredentials_NamesA;
#define SecPkgCredentials_Names SSPI_AW(SecPkgCredentials_Names)
#define PSecPkgCredentials_Names SSPI_AW(PSecPkgCredentials_Names)
typedef struct _SecPkgCredentials_SSIProviderW {
    SEC_WCHAR *sProviderName;
    ULONG ProviderInfoLength;
    char *ProviderInfo;
} SecPkgCredentials_SSIProviderW, *PSecPkgCredentials_SSIProviderW;
typedef struct _SecPkgCredentials_SSIProviderA {
    SEC_CHAR *sProviderName;
    ULONG ProviderInfoLength;
    char *ProviderInfo;
} SecPkgCredentials_SSIProviderA, *PSecPkgCredentials_SSIProviderA;
#define SecPkgCredentials_SSIProvider SSPI_AW(SecPkgCredentials_SSIProvider)
#define PSecPkgCredentials_SSIProvider SSPI_AW(PSecPkgCredentials_SSIProvider)
#define KDC_PROXY_SETTINGS_V1 1
#define KDC_PROXY_SETTINGS_FLAGS_FORCEPROXY 0x1
typedef struct _SecPkgCredentials_KdcProxySettingsW {
    ULONG Version;
    ULONG Flags;
    USHORT ProxyServerOffset;
    USHORT ProxyServerLength;
    USHORT ClientTlsCredOffset;
    USHORT ClientTlsCredLength;
} SecPkgCredentials_KdcProxySettingsW, *PSecPkgCredentials_KdcProxySettingsW;
typedef struct _SecPkgCredentials_Cert {
    ULONG EncodedCertSize;
    UCHAR *EncodedCert;
} SecPkgCredentials_Cert, *PSecPkgCredentials_Cert;

/* ---- InitializeSecurityContext: what is asked for, what was given ---- */
#define ISC_REQ_DELEGATE                           0x00000001
#define ISC_REQ_MUTUAL_AUTH                        0x00000002
#define ISC_REQ_REPLAY_DETECT                      0x00000004
#define ISC_REQ_SEQUENCE_DETECT                    0x00000008
#define ISC_REQ_CONFIDENTIALITY                    0x00000010
#define ISC_REQ_USE_SESSION_KEY                    0x00000020
#define ISC_REQ_PROMPT_FOR_CREDS                   0x00000040
#define ISC_REQ_USE_SUPPLIED_CREDS                 0x00000080
#define ISC_REQ_ALLOCATE_MEMORY                    0x00000100
#define ISC_REQ_USE_DCE_STYLE                      0x00000200
#define ISC_REQ_DATAGRAM                           0x00000400
#define ISC_REQ_CONNECTION                         0x00000800
#define ISC_REQ_CALL_LEVEL                         0x00001000
#define ISC_REQ_FRAGMENT_SUPPLIED                  0x00002000
#define ISC_REQ_EXTENDED_ERROR                     0x00004000
#define ISC_REQ_STREAM                             0x00008000
#define ISC_REQ_INTEGRITY                          0x00010000
#define ISC_REQ_IDENTIFY                           0x00020000
#define ISC_REQ_NULL_SESSION                       0x00040000
#define ISC_REQ_MANUAL_CRED_VALIDATION             0x00080000
#define ISC_REQ_RESERVED1                          0x00100000
#define ISC_REQ_FRAGMENT_TO_FIT                    0x00200000
#define ISC_REQ_FORWARD_CREDENTIALS                0x00400000
#define ISC_REQ_NO_INTEGRITY                       0x00800000
#define ISC_REQ_USE_HTTP_STYLE                     0x01000000
#define ISC_REQ_UNVERIFIED_TARGET_NAME             0x20000000
#define ISC_REQ_CONFIDENTIALITY_ONLY               0x40000000
#define ISC_REQ_MESSAGES                           0x0000000100000000

#define ISC_RET_DELEGATE                           0x00000001
#define ISC_RET_MUTUAL_AUTH                        0x00000002
#define ISC_RET_REPLAY_DETECT                      0x00000004
#define ISC_RET_SEQUENCE_DETECT                    0x00000008
#define ISC_RET_CONFIDENTIALITY                    0x00000010
#define ISC_RET_USE_SESSION_KEY                    0x00000020
#define ISC_RET_USED_COLLECTED_CREDS               0x00000040
#define ISC_RET_USED_SUPPLIED_CREDS                0x00000080
#define ISC_RET_ALLOCATED_MEMORY                   0x00000100
#define ISC_RET_USED_DCE_STYLE                     0x00000200
#define ISC_RET_DATAGRAM                           0x00000400
#define ISC_RET_CONNECTION                         0x00000800
#define ISC_RET_INTERMEDIATE_RETURN                0x00001000
#define ISC_RET_CALL_LEVEL                         0x00002000
#define ISC_RET_EXTENDED_ERROR                     0x00004000
#define ISC_RET_STREAM                             0x00008000
#define ISC_RET_INTEGRITY                          0x00010000
#define ISC_RET_IDENTIFY                           0x00020000
#define ISC_RET_NULL_SESSION                       0x00040000
#define ISC_RET_MANUAL_CRED_VALIDATION             0x00080000
#define ISC_RET_RESERVED1                          0x00100000
#define ISC_RET_FRAGMENT_ONLY                      0x00200000
#define ISC_RET_FORWARD_CREDENTIALS                0x00400000
#define ISC_RET_USED_HTTP_STYLE                    0x01000000
#define ISC_RET_NO_ADDITIONAL_TOKEN                0x02000000
#define ISC_RET_REAUTHENTICATION                   0x08000000
#define ISC_RET_CONFIDENTIALITY_ONLY               0x40000000
#define ISC_RET_MESSAGES                           0x0000000100000000

/* ---- AcceptSecurityContext.  EXTENDED_ERROR, STREAM and INTEGRITY have other bits than above ---- */
#define ASC_REQ_DELEGATE                           0x00000001
#define ASC_REQ_MUTUAL_AUTH                        0x00000002
#define ASC_REQ_REPLAY_DETECT                      0x00000004
#define ASC_REQ_SEQUENCE_DETECT                    0x00000008
#define ASC_REQ_CONFIDENTIALITY                    0x00000010
#define ASC_REQ_USE_SESSION_KEY                    0x00000020
#define ASC_REQ_SESSION_TICKET                     0x00000040
#define ASC_REQ_ALLOCATE_MEMORY                    0x00000100
#define ASC_REQ_USE_DCE_STYLE                      0x00000200
#define ASC_REQ_DATAGRAM                           0x00000400
#define ASC_REQ_CONNECTION                         0x00000800
#define ASC_REQ_CALL_LEVEL                         0x00001000
#define ASC_REQ_FRAGMENT_SUPPLIED                  0x00002000
#define ASC_REQ_EXTENDED_ERROR                     0x00008000
#define ASC_REQ_STREAM                             0x00010000
#define ASC_REQ_INTEGRITY                          0x00020000
#define ASC_REQ_LICENSING                          0x00040000
#define ASC_REQ_IDENTIFY                           0x00080000
#define ASC_REQ_ALLOW_NULL_SESSION                 0x00100000
#define ASC_REQ_ALLOW_NON_USER_LOGONS              0x00200000
#define ASC_REQ_ALLOW_CONTEXT_REPLAY               0x00400000
#define ASC_REQ_FRAGMENT_TO_FIT                    0x00800000
#define ASC_REQ_NO_TOKEN                           0x01000000
#define ASC_REQ_PROXY_BINDINGS                     0x04000000
#define ASC_REQ_ALLOW_MISSING_BINDINGS             0x10000000
#define ASC_REQ_MESSAGES                           0x0000000100000000
/* The AcceptSecurityContext page gives SESSION_TICKET's bit this name. */
#define ASC_REQ_PROMPT_FOR_CREDS                   0x00000040

#define ASC_RET_DELEGATE                           0x00000001
#define ASC_RET_MUTUAL_AUTH                        0x00000002
#define ASC_RET_REPLAY_DETECT                      0x00000004
#define ASC_RET_SEQUENCE_DETECT                    0x00000008
#define ASC_RET_CONFIDENTIALITY                    0x00000010
#define ASC_RET_USE_SESSION_KEY                    0x00000020
#define ASC_RET_SESSION_TICKET                     0x00000040
#define ASC_RET_ALLOCATED_MEMORY                   0x00000100
#define ASC_RET_USED_DCE_STYLE                     0x00000200
#define ASC_RET_DATAGRAM                           0x00000400
#define ASC_RET_CONNECTION                         0x00000800
#define ASC_RET_CALL_LEVEL                         0x00002000
#define ASC_RET_THIRD_LEG_FAILED                   0x00004000
#define ASC_RET_EXTENDED_ERROR                     0x00008000
#define ASC_RET_STREAM                             0x00010000
#define ASC_RET_INTEGRITY                          0x00020000
#define ASC_RET_LICENSING                          0x00040000
#define ASC_RET_IDENTIFY                           0x00080000
#define ASC_RET_NULL_SESSION                       0x00100000
#define ASC_RET_ALLOW_NON_USER_LOGONS              0x00200000
#define ASC_RET_ALLOW_CONTEXT_REPLAY               0x00400000
#define ASC_RET_FRAGMENT_ONLY                      0x00800000
#define ASC_RET_NO_TOKEN                           0x01000000
#define ASC_RET_NO_ADDITIONAL_TOKEN                0x02000000
#define ASC_RET_MESSAGES                           0x0000000100000000

/* ---- context attributes (schannel.h has those of its own) ---- */
#define SECPKG_ATTR_SIZES                          0
#define SECPKG_ATTR_NAMES                          1
#define SECPKG_ATTR_LIFESPAN                       2
#define SECPKG_ATTR_DCE_INFO                       3
#define SECPKG_ATTR_STREAM_SIZES                   4
#define SECPKG_ATTR_KEY_INFO                       5
#define SECPKG_ATTR_AUTHORITY                      6
#define SECPKG_ATTR_PROTO_INFO                     7
#define SECPKG_ATTR_PASSWORD_EXPIRY                8
#define SECPKG_ATTR_SESSION_KEY                    9
#define SECPKG_ATTR_PACKAGE_INFO                   10
#define SECPKG_ATTR_USER_FLAGS                     11
#define SECPKG_ATTR_NEGOTIATION_INFO               12
#define SECPKG_ATTR_NATIVE_NAMES                   13
#define SECPKG_ATTR_FLAGS                          14
#define SECPKG_ATTR_USE_VALIDATED                  15
#define SECPKG_ATTR_CREDENTIAL_NAME                16
#define SECPKG_ATTR_TARGET_INFORMATION             17
#define SECPKG_ATTR_ACCESS_TOKEN                   18
#define SECPKG_ATTR_TARGET                         19
#define SECPKG_ATTR_AUTHENTICATION_ID              20
#define SECPKG_ATTR_LOGOFF_TIME                    21
#define SECPKG_ATTR_NEGO_KEYS                      22
#define SECPKG_ATTR_PROMPTING_NEEDED               24
#define SECPKG_ATTR_UNIQUE_BINDINGS                25
#define SECPKG_ATTR_ENDPOINT_BINDINGS              26
#define SECPKG_ATTR_CLIENT_SPECIFIED_TARGET        27
#define SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS       30
#define SECPKG_ATTR_NEGO_PKG_INFO                  31
#define SECPKG_ATTR_NEGO_STATUS                    32
#define SECPKG_ATTR_CONTEXT_DELETED                33
#define SECPKG_ATTR_DTLS_MTU                       34
#define SECPKG_ATTR_DATAGRAM_SIZES                 SECPKG_ATTR_STREAM_SIZES
#define SECPKG_ATTR_SUBJECT_SECURITY_ATTRIBUTES    128
#define SECPKG_ATTR_APPLICATION_PROTOCOL           35
#define SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS      36
#define SECPKG_ATTR_IS_LOOPBACK                    37
#define SECPKG_ATTR_NEGO_INFO_FLAG_NO_KERBEROS     0x1
#define SECPKG_ATTR_NEGO_INFO_FLAG_NO_NTLM         0x2

typedef enum _SECPKG_CRED_CLASS {
    SecPkgCredClass_None = 0,
    SecPkgCredClass_Ephemeral = 10,
    SecPkgCredClass_PersistedGeneric = 20,
    SecPkgCredClass_PersistedSpecific = 30,
    SecPkgCredClass_Explicit = 40
} SECPKG_CRED_CLASS, *PSECPKG_CRED_CLASS;
typedef enum _SECPKG_ATTR_LCT_STATUS {
    SecPkgAttrLastClientTokenYes,
    SecPkgAttrLastClientTokenNo,
    SecPkgAttrLastClientTokenMaybe
} SECPKG_ATTR_LCT_STATUS, *PSECPKG_ATTR_LCT_STATUS;
typedef enum _SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS {
    SecApplicationProtocolNegotiationStatus_None,
    SecApplicationProtocolNegotiationStatus_Success,
    SecApplicationProtocolNegotiationStatus_SelectedClientOnly
} SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS, *PSEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS;

typedef struct _SecPkgContext_SubjectAttributes {
    void *AttributeInfo;
} SecPkgContext_SubjectAttributes, *PSecPkgContext_SubjectAttributes;
typedef struct _SecPkgContext_CredInfo {
    SECPKG_CRED_CLASS CredClass;
    ULONG IsPromptingNeeded;
} SecPkgContext_CredInfo, *PSecPkgContext_CredInfo;
typedef struct _SecPkgContext_NegoPackageInfo {
    ULONG PackageMask;
} SecPkgContext_NegoPackageInfo, *PSecPkgContext_NegoPackageInfo;
typedef struct _SecPkgContext_NegoStatus {
    ULONG LastStatus;
} SecPkgContext_NegoStatus, *PSecPkgContext_NegoStatus;
typedef struct _SecPkgContext_Sizes {
    ULONG cbMaxToken;
    ULONG cbMaxSignature;
    ULONG cbBlockSize;
    ULONG cbSecurityTrailer;
} SecPkgContext_Sizes, *PSecPkgContext_Sizes;
typedef struct _SecPkgContext_StreamSizes {
    ULONG cbHeader;
    ULONG cbTrailer;
    ULONG cbMaximumMessage; /* most that one EncryptMessage takes */
    ULONG cBuffers;
    ULONG cbBlockSize;
} SecPkgContext_StreamSizes, *PSecPkgContext_StreamSizes;
typedef SecPkgContext_StreamSizes SecPkgContext_DatagramSizes, *PSecPkgContext_DatagramSizes;
typedef struct _SecPkgContext_NamesW {
    SEC_WCHAR *sUserName;
} SecPkgContext_NamesW, *PSecPkgContext_NamesW;
typedef struct _SecPkgContext_NamesA {
    SEC_CHAR *sUserName;
} SecPkgContext_NamesA, *PSecPkgContext_NamesA;
#define SecPkgContext_Names SSPI_AW(SecPkgContext_Names)
#define PSecPkgContext_Names SSPI_AW(PSecPkgContext_Names)
typedef struct _SecPkgContext_LastClientTokenStatus {
    SECPKG_ATTR_LCT_STATUS LastClientTokenStatus;
} SecPkgContext_LastClientTokenStatus, *PSecPkgContext_LastClientTokenStatus;
typedef struct _SecPkgContext_Lifespan {
    TimeStamp tsStart;
    TimeStamp tsExpiry;
} SecPkgContext_Lifespan, *PSecPkgContext_Lifespan;
typedef struct _SecPkgContext_DceInfo {
    ULONG AuthzSvc;
    void *pPac;
} SecPkgContext_DceInfo, *PSecPkgContext_DceInfo;
typedef struct _SecPkgContext_KeyInfoW {
    SEC_WCHAR *sSignatureAlgorithmName; /* both: FreeContextBuffer */
    SEC_WCHAR *sEncryptAlgorithmName;
    ULONG KeySize;            /* bits */
    ULONG SignatureAlgorithm; /* CALG_* */
    ULONG EncryptAlgorithm;
} SecPkgContext_KeyInfoW, *PSecPkgContext_KeyInfoW;
typedef struct _SecPkgContext_KeyInfoA {
    SEC_CHAR *sSignatureAlgorithmName; /* both: FreeContextBuffer */
    SEC_CHAR *sEncryptAlgorithmName;
    ULONG KeySize;            /* bits */
    ULONG SignatureAlgorithm; /* CALG_* */
    ULONG EncryptAlgorithm;
} SecPkgContext_KeyInfoA, *PSecPkgContext_KeyInfoA;
#define SecPkgContext_KeyInfo SSPI_AW(SecPkgContext_KeyInfo)
#define PSecPkgContext_KeyInfo SSPI_AW(PSecPkgContext_KeyInfo)
typedef struct _SecPkgContext_AuthorityW {
    SEC_WCHAR *sAuthorityName;
} SecPkgContext_AuthorityW, *PSecPkgContext_AuthorityW;
typedef struct _SecPkgContext_AuthorityA {
    SEC_CHAR *sAuthorityName;
} SecPkgContext_AuthorityA, *PSecPkgContext_AuthorityA;
#define SecPkgContext_Authority SSPI_AW(SecPkgContext_Authority)
#define PSecPkgContext_Authority SSPI_AW(PSecPkgContext_Authority)
typedef struct _SecPkgContext_ProtoInfoW {
    SEC_WCHAR *sProtocolName;
    ULONG majorVersion;
    ULONG minorVersion;
} SecPkgContext_ProtoInfoW, *PSecPkgContext_ProtoInfoW;
typedef struct _SecPkgContext_ProtoInfoA {
    SEC_CHAR *sProtocolName;
    ULONG majorVersion;
    ULONG minorVersion;
} SecPkgContext_ProtoInfoA, *PSecPkgContext_ProtoInfoA;
#define SecPkgContext_ProtoInfo SSPI_AW(SecPkgContext_ProtoInfo)
#define PSecPkgContext_ProtoInfo SSPI_AW(PSecPkgContext_ProtoInfo)
typedef struct _SecPkgContext_PasswordExpiry {
    TimeStamp tsPasswordExpires;
} SecPkgContext_PasswordExpiry, *PSecPkgContext_PasswordExpiry;
typedef struct _SecPkgContext_LogoffTime {
    TimeStamp tsLogoffTime;
} SecPkgContext_LogoffTime, *PSecPkgContext_LogoffTime;
typedef struct _SecPkgContext_SessionKey {
    ULONG SessionKeyLength;
    UCHAR *SessionKey;
} SecPkgContext_SessionKey, *PSecPkgContext_SessionKey;
typedef struct _SecPkgContext_NegoKeys {
    ULONG KeyType;
    USHORT KeyLength;
    UCHAR *KeyValue;
    ULONG VerifyKeyType;
    USHORT VerifyKeyLength;
    UCHAR *VerifyKeyValue;
} SecPkgContext_NegoKeys, *PSecPkgContext_NegoKeys;
typedef struct _SecPkgContext_PackageInfoW {
    PSecPkgInfoW PackageInfo;
} SecPkgContext_PackageInfoW, *PSecPkgContext_PackageInfoW;
typedef struct _SecPkgContext_PackageInfoA {
    PSecPkgInfoA PackageInfo;
} SecPkgContext_PackageInfoA, *PSecPkgContext_PackageInfoA;
#define SecPkgContext_PackageInfo SSPI_AW(SecPkgContext_PackageInfo)
#define PSecPkgContext_PackageInfo SSPI_AW(PSecPkgContext_PackageInfo)
typedef struct _SecPkgContext_UserFlags {
    ULONG UserFlags;
} SecPkgContext_UserFlags, *PSecPkgContext_UserFlags;
typedef struct _SecPkgContext_Flags {
    ULONG Flags;
} SecPkgContext_Flags, *PSecPkgContext_Flags;
typedef struct _SecPkgContext_NegotiationInfoW {
    PSecPkgInfoW PackageInfo;
    ULONG NegotiationState;
} SecPkgContext_NegotiationInfoW, *PSecPkgContext_NegotiationInfoW;
typedef struct _SecPkgContext_NegotiationInfoA {
    PSecPkgInfoA PackageInfo;
    ULONG NegotiationState;
} SecPkgContext_NegotiationInfoA, *PSecPkgContext_NegotiationInfoA;
#define SecPkgContext_NegotiationInfo SSPI_AW(SecPkgContext_NegotiationInfo)
#define PSecPkgContext_NegotiationInfo SSPI_AW(PSecPkgContext_NegotiationInfo)
#define SECPKG_NEGOTIATION_COMPLETE 0
#define SECPKG_NEGOTIATION_OPTIMISTIC 1
#define SECPKG_NEGOTIATION_IN_PROGRESS 2
#define SECPKG_NEGOTIATION_DIRECT 3
#define SECPKG_NEGOTIATION_TRY_MULTICRED 4
typedef struct _SecPkgContext_NativeNamesW {
    SEC_WCHAR *sClientName;
    SEC_WCHAR *sServerName;
} SecPkgContext_NativeNamesW, *PSecPkgContext_NativeNamesW;
typedef struct _SecPkgContext_NativeNamesA {
    SEC_CHAR *sClientName;
    SEC_CHAR *sServerName;
} SecPkgContext_NativeNamesA, *PSecPkgContext_NativeNamesA;
#define SecPkgContext_NativeNames SSPI_AW(SecPkgContext_NativeNames)
#define PSecPkgContext_NativeNames SSPI_AW(PSecPkgContext_NativeNames)
typedef struct _SecPkgContext_CredentialNameW {
    ULONG CredentialType;
    SEC_WCHAR *sCredentialName;
} SecPkgContext_CredentialNameW, *PSecPkgContext_CredentialNameW;
typedef struct _SecPkgContext_CredentialNameA {
    ULONG CredentialType;
    SEC_CHAR *sCredentialName;
} SecPkgContext_CredentialNameA, *PSecPkgContext_CredentialNameA;
#define SecPkgContext_CredentialName SSPI_AW(SecPkgContext_CredentialName)
#define PSecPkgContext_CredentialName SSPI_AW(PSecPkgContext_CredentialName)
typedef struct _SecPkgContext_AccessToken {
    void *AccessToken;
} SecPkgContext_AccessToken, *PSecPkgContext_AccessToken;
typedef struct _SecPkgContext_TargetInformation {
    ULONG MarshalledTargetInfoLength;
    UCHAR *MarshalledTargetInfo;
} SecPkgContext_TargetInformation, *PSecPkgContext_TargetInformation;
typedef struct _SecPkgContext_AuthzID {
    ULONG AuthzIDLength;
    char *AuthzID;
} SecPkgContext_AuthzID, *PSecPkgContext_AuthzID;
typedef struct _SecPkgContext_Target {
    ULONG TargetLength;
    char *Target;
} SecPkgContext_Target, *PSecPkgContext_Target;
typedef struct _SecPkgContext_ClientSpecifiedTarget {
    SEC_WCHAR *sTargetName;
} SecPkgContext_ClientSpecifiedTarget, *PSecPkgContext_ClientSpecifiedTarget;
typedef struct _SecPkgContext_Bindings {
    ULONG BindingsLength;
    SEC_CHANNEL_BINDINGS *Bindings; /* FreeContextBuffer */
} SecPkgContext_Bindings, *PSecPkgContext_Bindings;
#define MAX_PROTOCOL_ID_SIZE 0xff
typedef struct _SecPkgContext_ApplicationProtocol {
    SEC_APPLICATION_PROTOCOL_NEGOTIATION_STATUS ProtoNegoStatus;
    SEC_APPLICATION_PROTOCOL_NEGOTIATION_EXT ProtoNegoExt;
    UCHAR ProtocolIdSize;
    UCHAR ProtocolId[MAX_PROTOCOL_ID_SIZE];
} SecPkgContext_ApplicationProtocol, *PSecPkgContext_ApplicationProtocol;
typedef struct _SecPkgContext_NegotiatedTlsExtensions {
    ULONG ExtensionsCount;
    USHORT *Extensions;
} SecPkgContext_NegotiatedTlsExtensions, *PSecPkgContext_NegotiatedTlsExtensions;
typedef struct _SECPKG_APP_MODE_INFO {
    ULONG UserFunction;
    ULONG_PTR Argument1;
    ULONG_PTR Argument2;
    SecBuffer UserData;
    BOOLEAN ReturnToLsa;
} SECPKG_APP_MODE_INFO, *PSECPKG_APP_MODE_INFO;

#define SECPKG_CONTEXT_EXPORT_RESET_NEW 0x00000001
#define SECPKG_CONTEXT_EXPORT_DELETE_OLD 0x00000002
#define SECPKG_CONTEXT_EXPORT_TO_KERNEL 0x00000004
#define SECQOP_WRAP_NO_ENCRYPT 0x80000001
#define SECQOP_WRAP_OOB_DATA 0x40000000

typedef void(SEC_ENTRY *SEC_GET_KEY_FN)(void *Arg, void *Principal, ULONG KeyVer, void **Key,
                                        SECURITY_STATUS *Status);

SSPI_BEGIN

/* gcc -Wpedantic objects to every argument of a union type (SSPI_ULONG_OUT) unless the function was declared
 * in a system header.  Calls through the table it objects to in any case. */
#pragma GCC system_header

/* ---- functions ----
 * On success 0 or a SEC_I_ code, on failure a SEC_E_ code; its comment says what each does with Schannel. */

/* The packages, as one array that FreeContextBuffer frees, and their number. */
SSPI_API SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesW(
    SSPI_ULONG_OUT pcPackages, PSecPkgInfoW *ppPackageInfo) SSPI_WIDE(EnumerateSecurityPackagesW);
typedef SECURITY_STATUS(SEC_ENTRY *ENUMERATE_SECURITY_PACKAGES_FN_W)(SSPI_ULONG_OUT, PSecPkgInfoW *);
SSPI_API SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesA(
    SSPI_ULONG_OUT pcPackages, PSecPkgInfoA *ppPackageInfo);
typedef SECURITY_STATUS(SEC_ENTRY *ENUMERATE_SECURITY_PACKAGES_FN_A)(SSPI_ULONG_OUT, PSecPkgInfoA *);
#define EnumerateSecurityPackages SSPI_AW(EnumerateSecurityPackages)
#define ENUMERATE_SECURITY_PACKAGES_FN SSPI_UAW(ENUMERATE_SECURITY_PACKAGES_FN)

/* One package; freed by FreeContextBuffer.  SEC_E_SECPKG_NOT_FOUND leaves *ppPackageInfo as it was. */
SSPI_API SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoW(
    SEC_WCHAR *pszPackageName, PSecPkgInfoW *ppPackageInfo) SSPI_WIDE(QuerySecurityPackageInfoW);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_SECURITY_PACKAGE_INFO_FN_W)(SEC_WCHAR *, PSecPkgInfoW *);
SSPI_API SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoA(
    SEC_CHAR *pszPackageName, PSecPkgInfoA *ppPackageInfo);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_SECURITY_PACKAGE_INFO_FN_A)(SEC_CHAR *, PSecPkgInfoA *);
#define QuerySecurityPackageInfo SSPI_AW(QuerySecurityPackageInfo)
#define QUERY_SECURITY_PACKAGE_INFO_FN SSPI_UAW(QUERY_SECURITY_PACKAGE_INFO_FN)

/* What a context is made with: certificates with their keys, protocols and flags, for clients
 * (SECPKG_CRED_OUTBOUND), servers (SECPKG_CRED_INBOUND) or both.
 *
 * pAuthData: SCHANNEL_CRED, SCH_CREDENTIALS or NULL; everything in it is copied.  SCHANNEL_CRED never negotiates
 * TLS 1.3, SCH_CREDENTIALS may, and NULL takes what the configuration allows.  pszPackage: "Schannel" or
 * UNISP_NAME, optionally with ":provider".  pszPrincipal, pvLogonId and the key function are not used.
 * *ptsExpiry, where not NULL, is the end of the certificate in local time, or the maximum.  A credential serves any
 * number of contexts and threads, also in the children of a fork; FreeCredentialsHandle ends it.
 *
 * SEC_E_SECPKG_NOT_FOUND: no such package or provider.  SEC_E_UNKNOWN_CREDENTIALS: a version or a certificate that
 * cannot be read.  SEC_E_NO_CREDENTIALS: a certificate without a key, or neither client nor server.
 * SEC_E_ALGORITHM_MISMATCH: nothing is left of the protocols or algorithms asked for under the machine's profile.
 * SEC_E_UNSUPPORTED_FUNCTION: no provider that may serve can do what is asked for.  SEC_E_INTERNAL_ERROR: no
 * provider loads, or the configuration is faulty; the log says which line. */
SSPI_API SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleW(
    SEC_WCHAR *pszPrincipal, SEC_WCHAR *pszPackage, ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
    SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument, PCredHandle phCredential,
    PTimeStamp ptsExpiry) SSPI_WIDE(AcquireCredentialsHandleW);
typedef SECURITY_STATUS(SEC_ENTRY *ACQUIRE_CREDENTIALS_HANDLE_FN_W)(
    SEC_WCHAR *, SEC_WCHAR *, ULONG, void *, void *, SEC_GET_KEY_FN, void *, PCredHandle, PTimeStamp);
SSPI_API SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleA(
    SEC_CHAR *pszPrincipal, SEC_CHAR *pszPackage, ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
    SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument, PCredHandle phCredential,
    PTimeStamp ptsExpiry) SSPI_WIDE(AcquireCredentialsHandleA);
typedef SECURITY_STATUS(SEC_ENTRY *ACQUIRE_CREDENTIALS_HANDLE_FN_A)(
    SEC_CHAR *, SEC_CHAR *, ULONG, void *, void *, SEC_GET_KEY_FN, void *, PCredHandle, PTimeStamp);
#define AcquireCredentialsHandle SSPI_AW(AcquireCredentialsHandle)
#define ACQUIRE_CREDENTIALS_HANDLE_FN SSPI_UAW(ACQUIRE_CREDENTIALS_HANDLE_FN)

/* Ends a credential.  Contexts made with it go on working.  SEC_E_INVALID_HANDLE: not a live one. */
SSPI_API SECURITY_STATUS SEC_ENTRY FreeCredentialsHandle(PCredHandle phCredential);
typedef SECURITY_STATUS(SEC_ENTRY *FREE_CREDENTIALS_HANDLE_FN)(PCredHandle);
#define FreeCredentialHandle FreeCredentialsHandle

/* Schannel has nothing to add: SEC_E_UNSUPPORTED_FUNCTION. */
SSPI_API SECURITY_STATUS SEC_ENTRY AddCredentialsW(
    PCredHandle hCredentials, SEC_WCHAR *pszPrincipal, SEC_WCHAR *pszPackage, ULONG fCredentialUse,
    void *pAuthData, SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
    PTimeStamp ptsExpiry) SSPI_WIDE(AddCredentialsW);
typedef SECURITY_STATUS(SEC_ENTRY *ADD_CREDENTIALS_FN_W)(
    PCredHandle, SEC_WCHAR *, SEC_WCHAR *, ULONG, void *, SEC_GET_KEY_FN, void *, PTimeStamp);
SSPI_API SECURITY_STATUS SEC_ENTRY AddCredentialsA(
    PCredHandle hCredentials, SEC_CHAR *pszPrincipal, SEC_CHAR *pszPackage, ULONG fCredentialUse,
    void *pAuthData, SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument, PTimeStamp ptsExpiry);
typedef SECURITY_STATUS(SEC_ENTRY *ADD_CREDENTIALS_FN_A)(
    PCredHandle, SEC_CHAR *, SEC_CHAR *, ULONG, void *, SEC_GET_KEY_FN, void *, PTimeStamp);
#define AddCredentials SSPI_AW(AddCredentials)
#define ADD_CREDENTIALS_FN SSPI_UAW(ADD_CREDENTIALS_FN)

/* What a credential can do: SECPKG_ATTR_SUPPORTED_PROTOCOLS, _SUPPORTED_ALGS or _CIPHER_STRENGTHS into the
 * structure SecPkgCred_ of that name.  The list of algorithms is for FreeContextBuffer.
 * SECPKG_CRED_ATTR_NAMES is SEC_E_NO_CREDENTIALS: a certificate has no account.  SEC_E_INTERNAL_ERROR: pBuffer is
 * NULL.  SEC_E_UNSUPPORTED_FUNCTION: another attribute. */
SSPI_API SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesW(
    PCredHandle phCredential, ULONG ulAttribute, void *pBuffer) SSPI_WIDE(QueryCredentialsAttributesW);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_FN_W)(PCredHandle, ULONG, void *);
SSPI_API SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesA(
    PCredHandle phCredential, ULONG ulAttribute, void *pBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_FN_A)(PCredHandle, ULONG, void *);
#define QueryCredentialsAttributes SSPI_AW(QueryCredentialsAttributes)
#define QUERY_CREDENTIALS_ATTRIBUTES_FN SSPI_UAW(QUERY_CREDENTIALS_ATTRIBUTES_FN)

/* The same, with the size of pBuffer. */
SSPI_API SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExW(
    PCredHandle phCredential, ULONG ulAttribute, void *pBuffer,
    ULONG cbBuffer) SSPI_WIDE(QueryCredentialsAttributesExW);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W)(PCredHandle, ULONG, void *, ULONG);
SSPI_API SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExA(
    PCredHandle phCredential, ULONG ulAttribute, void *pBuffer, ULONG cbBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A)(PCredHandle, ULONG, void *, ULONG);
#define QueryCredentialsAttributesEx SSPI_AW(QueryCredentialsAttributesEx)
#define QUERY_CREDENTIALS_ATTRIBUTES_EX_FN SSPI_UAW(QUERY_CREDENTIALS_ATTRIBUTES_EX_FN)

/* Sets an attribute before the first context is made with the credential: SECPKG_ATTR_CLIENT_CERT_POLICY and
 * SECPKG_ATTR_SESSION_TICKET_KEYS of a server's, OPENSSPI_CRED_ATTR_KEYLOG of either.  The bytes are copied.
 * SEC_E_OUT_OF_SEQUENCE: a context holds it by now.  SEC_E_UNSUPPORTED_FUNCTION: another attribute, or the provider
 * cannot.  SEC_E_INVALID_PARAMETER: not what the structure may hold.  SEC_E_INVALID_HANDLE. */
SSPI_API SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(
    PCredHandle phCredential, ULONG ulAttribute, void *pBuffer,
    ULONG cbBuffer) SSPI_WIDE(SetCredentialsAttributesW);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CREDENTIALS_ATTRIBUTES_FN_W)(PCredHandle, ULONG, void *, ULONG);
SSPI_API SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesA(
    PCredHandle phCredential, ULONG ulAttribute, void *pBuffer,
    ULONG cbBuffer) SSPI_WIDE(SetCredentialsAttributesA);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CREDENTIALS_ATTRIBUTES_FN_A)(PCredHandle, ULONG, void *, ULONG);
#define SetCredentialsAttributes SSPI_AW(SetCredentialsAttributes)
#define SET_CREDENTIALS_ATTRIBUTES_FN SSPI_UAW(SET_CREDENTIALS_ATTRIBUTES_FN)

/* The client's half of the handshake, one call a flight.
 *
 * The first call has phContext NULL and makes the context, whose handle goes to phNewContext; later calls pass it as
 * phContext.  pszTargetName: the host, for SNI and the check of the certificate's name.  pInput: what came from the
 * server in a SECBUFFER_TOKEN, with a SECBUFFER_EMPTY behind it; on the first call NULL, or
 * SECBUFFER_APPLICATION_PROTOCOLS and other wishes.  Bytes that were not taken are marked SECBUFFER_EXTRA there.
 * pOutput: one SECBUFFER_TOKEN for what is to be sent, whose memory is the caller's or, with
 * ISC_REQ_ALLOCATE_MEMORY, for FreeContextBuffer; a SECBUFFER_ALERT beside it takes the two octets of an alert.
 * Exactly 4 bytes go to pfContextAttr, on every return.  *ptsExpiry: with the last SEC_E_OK the end of the server's
 * certificate, in local time.
 *
 * The server's chain and name are judged here unless SCH_CRED_MANUAL_CRED_VALIDATION or
 * ISC_REQ_MANUAL_CRED_VALIDATION say that the caller does.  After the handshake a call reads what DecryptMessage
 * marked with SEC_I_RENEGOTIATE, carries out an ApplyControlToken, or starts a new handshake.
 *
 * SEC_I_CONTINUE_NEEDED: send the token, if any, and call with the answer.  SEC_E_OK: established; a token may have to
 * be sent.  SEC_E_INCOMPLETE_MESSAGE: more bytes are needed, SECBUFFER_MISSING hints how many.
 * SEC_I_INCOMPLETE_CREDENTIALS: the server asks for a certificate; go on as it is or with another credential.
 * SEC_E_INSUFFICIENT_MEMORY: the output has no room; the same call with more room goes on.  SEC_E_WRONG_PRINCIPAL,
 * SEC_E_UNTRUSTED_ROOT, SEC_E_CERT_EXPIRED, SEC_E_CERT_UNKNOWN, CRYPT_E_REVOKED: the server's certificate is
 * refused.  SEC_E_INVALID_TOKEN, SEC_E_ILLEGAL_MESSAGE, SEC_E_DECRYPT_FAILURE, SEC_E_ALGORITHM_MISMATCH,
 * SEC_E_UNSUPPORTED_FUNCTION: the handshake fails; where ISC_REQ_EXTENDED_ERROR was asked for the token is an alert
 * to send.  SEC_E_INVALID_HANDLE: not a live context or credential. */
SSPI_API SECURITY_STATUS SEC_ENTRY InitializeSecurityContextW(
    PCredHandle phCredential, PCtxtHandle phContext, SEC_WCHAR *pszTargetName, ULONG fContextReq,
    ULONG Reserved1, ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2, PCtxtHandle phNewContext,
    PSecBufferDesc pOutput, SSPI_ULONG_OUT pfContextAttr,
    PTimeStamp ptsExpiry) SSPI_WIDE(InitializeSecurityContextW);
typedef SECURITY_STATUS(SEC_ENTRY *INITIALIZE_SECURITY_CONTEXT_FN_W)(
    PCredHandle, PCtxtHandle, SEC_WCHAR *, ULONG, ULONG, ULONG, PSecBufferDesc, ULONG, PCtxtHandle,
    PSecBufferDesc, SSPI_ULONG_OUT, PTimeStamp);
SSPI_API SECURITY_STATUS SEC_ENTRY InitializeSecurityContextA(
    PCredHandle phCredential, PCtxtHandle phContext, SEC_CHAR *pszTargetName, ULONG fContextReq,
    ULONG Reserved1, ULONG TargetDataRep, PSecBufferDesc pInput, ULONG Reserved2, PCtxtHandle phNewContext,
    PSecBufferDesc pOutput, SSPI_ULONG_OUT pfContextAttr, PTimeStamp ptsExpiry);
typedef SECURITY_STATUS(SEC_ENTRY *INITIALIZE_SECURITY_CONTEXT_FN_A)(
    PCredHandle, PCtxtHandle, SEC_CHAR *, ULONG, ULONG, ULONG, PSecBufferDesc, ULONG, PCtxtHandle,
    PSecBufferDesc, SSPI_ULONG_OUT, PTimeStamp);
#define InitializeSecurityContext SSPI_AW(InitializeSecurityContext)
#define INITIALIZE_SECURITY_CONTEXT_FN SSPI_UAW(INITIALIZE_SECURITY_CONTEXT_FN)

/* The server's half of the handshake, one call a flight.
 *
 * The first call has phContext NULL; later ones pass the handle that phNewContext received.  A first call that says
 * SEC_E_INCOMPLETE_MESSAGE has made no context: the next has phContext NULL again, and all bytes.  pInput: what came
 * from the client in a SECBUFFER_TOKEN, with a SECBUFFER_EMPTY behind it, and on the first call
 * SECBUFFER_APPLICATION_PROTOCOLS, the first of which that the client offers is taken.  pOutput, pfContextAttr and
 * ptsExpiry: as for InitializeSecurityContext.  Of several certificates in the credential that one serves which fits
 * the client's name and signature algorithms.
 *
 * ASC_REQ_MUTUAL_AUTH asks for a client certificate.  A client may come without one unless the configuration says
 * `client-certificate = require`; ASC_RET_MUTUAL_AUTH tells whether it proved one.  One that comes is judged as
 * client certificates are, and may map to an account (opensspi-accounts(5)).
 *
 * SEC_I_CONTINUE_NEEDED, SEC_E_OK, SEC_E_INCOMPLETE_MESSAGE, SEC_E_INSUFFICIENT_MEMORY: as for
 * InitializeSecurityContext.  SEC_E_APPLICATION_PROTOCOL_MISMATCH: none in common.  SEC_E_NO_CREDENTIALS: the
 * credential has no certificate to present, or is a client's.  SEC_E_LOGON_DENIED: the account map says so.
 * SEC_E_NO_AUTHENTICATING_AUTHORITY: the account's database cannot be reached.  SEC_E_UNSUPPORTED_FUNCTION:
 * ASC_REQ_DELEGATE or ASC_REQ_PROMPT_FOR_CREDS, or no version in common.  SEC_E_INVALID_TOKEN: not TLS, or not what
 * was due.  SEC_E_INVALID_HANDLE: not a live context or credential. */
SSPI_API SECURITY_STATUS SEC_ENTRY AcceptSecurityContext(
    PCredHandle phCredential, PCtxtHandle phContext, PSecBufferDesc pInput, ULONG fContextReq,
    ULONG TargetDataRep, PCtxtHandle phNewContext, PSecBufferDesc pOutput, SSPI_ULONG_OUT pfContextAttr,
    PTimeStamp ptsExpiry);
typedef SECURITY_STATUS(SEC_ENTRY *ACCEPT_SECURITY_CONTEXT_FN)(
    PCredHandle, PCtxtHandle, PSecBufferDesc, ULONG, ULONG, PCtxtHandle, PSecBufferDesc, SSPI_ULONG_OUT,
    PTimeStamp);
/* Schannel never asks for it: SEC_E_UNSUPPORTED_FUNCTION. */
SSPI_API SECURITY_STATUS SEC_ENTRY CompleteAuthToken(PCtxtHandle phContext, PSecBufferDesc pToken);
typedef SECURITY_STATUS(SEC_ENTRY *COMPLETE_AUTH_TOKEN_FN)(PCtxtHandle, PSecBufferDesc);
/* Ends a context and wipes its keys; waits for a call in progress in another thread.  Sends nothing;
 * ApplyControlToken(SCHANNEL_SHUTDOWN) comes first where the peer is to be told.  SEC_E_INVALID_HANDLE: not a live
 * one. */
SSPI_API SECURITY_STATUS SEC_ENTRY DeleteSecurityContext(PCtxtHandle phContext);
typedef SECURITY_STATUS(SEC_ENTRY *DELETE_SECURITY_CONTEXT_FN)(PCtxtHandle);
/* One SECBUFFER_TOKEN that holds a SCHANNEL_* token, which begins with a DWORD; the next InitializeSecurityContext
 * or AcceptSecurityContext acts on it.  SCHANNEL_SHUTDOWN: that call puts out close_notify.  SCHANNEL_ALERT: the
 * alert of a SCHANNEL_ALERT_TOKEN.  SCHANNEL_SESSION: whether the session may be resumed.  SCHANNEL_RENEGOTIATE is
 * SEC_E_UNSUPPORTED_FUNCTION, as on Windows: a call with no input starts a new handshake.
 * SEC_E_INVALID_TOKEN: not exactly one SECBUFFER_TOKEN.  SEC_E_UNSUPPORTED_FUNCTION: an unknown token, or the
 * provider cannot.  SEC_E_INTERNAL_ERROR: pInput is NULL.  SEC_E_INVALID_HANDLE. */
SSPI_API SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle phContext, PSecBufferDesc pInput);
typedef SECURITY_STATUS(SEC_ENTRY *APPLY_CONTROL_TOKEN_FN)(PCtxtHandle, PSecBufferDesc);

/* What a context agreed on, or who the peer is: a SECPKG_ATTR_* into the structure SecPkgContext_ of the same name.
 * Pointers in an answer are for FreeContextBuffer, certificate contexts for CertFreeCertificateContext, stores for
 * CertCloseStore.  Most attributes wait for the end of the handshake.  SEC_E_UNSUPPORTED_FUNCTION: before that; an
 * attribute, a version or a provider that has no answer.  SEC_E_INVALID_HANDLE, SEC_E_INTERNAL_ERROR: no live
 * context, no buffer. */
SSPI_API SECURITY_STATUS SEC_ENTRY QueryContextAttributesW(
    PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer) SSPI_WIDE(QueryContextAttributesW);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_FN_W)(PCtxtHandle, ULONG, void *);
SSPI_API SECURITY_STATUS SEC_ENTRY QueryContextAttributesA(
    PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer) SSPI_WIDE(QueryContextAttributesA);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_FN_A)(PCtxtHandle, ULONG, void *);
#define QueryContextAttributes SSPI_AW(QueryContextAttributes)
#define QUERY_CONTEXT_ATTRIBUTES_FN SSPI_UAW(QUERY_CONTEXT_ATTRIBUTES_FN)

/* The same, with the size of pBuffer. */
SSPI_API SECURITY_STATUS SEC_ENTRY QueryContextAttributesExW(
    PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
    ULONG cbBuffer) SSPI_WIDE(QueryContextAttributesExW);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_EX_FN_W)(PCtxtHandle, ULONG, void *, ULONG);
SSPI_API SECURITY_STATUS SEC_ENTRY QueryContextAttributesExA(
    PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
    ULONG cbBuffer) SSPI_WIDE(QueryContextAttributesExA);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_CONTEXT_ATTRIBUTES_EX_FN_A)(PCtxtHandle, ULONG, void *, ULONG);
#define QueryContextAttributesEx SSPI_AW(QueryContextAttributesEx)
#define QUERY_CONTEXT_ATTRIBUTES_EX_FN SSPI_UAW(QUERY_CONTEXT_ATTRIBUTES_EX_FN)

/* Sets SECPKG_ATTR_APP_DATA, _DTLS_MTU, _EAP_PRF_INFO, _EARLY_START or _KEYING_MATERIAL_INFO from the structure
 * SecPkgContext_ of the same name, whose size is cbBuffer; the bytes are copied.  SEC_E_UNSUPPORTED_FUNCTION: an
 * attribute that cannot be set, or not here. */
SSPI_API SECURITY_STATUS SEC_ENTRY SetContextAttributesW(
    PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer, ULONG cbBuffer) SSPI_WIDE(SetContextAttributesW);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CONTEXT_ATTRIBUTES_FN_W)(PCtxtHandle, ULONG, void *, ULONG);
SSPI_API SECURITY_STATUS SEC_ENTRY SetContextAttributesA(
    PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer, ULONG cbBuffer) SSPI_WIDE(SetContextAttributesA);
typedef SECURITY_STATUS(SEC_ENTRY *SET_CONTEXT_ATTRIBUTES_FN_A)(PCtxtHandle, ULONG, void *, ULONG);
#define SetContextAttributes SSPI_AW(SetContextAttributes)
#define SET_CONTEXT_ATTRIBUTES_FN SSPI_UAW(SET_CONTEXT_ATTRIBUTES_FN)

/* Encrypts one record in place: SECBUFFER_STREAM_HEADER, SECBUFFER_DATA, SECBUFFER_STREAM_TRAILER[,
 * SECBUFFER_EMPTY], with room as SECPKG_ATTR_STREAM_SIZES says; their three cbBuffers, as they are afterwards, are
 * what is sent, in that order.  MessageSeqNo counts for DTLS's callers alone.  Another thread may decrypt meanwhile.
 * fQOP SECQOP_WRAP_OOB_DATA: the two octets of an alert.
 * SEC_E_BUFFER_TOO_SMALL: header or trailer have no room.  SEC_E_INVALID_PARAMETER: more data than cbMaximumMessage.
 * SEC_E_INVALID_TOKEN: other buffers than these.  SEC_E_OUT_OF_SEQUENCE: a new handshake is under way and this
 * provider writes nothing meanwhile.  SEC_E_QOP_NOT_SUPPORTED: another fQOP.
 * SEC_E_CONTEXT_EXPIRED: after close_notify was sent.  SEC_E_INVALID_HANDLE: no live context, or the handshake is not
 * done. */
SSPI_API SECURITY_STATUS SEC_ENTRY EncryptMessage(
    PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage, ULONG MessageSeqNo);
typedef SECURITY_STATUS(SEC_ENTRY *ENCRYPT_MESSAGE_FN)(PCtxtHandle, ULONG, PSecBufferDesc, ULONG);
/* Decrypts one record in place: SECBUFFER_DATA and three SECBUFFER_EMPTY become SECBUFFER_STREAM_HEADER,
 * SECBUFFER_DATA, SECBUFFER_STREAM_TRAILER and, where bytes of the next record follow, SECBUFFER_EXTRA.  The data
 * may be empty.  *pfQOP is 0.
 * SEC_E_INCOMPLETE_MESSAGE: not a whole record; SECBUFFER_MISSING hints how much to read.  SEC_I_CONTEXT_EXPIRED: the
 * peer closed in good order.  SEC_I_RENEGOTIATE: a handshake message; what SECBUFFER_EXTRA marks goes to
 * InitializeSecurityContext or AcceptSecurityContext.  SEC_E_MESSAGE_ALTERED: not what was sent; the connection is
 * over, with DTLS that datagram.  SEC_E_OUT_OF_SEQUENCE: a datagram that was there before.  SEC_E_INVALID_TOKEN:
 * other buffers than these; nothing is consumed.  SEC_E_INVALID_HANDLE: no live context, or the handshake is not
 * done. */
SSPI_API SECURITY_STATUS SEC_ENTRY DecryptMessage(
    PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo, SSPI_ULONG_OUT pfQOP);
typedef SECURITY_STATUS(SEC_ENTRY *DECRYPT_MESSAGE_FN)(PCtxtHandle, PSecBufferDesc, ULONG, SSPI_ULONG_OUT);
/* Takes back memory that a function handed out.  SEC_E_INVALID_HANDLE: NULL, or memory that this library did not hand
 * out, or already took back. */
SSPI_API SECURITY_STATUS SEC_ENTRY FreeContextBuffer(void *pvContextBuffer);
typedef SECURITY_STATUS(SEC_ENTRY *FREE_CONTEXT_BUFFER_FN)(void *);
/* The calling thread acts as the local account that the client's certificate maps to (opensspi-accounts(5)): its
 * effective uid, gid, groups and capabilities change, those of no other thread.  Through another context it first
 * goes back.  SEC_E_NO_IMPERSONATION: the context has no account, or the process may not (CAP_SETUID,
 * CAP_SETGID); the thread is itself.  A thread that ends or is forked keeps what it is. */
SSPI_API SECURITY_STATUS SEC_ENTRY ImpersonateSecurityContext(PCtxtHandle phContext);
typedef SECURITY_STATUS(SEC_ENTRY *IMPERSONATE_SECURITY_CONTEXT_FN)(PCtxtHandle);
/* Back to what the thread was; the context may be deleted by now.  SEC_E_NO_IMPERSONATION: this thread does not
 * impersonate through it.  Where the way back fails the process ends: it must not go on as somebody else. */
SSPI_API SECURITY_STATUS SEC_ENTRY RevertSecurityContext(PCtxtHandle phContext);
typedef SECURITY_STATUS(SEC_ENTRY *REVERT_SECURITY_CONTEXT_FN)(PCtxtHandle);
/* A token of the account, the caller's to end with CloseHandle; OPENSSPI_QueryTokenAccount (opensspi/extra.h)
 * reads it.  SEC_E_NO_IMPERSONATION: the context has none. */
SSPI_API SECURITY_STATUS SEC_ENTRY QuerySecurityContextToken(PCtxtHandle phContext, HANDLE *Token);
typedef SECURITY_STATUS(SEC_ENTRY *QUERY_SECURITY_CONTEXT_TOKEN_FN)(PCtxtHandle, HANDLE *);
/* TLS has no signatures apart from its records, so this is SEC_E_UNSUPPORTED_FUNCTION. */
SSPI_API SECURITY_STATUS SEC_ENTRY MakeSignature(
    PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage, ULONG MessageSeqNo);
typedef SECURITY_STATUS(SEC_ENTRY *MAKE_SIGNATURE_FN)(PCtxtHandle, ULONG, PSecBufferDesc, ULONG);
SSPI_API SECURITY_STATUS SEC_ENTRY VerifySignature(
    PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo, SSPI_ULONG_OUT pfQOP);
typedef SECURITY_STATUS(SEC_ENTRY *VERIFY_SIGNATURE_FN)(PCtxtHandle, PSecBufferDesc, ULONG, SSPI_ULONG_OUT);
/* A client's open context, packed for ImportSecurityContext: with SECPKG_CONTEXT_EXPORT_RESET_NEW what a new
 * connection needs to resume this one's session (target name, session, what both belong to), in *pPackedContext,
 * whose pvBuffer is for FreeContextBuffer and holds secrets.  A session of TLS 1.3 leaves this process with it.
 * With SECPKG_CONTEXT_EXPORT_DELETE_OLD the context is deleted.  *pToken becomes NULL.
 * SEC_E_UNSUPPORTED_FUNCTION: without RESET_NEW, as a live connection's keys stay where they are; to the kernel;
 * of a server, whose ticket keys move instead; of a context that is not open. */
SSPI_API SECURITY_STATUS SEC_ENTRY ExportSecurityContext(
    PCtxtHandle phContext, ULONG fFlags, PSecBuffer pPackedContext, void **pToken);
typedef SECURITY_STATUS(SEC_ENTRY *EXPORT_SECURITY_CONTEXT_FN)(PCtxtHandle, ULONG, PSecBuffer, void **);

/* A context in its initial state, for DeleteSecurityContext or a first InitializeSecurityContext as phContext, with
 * a credential and a phNewContext to hold its new handle; the target name is the exported one's where none is given.
 * The session is resumed where credential, provider and its version, target and validation are what they were; under
 * anything else the handshake is a full one.  pPackedContext is copied; Token is ignored.
 * SEC_E_INVALID_TOKEN: bytes that were not exported by this process, a parent, or one that shares the configured
 * ticket-keys (opensspi.conf(5)).  SEC_E_SECPKG_NOT_FOUND, SEC_E_INVALID_PARAMETER, SEC_E_INSUFFICIENT_MEMORY. */
SSPI_API SECURITY_STATUS SEC_ENTRY ImportSecurityContextW(
    SEC_WCHAR *pszPackage, PSecBuffer pPackedContext, void *Token,
    PCtxtHandle phContext) SSPI_WIDE(ImportSecurityContextW);
typedef SECURITY_STATUS(SEC_ENTRY *IMPORT_SECURITY_CONTEXT_FN_W)(
    SEC_WCHAR *, PSecBuffer, void *, PCtxtHandle);
SSPI_API SECURITY_STATUS SEC_ENTRY ImportSecurityContextA(
    SEC_CHAR *pszPackage, PSecBuffer pPackedContext, void *Token, PCtxtHandle phContext);
typedef SECURITY_STATUS(SEC_ENTRY *IMPORT_SECURITY_CONTEXT_FN_A)(SEC_CHAR *, PSecBuffer, void *, PCtxtHandle);
#define ImportSecurityContext SSPI_AW(ImportSecurityContext)
#define IMPORT_SECURITY_CONTEXT_FN SSPI_UAW(IMPORT_SECURITY_CONTEXT_FN)

/* Not a thing of Schannel: SEC_E_UNSUPPORTED_FUNCTION. */
SSPI_API SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordW(
    SEC_WCHAR *pszPackageName, SEC_WCHAR *pszDomainName, SEC_WCHAR *pszAccountName, SEC_WCHAR *pszOldPassword,
    SEC_WCHAR *pszNewPassword, BOOLEAN bImpersonating, ULONG dwReserved,
    PSecBufferDesc pOutput) SSPI_WIDE(ChangeAccountPasswordW);
typedef SECURITY_STATUS(SEC_ENTRY *CHANGE_PASSWORD_FN_W)(
    SEC_WCHAR *, SEC_WCHAR *, SEC_WCHAR *, SEC_WCHAR *, SEC_WCHAR *, BOOLEAN, ULONG, PSecBufferDesc);
SSPI_API SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordA(
    SEC_CHAR *pszPackageName, SEC_CHAR *pszDomainName, SEC_CHAR *pszAccountName, SEC_CHAR *pszOldPassword,
    SEC_CHAR *pszNewPassword, BOOLEAN bImpersonating, ULONG dwReserved, PSecBufferDesc pOutput);
typedef SECURITY_STATUS(SEC_ENTRY *CHANGE_PASSWORD_FN_A)(
    SEC_CHAR *, SEC_CHAR *, SEC_CHAR *, SEC_CHAR *, SEC_CHAR *, BOOLEAN, ULONG, PSecBufferDesc);
#define ChangeAccountPassword SSPI_AW(ChangeAccountPassword)
#define CHANGE_PASSWORD_FN SSPI_UAW(CHANGE_PASSWORD_FN)

/* ---- the table: every function above, for sources that reach them through it ---- */
typedef struct _SECURITY_FUNCTION_TABLE_W {
    ULONG dwVersion;
    ENUMERATE_SECURITY_PACKAGES_FN_W EnumerateSecurityPackagesW;
    QUERY_CREDENTIALS_ATTRIBUTES_FN_W QueryCredentialsAttributesW;
    ACQUIRE_CREDENTIALS_HANDLE_FN_W AcquireCredentialsHandleW;
    FREE_CREDENTIALS_HANDLE_FN FreeCredentialsHandle;
    void *Reserved2;
    INITIALIZE_SECURITY_CONTEXT_FN_W InitializeSecurityContextW;
    ACCEPT_SECURITY_CONTEXT_FN AcceptSecurityContext;
    COMPLETE_AUTH_TOKEN_FN CompleteAuthToken;
    DELETE_SECURITY_CONTEXT_FN DeleteSecurityContext;
    APPLY_CONTROL_TOKEN_FN ApplyControlToken;
    QUERY_CONTEXT_ATTRIBUTES_FN_W QueryContextAttributesW;
    IMPERSONATE_SECURITY_CONTEXT_FN ImpersonateSecurityContext;
    REVERT_SECURITY_CONTEXT_FN RevertSecurityContext;
    MAKE_SIGNATURE_FN MakeSignature;
    VERIFY_SIGNATURE_FN VerifySignature;
    FREE_CONTEXT_BUFFER_FN FreeContextBuffer;
    QUERY_SECURITY_PACKAGE_INFO_FN_W QuerySecurityPackageInfoW;
    void *Reserved3; /* EncryptMessage */
    void *Reserved4; /* DecryptMessage */
    EXPORT_SECURITY_CONTEXT_FN ExportSecurityContext;
    IMPORT_SECURITY_CONTEXT_FN_W ImportSecurityContextW;
    ADD_CREDENTIALS_FN_W AddCredentialsW;
    void *Reserved8;
    QUERY_SECURITY_CONTEXT_TOKEN_FN QuerySecurityContextToken;
    ENCRYPT_MESSAGE_FN EncryptMessage;
    DECRYPT_MESSAGE_FN DecryptMessage;
    SET_CONTEXT_ATTRIBUTES_FN_W SetContextAttributesW;
    SET_CREDENTIALS_ATTRIBUTES_FN_W SetCredentialsAttributesW;
    CHANGE_PASSWORD_FN_W ChangeAccountPasswordW;
    QUERY_CONTEXT_ATTRIBUTES_EX_FN_W QueryContextAttributesExW;
    QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W QueryCredentialsAttributesExW;
} SecurityFunctionTableW, *PSecurityFunctionTableW;
typedef struct _SECURITY_FUNCTION_TABLE_A {
    ULONG dwVersion;
    ENUMERATE_SECURITY_PACKAGES_FN_A EnumerateSecurityPackagesA;
    QUERY_CREDENTIALS_ATTRIBUTES_FN_A QueryCredentialsAttributesA;
    ACQUIRE_CREDENTIALS_HANDLE_FN_A AcquireCredentialsHandleA;
    FREE_CREDENTIALS_HANDLE_FN FreeCredentialsHandle;
    void *Reserved2;
    INITIALIZE_SECURITY_CONTEXT_FN_A InitializeSecurityContextA;
    ACCEPT_SECURITY_CONTEXT_FN AcceptSecurityContext;
    COMPLETE_AUTH_TOKEN_FN CompleteAuthToken;
    DELETE_SECURITY_CONTEXT_FN DeleteSecurityContext;
    APPLY_CONTROL_TOKEN_FN ApplyControlToken;
    QUERY_CONTEXT_ATTRIBUTES_FN_A QueryContextAttributesA;
    IMPERSONATE_SECURITY_CONTEXT_FN ImpersonateSecurityContext;
    REVERT_SECURITY_CONTEXT_FN RevertSecurityContext;
    MAKE_SIGNATURE_FN MakeSignature;
    VERIFY_SIGNATURE_FN VerifySignature;
    FREE_CONTEXT_BUFFER_FN FreeContextBuffer;
    QUERY_SECURITY_PACKAGE_INFO_FN_A QuerySecurityPackageInfoA;
    void *Reserved3; /* EncryptMessage */
    void *Reserved4; /* DecryptMessage */
    EXPORT_SECURITY_CONTEXT_FN ExportSecurityContext;
    IMPORT_SECURITY_CONTEXT_FN_A ImportSecurityContextA;
    ADD_CREDENTIALS_FN_A AddCredentialsA;
    void *Reserved8;
    QUERY_SECURITY_CONTEXT_TOKEN_FN QuerySecurityContextToken;
    ENCRYPT_MESSAGE_FN EncryptMessage;
    DECRYPT_MESSAGE_FN DecryptMessage;
    SET_CONTEXT_ATTRIBUTES_FN_A SetContextAttributesA;
    SET_CREDENTIALS_ATTRIBUTES_FN_A SetCredentialsAttributesA;
    CHANGE_PASSWORD_FN_A ChangeAccountPasswordA;
    QUERY_CONTEXT_ATTRIBUTES_EX_FN_A QueryContextAttributesExA;
    QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A QueryCredentialsAttributesExA;
} SecurityFunctionTableA, *PSecurityFunctionTableA;
#define SecurityFunctionTable SSPI_AW(SecurityFunctionTable)
#define PSecurityFunctionTable SSPI_AW(PSecurityFunctionTable)

#define SECURITY_
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION 1
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_2 2
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_3 3
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_4 4
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5 5

/* The table of every function above, for programs that reach them through it: the library's own, never freed;
 * nobody may write to it.  Any thread. */
SSPI_API PSecurityFunctionTableA SEC_ENTRY InitSecurityInterfaceA(void) SSPI_WIDE(InitSecurityInterfaceA);
typedef PSecurityFunctionTableA(SEC_ENTRY *INIT_SECURITY_INTERFACE_A)(void);
SSPI_API PSecurityFunctionTableW SEC_ENTRY InitSecurityInterfaceW(void) SSPI_WIDE(InitSecurityInterfaceW);
typedef PSecurityFunctionTableW(SEC_ENTRY *INIT_SECURITY_INTERFACE_W)(void);
#define InitSecurityInterface SSPI_AW(InitSecurityInterface)
#define INIT_SECURITY_INTERFACE SSPI_UAW(INIT_SECURITY_INTERFACE)

/* For dlsym: the names as this source's WCHAR needs them. */
#define SECURITY_ENTRYPOINT_ANSIW SSPI_WIDE_NAME(InitSecurityInterfaceW)
#define SECURITY_ENTRYPOINT_ANSIA SSPI_WIDE_NAME(InitSecurityInterfaceA)
#define SECURITY_ENTRYPOINTW TEXT("InitSecurityInterfaceW")
#define SECURITY_ENTRYPOINTA TEXT("InitSecurityInterfaceA")
#define SECURITY_ENTRYPOINT SSPI_AW(SECURITY_ENTRYPOINT)
#define SECURITY_ENTRYPOINT_ANSI SSPI_AW(SECURITY_ENTRYPOINT_ANSI)

/* ---- identities by name and password: other packages' affair, here for sources that mention them ---- */
#define SEC_WINNT_AUTH_IDENTITY_ANSI 0x1
#define SEC_WINNT_AUTH_IDENTITY_UNICODE 0x2
#define SEC_WINNT_AUTH_IDENTITY_VERSION 0x200
typedef struct _SEC_WINNT_AUTH_IDENTITY_W {
    WCHAR *User;
    ULONG UserLength;
    WCHAR *Domain;
    ULONG DomainLength;
    WCHAR *Password;
    ULONG PasswordLength;
    ULONG Flags;
} SEC_WINNT_AUTH_IDENTITY_W, *PSEC_WINNT_AUTH_IDENTITY_W;
typedef struct _SEC_WINNT_AUTH_IDENTITY_A {
    UCHAR *User;
    ULONG UserLength;
    UCHAR *Domain;
    ULONG DomainLength;
    UCHAR *Password;
    ULONG PasswordLength;
    ULONG Flags;
} SEC_WINNT_AUTH_IDENTITY_A, *PSEC_WINNT_AUTH_IDENTITY_A;
#define SEC_WINNT_AUTH_IDENTITY SSPI_UAW(SEC_WINNT_AUTH_IDENTITY)
#define PSEC_WINNT_AUTH_IDENTITY SSPI_UAW(PSEC_WINNT_AUTH_IDENTITY)
typedef struct _SEC_WINNT_AUTH_IDENTITY_EXW {
    ULONG Version;
    ULONG Length;
    WCHAR *User;
    ULONG UserLength;
    WCHAR *Domain;
    ULONG DomainLength;
    WCHAR *Password;
    ULONG PasswordLength;
    ULONG Flags;
    WCHAR *PackageList;
    ULONG PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EXW, *PSEC_WINNT_AUTH_IDENTITY_EXW;
typedef struct _SEC_WINNT_AUTH_IDENTITY_EXA {
    ULONG Version;
    ULONG Length;
    UCHAR *User;
    ULONG UserLength;
    UCHAR *Domain;
    ULONG DomainLength;
    UCHAR *Password;
    ULONG PasswordLength;
    ULONG Flags;
    UCHAR *PackageList;
    ULONG PackageListLength;
} SEC_WINNT_AUTH_IDENTITY_EXA, *PSEC_WINNT_AUTH_IDENTITY_EXA;
#define SEC_WINNT_AUTH_IDENTITY_EX SSPI_AW(SEC_WINNT_AUTH_IDENTITY_EX)
#define PSEC_WINNT_AUTH_IDENTITY_EX SSPI_AW(PSEC_WINNT_AUTH_IDENTITY_EX)
typedef void *PSEC_WINNT_AUTH_IDENTITY_OPAQUE;

SSPI_END

#endif
