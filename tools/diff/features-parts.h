/* SPDX-License-Identifier: MIT
 *
 * tools/diff/features-parts.h -- a set of words while it is gathered; for the files of features alone. */
#ifndef DIFF_FEATURES_PARTS_H
#define DIFF_FEATURES_PARTS_H

#include "tools/diff/features.h"
#include "tools/diff/words.h"

enum diff_word {
#define ID(id, word, meaning) W_##id,
    DIFF_WORDS(ID)
#undef ID
        DIFF_WORD_COUNT
};

struct words {
    const char *extra[128]; /* of extensions and operations */
    unsigned extra_count;
    uint8_t has[DIFF_WORD_COUNT];
};

static inline void word_if(struct words *w, int holds, enum diff_word word)
{
    if (holds)
        w->has[word] = 1;
}
void word_extra(struct words *, const char *word);

/* The words of extensions, static: "ch.ext.ALPN"; NULL: one without a name. */
enum diff_ext_word { EXT_PRESENT, EXT_EMPTY, EXT_BAD, EXT_WORDS };
const char *diff_ext_word(int client, unsigned type, enum diff_ext_word);

/* Of one list of extensions: duplicates, unknown and damaged ones, and who is there. */
void words_of_extensions(struct words *, const struct diff_stream *, uint32_t message, int client);
void words_of_client_hello(struct words *, const struct diff_stream *, uint32_t message);
void words_of_server_hello(struct words *, const struct diff_stream *, uint32_t message);

/* Is `value` among the numbers of a list's items? */
int diff_lists(const struct diff_stream *, uint32_t list, unsigned value);
/* The list inside of an extension, or 0. */
uint32_t diff_list_of(const struct diff_stream *, uint32_t message, unsigned type);

/* What every backend is set to. */
int diff_common_group(unsigned group);

#endif
