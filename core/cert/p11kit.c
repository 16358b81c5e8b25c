/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/p11kit.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    size_t at;
} functions[] = {
    {"p11_kit_module_load", offsetof(struct p11kit, module_load)},
    {"p11_kit_modules_load", offsetof(struct p11kit, modules_load)},
    {"p11_kit_modules_release", offsetof(struct p11kit, modules_release)},
    {"p11_kit_uri_new", offsetof(struct p11kit, uri_new)},
    {"p11_kit_uri_parse", offsetof(struct p11kit, uri_parse)},
    {"p11_kit_uri_free", offsetof(struct p11kit, uri_free)},
    {"p11_kit_uri_match_module_info", offsetof(struct p11kit, uri_match_module)},
    {"p11_kit_uri_match_slot_info", offsetof(struct p11kit, uri_match_slot)},
    {"p11_kit_uri_match_token_info", offsetof(struct p11kit, uri_match_token)},
    {"p11_kit_uri_match_attributes", offsetof(struct p11kit, uri_match_attributes)},
    {"p11_kit_uri_get_attributes", offsetof(struct p11kit, uri_attributes)},
    {"p11_kit_uri_get_slot_id", offsetof(struct p11kit, uri_slot_id)},
};

/* Whole, or NULL. */
static struct p11kit *load(int *there)
{
    void *library = dlopen("libp11-kit.so.0", RTLD_NOW | RTLD_LOCAL);
    struct p11kit *kit = library ? calloc(1, sizeof *kit) : NULL;
    *there = library != NULL;
    for (size_t i = 0; kit && i < sizeof functions / sizeof *functions; i++) {
        void *symbol = dlsym(library, functions[i].name);
        memcpy((char *)kit + functions[i].at, &symbol, sizeof symbol);
        if (!symbol) {
            free(kit);
            kit = NULL;
        }
    }
    return kit;
}

const struct p11kit *p11kit_get(int *there)
{
    static struct p11kit *loaded; /* atomic; of two that load it at once one is kept */
    struct p11kit *kit = __atomic_load_n(&loaded, __ATOMIC_ACQUIRE), *none = NULL;
    *there = 1;
    if (kit || !(kit = load(there)))
        return kit;
    if (!__atomic_compare_exchange_n(&loaded, &none, kit, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        free(kit);
        kit = none;
    }
    return kit;
}
