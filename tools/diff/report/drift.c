/* SPDX-License-Identifier: MIT
 *
 * sspi diff drift -- the same cases with other versions of the libraries: which of them came out differently.
 */
#include <config.h>

#include "tools/diff/report/drift.h"
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

int drift_comparable(struct run *old, struct run *new)
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
    json_t *before = drift_comparable(old, new) ? outcomes_of(old) : NULL, *changed = json_array();
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

/* ---- the command ---- */

static int usage(void)
{
    return report_failed("drift", "usage: sspi diff drift [--all] OLD.jsonl NEW.jsonl [NAME|ID]");
}

int diff_drift(int argc, char **argv)
{
    struct run old = {0}, new = {0};
    const char *words[3] = {NULL};
    int count = 0, all = 0, code;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--all"))
            all = 1;
        else if (count == 3 || (argv[i][0] == '-' && argv[i][1]))
            return usage();
        else
            words[count++] = argv[i];
    }
    if (count < 2)
        return usage();
    code = run_open(&old, words[0]) || run_open(&new, words[1]) || !drift_comparable(&old, &new) ? -1
           : words[2] ? drift_show(&old, &new, words[2], stdout)
                      : drift_print(&old, &new, all, stdout);
    if (code < 0)
        code = report_failed("drift", "%s", *old.why ? old.why : new.why);
    run_close(&old);
    run_close(&new);
    return code;
}
