/* SPDX-License-Identifier: MIT
 * ClientHellos whole, in pieces, cut anywhere, and wrong in every way. */
#include <config.h>

#include "t/hello-kit.h"
#include "t/tap.h"

static struct kit kit;

static const uint8_t alpn[] = {0, 12, 2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
static const uint8_t versions[] = {4, 3, 4, 3, 3};
static const uint8_t groups[] = {0, 4, 0, 0x1D, 0, 0x17};
static const uint8_t signatures[] = {0, 4, 8, 4, 4, 3};
static const uint8_t status_request[] = {1, 0, 0, 0, 0};
static const uint8_t psk[] = {0,  10, 0,  4,  't', 'i', 'c', 'k', 0,  0,  0,  0,  0,  33, 32, 1,
                              2,  3,  4,  5,  6,   7,   8,   9,   10, 11, 12, 13, 14, 15, 16, 17,
                              18, 19, 20, 21, 22,  23,  24,  25,  26, 27, 28, 29, 30, 31, 32};

static struct sspi_bytes full_hello(unsigned version)
{
    struct kit_hello at = kit_hello_open(&kit, version);

    kit_server_name(&kit, "WWW.Example.org", 15);
    kit_extension(&kit, 5, status_request, sizeof status_request);
    kit_extension(&kit, 10, groups, sizeof groups);
    kit_extension(&kit, 13, signatures, sizeof signatures);
    kit_extension(&kit, 16, alpn, sizeof alpn);
    kit_extension(&kit, 35, "ticket", 6);
    kit_extension(&kit, 43, versions, sizeof versions);
    kit_extension(&kit, 49, "", 0);
    kit_extension(&kit, 0x2A2A, "\0", 1); /* GREASE */
    kit_extension(&kit, 41, psk, sizeof psk);
    return kit_hello_close(&kit, at);
}

/* hello_read on a block of exactly that size. */
static enum hello_status read_copy(struct sspi_bytes message, struct hello *hello, uint8_t *alert)
{
    uint8_t *copy = malloc(message.len ? message.len : 1);
    enum hello_status status;

    memcpy(copy, message.ptr, message.len);
    status = hello_read((struct sspi_bytes){copy, message.len}, hello, alert);
    free(copy);
    return status;
}

static void whole(unsigned version, const char *name)
{
    struct sspi_bytes message = full_hello(version);
    struct hello hello;
    uint8_t alert = 99;

    is_int(hello_read(message, &hello, &alert), HELLO_WHOLE, "%s: a hello with everything", name);
    is_int(alert, 0, "%s: no alert", name);
    is_int(hello.legacy_version, version, "%s: version", name);
    ok(hello.session_id.len == 4 && !memcmp(hello.session_id.ptr, "sess", 4), "%s: session id", name);
    ok(hello.suites.len == 6 && hello_lists(hello.suites, 0xC02F) && hello_lists(hello.suites, 0x009C) &&
           !hello_lists(hello.suites, 0x2F00) && !hello_lists(hello.suites, 0x01C0),
       "%s: suites, in steps of two", name);
    is_str(hello.server_name, "www.example.org", "%s: the name, in lower case", name);
    ok(hello.alpn.len == 12 && !memcmp(hello.alpn.ptr, alpn + 2, 12), "%s: ALPN", name);
    ok(hello_lists(hello.versions, 0x0304) && hello_lists(hello.versions, 0x0303) &&
           !hello_lists(hello.versions, 0x0302),
       "%s: versions", name);
    ok(hello_lists(hello.signatures, 0x0804) && hello_lists(hello.groups, 0x001D), "%s: signatures, groups",
       name);
    ok(hello.has_ticket && hello.has_psk && hello.post_handshake_auth && hello.status_request, "%s: flags",
       name);
}

static void small(void)
{
    struct kit_hello at = kit_hello_open(&kit, 0x0303);
    struct sspi_bytes message = kit_hello_close(&kit, at);
    struct hello hello;
    uint8_t alert;

    ok(hello_read(message, &hello, &alert) == HELLO_WHOLE && !*hello.server_name && !hello.alpn.len &&
           !hello.versions.len && !hello.has_ticket,
       "empty extensions");
    kit.len = at.extensions - 2;
    kit_close(&kit, at.message, 3);
    ok(hello_read((struct sspi_bytes){kit.bytes, kit.len}, &hello, &alert) == HELLO_WHOLE,
       "no extensions at all");
    at = kit_hello_open(&kit, 0x0303);
    kit_extension(&kit, 35, "", 0);
    ok(hello_read(kit_hello_close(&kit, at), &hello, &alert) == HELLO_WHOLE && !hello.has_ticket,
       "an empty ticket extension is a wish, not a ticket");
}

static void cut(unsigned version, const char *name)
{
    struct sspi_bytes message = full_hello(version);
    struct hello hello;
    uint8_t alert, *fixed = malloc(message.len);
    size_t len;
    unsigned accepted = 0, wrong_alert = 0;

    for (len = 0; len < message.len; len++) {
        alert = 0;
        accepted += read_copy((struct sspi_bytes){message.ptr, len}, &hello, &alert) == HELLO_WHOLE;
        wrong_alert += alert != 50;
    }
    is_int(accepted, 0, "%s: cut at each of %zu places it is refused", name, message.len);
    is_int(wrong_alert, 0, "%s: with decode_error", name);
    /* cut, with a message length that hides it: only between extensions' absence and presence may it pass */
    for (len = 4, accepted = 0; len < message.len; len++) {
        memcpy(fixed, message.ptr, len);
        fixed[1] = 0;
        fixed[2] = (uint8_t)((len - 4) >> 8);
        fixed[3] = (uint8_t)(len - 4);
        accepted += read_copy((struct sspi_bytes){fixed, len}, &hello, &alert) == HELLO_WHOLE;
    }
    is_int(accepted, 1, "%s: cut with a fitting length it passes only where the extensions would begin",
           name);
    free(fixed);
}

static void one_byte_more(void)
{
    struct sspi_bytes message = full_hello(0x0303);
    struct hello hello;
    uint8_t alert;

    kit.bytes[kit.len] = 0;
    is_int(hello_read((struct sspi_bytes){message.ptr, message.len + 1}, &hello, &alert), HELLO_BAD,
           "one byte behind the message");
    kit_close(&kit, 4, 3);
    kit.len++;
    kit_close(&kit, 4, 3);
    is_int(hello_read((struct sspi_bytes){kit.bytes, kit.len}, &hello, &alert), HELLO_BAD,
           "one byte behind the extensions");
    is_int(alert, 50, "is a decode_error");
}

/* Every byte of a good hello set to every value: nothing to assert but that it is read within its bounds
 * (the sanitizers' part) and that whatever passes holds together. */
static void mutations(void)
{
    struct sspi_bytes message = full_hello(0x0303);
    struct hello hello;
    uint8_t alert, kept;
    size_t at;
    unsigned value, loose = 0, passed = 0;
    const uint8_t *end = message.ptr + message.len;

    for (at = 0; at < message.len; at++) {
        kept = kit.bytes[at];
        for (value = 0; value < 256; value++) {
            kit.bytes[at] = (uint8_t)value;
            if (hello_read(message, &hello, &alert) != HELLO_WHOLE) {
                loose += alert != 50 && alert != 47;
                continue;
            }
            passed++;
            loose +=
                alert != 0 || hello.suites.ptr < message.ptr || hello.suites.ptr + hello.suites.len > end ||
                (hello.alpn.len && (hello.alpn.ptr < message.ptr || hello.alpn.ptr + hello.alpn.len > end ||
                                    !hello_alpn_valid(hello.alpn))) ||
                hello.suites.len % 2 || hello.versions.len % 2 || strlen(hello.server_name) > 255;
        }
        kit.bytes[at] = kept;
    }
    is_int(loose, 0, "each byte set to each value: refused with a fitting alert, or sound");
    ok(passed > 0, "%u of %zu passed", passed, message.len * 256);
}

/* ---- What is wrong with one extension ---- */

static void bad_extensions(void)
{
    static const struct {
        const char *what;
        unsigned type;
        const char *body;
        size_t len;
        uint8_t alert; /* 0: accepted */
    } cases[] = {
        {"server_name empty", 0, "", 0, 50},
        {"server_name with an empty list", 0, "\0\0", 2, 50},
        {"server_name list too long", 0, "\0\5\0\0\1a", 6, 50},
        {"server_name list too short", 0, "\0\3\0\0\1a", 6, 50},
        {"server_name with a long entry", 0, "\0\4\0\0\2a", 6, 50},
        {"server_name with an empty name", 0, "\0\3\0\0\0", 5, 50},
        {"two host names", 0, "\0\10\0\0\1a\0\0\1b", 10, 47},
        {"an unknown type of name", 0, "\0\4\7\0\1a", 6, 0},
        {"ALPN empty", 16, "", 0, 50},
        {"ALPN with an empty list", 16, "\0\0", 2, 50},
        {"ALPN with an empty name", 16, "\0\2\0\0", 4, 50},
        {"ALPN name too long", 16, "\0\3\3h2", 5, 50},
        {"ALPN list too long", 16, "\0\4\2h2", 5, 50},
        {"ALPN list too short", 16, "\0\2\2h2", 5, 50},
        {"ALPN good", 16, "\0\3\2h2", 5, 0},
        {"versions empty", 43, "\0", 1, 50},
        {"versions odd", 43, "\3\3\4\3", 4, 50},
        {"versions too long", 43, "\4\3\4", 3, 50},
        {"versions and more", 43, "\2\3\4\0", 4, 50},
        {"groups odd", 10, "\0\3\0\x1d\0", 5, 50},
        {"groups empty", 10, "\0\0", 2, 50},
        {"signatures odd", 13, "\0\1\4", 3, 50},
        {"signatures empty", 13, "\0\0", 2, 50},
        {"signatures too long", 13, "\0\4\4\3", 4, 50},
        {"status_request empty", 5, "", 0, 50},
        {"status_request cut", 5, "\1\0\0\0", 4, 50},
        {"status_request of another type", 5, "\2xyz", 4, 0},
        {"post_handshake_auth with a body", 49, "x", 1, 50},
        {"pre_shared_key empty", 41, "", 0, 50},
        {"pre_shared_key without binders", 41, "\0\7\0\1x\0\0\0\0", 9, 50},
        {"an unknown extension", 0x1234, "whatever", 8, 0},
    };
    struct hello hello;
    unsigned i;
    uint8_t alert;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kit_hello at = kit_hello_open(&kit, 0x0303);
        enum hello_status status;

        kit_extension(&kit, cases[i].type, cases[i].body, cases[i].len);
        status = read_copy(kit_hello_close(&kit, at), &hello, &alert);
        ok(status == (cases[i].alert ? HELLO_BAD : HELLO_WHOLE) && alert == cases[i].alert, "%s: alert %u",
           cases[i].what, cases[i].alert);
    }
}

static void repeated(void)
{
    static const unsigned types[] = {0, 10, 13, 16, 35, 41, 43, 49, 5, 51, 0x0A0A, 0xFFFF};
    struct hello hello;
    unsigned i;
    uint8_t alert;

    for (i = 0; i < sizeof types / sizeof *types; i++) {
        struct kit_hello at = kit_hello_open(&kit, 0x0303);
        unsigned j;
        for (j = 0; j < 2; j++) {
            if (types[i] == 0)
                kit_server_name(&kit, "a.b", 3);
            else if (types[i] == 10 || types[i] == 13)
                kit_extension(&kit, types[i], groups, sizeof groups);
            else if (types[i] == 16)
                kit_extension(&kit, types[i], alpn, sizeof alpn);
            else if (types[i] == 41)
                kit_extension(&kit, types[i], psk, sizeof psk);
            else if (types[i] == 43)
                kit_extension(&kit, types[i], versions, sizeof versions);
            else if (types[i] == 5)
                kit_extension(&kit, types[i], status_request, sizeof status_request);
            else
                kit_extension(&kit, types[i], "", 0);
        }
        ok(hello_read(kit_hello_close(&kit, at), &hello, &alert) == HELLO_BAD && alert == 47,
           "extension 0x%04x twice is an illegal_parameter", types[i]);
    }
    struct kit_hello at = kit_hello_open(&kit, 0x0303);
    kit_extension(&kit, 41, psk, sizeof psk);
    kit_extension(&kit, 35, "", 0);
    ok(hello_read(kit_hello_close(&kit, at), &hello, &alert) == HELLO_BAD && alert == 47,
       "pre_shared_key before another");
    at = kit_hello_open(&kit, 0x0303);
    for (i = 0; i < 16000; i++)
        kit_extension(&kit, 100 + i, "", 0);
    is_int(hello_read(kit_hello_close(&kit, at), &hello, &alert), HELLO_WHOLE,
           "16000 different ones take no time");
}

static void names(void)
{
    static const struct {
        const char *name;
        size_t len;
        const char *read; /* NULL: illegal_parameter */
    } cases[] = {
        {"a", 1, "a"},
        {"a.b", 3, "a.b"},
        {"A-1.b_2.C", 9, "a-1.b_2.c"},
        {"example.org.", 12, "example.org"},
        {"10.0.0.1", 8, "10.0.0.1"},
        {"::1", 3, ""},
        {"fe80::1.2.3.4", 13, ""},
        {"xn--bcher-kva.example", 21, "xn--bcher-kva.example"},
        {".", 1, NULL},
        {"..", 2, NULL},
        {".a", 2, NULL},
        {"a..b", 4, NULL},
        {"a\0b", 3, NULL},
        {"www.good.example\0.evil.example", 30, NULL},
        {"a b", 3, NULL},
        {"a\nb", 3, NULL},
        {"a/b", 3, NULL},
        {"*.example", 9, NULL},
        {"b\xC3\xBC"
         "cher.example",
         15, NULL},
        {"a:b", 3, NULL},
        {"\x7f", 1, NULL},
    };
    struct hello hello;
    char name[512];
    unsigned i, wrong = 0;
    uint8_t alert;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kit_hello at = kit_hello_open(&kit, 0x0303);
        enum hello_status status;

        kit_server_name(&kit, cases[i].name, cases[i].len);
        status = read_copy(kit_hello_close(&kit, at), &hello, &alert);
        if (cases[i].read)
            ok(status == HELLO_WHOLE && !strcmp(hello.server_name, cases[i].read), "SNI case %u is '%s'", i,
               cases[i].read);
        else
            ok(status == HELLO_BAD && alert == 47, "SNI case %u is no host name", i);
    }
    for (i = 1; i <= 300; i++) { /* labels of 49 and a dot */
        struct kit_hello at = kit_hello_open(&kit, 0x0303);
        unsigned j;

        for (j = 0; j < i; j++)
            name[j] = j % 50 == 49 && j + 1 != i ? '.' : 'a';
        kit_server_name(&kit, name, i);
        if (hello_read(kit_hello_close(&kit, at), &hello, &alert) == HELLO_WHOLE)
            wrong += i > 255 || strlen(hello.server_name) != i;
        else
            wrong += i <= 255 || alert != 47;
    }
    is_int(wrong, 0, "names of 1 to 300 bytes: up to 255");
    for (i = 60; i < 70; i++) {
        struct kit_hello at = kit_hello_open(&kit, 0x0303);

        memset(name, 'a', i);
        kit_server_name(&kit, name, i);
        wrong += (hello_read(kit_hello_close(&kit, at), &hello, &alert) == HELLO_WHOLE) != (i <= 63);
    }
    is_int(wrong, 0, "labels up to 63");
}

static void bad_bodies(void)
{
    struct sspi_bytes message;
    struct hello hello;
    uint8_t alert;
    struct kit_hello at;

    message = full_hello(0x0303);
    kit.bytes[0] = 2;
    is_int(hello_read(message, &hello, &alert), HELLO_BAD, "another message is no ClientHello");
    message = full_hello(0x0303);
    kit.bytes[38] = 33;
    is_int(hello_read(message, &hello, &alert), HELLO_BAD, "a session id of 33 bytes");
    message = full_hello(0x0303);
    kit.bytes[44] = 5;
    is_int(hello_read(message, &hello, &alert), HELLO_BAD, "an odd list of suites");
    message = full_hello(0x0303);
    kit.bytes[44] = 0;
    is_int(hello_read(message, &hello, &alert), HELLO_BAD, "no suites");
    message = full_hello(0x0303);
    kit.bytes[52] = 1;
    ok(hello_read(message, &hello, &alert) == HELLO_BAD && alert == 47,
       "no null compression is an illegal_parameter");
    at = kit_hello_open(&kit, 0x0303);
    kit.len = at.extensions - 4;
    kit_number(&kit, 0, 1);
    kit_close(&kit, at.message, 3);
    ok(hello_read((struct sspi_bytes){kit.bytes, kit.len}, &hello, &alert) == HELLO_BAD && alert == 50,
       "no compression methods");
}

/* ---- Records ---- */

static void spread(void)
{
    struct sspi_bytes message = full_hello(0x0303);
    static const size_t steps[] = {1, 2, 3, 4, 5, 7, 64, 100, 16384};
    struct hello hello;
    unsigned i;
    uint8_t alert;

    for (i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct hello_gather gather = {0};
        struct sspi_bytes got;

        is_int(kit_feed(&gather, message.ptr, message.len, steps[i], &alert), HELLO_WHOLE,
               "a hello in records of %zu", steps[i]);
        got = (struct sspi_bytes){gather.message.ptr, gather.message.len};
        ok(got.len == message.len && !memcmp(got.ptr, message.ptr, got.len) &&
               hello_read(got, &hello, &alert) == HELLO_WHOLE &&
               !strcmp(hello.server_name, "www.example.org"),
           "is the same hello");
        hello_gather_free(&gather);
        ok(!gather.message.ptr && gather.message.len == 0, "and is freed");
    }
    for (i = 1; i < message.len; i++) {
        struct hello_gather gather = {0};
        enum hello_status first = kit_feed(&gather, message.ptr, i, 16384, &alert),
                          second = kit_feed(&gather, message.ptr + i, message.len - i, 16384, &alert);
        hello_gather_free(&gather);
        if (first != HELLO_MORE || second != HELLO_WHOLE)
            break;
    }
    is_int(i, message.len, "split in two at any place");
}

static void behind(void)
{
    struct sspi_bytes message = full_hello(0x0303);
    struct hello_gather gather = {0};
    uint8_t alert;

    kit.bytes[kit.len] = 20;
    ok(kit_feed(&gather, message.ptr, message.len + 1, 16384, &alert) == HELLO_BAD && alert == 10,
       "a byte behind the hello in the same record is unexpected");
    hello_gather_free(&gather);
}

static void large(void)
{
    struct kit_hello at;
    struct hello_gather gather = {0};
    struct hello hello;
    uint8_t alert, *record;
    size_t body;

    at = kit_hello_open(&kit, 0x0303); /* the largest that u16 lengths allow: extensions of 65535 bytes */
    kit_number(&kit, 21, 2);
    body = kit_open(&kit, 2);
    memset(kit.bytes + kit.len, 0, 65531);
    kit.len += 65531;
    kit_close(&kit, body, 2);
    kit_hello_close(&kit, at);
    is_int(kit_feed(&gather, kit.bytes, kit.len, 16384, &alert), HELLO_WHOLE,
           "a padded hello of 64 KiB is gathered");
    is_int(hello_read((struct sspi_bytes){gather.message.ptr, gather.message.len}, &hello, &alert),
           HELLO_WHOLE, "and read");
    hello_gather_free(&gather);

    memset(kit.bytes, 0, HELLO_MAX + 10);
    kit.bytes[0] = 1;
    kit.len = 4 + HELLO_MAX - 4;
    kit.bytes[1] = (uint8_t)((HELLO_MAX - 4) >> 16), kit.bytes[2] = (uint8_t)((HELLO_MAX - 4) >> 8),
    kit.bytes[3] = (uint8_t)(HELLO_MAX - 4);
    is_int(kit_feed(&gather, kit.bytes, HELLO_MAX, 1000, &alert), HELLO_WHOLE, "HELLO_MAX is gathered");
    hello_gather_free(&gather);
    kit.bytes[3]++;
    ok(kit_feed(&gather, kit.bytes, HELLO_MAX + 1, 1000, &alert) == HELLO_BAD && alert == 50 &&
           gather.message.len < 2000,
       "HELLO_MAX + 1 is refused by its first record");
    hello_gather_free(&gather);
    record = calloc(1, 5 + 16385);
    memcpy(record, "\x16\3\1\x40\1\1\0\x80", 8);
    ok(hello_gather(&gather, record, 5 + 16385, &alert) == HELLO_BAD && alert == 22,
       "a record of 2^14 + 1 overflows");
    free(record);
    hello_gather_free(&gather);
}

static void dtls(void)
{
    struct sspi_bytes message = full_hello(0xFEFD);
    struct hello_gather gather = {0};
    struct hello hello;
    uint8_t alert = 0, datagram[700];
    size_t body = message.len - 4, at, step = 60, round;
    enum hello_status status = HELLO_MORE;

    /* fragments of 60: each twice, a stray later one between, another message's too */
    for (round = 0; round < 3; round++) {
        for (at = 0; at < body; at += step) {
            size_t part = body - at < step ? body - at : step, offset = at;
            unsigned sequence = 1, repeat;

            for (repeat = 0; repeat < 3 && status == HELLO_MORE; repeat++) {
                sequence = repeat == 2 ? 7 : 1;
                memcpy(datagram, "\x16\xFE\xFD\0\0\0\0\0\0\0\0", 11);
                datagram[11] = (uint8_t)((part + 12) >> 8);
                datagram[12] = (uint8_t)(part + 12);
                datagram[13] = 1;
                datagram[14] = (uint8_t)(body >> 16), datagram[15] = (uint8_t)(body >> 8),
                datagram[16] = (uint8_t)body;
                datagram[17] = 0, datagram[18] = (uint8_t)sequence;
                datagram[19] = 0, datagram[20] = (uint8_t)(offset >> 8), datagram[21] = (uint8_t)offset;
                datagram[22] = 0, datagram[23] = (uint8_t)(part >> 8), datagram[24] = (uint8_t)part;
                memcpy(datagram + 25, message.ptr + 4 + offset, part);
                if (round == 0 && at == 2 * step)
                    continue; /* lost on the first round: what follows is passed over */
                status = hello_gather(&gather, datagram, 25 + part, &alert);
            }
        }
        is_int(status, round == 0 ? HELLO_MORE : HELLO_WHOLE,
               "DTLS: round %zu of fragments, one lost in the first", round);
        if (status != HELLO_MORE)
            break;
    }
    ok(gather.message.len == message.len && !memcmp(gather.message.ptr, message.ptr, message.len),
       "DTLS: the hello is put together");
    ok(hello_read((struct sspi_bytes){gather.message.ptr, gather.message.len}, &hello, &alert) ==
               HELLO_WHOLE &&
           !strcmp(hello.server_name, "www.example.org"),
       "DTLS: and read behind its cookie");
    hello_gather_free(&gather);

    static const struct {
        const char *what;
        uint8_t at, value;
    } lies[] = {
        {"a fragment longer than its record", 24, 61},
        {"a fragment shorter than its record", 24, 59},
        {"a fragment longer than its message", 16, 10},
        {"an offset beyond the message", 19, 1},
        {"another message", 13, 2},
        {"a message of 16 MB", 14, 255},
    };
    for (at = 0; at < sizeof lies / sizeof *lies; at++) {
        uint8_t lie[85];
        memcpy(lie, "\x16\xFE\xFD\0\0\0\0\0\0\0\0\0\x48", 13);
        memcpy(lie + 13, "\1\0\1\0\0\1\0\0\0\0\0\x3c", 12);
        memcpy(lie + 25, message.ptr + 4, 60);
        if (lies[at].at == 16)
            lie[15] = 0;
        lie[lies[at].at] = lies[at].value;
        status = hello_gather(&gather, lie, sizeof lie, &alert);
        ok(status == HELLO_BAD && (alert == 50 || alert == 10), "DTLS: %s", lies[at].what);
        hello_gather_free(&gather);
    }
}

int main(void)
{
    whole(0x0303, "TLS");
    whole(0xFEFD, "DTLS");
    small();
    cut(0x0303, "TLS");
    cut(0xFEFD, "DTLS");
    one_byte_more();
    mutations();
    bad_extensions();
    repeated();
    names();
    bad_bodies();
    spread();
    behind();
    large();
    dtls();
    return tap_done();
}
