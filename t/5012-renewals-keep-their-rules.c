/* SPDX-License-Identifier: MIT
 *
 * The rules of a new handshake by contract id (W63 to W65, K27, D14): what a HelloRequest looks like, whose
 * certificate answers it, what may not begin one, how many a client may begin, and what hostile bytes do to
 * one.  What the library cannot is refused, and the context goes on. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[96];
static const char *provider;

static int renegotiates(void)
{
    return strcmp(provider, "wolfssl") != 0;
}

static int passes(struct pair *pair, struct end *from, struct end *to)
{
    flow_free(&to->data);
    SECURITY_STATUS sent = pair_send(from, "passes", 6);
    pair_move(pair);
    SECURITY_STATUS got = pair_receive(to);
    int good = sent == SEC_E_OK && got == SEC_E_INCOMPLETE_MESSAGE && to->data.len == 6;
    if (!good)
        diag("sealed %s, received %s", pair_status(sent), pair_status(got));
    return good;
}

static int both_ways(struct pair *pair)
{
    return passes(pair, &pair->client, &pair->server) & passes(pair, &pair->server, &pair->client);
}

static int start(struct pair *pair, const struct pair_options *options)
{
    int good = pair_open(pair, options) && pair_handshake(pair) == SEC_E_OK && both_ways(pair);
    pair->client.status = pair->server.status = SEC_E_OK;
    return ok(good, "%s: a connection", tag);
}

/* Both in turn, each given all there is: to ISC or ASC while those wait for it, else to DecryptMessage. */
static void finish(struct pair *pair)
{
    for (int i = 0; i < 20; i++) {
        struct end *end = i % 2 ? &pair->client : &pair->server;
        pair_move(pair);
        if (end->in.len && end->status == SEC_I_CONTINUE_NEEDED)
            pair_step(end, end->in.len);
        else if (end->in.len && end->status == SEC_E_OK)
            pair_receive(end);
    }
}

struct shown {
    SecBuffer bufs[4];
    SECURITY_STATUS status;
};

static struct shown look(struct end *end)
{
    struct shown shown = {.bufs = {{(ULONG)end->in.len, SECBUFFER_DATA, end->in.ptr}}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, shown.bufs};
    shown.status = DecryptMessage(&end->context, &desc, 0, NULL);
    return shown;
}

/* ---- W63, K27 ---- */

static void hello_request(const struct pair_options *options)
{
    struct pair pair;
    struct end *client = &pair.client, *server = &pair.server;
    for (int behind = 0; behind < 2 && start(&pair, options); behind++) {
        is_status(pair_step_null(server), SEC_I_CONTINUE_NEEDED, "D14 %s: ASC without input", tag);
        size_t len = server->out.len;
        if (behind)
            pair_send(server, "behind", 6);
        pair_move(&pair);
        uint8_t *bytes = client->in.ptr;
        struct shown shown = look(client);
        const SecBuffer *bufs = shown.bufs;
        is_status(shown.status, SEC_I_RENEGOTIATE, "W63 %s: HelloRequest", tag);
        ok(bufs[0].BufferType == SECBUFFER_STREAM_HEADER && bufs[0].cbBuffer == 13 &&
               bufs[0].pvBuffer == bytes,
           "W63 %s: a header of 13 octets", tag);
        ok(bufs[1].BufferType == SECBUFFER_DATA && bufs[1].cbBuffer == 0 && bufs[1].pvBuffer == bytes + 13,
           "W63 K23 %s: data of none, inside the input", tag);
        ok(bufs[2].BufferType == SECBUFFER_STREAM_TRAILER && bufs[2].cbBuffer == 20 && len == 33,
           "W63 %s: a trailer of 20", tag);
        ok(behind ? bufs[3].BufferType == SECBUFFER_EXTRA && bufs[3].pvBuffer == bytes + len &&
                        bufs[3].cbBuffer == client->in.len - len
                  : bufs[3].BufferType == SECBUFFER_EMPTY,
           "K27 %s: EXTRA is what follows, %s", tag, behind ? "data" : "nothing");
        flow_drop(&client->in, len);
        if (behind) { /* the program that takes no notice reads on */
            is_status(pair_receive(client), SEC_E_INCOMPLETE_MESSAGE, "K27 %s: reading goes on", tag);
            ok(client->data.len == 12 && passes(&pair, server, client), "K27 %s: nothing lost", tag);
            SECURITY_STATUS sent = pair_send(client, "writes", 6);
            if (strcmp(provider, "openssl") == 0) /* it has begun, and cannot write before it has ended */
                is_status(sent, SEC_E_OUT_OF_SEQUENCE, "D14 %s: writing has to wait", tag);
            else
                is_status(sent, SEC_E_OK, "K27 %s: writing goes on", tag);
        }
        is_status(behind ? pair_step(client, 0) : pair_step_null(client), SEC_I_CONTINUE_NEEDED,
                  "K27 %s: ISC with %s", tag, behind ? "an empty token" : "no input");
        ok(client->out.len > 33, "K27 %s: a ClientHello", tag);
        if (behind) { /* what was written before it */
            pair_move(&pair);
            while (pair_decrypt(server) == SEC_E_OK)
                ;
        }
        finish(&pair);
        ok(client->status == SEC_E_OK && server->status == SEC_E_OK, "D14 %s: completes (%s, %s)", tag,
           pair_status(client->status), pair_status(server->status));
        ok(both_ways(&pair), "D14 %s: and data passes", tag);
        pair_close(&pair);
    }
}

/* ---- W64, W65 ---- */

static const struct {
    const char *cert;
    SECURITY_STATUS want;
} answers[] = {{"client-ecdsa", SEC_E_OK}, {"client-rsa", SEC_E_OK}, {"client-expired", SEC_E_CERT_EXPIRED}};

static void other_credential(const struct pair_options *given, size_t i)
{
    struct pair pair;
    CredHandle fresh, first;
    struct pair_options options = *given, with = *given;
    struct end *client = &pair.client, *server = &pair.server;
    options.server_flags = SCH_CRED_AUTO_CRED_VALIDATION;
    options.server_roots = "root";
    with.client_cert = answers[i].cert;
    if (pair_credential(&with, 0, &fresh) != SEC_E_OK || !start(&pair, &options))
        return;
    CtxtHandle before = client->context;
    server->request |= ASC_REQ_MUTUAL_AUTH;
    pair_step_null(server);
    pair_move(&pair);
    is_status(look(client).status, SEC_I_RENEGOTIATE, "W63 %s: asked", tag);
    flow_drop(&client->in, client->in.len);
    first = client->credential;
    client->credential = fresh;
    is_status(pair_step_null(client), SEC_I_CONTINUE_NEEDED, "W64 %s: ISC with %s", tag, answers[i].cert);
    ok(!memcmp(&before, &client->context, sizeof before), "W65 %s: phNewContext is phContext", tag);
    client->credential = first;
    FreeCredentialsHandle(&fresh); /* the context has its own reference */
    finish(&pair);
    pair_move(&pair);
    if (answers[i].want == SEC_E_OK) {
        PCCERT_CONTEXT got = NULL, local = NULL, want = pair_certificate(answers[i].cert);
        QueryContextAttributesA(&server->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &got);
        QueryContextAttributesA(&client->context, SECPKG_ATTR_LOCAL_CERT_CONTEXT, &local);
        ok(client->status == SEC_E_OK && server->status == SEC_E_OK, "W64 %s: completes (%s, %s)", tag,
           pair_status(client->status), pair_status(server->status));
        ok(got && want && got->cbCertEncoded == want->cbCertEncoded &&
               !memcmp(got->pbCertEncoded, want->pbCertEncoded, want->cbCertEncoded),
           "W64 %s: the server has the new certificate", tag);
        ok(local && want && local->cbCertEncoded == want->cbCertEncoded, "W64 %s: and the client knows", tag);
        ok(server->attributes & ASC_RET_MUTUAL_AUTH, "D7 %s: ASC_RET_MUTUAL_AUTH", tag);
        ok(both_ways(&pair), "W64 %s: and data passes", tag);
        CertFreeCertificateContext(got);
        CertFreeCertificateContext(local);
        CertFreeCertificateContext(want);
    } else {
        is_status(server->status, SEC_E_CERT_EXPIRED, "D8 %s: the server refuses %s", tag, answers[i].cert);
        ok(client->status == SEC_E_CERT_EXPIRED || client->status == SEC_E_ALGORITHM_MISMATCH,
           "W65 %s: the refusal reaches the client (%s)", tag, pair_status(client->status));
        is_status(pair_send(client, "x", 1), client->status, "D17 %s: which is dead", tag);
    }
    pair_close(&pair);
}

/* ---- what begins nothing ---- */

static void not_begun(struct pair *pair, SECURITY_STATUS got, SECURITY_STATUS want, const char *words)
{
    is_status(got, want, "D14 %s: %s", tag, words);
    ok(!pair->client.out.len && !pair->server.out.len && both_ways(pair), "D14 %s: and the context goes on",
       tag);
}

static void refused(const struct pair_options *given)
{
    struct pair pair;
    CredHandle other, keep;
    struct pair_options options = *given;
    struct end *client = &pair.client, *server = &pair.server;
    if (!start(&pair, &options))
        return;
    flow_add(&client->in, "unwanted", 8);
    SECURITY_STATUS unwanted = pair_step(client, 8);
    flow_drop(&client->in, 8);
    not_begun(&pair, unwanted, SEC_E_OUT_OF_SEQUENCE, "input, and nothing pending");
    if (renegotiates() && options.tls == 12) {
        client->target = "other.example";
        not_begun(&pair, pair_step_null(client), SEC_E_WRONG_PRINCIPAL, "another target");
        client->target = "localhost";
        keep = client->credential;
        options.client_provider = strcmp(provider, "openssl") == 0 ? "gnutls" : "openssl";
        if (pair_credential(&options, 0, &other) == SEC_E_OK) {
            client->credential = other;
            not_begun(&pair, pair_step_null(client), SEC_E_UNSUPPORTED_FUNCTION,
                      "another provider's credential");
            FreeCredentialsHandle(&other);
            not_begun(&pair, pair_step_null(client), SEC_E_INVALID_HANDLE, "a freed credential");
        }
        options.client_provider = NULL;
        options.validate = 1;
        client->request &= ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
        if (pair_credential(&options, 0, &other) == SEC_E_OK) {
            client->credential = other;
            not_begun(&pair, pair_step_null(client), SEC_E_UNSUPPORTED_FUNCTION,
                      "a credential that judges where this connection was not judged");
            FreeCredentialsHandle(&other);
        }
        client->request |= ISC_REQ_MANUAL_CRED_VALIDATION;
        client->credential = keep;
        keep = server->credential;
        if (pair_credential(&options, 1, &other) == SEC_E_OK) {
            server->credential = other;
            not_begun(&pair, pair_step_null(server), SEC_E_UNSUPPORTED_FUNCTION, "another server credential");
            FreeCredentialsHandle(&other);
        }
        server->credential = keep;
    } else {
        not_begun(&pair, pair_step_null(client), SEC_E_UNSUPPORTED_FUNCTION, "this client cannot");
        not_begun(&pair, pair_step_null(server), SEC_E_UNSUPPORTED_FUNCTION,
                  "nothing for this server to ask");
    }
    is_status(pair_shutdown(client), SEC_E_OK, "%s: close_notify", tag);
    is_status(pair_step_null(client), SEC_E_UNSUPPORTED_FUNCTION, "D14 %s: nothing begins after it", tag);
    pair_close(&pair);
}

/* ---- how many ---- */

static void flood(const struct pair_options *options)
{
    struct pair pair;
    int done = 0;
    if (!start(&pair, options))
        return;
    while (done < 20 && pair_step_null(&pair.client) == SEC_I_CONTINUE_NEEDED) {
        finish(&pair);
        if (pair.client.status != SEC_E_OK || pair.server.status != SEC_E_OK)
            break;
        /* The server's own do not count. */
        if (pair_step_null(&pair.server) == SEC_I_CONTINUE_NEEDED) {
            pair_move(&pair);
            pair_decrypt(&pair.client);
            pair_step_null(&pair.client);
            finish(&pair);
        }
        done++;
    }
    is_int(done, 4, "D20 %s: a client begins four in a row, and no more", tag);
    is_status(pair.server.status, SEC_E_ILLEGAL_MESSAGE, "D20 %s: the flood ends it", tag);
    pair_close(&pair);
}

/* ---- pieces, and what does not belong ---- */

static void in_pieces(const struct pair_options *options)
{
    struct pair pair;
    if (!start(&pair, options))
        return;
    struct end *ends[2] = {&pair.server, &pair.client};
    unsigned bad = 0;
    pair_step_null(&pair.client);
    pair_move(&pair);
    is_status(pair_decrypt(&pair.server), SEC_I_RENEGOTIATE, "D14 %s: a ClientHello shows", tag);
    for (int round = 0; round < 8; round++) {
        struct end *end = ends[round % 2], *other = ends[!(round % 2)];
        pair_move(&pair);
        struct flow whole = end->in;
        memset(&end->in, 0, sizeof end->in);
        for (size_t i = 0; i < whole.len && end->status >= 0; i++) {
            flow_add(&end->in, whole.ptr + i, 1);
            SECURITY_STATUS status = pair_step(end, end->in.len);
            if (status == SEC_E_INCOMPLETE_MESSAGE)
                end->status = SEC_I_CONTINUE_NEEDED;
            else if (status < 0)
                bad++;
        }
        flow_free(&whole);
        (void)other;
    }
    ok(!bad && pair.client.status == SEC_E_OK && pair.server.status == SEC_E_OK,
       "K8 %s: octet by octet (%u bad; %s, %s)", tag, bad, pair_status(pair.client.status),
       pair_status(pair.server.status));
    ok(both_ways(&pair), "K8 %s: and data passes", tag);
    pair_close(&pair);
}

static const struct {
    const char *words;
    size_t len;
    uint8_t bytes[12];
} intruders[] = {
    {"a ChangeCipherSpec in the clear", 6, {20, 3, 3, 0, 1, 1}},
    {"a ClientHello in the clear", 9, {22, 3, 3, 0, 4, 1, 0, 0, 0}},
    {"an alert in the clear", 7, {21, 3, 3, 0, 2, 1, 100}},
    {"an empty handshake record", 5, {22, 3, 3, 0, 0}},
    {"no record", 8, {0x47, 0x45, 0x54, 0x20, 0x2f, 0x20, 0x48, 0x54}},
};

/* At both ends, before and amid a new handshake: dead, or as if nothing had come. */
static void intruded(const struct pair_options *options)
{
    for (size_t i = 0; i < 4 * sizeof intruders / sizeof *intruders; i++) {
        struct pair pair;
        size_t which = i / 4;
        int amid = i & 1;
        if (!pair_open(&pair, options) || pair_handshake(&pair) != SEC_E_OK) {
            ok(0, "%s: a connection", tag);
            pair_close(&pair);
            continue;
        }
        struct end *end = i & 2 ? &pair.client : &pair.server;
        if (amid) {
            pair_step_null(&pair.client);
            pair_move(&pair);
            pair_decrypt(&pair.server);
            pair_step(&pair.server, pair.server.in.len);
        }
        flow_drop(&end->in, end->in.len);
        flow_add(&end->in, intruders[which].bytes, intruders[which].len);
        SECURITY_STATUS status = pair_decrypt(end);
        if (status == SEC_I_RENEGOTIATE)
            status = pair_step(end, end->in.len);
        ok(status < 0 && !end->data.len, "D4 %s: %s, %s, %s: refused (%s)", tag, intruders[which].words,
           end->server ? "server" : "client", amid ? "amid" : "before", pair_status(status));
        ok(pair_send(end, "x", 1) != SEC_E_OK || status == SEC_E_OUT_OF_SEQUENCE, "D17 %s: and it is dead",
           tag);
        pair_close(&pair);
    }
}

/* The answer to a late request, record by record: between two the server may write or is told to wait. */
static void late_by_records(const struct pair_options *given)
{
    struct pair_options options = *given;
    struct pair pair;
    unsigned records = 0, bad = 0;
    options.cert = "server-ecdsa";
    options.client_cert = "client-ecdsa";
    if (!start(&pair, &options))
        return;
    pair.server.request |= ASC_REQ_MUTUAL_AUTH;
    is_status(pair_step_null(&pair.server), SEC_I_CONTINUE_NEEDED, "D14 %s: a late request", tag);
    pair_move(&pair);
    is_status(pair_decrypt(&pair.client), SEC_I_RENEGOTIATE, "D14 %s: it shows", tag);
    pair_step(&pair.client, pair.client.in.len);
    struct flow answer = pair.client.out;
    memset(&pair.client.out, 0, sizeof answer);
    while (answer.len > 5) {
        size_t len = 5 + ((size_t)answer.ptr[3] << 8 | answer.ptr[4]);
        flow_add(&pair.server.in, answer.ptr, len);
        flow_drop(&answer, len);
        SECURITY_STATUS status = pair_decrypt(&pair.server);
        if (status == SEC_I_RENEGOTIATE)
            status = pair_step(&pair.server, pair.server.in.len);
        bad += status < 0 && status != SEC_E_INCOMPLETE_MESSAGE;
        status = pair_send(&pair.server, "between", 7);
        bad += status != SEC_E_OK && (status != SEC_E_OUT_OF_SEQUENCE || !answer.len);
        records++;
    }
    flow_free(&answer);
    pair_move(&pair);
    pair_receive(&pair.client);
    ok(records && !bad, "D14 %s: between the %u records of its answer the server writes or waits (%u bad)",
       tag, records, bad);
    ok(both_ways(&pair), "D14 %s: and data passes", tag);
    pair_close(&pair);
}

static void each(const char *name, int tls)
{
    struct pair_options options = {.provider = name, .tls = tls};
    provider = name;
    snprintf(tag, sizeof tag, "%s tls%d", name, tls);
    refused(&options);
    if (tls == 13) {
        late_by_records(&options);
        return;
    }
    if (!renegotiates()) {
        ok(1, "W63 W64 W65 K27 D14 D20 %s: refused: renegotiate", tag);
        return;
    }
    hello_request(&options);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        other_credential(&options, i);
    flood(&options);
    in_pieces(&options);
    intruded(&options);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
