/* SPDX-License-Identifier: MIT
 *
 * Every provider with itself, TLS 1.2 and 1.3, every kind of certificate, whole, byte by byte and coalesced:
 * both ends complete, agree, and carry messages. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static const char *const deliveries[] = {"whole", "byte by byte", "coalesced"};

static void carries(struct pair *pair, const char *name)
{
    static uint8_t big[16384];
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (uint8_t)(i * 7);
    is_status(pair_send(&pair->client, big, sizeof big), SEC_E_OK, "%s: the client seals 16384 bytes", name);
    is_status(pair_send(&pair->client, "x", 1), SEC_E_OK, "%s: and one", name);
    pair_move(pair);
    is_status(pair_receive(&pair->server), SEC_E_INCOMPLETE_MESSAGE, "%s: the server reads all", name);
    ok(pair->server.data.len == sizeof big + 1 && !memcmp(pair->server.data.ptr, big, sizeof big) &&
           pair->server.data.ptr[sizeof big] == 'x',
       "%s: they are the same", name);
    is_status(pair_send(&pair->server, big, 1000), SEC_E_OK, "%s: the server answers", name);
    pair_move(pair);
    is_status(pair_receive(&pair->client), SEC_E_INCOMPLETE_MESSAGE, "%s: the client reads it", name);
    ok(pair->client.data.len == 1000 && !memcmp(pair->client.data.ptr, big, 1000), "%s: the same again",
       name);
}

static void closes(struct pair *pair, const char *name)
{
    is_status(pair_shutdown(&pair->client), SEC_E_OK, "%s: K29 close_notify goes with SEC_E_OK", name);
    pair_move(pair);
    is_status(pair_receive(&pair->server), SEC_I_CONTEXT_EXPIRED, "%s: K28 and arrives", name);
    is_status(pair_send(&pair->server, "late", 4), SEC_E_OK, "%s: the other direction is still open", name);
    pair_move(pair);
    is_status(pair_receive(&pair->client), SEC_E_INCOMPLETE_MESSAGE, "%s: and read", name);
    is_status(pair_send(&pair->client, "no", 2), SEC_E_CONTEXT_EXPIRED, "%s: this one is not", name);
    is_status(pair_shutdown(&pair->server), SEC_E_OK, "%s: the server closes", name);
    pair_move(pair);
    is_status(pair_receive(&pair->client), SEC_I_CONTEXT_EXPIRED, "%s: the client sees it", name);
}

static void shakes(const char *provider, int tls, const char *cert, enum pair_delivery delivery)
{
    char name[128];
    struct pair pair;
    struct pair_options options = {
        .provider = provider, .tls = tls, .cert = cert, .delivery = delivery, .early = "early"};
    snprintf(name, sizeof name, "%s TLS 1.%d %s %s", provider, tls - 10, cert, deliveries[delivery]);
    if (!ok(pair_open(&pair, &options), "%s: credentials", name)) {
        diag("client %s, server %s", pair_status(pair.client.status), pair_status(pair.server.status));
        pair_close(&pair);
        return;
    }
    if (!ok(pair_handshake(&pair) == SEC_E_OK, "%s: both complete", name)) {
        diag("client %s, server %s", pair_status(pair.client.status), pair_status(pair.server.status));
        pair_close(&pair);
        return;
    }
    if (delivery == PAIR_COALESCED) {
        struct end *reader = pair.early_from == &pair.client ? &pair.server : &pair.client;
        is_status(pair_receive(reader), SEC_E_INCOMPLETE_MESSAGE, "%s: W80 what came behind is kept", name);
        ok(reader->data.len == 5 && !memcmp(reader->data.ptr, "early", 5), "%s: and read", name);
        flow_free(&reader->data);
    }
    SecPkgContext_ConnectionInfo info[2];
    struct end *ends[] = {&pair.client, &pair.server};
    for (int i = 0; i < 2; i++)
        is_status(QueryContextAttributesA(&ends[i]->context, SECPKG_ATTR_CONNECTION_INFO, &info[i]), SEC_E_OK,
                  "%s: CONNECTION_INFO", name);
    is_int(info[0].dwProtocol, tls == 12 ? SP_PROT_TLS1_2_CLIENT : SP_PROT_TLS1_3_CLIENT, "%s: K41 client",
           name);
    is_int(info[1].dwProtocol, tls == 12 ? SP_PROT_TLS1_2_SERVER : SP_PROT_TLS1_3_SERVER, "%s: K41 server",
           name);
    ok(!memcmp(&pair.client.sizes, &pair.server.sizes, sizeof pair.client.sizes), "%s: equal STREAM_SIZES",
       name);
    carries(&pair, name);
    closes(&pair, name);
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    static const char *const certs[] = {"server-rsa", "server-ecdsa", "server-ed25519"};
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
        for (int delivery = PAIR_WHOLE; delivery <= PAIR_COALESCED; delivery++)
            shakes(provider, tls, certs[i], (enum pair_delivery)delivery);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
