/* SPDX-License-Identifier: MIT
 *
 * Keys on PKCS#11 tokens through the public API, with SoftHSM: URIs that find a key serve and show
 * certificates, those that would load a module or run a command are refused, and a PIN is neither logged nor
 * left behind.  The certificate comes from a file, or from the token by the same URI. */
#include <config.h>

#include "t/pair.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIN "73901648250917"

static struct sandbox box;
static const char *module;
static int has_certificate; /* of server-rsa on the token, not seen without the PIN */

/* ---- the token ---- */

static int shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int shell(const char *fmt, ...)
{
    char command[3 * PATH_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    return system(command) == 0;
}

static int make_token(void)
{
    static const char *const paths[] = {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
                                        "/usr/lib/pkcs11/libsofthsm2.so"};
    static const char *const keys[] = {"server-rsa", "server-ecdsa", "client-ecdsa"};
    char text[3 * PATH_MAX];
    for (size_t i = 0; i < 3 && !module; i++)
        module = access(paths[i], R_OK) == 0 ? paths[i] : NULL;
    if (!module)
        return 0;
    sandbox_mkdir(&box, "tokens");
    snprintf(text, sizeof text, "directories.tokendir = %s/tokens\nobjectstore.backend = file\n", box.root);
    sandbox_write(&box, "softhsm2.conf", text);
    setenv("SOFTHSM2_CONF", sandbox_path(&box, "softhsm2.conf"), 1);
    if (!shell("softhsm2-util --init-token --free --label kit --pin " PIN
               " --so-pin 12345678 >/dev/null 2>&1"))
        return 0;
    for (int i = 0; i < 3; i++)
        if (!shell("softhsm2-util --import '%s/t/pki/%s.key' --token kit --label %s --id 0%d --pin " PIN
                   " >/dev/null 2>&1",
                   getenv("top_builddir"), keys[i], keys[i], i + 1))
            return 0;
    has_certificate = shell("GNUTLS_PIN=" PIN " p11tool --login --batch --write --load-certificate "
                            "'%s/t/pki/server-rsa.pem' --label server-rsa --id 01 --mark-private "
                            "pkcs11:token=kit >/dev/null 2>&1",
                            getenv("top_builddir"));
    snprintf(text, sizeof text,
             "[provider openssl]\npkcs11-module = %s\n[provider wolfssl]\npkcs11-module = %s\n", module,
             module);
    sandbox_write(&box, "conf/opensspi.conf", text);
    sandbox_write(&box, "pin", PIN "\nsecond line\n");
    sandbox_chmod(&box, "pin", 0600);
    sandbox_write(&box, "open-pin", PIN "\n");
    snprintf(text, sizeof text, "#!/bin/sh\ntouch '%s/ran'\necho " PIN "\n", box.root);
    sandbox_write(&box, "command", text);
    sandbox_chmod(&box, "command", 0755);
    shell("cp '%s' '%s/module.so'", module, box.root);
    return 1;
}

/* ---- a credential ---- */

/* The certificate alone, or (name NULL) the token's own; its key is where the URI says. */
static PCCERT_CONTEXT on_token(const char *name, const char *uri)
{
    if (!name) {
        HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_FILENAME_A, 0, 0, 0, uri);
        PCCERT_CONTEXT own =
            CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_HAS_PRIVATE_KEY, NULL, NULL);
        CertCloseStore(store, 0);
        return own;
    }
    WCHAR wide[2000];
    CRYPT_KEY_PROV_INFO info = {.pwszContainerName = wide};
    PCCERT_CONTEXT whole = pair_certificate(name), bare;
    bare = CertCreateCertificateContext(X509_ASN_ENCODING, whole->pbCertEncoded, whole->cbCertEncoded);
    CertFreeCertificateContext(whole);
    MultiByteToWideChar(CP_UTF8, 0, uri, -1, wide, 2000);
    CertSetCertificateContextProperty(bare, CERT_KEY_PROV_INFO_PROP_ID, 0, &info);
    SecureZeroMemory(wide, sizeof wide);
    return bare;
}

struct way {
    const char *provider;
    int tls, server;
    const char *cert, *uri;
};

static SECURITY_STATUS acquire(const struct way *way, CredHandle *out)
{
    char package[64];
    PCCERT_CONTEXT cert = on_token(way->cert, way->uri);
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = way->tls == 12 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2};
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = cert != NULL,
                            .paCred = &cert,
                            .dwFlags = way->server ? 0 : SCH_CRED_MANUAL_CRED_VALIDATION,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    pair_package(package, sizeof package, way->provider);
    SECURITY_STATUS status =
        AcquireCredentialsHandleA(NULL, package, way->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                  NULL, &data, NULL, NULL, out, NULL);
    CertFreeCertificateContext(cert);
    return status;
}

/* Prints the status of Acquire and of a handshake with the credential. */
static void connect_with(const void *arg, FILE *out)
{
    const struct way *way = arg;
    struct pair pair;
    struct pair_options options = {.provider = way->provider,
                                   .tls = way->tls,
                                   .client_cert = way->server ? NULL : "client-ecdsa",
                                   .server_request = way->server ? 0 : ASC_REQ_MUTUAL_AUTH};
    CredHandle credential;
    SECURITY_STATUS status = acquire(way, &credential);
    fprintf(out, "%x ", (unsigned)status);
    if (status != SEC_E_OK)
        return;
    if (!pair_open(&pair, &options)) {
        fprintf(out, "no pair");
        return;
    }
    struct end *end = way->server ? &pair.server : &pair.client;
    FreeCredentialsHandle(&end->credential);
    end->credential = credential;
    status = pair_handshake(&pair);
    fprintf(out, "%x", (unsigned)status);
    if (status == SEC_E_OK && !way->server) {
        PCCERT_CONTEXT seen = NULL;
        QueryContextAttributesA(&pair.server.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &seen);
        fprintf(out, seen ? " seen" : " unseen");
        CertFreeCertificateContext(seen);
    }
    pair_close(&pair);
}

static void run(void (*f)(const void *, FILE *), const void *arg, char *text, size_t size, char *errors,
                size_t errors_size)
{
    static char variable[2][PATH_MAX + 40];
    const char *environment[] = {variable[0], variable[1], "OPENSSPI_LOG=all+debug", NULL};
    snprintf(variable[0], sizeof variable[0], "OPENSSPI_PROVIDERDIR=%s", getenv("OPENSSPI_PROVIDERDIR"));
    snprintf(variable[1], sizeof variable[1], "OPENSSPI_MANIFESTDIR=%s", getenv("OPENSSPI_MANIFESTDIR"));
    sandbox_run(&box, environment, f, arg, text, size, errors, errors_size);
}

/* ---- those that find a key ---- */

static const struct {
    const char *what, *uri;
} good[] = {
    {"its PIN in the query", "pkcs11:token=kit;object=LABEL;type=private?pin-value=" PIN},
    {"its PIN in percents", "pkcs11:token=k%69t;object=LABEL?pin-value=%373901648250917"},
    {"its PIN in the path", "PKCS11:object=LABEL;token=kit;pin-value=" PIN},
    {"its PIN in a file", "pkcs11:token=kit;object=LABEL?pin-source=file:FOLDER/pin"},
    {"its PIN in a file of this host", "pkcs11:token=kit;object=LABEL?pin-source=file://FOLDER/pin"},
    {"its PIN at a path", "pkcs11:token=kit;object=LABEL?pin-source=FOLDER/pin"},
};

/* LABEL and FOLDER in a URI are the key's and the sandbox's. */
static void expand(char *out, size_t size, const char *from, const char *word, const char *with)
{
    const char *at = strstr(from, word);
    if (at)
        snprintf(out, size, "%.*s%s%s", (int)(at - from), from, with, at + strlen(word));
    else
        snprintf(out, size, "%s", from);
}

static int can(const char *provider)
{
    /* A build of wolfSSL without PKCS#11 (5.5 of Debian has it) refuses: the row of refusals shows it. */
    char text[100], errors[30000], uri[PATH_MAX + 200];
    struct way way = {provider, 12, 1, "server-rsa", uri};
    snprintf(uri, sizeof uri, "pkcs11:token=kit;object=server-rsa?pin-value=" PIN);
    run(connect_with, &way, text, sizeof text, errors, sizeof errors);
    unsigned status = 1;
    sscanf(text, "%x", &status);
    if (status != (unsigned)SEC_E_UNSUPPORTED_FUNCTION)
        return 1;
    ok(strstr(errors, "pkcs11") != NULL,
       "D12 %s: without PKCS#11 a key on a token is refused, and the log says why", provider);
    return 0;
}

static void finds(const char *provider, int tls)
{
    char text[100], errors[60000], uri[PATH_MAX + 200], filled[PATH_MAX + 200];
    struct way way = {provider, tls, 1, "server-rsa", uri};
    if (!can(provider)) {
        skip("this build of its library has no PKCS#11", "K35 %s: keys on tokens", provider);
        return;
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        for (int ecdsa = 0; ecdsa < (i ? 1 : 2); ecdsa++) {
            way.cert = ecdsa ? "server-ecdsa" : "server-rsa";
            expand(filled, sizeof filled, good[i].uri, "LABEL", way.cert);
            expand(uri, sizeof uri, filled, "FOLDER", box.root);
            run(connect_with, &way, text, sizeof text, errors, sizeof errors);
            is_str(text, "0 0", "K35 %s tls%d: a server's key on a token (%s), %s", provider, tls, way.cert,
                   good[i].what);
            if (!ok(!strstr(errors, PIN), "%s tls%d: the PIN is not logged, %s", provider, tls,
                    good[i].what) ||
                strcmp(text, "0 0"))
                diag("%.3000s", errors);
        }
    way = (struct way){provider, tls, 0, "client-ecdsa", "pkcs11:token=kit;id=%03?pin-value=" PIN};
    run(connect_with, &way, text, sizeof text, errors, sizeof errors);
    is_str(text, "0 0 seen", "K35 %s tls%d: a client's key on a token, by its id", provider, tls);
    way = (struct way){provider, tls, 1, "server-rsa", "pkcs11:token=kit;object=server-rsa?pin-value=9" PIN};
    run(connect_with, &way, text, sizeof text, errors, sizeof errors);
    ok(strtoul(text, NULL, 16) == (unsigned)SEC_E_LOGON_DENIED ||
           strtoul(text, NULL, 16) == (unsigned)SEC_E_UNKNOWN_CREDENTIALS,
       "K35 %s tls%d: a wrong PIN is refused (%s)", provider, tls, text);
    ok(!strstr(errors, PIN), "%s tls%d: nor is a wrong PIN logged", provider, tls);
    way = (struct way){provider, tls, 1, "server-rsa", "pkcs11:token=kit;object=server-ecdsa?pin-value=" PIN};
    run(connect_with, &way, text, sizeof text, errors, sizeof errors);
    is_status(strtoul(text, NULL, 16), SEC_E_UNKNOWN_CREDENTIALS,
              "W15 %s tls%d: the key of another certificate", provider, tls);
    way.uri = "pkcs11:token=kit;object=nobody?pin-value=" PIN;
    run(connect_with, &way, text, sizeof text, errors, sizeof errors);
    is_status(strtoul(text, NULL, 16), SEC_E_UNKNOWN_CREDENTIALS, "W15 %s tls%d: a key that is not there",
              provider, tls);
}

/* Certificate and key by one URI. */
static void finds_both(const char *provider, int tls)
{
    char text[100], errors[60000];
    struct way way = {provider, tls, 1, NULL, "pkcs11:token=kit;object=server-rsa?pin-value=" PIN};
    if (!has_certificate || !can(provider)) {
        skip(has_certificate ? "this build of its library has no PKCS#11"
                             : "p11tool, or p11-kit's configuration, does not reach SoftHSM",
             "K35 %s: certificates on tokens", provider);
        return;
    }
    run(connect_with, &way, text, sizeof text, errors, sizeof errors);
    is_str(text, "0 0", "K35 %s tls%d: a server's certificate and key by one URI", provider, tls);
    if (!ok(!strstr(errors, PIN), "%s tls%d: the PIN is not logged", provider, tls) || strcmp(text, "0 0"))
        diag("%.3000s", errors);
    way.uri = "pkcs11:token=kit;object=server-rsa?pin-value=9" PIN;
    run(connect_with, &way, text, sizeof text, errors, sizeof errors);
    if (!ok(!strcmp(text, "0 8009030e") && strstr(errors, "does not take the PIN") && !strstr(errors, PIN),
            "W14 %s tls%d: with a wrong PIN there is no certificate, and it is not logged", provider, tls))
        diag("%s %.3000s", text, errors);
}

/* ---- by several at once ---- */

static void *open_often(void *bad)
{
    for (int i = 0; i < 10; i++) {
        PCCERT_CONTEXT c = on_token(NULL, "pkcs11:token=kit;object=server-rsa?pin-value=" PIN);
        __atomic_add_fetch((unsigned *)bad, !c, __ATOMIC_RELAXED);
        CertFreeCertificateContext(c);
    }
    return NULL;
}

/* Prints how many of them found nothing, in threads and in a child of fork(). */
static void at_once(const void *unused, FILE *out)
{
    pthread_t thread[3];
    unsigned bad = 0, worse = 0;
    int status = -1;
    (void)unused;
    for (int i = 0; i < 3; i++)
        pthread_create(&thread[i], NULL, open_often, &bad);
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    pid_t pid = fork();
    if (pid == 0) {
        open_often(&worse);
        _exit((int)worse);
    }
    waitpid(pid, &status, 0);
    fprintf(out, "%u %d", bad, status);
}

static void shares(void)
{
    char text[100], errors[60000];
    if (!has_certificate) {
        skip("p11tool, or p11-kit's configuration, does not reach SoftHSM", "K35 certificates in threads");
        return;
    }
    run(at_once, NULL, text, sizeof text, errors, sizeof errors);
    is_str(text, "0 0", "K35 threads and a child of fork() find a certificate on a token");
}

/* ---- those that are refused before any library sees them ---- */

#define KEY "pkcs11:token=kit;object=server-rsa"
static const struct {
    const char *uri, *word; /* in the log */
} bad[] = {
    {KEY "?module-path=FOLDER/module.so", "names a module"},
    {KEY "?pin-value=" PIN "&module-path=FOLDER/module.so", "names a module"},
    {KEY ";module-path=FOLDER/module.so", "names a module"},
    {KEY "?module-name=softhsm2", "names a module"},
    {KEY "?MODULE-PATH=FOLDER/module.so", "names a module"},
    {KEY "?Module-Name=softhsm2", "names a module"},
    {KEY "?%6dodule-path=FOLDER/module.so", "not known"},
    {KEY "?module%2dpath=FOLDER/module.so", "not known"},
    {KEY "? module-path=FOLDER/module.so", "in percents"},
    {KEY "?module-path =FOLDER/module.so", "in percents"},
    {KEY "?\nmodule-path=FOLDER/module.so", "in percents"},
    {KEY "?pin-value=" PIN ";module-path=FOLDER/module.so", "in percents"},
    {KEY "&module-path=FOLDER/module.so", "in percents"},
    {KEY "?pin-value=" PIN "?module-path=FOLDER/module.so", "two queries"},
    {KEY "?pin-source=|FOLDER/command", "a command"},
    {KEY "?pin-source=%7cFOLDER/command", "a command"},
    {KEY "?pin-source=%7CFOLDER/command", "a command"},
    {KEY ";pin-source=%7cFOLDER/command", "a command"},
    {KEY "?pin-source=file:|FOLDER/command", "no absolute path"},
    {KEY "?pin-source=exec:FOLDER/command", "no absolute path"},
    {KEY "?pin-source=file:pin", "no absolute path"},
    {KEY "?pin-source=http://localhost/pin", "no absolute path"},
    {KEY "?pin-source=file:FOLDER/open-pin", "cannot be read"},
    {KEY "?pin-source=file:FOLDER/nothing", "cannot be read"},
    {KEY "?pin-source=file:FOLDER/tokens", "cannot be read"},
    {KEY "?pin-source=file:/dev/zero", "cannot be read"},
    {KEY "?pin-source=file:/proc/self/environ%00", "malformed"},
    {KEY "?pin-source=", "malformed"},
    {KEY "?PIN-SOURCE=|FOLDER/command", "not known"},
    {KEY "?pin-value=" PIN "&pin-source=file:FOLDER/pin", "a PIN and a pin-source"},
    {KEY "?pin-value=1&pin-value=" PIN, "twice"},
    {KEY ";object=server-ecdsa?pin-value=" PIN, "twice"},
    {KEY ";token=kit?pin-value=" PIN, "twice"},
    {KEY ";x-strange=1?pin-value=" PIN, "not known"},
    {KEY ";type=public?pin-value=" PIN, "type"},
    {KEY ";type=cert?pin-value=" PIN, "type"},
    {KEY "%00;token=kit?pin-value=" PIN, "malformed"},
    {"pkcs11:token=kit%0;object=a?pin-value=" PIN, "malformed"},
    {"pkcs11:token=kit;object=%zz?pin-value=" PIN, "malformed"},
    {"pkcs11:token=kit;object?pin-value=" PIN, "not known"},
    {"pkcs11:token=kit?pin-value=" PIN, "names no object"},
    {"pkcs11:token=kit;object=?pin-value=" PIN, "names no object"},
    {"pkcs11:", "names no object"},
    {"pkcs11:?pin-value=" PIN, "names no object"},
    {"pkcs11:;;;", "not known"},
};

static void refused(const char *provider, int tls)
{
    char text[100], errors[60000], uri[PATH_MAX + 200];
    struct way way = {provider, tls, 1, "server-rsa", uri};
    if (tls != 13)
        return; /* nothing of it depends on the version */
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        expand(uri, sizeof uri, bad[i].uri, "FOLDER", box.root);
        run(connect_with, &way, text, sizeof text, errors, sizeof errors);
        int good_status = strtoul(text, NULL, 16) == (unsigned)SEC_E_UNKNOWN_CREDENTIALS;
        int silent = !strstr(errors, PIN) && !strstr(errors, "module.so") && !strstr(errors, "/command");
        if (!ok(good_status && silent && strstr(errors, bad[i].word), "W14 %s: refused with a word: %.60s",
                provider, bad[i].uri))
            diag("%s %.2000s", text, errors);
    }
    memset(uri, 'a', 3000);
    memcpy(uri, KEY, sizeof KEY - 1);
    uri[1023] = 0;
    run(connect_with, &way, text, sizeof text, errors, sizeof errors);
    ok(strtoul(text, NULL, 16) == (unsigned)SEC_E_UNKNOWN_CREDENTIALS &&
           strstr(errors, "pkcs11: URI is refused"),
       "W14 %s: refused where it is too long", provider);
    ok(access(sandbox_path(&box, "ran"), F_OK) != 0, "%s: and no command was run", provider);
}

/* ---- what is left of a PIN ---- */

/* Every writable mapping of this process, searched for the PIN; how often it is there. */
static unsigned occurrences(const char *what, size_t len)
{
    unsigned found = 0;
    char line[600];
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        char mode[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 || mode[0] != 'r' || mode[1] != 'w' ||
            to - from > (64ul << 20))
            continue;
        /* From a mapping of its own, not the heap, and searched by a needle that is not written down. */
        char *copy = malloc(to - from);
        ssize_t got = copy ? pread(memory, copy, to - from, (off_t)from) : -1;
        for (ssize_t i = 0; got > 0 && i + (ssize_t)len <= got; i++) {
            size_t same = 0;
            while (same < len && (copy[i + (ssize_t)same] ^ 0x5a) == what[same])
                same++;
            found += same == len;
        }
        if (copy)
            explicit_bzero(copy, to - from);
        free(copy);
    }
    if (maps)
        fclose(maps);
    close(memory);
    return found;
}

/* The PIN comes from a file, so that nothing of this test holds it; the needle is it, disguised. */
static void leaves(const void *arg, FILE *out)
{
    struct way way = *(const struct way *)arg;
    char needle[] = PIN, uri[PATH_MAX + 100];
    CredHandle credential;
    for (size_t i = 0; i < sizeof needle - 1; i++)
        needle[i] ^= 0x5a;
    unsigned before = occurrences(needle, sizeof needle - 1);
    expand(uri, sizeof uri, "pkcs11:token=kit;object=server-rsa?pin-source=FOLDER/pin", "FOLDER", box.root);
    way.uri = uri;
    SECURITY_STATUS status = SEC_E_OK;
    for (int i = 0; i < 3 && status == SEC_E_OK; i++)
        if ((status = acquire(&way, &credential)) == SEC_E_OK)
            FreeCredentialsHandle(&credential);
    fprintf(out, "%x %u %u", (unsigned)status, before, occurrences(needle, sizeof needle - 1));
}

static void wiped_of(const char *provider, const char *cert, const char *what)
{
    char text[100], errors[60000];
    struct way way = {provider, 13, 1, cert, NULL};
    unsigned status = 1, before = 9, after = 9;
    run(leaves, &way, text, sizeof text, errors, sizeof errors);
    sscanf(text, "%x %u %u", &status, &before, &after);
    if (status == (unsigned)SEC_E_UNSUPPORTED_FUNCTION)
        return;
    is_status(status, SEC_E_OK, "%s: a credential whose PIN lies in a file%s", provider, what);
    /* libp11, OpenSSL's way to tokens, keeps one with the token, to log in again in the child of a fork. */
    unsigned kept = strcmp(provider, "openssl") == 0;
    ok(after <= before + kept, "%s: once it is freed its PIN is nowhere in memory%s%s (%u before, %u after)",
       provider, what, kept ? " but where libp11 keeps one" : "", before, after);
}

static void wiped(const char *provider, int tls)
{
    if (tls != 13)
        return;
    wiped_of(provider, "server-rsa", "");
    if (has_certificate)
        wiped_of(provider, NULL, ", nor that of its certificate");
}

int main(void)
{
    sandbox_make(&box);
    if (!make_token()) {
        sandbox_remove(&box);
        return skip_all("softhsm2-util or its module is not installed");
    }
    pair_each(finds);
    pair_each(finds_both);
    shares();
    pair_each(refused);
    pair_each(wiped);
    sandbox_remove(&box);
    return tap_done();
}
