/* SPDX-License-Identifier: MIT
 *
 * tools/diff/report/report.h -- what is made of runs: subcommands of `sspi diff`.  argv[0] is the
 * subcommand's name; 0: done; 1: unexplained cases, drift; 2: used wrongly, or a file that is no run. */
#ifndef DIFF_REPORT_REPORT_H
#define DIFF_REPORT_REPORT_H

#include "tools/diff/report/run.h"

#include <stdio.h>

int diff_report(int argc, char **argv);  /* report --html FILE | --junit FILE | --tap RUN */
int diff_merge(int argc, char **argv);   /* merge RUN... */
int diff_drift(int argc, char **argv);   /* drift OLD NEW */
int diff_explain(int argc, char **argv); /* explain RUN: what the rules say of a run, without repeating it */

/* How a report is written; 0, or -1 with the run's `why`.  `drift`, where given, is an older run. */
int report_tap(struct run *, FILE *out);
int report_junit(struct run *, FILE *out);
int report_html(struct run *, struct run *drift, const char *rules, FILE *out);

/* "sspi diff NAME: ..." on stderr; returns 2. */
int report_failed(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The rules that are installed. */
const char *report_rules_path(void);

/* drift.c: {"changed": [[id, name, old verdict, new verdict, old tuple, new tuple]...], "from", "to", ...};
 * NULL: `why` of one of them. */
json_t *drift_between(struct run *old, struct run *new);

#endif
