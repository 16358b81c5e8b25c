/* SPDX-License-Identifier: MIT
 *
 * tools/diff/streams.h: what is drawn follows from the seed, the place, the step, the library and the length,
 * and from nothing that was drawn before. */
#include <config.h>

#include "t/tap.h"
#include "tools/diff/streams.h"

#include <string.h>

enum { LEN = 32 };

struct draw {
    uint64_t seed, place, steps, library;
};

static void draw(const struct draw *d, size_t before, uint8_t out[LEN])
{
    uint8_t other[256];
    streams_begin(d->seed);
    streams_fill(d->library, other, sizeof other);
    streams_at(d->place);
    for (uint64_t i = 0; i < d->steps; i++) {
        streams_fill(d->library, other, LEN);
        streams_step();
    }
    for (size_t i = 0; i < before; i++)
        streams_fill(d->library, other, sizeof other); /* of another length */
    streams_fill(d->library, out, LEN);
}

int main(void)
{
    static const struct draw first = {1, 2, 3, 4};
    static const struct {
        const char *what;
        struct draw draw;
    } others[] = {
        {"seed", {2, 2, 3, 4}},
        {"place", {1, 3, 3, 4}},
        {"step", {1, 2, 4, 4}},
        {"library", {1, 2, 3, 5}},
    };
    uint8_t a[LEN], b[LEN];

    ok(!streams_on(), "G15 until it begins everything passes through");
    draw(&first, 0, a);
    ok(streams_on(), "G15 then it is on");
    draw(&first, 0, b);
    ok(memcmp(a, b, LEN) == 0, "G15 the same again");
    draw(&first, 5, b);
    ok(memcmp(a, b, LEN) == 0, "G15 whatever was drawn in other lengths");
    streams_fill(first.library, b, LEN);
    ok(memcmp(a, b, LEN) != 0, "G15 a second draw is another");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        draw(&others[i].draw, 0, b);
        ok(memcmp(a, b, LEN) != 0, "G15 another %s, other octets", others[i].what);
    }
    streams_at(7);
    ok(streams_at(8) == 7 && streams_at(9) == 8, "G15 the place before is told");

    /* More libraries and lengths than there is room for share a stream, and are still drawn. */
    int zeros = 0;
    for (uint64_t library = 1; library <= 200; library++) {
        static const uint8_t nothing[LEN];
        memset(b, 0, LEN);
        streams_fill(library, b, LEN);
        zeros += memcmp(b, nothing, LEN) == 0;
    }
    ok(zeros == 0, "G15 any number of libraries");
    return tap_done();
}
