/* SPDX-License-Identifier: MIT
 *
 * The processes that ask (chain-server.c): the one that starts the servers, and those forked from it. */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/exact.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct server {
    pid_t pid;   /* 0: none */
    int control; /* lines are sent over it */
} servers[DIFF_BACKENDS_MAX];

static struct line { /* of this process: what a fork has copied is another's */
    pid_t of;
    int fd;
} lines[DIFF_BACKENDS_MAX];

/* ---- servers ---- */

static _Noreturn void become_server(const struct diff_backend *backend, int control)
{
    static char name[] = "sspi-diff", word[] = CHAIN_SERVER;
    char *const arguments[] = {name, word, NULL};
    setenv("OPENSSPI_PROVIDER", backend->name, 1);
    setenv("OPENSSPI_LOG", "all+error", 0);
    if (dup2(control, 0) >= 0)
        execv("/proc/self/exe", arguments);
    _exit(127);
}

static int start(struct server *s, const struct diff_backend *backend)
{
    int ends[2];
    char ready;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return -1;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        become_server(backend, ends[1]);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return -1;
    }
    *s = (struct server){pid, ends[0]};
    return diff_read_exact(s->control, &ready, 1);
}

void chain_end(void)
{
    for (unsigned i = 0; i < DIFF_BACKENDS_MAX; i++) {
        if (lines[i].of == getpid())
            close(lines[i].fd);
        lines[i].of = 0;
        if (!servers[i].pid)
            continue;
        close(servers[i].control);
        while (waitpid(servers[i].pid, NULL, 0) < 0 && errno == EINTR)
            continue;
        servers[i].pid = 0;
    }
}

int chain_begin(const struct diff_backend *backends, unsigned count, char *why, size_t size)
{
    chain_end();
    signal(SIGPIPE, SIG_IGN); /* a judge may go at any time */
    for (unsigned i = 0; i < count; i++)
        if (start(&servers[i], &backends[i])) {
            snprintf(why, size, "%s: no process judges chains", backends[i].name);
            return -1;
        }
    return 0;
}

/* ---- questions ---- */

static int send_line(int control, int fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof fd)];
    } with;
    struct iovec iov = {(char[]){'?'}, 1};
    struct msghdr message = {
        .msg_iov = &iov, .msg_iovlen = 1, .msg_control = with.room, .msg_controllen = sizeof with.room};
    memset(&with, 0, sizeof with);
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    *head =
        (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
    memcpy(CMSG_DATA(head), &fd, sizeof fd);
    ssize_t sent;
    do
        sent = sendmsg(control, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == 1 ? 0 : -1;
}

static int open_line(struct line *l, const struct server *s)
{
    int ends[2];
    if (!s->pid || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return -1;
    int failed = send_line(s->control, ends[1]);
    close(ends[1]);
    *l = (struct line){getpid(), ends[0]};
    if (failed) {
        close(ends[0]);
        l->of = 0;
    }
    return failed;
}

void chain_ask(unsigned which, const struct diff_stimulus *stimulus, struct diff_observation *out)
{
    struct line *l = &lines[which];
    uint32_t len = (uint32_t)stimulus->len;
    int failed = l->of != getpid() && open_line(l, &servers[which]);
    if (!failed) {
        /* a judge that ended while it was being written to has told how */
        (void)(diff_write_exact(l->fd, &len, sizeof len) || diff_write_exact(l->fd, stimulus->bytes, len));
        failed = diff_read_exact(l->fd, out, sizeof *out);
        if (failed || out->end != DIFF_FINE) {
            close(l->fd);
            l->of = 0;
        }
    }
    if (failed) {
        memset(out, 0, sizeof *out);
        out->end = DIFF_SKIPPED;
        snprintf(out->why, sizeof out->why, "no process judges chains");
    }
}
