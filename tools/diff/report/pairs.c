/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/report/pairs.h"
#include "tools/diff/report/totals.h"

#include <string.h>

static int same_text(const json_t *a, const json_t *b, const char *key)
{
    return !strcmp(json_text(a, key), json_text(b, key));
}

int pairs_alike(const json_t *a, const json_t *b)
{
    return same_text(a, b, "state") && same_text(a, b, "end") && same_text(a, b, "class") &&
           json_equal(json_object_get(a, "alert"), json_object_get(b, "alert")) &&
           same_text(a, b, "status") && same_text(a, b, "attrs") && same_text(a, b, "reply");
}

static int took_part(const json_t *s)
{
    return s && strcmp(json_text(s, "end"), "skipped");
}

/* What follows `prefix` among the features; NULL: none has it. */
static const char *feature(const struct run_case *c, const char *prefix)
{
    json_t *one;
    size_t i, len = strlen(prefix);
    json_array_foreach(json_object_get(c->json, "features"), i,
                       one) if (json_is_string(one) &&
                                !strncmp(json_string_value(one), prefix, len)) return json_string_value(one) +
        len;
    return NULL;
}

/* The layer that operations are of ("rec", "hs", "ext"...); "" without, "more" of several. */
static void family_of(const struct run_case *c, char *out, size_t size)
{
    json_t *one;
    size_t i;
    *out = 0;
    json_array_foreach(json_object_get(c->json, "ops"), i, one)
    {
        const char *op = json_is_string(one) ? json_string_value(one) : "";
        size_t len = strcspn(op, ". ");
        if (!strncmp(op, "at.", 3)) /* where, and not what */
            continue;
        if (!*out)
            snprintf(out, size, "%.*s", (int)len, op);
        else if (strlen(out) != len || strncmp(out, op, len))
            snprintf(out, size, "more");
    }
}

static json_t *member(json_t *object, const char *key)
{
    json_t *at = json_object_get(object, key);
    if (!at)
        json_object_set_new(object, key, at = json_object());
    return at;
}

/* Does backend `which` do as any other does?  Where nobody does as another, none of them. */
static int has_company(const struct run *r, const struct run_case *c, unsigned which)
{
    for (unsigned i = 0; i < r->backends; i++)
        if (i != which && took_part(c->seen[i]) && pairs_alike(c->seen[which], c->seen[i]))
            return 1;
    return 0;
}

void pairs_add(json_t *pairs, const struct run *r, const struct run_case *c)
{
    const char *peer = feature(c, "live.peer."), *role = feature(c, "role.");
    char family[24], pair[160];
    if (!peer || !role)
        return;
    family_of(c, family, sizeof family);
    int serves = !strcmp(role, "accept");
    for (unsigned i = 0; i < r->backends; i++) {
        if (!took_part(c->seen[i]))
            continue;
        const char *mine = r->backend[i];
        snprintf(pair, sizeof pair, "%s %s", serves ? peer : mine, serves ? mine : peer);
        totals_count(member(member(pairs, pair), family),
                     strcmp(c->verdict, "AGREE") && !has_company(r, c, i) ? c->verdict : "AGREE", 1);
    }
}
