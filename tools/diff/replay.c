/* SPDX-License-Identifier: MIT
 *
 * Replay: the bytes of one peer's first flight, fed to the other role.  It needs no randomness to be the
 * same, and never gets past the peer's first answer. */
#include <config.h>

#include "tools/diff/drive.h"
#include "tools/diff/features.h"
#include "tools/diff/mutate.h"

/* The base after the operations of the seed, as one token; -1 where nothing can be changed. */
static int mutated(struct diff_case *c)
{
    const struct diff_stimulus *from = &c->base->stimulus;
    struct diff_stream s = {0};
    struct diff_bytes out = {0};

    diff_parse(&s, from->role == DIFF_ACCEPT, from->bytes, from->len);
    int changed = c->seed == DIFF_SEED_GIVEN ? diff_apply(&s, c->ops, &out)
                                             : diff_mutate(&s, c->seed, &out, c->ops, sizeof c->ops);
    int failed =
        changed <= 0 || diff_stimulus_add(&c->stimulus, out.ptr, out.len) || diff_stimulus_cut(&c->stimulus);
    c->stimulus.role = from->role;
    diff_stream_free(&s);
    diff_bytes_free(&out);
    return failed;
}

static int prepare(struct diff_case *c)
{
    struct diff_stream s = {0};

    if (c->seed ? mutated(c) : diff_stimulus_copy(&c->stimulus, &c->base->stimulus))
        return -1;
    if (c->bare)
        return 0;
    diff_parse(&s, c->stimulus.role == DIFF_ACCEPT, c->stimulus.bytes, c->stimulus.len);
    c->feature_count = diff_features(&s, c->ops, c->features, DIFF_FEATURES_MAX);
    diff_stream_free(&s);
    return 0;
}

/* I5: what no peer may notice leaves the answer as it was. */
static void compare_with_base(const struct diff_case *c, CredHandle *credential,
                              const struct diff_profile *profile, struct diff_observation *out)
{
    struct diff_observation plain;
    diff_drive(credential, profile, &c->base->stimulus, DIFF_WHOLE, 0, &plain);
    if (plain.state != out->state)
        diff_broken(out, DIFF_I5, "state: %s without", diff_state_name(plain.state));
    else if (plain.status != out->status || plain.alert_level != out->alert_level ||
             plain.alert != out->alert)
        diff_broken(out, DIFF_I5, "0x%08x and alert %u without", (unsigned)plain.status, plain.alert);
}

/* Whole, and one other way that the case's id chooses; a base as it stands in every way, and twice. */
static void observe(const struct diff_case *c, const struct diff_backend *backend, unsigned which,
                    struct diff_observation *out)
{
    const struct diff_profile *profile = diff_profile_find(c->base->profile);
    CredHandle *credential = diff_credential(profile, c->stimulus.role, which);
    uint64_t choice = diff_hash(0, c->id, 12);
    unsigned ways = 1u << (1 + choice % (DIFF_DELIVERIES - 1));
    (void)backend;
    if (!c->seed)
        ways = (1u << DIFF_DELIVERIES) - 1;
    diff_drive_all(credential, profile, &c->stimulus, ways, c->seed ? choice : 0, out);
    if (diff_ops_neutral(c->ops))
        compare_with_base(c, credential, profile, out);
}

const struct diff_kind diff_replay = {
    .name = "replay",
    .prepare = prepare,
    .observe = observe,
    .begin = diff_profiles_begin,
};
