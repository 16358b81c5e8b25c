/* SPDX-License-Identifier: MIT
 *
 * tools/diff/rules.h -- known divergences and their reasons.  A rule names what a stimulus is (tokens of
 * features.h), what each backend makes of it, why, and who says so; doc/diff.md has the format.  It never
 * names a case. */
#ifndef DIFF_RULES_H
#define DIFF_RULES_H

#include "tools/diff/verdict.h"

#include <stddef.h>

struct rules;

/* What a rule is held against. */
struct rules_case {
    const char *const *features; /* sorted by strcmp */
    size_t feature_count;
    const struct diff_backend *backends; /* result->count of them */
    const struct diff_result *result;
};

/* The rules of a file, or of all *.rules of a folder in the order of their names.  NULL, and "file:line:
 * why". */
struct rules *rules_load(const char *path, char *why, size_t size);
/* The same of text; `name` stands for the file in messages.  */
struct rules *rules_parse(const char *name, const char *text, char *why, size_t size);
void rules_free(struct rules *);

/* The first rule in order that explains the case; -1: none does.  Rules are immutable: any process may ask.
 */
int rules_match(const struct rules *, const struct rules_case *);

unsigned rules_count(const struct rules *);
const char *rules_name(const struct rules *, unsigned);  /* "wolfssl-silent-duplicate-extension" */
int rules_named(const struct rules *, const char *name); /* -1: no such rule */
const char *rules_why(const struct rules *, unsigned);
const char *rules_ref(const struct rules *, unsigned);
const char *rules_place(const struct rules *, unsigned); /* "known.rules:12" */
/* 1: its cases are among the corpora alone, so without them it is not stale. */
int rules_needs_corpora(const struct rules *, unsigned);
/* 0: its `on:` does not hold for these, so it cannot be stale. */
int rules_applies(const struct rules *, unsigned, const struct diff_backend *, unsigned count);

/* The version of the TLS library that the rules speak of; NULL: none is pinned for this backend. */
const char *rules_pinned(const struct rules *, const char *backend);
/* 1: all are pinned, no two the same: rules can be held against what they do. */
int rules_hold(const struct rules *, const struct diff_backend *, unsigned count);
/* 1: and one is of another version: what is new is drift, and no failure. */
int rules_other_versions(const struct rules *, const struct diff_backend *, unsigned count);

/* <0, 0, >0 as far as `wanted` has components: "3.0.22" is 3.0, and is below 3.1. */
int rules_version_compare(const char *have, const char *wanted);

/* Is the word of `len` octets among the words of `text`, which blanks part? */
int rules_word_in(const char *word, size_t len, const char *text);

#endif
