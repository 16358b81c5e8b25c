/* SPDX-License-Identifier: MIT
 *
 * PEM files and PKCS#12: certificate, chain and key in every form an administrator has them; what a
 * credential captures of them (K17, K35, W14, W15); and what is said when it goes wrong. */
#include <config.h>

#include "core/cert/cert.h"
#include "core/cert/key.h"
#include "core/cert/open.h"

#include <opensspi/extra.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t/cert-kit.h"

static struct sspi_bytes join(const char *const *files, size_t count)
{
    uint8_t *all = malloc(1 << 20);
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        struct sspi_bytes one = slurp(pki(files[i]));
        memcpy(all + len, one.ptr, one.len);
        len += one.len;
        free((void *)(uintptr_t)one.ptr);
    }
    return (struct sspi_bytes){all, len};
}

static HCERTSTORE open_blob(struct sspi_bytes text)
{
    CRYPT_DATA_BLOB blob = {(DWORD)text.len, (BYTE *)(uintptr_t)text.ptr};
    return CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob);
}

/* The PKCS#8 octets of NAME.key. */
static struct sspi_bytes key_of(const char *file)
{
    struct sspi_bytes text = slurp(pki(file));
    BYTE *der = malloc(text.len);
    DWORD size = (DWORD)text.len;
    if (!CryptStringToBinaryA((const char *)text.ptr, 0, CRYPT_STRING_BASE64HEADER, der, &size, NULL, NULL))
        size = 0;
    free((void *)(uintptr_t)text.ptr);
    return (struct sspi_bytes){der, size};
}

/* A provider that takes the pair as a server's credential knows that they belong together. */
static int serves(const struct cert_identity *identity)
{
    const struct provider *p = provider_default();
    struct sspi_failure failure = {0};
    sspi_cred *cred = NULL;
    struct sspi_cred_params params = {.size = sizeof params,
                                      .protocols = SSPI_CAP_TLS12 | SSPI_CAP_TLS13,
                                      .server = 1,
                                      .chain = identity->chain,
                                      .chain_count = identity->chain_count,
                                      .key = identity->key};
    if (!p || p->api.cred_new(&params, &cred, &failure) != SSPI_OK)
        return 0;
    p->api.cred_free(cred);
    return 1;
}

static void forms(void)
{
    static const struct {
        const char *what, *files[3], *key;
        size_t count;
        unsigned chain;
    } cases[] = {
        {"leaf, chain and PKCS#8 key in one", {"server-rsa-full.pem"}, "server-rsa.key", 1, 2},
        {"ECDSA", {"server-ecdsa-full.pem"}, "server-ecdsa.key", 1, 2},
        {"Ed25519", {"server-ed25519-full.pem"}, "server-ed25519.key", 1, 2},
        {"--cert and --key", {"server-rsa-chain.pem", "server-rsa.key"}, "server-rsa.key", 2, 2},
        {"the key first", {"server-rsa.key", "server-rsa-chain.pem"}, "server-rsa.key", 2, 2},
        {"the leaf alone", {"server-rsa.pem", "server-rsa.key"}, "server-rsa.key", 2, 1},
        {"the chain upside down",
         {"intermediate.pem", "server-rsa.pem", "server-rsa.key"},
         "server-rsa.key",
         3,
         2},
        {"the root too, which is not sent", {"server-rsa-full.pem", "root.pem"}, "server-rsa.key", 2, 2},
        {"a stranger's certificate too, which is not sent",
         {"server-rsa-full.pem", "other-root.pem"},
         "server-rsa.key",
         2,
         2},
        {"PKCS#1", {"server-rsa-chain.pem", "server-rsa-pkcs1.key"}, "server-rsa.key", 2, 2},
        {"SEC1", {"server-ecdsa-chain.pem", "server-ecdsa-sec1.key"}, NULL, 2, 2},
        {"SEC1 with parameters", {"server-ecdsa-chain.pem", "server-ecdsa-sec1-params.key"}, NULL, 2, 2},
        {"a self-signed one", {"self-signed-full.pem"}, "self-signed.key", 1, 1},
        {"a deep chain", {"under-deep-full.pem"}, "under-deep.key", 1, 4},
        {"Ed25519, the leaf not the first of that kind",
         {"client-ed25519.pem", "server-ed25519-chain.pem", "server-ed25519.key"},
         "server-ed25519.key",
         3,
         2},
        {"a block of another kind too", {"dh.pem", "server-rsa-full.pem"}, "server-rsa.key", 2, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sspi_bytes text = join(cases[i].files, cases[i].count);
        HCERTSTORE store = open_blob(text);
        PCCERT_CONTEXT c =
            CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL);
        struct cert_identity identity;
        CertCloseStore(store, 0); /* K17: what is captured stays */
        SECURITY_STATUS status = cert_identity(c, &identity);
        CertFreeCertificateContext(c);
        is_status(status, SEC_E_OK, "K17 K35 PEM: %s", cases[i].what);
        if (status == SEC_E_OK) {
            struct sspi_bytes key = cases[i].key ? key_of(cases[i].key) : (struct sspi_bytes){NULL, 0};
            is_int(identity.chain_count, cases[i].chain, "K35 PEM: %s: chain", cases[i].what);
            ok(!key.ptr || (key.len == identity.key.len && !memcmp(key.ptr, identity.key.ptr, key.len)),
               "K35 PEM: %s: the key", cases[i].what);
            ok(serves(&identity), "K35 PEM: %s: a provider takes it", cases[i].what);
            free((void *)(uintptr_t)key.ptr);
            cert_identity_free(&identity);
            ok(!identity.key.ptr && !identity.chain, "K17 PEM: %s: and it is gone", cases[i].what);
        }
        free((void *)(uintptr_t)text.ptr);
    }
}

static void refusals(void)
{
    static const struct {
        const char *what, *files[2];
        size_t count;
        DWORD error;
    } cases[] = {
        {"another certificate's key",
         {"server-ecdsa-chain.pem", "server-rsa.key"},
         2,
         (DWORD)CRYPT_E_NO_MATCH},
        {"a key of the right kind and the wrong certificate",
         {"server-ecdsa-chain.pem", "server-a.key"},
         2,
         (DWORD)CRYPT_E_NO_MATCH},
        {"another RSA key", {"server-rsa-chain.pem", "server-rsa-only.key"}, 2, (DWORD)CRYPT_E_NO_MATCH},
        {"a key alone", {"server-rsa.key"}, 1, (DWORD)CRYPT_E_NO_MATCH},
        {"an encrypted key without a password",
         {"server-rsa-chain.pem", "server-rsa-encrypted.key"},
         2,
         ERROR_INVALID_PASSWORD},
        {"a key encrypted in the old way",
         {"server-rsa-chain.pem", "server-rsa-pkcs1-encrypted.key"},
         2,
         ERROR_NOT_SUPPORTED},
        {"nothing that is a certificate", {"dh.pem"}, 1, (DWORD)CRYPT_E_NOT_FOUND},
        {"DER where PEM belongs", {"server-rsa.der"}, 1, (DWORD)CRYPT_E_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sspi_bytes text = join(cases[i].files, cases[i].count);
        SetLastError(0);
        HCERTSTORE store = open_blob(text);
        DWORD error = GetLastError();
        ok(!store, "PEM: %s is refused", cases[i].what);
        is_status(error, cases[i].error, "PEM: %s: and why", cases[i].what);
        CertCloseStore(store, 0);
        free((void *)(uintptr_t)text.ptr);
    }
    SetLastError(0);
    ok(!open_pki("no-such-file.pem") && GetLastError() == ERROR_FILE_NOT_FOUND,
       "PEM: a file that is not there");
    ok(!CertOpenStore(CERT_STORE_PROV_FILENAME_A, 0, 0, 0, NULL) && GetLastError() == (DWORD)E_INVALIDARG,
       "PEM: no name");
    ok(!open_pki("") && GetLastError() == ERROR_READ_FAULT, "PEM: a folder");
    ok(!CertOpenStore(CERT_STORE_PROV_SMART_CARD_W, 0, 0, 0, L"x") && GetLastError() == ERROR_FILE_NOT_FOUND,
       "a kind of store that there is not");
    ok(!CertOpenStore("Ldap", 0, 0, 0, L"x"), "nor by its name");
    HCERTSTORE der = open_pki("server-rsa.der"), memory = CertOpenStore("memory", 0, 0, 0, NULL);
    ok(der && memory, "a file in DER, and a store by its name");
    CertCloseStore(der, 0);
    CertCloseStore(memory, 0);
}

/* The line that is logged names the file and the reason. */
static void says_which_file(void)
{
    int end[2];
    char line[600] = "";
    if (pipe(end))
        return;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(end[1], 2);
        HCERTSTORE store = open_pki("dh.pem");
        _exit(store != NULL);
    }
    close(end[1]);
    size_t len = 0;
    for (ssize_t got; len < sizeof line - 1 && (got = read(end[0], line + len, sizeof line - 1 - len)) > 0;)
        len += (size_t)got;
    close(end[0]);
    waitpid(pid, NULL, 0);
    ok(strstr(line, "t/pki/dh.pem: no certificate in it") != NULL,
       "a file that cannot be used is named, with the reason");
    diag("%.200s", line);
}

static HCERTSTORE import(const char *file, const WCHAR *password)
{
    struct sspi_bytes bytes = slurp(pki(file));
    CRYPT_DATA_BLOB blob = {(DWORD)bytes.len, (BYTE *)(uintptr_t)bytes.ptr};
    HCERTSTORE store = PFXImportCertStore(&blob, password, PKCS12_NO_PERSIST_KEY);
    free((void *)(uintptr_t)bytes.ptr);
    return store;
}

static void pfx(void)
{
    static const struct {
        const char *file, *key;
        const WCHAR *password;
    } cases[] = {
        {"server-rsa.pfx", "server-rsa.key", L"test"},
        {"server-ecdsa.pfx", "server-ecdsa.key", L"test"},
        {"server-rsa-legacy.pfx", "server-rsa.key", L"test"},
        {"server-rsa-nopass.pfx", "server-rsa.key", L""},
        {"server-rsa-nopass.pfx", "server-rsa.key", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        HCERTSTORE store = import(cases[i].file, cases[i].password);
        PCCERT_CONTEXT c =
            CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL);
        struct cert_identity identity;
        SECURITY_STATUS status = cert_identity(c, &identity);
        is_status(status, SEC_E_OK, "K35 PFX: %s", cases[i].file);
        if (status == SEC_E_OK) {
            is_int(identity.chain_count, 2, "K35 PFX: %s: leaf and intermediate", cases[i].file);
            ok(serves(&identity), "K35 PFX: %s: a provider takes it", cases[i].file);
            cert_identity_free(&identity);
        }
        CertFreeCertificateContext(c);
        CertCloseStore(store, 0);
    }
    SetLastError(0);
    ok(!import("server-rsa.pfx", L"wrong") && GetLastError() == ERROR_INVALID_PASSWORD,
       "PFX: a wrong password");
    ok(!import("server-rsa.pfx", L"") && GetLastError() == ERROR_INVALID_PASSWORD, "PFX: an empty password");
    ok(!import("server-rsa.pfx", NULL) && GetLastError() == ERROR_INVALID_PASSWORD, "PFX: no password");
    ok(!import("server-rsa-legacy.pfx", L"Test") && GetLastError() == ERROR_INVALID_PASSWORD,
       "PFX: a password in the wrong case");
    ok(!import("server-rsa.pem", L"test") && GetLastError() == (DWORD)CRYPT_E_BAD_ENCODE,
       "PFX: a file that is none");
    ok(!PFXImportCertStore(NULL, L"test", 0), "PFX: nothing");
    CRYPT_DATA_BLOB empty = {0, NULL};
    ok(!PFXImportCertStore(&empty, L"test", 0) && GetLastError() == (DWORD)CRYPT_E_BAD_ENCODE,
       "PFX: no bytes");
    struct sspi_bytes bytes = slurp(pki("server-rsa.pfx"));
    unsigned opened = 0;
    for (size_t cut = 0; cut < bytes.len; cut += 97) {
        CRYPT_DATA_BLOB blob = {(DWORD)cut, (BYTE *)(uintptr_t)bytes.ptr};
        HCERTSTORE store = PFXImportCertStore(&blob, L"test", 0);
        opened += store != NULL;
        CertCloseStore(store, 0);
    }
    is_int(opened, 0, "PFX: cut anywhere it is refused");
    free((void *)(uintptr_t)bytes.ptr);
}

static void encrypted(void)
{
    static const char *const files[] = {"server-rsa-chain.pem", "server-rsa-encrypted.key"};
    struct sspi_bytes text = join(files, 2);
    struct store *store = store_new();
    is_status(open_pem(store, text, "test", "encrypted"), ERROR_SUCCESS,
              "PEM: an encrypted key and its password");
    PCCERT_CONTEXT c = CertEnumCertificatesInStore(store, NULL);
    struct cert_identity identity;
    is_status(cert_identity(c, &identity), SEC_E_OK, "PEM: gives a key");
    ok(serves(&identity), "PEM: that a provider takes");
    cert_identity_free(&identity);
    CertFreeCertificateContext(c);
    store_release(store);
    OPENSSPI_PEM pem = {sizeof pem, {(DWORD)text.len, (BYTE *)(uintptr_t)text.ptr}, "test"};
    HCERTSTORE opened = CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM_PASSWORD, 0, 0, 0, &pem);
    ok(opened != NULL, "PEM: the same by the public door");
    CertCloseStore(opened, 0);
    pem.password = "wrong";
    ok(!CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM_PASSWORD, 0, 0, 0, &pem) &&
           GetLastError() == ERROR_INVALID_PASSWORD,
       "PEM: and with another password");
    pem.cbSize = 4;
    ok(!CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM_PASSWORD, 0, 0, 0, &pem) &&
           GetLastError() == (DWORD)E_INVALIDARG &&
           !CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM_PASSWORD, 0, 0, 0, NULL),
       "PEM: and with a structure that is not one");
    store = store_new();
    is_status(open_pem(store, text, "wrong", "encrypted"), ERROR_INVALID_PASSWORD,
              "PEM: an encrypted key and another password");
    store_release(store);
    free((void *)(uintptr_t)text.ptr);
}

static void identities(void)
{
    struct cert_identity identity = {.chain_count = 7};
    CERT_CONTEXT foreign = {X509_ASN_ENCODING, (BYTE *)(uintptr_t) "x", 1, NULL, NULL};
    is_status(cert_identity(NULL, &identity), SEC_E_UNKNOWN_CREDENTIALS, "W14 no certificate");
    is_status(cert_identity(&foreign, &identity), SEC_E_UNKNOWN_CREDENTIALS,
              "W14 a context that is not ours");
    is_status(cert_identity((PCCERT_CONTEXT)(uintptr_t)0x10, &identity), SEC_E_UNKNOWN_CREDENTIALS,
              "W14 a wild pointer");
    ok(identity.chain_count == 0 && !identity.chain, "W14 nothing is left behind");
    static const WCHAR uri[] = L"pkcs11:token=t;object=server;pin-value=1234";
    CRYPT_KEY_PROV_INFO info = {.pwszContainerName = (LPWSTR)(uintptr_t)uri};
    PCCERT_CONTEXT on_token = first_of("server-rsa.pem");
    CertSetCertificateContextProperty(on_token, CERT_KEY_PROV_INFO_PROP_ID, 0, &info);
    is_status(cert_identity(on_token, &identity), SEC_E_OK, "K35 a key on a token");
    static const char plain[] = "pkcs11:token=t;object=server;type=private";
    ok(identity.key.len == sizeof plain - 1 && !memcmp(identity.key.ptr, plain, sizeof plain - 1),
       "K35 is captured as its URI");
    ok(identity.pin.len == 4 && !memcmp(identity.pin.ptr, "1234", 4), "K35 and its PIN apart");
    cert_identity_free(&identity);
    CertFreeCertificateContext(on_token);
    PCCERT_CONTEXT c = first_of("server-rsa.pem");
    is_status(cert_identity(c, &identity), SEC_E_NO_CREDENTIALS, "W15 a good certificate without a key");
    CertFreeCertificateContext(c);
    is_status(cert_identity(c, &identity), SEC_E_UNKNOWN_CREDENTIALS, "W14 a freed context");
}

static void shown_chain(void)
{
    HCERTSTORE from = open_pki("under-deep-chain.pem");
    struct sspi_bytes chain[8];
    PCCERT_CONTEXT held[8], c = NULL;
    unsigned count = 0;
    while ((c = CertEnumCertificatesInStore(from, c)) != NULL) {
        held[count] = CertDuplicateCertificateContext(c);
        chain[count++] = (struct sspi_bytes){c->pbCertEncoded, c->cbCertEncoded};
    }
    PCCERT_CONTEXT leaf = cert_from_chain(chain, count);
    ok(leaf && leaf->hCertStore, "W53 the peer's certificate comes with a store");
    PCCERT_CONTEXT first = CertEnumCertificatesInStore(leaf->hCertStore, NULL);
    ok(first == leaf && first->pbCertEncoded == leaf->pbCertEncoded,
       "W53 K37 its first member is that very context");
    unsigned seen = 0;
    for (c = first; c; c = CertEnumCertificatesInStore(leaf->hCertStore, c))
        seen++;
    is_int(seen, count, "W53 every certificate is there");
    PCCERT_CONTEXT more = first_of("root.pem");
    ok(CertAddCertificateContextToStore(leaf->hCertStore, more, CERT_STORE_ADD_ALWAYS, NULL),
       "K37 and the store takes more");
    CertFreeCertificateContext(more);
    CertFreeCertificateContext(leaf);
    ok(!cert_from_chain(chain, 0), "K37 no chain, no context");
    struct sspi_bytes bad[2] = {{(const uint8_t *)"x", 1}, chain[0]};
    ok(!cert_from_chain(bad, 2), "K37 a leaf that cannot be read is no context");
    struct sspi_bytes mixed[2] = {chain[0], {(const uint8_t *)"x", 1}};
    leaf = cert_from_chain(mixed, 2);
    ok(leaf != NULL, "K37 one above it that cannot be read is left out");
    CertFreeCertificateContext(leaf);
    while (count)
        CertFreeCertificateContext(held[--count]);
    CertCloseStore(from, 0);
}

static void facts(void)
{
    static const struct {
        const char *file, *name;
        unsigned bits, sign;
        size_t schemes;
        enum sspi_hash endpoint;
    } cases[] = {{"server-rsa.pem", "RSA", 2048, CALG_RSA_SIGN, 7, SSPI_SHA256},
                 {"server-ecdsa.pem", "ECDSA", 256, CALG_ECDSA, 2, SSPI_SHA256},
                 {"server-ed25519.pem", "Ed25519", 256, CALG_OID_INFO_PARAMETERS, 1, SSPI_SHA256},
                 {"server-sha384.pem", "ECDSA", 256, CALG_ECDSA, 2, SSPI_SHA384},
                 {"server-sha1.pem", "ECDSA", 256, CALG_ECDSA, 2, SSPI_SHA256},
                 {"server-md5.pem", "ECDSA", 256, CALG_ECDSA, 2, SSPI_SHA256}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PCCERT_CONTEXT c = first_of(cases[i].file);
        struct sspi_bytes der = {c->pbCertEncoded, c->cbCertEncoded};
        struct cert_key_facts facts;
        const uint16_t *schemes;
        ok(!cert_key_facts(der, &facts) && !strcmp(facts.name, cases[i].name) &&
               facts.bits == cases[i].bits && facts.sign_alg == cases[i].sign,
           "W51 %s: %s, %u bits", cases[i].file, cases[i].name, cases[i].bits);
        is_int(cert_schemes(der, &schemes), cases[i].schemes, "D6 %s: signature schemes", cases[i].file);
        is_int(schemes[cases[i].schemes], 0, "D6 %s: ended by 0", cases[i].file);
        is_int(cert_endpoint_hash(der), cases[i].endpoint, "W54 %s: the hash of tls-server-end-point",
               cases[i].file);
        uint64_t end =
            (uint64_t)c->pCertInfo->NotAfter.dwHighDateTime << 32 | c->pCertInfo->NotAfter.dwLowDateTime;
        ok(cert_not_after(der) == end && end > 133000000000000000u, "D2 %s: when it ends", cases[i].file);
        CertFreeCertificateContext(c);
    }
    struct sspi_bytes junk = {(const uint8_t *)"0", 1};
    struct cert_key_facts facts;
    const uint16_t *schemes;
    ok(cert_key_facts(junk, &facts) && !cert_schemes(junk, &schemes) && !cert_not_after(junk) &&
           cert_endpoint_hash(junk) == SSPI_SHA256 && !cert_names_host(junk, "x"),
       "junk has no facts");
}

static void systems(void)
{
    struct cert_anchors *a = cert_anchors_system(), *again = cert_anchors_system();
    unsigned count = 0;
    const struct sspi_bytes *der = cert_anchors_der(a, &count);
    if (!a) {
        skip("no ca-certificates here", "D16 the distribution's trust anchors");
    } else {
        ok(a == again && count > 20 && der[0].len > 100,
           "D16 the distribution's trust anchors, read once (%u)", count);
        HCERTSTORE root = CertOpenSystemStoreA(0, "Root");
        HCERTSTORE wide =
            CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"ROOT");
        unsigned seen = 0;
        for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(root, c)) != NULL;)
            seen++;
        ok(wide && seen == count, "D16 and the ROOT store shows them");
        PCCERT_CONTEXT c = first_of("root.pem");
        HCERTSTORE closed = CertOpenStore(CERT_STORE_PROV_SYSTEM_A, 0, 0,
                                          CERT_SYSTEM_STORE_CURRENT_USER | CERT_STORE_READONLY_FLAG, "ROOT");
        ok(!CertAddCertificateContextToStore(closed, c, CERT_STORE_ADD_ALWAYS, NULL) &&
               GetLastError() == (DWORD)E_ACCESSDENIED,
           "which is not written to where it was opened for reading");
        CertCloseStore(closed, 0);
        CertFreeCertificateContext(c);
        CertCloseStore(root, 0);
        CertCloseStore(wide, 0);
    }
    cert_anchors_release(a);
    cert_anchors_release(again);
    HCERTSTORE my = CertOpenStore(CERT_STORE_PROV_SYSTEM_A, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, "MY");
    ok(my && !CertEnumCertificatesInStore(my, NULL), "MY is there and empty");
    CertCloseStore(my, 0);
    ok(!CertOpenSystemStoreW(0, L"../MY") && !CertOpenSystemStoreA(0, NULL), "what is no name is not");
    is_status(cert_anchors_of_store((HCERTSTORE)(uintptr_t)0x40, &a), SEC_E_INVALID_PARAMETER,
              "a store that is none has no anchors");
}

int main(void)
{
    forms();
    refusals();
    says_which_file();
    pfx();
    encrypted();
    identities();
    shown_chain();
    facts();
    systems();
    return tap_done();
}
