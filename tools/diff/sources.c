/* SPDX-License-Identifier: MIT
 *
 * Where the bases of a run come from. */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/options.h"
#include "tools/diff/secret/secret.h"

#include <string.h>

static int seeds(struct diff_suite *suite, const struct diff_options *o, char *why, size_t size)
{
    return diff_seeds_load(suite, o->mutations, why, size) || diff_guided_load(suite, why, size) ? -1 : 0;
}

static int streams(struct diff_suite *suite, const struct diff_options *o, char *why, size_t size)
{
    return o->streams ? diff_streams_load(suite, o->streams, o->mutations, why, size) : 0;
}

static int corpora(struct diff_suite *suite, const struct diff_options *o, char *why, size_t size)
{
    return o->corpora ? diff_corpus_load(suite, o->corpora, o->corpus_mutations, why, size) : 0;
}

static int chains(struct diff_suite *suite, const struct diff_options *o, char *why, size_t size)
{
    if (chain_own(suite, o->mutations, why, size))
        return -1;
    return o->corpora ? chain_corpora(suite, o->corpora, 4 * o->corpus_mutations, why, size) : 0;
}

static int live(struct diff_suite *suite, const struct diff_options *o, char *why, size_t size)
{
    return diff_live_load(suite, o->mutations ? DIFF_LIVE_MUTATIONS : 0, why, size);
}

static int secrets(struct diff_suite *suite, const struct diff_options *o, char *why, size_t size)
{
    return diff_secret_load(suite, o->mutations ? DIFF_SECRET_MUTATIONS : 0, why, size);
}

diff_source *const diff_sources[] = {seeds, streams, corpora, chains, live, secrets, NULL};

int diff_options_suite(const struct diff_options *o, struct diff_suite *suite)
{
    char why[512];
    const char *twice;
    memset(suite, 0, sizeof *suite);
    for (diff_source *const *source = diff_sources; *source; source++)
        if ((*source)(suite, o, why, sizeof why)) {
            diff_failed("%s", why);
            return -1;
        }
    if (diff_suite_settle(suite, &twice)) {
        diff_failed("%s%s", twice ? "twice: " : "no memory", twice ? twice : "");
        return -1;
    }
    return 0;
}
