/* SPDX-License-Identifier: MIT
 *
 * Each allocation of the certificate code fails once: nothing crashes, nothing leaks (LeakSanitizer watches),
 * and what is said is "no memory" or the right answer.  Linked with --wrap, so that the library's own calls
 * come here. */
#include <config.h>

#include "core/cert/cert.h"
#include "core/cert/key.h"
#include "core/cert/open.h"
#include "core/log.h"

#include <ncrypt.h>
#include <sys/mman.h>
#include <time.h>

#include "t/cert-kit.h"

static unsigned countdown; /* 0: nothing fails */
static unsigned failed;

static int fails(void)
{
    if (countdown == 0 || --countdown)
        return 0;
    failed = 1;
    return 1;
}

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
char *__real_strdup(const char *);
void *__real_mmap(void *, size_t, int, int, int, off_t);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
char *__wrap_strdup(const char *);
void *__wrap_mmap(void *, size_t, int, int, int, off_t);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}
char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
    return fails() ? MAP_FAILED : __real_mmap(at, size, protection, flags, fd, offset);
}

/* ---- what is tried; 1 worked, 0 failed ---- */

static int open_and_capture(void)
{
    HCERTSTORE store = open_pki("server-rsa-full.pem");
    PCCERT_CONTEXT c = store ? CertEnumCertificatesInStore(store, NULL) : NULL;
    struct cert_identity identity;
    int worked = cert_identity(c, &identity) == SEC_E_OK;
    if (worked) {
        worked = identity.chain_count == 2 && identity.key.len > 1000;
        cert_identity_free(&identity);
    }
    CertFreeCertificateContext(c);
    CertCloseStore(store, 0);
    return worked;
}

static int properties(void)
{
    static const WCHAR name[] = L"a name";
    CRYPT_DATA_BLOB blob = {sizeof name, (BYTE *)(uintptr_t)name};
    CRYPT_KEY_PROV_INFO info = {.pwszContainerName = (LPWSTR)(uintptr_t)name,
                                .pwszProvName = (LPWSTR)(uintptr_t)name};
    PCCERT_CONTEXT c = first_of("server-ecdsa-full.pem"), copy = NULL;
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    BYTE out[512];
    DWORD size = sizeof out, more = sizeof out, handle_size = sizeof(ULONG_PTR);
    ULONG_PTR handle;
    int worked =
        c && store && CertSetCertificateContextProperty(c, CERT_FRIENDLY_NAME_PROP_ID, 0, &blob) &&
        CertSetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, 0, &info) &&
        CertAddCertificateContextToStore(store, c, CERT_STORE_ADD_ALWAYS, &copy) &&
        CertGetCertificateContextProperty(copy, CERT_FRIENDLY_NAME_PROP_ID, out, &size) &&
        size == sizeof name &&
        CertGetCertificateContextProperty(copy, CERT_KEY_PROV_INFO_PROP_ID, out, &more) &&
        CertGetCertificateContextProperty(copy, CERT_NCRYPT_KEY_HANDLE_PROP_ID, &handle, &handle_size);
    CertFreeCertificateContext(copy);
    CertFreeCertificateContext(c);
    CertCloseStore(store, 0);
    return worked;
}

static int chain(void)
{
    HCERTSTORE store = open_pki("under-deep-chain.pem"), root = open_pki("root.pem");
    PCCERT_CONTEXT c = store ? CertEnumCertificatesInStore(store, NULL) : NULL;
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config, .hExclusiveRoot = root};
    HCERTCHAINENGINE engine = NULL;
    PCCERT_CHAIN_CONTEXT built = NULL;
    CERT_CHAIN_POLICY_PARA para = {.cbSize = sizeof para};
    CERT_CHAIN_POLICY_STATUS status = {.dwError = 1};
    int worked = root && CertCreateCertificateChainEngine(&config, &engine) &&
                 CertGetCertificateChain(engine, c, NULL, NULL, NULL, 0, NULL, &built) &&
                 CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, built, &para, &status) &&
                 status.dwError == 0;
    CertFreeCertificateChain(built);
    CertFreeCertificateChainEngine(engine);
    CertFreeCertificateContext(c);
    CertCloseStore(store, 0);
    CertCloseStore(root, 0);
    return worked;
}

static int peer(void)
{
    HCERTSTORE store = open_pki("server-rsa-chain.pem");
    PCCERT_CONTEXT a = store ? CertEnumCertificatesInStore(store, NULL) : NULL, shown = NULL;
    if (a) {
        struct sspi_bytes sent[1] = {{a->pbCertEncoded, a->cbCertEncoded}};
        shown = cert_from_chain(sent, 1);
    }
    int worked = shown && shown->hCertStore;
    CertFreeCertificateContext(shown);
    CertFreeCertificateContext(a);
    CertCloseStore(store, 0);
    return worked;
}

static int structures(void)
{
    PCCERT_CONTEXT c = first_of("server-rsa.pem");
    CERT_INFO *info = NULL;
    CERT_NAME_INFO *name = NULL;
    BYTE out[512], *made = NULL;
    char text[128];
    DWORD size = 0, name_size = 0, made_size = 0, len = sizeof out;
    int worked =
        c &&
        CryptDecodeObjectEx(X509_ASN_ENCODING, X509_CERT_TO_BE_SIGNED, c->pbCertEncoded, c->cbCertEncoded,
                            CRYPT_DECODE_ALLOC_FLAG, NULL, &info, &size) &&
        CryptDecodeObjectEx(X509_ASN_ENCODING, X509_UNICODE_NAME, info->Issuer.pbData, info->Issuer.cbData,
                            CRYPT_DECODE_ALLOC_FLAG, NULL, &name, &name_size) &&
        CryptEncodeObjectEx(X509_ASN_ENCODING, X509_UNICODE_NAME, name, CRYPT_ENCODE_ALLOC_FLAG, NULL, &made,
                            &made_size) &&
        CertStrToNameA(X509_ASN_ENCODING, "CN=x, O=y", CERT_X500_NAME_STR, NULL, out, &len, NULL) &&
        CertNameToStrA(X509_ASN_ENCODING, &info->Issuer, CERT_X500_NAME_STR, text, sizeof text) > 20 &&
        CertGetNameStringA(c, CERT_NAME_DNS_TYPE, 0, NULL, text, sizeof text) == 10;
    LocalFree(info);
    LocalFree(name);
    LocalFree(made);
    CertFreeCertificateContext(c);
    return worked;
}

static int lists(void)
{
    HCERTSTORE store = open_pki("intermediate.crl");
    struct cert_anchors *anchors = NULL;
    int worked = store && cert_anchors_of_store(store, &anchors) == SEC_E_OK;
    cert_anchors_release(anchors);
    CertCloseStore(store, 0);
    return worked;
}

static int written(void)
{
    HCERTSTORE store = open_pki("server-ecdsa-full.pem");
    PCCERT_CONTEXT c = store ? CertEnumCertificatesInStore(store, NULL) : NULL;
    static const WCHAR name[] = L"a name";
    CRYPT_DATA_BLOB blob = {sizeof name, (BYTE *)(uintptr_t)name}, pfx = {0, NULL};
    int worked = c && CertSetCertificateContextProperty(c, CERT_FRIENDLY_NAME_PROP_ID, 0, &blob) &&
                 PFXExportCertStoreEx(store, &pfx, L"secret", NULL, EXPORT_PRIVATE_KEYS) && pfx.cbData > 1000;
    CertFreeCertificateContext(c);
    CertCloseStore(store, 0);
    return worked;
}

static int key_made(void)
{
    NCRYPT_PROV_HANDLE storage = 0;
    NCRYPT_KEY_HANDLE key = 0;
    BYTE out[600];
    DWORD policy = NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG, size;
    int worked =
        NCryptOpenStorageProvider(&storage, MS_KEY_STORAGE_PROVIDER, 0) == SEC_E_OK &&
        NCryptCreatePersistedKey(storage, &key, NCRYPT_ECDSA_P256_ALGORITHM, NULL, 0, 0) == SEC_E_OK &&
        NCryptSetProperty(key, NCRYPT_EXPORT_POLICY_PROPERTY, (PBYTE)&policy, sizeof policy, 0) == SEC_E_OK &&
        NCryptFinalizeKey(key, 0) == SEC_E_OK &&
        NCryptExportKey(key, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL, out, sizeof out, &size, 0) == SEC_E_OK &&
        NCryptExportKey(key, 0, BCRYPT_ECCPRIVATE_BLOB, NULL, out, sizeof out, &size, 0) == SEC_E_OK &&
        NCryptGetProperty(key, NCRYPT_ALGORITHM_PROPERTY, out, sizeof out, &size, 0) == SEC_E_OK;
    NCryptFreeObject(key);
    NCryptFreeObject(storage);
    return worked;
}

static int found(void)
{
    HCERTSTORE store = open_pki("client-ecdsa-full.pem");
    CERT_CHAIN_FIND_BY_ISSUER_PARA para = {.cbSize = sizeof para};
    PCCERT_CHAIN_CONTEXT chain =
        store ? CertFindChainInStore(store, 0, 0, CERT_CHAIN_FIND_BY_ISSUER, &para, NULL) : NULL;
    int worked = chain != NULL;
    CertFreeCertificateChain(chain);
    CertCloseStore(store, 0);
    return worked;
}

int main(void)
{
    static const struct {
        const char *what;
        int (*run)(void);
    } tries[] = {{"a PEM file becomes a credential", open_and_capture},
                 {"properties are set, copied and read", properties},
                 {"a chain is built and judged", chain},
                 {"a peer's chain is shown", peer},
                 {"structures and names are read and written", structures},
                 {"a store is written as PKCS#12", written},
                 {"a chain is found in a store", found},
                 {"a key is made and exported", key_made},
                 {"lists are kept", lists}};
    log_set_target("none");
    setenv("OPENSSPI_LOG", "all+none", 1);
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        unsigned n = 1, wrong = 0;
        ok(tries[i].run(), "with memory: %s", tries[i].what); /* what is made once per process is made */
        for (;; n++) {
            countdown = n;
            failed = 0;
            int worked = tries[i].run();
            countdown = 0;
            if (!failed)
                break;
            wrong += worked && n < 3; /* the first allocations cannot be done without */
        }
        ok(n > 3 && wrong == 0 && tries[i].run(), "without: %s (%u allocations failed, one at a time)",
           tries[i].what, n - 1);
    }
    return tap_done();
}
