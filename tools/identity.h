/* SPDX-License-Identifier: MIT
 *
 * tools/identity.h -- from files and options to a CredHandle, as a ported program would do it. */
#ifndef TOOLS_IDENTITY_H
#define TOOLS_IDENTITY_H

#include "tools/win.h"

struct identity_options {
    const char *command;           /* for messages */
    const char *cert, *key;        /* PEM files or pkcs11: URIs; key NULL: in the same file, or by the same URI */
    const char *pfx, *password_file;
    const char *ca;                /* PEM; anchors for the peer's chain; NULL: the system's */
    const char *provider;          /* NULL: the configured one */
    const char *tls;               /* "1.2", "1.3", or NULL */
    const char *keylog;            /* NSS key log file to append to, or NULL */
    DWORD flags;                   /* SCH_CRED_* */
};
struct identity {
    HCERTSTORE store, roots;
    PCCERT_CONTEXT certificate;
    CredHandle credential;
    int have_credential;
    int keylog; /* descriptor, or -1 */
};
/* The struct stays where it is until identity_close: the key log points at it.
 * use: SECPKG_CRED_INBOUND or _OUTBOUND.  0, or -1 after words on stderr that name file and reason. */
int identity_open(struct identity *, const struct identity_options *, ULONG use);
void identity_close(struct identity *);

/* "SEC_E_UNTRUSTED_ROOT (0x80090325): the chain ends in ..." into `out`. */
const char *identity_status(SECURITY_STATUS status, char *out, size_t size);

#endif
