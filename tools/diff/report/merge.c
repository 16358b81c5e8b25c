/* SPDX-License-Identifier: MIT
 *
 * sspi diff merge -- shards of one run become the run. */
#include <config.h>

#include "tools/diff/report/report.h"
#include "tools/diff/report/totals.h"

#include <stdlib.h>
#include <string.h>

#define NAME_KEY "\"name\":\""

struct merge {
    struct run *run;
    unsigned count;
    json_t *manifest; /* the first one's, with all the cases */
    char **lines;     /* cases, as they stood */
    size_t used, cap;
    struct totals totals;
    json_t *unused; /* rules that every shard left unused */
    double seconds;
    long long broken, broken_explained;
};

/* What has to be the same in all shards: all but the shard's number and how many cases it had. */
static json_t *comparable(const json_t *manifest)
{
    static const char *const own[] = {"shard", "cases", "kernel", "host", "jobs", "started"};
    json_t *copy = json_deep_copy(manifest);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        json_object_del(copy, own[i]);
    return copy;
}

static int shard_of(const struct run *r, unsigned *number, unsigned *of)
{
    char tail;
    return sscanf(json_text(r->manifest, "shard"), "%u/%u%c", number, of, &tail) == 2 && *number &&
                   *number <= *of
               ? 0
               : -1;
}

static int check_manifests(struct merge *m, const char **argv_of_shard)
{
    unsigned number, of, first_of = 0;
    json_t *first = comparable(m->run[0].manifest);
    int bad = 0;
    for (unsigned i = 0; i < m->count && !bad; i++) {
        json_t *other = comparable(m->run[i].manifest);
        if (!json_equal(first, other)) {
            const char *key = "", *found = "manifest";
            json_t *value;
            json_object_foreach(first, key, value) if (!json_equal(value, json_object_get(other, key)))
                found = key;
            bad = report_failed("merge", "%s and %s are not of one run: their %s differ", m->run[0].path,
                                m->run[i].path, found);
        }
        json_decref(other);
        if (!bad && (shard_of(&m->run[i], &number, &of) || (i && of != first_of)))
            bad = report_failed("merge", "%s is no shard of the same run: \"%s\"", m->run[i].path,
                                json_text(m->run[i].manifest, "shard"));
        if (bad)
            break;
        first_of = of;
        if (of != m->count)
            bad = report_failed("merge", "%s is one of %u shards, and %u are given", m->run[i].path, of,
                                m->count);
        else if (argv_of_shard[number - 1])
            bad = report_failed("merge", "%s and %s are the same shard", argv_of_shard[number - 1],
                                m->run[i].path);
        else
            argv_of_shard[number - 1] = m->run[i].path;
    }
    json_decref(first);
    return bad;
}

static int keep(struct merge *m, const struct run *r, const struct run_case *c)
{
    if (m->used == m->cap) {
        size_t cap = m->cap ? 2 * m->cap : 4096;
        char **lines = realloc(m->lines, cap * sizeof *lines);
        if (!lines)
            return -1;
        m->lines = lines;
        m->cap = cap;
    }
    if (!(m->lines[m->used] = strdup(r->line)))
        return -1;
    m->used++;
    totals_add(&m->totals, r, c);
    return 0;
}

static void unused_in_all(struct merge *m, const json_t *summary)
{
    json_t *stale = json_object_get(summary, "stale"), *name;
    size_t i;
    json_array_foreach(stale, i, name) totals_count(m->unused, json_string_value(name), 1);
}

static int read_shards(struct merge *m)
{
    for (unsigned i = 0; i < m->count; i++) {
        struct run *r = &m->run[i];
        struct run_case c;
        int got;
        while ((got = run_next(r, &c)) > 0)
            if (keep(m, r, &c))
                return report_failed("merge", "not enough memory");
        if (got < 0)
            return report_failed("merge", "%s", r->why);
        if (!r->summary)
            return report_failed("merge", "%s breaks off: it has no summary", r->path);
        unused_in_all(m, r->summary);
        m->broken += json_number(r->summary, "broken");
        m->broken_explained += json_number(r->summary, "broken_explained");
        double seconds = json_number_value(json_object_get(r->summary, "seconds"));
        m->seconds = seconds > m->seconds ? seconds : m->seconds;
    }
    return 0;
}

/* A case's place in a run: by base, then by seed (suite.h). */
static int by_place(const void *a, const void *b)
{
    const char *x = strstr(*(char *const *)a, NAME_KEY), *y = strstr(*(char *const *)b, NAME_KEY);
    x = x ? x + sizeof NAME_KEY - 1 : "";
    y = y ? y + sizeof NAME_KEY - 1 : "";
    size_t x_len = strcspn(x, "~\""), y_len = strcspn(y, "~\""), least = x_len < y_len ? x_len : y_len;
    int way = memcmp(x, y, least);
    if (way || x_len != y_len)
        return way ? way : x_len < y_len ? -1 : 1;
    unsigned long long x_seed = x[x_len] == '~' ? strtoull(x + x_len + 1, NULL, 16) : 0;
    unsigned long long y_seed = y[y_len] == '~' ? strtoull(y + y_len + 1, NULL, 16) : 0;
    return (x_seed > y_seed) - (x_seed < y_seed);
}

static void write_object(FILE *out, const char *key, json_t *value)
{
    json_t *line = json_pack("{s:O}", key, value);
    json_dumpf(line, out, JSON_COMPACT);
    putc('\n', out);
    json_decref(line);
}

static json_t *summary_of(struct merge *m)
{
    json_t *stale = json_array(), *times;
    const char *name;
    json_object_foreach(m->unused, name, times) if (json_integer_value(times) == m->count &&
                                                    !json_object_get(m->totals.rules, name))
        json_array_append_new(stale, json_string(name));
    return json_pack("{s:I, s:O, s:I, s:I, s:I, s:I, s:o, s:O, s:f, s:f}", "cases",
                     (json_int_t)m->totals.cases, "verdicts", m->totals.verdicts, "unexplained",
                     (json_int_t)m->totals.unexplained, "broken", (json_int_t)m->broken, "broken_explained",
                     (json_int_t)m->broken_explained, "grave", (json_int_t)m->totals.grave, "stale", stale,
                     "rules", m->totals.rules, "seconds", m->seconds, "cases_per_second",
                     m->seconds > 0 ? (double)m->totals.cases / m->seconds : 0.0);
}

static int write_merged(struct merge *m, FILE *out)
{
    if (m->used)
        qsort(m->lines, m->used, sizeof *m->lines, by_place);
    m->manifest = json_deep_copy(m->run[0].manifest);
    json_object_set_new(m->manifest, "shard", json_string("1/1"));
    json_object_set_new(m->manifest, "cases", json_integer((json_int_t)m->used));
    write_object(out, "manifest", m->manifest);
    for (size_t i = 0; i < m->used; i++)
        fputs(m->lines[i], out);
    json_t *summary = summary_of(m);
    write_object(out, "summary", summary);
    int bad = run_drifts(&m->run[0])
                  ? m->totals.grave > 0
                  : m->totals.unexplained || json_array_size(json_object_get(summary, "stale"));
    json_decref(summary);
    if (fflush(out) || ferror(out))
        return report_failed("merge", "the result cannot be written");
    return bad;
}

static int merge_runs(struct merge *m, char **paths)
{
    const char **shards = calloc(m->count, sizeof *shards);
    int bad = !shards || totals_begin(&m->totals) || !(m->unused = json_object())
                  ? report_failed("merge", "not enough memory")
                  : 0;
    for (unsigned i = 0; i < m->count && !bad; i++)
        if (run_open(&m->run[i], paths[i]))
            bad = report_failed("merge", "%s", m->run[i].why);
    bad = bad ? bad : check_manifests(m, shards);
    free(shards);
    bad = bad ? bad : read_shards(m);
    return bad ? bad : write_merged(m, stdout);
}

int diff_merge(int argc, char **argv)
{
    struct merge m = {.count = argc > 1 ? (unsigned)argc - 1 : 0};
    if (argc < 2 || argv[1][0] == '-')
        return report_failed("merge", "usage: sspi diff merge RUN.jsonl... >MERGED.jsonl");
    if (!(m.run = calloc(m.count, sizeof *m.run)))
        return report_failed("merge", "not enough memory");
    int code = merge_runs(&m, argv + 1);
    for (unsigned i = 0; i < m.count; i++)
        run_close(&m.run[i]);
    for (size_t i = 0; i < m.used; i++)
        free(m.lines[i]);
    free(m.lines);
    free(m.run);
    json_decref(m.manifest);
    json_decref(m.unused);
    totals_end(&m.totals);
    return code;
}
