/* SPDX-License-Identifier: MIT
 *
 * core/cert/storage-wide.c -- the functions of key storage that a WCHAR crosses; compiled for both widths, as
 * core/wide.c is. */
#include <config.h>

#include "core/cert/storage.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>

/* Text that came in as UTF-8, NULL where none did.  0, or the status: no text, or no memory. */
static SECURITY_STATUS text_in(LPCWSTR wide, char **out)
{
    int bad = 0;
    *out = wide ? utf8_from_wide(wide, SSPI_WCHAR_BITS, (size_t)-1, &bad) : NULL;
    return !wide || *out ? SEC_E_OK : bad ? NTE_INVALID_PARAMETER : NTE_NO_MEMORY;
}

/* A parameter of that kind as UTF-8, whatever of it there is before a NUL; NULL: none. */
static char *parameter_of(const NCryptBufferDesc *list, ULONG type, int *failed)
{
    for (ULONG i = 0; list && list->pBuffers && i < list->cBuffers; i++) {
        const NCryptBuffer *b = &list->pBuffers[i];
        if (b->BufferType != type || !b->pvBuffer)
            continue;
        const WCHAR *wide = b->pvBuffer;
        size_t units = 0, room = b->cbBuffer / sizeof(WCHAR);
        int bad;
        while (units < room && wide[units])
            units++;
        char *text = utf8_from_wide(wide, SSPI_WCHAR_BITS, units, &bad);
        *failed |= !text;
        return text;
    }
    return NULL;
}

static void forget(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

SECURITY_STATUS WINAPI NCryptOpenStorageProvider(NCRYPT_PROV_HANDLE *phProvider, LPCWSTR pszProviderName,
                                                 DWORD dwFlags)
{
    char *name;
    (void)dwFlags;
    if (!phProvider)
        return NTE_INVALID_PARAMETER;
    SECURITY_STATUS status = text_in(pszProviderName, &name);
    if (status == SEC_E_OK)
        status = storage_open(phProvider, name);
    free(name);
    return status;
}

SECURITY_STATUS WINAPI NCryptCreatePersistedKey(NCRYPT_PROV_HANDLE hProvider, NCRYPT_KEY_HANDLE *phKey,
                                                LPCWSTR pszAlgId, LPCWSTR pszKeyName, DWORD dwLegacyKeySpec,
                                                DWORD dwFlags)
{
    char *algorithm, *name = NULL;
    (void)dwLegacyKeySpec;
    if (!phKey || !pszAlgId)
        return NTE_INVALID_PARAMETER;
    SECURITY_STATUS status = text_in(pszAlgId, &algorithm);
    if (status == SEC_E_OK)
        status = text_in(pszKeyName, &name);
    if (status == SEC_E_OK)
        status = storage_create(hProvider, algorithm, name, dwFlags, phKey);
    free(name);
    free(algorithm);
    return status;
}

SECURITY_STATUS WINAPI NCryptOpenKey(NCRYPT_PROV_HANDLE hProvider, NCRYPT_KEY_HANDLE *phKey,
                                     LPCWSTR pszKeyName, DWORD dwLegacyKeySpec, DWORD dwFlags)
{
    char *name;
    (void)dwLegacyKeySpec;
    if (!phKey || !pszKeyName)
        return NTE_INVALID_PARAMETER;
    SECURITY_STATUS status = text_in(pszKeyName, &name);
    if (status == SEC_E_OK)
        status = storage_open_key(hProvider, name, dwFlags, phKey);
    free(name);
    return status;
}

SECURITY_STATUS WINAPI NCryptImportKey(NCRYPT_PROV_HANDLE hProvider, NCRYPT_KEY_HANDLE hImportKey,
                                       LPCWSTR pszBlobType, NCryptBufferDesc *pParameterList,
                                       NCRYPT_KEY_HANDLE *phKey, PBYTE pbData, DWORD cbData, DWORD dwFlags)
{
    int failed = 0;
    char *type;
    if (!pszBlobType || !phKey || !pbData || hImportKey)
        return NTE_INVALID_PARAMETER;
    SECURITY_STATUS status = text_in(pszBlobType, &type);
    char *name = parameter_of(pParameterList, NCRYPTBUFFER_PKCS_KEY_NAME, &failed);
    char *secret = parameter_of(pParameterList, NCRYPTBUFFER_PKCS_SECRET, &failed);
    if (status == SEC_E_OK)
        status = failed ? NTE_NO_MEMORY
                        : storage_import(hProvider, type, name, secret, (struct sspi_bytes){pbData, cbData},
                                         dwFlags, phKey);
    forget(secret);
    free(name);
    free(type);
    return status;
}

SECURITY_STATUS WINAPI NCryptExportKey(NCRYPT_KEY_HANDLE hKey, NCRYPT_KEY_HANDLE hExportKey,
                                       LPCWSTR pszBlobType, NCryptBufferDesc *pParameterList, PBYTE pbOutput,
                                       DWORD cbOutput, DWORD *pcbResult, DWORD dwFlags)
{
    int failed = 0;
    char *type;
    (void)dwFlags;
    if (!pszBlobType || !pcbResult)
        return NTE_INVALID_PARAMETER;
    if (hExportKey)
        return NTE_NOT_SUPPORTED;
    SECURITY_STATUS status = text_in(pszBlobType, &type);
    char *secret = parameter_of(pParameterList, NCRYPTBUFFER_PKCS_SECRET, &failed);
    if (status == SEC_E_OK)
        status = failed ? NTE_NO_MEMORY : storage_export(hKey, type, secret, pbOutput, cbOutput, pcbResult);
    forget(secret);
    free(type);
    return status;
}

SECURITY_STATUS WINAPI NCryptGetProperty(NCRYPT_HANDLE hObject, LPCWSTR pszProperty, PBYTE pbOutput,
                                         DWORD cbOutput, DWORD *pcbResult, DWORD dwFlags)
{
    char *name;
    (void)dwFlags;
    if (!pszProperty || !pcbResult)
        return NTE_INVALID_PARAMETER;
    SECURITY_STATUS status = text_in(pszProperty, &name);
    if (status == SEC_E_OK)
        status = storage_get(hObject, name, pbOutput, cbOutput, pcbResult, SSPI_WCHAR_BITS);
    free(name);
    return status;
}

SECURITY_STATUS WINAPI NCryptSetProperty(NCRYPT_HANDLE hObject, LPCWSTR pszProperty, PBYTE pbInput,
                                         DWORD cbInput, DWORD dwFlags)
{
    char *name;
    (void)dwFlags;
    if (!pszProperty || (cbInput && !pbInput))
        return NTE_INVALID_PARAMETER;
    SECURITY_STATUS status = text_in(pszProperty, &name);
    if (status == SEC_E_OK)
        status = storage_set(hObject, name, pbInput, cbInput);
    free(name);
    return status;
}
