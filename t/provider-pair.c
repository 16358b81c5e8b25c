/* SPDX-License-Identifier: MIT
 *
 * t/provider-pair.c -- the part of the kit that runs sessions; see provider-kit.h. */
#include <config.h>

#include "t/provider-kit.h"

static void *must(void *p)
{
    if (!p) {
        printf("Bail out! no memory\n");
        exit(99);
    }
    return p;
}
static uint8_t *copy(const void *bytes, size_t len) /* exactly as large as it is, for ASan's sake */
{
    return memcpy(must(malloc(len ? len : 1)), bytes, len);
}

int kit_sizes(uint16_t version, uint16_t suite, size_t *header, size_t *trailer)
{
    static const struct {
        uint16_t suite;
        uint8_t header, trailer;
    } classic[] = {
        {0xc02b, 13, 16}, {0xc02f, 13, 16}, {0xc02c, 13, 16}, {0xc030, 13, 16}, {0xcca9, 5, 16},
        {0xcca8, 5, 16},  {0xc009, 21, 36}, {0xc00a, 21, 36}, {0xc013, 21, 36}, {0xc014, 21, 36},
        {0x002f, 21, 36}, {0x0035, 21, 36}, {0x00a8, 13, 16}, {0x00a9, 13, 16}, {0xccab, 5, 16},
        {0xccac, 5, 16},  {0xc037, 21, 48}, {0x00ae, 21, 48}, {0x009e, 13, 16}, {0x009c, 13, 16},
        {0xd001, 13, 16},
    };
    if (version == 0x0304) {
        *header = 5;
        *trailer = 17;
        return suite >> 8 == 0x13;
    }
    for (size_t i = 0; i < sizeof classic / sizeof *classic; i++)
        if (classic[i].suite == suite) {
            *header = classic[i].header;
            *trailer = classic[i].trailer;
            if (version == 0x0301 && *header == 21) /* no explicit IV yet */
                *header = 5;
            if (version >> 8 == 0xfe)
                *header += 8;
            return 1;
        }
    return 0;
}

/* ---- output ---- */
struct io {
    struct sspi_io io; /* first */
    struct kit_end *e;
    unsigned pieces;
};

static int emit(struct sspi_io *io, const void *bytes, size_t len)
{
    struct io *me = (struct io *)io;
    struct kit_end *e = me->e;
    me->pieces++;
    e->emitted++;
    if (e->emit_fails)
        return -1;
    if (!len)
        kit_fault("%s: emit() of nothing", e->m->name);
    if (e->out_at == e->out_len)
        e->out_at = e->out_len = 0;
    if (e->out_len + len > e->out_room)
        e->out = must(realloc(e->out, e->out_room = (e->out_len + len) * 2));
    memcpy(e->out + e->out_len, bytes, len);
    e->out_len += len;
    if (e->datagram) {
        if (e->flights == 64)
            kit_fault("%s: 64 datagrams wait", e->m->name);
        else
            e->flight[e->flights++] = len;
        e->datagrams++;
        if (len > e->largest)
            e->largest = len;
    }
    return 0;
}

uint8_t *kit_take(struct kit_end *from, size_t *len)
{
    size_t left = from->out_len - from->out_at, head = from->datagram ? 13 : 5;
    const uint8_t *at = from->out + from->out_at;
    if (left < head) {
        if (left)
            kit_fault("%s: %zu stray octets at the end of its output", from->m->name, left);
        return NULL;
    }
    size_t size = head + ((size_t)at[head - 2] << 8 | at[head - 1]);
    if (size > left) {
        kit_fault("%s: half a record in its output", from->m->name);
        return NULL;
    }
    if (from->datagram) {
        if (size > from->flight[0])
            kit_fault("%s: a record over the border of a datagram", from->m->name);
        from->flight[0] -= size;
        if (!from->flight[0])
            memmove(from->flight, from->flight + 1, --from->flights * sizeof from->flight[0]);
    }
    from->out_at += size;
    *len = size;
    return copy(at, size);
}

/* ---- one handshake() call, with all that the contract says of it ---- */
static void check_failure(struct kit_end *e, unsigned emitted)
{
    const struct sspi_failure *f = kit_failure(e);
    if (!f)
        return;
    if (e->failed++) {
        if (emitted)
            kit_fault("%s: output from a session that had failed", e->m->name);
        return;
    }
    if (f->why == SSPI_WHY_NONE)
        kit_fault("%s: a failure without a why", e->m->name);
    if (f->alert_received && f->alert_sent)
        kit_fault("%s: answered alert %d with alert %d", e->m->name, f->alert_received, f->alert_sent);
    if (f->alert_received && emitted)
        kit_fault("%s: put out %u pieces though the peer's alert %d ended it", e->m->name, emitted,
                  f->alert_received);
    if (!f->alert_received && !f->alert_sent && !e->datagram && !e->emit_fails)
        kit_fault("%s: no alert left (why %d, %s)", e->m->name, f->why, f->text ? f->text : "");
    if (f->alert_sent && !emitted)
        kit_fault("%s: claims that alert %d was sent", e->m->name, f->alert_sent);
    if (f->alert_sent && f->alert != f->alert_sent)
        kit_fault("%s: alert %d sent, %d belongs to it", e->m->name, f->alert_sent, f->alert);
}

static void describe_end(struct kit_end *e)
{
    struct sspi_conn c = {.size = sizeof c};
    if (e->m->api->describe(e->s, &c) != SSPI_OK)
        kit_fault("%s: describe after the handshake", e->m->name);
    e->version = c.version;
    e->suite = c.suite;
}

enum sspi_status kit_shake(struct kit_end *e, const uint8_t *record, size_t len)
{
    struct io io = {
        .io = {.size = sizeof io.io, .events = 0xffffffff, .in = record, .in_len = len, .emit = emit},
        .e = e};
    uint8_t *in = record ? copy(record, len) : NULL;
    io.io.in = in;
    e->status = e->m->api->handshake(e->s, &io.io);
    if (in && memcmp(in, record, len) != 0)
        kit_fault("%s: handshake() wrote into its input", e->m->name);
    free(in);
    switch (e->status) {
    case SSPI_OK:
    case SSPI_WANT_RECORD:
    case SSPI_CLOSED:
    case SSPI_FAILED:
        if (e->status != SSPI_FAILED && io.io.in_used != len)
            kit_fault("%s: handshake() took %zu of %zu", e->m->name, io.io.in_used, len);
        break;
    case SSPI_WANT_CREDENTIAL:
        if (io.io.in_used != len && io.io.in_used != 0)
            kit_fault("%s: WANT_CREDENTIAL with in_used %zu", e->m->name, io.io.in_used);
        break;
    default:
        kit_fault("%s: handshake() gave %d", e->m->name, e->status);
    }
    if (io.io.events & ~0x1ffu)
        kit_fault("%s: events %#x", e->m->name, io.io.events);
    else
        e->events |= io.io.events;
    e->tickets += (io.io.events & SSPI_EVENT_TICKET) != 0;
    if (e->status == SSPI_FAILED)
        check_failure(e, io.pieces);
    if (e->status == SSPI_OK) {
        if (!e->done)
            e->done = 1;
        describe_end(e);
    }
    if (e->status == SSPI_WANT_CREDENTIAL && io.io.in_used == 0 && len)
        e->events |= UINT32_C(1) << 31; /* the record comes again */
    return e->status;
}

/* The other calls with output: what holds for each. */
static enum sspi_status end_call(struct kit_end *e, struct io *io, const char *what, enum sspi_status status)
{
    e->status = status;
    if (status != SSPI_OK && status != SSPI_WANT_RECORD && status != SSPI_UNSUPPORTED &&
        status != SSPI_FAILED)
        kit_fault("%s: %s gave %d", e->m->name, what, status);
    if (status == SSPI_UNSUPPORTED && io->pieces)
        kit_fault("%s: %s is unsupported, and put something out", e->m->name, what);
    if (io->io.events & ~0x1ffu && status != SSPI_UNSUPPORTED)
        kit_fault("%s: %s: events %#x", e->m->name, what, io->io.events);
    if (status == SSPI_UNSUPPORTED)
        e->status = SSPI_OK;
    return status;
}
#define IO(e)                                                                                                \
    {                                                                                                        \
        .io = {.size = sizeof(struct sspi_io), .emit = emit}, .e = (e)                                       \
    }

enum sspi_status kit_shutdown(struct kit_end *e)
{
    struct io io = IO(e);
    return end_call(e, &io, "shutdown", e->m->api->shutdown(e->s, &io.io));
}
enum sspi_status kit_key_update(struct kit_end *e, int ask)
{
    struct io io = IO(e);
    return end_call(e, &io, "key_update", e->m->api->key_update(e->s, &io.io, ask));
}
enum sspi_status kit_redo(struct kit_end *e, int request)
{
    struct io io = IO(e);
    return end_call(e, &io, "redo", e->m->api->redo(e->s, &io.io, request));
}
enum sspi_status kit_resend(struct kit_end *e, int *next_ms)
{
    struct io io = IO(e);
    return end_call(e, &io, "resend", e->m->api->resend(e->s, &io.io, next_ms));
}

const struct sspi_failure *kit_failure(struct kit_end *e)
{
    const struct sspi_failure *f = e->m->api->failure(e->s);
    if (!f)
        kit_fault("%s: failure() gave NULL", e->m->name);
    return f;
}

struct sspi_conn kit_describe(struct kit_end *e)
{
    struct sspi_conn c = {.size = sizeof c};
    if (e->m->api->describe(e->s, &c) != SSPI_OK)
        kit_fault("%s: describe failed", e->m->name);
    return c;
}

/* ---- records ---- */
enum sspi_status kit_seal(struct kit_end *e, const void *plain, size_t len, int split, uint8_t **record,
                          size_t *record_len)
{
    size_t header, trailer;
    *record = NULL;
    *record_len = 0;
    if (!kit_sizes(e->version, e->suite, &header, &trailer)) {
        kit_fault("%s: version %#x suite %#x is not in the kit's table", e->m->name, e->version, e->suite);
        return SSPI_FAILED;
    }
    size_t total = header + len + trailer;
    uint8_t *all = must(calloc(1, total ? total : 1));
    memcpy(all + header, plain, len);
    struct sspi_record r = {all, all + header, all + header + len, header, len, trailer, 0xffffffff};
    uint8_t *h = NULL, *d = NULL, *t = NULL;
    if (split) {
        r.header = h = must(malloc(header));
        r.data = d = copy(plain, len);
        r.trailer = t = must(malloc(trailer));
    }
    enum sspi_status status = e->m->api->seal(e->s, &r);
    if (status == SSPI_OK) {
        if (r.header_len != header || r.data_len != len || r.trailer_len > trailer)
            kit_fault("%s: seal changed the sizes", e->m->name);
        if (split) {
            memcpy(all, h, header);
            memcpy(all + header, d, len);
            memcpy(all + header + len, t, r.trailer_len);
        }
        *record_len = header + len + r.trailer_len;
        size_t head = e->datagram ? 13 : 5;
        if (all[0] != 23 || ((size_t)all[head - 2] << 8 | all[head - 1]) != *record_len - head)
            kit_fault("%s: seal made a record of type %d and length %d, not 23 and %zu", e->m->name, all[0],
                      all[head - 2] << 8 | all[head - 1], *record_len - head);
        if (len > 16 && !memcmp(all + header, plain, len))
            kit_fault("%s: seal left the plaintext", e->m->name);
        *record = all;
    } else {
        if (status == SSPI_WANT_FLUSH && memcmp(split ? d : all + header, plain, len) != 0)
            kit_fault("%s: seal wrote something though it wants a flush", e->m->name);
        free(all);
    }
    free(h);
    free(d);
    free(t);
    return status;
}

enum sspi_status kit_unseal(struct kit_end *e, const uint8_t *record, size_t record_len, uint8_t *out,
                            size_t *out_len, uint32_t *events)
{
    size_t header, trailer, head = e->datagram ? 13 : 5;
    uint8_t *all = copy(record, record_len);
    if (!kit_sizes(e->version, e->suite, &header, &trailer))
        kit_fault("%s: suite %#x is not in the kit's table", e->m->name, e->suite);
    if (header > record_len)
        header = record_len < head ? record_len : head;
    struct sspi_record r = {all, all + header, NULL, header, record_len - header, 0, 0xffffffff};
    e->status = e->m->api->unseal(e->s, &r);
    if (events)
        *events = r.events;
    if (e->status == SSPI_FAILED) {
        e->failed++;
    } else {
        if (r.events & ~0x1ffu)
            kit_fault("%s: unseal events %#x", e->m->name, r.events);
        e->events |= r.events;
        e->tickets += (r.events & SSPI_EVENT_TICKET) != 0;
    }
    if (memcmp(all, record, head < record_len ? head : record_len) != 0)
        kit_fault("%s: unseal wrote over the record's header", e->m->name);
    if (r.header != all || r.data != all + header)
        kit_fault("%s: unseal moved the pointers", e->m->name);
    if (e->status == SSPI_OK) {
        if (r.data_len > record_len - header) {
            kit_fault("%s: unseal gave more than there was room for", e->m->name);
            r.data_len = 0;
        }
        if (out)
            memcpy(out, r.data, r.data_len);
        if (out_len)
            *out_len = r.data_len;
    } else if (e->status != SSPI_WANT_RECORD && e->status != SSPI_CLOSED && e->status != SSPI_FAILED) {
        kit_fault("%s: unseal gave %d", e->m->name, e->status);
    }
    free(all);
    return e->status;
}

int kit_send(struct kit_end *from, struct kit_end *to, const void *plain, size_t len)
{
    uint8_t *record = NULL, *got = must(malloc(len + 512));
    size_t record_len, got_len = 0;
    enum sspi_status a = kit_seal(from, plain, len, 0, &record, &record_len), b = SSPI_FAILED;
    if (a == SSPI_OK)
        b = kit_unseal(to, record, record_len, got, &got_len, NULL);
    int good = a == SSPI_OK && b == SSPI_OK && got_len == len && !memcmp(got, plain, len);
    if (!good)
        diag("%zu octets %s -> %s: seal %d, unseal %d, %zu octets", len, from->m->name, to->m->name, a, b,
             got_len);
    free(record);
    free(got);
    return good;
}

int kit_both_ways(struct kit_pair *p)
{
    static const size_t sizes[] = {1, 17, 1000};
    uint8_t plain[1000];
    int good = 1;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i * 31 >> 2);
    for (size_t i = 0; i < 3; i++)
        good &= kit_send(&p->c, &p->s, plain, sizes[i]) && kit_send(&p->s, &p->c, plain, sizes[i]);
    return good;
}

/* ---- running ---- */
enum sspi_status kit_feed(struct kit_end *to, const uint8_t *record, size_t len)
{
    int message = record[0] == 22 && to->version != 0x0304; /* TLS 1.2: a redo goes to handshake() */
    if (!to->done || (message && to->server) || (message && !to->server && len > 5 + 8 + 4 + 24))
        return kit_shake(to, record, len);
    uint8_t plain[20000];
    uint32_t events = 0;
    size_t n;
    enum sspi_status status = kit_unseal(to, record, len, plain, &n, &events);
    if (status == SSPI_FAILED ||
        !(events & (SSPI_EVENT_HELD | SSPI_EVENT_CERT_REQUEST | SSPI_EVENT_HELLO_REQUEST)))
        return status;
    kit_shake(to, NULL, 0); /* what a caller does after SEC_I_RENEGOTIATE */
    if (to->status == SSPI_WANT_CREDENTIAL) {
        to->m->api->set_credential(to->s, NULL);
        kit_shake(to, NULL, 0);
    }
    return status;
}

static int move(struct kit_end *from, struct kit_end *to)
{
    int moved = 0;
    size_t len;
    uint8_t *record;
    while (from->s && (record = kit_take(from, &len))) {
        if (to->status == SSPI_FAILED || to->status == SSPI_CLOSED) {
            free(record);
            continue;
        }
        moved = 1;
        kit_feed(to, record, len);
        if (to->status == SSPI_WANT_CREDENTIAL) { /* the kit has none to give unless the test took over */
            int again = (to->events & UINT32_C(1) << 31) != 0;
            to->events &= ~(UINT32_C(1) << 31);
            to->m->api->set_credential(to->s, NULL);
            kit_shake(to, again ? record : NULL, again ? len : 0);
        }
        free(record);
    }
    return moved;
}

void kit_settle(struct kit_pair *p)
{
    for (int round = 0; round < 50; round++)
        if (!(move(&p->c, &p->s) | move(&p->s, &p->c)))
            return;
    kit_fault("%s and %s never come to rest", p->c.m->name, p->s.m->name);
}

int kit_run(struct kit_pair *p)
{
    kit_shake(&p->c, NULL, 0);
    kit_settle(p);
    return p->c.done && p->s.done && p->c.status != SSPI_FAILED && p->s.status != SSPI_FAILED;
}

int kit_connect(struct kit_pair *p, const struct kit_module *client, const struct kit_module *server,
                const struct kit_setup *k)
{
    if (kit_start(p, client, server, k))
        return 0;
    if (kit_run(p))
        return 1;
    for (int i = 0; i < 2; i++) {
        struct kit_end *e = i ? &p->s : &p->c;
        const struct sspi_failure *f = kit_failure(e);
        diag("%s %s: status %d, done %d, why %d, alert %d sent %d received %d, %s", i ? "server" : "client",
             e->m->name, e->status, e->done, f->why, f->alert, f->alert_sent, f->alert_received,
             f->text ? f->text : "");
    }
    kit_fault("no handshake");
    return 0;
}
