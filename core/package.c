/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/package.h"

#include "core/memory.h"
#include "core/provider-table.h"
#include "core/provider.h"

#include <schannel.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const names[PACKAGE_COUNT] = {UNISP_NAME_A, SCHANNEL_NAME_A};
static const char comment[] = "Schannel Security Package";

/* The index of the name that `package` begins with, ended by NUL or ':'; PACKAGE_COUNT: none. */
static unsigned package_find(const char *package)
{
    unsigned i = 0;
    for (; i < PACKAGE_COUNT; i++) {
        size_t len = strlen(names[i]);
        if (!strncasecmp(package, names[i], len) && (package[len] == '\0' || package[len] == ':'))
            break;
    }
    return i;
}

SECURITY_STATUS package_parse(const char *package, const char **provider)
{
    unsigned found = package ? package_find(package) : PACKAGE_COUNT;
    if (found == PACKAGE_COUNT)
        return SEC_E_SECPKG_NOT_FOUND;
    const char *behind = package + strlen(names[found]);
    if (behind[0] == ':' && behind[1] == '\0')
        return SEC_E_SECPKG_NOT_FOUND;
    *provider = behind[0] == ':' ? behind + 1 : NULL;
    return SEC_E_OK;
}

/* Appends ASCII text, widened, at *at, and steps over it; where it stands. */
static void *text_put(char **at, const char *text, unsigned bits)
{
    void *start = *at;
    for (size_t i = 0; i <= strlen(text); i++, *at += bits / 8) {
        uint8_t unit8 = (uint8_t)text[i];
        uint16_t unit16 = unit8;
        uint32_t unit32 = unit8;
        memcpy(*at, bits == 8 ? (void *)&unit8 : bits == 16 ? (void *)&unit16 : (void *)&unit32, bits / 8);
    }
    return start;
}

/* SecPkgInfoA and SecPkgInfoW differ in what their pointers point to; memcpy stores them alike. */
static SECURITY_STATUS package_infos(unsigned first, unsigned count, const char *words, unsigned bits,
                                     void **infos)
{
    size_t text = 0;
    for (unsigned i = first; i < first + count; i++)
        text += (strlen(names[i]) + 1 + strlen(words) + 1) * (bits / 8);
    char *memory = memory_hand_out(count * sizeof(SecPkgInfoA) + text);
    if (!memory)
        return SEC_E_INSUFFICIENT_MEMORY;
    char *at = memory + count * sizeof(SecPkgInfoA);
    for (unsigned i = 0; i < count; i++) {
        SecPkgInfoA info = {.fCapabilities = PACKAGE_CAPABILITIES,
                            .wVersion = 1,
                            .wRPCID = UNISP_RPC_ID,
                            .cbMaxToken = PACKAGE_MAX_TOKEN};
        info.Name = text_put(&at, names[first + i], bits);
        info.Comment = text_put(&at, words, bits);
        memcpy(memory + i * sizeof info, &info, sizeof info);
    }
    *infos = memory;
    return SEC_E_OK;
}

SECURITY_STATUS package_all(unsigned bits, void **infos)
{
    return package_infos(0, PACKAGE_COUNT, comment, bits, infos);
}

SECURITY_STATUS package_one(const char *package, unsigned bits, void **info)
{
    const char *named = NULL;
    char words[sizeof comment + sizeof " by  " + 64 + PROVIDER_VERSION_MAX];
    const struct provider *provider = NULL;
    SECURITY_STATUS status = package_parse(package, &named);
    if (status == SEC_E_OK && named)
        status = provider_select(named, 0, &provider);
    if (status != SEC_E_OK)
        return status;
    /* Whoever asks for a provider by name may want to know what it is. */
    if (provider)
        snprintf(words, sizeof words, "%s by %s %s", comment, provider->name, provider->api.version);
    else
        snprintf(words, sizeof words, "%s", comment);
    return package_infos(package_find(package), 1, words, bits, info);
}
