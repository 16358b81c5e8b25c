/* SPDX-License-Identifier: MIT
 *
 * Calls that a program makes by mistake: every function on every kind of bad handle, messages too early, too
 * long and empty, questions half-way, credentials gone; and what stands after each. */
#include <config.h>

#include "t/page-kit.h"

static struct asc asc;
static const char *provider_name;

/* ---- K16: functions of a context, and handles that are none ---- */

static uint8_t room[256];
static SecBuffer buffers[4];
static SecBufferDesc desc = {SECBUFFER_VERSION, 4, buffers};

static void ready(void)
{
    static const ULONG types[] = {SECBUFFER_DATA, SECBUFFER_EMPTY, SECBUFFER_EMPTY, SECBUFFER_EMPTY};
    for (int i = 0; i < 4; i++)
        buffers[i] = (SecBuffer){i ? 0 : sizeof room, types[i], i ? NULL : room};
    memset(room, 0x55, sizeof room);
}

static SECURITY_STATUS call_delete(CtxtHandle *handle)
{
    return DeleteSecurityContext(handle);
}
static SECURITY_STATUS call_query(CtxtHandle *handle)
{
    return QueryContextAttributesA(handle, SECPKG_ATTR_STREAM_SIZES, room);
}
static SECURITY_STATUS call_query_wide(CtxtHandle *handle)
{
    return QueryContextAttributesW(handle, SECPKG_ATTR_CONNECTION_INFO, room);
}
static SECURITY_STATUS call_set(CtxtHandle *handle)
{
    return SetContextAttributesA(handle, SECPKG_ATTR_APP_DATA, room, 4);
}
static SECURITY_STATUS call_control(CtxtHandle *handle)
{
    DWORD word = SCHANNEL_SHUTDOWN;
    SecBuffer token = {sizeof word, SECBUFFER_TOKEN, &word};
    SecBufferDesc one = {SECBUFFER_VERSION, 1, &token};
    return ApplyControlToken(handle, &one);
}
static SECURITY_STATUS call_encrypt(CtxtHandle *handle)
{
    return EncryptMessage(handle, 0, &desc, 0);
}
static SECURITY_STATUS call_decrypt(CtxtHandle *handle)
{
    return DecryptMessage(handle, &desc, 0, NULL);
}
static SECURITY_STATUS call_complete(CtxtHandle *handle)
{
    return CompleteAuthToken(handle, &desc);
}
static SECURITY_STATUS call_sign(CtxtHandle *handle)
{
    return MakeSignature(handle, 0, &desc, 0);
}
static SECURITY_STATUS call_verify(CtxtHandle *handle)
{
    return VerifySignature(handle, &desc, 0, NULL);
}
static SECURITY_STATUS call_impersonate(CtxtHandle *handle)
{
    return ImpersonateSecurityContext(handle);
}
static SECURITY_STATUS call_token(CtxtHandle *handle)
{
    HANDLE token;
    return QuerySecurityContextToken(handle, &token);
}

static const struct {
    const char *words;
    SECURITY_STATUS (*call)(CtxtHandle *);
} functions[] = {
    {"DeleteSecurityContext", call_delete},
    {"QueryContextAttributesA", call_query},
    {"QueryContextAttributesW", call_query_wide},
    {"SetContextAttributesA", call_set},
    {"ApplyControlToken", call_control},
    {"EncryptMessage", call_encrypt},
    {"DecryptMessage", call_decrypt},
    {"CompleteAuthToken", call_complete},
    {"MakeSignature", call_sign},
    {"VerifySignature", call_verify},
    {"ImpersonateSecurityContext", call_impersonate},
    {"QuerySecurityContextToken", call_token},
};

static void bad_handles(struct pair *pair)
{
    static uint8_t clean[sizeof room];
    CtxtHandle deleted, nearly, odd[] = {{0, 0}, {(ULONG_PTR)-1, (ULONG_PTR)-1}, {1, 2}};
    pair_again(pair);
    pair_step(&pair->client, 0);
    deleted = pair->client.context;
    is_status(DeleteSecurityContext(&pair->client.context), SEC_E_OK, "K16 %s: deleted", tag);
    pair->client.has_context = 0;
    struct {
        const char *words;
        CtxtHandle *handle;
    } kinds[] = {
        {"NULL", NULL},           {"zeroed", &odd[0]},
        {"invalidated", &odd[1]}, {"forged", &odd[2]},
        {"deleted", &deleted},    {"a credential", (CtxtHandle *)&pair->client.credential},
        {"one bit off", &nearly},
    };
    pair_step(&pair->client, 0); /* whose handle is nearly right */
    nearly = (CtxtHandle){pair->client.context.dwLower, pair->client.context.dwUpper ^ 1};
    memset(clean, 0x55, sizeof clean);
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            ready();
            is_status(functions[f].call(kinds[k].handle), SEC_E_INVALID_HANDLE, "K16 S4 %s: %s, handle %s",
                      tag, functions[f].words, kinds[k].words);
            ok(memcmp(room, clean, sizeof room) == 0 && buffers[0].BufferType == SECBUFFER_DATA,
               "K16 %s: %s, handle %s: nothing is written", tag, functions[f].words, kinds[k].words);
        }
    SecPkgContext_StreamSizes sizes;
    is_status(QueryContextAttributesA(&deleted, SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_INVALID_HANDLE,
              "W56 %s: a deleted context asked for its sizes", tag);
    CredHandle context = {pair->client.context.dwLower, pair->client.context.dwUpper};
    is_status(FreeCredentialsHandle(&context), SEC_E_INVALID_HANDLE, "K16 %s: a context is no credential",
              tag);
    is_status(DeleteSecurityContext(&pair->client.context), SEC_E_OK, "K16 %s: and is unharmed", tag);
    pair->client.has_context = 0;
}

/* ---- K10: the attributes on a later call's every return, in the variable of the request ---- */

static void attributes(struct pair *pair)
{
    struct end *client = &pair->client;
    const ULONG want = ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT | ISC_RET_CONFIDENTIALITY |
                       ISC_RET_STREAM | ISC_RET_ALLOCATED_MEMORY | ISC_RET_MANUAL_CRED_VALIDATION;
    ULONG flags = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_MANUAL_CRED_VALIDATION;
    uint8_t junk[16];
    CtxtHandle forged = {3, 4};
    memset(junk, 0xfa, sizeof junk);
    pair_again(pair);
    pair_step(client, 0);
    struct {
        const char *words;
        CtxtHandle *handle;
        ULONG len;
        SECURITY_STATUS status;
    } rows[] = {
        {"no bytes", &client->context, 0, SEC_E_INCOMPLETE_MESSAGE},
        {"a forged handle", &forged, sizeof junk, SEC_E_INVALID_HANDLE},
        {"junk", &client->context, sizeof junk, SEC_E_INVALID_TOKEN},
        {"a dead context", &client->context, sizeof junk, SEC_E_INVALID_TOKEN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SecBuffer in[2] = {{rows[i].len, SECBUFFER_TOKEN, junk}, {0, SECBUFFER_EMPTY, NULL}};
        SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
        SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 1, &out};
        TimeStamp stamp;
        stamp.QuadPart = 1;
        is_status(InitializeSecurityContextA(&client->credential, rows[i].handle, NULL, flags, 0, 0, &ins, 0,
                                             NULL, &outs, &flags, &stamp),
                  rows[i].status, "K10 %s: %s", tag, rows[i].words);
        is_int(flags, want, "K10 D1 %s: %s: the request is in the attributes", tag, rows[i].words);
        is_int(stamp.QuadPart, 0, "D2 %s: %s: no time", tag, rows[i].words);
        ok(!out.cbBuffer, "K19 %s: %s: nothing to send", tag, rows[i].words);
    }
}

/* ---- W34 ---- */

static void zeros_without_room(struct pair *pair)
{
    static uint8_t zeros[8192];
    struct end *client = &pair->client;
    pair_again(pair);
    pair_step(client, 0);
    SecBuffer in = {sizeof zeros, SECBUFFER_TOKEN, zeros}, out = {0, SECBUFFER_TOKEN, asc.token};
    SecBufferDesc ins = {SECBUFFER_VERSION, 1, &in}, outs = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle fresh = {UNTOUCHED, UNTOUCHED};
    SECURITY_STATUS status =
        InitializeSecurityContextA(&client->credential, &client->context, NULL,
                                   ISC_REQ_MANUAL_CRED_VALIDATION, 0, 0, &ins, 0, &fresh, &outs, NULL, NULL);
    ok(status == SEC_E_INSUFFICIENT_MEMORY || status == SEC_E_INVALID_TOKEN, "W34 %s: zeros and no room: %s",
       tag, pair_status(status));
    ok(out.cbBuffer == 0 && out.pvBuffer == asc.token && fresh.dwLower == UNTOUCHED,
       "W34 %s: the size stays 0, nothing else is written", tag);
}

/* ---- messages at the wrong time, of the wrong size ---- */

static SECURITY_STATUS encrypt(struct end *end, size_t len, uint8_t *record, SecBuffer pieces[3])
{
    ULONG header = end->sizes.cbHeader ? end->sizes.cbHeader : 16;
    pieces[0] = (SecBuffer){header, SECBUFFER_STREAM_HEADER, record};
    pieces[1] = (SecBuffer){(ULONG)len, SECBUFFER_DATA, record + header};
    pieces[2] = (SecBuffer){end->sizes.cbTrailer ? end->sizes.cbTrailer : 64, SECBUFFER_STREAM_TRAILER,
                            record + header + len};
    SecBufferDesc message = {SECBUFFER_VERSION, 3, pieces};
    return EncryptMessage(&end->context, 0, &message, 0);
}

static void messages(struct pair *pair)
{
    static uint8_t record[16384 + 256], before[sizeof record];
    SecBuffer pieces[3];
    struct end *client = &pair->client, *server = &pair->server;
    pair_again(pair);
    memset(&client->sizes, 0, sizeof client->sizes);
    memset(&server->sizes, 0, sizeof server->sizes);
    pair_step(client, 0);
    is_status(encrypt(client, 5, record, pieces), SEC_E_INVALID_HANDLE,
              "D15 %s: EncryptMessage after a first call", tag);
    pair_move(pair);
    pair_step(server, server->in.len);
    is_status(encrypt(server, 5, record, pieces), SEC_E_INVALID_HANDLE, "D15 %s: and on a server half-way",
              tag);
    is_status(pair_decrypt(server), SEC_E_INVALID_HANDLE, "D15 %s: DecryptMessage likewise", tag);
    is_status(pair_handshake(pair), SEC_E_OK, "D15 %s: the handshake does not mind", tag);
    ULONG most = client->sizes.cbMaximumMessage;
    memset(record, 0x66, sizeof record);
    memcpy(before, record, sizeof before);
    is_status(encrypt(client, most + 1, record, pieces), SEC_E_INVALID_PARAMETER, "D15 %s: %u bytes", tag,
              (unsigned)most + 1);
    ok(pieces[0].cbBuffer == client->sizes.cbHeader && pieces[1].cbBuffer == most + 1 &&
           pieces[2].cbBuffer == client->sizes.cbTrailer && memcmp(record, before, sizeof record) == 0,
       "D15 %s: nothing is sealed of them", tag);
    SECURITY_STATUS status = encrypt(client, 0, record, pieces);
    ok(status == SEC_E_OK || status == SEC_E_UNSUPPORTED_FUNCTION,
       "D12 D15 %s: an empty message: one record, or the library cannot (%s)", tag, pair_status(status));
    if (status == SEC_E_OK)
        flow_add(&client->out, record, pieces[0].cbBuffer + pieces[2].cbBuffer);
    else
        ok(memcmp(record, before, sizeof record) == 0, "D12 D15 %s: and then nothing is written", tag);
    is_status(pair_send(client, "still here", 10), SEC_E_OK, "D12 D15 %s: the context goes on", tag);
    pair_move(pair);
    pair_receive(server);
    ok(server->data.len == 10 && memcmp(server->data.ptr, "still here", 10) == 0,
       "D12 D15 %s: and is understood", tag);
}

/* Each with one buffer wrong, and three EMPTY ones all the same. */
static void shapes(struct pair *pair)
{
    static const struct {
        const char *words;
        ULONG types[5];
    } rows[] = {
        {"W60 two DATA", {SECBUFFER_DATA, SECBUFFER_DATA}},
        {"W59 no DATA", {SECBUFFER_TOKEN, SECBUFFER_EXTRA}},
        {"W59 one that must not be written", {SECBUFFER_DATA | SECBUFFER_READONLY, SECBUFFER_EXTRA}},
    };
    struct end *server = &pair->server;
    pair_again(pair);
    pair_handshake(pair);
    pair_move(pair);
    pair_send(&pair->client, "hello", 5);
    pair_move(pair);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SecBuffer five[5];
        SecBufferDesc message = {SECBUFFER_VERSION, 5, five};
        for (int b = 0; b < 5; b++)
            five[b] = (SecBuffer){b < 2 ? (ULONG)server->in.len : 0, rows[i].types[b],
                                  b < 2 ? server->in.ptr : NULL};
        is_status(DecryptMessage(&server->context, &message, 0, NULL), SEC_E_INVALID_TOKEN,
                  "%s %s, three EMPTY", rows[i].words, tag);
    }
    pair_receive(server);
    ok(server->data.len == 5, "W59 W60 W62 %s: and the record is still to be had", tag);
}

/* ---- questions half-way ---- */

static void questions(struct pair *pair)
{
    static const struct {
        ULONG attribute;
        const char *words;
    } rows[] = {
        {SECPKG_ATTR_STREAM_SIZES, "D3 STREAM_SIZES"},
        {SECPKG_ATTR_CONNECTION_INFO, "CONNECTION_INFO"},
        {SECPKG_ATTR_CIPHER_INFO, "CIPHER_INFO"},
        {SECPKG_ATTR_KEY_INFO, "KEY_INFO"},
        {SECPKG_ATTR_REMOTE_CERT_CONTEXT, "K37 REMOTE_CERT_CONTEXT"},
        {SECPKG_ATTR_ENDPOINT_BINDINGS, "ENDPOINT_BINDINGS"},
        {SECPKG_ATTR_UNIQUE_BINDINGS, "UNIQUE_BINDINGS"},
    };
    static uint8_t answer[512], clean[sizeof answer];
    pair_again(pair);
    pair_step(&pair->client, 0);
    pair_move(pair);
    pair_step(&pair->server, pair->server.in.len);
    struct end *ends[] = {&pair->client, &pair->server};
    memset(clean, 0x55, sizeof clean);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int e = 0; e < 2; e++) {
            memset(answer, 0x55, sizeof answer);
            SECURITY_STATUS status = QueryContextAttributesA(&ends[e]->context, rows[i].attribute, answer);
            ok(status < 0, "%s %s: asked of a %s half-way (%s)", rows[i].words, tag, e ? "server" : "client",
               pair_status(status));
            ok(memcmp(answer, clean, sizeof answer) == 0, "%s %s: and nothing written", rows[i].words, tag);
        }
    is_status(pair_handshake(pair), SEC_E_OK, "K37 %s: the handshake goes on", tag);
}

/* ---- credentials that are gone ---- */

static void freed(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls};
    if (!pair_open(&pair, &options))
        return;
    pair_step(&pair.client, 0);
    pair_move(&pair);
    pair_step(&pair.server, pair.server.in.len);
    is_status(FreeCredentialsHandle(&pair.client.credential), SEC_E_OK, "D14 %s: a client's credential freed",
              tag);
    is_status(FreeCredentialsHandle(&pair.server.credential), SEC_E_OK, "D14 %s: and a server's, half-way",
              tag);
    pair.client.has_credential = pair.server.has_credential = 0;
    is_status(pair_handshake(&pair), SEC_E_OK, "D14 K16 %s: their contexts go on to the end", tag);
    pair_send(&pair.client, "hello", 5);
    pair_move(&pair);
    pair_receive(&pair.server);
    ok(pair.server.data.len == 5, "D14 %s: and carry messages", tag);
    is_status(FreeCredentialsHandle(&pair.client.credential), SEC_E_INVALID_HANDLE, "K16 %s: freed twice",
              tag);
    struct end again = {
        .credential = pair.client.credential, .request = ISC_REQ_ALLOCATE_MEMORY, .target = "x"};
    is_status(pair_step(&again, 0), SEC_E_INVALID_HANDLE, "D8 S4 %s: and of no use for another", tag);
    pair_close(&pair);
}

/* ---- W16 ---- */

static void container_gone(void)
{
    static WCHAR name[] = L"no such container";
    CRYPT_KEY_PROV_INFO info = {
        .pwszContainerName = name, .dwProvType = PROV_RSA_FULL, .dwKeySpec = AT_KEYEXCHANGE};
    static const struct {
        DWORD version;
        SECURITY_STATUS want;
    } rows[] = {{SCH_CRED_V3, SEC_E_INSUFFICIENT_MEMORY}, {SCHANNEL_CRED_VERSION, SEC_E_NO_CREDENTIALS}};
    PCCERT_CONTEXT whole = pair_certificate("server-rsa");
    PCCERT_CONTEXT cert =
        whole ? CertCreateCertificateContext(X509_ASN_ENCODING, whole->pbCertEncoded, whole->cbCertEncoded)
              : NULL;
    char package[64];
    pair_package(package, sizeof package, provider_name);
    ok(cert && CertSetCertificateContextProperty(cert, CERT_KEY_PROV_INFO_PROP_ID, 0, &info),
       "W16 %s: a certificate whose key is said to be in a container", tag);
    for (size_t i = 0; cert && i < 2; i++)
        for (int in = 0; in < 2; in++) {
            CredHandle handle = {UNTOUCHED, UNTOUCHED};
            SCHANNEL_CRED data = {.dwVersion = rows[i].version, .cCreds = 1, .paCred = &cert};
            is_status(AcquireCredentialsHandleA(NULL, package,
                                                in ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL, &data,
                                                NULL, NULL, &handle, NULL),
                      rows[i].want, "W16 %s: which is not there, version %u, %s", tag,
                      (unsigned)rows[i].version, in ? "inbound" : "outbound");
            ok(handle.dwLower == UNTOUCHED, "W16 %s: no handle", tag);
        }
    CertFreeCertificateContext(cert);
    CertFreeCertificateContext(whole);
}

static void each(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls};
    provider_name = provider;
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    if (ok(pair_open(&pair, &options), "%s: credentials", tag)) {
        bad_handles(&pair);
        attributes(&pair);
        zeros_without_room(&pair);
        messages(&pair);
        shapes(&pair);
        questions(&pair);
    }
    pair_close(&pair);
    freed(provider, tls);
    container_gone();
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
