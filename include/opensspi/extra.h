/* SPDX-License-Identifier: MIT
 *
 * opensspi/extra.h -- what Windows has no call for.  Everything here begins with OPENSSPI_, so a source
 * can test for it; nothing else of OpenSSPI's headers goes beyond Windows. */
#ifndef OPENSSPI_EXTRA_H
#define OPENSSPI_EXTRA_H

#include <schannel.h>
#include <sspi.h>

/* ---- certificates from PEM files ----
 * CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob) with a CRYPT_DATA_BLOB of PEM text: any
 * number of CERTIFICATE blocks and as many private keys as there are certificates for (PKCS#8, RSA or EC), in
 * any order, with X509 CRL blocks or other text between; several files are simply put one after the other.  A
 * memory store of all the certificates comes back, in the order of the text; a key belongs to the first
 * certificate whose public key it matches, which then serves in paCred with the rest as its chain.  The bytes
 * are copied; the caller wipes its own.  With OPENSSPI_CERT_STORE_PROV_PEM_PASSWORD it is an OPENSSPI_PEM,
 * whose password opens ENCRYPTED PRIVATE KEY blocks.  NULL on failure: CRYPT_E_NO_MATCH where a key fits no
 * certificate, CRYPT_E_BAD_ENCODE where a block is malformed, CRYPT_E_NOT_FOUND where there is no certificate
 * or list at all, ERROR_INVALID_PASSWORD where a key is encrypted and the password is missing or wrong. */
#define OPENSSPI_CERT_STORE_PROV_PEM ((LPCSTR)0x4F50)
#define OPENSSPI_CERT_STORE_PROV_PEM_PASSWORD ((LPCSTR)0x4F51)
typedef struct _OPENSSPI_PEM {
    ULONG cbSize; /* sizeof(OPENSSPI_PEM) */
    CRYPT_DATA_BLOB text;
    const char *password; /* UTF-8, or NULL */
} OPENSSPI_PEM;

/* ---- key log ----
 * SetCredentialsAttributes(&cred, OPENSSPI_CRED_ATTR_KEYLOG, &log, sizeof log), before the first context:
 * `write` gets every secret of the credential's contexts as one line of the NSS key log format, without a
 * newline, so that Wireshark can read the traffic.  It is called while the context is locked: it must not
 * call back into this library, and may be called by several threads at once.  `write` NULL ends it.
 * SEC_E_UNSUPPORTED_FUNCTION: the provider cannot. */
#define OPENSSPI_CRED_ATTR_KEYLOG 0x4F500001u
typedef struct _OPENSSPI_KEYLOG {
    ULONG cbSize; /* sizeof(OPENSSPI_KEYLOG) */
    void (*write)(void *user, const char *line);
    void *user;
} OPENSSPI_KEYLOG;

/* ---- the account behind a token ----
 * QuerySecurityContextToken gives a HANDLE for the local account that a client's certificate was mapped to
 * (opensspi-accounts(5)), which CloseHandle ends.  This reads it: *ppAccount is one block for
 * FreeContextBuffer, and stays good when the token and the context are gone.  Any thread.
 * SEC_E_INVALID_HANDLE: no token, or a closed one. */
typedef struct _OPENSSPI_ACCOUNT {
    ULONG cbSize; /* sizeof(OPENSSPI_ACCOUNT) of the library */
    unsigned uid, gid;
    ULONG cGroups;          /* supplementary groups, the first of `groups` upwards; gid is among them */
    const unsigned *groups; /* in order */
    const char *name;       /* the account's */
    const char *rule;       /* FILE:LINE of the rule that took the certificate */
} OPENSSPI_ACCOUNT;
SSPI_BEGIN
SSPI_API SECURITY_STATUS SEC_ENTRY OPENSSPI_QueryTokenAccount(HANDLE Token, OPENSSPI_ACCOUNT **ppAccount);
SSPI_END

#endif
