/* SPDX-License-Identifier: MIT
 *
 * Chains as an attacker would make them, who has a certificate or an authority of his own under a trusted
 * one: cert_judge refuses each with its reason, whichever provider checks the signatures (K38, D16).  What
 * looks odd and is right is here too, so that nothing is refused for the wrong reason. */
#include <config.h>

#include "core/cert/cert.h"
#include "core/cert/store.h"

#include <time.h>

#include "t/cert-kit.h"
#include "t/forge.h"

#define SERVER_AUTH "1.3.6.1.5.5.7.3.1"
#define GOOD        SSPI_WHY_NONE
#define OTHER       SSPI_WHY_CERT_OTHER
#define UNTRUSTED   SSPI_WHY_CERT_UNTRUSTED
#define EXPIRED     SSPI_WHY_CERT_EXPIRED
#define USAGE       SSPI_WHY_CERT_USAGE
#define NAME        SSPI_WHY_CERT_NAME

#define CA        "basicConstraints=critical,CA:TRUE"
#define SIGNS     "keyUsage=critical,keyCertSign,cRLSign"
#define LOCAL     "subjectAltName=DNS:localhost"
#define FOR_HOSTS "extendedKeyUsage=serverAuth"
#define LEAF(...)                                                                                            \
    {                                                                                                        \
        .id = "leaf", .by = "ca", __VA_ARGS__                                                                \
    }
#define LAST(issuer)                                                                                         \
    {                                                                                                        \
        .id = "leaf", .by = issuer, .ext = { LOCAL, FOR_HOSTS }                                              \
    }
#define NAMED(san)    LEAF(.ext = {san, FOR_HOSTS})
#define UNNAMED(name) LEAF(.subject = name, .ext = {FOR_HOSTS})
#define SUB(...)                                                                                             \
    {                                                                                                        \
        .id = "ca", .by = "root", __VA_ARGS__                                                                \
    }
#define HELD(...) SUB(.ext = {CA, SIGNS, __VA_ARGS__})

/* What a row does not say is as it should be. */
static const struct forge_spec usual[] = {
    {.id = "root", .ext = {CA, SIGNS}},
    {.id = "ca", .by = "root", .ext = {CA, SIGNS}},
    {.id = "leaf", .by = "ca", .ext = {LOCAL, FOR_HOSTS, "keyUsage=critical,digitalSignature"}},
};

static const struct row {
    const char *claim, *host;
    enum sspi_why why;
    uint8_t alert;
    struct forge_spec spec[6];
    const char *shown, *anchors; /* NULL: "leaf ca"; "root" */
} rows[] = {
    {"as it should be", "localhost", GOOD, 0, {{.id = NULL}}, NULL, NULL},
    /* clang-format off */
    /* ---- names (RFC 6125) ---- */
    {"a wildcard in the second label", "www.a.test", NAME, 42, {NAMED("subjectAltName=DNS:www.*.test")}, NULL, NULL},
    {"a wildcard that is part of a label", "www.a.test", NAME, 42, {NAMED("subjectAltName=DNS:w*.a.test")}, NULL, NULL},
    {"a wildcard over a whole domain", "a.test", NAME, 42, {NAMED("subjectAltName=DNS:*.test")}, NULL, NULL},
    {"a wildcard alone", "localhost", NAME, 42, {NAMED("subjectAltName=DNS:*")}, NULL, NULL},
    {"two wildcards", "a.b.example.test", NAME, 42, {NAMED("subjectAltName=DNS:*.*.example.test")}, NULL, NULL},
    {"a wildcard for an empty label", ".a.test", NAME, 42, {NAMED("subjectAltName=DNS:*.a.test")}, NULL, NULL},
    {"a wildcard for the domain itself", "a.test", NAME, 42, {NAMED("subjectAltName=DNS:*.a.test")}, NULL, NULL},
    {"a wildcard in an address", "127.0.0.1", NAME, 42, {NAMED("subjectAltName=DNS:*.0.0.1")}, NULL, NULL},
    {"a wildcard in an address with a dot behind it", "127.0.0.1.", NAME, 42,
     {NAMED("subjectAltName=DNS:*.0.0.1")}, NULL, NULL},
    {"an address as a CN", "127.0.0.1", NAME, 42, {UNNAMED("/CN=127.0.0.1")}, NULL, NULL},
    {"an address as a CN, a dot behind it", "127.0.0.1.", NAME, 42, {UNNAMED("/CN=127.0.0.1")}, NULL, NULL},
    {"an address as a DNS name", "127.0.0.1", NAME, 42, {NAMED("subjectAltName=DNS:127.0.0.1")}, NULL, NULL},
    {"an address of the other family that means the same", "127.0.0.1", NAME, 42,
     {NAMED("subjectAltName=IP:::ffff:127.0.0.1")}, NULL, NULL},
    {"an address of five octets", "127.0.0.1", NAME, 42, {NAMED("subjectAltName=DER:300787057f00000100")}, NULL, NULL},
    {"a NUL in a DNS name", "localhost", NAME, 42,
     {NAMED("subjectAltName=DER:3010820e6c6f63616c686f7374002e746573")}, NULL, NULL},
    {"a NUL in a CN", "localhost", NAME, 42, {UNNAMED("hex:30183116301406035504030c0d6c6f63616c686f7374002e7465")}, NULL, NULL},
    {"a CN of two-octet characters", "localhost", NAME, 42,
     {UNNAMED("hex:301d311b301906035504031e12006c006f00630061006c0068006f00730074")}, NULL, NULL},
    {"the first of two CNs", "localhost", NAME, 42, {UNNAMED("/CN=localhost/CN=evil.test")}, NULL, NULL},
    {"the last of two CNs", "localhost", GOOD, 0, {UNNAMED("/CN=evil.test/CN=localhost")}, NULL, NULL},
    {"a CN beside an address", "localhost", NAME, 42,
     {LEAF(.subject = "/CN=localhost", .ext = {"subjectAltName=IP:192.0.2.1", FOR_HOSTS})}, NULL, NULL},
    {"a CN beside another name", "localhost", NAME, 42,
     {LEAF(.subject = "/CN=localhost", .ext = {"subjectAltName=DNS:evil.test", FOR_HOSTS})}, NULL, NULL},
    {"a CN beside a mailbox", "localhost", GOOD, 0,
     {LEAF(.subject = "/CN=localhost", .ext = {"subjectAltName=email:a@evil.test", FOR_HOSTS})}, NULL, NULL},
    {"an empty list of names beside a CN", "localhost", OTHER, 42,
     {LEAF(.subject = "/CN=localhost", .ext = {"subjectAltName=DER:3000", FOR_HOSTS})}, NULL, NULL},
    {"an A-label", "xn--bcher-kva.test", GOOD, 0, {NAMED("subjectAltName=DNS:xn--bcher-kva.test")}, NULL, NULL},
    {"a U-label for an A-label", "b\303\274cher.test", NAME, 42, {NAMED("subjectAltName=DNS:xn--bcher-kva.test")}, NULL, NULL},
    {"a name longer than the host", "localhost", NAME, 42, {NAMED("subjectAltName=DNS:localhost.evil.test")}, NULL, NULL},
    {"a name that ends like the host", "localhost", NAME, 42, {NAMED("subjectAltName=DNS:evillocalhost")}, NULL, NULL},
    {"a host's name as a URI", "localhost", NAME, 42, {NAMED("subjectAltName=URI:https://localhost/")}, NULL, NULL},
    {"a host's name as a mailbox", "localhost", NAME, 42, {NAMED("subjectAltName=email:localhost")}, NULL, NULL},

    /* ---- what it is meant for ---- */
    {"any use", "localhost", GOOD, 0, {LEAF(.ext = {LOCAL, "extendedKeyUsage=anyExtendedKeyUsage"})}, NULL, NULL},
    {"only the signing of OCSP answers", "localhost", USAGE, 43,
     {LEAF(.ext = {LOCAL, "extendedKeyUsage=OCSPSigning"})}, NULL, NULL},
    {"no use at all", "localhost", OTHER, 42, {LEAF(.ext = {LOCAL, "extendedKeyUsage=DER:3000"})}, NULL, NULL},
    {"a key that may only sign lists", "localhost", USAGE, 43,
     {LEAF(.ext = {LOCAL, FOR_HOSTS, "keyUsage=critical,cRLSign"})}, NULL, NULL},
    {"an authority for code", "localhost", USAGE, 43, {HELD("extendedKeyUsage=codeSigning")}, NULL, NULL},
    {"an authority for any use", "localhost", GOOD, 0, {HELD("extendedKeyUsage=anyExtendedKeyUsage")}, NULL, NULL},
    {"an anchor for code", "localhost", USAGE, 43,
     {{.id = "root", .ext = {CA, SIGNS, "extendedKeyUsage=codeSigning"}}}, NULL, NULL},
    {"an anchor for servers", "localhost", GOOD, 0,
     {{.id = "root", .ext = {CA, SIGNS, "extendedKeyUsage=serverAuth"}}}, NULL, NULL},

    /* ---- authorities that are none ---- */
    {"a leaf that issues", "localhost", OTHER, 42, {SUB(.ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"a leaf that issues, CA:FALSE", "localhost", OTHER, 42,
     {SUB(.ext = {"basicConstraints=critical,CA:FALSE", SIGNS})}, NULL, NULL},
    {"an authority that may not sign certificates", "localhost", USAGE, 43,
     {SUB(.ext = {CA, "keyUsage=critical,cRLSign"})}, NULL, NULL},
    {"an authority of version 1", "localhost", OTHER, 42, {SUB(.version = 1)}, NULL, NULL},
    {"an authority of version 1 with extensions", "localhost", UNTRUSTED, 48,
     {SUB(.version = 1, .ext = {CA, SIGNS})}, NULL, NULL},
    {"an anchor of version 1", "localhost", GOOD, 0, {{.id = "root", .version = 1}}, NULL, NULL},
    {"an anchor that says it is no authority", "localhost", OTHER, 42,
     {{.id = "root", .ext = {"basicConstraints=CA:FALSE"}}}, NULL, NULL},
    {"TRUE as no DER has it", "localhost", UNTRUSTED, 48,
     {SUB(.ext = {"basicConstraints=critical,DER:3003010101", SIGNS})}, NULL, NULL},
    {"a path length below zero", "localhost", UNTRUSTED, 48,
     {SUB(.ext = {"basicConstraints=critical,DER:30060101ff0201ff", SIGNS})}, NULL, NULL},
    {"a path length that wraps around", "localhost", UNTRUSTED, 48,
     {SUB(.ext = {"basicConstraints=critical,DER:300a0101ff0205ffffffffff", SIGNS})}, NULL, NULL},
    {"a longer path than the anchor allows", "localhost", OTHER, 42,
     {{.id = "root", .ext = {"basicConstraints=critical,CA:TRUE,pathlen:0", SIGNS}}}, NULL, NULL},
    {"a longer path, one of them by itself", "localhost", OTHER, 42,
     {{.id = "root", .ext = {"basicConstraints=critical,CA:TRUE,pathlen:1", SIGNS}},
     {.id = "two", .by = "one", .ext = {CA, SIGNS}}, {.id = "one", .by = "root", .ext = {CA, SIGNS}},
     LAST("two")}, "leaf two one", NULL},
    {"an anchor's name without its key", "localhost", OTHER, 42,
     {{.id = "false", .subject = "/CN=root", .ext = {CA, SIGNS}},
     {.id = "ca", .by = "false", .ext = {CA, SIGNS}}}, "leaf ca false", NULL},
    {"an anchor's name and another curve's generator", "localhost", OTHER, 42,
     {{.id = "false", .subject = "/CN=root", .key = "explicit", .ext = {CA, SIGNS}},
     {.id = "ca", .by = "false", .ext = {CA, SIGNS}}}, "leaf ca false", NULL},
    {"an authority with a curve of its own", "localhost", OTHER, 42, {SUB(.key = "explicit", .ext = {CA, SIGNS})}, NULL, NULL},
    {"an authority without a name", "localhost", OTHER, 42, {SUB(.subject = "hex:3000", .ext = {CA, SIGNS})}, NULL, NULL},

    /* ---- dates, and other ways round ---- */
    {"an authority that has expired", "localhost", EXPIRED, 45,
     {SUB(.from = -20, .until = -10, .ext = {CA, SIGNS})}, NULL, NULL},
    {"... and was issued anew", "localhost", GOOD, 0,
     {{.id = "old", .by = "root", .subject = "/CN=ca", .key_of = "ca", .from = -20, .until = -10, .ext = {CA, SIGNS}}},
     "leaf old ca", NULL},
    {"an anchor that has expired", "localhost", EXPIRED, 45,
     {{.id = "root", .from = -20, .until = -10, .ext = {CA, SIGNS}}}, NULL, NULL},
    {"the same key under a root that nobody trusts, first", "localhost", GOOD, 0,
     {{.id = "far", .ext = {CA, SIGNS}},
     {.id = "cross", .by = "far", .subject = "/CN=ca", .key_of = "ca", .ext = {CA, SIGNS}}}, "leaf cross far ca", NULL},
    {"authorities that issued one another", "localhost", UNTRUSTED, 48,
     {{.id = "one", .by = "two", .ext = {CA, SIGNS}}, {.id = "two", .by = "one", .ext = {CA, SIGNS}},
     {.id = "three", .by = "three", .subject = "/CN=one", .key_of = "one", .ext = {CA, SIGNS}},
     LAST("one")}, "leaf one two three", NULL},

    /* ---- signatures ---- */
    {"SHA-1 in the middle", "localhost", OTHER, 42, {SUB(.md = "SHA1", .ext = {CA, SIGNS})}, NULL, NULL},
    {"SHA-1 at the leaf", "localhost", OTHER, 42, {LEAF(.md = "SHA1", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"SHA-1 at the anchor, which nobody has to believe", "localhost", GOOD, 0,
     {{.id = "root", .md = "SHA1", .ext = {CA, SIGNS}}}, NULL, NULL},
    {"MD5 in the middle", "localhost", OTHER, 42,
     {{.id = "root", .key = "rsa", .ext = {CA, SIGNS}}, SUB(.md = "MD5", .ext = {CA, SIGNS})}, NULL, NULL},
    {"RIPEMD-160 in the middle", "localhost", OTHER, 42,
     {{.id = "root", .key = "rsa", .ext = {CA, SIGNS}}, SUB(.md = "RIPEMD160", .ext = {CA, SIGNS})}, NULL, NULL},
    {"RSA-PSS over SHA-256", "localhost", GOOD, 0,
     {SUB(.key = "rsa", .ext = {CA, SIGNS}), LEAF(.md = "pss-SHA256", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"RSA-PSS over SHA-1, which its parameters leave out", "localhost", OTHER, 42,
     {SUB(.key = "rsa", .ext = {CA, SIGNS}), LEAF(.md = "pss-SHA1", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"RSA-PSS over MD5", "localhost", OTHER, 42,
     {SUB(.key = "rsa", .ext = {CA, SIGNS}), LEAF(.md = "MD5", .twist = FORGE_PSS, .ext = {LOCAL, FOR_HOSTS})},
     NULL, NULL},
    {"RSA-PSS over SHA-1, without parameters", "localhost", OTHER, 42,
     {SUB(.key = "rsa", .ext = {CA, SIGNS}), LEAF(.md = "SHA1", .twist = FORGE_PSS_BARE, .ext = {LOCAL, FOR_HOSTS})},
     NULL, NULL},
    {"signed by ECDSA, says one under an RSA key", "localhost", OTHER, 42,
     {{.id = "root", .key = "rsa", .ext = {CA, SIGNS}},
      SUB(.twist = FORGE_UNTOLD, .md = "1.2.840.10045.4.3.2", .ext = {CA, SIGNS})}, NULL, NULL},
    {"signed by RSA, says a leaf under an ECDSA key", "localhost", OTHER, 42,
     {LEAF(.twist = FORGE_UNTOLD, .md = "1.2.840.113549.1.1.11", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"signed by a key of Edwards' curve, says one that is not", "localhost", OTHER, 42,
     {SUB(.twist = FORGE_UNTOLD, .md = "1.3.101.112", .ext = {CA, SIGNS})}, NULL, NULL},
    {"ECDSA over SHA-224", "localhost", GOOD, 0, {LEAF(.md = "SHA224", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"RSA over SHA-224", "localhost", GOOD, 0,
     {SUB(.key = "rsa", .ext = {CA, SIGNS}), LEAF(.md = "SHA224", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"one algorithm outside, another inside", "localhost", OTHER, 42,
     {LEAF(.twist = FORGE_OTHER_ALGORITHM, .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},

    /* ---- extensions ---- */
    {"names twice", "localhost", OTHER, 42, {LEAF(.ext = {LOCAL, "subjectAltName=DNS:evil.test", FOR_HOSTS})}, NULL, NULL},
    {"basicConstraints twice", "localhost", UNTRUSTED, 48, {SUB(.ext = {"basicConstraints=CA:FALSE", CA, SIGNS})}, NULL, NULL},
    {"something critical that nobody knows, at an authority", "localhost", OTHER, 43,
     {HELD("1.3.6.1.4.1.55555.1=critical,DER:0500")}, NULL, NULL},
    {"something critical that nobody knows, at the anchor", "localhost", OTHER, 43,
     {{.id = "root", .ext = {CA, SIGNS, "1.3.6.1.4.1.55555.1=critical,DER:0500"}}}, NULL, NULL},
    {"something that nobody knows and nobody must", "localhost", GOOD, 0, {HELD("1.3.6.1.4.1.55555.1=DER:0500")}, NULL, NULL},
    {"a policy that must be named", "localhost", OTHER, 43,
     {HELD("policyConstraints=critical,requireExplicitPolicy:0")}, NULL, NULL},
    {"a serial below zero", "localhost", GOOD, 0, {LEAF(.serial = -5, .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},

    /* ---- name constraints ---- */
    {"a CN outside", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,permitted;DNS:inside.test"), UNNAMED("/CN=localhost")}, NULL, NULL},
    {"a name outside, constrained by the anchor", "localhost", OTHER, 42,
     {{.id = "root", .ext = {CA, SIGNS, "nameConstraints=critical,permitted;DNS:inside.test"}}}, NULL, NULL},
    {"a wildcard over what is excluded", "www.a.test", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;DNS:www.a.test"), NAMED("subjectAltName=DNS:*.a.test")}, NULL, NULL},
    {"... with a dot behind it", "www.a.test", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;DNS:www.a.test"), NAMED("subjectAltName=DNS:*.a.test.")}, NULL, NULL},
    {"an excluded name with a dot of its own", "www.a.test", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;DNS:a.test."), NAMED("subjectAltName=DNS:www.a.test")}, NULL, NULL},
    {"an excluded name in capitals, a dot behind it", "www.a.test", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;DNS:a.test"), NAMED("subjectAltName=DNS:WWW.A.TEST.")}, NULL, NULL},
    {"an address outside", "127.0.0.1", OTHER, 42,
     {HELD("nameConstraints=critical,permitted;IP:192.0.2.0/255.255.255.0"), NAMED("subjectAltName=IP:127.0.0.1")},
     NULL, NULL},
    {"an excluded organisation", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,DER:3017a1153013a411300f310d300b060355040a0c0442616e6b"),
     LEAF(.subject = "/O=Bank/CN=x", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"... in another kind of text", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,DER:3017a1153013a411300f310d300b060355040a130442616e6b"),
     LEAF(.subject = "/O=Bank/CN=x", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"... in capitals", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,DER:3017a1153013a411300f310d300b060355040a130442616e6b"),
     LEAF(.subject = "/O=BANK/CN=x", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"... with more blanks", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,DER:301ca11a3018a416301431123010060355040a1309204269672042616e6b"),
     LEAF(.subject = "/O=big  bank /CN=x", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"another organisation", "localhost", GOOD, 0,
     {HELD("nameConstraints=critical,DER:3017a1153013a411300f310d300b060355040a0c0442616e6b"),
     LEAF(.subject = "/O=Bankers/CN=x", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"a permitted organisation in another kind of text", "localhost", GOOD, 0,
     {HELD("nameConstraints=critical,DER:3017a0153013a411300f310d300b060355040a130442616e6b"),
     LEAF(.subject = "/O=bank/CN=x", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"one that is not permitted", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,DER:3017a0153013a411300f310d300b060355040a130442616e6b"),
     LEAF(.subject = "/O=Bankers/CN=x", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"an excluded mailbox", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;email:a.test"),
     LEAF(.ext = {"subjectAltName=DNS:localhost,email:x@a.test", FOR_HOSTS})}, NULL, NULL},
    {"an excluded mailbox behind a quoted at", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;email:a.test"),
     LEAF(.ext = {"subjectAltName=DNS:localhost,email:'x@y'@a.test", FOR_HOSTS})}, NULL, NULL},
    {"an excluded mailbox, a dot behind it", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;email:a.test"),
     LEAF(.ext = {"subjectAltName=DNS:localhost,email:x@a.test.", FOR_HOSTS})}, NULL, NULL},
    {"an excluded URI", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;URI:a.test"),
     LEAF(.ext = {"subjectAltName=DNS:localhost,URI:https://a.test/", FOR_HOSTS})}, NULL, NULL},
    {"an excluded URI behind two ats", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;URI:a.test"),
     LEAF(.ext = {"subjectAltName=DNS:localhost,URI:https://x@y@a.test/", FOR_HOSTS})}, NULL, NULL},
    {"an excluded URI, a dot behind it", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;URI:a.test"),
     LEAF(.ext = {"subjectAltName=DNS:localhost,URI:https://a.test./", FOR_HOSTS})}, NULL, NULL},
    {"an excluded URI in percents", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;URI:a.test"),
     LEAF(.ext = {"subjectAltName=DNS:localhost,URI:https://%61.test/", FOR_HOSTS})}, NULL, NULL},
    {"an excluded kind that nobody compares", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,excluded;RID:1.2.3"),
     LEAF(.ext = {"subjectAltName=DNS:localhost,RID:1.2.3.4", FOR_HOSTS})}, NULL, NULL},
    {"a kind that is not constrained", "localhost", GOOD, 0,
     {HELD("nameConstraints=critical,permitted;DNS:localhost"),
     LEAF(.ext = {"subjectAltName=DNS:localhost,email:x@a.test", FOR_HOSTS})}, NULL, NULL},
    {"constraints that hold nothing", "localhost", UNTRUSTED, 48, {HELD("nameConstraints=critical,DER:3000")}, NULL, NULL},
    {"an excluded name beyond ASCII, in capitals", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,DER:3019a1173015a4133011310f300d060355040a0c06c3a4727a7465"),
     LEAF(.subject = "/O=\303\204RZTE/CN=x", .ext = {LOCAL, FOR_HOSTS})}, NULL, NULL},
    {"an excluded name in the list of names", "localhost", OTHER, 42,
     {HELD("nameConstraints=critical,DER:3015a1133011a40f300d310b3009060355040a13024261"),
     LEAF(.ext = {"subjectAltName=DER:301c82096c6f63616c686f7374a40f300d310b3009060355040a0c024261", FOR_HOSTS})},
     NULL, NULL},
    /* clang-format on */
};

static size_t complete(const struct row *row, struct forge_spec *out)
{
    size_t count = 0;
    for (; count < 6 && row->spec[count].id; count++)
        out[count] = row->spec[count];
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        int there = 0;
        for (size_t j = 0; j < count; j++)
            there |= !strcmp(out[j].id, usual[i].id);
        if (!there)
            out[count++] = usual[i];
    }
    return count;
}

struct made {
    struct sspi_bytes cert[FORGE_SPECS];
    unsigned count;
};

static void make(const struct forge_spec *specs, size_t count, const char *ids, struct made *out)
{
    char list[128], *save = NULL;
    snprintf(list, sizeof list, "%s", ids);
    out->count = 0;
    for (char *id = strtok_r(list, " ", &save); id && out->count < FORGE_SPECS;
         id = strtok_r(NULL, " ", &save)) {
        struct forged f = forge_make(specs, count, id);
        out->cert[out->count++] = (struct sspi_bytes){f.der, f.len};
    }
}

static void forget(struct made *m)
{
    for (unsigned i = 0; i < m->count; i++)
        free((void *)(uintptr_t)m->cert[i].ptr);
}

static void judge(const struct provider *p, const struct row *row, const struct made *shown,
                  const struct made *trusted)
{
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    struct cert_anchors *anchors = NULL;
    struct sspi_verdict verdict = {SSPI_WHY_INTERNAL, 99};
    struct sspi_chain chain = {.size = sizeof chain, .count = shown->count, .cert = shown->cert};
    struct cert_judgement want = {
        .server_name = row->host, .usage_oid = SERVER_AUTH, .time = (int64_t)time(NULL)};
    int result = -2;
    for (unsigned i = 0; i < trusted->count; i++)
        CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, trusted->cert[i].ptr,
                                         (DWORD)trusted->cert[i].len, CERT_STORE_ADD_ALWAYS, NULL);
    if (cert_anchors_of_store(store, &anchors) == SEC_E_OK) {
        want.anchors = anchors;
        result = cert_judge(p, &chain, &want, &verdict);
    }
    if (!ok(result == (row->why == GOOD ? 0 : -1) && verdict.why == row->why && verdict.alert == row->alert,
            "K38 D16 %s: %s: why %d, alert %d", p->name, row->claim, (int)row->why, row->alert))
        diag("got %d, why %d, alert %d", result, (int)verdict.why, verdict.alert);
    cert_anchors_release(anchors);
    CertCloseStore(store, 0);
}

/* The same certificates for each provider: what they disagree in shows. */
static void run(const struct row *row, const struct provider *const *providers, size_t provider_count)
{
    struct forge_spec specs[FORGE_SPECS];
    struct made shown, trusted;
    size_t count = complete(row, specs);
    make(specs, count, row->shown ? row->shown : "leaf ca", &shown);
    make(specs, count, row->anchors ? row->anchors : "root", &trusted);
    for (size_t i = 0; i < provider_count; i++)
        judge(providers[i], row, &shown, &trusted);
    forget(&shown);
    forget(&trusted);
}

int main(void)
{
    char names[256], *state = NULL;
    const char *list = getenv("PROVIDERS"), *why = NULL;
    const struct provider *providers[8];
    size_t count = 0;
    snprintf(names, sizeof names, "%s", list ? list : "openssl");
    for (char *name = strtok_r(names, " ", &state); name && count < 8; name = strtok_r(NULL, " ", &state)) {
        const struct provider *p = provider_load(name, &why);
        if (p && p->api.caps & SSPI_CAP_CHAIN)
            providers[count++] = p;
        else
            skip(why ? why : "its chain_check is not there", "K38 %s: forged chains", name);
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        run(&rows[i], providers, count);
    return tap_done();
}
