/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/channel.h"

#include <stdlib.h>
#include <string.h>

#define RECORD_ALERT 21

/* ---- the channel ---- */

#define SERVER_REQUEST                                                                                       \
    (ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONFIDENTIALITY | ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT |   \
     ASC_REQ_STREAM | ASC_REQ_EXTENDED_ERROR)
#define CLIENT_REQUEST                                                                                       \
    (ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT |   \
     ISC_REQ_STREAM | ISC_REQ_EXTENDED_ERROR | ISC_REQ_USE_SUPPLIED_CREDS)

void channel_server(struct channel *c, CredHandle *credential)
{
    memset(c, 0, sizeof *c);
    c->credential = credential;
    c->server = 1;
    c->renewals_allowed = ~0u;
    c->request = SERVER_REQUEST;
}

void channel_client(struct channel *c, CredHandle *credential, const char *target)
{
    memset(c, 0, sizeof *c);
    c->credential = credential;
    c->target = target;
    c->renewals_allowed = ~0u;
    c->request = CLIENT_REQUEST;
}

static void channel_wipe(struct buffer *plain)
{
    if (plain->ptr)
        SecureZeroMemory(plain->ptr, plain->cap);
    buffer_free(plain);
}

static void channel_fail(struct channel *c, SECURITY_STATUS status)
{
    c->state = CHANNEL_FAILED;
    c->status = status;
}

/* One call of AcceptSecurityContext or InitializeSecurityContext: the token goes to `out`. */
static SECURITY_STATUS channel_call(struct channel *c, SecBufferDesc *input)
{
    SecBuffer tokens[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}};
    SecBufferDesc output = {SECBUFFER_VERSION, 2, tokens};
    PCtxtHandle context = c->have_context ? &c->context : NULL;
    SECURITY_STATUS status;
    unsigned i;

    status = c->server
                 ? AcceptSecurityContext(c->credential, context, input, c->request, 0, &c->context, &output,
                                         &c->attributes, NULL)
                 : InitializeSecurityContextA(c->credential, context, (SEC_CHAR *)c->target, c->request, 0, 0,
                                              input, 0, &c->context, &output, &c->attributes, NULL);
    /* A first call that fails or lacks data has made no context. */
    if (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED)
        c->have_context = 1;
    if (tokens[0].cbBuffer && tokens[0].pvBuffer &&
        buffer_append(&c->out, tokens[0].pvBuffer, tokens[0].cbBuffer) != 0)
        status = SEC_E_INSUFFICIENT_MEMORY;
    for (i = 0; i < 2; i++)
        if (tokens[i].pvBuffer)
            FreeContextBuffer(tokens[i].pvBuffer);
    return status;
}

/* One step of the handshake, or of what comes after it (tickets, key updates): hands over what is in
 * `in` and keeps what SECBUFFER_EXTRA says is left. */
static SECURITY_STATUS channel_shake(struct channel *c)
{
    ULONG length = (ULONG)buffer_length(&c->in);
    SecBuffer tokens[3] = {{length, SECBUFFER_TOKEN, length ? buffer_bytes(&c->in) : NULL},
                           {0, SECBUFFER_EMPTY, NULL},
                           {c->alpn_length, SECBUFFER_APPLICATION_PROTOCOLS, (void *)c->alpn}};
    SecBufferDesc input = {SECBUFFER_VERSION, c->alpn && !c->have_context ? 3u : 2u, tokens};
    SECURITY_STATUS status;

    if (!c->server && !c->have_context) { /* a client's first call has no token, at most protocols */
        SecBufferDesc first = {SECBUFFER_VERSION, 1, &tokens[2]};
        return channel_call(c, c->alpn ? &first : NULL);
    }
    status = channel_call(c, &input);
    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return status;
    buffer_drop(&c->in, tokens[1].BufferType == SECBUFFER_EXTRA ? length - tokens[1].cbBuffer : length);
    return status;
}

static void channel_handshake(struct channel *c)
{
    SECURITY_STATUS status;

    if (buffer_length(&c->in) == 0 && (c->server || c->have_context))
        return;
    status = channel_shake(c);
    switch (status) {
    case SEC_E_OK:
        status = QueryContextAttributesA(&c->context, SECPKG_ATTR_STREAM_SIZES, &c->sizes);
        if (status == SEC_E_OK)
            c->state = CHANNEL_OPEN;
        else
            channel_fail(c, status);
        break;
    case SEC_I_CONTINUE_NEEDED:
    case SEC_E_INCOMPLETE_MESSAGE:
        break;
    default:
        channel_fail(c, status);
    }
}

/* The sizes may be others now, and what could not be written meanwhile can. */
static SECURITY_STATUS channel_renewed(struct channel *c)
{
    struct buffer waiting = c->waiting;
    SECURITY_STATUS status = QueryContextAttributesA(&c->context, SECPKG_ATTR_STREAM_SIZES, &c->sizes);

    memset(&c->waiting, 0, sizeof c->waiting);
    if (status == SEC_E_OK && buffer_length(&waiting) &&
        channel_write(c, buffer_bytes(&waiting), buffer_length(&waiting)) != 0)
        status = c->status;
    channel_wipe(&waiting);
    return status;
}

/* Up to TLS 1.2 SEC_I_RENEGOTIATE is a new handshake or a warning, later it is a ticket or a new key. */
static int channel_renews(struct channel *c)
{
    SecPkgContext_CipherInfo info = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1};
    int warning = buffer_length(&c->in) && *buffer_bytes(&c->in) == RECORD_ALERT;

    return !warning && QueryContextAttributesA(&c->context, SECPKG_ATTR_CIPHER_INFO, &info) == SEC_E_OK &&
           info.dwProtocol < 0x0304;
}

/* Opens one record.  1: there may be more to do; 0: wait for more ciphertext. */
static int channel_decrypt(struct channel *c)
{
    ULONG length = (ULONG)buffer_length(&c->in), left = 0;
    SecBuffer b[4] = {{length, SECBUFFER_DATA, buffer_bytes(&c->in)},
                      {0, SECBUFFER_EMPTY, NULL},
                      {0, SECBUFFER_EMPTY, NULL},
                      {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc message = {SECBUFFER_VERSION, 4, b};
    SECURITY_STATUS status = DecryptMessage(&c->context, &message, 0, NULL);
    unsigned i;
    int renews;

    if (status == SEC_E_INCOMPLETE_MESSAGE)
        return 0;
    for (i = 0; i < 4 && status >= 0; i++) { /* a failure leaves ciphertext in place */
        if (b[i].BufferType == SECBUFFER_DATA && b[i].cbBuffer &&
            buffer_append(&c->plain, b[i].pvBuffer, b[i].cbBuffer) != 0)
            status = SEC_E_INSUFFICIENT_MEMORY;
        if (b[i].BufferType == SECBUFFER_EXTRA)
            left = b[i].cbBuffer;
    }
    if (status >= 0)
        buffer_drop(&c->in, length - left);
    switch (status) {
    case SEC_E_OK:
        return 1;
    case SEC_I_CONTEXT_EXPIRED:
        c->state = CHANNEL_CLOSED;
        return 0;
    case SEC_I_RENEGOTIATE: /* a ticket, a key update, a hello: what is left goes back to the handshake */
        renews = channel_renews(c);
        if (renews && !c->renewing && c->renewals >= c->renewals_allowed) {
            (void)channel_alert(c, TLS1_ALERT_NO_RENEGOTIATION);
            channel_fail(c, SEC_I_RENEGOTIATE);
            return 0;
        }
        status = channel_shake(c);
        c->renewing = status == SEC_I_CONTINUE_NEEDED;
        if (status == SEC_E_OK) {
            c->renewals += (unsigned)renews;
            status = channel_renewed(c);
        }
        if (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED)
            return 1; /* what it left is for DecryptMessage again */
        if (status == SEC_E_INCOMPLETE_MESSAGE)
            return 0;
        break;
    default: /* the alert for what could not be opened: DecryptMessage has no room for it */
        channel_call(c, NULL);
        break;
    }
    channel_fail(c, status);
    return 0;
}

void channel_run(struct channel *c)
{
    if (c->state == CHANNEL_HANDSHAKE)
        channel_handshake(c);
    while (c->state == CHANNEL_OPEN && buffer_length(&c->in) && channel_decrypt(c))
        ;
}

int channel_write(struct channel *c, const void *bytes, size_t length)
{
    const unsigned char *from = bytes;

    while (length) {
        ULONG part = (ULONG)(length < c->sizes.cbMaximumMessage ? length : c->sizes.cbMaximumMessage);
        size_t room = (size_t)c->sizes.cbHeader + part + c->sizes.cbTrailer;
        unsigned char *to = buffer_reserve(&c->out, room);
        SecBuffer b[4];
        SecBufferDesc message = {SECBUFFER_VERSION, 4, b};

        if (!to) {
            c->status = SEC_E_INSUFFICIENT_MEMORY;
            return -1;
        }
        /* Header, data and trailer side by side: sealed in place, ready to send. */
        memcpy(to + c->sizes.cbHeader, from, part);
        b[0] = (SecBuffer){c->sizes.cbHeader, SECBUFFER_STREAM_HEADER, to};
        b[1] = (SecBuffer){part, SECBUFFER_DATA, to + c->sizes.cbHeader};
        b[2] = (SecBuffer){c->sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, to + c->sizes.cbHeader + part};
        b[3] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
        c->status = EncryptMessage(&c->context, 0, &message, 0);
        if (c->status == SEC_E_OUT_OF_SEQUENCE && c->renewing) /* not every library writes amid a handshake */
            return buffer_append(&c->waiting, from, length);
        if (c->status != SEC_E_OK)
            return -1;
        c->out.end += b[0].cbBuffer + b[1].cbBuffer + b[2].cbBuffer;
        from += part;
        length -= part;
    }
    return 0;
}

/* A control token, and the call that puts out what it asks for. */
static SECURITY_STATUS channel_control(struct channel *c, void *token, ULONG size)
{
    SecBuffer control = {size, SECBUFFER_TOKEN, token};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &control};
    SECURITY_STATUS status;

    if (c->closing || !c->have_context || c->state == CHANNEL_FAILED)
        return SEC_E_OUT_OF_SEQUENCE;
    status = ApplyControlToken(&c->context, &input);
    if (status == SEC_E_OK)
        status = channel_call(c, NULL);
    c->closing = status == SEC_E_OK;
    return status;
}

SECURITY_STATUS channel_alert(struct channel *c, DWORD number)
{
    SCHANNEL_ALERT_TOKEN token = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, number};

    return channel_control(c, &token, sizeof token);
}

void channel_close(struct channel *c)
{
    DWORD token = SCHANNEL_SHUTDOWN;

    (void)channel_control(c, &token, sizeof token);
    c->closing = 1; /* once, whatever came of it */
}

void channel_free(struct channel *c)
{
    if (c->have_context)
        DeleteSecurityContext(&c->context);
    buffer_free(&c->in);
    buffer_free(&c->out);
    channel_wipe(&c->plain);
    channel_wipe(&c->waiting);
    c->have_context = 0;
}

/* ---- ALPN ---- */

void *channel_alpn(const char *list, ULONG *length)
{
    /* u32 size of what follows, u32 extension, u16 size of the list, then {u8 length, octets} each. */
    size_t text = strlen(list), total = 4 + 4 + 2 + text + 1;
    unsigned char *blob, *at;
    ULONG lists_size, extension = SecApplicationProtocolNegotiationExt_ALPN;
    unsigned short list_size;

    if (text == 0 || text > 1024 || !(blob = malloc(total)))
        return NULL;
    at = blob + 10;
    while (*list) {
        size_t name = strcspn(list, ",");
        if (name == 0 || name > 255 || (list[name] == ',' && !list[name + 1])) {
            free(blob);
            return NULL;
        }
        *at++ = (unsigned char)name;
        memcpy(at, list, name);
        at += name;
        list += name + (list[name] == ',');
    }
    list_size = (unsigned short)(at - (blob + 10));
    lists_size = (ULONG)(4 + 2 + list_size);
    memcpy(blob, &lists_size, 4);
    memcpy(blob + 4, &extension, 4);
    memcpy(blob + 8, &list_size, 2);
    *length = lists_size + 4;
    return blob;
}
