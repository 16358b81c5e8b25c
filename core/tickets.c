/* SPDX-License-Identifier: MIT
 *
 * What a server's tickets are bound to: the credential, its certificate and anchors, whom it asks for a
 * certificate and how it judges, the name that the client asked for.  Under anything else a ticket cannot be
 * opened, so the handshake is a full one (D21). */
#include <config.h>

#include "core/context.h"

#include <string.h>

int tickets_policy(struct context *context, const struct sspi_session_params *params)
{
    struct opening *opening = context->opening;
    uint8_t mode[3] = {(uint8_t)params->verify, (uint8_t)params->request_cert, 1};
    struct sspi_bytes parts[] = {
        {context->certificate->policy, sizeof context->certificate->policy},
        {mode, sizeof mode},
        {(const uint8_t *)opening->server_name, strlen(opening->server_name)},
    };
    return context->provider->api.digest(SSPI_SHA256, parts, sizeof parts / sizeof *parts, opening->policy) ==
                   SSPI_OK
               ? 0
               : -1;
}

/* The key lives as long as the credential and is shared by the children of a fork. */
int tickets_key(void *owner, const uint8_t *name, struct sspi_ticket_key *key)
{
    const struct context *context = owner;
    const struct sspi_provider *api = &context->provider->api;
    static const uint8_t name_label[] = "ticket name", key_label[] = "ticket key";
    uint8_t whole_name[32];
    if (!context->opening || !context->certificate || (context->flags & CONTEXT_NO_RECONNECTS))
        return -1;
    struct sspi_bytes parts[] = {
        {context->credential->secret, sizeof context->credential->secret},
        {context->opening->policy, sizeof context->opening->policy},
        {name_label, sizeof name_label},
    };
    if (api->digest(SSPI_SHA256, parts, 3, whole_name) != SSPI_OK)
        return -1;
    if (name && memcmp(name, whole_name, sizeof key->name) != 0)
        return -1;
    parts[2] = (struct sspi_bytes){key_label, sizeof key_label};
    if (api->digest(SSPI_SHA512, parts, 3, key->key) != SSPI_OK)
        return -1;
    memcpy(key->name, whole_name, sizeof key->name);
    key->renew = 0;
    return 0;
}
