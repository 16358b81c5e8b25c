/* SPDX-License-Identifier: MIT
 *
 * What guided mode has found, judged beside the suite by the machinery of every run: all deliveries, in
 * children, alone where something differs, explained by rules or not.  What is like nothing in the suite is
 * made small and written as a stream. */
#include <config.h>

#include "tools/diff/gate.h"
#include "tools/diff/guide/guide.h"
#include "tools/diff/minimise.h"
#include "tools/diff/tst.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PREFIX "found/"

struct outcome {
    uint64_t likeness;                 /* 0: no such case */
    uint8_t verdict, unexplained, own; /* own: of this run, and no case of the suite */
};
struct reap {
    const struct diff_options *o;
    const struct diff_suite *suite;
    struct gate gate;
    const uint32_t *order;
    struct outcome *of; /* by place */
    size_t count, at;
    size_t inputs, fresh, findings, written;
};

/* ---- inputs as bases ---- */

static int is_there(const struct diff_suite *suite, const char *name)
{
    for (size_t i = suite->count; i-- > 0;)
        if (strcmp(suite->bases[i]->name, name) == 0)
            return 1;
    return 0;
}

static int add_input(struct diff_suite *suite, const char *path, int bad)
{
    char name[80];
    size_t len;
    struct guide_input in;
    uint8_t *bytes = (uint8_t *)diff_file_read(path, &len);
    if (!bytes)
        return 0; /* it was another's and is gone */
    guide_decode(bytes, len, &in);
    snprintf(name, sizeof name, PREFIX "%s%016llx", bad ? "bad-" : "",
             (unsigned long long)diff_hash(0, bytes, len));
    int failed = 0;
    if (in.stimulus.len <= DIFF_STREAM_MAX && !is_there(suite, name)) {
        struct diff_base *base = diff_suite_add(suite, &diff_replay, "%s", name);
        failed = !base || !(base->profile = strdup(in.profile->name)) ||
                 diff_stimulus_copy(&base->stimulus, &in.stimulus) || diff_stimulus_cut(&base->stimulus);
    }
    free(bytes);
    return failed ? -1 : 0;
}

/* Those that were sown are in the suite already. */
static int add_folder(struct diff_suite *suite, const char *folder, int bad)
{
    char path[4096 + 300];
    DIR *dir = opendir(folder);
    int failed = 0;
    for (struct dirent *entry; dir && !failed && (entry = readdir(dir)) != NULL;) {
        const char *name = entry->d_name;
        if (*name == '.' || strncmp(name, bad ? "log-" : "base-", bad ? 4 : 5) == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, name);
        failed = add_input(suite, path, bad);
    }
    if (dir)
        closedir(dir);
    return failed;
}

static int is_own(const struct diff_base *base)
{
    return strncmp(base->name, PREFIX, strlen(PREFIX)) == 0;
}

/* ---- judged ---- */

static const struct diff_base *base_at(const struct reap *r, size_t place)
{
    uint64_t seed;
    return diff_suite_at(r->suite, r->order[place], &seed);
}

static void sink(void *user, const struct diff_report *report, const char *line)
{
    struct reap *r = user;
    (void)line;
    struct outcome *to = &r->of[r->at];
    const struct diff_base *base = base_at(r, r->at++);
    gate_count(&r->gate, report);
    uint8_t role = (uint8_t)base->stimulus.role;
    to->likeness = diff_hash(report->likeness, &role, 1);
    to->verdict = report->verdict;
    to->unexplained = report->gated && !report->rule[0];
    to->own = (uint8_t)is_own(base);
    r->inputs += to->own;
    r->findings += to->unexplained;
    if (to->unexplained)
        printf("%-12s %s\n", diff_verdict_name(to->verdict), base->name);
}

static void tick(void *user, size_t done, size_t count)
{
    (void)user;
    (void)done;
    (void)count;
}

/* ---- made small ---- */

struct small {
    const struct reap *r;
    struct diff_base base;
    uint64_t likeness;
    int unexplained; /* and has to stay so */
    struct shared *shared;
};

/* 0: of none that counts. */
static uint64_t likeness_of(struct small *w, const struct diff_stimulus *s, int apart)
{
    struct diff_result result = {0};
    struct diff_plan plan = {.options = w->r->o};
    static const uint8_t nobody[DIFF_BACKENDS_MAX];
    struct diff_case c;
    w->base.stimulus = *s;
    int failed = diff_case_make(&c, &w->base, 0);
    if (!failed && apart)
        failed = diff_run_apart(w->r->o, &c, &result);
    else if (!failed)
        diff_run_case(&plan, &c, nobody, NULL, NULL, &result);
    if (!failed && !apart)
        diff_judge(&result, w->r->o->level);
    failed = failed || (w->unexplained && gate_explain(&c, &result));
    diff_case_free(&c);
    return failed ? 0 : diff_likeness(&result);
}

/* The smallest so far, shared with the child that looks for it; len 0: there is none. */
struct shared {
    size_t len;
    uint8_t bytes[DIFF_STREAM_MAX];
};

static int holds(void *user, const struct diff_stimulus *s)
{
    struct small *w = user;
    if (likeness_of(w, s, 0) != w->likeness)
        return 0;
    memcpy(w->shared->bytes, s->bytes, s->len);
    w->shared->len = s->len;
    return 1;
}

/* In one child for all tries: where it ends early, what it had stays. */
static void make_small(struct small *w, const struct diff_stimulus *from, struct diff_stimulus *to)
{
    void *shared = mmap(NULL, sizeof *w->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return;
    w->shared = shared;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct diff_minimise m = {.holds = holds, .user = w, .tries_max = w->r->o->tries};
        diff_limit_memory();
        diff_limit(w->r->o->limit * 5);
        diff_minimise(&m, from, NULL, NULL);
        _exit(0);
    }
    size_t len = pid > 0 && waitpid(pid, NULL, 0) == pid ? w->shared->len : 0;
    if (len && len < from->len) {
        to->role = from->role;
        if (diff_stimulus_add(to, w->shared->bytes, len) || diff_stimulus_cut(to))
            diff_stimulus_free(to);
    }
    munmap(shared, sizeof *w->shared);
}

/* ---- written ---- */

static int write_stream(struct reap *r, size_t place)
{
    const struct outcome *is = &r->of[place];
    const struct diff_base *base = base_at(r, place);
    struct small w = {.r = r, .base = *base, .unexplained = is->unexplained};
    struct diff_stimulus less = {0};
    char name[120], note[200];
    w.likeness = likeness_of(&w, &base->stimulus, 1);
    if (w.likeness && is->verdict != DIFF_CRASH_FOUND && is->verdict != DIFF_HANG_FOUND)
        make_small(&w, &base->stimulus, &less);
    if (less.len && likeness_of(&w, &less, 1) != w.likeness)
        diff_stimulus_free(&less);
    const struct diff_stimulus *s = less.len ? &less : &base->stimulus;
    snprintf(name, sizeof name, "%s-%.16s", is->unexplained ? "finding" : "guided",
             base->name + strlen(base->name) - 16);
    snprintf(note, sizeof note, "guided mode, %s%s", diff_verdict_name(is->verdict),
             is->unexplained ? ", which no rule explains" : "");
    int failed = diff_tst_save(r->o->out, name, base->profile, note, s);
    diff_stimulus_free(&less);
    r->written += !failed;
    return failed;
}

/* Is it the smallest of its likeness, and none of the suite is like it? */
static int is_fresh(const struct reap *r, size_t place)
{
    size_t len = base_at(r, place)->stimulus.len;
    if (!r->of[place].own)
        return 0;
    for (size_t i = 0; i < r->count; i++) {
        if (i == place || r->of[i].likeness != r->of[place].likeness)
            continue;
        size_t other = base_at(r, i)->stimulus.len;
        if (!r->of[i].own || other < len || (other == len && i < place))
            return 0;
    }
    return 1;
}

static int write_all(struct reap *r)
{
    for (int findings = 1; findings >= 0; findings--)
        for (size_t i = 0; i < r->count; i++) {
            if (r->of[i].unexplained != findings || !is_fresh(r, i))
                continue;
            r->fresh++;
            if ((!r->o->count || r->written < r->o->count) && write_stream(r, i))
                return -1;
        }
    return 0;
}

/* ---- all of it ---- */

static uint32_t *replayed(const struct diff_suite *suite, size_t *count)
{
    uint32_t *order = malloc((suite->cases + 1) * sizeof *order);
    uint64_t seed;
    *count = 0;
    for (size_t i = 0; order && i < suite->cases; i++)
        if (diff_suite_at(suite, i, &seed)->kind == &diff_replay)
            order[(*count)++] = (uint32_t)i;
    return order;
}

int guide_reap(const struct diff_options *o, struct diff_suite *suite, const struct guide_folders *f)
{
    const char *twice;
    struct reap r = {.o = o, .suite = suite};
    if (add_folder(suite, f->corpus, 0) || add_folder(suite, f->found, 1) || diff_suite_settle(suite, &twice))
        return diff_failed("no memory");
    uint32_t *order = replayed(suite, &r.count);
    r.order = order;
    r.of = calloc(r.count + 1, sizeof *r.of);
    struct diff_plan plan = {
        .options = o, .suite = suite, .order = order, .count = r.count, .explain = gate_explain};
    int failed =
        !order || !r.of || gate_open(&r.gate, o, suite) || diff_work(&plan, sink, tick, &r) || write_all(&r);
    free(order);
    free(r.of);
    if (failed)
        return DIFF_EXIT_USAGE;
    printf("%zu inputs kept, %zu like nothing in the suite, %zu written, %zu unexplained\n", r.inputs,
           r.fresh, r.written, r.findings);
    return gate_close(&r.gate, stdout);
}
