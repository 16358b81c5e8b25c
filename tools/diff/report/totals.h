/* SPDX-License-Identifier: MIT
 *
 * tools/diff/report/totals.h -- what a run comes to: the summary, computed from its cases. */
#ifndef DIFF_REPORT_TOTALS_H
#define DIFF_REPORT_TOTALS_H

#include "tools/diff/report/run.h"

struct totals {
    json_t *verdicts, *rules; /* name -> count */
    long long cases, unexplained, invariants;
};
int totals_begin(struct totals *); /* -1: no memory */
void totals_add(struct totals *, const struct run_case *);
/* A counter among others; a key that is not there yet stands for 0. */
void totals_count(json_t *counters, const char *key, long long by);
void totals_end(struct totals *);

#endif
