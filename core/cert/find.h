/* SPDX-License-Identifier: MIT
 *
 * core/cert/find.h -- looking for certificates in a store. */
#ifndef CORE_CERT_FIND_H
#define CORE_CERT_FIND_H

#include "core/cert/store.h"

/* CertFindCertificateInStore; wide text in units of `bits`. */
PCCERT_CONTEXT find_certificate(HCERTSTORE store, DWORD flags, DWORD type, const void *para,
                                PCCERT_CONTEXT previous, unsigned bits);

#endif
