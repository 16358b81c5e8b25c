/* SPDX-License-Identifier: MIT
 *
 * core/cert/lists.h -- revocation lists from the configured folders: `crls` beside opensspi.conf, and
 * `crls = FOLDER`.  Kept in memory, and read anew once a folder has changed. */
#ifndef CORE_CERT_LISTS_H
#define CORE_CERT_LISTS_H

#include "core/cert/crl.h"

#define LIST_FILES_MAX 4096u
#define LIST_FILE_MAX  (24u << 20) /* octets, as PEM may have them */

struct list_file {
    struct crl crl; /* points into der */
    struct sspi_bytes der;
    char *name; /* path, for the log */
};
struct lists {           /* immutable once made */
    unsigned references; /* atomic */
    unsigned count;
    struct list_file *file; /* ordered by issuer */
};

/* What lies in the folders now, counted; NULL: no memory.  A damaged file is logged and left out. */
struct lists *lists_get(void);
void lists_release(struct lists *); /* NULL is fine */
/* Those whose issuer is `name`: the first's index in *first; how many. */
unsigned lists_named(const struct lists *, struct sspi_bytes name, unsigned *first);

#endif
