/* SPDX-License-Identifier: MIT
 *
 * The certificate functions whose text is `char`: one of each, whatever the width of WCHAR. */
#include <config.h>

#include "core/cert/container.h"
#include "core/cert/names.h"
#include "core/cert/open.h"
#include "core/cert/system.h"
#include "core/cert/text.h"
#include "core/memory.h"

#include <bcrypt.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

HCERTSTORE WINAPI CertOpenSystemStoreA(HCRYPTPROV_LEGACY hProv, LPCSTR szSubsystemProtocol)
{
    (void)hProv;
    if (!szSubsystemProtocol) {
        cert_fail((DWORD)E_INVALIDARG);
        return NULL;
    }
    return open_system(szSubsystemProtocol, CERT_SYSTEM_STORE_CURRENT_USER);
}

/* ---- names ---- */

/* `len` octets into a caller's buffer of `room`, cut to fit on a character's boundary, always ended; returns
 * octets with the last NUL.  room 0: only counts. */
static DWORD put_text(const char *text, size_t len, LPSTR out, DWORD room)
{
    if (room && len >= room) {
        len = room - 1;
        while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    if (room) {
        memcpy(out, text, len);
        out[len] = 0;
    }
    return (DWORD)len + 1;
}

DWORD WINAPI CertNameToStrA(DWORD dwCertEncodingType, PCERT_NAME_BLOB pName, DWORD dwStrType, LPSTR psz,
                            DWORD csz)
{
    int malformed;
    (void)dwCertEncodingType;
    char *text =
        pName ? names_text((struct sspi_bytes){pName->pbData, pName->cbData}, dwStrType, &malformed) : NULL;
    DWORD len = put_text(text ? text : "", text ? strlen(text) : 0, psz, psz ? csz : 0);
    free(text);
    return len;
}

DWORD WINAPI CertGetNameStringA(PCCERT_CONTEXT pCertContext, DWORD dwType, DWORD dwFlags, void *pvTypePara,
                                LPSTR pszNameString, DWORD cchNameString)
{
    size_t len = 0;
    DWORD room = pszNameString ? cchNameString : 0;
    char *text = certificate_name(pCertContext, dwType, dwFlags, pvTypePara, &len);
    DWORD out = put_text(text ? text : "", len, pszNameString, room);
    if (dwFlags & CERT_NAME_SEARCH_ALL_NAMES_FLAG && len) { /* a list ends with one more NUL */
        if (room > out)
            pszNameString[out] = 0;
        out += room == 0 || room > out;
    }
    free(text);
    return out;
}

BOOL WINAPI CertStrToNameA(DWORD dwCertEncodingType, LPCSTR pszX500, DWORD dwStrType, void *pvReserved,
                           BYTE *pbEncoded, DWORD *pcbEncoded, LPCSTR *ppszError)
{
    size_t error_at;
    (void)dwCertEncodingType, (void)pvReserved;
    BOOL done = names_give(pszX500, dwStrType, pbEncoded, pcbEncoded, &error_at);
    if (ppszError)
        *ppszError = error_at == SIZE_MAX ? NULL : pszX500 + error_at;
    return done;
}

/* ---- text ---- */

BOOL WINAPI CryptStringToBinaryA(LPCSTR pszString, DWORD cchString, DWORD dwFlags, BYTE *pbBinary,
                                 DWORD *pcbBinary, DWORD *pdwSkip, DWORD *pdwFlags)
{
    size_t len = pszString && !cchString ? strlen(pszString) : cchString;
    return text_to_binary(pszString, len, dwFlags, pbBinary, pcbBinary, pdwSkip, pdwFlags);
}

BOOL WINAPI CryptBinaryToStringA(const BYTE *pbBinary, DWORD cbBinary, DWORD dwFlags, LPSTR pszString,
                                 DWORD *pcchString)
{
    if (!pcchString)
        return cert_fail(ERROR_INVALID_PARAMETER);
    if ((dwFlags & CRYPT_STRING_ENCODEMASK) == CRYPT_STRING_BINARY)
        return cert_give(pbBinary, cbBinary, pszString, pcchString);
    char *text = binary_to_text(pbBinary, cbBinary, dwFlags);
    if (!text)
        return FALSE;
    size_t len = strlen(text);
    DWORD room = *pcchString;
    BOOL fits = !pszString || room > len;
    if (pszString && fits)
        memcpy(pszString, text, len + 1);
    /* With the NUL where room is asked for, without it where text was written: as Windows counts. */
    *pcchString = (DWORD)len + !(pszString && fits);
    explicit_bzero(text, len);
    free(text);
    return fits ? TRUE : cert_fail(ERROR_MORE_DATA);
}

PCERT_EXTENSION WINAPI CertFindExtension(LPCSTR pszObjId, DWORD cExtensions, CERT_EXTENSION rgExtensions[])
{
    for (DWORD i = 0; pszObjId && rgExtensions && i < cExtensions; i++)
        if (rgExtensions[i].pszObjId && !strcmp(rgExtensions[i].pszObjId, pszObjId))
            return &rgExtensions[i];
    cert_fail(pszObjId && (rgExtensions || !cExtensions) ? ERROR_FILE_NOT_FOUND : (DWORD)E_INVALIDARG);
    return NULL;
}

/* ---- keys ---- */

BOOL WINAPI CryptAcquireContextA(HCRYPTPROV *phProv, LPCSTR szContainer, LPCSTR szProvider, DWORD dwProvType,
                                 DWORD dwFlags)
{
    (void)szProvider, (void)dwProvType;
    return phProv ? csp_acquire(phProv, szContainer, dwFlags) : cert_fail(ERROR_INVALID_PARAMETER);
}

VOID WINAPI BCryptFreeBuffer(PVOID pvBuffer)
{
    memory_take_back(pvBuffer);
}
