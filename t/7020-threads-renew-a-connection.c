/* SPDX-License-Identifier: MIT
 *
 * EncryptMessage and DecryptMessage from two threads at once on one context, at both ends, while the
 * connection is renewed again and again (D14): TLS 1.2 renegotiates, TLS 1.3 is asked for late certificates.
 */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MESSAGES = 400, LEN = 100, RENEWALS = 3 };

static char tag[64];

/* What leaves an end must leave in the order in which it was sealed, whoever sealed it. */
struct side {
    struct end *end;
    int in, out;           /* pipes */
    pthread_mutex_t order; /* around a call that puts out and the writing of it */
    atomic_uint begun, renewed, waits, bad, written;
    unsigned sent, got;
    int begins; /* renews now and then */
};

static int send_out(struct side *side, struct end *end)
{
    size_t at = 0;
    while (at < end->out.len) {
        ssize_t put = write(side->out, end->out.ptr + at, end->out.len - at);
        if (put <= 0)
            return -1;
        at += (size_t)put;
    }
    end->out.len = 0;
    return 0;
}

/* A view of the end with buffers of this thread's own. */
static struct end view(const struct end *from)
{
    struct end end = *from;
    memset(&end.in, 0, sizeof end.in);
    memset(&end.out, 0, sizeof end.out);
    memset(&end.data, 0, sizeof end.data);
    return end;
}

static void *writes(void *arg)
{
    struct side *side = arg;
    struct end end = view(side->end);
    unsigned begun = 0;
    for (unsigned n = 0; n < MESSAGES; n++) {
        uint8_t text[LEN];
        memset(text, (int)n, sizeof text);
        int begin = side->begins && begun < RENEWALS && n >= 10 + begun * (MESSAGES / RENEWALS);
        while (begin && atomic_load(&side->renewed) < atomic_load(&side->begun))
            usleep(200); /* one after the other */
        pthread_mutex_lock(&side->order);
        SECURITY_STATUS status = begin ? pair_step_null(&end) : SEC_E_OK;
        if (begin)
            begun++;
        if (status == SEC_I_CONTINUE_NEEDED)
            atomic_fetch_add(&side->begun, 1);
        else if (status != SEC_E_OK && status != SEC_E_UNSUPPORTED_FUNCTION)
            atomic_fetch_add(&side->bad, 1);
        status = pair_send(&end, text, sizeof text);
        int failed = send_out(side, &end) != 0;
        pthread_mutex_unlock(&side->order);
        if (status == SEC_E_OUT_OF_SEQUENCE) { /* D14: the library cannot write now; the reader goes on */
            atomic_fetch_add(&side->waits, 1);
            usleep(200);
            n--;
            continue;
        }
        if (status != SEC_E_OK || failed) {
            diag("%s: sealed %s", end.server ? "server" : "client", pair_status(status));
            atomic_fetch_add(&side->bad, 1);
            break;
        }
        side->sent++;
    }
    atomic_store(&side->written, 1);
    flow_free(&end.out);
    return NULL;
}

static void take_data(struct side *side, struct end *end)
{
    while (end->data.len >= LEN) {
        for (size_t i = 0; i < LEN; i++)
            if (end->data.ptr[i] != (uint8_t)side->got)
                atomic_fetch_add(&side->bad, 1);
        flow_drop(&end->data, LEN);
        side->got++;
    }
}

static void *reads(void *arg)
{
    struct side *side = arg;
    struct end end = view(side->end);
    uint8_t chunk[4096];
    ssize_t len;
    flow_add(&end.in, side->end->in.ptr, side->end->in.len); /* tickets */
    for (;;) {
        struct pollfd ready = {side->in, POLLIN, 0};
        if (poll(&ready, 1, 20) == 0) {
            if (side->begins && side->got >= MESSAGES && atomic_load(&side->written) &&
                atomic_load(&side->renewed) >= atomic_load(&side->begun))
                break;
            continue;
        }
        if ((len = read(side->in, chunk, sizeof chunk)) <= 0)
            break;
        flow_add(&end.in, chunk, (size_t)len);
        SECURITY_STATUS status;
        do {
            status = pair_decrypt(&end);
            if (status != SEC_I_RENEGOTIATE)
                continue;
            pthread_mutex_lock(&side->order);
            status = pair_step(&end, end.in.len);
            if (status == SEC_E_OK)
                atomic_fetch_add(&side->renewed, 1);
            if (send_out(side, &end) != 0)
                status = SEC_E_INTERNAL_ERROR;
            pthread_mutex_unlock(&side->order);
            if (status == SEC_I_CONTINUE_NEEDED)
                status = SEC_E_OK;
        } while (status == SEC_E_OK);
        take_data(side, &end);
        if (status != SEC_E_INCOMPLETE_MESSAGE) {
            diag("%s: opened %s", end.server ? "server" : "client", pair_status(status));
            atomic_fetch_add(&side->bad, 1);
            break;
        }
    }
    flow_free(&end.in);
    flow_free(&end.out);
    flow_free(&end.data);
    return NULL;
}

static void renew(const struct pair_options *options, int can)
{
    struct pair pair;
    int up[2], down[2];
    pthread_t threads[4];
    if (!ok(pair_open(&pair, options) && pair_handshake(&pair) == SEC_E_OK, "%s: a connection", tag)) {
        pair_close(&pair);
        return;
    }
    pair_move(&pair);
    if (pipe(up) != 0 || pipe(down) != 0)
        exit(99);
    pair.server.request |= ASC_REQ_MUTUAL_AUTH;
    struct side client = {.end = &pair.client, .in = down[0], .out = up[1]},
                server = {.end = &pair.server, .in = up[0], .out = down[1], .begins = 1};
    struct side *sides[] = {&client, &server};
    for (int i = 0; i < 2; i++) {
        pthread_mutex_init(&sides[i]->order, NULL);
        pthread_create(&threads[2 * i], NULL, writes, sides[i]);
        pthread_create(&threads[2 * i + 1], NULL, reads, sides[i]);
    }
    pthread_join(threads[0], NULL);
    pthread_join(threads[2], NULL);
    pthread_join(threads[3], NULL);
    close(server.out); /* the client reads to the end */
    pthread_join(threads[1], NULL);
    for (int i = 0; i < 2; i++) {
        close(i ? up[0] : down[0]);
        if (!i)
            close(client.out);
        ok(sides[i]->sent == MESSAGES && sides[i]->got == MESSAGES && !atomic_load(&sides[i]->bad),
           "D14 %s: the %s sealed %u and opened %u from two threads, waited %u times", tag,
           i ? "server" : "client", sides[i]->sent, sides[i]->got, atomic_load(&sides[i]->waits));
        pthread_mutex_destroy(&sides[i]->order);
    }
    if (can)
        ok(atomic_load(&server.renewed) > 0, "D14 %s: while it was renewed %u times", tag,
           atomic_load(&server.renewed));
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    struct pair_options options = {
        .provider = provider, .tls = tls, .cert = "server-ecdsa", .client_cert = "client-ecdsa"};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    alarm(300);
    renew(&options, tls == 13 || strcmp(provider, "wolfssl") != 0);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
