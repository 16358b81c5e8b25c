/* SPDX-License-Identifier: MIT
 *
 * tools/diff/gate.h -- what a run comes to: the rules that explain its cases, how often each was used, and
 * the exit code. */
#ifndef DIFF_GATE_H
#define DIFF_GATE_H

#include "tools/diff/rules.h"
#include "tools/diff/worker.h"

struct gate {
    const struct diff_options *options;
    struct rules *rules; /* NULL: --rules none */
    unsigned long *used;
    int corpora;
    unsigned long unexplained, grave;       /* grave: no other version of a library excuses them */
    unsigned long broken, broken_explained; /* invariants, each of one backend in one case */
};

/* Loads the rules, before children are forked.  0, or -1, said on stderr. */
int gate_open(struct gate *, const struct diff_options *, const struct diff_suite *);
/* diff_plan.explain, of the gate that was opened last. */
const char *gate_explain(const struct diff_case *, const struct diff_result *);
void gate_count(struct gate *, const struct diff_report *);
/* How many invariants are broken, and whether rules explain that: "2 broken invariants, both explained". */
void gate_broken(const struct gate *, char *out, size_t size);
/* The members "broken", "grave", "stale" and "rules" of a summary, each with a comma before it. */
void gate_json(const struct gate *, FILE *);
/* Says which rules are stale, and whether this is drift; DIFF_EXIT_FINE or DIFF_EXIT_FOUND. */
int gate_close(struct gate *, FILE *say);

#endif
