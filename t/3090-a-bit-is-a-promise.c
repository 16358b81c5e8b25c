/* SPDX-License-Identifier: MIT
 *
 * t/3090-a-bit-is-a-promise.c -- capability bits: those that a library is known to be able to do are set,
 * each set bit has its function, and what no other test tries is tried here. */
#include <config.h>

#include "t/provider-kit.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct {
    unsigned bit;
    const char *name;
    size_t function; /* its place in the table; 0: none of its own */
    const char
        *without; /* libraries that cannot, and why (Debian 12: OpenSSL 3.0, GnuTLS 3.7, wolfSSL 5.5) */
} bits[] = {
#define AT(f) offsetof(struct sspi_provider, f)
    {0, "tls10", 0, "wolfssl: has no such method"},
    {1, "tls11", 0, ""},
    {2, "tls12", 0, ""},
    {3, "tls13", 0, ""},
    {4, "dtls10", 0, ""},
    {5, "dtls12", 0, ""},
    {8, "send-alert", AT(send_alert), "openssl: no public call; wolfssl: none exported"},
    {9, "verify-alert", 0, "wolfssl: a refusing callback is always alert 42"},
    {10, "renegotiate", AT(redo), "wolfssl: Debian's build cannot"},
    {11, "late-cert", AT(redo), ""},
    {12, "suspend", AT(set_credential), ""},
    {13, "issuers-13", AT(issuer), "wolfssl: TLS 1.3 names are neither sent nor read"},
    {14, "issuer-names", 0, "gnutls: asks with its anchors' names only"},
    {15, "key-update", AT(key_update), ""},
    {16, "tickets", AT(ticket_take), ""},
    {17, "ticket-keys", 0, ""},
    {18, "ticket-rotate", 0, "gnutls: one master key per session"},
    {19, "ticket-bytes", AT(ticket_save), ""},
    {20, "export-keys", AT(export_keys), ""},
    {21, "finished", AT(finished), ""},
    {22, "keylog", 0, "wolfssl: no callback for secrets"},
    {23, "staple", 0, ""},
    {24, "staple-raw", 0, "wolfssl: judges it alone"},
    {25, "psk", 0, ""},
    {26, "srtp", 0, "wolfssl: none exported"},
    {27, "dtls-mtu", AT(set_mtu), "wolfssl: no setter"},
    {28, "dtls-resend", AT(resend), "openssl: only its own timer; gnutls: only its own timer"},
    {29, "pkcs11", 0, ""},
    {30, "chain", AT(chain_check), ""},
    {31, "import", AT(cred_import), ""},
    {32, "generate", AT(cred_generate), ""},
    {33, "empty-record", 0,
     "openssl: a write of nothing; gnutls: a send of nothing; wolfssl: the same: make no record"},
    {34, "signature", AT(signature_check), ""},
    {35, "password", AT(password_seal), ""},
};

static int names(const char *list, const char *who)
{
    size_t n = strlen(who);
    for (const char *at = list; (at = strstr(at, who)); at += n)
        if (at[n] == ':')
            return 1;
    return 0;
}

static void table(const struct kit_module *m)
{
    uint64_t known = 0;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        int set = (m->caps & SSPI_CAP(bits[i].bit)) != 0, excused = names(bits[i].without, m->name);
        const void *function = NULL;
        known |= SSPI_CAP(bits[i].bit);
        if (bits[i].function)
            memcpy(&function, (const char *)m->api + bits[i].function, sizeof function);
        if (set && bits[i].function && !function)
            kit_fault("set without its function");
        kit_ok(set || excused, "%s: %s is %s", m->name, bits[i].name,
               set       ? "there"
               : excused ? "not what this library can do"
                         : "missing");
    }
    kit_ok(!(m->caps & ~known), "%s: no bit that the contract does not name", m->name);
}

/* Old versions, on request. */
static void old_versions(const struct kit_module *m)
{
    static const uint16_t suites[] = {0xc013, 0xc014, 0xc009, 0xc00a, 0x002f, 0x0035, 0},
                          signatures[] = {0x0403, 0x0804, 0x0401, 0x0203, 0x0201, 0};
    static const struct {
        uint64_t protocol;
        uint16_t version;
    } list[] = {{SSPI_CAP_TLS10, 0x0301}, {SSPI_CAP_TLS11, 0x0302}, {SSPI_CAP_DTLS10, 0xfeff}};
    for (size_t i = 0; i < 3; i++) {
        struct kit_setup k = {.protocols = (uint32_t)list[i].protocol,
                              .suites = suites,
                              .signatures = signatures,
                              .server_identity = "server-rsa"};
        struct kit_pair p;
        if (!(m->caps & list[i].protocol))
            continue;
        int good = kit_connect(&p, m, m, &k) && kit_both_ways(&p);
        if (good && kit_describe(&p.c).version != list[i].version)
            kit_fault("version %#x", kit_describe(&p.c).version);
        kit_ok(good, "%s: %s where it is asked for", m->name, kit_version_name((uint32_t)list[i].protocol));
        kit_stop(&p);
    }
}

struct pot {
    struct sspi_io io;
    uint8_t bytes[512];
    size_t len;
};
static int fill(struct sspi_io *io, const void *bytes, size_t len)
{
    struct pot *p = (struct pot *)io;
    if (len > sizeof p->bytes - p->len)
        return -1;
    memcpy(p->bytes + p->len, bytes, len);
    p->len += len;
    return 0;
}

static void send_alert(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    static const int codes[] = {0, 22, 42, 71, 80, 86, 112, 115};
    if (!(c->caps & SSPI_CAP_SEND_ALERT))
        return;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct kit_setup k = {.protocols = protocol};
        struct kit_pair p;
        if (kit_connect(&p, c, s, &k)) {
            struct pot pot = {.io = {.size = sizeof pot.io, .emit = fill}};
            enum sspi_status status = c->api->send_alert(p.c.s, &pot.io, codes[i] ? 2 : 1, codes[i]),
                             want = codes[i] ? SSPI_FAILED : SSPI_CLOSED;
            if (status != SSPI_OK || !pot.len)
                kit_fault("gave %d, %zu octets", status, pot.len);
            else if (kit_unseal(&p.s, pot.bytes, pot.len, NULL, NULL, NULL) != want ||
                     (codes[i] && kit_failure(&p.s)->alert_received != codes[i]))
                kit_fault("arrives as %d, alert %d", p.s.status, kit_failure(&p.s)->alert_received);
        }
        kit_ok(1, "%s to %s %s: alert %d at will", c->name, s->name, kit_version_name(protocol), codes[i]);
        kit_stop(&p);
    }
}

/* A warning that is no close costs nothing. */
static void warn(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_setup k = {.protocols = protocol};
    struct kit_pair p;
    if (!(c->caps & SSPI_CAP_SEND_ALERT) || protocol == SSPI_CAP_TLS13) /* where warnings are no longer */
        return;
    if (kit_connect(&p, c, s, &k)) {
        struct pot pot = {.io = {.size = sizeof pot.io, .emit = fill}};
        uint32_t events = 0;
        if (c->api->send_alert(p.c.s, &pot.io, 1, 90) != SSPI_OK) /* user_canceled */
            kit_fault("not sent");
        else if (kit_unseal(&p.s, pot.bytes, pot.len, NULL, NULL, &events) != SSPI_WANT_RECORD ||
                 !(events & SSPI_EVENT_WARNING))
            kit_fault("arrives as %d, events %#x", p.s.status, events);
        if (!kit_both_ways(&p))
            kit_fault("no data afterwards");
    }
    kit_ok(1, "%s to %s %s: a warning is told, and nothing ends", c->name, s->name,
           kit_version_name(protocol));
    kit_stop(&p);
}

/* A soft token with server-rsa's and server-ecdsa's keys. */
static const char *token(void)
{
    static char folder[] = "/tmp/opensspi-kit.XXXXXX";
    char line[2048];
    const char *pki = secure_getenv("top_builddir");
    if (system("softhsm2-util --version >/dev/null 2>&1") != 0 || !mkdtemp(folder))
        return NULL;
    snprintf(line, sizeof line, "%s/softhsm2.conf", folder);
    FILE *f = fopen(line, "w");
    if (!f)
        return NULL;
    fprintf(f, "directories.tokendir = %s\nobjectstore.backend = file\n", folder);
    fclose(f);
    setenv("SOFTHSM2_CONF", line, 1);
    snprintf(line, sizeof line,
             "{ softhsm2-util --init-token --free --label kit --pin 1234 --so-pin 12345678 && "
             "softhsm2-util --import '%s/t/pki/server-rsa.key' --token kit --label server-rsa --id 01 --pin "
             "1234 && "
             "softhsm2-util --import '%s/t/pki/server-ecdsa.key' --token kit --label server-ecdsa --id 02 "
             "--pin 1234; } "
             ">/dev/null 2>&1",
             pki ? pki : ".", pki ? pki : ".");
    return system(line) == 0 ? folder : NULL;
}

static const char *token_module(void)
{
    static const char *const paths[] = {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
                                        "/usr/lib/pkcs11/libsofthsm2.so"};
    for (size_t i = 0; i < 3; i++)
        if (access(paths[i], R_OK) == 0)
            return paths[i];
    return NULL;
}

/* A wrong PIN goes first: tokens let in whoever belongs to a process that has logged in. */
static void token_key(const struct kit_module *m, uint32_t protocol, int fresh)
{
    static const char *const keys[] = {"server-rsa", "server-ecdsa"};
    for (int i = fresh ? -1 : 0; i < 2; i++) {
        char uri[128];
        int wrong = i < 0;
        const char *key = keys[wrong ? 0 : i];
        snprintf(uri, sizeof uri, "pkcs11:token=kit;object=%s;type=private", key);
        const struct kit_identity *id = kit_identity(key);
        struct sspi_cred_params p = {.size = sizeof p,
                                     .protocols = protocol,
                                     .server = 1,
                                     .chain = id->chain,
                                     .chain_count = id->count,
                                     .key = kit_text(uri),
                                     .pin = kit_text(wrong ? "4321" : "1234")};
        struct sspi_failure f = {0};
        struct kit_setup k = {.protocols = protocol};
        struct kit_pair pair;
        int good;
        enum sspi_status status = m->api->cred_new(&p, &k.server_cred, &f);
        if (wrong) {
            good = status == SSPI_FAILED &&
                   (f.why == SSPI_WHY_WRONG_PASSWORD || f.why == SSPI_WHY_BAD_CREDENTIAL);
        } else if ((good = status == SSPI_OK)) {
            good = kit_connect(&pair, m, m, &k) && kit_both_ways(&pair);
            kit_stop(&pair);
        }
        if (!good)
            diag("cred_new %d, why %d %s", status, f.why, f.text ? f.text : "");
        if (k.server_cred)
            m->api->cred_free(k.server_cred);
        kit_ok(good, "%s %s: a key in a token (%s)%s", m->name, kit_version_name(protocol), key,
               wrong ? ", the PIN being wrong, is refused" : " signs");
    }
}

static void tokens(void)
{
    const char *folder = NULL, *module = token_module();
    char line[256];
    if (!module || !(folder = token())) {
        kit_skip("softhsm2-util or its module is not installed", "keys in a token");
        return;
    }
    setenv("KIT_PKCS11_MODULE", module, 1);
    int fresh = 1;
    for (unsigned i = 0; i < kit_module_count; i++)
        if (kit_modules[i].caps & SSPI_CAP_PKCS11) {
            token_key(&kit_modules[i], SSPI_CAP_TLS12, fresh);
            token_key(&kit_modules[i], SSPI_CAP_TLS13, 0);
            fresh = 0;
        }
    snprintf(line, sizeof line, "rm -rf '%s'", folder);
    if (system(line) != 0)
        diag("%s stays", folder);
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    for (unsigned i = 0; i < kit_module_count; i++) {
        table(&kit_modules[i]);
        old_versions(&kit_modules[i]);
    }
    kit_pairs(send_alert);
    kit_pairs(warn);
    tokens();
    return kit_done();
}
