/* SPDX-License-Identifier: MIT
 *
 * tools/diff/worker.h -- the fork server: cases run in children, 64 in each, so that one that crashes, hangs
 * or eats memory is a finding and takes nothing with it.  What differs is run again, alone in a fresh child:
 * where that comes out otherwise, the verdict depends on what ran before (I3).  The parent never runs a case.
 */
#ifndef DIFF_WORKER_H
#define DIFF_WORKER_H

#include "tools/diff/options.h"

enum { DIFF_RULE_NAME = 80, DIFF_REPLY_SHOWN = 32 };

struct diff_report {                     /* of one case, to the parent */
    uint32_t place;                      /* in the plan's order */
    uint32_t length;                     /* of the line behind it */
    uint8_t verdict, gated, count, lost; /* lost: there is no such case */
    uint8_t fell;                        /* a backend crashed or did not end */
    uint16_t broken[DIFF_BACKENDS_MAX];
    uint64_t digest[DIFF_BACKENDS_MAX]; /* of what is compared */
    int32_t status[DIFF_BACKENDS_MAX];  /* for those who ask how it was the first time */
    uint8_t state[DIFF_BACKENDS_MAX], end[DIFF_BACKENDS_MAX];
    char reply[DIFF_BACKENDS_MAX][DIFF_REPLY_SHOWN];
    uint64_t likeness;         /* verdict.h */
    char rule[DIFF_RULE_NAME]; /* that explains it; "": none */
};

struct diff_plan {
    const struct diff_options *options;
    const struct diff_suite *suite;
    const uint32_t *order; /* numbers of cases, as they are run */
    size_t count;
    /* Names the rule that explains a result; NULL: none does.  Called in the children. */
    const char *(*explain)(const struct diff_case *, const struct diff_result *);
};

/* Called in the parent, for every case, in the order of their numbers.  `line` is the case's line of JSON. */
typedef void diff_sink(void *user, const struct diff_report *, const char *line);
/* Called now and then with how many are done. */
typedef void diff_tick(void *user, size_t done, size_t count);

/* 0, or -1 when nothing works (said on stderr). */
int diff_work(const struct diff_plan *, diff_sink *, diff_tick *, void *user);

/* What a child does: one case with every backend, judged and explained.  dead[i]: a signal that ended backend
 * i before (SIGPROF: no end), 0: run it.  now(arg, i) is called before backend i runs; NULL: nothing is. */
void diff_run_case(const struct diff_plan *, const struct diff_case *, const uint8_t dead[DIFF_BACKENDS_MAX],
                   void (*now)(void *, unsigned), void *arg, struct diff_result *);
/* The same in a child; another one goes on behind one that ends badly.  The result is judged.  0, or -1: no
 * child can be started. */
int diff_run_apart(const struct diff_options *, const struct diff_case *, struct diff_result *);
uint64_t diff_digest(const struct diff_observation *);
unsigned diff_processors(void); /* this process may use */
/* Limits of a child: processor seconds from now on, memory, no core files. */
void diff_limit(double seconds);
void diff_limit_memory(void);
/* What a child begins with: its limits, and randomness that follows from the seed of the run. */
void diff_in_child(const struct diff_options *);

#endif
