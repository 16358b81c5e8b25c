/* SPDX-License-Identifier: MIT
 *
 * How programs come to trust a server, and show who they are, call by call: curl's CA file and PFX, MariaDB's
 * and aws-c-io's engine over one store, libgit2's chain and policy, mongo-c-driver's PEM into ROOT,
 * schannel-rs's store of its own.  (How they bring a key is t/6110.) */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char tag[128];

/* A handshake that leaves the judgement to the program; the server's certificate, NULL: there is none. */
static PCCERT_CONTEXT connect_to(struct pair *pair, const char *provider, int tls, const char *cert)
{
    struct pair_options options = {.provider = provider, .tls = tls, .cert = cert};
    PCCERT_CONTEXT remote = NULL;
    if (!pair_open(pair, &options) || pair_handshake(pair) != SEC_E_OK ||
        QueryContextAttributesA(&pair->client.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &remote) != SEC_E_OK)
        diag("%s: client %s, server %s", tag, pair_status(pair->client.status),
             pair_status(pair->server.status));
    return remote;
}

/* ---- curl: a CA file, block by block, into a store, into an engine ---- */

static unsigned curl_blocks(HCERTSTORE store, char *text)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "\n-----END CERTIFICATE-----";
    unsigned count = 0;
    for (char *at = text; (at = strstr(at, begin)) != NULL; count++) {
        char *last = strstr(at, end);
        CERT_BLOB blob;
        PCCERT_CONTEXT cert = NULL;
        DWORD kind = 0;
        if (!last)
            break;
        blob.pbData = (BYTE *)at;
        blob.cbData = (DWORD)(last + sizeof end - 1 - at);
        if (!CryptQueryObject(CERT_QUERY_OBJECT_BLOB, &blob, CERT_QUERY_CONTENT_FLAG_CERT,
                              CERT_QUERY_FORMAT_FLAG_ALL, 0, NULL, &kind, NULL, NULL, NULL,
                              (const void **)&cert) ||
            kind != CERT_QUERY_CONTENT_CERT)
            break;
        CertAddCertificateContextToStore(store, cert, CERT_STORE_ADD_ALWAYS, NULL);
        CertFreeCertificateContext(cert);
        at = last;
    }
    return count;
}

static int curl_names_host(PCCERT_CONTEXT cert, const char *host)
{
    char names[512];
    DWORD len = CertGetNameStringA(cert, CERT_NAME_DNS_TYPE, CERT_NAME_SEARCH_ALL_NAMES_FLAG, NULL, names,
                                   sizeof names);
    for (DWORD at = 0; at + 1 < len && names[at]; at += (DWORD)strlen(names + at) + 1)
        if (!strcmp(names + at, host))
            return 1;
    return 0;
}

static DWORD curl_trust(PCCERT_CONTEXT remote, const char *file, unsigned blocks)
{
    size_t len;
    char *text = (char *)pair_file(file, &len);
    HCERTSTORE trusted =
        CertOpenStore(CERT_STORE_PROV_MEMORY, 0, (HCRYPTPROV_LEGACY)0, CERT_STORE_CREATE_NEW_FLAG, NULL);
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config,
                                       .hExclusiveRoot = trusted,
                                       .dwExclusiveFlags = CERT_CHAIN_EXCLUSIVE_ENABLE_CA_FLAG};
    LPSTR usage[] = {(char *)(uintptr_t)szOID_PKIX_KP_SERVER_AUTH};
    CERT_CHAIN_PARA para = {.cbSize = sizeof para,
                            .RequestedUsage = {.dwType = USAGE_MATCH_TYPE_AND, .Usage = {1, usage}}};
    HCERTCHAINENGINE engine = NULL;
    PCCERT_CHAIN_CONTEXT chain = NULL;
    DWORD errors = 0xffffffff;
    ok(trusted && text && curl_blocks(trusted, text) == blocks, "K38 %s: curl reads %u certificates of %s",
       tag, blocks, file);
    if (CertCreateCertificateChainEngine(&config, &engine) &&
        CertGetCertificateChain(engine, remote, NULL, remote->hCertStore, &para, 0, NULL, &chain))
        errors = chain->rgpChain[0]->TrustStatus.dwErrorStatus & ~(DWORD)CERT_TRUST_IS_NOT_TIME_NESTED;
    CertFreeCertificateChain(chain);
    CertFreeCertificateChainEngine(engine);
    CertCloseStore(trusted, 0);
    free(text);
    return errors;
}

static void curl_file(const char *provider, int tls)
{
    static const struct {
        const char *cert, *file;
        unsigned blocks;
        DWORD errors;
    } rows[] = {
        {"server-rsa", "root.pem", 1, 0},
        {"server-rsa", "anchors.pem", 2, 0},
        {"server-rsa", "intermediate.pem", 1, 0}, /* CURL_CHAIN: an intermediate is enough */
        {"server-rsa", "other-root.pem", 1, CERT_TRUST_IS_PARTIAL_CHAIN},
        {"self-signed", "root.pem", 1, CERT_TRUST_IS_UNTRUSTED_ROOT},
        {"self-signed", "self-signed.pem", 1, 0},
        {"server-expired", "root.pem", 1, CERT_TRUST_IS_NOT_TIME_VALID},
        {"server-wrong-usage", "root.pem", 1, CERT_TRUST_IS_NOT_VALID_FOR_USAGE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair;
        snprintf(tag, sizeof tag, "curl %s tls%d %s", provider, tls, rows[i].cert);
        PCCERT_CONTEXT remote = connect_to(&pair, provider, tls, rows[i].cert);
        if (ok(remote != NULL, "K37 %s: the server's certificate", tag)) {
            is_status(curl_trust(remote, rows[i].file, rows[i].blocks), rows[i].errors, "K38 %s under %s",
                      tag, rows[i].file);
            ok(curl_names_host(remote, "localhost") && !curl_names_host(remote, "evil.test"),
               "K38 %s: its names", tag);
        }
        CertFreeCertificateContext(remote);
        pair_close(&pair);
    }
}

/* ---- curl: a PFX that says who the client is ---- */

static SECURITY_STATUS curl_pfx_credential(const char *package, int tls, const WCHAR *password,
                                           CredHandle *out)
{
    size_t len;
    uint8_t *bytes = pair_file("client-rsa.pfx", &len);
    CRYPT_DATA_BLOB blob = {(DWORD)len, bytes};
    HCERTSTORE store = PFXImportCertStore(&blob, password, 0);
    free(bytes);
    if (!store)
        return (SECURITY_STATUS)GetLastError();
    PCCERT_CONTEXT cert = CertFindCertificateInStore(store, X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, 0,
                                                     CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL);
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = tls == 12 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2};
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = 1,
                            .paCred = &cert,
                            .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    SECURITY_STATUS status = AcquireCredentialsHandleA(NULL, (char *)(uintptr_t)package, SECPKG_CRED_OUTBOUND,
                                                       NULL, &data, NULL, NULL, out, NULL);
    CertFreeCertificateContext(cert);
    CertCloseStore(store, 0);
    return status;
}

static void curl_pfx(const char *provider, int tls)
{
    struct pair pair;
    CredHandle credential;
    char package[64];
    struct pair_options options = {.provider = provider,
                                   .tls = tls,
                                   .server_roots = "root",
                                   .server_request = ASC_REQ_MUTUAL_AUTH,
                                   .server_flags = SCH_CRED_AUTO_CRED_VALIDATION};
    PCCERT_CONTEXT seen = NULL, sent = pair_certificate("client-rsa");
    snprintf(tag, sizeof tag, "curl %s tls%d", provider, tls);
    pair_package(package, sizeof package, provider);
    is_status(curl_pfx_credential(package, tls, L"wrong", &credential),
              (SECURITY_STATUS)ERROR_INVALID_PASSWORD, "K35 %s: a PFX and a wrong password", tag);
    is_status(curl_pfx_credential(package, tls, L"test", &credential), SEC_E_OK, "K35 %s: a PFX", tag);
    if (pair_open(&pair, &options)) {
        FreeCredentialsHandle(&pair.client.credential);
        pair.client.credential = credential;
        is_status(pair_handshake(&pair), SEC_E_OK, "K35 D16 %s: the server takes it", tag);
        QueryContextAttributesA(&pair.server.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &seen);
        ok(seen && sent && seen->cbCertEncoded == sent->cbCertEncoded &&
               !memcmp(seen->pbCertEncoded, sent->pbCertEncoded, seen->cbCertEncoded),
           "K35 %s: and sees whose it is", tag);
    }
    CertFreeCertificateContext(seen);
    CertFreeCertificateContext(sent);
    pair_close(&pair);
}

/* ---- MariaDB, aws-c-io, libgit2, schannel-rs: a chain, and the SSL policy ---- */

static DWORD policy(PCCERT_CONTEXT remote, HCERTCHAINENGINE engine, HCERTSTORE more, DWORD flags,
                    const WCHAR *host, DWORD checks)
{
    LPSTR usages[] = {(char *)(uintptr_t)szOID_PKIX_KP_SERVER_AUTH,
                      (char *)(uintptr_t)szOID_SERVER_GATED_CRYPTO, (char *)(uintptr_t)szOID_SGC_NETSCAPE};
    CERT_CHAIN_PARA para = {.cbSize = sizeof para,
                            .RequestedUsage = {.dwType = USAGE_MATCH_TYPE_OR, .Usage = {3, usages}}};
    PCCERT_CHAIN_CONTEXT chain = NULL;
    SSL_EXTRA_CERT_CHAIN_POLICY_PARA extra = {
        {sizeof extra}, AUTHTYPE_SERVER, checks, (WCHAR *)(uintptr_t)host};
    CERT_CHAIN_POLICY_PARA asked = {sizeof asked, 0, &extra};
    CERT_CHAIN_POLICY_STATUS status = {.cbSize = sizeof status};
    DWORD error = 0xffffffff;
    if (CertGetCertificateChain(engine, remote, NULL, more, &para, flags, NULL, &chain) &&
        CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, chain, &asked, &status))
        error = status.dwError;
    CertFreeCertificateChain(chain);
    return error;
}

static HCERTCHAINENGINE engine_over(HCERTSTORE trusted)
{
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config, .hExclusiveRoot = trusted};
    HCERTCHAINENGINE engine = NULL;
    return CertCreateCertificateChainEngine(&config, &engine) ? engine : NULL;
}

static void with_a_policy(const char *provider, int tls)
{
    static const struct {
        const char *cert;
        const WCHAR *host;
        DWORD checks;
        HRESULT want;
    } rows[] = {
        {"server-rsa", L"localhost", 0, 0},
        {"server-rsa", L"evil.test", 0, CERT_E_CN_NO_MATCH},
        {"server-rsa", L"evil.test", SECURITY_FLAG_IGNORE_CERT_CN_INVALID, 0},
        {"server-rsa", L"evil.test", 0xabababab, CERT_E_CN_NO_MATCH}, /* libgit2: never set */
        {"other-server", L"localhost", 0, CERT_E_CHAINING},
        {"self-signed", L"localhost", 0, CERT_E_UNTRUSTEDROOT},
        {"self-signed", L"localhost", SECURITY_FLAG_IGNORE_UNKNOWN_CA, 0}, /* MariaDB without a CA */
        {"self-signed", L"evil.test", SECURITY_FLAG_IGNORE_UNKNOWN_CA, CERT_E_CN_NO_MATCH},
        {"server-expired", L"localhost", 0, CERT_E_EXPIRED},
        {"server-expired", L"localhost", SECURITY_FLAG_IGNORE_UNKNOWN_CA, CERT_E_EXPIRED},
    };
    HCERTSTORE trusted = pair_store("root");
    HCERTCHAINENGINE engine = engine_over(trusted);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair;
        snprintf(tag, sizeof tag, "MariaDB %s tls%d %s, checks %#x", provider, tls, rows[i].cert,
                 (unsigned)rows[i].checks);
        PCCERT_CONTEXT remote = connect_to(&pair, provider, tls, rows[i].cert);
        if (ok(remote && engine, "K37 %s: the server's certificate", tag)) {
            is_status(policy(remote, engine, remote->hCertStore, 0, rows[i].host, rows[i].checks),
                      rows[i].want, "K38 K39 %s", tag);
            /* schannel-rs gives a store of its own that holds what the server sent, and one more. */
            HCERTSTORE own = CertOpenStore(CERT_STORE_PROV_COLLECTION, 0, 0, 0, NULL);
            ok(CertAddStoreToCollection(own, remote->hCertStore, 0, 0) &&
                   CertAddStoreToCollection(own, trusted, 0, 0),
               "K37 %s: schannel-rs puts stores together", tag);
            is_status(policy(remote, engine, own, CERT_CHAIN_CACHE_END_CERT, rows[i].host, rows[i].checks),
                      rows[i].want, "K38 %s: with the collection", tag);
            CertCloseStore(own, 0);
        }
        CertFreeCertificateContext(remote);
        pair_close(&pair);
    }
    CertFreeCertificateChainEngine(engine);
    CertCloseStore(trusted, 0);
}

/* ---- mongo-c-driver: PEM into ROOT, and AUTO validation ---- */

static int mongo_add(const char *file, int list)
{
    BYTE der[8192];
    size_t size;
    DWORD len = sizeof der;
    char *text = (char *)pair_file(file, &size);
    HCERTSTORE root = CertOpenStore(CERT_STORE_PROV_SYSTEM, X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, 0,
                                    CERT_SYSTEM_STORE_LOCAL_MACHINE, L"Root");
    int good = text && CryptStringToBinaryA(text, 0, CRYPT_STRING_BASE64HEADER, der, &len, NULL, NULL);
    PCCERT_CONTEXT cert = good && !list ? CertCreateCertificateContext(X509_ASN_ENCODING, der, len) : NULL;
    PCCRL_CONTEXT crl = good && list ? CertCreateCRLContext(X509_ASN_ENCODING, der, len) : NULL;
    good = (cert && CertAddCertificateContextToStore(root, cert, CERT_STORE_ADD_USE_EXISTING, NULL)) ||
           (crl && CertAddCRLContextToStore(root, crl, CERT_STORE_ADD_USE_EXISTING, NULL));
    CertFreeCertificateContext(cert);
    CertFreeCRLContext(crl);
    CertCloseStore(root, 0);
    free(text);
    return good;
}

static SECURITY_STATUS mongo_connects(const char *provider, int tls, const char *cert, ULONG flags)
{
    struct pair pair;
    struct pair_options options = {
        .provider = provider, .tls = tls, .cert = cert, .validate = 1, .client_flags = flags};
    SECURITY_STATUS status = pair_open(&pair, &options) ? pair_handshake(&pair) : SEC_E_NO_CREDENTIALS;
    if (status != SEC_E_OK)
        status = pair.client.status;
    pair_close(&pair);
    return status;
}

/* What a program adds to ROOT counts in its process: so this is one of its own. */
static int mongo(const char *provider, int tls)
{
    enum { CHAIN = SCH_CRED_REVOCATION_CHECK_CHAIN };
    return mongo_connects(provider, tls, "server-rsa", 0) == SEC_E_UNTRUSTED_ROOT &&
           mongo_add("root.pem", 0) && mongo_connects(provider, tls, "server-rsa", 0) == SEC_E_OK &&
           mongo_connects(provider, tls, "other-server", 0) == SEC_E_UNTRUSTED_ROOT &&
           mongo_connects(provider, tls, "server-revoked", CHAIN) == SEC_E_OK &&
           mongo_add("intermediate.crl", 1) &&
           mongo_connects(provider, tls, "server-revoked", CHAIN) == CRYPT_E_REVOKED &&
           mongo_connects(provider, tls, "server-rsa", CHAIN) == SEC_E_OK;
}

static void mongo_apart(const char *provider, int tls)
{
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(mongo(provider, tls) ? 0 : 1);
    waitpid(child, &status, 0);
    ok(status == 0,
       "K38 mongo-c-driver %s tls%d: PEM and a list into ROOT, and what AUTO says before and after", provider,
       tls);
    is_status(mongo_connects(provider, tls, "server-rsa", 0), SEC_E_UNTRUSTED_ROOT,
              "K38 mongo-c-driver %s tls%d: another process trusts nobody more", provider, tls);
}

static void each(const char *provider, int tls)
{
    mongo_apart(provider, tls);
    curl_file(provider, tls);
    curl_pfx(provider, tls);
    with_a_policy(provider, tls);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
