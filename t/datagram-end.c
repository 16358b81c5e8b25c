/* SPDX-License-Identifier: MIT
 *
 * t/datagram-end.c -- one end of DTLS over UDP, as a program has it: a socket, a timer, ISC or ASC.
 *   datagram-end connect PROVIDER PORT   says a line, prints what comes back
 *   datagram-end serve PROVIDER          prints its port, gives back the first line that comes */
#include <config.h>

#include "t/datagrams.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMER_MS 1000

static int fd;

static void flush(struct peer *peer)
{
    while (peer->out.count) {
        if (send(fd, peer->out.at[0].ptr, peer->out.at[0].len, 0) < 0)
            perror("send");
        queue_drop(&peer->out, 0);
    }
}

/* A datagram, or 0 after `ms`; -1: nobody is there any more. */
static ssize_t receive(uint8_t *bytes, size_t cap, int ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    if (poll(&wait, 1, ms) < 1)
        return 0;
    return recv(fd, bytes, cap, 0);
}

static int shake(struct peer *peer, uint8_t *bytes, size_t cap, ssize_t len)
{
    peer_step(peer, len ? bytes : NULL, (size_t)len);
    flush(peer);
    for (int rings = 0; rings < 10 && peer->status >= 0 && !peer->done;) {
        len = receive(bytes, cap, TIMER_MS);
        if (len < 0)
            break;
        rings += len == 0;
        peer_step(peer, len ? bytes : NULL, (size_t)len);
        flush(peer);
    }
    if (peer->done)
        return 1;
    printf("no handshake: %s\n", pair_status(peer->status));
    return 0;
}

static void say(struct peer *peer, const void *text, size_t len)
{
    struct flow record = {0};
    if (peer_seal(peer, text, len, &record) == SEC_E_OK)
        queue_add(&peer->out, record.ptr, record.len);
    flow_free(&record);
    flush(peer);
}

/* Until data has come: 1; the end, or nothing for long: 0. */
static int listen_for(struct peer *peer, uint8_t *bytes, size_t cap)
{
    for (int rings = 0; rings < 15 && !peer->data.len;) {
        ssize_t len = receive(bytes, cap, TIMER_MS);
        if (len < 0)
            return 0;
        if (len == 0) {
            rings++;
            continue;
        }
        SECURITY_STATUS status = peer_open(peer, bytes, (size_t)len, NULL);
        if (status == SEC_I_RENEGOTIATE) {
            peer_step(peer, bytes, (size_t)len);
            flush(peer);
        } else if (status == SEC_I_CONTEXT_EXPIRED) {
            return 0;
        }
    }
    return peer->data.len != 0;
}

/* Until the other end's alert has come, or nothing for a while: an end that goes at once makes what is sent
 * to it an error there, which is told before the datagrams that wait. */
static void await_alert(uint8_t *bytes, size_t cap, int ms)
{
    ssize_t len;
    do
        len = receive(bytes, cap, ms);
    while (len > 0 && bytes[0] != 21);
}

static void close_notify(struct peer *peer)
{
    DWORD shutdown = SCHANNEL_SHUTDOWN;
    peer_control(peer, &shutdown, sizeof shutdown);
    peer_call(peer, NULL, 0);
    flush(peer);
}

int main(int argc, char **argv)
{
    static uint8_t bytes[65536];
    static const char line[] = "a line of ours\n";
    if (argc < 3)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int server = strcmp(argv[1], "serve") == 0, good = 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    struct peers peers;
    struct peer_options options = {.client_provider = argv[2], .server_provider = argv[2], .cookie = 1};
    struct peer *peer = server ? &peers.server : &peers.client;
    ssize_t first = 0;
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || !peers_open(&peers, &options))
        return 1;
    address.sin_port = htons(server ? 0 : (uint16_t)atoi(argv[3]));
    if (server ? bind(fd, (struct sockaddr *)&address, size) : connect(fd, (struct sockaddr *)&address, size))
        return 1;
    if (server) {
        getsockname(fd, (struct sockaddr *)&address, &size);
        printf("listening on 127.0.0.1:%u\n", ntohs(address.sin_port));
        first = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&address, &size);
        if (first <= 0 || connect(fd, (struct sockaddr *)&address, size) != 0)
            return 1;
        memcpy(peer->address, &address, sizeof address);
        peer->address_len = sizeof address;
    }
    if (shake(peer, bytes, sizeof bytes, first)) {
        printf("handshake done, %u datagrams\n", peer->sent);
        if (!server)
            say(peer, line, sizeof line - 1);
        good = listen_for(peer, bytes, sizeof bytes);
        printf("received: %.*s\n", (int)peer->data.len, (const char *)peer->data.ptr);
        if (server && good) {
            say(peer, peer->data.ptr, peer->data.len);
            await_alert(bytes, sizeof bytes, 15 * TIMER_MS);
        }
        close_notify(peer);
        if (!server)
            await_alert(bytes, sizeof bytes, 2 * TIMER_MS);
        printf("closed\n");
    }
    peers_close(&peers);
    close(fd);
    return !good;
}
