/* SPDX-License-Identifier: MIT
 *
 * What AcceptSecurityContext returns: every documented code from a cause that a program can meet, and those
 * that Schannel never gives (D9) looked for among all that come out of some hundred handshakes gone wrong.
 * SEC_E_INSUFFICIENT_MEMORY for want of memory itself is t/8020's. */
#include <config.h>

#include "t/page-kit.h"

static struct asc asc;
static const char *provider_name;

/* ---- every answer is kept ---- */

static struct {
    SECURITY_STATUS status;
    unsigned times;
} seen[64];
static unsigned calls;

static SECURITY_STATUS see(SECURITY_STATUS status)
{
    size_t i = 0;
    while (i < 63 && seen[i].times && seen[i].status != status)
        i++;
    seen[i].status = status;
    seen[i].times++;
    calls++;
    return status;
}

static unsigned times(SECURITY_STATUS status)
{
    for (size_t i = 0; i < 64; i++)
        if (seen[i].times && seen[i].status == status)
            return seen[i].times;
    return 0;
}

static SECURITY_STATUS first(struct pair *pair, const void *bytes, size_t len, ULONG request)
{
    struct flow token = {(uint8_t *)(uintptr_t)bytes, len, len, 0};
    asc_ready(&asc, &token);
    return see(asc_call(&asc, &pair->server.credential, NULL, request));
}

static SECURITY_STATUS later(struct pair *pair, CtxtHandle *context, const void *bytes, size_t len,
                             ULONG request)
{
    struct flow token = {(uint8_t *)(uintptr_t)bytes, len, len, 0};
    asc_ready(&asc, &token);
    return see(asc_call(&asc, &pair->server.credential, context, request));
}

/* The server has answered a ClientHello; the client's second flight is in client.out. */
static int half_way(struct pair *pair, CtxtHandle *handle, ULONG request)
{
    CtxtHandle *context = NULL;
    asc_hello(pair);
    return see(asc_turn(pair, &asc, &pair->server.credential, &context, handle, request)) ==
           SEC_I_CONTINUE_NEEDED;
}

/* ---- the causes ---- */

static void incomplete(struct pair *pair)
{
    CtxtHandle handle;
    asc_hello(pair);
    struct flow *hello = &pair->client.out;
    for (size_t len = 0; len < hello->len; len += len < 6 ? 1 : 40) {
        size_t want = len < 5 ? 5 - len : hello->len - len;
        is_status(first(pair, hello->ptr, len, 0), SEC_E_INCOMPLETE_MESSAGE,
                  "S1 %s: %u bytes of a ClientHello", tag, (unsigned)len);
        ok(asc.in[1].BufferType == SECBUFFER_MISSING && asc.in[1].cbBuffer == want, "S1 %s: %u are missing",
           tag, (unsigned)want);
        ok(asc.out[0].cbBuffer == sizeof asc.token && asc.fresh.dwLower == UNTOUCHED,
           "S1 K8 K31 W79 %s: nothing is written, no context made", tag);
    }
    is_status(first(pair, hello->ptr, hello->len - 1, ASC_REQ_ALLOCATE_MEMORY), SEC_E_INCOMPLETE_MESSAGE,
              "S1 %s: a ClientHello less one byte", tag);
    ok(asc.in[1].BufferType == SECBUFFER_MISSING && asc.in[1].cbBuffer == 1 && !asc.out[0].pvBuffer,
       "S1 K8 %s: 1 is missing, nothing allocated", tag);
    if (!half_way(pair, &handle, 0))
        return;
    struct flow *second = &pair->client.out;
    is_status(later(pair, &handle, second->ptr, 4, 0), SEC_E_INCOMPLETE_MESSAGE, "S1 %s: 4 bytes, later",
              tag);
    is_int(asc.in[1].cbBuffer, 1, "S1 %s: 1 is missing", tag);
    is_status(later(pair, &handle, NULL, 0, 0), SEC_E_INCOMPLETE_MESSAGE, "S1 K9 %s: none", tag);
    ok(asc.in[1].BufferType == SECBUFFER_MISSING && asc.in[1].cbBuffer == 5, "S1 K9 %s: 5 are missing", tag);
    is_status(later(pair, &handle, second->ptr, second->len, 0), SEC_E_OK, "S1 S9 %s: all of it", tag);
    DeleteSecurityContext(&handle);
}

static void no_room(struct pair *pair)
{
    asc_hello(pair);
    for (int which = 0; which < 2; which++) {
        asc_ready(&asc, &pair->client.out);
        asc.out[which].cbBuffer = 0;
        is_status(see(asc_call(&asc, &pair->server.credential, NULL, 0)), SEC_E_INSUFFICIENT_MEMORY,
                  "S2 %s: no room in %s and no leave to allocate", tag, which ? "ALERT" : "TOKEN");
        ok(asc.fresh.dwLower == UNTOUCHED, "S2 D17 %s: no context", tag);
    }
    asc_ready(&asc, &pair->client.out);
    asc.out[0].cbBuffer = 20;
    is_status(see(asc_call(&asc, &pair->server.credential, NULL, 0)), SEC_E_INSUFFICIENT_MEMORY,
              "S2 D17 %s: 20 bytes for a server's first flight", tag);
    ok(asc.fresh.dwLower == UNTOUCHED && asc.out[0].cbBuffer <= 20, "S2 D17 %s: no context, nothing cut off",
       tag);
}

/* A fatal alert of the client where its second flight should be. */
static const struct {
    uint8_t alert;
    SECURITY_STATUS want;
    const char *words;
} alerts[] = {
    {80, SEC_E_INTERNAL_ERROR, "S3 internal_error"},
    {40, SEC_E_ILLEGAL_MESSAGE, "handshake_failure"},
    {42, SEC_E_CERT_UNKNOWN, "bad_certificate"},
    {45, SEC_E_CERT_EXPIRED, "certificate_expired"},
    {48, SEC_E_UNTRUSTED_ROOT, "unknown_ca"},
    {70, SEC_E_UNSUPPORTED_FUNCTION, "protocol_version"},
    {120, SEC_E_APPLICATION_PROTOCOL_MISMATCH, "S11 no_application_protocol"},
};

static void peer_alerts(struct pair *pair)
{
    for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++) {
        const uint8_t record[] = {21, 3, 3, 0, 2, 2, alerts[i].alert};
        CtxtHandle handle;
        if (!half_way(pair, &handle, ASC_REQ_EXTENDED_ERROR))
            continue;
        is_status(later(pair, &handle, record, sizeof record, ASC_REQ_EXTENDED_ERROR), alerts[i].want,
                  "%s %s: the client's alert", alerts[i].words, tag);
        ok(!asc.out[0].cbBuffer && !asc.out[1].cbBuffer, "%s %s: is not answered", alerts[i].words, tag);
        is_status(later(pair, &handle, record, sizeof record, 0), alerts[i].want, "%s %s: D17 dead",
                  alerts[i].words, tag);
        ok(!asc.out[0].cbBuffer && !asc.out[1].cbBuffer, "%s D17 %s: with nothing more to send",
           alerts[i].words, tag);
        is_status(DeleteSecurityContext(&handle), SEC_E_OK, "%s %s: and to be deleted", alerts[i].words, tag);
    }
}

static void handles(struct pair *pair)
{
    static CtxtHandle odd[] = {{0, 0}, {(ULONG_PTR)-1, (ULONG_PTR)-1}, {1, 2}, {0xdeadbeef, 0xdeadbeef}};
    CtxtHandle handle;
    CredHandle *good = &pair->server.credential;
    asc_hello(pair);
    struct flow *hello = &pair->client.out;
    for (size_t i = 0; i < 4; i++) {
        is_status(later(pair, &odd[i], hello->ptr, hello->len, 0), SEC_E_INVALID_HANDLE,
                  "S4 K16 %s: a context never made", tag);
        ok(asc.out[0].cbBuffer == sizeof asc.token && asc.in[1].BufferType == SECBUFFER_EMPTY,
           "S4 %s: nothing written", tag);
        asc_ready(&asc, hello);
        is_status(see(asc_call(&asc, &odd[i], NULL, 0)), SEC_E_INVALID_HANDLE,
                  "S4 D8 %s: a credential never made", tag);
    }
    asc_ready(&asc, hello);
    is_status(see(asc_call(&asc, NULL, NULL, 0)), SEC_E_INVALID_HANDLE, "S4 D8 %s: no credential", tag);
    is_status(later(pair, (CtxtHandle *)good, hello->ptr, hello->len, 0), SEC_E_INVALID_HANDLE,
              "S4 %s: a credential for a context", tag);
    asc_ready(&asc, hello);
    is_status(see(asc_call(&asc, (CredHandle *)&pair->client.context, NULL, 0)), SEC_E_INVALID_HANDLE,
              "S4 D8 %s: a context for a credential", tag);
    is_status(later(pair, &pair->client.context, hello->ptr, hello->len, 0), SEC_E_INVALID_HANDLE,
              "S4 %s: a client's context", tag);
    if (!half_way(pair, &handle, 0))
        return;
    DeleteSecurityContext(&handle);
    is_status(later(pair, &handle, pair->client.out.ptr, pair->client.out.len, 0), SEC_E_INVALID_HANDLE,
              "S4 K16 %s: a deleted context", tag);
}

static void tokens(struct pair *pair)
{
    static uint8_t junk[8192];
    static const struct {
        const char *words, *bytes;
        size_t len;
    } rows[] = {
        {"HTTP text", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27},
        {"one byte of it", "G", 1},
        {"an SSL 2 hello", "\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10", 11},
        {"a record of another major version", "\x16\x04\x01\x00\x05\x01\x00\x00\x01\x00", 10},
        {"application data", "\x17\x03\x03\x00\x05hello", 10},
        {"a ClientHello of nothing", "\x16\x03\x01\x00\x04\x01\x00\x00\x00", 9},
        {"a ServerHello", "\x16\x03\x03\x00\x04\x02\x00\x00\x00", 9},
        {"a record of nothing", "\x16\x03\x01\x00\x00", 5},
        {"a record that is too long", "\x16\x03\x01\xff\xff", 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        is_status(first(pair, rows[i].bytes, rows[i].len, 0), SEC_E_INVALID_TOKEN, "S5 %s: %s", tag,
                  rows[i].words);
        ok(asc.fresh.dwLower == UNTOUCHED && !asc.out[0].cbBuffer, "S5 D17 %s: no context, no token (%s)",
           tag, rows[i].words);
    }
    for (int i = 0; i < 2; i++) {
        memset(junk, i ? 0 : 0xfa, sizeof junk);
        is_status(first(pair, junk, sizeof junk, ASC_REQ_EXTENDED_ERROR), SEC_E_INVALID_TOKEN,
                  "S5 %s: 8192 of %s", tag, i ? "zero" : "0xfa");
        ok(asc.out[0].cbBuffer == 7 && asc.token[0] == 21 && asc.token[5] == 2,
           "S5 D1 %s: an alert for the peer", tag);
        ok(asc.out[1].cbBuffer == 2 && asc.alert[0] == 2 && asc.alert[1] == asc.token[6],
           "S5 D1 %s: and what it says in the ALERT buffer", tag);
        ok((asc.attributes & ASC_RET_EXTENDED_ERROR) != 0, "S5 D1 %s: ASC_RET_EXTENDED_ERROR", tag);
    }
}

static void credentials(struct pair *pair)
{
    CredHandle bare;
    char package[64];
    SCH_CREDENTIALS none = {.dwVersion = SCH_CREDENTIALS_VERSION};
    asc_hello(pair);
    asc_ready(&asc, &pair->client.out);
    is_status(see(asc_call(&asc, &pair->client.credential, NULL, 0)), SEC_E_NO_CREDENTIALS,
              "S8 D8 %s: an outbound credential", tag);
    pair_package(package, sizeof package, provider_name);
    is_status(
        AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, &none, NULL, NULL, &bare, NULL),
        SEC_E_OK, "W13 S8 %s: inbound without a certificate", tag);
    asc_ready(&asc, &pair->client.out);
    is_status(see(asc_call(&asc, &bare, NULL, 0)), SEC_E_NO_CREDENTIALS, "S8 D8 %s: has none to present",
              tag);
    ok(asc.fresh.dwLower == UNTOUCHED, "S8 D17 %s: no context", tag);
    FreeCredentialsHandle(&bare);
    is_status(first(pair, pair->client.out.ptr, pair->client.out.len, ASC_REQ_DELEGATE),
              SEC_E_UNSUPPORTED_FUNCTION, "S10 %s: ASC_REQ_DELEGATE", tag);
    is_status(first(pair, pair->client.out.ptr, pair->client.out.len, ASC_REQ_SESSION_TICKET),
              SEC_E_UNSUPPORTED_FUNCTION, "S10 %s: ASC_REQ_PROMPT_FOR_CREDS", tag);
}

/* D9: a call that only other packages need. */
static void complete_auth_token(struct pair *pair)
{
    CtxtHandle handle, bad = {3, 4};
    SecBuffer buffer = {sizeof asc.token, SECBUFFER_TOKEN, asc.token};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    is_status(CompleteAuthToken(&bad, &desc), SEC_E_INVALID_HANDLE, "D9 %s: CompleteAuthToken, a bad handle",
              tag);
    if (!half_way(pair, &handle, 0))
        return;
    is_status(CompleteAuthToken(&handle, &desc), SEC_E_UNSUPPORTED_FUNCTION, "D9 %s: on a context half-way",
              tag);
    is_status(later(pair, &handle, pair->client.out.ptr, pair->client.out.len, 0), SEC_E_OK,
              "D9 S9 %s: which goes on all the same", tag);
    is_status(CompleteAuthToken(&handle, &desc), SEC_E_UNSUPPORTED_FUNCTION, "D9 %s: on a completed one",
              tag);
    DeleteSecurityContext(&handle);
}

/* ---- handshakes gone wrong ---- */

/* What comes of a context once something has gone wrong, or not. */
static void aftermath(struct pair *pair, CtxtHandle *handle)
{
    DWORD word = SCHANNEL_SHUTDOWN;
    SecBuffer buffer = {sizeof word, SECBUFFER_TOKEN, &word};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    later(pair, handle, NULL, 0, 0);
    later(pair, handle, "\x16\x03\x03\x00\x01\x00", 6, ASC_REQ_EXTENDED_ERROR);
    ApplyControlToken(handle, &desc);
    later(pair, handle, NULL, 0, 0);
    later(pair, handle, NULL, 0, 0);
    DeleteSecurityContext(handle);
    later(pair, handle, NULL, 0, 0);
}

static void damage(struct pair *pair)
{
    struct end *client = &pair->client;
    for (size_t at = 0; at < 512; at += 7) {
        CtxtHandle handle, *context = NULL;
        asc_hello(pair);
        client->out.ptr[at % client->out.len] ^= (uint8_t)(1u << at % 8);
        if (see(asc_turn(pair, &asc, &pair->server.credential, &context, &handle, 0)) >= 0)
            aftermath(pair, &handle);
        if (!half_way(pair, &handle, ASC_REQ_MUTUAL_AUTH))
            continue;
        if (client->out.len)
            client->out.ptr[at * 3 % client->out.len] ^= (uint8_t)(1u << at % 8);
        later(pair, &handle, client->out.ptr, client->out.len, ASC_REQ_MUTUAL_AUTH);
        aftermath(pair, &handle);
    }
}

static void never(void)
{
    static const SECURITY_STATUS known[] = {
        SEC_E_OK,
        SEC_I_CONTINUE_NEEDED,
        SEC_E_INCOMPLETE_MESSAGE,
        SEC_E_INSUFFICIENT_MEMORY,
        SEC_E_INTERNAL_ERROR,
        SEC_E_INVALID_HANDLE,
        SEC_E_INVALID_TOKEN,
        SEC_E_NO_CREDENTIALS,
        SEC_E_UNSUPPORTED_FUNCTION,
        SEC_E_APPLICATION_PROTOCOL_MISMATCH,
        /* its siblings' */
        SEC_E_ILLEGAL_MESSAGE,
        SEC_E_ALGORITHM_MISMATCH,
        SEC_E_DECRYPT_FAILURE,
        SEC_E_MESSAGE_ALTERED,
        SEC_E_OUT_OF_SEQUENCE,
        SEC_E_CERT_UNKNOWN,
        SEC_E_CERT_EXPIRED,
        SEC_E_UNTRUSTED_ROOT,
        SEC_E_CONTEXT_EXPIRED,
    };
    ok(calls > 500, "S12 S13 S15 %s: looked for in %u answers", tag, calls);
    is_int(times(SEC_I_COMPLETE_AND_CONTINUE), 0, "S12 D9 %s: SEC_I_COMPLETE_AND_CONTINUE never came", tag);
    is_int(times(SEC_I_COMPLETE_NEEDED), 0, "S13 D9 %s: SEC_I_COMPLETE_NEEDED never came", tag);
    is_int(times((SECURITY_STATUS)0xC000006D), 0, "S15 %s: STATUS_LOGON_FAILURE never came", tag);
    for (size_t i = 0; i < 10; i++)
        ok(times(known[i]) > 0, "%s: %s did come", tag, pair_status(known[i]));
    for (size_t i = 0; i < 64 && seen[i].times; i++) {
        size_t k = 0;
        while (k < sizeof known / sizeof *known && known[k] != seen[i].status)
            k++;
        ok(k < sizeof known / sizeof *known, "S12 S13 S15 %s: %s is one that may come (%u times)", tag,
           pair_status(seen[i].status), seen[i].times);
    }
}

static void each(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    provider_name = provider;
    memset(seen, 0, sizeof seen);
    calls = 0;
    if (ok(pair_open(&pair, &options), "%s: credentials", tag)) {
        incomplete(&pair);
        no_room(&pair);
        peer_alerts(&pair);
        handles(&pair);
        tokens(&pair);
        credentials(&pair);
        complete_auth_token(&pair);
        damage(&pair);
        never();
    }
    pair_close(&pair);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
