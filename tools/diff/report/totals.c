/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/report/totals.h"

#include <stdlib.h>
#include <string.h>

int totals_begin(struct totals *t)
{
    *t = (struct totals){.verdicts = json_object(), .rules = json_object()};
    return t->verdicts && t->rules ? 0 : -1;
}

void totals_count(json_t *counters, const char *key, long long by)
{
    json_object_set_new(counters, key, json_integer(json_number(counters, key) + by));
}

void totals_add(struct totals *t, const struct run *r, const struct run_case *c)
{
    t->cases++;
    t->unexplained += run_unexplained(c);
    t->grave += run_grave(r, c);
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

static int most_first(const void *a, const void *b)
{
    const struct totals_counter *x = a, *y = b;
    return x->count != y->count ? (x->count > y->count ? -1 : 1) : strcmp(x->name, y->name);
}

struct totals_counter *totals_sorted(json_t *object, const char *key, size_t *count)
{
    struct totals_counter *list = calloc(json_object_size(object) + 1, sizeof *list);
    const char *name;
    json_t *value;
    *count = 0;
    json_object_foreach(object, name, value) if (list) list[(*count)++] =
        (struct totals_counter){name, value, key ? json_number(value, key) : json_integer_value(value)};
    if (list)
        qsort(list, *count, sizeof *list, most_first);
    return list;
}
