/* SPDX-License-Identifier: MIT
 *
 * core/account-pattern.h -- the patterns of the account map: POSIX extended regular expressions, cut down to
 * what can be told at sight and matched in bounded time, always against the whole name. */
#ifndef CORE_ACCOUNT_PATTERN_H
#define CORE_ACCOUNT_PATTERN_H

#include <regex.h>
#include <stddef.h>

enum { PATTERN_GROUPS = 9, PATTERN_DEPTH = 4, PATTERN_REPEAT = 64 };
enum { PATTERN_BAD = -1, PATTERN_MEMORY = -2 };

struct pattern {
    regex_t regex;
    unsigned groups;
    int made;
};
struct pattern_span {
    size_t start, end;
};
struct pattern_match {
    struct pattern_span group[PATTERN_GROUPS + 1]; /* [1]..; one that took no part is empty */
};

/* Refused: references to groups (\1), letters after a backslash, repetitions of a group or of a repetition,
 * counts over PATTERN_REPEAT in all, bytes outside ASCII in brackets or repeated.  0, PATTERN_BAD with a
 * reason in *why, PATTERN_MEMORY. */
int pattern_read(struct pattern *, const char *text, char *why, size_t why_size);
/* Does it match the whole of `value`?  The C locale's bytes, whatever the program's. */
int pattern_match(const struct pattern *, const char *value, struct pattern_match *);
void pattern_free(struct pattern *);

#endif
