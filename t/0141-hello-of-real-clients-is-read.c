/* SPDX-License-Identifier: MIT
 * What OpenSSL, GnuTLS, wolfSSL and curl really send, read by core/hello.c: as it came, in one-byte
 * records, and cut anywhere. */
#include <config.h>

#include "core/record.h"

#include "t/hello-kit.h"
#include "t/tap.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { TLS12 = 1, TLS13 = 2, ALPN = 4, NAME = 8, STATUS = 16, LATER = 32 };
static const struct client {
    const char *name, *program;
    const char *command; /* words; % is the port */
    int want;
} clients[] = {
    {"openssl", "openssl",
     "openssl s_client -connect 127.0.0.1:% -servername WWW.example.org -alpn h2,http/1.1 -status",
     TLS12 | TLS13 | ALPN | NAME | STATUS},
    {"openssl -tls1_2", "openssl",
     "openssl s_client -tls1_2 -connect 127.0.0.1:% -servername www.example.org", TLS12 | NAME},
    {"openssl -tls1_3 -enable_pha", "openssl",
     "openssl s_client -tls1_3 -enable_pha -connect 127.0.0.1:% -noservername", TLS13 | LATER},
    {"gnutls", "gnutls-cli",
     "gnutls-cli --no-ca-verification --sni-hostname=www.example.org --alpn=h2 --alpn=http/1.1 -p % "
     "127.0.0.1",
     TLS12 | TLS13 | ALPN | NAME | STATUS},
    {"gnutls 1.2", "gnutls-cli",
     "gnutls-cli --no-ca-verification --priority=NORMAL:-VERS-ALL:+VERS-TLS1.2 "
     "--sni-hostname=www.example.org -p % 127.0.0.1",
     TLS12 | NAME | STATUS},
    {"curl", "curl",
     "curl -sk --max-time 10 --noproxy * --resolve www.example.org:%:127.0.0.1 https://www.example.org:%/",
     TLS12 | TLS13 | ALPN | NAME},
    {"wolfssl", "t/wolf-hello", "t/wolf-hello % 13", TLS12 | TLS13 | ALPN | NAME},
    {"wolfssl 1.2", "t/wolf-hello", "t/wolf-hello % 12", TLS12 | ALPN | NAME},
};

static pid_t start(const struct client *client, unsigned port)
{
    static char words[512];
    char *argv[32], number[8], *at = words;
    posix_spawn_file_actions_t actions;
    size_t argc = 0;
    const char *from;
    pid_t pid;

    snprintf(number, sizeof number, "%u", port);
    for (from = client->command; *from && at < words + sizeof words - 8; from++)
        at += *from == '%' ? sprintf(at, "%s", number) : (*at = *from, 1);
    *at = '\0';
    for (at = strtok(words, " "); at && argc < 31; at = strtok(NULL, " "))
        argv[argc++] = at;
    argv[argc] = NULL;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/zero", 0,
                                     0); /* no end of file: that would stop them */
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 1, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1, 0);
    if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) != 0)
        pid = -1;
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static ssize_t receive(int fd, uint8_t *into, size_t room)
{
    struct pollfd ready = {fd, POLLIN, 0};

    return poll(&ready, 1, 60000) == 1 ? read(fd, into, room) : -1;
}

/* Reads records until the hello is whole. */
static enum hello_status receive_hello(int fd, struct hello_gather *gather)
{
    static uint8_t stream[200 * 1024];
    size_t have = 0, used = 0;
    enum hello_status status = HELLO_MORE;
    struct record record;
    uint8_t alert;

    while (status == HELLO_MORE) {
        enum record_status framed = record_read(stream + used, have - used, 0, &record);
        ssize_t got;

        if (framed == RECORD_BAD)
            return HELLO_BAD;
        if (framed == RECORD_WHOLE) {
            status = hello_gather(gather, stream + used, record.len, &alert);
            used += record.len;
            continue;
        }
        if (record.missing > sizeof stream - have || (got = receive(fd, stream + have, record.missing)) <= 0)
            return HELLO_MORE; /* nobody came */
        have += (size_t)got;
    }
    return status;
}

static void judge(const struct client *client, struct sspi_bytes message)
{
    struct hello hello;
    uint8_t alert = 99;
    size_t len;
    unsigned passed = 0;
    struct hello_gather gather = {0};
    const char *name = client->name;

    ok(hello_read(message, &hello, &alert) == HELLO_WHOLE && alert == 0, "%s: %zu bytes are read", name,
       message.len);
    is_str(hello.server_name, client->want & NAME ? "www.example.org" : "", "%s: its name", name);
    ok(!!hello_alpn((struct sspi_bytes){(const uint8_t *)"\2h2", 3}, hello.alpn).len ==
           !!(client->want & ALPN),
       "%s: its ALPN list", name);
    if (client->want & TLS13)
        ok(hello_lists(hello.versions, 0x0304) && hello_lists(hello.suites, 0x1301), "%s: TLS 1.3", name);
    else
        ok(!hello_lists(hello.versions, 0x0304) && hello.legacy_version == 0x0303, "%s: no TLS 1.3", name);
    ok(hello_lists(hello.suites, 0xC02F) == !!(client->want & TLS12), "%s: its suites", name);
    ok(hello_lists(hello.groups, 0x0017) && hello_lists(hello.signatures, 0x0403),
       "%s: groups and signatures", name);
    if (client->want & STATUS)
        ok(hello.status_request, "%s: asks for a staple", name);
    if (strcmp(client->program, "curl") != 0) /* that depends on the library it is built with */
        ok(hello.post_handshake_auth == !!(client->want & LATER), "%s: post-handshake authentication", name);
    ok(kit_feed(&gather, message.ptr, message.len, 1, &alert) == HELLO_WHOLE &&
           gather.message.len == message.len && !memcmp(gather.message.ptr, message.ptr, message.len),
       "%s: the same in records of one byte", name);
    hello_gather_free(&gather);
    for (len = 0; len < message.len; len++)
        passed += hello_read((struct sspi_bytes){message.ptr, len}, &hello, &alert) == HELLO_WHOLE;
    is_int(passed, 0, "%s: cut anywhere it is refused", name);
}

static int installed(const char *program)
{
    char command[128];

    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", program);
    return system(command) == 0;
}

static void try_client(const struct client *client, int listener, unsigned port)
{
    struct hello_gather gather = {0};
    struct pollfd ready = {listener, POLLIN, 0};
    enum hello_status status = HELLO_MORE;
    pid_t pid;
    int fd;

    if (!installed(client->program)) {
        skip("not installed", "%s", client->name);
        return;
    }
    pid = start(client, port);
    fd = pid > 0 && poll(&ready, 1, 60000) == 1 ? accept(listener, NULL, NULL) : -1;
    if (fd >= 0)
        status = receive_hello(fd, &gather);
    if (ok(status == HELLO_WHOLE, "%s: a hello arrives", client->name))
        judge(client, (struct sspi_bytes){gather.message.ptr, gather.message.len});
    if (fd >= 0)
        close(fd);
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    hello_gather_free(&gather);
}

int main(void)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    unsigned i;

    signal(SIGPIPE, SIG_IGN);
    if (listener < 0 || bind(listener, (struct sockaddr *)&here, size) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)&here, &size) != 0)
        return skip_all("no socket on 127.0.0.1");
    for (i = 0; i < sizeof clients / sizeof *clients; i++)
        try_client(&clients[i], listener, ntohs(here.sin_port));
    return tap_done();
}
