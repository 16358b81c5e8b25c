/* SPDX-License-Identifier: MIT
 *
 * core/cert/key.h -- private keys: PKCS#8 (RFC 5958) in memory of its own that is locked where the system
 * allows, left out of core dumps, and wiped before it goes; on disk only by keyfile.h.  A key does not change
 * once made and is counted. */
#ifndef CORE_CERT_KEY_H
#define CORE_CERT_KEY_H

#include "core/cert/x509.h"

/* Pages for secrets: zeroed, apart from the heap; NULL: no memory. */
void *secret_new(size_t size);
void secret_free(void *secret, size_t size); /* wipes; NULL is fine */

/* NCRYPT_ALLOW_EXPORT_FLAG, ..._PLAINTEXT_EXPORT_FLAG; and: the program that brought it may still change that. */
enum { KEY_MAY_LEAVE_SEALED = 1, KEY_MAY_LEAVE = 2, KEY_POLICY_OPEN = 0x10000 };
enum key_place { KEY_NOWHERE, KEY_PROCESS, KEY_ACCOUNT, KEY_MACHINE }; /* where its name leads to it */
struct draft;
struct key {
    unsigned references;             /* atomic */
    unsigned policy;                 /* KEY_MAY_*: whether an exported function gives it out; atomic */
    struct sspi_bytes bytes;         /* PKCS#8 DER */
    struct x509_algorithm algorithm; /* within bytes: what kind of key it is */
    unsigned usage;                  /* NCRYPT_ALLOW_*: what a program said it is for; 0: nothing; atomic */
    enum key_place place;            /* this and the name: set before anybody else has the key */
    char *name;                      /* UTF-8; NULL: none */
    struct draft *draft; /* storage.c: of one that is not finalized; bytes may be empty until it is */
};
enum key_form { KEY_PKCS8, KEY_PKCS1, KEY_SEC1 };
/* A copy of the DER, wrapped into PKCS#8 where it is not.  NULL with *malformed set: not such a key; NULL
 * without: no memory. */
struct key *key_new(enum key_form form, struct sspi_bytes der, int *malformed);
unsigned key_policy(const struct key *);
void key_set_policy(struct key *, unsigned policy);
struct key *key_hold(struct key *); /* NULL is fine */
void key_drop(struct key *);        /* NULL is fine */
/* What it is; 0, or -1: no kind that a provider makes. */
int key_kind(const struct key *, enum sspi_key_type *, unsigned *bits);
/* RSAPrivateKey or ECPrivateKey within a PKCS#8.  0, or -1: malformed. */
int key_inner(const struct key *, struct sspi_bytes *inner);
/* ECPrivateKey (RFC 5915 3): version 1, scalar, [0] curve, [1] public key; the last two may be missing: empty. */
int key_read_sec1(struct sspi_bytes der, struct sspi_bytes *scalar, struct sspi_bytes *curve,
                  struct sspi_bytes *point);
/* Does it belong to the certificate's public key?  2: yes, by the public half that the private key carries,
 * as RSA always does and EC usually; 1: it may, the algorithm is the same and there is no public half to
 * compare (Ed25519); 0: no. */
int key_fits(const struct key *, const struct x509 *);

#endif
