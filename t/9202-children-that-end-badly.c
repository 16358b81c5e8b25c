/* SPDX-License-Identifier: MIT
 *
 * A backend that crashes, never ends, leaves the process or answers by what ran before is a finding of its
 * own case and of no other; the run goes on, and what is written keeps its order. */
#include <config.h>

#include "tools/diff/worker.h"

#include "t/tap.h"

#include <signal.h>
#include <unistd.h>

enum {
    CASES = 200,
    CRASHES = 3,
    SPINS = 70,
    LEAVES = 71,
    ALL_CRASH = 130,
    REMEMBERS = 150,
    NONE = 160,
    LATE = 110, /* made in a process that ran others, it ends that; so does what a backend has overwritten */
    UNMADE = 1000, /* of no run but one: it cannot be made at all */
    LAST = CASES - 1
};

static unsigned ran;

static int prepare(struct diff_case *c)
{
    if ((c->seed == LATE && ran) || c->seed == UNMADE)
        raise(SIGKILL); /* of which no sanitizer makes a report */
    return c->seed == NONE ? -1 : 0;
}

static void observe(const struct diff_case *c, const struct diff_backend *backend, unsigned which,
                    struct diff_observation *out)
{
    volatile unsigned spin = 1;
    (void)backend;
    ran++;
    if ((c->seed == CRASHES && which == 1) || c->seed == ALL_CRASH || (c->seed == LAST && which == 2))
        raise(SIGSEGV);
    while (c->seed == SPINS && which == 2 && spin)
        spin++;
    if (c->seed == LEAVES && which == 0)
        _exit(0);
    out->status = (int32_t)(c->seed == REMEMBERS && which == 1 && ran > 3 ? SEC_E_INVALID_TOKEN : SEC_E_OK);
    out->state = out->status ? DIFF_REJECT : DIFF_WAIT;
}

static const struct diff_kind bad = {.name = "bad", .prepare = prepare, .observe = observe};

struct seen {
    unsigned count, ordered, lines;
    uint32_t last;
    struct diff_report of[CASES + 1];
};

static void sink(void *user, const struct diff_report *report, const char *line)
{
    struct seen *s = user;
    uint64_t seed = 0;
    const char *name = strchr(line, '~');
    seed = name ? strtoull(name + 1, NULL, 16) : 0;
    s->ordered += !s->count || seed > s->last;
    s->last = (uint32_t)seed;
    s->lines += strchr(line, '\n') == line + strlen(line) - 1;
    s->of[seed] = *report;
    s->count++;
}

static void tick(void *user, size_t done, size_t count)
{
    (void)user, (void)done, (void)count;
}

static struct diff_options options_for(unsigned jobs)
{
    return (struct diff_options){.backends = {{.label = "a"}, {.label = "b"}, {.label = "c"}},
                                 .backend_count = 3,
                                 .level = DIFF_L3_STAR,
                                 .jobs = jobs,
                                 .limit = 0.3};
}

static void one_run(const struct diff_suite *suite, unsigned jobs, int reverse)
{
    static struct seen s;
    static uint32_t order[CASES];
    struct diff_options o = options_for(jobs);
    struct diff_plan plan = {.options = &o, .suite = suite, .order = order, .count = CASES};
    memset(&s, 0, sizeof s);
    for (uint32_t i = 0; i < CASES; i++)
        order[i] = reverse ? CASES - 1 - i : i;
    ok(diff_work(&plan, sink, tick, &s) == 0, "the run comes to its end (%u at a time)", jobs);
    is_int(s.count, CASES - 1, "every case is heard of, but the one that is none");
    is_int(s.ordered, CASES - 1, "in the order of their numbers");
    is_int(s.lines, CASES - 1, "each with one line");
    is_str(diff_verdict_name(s.of[CRASHES].verdict), "CRASH", "a crash is one");
    is_str(diff_verdict_name(s.of[SPINS].verdict), "HANG", "what does not end is ended");
    is_str(diff_verdict_name(s.of[LEAVES].verdict), "CRASH", "so is leaving, whatever the code");
    is_str(diff_verdict_name(s.of[ALL_CRASH].verdict), "CRASH", "all three may crash");
    is_str(diff_verdict_name(s.of[LAST].verdict), "CRASH", "the last case of all may");
    is_str(diff_verdict_name(s.of[REMEMBERS].verdict), "ORDER_DEP",
           "an answer that depends on others is told");
    is_int(s.of[REMEMBERS].broken[1], DIFF_I3, "and of whom");
    unsigned fine = 0;
    for (unsigned i = 0; i < CASES; i++)
        fine += i != NONE && s.of[i].count == 3 && s.of[i].verdict == DIFF_AGREE;
    is_int(fine, CASES - 7, "the others agree");
    is_str(diff_verdict_name(s.of[LATE].verdict), "AGREE",
           "a case is not to blame for the process it found itself in");
}

/* A child that ends while a case is made, every time: the run stops and says where. */
static void no_run(const struct diff_base *base)
{
    static struct seen s;
    static uint32_t order[] = {0, 1, 2, UNMADE, 4};
    struct diff_suite suite = {0};
    const char *twice;
    struct diff_options o = options_for(1);
    struct diff_plan plan = {.options = &o, .suite = &suite, .order = order, .count = 5};
    struct diff_base *copy = diff_suite_add(&suite, base->kind, "unmade");
    copy->mutations = UNMADE;
    ok(diff_suite_settle(&suite, &twice) == 0, "a suite with a case that cannot be made");
    FILE *said = tmpfile();
    int kept = dup(STDERR_FILENO);
    ok(said && kept >= 0 && dup2(fileno(said), STDERR_FILENO) >= 0, "stderr is caught");
    memset(&s, 0, sizeof s);
    is_int(diff_work(&plan, sink, tick, &s), -1, "a case that cannot be made ends the run");
    dup2(kept, STDERR_FILENO);
    close(kept);
    char text[2048] = {0};
    rewind(said);
    ok(fread(text, 1, sizeof text - 1, said) && strstr(text, "unmade~3e8: a child ends before") != NULL,
       "and is named") ||
        (diag("%s", text), 0);
    fclose(said);
    is_int(s.count, 3, "what came before it is heard of");
    diff_suite_free(&suite);
}

/* A case by itself, as `sspi diff repro` and a minimiser run it. */
static void alone(const struct diff_base *base)
{
    static const struct {
        uint64_t seed;
        const char *verdict;
    } cases[] = {{1, "AGREE"}, {CRASHES, "CRASH"}, {SPINS, "HANG"}, {LEAVES, "CRASH"}, {ALL_CRASH, "CRASH"}};
    struct diff_options o = options_for(1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diff_case c;
        struct diff_result r;
        ok(diff_case_make(&c, base, cases[i].seed) == 0 && diff_run_apart(&o, &c, &r) == 0 && r.count == 3,
           "%s: all three are heard of", c.name);
        is_str(diff_verdict_name(r.verdict), cases[i].verdict, "%s: alone it is the same", c.name);
        diff_case_free(&c);
    }
}

int main(void)
{
    struct diff_suite suite = {0};
    const char *twice;
    struct diff_base *base = diff_suite_add(&suite, &bad, "base");
    base->mutations = CASES - 1;
    ok(diff_suite_settle(&suite, &twice) == 0 && suite.cases == CASES, "a suite of one base");
    one_run(&suite, 1, 0);
    one_run(&suite, 3, 1);
    alone(base);
    no_run(base);
    ok(diff_suite_add(&suite, &bad, "base") && diff_suite_settle(&suite, &twice) == -1 && twice,
       "two bases of one name are refused");
    diff_suite_free(&suite);
    return tap_done();
}
