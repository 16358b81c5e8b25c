/* SPDX-License-Identifier: MIT
 *
 * AUTO validation (D16, K38) of every kind of chain in t/pki, by each provider that judges chains, and as
 * client and server ask. */
#include <config.h>

#include "core/cert/cert.h"
#include "core/cert/store.h"

#include <schannel.h>
#include <time.h>

#include "t/cert-kit.h"

#define SERVER_AUTH "1.3.6.1.5.5.7.3.1"
#define CLIENT_AUTH "1.3.6.1.5.5.7.3.2"
#define GOOD        SSPI_WHY_NONE
#define OTHER       SSPI_WHY_CERT_OTHER
#define UNTRUSTED   SSPI_WHY_CERT_UNTRUSTED
#define EXPIRED     SSPI_WHY_CERT_EXPIRED
#define USAGE       SSPI_WHY_CERT_USAGE
#define NAME        SSPI_WHY_CERT_NAME

static const struct {
    const char *file, *anchors, *host, *usage;
    enum sspi_why why;
    uint8_t alert;
} cases[] = {
    /* good ones */
    {"server-rsa-chain.pem", "root.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"server-ecdsa-chain.pem", "root.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"server-ed25519-chain.pem", "root.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"server-rsa-only-chain.pem", "root.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"server-sha384-chain.pem", "root.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"server-direct-chain.pem", "root.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"server-rsa-chain.pem", "anchors.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"other-server-chain.pem", "anchors.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"self-signed-chain.pem", "self-signed.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"server-ecdsa-chain.pem", "server-ecdsa.pem", "localhost", SERVER_AUTH, GOOD, 0}, /* pinned itself */
    {"server-ecdsa-chain.pem", "intermediate.pem", "localhost", SERVER_AUTH, GOOD, 0}, /* pinned above */
    {"under-deep-chain.pem", "root.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"under-cross-chain.pem", "root.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"under-cross-chain.pem", "other-root.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"under-names-in-chain.pem", "root.pem", "www.inside.test", SERVER_AUTH, GOOD, 0},
    {"server-revoked-chain.pem", "root.pem", "localhost", SERVER_AUTH, GOOD, 0}, /* nobody asked */
    /* names */
    {"server-rsa-chain.pem", "root.pem", "LOCALHOST.", SERVER_AUTH, GOOD, 0},
    {"server-rsa-chain.pem", "root.pem", "127.0.0.1", SERVER_AUTH, GOOD, 0},
    {"server-rsa-chain.pem", "root.pem", "::1", SERVER_AUTH, GOOD, 0},
    {"server-rsa-chain.pem", "root.pem", "[::1]", SERVER_AUTH, GOOD, 0},
    {"server-rsa-chain.pem", "root.pem", "www.example.test", SERVER_AUTH, GOOD, 0},
    {"server-rsa-chain.pem", "root.pem", "a.b.example.test", SERVER_AUTH, NAME, 42},
    {"server-rsa-chain.pem", "root.pem", "example.test", SERVER_AUTH, NAME, 42},
    {"server-rsa-chain.pem", "root.pem", "127.0.0.2", SERVER_AUTH, NAME, 42},
    {"server-rsa-chain.pem", "root.pem", "*.example.test", SERVER_AUTH, NAME, 42},
    {"server-rsa-chain.pem", "root.pem", "", SERVER_AUTH, NAME, 42},
    {"server-rsa-chain.pem", "root.pem", NULL, SERVER_AUTH, GOOD, 0},
    {"server-wrong-name-chain.pem", "root.pem", "localhost", SERVER_AUTH, NAME, 42},
    {"server-wrong-name-chain.pem", "root.pem", "other.invalid", SERVER_AUTH, GOOD, 0},
    {"server-cn-chain.pem", "root.pem", "localhost", SERVER_AUTH, GOOD, 0},
    {"server-ip-chain.pem", "root.pem", "localhost", SERVER_AUTH, NAME, 42},
    {"server-ip-chain.pem", "root.pem", "127.0.0.1", SERVER_AUTH, GOOD, 0},
    /* trust */
    {"server-rsa-chain.pem", "other-root.pem", "localhost", SERVER_AUTH, UNTRUSTED, 48},
    {"server-rsa.pem", "root.pem", "localhost", SERVER_AUTH, UNTRUSTED, 48}, /* intermediate missing */
    {"other-server-chain.pem", "root.pem", "localhost", SERVER_AUTH, UNTRUSTED, 48},
    {"self-signed-chain.pem", "root.pem", "localhost", SERVER_AUTH, UNTRUSTED, 48},
    /* dates */
    {"server-expired-chain.pem", "root.pem", "localhost", SERVER_AUTH, EXPIRED, 45},
    {"server-notyet-chain.pem", "root.pem", "localhost", SERVER_AUTH, EXPIRED, 45},
    {"under-expired-ca-chain.pem", "root.pem", "localhost", SERVER_AUTH, EXPIRED, 45},
    /* use */
    {"server-wrong-usage-chain.pem", "root.pem", "localhost", SERVER_AUTH, USAGE, 43},
    {"under-client-ca-chain.pem", "root.pem", "localhost", SERVER_AUTH, USAGE, 43},
    {"under-no-sign-chain.pem", "root.pem", "localhost", SERVER_AUTH, USAGE, 43},
    /* issuers */
    {"under-leaf-chain.pem", "root.pem", "localhost", SERVER_AUTH, OTHER, 42},
    {"under-no-basic-chain.pem", "root.pem", "localhost", SERVER_AUTH, OTHER, 42},
    {"under-pathlen-chain.pem", "root.pem", "localhost", SERVER_AUTH, OTHER, 42},
    {"under-names-out-chain.pem", "root.pem", "localhost", SERVER_AUTH, OTHER, 42},
    {"under-names-not-chain.pem", "root.pem", "a.example.test", SERVER_AUTH, OTHER, 42},
    {"under-leaf-chain.pem", "server-ecdsa.pem", "localhost", SERVER_AUTH, OTHER, 42}, /* a leaf as anchor */
    {"server-critical-chain.pem", "root.pem", "localhost", SERVER_AUTH, OTHER, 43},
    /* strength */
    {"server-rsa1024-chain.pem", "root.pem", "localhost", SERVER_AUTH, OTHER, 42},
    {"server-sha1-chain.pem", "root.pem", "localhost", SERVER_AUTH, OTHER, 42},
    {"server-md5-chain.pem", "root.pem", "localhost", SERVER_AUTH, OTHER, 42},
    /* clients */
    {"client-rsa-chain.pem", "root.pem", NULL, CLIENT_AUTH, GOOD, 0},
    {"client-ecdsa-chain.pem", "root.pem", NULL, CLIENT_AUTH, GOOD, 0},
    {"client-ed25519-chain.pem", "root.pem", NULL, CLIENT_AUTH, GOOD, 0},
    {"client-expired-chain.pem", "root.pem", NULL, CLIENT_AUTH, EXPIRED, 45},
    {"client-wrong-usage-chain.pem", "root.pem", NULL, CLIENT_AUTH, USAGE, 43},
    {"other-client-chain.pem", "root.pem", NULL, CLIENT_AUTH, UNTRUSTED, 48},
    {"under-client-ca-chain.pem", "root.pem", NULL, CLIENT_AUTH, USAGE, 43}, /* the leaf is a server's */
};

struct presented {
    struct sspi_bytes cert[16];
    unsigned count;
};

static void present(const char *file, struct presented *out)
{
    HCERTSTORE store = open_pki(file);
    out->count = 0;
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(store, c)) && out->count < 16;) {
        uint8_t *copy = malloc(c->cbCertEncoded);
        memcpy(copy, c->pbCertEncoded, c->cbCertEncoded);
        out->cert[out->count++] = (struct sspi_bytes){copy, c->cbCertEncoded};
    }
    CertCloseStore(store, 0);
}

static void forget(struct presented *p)
{
    for (unsigned i = 0; i < p->count; i++)
        free((void *)(uintptr_t)p->cert[i].ptr);
}

static int judge(const struct provider *p, const struct presented *who, const char *anchors, const char *host,
                 const char *usage, struct sspi_verdict *verdict)
{
    HCERTSTORE store = open_pki(anchors);
    struct cert_anchors *a = NULL;
    struct sspi_chain chain = {.size = sizeof chain, .count = who->count, .cert = who->cert};
    struct cert_judgement want = {.server_name = host, .usage_oid = usage, .time = (int64_t)time(NULL)};
    int result = -2;
    if (cert_anchors_of_store(store, &a) == SEC_E_OK) {
        want.anchors = a;
        result = cert_judge(p, &chain, &want, verdict);
    }
    cert_anchors_release(a);
    CertCloseStore(store, 0);
    return result;
}

static void every_case(const struct provider *p)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sspi_verdict verdict = {SSPI_WHY_INTERNAL, 99};
        struct presented who;
        present(cases[i].file, &who);
        int result = judge(p, &who, cases[i].anchors, cases[i].host, cases[i].usage, &verdict);
        int as_said = result == (cases[i].why == GOOD ? 0 : -1) && verdict.why == cases[i].why &&
                      verdict.alert == cases[i].alert;
        ok(as_said, "K38 D8 %s: %s under %s for %s, %s: why %d alert %d", p->name, cases[i].file,
           cases[i].anchors, cases[i].host ? cases[i].host : "anybody",
           strcmp(cases[i].usage, SERVER_AUTH) ? "client" : "server", (int)cases[i].why, cases[i].alert);
        if (!as_said)
            diag("got %d, why %d alert %d", result, (int)verdict.why, verdict.alert);
        forget(&who);
    }
}

/* The last octet of a signature, one octet of the key: nothing that is changed may pass. */
static void no_forgery(const struct provider *p)
{
    static const char *const files[] = {"server-rsa-chain.pem", "server-ecdsa-chain.pem",
                                        "server-ed25519-chain.pem"};
    for (size_t f = 0; f < 3; f++) {
        struct presented who;
        struct sspi_verdict verdict;
        unsigned accepted = 0, tries = 0;
        present(files[f], &who);
        for (unsigned c = 0; c < who.count; c++)
            for (size_t at = 0; at < who.cert[c].len; at += 7) {
                uint8_t *byte = (uint8_t *)(uintptr_t)(who.cert[c].ptr + at);
                *byte ^= 0x20;
                tries++;
                accepted += judge(p, &who, "root.pem", "localhost", SERVER_AUTH, &verdict) == 0;
                *byte ^= 0x20;
            }
        ok(accepted == 0, "K38 %s: %s with any octet changed is refused (%u tries)", p->name, files[f],
           tries);
        /* The search must not be worn out by a peer that sends one certificate over and over. */
        struct sspi_bytes many[200];
        for (unsigned i = 0; i < 200; i++)
            many[i] = who.cert[i == 0 ? 0 : 1];
        struct presented flood = {.count = 0};
        memcpy(flood.cert, who.cert, sizeof flood.cert);
        flood.count = who.count;
        HCERTSTORE store = open_pki("root.pem");
        struct cert_anchors *a;
        struct sspi_chain chain = {.size = sizeof chain, .count = 200, .cert = many};
        struct cert_judgement want = {
            .server_name = "localhost", .usage_oid = SERVER_AUTH, .time = (int64_t)time(NULL)};
        if (cert_anchors_of_store(store, &a) == SEC_E_OK) {
            want.anchors = a;
            is_int(cert_judge(p, &chain, &want, &verdict), 0,
                   "K38 %s: 199 times the same intermediate is no trouble", p->name);
            cert_anchors_release(a);
        }
        CertCloseStore(store, 0);
        forget(&who);
    }
}

int main(void)
{
    char names[256], *state = NULL;
    const char *list = getenv("PROVIDERS"), *why = NULL;
    snprintf(names, sizeof names, "%s", list ? list : "openssl");
    for (char *name = strtok_r(names, " ", &state); name; name = strtok_r(NULL, " ", &state)) {
        const struct provider *p = provider_load(name, &why);
        if (!p) {
            skip(why ? why : "it does not load", "K38 %s: chains",
                 name); /* that it loads is another test's */
            continue;
        }
        if (!(p->api.caps & SSPI_CAP_CHAIN)) {
            skip("its chain_check is not there", "K38 %s: chains", name);
            continue;
        }
        every_case(p);
        no_forgery(p);
    }
    return tap_done();
}
