/* SPDX-License-Identifier: MIT
 *
 * tools/config-edit.h -- `sspi config set` and `unset`: one file of conf.d, changed as a whole or not at all.
 */
#ifndef TOOLS_CONFIG_EDIT_H
#define TOOLS_CONFIG_EDIT_H

#include <stddef.h>

struct config_edit {
    const char *program, *provider; /* the section; both NULL: [package Schannel] */
    const char *key;
    const char *value; /* NULL: the key goes */
    const char *file;  /* a name in conf.d, ending in .conf */
};

/* Puts the file in place under a lock.  Its path in *path (of size bytes) and the line of the setting (0:
 * none is left, or there was none).  0, or -1 with one line in *why; then the file is as it was. */
int config_edit(const struct config_edit *, char *path, size_t path_size, unsigned *line, char *why,
                size_t why_size);

#endif
