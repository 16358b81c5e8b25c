/* SPDX-License-Identifier: MIT
 *
 * core/cert/wide.c -- the certificate functions that a WCHAR crosses; compiled for both widths, as
 * core/wide.c is. */
#include <config.h>

#include "core/cert/certificate.h"
#include "core/cert/open.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>

/* Text that came in as UTF-8; NULL with the last error set. */
static char *text_in(LPCWSTR wide)
{
    int bad = 0;
    char *text = utf8_from_wide(wide, SSPI_WCHAR_BITS, (size_t)-1, &bad);
    if (!text)
        cert_fail(bad ? ERROR_NO_UNICODE_TRANSLATION : (DWORD)E_OUTOFMEMORY);
    return text;
}

BOOL WINAPI CertGetCertificateContextProperty(PCCERT_CONTEXT pCertContext, DWORD dwPropId, void *pvData,
                                              DWORD *pcbData)
{
    return property_get(pCertContext, dwPropId, pvData, pcbData, SSPI_WCHAR_BITS);
}

BOOL WINAPI CertSetCertificateContextProperty(PCCERT_CONTEXT pCertContext, DWORD dwPropId, DWORD dwFlags,
                                              const void *pvData)
{
    return property_set(pCertContext, dwPropId, dwFlags, pvData, SSPI_WCHAR_BITS);
}

HCERTSTORE WINAPI CertOpenStore(LPCSTR lpszStoreProvider, DWORD dwEncodingType, HCRYPTPROV_LEGACY hCryptProv,
                                DWORD dwFlags, const void *pvPara)
{
    (void)dwEncodingType, (void)hCryptProv;
    return open_store(lpszStoreProvider, dwFlags, pvPara, SSPI_WCHAR_BITS);
}

HCERTSTORE WINAPI CertOpenSystemStoreW(HCRYPTPROV_LEGACY hProv, LPCWSTR szSubsystemProtocol)
{
    char *name = szSubsystemProtocol ? text_in(szSubsystemProtocol) : NULL;
    (void)hProv;
    HCERTSTORE opened = name ? open_system(name) : NULL;
    if (!szSubsystemProtocol)
        cert_fail((DWORD)E_INVALIDARG);
    free(name);
    return opened;
}

HCERTSTORE WINAPI PFXImportCertStore(CRYPT_DATA_BLOB *pPFX, LPCWSTR szPassword, DWORD dwFlags)
{
    char *password = szPassword ? text_in(szPassword) : NULL;
    HCERTSTORE opened = NULL;
    if (!pPFX)
        cert_fail((DWORD)E_INVALIDARG);
    else if (!szPassword || password)
        opened = open_pfx((struct sspi_bytes){pPFX->pbData, pPFX->cbData}, password, dwFlags);
    if (password)
        explicit_bzero(password, strlen(password));
    free(password);
    return opened;
}
