/* SPDX-License-Identifier: MIT
 *
 * Credentials that name their certificate by its SHA-1 (dwCredFormat), which lies in a system store. */
#include <config.h>

#include "t/pair.h"
#include "t/sandbox.h"
#include "t/tap.h"

static struct sandbox box;
static BYTE hash[20];

static void place(const char *where, const char *file)
{
    char from[600], name[200];
    const char *top = getenv("top_builddir");
    snprintf(from, sizeof from, "%s/t/pki/%s", top ? top : ".", file);
    snprintf(name, sizeof name, "%s/%s", where, file);
    sandbox_copy(&box, name, from);
    sandbox_chmod(&box, name, 0600);
}

static void hash_of(const char *cert)
{
    PCCERT_CONTEXT c = pair_certificate(cert);
    DWORD size = sizeof hash;
    if (!c || !CertGetCertificateContextProperty(c, CERT_SHA1_HASH_PROP_ID, hash, &size))
        exit(99);
    CertFreeCertificateContext(c);
}

static SECURITY_STATUS acquire(const char *provider, int old, DWORD format, const void *what, CredHandle *out)
{
    char package[64];
    SCHANNEL_CRED four = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .cCreds = 1,
                          .paCred = (PCCERT_CONTEXT *)(uintptr_t)what,
                          .dwCredFormat = format};
    SCH_CREDENTIALS five = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = 1,
                            .paCred = (PCCERT_CONTEXT *)(uintptr_t)what,
                            .dwCredFormat = format};
    pair_package(package, sizeof package, provider);
    return AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL,
                                     old ? (void *)&four : (void *)&five, NULL, NULL, out, NULL);
}

/* A handshake in which the server's certificate is the one with that hash; the chain comes from the store. */
static int serves(const char *provider, int tls, DWORD format, const void *what)
{
    struct pair pair;
    struct pair_options options = {.provider = provider, .tls = tls, .validate = 1, .roots = "root"};
    int good = pair_open(&pair, &options);
    if (good) {
        FreeCredentialsHandle(&pair.server.credential);
        pair.server.has_credential =
            acquire(provider, tls == 12, format, what, &pair.server.credential) == SEC_E_OK;
        good = pair.server.has_credential && pair_handshake(&pair) == SEC_E_OK;
    }
    pair_close(&pair);
    return good;
}

static void each(const char *provider, int tls)
{
    char tag[96];
    CredHandle cred;
    SCHANNEL_CERT_HASH_STORE named = {
        .dwLength = sizeof named, .dwFlags = SCH_MACHINE_CERT_HASH, .pwszStoreName = L"My"};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    hash_of("server-rsa");
    memcpy(named.ShaHash, hash, sizeof hash);
    ok(serves(provider, tls, SCH_CRED_FORMAT_CERT_HASH, hash), "K35 %s: twenty octets, in the machine's MY",
       tag);
    ok(serves(provider, tls, SCH_CRED_FORMAT_CERT_HASH_STORE, &named), "K35 %s: with the store's name", tag);
    named.dwFlags = 0;
    is_status(acquire(provider, 0, SCH_CRED_FORMAT_CERT_HASH_STORE, &named, &cred), SEC_E_UNKNOWN_CREDENTIALS,
              "K35 %s: the account's MY is another", tag);
    hash_of("server-ecdsa");
    memcpy(named.ShaHash, hash, sizeof hash);
    ok(serves(provider, tls, SCH_CRED_FORMAT_CERT_HASH_STORE, &named), "K35 %s: where this one is", tag);
    ok(serves(provider, tls, SCH_CRED_FORMAT_CERT_HASH, hash), "K35 %s: and found without its name", tag);
    hash[0] ^= 1;
    for (int old = 0; old < 2; old++)
        is_status(acquire(provider, old, SCH_CRED_FORMAT_CERT_HASH, hash, &cred), SEC_E_UNKNOWN_CREDENTIALS,
                  "K35 %s: a hash that nothing has, version %d", tag, old ? 4 : 5);
    hash_of("client-rsa");
    is_status(acquire(provider, 0, SCH_CRED_FORMAT_CERT_HASH, hash, &cred), SEC_E_NO_CREDENTIALS,
              "W15 %s: no private key in the store", tag);
}

static void malformed(const char *provider, int tls)
{
    char tag[96];
    CredHandle cred;
    SCHANNEL_CERT_HASH_STORE named = {.dwLength = sizeof named, .pwszStoreName = L"MY"};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    hash_of("server-ecdsa");
    memcpy(named.ShaHash, hash, sizeof hash);
    named.dwLength = sizeof named - 1;
    is_status(acquire(provider, 0, SCH_CRED_FORMAT_CERT_HASH_STORE, &named, &cred), SEC_E_UNKNOWN_CREDENTIALS,
              "%s: a wrong length", tag);
    named.dwLength = sizeof named;
    memcpy(named.pwszStoreName, L"../my", sizeof L"../my");
    is_status(acquire(provider, 0, SCH_CRED_FORMAT_CERT_HASH_STORE, &named, &cred), SEC_E_UNKNOWN_CREDENTIALS,
              "%s: a name that leads elsewhere", tag);
    for (size_t i = 0; i < SCH_CRED_MAX_STORE_NAME_SIZE; i++)
        named.pwszStoreName[i] = L'a';
    is_status(acquire(provider, 0, SCH_CRED_FORMAT_CERT_HASH_STORE, &named, &cred), SEC_E_UNKNOWN_CREDENTIALS,
              "%s: a name without an end", tag);
    named.pwszStoreName[0] = 0;
    is_status(acquire(provider, 0, SCH_CRED_FORMAT_CERT_HASH_STORE, &named, &cred), SEC_E_UNKNOWN_CREDENTIALS,
              "%s: no name", tag);
    is_status(acquire(provider, 0, 3, &named, &cred), SEC_E_UNKNOWN_CREDENTIALS, "%s: another format", tag);
}

int main(void)
{
    sandbox_make(&box);
    sandbox_write(&box, "conf/opensspi.conf", "");
    sandbox_mkdir(&box, "user");
    place("conf/stores/my", "server-rsa-full.pem");
    place("conf/stores/my", "client-rsa.pem");
    place("user/my", "server-ecdsa-full.pem");
    setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
    setenv("OPENSSPI_USERDIR", sandbox_path(&box, "user"), 1);
    pair_each(each);
    pair_each(malformed);
    sandbox_remove(&box);
    return tap_done();
}
