/* SPDX-License-Identifier: MIT
 *
 * core/cert/storage.h -- CNG's key storage: keys made, imported, named, exported.  Text is UTF-8 here. */
#ifndef CORE_CERT_STORAGE_H
#define CORE_CERT_STORAGE_H

#include "core/cert/key.h"

#include <ncrypt.h>

/* A key that NCryptFinalizeKey completes; under the registry's lock once it has a handle. */
struct draft {
    enum sspi_key_type type; /* to be made, where there are no bytes yet */
    unsigned bits;
    int replace; /* whatever has its name */
    int busy;    /* being made: nothing may change any more */
};

SECURITY_STATUS storage_open(ULONG_PTR *out, const char *name);
SECURITY_STATUS storage_create(ULONG_PTR provider, const char *algorithm, const char *name, DWORD flags,
                               ULONG_PTR *out);
SECURITY_STATUS storage_open_key(ULONG_PTR provider, const char *name, DWORD flags, ULONG_PTR *out);
/* blob_type as text; `name` of the container to keep it in, or NULL; `secret`: of an encrypted PKCS#8, or
 * NULL. */
SECURITY_STATUS storage_import(ULONG_PTR provider, const char *blob_type, const char *name,
                               const char *secret, struct sspi_bytes blob, DWORD flags, ULONG_PTR *out);
/* `secret`: under which a PKCS#8 is to be encrypted, or NULL. */
SECURITY_STATUS storage_export(ULONG_PTR key, const char *blob_type, const char *secret, BYTE *out,
                               DWORD room, DWORD *len);
/* A property of a key or provider, by name, its text in units of `bits`. */
SECURITY_STATUS storage_get(ULONG_PTR handle, const char *name, BYTE *out, DWORD room, DWORD *len,
                            unsigned bits);
SECURITY_STATUS storage_set(ULONG_PTR handle, const char *name, const BYTE *in, DWORD len);

/* The rule for what fills a caller's buffer here: out NULL asks for the size, too little room is
 * NTE_BUFFER_TOO_SMALL with it. */
SECURITY_STATUS storage_give(struct sspi_bytes, BYTE *out, DWORD room, DWORD *len);
/* Is it a provider's handle? */
int storage_is_provider(ULONG_PTR handle);
/* The key behind a key's handle, counted, finalized or not; NULL: none. */
struct key *storage_key(ULONG_PTR handle, int *is_draft);

#endif
