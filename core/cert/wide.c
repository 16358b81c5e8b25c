/* SPDX-License-Identifier: MIT
 *
 * core/cert/wide.c -- the certificate functions that a WCHAR crosses; compiled for both widths, as
 * core/wide.c is. */
#include <config.h>

#include "core/cert/certificate.h"
#include "core/cert/chain.h"
#include "core/cert/container.h"
#include "core/cert/decode.h"
#include "core/cert/find.h"
#include "core/cert/hash.h"
#include "core/cert/names.h"
#include "core/cert/open.h"
#include "core/cert/system.h"
#include "core/cert/pfx.h"
#include "core/cert/query.h"
#include "core/cert/selfsign.h"
#include "core/cert/text.h"
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

BOOL WINAPI CryptHashCertificate2(LPCWSTR pwszCNGHashAlgid, DWORD dwFlags, void *pvReserved, const BYTE *pbEncoded,
                                  DWORD cbEncoded, BYTE *pbComputedHash, DWORD *pcbComputedHash)
{
    char *name = pwszCNGHashAlgid ? text_in(pwszCNGHashAlgid) : NULL;
    ALG_ID id = name ? hash_named(name) : 0;
    free(name);
    if (dwFlags || pvReserved)
        return cert_fail(ERROR_INVALID_PARAMETER);
    return id ? hash_encoded(id, pbEncoded, cbEncoded, pbComputedHash, pcbComputedHash)
              : cert_fail((DWORD)NTE_NOT_SUPPORTED);
}

HCERTSTORE WINAPI CertOpenSystemStoreW(HCRYPTPROV_LEGACY hProv, LPCWSTR szSubsystemProtocol)
{
    char *name = szSubsystemProtocol ? text_in(szSubsystemProtocol) : NULL;
    (void)hProv;
    HCERTSTORE opened = name ? open_system(name, CERT_SYSTEM_STORE_CURRENT_USER) : NULL;
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

/* Nothing else is written: it is what is asked for, or the call fails. */
static int is_our_algorithm(const PKCS12_PBES2_EXPORT_PARAMS *para)
{
    char *name = NULL;
    int is = para && para->dwSize >= sizeof *para && !para->hNcryptDescriptor;
    if (is && para->pwszPbes2Alg)
        is = (name = text_in(para->pwszPbes2Alg)) != NULL && !strcmp(name, "AES256-SHA256");
    free(name);
    return is;
}

BOOL WINAPI PFXExportCertStoreEx(HCERTSTORE hStore, CRYPT_DATA_BLOB *pPFX, LPCWSTR szPassword, void *pvPara,
                                 DWORD dwFlags)
{
    if (dwFlags & PKCS12_EXPORT_PBES2_PARAMS && !is_our_algorithm(pvPara))
        return cert_fail((DWORD)NTE_NOT_SUPPORTED);
    char *password = szPassword ? text_in(szPassword) : NULL;
    BOOL done = (!szPassword || password) && pfx_export(hStore, pPFX, password, dwFlags);
    if (password)
        explicit_bzero(password, strlen(password));
    free(password);
    return done;
}

BOOL WINAPI PFXExportCertStore(HCERTSTORE hStore, CRYPT_DATA_BLOB *pPFX, LPCWSTR szPassword, DWORD dwFlags)
{
    return PFXExportCertStoreEx(hStore, pPFX, szPassword, NULL, dwFlags & ~(DWORD)PKCS12_EXPORT_PBES2_PARAMS);
}

PCCERT_CONTEXT WINAPI CertFindCertificateInStore(HCERTSTORE hCertStore, DWORD dwCertEncodingType,
                                                 DWORD dwFindFlags, DWORD dwFindType, const void *pvFindPara,
                                                 PCCERT_CONTEXT pPrevCertContext)
{
    (void)dwCertEncodingType;
    return find_certificate(hCertStore, dwFindFlags, dwFindType, pvFindPara, pPrevCertContext,
                            SSPI_WCHAR_BITS);
}

/* ---- names ---- */

/* UTF-8 of `len` octets (NULs among them count as characters) into a caller's buffer of `room` units, cut to
 * fit, always ended; returns units with the last NUL.  room 0: only counts. */
static DWORD put_wide(const char *text, size_t len, LPWSTR out, DWORD room)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + len;
    size_t units = 0;
    while (at < end) {
        uint32_t point = utf8_next(&at, end);
        size_t more = wide_put(point, SSPI_WCHAR_BITS, NULL, 0);
        if (point == UTF_BAD || (room && units + more >= room))
            break;
        wide_put(point, SSPI_WCHAR_BITS, room ? out : NULL, units);
        units += more;
    }
    if (room)
        out[units] = 0;
    return (DWORD)units + 1;
}

DWORD WINAPI CertNameToStrW(DWORD dwCertEncodingType, PCERT_NAME_BLOB pName, DWORD dwStrType, LPWSTR psz,
                            DWORD csz)
{
    int malformed;
    (void)dwCertEncodingType;
    DWORD room = psz ? csz : 0;
    char *text =
        pName ? names_text((struct sspi_bytes){pName->pbData, pName->cbData}, dwStrType, &malformed) : NULL;
    DWORD units = put_wide(text ? text : "", text ? strlen(text) : 0, psz, room);
    free(text);
    return units;
}

DWORD WINAPI CertGetNameStringW(PCCERT_CONTEXT pCertContext, DWORD dwType, DWORD dwFlags, void *pvTypePara,
                                LPWSTR pszNameString, DWORD cchNameString)
{
    size_t len = 0;
    DWORD room = pszNameString ? cchNameString : 0;
    char *text = certificate_name(pCertContext, dwType, dwFlags, pvTypePara, &len);
    DWORD units = put_wide(text ? text : "", len, pszNameString, room);
    if (dwFlags & CERT_NAME_SEARCH_ALL_NAMES_FLAG && len) { /* a list ends with one more NUL */
        if (room > units)
            pszNameString[units] = 0;
        units += room == 0 || room > units;
    }
    free(text);
    return units;
}

BOOL WINAPI CertStrToNameW(DWORD dwCertEncodingType, LPCWSTR pszX500, DWORD dwStrType, void *pvReserved,
                           BYTE *pbEncoded, DWORD *pcbEncoded, LPCWSTR *ppszError)
{
    size_t error_at;
    (void)dwCertEncodingType, (void)pvReserved;
    if (ppszError)
        *ppszError = NULL;
    char *text = pszX500 ? text_in(pszX500) : NULL;
    if (pszX500 && !text)
        return FALSE;
    BOOL done = names_give(text, dwStrType, pbEncoded, pcbEncoded, &error_at);
    if (ppszError && error_at != SIZE_MAX)
        *ppszError = pszX500 + put_wide(text, error_at, NULL, 0) - 1;
    free(text);
    return done;
}

/* ---- chains ---- */

BOOL WINAPI CertVerifyCertificateChainPolicy(LPCSTR pszPolicyOID, PCCERT_CHAIN_CONTEXT pChainContext,
                                             PCERT_CHAIN_POLICY_PARA pPolicyPara,
                                             PCERT_CHAIN_POLICY_STATUS pPolicyStatus)
{
    return chain_policy(pszPolicyOID, pChainContext, pPolicyPara, pPolicyStatus, SSPI_WCHAR_BITS);
}

/* ---- text ---- */

/* What text_to_binary reads is ASCII; anything wider cannot belong to it. */
BOOL WINAPI CryptStringToBinaryW(LPCWSTR pszString, DWORD cchString, DWORD dwFlags, BYTE *pbBinary,
                                 DWORD *pcbBinary, DWORD *pdwSkip, DWORD *pdwFlags)
{
    if (!pszString)
        return cert_fail(ERROR_INVALID_PARAMETER);
    size_t len = cchString ? cchString : wide_length(pszString, SSPI_WCHAR_BITS);
    char *text = malloc(len + 1);
    if (!text)
        return cert_fail((DWORD)E_OUTOFMEMORY);
    for (size_t i = 0; i < len; i++)
        text[i] = pszString[i] < 0x80 ? (char)pszString[i] : '\x7f';
    BOOL done = text_to_binary(text, len, dwFlags, pbBinary, pcbBinary, pdwSkip, pdwFlags);
    explicit_bzero(text, len);
    free(text);
    return done;
}

BOOL WINAPI CryptBinaryToStringW(const BYTE *pbBinary, DWORD cbBinary, DWORD dwFlags, LPWSTR pszString,
                                 DWORD *pcchString)
{
    char *text = pcchString ? binary_to_text(pbBinary, cbBinary, dwFlags) : NULL;
    if (!text)
        return pcchString ? FALSE : cert_fail(ERROR_INVALID_PARAMETER);
    size_t len = strlen(text);
    DWORD room = *pcchString;
    BOOL fits = !pszString || room > len;
    if (pszString && fits)
        put_wide(text, len, pszString, room);
    /* With the NUL where room is asked for, without it where text was written: as Windows counts. */
    *pcchString = (DWORD)len + !(pszString && fits);
    explicit_bzero(text, len);
    free(text);
    return fits ? TRUE : cert_fail(ERROR_MORE_DATA);
}

/* ---- structures ---- */

BOOL WINAPI CryptDecodeObjectEx(DWORD dwCertEncodingType, LPCSTR lpszStructType, const BYTE *pbEncoded,
                                DWORD cbEncoded, DWORD dwFlags, PCRYPT_DECODE_PARA pDecodePara,
                                void *pvStructInfo, DWORD *pcbStructInfo)
{
    return decode_object(dwCertEncodingType, lpszStructType, (struct sspi_bytes){pbEncoded, cbEncoded},
                         dwFlags, pDecodePara, pvStructInfo, pcbStructInfo, SSPI_WCHAR_BITS);
}

BOOL WINAPI CryptDecodeObject(DWORD dwCertEncodingType, LPCSTR lpszStructType, const BYTE *pbEncoded,
                              DWORD cbEncoded, DWORD dwFlags, void *pvStructInfo, DWORD *pcbStructInfo)
{
    return decode_object(dwCertEncodingType, lpszStructType, (struct sspi_bytes){pbEncoded, cbEncoded},
                         dwFlags & ~(DWORD)CRYPT_DECODE_ALLOC_FLAG, NULL, pvStructInfo, pcbStructInfo,
                         SSPI_WCHAR_BITS);
}

BOOL WINAPI CryptEncodeObjectEx(DWORD dwCertEncodingType, LPCSTR lpszStructType, const void *pvStructInfo,
                                DWORD dwFlags, PCRYPT_ENCODE_PARA pEncodePara, void *pvEncoded,
                                DWORD *pcbEncoded)
{
    return encode_object(dwCertEncodingType, lpszStructType, pvStructInfo, dwFlags, pEncodePara, pvEncoded,
                         pcbEncoded, SSPI_WCHAR_BITS);
}

BOOL WINAPI CryptQueryObject(DWORD dwObjectType, const void *pvObject, DWORD dwExpectedContentTypeFlags,
                             DWORD dwExpectedFormatTypeFlags, DWORD dwFlags, DWORD *pdwMsgAndCertEncodingType,
                             DWORD *pdwContentType, DWORD *pdwFormatType, HCERTSTORE *phCertStore,
                             HCRYPTMSG *phMsg, const void **ppvContext)
{
    struct query q = {dwObjectType,
                      pvObject,
                      dwExpectedContentTypeFlags,
                      dwExpectedFormatTypeFlags,
                      pdwMsgAndCertEncodingType,
                      pdwContentType,
                      pdwFormatType,
                      phCertStore,
                      phMsg,
                      ppvContext};
    (void)dwFlags;
    return query_object(&q, SSPI_WCHAR_BITS);
}

/* ---- keys ---- */

PCCERT_CONTEXT WINAPI CertCreateSelfSignCertificate(HCRYPTPROV_OR_NCRYPT_KEY_HANDLE hCryptProvOrNCryptKey,
                                                    PCERT_NAME_BLOB pSubjectIssuerBlob, DWORD dwFlags,
                                                    PCRYPT_KEY_PROV_INFO pKeyProvInfo,
                                                    PCRYPT_ALGORITHM_IDENTIFIER pSignatureAlgorithm,
                                                    PSYSTEMTIME pStartTime, PSYSTEMTIME pEndTime,
                                                    PCERT_EXTENSIONS pExtensions)
{
    struct selfsign s = {hCryptProvOrNCryptKey, pSubjectIssuerBlob, dwFlags,  pKeyProvInfo,
                         pSignatureAlgorithm,   pStartTime,         pEndTime, pExtensions};
    return selfsign(&s, SSPI_WCHAR_BITS);
}

BOOL WINAPI CryptAcquireContextW(HCRYPTPROV *phProv, LPCWSTR szContainer, LPCWSTR szProvider,
                                 DWORD dwProvType, DWORD dwFlags)
{
    (void)szProvider, (void)dwProvType;
    if (!phProv)
        return cert_fail(ERROR_INVALID_PARAMETER);
    char *container = szContainer ? text_in(szContainer) : NULL;
    BOOL done = (!szContainer || container) && csp_acquire(phProv, container, dwFlags);
    free(container);
    return done;
}
