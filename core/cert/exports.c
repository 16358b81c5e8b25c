/* SPDX-License-Identifier: MIT
 *
 * The certificate functions whose text is `char`: one of each, whatever the width of WCHAR. */
#include <config.h>

#include "core/cert/open.h"

HCERTSTORE WINAPI CertOpenSystemStoreA(HCRYPTPROV_LEGACY hProv, LPCSTR szSubsystemProtocol)
{
    (void)hProv;
    if (!szSubsystemProtocol) {
        cert_fail((DWORD)E_INVALIDARG);
        return NULL;
    }
    return open_system(szSubsystemProtocol);
}
