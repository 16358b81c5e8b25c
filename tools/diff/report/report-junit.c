/* SPDX-License-Identifier: MIT
 *
 * A run as JUnit XML: a suite for each group of cases, a test case for each case of it. */
#include <config.h>

#include "tools/diff/report/report.h"
#include "tools/diff/report/totals.h"

#include <string.h>

/* Text inside XML: what XML cannot hold becomes '?'. */
static void xml(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        const char *entity = c == '<'   ? "&lt;"
                             : c == '>' ? "&gt;"
                             : c == '&' ? "&amp;"
                             : c == '"' ? "&quot;"
                                        : NULL;
        if (entity)
            fputs(entity, out);
        else
            putc(c < 0x20 ? '?' : c, out);
    }
}

/* New with libraries of other versions, and no failure. */
static int is_drift(const struct run *r, const struct run_case *c)
{
    return run_unexplained(c) && run_drifts(r) && !run_grave(r, c);
}

static json_t *entry(const struct run *r, const struct run_case *c)
{
    char tuple[400];
    double us = 0;
    for (unsigned i = 0; i < r->backends; i++)
        us += (double)json_number(c->seen[i], "us");
    json_t *e = json_pack("{s:s, s:f}", "name", c->name, "seconds", us / 1e6);
    if (run_unexplained(c)) {
        run_tuple(r, c, tuple, sizeof tuple);
        json_object_set_new(e, "verdict", json_string(c->verdict));
        json_object_set_new(e, "seen", json_string(tuple));
        json_object_set_new(e, "id", json_string(c->id));
        if (is_drift(r, c))
            json_object_set_new(e, "drift", json_true());
    } else if (!strcmp(c->verdict, "SKIP")) {
        json_object_set_new(e, "skipped", json_true());
    }
    return e;
}

static void write_entry(FILE *out, const char *group, const json_t *e)
{
    fputs("    <testcase classname=\"", out);
    xml(out, group);
    fputs("\" name=\"", out);
    xml(out, json_text(e, "name"));
    fprintf(out, "\" time=\"%.6f\"", json_number_value(json_object_get(e, "seconds")));
    if (json_object_get(e, "skipped")) {
        fputs("><skipped/></testcase>\n", out);
    } else if (json_object_get(e, "verdict")) {
        const char *outcome = json_object_get(e, "drift") ? "skipped" : "failure";
        fprintf(out, ">\n      <%s message=\"", outcome);
        xml(out, json_text(e, "verdict"));
        fputs(": ", out);
        xml(out, json_text(e, "seen"));
        fprintf(out, "\">sspi diff repro %s</%s>\n    </testcase>\n", json_text(e, "id"), outcome);
    } else {
        fputs("/>\n", out);
    }
}

static void write_suite(FILE *out, const char *group, const json_t *g)
{
    json_t *entries = json_object_get(g, "entries"), *e;
    size_t i;
    fputs("  <testsuite name=\"", out);
    xml(out, group);
    fprintf(out, "\" tests=\"%zu\" failures=\"%lld\" skipped=\"%lld\" errors=\"0\">\n",
            json_array_size(entries), json_number(g, "failures"), json_number(g, "skipped"));
    json_array_foreach(entries, i, e) write_entry(out, group, e);
    fputs("  </testsuite>\n", out);
}

static void write_end(FILE *out, const struct run *r)
{
    json_t *stale = run_stale(r);
    size_t failures = json_array_size(stale) + !r->summary;
    fprintf(out, "  <testsuite name=\"rules\" tests=\"%zu\" failures=\"%zu\" skipped=\"0\" errors=\"0\">\n",
            json_array_size(stale) + 1, failures);
    for (size_t i = 0; i < json_array_size(stale); i++)
        fprintf(out,
                "    <testcase classname=\"rules\" name=\"%s\"><failure type=\"stale\" message=\"explains "
                "nothing\"/>"
                "</testcase>\n",
                json_string_value(json_array_get(stale, i)));
    fprintf(
        out,
        "    <testcase classname=\"rules\" name=\"the run came to its end\">%s</testcase>\n  </testsuite>\n",
        r->summary ? "" : "<failure type=\"broken\" message=\"no summary\"/>");
}

int report_junit(struct run *r, FILE *out)
{
    struct run_case c;
    char group[200];
    const char *name;
    json_t *groups = json_object(), *g;
    int got;
    while (groups && (got = run_next(r, &c)) > 0) {
        run_group(&c, group, sizeof group);
        if (!(g = json_object_get(groups, group)))
            json_object_set_new(groups, group, g = json_pack("{s:[]}", "entries"));
        totals_count(g, "failures", run_unexplained(&c) && !is_drift(r, &c));
        totals_count(g, "skipped", is_drift(r, &c) || (!run_unexplained(&c) && !strcmp(c.verdict, "SKIP")));
        json_array_append_new(json_object_get(g, "entries"), entry(r, &c));
    }
    if (!groups || got < 0) {
        json_decref(groups);
        return -1;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sspi diff\">\n", out);
    json_object_foreach(groups, name, g) write_suite(out, name, g);
    write_end(out, r);
    fputs("</testsuites>\n", out);
    json_decref(groups);
    return 0;
}
