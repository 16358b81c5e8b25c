/* SPDX-License-Identifier: MIT
 *
 * One case in children of its own. */
#include <config.h>

#include "tools/diff/worker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ALL_RAN = DIFF_BACKENDS_MAX };
struct apart { /* shared with the child */
    struct diff_result result;
    unsigned where; /* the backend that runs, ALL_RAN in the end */
};

static void child(const struct diff_options *o, const struct diff_case *c, const uint8_t *dead,
                  struct apart *to)
{
    struct diff_plan plan = {.options = o};
    diff_in_child(o);
    for (unsigned i = 0; i < o->backend_count; i++) {
        uint8_t others[DIFF_BACKENDS_MAX];
        struct diff_result one;
        memset(others, 1, sizeof others);
        others[i] = dead[i];
        to->where = i;
        diff_limit(o->limit);
        diff_run_case(&plan, c, others, NULL, NULL, &one);
        to->result.of[i] = one.of[i];
        to->result.count = one.count;
    }
    to->where = ALL_RAN;
    _exit(0);
}

int diff_run_apart(const struct diff_options *o, const struct diff_case *c, struct diff_result *out)
{
    uint8_t dead[DIFF_BACKENDS_MAX] = {0};
    int status = 0, failed = 1;
    struct apart *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return -1;
    fflush(NULL);
    for (unsigned tries = 0; failed && tries <= o->backend_count; tries++) {
        shared->where = 0;
        pid_t pid = fork();
        if (pid == 0)
            child(o, c, dead, shared);
        while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
        failed = pid < 0 || shared->where != ALL_RAN;
        if (pid < 0 || (failed && dead[shared->where])) /* not twice: it is the engine itself */
            break;
        if (failed)
            dead[shared->where] = WIFSIGNALED(status) ? (uint8_t)WTERMSIG(status) : (uint8_t)SIGABRT;
    }
    *out = shared->result;
    munmap(shared, sizeof *shared);
    diff_judge(out, o->level);
    return failed ? -1 : 0;
}
