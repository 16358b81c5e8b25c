/* SPDX-License-Identifier: MIT
 *
 * Stores: members, their order, what may happen to them. */
#include <config.h>

#include "core/cert/store.h"

#include "core/cert/system.h"
#include "core/provider.h"

#include <stdlib.h>
#include <windows.h>

struct store *store_new(void)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    registry_lock();
    int failed = registry_add(REGISTRY_STORE, s, NULL, 1);
    registry_unlock();
    if (failed) {
        free(s);
        return NULL;
    }
    return s;
}

struct store *store_take(HCERTSTORE handle)
{
    registry_lock();
    int failed = registry_hold(REGISTRY_STORE, handle);
    registry_unlock();
    if (failed) {
        cert_fail((DWORD)E_INVALIDARG);
        return NULL;
    }
    return handle;
}

void store_destroy(struct store *s)
{
    registry_lock();
    for (struct certificate *c = s->first; c; c = c->next)
        registry_remove(c);
    for (struct revocation *r = s->crls; r; r = r->next)
        registry_remove(r);
    registry_unlock();
    for (struct certificate *c = s->first, *next; c; c = next) {
        next = c->next;
        certificate_destroy(c);
    }
    for (struct revocation *r = s->crls, *next; r; r = next) {
        next = r->next;
        revocation_destroy(r);
    }
    for (unsigned i = 0; i < s->sibling_count; i++)
        store_release(s->siblings[i]);
    system_store_free(s->system);
    free(s);
}

static int release(HCERTSTORE handle)
{
    const void *gone = NULL;
    registry_lock();
    int result = registry_drop(REGISTRY_STORE, handle, &gone);
    registry_unlock();
    if (result == 1)
        store_destroy(handle);
    return result;
}

void store_release(struct store *s)
{
    if (s)
        release(s);
}

/* ---- members; under the lock ---- */

static void link_last(struct store *s, struct certificate *c)
{
    c->store = c->was_in = s;
    c->shown.hCertStore = s;
    c->order = ++s->order;
    if (s->last)
        s->last->next = c;
    else
        s->first = c;
    s->last = c;
}

static void unlink_member(struct store *s, struct certificate *c)
{
    struct certificate **at = &s->first, *before = NULL;
    while (*at != c) {
        before = *at;
        at = &before->next;
    }
    *at = c->next;
    if (s->last == c)
        s->last = before;
    c->next = NULL;
    c->store = NULL;
    c->shown.hCertStore = NULL;
}

static struct certificate *find_same(struct store *s, const struct certificate_data *data)
{
    for (struct certificate *c = s->first; c; c = c->next)
        if (der_equal(c->data->x.der, data->x.der))
            return c;
    return NULL;
}

/* The member of `s` after `previous`; a member deleted while it was being looked at still tells the place. */
static struct certificate *member_after(struct store *s, const struct certificate *previous)
{
    if (!previous || previous->was_in != s)
        return s->first;
    if (previous->store == s)
        return previous->next;
    struct certificate *c = s->first;
    while (c && c->order < previous->order)
        c = c->next;
    return c;
}

static struct certificate *next_in(struct store *s, const struct certificate *previous)
{
    if (!s->collection)
        return previous && previous->was_in != s ? NULL : member_after(s, previous);
    unsigned i = 0;
    if (previous)
        while (i < s->sibling_count && s->siblings[i] != previous->was_in)
            i++;
    for (; i < s->sibling_count; i++, previous = NULL) {
        struct certificate *c = member_after(s->siblings[i], previous);
        if (c)
            return c;
    }
    return NULL;
}

int store_append(struct store *s, struct certificate_data *data, struct key *key, struct certificate **shown)
{
    struct certificate *alone = certificate_new(data, key);
    if (!alone)
        return -1;
    struct certificate *c = certificate_copy(alone);
    certificate_release(alone);
    if (!c)
        return -1;
    registry_lock();
    int failed = registry_add(REGISTRY_CERTIFICATE, c, s, shown ? 1 : 0);
    if (!failed)
        link_last(s, c);
    registry_unlock();
    if (failed) {
        certificate_destroy(c);
        return -1;
    }
    if (shown)
        *shown = c;
    return 0;
}

struct certificate *store_next(struct store *s, struct certificate *previous)
{
    registry_lock();
    struct certificate *c = next_in(s, previous);
    if (c)
        registry_hold_member(c);
    registry_unlock();
    certificate_release(previous);
    return c;
}

/* The next certificate without a key that this one fits; *how as key_fits says. */
static struct certificate *next_fit(struct store *s, struct certificate *previous, const struct key *key,
                                    int *how)
{
    struct certificate *c = previous;
    while ((c = store_next(s, c)) != NULL) {
        struct key *has = certificate_key(c);
        key_drop(has);
        if (!has && (*how = key_fits(key, &c->data->x)) != 0)
            break;
    }
    return c;
}

/* Does a provider take the pair as a credential? */
static int serves(const struct certificate *c, const struct key *key)
{
    const struct provider *p = provider_default();
    struct sspi_failure failure = {0};
    sspi_cred *cred = NULL;
    struct sspi_cred_params params = {.size = sizeof params,
                                      .protocols = SSPI_CAP_TLS12 | SSPI_CAP_TLS13,
                                      .server = 1,
                                      .chain = &c->data->x.der,
                                      .chain_count = 1,
                                      .key = key->bytes};
    if (!p || p->api.cred_new(&params, &cred, &failure) != SSPI_OK)
        return 0;
    p->api.cred_free(cred);
    return 1;
}

int store_pair(struct store *s, struct key *key)
{
    struct certificate *c, *first = NULL;
    unsigned several = 0;
    int how = 0;
    for (c = next_fit(s, NULL, key, &how); c && how == 1; c = next_fit(s, c, key, &how))
        if (several++ == 0)
            first = certificate_take(&c->shown);
    if (!c && several > 1)
        for (c = next_fit(s, NULL, key, &how); c && !serves(c, key);)
            c = next_fit(s, c, key, &how);
    else if (!c)
        c = certificate_take(first ? &first->shown : NULL);
    if (c)
        certificate_attach(c, key);
    certificate_release(first);
    certificate_release(c);
    return c != NULL;
}

/* ---- exported: stores ---- */

HCERTSTORE WINAPI CertDuplicateStore(HCERTSTORE hCertStore)
{
    return store_take(hCertStore);
}

/* FORCE would free contexts that the application still holds; its pointers would then dangle, so the flag
 * is taken as a plain close.  CHECK reports what is still held, as Windows does. */
BOOL WINAPI CertCloseStore(HCERTSTORE hCertStore, DWORD dwFlags)
{
    if (!hCertStore)
        return TRUE;
    int left = release(hCertStore);
    if (left < 0)
        return cert_fail((DWORD)E_INVALIDARG);
    if (left == 0 && dwFlags & CERT_CLOSE_STORE_CHECK_FLAG)
        return cert_fail((DWORD)CRYPT_E_PENDING_CLOSE);
    return TRUE;
}

PCCERT_CONTEXT WINAPI CertEnumCertificatesInStore(HCERTSTORE hCertStore, PCCERT_CONTEXT pPrevCertContext)
{
    struct certificate *previous = NULL;
    if (pPrevCertContext) { /* its reference is given up in any case: take one to look at it with */
        if (!(previous = certificate_take(pPrevCertContext)))
            return NULL;
        CertFreeCertificateContext(pPrevCertContext);
    }
    struct store *s = store_take(hCertStore);
    if (!s) {
        certificate_release(previous);
        return NULL;
    }
    struct certificate *c = store_next(s, previous);
    store_release(s);
    if (!c)
        cert_fail((DWORD)CRYPT_E_NOT_FOUND);
    return c ? &c->shown : NULL;
}

/* Replaces or adds; under the lock.  *out: the member, not yet held; *removed: to be destroyed afterwards. */
static DWORD place(struct store *s, struct certificate *fresh, DWORD disposition, struct certificate **out,
                   struct certificate **removed)
{
    struct certificate *same = disposition == CERT_STORE_ADD_ALWAYS ? NULL : find_same(s, fresh->data);
    *removed = NULL;
    if (same && disposition == CERT_STORE_ADD_NEW)
        return (DWORD)CRYPT_E_EXISTS;
    if (same &&
        (disposition == CERT_STORE_ADD_NEWER || disposition == CERT_STORE_ADD_NEWER_INHERIT_PROPERTIES))
        return (DWORD)CRYPT_E_EXISTS; /* the same certificate is not newer */
    if (same && disposition == CERT_STORE_ADD_USE_EXISTING) {
        *out = same;
        return ERROR_SUCCESS;
    }
    if (registry_add(REGISTRY_CERTIFICATE, fresh, s, 0))
        return (DWORD)E_OUTOFMEMORY;
    if (same) {
        if (disposition == CERT_STORE_ADD_REPLACE_EXISTING_INHERIT_PROPERTIES && !fresh->properties) {
            fresh->properties = same->properties;
            same->properties = NULL;
            if (!fresh->key)
                fresh->key = key_hold(same->key);
        }
        unlink_member(s, same);
        if (registry_disown(same) == 1)
            *removed = same;
    }
    link_last(s, fresh);
    *out = fresh;
    return ERROR_SUCCESS;
}

/* Takes a member out of its store, whose reference goes with it; the caller holds the member.  Under the lock. */
static void expel(struct store *s, struct certificate *c)
{
    unlink_member(s, c);
    registry_disown(c);
}

/* What was added to a system store goes to its folder, or out again.  Gives up one reference to the member, and
 * the caller's as well where it could not be kept. */
static DWORD keep(struct store *s, struct certificate *member, int shown)
{
    DWORD error = system_added(s->system, member->data);
    if (error != ERROR_SUCCESS) {
        registry_lock();
        if (member->store == s)
            expel(s, member);
        registry_unlock();
        if (shown)
            certificate_release(member);
    }
    certificate_release(member);
    return error;
}

static BOOL add_to(struct store *s, struct certificate *from, DWORD disposition, PCCERT_CONTEXT *shown)
{
    if (s->collection) {
        if (s->sibling_count == 0)
            return cert_fail((DWORD)E_ACCESSDENIED);
        s = s->siblings[0];
    }
    if (s->read_only)
        return cert_fail((DWORD)E_ACCESSDENIED);
    if (disposition < CERT_STORE_ADD_NEW || disposition > CERT_STORE_ADD_NEWER_INHERIT_PROPERTIES)
        return cert_fail((DWORD)E_INVALIDARG);
    registry_lock();
    struct certificate *fresh = certificate_copy(from), *member = NULL, *removed = NULL;
    DWORD error = fresh ? place(s, fresh, disposition, &member, &removed) : (DWORD)E_OUTOFMEMORY;
    if (error == ERROR_SUCCESS && shown)
        registry_hold_member(member);
    int written = error == ERROR_SUCCESS && s->system && member == fresh && !removed;
    if (written)
        registry_hold_member(member);
    registry_unlock();
    if (member != fresh)
        certificate_destroy(fresh);
    certificate_destroy(removed);
    if (written)
        error = keep(s, member, shown != NULL);
    if (error != ERROR_SUCCESS)
        return cert_fail(error);
    if (shown)
        *shown = &member->shown;
    return TRUE;
}

BOOL WINAPI CertAddCertificateContextToStore(HCERTSTORE hCertStore, PCCERT_CONTEXT pCertContext,
                                             DWORD dwAddDisposition, PCCERT_CONTEXT *ppStoreContext)
{
    struct certificate *from = certificate_take(pCertContext);
    if (!from)
        return FALSE;
    if (!hCertStore) { /* documented: a duplicate that stands alone */
        if (ppStoreContext)
            *ppStoreContext = pCertContext;
        else
            certificate_release(from);
        return TRUE;
    }
    struct store *s = store_take(hCertStore);
    BOOL done = s && add_to(s, from, dwAddDisposition, ppStoreContext);
    DWORD error = GetLastError();
    store_release(s);
    certificate_release(from);
    SetLastError(error);
    return done;
}

BOOL WINAPI CertAddEncodedCertificateToStore(HCERTSTORE hCertStore, DWORD dwCertEncodingType,
                                             const BYTE *pbCertEncoded, DWORD cbCertEncoded,
                                             DWORD dwAddDisposition, PCCERT_CONTEXT *ppCertContext)
{
    PCCERT_CONTEXT c = CertCreateCertificateContext(dwCertEncodingType, pbCertEncoded, cbCertEncoded);
    if (!c)
        return FALSE;
    BOOL done = CertAddCertificateContextToStore(hCertStore, c, dwAddDisposition, ppCertContext);
    DWORD error = GetLastError();
    CertFreeCertificateContext(c);
    SetLastError(error);
    return done;
}

BOOL WINAPI CertDeleteCertificateFromStore(PCCERT_CONTEXT pCertContext)
{
    struct certificate *c = certificate_take(pCertContext);
    if (!c)
        return FALSE;
    CertFreeCertificateContext(pCertContext); /* documented: freed whatever happens */
    registry_lock();
    struct store *s = c->store;
    if (s)
        registry_hold_member(s); /* its last references may have been this member's */
    registry_unlock();
    DWORD error = s && s->read_only ? (DWORD)E_ACCESSDENIED : ERROR_SUCCESS;
    if (s && s->system && error == ERROR_SUCCESS)
        error = system_removed(s->system, c->data);
    registry_lock();
    if (s && c->store == s && error == ERROR_SUCCESS)
        expel(s, c);
    registry_unlock();
    store_release(s);
    certificate_release(c);
    return error == ERROR_SUCCESS ? TRUE : cert_fail(error);
}

BOOL WINAPI CertAddStoreToCollection(HCERTSTORE hCollectionStore, HCERTSTORE hSiblingStore,
                                     DWORD dwUpdateFlags, DWORD dwPriority)
{
    (void)dwUpdateFlags;
    struct store *s = store_take(hCollectionStore), *sibling = s ? store_take(hSiblingStore) : NULL;
    int done = 0;
    registry_lock();
    if (sibling && s->collection && !sibling->collection && s->sibling_count < STORE_SIBLINGS) {
        /* By priority, the highest first; the order is then the order of enumeration. */
        unsigned at = dwPriority ? 0 : s->sibling_count;
        for (unsigned i = s->sibling_count; i > at; i--)
            s->siblings[i] = s->siblings[i - 1];
        s->siblings[at] = sibling;
        s->sibling_count++;
        done = 1;
    }
    registry_unlock();
    if (!done) /* the reference stays with the collection otherwise */
        store_release(sibling);
    store_release(s);
    return done ? TRUE : cert_fail((DWORD)E_INVALIDARG);
}
