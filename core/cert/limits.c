/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/limits.h"

#include "core/cert/path.h"

#include <stdlib.h>
#include <string.h>

#define DISTRUSTED_MAX 8192u

/* ---- limits ---- */

static struct sspi_bytes keep(uint8_t **at, struct sspi_bytes from)
{
    struct sspi_bytes kept = {*at, from.len};
    if (!from.ptr)
        return from;
    memcpy(*at, from.ptr, from.len);
    *at += from.len;
    return kept;
}

struct anchor_limits *limits_new(const struct anchor_limits *from)
{
    size_t size = sizeof *from + from->usage.len + from->reject.len + from->names.len;
    struct anchor_limits *l = malloc(size);
    if (!l)
        return NULL;
    uint8_t *at = l->bytes;
    l->references = 1;
    l->usage = keep(&at, from->usage);
    l->reject = keep(&at, from->reject);
    l->names = keep(&at, from->names);
    l->distrust_after = from->distrust_after;
    return l;
}

struct anchor_limits *limits_hold(struct anchor_limits *l)
{
    if (l)
        __atomic_add_fetch(&l->references, 1, __ATOMIC_RELAXED);
    return l;
}

void limits_drop(struct anchor_limits *l)
{
    if (l && __atomic_sub_fetch(&l->references, 1, __ATOMIC_ACQ_REL) == 0)
        free(l);
}

static int lists(struct sspi_bytes oids, struct sspi_bytes purpose)
{
    struct x509 x = {.has = X509_EXTENDED_USAGE, .extended_usage = oids};
    return x509_allows(&x, purpose);
}

int limits_allow(const struct anchor_limits *l, struct sspi_bytes purpose)
{
    return !l ||
           ((!l->usage.ptr || lists(l->usage, purpose)) && (!l->reject.ptr || !lists(l->reject, purpose)));
}

#define PURPOSE(literal)                                                                                     \
    {                                                                                                        \
        (const uint8_t *)(literal), sizeof(literal) - 1                                                      \
    }
static const struct sspi_bytes server_auth = PURPOSE("\x2b\x06\x01\x05\x05\x07\x03\x01"),
                               client_auth = PURPOSE("\x2b\x06\x01\x05\x05\x07\x03\x02");

int limits_allow_tls(const struct anchor_limits *l)
{
    return limits_allow(l, server_auth) || limits_allow(l, client_auth);
}

/* ---- distrust ---- */

struct distrust *distrust_new(void)
{
    struct distrust *d = calloc(1, sizeof *d);
    if (d)
        d->references = 1;
    return d;
}

struct distrust *distrust_hold(struct distrust *d)
{
    if (d)
        __atomic_add_fetch(&d->references, 1, __ATOMIC_RELAXED);
    return d;
}

void distrust_drop(struct distrust *d)
{
    if (!d || __atomic_sub_fetch(&d->references, 1, __ATOMIC_ACQ_REL))
        return;
    for (unsigned i = 0; i < d->count; i++) /* one block each, its first part first */
        free((void *)(uintptr_t)d->entry[i].der.ptr);
    free(d->entry);
    free(d);
}

int distrust_add(struct distrust *d, const struct distrusted *from)
{
    size_t size = from->der.len + from->issuer.len + from->serial.len + from->key_info.len;
    if (d->count == DISTRUSTED_MAX)
        return -1;
    struct distrusted *grown = realloc(d->entry, (d->count + 1u) * sizeof *grown);
    uint8_t *at = grown ? malloc(size + 1) : NULL;
    if (grown)
        d->entry = grown;
    if (!at)
        return -1;
    struct distrusted *to = &d->entry[d->count++];
    to->der = (struct sspi_bytes){at, from->der.len};
    if (from->der.len)
        memcpy(at, from->der.ptr, from->der.len);
    at += from->der.len;
    to->issuer = keep(&at, from->issuer);
    to->serial = keep(&at, from->serial);
    to->key_info = keep(&at, from->key_info);
    return 0;
}

int distrust_has(const struct distrust *d, const struct x509 *x)
{
    for (unsigned i = 0; d && i < d->count; i++) {
        const struct distrusted *e = &d->entry[i];
        if ((e->der.len && der_equal(e->der, x->der)) ||
            (e->issuer.len && e->serial.len && der_equal(e->issuer, x->issuer) &&
             der_equal(e->serial, x->serial)) ||
            (e->key_info.len && der_equal(e->key_info, x->key_info)))
            return 1;
    }
    return 0;
}

/* ---- a path ---- */

static int usage_allowed(const struct path_job *job, const struct anchor_limits *l)
{
    unsigned allowed = 0;
    if (!job->usage_count) /* nobody said what for: what a bundle for TLS holds is what servers may show */
        return limits_allow(l, server_auth);
    for (unsigned i = 0; i < job->usage_count; i++)
        allowed += limits_allow(l, job->usages[i]) != 0;
    return job->usage_or ? allowed > 0 : allowed == job->usage_count;
}

static int for_servers(const struct path_job *job)
{
    int asked = job->usage_count == 0;
    for (unsigned i = 0; i < job->usage_count; i++)
        asked |= der_equal(job->usages[i], server_auth);
    return asked;
}

static void judge_anchor(const struct path_job *job, struct path *p, unsigned *budget)
{
    unsigned last = p->count - 1;
    const struct anchor_limits *l = anchors_limits(job->anchors, p->cert[last]);
    if (!l)
        return;
    if (!usage_allowed(job, l))
        p->fault[last] |= PATH_USAGE;
    if (for_servers(job) && p->cert[0]->not_before > l->distrust_after)
        p->fault[last] |= PATH_DISTRUSTED;
    struct x509 issuer = {.name_constraints = l->names};
    for (unsigned j = 0; l->names.ptr && j < last; j++)
        if ((j == 0 || !x509_self_issued(p->cert[j])) &&
            !constraints_permit(&issuer, p->cert[j], j == 0 && job->host, budget))
            p->fault[j] |= PATH_NAMES;
}

void limits_judge(const struct path_job *job, struct path *p, unsigned *budget)
{
    int failed;
    struct distrust *machine = distrust_machine(&failed);
    if (failed) /* it may be on the list that could not be read */
        p->fault[0] |= PATH_OTHER;
    for (unsigned i = 0; i < p->count; i++)
        if (distrust_has(machine, p->cert[i]) ||
            (job->anchors && distrust_has(job->anchors->distrust, p->cert[i])))
            p->fault[i] |= PATH_DISTRUSTED;
    distrust_drop(machine);
    if (p->anchored)
        judge_anchor(job, p, budget);
}
