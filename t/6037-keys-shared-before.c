/* SPDX-License-Identifier: MIT
 *
 * SCH_USE_PRESHAREDKEY_ONLY with SECBUFFER_PRESHARED_KEY and SECBUFFER_PRESHARED_KEY_IDENTITY: both ends
 * prove the same key under the same name, no certificate is shown or taken, and everything else is refused
 * (D8, D12). */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[96];

struct key { /* the two buffers' structures */
    uint8_t key[2 + 300], name[2 + 64];
    uint16_t key_len, name_len;
};

static void fill(struct key *key, const char *name, uint8_t octet, uint16_t len)
{
    key->key_len = len;
    key->name_len = (uint16_t)strlen(name);
    memcpy(key->key, &key->key_len, 2);
    memset(key->key + 2, octet, len);
    memcpy(key->name, &key->name_len, 2);
    memcpy(key->name + 2, name, key->name_len);
}

static void lend(struct end *end, struct key *key)
{
    end->more[0] = (SecBuffer){2u + key->key_len, SECBUFFER_PRESHARED_KEY, key->key};
    end->more[1] = (SecBuffer){2u + key->name_len, SECBUFFER_PRESHARED_KEY_IDENTITY, key->name};
    end->more_count = 2;
}

static int start(struct pair *pair, const char *provider, int tls)
{
    struct pair_options options = {.provider = provider,
                                   .tls = tls,
                                   .cert = "",
                                   .client_alpn = "h2",
                                   .server_alpn = "h2",
                                   .client_flags = SCH_USE_PRESHAREDKEY_ONLY,
                                   .server_flags = SCH_USE_PRESHAREDKEY_ONLY};
    if (pair_open(pair, &options))
        return 1;
    SECURITY_STATUS status = pair->client.status < 0 ? pair->client.status : pair->server.status;
    ok(status == SEC_E_UNSUPPORTED_FUNCTION || status == SEC_E_ALGORITHM_MISMATCH,
       "D12 %s: keys shared before are refused (%s)", tag, pair_status(status));
    pair_close(pair);
    return 0;
}

static void shared(const char *provider, int tls)
{
    struct pair pair;
    struct key key;
    SecPkgContext_SessionInfo session;
    SecPkgContext_Bindings bindings;
    PCCERT_CONTEXT cert = NULL;
    fill(&key, "someone", 0x5a, 32);
    if (!start(&pair, provider, tls))
        return;
    struct end *ends[] = {&pair.client, &pair.server};
    lend(&pair.client, &key);
    lend(&pair.server, &key);
    SECURITY_STATUS status = pair_handshake(&pair);
    if (!ok(status == SEC_E_OK, "%s: a shared key serves (%s)", tag, pair_status(status))) {
        pair_close(&pair);
        return;
    }
    pair_send(&pair.client, "hello", 5);
    pair_send(&pair.server, "world", 5);
    pair_move(&pair);
    for (int i = 0; i < 2; i++) {
        pair_receive(ends[i]);
        is_int(ends[i]->data.len, 5, "%s: data", tag);
        is_status(QueryContextAttributesA(&ends[i]->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert),
                  SEC_E_NO_CREDENTIALS, "K34 %s: no certificate", tag);
        is_status(QueryContextAttributesA(&ends[i]->context, SECPKG_ATTR_ENDPOINT_BINDINGS, &bindings),
                  SEC_E_NO_CREDENTIALS, "W54 %s: nor a binding to one", tag);
        is_status(QueryContextAttributesA(&ends[i]->context, SECPKG_ATTR_SESSION_INFO, &session), SEC_E_OK,
                  "%s: SESSION_INFO", tag);
        is_int(session.dwFlags & SSL_SESSION_RECONNECT, 0, "%s: no resumption", tag);
        ok(ends[i]->expiry.QuadPart == INT64_MAX, "D2 %s: never expires", tag);
        SecPkgContext_CipherInfo info;
        is_status(QueryContextAttributesA(&ends[i]->context, SECPKG_ATTR_CIPHER_INFO, &info), SEC_E_OK,
                  "%s: CIPHER_INFO", tag);
    }
    pair_again(&pair);
    lend(&pair.client, &key);
    lend(&pair.server, &key);
    is_status(pair_handshake(&pair), SEC_E_OK, "%s: and serves again", tag);
    QueryContextAttributesA(&pair.client.context, SECPKG_ATTR_SESSION_INFO, &session);
    is_int(session.dwFlags & SSL_SESSION_RECONNECT, 0, "%s: in full", tag);
    pair_close(&pair);
}

static void differing(const char *provider, int tls)
{
    static const struct {
        const char *words, *name;
        uint8_t octet;
        uint16_t len;
    } wrong[] = {{"another key", "someone", 0x5b, 32},
                 {"another name", "someonf", 0x5a, 32},
                 {"a longer name", "someone2", 0x5a, 32},
                 {"a shorter key", "someone", 0x5a, 16}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct pair pair;
        struct key one, other;
        fill(&one, "someone", 0x5a, 32);
        fill(&other, wrong[i].name, wrong[i].octet, wrong[i].len);
        if (!start(&pair, provider, tls))
            return;
        lend(&pair.client, &one);
        lend(&pair.server, &other);
        SECURITY_STATUS status = pair_handshake(&pair);
        ok(status < 0, "%s: %s ends it (%s)", tag, wrong[i].words, pair_status(status));
        pair_close(&pair);
    }
}

/* A shared-key client and a server with a certificate, and the other way round. */
static void mixed(const char *provider, int tls, int client_keyed)
{
    struct pair pair;
    struct key key;
    struct pair_options options = {.provider = provider,
                                   .tls = tls,
                                   .cert = client_keyed ? "server-ecdsa" : "",
                                   .client_flags = client_keyed ? SCH_USE_PRESHAREDKEY_ONLY : 0,
                                   .server_flags = client_keyed ? 0 : SCH_USE_PRESHAREDKEY_ONLY};
    fill(&key, "someone", 0x5a, 32);
    if (!pair_open(&pair, &options)) {
        pair_close(&pair);
        return;
    }
    lend(&pair.client, &key);
    lend(&pair.server, &key);
    SECURITY_STATUS status = pair_handshake(&pair);
    ok(status < 0, "%s: %s is refused (%s)", tag,
       client_keyed ? "a certificate in place of the key" : "a client without the key", pair_status(status));
    pair_close(&pair);
}

static void lacking(const char *provider, int tls)
{
    for (int missing = 0; missing < 4; missing++) {
        static const char *const words[] = {"no key", "no name", "neither", "257 octets of key"};
        struct pair pair;
        struct key key;
        fill(&key, "someone", 0x5a, missing == 3 ? 257 : 32);
        if (!start(&pair, provider, tls))
            return;
        lend(&pair.client, &key);
        if (missing == 0)
            pair.client.more[0] = pair.client.more[1];
        if (missing < 3)
            pair.client.more_count = missing == 2 ? 0 : 1;
        is_status(pair_step(&pair.client, 0), missing == 3 ? SEC_E_INVALID_TOKEN : SEC_E_NO_CREDENTIALS,
                  "D8 %s: a client with %s", tag, words[missing]);
        ok(!pair.client.has_context, "D17 %s: and no context", tag);
        fill(&key, "someone", 0x5a, 32);
        lend(&pair.client, &key);
        is_status(pair_step(&pair.client, 0), SEC_I_CONTINUE_NEEDED, "%s: with both", tag);
        pair_move(&pair);
        if (missing < 3) {
            lend(&pair.server, &key);
            if (missing == 0)
                pair.server.more[0] = pair.server.more[1];
            pair.server.more_count = missing == 2 ? 0 : 1;
            is_status(pair_step(&pair.server, pair.server.in.len), SEC_E_NO_CREDENTIALS,
                      "D8 %s: a server with %s", tag, words[missing]);
            lend(&pair.server, &key);
            is_status(pair_step(&pair.server, pair.server.in.len), SEC_I_CONTINUE_NEEDED, "%s: with both",
                      tag);
            is_status(pair_handshake(&pair), SEC_E_OK, "%s: completes", tag);
        }
        pair_close(&pair);
    }
}

/* Without the flag the buffers mean nothing. */
static void unasked(const char *provider, int tls)
{
    struct pair pair;
    struct key key;
    struct pair_options options = {.provider = provider, .tls = tls};
    PCCERT_CONTEXT cert = NULL;
    fill(&key, "someone", 0x5a, 32);
    if (!ok(pair_open(&pair, &options), "%s: credentials", tag))
        return;
    lend(&pair.client, &key);
    lend(&pair.server, &key);
    is_status(pair_handshake(&pair), SEC_E_OK, "%s: a key that no flag asks for", tag);
    is_status(QueryContextAttributesA(&pair.client.context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert), SEC_E_OK,
              "%s: the certificate served", tag);
    CertFreeCertificateContext(cert);
    pair_close(&pair);
}

/* One library's client and another's server. */
static void abroad(const char *provider, const char *other, int tls)
{
    struct pair pair;
    struct key key;
    struct pair_options options = {.client_provider = provider,
                                   .server_provider = other,
                                   .tls = tls,
                                   .cert = "",
                                   .client_flags = SCH_USE_PRESHAREDKEY_ONLY,
                                   .server_flags = SCH_USE_PRESHAREDKEY_ONLY};
    const char *built = getenv("PROVIDERS");
    if (!strcmp(provider, other) || (built && !strstr(built, other)))
        return;
    fill(&key, "someone", 0x5a, 32);
    if (pair_open(&pair, &options)) {
        lend(&pair.client, &key);
        lend(&pair.server, &key);
        is_status(pair_handshake(&pair), SEC_E_OK, "%s to %s: a shared key serves", tag, other);
    } else {
        ok(tls == 12, "D12 %s to %s: refused where a version has none", tag, other);
    }
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    shared(provider, tls);
    differing(provider, tls);
    mixed(provider, tls, 0);
    mixed(provider, tls, 1);
    lacking(provider, tls);
    unasked(provider, tls);
    abroad(provider, "openssl", tls);
    abroad(provider, "gnutls", tls);
    abroad(provider, "wolfssl", tls);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
