/* SPDX-License-Identifier: MIT
 *
 * tools/diff/tls.c, tree.c, grammar.c: whatever is read is written back octet by octet; what is known has a
 * place. */
#include <config.h>

#include "t/diff-kit.h"
#include "t/tap.h"
#include "tools/diff/mutate.h"
#include "tools/diff/random.h"

static int survives(int client, const void *bytes, size_t len)
{
    struct diff_stream s = {0};
    struct diff_bytes out = {0};

    diff_parse(&s, client, bytes, len);
    diff_serialise(&s, &out);
    int same = out.len == len && (len == 0 || memcmp(out.ptr, bytes, len) == 0);
    diff_stream_free(&s);
    diff_bytes_free(&out);
    return same;
}

static void written_back(void)
{
    static const struct {
        const char *name, *hex;
    } streams[] = {
        {"nothing", ""},
        {"one octet", "16"},
        {"a ClientHello", KIT_RECORD},
        {"two hellos in one record", "16 0301 0174" KIT_MESSAGE KIT_MESSAGE},
        {"a message over three records, one of them empty",
         "16 0301 0003 0e0000 16 0302 0000 16 0303 0005 00 14 000000"},
        {"empty records in front, between and behind",
         "16 0301 0000 16 0301 0004 0e000000 16 0303 0000 16 0303 0004 0e000000 16 0301 0000"},
        {"only empty records", "16 0301 0000 16 0301 0000"},
        {"an alert between the halves of a message",
         "16 0301 0002 0100 15 0301 0002 0100 16 0301 0003 000100"},
        {"a message that says more than there is", "16 0301 0006 01 ffffff 0303"},
        {"a record that says more than there is", "16 0301 4000 01 000010 0303"},
        {"extensions that say more than there is", "16 0301 002f 01 00002b 0303"
                                                   "00*32"
                                                   "00 0002 1301 0100 ffff"},
        {"an unknown record", "63 0301 0002 6162"},
        {"foreign versions", "16 0200 0001 01 17 fefd 0001 61"},
        {"a page's request", "474554202f20485454502f312e310d0a0d0a"},
        {"SSL 2", "802e010300001500000010010080"},
        {"ciphertext behind a ChangeCipherSpec",
         "14 0303 0001 01 16 0303 0010 000102030405060708090a0b0c0d0e0f"},
    };

    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        char hex[4096] = "";
        for (const char *from = streams[i].hex; *from; from++) /* "00*32" has to stand alone */
            if (strncmp(from, "00*32", 5) == 0)
                memset(hex + strlen(hex), '0', 64), from += 4;
            else
                strncat(hex, from, 1);
        struct diff_bytes bytes = kit_hex(hex);
        for (size_t len = 0; len <= bytes.len; len++)
            if (!survives(1, bytes.ptr, len) || !survives(0, bytes.ptr, len)) {
                ok(0, "%s, cut to %zu octets", streams[i].name, len);
                break;
            }
        ok(survives(1, bytes.ptr, bytes.len), "%s and each beginning of it is written back", streams[i].name);
        diff_bytes_free(&bytes);
    }
}

/* Random octets, and a hello with random octets changed: most parse for a while and then do not. */
static void random_octets(void)
{
    struct diff_bytes hello = kit_hex(KIT_RECORD);
    struct diff_random random = diff_random_of(9220, 0);
    unsigned many = getenv("OPENSSPI_QUICK") ? 20000 : 100000, wrong = 0;
    uint8_t bytes[600];

    for (unsigned i = 0; i < many; i++) {
        size_t len = diff_random_below(&random, sizeof bytes);
        if (i % 2) {
            for (size_t j = 0; j < len; j++)
                bytes[j] = (uint8_t)diff_random_next(&random);
            if (len > 11 && i % 4 == 1)
                memcpy(bytes, "\x16\x03\x01\x00\xC0\x01\x00\x00\xBC\x03\x03", 11);
        } else {
            memcpy(bytes, hello.ptr, hello.len);
            len = hello.len;
            for (unsigned j = diff_random_below(&random, 8); j > 0; j--)
                bytes[diff_random_below(&random, (uint32_t)len)] = (uint8_t)diff_random_next(&random);
        }
        wrong += !survives(i & 4, bytes, len);
    }
    is_int(wrong, 0, "%u random and half-random streams are written back", many);
    diff_bytes_free(&hello);
}

static const char *text_of(const struct diff_stream *s, const char *path)
{
    static char out[512];
    struct diff_place at;
    struct diff_bytes content = {0};

    if (!diff_place_find(s, path, strlen(path), &at))
        return "gone";
    diff_node_content(s, at.node, &content);
    *out = 0;
    for (size_t i = 0; i < content.len && i < 200; i++)
        sprintf(out + 2 * i, "%02x", content.ptr[i]);
    diff_bytes_free(&content);
    return out;
}

static void places(void)
{
    struct diff_stream s = kit_stream(1, KIT_RECORD "16 0301 0003 140000 16 0301 0003 02 6162");

    is_str(text_of(&s, "0/version"), "0303", "a field has a name");
    is_str(text_of(&s, "0/session"), "", "an empty one is there");
    is_str(text_of(&s, "0/suites/1"), "c02b", "an item has a number");
    is_str(text_of(&s, "0/suites/3"), "gone", "and behind the last there is none");
    is_str(text_of(&s, "0/ext.10/list/1"), "001d", "an extension has a type");
    is_str(text_of(&s, "0/extensions/0"), "000c0000096c6f63616c686f7374", "and a number, too");
    is_str(text_of(&s, "0/ext.16/list/0"), "6832", "protocols are items");
    is_str(text_of(&s, "0/ext.51/shares/0/group"), "0017", "groups of fields are walked through");
    is_str(text_of(&s, "1"), "6162", "a message cut amid its header is whole");
    is_str(text_of(&s, "2"), "gone", "there are two messages");
    is_str(text_of(&s, "0/nothing"), "gone", "a name that is none");
    is_str(text_of(&s, "0/ext.99"), "gone", "an extension that is not there");
    ok(!s.nodes[diff_message_at(&s, 0)].damaged, "the hello follows its form");
    is_str(diff_extension_name(16), "ALPN", "extensions have short names");
    diff_stream_free(&s);
}

/* A server's messages of both versions. */
static void forms(void)
{
    struct diff_stream s = kit_stream(0, "16 0303 0058"
                                         "0b 00000b 000008 000002 6162 000000"
                                         "0b 00000d 00 000009 000002 6162 0002 0000"
                                         "0d 00000e 01 40 0004 0403 0804 0004 0002 6162 0d 000004 00 0001 61"
                                         "18 000001 01 04 00000a 00000e10 0004 61626364");
    uint32_t m = diff_message_at(&s, 1);

    is_str(text_of(&s, "0/chain/0"), "6162", "a chain of TLS 1.2");
    is_str(text_of(&s, "1/chain/0/certificate"), "gone", "of TLS 1.3, whose extensions end early");
    ok(m && s.nodes[m].damaged, "which is damaged");
    is_str(text_of(&s, "2/schemes/1"), "0804", "a CertificateRequest of TLS 1.2");
    is_str(text_of(&s, "4/update"), "01", "a KeyUpdate");
    is_str(text_of(&s, "5/ticket"), "61626364", "a ticket of TLS 1.2");
    diff_stream_free(&s);
}

int main(void)
{
    written_back();
    random_octets();
    places();
    forms();
    return tap_done();
}
