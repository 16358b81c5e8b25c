/* SPDX-License-Identifier: MIT
 *
 * What guided mode feeds: every run of octets is an input, changes stay within their room and follow from
 * their seed, and no two tuples share a counter. */
#include <config.h>

#include "t/tap.h"

#include "tools/diff/guide/guide.h"
#include "tools/diff/tls.h"

#include <string.h>

static const uint8_t hello[] = {22, 3, 1, 0,    49,   1, 0, 0, 45, 3, 3, /* record, message */
                                1,  2, 3, 4,    5,    6, 7, 8, 9,  1, 2, 3,
                                4,  5, 6, 7,    8,    9, 1, 2,              /* random */
                                3,  4, 5, 6,    7,    8, 9, 1, 2,  3, 4, 5, /* and its end */
                                0,  0, 2, 0xc0, 0x2b, 1, 0, 0, 2,  0, 0};

static void heads(void)
{
    unsigned wrong = 0, profiles = 0;
    for (unsigned head = 0; head < 256; head++) {
        uint8_t bytes[] = {(uint8_t)head, 22, 3};
        struct guide_input in;
        guide_decode(bytes, sizeof bytes, &in);
        wrong += !in.profile || in.delivery >= DIFF_DELIVERIES || in.stimulus.len != 2 ||
                 in.stimulus.bytes != bytes + 1 ||
                 in.stimulus.role != (head & GUIDE_INITIALIZE ? DIFF_INITIALIZE : DIFF_ACCEPT);
        uint8_t again = guide_head(in.stimulus.role, in.profile->name);
        struct guide_input whole;
        guide_decode(&again, 1, &whole);
        wrong += whole.profile != in.profile || whole.stimulus.role != in.stimulus.role ||
                 whole.delivery != DIFF_WHOLE;
        profiles += head < 16 && again == head;
    }
    is_int(wrong, 0, "G17 every first octet says a role, a profile and a delivery");
    ok(profiles >= 5 && profiles <= 16, "G17 all %u profiles have one", profiles);
    struct guide_input nothing;
    guide_decode(hello, 0, &nothing);
    is_int(nothing.stimulus.len, 0, "G17 no octets are an empty flight");
}

static size_t keeps(uint8_t *bytes, size_t len, size_t most)
{
    (void)bytes;
    return len < most ? len : most;
}

static size_t change(uint8_t *out, size_t room, size_t most, unsigned seed, int grammar)
{
    memset(out, 0xa5, room);
    out[0] = 0;
    memcpy(out + 1, hello, sizeof hello);
    return guide_mutate(out, 1 + sizeof hello, most, seed, grammar ? NULL : keeps);
}

static void changes(void)
{
    enum { SEEDS = 3000, ROOM = GUIDE_MOST + 64 };
    static uint8_t a[ROOM], b[ROOM];
    unsigned other = 0, beyond = 0, changed = 0, flights = 0;
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        size_t most = seed % 2 ? GUIDE_MOST : sizeof hello + 8;
        size_t one = change(a, sizeof a, most, seed, seed % 4 < 2),
               two = change(b, sizeof b, most, seed, seed % 4 < 2);
        other += one != two || memcmp(a, b, sizeof a) != 0;
        beyond += one > most;
        for (size_t i = most; i < sizeof a; i++)
            beyond += a[i] != 0xa5;
        changed += one != 1 + sizeof hello || a[0] || memcmp(a + 1, hello, sizeof hello) != 0;
        flights += (a[0] & GUIDE_INITIALIZE) != 0;
    }
    is_int(other, 0, "G17 a change follows from its seed");
    is_int(beyond, 0, "G17 and stays within its room");
    ok(changed > SEEDS / 2, "G17 most change something (%u of %d)", changed, SEEDS);
    is_int(flights, 0, "G17 and none makes a server's flight of a client's");
}

static void counters(void)
{
    static uint8_t map[GUIDE_TUPLES / 8];
    static uint8_t met[GUIDE_TUPLES / 8][256];
    unsigned twice = 0, more = 0;
    for (unsigned tuple = 0; tuple < GUIDE_TUPLES; tuple++) {
        memset(map, 0, sizeof map);
        guide_count(map, sizeof map, tuple);
        twice += met[tuple / 8][map[tuple / 8]]++ || !map[tuple / 8];
    }
    is_int(twice, 0, "G17 %u tuples, and no counter means two of them", (unsigned)GUIDE_TUPLES);
    memset(map, 0, sizeof map);
    guide_count(map, sizeof map, GUIDE_TUPLES);
    for (size_t i = 0; i < sizeof map; i++)
        more += map[i];
    is_int(more, 0, "G17 one too many is not counted");
}

int main(void)
{
    heads();
    changes();
    counters();
    return tap_done();
}
