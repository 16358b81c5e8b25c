/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/storage.h"

#include "core/cert/blob.h"
#include "core/cert/container.h"
#include "core/cert/keyfile.h"
#include "core/cert/registry.h"
#include "core/provider.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

int storage_is_provider(ULONG_PTR handle)
{
    registry_lock();
    int is = registry_has(REGISTRY_CSP, (void *)handle);
    registry_unlock();
    return is;
}

struct key *storage_key(ULONG_PTR handle, int *is_draft)
{
    struct key *key = NULL;
    registry_lock();
    *is_draft = registry_has(REGISTRY_DRAFT, (void *)handle);
    if (*is_draft || registry_has(REGISTRY_KEY, (void *)handle))
        key = key_hold((struct key *)handle);
    registry_unlock();
    return key;
}

/* ---- made ---- */

static const struct {
    const char *name;
    enum sspi_key_type type;
    unsigned bits;
} algorithms[] = {{"RSA", SSPI_KEY_RSA, 2048},
                  {"ECDSA_P256", SSPI_KEY_P256, 256},
                  {"ECDSA_P384", SSPI_KEY_P384, 384},
                  {"ECDSA_P521", SSPI_KEY_P521, 521}};

/* An empty key with its draft; NULL: no memory. */
static struct key *draft_new(const char *name, enum key_place place, const struct draft *draft)
{
    struct key *key = calloc(1, sizeof *key);
    if (!key)
        return NULL;
    key->references = 1;
    key->place = name ? place : KEY_NOWHERE;
    key->name = name ? strdup(name) : NULL;
    key->draft = malloc(sizeof *draft);
    if (!key->draft || (name && !key->name)) {
        key_drop(key);
        return NULL;
    }
    *key->draft = *draft;
    return key;
}

/* Registers it as a draft, with the caller's hold; 0, or -1 no memory. */
static int draft_handle(struct key *key, ULONG_PTR *out)
{
    registry_lock();
    int failed = registry_add(REGISTRY_DRAFT, key, NULL, 1);
    registry_unlock();
    if (!failed)
        *out = (ULONG_PTR)key;
    return failed;
}

static int is_taken(const char *name, enum key_place place)
{
    struct key *here = place == KEY_MACHINE ? NULL : container_key_here(name);
    int taken = here || keyfile_there(name, place);
    key_drop(here);
    return taken;
}

SECURITY_STATUS storage_create(ULONG_PTR provider, const char *algorithm, const char *name, DWORD flags,
                               ULONG_PTR *out)
{
    enum key_place place = flags & NCRYPT_MACHINE_KEY_FLAG ? KEY_MACHINE : KEY_ACCOUNT;
    struct draft draft = {.replace = (flags & NCRYPT_OVERWRITE_KEY_FLAG) != 0};
    if (!storage_is_provider(provider))
        return NTE_INVALID_HANDLE;
    if (name && !keyfile_name_fits(name))
        return NTE_INVALID_PARAMETER;
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++)
        if (!strcmp(algorithm, algorithms[i].name)) {
            draft.type = algorithms[i].type;
            draft.bits = algorithms[i].bits;
        }
    if (!draft.bits)
        return NTE_NOT_SUPPORTED;
    if (name && !draft.replace && is_taken(name, place))
        return NTE_EXISTS;
    struct key *key = draft_new(name, place, &draft);
    if (key && draft_handle(key, out) == 0)
        return SEC_E_OK;
    key_drop(key);
    return NTE_NO_MEMORY;
}

struct made {
    struct key *key;
    int failed;
};

static int take_made(void *ctx, enum sspi_item item, struct sspi_bytes der)
{
    struct made *m = ctx;
    int malformed;
    if (item == SSPI_ITEM_KEY && !m->key)
        m->failed = !(m->key = key_new(KEY_PKCS8, der, &malformed));
    return m->failed ? -1 : 0;
}

static SECURITY_STATUS make(const struct draft *draft, struct key **out)
{
    const struct provider *p;
    struct made made = {NULL, 0};
    struct sspi_failure failure = {0};
    struct sspi_newcert job = {
        .size = sizeof job, .type = draft->type, .bits = draft->bits, .sink = {&made, take_made}};
    if (provider_select(NULL, SSPI_CAP_GENERATE, &p) != SEC_E_OK)
        return NTE_NOT_SUPPORTED;
    enum sspi_status status = p->api.cred_generate(&job, &failure);
    *out = made.key;
    if (status == SSPI_OK && made.key)
        return SEC_E_OK;
    key_drop(made.key);
    *out = NULL;
    return made.failed || failure.why == SSPI_WHY_MEMORY                          ? NTE_NO_MEMORY
           : status == SSPI_UNSUPPORTED || failure.why == SSPI_WHY_BAD_CREDENTIAL ? NTE_NOT_SUPPORTED
                                                                                  : NTE_FAIL;
}

/* To where its name says. */
static SECURITY_STATUS keep(struct key *key, struct sspi_bytes bytes, int replace)
{
    if (key->place == KEY_PROCESS) {
        int there = container_put(key->name, key, replace);
        return there < 0 ? NTE_NO_MEMORY : there ? NTE_EXISTS : SEC_E_OK;
    }
    if (key->place == KEY_NOWHERE)
        return SEC_E_OK;
    SECURITY_STATUS status = keyfile_write(key, bytes, replace);
    if (status == SEC_E_OK && replace && key->place == KEY_ACCOUNT)
        container_remove(key->name, NULL); /* it would be found before the file */
    return status;
}

SECURITY_STATUS WINAPI NCryptFinalizeKey(NCRYPT_KEY_HANDLE hKey, DWORD dwFlags)
{
    int is_draft;
    struct draft draft;
    struct key *key = storage_key(hKey, &is_draft), *fresh = NULL;
    (void)dwFlags;
    if (!key)
        return NTE_INVALID_HANDLE;
    registry_lock();
    is_draft = registry_has(REGISTRY_DRAFT, key) && !key->draft->busy;
    if (is_draft) {
        key->draft->busy = 1;
        draft = *key->draft;
    }
    registry_unlock();
    if (!is_draft) {
        key_drop(key);
        return NTE_BAD_KEY_STATE;
    }
    SECURITY_STATUS status = key->bytes.len ? SEC_E_OK : make(&draft, &fresh);
    if (status == SEC_E_OK)
        status = keep(key, fresh ? fresh->bytes : key->bytes, draft.replace);
    registry_lock();
    key->draft->busy = 0;
    if (status == SEC_E_OK) {
        if (fresh) {
            key->bytes = fresh->bytes;
            key->algorithm = fresh->algorithm;
            fresh->bytes = (struct sspi_bytes){NULL, 0};
        }
        registry_become(REGISTRY_DRAFT, REGISTRY_KEY, key);
    }
    registry_unlock();
    key_drop(fresh);
    key_drop(key);
    return status;
}

/* ---- opened, deleted, given back ---- */

SECURITY_STATUS storage_open(ULONG_PTR *out, const char *name)
{
    HCRYPTPROV provider;
    if (name && strcmp(name, "Microsoft Software Key Storage Provider") != 0)
        return NTE_PROV_DLL_NOT_FOUND; /* no smart card, no TPM behind this interface */
    if (!csp_acquire(&provider, NULL, CRYPT_VERIFYCONTEXT))
        return NTE_NO_MEMORY;
    *out = provider;
    return SEC_E_OK;
}

SECURITY_STATUS storage_open_key(ULONG_PTR provider, const char *name, DWORD flags, ULONG_PTR *out)
{
    int machine = (flags & NCRYPT_MACHINE_KEY_FLAG) != 0;
    SECURITY_STATUS status = SEC_E_OK;
    if (!storage_is_provider(provider))
        return NTE_INVALID_HANDLE;
    struct key *key = machine ? NULL : container_key_here(name);
    if (!key)
        key = keyfile_read(name, machine ? KEY_MACHINE : KEY_ACCOUNT, &status);
    ULONG_PTR handle = key ? handle_of_key(key) : 0;
    key_drop(key);
    if (status == SEC_E_OK && !handle)
        status = NTE_NO_MEMORY;
    if (status == SEC_E_OK)
        *out = handle;
    return status;
}

SECURITY_STATUS WINAPI NCryptDeleteKey(NCRYPT_KEY_HANDLE hKey, DWORD dwFlags)
{
    int is_draft;
    struct key *key = storage_key(hKey, &is_draft);
    SECURITY_STATUS status = SEC_E_OK;
    (void)dwFlags;
    if (!key)
        return NTE_INVALID_HANDLE;
    if (!is_draft && key->place == KEY_PROCESS)
        container_remove(key->name, key);
    else if (!is_draft && key->place != KEY_NOWHERE)
        status = keyfile_remove(key);
    if (status == SEC_E_OK && handle_release(hKey))
        status = NTE_INVALID_HANDLE;
    key_drop(key);
    return status;
}

SECURITY_STATUS WINAPI NCryptFreeObject(NCRYPT_HANDLE hObject)
{
    return handle_release(hObject) ? NTE_INVALID_HANDLE : SEC_E_OK;
}
