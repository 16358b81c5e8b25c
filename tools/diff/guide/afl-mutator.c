/* SPDX-License-Identifier: MIT
 *
 * The grammar's changes for AFL++, beside its own: AFL_CUSTOM_MUTATOR_LIBRARY=.../afl-mutator.so afl-fuzz ...
 */
#include <config.h>

#include "tools/diff/guide/guide.h"
#include "tools/diff/random.h"

#include <stdlib.h>
#include <string.h>

struct mutator {
    struct diff_random random;
    uint8_t *bytes;
    size_t cap;
};

#define SHOWN __attribute__((visibility("default")))
void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *mutator, uint8_t *bytes, size_t len, uint8_t **out, uint8_t *other,
                       size_t other_len, size_t most);
void afl_custom_deinit(void *mutator);

SHOWN void *afl_custom_init(void *afl, unsigned seed)
{
    struct mutator *m = calloc(1, sizeof *m);
    (void)afl;
    if (m)
        m->random = diff_random_of(seed, 0x61666cu);
    return m;
}

SHOWN size_t afl_custom_fuzz(void *mutator, uint8_t *bytes, size_t len, uint8_t **out, uint8_t *other,
                             size_t other_len, size_t most)
{
    struct mutator *m = mutator;
    size_t room = len > GUIDE_MOST ? len : GUIDE_MOST;
    (void)other;
    (void)other_len;
    room = room < most ? room : most;
    len = len < room ? len : room;
    if (m->cap < room) {
        uint8_t *grown = realloc(m->bytes, room);
        if (!grown)
            return 0;
        m->bytes = grown;
        m->cap = room;
    }
    if (len)
        memcpy(m->bytes, bytes, len);
    *out = m->bytes;
    return guide_mutate(m->bytes, len, room, (unsigned)diff_random_next(&m->random), NULL);
}

SHOWN void afl_custom_deinit(void *mutator)
{
    struct mutator *m = mutator;
    free(m->bytes);
    free(m);
}
