/* SPDX-License-Identifier: MIT
 *
 * EncryptMessage and DecryptMessage.  The usual call takes no lock beside the context's, allocates nothing
 * and copies nothing: three checks, the provider, one look at what came back. */
#include <config.h>

#include "core/context.h"

#define LOG_AREA "message"
#include "core/datagram.h"
#include "core/forms.h"
#include "core/handle.h"
#include "core/log.h"
#include "core/message.h"
#include "core/record.h"
#include "core/status.h"

#include <string.h>

/* A message has some 170 instructions of the core's to spend: what every one needs is one run of code, what
 * few need stays out of its way. */
#define USUAL inline __attribute__((always_inline))
#define RARE  __attribute__((noinline, cold))

/* D15: before completion there is nothing to seal with; later the context says why it ended. */
static RARE SECURITY_STATUS not_open(const struct context *context)
{
    return context->state == CONTEXT_DEAD && (context->flags & CONTEXT_WAS_OPEN) ? context->death
                                                                                 : SEC_E_INVALID_HANDLE;
}

static RARE SECURITY_STATUS distrust(struct context *context, const char *what)
{
    log_error("%s: %s", context->provider->name, what);
    return handshake_refuse(context, 0, SEC_E_INTERNAL_ERROR);
}

/* seal() or unseal() failed: the context ends.  What the library would say to the peer leaves with the next ISC or
 * ASC, if that asks for it: here is no room for output. */
static RARE SECURITY_STATUS end(struct context *context)
{
    struct sspi_failure failure;
    SECURITY_STATUS status = handshake_failure(context, &failure);
    if (failure.alert == TLS1_ALERT_BAD_RECORD_MAC || failure.why == SSPI_WHY_BAD_RECORD_MAC)
        status = SEC_E_MESSAGE_ALTERED; /* D4 */
    if (!failure.alert_received && !context->datagram && !(context->flags & CONTEXT_CLOSE_SENT))
        context->flags |= CONTEXT_LAST_WORDS;
    return handshake_refuse(context, 0, status < 0 ? status : SEC_E_INTERNAL_ERROR);
}

/* ---- EncryptMessage ---- */

/* Is header, data, trailer one record of what was to be sealed?  Its length field, which ends the first `base`
 * octets, must equal the sum. */
static USUAL int sealed(const struct context *context, const struct sspi_record *record, ULONG data,
                        ULONG room, size_t base)
{
    size_t body = context->header - base + record->data_len + record->trailer_len;
    return record->header_len == context->header && record->data_len == data && record->trailer_len <= room &&
           record->header[0] == RECORD_DATA &&
           ((size_t)record->header[base - 2] << 8 | record->header[base - 1]) == body;
}

static RARE SECURITY_STATUS not_sealed(struct context *context, enum sspi_status status)
{
    switch (status) {
    case SSPI_WANT_FLUSH:
        return SEC_E_OUT_OF_SEQUENCE; /* D14 */
    case SSPI_UNSUPPORTED:
        return SEC_E_UNSUPPORTED_FUNCTION;
    case SSPI_FAILED:
        return end(context);
    default:
        return distrust(context, "answers what seal() cannot answer");
    }
}

static USUAL SECURITY_STATUS seal(struct context *context, struct buffers_seal *pieces, size_t base)
{
    if (pieces->header->cbBuffer < context->header || pieces->trailer->cbBuffer < context->trailer)
        return SEC_E_BUFFER_TOO_SMALL;
    if (pieces->data->cbBuffer > context->message_max)
        return SEC_E_INVALID_PARAMETER; /* D15 */
    if (pieces->data->cbBuffer < context->seal_min)
        return SEC_E_UNSUPPORTED_FUNCTION;
    struct sspi_record record = {
        .header = pieces->header->pvBuffer,
        .data = pieces->data->pvBuffer,
        .trailer = pieces->trailer->pvBuffer,
        .header_len = context->header,
        .data_len = pieces->data->cbBuffer,
        .trailer_len = pieces->trailer->cbBuffer,
    };
    ULONG data = pieces->data->cbBuffer, room = pieces->trailer->cbBuffer;
    enum sspi_status status = context->seal(context->session, &record);
    if (__builtin_expect(status != SSPI_OK, 0))
        return not_sealed(context, status);
    if (__builtin_expect(!sealed(context, &record, data, room, base), 0))
        return distrust(context, "sealed something that is not the record asked for");
    pieces->header->cbBuffer = context->header;
    pieces->trailer->cbBuffer = (ULONG)record.trailer_len;
    return SEC_E_OK;
}

static RARE SECURITY_STATUS encrypt_other(struct context *context, ULONG qop, SecBufferDesc *message)
{
    struct buffers_seal pieces;
    if (context->state != CONTEXT_OPEN_DATAGRAM)
        return not_open(context);
    if (qop)
        return SEC_E_QOP_NOT_SUPPORTED;
    if (context->flags & CONTEXT_CLOSE_SENT)
        return SEC_E_CONTEXT_EXPIRED;
    SECURITY_STATUS status = buffers_seal(message, &pieces);
    return status == SEC_E_OK ? seal(context, &pieces, RECORD_HEADER_DTLS) : status;
}

SECURITY_STATUS message_encrypt(const CtxtHandle *handle, ULONG qop, SecBufferDesc *message)
{
    void *object;
    struct buffers_seal pieces;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    struct context *context = object;
    SECURITY_STATUS status;
    if (context->state != CONTEXT_OPEN)
        status = encrypt_other(context, qop, message);
    else if (qop)
        status = SEC_E_QOP_NOT_SUPPORTED;
    else if (context->flags & CONTEXT_CLOSE_SENT)
        status = SEC_E_CONTEXT_EXPIRED;
    else if ((status = buffers_seal(message, &pieces)) == SEC_E_OK)
        status = seal(context, &pieces, RECORD_HEADER);
    handle_unlock(slot);
    return status;
}

/* ---- DecryptMessage ---- */

/* K24: what is missing stands in both places that programs look at; the input stays as it was. */
static SECURITY_STATUS incomplete(struct buffers_open *open, size_t missing)
{
    for (int i = 0; i < 2; i++) {
        open->slot[i]->BufferType = SECBUFFER_MISSING;
        open->slot[i]->cbBuffer = (ULONG)missing;
    }
    return SEC_E_INCOMPLETE_MESSAGE;
}

/* K26: a record without application data was consumed, but shows as EXTRA for the next ISC or ASC; how to
 * know it then stands in the context. */
static RARE SECURITY_STATUS show_again(struct context *context, struct buffers_open *open,
                                       struct opened *opened, uint64_t tail)
{
    context->skip = (uint32_t)opened->len;
    memcpy(context->skip_header, opened->record, sizeof context->skip_header);
    memcpy(context->skip_tail, &tail, sizeof context->skip_tail);
    memset(opened->record + RECORD_HEADER, 0, opened->len - RECORD_HEADER);
    context->flags |= CONTEXT_POST;
    opened->data = 0;
    message_show(open, opened, opened->record);
    return SEC_I_RENEGOTIATE;
}

static RARE SECURITY_STATUS closed(struct context *context, struct buffers_open *open, struct opened *opened)
{
    context->flags |= CONTEXT_CLOSE_GOT;
    opened->data = 0;
    message_show(open, opened, opened->record + opened->len);
    return SEC_I_CONTEXT_EXPIRED; /* K28 */
}

/* Beside data: the program went on without ISC or ASC, or a library gave a ticket and data at once. */
static RARE void opened_beside(struct context *context, uint32_t events)
{
    context->skip = 0;
    context->flags &= ~(uint32_t)CONTEXT_POST;
    if (events & SSPI_EVENT_TICKET)
        sessions_keep(context);
}

/* K27: a HelloRequest shows as a record without data, and is not EXTRA. */
static RARE SECURITY_STATUS show_request(struct context *context, struct buffers_open *open,
                                         struct opened *opened)
{
    context->skip = 0;
    context->flags |= CONTEXT_POST;
    opened->data = 0;
    message_show(open, opened, opened->record + opened->len);
    return SEC_I_RENEGOTIATE;
}

/* A record of a new handshake (core/redo.c): as it came, for ISC or ASC. */
static RARE SECURITY_STATUS show_closed(struct context *context, struct buffers_open *open,
                                        struct opened *opened)
{
    context->skip = 0;
    context->flags |= CONTEXT_POST;
    opened->header = RECORD_HEADER;
    opened->data = 0;
    message_show(open, opened, opened->record);
    return SEC_I_RENEGOTIATE;
}

/* ISC or ASC had to open this record to learn that it is data. */
static RARE SECURITY_STATUS show_ahead(struct context *context, struct buffers_open *open,
                                       struct opened *opened)
{
    struct bytes *ahead = &context->opening->ahead;
    opened->len = context->skip;
    opened->header = context->header;
    opened->data = ahead->len;
    if (ahead->len)
        memcpy(opened->record + opened->header, ahead->ptr, ahead->len);
    bytes_wipe(ahead);
    context->skip = 0;
    context->flags &= ~(uint32_t)(CONTEXT_AHEAD | CONTEXT_POST);
    message_show(open, opened, opened->record + opened->len);
    return SEC_E_OK;
}

static RARE SECURITY_STATUS not_opened(struct context *context, struct buffers_open *open,
                                       struct opened opened, uint64_t tail, enum sspi_status status,
                                       uint32_t events)
{
    switch (status) {
    case SSPI_WANT_RECORD:
        redo_note(context, events);
        return events & SSPI_EVENT_HELLO_REQUEST ? show_request(context, open, &opened)
                                                 : show_again(context, open, &opened, tail);
    case SSPI_CLOSED:
        return closed(context, open, &opened);
    case SSPI_FAILED:
        return end(context);
    default:
        return distrust(context, "answers what unseal() cannot answer");
    }
}

static USUAL SECURITY_STATUS unseal(struct context *context, struct buffers_open *open, struct opened *opened)
{
    uint64_t tail = 0; /* what the record ends with, to know it again (K26) */
    if (__builtin_expect(opened->len >= RECORD_HEADER + sizeof tail, 1))
        memcpy(&tail, opened->record + opened->len - sizeof tail, sizeof tail);
    opened->header = context->header < opened->len ? context->header : RECORD_HEADER;
    struct sspi_record record = {
        .header = opened->record,
        .data = opened->record + opened->header,
        .header_len = opened->header,
        .data_len = opened->len - opened->header,
    };
    size_t most = record.data_len;
    enum sspi_status status = context->unseal(context->session, &record);
    if (__builtin_expect(status == SSPI_OK, 1)) {
        if (record.data_len > most || record.data != opened->record + opened->header)
            return distrust(context, "opened more than the record held");
        opened->data = record.data_len;
        if (__builtin_expect((context->flags & CONTEXT_POST) | record.events, 0))
            opened_beside(context, record.events);
        message_show(open, opened, opened->record + opened->len);
        return SEC_E_OK;
    }
    if (status == SSPI_WANT_RECORD && (record.events & SSPI_EVENT_TICKET))
        sessions_keep(context);
    return not_opened(context, open, *opened, tail, status, record.events);
}

/* What is no whole record of application data. */
static RARE SECURITY_STATUS open_other(struct context *context, struct buffers_open *open,
                                       struct opened *opened)
{
    struct record record;
    size_t len = (size_t)(opened->end - opened->record);
    if (!len)
        return incomplete(open, RECORD_HEADER);
    switch (record_read(opened->record, len, 0, &record)) {
    case RECORD_SHORT:
        return incomplete(open, record.missing);
    case RECORD_BAD:
        return handshake_refuse(context, 0, SEC_E_MESSAGE_ALTERED); /* D4 */
    case RECORD_WHOLE:
        break;
    }
    opened->len = record.len;
    if (redo_shows(context, record.type))
        return show_closed(context, open, opened);
    if (record.type == RECORD_HANDSHAKE && (context->flags & CONTEXT_SERVER) && context->version < 0x0304)
        return handshake_refuse(context, 0, SEC_E_ILLEGAL_MESSAGE); /* renegotiation is not allowed */
    return unseal(context, open, opened);
}

static USUAL SECURITY_STATUS open_first(struct context *context, struct buffers_open *open)
{
    struct opened opened = {.record = open->slot[0]->pvBuffer};
    size_t len = open->slot[0]->cbBuffer;
    opened.end = opened.record + len;
    if (__builtin_expect(context->skip, 0) &&
        context_skips(context, (struct sspi_bytes){opened.record, len})) {
        if (context->flags & CONTEXT_AHEAD)
            return show_ahead(context, open, &opened);
        opened.record += context->skip; /* the program went on without giving it to ISC or ASC */
        len -= context->skip;
    }
    opened.len = record_of_data(opened.record, len);
    return __builtin_expect(opened.len != 0, 1) ? unseal(context, open, &opened)
                                                : open_other(context, open, &opened);
}

SECURITY_STATUS message_decrypt(const CtxtHandle *handle, SecBufferDesc *message)
{
    void *object;
    struct buffers_open open;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    struct context *context = object;
    SECURITY_STATUS status;
    if (context->state != CONTEXT_OPEN)
        status = context->state == CONTEXT_OPEN_DATAGRAM ? datagram_decrypt(context, message)
                                                         : not_open(context);
    else if ((status = buffers_open(message, &open)) == SEC_E_OK)
        status = context->flags & CONTEXT_CLOSE_GOT ? SEC_I_CONTEXT_EXPIRED : open_first(context, &open);
    handle_unlock(slot);
    return status;
}
