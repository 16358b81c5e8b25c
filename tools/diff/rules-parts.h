/* SPDX-License-Identifier: MIT
 *
 * tools/diff/rules-parts.h -- what a rule is made of; for rules*.c alone. */
#ifndef DIFF_RULES_PARTS_H
#define DIFF_RULES_PARTS_H

#include "tools/diff/rules.h"

enum {
    RULE_BACKENDS = 8,    /* that rules may speak of */
    RULE_TOKENS_MAX = 24, /* of one `when:` */
    RULE_WAYS_MAX = 16,   /* lines of `when:`, and of `see:` */
    RULE_ONS_MAX = 8,
    RULE_STATUSES_MAX = 4,
    RULE_KEYS_MAX = 12,
    RULES_MAX = 400,
    RULES_TEXT_MAX = 1 << 20
};
/* Beside enum diff_state, what ended otherwise. */
enum { SEEN_CRASH = DIFF_STATES, SEEN_HANG, SEEN_SKIP, SEEN_STATES };

struct rule_token {
    const char *text;
    size_t len;
    int absent, prefix;
};
struct rule_when {
    struct rule_token token[RULE_TOKENS_MAX];
    unsigned count;
};
/* What is seen of one backend; a mask of 0 stands for any. */
struct rule_seen {
    unsigned states, classes;
    uint32_t status[RULE_STATUSES_MAX];
    unsigned status_count;
};
struct rule_see {
    struct rule_seen of[RULE_BACKENDS];
};
struct rule_on {
    unsigned backend;
    const char *version;
    char op[3];
};
struct rule {
    const char *name, *why, *ref;
    char place[120];
    unsigned line;
    unsigned verdicts; /* bits of enum diff_verdict */
    struct rule_when when[RULE_WAYS_MAX];
    struct rule_see see[RULE_WAYS_MAX];
    struct rule_on on[RULE_ONS_MAX];
    unsigned when_count, see_count, on_count;
    unsigned breaks[RULE_BACKENDS]; /* enum diff_invariant bits */
    int has_breaks;
    const char *differs[RULE_KEYS_MAX]; /* keys of attributes */
    unsigned differs_count;
    int corpora;
};
struct rules {
    struct {
        const char *name, *version;
    } pinned[RULE_BACKENDS];
    unsigned pinned_count;
    struct rule **rule;
    unsigned count;
    char **text; /* what all the strings point into */
    unsigned text_count;
};

/* The index among the pinned, or -1. */
int rules_backend(const struct rules *, const char *name, size_t len);
/* rules-check.c: 0, or -1 with the reason why a whole rule is refused. */
int rule_check(const struct rule *, char *why, size_t size);
/* A token that a `when:` may hold: 0, or -1. */
int rule_token_check(const struct rule_token *, char *why, size_t size);

#endif
