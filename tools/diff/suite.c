/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/suite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct diff_base *diff_suite_add(struct diff_suite *suite, const struct diff_kind *kind, const char *fmt, ...)
{
    char name[DIFF_NAME_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(name, sizeof name, fmt, args);
    va_end(args);
    if (suite->count == suite->cap) {
        size_t cap = suite->cap ? suite->cap * 2 : 64;
        struct diff_base **grown = realloc(suite->bases, cap * sizeof *grown);
        if (!grown)
            return NULL;
        suite->bases = grown;
        suite->cap = cap;
    }
    struct diff_base *base = calloc(1, sizeof *base);
    if (!base || !(base->name = strdup(name))) {
        free(base);
        return NULL;
    }
    base->kind = kind;
    suite->bases[suite->count++] = base;
    return base;
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct diff_base *const *)a)->name, (*(struct diff_base *const *)b)->name);
}

static void settle_content(struct diff_base *base)
{
    static const uint8_t none[32];
    if (memcmp(base->content, none, sizeof none) != 0)
        return;
    diff_sha256(base->stimulus.len ? base->stimulus.bytes : none, base->stimulus.len, base->content);
    base->content[0] ^= (uint8_t)base->stimulus.role;
}

int diff_suite_settle(struct diff_suite *suite, const char **twice)
{
    *twice = NULL;
    if (suite->count)
        qsort(suite->bases, suite->count, sizeof *suite->bases, by_name);
    free(suite->starts);
    suite->starts = calloc(suite->count + 1, sizeof *suite->starts);
    if (!suite->starts)
        return -1;
    suite->cases = 0;
    for (size_t i = 0; i < suite->count; i++) {
        if (i && strcmp(suite->bases[i - 1]->name, suite->bases[i]->name) == 0) {
            *twice = suite->bases[i]->name;
            return -1;
        }
        settle_content(suite->bases[i]);
        suite->starts[i] = suite->cases;
        suite->cases += 1 + (size_t)suite->bases[i]->mutations;
    }
    suite->starts[suite->count] = suite->cases;
    return 0;
}

void diff_suite_free(struct diff_suite *suite)
{
    for (size_t i = 0; i < suite->count; i++) {
        diff_stimulus_free(&suite->bases[i]->stimulus);
        free(suite->bases[i]->profile);
        free(suite->bases[i]->name);
        free(suite->bases[i]);
    }
    free(suite->bases);
    free(suite->starts);
    memset(suite, 0, sizeof *suite);
}

const struct diff_base *diff_suite_at(const struct diff_suite *suite, size_t at, uint64_t *seed)
{
    size_t low = 0, high = suite->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (suite->starts[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    *seed = at - suite->starts[low];
    return suite->bases[low];
}

const struct diff_base *diff_suite_named(const struct diff_suite *suite, const char *name, uint64_t *seed)
{
    char base[DIFF_NAME_MAX];
    const char *tilde = strrchr(name, '~');
    snprintf(base, sizeof base, "%.*s", tilde ? (int)(tilde - name) : (int)strlen(name), name);
    *seed = tilde ? strtoull(tilde + 1, NULL, 16) : 0;
    for (size_t i = 0; i < suite->count; i++)
        if (strcmp(suite->bases[i]->name, base) == 0)
            return suite->bases[i];
    return NULL;
}
