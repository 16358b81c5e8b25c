/* SPDX-License-Identifier: MIT
 *
 * How a handshake ends (W43 to W45) and what QueryContextAttributes then says on both ends (W46 to W56, D2,
 * D3, D20, K21, K37, K41). */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[96];
static int version;

static SECURITY_STATUS query(struct end *end, ULONG attribute, void *out)
{
    return QueryContextAttributesA(&end->context, attribute, out);
}

/* ---- W43, W44, K11: the calls themselves ---- */

static void ending(const char *provider, int tls)
{
    static const struct {
        ULONG request, want;
    } rows[] = {
        {ISC_REQ_USE_SUPPLIED_CREDS, 0x0000809C}, /* W44 */
        {ISC_REQ_USE_SUPPLIED_CREDS | ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_EXTENDED_ERROR | ISC_REQ_INTEGRITY |
             ISC_REQ_CONNECTION | ISC_REQ_MUTUAL_AUTH,
         0x0000809C | ISC_RET_ALLOCATED_MEMORY | ISC_RET_EXTENDED_ERROR | ISC_RET_INTEGRITY |
             ISC_RET_CONNECTION | ISC_RET_MUTUAL_AUTH},
        {ISC_REQ_USE_SUPPLIED_CREDS | ISC_REQ_IDENTIFY | ISC_REQ_USE_DCE_STYLE, 0x0000809C}, /* D5: ignored */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair;
        static uint8_t room[2][16384];
        struct pair_options options = {.provider = provider, .tls = tls};
        if (!pair_open(&pair, &options))
            return;
        struct end *client = &pair.client;
        SECURITY_STATUS status = pair_step(client, 0);
        ok(client->expiry.QuadPart == 0, "D2 %s: the first call's expiry is 0", tag);
        ULONG attributes = 0, last = 0;
        for (int turn = 0; turn < 4 && status == SEC_I_CONTINUE_NEEDED; turn++) {
            pair_move(&pair);
            pair_step(&pair.server, pair.server.in.len);
            pair_move(&pair);
            SecBuffer in[2] = {{(ULONG)client->in.len, SECBUFFER_TOKEN, client->in.ptr},
                               {0, SECBUFFER_EMPTY, NULL}};
            SecBuffer out[2] = {{sizeof room[0], SECBUFFER_TOKEN, room[0]},
                                {sizeof room[1], SECBUFFER_ALERT, room[1]}};
            SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 2, out};
            TimeStamp expiry;
            int allocates = (rows[i].request & ISC_REQ_ALLOCATE_MEMORY) != 0;
            status = InitializeSecurityContextA(&client->credential, &client->context, NULL, rows[i].request,
                                                0, 0, &ins, 0, NULL, &outs, &attributes, &expiry);
            client->in.len = 0;
            flow_add(&client->out, out[0].pvBuffer, out[0].cbBuffer);
            last = out[0].cbBuffer;
            if (allocates && out[0].cbBuffer)
                FreeContextBuffer(out[0].pvBuffer);
            ok(status == SEC_E_OK ? expiry.QuadPart > 0 && expiry.QuadPart < INT64_MAX
                                  : expiry.QuadPart == INT64_MAX,
               "D2 %s: expiry of a later call", tag);
        }
        is_status(status, SEC_E_OK, "W45 %s: completes", tag);
        if (tls == 12)
            is_int(last, 0, "W43 %s: the last call puts nothing out", tag);
        ok(attributes == rows[i].want, "W44 K11 %s: attributes 0x%x for 0x%x", tag, (unsigned)attributes,
           (unsigned)rows[i].request);
        pair_close(&pair);
    }
}

/* ---- what was negotiated ---- */

struct words { /* CIPHER_INFO as ASCII */
    char suite[64], cipher[64], hash[64], exchange[64], certificate[64];
};

static void narrow(char *out, const WCHAR *in)
{
    size_t i = 0;
    for (; i < 63 && in[i]; i++)
        out[i] = (char)in[i];
    out[i] = 0;
}

static void negotiated(struct pair *pair, const char *key)
{
    SecPkgContext_CipherInfo info[2];
    SecPkgContext_ConnectionInfo connection[2];
    SecPkgContext_KeyInfoA keys;
    struct end *ends[] = {&pair->client, &pair->server};
    for (int i = 0; i < 2; i++) {
        struct words words;
        memset(&info[i], 0xee, sizeof info[i]);
        is_status(query(ends[i], SECPKG_ATTR_CIPHER_INFO, &info[i]), SEC_E_OK, "W49 %s: CIPHER_INFO", tag);
        narrow(words.suite, info[i].szCipherSuite);
        narrow(words.cipher, info[i].szCipher);
        narrow(words.hash, info[i].szHash);
        narrow(words.exchange, info[i].szExchange);
        narrow(words.certificate, info[i].szCertificate);
        is_int(info[i].dwVersion, SECPKGCONTEXT_CIPHERINFO_V1, "W49 %s: its version", tag);
        is_int(info[i].dwProtocol, version == 12 ? 0x303 : 0x304, "W50 %s: the wire version", tag);
        ok(info[i].dwCipherSuite == info[i].dwBaseCipherSuite && info[i].dwCipherSuite, "W50 %s: suite twice",
           tag);
        ok(strncmp(words.suite, "TLS_", 4) == 0, "K41 %s: IANA name %s", tag, words.suite);
        int aes = strcmp(words.cipher, "AES") == 0;
        ok(aes || strcmp(words.cipher, "CHACHA20_POLY1305") == 0, "W50 %s: cipher %s", tag, words.cipher);
        ok(info[i].dwCipherLen == 128 || info[i].dwCipherLen == 256, "W50 %s: its bits", tag);
        is_int(info[i].dwCipherBlockLen, aes ? 16 : 1, "W50 %s: its block", tag);
        ok(!words.hash[0] && info[i].dwHashLen == 0, "W50 %s: no MAC", tag);
        is_str(words.exchange, "ECDH", "W49 %s: exchange", tag);
        ok(info[i].dwMinExchangeLen == 0 && info[i].dwMaxExchangeLen == 65536, "W49 %s: its lengths", tag);
        if (strcmp(key, "Ed25519") != 0)
            is_str(words.certificate, key, "W49 %s: certificate", tag);
        ok(info[i].dwKeyType == 0x1d || info[i].dwKeyType == 0x17 || info[i].dwKeyType == 0x18,
           "W49 %s: group 0x%x", tag, (unsigned)info[i].dwKeyType);

        memset(&connection[i], 0, sizeof connection[i]);
        is_status(query(ends[i], SECPKG_ATTR_CONNECTION_INFO, &connection[i]), SEC_E_OK,
                  "W48 %s: CONNECTION_INFO", tag);
        ok(connection[i].dwCipherStrength >= 128 && connection[i].dwHashStrength == 0, "W48 %s: strengths",
           tag);

        is_status(query(ends[i], SECPKG_ATTR_KEY_INFO, &keys), SEC_E_OK, "W51 %s: KEY_INFO", tag);
        is_str(keys.sSignatureAlgorithmName, key, "W51 %s: signature name", tag);
        ok(keys.KeySize >= 128, "W51 %s: key size", tag);
        if (strcmp(key, "RSA") == 0)
            is_int(keys.SignatureAlgorithm, CALG_RSA_SIGN, "W51 %s: CALG_RSA_SIGN", tag);
        is_status(FreeContextBuffer(keys.sSignatureAlgorithmName), SEC_E_OK, "W51 %s: freed", tag);
        is_status(FreeContextBuffer(keys.sEncryptAlgorithmName), SEC_E_OK, "W51 %s: freed", tag);
    }
    ok(!memcmp(&info[0], &info[1], sizeof info[0]), "%s: CIPHER_INFO is equal on both ends", tag);
    is_int(connection[0].aiExch, connection[1].aiExch, "%s: exchange is equal on both ends", tag);
}

static void sizes(struct pair *pair)
{
    SecPkgContext_StreamSizes stream;
    SecPkgContext_Sizes plain;
    SecPkgContext_CipherInfo info;
    SecPkgContext_NegotiationInfoA negotiation;
    is_status(query(&pair->client, SECPKG_ATTR_STREAM_SIZES, &stream), SEC_E_OK, "W52 %s: STREAM_SIZES", tag);
    query(&pair->client, SECPKG_ATTR_CIPHER_INFO, &info);
    int chacha = info.dwCipherBlockLen == 1;
    is_int(stream.cbHeader, version == 13 || chacha ? 5 : 13, "D3 %s: header", tag);
    is_int(stream.cbTrailer, version == 13 ? 17 : 16, "D3 %s: trailer", tag);
    is_int(stream.cbMaximumMessage, 16384, "D3 %s: most", tag);
    ok(stream.cBuffers == 4 && stream.cbBlockSize == (chacha ? 1u : 16u), "D3 %s: buffers and block", tag);
    is_status(query(&pair->client, SECPKG_ATTR_SIZES, &plain), SEC_E_OK, "%s: SIZES", tag);
    ok(plain.cbMaxToken >= 16384 && plain.cbSecurityTrailer == stream.cbHeader + stream.cbTrailer,
       "%s: SIZES fit", tag);
    is_status(query(&pair->client, SECPKG_ATTR_NEGOTIATION_INFO, &negotiation), SEC_E_UNSUPPORTED_FUNCTION,
              "W52 %s: NEGOTIATION_INFO", tag);
    is_status(query(&pair->client, 0x7777, &negotiation), SEC_E_UNSUPPORTED_FUNCTION,
              "%s: an unknown attribute", tag);
    is_status(query(&pair->client, SECPKG_ATTR_STREAM_SIZES, NULL), SEC_E_INTERNAL_ERROR, "%s: into NULL",
              tag);
    is_status(QueryContextAttributesExA(&pair->client.context, SECPKG_ATTR_STREAM_SIZES, &stream, 3),
              SEC_E_BUFFER_TOO_SMALL, "%s: into 3 bytes", tag);
}

/* ---- certificates ---- */

static void remote(struct pair *pair)
{
    PCCERT_CONTEXT cert = NULL, at = NULL;
    is_status(query(&pair->client, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert), SEC_E_OK,
              "W53 %s: REMOTE_CERT_CONTEXT", tag);
    if (!cert)
        return;
    ok(cert->hCertStore != NULL, "W53 %s: with a store", tag);
    unsigned count = 0;
    int same = 0;
    while ((at = CertEnumCertificatesInStore(cert->hCertStore, at)) != NULL) {
        if (count++ == 0)
            same = at == cert && at->pbCertEncoded == cert->pbCertEncoded;
    }
    is_int(count, 2, "W53 %s: every certificate the server sent", tag);
    ok(same, "W53 K37 %s: the same pointer, leaf first", tag);
    PCCERT_CONTEXT more = pair_certificate("server-a");
    ok(CertAddCertificateContextToStore(cert->hCertStore, more, CERT_STORE_ADD_ALWAYS, NULL),
       "K37 %s: writable", tag);
    CertFreeCertificateContext(more);
    CertFreeCertificateContext(cert);
    is_status(query(&pair->server, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert), SEC_E_NO_CREDENTIALS,
              "K34 %s: the client's", tag);
}

/* ---- channel bindings, exported keys ---- */

static int bindings(struct end *end, ULONG attribute, const char *prefix, size_t value, uint8_t *out)
{
    SecPkgContext_Bindings got = {0, NULL};
    SECURITY_STATUS status = query(end, attribute, &got);
    if (!ok(status == SEC_E_OK && got.Bindings, "W54 W55 %s: %s answers (%s)", tag, prefix,
            pair_status(status)))
        return 0;
    const SEC_CHANNEL_BINDINGS *b = got.Bindings;
    size_t text = strlen(prefix);
    ok(got.BindingsLength == 32 + b->cbApplicationDataLength && b->dwApplicationDataOffset == 32 &&
           !b->dwInitiatorAddrType && !b->cbInitiatorLength && !b->dwInitiatorOffset &&
           !b->dwAcceptorAddrType && !b->cbAcceptorLength && !b->dwAcceptorOffset,
       "W54 %s: %s header", tag, prefix);
    ok(b->cbApplicationDataLength == text + value && !memcmp((const char *)b + 32, prefix, text),
       "W54 W55 D20 %s: %s and %u bytes", tag, prefix, (unsigned)value);
    memcpy(out, (const uint8_t *)b + 32 + text, value);
    is_status(FreeContextBuffer(got.Bindings), SEC_E_OK, "W54 %s: freed", tag);
    return 1;
}

static void bound(struct pair *pair, size_t hash)
{
    uint8_t values[2][64];
    struct end *ends[] = {&pair->client, &pair->server};
    int got = 0;
    for (int i = 0; i < 2; i++)
        got += bindings(ends[i], SECPKG_ATTR_ENDPOINT_BINDINGS, "tls-server-end-point:", hash, values[i]);
    ok(got == 2 && !memcmp(values[0], values[1], hash), "W54 %s: equal on both ends", tag);
    got = 0;
    for (int i = 0; i < 2; i++)
        got += version == 12 ? bindings(ends[i], SECPKG_ATTR_UNIQUE_BINDINGS, "tls-unique:", 12, values[i])
                             : bindings(ends[i], SECPKG_ATTR_UNIQUE_BINDINGS, "tls-exporter:", 32, values[i]);
    ok(got == 2 && !memcmp(values[0], values[1], version == 12 ? 12 : 32), "W55 D20 %s: equal on both ends",
       tag);
}

static void exported(struct pair *pair)
{
    char label[] = "EXPERIMENTAL opensspi";
    BYTE context[] = {1, 2, 3};
    SecPkgContext_KeyingMaterialInfo info[] = {
        {sizeof label, label, 0, NULL, 48},
        {sizeof label - 1, label, sizeof context, context, 48},
    };
    SecPkgContext_KeyingMaterial material[2][2];
    struct end *ends[] = {&pair->client, &pair->server};
    is_status(query(&pair->client, SECPKG_ATTR_KEYING_MATERIAL, &material[0][0]), SEC_E_OUT_OF_SEQUENCE,
              "%s: KEYING_MATERIAL before it is known which", tag);
    for (int kind = 0; kind < 2; kind++) {
        for (int i = 0; i < 2; i++) {
            is_status(SetContextAttributesA(&ends[i]->context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info[kind],
                                            sizeof info[kind]),
                      SEC_E_OK, "%s: KEYING_MATERIAL_INFO", tag);
            is_status(query(ends[i], SECPKG_ATTR_KEYING_MATERIAL, &material[kind][i]), SEC_E_OK,
                      "%s: KEYING_MATERIAL", tag);
            is_int(material[kind][i].cbKeyingMaterial, 48, "%s: as long as asked", tag);
        }
        ok(!memcmp(material[kind][0].pbKeyingMaterial, material[kind][1].pbKeyingMaterial, 48),
           "%s: equal on both ends", tag);
    }
    ok(memcmp(material[0][0].pbKeyingMaterial, material[1][0].pbKeyingMaterial, 48) != 0,
       "%s: the context counts", tag);
    for (int i = 0; i < 4; i++)
        is_status(FreeContextBuffer(material[i / 2][i % 2].pbKeyingMaterial), SEC_E_OK, "%s: freed", tag);
    info[0].cbKeyingMaterial = 0;
    is_status(
        SetContextAttributesA(&ends[0]->context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info[0], sizeof info[0]),
        SEC_E_INVALID_PARAMETER, "%s: no bytes", tag);
    info[0].pszLabel = NULL;
    is_status(
        SetContextAttributesA(&ends[0]->context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info[0], sizeof info[0]),
        SEC_E_INVALID_PARAMETER, "%s: no label", tag);
    is_status(SetContextAttributesA(&ends[0]->context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info[0], 4),
              SEC_E_INVALID_PARAMETER, "%s: half a structure", tag);
}

static void each(const char *provider, int tls)
{
    static const struct {
        const char *cert, *key;
        size_t hash; /* tls-server-end-point */
    } certs[] = {{"server-rsa", "RSA", 32},
                 {"server-ecdsa", "ECDSA", 32},
                 {"server-ed25519", "Ed25519", 32},
                 {"server-sha384", NULL, 48}};
    version = tls;
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    ending(provider, tls);
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++) {
        struct pair pair;
        struct pair_options options = {.provider = provider, .tls = tls, .cert = certs[i].cert};
        snprintf(tag, sizeof tag, "%s tls%d %s", provider, tls, certs[i].cert);
        if (ok(pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK, "%s: completes", tag)) {
            if (certs[i].key)
                negotiated(&pair, certs[i].key);
            bound(&pair, certs[i].hash);
            if (i == 0) {
                sizes(&pair);
                remote(&pair);
                exported(&pair);
            }
        }
        pair_close(&pair);
    }
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
