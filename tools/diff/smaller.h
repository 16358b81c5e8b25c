/* SPDX-License-Identifier: MIT
 *
 * tools/diff/smaller.h -- `sspi diff minimise` for what is more than the octets of one peer.  Each prints
 * what is left; 0, or what the process returns, said on stderr. */
#ifndef DIFF_SMALLER_H
#define DIFF_SMALLER_H

#include "tools/diff/options.h"

/* A live pair: the fewest operations, the simplest settings. */
int diff_smaller_live(struct diff_options *, const struct diff_case *);
/* A chain: the fewest certificates, lists and properties, then the fewest extensions. */
int diff_smaller_chain(struct diff_options *, const struct diff_case *);

/* A certificate without those of its extensions that are gone, into `out`: octets that are none, and NULL for
 * `gone`, as they are.  How many extensions it has. */
struct diff_bytes;
size_t diff_der_extensions(const uint8_t *der, size_t len, const uint8_t *gone, struct diff_bytes *out);

#endif
