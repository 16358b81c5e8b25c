/* SPDX-License-Identifier: MIT
 *
 * Each allocation of the core refused in turn, from AcquireCredentialsHandle to the last answer: the call
 * that met it says SEC_E_INSUFFICIENT_MEMORY (S2), nothing is left behind, and the credential serves the next
 * connection.  Linked with --wrap against the core itself; the providers' own memory is not refused. */
#include <config.h>

#include "t/pair.h"
#include "t/refuse.h"
#include "t/tap.h"

#include <stdlib.h>

/* ---- what is done while one allocation fails ---- */

static const struct {
    const char *words;
    int tls, mutual, late, validate, renewed;
} stories[] = {
    {"TLS 1.2", 12, 0, 0, 0, 0},
    {"TLS 1.3", 13, 0, 0, 0, 0},
    {"TLS 1.2, certificates on both sides", 12, 1, 0, 1, 0},
    {"TLS 1.3, certificates on both sides", 13, 1, 0, 1, 0},
    {"TLS 1.2, a late certificate", 12, 1, 1, 0, 0},
    {"TLS 1.3, a late certificate", 13, 1, 1, 0, 0},
    {"TLS 1.2, renewed", 12, 0, 0, 1, 1},
    {"TLS 1.3, asked for a certificate late", 13, 0, 0, 1, 1},
};

static PCCERT_CONTEXT server_cert, client_cert;
static HCERTSTORE roots;

static SECURITY_STATUS acquire(const char *provider, size_t story, int server, CredHandle *out)
{
    char package[64];
    PCCERT_CONTEXT *cert = server ? &server_cert : &client_cert;
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols =
                                     stories[story].tls == 12 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2};
    SCH_CREDENTIALS cred = {
        .dwVersion = SCH_CREDENTIALS_VERSION,
        .cCreds = server || stories[story].renewed || (stories[story].mutual && !stories[story].late),
        .paCred = cert,
        .hRootStore = roots,
        .dwFlags = stories[story].validate ? SCH_CRED_AUTO_CRED_VALIDATION : SCH_CRED_MANUAL_CRED_VALIDATION,
        .cTlsParameters = 1,
        .pTlsParameters = &parameters,
    };
    snprintf(package, sizeof package, "Schannel:%s", provider);
    return AcquireCredentialsHandleA(NULL, package, server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                                     &cred, NULL, NULL, out, NULL);
}

static SECURITY_STATUS ask(struct end *end)
{
    PCCERT_CONTEXT remote = NULL;
    SecPkgContext_Bindings bindings;
    SecPkgContext_KeyInfoA keys;
    char label[] = "EXPERIMENTAL";
    SecPkgContext_KeyingMaterialInfo info = {sizeof label, label, 0, NULL, 32};
    SecPkgContext_KeyingMaterial material;
    SECURITY_STATUS status = QueryContextAttributesA(&end->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &remote);
    if (status == SEC_E_OK)
        CertFreeCertificateContext(remote);
    else if (status != SEC_E_NO_CREDENTIALS)
        return status;
    if ((status = QueryContextAttributesA(&end->context, SECPKG_ATTR_ENDPOINT_BINDINGS, &bindings)) !=
        SEC_E_OK)
        return status;
    FreeContextBuffer(bindings.Bindings);
    if ((status = QueryContextAttributesA(&end->context, SECPKG_ATTR_KEY_INFO, &keys)) != SEC_E_OK)
        return status;
    FreeContextBuffer(keys.sSignatureAlgorithmName);
    FreeContextBuffer(keys.sEncryptAlgorithmName);
    status = SetContextAttributesA(&end->context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info, sizeof info);
    if (status == SEC_E_OK)
        status = QueryContextAttributesA(&end->context, SECPKG_ATTR_KEYING_MATERIAL, &material);
    if (status == SEC_E_OK)
        FreeContextBuffer(material.pbKeyingMaterial);
    return status;
}

/* Attributes whose answer points to memory: where the pointers stand. */
static const struct {
    ULONG id;
    size_t at[2]; /* SIZE_MAX: no second */
} pointing[] = {
    {SECPKG_ATTR_PACKAGE_INFO, {0, SIZE_MAX}},
    {SECPKG_ATTR_PROTO_INFO, {0, SIZE_MAX}},
    {SECPKG_ATTR_AUTHORITY, {0, SIZE_MAX}},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, {0, SIZE_MAX}},
    {SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS,
     {offsetof(SecPkgContext_NegotiatedTlsExtensions, Extensions), SIZE_MAX}},
    {SECPKG_ATTR_REMOTE_CERTIFICATES, {offsetof(SecPkgContext_Certificates, pbCertificateChain), SIZE_MAX}},
    {SECPKG_ATTR_LOCAL_CERT_INFO,
     {offsetof(SecPkgContext_CertInfo, pwszSubjectName), offsetof(SecPkgContext_CertInfo, pwszIssuerName)}},
    {SECPKG_ATTR_ISSUER_LIST_EX, {0, SIZE_MAX}},
    {SECPKG_ATTR_SUPPORTED_SIGNATURES,
     {offsetof(SecPkgContext_SupportedSignatures, pSignatureAndHashAlgorithms), SIZE_MAX}},
    {SECPKG_ATTR_APP_DATA, {offsetof(SecPkgContext_SessionAppData, pbAppData), SIZE_MAX}},
    {SECPKG_ATTR_CERT_CHECK_RESULT, {SIZE_MAX, SIZE_MAX}},
};

static SECURITY_STATUS ask_more(struct end *end)
{
    BYTE bytes[] = "mine";
    SecPkgContext_SessionAppData data = {0, sizeof bytes, bytes};
    HCERTSTORE store;
    SECURITY_STATUS status = SetContextAttributesA(&end->context, SECPKG_ATTR_APP_DATA, &data, sizeof data);
    for (size_t i = 0; status == SEC_E_OK && i < sizeof pointing / sizeof *pointing; i++) {
        uint8_t answer[256] = {0};
        status = QueryContextAttributesW(&end->context, pointing[i].id, answer);
        for (int k = 0; status == SEC_E_OK && k < 2 && pointing[i].at[k] != SIZE_MAX; k++) {
            void *pointer;
            memcpy(&pointer, answer + pointing[i].at[k], sizeof pointer);
            FreeContextBuffer(pointer);
        }
        if (status == SEC_E_NO_CREDENTIALS || status == SEC_E_UNSUPPORTED_FUNCTION)
            status = SEC_E_OK; /* no certificate; a server has no issuers */
    }
    if (status == SEC_E_OK &&
        (status = QueryContextAttributesA(&end->context, SECPKG_ATTR_ROOT_STORE, &store)) == SEC_E_OK)
        CertCloseStore(store, 0);
    return status;
}

static int renewing;

/* The server asks for a certificate on the open connection. */
static SECURITY_STATUS renew(struct pair *pair)
{
    struct end *ends[2] = {&pair->client, &pair->server};
    pair->server.request |= ASC_REQ_MUTUAL_AUTH;
    SECURITY_STATUS status = pair_step_null(&pair->server);
    pair->server.request &= ~(ULONG)ASC_REQ_MUTUAL_AUTH;
    if (status == SEC_E_UNSUPPORTED_FUNCTION)
        return SEC_E_OK;
    for (int i = 0; i < 20 && pair->server.status == SEC_I_CONTINUE_NEEDED && status >= 0; i++) {
        pair_move(pair);
        status = pair_receive(ends[i % 2]);
        status = status == SEC_E_INCOMPLETE_MESSAGE ? SEC_E_OK : status;
    }
    return status < 0 ? status : pair->server.status;
}

/* The status of the first call that failed.  Where the memory was only for looking out for a
 * CertificateRequest the handshake goes on without. */
static SECURITY_STATUS talk(struct pair *pair)
{
    struct end *ends[] = {&pair->client, &pair->server};
    SECURITY_STATUS status = pair_handshake(pair);
    if (status == SEC_E_OK && renewing)
        status = renew(pair);
    if (status == SEC_E_OK && (status = pair_send(&pair->server, "hello", 5)) != SEC_E_OK)
        return status;
    if (status != SEC_E_OK)
        return status;
    pair_move(pair);
    status = pair_receive(&pair->client);
    if (status != SEC_E_INCOMPLETE_MESSAGE)
        return status;
    for (int i = 0; i < 2; i++)
        if ((status = ask(ends[i])) != SEC_E_OK || (status = ask_more(ends[i])) != SEC_E_OK ||
            (status = pair_shutdown(ends[i])) != SEC_E_OK)
            return status;
    return status;
}

static void prepare(struct pair *pair, size_t story)
{
    static const char lists[] = "\x09\0\0\0\2\0\0\0\3\0\2h2"; /* SECBUFFER_APPLICATION_PROTOCOLS of h2 */
    struct end *client = &pair->client, *server = &pair->server;
    server->server = 1;
    client->target = "localhost";
    client->request = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR |
                      (stories[story].late ? 0 : ISC_REQ_USE_SUPPLIED_CREDS);
    server->request =
        ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_EXTENDED_ERROR | (stories[story].mutual ? ASC_REQ_MUTUAL_AUTH : 0);
    flow_add(&client->alpn, lists, sizeof lists - 1);
    flow_add(&server->alpn, lists, sizeof lists - 1);
}

static SECURITY_STATUS tell(const char *provider, size_t story, long until, int *again)
{
    struct pair pair = {0};
    prepare(&pair, story);
    granted = until;
    SECURITY_STATUS status = acquire(provider, story, 0, &pair.client.credential);
    pair.client.has_credential = status == SEC_E_OK;
    if (status == SEC_E_OK) {
        status = acquire(provider, story, 1, &pair.server.credential);
        pair.server.has_credential = status == SEC_E_OK;
    }
    if (status == SEC_E_OK)
        status = talk(&pair);
    granted = -1;
    *again = 1;
    if (pair.client.has_credential && pair.server.has_credential) {
        pair_again(&pair);
        SECURITY_STATUS second = talk(&pair);
        *again = second == SEC_E_OK;
        if (!*again)
            diag("the next: %s; client %s, server %s", pair_status(second), pair_status(pair.client.status),
                 pair_status(pair.server.status));
    }
    pair_close(&pair);
    return status;
}

static void each(const char *provider, int tls)
{
    for (size_t story = 0; story < sizeof stories / sizeof *stories; story++) {
        unsigned wrong = 0, leaks = 0, spoilt = 0;
        long n = 0;
        int again;
        if (stories[story].tls != tls)
            continue;
        renewing = stories[story].renewed;
        SECURITY_STATUS status = tell(provider, story, -1, &again);
        ok(status == SEC_E_OK && again, "S2 %s %s: without refusals all is well", provider,
           stories[story].words);
        for (refused = 1; refused && n < 5000; n++) {
            long before = live;
            refused = 0;
            status = tell(provider, story, n, &again);
            if (refused && status != SEC_E_INSUFFICIENT_MEMORY && status != SEC_E_OK) {
                diag("allocation %ld: %s", n, pair_status(status));
                wrong++;
            }
            spoilt += !again;
            if (live != before) {
                diag("allocation %ld: %ld left", n, live - before);
                leaks++;
            }
        }
        ok(n > 20 && n < 5000, "S2 %s %s: %ld allocations, each refused once", provider, stories[story].words,
           n - 1);
        is_int(wrong, 0, "S2 %s %s: INSUFFICIENT_MEMORY, or done without", provider, stories[story].words);
        is_int(leaks, 0, "S2 %s %s: nothing left behind", provider, stories[story].words);
        is_int(spoilt, 0, "S2 %s %s: the same credentials serve the next", provider, stories[story].words);
    }
}

int main(void)
{
    server_cert = pair_certificate("server-ecdsa");
    client_cert = pair_certificate("client-ecdsa");
    roots = pair_store("root");
    pair_each(each);
    CertFreeCertificateContext(server_cert);
    CertFreeCertificateContext(client_cert);
    CertCloseStore(roots, 0);
    return tap_done();
}
