/* SPDX-License-Identifier: MIT
 *
 * Chain engines: which anchors, which intermediates. */
#include <config.h>

#include "core/cert/chain.h"
#include "core/cert/store.h"

#include <stddef.h>
#include <stdlib.h>

/* A member of the caller's struct, which may be of an older and smaller kind. */
#define HAS(config, member)                                                                                  \
    ((config)->cbSize >= offsetof(CERT_CHAIN_ENGINE_CONFIG, member) + sizeof((config)->member))

void chain_engine_destroy(struct chain_engine *e)
{
    if (!e)
        return;
    cert_anchors_release(e->anchors);
    for (unsigned i = 0; i < e->other_count; i++)
        store_release(e->others[i]);
    free(e);
}

static int add_other(struct chain_engine *e, HCERTSTORE store)
{
    if (!store)
        return 0;
    struct store *s = e->other_count < sizeof e->others / sizeof *e->others ? store_take(store) : NULL;
    if (!s)
        return -1;
    e->others[e->other_count++] = s;
    return 0;
}

/* hExclusiveRoot holds the only anchors, self-signed ones unless CAs are enabled too; hRestrictedRoot narrows
 * the system's; neither: the system's. */
static DWORD choose_anchors(struct chain_engine *e, const CERT_CHAIN_ENGINE_CONFIG *config)
{
    HCERTSTORE exclusive = HAS(config, hExclusiveRoot) ? config->hExclusiveRoot : NULL;
    HCERTSTORE from = exclusive ? exclusive : config->hRestrictedRoot;
    int cas = HAS(config, dwExclusiveFlags) && config->dwExclusiveFlags & CERT_CHAIN_EXCLUSIVE_ENABLE_CA_FLAG;
    if (exclusive && config->hRestrictedRoot)
        return (DWORD)E_INVALIDARG;
    if (!from) {
        e->anchors = cert_anchors_system();
        return ERROR_SUCCESS; /* without any: chains then end in an untrusted root */
    }
    struct cert_anchors *system = exclusive ? NULL : cert_anchors_system();
    SECURITY_STATUS status =
        anchors_filtered(from, exclusive ? !cas : 0, exclusive ? NULL : system, !exclusive, &e->anchors);
    cert_anchors_release(system);
    if (status != SEC_E_OK)
        return status == SEC_E_INSUFFICIENT_MEMORY ? (DWORD)E_OUTOFMEMORY : (DWORD)E_INVALIDARG;
    /* What stands in the store and is no anchor may still stand in a path. */
    return add_other(e, from) ? (DWORD)E_INVALIDARG : ERROR_SUCCESS;
}

static DWORD configure(struct chain_engine *e, const CERT_CHAIN_ENGINE_CONFIG *config)
{
    DWORD error = choose_anchors(e, config);
    if (error == ERROR_SUCCESS &&
        (add_other(e, config->hRestrictedOther) || (config->cAdditionalStore && !config->rghAdditionalStore)))
        error = (DWORD)E_INVALIDARG;
    for (DWORD i = 0; error == ERROR_SUCCESS && i < config->cAdditionalStore; i++)
        if (add_other(e, config->rghAdditionalStore[i]))
            error = (DWORD)E_INVALIDARG;
    return error;
}

BOOL WINAPI CertCreateCertificateChainEngine(PCERT_CHAIN_ENGINE_CONFIG pConfig,
                                             HCERTCHAINENGINE *phChainEngine)
{
    if (!pConfig || !phChainEngine || !HAS(pConfig, CycleDetectionModulus))
        return cert_fail((DWORD)E_INVALIDARG);
    struct chain_engine *e = calloc(1, sizeof *e);
    DWORD error = e ? configure(e, pConfig) : (DWORD)E_OUTOFMEMORY;
    if (error == ERROR_SUCCESS) {
        registry_lock();
        if (registry_add(REGISTRY_ENGINE, e, NULL, 1))
            error = (DWORD)E_OUTOFMEMORY;
        registry_unlock();
    }
    if (error != ERROR_SUCCESS) {
        chain_engine_destroy(e);
        return cert_fail(error);
    }
    *phChainEngine = e;
    return TRUE;
}

VOID WINAPI CertFreeCertificateChainEngine(HCERTCHAINENGINE hChainEngine)
{
    const void *gone = NULL;
    registry_lock();
    int last = registry_drop(REGISTRY_ENGINE, hChainEngine, &gone) == 1;
    registry_unlock();
    if (last)
        chain_engine_destroy(hChainEngine);
}
