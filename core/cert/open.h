/* SPDX-License-Identifier: MIT
 *
 * core/cert/open.h -- stores filled from somewhere: PEM text, files, PKCS#12, the system. */
#ifndef CORE_CERT_OPEN_H
#define CORE_CERT_OPEN_H

#include "core/cert/store.h"

/* CertOpenStore: path or name as UTF-8 text where `provider` wants one, else pvPara as it came.  Last error
 * set where NULL comes back, and a line logged that names the file and the reason. */
HCERTSTORE open_store(LPCSTR provider, DWORD flags, const void *para, unsigned bits);
/* A store of what a file holds, PEM without a password or DER; as open_store. */
HCERTSTORE open_bytes(struct sspi_bytes, const char *origin);
/* Fills a store with what PEM text holds; keys go to the first certificate they fit, encrypted ones are
 * opened with `password` (may be NULL).  `origin` is how a log line names it.  0, or a last-error code. */
DWORD open_pem(struct store *, struct sspi_bytes text, const char *password, const char *origin);
/* Fills a store with the certificate that a pkcs11: URI names and those on its token that issued it.  Unless the
 * URI says that it is a certificate's, the same URI is told to be its key's (KEY_PROV_INFO).  As open_pem. */
DWORD open_token(struct store *, const char *uri);
/* PKCS#12 into a new store; NULL: last error set. */
HCERTSTORE open_pfx(struct sspi_bytes pfx, const char *password, DWORD flags);

#endif
