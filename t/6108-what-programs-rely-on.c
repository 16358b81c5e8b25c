/* SPDX-License-Identifier: MIT
 *
 * Habits of real programs that no other test follows to the letter: a server that goes on with
 * InitializeSecurityContext, one descriptor for input and output, what comes behind close_notify, an empty
 * token after every flight; and what a ClientHello must not offer (D20). */
#include <config.h>

#include "t/page-kit.h"

static SECURITY_STATUS isc(struct end *end, SecBufferDesc *in, ULONG request, SecBufferDesc *out,
                           ULONG *attributes)
{
    return InitializeSecurityContextA(&end->credential, &end->context, NULL, request, 0, 0, in, 0, NULL, out,
                                      attributes, NULL);
}

/* Qt: the server's first call is ASC's, all others are ISC's, with ISC's bits. */
static void server_by_isc(const char *provider, int tls)
{
    const ULONG request = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT |
                          ISC_REQ_SEQUENCE_DETECT | ISC_REQ_STREAM;
    for (int mutual = 0; mutual < 2; mutual++) {
        struct pair pair;
        struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls,
                                       .client_cert = mutual ? "client-ecdsa" : NULL,
                                       .server_request = mutual ? ASC_REQ_MUTUAL_AUTH : 0};
        ULONG attributes = 0, asked = request | (mutual ? (ULONG)ISC_REQ_MUTUAL_AUTH : 0);
        if (!pair_open(&pair, &options))
            continue;
        struct end *client = &pair.client, *server = &pair.server;
        pair_step(client, 0);
        pair_move(&pair);
        pair_step(server, server->in.len);
        pair_move(&pair);
        pair_step(client, client->in.len);
        pair_move(&pair);
        SecBuffer in[2] = {{(ULONG)server->in.len, SECBUFFER_TOKEN, server->in.ptr},
                           {0, SECBUFFER_EMPTY, NULL}};
        SecBuffer out[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}};
        SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 2, out};
        is_status(isc(server, &ins, asked, &outs, &attributes), SEC_E_OK,
                  "K13 %s: a server completes by ISC%s", tag, mutual ? ", MUTUAL_AUTH" : "");
        is_int(attributes, asked, "K11 K12 K13 %s: the attributes are ISC's, and what was asked", tag);
        server->status = SEC_E_OK;
        QueryContextAttributesA(&server->context, SECPKG_ATTR_STREAM_SIZES, &server->sizes);
        flow_drop(&server->in, server->in.len);
        flow_add(&server->out, out[0].pvBuffer, out[0].cbBuffer);
        FreeContextBuffer(out[0].pvBuffer);
        is_status(pair_handshake(&pair), SEC_E_OK, "K13 %s: the client does too", tag);
        pair_send(client, "hello", 5);
        pair_move(&pair);
        pair_receive(server);
        ok(server->data.len == 5, "K13 %s: and they talk", tag);
        pair_close(&pair);
    }
}

/* libgit2 and pjsip: one descriptor is both; wintls: its own four bytes are the output. */
static void one_descriptor(struct pair *pair)
{
    static uint8_t garbage[8192];
    struct end *client = &pair->client;
    DWORD word = SCHANNEL_SHUTDOWN;
    SecBuffer buffer = {sizeof word, SECBUFFER_TOKEN, &word};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    memset(garbage, 0xfa, sizeof garbage);
    for (int way = 0; way < 2; way++) {
        pair_again(pair);
        pair_handshake(pair);
        buffer = (SecBuffer){sizeof word, SECBUFFER_TOKEN, &word};
        is_status(ApplyControlToken(&client->context, &desc), SEC_E_OK, "K30 %s: SHUTDOWN", tag);
        if (way)
            buffer = (SecBuffer){sizeof garbage, SECBUFFER_TOKEN, garbage};
        is_status(isc(client, &desc, ISC_REQ_ALLOCATE_MEMORY, &desc, NULL), SEC_E_OK,
                  "K29 K30 %s: one descriptor for input and output, %s", tag,
                  way ? "8 KiB of garbage" : "the token itself");
        ok(buffer.pvBuffer != &word && buffer.pvBuffer != garbage && buffer.cbBuffer > 5,
           "K3 K30 %s: what it held is ignored, and replaced", tag);
        flow_add(&pair->server.in, buffer.pvBuffer, buffer.cbBuffer);
        is_status(FreeContextBuffer(buffer.pvBuffer), SEC_E_OK, "K3 %s: by memory of the library", tag);
        flow_add(&pair->server.in, "more", 4);
        is_status(pair_decrypt(&pair->server), SEC_I_CONTEXT_EXPIRED,
                  "K28 %s: the other end reads close_notify", tag);
        ok(pair->server.in.len == 4 && memcmp(pair->server.in.ptr, "more", 4) == 0,
           "K28 %s: and the rest is in EXTRA", tag);
    }
}

/* libgit2 asks again with nothing after every flight. */
static void nothing_again(struct pair *pair)
{
    struct end *ends[] = {&pair->client, &pair->server};
    unsigned asked = 0, wrong = 0;
    pair_again(pair);
    pair_step(&pair->client, 0);
    for (int turn = 0; turn < 6; turn++) {
        struct end *end = ends[(turn + 1) % 2];
        pair_move(pair);
        if (!end->in.len || end->status != (end->calls ? SEC_I_CONTINUE_NEEDED : SEC_E_OK))
            continue;
        if (pair_step(end, end->in.len) != SEC_I_CONTINUE_NEEDED)
            continue;
        asked++;
        wrong += pair_step(end, 0) != SEC_E_INCOMPLETE_MESSAGE || end->missing != 5;
        wrong += pair_step_null(end) != SEC_E_INCOMPLETE_MESSAGE;
        end->status = SEC_I_CONTINUE_NEEDED;
    }
    ok(asked > 0 && !wrong, "K9 W36 %s: nothing after each of %u flights is SEC_E_INCOMPLETE_MESSAGE", tag,
       asked);
    ok(pair->client.status == SEC_E_OK && pair->server.status == SEC_E_OK, "K9 %s: and both complete", tag);
}

/* The last call of a server, with four bytes too many and no slot to say so (K33). */
static void no_slot(struct pair *pair)
{
    static uint8_t room[16384];
    struct end *client = &pair->client, *server = &pair->server;
    pair_again(pair);
    pair_step(client, 0);
    pair_move(pair);
    pair_step(server, server->in.len);
    pair_move(pair);
    pair_step(client, client->in.len);
    pair_move(pair);
    flow_add(&server->in, "\x17\x03\x03\x00", 4);
    SecBuffer in[2] = {{(ULONG)server->in.len, SECBUFFER_TOKEN, server->in.ptr}, {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer out = {sizeof room, SECBUFFER_TOKEN, room};
    SecBufferDesc ins = {SECBUFFER_VERSION, 1, in}, outs = {SECBUFFER_VERSION, 1, &out};
    is_status(AcceptSecurityContext(NULL, &server->context, &ins, 0, 0, NULL, &outs, NULL, NULL),
              SEC_E_INVALID_TOKEN, "K33 %s: a completing call with bytes left and no slot", tag);
    ok(out.cbBuffer == sizeof room, "K33 %s: puts nothing out", tag);
    ins.cBuffers = 2;
    is_status(AcceptSecurityContext(NULL, &server->context, &ins, 0, 0, NULL, &outs, NULL, NULL), SEC_E_OK,
              "K33 %s: with a slot the same call completes", tag);
    ok(in[1].BufferType == SECBUFFER_EXTRA && in[1].cbBuffer == 4 && out.cbBuffer > 5 &&
           out.cbBuffer < sizeof room,
       "K33 %s: and nothing was lost", tag);
}

/* The last call of a TLS 1.2 client, into the caller's own memory. */
static void last_call(struct pair *pair)
{
    static uint8_t room[1024];
    struct end *client = &pair->client, *server = &pair->server;
    pair_again(pair);
    pair_step(client, 0);
    for (int turn = 0; turn < 3; turn++) {
        struct end *end = turn % 2 ? client : server;
        pair_move(pair);
        pair_step(end, end->in.len);
    }
    pair_move(pair);
    SecBuffer in = {(ULONG)client->in.len, SECBUFFER_TOKEN, client->in.ptr},
              out = {sizeof room, SECBUFFER_TOKEN, room};
    SecBufferDesc ins = {SECBUFFER_VERSION, 1, &in}, outs = {SECBUFFER_VERSION, 1, &out};
    is_status(isc(client, &ins, ISC_REQ_USE_SUPPLIED_CREDS | ISC_REQ_MANUAL_CRED_VALIDATION, &outs, NULL),
              SEC_E_OK, "W43 %s: a client's last call", tag);
    ok(out.cbBuffer == 0 && out.pvBuffer == room, "W43 %s: the size of its token is 0", tag);
}

/* schannel-rs: with USE_SUPPLIED_CREDS no call ever stops for a certificate (W83). */
static void never_stops(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls,
                                   .server_request = ASC_REQ_MUTUAL_AUTH};
    unsigned stops = 0;
    if (pair_open(&pair, &options)) {
        pair_step(&pair.client, 0);
        for (int turn = 0; turn < 6; turn++) {
            struct end *end = turn % 2 ? &pair.client : &pair.server;
            pair_move(&pair);
            if (end->in.len && (!end->calls || end->status == SEC_I_CONTINUE_NEEDED))
                stops += pair_step(end, end->in.len) == SEC_I_INCOMPLETE_CREDENTIALS;
        }
        ok(!stops && pair.client.status == SEC_E_OK && pair.server.status == SEC_E_OK,
           "W83 K18 %s: USE_SUPPLIED_CREDS completes without SEC_I_INCOMPLETE_CREDENTIALS", tag);
        PCCERT_CONTEXT none = NULL;
        ok(QueryContextAttributesA(&pair.server.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &none) < 0 && !none,
           "W83 K34 %s: and without a certificate", tag);
    }
    pair_close(&pair);
}

/* Two addresses and no name for a server to tell them apart: the client alone keeps their sessions apart. */
static void by_target(const char *provider, int tls)
{
    static const struct {
        const char *target;
        DWORD resumed;
    } rows[] = {{"127.0.0.1", 0}, {"127.0.0.2", 0}, {"127.0.0.1", SSL_SESSION_RECONNECT}};
    struct pair pair;
    struct pair_options options = {.provider = provider, .tls = tls};
    if (!pair_open(&pair, &options))
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SecPkgContext_SessionInfo info;
        pair_again(&pair);
        pair.client.target = rows[i].target;
        is_status(pair_handshake(&pair), SEC_E_OK, "K40 %s: connection %u", tag, (unsigned)i);
        memset(&info, 0x55, sizeof info);
        QueryContextAttributesA(&pair.client.context, SECPKG_ATTR_SESSION_INFO, &info);
        is_int(info.dwFlags, rows[i].resumed, "K40 W84 D21 %s: connection %u, to %s", tag, (unsigned)i,
               rows[i].target);
        pair_move(&pair);
        pair_receive(&pair.client); /* tickets */
    }
    pair_close(&pair);
}

/* D2: the peer's expiry, as local time. */
static void expiry(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls,
                                   .client_cert = "client-ecdsa", .server_request = ASC_REQ_MUTUAL_AUTH};
    if (pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK) {
        struct end *ends[] = {&pair.client, &pair.server};
        for (int i = 0; i < 2; i++) {
            PCCERT_CONTEXT peer = pair_certificate(i ? "client-ecdsa" : "server-rsa");
            FILETIME local = {0, 0};
            ok(peer && FileTimeToLocalFileTime(&peer->pCertInfo->NotAfter, &local),
               "D2 %s: a certificate ends", tag);
            ok((DWORD)ends[i]->expiry.LowPart == local.dwLowDateTime &&
                   (DWORD)ends[i]->expiry.HighPart == local.dwHighDateTime,
               "D2 %s: the time of the last call is its end, local time (%s)", tag, i ? "server" : "client");
            CertFreeCertificateContext(peer);
        }
    } else {
        ok(0, "D2 %s: completes", tag);
    }
    pair_close(&pair);
}

/* ---- what a ClientHello offers ---- */

static const uint8_t *extension(const struct flow *hello, unsigned wanted)
{
    size_t at = 5 + 4 + 2 + 32, end = hello->len;
    at += 1u + hello->ptr[at];                                     /* session id */
    at += 2u + ((size_t)hello->ptr[at] << 8 | hello->ptr[at + 1]); /* suites */
    at += 1u + hello->ptr[at] + 2u;                                /* compression; extensions' length */
    for (; at + 4 <= end; at += 4u + ((size_t)hello->ptr[at + 2] << 8 | hello->ptr[at + 3]))
        if ((unsigned)(hello->ptr[at] << 8 | hello->ptr[at + 1]) == wanted)
            return hello->ptr + at;
    return NULL;
}

static void offers(struct pair *pair, int tls)
{
    struct flow *hello = &pair->client.out;
    pair_again(pair);
    pair_step(&pair->client, 0);
    size_t at = 5 + 4 + 2 + 32, suites;
    at += 1u + hello->ptr[at];
    suites = (size_t)hello->ptr[at] << 8 | hello->ptr[at + 1];
    int scsv = 0;
    for (size_t i = at + 2; i < at + 2 + suites; i += 2)
        scsv |= hello->ptr[i] == 0 && hello->ptr[i + 1] == 0xff;
    at += 2 + suites;
    ok(hello->ptr[at] == 1 && hello->ptr[at + 1] == 0, "D20 %s: a ClientHello offers no compression", tag);
    ok(!extension(hello, 42), "D20 %s: no early data", tag);
    int safe = scsv || extension(hello, 0xff01);
    if (tls == 12 && !safe && strstr(tag, "wolfssl")) /* which never renegotiates: nothing to make safe */
        ok(1, "D20 %s: refused: renegotiate", tag);
    else if (tls == 12)
        ok(safe, "D20 %s: renegotiation by RFC 5746 alone", tag);
}

/* K1: the protocols alone, in the first call. */
static void protocols_alone(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls,
                                   .client_alpn = "h2 http/1.1"};
    if (pair_open(&pair, &options)) {
        is_status(pair_step(&pair.client, 0), SEC_I_CONTINUE_NEEDED, "K1 %s: APPLICATION_PROTOCOLS alone",
                  tag);
        ok(extension(&pair.client.out, 16) != NULL, "K1 W46 %s: are offered", tag);
    }
    pair_close(&pair);
}

/* W19, W8: attributes of an inbound credential of version 4 with a certificate. */
static void inbound(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .old_struct = 1};
    SecPkgCred_CipherStrengths strengths = {0, 0};
    SecPkgCredentials_NamesA names;
    if (tls != 12 || !pair_open(&pair, &options))
        return;
    is_status(QueryCredentialsAttributesA(&pair.server.credential, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths),
              SEC_E_OK, "W19 W7 %s: an inbound credential answers CIPHER_STRENGTHS", tag);
    ok(strengths.dwMinimumCipherStrength && strengths.dwMaximumCipherStrength, "W19 W7 %s: neither is 0",
       tag);
    is_status(pair_handshake(&pair), SEC_E_OK, "W19 D11 %s: version 4 on both ends completes", tag);
    SecPkgContext_ConnectionInfo info;
    QueryContextAttributesA(&pair.client.context, SECPKG_ATTR_CONNECTION_INFO, &info);
    is_int(info.dwProtocol, SP_PROT_TLS1_2_CLIENT, "D11 %s: without TLS 1.3", tag);
    is_status(QueryCredentialsAttributesA(&pair.client.credential, SECPKG_CRED_ATTR_NAMES, &names),
              SEC_E_NO_CREDENTIALS, "W8 %s: NAMES after a handshake, client", tag);
    is_status(QueryCredentialsAttributesA(&pair.server.credential, SECPKG_CRED_ATTR_NAMES, &names),
              SEC_E_NO_CREDENTIALS, "W8 %s: and server", tag);
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    if (ok(pair_open(&pair, &options), "%s: credentials", tag)) {
        one_descriptor(&pair);
        nothing_again(&pair);
        no_slot(&pair);
        if (tls == 12)
            last_call(&pair);
        offers(&pair, tls);
    }
    pair_close(&pair);
    server_by_isc(provider, tls);
    never_stops(provider, tls);
    by_target(provider, tls);
    expiry(provider, tls);
    protocols_alone(provider, tls);
    inbound(provider, tls);
}

int main(void)
{
#ifndef _WIN32
    setenv("TZ", "JST-9", 1); /* local time is not UTC */
#endif
    pair_each(each);
    return tap_done();
}
