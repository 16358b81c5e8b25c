/* SPDX-License-Identifier: MIT
 *
 * t/3060-datagrams-may-be-lost.c -- DTLS: lost, doubled, swapped and forged datagrams, MTU, cookies, timers.
 */
#include <config.h>

#include "t/provider-kit.h"

#include <time.h>

static uint8_t plain[20000];

/* One datagram that waits, as its records; 0: none. */
static unsigned datagram(struct kit_end *from, uint8_t *records[16], size_t lens[16])
{
    unsigned n = 0;
    size_t left = from->flights ? from->flight[0] : 0;
    while (left && n < 16 && (records[n] = kit_take(from, &lens[n]))) {
        left -= lens[n] < left ? lens[n] : left;
        n++;
    }
    return n;
}

enum fate { FINE, TWICE, SWAPPED, FATES };

/* Everything that waits goes to the other side, each flight treated alike. */
static int move(struct kit_end *from, struct kit_end *to, enum fate fate)
{
    uint8_t *records[64][16];
    size_t lens[64][16];
    unsigned count[64], n = 0;
    while (n < 64 && (count[n] = datagram(from, records[n], lens[n])))
        n++;
    for (unsigned turn = 0; turn < (fate == TWICE ? 2u : 1u); turn++)
        for (unsigned i = 0; i < n; i++) {
            unsigned d = fate == SWAPPED ? n - 1 - i : i;
            for (unsigned r = 0; r < count[d]; r++)
                if (to->status != SSPI_FAILED)
                    kit_feed(to, records[d][r], lens[d][r]);
        }
    for (unsigned i = 0; i < n; i++)
        for (unsigned r = 0; r < count[i]; r++)
            free(records[i][r]);
    return n != 0;
}

static void nap(int ms)
{
    struct timespec t = {ms / 1000, (ms % 1000) * 1000000L};
    nanosleep(&t, NULL);
}

static int run(struct kit_pair *p, enum fate fate)
{
    kit_shake(&p->c, NULL, 0);
    for (int late = 0; late < 3; late++) { /* what comes too early may be dropped: then the timers help */
        int next[2] = {-1, -1};
        for (int round = 0; round < 40 && (move(&p->c, &p->s, fate) | move(&p->s, &p->c, fate)); round++)
            ;
        if (fate != SWAPPED || (p->c.done && p->s.done) || p->c.status == SSPI_FAILED ||
            p->s.status == SSPI_FAILED)
            break;
        kit_resend(&p->c, &next[0]);
        kit_resend(&p->s, &next[1]);
        int ms = next[0] > next[1] ? next[0] : next[1];
        nap(ms < 0 || ms > 2000 ? 2000 : ms + 10);
        kit_resend(&p->c, &next[0]);
        kit_resend(&p->s, &next[1]);
        fate = FINE;
        for (int round = 0; round < 40 && (move(&p->c, &p->s, fate) | move(&p->s, &p->c, fate)); round++)
            ;
    }
    return p->c.done && p->s.done && p->c.status != SSPI_FAILED && p->s.status != SSPI_FAILED;
}

static void why(struct kit_pair *p)
{
    const struct sspi_failure *f = kit_failure(&p->c), *g = kit_failure(&p->s);
    diag("client %d why %d %s; server %d why %d %s", p->c.status, f->why, f->text ? f->text : "", p->s.status,
         g->why, g->text ? g->text : "");
}

static void fates(const struct kit_module *c, const struct kit_module *s)
{
    static const char *const names[] = {"as they come", "twice", "in the wrong order"};
    for (int fate = 0; fate < FATES; fate++)
        for (int cookie = 0; cookie < 2; cookie++) {
            if (fate == SWAPPED && cookie) /* waits for a timer: once is enough */
                continue;
            struct kit_setup k = {.protocols = SSPI_CAP_DTLS12,
                                  .mtu = 1200,
                                  .client_verify = 1,
                                  .request_cert = 2,
                                  .client_identity = "client-rsa",
                                  .server_verify = 1,
                                  .cookie_peer =
                                      cookie ? kit_text("192.0.2.1:4433") : (struct sspi_bytes){NULL, 0}};
            struct kit_pair p;
            int good = 0;
            if (!kit_start(&p, c, s, &k) && !(good = run(&p, (enum fate)fate)))
                why(&p);
            if (good && kit_describe(&p.c).version != 0xfefd)
                kit_fault("version %#x", kit_describe(&p.c).version);
            if (good && cookie && p.c.datagrams < 3)
                kit_fault("no second ClientHello");
            kit_ok(good && kit_both_ways(&p), "%s to %s dtls12: datagrams %s%s", c->name, s->name,
                   names[fate], cookie ? ", with a cookie" : "");
            kit_stop(&p);
        }
}

static void records(const struct kit_module *c, const struct kit_module *s)
{
    struct kit_setup k = {.protocols = SSPI_CAP_DTLS12};
    struct kit_pair p;
    uint8_t *r[4] = {NULL}, out[300];
    size_t len[4], n;
    uint32_t events;
    if (!kit_connect(&p, c, s, &k))
        goto out;
    for (int i = 0; i < 4; i++) {
        memset(plain, 'a' + i, 200);
        if (kit_seal(&p.c, plain, 200, 0, &r[i], &len[i]) != SSPI_OK)
            kit_fault("seal");
    }
    static const int order[] = {2, 0, 1};
    for (int i = 0; i < 3; i++)
        if (kit_unseal(&p.s, r[order[i]], len[order[i]], out, &n, NULL) != SSPI_OK || n != 200 ||
            out[0] != 'a' + order[i])
            kit_fault("record %d, out of order, gives %d", order[i], p.s.status);
    for (int i = 0; i < 3; i++)
        if (kit_unseal(&p.s, r[i], len[i], out, &n, &events) != SSPI_WANT_RECORD ||
            !(events & SSPI_EVENT_DISCARDED))
            kit_fault("record %d, again, gives %d, events %#x", i, p.s.status, events);
    for (int i = 0; i < 3; i++) {
        uint8_t *forged = memcpy(malloc(len[3]), r[3], len[3]);
        forged[i == 0 ? 13 : i == 1 ? len[3] / 2 : len[3] - 1] ^= 4;
        if (kit_unseal(&p.s, forged, len[3], out, &n, &events) != SSPI_WANT_RECORD ||
            !(events & SSPI_EVENT_DISCARDED))
            kit_fault("forged %d gives %d, events %#x", i, p.s.status, events);
        free(forged);
    }
    for (size_t cut = 13; cut < 40; cut += 9) {
        uint8_t *part = memcpy(malloc(cut), r[3], cut);
        part[11] = 0;
        part[12] = (uint8_t)(cut - 13);
        if (kit_unseal(&p.s, part, cut, out, &n, &events) != SSPI_WANT_RECORD)
            kit_fault("%zu octets give %d", cut, p.s.status);
        free(part);
    }
    if (kit_unseal(&p.s, r[3], len[3], out, &n, NULL) != SSPI_OK || n != 200)
        kit_fault("the true one does not arrive any more");
    if (!kit_both_ways(&p))
        kit_fault("no data afterwards");
    if (kit_shutdown(&p.c) != SSPI_OK)
        kit_fault("shutdown");
    uint8_t *end = kit_take(&p.c, &n);
    if (!end || kit_unseal(&p.s, end, n, NULL, NULL, NULL) != SSPI_CLOSED)
        kit_fault("close_notify comes to %d", p.s.status);
    free(end);
out:
    for (int i = 0; i < 4; i++)
        free(r[i]);
    kit_ok(1, "%s to %s dtls12: late records count, doubled and forged ones cost nothing", c->name, s->name);
    kit_stop(&p);
}

static void mtu(const struct kit_module *c, const struct kit_module *s)
{
    static const uint16_t sizes[] = {300, 576, 1400, 9000};
    if (!(c->caps & s->caps & SSPI_CAP_DTLS_MTU))
        return;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct kit_setup k = {.protocols = SSPI_CAP_DTLS12, .mtu = sizes[i], .server_identity = "server-rsa"};
        struct kit_pair p;
        uint8_t *r;
        size_t len;
        int good = 0;
        if (!kit_start(&p, c, s, &k) && !(good = run(&p, FINE)))
            why(&p);
        if (p.c.largest > sizes[i] || p.s.largest > sizes[i])
            kit_fault("datagrams of %zu and %zu octets", p.c.largest, p.s.largest);
        if (good) {
            uint32_t most = kit_describe(&p.c).plaintext_max;
            if (!most || most > sizes[i] || most + 80 < sizes[i])
                kit_fault("plaintext_max %u", most);
            if (kit_seal(&p.c, plain, most, 0, &r, &len) != SSPI_OK || len > sizes[i])
                kit_fault("%u octets make a datagram of %zu", most, len);
            free(r);
            if (kit_seal(&p.c, plain, most + 1, 0, &r, &len) != SSPI_UNSUPPORTED)
                kit_fault("one octet more is not refused");
            free(r);
            if (c->api->set_mtu(p.c.s, 250) != SSPI_OK || kit_describe(&p.c).plaintext_max >= 250)
                kit_fault("set_mtu: plaintext_max %u", kit_describe(&p.c).plaintext_max);
            if (!kit_send(&p.c, &p.s, plain, 100))
                kit_fault("no data afterwards");
        }
        kit_ok(good, "%s to %s dtls12: no datagram above the MTU of %u", c->name, s->name, sizes[i]);
        kit_stop(&p);
    }
}

static void timer(const struct kit_module *m)
{
    struct kit_setup k = {.protocols = SSPI_CAP_DTLS12};
    struct kit_pair p;
    uint8_t *records[16];
    size_t lens[16];
    int next = -2, good = 0;
    if (kit_start(&p, m, m, &k))
        goto out;
    kit_shake(&p.c, NULL, 0);
    unsigned lost = datagram(&p.c, records, lens);
    for (unsigned i = 0; i < lost; i++)
        free(records[i]);
    kit_resend(&p.c, &next);
    if (m->caps & SSPI_CAP_DTLS_RESEND ? !p.c.flights : p.c.flights || next <= 0 || next > 10000)
        kit_fault("before the time: %u datagrams, next in %d ms", p.c.flights, next);
    if (!(m->caps & SSPI_CAP_DTLS_RESEND)) {
        nap(next + 20 > 3000 ? 3000 : next + 20);
        if (kit_resend(&p.c, &next) == SSPI_FAILED || !p.c.flights)
            kit_fault("when it is due: %u datagrams, next in %d ms", p.c.flights, next);
    }
    for (int round = 0; round < 40 && (move(&p.c, &p.s, FINE) | move(&p.s, &p.c, FINE)); round++)
        ;
    good = p.c.done && p.s.done;
    if (good) {
        kit_resend(&p.c, &next);
        if (next != -1)
            kit_fault("next in %d ms, after the end", next);
    }
out:
    kit_ok(good && kit_both_ways(&p), "%s dtls12: a lost flight comes again %s", m->name,
           m->caps & SSPI_CAP_DTLS_RESEND ? "at once" : "when its timer ends");
    kit_stop(&p);
}

/* The server is done, its last flight lost: the client's timer brings it again. */
static void last_flight(const struct kit_module *m)
{
    struct kit_setup k = {.protocols = SSPI_CAP_DTLS12};
    struct kit_pair p;
    uint8_t *records[16];
    size_t lens[16];
    int next = -1, good = 0;
    if (kit_start(&p, m, m, &k))
        goto out;
    kit_shake(&p.c, NULL, 0);
    for (int round = 0; round < 10 && !p.s.done; round++) {
        move(&p.c, &p.s, FINE);
        if (!p.s.done)
            move(&p.s, &p.c, FINE);
    }
    for (unsigned n; (n = datagram(&p.s, records, lens)) != 0;)
        while (n)
            free(records[--n]);
    if (!p.s.done || p.c.done)
        kit_fault("server done %d, client done %d", p.s.done, p.c.done);
    for (int turn = 0; turn < 3 && !p.c.done; turn++) {
        kit_resend(&p.c, &next);
        if (!p.c.flights)
            nap(next < 0 || next > 3000 ? 3000 : next + 20);
        kit_resend(&p.c, &next);
        for (int round = 0; round < 10 && (move(&p.c, &p.s, FINE) | move(&p.s, &p.c, FINE)); round++)
            ;
    }
    good = p.c.done;
    if (!good)
        why(&p);
out:
    kit_ok(good && kit_both_ways(&p), "%s dtls12: a lost last flight comes again from a server that is done",
           m->name);
    kit_stop(&p);
}

int main(void)
{
    if (!kit_load())
        return skip_all("no provider is built");
    for (unsigned c = 0; c < kit_module_count; c++) {
        for (unsigned s = 0; s < kit_module_count; s++) {
            if (!(kit_modules[c].caps & kit_modules[s].caps & SSPI_CAP_DTLS12))
                continue;
            fates(&kit_modules[c], &kit_modules[s]);
            records(&kit_modules[c], &kit_modules[s]);
            mtu(&kit_modules[c], &kit_modules[s]);
        }
        if (kit_modules[c].caps & SSPI_CAP_DTLS12)
            timer(&kit_modules[c]);
        if (strcmp(kit_modules[c].name, "wolfssl") == 0)
            kit_skip("wolfSSL 5.5 answers no repeated flight once it is done",
                     "wolfssl dtls12: a lost last flight");
        else if (kit_modules[c].caps & SSPI_CAP_DTLS12)
            last_flight(&kit_modules[c]);
    }
    return kit_done();
}
