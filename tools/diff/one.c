/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/one.h"
#include "tools/diff/tst.h"
#include "tools/diff/profile.h"

#include <stdlib.h>
#include <string.h>

/* ---- which ---- */

static int is_id(const char *word)
{
    return strlen(word) == 12 && strspn(word, "0123456789abcdef") == 12;
}

static int is_file(const char *word)
{
    size_t len = strlen(word);
    return len > 4 && strcmp(word + len - 4, ".tst") == 0;
}

/* An id is looked for among all cases of the suite; a live pair need not be one of them. */
static int find(struct diff_suite *suite, const char *word, const char *ops, struct diff_case *c)
{
    uint64_t seed;
    const struct diff_base *base = diff_suite_named(suite, word, &seed);
    if (!base)
        base = diff_live_named(suite, word);
    if (base)
        return ops ? diff_case_given(c, base, ops) : diff_case_make(c, base, seed);
    for (size_t i = 0; is_id(word) && i < suite->cases; i++) {
        base = diff_suite_at(suite, i, &seed);
        if (diff_case_make(c, base, seed) == 0 && strcmp(c->id, word) == 0)
            return 0;
        diff_case_free(c);
    }
    return -1;
}

static int open_file(const char *path, struct diff_one *one)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *twice;
    char base[DIFF_NAME_MAX], why[512];
    size_t len;
    char *text = diff_file_read(path, &len);
    if (!text)
        return diff_failed("%s: cannot be read", path);
    snprintf(base, sizeof base, "file/%.*s", (int)(strlen(name) - 4 > 120 ? 120 : strlen(name) - 4), name);
    for (char *at = base; *at; at++) /* it is written into notes and comments */
        *at = (char)(*at > ' ' && *at < 127 && *at != '*' ? *at : '_');
    int failed = diff_seed_read(&one->suite, base, path, text, why, sizeof why);
    free(text);
    if (failed)
        return diff_failed("%s", why);
    if (diff_suite_settle(&one->suite, &twice) || diff_case_make(&one->c, one->suite.bases[0], 0))
        return diff_failed("%s: no memory", path);
    return 0;
}

int diff_one_open(struct diff_options *o, int run, struct diff_one *one)
{
    char why[512];
    memset(one, 0, sizeof *one);
    if (o->word_count != 1)
        return diff_failed("one case is to be named");
    if (run && diff_options_backends(o))
        return DIFF_EXIT_USAGE;
    if (is_file(o->words[0])) {
        if (open_file(o->words[0], one))
            return DIFF_EXIT_USAGE;
    } else {
        if (diff_options_suite(o, &one->suite))
            return DIFF_EXIT_USAGE;
        if (find(&one->suite, o->words[0], o->ops, &one->c))
            return diff_failed("%s: no such case", o->words[0]);
    }
    const struct diff_kind *kind = one->c.base->kind;
    if (run && kind->begin && kind->begin(o->backends, o->backend_count, why, sizeof why))
        return diff_failed("%s", why);
    return 0;
}

void diff_one_close(struct diff_one *one)
{
    if (one->c.base && one->c.base->kind->end)
        one->c.base->kind->end();
    diff_case_free(&one->c);
    diff_suite_free(&one->suite);
}

/* ---- shown ---- */

void diff_one_print(const struct diff_case *c)
{
    printf("%s  %s  %s  profile %s\n", c->id, c->name, c->base->kind->name,
           c->base->profile ? c->base->profile : "common");
    if (c->ops[0])
        printf("operations: %s\n", c->ops);
    for (size_t i = 0; i < c->feature_count; i++)
        printf("%s%s%s", i ? " " : "features: ", c->features[i], i + 1 == c->feature_count ? "\n" : "");
}

void diff_one_stimulus(FILE *out, const struct diff_case *c, const char *note)
{
    if (c->base->kind == &diff_chain)
        fputs("kind: chain\n", out);
    diff_stimulus_print(out, &c->stimulus, c->base->profile, note);
}

void diff_result_print(const struct diff_result *r, const struct diff_backend *backends)
{
    for (unsigned i = 0; i < r->count; i++) {
        const struct diff_observation *o = &r->of[i];
        if (o->end != DIFF_FINE) {
            printf("  %-12s %s (signal %u)\n", backends[i].label, diff_end_name(o->end), o->signal);
            continue;
        }
        printf("  %-12s %-6s 0x%08x  alert %u/%s  consumed %u of %u  missing %u  flags 0x%x  %u us\n",
               backends[i].label, diff_state_name(o->state), (unsigned)o->status, o->alert,
               diff_class_name(o->alert_class), o->consumed, o->fed, o->missing, o->granted, o->us);
        printf("  %-12s [%s]%s%s\n", "", o->reply, o->attributes[0] ? " " : "", o->attributes);
        if (o->plain_length)
            printf("  %-12s %u octets of plaintext\n", "", o->plain_length);
        if (o->broken)
            printf("  %-12s broken 0x%x: %s\n", "", o->broken, o->why);
    }
    printf("%s%s\n", diff_verdict_name(r->verdict), r->gated ? ", to be explained" : "");
}

/* ---- written ---- */

static int close_file(FILE *file, const char *name)
{
    int failed = !file || ferror(file);
    if (file)
        failed |= fclose(file) != 0;
    return failed ? diff_failed("%s: cannot be written", name) : 0;
}

int diff_one_write(const struct diff_options *o, const struct diff_case *c, const struct diff_result *r,
                   const char *note)
{
    int code = 0;
    if (o->out) {
        FILE *file = fopen(o->out, "w");
        if (file)
            diff_one_stimulus(file, c, note);
        code = close_file(file, o->out);
    }
    if (!code && o->program) {
        FILE *file = fopen(o->program, "w");
        if (file)
            (c->base->kind == &diff_chain ? diff_program_chain : diff_program_print)(file, c, r, o->backends);
        code = close_file(file, o->program);
    }
    return code;
}
