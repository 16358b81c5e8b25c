/* SPDX-License-Identifier: MIT
 *
 * DecryptMessage of DTLS: one record of one datagram.  What is forged, replayed or cut costs that datagram
 * and nothing else (D4): the caller's buffers stay as they were, and it throws the datagram away. */
#include <config.h>

#include "core/datagram.h"

#define LOG_AREA "message"
#include "core/log.h"
#include "core/message.h"
#include "core/record.h"

#include <string.h>

#define WINDOW 64u

/* ---- which records have been here ---- */

/* Too old to know, or opened before. */
static int is_seen(const struct datagram *datagram, uint64_t sequence)
{
    uint64_t behind = datagram->top - sequence;
    if (!datagram->window || sequence > datagram->top)
        return 0;
    return behind >= WINDOW || datagram->window >> behind & 1;
}

static void see(struct datagram *datagram, uint64_t sequence)
{
    if (sequence > datagram->top || !datagram->window) {
        uint64_t ahead = sequence - datagram->top;
        datagram->window = datagram->window && ahead < WINDOW ? datagram->window << ahead : 0;
        datagram->top = sequence;
    }
    if (datagram->top - sequence < WINDOW)
        datagram->window |= UINT64_C(1) << (datagram->top - sequence);
}

/* ---- DecryptMessage ---- */

static SECURITY_STATUS fail(struct context *context)
{
    struct sspi_failure failure;
    SECURITY_STATUS status = handshake_failure(context, &failure);
    return handshake_refuse(context, 0, status < 0 ? status : SEC_E_INTERNAL_ERROR);
}

static SECURITY_STATUS distrust(struct context *context, const char *what)
{
    log_error("%s: %s", context->provider->name, what);
    return handshake_refuse(context, 0, SEC_E_INTERNAL_ERROR);
}

/* A record of the handshake.  From a peer that has not seen our last flight: the program gives it to ISC or
 * ASC, as after any SEC_I_RENEGOTIATE, which answers it.  From any other: late, and of no use. */
static SECURITY_STATUS repeated(struct context *context, struct buffers_open *open, struct opened *opened)
{
    if (!context->datagram->last.len)
        return SEC_E_OUT_OF_SEQUENCE;
    opened->len = opened->header = RECORD_HEADER_DTLS;
    opened->data = 0;
    message_show(open, opened, opened->record);
    context->flags |= CONTEXT_POST;
    return SEC_I_RENEGOTIATE;
}

static SECURITY_STATUS unseal(struct context *context, struct buffers_open *open, struct opened *opened,
                              uint64_t sequence)
{
    struct datagram *datagram = context->datagram;
    opened->header = context->header < opened->len ? context->header : RECORD_HEADER_DTLS;
    struct sspi_record record = {
        .header = opened->record,
        .data = opened->record + opened->header,
        .header_len = opened->header,
        .data_len = opened->len - opened->header,
    };
    size_t most = record.data_len;
    enum sspi_status status = context->unseal(context->session, &record);
    opened->data = status == SSPI_OK ? record.data_len : 0;
    switch (status) {
    case SSPI_OK:
        if (record.data_len > most || record.data != opened->record + opened->header)
            return distrust(context, "opened more than the record held");
        datagram_forget(datagram); /* who sends data has seen our last flight */
        break;
    case SSPI_CLOSED:
        context->flags |= CONTEXT_CLOSE_GOT;
        break;
    case SSPI_WANT_RECORD:
        if (!(record.events & SSPI_EVENT_WARNING))
            return is_seen(datagram, sequence) ? SEC_E_OUT_OF_SEQUENCE : SEC_E_MESSAGE_ALTERED;
        break;
    case SSPI_FAILED:
        return fail(context);
    default:
        return distrust(context, "answers what unseal() cannot answer");
    }
    see(datagram, sequence);
    message_show(open, opened, opened->record + opened->len);
    return status == SSPI_CLOSED ? SEC_I_CONTEXT_EXPIRED : SEC_E_OK;
}

SECURITY_STATUS datagram_decrypt(struct context *context, SecBufferDesc *message)
{
    struct buffers_open open;
    struct record record;
    SECURITY_STATUS status = buffers_open(message, &open);
    if (status != SEC_E_OK)
        return status;
    if (context->flags & CONTEXT_CLOSE_GOT)
        return SEC_I_CONTEXT_EXPIRED;
    struct opened opened = {.record = open.slot[0]->pvBuffer};
    size_t len = open.slot[0]->cbBuffer;
    if (record_read(opened.record, len, 1, &record) != RECORD_WHOLE)
        return SEC_E_MESSAGE_ALTERED; /* no other datagram brings what this one lacks */
    opened.end = opened.record + len;
    opened.len = record.len;
    if (record.type == RECORD_HANDSHAKE || record.type == RECORD_CCS)
        return repeated(context, &open, &opened);
    if (!(record.sequence >> 48))
        return SEC_E_MESSAGE_ALTERED; /* in the clear: anybody's */
    if (context->datagram->window && record.sequence <= context->datagram->top &&
        context->datagram->top - record.sequence < WINDOW && is_seen(context->datagram, record.sequence))
        return SEC_E_OUT_OF_SEQUENCE;
    return unseal(context, &open, &opened, record.sequence);
}

/* ---- MTU ---- */

/* D3: no more than one datagram holds. */
void datagram_limit(struct context *context)
{
    if (!context->datagram)
        return;
    uint32_t room = context->datagram->mtu - (uint32_t)context->header - context->trailer;
    if (context->message_max > room)
        context->message_max = room;
}

SECURITY_STATUS datagram_get_mtu(struct context *context, void *out, enum form form)
{
    (void)form;
    if (!context->datagram)
        return SEC_E_UNSUPPORTED_FUNCTION;
    memcpy(out, &context->datagram->mtu, sizeof context->datagram->mtu);
    return SEC_E_OK;
}

/* Flights are the library's to cut; messages are cut here. */
SECURITY_STATUS datagram_set_mtu(struct context *context, const void *in)
{
    const struct sspi_provider *api = &context->provider->api;
    struct sspi_conn conn = {.size = sizeof conn};
    uint16_t mtu;
    memcpy(&mtu, in, sizeof mtu);
    if (!context->datagram)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (mtu < DATAGRAM_MTU_MIN)
        return SEC_E_INVALID_PARAMETER;
    int open = context->state == CONTEXT_OPEN_DATAGRAM;
    if (context->session && api->set_mtu ? api->set_mtu(context->session, mtu) != SSPI_OK
                                         : context->session && !open)
        return SEC_E_UNSUPPORTED_FUNCTION;
    context->datagram->mtu = mtu;
    if (open && api->describe(context->session, &conn) == SSPI_OK) {
        context->message_max = conn.plaintext_max && conn.plaintext_max < 16384 ? conn.plaintext_max : 16384;
        datagram_limit(context);
    }
    return SEC_E_OK;
}
