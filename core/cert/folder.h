/* SPDX-License-Identifier: MIT
 *
 * core/cert/folder.h -- a system store on disk: a folder of files, each a certificate with what belongs to it
 * (PEM, DER, PFX without a password).  Files that this library writes are named by the certificate's SHA-256
 * and appear whole or not at all, so writers need no lock.  A file or folder that another account may change
 * is refused (core/safe.h), as is a private key that others may read. */
#ifndef CORE_CERT_FOLDER_H
#define CORE_CERT_FOLDER_H

#include "core/cert/store.h"

#include <sys/types.h>

/* The folder of the store `name` (lower case), for all or for the account of this process; malloc'ed.  NULL:
 * no memory, or there is none: the account's is left alone in a program that runs with another's rights
 * (setuid), on a thread that has another's (impersonation), and where the account database knows no home. */
char *folder_machine(const char *name);
char *folder_user(const char *name);
int folder_exists(const char *folder);

/* Fills a store; a folder that is not there is an empty one, a damaged file is logged and left out.  -1: no
 * memory. */
int folder_read(const char *folder, struct store *);
/* The same files as a text a person may read: one certificate, `key` behind it (PKCS#8, may be empty: mode
 * 0644, else 0600).  ERROR_SUCCESS, or the error; *path, if not NULL: the file, malloc'ed. */
DWORD folder_write(const char *folder, struct certificate_data *const *chain, unsigned count,
                   struct sspi_bytes key, char **path);
/* CRYPT_E_NOT_FOUND: no file holds it.  ERROR_ACCESS_DENIED: one that holds others too, or may not be
 * changed; logged. */
DWORD folder_remove(const char *folder, const struct certificate_data *);

#endif
