/* SPDX-License-Identifier: MIT
 *
 * NCryptImportKey. */
#include <config.h>

#include "core/cert/storage.h"

#include "core/cert/blob.h"
#include "core/cert/container.h"
#include "core/cert/import.h"
#include "core/cert/keyfile.h"
#include "core/cert/registry.h"
#include "core/provider.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

struct opened {
    struct key *key;
    int malformed;
};

static int take(void *ctx, enum sspi_item item, struct sspi_bytes der)
{
    struct opened *o = ctx;
    if (item == SSPI_ITEM_KEY && !o->key)
        o->key = key_new(KEY_PKCS8, der, &o->malformed);
    return o->key ? 0 : -1;
}

static struct key *key_of_pkcs8(struct sspi_bytes blob, const char *secret, SECURITY_STATUS *error)
{
    const struct provider *p;
    struct opened opened = {NULL, 1};
    struct sspi_failure failure = {0};
    int malformed = 1;
    struct key *key = secret ? NULL : key_new(KEY_PKCS8, blob, &malformed);
    *error = key ? SEC_E_OK : malformed ? NTE_BAD_DATA : NTE_NO_MEMORY;
    if (!secret)
        return key;
    if (provider_select(NULL, SSPI_CAP_IMPORT, &p) != SEC_E_OK) {
        *error = NTE_NOT_SUPPORTED;
        return NULL;
    }
    struct sspi_import job = {sizeof job, blob, secret, {&opened, take}};
    if (import_sealed(p, &job, &failure) == SSPI_OK && opened.key) {
        *error = SEC_E_OK;
        return opened.key;
    }
    key_drop(opened.key);
    *error = failure.why == SSPI_WHY_WRONG_PASSWORD ? NTE_BAD_DATA : NTE_NO_MEMORY;
    if (failure.why != SSPI_WHY_MEMORY)
        *error = NTE_BAD_DATA;
    return NULL;
}

static struct key *key_of_type(const char *type, struct sspi_bytes blob, const char *secret,
                               SECURITY_STATUS *error)
{
    struct bytes der = {NULL, 0, 0};
    int failed;
    if (!strcmp(type, "PKCS8_PRIVATEKEY"))
        return key_of_pkcs8(blob, secret, error);
    if (!strcmp(type, "CAPIPRIVATEBLOB") || !strcmp(type, "PRIVATEBLOB")) {
        /* PRIVATEBLOB is whichever its magic says. */
        DWORD magic = 0;
        if (blob.len >= sizeof magic)
            memcpy(&magic, blob.ptr, sizeof magic);
        if (!strcmp(type, "CAPIPRIVATEBLOB")) {
            failed = blob_to_private(blob, &der);
            return container_key_from(&der, KEY_PKCS1, failed, error);
        }
        type = magic == BCRYPT_RSAFULLPRIVATE_MAGIC ? "RSAFULLPRIVATEBLOB" : "ECCPRIVATEBLOB";
    }
    if (!strcmp(type, "RSAFULLPRIVATEBLOB")) {
        failed = blob_from_cng_rsa(blob, &der);
        return container_key_from(&der, KEY_PKCS1, failed, error);
    }
    if (!strcmp(type, "ECCPRIVATEBLOB")) {
        failed = blob_from_cng_ec(blob, &der);
        return container_key_from(&der, KEY_SEC1, failed, error);
    }
    /* RSAPRIVATEBLOB leaves out what would have to be computed again from the primes. */
    *error = NTE_NOT_SUPPORTED;
    return NULL;
}

/* The key's name and, where it is to be finalized by hand, its draft; nobody else has it yet.  0, or -1: no
 * memory. */
static int prepare(struct key *key, const char *name, DWORD flags)
{
    key_set_policy(key, name ? 0 : KEY_POLICY_OPEN);
    if (name && !(key->name = strdup(name)))
        return -1;
    key->place = name ? KEY_PROCESS : KEY_NOWHERE;
    if (flags & NCRYPT_DO_NOT_FINALIZE_FLAG) {
        if (!(key->draft = calloc(1, sizeof *key->draft)))
            return -1;
        key->draft->replace = (flags & NCRYPT_OVERWRITE_KEY_FLAG) != 0;
    }
    return 0;
}

/* To its container, and a handle for it. */
static SECURITY_STATUS place(struct key *key, int replace, ULONG_PTR *out)
{
    ULONG_PTR handle = 0;
    if (key->draft) {
        registry_lock();
        if (registry_add(REGISTRY_DRAFT, key, NULL, 1) == 0)
            handle = (ULONG_PTR)key_hold(key);
        registry_unlock();
    } else {
        int there = key->name ? container_put(key->name, key, replace) : 0;
        if (there)
            return there < 0 ? NTE_NO_MEMORY : NTE_EXISTS;
        handle = handle_of_key(key);
    }
    if (handle)
        *out = handle;
    return handle ? SEC_E_OK : NTE_NO_MEMORY;
}

SECURITY_STATUS storage_import(ULONG_PTR provider, const char *blob_type, const char *name,
                               const char *secret, struct sspi_bytes blob, DWORD flags, ULONG_PTR *out)
{
    SECURITY_STATUS status;
    int replace = (flags & NCRYPT_OVERWRITE_KEY_FLAG) != 0;
    if (!storage_is_provider(provider))
        return NTE_INVALID_HANDLE;
    struct key *key = key_of_type(blob_type, blob, secret, &status);
    if (!key)
        return status;
    if (name && !replace && keyfile_name_fits(name) && keyfile_there(name, KEY_ACCOUNT))
        status = NTE_EXISTS;
    if (status == SEC_E_OK)
        status = prepare(key, name, flags) ? NTE_NO_MEMORY : place(key, replace, out);
    key_drop(key);
    return status;
}
