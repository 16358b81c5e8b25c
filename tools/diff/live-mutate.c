/* SPDX-License-Identifier: MIT
 *
 * Operations in the middle of a live pair.  They follow from the seed alone, so they are made on a flight
 * that looks like the peer's (live_flight) and are applied to the one that comes. */
#include <config.h>

#include "tools/diff/features.h"
#include "tools/diff/live.h"
#include "tools/diff/live-parts.h"
#include "tools/diff/mutate.h"
#include "tools/diff/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- flights that look like a peer's ---- */
static const struct live_part hello[] = {
    {DIFF_T_HANDSHAKE, 0x0301, DIFF_CLIENT_HELLO,
     "0303+77*32+20+77*32+0014130113021303c02bc02fc02cc030cca9cca800ff+0100+008f"
     "0000000e000c0000096c6f63616c686f7374000b000403000102000a00080006001d00170018002300000016000000170000"
     "00310000000d001c001a0403050308070804080508060809080a080b0401050106010603002b00050403040303002d000201"
     "01003300260024001d0020+77*32"},
    PART_END,
};
static const struct live_part client_12[] = {
    PART_HANDSHAKE(DIFF_CLIENT_KEY, "20+77*32"), PART_CHANGE, {DIFF_T_HANDSHAKE, 0x0303, -1, "e7*40"}, PART_END};
static const struct live_part client_12_mutual[] = {
    PART_HANDSHAKE(DIFF_CERTIFICATE, "0002a10001a1+30*417+0000fa+30*250"),
    PART_HANDSHAKE(DIFF_CLIENT_KEY, "20+77*32"),
    PART_HANDSHAKE(DIFF_CERTIFICATE_VERIFY, "04030047+30*71"),
    PART_CHANGE,
    {DIFF_T_HANDSHAKE, 0x0303, -1, "e7*40"},
    PART_END};
static const struct live_part client_13[] = {PART_CHANGE, PART_ENCRYPTED("53"), PART_END};
static const struct live_part server_12[] = {
    PART_HANDSHAKE(DIFF_SERVER_HELLO, "0303+77*32+00+c02b00+0015+ff01000100000b0004030001020023000000170000"),
    PART_HANDSHAKE(DIFF_CERTIFICATE, "0002a10001a1+30*417+0000fa+30*250"),
    PART_HANDSHAKE(DIFF_KEY_EXCHANGE, "03001d20+77*32+04030047+30*71"),
    PART_HANDSHAKE(DIFF_HELLO_DONE, "-"),
    PART_END,
};
static const struct live_part server_12_end[] = {PART_CHANGE, {DIFF_T_HANDSHAKE, 0x0303, -1, "e7*40"}, PART_END};
static const struct live_part server_13[] = {
    PART_HANDSHAKE(DIFF_SERVER_HELLO, "0303+77*32+20+77*32+130100+002e+002b00020304+00330024001d0020+77*32"),
    PART_CHANGE,
    PART_ENCRYPTED("27"),
    PART_ENCRYPTED("700"),
    PART_ENCRYPTED("96"),
    PART_ENCRYPTED("53"),
    PART_END,
};
static const struct live_part server_13_end[] = {PART_ENCRYPTED("234"), PART_ENCRYPTED("234"), PART_END};
static const struct live_part word_12[] = {PART_ENCRYPTED("44"), PART_END};
static const struct live_part word_13[] = {PART_ENCRYPTED("37"), PART_END};

static const struct live_part *flight_of(const struct live_setting *s, unsigned flight)
{
    int tls12 = s->at[LIVE_VERSION] == 1;

    if (s->role == DIFF_ACCEPT)
        return flight == 0               ? hello
               : flight > 1              ? (tls12 ? word_12 : word_13)
               : !tls12                  ? client_13
               : s->at[LIVE_CLIENT] == 2 ? client_12_mutual
                                         : client_12;
    return flight == 0   ? (tls12 ? server_12 : server_13)
           : flight == 1 ? (tls12 ? server_12_end : server_13_end)
                         : (tls12 ? word_12 : word_13);
}

/* One of the peer's, as a tree. */
static void looks_like(const struct live_setting *s, unsigned flight, uint8_t fill, struct diff_stream *out)
{
    static const char alpn[] = "ext.add 16 0003026832";
    struct diff_bytes bytes = {0};

    live_parts_build(flight_of(s, flight), fill, &bytes);
    diff_parse(out, s->role == DIFF_ACCEPT, bytes.ptr, bytes.len);
    if (flight == 0 && s->role == DIFF_ACCEPT && s->profile.client_alpn)
        (void)diff_op_apply(alpn, sizeof alpn - 1, out, NULL);
    diff_bytes_free(&bytes);
}

/* ---- operations ---- */
static unsigned flight_in(const char *ops, const char **rest)
{
    unsigned flight = 0;

    *rest = ops + strlen(ops);
    if (sscanf(ops, "at.flight %u", &flight) == 1 && strchr(ops, ';'))
        *rest = strchr(ops, ';') + 1;
    return flight;
}

static size_t words_with(const struct live_setting *s, const char *ops, uint8_t fill, const char **out,
                         size_t max)
{
    const char *rest;
    unsigned flight = flight_in(ops, &rest);
    struct diff_stream base = {0}, changed = {0};
    struct diff_bytes bytes = {0};

    looks_like(s, flight, fill, &base);
    diff_apply(&base, rest, &bytes);
    diff_parse(&changed, s->role == DIFF_ACCEPT, bytes.ptr, bytes.len);
    size_t count = diff_features(&changed, ops, out, max);
    diff_stream_free(&base);
    diff_stream_free(&changed);
    diff_bytes_free(&bytes);
    return count;
}

size_t live_stimulus_words(const struct live_setting *s, const char *ops, const char **out, size_t max)
{
    return words_with(s, ops, 0x77, out, max);
}

/* Is the stimulus what its words say whatever the random octets are?  An operation that shifts them to where
 * a length stands would make another one of each run. */
static int steady(const struct live_setting *s, const char *ops)
{
    static const uint8_t fills[] = {0x00, 0xE1, 0x0B};
    const char *first[DIFF_FEATURES_MAX], *other[DIFF_FEATURES_MAX];
    size_t count = words_with(s, ops, 0x77, first, DIFF_FEATURES_MAX);

    for (unsigned i = 0; i < sizeof fills; i++)
        if (words_with(s, ops, fills[i], other, DIFF_FEATURES_MAX) != count ||
            memcmp(first, other, count * sizeof *first) != 0)
            return 0;
    return 1;
}

void live_mutate(const struct live_setting *s, uint64_t seed, char *ops, size_t size)
{
    char name[128];
    struct diff_stream stream = {0};
    struct diff_bytes unused = {0};

    live_name(s, name, sizeof name);
    struct diff_random random = diff_random_of(seed, diff_hash(0, name, strlen(name)));
    unsigned roll = diff_random_below(&random, 8), flight = roll < 4 ? 0 : roll < 7 ? 1 : 2;
    looks_like(s, flight, 0x77, &stream);
    for (int i = 0; i < 32; i++) {
        size_t len = (size_t)snprintf(ops, size, "at.flight %u; ", flight);
        unused.len = 0;
        stream.salt = diff_random_next(&random);
        diff_mutate(&stream, seed, &unused, ops + len, size - len);
        if (steady(s, ops))
            break;
    }
    diff_stream_free(&stream);
    diff_bytes_free(&unused);
}

void live_apply(const struct live_setting *s, const char *ops, unsigned flight, struct diff_bytes *bytes)
{
    const char *rest;
    struct diff_stream stream = {0};
    struct diff_bytes out = {0};

    if (flight_in(ops, &rest) != flight)
        return;
    diff_parse(&stream, s->role == DIFF_ACCEPT, bytes->ptr, bytes->len);
    diff_apply(&stream, rest, &out);
    bytes->len = 0;
    diff_bytes_add(bytes, out.ptr, out.len);
    diff_stream_free(&stream);
    diff_bytes_free(&out);
}
