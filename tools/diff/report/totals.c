/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/report/totals.h"

int totals_begin(struct totals *t)
{
    *t = (struct totals){.verdicts = json_object(), .rules = json_object()};
    return t->verdicts && t->rules ? 0 : -1;
}

void totals_count(json_t *counters, const char *key, long long by)
{
    json_object_set_new(counters, key, json_integer(json_number(counters, key) + by));
}

void totals_add(struct totals *t, const struct run_case *c)
{
    t->cases++;
    t->unexplained += run_unexplained(c);
    t->invariants += json_array_size(json_object_get(c->json, "invariants")) > 0;
    totals_count(t->verdicts, c->verdict, 1);
    if (c->rule)
        totals_count(t->rules, c->rule, 1);
}

void totals_end(struct totals *t)
{
    json_decref(t->verdicts);
    json_decref(t->rules);
    *t = (struct totals){0};
}
