/* SPDX-License-Identifier: MIT
 *
 * core/cert/crl.h -- revocation lists behind PCCRL_CONTEXT (RFC 5280 5.1). */
#ifndef CORE_CERT_CRL_H
#define CORE_CERT_CRL_H

#include "core/cert/x509.h"

#include <wincrypt.h>

struct crl { /* taken apart in place, as struct x509 */
    struct sspi_bytes to_be_signed, issuer; /* whole elements */
    struct sspi_bytes entries, extensions;
    struct x509_algorithm algorithm;
    struct sspi_bytes signature;
    int64_t this_update, next_update; /* Unix seconds; next_update 0: none said */
    unsigned version;
};
struct crl_entry {
    struct sspi_bytes serial, extensions; /* serial: contents of the INTEGER */
    int64_t date;
};
/* One whole list, every entry of it looked at.  0, or -1. */
int crl_parse(struct sspi_bytes der, struct crl *);
/* The next of `entries`; 0, or -1. */
int crl_entry_next(struct sspi_bytes *entries, struct crl_entry *);

/* The DER of a list in DER or PEM ("X509 CRL", the first block); malloc'ed.  NULL: *why says it, static. */
uint8_t *crl_decode(struct sspi_bytes text, size_t *len, const char **why);

enum crl_scope {
    CRL_NOTHING, /* not this issuer's certificates alone, or in words unknown: says nothing at all */
    CRL_PART,    /* changes only, some reasons, other certificates: who is on it is revoked, who is not is not known */
    CRL_WHOLE    /* who is not on it is not revoked */
};
enum crl_scope crl_scope(const struct crl *, const struct x509 *);
/* Is the serial number on it?  1, 0, or -1: entries of other issuers, so it cannot be read. */
int crl_names(const struct crl *, struct sspi_bytes serial);

struct store;
struct revocation {
    CRL_CONTEXT shown;                /* first: the application's pointer is this object's address */
    struct store *store;              /* under the registry's lock, like next */
    struct revocation *next;          /* in the store */
    struct sspi_bytes der;            /* within this object, as all that `shown` points to */
};
/* Not registered yet.  NULL with *malformed set: not a CRL; without: no memory. */
struct revocation *revocation_new(struct sspi_bytes der, int *malformed);
void revocation_destroy(struct revocation *);

#endif
