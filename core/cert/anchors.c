/* SPDX-License-Identifier: MIT
 *
 * Trust anchors: those of a store, and the distribution's bundle, which is read once per process. */
#include <config.h>

#include "core/cert/anchors.h"

#include "core/cert/base64.h"
#include "core/cert/file.h"
#include "core/cert/folder.h"
#include "core/cert/store.h"
#include "core/config.h"
#include "core/once.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define ANCHORS_MAX 4096u
#define BUNDLE_MAX  (16u << 20) /* octets */
#define LISTS_MAX   1024u

static int compare_names(struct sspi_bytes a, struct sspi_bytes b)
{
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare(const void *a, const void *b)
{
    const struct certificate_data *const *x = a, *const *y = b;
    return compare_names((*x)->x.subject, (*y)->x.subject);
}

static struct cert_anchors *anchors_new(void)
{
    struct cert_anchors *a = calloc(1, sizeof *a);
    if (a)
        a->references = 1;
    return a;
}

/* Grows by doubling; holds `data` anew. */
static int append(struct cert_anchors *a, struct certificate_data *data)
{
    if (a->count == ANCHORS_MAX)
        return -1;
    if ((a->count & (a->count - 1)) == 0) {
        size_t room = a->count ? 2 * (size_t)a->count : 1;
        struct certificate_data **grown = realloc(a->anchor, room * sizeof *grown);
        if (!grown)
            return -1;
        a->anchor = grown;
    }
    a->anchor[a->count++] = certificate_data_hold(data);
    return 0;
}

/* Puts them in order, once all are there. */
static int settle(struct cert_anchors *a)
{
    if (a->count == 0)
        return 0;
    qsort(a->anchor, a->count, sizeof *a->anchor, compare);
    free(a->der); /* of an earlier order */
    if (!(a->der = calloc(a->count, sizeof *a->der)))
        return -1;
    for (unsigned i = 0; i < a->count; i++)
        a->der[i] = a->anchor[i]->x.der;
    return 0;
}

void cert_anchors_release(struct cert_anchors *a)
{
    if (!a || __atomic_sub_fetch(&a->references, 1, __ATOMIC_ACQ_REL))
        return;
    for (unsigned i = 0; i < a->count; i++)
        certificate_data_drop(a->anchor[i]);
    for (unsigned i = 0; i < a->crl_count; i++)
        free((void *)(uintptr_t)a->crl[i].ptr);
    free(a->anchor);
    free(a->der);
    free(a->crl);
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
        if (compare_names(a->anchor[middle]->x.subject, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    while (low + count < a->count && der_equal(a->anchor[low + count]->x.subject, name))
        count++;
    return count;
}

int anchors_hold(const struct cert_anchors *a, const struct x509 *x)
{
    unsigned first, count = anchors_named(a, x->subject, &first);
    for (unsigned i = 0; i < count; i++)
        if (der_equal(a->anchor[first + i]->x.der, x->der))
            return 1;
    return 0;
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

SECURITY_STATUS anchors_filtered(HCERTSTORE root_store, int roots_only, const struct cert_anchors *within,
                                 int within_only, struct cert_anchors **out)
{
    struct store *s = store_take(root_store);
    if (!s)
        return SEC_E_INVALID_PARAMETER;
    struct cert_anchors *a = anchors_new();
    int failed = !a;
    struct certificate *c = failed ? NULL : store_next(s, NULL);
    for (; c && !failed; c = store_next(s, c)) {
        int out_of_bounds = within_only && (!within || !anchors_hold(within, &c->data->x));
        if (!out_of_bounds && (!roots_only || x509_self_issued(&c->data->x)))
            failed = append(a, c->data);
    }
    certificate_release(c);
    if (!failed) {
        registry_lock();
        failed = copy_crls(a, s);
        registry_unlock();
    }
    failed = failed || settle(a);
    store_release(s);
    if (failed) {
        cert_anchors_release(a);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    *out = a;
    return SEC_E_OK;
}

SECURITY_STATUS cert_anchors_of_store(HCERTSTORE root_store, struct cert_anchors **out)
{
    return anchors_filtered(root_store, 0, NULL, 0, out);
}

/* ---- the distribution's ---- */

static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Arch, Gentoo, Alpine */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, RHEL */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* older RHEL */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
    "/etc/ssl/cert.pem",                                 /* Alpine, others */
};

static void append_block(struct cert_anchors *a, const struct pem_block *block, const char *path)
{
    uint8_t *der = malloc(BASE64_ROOM(block->body.len));
    size_t len;
    int malformed = 1;
    struct certificate_data *data = NULL;
    if (der && !pem_decode(block, der, &len))
        data = certificate_data_new((struct sspi_bytes){der, len}, &malformed);
    if (!data || append(a, data))
        log_warning("%s: a certificate that cannot be read is left out", path);
    certificate_data_drop(data);
    free(der);
}

static struct cert_anchors *read_bundle(const char *path)
{
    char why[160];
    struct sspi_bytes text;
    struct pem_block block;
    int found, fd = config_open_safe(path, why, sizeof why);
    if (fd < 0) {
        log_info("trust anchors: %s: %s", path, why);
        return NULL;
    }
    const char *reason = file_read(fd, BUNDLE_MAX, &text);
    close(fd);
    if (reason) {
        log_warning("trust anchors: %s: %s", path, reason);
        return NULL;
    }
    struct cert_anchors *a = anchors_new();
    for (struct sspi_bytes in = text; a && (found = pem_next(&in, &block)) != 0;) {
        if (found < 0)
            log_warning("trust anchors: %s: a PEM block that does not end", path);
        else if (pem_label_is(&block, "CERTIFICATE"))
            append_block(a, &block, path);
    }
    file_free(text);
    if (a && (a->count == 0 || settle(a))) {
        log_warning("trust anchors: %s: no certificate in it", path);
        cert_anchors_release(a);
        a = NULL;
    }
    return a;
}

/* Process-wide on purpose: read once, never again; a program that wants later changes restarts. */
static struct once system_once;
static struct cert_anchors *system_anchors;

/* The administrator's own, beside the distribution's. */
static int append_folder(struct cert_anchors *a)
{
    char *folder = folder_machine("root");
    struct store *s = folder ? store_new() : NULL;
    int failed = !s || folder_read(folder, s);
    struct certificate *c = failed ? NULL : store_next(s, NULL);
    for (; c && !failed; c = store_next(s, c))
        failed = append(a, c->data);
    certificate_release(c);
    store_release(s);
    free(folder);
    return failed;
}

static struct cert_anchors *read_system(void)
{
    struct cert_anchors *a = NULL;
    for (size_t i = 0; i < sizeof bundles / sizeof *bundles && !a; i++)
        a = read_bundle(bundles[i]);
    unsigned count = a ? a->count : 0;
    if (!a)
        a = anchors_new();
    if (a && (append_folder(a) || a->count == 0 || settle(a))) {
        cert_anchors_release(a);
        a = NULL;
    }
    if (a)
        log_info("trust anchors: %u of the distribution, %u of the administrator", count, a->count - count);
    else
        log_error("trust anchors: no bundle of the distribution could be read (%s and others): install "
                  "ca-certificates, or give the credential an hRootStore",
                  bundles[0]);
    return a;
}

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
        system_anchors = read_system();
        once_leave(&system_once, system_anchors ? ONCE_DONE : ONCE_FAILED);
        break;
    case ONCE_ORPHANED: /* forked while another thread was reading: a copy of this caller's own */
        return read_system();
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
        if (!c->gone || !der_equal(from->der[i], c->gone->x.der))
            failed = append(a, from->anchor[i]);
    for (unsigned i = 0; from && i < from->crl_count && !failed; i++)
        failed = append_list(a, from->crl[i]);
    failed = failed || (c->more && append(a, c->more)) || (c->list.len && append_list(a, c->list)) || settle(a);
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
