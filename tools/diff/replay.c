/* SPDX-License-Identifier: MIT
 *
 * Replay: the bytes of one peer's first flight, fed to the other role.  It needs no randomness to be the
 * same, and never gets past the peer's first answer. */
#include <config.h>

#include "tools/diff/drive.h"
#include "tools/diff/features.h"
#include "tools/diff/mutate.h"

/* The base after the operations of the seed. */
static int mutated(struct diff_case *c)
{
    const struct diff_stimulus *from = &c->base->stimulus;
    struct diff_stream s = {0};
    struct diff_bytes out = {0};

    diff_parse(&s, from->role == DIFF_ACCEPT, from->bytes, from->len);
    diff_mutate(&s, c->seed, &out, c->ops, sizeof c->ops);
    c->stimulus.role = from->role;
    int failed = diff_stimulus_add(&c->stimulus, out.ptr, out.len);
    diff_stream_free(&s);
    diff_bytes_free(&out);
    return failed;
}

static int prepare(struct diff_case *c)
{
    struct diff_stream s = {0};

    if (c->seed ? mutated(c) : diff_stimulus_copy(&c->stimulus, &c->base->stimulus))
        return -1;
    diff_parse(&s, c->stimulus.role == DIFF_ACCEPT, c->stimulus.bytes, c->stimulus.len);
    c->feature_count = diff_features(&s, c->ops, c->features, DIFF_FEATURES_MAX);
    diff_stream_free(&s);
    return 0;
}

/* Whole, and one other way that the case's id chooses; a base as it stands in every way, and twice. */
static void observe(const struct diff_case *c, const struct diff_backend *backend, unsigned which,
                    struct diff_observation *out)
{
    const struct diff_profile *profile = diff_profile_find(c->base->profile);
    uint64_t choice = diff_hash(0, c->id, 12);
    unsigned ways = 1u << (1 + choice % (DIFF_DELIVERIES - 1));
    (void)backend;
    if (!c->seed)
        ways = (1u << DIFF_DELIVERIES) - 1;
    diff_drive_all(diff_credential(profile, c->stimulus.role, which), profile, &c->stimulus, ways, choice,
                   out);
}

const struct diff_kind diff_replay = {
    .name = "replay",
    .prepare = prepare,
    .observe = observe,
    .begin = diff_profiles_begin,
    .end = diff_profiles_end,
};
