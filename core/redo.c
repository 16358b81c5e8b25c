/* SPDX-License-Identifier: MIT
 *
 * A new handshake on an open context (D14): a renegotiation, begun by either side, up to TLS 1.2; in TLS 1.3
 * a certificate that the server asks for late.  Application data goes on meanwhile, as far as the library
 * can.
 *
 * Up to TLS 1.2 a record's type shows what it is: DecryptMessage leaves those of a new handshake closed, and
 * ISC or ASC give them to handshake(), which can answer with an alert.  In TLS 1.3 a record must be opened to
 * know.  Where ISC or ASC have to, they open a copy; if it is data, it waits (CONTEXT_AHEAD) until
 * DecryptMessage is given that record. */
#include <config.h>

#include "core/context.h"

#define LOG_AREA "context"
#include "core/account.h"
#include "core/log.h"
#include "core/psk.h"
#include "core/record.h"

#include <schannel.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* What a client may begin: each costs the server many times what it costs the client (CVE-2011-1473). */
enum { REDO_MOST = 4, REDO_SECONDS = 60 };

static int is_tls13(const struct context *context)
{
    return context->version == 0x0304;
}

static int is_server(const struct context *context)
{
    return (context->flags & CONTEXT_SERVER) != 0;
}

static SECURITY_STATUS distrust(struct context *context, const char *what)
{
    log_error("%s: %s", context->provider->name, what);
    return handshake_refuse(context, 0, SEC_E_INTERNAL_ERROR);
}

/* ---- may one begin? ---- */

static int is_possible(const struct context *context, int request)
{
    uint64_t caps = context->provider->api.caps;
    if (context->datagram || psk_only(context->credential) ||
        (context->flags & (CONTEXT_CLOSE_SENT | CONTEXT_CLOSE_GOT)))
        return 0;
    if (is_tls13(context))
        return is_server(context) && request && (caps & SSPI_CAP_LATE_CERT);
    /* Without RFC 5746 what somebody put in front of this connection could pass for its beginning (D20). */
    return context->version <= 0x0303 && (caps & SSPI_CAP_RENEGOTIATE) && (context->flags & CONTEXT_SAFE);
}

static void begun(struct context *context)
{
    context->flags &= ~(uint32_t)(CONTEXT_JUDGED | CONTEXT_LATE | CONTEXT_REDONE | CONTEXT_REFUSED);
    context->flags |= CONTEXT_REDO;
    memset(&context->verdict, 0, sizeof context->verdict);
}

int redo_same_peer(const struct context *context, struct sspi_bytes leaf)
{
    static const uint8_t none[sizeof context->leaf];
    uint8_t digest[sizeof context->leaf];
    return leaf.len && memcmp(context->leaf, none, sizeof none) != 0 &&
           context->provider->api.digest(SSPI_SHA256, &leaf, 1, digest) == SSPI_OK &&
           memcmp(digest, context->leaf, sizeof digest) == 0;
}

void redo_keep_peer(struct context *context, struct sspi_bytes leaf)
{
    if (is_server(context) || !leaf.len || !is_possible(context, 0) ||
        context->provider->api.digest(SSPI_SHA256, &leaf, 1, context->leaf) != SSPI_OK)
        memset(context->leaf, 0, sizeof context->leaf);
}

/* It has ended; what it agreed on replaces what was. */
static SECURITY_STATUS finish(struct context *context, struct call *call, const struct outlet *outlet)
{
    SECURITY_STATUS status = handshake_complete(context, call, outlet);
    context->flags &= ~(uint32_t)(CONTEXT_REDO | CONTEXT_REDONE);
    if (status == SEC_E_OK && is_server(context) && !(context->flags & CONTEXT_JUDGED))
        account_forget(context); /* it was another certificate's (D22) */
    return status;
}

/* ---- the credential that the call brings ---- */

struct choice {
    struct credential *fresh; /* counted; NULL: as before */
    const struct credential_cert *cert;
    int judges; /* it wants the peer's chain judged */
};

static SECURITY_STATUS choose(const struct context *context, const struct call *call, struct choice *choice)
{
    struct credential *cred = call->credential ? credential_get(call->credential) : NULL;
    SECURITY_STATUS status = SEC_E_OK;
    *choice = (struct choice){.cert = context->certificate};
    if (call->credential && !cred)
        return SEC_E_INVALID_HANDLE;
    if (cred && cred != (context->late ? context->late : context->credential)) {
        choice->fresh = cred;
        choice->cert = cred->cert_count ? &cred->certs[0] : NULL;
        choice->judges = !(cred->flags & SCH_CRED_MANUAL_CRED_VALIDATION) && !(call->meaning & FLAG_MANUAL);
        if (is_server(context) || !cred->client || cred->provider != context->provider ||
            (choice->judges && !(context->flags & CONTEXT_VERIFY))) /* its session was told not to ask */
            status = SEC_E_UNSUPPORTED_FUNCTION;
    }
    /* Another name would be another connection. */
    if (status == SEC_E_OK && !is_server(context) && call->target && *call->target &&
        (!context->target || strcasecmp(call->target, context->target) != 0))
        status = SEC_E_WRONG_PRINCIPAL;
    if (status == SEC_E_OK && choice->fresh)
        return status;
    if (status != SEC_E_OK)
        log_info("a new handshake cannot begin with this credential or for this name");
    credential_unref(cred);
    choice->fresh = NULL;
    return status;
}

/* The certificate is set before it is asked for: up to TLS 1.2 nobody can stop at a request that is sealed
 * (K18).  0, or -1: nothing has changed. */
static int adopt(struct context *context, struct choice *choice)
{
    sspi_cred *own = choice->cert ? choice->cert->client : NULL;
    if ((choice->fresh || !is_tls13(context)) &&
        context->provider->api.set_credential(context->session, own) != SSPI_OK)
        return -1;
    if (!choice->fresh)
        return 0;
    context->judge = choice->judges ? choice->fresh : NULL;
    context->validation = choice->judges ? choice->fresh->flags : context->credential->flags;
    context->certificate = choice->cert;
    context->flags |=
        CONTEXT_NO_RECONNECTS; /* what the session is now is not what the first credential made */
    credential_unref(context->late);
    context->late = choice->fresh;
    choice->fresh = NULL;
    return 0;
}

/* ---- begin ---- */

SECURITY_STATUS redo_begin(struct context *context, struct call *call)
{
    int mutual = (call->meaning & FLAG_MUTUAL_AUTH) != 0;
    int request = !is_server(context) ? 0 : context->credential->require_client ? 2 : mutual;
    struct choice choice;
    struct outlet outlet;
    if (!is_possible(context, request))
        return SEC_E_UNSUPPORTED_FUNCTION;
    SECURITY_STATUS status = choose(context, call, &choice);
    if (status == SEC_E_OK)
        status = outlet_open(&outlet, context, (struct sspi_bytes){0});
    if (status != SEC_E_OK) {
        credential_unref(choice.fresh);
        return status;
    }
    enum sspi_status asked = context->provider->api.redo(context->session, &outlet.io, request);
    if (asked == SSPI_UNSUPPORTED) { /* a client of TLS 1.3 did not offer it, say */
        outlet.to->len = outlet.start;
        credential_unref(choice.fresh);
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    begun(context);
    context->flags &= ~(uint32_t)CONTEXT_HELD;
    status = handshake_checked(context, (struct sspi_bytes){0}, &outlet, asked);
    if (status == SEC_E_OK && asked != SSPI_OK && asked != SSPI_WANT_RECORD)
        status = distrust(context, "answers what redo() cannot answer");
    if (status == SEC_E_OK && is_server(context))
        accept_asks(context, call, request);
    else if (status == SEC_E_OK && adopt(context, &choice) != 0)
        status = distrust(context, "will not take the credential of a handshake that it began");
    credential_unref(choice.fresh);
    return status == SEC_E_OK ? SEC_I_CONTINUE_NEEDED : status;
}

/* ---- a client's answer to HelloRequest, or to a late CertificateRequest ---- */

/* handshake() without a record, past SSPI_WANT_CREDENTIAL. */
static SECURITY_STATUS answer(struct context *context, const struct call *call, struct outlet *outlet)
{
    const struct sspi_provider *api = &context->provider->api;
    enum sspi_status status;
    size_t used;
    for (int again = 0;; again++) {
        SECURITY_STATUS checked = handshake_step(context, (struct sspi_bytes){0}, outlet, &status, &used);
        if (checked != SEC_E_OK)
            return checked;
        if (status == SSPI_OK || status == SSPI_WANT_RECORD)
            return SEC_E_OK;
        if (status != SSPI_WANT_CREDENTIAL || again)
            return distrust(context, "answers what handshake() cannot answer");
        if (!(context->flags & CONTEXT_LATE) && !(call->meaning & FLAG_SUPPLIED_CREDS)) { /* W83 */
            context->flags |= CONTEXT_LATE;
            return SEC_I_INCOMPLETE_CREDENTIALS;
        }
        if (api->set_credential(context->session, NULL) != SSPI_OK)
            return distrust(context, "will not go on without a certificate");
    }
}

SECURITY_STATUS redo_answer(struct context *context, struct call *call)
{
    struct choice choice;
    struct outlet outlet;
    int late = is_tls13(context);
    if (!late &&
        !is_possible(context, 0)) { /* K27; what the library said to the peer is held until asked for */
        context->flags &= ~(uint32_t)(CONTEXT_ASKED | CONTEXT_POST);
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    SECURITY_STATUS status = choose(context, call, &choice);
    if (status != SEC_E_OK)
        return status;
    if (adopt(context, &choice) != 0) {
        credential_unref(choice.fresh);
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    if (!late)
        begun(context);
    status = answer(context, call, &outlet);
    if (status != SEC_E_OK)
        return status;
    context->flags &= ~(uint32_t)(CONTEXT_ASKED | CONTEXT_HELD | CONTEXT_LATE);
    return late ? finish(context, call, &outlet) : SEC_I_CONTINUE_NEEDED;
}

/* ---- records of it ---- */

void redo_note(struct context *context, uint32_t events)
{
    if (events & SSPI_EVENT_HELD)
        context->flags |= CONTEXT_HELD;
    if (events & (SSPI_EVENT_HELLO_REQUEST | SSPI_EVENT_CERT_REQUEST))
        context->flags |= CONTEXT_ASKED;
    if (events & SSPI_EVENT_REDONE)
        context->flags |= CONTEXT_REDONE;
    if ((events & SSPI_EVENT_WARNING) && (context->flags & CONTEXT_REDO)) { /* no_renegotiation */
        context->flags &= ~(uint32_t)CONTEXT_REDO;
        context->flags |= CONTEXT_REFUSED;
    }
}

int redo_shows(const struct context *context, uint8_t type)
{
    if (is_tls13(context) || (type != RECORD_HANDSHAKE && type != RECORD_CCS))
        return 0;
    if (context->flags & CONTEXT_REDO)
        return 1;
    return is_server(context) && type == RECORD_HANDSHAKE &&
           (context->provider->api.caps & SSPI_CAP_RENEGOTIATE) != 0;
}

/* A ClientHello was shown that nobody asked for. */
static int is_unasked(const struct context *context)
{
    return is_server(context) && !is_tls13(context) && (context->flags & CONTEXT_POST) && !context->skip &&
           !(context->flags & CONTEXT_REDO);
}

int redo_takes(const struct context *context, const struct call *call)
{
    if (call->in.token.len)
        return (context->flags & CONTEXT_REDO) != 0 || is_unasked(context);
    return (context->flags & CONTEXT_REDO) && !(context->flags & (CONTEXT_POST | CONTEXT_HELD));
}

static SECURITY_STATUS admit(struct context *context)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint32_t second = (uint32_t)now.tv_sec;
    if (!context->redo_count || second - context->redo_since > REDO_SECONDS) {
        context->redo_since = second;
        context->redo_count = 0;
    }
    if (!is_possible(context, 0) || context->redo_count++ >= REDO_MOST) {
        log_warning("a client's renegotiation is refused: %s",
                    context->redo_count > REDO_MOST ? "too many in a short time" : "not a safe one");
        return handshake_refuse(context, 0, SEC_E_ILLEGAL_MESSAGE);
    }
    begun(context);
    return SEC_I_CONTINUE_NEEDED;
}

/* Without a slot for EXTRA, what is not of the handshake could not be given back (K33). */
static int fits(const struct context *context, const struct call *call, struct sspi_bytes input)
{
    struct record record;
    for (size_t at = 0, n = 0; !call->in.slot && at < input.len; at += record.len, n++) {
        if (record_read(input.ptr + at, input.len - at, 0, &record) != RECORD_WHOLE)
            return 1;
        if (is_tls13(context) ? n > 0 : record.type == RECORD_DATA)
            return 0;
    }
    return 1;
}

/* How the record will be known when it comes again. */
static void mark(struct context *context, struct sspi_bytes record)
{
    size_t tail = sizeof context->skip_tail;
    memset(context->skip_tail, 0, tail);
    context->skip = (uint32_t)record.len;
    memcpy(context->skip_header, record.ptr, sizeof context->skip_header);
    if (record.len >= RECORD_HEADER + tail)
        memcpy(context->skip_tail, record.ptr + record.len - tail, tail);
}

static SECURITY_STATUS flush(struct context *context, struct call *call)
{
    struct outlet outlet;
    enum sspi_status status;
    size_t used;
    SECURITY_STATUS checked = handshake_step(context, (struct sspi_bytes){0}, &outlet, &status, &used);
    if (checked != SEC_E_OK)
        return checked;
    if (status != SSPI_OK && status != SSPI_WANT_RECORD)
        return distrust(context, "answers what handshake() cannot answer");
    context->flags &= ~(uint32_t)CONTEXT_HELD;
    if (!(context->flags & CONTEXT_REDONE) && !(outlet.io.events & SSPI_EVENT_REDONE))
        return context->flags & CONTEXT_REDO ? SEC_I_CONTINUE_NEEDED : SEC_E_OK;
    return finish(context, call, &outlet);
}

SECURITY_STATUS redo_flush(struct context *context, struct call *call)
{
    return is_unasked(context) ? SEC_I_CONTINUE_NEEDED : flush(context, call);
}

static SECURITY_STATUS close_came(struct context *context)
{
    context->flags |= CONTEXT_CLOSE_GOT;
    context->flags &= ~(uint32_t)CONTEXT_REDO;
    return SEC_I_CONTEXT_EXPIRED;
}

/* unseal() of a copy: alerts, and in TLS 1.3 everything. */
static SECURITY_STATUS open_copy(struct context *context, struct call *call, struct sspi_bytes bytes)
{
    struct sspi_failure failure;
    SECURITY_STATUS result;
    struct bytes copy = {0};
    size_t header = context->header < bytes.len ? context->header : RECORD_HEADER;
    if (bytes_append(&copy, bytes.ptr, bytes.len) != 0)
        return handshake_refuse(context, 0, SEC_E_INSUFFICIENT_MEMORY);
    struct sspi_record record = {
        .header = copy.ptr, .header_len = header, .data = copy.ptr + header, .data_len = bytes.len - header};
    enum sspi_status status = context->unseal(context->session, &record);
    switch (status) {
    case SSPI_OK:
        mark(context, bytes);
        context->flags |= CONTEXT_AHEAD;
        result = SEC_I_CONTINUE_NEEDED;
        if (record.data_len > bytes.len - header ||
            bytes_append(&context->opening->ahead, copy.ptr + header, record.data_len) != 0)
            result = handshake_refuse(context, 0, SEC_E_INSUFFICIENT_MEMORY);
        break;
    case SSPI_WANT_RECORD:
        redo_note(context, record.events);
        result = flush(context, call);
        break;
    case SSPI_CLOSED:
        result = close_came(context);
        break;
    case SSPI_FAILED:
        result = handshake_failure(context, &failure);
        result = handshake_refuse(context, 0, result < 0 ? result : SEC_E_INTERNAL_ERROR);
        break;
    default:
        result = distrust(context, "answers what unseal() cannot answer");
    }
    bytes_wipe(&copy);
    return result;
}

static SECURITY_STATUS feed(struct context *context, struct call *call, struct sspi_bytes record)
{
    struct outlet outlet;
    enum sspi_status status;
    size_t used;
    if (is_tls13(context) || record.ptr[0] == RECORD_ALERT)
        return open_copy(context, call, record);
    SECURITY_STATUS checked = handshake_step(context, record, &outlet, &status, &used);
    if (checked != SEC_E_OK)
        return checked;
    if (status == SSPI_CLOSED)
        return close_came(context);
    if (status != SSPI_OK && status != SSPI_WANT_RECORD)
        return distrust(context, "answers what handshake() cannot answer");
    if (!(outlet.io.events & SSPI_EVENT_REDONE))
        return SEC_I_CONTINUE_NEEDED;
    return finish(context, call, &outlet);
}

/* One record at the start of `rest`.  *taken 0: it is data, and nothing of it happened for the caller. */
static SECURITY_STATUS take(struct context *context, struct call *call, struct sspi_bytes rest, size_t *taken)
{
    struct record record;
    *taken = 0;
    if (context_skips(context, rest)) { /* DecryptMessage has shown it */
        if (context->flags & CONTEXT_AHEAD)
            return SEC_I_CONTINUE_NEEDED;
        *taken = context->skip;
        context->skip = 0;
        return flush(context, call);
    }
    switch (record_read(rest.ptr, rest.len, 0, &record)) {
    case RECORD_SHORT:
        return SEC_I_CONTINUE_NEEDED;
    case RECORD_BAD:
        return handshake_refuse(context, 0, SEC_E_INVALID_TOKEN);
    case RECORD_WHOLE:
        break;
    }
    if (!is_tls13(context) && record.type == RECORD_DATA)
        return SEC_I_CONTINUE_NEEDED;
    rest.len = record.len;
    SECURITY_STATUS status = feed(context, call, rest);
    *taken = context->flags & CONTEXT_AHEAD ? 0 : record.len;
    return status;
}

SECURITY_STATUS redo_run(struct context *context, struct call *call, struct sspi_bytes input, size_t *used)
{
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    if (!fits(context, call, input))
        return SEC_E_INVALID_TOKEN;
    if (is_unasked(context))
        status = admit(context);
    for (size_t taken = 1; status == SEC_I_CONTINUE_NEEDED && taken && *used < input.len; *used += taken) {
        struct sspi_bytes rest = {input.ptr + *used, input.len - *used};
        status = take(context, call, rest, &taken);
        if (!(context->flags & CONTEXT_REFUSED) || status < 0)
            continue;
        if (!*used) { /* the answer to this very call: the record counts as read */
            mark(context, (struct sspi_bytes){rest.ptr, taken});
            context->flags &= ~(uint32_t)CONTEXT_REFUSED;
            return SEC_E_UNSUPPORTED_FUNCTION;
        }
        *used += taken;
        return SEC_I_CONTINUE_NEEDED; /* the next call says it */
    }
    if (*used)
        context->flags &= ~(uint32_t)CONTEXT_POST;
    return *used || status != SEC_I_CONTINUE_NEEDED ? status : SEC_E_OUT_OF_SEQUENCE;
}
