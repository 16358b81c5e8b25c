/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/exact.h"
#include "tools/diff/json-out.h"
#include "tools/diff/worker.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 64, JOBS_MAX = 256, STILLBORN_MAX = 3 };
#define NOWHERE 0xffffffffu

struct job { /* places first .. first + count - 1 */
    uint32_t first, count;
    int alone;                       /* one case by itself, for the second time */
    unsigned stillborn;              /* children that ended before a backend ran `first` */
    uint8_t dead[DIFF_BACKENDS_MAX]; /* signals that ended backends at `first` */
};
struct place { /* what is known of a case */
    struct diff_report report;
    char *line;
    int done; /* 1: run in company; 2: for good */
};
struct spot { /* shared with a child: where it is */
    volatile uint32_t place, backend;
};
struct worker {
    pid_t pid; /* 0: idle */
    int from;
    struct job job;
    struct spot *spot;
    uint8_t *bytes; /* read and not yet taken apart */
    size_t len, cap;
};
struct server {
    const struct diff_plan *plan;
    struct place *places;
    struct worker workers[JOBS_MAX];
    unsigned worker_count;
    struct job *waiting; /* a stack: what has to be done again */
    size_t waiting_count, waiting_cap;
    size_t next;     /* the first place nobody was given yet */
    uint32_t *ranks; /* places by the number of their case */
    size_t emitted, done;
    diff_sink *sink;
    diff_tick *tick;
    void *user;
};

/* ---- the child ---- */

struct here {
    struct spot *spot;
    double limit;
};

static void now(void *arg, unsigned backend)
{
    struct here *here = arg;
    here->spot->backend = backend;
    diff_limit(here->limit);
}

static void fill_report(struct diff_report *report, const struct diff_result *r)
{
    report->verdict = (uint8_t)r->verdict;
    report->gated = (uint8_t)r->gated;
    report->count = (uint8_t)r->count;
    report->likeness = diff_likeness(r);
    for (unsigned i = 0; i < r->count; i++) {
        report->broken[i] = r->of[i].broken;
        report->fell |= r->of[i].end == DIFF_CRASH || r->of[i].end == DIFF_HANG;
        report->digest[i] = diff_digest(&r->of[i]);
        report->status[i] = r->of[i].status;
        report->state[i] = r->of[i].state;
        report->end[i] = r->of[i].end;
        snprintf(report->reply[i], sizeof report->reply[i], "%.*s", DIFF_REPLY_SHOWN - 1, r->of[i].reply);
    }
    snprintf(report->rule, sizeof report->rule, "%s", r->rule ? r->rule : "");
}

/* I3: a second time, in a process that ran nothing else. */
static void compare_with_first(const struct diff_report *first, struct diff_result *r)
{
    for (unsigned i = 0; i < r->count; i++)
        if (r->of[i].end == DIFF_FINE && first->digest[i] != diff_digest(&r->of[i]))
            diff_broken(&r->of[i], DIFF_I3, "otherwise where other cases ran before: %s %s 0x%08x [%s]",
                        diff_end_name(first->end[i]), diff_state_name(first->state[i]),
                        (unsigned)first->status[i], first->reply[i]);
}

static void child_case(const struct server *s, const struct job *job, uint32_t place, struct here *here,
                       int to)
{
    static const uint8_t nobody[DIFF_BACKENDS_MAX];
    const struct diff_plan *plan = s->plan;
    struct diff_report report = {.place = place};
    struct diff_result r;
    struct diff_case c;
    char *line = NULL;
    size_t length = 0;
    uint64_t seed;
    const struct diff_base *base = diff_suite_at(plan->suite, plan->order[place], &seed);
    here->spot->backend = NOWHERE;
    here->spot->place = place;
    diff_limit(here->limit); /* not what the case before has left of its own */
    report.lost = diff_case_make(&c, base, seed) != 0;
    if (!report.lost) {
        diff_run_case(plan, &c, place == job->first ? job->dead : nobody, now, here, &r);
        if (job->alone)
            compare_with_first(&s->places[place].report, &r);
        diff_judge(&r, plan->options->level);
        r.rule = plan->explain ? plan->explain(&c, &r) : NULL;
        fill_report(&report, &r);
        FILE *out = open_memstream(&line, &length);
        if (!out)
            _exit(3);
        diff_json_case(out, &c, &r, plan->options->backends);
        fclose(out);
    }
    diff_case_free(&c);
    report.length = (uint32_t)length;
    if (diff_write_exact(to, &report, sizeof report) || diff_write_exact(to, line, length))
        _exit(3);
    free(line);
}

static void child(const struct server *s, const struct worker *w, int to)
{
    struct here here = {w->spot, s->plan->options->limit};
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    diff_in_child(s->plan->options);
    for (uint32_t i = 0; i < w->job.count; i++)
        child_case(s, &w->job, w->job.first + i, &here, to);
    w->spot->place = w->job.first + w->job.count;
    _exit(0);
}

/* ---- the parent: what is to be done ---- */

static int push_job(struct server *s, const struct job *job)
{
    if (s->waiting_count == s->waiting_cap) {
        size_t cap = s->waiting_cap ? s->waiting_cap * 2 : 64;
        struct job *grown = realloc(s->waiting, cap * sizeof *grown);
        if (!grown)
            return -1;
        s->waiting = grown;
        s->waiting_cap = cap;
    }
    s->waiting[s->waiting_count++] = *job;
    return 0;
}

static int take_job(struct server *s, struct job *job)
{
    size_t left = s->plan->count - s->next, chunk = left / s->worker_count / 4 + 1;
    if (s->waiting_count) {
        *job = s->waiting[--s->waiting_count];
        return 1;
    }
    if (!left)
        return 0;
    *job = (struct job){.first = (uint32_t)s->next, .count = chunk < CHUNK ? (uint32_t)chunk : CHUNK};
    s->next += job->count;
    return 1;
}

static int start(struct server *s, struct worker *w)
{
    int ends[2];
    if (pipe(ends))
        return -1;
    w->spot->place = w->spot->backend = NOWHERE;
    w->pid = fork();
    if (w->pid == 0) {
        close(ends[0]);
        for (unsigned i = 0; i < s->worker_count; i++)
            if (&s->workers[i] != w && s->workers[i].pid)
                close(s->workers[i].from);
        child(s, w, ends[1]);
    }
    close(ends[1]);
    if (w->pid < 0) {
        w->pid = 0;
        close(ends[0]);
        return -1;
    }
    w->from = ends[0];
    w->len = 0;
    return 0;
}

/* ---- the parent: what came back ---- */

static int emit(struct server *s)
{
    while (s->emitted < s->plan->count) {
        struct place *place = &s->places[s->ranks[s->emitted]];
        if (place->done < 2)
            break;
        if (!place->report.lost)
            s->sink(s->user, &place->report, place->line);
        free(place->line);
        place->line = NULL;
        s->emitted++;
    }
    s->tick(s->user, s->done, s->plan->count);
    return 0;
}

static int is_reported(const struct server *s, const struct job *job, uint32_t place)
{
    return s->places[place].done > job->alone;
}

static int accept_report(struct server *s, struct worker *w, const struct diff_report *report,
                         const char *line)
{
    struct place *place = report->place < s->plan->count ? &s->places[report->place] : NULL;
    if (!place || is_reported(s, &w->job, report->place) || (place->done == 1) != w->job.alone)
        return diff_failed("a child tells what it was not asked"), -1;
    place->report = *report;
    free(place->line);
    place->line = strndup(line, report->length);
    if (!place->line)
        return -1;
    place->done = w->job.alone || !report->gated ? 2 : 1;
    if (place->done == 2) {
        s->done++;
        return 0;
    }
    struct job again = {.first = report->place, .count = 1, .alone = 1};
    for (unsigned i = 0; i < DIFF_BACKENDS_MAX && place->report.place == w->job.first; i++)
        again.dead[i] = w->job.dead[i];
    return push_job(s, &again);
}

static int take_apart(struct server *s, struct worker *w)
{
    size_t at = 0;
    struct diff_report report;
    while (w->len - at >= sizeof report) {
        memcpy(&report, w->bytes + at, sizeof report);
        if (w->len - at - sizeof report < report.length)
            break;
        if (accept_report(s, w, &report, (const char *)w->bytes + at + sizeof report))
            return -1;
        at += sizeof report + report.length;
    }
    memmove(w->bytes, w->bytes + at, w->len - at);
    w->len -= at;
    return emit(s);
}

/* No backend was running: what one did to the process may come to light only later, where the engine makes
 * the next case.  Another process tries from there on. */
static int try_again(struct server *s, struct job *rest, int status)
{
    char name[DIFF_NAME_MAX + 20];
    uint64_t seed;
    const struct diff_base *base = diff_suite_at(s->plan->suite, s->plan->order[rest->first], &seed);
    diff_case_name(base, seed, name, sizeof name);
    if (++rest->stillborn >= STILLBORN_MAX)
        return diff_failed("%s: a child ends before it has run this case, however often", name), -1;
    diff_failed("a child ends (%s %d) before it has run %s; another one goes on",
                WIFSIGNALED(status) ? "signal" : "status",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), name);
    return push_job(s, rest);
}

/* The child is gone: did it do all of its work, and if not, who is to blame? */
static int bury(struct server *s, struct worker *w)
{
    int status = 0;
    close(w->from);
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    w->pid = 0;
    uint32_t place = w->spot->place, backend = w->spot->backend, end = w->job.first + w->job.count;
    struct job rest = w->job;
    if (place == NOWHERE)
        place = rest.first;
    if (place < end && is_reported(s, &rest, place)) {
        place++;
        backend = NOWHERE;
    }
    if (place == end)
        return 0;
    if (place != rest.first) {
        rest.first = place;
        rest.count = end - place;
        rest.stillborn = 0;
        memset(rest.dead, 0, sizeof rest.dead);
    }
    if (backend == NOWHERE)
        return try_again(s, &rest, status);
    if (rest.dead[backend])
        return diff_failed("a child ends in the engine itself"), -1;
    rest.dead[backend] = WIFSIGNALED(status) ? (uint8_t)WTERMSIG(status) : (uint8_t)SIGABRT;
    return push_job(s, &rest);
}

static int hear(struct server *s, struct worker *w)
{
    if (w->cap - w->len < 1 << 16) {
        size_t cap = w->cap + (1 << 17);
        uint8_t *grown = realloc(w->bytes, cap);
        if (!grown)
            return -1;
        w->bytes = grown;
        w->cap = cap;
    }
    ssize_t n = read(w->from, w->bytes + w->len, w->cap - w->len);
    if (n < 0)
        return errno == EINTR ? 0 : -1;
    if (n == 0)
        return bury(s, w);
    w->len += (size_t)n;
    return take_apart(s, w);
}

/* ---- the server ---- */

static int turn(struct server *s)
{
    struct pollfd polls[JOBS_MAX];
    unsigned whose[JOBS_MAX], busy = 0;
    for (unsigned i = 0; i < s->worker_count; i++) {
        struct worker *w = &s->workers[i];
        if (!w->pid && take_job(s, &w->job) && start(s, w))
            return -1;
        if (w->pid) {
            whose[busy] = i;
            polls[busy++] = (struct pollfd){.fd = w->from, .events = POLLIN};
        }
    }
    if (!busy)
        return 1;
    if (poll(polls, busy, -1) < 0)
        return errno == EINTR ? 0 : -1;
    for (unsigned i = 0; i < busy; i++)
        if (polls[i].revents && hear(s, &s->workers[whose[i]]))
            return -1;
    return 0;
}

struct rank {
    uint32_t number, place;
};

static int by_number(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static int make_ranks(struct server *s)
{
    size_t count = s->plan->count;
    struct rank *ranks = malloc((count + 1) * sizeof *ranks);
    s->ranks = malloc((count + 1) * sizeof *s->ranks);
    if (!ranks || !s->ranks) {
        free(ranks);
        return -1;
    }
    for (uint32_t i = 0; i < count; i++)
        ranks[i] = (struct rank){s->plan->order[i], i};
    qsort(ranks, count, sizeof *ranks, by_number);
    for (size_t i = 0; i < count; i++)
        s->ranks[i] = ranks[i].place;
    free(ranks);
    return 0;
}

unsigned diff_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) ? 1 : (unsigned)CPU_COUNT(&set);
}

int diff_work(const struct diff_plan *plan, diff_sink *sink, diff_tick *tick, void *user)
{
    static struct server s;
    unsigned jobs = plan->options->jobs ? plan->options->jobs : diff_processors();
    s = (struct server){.plan = plan, .sink = sink, .tick = tick, .user = user};
    s.worker_count = jobs < JOBS_MAX ? jobs : JOBS_MAX;
    size_t size = s.worker_count * sizeof(struct spot);
    struct spot *spots = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    s.places = calloc(plan->count + 1, sizeof *s.places);
    int failed = spots == MAP_FAILED || !s.places || make_ranks(&s);
    for (unsigned i = 0; !failed && i < s.worker_count; i++)
        s.workers[i].spot = &spots[i];
    fflush(NULL);
    int said = 0;
    while (!failed && (said = turn(&s)) == 0)
        continue;
    failed = failed || said < 0 || s.emitted != plan->count;
    for (unsigned i = 0; i < s.worker_count; i++) {
        if (s.workers[i].pid) {
            kill(s.workers[i].pid, SIGKILL);
            waitpid(s.workers[i].pid, NULL, 0);
        }
        free(s.workers[i].bytes);
    }
    for (size_t i = 0; s.places && i < plan->count; i++)
        free(s.places[i].line);
    if (spots != MAP_FAILED)
        munmap(spots, size);
    free(s.places);
    free(s.ranks);
    free(s.waiting);
    return failed ? -1 : 0;
}
