/* SPDX-License-Identifier: MIT
 *
 * core/cert/system.h -- system stores: ROOT, CA, MY and others, for all and for an account. */
#ifndef CORE_CERT_SYSTEM_H
#define CORE_CERT_SYSTEM_H

#include "core/cert/store.h"

/* The folders behind a store's handle, in struct store; freed with it. */
struct system_store {
    int root;          /* ROOT: what a program adds counts in this process */
    char *own, *under; /* written to and read; read beneath it; either may be NULL */
};
void system_store_free(struct system_store *);

/* CertOpenStore(CERT_STORE_PROV_SYSTEM), CertOpenSystemStore: flags name the place (none: the account's) and
 * say whether the store must or must not be there.  NULL: last error set. */
HCERTSTORE open_system(const char *name, DWORD flags);

/* A member was placed in, or is to leave, a store with a system_store; not under the lock.  ERROR_SUCCESS, or
 * why it may not be. */
DWORD system_added(const struct system_store *, struct certificate_data *);
DWORD system_removed(const struct system_store *, struct certificate_data *);

/* What CA holds for this process: candidates for a path, not trusted; counted, kept until the folders change.
 * NULL: none. */
struct store *system_intermediates(void);

#endif
