/* SPDX-License-Identifier: MIT
 *
 * ApplyControlToken and what follows it, on a context after its first call and on a completed one. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[64];

static SECURITY_STATUS apply_as(struct end *end, ULONG type, void *bytes, ULONG len)
{
    SecBuffer buffer = {len, type, bytes};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    return ApplyControlToken(&end->context, &desc);
}

static SECURITY_STATUS apply(struct end *end, DWORD word)
{
    return apply_as(end, SECBUFFER_TOKEN, &word, sizeof word);
}

static void shapes(struct end *end)
{
    DWORD word = SCHANNEL_SHUTDOWN;
    SecBuffer two[2] = {{sizeof word, SECBUFFER_TOKEN, &word}, {sizeof word, SECBUFFER_TOKEN, &word}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, two};
    uint8_t five[5] = {SCHANNEL_SHUTDOWN};
    is_status(ApplyControlToken(&end->context, &desc), SEC_E_INVALID_TOKEN, "W69 %s: two TOKENs", tag);
    two[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    is_status(ApplyControlToken(&end->context, &desc), SEC_E_INVALID_TOKEN, "W69 %s: TOKEN and EMPTY", tag);
    is_status(apply(end, SCHANNEL_RENEGOTIATE), SEC_E_UNSUPPORTED_FUNCTION, "W70 %s: RENEGOTIATE", tag);
    is_status(apply(end, 77), SEC_E_UNSUPPORTED_FUNCTION, "%s: an unknown one", tag);
    is_status(apply_as(end, SECBUFFER_TOKEN, &word, 2), SEC_E_UNSUPPORTED_FUNCTION, "W70 %s: 2 bytes", tag);
    is_status(ApplyControlToken(NULL, &desc), SEC_E_INVALID_HANDLE, "W71 %s: no context", tag);
    is_status(ApplyControlToken(&end->context, NULL), SEC_E_INTERNAL_ERROR, "W71 %s: no input", tag);
    is_status(apply_as(end, SECBUFFER_ALERT, &word, 4), SEC_E_INVALID_TOKEN, "W72 %s: an ALERT buffer", tag);
    is_status(apply_as(end, SECBUFFER_DATA, &word, 4), SEC_E_INVALID_TOKEN, "W72 %s: a DATA buffer", tag);
    SCHANNEL_ALERT_TOKEN odd = {SCHANNEL_ALERT, 3, 42};
    is_status(apply_as(end, SECBUFFER_TOKEN, &odd, sizeof odd), SEC_E_INVALID_TOKEN,
              "%s: an alert of level 3", tag);
    is_status(apply_as(end, SECBUFFER_TOKEN, &odd, 8), SEC_E_INVALID_TOKEN, "%s: half an alert", tag);
    SCHANNEL_SESSION_TOKEN session = {SCHANNEL_SESSION, SSL_SESSION_DISABLE_RECONNECTS};
    is_status(apply_as(end, SECBUFFER_TOKEN, &session, sizeof session), SEC_E_OK, "%s: DISABLE_RECONNECTS",
              tag);
    is_status(apply_as(end, SECBUFFER_TOKEN, five, 5), SEC_E_OK, "W73 %s: 5 bytes", tag);
    is_status(apply(end, SCHANNEL_SHUTDOWN), SEC_E_OK, "W73 %s: twice", tag);
}

/* ISC without flags; TOKEN output with room and no memory. */
static SECURITY_STATUS after(struct end *end, SecBufferDesc *in, CtxtHandle *fresh, struct flow *out)
{
    SecBuffer token = {1000, SECBUFFER_TOKEN, NULL};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &token};
    ULONG attributes;
    TimeStamp expiry;
    SECURITY_STATUS status = InitializeSecurityContextA(&end->credential, &end->context, NULL, 0, 0, 0, in, 0,
                                                        fresh, &desc, &attributes, &expiry);
    out->len = 0;
    if (status == SEC_E_OK && token.pvBuffer) {
        flow_add(out, token.pvBuffer, token.cbBuffer);
        FreeContextBuffer(token.pvBuffer);
    }
    return status;
}

static void plaintext(const struct pair_options *options)
{
    static const uint8_t closing[] = {21, 3, 1, 0, 2, 1, 0}, alarm[] = {21, 3, 1, 0, 2, 2, 42};
    struct pair pair;
    struct flow out = {0};
    if (!ok(pair_open(&pair, options) && pair_step(&pair.client, 0) == SEC_I_CONTINUE_NEEDED, "%s: begun",
            tag)) {
        pair_close(&pair);
        return;
    }
    struct end *client = &pair.client;
    shapes(client);
    SecBuffer junk = {7, SECBUFFER_TOKEN, (void *)(uintptr_t) "garbage"};
    SecBufferDesc in = {SECBUFFER_VERSION, 1, &junk};
    CtxtHandle fresh = {0, 0};
    is_status(after(client, &in, &fresh, &out), SEC_E_OK, "W74 %s: ISC, input ignored", tag);
    ok(out.len == 7 && !memcmp(out.ptr, closing, 7), "W74 %s: 15 03 01 00 02 01 00", tag);
    ok(fresh.dwLower == client->context.dwLower && fresh.dwUpper == client->context.dwUpper,
       "W74 %s: same handle", tag);
    CtxtHandle untouched = {0xdeadbeef, 0xdeadbeef};
    is_status(after(client, NULL, &untouched, &out), SEC_E_INCOMPLETE_MESSAGE, "W75 %s: the token is spent",
              tag);
    ok(untouched.dwLower == 0xdeadbeef, "W75 %s: handle untouched", tag);
    apply(client, SCHANNEL_SHUTDOWN);
    is_status(after(client, NULL, NULL, &out), SEC_E_OK, "W76 %s: again, no handle", tag);
    ok(out.len == 7 && !memcmp(out.ptr, closing, 7), "W76 %s: the same 7 bytes", tag);
    SCHANNEL_ALERT_TOKEN alert = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, TLS1_ALERT_BAD_CERTIFICATE};
    is_status(apply_as(client, SECBUFFER_TOKEN, &alert, sizeof alert), SEC_E_OK, "W77 %s: bad_certificate",
              tag);
    is_status(after(client, NULL, NULL, &out), SEC_E_OK, "W77 %s: ISC", tag);
    ok(out.len == 7 && !memcmp(out.ptr, alarm, 7), "W77 %s: 15 03 01 00 02 02 2A", tag);
    is_status(after(client, NULL, NULL, &out), SEC_E_CONTEXT_EXPIRED, "%s: a fatal alert ends it", tag);
    flow_free(&out);
    pair_close(&pair);
}

static void sealed(const struct pair_options *options)
{
    struct pair pair;
    if (!ok(pair_open(&pair, options) && pair_handshake(&pair) == SEC_E_OK, "%s: completed", tag)) {
        pair_close(&pair);
        return;
    }
    struct end *client = &pair.client, *server = &pair.server;
    pair_move(&pair);
    pair_receive(client);
    SCHANNEL_ALERT_TOKEN alert = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, TLS1_ALERT_ACCESS_DENIED};
    SECURITY_STATUS status = apply_as(server, SECBUFFER_TOKEN, &alert, sizeof alert);
    if (status == SEC_E_UNSUPPORTED_FUNCTION) { /* D12: the library cannot; the context stays usable */
        is_status(pair_send(server, "x", 1), SEC_E_OK, "D12 %s: no alerts under keys, usable", tag);
    } else if (ok(status == SEC_E_OK, "%s: access_denied under keys", tag)) {
        is_status(pair_step_null(server), SEC_E_OK, "%s: made", tag);
        pair_move(&pair);
        is_status(pair_receive(client), SEC_E_LOGON_DENIED, "%s: received", tag);
    }
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    struct pair_options options = {.provider = provider, .tls = tls};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    plaintext(&options);
    sealed(&options);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
