/* SPDX-License-Identifier: MIT
 *
 * Certificates of clients: given at Acquire, asked for late, refused; what the server learns and returns
 * (D7, D8, D16, K11, K18, K34, W83). */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[96];

static int remote_is(struct end *end, const char *want)
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

static const struct {
    const char *client_cert;
    int asked;
} given[] = {{NULL, 0},           {NULL, 1},         {"client-ecdsa", 0},
             {"client-ecdsa", 1}, {"client-rsa", 1}, {"client-ed25519", 1}};

static void at_acquire(const char *provider, int tls)
{
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        struct pair pair;
        struct pair_options options = {.provider = provider,
                                       .tls = tls,
                                       .client_cert = given[i].client_cert,
                                       .server_request = given[i].asked ? ASC_REQ_MUTUAL_AUTH : 0,
                                       .server_roots = "root"};
        int shown = given[i].client_cert && given[i].asked;
        snprintf(tag, sizeof tag, "%s tls%d %s%s", provider, tls,
                 given[i].client_cert ? given[i].client_cert : "none", given[i].asked ? " asked" : "");
        if (!ok(pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK, "D7 %s: completes", tag)) {
            diag("client %s, server %s", pair_status(pair.client.status), pair_status(pair.server.status));
            pair_close(&pair);
            continue;
        }
        ok(remote_is(&pair.server, shown ? given[i].client_cert : NULL), "D7 K34 %s: REMOTE_CERT_CONTEXT",
           tag);
        is_int(!!(pair.server.attributes & ASC_RET_MUTUAL_AUTH), shown, "D7 %s: ASC_RET_MUTUAL_AUTH", tag);
        ok(shown ? pair.server.expiry.QuadPart < INT64_MAX && pair.server.expiry.QuadPart > 0
                 : pair.server.expiry.QuadPart == INT64_MAX,
           "D2 %s: the expiry is the certificate's or never", tag);
        pair_send(&pair.client, "hello", 5);
        pair_move(&pair);
        pair_receive(&pair.server);
        is_int(pair.server.data.len, 5, "%s: data", tag);
        pair_close(&pair);
    }
}

/* ---- K18 ---- */

enum answer { SAME_BYTES, EMPTY_TOKEN, NEW_CREDENTIAL, FLAG_THEN_BYTES, ANSWERS };
static const char *const answer_words[] = {"same bytes", "empty token", "new credential", "the flag"};

static SECURITY_STATUS answer(struct end *client, enum answer how, CredHandle *fresh)
{
    CredHandle first = client->credential;
    SECURITY_STATUS status;
    if (how == EMPTY_TOKEN) {
        size_t len = client->in.len;
        status = pair_step(client, 0);
        if (status >= 0)
            flow_drop(&client->in, len);
        return status;
    }
    if (how == FLAG_THEN_BYTES)
        client->request |= ISC_REQ_USE_SUPPLIED_CREDS;
    if (how == NEW_CREDENTIAL)
        client->credential = *fresh;
    status = pair_step(client, client->in.len);
    client->credential = first;
    return status;
}

static void late(const char *provider, int tls)
{
    for (int how = 0; how < ANSWERS; how++) {
        struct pair pair;
        CredHandle fresh;
        struct pair_options options = {.provider = provider,
                                       .tls = tls,
                                       .server_request = ASC_REQ_MUTUAL_AUTH,
                                       .server_roots = "root",
                                       .client_without = ISC_REQ_USE_SUPPLIED_CREDS,
                                       .client_cert = "client-ecdsa"};
        snprintf(tag, sizeof tag, "%s tls%d %s", provider, tls, answer_words[how]);
        int made = pair_credential(&options, 0, &fresh) == SEC_E_OK;
        options.client_cert = NULL;
        made = pair_open(&pair, &options) && made;
        struct end *client = &pair.client;
        SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
        pair_step(client, 0);
        pair_move(&pair);
        pair_step(&pair.server, pair.server.in.len);
        pair_move(&pair);
        size_t before = client->in.len;
        status = pair_step(client, before);
        if (status != SEC_I_INCOMPLETE_CREDENTIALS && tls == 13 && status >= 0) {
            skip("SSPI_CAP_SUSPEND is clear", "K18 %s", tag);
        } else if (ok(made && status == SEC_I_INCOMPLETE_CREDENTIALS, "K18 %s: INCOMPLETE_CREDENTIALS",
                      tag)) {
            ok(!client->out.len && client->in.len == before, "K18 %s: no output, no EXTRA", tag);
            status = answer(client, (enum answer)how, &fresh);
            ok(status == SEC_I_CONTINUE_NEEDED || status == SEC_E_OK, "K18 %s: goes on (%s)", tag,
               pair_status(status));
            is_status(pair_handshake(&pair), SEC_E_OK, "K18 %s: completes", tag);
            ok(remote_is(&pair.server, how == NEW_CREDENTIAL ? "client-ecdsa" : NULL), "K18 %s: %s", tag,
               how == NEW_CREDENTIAL ? "the new certificate" : "no certificate");
            is_int(!!(pair.server.attributes & ASC_RET_MUTUAL_AUTH), how == NEW_CREDENTIAL,
                   "D7 %s: MUTUAL_AUTH", tag);
        } else {
            diag("%s", pair_status(status));
        }
        pair_close(&pair);
        if (made)
            FreeCredentialsHandle(&fresh);
    }
}

/* W83: with the flag from the start it is never returned. */
static void never_late(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {.provider = provider, .tls = tls, .server_request = ASC_REQ_MUTUAL_AUTH};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    is_status(pair_open(&pair, &options) ? pair_handshake(&pair) : pair.client.status, SEC_E_OK,
              "W83 %s: USE_SUPPLIED_CREDS from the start, no certificate", tag);
    pair_close(&pair);
}

/* ---- D8, D16: judged on the server ---- */

static const struct {
    const char *cert;
    SECURITY_STATUS want;
} judged[] = {
    {"client-ecdsa", SEC_E_OK},
    {"client-rsa", SEC_E_OK},
    {"client-expired", SEC_E_CERT_EXPIRED},
    {"other-client", SEC_E_UNTRUSTED_ROOT},
    {"client-wrong-usage", SEC_E_CERT_WRONG_USAGE},
    {NULL, SEC_E_OK},
};

static void on_server(const char *provider, int tls)
{
    for (size_t i = 0; i < sizeof judged / sizeof *judged; i++) {
        struct pair pair;
        struct pair_options options = {.provider = provider,
                                       .tls = tls,
                                       .client_cert = judged[i].cert,
                                       .server_request = ASC_REQ_MUTUAL_AUTH,
                                       .server_roots = "root",
                                       .server_flags = SCH_CRED_AUTO_CRED_VALIDATION};
        snprintf(tag, sizeof tag, "%s tls%d %s", provider, tls, judged[i].cert ? judged[i].cert : "none");
        SECURITY_STATUS status = pair_open(&pair, &options) ? pair_handshake(&pair) : SEC_E_NO_CREDENTIALS;
        is_status(status, judged[i].want, "D8 D16 %s: AUTO on the server", tag);
        if (status == SEC_E_OK)
            is_int(!!(pair.server.attributes & ASC_RET_MUTUAL_AUTH), judged[i].cert != NULL,
                   "D7 %s: MUTUAL_AUTH", tag);
        else
            ok(pair.server.out.len && pair.server.alert[0] == 2, "D1 %s: an alert goes out", tag);
        pair_close(&pair);
        options.server_flags = 0; /* without AUTO the program judges afterwards */
        if (judged[i].want != SEC_E_OK) {
            is_status(pair_open(&pair, &options) ? pair_handshake(&pair) : SEC_E_NO_CREDENTIALS, SEC_E_OK,
                      "D16 %s: not judged without AUTO", tag);
            pair_close(&pair);
        }
    }
}

static void each(const char *provider, int tls)
{
    at_acquire(provider, tls);
    late(provider, tls);
    never_late(provider, tls);
    on_server(provider, tls);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
