/* SPDX-License-Identifier: MIT
 *
 * SESSION_TICKET_KEYS and the configured file of keys: equal servers resume each other's sessions, in one
 * process and in several; keys rotate without a restart; and where the policy differs, or the provider, or a
 * key, or where the file is not safe, the handshake is a full one (D21). */
#include <config.h>

#include "t/resume.h"
#include "t/tap.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char tag[64], folder[256], key_file[300];
static int can_rotate;

/* ---- servers ---- */

/* The client stays what it is, the server is another. */
static int connect_to(struct pair *pair, const CredHandle *server)
{
    pair_again(pair);
    pair->server.credential = *server;
    return resume_connect(pair);
}

static CredHandle server_of(const struct pair_options *options)
{
    CredHandle handle = {0, 0};
    if (pair_credential(options, 1, &handle) != SEC_E_OK)
        diag("no server credential");
    return handle;
}

static SecPkgCred_SessionTicketKey key_of(uint8_t number)
{
    SecPkgCred_SessionTicketKey key = {.TicketInfoVersion = SESSION_TICKET_INFO_VERSION};
    memset(key.KeyId, number, sizeof key.KeyId);
    memset(key.KeyingMaterial, 0x40 + number, sizeof key.KeyingMaterial);
    key.KeyingMaterialSize = (BYTE)(32 + number);
    return key;
}

/* numbers: "\1\2", keys by number, the first encrypts. */
static SECURITY_STATUS give(CredHandle *server, const char *numbers)
{
    SecPkgCred_SessionTicketKey keys[20];
    SecPkgCred_SessionTicketKeys all = {0, keys};
    for (; numbers[all.cSessionTicketKeys]; all.cSessionTicketKeys++)
        keys[all.cSessionTicketKeys] = key_of((uint8_t)numbers[all.cSessionTicketKeys]);
    return SetCredentialsAttributesA(server, SECPKG_ATTR_SESSION_TICKET_KEYS, &all, sizeof all);
}

/* ---- keys that a program gives ---- */

static void given(const struct pair_options *options)
{
    struct pair pair;
    int good = pair_open(&pair, options);
    CredHandle one = pair.server.credential, two = server_of(options);
    is_status(give(&one, "\1"), SEC_E_OK, "SESSION_TICKET_KEYS %s: a key is taken", tag);
    is_status(give(&two, "\1"), SEC_E_OK, "SESSION_TICKET_KEYS %s: the same by another server", tag);
    int first = good ? connect_to(&pair, &one) : -3;
    int second = connect_to(&pair, &two), third = connect_to(&pair, &one);
    ok(first == 0 && second == 1 && third == 1, "SESSION_TICKET_KEYS %s: servers with one key resume alike",
       tag);

    give(&two, "\2\1"); /* rotation: a newer key in front */
    int old = connect_to(&pair, &two), fresh = connect_to(&pair, &two);
    ok(old == can_rotate && fresh == 1, "SESSION_TICKET_KEYS %s: an older key %s, the newer one encrypts",
       tag, can_rotate ? "still opens" : "means a full handshake (no rotation)");
    int behind = connect_to(&pair, &one);
    ok(tag[0] == 'w' ? behind >= 0 : behind == 0,
       "SESSION_TICKET_KEYS %s: a server without the newer key cannot open its tickets", tag);
    give(&two, "\3");
    connect_to(&pair, &one);
    is_int(connect_to(&pair, &two), 0, "SESSION_TICKET_KEYS %s: another key does not open", tag);
    pair.server.credential = one;
    FreeCredentialsHandle(&two);
    pair_close(&pair);
}

/* D21: the same key, and everything else that a session depends on changed in turn. */
static void other_policies(const struct pair_options *options)
{
    static const struct {
        const char *words;
        struct pair_options more;
    } rows[] = {
        {"another certificate", {.cert = "server-ecdsa"}},
        {"other anchors", {.server_roots = "root"}},
        {"chains judged", {.server_flags = SCH_CRED_AUTO_CRED_VALIDATION}},
        {"another lifespan", {.server_lifespan = 3600000}},
        {"a client certificate asked for", {.server_request = ASC_REQ_MUTUAL_AUTH}},
    };
    struct pair pair;
    int good = pair_open(&pair, options);
    CredHandle one = pair.server.credential;
    ULONG request = pair.server.request;
    give(&one, "\1");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair_options strict = rows[i].more;
        strict.provider = options->provider;
        strict.tls = options->tls;
        CredHandle two = server_of(&strict);
        give(&two, "\1");
        int first = good ? connect_to(&pair, &one) : -3;
        pair.server.request |= strict.server_request;
        int second = connect_to(&pair, &two);
        pair.server.request = request;
        int third = connect_to(&pair, &one);
        ok(first >= 0 && second == 0 && third >= 0, "D21 %s: a shared key does not get round %s", tag,
           rows[i].words);
        pair_again(&pair);
        FreeCredentialsHandle(&two);
    }
    pair.server.credential = one;
    pair_close(&pair);
}

static void wrong_keys(const struct pair_options *options)
{
    struct pair pair;
    SecPkgCred_SessionTicketKey keys[17];
    SecPkgCred_SessionTicketKeys all = {1, keys};
    CredHandle none = {0, 0};
    int good = pair_open(&pair, options);
    CredHandle *server = &pair.server.credential;
    give(server, "\1");
    for (uint8_t i = 0; i < 17; i++)
        keys[i] = key_of((uint8_t)(i + 1));
#define REFUSED(words)                                                                                       \
    is_status(SetCredentialsAttributesA(server, SECPKG_ATTR_SESSION_TICKET_KEYS, &all, sizeof all),          \
              SEC_E_INVALID_PARAMETER, "SESSION_TICKET_KEYS %s: " words, tag)
    all.cSessionTicketKeys = 0;
    REFUSED("no key");
    all.cSessionTicketKeys = 17;
    REFUSED("17 keys");
    all.cSessionTicketKeys = 1;
    all.pSessionTicketKeys = NULL;
    REFUSED("no array");
    all.pSessionTicketKeys = keys;
    keys[0].TicketInfoVersion = 1;
    REFUSED("another version");
    keys[0] = key_of(1);
    keys[0].KeyingMaterialSize = 31;
    REFUSED("31 octets");
    keys[0].KeyingMaterialSize = 65;
    REFUSED("65 octets");
    all.cSessionTicketKeys = 2;
    keys[0] = keys[1] = key_of(1);
    REFUSED("one id twice");
    is_status(SetCredentialsAttributesA(server, SECPKG_ATTR_SESSION_TICKET_KEYS, &all, sizeof all - 1),
              SEC_E_INVALID_PARAMETER, "SESSION_TICKET_KEYS %s: a short structure", tag);
    is_status(SetCredentialsAttributesW(server, SECPKG_ATTR_SESSION_TICKET_KEYS, NULL, sizeof all),
              SEC_E_INVALID_PARAMETER, "SESSION_TICKET_KEYS %s: NULL", tag);
    is_status(give(&pair.client.credential, "\1"), SEC_E_UNSUPPORTED_FUNCTION,
              "SESSION_TICKET_KEYS %s: a client has no use for them", tag);
    is_status(give(&none, "\1"), SEC_E_INVALID_HANDLE, "SESSION_TICKET_KEYS %s: no credential", tag);
    CredHandle two = server_of(options);
    give(&two, "\1");
    int first = good ? resume_connect(&pair) : -3;
    CredHandle one = *server;
    int second = connect_to(&pair, &two);
    ok(first == 0 && second == 1, "SESSION_TICKET_KEYS %s: what was refused has changed nothing", tag);
    pair.server.credential = one;
    FreeCredentialsHandle(&two);
    pair_close(&pair);
}

/* A host of the fleet on another provider. */
static void other_provider(const struct pair_options *options)
{
    char list[128], *save = NULL;
    const char *providers = getenv("PROVIDERS");
    snprintf(list, sizeof list, "%s", providers ? providers : "");
    for (char *name = strtok_r(list, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        struct pair pair;
        struct pair_options other = *options;
        if (!strcmp(name, options->provider))
            continue;
        other.server_provider = name;
        int good = pair_open(&pair, options);
        CredHandle one = pair.server.credential, two = server_of(&other);
        give(&one, "\1");
        give(&two, "\1");
        int first = good ? connect_to(&pair, &one) : -3, second = connect_to(&pair, &two);
        ok(first == 0 && second == 0, "D21 %s: a host on %s falls back to a full handshake", tag, name);
        pair.server.credential = one;
        FreeCredentialsHandle(&two);
        pair_close(&pair);
    }
}

/* ---- keys out of a file ---- */

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchmod(fd, mode) != 0)
        diag("cannot write %s", path);
    close(fd);
}

#define ID_1  "000102030405060708090a0b0c0d0e0f"
#define ID_2  "F00102030405060708090a0b0c0d0e0f"
#define KEY_1 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define KEY_2 KEY_1 "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

/* A server process of its own: one connection over `fd`. */
static void serve(int fd, const struct pair_options *options)
{
    struct pair pair;
    uint8_t chunk[4096];
    ssize_t len;
    if (!pair_open(&pair, options))
        _exit(1);
    struct end *end = &pair.server;
    end->status = SEC_I_CONTINUE_NEEDED;
    while ((len = read(fd, chunk, sizeof chunk)) > 0) {
        flow_add(&end->in, chunk, (size_t)len);
        if (end->status == SEC_E_OK) {
            pair_receive(end);
            end->status = SEC_E_OK;
        } else {
            SECURITY_STATUS status = pair_step(end, end->in.len);
            if (status == SEC_E_OK)
                pair_send(end, "down", 4);
            else if (status == SEC_E_INCOMPLETE_MESSAGE)
                end->status = SEC_I_CONTINUE_NEEDED;
            else if (status < 0)
                _exit(2);
        }
        if (end->out.len && write(fd, end->out.ptr, end->out.len) < 0)
            _exit(3);
        flow_drop(&end->out, end->out.len);
    }
    pair_close(&pair);
    _exit(0);
}

/* The client of a pair against such a process.  As resume_connect. */
static int connect_process(struct pair *pair, const struct pair_options *options)
{
    struct end *end = &pair->client;
    uint8_t chunk[4096];
    int fds[2], happened = -2;
    ssize_t len;
    pair_again(pair);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
        return -3;
    pid_t child = fork();
    if (child == 0) {
        close(fds[0]);
        serve(fds[1], options);
    }
    close(fds[1]);
    pair_step(end, 0);
    for (;;) {
        if (end->out.len && write(fds[0], end->out.ptr, end->out.len) < 0)
            break;
        flow_drop(&end->out, end->out.len);
        if (end->data.len == 4 || (len = read(fds[0], chunk, sizeof chunk)) <= 0)
            break;
        flow_add(&end->in, chunk, (size_t)len);
        if (end->status != SEC_E_OK && pair_step(end, end->in.len) == SEC_E_INCOMPLETE_MESSAGE)
            end->status = SEC_I_CONTINUE_NEEDED;
        if (end->status == SEC_E_OK) {
            happened = resume_happened(end);
            pair_receive(end);
            end->status = SEC_E_OK;
        }
    }
    close(fds[0]);
    int status = -1;
    waitpid(child, &status, 0);
    return end->data.len == 4 && status == 0 ? happened : -2;
}

static void from_a_file(const struct pair_options *options)
{
    struct pair pair;
    write_file(key_file, "# one key\n\n" ID_1 " " KEY_1 " # first\n", 0600);
    int good = pair_open(&pair, options);
    CredHandle one = pair.server.credential, two = server_of(options);
    int first = good ? connect_to(&pair, &one) : -3, second = connect_to(&pair, &two);
    ok(first == 0 && second == 1, "TICKET_FILE %s: credentials share the file's key", tag);
    second = connect_process(&pair, options);
    int third = connect_process(&pair, options);
    ok(second == 1 && third == 1, "TICKET_FILE %s: so do processes (%d, %d)", tag, second, third);

    write_file(key_file, ID_2 "\t" KEY_2 "\n" ID_1 " " KEY_1 "\n", 0400);
    int old = connect_process(&pair, options), fresh = connect_to(&pair, &one);
    ok(old == can_rotate && fresh == 1, "TICKET_FILE %s: the key rotates without a restart (%d, %d)", tag,
       old, fresh);
    write_file(key_file, ID_2 " " KEY_2, 0600);
    second = connect_process(&pair, options); /* wolfSSL 5.5 forgets to renew a ticket of TLS 1.2 */
    third = connect_process(&pair, options);
    ok((second == 1 || !strcmp(tag, "wolfssl tls12")) && third >= 0,
       "TICKET_FILE %s: the old one is gone, the new one serves (%d, %d)", tag, second, third);
    write_file(key_file, ID_1 " " KEY_1 "\n", 0600);
    is_int(connect_to(&pair, &two), 0, "TICKET_FILE %s: a key that is no more opens nothing", tag);

    static const struct {
        const char *words, *text;
        mode_t mode;
    } bad[] = {
        {"that others may read", ID_1 " " KEY_1 "\n", 0644},
        {"that the group may read", ID_1 " " KEY_1 "\n", 0640},
        {"that others may write", ID_1 " " KEY_1 "\n", 0602},
        {"without a key", "# nothing\n", 0600},
        {"with a short key", ID_1 " 0123\n", 0600},
        {"with an odd digit", ID_1 " " KEY_1 "a\n", 0600},
        {"with a long key", ID_1 " " KEY_2 "00\n", 0600},
        {"with an id twice", ID_1 " " KEY_1 "\n" ID_1 " " KEY_2 "\n", 0600},
        {"with a third word", ID_1 " " KEY_1 " x\n", 0600},
        {"without an id", KEY_1 "\n", 0600},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_file(key_file, ID_1 " " KEY_1 "\n", 0600);
        connect_to(&pair, &one);
        write_file(key_file, bad[i].text, bad[i].mode);
        int with = connect_to(&pair, &one), again = connect_to(&pair, &one);
        ok(with == 0 && again == 0, "TICKET_FILE %s: nothing is resumed under a file %s", tag, bad[i].words);
    }
    unlink(key_file);
    int with = connect_to(&pair, &one), again = connect_to(&pair, &one);
    ok(with == 0 && again == 0, "TICKET_FILE %s: nor without one", tag);
    write_file(key_file, ID_1 " " KEY_1 "\n", 0600);
    connect_to(&pair, &one);
    is_int(connect_to(&pair, &two), 1, "TICKET_FILE %s: mended, it serves again", tag);
    give(&two, "\1");
    is_int(connect_to(&pair, &two), 0, "TICKET_FILE %s: the program's own keys come first", tag);
    pair.server.credential = one;
    FreeCredentialsHandle(&two);
    pair_close(&pair);
}

/* A ticket's key ages with dwSessionLifespan, whoever gave it. */
static void lifespan(const struct pair_options *options)
{
    struct pair pair;
    struct pair_options brief = *options;
    struct timespec pause = {0, 250000000};
    brief.server_lifespan = 200;
    int first = pair_open(&pair, &brief) ? resume_connect(&pair) : -3;
    nanosleep(&pause, NULL);
    int second = resume_again(&pair);
    ok(first == 0 && second == 0, "LIFESPAN %s: no ticket outlives the server's dwSessionLifespan", tag);
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    struct pair_options options = {.provider = provider, .tls = tls};
    can_rotate = strcmp(provider, "gnutls") != 0;
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    given(&options);
    other_policies(&options);
    wrong_keys(&options);
    other_provider(&options);
    from_a_file(&options);
    lifespan(&options);
}

int main(void)
{
    char conf[300], text[600];
    signal(SIGPIPE, SIG_IGN);
    snprintf(folder, sizeof folder, "%s/opensspi-keys-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(folder))
        return 99;
    snprintf(conf, sizeof conf, "%s/opensspi.conf", folder);
    snprintf(key_file, sizeof key_file, "%s/ticket-keys", folder);
    snprintf(text, sizeof text, "[package Schannel]\nlog = none\nticket-keys = %s\n", key_file);
    write_file(conf, text, 0644);
    setenv("OPENSSPI_CONFDIR", folder, 1);
    pair_each(each);
    unlink(key_file);
    unlink(conf);
    rmdir(folder);
    return tap_done();
}
