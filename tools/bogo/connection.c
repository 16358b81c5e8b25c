/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/bogo/connection.h"

#include "tools/net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define DRAIN_MAX                                                                                            \
    (1u << 22) /* what is read and dropped at the end, so that no reset takes an alert with it */

static int flush(struct bogo_connection *b)
{
    while (buffer_length(&b->channel.out))
        if (net_send(b->fd, &b->channel.out) != 0)
            return -1; /* the runner often leaves first: what it said before is still to be read */
    return 0;
}

/* More from the socket into the channel; with -async one octet at a time, so that every call but the last of
 * a record is one that lacks data. */
static void feed(struct bogo_connection *b)
{
    size_t part;

    if (!buffer_length(&b->arrived) && net_receive(b->fd, &b->arrived) != 1)
        b->ended = 1;
    part = buffer_length(&b->arrived);
    if (b->config->async && part > 1)
        part = 1;
    if (part && buffer_append(&b->channel.in, buffer_bytes(&b->arrived), part) != 0)
        abort();
    buffer_drop(&b->arrived, part);
    channel_run(&b->channel);
}

static int handshake(struct bogo_connection *b)
{
    channel_run(&b->channel); /* a client's first flight */
    while (b->channel.state == CHANNEL_HANDSHAKE) {
        if (flush(b) != 0)
            b->channel.out.start = b->channel.out.end;
        if (b->ended) {
            fputs("the peer ended the handshake\n", stderr);
            return 1;
        }
        feed(b);
    }
    (void)flush(b);
    return b->channel.state == CHANNEL_FAILED ? bogo_failed("handshake", b->channel.status) : 0;
}

static int put(struct bogo_connection *b, const void *bytes, size_t length)
{
    return channel_write(&b->channel, bytes, length) != 0 ? bogo_failed("write", b->channel.status) : 0;
}

static int write_sizes(struct bogo_connection *b)
{
    static const size_t sizes[] = {1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769};
    static unsigned char block[32769];

    memset(block, 0x42, sizeof block);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (put(b, block, sizes[i]) != 0)
            return 1;
    return 0;
}

static int write_first(struct bogo_connection *b)
{
    const char *text = b->config->initial_write ? b->config->initial_write : "hello";
    unsigned times = b->config->repeat_write ? b->config->repeat_write : 1;

    if (b->config->record_sizes)
        return write_sizes(b);
    while (b->config->writes_first && times--)
        if (put(b, text, strlen(text)) != 0)
            return 1;
    return 0;
}

/* Every octet goes back inverted, in the pieces that the runner's own shim would make. */
static int answer(struct bogo_connection *b)
{
    struct buffer *plain = &b->channel.plain;
    size_t most = b->config->read_size ? b->config->read_size : 512;

    while (buffer_length(plain)) {
        size_t part = buffer_length(plain) < most ? buffer_length(plain) : most;
        unsigned char *bytes = buffer_bytes(plain);

        for (size_t i = 0; i < part; i++)
            bytes[i] ^= 0xff;
        if (put(b, bytes, part) != 0)
            return 1;
        buffer_drop(plain, part);
    }
    return 0;
}

static int exchange(struct bogo_connection *b)
{
    while (b->channel.state == CHANNEL_OPEN) {
        if (answer(b) != 0)
            return 1;
        (void)flush(b);
        if (b->ended)
            return 0;
        feed(b);
    }
    if (b->channel.state == CHANNEL_FAILED) {
        (void)flush(b);
        return bogo_failed("read", b->channel.status);
    }
    return answer(b);
}

/* Both close_notify, where the flags want to see them. */
static int finish(struct bogo_connection *b)
{
    const struct bogo_config *c = b->config;

    if (!c->shuts_down && !c->check_close_notify)
        return 0;
    channel_close(&b->channel);
    (void)flush(b);
    while (c->check_close_notify && b->channel.state == CHANNEL_OPEN && !b->ended)
        feed(b);
    if (b->channel.state == CHANNEL_FAILED)
        return bogo_failed("shutdown", b->channel.status);
    if (c->check_close_notify && b->channel.state != CHANNEL_CLOSED) {
        fputs("the peer ended without close_notify\n", stderr);
        return 1;
    }
    if (c->check_close_notify && buffer_length(&b->channel.plain)) {
        fputs("data behind the shutdown\n", stderr);
        return 1;
    }
    return 0;
}

static int converse(struct bogo_connection *b)
{
    int rc;

    if (handshake(b) != 0)
        return 1;
    if (b->config->require_certificate && !(b->channel.attributes & ASC_RET_MUTUAL_AUTH)) {
        (void)channel_alert(&b->channel, TLS1_ALERT_HANDSHAKE_FAILURE);
        (void)flush(b);
        return bogo_failed("no certificate", SEC_E_INCOMPLETE_CREDENTIALS);
    }
    if (bogo_expect(b) != 0 || bogo_exports(b) != 0)
        return 1;
    if (b->config->send_alert) {
        if (channel_alert(&b->channel, TLS1_ALERT_DECOMPRESSION_FAIL) != SEC_E_OK) {
            fputs("no such thing in this provider: an alert of the program's own\n", stderr);
            return BOGO_UNIMPLEMENTED;
        }
        (void)flush(b);
        return 0;
    }
    rc = write_first(b);
    (void)flush(b);
    if (rc == 0 && !b->config->shuts_down)
        rc = exchange(b);
    if (rc == 0)
        rc = finish(b);
    if (rc == 0 && b->channel.renewals != b->config->expect_renegotiations) {
        fprintf(stderr, "%u renegotiations\n", b->channel.renewals);
        rc = 1;
    }
    return rc;
}

static int dial(const struct bogo_config *c)
{
    char port[12];
    unsigned char id[8];
    int fd;

    snprintf(port, sizeof port, "%u", c->port);
    fd = net_connect("bogo-shim", c->ipv6 ? "::1" : "127.0.0.1", port);
    for (unsigned i = 0; i < sizeof id; i++)
        id[i] = (unsigned char)(c->id >> 8 * i);
    if (fd >= 0 && send(fd, id, sizeof id, MSG_NOSIGNAL) != (ssize_t)sizeof id) {
        perror("shim id");
        close(fd);
        return -1;
    }
    return fd;
}

/* "\3foo\3bar", as it stands in a hello, to what channel_alpn reads.  NULL: not sayable. */
static char *alpn_text(const char *wire)
{
    size_t left = strlen(wire);
    char *text = strdup(wire), *at = text;

    if (!text)
        abort();
    while (left) {
        size_t name = (unsigned char)*wire++;
        if (name == 0 || name > --left || memchr(wire, ',', name)) {
            free(text);
            return NULL;
        }
        memcpy(at, wire, name);
        at += name;
        wire += name;
        left -= name;
        *at++ = left ? ',' : '\0';
    }
    *at = '\0';
    return text;
}

static int set_alpn(struct channel *channel, const struct bogo_config *c)
{
    char *text;

    if (!c->server && c->advertise_alpn)
        text = alpn_text(c->advertise_alpn);
    else if (c->server && c->select_alpn)
        text = strdup(c->select_alpn);
    else
        return 0;
    channel->alpn = text ? channel_alpn(text, &channel->alpn_length) : NULL;
    free(text);
    return channel->alpn ? 0 : BOGO_UNIMPLEMENTED;
}

/* The alert may still be on its way, and a socket closed with octets unread resets the connection. */
static void leave(int fd)
{
    char waste[4096];
    struct timeval patience = {5, 0};
    size_t total = 0;
    ssize_t got;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    shutdown(fd, SHUT_WR);
    while (total < DRAIN_MAX && (got = recv(fd, waste, sizeof waste, 0)) > 0)
        total += (size_t)got;
    close(fd);
}

int bogo_connection(const struct bogo_config *config, CredHandle *credential, int resumes)
{
    struct bogo_connection b = {.config = config, .resumes = resumes, .fd = -1};
    int rc;

    if (config->server)
        channel_server(&b.channel, credential);
    else /* an address is never asked for by name, and still says which session to resume */
        channel_client(&b.channel, credential, config->host ? config->host : "127.0.0.1");
    if (config->server && (config->verify_peer || config->require_certificate))
        b.channel.request |= ASC_REQ_MUTUAL_AUTH;
    b.channel.renewals_allowed = config->renegotiate_freely ? ~0u : config->renegotiate_once ? 1 : 0;
    rc = set_alpn(&b.channel, config);
    if (rc == 0)
        rc = (b.fd = dial(config)) < 0 ? 1 : converse(&b);
    if (b.fd >= 0)
        leave(b.fd);
    buffer_free(&b.arrived);
    free((void *)b.channel.alpn);
    channel_free(&b.channel);
    return rc;
}
