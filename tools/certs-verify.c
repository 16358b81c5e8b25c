/* SPDX-License-Identifier: MIT
 *
 * sspi certs verify -- CertGetCertificateChain and the SSL policy on a file's chain or a server's, with the reason
 * for each bit. */
#include <config.h>

#include "tools/certs.h"

#include "tools/channel.h"
#include "tools/identity.h"
#include "tools/net.h"
#include "tools/serving.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    DWORD bit;
    const char *name, *reason;
} bits[] = {
    {CERT_TRUST_IS_NOT_TIME_VALID, "IS_NOT_TIME_VALID", "it has expired, or is not valid yet"},
    {CERT_TRUST_IS_REVOKED, "IS_REVOKED", "its issuer has revoked it"},
    {CERT_TRUST_IS_EXPLICIT_DISTRUST, "IS_EXPLICIT_DISTRUST",
     "it is distrusted by name: on the distribution's blocklist, or in the machine's store disallowed"},
    {CERT_TRUST_IS_NOT_SIGNATURE_VALID, "IS_NOT_SIGNATURE_VALID",
     "its signature is not its issuer's, or could not be judged"},
    {CERT_TRUST_IS_NOT_VALID_FOR_USAGE, "IS_NOT_VALID_FOR_USAGE",
     "its key usage or extended key usage does not allow this"},
    {CERT_TRUST_IS_UNTRUSTED_ROOT, "IS_UNTRUSTED_ROOT", "the chain ends in it, and it is no trust anchor"},
    {CERT_TRUST_REVOCATION_STATUS_UNKNOWN, "REVOCATION_STATUS_UNKNOWN",
     "no list or staple at hand tells whether it is revoked: `sspi certs fetch-crl' fetches what it names"},
    {CERT_TRUST_INVALID_BASIC_CONSTRAINTS, "INVALID_BASIC_CONSTRAINTS",
     "it may not issue certificates, or not this many below it"},
    {CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT, "HAS_NOT_PERMITTED_NAME_CONSTRAINT",
     "an issuer's name constraints do not allow its names"},
    {CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT, "HAS_NOT_SUPPORTED_CRITICAL_EXT",
     "a critical extension of it is not understood"},
    {CERT_TRUST_HAS_WEAK_SIGNATURE, "HAS_WEAK_SIGNATURE", "its key or its signature is too weak"},
    {CERT_TRUST_IS_OFFLINE_REVOCATION, "IS_OFFLINE_REVOCATION", "revocation could not be asked about"},
    {CERT_TRUST_IS_PARTIAL_CHAIN, "IS_PARTIAL_CHAIN",
     "its issuer was not found: the server should send it, or CA or --ca hold it"},
};

/* ---- what is judged ---- */

/* Runs the handshake, not judging; the server's chain stays with the context. */
static int shake(const char *host, const char *port, struct channel *c)
{
    int fd = net_connect("certs", host, port), done = 0;
    if (fd < 0)
        return -1;
    while (!done) {
        channel_run(c);
        if (net_send(fd, &c->out) != 0 || c->state != CHANNEL_HANDSHAKE || net_receive(fd, &c->in) <= 0)
            done = 1;
    }
    if (c->state == CHANNEL_OPEN) {
        channel_close(c);
        (void)net_send(fd, &c->out);
    }
    close(fd);
    if (c->state == CHANNEL_FAILED) {
        char text[200];
        certs_failed("%s:%s: %s", host, port, identity_status(c->status, text, sizeof text));
    } else if (c->state == CHANNEL_HANDSHAKE) {
        certs_failed("%s:%s: the server ended the connection during the handshake", host, port);
    }
    return c->state == CHANNEL_OPEN ? 0 : -1;
}

static PCCERT_CONTEXT from_server(const struct certs_options *o, const char *host, const char *port)
{
    struct identity identity;
    struct identity_options options = {
        .command = "certs", .provider = o->provider, .flags = SCH_CRED_MANUAL_CRED_VALIDATION};
    struct channel channel;
    PCCERT_CONTEXT leaf = NULL;
    signal(SIGPIPE, SIG_IGN);
    if (identity_open(&identity, &options, SECPKG_CRED_OUTBOUND) != 0)
        return NULL;
    channel_client(&channel, &identity.credential, o->name ? o->name : host);
    if (shake(host, port, &channel) == 0 &&
        QueryContextAttributesA(&channel.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, (void *)&leaf) != SEC_E_OK)
        certs_failed("%s:%s: the server showed no certificate", host, port);
    channel_free(&channel);
    identity_close(&identity);
    return leaf;
}

static PCCERT_CONTEXT from_file(const char *path)
{
    HCERTSTORE store = certs_file(path);
    PCCERT_CONTEXT leaf = store ? CertEnumCertificatesInStore(store, NULL) : NULL;
    if (store && !leaf)
        certs_failed("%s: holds no certificate", path);
    CertCloseStore(store, 0);
    return leaf;
}

/* ---- the answer ---- */

static DWORD policy_of(PCCERT_CHAIN_CONTEXT chain, const char *name)
{
    WCHAR wide[300] = {0};
    SSL_EXTRA_CERT_CHAIN_POLICY_PARA ssl = {.dwAuthType = AUTHTYPE_SERVER};
    CERT_CHAIN_POLICY_PARA para = {.cbSize = sizeof para, .pvExtraPolicyPara = &ssl};
    CERT_CHAIN_POLICY_STATUS status = {.cbSize = sizeof status};
    ssl.cbSize = sizeof ssl;
    if (name && MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, 299) > 0)
        ssl.pwszServerName = wide;
    if (!CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, chain, &para, &status))
        return GetLastError();
    return status.dwError;
}

static void show(const CERT_SIMPLE_CHAIN *chain, DWORD policy, const char *words)
{
    for (DWORD i = 0; i < chain->cElement; i++) {
        DWORD errors = chain->rgpElement[i]->TrustStatus.dwErrorStatus;
        printf("%u ", (unsigned)i);
        certs_print(chain->rgpElement[i]->pCertContext, -1, "");
        for (size_t b = 0; b < sizeof bits / sizeof *bits; b++)
            if (errors & bits[b].bit)
                printf("  FAULT   CERT_TRUST_%s: %s\n", bits[b].name, bits[b].reason);
    }
    if (policy)
        printf("refused: %s\n", words);
    else
        printf("good\n");
}

static void show_json(const CERT_SIMPLE_CHAIN *chain, DWORD policy, const char *words)
{
    printf("{\"good\": %s, \"status\": \"0x%08x\", \"meaning\": ", policy ? "false" : "true", (unsigned)policy);
    json_string(stdout, policy ? words : NULL);
    printf(", \"chain\": [");
    for (DWORD i = 0; i < chain->cElement; i++) {
        DWORD errors = chain->rgpElement[i]->TrustStatus.dwErrorStatus;
        const char *comma = "";
        printf("%s\n {", i ? "," : "");
        certs_json(chain->rgpElement[i]->pCertContext, -1);
        printf(", \"faults\": [");
        for (size_t b = 0; b < sizeof bits / sizeof *bits; b++)
            if (errors & bits[b].bit) {
                printf("%s\"%s\"", comma, bits[b].name);
                comma = ", ";
            }
        printf("]}");
    }
    printf("]}\n");
}

static int judge(const struct certs_options *o, PCCERT_CONTEXT leaf, const char *name)
{
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config};
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    LPSTR usage[] = {(LPSTR)(uintptr_t)szOID_PKIX_KP_SERVER_AUTH};
    HCERTCHAINENGINE engine = NULL;
    PCCERT_CHAIN_CONTEXT chain = NULL;
    char words[200];
    int result = EXIT_FAILED;
    if (name) { /* a file may be anybody's; a server's is for serving */
        para.RequestedUsage.Usage.cUsageIdentifier = 1;
        para.RequestedUsage.Usage.rgpszUsageIdentifier = usage;
    }
    HCERTSTORE roots = o->ca ? certs_file(o->ca) : NULL;
    config.hExclusiveRoot = roots;
    config.dwExclusiveFlags = CERT_CHAIN_EXCLUSIVE_ENABLE_CA_FLAG;
    if (o->ca && !roots)
        return EXIT_FAILED;
    if (!CertCreateCertificateChainEngine(&config, &engine)) {
        certs_failed_error("no chain engine");
    } else if (!CertGetCertificateChain(engine, leaf, NULL, leaf->hCertStore, &para,
                                        o->revocation ? CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT : 0, NULL,
                                        &chain)) {
        certs_failed_error("no chain");
    } else {
        DWORD policy = policy_of(chain, name);
        identity_status((SECURITY_STATUS)policy, words, sizeof words);
        (o->json ? show_json : show)(chain->rgpChain[0], policy, words);
        result = policy ? EXIT_FAILED : EXIT_DONE;
        if (policy) /* without a provider no signature is good */
            serving_refusal("certs", NULL);
    }
    CertFreeCertificateChain(chain);
    CertFreeCertificateChainEngine(engine);
    CertCloseStore(roots, 0);
    return result;
}

int certs_verify(const struct certs_options *o)
{
    char host[256], port[16];
    const char *what = o->words[0];
    int is_file = !access(what, F_OK) || strchr(what, '/');
    if (!is_file && net_split(what, host, sizeof host, port, sizeof port) != 0)
        return certs_failed("%s: neither a file nor HOST:PORT", what);
    PCCERT_CONTEXT leaf = is_file ? from_file(what) : from_server(o, host, port);
    if (!leaf)
        return EXIT_FAILED;
    int result = judge(o, leaf, o->name ? o->name : is_file ? NULL : host);
    CertFreeCertificateContext(leaf);
    return result;
}
