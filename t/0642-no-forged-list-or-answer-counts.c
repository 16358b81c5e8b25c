/* SPDX-License-Identifier: MIT
 *
 * Revocation lists and stapled answers as an attacker would make them (D10): what is not the issuer's own
 * word, or cannot be read as it was meant, does not say that a certificate is good; and nobody can take back
 * that one is revoked.  Everything runs with `revocation = require`, where what is unknown is refused. */
#include <config.h>

#include "core/cert/cert.h"

#include <schannel.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "t/cert-kit.h"
#include "t/forge.h"
#include "t/sandbox.h"

#define SERVER_AUTH "1.3.6.1.5.5.7.3.1"
#define GOOD        SSPI_WHY_NONE
#define REVOKED     SSPI_WHY_CERT_REVOKED
#define UNKNOWN     SSPI_WHY_CERT_NO_REVOCATION_CHECK
#define CA          "basicConstraints=critical,CA:TRUE"
#define SIGNS       "keyUsage=critical,keyCertSign,cRLSign"
#define STRANGE     "1.3.6.1.4.1.55555.2"

static const struct forge_spec usual[] = {
    {.id = "root", .serial = 70, .ext = {CA, SIGNS}},
    {.id = "ca", .by = "root", .serial = 71, .ext = {CA, SIGNS}},
    {.id = "leaf",
     .by = "ca",
     .serial = 72,
     .ext = {"subjectAltName=DNS:localhost", "extendedKeyUsage=serverAuth"}},
    {.id = "other", .by = "ca", .serial = 73, .ext = {"subjectAltName=DNS:other.test"}},
    /* the same name, another key; the same serial under another authority */
    {.id = "false ca", .subject = "/CN=ca", .serial = 74, .ext = {CA, SIGNS}},
    {.id = "far ca", .by = "root", .serial = 75, .ext = {CA, SIGNS}},
    {.id = "far leaf", .by = "far ca", .subject = "/CN=leaf", .serial = 72},
    {.id = "one of many", .by = "ca", .serial = 4242 * 256 + 72},
    /* who would speak for the authority */
    {.id = "clerk", .by = "ca", .serial = 80, .ext = {"extendedKeyUsage=OCSPSigning"}},
    {.id = "jack of all", .by = "ca", .serial = 81, .ext = {"extendedKeyUsage=anyExtendedKeyUsage"}},
    {.id = "plain", .by = "ca", .serial = 82},
    {.id = "late clerk",
     .by = "ca",
     .serial = 83,
     .from = -20,
     .until = -10,
     .ext = {"extendedKeyUsage=OCSPSigning"}},
    {.id = "root's clerk", .by = "root", .serial = 84, .ext = {"extendedKeyUsage=OCSPSigning"}},
    {.id = "own clerk", .serial = 85, .ext = {"extendedKeyUsage=OCSPSigning"}},
    {.id = "false clerk", .by = "false ca", .serial = 86, .ext = {"extendedKeyUsage=OCSPSigning"}},
    {.id = "old clerk", .by = "ca", .serial = 87, .md = "SHA1", .ext = {"extendedKeyUsage=OCSPSigning"}},
    {.id = "idle clerk",
     .by = "ca",
     .serial = 88,
     .ext = {"extendedKeyUsage=OCSPSigning", "keyUsage=keyAgreement"}},
    {.id = "odd clerk",
     .by = "ca",
     .serial = 89,
     .ext = {"extendedKeyUsage=OCSPSigning", STRANGE "=critical,DER:0500"}},
    {.id = "odd ca", .by = "root", .serial = 92, .ext = {CA, SIGNS, STRANGE "=critical,DER:0500"}},
    {.id = "odd leaf", .by = "odd ca", .serial = 93},
    {.id = "mute ca", .by = "root", .serial = 90, .ext = {CA, "keyUsage=critical,keyCertSign"}},
    {.id = "mute leaf",
     .by = "mute ca",
     .serial = 91,
     .ext = {"subjectAltName=DNS:localhost", "extendedKeyUsage=serverAuth"}},
};
enum { USUAL = sizeof usual / sizeof *usual };

static const struct list_row {
    const char *claim, *leaf;
    enum sspi_why why;
    struct forge_list list;
} lists[] = {
    {"the authority's list, and not on it", "leaf", GOOD, {.by = "ca"}},
    {"the authority's list, and on it", "leaf", REVOKED, {.by = "ca", .revoked = "leaf"}},
    {"another on it, whose serial ends alike", "leaf", GOOD, {.by = "ca", .revoked = "one of many"}},
    {"a list by its name, of another key", "leaf", UNKNOWN, {.by = "false ca"}},
    {"... and on it", "leaf", UNKNOWN, {.by = "false ca", .revoked = "leaf"}},
    {"a list of the authority above", "leaf", UNKNOWN, {.by = "root"}},
    {"... with its serial on it", "leaf", UNKNOWN, {.by = "root", .revoked = "leaf"}},
    {"a list of an authority that may sign none", "mute leaf", UNKNOWN, {.by = "mute ca"}},
    {"a list over SHA-1", "leaf", UNKNOWN, {.by = "ca", .md = "SHA1"}},
    {"a list that never ends", "leaf", UNKNOWN, {.by = "ca", .from = -1}},
    {"a list of yesterday", "leaf", UNKNOWN, {.by = "ca", .from = -9, .until = -1}},
    {"... and on it", "leaf", REVOKED, {.by = "ca", .revoked = "leaf", .from = -9, .until = -1}},
    {"a list of tomorrow", "leaf", UNKNOWN, {.by = "ca", .from = 1, .until = 9}},
    {"something critical in the list", "leaf", UNKNOWN, {.by = "ca", .ext = STRANGE}},
    {"something critical in an entry", "leaf", UNKNOWN, {.by = "ca", .entry = STRANGE}},
    {"... that is its own", "leaf", REVOKED, {.by = "ca", .revoked = "leaf", .entry = STRANGE}},
};

static const struct answer_row {
    const char *claim;
    enum sspi_why why;
    struct forge_answer answer;
} answers[] = {
#define SAYS(...)                                                                                            \
    {                                                                                                        \
        .about = "leaf", .of = "ca", __VA_ARGS__                                                             \
    }
    {"the authority's answer", GOOD, SAYS(.by = "ca")},
    {"its clerk's", GOOD, SAYS(.by = "clerk", .shown = "clerk")},
    {"a clerk's who does not show himself", UNKNOWN, SAYS(.by = "clerk")},
    {"one who is certified for anything", UNKNOWN, SAYS(.by = "jack of all", .shown = "jack of all")},
    {"one who is certified for nothing", UNKNOWN, SAYS(.by = "plain", .shown = "plain")},
    {"a server's own", UNKNOWN, SAYS(.by = "leaf", .shown = "leaf")},
    {"a clerk's whose time is over", UNKNOWN, SAYS(.by = "late clerk", .shown = "late clerk")},
    {"a clerk's of the authority above", UNKNOWN, SAYS(.by = "root's clerk", .shown = "root's clerk")},
    {"the authority's above", UNKNOWN, SAYS(.by = "root", .shown = "root")},
    {"a clerk's by his own word", UNKNOWN, SAYS(.by = "own clerk", .shown = "own clerk")},
    {"a clerk's of one by the same name", UNKNOWN, SAYS(.by = "false clerk", .shown = "false clerk")},
    {"one by the same name", UNKNOWN, SAYS(.by = "false ca", .shown = "false ca")},
    {"a clerk's by a signature over SHA-1", UNKNOWN, SAYS(.by = "old clerk", .shown = "old clerk")},
    {"a clerk's whose key may not sign", UNKNOWN, SAYS(.by = "idle clerk", .shown = "idle clerk")},
    {"a clerk's with something critical", UNKNOWN, SAYS(.by = "odd clerk", .shown = "odd clerk")},
    {"an answer over SHA-1", UNKNOWN, SAYS(.by = "ca", .md = "SHA1")},
    {"about another", UNKNOWN, {.about = "other", .of = "ca", .by = "ca"}},
    {"about the same serial elsewhere", UNKNOWN, {.about = "far leaf", .of = "far ca", .by = "ca"}},
    {"about the same serial, as another authority's",
     UNKNOWN,
     {.about = "far leaf", .of = "far ca", .by = "far ca"}},
    {"of yesterday", UNKNOWN, SAYS(.by = "ca", .from = -9, .until = -1)},
    {"of tomorrow", UNKNOWN, SAYS(.by = "ca", .from = 1, .until = 9)},
    {"of last week, that never ends", UNKNOWN, SAYS(.by = "ca", .from = -7)},
    {"with something critical", UNKNOWN, SAYS(.by = "ca", .critical = 1)},
    {"that it does not know", UNKNOWN, SAYS(.by = "ca", .status = 2)},
    {"that somebody should try later", UNKNOWN, SAYS(.by = "ca", .try_later = 1)},
    {"that it is revoked", REVOKED, SAYS(.by = "ca", .status = 1)},
    {"that it was revoked long ago", REVOKED, SAYS(.by = "ca", .status = 1, .from = -9, .until = -1)},
    {"that it is revoked, by nobody", UNKNOWN, SAYS(.by = "plain", .shown = "plain", .status = 1)},
};

static struct sspi_bytes made(const char *id)
{
    struct forged f = forge_make(usual, USUAL, id);
    return (struct sspi_bytes){f.der, f.len};
}

static void judge(const struct provider *p, const char *leaf, const struct forged *list,
                  const struct forged *staple, enum sspi_why why, const char *claim)
{
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    struct sspi_bytes root = made("root"),
                      cert[2] = {made(leaf), made(strcmp(leaf, "mute leaf") ? "ca" : "mute ca")};
    struct cert_anchors *anchors = NULL;
    struct sspi_verdict verdict = {SSPI_WHY_INTERNAL, 99};
    struct sspi_chain chain = {.size = sizeof chain, .count = 2, .cert = cert};
    struct cert_judgement want = {.server_name = "localhost",
                                  .usage_oid = SERVER_AUTH,
                                  .time = (int64_t)time(NULL),
                                  .flags = SCH_CRED_REVOCATION_CHECK_END_CERT};
    CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, root.ptr, (DWORD)root.len,
                                     CERT_STORE_ADD_ALWAYS, NULL);
    PCCRL_CONTEXT crl = list ? CertCreateCRLContext(X509_ASN_ENCODING, list->der, (DWORD)list->len) : NULL;
    if (crl)
        CertAddCRLContextToStore(store, crl, CERT_STORE_ADD_ALWAYS, NULL);
    if (staple)
        chain.staple = (struct sspi_bytes){staple->der, staple->len};
    if (cert_anchors_of_store(store, &anchors) == SEC_E_OK) {
        want.anchors = anchors;
        cert_judge(p, &chain, &want, &verdict);
    }
    if (!ok(verdict.why == why && (crl || !list), "D10 %s: %s", p->name, claim))
        diag("got why %d, wanted %d", (int)verdict.why, (int)why);
    cert_anchors_release(anchors);
    CertFreeCRLContext(crl);
    CertCloseStore(store, 0);
    free((void *)(uintptr_t)root.ptr);
    free((void *)(uintptr_t)cert[0].ptr);
    free((void *)(uintptr_t)cert[1].ptr);
}

static void each(const struct provider *p)
{
    char claim[160];
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct forged list = forge_list(usual, USUAL, &lists[i].list);
        judge(p, lists[i].leaf, &list, NULL, lists[i].why, lists[i].claim);
        free(list.der);
    }
    struct forged revoking = forge_list(usual, USUAL, &(struct forge_list){.by = "ca", .revoked = "leaf"});
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct forged answer = forge_answer(usual, USUAL, &answers[i].answer);
        snprintf(claim, sizeof claim, "an answer: %s", answers[i].claim);
        judge(p, "leaf", NULL, &answer, answers[i].why, claim);
        snprintf(claim, sizeof claim, "an answer: %s; beside a list that revokes", answers[i].claim);
        judge(p, "leaf", &revoking, &answer, REVOKED, claim);
        free(answer.der);
    }
    free(revoking.der);
}

/* A library may balk at what is critical and unknown, and a policy pass over it: that the certificate is
 * revoked is found all the same.  The configured provider judges, so each has a process of its own. */
static void beside_another_fault(const char *provider)
{
    static const struct forge_list by_ca = {.by = "odd ca", .revoked = "odd leaf"};
    struct forged list = forge_list(usual, USUAL, &by_ca);
    HCERTSTORE roots = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    HCERTSTORE more = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    struct sspi_bytes root = made("root"), ca = made("odd ca"), odd = made("odd leaf");
    CertAddEncodedCertificateToStore(roots, X509_ASN_ENCODING, root.ptr, (DWORD)root.len,
                                     CERT_STORE_ADD_ALWAYS, NULL);
    CertAddEncodedCertificateToStore(more, X509_ASN_ENCODING, ca.ptr, (DWORD)ca.len, CERT_STORE_ADD_ALWAYS,
                                     NULL);
    PCCRL_CONTEXT crl = CertCreateCRLContext(X509_ASN_ENCODING, list.der, (DWORD)list.len);
    CertAddCRLContextToStore(more, crl, CERT_STORE_ADD_ALWAYS, NULL);
    PCCERT_CONTEXT leaf = CertCreateCertificateContext(X509_ASN_ENCODING, odd.ptr, (DWORD)odd.len);
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config, .hExclusiveRoot = roots};
    HCERTCHAINENGINE engine = NULL;
    PCCERT_CHAIN_CONTEXT chain = NULL;
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    setenv("OPENSSPI_PROVIDER", provider, 1);
    int found = CertCreateCertificateChainEngine(&config, &engine) &&
                CertGetCertificateChain(engine, leaf, NULL, more, &para, CERT_CHAIN_REVOCATION_CHECK_END_CERT,
                                        NULL, &chain) &&
                chain->TrustStatus.dwErrorStatus ==
                    (CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT | CERT_TRUST_IS_REVOKED);
    _exit(found ? 0 : 1);
}

static void beside_another_fault_apart(const char *provider)
{
    int status = -1;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        beside_another_fault(provider);
    waitpid(child, &status, 0);
    ok(status == 0, "D10 K38 %s: revoked, beside something critical that nobody knows", provider);
}

int main(void)
{
    char names[256], *state = NULL;
    const char *list = getenv("PROVIDERS"), *why = NULL;
    struct sandbox box;
    sandbox_make(&box);
    sandbox_write(&box, "conf/opensspi.conf", "[package Schannel]\nrevocation = require\nlog = none\n");
    setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
    snprintf(names, sizeof names, "%s", list ? list : "openssl");
    char copy[256], *save = NULL;
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save))
        beside_another_fault_apart(name); /* before anything is read that is read once */
    for (char *name = strtok_r(names, " ", &state); name; name = strtok_r(NULL, " ", &state)) {
        const struct provider *p = provider_load(name, &why);
        if (p && p->api.caps & SSPI_CAP_SIGNATURE)
            each(p);
        else
            skip(why ? why : "its signature_check is not there", "D10 %s: forged lists", name);
    }
    sandbox_remove(&box);
    return tap_done();
}
