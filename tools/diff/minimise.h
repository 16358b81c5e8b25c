/* SPDX-License-Identifier: MIT
 *
 * tools/diff/minimise.h -- the smallest stimulus of which something still holds: pieces are left out, the
 * large before the small, by the tree of the stream while that lasts (lengths follow), in the end octet by
 * octet. */
#ifndef DIFF_MINIMISE_H
#define DIFF_MINIMISE_H

#include "tools/diff/case.h"

enum { DIFF_TRIES = 400 };

struct diff_minimise {
    /* 1: what has to hold does of this one. */
    int (*holds)(void *user, const struct diff_stimulus *);
    /* Told what went: so many of the pieces, and the sizes before and after.  NULL: nobody is. */
    void (*removed)(void *user, const char *pieces, size_t gone, size_t of, size_t before, size_t after);
    void *user;
    unsigned tries_max;
    /* the rest zeroed */
    struct diff_stimulus best; /* owned here; diff_stimulus_free */
    unsigned tries;
    uint64_t *tried; /* hashes of what did not hold */
    size_t tried_count, tried_cap;
};

/* Starts from the stimulus of a case, of which it holds.  `ops`: what made it of `base`, so that an operation
 * is the first piece; those that stay are left in it.  NULL or "": none. */
void diff_minimise(struct diff_minimise *, const struct diff_stimulus *from, const struct diff_stimulus *base,
                   char ops[DIFF_OPS_MAX]);
void diff_minimise_free(struct diff_minimise *);

#endif
