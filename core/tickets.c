/* SPDX-License-Identifier: MIT
 *
 * What a server's tickets are bound to: its certificate and anchors, whom it asks for a certificate and how
 * it judges, the name that the client asked for.  Under anything else a ticket cannot be opened, so the
 * handshake is a full one (D21).
 *
 * The keys that a provider gets are made here, of a key and that policy.  The key is one that servers share
 * (core/ticket-keys.h): then equal servers open each other's tickets, in other processes and on other hosts,
 * as long as the same version of the same provider serves; or else the credential's own random secret: then
 * its tickets serve its own process and the children of a fork.
 * A key changes every half dwSessionLifespan, and the one before still opens: no ticket outlives that span.
 */
#include <config.h>

#include "core/context.h"

#include <string.h>
#include <time.h>

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

/* ---- the keys there are ---- */

int64_t tickets_clock(void)
{
    struct timespec now;
    return clock_gettime(CLOCK_REALTIME, &now) == 0 ? (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 : 0;
}

/* *since: what the spans are counted from, which servers that share keys must agree on. */
static int find_keys(struct credential *cred, struct ticket_keys *keys, int64_t *since)
{
    *since = 0;
    int found = ticket_keys_given(&cred->ticket_keys, keys);
    if (!found)
        found = ticket_keys_of_file(keys);
    if (found)
        return found > 0 ? 0 : -1;
    memset(keys, 0, sizeof *keys);
    keys->count = 1;
    keys->key[0].len = sizeof cred->secret;
    memcpy(keys->key[0].key, cred->secret, sizeof cred->secret);
    *since = cred->born;
    return 0;
}

/* ---- what is made of one ---- */

struct made_of { /* fixed sizes: two different ones never read alike */
    char provider[32], version[64];
    uint8_t id[16], policy[32], span[8], lifespan[8];
};

static void put64(uint8_t *out, uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        out[i] = (uint8_t)value;
}

static int make(const struct context *context, const struct ticket_key *key, int64_t span,
                const char *purpose, uint8_t out[TICKET_MAC])
{
    struct made_of of;
    memset(&of, 0, sizeof of);
    strncpy(of.provider, context->provider->name, sizeof of.provider - 1);
    strncpy(of.version, context->provider->api.version, sizeof of.version - 1);
    memcpy(of.id, key->id, sizeof of.id);
    memcpy(of.policy, context->opening->policy, sizeof of.policy);
    put64(of.span, (uint64_t)span);
    put64(of.lifespan, (uint64_t)context->credential->lifespan);
    return ticket_key_mac(&context->provider->api, key, purpose,
                          (struct sspi_bytes){(const uint8_t *)&of, sizeof of}, out);
}

/* Is it the key of that name, or is any asked for?  1: *out is filled; 0: it is another; -1: failed. */
static int match(const struct context *context, const struct ticket_key *key, int64_t span,
                 const uint8_t *name, struct sspi_ticket_key *out)
{
    uint8_t made[TICKET_MAC];
    if (make(context, key, span, "ticket name", made) != 0)
        return -1;
    if (name && memcmp(name, made, sizeof out->name) != 0)
        return 0;
    memcpy(out->name, made, sizeof out->name);
    int good = make(context, key, span, "ticket key", made) == 0;
    memcpy(out->key, made, sizeof out->key);
    explicit_bzero(made, sizeof made);
    return good ? 1 : -1;
}

/* None after the first handshake: what a renewal changes is not in the policy. */
int tickets_key(void *owner, const uint8_t *name, struct sspi_ticket_key *out)
{
    static const int spans[] = {0, -1, 1}; /* the last: of a server whose clock is ahead */
    const struct context *context = owner;
    struct ticket_keys keys;
    int64_t since, half = context->credential->lifespan / 2;
    int found = 0;
    if (!context->opening || !context->certificate || (context->flags & (CONTEXT_NO_RECONNECTS | CONTEXT_WAS_OPEN)) ||
        find_keys(context->credential, &keys, &since) != 0)
        return -1;
    int64_t now = (tickets_clock() - since) / (half ? half : 1);
    for (unsigned s = 0; !found && s < (name ? 3 : 1); s++)
        for (unsigned i = 0; !found && i < (name ? keys.count : 1); i++) {
            found = match(context, &keys.key[i], now + spans[s], name, out);
            out->renew = s || i;
        }
    explicit_bzero(&keys, sizeof keys);
    return found > 0 ? 0 : -1;
}
