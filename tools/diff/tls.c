/* SPDX-License-Identifier: MIT
 *
 * Records: a stream's, read into runs of messages, and a tree's, written out again. */
#include <config.h>

#include "tools/diff/tls.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 5, FRAGMENT_MAX = 16384, MESSAGES_MAX = 256 };

struct reader {
    struct diff_stream *s;
    uint32_t run;     /* open; 0: none */
    uint32_t payload; /* where its octets begin in the text */
    int after_ccs;
};

/* A run behind a ChangeCipherSpec is ciphertext up to TLS 1.2, and a second hello in 1.3: it is read only if
 * it consists of whole messages of known types. */
static int plain(const struct diff_stream *s, uint32_t at, uint32_t end)
{
    while (end - at >= 4 && diff_message_known(s->text.ptr[at])) {
        uint32_t len = (uint32_t)diff_number(s->text.ptr + at + 1, 3);
        if (len > end - at - 4)
            return 0;
        at += 4 + len;
    }
    return at == end;
}

static uint32_t rest(struct diff_stream *s, uint32_t parent, const char *name, uint32_t at, uint32_t len)
{
    uint32_t node = diff_node_add(s, parent, DIFF_REST, name);
    s->nodes[node].offset = at;
    s->nodes[node].len = len;
    return node;
}

/* Gives the cuts from `first` on, which are positions in the run so far, their places in the messages. */
static void place_cuts(struct diff_stream *s, uint32_t run, size_t first, uint32_t payload, uint32_t end)
{
    uint32_t message = s->nodes[run].first, at = payload;

    for (size_t i = first; i < s->cut_count; i++) {
        struct diff_cut *cut = &s->cuts[i];
        uint32_t where = cut->at;
        while (message) {
            const struct diff_node *n = &s->nodes[message];
            uint32_t size = n->len + n->head + n->prefix;
            if (where < at + size || !n->next)
                break;
            at += size;
            message = n->next;
        }
        cut->node = message ? message : run;
        cut->at = !message ? 0 : where == end ? DIFF_AT_END : where - at;
    }
}

static void end_run(struct reader *r)
{
    struct diff_stream *s = r->s;
    uint32_t run = r->run, at = r->payload, end = (uint32_t)s->text.len;

    if (!run)
        return;
    if (r->after_ccs && !plain(s, at, end))
        rest(s, run, "encrypted", at, end - at);
    else
        for (unsigned i = 0; at < end; i++) {
            uint32_t len = end - at < 4 ? 0 : (uint32_t)diff_number(s->text.ptr + at + 1, 3), has;
            if (end - at < 4 || i == MESSAGES_MAX) {
                rest(s, run, "rest", at, end - at);
                break;
            }
            has = len < end - at - 4 ? len : end - at - 4;
            uint32_t node = diff_node_add(s, run, DIFF_MESSAGE, "");
            s->nodes[node].value = s->text.ptr[at];
            s->nodes[node].head = 1;
            s->nodes[node].prefix = 3;
            s->nodes[node].skew = (int32_t)(len - has);
            diff_message_parse(s, node, at + 4, has);
            at += 4 + has;
        }
    place_cuts(s, run, s->nodes[run].offset, r->payload, end);
    s->nodes[run].len = (uint32_t)(s->cut_count - s->nodes[run].offset);
    r->run = 0;
}

static void add_handshake(struct reader *r, unsigned version, const uint8_t *body, uint32_t len, int32_t skew)
{
    struct diff_stream *s = r->s;

    if (!r->run) {
        r->run = diff_node_add(s, 0, DIFF_RUN, "");
        s->nodes[r->run].offset = (uint32_t)s->cut_count;
        r->payload = (uint32_t)s->text.len;
    }
    s->cuts = diff_grow(s->cuts, &s->cut_cap, s->cut_count + 1, sizeof *s->cuts);
    s->cuts[s->cut_count++] = (struct diff_cut){.at = (uint32_t)s->text.len,
                                                .len = len,
                                                .skew = skew,
                                                .version = (uint16_t)version,
                                                .type = DIFF_T_HANDSHAKE};
    diff_bytes_add(&s->text, body, len);
}

static void add_record(struct reader *r, unsigned type, unsigned version, const uint8_t *body, uint32_t len,
                       int32_t skew)
{
    static const char *const alert[] = {"level", "code"};
    struct diff_stream *s = r->s;
    uint32_t node, at = (uint32_t)s->text.len;

    end_run(r);
    r->after_ccs = r->after_ccs || type == DIFF_T_CCS;
    node = diff_node_add(s, 0, DIFF_RECORD, "");
    s->nodes[node].value = (uint16_t)type;
    s->nodes[node].version = (uint16_t)version;
    s->nodes[node].skew = skew;
    s->nodes[node].offset = at;
    s->nodes[node].len = len;
    diff_bytes_add(&s->text, body, len);
    if (type == DIFF_T_ALERT && len == 2)
        for (uint32_t i = 0; i < 2; i++) {
            uint32_t field = diff_node_add(s, node, DIFF_FIELD, alert[i]);
            s->nodes[field].offset = at + i;
            s->nodes[field].len = 1;
        }
}

void diff_parse(struct diff_stream *s, int client, const void *bytes, size_t len)
{
    struct reader r = {.s = s};
    const uint8_t *in = bytes;

    s->client = client;
    s->salt = 0xCBF29CE484222325u; /* FNV-1a */
    for (size_t i = 0; i < len; i++)
        s->salt = (s->salt ^ in[i]) * 0x100000001B3u;
    s->count = s->cut_count = s->text.len = 0;
    diff_bytes_fill(&s->text, 0, 0);
    diff_node_add(s, 0, DIFF_ROOT, "");
    if (len > 1u << 24) /* longer than any flight: of no interest */
        len = 1u << 24;
    while (len >= HEADER) {
        unsigned type = in[0], version = (unsigned)diff_number(in + 1, 2);
        uint32_t told = (uint32_t)diff_number(in + 3, 2), has;
        if ((type < 20 || type > 24) && version >> 8 != 3)
            break; /* other than a record: a page's request, SSL 2 */
        has = told < len - HEADER ? told : (uint32_t)(len - HEADER);
        if (type == DIFF_T_HANDSHAKE)
            add_handshake(&r, version, in + HEADER, has, (int32_t)(told - has));
        else
            add_record(&r, type, version, in + HEADER, has, (int32_t)(told - has));
        in += HEADER + has;
        len -= HEADER + has;
    }
    end_run(&r);
    if (len) {
        rest(s, 0, "rest", (uint32_t)s->text.len, (uint32_t)len);
        diff_bytes_add(&s->text, in, len);
    }
}

/* ---- writing ---- */
static void flat_add(struct diff_records *out, struct diff_flat flat)
{
    out->of = diff_grow(out->of, &out->cap, out->count + 1, sizeof *out->of);
    out->of[out->count++] = flat;
}

/* A fragment, cut where it outgrew a record. */
static void fragment(struct diff_records *out, const struct diff_cut *cut, size_t from, size_t to)
{
    while (to - from > FRAGMENT_MAX && to - from > cut->len) {
        flat_add(out, (struct diff_flat){from, FRAGMENT_MAX, 0, cut->version, cut->type, 0, {0}});
        from += FRAGMENT_MAX;
    }
    flat_add(out, (struct diff_flat){from, to - from, cut->skew, cut->version, cut->type, 0, {0}});
}

static void flatten_run(const struct diff_stream *s, uint32_t run, struct diff_records *out)
{
    const struct diff_node *n = &s->nodes[run];
    const struct diff_cut *first = s->cuts + n->offset, *end = first + n->len, *open = NULL, *cut;
    size_t from = out->text.len;

    for (cut = first; cut < end; cut++)
        if (cut->node == run) { /* records without a message */
            if (open)
                fragment(out, open, from, from);
            open = cut;
        }
    for (uint32_t m = n->first; m; m = s->nodes[m].next) {
        size_t start = out->text.len;
        diff_node_write(s, m, &out->text);
        for (cut = first; cut < end; cut++) {
            if (cut->node != m)
                continue;
            size_t size = out->text.len - start, at = start + (cut->at < size ? cut->at : size);
            if (open || at > from) /* what stands before a run's first cut borrows its header */
                fragment(out, open ? open : first, from, at);
            from = at;
            open = cut;
        }
    }
    if (open || out->text.len > from)
        fragment(out, open ? open : first, from, out->text.len);
}

void diff_flatten(const struct diff_stream *s, struct diff_records *out)
{
    out->count = out->text.len = 0;
    diff_bytes_fill(&out->text, 0, 0);
    for (uint32_t node = s->count ? s->nodes[0].first : 0; node; node = s->nodes[node].next) {
        const struct diff_node *n = &s->nodes[node];
        size_t from = out->text.len;
        if (n->what == DIFF_RUN) {
            flatten_run(s, node, out);
            continue;
        }
        diff_node_content(s, node, &out->text);
        flat_add(out, (struct diff_flat){from,
                                         out->text.len - from,
                                         n->skew,
                                         n->version,
                                         (uint8_t)n->value,
                                         n->what == DIFF_REST,
                                         {0}});
    }
}

void diff_write(const struct diff_records *in, struct diff_bytes *out)
{
    for (size_t i = 0; i < in->count; i++) {
        const struct diff_flat *flat = &in->of[i];
        if (!flat->raw) {
            int64_t length = (int64_t)flat->len + flat->skew;
            length = length < 0 ? 0 : length > 65535 ? 65535 : length;
            diff_bytes_number(out, flat->type, 1);
            diff_bytes_number(out, flat->version, 2);
            diff_bytes_number(out, (uint64_t)length, 2);
        }
        diff_bytes_add(out, in->text.ptr + flat->offset, flat->len);
    }
}

void diff_records_free(struct diff_records *r)
{
    free(r->of);
    diff_bytes_free(&r->text);
    memset(r, 0, sizeof *r);
}

void diff_serialise(const struct diff_stream *s, struct diff_bytes *out)
{
    struct diff_records records = {0};

    diff_flatten(s, &records);
    diff_write(&records, out);
    diff_records_free(&records);
}
