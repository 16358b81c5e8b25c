/* SPDX-License-Identifier: MIT
 *
 * tools/diff/report/totals.h -- what a run comes to: the summary, computed from its cases. */
#ifndef DIFF_REPORT_TOTALS_H
#define DIFF_REPORT_TOTALS_H

#include "tools/diff/report/run.h"

struct totals {
    json_t *verdicts, *rules; /* name -> count */
    long long cases, unexplained, grave;
};
int totals_begin(struct totals *); /* -1: no memory */
void totals_add(struct totals *, const struct run *, const struct run_case *);
/* A counter among others; a key that is not there yet stands for 0. */
void totals_count(json_t *counters, const char *key, long long by);
void totals_end(struct totals *);

struct totals_counter {
    const char *name;
    json_t *value;
    long long count;
};
/* The members of an object with their counts (its own, or its member `key`), largest first; malloc'ed.  NULL:
 * no memory. */
struct totals_counter *totals_sorted(json_t *, const char *key, size_t *count);

#endif
