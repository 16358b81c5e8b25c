/* SPDX-License-Identifier: MIT
 *
 * AUTO validation inside InitializeSecurityContext: typed codes and one alert, the same on every provider
 * (D16, K38). */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[96];

static const struct {
    const char *cert, *target;
    ULONG flags;
    SECURITY_STATUS want;
    uint8_t alert;
} rows[] = {
    {"server-rsa", "localhost", 0, SEC_E_OK, 0},
    {"server-ecdsa", "localhost", 0, SEC_E_OK, 0},
    {"server-ed25519", "www.example.test", 0, SEC_E_OK, 0},
    {"server-rsa", "127.0.0.1", 0, SEC_E_OK, 0},
    {"server-rsa", "example.com", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"server-rsa", "example.com", SCH_CRED_NO_SERVERNAME_CHECK, SEC_E_OK, 0},
    {"server-rsa", "-", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"server-rsa", "-", SCH_CRED_NO_SERVERNAME_CHECK, SEC_E_OK, 0},
    {"server-wrong-name", "localhost", 0, SEC_E_WRONG_PRINCIPAL, 0},
    {"server-expired", "localhost", 0, SEC_E_CERT_EXPIRED, 45},
    {"server-notyet", "localhost", 0, SEC_E_CERT_EXPIRED, 45},
    {"server-wrong-usage", "localhost", 0, SEC_E_CERT_WRONG_USAGE, 0},
    {"other-server", "localhost", 0, SEC_E_UNTRUSTED_ROOT, 48},
    {"self-signed", "localhost", 0, SEC_E_UNTRUSTED_ROOT, 48},
    {"under-leaf", "localhost", 0, SEC_E_CERT_UNKNOWN, 0},
};

static void each(const char *provider, int tls)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair;
        struct pair_options options = {.provider = provider,
                                       .tls = tls,
                                       .cert = rows[i].cert,
                                       .target = rows[i].target,
                                       .validate = 1,
                                       .roots = "root",
                                       .client_flags = rows[i].flags};
        snprintf(tag, sizeof tag, "%s tls%d %s for %s%s", provider, tls, rows[i].cert, rows[i].target,
                 rows[i].flags ? " unchecked" : "");
        SECURITY_STATUS status = pair_open(&pair, &options) ? pair_handshake(&pair) : SEC_E_NO_CREDENTIALS;
        if (rows[i].want == SEC_E_CERT_UNKNOWN) /* how it is wrong has more than one name */
            ok(status < 0 && status != SEC_E_INTERNAL_ERROR, "D16 K38 %s: refused (%s)", tag,
               pair_status(status));
        else
            is_status(status, rows[i].want, "D16 K38 %s", tag);
        if (rows[i].want == SEC_E_OK) {
            pair_close(&pair);
            continue;
        }
        ok(pair.client.status < 0 && pair.client.out.len && pair.client.alert[0] == 2,
           "K19 D1 %s: an alert goes out", tag);
        if (rows[i].alert)
            is_int(pair.client.alert[1], rows[i].alert, "K38 %s: alert", tag);
        pair_move(&pair);
        pair_step(&pair.server, pair.server.in.len);
        ok(pair.server.status < 0 || tls == 13, "%s: the server hears it (%s)", tag,
           pair_status(pair.server.status));
        is_status(pair_step_null(&pair.client), pair.client.status, "D17 %s: dead", tag);
        pair_close(&pair);
    }
    struct pair pair; /* D1: nothing goes out that was not asked for */
    struct pair_options quiet = {.provider = provider,
                                 .tls = tls,
                                 .cert = "other-server",
                                 .validate = 1,
                                 .roots = "root",
                                 .client_without = ISC_REQ_EXTENDED_ERROR};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    is_status(pair_open(&pair, &quiet) ? pair_handshake(&pair) : SEC_E_OK, SEC_E_UNTRUSTED_ROOT,
              "D1 %s: without EXTENDED_ERROR", tag);
    ok(!pair.client.out.len && !pair.client.alert[0], "D1 %s: no alert", tag);
    ok(!(pair.client.attributes & ISC_RET_EXTENDED_ERROR), "D1 %s: RET bit clear", tag);
    pair_close(&pair);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
