/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/container.h"

#include "core/cert/blob.h"
#include "core/cert/certificate.h"
#include "core/cert/keyfile.h"
#include "core/cert/registry.h"
#include "core/cert/token.h"

#include <ncrypt.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define CONTAINERS_MAX 1024u

struct container { /* under the registry's lock */
    struct container *next;
    struct key *key; /* or NULL */
    char name[];
};
/* Process-wide on purpose: a name means the same key for every thread. */
static struct container *containers;
static unsigned container_count;

/* ---- containers; under the lock ---- */

static struct container **find(const char *name)
{
    struct container **at = &containers;
    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    return at;
}

static struct container *make(const char *name)
{
    size_t size = strlen(name) + 1;
    struct container *c = container_count < CONTAINERS_MAX ? calloc(1, sizeof *c + size) : NULL;
    if (c) {
        memcpy(c->name, name, size);
        c->next = containers;
        containers = c;
        container_count++;
    }
    return c;
}

struct key *container_key_here(const char *name)
{
    registry_lock();
    struct container *c = *find(name);
    struct key *key = c ? key_hold(c->key) : NULL;
    registry_unlock();
    return key;
}

struct key *container_key(const char *name)
{
    SECURITY_STATUS status;
    struct key *key = container_key_here(name);
    if (!key && *name && !token_is_uri(name) && !(key = keyfile_read(name, KEY_ACCOUNT, &status)))
        key = keyfile_read(name, KEY_MACHINE, &status);
    return key;
}

int container_put(const char *name, struct key *key, int replace)
{
    struct key *old = NULL;
    registry_lock();
    struct container *c = *find(name);
    int there = c && c->key;
    if (!c)
        c = make(name);
    if (c && (!there || replace)) {
        old = c->key;
        c->key = key_hold(key);
        registry_become(REGISTRY_DRAFT, REGISTRY_KEY, key); /* whoever finds it here finds it finalized */
    }
    registry_unlock();
    key_drop(old);
    return !c ? -1 : there && !replace;
}

int container_remove(const char *name, const struct key *key)
{
    registry_lock();
    struct container **at = find(name), *c = *at;
    if (c && key && c->key != key)
        c = NULL;
    if (c) {
        *at = c->next;
        container_count--;
    }
    registry_unlock();
    if (c)
        key_drop(c->key);
    free(c);
    return c ? 0 : -1;
}

/* ---- handles ---- */

static void csp_destroy(struct csp *p)
{
    key_drop(p->key);
    free(p->container);
    free(p);
}

static struct csp *csp_new(const char *container)
{
    struct csp *p = calloc(1, sizeof *p);
    if (p && container && !(p->container = strdup(container))) {
        free(p);
        p = NULL;
    }
    registry_lock();
    int failed = !p || registry_add(REGISTRY_CSP, p, NULL, 1);
    registry_unlock();
    if (failed && p)
        csp_destroy(p);
    return failed ? NULL : p;
}

struct key *handle_key(ULONG_PTR handle)
{
    struct key *key = NULL;
    struct csp *p = (struct csp *)handle;
    registry_lock();
    if (registry_has(REGISTRY_KEY, (void *)handle)) {
        key = key_hold((struct key *)handle);
    } else if (registry_has(REGISTRY_CSP, p)) {
        struct container *c = p->container ? *find(p->container) : NULL;
        key = key_hold(p->container ? (c ? c->key : NULL) : p->key);
    }
    registry_unlock();
    return key;
}

ULONG_PTR handle_of_key(struct key *key)
{
    registry_lock();
    int failed = 0;
    if (registry_hold(REGISTRY_KEY, key) && registry_hold(REGISTRY_DRAFT, key)) {
        failed = registry_add(REGISTRY_KEY, key, NULL, 1);
        if (!failed)
            key_hold(key); /* the registry's own */
    }
    registry_unlock();
    return failed ? 0 : (ULONG_PTR)key;
}

int handle_release(ULONG_PTR handle)
{
    const void *gone = NULL;
    registry_lock();
    int key = registry_drop(REGISTRY_KEY, (void *)handle, &gone);
    if (key < 0)
        key = registry_drop(REGISTRY_DRAFT, (void *)handle, &gone);
    int csp = key < 0 ? registry_drop(REGISTRY_CSP, (void *)handle, &gone) : -1;
    registry_unlock();
    if (key == 1)
        key_drop((struct key *)handle);
    if (csp == 1)
        csp_destroy((struct csp *)handle);
    return key < 0 && csp < 0 ? -1 : 0;
}

/* ---- CryptoAPI ---- */

BOOL csp_acquire(HCRYPTPROV *out, const char *container, DWORD flags)
{
    struct csp *p;
    const char *name = container ? container : ""; /* the default container has a name too */
    if (flags & CRYPT_DELETEKEYSET) {
        *out = 0;
        return container_remove(name, NULL) ? cert_fail((DWORD)NTE_BAD_KEYSET) : TRUE;
    }
    if (flags & CRYPT_VERIFYCONTEXT) {
        if (!(p = csp_new(NULL)))
            return cert_fail((DWORD)NTE_NO_MEMORY);
        *out = (HCRYPTPROV)p;
        return TRUE;
    }
    registry_lock();
    int there = *find(name) != NULL;
    int made = !there && flags & CRYPT_NEWKEYSET ? make(name) != NULL : 0;
    registry_unlock();
    if (there && flags & CRYPT_NEWKEYSET)
        return cert_fail((DWORD)NTE_EXISTS);
    if (!there && !made)
        return cert_fail(flags & CRYPT_NEWKEYSET ? (DWORD)NTE_NO_MEMORY : (DWORD)NTE_BAD_KEYSET);
    if (!(p = csp_new(name)))
        return cert_fail((DWORD)NTE_NO_MEMORY);
    *out = (HCRYPTPROV)p;
    return TRUE;
}

BOOL WINAPI CryptReleaseContext(HCRYPTPROV hProv, DWORD dwFlags)
{
    const void *gone = NULL;
    if (dwFlags)
        return cert_fail((DWORD)NTE_BAD_FLAGS);
    registry_lock();
    int result = registry_drop(REGISTRY_CSP, (void *)hProv, &gone);
    registry_unlock();
    if (result == 1)
        csp_destroy((struct csp *)hProv);
    return result < 0 ? cert_fail(ERROR_INVALID_HANDLE) : TRUE;
}

struct key *container_key_from(struct bytes *der, enum key_form form, int failed, SECURITY_STATUS *error)
{
    int malformed = failed == -1;
    struct key *key = failed ? NULL : key_new(form, (struct sspi_bytes){der->ptr, der->len}, &malformed);
    bytes_wipe(der);
    *error = key ? SEC_E_OK : malformed ? NTE_BAD_DATA : NTE_NO_MEMORY;
    return key;
}

/* Puts the key where the CSP's handle says; 0, or the error. */
static DWORD keep(HCRYPTPROV handle, struct key *key)
{
    struct csp *p = (struct csp *)handle;
    struct key *old = NULL;
    char *name = NULL;
    registry_lock();
    int known = registry_has(REGISTRY_CSP, p), own = known && !p->container;
    if (own) {
        old = p->key;
        p->key = key_hold(key);
    } else if (known) {
        name = strdup(p->container);
    }
    registry_unlock();
    key_drop(old);
    if (!known)
        return ERROR_INVALID_HANDLE;
    int failed = !own && (!name || container_put(name, key, 1));
    free(name);
    return failed ? (DWORD)NTE_NO_MEMORY : ERROR_SUCCESS;
}

BOOL WINAPI CryptImportKey(HCRYPTPROV hProv, const BYTE *pbData, DWORD dwDataLen, HCRYPTKEY hPubKey,
                           DWORD dwFlags, HCRYPTKEY *phKey)
{
    SECURITY_STATUS status;
    struct bytes der = {NULL, 0, 0};
    if (!pbData || !phKey || hPubKey || dwDataLen < sizeof(BLOBHEADER))
        return cert_fail(ERROR_INVALID_PARAMETER);
    if (pbData[0] != PRIVATEKEYBLOB) /* public and session keys have no use here */
        return cert_fail((DWORD)NTE_BAD_TYPE);
    int failed = blob_to_private((struct sspi_bytes){pbData, dwDataLen}, &der);
    struct key *key = container_key_from(&der, KEY_PKCS1, failed, &status);
    if (!key)
        return cert_fail((DWORD)status);
    if (dwFlags & CRYPT_EXPORTABLE)
        key_set_policy(key, KEY_MAY_LEAVE_SEALED | KEY_MAY_LEAVE);
    DWORD error = keep(hProv, key);
    HCRYPTKEY handle = error == ERROR_SUCCESS ? handle_of_key(key) : 0;
    key_drop(key);
    if (!handle)
        return cert_fail(error == ERROR_SUCCESS ? (DWORD)NTE_NO_MEMORY : error);
    *phKey = handle;
    return TRUE;
}

BOOL WINAPI CryptDestroyKey(HCRYPTKEY hKey)
{
    const void *gone = NULL;
    registry_lock();
    int result = registry_drop(REGISTRY_KEY, (void *)hKey, &gone);
    registry_unlock();
    if (result == 1)
        key_drop((struct key *)hKey);
    return result < 0 ? cert_fail(ERROR_INVALID_HANDLE) : TRUE;
}
