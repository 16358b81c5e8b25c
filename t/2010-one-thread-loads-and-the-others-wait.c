/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/once.h"
#include "core/provider.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

const struct provider_callbacks context_callbacks = {NULL, NULL, NULL, NULL};

enum { THREADS = 8 };

static atomic_int times_entered;
static const char *held; /* this mock stays in its entry function until the gate opens */
static sem_t inside, gate;

__attribute__((visibility("default"))) void mock_entered(const char *name);
void mock_entered(const char *name)
{
    times_entered++;
    if (held && !strcmp(name, held)) {
        sem_post(&inside);
        sem_wait(&gate);
    }
}

static void mock_install(const struct sandbox *box, const char *name)
{
    const char *builddir = secure_getenv("top_builddir");
    char from[PATH_MAX], to[128], text[256];

    snprintf(from, sizeof from, "%s/t/mock/%s.so", builddir ? builddir : ".", name);
    snprintf(to, sizeof to, "providers/%s.so", name);
    sandbox_copy(box, to, from);
    snprintf(to, sizeof to, "manifests/50-%s.provider", name);
    snprintf(text, sizeof text, "[provider %s]\nmodule = %s.so\nabi = 1\n", name, name);
    sandbox_write(box, to, text);
}

/* ---- many threads, one provider ---- */

struct racer {
    pthread_t thread;
    pthread_barrier_t *start;
    const char *name;
    const struct provider *provider;
    const char *why;
};

static void *race(void *arg)
{
    struct racer *racer = arg;

    pthread_barrier_wait(racer->start);
    racer->provider = provider_load(racer->name, &racer->why);
    return NULL;
}

static void race_all(const void *arg, FILE *out)
{
    struct racer racers[THREADS];
    pthread_barrier_t start;
    unsigned i, alike = 0;

    pthread_barrier_init(&start, NULL, THREADS);
    for (i = 0; i < THREADS; i++) {
        racers[i] = (struct racer){.start = &start, .name = arg, .why = ""};
        if (pthread_create(&racers[i].thread, NULL, race, &racers[i]))
            exit(97);
    }
    for (i = 0; i < THREADS; i++)
        pthread_join(racers[i].thread, NULL);
    for (i = 0; i < THREADS; i++)
        alike += racers[i].provider == racers[0].provider && !strcmp(racers[i].why, racers[0].why);
    fprintf(out, "%s %u alike, %d entered", racers[0].provider ? "loaded" : "failed", alike, (int)times_entered);
}

/* ---- one thread inside, others about ---- */

static void *load_slow(void *arg)
{
    const char *why = "";

    return (void *)(provider_load(arg, &why) ? "loaded" : why);
}

static pthread_t hold_slow(void)
{
    pthread_t thread;

    held = "slow";
    sem_init(&inside, 0, 0);
    sem_init(&gate, 0, 0);
    if (pthread_create(&thread, NULL, load_slow, (void *)"slow"))
        exit(97);
    sem_wait(&inside);
    return thread;
}

static void others_go_on(const void *arg, FILE *out)
{
    const char *why = "";
    pthread_t thread = hold_slow();
    void *result;

    (void)arg;
    fprintf(out, "%s, ", provider_load("good", &why) ? "loaded" : why);
    sem_post(&gate);
    pthread_join(thread, &result);
    fprintf(out, "%s", (const char *)result);
}

static void fork_inside(const void *arg, FILE *out)
{
    const char *why = "";
    pthread_t thread = hold_slow();
    int status = -1;
    void *result;
    pid_t pid = fork();

    (void)arg;
    if (!pid) {
        alarm(60); /* if it hangs */
        int right = !provider_load("slow", &why) && strstr(why, "forked while another thread loaded it") &&
                    provider_load("good", &why);
        _exit(right ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    fprintf(out, "child %d, ", status);
    sem_post(&gate);
    pthread_join(thread, &result);
    fprintf(out, "parent %s", (const char *)result);
}

static void fork_after(const void *arg, FILE *out)
{
    const char *why = "";
    const struct provider *provider = provider_load("slow", &why);
    int status = -1;
    pid_t pid = fork();

    (void)arg;
    if (!pid) {
        alarm(60);
        _exit(provider && provider_load("slow", &why) == provider && provider_load("good", &why) && times_entered == 2 ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    fprintf(out, "child %d, parent %s", status, provider_load("good", &why) && times_entered == 2 ? "loaded" : why);
}

/* ---- the lock itself ---- */

static struct once once;
static long guarded;

static void *count_up(void *arg)
{
    unsigned i;

    (void)arg;
    for (i = 0; i < 20000; i++) {
        if (once_enter(&once) != ONCE_MINE)
            return (void *)1;
        guarded++;
        once_leave(&once, ONCE_IDLE);
    }
    return NULL;
}

static void try_once(void)
{
    pthread_t threads[4];
    struct once other = {0};
    int status = -1;
    void *bad, *any = NULL;
    unsigned i;
    pid_t pid;

    for (i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, count_up, NULL);
    for (i = 0; i < 4; i++) {
        pthread_join(threads[i], &bad);
        any = bad ? bad : any;
    }
    ok(!any && guarded == 80000, "once: as a lock it lets one thread in at a time");

    ok(once_peek(&other) == ONCE_IDLE && once_enter(&other) == ONCE_MINE && once_peek(&other) == ONCE_MINE, "once: the first does the work");
    pid = fork();
    if (!pid) {
        alarm(60);
        _exit(once_enter(&other) == ONCE_ORPHANED ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    is_int(status, 0, "once: a child forked meanwhile is told, and does not wait");
    once_leave(&other, ONCE_IDLE);
    ok(once_enter(&other) == ONCE_MINE, "once: what was not done can be tried again");
    once_leave(&other, ONCE_FAILED);
    ok(once_enter(&other) == ONCE_FAILED && once_enter(&other) == ONCE_FAILED, "once: a failure is remembered");
}

int main(void)
{
    static const char *const installed[] = {"good", "slow", "returns-null", "undefined-symbol"};
    struct sandbox box;
    char text[256];
    size_t i;

    try_once();
    sandbox_make(&box);
    for (i = 0; i < sizeof installed / sizeof installed[0]; i++)
        mock_install(&box, installed[i]);

    sandbox_run(&box, NULL, race_all, "slow", text, sizeof text, NULL, 0);
    is_str(text, "loaded 8 alike, 1 entered", "8 threads on a slow provider: it is loaded once, all get it");
    sandbox_run(&box, NULL, race_all, "good", text, sizeof text, NULL, 0);
    is_str(text, "loaded 8 alike, 1 entered", "8 threads on a quick provider: it is loaded once, all get it");
    sandbox_run(&box, NULL, race_all, "returns-null", text, sizeof text, NULL, 0);
    is_str(text, "failed 8 alike, 1 entered", "8 threads on one that refuses: it is asked once, all get the reason");
    sandbox_run(&box, NULL, race_all, "undefined-symbol", text, sizeof text, NULL, 0);
    is_str(text, "failed 8 alike, 0 entered", "8 threads on one that does not link: all get the reason");
    sandbox_run(&box, NULL, race_all, "unknown", text, sizeof text, NULL, 0);
    is_str(text, "failed 8 alike, 0 entered", "8 threads on one that is not installed: all get the reason");
    sandbox_run(&box, NULL, others_go_on, NULL, text, sizeof text, NULL, 0);
    is_str(text, "loaded, loaded", "while one provider starts, another can be loaded");
    sandbox_run(&box, NULL, fork_inside, NULL, text, sizeof text, NULL, 0);
    is_str(text, "child 0, parent loaded", "fork while a thread loads: the child fails at once, and can load others");
    sandbox_run(&box, NULL, fork_after, NULL, text, sizeof text, NULL, 0);
    is_str(text, "child 0, parent loaded", "fork after a load: both sides have it, and load others");
    sandbox_remove(&box);
    return tap_done();
}
