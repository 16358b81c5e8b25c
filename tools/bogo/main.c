/* SPDX-License-Identifier: MIT
 *
 * tools/bogo/main.c -- a shim for BoringSSL's test runner, written on public SSPI calls alone: what the
 * runner finds out holds for every provider.  doc/foreign-suites.md says how to run it and what comes of it.
 */
#include <config.h>

#include "tools/bogo/connection.h"

#include <opensspi/extra.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct credential {
    HCERTSTORE store, roots;
    PCCERT_CONTEXT certificate;
    CredHandle handle;
    int made;
};

static int append_file(CRYPT_DATA_BLOB *blob, const char *path)
{
    enum { MOST = 1 << 20 };
    FILE *file = fopen(path, "rb");
    BYTE *grown = realloc(blob->pbData, blob->cbData + MOST + 1);

    if (grown)
        blob->pbData = grown;
    if (!file || !grown) {
        perror(path);
        if (file)
            fclose(file);
        return 1;
    }
    blob->cbData += (DWORD)fread(blob->pbData + blob->cbData, 1, MOST, file);
    blob->pbData[blob->cbData++] = '\n';
    fclose(file);
    return 0;
}

static HCERTSTORE open_store(const char *first, const char *second)
{
    CRYPT_DATA_BLOB blob = {0, NULL};
    HCERTSTORE store = NULL;

    if (append_file(&blob, first) == 0 && (!second || append_file(&blob, second) == 0) &&
        !(store = CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob)))
        bogo_failed(first, (SECURITY_STATUS)GetLastError());
    if (blob.pbData)
        SecureZeroMemory(blob.pbData, blob.cbData);
    free(blob.pbData);
    return store;
}

#define NAMED(word)                                                                                          \
    {                                                                                                        \
        sizeof word - sizeof *word, sizeof word, word                                                        \
    }

/* The groups that are not asked for, as what the credential does without. */
static DWORD other_groups(const struct bogo_config *c, CRYPTO_SETTINGS settings[3])
{
    static WCHAR x25519[] = L"curve25519", p256[] = L"nistP256", p384[] = L"nistP384";
    const struct {
        unsigned group;
        UNICODE_STRING name;
    } groups[] = {{29, NAMED(x25519)}, {23, NAMED(p256)}, {24, NAMED(p384)}};
    DWORD count = 0;

    for (size_t i = 0; c->curves.count && i < sizeof groups / sizeof groups[0]; i++)
        if (groups[i].group != c->curves.last)
            settings[count++] = (CRYPTO_SETTINGS){.eAlgorithmUsage = TlsParametersCngAlgUsageKeyExchange,
                                                  .strCngAlgId = groups[i].name};
    return count;
}

static DWORD other_protocols(const struct bogo_config *c)
{
    static const DWORD bits[] = {
        SP_PROT_TLS1_0_SERVER | SP_PROT_TLS1_0_CLIENT, SP_PROT_TLS1_1_SERVER | SP_PROT_TLS1_1_CLIENT,
        SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_2_CLIENT, SP_PROT_TLS1_3_SERVER | SP_PROT_TLS1_3_CLIENT};
    DWORD on = 0;

    for (unsigned i = 0; i < 4; i++)
        if (bogo_versions(c) >> i & 1)
            on |= bits[i];
    return ~on;
}

static int acquire(struct credential *id, const struct bogo_config *c)
{
    CRYPTO_SETTINGS settings[3];
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = other_protocols(c), .pDisabledCrypto = settings};
    SCH_CREDENTIALS auth = {
        .dwVersion = SCH_CREDENTIALS_VERSION, .cTlsParameters = 1, .pTlsParameters = &parameters};
    char package[128];
    SECURITY_STATUS status;

    if (c->cert && !(id->store = open_store(c->cert, c->key)))
        return 1;
    if (c->trust && c->verify_peer && !(id->roots = open_store(c->trust, NULL)))
        return 1;
    if (id->store)
        id->certificate = CertFindCertificateInStore(id->store, X509_ASN_ENCODING, 0,
                                                     CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL);
    auth.cCreds = id->certificate ? 1 : 0;
    auth.paCred = &id->certificate;
    auth.hRootStore = id->roots;
    /* The runner's certificates name nobody; unless it says -verify-peer, anybody's will do. */
    auth.dwFlags = SCH_CRED_NO_DEFAULT_CREDS | SCH_CRED_NO_SERVERNAME_CHECK |
                   (c->verify_peer ? SCH_CRED_AUTO_CRED_VALIDATION : SCH_CRED_MANUAL_CRED_VALIDATION);
    parameters.cDisabledCrypto = other_groups(c, settings);
    snprintf(package, sizeof package, "Schannel%s%s", c->provider ? ":" : "", c->provider ? c->provider : "");
    status = AcquireCredentialsHandleA(NULL, package, c->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                       NULL, &auth, NULL, NULL, &id->handle, NULL);
    id->made = status == SEC_E_OK;
    return id->made ? 0 : bogo_failed("no credential", status);
}

static void release(struct credential *id)
{
    if (id->made)
        FreeCredentialsHandle(&id->handle);
    if (id->certificate)
        CertFreeCertificateContext(id->certificate);
    if (id->store)
        CertCloseStore(id->store, 0);
    if (id->roots)
        CertCloseStore(id->roots, 0);
}

static int same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* Sessions live in the credential that made them (W68), so what it is made of must not change between. */
static int same_credential(const struct bogo_config *a, const struct bogo_config *b)
{
    return same_text(a->cert, b->cert) && same_text(a->key, b->key) && same_text(a->trust, b->trust) &&
           a->verify_peer == b->verify_peer && other_protocols(a) == other_protocols(b) &&
           a->curves.count == b->curves.count && a->curves.last == b->curves.last &&
           same_text(a->host, b->host);
}

int main(int argc, char **argv)
{
    struct bogo_config config[2] = {{0}, {0}};
    struct credential id = {0};
    int rc;

    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "-is-handshaker-supported"))
            return puts("No") < 0; /* a handshake that two processes share */
    signal(SIGPIPE, SIG_IGN);
    rc = bogo_flags(argc, argv, config);
    if (rc == 0 && config[0].resume_count && !same_credential(&config[0], &config[1])) {
        fputs("no such thing in SSPI: a session from one credential in another\n", stderr);
        rc = BOGO_UNIMPLEMENTED;
    }
    if (rc == 0)
        rc = acquire(&id, &config[0]);
    for (unsigned i = 0; rc == 0 && i <= config[0].resume_count; i++)
        rc = bogo_connection(&config[i > 0], &id.handle, i > 0);
    release(&id);
    return rc;
}
