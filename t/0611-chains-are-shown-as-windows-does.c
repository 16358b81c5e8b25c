/* SPDX-License-Identifier: MIT
 *
 * CertGetCertificateChain and CertVerifyCertificateChainPolicy as the programs use them: engines over an
 * exclusive root, usages, the SSL policy, sloppy structures (K38, K39). */
#include <config.h>

#include "t/cert-kit.h"

static HCERTCHAINENGINE engine_over(const char *file, DWORD flags)
{
    HCERTCHAINENGINE engine = NULL;
    HCERTSTORE root = open_pki(file);
    CERT_CHAIN_ENGINE_CONFIG config = {
        .cbSize = sizeof config, .hExclusiveRoot = root, .dwExclusiveFlags = flags};
    if (!CertCreateCertificateChainEngine(&config, &engine))
        engine = NULL;
    CertCloseStore(root, 0); /* the engine keeps what it needs */
    return engine;
}

static PCCERT_CHAIN_CONTEXT chain_for(const char *file, HCERTCHAINENGINE engine, const char *usage,
                                      DWORD flags)
{
    HCERTSTORE store = open_pki(file);
    PCCERT_CONTEXT leaf = CertEnumCertificatesInStore(store, NULL);
    PCCERT_CHAIN_CONTEXT chain = NULL;
    LPSTR oid = (LPSTR)(uintptr_t)usage;
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    if (usage) {
        para.RequestedUsage.Usage.cUsageIdentifier = 1;
        para.RequestedUsage.Usage.rgpszUsageIdentifier = &oid;
    }
    if (!CertGetCertificateChain(engine, leaf, NULL, leaf->hCertStore, &para, flags, NULL, &chain))
        chain = NULL;
    CertFreeCertificateContext(leaf);
    CertCloseStore(store, 0);
    return chain;
}

static DWORD policy_of(PCCERT_CHAIN_CONTEXT chain, const WCHAR *host, DWORD flags, DWORD checks)
{
    HTTPSPolicyCallbackData extra = {{sizeof extra}, AUTHTYPE_SERVER, checks, (WCHAR *)(uintptr_t)host};
    CERT_CHAIN_POLICY_PARA para = {sizeof para, flags, &extra};
    CERT_CHAIN_POLICY_STATUS status = {.cbSize = 0xdeadbeef, .dwError = 0xdeadbeef}; /* K39 */
    return CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, chain, &para, &status) ? status.dwError
                                                                                          : 0xffffffff;
}

static void statuses(void)
{
    static const struct {
        const char *file, *root;
        DWORD error, elements;
        HRESULT policy;
    } cases[] = {
        {"server-rsa-chain.pem", "root.pem", 0, 3, 0},
        {"server-direct-chain.pem", "root.pem", 0, 2, 0},
        {"under-deep-chain.pem", "root.pem", 0, 5, 0},
        {"under-cross-chain.pem", "root.pem", 0, 3, 0},
        {"self-signed-chain.pem", "self-signed.pem", 0, 1, 0},
        {"server-rsa-chain.pem", "other-root.pem", CERT_TRUST_IS_PARTIAL_CHAIN, 2, CERT_E_CHAINING},
        {"server-rsa.pem", "root.pem", CERT_TRUST_IS_PARTIAL_CHAIN, 1, CERT_E_CHAINING},
        {"self-signed-chain.pem", "root.pem", CERT_TRUST_IS_UNTRUSTED_ROOT, 1, CERT_E_UNTRUSTEDROOT},
        {"server-expired-chain.pem", "root.pem", CERT_TRUST_IS_NOT_TIME_VALID, 3, CERT_E_EXPIRED},
        {"server-wrong-usage-chain.pem", "root.pem", CERT_TRUST_IS_NOT_VALID_FOR_USAGE, 3,
         CERT_E_WRONG_USAGE},
        {"under-client-ca-chain.pem", "root.pem", CERT_TRUST_IS_NOT_VALID_FOR_USAGE, 3, CERT_E_WRONG_USAGE},
        {"under-leaf-chain.pem", "root.pem",
         CERT_TRUST_INVALID_BASIC_CONSTRAINTS | CERT_TRUST_IS_NOT_VALID_FOR_USAGE, 4,
         TRUST_E_BASIC_CONSTRAINTS},
        {"under-names-out-chain.pem", "root.pem", CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT, 3,
         CERT_E_INVALID_NAME},
        {"server-critical-chain.pem", "root.pem", CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT, 3,
         CERT_E_CRITICAL},
        {"server-sha1-chain.pem", "root.pem", CERT_TRUST_HAS_WEAK_SIGNATURE, 3, TRUST_E_CERT_SIGNATURE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        HCERTCHAINENGINE engine = engine_over(cases[i].root, 0);
        PCCERT_CHAIN_CONTEXT chain = chain_for(cases[i].file, engine, szOID_PKIX_KP_SERVER_AUTH, 0);
        ok(engine && chain, "K38 %s under %s: a chain", cases[i].file, cases[i].root);
        if (!chain)
            continue;
        is_status(chain->TrustStatus.dwErrorStatus, cases[i].error, "K38 %s under %s: its status",
                  cases[i].file, cases[i].root);
        is_int(chain->rgpChain[0]->cElement, cases[i].elements, "K38 %s: elements", cases[i].file);
        is_status(policy_of(chain, L"localhost", 0, 0), cases[i].policy, "K38 %s: the SSL policy",
                  cases[i].file);
        CertFreeCertificateChainEngine(engine);
        CertFreeCertificateChain(chain);
    }
}

static void hosts_and_flags(void)
{
    HCERTCHAINENGINE engine = engine_over("root.pem", 0);
    PCCERT_CHAIN_CONTEXT good = chain_for("server-rsa-chain.pem", engine, szOID_PKIX_KP_SERVER_AUTH, 0);
    PCCERT_CHAIN_CONTEXT expired = chain_for("server-expired-chain.pem", engine, NULL, 0);
    PCCERT_CHAIN_CONTEXT unknown = chain_for("self-signed-chain.pem", engine, NULL, 0);
    is_status(policy_of(good, L"www.example.test", 0, 0), 0, "K38 a host that a wildcard covers");
    is_status(policy_of(good, L"127.0.0.1", 0, 0), 0, "K38 an address");
    is_status(policy_of(good, L"other.invalid", 0, 0), CERT_E_CN_NO_MATCH, "K38 another host");
    is_status(policy_of(good,
                        L"l\x00f6"
                        L"calhost",
                        0, 0),
              CERT_E_CN_NO_MATCH, "K38 a host in other letters");
    is_status(policy_of(good, NULL, 0, 0), 0, "K38 nobody asked for a host");
    is_status(policy_of(good, L"other.invalid", 0, SECURITY_FLAG_IGNORE_CERT_CN_INVALID), 0,
              "K38 a check that is switched off");
    is_status(policy_of(good, L"other.invalid", 0, 0xcdcdcdcd), CERT_E_CN_NO_MATCH,
              "K39 fdwChecks that were never set switch nothing off");
    is_status(policy_of(expired, L"localhost", CERT_CHAIN_POLICY_IGNORE_NOT_TIME_VALID_FLAG, 0), 0,
              "K38 a date passed over");
    is_status(policy_of(unknown, L"localhost", CERT_CHAIN_POLICY_ALLOW_UNKNOWN_CA_FLAG, 0), 0,
              "K38 an unknown root passed over");
    is_status(policy_of(unknown, L"other.invalid", CERT_CHAIN_POLICY_ALLOW_UNKNOWN_CA_FLAG, 0),
              CERT_E_CN_NO_MATCH, "K38 but not the name");
    CERT_CHAIN_POLICY_PARA para = {.cbSize = sizeof para};
    CERT_CHAIN_POLICY_STATUS status = {.cbSize = sizeof status};
    ok(CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_BASE, expired, &para, &status) &&
           status.dwError == (DWORD)CERT_E_EXPIRED && status.lChainIndex == 0 && status.lElementIndex == 0,
       "K38 the base policy, and which element");
    ok(CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_BASE, good, NULL, &status) && status.dwError == 0 &&
           status.lElementIndex == -1,
       "K39 no parameters at all");
    ok(!CertVerifyCertificateChainPolicy((LPCSTR)77, good, &para, &status) &&
           !CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, NULL, &para, &status) &&
           !CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, (PCCERT_CHAIN_CONTEXT)(uintptr_t)0x500,
                                             &para, &status) &&
           !CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, good, &para, NULL),
       "K39 an unknown policy, no chain, a wild one, nowhere to write");
    HTTPSPolicyCallbackData cut = {{sizeof cut - 1}, AUTHTYPE_SERVER, 0, (WCHAR *)(uintptr_t)L"other.invalid"};
    para.pvExtraPolicyPara = &cut;
    ok(CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, good, &para, &status) &&
           status.dwError == (DWORD)E_INVALIDARG,
       "K38 K39 a host in a block that says it is too short for one is not passed over");
    para.pvExtraPolicyPara = NULL;
    CertFreeCertificateChain(good);
    ok(!CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, good, &para, &status), "K39 a freed chain");
    CertFreeCertificateChain(good);
    CertFreeCertificateChain(NULL);
    CertFreeCertificateChain(expired);
    CertFreeCertificateChain(unknown);
    CertFreeCertificateChainEngine(engine);
    CertFreeCertificateChainEngine(engine);
}

static void usages(void)
{
    static const char *const names[] = {szOID_SERVER_GATED_CRYPTO, szOID_SGC_NETSCAPE,
                                        szOID_PKIX_KP_SERVER_AUTH};
    LPSTR oids[3];
    HCERTCHAINENGINE engine = engine_over("root.pem", 0);
    HCERTSTORE store = open_pki("server-rsa-chain.pem");
    PCCERT_CONTEXT leaf = CertEnumCertificatesInStore(store, NULL);
    PCCERT_CHAIN_CONTEXT chain;
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    for (unsigned i = 0; i < 3; i++)
        oids[i] = (LPSTR)(uintptr_t)names[i];
    para.RequestedUsage.Usage.cUsageIdentifier = 3;
    para.RequestedUsage.Usage.rgpszUsageIdentifier = oids;
    para.RequestedUsage.dwType = USAGE_MATCH_TYPE_OR;
    ok(CertGetCertificateChain(engine, leaf, NULL, NULL, &para, 0, NULL, &chain) &&
           chain->TrustStatus.dwErrorStatus == 0,
       "K38 one usage of several (MariaDB, schannel-rs, aws-c-io)");
    CertFreeCertificateChain(chain);
    para.RequestedUsage.dwType = USAGE_MATCH_TYPE_AND;
    ok(CertGetCertificateChain(engine, leaf, NULL, NULL, &para, 0, NULL, &chain) &&
           chain->TrustStatus.dwErrorStatus == CERT_TRUST_IS_NOT_VALID_FOR_USAGE,
       "K38 all of them");
    CertFreeCertificateChain(chain);
    CERT_CHAIN_PARA tiny = {.cbSize = 4};
    ok(CertGetCertificateChain(engine, leaf, NULL, NULL, &tiny, 0, NULL, &chain),
       "K39 a parameter block that says nothing");
    CertFreeCertificateChain(chain);
    ok(CertGetCertificateChain(engine, leaf, NULL, NULL, NULL, 0, NULL, &chain), "K39 none");
    ok(chain->rgpChain[0]->rgpElement[0]->pCertContext == leaf,
       "K38 the first element is the certificate itself");
    ok(chain->rgpChain[0]->rgpElement[2]->TrustStatus.dwInfoStatus & CERT_TRUST_IS_SELF_SIGNED,
       "K38 the last signed itself");
    CertFreeCertificateChain(chain);
    FILETIME then = {0, 29000000};
    ok(CertGetCertificateChain(engine, leaf, &then, NULL, NULL, 0, NULL, &chain) &&
           chain->TrustStatus.dwErrorStatus & CERT_TRUST_IS_NOT_TIME_VALID,
       "K38 at another time");
    CertFreeCertificateChain(chain);
    chain = (PCCERT_CHAIN_CONTEXT)(uintptr_t)1;
    ok(!CertGetCertificateChain(engine, NULL, NULL, NULL, NULL, 0, NULL, &chain) && !chain,
       "K39 no certificate");
    ok(!CertGetCertificateChain((HCERTCHAINENGINE)(uintptr_t)0x600, leaf, NULL, NULL, NULL, 0, NULL, &chain),
       "K39 a wild engine");
    ok(!CertGetCertificateChain(engine, leaf, NULL, (HCERTSTORE)(uintptr_t)0x700, NULL, 0, NULL, &chain),
       "K39 a wild store");
    ok(CertGetCertificateChain(HCCE_CURRENT_USER, leaf, NULL, NULL, NULL, 0, NULL, &chain) &&
           chain->TrustStatus.dwErrorStatus == CERT_TRUST_IS_PARTIAL_CHAIN,
       "K38 the system's anchors do not know it");
    CertFreeCertificateChain(chain);
    CertFreeCertificateContext(leaf);
    CertCloseStore(store, 0);
    CertFreeCertificateChainEngine(engine);
}

static void engines(void)
{
    HCERTCHAINENGINE with = engine_over("intermediate.pem", CERT_CHAIN_EXCLUSIVE_ENABLE_CA_FLAG);
    HCERTCHAINENGINE without = engine_over("intermediate.pem", 0);
    PCCERT_CHAIN_CONTEXT chain = chain_for("server-rsa.pem", with, NULL, 0);
    ok(chain && chain->TrustStatus.dwErrorStatus == 0 && chain->rgpChain[0]->cElement == 2,
       "K38 an intermediate as anchor, enabled (curl)");
    CertFreeCertificateChain(chain);
    chain = chain_for("server-rsa.pem", without, NULL, 0);
    ok(chain && chain->TrustStatus.dwErrorStatus == CERT_TRUST_IS_PARTIAL_CHAIN, "K38 and not");
    CertFreeCertificateChain(chain);
    CertFreeCertificateChainEngine(with);
    CertFreeCertificateChainEngine(without);

    HCERTSTORE root = open_pki("root.pem"), more = open_pki("intermediate.pem");
    HCERTCHAINENGINE engine = NULL;
    CERT_CHAIN_ENGINE_CONFIG config = {
        .cbSize = sizeof config, .hExclusiveRoot = root, .cAdditionalStore = 1, .rghAdditionalStore = &more};
    ok(CertCreateCertificateChainEngine(&config, &engine), "an engine with a store of intermediates");
    chain = chain_for("server-rsa.pem", engine, NULL, 0);
    ok(chain && chain->TrustStatus.dwErrorStatus == 0, "which fills the gap");
    CertFreeCertificateChain(chain);
    CertFreeCertificateChainEngine(engine);
    config = (CERT_CHAIN_ENGINE_CONFIG){.cbSize = sizeof config, .hRestrictedRoot = root};
    ok(CertCreateCertificateChainEngine(&config, &engine), "a restricted root");
    chain = chain_for("server-rsa-chain.pem", engine, NULL, 0);
    ok(chain && chain->TrustStatus.dwErrorStatus == CERT_TRUST_IS_UNTRUSTED_ROOT,
       "narrows the system's anchors and adds none");
    CertFreeCertificateChain(chain);
    CertFreeCertificateChainEngine(engine);
    config = (CERT_CHAIN_ENGINE_CONFIG){.cbSize = (DWORD)offsetof(CERT_CHAIN_ENGINE_CONFIG, hExclusiveRoot),
                                        .hExclusiveRoot = (HCERTSTORE)(uintptr_t)0x123};
    ok(CertCreateCertificateChainEngine(&config, &engine),
       "K39 an older and smaller structure is read no further");
    CertFreeCertificateChainEngine(engine);
    config.cbSize = sizeof config;
    ok(!CertCreateCertificateChainEngine(&config, &engine), "K39 a wild store in it");
    config = (CERT_CHAIN_ENGINE_CONFIG){.cbSize = 8};
    ok(!CertCreateCertificateChainEngine(&config, &engine) &&
           !CertCreateCertificateChainEngine(NULL, &engine),
       "K39 none");
    config = (CERT_CHAIN_ENGINE_CONFIG){.cbSize = sizeof config};
    ok(CertCreateCertificateChainEngine(&config, &engine), "K39 hExclusiveRoot NULL (mongod, aws-c-io)");
    CertFreeCertificateChainEngine(engine);
    CertCloseStore(root, 0);
    CertCloseStore(more, 0);
}

static void revocation(void)
{
    /* The list comes from a store; without being asked it is not looked at. */
    HCERTSTORE root = open_pki("root.pem"), lists = open_pki("intermediate.crl");
    HCERTCHAINENGINE engine = NULL;
    CERT_CHAIN_ENGINE_CONFIG config = {
        .cbSize = sizeof config, .hExclusiveRoot = root, .cAdditionalStore = 1, .rghAdditionalStore = &lists};
    ok(CertCreateCertificateChainEngine(&config, &engine), "D10 an engine with a revocation list");
    PCCERT_CHAIN_CONTEXT chain = chain_for("server-revoked-chain.pem", engine, NULL, 0);
    ok(chain && chain->TrustStatus.dwErrorStatus == 0, "D10 nobody asked");
    CertFreeCertificateChain(chain);
    chain = chain_for("server-revoked-chain.pem", engine, NULL, CERT_CHAIN_REVOCATION_CHECK_CHAIN);
    ok(chain && chain->TrustStatus.dwErrorStatus == CERT_TRUST_IS_REVOKED, "D10 asked: revoked");
    if (chain)
        is_status(policy_of(chain, L"localhost", 0, 0), CRYPT_E_REVOKED, "D10 and the policy says so");
    CertFreeCertificateChain(chain);
    chain = chain_for("server-rsa-chain.pem", engine, NULL, CERT_CHAIN_REVOCATION_CHECK_CHAIN);
    ok(chain && chain->TrustStatus.dwErrorStatus == 0,
       "D10 asked: another one of that list's issuer is good");
    CertFreeCertificateChain(chain);
    CertFreeCertificateChainEngine(engine);
    CertCloseStore(root, 0);
    CertCloseStore(lists, 0);
}

int main(void)
{
    statuses();
    hosts_and_flags();
    usages();
    engines();
    revocation();
    return tap_done();
}
