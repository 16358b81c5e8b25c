/* SPDX-License-Identifier: MIT
 *
 * core/config-parse.h -- the grammar and the keys of opensspi.conf(5): text in, a list of entries out.
 * Pure: no files, no environment.  Only core/config.c and the tests use it. */
#ifndef CORE_CONFIG_PARSE_H
#define CORE_CONFIG_PARSE_H

#include "core/config.h"

enum {
    CONFIG_FILE_MAX = 65536, /* bytes of one file */
    CONFIG_LINE_MAX = 1024,  /* bytes of one line */
    CONFIG_ENTRIES_MAX = 4096,
    CONFIG_NAME_MAX = 31 /* characters of a provider's name */
};

struct config_entry {
    enum config_section section;
    const char *name; /* of the package, program or provider */
    const char *key;
    struct config_value value;
};

struct config_text { /* what the entries' strings point into */
    struct config_text *next;
    char bytes[];
};

struct config_list { /* zeroed: empty; in order of precedence, the last word wins */
    struct config_entry *entry;
    size_t count, cap;
    struct config_text *texts;
};

/* Takes the text of one file apart and appends its entries.  `manifest`: the file is NN-NAME.provider.
 * bytes may hold anything; text is copied.  0, or -1 with file, line and reason in *why and errno set
 * (EINVAL: the text; ENOMEM). */
int config_parse(struct config_list *, const char *file, const char *bytes, size_t len, int manifest, char *why,
                 size_t why_size);
/* Appends one entry whose strings live longer than the list.  0, or -1 with errno. */
int config_list_add(struct config_list *, const struct config_entry *);
/* A copy of `text` that lives as long as the list; NULL: no memory. */
const char *config_list_text(struct config_list *, const char *text, size_t len);
void config_list_free(struct config_list *);

/* 1 where `name` can be a provider's: a-z, 0-9, - and _, a letter or digit first, not too long. */
int config_name_valid(const char *name, size_t len);
/* Takes the next word off a blank-separated list; its length, 0: no more. */
size_t config_word(const char **list, const char **word);
/* 0 if `text` may stand for the key, else -1 and what is wrong with it in *why. */
int config_value_check(const struct config_key *, const char *text, char *why, size_t why_size);

#endif
