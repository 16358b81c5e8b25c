/* SPDX-License-Identifier: MIT
 *
 * tools/diff/guide/guide.h -- guided mode: a fuzzer changes first flights and keeps those that the providers,
 * taken together, answer as they have answered none before.  The libraries are those of the system, nothing
 * in them is instrumented: the tuple of their answers is all the guidance there is.
 *
 * An input is an octet and a flight.  Bits 0 to 3 of the octet choose the profile, 4 to 6 the delivery, bit 7
 * the role (1: the flight is a server's, for InitializeSecurityContext).  One execution is one input given to
 * every provider, each with a context of its own. */
#ifndef DIFF_GUIDE_H
#define DIFF_GUIDE_H

#include "tools/diff/drive.h"
#include "tools/diff/options.h"

#include <stdatomic.h>

/* Of an input's first octet. */
enum { GUIDE_INITIALIZE = 0x80, GUIDE_DELIVERY = 0x70, GUIDE_SHIFT = 4, GUIDE_PROFILE = 0x0f };
enum { GUIDE_MOST = 1 << 13, GUIDE_TUPLES = 1 << 16 };

struct guide_input {
    const struct diff_profile *profile;
    enum diff_delivery delivery;
    struct diff_stimulus stimulus; /* of the input's octets: not to be freed, and without cuts */
};
/* Every run of octets is an input; an empty one is an empty flight. */
void guide_decode(const uint8_t *bytes, size_t len, struct guide_input *);
/* The first octet for a flight, delivered whole. */
uint8_t guide_head(enum diff_role, const char *profile);

/* What all processes of a run share. */
struct guide_board {
    _Atomic uint64_t executions, processor_us;
    _Atomic uint32_t tuples; /* seen so far */
    _Atomic uint64_t keys[2 * GUIDE_TUPLES];
    _Atomic uint32_t numbers[2 * GUIDE_TUPLES]; /* from 1; 0: the key's owner has not written it yet */
};
/* Backends and credentials are there.  0, or -1: no memory. */
int guide_begin(const struct diff_options *);
struct guide_board *guide_board(void);
/* One execution.  The number of its tuple, in the order of discovery; GUIDE_TUPLES: there are too many. */
unsigned guide_execute(const uint8_t *bytes, size_t len);
/* Tells a fuzzer's map of counters of a tuple: eight tuples to an octet, which counts as eight different ones
 * for libFuzzer and for AFL++.  So no two tuples are taken for one. */
void guide_count(uint8_t *counters, size_t size, unsigned tuple);

/* Changes an input in place, by the grammar's operations or by `plain`, a fuzzer's own changes of octets
 * (NULL: by the grammar alone); what is done follows from the seed.  The new length, at most `most`. */
size_t guide_mutate(uint8_t *bytes, size_t len, size_t most, unsigned seed,
                    size_t (*plain)(uint8_t *, size_t, size_t));

/* ---- the command ---- */
struct guide_folders {
    char corpus[4096]; /* inputs */
    char found[4096];  /* those that ended a process, and logs; made and removed by the command */
};
/* Fuzzes as long as the options say.  0, or -1, said on stderr; *ended: processes that ended badly. */
int guide_fuzz(const struct diff_options *, const struct guide_folders *, unsigned *ended);
/* Inputs of the suite's replayed bases into the folder, which is made.  0, or -1, said on stderr. */
int guide_sow(const struct diff_suite *, const char *folder);
/* Judges what the folders hold beside the suite, says what is new, writes it to --out.  An exit code. */
int guide_reap(const struct diff_options *, struct diff_suite *, const struct guide_folders *);

#endif
