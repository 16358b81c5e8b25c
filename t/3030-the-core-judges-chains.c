/* SPDX-License-Identifier: MIT
 *
 * t/3030-the-core-judges-chains.c -- verify(): refused with its alert on either side; client certificates
 * that are missing, come late or after the handshake; what cred_new refuses. */
#include <config.h>

#include "t/provider-kit.h"

static const struct {
    enum sspi_why why;
    uint8_t alert;
} verdicts[] = {
    {SSPI_WHY_CERT_UNTRUSTED, 48}, {SSPI_WHY_CERT_EXPIRED, 45}, {SSPI_WHY_CERT_REVOKED, 44},
    {SSPI_WHY_CERT_NAME, 42},      {SSPI_WHY_CERT_USAGE, 43},   {SSPI_WHY_CERT_OTHER, 46},
};

/* `judge` refused: what its peer heard is what it said, once. */
static void refused(struct kit_end *judge, struct kit_end *peer, uint32_t protocol, enum sspi_why why,
                    uint8_t alert)
{
    const struct sspi_failure *f = kit_failure(judge), *g = kit_failure(peer);
    if (judge->status != SSPI_FAILED || f->why != why)
        kit_fault("%s: status %d, why %d and not %d (%s)", judge->m->name, judge->status, f->why, why,
                  f->text ? f->text : "");
    if (judge->m->caps & SSPI_CAP_VERIFY_ALERT ? f->alert_sent != alert : !f->alert_sent)
        kit_fault("%s: alert %d", judge->m->name, f->alert_sent);
    /* An OpenSSL client of TLS 1.3 says this in the clear, which other servers take for an unexpected
     * message. */
    if (!judge->server && judge->m != peer->m && protocol == SSPI_CAP_TLS13 && peer->status == SSPI_FAILED &&
        strcmp(judge->m->name, "openssl") == 0 && !g->alert_received)
        return;
    if (peer->status != SSPI_FAILED || g->why != SSPI_WHY_PEER_ALERT || g->alert_received != f->alert_sent ||
        g->alert_sent)
        kit_fault("%s: status %d, why %d, received %d, sent %d", peer->m->name, peer->status, g->why,
                  g->alert_received, g->alert_sent);
}

static void refusals(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        for (int server = 0; server < 2; server++) {
            struct kit_pair p;
            struct kit_setup k = {.protocols = protocol,
                                  .client_verify = 1,
                                  .server_verify = 1,
                                  .request_cert = 1,
                                  .client_identity = "client-rsa"};
            if (!kit_start(&p, c, s, &k)) {
                struct kit_end *judge = server ? &p.s : &p.c;
                judge->refuse = 1;
                judge->verdict = (struct sspi_verdict){verdicts[i].why, verdicts[i].alert};
                kit_run(&p);
                refused(judge, server ? &p.c : &p.s, protocol, verdicts[i].why, verdicts[i].alert);
                if (judge->asked != 1)
                    kit_fault("verify() ran %u times", judge->asked);
            }
            kit_ok(1, "%s to %s %s: the %s refuses for reason %d with one alert, %d where it can be named",
                   c->name, s->name, kit_version_name(protocol), server ? "server" : "client",
                   verdicts[i].why, verdicts[i].alert);
            kit_stop(&p);
        }
}

static void missing(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_pair p;
    struct kit_setup k = {.protocols = protocol, .request_cert = 2, .server_verify = 1};
    uint8_t alert = protocol == SSPI_CAP_TLS13 ? 116 : 40;
    if (!kit_start(&p, c, s, &k)) {
        kit_run(&p);
        const struct sspi_failure *f = kit_failure(&p.s), *g = kit_failure(&p.c);
        if (p.s.status != SSPI_FAILED || f->why != SSPI_WHY_CERT_MISSING || f->alert_sent != alert)
            kit_fault("server: status %d, why %d, alert %d", p.s.status, f->why, f->alert_sent);
        if (p.c.status != SSPI_FAILED || g->alert_received != alert)
            kit_fault("client: status %d, alert %d", p.c.status, g->alert_received);
    }
    kit_ok(1, "%s to %s %s: a required certificate that does not come: alert %d", c->name, s->name,
           kit_version_name(protocol), alert);
    kit_stop(&p);
}

static void unjudged(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_pair p;
    struct kit_setup k = {.protocols = protocol,
                          .server_identity = "server-expired",
                          .client_identity = "client-expired",
                          .request_cert = 1,
                          .sni = "elsewhere.invalid"};
    int good = kit_connect(&p, c, s, &k);
    if (p.c.asked || p.s.asked)
        kit_fault("verify() ran");
    kit_ok(good && kit_both_ways(&p),
           "%s to %s %s: where nobody is to judge, expired and misnamed chains pass", c->name, s->name,
           kit_version_name(protocol));
    kit_stop(&p);
}

static int chain_is(struct kit_end *e, const char *name)
{
    const struct kit_identity *id = kit_identity(name);
    struct sspi_bytes der;
    for (unsigned i = 0; i < id->count; i++)
        if (e->m->api->peer_cert(e->s, i, &der) != SSPI_OK || der.len != id->chain[i].len ||
            memcmp(der.ptr, id->chain[i].ptr, der.len))
            return 0;
    return e->m->api->peer_cert(e->s, id->count, &der) == SSPI_UNSUPPORTED;
}

static sspi_cred *late_cred(const struct kit_module *m, uint32_t protocol, const char *name)
{
    struct sspi_failure f;
    struct kit_setup k = {.protocols = protocol, .client_identity = name};
    sspi_cred *c = NULL;
    if (kit_cred(m, 0, &k, &c, &f) != SSPI_OK)
        kit_fault("%s: no credential: %s", m->name, f.text ? f.text : "");
    return c;
}

/* TLS 1.2: the core has read the CertificateRequest itself and sets the credential before it feeds the
 * record. */
static void before_the_record(const struct kit_module *c, const struct kit_module *s)
{
    static const char *const names[] = {"client-rsa", "client-ecdsa", NULL};
    for (size_t i = 0; i < 3; i++) {
        struct kit_pair p;
        struct kit_setup k = {
            .protocols = SSPI_CAP_TLS12, .request_cert = names[i] ? 2 : 1, .server_verify = 1};
        sspi_cred *late = names[i] ? late_cred(c, SSPI_CAP_TLS12, names[i]) : NULL;
        int good = 0;
        if (!kit_start(&p, c, s, &k)) {
            kit_shake(&p.c, NULL, 0);
            if (c->api->set_credential(p.c.s, late) != SSPI_OK)
                kit_fault("set_credential failed");
            kit_settle(&p);
            good = p.c.done && p.s.done && chain_is(&p.s, names[i] ? names[i] : "");
        }
        kit_ok(good && kit_both_ways(&p), "%s to %s tls12: %s set before the record that asks is fed",
               c->name, s->name, names[i] ? names[i] : "no certificate");
        kit_stop(&p);
        if (late)
            c->api->cred_free(late);
    }
}

static unsigned subjects(const char *file, struct sspi_bytes *out, unsigned room);

/* Until the client stops for want of a credential; the record that it wants again, if any. */
static uint8_t *run_to_credential(struct kit_pair *p, size_t *len)
{
    kit_shake(&p->c, NULL, 0);
    for (int round = 0; round < 20; round++) {
        uint8_t *record;
        while ((record = kit_take(&p->c, len))) {
            kit_feed(&p->s, record, *len);
            free(record);
        }
        while ((record = kit_take(&p->s, len))) {
            kit_feed(&p->c, record, *len);
            if (p->c.status == SSPI_WANT_CREDENTIAL) {
                int again = (p->c.events >> 31) != 0;
                p->c.events &= 0x7fffffff;
                if (again)
                    return record;
                free(record);
                *len = 0;
                return NULL;
            }
            free(record);
        }
    }
    *len = 0;
    return NULL;
}

static void suspend(const struct kit_module *c, const struct kit_module *s)
{
    static const char *const names[] = {"client-rsa", "client-ecdsa", NULL};
    for (size_t i = 0; i < 3; i++) {
        struct kit_pair p;
        struct kit_setup k = {.protocols = SSPI_CAP_TLS13,
                              .request_cert = names[i] ? 2 : 1,
                              .server_verify = 1,
                              .anchors = i ? "anchors.pem" : "intermediate.pem"};
        sspi_cred *late = names[i] ? late_cred(c, SSPI_CAP_TLS13, names[i]) : NULL;
        struct sspi_bytes want[4], der;
        size_t len;
        int good = 0;
        if (!kit_start(&p, c, s, &k)) {
            uint8_t *record = run_to_credential(&p, &len);
            if (p.c.status != SSPI_WANT_CREDENTIAL)
                kit_fault("%s: does not stop: %d", c->name, p.c.status);
            for (size_t at = p.c.out_at; at < p.c.out_len;
                 at += 5u + (size_t)(p.c.out[at + 3] << 8 | p.c.out[at + 4]))
                if (p.c.out[at] != 20) /* ChangeCipherSpec says nothing */
                    kit_fault("%s: a record of type %d left while it waits", c->name, p.c.out[at]);
            if (c->caps & s->caps & SSPI_CAP_ISSUERS_13) {
                unsigned n = subjects(k.anchors, want, 4);
                for (unsigned j = 0; j < n; j++)
                    if (c->api->issuer(p.c.s, j, &der) != SSPI_OK || der.len != want[j].len ||
                        memcmp(der.ptr, want[j].ptr, der.len))
                        kit_fault("issuer %u is not the anchor's subject", j);
                if (c->api->issuer(p.c.s, n, &der) != SSPI_UNSUPPORTED)
                    kit_fault("more issuers than anchors");
            }
            if (c->api->set_credential(p.c.s, late) != SSPI_OK)
                kit_fault("set_credential failed");
            kit_shake(&p.c, record, len);
            free(record);
            kit_settle(&p);
            good =
                p.c.done && p.s.done && p.s.status != SSPI_FAILED && chain_is(&p.s, names[i] ? names[i] : "");
        }
        kit_ok(good && kit_both_ways(&p), "%s to %s tls13: stops for a certificate, goes on with %s", c->name,
               s->name, names[i] ? names[i] : "none");
        kit_stop(&p);
        if (late)
            c->api->cred_free(late);
    }
}

/* Where a DER element at p ends. */
static const uint8_t *der_end(const uint8_t *p, const uint8_t **body)
{
    size_t len = p[1], more = 0;
    if (len & 0x80) {
        more = len & 0x7f;
        len = 0;
        for (size_t i = 0; i < more; i++)
            len = len << 8 | p[2 + i];
    }
    *body = p + 2 + more;
    return *body + len;
}

static unsigned subjects(const char *file, struct sspi_bytes *out, unsigned room)
{
    struct sspi_bytes certs[4];
    unsigned n = kit_pem(file, "CERTIFICATE", certs, room < 4 ? room : 4);
    for (unsigned i = 0; i < n;
         i++) { /* in TBSCertificate: version, serial, algorithm, issuer, validity, subject */
        const uint8_t *p = certs[i].ptr, *body;
        der_end(p, &body);
        der_end(body, &p);
        for (int skip_members = 0; skip_members < 5; skip_members++)
            p = der_end(p, &body);
        out[i].ptr = p;
        out[i].len = (size_t)(der_end(p, &body) - p);
    }
    return n;
}

/* CA names that are not the anchors'. */
static void other_names(const struct kit_module *c, const struct kit_module *s)
{
    struct kit_pair p;
    struct sspi_bytes want[2], der;
    size_t len;
    subjects("other-root.pem", want, 2);
    struct kit_setup k = {
        .protocols = SSPI_CAP_TLS13, .request_cert = 1, .anchors = "root.pem", .ca_names = want[0]};
    if (!kit_start(&p, c, s, &k)) {
        free(run_to_credential(&p, &len));
        if (c->api->issuer(p.c.s, 0, &der) != SSPI_OK || der.len != want[0].len ||
            memcmp(der.ptr, want[0].ptr, der.len) || c->api->issuer(p.c.s, 1, &der) != SSPI_UNSUPPORTED)
            kit_fault("not the name given");
    }
    kit_ok(1, "%s to %s tls13: a session asks with names of its own", c->name, s->name);
    kit_stop(&p);
}

/* TLS 1.3: the server asks after the handshake; TLS 1.2: it renegotiates. */
static void later(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    uint64_t need = protocol == SSPI_CAP_TLS13 ? SSPI_CAP_LATE_CERT : SSPI_CAP_RENEGOTIATE;
    if (!(s->caps & need) || (protocol == SSPI_CAP_TLS12 && !(c->caps & need)))
        return;
    for (int have = 0; have < 2; have++) {
        struct kit_pair p;
        struct kit_setup k = {.protocols = protocol,
                              .renegotiation = 1,
                              .server_verify = 1,
                              .client_identity = have ? "client-rsa" : NULL};
        int good = 0;
        if (!kit_connect(&p, c, s, &k) || !kit_both_ways(&p))
            goto out;
        struct sspi_bytes der;
        if (s->api->peer_cert(p.s.s, 0, &der) != SSPI_UNSUPPORTED)
            kit_fault("a certificate before it was asked for");
        enum sspi_status status = kit_redo(&p.s, 1);
        if (status == SSPI_UNSUPPORTED && protocol == SSPI_CAP_TLS13 &&
            (!have || !(c->caps & SSPI_CAP_LATE_CERT))) {
            good = kit_both_ways(&p); /* the client did not offer it, having nothing to show */
            goto out;
        }
        p.c.events = p.s.events = 0;
        kit_settle(&p);
        if (status == SSPI_FAILED || status == SSPI_UNSUPPORTED || p.s.status == SSPI_FAILED ||
            p.c.status == SSPI_FAILED) {
            const struct sspi_failure *f = kit_failure(&p.s), *g = kit_failure(&p.c);
            kit_fault("redo %d; server %d why %d %s; client %d why %d %s", status, p.s.status, f->why,
                      f->text ? f->text : "", p.c.status, g->why, g->text ? g->text : "");
        }
        if (!(p.s.events & SSPI_EVENT_REDONE))
            kit_fault("server events %#x", p.s.events);
        if (!(p.c.events & (protocol == SSPI_CAP_TLS13 ? SSPI_EVENT_CERT_REQUEST : SSPI_EVENT_HELLO_REQUEST)))
            kit_fault("client events %#x", p.c.events);
        if (p.s.asked != (unsigned)have)
            kit_fault("verify() ran %u times", p.s.asked);
        good = chain_is(&p.s, have ? "client-rsa" : "") && kit_both_ways(&p);
    out:
        kit_ok(good, "%s to %s %s: the server asks again later, the client answers with %s", c->name, s->name,
               kit_version_name(protocol), have ? "its certificate" : "none");
        kit_stop(&p);
    }
}

/* The client starts over; and what may not be started is refused without harm. */
static void redo_client(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    for (int allowed = 0; allowed < 2; allowed++) {
        struct kit_pair p;
        struct kit_setup k = {.protocols = protocol, .renegotiation = allowed};
        if (!(c->caps & SSPI_CAP_RENEGOTIATE) || !(s->caps & SSPI_CAP_RENEGOTIATE))
            return;
        if (kit_connect(&p, c, s, &k)) {
            enum sspi_status status = kit_redo(&p.c, 0);
            if (protocol == SSPI_CAP_TLS13 || !allowed) {
                if (status != SSPI_UNSUPPORTED)
                    kit_fault("redo gave %d", status);
            } else {
                kit_settle(&p);
                if (status != SSPI_WANT_RECORD || !(p.c.events & SSPI_EVENT_REDONE) ||
                    !(p.s.events & SSPI_EVENT_REDONE))
                    kit_fault("redo gave %d, events %#x and %#x", status, p.c.events, p.s.events);
            }
            if (!kit_both_ways(&p))
                kit_fault("no data afterwards");
        }
        kit_ok(1, "%s to %s %s: the client starts over where it may (%s), else nothing happens", c->name,
               s->name, kit_version_name(protocol), allowed ? "allowed" : "not allowed");
        kit_stop(&p);
    }
}

static void bad_credentials(const struct kit_module *m, uint32_t protocol)
{
    static const uint16_t none[] = {0xfefe, 0};
    const struct kit_identity *rsa = kit_identity("server-rsa"), *ec = kit_identity("server-ecdsa");
    uint8_t junk[200];
    memset(junk, 0x30, sizeof junk);
    struct sspi_bytes bad = {junk, sizeof junk}, cut = {rsa->chain[0].ptr, rsa->chain[0].len - 1},
                      cut_key = {rsa->key.ptr, rsa->key.len / 2}, empty = {NULL, 0},
                      mixed[] = {rsa->chain[0], bad};
    const struct {
        const char *name;
        const struct sspi_bytes *chain;
        unsigned count;
        struct sspi_bytes key;
        const uint16_t *suites;
        uint32_t protocols;
    } list[] = {
        {"a certificate of junk", &bad, 1, rsa->key, NULL, 0},
        {"a certificate cut short", &cut, 1, rsa->key, NULL, 0},
        {"a good leaf with junk behind it", mixed, 2, rsa->key, NULL, 0},
        {"a key of junk", rsa->chain, 1, bad, NULL, 0},
        {"a key cut short", rsa->chain, 1, cut_key, NULL, 0},
        {"no key", rsa->chain, 1, empty, NULL, 0},
        {"another certificate's key", rsa->chain, 1, ec->key, NULL, 0},
        {"unknown suites alone", rsa->chain, 1, rsa->key, none, 0},
        {"no protocol", rsa->chain, 1, rsa->key, NULL, 1u << 30},
        {"TLS and DTLS at once", rsa->chain, 1, rsa->key, NULL, (uint32_t)(SSPI_CAP_TLS12 | SSPI_CAP_DTLS12)},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        for (int server = 0; server < 2; server++) {
            struct sspi_cred_params p = {.size = sizeof p,
                                         .protocols =
                                             list[i].protocols ? list[i].protocols & ~(1u << 30) : protocol,
                                         .server = server,
                                         .chain = list[i].chain,
                                         .chain_count = list[i].count,
                                         .key = list[i].key,
                                         .suites = list[i].suites};
            struct sspi_failure f = {0};
            sspi_cred *c = NULL;
            enum sspi_status status = m->api->cred_new(&p, &c, &f);
            if (status != SSPI_FAILED && status != SSPI_UNSUPPORTED)
                kit_fault("as %s: gave %d", server ? "server" : "client", status);
            if (i < 7 && f.why != SSPI_WHY_BAD_CREDENTIAL)
                kit_fault("as %s: why %d", server ? "server" : "client", f.why);
            if (c)
                m->api->cred_free(c);
        }
        kit_ok(1, "%s %s: no credential from %s", m->name, kit_version_name(protocol), list[i].name);
    }
}

static void pair(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    refusals(c, s, protocol);
    missing(c, s, protocol);
    unjudged(c, s, protocol);
    if (protocol == SSPI_CAP_TLS12)
        before_the_record(c, s);
    else if (c->caps & SSPI_CAP_SUSPEND)
        suspend(c, s);
    if (protocol == SSPI_CAP_TLS13 && (c->caps & SSPI_CAP_ISSUERS_13) && (s->caps & SSPI_CAP_ISSUERS_13) &&
        (s->caps & SSPI_CAP_ISSUER_NAMES) && (c->caps & SSPI_CAP_SUSPEND))
        other_names(c, s);
    later(c, s, protocol);
    redo_client(c, s, protocol);
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    kit_pairs(pair);
    kit_each(bad_credentials);
    return kit_done();
}
