/* SPDX-License-Identifier: MIT
 *
 * A server's choice by what the ClientHello says: certificate by name and signature schemes, application
 * protocol (D6, S11, W46, W47, K14, K33, K36). */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[96];

/* ---- ALPN ---- */

static void is_protocol(struct end *end, const char *want, const char *who)
{
    SecPkgContext_ApplicationProtocol protocol;
    memset(&protocol, 0xee, sizeof protocol);
    is_status(QueryContextAttributesA(&end->context, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol), SEC_E_OK,
              "K36 %s: %s: APPLICATION_PROTOCOL answers", tag, who);
    if (!want) {
        is_int(protocol.ProtoNegoStatus, SecApplicationProtocolNegotiationStatus_None, "K36 %s: %s: none",
               tag, who);
        return;
    }
    ok(protocol.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success &&
           protocol.ProtoNegoExt == SecApplicationProtocolNegotiationExt_ALPN &&
           protocol.ProtocolIdSize == strlen(want) && !memcmp(protocol.ProtocolId, want, strlen(want)),
       "W47 %s: %s: %s", tag, who, want);
}

static const struct {
    const char *client, *server, *want; /* want "!": refused */
} protocols[] = {
    {NULL, NULL, NULL},
    {"h2", NULL, NULL},
    {NULL, "h2", NULL},                         /* W84 */
    {"http/1.1 h2", "http/1.1 h2", "http/1.1"}, /* W47 */
    {"h2 http/1.1", "http/1.1 h2", "http/1.1"}, /* D6: the server's order */
    {"spdy/3 h2", "h2", "h2"},
    {"h2", "http/1.1", "!"}, /* S11 */
};

static void alpn(const char *provider, int tls)
{
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        struct pair pair;
        struct pair_options options = {.provider = provider,
                                       .tls = tls,
                                       .client_alpn = protocols[i].client,
                                       .server_alpn = protocols[i].server};
        snprintf(tag, sizeof tag, "%s tls%d {%s} {%s}", provider, tls,
                 protocols[i].client ? protocols[i].client : "",
                 protocols[i].server ? protocols[i].server : "");
        if (!ok(pair_open(&pair, &options), "%s: credentials", tag)) {
            pair_close(&pair);
            continue;
        }
        SECURITY_STATUS status = pair_handshake(&pair);
        if (protocols[i].want && *protocols[i].want == '!') {
            static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 120};
            is_status(status, SEC_E_APPLICATION_PROTOCOL_MISMATCH, "S11 %s: refused", tag);
            ok(!pair.server.has_context, "D17 %s: no context", tag);
            ok(pair.server.out.len == 7 && !memcmp(pair.server.out.ptr, alert, 7),
               "S11 %s: no_application_protocol", tag);
            ok(pair.server.alert[0] == 2 && pair.server.alert[1] == 120, "D1 %s: in the ALERT buffer", tag);
            pair_move(&pair);
            is_status(pair_step(&pair.client, pair.client.in.len), SEC_E_APPLICATION_PROTOCOL_MISMATCH,
                      "%s: the client hears it", tag);
            ok(!pair.client.out.len, "%s: and answers nothing", tag);
        } else {
            is_status(status, SEC_E_OK, "%s: completes", tag);
            is_protocol(&pair.client, protocols[i].want, "client");
            is_protocol(&pair.server, protocols[i].want, "server");
        }
        pair_close(&pair);
    }
}

/* Qt and aws-c-io: {TOKEN, APPLICATION_PROTOCOLS} and no EMPTY slot. */
static void alpn_without_slot(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {
        .provider = provider, .tls = tls, .client_alpn = "h2", .server_alpn = "h2"};
    if (!pair_open(&pair, &options))
        return;
    struct end *server = &pair.server;
    pair_step(&pair.client, 0);
    pair_move(&pair);
    SecBuffer in[2] = {{(ULONG)server->in.len, SECBUFFER_TOKEN, server->in.ptr},
                       {(ULONG)server->alpn.len, SECBUFFER_APPLICATION_PROTOCOLS, server->alpn.ptr}};
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 1, &out};
    is_status(AcceptSecurityContext(&server->credential, NULL, &ins, server->request, 0, &server->context,
                                    &outs, NULL, NULL),
              SEC_I_CONTINUE_NEEDED, "K33 %s tls%d: TOKEN and ALPN alone", provider, tls);
    server->has_context = 1;
    server->status = SEC_I_CONTINUE_NEEDED;
    server->calls = 1;
    flow_drop(&server->in, server->in.len);
    flow_add(&server->out, out.pvBuffer, out.cbBuffer);
    FreeContextBuffer(out.pvBuffer);
    snprintf(tag, sizeof tag, "%s tls%d no slot", provider, tls);
    is_status(pair_handshake(&pair), SEC_E_OK, "K33 %s: completes", tag);
    is_protocol(server, "h2", "server");
    pair_close(&pair);
}

/* ---- certificates ---- */

static const struct {
    const char *certs, *target;
    const char *want; /* which of them */
    int only;         /* 'r': the client verifies RSA signatures alone, 'e': ECDSA alone */
} names[] = {
    {"server-a server-b server-wild", "a.example.test", "server-a", 0},
    {"server-a server-b server-wild", "B.Example.Test", "server-b", 0},
    {"server-a server-b server-wild", "c.example.test", "server-wild", 0},
    {"server-wild server-a", "a.example.test", "server-a", 0},           /* exact before wildcard */
    {"server-a server-b server-wild", "nowhere.invalid", "server-a", 0}, /* not refused */
    {"server-b server-a", "-", "server-b", 0},                           /* no name: the first */
    {"server-b server-a", "192.0.2.1", "server-b", 0},                   /* K14: no SNI */
    {"server-b server-b-ecdsa", "b.example.test", "server-b", 0},
    {"server-b server-b-ecdsa", "b.example.test", "server-b-ecdsa", 'e'},
    {"server-b-ecdsa server-b", "b.example.test", "server-b", 'r'},
};

/* The client's own credential, with one kind of signature switched off. */
static SECURITY_STATUS narrow(const char *provider, int tls, int only, CredHandle *out)
{
    static WCHAR rsa[] = L"RSA", ecdsa[] = L"ECDSA";
    char package[64];
    WCHAR *word = only == 'r' ? ecdsa : rsa;
    USHORT len = (USHORT)(wcslen(word) * sizeof *word);
    CRYPTO_SETTINGS off = {.eAlgorithmUsage = TlsParametersCngAlgUsageSignature,
                           .strCngAlgId = {len, len, word}};
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = tls == 12 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2,
                                 .cDisabledCrypto = 1,
                                 .pDisabledCrypto = &off};
    SCH_CREDENTIALS cred = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters,
                            .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION};
    snprintf(package, sizeof package, "Schannel:%s", provider);
    return AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, &cred, NULL, NULL, out, NULL);
}

static void is_cert(struct end *end, ULONG attribute, const char *want, const char *words)
{
    PCCERT_CONTEXT got = NULL, expected = pair_certificate(want);
    SECURITY_STATUS status = QueryContextAttributesA(&end->context, attribute, &got);
    ok(status == SEC_E_OK && got && expected && got->cbCertEncoded == expected->cbCertEncoded &&
           !memcmp(got->pbCertEncoded, expected->pbCertEncoded, got->cbCertEncoded),
       "%s %s: %s", words, tag, want);
    CertFreeCertificateContext(got);
    CertFreeCertificateContext(expected);
}

static void certificates(const char *provider, int tls)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct pair pair;
        struct pair_options options = {
            .provider = provider, .tls = tls, .cert = names[i].certs, .target = names[i].target};
        snprintf(tag, sizeof tag, "%s tls%d [%s] %s%s", provider, tls, names[i].certs, names[i].target,
                 names[i].only == 'r' ? " RSA only"
                 : names[i].only      ? " ECDSA only"
                                      : "");
        int made = pair_open(&pair, &options);
        if (made && names[i].only) {
            FreeCredentialsHandle(&pair.client.credential);
            made = narrow(provider, tls, names[i].only, &pair.client.credential) == SEC_E_OK;
        }
        if (ok(made && pair_handshake(&pair) == SEC_E_OK, "D6 %s: completes", tag)) {
            is_cert(&pair.client, SECPKG_ATTR_REMOTE_CERT_CONTEXT, names[i].want, "D6");
            is_cert(&pair.server, SECPKG_ATTR_LOCAL_CERT_CONTEXT, names[i].want, "D6");
        } else {
            diag("client %s, server %s", pair_status(pair.client.status), pair_status(pair.server.status));
        }
        pair_close(&pair);
    }
}

/* A hello of TLS 1.2 without signature_algorithms allows SHA-1 with RSA and ECDSA (RFC 5246 7.4.1.4.1): a
 * server whose one key is another cannot sign, which is no fault of a certificate of the client's. */
static void key_that_does_not_fit(const char *provider)
{
    static const uint8_t hello[50] = {22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3, [43] = 0, 0, 2, 0xc0, 0x2c, 1, 0};
    struct pair pair;
    struct pair_options options = {.provider = provider, .tls = 12, .cert = "server-ed25519"};
    SECURITY_STATUS status = pair_open(&pair, &options) ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
    flow_add(&pair.server.in, hello, sizeof hello);
    if (status == SEC_E_OK)
        status = pair_step(&pair.server, sizeof hello);
    is_status(status, SEC_E_ALGORITHM_MISMATCH,
              "S11 %s: an Ed25519 server and a client that knows SHA-1 alone", provider);
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    if (tls == 12)
        key_that_does_not_fit(provider);
    alpn(provider, tls);
    alpn_without_slot(provider, tls);
    certificates(provider, tls);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
