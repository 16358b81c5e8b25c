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

static const struct sspi_provider *drive(const struct sspi_core *core)
{
    const char *path = core->option("lies", "x-module");
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
    const char *chosen = core->option("lies", "x-lie");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!chosen || !strcmp(chosen, names[i])) {
            lie = (enum lie)i;
            return 0;
        }
    }
    core->log(SSPI_LOG_ERROR, "lies", "no lie is called %s", chosen);
    return -1;
}

const struct sspi_provider *lies_LTX_sspi_provider(const struct sspi_core *core);
__attribute__((visibility("default"))) const struct sspi_provider *
lies_LTX_sspi_provider(const struct sspi_core *core)
{
    static struct sspi_provider mine;
    if (core->abi >> 16 != SSPI_ABI_MAJOR || choose(core) || !(lies_inner = drive(core)))
        return NULL;
    memcpy(&mine, lies_inner, lies_inner->size < sizeof mine ? lies_inner->size : sizeof mine);
    mine.size = sizeof mine;
    mine.abi = SSPI_ABI;
    mine.name = "lies";
    lies_handshakes(&mine);
    lies_connections(&mine);
    lies_certificates(&mine);
    return &mine;
}
