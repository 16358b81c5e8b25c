/* SPDX-License-Identifier: MIT
 *
 * `profile =`: what the machine allows comes before what a program asks (D11).  The old half of the contract,
 * W45 and W49 with TLS 1.0, an RSA key of 512 bits and SHA-1, runs under `legacy`. */
#include <config.h>

#include "t/pair.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <sys/mman.h>
#include <sys/wait.h>

static char tag[96];

static DWORD both(DWORD client)
{
    return client | client >> 1; /* each SP_PROT server bit stands one below its client's */
}

struct words {
    char suite[64], cipher[64], hash[64], exchange[64], certificate[64];
};

static void narrow(char *out, const WCHAR *in)
{
    size_t i = 0;
    for (; in[i]; i++)
        out[i] = (char)in[i];
    out[i] = 0;
}

static SecPkgContext_CipherInfo cipher_info(struct end *end, struct words *words)
{
    SecPkgContext_CipherInfo info;
    memset(&info, 0, sizeof info);
    is_status(QueryContextAttributesW(&end->context, SECPKG_ATTR_CIPHER_INFO, &info), SEC_E_OK,
              "W49 %s: CIPHER_INFO", tag);
    narrow(words->suite, info.szCipherSuite);
    narrow(words->cipher, info.szCipher);
    narrow(words->hash, info.szHash);
    narrow(words->exchange, info.szExchange);
    narrow(words->certificate, info.szCertificate);
    return info;
}

/* ---- legacy ---- */

static void is_w49(struct end *end, DWORD version)
{
    struct words words;
    SecPkgContext_CipherInfo info = cipher_info(end, &words);
    is_int(info.dwProtocol, version, "W49 %s: the wire's version", tag);
    ok(info.dwCipherSuite == 0xC014 && info.dwBaseCipherSuite == 0xC014, "W49 %s: 0xC014, got 0x%04x", tag,
       (unsigned)info.dwCipherSuite);
    is_str(words.suite, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "W49 %s: its name", tag);
    ok(!strcmp(words.cipher, "AES") && info.dwCipherLen == 256 && info.dwCipherBlockLen == 16,
       "W49 %s: AES/256/16", tag);
    ok(!strcmp(words.hash, "SHA1") && info.dwHashLen == 160, "W49 %s: SHA1/160", tag);
    ok(!strcmp(words.exchange, "ECDH") && info.dwMinExchangeLen == 0 && info.dwMaxExchangeLen == 65536,
       "W49 %s: ECDH", tag);
    is_str(words.certificate, "RSA", "W49 %s: RSA", tag);
    ok(info.dwKeyType == 0x1D || info.dwKeyType == 0x17, "W49 %s: x25519 or P-256", tag);
    SecPkgContext_ConnectionInfo connection;
    is_status(QueryContextAttributesA(&end->context, SECPKG_ATTR_CONNECTION_INFO, &connection), SEC_E_OK,
              "W48 %s: CONNECTION_INFO", tag);
    ok(connection.dwCipherStrength >= 128 && connection.dwHashStrength >= 128,
       "W48 %s: strengths of a CBC suite", tag);
    ok(end->sizes.cbHeader == (version >= 0x0302 ? 21u : 5u) && end->sizes.cbBlockSize == 16 &&
           end->sizes.cbTrailer >= 20 + 1 && end->sizes.cbTrailer <= 20 + 16,
       "D3 %s: header %u, trailer %u", tag, (unsigned)end->sizes.cbHeader, (unsigned)end->sizes.cbTrailer);
}

static void talks(struct pair *pair)
{
    static const char text[] = "older than this program";
    pair_send(&pair->client, text, sizeof text);
    pair_send(&pair->server, text, sizeof text);
    pair_move(pair);
    pair_receive(&pair->server);
    pair_receive(&pair->client);
    ok(pair->server.data.len == sizeof text && pair->client.data.len == sizeof text &&
           !memcmp(pair->server.data.ptr, text, sizeof text) &&
           !memcmp(pair->client.data.ptr, text, sizeof text),
       "W57 %s: messages pass both ways", tag);
}

/* The smallest of these keys that the library takes at both ends. */
static void old(const char *provider, DWORD bit, DWORD version)
{
    static const char *const certs[] = {"server-tiny", "server-rsa1024", "server-rsa"};
    SECURITY_STATUS status = SEC_E_OK;
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++) {
        struct pair pair;
        struct pair_options options = {
            .provider = provider, .old_struct = 1, .protocols = both(bit), .cert = certs[i]};
        snprintf(tag, sizeof tag, "%s 0x%04x %s", provider, (unsigned)version, certs[i]);
        status = pair_open(&pair, &options) ? pair_handshake(&pair)
                                            : (pair.client.status ? pair.client.status : pair.server.status);
        if (status == SEC_E_OK) {
            ok(pair.server.has_context && pair.server.status == SEC_E_OK, "W45 %s: SEC_E_OK on both ends",
               tag);
            is_w49(&pair.client, version);
            is_w49(&pair.server, version);
            talks(&pair);
            pair_close(&pair);
            return;
        }
        diag("W45 %s: %s", tag, pair_status(status));
        pair_close(&pair);
    }
    snprintf(tag, sizeof tag, "%s 0x%04x", provider, (unsigned)version);
    if (version == 0x0301 && strcmp(provider, "wolfssl") == 0)
        is_status(status, SEC_E_ALGORITHM_MISMATCH, "W45 W49 D12 %s: refused: tls10", tag);
    else
        ok(0, "W45 %s: no key will do, last %s", tag, pair_status(status));
}

static void legacy(const char *provider)
{
    old(provider, SP_PROT_TLS1_0_CLIENT, 0x0301);
    old(provider, SP_PROT_TLS1_1_CLIENT, 0x0302);
    struct pair pair;
    struct words words;
    struct pair_options options = {.provider = provider};
    snprintf(tag, sizeof tag, "%s legacy", provider);
    ok(pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK, "%s: two that know better agree",
       tag);
    is_int(cipher_info(&pair.client, &words).dwProtocol, 0x0304, "D11 %s: on TLS 1.3", tag);
    pair_close(&pair);
}

/* D12: wolfSSL has no TLS 1.0 at all; who asks for nothing else gets the next provider. */
static void falls_back(const char *provider)
{
    struct pair pair;
    struct pair_options options = {.old_struct = 1, .protocols = both(SP_PROT_TLS1_0_CLIENT)};
    ok(pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK,
       "D12 %s: TLS 1.0 goes to the next provider", provider);
    pair_close(&pair);
}

static void legacy_order(const char *provider)
{
    if (strcmp(provider, "wolfssl") == 0)
        falls_back(provider);
}

/* ---- the others ---- */

static void refuses_old(const char *provider, const char *profile)
{
    static const DWORD bits[] = {SP_PROT_TLS1_0_CLIENT, SP_PROT_TLS1_1_CLIENT,
                                 SP_PROT_TLS1_0_CLIENT | SP_PROT_TLS1_1_CLIENT};
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        for (int server = 0; server < 2; server++) {
            CredHandle credential;
            struct pair_options options = {.provider = provider, .old_struct = 1, .protocols = both(bits[i])};
            is_status(pair_credential(&options, server, &credential), SEC_E_ALGORITHM_MISMATCH,
                      "D11 %s %s: old versions alone, %s", provider, profile, server ? "server" : "client");
        }
}

static void modern(const char *provider, const char *profile, const char *never, DWORD bits, int nist)
{
    for (int tls = 12; tls <= 13; tls++) {
        struct pair pair;
        struct words words;
        struct pair_options options = {.provider = provider, .tls = tls};
        snprintf(tag, sizeof tag, "%s tls%d %s", provider, tls, profile);
        if (ok(pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK, "%s: completes", tag)) {
            SecPkgContext_CipherInfo info = cipher_info(&pair.client, &words);
            ok(!strstr(words.suite, never), "%s: %s is not chosen", tag, words.suite);
            ok(info.dwCipherLen >= bits, "%s: %u bits", tag, (unsigned)info.dwCipherLen);
            ok(!nist || info.dwKeyType == 23 || info.dwKeyType == 24, "%s: group %u", tag,
               (unsigned)info.dwKeyType);
        }
        pair_close(&pair);
    }
    refuses_old(provider, profile);
}

static void standard(const char *provider)
{
    modern(provider, "default", "CBC", 128, 0);
}

static void strict(const char *provider)
{
    modern(provider, "strict", "CBC", 256, 0);
}

static void approved(const char *provider)
{
    modern(provider, "approved-only", "CHACHA", 128, 1);
}

static void each(void (*f)(const char *provider))
{
    char list[256], *save = NULL;
    const char *providers = getenv("PROVIDERS");
    snprintf(list, sizeof list, "%s", providers ? providers : "openssl");
    for (char *name = strtok_r(list, " ", &save); name; name = strtok_r(NULL, " ", &save))
        f(name);
}

/* A process of its own for each: the configuration is read once. */
static void run(const char *profile, void (*f)(const char *provider))
{
    static struct sandbox box;
    char text[128];
    sandbox_make(&box);
    snprintf(text, sizeof text,
             "[package Schannel]\nprofile = %s\nproviders = wolfssl openssl gnutls\nlog = none\n", profile);
    sandbox_write(&box, "conf/opensspi.conf", text);
    setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
    each(f);
    sandbox_remove(&box);
}

int main(void)
{
    static const struct {
        const char *profile;
        void (*f)(const char *provider);
    } rows[] = {{"default", standard},
                {"legacy", legacy},
                {"legacy", legacy_order},
                {"strict", strict},
                {"approved-only", approved}};
    unsigned *shared =
        mmap(NULL, 2 * sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 99;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = -1;
        pid_t pid = fork();
        if (pid == 0) {
            run(rows[i].profile, rows[i].f);
            shared[0] = tap_count;
            shared[1] = tap_failed;
            exit(0);
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
            return 99;
        tap_count = shared[0];
        tap_failed = shared[1];
        ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: the process lived", rows[i].profile);
    }
    return tap_done();
}
