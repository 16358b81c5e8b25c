/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/paths.h"

#include <stdlib.h>

#ifdef ENABLE_ENV_OVERRIDES
static const char *path_from(const char *variable, const char *built)
{
    const char *moved = secure_getenv(variable);
    return moved && moved[0] == '/' ? moved : built;
}
#else
#define path_from(variable, built) (built)
#endif

const char *paths_providers(void)
{
    return path_from("OPENSSPI_PROVIDERDIR", PROVIDERDIR);
}

const char *paths_manifests(void)
{
    return path_from("OPENSSPI_MANIFESTDIR", MANIFESTDIR);
}

const char *paths_user(void)
{
    return path_from("OPENSSPI_USERDIR", NULL);
}

const char *paths_trust_module(void)
{
    return path_from("OPENSSPI_TRUSTMODULE", TRUSTMODULE);
}

const char *paths_trust(void)
{
    return path_from("OPENSSPI_TRUSTDIR", NULL);
}

const char *paths_bundle(void)
{
    return path_from("OPENSSPI_BUNDLE", NULL);
}

const char *paths_conf(void)
{
    return path_from("OPENSSPI_CONFDIR", CONFDIR);
}
