/* SPDX-License-Identifier: MIT
 *
 * `sspi diff show`, `sspi diff repro` and `sspi diff minimise`: one case, by name, id or file. */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/live.h"
#include "tools/diff/minimise.h"
#include "tools/diff/one.h"
#include "tools/diff/smaller.h"
#include "tools/diff/tst.h"
#include "tools/diff/worker.h"

#include <string.h>

static int show(struct diff_options *o)
{
    struct diff_one one;
    int code = diff_one_open(o, 0, &one);
    if (!code) {
        diff_one_print(&one.c);
        diff_one_stimulus(stdout, &one.c, NULL);
    }
    diff_one_close(&one);
    return code;
}

static int replayed(const struct diff_case *c)
{
    if (c->base->kind == &diff_replay || c->base->kind == &diff_chain)
        return 1;
    diff_failed("%s: of kind %s, which is more than the octets of one peer", c->name, c->base->kind->name);
    return 0;
}

static int repro(struct diff_options *o)
{
    struct diff_one one;
    struct diff_result r;
    int code = diff_one_open(o, 1, &one);
    if (!code && (o->out || o->program) && !replayed(&one.c))
        code = DIFF_EXIT_USAGE;
    if (!code) {
        diff_one_print(&one.c);
        code = diff_run_apart(o, &one.c, &r) ? diff_failed("no child can be started") : 0;
    }
    if (!code) {
        diff_result_print(&r, o->backends);
        code = diff_one_write(o, &one.c, &r, one.c.name);
    }
    if (!code && r.gated)
        code = DIFF_EXIT_FOUND;
    diff_one_close(&one);
    return code;
}

/* ---- minimise ---- */

struct sought {
    const struct diff_options *options;
    struct diff_base base; /* whose stimulus is the one in question */
    struct diff_result as; /* what has to come out */
};

/* A stimulus as the base that a file of it would be. */
static int run_stimulus(struct sought *w, const struct diff_stimulus *s, struct diff_result *r)
{
    struct diff_case c;
    w->base.stimulus = *s;
    int failed = diff_case_make(&c, &w->base, 0) || diff_run_apart(w->options, &c, r);
    diff_case_free(&c);
    return failed ? -1 : 0;
}

int diff_same_result(const struct diff_result *a, const struct diff_result *b)
{
    return diff_likeness(a) == diff_likeness(b);
}

static int holds(void *user, const struct diff_stimulus *s)
{
    struct sought *w = user;
    struct diff_result r;
    return run_stimulus(w, s, &r) == 0 && diff_same_result(&r, &w->as);
}

static void removed(void *user, const char *pieces, size_t gone, size_t of, size_t before, size_t after)
{
    (void)user;
    printf("  %-16s %5zu of %5zu   %6zu -> %zu octets\n", pieces, gone, of, before, after);
    fflush(stdout);
}

static int print_smallest(struct sought *w, const struct diff_case *from, const struct diff_minimise *m,
                          const char *ops)
{
    const struct diff_options *o = w->options;
    struct diff_result r;
    struct diff_case c = {0};
    char note[DIFF_NAME_MAX + 128];
    w->base.stimulus = m->best;
    if (diff_case_make(&c, &w->base, 0) || diff_run_apart(o, &c, &r) || !diff_same_result(&r, &w->as)) {
        diff_case_free(&c);
        return diff_failed("%s: what is left does not come out twice alike", from->name);
    }
    if (ops[0])
        printf("operations that matter: %s\n", ops);
    printf("%zu octets of %zu are left, after %u executions%s\n", m->best.len, from->stimulus.len, m->tries,
           m->tries >= m->tries_max ? ", which are as many as --tries allows" : "");
    diff_one_print(&c);
    diff_result_print(&r, o->backends);
    snprintf(note, sizeof note, "the smallest of %s, %s", from->name, diff_verdict_name(r.verdict));
    if (!o->out)
        diff_stimulus_print(stdout, &m->best, w->base.profile, note);
    int code = diff_one_write(o, &c, &r, note);
    diff_case_free(&c);
    return code;
}

static int search(struct diff_options *o, const struct diff_case *c)
{
    struct sought w = {.options = o, .base = *c->base};
    struct diff_minimise m = {.holds = holds, .removed = removed, .user = &w, .tries_max = o->tries};
    char ops[DIFF_OPS_MAX], name[] = "minimised";
    struct diff_result with_base;
    w.base.name = name;
    if (diff_run_apart(o, c, &with_base) || run_stimulus(&w, &c->stimulus, &w.as))
        return diff_failed("no child can be started");
    diff_one_print(c);
    diff_result_print(&w.as, o->backends);
    if (with_base.verdict != w.as.verdict)
        printf("beside its base it is %s\n", diff_verdict_name(with_base.verdict));
    memcpy(ops, c->ops, sizeof ops);
    diff_minimise(&m, &c->stimulus, &c->base->stimulus, ops);
    int code = print_smallest(&w, c, &m, ops);
    diff_minimise_free(&m);
    return code;
}

static int minimise(struct diff_options *o)
{
    struct diff_one one;
    int code = diff_one_open(o, 1, &one);
    if (!code)
        code = one.c.base->kind == &diff_chain  ? diff_smaller_chain(o, &one.c)
               : one.c.base->kind == &diff_live ? diff_smaller_live(o, &one.c)
               : replayed(&one.c)               ? search(o, &one.c)
                                                : DIFF_EXIT_USAGE;
    diff_one_close(&one);
    return code;
}

const struct diff_command diff_show_command = {
    .name = "show",
    .run = show,
    .usage = "show [OPTION]... NAME|ID|FILE.tst",
};
const struct diff_command diff_repro_command = {
    .name = "repro",
    .run = repro,
    .usage = "repro [OPTION]... NAME|ID|FILE.tst",
};
const struct diff_command diff_minimise_command = {
    .name = "minimise",
    .run = minimise,
    .usage = "minimise [OPTION]... NAME|ID|FILE.tst",
};
