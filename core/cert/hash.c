/* SPDX-License-Identifier: MIT
 *
 * CryptCreateHash and its kin, and certificates hashed at once.  The data is kept until the value is asked
 * for: a provider's digest() takes it whole, and what programs hash here is a certificate bundle at most. */
#include <config.h>

#include "core/cert/hash.h"

#include "core/cert/certificate.h"
#include "core/memory.h"
#include "core/provider.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <windows.h>

#define DATA_MAX (64u << 20)

static const struct algorithm {
    ALG_ID id;
    enum sspi_hash hash;
    DWORD size;
} algorithms[] = {
    {CALG_SHA1, SSPI_SHA1, 20},
    {CALG_SHA_256, SSPI_SHA256, 32},
    {CALG_SHA_384, SSPI_SHA384, 48},
    {CALG_SHA_512, SSPI_SHA512, 64},
};

struct hash { /* registered; the members change under the registry's lock */
    const struct algorithm *algorithm;
    struct bytes data;
    int done; /* a value was taken: no more data */
};

static const struct algorithm *algorithm_of(ALG_ID id)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (algorithms[i].id == id)
            return &algorithms[i];
    return NULL;
}

/* ---- at once ---- */

static BOOL digest(const struct algorithm *algorithm, struct sspi_bytes data, BYTE *out, DWORD *size)
{
    uint8_t value[64];
    const struct provider *p = provider_default();
    if (!p || p->api.digest(algorithm->hash, &data, 1, value) != SSPI_OK)
        return cert_fail((DWORD)NTE_FAIL);
    return cert_give(value, algorithm->size, out, size);
}

BOOL hash_encoded(ALG_ID id, const BYTE *encoded, DWORD len, BYTE *out, DWORD *size)
{
    const struct algorithm *algorithm = algorithm_of(id);
    if (!algorithm)
        return cert_fail((DWORD)NTE_BAD_ALGID);
    if (!size || (len && !encoded))
        return cert_fail(ERROR_INVALID_PARAMETER);
    return digest(algorithm, (struct sspi_bytes){encoded, len}, out, size);
}

BOOL WINAPI CryptHashCertificate(HCRYPTPROV_LEGACY hCryptProv, ALG_ID Algid, DWORD dwFlags,
                                 const BYTE *pbEncoded, DWORD cbEncoded, BYTE *pbComputedHash,
                                 DWORD *pcbComputedHash)
{
    (void)hCryptProv, (void)dwFlags;
    return hash_encoded(Algid ? Algid : CALG_SHA1, pbEncoded, cbEncoded, pbComputedHash, pcbComputedHash);
}

ALG_ID hash_named(const char *name)
{
    static const struct {
        const char *name;
        ALG_ID id;
    } names[] = {
        {"SHA1", CALG_SHA1}, {"SHA256", CALG_SHA_256}, {"SHA384", CALG_SHA_384}, {"SHA512", CALG_SHA_512}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcasecmp(names[i].name, name))
            return names[i].id;
    return 0;
}

/* ---- piece by piece ---- */

BOOL WINAPI CryptCreateHash(HCRYPTPROV hProv, ALG_ID Algid, HCRYPTKEY hKey, DWORD dwFlags, HCRYPTHASH *phHash)
{
    const struct algorithm *algorithm = algorithm_of(Algid);
    registry_lock();
    int known = registry_has(REGISTRY_CSP, (void *)hProv);
    registry_unlock();
    if (!known)
        return cert_fail(ERROR_INVALID_HANDLE);
    if (!phHash || dwFlags)
        return cert_fail(ERROR_INVALID_PARAMETER);
    if (!algorithm || hKey) /* MD5 and keyed hashes are none of a provider's */
        return cert_fail((DWORD)NTE_BAD_ALGID);
    struct hash *h = calloc(1, sizeof *h);
    registry_lock();
    int failed = !h || registry_add(REGISTRY_HASH, h, NULL, 1);
    registry_unlock();
    if (failed) {
        free(h);
        return cert_fail((DWORD)NTE_NO_MEMORY);
    }
    h->algorithm = algorithm;
    *phHash = (HCRYPTHASH)h;
    return TRUE;
}

BOOL WINAPI CryptHashData(HCRYPTHASH hHash, const BYTE *pbData, DWORD dwDataLen, DWORD dwFlags)
{
    struct hash *h = (struct hash *)hHash;
    DWORD error = ERROR_SUCCESS;
    if (dwFlags || (dwDataLen && !pbData))
        return cert_fail(ERROR_INVALID_PARAMETER);
    registry_lock();
    if (!registry_has(REGISTRY_HASH, h))
        error = ERROR_INVALID_HANDLE;
    else if (h->done)
        error = (DWORD)NTE_BAD_HASH_STATE;
    else if (dwDataLen > DATA_MAX - h->data.len || bytes_append(&h->data, pbData, dwDataLen))
        error = (DWORD)NTE_NO_MEMORY;
    registry_unlock();
    return error == ERROR_SUCCESS ? TRUE : cert_fail(error);
}

BOOL WINAPI CryptGetHashParam(HCRYPTHASH hHash, DWORD dwParam, BYTE *pbData, DWORD *pdwDataLen, DWORD dwFlags)
{
    struct hash *h = (struct hash *)hHash;
    if (dwFlags || !pdwDataLen)
        return cert_fail(ERROR_INVALID_PARAMETER);
    registry_lock();
    int held = !registry_hold(REGISTRY_HASH, h);
    if (held && dwParam == HP_HASHVAL && pbData)
        h->done = 1; /* from here on the data does not change, so the lock is not needed */
    registry_unlock();
    if (!held)
        return cert_fail(ERROR_INVALID_HANDLE);
    BOOL given;
    if (dwParam == HP_ALGID)
        given = cert_give(&h->algorithm->id, sizeof h->algorithm->id, pbData, pdwDataLen);
    else if (dwParam == HP_HASHSIZE)
        given = cert_give(&h->algorithm->size, sizeof h->algorithm->size, pbData, pdwDataLen);
    else if (dwParam == HP_HASHVAL && pbData)
        given = digest(h->algorithm, (struct sspi_bytes){h->data.ptr, h->data.len}, pbData, pdwDataLen);
    else if (dwParam == HP_HASHVAL) {
        *pdwDataLen = h->algorithm->size;
        given = TRUE;
    } else
        given = cert_fail((DWORD)NTE_BAD_TYPE);
    if (!given) {
        DWORD error = GetLastError();
        CryptDestroyHash(hHash);
        return cert_fail(error);
    }
    CryptDestroyHash(hHash);
    return TRUE;
}

BOOL WINAPI CryptDestroyHash(HCRYPTHASH hHash)
{
    const void *gone = NULL;
    struct hash *h = (struct hash *)hHash;
    registry_lock();
    int result = registry_drop(REGISTRY_HASH, h, &gone);
    registry_unlock();
    if (result == 1) {
        bytes_wipe(&h->data);
        free(h);
    }
    return result < 0 ? cert_fail(ERROR_INVALID_HANDLE) : TRUE;
}
