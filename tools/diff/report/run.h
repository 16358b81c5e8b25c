/* SPDX-License-Identifier: MIT
 *
 * tools/diff/report/run.h -- runs as JSON lines: a manifest, cases, a summary (schema.json). */
#ifndef DIFF_REPORT_RUN_H
#define DIFF_REPORT_RUN_H

#include <jansson.h>

#include <stddef.h>
#include <stdio.h>

enum { RUN_LINE_MAX = 4 << 20, RUN_BACKENDS_MAX = 8 };

/* A run that is being read, case by case. */
struct run {
    const char *path;
    FILE *in;
    char *line;
    size_t cap;
    unsigned long number; /* of the line */
    json_t *manifest;     /* owned, as are the next two */
    json_t *summary;      /* NULL until the end, and where the run broke off */
    json_t *current;
    const char *backend[RUN_BACKENDS_MAX]; /* their labels, in the manifest's order */
    unsigned backends;
    char why[400]; /* after -1 */
};

/* One case; everything is borrowed from the run until the next one is read. */
struct run_case {
    const char *id, *name, *kind, *verdict;
    const char *rule; /* NULL: none */
    int gated;
    json_t *json;
    json_t *seen[RUN_BACKENDS_MAX]; /* by backend; NULL: it took no part */
};

/* 0, or -1 with `why`.  "-" is stdin.  Close it, whatever was said. */
int run_open(struct run *, const char *path);
/* 1: a case; 0: the end; -1: not a run, with `why`. */
int run_next(struct run *, struct run_case *);
void run_close(struct run *);

/* Members of an object; "" and 0 where they are missing. */
const char *json_text(const json_t *, const char *key);
long long json_number(const json_t *, const char *key);

/* "accept/openssl" of "accept/openssl/0123~1f", "seed" of "seed/hello": what a line of TAP is about. */
void run_group(const struct run_case *, char *out, size_t size);
/* 1: it has to be explained, and is not. */
int run_unexplained(const struct run_case *);
/* 1: libraries of other versions than the rules are of: what is unexplained is drift, and no failure ... */
int run_drifts(const struct run *);
/* ... unless it is grave: an invariant is broken, or a backend crashed or did not end. */
int run_grave(const struct run *, const struct run_case *);
/* Rules that explained nothing, where that means anything: an array, or NULL. */
json_t *run_stale(const struct run *);
/* "openssl reject/parse/47, gnutls wait, ..." */
void run_tuple(const struct run *, const struct run_case *, char *out, size_t size);

#endif
