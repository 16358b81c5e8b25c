/* SPDX-License-Identifier: MIT
 *
 * The shape of handshake calls: output buffers of the first one, bad input, what is missing and what is left
 * over, what may be repeated.  By contract id, for every provider and version. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

#define UNTOUCHED ((ULONG_PTR)0xdeadbeef)

static char tag[64];

static SECURITY_STATUS isc(struct end *end, CtxtHandle *context, ULONG request, SecBufferDesc *in,
                           CtxtHandle *fresh, SecBufferDesc *out, ULONG *attributes)
{
    TimeStamp expiry;
    return InitializeSecurityContextA(&end->credential, context, (SEC_CHAR *)(uintptr_t) "localhost", request,
                                      0, 0, in, 0, fresh, out, attributes, &expiry);
}

/* ---- W24 to W31: the first call's output ---- */

static void first_output(struct pair *pair)
{
    static uint8_t room[2][8192];
    struct end *client = &pair->client;
    for (int which = 0; which < 2; which++) {
        SecBuffer bufs[2] = {{sizeof room[0], SECBUFFER_TOKEN, room[0]},
                             {sizeof room[1], SECBUFFER_ALERT, room[1]}};
        SecBufferDesc out = {SECBUFFER_VERSION, 2, bufs};
        CtxtHandle context = {UNTOUCHED, UNTOUCHED};
        ULONG attributes = 0;
        bufs[which].cbBuffer = 0;
        is_status(isc(client, NULL, ISC_REQ_CONFIDENTIALITY, NULL, &context, &out, &attributes),
                  SEC_E_INSUFFICIENT_MEMORY, "W24 %s: no room in %s", tag, which ? "ALERT" : "TOKEN");
        ok(context.dwLower == UNTOUCHED, "D17 %s: no context made", tag);
        is_int(attributes, ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | ISC_RET_CONFIDENTIALITY,
               "W67 %s: the narrow attributes", tag);
    }
    static const struct {
        const char *words;
        ULONG request;
        ULONG count;
        SecBuffer bufs[2];
        int fresh; /* memory of the library's comes back */
    } rows[] = {
        {"W25 ALLOCATE_MEMORY, nothing given",
         ISC_REQ_ALLOCATE_MEMORY,
         2,
         {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}},
         1},
        {"W26 ALLOCATE_MEMORY, a pointer that must not be touched",
         ISC_REQ_ALLOCATE_MEMORY,
         1,
         {{8192, SECBUFFER_TOKEN, (void *)UNTOUCHED}, {0, 0, NULL}},
         1},
        {"W27 room in both",
         0,
         2,
         {{sizeof room[0], SECBUFFER_TOKEN, room[0]}, {sizeof room[1], SECBUFFER_ALERT, room[1]}},
         0},
        {"W28 ALLOCATE_MEMORY, a size and no pointer",
         ISC_REQ_ALLOCATE_MEMORY,
         1,
         {{1000, SECBUFFER_TOKEN, NULL}, {0, 0, NULL}},
         1},
        {"W29 no ALLOCATE_MEMORY, a size and no pointer",
         0,
         1,
         {{1000, SECBUFFER_TOKEN, NULL}, {0, 0, NULL}},
         1},
        {"K2 an EMPTY slot", ISC_REQ_ALLOCATE_MEMORY, 1, {{0, SECBUFFER_EMPTY, NULL}, {0, 0, NULL}}, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SecBuffer bufs[2] = {rows[i].bufs[0], rows[i].bufs[1]};
        SecBufferDesc out = {SECBUFFER_VERSION, rows[i].count, bufs};
        CtxtHandle context = {0, 0};
        is_status(isc(client, NULL, rows[i].request, NULL, &context, &out, NULL), SEC_I_CONTINUE_NEEDED,
                  "%s %s", rows[i].words, tag);
        ok(bufs[0].cbBuffer > 5 && bufs[0].BufferType == SECBUFFER_TOKEN &&
               bufs[0].pvBuffer != (void *)UNTOUCHED && ((uint8_t *)bufs[0].pvBuffer)[0] == 22,
           "%s %s: a ClientHello", rows[i].words, tag);
        if (rows[i].count == 2)
            ok(bufs[1].BufferType == SECBUFFER_ALERT && bufs[1].cbBuffer == 0, "%s %s: no alert",
               rows[i].words, tag);
        is_status(FreeContextBuffer(bufs[0].pvBuffer), rows[i].fresh ? SEC_E_OK : SEC_E_INVALID_HANDLE,
                  "%s %s: memory of %s", rows[i].words, tag, rows[i].fresh ? "the library" : "ours");
        is_status(DeleteSecurityContext(&context), SEC_E_OK, "%s %s: deleted", rows[i].words, tag);
    }
    CtxtHandle context = {UNTOUCHED, UNTOUCHED};
    is_status(isc(client, NULL, 0, NULL, &context, NULL, NULL), SEC_E_INVALID_TOKEN, "W31 %s: no output",
              tag);
    ok(context.dwLower == UNTOUCHED, "W31 %s: no context", tag);
    SecBuffer small = {20, SECBUFFER_TOKEN, room[0]};
    SecBufferDesc tight = {SECBUFFER_VERSION, 1, &small};
    is_status(isc(client, NULL, 0, NULL, &context, &tight, NULL), SEC_E_INSUFFICIENT_MEMORY,
              "K3 %s: 20 bytes", tag);
    ok(context.dwLower == UNTOUCHED, "D17 %s: no context then", tag);
}

static void first_input(struct pair *pair)
{
    SecBuffer empty = {0, SECBUFFER_EMPTY, NULL};
    SecBufferDesc none = {SECBUFFER_VERSION, 0, NULL}, one = {SECBUFFER_VERSION, 1, &empty};
    SecBufferDesc *inputs[] = {NULL, &one, &none};
    for (size_t i = 0; i < 3; i++) {
        SecBuffer buf = {0, SECBUFFER_EMPTY, NULL};
        SecBufferDesc out = {SECBUFFER_VERSION, 1, &buf};
        CtxtHandle context = {0, 0};
        is_status(isc(&pair->client, NULL, ISC_REQ_ALLOCATE_MEMORY, inputs[i], &context, &out, NULL),
                  SEC_I_CONTINUE_NEEDED, "W30 K1 %s: empty input %u", tag, (unsigned)i);
        FreeContextBuffer(buf.pvBuffer);
        DeleteSecurityContext(&context);
    }
}

/* ---- W32 to W40: a client's second call ---- */

struct second { /* one call's buffers; TOKEN output of 8192 without ALLOCATE_MEMORY */
    SecBuffer in[2], out[1];
    SecBufferDesc in_desc, out_desc;
    uint8_t room[8192];
    CtxtHandle fresh;
};

static SECURITY_STATUS second_call(struct end *client, struct second *call, void *bytes, ULONG len,
                                   int buffers)
{
    call->in[0] = (SecBuffer){len, SECBUFFER_TOKEN, bytes};
    if (buffers == 2)
        call->in[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    call->in_desc = (SecBufferDesc){SECBUFFER_VERSION, (ULONG)buffers, call->in};
    call->out[0] = (SecBuffer){sizeof call->room, SECBUFFER_TOKEN, call->room};
    call->out_desc = (SecBufferDesc){SECBUFFER_VERSION, 1, call->out};
    call->fresh = (CtxtHandle){UNTOUCHED, UNTOUCHED};
    return isc(client, &client->context, ISC_REQ_MANUAL_CRED_VALIDATION | ISC_REQ_USE_SUPPLIED_CREDS,
               buffers ? &call->in_desc : NULL, &call->fresh, &call->out_desc, NULL);
}

static int out_untouched(const struct second *call)
{
    return call->out[0].cbBuffer == sizeof call->room && call->out[0].BufferType == SECBUFFER_TOKEN &&
           call->fresh.dwLower == UNTOUCHED;
}

static void junk(struct pair *pair)
{
    static uint8_t bytes[8192];
    static const uint8_t fills[] = {0xfa, 0};
    for (size_t i = 0; i < 2; i++) {
        struct second call;
        pair_again(pair);
        pair_step(&pair->client, 0);
        memset(bytes, fills[i], sizeof bytes);
        is_status(second_call(&pair->client, &call, bytes, sizeof bytes, 1), SEC_E_INVALID_TOKEN,
                  "W3%u %s: 8192 of 0x%02x", (unsigned)(2 + i), tag, fills[i]);
        is_int(call.out[0].cbBuffer, 0, "W3%u %s: no output", (unsigned)(2 + i), tag);
        ok(call.fresh.dwLower == UNTOUCHED, "W3%u %s: no new handle", (unsigned)(2 + i), tag);
        is_status(second_call(&pair->client, &call, bytes, sizeof bytes, 2), SEC_E_INVALID_TOKEN,
                  "D17 %s: the same answer again", tag);
        CtxtHandle context;
        SecBuffer buf = {0, SECBUFFER_TOKEN, NULL};
        SecBufferDesc out = {SECBUFFER_VERSION, 1, &buf};
        is_status(isc(&pair->client, NULL, ISC_REQ_ALLOCATE_MEMORY, NULL, &context, &out, NULL),
                  SEC_I_CONTINUE_NEEDED, "W35 %s: a fresh start afterwards", tag);
        FreeContextBuffer(buf.pvBuffer);
        DeleteSecurityContext(&context);
    }
}

static void missing(struct pair *pair)
{
    struct end *client = &pair->client, *server = &pair->server;
    struct second call;
    pair_again(pair);
    pair_step(client, 0);
    pair_move(pair);
    is_status(pair_step(server, server->in.len), SEC_I_CONTINUE_NEEDED, "K32 W45 %s: ASC first", tag);
    pair_move(pair);
    uint8_t *flight = client->in.ptr;
    ULONG len = (ULONG)client->in.len, record = 5u + (ULONG)(flight[3] << 8 | flight[4]);

    is_status(second_call(client, &call, NULL, 0, 0), SEC_E_INCOMPLETE_MESSAGE, "W36 %s: no input", tag);
    ok(out_untouched(&call), "W36 K8 %s: nothing written", tag);
    is_status(second_call(client, &call, NULL, 0, 2), SEC_E_INCOMPLETE_MESSAGE, "W37 K9 %s: an empty token",
              tag);
    ok(out_untouched(&call) && call.in[1].BufferType == SECBUFFER_MISSING && call.in[1].cbBuffer == 5,
       "W37 %s: 5 are missing", tag);
    is_status(second_call(client, &call, flight, 4, 2), SEC_E_INCOMPLETE_MESSAGE, "W38 %s: 4 bytes", tag);
    ok(out_untouched(&call) && call.in[1].BufferType == SECBUFFER_MISSING && call.in[1].cbBuffer == 1,
       "W38 %s: 1 is missing", tag);
    is_status(second_call(client, &call, flight, 5, 2), SEC_E_INCOMPLETE_MESSAGE, "W39 %s: 5 bytes", tag);
    ok(out_untouched(&call) && call.in[1].BufferType == SECBUFFER_MISSING &&
           call.in[1].cbBuffer == record - 5,
       "W39 %s: the rest of the record is missing", tag);
    call.in[0] = (SecBuffer){len, SECBUFFER_TOKEN, flight};
    call.in[1] = (SecBuffer){(ULONG)UNTOUCHED, SECBUFFER_EMPTY, NULL};
    is_status(isc(client, &client->context, ISC_REQ_MANUAL_CRED_VALIDATION, &call.in_desc, &call.fresh,
                  &call.out_desc, NULL),
              SEC_E_INVALID_TOKEN, "W40 %s: an EMPTY buffer with a size", tag);
    SECURITY_STATUS status = second_call(client, &call, flight, len, 1);
    ok(status == SEC_I_CONTINUE_NEEDED || status == SEC_E_OK, "W40 W41 %s: one buffer, and on it goes", tag);
    ok(call.fresh.dwLower == client->context.dwLower && call.fresh.dwUpper == client->context.dwUpper,
       "W42 K15 %s: the same two words", tag);
}

/* ---- a server's first call ---- */

static void server_first(struct pair *pair)
{
    struct end *client = &pair->client, *server = &pair->server;
    pair_again(pair);
    pair_step(client, 0);
    pair_move(pair);
    struct flow hello = {0};
    flow_add(&hello, server->in.ptr, server->in.len);
    is_status(pair_step(server, 0), SEC_E_INCOMPLETE_MESSAGE, "D17 %s: ASC without input", tag);
    ok(!server->has_context && server->missing == 5, "D17 W79 %s: no context, 5 missing", tag);
    is_status(pair_step(server, hello.len - 1), SEC_E_INCOMPLETE_MESSAGE, "%s: a ClientHello less one byte",
              tag);
    ok(server->missing == 1 && server->in.len == hello.len && !server->out.len,
       "K31 %s: 1 missing, nothing taken", tag);
    flow_add(&server->in, "\x16\x03\x03\x00", 4);
    is_status(pair_step(server, server->in.len), SEC_I_CONTINUE_NEEDED, "%s: a ClientHello and 4 bytes", tag);
    ok(server->in.len == 4 && server->out.len > 0, "K4 %s: EXTRA 4", tag);

    pair_again(pair); /* K33: no EMPTY slot: the bytes stay inside */
    flow_add(&server->in, hello.ptr, hello.len);
    flow_add(&server->in, "\x16\x03", 2);
    SecBuffer in = {(ULONG)server->in.len, SECBUFFER_TOKEN, server->in.ptr}, out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc ins = {SECBUFFER_VERSION, 1, &in}, outs = {SECBUFFER_VERSION, 1, &out};
    is_status(AcceptSecurityContext(&server->credential, NULL, &ins, ASC_REQ_ALLOCATE_MEMORY, 0,
                                    &server->context, &outs, NULL, NULL),
              SEC_I_CONTINUE_NEEDED, "K33 %s: leftovers without a slot", tag);
    server->has_context = 1;
    FreeContextBuffer(out.pvBuffer);
    SecBuffer more[2] = {{2, SECBUFFER_TOKEN, (void *)(uintptr_t) "\x03\x00"}, {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc more_desc = {SECBUFFER_VERSION, 2, more};
    out = (SecBuffer){0, SECBUFFER_TOKEN, NULL};
    is_status(AcceptSecurityContext(&server->credential, &server->context, &more_desc,
                                    ASC_REQ_ALLOCATE_MEMORY, 0, NULL, &outs, NULL, NULL),
              SEC_E_INCOMPLETE_MESSAGE, "K33 %s: they were kept", tag);
    ok(more[1].BufferType == SECBUFFER_MISSING && more[1].cbBuffer == 1, "K33 %s: and counted", tag);
    flow_free(&hello);
}

/* D13: too little room loses nothing. */
static void no_room(struct pair *pair)
{
    static uint8_t room[16384];
    for (int again = 0; again < 2; again++) {
        struct end *client = &pair->client, *server = &pair->server;
        pair_again(pair);
        pair_step(client, 0);
        pair_move(pair);
        SecBuffer in[2] = {{(ULONG)server->in.len, SECBUFFER_TOKEN, server->in.ptr},
                           {0, SECBUFFER_EMPTY, NULL}};
        SecBuffer out = {sizeof room, SECBUFFER_TOKEN, room};
        SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 1, &out};
        ULONG attributes;
        is_status(AcceptSecurityContext(&server->credential, NULL, &ins, 0, 0, &server->context, &outs,
                                        &attributes, NULL),
                  SEC_I_CONTINUE_NEEDED, "D13 %s: ASC", tag);
        server->has_context = 1;
        server->status = SEC_I_CONTINUE_NEEDED;
        flow_add(&server->out, room, out.cbBuffer);
        flow_drop(&server->in, server->in.len);
        pair_move(pair);
        struct second call;
        call.in[0] = (SecBuffer){(ULONG)client->in.len, SECBUFFER_TOKEN, client->in.ptr};
        call.in[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
        call.in_desc = (SecBufferDesc){SECBUFFER_VERSION, 2, call.in};
        call.out[0] = (SecBuffer){10, SECBUFFER_TOKEN, call.room};
        call.out_desc = (SecBufferDesc){SECBUFFER_VERSION, 1, call.out};
        is_status(isc(client, &client->context, ISC_REQ_MANUAL_CRED_VALIDATION | ISC_REQ_USE_SUPPLIED_CREDS,
                      &call.in_desc, NULL, &call.out_desc, NULL),
                  SEC_E_INSUFFICIENT_MEMORY, "D13 %s: 10 bytes of room", tag);
        ok(call.out[0].cbBuffer == 10 && call.in[1].BufferType == SECBUFFER_EMPTY,
           "D13 %s: buffers untouched", tag);
        SECURITY_STATUS status =
            second_call(client, &call, again ? client->in.ptr : NULL, again ? (ULONG)client->in.len : 0, 2);
        ok(status == SEC_I_CONTINUE_NEEDED || status == SEC_E_OK, "D13 %s: %s, the flight is there", tag,
           again ? "same bytes" : "no bytes");
        ok(call.out[0].cbBuffer > 10, "D13 %s: all of it", tag);
        client->status = status;
        flow_drop(&client->in, client->in.len);
        flow_add(&client->out, call.room, call.out[0].cbBuffer);
        is_status(pair_handshake(pair), SEC_E_OK, "D13 %s: both complete", tag);
    }
}

/* D17, D8: wrong handles and credentials. */
static void handles(struct pair *pair)
{
    struct end *client = &pair->client, *server = &pair->server;
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc outs = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle fresh = {UNTOUCHED, UNTOUCHED}, odd = {1, 2};
    pair_again(pair);
    struct end wrong = {.credential = server->credential};
    is_status(isc(&wrong, NULL, ISC_REQ_ALLOCATE_MEMORY, NULL, &fresh, &outs, NULL), SEC_E_NO_CREDENTIALS,
              "D8 %s: ISC with an inbound credential", tag);
    is_status(AcceptSecurityContext(&client->credential, NULL, NULL, ASC_REQ_ALLOCATE_MEMORY, 0, &fresh,
                                    &outs, NULL, NULL),
              SEC_E_NO_CREDENTIALS, "D8 S8 %s: ASC with an outbound credential", tag);
    wrong.credential = odd;
    is_status(isc(&wrong, NULL, ISC_REQ_ALLOCATE_MEMORY, NULL, &fresh, &outs, NULL), SEC_E_INVALID_HANDLE,
              "D8 S4 %s: a forged credential", tag);
    is_status(isc(client, &odd, ISC_REQ_ALLOCATE_MEMORY, NULL, &fresh, &outs, NULL), SEC_E_INVALID_HANDLE,
              "S4 %s: a forged context", tag);
    is_status(
        isc(client, (CtxtHandle *)&client->credential, ISC_REQ_ALLOCATE_MEMORY, NULL, &fresh, &outs, NULL),
        SEC_E_INVALID_HANDLE, "S4 %s: a credential for a context", tag);
    is_status(isc(client, NULL, ISC_REQ_DELEGATE, NULL, &fresh, &outs, NULL), SEC_E_UNSUPPORTED_FUNCTION,
              "S10 D5 %s: ISC_REQ_DELEGATE", tag);
    is_status(AcceptSecurityContext(&server->credential, NULL, NULL, ASC_REQ_SESSION_TICKET, 0, &fresh, &outs,
                                    NULL, NULL),
              SEC_E_UNSUPPORTED_FUNCTION, "S10 D5 %s: ASC bit 0x40", tag);
    ok(fresh.dwLower == UNTOUCHED && !out.pvBuffer, "D17 %s: nothing written by any", tag);
    pair_step(client, 0);
    CtxtHandle dead = client->context;
    is_status(DeleteSecurityContext(&client->context), SEC_E_OK, "K16 %s: deleted", tag);
    client->has_context = 0;
    is_status(DeleteSecurityContext(&dead), SEC_E_INVALID_HANDLE, "K16 %s: deleted twice", tag);
    SecPkgContext_StreamSizes sizes;
    is_status(QueryContextAttributesA(&dead, SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_INVALID_HANDLE,
              "W56 K16 %s: asked afterwards", tag);
}

static void each(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {.provider = provider, .tls = tls};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    if (ok(pair_open(&pair, &options), "%s: credentials", tag)) {
        first_output(&pair);
        first_input(&pair);
        junk(&pair);
        missing(&pair);
        server_first(&pair);
        no_room(&pair);
        handles(&pair);
    }
    pair_close(&pair);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
