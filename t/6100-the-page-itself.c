/* SPDX-License-Identifier: MIT
 *
 * AcceptSecurityContext (Schannel), parameter by parameter, as its reference page describes it.  The codes
 * that it returns are in t/6102. */
#include <config.h>

#include "t/page-kit.h"

#define ALWAYS                                                                                               \
    (ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT | ASC_RET_CONFIDENTIALITY | (ULONG)ASC_RET_STREAM)
#define NEVER 0x7fffffffffffffffLL

static struct asc asc;

/* ---- fContextReq and pfContextAttr ---- */

/* Every bit alone.  `now`: beside ALWAYS at once; the bits that mean nothing here are not returned (D5). */
static const struct {
    ULONG bit, now;
    SECURITY_STATUS want;
    const char *words;
} bits[] = {
    {ASC_REQ_DELEGATE, 0, SEC_E_UNSUPPORTED_FUNCTION, "S10 D5 DELEGATE"},
    {ASC_REQ_MUTUAL_AUTH, 0, SEC_I_CONTINUE_NEEDED, "D7 MUTUAL_AUTH, nothing proved yet"},
    {ASC_REQ_REPLAY_DETECT, 0, SEC_I_CONTINUE_NEEDED, "K11 REPLAY_DETECT"},
    {ASC_REQ_SEQUENCE_DETECT, 0, SEC_I_CONTINUE_NEEDED, "K11 SEQUENCE_DETECT"},
    {ASC_REQ_CONFIDENTIALITY, 0, SEC_I_CONTINUE_NEEDED, "K11 CONFIDENTIALITY"},
    {0x20, 0, SEC_I_CONTINUE_NEEDED, "D5 USE_SESSION_KEY"},
    {ASC_REQ_SESSION_TICKET, 0, SEC_E_UNSUPPORTED_FUNCTION, "S10 D5 SESSION_TICKET, PROMPT_FOR_CREDS"},
    {0x80, 0, SEC_I_CONTINUE_NEEDED, "K12 ISC's USE_SUPPLIED_CREDS"},
    {ASC_REQ_ALLOCATE_MEMORY, ASC_RET_ALLOCATED_MEMORY, SEC_I_CONTINUE_NEEDED, "K11 ALLOCATE_MEMORY"},
    {0x200, 0, SEC_I_CONTINUE_NEEDED, "D5 USE_DCE_STYLE"},
    {ASC_REQ_CONNECTION, ASC_RET_CONNECTION, SEC_I_CONTINUE_NEEDED, "K11 CONNECTION"},
    {0x1000, 0, SEC_I_CONTINUE_NEEDED, "D5 CALL_LEVEL"},
    {0x2000, 0, SEC_I_CONTINUE_NEEDED, "D5 bit 0x2000"},
    {0x4000, 0, SEC_I_CONTINUE_NEEDED, "K12 ISC's EXTENDED_ERROR"},
    {ASC_REQ_EXTENDED_ERROR, ASC_RET_EXTENDED_ERROR, SEC_I_CONTINUE_NEEDED,
     "K12 EXTENDED_ERROR, ISC's STREAM"},
    {ASC_REQ_STREAM, 0, SEC_I_CONTINUE_NEEDED, "K12 STREAM, ISC's INTEGRITY"},
    {ASC_REQ_INTEGRITY, ASC_RET_INTEGRITY, SEC_I_CONTINUE_NEEDED, "K11 INTEGRITY"},
    {0x40000, 0, SEC_I_CONTINUE_NEEDED, "D5 LICENSING"},
    {ASC_REQ_IDENTIFY, 0, SEC_I_CONTINUE_NEEDED, "D5 IDENTIFY"},
    {0x100000, 0, SEC_I_CONTINUE_NEEDED, "D5 ALLOW_NULL_SESSION"},
    {0x200000, 0, SEC_I_CONTINUE_NEEDED, "D5 ALLOW_NON_USER_LOGONS"},
    {0x400000, 0, SEC_I_CONTINUE_NEEDED, "D5 ALLOW_CONTEXT_REPLAY"},
    {0x800000, 0, SEC_I_CONTINUE_NEEDED, "D5 FRAGMENT_TO_FIT"},
    {0x10000000, 0, SEC_I_CONTINUE_NEEDED, "D5 PROXY_BINDINGS"},
    {0x80000000, 0, SEC_I_CONTINUE_NEEDED, "D5 the highest bit"},
};

static void flags(struct pair *pair)
{
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        CtxtHandle handle;
        CredHandle *credential = &pair->server.credential;
        asc_hello(pair);
        asc_ready(&asc, &pair->client.out);
        is_status(asc_call(&asc, credential, NULL, bits[i].bit), bits[i].want, "%s %s: alone", bits[i].words,
                  tag);
        if (bits[i].want != SEC_I_CONTINUE_NEEDED) {
            ok(asc.fresh.dwLower == UNTOUCHED, "%s %s: no context", bits[i].words, tag);
            ok(!(asc.attributes & bits[i].bit), "%s %s: not returned", bits[i].words, tag);
            continue;
        }
        is_int(asc.attributes, ALWAYS | bits[i].now, "%s %s: what comes back", bits[i].words, tag);
        DeleteSecurityContext(&asc.fresh);
        is_status(asc_all(pair, &asc, &handle, bits[i].bit), SEC_E_OK, "%s %s: to the end", bits[i].words,
                  tag);
        is_int(asc.attributes, ALWAYS | bits[i].now, "%s %s: and then", bits[i].words, tag);
        DeleteSecurityContext(&handle);
    }
}

/* ---- ptsTimeStamp ---- */

static void stamps(struct pair *pair)
{
    CtxtHandle handle, *context = NULL;
    CredHandle *credential = &pair->server.credential;
    struct flow junk = {0};
    asc_hello(pair);
    is_status(asc_turn(pair, &asc, credential, &context, &handle, 0), SEC_I_CONTINUE_NEEDED, "S14 %s: first",
              tag);
    is_int(asc.stamp.QuadPart, 0, "D2 %s: 0 from the first call", tag);
    is_status(asc_turn(pair, &asc, credential, &context, &handle, 0), SEC_E_OK, "S9 %s: last", tag);
    is_int(asc.stamp.QuadPart, NEVER, "D2 %s: the maximum without a client's certificate", tag);
    DeleteSecurityContext(&handle);
    flow_add(&junk, "GET / HTTP/1.1\r\n\r\n", 18);
    asc_ready(&asc, &junk);
    is_status(asc_call(&asc, credential, NULL, 0), SEC_E_INVALID_TOKEN, "S5 %s: HTTP text", tag);
    is_int(asc.stamp.QuadPart, 0, "D2 %s: 0 from a failure", tag);
    flow_free(&junk);
}

/* ---- handles ---- */

static void new_context(struct pair *pair)
{
    CredHandle *credential = &pair->server.credential;
    CtxtHandle handle, *context = NULL;
    asc_hello(pair);
    asc_ready(&asc, &pair->client.out);
    is_status(AcceptSecurityContext(credential, NULL, &asc.ins, 0, 0, NULL, &asc.outs, &asc.attributes, NULL),
              SEC_E_INVALID_HANDLE, "S4 %s: a first call has to put its context somewhere", tag);
    is_int(asc.out[0].cbBuffer, sizeof asc.token, "S4 D17 %s: and then writes nothing", tag);
    for (int way = 0; way < 3; way++) { /* the same variable, another, none */
        static const char *const words[] = {"phContext's own variable", "another", "NULL"};
        context = NULL;
        asc_hello(pair);
        asc_turn(pair, &asc, credential, &context, &handle, 0);
        CtxtHandle before = handle, other = {UNTOUCHED, UNTOUCHED};
        asc_ready(&asc, &pair->client.out);
        is_status(AcceptSecurityContext(credential, &handle, &asc.ins, 0, 0,
                                        way == 0   ? &handle
                                        : way == 1 ? &other
                                                   : NULL,
                                        &asc.outs, &asc.attributes, &asc.stamp),
                  SEC_E_OK, "S9 K15 %s: phNewContext is %s", tag, words[way]);
        ok(handle.dwLower == before.dwLower && handle.dwUpper == before.dwUpper &&
               (way != 1 || (other.dwLower == before.dwLower && other.dwUpper == before.dwUpper)),
           "W42 K15 %s: %s: the same two words", tag, words[way]);
        is_status(DeleteSecurityContext(&handle), SEC_E_OK, "K15 %s: one context, deleted once", tag);
        is_status(DeleteSecurityContext(way == 1 ? &other : &before), SEC_E_INVALID_HANDLE,
                  "K16 %s: and not twice", tag);
    }
}

/* phCredential counts on the first call; then it may be NULL, garbage, or freed. */
static void credentials(const char *provider, int tls)
{
    static const char *const words[] = {"NULL", "garbage", "freed"};
    for (int way = 0; way < 3; way++) {
        struct pair pair;
        struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls};
        CredHandle garbage = {1, 2}, *later[] = {NULL, &garbage, &pair.server.credential};
        CtxtHandle handle, *context = NULL;
        if (!pair_open(&pair, &options))
            continue;
        asc_hello(&pair);
        asc_turn(&pair, &asc, &pair.server.credential, &context, &handle, 0);
        if (way == 2) {
            is_status(FreeCredentialsHandle(&pair.server.credential), SEC_E_OK,
                      "D14 %s: the credential is freed while its context lives", tag);
            pair.server.has_credential = 0;
        }
        is_status(asc_turn(&pair, &asc, later[way], &context, &handle, 0), SEC_E_OK,
                  "S9 D14 %s: a later call's credential is %s", tag, words[way]);
        SecPkgContext_StreamSizes sizes;
        is_status(QueryContextAttributesA(&handle, SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK,
                  "S9 D14 %s: and the context serves (%s)", tag, words[way]);
        DeleteSecurityContext(&handle);
        pair_close(&pair);
    }
}

static void both_directions(const char *provider, int tls)
{
    struct pair pair;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls};
    PCCERT_CONTEXT cert = pair_certificate("server-rsa");
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = tls == 12 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2};
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = 1,
                            .paCred = &cert,
                            .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    CredHandle both;
    char package[64];
    pair_package(package, sizeof package, provider);
    int made = pair_open(&pair, &options);
    SECURITY_STATUS status =
        AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_BOTH, NULL, &data, NULL, NULL, &both, NULL);
    if (ok(made && status == SEC_E_OK, "S9 %s: a credential for both directions", tag)) {
        FreeCredentialsHandle(&pair.client.credential);
        FreeCredentialsHandle(&pair.server.credential);
        pair.client.credential = pair.server.credential = both;
        pair.server.has_credential = 0; /* freed once */
        is_status(pair_handshake(&pair), SEC_E_OK, "S9 %s: serves both ends", tag);
    }
    CertFreeCertificateContext(cert);
    pair_close(&pair);
}

/* ---- TargetDataRep, what may be NULL ---- */

static void ignored(struct pair *pair)
{
    static const ULONG representations[] = {0, SECURITY_NATIVE_DREP, 0xffffffff};
    for (size_t i = 0; i < 3; i++) {
        CredHandle *credential = &pair->server.credential;
        asc_hello(pair);
        asc_ready(&asc, &pair->client.out);
        asc.representation = representations[i];
        is_status(asc_call(&asc, credential, NULL, 0), SEC_I_CONTINUE_NEEDED,
                  "S14 %s: TargetDataRep 0x%x is not looked at", tag, (unsigned)representations[i]);
        DeleteSecurityContext(&asc.fresh);
    }
    asc_hello(pair);
    asc_ready(&asc, &pair->client.out);
    is_status(AcceptSecurityContext(&pair->server.credential, NULL, &asc.ins, 0, 0, &asc.fresh, &asc.outs,
                                    NULL, NULL),
              SEC_I_CONTINUE_NEEDED, "S14 %s: neither attributes nor time are wanted", tag);
    DeleteSecurityContext(&asc.fresh);
}

/* ---- pInput and pOutput ---- */

static void tokens(struct pair *pair)
{
    CredHandle *credential = &pair->server.credential;
    CtxtHandle handle, *context = NULL;
    static uint8_t wrong[] = {21, 3, 1, 0, 2, 2};
    asc_hello(pair);
    is_status(asc_turn(pair, &asc, credential, &context, &handle, ASC_REQ_ALLOCATE_MEMORY),
              SEC_I_CONTINUE_NEEDED, "S14 K32 %s: the first good call", tag);
    ok(asc.out[0].BufferType == SECBUFFER_TOKEN && asc.out[0].cbBuffer > 5 && asc.token[0] == 22,
       "S14 %s: a token to send", tag);
    ok(asc.out[1].BufferType == SECBUFFER_ALERT && asc.out[1].cbBuffer == 0, "S14 %s: and no alert", tag);
    is_status(asc_turn(pair, &asc, credential, &context, &handle, ASC_REQ_ALLOCATE_MEMORY), SEC_E_OK,
              "S9 K32 %s: the last", tag);
    ok(asc.out[0].BufferType == SECBUFFER_TOKEN && asc.out[0].cbBuffer > 5,
       "S9 K32 %s: a token to send comes with SEC_E_OK", tag);
    ok(asc.in[1].BufferType == SECBUFFER_EMPTY, "S9 %s: nothing is left", tag);
    DeleteSecurityContext(&handle);

    asc_hello(pair);
    flow_add(&pair->client.out, wrong, 4);
    asc_ready(&asc, &pair->client.out);
    is_status(asc_call(&asc, credential, NULL, 0), SEC_I_CONTINUE_NEEDED, "S14 W80 %s: four bytes too many",
              tag);
    ok(asc.in[1].BufferType == SECBUFFER_EXTRA && asc.in[1].cbBuffer == 4 &&
           asc.in[1].pvBuffer == pair->client.out.ptr + pair->client.out.len - 4,
       "W80 K4 K5 %s: the input's second buffer is EXTRA: the tail, where it lies", tag);
    ok(asc.out[0].BufferType == SECBUFFER_TOKEN && asc.out[1].BufferType == SECBUFFER_ALERT,
       "W80 %s: no output buffer is", tag);
    DeleteSecurityContext(&asc.fresh);
}

static const struct shape {
    const char *words;
    SECURITY_STATUS want;
    int no_input, no_output;
    ULONG version_in, version_out; /* 0: the right one */
    ULONG inputs, outputs;         /* cBuffers + 1; 0: the usual two */
    ULONG types[4];                /* of the buffers, 0: as usual; EMPTY is 1000 */
    ULONG slot;                    /* size of the second input */
} shapes[] = {
    {.words = "S1 no input", .want = SEC_E_INCOMPLETE_MESSAGE, .no_input = 1},
    {.words = "S5 no output", .want = SEC_E_INVALID_TOKEN, .no_output = 1},
    {.words = "S1 an input of no buffers", .want = SEC_E_INCOMPLETE_MESSAGE, .inputs = 1},
    {.words = "S5 an output of no buffers", .want = SEC_E_INVALID_TOKEN, .outputs = 1},
    {.words = "S5 an input of another version", .want = SEC_E_INVALID_TOKEN, .version_in = 1},
    {.words = "S5 an output of another version", .want = SEC_E_INVALID_TOKEN, .version_out = 1},
    {.words = "S5 an input of too many buffers", .want = SEC_E_INVALID_TOKEN, .inputs = 0x10000},
    {.words = "S1 an input without a TOKEN", .want = SEC_E_INCOMPLETE_MESSAGE, .types = {1000}},
    {.words = "S5 two TOKENs", .want = SEC_E_INVALID_TOKEN, .types = {0, SECBUFFER_TOKEN}},
    {.words = "S5 W40 an EMPTY buffer with a size", .want = SEC_E_INVALID_TOKEN, .slot = 7},
    {.words = "S5 an output without a TOKEN", .want = SEC_E_INVALID_TOKEN, .types = {0, 0, SECBUFFER_DATA}},
    {.words = "S5 a TOKEN that must not be written",
     .want = SEC_E_INVALID_TOKEN,
     .types = {0, 0, SECBUFFER_TOKEN | SECBUFFER_READONLY}},
    {.words = "S14 a TOKEN that must not be written is read",
     .want = SEC_I_CONTINUE_NEEDED,
     .types = {SECBUFFER_TOKEN | SECBUFFER_READONLY}},
    {.words = "K2 S14 an EMPTY output becomes the TOKEN",
     .want = SEC_I_CONTINUE_NEEDED,
     .types = {0, 0, 1000}},
    {.words = "S14 one input buffer", .want = SEC_I_CONTINUE_NEEDED, .inputs = 2},
    {.words = "S14 one output buffer", .want = SEC_I_CONTINUE_NEEDED, .outputs = 2},
    {.words = "S14 the TOKEN behind the EMPTY one", .want = SEC_I_CONTINUE_NEEDED, .types = {2000}},
};

static void set_shape(const struct shape *shape)
{
    SecBuffer *buffers[] = {&asc.in[0], &asc.in[1], &asc.out[0], &asc.out[1]};
    for (size_t i = 0; i < 4; i++)
        if (shape->types[i] && shape->types[i] != 2000)
            buffers[i]->BufferType = shape->types[i] == 1000 ? SECBUFFER_EMPTY : shape->types[i];
        else if (shape->types[i]) {
            SecBuffer first = asc.in[0];
            asc.in[0] = asc.in[1];
            asc.in[1] = first;
        }
    if (shape->types[0] == 1000)
        asc.in[0].cbBuffer = 0;
    asc.in[1].cbBuffer += shape->slot;
    if (shape->inputs)
        asc.ins.cBuffers = shape->inputs - 1;
    if (shape->outputs)
        asc.outs.cBuffers = shape->outputs - 1;
    asc.ins.ulVersion += shape->version_in;
    asc.outs.ulVersion += shape->version_out;
}

static void buffers(struct pair *pair)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const struct shape *shape = &shapes[i];
        asc_hello(pair);
        asc_ready(&asc, &pair->client.out);
        set_shape(shape);
        SECURITY_STATUS status = AcceptSecurityContext(
            &pair->server.credential, NULL, shape->no_input ? NULL : &asc.ins, 0, 0, &asc.fresh,
            shape->no_output ? NULL : &asc.outs, &asc.attributes, &asc.stamp);
        is_status(status, shape->want, "%s %s", shape->words, tag);
        is_int(asc.attributes, ALWAYS, "K10 D1 %s %s: the attributes are written", shape->words, tag);
        if (status >= 0) {
            ok(asc.out[0].BufferType == SECBUFFER_TOKEN && asc.out[0].cbBuffer > 5, "%s %s: a token",
               shape->words, tag);
            DeleteSecurityContext(&asc.fresh);
        } else {
            ok(asc.fresh.dwLower == UNTOUCHED && asc.out[0].cbBuffer == sizeof asc.token,
               "D17 K8 %s %s: nothing else is", shape->words, tag);
        }
    }
}

/* A server's list of protocols stands right behind the TOKEN, built by hand (W46). */
static void protocols(struct pair *pair)
{
    static const struct {
        const char *words, *bytes;
        ULONG len;
        SECURITY_STATUS want;
        const char *negotiated;
    } lists[] = {
        {"http/1.1, h2", "\x12\0\0\0\2\0\0\0\x0c\0\x08http/1.1\x02h2", 22, SEC_I_CONTINUE_NEEDED, "http/1.1"},
        {"h2, http/1.1", "\x12\0\0\0\2\0\0\0\x0c\0\x02h2\x08http/1.1", 22, SEC_I_CONTINUE_NEEDED, "h2"},
        {"with the structure's padding", "\x09\0\0\0\2\0\0\0\3\0\x02h2\0\0", 15, SEC_I_CONTINUE_NEEDED, "h2"},
        {"NPN alone", "\x09\0\0\0\1\0\0\0\3\0\x02h2", 13, SEC_I_CONTINUE_NEEDED, ""},
        {"size beyond the buffer", "\x12\0\0\0\2\0\0\0\3\0\x02h2", 13, SEC_E_INVALID_TOKEN, NULL},
        {"length beyond the list", "\x09\0\0\0\2\0\0\0\7\0\x02h2", 13, SEC_E_INVALID_TOKEN, NULL},
        {"entry beyond the list", "\x09\0\0\0\2\0\0\0\3\0\x03h2", 13, SEC_E_INVALID_TOKEN, NULL},
        {"an empty entry", "\x07\0\0\0\2\0\0\0\1\0\0", 11, SEC_E_INVALID_TOKEN, NULL},
        {"one byte short", "\x09\0\0\0\2\0\0\0\3\0\x02h2", 12, SEC_E_INVALID_TOKEN, NULL},
        {"four bytes", "\4\0\0\0", 4, SEC_E_INVALID_TOKEN, NULL},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        CtxtHandle handle, *context = NULL;
        CredHandle *credential = &pair->server.credential;
        SecPkgContext_ApplicationProtocol got;
        asc_hello(pair);
        asc_ready(&asc, &pair->client.out);
        asc.in[1] =
            (SecBuffer){lists[i].len, SECBUFFER_APPLICATION_PROTOCOLS, (void *)(uintptr_t)lists[i].bytes};
        is_status(asc_call(&asc, credential, NULL, 0), lists[i].want, "W46 K36 %s: %s", tag, lists[i].words);
        if (!lists[i].negotiated)
            continue;
        handle = asc.fresh;
        context = &handle;
        flow_drop(&pair->client.out, pair->client.out.len);
        flow_add(&pair->client.in, asc.token, asc.out[0].cbBuffer);
        pair_step(&pair->client, pair->client.in.len);
        is_status(asc_turn(pair, &asc, credential, &context, &handle, 0), SEC_E_OK, "W46 %s: %s: accepted",
                  tag, lists[i].words);
        memset(&got, 0x55, sizeof got);
        is_status(QueryContextAttributesA(&handle, SECPKG_ATTR_APPLICATION_PROTOCOL, &got), SEC_E_OK,
                  "W47 K36 %s: %s: asked", tag, lists[i].words);
        ok(*lists[i].negotiated
               ? got.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success &&
                     got.ProtoNegoExt == SecApplicationProtocolNegotiationExt_ALPN &&
                     got.ProtocolIdSize == strlen(lists[i].negotiated) &&
                     memcmp(got.ProtocolId, lists[i].negotiated, got.ProtocolIdSize) == 0
               : got.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_None && !got.ProtocolIdSize,
           "W46 W47 K36 %s: %s: '%s'", tag, lists[i].words, lists[i].negotiated);
        DeleteSecurityContext(&handle);
    }
}

static void each(const char *provider, int tls)
{
    struct pair pair, wants;
    struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls};
    struct pair_options alpn = {FULL_HANDSHAKES, .provider = provider, .tls = tls,
                                .client_alpn = "h2 http/1.1"};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    if (ok(pair_open(&pair, &options), "%s: credentials", tag)) {
        flags(&pair);
        stamps(&pair);
        new_context(&pair);
        ignored(&pair);
        tokens(&pair);
        buffers(&pair);
    }
    pair_close(&pair);
    if (ok(pair_open(&wants, &alpn), "%s: credentials", tag))
        protocols(&wants);
    pair_close(&wants);
    credentials(provider, tls);
    both_directions(provider, tls);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
