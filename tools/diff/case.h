/* SPDX-License-Identifier: MIT
 *
 * tools/diff/case.h -- the words of the engine.  A base is a named stimulus; a case is a base and a seed:
 * seed 0 is the base as it stands, any other stands for operations that follow from the base and the seed
 * alone.  Its name is BASE or BASE~SEED in hex; its id the first 12 hex digits of SHA-256 over profile, base
 * and operations. */
#ifndef DIFF_CASE_H
#define DIFF_CASE_H

#include "tools/diff/observe.h"

#include <stddef.h>
#include <stdint.h>

enum { DIFF_BACKENDS_MAX = 4, DIFF_OPS_MAX = 512, DIFF_FEATURES_MAX = 96, DIFF_NAME_MAX = 160 };
#define DIFF_PROFILE "common-1" /* the version of profile.c; part of every id */

enum diff_role { DIFF_ACCEPT, DIFF_INITIALIZE };

/* Bytes a peer sends, in tokens: token i ends at cuts[i].  Owned by whoever made it. */
struct diff_stimulus {
    enum diff_role role; /* of the backend */
    uint8_t *bytes;
    size_t len, cap;
    size_t *cuts;
    size_t cut_count;
};

struct diff_kind;

struct diff_base {
    char *name; /* "seed/openssl-tls13", "accept/openssl/0123..", "live/..", "limbo/.." */
    const struct diff_kind *kind;
    struct diff_stimulus stimulus; /* kinds without one: zeroed */
    char *profile;                 /* of profile.c, malloc'ed; NULL: "common" */
    const void *extra;             /* the kind's own; immutable */
    uint8_t content[32];           /* SHA-256 of what the base is made of */
    unsigned mutations;            /* seeds 1..mutations are cases of an ordinary run */
};

struct diff_case {
    const struct diff_base *base;
    uint64_t seed;
    struct diff_stimulus stimulus;           /* after the operations */
    char ops[DIFF_OPS_MAX];                  /* "ext.dup 13; rec.split 5"; "" with seed 0 */
    const char *features[DIFF_FEATURES_MAX]; /* sorted, static strings */
    size_t feature_count;
    int bare; /* the words need not be told */
    char name[DIFF_NAME_MAX + 20];
    char id[13];
};

struct diff_backend { /* profile.h */
    char name[40];    /* as given: a manifest's name, "openssl" */
    char label[56];   /* unique in a run: "openssl", or "openssl#2" the second time */
    char version[64]; /* of the TLS library */
    char package[64]; /* "Schannel:openssl" */
};

/* One sort of cases: a table of its own in a file of its own (replay.c, live.c, ...). */
struct diff_kind {
    const char *name; /* "replay", "live", "chain" */
    /* Fills stimulus, ops and features from base and seed alone.  0, or -1: no such case. */
    int (*prepare)(struct diff_case *);
    /* Runs the case with backend `which` of the run, in this process; `out` is zeroed before. */
    void (*observe)(const struct diff_case *, const struct diff_backend *, unsigned which,
                    struct diff_observation *out);
    /* Before the workers are forked: what every case needs (credentials).  0, or -1 with a word in `why`. */
    int (*begin)(const struct diff_backend *, unsigned count, char *why, size_t size);
    /* When the last case has run: processes of the kind.  NULL: it has none. */
    void (*end)(void);
};
extern const struct diff_kind diff_replay;

/* 0, or -1: no such case.  Free it with diff_case_free, whatever was said. */
int diff_case_make(struct diff_case *, const struct diff_base *, uint64_t seed);
/* The same; bare: for who asks for its operations and its id alone. */
int diff_case_sketch(struct diff_case *, const struct diff_base *, uint64_t seed, int bare);
/* The same with operations that somebody names, in the place of a seed's. */
#define DIFF_SEED_GIVEN (~(uint64_t)0)
int diff_case_given(struct diff_case *, const struct diff_base *, const char *ops);
void diff_case_free(struct diff_case *);
void diff_case_name(const struct diff_base *, uint64_t seed, char *out, size_t size);

/* Stimuli grow; 0, or -1 without memory.  `cut` ends a token behind what is there. */
int diff_stimulus_add(struct diff_stimulus *, const void *bytes, size_t len);
int diff_stimulus_cut(struct diff_stimulus *);
int diff_stimulus_copy(struct diff_stimulus *, const struct diff_stimulus *from);
void diff_stimulus_free(struct diff_stimulus *);

void diff_sha256(const void *bytes, size_t len, uint8_t out[32]);

#endif
