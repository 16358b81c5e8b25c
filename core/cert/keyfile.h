/* SPDX-License-Identifier: MIT
 *
 * core/cert/keyfile.h -- keys that outlive the process: what NCryptCreatePersistedKey was given a name for.
 * Each is a file beside the account's or the machine's store MY, `my.keys/NAME.pem`: PKCS#8 as text behind a
 * line that says whether it may be exported; mode 0600, and refused with another. */
#ifndef CORE_CERT_KEYFILE_H
#define CORE_CERT_KEYFILE_H

#include "core/cert/key.h"

#include <ncrypt.h>

/* A name that a file can have; names differ where their files do. */
int keyfile_name_fits(const char *name);
/* place: KEY_ACCOUNT or KEY_MACHINE. */
int keyfile_there(const char *name, enum key_place place);
/* NULL with *error: NTE_BAD_KEYSET there is none, NTE_PERM it may not be read (logged), NTE_BAD_DATA damaged
 * (logged), NTE_NO_MEMORY. */
struct key *keyfile_read(const char *name, enum key_place place, SECURITY_STATUS *error);
/* To where the key's name and place say.  NTE_EXISTS, NTE_PERM (logged), NTE_NO_MEMORY. */
SECURITY_STATUS keyfile_write(const struct key *, struct sspi_bytes pkcs8, int replace);
SECURITY_STATUS keyfile_remove(const struct key *);

#endif
