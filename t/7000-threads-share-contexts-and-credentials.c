/* SPDX-License-Identifier: MIT
 *
 * One credential under many threads; two threads on one context, one sealing and one opening; a credential
 * freed, and a context deleted, while others use them. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static char tag[64];

/* ---- one credential, many handshakes ---- */

struct worker {
    pthread_t thread;
    const struct pair *model; /* its credentials */
    SECURITY_STATUS status;
    unsigned done;
};

static void *shake(void *arg)
{
    struct worker *worker = arg;
    for (int i = 0; i < 8; i++) {
        struct pair pair = *worker->model;
        worker->status = pair_handshake(&pair);
        if (worker->status == SEC_E_OK) {
            pair_send(&pair.client, "threads", 7);
            pair_move(&pair);
            pair_receive(&pair.server);
            if (pair.server.data.len == 7 && !memcmp(pair.server.data.ptr, "threads", 7))
                worker->done++;
        }
        struct flow none = {0};
        pair.client.alpn = pair.server.alpn = none;
        pair_again(&pair);
    }
    return NULL;
}

static void many_handshakes(const struct pair_options *options)
{
    struct pair model;
    struct worker workers[4];
    if (!ok(pair_open(&model, options), "%s: credentials", tag)) {
        pair_close(&model);
        return;
    }
    for (int i = 0; i < 4; i++) {
        workers[i] = (struct worker){.model = &model};
        pthread_create(&workers[i].thread, NULL, shake, &workers[i]);
    }
    unsigned done = 0;
    for (int i = 0; i < 4; i++) {
        pthread_join(workers[i].thread, NULL);
        done += workers[i].done;
    }
    is_int(done, 32, "%s: 32 connections of 4 threads on one credential", tag);
    pair_close(&model);
}

/* ---- full duplex: one thread seals, another opens, on both ends ---- */

struct lane { /* a pipe between the ends, by threads of their own */
    struct end *from, *to;
    int fds[2];
    unsigned sent, got, bad;
};
enum { ROUNDS = 300 };

static void *seal(void *arg)
{
    struct lane *lane = arg;
    struct end end = *lane->from; /* same context, buffers of its own */
    memset(&end.out, 0, sizeof end.out);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8_t text[200];
        memset(text, (int)i, sizeof text);
        if (pair_send(&end, text, sizeof text) != SEC_E_OK ||
            write(lane->fds[1], end.out.ptr, end.out.len) < 0)
            break;
        end.out.len = 0;
        lane->sent++;
    }
    flow_free(&end.out);
    close(lane->fds[1]);
    return NULL;
}

static void *unseal(void *arg)
{
    struct lane *lane = arg;
    struct end end = *lane->to;
    uint8_t chunk[4096];
    ssize_t len;
    memset(&end.in, 0, sizeof end.in);
    memset(&end.data, 0, sizeof end.data);
    memset(&end.out, 0, sizeof end.out);
    flow_add(&end.in, lane->to->in.ptr, lane->to->in.len); /* tickets */
    while ((len = read(lane->fds[0], chunk, sizeof chunk)) > 0) {
        flow_add(&end.in, chunk, (size_t)len);
        SECURITY_STATUS status = pair_receive(&end);
        if (status != SEC_E_INCOMPLETE_MESSAGE)
            lane->bad++;
        while (end.data.len >= 200) {
            for (size_t i = 0; i < 200; i++)
                if (end.data.ptr[i] != (uint8_t)lane->got)
                    lane->bad++;
            flow_drop(&end.data, 200);
            lane->got++;
        }
    }
    flow_free(&end.in);
    flow_free(&end.data);
    flow_free(&end.out);
    close(lane->fds[0]);
    return NULL;
}

static void duplex(const struct pair_options *options)
{
    struct pair pair;
    struct lane lanes[2];
    pthread_t threads[4];
    if (!ok(pair_open(&pair, options) && pair_handshake(&pair) == SEC_E_OK, "%s: a connection", tag)) {
        pair_close(&pair);
        return;
    }
    pair_move(&pair);
    for (int i = 0; i < 2; i++) {
        lanes[i] =
            (struct lane){.from = i ? &pair.server : &pair.client, .to = i ? &pair.client : &pair.server};
        if (pipe(lanes[i].fds) != 0)
            exit(99);
        pthread_create(&threads[2 * i], NULL, seal, &lanes[i]);
        pthread_create(&threads[2 * i + 1], NULL, unseal, &lanes[i]);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 2; i++)
        ok(lanes[i].sent == ROUNDS && lanes[i].got == ROUNDS && !lanes[i].bad,
           "%s: %u sealed, %u opened, %u bad, while the other way is busy too", tag, lanes[i].sent,
           lanes[i].got, lanes[i].bad);
    pair_close(&pair);
}

/* ---- freed while in use ---- */

static void freed_early(const struct pair_options *options)
{
    struct pair pair;
    if (!pair_open(&pair, options))
        return;
    pair_step(&pair.client, 0);
    pair_move(&pair);
    is_status(FreeCredentialsHandle(&pair.client.credential), SEC_E_OK,
              "%s: the client's credential freed early", tag);
    pair.client.has_credential = 0;
    is_status(pair_handshake(&pair), SEC_E_OK, "%s: its context completes all the same", tag);
    is_status(FreeCredentialsHandle(&pair.server.credential), SEC_E_OK, "%s: the server's freed as well",
              tag);
    pair.server.has_credential = 0;
    pair_send(&pair.server, "on", 2);
    pair_move(&pair);
    is_status(pair_receive(&pair.client), SEC_E_INCOMPLETE_MESSAGE, "%s: and messages pass", tag);
    is_int(pair.client.data.len, 2, "%s: both bytes", tag);
    PCCERT_CONTEXT local = NULL;
    is_status(QueryContextAttributesA(&pair.server.context, SECPKG_ATTR_LOCAL_CERT_CONTEXT, &local), SEC_E_OK,
              "%s: the certificate is still known", tag);
    CertFreeCertificateContext(local);
    pair_close(&pair);
}

static atomic_int deleting;

static void *seal_until_gone(void *arg)
{
    struct end end = *(struct end *)arg;
    SECURITY_STATUS status;
    memset(&end.out, 0, sizeof end.out);
    atomic_store(&deleting, 1);
    do {
        end.out.len = 0;
        status = pair_send(&end, "x", 1);
    } while (status == SEC_E_OK);
    flow_free(&end.out);
    return (void *)(uintptr_t)(status == SEC_E_INVALID_HANDLE);
}

static void deleted_meanwhile(const struct pair_options *options)
{
    struct pair pair;
    pthread_t thread;
    void *result;
    if (!pair_open(&pair, options) || pair_handshake(&pair) != SEC_E_OK)
        return;
    atomic_store(&deleting, 0);
    pthread_create(&thread, NULL, seal_until_gone, &pair.client);
    while (!atomic_load(&deleting))
        usleep(100);
    usleep(2000);
    is_status(DeleteSecurityContext(&pair.client.context), SEC_E_OK, "%s: deleted while another thread seals",
              tag);
    pair.client.has_context = 0;
    pthread_join(thread, &result);
    ok(result, "%s: which then gets INVALID_HANDLE", tag);
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    struct pair_options options = {.provider = provider, .tls = tls, .cert = "server-ecdsa"};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    many_handshakes(&options);
    duplex(&options);
    freed_early(&options);
    deleted_meanwhile(&options);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
