/* SPDX-License-Identifier: MIT
 *
 * The kind "secret": one setting, one backend, one peer that tells its secrets.  Seed 0 is the pair with a
 * man in the middle who opens and protects everything again and changes nothing. */
#include <config.h>

#include "tools/diff/secret/secret.h"

#include "tools/diff/features.h"
#include "tools/diff/secret/middle.h"

#include <string.h>

enum { PEERS = 2 };
static const char *const peers[PEERS] = {"openssl", "gnutls"};
static struct diff_backend backends[DIFF_BACKENDS_MAX + PEERS]; /* the peers stand behind them */
static struct secret_log told;                                  /* by the peer of the connection at hand */

/* ---- credentials, made when first needed: few of them are in any one process ---- */
static struct kept {
    const struct secret_setting *setting;
    unsigned which;
    CredHandle handle;
} * kept;
static size_t kept_count, kept_cap;

/* 0, or -1: there is none. */
static int credential(const struct secret_setting *s, unsigned which, enum diff_role role, CredHandle *out)
{
    struct diff_profile profile = s->live.profile;

    for (size_t i = 0; i < kept_count; i++)
        if (kept[i].setting == s && kept[i].which == which)
            return *out = kept[i].handle, 0;
    kept = diff_grow(kept, &kept_cap, kept_count + 1, sizeof *kept);
    if (which >= DIFF_BACKENDS_MAX) {
        profile.keylog = secret_log_line;
        profile.keylog_user = &told;
    }
    if (diff_credential_make(&backends[which], &profile, role, out) != SEC_E_OK)
        return -1;
    kept[kept_count++] = (struct kept){s, which, *out};
    return 0;
}

static int begin(const struct diff_backend *given, unsigned count, char *why, size_t size)
{
    char unused[128];

    (void)why, (void)size;
    memcpy(backends, given, count * sizeof *given);
    for (unsigned i = 0; i < PEERS; i++) /* a peer that is not there has no settings, either */
        (void)diff_backend_make(&backends[DIFF_BACKENDS_MAX + i], peers[i], unused, sizeof unused);
    return 0;
}

/* ---- cases ---- */
static int prepare(struct diff_case *c)
{
    const struct secret_setting *s = c->base->extra;

    c->stimulus.role = s->live.role;
    if (c->seed && c->seed != DIFF_SEED_GIVEN)
        secret_mutate(s, c->seed, c->ops, sizeof c->ops);
    c->feature_count = secret_words(s, c->features, DIFF_FEATURES_MAX);
    if (c->seed)
        c->feature_count += secret_stimulus_words(s, c->ops, c->features + c->feature_count,
                                                  DIFF_FEATURES_MAX - c->feature_count);
    c->feature_count = diff_words_settle(c->features, c->feature_count);
    return 0;
}

static void observe(const struct diff_case *c, const struct diff_backend *backend, unsigned which,
                    struct diff_observation *out)
{
    const struct secret_setting *s = c->base->extra;
    enum diff_role other = s->live.role == DIFF_ACCEPT ? DIFF_INITIALIZE : DIFF_ACCEPT;
    struct secret_middle middle;
    struct live_middle between = {.pass = secret_pass, .back = secret_back, .arg = &middle};
    uint64_t start = diff_cpu_us();
    CredHandle ours, theirs;

    (void)backend;
    memset(&told, 0, sizeof told);
    secret_begin(&middle, &told, other == DIFF_ACCEPT, c->ops);
    if (credential(s, which, s->live.role, &ours) == 0 &&
        credential(s, DIFF_BACKENDS_MAX + s->at[SECRET_PEER], other, &theirs) == 0)
        live_run(&s->live, &ours, &theirs, &between, out);
    else
        out->end = DIFF_SKIPPED;
    secret_end(&middle, out);
    out->us = (uint32_t)(diff_cpu_us() - start);
}

static const struct diff_kind diff_secret = {
    .name = "secret",
    .prepare = prepare,
    .observe = observe,
    .begin = begin,
};

int diff_secret_load(struct diff_suite *suite, unsigned mutations, char *why, size_t size)
{
    static struct secret_setting *settings; /* bases point into it */
    static size_t count;

    (void)why, (void)size;
    if (!settings)
        settings = secret_settings(&count);
    for (size_t i = 0; settings && i < count; i++) {
        char name[DIFF_NAME_MAX - 8];
        secret_name(&settings[i], name, sizeof name);
        struct diff_base *base = diff_suite_add(suite, &diff_secret, "secret/%s", name);
        if (!base)
            return -1;
        base->extra = &settings[i];
        base->mutations = mutations;
        diff_sha256(base->name, strlen(base->name), base->content);
    }
    return settings ? 0 : -1;
}
