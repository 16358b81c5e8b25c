/* SPDX-License-Identifier: MIT
 *
 * tools/diff/report/drift.h -- two runs of the same cases with other versions of the libraries: what each
 * library does otherwise, gathered by what changed, and what that did to the divergences between them. */
#ifndef DIFF_REPORT_DRIFT_H
#define DIFF_REPORT_DRIFT_H

#include "tools/diff/report/run.h"

/* 1, or 0: not of the same backends and profile, with `why` of the second. */
int drift_comparable(struct run *old, struct run *new);
/* Groups, or with a name or an id one case of both.  0: no case came out differently, 1: some did, -1: `why`.
 */
int drift_print(struct run *old, struct run *new, int all, FILE *);
int drift_show(struct run *old, struct run *new, const char *word, FILE *);

/* ---- what was gathered (drift-cases.c) ---- */
/* What a caller sees of one backend, the gravest first. */
enum drift_part {
    DRIFT_STATE,
    DRIFT_ALERT,
    DRIFT_STATUS,
    DRIFT_ATTRIBUTES,
    DRIFT_CONSUMED,
    DRIFT_MESSAGES,
    DRIFT_PARTS
};

struct drift {
    struct run *old, *new;
    json_t *before;   /* id -> [verdict, rule, gated, what each backend did...] */
    json_t *features; /* word -> how many of the common cases have it */
    /* "what changed" -> {cases, features, name, kind}, of each backend by the gravest part that changed */
    json_t *groups[RUN_BACKENDS_MAX][DRIFT_PARTS];
    long long moved[RUN_BACKENDS_MAX]; /* cases in which a backend does otherwise */
    json_t *rules[2]; /* "[rule]", "unexplained VERDICT" -> cases that need a reason, then and now */
    json_t *judged;   /* as groups: every backend does the same, and the verdict is another */
    json_t *open;     /* as groups: unexplained now */
    long long common, changed, gated[2];
};
/* 0, or -1 with `why` of one of the runs. */
int drift_gather(struct drift *, struct run *old, struct run *new);
void drift_free(struct drift *);

#endif
