/* SPDX-License-Identifier: MIT
 *
 * A run as TAP: one line for each group of cases, what is unexplained below its line. */
#include <config.h>

#include "tools/diff/report/report.h"
#include "tools/diff/report/totals.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 10 }; /* unexplained cases of a group */

static void add_case(json_t *groups, const struct run *r, const struct run_case *c)
{
    char group[200], tuple[400];
    run_group(c, group, sizeof group);
    json_t *g = json_object_get(groups, group);
    if (!g)
        json_object_set_new(groups, group, g = json_pack("{s:[]}", "bad"));
    totals_count(g, "cases", 1);
    totals_count(g, "differ", strcmp(c->verdict, "AGREE") && strcmp(c->verdict, "SKIP"));
    totals_count(g, "explained", c->rule != NULL);
    if (!run_unexplained(c))
        return;
    totals_count(g, "unexplained", 1);
    totals_count(g, "grave", run_grave(r, c));
    if (json_array_size(json_object_get(g, "bad")) < SHOWN) {
        run_tuple(r, c, tuple, sizeof tuple);
        json_array_append_new(json_object_get(g, "bad"),
                              json_pack("{s:s, s:s, s:s, s:s}", "id", c->id, "name", c->name, "verdict",
                                        c->verdict, "seen", tuple));
    }
}

static void write_group(FILE *out, unsigned number, const char *name, const json_t *g, int drifts)
{
    long long bad = json_number(g, "unexplained");
    /* TAP's word for what fails and is known to */
    const char *known = " # TO"
                        "DO drift: other versions than the rules are of";
    json_t *one;
    size_t i;
    fprintf(out, "%sok %u - %s: %lld cases, %lld differ, %lld explained, %lld unexplained%s\n",
            bad ? "not " : "", number, name, json_number(g, "cases"), json_number(g, "differ"),
            json_number(g, "explained"), bad, bad && drifts && !json_number(g, "grave") ? known : "");
    if (!bad)
        return;
    fputs("  ---\n  unexplained:\n", out);
    json_array_foreach(json_object_get(g, "bad"), i, one) fprintf(
        out, "    - name: '%s'\n      verdict: %s\n      seen: '%s'\n      repeat: 'sspi diff repro %s'\n",
        json_text(one, "name"), json_text(one, "verdict"), json_text(one, "seen"), json_text(one, "id"));
    fputs("  ...\n", out);
}

int report_tap(struct run *r, FILE *out)
{
    struct run_case c;
    unsigned number = 0;
    const char *name;
    json_t *groups = json_object(), *g, *stale;
    int got;
    while (groups && (got = run_next(r, &c)) > 0)
        add_case(groups, r, &c);
    if (!groups || got < 0) {
        json_decref(groups);
        return -1;
    }
    fputs("TAP version 13\n", out);
    json_object_foreach(groups, name, g) write_group(out, ++number, name, g, run_drifts(r));
    json_decref(groups);
    stale = run_stale(r);
    fprintf(out, "%sok %u - no rule is stale\n", json_array_size(stale) ? "not " : "", ++number);
    for (size_t i = 0; i < json_array_size(stale); i++)
        fprintf(out, "#   [%s] explains nothing\n", json_string_value(json_array_get(stale, i)));
    fprintf(out, "%sok %u - the run came to its end\n1..%u\n", r->summary ? "" : "not ", number + 1,
            number + 1);
    return 0;
}
