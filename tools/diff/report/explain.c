/* SPDX-License-Identifier: MIT
 *
 * sspi diff explain -- what rules say of a run that is there, without repeating it: how often each is used,
 * and what nothing explains, gathered by what was seen. */
#include <config.h>

#include "tools/diff/report/report.h"
#include "tools/diff/report/totals.h"
#include "tools/diff/rules.h"

#include <stdlib.h>
#include <string.h>

enum { EXAMPLES = 3, CLUSTERS = 40 };

struct explain {
    struct rules *rules;
    struct diff_backend backends[DIFF_BACKENDS_MAX];
    json_t *clusters; /* verdict and tuple -> what they have in common */
    unsigned long *used;
    long long gated, unexplained, grave;
    unsigned show;
    int drift; /* other versions than the rules' */
    int ids;   /* one line for each unexplained case instead */
};

static void text_copy(char *out, size_t size, const json_t *from, const char *key)
{
    snprintf(out, size, "%s", json_text(from, key));
}

static void observation_of(const json_t *seen, struct diff_observation *o)
{
    static const char *const ends[] = {"fine", "crash", "hang", "skipped"};
    memset(o, 0, sizeof *o);
    o->end = DIFF_SKIPPED;
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
        if (!strcmp(json_text(seen, "end"), ends[i]))
            o->end = (uint8_t)i;
    int state = diff_state_named(json_text(seen, "state")),
        class = diff_class_named(json_text(seen, "class"));
    o->state = state < 0 ? 0 : (uint8_t)state;
    o->alert_class = class < 0 ? 0 : (uint8_t) class;
    o->alert = (uint8_t)json_number(seen, "alert");
    o->status = (int32_t)strtoul(json_text(seen, "status"), NULL, 16);
    o->granted = (uint32_t)strtoul(json_text(seen, "flags"), NULL, 16);
    text_copy(o->attributes, sizeof o->attributes, seen, "attrs");
    text_copy(o->reply, sizeof o->reply, seen, "reply");
    const char *plain = json_text(seen, "plain");
    o->plain_length = (uint32_t)strtoul(plain, NULL, 10);
    o->plain_hash = strchr(plain, ':') ? strtoull(strchr(plain, ':') + 1, NULL, 16) : 0;
}

/* "gnutls I1 bytes", as the engine writes it. */
static void invariants_of(const struct run *r, const struct run_case *c, struct diff_result *result)
{
    json_t *one;
    size_t i;
    json_array_foreach(json_object_get(c->json, "invariants"), i, one)
    {
        const char *text = json_string_value(one), *which = text ? strstr(text, " I") : NULL;
        for (unsigned k = 0; which && k < r->backends && k < DIFF_BACKENDS_MAX; k++)
            if (strlen(r->backend[k]) == (size_t)(which - text) &&
                !strncmp(r->backend[k], text, strlen(r->backend[k])) && which[2] >= '1' &&
                which[2] <= '0' + DIFF_INVARIANTS)
                result->of[k].broken |= (uint16_t)(1u << (which[2] - '1'));
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int rule_of(struct explain *e, const struct run *r, const struct run_case *c)
{
    const char *features[DIFF_FEATURES_MAX];
    struct diff_result result = {.count = r->backends};
    struct rules_case asked = {.features = features, .backends = e->backends, .result = &result};
    json_t *one;
    size_t i;
    json_array_foreach(json_object_get(c->json, "features"), i,
                       one) if (asked.feature_count < DIFF_FEATURES_MAX && json_is_string(one))
        features[asked.feature_count++] = json_string_value(one);
    qsort(features, asked.feature_count, sizeof *features, by_text);
    int verdict = diff_verdict_named(c->verdict);
    result.verdict = verdict < 0 ? DIFF_AGREE : (enum diff_verdict)verdict;
    for (unsigned k = 0; k < r->backends; k++)
        observation_of(c->seen[k], &result.of[k]);
    invariants_of(r, c, &result);
    return rules_match(e->rules, &asked);
}

/* The features that all cases of a cluster have, and how often the others occur. */
static void gather(struct explain *e, const struct run *r, const struct run_case *c)
{
    char tuple[400], key[480];
    json_t *one;
    size_t i;
    run_tuple(r, c, tuple, sizeof tuple);
    snprintf(key, sizeof key, "%s: %s", c->verdict, tuple);
    json_t *cluster = json_object_get(e->clusters, key);
    if (!cluster)
        json_object_set_new(e->clusters, key, cluster = json_pack("{s:{}, s:[]}", "features", "names"));
    totals_count(cluster, "cases", 1);
    json_array_foreach(json_object_get(c->json, "features"), i, one)
        totals_count(json_object_get(cluster, "features"), json_string_value(one), 1);
    if (json_array_size(json_object_get(cluster, "names")) < EXAMPLES)
        json_array_append_new(json_object_get(cluster, "names"), json_sprintf("%s %s", c->id, c->name));
}

static void print_cluster(const struct totals_counter *cluster)
{
    size_t count, i;
    struct totals_counter *features =
        totals_sorted(json_object_get(cluster->value, "features"), NULL, &count);
    json_t *name;
    printf("\n%lld  %s\n    ", cluster->count, cluster->name);
    for (i = 0; features && i < count && i < 24; i++) {
        if (features[i].count == cluster->count)
            printf(" %s", features[i].name);
        else if (20 * features[i].count >= cluster->count)
            printf(" %s(%lld)", features[i].name, features[i].count);
    }
    putchar('\n');
    json_array_foreach(json_object_get(cluster->value, "names"), i, name)
        printf("     %s\n", json_string_value(name));
    free(features);
}

static void print_all(const struct explain *e)
{
    size_t count;
    struct totals_counter *clusters = totals_sorted(e->clusters, "cases", &count);
    for (unsigned i = 0; i < rules_count(e->rules); i++)
        printf("%8lu  %s (%s)\n", e->used[i], rules_name(e->rules, i), rules_place(e->rules, i));
    for (size_t i = 0; clusters && i < count && i < e->show; i++)
        print_cluster(&clusters[i]);
    if (count > e->show)
        printf("\nand %zu other clusters\n", count - e->show);
    printf("\n%lld cases have to be explained, %lld are not", e->gated, e->unexplained);
    if (e->drift)
        printf("; the libraries are not of the versions that the rules are of: that is drift, and %lld are "
               "grave",
               e->grave);
    putchar('\n');
    free(clusters);
}

static int explain_run(struct explain *e, struct run *r)
{
    struct run_case c;
    int got;
    if (r->backends > DIFF_BACKENDS_MAX)
        return report_failed("explain", "%s: more than %d backends", r->path, DIFF_BACKENDS_MAX);
    for (unsigned i = 0; i < r->backends; i++) {
        snprintf(e->backends[i].name, sizeof e->backends[i].name, "%s", r->backend[i]);
        text_copy(e->backends[i].version, sizeof e->backends[i].version,
                  json_object_get(r->manifest, "backends"), r->backend[i]);
    }
    e->drift = rules_other_versions(e->rules, e->backends, r->backends);
    while ((got = run_next(r, &c)) > 0) {
        int rule = rule_of(e, r, &c);
        e->gated += c.gated;
        if (rule >= 0) {
            e->used[rule]++;
        } else if (c.gated) {
            e->unexplained++;
            c.rule = NULL; /* by these rules */
            e->grave += run_grave(r, &c);
            if (e->ids)
                printf("%s\n", c.id);
            else
                gather(e, r, &c);
        }
    }
    if (got < 0)
        return report_failed("explain", "%s", r->why);
    if (!e->ids)
        print_all(e);
    return (e->drift ? e->grave : e->unexplained) > 0;
}

int diff_explain(int argc, char **argv)
{
    const char *rules = report_rules_path(), *path = NULL;
    struct explain e = {.show = CLUSTERS};
    struct run run = {0};
    char why[512];
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--rules") && i + 1 < argc)
            rules = argv[++i];
        else if (!strcmp(argv[i], "--clusters") && i + 1 < argc)
            e.show = (unsigned)strtoul(argv[++i], NULL, 10);
        else if (!strcmp(argv[i], "--ids"))
            e.ids = 1;
        else if (path || (argv[i][0] == '-' && argv[i][1]))
            return report_failed("explain",
                                 "usage: sspi diff explain [--rules PATH] [--clusters N | --ids] RUN.jsonl");
        else
            path = argv[i];
    }
    if (!path)
        return report_failed("explain",
                             "usage: sspi diff explain [--rules PATH] [--clusters N | --ids] RUN.jsonl");
    if (!(e.rules = rules_load(rules, why, sizeof why)))
        return report_failed("explain", "%s", why);
    e.clusters = json_object();
    e.used = calloc(rules_count(e.rules) + 1, sizeof *e.used);
    int code = !e.clusters || !e.used ? report_failed("explain", "not enough memory")
               : run_open(&run, path) ? report_failed("explain", "%s", run.why)
                                      : explain_run(&e, &run);
    run_close(&run);
    json_decref(e.clusters);
    free(e.used);
    rules_free(e.rules);
    return code;
}
