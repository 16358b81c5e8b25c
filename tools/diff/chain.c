/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the form ---- */

int chain_items(const uint8_t *bytes, size_t len, struct chain_item out[CHAIN_ITEMS_MAX])
{
    int count = 0;
    for (size_t at = 0; at < len; count++) {
        if (count == CHAIN_ITEMS_MAX || len - at < 5)
            return -1;
        const uint8_t *p = bytes + at + 1;
        uint32_t size = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
        if (size > len - at - 5)
            return -1;
        out[count] = (struct chain_item){bytes[at], p + 4, size};
        at += 5 + size;
    }
    return count;
}

int chain_put(struct diff_stimulus *s, uint8_t kind, const void *bytes, size_t len)
{
    const uint8_t head[] = {kind, (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                            (uint8_t)len};
    return diff_stimulus_add(s, head, sizeof head) || diff_stimulus_add(s, bytes, len) || diff_stimulus_cut(s)
               ? -1
               : 0;
}

int chain_put_time(struct diff_stimulus *s, int64_t seconds)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)seconds >> (56 - 8 * i));
    return chain_put(s, CHAIN_TIME, bytes, sizeof bytes);
}

/* ---- operations: one follows from each seed ---- */

struct operation {
    const char *name, *feature;
};
enum { DROP, TWICE, REVERSE, FLIP, CUT, LATER, OTHER_HOST, OPERATIONS };
static const struct operation operations[OPERATIONS] = {
    [DROP] = {"cert.drop", "op.cert.drop"},
    [TWICE] = {"cert.dup", "op.cert.dup"},
    [REVERSE] = {"certs.reverse", "op.certs.reverse"},
    [FLIP] = {"cert.flip", "op.cert.flip"},
    [CUT] = {"cert.cut", "op.cert.cut"},
    [LATER] = {"time.later", "op.time.later"},
    [OTHER_HOST] = {"host.other", "op.host.other"},
};

/* The certificate item, or list, that an operation is about; -1: there is none. */
static int pick(const struct chain_item *items, int count, uint64_t r)
{
    int certs = 0;
    for (int i = 0; i < count; i++)
        certs += items[i].kind == CHAIN_CERT || items[i].kind == CHAIN_LIST;
    int want = certs ? (int)(r % (unsigned)certs) : 0;
    for (int i = 0; i < count; i++)
        if ((items[i].kind == CHAIN_CERT || items[i].kind == CHAIN_LIST) && want-- == 0)
            return i;
    return -1;
}

static int put_changed(struct diff_stimulus *to, const struct chain_item *item, int op, size_t where)
{
    uint8_t *copy = malloc(item->len + 1);
    if (!copy)
        return -1;
    memcpy(copy, item->ptr, item->len);
    size_t len = item->len;
    if (op == FLIP && len)
        copy[where / 8 % len] ^= (uint8_t)(1 << where % 8);
    if (op == CUT)
        len = len ? where % len : 0;
    int failed = chain_put(to, item->kind, copy, len);
    free(copy);
    return failed;
}

static int apply(struct diff_case *c, const struct chain_item *items, int count, int op, int which,
                 size_t where)
{
    int failed = 0;
    for (int n = 0; n < count && !failed; n++) {
        int i = op == REVERSE ? count - 1 - n
                              : n; /* the leaf moves too: the last stays what it was only by luck */
        const struct chain_item *item = &items[i];
        if (i == which && op == DROP)
            continue;
        if (i == which && (op == FLIP || op == CUT)) {
            failed = put_changed(&c->stimulus, item, op, where);
            continue;
        }
        if (item->kind == CHAIN_TIME && op == LATER)
            continue;
        if (item->kind == CHAIN_HOST && op == OTHER_HOST)
            continue;
        failed = chain_put(&c->stimulus, item->kind, item->ptr, item->len);
        if (i == which && op == TWICE && !failed)
            failed = chain_put(&c->stimulus, item->kind, item->ptr, item->len);
    }
    if (op == LATER && !failed)
        failed = chain_put_time(&c->stimulus, (int64_t)1 << 31);
    if (op == OTHER_HOST && !failed)
        failed = chain_put(&c->stimulus, CHAIN_HOST, "other.example", 13);
    return failed;
}

static int mutate(struct diff_case *c, const struct chain_item *items, int count)
{
    if (c->seed == DIFF_SEED_GIVEN)
        return -1; /* they are not read here */
    struct diff_random r = diff_random_of(c->seed, diff_hash(0, c->base->content, sizeof c->base->content));
    int op = (int)diff_random_below(&r, OPERATIONS), which = pick(items, count, diff_random_next(&r));
    if (which < 0)
        return -1;
    size_t where = diff_random_below(&r, items[which].len * 8 + 1);
    if (op == FLIP || op == CUT)
        snprintf(c->ops, sizeof c->ops, "%s %d %zu", operations[op].name, which, where);
    else
        snprintf(c->ops, sizeof c->ops, "%s %d", operations[op].name, op == DROP || op == TWICE ? which : 0);
    c->features[c->feature_count++] = operations[op].feature;
    return apply(c, items, count, op, which, where);
}

/* ---- the kind ---- */

/* An authorityKeyIdentifier that names the issuer otherwise than by its key (RFC 5280 4.2.1.1). */
static int lacks_key_identifier(const struct chain_item *item)
{
    static const uint8_t oid[] = {0x06, 0x03, 0x55, 0x1d, 0x23, 0x04};
    const uint8_t *found = memmem(item->ptr, item->len, oid, sizeof oid);
    size_t left = found ? item->len - (size_t)(found - item->ptr) : 0;
    /* 04 LEN 30 LEN TAG */
    return left > 10 && found[7] == 0x30 && (found[8] == 0 || found[9] != 0x80);
}

/* What the chain shows, in the order of the alphabet. */
static void features(struct diff_case *c, const struct chain_item *items, int count)
{
    int lists = 0, ip = 0, client = 0, certs = 0, no_key = 0;
    for (int i = 0; i < count; i++) {
        const struct chain_item *item = &items[i];
        lists |= item->kind == CHAIN_LIST;
        no_key |= (item->kind == CHAIN_CERT || item->kind == CHAIN_ANCHOR) && lacks_key_identifier(item);
        certs += item->kind == CHAIN_CERT;
        client |= item->kind == CHAIN_USAGE && item->len == 17 && !memcmp(item->ptr, "1.3.6.1.5.5.7.3.2", 17);
        ip |= item->kind == CHAIN_HOST && item->len &&
              strspn((const char *)item->ptr, "0123456789.") >= item->len;
        ip |= item->kind == CHAIN_HOST && memchr(item->ptr, ':', item->len) != NULL;
    }
    if (no_key)
        c->features[c->feature_count++] = "cert.aki.without.key";
    c->features[c->feature_count++] = "chain";
    if (client)
        c->features[c->feature_count++] = "chain.client";
    if (ip)
        c->features[c->feature_count++] = "chain.ip";
    if (lists)
        c->features[c->feature_count++] = "chain.list";
    if (certs > 4)
        c->features[c->feature_count++] = "chain.long";
}

static int prepare(struct diff_case *c)
{
    struct chain_item items[CHAIN_ITEMS_MAX];
    int count = chain_items(c->base->stimulus.bytes, c->base->stimulus.len, items);
    if (count < 0)
        return -1;
    features(c, items, count);
    return c->seed ? mutate(c, items, count) : diff_stimulus_copy(&c->stimulus, &c->base->stimulus);
}

static void observe(const struct diff_case *c, const struct diff_backend *backend, unsigned which,
                    struct diff_observation *out)
{
    (void)backend;
    chain_ask(which, &c->stimulus, out);
}

const struct diff_kind diff_chain = {
    .name = "chain",
    .prepare = prepare,
    .observe = observe,
    .begin = chain_begin,
    .end = chain_end,
};
