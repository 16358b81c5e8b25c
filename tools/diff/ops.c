/* SPDX-License-Identifier: MIT
 *
 * Operations as text: their words, their places, and the order in which they are applied. */
#include <config.h>

#include "tools/diff/mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 1u << 16 };

static const struct diff_op *const tables[] = {diff_record_ops, diff_message_ops, diff_field_ops,
                                               diff_seal_ops};
#define TABLES (sizeof tables / sizeof *tables)

const char *diff_op_token(unsigned index)
{
    for (unsigned t = 0; t < TABLES; t++)
        for (const struct diff_op *op = tables[t]; op->name; op++)
            if (index-- == 0)
                return op->token;
    return NULL;
}

static const struct diff_op *find(const char *name, size_t len)
{
    for (unsigned t = 0; t < TABLES; t++)
        for (const struct diff_op *op = tables[t]; op->name; op++)
            if (strncmp(op->name, name, len) == 0 && op->name[len] == 0)
                return op;
    return NULL;
}

/* ---- words ---- */
long diff_arg_number(const struct diff_args *args, unsigned index, long otherwise)
{
    char text[24];

    if (index >= args->count || args->len[index] >= sizeof text)
        return otherwise;
    memcpy(text, args->word[index], args->len[index]);
    text[args->len[index]] = 0;
    char *end;
    long value = strtol(text, &end, 0);
    return *end || end == text ? otherwise : value;
}

int diff_arg_octets(const struct diff_args *args, unsigned index, struct diff_bytes *out)
{
    return index < args->count ? diff_bytes_hex(out, args->word[index], args->len[index]) : -1;
}

int diff_arg_is(const struct diff_args *args, unsigned index, const char *word)
{
    return index < args->count && strlen(word) == args->len[index] &&
           memcmp(word, args->word[index], args->len[index]) == 0;
}

int32_t diff_arg_skew(const struct diff_args *args, unsigned index, size_t length)
{
    struct diff_args rest = *args;

    if (index >= args->count || args->len[index] < 2)
        return 0;
    rest.word[index]++;
    rest.len[index]--;
    long value = diff_arg_number(&rest, index, 0);
    if (value < 0 || value > 0xFFFFFF)
        return 0;
    switch (*args->word[index]) {
    case '+':
        return (int32_t)value;
    case '-':
        return (int32_t)-value;
    default: /* = */
        return (int32_t)(value - (long)length);
    }
}

static const struct diff_op *split(const char *text, size_t len, struct diff_args *args)
{
    const char *end = text + len, *name;
    size_t name_len;

    args->count = 0;
    while (text < end && *text == ' ')
        text++;
    for (name = text; text < end && *text != ' ';)
        text++;
    name_len = (size_t)(text - name);
    while (text < end) {
        while (text < end && *text == ' ')
            text++;
        const char *word = text;
        while (text < end && *text != ' ')
            text++;
        if (text == word)
            break;
        if (args->count == DIFF_ARGS_MAX)
            return NULL;
        args->word[args->count] = word;
        args->len[args->count++] = (size_t)(text - word);
    }
    const struct diff_op *op = name_len ? find(name, name_len) : NULL;
    return op && args->count >= op->args ? op : NULL;
}

int diff_op_apply(const char *text, size_t len, struct diff_stream *s, struct diff_records *r)
{
    struct diff_args args;
    const struct diff_op *op = split(text, len, &args);

    if (!op)
        return -1;
    if (op->tree && s)
        return s->count < NODES_MAX && op->tree(s, &args);
    return op->records && r ? op->records(r, &args) : 0;
}

int diff_ops_pass(const char *ops, struct diff_stream *s, struct diff_records *r)
{
    int done = 0;

    while (*ops) {
        size_t len = strcspn(ops, ";");
        if (strspn(ops, " ") < len) {
            int one = diff_op_apply(ops, len, s, r);
            if (one < 0)
                return -1;
            done += one;
        }
        ops += len + (ops[len] == ';');
    }
    return done;
}

int diff_apply(const struct diff_stream *base, const char *ops, struct diff_bytes *out)
{
    struct diff_stream s = {0};
    struct diff_records r = {0};
    int done, more = 0;

    diff_stream_copy(&s, base);
    done = diff_ops_pass(ops, &s, NULL);
    if (done >= 0) {
        diff_flatten(&s, &r);
        more = diff_ops_pass(ops, NULL, &r);
        diff_write(&r, out);
    }
    diff_stream_free(&s);
    diff_records_free(&r);
    return done < 0 ? -1 : done + more;
}

static const struct diff_op *nth(const char *ops, unsigned n)
{
    struct diff_args args;

    for (ops += strspn(ops, "; "); *ops; ops += strspn(ops, "; ")) {
        size_t len = strcspn(ops, ";");
        if (n-- == 0)
            return split(ops, len, &args);
        ops += len;
    }
    return NULL;
}

const char *diff_ops_token(const char *ops, unsigned n)
{
    const struct diff_op *op = nth(ops, n);
    return op ? op->token : NULL;
}

size_t diff_ops_section(const char *ops, const char *where, unsigned at, char *out, size_t size)
{
    size_t len = 0;
    int inside = 0;

    *out = 0;
    while (*(ops += strspn(ops, "; "))) {
        struct diff_args args;
        size_t one = strcspn(ops, ";");
        const struct diff_op *op = split(ops, one, &args);
        if (op && strncmp(op->name, "at.", 3) == 0)
            inside = strcmp(op->name, where) == 0 && diff_arg_number(&args, 0, -1) == (long)at;
        else if (inside && len + one + 3 < size)
            len += (size_t)snprintf(out + len, size - len, "%s%.*s", len ? "; " : "", (int)one, ops);
        ops += one;
    }
    return len;
}

int diff_ops_neutral(const char *ops)
{
    unsigned count = 0, n = 0;
    const struct diff_op *op;

    for (const char *at = ops; *(at += strspn(at, "; ")); at += strcspn(at, ";"))
        count++;
    while (n < count && (op = nth(ops, n)) != NULL && op->neutral)
        n++;
    return count && n == count;
}

/* ---- places ---- */
static int is_word(const char *text, size_t len, const char *name)
{
    return strlen(name) == len && memcmp(text, name, len) == 0;
}

static int step(const struct diff_stream *s, const char *word, size_t len, struct diff_place *at)
{
    uint32_t child;

    if (len > 4 && memcmp(word, "ext.", 4) == 0) {
        long type = strtol(word + 4, NULL, 10);
        uint32_t list = diff_child(s, at->node, "extensions");
        for (child = list ? s->nodes[list].first : 0; child; child = s->nodes[child].next)
            if (s->nodes[child].what == DIFF_EXTENSION && s->nodes[child].value == type)
                break;
        *at = (struct diff_place){child, list};
        return child != 0;
    }
    if (*word >= '0' && *word <= '9') {
        child = diff_child_at(s, at->node, (unsigned)strtol(word, NULL, 10));
    } else {
        child = s->nodes[at->node].first;
        while (child && !is_word(word, len, s->nodes[child].name))
            child = s->nodes[child].next;
    }
    *at = (struct diff_place){child, at->node};
    return child != 0;
}

static uint32_t run_of(const struct diff_stream *s, uint32_t message)
{
    for (uint32_t run = s->nodes[0].first; run; run = s->nodes[run].next)
        for (uint32_t m = s->nodes[run].what == DIFF_RUN ? s->nodes[run].first : 0; m; m = s->nodes[m].next)
            if (m == message)
                return run;
    return 0;
}

int diff_place_find(const struct diff_stream *s, const char *text, size_t len, struct diff_place *out)
{
    const char *end = text + len;
    unsigned long index = 0;

    if (len == 0 || *text < '0' || *text > '9')
        return 0;
    while (text < end && *text >= '0' && *text <= '9' && index < 100000)
        index = index * 10 + (unsigned)(*text++ - '0');
    out->node = diff_message_at(s, (unsigned)index);
    out->parent = out->node ? run_of(s, out->node) : 0;
    while (out->node && text < end) {
        const char *word = ++text;
        while (text < end && *text != '/')
            text++;
        if (word == text || !step(s, word, (size_t)(text - word), out))
            return 0;
    }
    return out->node != 0;
}

/* ---- changes of the tree ---- */
void diff_unlink(struct diff_stream *s, struct diff_place at)
{
    struct diff_node *parent = &s->nodes[at.parent];
    uint32_t before = 0, node;

    for (node = parent->first; node && node != at.node; node = s->nodes[node].next)
        before = node;
    if (!node)
        return;
    if (before)
        s->nodes[before].next = s->nodes[node].next;
    else
        parent->first = s->nodes[node].next;
    if (parent->last == node)
        parent->last = before;
    if (!parent->first && parent->what != DIFF_RUN)
        parent->len = 0; /* a list without items is empty, not what it was read from */
    s->nodes[node].next = 0;
}

void diff_link_behind(struct diff_stream *s, uint32_t parent, uint32_t before, uint32_t node)
{
    uint32_t *link = before ? &s->nodes[before].next : &s->nodes[parent].first;

    s->nodes[node].next = *link;
    *link = node;
    if (s->nodes[parent].last == before)
        s->nodes[parent].last = node;
}

void diff_swap(struct diff_stream *s, uint32_t parent, uint32_t a, uint32_t b)
{
    uint32_t *link_a = NULL, *link_b = NULL, next;

    for (uint32_t *link = &s->nodes[parent].first; *link; link = &s->nodes[*link].next) {
        if (*link == a)
            link_a = link;
        if (*link == b)
            link_b = link;
    }
    if (a == b || !link_a || !link_b)
        return;
    *link_a = b;
    *link_b = a;
    next = s->nodes[a].next;
    s->nodes[a].next = s->nodes[b].next;
    s->nodes[b].next = next;
    if (s->nodes[parent].last == a)
        s->nodes[parent].last = b;
    else if (s->nodes[parent].last == b)
        s->nodes[parent].last = a;
}

uint32_t diff_new(struct diff_stream *s, enum diff_what what, const void *bytes, size_t len)
{
    uint32_t node = (uint32_t)s->count;

    s->nodes = diff_grow(s->nodes, &s->node_cap, s->count + 1, sizeof *s->nodes);
    s->nodes[s->count++] = (struct diff_node){.what = (uint8_t)what, .name = ""};
    diff_set(s, node, bytes, len);
    return node;
}

uint32_t diff_clone(struct diff_stream *s, uint32_t node)
{
    uint32_t copy;

    if (s->count >= NODES_MAX)
        return 0;
    copy = diff_new(s, DIFF_FIELD, NULL, 0);
    s->nodes[copy] = s->nodes[node];
    s->nodes[copy].first = s->nodes[copy].last = s->nodes[copy].next = 0;
    for (uint32_t child = s->nodes[node].first; child; child = s->nodes[child].next) {
        uint32_t below = diff_clone(s, child);
        if (!below)
            return 0;
        diff_link_behind(s, copy, s->nodes[copy].last, below);
    }
    return copy;
}

void diff_set(struct diff_stream *s, uint32_t node, const void *bytes, size_t len)
{
    struct diff_node *n = &s->nodes[node];

    n->first = n->last = 0;
    n->offset = (uint32_t)s->text.len;
    n->len = (uint32_t)len;
    diff_bytes_add(&s->text, bytes, len);
}
