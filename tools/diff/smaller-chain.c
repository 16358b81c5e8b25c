/* SPDX-License-Identifier: MIT
 *
 * A chain made small: first its items, then the extensions of what is left.  A certificate that loses one is
 * not signed again, since nobody here has the key: where the signature matters all of them stay, and an
 * anchor, whose own is not looked at, loses what it can. */
#include <config.h>

#include "tools/diff/bytes.h"
#include "tools/diff/chain.h"
#include "tools/diff/one.h"
#include "tools/diff/shrink.h"
#include "tools/diff/smaller.h"
#include "tools/diff/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct links {
    const struct diff_options *options;
    struct diff_base base;
    struct diff_stimulus from; /* what pieces are of */
    struct chain_item items[CHAIN_ITEMS_MAX];
    int count;
    struct diff_result as;
    /* writes `from` without what is gone */
    int (*write)(const struct links *, const uint8_t *gone, struct diff_stimulus *out);
};

static int write_items(const struct links *l, const uint8_t *gone, struct diff_stimulus *out)
{
    for (int i = 0; i < l->count; i++)
        if (!gone[i] && chain_put(out, l->items[i].kind, l->items[i].ptr, l->items[i].len))
            return -1;
    return 0;
}

static int has_extensions(const struct chain_item *item)
{
    return item->kind == CHAIN_ANCHOR || item->kind == CHAIN_CERT;
}

static int write_extensions(const struct links *l, const uint8_t *gone, struct diff_stimulus *out)
{
    struct diff_bytes der = {0};
    int failed = 0;
    for (int i = 0; i < l->count && !failed; i++) {
        const struct chain_item *item = &l->items[i];
        if (has_extensions(item)) {
            der.len = 0;
            gone += diff_der_extensions(item->ptr, item->len, gone, &der);
            failed = chain_put(out, item->kind, der.ptr, der.len);
        } else {
            failed = chain_put(out, item->kind, item->ptr, item->len);
        }
    }
    diff_bytes_free(&der);
    return failed;
}

/* What a caller of the chain functions sees of it too: the policy's error, and what the chain is not trusted
 * for
 * ("trust=00000008/..."). */
static int same_chain(const struct diff_result *a, const struct diff_result *b)
{
    int same = diff_same_result(a, b);
    for (unsigned i = 0; same && i < a->count; i++)
        same = a->of[i].status == b->of[i].status &&
               strncmp(a->of[i].attributes, b->of[i].attributes, sizeof "trust=00000000" - 1) == 0;
    return same;
}

/* The base that a file of it would be. */
static void become(struct links *l, const struct diff_stimulus *s)
{
    l->base.stimulus = *s;
    diff_sha256(s->bytes, s->len, l->base.content);
}

static int comes_out_alike(struct links *l, const struct diff_stimulus *s)
{
    struct diff_case c;
    struct diff_result r;
    become(l, s);
    int alike = diff_case_make(&c, &l->base, 0) == 0 && diff_run_apart(l->options, &c, &r) == 0 &&
                same_chain(&r, &l->as);
    diff_case_free(&c);
    return alike;
}

static int holds(void *user, const uint8_t *gone)
{
    struct links *l = user;
    struct diff_stimulus s = {0};
    int held = l->write(l, gone, &s) == 0 && comes_out_alike(l, &s);
    diff_stimulus_free(&s);
    return held;
}

/* One way to see it as pieces; what is left of it is `from` afterwards. */
static int pass(struct links *l, const char *pieces, size_t count, unsigned *tries)
{
    struct diff_shrink s = {.holds = holds, .user = l, .tries = *tries, .tries_max = l->options->tries};
    struct diff_stimulus out = {0};
    s.count = count < DIFF_SHRINK_MAX ? count : DIFF_SHRINK_MAX;
    size_t went = diff_shrink(&s);
    if (went && l->write(l, s.gone, &out))
        return -1;
    if (went) {
        printf("  %-12s %4zu of %4zu   %6zu -> %zu octets\n", pieces, went, s.count, l->from.len, out.len);
        diff_stimulus_free(&l->from);
        l->from = out;
        l->count = chain_items(l->from.bytes, l->from.len, l->items);
    }
    *tries = s.tries;
    return 0;
}

static size_t extensions_of(const struct links *l)
{
    size_t count = 0;
    for (int i = 0; i < l->count; i++)
        if (has_extensions(&l->items[i]))
            count += diff_der_extensions(l->items[i].ptr, l->items[i].len, NULL, NULL);
    return count;
}

static int print_smallest(struct links *l, const struct diff_case *from, unsigned tries)
{
    struct diff_case c;
    struct diff_result r;
    char note[DIFF_NAME_MAX + 128];
    become(l, &l->from);
    int code =
        diff_case_make(&c, &l->base, 0) || diff_run_apart(l->options, &c, &r) || !same_chain(&r, &l->as)
            ? diff_failed("%s: what is left does not come out twice alike", from->name)
            : 0;
    if (!code) {
        printf("%d items and %zu octets of %zu are left, after %u executions\n", l->count, l->from.len,
               from->stimulus.len, tries);
        diff_one_print(&c);
        diff_result_print(&r, l->options->backends);
        snprintf(note, sizeof note, "the smallest of %s, %s", from->name, diff_verdict_name(r.verdict));
        code = diff_one_write(l->options, &c, &r, note);
    }
    diff_case_free(&c);
    return code;
}

int diff_smaller_chain(struct diff_options *o, const struct diff_case *c)
{
    struct links *l = calloc(1, sizeof *l);
    unsigned tries = 0;
    char name[] = "minimised";
    if (!l || diff_stimulus_copy(&l->from, &c->stimulus)) {
        free(l);
        return diff_failed("no memory");
    }
    l->options = o;
    l->base = *c->base;
    l->base.name = name;
    l->count = chain_items(l->from.bytes, l->from.len, l->items);
    int code = diff_run_apart(o, c, &l->as) ? diff_failed("no child can be started") : 0;
    if (!code) {
        diff_one_print(c);
        diff_result_print(&l->as, o->backends);
        l->write = write_items;
        code = pass(l, "items", (size_t)l->count, &tries);
        l->write = write_extensions;
        code = code || pass(l, "extensions", extensions_of(l), &tries) ? DIFF_EXIT_USAGE : 0;
    }
    code = code ? code : print_smallest(l, c, tries);
    diff_stimulus_free(&l->from);
    free(l);
    return code;
}
