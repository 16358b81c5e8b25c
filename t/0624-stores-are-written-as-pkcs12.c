/* SPDX-License-Identifier: MIT
 *
 * PFXExportCertStoreEx: what it writes is opened by this library, by openssl and by certtool; keys that may
 * not leave do not. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "t/cert-kit.h"

static char folder[] = "/tmp/opensspi-pfx.XXXXXX";

static HCERTSTORE filled(const char *const *files, size_t count)
{
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    for (size_t i = 0; i < count; i++) {
        HCERTSTORE from = open_pki(files[i]);
        for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(from, c)) != NULL;)
            CertAddCertificateContextToStore(store, c, CERT_STORE_ADD_USE_EXISTING, NULL);
        CertCloseStore(from, 0);
    }
    return store;
}

static HCERTSTORE filled_with(const char *file)
{
    return filled(&file, 1);
}

static CRYPT_DATA_BLOB export(HCERTSTORE store, const WCHAR *password, DWORD flags)
{
    CRYPT_DATA_BLOB pfx = {0, NULL};
    if (!PFXExportCertStoreEx(store, &pfx, password, NULL, flags) || !(pfx.pbData = malloc(pfx.cbData)))
        return (CRYPT_DATA_BLOB){0, NULL};
    if (!PFXExportCertStoreEx(store, &pfx, password, NULL, flags))
        pfx.cbData = 0;
    return pfx;
}

static void count(HCERTSTORE store, unsigned *certificates, unsigned *keys)
{
    *certificates = *keys = 0;
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(store, c)) != NULL; ++*certificates) {
        ULONG_PTR key;
        DWORD size = sizeof key;
        *keys += CertGetCertificateContextProperty(c, CERT_NCRYPT_KEY_HANDLE_PROP_ID, &key, &size) != 0;
    }
}

/* How many certificates and keys our own import finds: 100 for each key; -1: it does not open. */
static int opened(CRYPT_DATA_BLOB *pfx, const WCHAR *password)
{
    unsigned certificates, keys;
    HCERTSTORE store = PFXImportCertStore(pfx, password, 0);
    if (!store)
        return -1;
    count(store, &certificates, &keys);
    CertCloseStore(store, 0);
    return (int)(100 * keys + certificates);
}

/* ---- by other programs ---- */

static int has_program(const char *name)
{
    char line[200];
    snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", name);
    return system(line) == 0;
}

/* How often `what` stands in the output of a command about the file. */
static int times(const char *command, const CRYPT_DATA_BLOB *pfx, const char *what)
{
    char path[200], line[1000];
    snprintf(path, sizeof path, "%s/file.pfx", folder);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(pfx->pbData, 1, pfx->cbData, f) != pfx->cbData || fclose(f))
        return -1;
    snprintf(line, sizeof line, "%s %s 2>&1", command, path);
    f = popen(line, "r");
    int found = 0;
    while (f && fgets(line, sizeof line, f))
        found += strstr(line, what) != NULL;
    int failed = !f || pclose(f) != 0;
    unlink(path);
    return failed ? -1 : found;
}

static void others(const CRYPT_DATA_BLOB *pfx)
{
    if (has_program("openssl")) {
#define OPENSSL "openssl pkcs12 -nodes -info -passin pass:secret -in"
        is_int(times(OPENSSL, pfx, "BEGIN PRIVATE KEY"), 2, "openssl: two keys");
        is_int(times(OPENSSL, pfx, "BEGIN CERTIFICATE"), 3, "openssl: three certificates");
        is_int(times(OPENSSL, pfx, "friendlyName: The server"), 2, "openssl: the friendly name, of both");
        is_int(times(OPENSSL, pfx, "PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256"), 3,
               "openssl: each sealed with AES-256");
        is_int(times(OPENSSL, pfx, "MAC: sha256, Iteration 10000"), 1, "openssl: the MAC is SHA-256");
    } else {
        skip("openssl is not installed", "openssl opens it");
    }
    if (has_program("certtool")) {
#define CERTTOOL "certtool --p12-info --inder --password secret --infile"
        is_int(times(CERTTOOL, pfx, "BEGIN CERTIFICATE"), 3, "certtool: three certificates");
        is_int(times(CERTTOOL, pfx, "PRIVATE KEY-----"), 4, "certtool: two keys, begun and ended");
    } else {
        skip("certtool is not installed", "certtool opens it");
    }
}

static void writing(void)
{
    static const char *const files[] = {"server-rsa-full.pem", "server-ecdsa-full.pem"};
    static const WCHAR friendly[] = L"The server";
    HCERTSTORE store = filled(files, 2);
    PCCERT_CONTEXT leaf = CertEnumCertificatesInStore(store, NULL);
    CRYPT_DATA_BLOB name = {sizeof friendly, (BYTE *)(uintptr_t)friendly}, pfx;
    CertSetCertificateContextProperty(leaf, CERT_FRIENDLY_NAME_PROP_ID, 0, &name);
    CertFreeCertificateContext(leaf);
    pfx = export(store, L"secret", EXPORT_PRIVATE_KEYS | REPORT_NOT_ABLE_TO_EXPORT_PRIVATE_KEY);
    ok(pfx.cbData > 3000, "two certificates with keys, and who signed them");
    others(&pfx);
    int found = opened(&pfx, L"secret");
    ok(found % 100 == 3 && found >= 103, "our own import: %d", found);
    is_int(opened(&pfx, L"Secret"), -1, "not with another password");
    ok(GetLastError() == ERROR_INVALID_PASSWORD, "and it says so");
    pfx.pbData[pfx.cbData / 2] ^= 1;
    is_int(opened(&pfx, L"secret"), -1, "nor where a bit was changed");
    free(pfx.pbData);
    CertCloseStore(store, 0);

    store = filled_with("server-rsa-full.pem");
    pfx = export(store, L"p\u00e4\u00df \u20ac", EXPORT_PRIVATE_KEYS | PKCS12_INCLUDE_EXTENDED_PROPERTIES);
    if (getenv("OPENSSPI_PROVIDER") && !strcmp(getenv("OPENSSPI_PROVIDER"), "wolfssl"))
        skip("wolfSSL reads PKCS#12 under ASCII passwords alone", "a password with letters beyond ASCII");
    else
        is_int(opened(&pfx, L"p\u00e4\u00df \u20ac"), 102, "a password with letters beyond ASCII");
    free(pfx.pbData);
    for (int i = 0; i < 2; i++) {
        pfx = export(store, i ? L"" : NULL, EXPORT_PRIVATE_KEYS);
        ok(opened(&pfx, L"") == 102 && opened(&pfx, NULL) == 102,
           "%s password, opened with none and an empty one", i ? "an empty" : "no");
        free(pfx.pbData);
    }
    pfx = export(store, L"secret", EXPORT_PRIVATE_KEYS | PKCS12_DISABLE_ENCRYPT_CERTIFICATES);
    is_int(opened(&pfx, L"secret"), 102, "certificates in the clear");
    free(pfx.pbData);
    pfx = export(store, L"secret", 0);
    is_int(opened(&pfx, L"secret"), 2, "certificates alone");
    free(pfx.pbData);
    CertCloseStore(store, 0);
    store = filled_with("client-ed25519-full.pem");
    pfx = export(store, L"secret", EXPORT_PRIVATE_KEYS);
    is_int(has_program("openssl") ? times(OPENSSL, &pfx, "BEGIN PRIVATE KEY") : 1, 1, "an Ed25519 key");
    free(pfx.pbData);
    CertCloseStore(store, 0);
}

static void sizes(void)
{
    HCERTSTORE store = filled_with("server-ecdsa-full.pem");
    CRYPT_DATA_BLOB pfx = {7, NULL};
    BYTE room[8192];
    ok(PFXExportCertStore(store, &pfx, L"secret", EXPORT_PRIVATE_KEYS) && pfx.cbData > 1000,
       "the size is told");
    DWORD needed = pfx.cbData, missing = 0;
    pfx.pbData = room;
    memset(room, 0xee, sizeof room);
    for (DWORD give = 0; give < needed; give += needed / 3) {
        pfx.cbData = give;
        missing += PFXExportCertStore(store, &pfx, L"secret", EXPORT_PRIVATE_KEYS) ||
                   GetLastError() != ERROR_MORE_DATA || pfx.cbData != needed || room[0] != 0xee;
    }
    is_int(missing, 0, "too little room: ERROR_MORE_DATA, the size, and nothing written");
    pfx.cbData = sizeof room;
    ok(PFXExportCertStore(store, &pfx, L"secret", EXPORT_PRIVATE_KEYS) && pfx.cbData == needed &&
           room[needed] == 0xee,
       "enough: exactly that much");
    CertCloseStore(store, 0);
}

static DWORD refusal(HCERTSTORE store, CRYPT_DATA_BLOB *pfx, const WCHAR *password, void *para, DWORD flags)
{
    SetLastError(0);
    return PFXExportCertStoreEx(store, pfx, password, para, flags) ? 1 : GetLastError();
}

static void refusing(void)
{
    HCERTSTORE store = filled_with("server-rsa-full.pem"), closed = NULL;
    CRYPT_DATA_BLOB pfx = {0, NULL}, kept;
    static const WCHAR wild[] = {0xd800, 'a', 0};
    is_status(refusal(store, &pfx, L"secret", NULL, EXPORT_PRIVATE_KEYS | REPORT_NO_PRIVATE_KEY), NTE_NO_KEY,
              "the intermediate has no key");
    is_status(refusal(store, NULL, L"secret", NULL, 0), E_INVALIDARG, "nowhere to write to");
    is_status(refusal(closed, &pfx, L"secret", NULL, 0), E_INVALIDARG, "no store");
    is_status(refusal(&pfx, &pfx, L"secret", NULL, 0), E_INVALIDARG, "not a store");
    is_status(refusal(store, &pfx, wild, NULL, 0), ERROR_NO_UNICODE_TRANSLATION,
              "a password that is no text");
    is_status(refusal(store, &pfx, NULL, NULL, PKCS12_PROTECT_TO_DOMAIN_SIDS), NTE_NOT_SUPPORTED,
              "a domain's SIDs");
    WCHAR ours[] = PKCS12_PBES2_ALG_AES256_SHA256, old[] = L"TripleDES-SHA1";
    PKCS12_PBES2_EXPORT_PARAMS para = {sizeof para, NULL, ours};
    is_status(refusal(store, &pfx, L"secret", &para, PKCS12_EXPORT_PBES2_PARAMS), 1, "AES256-SHA256 by name");
    para.pwszPbes2Alg = old;
    is_status(refusal(store, &pfx, L"secret", &para, PKCS12_EXPORT_PBES2_PARAMS), NTE_NOT_SUPPORTED,
              "TripleDES-SHA1 is not written");
    is_status(refusal(store, &pfx, L"secret", NULL, PKCS12_EXPORT_PBES2_PARAMS), NTE_NOT_SUPPORTED,
              "parameters promised and not given");
    is_status(refusal(store, &pfx, L"secret", (void *)1, 0), 1, "a parameter that nobody asked for");

    static const DWORD strict = EXPORT_PRIVATE_KEYS | REPORT_NOT_ABLE_TO_EXPORT_PRIVATE_KEY;
    kept = export(store, L"secret", strict);
    CertCloseStore(store, 0);
    store = PFXImportCertStore(&kept, L"secret", 0);
    is_status(refusal(store, &pfx, L"secret", NULL, strict), NTE_BAD_KEY_STATE,
              "a key that was imported without leave to go");
    CRYPT_DATA_BLOB alone = export(store, L"secret", EXPORT_PRIVATE_KEYS);
    is_int(opened(&alone, L"secret"), 2, "stays behind where nobody asks for a report");
    free(alone.pbData);
    CertCloseStore(store, 0);
    store = PFXImportCertStore(&kept, L"secret", CRYPT_EXPORTABLE);
    is_status(refusal(store, &pfx, L"secret", NULL, strict), 1, "one with leave");
    CertCloseStore(store, 0);
    free(kept.pbData);

    store = filled_with("server-ecdsa.pem");
    PCCERT_CONTEXT c = CertEnumCertificatesInStore(store, NULL);
    WCHAR uri[] = L"pkcs11:token=t;object=o";
    CRYPT_KEY_PROV_INFO info = {.pwszContainerName = uri};
    CertSetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, 0, &info);
    CertFreeCertificateContext(c);
    is_status(refusal(store, &pfx, L"secret", NULL, strict), NTE_BAD_KEY_STATE, "a key in a token");
    is_status(refusal(store, &pfx, L"secret", NULL, strict | REPORT_NO_PRIVATE_KEY), NTE_BAD_KEY_STATE,
              "which is there all the same");
    alone = export(store, L"secret", EXPORT_PRIVATE_KEYS);
    is_int(opened(&alone, L"secret"), 1, "its certificate goes alone");
    free(alone.pbData);
    CertCloseStore(store, 0);
    store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    is_status(refusal(store, &pfx, L"secret", NULL, strict), 1, "an empty store");
    CertCloseStore(store, 0);
}

int main(void)
{
    if (!mkdtemp(folder))
        return 99;
    writing();
    sizes();
    refusing();
    rmdir(folder);
    return tap_done();
}
