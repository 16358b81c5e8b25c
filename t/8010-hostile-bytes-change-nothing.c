/* SPDX-License-Identifier: MIT
 *
 * What a peer may send instead of TLS, and what a caller may pass instead of buffers: a documented status,
 * one alert where it was asked for, nothing written where it should not be, and the next client is served.
 * Random bytes are made from a fixed seed, so that a failure comes again. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[96];
static uint32_t seed = 12345;

static uint8_t random_byte(void)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint8_t)(seed >> 24);
}

/* Every way to fail that the page documents for what a peer sent. */
static int documented(SECURITY_STATUS status)
{
    switch (status) {
    case SEC_E_INVALID_TOKEN:
    case SEC_E_ILLEGAL_MESSAGE:
    case SEC_E_ALGORITHM_MISMATCH:
    case SEC_E_DECRYPT_FAILURE:
    case SEC_E_MESSAGE_ALTERED:
    case SEC_E_UNSUPPORTED_FUNCTION:
    case SEC_E_CERT_UNKNOWN:
    case SEC_E_CONTEXT_EXPIRED:
    case SEC_E_APPLICATION_PROTOCOL_MISMATCH:
        return 1;
    default:
        return 0;
    }
}

static int one_alert(const struct end *end)
{
    return end->out.len == 7 && end->out.ptr[0] == 21 && end->out.ptr[4] == 2 && end->out.ptr[5] == 2 &&
           end->alert[0] == 2 && end->alert[1] == end->out.ptr[6];
}

/* ---- a server's first bytes ---- */

#define BYTES(words) words, sizeof words - 1

static const struct {
    const char *words, *bytes;
    size_t len;
    SECURITY_STATUS want;
    int alert;
} firsts[] = {
    {"HTTP", BYTES("GET / HTTP/1.0\r\n\r\n"), SEC_E_INVALID_TOKEN, 10},
    {"a line of SSH", BYTES("SSH-2.0-OpenSSH_9.2\r\n"), SEC_E_INVALID_TOKEN, 10},
    {"an oversized record", BYTES("\x16\x03\x01\xff\xff zzz"), SEC_E_INVALID_TOKEN, 22},
    {"SSL 2",
     BYTES("\x16\x02\x00\x00\x04"
           "abcd"),
     SEC_E_INVALID_TOKEN, 70},
    {"application data",
     BYTES("\x17\x03\x03\x00\x04"
           "abcd"),
     SEC_E_INVALID_TOKEN, 10},
    {"ChangeCipherSpec", BYTES("\x14\x03\x03\x00\x01\x01"), SEC_E_INVALID_TOKEN, 10},
    {"a ServerHello", BYTES("\x16\x03\x03\x00\x04\x02\x00\x00\x00"), SEC_E_INVALID_TOKEN, 10},
    {"an empty ClientHello", BYTES("\x16\x03\x01\x00\x04\x01\x00\x00\x00"), SEC_E_INVALID_TOKEN, 50},
    {"a fatal alert", BYTES("\x15\x03\x01\x00\x02\x02\x28"), SEC_E_ILLEGAL_MESSAGE, 0},
};

static void first_bytes(struct pair *pair)
{
    struct end *server = &pair->server;
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        pair_again(pair);
        flow_add(&server->in, firsts[i].bytes, firsts[i].len);
        is_status(pair_step(server, firsts[i].len), firsts[i].want, "%s: %s", tag, firsts[i].words);
        ok(!server->has_context, "D17 %s: %s: no context", tag, firsts[i].words);
        if (firsts[i].alert)
            ok(one_alert(server) && server->alert[1] == firsts[i].alert, "D1 %s: %s: alert %d", tag,
               firsts[i].words, firsts[i].alert);
        else
            ok(!server->out.len, "%s: %s: no answer", tag, firsts[i].words);
    }
}

/* A ServerHello of a version that is none of TLS, whose list of extensions does not end: whatever the library
 * writes its alert into, the alert says what the peer did. */
static void foreign_version(struct pair *pair, uint16_t version)
{
    const uint8_t hello[] = {
        22,       3,    3,    0, 46, 2,  0, 0, 42, (uint8_t)(version >> 8), (uint8_t)version,
        [43] = 0, 0xc0, 0x2b, 0, 0,  16, 0, 43};
    struct end *client = &pair->client;
    pair_again(pair);
    pair_step(client, 0);
    client->out.len = 0;
    flow_add(&client->in, hello, sizeof hello);
    SECURITY_STATUS status = pair_step(client, sizeof hello);
    ok(documented(status) && one_alert(client) && client->alert[1] != 80,
       "D1 %s: a ServerHello of version 0x%04x, cut: alert %d (%s)", tag, version, client->alert[1],
       pair_status(status));
}

/* ---- a hello cut anywhere, and with bytes changed ---- */

static void cut_hello(struct pair *pair, const struct flow *hello)
{
    struct end *server = &pair->server;
    unsigned good = 0;
    for (size_t len = 0; len < hello->len; len++) {
        pair_again(pair);
        flow_add(&server->in, hello->ptr, len);
        SECURITY_STATUS status = pair_step(server, len);
        ULONG want = len < 5 ? 5 - (ULONG)len : (ULONG)(hello->len - len);
        good += status == SEC_E_INCOMPLETE_MESSAGE && !server->has_context && !server->out.len &&
                server->missing == want;
    }
    is_int(good, hello->len, "W79 %s: a hello cut at every byte is INCOMPLETE, and what is missing is right",
           tag);
}

/* The same hello over many small records: the first makes a context, the last an answer. */
static void hello_in_pieces(struct pair *pair, const struct flow *hello, size_t piece)
{
    struct end *server = &pair->server;
    pair_again(pair);
    for (size_t at = 5; at < hello->len; at += piece) {
        size_t len = hello->len - at < piece ? hello->len - at : piece;
        uint8_t header[5] = {22, 3, 1, 0, (uint8_t)len};
        flow_add(&server->in, header, 5);
        flow_add(&server->in, hello->ptr + at, len);
    }
    SECURITY_STATUS status = pair_step(server, 5 + piece);
    ok(status == SEC_I_CONTINUE_NEEDED && !server->out.len && server->has_context,
       "%s: the first of many records: CONTINUE_NEEDED without a token", tag);
    status = pair_step(server, server->in.len);
    ok(status == SEC_I_CONTINUE_NEEDED || documented(status), "%s: the hello in records of %u (%s)", tag,
       (unsigned)piece, pair_status(status));
    if (status == SEC_I_CONTINUE_NEEDED) {
        pair_move(pair);
        pair->client.status = SEC_I_CONTINUE_NEEDED;
    }
}

/* A message that never ends: 128 KiB is the most. */
static void endless_hello(struct pair *pair)
{
    static uint8_t record[5 + 16384] = {22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff, 3, 3};
    struct end *server = &pair->server;
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    int fed = 0;
    pair_again(pair);
    for (; fed < 20 && status == SEC_I_CONTINUE_NEEDED; fed++) {
        flow_add(&server->in, record, sizeof record);
        status = pair_step(server, server->in.len);
    }
    is_status(status, SEC_E_INVALID_TOKEN, "%s: a hello of 16 MiB", tag);
    ok(fed <= 9, "%s: refused after %d records", tag, fed);
}

static void changed_hello(struct pair *pair, const struct flow *hello)
{
    struct end *server = &pair->server;
    unsigned bad = 0, refused = 0;
    for (int i = 0; i < 300; i++) {
        pair_again(pair);
        flow_add(&server->in, hello->ptr, hello->len);
        for (int n = 0; n < 1 + i % 4; n++)
            server->in.ptr[5 + (random_byte() << 8 | random_byte()) % (hello->len - 5)] = random_byte();
        SECURITY_STATUS status = pair_step(server, server->in.len);
        if (status < 0)
            refused++;
        if (status < 0 &&
            (!documented(status) || server->has_context || (server->out.len && !one_alert(server)))) {
            diag("%s with %zu bytes of output", pair_status(status), server->out.len);
            bad++;
        }
    }
    is_int(bad, 0, "%s: 300 changed hellos, %u refused, each with a documented status and at most one alert",
           tag, refused);
}

/* ---- a client's and a server's later bytes ---- */

static void changed_flights(struct pair *pair, int rounds)
{
    unsigned bad = 0, refused = 0, completed = 0;
    for (int i = 0; i < rounds; i++) {
        pair_again(pair);
        struct end *client = &pair->client, *server = &pair->server;
        int target = i % 3; /* which flight is hit */
        pair_step(client, 0);
        for (int turn = 0; turn < 6; turn++) {
            struct end *to = turn % 2 ? client : server, *from = turn % 2 ? server : client;
            if (from->out.len && turn == target + 1)
                from->out.ptr[(size_t)(random_byte() << 8 | random_byte()) % from->out.len] ^=
                    (uint8_t)(1 + random_byte() % 255);
            pair_move(pair);
            if (!to->in.len || to->status < 0 || (to->has_context && to->status == SEC_E_OK))
                continue;
            pair_step(to, to->in.len);
            if (to->status == SEC_E_INCOMPLETE_MESSAGE)
                break;
            int own = to->status == SEC_E_INTERNAL_ERROR && to->alert[1] == 80; /* S3: a library at a loss */
            if (to->status < 0 && !documented(to->status) && !own) {
                diag("%s: %s", to->server ? "server" : "client", pair_status(to->status));
                bad++;
            }
            if (to->status < 0) {
                refused++;
                SECURITY_STATUS first = to->status;
                to->out.len = 0;
                if (to->has_context && (pair_step_null(to) != first || to->out.len))
                    bad++; /* D17 */
            }
        }
        if (client->status == SEC_E_OK && server->status == SEC_E_OK && client->has_context &&
            server->has_context)
            completed++;
    }
    is_int(bad, 0, "%s: %d changed flights, %u refused with a documented status, dead afterwards", tag,
           rounds, refused);
    ok(refused > 0, "%s: some were refused", tag);
    diag("%s: %u completed although a byte was changed (outside what is protected)", tag, completed);
}

static void random_records(struct pair *pair)
{
    unsigned bad = 0;
    for (int i = 0; i < 60; i++) {
        uint8_t record[5 + 300] = {(uint8_t)(20 + i % 4), 3, 3, (uint8_t)((i * 5) >> 8), (uint8_t)(i * 5)};
        pair_again(pair);
        pair_step(&pair->client, 0);
        for (size_t n = 5; n < sizeof record; n++)
            record[n] = random_byte();
        flow_add(&pair->client.in, record, 5 + (size_t)i * 5);
        pair->client.out.len = 0;
        SECURITY_STATUS status = pair_step(&pair->client, pair->client.in.len);
        if ((status < 0 && status != SEC_E_INCOMPLETE_MESSAGE && !documented(status)) ||
            (status < 0 && pair->client.out.len && !one_alert(&pair->client))) {
            diag("type %d, %d bytes: %s, %zu out", 20 + i % 4, i * 5, pair_status(status),
                 pair->client.out.len);
            bad++;
        }
    }
    is_int(bad, 0, "%s: random records to a client", tag);
}

static void random_messages(struct pair *pair)
{
    unsigned bad = 0;
    for (int i = 0; i < 24; i++) {
        pair_again(pair);
        if (pair_handshake(pair) != SEC_E_OK) {
            bad++;
            continue;
        }
        uint8_t record[5 + 300] = {(uint8_t)(20 + i % 4), 3, 3, (uint8_t)((i * 12) >> 8), (uint8_t)(i * 12)};
        for (size_t n = 5; n < sizeof record; n++)
            record[n] = random_byte();
        pair->server.in.len = 0;
        flow_add(&pair->server.in, record, 5 + (size_t)i * 12);
        SECURITY_STATUS status = pair_decrypt(&pair->server);
        if (status == SEC_I_RENEGOTIATE) /* TLS 1.2: a handshake record stays closed until ASC has it */
            status = pair_step(&pair->server, pair->server.in.len);
        if (status >= 0 || !documented(status)) {
            diag("type %d, %d bytes: %s", 20 + i % 4, i * 12, pair_status(status));
            bad++;
        }
    }
    is_int(bad, 0, "%s: random records to DecryptMessage", tag);
}

/* ---- callers ---- */

static void odd_callers(struct pair *pair)
{
    struct end *server = &pair->server;
    uint8_t byte = 0;
    SecBuffer lying = {100, SECBUFFER_TOKEN, NULL}, out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc many = {SECBUFFER_VERSION, 0x7fffffff, &lying}, none = {SECBUFFER_VERSION, 1, NULL},
                  old = {7, 1, &lying}, one = {SECBUFFER_VERSION, 1, &lying},
                  outs = {SECBUFFER_VERSION, 1, &out};
    SecBufferDesc *bad[] = {&many, &none, &old, &one};
    CtxtHandle fresh = {0xdeadbeef, 0xdeadbeef};
    pair_again(pair);
    for (size_t i = 0; i < 4; i++) {
        is_status(AcceptSecurityContext(&server->credential, NULL, bad[i], server->request, 0, &fresh, &outs,
                                        NULL, NULL),
                  SEC_E_INVALID_TOKEN, "%s: ASC, odd input %u", tag, (unsigned)i);
        is_status(DecryptMessage(&fresh, bad[i], 0, NULL), SEC_E_INVALID_HANDLE,
                  "%s: DecryptMessage, no context", tag);
    }
    is_status(
        AcceptSecurityContext(&server->credential, NULL, NULL, server->request, 0, NULL, &outs, NULL, NULL),
        SEC_E_INVALID_HANDLE, "%s: nowhere to put the handle", tag);
    is_status(AcceptSecurityContext(NULL, NULL, NULL, server->request, 0, &fresh, &outs, NULL, NULL),
              SEC_E_INVALID_HANDLE, "%s: ASC without a credential", tag);
    is_status(
        AcceptSecurityContext(&server->credential, NULL, NULL, server->request, 0, &fresh, NULL, NULL, NULL),
        SEC_E_INVALID_TOKEN, "%s: ASC without output", tag);
    ok(fresh.dwLower == 0xdeadbeef && !out.pvBuffer && !out.cbBuffer, "%s: nothing written", tag);
    is_status(DeleteSecurityContext(NULL), SEC_E_INVALID_HANDLE, "%s: DeleteSecurityContext(NULL)", tag);
    is_status(FreeContextBuffer(&byte), SEC_E_INVALID_HANDLE, "%s: FreeContextBuffer of ours", tag);

    if (pair_handshake(pair) != SEC_E_OK)
        return;
    static uint8_t room[64];
    SecBuffer pieces[3] = {
        {13, SECBUFFER_STREAM_HEADER, NULL}, {5, SECBUFFER_DATA, room}, {32, SECBUFFER_STREAM_TRAILER, room}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 3, pieces};
    is_status(EncryptMessage(&server->context, 0, &desc, 0), SEC_E_INVALID_TOKEN, "%s: a header of NULL",
              tag);
    pieces[0] = (SecBuffer){0xffffffff, SECBUFFER_STREAM_HEADER, room};
    pieces[1].cbBuffer = 0xffffffff;
    is_status(EncryptMessage(&server->context, 0, &desc, 0), SEC_E_INVALID_PARAMETER,
              "%s: four thousand million bytes", tag);
    SecBuffer data[4] = {{100, SECBUFFER_DATA, NULL}};
    SecBufferDesc datas = {SECBUFFER_VERSION, 4, data};
    is_status(DecryptMessage(&server->context, &datas, 0, NULL), SEC_E_INVALID_TOKEN, "%s: DATA of NULL",
              tag);
    for (size_t i = 0; i < 4; i++)
        is_status(DecryptMessage(&server->context, bad[i], 0, NULL), SEC_E_INVALID_TOKEN,
                  "%s: DecryptMessage, odd input %u", tag, (unsigned)i);
    pair_send(&pair->client, "still here", 10);
    pair_move(pair);
    is_status(pair_receive(server), SEC_E_INCOMPLETE_MESSAGE, "%s: the connection lives", tag);
    is_int(server->data.len, 10, "%s: and carries", tag);
}

static void each(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {.provider = provider, .tls = tls, .cert = "server-ecdsa"};
    struct flow hello = {0};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    if (ok(pair_open(&pair, &options), "%s: credentials", tag)) {
        pair_step(&pair.client, 0);
        flow_add(&hello, pair.client.out.ptr, pair.client.out.len);
        first_bytes(&pair);
        foreign_version(&pair, 0x0100);
        foreign_version(&pair, 0x0203);
        cut_hello(&pair, &hello);
        hello_in_pieces(&pair, &hello, 60);
        hello_in_pieces(&pair, &hello, 16);
        endless_hello(&pair);
        changed_hello(&pair, &hello);
        changed_flights(&pair, 60);
        random_records(&pair);
        random_messages(&pair);
        odd_callers(&pair);
        pair_again(&pair);
        is_status(pair_handshake(&pair), SEC_E_OK, "%s: after all that the next client is served", tag);
    }
    flow_free(&hello);
    pair_close(&pair);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
