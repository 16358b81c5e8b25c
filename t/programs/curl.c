/* SPDX-License-Identifier: MIT
 *
 * A client as curl is: every call through the function table, attributes in an `unsigned long`, one EMPTY
 * output first, copies of the input, a buffer of 4 KiB that grows by one, exact attributes. */
#include <config.h>

#include "t/programs/world.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = 4096, MORE = 1024 };
struct curl {
    PSecurityFunctionTable table;
    CredHandle cred;
    CtxtHandle context;
    SecPkgContext_StreamSizes sizes;
    uint8_t *enc;
    size_t enc_len, enc_cap;
    struct flow dec;
    unsigned long asked, got;
    unsigned stops;
    int connected, closed;
};

static void room_for_more(struct curl *c)
{
    if (c->enc_cap - c->enc_len >= MORE)
        return;
    c->enc_cap = c->enc_cap ? c->enc_len + MORE : FIRST;
    c->enc = realloc(c->enc, c->enc_cap);
    if (!c->enc)
        abort();
}

static int read_more(struct curl *c, struct world *world)
{
    room_for_more(c);
    size_t len = world_read(world, c->enc + c->enc_len, c->enc_cap - c->enc_len);
    c->enc_len += len;
    return len > 0;
}

static void keep_extra(struct curl *c, const SecBuffer *extra)
{
    if (extra->BufferType == SECBUFFER_EXTRA && extra->cbBuffer && c->enc_len > extra->cbBuffer) {
        memmove(c->enc, c->enc + c->enc_len - extra->cbBuffer, extra->cbBuffer);
        c->enc_len = extra->cbBuffer;
    } else if (extra->BufferType != SECBUFFER_EXTRA || !extra->cbBuffer) {
        c->enc_len = 0;
    }
}

static int acquire(struct curl *c, struct world *world)
{
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = ~program_protocols(world, 0)};
    SCH_CREDENTIALS data = {
        .dwVersion = SCH_CREDENTIALS_VERSION,
        .dwFlags = (world->judge ? SCH_CRED_AUTO_CRED_VALIDATION : SCH_CRED_MANUAL_CRED_VALIDATION) |
                   SCH_CRED_IGNORE_NO_REVOCATION_CHECK | SCH_CRED_IGNORE_REVOCATION_OFFLINE |
                   SCH_CRED_NO_DEFAULT_CREDS | SCH_USE_STRONG_CRYPTO,
        .cTlsParameters = 1,
        .pTlsParameters = &parameters};
    return c->table->AcquireCredentialsHandle(NULL, (char *)(uintptr_t)world->package, SECPKG_CRED_OUTBOUND,
                                              NULL, &data, NULL, NULL, &c->cred, NULL) == SEC_E_OK;
}

static int first(struct curl *c, struct world *world)
{
    static const char protocols[] = "\x08http/1.1";
    uint8_t alpn[64];
    uint32_t words[2] = {4 + 2 + sizeof protocols - 1, SecApplicationProtocolNegotiationExt_ALPN};
    uint16_t list = sizeof protocols - 1;
    memcpy(alpn, words, 8);
    memcpy(alpn + 8, &list, 2);
    memcpy(alpn + 10, protocols, list);
    SecBuffer in = {10u + list, SECBUFFER_APPLICATION_PROTOCOLS, alpn}, out = {0, SECBUFFER_EMPTY, NULL};
    SecBufferDesc ins = {SECBUFFER_VERSION, 1, &in}, outs = {SECBUFFER_VERSION, 1, &out};
    c->asked = ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT | ISC_REQ_CONFIDENTIALITY |
               ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM | (world->variant ? 0 : ISC_REQ_USE_SUPPLIED_CREDS);
    TimeStamp stamp;
    SECURITY_STATUS status = (__extension__ c->table->InitializeSecurityContext(
        &c->cred, NULL, (char *)(uintptr_t) "localhost", (ULONG)c->asked, 0, 0, &ins, 0, &c->context, &outs,
        &c->got, &stamp));
    CLAIM(world, "K1", "a first call with the protocols alone", status == SEC_I_CONTINUE_NEEDED);
    CLAIM(world, "K2", "the EMPTY output became the token",
          out.BufferType == SECBUFFER_TOKEN && out.cbBuffer);
    if (status != SEC_I_CONTINUE_NEEDED)
        return 0;
    world_write(world, out.pvBuffer, out.cbBuffer);
    CLAIM(world, "K3", "what was allocated is freed with FreeContextBuffer",
          c->table->FreeContextBuffer(out.pvBuffer) == SEC_E_OK);
    return 1;
}

static void send_outputs(struct curl *c, struct world *world, SecBuffer *out, SECURITY_STATUS status)
{
    for (int i = 0; i < 3; i++) {
        if (status >= 0 && out[i].BufferType == SECBUFFER_TOKEN && out[i].cbBuffer)
            world_write(world, out[i].pvBuffer, out[i].cbBuffer);
        if (status >= 0 && out[i].pvBuffer)
            c->table->FreeContextBuffer(out[i].pvBuffer);
        else
            CLAIM(world, "K8", "curl frees nothing after a failure, so there is nothing to free",
                  !out[i].pvBuffer);
    }
}

/* One call with a copy of what came. */
static SECURITY_STATUS step(struct curl *c, struct world *world, SecBuffer *extra)
{
    uint8_t *copy = malloc(c->enc_len + !c->enc_len); /* nothing, too: malloc(0) is not NULL here */
    if (!copy)
        abort();
    memcpy(copy, c->enc, c->enc_len);
    SecBuffer in[2] = {{(ULONG)c->enc_len, SECBUFFER_TOKEN, copy}, {0, SECBUFFER_EMPTY, NULL}};
    SecBuffer out[3] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}, {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 3, out};
    TimeStamp stamp;
    SECURITY_STATUS status = (__extension__ c->table->InitializeSecurityContext(
        &c->cred, &c->context, (char *)(uintptr_t) "localhost", (ULONG)c->asked, 0, 0, &ins, 0, NULL, &outs,
        &c->got, &stamp));
    free(copy);
    if (in[1].BufferType == SECBUFFER_EXTRA)
        CLAIM(world, "K5", "what is left is less than what was given", in[1].cbBuffer < c->enc_len);
    if (status == SEC_I_INCOMPLETE_CREDENTIALS)
        CLAIM(world, "K18", "asked for a certificate: no output and nothing left over",
              !out[0].pvBuffer && !out[0].cbBuffer && in[1].BufferType != SECBUFFER_EXTRA);
    send_outputs(c, world, out, status);
    *extra = in[1];
    return status;
}

/* Until the handshake, or a later part of it, is done. */
static SECURITY_STATUS handshake(struct curl *c, struct world *world, int do_read)
{
    for (;;) {
        SecBuffer extra;
        if (do_read && !read_more(c, world))
            return SEC_E_INTERNAL_ERROR;
        SECURITY_STATUS status = step(c, world, &extra);
        do_read = 1;
        if (status == SEC_E_INCOMPLETE_MESSAGE)
            continue;
        if (status == SEC_I_INCOMPLETE_CREDENTIALS && !(c->asked & ISC_REQ_USE_SUPPLIED_CREDS)) {
            c->asked |= ISC_REQ_USE_SUPPLIED_CREDS; /* the same bytes again */
            c->stops++;
            do_read = 0;
            continue;
        }
        if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED)
            return status;
        if (extra.BufferType == SECBUFFER_EXTRA && status == SEC_I_CONTINUE_NEEDED)
            do_read = 0;
        keep_extra(c, &extra);
        if (status == SEC_E_OK)
            return status;
    }
}

/* Exact attributes, the protocol, the server's certificate: after a renegotiation too. */
static int settled(struct curl *c, struct world *world)
{
    SecPkgContext_ApplicationProtocol alpn;
    PCCERT_CONTEXT cert = NULL, first = NULL;
    CLAIM(world, "K11", "the attributes are exactly those asked for", c->got == c->asked);
    SECURITY_STATUS asked =
        c->table->QueryContextAttributes(&c->context, SECPKG_ATTR_APPLICATION_PROTOCOL, &alpn);
    CLAIM(world, "K36", "the protocol is told",
          asked == SEC_E_OK && alpn.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success &&
              alpn.ProtocolIdSize == 8 && !memcmp(alpn.ProtocolId, "http/1.1", 8));
    asked = c->table->QueryContextAttributes(&c->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert);
    if (asked == SEC_E_OK)
        first = CertEnumCertificatesInStore(cert->hCertStore, NULL);
    CLAIM(world, "K37", "the server's certificate comes first in its store, with the same octets",
          first && first->pbCertEncoded == cert->pbCertEncoded);
    CertFreeCertificateContext(first);
    CertFreeCertificateContext(cert);
    return c->table->QueryContextAttributes(&c->context, SECPKG_ATTR_STREAM_SIZES, &c->sizes) == SEC_E_OK;
}

static int curl_open(void *state, struct world *world)
{
    struct curl *c = state;
    c->table = InitSecurityInterfaceA();
    if (!acquire(c, world) || !first(c, world))
        return 0;
    world->refusal = handshake(c, world, 1);
    if (world->refusal != SEC_E_OK)
        return 0;
    if (world->variant)
        CLAIM(world, "K18",
              "the server's request stops the handshake once; the same bytes and the flag go on",
              c->stops == 1);
    else
        CLAIM(world, "W83", "with USE_SUPPLIED_CREDS nothing stops", c->stops == 0);
    c->connected = settled(c, world);
    return c->connected;
}

static int curl_send(void *state, struct world *world, const uint8_t *bytes, size_t len)
{
    struct curl *c = state;
    return program_send(&c->context, world, &c->sizes, bytes, len, 4);
}

/* One record; SEC_E_OK: look for another. */
static SECURITY_STATUS decrypt(struct curl *c, struct world *world)
{
    SecBuffer in[4] = {{(ULONG)c->enc_len, SECBUFFER_DATA, c->enc}, {0}, {0}, {0}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, in};
    SECURITY_STATUS status = (__extension__ c->table->DecryptMessage(&c->context, &desc, 0, NULL));
    if (status != SEC_E_OK && status != SEC_I_RENEGOTIATE && status != SEC_I_CONTEXT_EXPIRED)
        return status;
    if (in[1].BufferType == SECBUFFER_DATA)
        flow_add(&c->dec, in[1].pvBuffer, in[1].cbBuffer);
    if (status == SEC_I_RENEGOTIATE && world->tls == 13)
        CLAIM(world, "K26", "what came after the handshake shows as EXTRA, a whole record at least",
              in[3].BufferType == SECBUFFER_EXTRA && in[3].cbBuffer > 5);
    if (status == SEC_I_RENEGOTIATE && world->tls == 12)
        CLAIM(world, "K27", "a HelloRequest leaves no EXTRA", in[3].BufferType != SECBUFFER_EXTRA);
    if (in[3].BufferType == SECBUFFER_EXTRA && in[3].cbBuffer == c->enc_len)
        return status; /* all of it is the message */
    keep_extra(c, &in[3]);
    return status;
}

static long curl_receive(void *state, struct world *world, uint8_t *out, size_t room)
{
    struct curl *c = state;
    while (!c->dec.len && !c->closed) {
        SECURITY_STATUS status = c->enc_len ? decrypt(c, world) : SEC_E_INCOMPLETE_MESSAGE;
        if (status == SEC_E_INCOMPLETE_MESSAGE && !read_more(c, world))
            return -1;
        if (status == SEC_I_RENEGOTIATE) { /* no reading first: with nothing, too */
            status = handshake(c, world, 0);
            CLAIM(world, "K26", "curl: ISC takes the message and says SEC_E_OK", status == SEC_E_OK);
            if (status != SEC_E_OK || !settled(c, world))
                return -1;
        }
        if (status == SEC_I_CONTEXT_EXPIRED)
            c->closed = 1;
        else if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE)
            return -1;
    }
    size_t len = c->dec.len < room ? c->dec.len : room;
    if (len)
        memcpy(out, c->dec.ptr, len);
    flow_drop(&c->dec, len);
    return (long)len;
}

static void curl_close(void *state, struct world *world)
{
    struct curl *c = state;
    if (c->connected) {
        SecBuffer out = {0, SECBUFFER_EMPTY, NULL};
        SecBufferDesc outs = {SECBUFFER_VERSION, 1, &out};
        TimeStamp stamp;
        SECURITY_STATUS applied = program_shutdown(&c->context);
        SECURITY_STATUS status = (__extension__ c->table->InitializeSecurityContext(
            &c->cred, &c->context, (char *)(uintptr_t) "localhost", (ULONG)c->asked, 0, 0, NULL, 0,
            &c->context, &outs, &c->got, &stamp));
        CLAIM(world, "K29", "close_notify comes with SEC_E_OK",
              applied == SEC_E_OK && status == SEC_E_OK && out.cbBuffer);
        CLAIM(world, "K15", "phNewContext may be the context itself", status == SEC_E_OK);
        world_write(world, out.pvBuffer, out.cbBuffer);
        c->table->FreeContextBuffer(out.pvBuffer);
    }
    c->table->DeleteSecurityContext(&c->context);
    c->table->FreeCredentialsHandle(&c->cred);
    free(c->enc);
    flow_free(&c->dec);
}

#define CURL(kind)                                                                                           \
    .state_size = sizeof(struct curl), .open = curl_open, .send = curl_send, .receive = curl_receive,        \
    .close = curl_close, .variant = kind
const struct program program_curl = {.name = "curl", CURL(0), .peer = {.server_alpn = "h2 http/1.1"}};
const struct program program_curl_unsupplied = {
    .name = "curl-unsupplied",
    CURL(1),
    .peer = {.server_alpn = "http/1.1", .server_request = ASC_REQ_MUTUAL_AUTH}};
