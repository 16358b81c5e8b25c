/* SPDX-License-Identifier: MIT
 *
 * tools/diff/mutate.c and ops: operations do what their text says, and a seed's text makes the same octets
 * again. */
#include <config.h>

#include "t/diff-kit.h"
#include "t/tap.h"
#include "tools/diff/mutate.h"
#include "tools/diff/random.h"

#include <time.h>

/* Two short messages in two records, an alert behind them. */
#define SMALL "16 0301 0006 0e 000002 6162 16 0303 0005 14 000001 63 15 0303 0002 0100"

static void one(const char *base, const char *ops, const char *wanted)
{
    struct diff_stream s = kit_stream(1, base);
    struct diff_bytes want = kit_hex(wanted), got = {0};
    int done = diff_apply(&s, ops, &got),
        same = got.len == want.len && memcmp(got.ptr, want.ptr, got.len) == 0;

    ok(done > 0 && same, "%s", ops);
    if (!same) {
        printf("# got ");
        for (size_t i = 0; i < got.len; i++)
            printf("%02x", got.ptr[i]);
        putchar('\n');
    }
    diff_stream_free(&s);
    diff_bytes_free(&want);
    diff_bytes_free(&got);
}

static void records(void)
{
    one(SMALL, "rec.split 0 2",
        "16 0301 0002 0e00 16 0301 0004 0002 6162 16 0303 0005 14 000001 63 15 0303 0002 0100");
    one(SMALL, "rec.split 0 0",
        "16 0301 0000 16 0301 0006 0e 000002 6162 16 0303 0005 14 000001 63 15 0303 0002 0100");
    one(SMALL, "rec.merge 0", "16 0301 000b 0e 000002 6162 14 000001 63 15 0303 0002 0100");
    one(SMALL, "rec.swap 0 2", "15 0303 0002 0100 16 0303 0005 14 000001 63 16 0301 0006 0e 000002 6162");
    one(SMALL, "rec.drop 1", "16 0301 0006 0e 000002 6162 15 0303 0002 0100");
    one(SMALL, "rec.dup 2", SMALL "15 0303 0002 0100");
    one(SMALL, "rec.empty 0 23", "17 0303 0000" SMALL);
    one(SMALL, "rec.type 2 99", "16 0301 0006 0e 000002 6162 16 0303 0005 14 000001 63 63 0303 0002 0100");
    one(SMALL, "rec.version 2 0x0200",
        "16 0301 0006 0e 000002 6162 16 0303 0005 14 000001 63 15 0200 0002 0100");
    one(SMALL, "rec.len 2 +1", "16 0301 0006 0e 000002 6162 16 0303 0005 14 000001 63 15 0303 0003 0100");
    one(SMALL, "rec.len 2 =16385", "16 0301 0006 0e 000002 6162 16 0303 0005 14 000001 63 15 0303 4001 0100");
    one(SMALL, "rec.alert 0 2 40", "15 0303 0002 0228" SMALL);
    one(SMALL, "rec.ccs 3 1", SMALL "14 0303 0001 01");
    one(SMALL, "rec.add 0 24 0001", "18 0303 0002 0001" SMALL);
    one(SMALL, "rec.grow 2 4", "16 0301 0006 0e 000002 6162 16 0303 0005 14 000001 63 15 0303 0004 01000000");
    one(SMALL, "rec.crumble 2 1",
        "16 0301 0006 0e 000002 6162 16 0303 0005 14 000001 63 15 0303 0001 01 15 0303 0001 00");
    one(SMALL, "rec.cut 1", "16 0301 0006 0e 000002 6162 16 0303 0005 14 000001 63 15 0303 0002 01");
    one(SMALL, "rec.cut 4", "16 0301 0006 0e 000002 6162 16 0303 0005 14 000001 63 15 0303");
    one(SMALL, "rec.cut 8", "16 0301 0006 0e 000002 6162 16 0303 0005 14 000001");
    one(SMALL, "rec.tail 6162", SMALL "6162");
}

static void messages(void)
{
    one(SMALL, "hs.len 0 +1", "16 0301 0006 0e 000003 6162 16 0303 0005 14 000001 63 15 0303 0002 0100");
    one(SMALL, "hs.len 0 =16777215",
        "16 0301 0006 0e ffffff 6162 16 0303 0005 14 000001 63 15 0303 0002 0100");
    one(SMALL, "hs.drop 0", "16 0303 0005 14 000001 63 15 0303 0002 0100");
    one(SMALL, "hs.dup 1",
        "16 0301 0006 0e 000002 6162 16 0303 000a 14 000001 63 14 000001 63 15 0303 0002 0100");
    one(SMALL, "hs.swap 0 1", "16 0303 0005 14 000001 63 16 0301 0006 0e 000002 6162 15 0303 0002 0100");
    one(SMALL, "hs.type 1 99", "16 0301 0006 0e 000002 6162 16 0303 0005 63 000001 63 15 0303 0002 0100");
    one(SMALL, "hs.add 0 24 01",
        "16 0301 000b 0e 000002 6162 18 000001 01 16 0303 0005 14 000001 63 15 0303 0002 0100");
    one(SMALL, "field.cut 0 1", "16 0301 0005 0e 000001 61 16 0303 0005 14 000001 63 15 0303 0002 0100");
    one(SMALL, "field.extend 1 64*2",
        "16 0301 0006 0e 000002 6162 16 0303 0007 14 000003 636464 15 0303 0002 0100");
    one(SMALL, "field.flip 0 0", "16 0301 0006 0e 000002 e162 16 0303 0005 14 000001 63 15 0303 0002 0100");
    one(SMALL, "rec.drop 1; hs.drop 0; rec.split 0 1", "16 0303 0001 14 16 0303 0004 000001 63");
}

/* A hello with two extensions; what comes behind its random value. */
#define TINY(extensions, len, message, record)                                                               \
    "16 0301" record "01" message "0303 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff 00" \
    "0002 1301 0100" len extensions
#define BASE TINY("0010 0005 0003 02 6832 0017 0000", "000d", "000038", "003c")

static void extensions(void)
{
    one(BASE, "ext.drop 23", TINY("0010 0005 0003 02 6832", "0009", "000034", "0038"));
    one(BASE, "ext.dup 23", TINY("0010 0005 0003 02 6832 0017 0000 0017 0000", "0011", "00003c", "0040"));
    one(BASE, "ext.swap 16 23", TINY("0017 0000 0010 0005 0003 02 6832", "000d", "000038", "003c"));
    one(BASE, "ext.last 16", TINY("0017 0000 0010 0005 0003 02 6832", "000d", "000038", "003c"));
    one(BASE, "ext.first 23", TINY("0017 0000 0010 0005 0003 02 6832", "000d", "000038", "003c"));
    one(BASE, "ext.add 99 61",
        TINY("0010 0005 0003 02 6832 0017 0000 0063 0001 61", "0012", "00003d", "0041"));
    one(BASE, "ext.body 16 0000", TINY("0010 0002 0000 0017 0000", "000a", "000035", "0039"));
    one(BASE, "ext.body 28 4001",
        TINY("0010 0005 0003 02 6832 0017 0000 001c 0002 4001", "0013", "00003e", "0042"));
    one(BASE, "ext.len 23 +1", TINY("0010 0005 0003 02 6832 0017 0001", "000d", "000038", "003c"));
    one(BASE, "ext.unknown 31337 -",
        TINY("0010 0005 0003 02 6832 0017 0000 7a69 0000", "0011", "00003c", "0040"));
    one(BASE, "field.len 0/extensions -1",
        TINY("0010 0005 0003 02 6832 0017 0000", "000c", "000038", "003c"));
    one(BASE, "list.empty 0/ext.16/list", TINY("0010 0002 0000 0017 0000", "000a", "000035", "0039"));
    one(BASE, "item.drop 0/ext.16/list/0", TINY("0010 0002 0000 0017 0000", "000a", "000035", "0039"));
    one(BASE, "item.dup 0/ext.16/list/0",
        TINY("0010 0008 0006 02 6832 02 6832 0017 0000", "0010", "00003b", "003f"));
    one(BASE, "item.add 0/ext.16/list 0161 last",
        TINY("0010 0007 0005 02 6832 0161 0017 0000", "000f", "00003a", "003e"));
    one(BASE, "field.set 0/ext.16/list/0 61",
        TINY("0010 0004 0002 01 61 0017 0000", "000c", "000037", "003b"));
}

static void points(void)
{
    struct diff_stream s = kit_stream(1, KIT_RECORD);
    struct diff_bytes out = {0};
    static const struct {
        const char *op, *end;
        size_t len;
    } bad[] = {{"offcurve", "\xBF\x51\xF4", 191},
               {"short", "\x37\xBF\x51", 190},
               {"origin", "\0\0\0", 191},
               {"infinity", "\x00\x01\x00", 127}};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char op[64];
        snprintf(op, sizeof op, "point.bad 0/ext.51/shares/0/key %s", bad[i].op);
        out.len = 0;
        ok(diff_apply(&s, op, &out) == 1 && out.len == bad[i].len &&
               memcmp(out.ptr + out.len - 3, bad[i].end, 3) == 0,
           "%s", op);
    }
    diff_stream_free(&s);
    diff_bytes_free(&out);
}

static void texts(void)
{
    struct diff_stream s = kit_stream(1, KIT_RECORD);
    struct diff_bytes out = {0};

    is_int(diff_apply(&s, "", &out), 0, "no operation changes nothing");
    is_int(out.len, 191, "and the octets are there");
    is_int(diff_apply(&s, "ext.nonsense 1", &out), -1, "an unknown operation is refused");
    is_int(diff_apply(&s, "ext.dup", &out), -1, "so is one without its place");
    is_int(diff_apply(&s, "ext.dup 999; hs.drop 7; rec.drop 9; item.drop 0/ext.9/0", &out), 0,
           "places that are gone are passed over");
    is_int(diff_apply(&s, "rec.drop 0; ext.drop 16", &out), 2,
           "an order other than that of the layers is taken");
    ok(diff_ops_neutral("grease; ext.shuffle 7") && diff_ops_neutral("ext.unknown 31000 00"),
       "neutral ones are known");
    ok(!diff_ops_neutral("grease; ext.dup 13") && !diff_ops_neutral("") && !diff_ops_neutral("nonsense"),
       "others are not");
    is_str(diff_ops_token("ext.dup 13; rec.split 0 1", 1), "op.rec.split", "operations have words");
    ok(!diff_ops_token("ext.dup 13; rec.split 0 1", 2), "as many as there are");
    diff_stream_free(&s);
    diff_bytes_free(&out);
}

/* A long extension is no accident of the record layer. */
static void long_ones(void)
{
    struct diff_stream s = kit_stream(1, KIT_RECORD);
    struct diff_bytes out = {0};
    struct diff_stream again = {0};

    is_int(diff_apply(&s, "ext.add 21 00*40000", &out), 1, "40,000 octets of padding");
    diff_parse(&again, 1, out.ptr, out.len);
    is_int(again.cut_count, 3, "leave in three records");
    ok(!again.nodes[diff_message_at(&again, 0)].damaged, "and are a hello still");
    diff_stream_free(&s);
    diff_stream_free(&again);
    diff_bytes_free(&out);
}

static void seeds(void)
{
    static const char *const bases[] = {KIT_RECORD,
                                        SMALL,
                                        "",
                                        "474554202f0d0a",
                                        KIT_RECORD "14 0303 0001 01" KIT_RECORD,
                                        "16 0301 4000 01 000010 0303"};
    unsigned many = getenv("OPENSSPI_QUICK") ? 4000 : 20000, wrong = 0, none = 0, kinds = 0, total = 0;
    unsigned char used[128] = {0};
    clock_t start = clock(), spent = 0;

    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
        struct diff_stream s = kit_stream(1, bases[b]);
        struct diff_bytes first = {0}, second = {0}, third = {0};
        for (unsigned seed = 1; seed <= many; seed++) {
            char ops[512], again[512];
            first.len = second.len = third.len = 0;
            start = clock();
            int done = diff_mutate(&s, seed, &first, ops, sizeof ops);
            spent += clock() - start;
            total++;
            wrong += diff_mutate(&s, seed, &second, again, sizeof again) != done || strcmp(ops, again) != 0 ||
                     first.len != second.len || memcmp(first.ptr, second.ptr, first.len) != 0;
            wrong += diff_apply(&s, ops, &third) != done || first.len != third.len ||
                     memcmp(first.ptr, third.ptr, first.len) != 0;
            none += done == 0;
            for (unsigned i = 0; i < 128; i++)
                for (unsigned n = 0; diff_op_token(i) && n < 3; n++)
                    used[i] |= diff_ops_token(ops, n) == diff_op_token(i);
        }
        diff_stream_free(&s);
        diff_bytes_free(&first);
        diff_bytes_free(&second);
        diff_bytes_free(&third);
    }
    is_int(wrong, 0, "%u seeds give the same operations twice, and their text the same octets", total);
    is_int(none, 0, "each seed changes something");
    for (unsigned i = 0; diff_op_token(i); i++) {
        kinds += used[i];
        if (!used[i])
            diag("never made: %s", diff_op_token(i));
    }
    ok(kinds >= 42, "%u kinds of operations were made", kinds);
    diag("%.0f mutations a second", total / ((double)spent / CLOCKS_PER_SEC + 1e-9));
}

int main(void)
{
    records();
    messages();
    extensions();
    points();
    texts();
    long_ones();
    seeds();
    return tap_done();
}
