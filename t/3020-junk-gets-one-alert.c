/* SPDX-License-Identifier: MIT
 *
 * t/3020-junk-gets-one-alert.c -- hostile bytes in the handshake: whatever comes, the provider fails with
 * exactly one alert as its last octets, or goes on; what was changed on the way never completes on both
 * sides; and an alert that is none begins nothing anew. */
#include <config.h>

#include "t/provider-kit.h"

struct junk {
    const char *name;
    uint8_t type, bytes[64];
    size_t len;
};
static const struct junk junk[] = {
    {"an unknown message", 22, {0x63, 0, 0, 4, 1, 2, 3, 4}, 8},
    {"a ClientHello that ends early", 22, {1, 0, 0, 2, 3, 3}, 6},
    {"a ClientHello of zeros", 22, {1, 0, 0, 44}, 48},
    {"a ServerHello that ends early", 22, {2, 0, 0, 2, 3, 3}, 6},
    {"a ServerHello of zeros", 22, {2, 0, 0, 44}, 48},
    {"a Finished", 22, {20, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 16},
    {"a HelloRequest with a body", 22, {0, 0, 0, 1, 9}, 5},
    {"a message of 16 MiB", 22, {1, 0xff, 0xff, 0xff, 3, 3}, 40},
    {"application data", 23, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, 20},
    {"an alert cut in half", 21, {2}, 1},
    {"a ChangeCipherSpec of two octets", 20, {1, 1}, 2},
    {"a record of an unknown type", 99, {1, 2, 3}, 3},
};

static void last_is_alert(struct kit_end *e)
{
    const struct sspi_failure *f = kit_failure(e);
    size_t len, alerts = 0;
    uint8_t *record, kind = 0, level = 0, code = 0;
    while ((record = kit_take(e, &len))) {
        kind = record[0];
        if (kind == 21 && len == 7) {
            alerts++;
            level = record[5];
            code = record[6];
        }
        free(record);
    }
    if (kind != 21 || level != 2 || code != f->alert_sent || alerts != 1)
        kit_fault("%s: last record of type %d, %zu alerts, level %d, %d on the wire, %d told", e->m->name,
                  kind, alerts, level, code, f->alert_sent);
}

static void throw_junk(const struct kit_module *m, uint32_t protocol, int server, const struct junk *j)
{
    struct kit_pair p;
    struct kit_setup k = {.protocols = protocol};
    uint8_t record[80] = {j->type, 3, 3, 0, (uint8_t)j->len};
    size_t len;
    memcpy(record + 5, j->bytes, j->len);
    if (kit_start(&p, m, m, &k))
        goto out;
    struct kit_end *e = server ? &p.s : &p.c;
    if (!server) {
        kit_shake(&p.c, NULL, 0);
        free(kit_take(&p.c, &len));
    }
    enum sspi_status status = kit_shake(e, record, 5 + j->len);
    for (int more = 0; more < 3 && status == SSPI_WANT_RECORD;
         more++) /* part of something longer: let it have more */
        status = kit_shake(e, record, 5 + j->len);
    if (status == SSPI_FAILED) {
        if (!kit_failure(e)->alert_received)
            last_is_alert(e);
        if (kit_shake(e, record, 5 + j->len) != SSPI_FAILED)
            kit_fault("alive after a failure");
        if (e->out_at != e->out_len)
            kit_fault("output after a failure");
    } else if (status != SSPI_WANT_RECORD) {
        kit_fault("gave %d", status);
    }
out:
    kit_ok(1, "%s %s: a %s that gets %s says one alert, if any, and stays dead", m->name,
           kit_version_name(protocol), server ? "server" : "client", j->name);
    kit_stop(&p);
}

/* How many records of the handshake wait to leave; they leave. */
static unsigned messages_left(struct kit_end *e)
{
    unsigned count = 0;
    uint8_t *record;
    size_t len;
    while ((record = kit_take(e, &len))) {
        count += record[0] == 22;
        free(record);
    }
    return count;
}

/* A client and a server that have begun, and the client's hello; NULL is a fault. */
static uint8_t *begin(struct kit_pair *p, const struct kit_module *m, uint32_t protocol, size_t *len)
{
    struct kit_setup k = {.protocols = protocol};
    uint8_t *hello = NULL;
    if (kit_start(p, m, m, &k) == 0) {
        kit_shake(&p->c, NULL, 0);
        hello = kit_take(&p->c, len);
    }
    if (!hello)
        kit_fault("the client says no hello");
    return hello;
}

/* no_renegotiation answers nothing in a first handshake: a client says no second hello, a server takes none.
 */
static void no_new_beginning(const struct kit_module *m, uint32_t protocol)
{
    static const uint8_t refusal[] = {21, 3, 3, 0, 2, 1, 100};
    struct kit_pair p;
    size_t len;
    uint8_t *hello = begin(&p, m, protocol, &len);
    if (!hello)
        goto out;
    kit_shake(&p.c, refusal, sizeof refusal);
    if (messages_left(&p.c))
        kit_fault("the client begins again");
    if (kit_shake(&p.s, hello, len) != SSPI_WANT_RECORD || !messages_left(&p.s))
        kit_fault("the server does not answer: %d", p.s.status);
    if (kit_shake(&p.s, refusal, sizeof refusal) != SSPI_FAILED)
        kit_shake(&p.s, hello, len);
    if (messages_left(&p.s))
        kit_fault("the server begins again");
out:
    free(hello);
    kit_ok(1, "%s %s: no_renegotiation in the first handshake is no new beginning", m->name,
           kit_version_name(protocol));
    kit_stop(&p);
}

/* Whoever closes before the end has closed: nothing is to be said. */
static void closed_early(const struct kit_module *m, uint32_t protocol)
{
    static const uint8_t close_notify[] = {21, 3, 3, 0, 2, 1, 0};
    struct kit_pair p;
    size_t len;
    uint8_t *hello = begin(&p, m, protocol, &len);
    if (!hello)
        goto out;
    if (kit_shake(&p.c, close_notify, sizeof close_notify) != SSPI_CLOSED || p.c.out_at != p.c.out_len)
        kit_fault("the client gives %d, and %zu octets", p.c.status, p.c.out_len - p.c.out_at);
    kit_shake(&p.s, hello, len);
    messages_left(&p.s);
    if (protocol != SSPI_CAP_TLS13 && /* where it is no record under the keys that are due */
        (kit_shake(&p.s, close_notify, sizeof close_notify) != SSPI_CLOSED || p.s.out_at != p.s.out_len))
        kit_fault("the server gives %d, and %zu octets", p.s.status, p.s.out_len - p.s.out_at);
out:
    free(hello);
    kit_ok(1, "%s %s: close_notify in the handshake is an end that is not answered", m->name,
           kit_version_name(protocol));
    kit_stop(&p);
}

/* One bit of the n-th record changes on its way. */
static int spoil(const struct kit_module *c, const struct kit_module *s, uint32_t protocol,
                 unsigned record_no, size_t at, uint8_t bit)
{
    struct kit_pair p;
    struct kit_setup k = {.protocols = protocol,
                          .client_verify = 1,
                          .request_cert = 1,
                          .client_identity = "client-rsa",
                          .server_verify = 1,
                          .sni = "localhost"};
    unsigned seen = 0;
    int hit = 0;
    if (kit_start(&p, c, s, &k))
        return 0;
    kit_shake(&p.c, NULL, 0);
    for (int round = 0; round < 20; round++) {
        for (int way = 0; way < 2; way++) {
            struct kit_end *from = way ? &p.s : &p.c, *to = way ? &p.c : &p.s;
            size_t len;
            uint8_t *record;
            while ((record = kit_take(from, &len))) {
                if (seen++ == record_no && len > 5) {
                    record[5 + at % (len - 5)] ^= bit;
                    hit = 1;
                }
                if (to->status != SSPI_FAILED && to->status != SSPI_CLOSED)
                    kit_feed(to, record, len);
                free(record);
            }
        }
    }
    /* TLS 1.3's ChangeCipherSpec and what a client in TLS 1.3 has not proved yet are no agreement of both. */
    if (hit && p.c.done && p.s.done && p.c.status != SSPI_FAILED && p.s.status != SSPI_FAILED &&
        kit_both_ways(&p))
        kit_fault("record %u, octet %zu, bit %d changed, and both are content", record_no, at, bit);
    if (p.c.refuse)
        hit = 0;
    kit_stop(&p);
    return hit;
}

static void spoil_all(const struct kit_module *m, uint32_t protocol)
{
    uint32_t seed = 12345;
    unsigned hits = 0;
    for (unsigned i = 0; i < 60; i++) {
        seed = seed * 1103515245 + 12345;
        hits += (unsigned)spoil(m, m, protocol, i % 8, seed >> 8, (uint8_t)(1u << (seed >> 29)));
    }
    kit_ok(hits > 20, "%s %s: %u handshakes with one bit changed on the way never satisfy both sides",
           m->name, kit_version_name(protocol), hits);
}

static void no_memory(const struct kit_module *m, uint32_t protocol)
{
    struct kit_pair p;
    struct kit_setup k = {.protocols = protocol};
    if (!kit_start(&p, m, m, &k)) {
        p.c.emit_fails = 1;
        if (kit_shake(&p.c, NULL, 0) != SSPI_FAILED)
            kit_fault("gave %d", p.c.status);
        else if (kit_failure(&p.c)->why != SSPI_WHY_MEMORY)
            kit_fault("why %d", kit_failure(&p.c)->why);
    }
    kit_ok(1, "%s %s: an emit() without memory is the end, for want of memory", m->name,
           kit_version_name(protocol));
    kit_stop(&p);
}

static void each(const struct kit_module *m, uint32_t protocol)
{
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++) {
        throw_junk(m, protocol, 0, &junk[i]);
        throw_junk(m, protocol, 1, &junk[i]);
    }
    no_new_beginning(m, protocol);
    closed_early(m, protocol);
    no_memory(m, protocol);
    spoil_all(m, protocol);
}

/* Versions, suites and protocols that do not meet. */
static void no_common(const struct kit_module *c, const struct kit_module *s)
{
    static const uint16_t only128[] = {0xc02b, 0}, only256[] = {0xc02c, 0};
    static const struct {
        const char *name;
        uint32_t client, server;
        const uint16_t *client_suites, *server_suites;
        enum sspi_why why;
        uint8_t alert;
    } list[] = {
        {"TLS 1.2 alone meets TLS 1.3 alone", SSPI_CAP_TLS12, SSPI_CAP_TLS13, NULL, NULL,
         SSPI_WHY_NO_COMMON_VERSION, 70},
        {"TLS 1.1 alone meets TLS 1.2 and 1.3", SSPI_CAP_TLS11, SSPI_CAP_TLS12 | SSPI_CAP_TLS13, NULL, NULL,
         SSPI_WHY_NO_COMMON_VERSION, 70},
        {"TLS 1.0 alone meets TLS 1.2 and 1.3", SSPI_CAP_TLS10, SSPI_CAP_TLS12 | SSPI_CAP_TLS13, NULL, NULL,
         SSPI_WHY_NO_COMMON_VERSION, 70},
        {"no suite in common", SSPI_CAP_TLS12, SSPI_CAP_TLS12, only128, only256, SSPI_WHY_NO_COMMON_ALGORITHM,
         40},
    };
    static const uint16_t old[] = {0xc009, 0xc00a, 0xc013, 0xc014, 0x002f, 0x0035, 0};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        struct kit_setup ck = {.protocols = list[i].client, .suites = list[i].client_suites},
                         sk = {.protocols = list[i].server, .suites = list[i].server_suites};
        struct sspi_failure f;
        struct kit_pair p;
        if (list[i].client & (SSPI_CAP_TLS10 | SSPI_CAP_TLS11)) {
            if (!(c->caps & list[i].client))
                continue;
            ck.suites = old;
        }
        struct kit_setup k = {.protocols = list[i].server};
        memset(&p, 0, sizeof p);
        if (kit_cred(c, 0, &ck, &k.client_cred, &f) != SSPI_OK ||
            kit_cred(s, 1, &sk, &k.server_cred, &f) != SSPI_OK) {
            kit_fault("no credential: why %d %s", f.why, f.text ? f.text : "");
        } else if (!kit_start(&p, c, s, &k)) {
            kit_run(&p);
            const struct sspi_failure *sf = kit_failure(&p.s), *cf = kit_failure(&p.c);
            if (p.s.status != SSPI_FAILED || sf->why != list[i].why || sf->alert_sent != list[i].alert)
                kit_fault("server: status %d, why %d, alert %d: %s", p.s.status, sf->why, sf->alert_sent,
                          sf->text ? sf->text : "");
            if (p.c.status != SSPI_FAILED || cf->why != SSPI_WHY_PEER_ALERT ||
                cf->alert_received != list[i].alert)
                kit_fault("client: status %d, why %d, alert %d", p.c.status, cf->why, cf->alert_received);
        }
        kit_stop(&p);
        if (k.client_cred)
            c->api->cred_free(k.client_cred);
        if (k.server_cred)
            s->api->cred_free(k.server_cred);
        kit_ok(1, "%s to %s: %s: alert %d, told and received", c->name, s->name, list[i].name, list[i].alert);
    }
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    kit_each(each);
    for (unsigned c = 0; c < kit_module_count; c++)
        for (unsigned s = 0; s < kit_module_count; s++)
            no_common(&kit_modules[c], &kit_modules[s]);
    return kit_done();
}
