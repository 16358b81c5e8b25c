/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/connection.h"

#include "tools/describe.h"
#include "tools/identity.h"
#include "tools/net.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OUT_HIGH             (256u * 1024u) /* with so much unsent, nothing more is read or produced */
#define HANDSHAKE_MS         30000
#define IDLE_MS              300000
#define LINGER_MS            2000
#define CERTIFICATE_REQUIRED 116 /* an alert of TLS 1.3 that schannel.h has no name for */

struct connection *connection_new(const struct service *service, int fd, const char *peer)
{
    struct connection *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->service = service;
    c->fd = fd;
    c->file = -1;
    snprintf(c->peer, sizeof c->peer, "%s", peer);
    channel_server(&c->channel, service->credential);
    if (service->ask)
        c->channel.request |= ASC_REQ_MUTUAL_AUTH;
    c->channel.alpn = service->alpn;
    c->channel.alpn_length = service->alpn_length;
    return c;
}

static int connection_full(const struct connection *c)
{
    return buffer_length(&c->channel.out) >= OUT_HIGH;
}

short connection_events(const struct connection *c)
{
    short events = 0;

    if (buffer_length(&c->channel.out) || c->file >= 0)
        events |= POLLOUT;
    if (c->lingering || (!connection_full(c) && c->file < 0 && !c->ending))
        events |= POLLIN;
    return events;
}

static int connection_send(struct connection *c, const void *bytes, size_t length)
{
    if (length && channel_write(&c->channel, bytes, length) != 0)
        return -1;
    c->sent += length;
    return 0;
}

static size_t connection_status_page(struct connection *c, char *page, size_t size)
{
    struct description d;
    int length;

    describe(&c->channel.context, &d);
    length = snprintf(page, size,
                      "OpenSSPI\n\nThis page came through AcceptSecurityContext, EncryptMessage and "
                      "DecryptMessage.\n\nprovider      %s\nversion       %s\ncipher suite  %s\n"
                      "ALPN          %s\nclient        %s\n%s%s%s",
                      c->service->provider ? c->service->provider : "as configured", d.version, d.suite,
                      d.alpn[0] ? d.alpn : "none", c->peer, d.account[0] ? "account       " : "", d.account,
                      d.account[0] ? "\n" : "");
    return length < 0 ? 0 : (size_t)length < size ? (size_t)length : size - 1;
}

/* A file of the folder, as the client's account where that is asked for: then without an account there is
 * none. Whoever cannot go back must not serve the next request. */
static void connection_open(struct connection *c, const char *path, struct http_reply *reply)
{
    CtxtHandle *context = &c->channel.context;

    if (!c->service->impersonate) {
        http_file(c->service->www, path, reply);
    } else if (ImpersonateSecurityContext(context) == SEC_E_OK) {
        http_file(c->service->www, path, reply);
        if (RevertSecurityContext(context) != SEC_E_OK)
            abort();
    } else {
        reply->status = 403;
    }
}

static int connection_reply(struct connection *c, const struct http_request *request, int refused)
{
    char answer[1536], page[1024];
    struct http_reply reply = {200, "text/plain; charset=utf-8", -1, 0};
    int keep_alive = request->keep_alive && !refused;
    size_t length = 0, head;

    if (refused) {
        reply.status = refused;
        length = (size_t)snprintf(page, sizeof page, "%d\n", refused);
    } else if (c->service->www >= 0) {
        connection_open(c, request->path, &reply);
        if (reply.fd < 0)
            length =
                (size_t)snprintf(page, sizeof page, reply.status == 403 ? "no account\n" : "not found\n");
    } else {
        length = connection_status_page(c, page, sizeof page);
    }
    if (reply.fd < 0)
        reply.size = (off_t)length;
    c->requests++;
    c->last_status = reply.status;
    snprintf(c->last_line, sizeof c->last_line, "%s", request->line);
    c->ending = !keep_alive;
    head = http_head(answer, sizeof answer - sizeof page, &reply, keep_alive);
    if (reply.fd >= 0 && request->head_only) {
        close(reply.fd);
    } else if (reply.fd >= 0) {
        c->file = reply.fd;
        c->file_left = reply.size;
    } else if (!request->head_only) { /* both in one record */
        memcpy(answer + head, page, length);
        head += length;
    }
    return connection_send(c, answer, head);
}

/* Answers what stands in `plain`: every whole request, in order, as long as there is room. */
static int connection_answer(struct connection *c)
{
    struct buffer *plain = &c->channel.plain;

    if (c->service->echo) {
        size_t length = buffer_length(plain);
        if (length && connection_send(c, buffer_bytes(plain), length) != 0)
            return -1;
        c->received += length;
        buffer_drop(plain, length);
        return 0;
    }
    while (buffer_length(plain) && !c->ending && c->file < 0 && !connection_full(c)) {
        struct http_request request;
        int status = http_parse(buffer_bytes(plain), buffer_length(plain), &request);

        if (status == 0)
            return 0;
        if (connection_reply(c, &request, status == 1 ? 0 : status) != 0)
            return -1;
        c->received += request.length;
        buffer_drop(plain, request.length);
    }
    return 0;
}

/* The next part of a file into `out`. */
static int connection_file(struct connection *c)
{
    char part[32768];

    while (c->file >= 0 && !connection_full(c)) {
        size_t want = c->file_left < (off_t)sizeof part ? (size_t)c->file_left : sizeof part;
        ssize_t got = want ? read(c->file, part, want) : 0;

        if (want && got <= 0)
            return -1; /* the file shrank: the length has been promised, so the connection ends */
        if (connection_send(c, part, (size_t)got) != 0)
            return -1;
        c->file_left -= got;
        if (c->file_left == 0) {
            close(c->file);
            c->file = -1;
        }
    }
    return 0;
}

/* Answers and sends as long as that changes anything: what is left then waits for the socket or for the
 * client, and connection_events asks for just that. */
static int connection_work(struct connection *c)
{
    for (;;) {
        size_t plain = buffer_length(&c->channel.plain);
        int file = c->file;

        if (connection_answer(c) != 0 || connection_file(c) != 0 || net_send(c->fd, &c->channel.out) != 0)
            return -1;
        if (connection_full(c) || (plain == buffer_length(&c->channel.plain) && file == c->file))
            return 0;
    }
}

/* Everything is on its way: close_notify, then the end of our side. */
static int connection_finish(struct connection *c)
{
    channel_close(&c->channel);
    if (net_send(c->fd, &c->channel.out) != 0)
        return -1;
    if (buffer_length(&c->channel.out) == 0 && !c->lingering) {
        shutdown(c->fd, SHUT_WR);
        c->lingering = 1;
    }
    return 0;
}

static int connection_drain(struct connection *c)
{
    char waste[4096];
    ssize_t got = recv(c->fd, waste, sizeof waste, 0);

    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)) ? 0 : -1;
}

/* The alert that says so, where the provider can send one of the program's own (D12). */
static void connection_refuse(struct connection *c)
{
    SecPkgContext_CipherInfo info = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1};

    if (QueryContextAttributesA(&c->channel.context, SECPKG_ATTR_CIPHER_INFO, &info) == SEC_E_OK)
        (void)channel_alert(&c->channel,
                            info.dwProtocol < 0x0304 ? TLS1_ALERT_HANDSHAKE_FAILURE : CERTIFICATE_REQUIRED);
}

int connection_run(struct connection *c, short events, long long now_ms)
{
    int ended = 0;

    if (c->lingering)
        return connection_drain(c);
    if (events & (POLLIN | POLLHUP | POLLERR))
        switch (net_receive(c->fd, &c->channel.in)) {
        case 0:
            ended = 1;
            break;
        case -1:
            return -1;
        }
    channel_run(&c->channel);
    if (c->channel.state == CHANNEL_OPEN && c->service->require && !c->refused &&
        !(c->channel.attributes & ASC_RET_MUTUAL_AUTH)) {
        c->refused = "no client certificate";
        c->ending = 1;
        connection_refuse(c);
    }
    if ((c->channel.state == CHANNEL_OPEN || c->channel.state == CHANNEL_CLOSED) && !c->refused &&
        connection_work(c) != 0)
        return -1;
    if (net_send(c->fd, &c->channel.out) != 0)
        return -1;
    if (c->channel.state == CHANNEL_FAILED)
        c->ending = 1; /* the alert is in `out` */
    if (c->channel.state == CHANNEL_CLOSED || ended)
        c->ending = 1;
    if (c->ending && c->file < 0 && buffer_length(&c->channel.out) == 0 && connection_finish(c) != 0)
        return -1;
    c->deadline_ms = now_ms + (c->lingering                            ? LINGER_MS
                               : c->service->patience_ms               ? c->service->patience_ms
                               : c->channel.state == CHANNEL_HANDSHAKE ? HANDSHAKE_MS
                                                                       : IDLE_MS);
    return ended && c->lingering ? -1 : 0;
}

void connection_free(struct connection *c, const char *why)
{
    char text[200];
    struct description d;

    why = c->refused ? c->refused : why;
    if (c->channel.state == CHANNEL_FAILED) {
        printf("%s failed: %s\n", c->peer, identity_status(c->channel.status, text, sizeof text));
    } else if (c->channel.state == CHANNEL_HANDSHAKE) {
        printf("%s ended in the handshake%s%s\n", c->peer, why ? ": " : "", why ? why : "");
    } else {
        describe(&c->channel.context, &d);
        printf("%s %s %s%s%s%s%s", c->peer, d.version, d.suite, d.alpn[0] ? " " : "", d.alpn,
               d.account[0] ? " as " : "", d.account);
        if (c->requests)
            printf(" \"%s\" %d", c->last_line, c->last_status);
        if (c->requests > 1)
            printf(" (%u requests)", c->requests);
        printf(" %llu in, %llu out%s%s\n", c->received, c->sent, why ? ": " : "", why ? why : "");
    }
    fflush(stdout);
    if (c->file >= 0)
        close(c->file);
    close(c->fd);
    channel_free(&c->channel);
    free(c);
}
