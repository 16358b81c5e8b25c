/* SPDX-License-Identifier: MIT
 *
 * core/config.h -- the configuration: parsed, checked and merged once per process, at the first use
 * (opensspi.conf(5)).  Immutable afterwards, so it is read without a lock. */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include <stddef.h>

struct config;

struct config_value { /* text NULL: not set anywhere */
    const char *text;
    const char *file; /* "built-in", or the file that decided */
    unsigned line;
};

/* The process's configuration.  NULL with *why set (one line: file, line, reason; static storage) where
 * a file is malformed, unsafe or unreadable: the caller fails closed. */
const struct config *config_get(const char **why);
/* The same for a named program, uncached: what `sspi config --program NAME` shows.  Free it. */
struct config *config_load(const char *program, char **why);
void config_free(struct config *);

/* [package Schannel] as overlaid by [program ...] and OPENSSPI_PROVIDER. */
struct config_value config_package(const struct config *, const char *key);
int config_package_yes(const struct config *, const char *key);
/* [provider NAME], manifests included. */
struct config_value config_provider(const struct config *, const char *provider, const char *key);

/* Providers in the configured order; names, each with the place that named it. */
size_t config_order(const struct config *, struct config_value *out, size_t cap);
/* Every installed provider: those with a manifest that is not masked. */
size_t config_installed(const struct config *, const char **names, size_t cap);
const char *config_program(const struct config *); /* basename of /proc/self/exe */

/* Opens `path` for reading if no other account may change it or a directory on its way (root or the
 * effective user own them, neither group nor others may write; sticky directories pass), judged on what
 * was opened.  Descriptor, or -1 with a one-line reason in *why. */
int config_open_safe(const char *path, char *why, size_t why_size);

#endif
