/* SPDX-License-Identifier: MIT
 *
 * The kind "live": one setting, one backend, one peer.  Seed 0 is the pair as it stands; other seeds change
 * one flight of the peer on its way. */
#include <config.h>

#include "tools/diff/live.h"

#include "tools/diff/features.h"
#include "tools/diff/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct diff_backend backends[DIFF_BACKENDS_MAX + 3]; /* the peers stand behind them */

/* ---- credentials, made when first needed: few of them are in any one process ---- */
struct key {
    uint8_t which, role, version, key, client, judge;
};
static struct kept {
    struct key key;
    CredHandle handle;
} * kept;
static size_t kept_count, kept_cap;

/* A copy: the list moves when it grows, and two are in use at a time.  0, or -1: there is none. */
static int credential(const struct live_setting *s, unsigned which, enum diff_role role, CredHandle *out)
{
    struct key key = {(uint8_t)which,  (uint8_t)role,      s->at[LIVE_VERSION],
                      s->at[LIVE_KEY], s->at[LIVE_CLIENT], s->at[LIVE_JUDGE]};

    for (size_t i = 0; i < kept_count; i++)
        if (memcmp(&kept[i].key, &key, sizeof key) == 0) {
            *out = kept[i].handle;
            return 0;
        }
    kept = diff_grow(kept, &kept_cap, kept_count + 1, sizeof *kept);
    if (diff_credential_make(&backends[which], &s->profile, role, &kept[kept_count].handle) != SEC_E_OK)
        return -1;
    kept[kept_count].key = key;
    *out = kept[kept_count++].handle;
    return 0;
}

static int begin(const struct diff_backend *given, unsigned count, char *why, size_t size)
{
    char unused[128];

    (void)why, (void)size;
    memcpy(backends, given, count * sizeof *given);
    for (unsigned i = 0; i < 3; i++) /* a peer that is not there has no settings, either */
        (void)diff_backend_make(&backends[DIFF_BACKENDS_MAX + i], live_peers[i], unused, sizeof unused);
    return 0;
}

/* ---- cases ---- */
static int prepare(struct diff_case *c)
{
    const struct live_setting *s = c->base->extra;

    c->stimulus.role = s->role;
    if (c->seed && c->seed != DIFF_SEED_GIVEN)
        live_mutate(s, c->seed, c->ops, sizeof c->ops);
    c->feature_count = live_words(s, c->features, DIFF_FEATURES_MAX);
    if (c->seed)
        c->feature_count += live_stimulus_words(s, c->ops, c->features + c->feature_count,
                                                DIFF_FEATURES_MAX - c->feature_count);
    c->feature_count = diff_words_settle(c->features, c->feature_count);
    return 0;
}

static void pass(void *arg, unsigned flight, struct diff_bytes *bytes)
{
    const struct diff_case *c = arg;
    live_apply(c->base->extra, c->ops, flight, bytes);
}

/* Sessions are resumed between two connections of credentials that nobody else has. */
static void resumed(const struct live_setting *s, unsigned which, unsigned peer, enum diff_role other,
                    const struct live_middle *middle, struct diff_observation *out)
{
    CredHandle ours, theirs;

    if (diff_credential_make(&backends[which], &s->profile, s->role, &ours) != SEC_E_OK) {
        out->end = DIFF_SKIPPED;
        return;
    }
    if (diff_credential_make(&backends[peer], &s->profile, other, &theirs) == SEC_E_OK) {
        live_run(s, &ours, &theirs, NULL, out);
        live_run(s, &ours, &theirs, middle, out);
        FreeCredentialsHandle(&theirs);
    } else {
        out->end = DIFF_SKIPPED;
    }
    FreeCredentialsHandle(&ours);
}

static void observe(const struct diff_case *c, const struct diff_backend *backend, unsigned which,
                    struct diff_observation *out)
{
    const struct live_setting *s = c->base->extra;
    enum diff_role other = s->role == DIFF_ACCEPT ? DIFF_INITIALIZE : DIFF_ACCEPT;
    unsigned peer = DIFF_BACKENDS_MAX + s->at[LIVE_PEER];
    struct live_middle middle = {.pass = pass, .arg = (void *)(uintptr_t)c};
    uint64_t start = diff_cpu_us();

    (void)backend;
    if (s->profile.resumes) {
        resumed(s, which, peer, other, c->seed ? &middle : NULL, out);
    } else {
        CredHandle ours, theirs;
        if (credential(s, which, s->role, &ours) == 0 && credential(s, peer, other, &theirs) == 0)
            live_run(s, &ours, &theirs, c->seed ? &middle : NULL, out);
        else
            out->end = DIFF_SKIPPED;
    }
    out->us = (uint32_t)(diff_cpu_us() - start);
}

const struct diff_kind diff_live = {
    .name = "live",
    .prepare = prepare,
    .observe = observe,
    .begin = begin,
};

void diff_live_base(struct diff_base *base, const struct live_setting *s, char *name, size_t size)
{
    size_t len = (size_t)snprintf(name, size, "live/");
    live_name(s, name + len, size - len);
    base->name = name;
    base->extra = s;
    diff_sha256(name, strlen(name), base->content);
}

const struct diff_base *diff_live_named(struct diff_suite *suite, const char *name)
{
    static struct live_setting setting; /* one of them: it is for a case by itself */
    if (strncmp(name, "live/", 5) != 0 || live_setting_named(name + 5, &setting))
        return NULL;
    struct diff_base *base = diff_suite_add(suite, &diff_live, "%s", name);
    if (base) {
        base->extra = &setting;
        diff_sha256(base->name, strlen(base->name), base->content);
    }
    return base;
}

int diff_live_load(struct diff_suite *suite, unsigned mutations, char *why, size_t size)
{
    static struct live_setting *settings; /* bases point into it */
    struct diff_backend peer;
    unsigned peers = 0;
    size_t count;

    for (unsigned i = 0; i < 3; i++)
        peers |= (unsigned)(diff_backend_make(&peer, live_peers[i], why, size) == 0) << i;
    if (!settings)
        settings = live_settings(peers, &count);
    for (size_t i = 0; settings && i < count; i++) {
        char name[DIFF_NAME_MAX - 8];
        live_name(&settings[i], name, sizeof name);
        struct diff_base *base = diff_suite_add(suite, &diff_live, "live/%s", name);
        if (!base)
            return -1;
        base->extra = &settings[i];
        /* where one backend resumes and another does not, a flight is not the same flight */
        base->mutations = settings[i].profile.resumes ? 0 : mutations;
        diff_sha256(base->name, strlen(base->name), base->content);
    }
    return settings ? 0 : -1;
}
