/* SPDX-License-Identifier: MIT
 *
 * A server's beginning: the ClientHello is read here, before any session is made, so that one certificate
 * and at most one protocol go to the provider and all of them choose alike (D6). */
#include <config.h>

#include "core/context.h"

#include "core/account.h"

#define LOG_AREA "context"
#include "core/datagram.h"
#include "core/log.h"
#include "core/profile.h"
#include "core/psk.h"
#include "core/record.h"
#include "core/status.h"

#include <schannel.h>
#include <string.h>

SECURITY_STATUS accept_begin(struct call *call, struct context **out)
{
    struct credential *cred = credential_get(call->credential);
    struct context *context = NULL;
    SECURITY_STATUS status = SEC_E_OK;
    if (!cred)
        return SEC_E_INVALID_HANDLE;
    if (!cred->server || (!cred->cert_count && !psk_only(cred)))
        status = SEC_E_NO_CREDENTIALS; /* D8 */
    else if ((status = credential_kind(&cred, 1, (call->meaning & FLAG_DATAGRAM) != 0)) != SEC_E_OK)
        context = NULL;
    else if (!(context = context_new(cred, 1)) || !context_opening(context))
        status = SEC_E_INSUFFICIENT_MEMORY;
    else if (psk_only(cred) && (status = psk_take(context, &call->in)) != SEC_E_OK)
        log_info("no key and no name of one in the first call: nothing to accept with");
    else if (call->meaning & FLAG_DATAGRAM)
        status = datagram_new(context, call);
    credential_unref(cred);
    if (status == SEC_E_OK)
        *out = context;
    else
        context_free(context);
    return status;
}

/* ---- the choice of a certificate (D6) ---- */

/* May a client without TLS 1.3 meet this key?  Its suites must name the key's type. */
static int suites_fit(const struct credential *cred, const struct hello *hello, const uint16_t *schemes,
                      size_t count)
{
    int rsa = 0, other = 0;
    for (size_t i = 0; i < count; i++) {
        const char *name = suite_signature_name(schemes[i]);
        if (name && strncmp(name, "rsa", 3) == 0)
            rsa = 1;
        else
            other = 1;
    }
    for (size_t i = 0; cred->suites[i]; i++) {
        const struct suite *suite = suite_find(cred->suites[i]);
        if (!suite || suite->tls13 || !hello_lists(hello->suites, cred->suites[i]))
            continue;
        if (strcmp(suite->certificate, "RSA") == 0 ? rsa : other)
            return 1;
    }
    return 0;
}

static int schemes_fit(const struct credential *cred, const struct hello *hello, struct sspi_bytes leaf)
{
    const uint16_t *schemes;
    size_t count = cert_schemes(leaf, &schemes);
    int tls13 = (cred->server & SSPI_CAP_TLS13) && hello_lists(hello->versions, 0x0304);
    if (!tls13 && !suites_fit(cred, hello, schemes, count))
        return 0;
    if (!hello->signatures.len)
        return 1;
    for (size_t i = 0; i < count; i++)
        if (hello_lists(hello->signatures, schemes[i]))
            return 1;
    return 0;
}

/* By name (exact before wildcard), then by what the client can verify, then the first. */
static const struct credential_cert *choose(const struct credential *cred, const struct hello *hello)
{
    const struct credential_cert *best = NULL;
    int best_score = -1;
    for (unsigned i = 0; i < cred->cert_count; i++) {
        struct sspi_bytes leaf = cred->certs[i].identity.chain[0];
        if (!cred->certs[i].server)
            continue;
        if (cred->cert_count == 1)
            return &cred->certs[i];
        int score = hello->server_name[0] ? 2 * cert_names_host(leaf, hello->server_name) : 0;
        score += schemes_fit(cred, hello, leaf);
        if (score > best_score) {
            best = &cred->certs[i];
            best_score = score;
        }
    }
    return best;
}

/* ---- the session ---- */

static SECURITY_STATUS make_session(struct context *context, struct sspi_session_params *params)
{
    const struct sspi_provider *api = &context->provider->api;
    struct sspi_failure failure = {0};
    enum sspi_status made =
        api->session_new(context->certificate ? context->certificate->server : context->credential->keyed,
                         params, &context->session, &failure);
    if (made == SSPI_OK && context->session)
        return SEC_E_OK;
    if (made == SSPI_OK || context->session) {
        log_error("%s: session_new() contradicts itself", context->provider->name);
        return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, SEC_E_INTERNAL_ERROR);
    }
    log_error("%s: no session: %s", context->provider->name, failure.text ? failure.text : "no reason");
    SECURITY_STATUS status = made == SSPI_UNSUPPORTED ? SEC_E_UNSUPPORTED_FUNCTION
                             : made == SSPI_FAILED    ? status_of_failure(&failure)
                                                      : SEC_E_INTERNAL_ERROR;
    return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, status);
}

void accept_asks(struct context *context, const struct call *call, int request)
{
    const struct credential *cred = context->credential;
    int judged = cred->require_client || (cred->flags & SCH_CRED_AUTO_CRED_VALIDATION); /* D16 */
    context->flags &= ~(uint32_t)(CONTEXT_VERIFY | CONTEXT_MAP | CONTEXT_CERT_ASKED | CONTEXT_CERT_NEEDED);
    if (request)
        context->flags |= CONTEXT_CERT_ASKED | (request == 2 ? CONTEXT_CERT_NEEDED : 0u) |
                          (judged ? CONTEXT_VERIFY : 0u) | (account_wanted(context, call) ? CONTEXT_MAP : 0u);
}

/* A client gets it only if it asks.  With several certificates for several names it is to be asked for. */
static int staples(const struct context *context)
{
    ULONG flags = context->credential->flags;
    return context->certificate && (context->provider->api.caps & SSPI_CAP_STAPLE) &&
           (!(flags & SCH_CRED_SNI_CREDENTIAL) || (flags & SCH_CRED_SNI_ENABLE_OCSP));
}

static SECURITY_STATUS open_session(struct context *context, const struct call *call, struct sspi_bytes alpn)
{
    const struct credential *cred = context->credential;
    struct sspi_session_params params = {.size = sizeof params,
                                         .owner = context,
                                         .alpn = alpn,
                                         .allow_renegotiation =
                                             !context->datagram, /* core/redo.c bounds it */
                                         .keylog = cred->keylog.write != NULL};
    if (cred->require_client)
        params.request_cert = 2;
    else if ((call->meaning & FLAG_MUTUAL_AUTH) && !cred->keyed)
        params.request_cert = 1;
    accept_asks(context, call, params.request_cert);
    params.verify =
        (context->flags & (CONTEXT_VERIFY | CONTEXT_MAP)) != 0; /* core/verify.c tells them apart */
    if (cred->lifespan && (context->provider->api.caps & SSPI_CAP_TICKET_KEYS))
        params.tickets = PROFILE_TICKETS;
    datagram_params(context, &params);
    params.ca_names = (struct sspi_bytes){credential_client_policy(cred)->names.ptr,
                                          credential_client_policy(cred)->names.len};
    if (staples(context))
        params.staple = context->certificate->identity.staple;
    if (context->certificate && tickets_policy(context, &params) != 0)
        return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, SEC_E_INTERNAL_ERROR);
    params.verify |= params.allow_renegotiation; /* a later handshake may ask for what has to be judged */
    memcpy(params.policy_digest, context->opening->policy, sizeof params.policy_digest);
    return make_session(context, &params);
}

/* The ClientHello is whole: choose, and give its records to a session. */
SECURITY_STATUS accept_answer(struct context *context, struct call *call)
{
    struct opening *opening = context->opening;
    struct hello hello;
    struct sspi_bytes alpn = {0};
    uint8_t alert = TLS1_ALERT_DECODE_ERROR;
    struct sspi_bytes message = {opening->gather.message.ptr, opening->gather.message.len};
    if (hello_read(message, &hello, &alert) != HELLO_WHOLE)
        return handshake_refuse(context, alert, SEC_E_INVALID_TOKEN);
    if (opening->alpn.len && hello.alpn.len) {
        alpn = hello_alpn((struct sspi_bytes){opening->alpn.ptr, opening->alpn.len}, hello.alpn);
        if (!alpn.len)
            return handshake_refuse(context, TLS1_ALERT_NO_APP_PROTOCOL, SEC_E_APPLICATION_PROTOCOL_MISMATCH);
    }
    memcpy(opening->server_name, hello.server_name, sizeof opening->server_name);
    context->certificate = choose(context->credential, &hello);
    if (!context->certificate && !context->credential->keyed)
        return handshake_refuse(context, TLS1_ALERT_HANDSHAKE_FAILURE, SEC_E_NO_CREDENTIALS);

    struct bytes chosen = {0}, allowed = opening->alpn;
    if (alpn.len && bytes_append(&chosen, alpn.ptr, alpn.len) != 0)
        return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, SEC_E_INSUFFICIENT_MEMORY);
    opening->alpn = chosen; /* nothing else may be negotiated now */
    bytes_free(&allowed);
    SECURITY_STATUS status = open_session(context, call, (struct sspi_bytes){chosen.ptr, chosen.len});
    if (status != SEC_E_OK)
        return status;
    context->state = CONTEXT_HANDSHAKE;

    size_t used = 0;
    struct bytes records = opening->records;
    memset(&opening->records, 0, sizeof opening->records);
    hello_gather_free(&opening->gather);
    status = handshake_run(context, call, (struct sspi_bytes){records.ptr, records.len}, &used);
    bytes_free(&records);
    return status;
}

/* Adds one record to the hello.  CONTINUE_NEEDED: more records must come. */
static SECURITY_STATUS gather(struct context *context, struct call *call, struct sspi_bytes record)
{
    struct opening *opening = context->opening;
    uint8_t alert = 0;
    if (opening->records.len + record.len > HELLO_MAX)
        return handshake_refuse(context, TLS1_ALERT_RECORD_OVERFLOW, SEC_E_INVALID_TOKEN);
    enum hello_status found = hello_gather(&opening->gather, record.ptr, record.len, &alert);
    if (found == HELLO_BAD && alert == TLS1_ALERT_INTERNAL_ERROR)
        return handshake_refuse(context, alert, SEC_E_INSUFFICIENT_MEMORY);
    if (found == HELLO_BAD)
        return handshake_refuse(context, alert, alert ? SEC_E_INVALID_TOKEN : SEC_E_ILLEGAL_MESSAGE);
    if (bytes_append(&opening->records, record.ptr, record.len) != 0)
        return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, SEC_E_INSUFFICIENT_MEMORY);
    return found == HELLO_WHOLE ? accept_answer(context, call) : SEC_I_CONTINUE_NEEDED;
}

SECURITY_STATUS accept_lists(struct context *context, const struct call *call)
{
    struct opening *opening = context->opening;
    if (call->in.alpn.len && !opening->alpn.len &&
        bytes_append(&opening->alpn, call->in.alpn.ptr, call->in.alpn.len) != 0)
        return handshake_refuse(context, TLS1_ALERT_INTERNAL_ERROR, SEC_E_INSUFFICIENT_MEMORY);
    return SEC_E_OK;
}

SECURITY_STATUS accept_run(struct context *context, struct call *call, struct sspi_bytes input, size_t *used)
{
    SECURITY_STATUS taken = accept_lists(context, call);
    if (taken != SEC_E_OK)
        return taken;
    while (*used < input.len) {
        struct record record;
        struct sspi_bytes rest = {input.ptr + *used, input.len - *used};
        enum record_status found = record_read(rest.ptr, rest.len, 0, &record);
        if (found == RECORD_SHORT)
            break;
        if (found == RECORD_BAD) /* handshake_run has the words for it */
            return handshake_run(context, call, input, used);
        rest.len = record.len;
        *used += record.len;
        SECURITY_STATUS status = gather(context, call, rest);
        if (status != SEC_I_CONTINUE_NEEDED)
            return status;
        if (context->state == CONTEXT_HANDSHAKE)
            return handshake_run(context, call, input, used);
    }
    return SEC_I_CONTINUE_NEEDED;
}
