/* SPDX-License-Identifier: MIT
 *
 * security.h -- the usual way to include sspi.h. */
#ifndef OPENSSPI_SECURITY_H
#define OPENSSPI_SECURITY_H

#include <sspi.h>

/* Package names of Windows.  Only Schannel's two (schannel.h) exist here: the others give
 * SEC_E_SECPKG_NOT_FOUND. */
#define NEGOSSP_NAME_A "Negotiate"
#define NEGOSSP_NAME_W L"Negotiate"
#define NEGOSSP_NAME SSPI_UAW(NEGOSSP_NAME)
#define MICROSOFT_KERBEROS_NAME_A "Kerberos"
#define MICROSOFT_KERBEROS_NAME_W L"Kerberos"
#define MICROSOFT_KERBEROS_NAME MICROSOFT_KERBEROS_NAME_W
#define NTLMSP_NAME_A "NTLM"
#define NTLMSP_NAME L"NTLM"

#endif
