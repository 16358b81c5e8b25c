/* SPDX-License-Identifier: MIT
 *
 * t/6220-datagrams-are-hostile.c -- DTLS: cookies and addresses, first datagrams that make no sense,
 * fragments, too little room, contexts in threads. */
#include <config.h>

#include "t/datagrams.h"
#include "t/tap.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

/* ---- cookies ---- */

static int is_verify_request(const struct queue *queue)
{
    return queue->count == 1 && queue->at[0].len < 100 && queue->at[0].ptr[0] == 22 &&
           queue->at[0].ptr[13] == 3;
}

static void take(struct queue *from, struct flow *to)
{
    flow_drop(to, to->len);
    if (from->count)
        flow_add(to, from->at[0].ptr, from->at[0].len);
    queue_clear(from);
}

static void cookies(const char *client, const char *server)
{
    struct peers p;
    struct peer_options options = {.client_provider = client, .server_provider = server, .cookie = 1};
    struct flow first = {0}, second = {0};
    struct sockaddr_in other = {.sin_family = AF_INET, .sin_port = htons(4434)};
    uint8_t own[28];
    char tag[64];
    snprintf(tag, sizeof tag, "%s to %s dtls", client, server);
    peers_open(&p, &options);
    memcpy(own, p.server.address, sizeof own);
    peer_step(&p.client, NULL, 0);
    take(&p.client.out, &first);
    is_status(peer_step(&p.server, first.ptr, first.len), SEC_I_CONTINUE_NEEDED,
              "%s: a ClientHello without a cookie", tag);
    ok(is_verify_request(&p.server.out) && p.server.out.at[0].len < first.len,
       "%s: HelloVerifyRequest, no longer than what asked", tag);
    ok(p.server.out.count && p.server.out.at[0].ptr[10] == first.ptr[10],
       "%s: with the number of the record that asked", tag);
    if (p.server.out.count)
        peer_step(&p.client, p.server.out.at[0].ptr, p.server.out.at[0].len);
    queue_clear(&p.server.out);
    take(&p.client.out, &second);
    ok(second.len > first.len && second.ptr[10] == 1, "%s: the client repeats it with the cookie", tag);

    inet_pton(AF_INET, "192.0.2.1", &other.sin_addr);
    memcpy(p.server.address, &other, sizeof other);
    is_status(peer_step(&p.server, second.ptr, second.len), SEC_I_CONTINUE_NEEDED, "%s: from another port",
              tag);
    ok(!p.server.out.count, "%s: is not answered", tag);
    struct peer stranger = p.server; /* the same cookie, another address, a context of its own */
    stranger.has_context = 0;
    memset(&stranger.out, 0, sizeof stranger.out);
    ok(peer_step(&stranger, second.ptr, second.len) < 0 || is_verify_request(&stranger.out),
       "%s: a cookie is worth nothing at another address", tag);
    peer_reset(&stranger);

    memcpy(p.server.address, own, sizeof own);
    struct peer fresh = p.server; /* a server that kept nothing in between */
    fresh.has_context = 0;
    memset(&fresh.out, 0, sizeof fresh.out);
    SECURITY_STATUS again = peer_step(&fresh, second.ptr, second.len);
    if (strcmp(server, "gnutls") == 0)
        ok(fresh.out.count && !is_verify_request(&fresh.out) && fresh.out.at[0].ptr[10] == 1,
           "%s: a cookie outlives its context, and the answer has the record's number", tag);
    else /* these libraries let the session that asked go on, and no other */
        ok(again < 0 || is_verify_request(&fresh.out),
           "%s: a cookie without its context: no, or asked again (%s)", tag, pair_status(again));
    peer_reset(&fresh);

    memset(p.server.address + 8, 0xEE, 8); /* sin_zero may hold anything */
    peer_step(&p.server, second.ptr, second.len);
    ok(p.server.out.count && !is_verify_request(&p.server.out), "%s: the true one goes on", tag);
    peers_settle(&p);
    ok(p.client.done && p.server.done && peers_talk(&p), "%s: to the end", tag);
    flow_free(&first);
    flow_free(&second);
    peers_close(&p);

    peers_open(&p, &options);
    p.server.address_len = 0;
    peer_step(&p.client, NULL, 0);
    take(&p.client.out, &first);
    peer_step(&p.server, first.ptr, first.len);
    ok(is_verify_request(&p.server.out) == !strcmp(server, "wolfssl"),
       "%s: without an address no cookie is asked for, except by wolfSSL, which always does", tag);
    peers_settle(&p);
    ok(p.client.done, "%s: which completes", tag);
    flow_free(&first);
    peers_close(&p);
}

/* ---- first datagrams ---- */

static SECURITY_STATUS first_call(struct peer *server, const uint8_t *bytes, size_t len)
{
    SECURITY_STATUS status = peer_step(server, bytes, len);
    peer_reset(server);
    return status;
}

static void first_datagrams(const char *provider)
{
    struct peers p;
    struct peer_options options = {.client_provider = provider, .server_provider = provider};
    struct flow hello = {0};
    uint8_t bytes[2000];
    peers_open(&p, &options);
    peer_step(&p.client, NULL, 0);
    take(&p.client.out, &hello);
    is_status(peer_call(&p.server, NULL, 0), SEC_E_INCOMPLETE_MESSAGE, "D17 %s: ASC without input", provider);
    is_status(first_call(&p.server, (const uint8_t *)"GET / HTTP/1.0\r\n\r\n", 18), SEC_E_INVALID_TOKEN,
              "D17 %s: HTTP", provider);
    memset(bytes, 0, sizeof bytes);
    is_status(first_call(&p.server, bytes, sizeof bytes), SEC_E_INVALID_TOKEN, "D17 %s: zeros", provider);
    int bad = 0;
    for (size_t len = 1; len < hello.len; len++)
        bad += first_call(&p.server, hello.ptr, len) != SEC_E_INVALID_TOKEN;
    ok(!bad, "D17 %s: a ClientHello cut anywhere makes no context", provider);
    srand(7);
    for (int i = 0; i < 600; i++) {
        memcpy(bytes, hello.ptr, hello.len);
        for (int n = 1 + rand() % 3; n; n--)
            bytes[(size_t)rand() % hello.len] = (uint8_t)rand();
        SECURITY_STATUS status = first_call(&p.server, bytes, hello.len);
        bad += status == SEC_E_OK || status == SEC_E_INTERNAL_ERROR;
    }
    ok(!bad, "%s: 600 changed ClientHellos are refused or answered", provider);
    is_status(peer_step(&p.server, hello.ptr, hello.len), SEC_I_CONTINUE_NEEDED, "%s: the true one",
              provider);
    peers_settle(&p);
    ok(p.client.done && p.server.done, "%s: goes on to the end", provider);
    flow_free(&hello);
    peers_close(&p);
}

/* One record whose content is the part [from, to) of the message in `hello`. */
static size_t fragment(const struct flow *hello, size_t from, size_t to, uint8_t number, uint8_t *out)
{
    size_t body = to - from;
    memcpy(out, hello->ptr, 25);
    out[10] = number;
    out[11] = (uint8_t)((body + 12) >> 8);
    out[12] = (uint8_t)(body + 12);
    out[19] = 0;
    out[20] = (uint8_t)(from >> 8);
    out[21] = (uint8_t)from;
    out[22] = 0;
    out[23] = (uint8_t)(body >> 8);
    out[24] = (uint8_t)body;
    memcpy(out + 25, hello->ptr + 25 + from, body);
    return 25 + body;
}

static void fragments(const char *provider)
{
    struct peers p;
    struct flow hello = {0};
    uint8_t part[2000];
    for (int order = 0; order < 6; order++) {
        struct peer_options options = {
            .client_provider = provider, .server_provider = provider, .cookie = order >= 3};
        peers_open(&p, &options);
        peer_step(&p.client, NULL, 0);
        take(&p.client.out, &hello);
        size_t body = hello.len - 25, third = body / 3;
        size_t cuts[] = {0, third, 2 * third, body};
        static const int orders[3][6] = {{0, 1, 2, -1}, {0, 0, 1, 1, 2, -1}, {1, 0, 2, 1, 2, -1}};
        uint8_t number = 0;
        while (p.client.sent < 8) /* the numbers that the fragments take are the client's no more */
            peer_step(&p.client, NULL, 0);
        queue_clear(&p.client.out);
        for (int i = 0; orders[order % 3][i] >= 0; i++) {
            int at = orders[order % 3][i];
            size_t len = fragment(&hello, cuts[at], cuts[at + 1], number++, part);
            SECURITY_STATUS status = peer_step(&p.server, part, len);
            if (status != SEC_I_CONTINUE_NEEDED)
                diag("fragment %d: %s", at, pair_status(status));
        }
        ok(p.server.out.count > 0, "%s: a ClientHello in fragments, order %d, is answered", provider, order);
        peers_settle(&p);
        for (int turn = 0; turn < 2 && !p.client.done; turn++) {
            peer_step(&p.server, NULL, 0);
            peers_settle(&p);
        }

        ok(p.client.done && p.server.done && peers_talk(&p), "%s: and goes on to the end, order %d", provider,
           order);
        peers_close(&p);
    }
    flow_free(&hello);
}

/* ---- room ---- */

static SECURITY_STATUS asc(struct peer *server, SecBufferDesc *in, SecBuffer *token)
{
    SecBufferDesc out = {SECBUFFER_VERSION, 1, token};
    ULONG attributes, request = server->request & ~(ULONG)ASC_REQ_ALLOCATE_MEMORY;
    SECURITY_STATUS status =
        AcceptSecurityContext(&server->credential, server->has_context ? &server->context : NULL, in, request,
                              0, &server->context, &out, &attributes, NULL);
    if (status >= 0)
        server->has_context = 1;
    return status;
}

static void no_room(const char *provider)
{
    struct peers p;
    struct peer_options options = {.client_provider = provider, .server_provider = provider};
    uint8_t room[1500], small[20];
    struct flow hello = {0};
    int calls = 0;
    peers_open(&p, &options);
    p.client.mtu = 300;
    peer_step(&p.client, NULL, 0);
    take(&p.client.out, &hello);
    SecBuffer ins[2] = {{(ULONG)hello.len, SECBUFFER_TOKEN, hello.ptr}, {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc in = {SECBUFFER_VERSION, 2, ins};
    SecBuffer out = {sizeof small, SECBUFFER_TOKEN, small};
    is_status(asc(&p.server, &in, &out), SEC_E_INSUFFICIENT_MEMORY,
              "D13 D17 %s: too little room in a first call", provider);
    out = (SecBuffer){sizeof room, SECBUFFER_TOKEN, room};
    SECURITY_STATUS status = asc(&p.server, &in, &out);
    ok(status == SEC_I_CONTINUE_NEEDED || status == SEC_I_MESSAGE_FRAGMENT, "D13 %s: with room", provider);
    while (status == SEC_I_MESSAGE_FRAGMENT && calls++ < 40) {
        queue_add(&p.server.out, room, out.cbBuffer);
        out = (SecBuffer){sizeof small, SECBUFFER_TOKEN, small};
        if (asc(&p.server, NULL, &out) != SEC_E_INSUFFICIENT_MEMORY)
            diag("small is enough");
        out = (SecBuffer){sizeof room, SECBUFFER_TOKEN, room};
        ins[0] = (SecBuffer){(ULONG)hello.len, SECBUFFER_TOKEN, hello.ptr};
        ins[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
        status = asc(&p.server, &in, &out);
        if (ins[1].BufferType != SECBUFFER_EXTRA || ins[1].cbBuffer != hello.len)
            diag("input is taken while a flight waits");
    }
    queue_add(&p.server.out, room, out.cbBuffer);
    is_status(status, SEC_I_CONTINUE_NEEDED, "D13 %s: the flight waits for room, datagram by datagram",
              provider);
    p.server.status = status;
    peers_settle(&p);
    ok(p.client.done && p.server.done && peers_talk(&p), "D13 %s: and nothing of it is lost", provider);
    flow_free(&hello);
    peers_close(&p);
}

/* ---- threads ---- */

static CredHandle shared_client, shared_server;

static void *one_handshake(void *argument)
{
    int *good = argument;
    for (int i = 0; i < 4; i++) {
        struct peers p;
        memset(&p, 0, sizeof p);
        p.client.credential = shared_client;
        p.server.credential = shared_server;
        p.server.server = 1;
        p.client.request = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_DATAGRAM | ISC_REQ_USE_SUPPLIED_CREDS |
                           ISC_REQ_MANUAL_CRED_VALIDATION;
        p.server.request = ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_DATAGRAM;
        *good += peers_shake(&p) && peers_talk(&p);
        peers_close(&p);
    }
    return NULL;
}

static void threads(const char *provider)
{
    struct peers p;
    struct peer_options options = {.client_provider = provider, .server_provider = provider};
    pthread_t thread[4];
    int good[4] = {0};
    peers_open(&p, &options);
    shared_client = p.client.credential;
    shared_server = p.server.credential;
    for (int i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, one_handshake, &good[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    is_int(good[0] + good[1] + good[2] + good[3], 16, "%s dtls: four threads share credentials", provider);
    peers_close(&p);
}

int main(void)
{
    peers_each_pair(cookies);
    peers_each(first_datagrams);
    peers_each(fragments);
    peers_each(no_room);
    peers_each(threads);
    return tap_done();
}
