/* SPDX-License-Identifier: MIT
 *
 * t/3010-a-record-is-one-record.c -- seal() and unseal(): sizes, layouts, suites; what is tampered with,
 * replayed, cut or empty; key updates and the two halves of a close. */
#include <config.h>

#include "t/provider-kit.h"

static uint8_t plain[20000];

static void sizes(const struct kit_module *m, uint32_t protocol, const uint16_t *suites, const char *name)
{
    static const size_t lens[] = {1, 2, 15, 16, 17, 255, 1000, 4096, 16383, 16384};
    struct kit_setup k = {.protocols = protocol, .suites = suites, .server_identity = "server-rsa"};
    struct kit_pair p;
    if (kit_connect(&p, m, m, &k)) {
        if (suites && kit_describe(&p.c).suite != suites[0])
            kit_fault("suite %#x", kit_describe(&p.c).suite);
        for (size_t i = 0; i < sizeof lens / sizeof *lens; i++)
            for (int way = 0; way < 4; way++) {
                struct kit_end *from = way & 1 ? &p.s : &p.c, *to = way & 1 ? &p.c : &p.s;
                uint8_t *record, out[20000];
                size_t len, n = 0;
                if (kit_seal(from, plain, lens[i], way >> 1, &record, &len) != SSPI_OK ||
                    kit_unseal(to, record, len, out, &n, NULL) != SSPI_OK || n != lens[i] ||
                    memcmp(out, plain, n))
                    kit_fault("%zu octets%s do not come through", lens[i],
                              way >> 1 ? ", in three pieces," : "");
                free(record);
            }
    }
    kit_ok(1, "%s %s %s: records of 1 to 16384 octets, side by side and apart, arrive", m->name,
           kit_version_name(protocol), name);
    kit_stop(&p);
}

static void suites(const struct kit_module *m, uint32_t protocol)
{
    static const struct {
        uint16_t id[2];
        uint64_t protocol;
        const char *name;
    } list[] = {
        {{0xc02f, 0}, SSPI_CAP_TLS12, "AES-128-GCM"}, {{0xc030, 0}, SSPI_CAP_TLS12, "AES-256-GCM"},
        {{0xcca8, 0}, SSPI_CAP_TLS12, "ChaCha20"},    {{0xc013, 0}, SSPI_CAP_TLS12, "AES-128-CBC"},
        {{0x1301, 0}, SSPI_CAP_TLS13, "AES-128-GCM"}, {{0x1302, 0}, SSPI_CAP_TLS13, "AES-256-GCM"},
        {{0x1303, 0}, SSPI_CAP_TLS13, "ChaCha20"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (list[i].protocol == protocol)
            sizes(m, protocol, list[i].id, list[i].name);
}

static void limits(const struct kit_module *m, uint32_t protocol)
{
    struct kit_pair p;
    struct kit_setup k = {.protocols = protocol};
    uint8_t *record;
    size_t len;
    if (!kit_connect(&p, m, m, &k))
        goto out;
    if (kit_seal(&p.c, plain, 16385, 0, &record, &len) != SSPI_UNSUPPORTED)
        kit_fault("16385 octets are not refused");
    free(record);
    enum sspi_status empty = kit_seal(&p.c, plain, 0, 0, &record, &len);
    if (empty != (m->caps & SSPI_CAP_EMPTY_RECORD ? SSPI_OK : SSPI_UNSUPPORTED))
        kit_fault("no octets: %d", empty);
    if (empty == SSPI_OK) {
        size_t n = 1;
        if (kit_unseal(&p.s, record, len, NULL, &n, NULL) != SSPI_OK || n)
            kit_fault("an empty record does not arrive as one");
    }
    free(record);
    kit_both_ways(&p) ? (void)0 : kit_fault("unusable afterwards");
out:
    kit_ok(1, "%s %s: too much and nothing are refused (or sent), and the session goes on", m->name,
           kit_version_name(protocol));
    kit_stop(&p);
}

enum harm {
    FLIP_FIRST,
    FLIP_MIDDLE,
    FLIP_LAST,
    CUT_TAIL,
    REPLAY,
    CUT_TO_HEADER,
    CUT_TO_ONE,
    WRONG_TYPE,
    HARMS
};
static const char *const harms[] = {"first octet flipped",  "middle flipped", "last flipped",
                                    "shorter by one",       "sent twice",     "header alone",
                                    "header and one octet", "another type"};

static void harm(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    for (int h = 0; h < HARMS; h++) {
        struct kit_pair p;
        struct kit_setup k = {.protocols = protocol};
        uint8_t *record = NULL;
        size_t len = 0, n;
        if (!kit_connect(&p, c, s, &k) || kit_seal(&p.c, plain, 100, 0, &record, &len) != SSPI_OK)
            goto out;
        switch (h) {
        case FLIP_FIRST:
            record[5] ^= 1;
            break;
        case FLIP_MIDDLE:
            record[len / 2] ^= 0x80;
            break;
        case FLIP_LAST:
            record[len - 1] ^= 1;
            break;
        case CUT_TAIL:
            len--;
            break;
        case CUT_TO_HEADER:
            len = 5;
            break;
        case CUT_TO_ONE:
            len = 6;
            break;
        case WRONG_TYPE:
            record[0] = 24;
            break;
        case REPLAY:
            if (kit_unseal(&p.s, record, len, NULL, &n, NULL) != SSPI_OK)
                kit_fault("the first time already");
            break;
        }
        record[3] = (uint8_t)((len - 5) >> 8);
        record[4] = (uint8_t)(len - 5);
        if (kit_unseal(&p.s, record, len, NULL, &n, NULL) != SSPI_FAILED) {
            kit_fault("accepted: %d", p.s.status);
        } else {
            const struct sspi_failure *f = kit_failure(&p.s);
            if (f->alert_sent)
                kit_fault("claims that unseal() sent alert %d", f->alert_sent);
            if (h <= FLIP_LAST || h == REPLAY)
                if (f->alert != 20 || f->why != SSPI_WHY_BAD_RECORD_MAC)
                    kit_fault("why %d, alert %d: %s", f->why, f->alert, f->text ? f->text : "");
            if (kit_unseal(&p.s, record, len, NULL, &n, NULL) != SSPI_FAILED)
                kit_fault("alive after a failure");
            free(record);
            if (kit_seal(&p.s, plain, 10, 0, &record, &len) != SSPI_FAILED)
                kit_fault("seals after a failure");
        }
        if (p.s.out_at != p.s.out_len)
            kit_fault("something was sent");
    out:
        kit_ok(1, "%s to %s %s: a record %s is fatal, and nothing is sent", c->name, s->name,
               kit_version_name(protocol), harms[h]);
        free(record);
        kit_stop(&p);
    }
}

static enum sspi_status finish(struct kit_end *e, struct kit_end *peer)
{
    enum sspi_status status = kit_shutdown(e);
    size_t len;
    uint8_t *record = kit_take(e, &len);
    if (status != SSPI_OK || !record)
        kit_fault("%s: shutdown gave %d%s", e->m->name, status, record ? "" : " and no record");
    if (record && kit_unseal(peer, record, len, NULL, NULL, NULL) != SSPI_CLOSED)
        kit_fault("%s: close_notify arrives as %d", peer->m->name, peer->status);
    free(record);
    if ((record = kit_take(e, &len)))
        kit_fault("%s: more than close_notify", e->m->name);
    free(record);
    return status;
}

static void close_halves(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_pair p;
    struct kit_setup k = {.protocols = protocol};
    if (kit_connect(&p, c, s, &k)) {
        finish(&p.c, &p.s);
        for (int i = 0; i < 3; i++)
            if (!kit_send(&p.s, &p.c, plain, 300))
                kit_fault("the other half does not carry data any more");
        finish(&p.s, &p.c);
    }
    kit_ok(1, "%s to %s %s: each half closes by itself", c->name, s->name, kit_version_name(protocol));
    kit_stop(&p);
}

/* What the peer sent before it saw the close still counts: tickets, key updates, data. */
static void after_own_close(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_pair p;
    struct kit_setup k = {.protocols = protocol, .tickets = 1};
    if (!kit_start(&p, c, s, &k)) {
        kit_shake(&p.c, NULL, 0);
        uint8_t *record;
        size_t len;
        while (!(p.c.done && p.s.done) && p.c.status != SSPI_FAILED && p.s.status != SSPI_FAILED) {
            int moved = 0;
            while ((record = kit_take(&p.c, &len))) {
                moved = 1;
                kit_feed(&p.s, record, len);
                free(record);
            }
            while (!p.c.done && (record = kit_take(&p.s, &len))) {
                moved = 1;
                kit_feed(&p.c, record, len);
                free(record);
            }
            if (!moved)
                break;
        }
        if (!p.c.done || !p.s.done)
            kit_fault("no handshake");
        else if (kit_shutdown(&p.c) != SSPI_OK)
            kit_fault("shutdown");
        if (p.c.done && (s->caps & SSPI_CAP_KEY_UPDATE) && protocol == SSPI_CAP_TLS13)
            kit_key_update(&p.s, 0);
        while (p.c.done && (record = kit_take(&p.s, &len))) { /* a ticket in TLS 1.3, the update */
            if (kit_unseal(&p.c, record, len, NULL, NULL, NULL) != SSPI_WANT_RECORD)
                kit_fault("%s: gave %d for what came after its close", c->name, p.c.status);
            free(record);
        }
        if (p.s.done && !kit_send(&p.s, &p.c, plain, 100))
            kit_fault("no data after its close");
    }
    kit_ok(1, "%s to %s %s: what comes after the own close is still read", c->name, s->name,
           kit_version_name(protocol));
    kit_stop(&p);
}

static void key_update(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    struct kit_pair p;
    struct kit_setup k = {.protocols = protocol};
    if (!(c->caps & SSPI_CAP_KEY_UPDATE))
        return;
    if (!kit_connect(&p, c, s, &k))
        goto out;
    for (int turn = 0; turn < 4; turn++) {
        int ask = turn & 1;
        uint32_t events;
        size_t len;
        enum sspi_status status = kit_key_update(&p.c, ask);
        uint8_t *record = kit_take(&p.c, &len), *sealed = NULL;
        if (protocol != SSPI_CAP_TLS13) {
            if (status != SSPI_UNSUPPORTED || record)
                kit_fault("key_update in TLS 1.2: %d", status);
            free(record);
            break;
        }
        if (status != SSPI_OK || !record) {
            kit_fault("key_update: %d", status);
            free(record);
            break;
        }
        if (kit_unseal(&p.s, record, len, NULL, NULL, &events) != SSPI_WANT_RECORD)
            kit_fault("%s: KeyUpdate arrives as %d", s->name, p.s.status);
        free(record);
        /* wolfSSL asks for the peer's keys whenever it renews its own */
        int asked = (events & SSPI_EVENT_KEY_UPDATE_ASKED) != 0;
        if (!(events & SSPI_EVENT_KEY_UPDATE) ||
            (asked != ask && !(asked && strcmp(c->name, "wolfssl") == 0)))
            kit_fault("%s: KeyUpdate%s has events %#x", s->name, ask ? ", asking," : "", events);
        if (events & SSPI_EVENT_HELD) {
            status = kit_seal(&p.s, plain, 50, 0, &sealed, &len);
            if (status == SSPI_OK)
                kit_unseal(&p.c, sealed, len, NULL, NULL, NULL) == SSPI_OK
                    ? (void)0
                    : kit_fault("data before the reply is lost");
            else if (status != SSPI_WANT_FLUSH)
                kit_fault("seal while output is held: %d", status);
            free(sealed);
            if (kit_shake(&p.s, NULL, 0) != SSPI_OK || !(record = kit_take(&p.s, &len))) {
                kit_fault("%s: the held reply does not come", s->name);
            } else {
                if (kit_unseal(&p.c, record, len, NULL, NULL, &events) != SSPI_WANT_RECORD ||
                    (events & (SSPI_EVENT_KEY_UPDATE | SSPI_EVENT_KEY_UPDATE_ASKED)) != SSPI_EVENT_KEY_UPDATE)
                    kit_fault("%s: the reply arrives as %d, events %#x", c->name, p.c.status, events);
                free(record);
            }
        }
        if (!kit_both_ways(&p))
            kit_fault("no data after update %d", turn);
    }
    if (!kit_both_ways(&p))
        kit_fault("no data afterwards");
out:
    kit_ok(1, "%s to %s %s: keys %s", c->name, s->name, kit_version_name(protocol),
           protocol == SSPI_CAP_TLS13 ? "are renewed, once alone and once on both sides"
                                      : "are not renewed, and the session goes on");
    kit_stop(&p);
}

static void pair(const struct kit_module *c, const struct kit_module *s, uint32_t protocol)
{
    close_halves(c, s, protocol);
    after_own_close(c, s, protocol);
    key_update(c, s, protocol);
    if (c == s)
        harm(c, s, protocol);
}

int main(void)
{
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 131 >> 3);
    if (!kit_load())
        return skip_all("no provider is built");
    kit_each(suites);
    kit_each(limits);
    kit_pairs(pair);
    return kit_done();
}
