/* SPDX-License-Identifier: MIT
 * Any bytes as PKCS#12 and as a sealed key, opened by the configured provider: in bounded time, with nothing
 * left behind where it is refused, and with whole certificates where it is not. */
#include <config.h>

#include "core/cert/import.h"
#include "core/log.h"

#include <ncrypt.h>
#include <windows.h>

#include "t/fuzz/fuzz.h"

static void store_run(HCERTSTORE store)
{
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(store, c));)
        must(c->pbCertEncoded && c->cbCertEncoded && c->pCertInfo);
    must(CertCloseStore(store, CERT_CLOSE_STORE_CHECK_FLAG));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CRYPT_DATA_BLOB blob = {(DWORD)size, (BYTE *)(uintptr_t)data};
    NCRYPT_PROV_HANDLE storage;
    NCRYPT_KEY_HANDLE key = 0;
    WCHAR secret[] = L"test";
    NCryptBuffer buffer = {sizeof secret, NCRYPTBUFFER_PKCS_SECRET, secret};
    NCryptBufferDesc list = {NCRYPTBUFFER_VERSION, 1, &buffer};
    log_set_target("none");
    int64_t rounds = import_rounds((struct sspi_bytes){data, size});
    must(rounds >= -1);
    if (rounds > 100000) /* allowed up to IMPORT_ROUNDS_MAX, and slow */
        return 0;
    HCERTSTORE store = PFXImportCertStore(&blob, L"test", 0);
    if (store)
        store_run(store);
    if (NCryptOpenStorageProvider(&storage, MS_KEY_STORAGE_PROVIDER, 0) != ERROR_SUCCESS)
        return 0;
    if (NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &list, &key, (BYTE *)(uintptr_t)data,
                        (DWORD)size, 0) == ERROR_SUCCESS)
        NCryptFreeObject(key);
    NCryptFreeObject(storage);
    return 0;
}
