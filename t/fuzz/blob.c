/* SPDX-License-Identifier: MIT
 * The first byte says which kind of blob the rest is: of CryptImportKey, or of NCryptImportKey. */
#include <config.h>

#include "core/cert/blob.h"
#include "core/cert/der.h"

#include <ncrypt.h>
#include <windows.h>

#include "t/fuzz/fuzz.h"

static void capi_run(const uint8_t *data, size_t size)
{
    HCRYPTPROV provider;
    HCRYPTKEY key;
    if (!CryptAcquireContextA(&provider, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT))
        return;
    if (CryptImportKey(provider, data, (DWORD)size, 0, 0, &key))
        must(CryptDestroyKey(key));
    must(CryptReleaseContext(provider, 0));
}

static void cng_run(LPCWSTR type, const uint8_t *data, size_t size)
{
    NCRYPT_PROV_HANDLE storage;
    NCRYPT_KEY_HANDLE key = 0;
    if (NCryptOpenStorageProvider(&storage, MS_KEY_STORAGE_PROVIDER, 0) != ERROR_SUCCESS)
        return;
    SECURITY_STATUS status =
        NCryptImportKey(storage, 0, type, NULL, &key, (BYTE *)(uintptr_t)data, (DWORD)size, 0);
    must((status == ERROR_SUCCESS) == (key != 0));
    if (key)
        must(NCryptFreeObject(key) == ERROR_SUCCESS);
    NCryptFreeObject(storage);
}

/* What a blob became is read as what it is. */
static void there_and_back(struct sspi_bytes in)
{
    struct bytes der = {NULL, 0, 0}, blob = {NULL, 0, 0};
    if (!blob_to_private(in, &der) && !blob_of_private((struct sspi_bytes){der.ptr, der.len}, &blob))
        must(blob.len <= in.len);
    bytes_wipe(&der);
    bytes_wipe(&blob);
    if (!blob_to_public(in, &der))
        must(der.len > 0);
    bytes_wipe(&der);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const LPCWSTR types[] = {
        NCRYPT_PKCS8_PRIVATE_KEY_BLOB, BCRYPT_RSAFULLPRIVATE_BLOB, BCRYPT_ECCPRIVATE_BLOB,
        BCRYPT_PRIVATE_KEY_BLOB,       L"CAPIPRIVATEBLOB",         L"nothing"};
    enum { TYPES = sizeof types / sizeof *types };
    if (!size)
        return 0;
    unsigned kind = data[0] % (TYPES + 1);
    if (kind < TYPES) {
        cng_run(types[kind], data + 1, size - 1);
    } else {
        capi_run(data + 1, size - 1);
        there_and_back((struct sspi_bytes){data + 1, size - 1});
    }
    return 0;
}
