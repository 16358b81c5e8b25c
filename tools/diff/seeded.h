/* SPDX-License-Identifier: MIT
 *
 * tools/diff/seeded.h -- randomness and time of this process that follow from a seed, so that a library gives
 * the same octets every time (`sspi diff golden`).  sspi-diff itself stands between the TLS libraries and
 * what they ask of the system: no part of OpenSSPI or of a provider has anything that could be turned on, and
 * until seeded_begin is called everything passes through as it is. */
#ifndef DIFF_SEEDED_H
#define DIFF_SEEDED_H

#include <stddef.h>
#include <stdint.h>

/* From here on; before a provider is loaded.  Time stands still. */
void seeded_begin(uint64_t seed);
/* Once they are loaded: what a library would mix with clocks of the processor is replaced by its own public
 * means.  0, or -1 with a word in `why`. */
int seeded_libraries(char *why, size_t size);
/* In a child: all streams from their beginning. */
void seeded_again(void);

#endif
