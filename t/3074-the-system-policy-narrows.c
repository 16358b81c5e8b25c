/* SPDX-License-Identifier: MIT
 *
 * t/3074-the-system-policy-narrows.c -- policy "@SYSTEM": what the machine's own files forbid to the library
 * is off, what they allow beyond the lists stays off; and a session may be narrower than its credential. */
#include <config.h>

#include "t/provider-kit.h"

#include <unistd.h>

/* TLS 1.2 alone, AES-256 alone, in each library's own file.  wolfSSL has none. */
static const char openssl_conf[] =
    "openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = system\n[system]\n"
    "MaxProtocol = TLSv1.2\nMinProtocol = TLSv1\n"
    "CipherString = AES256-GCM-SHA384:ECDHE+AESGCM:!AES128:@SECLEVEL=1\n";
static const char gnutls_conf[] =
    "[global]\noverride-mode = blocklist\n[overrides]\ndisabled-version = tls1.3\n"
    "tls-disabled-cipher = aes-128-gcm\ntls-disabled-cipher = chacha20-poly1305\n";
static char files[2][64];

static int write_file(char path[64], const char *name, const char *text)
{
    snprintf(path, 64, "/tmp/opensspi-policy.%s.XXXXXX", name);
    int fd = mkstemp(path);
    int good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return good;
}

static const uint16_t some[] = {0x1301, 0x1302, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0},
                      only128[] = {0x1301, 0xc02b, 0xc02f, 0};

/* The client has the policy (or the server); the other side everything. */
static int attempt(const struct kit_module *m, int on_server, const char *policy, const uint16_t *suites,
                   struct sspi_conn *d)
{
    struct kit_setup k = {.suites = some}, with = {.suites = suites, .policy = policy};
    struct sspi_failure f;
    struct kit_pair p;
    sspi_cred *cred = NULL;
    enum sspi_status status = kit_cred(m, on_server, &with, &cred, &f);
    *d = (struct sspi_conn){0};
    if (status == SSPI_UNSUPPORTED || (status == SSPI_FAILED && f.why == SSPI_WHY_NO_COMMON_ALGORITHM))
        return 0;
    if (status != SSPI_OK) {
        kit_fault("cred_new gave %d, why %d %s", status, f.why, f.text ? f.text : "");
        return 0;
    }
    *(on_server ? &k.server_cred : &k.client_cred) = cred;
    int done = kit_start(&p, m, m, &k) == 0 && kit_run(&p);
    if (done)
        *d = kit_describe(&p.s);
    kit_stop(&p);
    m->api->cred_free(cred);
    return done;
}

static void narrows(const struct kit_module *m)
{
    struct sspi_conn d;
    for (int server = 0; server < 2; server++) {
        const char *side = server ? "server" : "client";
        int done = attempt(m, server, NULL, some, &d);
        if (strcmp(m->name, "gnutls") == 0)
            kit_skip("GnuTLS lets nobody leave its file out",
                     "%s %s: no policy: TLS 1.3, whatever the file says", m->name, side);
        else
            kit_ok(done && d.version == 0x0304, "%s %s: no policy: TLS 1.3, whatever the file says", m->name,
                   side);
        done = attempt(m, server, "@SYSTEM", some, &d);
        kit_ok(done && d.version == 0x0303 && d.suite == 0xc02c,
               "%s %s: @SYSTEM leaves TLS 1.2 and AES-256 (%#x, %#x)", m->name, side, d.version, d.suite);
        done = attempt(m, server, "@SYSTEM", only128, &d);
        kit_ok(!done, "%s %s: @SYSTEM brings back nothing that the list lacks (%#x, %#x)", m->name, side,
               d.version, d.suite);
    }
}

static void old_stay_off(const struct kit_module *m)
{
    static const uint16_t suites[] = {0xc013, 0xc014, 0xc009, 0xc00a, 0xc02b, 0xc02c, 0};
    if (!(m->caps & SSPI_CAP_TLS11))
        return;
    struct kit_setup old = {.protocols = SSPI_CAP_TLS11, .suites = suites}, k = {0},
                     now = {.policy = "@SYSTEM", .suites = suites};
    struct sspi_failure f;
    struct kit_pair p;
    int done = 1;
    if (kit_cred(m, 0, &old, &k.client_cred, &f) == SSPI_OK &&
        kit_cred(m, 1, &now, &k.server_cred, &f) == SSPI_OK && !kit_start(&p, m, m, &k)) {
        done = kit_run(&p);
        kit_stop(&p);
    }
    if (k.client_cred)
        m->api->cred_free(k.client_cred);
    if (k.server_cred)
        m->api->cred_free(k.server_cred);
    kit_ok(!done, "%s: a file that allows TLS 1.0 and 1.1 switches neither on", m->name);
}

static void sessions(const struct kit_module *m, uint32_t protocol)
{
    for (int both = 0; both < 2; both++) {
        struct kit_setup k = {.session_protocols = protocol};
        struct kit_pair p;
        int good = kit_connect(&p, m, m, &k) && kit_both_ways(&p);
        if (good && kit_describe(&p.c).version != (protocol == SSPI_CAP_TLS13 ? 0x0304 : 0x0303))
            kit_fault("version %#x", kit_describe(&p.c).version);
        kit_stop(&p);
        if (both)
            kit_ok(good, "%s: sessions of %s alone under a credential of both", m->name,
                   kit_version_name(protocol));
    }
    struct kit_setup k = {.protocols = SSPI_CAP_TLS12 | SSPI_CAP_TLS13};
    struct sspi_failure f = {0};
    sspi_cred *cred = NULL;
    sspi_session *s = NULL;
    struct sspi_session_params p = {.size = sizeof p, .protocols = SSPI_CAP_TLS11};
    if (kit_cred(m, 1, &k, &cred, &f) == SSPI_OK && m->api->session_new(cred, &p, &s, &f) == SSPI_OK)
        kit_fault("a session wider than its credential");
    if (s)
        m->api->session_free(s);
    if (cred)
        m->api->cred_free(cred);
    kit_ok(1, "%s: no session wider than its credential", m->name);
}

int main(void)
{
    if (!write_file(files[0], "openssl", openssl_conf) || !write_file(files[1], "gnutls", gnutls_conf))
        return skip_all("/tmp cannot be written");
    setenv("OPENSSL_CONF", files[0], 1); /* before the libraries read them */
    setenv("GNUTLS_SYSTEM_PRIORITY_FILE", files[1], 1);
    if (!kit_load())
        return skip_all("no provider is built");
    for (unsigned i = 0; i < kit_module_count; i++) {
        const struct kit_module *m = &kit_modules[i];
        if (strcmp(m->name, "wolfssl") != 0) {
            narrows(m);
            old_stay_off(m);
        }
    }
    kit_each(sessions);
    unlink(files[0]);
    unlink(files[1]);
    return kit_done();
}
