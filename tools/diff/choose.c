/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/choose.h"

#include "tools/diff/random.h"

#include <stdlib.h>
#include <string.h>

struct ids { /* of the cases of one base */
    uint64_t *of;
    size_t count;
};

/* Is there such a case, and is it none of those before it? */
static int is_new(struct ids *ids, const struct diff_base *base, uint64_t seed)
{
    struct diff_case c;
    int made = diff_case_sketch(&c, base, seed, 1) == 0;
    uint64_t id = strtoull(c.id, NULL, 16);
    diff_case_free(&c);
    for (size_t i = 0; made && i < ids->count; i++)
        if (ids->of[i] == id)
            return 0;
    if (made)
        ids->of[ids->count++] = id;
    return made;
}

static void shuffle(uint32_t *order, size_t count, uint64_t seed)
{
    struct diff_random random = {seed};
    for (size_t i = count; i > 1; i--) {
        size_t other = diff_random_below(&random, (uint32_t)i);
        uint32_t held = order[i - 1];
        order[i - 1] = order[other];
        order[other] = held;
    }
}

/* The cases first .. end - 1 are those of one base: none is made where none is asked for. */
static size_t choose_of(const struct diff_options *o, const struct diff_suite *suite, size_t first,
                        size_t end, struct ids *ids, uint32_t *order)
{
    size_t count = 0, last = first;
    uint64_t seed;
    for (size_t i = first; i < end; i++) {
        const struct diff_base *base = diff_suite_at(suite, i, &seed);
        if (diff_options_want(o, base, seed))
            last = i + 1;
    }
    ids->count = 0;
    for (size_t i = first; i < last; i++) {
        const struct diff_base *base = diff_suite_at(suite, i, &seed);
        if (is_new(ids, base, seed) && diff_options_want(o, base, seed))
            order[count++] = (uint32_t)i;
    }
    return count;
}

uint32_t *diff_choose(const struct diff_options *o, const struct diff_suite *suite, size_t *count)
{
    uint32_t *order = malloc((suite->cases + 1) * sizeof *order);
    struct ids ids = {.of = malloc((suite->cases + 1) * sizeof *ids.of)};
    uint64_t seed;
    *count = 0;
    for (size_t first = 0, end; order && ids.of && first < suite->cases; first = end) {
        const struct diff_base *base = diff_suite_at(suite, first, &seed);
        for (end = first + 1; end < suite->cases && diff_suite_at(suite, end, &seed) == base; end++)
            continue;
        *count += choose_of(o, suite, first, end, &ids, order + *count);
    }
    if (order && ids.of && o->shuffle)
        shuffle(order, *count, o->shuffle);
    if (!ids.of) {
        free(order);
        order = NULL;
    }
    free(ids.of);
    return order;
}
