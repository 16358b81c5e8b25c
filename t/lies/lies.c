/* SPDX-License-Identifier: MIT
 * t/lies/lies.c -- loading: whom to drive, and how to lie. */
#define _GNU_SOURCE
#include "lies.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum lie lie;
const struct sspi_provider *lies_inner;

static const char *const names[] = {
#define LIE(name, words) #name,
    LIES(LIE)
#undef LIE
};

static const char *me; /* the section of its options */

static const struct sspi_provider *drive(const struct sspi_core *core)
{
    const char *path = core->option(me, "x-module");
    const char *base = path ? strrchr(path, '/') : NULL;
    char symbol[128];
    sspi_provider_fn *entry;
    if (!base)
        return NULL;
    base++;
    snprintf(symbol, sizeof symbol, "%.*s_LTX_sspi_provider", (int)strcspn(base, "."), base);
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    *(void **)&entry = module ? dlsym(module, symbol) : NULL;
    if (!entry)
        core->log(SSPI_LOG_ERROR, "lies", "%s", dlerror());
    return entry ? entry(core) : NULL;
}

static int choose(const struct sspi_core *core)
{
    const char *chosen = core->option(me, "x-lie");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!chosen || !strcmp(chosen, names[i])) {
            lie = (enum lie)i;
            return 0;
        }
    }
    core->log(SSPI_LOG_ERROR, "lies", "no lie is called %s", chosen);
    return -1;
}

static const struct sspi_provider *begin(const struct sspi_core *core, const char *name)
{
    static struct sspi_provider mine;
    static char version[64];
    me = name;
    if (core->abi >> 16 != SSPI_ABI_MAJOR || choose(core) || !(lies_inner = drive(core)))
        return NULL;
    memcpy(&mine, lies_inner, lies_inner->size < sizeof mine ? lies_inner->size : sizeof mine);
    mine.size = sizeof mine;
    mine.abi = SSPI_ABI;
    mine.name = name;
    const char *other = core->option(me, "x-version");
    if (other) {
        snprintf(version, sizeof version, "%s", other);
        mine.version = version;
    }
    lies_handshakes(&mine);
    lies_connections(&mine);
    lies_certificates(&mine);
    return &mine;
}

/* A copy of the module that is called openssl.so stands in for that provider. */
#define ENTRY(name)                                                                                              \
    const struct sspi_provider *name##_LTX_sspi_provider(const struct sspi_core *core);                        \
    __attribute__((visibility("default"))) const struct sspi_provider *name##_LTX_sspi_provider(               \
        const struct sspi_core *core)                                                                          \
    {                                                                                                          \
        return begin(core, #name);                                                                             \
    }
ENTRY(lies)
ENTRY(openssl)
