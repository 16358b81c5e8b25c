/* SPDX-License-Identifier: MIT
 *
 * tools/diff/secret/ideas.h -- what is worth doing to protected records, as texts of operations with gaps. */
#ifndef DIFF_SECRET_IDEAS_H
#define DIFF_SECRET_IDEAS_H

#include "tools/diff/random.h"

#include <stddef.h>

enum idea_where {                  /* of an idea: where it makes sense; of a setting: what it is */
                  IDEA_0 = 1 << 0, /* batches */
                  IDEA_1 = 1 << 1,
                  IDEA_2 = 1 << 2,
                  IDEA_12 = 1 << 3,
                  IDEA_13 = 1 << 4,
                  IDEA_SERVER = 1 << 5, /* the peer is one */
                  IDEA_CLIENT = 1 << 6,
                  IDEA_MUTUAL = 1 << 7, /* clients have certificates */
                  IDEA_ALONE = 1 << 8
};
struct idea_places { /* numbers of messages of a batch; -1: it has none */
    int certificate, verify, finished;
    unsigned records;
};

/* One that fits, its gaps filled: "at.sealed 0; hs.drop 2; seal.finish". */
void idea_make(unsigned setting, const struct idea_places at[3], struct diff_random *, char *out,
               size_t size);
/* Every idea's text, by index; NULL behind the last. */
const char *idea_text(unsigned index, unsigned *where);

#endif
