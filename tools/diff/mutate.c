/* SPDX-License-Identifier: MIT
 *
 * Operations out of a seed.  Each is written down first and then applied from its text, so that what is
 * reported is what was done. */
#include <config.h>

#include "tools/diff/mutate.h"
#include "tools/diff/random.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct maker {
    struct diff_random random;
    const struct diff_stream *s;
    const struct diff_records *r; /* while operations on records are made */
    char *text;                   /* DIFF_OP_MAX */
};
typedef int making(struct maker *);

static unsigned below(struct maker *m, size_t count)
{
    return diff_random_below(&m->random, (uint32_t)count);
}

#define PICK(m, array) (array)[below(m, sizeof(array) / sizeof *(array))]

__attribute__((format(printf, 2, 3))) static int say(struct maker *m, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(m->text, DIFF_OP_MAX, fmt, args);
    va_end(args);
    return len > 0 && len < DIFF_OP_MAX;
}

/* ---- where ---- */
static unsigned message_count(const struct diff_stream *s)
{
    unsigned count = 0;
    for (uint32_t run = s->nodes[0].first; run; run = s->nodes[run].next)
        for (uint32_t m = s->nodes[run].what == DIFF_RUN ? s->nodes[run].first : 0; m; m = s->nodes[m].next)
            count += s->nodes[m].what == DIFF_MESSAGE;
    return count;
}

/* The first messages matter most: what comes later is rarely reached. */
static int message(struct maker *m, unsigned *index)
{
    unsigned count = message_count(m->s);

    *index = count > 1 && below(m, 3) == 0 ? below(m, count) : 0;
    return count != 0;
}

/* Walks down from a message, to a node for which `fit` holds; 0: it met none. */
static uint32_t walk(struct maker *m, char *path, size_t size,
                     int (*fit)(const struct diff_stream *, uint32_t))
{
    const struct diff_stream *s = m->s;
    unsigned index;

    if (!message(m, &index))
        return 0;
    uint32_t node = diff_message_at(s, index), found = 0;
    int len = snprintf(path, size, "%u", index), keep = len;
    for (int depth = 0; depth < 8; depth++) {
        unsigned count = diff_child_count(s, node), at;
        if (count == 0 || (found && below(m, 3) == 0))
            break;
        at = below(m, count);
        node = diff_child_at(s, node, at);
        const struct diff_node *n = &s->nodes[node];
        if (n->what == DIFF_EXTENSION) { /* "extensions" is left out of the way to one */
            char *list = strrchr(path, '/');
            if (list && strcmp(list, "/extensions") == 0)
                len = (int)(list - path);
            len += snprintf(path + len, size - (size_t)len, "/ext.%u", n->value);
        } else if (*n->name) {
            len += snprintf(path + len, size - (size_t)len, "/%s", n->name);
        } else {
            len += snprintf(path + len, size - (size_t)len, "/%u", at);
        }
        if ((size_t)len >= size)
            break;
        if (fit(s, node)) {
            found = node;
            keep = len;
        }
    }
    path[keep] = 0;
    return found;
}

static int any_node(const struct diff_stream *s, uint32_t node)
{
    (void)s;
    return node != 0;
}

static int has_length(const struct diff_stream *s, uint32_t node)
{
    return s->nodes[node].prefix != 0;
}

static int is_item(const struct diff_stream *s, uint32_t node)
{
    return !*s->nodes[node].name && s->nodes[node].what != DIFF_EXTENSION;
}

static int is_list(const struct diff_stream *s, uint32_t node)
{
    return s->nodes[node].prefix != 0 && s->nodes[node].first != 0;
}

static int is_leaf(const struct diff_stream *s, uint32_t node)
{
    return !s->nodes[node].first && s->nodes[node].len != 0;
}

static int is_point(const struct diff_stream *s, uint32_t node)
{
    const char *name = s->nodes[node].name;
    return (strcmp(name, "key") == 0 || strcmp(name, "point") == 0) && s->nodes[node].len != 0;
}

/* An extension that stands in the stream; its message. */
static int extension(struct maker *m, unsigned *type, uint32_t *message_node)
{
    for (unsigned i = 0; (*message_node = diff_message_at(m->s, i)) != 0; i++) {
        uint32_t list = diff_child(m->s, *message_node, "extensions");
        if (!list)
            continue;
        unsigned count = diff_child_count(m->s, list);
        uint32_t e = count ? diff_child_at(m->s, list, below(m, count)) : 0;
        if (!e || m->s->nodes[e].what != DIFF_EXTENSION)
            return 0;
        *type = m->s->nodes[e].value;
        return 1;
    }
    return 0;
}

static void hex(struct maker *m, char *out, unsigned octets)
{
    for (unsigned i = 0; i < octets; i++)
        snprintf(out + 2 * i, 3, "%02x", below(m, 256));
    if (octets == 0)
        memcpy(out, "-", 2);
}

static const char *const skews[] = {"+1", "-1", "+2", "-2", "=0", "=1", "=255", "=65535", "+256", "+4"};

/* ---- extensions ---- */
static int make_ext_one(struct maker *m)
{
    static const char *const names[] = {"drop", "dup", "first", "last", "drop", "dup"};
    unsigned type;
    uint32_t message_node;
    return extension(m, &type, &message_node) && say(m, "ext.%s %u", PICK(m, names), type);
}

static int make_ext_swap(struct maker *m)
{
    unsigned a, b;
    uint32_t message_node;
    return extension(m, &a, &message_node) && extension(m, &b, &message_node) && a != b &&
           say(m, "ext.swap %u %u", a, b);
}

static int make_ext_word(struct maker *m)
{
    const uint16_t *types;
    unsigned count = diff_extension_types(&types), type = types[below(m, count)];
    uint32_t message_node;
    const char *word;

    if (below(m, 2) && !extension(m, &type, &message_node))
        return 0;
    word = diff_dictionary(type, below(m, 1000));
    return word && say(m, "ext.body %u %s", type, word);
}

static int make_ext_random(struct maker *m)
{
    static const unsigned types[] = {0, 10, 13, 16, 35, 43, 45, 51, 0x1234, 0xFFFF, 0xFE0D};
    char octets[2 * 24 + 1];
    hex(m, octets, below(m, 25));
    return say(m, "ext.%s %u %s", below(m, 2) ? "add" : "body", PICK(m, types), octets);
}

static int make_ext_unknown(struct maker *m)
{
    char octets[2 * 8 + 1];
    hex(m, octets, below(m, 9));
    return say(m, "ext.unknown %u %s", 0x7A00 + below(m, 256), octets);
}

static int make_ext_len(struct maker *m)
{
    unsigned type;
    uint32_t message_node;
    return extension(m, &type, &message_node) && say(m, "ext.len %u %s", type, PICK(m, skews));
}

static int make_neutral(struct maker *m)
{
    return below(m, 2) ? say(m, "grease") : say(m, "ext.shuffle %u", below(m, 10000));
}

static int make_long(struct maker *m)
{
    static const unsigned lengths[] = {255, 256, 2000, 8000, 16000, 16384, 20000, 40000, 65000};
    return say(m, "ext.add 21 00*%u", PICK(m, lengths));
}

/* ---- fields ---- */
static int make_field_len(struct maker *m)
{
    char path[64];
    return walk(m, path, sizeof path, has_length) && say(m, "field.len %s %s", path, PICK(m, skews));
}

static int make_field_flip(struct maker *m)
{
    char path[64];
    uint32_t node = walk(m, path, sizeof path, is_leaf);
    return node && say(m, "field.flip %s %u", path, below(m, (m->s->nodes[node].len % 4096) * 8));
}

static int make_field_set(struct maker *m)
{
    static const char *const edges[] = {"00", "01", "7f", "80", "ff", "0a"};
    char path[64];
    uint32_t node = walk(m, path, sizeof path, is_leaf);
    return node && m->s->nodes[node].len <= 64 &&
           say(m, "field.set %s %s*%u", path, PICK(m, edges), m->s->nodes[node].len);
}

/* Numbers that mean something to someone: versions, suites, groups, schemes, GREASE. */
static int make_number(struct maker *m)
{
    static const unsigned numbers[] = {0,      0x0002, 0x0200, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304,
                                       0x0305, 0x0A0A, 0x1301, 0x1303, 0xC02B, 0xC02F, 0x5600, 0x00FF,
                                       0x001D, 0x0017, 0x0018, 0x0403, 0x0804, 0x0201, 0xFFFF, 0x7F1C};
    char path[64];
    uint32_t node = walk(m, path, sizeof path, is_leaf);
    return node && m->s->nodes[node].len == 2 && say(m, "field.set %s %04x", path, PICK(m, numbers));
}

static int make_field_cut(struct maker *m)
{
    char path[64];
    uint32_t node = walk(m, path, sizeof path, has_length);
    return node && say(m, "field.cut %s %u", path, 1 + below(m, below(m, 2) ? 1 : 40));
}

static int make_field_extend(struct maker *m)
{
    char path[64], octets[2 * 6 + 1];
    hex(m, octets, 1 + below(m, 6));
    return walk(m, path, sizeof path, has_length) && say(m, "field.extend %s %s", path, octets);
}

static int make_list_empty(struct maker *m)
{
    char path[64];
    return walk(m, path, sizeof path, has_length) && say(m, "list.empty %s", path);
}

static int make_item(struct maker *m)
{
    static const unsigned times[] = {1, 1, 1, 2, 32, 200};
    char path[64];
    uint32_t node = walk(m, path, sizeof path, is_item);

    if (!node)
        return 0;
    switch (below(m, 3)) {
    case 0:
        return say(m, "item.drop %s", path);
    case 1:
        return say(m, "item.dup %s %u", path, PICK(m, times));
    default:
        return say(m, "item.swap %s %u", path, below(m, 8));
    }
}

static int make_item_add(struct maker *m)
{
    static const char *const items[] = {"5600", "00ff", "1301", "1304", "0a0a",      "00",
                                        "01",   "c009", "009c", "0303", "0302",      "001d",
                                        "0017", "0201", "0807", "fefe", "0a0a000100"};
    char path[64];
    return walk(m, path, sizeof path, is_list) &&
           say(m, "item.add %s %s%s", path, PICK(m, items), below(m, 2) ? " last" : "");
}

static int make_field_drop(struct maker *m)
{
    char path[64];
    return walk(m, path, sizeof path, any_node) && say(m, "item.drop %s", path);
}

static int make_point(struct maker *m)
{
    static const char *const kinds[] = {"zero",       "ones",   "low",      "infinity", "origin",
                                        "compressed", "hybrid", "offcurve", "short",    "long"};
    char path[64];
    for (int i = 0; i < 12; i++) /* there are few: it may take some walks */
        if (walk(m, path, sizeof path, is_point))
            return say(m, "point.bad %s %s", path, PICK(m, kinds));
    return 0;
}

/* ---- messages ---- */
static int make_hs_len(struct maker *m)
{
    static const char *const more[] = {"=0",      "=16777215", "=16384", "=16385", "=65536",
                                       "=131072", "+1",        "-1",     "-4"};
    unsigned index;
    return message(m, &index) && say(m, "hs.len %u %s", index, PICK(m, more));
}

static int make_hs_cut(struct maker *m)
{
    unsigned index;
    if (!message(m, &index))
        return 0;
    return below(m, 2) ? say(m, "field.cut %u %u", index, 1 + below(m, 80))
                       : say(m, "field.extend %u %02x*%u", index, below(m, 256), 1 + below(m, 8));
}

static int make_hs_order(struct maker *m)
{
    static const char *const names[] = {"drop", "dup"};
    unsigned a, b, count = message_count(m->s);
    if (!message(m, &a))
        return 0;
    b = below(m, count);
    return a != b ? say(m, "hs.swap %u %u", a, b) : say(m, "hs.%s %u", PICK(m, names), a);
}

static int make_hs_type(struct maker *m)
{
    static const unsigned types[] = {0, 1, 2, 3, 4, 5, 8, 11, 13, 14, 15, 16, 20, 24, 25, 67, 254, 255};
    unsigned index;
    return message(m, &index) && say(m, "hs.type %u %u", index, PICK(m, types));
}

static int make_hs_add(struct maker *m)
{
    static const char *const bodies[] = {
        "0 -",         "24 00",       "24 01", "24 02", "20 00*12", "20 00*32", "16 2004+00*31", "11 000000",
        "11 00000000", "15 04030000", "99 -",  "5 -",   "1 -",      "2 -",      "22 01000000",   "254 6162"};
    unsigned index;
    return message(m, &index) && say(m, "hs.add %u %s", index, PICK(m, bodies));
}

/* ---- records ---- */
static int make_rec_one(struct maker *m)
{
    static const char *const names[] = {"merge", "drop", "dup"};
    return m->r->count && say(m, "rec.%s %u", PICK(m, names), below(m, m->r->count));
}

static int make_rec_split(struct maker *m)
{
    static const unsigned near[] = {0, 1, 2, 3, 4, 5, 6, 37, 38, 39};
    if (!m->r->count)
        return 0;
    unsigned at = below(m, m->r->count);
    size_t len = m->r->of[at].len;
    return len && say(m, "rec.split %u %u", at, below(m, 2) ? PICK(m, near) : below(m, len + 1));
}

static int make_rec_crumble(struct maker *m)
{
    static const unsigned sizes[] = {1, 1, 2, 3, 4, 5, 16, 64, 100};
    return m->r->count && say(m, "rec.crumble %u %u", below(m, m->r->count), PICK(m, sizes));
}

static int make_rec_swap(struct maker *m)
{
    unsigned a = below(m, m->r->count), b = below(m, m->r->count);
    return a != b && say(m, "rec.swap %u %u", a, b);
}

static int make_rec_empty(struct maker *m)
{
    static const unsigned types[] = {20, 21, 22, 22, 22, 23, 24, 99};
    return say(m, "rec.empty %u %u", below(m, m->r->count + 1), PICK(m, types));
}

static int make_rec_type(struct maker *m)
{
    static const unsigned types[] = {0, 19, 20, 21, 22, 23, 24, 25, 26, 64, 128, 255};
    return m->r->count && say(m, "rec.type %u %u", below(m, m->r->count), PICK(m, types));
}

static int make_rec_version(struct maker *m)
{
    static const unsigned versions[] = {0x0000, 0x0002, 0x0200, 0x02FF, 0x0300, 0x0301, 0x0302,
                                        0x0303, 0x0304, 0x0305, 0x03FF, 0x0400, 0xFEFD, 0xFFFF};
    return m->r->count && say(m, "rec.version %u 0x%04x", below(m, m->r->count), PICK(m, versions));
}

static int make_rec_len(struct maker *m)
{
    static const char *const more[] = {"=16384", "=16385", "=16640", "=16641", "=18432", "=18433"};
    return m->r->count &&
           say(m, "rec.len %u %s", below(m, m->r->count), below(m, 2) ? PICK(m, more) : PICK(m, skews));
}

static int make_rec_alert(struct maker *m)
{
    static const unsigned levels[] = {1, 1, 1, 2, 2, 0, 3, 255};
    static const unsigned codes[] = {0, 0, 10, 20, 40, 41, 42, 50, 70, 80, 86, 90, 100, 112, 120, 255};
    return say(m, "rec.alert %u %u %u", below(m, m->r->count + 1), PICK(m, levels), PICK(m, codes));
}

static int make_rec_ccs(struct maker *m)
{
    static const unsigned values[] = {1, 1, 1, 0, 2, 255};
    return say(m, "rec.ccs %u %u", below(m, m->r->count + 1), PICK(m, values));
}

static int make_rec_add(struct maker *m)
{
    static const char *const records[] = {
        "23 61*32",  "23 00",       "22 00000000", "22 18000001+00", "20 0101",     "20 -",       "21 01",
        "21 010000", "24 01000161", "22 01",       "26 00*32",       "23 61*16640", "23 61*16641"};
    return say(m, "rec.add %u %s", below(m, m->r->count + 1), PICK(m, records));
}

static int make_rec_grow(struct maker *m)
{
    static const unsigned lengths[] = {16384, 16385, 16640, 16641, 18432, 18433, 65535};
    return m->r->count && say(m, "rec.grow %u %u", below(m, m->r->count), PICK(m, lengths));
}

static int make_rec_end(struct maker *m)
{
    char octets[2 * 8 + 1];
    if (below(m, 2))
        return say(m, "rec.cut %u", 1 + below(m, below(m, 2) ? 12 : 200));
    hex(m, octets, 1 + below(m, 8));
    return say(m, "rec.tail %s", octets);
}

/* What is listed twice comes twice as often. */
static making *const of_tree[] = {
    make_ext_one,   make_ext_one,      make_ext_swap,    make_ext_word,  make_ext_word, make_ext_word,
    make_ext_word,  make_ext_random,   make_ext_unknown, make_ext_len,   make_neutral,  make_long,
    make_field_len, make_field_flip,   make_field_flip,  make_field_set, make_number,   make_number,
    make_field_cut, make_field_extend, make_list_empty,  make_item,      make_item,     make_item_add,
    make_item_add,  make_field_drop,   make_point,       make_point,     make_hs_len,   make_hs_cut,
    make_hs_order,  make_hs_type,      make_hs_add,
};
static making *const of_records[] = {
    make_rec_one,   make_rec_split, make_rec_split,   make_rec_crumble, make_rec_swap,
    make_rec_empty, make_rec_type,  make_rec_version, make_rec_len,     make_rec_alert,
    make_rec_alert, make_rec_ccs,   make_rec_add,     make_rec_grow,    make_rec_end,
};

struct text {
    char *ptr;
    size_t len, size;
};

static void append(struct text *t, const char *op)
{
    size_t len = strlen(op), comma = t->len ? 2 : 0;

    if (t->len + comma + len >= t->size)
        return;
    memcpy(t->ptr + t->len, "; ", comma);
    memcpy(t->ptr + t->len + comma, op, len + 1);
    t->len += comma + len;
}

/* One operation that finds its place, out of at most 64 tries. */
static int one(struct maker *m, int records, struct diff_stream *s, struct diff_records *r, struct text *ops)
{
    for (int i = 0; i < 64; i++) {
        making *make = records ? PICK(m, of_records) : PICK(m, of_tree);
        if (make(m) && diff_op_apply(m->text, strlen(m->text), s, r) == 1) {
            append(ops, m->text);
            return 1;
        }
    }
    return 0;
}

int diff_mutate(const struct diff_stream *base, uint64_t seed, struct diff_bytes *out, char *ops,
                size_t ops_size)
{
    char text[DIFF_OP_MAX];
    struct diff_stream s = {0};
    struct diff_records r = {0};
    struct text all = {ops, 0, ops_size};
    struct maker m = {.random = diff_random_of(seed, base->salt), .s = &s, .r = &r, .text = text};
    unsigned count = 1 + below(&m, 3), records = 0, done = 0;

    *ops = 0;
    diff_stream_copy(&s, base);
    for (unsigned i = 0; i < count; i++)
        records += below(&m, 4) == 0 || diff_message_at(&s, 0) == 0;
    for (unsigned i = records; i < count; i++)
        done += (unsigned)one(&m, 0, &s, NULL, &all);
    diff_flatten(&s, &r);
    for (unsigned i = 0; i < records || (done == 0 && i == 0); i++)
        done += (unsigned)one(&m, 1, NULL, &r, &all);
    diff_write(&r, out);
    diff_stream_free(&s);
    diff_records_free(&r);
    return (int)done;
}
