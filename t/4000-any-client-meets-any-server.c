/* SPDX-License-Identifier: MIT
 *
 * Every provider as client of every provider as server, in one process through package names: TLS 1.2 and 1.3, every
 * key type, client certificate none, asked and absent, asked and given, ALPN none, match, mismatch, delivery whole,
 * byte by byte, coalesced.  One result a cell: both ends complete, agree on all that a caller can ask, and carry data. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

#include <stdarg.h>

enum alpn { ALPN_NONE, ALPN_MATCH, ALPN_MISMATCH, ALPN_COUNT };
enum client_cert { CERT_NONE, CERT_ABSENT, CERT_GIVEN, CERT_COUNT };

static const char *const keys[] = {"server-rsa", "server-ecdsa", "server-ed25519"};
static const char *const client_keys[] = {"client-rsa", "client-ecdsa", "client-ed25519"};
static const char *const alpn_names[] = {"no ALPN", "ALPN", "ALPN mismatch"};
static const char *const cert_names[] = {"no client certificate", "client certificate asked", "client certificate"};
static const char *const delivery_names[] = {"whole", "bytes", "coalesced"};

/* What is wrong in this cell, said once each. */
static char wrong[1024];

__attribute__((format(printf, 2, 3))) static void expect(int good, const char *fmt, ...)
{
    va_list args;
    size_t len = strlen(wrong);

    if (good || len + 3 >= sizeof wrong)
        return;
    va_start(args, fmt);
    len += (size_t)snprintf(wrong + len, sizeof wrong - len, "%s", len ? "; " : "");
    vsnprintf(wrong + len, sizeof wrong - len, fmt, args);
    va_end(args);
}

static SECURITY_STATUS query(struct end *end, ULONG attribute, void *out)
{
    return QueryContextAttributesA(&end->context, attribute, out);
}

static void agree_on_cipher(struct pair *pair, int tls)
{
    SecPkgContext_ConnectionInfo info[2];
    SecPkgContext_CipherInfo cipher[2];
    struct end *ends[2] = {&pair->client, &pair->server};
    int i;

    memset(info, 0, sizeof info);
    memset(cipher, 0, sizeof cipher);
    for (i = 0; i < 2; i++) {
        cipher[i].dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
        expect(query(ends[i], SECPKG_ATTR_CONNECTION_INFO, &info[i]) == SEC_E_OK, "CONNECTION_INFO %d", i);
        expect(query(ends[i], SECPKG_ATTR_CIPHER_INFO, &cipher[i]) == SEC_E_OK, "CIPHER_INFO %d", i);
    }
    expect(info[0].dwProtocol == (tls == 12 ? SP_PROT_TLS1_2_CLIENT : SP_PROT_TLS1_3_CLIENT), "K41 client 0x%x",
           (unsigned)info[0].dwProtocol);
    expect(info[1].dwProtocol == (tls == 12 ? SP_PROT_TLS1_2_SERVER : SP_PROT_TLS1_3_SERVER), "K41 server 0x%x",
           (unsigned)info[1].dwProtocol);
    info[0].dwProtocol = info[1].dwProtocol;
    expect(memcmp(&info[0], &info[1], sizeof info[0]) == 0, "CONNECTION_INFO differs");
    expect(cipher[0].dwProtocol == (tls == 12 ? 0x303u : 0x304u), "W50 version 0x%x", (unsigned)cipher[0].dwProtocol);
    expect(memcmp(&cipher[0], &cipher[1], sizeof cipher[0]) == 0, "CIPHER_INFO differs: 0x%x 0x%x",
           (unsigned)cipher[0].dwCipherSuite, (unsigned)cipher[1].dwCipherSuite);
    expect(memcmp(&pair->client.sizes, &pair->server.sizes, sizeof pair->client.sizes) == 0, "STREAM_SIZES differ");
}

static void agree_on_bindings(struct pair *pair, ULONG attribute, const char *name)
{
    SecPkgContext_Bindings b[2] = {{0, NULL}, {0, NULL}};
    SECURITY_STATUS a = query(&pair->client, attribute, &b[0]), s = query(&pair->server, attribute, &b[1]);

    expect(a == SEC_E_OK && s == SEC_E_OK, "%s: client %s, server %s", name, pair_status(a), pair_status(s));
    expect(b[0].BindingsLength == b[1].BindingsLength && b[0].Bindings && b[1].Bindings &&
               memcmp(b[0].Bindings, b[1].Bindings, b[0].BindingsLength) == 0 &&
               b[0].BindingsLength > sizeof(SEC_CHANNEL_BINDINGS) + 16,
           "%s differ", name);
    if (b[0].Bindings)
        FreeContextBuffer(b[0].Bindings);
    if (b[1].Bindings)
        FreeContextBuffer(b[1].Bindings);
}

static void agree_on_keys(struct pair *pair)
{
    static char label[] = "EXPORTER-opensspi";
    static unsigned char context[] = {1, 2, 3};
    SecPkgContext_KeyingMaterialInfo info = {sizeof label, label, sizeof context, context, 40};
    SecPkgContext_KeyingMaterial out[2] = {{0, NULL}, {0, NULL}};
    struct end *ends[2] = {&pair->client, &pair->server};
    int i;

    for (i = 0; i < 2; i++) {
        expect(SetContextAttributesA(&ends[i]->context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info, sizeof info) == SEC_E_OK,
               "KEYING_MATERIAL_INFO %d", i);
        expect(query(ends[i], SECPKG_ATTR_KEYING_MATERIAL, &out[i]) == SEC_E_OK, "KEYING_MATERIAL %d", i);
    }
    expect(out[0].pbKeyingMaterial && out[1].pbKeyingMaterial && out[0].cbKeyingMaterial == 40 &&
               out[1].cbKeyingMaterial == 40 && memcmp(out[0].pbKeyingMaterial, out[1].pbKeyingMaterial, 40) == 0,
           "exporters differ");
    for (i = 0; i < 2; i++)
        if (out[i].pbKeyingMaterial)
            FreeContextBuffer(out[i].pbKeyingMaterial);
}

static void agree_on_protocol(struct pair *pair, enum alpn alpn)
{
    struct end *ends[2] = {&pair->client, &pair->server};
    int i;

    for (i = 0; i < 2; i++) {
        SecPkgContext_ApplicationProtocol p;

        memset(&p, 0, sizeof p);
        expect(query(ends[i], SECPKG_ATTR_APPLICATION_PROTOCOL, &p) == SEC_E_OK, "APPLICATION_PROTOCOL %d", i);
        if (alpn == ALPN_MATCH)
            expect(p.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success && p.ProtocolIdSize == 8 &&
                       memcmp(p.ProtocolId, "http/1.1", 8) == 0,
                   "W47 protocol %d", i);
        else
            expect(p.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_None, "K36 protocol %d", i);
    }
}

static void client_certificate(struct pair *pair, enum client_cert cert)
{
    PCCERT_CONTEXT peer = NULL;
    SECURITY_STATUS status = query(&pair->server, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &peer);

    expect((status == SEC_E_OK) == (cert == CERT_GIVEN), "K34 client certificate: %s", pair_status(status));
    expect(!!(pair->server.attributes & ASC_RET_MUTUAL_AUTH) == (cert == CERT_GIVEN), "D7 ASC_RET_MUTUAL_AUTH");
    if (peer)
        CertFreeCertificateContext(peer);
    peer = NULL;
    expect(query(&pair->client, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &peer) == SEC_E_OK && peer, "server certificate");
    if (peer)
        CertFreeCertificateContext(peer);
}

static int carry(struct end *from, struct end *to, struct pair *pair, size_t len)
{
    static unsigned char text[16384];
    int good;

    memset(text, (int)len, sizeof text);
    flow_drop(&to->data, to->data.len);
    good = pair_send(from, text, len) == SEC_E_OK;
    pair_move(pair);
    good = pair_receive(to) == SEC_E_INCOMPLETE_MESSAGE && good;
    return good && to->data.len == len && memcmp(to->data.ptr, text, len) == 0;
}

static void carry_data(struct pair *pair, enum pair_delivery delivery)
{
    if (delivery == PAIR_COALESCED) {
        struct end *reader = pair->early_from == &pair->client ? &pair->server : &pair->client;
        expect(pair_receive(reader) == SEC_E_INCOMPLETE_MESSAGE && reader->data.len == 5 &&
                   memcmp(reader->data.ptr, "early", 5) == 0,
               "W80 what came behind the handshake");
    }
    expect(carry(&pair->client, &pair->server, pair, 16384), "16384 octets to the server");
    expect(carry(&pair->server, &pair->client, pair, 1), "one octet to the client");
    expect(carry(&pair->client, &pair->server, pair, 1), "one octet to the server");
    expect(carry(&pair->server, &pair->client, pair, 16384), "16384 octets to the client");
    expect(pair_shutdown(&pair->client) == SEC_E_OK, "K29 close_notify");
    pair_move(pair);
    expect(pair_receive(&pair->server) == SEC_I_CONTEXT_EXPIRED, "K28 close_notify arrives");
}

struct cell {
    const char *client, *server;
    int tls;
    size_t key;
    enum client_cert cert;
    enum alpn alpn;
    enum pair_delivery delivery;
};

static void cell_run(const struct cell *c)
{
    struct pair pair;
    struct pair_options options = {.client_provider = c->client, .server_provider = c->server, .tls = c->tls,
                                   .cert = keys[c->key], .delivery = c->delivery, .early = "early"};
    SECURITY_STATUS status;

    wrong[0] = '\0';
    if (c->cert != CERT_NONE)
        options.server_request = ASC_REQ_MUTUAL_AUTH;
    if (c->cert == CERT_GIVEN)
        options.client_cert = client_keys[c->key];
    if (c->alpn != ALPN_NONE) {
        options.client_alpn = "http/1.1 h2";
        options.server_alpn = c->alpn == ALPN_MATCH ? "spdy/9 http/1.1" : "spdy/9";
    }
    if (!pair_open(&pair, &options)) {
        expect(0, "credentials: client %s, server %s", pair_status(pair.client.status), pair_status(pair.server.status));
    } else {
        status = pair_handshake(&pair);
        if (c->alpn == ALPN_MISMATCH) {
            pair_move(&pair); /* the alert */
            if (pair.client.status >= 0)
                pair_step(&pair.client, pair.client.in.len);
            expect(pair.server.status == SEC_E_APPLICATION_PROTOCOL_MISMATCH, "S11 server %s",
                   pair_status(pair.server.status));
            expect(pair.client.status == SEC_E_APPLICATION_PROTOCOL_MISMATCH, "S11 client %s",
                   pair_status(pair.client.status));
            expect(pair.server.alert[0] == 2 && pair.server.alert[1] == 120, "alert %u", pair.server.alert[1]);
        } else if (status != SEC_E_OK) {
            expect(0, "handshake: client %s, server %s", pair_status(pair.client.status), pair_status(pair.server.status));
        } else {
            agree_on_cipher(&pair, c->tls);
            agree_on_bindings(&pair, SECPKG_ATTR_ENDPOINT_BINDINGS, "W54 ENDPOINT_BINDINGS");
            agree_on_bindings(&pair, SECPKG_ATTR_UNIQUE_BINDINGS, "W55 UNIQUE_BINDINGS");
            agree_on_keys(&pair);
            agree_on_protocol(&pair, c->alpn);
            client_certificate(&pair, c->cert);
            carry_data(&pair, c->delivery);
        }
    }
    pair_close(&pair);
    if (!ok(!wrong[0], "%s to %s, TLS 1.%d, %s, %s, %s, %s", c->client, c->server, c->tls - 10, keys[c->key] + 7,
            cert_names[c->cert], alpn_names[c->alpn], delivery_names[c->delivery]))
        diag("%s", wrong);
}

/* The names in $PROVIDERS, in turn. */
static size_t providers(char *text, const char **names, size_t cap)
{
    const char *list = secure_getenv("PROVIDERS");
    size_t count = 0;
    char *at, *state = NULL;

    snprintf(text, 256, "%s", list ? list : "");
    for (at = strtok_r(text, " ", &state); at && count < cap; at = strtok_r(NULL, " ", &state))
        names[count++] = at;
    return count;
}

int main(void)
{
    char text[256];
    const char *names[8];
    size_t count = providers(text, names, 8), cell, total;

    /* One loop over the product: the fastest-moving digit is the delivery. */
    total = count * count * 2 * 3 * CERT_COUNT * ALPN_COUNT * 3;
    for (cell = 0; cell < total; cell++) {
        size_t at = cell;
        struct cell c;

        c.delivery = (enum pair_delivery)(at % 3), at /= 3;
        c.alpn = (enum alpn)(at % ALPN_COUNT), at /= ALPN_COUNT;
        c.cert = (enum client_cert)(at % CERT_COUNT), at /= CERT_COUNT;
        c.key = at % 3, at /= 3;
        c.tls = 12 + (int)(at % 2), at /= 2;
        c.server = names[at % count], at /= count;
        c.client = names[at];
        cell_run(&c);
    }
    return tap_done();
}
