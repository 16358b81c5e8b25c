/* SPDX-License-Identifier: MIT
 *
 * A client and a server as Qt is: attributes compared bit by bit, both ways; new octets awaited after every
 * SEC_I_CONTINUE_NEEDED; a server that passes the bits of InitializeSecurityContext to AcceptSecurityContext
 * and goes on with InitializeSecurityContext; a renegotiation that starts with no input. */
#include <config.h>

#include "t/programs/world.h"

#include <string.h>

struct qt {
    CredHandle cred;
    CtxtHandle context;
    SecPkgContext_StreamSizes sizes;
    struct flow in, dec;
    ULONG asked, got;
    TimeStamp expiry;
    unsigned stops;
    int server, connected;
};

static int acquire(struct qt *q, struct world *world)
{
    WCHAR package[64];
    PCCERT_CONTEXT cert = q->server ? program_certificate() : NULL;
    CRYPTO_SETTINGS none = {.eAlgorithmUsage = TlsParametersCngAlgUsageCipher};
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = ~program_protocols(world, q->server),
                                 .cDisabledCrypto = 0,
                                 .pDisabledCrypto = &none};
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = cert ? 1 : 0,
                            .paCred = cert ? &cert : NULL,
                            .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_USE_STRONG_CRYPTO |
                                       (q->server ? 0 : SCH_CRED_NO_DEFAULT_CREDS),
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    MultiByteToWideChar(CP_UTF8, 0, world->package, -1, package, 64);
    SECURITY_STATUS status =
        AcquireCredentialsHandleW(NULL, package, q->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                                  &data, NULL, NULL, &q->cred, &q->expiry);
    CertFreeCertificateContext(cert);
    return status == SEC_E_OK;
}

/* Every bit that was asked for is there, and no other. */
static void compare(struct qt *q, struct world *world)
{
    static const ULONG bits[] = {ISC_REQ_ALLOCATE_MEMORY, ISC_REQ_CONFIDENTIALITY, ISC_REQ_REPLAY_DETECT,
                                 ISC_REQ_SEQUENCE_DETECT, ISC_REQ_STREAM,          ISC_REQ_MUTUAL_AUTH};
    int same = 1;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        same &= (q->asked & bits[i]) == (q->got & bits[i]);
    CLAIM(world, "K11", "each attribute is there when it was asked for, and only then", same);
    if (q->server)
        CLAIM(world, "K12", "the bits count by the function that was called last", same);
}

/* Sends and frees what came out. */
static void flush(struct world *world, SecBuffer *out)
{
    for (int i = 0; i < 3; i++) {
        if (out[i].BufferType == SECBUFFER_TOKEN && out[i].cbBuffer)
            world_write(world, out[i].pvBuffer, out[i].cbBuffer);
        if (out[i].pvBuffer)
            FreeContextBuffer(out[i].pvBuffer);
    }
}

#define OUTPUTS                                                                                              \
    {0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL},                                                  \
    {                                                                                                        \
        0, SECBUFFER_EMPTY, NULL                                                                             \
    }
static WCHAR host[] = L"localhost";

static ULONG alpn_of(uint8_t *out, const char *protocol)
{
    uint16_t list = (uint16_t)(strlen(protocol) + 1);
    uint32_t words[2] = {4u + 2 + list, SecApplicationProtocolNegotiationExt_ALPN};
    memcpy(out, words, 8);
    memcpy(out + 8, &list, 2);
    out[10] = (uint8_t)strlen(protocol);
    memcpy(out + 11, protocol, strlen(protocol));
    return 10u + list;
}

static int first(struct qt *q, struct world *world)
{
    uint8_t alpn[64];
    SecBuffer in = {alpn_of(alpn, "h2"), SECBUFFER_APPLICATION_PROTOCOLS, alpn}, out[3] = {OUTPUTS};
    SecBufferDesc ins = {SECBUFFER_VERSION, 1, &in}, outs = {SECBUFFER_VERSION, 3, out};
    SECURITY_STATUS status = InitializeSecurityContextW(&q->cred, NULL, host, q->asked, 0, 0, &ins, 0,
                                                        &q->context, &outs, &q->got, &q->expiry);
    CLAIM(world, "K1", "a first call with the protocols alone", status == SEC_I_CONTINUE_NEEDED);
    flush(world, out);
    compare(q, world);
    return status == SEC_I_CONTINUE_NEEDED;
}

/* {TOKEN, protocols}: no slot for what is left over. */
static int accept(struct qt *q, struct world *world)
{
    uint8_t alpn[64];
    for (;;) {
        if (!program_read(world, &q->in, 20000))
            return 0;
        SecBuffer in[2] = {{(ULONG)q->in.len, SECBUFFER_TOKEN, q->in.ptr},
                           {alpn_of(alpn, "h2"), SECBUFFER_APPLICATION_PROTOCOLS, alpn}},
                  out[3] = {OUTPUTS};
        SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 3, out};
        SECURITY_STATUS status =
            AcceptSecurityContext(&q->cred, NULL, &ins, q->asked, 0, &q->context, &outs, &q->got, &q->expiry);
        if (status == SEC_E_INCOMPLETE_MESSAGE)
            continue;
        flush(world, out);
        CLAIM(world, "K32", "a first call that is complete says SEC_I_CONTINUE_NEEDED",
              status == SEC_I_CONTINUE_NEEDED);
        CLAIM(world, "K33", "without an EMPTY slot the call takes all",
              in[1].BufferType == SECBUFFER_APPLICATION_PROTOCOLS);
        flow_drop(&q->in, q->in.len);
        return status == SEC_I_CONTINUE_NEEDED;
    }
}

/* With what came, or, `with` 0, with nothing.  A server goes on here too. */
static SECURITY_STATUS go_on(struct qt *q, struct world *world, int with)
{
    SecBuffer in[2] = {{(ULONG)q->in.len, SECBUFFER_TOKEN, q->in.ptr}, {0, SECBUFFER_EMPTY, NULL}},
              out[3] = {OUTPUTS};
    SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 3, out};
    SECURITY_STATUS status = InitializeSecurityContextW(
        &q->cred, &q->context, host, q->asked, 0, 0, with ? &ins : NULL, 0, NULL, &outs, &q->got, &q->expiry);
    flush(world, out);
    if (with && (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED))
        flow_drop(&q->in, q->in.len - program_left(world, &q->in, &in[1]));
    return status;
}

static SECURITY_STATUS handshake(struct qt *q, struct world *world, int do_read)
{
    for (;;) {
        if (do_read && !program_read(world, &q->in, 20000))
            return SEC_E_INTERNAL_ERROR;
        SECURITY_STATUS status = go_on(q, world, 1);
        if (status == SEC_I_INCOMPLETE_CREDENTIALS &&
            q->stops++ < 2) { /* there is none: a token of nothing */
            flow_drop(&q->in, q->in.len);
            do_read = 0;
        } else if (status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE) {
            do_read = 1; /* whatever is left over */
        } else {
            return status;
        }
    }
}

static int settled(struct qt *q, struct world *world)
{
    SecPkgContext_ApplicationProtocol alpn;
    SecPkgContext_ConnectionInfo info;
    compare(q, world);
    CLAIM(world, "K36", "the protocol is told",
          QueryContextAttributesW(&q->context, SECPKG_ATTR_APPLICATION_PROTOCOL, &alpn) == SEC_E_OK &&
              alpn.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success &&
              alpn.ProtocolIdSize == 2);
    CLAIM(world, "K41", "the version is one bit, of the right side",
          QueryContextAttributesW(&q->context, SECPKG_ATTR_CONNECTION_INFO, &info) == SEC_E_OK &&
              info.dwProtocol == program_protocols(world, q->server));
    return QueryContextAttributesW(&q->context, SECPKG_ATTR_STREAM_SIZES, &q->sizes) == SEC_E_OK;
}

static int qt_open(struct qt *q, struct world *world)
{
    q->asked = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT |
               ISC_REQ_SEQUENCE_DETECT | ISC_REQ_STREAM |
               (q->server ? ISC_REQ_MUTUAL_AUTH : ISC_REQ_MANUAL_CRED_VALIDATION);
    if (!acquire(q, world) || !(q->server ? accept(q, world) : first(q, world)))
        return 0;
    SECURITY_STATUS status = handshake(q, world, 1);
    if (q->server)
        CLAIM(world, "K13", "a server's handshake goes on through InitializeSecurityContext",
              status == SEC_E_OK);
    else
        CLAIM(world, "K18", "a request for a certificate stops once; a token of nothing goes on",
              q->stops == (unsigned)world->variant);
    q->connected = status == SEC_E_OK && settled(q, world);
    return q->connected;
}

static int client_open(void *state, struct world *world)
{
    return qt_open(state, world);
}

static int server_open(void *state, struct world *world)
{
    struct qt *q = state;
    q->server = 1;
    return qt_open(q, world);
}

static int qt_send(void *state, struct world *world, const uint8_t *bytes, size_t len)
{
    struct qt *q = state;
    return program_send(&q->context, world, &q->sizes, bytes, len, 4);
}

/* No input first, then what was kept. */
static int renegotiate(struct qt *q, struct world *world)
{
    SECURITY_STATUS status = go_on(q, world, 0);
    CLAIM(world, "K26", "a renegotiation may start with no input",
          status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED);
    if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED)
        return 0;
    if (q->in.len || status == SEC_I_CONTINUE_NEEDED)
        status = handshake(q, world, !q->in.len);
    return status == SEC_E_OK && settled(q, world);
}

static long qt_receive(void *state, struct world *world, uint8_t *out, size_t room)
{
    struct qt *q = state;
    while (!q->dec.len) {
        SecBuffer in[4] = {{(ULONG)q->in.len, SECBUFFER_DATA, q->in.ptr}, {0}, {0}, {0}};
        SecBufferDesc desc = {SECBUFFER_VERSION, 4, in};
        SECURITY_STATUS status =
            q->in.len ? DecryptMessage(&q->context, &desc, 0, NULL) : SEC_E_INCOMPLETE_MESSAGE;
        if (status == SEC_E_INCOMPLETE_MESSAGE) {
            if (q->in.len)
                CLAIM(world, "K24", "SECBUFFER_MISSING stands in the first buffer",
                      in[0].BufferType == SECBUFFER_MISSING && in[0].cbBuffer);
            if (!program_read(world, &q->in, 20000))
                return -1;
            continue;
        }
        if (status != SEC_E_OK && status != SEC_I_RENEGOTIATE && status != SEC_I_CONTEXT_EXPIRED)
            return -1;
        if (in[1].BufferType == SECBUFFER_DATA)
            flow_add(&q->dec, in[1].pvBuffer, in[1].cbBuffer);
        flow_drop(&q->in, q->in.len - (in[3].BufferType == SECBUFFER_EXTRA ? in[3].cbBuffer : 0));
        if (status == SEC_I_CONTEXT_EXPIRED)
            return 0;
        if (status == SEC_I_RENEGOTIATE && !renegotiate(q, world))
            return -1;
    }
    return (long)program_take(&q->dec, out, room);
}

static void qt_close(void *state, struct world *world)
{
    struct qt *q = state;
    if (q->connected) {
        SECURITY_STATUS applied = program_shutdown(&q->context), status = SEC_I_CONTINUE_NEEDED;
        while (status == SEC_I_CONTINUE_NEEDED) {
            SecBuffer out[3] = {OUTPUTS};
            SecBufferDesc outs = {SECBUFFER_VERSION, 3, out};
            status = q->server ? AcceptSecurityContext(&q->cred, &q->context, NULL, q->asked, 0, NULL, &outs,
                                                       &q->got, &q->expiry)
                               : InitializeSecurityContextW(&q->cred, &q->context, host, q->asked, 0, 0, NULL,
                                                            0, NULL, &outs, &q->got, &q->expiry);
            flush(world, out);
        }
        CLAIM(world, "K29", "close_notify comes with SEC_E_OK", applied == SEC_E_OK && status == SEC_E_OK);
    }
    CLAIM(world, "K16", "the context is deleted once",
          DeleteSecurityContext(&q->context) == SEC_E_OK || !q->connected);
    SecInvalidateHandle(&q->context);
    FreeCredentialsHandle(&q->cred);
    flow_free(&q->in);
    flow_free(&q->dec);
}

#define QT(open_it)                                                                                          \
    .state_size = sizeof(struct qt), .open = open_it, .send = qt_send, .receive = qt_receive,                \
    .close = qt_close
const struct program program_qt = {.name = "qt", QT(client_open), .peer = {.server_alpn = "h2 http/1.1"}};
const struct program program_qt_asked = {
    .name = "qt-asked",
    QT(client_open),
    .variant = 1,
    .peer = {.server_alpn = "h2", .server_request = ASC_REQ_MUTUAL_AUTH}};
/* It demands MUTUAL_AUTH back: the client shows a certificate. */
const struct program program_qt_server = {.name = "qt-server",
                                          .server = 1,
                                          QT(server_open),
                                          .peer = {.client_alpn = "h2", .client_cert = "client-rsa"}};
