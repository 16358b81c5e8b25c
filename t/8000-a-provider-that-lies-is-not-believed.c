/* SPDX-License-Identifier: MIT
 *
 * The mocks that load well and deceive later: the core refuses, says so once, and never writes where it
 * should not.  The mocks' own protocol looks like TLS 1.2 from outside. */
#include <config.h>

#include "t/pair.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const char manifest[] = "[provider %s]\nmodule = %s.so\nabi = 1\n";

enum stage { ACQUIRE, CLIENT_FIRST, HANDSHAKE, SEAL, UNSEAL, REMOTE };

static const struct lie {
    const char *name;
    enum stage stage;
    SECURITY_STATUS want;
    unsigned alert; /* the code in the one alert that leaves; 0: none */
} lies[] = {
    {"lying-null-cred", ACQUIRE, SEC_E_INTERNAL_ERROR, 0},
    {"lying-null-session", CLIENT_FIRST, SEC_E_INTERNAL_ERROR, 0},
    {"lying-undrained", HANDSHAKE, SEC_E_INTERNAL_ERROR, 80},
    {"lying-unread", HANDSHAKE, SEC_E_INTERNAL_ERROR, 80},
    {"lying-overread", HANDSHAKE, SEC_E_INTERNAL_ERROR, 80},
    {"lying-two-alerts", HANDSHAKE, SEC_E_ALGORITHM_MISMATCH, 40},
    {"lying-after-alert", HANDSHAKE, SEC_E_ALGORITHM_MISMATCH, 40},
    {"lying-no-alert", HANDSHAKE, SEC_E_ALGORITHM_MISMATCH, 40},
    {"lying-alert-ok", HANDSHAKE, SEC_E_INTERNAL_ERROR, 80},
    {"lying-status", HANDSHAKE, SEC_E_INTERNAL_ERROR, 80},
    {"lying-negative", HANDSHAKE, SEC_E_INTERNAL_ERROR, 80},
    {"lying-half-record", HANDSHAKE, SEC_E_INTERNAL_ERROR, 80},
    {"lying-no-record", HANDSHAKE, SEC_E_INTERNAL_ERROR, 80},
    {"lying-flood", HANDSHAKE, SEC_E_INSUFFICIENT_MEMORY, 80},
    {"lying-want-flush", HANDSHAKE, SEC_E_INTERNAL_ERROR, 80},
    {"lying-version", HANDSHAKE, SEC_E_INTERNAL_ERROR, 0},
    {"lying-suite", HANDSHAKE, SEC_E_INTERNAL_ERROR, 0},
    {"lying-plaintext-max", HANDSHAKE, SEC_E_INTERNAL_ERROR, 0},
    {"lying-alpn", HANDSHAKE, SEC_E_INTERNAL_ERROR, 0},
    {"lying-describe", HANDSHAKE, SEC_E_INTERNAL_ERROR, 0},
    {"lying-seal-length", SEAL, SEC_E_INTERNAL_ERROR, 0},
    {"lying-seal-header", SEAL, SEC_E_INTERNAL_ERROR, 0},
    {"lying-seal-data", SEAL, SEC_E_INTERNAL_ERROR, 0},
    {"lying-seal-trailer", SEAL, SEC_E_INTERNAL_ERROR, 0},
    {"lying-seal-type", SEAL, SEC_E_INTERNAL_ERROR, 0},
    {"lying-seal-status", SEAL, SEC_E_INTERNAL_ERROR, 0},
    {"lying-unseal-length", UNSEAL, SEC_E_INTERNAL_ERROR, 0},
    {"lying-unseal-pointer", UNSEAL, SEC_E_INTERNAL_ERROR, 0},
    {"lying-unseal-before", UNSEAL, SEC_E_INTERNAL_ERROR, 0},
    {"lying-unseal-status", UNSEAL, SEC_E_INTERNAL_ERROR, 0},
    {"lying-endless-chain", REMOTE, SEC_E_OK, 0},
    {"lying-null-cert", REMOTE, SEC_E_OK, 0},
};

static void move_in(const struct sandbox *box, const char *name)
{
    char from[4096], to[512], text[512];
    const char *top = getenv("top_builddir");
    snprintf(from, sizeof from, "%s/t/mock/%s.so", top ? top : ".", name);
    snprintf(to, sizeof to, "providers/%s.so", name);
    sandbox_copy(box, to, from);
    snprintf(to, sizeof to, "manifests/50-%s.provider", name);
    snprintf(text, sizeof text, manifest, name, name);
    sandbox_write(box, to, text);
}

/* Exactly one record is out: a fatal alert. */
static void is_alert(const struct end *end, unsigned code, const char *name)
{
    const uint8_t want[] = {21, 3, 3, 0, 2, 2, (uint8_t)code};
    ok(end->out.len == sizeof want && !memcmp(end->out.ptr, want, sizeof want), "%s: one alert, %u", name,
       code);
    ok(end->alert[0] == 2 && end->alert[1] == code, "%s: D1 its bytes in the ALERT buffer", name);
}

static void shakes(const struct lie *lie, struct pair *pair)
{
    struct end *server = &pair->server;
    SECURITY_STATUS status = pair_handshake(pair);
    is_status(status, lie->want, "%s: the handshake", lie->name);
    struct end *judge = server->status < 0 ? server : &pair->client;
    if (lie->alert)
        is_alert(judge, lie->alert, lie->name);
    else
        ok(!judge->out.len, "%s: keys may be in use: no alert in the clear", lie->name);
    if (judge->has_context) {
        judge->out.len = 0;
        is_status(pair_step_null(judge), lie->want, "%s: D17 the same again", lie->name);
        ok(!judge->out.len, "%s: and no output", lie->name);
    }
}

static void messages(const struct lie *lie, struct pair *pair)
{
    uint8_t guard[4096];
    if (!ok(pair_handshake(pair) == SEC_E_OK, "%s: completes", lie->name))
        return;
    SECURITY_STATUS status = pair_send(&pair->client, "hello", 5);
    if (lie->stage == SEAL) {
        is_status(status, lie->want, "%s: EncryptMessage", lie->name);
        is_status(pair_send(&pair->client, "hello", 5), lie->want, "%s: dead after that", lie->name);
        return;
    }
    is_status(status, SEC_E_OK, "%s: EncryptMessage", lie->name);
    pair_move(pair);
    if (lie->stage == UNSEAL) {
        memset(guard, 0x77, sizeof guard);
        size_t len = pair->server.in.len;
        memcpy(guard + 1024, pair->server.in.ptr, len);
        SecBuffer bufs[4] = {{(ULONG)len, SECBUFFER_DATA, guard + 1024}};
        SecBufferDesc desc = {SECBUFFER_VERSION, 4, bufs};
        is_status(DecryptMessage(&pair->server.context, &desc, 0, NULL), lie->want, "%s: DecryptMessage",
                  lie->name);
        ok(bufs[0].BufferType == SECBUFFER_DATA && bufs[1].BufferType == SECBUFFER_EMPTY,
           "%s: buffers as they were", lie->name);
        int whole = 1;
        for (size_t i = 0; i < sizeof guard; i++)
            if ((i < 1024 || i >= 1024 + len) && guard[i] != 0x77)
                whole = 0;
        ok(whole, "%s: nothing written outside the record", lie->name);
        return;
    }
    PCCERT_CONTEXT remote = NULL;
    status = QueryContextAttributesA(&pair->server.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &remote);
    ok(status < 0 && !remote, "%s: REMOTE_CERT_CONTEXT is refused (%s)", lie->name, pair_status(status));
}

static void try(const struct lie *lie)
{
    struct pair pair;
    struct pair_options options = {.provider = lie->name, .old_struct = 1, .target = "-"};
    int made = pair_open(&pair, &options);
    if (lie->stage == ACQUIRE) {
        is_status(pair.client.status, lie->want, "%s: a client credential", lie->name);
        is_status(pair.server.status, lie->want, "%s: a server credential", lie->name);
    } else if (!ok(made, "%s: credentials", lie->name)) {
        diag("client %s, server %s", pair_status(pair.client.status), pair_status(pair.server.status));
    } else if (lie->stage == CLIENT_FIRST) {
        is_status(pair_step(&pair.client, 0), lie->want, "%s: InitializeSecurityContext", lie->name);
        ok(!pair.client.has_context, "%s: D17 no context", lie->name);
    } else if (lie->stage == HANDSHAKE) {
        shakes(lie, &pair);
    } else {
        messages(lie, &pair);
    }
    pair_close(&pair);
}

/* A process of its own for some of them: it reads its configuration once, and 32 providers are the most. */
static void try_some(const struct lie *some, size_t count)
{
    static struct sandbox box;
    static const struct lie truth = {"good", REMOTE, SEC_E_OK, 0};
    sandbox_make(&box);
    sandbox_write(&box, "conf/opensspi.conf", "[package Schannel]\nproviders = good\nlog = none\n");
    move_in(&box, "good");
    for (size_t i = 0; i < count; i++)
        move_in(&box, some[i].name);
    setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
    setenv("OPENSSPI_MANIFESTDIR", sandbox_path(&box, "manifests"), 1);
    setenv("OPENSSPI_PROVIDERDIR", sandbox_path(&box, "providers"), 1);
    try(&truth);
    for (size_t i = 0; i < count; i++)
        try(&some[i]);
    sandbox_remove(&box);
}

int main(void)
{
    enum { COUNT = sizeof lies / sizeof *lies, SOME = 16 };
    unsigned *shared =
        mmap(NULL, 2 * sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 99;
    for (size_t at = 0; at < COUNT; at += SOME) {
        int status = -1;
        pid_t pid = fork();
        if (pid == 0) {
            try_some(lies + at, COUNT - at < SOME ? COUNT - at : SOME);
            shared[0] = tap_count;
            shared[1] = tap_failed;
            exit(0);
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
            return 99;
        tap_count = shared[0];
        tap_failed = shared[1];
        ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "mocks %u and on: the process lived", (unsigned)at);
    }
    return tap_done();
}
