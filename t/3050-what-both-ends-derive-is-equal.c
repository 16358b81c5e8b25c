/* SPDX-License-Identifier: MIT
 *
 * t/3050-what-both-ends-derive-is-equal.c -- exporters, tls-unique, key logs, staples, pre-shared keys, SRTP.
 */
#include <config.h>

#include "t/provider-kit.h"

static void exporter(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_setup k = {.protocols = protocol};
    struct kit_pair p;
    uint8_t a[5][40], b[5][40];
    struct sspi_bytes context = kit_text("context"), empty = {(const uint8_t *)"", 0};
    const struct {
        const char *label;
        const struct sspi_bytes *context;
    } list[5] = {{"EXPORTER-one", NULL},
                 {"EXPORTER-one", &empty},
                 {"EXPORTER-one", &context},
                 {"EXPORTER-two", NULL},
                 {"EXPORTER-Channel-Binding", &empty}};
    if (!(c->caps & s->caps & SSPI_CAP_EXPORT_KEYS))
        return;
    if (kit_start(&p, c, s, &k))
        goto out;
    if (c->api->export_keys(p.c.s, "EXPORTER-one", NULL, a[0], 32) == SSPI_OK)
        kit_fault("keys before the handshake");
    if (!kit_run(&p)) {
        kit_fault("no handshake: it may not end for what was asked too early");
        goto out;
    }
    for (int i = 0; i < 5; i++)
        if (c->api->export_keys(p.c.s, list[i].label, list[i].context, a[i], 40) != SSPI_OK ||
            s->api->export_keys(p.s.s, list[i].label, list[i].context, b[i], 40) != SSPI_OK ||
            memcmp(a[i], b[i], 40))
            kit_fault("%s with context %d differs", list[i].label, i);
    if (!memcmp(a[0], a[2], 40) || !memcmp(a[0], a[3], 40))
        kit_fault("label or context does not count");
    if ((memcmp(a[0], a[1], 40) == 0) != (protocol == SSPI_CAP_TLS13))
        kit_fault("no context and an empty one: %s", protocol == SSPI_CAP_TLS13 ? "differ" : "are equal");
    if (!kit_both_ways(&p))
        kit_fault("no data afterwards");
out:
    kit_ok(1, "%s to %s %s: exported keys are equal, and depend on label and context", c->name, s->name,
           kit_version_name(protocol));
    kit_stop(&p);
}

static void finished(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_setup k = {.protocols = protocol};
    struct kit_pair p;
    uint8_t a[2][64], b[2][64];
    size_t al[2] = {0}, bl[2] = {0};
    if (!(c->caps & s->caps & SSPI_CAP_FINISHED))
        return;
    if (kit_connect(&p, c, s, &k)) {
        for (int i = 0; i < 2; i++) {
            enum sspi_status x = c->api->finished(p.c.s, i, a[i], 64, &al[i]),
                             y = s->api->finished(p.s.s, i, b[i], 64, &bl[i]);
            if (protocol == SSPI_CAP_TLS13) {
                if (x != SSPI_UNSUPPORTED || y != SSPI_UNSUPPORTED)
                    kit_fault("TLS 1.3 has no tls-unique: %d %d", x, y);
            } else if (x != SSPI_OK || y != SSPI_OK || al[i] != 12 || bl[i] != 12 || memcmp(a[i], b[i], 12)) {
                kit_fault("finished of the %s: %d %d, %zu and %zu octets", i ? "client" : "server", x, y,
                          al[i], bl[i]);
            }
        }
        if (protocol == SSPI_CAP_TLS12 && !memcmp(a[0], a[1], 12))
            kit_fault("both are the same");
        if (protocol == SSPI_CAP_TLS12 && c->api->finished(p.c.s, 1, a[0], 4, &al[0]) == SSPI_OK)
            kit_fault("12 octets fit into 4");
    }
    kit_ok(1, "%s to %s %s: tls-unique %s", c->name, s->name, kit_version_name(protocol),
           protocol == SSPI_CAP_TLS13 ? "is refused" : "is equal");
    kit_stop(&p);
}

static int has_line(const struct kit_end *e, const char *label)
{
    for (unsigned i = 0; i < e->line_count; i++)
        if (!strncmp(e->lines[i], label, strlen(label)) && e->lines[i][strlen(label)] == ' ')
            return 1;
    return 0;
}

static void keylog(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    static const char *const modern[] = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                                         "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"},
                             *const classic[] = {"CLIENT_RANDOM"};
    struct kit_pair p, q;
    if (!(c->caps & s->caps & SSPI_CAP_KEYLOG))
        return;
    struct kit_setup k = {.protocols = protocol}, on = {.protocols = protocol, .keylog = 1};
    if (kit_connect(&q, c, s, &k) && (q.c.line_count || q.s.line_count))
        kit_fault("lines where none were asked for");
    if (kit_connect(&p, c, s, &on)) {
        const char *const *labels = protocol == SSPI_CAP_TLS13 ? modern : classic;
        for (unsigned i = 0; i < (protocol == SSPI_CAP_TLS13 ? 4u : 1u); i++) {
            if (!has_line(&p.c, labels[i]) || !has_line(&p.s, labels[i]))
                kit_fault("%s is missing", labels[i]);
            for (unsigned x = 0; x < p.c.line_count; x++)
                for (unsigned y = 0; y < p.s.line_count; y++)
                    if (!strncmp(p.c.lines[x], labels[i], strlen(labels[i])) &&
                        !strncmp(p.s.lines[y], labels[i], strlen(labels[i])) &&
                        strcmp(p.c.lines[x], p.s.lines[y]))
                        kit_fault("%s differs", labels[i]);
        }
    }
    kit_stop(&q);
    /* And one silent session on credentials that have logged. */
    on.client_cred = p.c.cred;
    on.server_cred = p.s.cred;
    on.keylog = 0;
    if (p.c.cred && kit_connect(&q, c, s, &on) && (q.c.line_count || q.s.line_count))
        kit_fault("lines of a session that asked for none");
    kit_ok(1, "%s to %s %s: key log lines are equal, and come only when asked for", c->name, s->name,
           kit_version_name(protocol));
    kit_stop(&q);
    kit_stop(&p);
}

static void staple(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct sspi_bytes answer = kit_file("server-ecdsa.ocsp"); /* a true one: wolfSSL looks before it sends */
    if (!(c->caps & SSPI_CAP_STAPLE_RAW) || !(s->caps & SSPI_CAP_STAPLE))
        return;
    if (protocol == SSPI_CAP_TLS13 && !strcmp(s->name, "wolfssl") && !strncmp(s->api->version, "5.5", 3)) {
        kit_skip("wolfSSL 5.5 leaks memory with each, so none is sent", "%s to %s tls13: a staple", c->name,
                 s->name);
        return;
    }
    for (int i = 0; i < 3; i++) {
        struct kit_setup k = {
            .protocols = protocol, .client_verify = 1, .ask_staple = i != 2, .staple = answer};
        struct kit_pair p;
        if (!kit_start(&p, c, s, &k)) {
            p.c.refuse_staple = i == 1;
            p.c.verdict = (struct sspi_verdict){SSPI_WHY_CERT_REVOKED, 44};
            int done = kit_run(&p);
            if (i != 2 && (p.c.staple_len != answer.len || memcmp(p.c.staple, answer.ptr, answer.len)))
                kit_fault("%zu octets of staple", p.c.staple_len);
            if (i == 2 && p.c.staple_len)
                kit_fault("a staple that nobody asked for");
            if (i == 1 ? p.c.status != SSPI_FAILED || kit_failure(&p.c)->why != SSPI_WHY_CERT_REVOKED : !done)
                kit_fault("status %d", p.c.status);
        }
        kit_ok(1, "%s to %s %s: a staple %s", c->name, s->name, kit_version_name(protocol),
               i == 0   ? "arrives octet for octet"
               : i == 1 ? "may be refused"
                        : "is sent only when asked for");
        kit_stop(&p);
    }
}

static void psk(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    static const uint16_t classic[] = {0xccac, 0} /* the one that every library has by itself */,
                          modern[] = {0x1301, 0};
    static const uint8_t key[32] = "0123456789abcdef0123456789abcde";
    if (!(c->caps & s->caps & SSPI_CAP_PSK))
        return;
    for (int wrong = 0; wrong < 2; wrong++) {
        struct kit_setup k = {.protocols = protocol,
                              .suites = protocol == SSPI_CAP_TLS13 ? modern : classic,
                              .server_identity = "",
                              .psk_identity = kit_text("someone"),
                              .psk = {key, sizeof key}};
        struct kit_pair p;
        if (!kit_start(&p, c, s, &k)) {
            if (wrong)
                p.s.psk = kit_text("another key of the same octets..");
            int done = kit_run(&p);
            if (wrong ? done && kit_both_ways(&p) : !done || !kit_both_ways(&p)) {
                const struct sspi_failure *f = kit_failure(&p.c), *g = kit_failure(&p.s);
                kit_fault("done %d; client why %d %s; server why %d %s", done, f->why, f->text ? f->text : "",
                          g->why, g->text ? g->text : "");
            }
            if (!wrong && done) {
                struct sspi_conn d = kit_describe(&p.c), e = kit_describe(&p.s);
                if (e.psk_identity.len != 7 || memcmp(e.psk_identity.ptr, "someone", 7) ||
                    (d.psk_identity.len != 7 && d.psk_identity.len))
                    kit_fault("identity of %zu and %zu octets", d.psk_identity.len, e.psk_identity.len);
                if ((d.flags | e.flags) & SSPI_CONN_RESUMED)
                    kit_fault("counts as a resumption");
            }
        }
        kit_ok(1, "%s to %s %s: a pre-shared key %s", c->name, s->name, kit_version_name(protocol),
               wrong ? "that differs ends it" : "serves without any certificate");
        kit_stop(&p);
    }
}

static void srtp(const struct kit_module *c, const struct kit_module *s)
{
    static const uint8_t offer[] = {0, 7, 0, 1}, take[] = {0, 1};
    struct kit_setup k = {.protocols = SSPI_CAP_DTLS12, .client_srtp = {offer, 4}, .server_srtp = {take, 2}};
    struct kit_pair p;
    if (!(c->caps & s->caps & SSPI_CAP_SRTP) || !(c->caps & s->caps & SSPI_CAP_DTLS12))
        return;
    if (kit_connect(&p, c, s, &k)) {
        struct sspi_conn d = kit_describe(&p.c), e = kit_describe(&p.s);
        if (d.srtp != 1 || e.srtp != 1)
            kit_fault("profiles %d and %d", d.srtp, e.srtp);
    }
    kit_stop(&p);
    k.server_srtp.len = 0;
    if (kit_connect(&p, c, s, &k) && (kit_describe(&p.c).srtp || kit_describe(&p.s).srtp))
        kit_fault("a profile that only one side has");
    kit_ok(1, "%s to %s dtls12: the SRTP profile that both have", c->name, s->name);
    kit_stop(&p);
}

static void pair(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    exporter(c, s, protocol);
    finished(c, s, protocol);
    keylog(c, s, protocol);
    staple(c, s, protocol);
    psk(c, s, protocol);
    if (protocol == SSPI_CAP_TLS12)
        srtp(c, s);
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    kit_pairs(pair);
    return kit_done();
}
