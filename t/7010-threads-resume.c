/* SPDX-License-Identifier: MIT
 *
 * K40: threads share one credential and its sessions, while another changes the server's ticket keys; a child
 * of a fork begins anew, as a ticket of TLS 1.3 serves once. */
#include <config.h>

#include "t/resume.h"
#include "t/tap.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, CONNECTIONS = 8 };

static char tag[64];

struct worker {
    pthread_t thread;
    const struct pair *model; /* its credentials */
    unsigned full, resumed, failed;
};

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct pair pair = *worker->model;
    for (int i = 0; i < CONNECTIONS; i++) {
        int happened = resume_connect(&pair);
        worker->full += happened == 0;
        worker->resumed += happened == 1;
        worker->failed += happened < 0;
        pair_again(&pair);
    }
    return NULL;
}

static struct worker work_all(const struct pair *model)
{
    struct worker workers[THREADS], all = {0};
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.model = model};
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        all.full += workers[i].full;
        all.resumed += workers[i].resumed;
        all.failed += workers[i].failed;
    }
    return all;
}

static void shared(const struct pair_options *options, int tls)
{
    struct pair pair;
    int first = pair_open(&pair, options) ? resume_connect(&pair) : -3;
    pair_again(&pair);
    struct worker all = work_all(&pair);
    ok(first == 0 && !all.failed && all.full + all.resumed == THREADS * CONNECTIONS,
       "K40 %s: %u connections of %d threads on one credential", tag, all.full + all.resumed, THREADS);
    /* TLS 1.3: at first there is one ticket for all of them, later one for each */
    ok(all.full <= (tls == 13 ? THREADS : 0), "K40 %s: %u of them resumed", tag, all.resumed);
    pair_close(&pair);
}

static atomic_int rotating;

static void *rotate(void *arg)
{
    CredHandle *server = arg;
    unsigned wrong = 0;
    for (BYTE number = 1; atomic_load(&rotating); number++) {
        SecPkgCred_SessionTicketKey keys[2] = {{.KeyId = {number}, .KeyingMaterialSize = 32},
                                               {.KeyId = {(BYTE)(number - 1)}, .KeyingMaterialSize = 64}};
        SecPkgCred_SessionTicketKeys all = {2, keys};
        memset(keys[0].KeyingMaterial, number, sizeof keys[0].KeyingMaterial);
        memset(keys[1].KeyingMaterial, number - 1, sizeof keys[1].KeyingMaterial);
        wrong +=
            SetCredentialsAttributesA(server, SECPKG_ATTR_SESSION_TICKET_KEYS, &all, sizeof all) != SEC_E_OK;
        usleep(500);
    }
    return (void *)(uintptr_t)wrong;
}

static void rotated(const struct pair_options *options)
{
    struct pair pair;
    pthread_t thread;
    void *wrong;
    int first = pair_open(&pair, options) ? resume_connect(&pair) : -3;
    pair_again(&pair);
    atomic_store(&rotating, 1);
    pthread_create(&thread, NULL, rotate, &pair.server.credential);
    struct worker all = work_all(&pair);
    atomic_store(&rotating, 0);
    pthread_join(thread, &wrong);
    ok(first == 0 && !all.failed && !wrong,
       "SESSION_TICKET_KEYS %s: keys change under %d threads, and every handshake completes", tag, THREADS);
    pair_close(&pair);
}

static void forked(const struct pair_options *options)
{
    struct pair pair;
    int status = -1, first = pair_open(&pair, options) ? resume_connect(&pair) : -3;
    pair_again(&pair);
    pid_t child = fork();
    if (child == 0)
        _exit(resume_connect(&pair) == 0 && resume_again(&pair) == 1 ? 0 : 1);
    waitpid(child, &status, 0);
    ok(first == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0,
       "K40 %s: a child's first connection resumes nothing of its parent's, its second does", tag);
    is_int(resume_connect(&pair), 1, "K40 %s: the parent's sessions are still there", tag);
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    struct pair_options options = {.provider = provider, .tls = tls, .cert = "server-ecdsa"};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    forked(&options); /* while there are no threads */
    shared(&options, tls);
    rotated(&options);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
