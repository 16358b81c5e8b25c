/* SPDX-License-Identifier: MIT
 *
 * tools/diff/features.h -- what a stimulus is, in words: from its octets and its operations alone, never from
 * an answer. Rules and reports speak of stimuli in these words. */
#ifndef DIFF_FEATURES_H
#define DIFF_FEATURES_H

#include "tools/diff/tls.h"

/* The words that hold, sorted, static, each once; ops NULL: none.  What `max` cannot hold is left out, which
 * does not happen with 128.  Lists are compared with what every backend is set to: suites, groups and schemes
 * of the machine's usual profile, an ECDSA P-256 certificate, "localhost" and "h2 http/1.1". */
size_t diff_features(const struct diff_stream *, const char *ops, const char **out, size_t max);

/* Sorts words gathered by hand, each once; how many are left. */
size_t diff_words_settle(const char **words, size_t count);

/* The whole vocabulary by index, with what a word means; NULL behind the last.  Words of operations and of
 * extensions are in it. */
const char *diff_feature(unsigned index, const char **meaning);

#endif
