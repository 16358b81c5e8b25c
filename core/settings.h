/* SPDX-License-Identifier: MIT
 *
 * core/settings.h -- what pAuthData of AcquireCredentialsHandle asks for, read once: SCHANNEL_CRED
 * (version 4), SCH_CREDENTIALS (version 5) or NULL.  Only the shapes are judged here; certificates and keys
 * are captured by core/credential.c. */
#ifndef CORE_SETTINGS_H
#define CORE_SETTINGS_H

#include "core/forms.h"

#include <schannel.h>
#include <stdint.h>

#define SETTINGS_LIST 32u /* room of a list, its ending 0 included; the profile's lists fit (checked) */

struct settings {
    uint32_t client, server; /* protocols of each side, SSPI_CAP_TLS..; 0 where the use has no such side */
    ULONG flags;             /* dwFlags, SCH_* */
    int64_t lifespan;        /* ms that a session may be resumed; 0: not at all */
    DWORD cert_count;
    DWORD cert_format;     /* SCH_CRED_FORMAT_*: what paCred points to */
    enum form form;        /* ... and its text */
    PCCERT_CONTEXT *certs; /* the caller's paCred, for the call */
    HCERTSTORE roots;      /* hRootStore, or NULL */
    uint16_t suites[SETTINGS_LIST], groups[SETTINGS_LIST], signatures[SETTINGS_LIST]; /* 0 ends */
};

/* use: SECPKG_CRED_*.  SEC_E_NO_CREDENTIALS: W3.  SEC_E_UNKNOWN_CREDENTIALS: an unknown version or a
 * malformed structure (W12, W17).  SEC_E_INSUFFICIENT_MEMORY: version 3 (W18), or no memory.
 * SEC_E_ALGORITHM_MISMATCH: nothing is left to negotiate (W10, W11, W23, W85, D11).
 * SEC_E_UNSUPPORTED_FUNCTION: settings per application protocol, key lengths. */
SECURITY_STATUS settings_read(ULONG use, const void *auth_data, enum form form, struct settings *out);

/* SP_PROT_* of one version of one side (SSPI_CAP_TLS.. bit -> the bit of the client or server); 0: none. */
DWORD settings_protocol_bit(uint32_t cap, int server);

#endif
