/* SPDX-License-Identifier: MIT
 *
 * PKCS#12: a provider opens it, the core keeps what comes out. */
#include <config.h>

#include "core/cert/import.h"
#include "core/cert/open.h"

#include <windows.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define PFX_MAX   (16u << 20) /* octets */
#define ITEMS_MAX 256u

struct unpacked {
    struct store *store;
    struct key *keys[16];
    unsigned key_count, certificates, policy;
    int failed; /* no memory, or more than anybody packs */
};

static int take(void *ctx, enum sspi_item item, struct sspi_bytes der)
{
    struct unpacked *u = ctx;
    int malformed = 0;
    if (item == SSPI_ITEM_KEY) {
        if (u->key_count == sizeof u->keys / sizeof *u->keys)
            return -1;
        struct key *key = key_new(KEY_PKCS8, der, &malformed);
        if (key) {
            key_set_policy(key, u->policy);
            u->keys[u->key_count++] = key;
        } else {
            u->failed |= !malformed;
        }
        return key ? 0 : -1;
    }
    if (++u->certificates > ITEMS_MAX)
        return -1;
    struct certificate_data *data = certificate_data_new(der, &malformed);
    if (!data && malformed) {
        log_warning("PFX: a certificate that cannot be read is left out");
        return 0;
    }
    u->failed |= !data || store_append(u->store, data, NULL, NULL);
    certificate_data_drop(data);
    return u->failed ? -1 : 0;
}

static void pair_keys(struct unpacked *u)
{
    for (unsigned i = 0; i < u->key_count; i++) {
        if (!store_pair(u->store, u->keys[i]))
            log_warning("PFX: a private key belongs to none of the certificates");
        key_drop(u->keys[i]);
    }
}

static DWORD unpack(const struct provider *p, struct unpacked *u, struct sspi_bytes pfx, const char *password)
{
    struct sspi_failure failure = {0};
    struct sspi_import job = {sizeof job, pfx, password, {u, take}};
    enum sspi_status status = import_sealed(p, &job, &failure);
    pair_keys(u);
    if (u->failed || failure.why == SSPI_WHY_MEMORY)
        return (DWORD)E_OUTOFMEMORY;
    if (status == SSPI_OK)
        return ERROR_SUCCESS;
    if (failure.why == SSPI_WHY_WRONG_PASSWORD) {
        log_error("PFX: the password is wrong");
        return ERROR_INVALID_PASSWORD;
    }
    log_error("PFX: provider %s cannot read it", p->name);
    return (DWORD)CRYPT_E_BAD_ENCODE;
}

/* The flags that ask where a key is to be kept are moot: it lives in memory, as long as its certificate. */
HCERTSTORE open_pfx(struct sspi_bytes pfx, const char *password, DWORD flags)
{
    const struct provider *p;
    struct unpacked u = {.policy = flags & CRYPT_EXPORTABLE ? KEY_MAY_LEAVE_SEALED | KEY_MAY_LEAVE : 0};
    if (!pfx.ptr || pfx.len == 0 || pfx.len > PFX_MAX) {
        cert_fail((DWORD)CRYPT_E_BAD_ENCODE);
        return NULL;
    }
    if (provider_select(NULL, SSPI_CAP_IMPORT, &p) != SEC_E_OK) {
        log_error("PFX: no provider can read PKCS#12");
        cert_fail((DWORD)NTE_NOT_SUPPORTED);
        return NULL;
    }
    if (!(u.store = store_new())) {
        cert_fail((DWORD)E_OUTOFMEMORY);
        return NULL;
    }
    DWORD error = unpack(p, &u, pfx, password);
    if (error != ERROR_SUCCESS) {
        store_release(u.store);
        cert_fail(error);
        return NULL;
    }
    return u.store;
}
