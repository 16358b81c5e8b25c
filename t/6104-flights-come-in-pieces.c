/* SPDX-License-Identifier: MIT
 *
 * How much of a flight a call takes, and how little it asks for (K6, K7), on both ends of a handshake; where
 * the server's name comes from (K14); what a completed context says of its sizes (K21) and of records that
 * carry nothing (K25); whose memory a credential is (K17). */
#include <config.h>

#include "t/page-kit.h"

static size_t record_len(const struct flow *flow) /* of the first record; 0: there is none whole */
{
    size_t len = flow->len < 5 ? 0 : 5u + ((size_t)flow->ptr[3] << 8 | flow->ptr[4]);
    return len && len <= flow->len ? len : 0;
}

/* ---- K6: all that is whole, in one call ---- */

static size_t whole_records(const struct flow *flow, size_t *len)
{
    struct flow rest = *flow;
    size_t count = 0;
    *len = 0;
    while (record_len(&rest)) {
        size_t record = record_len(&rest);
        *len += record;
        rest.ptr += record;
        rest.len -= record;
        count++;
    }
    return count;
}

/* The end is given its flight and four bytes more. */
static void takes_all(struct end *end, const char *who, int completes)
{
    static const uint8_t stray[] = {22, 3, 3, 0};
    size_t len, count = whole_records(&end->in, &len);
    ok(len == end->in.len && count >= (end->server ? 1u : 2u), "K6 %s: %s has a flight of %u records to read",
       tag, who, (unsigned)count);
    flow_add(&end->in, stray, sizeof stray);
    SECURITY_STATUS status = pair_step(end, end->in.len);
    is_status(status, completes ? SEC_E_OK : SEC_I_CONTINUE_NEEDED, "K6 %s: %s takes them in one call", tag,
              who);
    is_int(end->in.len, sizeof stray, "K6 K4 %s: %s leaves what is no whole record, in EXTRA", tag, who);
    ok(completes || end->out.len > 0, "K6 %s: %s answers in the same call", tag, who);
    flow_drop(&end->in, end->in.len);
}

static void in_one_call(struct pair *pair, int tls)
{
    struct end *client = &pair->client, *server = &pair->server;
    pair_again(pair);
    pair_step(client, 0);
    pair_move(pair);
    takes_all(server, "the server", 0);
    pair_move(pair);
    takes_all(client, "the client", tls == 13);
    pair_move(pair);
    takes_all(server, "the server, at last,", 1);
    pair_move(pair);
    if (tls == 12)
        takes_all(client, "the client, at last,", 1);
}

/* ---- K7: 1 KiB at a time, in a buffer that holds no more than one record and 1 KiB ---- */

static unsigned quiet; /* CONTINUE_NEEDED without a token */
static size_t longest;

static int feed(struct end *end, struct flow *from, size_t piece)
{
    while (from->len && (end->status == SEC_I_CONTINUE_NEEDED || end->status == SEC_E_INCOMPLETE_MESSAGE)) {
        size_t some = from->len < piece ? from->len : piece, before = end->out.len;
        flow_add(&end->in, from->ptr, some);
        flow_drop(from, some);
        longest = end->in.len > longest ? end->in.len : longest;
        int whole = record_len(&end->in) > 0;
        SECURITY_STATUS status = pair_step(end, end->in.len);
        if (status == SEC_E_INCOMPLETE_MESSAGE && whole)
            return 0; /* it had a record, and asked for more */
        if (status == SEC_I_CONTINUE_NEEDED && end->out.len == before)
            quiet++;
        if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE)
            return 0;
    }
    return 1;
}

static void in_pieces(struct pair *pair, size_t piece)
{
    struct end *client = &pair->client, *server = &pair->server;
    int good = 1, turn;
    pair_again(pair);
    pair_step(client, 0);
    server->status = SEC_I_CONTINUE_NEEDED;
    quiet = 0;
    longest = 0;
    for (turn = 0; turn < 8 && good && (client->status != SEC_E_OK || server->status != SEC_E_OK); turn++)
        good = turn % 2 ? feed(client, &server->out, piece) : feed(server, &client->out, piece);
    ok(good && client->status == SEC_E_OK && server->status == SEC_E_OK, "K7 %s: %u bytes at a time complete",
       tag, (unsigned)piece);
    ok(longest < 16384, "K7 K8 %s: and never more than %u of them waited", tag, (unsigned)longest);
    if (piece <= 1024)
        ok(quiet > 0, "K7 %s: records were taken without an answer %u times", tag, quiet);
}

/* The ClientHello itself in records of 40 bytes: each is taken, none waits for the others. */
static void hello_in_records(struct pair *pair)
{
    struct end *client = &pair->client, *server = &pair->server;
    pair_again(pair);
    pair_step(client, 0);
    struct flow hello = client->out;
    unsigned records = 0, wrong = 0;
    memset(&client->out, 0, sizeof client->out);
    for (size_t at = 5; at < hello.len && !wrong; at += 40, records++) {
        size_t len = hello.len - at < 40 ? hello.len - at : 40;
        uint8_t header[5] = {22, 3, 1, 0, (uint8_t)len};
        flow_add(&server->in, header, sizeof header);
        flow_add(&server->in, hello.ptr + at, len);
        int last = at + len == hello.len;
        wrong += pair_step(server, server->in.len) != SEC_I_CONTINUE_NEEDED || server->in.len ||
                 (server->out.len > 0) != last;
    }
    ok(records > 3 && !wrong, "K7 S14 %s: a ClientHello in %u records, one a call, no token before the last",
       tag, records);
    is_status(pair_handshake(pair), SEC_E_OK, "K7 %s: and it completes", tag);
    flow_free(&hello);
}

/* ---- K14 ---- */

static int contains(const struct flow *flow, const char *text)
{
    size_t len = strlen(text);
    for (size_t at = 0; at + len <= flow->len; at++)
        if (memcmp(flow->ptr + at, text, len) == 0)
            return 1;
    return 0;
}

static void names(const char *provider, int tls)
{
    static const struct {
        const char *target, *later;
        int sent;
    } rows[] = {
        {"b.example.test", "b.example.test", 1},
        {"b.example.test", NULL, 1},
        {"b.example.test", "another.example", 1},
        {"192.0.2.1", "192.0.2.1", 0},
        {"2001:db8::1", NULL, 0},
        {"-", NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair;
        struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls,
                                       .cert = "server-a server-b", .target = rows[i].target};
        if (!pair_open(&pair, &options))
            continue;
        pair_step(&pair.client, 0);
        pair.client.target = rows[i].later;
        is_int(strlen(rows[i].target) > 1 && contains(&pair.client.out, rows[i].target), rows[i].sent,
               "K14 %s: %s is%s in the ClientHello", tag, rows[i].target, rows[i].sent ? "" : " not");
        is_status(pair_handshake(&pair), SEC_E_OK, "K14 %s: %s, then %s: completes", tag, rows[i].target,
                  rows[i].later ? rows[i].later : "NULL");
        PCCERT_CONTEXT got = NULL, want = pair_certificate(rows[i].sent ? "server-b" : "server-a");
        QueryContextAttributesA(&pair.client.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &got);
        ok(got && want && got->cbCertEncoded == want->cbCertEncoded &&
               memcmp(got->pbCertEncoded, want->pbCertEncoded, want->cbCertEncoded) == 0,
           "K14 %s: the server went by what the first call named (%s)", tag, rows[i].target);
        CertFreeCertificateContext(got);
        CertFreeCertificateContext(want);
        pair_close(&pair);
    }
}

/* pszTargetName of the other kind of function. */
static void wide_name(struct pair *pair)
{
    static WCHAR target[] = L"b.example.test";
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc outs = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle context;
    struct flow token = {0};
    is_status(InitializeSecurityContextW(&pair->client.credential, NULL, target, ISC_REQ_ALLOCATE_MEMORY, 0,
                                         0, NULL, 0, &context, &outs, NULL, NULL),
              SEC_I_CONTINUE_NEEDED, "K14 %s: the target as wide text", tag);
    flow_add(&token, out.pvBuffer, out.cbBuffer);
    ok(contains(&token, "b.example.test"), "K14 %s: is in the ClientHello too", tag);
    flow_free(&token);
    FreeContextBuffer(out.pvBuffer);
    DeleteSecurityContext(&context);
}

/* ---- K21, K25 ---- */

static void sizes(struct pair *pair)
{
    static uint8_t big[16384];
    SecPkgContext_StreamSizes early;
    pair_again(pair);
    memset(&early, 0x55, sizeof early);
    pair_step(&pair->client, 0);
    SECURITY_STATUS status = QueryContextAttributesA(&pair->client.context, SECPKG_ATTR_STREAM_SIZES, &early);
    is_status(status, SEC_E_UNSUPPORTED_FUNCTION, "K21 D3 %s: asked before completion", tag);
    is_int(early.cbHeader, 0x55555555, "K21 %s: and nothing written", tag);
    pair_move(pair);
    pair_step(&pair->server, pair->server.in.len);
    is_status(QueryContextAttributesA(&pair->server.context, SECPKG_ATTR_STREAM_SIZES, &early),
              SEC_E_UNSUPPORTED_FUNCTION, "K21 D3 %s: the server's half-way", tag);
    is_status(pair_handshake(pair), SEC_E_OK, "K21 %s: completes", tag);
    const SecPkgContext_StreamSizes *got = &pair->client.sizes;
    ok(got->cbMaximumMessage <= 16384 && got->cbMaximumMessage > 8192, "K21 %s: cbMaximumMessage", tag);
    flow_drop(&pair->server.out, pair->server.out.len); /* tickets */
    is_status(pair_send(&pair->server, big, pair->server.sizes.cbMaximumMessage), SEC_E_OK,
              "K21 %s: the largest message", tag);
    ok(pair->server.out.len <= got->cbHeader + got->cbMaximumMessage + got->cbTrailer,
       "K21 %s: its record fits into the sum (%u)", tag, (unsigned)pair->server.out.len);
}

/* What DecryptMessage says of each record that waits. */
static void empties(struct pair *pair)
{
    struct end *client = &pair->client;
    unsigned records = 0, wrong = 0, data = 0;
    pair_again(pair);
    pair_handshake(pair);
    pair_send(&pair->server, "x", 1);
    pair_move(pair);
    for (int i = 0; i < 20 && client->in.len; i++) {
        size_t before = client->data.len, left = client->in.len;
        SECURITY_STATUS status = pair_decrypt(client);
        records++;
        if (status == SEC_E_OK && client->data.len == before && !client->in.len)
            wrong++;
        if (status == SEC_I_RENEGOTIATE) { /* K26: EXTRA begins with the message */
            wrong += client->in.len == 0 || client->in.len > left;
            wrong += pair_step(client, client->in.len) != SEC_E_OK;
        }
        data += client->data.len > before;
    }
    ok(records > 0 && data == 1 && !wrong, "K25 %s: %u records, none is SEC_E_OK with neither DATA nor EXTRA",
       tag, records);
}

/* ---- K17 ---- */

static void captured(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls};
    SCH_CREDENTIALS data;
    TLS_PARAMETERS parameters;
    PCCERT_CONTEXT certs[1];
    char package[64];
    if (!pair_open(&pair, &options))
        return;
    pair_package(package, sizeof package, provider);
    FreeCredentialsHandle(&pair.server.credential);
    memset(&data, 0, sizeof data);
    memset(&parameters, 0, sizeof parameters);
    parameters.grbitDisabledProtocols = tls == 12 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2;
    data.dwVersion = SCH_CREDENTIALS_VERSION;
    data.cCreds = 1;
    data.paCred = certs;
    data.cTlsParameters = 1;
    data.pTlsParameters = &parameters;
    certs[0] = pair_certificate("server-ecdsa");
    SECURITY_STATUS status = AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, &data, NULL,
                                                       NULL, &pair.server.credential, NULL);
    CertFreeCertificateContext(certs[0]);
    memset(&certs, 0xdd, sizeof certs);
    memset(&data, 0xdd, sizeof data);
    memset(&parameters, 0xdd, sizeof parameters);
    memset(package, 0xdd, sizeof package);
    is_status(status, SEC_E_OK, "K17 %s: a credential", tag);
    is_status(pair_handshake(&pair), SEC_E_OK, "K17 %s: serves when all it was made of is gone", tag);
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    if (ok(pair_open(&pair, &options), "%s: credentials", tag)) {
        in_one_call(&pair, tls);
        in_pieces(&pair, 1024);
        in_pieces(&pair, 100);
        in_pieces(&pair, 1);
        hello_in_records(&pair);
        wide_name(&pair);
        sizes(&pair);
        empties(&pair);
    }
    pair_close(&pair);
    names(provider, tls);
    captured(provider, tls);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
