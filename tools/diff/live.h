/* SPDX-License-Identifier: MIT
 *
 * tools/diff/live.h -- live pairs: the backend under test against a fixed peer, under one setting of a
 * pairwise set. Each peer is also a backend of other cases, so that all clients have met all servers in the
 * end. */
#ifndef DIFF_LIVE_H
#define DIFF_LIVE_H

#include "tools/diff/bytes.h"
#include "tools/diff/drive.h"

enum live_axis {
    LIVE_PEER,
    LIVE_ROLE,
    LIVE_VERSION,
    LIVE_KEY,
    LIVE_CLIENT,
    LIVE_ALPN,
    LIVE_NAME,
    LIVE_SESSION,
    LIVE_JUDGE,
    LIVE_DELIVERY,
    LIVE_AXES
};

struct live_setting {
    uint8_t at[LIVE_AXES];       /* the value of each axis */
    enum diff_role role;         /* of the backend under test */
    enum diff_delivery delivery; /* to it */
    const char *peer;            /* a manifest's name */
    struct diff_profile profile; /* of both ends */
};

/* Every setting of the set for these peers (bit i: live_peers[i]); malloc'ed. */
extern const char *const live_peers[3];
struct live_setting *live_settings(unsigned peers, size_t *count);
/* The rest of a setting, of the values of its axes. */
void live_settle(struct live_setting *);
/* Any setting by its name, of the set or not.  0, or -1: no such name. */
int live_setting_named(const char *name, struct live_setting *out);
extern const struct diff_kind diff_live;
/* A base of a setting; both stay the caller's, as does `name`. */
void diff_live_base(struct diff_base *, const struct live_setting *, char *name, size_t size);
/* "openssl-server/tls13-ecdsa-..." */
void live_name(const struct live_setting *, char *out, size_t size);
/* Words of a setting, unsorted; how many. */
size_t live_words(const struct live_setting *, const char **out, size_t max);

/* What stands between the ends. */
struct live_middle {
    /* Bytes of the peer's flight number `flight`, on their way to the backend under test. */
    void (*pass)(void *arg, unsigned flight, struct diff_bytes *bytes);
    /* The backend's own, to the peer; NULL: untouched. */
    void (*back)(void *arg, struct diff_bytes *bytes);
    void *arg;
};

/* One connection: handshake, a word each way, an orderly end by the peer.  The backend's observation. */
void live_run(const struct live_setting *, CredHandle *backend, CredHandle *peer, const struct live_middle *,
              struct diff_observation *out);

/* Operations of a mutated case: "at.flight 1; hs.drop 0" for the peer's second flight. */
void live_mutate(const struct live_setting *, uint64_t seed, char *ops, size_t size);
/* Words of the flight after the operations, and of these. */
size_t live_stimulus_words(const struct live_setting *, const char *ops, const char **out, size_t max);
void live_apply(const struct live_setting *, const char *ops, unsigned flight, struct diff_bytes *bytes);

#endif
