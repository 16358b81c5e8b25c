/* SPDX-License-Identifier: MIT
 *
 * t/6210-datagrams-carry-messages.c -- DTLS: sizes and MTU (D3), what is forged, replayed, late or cut (D4),
 * last flights that got lost, the end. */
#include <config.h>

#include "t/datagrams.h"
#include "t/tap.h"

static uint8_t plain[70000];

static int cuts_flights(const char *provider)
{
    return strcmp(provider, "wolfssl") != 0; /* SSPI_CAP_DTLS_MTU */
}

/* ---- D3, MTU ---- */

static void sizes_of(const char *provider, uint16_t mtu)
{
    struct peers p;
    struct peer_options options = {
        .client_provider = provider, .server_provider = provider, .cert = "server-rsa", .mtu = mtu};
    struct flow record = {0};
    SecPkgContext_CipherInfo info;
    if (!ok(peers_open(&p, &options) && peers_shake(&p), "D3 %s: handshake with an MTU of %u", provider,
            mtu)) {
        diag("client %s, server %s, %u and %u datagrams", pair_status(p.client.status),
             pair_status(p.server.status), p.client.sent, p.server.sent);
        peers_close(&p);
        return;
    }
    unsigned real = mtu ? mtu : 1096;
    const SecPkgContext_StreamSizes *sizes = &p.client.sizes;
    QueryContextAttributesW(&p.client.context, SECPKG_ATTR_CIPHER_INFO, &info);
    int chacha = info.dwCipherSuite == 0xCCA8 || info.dwCipherSuite == 0xCCA9;
    ok(sizes->cbHeader == (chacha ? 13u : 21u) && sizes->cbTrailer == 16 && sizes->cBuffers == 4,
       "D3 %s: header %u, trailer %u of suite %04x", provider, (unsigned)sizes->cbHeader,
       (unsigned)sizes->cbTrailer, (unsigned)info.dwCipherSuite);
    ok(info.dwProtocol == 0xFEFD, "D3 %s: CIPHER_INFO has the wire's version", provider);
    ok(sizes->cbMaximumMessage + sizes->cbHeader + sizes->cbTrailer <= real &&
           sizes->cbMaximumMessage + 140 > (real > 1400 ? 1400 : real),
       "D3 %s: MTU %u, at most %u octets", provider, real, (unsigned)sizes->cbMaximumMessage);
    is_status(peer_seal(&p.client, plain, sizes->cbMaximumMessage, &record), SEC_E_OK,
              "D3 %s: as much is sealed", provider);
    ok(record.len <= real && peer_open(&p.server, record.ptr, record.len, NULL) == SEC_E_OK &&
           p.server.data.len == sizes->cbMaximumMessage,
       "D3 %s: in a datagram of %zu, and opened", provider, record.len);
    is_status(peer_seal(&p.client, plain, sizes->cbMaximumMessage + 1, &record), SEC_E_INVALID_PARAMETER,
              "D15 %s: one more is not", provider);
    if (cuts_flights(provider))
        ok(p.client.largest <= real && p.server.largest <= real,
           "D3 %s: no datagram of the handshake is longer than %u", provider, real);
    else
        ok(p.client.largest < 1500 && p.server.largest < 1500,
           "D3 %s: the library cuts its flights for Ethernet, whatever the MTU", provider);
    USHORT set = 400, got = 0;
    is_status(SetContextAttributesA(&p.client.context, SECPKG_ATTR_DTLS_MTU, &set, sizeof set), SEC_E_OK,
              "D3 %s: a new MTU", provider);
    QueryContextAttributesA(&p.client.context, SECPKG_ATTR_DTLS_MTU, &got);
    SecPkgContext_StreamSizes now;
    QueryContextAttributesA(&p.client.context, SECPKG_ATTR_STREAM_SIZES, &now);
    ok(got == 400 && now.cbMaximumMessage + now.cbHeader + now.cbTrailer <= 400, "D3 %s: limits the messages",
       provider);
    set = 199;
    is_status(SetContextAttributesA(&p.client.context, SECPKG_ATTR_DTLS_MTU, &set, sizeof set),
              SEC_E_INVALID_PARAMETER, "D3 %s: 199 is too small", provider);
    ok(peers_talk(&p), "D3 %s: data afterwards", provider);
    flow_free(&record);
    peers_close(&p);
}

static void sizes(const char *provider)
{
    struct peers p;
    struct peer_options options = {.client_provider = provider, .server_provider = provider};
    ULONG wide = 300;
    USHORT value = 199;
    sizes_of(provider, 0);
    sizes_of(provider, 200);
    sizes_of(provider, 576);
    sizes_of(provider, 9000);
    peers_open(&p, &options);
    p.client.mtu = 199;
    is_status(peer_step(&p.client, NULL, 0), SEC_E_INVALID_PARAMETER, "D3 %s: SECBUFFER_DTLS_MTU of 199",
              provider);
    p.client.mtu = 0;
    peer_step(&p.client, NULL, 0);
    QueryContextAttributesA(&p.client.context, SECPKG_ATTR_DTLS_MTU, &value);
    is_int(value, 1096, "D3 %s: the usual MTU, before completion", provider);
    is_status(SetContextAttributesA(&p.client.context, SECPKG_ATTR_DTLS_MTU, &wide, sizeof wide),
              cuts_flights(provider) ? SEC_E_OK : SEC_E_UNSUPPORTED_FUNCTION, "D3 %s: set amid the handshake",
              provider);
    peer_reset(&p.client);
    p.client.request &= ~(ULONG)ISC_REQ_DATAGRAM;
    peer_step(&p.client, NULL, 0);
    is_status(SetContextAttributesA(&p.client.context, SECPKG_ATTR_DTLS_MTU, &wide, sizeof wide),
              SEC_E_UNSUPPORTED_FUNCTION, "D3 %s: not for TLS", provider);
    is_status(QueryContextAttributesA(&p.client.context, SECPKG_ATTR_DTLS_MTU, &value),
              SEC_E_UNSUPPORTED_FUNCTION, "D3 %s: nor asked", provider);
    peers_close(&p);
}

/* ---- D4 ---- */

static int opens_as(struct peer *peer, const struct flow *record, SECURITY_STATUS want)
{
    SECURITY_STATUS status = peer_open(peer, record->ptr, record->len, NULL);
    if (status != want)
        diag("got %s, wanted %s", pair_status(status), pair_status(want));
    return status == want;
}

static void forged(const char *client, const char *server)
{
    struct peers p;
    struct peer_options options = {.client_provider = client, .server_provider = server};
    struct flow r[5] = {{0}}, many = {0};
    char tag[64];
    snprintf(tag, sizeof tag, "%s to %s dtls", client, server);
    if (!ok(peers_open(&p, &options) && peers_shake(&p) && peers_talk(&p), "%s: open", tag)) {
        peers_close(&p);
        return;
    }
    for (int i = 0; i < 5; i++) {
        memset(plain, 'a' + i, 200);
        peer_seal(&p.client, plain, 200, &r[i]);
    }
    ok(opens_as(&p.server, &r[2], SEC_E_OK) && opens_as(&p.server, &r[0], SEC_E_OK) &&
           opens_as(&p.server, &r[1], SEC_E_OK),
       "D4 %s: late records inside the window are delivered", tag);
    ok(opens_as(&p.server, &r[0], SEC_E_OUT_OF_SEQUENCE) && opens_as(&p.server, &r[2], SEC_E_OUT_OF_SEQUENCE),
       "D4 %s: replayed ones are out of sequence", tag);
    int bad = 0;
    for (size_t at = 13; at < r[3].len; at += at < 40 ? 1 : 17) {
        r[3].ptr[at] ^= 4;
        bad += !opens_as(&p.server, &r[3], SEC_E_MESSAGE_ALTERED);
        r[3].ptr[at] ^= 4;
    }
    ok(!bad, "D4 %s: forged anywhere: MESSAGE_ALTERED", tag);
    bad = 0;
    for (size_t len = 0; len < r[3].len; len += len < 40 ? 1 : 17) {
        struct flow cut = {r[3].ptr, len, len, 0};
        bad += !opens_as(&p.server, &cut, SEC_E_MESSAGE_ALTERED);
    }
    ok(!bad, "D4 %s: cut anywhere: MESSAGE_ALTERED", tag);
    bad = 0;
    for (size_t len = 0; len < 40; len++) { /* whole records, too short to be sealed */
        uint8_t small[64];
        memcpy(small, r[3].ptr, 13 + len);
        small[11] = 0;
        small[12] = (uint8_t)len;
        struct flow cut = {small, 13 + len, 64, 0};
        bad += !opens_as(&p.server, &cut, SEC_E_MESSAGE_ALTERED);
    }
    ok(!bad, "D4 %s: too short to be sealed: MESSAGE_ALTERED", tag);
    static const uint8_t fatal[] = {21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40};
    struct flow alert = {(uint8_t *)(uintptr_t)fatal, sizeof fatal, sizeof fatal, 0};
    ok(opens_as(&p.server, &alert, SEC_E_MESSAGE_ALTERED), "D4 %s: a forged alert ends nothing", tag);
    flow_add(&many, r[3].ptr, r[3].len);
    flow_add(&many, r[4].ptr, r[4].len);
    size_t extra;
    ok(peer_open(&p.server, many.ptr, many.len, &extra) == SEC_E_OK && extra == r[4].len &&
           peer_open(&p.server, many.ptr + many.len - extra, extra, &extra) == SEC_E_OK && !extra,
       "W81 %s: two records in one datagram", tag);
    for (int i = 0; i < 300; i++) { /* the window moves on */
        flow_drop(&many, many.len);
        memset(plain, 'z', 50);
        if (i == 0) {
            flow_drop(&r[0], r[0].len);
            peer_seal(&p.client, plain, 50, &r[0]); /* kept back */
        }
        peer_seal(&p.client, plain, 50, &many);
        bad += peer_open(&p.server, many.ptr, many.len, NULL) != SEC_E_OK;
    }
    ok(!bad && opens_as(&p.server, &r[0], SEC_E_OUT_OF_SEQUENCE), "D4 %s: 300 records late is too old", tag);
    ok(peers_talk(&p), "D4 %s: data afterwards, and no alert: it costs that datagram alone", tag);
    for (int i = 0; i < 5; i++)
        flow_free(&r[i]);
    flow_free(&many);
    peers_close(&p);
}

/* ---- what came last ---- */

static void last_flight(const char *client, const char *server)
{
    struct peers p;
    struct peer_options options = {.client_provider = client, .server_provider = server};
    struct flow old = {0};
    char tag[64];
    snprintf(tag, sizeof tag, "%s to %s dtls", client, server);
    peers_open(&p, &options);
    peer_step(&p.client, NULL, 0);
    for (int round = 0; round < 20 && !p.server.done; round++) {
        while (p.client.out.count) {
            if (!p.server.done)
                peer_step(&p.server, p.client.out.at[0].ptr, p.client.out.at[0].len);
            flow_drop(&old, old.len);
            flow_add(&old, p.client.out.at[0].ptr, p.client.out.at[0].len);
            queue_drop(&p.client.out, 0);
        }
        while (!p.server.done && p.server.out.count) {
            peer_step(&p.client, p.server.out.at[0].ptr, p.server.out.at[0].len);
            queue_drop(&p.server.out, 0);
        }
    }
    ok(p.server.done && !p.client.done && p.server.out.count, "%s: the server is done", tag);
    queue_clear(&p.server.out); /* lost */
    peer_step(&p.client, NULL, 0);
    ok(p.client.out.count > 0, "W68 %s: the client repeats what is under keys", tag);
    peers_settle(&p);
    ok(p.client.done && peers_talk(&p), "K26 %s: SEC_I_RENEGOTIATE, and the lost last flight comes again",
       tag);
    is_status(peer_open(&p.server, old.ptr, old.len, NULL), SEC_E_OUT_OF_SEQUENCE,
              "%s: after data nothing of the handshake is answered", tag);
    is_status(peer_call(&p.client, NULL, 0), SEC_E_UNSUPPORTED_FUNCTION, "D14 %s: no second handshake", tag);
    ok(peers_talk(&p), "%s: data afterwards", tag);
    flow_free(&old);
    peers_close(&p);
}

static void endings(const char *client, const char *server)
{
    struct peers p;
    struct peer_options options = {.client_provider = client, .server_provider = server};
    DWORD shutdown = SCHANNEL_SHUTDOWN;
    SCHANNEL_ALERT_TOKEN token = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, TLS1_ALERT_BAD_CERTIFICATE};
    char tag[64];
    snprintf(tag, sizeof tag, "%s to %s dtls", client, server);
    peers_open(&p, &options);
    peer_step(&p.client, NULL, 0);
    queue_clear(&p.client.out);
    peer_control(&p.client, &shutdown, sizeof shutdown);
    is_status(peer_call(&p.client, NULL, 0), SEC_E_OK, "W74 %s: close_notify before the handshake's end",
              tag);
    static const uint8_t want[] = {21, 0xFE, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 1, 0};
    ok(p.client.out.count == 1 && p.client.out.at[0].len == sizeof want &&
           !memcmp(p.client.out.at[0].ptr, want, sizeof want),
       "W74 %s: 15 octets, the next sequence number", tag);
    queue_clear(&p.client.out);
    peer_control(&p.client, &token, sizeof token);
    is_status(peer_call(&p.client, NULL, 0), SEC_E_OK, "W77 %s: an alert", tag);
    ok(p.client.out.count == 1 && p.client.out.at[0].len == 15 && p.client.out.at[0].ptr[10] == 2 &&
           p.client.out.at[0].ptr[13] == 2 && p.client.out.at[0].ptr[14] == 42,
       "W77 %s: 02 2A", tag);
    peer_reset(&p.client);
    peers_shake(&p);
    peers_talk(&p);
    peer_control(&p.client, &shutdown, sizeof shutdown);
    is_status(peer_call(&p.client, NULL, 0), SEC_E_OK, "W73 %s: close_notify under keys", tag);
    ok(p.client.out.count == 1 && p.client.out.at[0].ptr[0] == 21 && p.client.out.at[0].ptr[4] == 1,
       "W73 %s: one record of epoch 1", tag);
    if (p.client.out.count) {
        is_status(peer_open(&p.server, p.client.out.at[0].ptr, p.client.out.at[0].len, NULL),
                  SEC_I_CONTEXT_EXPIRED, "W81 %s: read by the other end", tag);
        is_status(peer_open(&p.server, p.client.out.at[0].ptr, p.client.out.at[0].len, NULL),
                  SEC_I_CONTEXT_EXPIRED, "K28 %s: and it stays closed", tag);
    }
    struct flow record = {0};
    is_status(peer_seal(&p.client, plain, 1, &record), SEC_E_CONTEXT_EXPIRED, "%s: nothing more is sealed",
              tag);
    flow_free(&record);
    peers_close(&p);

    options.client_alpn = "coap";
    options.server_alpn = "h2";
    peers_open(&p, &options);
    peers_shake(&p);
    ok(p.server.status == SEC_E_APPLICATION_PROTOCOL_MISMATCH && p.server.alert[1] == 120,
       "S11 D1 %s: no common protocol", tag);
    ok(!p.server.has_context && p.client.status < 0, "D17 %s: a first call that fails leaves no context",
       tag);
    peers_close(&p);
}

/* ---- SRTP ---- */

static void media(const char *client, const char *server)
{
    struct peers p;
    struct peer_options options = {.client_provider = client,
                                   .server_provider = server,
                                   .client_srtp = "\0\1\0\7",
                                   .client_srtp_len = 4,
                                   .server_srtp = "\0\7\0\1",
                                   .server_srtp_len = 4,
                                   .cookie = 1};
    SecPkgContext_SrtpParameters parameters[2];
    char tag[64];
    snprintf(tag, sizeof tag, "%s to %s dtls", client, server);
    peers_open(&p, &options);
    if (!cuts_flights(client) || !cuts_flights(server)) { /* SSPI_CAP_SRTP: the same library lacks both */
        SECURITY_STATUS status = peer_step(&p.client, NULL, 0);
        if (cuts_flights(client))
            status = peer_step(&p.server, p.client.out.at[0].ptr, p.client.out.at[0].len);
        is_status(status, SEC_E_UNSUPPORTED_FUNCTION, "D12 %s: no SRTP", tag);
        peers_close(&p);
        return;
    }
    ok(peers_shake(&p) && peers_talk(&p), "%s: handshake with profiles of SRTP", tag);
    for (int i = 0; i < 2; i++) {
        memset(&parameters[i], 0xAA, sizeof parameters[i]);
        is_status(QueryContextAttributesA(i ? &p.server.context : &p.client.context,
                                          SECPKG_ATTR_SRTP_PARAMETERS, &parameters[i]),
                  SEC_E_OK, "%s: SRTP_PARAMETERS", tag);
    }
    uint8_t octets[2];
    memcpy(octets, &parameters[0].ProtectionProfile, 2);
    ok(parameters[0].ProtectionProfile == parameters[1].ProtectionProfile && octets[0] == 0 &&
           (octets[1] == 7 || octets[1] == 1) && !parameters[0].MasterKeyIdentifierSize,
       "%s: both chose profile %u, told in network byte order", tag, octets[1]);
    struct peer *both[] = {&p.client, &p.server};
    uint8_t keys[2][60];
    int good = 1;
    for (int i = 0; i < 2; i++) {
        char label[] = "EXTRACTOR-dtls_srtp";
        SecPkgContext_KeyingMaterialInfo info = {sizeof label, label, 0, NULL, 60};
        SecPkgContext_KeyingMaterial material = {0};
        good &=
            SetContextAttributesA(&both[i]->context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info, sizeof info) ==
                SEC_E_OK &&
            QueryContextAttributesA(&both[i]->context, SECPKG_ATTR_KEYING_MATERIAL, &material) == SEC_E_OK &&
            material.cbKeyingMaterial == 60;
        if (material.pbKeyingMaterial)
            memcpy(keys[i], material.pbKeyingMaterial, 60);
        FreeContextBuffer(material.pbKeyingMaterial);
    }
    ok(good && !memcmp(keys[0], keys[1], 60), "%s: and the same keys", tag);
    peers_close(&p);
    options.server_srtp_len = 0;
    peers_open(&p, &options);
    ok(peers_shake(&p), "%s: a server without SRTP", tag);
    is_status(QueryContextAttributesA(&p.client.context, SECPKG_ATTR_SRTP_PARAMETERS, &parameters[0]),
              SEC_E_UNSUPPORTED_FUNCTION, "%s: none was chosen", tag);
    peers_close(&p);
}

/* ---- keys shared before ---- */

static void shared_keys(const char *client, const char *server)
{
    struct peers p;
    struct peer_options options = {.client_provider = client,
                                   .server_provider = server,
                                   .cert = "",
                                   .client_flags = SCH_USE_PRESHAREDKEY_ONLY,
                                   .server_flags = SCH_USE_PRESHAREDKEY_ONLY};
    uint8_t key[34] = {32}, name[9] = {7, 0, 's', 'o', 'm', 'e', 'o', 'n', 'e'};
    if (peers_open(&p, &options)) {
        struct peer *both[] = {&p.client, &p.server};
        for (int wrong = 0; wrong < 2; wrong++) {
            for (int i = 0; i < 2; i++) {
                peer_reset(both[i]);
                both[i]->more[0] = (SecBuffer){sizeof key, SECBUFFER_PRESHARED_KEY, key};
                both[i]->more[1] = (SecBuffer){sizeof name, SECBUFFER_PRESHARED_KEY_IDENTITY, name};
            }
            peer_step(&p.client, NULL, 0);
            key[5] ^= (uint8_t)wrong;
            int good = peers_shake(&p) && peers_talk(&p);
            if (p.client.status == SEC_E_ALGORITHM_MISMATCH || p.server.status == SEC_E_ALGORITHM_MISMATCH)
                ok(!strcmp(client, "gnutls") || !strcmp(server, "gnutls"),
                   "D12 %s to %s dtls: no suite with a shared key that both take", client, server);
            else
                ok(good == !wrong, "%s to %s dtls: keys shared before, the server's %s", client, server,
                   wrong ? "another" : "the same");
            if (!good && !wrong)
                diag("client %s, server %s", pair_status(p.client.status), pair_status(p.server.status));
        }
    } else {
        ok(p.client.status == SEC_E_UNSUPPORTED_FUNCTION || p.server.status == SEC_E_UNSUPPORTED_FUNCTION ||
               p.client.status == SEC_E_ALGORITHM_MISMATCH || p.server.status == SEC_E_ALGORITHM_MISMATCH,
           "D12 %s to %s dtls: keys shared before are refused", client, server);
    }
    peers_close(&p);
}

int main(void)
{
    peers_each(sizes);
    peers_each_pair(forged);
    peers_each_pair(last_flight);
    peers_each_pair(endings);
    peers_each_pair(media);
    peers_each_pair(shared_keys);
    return tap_done();
}
