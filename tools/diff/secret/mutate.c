/* SPDX-License-Identifier: MIT
 *
 * Operations on what is protected.  They follow from the seed alone, so they are made on a batch that looks
 * like the peer's and are applied to the one that comes: mostly ideas that mean something here alone
 * (ideas.c), also the operations of any flight. */
#include <config.h>

#include "tools/diff/secret/secret.h"

#include "tools/diff/features.h"
#include "tools/diff/live-parts.h"
#include "tools/diff/mutate.h"
#include "tools/diff/random.h"
#include "tools/diff/secret/ideas.h"

#include <stdio.h>
#include <string.h>

/* ---- batches that look like a peer's ---- */
enum { PARTS_MAX = 8 };
static const struct live_part extensions = PART_HANDSHAKE(DIFF_ENCRYPTED_EXTENSIONS, "0000"),
                              request = PART_HANDSHAKE(DIFF_CERTIFICATE_REQUEST, "00+0008000d000400020804"),
                              certificate = PART_HANDSHAKE(DIFF_CERTIFICATE, "00000037000032+30*50+0000"),
                              verify = PART_HANDSHAKE(DIFF_CERTIFICATE_VERIFY, "08040100+30*256"),
                              finished_32 = PART_HANDSHAKE(DIFF_FINISHED, "77*32"),
                              finished_48 = PART_HANDSHAKE(DIFF_FINISHED, "77*48"),
                              finished_12 = PART_HANDSHAKE(DIFF_FINISHED, "77*12"),
                              word = {DIFF_T_DATA, 0x0303, -1, "61*20"},
                              close = {DIFF_T_ALERT, 0x0303, -1, "0100"};

/* The parts, ended; what stands where is told to who asks. */
static unsigned parts_of(const struct secret_setting *s, unsigned batch, struct live_part *out,
                         struct idea_places *at)
{
    int serves = s->live.role == DIFF_INITIALIZE, mutual = s->at[SECRET_CLIENT] == 1;
    unsigned count = 0;

    *at = (struct idea_places){-1, -1, -1, 0};
    if (batch) {
        out[count++] = batch == 1 ? word : close;
    } else {
        if (secret_tls13(s) && serves)
            out[count++] = extensions;
        if (secret_tls13(s) && serves && mutual)
            out[count++] = request;
        if (secret_tls13(s) && (serves || mutual)) {
            at->certificate = (int)count;
            out[count++] = certificate;
            at->verify = (int)count;
            out[count++] = verify;
        }
        at->finished = (int)count;
        out[count++] = !secret_tls13(s) ? finished_12 : s->at[SECRET_SUITE] == 1 ? finished_48 : finished_32;
    }
    memset(&out[count], 0, sizeof *out);
    at->records = count;
    return count;
}

static void looks_like(const struct secret_setting *s, unsigned batch, uint8_t fill, struct diff_stream *out,
                       struct idea_places *at)
{
    struct live_part parts[PARTS_MAX];
    struct diff_bytes bytes = {0};

    parts_of(s, batch, parts, at);
    live_parts_build(parts, fill, &bytes);
    diff_parse(out, s->live.role == DIFF_ACCEPT, bytes.ptr, bytes.len);
    diff_bytes_free(&bytes);
}

/* ---- words ---- */
static unsigned batch_in(const char *ops)
{
    const char *at = strstr(ops, "at.sealed ");
    unsigned batch = 0;
    return at && sscanf(at, "at.sealed %u", &batch) == 1 ? batch : 0;
}

/* Is a message's header cut by the end of a record?  wolfSSL reads on there, into the tag, and does what that
 * says: no two runs are alike (doc/findings.md, 5). */
static int cuts_a_header(const struct diff_stream *s)
{
    for (size_t i = 0; i < s->cut_count; i++) {
        const struct diff_cut *cut = &s->cuts[i];
        if (s->nodes[cut->node].what == DIFF_MESSAGE && cut->at > 0 && cut->at < 4)
            return 1;
    }
    for (uint32_t run = s->nodes[0].first; run; run = s->nodes[run].next) {
        uint32_t last = s->nodes[run].what == DIFF_RUN ? s->nodes[run].last : 0;
        if (last && s->nodes[last].what == DIFF_REST && s->nodes[last].len < 4)
            return 1;
    }
    return 0;
}

static size_t words_with(const struct secret_setting *s, const char *ops, uint8_t fill, const char **out,
                         size_t max, int *cut)
{
    static const char *const of_batch[] = {"secret.handshake", "secret.word", "secret.end"};
    char section[DIFF_OPS_MAX];
    struct diff_stream base = {0}, changed = {0};
    struct diff_bytes bytes = {0};
    struct idea_places at;
    unsigned batch = batch_in(ops);
    size_t count;

    looks_like(s, batch, fill, &base, &at);
    diff_ops_section(ops, "at.sealed", batch, section, sizeof section);
    diff_apply(&base, section, &bytes);
    diff_parse(&changed, s->live.role == DIFF_ACCEPT, bytes.ptr, bytes.len);
    count = diff_features(&changed, ops, out, max);
    *cut = cuts_a_header(&changed);
    if (count < max && batch < 3)
        out[count++] = of_batch[batch];
    diff_stream_free(&base);
    diff_stream_free(&changed);
    diff_bytes_free(&bytes);
    return count;
}

size_t secret_stimulus_words(const struct secret_setting *s, const char *ops, const char **out, size_t max)
{
    int unused;
    return words_with(s, ops, 0x77, out, max, &unused);
}

/* Is it the same stimulus whatever the random octets are?  (live-mutate.c) */
static int steady(const struct secret_setting *s, const char *ops)
{
    static const uint8_t fills[] = {0x00, 0xE1, 0x0B};
    const char *first[DIFF_FEATURES_MAX], *other[DIFF_FEATURES_MAX];
    int cut, any = 0;
    size_t count = words_with(s, ops, 0x77, first, DIFF_FEATURES_MAX, &cut);

    any |= cut;
    for (unsigned i = 0; i < sizeof fills; i++)
        if (words_with(s, ops, fills[i], other, DIFF_FEATURES_MAX, &cut) != count ||
            memcmp(first, other, count * sizeof *first) != 0)
            return 0;
    return !any;
}

/* ---- operations ---- */
/* Those of any flight, made on a batch. */
static void any_flight(const struct secret_setting *s, struct diff_random *random, uint64_t seed, char *ops,
                       size_t size)
{
    struct diff_stream stream = {0};
    struct diff_bytes unused = {0};
    struct idea_places at;
    unsigned roll = diff_random_below(random, 8), batch = roll < 5 ? 0 : roll < 7 ? 1 : 2;

    looks_like(s, batch, 0x77, &stream, &at);
    size_t len = (size_t)snprintf(ops, size, "at.sealed %u; ", batch);
    stream.salt = diff_random_next(random);
    diff_mutate(&stream, seed, &unused, ops + len, size - len);
    diff_stream_free(&stream);
    diff_bytes_free(&unused);
}

static unsigned which_of(const struct secret_setting *s)
{
    return (secret_tls13(s) ? IDEA_13 : IDEA_12) |
           (s->live.role == DIFF_INITIALIZE ? IDEA_SERVER : IDEA_CLIENT) |
           (s->at[SECRET_CLIENT] == 1 ? IDEA_MUTUAL : IDEA_ALONE);
}

static void an_idea(const struct secret_setting *s, struct diff_random *random, char *ops, size_t size)
{
    struct live_part parts[PARTS_MAX];
    struct idea_places at[3];

    for (unsigned batch = 0; batch < 3; batch++)
        parts_of(s, batch, parts, &at[batch]);
    idea_make(which_of(s), at, random, ops, size);
}

void secret_mutate(const struct secret_setting *s, uint64_t seed, char *ops, size_t size)
{
    char name[128];

    secret_name(s, name, sizeof name);
    struct diff_random random = diff_random_of(seed, diff_hash(0, name, strlen(name)));
    for (int i = 0; i < 32; i++) {
        if (diff_random_below(&random, 5) == 0)
            any_flight(s, &random, seed, ops, size);
        else
            an_idea(s, &random, ops, size);
        if (steady(s, ops))
            break;
    }
}
