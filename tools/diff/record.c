/* SPDX-License-Identifier: MIT
 *
 * `sspi diff record`: stands between clients and a server, passes on what either sends, and writes it down.
 */
#include <config.h>

#include "tools/diff/tst.h"
#include "tools/net.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS = 64, HELD_MOST = 1 << 18 };
enum { CLIENT, SERVER };

struct end {
    int fd;
    int ended, told;             /* it sends no more; the other was told */
    struct buffer out;           /* for it */
    struct diff_capture capture; /* of what it sent */
};

struct pair {
    int open;
    struct end of[2];
};

struct relay {
    const struct diff_options *o;
    char host[256], port[32];
    int fd; /* of the listener */
    struct pair pairs[PAIRS];
    unsigned open, begun, failed;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    stopped = signal;
}

/* ---- a pair ---- */

static int save(struct relay *r, const struct end *e, int who)
{
    const char *name = who == CLIENT ? "client" : "server";
    char note[400];
    if (!e->capture.stimulus.len)
        return 0;
    snprintf(note, sizeof note, "what a %s of %s:%s sent%s", name, r->host, r->port,
             e->capture.full ? ", to begin with" : "");
    return diff_tst_save(r->o->out, name, NULL, note, &e->capture.stimulus);
}

static void close_pair(struct relay *r, struct pair *p)
{
    for (int i = 0; i < 2; i++) {
        struct end *e = &p->of[i];
        close(e->fd);
        e->capture.stimulus.role = i == CLIENT ? DIFF_ACCEPT : DIFF_INITIALIZE;
        r->failed |= diff_capture_end(&e->capture) || save(r, e, i);
        diff_capture_free(&e->capture);
        buffer_free(&e->out);
    }
    fflush(stdout);
    memset(p, 0, sizeof *p);
    r->open--;
}

static void open_pair(struct relay *r)
{
    struct pair *p = r->pairs;
    int fd = accept4(r->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    r->begun++;
    int to = net_connect("diff record", r->host, r->port);
    if (to < 0 || net_nonblocking(to)) {
        r->failed = 1;
        close(fd);
        if (to >= 0)
            close(to);
        return;
    }
    while (p->open)
        p++;
    p->open = 1;
    p->of[CLIENT].fd = fd;
    p->of[SERVER].fd = to;
    r->open++;
}

/* What `from` sent goes to `to`.  -1: the connection is over. */
static int take(struct end *from, struct end *to)
{
    size_t held = buffer_length(&to->out);
    int got = net_receive(from->fd, &to->out);
    if (got < 0)
        return -1;
    from->ended = got == 0;
    return diff_capture_add(&from->capture, buffer_bytes(&to->out) + held, buffer_length(&to->out) - held);
}

static int give(struct end *to, const struct end *from)
{
    if (net_send(to->fd, &to->out))
        return -1;
    if (from->ended && !buffer_length(&to->out) && !to->told) {
        shutdown(to->fd, SHUT_WR);
        to->told = 1;
    }
    return 0;
}

static int serve_pair(struct pair *p, const struct pollfd *polled)
{
    for (int i = 0; i < 2; i++) {
        struct end *from = &p->of[i], *to = &p->of[!i];
        if (polled[i].events & POLLIN && polled[i].revents & (POLLIN | POLLHUP | POLLERR) && take(from, to))
            return -1;
        if (!(polled[i].events & POLLIN) && polled[i].revents & POLLERR)
            return -1;
    }
    for (int i = 0; i < 2; i++)
        if (give(&p->of[i], &p->of[!i]))
            return -1;
    return p->of[CLIENT].told && p->of[SERVER].told ? -1 : 0;
}

/* ---- all of them ---- */

static void want(const struct pair *p, struct pollfd *polled)
{
    for (int i = 0; i < 2; i++) {
        const struct end *e = &p->of[i];
        int reads = !e->ended && buffer_length(&p->of[!i].out) < HELD_MOST;
        short events = (short)((reads ? POLLIN : 0) | (buffer_length(&e->out) ? POLLOUT : 0));
        polled[i] = (struct pollfd){.fd = p->open && events ? e->fd : -1, .events = events};
    }
}

static int relay(struct relay *r, const sigset_t *waiting)
{
    struct pollfd polled[2 * PAIRS + 1];
    unsigned count = r->o->count;
    while (!stopped && !(count && r->begun >= count && !r->open)) {
        int more = r->open < PAIRS && !(count && r->begun >= count);
        polled[2 * PAIRS] = (struct pollfd){.fd = more ? r->fd : -1, .events = POLLIN};
        for (unsigned i = 0; i < PAIRS; i++)
            want(&r->pairs[i], polled + 2 * i);
        if (ppoll(polled, 2 * PAIRS + 1, NULL, waiting) < 0) {
            if (errno == EINTR)
                continue;
            return diff_failed("%s", strerror(errno));
        }
        for (unsigned i = 0; i < PAIRS; i++)
            if (r->pairs[i].open && serve_pair(&r->pairs[i], polled + 2 * i))
                close_pair(r, &r->pairs[i]);
        if (polled[2 * PAIRS].revents)
            open_pair(r);
    }
    return DIFF_EXIT_FINE;
}

/* SIGINT and SIGTERM come where poll waits, and nowhere else. */
static void catch_signals(sigset_t *waiting)
{
    struct sigaction action = {.sa_handler = stop};
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigprocmask(SIG_BLOCK, &held, waiting);
    sigdelset(waiting, SIGINT);
    sigdelset(waiting, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static int record(struct diff_options *o)
{
    struct relay *r = calloc(1, sizeof *r);
    unsigned port = o->listen;
    sigset_t waiting;
    int code = DIFF_EXIT_USAGE;
    if (!r)
        return diff_failed("no memory");
    r->o = o;
    if (o->word_count)
        diff_failed("what is %s?", o->words[0]);
    else if (!o->out || !o->connect)
        diff_failed("record takes --connect HOST:PORT and --out DIR");
    else if (net_split(o->connect, r->host, sizeof r->host, r->port, sizeof r->port))
        diff_failed("%s: no HOST:PORT", o->connect);
    else if (!diff_tst_folder(o->out) && (r->fd = net_listen("diff record", "127.0.0.1", &port)) >= 0) {
        catch_signals(&waiting);
        printf("listening on 127.0.0.1:%u\n", port);
        fflush(stdout);
        code = relay(r, &waiting);
        for (unsigned i = 0; i < PAIRS; i++)
            if (r->pairs[i].open)
                close_pair(r, &r->pairs[i]);
        close(r->fd);
        code = r->failed ? DIFF_EXIT_USAGE : code;
    }
    free(r);
    return code;
}

const struct diff_command diff_record_command = {
    .name = "record",
    .run = record,
    .usage = "record [--listen PORT] [--count N] --connect HOST:PORT --out DIR",
};
