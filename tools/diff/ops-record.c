/* SPDX-License-Identifier: MIT
 *
 * Operations on records. */
#include <config.h>

#include "tools/diff/mutate.h"

#include <string.h>

enum { RECORDS_MAX = 4096 };

/* The record that an argument names, or NULL. */
static struct diff_flat *named(struct diff_records *r, const struct diff_args *args, unsigned index)
{
    long i = diff_arg_number(args, index, -1);
    return i >= 0 && (size_t)i < r->count ? &r->of[i] : NULL;
}

static struct diff_flat *record(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *of = named(r, args, 0);
    return of && !of->raw ? of : NULL;
}

static int insert(struct diff_records *r, size_t at, struct diff_flat flat)
{
    if (r->count >= RECORDS_MAX || at > r->count)
        return 0;
    r->of = diff_grow(r->of, &r->cap, r->count + 1, sizeof *r->of);
    memmove(r->of + at + 1, r->of + at, (r->count - at) * sizeof *r->of);
    r->of[at] = flat;
    r->count++;
    return 1;
}

static void erase(struct diff_records *r, size_t at)
{
    memmove(r->of + at, r->of + at + 1, (r->count - at - 1) * sizeof *r->of);
    r->count--;
}

/* A new record in front of the one that argument 0 names, or at the end where it is their number. */
static int add(struct diff_records *r, const struct diff_args *args, unsigned type, const void *body,
               size_t len)
{
    long i = diff_arg_number(args, 0, -1);
    struct diff_flat flat = {.offset = r->text.len, .len = len, .type = (uint8_t)type, .version = 0x0303};

    if (i < 0 || (size_t)i > r->count)
        return 0;
    diff_bytes_add(&r->text, body, len);
    return insert(r, (size_t)i, flat);
}

static int rec_split(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *of = record(r, args);
    long at = diff_arg_number(args, 1, -1);

    if (!of || at < 0 || (size_t)at > of->len)
        return 0;
    struct diff_flat tail = *of;
    tail.offset += (size_t)at;
    tail.len -= (size_t)at;
    size_t index = (size_t)(of - r->of);
    if (!insert(r, index + 1, tail))
        return 0;
    r->of[index].len = (size_t)at;
    r->of[index].skew = 0;
    return 1;
}

/* With the next one, of whatever type. */
static int rec_merge(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *of = record(r, args), both;

    if (!of || of + 1 == r->of + r->count || of[1].raw)
        return 0;
    both = *of;
    both.offset = r->text.len;
    both.len = of[0].len + of[1].len;
    for (int i = 0; i < 2; i++) {
        uint8_t *to = diff_bytes_room(&r->text, of[i].len);
        memmove(to, r->text.ptr + of[i].offset, of[i].len);
    }
    *of = both;
    erase(r, (size_t)(of - r->of) + 1);
    return 1;
}

static int rec_swap(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *a = named(r, args, 0), *b = named(r, args, 1), keep;

    if (!a || !b || a == b)
        return 0;
    keep = *a;
    *a = *b;
    *b = keep;
    return 1;
}

static int rec_drop(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *of = named(r, args, 0);

    if (!of)
        return 0;
    erase(r, (size_t)(of - r->of));
    return 1;
}

static int rec_dup(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *of = named(r, args, 0);
    return of && insert(r, (size_t)(of - r->of), *of);
}

static int rec_empty(struct diff_records *r, const struct diff_args *args)
{
    return add(r, args, (unsigned)diff_arg_number(args, 1, 22) & 0xFF, NULL, 0);
}

static int rec_type(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *of = record(r, args);

    if (!of)
        return 0;
    of->type = (uint8_t)diff_arg_number(args, 1, 22);
    return 1;
}

static int rec_version(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *of = record(r, args);

    if (!of)
        return 0;
    of->version = (uint16_t)diff_arg_number(args, 1, 0x0303);
    return 1;
}

static int rec_len(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *of = record(r, args);

    if (!of)
        return 0;
    of->skew = diff_arg_skew(args, 1, of->len);
    return 1;
}

static int rec_alert(struct diff_records *r, const struct diff_args *args)
{
    uint8_t body[2] = {(uint8_t)diff_arg_number(args, 1, 1), (uint8_t)diff_arg_number(args, 2, 0)};
    return add(r, args, DIFF_T_ALERT, body, 2);
}

static int rec_ccs(struct diff_records *r, const struct diff_args *args)
{
    uint8_t body = (uint8_t)diff_arg_number(args, 1, 1);
    return add(r, args, DIFF_T_CCS, &body, 1);
}

static int rec_add(struct diff_records *r, const struct diff_args *args)
{
    struct diff_bytes body = {0};
    int good = diff_arg_octets(args, 2, &body) == 0 && body.len <= 65535 &&
               add(r, args, (unsigned)diff_arg_number(args, 1, 23) & 0xFF, body.ptr, body.len);
    diff_bytes_free(&body);
    return good;
}

/* Into records of so many octets. */
static int rec_crumble(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *of = record(r, args);
    long size = diff_arg_number(args, 1, 1);

    if (!of || size < 1 || of->len / (size_t)size > RECORDS_MAX - r->count)
        return 0;
    for (size_t i = (size_t)(of - r->of); r->of[i].len > (size_t)size; i++) {
        struct diff_flat tail = r->of[i];
        tail.offset += (size_t)size;
        tail.len -= (size_t)size;
        if (!insert(r, i + 1, tail))
            return 0;
        r->of[i].len = (size_t)size;
        r->of[i].skew = 0;
    }
    return 1;
}

/* Zeros behind the content, up to so many octets. */
static int rec_grow(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat *of = record(r, args);
    long len = diff_arg_number(args, 1, 0);

    if (!of || len <= (long)of->len || len > 65535)
        return 0;
    size_t from = of->offset;
    of->offset = r->text.len;
    uint8_t *to = diff_bytes_room(&r->text, of->len);
    memmove(to, r->text.ptr + from, of->len);
    diff_bytes_fill(&r->text, 0, (size_t)len - of->len);
    of->len = (size_t)len;
    return 1;
}

/* Ends the stream so many octets before its end. */
static int rec_cut(struct diff_records *r, const struct diff_args *args)
{
    long left = diff_arg_number(args, 0, 0);

    if (left <= 0)
        return 0;
    while (r->count) {
        struct diff_flat *of = &r->of[r->count - 1];
        size_t header = of->raw ? 0 : 5;
        if ((size_t)left < of->len) {
            of->len -= (size_t)left;
            of->skew += (int32_t)(of->raw ? 0 : left);
            return 1;
        }
        left -= (long)of->len;
        if ((size_t)left < header) { /* a part of the header */
            uint8_t bytes[5] = {of->type};
            diff_write_number(bytes + 1, of->version, 2);
            diff_write_number(bytes + 3, of->len, 2);
            *of = (struct diff_flat){.offset = r->text.len, .len = header - (size_t)left, .raw = 1};
            diff_bytes_add(&r->text, bytes, of->len);
            return 1;
        }
        left -= (long)header;
        r->count--;
    }
    return 1;
}

static int rec_tail(struct diff_records *r, const struct diff_args *args)
{
    struct diff_flat flat = {.offset = r->text.len, .raw = 1};

    if (diff_arg_octets(args, 0, &r->text) != 0)
        return 0;
    flat.len = r->text.len - flat.offset;
    return insert(r, r->count, flat);
}

const struct diff_op diff_record_ops[] = {
    {DIFF_OP("rec.split"), NULL, rec_split, 2, 0},
    {DIFF_OP("rec.merge"), NULL, rec_merge, 1, 0},
    {DIFF_OP("rec.swap"), NULL, rec_swap, 2, 0},
    {DIFF_OP("rec.drop"), NULL, rec_drop, 1, 0},
    {DIFF_OP("rec.dup"), NULL, rec_dup, 1, 0},
    {DIFF_OP("rec.empty"), NULL, rec_empty, 2, 0},
    {DIFF_OP("rec.type"), NULL, rec_type, 2, 0},
    {DIFF_OP("rec.version"), NULL, rec_version, 2, 0},
    {DIFF_OP("rec.len"), NULL, rec_len, 2, 0},
    {DIFF_OP("rec.alert"), NULL, rec_alert, 3, 0},
    {DIFF_OP("rec.ccs"), NULL, rec_ccs, 2, 0},
    {DIFF_OP("rec.add"), NULL, rec_add, 3, 0},
    {DIFF_OP("rec.crumble"), NULL, rec_crumble, 2, 0},
    {DIFF_OP("rec.grow"), NULL, rec_grow, 2, 0},
    {DIFF_OP("rec.cut"), NULL, rec_cut, 1, 0},
    {DIFF_OP("rec.tail"), NULL, rec_tail, 1, 0},
    {NULL, NULL, NULL, NULL, 0, 0},
};
