/* SPDX-License-Identifier: MIT
 *
 * The settings of live pairs.  Peer, role, version and key are all combined; of the other axes every two
 * values meet at least twice under each combination (G4's pairwise set). */
#include <config.h>

#include "tools/diff/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const live_peers[3] = {"openssl", "gnutls", "wolfssl"};

enum { VALUES_MAX = 5, OUTER = LIVE_CLIENT, TWICE = 2 };

/* A value's part of the name, and its word; "" is not said. */
static const struct {
    unsigned count;
    struct {
        const char *name, *word;
    } of[VALUES_MAX];
} axes[LIVE_AXES] = {
    [LIVE_PEER] = {3,
                   {{"openssl", "live.peer.openssl"},
                    {"gnutls", "live.peer.gnutls"},
                    {"wolfssl", "live.peer.wolfssl"}}},
    [LIVE_ROLE] = {2, {{"client", "role.accept"}, {"server", "role.initialize"}}}, /* the peer's */
    [LIVE_VERSION] = {3, {{"any", "live.any"}, {"tls12", "live.tls12"}, {"tls13", "live.tls13"}}},
    [LIVE_KEY] = {3, {{"ecdsa", "live.ecdsa"}, {"rsa", "live.rsa"}, {"ed25519", "live.ed25519"}}},
    [LIVE_CLIENT] = {3, {{"", ""}, {"asked", "live.client.absent"}, {"mutual", "live.client.given"}}},
    [LIVE_ALPN] = {3, {{"", ""}, {"alpn", "live.alpn.match"}, {"noalpn", "live.alpn.mismatch"}}},
    [LIVE_NAME] = {2, {{"", ""}, {"miss", "live.name.miss"}}},
    [LIVE_SESSION] = {2, {{"", "live.fresh"}, {"resumed", "live.resumed"}}},
    [LIVE_JUDGE] = {2, {{"", ""}, {"judged", "live.judged"}}},
    [LIVE_DELIVERY] = {5,
                       {{"whole", "live.whole"},
                        {"bytes", "live.bytes"},
                        {"records", "live.records"},
                        {"small", "live.small"},
                        {"memory", "live.memory"}}},
};

/* ---- one setting ---- */
void live_settle(struct live_setting *s)
{
    static const DWORD disabled[] = {0, SP_PROT_TLS1_3, SP_PROT_TLS1_2};
    static const char *const servers[] = {"server-ecdsa", "server-rsa", "server-ed25519"};
    static const enum diff_delivery deliveries[] = {DIFF_WHOLE, DIFF_BYTES, DIFF_RECORDS, DIFF_SMALL,
                                                    DIFF_MEMORY};
    const uint8_t *at = s->at;

    s->peer = live_peers[at[LIVE_PEER]];
    s->role = at[LIVE_ROLE] ? DIFF_INITIALIZE : DIFF_ACCEPT;
    s->delivery = deliveries[at[LIVE_DELIVERY]];
    s->profile = (struct diff_profile){
        .name = "live",
        .server = servers[at[LIVE_KEY]],
        .client = at[LIVE_CLIENT] == 2 ? "client-ecdsa" : NULL,
        .roots = at[LIVE_JUDGE] ? "root" : NULL,
        .disabled = disabled[at[LIVE_VERSION]],
        .server_alpn = at[LIVE_ALPN] ? "h2 http/1.1" : NULL,
        .client_alpn = at[LIVE_ALPN] == 2 ? "spdy/3"
                       : at[LIVE_ALPN]    ? "h2"
                                          : NULL,
        .server_request = at[LIVE_CLIENT] ? ASC_REQ_MUTUAL_AUTH : 0,
        .target = at[LIVE_NAME] ? "elsewhere.example" : NULL,
        .resumes = at[LIVE_SESSION],
        .suites = DIFF_SUITES_AES,
    };
}

void live_name(const struct live_setting *s, char *out, size_t size)
{
    size_t len = (size_t)snprintf(out, size, "%s-%s/", axes[LIVE_PEER].of[s->at[LIVE_PEER]].name,
                                  axes[LIVE_ROLE].of[s->at[LIVE_ROLE]].name);
    for (unsigned a = LIVE_VERSION; a < LIVE_AXES && len < size; a++) {
        const char *name = axes[a].of[s->at[a]].name;
        if (*name)
            len += (size_t)snprintf(out + len, size - len, "%s%s", a == LIVE_VERSION ? "" : "-", name);
    }
}

size_t live_words(const struct live_setting *s, const char **out, size_t max)
{
    size_t count = 0;

    if (count < max)
        out[count++] = "live";
    for (unsigned a = 0; a < LIVE_AXES && count < max; a++)
        if (*axes[a].of[s->at[a]].word)
            out[count++] = axes[a].of[s->at[a]].word;
    return count;
}

/* ---- the set ---- */
typedef uint8_t seen_pairs[LIVE_AXES][VALUES_MAX][LIVE_AXES][VALUES_MAX];

/* How many of its pairs a setting would bring that have not met often enough; with `take` they have. */
static unsigned fresh_pairs(seen_pairs seen, const uint8_t *at, int take)
{
    unsigned fresh = 0;

    for (unsigned a = OUTER; a < LIVE_AXES; a++)
        for (unsigned b = a + 1; b < LIVE_AXES; b++) {
            uint8_t *times = &seen[a][at[a]][b][at[b]];
            fresh += *times < TWICE;
            *times = (uint8_t)(*times + take);
        }
    return fresh;
}

/* Number `n` of all combinations, from the axis `from` on. */
static void combination(uint8_t *at, unsigned from, unsigned to, unsigned n)
{
    for (unsigned a = from; a < to; a++) {
        at[a] = (uint8_t)(n % axes[a].count);
        n /= axes[a].count;
    }
}

static unsigned combinations(unsigned from, unsigned to)
{
    unsigned all = 1;
    for (unsigned a = from; a < to; a++)
        all *= axes[a].count;
    return all;
}

/* Greedy; where it starts depends on `outer`, so that each combination brings other ones. */
static size_t cover(struct live_setting *out, unsigned outer)
{
    seen_pairs seen;
    uint8_t at[LIVE_AXES], best[LIVE_AXES];
    unsigned all = combinations(OUTER, LIVE_AXES);
    uint8_t *taken = calloc(all, 1);
    size_t count = 0;

    memset(seen, 0, sizeof seen);
    combination(best, 0, OUTER, outer);
    combination(at, 0, OUTER, outer);
    while (taken) {
        unsigned most = 0, which = 0;
        for (unsigned i = 0; i < all; i++) {
            unsigned n = (i * 7 + outer * 31) % all, fresh;
            combination(at, OUTER, LIVE_AXES, n);
            if (taken[n] || (fresh = fresh_pairs(seen, at, 0)) <= most)
                continue;
            most = fresh;
            which = n;
        }
        if (!most)
            break;
        taken[which] = 1;
        combination(at, OUTER, LIVE_AXES, which);
        fresh_pairs(seen, at, 1);
        memcpy(out[count].at, at, sizeof at);
        live_settle(&out[count++]);
    }
    free(taken);
    return count;
}

int live_setting_named(const char *name, struct live_setting *out)
{
    char have[DIFF_NAME_MAX];

    for (unsigned i = 0; i < combinations(0, LIVE_AXES); i++) {
        combination(out->at, 0, LIVE_AXES, i);
        live_name(out, have, sizeof have);
        if (strcmp(have, name) == 0) {
            live_settle(out);
            return 0;
        }
    }
    return -1;
}

struct live_setting *live_settings(unsigned peers, size_t *count)
{
    unsigned outer = combinations(0, OUTER);
    struct live_setting *all = calloc((size_t)outer * combinations(OUTER, LIVE_AXES) / 4, sizeof *all);

    *count = 0;
    for (unsigned i = 0; i < outer && all; i++)
        if (peers >> i % axes[LIVE_PEER].count & 1) /* the peer is the first axis */
            *count += cover(all + *count, i);
    return all;
}
