/* SPDX-License-Identifier: MIT
 *
 * Trust anchors: those of a store, and the system's with what programs added. */
#include <config.h>

#include "core/cert/anchors.h"

#include "core/cert/store.h"
#include "core/cert/system.h"
#include "core/once.h"

#include <stdlib.h>
#include <string.h>

#define ANCHORS_MAX 4096u
#define LISTS_MAX   1024u

static int compare_names(struct sspi_bytes a, struct sspi_bytes b)
{
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare(const void *a, const void *b)
{
    const struct anchor *x = a, *y = b;
    return compare_names(x->data->x.subject, y->data->x.subject);
}

struct cert_anchors *anchors_new(void)
{
    struct cert_anchors *a = calloc(1, sizeof *a);
    if (a)
        a->references = 1;
    return a;
}

/* Grows by doubling. */
int anchors_append(struct cert_anchors *a, struct anchor more)
{
    if (a->count == ANCHORS_MAX)
        return -1;
    if ((a->count & (a->count - 1)) == 0) {
        size_t room = a->count ? 2 * (size_t)a->count : 1;
        struct anchor *grown = realloc(a->anchor, room * sizeof *grown);
        if (!grown)
            return -1;
        a->anchor = grown;
    }
    certificate_data_hold(more.data);
    limits_hold(more.limits);
    a->anchor[a->count++] = more;
    return 0;
}

int anchors_settle(struct cert_anchors *a)
{
    if (a->count == 0)
        return 0;
    qsort(a->anchor, a->count, sizeof *a->anchor, compare);
    free(a->der); /* of an earlier order */
    if (!(a->der = calloc(a->count, sizeof *a->der)))
        return -1;
    for (unsigned i = 0; i < a->count; i++)
        a->der[i] = a->anchor[i].data->x.der;
    return 0;
}

static void drop_one(struct anchor *anchor)
{
    certificate_data_drop(anchor->data);
    limits_drop(anchor->limits);
}

void anchors_leave_out(struct cert_anchors *a, const struct distrust *d)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < a->count; i++) {
        if (distrust_has(d, &a->anchor[i].data->x))
            drop_one(&a->anchor[i]);
        else
            a->anchor[kept++] = a->anchor[i];
    }
    a->count = kept;
}

void cert_anchors_release(struct cert_anchors *a)
{
    if (!a || __atomic_sub_fetch(&a->references, 1, __ATOMIC_ACQ_REL))
        return;
    for (unsigned i = 0; i < a->count; i++)
        drop_one(&a->anchor[i]);
    for (unsigned i = 0; i < a->crl_count; i++)
        free((void *)(uintptr_t)a->crl[i].ptr);
    free(a->anchor);
    free(a->der);
    free(a->crl);
    distrust_drop(a->distrust);
    free(a);
}

const struct sspi_bytes *cert_anchors_der(const struct cert_anchors *a, unsigned *count)
{
    *count = a ? a->count : 0;
    return a ? a->der : NULL;
}

unsigned anchors_named(const struct cert_anchors *a, struct sspi_bytes name, unsigned *first)
{
    unsigned low = 0, high = a->count, count = 0;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (compare_names(a->anchor[middle].data->x.subject, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (low + count < a->count && der_equal(a->anchor[low + count].data->x.subject, name))
        count++;
    return count;
}

/* Where the administrator's folder or a program repeats what the distribution limits, no limit holds. */
static const struct anchor *find(const struct cert_anchors *a, const struct x509 *x)
{
    unsigned first, count = anchors_named(a, x->subject, &first);
    const struct anchor *found = NULL;
    for (unsigned i = 0; i < count; i++)
        if (der_equal(a->anchor[first + i].data->x.der, x->der) && (!found || found->limits))
            found = &a->anchor[first + i];
    return found;
}

int anchors_hold(const struct cert_anchors *a, const struct x509 *x)
{
    return find(a, x) != NULL;
}

const struct anchor_limits *anchors_limits(const struct cert_anchors *a, const struct x509 *x)
{
    const struct anchor *anchor = find(a, x);
    return anchor ? anchor->limits : NULL;
}

/* ---- of a store ---- */

/* Copies of the lists; under the lock. */
static int copy_crls(struct cert_anchors *a, const struct store *s)
{
    unsigned count = 0;
    for (struct revocation *r = s->crls; r; r = r->next)
        count++;
    if (count == 0)
        return 0;
    if (!(a->crl = calloc(count, sizeof *a->crl)))
        return -1;
    for (struct revocation *r = s->crls; r; r = r->next) {
        uint8_t *copy = malloc(r->der.len);
        if (!copy)
            return -1;
        memcpy(copy, r->der.ptr, r->der.len);
        a->crl[a->crl_count++] = (struct sspi_bytes){copy, r->der.len};
    }
    return 0;
}

static int shows_root(const struct store *s)
{
    int root = s->system && s->system->root;
    for (unsigned i = 0; i < s->sibling_count && !root; i++)
        root = s->siblings[i]->system && s->siblings[i]->system->root;
    return root;
}

static SECURITY_STATUS filter(struct store *s, int roots_only, const struct cert_anchors *within, int within_only,
                              struct cert_anchors **out)
{
    struct cert_anchors *a = anchors_new();
    int failed = !a;
    struct certificate *c = failed ? NULL : store_next(s, NULL);
    for (; c && !failed; c = store_next(s, c)) {
        const struct anchor *there = within ? find(within, &c->data->x) : NULL;
        struct anchor more = {.data = c->data, .limits = there ? there->limits : NULL};
        if ((there || !within_only) && (!roots_only || x509_self_issued(&c->data->x)))
            failed = anchors_append(a, more);
    }
    certificate_release(c);
    if (!failed) {
        a->distrust = distrust_hold(within ? within->distrust : NULL);
        registry_lock();
        failed = copy_crls(a, s);
        registry_unlock();
    }
    failed = failed || anchors_settle(a);
    if (failed) {
        cert_anchors_release(a);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    *out = a;
    return SEC_E_OK;
}

SECURITY_STATUS anchors_filtered(HCERTSTORE root_store, int roots_only, const struct cert_anchors *within,
                                 int within_only, struct cert_anchors **out)
{
    struct store *s = store_take(root_store);
    if (!s)
        return SEC_E_INVALID_PARAMETER;
    /* Whoever hands ROOT over as a store means what stands there with what is said about it. */
    struct cert_anchors *system = !within && shows_root(s) ? cert_anchors_system() : NULL;
    SECURITY_STATUS status = filter(s, roots_only, system ? system : within, within_only, out);
    cert_anchors_release(system);
    store_release(s);
    return status;
}

SECURITY_STATUS cert_anchors_of_store(HCERTSTORE root_store, struct cert_anchors **out)
{
    return anchors_filtered(root_store, 0, NULL, 0, out);
}

/* ---- the distribution's ---- */

/* Process-wide on purpose: read once, never again; a program that wants later changes restarts. */
static struct once system_once;
static struct cert_anchors *system_anchors;

static struct cert_anchors *hold(struct cert_anchors *a)
{
    if (a)
        __atomic_add_fetch(&a->references, 1, __ATOMIC_RELAXED);
    return a;
}

static struct cert_anchors *distribution(void)
{
    switch (once_enter(&system_once)) {
    case ONCE_MINE:
        system_anchors = distribution_read(0);
        once_leave(&system_once, system_anchors ? ONCE_DONE : ONCE_FAILED);
        break;
    case ONCE_ORPHANED: /* forked while another thread was reading: a copy of this caller's own */
        return distribution_read(1);
    default:
        break;
    }
    return hold(system_anchors);
}

/* ---- with what programs added ---- */

/* Process-wide on purpose; under the registry's lock.  NULL: nothing was added. */
static struct cert_anchors *with_added;

static struct cert_anchors *added(void)
{
    registry_lock();
    struct cert_anchors *a = hold(with_added);
    registry_unlock();
    return a;
}

struct cert_anchors *cert_anchors_system(void)
{
    struct cert_anchors *a = added();
    return a ? a : distribution();
}

static int append_list(struct cert_anchors *a, struct sspi_bytes der)
{
    struct sspi_bytes *grown = realloc(a->crl, (a->crl_count + 1u) * sizeof *grown);
    uint8_t *copy = grown ? malloc(der.len) : NULL;
    if (grown)
        a->crl = grown;
    if (!copy)
        return -1;
    memcpy(copy, der.ptr, der.len);
    a->crl[a->crl_count++] = (struct sspi_bytes){copy, der.len};
    return 0;
}

static int holds_list(const struct cert_anchors *a, struct sspi_bytes der)
{
    for (unsigned i = 0; i < a->crl_count; i++)
        if (der_equal(a->crl[i], der))
            return 1;
    return 0;
}

struct change { /* one of them */
    struct certificate_data *more;
    struct sspi_bytes list;
    const struct certificate_data *gone;
};

static struct cert_anchors *changed(const struct cert_anchors *from, const struct change *c)
{
    struct cert_anchors *a = anchors_new();
    int failed = !a;
    for (unsigned i = 0; from && i < from->count && !failed; i++)
        if (!c->gone || from->anchor[i].origin != ANCHOR_PROGRAM || !der_equal(from->der[i], c->gone->x.der))
            failed = anchors_append(a, from->anchor[i]);
    for (unsigned i = 0; from && i < from->crl_count && !failed; i++)
        failed = append_list(a, from->crl[i]);
    if (!failed && from) {
        a->distrust = distrust_hold(from->distrust);
        a->source = from->source;
    }
    failed = failed || (c->more && anchors_append(a, (struct anchor){.data = c->more})) || (c->list.len && append_list(a, c->list)) || anchors_settle(a);
    if (failed) {
        cert_anchors_release(a);
        a = NULL;
    }
    return a;
}

static int is_done(const struct cert_anchors *a, const struct change *c)
{
    return (c->more && a && anchors_hold(a, &c->more->x)) || (c->list.len && a && holds_list(a, c->list)) ||
           (c->list.len && a && a->crl_count >= LISTS_MAX);
}

static int change(const struct change *c)
{
    for (int swapped = 0; !swapped;) {
        struct cert_anchors *seen = added(), *from = seen ? hold(seen) : distribution();
        struct cert_anchors *after = is_done(from, c) ? NULL : changed(from, c);
        int done = is_done(from, c);
        if (after) {
            registry_lock();
            swapped = with_added == seen;
            if (swapped)
                with_added = after;
            registry_unlock();
            cert_anchors_release(swapped ? seen : after); /* the one that nobody finds any more */
        }
        cert_anchors_release(seen);
        cert_anchors_release(from);
        if (!after)
            return done ? 0 : -1;
    }
    return 0;
}

int anchors_add(struct certificate_data *data)
{
    return change(&(struct change){.more = data});
}

int anchors_add_list(struct sspi_bytes crl)
{
    return change(&(struct change){.list = crl});
}

int anchors_remove(const struct certificate_data *data)
{
    struct cert_anchors *own = distribution(), *now = added();
    int removable = now && anchors_hold(now, &data->x) && !(own && anchors_hold(own, &data->x));
    cert_anchors_release(own);
    cert_anchors_release(now);
    return removable ? change(&(struct change){.gone = data}) : -1;
}
