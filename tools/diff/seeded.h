/* SPDX-License-Identifier: MIT
 *
 * tools/diff/seeded.h -- randomness and time of this process that follow from a seed, so that a library gives
 * the same octets every time (`sspi diff golden`, and the children of `sspi diff run`).  sspi-diff itself
 * stands between the TLS libraries and what they ask of the system: no part of OpenSSPI or of a provider has
 * anything that could be turned on, and until streams_begin (streams.h) is called everything passes through
 * as it is.  From then on time stands still. */
#ifndef DIFF_SEEDED_H
#define DIFF_SEEDED_H

#include <stddef.h>
#include <stdint.h>

/* Once the providers are loaded: what a library would mix with clocks of the processor is replaced by its own
 * public means.  0, or -1 with a word in `why`. */
int seeded_libraries(char *why, size_t size);
/* diff_options.seeded */
void seeded_child(uint64_t seed);

#endif
