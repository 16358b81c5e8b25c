/* SPDX-License-Identifier: MIT
 *
 * Changes of inputs: they know the form and the grammar, and need no provider. */
#include <config.h>

#include "tools/diff/guide/guide.h"
#include "tools/diff/mutate.h"
#include "tools/diff/random.h"

#include <string.h>

/* 0: it does not fit. */
static size_t by_grammar(uint8_t *bytes, size_t len, size_t most, unsigned seed)
{
    char ops[DIFF_OPS_MAX];
    struct diff_stream s = {0};
    struct diff_bytes out = {0};
    size_t made = 0;
    diff_parse(&s, !(bytes[0] & GUIDE_INITIALIZE), bytes + 1, len - 1);
    if (diff_mutate(&s, seed, &out, ops, sizeof ops) > 0 && out.len < most) {
        if (out.len)
            memcpy(bytes + 1, out.ptr, out.len);
        made = 1 + out.len;
    }
    diff_stream_free(&s);
    diff_bytes_free(&out);
    return made;
}

size_t guide_mutate(uint8_t *bytes, size_t len, size_t most, unsigned seed,
                    size_t (*plain)(uint8_t *, size_t, size_t))
{
    struct diff_random random = diff_random_of(seed, 0x6775696465u);
    unsigned choice = diff_random_below(&random, 16);
    size_t made = 0;
    if (len < 2 || most < 2)
        return plain ? plain(bytes, len, most) : len;
    if (choice == 0) { /* profile or delivery; another role would make nonsense of the flight */
        bytes[0] = (uint8_t)((bytes[0] & GUIDE_INITIALIZE) | diff_random_below(&random, GUIDE_INITIALIZE));
        return len;
    }
    if (choice < 10 || !plain)
        made = by_grammar(bytes, len, most, seed);
    return made ? made : plain ? 1 + plain(bytes + 1, len - 1, most - 1) : len;
}
