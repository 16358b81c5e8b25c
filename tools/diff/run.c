/* SPDX-License-Identifier: MIT
 *
 * `sspi diff run`: all cases, judged, counted, written as lines of JSON, and an exit code. */
#include <config.h>

#include "tools/diff/choose.h"
#include "tools/diff/gate.h"
#include "tools/diff/json-out.h"
#include "tools/diff/worker.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { SHOWN = 20, KINDS_MAX = 16 };

struct tally {
    size_t verdicts[DIFF_VERDICTS];
    size_t cases, unexplained;
    size_t shown;
    struct gate gate;
    FILE *json;
    int progress;
    double start, last;
};

static double wall(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double processor_time(void)
{
    struct rusage own, children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec + children.ru_utime.tv_sec +
                    children.ru_stime.tv_sec) +
           (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec + children.ru_utime.tv_usec +
                    children.ru_stime.tv_usec) /
               1e6;
}

/* ---- what comes back ---- */

/* The name stands at one place of the line. */
static void show_name(const struct diff_report *report, const char *line)
{
    const char *name = strstr(line, "\"name\":\"");
    name = name ? name + 8 : "?";
    printf("%-12s %.*s\n", diff_verdict_name(report->verdict), (int)strcspn(name, "\""), name);
}

static void sink(void *user, const struct diff_report *report, const char *line)
{
    struct tally *t = user;
    int unexplained = report->gated && !report->rule[0];
    t->cases++;
    t->verdicts[report->verdict]++;
    t->unexplained += (size_t)unexplained;
    gate_count(&t->gate, report);
    if (t->json)
        fputs(line, t->json);
    if (unexplained && t->json != stdout && t->shown++ < SHOWN)
        show_name(report, line);
}

static void tick(void *user, size_t done, size_t count)
{
    struct tally *t = user;
    double now = t->progress ? wall() : 0;
    if (!t->progress || (now - t->last < 0.2 && done < count))
        return;
    t->last = now;
    fprintf(stderr, "\r%zu/%zu  %.0f/s  %zu unexplained\033[K", done, count,
            (double)done / (now - t->start + 1e-9), t->unexplained);
    if (done == count)
        fputs("\r\033[K", stderr);
}

static void summary_json(const struct tally *t, double seconds, double cpu)
{
    fprintf(t->json, "{\"summary\":{\"cases\":%zu,\"verdicts\":{", t->cases);
    const char *comma = "";
    for (unsigned i = 0; i < DIFF_VERDICTS; i++)
        if (t->verdicts[i]) {
            fprintf(t->json, "%s\"%s\":%zu", comma, diff_verdict_name(i), t->verdicts[i]);
            comma = ",";
        }
    fprintf(t->json, "},\"unexplained\":%zu", t->unexplained);
    gate_json(&t->gate, t->json);
    fprintf(t->json, ",\"seconds\":%.2f,\"cpu_seconds\":%.2f,\"cases_per_second\":%.0f}}\n", seconds, cpu,
            (double)t->cases / (seconds + 1e-9));
}

static void summary_text(const struct tally *t, double seconds, double cpu)
{
    char broken[120];
    if (t->shown > SHOWN)
        printf("... and %zu more\n", t->shown - SHOWN);
    for (unsigned i = DIFF_VERDICTS; i-- > 0;)
        if (t->verdicts[i])
            printf("%8zu %s\n", t->verdicts[i], diff_verdict_name(i));
    gate_broken(&t->gate, broken, sizeof broken);
    printf("%zu cases, %zu unexplained; %s; %.1f s, %.1f s of processors, %.0f cases/s\n", t->cases,
           t->unexplained, broken, seconds, cpu, (double)t->cases / (seconds + 1e-9));
}

/* ---- the command ---- */

/* The kinds of a suite; how many. */
static size_t kinds_of(const struct diff_suite *suite, const struct diff_kind *out[KINDS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < suite->count; i++) {
        size_t k = 0;
        while (k < count && out[k] != suite->bases[i]->kind)
            k++;
        if (k == count && count < KINDS_MAX)
            out[count++] = suite->bases[i]->kind;
    }
    return count;
}

static int begin_kinds(const struct diff_options *o, const struct diff_suite *suite)
{
    char why[512];
    const struct diff_kind *kinds[KINDS_MAX];
    for (size_t i = kinds_of(suite, kinds); i-- > 0;)
        if (kinds[i]->begin && kinds[i]->begin(o->backends, o->backend_count, why, sizeof why)) {
            diff_failed("%s", why);
            return -1;
        }
    return 0;
}

static void end_kinds(const struct diff_suite *suite)
{
    const struct diff_kind *kinds[KINDS_MAX];
    for (size_t i = kinds_of(suite, kinds); i-- > 0;)
        if (kinds[i]->end)
            kinds[i]->end();
}

static int run_suite(const struct diff_options *o, const struct diff_suite *suite)
{
    struct tally t = {.start = wall(), .progress = !o->quiet && isatty(STDERR_FILENO)};
    size_t count;
    uint32_t *order = diff_choose(o, suite, &count);
    struct diff_plan plan = {
        .options = o, .suite = suite, .order = order, .count = count, .explain = gate_explain};
    int failed = !order || gate_open(&t.gate, o, suite) || begin_kinds(o, suite);
    if (!failed && o->json) {
        t.json = strcmp(o->json, "-") == 0 ? stdout : fopen(o->json, "w");
        if (!t.json)
            failed = diff_failed("%s: cannot be written", o->json);
        else
            diff_json_manifest(t.json, o, suite, count, t.gate.rules);
    }
    failed = failed || diff_work(&plan, sink, tick, &t);
    end_kinds(suite);
    double seconds = wall() - t.start, cpu = processor_time();
    free(order);
    if (!failed && t.json)
        summary_json(&t, seconds, cpu);
    if (t.json && (ferror(t.json) || (t.json != stdout && fclose(t.json))))
        failed = diff_failed("%s: cannot be written", o->json);
    if (failed)
        return DIFF_EXIT_USAGE;
    if (t.json != stdout)
        summary_text(&t, seconds, cpu);
    return gate_close(&t.gate, t.json == stdout ? stderr : stdout);
}

static int run(struct diff_options *o)
{
    struct diff_suite suite;
    if (o->word_count)
        return diff_failed("what is %s?", o->words[0]);
    if (diff_options_backends(o))
        return DIFF_EXIT_USAGE;
    int code = diff_options_suite(o, &suite) ? DIFF_EXIT_USAGE : run_suite(o, &suite);
    diff_suite_free(&suite);
    return code;
}

const struct diff_command diff_run_command = {
    .name = "run",
    .run = run,
    .usage = "run [OPTION]...",
};

static int list(struct diff_options *o)
{
    struct diff_suite suite;
    int failed = diff_options_suite(o, &suite);
    size_t count = 0;
    uint32_t *order = failed ? NULL : diff_choose(o, &suite, &count);
    for (size_t i = 0; order && i < count; i++) {
        char name[DIFF_NAME_MAX + 20];
        uint64_t seed;
        const struct diff_base *base = diff_suite_at(&suite, order[i], &seed);
        diff_case_name(base, seed, name, sizeof name);
        printf("%s\n", name);
    }
    free(order);
    diff_suite_free(&suite);
    return order ? DIFF_EXIT_FINE : DIFF_EXIT_USAGE;
}

const struct diff_command diff_list_command = {
    .name = "list",
    .run = list,
    .usage = "list [OPTION]...",
};
