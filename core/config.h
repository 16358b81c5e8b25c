/* SPDX-License-Identifier: MIT
 *
 * core/config.h -- the configuration: parsed, checked and merged once per process, at the first use
 * (opensspi.conf(5)).  Immutable afterwards, so it is read without a lock. */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include <stddef.h>

enum { CONFIG_PROVIDERS_MAX = 32 }; /* installed and named ones together */

struct config;

struct config_value { /* text NULL: not set anywhere */
    const char *text;
    const char *file; /* "built-in" with or without more, "OPENSSPI_PROVIDER", or the file that decided */
    unsigned line;    /* 0 for the first two */
};

/* The process's configuration.  NULL with *why set (one line: file, line, reason; static storage) where
 * a file is malformed, unsafe or unreadable: the caller fails closed.  Any number of threads. */
const struct config *config_get(const char **why);
/* The same for a named program, uncached: what `sspi config --program NAME` shows.  program NULL: this
 * one; "": one without a section of its own.  Free it.  NULL with *why (malloc'ed, or NULL: no memory). */
struct config *config_load(const char *program, char **why);
void config_free(struct config *);

/* [package Schannel] as overlaid by [program ...] and OPENSSPI_PROVIDER. */
struct config_value config_package(const struct config *, const char *key);
int config_package_yes(const struct config *, const char *key);
/* [provider NAME], manifests included. */
struct config_value config_provider(const struct config *, const char *provider, const char *key);

/* Providers in the configured order; names, each with the place that named it.  How many were written, at
 * most cap; CONFIG_PROVIDERS_MAX hold all.  The same goes for the next. */
size_t config_order(const struct config *, struct config_value *out, size_t cap);
/* Every installed provider: those with a manifest that is not masked. */
size_t config_installed(const struct config *, const char **names, size_t cap);
const char *config_program(const struct config *); /* basename of /proc/self/exe, or the one asked about */

/* "FILE:LINE", or what stands in place of a file; returns out. */
const char *config_place(const struct config_value *, char *out, size_t size);

/* Opens `path` for reading if no other account may change it or a directory on its way (root or the
 * effective user own them, neither group nor others may write; sticky directories pass), judged on what
 * was opened.  Descriptor, or -1 with a one-line reason in *why.  core/safe.h has more. */
int config_open_safe(const char *path, char *why, size_t why_size);

/* ---- for `sspi config`: what there is to set, and who said what ---- */
enum config_section {
    CONFIG_PACKAGE = 1,
    CONFIG_PROGRAM = 2,
    CONFIG_PROVIDER = 4,
    CONFIG_MANIFEST = 8,    /* [provider NAME] in providers.d */
    CONFIG_ENVIRONMENT = 16 /* OPENSSPI_PROVIDER */
};
enum config_kind { CONFIG_NAMES, CONFIG_WORD, CONFIG_MODULE, CONFIG_NUMBER, CONFIG_PATH, CONFIG_FREE };
struct config_key {
    const char *name;
    unsigned where; /* sections it may stand in */
    enum config_kind kind;
    const char *words;    /* CONFIG_WORD: those allowed */
    const char *built_in; /* NULL: none */
    const char *meaning;  /* one line */
};
const struct config_key *config_key_at(size_t i); /* NULL: no more */
const char *config_section_word(enum config_section);

struct config_said { /* one place that sets a key, weakest first; the last one counts */
    struct config_value value;
    enum config_section section;
};
/* Everything said about a key; provider NULL: the package's.  How many there are; up to cap are written. */
size_t config_history(const struct config *, const char *provider, const char *key, struct config_said *out,
                      size_t cap);
/* The files that were read, in order of precedence; NULL: no more. */
const char *config_file_at(const struct config *, size_t i);
/* The programs that sections name, one for each setting in them; NULL: no more. */
const char *config_program_at(const struct config *, size_t i);

#endif
