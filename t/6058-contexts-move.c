/* SPDX-License-Identifier: MIT
 *
 * ExportSecurityContext and ImportSecurityContext: what a new connection needs to resume moves, in one
 * process, to a child and between strangers that share a file of keys; nothing that is hostile, foreign or
 * made for another credential is believed, and a live connection's keys stay where they are (D21). */
#include <config.h>

#include "t/resume.h"
#include "t/tap.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char tag[64];

static SEC_CHAR schannel[] = "Schannel";
#define RESET SECPKG_CONTEXT_EXPORT_RESET_NEW

static SecBuffer packed_of(struct end *end, ULONG flags)
{
    SecBuffer buffer = {0, SECBUFFER_EMPTY, NULL};
    void *token = &buffer;
    SECURITY_STATUS status = ExportSecurityContext(&end->context, flags, &buffer, &token);
    if (status != SEC_E_OK || token || !buffer.pvBuffer)
        diag("export: %s", pair_status(status));
    return buffer;
}

static SECURITY_STATUS import(const void *bytes, size_t len, CtxtHandle *out)
{
    SecBuffer buffer = {(ULONG)len, SECBUFFER_EMPTY, (void *)(uintptr_t)bytes};
    return ImportSecurityContextA(schannel, &buffer, NULL, out);
}

/* Goes on with imported bytes: as resume_connect, -4 where they are not taken. */
static int connect_moved(struct pair *pair, const SecBuffer *packed)
{
    pair_again(pair);
    if (import(packed->pvBuffer, packed->cbBuffer, &pair->client.context) != SEC_E_OK)
        return -4;
    pair->client.has_context = 1;
    pair_step_null(&pair->client);
    return resume_connect(pair);
}

static CredHandle client_of(const struct pair_options *options)
{
    CredHandle handle = {0, 0};
    if (pair_credential(options, 0, &handle) != SEC_E_OK)
        diag("no client credential");
    return handle;
}

/* ---- one after the other, each with something changed ---- */

static struct pair_options base(const char *provider, int tls)
{
    return (struct pair_options){.provider = provider, .tls = tls, .validate = 1, .roots = "root"};
}

static void moves(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = base(provider, tls);
    int first = pair_open(&pair, &options) ? resume_connect(&pair) : -3;
    CredHandle one = pair.client.credential, two = client_of(&options);
    SecBuffer packed = packed_of(&pair.client, RESET);
    pair_send(&pair.client, "on", 2);
    pair_move(&pair);
    pair_receive(&pair.server);
    ok(first == 0 && packed.cbBuffer && pair.server.data.len == 4, "EXPORT %s: the old context goes on", tag);
    pair.client.credential = two; /* which never met this server */
    pair.client.target = NULL;    /* it moves too */
    int second = connect_moved(&pair, &packed);
    ok(second == 1 && resume_shows(&pair.client, "server-rsa"),
       "EXPORT %s: an equal credential resumes what was moved (%d)", tag, second);
    FreeContextBuffer(packed.pvBuffer);

    pair.client.target = "localhost";
    packed = packed_of(&pair.client, RESET | SECPKG_CONTEXT_EXPORT_DELETE_OLD);
    is_status(DeleteSecurityContext(&pair.client.context), SEC_E_INVALID_HANDLE,
              "EXPORT %s: DELETE_OLD deletes the old one", tag);
    pair.client.has_context = 0;
    pair.client.credential = one;
    second = connect_moved(&pair, &packed);
    int third = resume_again(&pair);
    ok(second == 1 && third == 1, "EXPORT %s: and moved back it resumes (%d, %d)", tag, second, third);
    FreeContextBuffer(packed.pvBuffer);
    FreeCredentialsHandle(&two);
    pair_close(&pair);
}

static void stays(const char *provider, int tls)
{
    static const struct {
        const char *words;
        struct pair_options more;
        const char *target;
        ULONG request;
    } rows[] = {
        {"another certificate shown", {.client_cert = "client-rsa"}, NULL, 0},
        {"other anchors that trust it too", {.roots = "server-rsa-full"}, NULL, 0},
        {"a credential that judges nothing", {.client_flags = SCH_CRED_MANUAL_CRED_VALIDATION}, NULL, 0},
        {"a call that judges nothing", {.cert = NULL}, NULL, ISC_REQ_MANUAL_CRED_VALIDATION},
        {"another target", {.cert = NULL}, "other.example", 0},
        {"no sessions wanted", {.client_lifespan = (ULONG)-1}, NULL, 0},
        {"another version", {.tls = 1}, NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair;
        struct pair_options options = base(provider, tls), other = rows[i].more;
        other.provider = provider;
        other.tls = other.tls ? 25 - tls : tls;
        other.validate = 1;
        other.roots = other.roots ? other.roots : "root";
        int first = pair_open(&pair, &options) ? resume_connect(&pair) : -3;
        CredHandle one = pair.client.credential, two = client_of(&other);
        SecBuffer packed = packed_of(&pair.client, RESET);
        pair.client.credential = two;
        pair.client.request |= rows[i].request;
        if (rows[i].target)
            pair.client.target = rows[i].target;
        int second = connect_moved(&pair, &packed);
        /* an untrusted root, another name or no common version fail as they would without it */
        ok(first == 0 && (second == 0 || ((i == 4 || i == 6) && second == -2)),
           "D21 EXPORT %s: not with %s (%d)", tag, rows[i].words, second);
        FreeContextBuffer(packed.pvBuffer);
        pair_again(&pair);
        pair.client.credential = one;
        FreeCredentialsHandle(&two);
        pair_close(&pair);
    }
}

/* MANUAL to AUTO: the bytes say how the chain was judged. */
static void manual(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = base(provider, tls);
    options.client_request = ISC_REQ_MANUAL_CRED_VALIDATION;
    int first = pair_open(&pair, &options) ? resume_connect(&pair) : -3;
    SecBuffer packed = packed_of(&pair.client, RESET);
    pair.client.request &= ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
    int second = connect_moved(&pair, &packed);
    ok(first == 0 && second == 0, "D21 EXPORT %s: what MANUAL made does not serve AUTO", tag);
    FreeContextBuffer(packed.pvBuffer);
    pair_close(&pair);
}

static void other_provider(const char *provider, int tls)
{
    char list[128], *save = NULL;
    const char *providers = getenv("PROVIDERS");
    snprintf(list, sizeof list, "%s", providers ? providers : "");
    for (char *name = strtok_r(list, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        struct pair pair;
        struct pair_options options = base(provider, tls), other = base(name, tls);
        if (!strcmp(name, provider))
            continue;
        int first = pair_open(&pair, &options) ? resume_connect(&pair) : -3;
        CredHandle one = pair.client.credential, two = client_of(&other);
        SecBuffer packed = packed_of(&pair.client, RESET);
        pair.client.credential = two;
        int second = connect_moved(&pair, &packed);
        ok(first == 0 && second == 0, "D21 EXPORT %s: %s cannot use it, and shakes hands", tag, name);
        FreeContextBuffer(packed.pvBuffer);
        pair_again(&pair);
        pair.client.credential = one;
        FreeCredentialsHandle(&two);
        pair_close(&pair);
    }
}

/* ---- refusals ---- */

static void refusals(const char *provider, int tls)
{
    static const struct {
        const char *words;
        ULONG flags;
    } rows[] = {
        {"a live one", 0},
        {"a live one, and delete it", SECPKG_CONTEXT_EXPORT_DELETE_OLD},
        {"to the kernel", RESET | SECPKG_CONTEXT_EXPORT_TO_KERNEL},
        {"an unknown flag", RESET | 0x80},
    };
    struct pair pair;
    struct pair_options options = base(provider, tls);
    SecBuffer out = {7, SECBUFFER_EMPTY, &pair};
    void *token = &pair;
    if (!pair_open(&pair, &options))
        return;
    pair_step(&pair.client, 0);
    is_status(ExportSecurityContext(&pair.client.context, RESET, &out, &token), SEC_E_UNSUPPORTED_FUNCTION,
              "EXPORT %s: not before the handshake is over", tag);
    is_int(resume_connect(&pair), 0, "EXPORT %s: which goes on", tag);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        is_status(ExportSecurityContext(&pair.client.context, rows[i].flags, &out, &token),
                  SEC_E_UNSUPPORTED_FUNCTION, "EXPORT %s: %s", tag, rows[i].words);
    is_status(ExportSecurityContext(&pair.server.context, RESET, &out, &token), SEC_E_UNSUPPORTED_FUNCTION,
              "EXPORT %s: a server's", tag);
    is_status(ExportSecurityContext(&pair.client.context, RESET, NULL, NULL), SEC_E_INVALID_PARAMETER,
              "EXPORT %s: to nowhere", tag);
    is_status(ExportSecurityContext(&pair.client.credential, RESET, &out, &token), SEC_E_INVALID_HANDLE,
              "EXPORT %s: a credential", tag);
    ok(out.cbBuffer == 7 && out.pvBuffer == &pair && token == &pair, "EXPORT %s: nothing was written", tag);
    is_status(pair_send(&pair.client, "x", 1), SEC_E_OK, "EXPORT %s: and the context lives", tag);
    pair_close(&pair);
}

/* ---- an imported context is no more than a beginning ---- */

static void beginnings(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = base(provider, tls);
    CtxtHandle handle = {1, 2}, kept;
    SecBuffer none[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, none}, out = {SECBUFFER_VERSION, 1, none};
    SecPkgContext_SessionInfo info;
    DWORD shutdown = SCHANNEL_SHUTDOWN;
    SecBuffer control = {sizeof shutdown, SECBUFFER_TOKEN, &shutdown};
    SecBufferDesc controls = {SECBUFFER_VERSION, 1, &control};
    int first = pair_open(&pair, &options) ? resume_connect(&pair) : -3;
    SecBuffer packed = packed_of(&pair.client, RESET);
    ok(first == 0 && import(packed.pvBuffer, packed.cbBuffer, &handle) == SEC_E_OK, "IMPORT %s: taken", tag);
    is_status(QueryContextAttributesA(&handle, SECPKG_ATTR_SESSION_INFO, &info), SEC_E_INVALID_HANDLE,
              "IMPORT %s: it answers nothing", tag);
    is_status(EncryptMessage(&handle, 0, &desc, 0), SEC_E_INVALID_HANDLE, "IMPORT %s: it seals nothing", tag);
    is_status(DecryptMessage(&handle, &desc, 0, NULL), SEC_E_INVALID_HANDLE, "IMPORT %s: nor opens", tag);
    is_status(ApplyControlToken(&handle, &controls), SEC_E_INVALID_HANDLE, "IMPORT %s: nor ends", tag);
    is_status(ExportSecurityContext(&handle, RESET, none, NULL), SEC_E_INVALID_HANDLE,
              "IMPORT %s: nor moves on", tag);
    ULONG attributes = 0;
    is_status(AcceptSecurityContext(&pair.server.credential, &handle, &desc, ASC_REQ_ALLOCATE_MEMORY, 0,
                                    &kept, &out, &attributes, NULL),
              SEC_E_INVALID_HANDLE, "IMPORT %s: nor accepts", tag);
    is_status(InitializeSecurityContextA(NULL, &handle, NULL, ISC_REQ_ALLOCATE_MEMORY, 0, 0, NULL, 0, &handle,
                                         &out, &attributes, NULL),
              SEC_E_INVALID_HANDLE, "IMPORT %s: it begins with no credential", tag);
    is_status(InitializeSecurityContextA(&pair.client.credential, &handle, NULL, ISC_REQ_ALLOCATE_MEMORY, 0,
                                         0, NULL, 0, NULL, &out, &attributes, NULL),
              SEC_E_INVALID_HANDLE, "IMPORT %s: nor where its handle cannot be written", tag);
    kept = handle;
    pair_again(&pair);
    pair.client.context = handle;
    pair.client.has_context = 1;
    pair_step_null(&pair.client);
    int second = resume_connect(&pair);
    is_int(second, 1, "IMPORT %s: and after all that it resumes", tag);
    is_status(DeleteSecurityContext(&kept), SEC_E_INVALID_HANDLE, "IMPORT %s: the first handle is gone", tag);
    is_status(import(packed.pvBuffer, packed.cbBuffer, &handle), SEC_E_OK, "IMPORT %s: once more", tag);
    is_status(DeleteSecurityContext(&handle), SEC_E_OK, "IMPORT %s: deleted before it began", tag);
    is_status(DeleteSecurityContext(&handle), SEC_E_INVALID_HANDLE, "IMPORT %s: once", tag);
    FreeContextBuffer(packed.pvBuffer);
    pair_close(&pair);
}

/* Any bit, any length: refused, and nothing is written. */
static void hostile(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = base(provider, tls);
    CtxtHandle handle = {1, 2};
    unsigned taken = 0, tried = 0;
    int first = pair_open(&pair, &options) ? resume_connect(&pair) : -3;
    SecBuffer packed = packed_of(&pair.client, RESET);
    uint8_t *copy = malloc(packed.cbBuffer + 1u);
    size_t step = packed.cbBuffer / 300 + 1;
    for (size_t at = 0; first == 0 && at < packed.cbBuffer; at += at < 200 ? 1 : step) {
        memcpy(copy, packed.pvBuffer, packed.cbBuffer);
        copy[at] ^= (uint8_t)(1u << at % 8);
        taken += import(copy, packed.cbBuffer, &handle) != SEC_E_INVALID_TOKEN;
        uint8_t *cut = malloc(at + 1); /* so that a reader past the end is seen */
        memcpy(cut, packed.pvBuffer, at);
        taken += import(cut, at, &handle) != SEC_E_INVALID_TOKEN;
        free(cut);
        tried += 2;
    }
    memcpy(copy, packed.pvBuffer, packed.cbBuffer);
    copy[packed.cbBuffer] = 0;
    taken += import(copy, packed.cbBuffer + 1u, &handle) != SEC_E_INVALID_TOKEN;
    uint8_t *large = calloc(1, 1 << 20);
    taken += import(large, 1 << 20, &handle) != SEC_E_INVALID_TOKEN;
    free(large);
    is_int(taken, 0, "IMPORT %s: of %u false ones none is taken", tag, tried + 2);
    is_status(import(NULL, 100, &handle), SEC_E_INVALID_PARAMETER, "IMPORT %s: no bytes", tag);
    SecBuffer buffer = {packed.cbBuffer, SECBUFFER_EMPTY, packed.pvBuffer};
    is_status(ImportSecurityContextA(schannel, &buffer, NULL, NULL), SEC_E_INVALID_PARAMETER,
              "IMPORT %s: to nowhere", tag);
    SEC_CHAR ntlm[] = "NTLM", none[] = "Schannel:none";
    is_status(ImportSecurityContextA(ntlm, &buffer, NULL, &handle), SEC_E_SECPKG_NOT_FOUND,
              "IMPORT %s: another package", tag);
    is_status(ImportSecurityContextA(none, &buffer, NULL, &handle), SEC_E_SECPKG_NOT_FOUND,
              "IMPORT %s: no such provider", tag);
    ok(handle.dwLower == 1 && handle.dwUpper == 2, "IMPORT %s: no handle was written", tag);
    free(copy);
    FreeContextBuffer(packed.pvBuffer);
    pair_close(&pair);
}

/* ---- processes ---- */

/* In a child: does the import pass? */
static int child_takes(const SecBuffer *packed)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        CtxtHandle handle;
        SECURITY_STATUS taken = import(packed->pvBuffer, packed->cbBuffer, &handle);
        _exit(taken == SEC_E_OK ? 1 : taken == SEC_E_INVALID_TOKEN ? 0 : 2);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A process of its own: the program again, which gets the bytes on its standard input. */
static int stranger_takes(const SecBuffer *packed, const char *self)
{
    int fds[2], status = -1;
    if (pipe(fds) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        dup2(fds[0], 0);
        close(fds[0]);
        close(fds[1]);
        execl(self, self, "--import", (char *)NULL);
        _exit(9);
    }
    close(fds[0]);
    if (write(fds[1], packed->pvBuffer, packed->cbBuffer) != (ssize_t)packed->cbBuffer)
        diag("short write");
    close(fds[1]);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int import_input(void)
{
    static uint8_t bytes[1 << 17];
    size_t len = fread(bytes, 1, sizeof bytes, stdin);
    CtxtHandle handle;
    SECURITY_STATUS taken = import(bytes, len, &handle);
    return taken == SEC_E_OK ? 1 : taken == SEC_E_INVALID_TOKEN ? 0 : 2;
}

static char self[4096], folder[256];

static void processes(const char *provider, int tls, int shared)
{
    struct pair pair;
    struct pair_options options = base(provider, tls);
    int first = pair_open(&pair, &options) ? resume_connect(&pair) : -3;
    SecBuffer packed = packed_of(&pair.client, RESET);
    is_int(first, 0, "EXPORT %s: a connection", tag);
    is_int(child_takes(&packed), 1, "IMPORT %s: a child believes its parent", tag);
    is_int(stranger_takes(&packed, self), shared, "IMPORT %s: a stranger %s", tag,
           shared ? "that shares the file of keys believes too" : "does not");
    FreeContextBuffer(packed.pvBuffer);
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    moves(provider, tls);
    stays(provider, tls);
    manual(provider, tls);
    other_provider(provider, tls);
    refusals(provider, tls);
    beginnings(provider, tls);
    hostile(provider, tls);
    processes(provider, tls, 0);
}

static void each_shared(const char *provider, int tls)
{
    snprintf(tag, sizeof tag, "%s tls%d with shared keys", provider, tls);
    moves(provider, tls);
    processes(provider, tls, 1);
}

/* The same with a configuration that names a file of keys: another process, as it is read once. */
static int run_shared(void)
{
    pair_each(each_shared);
    return tap_done();
}

static void write_text(const char *name, const char *text, mode_t mode)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file && fputs(text, file) >= 0 && fclose(file) == 0)
        chmod(path, mode);
}

static int shared_passes(void)
{
    char text[600];
    int status = -1;
    snprintf(text, sizeof text, "[package Schannel]\nlog = none\nticket-keys = %s/keys\n", folder);
    write_text("opensspi.conf", text, 0644);
    write_text("keys",
               "00112233445566778899aabbccddeeff "
               "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
               0600);
    pid_t child = fork();
    if (child == 0) {
        setenv("OPENSSPI_CONFDIR", folder, 1);
        if (!freopen("/dev/null", "w", stdout))
            _exit(8);
        execl(self, self, "--shared", (char *)NULL);
        _exit(9);
    }
    waitpid(child, &status, 0);
    snprintf(text, sizeof text, "%s/keys", folder);
    unlink(text);
    snprintf(text, sizeof text, "%s/opensspi.conf", folder);
    unlink(text);
    rmdir(folder);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    self[len > 0 ? len : 0] = '\0';
    if (argc > 1)
        return strcmp(argv[1], "--import") == 0 ? import_input() : run_shared();
    pair_each(each);
    snprintf(folder, sizeof folder, "%s/opensspi-move-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    ok(mkdtemp(folder) && shared_passes(), "EXPORT: the same where a file of keys is configured");
    return tap_done();
}
