/* SPDX-License-Identifier: MIT
 *
 * Operations on handshake messages and extensions. */
#include <config.h>

#include "tools/diff/mutate.h"
#include "tools/diff/random.h"

#include <string.h>

static int place(const struct diff_stream *s, const struct diff_args *args, unsigned index,
                 struct diff_place *at)
{
    return index < args->count && diff_place_find(s, args->word[index], args->len[index], at);
}

static size_t length(const struct diff_stream *s, uint32_t node)
{
    struct diff_bytes content = {0};
    diff_node_content(s, node, &content);
    size_t len = content.len;
    diff_bytes_free(&content);
    return len;
}

/* ---- messages ---- */
static int hs_len(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;

    if (!place(s, args, 0, &at) || !s->nodes[at.node].prefix)
        return 0;
    s->nodes[at.node].skew = diff_arg_skew(args, 1, length(s, at.node));
    return 1;
}

static int hs_swap(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place a, b;

    if (!place(s, args, 0, &a) || !place(s, args, 1, &b) || a.node == b.node || a.parent != b.parent)
        return 0;
    diff_swap(s, a.parent, a.node, b.node);
    return 1;
}

static int hs_drop(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;

    if (!place(s, args, 0, &at))
        return 0;
    diff_unlink(s, at);
    return 1;
}

static int hs_dup(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;
    uint32_t copy;

    if (!place(s, args, 0, &at) || (copy = diff_clone(s, at.node)) == 0)
        return 0;
    diff_link_behind(s, at.parent, at.node, copy);
    return 1;
}

static int hs_type(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;

    if (!place(s, args, 0, &at))
        return 0;
    s->nodes[at.node].value = (uint16_t)(diff_arg_number(args, 1, 0) & 0xFF);
    return 1;
}

/* A message behind another. */
static int hs_add(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_place at;
    struct diff_bytes body = {0};
    int good = place(s, args, 0, &at) && diff_arg_octets(args, 2, &body) == 0;

    if (good) {
        uint32_t node = diff_new(s, DIFF_MESSAGE, body.ptr, body.len);
        s->nodes[node].value = (uint16_t)(diff_arg_number(args, 1, 0) & 0xFF);
        s->nodes[node].head = 1;
        s->nodes[node].prefix = 3;
        diff_link_behind(s, at.parent, at.node, node);
    }
    diff_bytes_free(&body);
    return good;
}

/* ---- extensions: TYPE, and the number of a message where it is not the first that has a list of them ----
 */
struct target {
    uint32_t message, list, extension;
};

static int target(const struct diff_stream *s, const struct diff_args *args, unsigned message_at,
                  struct target *to)
{
    long type = diff_arg_number(args, 0, -1), index = diff_arg_number(args, message_at, -1);

    memset(to, 0, sizeof *to);
    for (unsigned i = 0; (to->message = diff_message_at(s, i)) != 0; i++) {
        if (index >= 0 && (unsigned)index != i)
            continue;
        to->list = diff_child(s, to->message, "extensions");
        if (to->list)
            break;
    }
    if (to->message && type >= 0)
        to->extension = diff_extension_of(s, to->message, (unsigned)type);
    return to->message != 0;
}

static int ext_drop(struct diff_stream *s, const struct diff_args *args)
{
    struct target to;

    if (!target(s, args, 1, &to) || !to.extension)
        return 0;
    diff_unlink(s, (struct diff_place){to.extension, to.list});
    return 1;
}

static int ext_dup(struct diff_stream *s, const struct diff_args *args)
{
    struct target to;
    uint32_t copy;

    if (!target(s, args, 1, &to) || !to.extension || (copy = diff_clone(s, to.extension)) == 0)
        return 0;
    diff_link_behind(s, to.list, to.extension, copy);
    return 1;
}

static int ext_swap(struct diff_stream *s, const struct diff_args *args)
{
    struct target to;
    uint32_t other;

    if (!target(s, args, 2, &to) || !to.extension)
        return 0;
    other = diff_extension_of(s, to.message, (unsigned)diff_arg_number(args, 1, 0));
    if (!other || other == to.extension)
        return 0;
    diff_swap(s, to.list, to.extension, other);
    return 1;
}

/* In front of everything, or behind. */
static int ext_move(struct diff_stream *s, const struct diff_args *args, int last)
{
    struct target to;

    if (!target(s, args, 1, &to) || !to.extension ||
        to.extension == (last ? s->nodes[to.list].last : s->nodes[to.list].first))
        return 0;
    diff_unlink(s, (struct diff_place){to.extension, to.list});
    diff_link_behind(s, to.list, last ? s->nodes[to.list].last : 0, to.extension);
    return 1;
}

static int ext_first(struct diff_stream *s, const struct diff_args *args)
{
    return ext_move(s, args, 0);
}

static int ext_last(struct diff_stream *s, const struct diff_args *args)
{
    return ext_move(s, args, 1);
}

static uint32_t make_extension(struct diff_stream *s, const struct target *to, unsigned type,
                               const void *bytes, size_t len)
{
    uint32_t node = diff_new(s, DIFF_EXTENSION, NULL, 0);
    size_t offset = s->text.len;

    s->nodes[node].value = (uint16_t)type;
    s->nodes[node].head = 2;
    s->nodes[node].prefix = 2;
    diff_bytes_add(&s->text, bytes, len);
    diff_extension_parse(s, node, s->nodes[to->message].value, (uint32_t)offset, (uint32_t)len);
    return node;
}

/* At the end, but in front of pre_shared_key, which has to be last. */
static void link_extension(struct diff_stream *s, const struct target *to, uint32_t node)
{
    uint32_t before = s->nodes[to->list].last;

    if (before && s->nodes[before].what == DIFF_EXTENSION && s->nodes[before].value == 41) {
        uint32_t psk = before;
        before = 0;
        for (uint32_t e = s->nodes[to->list].first; e != psk; e = s->nodes[e].next)
            before = e;
    }
    diff_link_behind(s, to->list, before, node);
}

static int ext_put(struct diff_stream *s, const struct diff_args *args, int replace)
{
    struct target to;
    struct diff_bytes body = {0};
    int good = target(s, args, 2, &to) && diff_arg_octets(args, 1, &body) == 0;

    if (good) {
        uint32_t node = make_extension(s, &to, (unsigned)diff_arg_number(args, 0, 0), body.ptr, body.len);
        if (replace && to.extension) {
            diff_link_behind(s, to.list, to.extension, node);
            diff_unlink(s, (struct diff_place){to.extension, to.list});
        } else {
            link_extension(s, &to, node);
        }
    }
    diff_bytes_free(&body);
    return good;
}

static int ext_add(struct diff_stream *s, const struct diff_args *args)
{
    return ext_put(s, args, 0);
}

static int ext_body(struct diff_stream *s, const struct diff_args *args)
{
    return ext_put(s, args, 1);
}

/* One that nobody knows, so that nobody may mind. */
static int ext_unknown(struct diff_stream *s, const struct diff_args *args)
{
    struct target to;

    if (diff_extension_name((unsigned)diff_arg_number(args, 0, 0)) || !target(s, args, 2, &to) ||
        to.extension)
        return 0;
    return ext_put(s, args, 0);
}

static int ext_len(struct diff_stream *s, const struct diff_args *args)
{
    struct target to;

    if (!target(s, args, 2, &to) || !to.extension)
        return 0;
    s->nodes[to.extension].skew = diff_arg_skew(args, 1, length(s, to.extension));
    return 1;
}

/* Another order; pre_shared_key stays last. */
static int ext_shuffle(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_args first = *args;
    struct target to;
    struct diff_random random = diff_random_of((uint64_t)diff_arg_number(args, 0, 0), 0);
    unsigned count;

    first.count = 0;
    if (!target(s, &first, 1, &to))
        return 0;
    count = diff_child_count(s, to.list);
    if (count && s->nodes[s->nodes[to.list].last].value == 41)
        count--;
    for (unsigned i = count; i > 1; i--)
        diff_swap(s, to.list, diff_child_at(s, to.list, i - 1),
                  diff_child_at(s, to.list, diff_random_below(&random, i)));
    return count > 1;
}

/* RFC 8701 as a client does it: each list that has room for it gets a value, groups and shares the same. */
static void grease_item(struct diff_stream *s, uint32_t list, const char *bytes, size_t len)
{
    if (list && !(s->nodes[list].len && !s->nodes[list].first))
        diff_link_behind(s, list, 0, diff_new(s, DIFF_FIELD, bytes, len));
}

static int grease(struct diff_stream *s, const struct diff_args *args)
{
    struct diff_args none = {.count = 0};
    struct target to;
    uint32_t e;

    (void)args;
    if (!target(s, &none, 0, &to) || s->nodes[to.message].value != DIFF_CLIENT_HELLO)
        return 0;
    grease_item(s, diff_child(s, to.message, "suites"), "\x2A\x2A", 2);
    if ((e = diff_extension_of(s, to.message, 10)) != 0)
        grease_item(s, diff_child(s, e, "list"), "\x4A\x4A", 2);
    if ((e = diff_extension_of(s, to.message, 51)) != 0 && diff_extension_of(s, to.message, 10))
        grease_item(s, diff_child(s, e, "shares"), "\x4A\x4A\x00\x01\x00", 5);
    if ((e = diff_extension_of(s, to.message, 43)) != 0)
        grease_item(s, diff_child(s, e, "list"), "\x6A\x6A", 2);
    if ((e = diff_extension_of(s, to.message, 13)) != 0)
        grease_item(s, diff_child(s, e, "list"), "\x8A\x8A", 2);
    if (!diff_extension_of(s, to.message, 0xAAAA))
        diff_link_behind(s, to.list, 0, make_extension(s, &to, 0xAAAA, "", 0));
    if (!diff_extension_of(s, to.message, 0xBABA))
        link_extension(s, &to, make_extension(s, &to, 0xBABA, "\0", 1));
    return 1;
}

const struct diff_op diff_message_ops[] = {
    {DIFF_OP("hs.len"), hs_len, NULL, 2, 0},           {DIFF_OP("hs.swap"), hs_swap, NULL, 2, 0},
    {DIFF_OP("hs.drop"), hs_drop, NULL, 1, 0},         {DIFF_OP("hs.dup"), hs_dup, NULL, 1, 0},
    {DIFF_OP("hs.type"), hs_type, NULL, 2, 0},         {DIFF_OP("hs.add"), hs_add, NULL, 3, 0},
    {DIFF_OP("ext.drop"), ext_drop, NULL, 1, 0},       {DIFF_OP("ext.dup"), ext_dup, NULL, 1, 0},
    {DIFF_OP("ext.swap"), ext_swap, NULL, 2, 0},       {DIFF_OP("ext.first"), ext_first, NULL, 1, 0},
    {DIFF_OP("ext.last"), ext_last, NULL, 1, 0},       {DIFF_OP("ext.add"), ext_add, NULL, 2, 0},
    {DIFF_OP("ext.body"), ext_body, NULL, 2, 0},       {DIFF_OP("ext.len"), ext_len, NULL, 2, 0},
    {DIFF_OP("ext.unknown"), ext_unknown, NULL, 2, 1}, {DIFF_OP("ext.shuffle"), ext_shuffle, NULL, 1, 1},
    {DIFF_OP("grease"), grease, NULL, 0, 1},           {DIFF_OP("at.flight"), NULL, NULL, 1, 0}, /* says which flight of a live pair is meant (live.h) */
    {NULL, NULL, NULL, NULL, 0, 0},
};
