/* SPDX-License-Identifier: MIT
 *
 * tools/serving.h -- which provider a program gets, and in words for people why none. */
#ifndef TOOLS_SERVING_H
#define TOOLS_SERVING_H

#include "core/config.h"

#include <stddef.h>

struct serving {
    const struct provider *provider; /* NULL: none of the list serves */
    struct {
        const char *name, *why;
    } passed[CONFIG_PROVIDERS_MAX]; /* those before it in the list */
    size_t passed_count, left;      /* left: those behind, that may not stand in */
};

/* Along the list of the configuration, as a program goes that asks for nothing in particular. */
void serving_look(const struct config *, struct serving *);

/* Why the command got no credential, on stderr, with the places looked at and what to do.  0: the providers
 * and their configuration are not why.  named: the one that was asked for; NULL: the configured list. */
int serving_refusal(const char *command, const char *named);

/* The package that a distribution may have a provider in. */
#define SERVING_PACKAGE "opensspi-provider-"

#endif
