/* SPDX-License-Identifier: MIT
 *
 * Operations on records that are protected: what is protected how (struct diff_how).  They mean something to
 * who knows the secrets of a connection (tools/diff/secret), and nothing in the clear. */
#include <config.h>

#include "tools/diff/mutate.h"

static struct diff_how *how(struct diff_records *r, const struct diff_args *args)
{
    long i = diff_arg_number(args, 0, -1);
    return i >= 0 && (size_t)i < r->count && !r->of[i].raw ? &r->of[i].how : NULL;
}

static int flag(struct diff_records *r, const struct diff_args *args, enum diff_how_flag which)
{
    struct diff_how *h = how(r, args);
    if (h)
        h->flags |= (uint8_t)which;
    return h != NULL;
}

static int seal_bare(struct diff_records *r, const struct diff_args *args)
{
    return flag(r, args, DIFF_BARE);
}

static int seal_clear(struct diff_records *r, const struct diff_args *args)
{
    return flag(r, args, DIFF_CLEAR);
}

static int seal_again(struct diff_records *r, const struct diff_args *args)
{
    return flag(r, args, DIFF_AGAIN);
}

static int seal_keep(struct diff_records *r, const struct diff_args *args)
{
    return flag(r, args, DIFF_KEEP);
}

/* Argument 1, from 0 to so many octets. */
static int octets(const struct diff_args *args, uint16_t *to)
{
    long value = diff_arg_number(args, 1, -1);

    if (value < 0 || value > 32000)
        return 0;
    *to = (uint16_t)value;
    return 1;
}

static int seal_pad(struct diff_records *r, const struct diff_args *args)
{
    struct diff_how *h = how(r, args);
    return h && octets(args, &h->pad);
}

static int seal_full(struct diff_records *r, const struct diff_args *args)
{
    return seal_pad(r, args) && flag(r, args, DIFF_FULL);
}

static int seal_grow(struct diff_records *r, const struct diff_args *args)
{
    struct diff_how *h = how(r, args);
    return h && octets(args, &h->grow);
}

/* The octet counts from the end: 0 to 15 are the tag. */
static int seal_flip(struct diff_records *r, const struct diff_args *args)
{
    struct diff_how *h = how(r, args);

    if (!h || !octets(args, &h->flip))
        return 0;
    h->flip++;
    return 1;
}

static int seal_number(struct diff_records *r, const struct diff_args *args)
{
    struct diff_how *h = how(r, args);
    long value = diff_arg_number(args, 1, 0);

    if (!h || value < -1000 || value > 1000 || value == 0)
        return 0;
    h->number = (int16_t)value;
    return 1;
}

static int seal_outer(struct diff_records *r, const struct diff_args *args)
{
    struct diff_how *h = how(r, args);
    long value = diff_arg_number(args, 1, 0);

    if (!h || value < 1 || value > 255)
        return 0;
    h->outer = (uint8_t)value;
    return 1;
}

static int seal_key(struct diff_records *r, const struct diff_args *args)
{
    static const char *const words[] = {"due", "handshake", "data", "next", "back"};
    struct diff_how *h = how(r, args);

    for (uint8_t i = 0; h && i < sizeof words / sizeof *words; i++)
        if (diff_arg_is(args, 1, words[i])) {
            h->key = i;
            return 1;
        }
    return 0;
}

const struct diff_op diff_seal_ops[] = {
    {DIFF_OP("at.sealed"), NULL, NULL, 1, 0},   /* says which protected batch is meant (secret/middle.h) */
    {DIFF_OP("seal.finish"), NULL, NULL, 0, 0}, /* a Finished that fits what came before (secret/middle.c) */
    {DIFF_OP("seal.bare"), NULL, seal_bare, 1, 0},     {DIFF_OP("seal.clear"), NULL, seal_clear, 1, 0},
    {DIFF_OP("seal.again"), NULL, seal_again, 1, 0},   {DIFF_OP("seal.keep"), NULL, seal_keep, 1, 0},
    {DIFF_OP("seal.pad"), NULL, seal_pad, 2, 0},       {DIFF_OP("seal.full"), NULL, seal_full, 2, 0},
    {DIFF_OP("seal.grow"), NULL, seal_grow, 2, 0},     {DIFF_OP("seal.flip"), NULL, seal_flip, 2, 0},
    {DIFF_OP("seal.number"), NULL, seal_number, 2, 0}, {DIFF_OP("seal.outer"), NULL, seal_outer, 2, 0},
    {DIFF_OP("seal.key"), NULL, seal_key, 2, 0},       {NULL, NULL, NULL, NULL, 0, 0},
};
