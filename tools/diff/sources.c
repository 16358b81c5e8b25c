/* SPDX-License-Identifier: MIT
 *
 * Where the bases of a run come from. */
#include <config.h>

#include "tools/diff/options.h"

static int seeds(struct diff_suite *suite, const struct diff_options *o, char *why, size_t size)
{
    return diff_seeds_load(suite, o->mutations, why, size);
}

static int corpora(struct diff_suite *suite, const struct diff_options *o, char *why, size_t size)
{
    return o->corpora ? diff_corpus_load(suite, o->corpora, o->corpus_mutations, why, size) : 0;
}

diff_source *const diff_sources[] = {seeds, corpora, NULL};
