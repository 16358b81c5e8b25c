/* SPDX-License-Identifier: MIT
 *
 * A live pair made small: pieces are the operations and the settings that are not the simplest. */
#include <config.h>

#include "tools/diff/live.h"
#include "tools/diff/one.h"
#include "tools/diff/shrink.h"
#include "tools/diff/smaller.h"
#include "tools/diff/worker.h"

#include <stdio.h>
#include <string.h>

enum { OPS_MOST = 64 };

struct pair {
    const struct diff_options *options;
    struct diff_base base;
    char name[DIFF_NAME_MAX];
    struct live_setting from, setting; /* as it was; as it is tried */
    const char *where;                 /* "at.flight N", in front of the operations */
    size_t where_len;
    struct {
        const char *at;
        size_t len;
    } op[OPS_MOST];
    uint8_t axis[LIVE_AXES];
    size_t op_count, axis_count;
    char ops[DIFF_OPS_MAX];
    struct diff_result as;
};

static void take_apart(struct pair *p, const struct diff_case *c)
{
    const char *at = c->ops;
    size_t len;
    for (; *at; at += len + (at[len] == ';')) {
        at += strspn(at, "; ");
        len = strcspn(at, ";");
        if (strncmp(at, "at.", 3) == 0) {
            p->where = at;
            p->where_len = len;
        } else if (len && p->op_count < OPS_MOST) {
            p->op[p->op_count].at = at;
            p->op[p->op_count++].len = len;
        }
    }
    /* Who meets whom, in which version and with which key, is the pair; the rest is how. */
    for (uint8_t a = LIVE_CLIENT; a < LIVE_AXES; a++)
        if (p->from.at[a])
            p->axis[p->axis_count++] = a;
}

/* The case without those: operations first, then settings. */
static int without(struct pair *p, const uint8_t *gone, struct diff_case *c)
{
    size_t len = 0, left = 0;
    for (size_t i = 0; i < p->op_count; i++)
        left += !gone[i];
    p->ops[0] = 0;
    if (left)
        len = (size_t)snprintf(p->ops, sizeof p->ops, "%.*s", (int)p->where_len, p->where ? p->where : "");
    for (size_t i = 0; i < p->op_count && len < sizeof p->ops; i++)
        if (!gone[i])
            len += (size_t)snprintf(p->ops + len, sizeof p->ops - len, "%s%.*s", len ? "; " : "",
                                    (int)p->op[i].len, p->op[i].at);
    p->setting = p->from;
    for (size_t i = 0; i < p->axis_count; i++)
        if (gone[p->op_count + i])
            p->setting.at[p->axis[i]] = 0;
    live_settle(&p->setting);
    diff_live_base(&p->base, &p->setting, p->name, sizeof p->name);
    return p->ops[0] ? diff_case_given(c, &p->base, p->ops) : diff_case_make(c, &p->base, 0);
}

static int holds(void *user, const uint8_t *gone)
{
    struct pair *p = user;
    struct diff_case c;
    struct diff_result r;
    int held =
        without(p, gone, &c) == 0 && diff_run_apart(p->options, &c, &r) == 0 && diff_same_result(&r, &p->as);
    diff_case_free(&c);
    return held;
}

static int print_smallest(struct pair *p, const struct diff_shrink *s)
{
    struct diff_case c;
    struct diff_result r;
    int code = 0;
    if (without(p, s->gone, &c) || diff_run_apart(p->options, &c, &r) || !diff_same_result(&r, &p->as)) {
        code = diff_failed("%s: what is left does not come out twice alike", p->name);
    } else {
        diff_one_print(&c);
        diff_result_print(&r, p->options->backends);
        printf("sspi diff repro '%s'", c.name);
        if (c.ops[0])
            printf(" --ops '%s'", c.ops);
        putchar('\n');
    }
    diff_case_free(&c);
    return code;
}

int diff_smaller_live(struct diff_options *o, const struct diff_case *c)
{
    struct pair p = {.options = o, .base = *c->base, .from = *(const struct live_setting *)c->base->extra};
    struct diff_shrink s = {.holds = holds, .user = &p, .tries_max = o->tries};
    if (o->out || o->program)
        return diff_failed(
            "%s: both ends have new keys in each run, so that no octets of one can be given to "
            "another; a live pair is written as its name and --ops",
            c->name);
    if (diff_run_apart(o, c, &p.as))
        return diff_failed("no child can be started");
    diff_one_print(c);
    diff_result_print(&p.as, o->backends);
    take_apart(&p, c);
    s.count = p.op_count + p.axis_count;
    diff_shrink(&s);
    size_t ops = 0, settings = 0;
    for (size_t i = 0; i < s.count; i++)
        *(i < p.op_count ? &ops : &settings) += !s.gone[i];
    printf("%zu operations of %zu and %zu settings of %zu are left, after %u executions\n", ops, p.op_count,
           settings, p.axis_count, s.tries);
    return print_smallest(&p, &s);
}
