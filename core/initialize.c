/* SPDX-License-Identifier: MIT
 *
 * A client's beginning: target name, protocols to offer, and the certificate that a server asks for when
 * none was given (K18). */
#include <config.h>

#include "core/context.h"
#include "core/extras.h"

#define LOG_AREA "context"
#include "core/datagram.h"
#include "core/log.h"
#include "core/move.h"
#include "core/psk.h"
#include "core/record.h"
#include "core/status.h"

#include <arpa/inet.h>
#include <schannel.h>
#include <stdlib.h>
#include <string.h>

/* ---- the first call ---- */

/* A host name that may be sent as SNI: letters, digits, - and _ in labels; no IP literal (K14). */
static int is_host_name(const char *name, size_t len)
{
    size_t label = 0;
    if (!len || len > 253)
        return 0;
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        int dot = c == '.';
        int word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                   c == '_';
        if ((!dot && !word) || (dot && !label) || (!dot && ++label > 63))
            return 0;
        if (dot)
            label = 0;
    }
    return label > 0;
}

static void set_server_name(struct opening *opening, const char *target)
{
    unsigned char address[16];
    size_t len = strlen(target);
    if (len && target[len - 1] == '.')
        len--;
    if (!is_host_name(target, len) || inet_pton(AF_INET, target, address) == 1)
        return;
    memcpy(opening->server_name, target, len);
    opening->server_name[len] = 0;
}

static SECURITY_STATUS take_first(struct context *context, const struct call *call)
{
    struct opening *opening = context_opening(context);
    if (!opening)
        return SEC_E_INSUFFICIENT_MEMORY;
    const char *target = call->moved ? moved_target(call->moved, call->target) : call->target;
    if (target && *target) {
        context->target = strdup(target);
        if (!context->target)
            return SEC_E_INSUFFICIENT_MEMORY;
        set_server_name(opening, context->target);
    }
    if (call->in.alpn.len && bytes_append(&opening->alpn, call->in.alpn.ptr, call->in.alpn.len) != 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    return psk_only(context->credential) ? psk_take(context, &call->in) : SEC_E_OK;
}

/* Whoever wants revocation checked wants the server's own answer. */
static int asks_staple(const struct credential *cred)
{
    return (cred->flags & (SCH_CRED_REVOCATION_CHECK_END_CERT | SCH_CRED_REVOCATION_CHECK_CHAIN |
                           SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT)) != 0 &&
           (cred->provider->api.caps & SSPI_CAP_STAPLE_RAW) != 0;
}

static SECURITY_STATUS make_session(struct context *context, const struct call *call)
{
    const struct sspi_provider *api = &context->provider->api;
    const struct credential *cred = context->credential;
    struct opening *opening = context->opening;
    struct sspi_failure failure = {0};
    struct sspi_session_params params = {
        .size = sizeof params,
        .owner = context,
        .server_name = opening->server_name[0] ? opening->server_name : NULL,
        .alpn = {opening->alpn.ptr, opening->alpn.len},
        .verify =
            !(call->meaning & FLAG_MANUAL) && !(cred->flags & SCH_CRED_MANUAL_CRED_VALIDATION), /* D16 */
        .allow_renegotiation = !context->datagram, /* and a late certificate: the server asks, this side may refuse */
        .keylog = cred->keylog.write != NULL,
        .psk = {opening->psk.ptr, opening->psk.len},
        .psk_identity = {opening->psk_identity.ptr, opening->psk_identity.len},
    };
    if (psk_only(cred))
        params.verify = 1; /* a certificate is refused, whoever would judge it */
    datagram_params(context, &params);
    context->flags |= params.verify ? CONTEXT_VERIFY : 0;
    params.ask_staple = asks_staple(cred);
    context->certificate = cred->cert_count ? &cred->certs[0] : NULL;
    if (call->moved)
        moved_offer(call->moved, context);
    if (!context->datagram) /* a server that keeps no state before the cookie has none to resume from */
        params.resume = sessions_open(context, context->target, params.verify);
    params.verify |= params.ask_staple; /* it comes by the same way, whoever judges */
    sspi_cred *own = context->certificate ? context->certificate->client : cred->anonymous;
    enum sspi_status made = api->session_new(own, &params, &context->session, &failure);
    if (made == SSPI_OK && context->session)
        return SEC_E_OK;
    log_error("%s: no session: %s", context->provider->name, failure.text ? failure.text : "no reason");
    if (made == SSPI_UNSUPPORTED && !context->session)
        return SEC_E_UNSUPPORTED_FUNCTION;
    return made == SSPI_FAILED && !context->session ? status_of_failure(&failure) : SEC_E_INTERNAL_ERROR;
}

SECURITY_STATUS initialize_begin(struct call *call, struct context **out)
{
    struct credential *cred = credential_get(call->credential);
    struct context *context = NULL;
    SECURITY_STATUS status = SEC_E_OK;
    if (!cred)
        return SEC_E_INVALID_HANDLE;
    if (!cred->client)
        status = SEC_E_NO_CREDENTIALS; /* D8 */
    else if ((status = credential_kind(&cred, 0, (call->meaning & FLAG_DATAGRAM) != 0)) != SEC_E_OK)
        context = NULL;
    else if (!(context = context_new(cred, 0)))
        status = SEC_E_INSUFFICIENT_MEMORY;
    else if (call->meaning & FLAG_DATAGRAM)
        status = datagram_new(context, call);
    credential_unref(cred);
    if (status == SEC_E_OK)
        status = take_first(context, call);
    if (status == SEC_E_OK)
        status = make_session(context, call);
    if (status == SEC_E_OK)
        *out = context;
    else
        context_free(context);
    return status;
}

/* ---- a certificate is asked for (K18) ---- */

int initialize_late(struct context *context, const struct call *call, struct sspi_bytes record)
{
    struct opening *opening = context->opening;
    struct hello_request request;
    (void)call;
    if ((context->flags & CONTEXT_SERVER) || opening->flight_read || context->state != CONTEXT_HANDSHAKE)
        return 0;
    enum hello_status found = record.ptr[0] == RECORD_HANDSHAKE
                                  ? hello_request(&opening->gather, record.ptr, record.len, &request)
                                  : HELLO_BAD; /* from the first ChangeCipherSpec on all is sealed */
    if (found == HELLO_MORE)
        return 0;
    opening->flight_read = 1;
    int asked = found == HELLO_WHOLE, kept = asked ? extras_request(context, &request) : 0;
    hello_gather_free(&opening->gather);
    return kept != 0 ? -1 : asked && !context->certificate;
}

SECURITY_STATUS initialize_stop(struct context *context, const struct call *call)
{
    if (!(context->flags & CONTEXT_LATE) && !(call->meaning & FLAG_SUPPLIED_CREDS)) { /* W83 */
        context->flags |= CONTEXT_LATE;
        context->state = CONTEXT_CREDENTIAL;
        return SEC_I_INCOMPLETE_CREDENTIALS;
    }
    if (context->provider->api.set_credential(context->session, NULL) != SSPI_OK)
        return handshake_refuse(context, 0, SEC_E_INTERNAL_ERROR);
    context->opening->feed_nothing = 0;
    return SEC_I_CONTINUE_NEEDED;
}

SECURITY_STATUS initialize_answer(struct context *context, const struct call *call)
{
    sspi_cred *own = NULL;
    struct credential *cred = call->credential ? credential_get(call->credential) : NULL;
    if (call->credential && !cred)
        return SEC_E_INVALID_HANDLE;
    if (cred && credential_kind(&cred, 0, context->datagram != NULL) != SEC_E_OK) {
        credential_unref(cred);
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    if (cred && cred != context->credential && cred->client && cred->cert_count) {
        if (cred->provider != context->provider) {
            log_error("a handshake begun by %s cannot go on with a credential of %s", context->provider->name,
                      cred->provider->name);
            credential_unref(cred);
            return SEC_E_UNSUPPORTED_FUNCTION;
        }
        own = cred->certs[0].client;
    }
    if (context->provider->api.set_credential(context->session, own) != SSPI_OK) {
        credential_unref(cred);
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    if (own) {
        context->late = cred;
        context->certificate = &cred->certs[0];
    } else {
        credential_unref(cred);
    }
    context->state = CONTEXT_HANDSHAKE;
    return SEC_E_OK;
}
