/* SPDX-License-Identifier: MIT
 *
 * core/cert/crl.h -- revocation lists behind PCCRL_CONTEXT (RFC 5280 5.1). */
#ifndef CORE_CERT_CRL_H
#define CORE_CERT_CRL_H

#include "core/cert/x509.h"

#include <wincrypt.h>

struct store;
struct revocation {
    CRL_CONTEXT shown;                /* first: the application's pointer is this object's address */
    struct store *store;              /* under the registry's lock, like next */
    struct revocation *next;          /* in the store */
    struct sspi_bytes der;            /* within this object, as all that `shown` points to */
    struct sspi_bytes issuer;         /* whole Name */
    int64_t this_update, next_update; /* next_update 0: none said */
};
/* Not registered yet.  NULL with *malformed set: not a CRL; without: no memory. */
struct revocation *revocation_new(struct sspi_bytes der, int *malformed);
void revocation_destroy(struct revocation *);

#endif
