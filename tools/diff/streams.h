/* SPDX-License-Identifier: MIT
 *
 * tools/diff/streams.h -- randomness that follows from a seed: a stream for each library that draws.
 *
 * State of the process, since what asks for random octets knows nothing of cases: the functions that
 * libraries get them from are defined by the program (seeded.h), and draw here once streams_begin was called.
 * Until then every call here does nothing.  For the process's only thread.
 */
#ifndef DIFF_STREAMS_H
#define DIFF_STREAMS_H

#include <stddef.h>
#include <stdint.h>

void streams_begin(uint64_t seed);
int streams_on(void);
/* All streams from their beginning: what is drawn from here on follows from the seed and the place, whatever
 * was drawn before.  A place is a case, or a credential.  Returns the place that was. */
uint64_t streams_at(uint64_t place);
/* The next step within the place: all streams from another beginning.  So a library that drew more in one
 * step (a blinding factor made anew, say) draws the same in those behind it. */
void streams_step(void);
/* `library` is a hash of its name. */
void streams_fill(uint64_t library, void *to, size_t len);

#endif
