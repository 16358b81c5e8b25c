/* SPDX-License-Identifier: MIT
 *
 * tools/diff/choose.h -- which cases a run has: those that are asked for, each once.  Two seeds of a base may
 * lead to the same operations; the first of them is the case, in every shard and whatever is asked for. */
#ifndef DIFF_CHOOSE_H
#define DIFF_CHOOSE_H

#include "tools/diff/options.h"

/* Their numbers (suite.h), in order or shuffled; the caller frees them.  NULL: no memory. */
uint32_t *diff_choose(const struct diff_options *, const struct diff_suite *, size_t *count);

#endif
