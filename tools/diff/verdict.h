/* SPDX-License-Identifier: MIT
 *
 * tools/diff/verdict.h -- several observations of one case, compared.  The majority is never taken for truth:
 * what differs is a finding, whoever is right. */
#ifndef DIFF_VERDICT_H
#define DIFF_VERDICT_H

#include "tools/diff/case.h"

/* By severity, worst last. */
enum diff_verdict {
    DIFF_AGREE,
    DIFF_SKIP, /* no backend, or one alone, could take part */
    DIFF_OUTPUT_DIFF,
    DIFF_ALERT_DIFF,
    DIFF_STATUS_DIFF,
    DIFF_ATTR_DIFF,
    DIFF_STATE_DIFF,
    DIFF_NONDET,
    DIFF_ORDER_DEP,
    DIFF_CONSUME_DIFF,
    DIFF_INVARIANT,
    DIFF_HANG_FOUND,
    DIFF_CRASH_FOUND,
    DIFF_ACCEPT_DIFF, /* one finishes or releases plaintext, another rejects */
    DIFF_VERDICTS
};

enum diff_level {
    DIFF_L0,      /* everything, the status included */
    DIFF_L1,      /* state and alert */
    DIFF_L2,      /* state and class of the alert */
    DIFF_L3,      /* parse ~ negotiation */
    DIFF_L3_STAR, /* and no alert ~ any: what continuous integration asks */
    DIFF_L4,      /* state alone */
    DIFF_LEVELS
};

struct diff_result {
    enum diff_verdict verdict; /* the worst */
    int gated;                 /* 1: has to be explained at the level */
    unsigned count;
    struct diff_observation of[DIFF_BACKENDS_MAX];
    const char *rule; /* that explains it; NULL: none */
};

/* Fills verdict and gated from of[0..count-1]. */
void diff_judge(struct diff_result *, enum diff_level);
/* Do two observations agree at a level? */
int diff_agree(const struct diff_observation *, const struct diff_observation *, enum diff_level);
/* The same number for results that are one finding: of one verdict, and of each backend the state, the class
 * of the alert, the class of the status, the share that was consumed and the broken invariants. */
uint64_t diff_likeness(const struct diff_result *);
/* A class of statuses: those that say the same to a caller (SEC_E_ILLEGAL_MESSAGE, INVALID_TOKEN...). */
unsigned diff_status_class(int32_t status);

const char *diff_verdict_name(unsigned); /* "ACCEPT_DIFF" */
int diff_verdict_named(const char *);    /* -1: no such name */
int diff_level_named(const char *);      /* "L3*"; -1 */

#endif
