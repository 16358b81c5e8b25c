/* SPDX-License-Identifier: MIT
 *
 * ROOT as p11-kit's trust module tells it: anchors and the purposes, names and days they are good for, what
 * is distrusted, and the bundle where there is no such module (K38). */
#include <config.h>

#include "core/paths.h"

#include "t/pair.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sandbox box;
static const char *pki; /* folder */

/* ---- what the folder of trust holds ---- */

static void shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void shell(const char *fmt, ...)
{
    char command[2 * PATH_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    if (system(command) != 0) {
        printf("Bail out! %s\n", command);
        exit(99);
    }
}

static void clear(void)
{
    shell("rm -rf '%s/conf' '%s/trust' '%s/bundle'", box.root, box.root, box.root);
    sandbox_write(&box, "conf/opensspi.conf", "");
    sandbox_mkdir(&box, "trust/anchors");
    sandbox_mkdir(&box, "trust/blocklist");
    sandbox_mkdir(&box, "trust/blacklist"); /* as older versions call it */
}

static void copy(const char *to, const char *name)
{
    char from[600];
    snprintf(from, sizeof from, "%s/%s.pem", pki, name);
    sandbox_copy(&box, to, from);
}

static void anchor(void)
{
    copy("trust/anchors/root.pem", "root");
}

/* Of whoever owns the name: what openssl writes as -trustout p11-kit reads as an attached extension. */
static void anchor_for(const char *options)
{
    shell("openssl x509 -in '%s/root.pem' %s -trustout -out '%s/trust/anchors/root.pem'", pki, options,
          box.root);
}

static void email_only(void)
{
    anchor_for("-addtrust emailProtection");
}

static void clients_only(void)
{
    anchor_for("-addtrust clientAuth -addtrust emailProtection");
}

static void servers_only(void)
{
    anchor_for("-addtrust serverAuth");
}

/* An object of p11-kit's own: the lines, then PEM of the certificate or of its key. */
static void object(const char *file, const char *lines, const char *name, int key)
{
    shell("{ printf '[p11-kit-object-v1]\\n%s\\n'; openssl x509 -in '%s/%s.pem' %s; } >'%s/trust/%s.p11-kit'",
          lines, pki, name, key ? "-noout -pubkey" : "", box.root, file);
}

static void not_servers(void)
{
    anchor();
    object("reject",
           "class: x-certificate-extension\\nobject-id: 1.3.6.1.4.1.3319.6.10.1\\nvalue: "
           "\"%%30%%1a%%06%%0a%%2b%%06%%01%%04%%01%%99%%77%%06%%0a%%01%%04%%0c%%30%%0a%%06%%08%%2b%%06%%01%%"
           "05%%05%%07%%03%%01\"",
           "root", 1);
}

static void rejected(void) /* which p11-kit takes for distrust altogether */
{
    anchor_for("-addreject serverAuth");
}

static void blocked_by(const char *name)
{
    char to[200];
    anchor();
    snprintf(to, sizeof to, "trust/blocklist/%s.pem", name);
    copy(to, name);
    snprintf(to, sizeof to, "trust/blacklist/%s.pem", name);
    copy(to, name);
}

static void root_blocked(void)
{
    blocked_by("root");
}

static void intermediate_blocked(void)
{
    blocked_by("intermediate");
}

static void leaf_blocked(void)
{
    blocked_by("server-rsa");
}

static void percent(FILE *out, const char *name, const BYTE *octets, DWORD len)
{
    fprintf(out, "%s: \"", name);
    for (DWORD i = 0; i < len; i++)
        fprintf(out, "%%%02x", octets[i]);
    fprintf(out, "\"\n");
}

/* No certificate, just its issuer and number, as a list of stolen ones has them. */
static void number(const void *arg, FILE *out)
{
    BYTE serial[40] = {2};
    (void)arg;
    PCCERT_CONTEXT c = pair_certificate("server-rsa");
    const CERT_INFO *info = c->pCertInfo;
    serial[1] = (BYTE)info->SerialNumber.cbData;
    for (DWORD i = 0; i < serial[1]; i++) /* which Windows shows back to front */
        serial[2 + i] = info->SerialNumber.pbData[serial[1] - 1 - i];
    fprintf(out, "[p11-kit-object-v1]\nclass: certificate\ncertificate-type: x-509\nx-distrusted: true\n");
    percent(out, "issuer", info->Issuer.pbData, info->Issuer.cbData);
    percent(out, "serial-number", serial, serial[1] + 2u);
    CertFreeCertificateContext(c);
}

static void leaf_blocked_by_number(void)
{
    char text[2000];
    anchor();
    sandbox_run(&box, NULL, number, NULL, text, sizeof text, NULL, 0);
    sandbox_write(&box, "trust/number.p11-kit", text);
}

static void other_blocked(void)
{
    blocked_by("other-root");
}

static void day_gone(void)
{
    object("day", "trusted: true\\nnss-server-distrust-after: \"200101000000Z\"", "root", 0);
}

static void day_to_come(void)
{
    object("day", "trusted: true\\nnss-server-distrust-after: \"491231000000Z\"", "root", 0);
}

static void day_none(void)
{
    object("day", "trusted: true\\nnss-server-distrust-after: \"%%00\"", "root", 0);
}

static void day_odd(void)
{
    object("day", "trusted: true\\nnss-server-distrust-after: \"soon\"", "root", 0);
}

static void names_elsewhere(void) /* permitted: inside.test */
{
    anchor();
    object("names",
           "class: x-certificate-extension\\nobject-id: 2.5.29.30\\nvalue: "
           "\"%%30%%1a%%06%%03%%55%%1d%%1e%%04%%13%%30%%11%%a0%%0f%%30%%0d%%82%%0binside.test\"",
           "root", 1);
}

static void names_shared(void) /* excluded: inside.test */
{
    anchor();
    object("names",
           "class: x-certificate-extension\\nobject-id: 2.5.29.30\\nvalue: "
           "\"%%30%%1a%%06%%03%%55%%1d%%1e%%04%%13%%30%%11%%a1%%0f%%30%%0d%%82%%0binside.test\"",
           "root", 1);
}

static void strange_and_critical(void)
{
    anchor();
    object("odd",
           "class: x-certificate-extension\\nobject-id: 2.5.29.99\\nvalue: "
           "\"%%30%%0c%%06%%03%%55%%1d%%63%%01%%01%%ff%%04%%02%%05%%00\"",
           "root", 1);
}

static void no_ca(void)
{
    anchor();
    object("ca",
           "class: x-certificate-extension\\nobject-id: 2.5.29.19\\nvalue: "
           "\"%%30%%09%%06%%03%%55%%1d%%13%%04%%02%%30%%00\"",
           "root", 1);
}

static void broken_file(void)
{
    anchor();
    sandbox_write(&box, "trust/anchors/broken.pem", "-----BEGIN CERTIFICATE-----\nMIIC\n");
    sandbox_write(&box, "trust/broken.p11-kit", "[p11-kit-object-v1]\ntrusted: perhaps\n");
}

static void disallowed(const char *name)
{
    anchor();
    copy("conf/stores/disallowed/one.pem", name);
}

static void leaf_disallowed(void)
{
    disallowed("server-rsa");
}

static void root_disallowed(void)
{
    disallowed("root");
}

/* What the administrator adds is not held to what the distribution says about it... */
static void added_beside_limits(void)
{
    clients_only();
    copy("conf/stores/root/root.pem", "root");
}

/* ... but what is distrusted stays so. */
static void added_and_blocked(void)
{
    root_blocked();
    copy("conf/stores/root/root.pem", "root");
}

static void nothing(void)
{
}

/* ---- the questions ---- */

#define DISTRUST CERT_TRUST_IS_EXPLICIT_DISTRUST
#define USAGE    CERT_TRUST_IS_NOT_VALID_FOR_USAGE
#define PARTIAL  CERT_TRUST_IS_PARTIAL_CHAIN
#define NAMES    CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT

static const struct row {
    const char *what;
    void (*make)(void);
    DWORD chain, any;       /* asked for serverAuth; for nothing */
    SECURITY_STATUS status; /* of the client's handshake */
    uint8_t alert;
    SECURITY_STATUS server; /* of a server's that asks for a client's */
    DWORD policy;           /* HRESULT of the SSL policy for serverAuth */
} rows[] = {
    {"an anchor", anchor, 0, 0, SEC_E_OK, 0, SEC_E_OK, 0},
    {"none", nothing, PARTIAL, PARTIAL, SEC_E_UNTRUSTED_ROOT, 48, SEC_E_UNTRUSTED_ROOT,
     (DWORD)CERT_E_CHAINING},
    {"an anchor for e-mail alone", email_only, PARTIAL, PARTIAL, SEC_E_UNTRUSTED_ROOT, 48,
     SEC_E_UNTRUSTED_ROOT, (DWORD)CERT_E_CHAINING},
    {"an anchor for clients", clients_only, USAGE, USAGE, SEC_E_CERT_WRONG_USAGE, 43, SEC_E_OK,
     (DWORD)CERT_E_WRONG_USAGE},
    {"an anchor for servers", servers_only, 0, 0, SEC_E_OK, 0, SEC_E_CERT_WRONG_USAGE, 0},
    {"an anchor not for servers", not_servers, USAGE, USAGE, SEC_E_CERT_WRONG_USAGE, 43, SEC_E_OK,
     (DWORD)CERT_E_WRONG_USAGE},
    {"a rejected root", rejected, PARTIAL, PARTIAL, SEC_E_UNTRUSTED_ROOT, 48, SEC_E_UNTRUSTED_ROOT,
     (DWORD)CERT_E_CHAINING},
    {"its root blocked", root_blocked, PARTIAL, PARTIAL, SEC_E_UNTRUSTED_ROOT, 48, SEC_E_UNTRUSTED_ROOT,
     (DWORD)CERT_E_CHAINING},
    {"its intermediate blocked", intermediate_blocked, DISTRUST, DISTRUST, SEC_E_CERT_UNKNOWN, 46,
     SEC_E_CERT_UNKNOWN, (DWORD)TRUST_E_EXPLICIT_DISTRUST},
    {"itself blocked", leaf_blocked, DISTRUST, DISTRUST, SEC_E_CERT_UNKNOWN, 46, SEC_E_OK,
     (DWORD)TRUST_E_EXPLICIT_DISTRUST},
    {"itself blocked by number", leaf_blocked_by_number, DISTRUST, DISTRUST, SEC_E_CERT_UNKNOWN, 46, SEC_E_OK,
     (DWORD)TRUST_E_EXPLICIT_DISTRUST},
    {"another blocked", other_blocked, 0, 0, SEC_E_OK, 0, SEC_E_OK, 0},
    {"an anchor whose day has come", day_gone, DISTRUST, DISTRUST, SEC_E_CERT_UNKNOWN, 46, SEC_E_OK,
     (DWORD)TRUST_E_EXPLICIT_DISTRUST},
    {"an anchor whose day is to come", day_to_come, 0, 0, SEC_E_OK, 0, SEC_E_OK, 0},
    {"an anchor without a day", day_none, 0, 0, SEC_E_OK, 0, SEC_E_OK, 0},
    {"an anchor whose day cannot be read", day_odd, DISTRUST, DISTRUST, SEC_E_CERT_UNKNOWN, 46, SEC_E_OK,
     (DWORD)TRUST_E_EXPLICIT_DISTRUST},
    {"an anchor for other names", names_elsewhere, NAMES, NAMES, SEC_E_CERT_UNKNOWN, 42, SEC_E_OK,
     (DWORD)CERT_E_INVALID_NAME},
    {"an anchor for all names but one", names_shared, 0, 0, SEC_E_OK, 0, SEC_E_OK, 0},
    {"a critical extension attached", strange_and_critical, PARTIAL, PARTIAL, SEC_E_UNTRUSTED_ROOT, 48,
     SEC_E_UNTRUSTED_ROOT, (DWORD)CERT_E_CHAINING},
    {"no CA, as is attached", no_ca, PARTIAL, PARTIAL, SEC_E_UNTRUSTED_ROOT, 48, SEC_E_UNTRUSTED_ROOT,
     (DWORD)CERT_E_CHAINING},
    {"an anchor beside a damaged file", broken_file, 0, 0, SEC_E_OK, 0, SEC_E_OK, 0},
    {"itself in the store Disallowed", leaf_disallowed, DISTRUST, DISTRUST, SEC_E_CERT_UNKNOWN, 46, SEC_E_OK,
     (DWORD)TRUST_E_EXPLICIT_DISTRUST},
    {"its root in the store Disallowed", root_disallowed, DISTRUST, DISTRUST, SEC_E_CERT_UNKNOWN, 46,
     SEC_E_CERT_UNKNOWN, (DWORD)TRUST_E_EXPLICIT_DISTRUST},
    {"an anchor for clients that the administrator adds", added_beside_limits, 0, 0, SEC_E_OK, 0, SEC_E_OK,
     0},
    {"a blocked root that the administrator adds", added_and_blocked, PARTIAL, PARTIAL, SEC_E_UNTRUSTED_ROOT,
     48, SEC_E_UNTRUSTED_ROOT, (DWORD)CERT_E_CHAINING},
};

static void asked(int usage, HCERTCHAINENGINE engine, FILE *out)
{
    static const char *oid = "1.3.6.1.5.5.7.3.1";
    PCCERT_CONTEXT leaf = pair_certificate("server-rsa");
    PCCERT_CHAIN_CONTEXT chain = NULL;
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    CERT_CHAIN_POLICY_PARA policy = {.cbSize = sizeof policy};
    CERT_CHAIN_POLICY_STATUS status = {.cbSize = sizeof status};
    DWORD errors = 0xffffffff;
    if (usage) {
        para.RequestedUsage.Usage.cUsageIdentifier = 1;
        para.RequestedUsage.Usage.rgpszUsageIdentifier = (LPSTR *)(uintptr_t)&oid;
    }
    if (leaf && CertGetCertificateChain(engine, leaf, NULL, leaf->hCertStore, &para, 0, NULL, &chain)) {
        errors = chain->TrustStatus.dwErrorStatus;
        CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, chain, &policy, &status);
    }
    fprintf(out, "%x %x ", (unsigned)errors, (unsigned)status.dwError);
    CertFreeCertificateChain(chain);
    CertFreeCertificateContext(leaf);
}

struct way {
    const char *provider;
    int tls;
};

static void handshakes(const void *arg, FILE *out)
{
    const struct way *way = arg;
    struct pair pair;
    struct pair_options client = {.provider = way->provider, .tls = way->tls, .validate = 1},
                        server = {.provider = way->provider,
                                  .tls = way->tls,
                                  .client_cert = "client-ecdsa",
                                  .server_request = ASC_REQ_MUTUAL_AUTH,
                                  .server_flags = SCH_CRED_AUTO_CRED_VALIDATION};
    asked(1, NULL, out);
    asked(0, NULL, out);
    SECURITY_STATUS status = pair_open(&pair, &client) ? pair_handshake(&pair) : SEC_E_NO_CREDENTIALS;
    fprintf(out, "%x %u ", (unsigned)status, pair.client.alert[1]);
    pair_close(&pair);
    status = pair_open(&pair, &server) ? pair_handshake(&pair) : SEC_E_NO_CREDENTIALS;
    fprintf(out, "%x ", (unsigned)(status == SEC_E_OK ? status : pair.server.status));
    pair_close(&pair);
}

static void run(void (*f)(const void *, FILE *), const void *arg, const char *more, char *text, size_t size,
                char *errors, size_t errors_size)
{
    static char variable[5][PATH_MAX + 40];
    const char *environment[7] = {NULL};
    snprintf(variable[0], sizeof variable[0], "OPENSSPI_PROVIDERDIR=%s", getenv("OPENSSPI_PROVIDERDIR"));
    snprintf(variable[1], sizeof variable[1], "OPENSSPI_MANIFESTDIR=%s", getenv("OPENSSPI_MANIFESTDIR"));
    snprintf(variable[2], sizeof variable[2], "OPENSSPI_TRUSTDIR=%s/trust", box.root);
    snprintf(variable[3], sizeof variable[3], "OPENSSPI_BUNDLE=%s/bundle", box.root);
    snprintf(variable[4], sizeof variable[4], "OPENSSPI_LOG=cert+info");
    for (int i = 0; i < 5; i++)
        environment[i] = variable[i];
    environment[5] = more;
    sandbox_run(&box, environment, f, arg, text, size, errors, errors_size);
}

static const struct row *row;

static void each(const char *provider, int tls)
{
    struct way way = {provider, tls};
    char text[300], errors[8000];
    unsigned chain = 1, policy = 1, any = 1, any_policy = 1, status = 1, alert = 0, server = 1;
    run(handshakes, &way, NULL, text, sizeof text, errors, sizeof errors);
    ok(sscanf(text, "%x %x %x %x %x %u %x", &chain, &policy, &any, &any_policy, &status, &alert, &server) ==
           7,
       "%s tls%d, %s: asked", provider, tls, row->what);
    is_status(chain, row->chain, "K38 %s tls%d, %s: the chain for serverAuth", provider, tls, row->what);
    is_status(any, row->any, "K38 %s tls%d, %s: the chain for nothing special", provider, tls, row->what);
    is_status(policy, row->policy, "K39 %s tls%d, %s: its policy", provider, tls, row->what);
    is_status(status, row->status, "K38 D16 %s tls%d, %s: a client's handshake", provider, tls, row->what);
    if (row->alert)
        is_int(alert, row->alert, "K38 %s tls%d, %s: its alert", provider, tls, row->what);
    is_status(server, row->server, "K38 D16 %s tls%d, %s: a server's handshake", provider, tls, row->what);
    if (tap_failed)
        diag("%s%.3000s", text, errors);
}

/* ---- where it is read from ---- */

static void count_root(const void *arg, FILE *out)
{
    unsigned count = 0;
    (void)arg;
    HCERTSTORE root = CertOpenStore(CERT_STORE_PROV_SYSTEM_A, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, "ROOT");
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(root, c)) != NULL;)
        count++;
    fprintf(out, "%u", count);
    CertCloseStore(root, 0);
}

static void counted(const char *more, const char *want, const char *words, const char *what)
{
    char text[40], errors[8000];
    run(count_root, NULL, more, text, sizeof text, errors, sizeof errors);
    is_str(text, want, "K38 %s: the anchors are counted", what);
    if (!ok(strstr(errors, words) != NULL, "K38 %s: the log says so", what))
        diag("%.2000s", errors);
}

static void sources(void)
{
    char more[PATH_MAX + 40];
    clear();
    anchor();
    copy("bundle", "anchors"); /* two of them */
    counted(NULL, "1", "1 of the distribution (p11-kit)", "p11-kit goes before the bundle");
    counted("OPENSSPI_TRUSTMODULE=/nonexistent/p11-kit-trust.so", "2", "2 of the distribution (",
            "no trust module");
    snprintf(more, sizeof more, "OPENSSPI_TRUSTMODULE=%s/trust.so", box.root);
    sandbox_write(&box, "trust.so", "no module\n");
    counted(more, "2", "the CA bundle is read instead", "a trust module that is none");
    shell("cp /proc/self/exe '%s/trust.so'", box.root);
    counted(more, "2", "the CA bundle is read instead", "a program instead of a trust module");
    shell("cp -L '%s/openssl.so' '%s/trust.so'", getenv("OPENSSPI_PROVIDERDIR"), box.root);
    counted(more, "2", "the CA bundle is read instead", "a library that is no PKCS#11 module");
    sandbox_chmod(&box, "trust.so", 0777);
    counted(more, "2", "chmod", "a trust module that others may write");
    clear();
    copy("bundle", "anchors");
    counted(NULL, "2", "2 of the distribution (", "p11-kit that knows no anchor");
    clear();
    root_blocked();
    copy("trust/anchors/other.pem", "other-root");
    counted(NULL, "1", "1 of them distrusted", "what is blocked is not shown in ROOT");
}

/* ROOT opened as a store and handed over keeps what is said about its members. */
static void handed_over(const void *arg, FILE *out)
{
    HCERTSTORE root = CertOpenStore(CERT_STORE_PROV_SYSTEM_A, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, "ROOT");
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config};
    HCERTCHAINENGINE engine = NULL;
    if (*(const int *)arg)
        config.hExclusiveRoot = root;
    else
        config.hRestrictedRoot = root;
    if (CertCreateCertificateChainEngine(&config, &engine))
        asked(1, engine, out);
    CertFreeCertificateChainEngine(engine);
    CertCloseStore(root, 0);
}

static void engines(void)
{
    static const struct {
        void (*make)(void);
        const char *what, *want;
    } cases[] = {{clients_only, "limits", "10 800b0110 "},
                 {intermediate_blocked, "distrust", "4000000 800b0111 "}};
    char text[100], errors[4000];
    for (size_t i = 0; i < 2; i++)
        for (int exclusive = 0; exclusive < 2; exclusive++) {
            clear();
            cases[i].make();
            run(handed_over, &exclusive, NULL, text, sizeof text, errors, sizeof errors);
            is_str(text, cases[i].want, "K38 ROOT as the %s root of an engine keeps its %s",
                   exclusive ? "exclusive" : "restricted", cases[i].what);
        }
}

/* A fork amid use: the child has what the parent read. */
static void forked(const void *arg, FILE *out)
{
    int status = 1;
    (void)arg;
    asked(1, NULL, out);
    fflush(out);
    pid_t child = fork();
    if (child == 0) {
        asked(1, NULL, out);
        fflush(out);
        _exit(0);
    }
    waitpid(child, &status, 0);
    fprintf(out, "%d", status);
}

int main(void)
{
    char text[100], errors[4000], folder[600];
    snprintf(folder, sizeof folder, "%s/t/pki", getenv("top_builddir") ? getenv("top_builddir") : ".");
    pki = folder;
    if (access(paths_trust_module(), R_OK) != 0)
        return skip_all("p11-kit's trust module is not installed");
    sandbox_make(&box);
    for (row = rows; row < rows + sizeof rows / sizeof *rows; row++) {
        clear();
        row->make();
        pair_each(each);
    }
    sources();
    engines();
    clear();
    anchor();
    run(forked, NULL, NULL, text, sizeof text, errors, sizeof errors);
    is_str(text, "0 0 0 0 0", "a child of fork has its parent's anchors");
    sandbox_remove(&box);
    return tap_done();
}
