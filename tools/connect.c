/* SPDX-License-Identifier: MIT
 *
 * tools/connect.c -- `sspi connect`: a TLS client through InitializeSecurityContext, for stdin and stdout. */
#include <config.h>

#include "tools/tools.h"

#include "tools/channel.h"
#include "tools/describe.h"
#include "tools/identity.h"
#include "tools/net.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
    struct identity identity;
    struct identity_options options;
    struct channel channel;
    const char *name, *alpn;
    char host[256], port[16];
    int json, quiet, fd, input_ended, described, cut;
};

enum { OPT_CA = 256, OPT_INSECURE, OPT_NAME, OPT_CERT, OPT_KEY, OPT_ALPN, OPT_TLS, OPT_PROVIDER, OPT_KEYLOG,
       OPT_JSON, OPT_QUIET, OPT_HELP };

static const struct option connect_options[] = {{"ca", required_argument, NULL, OPT_CA},
                                                {"insecure", no_argument, NULL, OPT_INSECURE},
                                                {"servername", required_argument, NULL, OPT_NAME},
                                                {"cert", required_argument, NULL, OPT_CERT},
                                                {"key", required_argument, NULL, OPT_KEY},
                                                {"alpn", required_argument, NULL, OPT_ALPN},
                                                {"tls", required_argument, NULL, OPT_TLS},
                                                {"provider", required_argument, NULL, OPT_PROVIDER},
                                                {"keylog", required_argument, NULL, OPT_KEYLOG},
                                                {"json", no_argument, NULL, OPT_JSON},
                                                {"quiet", no_argument, NULL, OPT_QUIET},
                                                {"help", no_argument, NULL, OPT_HELP},
                                                {NULL, 0, NULL, 0}};

static int connect_usage(const char *why)
{
    if (why)
        tool_failed(&tool_connect, "%s", why);
    fputs("`sspi connect --help' says more.\n", stderr);
    return EXIT_USAGE;
}

/* -1: go on; else the exit status. */
static int connect_parse(struct client *c, int argc, char **argv)
{
    int option;

    optind = 1;
    while ((option = getopt_long(argc, argv, "", connect_options, NULL)) != -1) {
        switch (option) {
        case OPT_CA: c->options.ca = optarg; break;
        case OPT_INSECURE: c->options.flags |= SCH_CRED_MANUAL_CRED_VALIDATION; break;
        case OPT_NAME: c->name = optarg; break;
        case OPT_CERT: c->options.cert = optarg; break;
        case OPT_KEY: c->options.key = optarg; break;
        case OPT_ALPN: c->alpn = optarg; break;
        case OPT_TLS: c->options.tls = optarg; break;
        case OPT_PROVIDER: c->options.provider = optarg; break;
        case OPT_KEYLOG: c->options.keylog = optarg; break;
        case OPT_JSON: c->json = 1; break;
        case OPT_QUIET: c->quiet = 1; break;
        case OPT_HELP: return tool_help(&tool_connect);
        default: return connect_usage(NULL);
        }
    }
    if (argc - optind != 1)
        return connect_usage("one HOST[:PORT] is needed");
    if (net_split(argv[optind], c->host, sizeof c->host, c->port, sizeof c->port) != 0)
        return connect_usage("HOST:PORT is malformed");
    if (c->options.tls && strcmp(c->options.tls, "1.2") != 0 && strcmp(c->options.tls, "1.3") != 0)
        return connect_usage("--tls takes 1.2 or 1.3");
    if (c->options.key && !c->options.cert)
        return connect_usage("--key needs --cert");
    if (!c->name)
        c->name = c->host;
    return -1;
}

static int connect_print(struct client *c)
{
    struct buffer *plain = &c->channel.plain;

    while (buffer_length(plain)) {
        ssize_t put = write(STDOUT_FILENO, buffer_bytes(plain), buffer_length(plain));
        if (put < 0 && errno != EINTR) {
            fprintf(stderr, "sspi connect: standard output: %s\n", strerror(errno));
            return -1;
        }
        buffer_drop(plain, put > 0 ? (size_t)put : 0);
    }
    return 0;
}

static void connect_describe(struct client *c)
{
    struct description d;

    c->described = 1;
    if (c->json) {
        describe_json(stdout, &c->channel.context, c->options.provider);
        putchar('\n');
        fflush(stdout);
    } else if (!c->quiet) {
        describe(&c->channel.context, &d);
        fprintf(stderr, "connected to %s:%s: %s, %s%s%s%s\n", c->host, c->port, d.version, d.suite,
                d.alpn[0] ? ", " : "", d.alpn,
                c->options.flags & SCH_CRED_MANUAL_CRED_VALIDATION ? ", not verified" : ", verified");
        describe_chain(stderr, &c->channel.context, "  ");
    }
}

static int connect_input(struct client *c)
{
    char block[16384];
    ssize_t got = read(STDIN_FILENO, block, sizeof block);

    if (got > 0)
        return channel_write(&c->channel, block, (size_t)got);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    c->input_ended = 1;
    channel_close(&c->channel);
    return 0;
}

static int connect_failed(const struct client *c)
{
    char text[200];

    fprintf(stderr, "sspi connect: %s:%s: %s\n", c->host, c->port,
            identity_status(c->channel.status, text, sizeof text));
    return EXIT_FAILED;
}

/* Sends, receives and decrypts until the server closes.  The exit status. */
static int connect_loop(struct client *c)
{
    int received;

    for (;;) {
        struct pollfd polls[2] = {{c->fd, POLLIN, 0}, {-1, POLLIN, 0}};

        channel_run(&c->channel);
        if (c->channel.state == CHANNEL_OPEN && !c->described)
            connect_describe(c);
        if (connect_print(c) != 0)
            return EXIT_FAILED;
        if (net_send(c->fd, &c->channel.out) != 0) {
            fprintf(stderr, "sspi connect: %s:%s: %s\n", c->host, c->port, strerror(errno));
            return EXIT_FAILED;
        }
        if (c->channel.state == CHANNEL_FAILED)
            return connect_failed(c);
        if (c->channel.state == CHANNEL_CLOSED) {
            channel_close(&c->channel);
            (void)net_send(c->fd, &c->channel.out);
            return EXIT_DONE;
        }
        if (buffer_length(&c->channel.out))
            polls[0].events |= POLLOUT;
        else if (c->channel.state == CHANNEL_OPEN && !c->input_ended)
            polls[1].fd = STDIN_FILENO;
        if (poll(polls, 2, -1) < 0 && errno != EINTR)
            return EXIT_FAILED;
        if (polls[1].revents && connect_input(c) != 0)
            return connect_failed(c);
        if (!(polls[0].revents & (POLLIN | POLLHUP | POLLERR)))
            continue;
        received = net_receive(c->fd, &c->channel.in);
        if (received <= 0) {
            fprintf(stderr, "sspi connect: %s:%s: %s\n", c->host, c->port,
                    received < 0 ? strerror(errno)
                                 : "the server ended the connection without close_notify: truncated, perhaps");
            return EXIT_FAILED;
        }
    }
}

static int connect_run(int argc, char **argv)
{
    struct client c = {.fd = -1, .options = {.command = "connect"}};
    void *alpn = NULL;
    ULONG alpn_length = 0;
    int status = connect_parse(&c, argc, argv);

    if (status >= 0)
        return status;
    if (c.alpn && !(alpn = channel_alpn(c.alpn, &alpn_length)))
        return connect_usage("--alpn takes names of 1 to 255 octets with commas between them");
    signal(SIGPIPE, SIG_IGN);
    status = EXIT_FAILED;
    if (identity_open(&c.identity, &c.options, SECPKG_CRED_OUTBOUND) == 0) {
        c.fd = net_connect("connect", c.host, c.port);
        if (c.fd >= 0) {
            net_nonblocking(c.fd);
            channel_client(&c.channel, &c.identity.credential, c.name);
            c.channel.alpn = alpn;
            c.channel.alpn_length = alpn_length;
            status = connect_loop(&c);
            channel_free(&c.channel);
            close(c.fd);
        }
        identity_close(&c.identity);
    }
    free(alpn);
    return status;
}

const struct tool tool_connect = {
    "connect", connect_run, "connect with TLS, verify the server, carry stdin and stdout",
    "connect HOST[:PORT] [OPTION]...\n"
    "Connects with TLS through InitializeSecurityContext, shows what was negotiated on standard error, then\n"
    "carries standard input and output.  The server's certificate is verified.\n"
    "\n"
    "  --ca FILE             trust these certificates, PEM (default: the system's)\n"
    "  --insecure            do not verify the server\n"
    "  --servername NAME     name to ask for and to verify (default: HOST)\n"
    "  --cert FILE           client certificate and chain, PEM, or pkcs11: URI\n"
    "  --key FILE            its private key, PEM or pkcs11: URI (default: with the certificate)\n"
    "  --alpn LIST           protocols to offer, best first, such as h2,http/1.1\n"
    "  --tls 1.2|1.3         that version only\n"
    "  --provider NAME       TLS provider, instead of the configured one\n"
    "  --keylog FILE         append the session's secrets to FILE (NSS format), for Wireshark\n"
    "  --json                describe the connection in one line of JSON, first on standard output\n"
    "  --quiet               no description\n"
    "  --help                this text\n"
    "\n"
    "At the end of standard input close_notify is sent, and the answer is read to its end.  Exit status: 0\n"
    "the server closed properly, 1 it did not, or the connection or the verification failed, 2 usage."};
