/* SPDX-License-Identifier: MIT
 *
 * sspi certs map -- which rule of the account map takes a client's certificate, and why. */
#include <config.h>

#include "tools/certs.h"

#include "core/account.h"
#include "core/config.h"

#include <stdlib.h>
#include <string.h>

struct mapping {
    const char *map; /* file */
    char *map_text;
    PCCERT_CONTEXT leaf;
    struct map_certificate names;
    DWORD trust; /* CERT_TRUST_ bits of the chain; 0: good */
    struct map_answer answer;
    struct account *account;
    SECURITY_STATUS status; /* of the database, where there was an account to ask for */
    char place[512];
};

static int hex_of(PCCERT_CONTEXT c, uint8_t digest[32])
{
    DWORD size = 32;
    return CertGetCertificateContextProperty(c, CERT_SHA256_HASH_PROP_ID, digest, &size) ? 0 : -1;
}

/* The chain as a server would judge it: for client authentication, below --ca or the machine's roots. */
static int judge(const struct certs_options *o, struct mapping *m)
{
    char usage[] = "1.3.6.1.5.5.7.3.2";
    LPSTR usages[] = {usage};
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    CERT_CHAIN_ENGINE_CONFIG engine_config = {.cbSize = sizeof engine_config};
    HCERTCHAINENGINE engine = NULL;
    PCCERT_CHAIN_CONTEXT chain = NULL;
    para.RequestedUsage.Usage.cUsageIdentifier = 1;
    para.RequestedUsage.Usage.rgpszUsageIdentifier = usages;
    if (o->ca && !(engine_config.hExclusiveRoot = certs_file(o->ca)))
        return -1;
    int failed = !CertCreateCertificateChainEngine(&engine_config, &engine) ||
                 !CertGetCertificateChain(engine, m->leaf, NULL, m->leaf->hCertStore, &para, 0, NULL, &chain);
    if (failed) {
        certs_failed_error("the chain cannot be judged");
    } else {
        const CERT_SIMPLE_CHAIN *path = chain->rgpChain[0];
        m->trust = chain->TrustStatus.dwErrorStatus;
        m->names.has_issuer = path->cElement > 1;
        if (m->names.has_issuer)
            failed = hex_of(path->rgpElement[1]->pCertContext, m->names.issuer);
        CertFreeCertificateChain(chain);
    }
    if (engine)
        CertFreeCertificateChainEngine(engine);
    if (engine_config.hExclusiveRoot)
        CertCloseStore(engine_config.hExclusiveRoot, 0);
    return failed ? -1 : 0;
}

/* --map, or what the configuration names. */
static int choose_map(const struct certs_options *o, struct mapping *m)
{
    const char *why;
    const struct config *config = o->map ? NULL : config_get(&why);
    m->map = o->map ? o->map : config ? config_package(config, "account-map").text : NULL;
    if (!o->map && !config)
        certs_failed("%s", why);
    else if (!m->map)
        certs_failed("no map is configured (account-map in opensspi.conf(5)): name one with --map");
    return m->map ? 0 : -1;
}

static int decide(struct mapping *m)
{
    char why[512];
    size_t len;
    if (account_map_text(m->map, &m->map_text, &len, why, sizeof why))
        return certs_failed("%s", why), -1;
    map_decide(m->map_text, len, &m->names, &m->answer);
    snprintf(m->place, sizeof m->place, m->answer.line ? "%s:%u" : "%s", m->map, m->answer.line);
    if (m->answer.outcome == MAP_FAULTY)
        return certs_failed("%s: %s", m->place, m->answer.why), -1;
    if (m->answer.outcome == MAP_MEMORY)
        return certs_failed("not enough memory"), -1;
    if (m->answer.outcome == MAP_ACCOUNT)
        m->status = account_find(m->answer.account, m->place, &m->account);
    return 0;
}

static const char *outcome_word(const struct mapping *m)
{
    if (m->trust)
        return "none: the chain is not good";
    switch (m->answer.outcome) {
    case MAP_ACCOUNT:
        break;
    case MAP_DENY:
        return "denied";
    default:
        return "none";
    }
    return m->account ? m->account->name
           : m->status == SEC_E_NO_AUTHENTICATING_AUTHORITY
               ? "none: the account database cannot be asked"
               : "denied: there is no such account, or it is root's";
}

static const struct {
    DWORD bit;
    const char *words;
} reasons[] = {
    {CERT_TRUST_IS_PARTIAL_CHAIN | CERT_TRUST_IS_UNTRUSTED_ROOT, "leads to no trusted root"},
    {CERT_TRUST_IS_NOT_SIGNATURE_VALID, "a signature is not valid"},
    {CERT_TRUST_IS_REVOKED, "revoked"},
    {CERT_TRUST_IS_EXPLICIT_DISTRUST, "distrusted by name"},
    {CERT_TRUST_IS_NOT_TIME_VALID, "expired or not yet valid"},
    {CERT_TRUST_IS_NOT_VALID_FOR_USAGE, "not meant for clients"},
    {CERT_TRUST_HAS_WEAK_SIGNATURE, "a key or signature is too weak"},
};

static void chain_words(const struct mapping *m, char *out, size_t size)
{
    size_t len = (size_t)snprintf(out, size, m->trust ? "not good: 0x%x" : "good", (unsigned)m->trust);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (m->trust & reasons[i].bit && len < size)
            len += (size_t)snprintf(out + len, size - len, ", %s", reasons[i].words);
}

static void print_names(const struct map_certificate *names)
{
    for (enum map_kind kind = 0; kind < MAP_KINDS; kind++) {
        const struct map_names *n = &names->names[kind];
        for (unsigned i = 0; i < n->count; i++)
            printf("%-12s %s\n", map_kind_word(kind), n->value[i]);
        if (n->broken)
            printf("%-12s one that no rule can match: not readable, ambiguous or a wildcard\n",
                   map_kind_word(kind));
    }
}

static void print_digest(const char *title, const uint8_t digest[32])
{
    printf("%-12s ", title);
    for (unsigned i = 0; i < 32; i++)
        printf("%02x", digest[i]);
    putchar('\n');
}

static void print_text(const struct mapping *m)
{
    char chain[256];
    chain_words(m, chain, sizeof chain);
    print_digest("certificate", m->names.digest);
    if (m->names.has_issuer)
        print_digest("ca", m->names.issuer);
    print_names(&m->names);
    printf("chain        %s\nrule         %s: %s\naccount      %s", chain, m->place, m->answer.why,
           outcome_word(m));
    if (m->account && !m->trust) {
        printf(" (uid %u, gid %u, groups", (unsigned)m->account->uid, (unsigned)m->account->gid);
        for (unsigned i = 0; i < m->account->group_count; i++)
            printf(" %u", (unsigned)m->account->groups[i]);
        putchar(')');
    }
    putchar('\n');
}

static void json_member(const char *name, const char *value)
{
    printf(",\n \"%s\": ", name);
    json_string(stdout, value);
}

static void print_json(const struct mapping *m)
{
    int held = m->account && !m->trust;
    char chain[256];
    chain_words(m, chain, sizeof chain);
    printf("{\"outcome\": ");
    json_string(stdout, held                                        ? "account"
                        : m->trust || m->answer.outcome == MAP_NONE ? "none"
                        : m->answer.outcome == MAP_ACCOUNT && m->status == SEC_E_NO_AUTHENTICATING_AUTHORITY
                            ? "unreachable"
                            : "deny");
    json_member("chain", chain);
    json_member("rule", m->answer.line ? m->place : NULL);
    json_member("why", m->trust ? "the chain is not good" : m->answer.why);
    json_member("account", held ? m->account->name : NULL);
    if (held) {
        printf(",\n \"uid\": %u, \"gid\": %u, \"groups\": [", (unsigned)m->account->uid,
               (unsigned)m->account->gid);
        for (unsigned i = 0; i < m->account->group_count; i++)
            printf("%s%u", i ? ", " : "", (unsigned)m->account->groups[i]);
        putchar(']');
    }
    printf("}\n");
}

int certs_map(const struct certs_options *o)
{
    struct mapping m = {.status = SEC_E_OK};
    HCERTSTORE store = NULL;
    int code = EXIT_FAILED;
    if (choose_map(o, &m) || !(store = certs_file(o->words[0])))
        return EXIT_FAILED;
    m.leaf = CertEnumCertificatesInStore(store, NULL);
    if (!m.leaf ||
        map_certificate_read((struct sspi_bytes){m.leaf->pbCertEncoded, m.leaf->cbCertEncoded}, &m.names) ||
        hex_of(m.leaf, m.names.digest)) {
        certs_failed("%s: holds no certificate", o->words[0]);
    } else if (judge(o, &m) == 0 && decide(&m) == 0) {
        if (o->json)
            print_json(&m);
        else
            print_text(&m);
        code = m.account && !m.trust ? EXIT_DONE : EXIT_FAILED;
    }
    map_certificate_free(&m.names);
    account_drop(m.account);
    free(m.map_text);
    if (m.leaf)
        CertFreeCertificateContext(m.leaf);
    CertCloseStore(store, 0);
    return code;
}
