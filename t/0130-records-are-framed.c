/* SPDX-License-Identifier: MIT
 * TLS and DTLS record headers: what is missing, what can never become a record. */
#include <config.h>

#include "core/record.h"

#include "t/tap.h"

/* record_read on a block of exactly `len` bytes, so that a sanitizer sees every byte too many. */
static enum record_status read_cut(const uint8_t *bytes, size_t len, int dtls, struct record *out)
{
    uint8_t *copy = malloc(len ? len : 1);
    enum record_status status;

    memcpy(copy, bytes, len);
    status = record_read(copy, len, dtls, out);
    free(copy);
    return status;
}

static void prefixes(int dtls)
{
    static uint8_t tls_record[5 + 300] = {22, 3, 1, 1, 44};
    static uint8_t dtls_record[13 + 300] = {22, 254, 253, 0, 1, 0, 0, 0, 0, 0, 7, 1, 44};
    const uint8_t *record = dtls ? dtls_record : tls_record;
    size_t header = dtls ? 13 : 5, whole = header + 300, len;
    const char *name = dtls ? "dtls" : "tls";
    struct record out;
    unsigned wrong = 0;

    for (len = 0; len < whole; len++) {
        size_t missing = len < header ? header - len : whole - len;
        wrong += read_cut(record, len, dtls, &out) != RECORD_SHORT || out.missing != missing;
    }
    is_int(wrong, 0, "%s: every prefix of a record is short by what it lacks", name);
    if (!dtls) {
        ok(read_cut(record, 0, 0, &out) == RECORD_SHORT && out.missing == 5, "W37 no bytes: MISSING 5");
        ok(read_cut(record, 4, 0, &out) == RECORD_SHORT && out.missing == 1, "W38 4 bytes: MISSING 1");
        ok(read_cut(record, 5, 0, &out) == RECORD_SHORT && out.missing == 300,
           "W39 5 bytes: MISSING the rest");
        ok(read_cut(record, whole - 5, 0, &out) == RECORD_SHORT && out.missing == 5,
           "W62 short by 5: MISSING 5");
    }
    ok(read_cut(record, whole, dtls, &out) == RECORD_WHOLE && out.type == 22 && out.header == header &&
           out.len == whole && out.missing == 0 && out.version == (dtls ? 0xFEFD : 0x0301),
       "%s: the whole record", name);
    is_int(out.sequence, dtls ? 0x0001000000000007 : 0, "%s: epoch and sequence number", name);
}

static void junk(void)
{
    static uint8_t block[8192];
    struct record out;
    unsigned type, major, wrong = 0;
    size_t len;
    int dtls;

    memset(block, 0xFA, sizeof block);
    is_int(record_read(block, sizeof block, 0, &out), RECORD_BAD, "W32 8192 bytes of 0xFA");
    memset(block, 0, sizeof block);
    is_int(record_read(block, sizeof block, 0, &out), RECORD_BAD, "W33 8192 zero bytes");
    for (dtls = 0; dtls < 2; dtls++) {
        for (type = 0; type < 256; type++) {
            for (major = 0; major < 256; major++) {
                uint8_t head[13] = {(uint8_t)type, (uint8_t)major, 3};
                int good_type = type >= 20 && type <= 23, good = good_type && major == (dtls ? 254 : 3);

                for (len = 1; len <= sizeof head; len++) {
                    int bad = record_read(head, len, dtls, &out) == RECORD_BAD;
                    wrong += bad != (len == 1 ? !good_type : !good);
                }
            }
        }
    }
    is_int(wrong, 0, "W32 every type and major version, judged by the first byte that shows it");
    static const char *const texts[] = {"GET / HTTP/1.1\r\n",   "POST /",       "SSH-2.0-x", "EHLO",
                                        "\x80\x2e\x01\x03\x01", "\x16\x02\x00", "\xff",      "{\"a\":1}"};
    for (type = 0; type < sizeof texts / sizeof *texts; type++)
        is_int(record_read((const uint8_t *)texts[type], strlen(texts[type]), 0, &out), RECORD_BAD,
               "other protocols are not waited for: text %u", type);
}

static void lengths(int dtls)
{
    unsigned length, wrong = 0;
    size_t header = dtls ? 13 : 5;

    for (length = 0; length < 65536; length++) {
        uint8_t head[13] = {23, dtls ? 254 : 3, dtls ? 253 : 3};
        struct record out;
        enum record_status got, high;

        head[header - 2] = (uint8_t)(length >> 8);
        head[header - 1] = (uint8_t)length;
        got = read_cut(head, header, dtls, &out);
        if (length > 16384 + 2048)
            wrong += got != RECORD_BAD;
        else if (length == 0)
            wrong += got != RECORD_WHOLE || out.len != header;
        else
            wrong += got != RECORD_SHORT || out.missing != length;
        high = read_cut(head, header - 1, dtls, &out);
        wrong += high != ((length & 0xFF00) > 16384 + 2048 ? RECORD_BAD : RECORD_SHORT);
    }
    is_int(wrong, 0, "%s: every length; over 2^14 + 2048 is refused by its first byte if that shows it",
           dtls ? "dtls" : "tls");
}

static void alerts(void)
{
    uint8_t out[8] = {0, 0, 0, 0, 0, 0, 0, 0x55};

    record_alert(out, 0x0301, 1, 0);
    is_mem(out, "\x15\x03\x01\x00\x02\x01\x00\x55", 8, "W74 close_notify");
    record_alert(out, 0x0301, 2, 42);
    is_mem(out, "\x15\x03\x01\x00\x02\x02\x2A\x55", 8, "W77 bad_certificate");
    record_alert(out, 0x0303, 2, 80);
    is_mem(out, "\x15\x03\x03\x00\x02\x02\x50\x55", 8, "TLS 1.2 internal_error");
}

int main(void)
{
    prefixes(0);
    prefixes(1);
    junk();
    lengths(0);
    lengths(1);
    alerts();
    return tap_done();
}
