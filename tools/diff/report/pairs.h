/* SPDX-License-Identifier: MIT
 *
 * tools/diff/report/pairs.h -- the matrix of live pairs: client, server, family of stimuli, and what the pair
 * came to beside the other backends that met the same peer. */
#ifndef DIFF_REPORT_PAIRS_H
#define DIFF_REPORT_PAIRS_H

#include "tools/diff/report/run.h"

/* Counts a case into {"CLIENT SERVER": {FAMILY: {VERDICT: count}}}; cases without a peer are passed over. */
void pairs_add(json_t *pairs, const struct run *, const struct run_case *);
/* All that is compared of two backends: state, alert, status, attributes, reply. */
int pairs_alike(const json_t *, const json_t *);

#endif
