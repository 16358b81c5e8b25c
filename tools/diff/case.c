/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/case.h"
#include "tools/diff/mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- stimuli ---- */

int diff_stimulus_add(struct diff_stimulus *s, const void *bytes, size_t len)
{
    if (s->cap - s->len < len) {
        size_t cap = (s->len + len) * 2;
        uint8_t *grown = realloc(s->bytes, cap);
        if (!grown)
            return -1;
        s->bytes = grown;
        s->cap = cap;
    }
    if (len)
        memcpy(s->bytes + s->len, bytes, len);
    s->len += len;
    return 0;
}

int diff_stimulus_cut(struct diff_stimulus *s)
{
    size_t *grown = realloc(s->cuts, (s->cut_count + 1) * sizeof *grown);
    if (!grown)
        return -1;
    s->cuts = grown;
    s->cuts[s->cut_count++] = s->len;
    return 0;
}

int diff_stimulus_copy(struct diff_stimulus *to, const struct diff_stimulus *from)
{
    memset(to, 0, sizeof *to);
    to->role = from->role;
    if (from->len && diff_stimulus_add(to, from->bytes, from->len))
        return -1;
    if (from->cut_count) {
        to->cuts = malloc(from->cut_count * sizeof *to->cuts);
        if (!to->cuts)
            return -1;
        memcpy(to->cuts, from->cuts, from->cut_count * sizeof *to->cuts);
        to->cut_count = from->cut_count;
    }
    return 0;
}

void diff_stimulus_free(struct diff_stimulus *s)
{
    free(s->bytes);
    free(s->cuts);
    memset(s, 0, sizeof *s);
}

/* ---- names ---- */

void diff_sha256(const void *bytes, size_t len, uint8_t out[32])
{
    static const WCHAR name[] = L"SHA256";
    DWORD size = 32;
    if (!CryptHashCertificate2(name, 0, NULL, bytes, (DWORD)len, out, &size))
        memset(out, 0, 32);
}

void diff_case_name(const struct diff_base *base, uint64_t seed, char *out, size_t size)
{
    if (seed)
        snprintf(out, size, "%.*s~%llx", DIFF_NAME_MAX, base->name, (unsigned long long)seed);
    else
        snprintf(out, size, "%.*s", DIFF_NAME_MAX, base->name);
}

static void make_id(struct diff_case *c)
{
    char text[64 + 32 + DIFF_OPS_MAX];
    uint8_t hash[32];
    size_t used =
        (size_t)snprintf(text, 64, "%s\n%s\n", DIFF_PROFILE, c->base->profile ? c->base->profile : "common");
    memcpy(text + used, c->base->content, 32);
    used += 32;
    size_t ops = strlen(c->ops);
    memcpy(text + used, c->ops, ops);
    diff_sha256(text, used + ops, hash);
    for (int i = 0; i < 6; i++)
        snprintf(c->id + 2 * i, 3, "%02x", hash[i]);
}

static int make(struct diff_case *c)
{
    if (c->base->kind->prepare(c))
        return -1;
    make_id(c);
    return 0;
}

int diff_case_make(struct diff_case *c, const struct diff_base *base, uint64_t seed)
{
    return diff_case_sketch(c, base, seed, 0);
}

int diff_case_sketch(struct diff_case *c, const struct diff_base *base, uint64_t seed, int bare)
{
    memset(c, 0, sizeof *c);
    c->base = base;
    c->seed = seed;
    c->bare = bare;
    diff_case_name(base, seed, c->name, sizeof c->name);
    return make(c);
}

int diff_case_given(struct diff_case *c, const struct diff_base *base, const char *ops)
{
    memset(c, 0, sizeof *c);
    c->base = base;
    c->seed = DIFF_SEED_GIVEN;
    diff_case_name(base, 0, c->name, sizeof c->name);
    if ((size_t)snprintf(c->ops, sizeof c->ops, "%s", ops) >= sizeof c->ops)
        return -1;
    unsigned n = 0;
    for (const char *at = c->ops; *(at += strspn(at, "; ")); at += strcspn(at, ";"))
        if (!diff_ops_token(c->ops, n++))
            return -1;
    return n ? make(c) : -1;
}

void diff_case_free(struct diff_case *c)
{
    diff_stimulus_free(&c->stimulus);
}
