/* SPDX-License-Identifier: MIT
 *
 * t/3095-one-credential-serves-many.c -- a credential on many threads at once, and in forked children:
 * nothing random repeats. */
#include <config.h>

#include "t/provider-kit.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define EACH    6

struct job {
    const struct kit_module *m;
    struct kit_setup setup;
    int good;
};

/* No kit_fault in here: threads do not share counters. */
static void *connect_many(void *arg)
{
    struct job *j = arg;
    for (int i = 0; i < EACH; i++) {
        struct kit_pair p;
        if (kit_start(&p, j->m, j->m, &j->setup))
            return NULL;
        int good = kit_run(&p) && kit_both_ways(&p);
        kit_stop(&p);
        if (!good)
            return NULL;
    }
    j->good = 1;
    return NULL;
}

static int make(const struct kit_module *m, struct kit_setup *k)
{
    struct sspi_failure f;
    return kit_cred(m, 0, k, &k->client_cred, &f) == SSPI_OK &&
           kit_cred(m, 1, k, &k->server_cred, &f) == SSPI_OK;
}
static void unmake(const struct kit_module *m, struct kit_setup *k)
{
    if (k->client_cred)
        m->api->cred_free(k->client_cred);
    if (k->server_cred)
        m->api->cred_free(k->server_cred);
}

static void threads(const struct kit_module *m, uint32_t protocol)
{
    struct kit_setup k = {.protocols = protocol,
                          .client_verify = 1,
                          .server_verify = 1,
                          .request_cert = 1,
                          .client_identity = "client-ecdsa",
                          .tickets = 1,
                          .keylog = (m->caps & SSPI_CAP_KEYLOG) != 0,
                          .sni = "localhost"};
    struct job jobs[THREADS];
    pthread_t ids[THREADS];
    int good = make(m, &k), started = 0;
    for (; good && started < THREADS; started++) {
        jobs[started] = (struct job){m, k, 0};
        if (pthread_create(&ids[started], NULL, connect_many, &jobs[started]))
            break;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(ids[i], NULL);
        good &= jobs[i].good;
    }
    unmake(m, &k);
    kit_ok(good && started == THREADS, "%s %s: %d threads, one credential for each side, %d handshakes",
           m->name, kit_version_name(protocol), THREADS, THREADS * EACH);
}

/* One ticket offered by several threads at once. */
static void shared_ticket(const struct kit_module *m, uint32_t protocol)
{
    struct kit_setup k = {.protocols = protocol, .client_verify = 1, .tickets = 1, .sni = "localhost"};
    struct kit_pair p;
    struct job jobs[THREADS];
    pthread_t ids[THREADS];
    sspi_ticket *t = NULL;
    uint32_t lifetime;
    if (!(m->caps & SSPI_CAP_TICKETS))
        return;
    int good = make(m, &k), started = 0;
    if (good && kit_connect(&p, m, m, &k)) {
        kit_both_ways(&p);
        t = m->api->ticket_take(p.c.s, &lifetime);
        kit_stop(&p);
    }
    k.resume = t;
    for (; t && started < THREADS; started++) {
        jobs[started] = (struct job){m, k, 0};
        if (pthread_create(&ids[started], NULL, connect_many, &jobs[started]))
            break;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(ids[i], NULL);
        good &= jobs[i].good;
    }
    if (t)
        m->api->ticket_free(t);
    unmake(m, &k);
    kit_ok(good && t && started == THREADS, "%s %s: one ticket offered by %d threads", m->name,
           kit_version_name(protocol), THREADS);
}

struct draw {
    uint8_t client[32], server[32], ticket[32];
};

/* The hellos' randoms, and in TLS 1.2 the front of a ticket: key name and IV. */
static int draw(const struct kit_module *m, const struct kit_setup *k, struct draw *d)
{
    struct kit_pair p;
    size_t len;
    uint8_t *r, *t;
    memset(d, 0, sizeof *d);
    if (kit_start(&p, m, m, k))
        return 0;
    kit_shake(&p.c, NULL, 0);
    if ((r = kit_take(&p.c, &len))) {
        memcpy(d->client, r + 11, 32);
        kit_feed(&p.s, r, len);
        free(r);
    }
    if (p.s.out_len < 43) {
        kit_stop(&p);
        return 0;
    }
    memcpy(d->server, p.s.out + 11, 32);
    while ((r = kit_take(&p.s, &len))) {
        kit_feed(&p.c, r, len);
        free(r);
    }
    while ((r = kit_take(&p.c, &len))) {
        kit_feed(&p.s, r, len);
        free(r);
    }
    while ((t = kit_take(&p.s, &len))) { /* NewSessionTicket: header 5 + 4, lifetime 4, length 2 */
        if (t[0] == 22 && len > 60 && t[5] == 4)
            memcpy(d->ticket, t + 15, 32);
        kit_feed(&p.c, t, len);
        free(t);
    }
    int good = p.c.done && p.s.done;
    kit_stop(&p);
    return good;
}

static void forked(const struct kit_module *m, uint32_t protocol)
{
    enum { CHILDREN = 3, DRAWS = 3, TOTAL = (CHILDREN + 1) * DRAWS };
    struct kit_setup k = {.protocols = protocol, .tickets = 1};
    struct draw all[TOTAL];
    int fds[2], good = make(m, &k) && pipe(fds) == 0, n = 0;
    struct draw before;
    good = good && draw(m, &k, &before); /* everything lazy has happened */
    fflush(stdout);
    for (int c = 0; good && c < CHILDREN; c++) {
        pid_t pid = fork();
        if (pid == 0) {
            struct draw mine[DRAWS];
            int fine = 1;
            for (int i = 0; i < DRAWS; i++)
                fine &= draw(m, &k, &mine[i]);
            fine = fine && write(fds[1], mine, sizeof mine) == (ssize_t)sizeof mine;
            _exit(!fine);
        }
        int status = -1;
        waitpid(pid, &status, 0);
        good = status == 0;
    }
    for (int i = 0; good && i < DRAWS; i++)
        good = draw(m, &k, &all[n++]);
    if (good) {
        close(fds[1]);
        for (ssize_t got; n < TOTAL && (got = read(fds[0], &all[n], sizeof all[0])) == (ssize_t)sizeof all[0];
             n++)
            ;
        close(fds[0]);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) {
            if (!memcmp(all[i].client, all[j].client, 32) || !memcmp(all[i].server, all[j].server, 32))
                kit_fault("draws %d and %d have a random in common", i, j);
            static const uint8_t none[32];
            if (memcmp(all[i].ticket, none, 32) && !memcmp(all[i].ticket, all[j].ticket, 32))
                kit_fault("draws %d and %d have a ticket's nonce in common", i, j);
        }
    unmake(m, &k);
    kit_ok(good && n == TOTAL,
           "%s %s: parent and %d children, one credential: %d handshakes, nothing random twice", m->name,
           kit_version_name(protocol), CHILDREN, n);
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    kit_each(forked);
    kit_each(threads);
    kit_each(shared_ticket);
    kit_each(forked);
    return kit_done();
}
