/* SPDX-License-Identifier: MIT
 *
 * FFmpeg's server, on each provider: a key of the storage, a certificate that signs itself with it, a
 * credential, and the key deleted before the handshake.  And keys that several threads would
 * make, or open too early. */
#include <config.h>

#include "t/pair.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <ncrypt.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

static struct sandbox box;
static NCRYPT_PROV_HANDLE storage;

static PCCERT_CONTEXT made(const WCHAR *algorithm, NCRYPT_KEY_HANDLE *key)
{
    BYTE name[100];
    CERT_NAME_BLOB subject = {sizeof name, name};
    DWORD policy = NCRYPT_ALLOW_EXPORT_FLAG | NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG,
          usage = NCRYPT_ALLOW_ALL_USAGES;
    if (NCryptCreatePersistedKey(storage, key, algorithm, L"FFMPEG_TEMP_TLS_KEY", 0,
                                 NCRYPT_OVERWRITE_KEY_FLAG) != SEC_E_OK ||
        NCryptSetProperty(*key, NCRYPT_EXPORT_POLICY_PROPERTY, (PBYTE)&policy, sizeof policy, 0) !=
            SEC_E_OK ||
        NCryptSetProperty(*key, NCRYPT_KEY_USAGE_PROPERTY, (PBYTE)&usage, sizeof usage, 0) != SEC_E_OK ||
        NCryptFinalizeKey(*key, 0) != SEC_E_OK ||
        !CertStrToNameA(X509_ASN_ENCODING, "CN=localhost", CERT_X500_NAME_STR, NULL, name, &subject.cbData,
                        NULL))
        return NULL;
    return CertCreateSelfSignCertificate(*key, &subject, 0, NULL, NULL, NULL, NULL, NULL);
}

static void serve(const char *provider, int tls)
{
    static const struct {
        const WCHAR *algorithm;
        const char *name;
    } kinds[] = {{NCRYPT_RSA_ALGORITHM, "RSA"}, {NCRYPT_ECDSA_P256_ALGORITHM, "P-256"}};
    for (size_t i = 0; i < 2; i++) {
        NCRYPT_KEY_HANDLE key = 0;
        char package[64];
        struct pair pair;
        struct pair_options options = {.provider = provider, .tls = tls};
        PCCERT_CONTEXT c = made(kinds[i].algorithm, &key);
        SCH_CREDENTIALS cred = {.dwVersion = SCH_CREDENTIALS_VERSION, .cCreds = 1, .paCred = &c};
        int good = c && pair_open(&pair, &options);
        if (good) {
            FreeCredentialsHandle(&pair.server.credential);
            pair_package(package, sizeof package, provider);
            pair.server.has_credential =
                AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, &cred, NULL, NULL,
                                          &pair.server.credential, NULL) == SEC_E_OK;
            CertFreeCertificateContext(c);
            good = NCryptDeleteKey(key, 0) == SEC_E_OK && pair.server.has_credential &&
                   pair_handshake(&pair) == SEC_E_OK;
            pair_close(&pair);
        }
        ok(good, "K17 %s tls%d: a key of the storage (%s) serves, also deleted", provider, tls,
           kinds[i].name);
    }
}

struct race {
    NCRYPT_KEY_HANDLE key;
    unsigned made, late, other; /* atomic */
};

static void *finalize(void *arg)
{
    struct race *r = arg;
    DWORD bits, size;
    SECURITY_STATUS status = NCryptFinalizeKey(r->key, 0);
    __atomic_add_fetch(status == SEC_E_OK            ? &r->made
                       : status == NTE_BAD_KEY_STATE ? &r->late
                                                     : &r->other,
                       1, __ATOMIC_RELAXED);
    if (NCryptGetProperty(r->key, NCRYPT_LENGTH_PROPERTY, (PBYTE)&bits, sizeof bits, &size, 0) != SEC_E_OK ||
        bits != 256)
        __atomic_add_fetch(&r->other, 1, __ATOMIC_RELAXED);
    NCryptExportKey(r->key, 0, BCRYPT_PUBLIC_KEY_BLOB, NULL, NULL, 0, &size, 0);
    bits = NCRYPT_ALLOW_EXPORT_FLAG;
    NCryptSetProperty(r->key, NCRYPT_EXPORT_POLICY_PROPERTY, (PBYTE)&bits, sizeof bits, 0);
    return NULL;
}

static void threads(void)
{
    unsigned wrong = 0;
    for (int round = 0; round < 20; round++) {
        struct race r = {0};
        pthread_t thread[4];
        NCryptCreatePersistedKey(storage, &r.key, NCRYPT_ECDSA_P256_ALGORITHM, NULL, 0, 0);
        for (int i = 0; i < 4; i++)
            pthread_create(&thread[i], NULL, finalize, &r);
        for (int i = 0; i < 4; i++)
            pthread_join(thread[i], NULL);
        wrong += r.made != 1 || r.late != 3 || r.other;
        NCryptFreeObject(r.key);
    }
    is_int(wrong, 0, "of four threads one makes the key");
}

/* ---- one that is opened by its name while it is finalized ---- */

#define ROUNDS 400
static WCHAR race_name[] = L"a key in a hurry";
static unsigned rounds, opened, bad; /* atomic: begun, and what the other thread is done with */

static void *opener(void *unused)
{
    (void)unused;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        NCRYPT_KEY_HANDLE key = 0;
        DWORD size;
        while (__atomic_load_n(&rounds, __ATOMIC_ACQUIRE) < round)
            sched_yield();
        SECURITY_STATUS status;
        time_t begun = time(NULL);
        while ((status = NCryptOpenKey(storage, &key, race_name, 0, 0)) == NTE_BAD_KEYSET &&
               time(NULL) - begun < 60)
            ; /* at once again: the moment is short */
        int good = status == SEC_E_OK && NCryptFinalizeKey(key, 0) == NTE_BAD_KEY_STATE &&
                   NCryptExportKey(key, 0, BCRYPT_PUBLIC_KEY_BLOB, NULL, NULL, 0, &size, 0) == SEC_E_OK;
        good = NCryptFreeObject(key) == SEC_E_OK && good;
        __atomic_add_fetch(&bad, !good, __ATOMIC_RELAXED);
        __atomic_store_n(&opened, round, __ATOMIC_RELEASE);
    }
    return NULL;
}

static void open_early(void)
{
    static BYTE blob[400];
    DWORD size = 0, policy = NCRYPT_ALLOW_EXPORT_FLAG | NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG;
    NCRYPT_KEY_HANDLE from = 0;
    NCryptBuffer buffer = {sizeof race_name, NCRYPTBUFFER_PKCS_KEY_NAME, race_name};
    NCryptBufferDesc list = {NCRYPTBUFFER_VERSION, 1, &buffer};
    pthread_t thread;
    NCryptCreatePersistedKey(storage, &from, NCRYPT_ECDSA_P256_ALGORITHM, NULL, 0, 0);
    NCryptSetProperty(from, NCRYPT_EXPORT_POLICY_PROPERTY, (PBYTE)&policy, sizeof policy, 0);
    NCryptFinalizeKey(from, 0);
    is_status(NCryptExportKey(from, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL, blob, sizeof blob, &size, 0),
              SEC_E_OK, "a key to import");
    unsigned wrong = 0;
    pthread_create(&thread, NULL, opener, NULL);
    for (unsigned round = 1; round <= ROUNDS; round++) {
        NCRYPT_KEY_HANDLE key = 0;
        NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &list, &key, blob, size,
                        NCRYPT_DO_NOT_FINALIZE_FLAG);
        __atomic_store_n(&rounds, round, __ATOMIC_RELEASE);
        int good = NCryptFinalizeKey(key, 0) == SEC_E_OK;
        while (__atomic_load_n(&opened, __ATOMIC_ACQUIRE) < round)
            sched_yield();
        good = NCryptDeleteKey(key, 0) == SEC_E_OK && good;
        wrong += !good;
    }
    pthread_join(thread, NULL);
    ok(!wrong && !bad,
       "who opens a key by its name while it is finalized has one that is, and a handle of its own "
       "(%u and %u of %d rounds went wrong)",
       wrong, bad, ROUNDS);
    NCryptFreeObject(from);
}

int main(void)
{
    sandbox_make(&box);
    sandbox_write(&box, "conf/opensspi.conf", "");
    sandbox_mkdir(&box, "user");
    setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
    setenv("OPENSSPI_USERDIR", sandbox_path(&box, "user"), 1);
    is_status(NCryptOpenStorageProvider(&storage, MS_KEY_STORAGE_PROVIDER, 0), SEC_E_OK, "the key storage");
    pair_each(serve);
    threads();
    open_early();
    NCryptFreeObject(storage);
    sandbox_remove(&box);
    return tap_done();
}
