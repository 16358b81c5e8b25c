/* SPDX-License-Identifier: MIT
 *
 * InitializeSecurityContext, AcceptSecurityContext, DeleteSecurityContext: the machine.
 *
 * A call goes through four steps: the shape of its buffers (nothing is written before that has passed), the
 * bytes it brings (take), what the state makes of them (run), and what it leaves (deliver).  What a call
 * could not deliver stays in the context: the same call with more room gets it (D13). */
#include <config.h>

#include "core/context.h"

#include "core/account.h"
#include "core/extras.h"
#include "core/psk.h"

#define LOG_AREA "context"
#include "core/datagram.h"
#include "core/forms.h"
#include "core/handle.h"
#include "core/local-time.h"
#include "core/log.h"
#include "core/move.h"
#include "core/record.h"

#include <stdlib.h>
#include <string.h>

static void write_keylog(void *owner, const char *line)
{
    const struct context *context = owner;
    const OPENSSPI_KEYLOG *log = &context->credential->keylog;
    if (log->write)
        log->write(log->user, line);
}

const struct provider_callbacks context_callbacks = {
    .verify = verify_chain,
    .ticket_key = tickets_key,
    .psk_find = psk_find,
    .keylog = write_keylog,
};

/* ---- life ---- */

struct context *context_new(struct credential *credential, int server)
{
    struct context *context = calloc(1, sizeof *context);
    if (!context)
        return NULL;
    context->credential = credential_ref(credential);
    context->provider = credential->provider;
    context->state = server ? CONTEXT_HELLO : CONTEXT_HANDSHAKE;
    context->flags = server ? CONTEXT_SERVER : 0;
    context->protocols = server ? credential->server : credential->client;
    context->validation = credential->flags;
    return context;
}

static void opening_free(struct context *context)
{
    struct opening *opening = context->opening;
    if (!opening)
        return;
    hello_gather_free(&opening->gather);
    bytes_free(&opening->records);
    bytes_free(&opening->flight);
    bytes_free(&opening->kept);
    bytes_free(&opening->taken);
    bytes_free(&opening->alpn);
    bytes_wipe(&opening->psk);
    bytes_free(&opening->psk_identity);
    bytes_wipe(&opening->ahead);
    free(opening);
    context->opening = NULL;
}

struct opening *context_opening(struct context *context)
{
    if (!context->opening)
        context->opening = calloc(1, sizeof *context->opening);
    return context->opening;
}

void context_free(void *object)
{
    struct context *context = object;
    if (!context)
        return;
    if (context->session)
        context->provider->api.session_free(context->session);
    opening_free(context);
    sessions_close(context);
    datagram_free(context->datagram);
    keying_free(context->keying);
    extras_free(context);
    account_free(context);
    free(context->alpn);
    free(context->target);
    credential_unref(context->late);
    credential_unref(context->credential);
    free(context);
}

SECURITY_STATUS context_delete(const CtxtHandle *handle)
{
    return handle_close(handle, HANDLE_CONTEXT, context_free) == 0 ||
                   handle_close(handle, HANDLE_MOVED, moved_free) == 0
               ? SEC_E_OK
               : SEC_E_INVALID_HANDLE;
}

/* ---- take: the bytes a call brings ---- */

struct intake {
    struct sspi_bytes work; /* to be processed */
    size_t fresh;           /* how many of its last bytes may be given back to the caller */
    size_t kept;            /* length of opening->kept before the call */
    int copied;             /* `work` stands in opening->kept */
};

static int begins_with(struct sspi_bytes bytes, const struct bytes *start)
{
    return start->len && bytes.len >= start->len && memcmp(bytes.ptr, start->ptr, start->len) == 0;
}

/* A call that could not deliver, or that stopped for a credential, has taken its input: the next may pass
 * the same bytes again (D13, K18).  What was taken and not processed stands in `kept`. */
static SECURITY_STATUS intake_open(struct opening *opening, struct sspi_bytes token, struct intake *intake)
{
    size_t repeated = begins_with(token, &opening->taken) ? opening->taken.len : 0;
    struct sspi_bytes fresh = {repeated ? token.ptr + repeated : token.ptr, token.len - repeated};
    memset(intake, 0, sizeof *intake);
    intake->kept = opening->kept.len;
    if (!opening->kept.len) {
        intake->work = fresh;
        intake->fresh = fresh.len;
        return SEC_E_OK;
    }
    if (bytes_append(&opening->kept, fresh.ptr, fresh.len) != 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    intake->copied = 1;
    intake->work = (struct sspi_bytes){opening->kept.ptr, opening->kept.len};
    intake->fresh = repeated ? opening->kept.len : fresh.len; /* the end of `taken` is what was kept */
    if (intake->fresh > token.len)
        intake->fresh = token.len;
    return SEC_E_OK;
}

/* Nothing was consumed: as before the call. */
static void intake_undo(struct opening *opening, const struct intake *intake)
{
    if (intake->copied)
        opening->kept.len = intake->kept;
}

/* Keeps the last `left` bytes of the work inside; again with the same `left` changes nothing. */
static int intake_keep(struct opening *opening, struct intake *intake, size_t left)
{
    if (intake->copied) {
        bytes_consume(&opening->kept, opening->kept.len - left);
        return 0;
    }
    if (left && bytes_append(&opening->kept, intake->work.ptr + intake->work.len - left, left) != 0)
        return -1;
    intake->copied = 1;
    return 0;
}

/* ---- deliver ---- */

static int remember_input(struct opening *opening, struct sspi_bytes token)
{
    if (!token.len)
        return 0; /* what may be repeated is still what came before */
    bytes_free(&opening->taken);
    return bytes_append(&opening->taken, token.ptr, token.len);
}

/* D13, K33: what the call produced stays; the same bytes may come again.  Without memory for that the
 * connection cannot go on. */
static SECURITY_STATUS withhold(struct context *context, struct call *call, struct intake *intake,
                                size_t left, SECURITY_STATUS status)
{
    struct opening *opening = context->opening;
    if (intake_keep(opening, intake, left) != 0 || remember_input(opening, call->in.token) != 0)
        return handshake_refuse(context, 0, SEC_E_INSUFFICIENT_MEMORY);
    opening->owed = 1;
    return status;
}

/* Whoever looks at the sizes alone sends nothing (D1). */
static void deliver_none(struct call *call)
{
    buffers_put_none(call->out.token, SECBUFFER_TOKEN);
    buffers_put_none(call->out.alert, SECBUFFER_ALERT);
}

SECURITY_STATUS context_fail(struct context *context, struct call *call, SECURITY_STATUS status)
{
    if (context->state != CONTEXT_DEAD)
        status = handshake_refuse(context, 0, status);
    struct opening *opening = context->opening;
    int told = 0;
    if (opening && opening->flight.len && opening->alert && (call->meaning & FLAG_EXTENDED_ERROR))
        told = buffers_put(call->out.token, SECBUFFER_TOKEN, opening->flight.ptr, opening->flight.len,
                           call->out.allocate) == SEC_E_OK;
    if (told) {
        uint8_t words[2] = {TLS1_ALERT_FATAL, opening->alert};
        if (call->out.alert && buffers_put(call->out.alert, SECBUFFER_ALERT, words, sizeof words,
                                           call->out.allocate) != SEC_E_OK)
            buffers_put_none(call->out.alert, SECBUFFER_ALERT);
    } else {
        deliver_none(call);
    }
    opening_free(context);
    return status;
}

static SECURITY_STATUS deliver_flight(struct context *context, struct call *call)
{
    struct opening *opening = context->opening;
    SECURITY_STATUS status = SEC_E_OK;
    if (opening && opening->flight.len)
        status = buffers_put(call->out.token, SECBUFFER_TOKEN, opening->flight.ptr, opening->flight.len,
                             call->out.allocate);
    else
        buffers_put_none(call->out.token, SECBUFFER_TOKEN); /* W43 */
    if (status != SEC_E_OK)
        return status;
    if (opening)
        bytes_free(&opening->flight);
    if (call->out.alert)
        buffers_put_none(call->out.alert, SECBUFFER_ALERT); /* W27 */
    return SEC_E_OK;
}

void context_settle(struct context *context)
{
    struct opening *opening = context->opening;
    int open = context->state == CONTEXT_OPEN || context->state == CONTEXT_OPEN_DATAGRAM;
    if (opening && open && !opening->flight.len && !opening->kept.len && !opening->owed &&
        !(context->flags & (CONTEXT_REDO | CONTEXT_AHEAD)))
        opening_free(context);
}

/* An open context that goes on as it was: nothing is put out, nothing counts as read. */
static SECURITY_STATUS unharmed(struct context *context, struct call *call, SECURITY_STATUS status)
{
    buffers_put_none(call->out.token, SECBUFFER_TOKEN);
    context_settle(context);
    return status;
}

/* `left` bytes of the work were not processed. */
static SECURITY_STATUS deliver(struct context *context, struct call *call, struct intake *intake, size_t left,
                               SECURITY_STATUS status)
{
    struct opening *opening = context->opening;
    if (status < 0)
        return context_fail(context, call, status);
    int show = left && call->in.slot && left <= intake->fresh;
    SECURITY_STATUS put = status;
    if (status == SEC_I_INCOMPLETE_CREDENTIALS) { /* no output, no EXTRA (K18) */
        put = withhold(context, call, intake, left, status);
    } else if (left && !show && status == SEC_E_OK) { /* K33: never lost bytes */
        put = withhold(context, call, intake, left, SEC_E_INVALID_TOKEN);
    } else if (!show && intake_keep(opening, intake, left) != 0) {
        put = handshake_refuse(context, 0, SEC_E_INSUFFICIENT_MEMORY);
    } else if ((put = deliver_flight(context, call)) != SEC_E_OK) {
        put = withhold(context, call, intake, left, put);
    } else {
        bytes_free(&opening->taken);
        opening->owed = 0;
        if (show) {
            bytes_free(&opening->kept);
            buffers_extra(&call->in, left);
        }
        context_settle(context);
        return status;
    }
    return context->state == CONTEXT_DEAD ? context_fail(context, call, put) : put;
}

/* ---- run: one call on a context that is not open yet ---- */

static SECURITY_STATUS incomplete(struct call *call, size_t missing)
{
    buffers_missing(&call->in, missing); /* W37 to W39 */
    return SEC_E_INCOMPLETE_MESSAGE;
}

/* Is there a whole record, or a broken one?  0: the caller must bring *missing more. */
static int has_record(struct sspi_bytes work, size_t *missing)
{
    struct record record;
    *missing = RECORD_HEADER;
    if (!work.len)
        return 0;
    if (record_read(work.ptr, work.len, 0, &record) != RECORD_SHORT)
        return 1;
    *missing = record.missing;
    return 0;
}

static SECURITY_STATUS run_handshake(struct context *context, struct call *call)
{
    struct opening *opening = context->opening;
    struct intake intake;
    size_t used = 0, nothing, missing;
    SECURITY_STATUS status =
        context->state == CONTEXT_CREDENTIAL ? initialize_answer(context, call) : SEC_E_OK;
    if (status == SEC_E_OK)
        status = intake_open(opening, call->in.token, &intake);
    if (status != SEC_E_OK)
        return status;
    int ready = has_record(intake.work, &missing);
    if (!ready && !opening->owed) {
        intake_undo(opening, &intake);
        return incomplete(call, missing);
    }
    status = context->state == CONTEXT_OPEN && !redo_takes(context, call) ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
    if (opening->feed_nothing) {
        opening->feed_nothing = 0;
        status = handshake_feed(context, call, (struct sspi_bytes){0}, &nothing);
    }
    if (status == SEC_I_CONTINUE_NEEDED && ready)
        status = context->state == CONTEXT_HELLO  ? accept_run(context, call, intake.work, &used)
                 : context->state == CONTEXT_OPEN ? redo_run(context, call, intake.work, &used)
                                                  : handshake_run(context, call, intake.work, &used);
    if (status < 0 && context->state == CONTEXT_OPEN) {
        intake_undo(opening, &intake);
        return unharmed(context, call, status);
    }
    return deliver(context, call, &intake, intake.work.len - used, status);
}

/* ---- run: after completion ---- */

/* Is this the record that DecryptMessage consumed and showed (K26)?  Its body may come back as it was left
 * (zeros) or from a copy of what the peer sent. */
int context_skips(const struct context *context, struct sspi_bytes bytes)
{
    if (!context->skip || bytes.len < context->skip ||
        memcmp(bytes.ptr, context->skip_header, sizeof context->skip_header) != 0)
        return 0;
    const uint8_t *body = bytes.ptr + RECORD_HEADER, *end = bytes.ptr + context->skip;
    size_t tail = sizeof context->skip_tail;
    if ((size_t)(end - body) >= tail && memcmp(end - tail, context->skip_tail, tail) == 0)
        return 1;
    while (body < end)
        if (*body++)
            return 0;
    return 1;
}

/* What waits for this call: the peer's request, or output that was held; else it begins something (D14). */
static SECURITY_STATUS run_pending(struct context *context, struct call *call)
{
    if (context->flags & CONTEXT_REFUSED) {
        context->flags &= ~(uint32_t)(CONTEXT_REFUSED | CONTEXT_POST);
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    if (context->flags & CONTEXT_ASKED)
        return redo_answer(context, call);
    if (context->flags & (CONTEXT_POST | CONTEXT_HELD))
        return redo_flush(context, call);
    return call->in.token.len ? SEC_E_OUT_OF_SEQUENCE : redo_begin(context, call);
}

/* K26: takes the message back that was shown, sends what was held, gives the rest back. */
static SECURITY_STATUS run_open(struct context *context, struct call *call)
{
    struct sspi_bytes token = call->in.token;
    struct intake intake = {.work = token, .fresh = token.len};
    struct opening *opening = context_opening(context);
    if (!opening)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (opening->owed || (!(context->flags & CONTEXT_REFUSED) && redo_takes(context, call)))
        return run_handshake(context, call);
    size_t used = context_skips(context, token) && !(context->flags & CONTEXT_AHEAD) ? context->skip : 0;
    if (token.len > used && !call->in.slot && (context->flags & CONTEXT_POST))
        return unharmed(context, call, SEC_E_INVALID_TOKEN); /* K33 */
    SECURITY_STATUS status = run_pending(context, call);
    if (context->state == CONTEXT_OPEN && (status < 0 || status == SEC_I_INCOMPLETE_CREDENTIALS))
        return unharmed(context, call, status);
    if (token.len) {
        context->skip = context->flags & CONTEXT_AHEAD ? context->skip : 0;
        context->flags &= ~(uint32_t)CONTEXT_POST;
    }
    return deliver(context, call, &intake, token.len - used, status);
}

/* ---- one call on a context that exists; locked ---- */

/* K30: with a control token pending the input is ignored, whatever it is. */
static SECURITY_STATUS run_control(struct context *context, struct call *call)
{
    SECURITY_STATUS status = token_emit(context);
    if (status < 0)
        return status;
    status = deliver_flight(context, call);
    if (status == SEC_E_OK) {
        context->control = CONTROL_NONE;
        if (context->opening)
            context->opening->owed_control = 0;
    }
    context_settle(context);
    return status;
}

static SECURITY_STATUS run(struct context *context, struct call *call)
{
    SECURITY_STATUS status = buffers_out(call->output, (call->meaning & FLAG_ALLOCATE) != 0, &call->out);
    if (status != SEC_E_OK) {
        call->no_room = status == SEC_E_INSUFFICIENT_MEMORY;
        return context->state == CONTEXT_DEAD ? context->death : status;
    }
    if (context->flags & CONTEXT_LAST_WORDS && call->meaning & FLAG_EXTENDED_ERROR) {
        handshake_last_words(context);
        return context_fail(context, call, context->death);
    }
    if (context->state == CONTEXT_DEAD && !context->control) {
        deliver_none(call); /* D17 */
        return context->death;
    }
    if (context->flags & CONTEXT_MUTUAL)
        call->granted |= FLAG_MUTUAL_AUTH;
    if (__builtin_expect(context->datagram != NULL, 0))
        return datagram_run(context, call);
    if (context->control)
        return run_control(context, call);
    status = buffers_in(call->input, &call->in);
    if (status != SEC_E_OK)
        return status; /* W40: the context survives */
    return context->state == CONTEXT_OPEN ? run_open(context, call) : run_handshake(context, call);
}

/* ---- the first call ---- */

static SECURITY_STATUS run_first(struct call *call, CtxtHandle *new_context)
{
    struct context *context = NULL;
    CtxtHandle handle;
    if (!new_context)
        return SEC_E_INVALID_HANDLE;
    SECURITY_STATUS status = buffers_out(call->output, (call->meaning & FLAG_ALLOCATE) != 0, &call->out);
    call->no_room = status == SEC_E_INSUFFICIENT_MEMORY;
    if (status == SEC_E_OK)
        status = buffers_in(call->input, &call->in);
    if (status == SEC_E_OK)
        status = call->side == FLAGS_ASC ? accept_begin(call, &context) : initialize_begin(call, &context);
    if (status != SEC_E_OK)
        return status; /* D17: nothing made, nothing written */

    if (handle_open(HANDLE_CONTEXT, context, &handle) != 0) { /* unknown to others until it is written */
        context_free(context);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    if (context->datagram) {
        status = datagram_first(context, call);
    } else if (call->side == FLAGS_ASC) {
        status = run_handshake(context, call);
    } else {
        struct intake none = {0};
        status = deliver(context, call, &none, 0, handshake_flush(context));
    }
    call->expiry = 0; /* D2 */
    if (status < 0)
        handle_close(&handle, HANDLE_CONTEXT, context_free);
    else
        *new_context = handle;
    return status;
}

/* An imported context begins; then its handle makes way for the new one's. */
static SECURITY_STATUS run_moved(struct call *call, const CtxtHandle *handle, CtxtHandle *new_context)
{
    void *object;
    CtxtHandle value = handle ? *handle : (CtxtHandle){0, 0};
    struct handle_slot *slot = call->side == FLAGS_ISC ? handle_lock(handle, HANDLE_MOVED, &object) : NULL;
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    call->moved = object;
    SECURITY_STATUS status = run_first(call, new_context);
    handle_unlock(slot);
    if (status >= 0)
        handle_close(&value, HANDLE_MOVED, moved_free);
    return status;
}

/* ---- later calls ---- */

static SECURITY_STATUS run_later(struct call *call, const CtxtHandle *handle, CtxtHandle *new_context)
{
    void *object;
    CtxtHandle value;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    if (!slot)
        return run_moved(call, handle, new_context);
    struct context *context = object;
    SECURITY_STATUS status = SEC_E_INVALID_HANDLE; /* a client is not accepted; a server may be
                                                    * continued by InitializeSecurityContext (K13) */
    if (call->side == FLAGS_ISC || (context->flags & CONTEXT_SERVER))
        status = run(context, call);
    handle_unlock(slot);
    value = *handle;
    if (status >= 0 && new_context)
        *new_context = value; /* W42 */
    return status;
}

static ULONG call_attributes(const struct call *call)
{
    if (call->no_room) /* W67 */
        return flags_write_no_room(call->side);
    return flags_write(call->side, call->meaning, call->granted);
}

static SECURITY_STATUS call_run(struct call *call, ULONG request, const CtxtHandle *context,
                                CtxtHandle *new_context, ULONG *attributes, TimeStamp *expiry)
{
    SECURITY_STATUS status = flags_read(call->side, request, &call->meaning);
    call->expiry = context ? LOCAL_TIME_NEVER : 0;
    if (status == SEC_E_OK)
        status = context ? run_later(call, context, new_context) : run_first(call, new_context);
    if (attributes) /* on every return (K10) */
        *attributes = call_attributes(call);
    if (expiry)
        local_time_write(expiry, status < 0 ? 0 : call->expiry);
    return status;
}

SECURITY_STATUS context_initialize(const CredHandle *credential, const CtxtHandle *context,
                                   const char *target, ULONG request, SecBufferDesc *input,
                                   CtxtHandle *new_context, SecBufferDesc *output, ULONG *attributes,
                                   TimeStamp *expiry)
{
    struct call call = {
        .side = FLAGS_ISC, .credential = credential, .target = target, .input = input, .output = output};
    return call_run(&call, request, context, new_context, attributes, expiry);
}

SECURITY_STATUS context_accept(const CredHandle *credential, const CtxtHandle *context, SecBufferDesc *input,
                               ULONG request, CtxtHandle *new_context, SecBufferDesc *output,
                               ULONG *attributes, TimeStamp *expiry)
{
    struct call call = {.side = FLAGS_ASC, .credential = credential, .input = input, .output = output};
    return call_run(&call, request, context, new_context, attributes, expiry);
}
