/* SPDX-License-Identifier: MIT
 *
 * core/cert/container.h -- key containers and the handles around them (CryptoAPI and CNG).  A container is a
 * name for a key in this process; nothing outlives it, save what keyfile.h keeps.  KEY_PROV_INFO of a certificate
 * leads here. */
#ifndef CORE_CERT_CONTAINER_H
#define CORE_CERT_CONTAINER_H

#include "core/cert/key.h"

#include <wincrypt.h>

/* The key of a container, or of a file of that name, counted; NULL: none. */
struct key *container_key(const char *name);
struct key *container_key_here(const char *name); /* of a container alone */
/* Gives the container a key, making it where it is not there; `replace` 0: fails where it has one.  0;
 * -1 no memory; 1 there is one. */
int container_put(const char *name, struct key *, int replace);
/* Takes it away, where `key` is not NULL only if it is this one's.  0, or -1: there is none. */
int container_remove(const char *name, const struct key *);
/* A PKCS#1 or SEC1 key that some blob came to (`failed` as blob.h says); the octets are wiped.  NULL with *error
 * set. */
struct key *container_key_from(struct bytes *der, enum key_form, int failed, SECURITY_STATUS *error);

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

#endif
