/* SPDX-License-Identifier: MIT
 *
 * ApplyControlToken, and what the next ISC or ASC makes of it: close_notify, an alert. */
#include <config.h>

#include "core/context.h"

#define LOG_AREA "context"
#include "core/forms.h"
#include "core/handle.h"
#include "core/log.h"

#include <schannel.h>
#include <string.h>

/* Under keys only some libraries can send any alert: refused now rather than later (D12). */
static SECURITY_STATUS apply_alert(struct context *context, struct sspi_bytes token)
{
    SCHANNEL_ALERT_TOKEN alert;
    if (token.len < sizeof alert)
        return SEC_E_INVALID_TOKEN;
    memcpy(&alert, token.ptr, sizeof alert);
    if ((alert.dwAlertType != TLS1_ALERT_WARNING && alert.dwAlertType != TLS1_ALERT_FATAL) ||
        alert.dwAlertNumber > 255)
        return SEC_E_INVALID_TOKEN;
    if ((context->flags & CONTEXT_KEYED) && !(context->provider->api.caps & SSPI_CAP_SEND_ALERT)) {
        log_info("%s cannot send alerts under keys", context->provider->name);
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    context->control = CONTROL_ALERT;
    context->control_level = (uint8_t)alert.dwAlertType;
    context->control_code = (uint8_t)alert.dwAlertNumber;
    return SEC_E_OK;
}

static SECURITY_STATUS apply_session(struct context *context, struct sspi_bytes token)
{
    SCHANNEL_SESSION_TOKEN session;
    if (token.len < sizeof session)
        return SEC_E_INVALID_TOKEN;
    memcpy(&session, token.ptr, sizeof session);
    if (session.dwFlags == SSL_SESSION_DISABLE_RECONNECTS) {
        context->flags |= CONTEXT_NO_RECONNECTS;
        sessions_forget(context);
    } else if (session.dwFlags == SSL_SESSION_ENABLE_RECONNECTS) {
        context->flags &= ~(uint32_t)CONTEXT_NO_RECONNECTS;
    } else {
        return SEC_E_INVALID_TOKEN;
    }
    return SEC_E_OK;
}

static SECURITY_STATUS apply(struct context *context, struct sspi_bytes token)
{
    DWORD type;
    if (token.len < sizeof type)
        return SEC_E_UNSUPPORTED_FUNCTION; /* W70 */
    memcpy(&type, token.ptr, sizeof type);
    if (context->state == CONTEXT_DEAD)
        return context->death; /* D17: it has no more to say */
    switch (type) {
    case SCHANNEL_SHUTDOWN:
        context->control = CONTROL_SHUTDOWN;
        return SEC_E_OK; /* W73 */
    case SCHANNEL_ALERT:
        return apply_alert(context, token);
    case SCHANNEL_SESSION:
        return apply_session(context, token);
    default:
        return SEC_E_UNSUPPORTED_FUNCTION; /* W70: SCHANNEL_RENEGOTIATE too */
    }
}

SECURITY_STATUS token_apply(const CtxtHandle *handle, SecBufferDesc *input)
{
    void *object;
    struct sspi_bytes token;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE; /* W71 */
    SECURITY_STATUS status = input ? buffers_control(input, &token) : SEC_E_INTERNAL_ERROR;
    if (status == SEC_E_OK)
        status = apply(object, token);
    handle_unlock(slot);
    return status;
}

/* ---- the next ISC or ASC ---- */

static SECURITY_STATUS emit_plain(struct context *context, uint8_t level, uint8_t code)
{
    return handshake_alert(context, level, code) == 0 ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

static SECURITY_STATUS emit_keyed(struct context *context)
{
    const struct sspi_provider *api = &context->provider->api;
    struct outlet outlet;
    SECURITY_STATUS status = outlet_open(&outlet, context, (struct sspi_bytes){0});
    if (status != SEC_E_OK)
        return status;
    enum sspi_status sent =
        context->control == CONTROL_SHUTDOWN
            ? api->shutdown(context->session, &outlet.io)
            : api->send_alert(context->session, &outlet.io, context->control_level, context->control_code);
    if (sent == SSPI_OK || sent == SSPI_CLOSED)
        return SEC_E_OK;
    outlet.to->len = outlet.start;
    context->control = CONTROL_NONE;
    if (sent == SSPI_UNSUPPORTED) /* in the middle of a handshake, say: the context stays as it was */
        return SEC_E_UNSUPPORTED_FUNCTION;
    struct sspi_failure failure;
    status = sent == SSPI_FAILED ? handshake_failure(context, &failure) : SEC_E_INTERNAL_ERROR;
    return handshake_refuse(context, 0, status < 0 ? status : SEC_E_INTERNAL_ERROR);
}

SECURITY_STATUS token_emit(struct context *context)
{
    int shutdown = context->control == CONTROL_SHUTDOWN;
    if (context->opening && context->opening->owed_control)
        return SEC_E_OK; /* made by a call that had no room for it */
    SECURITY_STATUS status = context->flags & CONTEXT_KEYED ? emit_keyed(context)
                             : shutdown ? emit_plain(context, TLS1_ALERT_WARNING, TLS1_ALERT_CLOSE_NOTIFY)
                                        : emit_plain(context, context->control_level, context->control_code);
    if (status != SEC_E_OK)
        return status;
    if (context->opening)
        context->opening->owed_control = 1;
    if (shutdown && (context->state == CONTEXT_OPEN || context->state == CONTEXT_OPEN_DATAGRAM))
        context->flags |= CONTEXT_CLOSE_SENT;
    if (!shutdown && context->control_level == TLS1_ALERT_FATAL) { /* the connection is over */
        context->state = CONTEXT_DEAD;
        context->death = SEC_E_CONTEXT_EXPIRED;
    }
    return SEC_E_OK;
}
