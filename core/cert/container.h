/* SPDX-License-Identifier: MIT
 *
 * core/cert/container.h -- key containers and the handles around them (CryptoAPI and CNG).  A container is a
 * name for a key in this process; nothing outlives it.  KEY_PROV_INFO of a certificate leads here. */
#ifndef CORE_CERT_CONTAINER_H
#define CORE_CERT_CONTAINER_H

#include "core/cert/key.h"

#include <wincrypt.h>

/* The key of a container, counted; NULL: none. */
struct key *container_key(const char *name);
/* Gives the container a key, making it where it is not there; `replace` 0: fails where it has one.  0;
 * -1 no memory; 1 there is one. */
int container_put(const char *name, struct key *, int replace);

struct csp {         /* HCRYPTPROV, NCRYPT_PROV_HANDLE; registered */
    char *container; /* NULL: keys belong to this handle alone */
    struct key *key; /* under the registry's lock; where there is no container */
};
/* The key behind a handle that may be a key's or a CSP's, counted; NULL: neither, or none in it. */
struct key *handle_key(ULONG_PTR handle);
/* A handle to a key, the application's to free; 0: no memory. */
ULONG_PTR handle_of_key(struct key *);
/* Drops one reference of a key's or a CSP's handle; 0, or -1 not ours. */
int handle_release(ULONG_PTR handle);

/* What the exported functions come to, text in UTF-8. */
BOOL csp_acquire(HCRYPTPROV *out, const char *container, DWORD flags);
SECURITY_STATUS storage_open(ULONG_PTR *out, const char *name);
/* blob_type as text; `name` of the container to keep it in, or NULL; `secret`: of an encrypted PKCS#8, or
 * NULL. */
SECURITY_STATUS storage_import(ULONG_PTR provider, const char *blob_type, const char *name,
                               const char *secret, struct sspi_bytes blob, DWORD flags, ULONG_PTR *out);

#endif
