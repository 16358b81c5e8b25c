/* SPDX-License-Identifier: MIT */
#include "core/utf.h"

#include "t/tap.h"

#include <stdint.h>

/* The same text in three forms; NULL wide: malformed UTF-8. */
static const struct {
    const char *what, *utf8;
    uint16_t u16[8];
    uint32_t u32[8];
} good[] = {
    {"nothing", "", {0}, {0}},
    {"ASCII", "a.b", {'a', '.', 'b'}, {'a', '.', 'b'}},
    {"two bytes", "\xC2\x80\xDF\xBF", {0x80, 0x7FF}, {0x80, 0x7FF}},
    {"three bytes", "\xE0\xA0\x80\xEF\xBF\xBF", {0x800, 0xFFFF}, {0x800, 0xFFFF}},
    {"around the surrogates", "\xED\x9F\xBF\xEE\x80\x80", {0xD7FF, 0xE000}, {0xD7FF, 0xE000}},
    {"four bytes", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", {0xD800, 0xDC00, 0xDBFF, 0xDFFF}, {0x10000, 0x10FFFF}},
};

static const struct {
    const char *what, *utf8;
} bad_utf8[] = {
    {"a continuation alone", "\x80"},          {"a lead alone", "\xC3"},
    {"three bytes cut to two", "\xE2\x82"},    {"four bytes cut to three", "\xF0\x9F\x98"},
    {"overlong /", "\xC0\xAF"},                {"overlong in three bytes", "\xE0\x80\xAF"},
    {"overlong in four bytes", "\xF0\x8F\xBF\xBF"}, {"a surrogate", "\xED\xA0\x80"},
    {"over U+10FFFF", "\xF4\x90\x80\x80"},     {"five bytes", "\xF8\x88\x80\x80\x80"},
    {"a byte FF", "a\xFF"},                    {"a lead, then ASCII", "\xC3(" },
};

static const struct {
    const char *what;
    uint16_t units[4];
    size_t count;
} bad_u16[] = {
    {"a high surrogate at the end", {0xD800}, 1},
    {"a low surrogate alone", {0xDC00, 'a'}, 2},
    {"two high surrogates", {0xD800, 0xD800, 0xDC00}, 3},
    {"NUL inside counted text", {'a', 0, 'b'}, 3},
};

static const struct {
    const char *what;
    uint32_t units[4];
    size_t count;
} bad_u32[] = {
    {"a surrogate", {0xD800}, 1},
    {"over U+10FFFF", {0x110000}, 1},
    {"all ones", {UINT32_MAX}, 1},
    {"NUL inside counted text", {'a', 0, 'b'}, 3},
};

static void test_good(void)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        for (unsigned bits = 16; bits <= 32; bits += 16) {
            const void *want = bits == 16 ? (const void *)good[i].u16 : (const void *)good[i].u32;
            size_t count = 0, units = 99;
            int bad = 7;
            while (bits == 16 ? good[i].u16[count] : good[i].u32[count])
                count++;
            void *wide = utf8_to_wide(good[i].utf8, bits, &units, &bad);
            ok(wide && !bad && units == count && !memcmp(wide, want, (count + 1) * bits / 8),
               "%s becomes UTF-%u, NUL-ended", good[i].what, bits);
            free(wide);
            char *back = utf8_from_wide(want, bits, (size_t)-1, &bad);
            is_str(back, good[i].utf8, "%s comes back from UTF-%u", good[i].what, bits);
            free(back);
            /* Counted, and from an odd address. */
            uint8_t shifted[64] = {0};
            memcpy(shifted + 1, want, count * bits / 8);
            back = utf8_from_wide(shifted + 1, bits, count, &bad);
            is_str(back, good[i].utf8, "%s comes back from counted, unaligned UTF-%u", good[i].what, bits);
            free(back);
        }
    }
}

static void test_bad(void)
{
    int bad;
    for (size_t i = 0; i < sizeof bad_utf8 / sizeof *bad_utf8; i++)
        for (unsigned bits = 16; bits <= 32; bits += 16) {
            bad = 0;
            ok(!utf8_to_wide(bad_utf8[i].utf8, bits, NULL, &bad) && bad, "%s is refused (to UTF-%u)",
               bad_utf8[i].what, bits);
        }
    for (size_t i = 0; i < sizeof bad_u16 / sizeof *bad_u16; i++) {
        bad = 0;
        ok(!utf8_from_wide(bad_u16[i].units, 16, bad_u16[i].count, &bad) && bad, "UTF-16: %s is refused",
           bad_u16[i].what);
    }
    for (size_t i = 0; i < sizeof bad_u32 / sizeof *bad_u32; i++) {
        bad = 0;
        ok(!utf8_from_wide(bad_u32[i].units, 32, bad_u32[i].count, &bad) && bad, "UTF-32: %s is refused",
           bad_u32[i].what);
    }
}

static void test_field(void)
{
    uint16_t f16[4];
    uint32_t f32[4];
    memset(f16, 0xAA, sizeof f16);
    utf8_to_field("ab", 16, f16, 4);
    is_mem(f16, ((uint16_t[]){'a', 'b', 0, 0}), sizeof f16, "a field is filled up with zeros");
    utf8_to_field("abcd", 16, f16, 4);
    is_mem(f16, ((uint16_t[]){'a', 'b', 'c', 0}), sizeof f16, "text that is too long is cut and ended");
    utf8_to_field("ab\xF0\x9F\x98\x80", 16, f16, 4);
    is_mem(f16, ((uint16_t[]){'a', 'b', 0, 0}), sizeof f16, "no half of a surrogate pair is left");
    utf8_to_field("ab\xF0\x9F\x98\x80", 32, f32, 4);
    is_mem(f32, ((uint32_t[]){'a', 'b', 0x1F600, 0}), sizeof f32, "the same fits where units have 32 bits");
    utf8_to_field("a\xFFz", 16, f16, 4);
    is_mem(f16, ((uint16_t[]){'a', 0, 0, 0}), sizeof f16, "malformed text ends where it is malformed");
}

int main(void)
{
    test_good();
    test_bad();
    test_field();
    return tap_done();
}
