/* SPDX-License-Identifier: MIT
 *
 * Sessions resume with the same credential and target (W84, K40), and under nothing else (D21): every row of
 * the table changes one thing between two connections and says what comes of it.  A full handshake is the
 * answer to all that does not fit; an error never is. */
#include <config.h>

#include "t/resume.h"
#include "t/tap.h"

#include <time.h>

static char tag[64];
static int tls_now;
static const char *provider_now;

static SECURITY_STATUS session_token(struct end *end, DWORD flags)
{
    SCHANNEL_SESSION_TOKEN token = {SCHANNEL_SESSION, flags};
    SecBuffer buffer = {sizeof token, SECBUFFER_TOKEN, &token};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    return ApplyControlToken(&end->context, &desc);
}

/* ---- what may change between two connections ---- */

static void nothing(struct pair *pair)
{
    (void)pair;
}

static void other_target(struct pair *pair)
{
    pair->client.target = "other.example";
}

static void other_address(struct pair *pair)
{
    pair->client.target = "192.0.2.2";
}

static void no_target(struct pair *pair)
{
    pair->client.target = NULL;
}

static void manual_now(struct pair *pair)
{
    pair->client.request |= ISC_REQ_MANUAL_CRED_VALIDATION;
}

static void auto_now(struct pair *pair)
{
    pair->client.request &= ~(ULONG)ISC_REQ_MANUAL_CRED_VALIDATION;
}

static void mutual_now(struct pair *pair)
{
    pair->server.request |= ASC_REQ_MUTUAL_AUTH;
}

static void wait_a_little(struct pair *pair)
{
    struct timespec pause = {0, 80000000};
    (void)pair;
    nanosleep(&pause, NULL);
}

static struct pair_options options_now; /* of the row that runs */

static void renew(struct pair *pair, int server, struct pair_options *options)
{
    struct end *end = server ? &pair->server : &pair->client;
    FreeCredentialsHandle(&end->credential);
    end->has_credential = pair_credential(options, server, &end->credential) == SEC_E_OK;
}

static void other_client(struct pair *pair)
{
    renew(pair, 0, &options_now);
}

static void other_server(struct pair *pair)
{
    renew(pair, 1, &options_now);
}

static void token_client(struct pair *pair)
{
    is_status(session_token(&pair->client, SSL_SESSION_DISABLE_RECONNECTS), SEC_E_OK,
              "%s: SCHANNEL_SESSION with DISABLE_RECONNECTS is taken", tag);
}

static void token_on_off(struct pair *pair)
{
    token_client(pair); /* what stood there is gone; but later ones may come */
    session_token(&pair->client, SSL_SESSION_ENABLE_RECONNECTS);
}

/* The last connection ends with an alert: RFC 5246 7.2.2, RFC 8446 6.2. */
static void alert_client(struct pair *pair)
{
    uint8_t junk[] = {23, 3,  3,  0,  32, 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
                      15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};
    flow_add(&pair->client.in, junk, sizeof junk);
    is_status(pair_decrypt(&pair->client), SEC_E_MESSAGE_ALTERED, "%s: the connection breaks", tag);
}

#define AUTO .validate = 1, .roots = "root"

static const struct row {
    const char *ids, *words;
    struct pair_options options;
    void (*before)(struct pair *); /* the second connection, contexts still there */
    int want;                      /* 1: the second resumes; 0: it does not */
} rows[] = {
    {"W84 K40", "the same credential and target resume", {0}, nothing, 1},
    {"W84 K40", "the same in AUTO", {AUTO}, nothing, 1},
    {"K40", "another client credential does not", {0}, other_client, 0},
    {"D21", "another server credential does not", {0}, other_server, 0},
    {"D21", "another target does not", {0}, other_target, 0},
    {"W84",
     "an address for a target, of which the server learns nothing",
     {.target = "192.0.2.1"},
     nothing,
     1},
    {"D21", "another address does not", {.target = "192.0.2.1"}, other_address, 0},
    {"D21", "without a target nothing does", {.target = "-"}, nothing, 0},
    {"D21", "a session with a target does not serve a call without one", {0}, no_target, 0},
    {"D21",
     "a MANUAL session does not serve an AUTO call",
     {AUTO, .client_request = ISC_REQ_MANUAL_CRED_VALIDATION},
     auto_now,
     0},
    {"D21", "an AUTO session does not serve a MANUAL call", {AUTO}, manual_now, 0},
    {"D21",
     "a ticket got without a client certificate does not serve where one is asked for",
     {.client_cert = "client-rsa"},
     mutual_now,
     0},
    {"D21", "nor does it make a client without one pass for another", {0}, mutual_now, 0},
    {"LIFESPAN",
     "a session does not outlive the client's dwSessionLifespan",
     {.client_lifespan = 50},
     wait_a_little,
     0},
    {"LIFESPAN", "one of ten minutes lives", {.client_lifespan = 600000}, wait_a_little, 1},
    {"LIFESPAN", "-1 on the client: nothing resumes", {.client_lifespan = (ULONG)-1}, nothing, 0},
    {"LIFESPAN", "-1 on the server: nothing resumes", {.server_lifespan = (ULONG)-1}, nothing, 0},
    {"DISABLE_RECONNECTS", "on the client", {.client_flags = SCH_CRED_DISABLE_RECONNECTS}, nothing, 0},
    {"DISABLE_RECONNECTS", "on the server", {.server_flags = SCH_CRED_DISABLE_RECONNECTS}, nothing, 0},
    {"SCHANNEL_SESSION", "a client's session is withdrawn", {0}, token_client, 0},
    {"SCHANNEL_SESSION", "withdrawn it stays, though later ones are allowed", {0}, token_on_off, 0},
    {"D21", "a session dies with a connection that broke", {0}, alert_client, 0},
};

static void run_row(const struct row *row)
{
    struct pair pair;
    int first = -3, second = -3;
    options_now = row->options;
    options_now.provider = provider_now;
    options_now.tls = tls_now;
    if (pair_open(&pair, &options_now)) {
        first = resume_connect(&pair);
        row->before(&pair);
        second = resume_again(&pair);
    }
    if (!ok(first == 0 && second == row->want, "%s %s: %s", row->ids, tag, row->words))
        diag("first %d, second %d, wanted %d", first, second, row->want);
    pair_close(&pair);
}

/* ---- what a resumed connection answers ---- */

static void answers(void)
{
    struct pair pair;
    struct pair_options options = {.provider = provider_now, .tls = tls_now, AUTO};
    int good = pair_open(&pair, &options), full = good ? resume_connect(&pair) : -3;
    for (int i = 0; i < 3 && full == 0; i++) { /* tickets come from resumed connections too */
        int resumed = resume_again(&pair);
        SecPkgContext_SessionInfo client, server;
        ok(resumed == 1 && resume_shows(&pair.client, "server-rsa"),
           "D21 W84 %s: resumption %d answers REMOTE_CERT_CONTEXT", tag, i + 1);
        memset(&client, 0xA5, sizeof client);
        memset(&server, 0xA5, sizeof server);
        QueryContextAttributesA(&pair.client.context, SECPKG_ATTR_SESSION_INFO, &client);
        QueryContextAttributesA(&pair.server.context, SECPKG_ATTR_SESSION_INFO, &server);
        ok(client.cbSessionId <= 32 && !memcmp(&client, &server, sizeof client),
           "SESSION_INFO %s: both ends name the same session, in %u octets", tag,
           (unsigned)client.cbSessionId);
        if (tls_now == 13)
            is_int(client.cbSessionId, 0, "SESSION_INFO %s: TLS 1.3 names none", tag);
        else if (strcmp(provider_now, "wolfssl") != 0) /* which gives none with its tickets */
            is_int(client.cbSessionId, 32, "SESSION_INFO %s: a resumed one has a name", tag);
        ok(resume_expiry.HighPart && resume_expiry.HighPart != 0x7fffffff,
           "D2 %s: and ptsExpiry is the certificate's end", tag);
    }
    pair_close(&pair);
}

/* A client's certificate comes with the session or is shown again: never lost, never made up. */
static void client_certificate(void)
{
    struct pair pair;
    struct pair_options options = {.provider = provider_now,
                                   .tls = tls_now,
                                   AUTO,
                                   .client_cert = "client-rsa",
                                   .server_roots = "root",
                                   .server_flags = SCH_CRED_AUTO_CRED_VALIDATION,
                                   .server_request = ASC_REQ_MUTUAL_AUTH};
    int first = pair_open(&pair, &options) ? resume_connect(&pair) : -3;
    int shown = first == 0 && resume_shows(&pair.server, "client-rsa");
    int second = resume_again(&pair);
    ok(shown && second >= 0 && resume_shows(&pair.server, "client-rsa") &&
           (pair.server.attributes & ASC_RET_MUTUAL_AUTH),
       "D21 %s: the client's certificate is there again (%s)", tag,
       second == 1 ? "resumed" : "full handshake");
    if (!strcmp(provider_now, "wolfssl"))
        is_int(second, 0, "D21 %s: wolfSSL makes no ticket where it asks for a certificate", tag);
    else
        is_int(second, 1, "D21 %s: an authenticated session resumes where the same is asked", tag);
    pair.server.request &= ~(ULONG)ASC_REQ_MUTUAL_AUTH;
    second = resume_again(&pair);
    ok(second == 0 && resume_shows(&pair.server, NULL),
       "D21 %s: it does not serve where no certificate is asked for", tag);
    pair_close(&pair);
}

/* K18: what was shown late is not shown by a session that a later call did not mean to show it with. */
static void late_certificate(void)
{
    struct pair pair;
    CredHandle late, none;
    struct pair_options options = {.provider = provider_now,
                                   .tls = tls_now,
                                   .server_request = ASC_REQ_MUTUAL_AUTH,
                                   .client_without = ISC_REQ_USE_SUPPLIED_CREDS};
    struct pair_options with = options;
    with.client_cert = "client-rsa";
    if (!pair_open(&pair, &options) || pair_credential(&with, 0, &late) != SEC_E_OK) {
        ok(0, "D21 %s: credentials", tag);
        pair_close(&pair);
        return;
    }
    none = pair.client.credential;
    pair_step(&pair.client, 0);
    for (int i = 0; i < 8 && pair.client.status != SEC_I_INCOMPLETE_CREDENTIALS; i++) {
        pair_move(&pair);
        pair_step(&pair.server, pair.server.in.len);
        pair_move(&pair);
        pair_step(&pair.client, pair.client.in.len);
    }
    int asked = pair.client.status == SEC_I_INCOMPLETE_CREDENTIALS;
    pair.client.credential = late;
    int first = resume_connect(&pair), shown = resume_shows(&pair.server, "client-rsa");
    pair.client.credential = none;
    pair.client.request |= ISC_REQ_USE_SUPPLIED_CREDS;
    int second = resume_again(&pair);
    ok(asked && first == 0 && shown && second == 0 && resume_shows(&pair.server, NULL),
       "D21 %s: a session made with a late certificate does not serve a call without it", tag);
    FreeCredentialsHandle(&late);
    pair_close(&pair);
}

/* Several connections at a time each find a ticket, and none twice in TLS 1.3. */
static void several(void)
{
    struct pair pair, two[2];
    struct pair_options options = {.provider = provider_now, .tls = tls_now};
    struct flow none = {0};
    int good = pair_open(&pair, &options) && resume_connect(&pair) == 0 && resume_again(&pair) == 1;
    for (int i = 0; i < 2; i++) {
        two[i] = pair;
        two[i].client.in = two[i].client.out = two[i].client.data = none;
        two[i].server.in = two[i].server.out = two[i].server.data = none;
        two[i].client.has_context = two[i].server.has_context = 0;
        two[i].client.status = two[i].server.status = SEC_E_OK;
        pair_step(&two[i].client, 0);
    }
    int first = good ? resume_connect(&two[0]) : -3, second = resume_connect(&two[1]);
    ok(first == 1 && second == (tls_now == 13 ? 0 : 1), "D21 %s: begun together with one ticket: %d and %d",
       tag, first, second);
    for (int i = 0; i < 2; i++) {
        pair_again(&two[i]);
    }
    pair_close(&pair);
}

/* Both versions allowed: a library that must know beforehand which it will be makes a full handshake. */
static void both_versions(void)
{
    struct pair pair;
    struct pair_options options = {.provider = provider_now};
    int first = pair_open(&pair, &options) ? resume_connect(&pair) : -3;
    int second = first == 0 ? resume_again(&pair) : -3;
    is_int(second, strcmp(provider_now, "wolfssl") != 0, "W84 %s: with both versions allowed: %s",
           provider_now, second == 1 ? "resumed" : "full handshake");
    pair_close(&pair);
}

/* Before the handshake is over the token keeps the session from being made. */
static void token_early(int server)
{
    struct pair pair;
    struct pair_options options = {.provider = provider_now, .tls = tls_now};
    int first = -3;
    if (pair_open(&pair, &options)) {
        pair_step(&pair.client, 0);
        if (server) {
            pair_move(&pair);
            pair_step(&pair.server, pair.server.in.len);
        }
        is_status(session_token(server ? &pair.server : &pair.client, SSL_SESSION_DISABLE_RECONNECTS),
                  SEC_E_OK, "SCHANNEL_SESSION %s: taken by a %s in its handshake", tag,
                  server ? "server" : "client");
        first = resume_connect(&pair);
    }
    int second = resume_again(&pair);
    if (server && tls_now == 12 && !strcmp(provider_now, "gnutls"))
        ok(first == 0 && second >= 0, "SCHANNEL_SESSION %s: GnuTLS has its ticket's key by then", tag);
    else
        ok(first == 0 && second == 0, "SCHANNEL_SESSION %s: and nothing resumes (%d, %d)", tag, first,
           second);
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    provider_now = provider;
    tls_now = tls;
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        run_row(&rows[i]);
    answers();
    client_certificate();
    late_certificate();
    several();
    token_early(0);
    token_early(1);
    if (tls == 13)
        both_versions();
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
