/* SPDX-License-Identifier: MIT
 *
 * tools/diff/suite.h -- all bases of a run, in an order that depends on names alone, and the cases they give:
 * the place of a case in the suite says which it is. */
#ifndef DIFF_SUITE_H
#define DIFF_SUITE_H

#include "tools/diff/case.h"

struct diff_suite {
    struct diff_base **bases; /* sorted by name once diff_suite_settle was called */
    size_t count, cap;
    size_t *starts; /* the first case of each base */
    size_t cases;
    int corpora; /* they were there */
};

/* A new base in the suite, named, of this kind; NULL without memory.  Fill in the rest; `content` is made of
 * the stimulus unless it is set. */
struct diff_base *diff_suite_add(struct diff_suite *, const struct diff_kind *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Sorts, counts.  -1: two bases of one name (in *twice), or no memory (NULL). */
int diff_suite_settle(struct diff_suite *, const char **twice);
void diff_suite_free(struct diff_suite *);
/* Which base and seed is case number `at`? */
const struct diff_base *diff_suite_at(const struct diff_suite *, size_t at, uint64_t *seed);
/* "BASE" or "BASE~SEED", the seed one of the suite's or not; NULL: no such base. */
const struct diff_base *diff_suite_named(const struct diff_suite *, const char *name, uint64_t *seed);

/* Where bases come from.  0, or -1 with a word in `why`. */
int diff_seeds_load(struct diff_suite *, unsigned mutations, char *why, size_t size);
/* What guided mode has found, as it stands: each is a mutation already. */
int diff_guided_load(struct diff_suite *, char *why, size_t size);
/* What a stream may hold, and what its name may be made of. */
enum { DIFF_STREAM_MAX = 1 << 17 };
#define DIFF_STREAM_NAME "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-"
/* A text of the .tst form as a base.  -1: why says which line of `file`. */
int diff_seed_read(struct diff_suite *, const char *name, const char *file, const char *text, char *why,
                   size_t size);
/* The .tst files of a folder, or one of them, as stream/NAME. */
int diff_streams_load(struct diff_suite *, const char *path, unsigned mutations, char *why, size_t size);
/* Live pairs with every provider that is there as the peer (live.h). */
const struct diff_base *diff_live_named(struct diff_suite *, const char *name); /* NULL: no live pair */
int diff_live_load(struct diff_suite *, unsigned mutations, char *why, size_t size);
/* The streams of DIR/tls-streams.tar.xz. */
int diff_corpus_load(struct diff_suite *, const char *folder, unsigned mutations, char *why, size_t size);

#endif
