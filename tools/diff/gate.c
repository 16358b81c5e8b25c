/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/gate.h"

#include "tools/diff/json-out.h"
#include "tools/diff/profile.h"

#include <stdlib.h>
#include <string.h>

/* Of this process and of those forked from it; set once. */
static const struct gate *opened;

int gate_open(struct gate *g, const struct diff_options *o, const struct diff_suite *suite)
{
    char folder[4096], why[512];
    *g = (struct gate){.options = o, .corpora = suite->corpora};
    opened = g;
    if (o->rules && !strcmp(o->rules, "none"))
        return 0;
    snprintf(folder, sizeof folder, "%s/rules", diff_data());
    if (!(g->rules = rules_load(o->rules ? o->rules : folder, why, sizeof why)))
        return diff_failed("%s", why), -1;
    g->used = calloc(rules_count(g->rules) + 1, sizeof *g->used);
    return g->used ? 0 : (diff_failed("not enough memory"), -1);
}

const char *gate_explain(const struct diff_case *c, const struct diff_result *r)
{
    const struct rules_case asked = {c->features, c->feature_count, opened->options->backends, r};
    int at = opened->rules ? rules_match(opened->rules, &asked) : -1;
    return at < 0 ? NULL : rules_name(opened->rules, (unsigned)at);
}

void gate_count(struct gate *g, const struct diff_report *report)
{
    int at = g->rules && report->rule[0] ? rules_named(g->rules, report->rule) : -1;
    if (at >= 0)
        g->used[at]++;
    else if (report->gated) {
        g->unexplained++;
        g->grave += report->verdict >= DIFF_NONDET && report->verdict != DIFF_ACCEPT_DIFF;
    }
}

/* The rule could have been used with these backends and streams, and was not. */
static int unused(const struct gate *g, unsigned i)
{
    return !g->used[i] && rules_applies(g->rules, i, g->options->backends, g->options->backend_count) &&
           (g->corpora || !rules_needs_corpora(g->rules, i));
}

/* Only where every rule has had its chance. */
static int whole(const struct diff_options *o)
{
    return !o->only && !o->kind && o->shards == 1 && o->mutations >= DIFF_MUTATIONS &&
           o->level == DIFF_L3_STAR;
}

void gate_json(const struct gate *g, FILE *out)
{
    unsigned count = g->rules ? rules_count(g->rules) : 0;
    const char *comma = "";
    fputs(",\"stale\":[", out);
    for (unsigned i = 0; i < count; i++)
        if (unused(g, i)) {
            fputs(comma, out);
            diff_json_string(out, rules_name(g->rules, i));
            comma = ",";
        }
    fputs("],\"rules\":{", out);
    comma = "";
    for (unsigned i = 0; i < count; i++)
        if (g->used[i]) {
            fputs(comma, out);
            diff_json_string(out, rules_name(g->rules, i));
            fprintf(out, ":%lu", g->used[i]);
            comma = ",";
        }
    putc('}', out);
}

static unsigned say_stale(const struct gate *g, FILE *say)
{
    unsigned stale = 0;
    for (unsigned i = 0; g->rules && whole(g->options) && i < rules_count(g->rules); i++) {
        if (!unused(g, i))
            continue;
        stale++;
        fprintf(say, "%s: [%s] explains nothing\n", rules_place(g->rules, i), rules_name(g->rules, i));
    }
    return stale;
}

int gate_close(struct gate *g, FILE *say)
{
    const struct diff_options *o = g->options;
    int drift = g->rules && rules_other_versions(g->rules, o->backends, o->backend_count);
    unsigned stale = drift ? 0 : say_stale(g, say);
    if (drift && g->unexplained)
        fprintf(say,
                "drift: the rules are of other versions of these libraries; %lu of what is unexplained is "
                "grave\n",
                g->grave);
    free(g->used);
    rules_free(g->rules);
    g->used = NULL;
    g->rules = NULL;
    return (drift ? g->grave : g->unexplained) || (stale && o->ci) ? DIFF_EXIT_FOUND : DIFF_EXIT_FINE;
}
