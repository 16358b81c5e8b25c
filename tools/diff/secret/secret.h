/* SPDX-License-Identifier: MIT
 *
 * tools/diff/secret/secret.h -- the kind "secret": live pairs whose peer tells its secrets, and what stands
 * in the middle changes what is protected. */
#ifndef DIFF_SECRET_SECRET_H
#define DIFF_SECRET_SECRET_H

#include "tools/diff/live.h"
#include "tools/diff/suite.h"

enum secret_axis { SECRET_PEER, SECRET_ROLE, SECRET_VERSION, SECRET_SUITE, SECRET_CLIENT, SECRET_AXES };
struct secret_setting {
    uint8_t at[SECRET_AXES];
    struct live_setting live; /* what live_run asks for */
};
static inline int secret_tls13(const struct secret_setting *s)
{
    return s->at[SECRET_VERSION] == 1;
}

/* Of every provider that is there and has a key log; malloc'ed. */
struct secret_setting *secret_settings(size_t *count);
void secret_name(const struct secret_setting *, char *out, size_t size);
size_t secret_words(const struct secret_setting *, const char **out, size_t max);

/* Operations of a seed: "at.sealed 0; hs.drop 2; seal.finish". */
void secret_mutate(const struct secret_setting *, uint64_t seed, char *ops, size_t size);
/* Words of what the operations make of such a batch, and of these. */
size_t secret_stimulus_words(const struct secret_setting *, const char *ops, const char **out, size_t max);

/* The bases, each with so many mutations. */
int diff_secret_load(struct diff_suite *, unsigned mutations, char *why, size_t size);

#endif
