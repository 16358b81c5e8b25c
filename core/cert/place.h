/* SPDX-License-Identifier: MIT
 *
 * core/cert/place.h -- where certificates and lists lie on disk, and how a file comes to lie there. */
#ifndef CORE_CERT_PLACE_H
#define CORE_CERT_PLACE_H

#include <opensspi/provider.h>
#include <sys/types.h>

char *place_join(const char *, const char *, const char *); /* malloc'ed; NULL: no memory */
char *place_machine(const char *kind, const char *name);    /* below the configuration; malloc'ed, or NULL */
/* The folder of the account's store `name`, malloc'ed.  NULL: no memory, or there is none: a program that
 * runs with another's rights leaves it alone, and an account may have no home.  It comes from the account
 * database, never from HOME. */
char *place_user(const char *name);

/* Writes a file of a folder, which is made where it is missing: temporary name, fsync, rename, fsync.  0, or
 * -1 with errno, logged. */
int place_put(const char *folder, const char *name, struct sspi_bytes, mode_t mode);
/* The same where there is none of that name: else EEXIST, not logged. */
int place_put_new(const char *folder, const char *name, struct sspi_bytes, mode_t mode);

#endif
