/* SPDX-License-Identifier: MIT
 *
 * sspi diff drift -- the same cases with other versions of the libraries: which of them came out differently.
 */
#include <config.h>

#include "tools/diff/report/report.h"
#include "tools/diff/report/totals.h"

#include <string.h>

/* What a case came to: the verdict, and per backend what is compared at level L2 with the status. */
static void outcome(const struct run *r, const struct run_case *c, char *out, size_t size)
{
    run_tuple(r, c, out, size);
    for (unsigned i = 0; i < r->backends; i++) {
        size_t used = strlen(out);
        snprintf(out + used, size - used, "%s%s", i ? " " : "; ", json_text(c->seen[i], "status"));
    }
}

static json_t *outcomes_of(struct run *r)
{
    struct run_case c;
    char text[600];
    json_t *all = json_object();
    int got;
    while (all && (got = run_next(r, &c)) > 0) {
        outcome(r, &c, text, sizeof text);
        json_object_set_new(all, c.id, json_pack("[s, s]", c.verdict, text));
    }
    if (all && got < 0) {
        json_decref(all);
        return NULL;
    }
    return all;
}

static int same_backends(struct run *old, struct run *new)
{
    int same = old->backends == new->backends;
    for (unsigned i = 0; same && i < old->backends; i++)
        same = !strcmp(old->backend[i], new->backend[i]);
    if (!same)
        snprintf(new->why, sizeof new->why, "%s and %s compare other backends", old->path, new->path);
    else if (strcmp(json_text(old->manifest, "profile"), json_text(new->manifest, "profile")))
        snprintf(new->why, sizeof new->why, "%s and %s were made with other profiles: no case is the same",
                 old->path, new->path);
    else
        return 1;
    return 0;
}

json_t *drift_between(struct run *old, struct run *new)
{
    struct run_case c;
    char text[600];
    long long common = 0;
    int got = 0;
    json_t *before = same_backends(old, new) ? outcomes_of(old) : NULL, *changed = json_array();
    if (!before || !changed) {
        json_decref(before);
        json_decref(changed);
        return NULL;
    }
    size_t total = json_object_size(before);
    while ((got = run_next(new, &c)) > 0) {
        const json_t *was = json_object_get(before, c.id);
        if (!was)
            continue;
        common++;
        outcome(new, &c, text, sizeof text);
        const char *verdict = json_string_value(json_array_get(was, 0)),
                   *tuple = json_string_value(json_array_get(was, 1));
        if (strcmp(verdict, c.verdict) || strcmp(tuple, text))
            json_array_append_new(
                changed, json_pack("[s, s, s, s, s, s]", c.id, c.name, verdict, c.verdict, tuple, text));
    }
    json_decref(before);
    if (got < 0) {
        json_decref(changed);
        return NULL;
    }
    return json_pack("{s:O, s:O, s:I, s:I, s:I, s:o}", "from", json_object_get(old->manifest, "backends"),
                     "to", json_object_get(new->manifest, "backends"), "old", (json_int_t)total, "new",
                     (json_int_t)json_number(new->summary, "cases"), "common", (json_int_t)common, "changed",
                     changed);
}

static void print_versions(const struct run *r)
{
    for (unsigned i = 0; i < r->backends; i++)
        printf("%s%s %s", i ? ", " : "", r->backend[i],
               json_text(json_object_get(r->manifest, "backends"), r->backend[i]));
}

int diff_drift(int argc, char **argv)
{
    struct run old = {0}, new = {0};
    json_t *drift = NULL, *one;
    size_t i;
    if (argc != 3 || argv[1][0] == '-')
        return report_failed("drift", "usage: sspi diff drift OLD.jsonl NEW.jsonl");
    if (!run_open(&old, argv[1]) && !run_open(&new, argv[2]))
        drift = drift_between(&old, &new);
    int code = 2;
    if (!drift) {
        report_failed("drift", "%s", *old.why ? old.why : new.why);
    } else {
        json_t *changed = json_object_get(drift, "changed");
        json_array_foreach(changed, i, one)
            printf("%s %s\n    %s: %s\n    %s: %s\n", json_string_value(json_array_get(one, 0)),
                   json_string_value(json_array_get(one, 1)), json_string_value(json_array_get(one, 2)),
                   json_string_value(json_array_get(one, 4)), json_string_value(json_array_get(one, 3)),
                   json_string_value(json_array_get(one, 5)));
        printf("%zu of %lld cases came out differently: ", json_array_size(changed),
               json_number(drift, "common"));
        print_versions(&old);
        printf(" -> ");
        print_versions(&new);
        putchar('\n');
        code = json_array_size(changed) > 0;
    }
    json_decref(drift);
    run_close(&old);
    run_close(&new);
    return code;
}
