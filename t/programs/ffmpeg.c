/* SPDX-License-Identifier: MIT
 *
 * A client and a server as FFmpeg is: SCHANNEL_CRED, buffers that grow by 1 KiB, handles that are deleted
 * without having been made, AcceptSecurityContext until a context exists. */
#include <config.h>

#include "t/programs/world.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = 4096, MORE = 1024 };
struct ffmpeg {
    CredHandle cred;
    CtxtHandle context;
    SecPkgContext_StreamSizes sizes;
    uint8_t *enc;
    int enc_len, enc_cap;
    struct flow dec;
    ULONG asked, got;
    int server, have_context, connected, closed;
    TimeStamp stamp;
};

static int acquire(struct ffmpeg *f, struct world *world)
{
    SCHANNEL_CRED data = {.dwVersion = SCHANNEL_CRED_VERSION};
    PCCERT_CONTEXT cert = f->server ? program_certificate() : NULL;
    if (cert) {
        data.cCreds = 1;
        data.paCred = &cert;
        data.dwFlags = SCH_CRED_NO_SYSTEM_MAPPER | SCH_CRED_MANUAL_CRED_VALIDATION;
    } else {
        data.dwFlags = world->judge ? SCH_CRED_AUTO_CRED_VALIDATION | SCH_CRED_REVOCATION_CHECK_CHAIN
                                    : SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_IGNORE_NO_REVOCATION_CHECK |
                                          SCH_CRED_IGNORE_REVOCATION_OFFLINE;
    }
    SECURITY_STATUS status = AcquireCredentialsHandle(NULL, (char *)(uintptr_t)world->package,
                                                      f->server ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                                      NULL, &data, NULL, NULL, &f->cred, &f->stamp);
    CertFreeCertificateContext(cert);
    return status == SEC_E_OK;
}

static int read_more(struct ffmpeg *f, struct world *world)
{
    if (f->enc_cap - f->enc_len < MORE) {
        f->enc_cap = f->enc_cap ? f->enc_len + MORE : FIRST;
        f->enc = realloc(f->enc, (size_t)f->enc_cap);
        if (!f->enc)
            abort();
    }
    size_t len = world_read(world, f->enc + f->enc_len, (size_t)(f->enc_cap - f->enc_len));
    f->enc_len += (int)len;
    return len > 0;
}

static SECURITY_STATUS call(struct ffmpeg *f, SecBufferDesc *in, SecBufferDesc *out, int again)
{
    CtxtHandle *known = again ? &f->context : NULL;
    if (f->server)
        return AcceptSecurityContext(&f->cred, known, in, f->asked, 0, &f->context, out, &f->got, &f->stamp);
    return InitializeSecurityContext(&f->cred, known, (char *)(uintptr_t) "localhost", f->asked, 0, 0, in, 0,
                                     again ? NULL : &f->context, out, &f->got, &f->stamp);
}

/* Sends the tokens and frees everything, the ALERT slot too. */
static void flush(struct world *world, SecBuffer *out, int count)
{
    for (int i = 0; i < count; i++) {
        if (out[i].BufferType == SECBUFFER_TOKEN && out[i].cbBuffer)
            world_write(world, out[i].pvBuffer, out[i].cbBuffer);
        if (out[i].pvBuffer)
            CLAIM(world, "K19", "whatever comes out is freed with FreeContextBuffer",
                  FreeContextBuffer(out[i].pvBuffer) == SEC_E_OK);
    }
}

static SECURITY_STATUS handshake(struct ffmpeg *f, struct world *world, int do_read)
{
    for (;;) {
        if (do_read && !read_more(f, world))
            return SEC_E_INTERNAL_ERROR;
        uint8_t *copy = malloc((size_t)f->enc_len + 1);
        if (!copy)
            abort();
        if (f->enc_len)
            memcpy(copy, f->enc, (size_t)f->enc_len);
        SecBuffer in[2] = {{(ULONG)f->enc_len, SECBUFFER_TOKEN, copy}, {0, SECBUFFER_EMPTY, NULL}};
        SecBuffer out[3] = {
            {0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}, {0, SECBUFFER_EMPTY, NULL}};
        SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 3, out};
        CtxtHandle before = f->context;
        SECURITY_STATUS status = call(f, &ins, &outs, !f->server || f->have_context);
        free(copy);
        do_read = 1;
        if (status == SEC_E_INCOMPLETE_MESSAGE) {
            if (!f->have_context)
                CLAIM(world, "K31", "an incomplete first call left the handle as it was",
                      !memcmp(&before, &f->context, sizeof before));
            continue;
        }
        if (status == SEC_I_INCOMPLETE_CREDENTIALS && !(f->asked & ISC_REQ_USE_SUPPLIED_CREDS)) {
            f->asked |= ISC_REQ_USE_SUPPLIED_CREDS;
            do_read = 0;
            continue;
        }
        flush(world, out, 3);
        if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED)
            return status;
        if (!f->have_context)
            CLAIM(world, "K32", "a first call that is complete says SEC_I_CONTINUE_NEEDED",
                  status == SEC_I_CONTINUE_NEEDED);
        f->have_context = 1;
        if (in[1].BufferType == SECBUFFER_EXTRA && in[1].cbBuffer && f->enc_len > (int)in[1].cbBuffer) {
            memmove(f->enc, f->enc + f->enc_len - in[1].cbBuffer, in[1].cbBuffer);
            f->enc_len = (int)in[1].cbBuffer;
            do_read = status != SEC_I_CONTINUE_NEEDED;
        } else if (in[1].BufferType != SECBUFFER_EXTRA) {
            f->enc_len = 0;
        }
        if (status == SEC_E_OK)
            return status;
    }
}

static int first(struct ffmpeg *f, struct world *world)
{
    SecBuffer out = {0, SECBUFFER_EMPTY, NULL};
    SecBufferDesc outs = {SECBUFFER_VERSION, 1, &out};
    SECURITY_STATUS status = call(f, NULL, &outs, 0);
    CLAIM(world, "K1", "a first call without input", status == SEC_I_CONTINUE_NEEDED);
    CLAIM(world, "K2", "whose EMPTY output became the token",
          out.BufferType == SECBUFFER_TOKEN && out.cbBuffer);
    if (status != SEC_I_CONTINUE_NEEDED)
        return 0;
    f->have_context = 1;
    flush(world, &out, 1);
    return 1;
}

static int open_either(struct ffmpeg *f, struct world *world)
{
    CLAIM(world, "K16", "a context of zeroes is deleted without having been made",
          DeleteSecurityContext(&f->context) == SEC_E_INVALID_HANDLE);
    f->asked = f->server ? ASC_REQ_SEQUENCE_DETECT | ASC_REQ_REPLAY_DETECT | ASC_REQ_CONFIDENTIALITY |
                               ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_STREAM
                         : ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT | ISC_REQ_CONFIDENTIALITY |
                               ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM;
    if (!acquire(f, world) || (!f->server && !first(f, world)))
        return 0;
    world->refusal = handshake(f, world, 1);
    if (world->refusal != SEC_E_OK)
        return 0;
    CLAIM(world, "K17", "the certificate was freed before the handshake", 1);
    f->connected = QueryContextAttributes(&f->context, SECPKG_ATTR_STREAM_SIZES, &f->sizes) == SEC_E_OK;
    return f->connected;
}

static int client_open(void *state, struct world *world)
{
    return open_either(state, world);
}

static int server_open(void *state, struct world *world)
{
    struct ffmpeg *f = state;
    f->server = 1;
    return open_either(f, world);
}

static int ffmpeg_send(void *state, struct world *world, const uint8_t *bytes, size_t len)
{
    struct ffmpeg *f = state;
    SecPkgContext_StreamSizes sizes = f->sizes;
    sizes.cbMaximumMessage -= sizes.cbHeader + sizes.cbTrailer; /* as FFmpeg reckons */
    return program_send(&f->context, world, &sizes, bytes, len, 4);
}

static long ffmpeg_receive(void *state, struct world *world, uint8_t *out, size_t room)
{
    struct ffmpeg *f = state;
    while (!f->dec.len && !f->closed) {
        SecBuffer in[4] = {{(ULONG)f->enc_len, SECBUFFER_DATA, f->enc}, {0}, {0}, {0}};
        SecBufferDesc desc = {SECBUFFER_VERSION, 4, in};
        SECURITY_STATUS status =
            f->enc_len ? DecryptMessage(&f->context, &desc, 0, NULL) : SEC_E_INCOMPLETE_MESSAGE;
        if (status == SEC_E_INCOMPLETE_MESSAGE) {
            if (!read_more(f, world))
                return -1;
            continue;
        }
        if (status != SEC_E_OK && status != SEC_I_RENEGOTIATE && status != SEC_I_CONTEXT_EXPIRED)
            return -1;
        if (in[1].BufferType == SECBUFFER_DATA)
            flow_add(&f->dec, in[1].pvBuffer, in[1].cbBuffer);
        if (in[3].BufferType == SECBUFFER_EXTRA && in[3].cbBuffer && f->enc_len > (int)in[3].cbBuffer) {
            memmove(f->enc, f->enc + f->enc_len - in[3].cbBuffer, in[3].cbBuffer);
            f->enc_len = (int)in[3].cbBuffer;
        } else {
            f->enc_len = 0;
        }
        if (status == SEC_I_CONTEXT_EXPIRED)
            f->closed = 1;
        if (status == SEC_I_RENEGOTIATE) {
            CLAIM(world, "K27", "a renegotiation leaves nothing in the buffer", !f->enc_len);
            if (f->enc_len || handshake(f, world, 0) != SEC_E_OK)
                return -1;
        }
    }
    return (long)program_take(&f->dec, out, room);
}

static void ffmpeg_close(void *state, struct world *world)
{
    struct ffmpeg *f = state;
    SECURITY_STATUS status = f->connected ? program_shutdown(&f->context) : SEC_E_INVALID_HANDLE;
    if (f->connected) {
        CLAIM(world, "K29", "the control token is taken", status == SEC_E_OK);
        do {
            SecBuffer out = {0, SECBUFFER_EMPTY, NULL};
            SecBufferDesc outs = {SECBUFFER_VERSION, 1, &out};
            status = f->server ? AcceptSecurityContext(&f->cred, &f->context, NULL, f->asked, 0, &f->context,
                                                       &outs, &f->got, &f->stamp)
                               : InitializeSecurityContext(&f->cred, &f->context,
                                                           (char *)(uintptr_t) "localhost", f->asked, 0, 0,
                                                           NULL, 0, &f->context, &outs, &f->got, &f->stamp);
            if (status == SEC_E_OK || status == SEC_I_CONTEXT_EXPIRED)
                flush(world, &out, 1);
        } while (status == SEC_I_CONTINUE_NEEDED);
        CLAIM(world, "K29", "and makes close_notify", status == SEC_E_OK);
    }
    DeleteSecurityContext(&f->context);
    CLAIM(world, "K16", "a context that was deleted is deleted again",
          DeleteSecurityContext(&f->context) == SEC_E_INVALID_HANDLE);
    FreeCredentialsHandle(&f->cred);
    free(f->enc);
    flow_free(&f->dec);
}

#define FFMPEG(open_it)                                                                                      \
    .state_size = sizeof(struct ffmpeg), .old = 1, .open = open_it, .send = ffmpeg_send,                     \
    .receive = ffmpeg_receive, .close = ffmpeg_close
const struct program program_ffmpeg = {
    .name = "ffmpeg", FFMPEG(client_open), .peer = {.server_request = ASC_REQ_MUTUAL_AUTH}};
const struct program program_ffmpeg_server = {
    .name = "ffmpeg-server", .server = 1, .flaws = FLAW_NO_REDO, FFMPEG(server_open)};
