/* SPDX-License-Identifier: MIT
 *
 * Channel bindings on connections that resume or are renewed (W54, W55, D20): both ends have the same, it is
 * of the last handshake, and no two connections share a unique one. */
#include <config.h>

#include "t/resume.h"
#include "t/tap.h"

static char tag[96];

struct binding {
    SECURITY_STATUS status;
    uint8_t data[128];
    size_t len;
};

static struct binding ask(struct end *end, ULONG attribute)
{
    struct binding made = {0};
    SecPkgContext_Bindings got = {0, NULL};
    made.status = QueryContextAttributesA(&end->context, attribute, &got);
    if (made.status == SEC_E_OK && got.Bindings->cbApplicationDataLength <= sizeof made.data) {
        made.len = got.Bindings->cbApplicationDataLength;
        memcpy(made.data, (const uint8_t *)got.Bindings + got.Bindings->dwApplicationDataOffset, made.len);
        FreeContextBuffer(got.Bindings);
    }
    return made;
}

static int same(const struct binding *a, const struct binding *b)
{
    return a->status == SEC_E_OK && b->status == SEC_E_OK && a->len && a->len == b->len &&
           !memcmp(a->data, b->data, a->len);
}

/* The client's, once it is the server's too. */
static struct binding agreed(struct pair *pair, ULONG attribute, const char *words)
{
    struct binding client = ask(&pair->client, attribute), server = ask(&pair->server, attribute);
    ok(same(&client, &server), "W54 W55 %s: equal on both ends, %s (%s, %s)", tag, words,
       pair_status(client.status), pair_status(server.status));
    return client;
}

static void resumed(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {.provider = provider, .tls = tls};
    if (!ok(pair_open(&pair, &options) && resume_connect(&pair) >= 0, "W84 %s: a first connection", tag))
        return;
    struct binding unique = agreed(&pair, SECPKG_ATTR_UNIQUE_BINDINGS, "at first"),
                   endpoint = agreed(&pair, SECPKG_ATTR_ENDPOINT_BINDINGS, "at first");
    pair_again(&pair);
    int again = resume_connect(&pair);
    ok(again >= 0, "W84 %s: a second connection, %s", tag, again ? "resumed" : "in full");
    struct binding client = ask(&pair.client, SECPKG_ATTR_UNIQUE_BINDINGS),
                   server = ask(&pair.server, SECPKG_ATTR_UNIQUE_BINDINGS);
    if (client.status == SEC_E_UNSUPPORTED_FUNCTION) /* without extended master secret */
        ok(again && server.status == client.status, "D20 %s: none that is unique", tag);
    else
        ok(same(&client, &server) && !same(&client, &unique), "W55 D20 %s: equal on both ends, and another",
           tag);
    struct binding now = agreed(&pair, SECPKG_ATTR_ENDPOINT_BINDINGS, "resumed");
    ok(same(&now, &endpoint), "W54 %s: of the same certificate", tag);
    pair_close(&pair);
}

/* TLS 1.2: the server asks for a new handshake. */
static void renewed(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {.provider = provider, .tls = tls};
    if (tls != 12 ||
        !ok(pair_open(&pair, &options) && resume_connect(&pair) >= 0, "D14 %s: a connection", tag))
        return;
    struct binding before = agreed(&pair, SECPKG_ATTR_UNIQUE_BINDINGS, "at first");
    SECURITY_STATUS status = pair_step_null(&pair.server);
    if (status == SEC_E_UNSUPPORTED_FUNCTION) {
        ok(!strcmp(provider, "wolfssl"), "D14 %s: refused: renegotiate", tag);
        pair_close(&pair);
        return;
    }
    is_status(status, SEC_I_CONTINUE_NEEDED, "D14 %s: a new handshake is asked for", tag);
    for (int round = 0; round < 6; round++) {
        pair_move(&pair);
        pair_receive(&pair.client);
        pair_receive(&pair.server);
    }
    struct binding after = agreed(&pair, SECPKG_ATTR_UNIQUE_BINDINGS, "renewed");
    ok(!same(&before, &after), "W55 %s: of the last handshake", tag);
    agreed(&pair, SECPKG_ATTR_ENDPOINT_BINDINGS, "renewed");
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    resumed(provider, tls);
    renewed(provider, tls);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
