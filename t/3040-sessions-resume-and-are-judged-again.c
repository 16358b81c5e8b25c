/* SPDX-License-Identifier: MIT
 *
 * t/3040-sessions-resume-and-are-judged-again.c -- tickets: taken, kept as bytes, offered; the server's keys
 * and their rotation; never round a client certificate, a policy or a refused chain. */
#include <config.h>

#include "t/provider-kit.h"

static struct kit_setup base(uint32_t protocol)
{
    return (struct kit_setup){
        .protocols = protocol, .client_verify = 1, .server_verify = 1, .tickets = 1, .sni = "localhost"};
}

/* A full handshake; the ticket it left, or NULL. */
static sspi_ticket *fetch(const struct kit_module *c, const struct kit_module *s, const struct kit_setup *k)
{
    struct kit_pair p;
    uint32_t lifetime = 0xffffffff;
    sspi_ticket *t = NULL;
    if (kit_connect(&p, c, s, k)) {
        if (!kit_both_ways(&p))
            kit_fault("no data before the ticket");
        /* A server may send none where it asks for certificates: a full handshake is always right. */
        if ((p.c.events & SSPI_EVENT_TICKET) == 0 && !k->request_cert)
            kit_fault("%s: no event for the ticket: %#x", c->name, p.c.events);
        t = c->api->ticket_take(p.c.s, &lifetime);
        if (t && (lifetime == 0 || lifetime > 8 * 86400))
            kit_fault("lifetime %u s", lifetime);
        if (t && c->api->ticket_take(p.c.s, &lifetime))
            kit_fault("the same ticket twice");
        if (kit_describe(&p.c).flags & SSPI_CONN_RESUMED)
            kit_fault("the first is a resumption already");
    }
    kit_stop(&p);
    return t;
}

struct hooks {
    int refuse_resumed, other_key, no_key, old_key;
};

/* A second connection that offers t.  1: resumed, 0: full, -1: failed. */
static int again(const struct kit_module *c, const struct kit_module *s, const struct kit_setup *k,
                 const sspi_ticket *t, const struct hooks *h, struct kit_pair *p)
{
    struct kit_setup with = *k;
    with.resume = t;
    if (kit_start(p, c, s, &with))
        return -1;
    p->c.refuse_resumed = h && h->refuse_resumed == 1;
    p->s.refuse_resumed = h && h->refuse_resumed == 2;
    if (h && (h->other_key || h->old_key)) {
        p->s.keys[1] = p->s.keys[0];
        memset(p->s.keys[0].name, 0x5a, sizeof p->s.keys[0].name);
        memset(p->s.keys[0].key, 0x77, sizeof p->s.keys[0].key);
        p->s.key_count = h->old_key ? 2 : 1;
    }
    if (h && h->no_key)
        p->s.key_count = 0;
    if (!kit_run(p))
        return -1;
    int rc = (kit_describe(&p->c).flags & SSPI_CONN_RESUMED) != 0,
        rs = (kit_describe(&p->s).flags & SSPI_CONN_RESUMED) != 0;
    if (rc != rs)
        kit_fault("resumed: client %d, server %d", rc, rs);
    if (!kit_both_ways(p))
        kit_fault("no data");
    return rc;
}

static int same_leaf(struct kit_end *e, const char *identity)
{
    struct sspi_bytes der;
    const struct kit_identity *id = kit_identity(identity);
    return e->m->api->peer_cert(e->s, 0, &der) == SSPI_OK && der.len == id->chain[0].len &&
           !memcmp(der.ptr, id->chain[0].ptr, der.len);
}

static void plain_resumption(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_setup k = base(protocol);
    struct kit_pair p = {0};
    sspi_ticket *t = fetch(c, s, &k);
    if (!t)
        kit_fault("no ticket");
    k.free_resume = 1; /* it is lent to session_new(), no longer */
    int resumed = t ? again(c, s, &k, t, NULL, &p) : 0;
    if (t && resumed != 1)
        kit_fault("not resumed: %d", resumed);
    if (resumed == 1) {
        if (!p.c.asked_resumed || p.c.asked != p.c.asked_resumed)
            kit_fault("verify() ran %u times, %u of them as resumed", p.c.asked, p.c.asked_resumed);
        if (!same_leaf(&p.c, "server-ecdsa"))
            kit_fault("the client does not know the server's certificate any more");
    }
    kit_ok(resumed == 1, "%s to %s %s: a ticket resumes, and the chain is judged again", c->name, s->name,
           kit_version_name(protocol));
    kit_stop(&p);
}

static void as_bytes(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    if (!(c->caps & SSPI_CAP_TICKET_BYTES))
        return;
    struct kit_setup k = base(protocol);
    struct kit_pair p = {0};
    struct sspi_failure f;
    sspi_ticket *t = fetch(c, s, &k), *back = NULL;
    sspi_cred *cred = NULL;
    uint8_t small[4], *bytes = NULL;
    size_t len = 0, len2 = 0;
    int resumed = 0;
    if (t && kit_cred(c, 0, &k, &cred, &f) == SSPI_OK) {
        if (c->api->ticket_save(t, small, sizeof small, &len) == SSPI_OK || !len)
            kit_fault("a ticket of %zu octets fits into 4", len);
        bytes = malloc(len);
        if (c->api->ticket_save(t, bytes, len, &len2) != SSPI_OK || len2 > len)
            kit_fault("ticket_save");
        for (size_t cut = 0; cut < len2; cut += len2 / 7 + 1) {
            uint8_t *part = malloc(cut ? cut : 1);
            memcpy(part, bytes, cut);
            if (c->api->ticket_load(cred, (struct sspi_bytes){part, cut}, &back) == SSPI_OK)
                kit_fault("%zu of %zu octets load", cut, len2);
            free(part);
        }
        if (c->api->ticket_load(cred, (struct sspi_bytes){bytes, len2}, &back) != SSPI_OK || !back)
            kit_fault("ticket_load");
        else
            resumed = again(c, s, &k, back, NULL, &p);
        if (resumed == 1 && !same_leaf(&p.c, "server-ecdsa"))
            kit_fault("the certificate was lost on the way");
    }
    kit_ok(resumed == 1, "%s to %s %s: a ticket kept as bytes resumes, cut short it does not load", c->name,
           s->name, kit_version_name(protocol));
    if (t)
        c->api->ticket_free(t);
    if (back)
        c->api->ticket_free(back);
    kit_stop(&p);
    if (cred)
        c->api->cred_free(cred);
    free(bytes);
}

static void full_instead(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    enum { NEED_CERT, OTHER_POLICY, SAME_KEY, OTHER_KEY, NO_KEY, CLIENT_REFUSES, NO_TICKETS, CASES };
    static const char *const names[] = {"a certificate is required now",
                                        "the policy is another",
                                        "the policy is another, the key the same",
                                        "the key is another",
                                        "there is no key",
                                        "the client's judge refuses the old chain",
                                        "the server does not resume any more"};
    for (int i = 0; i < CASES; i++) {
        struct kit_setup k = base(protocol);
        struct kit_pair p = {0};
        struct hooks h = {
            .refuse_resumed = i == CLIENT_REFUSES, .other_key = i == OTHER_KEY, .no_key = i == NO_KEY};
        k.client_identity = "client-rsa";
        sspi_ticket *t = fetch(c, s, &k);
        if (!t) {
            kit_fault("no ticket");
        } else {
            if (i == NEED_CERT)
                k.request_cert = 2;
            if (i == OTHER_POLICY || i == NEED_CERT ||
                i == SAME_KEY) /* the core mixes the policy into digest and key alike */
                k.policy_digest[0] = 9;
            if (i == NEED_CERT || i == OTHER_POLICY)
                h.other_key = 1;
            if (i == NO_TICKETS)
                k.tickets = 0;
            int resumed = again(c, s, &k, t, &h, &p);
            if (i == CLIENT_REFUSES ? resumed == 1 : resumed != 0)
                kit_fault("came to %d", resumed);
            if (i == NEED_CERT && !same_leaf(&p.s, "client-rsa"))
                kit_fault("the server has no certificate");
            c->api->ticket_free(t);
        }
        kit_ok(1, "%s to %s %s: %s: a full handshake", c->name, s->name, kit_version_name(protocol),
               names[i]);
        kit_stop(&p);
    }
}

/* The same key, the same policy: only what the provider itself sees can tell. */
static void client_certificates(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_setup k = base(protocol);
    struct kit_pair p = {0};
    k.request_cert = 2;
    k.client_identity = "client-rsa";
    sspi_ticket *t = fetch(c, s, &k);
    if (t) {
        int resumed = again(c, s, &k, t, NULL, &p);
        if (resumed < 0)
            kit_fault("failed");
        if (resumed == 1 && !p.s.asked_resumed)
            kit_fault("resumed, and the client's chain was not judged again");
        if (!same_leaf(&p.s, "client-rsa"))
            kit_fault("the server has no certificate");
        kit_stop(&p);
        struct hooks h = {.refuse_resumed = 2};
        resumed = again(c, s, &k, t, &h, &p);
        if (resumed == 1)
            kit_fault("resumed though its chain was refused");
        c->api->ticket_free(t);
    }
    kit_ok(1, "%s to %s %s: a resumed client's chain is judged again, and refused it is not resumed", c->name,
           s->name, kit_version_name(protocol));
    kit_stop(&p);
}

static void rotation(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_setup k = base(protocol);
    struct kit_pair p = {0};
    struct hooks h = {.old_key = 1};
    uint32_t lifetime;
    sspi_ticket *t = fetch(c, s, &k), *fresh = NULL;
    int resumed = t ? again(c, s, &k, t, &h, &p) : -1;
    if (s->caps & SSPI_CAP_TICKET_ROTATE ? resumed != 1 : resumed < 0)
        kit_fault("came to %d", resumed);
    if (resumed >= 0)
        fresh = c->api->ticket_take(p.c.s, &lifetime);
    if (!fresh && resumed == 1 && protocol == SSPI_CAP_TLS12 && !strcmp(s->name, "wolfssl"))
        diag("wolfSSL 5.5 forgets to renew a TLS 1.2 ticket that it took; the old one serves until its key "
             "goes");
    else if (!fresh)
        kit_fault("no new ticket");
    kit_stop(&p);
    if (fresh) { /* sealed under the newer key alone */
        struct hooks newest = {.other_key = 1};
        if ((resumed = again(c, s, &k, fresh, &newest, &p)) != 1)
            kit_fault("the new ticket comes to %d", resumed);
        c->api->ticket_free(fresh);
        kit_stop(&p);
    }
    if (t)
        c->api->ticket_free(t);
    kit_ok(1, "%s to %s %s: a ticket of an older key %s, a new one follows", c->name, s->name,
           kit_version_name(protocol),
           s->caps & SSPI_CAP_TICKET_ROTATE ? "resumes" : "means a full handshake");
}

static void none(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_setup k = base(protocol);
    struct kit_pair p;
    k.tickets = 0;
    int good = kit_connect(&p, c, s, &k) && kit_both_ways(&p);
    if (good) {
        uint32_t lifetime;
        sspi_ticket *t = c->api->ticket_take(p.c.s, &lifetime);
        kit_stop(&p);
        if (t) { /* a session id, say: it must lead nowhere */
            k.tickets = 1;
            if (again(c, s, &k, t, NULL, &p) != 0)
                kit_fault("resumed");
            c->api->ticket_free(t);
            kit_stop(&p);
        }
    } else {
        kit_stop(&p);
    }
    kit_ok(good, "%s to %s %s: a server told to send no ticket leaves nothing that resumes", c->name, s->name,
           kit_version_name(protocol));
}

static void how_many(const struct kit_module *c, const struct kit_module *s)
{
    for (uint8_t n = 1; n <= 3; n++) {
        struct kit_setup k = base(SSPI_CAP_TLS13);
        struct kit_pair p;
        k.tickets = n;
        if (kit_connect(&p, c, s, &k)) {
            kit_both_ways(&p);
            if (p.c.tickets != n)
                kit_fault("%u tickets", p.c.tickets);
        }
        kit_ok(1, "%s to %s tls13: as many tickets as asked for: %d", c->name, s->name, n);
        kit_stop(&p);
    }
}

static void pair(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    if (!(c->caps & SSPI_CAP_TICKETS) || !(s->caps & SSPI_CAP_TICKET_KEYS))
        return;
    plain_resumption(c, s, protocol);
    as_bytes(c, s, protocol);
    full_instead(c, s, protocol);
    client_certificates(c, s, protocol);
    rotation(c, s, protocol);
    none(c, s, protocol);
    if (protocol == SSPI_CAP_TLS13)
        how_many(c, s);
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    kit_pairs(pair);
    return kit_done();
}
