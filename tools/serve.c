/* SPDX-License-Identifier: MIT
 *
 * tools/serve.c -- `sspi serve`: a TLS server that speaks through AcceptSecurityContext alone. */
#include <config.h>

#include "tools/tools.h"

#include "tools/connection.h"
#include "tools/identity.h"
#include "tools/net.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <netdb.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 4096u

struct serve {
    struct service service;
    struct identity identity;
    struct identity_options options;
    const char *address, *www, *alpn;
    unsigned port;
    int listener, signals;
    struct connection **all;
    size_t count;
    struct pollfd *polls;
};

static long long serve_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum { OPT_CERT = 256, OPT_KEY, OPT_PFX, OPT_PASSWORD, OPT_ADDRESS, OPT_PORT, OPT_PROVIDER, OPT_TLS, OPT_ALPN,
       OPT_ECHO, OPT_WWW, OPT_KEYLOG, OPT_CLIENT, OPT_CA, OPT_IMPERSONATE, OPT_TIMEOUT,
       OPT_HELP };

static const struct option serve_options[] = {{"cert", required_argument, NULL, OPT_CERT},
                                              {"key", required_argument, NULL, OPT_KEY},
                                              {"pfx", required_argument, NULL, OPT_PFX},
                                              {"pfx-password", required_argument, NULL, OPT_PASSWORD},
                                              {"address", required_argument, NULL, OPT_ADDRESS},
                                              {"port", required_argument, NULL, OPT_PORT},
                                              {"provider", required_argument, NULL, OPT_PROVIDER},
                                              {"tls", required_argument, NULL, OPT_TLS},
                                              {"alpn", required_argument, NULL, OPT_ALPN},
                                              {"echo", no_argument, NULL, OPT_ECHO},
                                              {"www", required_argument, NULL, OPT_WWW},
                                              {"keylog", required_argument, NULL, OPT_KEYLOG},
                                              {"client-cert", required_argument, NULL, OPT_CLIENT},
                                              {"ca", required_argument, NULL, OPT_CA},
                                              {"impersonate", no_argument, NULL, OPT_IMPERSONATE},
                                              {"timeout", required_argument, NULL, OPT_TIMEOUT},
                                              {"help", no_argument, NULL, OPT_HELP},
                                              {NULL, 0, NULL, 0}};

static int serve_usage(const char *why)
{
    if (why)
        tool_failed(&tool_serve, "%s", why);
    fputs("`sspi serve --help' says more.\n", stderr);
    return EXIT_USAGE;
}

static int serve_number(const char *text, unsigned long most, unsigned *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*text < '0' || *text > '9' || *end || value > most)
        return -1;
    *number = (unsigned)value;
    return 0;
}

/* A certificate that comes is judged in the handshake, whether one has to come or not. */
static int serve_client(struct serve *s, const char *word)
{
    s->service.require = !strcmp(word, "require");
    s->service.ask = s->service.require || !strcmp(word, "request");
    s->options.flags = s->service.ask ? SCH_CRED_AUTO_CRED_VALIDATION : 0;
    return s->service.ask || !strcmp(word, "none") ? 0 : -1;
}

static int serve_check(const struct serve *s)
{
    if (!s->options.cert == !s->options.pfx)
        return serve_usage("one of --cert and --pfx is needed");
    if (s->options.tls && strcmp(s->options.tls, "1.2") != 0 && strcmp(s->options.tls, "1.3") != 0)
        return serve_usage("--tls takes 1.2 or 1.3");
    if (s->service.echo && s->www)
        return serve_usage("--echo and --www exclude each other");
    if (s->options.ca && !s->service.ask)
        return serve_usage("--ca says who may issue client certificates: --client-cert asks for them");
    if (s->service.impersonate && (!s->www || !s->service.ask))
        return serve_usage("--impersonate needs --www and --client-cert");
    return -1;
}

/* -1: go on; else the exit status. */
static int serve_parse(struct serve *s, int argc, char **argv)
{
    unsigned seconds;
    int option;

    optind = 1;
    while ((option = getopt_long(argc, argv, "", serve_options, NULL)) != -1) {
        switch (option) {
        case OPT_CERT: s->options.cert = optarg; break;
        case OPT_KEY: s->options.key = optarg; break;
        case OPT_PFX: s->options.pfx = optarg; break;
        case OPT_PASSWORD: s->options.password_file = optarg; break;
        case OPT_ADDRESS: s->address = optarg; break;
        case OPT_PROVIDER: s->options.provider = optarg; break;
        case OPT_TLS: s->options.tls = optarg; break;
        case OPT_ALPN: s->alpn = optarg; break;
        case OPT_ECHO: s->service.echo = 1; break;
        case OPT_WWW: s->www = optarg; break;
        case OPT_KEYLOG: s->options.keylog = optarg; break;
        case OPT_PORT:
            if (serve_number(optarg, 65535, &s->port) != 0)
                return serve_usage("--port takes a number from 0 to 65535");
            break;
        case OPT_CLIENT:
            if (serve_client(s, optarg) != 0)
                return serve_usage("--client-cert takes none, request or require");
            break;
        case OPT_CA: s->options.ca = optarg; break;
        case OPT_IMPERSONATE: s->service.impersonate = 1; break;
        case OPT_TIMEOUT:
            if (serve_number(optarg, 86400, &seconds) != 0 || seconds == 0)
                return serve_usage("--timeout takes a number of seconds from 1 to 86400");
            s->service.patience_ms = seconds * 1000LL;
            break;
        case OPT_HELP: return tool_help(&tool_serve);
        default: return serve_usage(NULL);
        }
    }
    if (optind < argc)
        return serve_usage("takes no arguments beside its options");
    return serve_check(s);
}

static int serve_open(struct serve *s)
{
    sigset_t set;
    struct rlimit files;

    if (s->alpn && !(s->service.alpn = channel_alpn(s->alpn, &s->service.alpn_length)))
        return serve_usage("--alpn takes names of 1 to 255 octets with commas between them");
    if (s->www && (s->service.www = open(s->www, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        fprintf(stderr, "sspi serve: %s: %s\n", s->www, strerror(errno));
        return EXIT_FAILED;
    }
    if (identity_open(&s->identity, &s->options, SECPKG_CRED_INBOUND) != 0)
        return EXIT_FAILED;
    s->service.credential = &s->identity.credential;
    s->service.provider = s->options.provider;
    /* As many connections as the hard limit allows, up to our own. */
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    s->all = calloc(CONNECTIONS_MAX, sizeof *s->all);
    s->polls = calloc(CONNECTIONS_MAX + 2, sizeof *s->polls);
    if (s->signals < 0 || !s->all || !s->polls) {
        fprintf(stderr, "sspi serve: %s\n", strerror(errno));
        return EXIT_FAILED;
    }
    s->listener = net_listen("serve", s->address, &s->port);
    return s->listener < 0 ? EXIT_FAILED : -1;
}

static void serve_accept(struct serve *s)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char host[48] = "?", port[8] = "?", peer[80];
    int fd;

    while (s->count < CONNECTIONS_MAX &&
           (fd = accept4(s->listener, (struct sockaddr *)&address, &size, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
        getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV);
        snprintf(peer, sizeof peer, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
        s->all[s->count] = connection_new(&s->service, fd, peer);
        if (s->all[s->count]) {
            (void)connection_run(s->all[s->count], 0, serve_now()); /* sets its deadline */
            s->count++;
        } else {
            close(fd);
        }
        size = sizeof address;
    }
}

static void serve_end(struct serve *s, size_t i, const char *why)
{
    connection_free(s->all[i], why);
    s->all[i] = s->all[--s->count];
}

static void serve_loop(struct serve *s)
{
    for (;;) {
        size_t i, polled = s->count;
        long long now;

        s->polls[0] = (struct pollfd){s->signals, POLLIN, 0};
        s->polls[1] = (struct pollfd){s->count < CONNECTIONS_MAX ? s->listener : -1, POLLIN, 0};
        for (i = 0; i < polled; i++)
            s->polls[i + 2] = (struct pollfd){s->all[i]->fd, connection_events(s->all[i]), 0};
        if (poll(s->polls, polled + 2, 1000) < 0 && errno != EINTR)
            return;
        if (s->polls[0].revents)
            return;
        now = serve_now();
        for (i = polled; i-- > 0;) { /* from the end: ending one moves the last into its place */
            short events = s->polls[i + 2].revents;
            if (events && connection_run(s->all[i], events, now) != 0)
                serve_end(s, i, NULL);
            else if (now > s->all[i]->deadline_ms)
                serve_end(s, i, s->all[i]->lingering ? NULL : "timed out");
        }
        if (s->polls[1].revents)
            serve_accept(s);
    }
}

static void serve_close(struct serve *s)
{
    while (s->count)
        serve_end(s, s->count - 1, "server ended");
    if (s->listener >= 0)
        close(s->listener);
    if (s->signals >= 0)
        close(s->signals);
    if (s->service.www >= 0)
        close(s->service.www);
    identity_close(&s->identity);
    free((void *)s->service.alpn);
    free(s->all);
    free(s->polls);
}

static int serve_run(int argc, char **argv)
{
    struct serve s = {.address = "127.0.0.1", .listener = -1, .signals = -1, .service = {.www = -1},
                      .identity = {.keylog = -1},
                      .options = {.command = "serve"}};
    int status = serve_parse(&s, argc, argv);

    if (status >= 0)
        return status;
    status = serve_open(&s);
    if (status < 0) {
        printf(strchr(s.address, ':') ? "listening on [%s]:%u\n" : "listening on %s:%u\n", s.address, s.port);
        fflush(stdout);
        serve_loop(&s);
        status = EXIT_DONE;
    }
    serve_close(&s);
    return status;
}

const struct tool tool_serve = {
    "serve", serve_run, "serve TLS clients: a page, files, or what they send",
    "serve --cert FILE [--key FILE] [OPTION]...\n"
    "Serves TLS clients through AcceptSecurityContext, with the provider the configuration chose.\n"
    "\n"
    "  --cert FILE           certificate and chain, PEM, or pkcs11: URI\n"
    "  --key FILE            private key, PEM or pkcs11: URI (default: with the certificate)\n"
    "  --pfx FILE            certificate, chain and key as PKCS#12, instead of --cert\n"
    "  --pfx-password FILE   its password: the first line of FILE\n"
    "  --address ADDRESS     numeric address to listen on (default 127.0.0.1)\n"
    "  --port PORT           default 0: pick a free one and print it\n"
    "  --provider NAME       TLS provider, instead of the configured one\n"
    "  --tls 1.2|1.3         that version only\n"
    "  --alpn LIST           protocols, best first, such as h2,http/1.1\n"
    "  --echo                send back what comes in, instead of HTTP\n"
    "  --www DIR             serve files of DIR, instead of a status page\n"
    "  --client-cert WORD    ask clients for a certificate: none (default), request (one that comes must be\n"
    "                        good) or require\n"
    "  --ca FILE             who may have issued it, PEM (default: the system's roots)\n"
    "  --impersonate         open files as the account that the certificate maps to (opensspi-accounts(5))\n"
    "  --timeout SECONDS     end a connection on which nothing comes for so long (default 30 in a handshake,\n"
    "                        300 behind it)\n"
    "  --keylog FILE         append the session's secrets to FILE (NSS format), for Wireshark\n"
    "  --help                this text\n"
    "\n"
    "The first line printed is `listening on ADDRESS:PORT'; each connection then gives one line when it\n"
    "ends.  SIGTERM and SIGINT end the server.  Exit status: 0 ended by a signal, 1 it could not serve,\n"
    "2 usage."};
