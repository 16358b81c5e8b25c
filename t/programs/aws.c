/* SPDX-License-Identifier: MIT
 *
 * A client and a server as aws-c-io is: attributes in an `unsigned long`, a server that gives up where its
 * first input is incomplete, the size in the second buffer read whatever its type says, one call for each
 * thing that comes after a handshake. */
#include <config.h>

#include "t/programs/world.h"

#include <string.h>

struct aws {
    CredHandle cred;
    CtxtHandle context;
    SecPkgContext_StreamSizes sizes;
    struct flow in, dec;
    unsigned long got;
    TimeStamp expiry;
    int server, connected;
};

static int acquire(struct aws *a, struct world *world)
{
    PCCERT_CONTEXT cert = a->server ? program_certificate() : NULL;
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = ~program_protocols(world, a->server)};
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = cert ? 1 : 0,
                            .paCred = &cert,
                            .dwFlags = SCH_USE_STRONG_CRYPTO | SCH_CRED_NO_DEFAULT_CREDS |
                                       SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_IGNORE_NO_REVOCATION_CHECK |
                                       SCH_CRED_IGNORE_REVOCATION_OFFLINE | SCH_CRED_NO_SERVERNAME_CHECK,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    SECURITY_STATUS status = AcquireCredentialsHandleA(NULL, (char *)(uintptr_t)world->package,
                                                       a->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                                       NULL, &data, NULL, NULL, &a->cred, &a->expiry);
    CertFreeCertificateContext(cert);
    return status == SEC_E_OK;
}

static SECURITY_STATUS initialize(struct aws *a, SecBufferDesc *in, SecBufferDesc *out, int first)
{
    return InitializeSecurityContextA(&a->cred, first ? NULL : &a->context, (char *)(uintptr_t) "localhost",
                                      ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT |
                                          ISC_REQ_CONFIDENTIALITY | ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM,
                                      0, 0, in, 0, first ? &a->context : NULL, out, &a->got, NULL);
}

static SECURITY_STATUS accept(struct aws *a, SecBufferDesc *in, SecBufferDesc *out, int first)
{
    return AcceptSecurityContext(&a->cred, first ? NULL : &a->context, in,
                                 ASC_REQ_SEQUENCE_DETECT | ASC_REQ_REPLAY_DETECT | ASC_REQ_CONFIDENTIALITY |
                                     ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_STREAM,
                                 0, first ? &a->context : NULL, out, &a->got, NULL);
}

static void flush(struct world *world, SecBuffer *out, int count)
{
    for (int i = 0; i < count; i++) {
        if (out[i].BufferType == SECBUFFER_TOKEN && out[i].cbBuffer)
            world_write(world, out[i].pvBuffer, out[i].cbBuffer);
        if (out[i].pvBuffer)
            FreeContextBuffer(out[i].pvBuffer);
    }
}

/* The protocols: 4, 4 and 2 octets, then a length and a name. */
static ULONG protocols(uint8_t *out)
{
    static const uint8_t list[] = {13, 0, 0, 0, 2, 0, 0, 0, 7, 0, 6, 'x', '-', 'a', 'm', 'z', 'n'};
    memcpy(out, list, sizeof list);
    return sizeof list;
}

static int begin(struct aws *a, struct world *world)
{
    uint8_t alpn[32];
    SecBuffer in[2] = {{protocols(alpn), SECBUFFER_APPLICATION_PROTOCOLS, alpn}, {0}},
              out = {0, SECBUFFER_EMPTY, NULL};
    SecBufferDesc ins = {SECBUFFER_VERSION, 1, in}, outs = {SECBUFFER_VERSION, 1, &out};
    SECURITY_STATUS status;
    if (a->server) { /* {TOKEN, protocols}, and nothing is left over */
        if (!program_read(world, &a->in, 20000))
            return 0;
        in[1] = in[0];
        in[0] = (SecBuffer){(ULONG)a->in.len, SECBUFFER_TOKEN, a->in.ptr};
        ins.cBuffers = 2;
        status = accept(a, &ins, &outs, 1);
        CLAIM(world, "K33", "a server's input of a token and the protocols", status == SEC_I_CONTINUE_NEEDED);
        flow_drop(&a->in, a->in.len);
    } else {
        status = initialize(a, &ins, &outs, 1);
        CLAIM(world, "K1", "a first call with the protocols alone", status == SEC_I_CONTINUE_NEEDED);
    }
    flush(world, &out, 1);
    return status == SEC_I_CONTINUE_NEEDED || status == SEC_E_OK;
}

static SECURITY_STATUS step(struct aws *a, struct world *world, size_t *missing)
{
    SecBuffer in[2] = {{(ULONG)a->in.len, SECBUFFER_TOKEN, a->in.ptr}, {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer out[3] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}, {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 3, out};
    SECURITY_STATUS status = a->server ? accept(a, &ins, &outs, 0) : initialize(a, &ins, &outs, 0);
    flush(world, out, 3);
    *missing = 0;
    if (status == SEC_E_INCOMPLETE_MESSAGE) {
        *missing = in[1].cbBuffer; /* whatever its type */
        CLAIM(world, "K8", "the size that is missing stands in the second buffer", in[1].cbBuffer > 0);
    } else if (status >= 0) {
        flow_drop(&a->in, a->in.len - program_left(world, &a->in, &in[1]));
    }
    return status;
}

static SECURITY_STATUS handshake(struct aws *a, struct world *world)
{
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    size_t missing = 0;
    while (status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE) {
        if ((!a->in.len || missing) && !program_read(world, &a->in, missing ? missing : 20000))
            return SEC_E_INTERNAL_ERROR;
        status = step(a, world, &missing);
    }
    return status;
}

static int aws_open(struct aws *a, struct world *world)
{
    SecPkgContext_ApplicationProtocol alpn;
    if (!acquire(a, world) || !begin(a, world) || handshake(a, world) != SEC_E_OK)
        return 0;
    CLAIM(world, "K36", "the protocol is told",
          QueryContextAttributesA(&a->context, SECPKG_ATTR_APPLICATION_PROTOCOL, &alpn) == SEC_E_OK &&
              alpn.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success &&
              alpn.ProtocolIdSize == 6);
    a->connected = QueryContextAttributesA(&a->context, SECPKG_ATTR_STREAM_SIZES, &a->sizes) == SEC_E_OK;
    return a->connected;
}

static int client_open(void *state, struct world *world)
{
    return aws_open(state, world);
}

static int server_open(void *state, struct world *world)
{
    struct aws *a = state;
    a->server = 1;
    return aws_open(a, world);
}

static int aws_send(void *state, struct world *world, const uint8_t *bytes, size_t len)
{
    struct aws *a = state;
    return program_send(&a->context, world, &a->sizes, bytes, len, 4);
}

static long aws_receive(void *state, struct world *world, uint8_t *out, size_t room)
{
    struct aws *a = state;
    size_t missing;
    while (!a->dec.len) {
        SecBuffer in[4] = {{(ULONG)a->in.len, SECBUFFER_DATA, a->in.ptr}, {0}, {0}, {0}};
        SecBufferDesc desc = {SECBUFFER_VERSION, 4, in};
        SECURITY_STATUS status =
            a->in.len ? DecryptMessage(&a->context, &desc, 0, NULL) : SEC_E_INCOMPLETE_MESSAGE;
        if (status == SEC_E_INCOMPLETE_MESSAGE) {
            missing = a->in.len ? in[1].cbBuffer : 20000;
            CLAIM(world, "K24", "what is missing stands in the second buffer", missing > 0);
            if (!program_read(world, &a->in, missing))
                return -1;
            continue;
        }
        if (status != SEC_E_OK && status != SEC_I_RENEGOTIATE)
            return status == SEC_I_CONTEXT_EXPIRED ? 0 : -1;
        flow_add(&a->dec, in[1].pvBuffer, in[1].cbBuffer);
        flow_drop(&a->in, a->in.len - (in[3].BufferType == SECBUFFER_EXTRA ? in[3].cbBuffer : 0));
        if (status == SEC_I_RENEGOTIATE) { /* one call, which must be the last */
            status = step(a, world, &missing);
            CLAIM(world, "K26", "one call takes what came after the handshake", status == SEC_E_OK);
            if (status != SEC_E_OK)
                return -1;
        }
    }
    return (long)program_take(&a->dec, out, room);
}

static void aws_close(void *state, struct world *world)
{
    struct aws *a = state;
    if (a->connected) {
        SECURITY_STATUS applied = program_shutdown(&a->context);
        SecBuffer out = {0, SECBUFFER_EMPTY, NULL};
        SecBufferDesc outs = {SECBUFFER_VERSION, 1, &out};
        SECURITY_STATUS status = InitializeSecurityContextA(
            &a->cred, &a->context, NULL, ISC_REQ_ALLOCATE_MEMORY, 0, 0, NULL, 0, NULL, &outs, &a->got, NULL);
        CLAIM(world, "K29", "close_notify comes with SEC_E_OK", applied == SEC_E_OK && status == SEC_E_OK);
        if (a->server)
            CLAIM(world, "K13", "for a server through InitializeSecurityContext", status == SEC_E_OK);
        flush(world, &out, 1);
    }
    DeleteSecurityContext(&a->context);
    FreeCredentialsHandle(&a->cred);
    flow_free(&a->in);
    flow_free(&a->dec);
}

#define AWS(open_it)                                                                                         \
    .state_size = sizeof(struct aws), .flaws = FLAW_NO_REDO | FLAW_NEEDS_WHOLE_HELLO, .open = open_it,       \
    .send = aws_send, .receive = aws_receive, .close = aws_close
const struct program program_aws = {
    .name = "aws-c-io", AWS(client_open), .peer = {.server_alpn = "h2 x-amzn"}};
const struct program program_aws_server = {
    .name = "aws-c-io-server", .server = 1, AWS(server_open), .peer = {.client_alpn = "x-amzn"}};
