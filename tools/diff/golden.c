/* SPDX-License-Identifier: MIT
 *
 * `sspi diff golden`: keeps what every library came to under a seed, or compares with what was kept. */
#include <config.h>

#include "tools/diff/golden.h"

#include "tools/diff/profile.h"
#include "tools/diff/seeded.h"
#include "tools/diff/streams.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What is asked for, of all there is. */
struct choice {
    const struct diff_options *options;
    const struct diff_base **bases;
    size_t count;
};

static void choose(struct choice *c, const struct diff_options *o, const struct diff_suite *suite)
{
    uint8_t *marks = golden_choose(suite);
    size_t cap = 0;
    *c = (struct choice){.options = o};
    for (size_t i = 0; i < suite->count; i++)
        if (marks[i] && diff_options_want(o, suite->bases[i], 0)) {
            c->bases = diff_grow(c->bases, &cap, c->count + 1, sizeof *c->bases);
            c->bases[c->count++] = suite->bases[i];
        }
    free(marks);
}

/* ---- kept ---- */

/* A line of two runs: as octets, shortened, or without what differs. */
static void keep_line(const struct diff_options *o, FILE *out, const char *first, const char *again,
                      int client, size_t *masked)
{
    int alike = strcmp(first, again) == 0;
    char *kept = !alike ? golden_normal(first) : o->full ? strdup(first) : golden_short(first, client);
    *masked += !alike;
    fprintf(out, "%s\n", kept);
    free(kept);
}

/* -1: its two runs do not even have as many lines. */
static int keep(const struct diff_options *o, FILE *out, const struct diff_base *base,
                const struct diff_backend *backend, size_t *masked)
{
    char *first = golden_run(o, base, backend), *again = golden_run(o, base, backend);
    char *a = first, *b = again;
    int failed = !first || !again;
    fprintf(out, "%s\n", base->name);
    while (!failed) {
        const char *x = golden_line(&a), *y = golden_line(&b);
        if (!x && !y)
            break;
        failed = !x || !y || x[0] != y[0];
        if (!failed)
            keep_line(o, out, x, y, (golden_role(base) == DIFF_INITIALIZE) == (x[0] == '<'), masked);
    }
    putc('\n', out);
    free(first);
    free(again);
    return failed ? -1 : 0;
}

static FILE *create(const struct diff_options *o, const struct diff_backend *backend, char *path, size_t size)
{
    if (strcmp(o->out, "-") == 0)
        return stdout;
    snprintf(path, size, "%s/%s.golden", o->out, backend->name);
    mkdir(o->out, 0777); /* it may be there */
    return fopen(path, "w");
}

static int record(const struct choice *c)
{
    const struct diff_options *o = c->options;
    for (unsigned i = 0; i < o->backend_count; i++) {
        const struct diff_backend *backend = &o->backends[i];
        size_t masked = 0, failed = 0;
        char path[4096] = "-";
        FILE *out = create(o, backend, path, sizeof path);
        if (!out)
            return diff_failed("%s: cannot be written", path);
        golden_file_head(out, o, backend);
        for (size_t k = 0; k < c->count; k++)
            failed += keep(o, out, c->bases[k], backend, &masked) != 0;
        int bad = ferror(out);
        bad |= out != stdout && fclose(out) != 0;
        if (bad)
            return diff_failed("%s: cannot be written", path);
        if (out == stdout)
            continue;
        printf("%s: %zu transcripts of %s %s", path, c->count, backend->name, backend->version);
        if (masked || failed)
            printf("; %zu lines without what differs from run to run, %zu transcripts that do not repeat",
                   masked, failed);
        putchar('\n');
        if (failed)
            return DIFF_EXIT_FOUND;
    }
    return DIFF_EXIT_FINE;
}

/* ---- compared ---- */

static void compare_all(const struct choice *c, struct golden_file *f, const struct diff_backend *backend,
                        struct golden_tally *t)
{
    for (size_t k = 0; k < c->count; k++) {
        const struct diff_base *base = c->bases[k];
        char *full = golden_run(c->options, base, backend);
        if (full)
            golden_compare(t, f, golden_find(f, base->name), base, backend, full);
        free(full);
    }
}

/* Kept, and asked for, but no base of the suite any more. */
static size_t gone(const struct golden_file *f)
{
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++)
        count += !f->entries[i].met;
    return count;
}

static int check_backend(const struct choice *c, const char *folder, const struct diff_backend *backend)
{
    const struct diff_options *o = c->options;
    struct golden_file f;
    char path[4096];
    int code = DIFF_EXIT_USAGE;
    snprintf(path, sizeof path, "%s/%s.golden", folder, backend->name);
    if (golden_file_read(&f, path) == 0) {
        struct golden_tally *t = golden_tally_new(o->backends, o->backend_count);
        streams_begin(f.seed);
        compare_all(c, &f, backend, t);
        code = golden_tally_say(t, &f, backend) ? DIFF_EXIT_FOUND : DIFF_EXIT_FINE;
        size_t left = o->only || o->kind || o->shards > 1 ? 0 : gone(&f);
        if (left) {
            printf("  %zu of those that were kept are no bases any more\n", left);
            code = DIFF_EXIT_FOUND;
        }
    }
    golden_file_free(&f);
    return code;
}

static int check(const struct choice *c)
{
    const struct diff_options *o = c->options;
    char folder[4000];
    int worst = DIFF_EXIT_FINE;
    snprintf(folder, sizeof folder, "%s/golden", diff_data());
    for (unsigned i = 0; i < o->backend_count; i++) {
        int code = check_backend(c, o->word_count ? o->words[0] : folder, &o->backends[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

/* ---- the command ---- */

static int golden(struct diff_options *o)
{
    struct diff_suite suite;
    char why[256];
    if (o->check ? o->word_count > 1 || o->out : o->word_count || !o->out)
        return diff_failed("--out DIR keeps transcripts, --check [DIR] compares");
    o->seed = o->seed ? o->seed : 1;
    o->mutations = o->corpus_mutations = 0;
    o->corpora = NULL;
    streams_begin(o->seed);
    if (diff_options_backends(o))
        return DIFF_EXIT_USAGE;
    if (seeded_libraries(why, sizeof why))
        return diff_failed("%s", why);
    int code = DIFF_EXIT_USAGE;
    if (diff_options_suite(o, &suite) == 0) {
        struct choice c;
        choose(&c, o, &suite);
        code = o->check ? check(&c) : record(&c);
        free(c.bases);
    }
    diff_suite_free(&suite);
    return code;
}

const struct diff_command diff_golden_command = {
    .name = "golden",
    .run = golden,
    .usage = "golden {--out DIR | --check} [OPTION]... [DIR]",
};
