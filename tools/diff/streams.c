/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/streams.h"

#include "tools/diff/observe.h"
#include "tools/diff/random.h"

#include <string.h>

enum { STREAMS = 64 };

static int on;
static uint64_t seed, place, step;
static struct stream {
    uint64_t whose; /* 0: nobody's yet */
    struct diff_random random;
} streams[STREAMS];

void streams_begin(uint64_t from)
{
    on = 1;
    seed = from;
    streams_at(0);
}

int streams_on(void)
{
    return on;
}

uint64_t streams_at(uint64_t next)
{
    uint64_t before = place;
    place = next;
    step = 0;
    memset(streams, 0, sizeof streams);
    return before;
}

void streams_step(void)
{
    step++;
    memset(streams, 0, sizeof streams);
}

static struct diff_random beginning(uint64_t whose)
{
    struct diff_random r = diff_random_of(seed, place);
    r = diff_random_of(diff_random_next(&r), step);
    return diff_random_of(diff_random_next(&r), whose);
}

void streams_fill(uint64_t library, void *to, size_t len)
{
    struct stream *s = streams;
    uint8_t *out = to;
    uint64_t whose = diff_hash(library, &len, sizeof len);
    while (s < streams + STREAMS - 1 && s->whose && s->whose != whose)
        s++;
    if (!s->whose) /* the last one is shared */
        *s = (struct stream){whose, beginning(whose)};
    while (len) {
        uint64_t word = diff_random_next(&s->random);
        size_t part = len < sizeof word ? len : sizeof word;
        for (size_t i = 0; i < part; i++, word >>= 8)
            *out++ = (uint8_t)word;
        len -= part;
    }
}
