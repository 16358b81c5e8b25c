/* SPDX-License-Identifier: MIT
 *
 * A link of the chain says that it is signed in another way than it is: of another kind than the issuer's
 * key, or one that few know; and perhaps something else is wrong that the caller passes over.  Libraries stop
 * early, each at another certificate, and have odd words for it (GnuTLS: a violated constraint).  Whatever a
 * caller ignores, such a chain is never good (K38, K39). */
#include <config.h>

#include "t/cert-kit.h"
#include "t/forge.h"
#include "t/sandbox.h"

#define CA    "basicConstraints=critical,CA:TRUE"
#define SIGNS "keyUsage=critical,keyCertSign,cRLSign"
#define NAMES "subjectAltName=DNS:localhost"
#define HOSTS "extendedKeyUsage=serverAuth"
#define USUAL                                                                                                \
    {                                                                                                        \
        NAMES, HOSTS                                                                                         \
    }

static const struct {
    const char *name, *oid;
} untold[] = {{"RSA over SHA-224", "1.2.840.113549.1.1.14"}, {"ECDSA over SHA-224", "1.2.840.10045.4.3.1"},
              {"RSA over RIPEMD-160", "1.3.36.3.3.1.2"},     {"Ed448", "1.3.101.113"},
              {"SM2 over SM3", "1.2.156.10197.1.501"},       {"nothing known", "1.3.6.1.4.1.55555.9"}};

/* What is wrong besides, and would be passed over. */
static const struct besides {
    const char *name;
    struct forge_spec ca, leaf;
} besides[] = {
    {"nothing", {.ext = {CA, SIGNS}}, {.ext = USUAL}},
    {"an authority that has expired", {.from = -20, .until = -10, .ext = {CA, SIGNS}}, {.ext = USUAL}},
    {"a leaf that has expired", {.ext = {CA, SIGNS}}, {.from = -20, .until = -10, .ext = USUAL}},
    {"another use", {.ext = {CA, SIGNS}}, {.ext = {NAMES, "extendedKeyUsage=codeSigning"}}},
    {"a leaf that issues", {.ext = {NAMES}}, {.ext = USUAL}},
    {"another key's identifier, and a date",
     {.from = -20, .until = -10, .ext = {CA, SIGNS, "subjectKeyIdentifier=01020304"}},
     {.ext = {NAMES, HOSTS, "authorityKeyIdentifier=DER:3006800405060708"}}},
    {"something critical that nobody knows",
     {.ext = {CA, SIGNS}},
     {.ext = {NAMES, HOSTS, "1.3.6.1.4.1.55555.1=critical,DER:0500"}}},
    {"a name that is not permitted",
     {.ext = {CA, SIGNS, "nameConstraints=critical,permitted;DNS:inside.test"}},
     {.ext = USUAL}},
};
enum { UNTOLD = sizeof untold / sizeof *untold, BESIDES = sizeof besides / sizeof *besides };

static void add(HCERTSTORE store, struct forged f)
{
    CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, f.der, (DWORD)f.len, CERT_STORE_ADD_ALWAYS,
                                     NULL);
    free(f.der);
}

/* What the policy says of it although everything is passed over that can be; 0: it is good. */
static DWORD error_of(const struct forge_spec *specs, DWORD *status)
{
    HCERTSTORE roots = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    HCERTSTORE more = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    struct forged der = forge_make(specs, 3, "leaf");
    PCCERT_CONTEXT leaf = CertCreateCertificateContext(X509_ASN_ENCODING, der.der, (DWORD)der.len);
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config, .hExclusiveRoot = roots};
    HCERTCHAINENGINE engine = NULL;
    PCCERT_CHAIN_CONTEXT chain = NULL;
    LPSTR use = (LPSTR)(uintptr_t)szOID_PKIX_KP_SERVER_AUTH;
    CERT_CHAIN_PARA para = {.cbSize = sizeof para, .RequestedUsage = {USAGE_MATCH_TYPE_AND, {1, &use}}};
    HTTPSPolicyCallbackData extra = {
        {sizeof extra},
        AUTHTYPE_SERVER,
        SECURITY_FLAG_IGNORE_REVOCATION | SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_WRONG_USAGE |
            SECURITY_FLAG_IGNORE_CERT_CN_INVALID | SECURITY_FLAG_IGNORE_CERT_DATE_INVALID,
        NULL};
    CERT_CHAIN_POLICY_PARA ask = {sizeof ask, 0xffffffff, &extra};
    CERT_CHAIN_POLICY_STATUS says = {.cbSize = sizeof says};
    DWORD error = 99;
    free(der.der);
    add(roots, forge_make(specs, 3, "root"));
    add(more, forge_make(specs, 3, "ca"));
    if (CertCreateCertificateChainEngine(&config, &engine) &&
        CertGetCertificateChain(engine, leaf, NULL, more, &para, 0, NULL, &chain) &&
        CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, chain, &ask, &says))
        error = says.dwError;
    *status = chain ? chain->TrustStatus.dwErrorStatus : 0;
    CertFreeCertificateChain(chain);
    CertFreeCertificateChainEngine(engine);
    CertFreeCertificateContext(leaf);
    CertCloseStore(more, 0);
    CertCloseStore(roots, 0);
    return error;
}

static struct forge_spec named(struct forge_spec s, const char *id, const char *by)
{
    s.id = id;
    s.by = by;
    return s;
}

/* One line for each row: what the policy says, and the bits of the chain. */
static void judge_all(const void *arg, FILE *out)
{
    (void)arg;
    for (size_t i = 0; i < BESIDES; i++) {
        struct forge_spec specs[3] = {{.id = "root", .key = "rsa", .ext = {CA, SIGNS}},
                                      named(besides[i].ca, "ca", "root"),
                                      named(besides[i].leaf, "leaf", "ca")};
        DWORD status, error = error_of(specs, &status);
        fprintf(out, "%lx %lx\n", (unsigned long)error, (unsigned long)status);
        for (size_t link = 1; link <= 2; link++)
            for (size_t j = 0; j < UNTOLD; j++) {
                struct forge_spec bad[3] = {specs[0], specs[1], specs[2]};
                bad[link].twist = FORGE_UNTOLD;
                bad[link].md = untold[j].oid;
                error = error_of(bad, &status);
                fprintf(out, "%lx %lx\n", (unsigned long)error, (unsigned long)status);
            }
    }
}

static void say(const char *provider, char *text)
{
    char *at = text;
    for (size_t i = 0; i < BESIDES; i++)
        for (size_t row = 0; row <= 2 * UNTOLD; row++) {
            unsigned long error = strtoul(at, &at, 16), status = strtoul(at, &at, 16);
            const char *how = row ? untold[(row - 1) % UNTOLD].name : "as it should be";
            int fine = row ? error != 0 && status != 0 : error == 0;
            ok(fine, "K38 K39 %s: %s; the %s is signed with %s: 0x%lx", provider, besides[i].name,
               row > UNTOLD ? "leaf" : "authority", how, error);
            if (!fine)
                diag("the chain says 0x%lx", status);
        }
}

int main(void)
{
    char names[256], text[32768], setting[3][PATH_MAX], *state = NULL;
    static const char *const where[] = {"OPENSSPI_PROVIDERDIR", "OPENSSPI_MANIFESTDIR"};
    const char *list = getenv("PROVIDERS");
    struct sandbox box;
    sandbox_make(&box);
    snprintf(names, sizeof names, "%s", list ? list : "openssl");
    for (int i = 0; i < 2; i++) /* the providers of this build */
        snprintf(setting[1 + i], sizeof setting[0], "%s=%s", where[i], getenv(where[i]));
    for (char *name = strtok_r(names, " ", &state); name; name = strtok_r(NULL, " ", &state)) {
        snprintf(setting[0], sizeof setting[0], "OPENSSPI_PROVIDER=%s", name);
        const char *environment[] = {setting[0], setting[1], setting[2], NULL};
        int rc = sandbox_run(&box, environment, judge_all, NULL, text, sizeof text, NULL, 0);
        is_int(rc, 0, "%s ran to its end", name);
        say(name, text);
    }
    sandbox_remove(&box);
    return tap_done();
}
