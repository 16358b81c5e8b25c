/* SPDX-License-Identifier: MIT
 *
 * libFuzzer: its loop in children, each with all providers and the credentials made once. */
#include <config.h>

#include "tools/diff/guide/guide.h"
#include "tools/diff/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { JOBS_MAX = 64, ENDED_MAX = 32, HANG_SECONDS = 20, RELOAD_SECONDS = 5 };

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one)(const uint8_t *, size_t));
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t len, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t most, unsigned seed);

/* libFuzzer finds them by the section's name, clears them before each execution and reads them after it. */
static uint8_t counters[GUIDE_TUPLES / 8] __attribute__((section("__libfuzzer_extra_counters"), used));

static int one(const uint8_t *bytes, size_t len)
{
    guide_count(counters, sizeof counters, guide_execute(bytes, len));
    return 0;
}

__attribute__((visibility("default"))) size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t most,
                                                                      unsigned seed)
{
    return guide_mutate(bytes, len, most, seed, LLVMFuzzerMutate);
}

/* ---- the children ---- */

struct session {
    const struct diff_options *o;
    const struct guide_folders *folders;
    pid_t pids[JOBS_MAX];
    unsigned jobs, processors, running, started, ended; /* processors: as many as the jobs can use */
    double begun;
};

static double wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int seconds_left(const struct session *s)
{
    return (int)((double)s->o->seconds - (wall() - s->begun) + 0.5);
}

static void quiet(const struct session *s, unsigned which)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/log-%u", s->folders->found, which);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
        _exit(DIFF_EXIT_USAGE);
}

/* A run that ends after so many executions depends on no clock, so that its seed makes it again. */
static void child(const struct session *s, unsigned which)
{
    enum { ARGS = 11 };
    char text[ARGS][sizeof s->folders->corpus + 40] = {"sspi-diff", "-len_control=0", "-print_final_stats=1"};
    char *args[ARGS + 2] = {NULL}, **argv = args;
    int argc = 3;
    size_t size = sizeof *text;
    snprintf(text[argc++], size, "-seed=%u", (unsigned)((s->o->seed + which) % 0x7fffffffu + 1));
    snprintf(text[argc++], size, "-max_len=%d", GUIDE_MOST);
    snprintf(text[argc++], size, "-max_total_time=%d", s->o->seconds ? seconds_left(s) : 0);
    snprintf(text[argc++], size, "-runs=%lld", s->o->runs ? (long long)s->o->runs : -1LL);
    snprintf(text[argc++], size, "-timeout=%d", HANG_SECONDS);
    snprintf(text[argc++], size, "-reload=%d", s->jobs > 1 ? RELOAD_SECONDS : 0);
    snprintf(text[argc++], size, "-entropic_scale_per_exec_time=%d", !s->o->runs);
    snprintf(text[argc++], size, "-artifact_prefix=%s/", s->folders->found);
    for (int i = 0; i < argc; i++)
        args[i] = text[i];
    args[argc++] = (char *)(uintptr_t)s->folders->corpus;
    quiet(s, which);
    _exit(LLVMFuzzerRunDriver(&argc, &argv, one));
}

static int start(struct session *s, unsigned slot)
{
    unsigned which = s->started++;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        child(s, which);
    if (pid < 0)
        return -1;
    s->pids[slot] = pid;
    s->running++;
    return 0;
}

/* Those that ended badly leave the input behind, and another goes on. */
static int bury(struct session *s)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (unsigned i = 0; i < s->jobs; i++) {
            if (s->pids[i] != pid)
                continue;
            s->pids[i] = 0;
            s->running--;
            if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
                continue;
            if (++s->ended < ENDED_MAX && (!s->o->seconds || seconds_left(s) > 0) && start(s, i))
                return -1;
        }
    return 0;
}

/* Of those that have ended, all they did included. */
static double processor_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_CHILDREN, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void progress(const struct session *s, double used_us)
{
    const struct guide_board *b = guide_board();
    double seconds = wall() - s->begun, executions = (double)atomic_load(&b->executions) + 1e-9;
    printf("%4.0f s  %.0f executions  %.0f/s  %u tuples  %u ended badly", seconds, executions,
           executions / (seconds + 1e-9), atomic_load(&b->tuples), s->ended);
    if (used_us > 0) {
        /* other work on the machine takes from the rate by the clock; the second one is the tester's own */
        printf("  %.0f us of a processor for each, %.0f with the fuzzer",
               (double)atomic_load(&b->processor_us) / executions, used_us / executions);
        printf(": %.0f/s by the time of %u processor%s", s->processors * executions * 1e6 / used_us,
               s->processors, s->processors == 1 ? "" : "s");
    }
    putchar('\n');
    fflush(stdout);
}

int guide_fuzz(const struct diff_options *o, const struct guide_folders *folders, unsigned *ended)
{
    enum { TICKS = 100 }; /* of a tenth of a second */
    const struct timespec tick = {0, 100000000};
    struct session s = {.o = o, .folders = folders, .begun = wall()};
    unsigned jobs = o->jobs ? o->jobs : diff_processors();
    double before = processor_us();
    int failed = 0;
    s.jobs = jobs < JOBS_MAX ? jobs : JOBS_MAX;
    s.processors = s.jobs < diff_processors() ? s.jobs : diff_processors();
    for (unsigned i = 0; !failed && i < s.jobs; i++)
        failed = start(&s, i);
    for (unsigned ticks = 1; !failed && s.running; ticks++) {
        nanosleep(&tick, NULL);
        failed = bury(&s);
        if (!o->quiet && ticks % TICKS == 0)
            progress(&s, 0);
    }
    for (unsigned i = 0; i < s.jobs; i++)
        if (s.pids[i]) {
            kill(s.pids[i], SIGKILL);
            waitpid(s.pids[i], NULL, 0);
        }
    progress(&s, processor_us() - before);
    *ended = s.ended;
    if (failed)
        diff_failed("no child can be started: %s", strerror(errno));
    return failed ? -1 : 0;
}
