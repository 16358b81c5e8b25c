/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/minimise.h"
#include "tools/diff/mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORD_MAX = 16384 };

/* A piece; which of these count depends on the pass. */
struct piece {
    uint32_t node, parent; /* of the tree */
    size_t at, len;        /* octets of the stimulus, of the leaf or of the operations' text */
    uint8_t empties;       /* the node stays, without content */
};

struct search {
    struct diff_minimise *m;
    struct diff_stream stream; /* the best, when the pass began */
    struct diff_records records;
    struct diff_stimulus from;
    const char *ops; /* of `stream`, then the base's */
    struct piece *pieces;
    uint8_t *gone; /* of each */
    size_t count, cap;
};

/* One way to see a stimulus as pieces, and to write it without those that are gone. */
struct pass {
    const char *name;
    void (*split)(struct search *);
    void (*write)(const struct search *, struct diff_bytes *out);
};

static void add_piece(struct search *s, struct piece piece)
{
    s->pieces = diff_grow(s->pieces, &s->cap, s->count + 1, sizeof *s->pieces);
    s->pieces[s->count++] = piece;
}

/* ---- tokens and octets: of the stimulus itself ---- */

static void split_tokens(struct search *s)
{
    for (size_t i = 0, at = 0; s->from.cut_count > 1 && i < s->from.cut_count; at = s->from.cuts[i++])
        add_piece(s, (struct piece){.at = at, .len = s->from.cuts[i] - at});
}

static void split_octets(struct search *s)
{
    for (size_t i = 0; i < s->from.len; i++)
        add_piece(s, (struct piece){.at = i, .len = 1});
}

static void write_ranges(const struct search *s, struct diff_bytes *out)
{
    for (size_t i = 0; i < s->count; i++)
        if (!s->gone[i])
            diff_bytes_add(out, s->from.bytes + s->pieces[i].at, s->pieces[i].len);
}

/* ---- records ---- */

static void split_records(struct search *s)
{
    for (size_t i = 0; i < s->records.count; i++)
        add_piece(s, (struct piece){.at = i});
}

static void write_records(const struct search *s, struct diff_bytes *out)
{
    struct diff_records kept = {.of = diff_grow(NULL, &(size_t){0}, s->records.count + 1, sizeof *kept.of),
                                .text = s->records.text};
    for (size_t i = 0; i < s->count; i++)
        if (!s->gone[i])
            kept.of[kept.count++] = s->records.of[i];
    diff_write(&kept, out);
    free(kept.of);
}

/* What is gone is the border in front of a record. */
static void write_joined(const struct search *s, struct diff_bytes *out)
{
    struct diff_records kept = {.of = diff_grow(NULL, &(size_t){0}, s->records.count + 1, sizeof *kept.of),
                                .text = s->records.text};
    for (size_t i = 0; i < s->count; i++) {
        struct diff_flat flat = s->records.of[i], *last = kept.count ? &kept.of[kept.count - 1] : NULL;
        if (s->gone[i] && last && !flat.raw && !last->raw && !last->skew && last->type == flat.type &&
            last->offset + last->len == flat.offset && last->len + flat.len <= RECORD_MAX) {
            last->len += flat.len;
            last->skew = flat.skew;
        } else {
            kept.of[kept.count++] = flat;
        }
    }
    diff_write(&kept, out);
    free(kept.of);
}

/* ---- the tree ---- */

typedef int wanted(const struct diff_node *node, const struct diff_node *parent);

static int is_message(const struct diff_node *n, const struct diff_node *parent)
{
    (void)parent;
    return n->what == DIFF_MESSAGE;
}

static int is_extension(const struct diff_node *n, const struct diff_node *parent)
{
    (void)parent;
    return n->what == DIFF_EXTENSION;
}

static int is_item(const struct diff_node *n, const struct diff_node *parent)
{
    return (n->what == DIFF_FIELD || n->what == DIFF_GROUP) && parent->what == DIFF_FIELD && parent->prefix;
}

static int is_field(const struct diff_node *n, const struct diff_node *parent)
{
    return n->what == DIFF_REST || (n->what == DIFF_FIELD && parent->what == DIFF_MESSAGE);
}

static void split_tree(struct search *s, uint32_t parent, wanted *is, int empties)
{
    const struct diff_stream *t = &s->stream;
    for (uint32_t n = t->count ? t->nodes[parent].first : 0; n; n = t->nodes[n].next) {
        const struct diff_node *node = &t->nodes[n];
        if (is(node, &t->nodes[parent]))
            add_piece(s, (struct piece){.node = n, .parent = parent});
        if (empties && node->prefix && node->what != DIFF_MESSAGE && (node->first || node->len))
            add_piece(s, (struct piece){.node = n, .parent = parent, .empties = 1});
        split_tree(s, n, is, empties);
    }
}

static void split_messages(struct search *s)
{
    split_tree(s, 0, is_message, 0);
}

static void split_extensions(struct search *s)
{
    split_tree(s, 0, is_extension, 0);
}

static void split_fields(struct search *s)
{
    split_tree(s, 0, is_field, 1);
}

static void split_items(struct search *s)
{
    split_tree(s, 0, is_item, 0);
}

static void write_tree(const struct search *s, struct diff_bytes *out)
{
    struct diff_stream t = {0};
    diff_stream_copy(&t, &s->stream);
    for (size_t i = 0; i < s->count; i++) {
        const struct piece *p = &s->pieces[i];
        if (s->gone[i] && p->empties)
            diff_set(&t, p->node, NULL, 0);
        else if (s->gone[i])
            diff_unlink(&t, (struct diff_place){p->node, p->parent});
    }
    diff_serialise(&t, out);
    diff_stream_free(&t);
}

/* Octets of fields: the lengths around them follow. */
static void split_leaves(struct search *s)
{
    for (uint32_t n = 1; n < s->stream.count; n++) {
        const struct diff_node *node = &s->stream.nodes[n];
        for (size_t i = 0; !node->first && node->what != DIFF_RUN && i < node->len; i++)
            add_piece(s, (struct piece){.node = n, .at = i});
    }
}

static void write_leaves(const struct search *s, struct diff_bytes *out)
{
    struct diff_stream t = {0};
    struct diff_bytes left = {0};
    diff_stream_copy(&t, &s->stream);
    for (size_t i = 0, next; i < s->count; i = next) {
        uint32_t node = s->pieces[i].node;
        left.len = 0;
        for (next = i; next < s->count && s->pieces[next].node == node; next++)
            if (!s->gone[next])
                diff_bytes_add(&left, diff_leaf(&s->stream, node) + s->pieces[next].at, 1);
        if (left.len < next - i)
            diff_set(&t, node, left.ptr, left.len);
    }
    diff_serialise(&t, out);
    diff_stream_free(&t);
    diff_bytes_free(&left);
}

/* ---- operations ---- */

static void split_operations(struct search *s)
{
    for (const char *at = s->ops; *(at += strspn(at, "; ")); at += strcspn(at, ";"))
        add_piece(s, (struct piece){.at = (size_t)(at - s->ops), .len = strcspn(at, ";")});
}

static void left_operations(const struct search *s, char out[DIFF_OPS_MAX])
{
    size_t len = 0;
    out[0] = 0;
    for (size_t i = 0; i < s->count && len < DIFF_OPS_MAX; i++)
        if (!s->gone[i])
            len += (size_t)snprintf(out + len, DIFF_OPS_MAX - len, "%s%.*s", len ? "; " : "",
                                    (int)s->pieces[i].len, s->ops + s->pieces[i].at);
}

static void write_operations(const struct search *s, struct diff_bytes *out)
{
    char left[DIFF_OPS_MAX];
    left_operations(s, left);
    diff_apply(&s->stream, left, out);
}

/* ---- the search ---- */

static int was_tried(struct diff_minimise *m, uint64_t hash)
{
    for (size_t i = 0; i < m->tried_count; i++)
        if (m->tried[i] == hash)
            return 1;
    m->tried = diff_grow(m->tried, &m->tried_cap, m->tried_count + 1, sizeof *m->tried);
    m->tried[m->tried_count++] = hash;
    return 0;
}

/* Is it smaller, or may be as long, and does it hold?  Then it is the best. */
static int take(struct diff_minimise *m, const struct diff_bytes *bytes, size_t most)
{
    struct diff_stimulus s = {.role = m->best.role};
    if (bytes->len > most || was_tried(m, diff_hash(bytes->len, bytes->ptr, bytes->len)))
        return 0;
    int taken = diff_stimulus_add(&s, bytes->ptr, bytes->len) == 0 && (!s.len || diff_stimulus_cut(&s) == 0);
    if (taken) {
        m->tries++;
        taken = m->holds(m->user, &s);
    }
    diff_stimulus_free(taken ? &m->best : &s);
    if (taken)
        m->best = s;
    return taken;
}

/* Leaves out the pieces [from, to) too, if that holds.  How many went. */
static size_t leave_out(struct search *s, const struct pass *pass, size_t from, size_t to)
{
    struct diff_bytes out = {0};
    uint8_t *before = diff_grow(NULL, &(size_t){0}, to - from, 1);
    size_t most = s->m->best.len, went = 0;
    memcpy(before, s->gone + from, to - from);
    memset(s->gone + from, 1, to - from);
    for (size_t i = 0; i < to - from; i++)
        went += !before[i];
    if (went) {
        diff_bytes_fill(&out, 0, 0);
        pass->write(s, &out);
        if (pass->write != write_operations)
            most = most ? most - 1 : 0;
        if (!take(s->m, &out, most))
            went = 0;
    }
    if (!went)
        memcpy(s->gone + from, before, to - from);
    free(before);
    diff_bytes_free(&out);
    return went;
}

/* Halves, quarters, and so on down to single pieces, from the end: what stands behind depends on what stands
 * in front. */
static size_t run_pass(struct search *s, const struct pass *pass)
{
    struct diff_minimise *m = s->m;
    size_t before = m->best.len, went = 0;
    s->count = 0;
    pass->split(s);
    s->gone = calloc(s->count + 1, 1);
    for (size_t size = s->count; s->gone && size; size /= 2)
        for (size_t to = s->count; to && m->tries < m->tries_max; to -= to < size ? to : size)
            went += leave_out(s, pass, to < size ? 0 : to - size, to);
    if (went && m->removed)
        m->removed(m->user, pass->name, went, s->count, before, m->best.len);
    return went;
}

static void refresh(struct search *s)
{
    diff_stimulus_free(&s->from);
    if (diff_stimulus_copy(&s->from, &s->m->best))
        abort();
    diff_parse(&s->stream, s->from.role == DIFF_ACCEPT, s->from.bytes, s->from.len);
    diff_flatten(&s->stream, &s->records);
    free(s->gone);
    s->gone = NULL;
}

static void drop_operations(struct search *s, const struct diff_stimulus *base, char *ops)
{
    static const struct pass pass = {"operations", split_operations, write_operations};
    struct diff_bytes made = {0};
    s->ops = ops;
    diff_parse(&s->stream, base->role == DIFF_ACCEPT, base->bytes, base->len);
    if (diff_apply(&s->stream, ops, &made) >= 0 && made.len == s->m->best.len && made.len &&
        memcmp(made.ptr, s->m->best.bytes, made.len) == 0 && run_pass(s, &pass)) {
        char left[DIFF_OPS_MAX];
        left_operations(s, left);
        memcpy(ops, left, sizeof left);
    }
    diff_bytes_free(&made);
}

void diff_minimise(struct diff_minimise *m, const struct diff_stimulus *from,
                   const struct diff_stimulus *base, char ops[DIFF_OPS_MAX])
{
    static const struct pass passes[] = {
        {"tokens", split_tokens, write_ranges},       {"records", split_records, write_records},
        {"borders", split_records, write_joined},     {"messages", split_messages, write_tree},
        {"extensions", split_extensions, write_tree}, {"fields", split_fields, write_tree},
        {"items", split_items, write_tree},           {"octets of fields", split_leaves, write_leaves},
        {"octets", split_octets, write_ranges},
    };
    struct search s = {.m = m};
    size_t went;
    if (diff_stimulus_copy(&m->best, from))
        abort();
    if (base && ops && ops[0])
        drop_operations(&s, base, ops);
    do {
        went = 0;
        for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
            refresh(&s);
            went += run_pass(&s, &passes[i]);
        }
    } while (went && m->tries < m->tries_max);
    diff_stimulus_free(&s.from);
    diff_stream_free(&s.stream);
    diff_records_free(&s.records);
    free(s.pieces);
    free(s.gone);
}

void diff_minimise_free(struct diff_minimise *m)
{
    diff_stimulus_free(&m->best);
    free(m->tried);
    m->tried = NULL;
    m->tried_count = m->tried_cap = 0;
}
