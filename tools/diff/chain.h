/* SPDX-License-Identifier: MIT
 *
 * tools/diff/chain.h -- the kind "chain": a chain of certificates, judged by CertGetCertificateChain and the
 * SSL policy.  Those functions take the configured provider, so each backend has processes of its own
 * (chain-server.c), which are sent the stimulus and send the observation back.
 *
 * The stimulus is the chain: items of a letter, four octets of length, and that many octets. */
#ifndef DIFF_CHAIN_H
#define DIFF_CHAIN_H

#include "tools/diff/case.h"

#define CHAIN_ANCHOR 'A' /* DER */
#define CHAIN_CERT   'C' /* DER; the first is the leaf */
#define CHAIN_LIST   'R' /* a CRL, DER */
#define CHAIN_HOST   'H' /* UTF-8; none: the name is not checked */
#define CHAIN_USAGE  'U' /* dotted */
#define CHAIN_TIME   'T' /* Unix seconds, eight octets, big endian; none: now */

#define CHAIN_SERVER "chain-server" /* the word that makes a process one */

enum { CHAIN_ITEMS_MAX = 256, CHAIN_BYTES_MAX = 4 << 20 };

struct chain_item {
    uint8_t kind;
    const uint8_t *ptr;
    uint32_t len;
};

/* How many items, or -1: not a chain. */
int chain_items(const uint8_t *bytes, size_t len, struct chain_item out[CHAIN_ITEMS_MAX]);
int chain_put(struct diff_stimulus *, uint8_t kind, const void *bytes, size_t len); /* 0, or -1: no memory */
int chain_put_time(struct diff_stimulus *, int64_t seconds);

/* Judges with the provider that this process has. */
void chain_judge(const uint8_t *bytes, size_t len, struct diff_observation *out);

/* Starts a process for each backend of the run, and ends them.  0, or -1: `why` names one that does not
 * start.
 */
int chain_begin(const struct diff_backend *, unsigned count, char *why, size_t size);
void chain_end(void);
/* Asks that of backend `which`.  Each process that asks has a judge of its own there; one that dies is told
 * as a crash or a hang, and the next question has another. */
void chain_ask(unsigned which, const struct diff_stimulus *, struct diff_observation *out);
/* The other side: what `sspi-diff chain-server` does until nobody can ask any more.  Its exit status. */
int chain_serve(int control);

struct diff_suite;
/* The bases of limbo.json.xz and bettertls-pathbuilding.json.xz in a folder; a file that is not there has
 * none. 0, or -1 with a word in `why`. */
int chain_corpora(struct diff_suite *, const char *folder, unsigned mutations, char *why, size_t size);

/* Those of the keys that the engine brings. */
int chain_own(struct diff_suite *, unsigned mutations, char *why, size_t size);

extern const struct diff_kind diff_chain;

#endif
