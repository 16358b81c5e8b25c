/* SPDX-License-Identifier: MIT
 *
 * Records in, records out.  The provider is not believed where it can be checked: it must take the record it
 * is given, put out whole records, name what was offered, and have asked for the verdict it was told to ask.
 */
#include <config.h>

#include "core/context.h"

#include "core/account.h"

#define LOG_AREA "context"
#include "core/datagram.h"
#include "core/local-time.h"
#include "core/log.h"
#include "core/psk.h"
#include "core/record.h"
#include "core/status.h"

#include <schannel.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FLIGHT_MAX (1024u * 1024u) /* no honest flight is longer */

/* ---- output ---- */

static int outlet_emit(struct sspi_io *io, const void *bytes, size_t len)
{
    struct outlet *outlet = (struct outlet *)io;
    if (len > FLIGHT_MAX || outlet->to->len - outlet->start > FLIGHT_MAX - len)
        outlet->refused = SEC_E_INTERNAL_ERROR;
    else if (outlet->datagram)
        outlet->refused = datagram_put(outlet->datagram, outlet->to, bytes, len);
    else if (bytes_append(outlet->to, bytes, len) != 0)
        outlet->refused = SEC_E_INSUFFICIENT_MEMORY;
    return outlet->refused ? -1 : 0;
}

SECURITY_STATUS outlet_open(struct outlet *outlet, struct context *context, struct sspi_bytes record)
{
    struct opening *opening = context_opening(context);
    if (!opening)
        return SEC_E_INSUFFICIENT_MEMORY;
    memset(outlet, 0, sizeof *outlet);
    outlet->io.size = sizeof outlet->io;
    outlet->io.in = record.ptr;
    outlet->io.in_len = record.len;
    outlet->io.emit = outlet_emit;
    outlet->to = &opening->flight;
    outlet->datagram = context->datagram;
    outlet->start = opening->flight.len;
    return SEC_E_OK;
}

struct put_out {
    size_t alert; /* where the first alert record ends; 0: none */
    int keyed;    /* a record shows that the sender's key is in use */
    uint8_t code; /* of that alert, if it is fatal and can be read; 0: it is not */
};

/* Walks what was put out.  0, or -1: not whole records. */
static int outlet_walk(const struct outlet *outlet, struct put_out *found)
{
    memset(found, 0, sizeof *found);
    for (size_t at = outlet->start; at < outlet->to->len;) {
        struct record record;
        const uint8_t *bytes = outlet->to->ptr + at;
        if (record_read(bytes, outlet->to->len - at, outlet->datagram != NULL, &record) != RECORD_WHOLE)
            return -1;
        at += record.len;
        if (record.type == RECORD_CCS || record.type == RECORD_DATA || record.sequence >> 48)
            found->keyed = 1;
        if (record.type != RECORD_ALERT || found->alert)
            continue;
        found->alert = at;
        if (record.len == record.header + 2 && bytes[record.header] == TLS1_ALERT_FATAL)
            found->code = bytes[record.header + 1];
    }
    return 0;
}

/* ---- failures ---- */

int handshake_alert(struct context *context, uint8_t level, uint8_t code)
{
    struct opening *opening = context_opening(context);
    uint8_t record[RECORD_HEADER_DTLS + 2];
    int first = !(context->flags & (CONTEXT_SERVER | CONTEXT_KEYED)); /* W74 */
    if (!opening)
        return -1;
    if (context->datagram) {
        record_alert_datagram(record, first ? 0xFEFF : 0xFEFD, level, code);
        return datagram_put(context->datagram, &opening->flight, record, RECORD_HEADER_DTLS + 2) == SEC_E_OK
                   ? 0
                   : -1;
    }
    record_alert(record, first ? 0x0301 : 0x0303, level, code);
    return bytes_append(&opening->flight, record, RECORD_HEADER + 2);
}

SECURITY_STATUS handshake_refuse(struct context *context, uint8_t alert, SECURITY_STATUS status)
{
    if (alert && !(context->flags & CONTEXT_KEYED) && handshake_alert(context, TLS1_ALERT_FATAL, alert) == 0)
        context->opening->alert = alert;
    context->state = CONTEXT_DEAD;
    context->death = status;
    return status;
}

/* What the provider did cannot be: nothing of it leaves. */
static SECURITY_STATUS distrust(struct context *context, const struct outlet *outlet, const char *what)
{
    log_error("%s: %s", context->provider->name, what);
    outlet->to->len = outlet->start;
    return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, SEC_E_INTERNAL_ERROR);
}

SECURITY_STATUS handshake_failure(struct context *context, struct sspi_failure *failure)
{
    char text[256];
    const struct sspi_failure *told = context->provider->api.failure(context->session);
    memset(failure, 0, sizeof *failure);
    if (told)
        *failure = *told;
    else
        failure->why = SSPI_WHY_INTERNAL;
    const char *words = failure->text ? failure->text : "";
    log_info("%s: failed: why %d, alert %u, sent %u, received %u, code %lld: %s", context->provider->name,
             (int)failure->why, failure->alert, failure->alert_sent, failure->alert_received,
             (long long)failure->code, log_escape(text, sizeof text, words, strlen(words)));
    if (context->verdict.why != SSPI_WHY_NONE) /* the core refused the chain: its own words (K38, D8) */
        return context->denied ? context->denied : status_of_why(context->verdict.why);
    return status_of_failure(failure);
}

/* handshake() gave SSPI_FAILED.  Exactly one fatal alert leaves: the provider's, or the core's own while no
 * key is in use; none where the peer's alert ended it. */
static SECURITY_STATUS fail(struct context *context, const struct outlet *outlet)
{
    struct sspi_failure failure;
    struct put_out found;
    SECURITY_STATUS status = handshake_failure(context, &failure);
    if (status >= 0)
        status = SEC_E_INTERNAL_ERROR;
    if (outlet->refused == SEC_E_INSUFFICIENT_MEMORY)
        status = outlet->refused;
    /* An alert that is no record is dropped, and said in its place: OpenSSL and GnuTLS write the version that
     * the ServerHello named, whatever it is. */
    if (failure.alert_received || outlet->refused || outlet_walk(outlet, &found) != 0) {
        outlet->to->len = outlet->start;
        uint8_t alert = outlet->refused || !failure.alert ? TLS1_ALERT_INTERNAL_ERROR : failure.alert;
        return handshake_refuse(context, failure.alert_received ? 0 : alert, status);
    }
    if (found.alert) {
        outlet->to->len = found.alert; /* a second alert, or anything behind the first, is dropped */
        if (found.code &&
            context->denied) /* OpenSSL knows no access_denied; under keys it stays with its own */
            found.code = outlet->to->ptr[found.alert - 1] = context->verdict.alert;
        context->opening->alert = found.code ? found.code : failure.alert_sent;
        return handshake_refuse(context, 0, status);
    }
    if (failure.alert_sent && outlet->to->len > outlet->start) { /* sealed, as TLS 1.3 does */
        context->opening->alert = failure.alert_sent;
        return handshake_refuse(context, 0, status);
    }
    return handshake_refuse(context, failure.alert ? failure.alert : status_alert_of_why(failure.why),
                            status);
}

/* ---- completion ---- */

uint32_t handshake_cap_of_version(uint16_t version)
{
    if (version == 0xFEFF || version == 0xFEFD) /* DTLS 1.0, 1.2 */
        return version == 0xFEFF ? (uint32_t)SSPI_CAP_DTLS10 : (uint32_t)SSPI_CAP_DTLS12;
    return version >= 0x0301 && version <= 0x0304 ? UINT32_C(1) << (version - 0x0301) : 0;
}

static int alpn_offered(const struct bytes *list, struct sspi_bytes name)
{
    for (size_t at = 0; at < list->len; at += 1u + list->ptr[at])
        if (list->ptr[at] == name.len && memcmp(list->ptr + at + 1, name.ptr, name.len) == 0)
            return 1;
    return 0;
}

static const char *take_alpn(struct context *context, struct sspi_bytes name, SECURITY_STATUS *status)
{
    if (!name.len)
        return NULL;
    if (context->alpn) /* agreed once; a new handshake does not change it */
        return name.len == context->alpn[0] && memcmp(name.ptr, context->alpn + 1, name.len) == 0
                   ? NULL
                   : "changes the protocol that was negotiated";
    if (name.len > 255 || !alpn_offered(&context->opening->alpn, name))
        return "negotiated a protocol that was not offered";
    context->alpn = malloc(1 + name.len);
    if (!context->alpn) {
        *status = SEC_E_INSUFFICIENT_MEMORY;
        return "completed, and there is no memory to keep what was agreed";
    }
    context->alpn[0] = (uint8_t)name.len;
    memcpy(context->alpn + 1, name.ptr, name.len);
    return NULL;
}

int context_peer_cert(const struct context *context, unsigned i, struct sspi_bytes *der)
{
    *der = (struct sspi_bytes){0};
    return context->provider->api.peer_cert(context->session, i, der) == SSPI_OK && der->ptr && der->len;
}

/* What attributes answer with later. */
static const char *take_target(struct context *context, const struct call *call, SECURITY_STATUS *status)
{
    const char *name = context->opening->server_name;
    context->opened = (int64_t)time(NULL);
    context->meaning = call->meaning;
    if (!(context->flags & CONTEXT_SERVER) || !*name || context->target || (context->target = strdup(name)))
        return NULL;
    *status = SEC_E_INSUFFICIENT_MEMORY;
    return "completed, and there is no memory to keep whom with";
}

/* The peer's certificate against what was asked of it.  The words of what is wrong, or NULL. */
static const char *check_peer(struct context *context, struct call *call, SECURITY_STATUS *status)
{
    struct sspi_bytes leaf = {0};
    int server = context->flags & CONTEXT_SERVER;
    int has = context_peer_cert(context, 0, &leaf);
    if (psk_only(context->credential) && has)
        return "completed with a certificate where a shared key was to be used";
    int again = (context->flags & CONTEXT_REDO) != 0, same = again && redo_same_peer(context, leaf);
    if ((context->flags & CONTEXT_VERIFY) && (has || (!server && !psk_only(context->credential))) &&
        !(context->flags & CONTEXT_JUDGED) && !same)
        return "completed without asking for a verdict on the peer's chain";
    if (has && context->denied) {
        *status = context->denied;
        return "completed with a certificate that the account map refused";
    }
    if (again && !server && !(context->flags & CONTEXT_VERIFY) && !same) {
        *status = SEC_E_CERT_UNKNOWN; /* whom the program judged is not whom it would talk to now */
        return "is shown another certificate in a new handshake";
    }
    if ((context->flags & CONTEXT_CERT_NEEDED) && !has) {
        *status = status_of_why(SSPI_WHY_CERT_MISSING);
        return "completed without the certificate that is required";
    }
    if (server ? has && (context->flags & CONTEXT_CERT_ASKED) : 1)
        context->flags |= CONTEXT_MUTUAL;
    redo_keep_peer(context, leaf);
    uint64_t ticks = has ? cert_not_after(leaf) : 0;
    call->expiry = ticks ? local_time_of(ticks) : LOCAL_TIME_NEVER; /* D2 */
    return NULL;
}

static const char *take_conn(struct context *context, const struct sspi_conn *conn)
{
    const struct suite *suite = suite_find(conn->suite);
    if (!(handshake_cap_of_version(conn->version) & context->protocols))
        return "negotiated a version that was switched off";
    if (!suite || !suite->tls13 != (conn->version != 0x0304))
        return "names no suite of that version";
    if (conn->plaintext_max > 16384)
        return "seals more than a record holds";
    if (conn->srtp && !(context->datagram && datagram_offers(context, conn->srtp)))
        return "negotiated a profile of SRTP that was not offered";
    struct suite_sizes sizes = suite_sizes(suite, conn->version);
    if (context->version && conn->version != context->version)
        return "changes the version in a new handshake";
    context->flags &= ~(uint32_t)(CONTEXT_RESUMED | CONTEXT_EMS | CONTEXT_SAFE | CONTEXT_MUTUAL);
    context->suite = suite;
    context->version = conn->version;
    context->group = conn->group;
    context->signature = conn->signature;
    context->peer_signature = conn->peer_signature;
    context->header = (uint16_t)sizes.header;
    context->trailer = (uint16_t)sizes.trailer;
    context->message_max = conn->plaintext_max ? conn->plaintext_max : 16384;
    datagram_limit(context);
    context->flags |= (conn->flags & SSPI_CONN_RESUMED ? CONTEXT_RESUMED : 0u) |
                      (conn->flags & SSPI_CONN_EMS ? CONTEXT_EMS : 0u) |
                      (conn->flags & SSPI_CONN_SAFE_RENEGOTIATION ? CONTEXT_SAFE : 0u);
    return NULL;
}

SECURITY_STATUS handshake_complete(struct context *context, struct call *call, const struct outlet *outlet)
{
    const struct sspi_provider *api = &context->provider->api;
    struct sspi_conn conn = {.size = sizeof conn};
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;
    if (api->describe(context->session, &conn) != SSPI_OK)
        return distrust(context, outlet, "cannot describe the connection it completed");
    const char *wrong = take_conn(context, &conn);
    if (!wrong)
        wrong = take_alpn(context, conn.alpn, &status);
    if (!wrong)
        wrong = check_peer(context, call, &status);
    if (!wrong)
        wrong = take_target(context, call, &status);
    if (wrong) {
        (void)distrust(context, outlet, wrong);
        return context->death = status;
    }
    if (context->flags & CONTEXT_MUTUAL)
        call->granted |= FLAG_MUTUAL_AUTH;
    account_settle(context);
    context->seal = api->seal;
    context->unseal = api->unseal;
    context->seal_min = api->caps & SSPI_CAP_EMPTY_RECORD ? 0 : 1;
    context->flags |= CONTEXT_WAS_OPEN | CONTEXT_KEYED;
    context->state = context->datagram ? CONTEXT_OPEN_DATAGRAM : CONTEXT_OPEN;
    sessions_complete(context);
    log_debug("%s: %s completed, version 0x%04x, suite %s", context->provider->name,
              context->flags & CONTEXT_SERVER ? "server" : "client", context->version, context->suite->name);
    return SEC_E_OK;
}

/* ---- records ---- */

static int took_input(const struct sspi_io *io, enum sspi_status status)
{
    if (!io->in || io->in_used == io->in_len || status == SSPI_FAILED || status == SSPI_CLOSED)
        return 1;
    return status == SSPI_WANT_CREDENTIAL && io->in_used == 0;
}

/* The id that ServerHello gives the session: the server put it out, the client takes it in. */
static void note_session_id(struct context *context, struct sspi_bytes record, const struct outlet *outlet)
{
    if (context->flags & CONTEXT_SERVER)
        record = outlet->to->len > outlet->start
                     ? (struct sspi_bytes){outlet->to->ptr + outlet->start, outlet->to->len - outlet->start}
                     : (struct sspi_bytes){NULL, 0};
    struct sspi_bytes id = hello_session_id(record);
    if (!id.len || context->state == CONTEXT_OPEN)
        return;
    context->session_id[0] = (uint8_t)id.len;
    memcpy(context->session_id + 1, id.ptr, id.len);
}

SECURITY_STATUS handshake_checked(struct context *context, struct sspi_bytes record, struct outlet *outlet,
                                  enum sspi_status status)
{
    struct put_out found;
    if (status == SSPI_FAILED)
        return fail(context, outlet);
    if (!took_input(&outlet->io, status))
        return distrust(context, outlet, "left a record unread");
    if (outlet->refused == SEC_E_INSUFFICIENT_MEMORY) {
        outlet->to->len = outlet->start;
        return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, outlet->refused);
    }
    if (outlet->refused || outlet_walk(outlet, &found) != 0)
        return distrust(context, outlet, "put out something that is no record");
    if (found.code)
        return distrust(context, outlet, "goes on after a fatal alert");
    if (found.keyed || (record.ptr && !context->datagram && !(context->flags & CONTEXT_SERVER)))
        context->flags |= CONTEXT_KEYED;
    note_session_id(context, record, outlet);
    if ((outlet->io.events & SSPI_EVENT_TICKET) && context->state == CONTEXT_OPEN)
        sessions_keep(context);
    return SEC_E_OK;
}

SECURITY_STATUS handshake_step(struct context *context, struct sspi_bytes record, struct outlet *outlet,
                               enum sspi_status *status, size_t *used)
{
    if (outlet_open(outlet, context, record) != SEC_E_OK)
        return handshake_refuse(context, 0, SEC_E_INSUFFICIENT_MEMORY);
    *status = context->provider->api.handshake(context->session, &outlet->io);
    *used = outlet->io.in ? outlet->io.in_used : 0;
    return handshake_checked(context, record, outlet, *status);
}

SECURITY_STATUS handshake_feed(struct context *context, struct call *call, struct sspi_bytes record,
                               size_t *used)
{
    struct outlet outlet;
    enum sspi_status status;
    for (int again = 0;; again++) {
        SECURITY_STATUS checked = handshake_step(context, record, &outlet, &status, used);
        if (checked != SEC_E_OK)
            return checked;
        if (status != SSPI_WANT_CREDENTIAL)
            break;
        if (again || (context->flags & CONTEXT_SERVER))
            return distrust(context, &outlet, "asks for a credential again");
        context->opening->feed_nothing = record.ptr && *used == record.len;
        checked = initialize_stop(context, call);
        if (checked != SEC_I_CONTINUE_NEEDED)
            return checked;
        if (*used == record.len)
            record = (struct sspi_bytes){0};
    }
    switch (status) {
    case SSPI_OK:
        return handshake_complete(context, call, &outlet);
    case SSPI_WANT_RECORD:
        return SEC_I_CONTINUE_NEEDED;
    case SSPI_CLOSED:
        return handshake_refuse(context, 0, SEC_E_CONTEXT_EXPIRED);
    default:
        return distrust(context, &outlet, "answers what handshake() cannot answer");
    }
}

SECURITY_STATUS handshake_flush(struct context *context)
{
    struct outlet outlet;
    enum sspi_status status;
    size_t used;
    SECURITY_STATUS checked = handshake_step(context, (struct sspi_bytes){0}, &outlet, &status, &used);
    if (checked != SEC_E_OK)
        return checked;
    if (context->state == CONTEXT_OPEN && (status == SSPI_OK || status == SSPI_WANT_RECORD))
        return SEC_E_OK;
    if (context->state == CONTEXT_HANDSHAKE && status == SSPI_WANT_RECORD)
        return SEC_I_CONTINUE_NEEDED;
    return distrust(context, &outlet, "answers what handshake() cannot answer");
}

void handshake_last_words(struct context *context)
{
    struct outlet outlet;
    SECURITY_STATUS death = context->death;
    context->flags &= ~(uint32_t)CONTEXT_LAST_WORDS;
    if (outlet_open(&outlet, context, (struct sspi_bytes){0}) == SEC_E_OK) {
        if (context->provider->api.handshake(context->session, &outlet.io) == SSPI_FAILED)
            fail(context, &outlet);
        else
            outlet.to->len = outlet.start; /* a session that failed has nothing else to say */
    }
    context->death = death;
}

SECURITY_STATUS handshake_resend(struct context *context)
{
    struct outlet outlet;
    struct put_out found;
    int next_ms = -1;
    if (outlet_open(&outlet, context, (struct sspi_bytes){0}) != SEC_E_OK)
        return handshake_refuse(context, 0, SEC_E_INSUFFICIENT_MEMORY);
    enum sspi_status status = context->provider->api.resend(context->session, &outlet.io, &next_ms);
    if (status == SSPI_FAILED)
        return fail(context, &outlet);
    if (outlet.refused || outlet_walk(&outlet, &found) != 0 || found.code)
        return distrust(context, &outlet, "sends again what is no flight");
    return SEC_E_OK;
}

/* The alert for bytes that are no TLS record. */
static uint8_t alert_of_junk(struct sspi_bytes junk)
{
    if (junk.ptr[0] < RECORD_CCS || junk.ptr[0] > RECORD_DATA)
        return TLS1_ALERT_UNEXPECTED_MESSAGE;
    return junk.len > 1 && junk.ptr[1] != 3 ? TLS1_ALERT_PROTOCOL_VERSION : TLS1_ALERT_RECORD_OVERFLOW;
}

SECURITY_STATUS handshake_run(struct context *context, struct call *call, struct sspi_bytes input,
                              size_t *used)
{
    if (context->datagram)
        return datagram_feed(context, call, input, used);
    while (*used < input.len) {
        struct record record;
        struct sspi_bytes rest = {input.ptr + *used, input.len - *used};
        enum record_status found = record_read(rest.ptr, rest.len, 0, &record);
        size_t taken = 0;
        if (found == RECORD_SHORT)
            break;
        if (found == RECORD_BAD)
            return handshake_refuse(context, alert_of_junk(rest), SEC_E_INVALID_TOKEN); /* W32, W33 */
        rest.len = record.len;
        int late = initialize_late(context, call, rest);
        if (late < 0)
            return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, SEC_E_INSUFFICIENT_MEMORY);
        if (late) {
            context->opening->feed_nothing = 0;
            SECURITY_STATUS stop = initialize_stop(context, call);
            if (stop != SEC_I_CONTINUE_NEEDED)
                return stop;
        }
        SECURITY_STATUS status = handshake_feed(context, call, rest, &taken);
        *used += status == SEC_I_INCOMPLETE_CREDENTIALS ? taken : record.len;
        if (status != SEC_I_CONTINUE_NEEDED)
            return status;
    }
    return SEC_I_CONTINUE_NEEDED;
}
