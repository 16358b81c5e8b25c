/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CPU_SECONDS = 2 };

static int read_all(int fd, void *to, size_t len)
{
    for (uint8_t *at = to; len;) {
        ssize_t got = read(fd, at, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        at += got;
        len -= (size_t)got;
    }
    return 0;
}

static int write_all(int fd, const void *from, size_t len)
{
    for (const uint8_t *at = from; len;) {
        ssize_t put = write(fd, at, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return -1;
        at += put;
        len -= (size_t)put;
    }
    return 0;
}

/* ---- the process that answers ---- */

int chain_serve(int in, int out)
{
    const struct itimerval limit = {.it_value = {.tv_sec = CPU_SECONDS}}, none = {.it_value = {.tv_sec = 0}};
    uint8_t *bytes = malloc(CHAIN_BYTES_MAX);
    struct diff_observation seen;
    uint32_t len;
    while (bytes && !read_all(in, &len, sizeof len) && len <= CHAIN_BYTES_MAX && !read_all(in, bytes, len)) {
        setitimer(ITIMER_PROF, &limit, NULL); /* SIGPROF ends a judgement that does not end */
        chain_judge(bytes, len, &seen);
        setitimer(ITIMER_PROF, &none, NULL);
        if (write_all(out, &seen, sizeof seen))
            break;
    }
    free(bytes);
    return bytes ? 0 : 1;
}

/* ---- the process that asks ---- */

static struct server {
    pid_t of, pid; /* who started it: not this process after a fork */
    int to, from;
} servers[DIFF_BACKENDS_MAX];

static _Noreturn void become_server(const struct diff_backend *backend, int in, int out)
{
    static char name[] = "sspi-diff", word[] = CHAIN_SERVER;
    char *const arguments[] = {name, word, NULL};
    setenv("OPENSSPI_PROVIDER", backend->name, 1);
    setenv("OPENSSPI_LOG", "all+error", 0);
    if (dup2(in, 0) >= 0 && dup2(out, 1) >= 0)
        execv("/proc/self/exe", arguments);
    _exit(127);
}

static int start(struct server *s, const struct diff_backend *backend)
{
    int there[2], back[2];
    if (pipe2(there, O_CLOEXEC))
        return -1;
    if (pipe2(back, O_CLOEXEC)) {
        close(there[0]);
        close(there[1]);
        return -1;
    }
    signal(SIGPIPE, SIG_IGN);
    pid_t pid = fork();
    if (pid == 0)
        become_server(backend, there[0], back[1]);
    close(there[0]);
    close(back[1]);
    *s = (struct server){.of = getpid(), .pid = pid, .to = there[1], .from = back[0]};
    return pid < 0 ? -1 : 0;
}

static void bury(struct server *s, struct diff_observation *out)
{
    int status = 0;
    close(s->to);
    close(s->from);
    if (s->pid > 0)
        waitpid(s->pid, &status, 0);
    s->of = 0;
    memset(out, 0, sizeof *out);
    out->end = WIFSIGNALED(status) ? WTERMSIG(status) == SIGPROF ? DIFF_HANG : DIFF_CRASH : DIFF_SKIPPED;
    out->signal = WIFSIGNALED(status) ? (uint8_t)WTERMSIG(status) : 0;
    if (out->end == DIFF_SKIPPED)
        snprintf(out->why, sizeof out->why, "no process judges chains (exit %d)", WEXITSTATUS(status));
}

void chain_ask(const struct diff_backend *backend, unsigned which, const struct diff_stimulus *stimulus,
               struct diff_observation *out)
{
    struct server *s = &servers[which];
    uint32_t len = (uint32_t)stimulus->len;
    if (s->of != getpid() && start(s, backend)) {
        out->end = DIFF_SKIPPED;
        snprintf(out->why, sizeof out->why, "no process to judge chains: %s", strerror(errno));
        return;
    }
    if (write_all(s->to, &len, sizeof len) || write_all(s->to, stimulus->bytes, len) ||
        read_all(s->from, out, sizeof *out))
        bury(s, out);
}
