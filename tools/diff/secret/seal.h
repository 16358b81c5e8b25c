/* SPDX-License-Identifier: MIT
 *
 * tools/diff/secret/seal.h -- record protection of TLS 1.2 and 1.3 from secrets that a key log told, for one
 * direction at a time.  The algorithms are nettle's. */
#ifndef DIFF_SECRET_SEAL_H
#define DIFF_SECRET_SEAL_H

#include "tools/diff/bytes.h"

#include <stddef.h>
#include <stdint.h>

enum { SEAL_SECRET_MAX = 48, SEAL_TAG = 16, SEAL_HEADER = 5 };

struct nettle_aead;
struct seal_suite { /* what is known of a cipher suite */
    uint16_t id;
    uint8_t tls13;
    uint8_t hash;  /* octets: 32 or 48 */
    uint8_t fixed; /* octets of the nonce that stand in no record: 4 or 12 */
    const struct nettle_aead *aead;
};
/* NULL: none of the suites that providers here agree on. */
const struct seal_suite *seal_suite_find(unsigned id);

struct seal { /* one direction under one key; zeroed: no key */
    const struct seal_suite *suite;
    uint8_t secret[SEAL_SECRET_MAX]; /* the traffic secret of TLS 1.3 */
    uint8_t key[32], nonce[12];
    uint64_t number; /* of the next record */
};
void seal_from_secret(struct seal *, const struct seal_suite *, const uint8_t *secret);
/* The key that follows a KeyUpdate. */
void seal_next(struct seal *);
/* Both directions of TLS 1.2: what clients and servers write. */
void seal_from_master(struct seal *client, struct seal *server, const struct seal_suite *,
                      const uint8_t master[48], const uint8_t client_random[32],
                      const uint8_t server_random[32]);

/* Opens a whole record and counts it.  0: the content was added, its type told; -1: it does not open, and
 * nothing has changed. */
int seal_open(struct seal *, const uint8_t *record, size_t len, uint8_t *type, struct diff_bytes *content);
/* Adds a whole record, counted; of TLS 1.3 the content is what stands inside, with its type and padding. */
void seal_close(struct seal *, unsigned type, unsigned version, const uint8_t *content, size_t len,
                struct diff_bytes *out);

/* The verify_data of a Finished, for a transcript; its length. */
size_t seal_finished(const struct seal *, const uint8_t *master, int of_server, const uint8_t *transcript,
                     size_t len, uint8_t out[SEAL_SECRET_MAX]);
/* The transcript's hash, where a HelloRetryRequest wants one; its length. */
size_t seal_hash(const struct seal_suite *, const uint8_t *bytes, size_t len, uint8_t out[SEAL_SECRET_MAX]);

#endif
