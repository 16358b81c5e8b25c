/* SPDX-License-Identifier: MIT
 *
 * A client and a server as schannel-rs is: a first input of no buffers, as many octets as SECBUFFER_MISSING
 * asks for, records opened in place and found by pointer arithmetic, a last call whose input is what was
 * left. */
#include <config.h>

#include "t/programs/world.h"

#include <string.h>

struct rust {
    CredHandle cred;
    CtxtHandle context;
    SecPkgContext_StreamSizes sizes;
    struct flow in;         /* ciphertext, and the plaintext of one record in it */
    size_t data, data_left; /* where that plaintext stands */
    size_t taken;           /* of `in`, when it has been read */
    size_t missing;
    int server, have_context, connected;
};

static int acquire(struct rust *r, struct world *world)
{
    WCHAR package[64];
    PCCERT_CONTEXT cert = r->server ? program_certificate() : NULL;
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = ~program_protocols(world, r->server)};
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = cert ? 1 : 0,
                            .paCred = &cert,
                            .dwFlags = SCH_USE_STRONG_CRYPTO | SCH_CRED_NO_DEFAULT_CREDS,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    MultiByteToWideChar(CP_UTF8, 0, world->package, -1, package, 64);
    SECURITY_STATUS status =
        AcquireCredentialsHandleW(NULL, package, r->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                                  &data, NULL, NULL, &r->cred, NULL);
    CertFreeCertificateContext(cert);
    return status == SEC_E_OK;
}

static SECURITY_STATUS call(struct rust *r, SecBufferDesc *in, SecBufferDesc *out, int first)
{
    WCHAR host[] = L"localhost";
    ULONG got;
    if (r->server)
        return AcceptSecurityContext(&r->cred, first ? NULL : &r->context, in,
                                     ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONFIDENTIALITY |
                                         ASC_REQ_SEQUENCE_DETECT | ASC_REQ_STREAM | ASC_REQ_REPLAY_DETECT,
                                     0, first ? &r->context : NULL, out, &got, NULL);
    return InitializeSecurityContextW(&r->cred, first ? NULL : &r->context, host,
                                      ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT |
                                          ISC_REQ_SEQUENCE_DETECT | ISC_REQ_MANUAL_CRED_VALIDATION |
                                          ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM |
                                          ISC_REQ_USE_SUPPLIED_CREDS,
                                      0, 0, in, 0, first ? &r->context : NULL, out, &got, NULL);
}

/* The token is sent; what is left of `in` stays. */
static SECURITY_STATUS step(struct rust *r, struct world *world)
{
    SecBuffer in[2] = {{(ULONG)r->in.len, SECBUFFER_TOKEN, r->in.ptr}, {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer out[3] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}, {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 3, out};
    SECURITY_STATUS status = call(r, &ins, &outs, !r->have_context);
    for (int i = 0; i < 3; i++) {
        if (out[i].BufferType == SECBUFFER_TOKEN && out[i].pvBuffer)
            world_write(world, out[i].pvBuffer, out[i].cbBuffer);
        if (out[i].pvBuffer)
            FreeContextBuffer(out[i].pvBuffer);
    }
    r->missing = 1;
    if (status == SEC_E_INCOMPLETE_MESSAGE) {
        CLAIM(world, "K8", "SECBUFFER_MISSING says how much more to read",
              in[1].BufferType == SECBUFFER_MISSING && in[1].cbBuffer);
        if (in[1].BufferType == SECBUFFER_MISSING)
            r->missing = in[1].cbBuffer;
        return status;
    }
    if (status == SEC_I_CONTINUE_NEEDED || status == SEC_E_OK) {
        if (r->server && !r->have_context)
            CLAIM(world, "K32", "a server's first good call is not its last",
                  status == SEC_I_CONTINUE_NEEDED);
        r->have_context = 1;
        flow_drop(&r->in, r->in.len - program_left(world, &r->in, &in[1]));
    }
    return status;
}

static int read_missing(struct rust *r, struct world *world)
{
    while (r->missing) {
        size_t len = program_read(world, &r->in, r->missing);
        if (!len)
            return 0;
        r->missing -= len;
    }
    return 1;
}

static SECURITY_STATUS handshake(struct rust *r, struct world *world)
{
    for (;;) {
        SECURITY_STATUS status = r->in.len ? step(r, world) : SEC_I_CONTINUE_NEEDED;
        if (status != SEC_I_CONTINUE_NEEDED && status != SEC_E_INCOMPLETE_MESSAGE)
            return status;
        if (!r->in.len)
            r->missing = 1;
        if ((status == SEC_E_INCOMPLETE_MESSAGE || !r->in.len) && !read_missing(r, world))
            return SEC_E_INTERNAL_ERROR;
    }
}

/* The certificate is judged again each time; its store takes more. */
static int validated(struct rust *r, struct world *world)
{
    PCCERT_CONTEXT cert = NULL, more = program_certificate();
    SECURITY_STATUS status = QueryContextAttributesW(&r->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert);
    int writable = status == SEC_E_OK && CertAddCertificateContextToStore(
                                             cert->hCertStore, more, CERT_STORE_ADD_REPLACE_EXISTING, NULL);
    if (!r->server)
        CLAIM(world, "K37", "the store of the server's certificate can be added to", writable);
    CertFreeCertificateContext(more);
    CertFreeCertificateContext(cert);
    return r->server || status == SEC_E_OK;
}

static int rust_open(struct rust *r, struct world *world)
{
    PCCERT_CONTEXT early = NULL;
    if (!acquire(r, world))
        return 0;
    if (!r->server) {
        SecBuffer out = {0, SECBUFFER_EMPTY, NULL};
        SecBufferDesc ins = {SECBUFFER_VERSION, 0, NULL}, outs = {SECBUFFER_VERSION, 1, &out};
        SECURITY_STATUS status = call(r, &ins, &outs, 1);
        CLAIM(world, "K1", "a first call with no buffers in its input",
              status == SEC_I_CONTINUE_NEEDED && out.cbBuffer);
        if (status != SEC_I_CONTINUE_NEEDED)
            return 0;
        r->have_context = 1;
        world_write(world, out.pvBuffer, out.cbBuffer);
        FreeContextBuffer(out.pvBuffer);
        CLAIM(world, "K37", "a certificate that is not there yet is an error",
              QueryContextAttributesW(&r->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &early) < 0);
    }
    if (handshake(r, world) != SEC_E_OK || !validated(r, world))
        return 0;
    r->connected = QueryContextAttributesW(&r->context, SECPKG_ATTR_STREAM_SIZES, &r->sizes) == SEC_E_OK;
    return r->connected;
}

static int client_open(void *state, struct world *world)
{
    return rust_open(state, world);
}

static int server_open(void *state, struct world *world)
{
    struct rust *r = state;
    r->server = 1;
    return rust_open(r, world);
}

static int rust_send(void *state, struct world *world, const uint8_t *bytes, size_t len)
{
    struct rust *r = state;
    return program_send(&r->context, world, &r->sizes, bytes, len, 4);
}

static SECURITY_STATUS decrypt(struct rust *r, struct world *world)
{
    SecBuffer in[4] = {{(ULONG)r->in.len, SECBUFFER_DATA, r->in.ptr}, {0}, {0}, {0}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, in};
    SECURITY_STATUS status = DecryptMessage(&r->context, &desc, 0, NULL);
    if (status == SEC_E_INCOMPLETE_MESSAGE) {
        CLAIM(world, "K24", "SECBUFFER_MISSING stands in the second buffer",
              in[1].BufferType == SECBUFFER_MISSING && in[1].cbBuffer);
        r->missing = in[1].BufferType == SECBUFFER_MISSING ? in[1].cbBuffer : 1;
        return status;
    }
    if (status != SEC_E_OK && status != SEC_I_RENEGOTIATE && status != SEC_I_CONTEXT_EXPIRED)
        return status;
    uint8_t *data = in[1].pvBuffer;
    CLAIM(world, "K23", "DATA lies in the input",
          data >= r->in.ptr && data + in[1].cbBuffer <= r->in.ptr + r->in.len);
    r->data = (size_t)(data - r->in.ptr);
    r->data_left = in[1].cbBuffer;
    r->taken = r->in.len - (in[3].BufferType == SECBUFFER_EXTRA ? in[3].cbBuffer : 0); /* perhaps nothing */
    return status;
}

static long rust_receive(void *state, struct world *world, uint8_t *out, size_t room)
{
    struct rust *r = state;
    while (!r->data_left) {
        r->missing = 1;
        SECURITY_STATUS status = r->in.len ? decrypt(r, world) : SEC_E_INCOMPLETE_MESSAGE;
        if (status == SEC_E_INCOMPLETE_MESSAGE) {
            if (!read_missing(r, world))
                return -1;
        } else if (status == SEC_I_CONTEXT_EXPIRED) {
            return 0;
        } else if (status == SEC_I_RENEGOTIATE) {
            flow_drop(&r->in, r->taken);
            if ((!r->in.len && step(r, world) < 0) || handshake(r, world) != SEC_E_OK || !validated(r, world))
                return -1;
        } else if (status != SEC_E_OK) {
            return -1;
        } else if (!r->data_left) {
            flow_drop(&r->in, r->taken);
        }
    }
    size_t len = r->data_left < room ? r->data_left : room;
    memcpy(out, r->in.ptr + r->data, len);
    r->data += len;
    r->data_left -= len;
    if (!r->data_left)
        flow_drop(&r->in, r->taken);
    return (long)len;
}

static void rust_close(void *state, struct world *world)
{
    struct rust *r = state;
    if (r->connected) {
        flow_add(&r->in, "left over, and no record", 24);
        SECURITY_STATUS applied = program_shutdown(&r->context), status = step(r, world);
        CLAIM(world, "K30", "with a control token, left-over ciphertext is ignored",
              applied == SEC_E_OK && status == SEC_E_OK);
        CLAIM(world, "K29", "close_notify comes with SEC_E_OK, all else is an error", status == SEC_E_OK);
    }
    DeleteSecurityContext(&r->context);
    FreeCredentialsHandle(&r->cred);
    flow_free(&r->in);
}

#define RUST(open_it)                                                                                        \
    .state_size = sizeof(struct rust), .open = open_it, .send = rust_send, .receive = rust_receive,          \
    .close = rust_close
const struct program program_rust = {.name = "schannel-rs", RUST(client_open)};
const struct program program_rust_server = {.name = "schannel-rs-server", .server = 1, RUST(server_open)};
