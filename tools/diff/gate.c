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
    unsigned broken = 0;
    for (unsigned i = 0; i < report->count; i++)
        broken += report->broken[i] != 0;
    g->broken += broken;
    if (at >= 0) {
        g->used[at]++;
        g->broken_explained += broken;
    } else if (report->gated) {
        g->unexplained++;
        g->grave += broken || report->fell || report->verdict == DIFF_CONSUME_DIFF;
    }
}

void gate_broken(const struct gate *g, char *out, size_t size)
{
    int used = snprintf(out, size, "%lu broken invariant%s", g->broken, g->broken == 1 ? "" : "s");
    if (g->broken && g->broken == g->broken_explained)
        snprintf(out + used, size - (size_t)used, ", explained by rules");
    else if (g->broken_explained)
        snprintf(out + used, size - (size_t)used, ", %lu of them explained by rules", g->broken_explained);
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
    fprintf(out, ",\"broken\":%lu,\"broken_explained\":%lu,\"grave\":%lu", g->broken, g->broken_explained,
            g->grave);
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

static void say_drift(const struct gate *g, FILE *say)
{
    const struct diff_options *o = g->options;
    fputs("drift:", say);
    for (unsigned i = 0; i < o->backend_count; i++) {
        const char *pinned = rules_pinned(g->rules, o->backends[i].name);
        if (pinned && strcmp(pinned, o->backends[i].version) != 0)
            fprintf(say, " %s is %s, and the rules are of %s;", o->backends[i].label, o->backends[i].version,
                    pinned);
    }
    fprintf(say, " %lu divergences are unexplained, %lu of them grave (%s)\n", g->unexplained, g->grave,
            g->grave ? "a broken invariant, a crash or a hang fails with any version" : "no failure");
}

int gate_close(struct gate *g, FILE *say)
{
    const struct diff_options *o = g->options;
    int drift = g->rules && rules_other_versions(g->rules, o->backends, o->backend_count);
    unsigned stale = drift ? 0 : say_stale(g, say);
    if (drift)
        say_drift(g, say);
    free(g->used);
    rules_free(g->rules);
    g->used = NULL;
    g->rules = NULL;
    return (drift ? g->grave : g->unexplained) || (stale && o->ci) ? DIFF_EXIT_FOUND : DIFF_EXIT_FINE;
}
