/* SPDX-License-Identifier: MIT
 *
 * tools/diff/features.c: what a stimulus is follows from its octets and its operations. */
#include <config.h>

#include "t/diff-kit.h"
#include "t/tap.h"
#include "tools/diff/curve.h"
#include "tools/diff/features.h"
#include "tools/diff/mutate.h"

static int has(const char **words, size_t count, const char *word, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
            return 1;
    return 0;
}

/* The words of a stream hold each of `wanted`; "!word": none. */
static void words_of(const struct diff_stream *s, const char *ops, const char *wanted, const char *name)
{
    const char *words[128];
    size_t count = diff_features(s, ops, words, 128);
    int good = 1;

    for (const char *word = wanted; *word; word += strspn(word, " ")) {
        size_t len = strcspn(word, " "), not = *word == '!';
        if (has(words, count, word + not, len - not ) == (int)not ) {
            diag("%.*s", (int)len, word);
            good = 0;
        }
        word += len;
    }
    for (size_t i = 1; i < count; i++)
        good = good && strcmp(words[i - 1], words[i]) < 0;
    ok(good, "%s: %s", name, wanted);
    for (size_t i = 0; i < count && !good; i++)
        diag("has %s", words[i]);
}

static void octets(int client, const char *hex, const char *wanted)
{
    struct diff_stream s = kit_stream(client, hex);
    words_of(&s, NULL, wanted, hex);
    diff_stream_free(&s);
}

/* The hello after these operations, as its words stand for a case. */
static void changed(const char *ops, const char *wanted)
{
    struct diff_stream base = kit_stream(1, KIT_RECORD), s = {0};
    struct diff_bytes out = {0};

    if (diff_apply(&base, ops, &out) < 1)
        ok(0, "%s finds its place", ops);
    diff_parse(&s, 1, out.ptr, out.len);
    words_of(&s, ops, wanted, ops);
    diff_stream_free(&s);
    diff_stream_free(&base);
    diff_bytes_free(&out);
}

static void beginnings(void)
{
    octets(1, "", "role.accept first.nothing !first.short !ch");
    octets(0, "16", "role.initialize first.short !first.handshake");
    octets(1, "474554202f20485454502f312e310d0a0d0a", "first.http !first.handshake !first.other");
    octets(1, "5353482d322e302d4f70656e535348", "first.other !first.http");
    octets(1, "802e010300001500000010010080", "ch.sslv2 !ch !first.other");
    octets(1, "15 0301 0002 0100",
           "first.alert first.alert.close alert.close alert.before.ch !first.alert.warning");
    octets(1, "15 0301 0002 0164", "first.alert.warning alert.warning !alert.many");
    octets(1, "15 0301 0002 0228", "first.alert.fatal alert.fatal");
    octets(1, "15 0301 0002 0300", "alert.level.unknown alert.close");
    octets(1, "14 0303 0001 01" KIT_RECORD, "first.ccs ccs.before.ch !ccs.value.bad ch");
    octets(1, KIT_RECORD "14 0303 0001 02", "ccs.after.ch ccs.value.bad !ccs.many !ccs.inside");
    octets(1, "63 0301 0001 61", "first.unknown rec.type.unknown");
    octets(1, "17 0303 0001 61", "first.data data.before.ch");
}

static void records(void)
{
    octets(1, KIT_RECORD,
           "first.handshake ch rec.version.0301 !ch.fragmented !rec.empty !rec.trailing !more.after.ch");
    octets(1, "16 0301 0000" KIT_RECORD, "rec.empty rec.empty.first rec.empty.handshake !rec.empty.inside");
    changed("rec.split 0 3", "ch.fragmented rec.tiny op.rec.split !ch.fragmented.many");
    changed("rec.crumble 0 1", "rec.one rec.many ch.fragmented.many rec.small");
    changed("rec.split 0 9; rec.empty 1 22", "rec.empty.inside ch.fragmented");
    changed("rec.split 0 9; rec.alert 1 1 0", "alert.inside hs.interrupted alert.close ch.truncated");
    changed("rec.version 0 0x0200", "rec.version.0200 rec.version.foreign rec.version.first.foreign");
    changed("rec.version 0 0x0305", "rec.version.03xx !rec.version.foreign");
    changed("rec.len 0 =18433", "rec.overlong rec.over.13 rec.over.14 rec.truncated");
    changed("rec.grow 0 16385", "rec.over.14 !rec.over.13");
    changed("rec.tail 6162", "rec.trailing");
    changed("rec.cut 4", "ch.truncated rec.truncated");
    changed("rec.alert 0 1 90; rec.dup 0", "alert.many !alert.flood");
}

static void hellos(void)
{
    octets(
        1, KIT_RECORD,
        "ch.tls13 ch.tls12 !ch.tls12.only ch.ext.ALPN ch.ext.SNI !ch.ext.EMS ch.no.ems !ch.no.common.suite "
        "!ch.no.common.group !ch.no.common.sigalg !ch.share.bad !ch.share.lower !ch.hrr !ch.alpn.mismatch "
        "!ch.sni.other !ch.no.renegotiation !ch.damaged !ch.ext.unknown !ch.grease");
    changed("ext.dup 13", "ch.ext.dup op.ext.dup !ch.no.sigalgs");
    changed("ext.unknown 31337 00", "ch.ext.unknown !ch.grease");
    changed("grease", "ch.grease ch.ext.unknown !ch.share.not.in.groups !ch.share.order");
    changed("ext.drop 13", "ch.no.sigalgs");
    changed("ext.drop 10", "ch.no.groups");
    changed("ext.drop 51", "ch.no.share");
    changed("ext.drop 43", "ch.tls12.only !ch.tls13");
    changed("ext.body 43 020304", "ch.tls13.only");
    changed("ext.body 43 020302", "ch.no.version");
    changed("ext.body 10 0002fe01", "ch.no.common.group ch.share.not.in.groups");
    changed("ext.body 10 0000", "ch.ext.GROUPS.empty ch.no.common.group");
    changed("ext.body 10 000300", "ch.ext.GROUPS.bad ch.ext.bad");
    changed("ext.body 10 0004001d0017", "ch.share.lower !ch.hrr");
    changed("ext.body 51 0005fe01000161", "ch.share.only.unsupported ch.hrr");
    changed("ext.body 51 0000", "ch.ext.SHARE.empty ch.hrr !ch.no.share");
    changed("point.bad 0/ext.51/shares/0/key offcurve", "ch.share.offcurve ch.share.bad op.point.bad");
    changed("point.bad 0/ext.51/shares/0/key compressed", "ch.share.form ch.share.bad");
    changed("point.bad 0/ext.51/shares/0/key short", "ch.share.len");
    changed("ext.body 51 0024001d0020+00*32", "ch.share.low");
    changed("item.dup 0/ext.51/shares/0", "ch.share.dup");
    changed("ext.body 13 00020807", "ch.no.common.sigalg");
    changed("item.dup 0/suites/0 200", "ch.suites.many");
    changed("list.empty 0/suites", "ch.suites.empty ch.no.common.suite");
    changed("field.set 0/suites 1301c0", "ch.suites.odd");
    changed("item.add 0/suites 5600", "ch.scsv.fallback");
    changed("item.drop 0/suites/2", "ch.no.renegotiation");
    changed("field.set 0/suites 002f", "ch.suites.legacy ch.no.common.suite");
    changed("item.add 0/compression 01", "ch.compression.nonnull");
    changed("field.set 0/compression 01", "ch.compression.no.null");
    changed("list.empty 0/compression", "ch.compression.empty");
    changed("field.set 0/version 0301", "ch.legacy.0301 ch.tls13");
    changed("field.set 0/version 0300", "ch.legacy.0300");
    changed("hs.len 0 =16777215", "ch.len.huge ch.truncated hs.len.huge");
    changed("hs.len 0 =0", "ch.len.zero");
    changed("hs.dup 0", "ch.twice more.after.ch more.in.record");
    changed("hs.type 0 99", "hs.first.other hs.type.unknown !ch");
    changed("item.drop 0/extensions", "ch.no.extensions ch.tls12.only");
    changed("field.len 0/extensions +1", "ch.damaged !ch.no.extensions");
    changed("field.extend 0 00", "ch.extra");
}

static void names(void)
{
    changed("ext.body 0 000d00000a6c6f63616c00686f7374", "ch.sni.nul ch.sni.other");
    changed("ext.body 0 000d00000a6c6f63616c5f686f7374", "ch.sni.underscore !ch.sni.chars");
    changed("ext.body 0 012f00012c+61*300", "ch.sni.long");
    changed("ext.body 0 0003000000", "ch.sni.empty !ch.ext.SNI.empty");
    changed("ext.body 0 0000", "ch.ext.SNI.empty");
    changed("ext.body 0 000c0500096c6f63616c686f7374", "ch.sni.type");
    changed("item.dup 0/ext.0/names/0", "ch.sni.two");
    changed("ext.body 0 000c0000093132372e302e302e31", "ch.sni.address");
    changed("ext.body 0 000d00000a6c6f63616c686f73742e", "ch.sni.dot");
    changed("ext.body 16 0000", "ch.ext.ALPN.empty ch.alpn.mismatch");
    changed("ext.body 16 000100", "ch.alpn.name.empty");
    changed("ext.body 16 00020178", "ch.alpn.mismatch");
    changed("ext.body 1 05", "ch.mfl.bad");
    changed("ext.body 28 003f", "ch.rsl.small");
    changed("ext.body 41 000a00046162636400000000002120+61*32",
            "ch.psk !ch.psk.no.modes !ch.psk.not.last !ch.psk.binders");
    changed("ext.body 41 000a00046162636400000000002120+61*32; ext.drop 45; ext.first 41",
            "ch.psk.no.modes ch.psk.not.last");
    changed("ext.body 45 0100", "ch.modes.no.dhe");
    changed("ext.body 42 -", "ch.early ch.early.no.psk");
}

#define SERVER(version, suite, compression, extensions)                                                      \
    "0303 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff 00" suite compression extensions

static void servers(void)
{
    octets(0, "16 0303 0032 02 00002e" SERVER("0303", "c02b", "00", "0006 002b 0002 0304"),
           "sh sh.tls13 sh.suite.other sh.no.share !sh.damaged role.initialize");
    octets(0, "16 0303 0031 02 00002d" SERVER("0303", "c02b", "00", "0005 ff01 0001 00"),
           "sh.tls12 !sh.suite.other !sh.no.renegotiation sh.no.ems !sh.ext.unoffered");
    octets(0, "16 0303 0030 02 00002c" SERVER("0303", "c02b", "01", "0004 0016 0000"),
           "sh.compression sh.ext.unoffered sh.ext.ETM sh.no.renegotiation");
    octets(0, "16 0303 0004 0e000000", "hs.first.other hello.done !sh");
}

static void vocabulary(void)
{
    const char *word, *meaning, *all[1024];
    unsigned count = 0, doubled = 0, mute = 0;

    for (; (word = diff_feature(count, &meaning)) != NULL && count < 1024; count++) {
        mute += !meaning || !*meaning || strpbrk(word, " !*") != NULL;
        for (unsigned i = 0; i < count; i++)
            doubled += strcmp(all[i], word) == 0;
        all[count] = word;
    }
    ok(count > 350 && count < 1024, "%u words", count);
    is_int(doubled, 0, "none twice");
    is_int(mute, 0, "each with a meaning");
}

static void points(void)
{
    uint8_t u[32] = {0xEC};
    memset(u + 1, 0xFF, 30);
    u[31] = 0x7F;
    is_int(diff_point_check(29, u, 32), DIFF_POINT_LOW, "p - 1 is of small order");
    u[0] = 9;
    memset(u + 1, 0, 31);
    is_int(diff_point_check(29, u, 32), DIFF_POINT_GOOD, "9 is not");
    struct diff_bytes p = kit_hex(
        "04 aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38 5502f25dbf55296c3a545e3872760ab7"
        "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0 0a60b1ce1d7e819d7a431d7c90ea0e5f");
    is_int(diff_point_check(24, p.ptr, p.len), DIFF_POINT_GOOD, "the generator of P-384");
    p.ptr[50] ^= 1;
    is_int(diff_point_check(24, p.ptr, p.len), DIFF_POINT_OFFCURVE, "and its neighbour");
    diff_bytes_free(&p);
    p = kit_hex("04 "
                "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127"
                "a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66"
                "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b901"
                "3fad0761353c7086a272c24088be94769fd16650");
    is_int(diff_point_check(25, p.ptr, p.len), DIFF_POINT_GOOD, "the generator of P-521");
    p.ptr[1] = 2;
    is_int(diff_point_check(25, p.ptr, p.len), DIFF_POINT_OFFCURVE, "a coordinate beyond the prime");
    diff_bytes_free(&p);
}

int main(void)
{
    beginnings();
    records();
    hellos();
    names();
    servers();
    vocabulary();
    points();
    return tap_done();
}
