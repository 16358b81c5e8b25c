/* SPDX-License-Identifier: MIT
 *
 * tools/diff/shrink.h -- the fewest of some pieces with which something still holds. */
#ifndef DIFF_SHRINK_H
#define DIFF_SHRINK_H

#include <stddef.h>
#include <stdint.h>

enum { DIFF_SHRINK_MAX = 512 };

struct diff_shrink {
    int (*holds)(void *user, const uint8_t *gone); /* without those */
    void *user;
    size_t count;
    uint8_t gone[DIFF_SHRINK_MAX];
    unsigned tries, tries_max;
};

/* All at once, halves, quarters, single ones, from the end; again until no single one can go.  How many went.
 */
size_t diff_shrink(struct diff_shrink *);

#endif
