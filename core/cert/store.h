/* SPDX-License-Identifier: MIT
 *
 * core/cert/store.h -- stores: lists of certificates and CRLs in memory; a system store (system.h) writes to its
 * folder what is added to it. */
#ifndef CORE_CERT_STORE_H
#define CORE_CERT_STORE_H

#include "core/cert/certificate.h"
#include "core/cert/crl.h"

#define STORE_SIBLINGS 32u

struct system_store;

struct store { /* all under the registry's lock, save what never changes */
    struct certificate *first, *last;
    struct revocation *crls;
    unsigned long order;
    int read_only;  /* once opened: CERT_STORE_READONLY_FLAG, and the system's own */
    int collection; /* shows what its siblings hold */
    struct system_store *system; /* NULL: in memory alone; set before anybody else has the store */
    unsigned sibling_count;
    struct store *siblings[STORE_SIBLINGS]; /* held */
};

struct store *store_new(void); /* empty, one reference; NULL: no memory */
/* One more reference to a handle that may be anything; NULL (last error E_INVALIDARG): not a store. */
struct store *store_take(HCERTSTORE);
void store_release(struct store *);
void store_destroy(struct store *); /* already out of the registry; not under the lock */
/* Puts a certificate at the end, `key` with it (may be NULL).  *shown (may be NULL): with a reference of its
 * own.  0, or -1 no memory. */
int store_append(struct store *, struct certificate_data *, struct key *, struct certificate **shown);
/* The member after `previous` (NULL: the first), held, whose own reference is given up; NULL: no more. */
struct certificate *store_next(struct store *, struct certificate *previous);
/* Gives the key to the first certificate without one that it fits; 1 given, 0 there is none.  Where several
 * could be meant and the key does not tell, a provider tries which of them it serves. */
int store_pair(struct store *, struct key *);

#endif
