/* SPDX-License-Identifier: MIT
 *
 * Connections out of a capture.  Segments are kept as they come and put in order at the end, so that neither
 * the order of the network nor that of the capture matters.  A flight ends where the other side had
 * acknowledged it when it spoke: the client's where the server's first octet says so, the server's where the
 * client goes on. */
#include <config.h>

#include "tools/diff/import.h"
#include "tools/diff/pcap-packet.h"
#include "tools/diff/suite.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS = 4096, SEGMENTS = 2048, HEADS = 1024, HELD_MOST = 64 << 20 };

struct segment {
    uint32_t seq, ack, len;
    int32_t at; /* in what its side sends */
    int has_ack;
    uint8_t *bytes;
};

struct side {
    uint32_t first; /* the number of its first octet */
    int begun;      /* that is known */
    struct segment *segments;
    size_t count, cap, held;
};

struct connection {
    struct endpoint ends[2];
    struct side sides[2]; /* what ends[i] sends */
    int client;           /* whose SYN came without ACK; -1: not seen */
    int next;             /* with the same hash; -1: none */
};

struct table {
    unsigned port;
    struct connection *all;
    size_t count, cap, held;
    int heads[HEADS];
};

static unsigned hash(const struct packet *p)
{
    const uint8_t *from = (const uint8_t *)&p->from, *to = (const uint8_t *)&p->to;
    unsigned h = 0;
    for (size_t i = 0; i < sizeof p->from; i++)
        h = h * 31 + (unsigned)(from[i] + to[i]); /* alike in both directions */
    return h % HEADS;
}

static int same(const struct endpoint *a, const struct endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Which end sent it, or -1: another connection, or an older one between the same two. */
static int sender(const struct connection *c, const struct packet *p)
{
    int who = same(&c->ends[0], &p->from) && same(&c->ends[1], &p->to)   ? 0
              : same(&c->ends[1], &p->from) && same(&c->ends[0], &p->to) ? 1
                                                                         : -1;
    int again = who >= 0 && p->syn && c->sides[who].begun && c->sides[who].first != p->seq + 1;
    return again ? -1 : who;
}

static struct connection *find(struct table *t, const struct packet *p, int *who)
{
    int *head = &t->heads[hash(p)];
    for (int i = *head; i >= 0; i = t->all[i].next)
        if ((*who = sender(&t->all[i], p)) >= 0)
            return &t->all[i];
    if (t->count == CONNECTIONS)
        return NULL;
    if (t->count == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        struct connection *grown = realloc(t->all, cap * sizeof *grown);
        if (!grown)
            return NULL;
        t->all = grown;
        t->cap = cap;
    }
    struct connection *c = &t->all[t->count];
    *c = (struct connection){.ends = {p->from, p->to}, .client = -1, .next = *head};
    *head = (int)t->count++;
    *who = 0;
    return c;
}

/* 0, or -1: no memory.  What is beyond the bounds is not kept. */
static int keep(struct table *t, struct side *s, const struct packet *p)
{
    if (!p->len || s->count == SEGMENTS || s->held > 2 * DIFF_STREAM_MAX || t->held + p->len > HELD_MOST)
        return 0;
    if (s->count == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 8;
        struct segment *grown = realloc(s->segments, cap * sizeof *grown);
        if (!grown)
            return -1;
        s->segments = grown;
        s->cap = cap;
    }
    uint8_t *copy = malloc(p->len);
    if (!copy)
        return -1;
    memcpy(copy, p->bytes, p->len);
    s->segments[s->count++] = (struct segment){
        .seq = p->seq + (uint32_t)p->syn,
        .ack = p->ack,
        .len = (uint32_t)p->len,
        .has_ack = p->has_ack,
        .bytes = copy,
    };
    s->held += p->len;
    t->held += p->len;
    return 0;
}

static void begin(struct side *s, uint32_t first)
{
    if (!s->begun)
        s->first = first;
    s->begun = 1;
}

static int take(struct table *t, const struct packet *p)
{
    int who;
    if (t->port && p->from.port != t->port && p->to.port != t->port)
        return 0;
    struct connection *c = find(t, p, &who);
    if (!c)
        return 0;
    if (p->syn) {
        begin(&c->sides[who], p->seq + 1);
        c->client = p->has_ack ? !who : who;
        if (p->has_ack)
            begin(&c->sides[!who], p->ack);
    }
    return keep(t, &c->sides[who], p);
}

/* ---- in order ---- */

static int by_place(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    return x->at != y->at ? (x->at < y->at ? -1 : 1) : x->ack < y->ack ? -1 : x->ack > y->ack;
}

static void sort(struct side *s)
{
    for (size_t i = 0; i < s->count; i++)
        s->segments[i].at = (int32_t)(s->segments[i].seq - s->first);
    if (s->count)
        qsort(s->segments, s->count, sizeof *s->segments, by_place);
}

/* The octets of a side up to `most` or the first that is missing.  -1: no memory. */
static int join(const struct side *s, size_t most, struct diff_stimulus *out)
{
    for (size_t i = 0; i < s->count && out->len < most; i++) {
        const struct segment *g = &s->segments[i];
        int64_t skip = (int64_t)out->len - g->at;
        if (skip < 0)
            break;
        if (skip >= (int64_t)g->len)
            continue;
        size_t len = g->len - (size_t)skip;
        len = len > most - out->len ? most - out->len : len;
        if (diff_stimulus_add(out, g->bytes + skip, len))
            return -1;
    }
    return out->len && diff_stimulus_cut(out) ? -1 : 0;
}

/* How much of `of` was acknowledged when `by` spoke first beyond `from`; all, when it did not. */
static size_t acknowledged(const struct side *of, const struct side *by, size_t from)
{
    for (size_t i = 0; i < by->count; i++) {
        const struct segment *g = &by->segments[i];
        int64_t end = (int64_t)g->at + g->len;
        int32_t most = (int32_t)(g->ack - of->first);
        if (end > (int64_t)from && g->has_ack && g->at >= 0)
            return most < 0 ? 0 : most > DIFF_STREAM_MAX ? DIFF_STREAM_MAX : (size_t)most;
    }
    return DIFF_STREAM_MAX;
}

/* A record's head, or a ClientHello in the form of SSL 2. */
static int looks_like_tls(const struct diff_stimulus *s)
{
    const uint8_t *b = s->bytes;
    return s->len >= 3 && ((b[0] >= 20 && b[0] <= 24 && b[1] == 3) || (b[0] & 0x80 && b[2] == 1));
}

static int give(struct connection *c, unsigned *number, diff_pcap_found *found, void *user,
                struct diff_stimulus flights[2])
{
    struct side *client = &c->sides[c->client], *server = &c->sides[!c->client];
    sort(client);
    if (!server->begun && client->count && client->segments[0].has_ack)
        begin(server, client->segments[0].ack);
    sort(server);
    size_t first = acknowledged(client, server, 0);
    if (join(client, first, &flights[0]))
        return -1;
    if (!looks_like_tls(&flights[0]))
        return 0;
    if (server->begun && join(server, acknowledged(server, client, first), &flights[1]))
        return -1;
    flights[0].role = DIFF_ACCEPT;
    flights[1].role = DIFF_INITIALIZE;
    ++*number;
    return found(user, *number, &flights[0]) || (flights[1].len && found(user, *number, &flights[1])) ? 1 : 0;
}

/* 0; -1: no memory; 1: `found` had enough. */
static int give_all(struct table *t, diff_pcap_found *found, void *user)
{
    unsigned number = 0;
    int said = 0;
    for (size_t i = 0; i < t->count && !said; i++) {
        struct diff_stimulus flights[2] = {{.role = DIFF_ACCEPT}, {.role = DIFF_INITIALIZE}};
        struct connection *c = &t->all[i];
        if (c->client >= 0 && c->sides[c->client].begun)
            said = give(c, &number, found, user, flights);
        diff_stimulus_free(&flights[0]);
        diff_stimulus_free(&flights[1]);
    }
    return said;
}

static void free_table(struct table *t)
{
    for (size_t i = 0; i < t->count; i++)
        for (int k = 0; k < 2; k++) {
            struct side *s = &t->all[i].sides[k];
            while (s->count)
                free(s->segments[--s->count].bytes);
            free(s->segments);
        }
    free(t->all);
}

int diff_pcap_read(const char *path, unsigned port, diff_pcap_found *found, void *user, char *why,
                   size_t size)
{
    char error[PCAP_ERRBUF_SIZE] = "";
    struct table t = {.port = port};
    struct pcap_pkthdr *head;
    const u_char *bytes;
    struct packet packet;
    pcap_t *in = pcap_open_offline(path, error);
    int said = 0, lost = 0;
    why[0] = '\0';
    if (!in) {
        snprintf(why, size, "%s", error);
        return -1;
    }
    for (int i = 0; i < HEADS; i++)
        t.heads[i] = -1;
    while (!lost && (said = pcap_next_ex(in, &head, &bytes)) == 1)
        if (packet_read(&packet, pcap_datalink(in), bytes, head->caplen) == 0)
            lost = take(&t, &packet);
    if (!lost && said != PCAP_ERROR_BREAK)
        snprintf(why, size, "%s", pcap_geterr(in));
    else
        lost = lost ? lost : give_all(&t, found, user);
    if (lost < 0)
        snprintf(why, size, "no memory");
    said = lost || why[0] ? -1 : 0;
    free_table(&t);
    pcap_close(in);
    return said;
}
