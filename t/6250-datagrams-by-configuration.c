/* SPDX-License-Identifier: MIT
 *
 * t/6250-datagrams-by-configuration.c -- DTLS 1.0, which `profile = legacy` allows and no other; a provider
 * without DTLS (D12). */
#include <config.h>

#include "t/datagrams.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <sys/mman.h>
#include <sys/wait.h>

/* ---- DTLS 1.0 ---- */

static void old(const char *client, const char *server)
{
    struct peers p;
    struct peer_options options = {.client_provider = client,
                                   .server_provider = server,
                                   .cookie = 1,
                                   .protocols = SP_PROT_DTLS1_0_CLIENT | SP_PROT_DTLS1_0_SERVER};
    SecPkgContext_CipherInfo info = {0};
    SecPkgContext_ConnectionInfo connection = {0};
    struct flow record = {0};
    static uint8_t plain[2000];
    char tag[64];
    snprintf(tag, sizeof tag, "%s to %s dtls10", client, server);
    int good = peers_open(&p, &options) && peers_shake(&p);
    if (!ok(good, "W22 %s: handshake", tag))
        diag("client %s, server %s", pair_status(p.client.status), pair_status(p.server.status));
    if (good) {
        ok(peers_talk(&p), "W22 %s: data both ways", tag);
        QueryContextAttributesW(&p.client.context, SECPKG_ATTR_CIPHER_INFO, &info);
        QueryContextAttributesA(&p.server.context, SECPKG_ATTR_CONNECTION_INFO, &connection);
        ok(info.dwProtocol == 0xFEFF && connection.dwProtocol == SP_PROT_DTLS1_0_SERVER,
           "K41 %s: the version", tag);
        const SecPkgContext_StreamSizes *sizes = &p.client.sizes;
        ok(sizes->cbHeader == 13 + 16 && sizes->cbBlockSize == 16 && sizes->cbTrailer > 20 &&
               sizes->cbTrailer <= 48,
           "D3 %s: a CBC suite's header %u and trailer %u", tag, (unsigned)sizes->cbHeader,
           (unsigned)sizes->cbTrailer);
        is_status(peer_seal(&p.client, plain, sizes->cbMaximumMessage, &record), SEC_E_OK,
                  "D3 %s: as much is sealed", tag);
        ok(record.len <= 1096 && peer_open(&p.server, record.ptr, record.len, NULL) == SEC_E_OK,
           "D3 %s: in a datagram of %zu", tag, record.len);
        record.ptr[record.len - 1] ^= 1;
        is_status(peer_open(&p.server, record.ptr, record.len, NULL), SEC_E_OUT_OF_SEQUENCE,
                  "D4 %s: replayed", tag);
        flow_drop(&record, record.len);
        peer_seal(&p.client, plain, 100, &record);
        record.ptr[record.len - 1] ^= 1;
        is_status(peer_open(&p.server, record.ptr, record.len, NULL), SEC_E_MESSAGE_ALTERED, "D4 %s: forged",
                  tag);
        ok(peers_talk(&p), "D4 %s: data afterwards", tag);
    }
    flow_free(&record);
    peers_close(&p);
}

static void legacy(void)
{
    peers_each_pair(old);
}

static void refused(const char *provider)
{
    struct peers p;
    struct peer_options options = {
        .client_provider = provider, .server_provider = provider, .protocols = SP_PROT_DTLS1_0_CLIENT};
    peers_open(&p, &options);
    is_status(p.client.status, SEC_E_ALGORITHM_MISMATCH, "D11 %s: DTLS 1.0 without `legacy`", provider);
    peers_close(&p);
}

static void standard(void)
{
    peers_each(refused);
}

/* ---- D12 ---- */

static SECURITY_STATUS acquire(const char *package, int datagrams, CredHandle *out)
{
    SCHANNEL_CRED old_cred = {.dwVersion = SCHANNEL_CRED_VERSION,
                              .grbitEnabledProtocols = SP_PROT_DTLS1_2_CLIENT,
                              .dwFlags = SCH_CRED_NO_DEFAULT_CREDS};
    SCH_CREDENTIALS fresh = {.dwVersion = SCH_CREDENTIALS_VERSION};
    return AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t)package, SECPKG_CRED_OUTBOUND, NULL,
                                     datagrams ? (void *)&old_cred : (void *)&fresh, NULL, NULL, out, NULL);
}

static SECURITY_STATUS first_call(CredHandle *credential)
{
    SecBuffer token = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc out = {SECBUFFER_VERSION, 1, &token};
    CtxtHandle context;
    ULONG attributes;
    SECURITY_STATUS status =
        InitializeSecurityContextA(credential, NULL, NULL, ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_DATAGRAM, 0, 0,
                                   NULL, 0, &context, &out, &attributes, NULL);
    if (status >= 0) {
        FreeContextBuffer(token.pvBuffer);
        DeleteSecurityContext(&context);
    }
    return status;
}

static void falls_back(void)
{
    CredHandle credential;
    SecPkgCred_SupportedProtocols answer = {0};
    is_status(acquire("Schannel", 1, &credential), SEC_E_OK, "D12 without DTLS: another provider serves");
    is_status(first_call(&credential), SEC_I_CONTINUE_NEEDED, "D12 and speaks it");
    FreeCredentialsHandle(&credential);
    is_status(acquire("Schannel:good", 1, &credential), SEC_E_UNSUPPORTED_FUNCTION,
              "D12 without DTLS, by name: none");
    is_status(acquire("Schannel:good", 0, &credential), SEC_E_OK, "D12 without DTLS: TLS is served");
    QueryCredentialsAttributesA(&credential, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &answer);
    ok(answer.grbitProtocol && !(answer.grbitProtocol & SP_PROT_DTLS1_X), "W5 D12 no bit of DTLS is shown");
    is_status(first_call(&credential), SEC_E_UNSUPPORTED_FUNCTION, "D12 a call for datagrams is refused");
    FreeCredentialsHandle(&credential);
}

static void holds_fast(void)
{
    CredHandle credential;
    is_status(acquire("Schannel", 1, &credential), SEC_E_UNSUPPORTED_FUNCTION, "D12 fallback = no: none");
}

/* ---- a process for each: the configuration is read once ---- */

static void move_in(struct sandbox *box, const char *name, const char *folder)
{
    char from[4096], to[128], text[256];
    const char *top = getenv("top_builddir");
    snprintf(from, sizeof from, "%s/%s/%s.so", top ? top : ".", folder, name);
    snprintf(to, sizeof to, "providers/%s.so", name);
    sandbox_copy(box, to, from);
    snprintf(to, sizeof to, "manifests/50-%s.provider", name);
    snprintf(text, sizeof text, "[provider %s]\nmodule = %s.so\nabi = 1\n", name, name);
    sandbox_write(box, to, text);
}

static void run(const char *settings, int mocks, void (*f)(void))
{
    static struct sandbox box;
    char text[256];
    sandbox_make(&box);
    snprintf(text, sizeof text, "[package Schannel]\n%slog = none\n", settings);
    sandbox_write(&box, "conf/opensspi.conf", text);
    setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
    if (mocks) {
        move_in(&box, "good", "t/mock");
        move_in(&box, "openssl", "providers/.libs");
        setenv("OPENSSPI_PROVIDERDIR", sandbox_path(&box, "providers"), 1);
        setenv("OPENSSPI_MANIFESTDIR", sandbox_path(&box, "manifests"), 1);
    }
    f();
    sandbox_remove(&box);
}

int main(void)
{
    const char *providers = getenv("PROVIDERS");
    static const struct {
        const char *settings;
        int mocks;
        void (*f)(void);
    } rows[] = {{"", 0, standard},
                {"profile = legacy\n", 0, legacy},
                {"providers = good openssl\n", 1, falls_back},
                {"providers = good openssl\nfallback = no\n", 1, holds_fast}};
    unsigned *shared =
        mmap(NULL, 2 * sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 99;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = -1;
        if (rows[i].mocks && providers && !strstr(providers, "openssl")) {
            skip("the openssl provider is not built", "D12 %s", rows[i].settings);
            continue;
        }
        pid_t pid = fork();
        if (pid == 0) {
            run(rows[i].settings, rows[i].mocks, rows[i].f);
            shared[0] = tap_count;
            shared[1] = tap_failed;
            exit(0);
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
            return 99;
        tap_count = shared[0];
        tap_failed = shared[1];
        ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "configuration %zu: the process lived", i);
    }
    return tap_done();
}
