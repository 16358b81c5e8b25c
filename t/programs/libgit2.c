/* SPDX-License-Identifier: MIT
 *
 * A client as libgit2 is: wide names, one variable for the flags asked and got, a call without input after
 * every flight, three buffers to seal, a leftover token as the input and output of the last call.  It knows
 * the error SEC_E_CONTEXT_EXPIRED and not the information. */
#include <config.h>

#include "t/programs/world.h"

#include <string.h>

enum { BLOCK = 16 * 1024 };
struct libgit2 {
    CredHandle cred;
    CtxtHandle context;
    SecPkgContext_StreamSizes sizes;
    struct flow in, dec;
    int connected;
};

static int acquire(struct libgit2 *g, struct world *world)
{
    WCHAR package[64];
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .grbitEnabledProtocols = SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT,
                          .dwFlags = SCH_CRED_IGNORE_NO_REVOCATION_CHECK |
                                     SCH_CRED_IGNORE_REVOCATION_OFFLINE | SCH_CRED_MANUAL_CRED_VALIDATION |
                                     SCH_CRED_NO_DEFAULT_CREDS | SCH_CRED_NO_SERVERNAME_CHECK};
    MultiByteToWideChar(CP_UTF8, 0, world->package, -1, package, 64);
    return AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_OUTBOUND, NULL, &data, NULL, NULL, &g->cred,
                                     NULL) == SEC_E_OK;
}

/* One call; *flags is what is asked for and what is got. */
static SECURITY_STATUS step(struct libgit2 *g, struct world *world, int call, DWORD *flags)
{
    WCHAR host[] = L"localhost";
    SecBuffer in[2] = {{(ULONG)g->in.len, SECBUFFER_TOKEN, g->in.len ? g->in.ptr : NULL},
                       {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer out[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}};
    SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 2, out};
    DWORD asked = *flags;
    SECURITY_STATUS status =
        InitializeSecurityContextW(&g->cred, call ? &g->context : NULL, host, *flags, 0, 0,
                                   call ? &ins : NULL, 0, call ? NULL : &g->context, &outs, flags, NULL);
    CLAIM(world, "K10", "the flags come back as they were, whatever the call says", *flags == asked);
    if (call && !g->in.len)
        CLAIM(world, "K9", "a token of nothing: SEC_E_INCOMPLETE_MESSAGE",
              status == SEC_E_INCOMPLETE_MESSAGE);
    if (status == SEC_E_INCOMPLETE_MESSAGE)
        CLAIM(world, "K8", "and nothing was put out", !out[0].pvBuffer && !out[1].pvBuffer);
    if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED)
        return status;
    if (out[0].cbBuffer) {
        world_write(world, out[0].pvBuffer, out[0].cbBuffer);
        FreeContextBuffer(out[0].pvBuffer);
    }
    flow_drop(&g->in, g->in.len - program_left(world, &g->in, &in[1]));
    return status;
}

static int libgit2_open(void *state, struct world *world)
{
    struct libgit2 *g = state;
    DWORD flags = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT |
                  ISC_REQ_SEQUENCE_DETECT | ISC_REQ_STREAM;
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;
    PCCERT_CONTEXT cert = NULL;
    if (!acquire(g, world))
        return 0;
    for (int call = 0; call < 20000; call++) {
        status = step(g, world, call, &flags);
        if (status == SEC_E_INCOMPLETE_MESSAGE) {
            if (!program_read(world, &g->in, BLOCK))
                return 0;
        } else if (status != SEC_I_CONTINUE_NEEDED) {
            break;
        }
    }
    if (status != SEC_E_OK)
        return 0;
    CLAIM(world, "K37", "the server's certificate is told",
          QueryContextAttributesW(&g->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert) == SEC_E_OK && cert);
    CertFreeCertificateContext(cert);
    g->connected = QueryContextAttributesW(&g->context, SECPKG_ATTR_STREAM_SIZES, &g->sizes) == SEC_E_OK;
    return g->connected;
}

static int libgit2_send(void *state, struct world *world, const uint8_t *bytes, size_t len)
{
    struct libgit2 *g = state;
    return program_send(&g->context, world, &g->sizes, bytes, len, 3);
}

static long libgit2_receive(void *state, struct world *world, uint8_t *out, size_t room)
{
    struct libgit2 *g = state;
    while (!g->dec.len) {
        SecBuffer in[4] = {{(ULONG)g->in.len, SECBUFFER_DATA, g->in.ptr}, {0}, {0}, {0}};
        SecBufferDesc desc = {SECBUFFER_VERSION, 4, in};
        SECURITY_STATUS status =
            g->in.len ? DecryptMessage(&g->context, &desc, 0, NULL) : SEC_E_INCOMPLETE_MESSAGE;
        if (status == SEC_E_INCOMPLETE_MESSAGE) {
            if (!program_read(world, &g->in, BLOCK))
                return -1;
            continue;
        }
        if (status == SEC_E_CONTEXT_EXPIRED)
            return 0;
        if (status != SEC_E_OK)
            return -1;
        CLAIM(world, "K22", "HEADER, DATA and TRAILER stand in this order",
              in[0].BufferType == SECBUFFER_STREAM_HEADER && in[1].BufferType == SECBUFFER_DATA &&
                  in[2].BufferType == SECBUFFER_STREAM_TRAILER);
        flow_add(&g->dec, in[1].pvBuffer, in[1].cbBuffer);
        flow_drop(&g->in, g->in.len - program_left(world, &g->in, &in[3]));
    }
    return (long)program_take(&g->dec, out, room);
}

static void libgit2_close(void *state, struct world *world)
{
    struct libgit2 *g = state;
    if (g->connected) {
        SECURITY_STATUS applied = program_shutdown(&g->context);
        SecBuffer both = {0, SECBUFFER_TOKEN, NULL};
        SecBufferDesc desc = {SECBUFFER_VERSION, 1, &both};
        DWORD flags = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT |
                      ISC_REQ_SEQUENCE_DETECT | ISC_REQ_STREAM;
        SECURITY_STATUS status = InitializeSecurityContext(&g->cred, &g->context, NULL, flags, 0, 0, &desc, 0,
                                                           NULL, &desc, &flags, NULL);
        CLAIM(world, "K29", "close_notify comes with SEC_E_OK, nothing else will do",
              applied == SEC_E_OK && status == SEC_E_OK && both.cbBuffer);
        CLAIM(world, "K30", "one descriptor may be input and output", both.pvBuffer != NULL);
        world_write(world, both.pvBuffer, both.cbBuffer);
        FreeContextBuffer(both.pvBuffer);
    }
    DeleteSecurityContext(&g->context);
    FreeCredentialsHandle(&g->cred);
    flow_free(&g->in);
    flow_free(&g->dec);
}

const struct program program_libgit2 = {.name = "libgit2",
                                        .state_size = sizeof(struct libgit2),
                                        .old = 1,
                                        .flaws = FLAW_CLOSE_IS_AN_ERROR | FLAW_NO_REDO,
                                        .open = libgit2_open,
                                        .send = libgit2_send,
                                        .receive = libgit2_receive,
                                        .close = libgit2_close};
