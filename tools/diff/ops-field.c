/* SPDX-License-Identifier: MIT
 *
 * Operations on whatever a place names: a field, an item of a list, an extension, a message. */
#include <config.h>

#include "tools/diff/mutate.h"

#include <string.h>

static int place(const struct diff_stream *s, const struct diff_args *args, struct diff_place *at)
{
    return diff_place_find(s, args->word[0], args->len[0], at);
}

static int field_len(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;
    struct diff_bytes content = {0};

    if (!place(s, args, &at) || !s->nodes[at.node].prefix)
        return 0;
    diff_node_content(s, at.node, &content);
    s->nodes[at.node].skew = diff_arg_skew(args, 1, content.len);
    diff_bytes_free(&content);
    return 1;
}

/* Content that is read, changed and put back as plain octets: `change` says whether there was anything to do.
 */
static int edit(struct diff_stream *s, const struct diff_args *args,
                int (*change)(struct diff_bytes *, const struct diff_args *))
{
    struct diff_place at;
    struct diff_bytes content = {0};
    int good;

    if (!place(s, args, &at))
        return 0;
    diff_bytes_fill(&content, 0, 0);
    diff_node_content(s, at.node, &content);
    good = change(&content, args);
    if (good)
        diff_set(s, at.node, content.ptr, content.len);
    diff_bytes_free(&content);
    return good;
}

static int set(struct diff_bytes *content, const struct diff_args *args)
{
    content->len = 0;
    return diff_arg_octets(args, 1, content) == 0;
}

static int field_set(struct diff_stream *s, const struct diff_args *args)
{
    return edit(s, args, set);
}

static int flip(struct diff_bytes *content, const struct diff_args *args)
{
    long bit = diff_arg_number(args, 1, -1);

    if (bit < 0 || (size_t)bit / 8 >= content->len)
        return 0;
    content->ptr[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
    return 1;
}

static int field_flip(struct diff_stream *s, const struct diff_args *args)
{
    return edit(s, args, flip);
}

static int cut(struct diff_bytes *content, const struct diff_args *args)
{
    long octets = diff_arg_number(args, 1, 0);

    if (octets <= 0 || content->len == 0)
        return 0;
    content->len -= (size_t)octets < content->len ? (size_t)octets : content->len;
    return 1;
}

static int field_cut(struct diff_stream *s, const struct diff_args *args)
{
    return edit(s, args, cut);
}

static int extend(struct diff_bytes *content, const struct diff_args *args)
{
    return diff_arg_octets(args, 1, content) == 0;
}

static int field_extend(struct diff_stream *s, const struct diff_args *args)
{
    return edit(s, args, extend);
}

static int list_empty(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;

    if (!place(s, args, &at) || (!s->nodes[at.node].first && !s->nodes[at.node].len))
        return 0;
    diff_set(s, at.node, NULL, 0);
    return 1;
}

/* ---- items ---- */
static int item_drop(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;

    if (!place(s, args, &at))
        return 0;
    diff_unlink(s, at);
    return 1;
}

static int item_dup(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;
    long times = diff_arg_number(args, 1, 1);

    if (!place(s, args, &at) || times < 1 || times > 2000)
        return 0;
    while (times-- > 0) {
        uint32_t copy = diff_clone(s, at.node);
        if (!copy)
            return 0;
        diff_link_behind(s, at.parent, at.node, copy);
    }
    return 1;
}

static int item_swap(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;
    uint32_t other;

    if (!place(s, args, &at))
        return 0;
    other = diff_child_at(s, at.parent, (unsigned)diff_arg_number(args, 1, 0));
    if (!other || other == at.node)
        return 0;
    diff_swap(s, at.parent, at.node, other);
    return 1;
}

/* Octets as a list's first item, or its last. */
static int item_add(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;
    struct diff_bytes item = {0};
    int good = place(s, args, &at) && diff_arg_octets(args, 1, &item) == 0 &&
               (s->nodes[at.node].first || !s->nodes[at.node].len);

    if (good)
        diff_link_behind(s, at.node, diff_arg_is(args, 2, "last") ? s->nodes[at.node].last : 0,
                         diff_new(s, DIFF_FIELD, item.ptr, item.len));
    diff_bytes_free(&item);
    return good;
}

/* ---- public values that are none ---- */
static int bad_point(struct diff_bytes *p, const struct diff_args *args)
{
    size_t coordinates = p->len > 1 ? p->len - 1 : 0;

    if (p->len == 0)
        return 0;
    if (diff_arg_is(args, 1, "zero")) {
        memset(p->ptr, 0, p->len);
    } else if (diff_arg_is(args, 1, "ones")) { /* beyond the field's prime */
        memset(p->ptr + (*p->ptr == 4), 0xFF, p->len - (*p->ptr == 4));
    } else if (diff_arg_is(args, 1, "low")) { /* X25519: u = 1, of order 4 */
        memset(p->ptr, 0, p->len);
        *p->ptr = 1;
    } else if (diff_arg_is(args, 1, "infinity")) { /* SEC 1: one zero octet */
        *p->ptr = 0;
        p->len = 1;
    } else if (diff_arg_is(args, 1, "origin")) { /* 04 0 0 is on none of the curves */
        memset(p->ptr + 1, 0, coordinates);
    } else if (diff_arg_is(args, 1, "compressed")) {
        *p->ptr = 2 + (p->ptr[p->len - 1] & 1);
        p->len = 1 + coordinates / 2;
    } else if (diff_arg_is(args, 1, "hybrid")) {
        *p->ptr = 6 + (p->ptr[p->len - 1] & 1);
    } else if (diff_arg_is(args, 1,
                           "offcurve")) { /* of the y that belong to an x, none is another's neighbour */
        p->ptr[p->len - 1] ^= 1;
    } else if (diff_arg_is(args, 1, "short")) {
        p->len--;
    } else if (diff_arg_is(args, 1, "long")) {
        diff_bytes_number(p, 0, 1);
    } else {
        return 0;
    }
    return 1;
}

static int point_bad(struct diff_stream *s, const struct diff_args *args)
{
    return edit(s, args, bad_point);
}

const struct diff_op diff_field_ops[] = {
    {DIFF_OP("field.len"), field_len, NULL, 2, 0},       {DIFF_OP("field.set"), field_set, NULL, 2, 0},
    {DIFF_OP("field.flip"), field_flip, NULL, 2, 0},     {DIFF_OP("field.cut"), field_cut, NULL, 2, 0},
    {DIFF_OP("field.extend"), field_extend, NULL, 2, 0}, {DIFF_OP("list.empty"), list_empty, NULL, 1, 0},
    {DIFF_OP("item.drop"), item_drop, NULL, 1, 0},       {DIFF_OP("item.dup"), item_dup, NULL, 1, 0},
    {DIFF_OP("item.swap"), item_swap, NULL, 2, 0},       {DIFF_OP("item.add"), item_add, NULL, 2, 0},
    {DIFF_OP("point.bad"), point_bad, NULL, 2, 0},       {NULL, NULL, NULL, NULL, 0, 0},
};
