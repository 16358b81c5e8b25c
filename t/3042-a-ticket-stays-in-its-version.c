/* SPDX-License-Identifier: MIT
 *
 * t/3042-a-ticket-stays-in-its-version.c -- D21: a ticket resumes nothing but the version it was made for,
 * and a ticket of a server that asked for nothing is no way round one that requires a certificate.
 *
 * A library that reads session_ticket in a TLS 1.3 hello too would resume a TLS 1.2 session there. */
#include <config.h>

#include "t/provider-kit.h"

static struct kit_setup base(uint32_t protocols)
{
    return (struct kit_setup){
        .protocols = protocols, .tickets = 1, .sni = "localhost", .client_verify = 1, .server_verify = 1};
}

static sspi_ticket *fetch(const struct kit_module *c, const struct kit_module *s, const struct kit_setup *k)
{
    struct kit_pair p;
    uint32_t lifetime;
    sspi_ticket *t = NULL;
    if (kit_connect(&p, c, s, k)) {
        kit_settle(&p);
        t = c->api->ticket_take(p.c.s, &lifetime);
    }
    kit_stop(&p);
    return t;
}

static void crossed(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    uint32_t both = SSPI_CAP_TLS12 | SSPI_CAP_TLS13, other = both & ~protocol;
    if (!(c->caps & SSPI_CAP_TICKETS) || !(s->caps & SSPI_CAP_TICKET_KEYS) ||
        (c->caps & s->caps & both) != both)
        return;
    struct kit_setup k = base(protocol), offers[] = {base(both), base(other), base(both)};
    offers[2].server_protocols = other;
    sspi_ticket *t = fetch(c, s, &k);
    if (!t) {
        kit_skip("no ticket, which is allowed", "D21 %s to %s: a %s ticket", c->name, s->name,
                 kit_version_name(protocol));
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        struct kit_pair p;
        offers[i].resume = t;
        int done = kit_connect(&p, c, s, &offers[i]);
        struct sspi_conn d = done ? kit_describe(&p.s) : (struct sspi_conn){0};
        int own = d.version == (protocol == SSPI_CAP_TLS13 ? 0x0304 : 0x0303);
        int resumed = (d.flags & SSPI_CONN_RESUMED) != 0;
        kit_ok(done && (own || !resumed) && kit_both_ways(&p),
               "D21 %s to %s: a %s ticket at %s: version %#x, resumed %d", c->name, s->name,
               kit_version_name(protocol),
               i == 0   ? "both versions"
               : i == 1 ? "the other version"
                        : "a server of the other version",
               d.version, resumed);
        kit_stop(&p);
    }
    c->api->ticket_free(t);
}

static void unauthenticated(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    if (!(c->caps & SSPI_CAP_TICKETS) || !(s->caps & SSPI_CAP_TICKET_KEYS))
        return;
    struct kit_setup k = base(protocol);
    struct kit_pair p;
    sspi_ticket *t = fetch(c, s, &k);
    k.request_cert = 2;
    k.resume = t;
    if (!kit_start(&p, c, s, &k))
        kit_run(&p);
    kit_ok(!p.s.done && kit_failure(&p.s)->why == SSPI_WHY_CERT_MISSING,
           "D21 %s to %s %s: an unauthenticated ticket does not serve where a certificate is required",
           c->name, s->name, kit_version_name(protocol));
    kit_stop(&p);
    if (t)
        c->api->ticket_free(t);
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    kit_pairs(crossed);
    kit_pairs(unauthenticated);
    return kit_done();
}
