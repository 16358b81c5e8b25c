/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/serving.h"

#include "core/log.h"
#include "core/paths.h"
#include "core/provider.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

void serving_look(const struct config *config, struct serving *serving)
{
    struct config_value order[CONFIG_PROVIDERS_MAX];
    size_t count = config_order(config, order, CONFIG_PROVIDERS_MAX), i;
    int fallback = config_package_yes(config, "fallback"), passes = 1;

    *serving = (struct serving){0};
    for (i = 0; i < count && passes; i++) {
        const char *why = "";
        serving->provider = provider_try(order[i].text, &passes, &why);
        if (serving->provider)
            return;
        serving->passed[serving->passed_count].name = order[i].text;
        serving->passed[serving->passed_count++].why = why;
        passes = passes && fallback;
    }
    serving->left = count - i;
}

/* The one that was asked for by name. */
static int refusal_named(const struct config *config, const char *command, const char *named)
{
    struct config_value order[CONFIG_PROVIDERS_MAX], locked = config_package(config, "locked");
    size_t count = config_order(config, order, CONFIG_PROVIDERS_MAX), i;
    const char *why = "";
    char place[PATH_MAX];

    if (!provider_load(named, &why)) {
        fprintf(stderr,
                "sspi %s: provider %s: %s\nInstall its package, in Debian " SERVING_PACKAGE
                "%s; `sspi providers' shows those that are there.\n",
                command, named, why, named);
        return 1;
    }
    for (i = 0; i < count && strcmp(order[i].text, named) != 0; i++)
        continue;
    if (i < count || !config_package_yes(config, "locked"))
        return 0;
    fprintf(stderr, "sspi %s: provider %s: not in the list that %s locks\n", command, named,
            config_place(&locked, place, sizeof place));
    return 1;
}

static int refusal_listed(const struct config *config, const char *command)
{
    struct config_value list = config_package(config, "providers");
    const char *installed[CONFIG_PROVIDERS_MAX];
    struct serving serving;
    char place[PATH_MAX];
    size_t count, i;

    serving_look(config, &serving);
    if (serving.provider)
        return 0;
    fprintf(stderr, "sspi %s: no TLS provider serves; the list is `%s', set by %s\n", command, list.text,
            config_place(&list, place, sizeof place));
    for (i = 0; i < serving.passed_count; i++)
        fprintf(stderr, "  %s: %s\n", serving.passed[i].name, serving.passed[i].why);
    if (serving.left)
        fprintf(stderr, "  and no other may stand in (fallback = %s)\n",
                config_package(config, "fallback").text);
    count = config_installed(config, installed, CONFIG_PROVIDERS_MAX);
    if (!count)
        fprintf(stderr,
                "No provider is installed: neither %s nor %s/providers.d says so.\n"
                "Install a provider's package, such as " SERVING_PACKAGE "openssl.\n",
                paths_manifests(), paths_conf());
    else
        fputs("Installed:", stderr);
    for (i = 0; i < count; i++)
        fprintf(stderr, " %s%s", installed[i],
                i + 1 == count ? "; `sspi config set providers NAME' takes one.\n" : "");
    fputs("`sspi doctor' says what to do, opensspi(7) how providers are chosen.\n", stderr);
    return 1;
}

int serving_refusal(const char *command, const char *named)
{
    const char *why = "";
    const struct config *config;

    log_set_target("none"); /* said here, and once */
    config = config_get(&why);
    if (!config) {
        fprintf(stderr, "sspi %s: the configuration: %s\n", command, why);
        fputs("Until that is mended no program can use TLS; opensspi.conf(5) has the rules.\n", stderr);
        return 1;
    }
    log_set_target("none"); /* the configuration has set its own */
    return named ? refusal_named(config, command, named) : refusal_listed(config, command);
}
