/* SPDX-License-Identifier: MIT
 * Records that carry no ClientHello, the choice of a protocol, and the plaintext CertificateRequest. */
#include <config.h>

#include "t/hello-kit.h"
#include "t/tap.h"

static struct kit kit;

/* ---- Records ---- */

static enum hello_status one_record(struct hello_gather *gather, const char *record, size_t len,
                                    uint8_t *alert)
{
    uint8_t *copy = malloc(len);
    enum hello_status status;

    memcpy(copy, record, len);
    status = hello_gather(gather, copy, len, alert);
    free(copy);
    return status;
}

static void wrong_records(void)
{
    static const struct {
        const char *what, *record;
        size_t len;
        uint8_t alert;
    } cases[] = {
        {"an alert", "\x15\3\1\0\2\2\50", 7, 0},
        {"a warning", "\x15\3\1\0\2\1\0", 7, 0},
        {"an alert of three bytes", "\x15\3\1\0\3\2\50\0", 8, 10},
        {"a ChangeCipherSpec", "\x14\3\1\0\1\1", 6, 10},
        {"application data", "\x17\3\1\0\1x", 6, 10},
        {"an empty handshake record", "\x16\3\1\0\0", 5, 10},
        {"a ServerHello", "\x16\3\1\0\4\2\0\0\0", 9, 10},
        {"a Finished", "\x16\3\1\0\1\24", 6, 10},
        {"HTTP", "GET / HTTP/1.1\r\n\r\n", 18, 50},
        {"an SSL 2 hello", "\x80\x2e\1\3\1\0\x15\0\0\0\20", 11, 50},
        {"junk", "\xfa\xfa\xfa\xfa\xfa\xfa\xfa\xfa", 8, 50},
        {"half a header", "\x16\3\1", 3, 50},
        {"half a record", "\x16\3\1\0\4\1\0", 7, 50},
        {"a record and a half", "\x16\3\1\0\1\1\0", 7, 50},
        {"a hello of 16 MB announced", "\x16\3\1\0\4\1\xff\xff\xff", 9, 50},
        {"a hello of 128 KiB announced", "\x16\3\1\0\4\1\2\0\0", 9, 50},
    };
    unsigned i, middle;
    uint8_t alert;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (middle = 0; middle < 2; middle++) {
            struct hello_gather gather = {0};
            enum hello_status status;

            /* between, a handshake record goes on with the message, whatever it holds */
            if (middle && cases[i].record[0] == 0x16 &&
                (strstr(cases[i].what, "announced") || (cases[i].alert != 50 && cases[i].len > 5)))
                continue;
            if (middle)
                is_int(one_record(&gather, "\x16\3\1\0\2\1\0", 7, &alert), HELLO_MORE,
                       "the beginning of a hello");
            status = one_record(&gather, cases[i].record, cases[i].len, &alert);
            ok(status == HELLO_BAD && alert == cases[i].alert, "%s %s: alert %u", cases[i].what,
               middle ? "between" : "instead", cases[i].alert);
            hello_gather_free(&gather);
        }
    }
}

/* ---- ALPN ---- */

static void alpn_choice(void)
{
    static const struct {
        const char *ours, *theirs, *want; /* in RFC 7301's form */
    } cases[] = {
        {"\2h2\10http/1.1", "\10http/1.1\2h2", "\2h2"},
        {"\10http/1.1\2h2", "\2h2\10http/1.1", "\10http/1.1"},
        {"\2h2", "\10http/1.1", ""},
        {"\2h2", "\3h2c", ""},
        {"\3h2c\2h2", "\2h2", "\2h2"},
        {"\2h2", "\2H2", ""},
        {"", "\2h2", ""},
        {"\2h2", "", ""},
        {"\5h2", "\2h2", ""},
        {"\2h2", "\5h2", ""},
        {"\1a\5h2", "\1a", "\1a"},
    };
    unsigned i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sspi_bytes ours = {(const uint8_t *)cases[i].ours, strlen(cases[i].ours)},
                          theirs = {(const uint8_t *)cases[i].theirs, strlen(cases[i].theirs)},
                          got = hello_alpn(ours, theirs);
        ok(got.len == strlen(cases[i].want) && (!got.len || !memcmp(got.ptr, cases[i].want, got.len)),
           "D6 ALPN case %u: the server's first that the client names", i);
        ok(!got.len || (got.ptr >= ours.ptr && got.ptr < ours.ptr + ours.len), "inside ours");
    }
    ok(!hello_alpn_valid((struct sspi_bytes){NULL, 0}), "no list is no valid list");
    ok(!hello_lists((struct sspi_bytes){(const uint8_t *)"\1\2\3", 3}, 0x0300) &&
           hello_lists((struct sspi_bytes){(const uint8_t *)"\1\2\3", 3}, 0x0102),
       "half an entry is none");
}

/* ---- CertificateRequest ---- */

static struct sspi_bytes flight(unsigned version)
{
    kit.len = 0;
    kit_number(&kit, 2, 1); /* ServerHello: what matters is its version */
    size_t at = kit_open(&kit, 3);
    kit_number(&kit, version, 2);
    memset(kit.bytes + kit.len, 7, 34);
    kit.len += 34;
    kit_close(&kit, at, 3);
    kit_number(&kit, 11, 1);
    at = kit_open(&kit, 3);
    memset(kit.bytes + kit.len, 0x30, 900);
    kit.len += 900;
    kit_close(&kit, at, 3);
    kit_number(&kit, 13, 1);
    at = kit_open(&kit, 3);
    kit_bytes(&kit, "\2\1\x40", 3);
    if (version == 0x0303)
        kit_bytes(&kit, "\0\4\4\3\10\4", 6);
    kit_bytes(&kit, "\0\7\0\5\x30\3\1\1\0", 9);
    kit_close(&kit, at, 3);
    kit_number(&kit, 14, 1);
    kit_number(&kit, 0, 3);
    return (struct sspi_bytes){kit.bytes, kit.len};
}

static void requests(void)
{
    static const unsigned all[] = {0x0301, 0x0302, 0x0303};
    unsigned i;
    size_t step;

    for (i = 0; i < 3; i++) {
        struct sspi_bytes bytes = flight(all[i]);

        for (step = 1; step < 1000; step = step * 3 + 1) {
            struct hello_gather gather = {0};
            struct hello_request request;
            unsigned found = 0, bad = 0, right = 0;
            size_t at;

            for (at = 0; at < bytes.len; at += step) {
                size_t part = bytes.len - at < step ? bytes.len - at : step;
                uint8_t *record = malloc(5 + part);
                enum hello_status status;

                memcpy(record, "\x16\3\1", 3);
                record[3] = (uint8_t)(part >> 8), record[4] = (uint8_t)part;
                memcpy(record + 5, bytes.ptr + at, part);
                status = hello_request(&gather, record, 5 + part, &request);
                free(record);
                bad += status == HELLO_BAD;
                if (status != HELLO_WHOLE)
                    continue;
                found++;
                right += request.types.len == 2 && request.types.ptr[1] == 0x40 && request.names.len == 7 &&
                         request.signatures.len == (all[i] == 0x0303 ? 4u : 0u);
                bad += hello_request(&gather, NULL, 0, &request) != HELLO_MORE;
            }
            ok(found == 1 && right == 1 && bad == 0, "K18 version 0x%04x in records of %zu: found once",
               all[i], step);
            is_int(gather.message.len, 0, "K18 nothing is kept");
            hello_gather_free(&gather);
        }
    }
}

/* A DTLS record with one fragment of a message of `length`. */
static size_t fragment(uint8_t *out, uint8_t type, size_t length, uint8_t sequence, size_t offset,
                       size_t size, const void *bytes)
{
    memcpy(out, "\x16\xFE\xFD\0\0\0\0\0\0\0\0", 11);
    out[11] = (uint8_t)((size + 12) >> 8), out[12] = (uint8_t)(size + 12);
    out[13] = type;
    out[14] = 0, out[15] = (uint8_t)(length >> 8), out[16] = (uint8_t)length;
    out[17] = 0, out[18] = sequence;
    out[19] = 0, out[20] = (uint8_t)(offset >> 8), out[21] = (uint8_t)offset;
    out[22] = 0, out[23] = (uint8_t)(size >> 8), out[24] = (uint8_t)size;
    memcpy(out + 25, bytes, size);
    return 25 + size;
}

static void dtls_order(void)
{
    static const uint8_t request_body[] = {1, 64, 0, 2, 4, 3, 0, 0}, zeros[128] = {0};
    struct hello_gather gather = {0};
    struct hello_request request;
    uint8_t record[256], alert;
    unsigned round, found = 0;
    size_t len;

    len = fragment(record, 1, 100, 0, 0, 50, zeros);
    is_int(hello_gather(&gather, record, len, &alert), HELLO_MORE, "DTLS: half a message");
    len = fragment(record, 1, 60, 0, 10, 50, zeros);
    ok(hello_gather(&gather, record, len, &alert) == HELLO_MORE && gather.message.len == 54,
       "DTLS: a fragment that gives the message another length is passed over");
    len = fragment(record, 1, 100, 0, 50, 50, zeros);
    ok(hello_gather(&gather, record, len, &alert) == HELLO_WHOLE && gather.message.len == 104,
       "DTLS: the right one completes it");
    hello_gather_free(&gather);

    for (round = 0; round < 3; round++) { /* the flight, and twice sent again */
        len = fragment(record, 2, 40, 1, 0, 40, zeros);
        found += hello_request(&gather, record, len, &request) == HELLO_WHOLE;
        len = fragment(record, 13, sizeof request_body, 2, 0, sizeof request_body, request_body);
        found += hello_request(&gather, record, len, &request) == HELLO_WHOLE;
        len = fragment(record, 14, 0, 3, 0, 0, zeros);
        found += hello_request(&gather, record, len, &request) == HELLO_WHOLE;
    }
    is_int(found, 1, "K18 DTLS: a flight that is sent again holds no second CertificateRequest");
    hello_gather_free(&gather);
}

static void bad_requests(void)
{
    static const struct {
        const char *what, *body;
        size_t len;
    } cases[] = {
        {"empty", "", 0},
        {"no types", "\0\0\2\4\3\0\0", 7},
        {"types cut", "\5\1", 2},
        {"odd signatures", "\1\1\0\1\4\0\0", 7},
        {"no signatures", "\1\1\0\0\0\0", 6},
        {"names cut", "\1\1\0\2\4\3\0\5\0\1x", 11},
        {"an empty name", "\1\1\0\2\4\3\0\2\0\0", 10},
        {"a name over the list's end", "\1\1\0\2\4\3\0\3\0\2x", 11},
        {"bytes behind", "\1\1\0\2\4\3\0\0x", 9},
    };
    struct hello_gather gather = {0};
    struct hello_request request;
    uint8_t record[64] = {0x16, 3, 3, 0};
    unsigned i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        record[4] = (uint8_t)(4 + cases[i].len);
        record[5] = 13;
        record[8] = (uint8_t)cases[i].len;
        memcpy(record + 9, cases[i].body, cases[i].len);
        is_int(hello_request(&gather, record, 9 + cases[i].len, &request), HELLO_BAD,
               "a CertificateRequest: %s", cases[i].what);
        hello_gather_free(&gather);
    }
    record[4] = 4, record[5] = 11, record[6] = 2, record[7] = 0, record[8] = 1;
    is_int(hello_request(&gather, record, 9, &request), HELLO_BAD, "a Certificate of over 128 KiB");
    hello_gather_free(&gather);
    is_int(hello_request(&gather, (const uint8_t *)"\x15\3\3\0\2\2\50", 7, &request), HELLO_MORE,
           "an alert is somebody else's");
    is_int(hello_request(&gather, (const uint8_t *)"\x16\3\3\0\2\2", 6, &request), HELLO_BAD,
           "half a record");
    hello_gather_free(&gather);
}

int main(void)
{
    wrong_records();
    alpn_choice();
    requests();
    bad_requests();
    dtls_order();
    return tap_done();
}
