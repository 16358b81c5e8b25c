/* SPDX-License-Identifier: MIT
 *
 * The peer's chain, judged inside handshake() so that a refusal carries an alert (D16, K38). */
#include <config.h>

#include "core/context.h"
#include "core/extras.h"

#include "core/account.h"

#define LOG_AREA "context"
#include "core/log.h"
#include "core/psk.h"
#include "core/status.h"

#include <schannel.h>
#include <string.h>
#include <time.h>

#define OID_SERVER_AUTH "1.3.6.1.5.5.7.3.1"
#define OID_CLIENT_AUTH "1.3.6.1.5.5.7.3.2"

static int refuse(struct context *context, struct sspi_verdict *verdict, enum sspi_why why)
{
    if (why != SSPI_WHY_NONE) {
        verdict->why = why;
        verdict->alert = status_alert_of_why(why);
    }
    if (verdict->why == SSPI_WHY_NONE) {
        verdict->why = SSPI_WHY_CERT_OTHER;
        verdict->alert = status_alert_of_why(SSPI_WHY_CERT_OTHER);
    }
    context->verdict = *verdict;
    context->flags &= ~(uint32_t)CONTEXT_JUDGED;
    account_forget(context);
    account_settle(context); /* nor has it the account of an earlier handshake any more */
    log_info("the peer's certificate chain is refused: why %d, alert %u", (int)verdict->why, verdict->alert);
    return -1;
}

/* The chain is good: what does the account map say?  The issuer is lent by anchors that judge() still holds.
 */
static int map(struct context *context, const struct sspi_chain *chain, struct sspi_bytes issuer,
               struct sspi_verdict *verdict)
{
    context->denied = account_judge(context, chain->cert[0], issuer);
    if (context->denied == SEC_E_OK)
        return 0;
    verdict->why = SSPI_WHY_CERT_OTHER;
    verdict->alert =
        context->denied == SEC_E_LOGON_DENIED ? TLS1_ALERT_ACCESS_DENIED : TLS1_ALERT_INTERNAL_ERROR;
    return refuse(context, verdict, SSPI_WHY_NONE);
}

static int judge(struct context *context, const struct sspi_chain *chain, struct sspi_verdict *verdict)
{
    int server = context->flags & CONTEXT_SERVER;
    struct cert_anchors *system = NULL;
    struct sspi_bytes issuer;
    struct cert_judgement job = {
        .anchors = (context->judge ? context->judge : context->credential)->anchors,
        .usage_oid = server ? OID_CLIENT_AUTH : OID_SERVER_AUTH,
        .time = (int64_t)time(NULL),
        .flags = context->validation,
        .issuer = &issuer,
    };
    if (server && credential_client_policy(context->credential)->omit_usage && !(context->flags & CONTEXT_MAP))
        job.usage_oid = NULL; /* an account asks for more than a program (D22) */
    if (!server && !(context->validation & SCH_CRED_NO_SERVERNAME_CHECK)) {
        job.server_name = context->target;
        if (!job.server_name) /* nobody said whom to expect: no chain can be the right one */
            return refuse(context, verdict, SSPI_WHY_CERT_NAME);
    }
    if (!job.anchors)
        job.anchors = system = cert_anchors_system();
    if (!job.anchors)
        return refuse(context, verdict, SSPI_WHY_CERT_UNTRUSTED);
    int result = cert_judge(context->provider, chain, &job, verdict) == 0
                     ? 0
                     : refuse(context, verdict, SSPI_WHY_NONE);
    if (result == 0 && (context->flags & CONTEXT_MAP))
        result = map(context, chain, issuer, verdict);
    if (system)
        cert_anchors_release(system);
    return result;
}

/* Only the map asked (D22): a chain that is not good means no account, and the handshake goes on. */
static int pass(struct context *context, struct sspi_verdict *verdict)
{
    log_info("no account: the certificate's chain is not good");
    context->verdict = *verdict = (struct sspi_verdict){0};
    return 0;
}

int verify_chain(void *owner, const struct sspi_chain *chain, struct sspi_verdict *verdict)
{
    struct context *context = owner;
    memset(verdict, 0, sizeof *verdict);
    context->verdict = *verdict;
    context->denied = SEC_E_OK;
    account_forget(context);
    int only_map = (context->flags & (CONTEXT_MAP | CONTEXT_VERIFY)) == CONTEXT_MAP;
    if (extras_staple(context, chain->staple) != 0)
        return refuse(context, verdict, SSPI_WHY_MEMORY);
    if (!(context->flags & (CONTEXT_MAP | CONTEXT_VERIFY)))
        return 0; /* one that leaves it to the program (D16), and may want the staple */
    if (!context->opening)
        return refuse(context, verdict, SSPI_WHY_INTERNAL);
    if (psk_only(context->credential)) /* a key was to be shared, and this peer shares none */
        return refuse(context, verdict, SSPI_WHY_NO_COMMON_ALGORITHM);
    if (!chain->count) /* resumed, and the session kept none: judged again it must be (D21) */
        return only_map ? 0 : refuse(context, verdict, SSPI_WHY_CERT_MISSING);
    if (judge(context, chain, verdict) != 0)
        return only_map && !context->denied ? pass(context, verdict) : -1;
    context->flags |= CONTEXT_JUDGED;
    return 0;
}
