/* SPDX-License-Identifier: MIT
 *
 * A new handshake on an open connection (D14, K26, K27, W63 to W65): HelloRequest, ClientHello, a late
 * CertificateRequest; by programs that read on with DecryptMessage and by programs that give every record to
 * ISC or ASC.  Every provider as client of every provider as server. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[96];
static const char *client_name, *server_name;
static int version;

static int renegotiates(const char *provider)
{
    return strcmp(provider, "wolfssl") != 0; /* SSPI_CAP_RENEGOTIATE */
}

static int shows(struct end *end, const char *want)
{
    PCCERT_CONTEXT got = NULL, expected = want ? pair_certificate(want) : NULL;
    SECURITY_STATUS status = QueryContextAttributesA(&end->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &got);
    int same = want ? status == SEC_E_OK && expected && got->cbCertEncoded == expected->cbCertEncoded &&
                          !memcmp(got->pbCertEncoded, expected->pbCertEncoded, got->cbCertEncoded)
                    : status == SEC_E_NO_CREDENTIALS && !got;
    CertFreeCertificateContext(got);
    CertFreeCertificateContext(expected);
    return same;
}

static int passes(struct pair *pair, struct end *from, struct end *to)
{
    static unsigned char n;
    unsigned char text[50];
    memset(text, ++n, sizeof text);
    flow_free(&to->data);
    SECURITY_STATUS sent = pair_send(from, text, sizeof text);
    pair_move(pair);
    SECURITY_STATUS got = pair_receive(to);
    int good = sent == SEC_E_OK && got == SEC_E_INCOMPLETE_MESSAGE && to->data.len == sizeof text &&
               !memcmp(to->data.ptr, text, sizeof text);
    if (!good)
        diag("from the %s: sealed %s, received %s, %u octets", from->server ? "server" : "client",
             pair_status(sent), pair_status(got), (unsigned)to->data.len);
    return good;
}

static int both_ways(struct pair *pair)
{
    return passes(pair, &pair->client, &pair->server) & passes(pair, &pair->server, &pair->client);
}

static int open_pair(struct pair *pair, struct pair_options *options)
{
    options->client_provider = client_name;
    options->server_provider = server_name;
    options->tls = version;
    int good = pair_open(pair, options) && pair_handshake(pair) == SEC_E_OK;
    pair_move(pair);
    return ok(good && both_ways(pair), "%s: a connection", tag);
}

enum style { READS_ON, STAYS, STYLES };
static const char *const style_words[] = {"reading on", "record by record"};

/* Both ends until nothing moves.  The last answer of ISC or ASC stands in `status`. */
static void settle(struct pair *pair, enum style style)
{
    struct end *ends[2] = {&pair->client, &pair->server};
    for (int round = 0; round < 40; round++) {
        int moved = 0;
        pair_move(pair);
        for (int i = 0; i < 2; i++) {
            struct end *end = ends[i];
            size_t before = end->in.len;
            if (!before || end->status < 0)
                continue;
            int stays = style == STAYS && end->status == SEC_I_CONTINUE_NEEDED;
            if (stays && pair_step(end, before) == SEC_E_OUT_OF_SEQUENCE) { /* data is not for ISC */
                end->status = SEC_I_CONTINUE_NEEDED;
                stays = 0;
            }
            if (!stays)
                pair_receive(end);
            moved |= end->in.len != before || end->out.len;
        }
        if (!moved && !pair->client.out.len && !pair->server.out.len)
            return;
    }
}

static void close_both(struct pair *pair)
{
    ok(pair_shutdown(&pair->client) == SEC_E_OK, "K29 %s: close_notify", tag);
    pair_move(pair);
    is_status(pair_receive(&pair->server), SEC_I_CONTEXT_EXPIRED, "K28 %s: close_notify arrives", tag);
    ok(pair_shutdown(&pair->server) == SEC_E_OK, "K29 %s: and the server's", tag);
    pair_move(pair);
    is_status(pair_receive(&pair->client), SEC_I_CONTEXT_EXPIRED, "K28 %s: arrives too", tag);
}

/* ---- the server begins ---- */

static const struct {
    const char *client_cert;
    int mutual;
} asked[] = {{NULL, 0}, {NULL, 1}, {"client-ecdsa", 1}};

/* May this server begin with this client?  TLS 1.3 asks for a certificate or nothing; up to TLS 1.2 both must
 * have said what RFC 5746 asks for, and wolfSSL does not. */
static int server_may(size_t i)
{
    return version == 13 ? asked[i].mutual : renegotiates(server_name) && renegotiates(client_name);
}

static void by_server(size_t i, enum style style)
{
    struct pair pair;
    struct pair_options options = {.client_cert = asked[i].client_cert, .server_roots = "root"};
    struct end *client = &pair.client, *server = &pair.server;
    snprintf(tag, sizeof tag, "%s to %s tls%d, %s%s, %s", client_name, server_name, version,
             asked[i].mutual ? "asks" : "plain", asked[i].client_cert ? ", has one" : "", style_words[style]);
    if (!open_pair(&pair, &options)) {
        pair_close(&pair);
        return;
    }
    client->status = SEC_E_OK;
    server->request |= asked[i].mutual ? ASC_REQ_MUTUAL_AUTH : 0;
    SECURITY_STATUS begun = pair_step_null(server);
    if (begun == SEC_E_UNSUPPORTED_FUNCTION && (!server_may(i) || version == 13)) {
        ok(!server_may(i) || !asked[i].client_cert || !strcmp(client_name, "wolfssl"),
           "D14 %s: SEC_E_UNSUPPORTED_FUNCTION", tag);
        ok(both_ways(&pair), "D14 %s: and the context goes on", tag);
        pair_close(&pair);
        return;
    }
    is_status(begun, SEC_I_CONTINUE_NEEDED, "D14 %s: ASC without input", tag);
    ok(server->out.len && pair_send(server, "behind", 6) == SEC_E_OK, "D14 %s: data goes on", tag);
    settle(&pair, style == STAYS ? STAYS : READS_ON);
    is_status(server->status, SEC_E_OK, "D14 %s: the server is done", tag);
    ok(client->status == SEC_E_OK, "D14 %s: the client is done (%s)", tag, pair_status(client->status));
    ok(client->data.len >= 6 && !memcmp(client->data.ptr + client->data.len - 6, "behind", 6),
       "D14 %s: nothing lost", tag);
    ok(shows(server, asked[i].mutual ? asked[i].client_cert : NULL), "D14 %s: the client's certificate", tag);
    is_int(!!(server->attributes & ASC_RET_MUTUAL_AUTH), asked[i].mutual && asked[i].client_cert,
           "D7 %s: ASC_RET_MUTUAL_AUTH", tag);
    ok(both_ways(&pair), "D14 %s: messages pass", tag);
    if (version == 13 &&
        strcmp(client_name, "wolfssl") == 0) { /* it hashes its second answer with the first */
        skip("wolfSSL cannot answer a second late request", "D14 %s: once more", tag);
        close_both(&pair);
        pair_close(&pair);
        return;
    }
    SECURITY_STATUS again = pair_step_null(server);
    if (strcmp(server_name, "wolfssl") == 0) /* its second request would not be understood */
        is_status(again, SEC_E_UNSUPPORTED_FUNCTION, "D14 %s: not once more", tag);
    else
        is_status(again, begun, "D14 %s: and once more", tag);
    settle(&pair, style);
    ok(both_ways(&pair), "D14 %s: messages pass again", tag);
    close_both(&pair);
    pair_close(&pair);
}

/* ---- the client begins ---- */

static void by_client(enum style style)
{
    struct pair pair;
    struct pair_options options = {.roots = "root", .validate = 1};
    struct end *client = &pair.client, *server = &pair.server;
    snprintf(tag, sizeof tag, "%s to %s tls%d, client, %s", client_name, server_name, version,
             style_words[style]);
    if (!open_pair(&pair, &options)) {
        pair_close(&pair);
        return;
    }
    server->status = SEC_E_OK;
    SECURITY_STATUS begun = pair_step_null(client);
    if (version == 13 || !renegotiates(client_name) || !renegotiates(server_name)) {
        if (version == 13 || !renegotiates(client_name))
            is_status(begun, SEC_E_UNSUPPORTED_FUNCTION, "D14 %s: SEC_E_UNSUPPORTED_FUNCTION", tag);
        if (begun != SEC_E_UNSUPPORTED_FUNCTION) {
            pair_move(&pair);
            SECURITY_STATUS status = pair_receive(server);
            ok(status == SEC_E_ILLEGAL_MESSAGE || status == SEC_E_INCOMPLETE_MESSAGE,
               "D14 %s: a server that cannot (%s)", tag, pair_status(status));
        } else {
            ok(both_ways(&pair), "D14 %s: and the context goes on", tag);
        }
        pair_close(&pair);
        return;
    }
    is_status(begun, SEC_I_CONTINUE_NEEDED, "D14 %s: ISC without input", tag);
    ok(client->out.len && client->out.ptr[0] == 22, "D14 %s: a sealed ClientHello", tag);
    pair_send(server, "behind", 6);
    ok(passes(&pair, server, client) || client->data.len == 56, "D14 %s: data goes on to the client", tag);
    settle(&pair, style);
    is_status(client->status, SEC_E_OK, "D14 %s: the client is done", tag);
    is_status(server->status, SEC_E_OK, "D14 %s: the server is done", tag);
    ok(client->expiry.QuadPart > 0 && client->expiry.QuadPart < INT64_MAX, "D2 %s: expiry of the leaf", tag);
    ok(both_ways(&pair), "D14 %s: messages pass", tag);
    is_status(pair_step_null(client), SEC_I_CONTINUE_NEEDED, "D14 %s: once more", tag);
    settle(&pair, style);
    ok(both_ways(&pair), "D14 %s: messages pass again", tag);
    pair_close(&pair);
}

static void cell(const char *client, const char *server)
{
    client_name = client;
    server_name = server;
    for (version = 12; version < 14; version++)
        for (int style = 0; style < STYLES; style++) {
            for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
                by_server(i, (enum style)style);
            by_client((enum style)style);
        }
}

int main(void)
{
    char text[256], *state = NULL;
    const char *names[8], *list = getenv("PROVIDERS");
    size_t count = 0;
    snprintf(text, sizeof text, "%s", list ? list : "openssl");
    for (char *at = strtok_r(text, " ", &state); at && count < 8; at = strtok_r(NULL, " ", &state))
        names[count++] = at;
    for (size_t i = 0; i < count * count; i++)
        cell(names[i / count], names[i % count]);
    return tap_done();
}
