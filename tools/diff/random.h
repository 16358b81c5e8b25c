/* SPDX-License-Identifier: MIT
 *
 * tools/diff/random.h -- numbers that follow from a seed, the same on every machine (SplitMix64).  Not for
 * secrets. */
#ifndef DIFF_RANDOM_H
#define DIFF_RANDOM_H

#include <stdint.h>

struct diff_random {
    uint64_t state;
};

static inline uint64_t diff_random_next(struct diff_random *r)
{
    uint64_t z = r->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* A stream of its own for each pair of numbers, so that seed 1 of one base says nothing of seed 1 of another.
 */
static inline struct diff_random diff_random_of(uint64_t seed, uint64_t salt)
{
    struct diff_random r = {seed};
    r.state = diff_random_next(&r) ^ salt;
    (void)diff_random_next(&r);
    return r;
}

/* 0 to below - 1; 0 where below is 0.  The bias is below 2^-32 and the same everywhere. */
static inline uint32_t diff_random_below(struct diff_random *r, uint32_t below)
{
    return (uint32_t)((diff_random_next(r) >> 32) * below >> 32);
}

#endif
