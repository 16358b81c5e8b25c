/* SPDX-License-Identifier: MIT
 *
 * The tree of a stream: nodes, ways to them, and the octets that they write. */
#include <config.h>

#include "tools/diff/tls.h"

#include <stdlib.h>
#include <string.h>

uint32_t diff_node_add(struct diff_stream *s, uint32_t parent, enum diff_what what, const char *name)
{
    uint32_t node = (uint32_t)s->count;

    s->nodes = diff_grow(s->nodes, &s->node_cap, s->count + 1, sizeof *s->nodes);
    memset(&s->nodes[node], 0, sizeof s->nodes[node]);
    s->nodes[node].what = (uint8_t)what;
    s->nodes[node].name = name;
    s->count++;
    if (node == 0)
        return 0;
    if (s->nodes[parent].last)
        s->nodes[s->nodes[parent].last].next = node;
    else
        s->nodes[parent].first = node;
    s->nodes[parent].last = node;
    return node;
}

/* One allocation serves many copies: a mutation is a copy and a few changes. */
static void copy_array(void *to, size_t *cap, const void *from, size_t count, size_t size)
{
    void **array = to;
    *array = diff_grow(*array, cap, count + 1, size);
    memcpy(*array, from, count * size);
}

void diff_stream_copy(struct diff_stream *to, const struct diff_stream *from)
{
    copy_array(&to->nodes, &to->node_cap, from->nodes, from->count, sizeof *from->nodes);
    if (from->cut_count)
        copy_array(&to->cuts, &to->cut_cap, from->cuts, from->cut_count, sizeof *from->cuts);
    to->count = from->count;
    to->cut_count = from->cut_count;
    to->client = from->client;
    to->salt = from->salt;
    to->text.len = 0;
    diff_bytes_add(&to->text, from->text.ptr, from->text.len);
}

void diff_stream_free(struct diff_stream *s)
{
    free(s->nodes);
    free(s->cuts);
    diff_bytes_free(&s->text);
    memset(s, 0, sizeof *s);
}

void diff_node_content(const struct diff_stream *s, uint32_t node, struct diff_bytes *out)
{
    const struct diff_node *n = &s->nodes[node];

    if (!n->first && n->what != DIFF_RUN && n->len)
        diff_bytes_add(out, s->text.ptr + n->offset, n->len);
    for (uint32_t child = n->first; child; child = s->nodes[child].next)
        diff_node_write(s, child, out);
}

void diff_node_write(const struct diff_stream *s, uint32_t node, struct diff_bytes *out)
{
    const struct diff_node *n = &s->nodes[node];
    size_t start;

    if (n->head)
        diff_bytes_number(out, n->value, n->head);
    if (n->prefix)
        diff_bytes_number(out, 0, n->prefix);
    start = out->len;
    diff_node_content(s, node, out);
    if (n->prefix) { /* what the length cannot hold is cut to what it can */
        int64_t most = ((int64_t)1 << 8 * n->prefix) - 1, length = (int64_t)(out->len - start) + n->skew;
        length = length < 0 ? 0 : length > most ? most : length;
        diff_write_number(out->ptr + start - n->prefix, (uint64_t)length, n->prefix);
    }
}

uint32_t diff_child(const struct diff_stream *s, uint32_t node, const char *name)
{
    uint32_t child = s->nodes[node].first;
    while (child && strcmp(s->nodes[child].name, name) != 0)
        child = s->nodes[child].next;
    return child;
}

uint32_t diff_child_at(const struct diff_stream *s, uint32_t node, unsigned index)
{
    uint32_t child = s->nodes[node].first;
    while (child && index-- > 0)
        child = s->nodes[child].next;
    return child;
}

unsigned diff_child_count(const struct diff_stream *s, uint32_t node)
{
    unsigned count = 0;
    for (uint32_t child = s->nodes[node].first; child; child = s->nodes[child].next)
        count++;
    return count;
}

uint32_t diff_message_at(const struct diff_stream *s, unsigned index)
{
    if (s->count == 0)
        return 0;
    for (uint32_t run = s->nodes[0].first; run; run = s->nodes[run].next)
        for (uint32_t m = s->nodes[run].what == DIFF_RUN ? s->nodes[run].first : 0; m; m = s->nodes[m].next)
            if (s->nodes[m].what == DIFF_MESSAGE && index-- == 0)
                return m;
    return 0;
}

uint32_t diff_extension_of(const struct diff_stream *s, uint32_t message, unsigned type)
{
    uint32_t list = message ? diff_child(s, message, "extensions") : 0;
    for (uint32_t e = list ? s->nodes[list].first : 0; e; e = s->nodes[e].next)
        if (s->nodes[e].what == DIFF_EXTENSION && s->nodes[e].value == type)
            return e;
    return 0;
}

const uint8_t *diff_leaf(const struct diff_stream *s, uint32_t node)
{
    return s->text.ptr + s->nodes[node].offset;
}

uint64_t diff_leaf_number(const struct diff_stream *s, uint32_t node)
{
    uint32_t len = s->nodes[node].len;
    return diff_number(diff_leaf(s, node), len > 8 ? 8 : len);
}
