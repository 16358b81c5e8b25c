/* SPDX-License-Identifier: MIT
 *
 * InitializeSecurityContext and AcceptSecurityContext of DTLS.  A datagram that makes no sense is as good as
 * lost (RFC 6347 4.1.2.7): the call says SEC_I_CONTINUE_NEEDED and puts nothing out. */
#include <config.h>

#include "core/datagram.h"

#define LOG_AREA "context"
#include "core/log.h"
#include "core/record.h"

#include <netinet/in.h>
#include <schannel.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define HELLO_VERIFY_REQUEST 3
#define SEQUENCE_SANE        (UINT64_C(1) << 47)

/* ---- life ---- */

/* The part of a sockaddr that says who it is: its padding may be anything. */
static size_t read_peer(struct sspi_bytes given, uint8_t out[DATAGRAM_PEER])
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    sa_family_t family = AF_UNSPEC;
    if (given.len >= sizeof(struct sockaddr))
        memcpy(&family, given.ptr + offsetof(struct sockaddr, sa_family), sizeof family);
    if (family == AF_INET && given.len >= sizeof v4) {
        memcpy(out, given.ptr, offsetof(struct sockaddr_in, sin_zero));
        return offsetof(struct sockaddr_in, sin_zero);
    }
    if (family == AF_INET6 && given.len >= sizeof v6) {
        memcpy(&v6, given.ptr, sizeof v6);
        v6.sin6_flowinfo = 0;
        memcpy(out, &v6, sizeof v6);
        return sizeof v6;
    }
    memcpy(out, given.ptr, given.len);
    return given.len;
}

SECURITY_STATUS datagram_new(struct context *context, const struct call *call)
{
    uint16_t mtu = DATAGRAM_MTU;
    if (call->in.mtu.len)
        memcpy(&mtu, call->in.mtu.ptr, sizeof mtu);
    if (mtu < DATAGRAM_MTU_MIN || call->in.peer.len > DATAGRAM_PEER)
        return SEC_E_INVALID_PARAMETER;
    if ((call->in.srtp.len && !(context->provider->api.caps & SSPI_CAP_SRTP)) || call->in.srtp_mki.len)
        return SEC_E_UNSUPPORTED_FUNCTION; /* no library reads the identifier of a master key */
    struct datagram *datagram = calloc(1, sizeof *datagram);
    if (!datagram || bytes_append(&datagram->srtp, call->in.srtp.ptr, call->in.srtp.len) != 0) {
        free(datagram);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    datagram->mtu = mtu;
    datagram->outcome = SEC_I_CONTINUE_NEEDED;
    if ((context->flags & CONTEXT_SERVER) && call->in.peer.len)
        datagram->peer_len = (uint8_t)read_peer(call->in.peer, datagram->peer);
    context->datagram = datagram;
    return SEC_E_OK;
}

void datagram_free(struct datagram *datagram)
{
    if (!datagram)
        return;
    bytes_free(&datagram->ends);
    bytes_free(&datagram->srtp);
    datagram_forget(datagram);
    free(datagram);
}

int datagram_offers(const struct context *context, uint16_t srtp)
{
    const struct bytes *list = &context->datagram->srtp;
    return hello_lists((struct sspi_bytes){list->ptr, list->len}, srtp);
}

void datagram_params(const struct context *context, struct sspi_session_params *params)
{
    const struct datagram *datagram = context->datagram;
    if (!datagram)
        return;
    params->mtu = datagram->mtu;
    params->srtp = (struct sspi_bytes){datagram->srtp.ptr, datagram->srtp.len};
    params->cookie_peer = (struct sspi_bytes){datagram->peer_len ? datagram->peer : NULL, datagram->peer_len};
    params->tickets = 0; /* nothing is resumed over datagrams */
}

/* ---- deliver ---- */

static int is_open(const struct context *context)
{
    return context->state == CONTEXT_OPEN_DATAGRAM;
}

/* The next datagram of the flight, or none. */
static SECURITY_STATUS deliver(struct context *context, struct call *call)
{
    struct datagram *datagram = context->datagram;
    struct bytes *flight = &context->opening->flight;
    size_t len = datagram_front(datagram, flight);
    if (len) {
        SECURITY_STATUS status =
            buffers_put(call->out.token, SECBUFFER_TOKEN, flight->ptr, len, call->out.allocate);
        if (status != SEC_E_OK)
            return status; /* D13: it stays */
        datagram_drop(datagram, flight);
    } else {
        buffers_put_none(call->out.token, SECBUFFER_TOKEN);
    }
    if (call->out.alert)
        buffers_put_none(call->out.alert, SECBUFFER_ALERT);
    if (flight->len)
        return SEC_I_MESSAGE_FRAGMENT;
    if (context->control) {
        context->control = CONTROL_NONE;
        context->opening->owed_control = 0;
        context_settle(context);
        return SEC_E_OK;
    }
    if (datagram->outcome == SEC_E_OK)
        call->expiry = datagram->expiry;
    context_settle(context);
    return datagram->outcome;
}

/* What became of a datagram, of which the last `left` bytes were not read. */
static SECURITY_STATUS conclude(struct context *context, struct call *call, size_t left,
                                SECURITY_STATUS status)
{
    struct datagram *datagram = context->datagram;
    struct opening *opening = context->opening;
    if (status >= 0 && opening->flight.len)
        datagram->asked = opening->flight.len > RECORD_HEADER_DTLS &&
                          opening->flight.ptr[0] == RECORD_HANDSHAKE &&
                          opening->flight.ptr[RECORD_HEADER_DTLS] == HELLO_VERIFY_REQUEST;
    if (status >= 0 && opening->flight.len && datagram_remember(datagram, &opening->flight) != 0)
        status = handshake_refuse(context, 0, SEC_E_INSUFFICIENT_MEMORY);
    if (status < 0) {
        if (opening)
            datagram_keep_newest(datagram, &opening->flight); /* the alert */
        return context_fail(context, call, status);
    }
    if (is_open(context) && datagram->outcome != SEC_E_OK) {
        if (!opening->flight.len) /* the peer spoke last: it is the one that answers repetitions */
            datagram_forget(datagram);
        datagram->expiry = call->expiry;
    }
    datagram->outcome = status;
    if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
        buffers_put_none(call->out.token, SECBUFFER_TOKEN);
        return status;
    }
    buffers_extra(&call->in, left);
    return deliver(context, call);
}

/* ---- records in ---- */

SECURITY_STATUS datagram_feed(struct context *context, struct call *call, struct sspi_bytes input,
                              size_t *used)
{
    while (*used < input.len) {
        struct record record;
        struct sspi_bytes rest = {input.ptr + *used, input.len - *used};
        size_t taken = 0, before = *used;
        if (record_read(rest.ptr, rest.len, 1, &record) != RECORD_WHOLE) {
            *used = input.len;
            break;
        }
        rest.len = record.len;
        *used += record.len;
        if (record.type == RECORD_DATA || record.sequence >> 48 > 1)
            continue; /* before its time: as good as lost */
        int late = initialize_late(context, call, rest);
        if (late < 0)
            return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, SEC_E_INSUFFICIENT_MEMORY);
        if (late) {
            context->opening->feed_nothing = 0;
            SECURITY_STATUS stop = initialize_stop(context, call);
            if (stop != SEC_I_CONTINUE_NEEDED) {
                *used = before;
                return stop;
            }
        }
        SECURITY_STATUS status = handshake_feed(context, call, rest, &taken);
        if (status == SEC_I_INCOMPLETE_CREDENTIALS)
            *used = before + taken;
        if (status != SEC_I_CONTINUE_NEEDED)
            return status;
    }
    return SEC_I_CONTINUE_NEEDED;
}

/* The ClientHello as one record with one fragment, whatever it came in: in the clear nothing binds it, and no
 * library has to gather it once more. */
static int whole_record(struct opening *opening, struct sspi_bytes last)
{
    const struct bytes *message = &opening->gather.message;
    size_t body = message->len - 4, content = body + 12;
    uint16_t number = (uint16_t)(opening->gather.next - 1);
    uint8_t head[RECORD_HEADER_DTLS + 12];
    if (content > 16384)
        return -1;
    memcpy(head, last.ptr,
           RECORD_HEADER_DTLS); /* type, version, the number of the record that made it whole */
    head[11] = (uint8_t)(content >> 8);
    head[12] = (uint8_t)content;
    memcpy(head + 13, message->ptr, 4);
    head[17] = (uint8_t)(number >> 8);
    head[18] = (uint8_t)number;
    memset(head + 19, 0, 3);
    memcpy(head + 22, message->ptr + 1, 3);
    bytes_free(&opening->records);
    if (bytes_append(&opening->records, head, sizeof head) == 0 &&
        bytes_append(&opening->records, message->ptr + 4, body) == 0)
        return 0;
    return -1;
}

/* The session gets the ClientHello: the first, which makes it, or the one with the cookie. */
static SECURITY_STATUS give_hello(struct context *context, struct call *call, struct sspi_bytes last)
{
    struct opening *opening = context->opening;
    size_t used = 0;
    if (whole_record(opening, last) != 0)
        return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, SEC_E_INSUFFICIENT_MEMORY);
    if (context->state == CONTEXT_HELLO)
        return accept_answer(context, call);
    struct bytes record = opening->records;
    memset(&opening->records, 0, sizeof opening->records);
    SECURITY_STATUS status = datagram_feed(context, call, (struct sspi_bytes){record.ptr, record.len}, &used);
    bytes_free(&record);
    return status;
}

/* A server that has not answered a ClientHello with more than a request for a cookie. */
static SECURITY_STATUS gather(struct context *context, struct call *call, struct sspi_bytes input,
                              size_t *used)
{
    struct opening *opening = context->opening;
    struct datagram *datagram = context->datagram;
    SECURITY_STATUS status = accept_lists(context, call);
    if (status != SEC_E_OK)
        return status;
    while (*used < input.len) {
        struct record record;
        uint8_t alert = 0;
        struct sspi_bytes rest = {input.ptr + *used, input.len - *used};
        if (record_read(rest.ptr, rest.len, 1, &record) != RECORD_WHOLE) {
            *used = input.len;
            break;
        }
        rest.len = record.len;
        *used += record.len;
        if (record.type != RECORD_HANDSHAKE || record.sequence >> 48)
            continue;
        enum hello_status found = hello_gather(&opening->gather, rest.ptr, rest.len, &alert);
        if (found == HELLO_BAD && alert == TLS1_ALERT_INTERNAL_ERROR)
            return handshake_refuse(context, alert, SEC_E_INSUFFICIENT_MEMORY);
        if (found != HELLO_BAD)
            datagram->begun = 1;
        if (found == HELLO_WHOLE) {
            if (record.sequence > datagram->next && record.sequence < SEQUENCE_SANE)
                datagram->next = record.sequence; /* RFC 6347 4.2.1: the answer has the question's number */
            status = give_hello(context, call, rest);
        }
        if (found != HELLO_MORE && context->opening)
            hello_gather_free(&context->opening->gather);
        if (found == HELLO_WHOLE)
            return status;
    }
    return SEC_I_CONTINUE_NEEDED;
}

/* ---- one call ---- */

/* Whose datagram is it?  A handshake belongs to the address it began with. */
static int is_stranger(const struct datagram *datagram, const struct call *call)
{
    uint8_t peer[DATAGRAM_PEER];
    if (!datagram->peer_len || !call->in.peer.len)
        return 0;
    return call->in.peer.len > DATAGRAM_PEER || read_peer(call->in.peer, peer) != datagram->peer_len ||
           memcmp(peer, datagram->peer, datagram->peer_len) != 0;
}

static SECURITY_STATUS read_datagram(struct context *context, struct call *call)
{
    struct sspi_bytes token = call->in.token;
    size_t used = 0;
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    if (is_stranger(context->datagram, call))
        return conclude(context, call, 0, status);
    if (context->state == CONTEXT_HELLO || context->datagram->asked)
        status = gather(context, call, token, &used);
    else
        status = datagram_feed(context, call, token, &used);
    if (status == SEC_I_INCOMPLETE_CREDENTIALS &&
        bytes_append(&context->opening->kept, token.ptr + used, token.len - used) != 0)
        status = handshake_refuse(context, 0, SEC_E_INSUFFICIENT_MEMORY);
    return conclude(context, call, token.len - used, status);
}

/* K18: the call after SEC_I_INCOMPLETE_CREDENTIALS, which may bring the same datagram again. */
static SECURITY_STATUS go_on(struct context *context, struct call *call)
{
    struct opening *opening = context->opening;
    struct bytes kept = opening->kept;
    struct sspi_bytes token = call->in.token;
    size_t nothing, used = 0;
    SECURITY_STATUS status = initialize_answer(context, call);
    if (status != SEC_E_OK)
        return status;
    status = SEC_I_CONTINUE_NEEDED;
    memset(&opening->kept, 0, sizeof opening->kept);
    if (opening->feed_nothing) {
        opening->feed_nothing = 0;
        status = handshake_feed(context, call, (struct sspi_bytes){0}, &nothing);
    }
    if (status == SEC_I_CONTINUE_NEEDED)
        status = datagram_feed(context, call, (struct sspi_bytes){kept.ptr, kept.len}, &used);
    int repeated = token.len >= kept.len && kept.len &&
                   memcmp(token.ptr + token.len - kept.len, kept.ptr, kept.len) == 0;
    bytes_free(&kept);
    used = repeated ? token.len : 0;
    if (status == SEC_I_CONTINUE_NEEDED)
        status = datagram_feed(context, call, token, &used);
    return conclude(context, call, token.len - used, status);
}

/* After completion: the peer repeats its last flight, for it has not seen ours.  Only the end that spoke last
 * kept its flight; the other has nothing to say. */
static SECURITY_STATUS answer_again(struct context *context, struct call *call)
{
    struct sspi_bytes token = call->in.token;
    struct record record;
    size_t used = 0;
    if (!token.len)
        return SEC_E_UNSUPPORTED_FUNCTION; /* D14: no new handshake over datagrams */
    while (used < token.len && record_read(token.ptr + used, token.len - used, 1, &record) == RECORD_WHOLE &&
           record.type != RECORD_DATA)
        used += record.len;
    if (!used)
        return SEC_E_OUT_OF_SEQUENCE;
    context->flags &= ~(uint32_t)CONTEXT_POST;
    SECURITY_STATUS status = datagram_again(context);
    if (status != SEC_E_OK)
        return status;
    context->datagram->expiry = call->expiry;
    return conclude(context, call, token.len - used, SEC_E_OK);
}

static SECURITY_STATUS run_control(struct context *context, struct call *call)
{
    SECURITY_STATUS status = token_emit(context);
    return status < 0 ? status : deliver(context, call);
}

SECURITY_STATUS datagram_run(struct context *context, struct call *call)
{
    struct opening *opening = context_opening(context);
    if (!opening)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (context->control)
        return run_control(context, call);
    SECURITY_STATUS status = buffers_in(call->input, &call->in);
    if (status == SEC_E_OK && opening->flight.len) { /* what comes has to wait, or to come again */
        buffers_extra(&call->in, call->in.token.len);
        return deliver(context, call);
    }
    if (status == SEC_E_OK && is_open(context))
        status = answer_again(context, call);
    else if (status == SEC_E_OK && context->state == CONTEXT_CREDENTIAL)
        status = go_on(context, call);
    else if (status == SEC_E_OK && call->in.token.len)
        status = read_datagram(context, call);
    else if (status == SEC_E_OK) /* W68 */
        status = conclude(context, call, 0,
                          (status = datagram_again(context)) == SEC_E_OK ? SEC_I_CONTINUE_NEEDED : status);
    context_settle(context);
    return status;
}

SECURITY_STATUS datagram_first(struct context *context, struct call *call)
{
    if (!(context->flags & CONTEXT_SERVER))
        return conclude(context, call, 0, handshake_flush(context));
    if (!call->in.token.len)
        return SEC_E_INCOMPLETE_MESSAGE; /* D17 */
    SECURITY_STATUS status = read_datagram(context, call);
    int mute = context->state == CONTEXT_HANDSHAKE &&
               !context->datagram->last.len; /* a whole ClientHello, unanswered */
    return status >= 0 && (!context->datagram->begun || mute) ? SEC_E_INVALID_TOKEN : status;
}
