/* SPDX-License-Identifier: MIT
 *
 * tools/diff/one.h -- a case by itself: found by what a person names it,
 * shown and written as a seed and as a program. */
#ifndef DIFF_ONE_H
#define DIFF_ONE_H

#include "tools/diff/options.h"

struct diff_one {
    struct diff_suite suite;
    struct diff_case c;
};

/* The case that the only word of the options names: a name, an id, or a file of a seed, NAME.tst.  With `run`
 * the backends are there, and their credentials.  0, or what the process returns, said on stderr; close it
 * then too. */
int diff_one_open(struct diff_options *, int run, struct diff_one *);
void diff_one_close(struct diff_one *);

void diff_one_print(const struct diff_case *);
/* Its stimulus in the form of a seed. */
void diff_one_stimulus(FILE *, const struct diff_case *, const char *note);
void diff_result_print(const struct diff_result *, const struct diff_backend *);
/* Is a case the same as far as it is a finding: the verdict, and of each backend its end, state, classes of
 * alert and status, share of what was consumed, and invariants? */
int diff_same_result(const struct diff_result *, const struct diff_result *);
/* A program in C that feeds the stimulus to one provider, by the public functions alone. */
void diff_program_print(FILE *, const struct diff_case *, const struct diff_result *,
                        const struct diff_backend *);
void diff_program_chain(FILE *, const struct diff_case *, const struct diff_result *,
                        const struct diff_backend *);
/* Either into a file, where one is named.  0, or DIFF_EXIT_USAGE, said on stderr. */
int diff_one_write(const struct diff_options *, const struct diff_case *, const struct diff_result *,
                   const char *note);

#endif
