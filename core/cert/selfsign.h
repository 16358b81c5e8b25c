/* SPDX-License-Identifier: MIT
 *
 * core/cert/selfsign.h -- CertCreateSelfSignCertificate. */
#ifndef CORE_CERT_SELFSIGN_H
#define CORE_CERT_SELFSIGN_H

#include <wincrypt.h>

struct selfsign { /* its parameters */
    ULONG_PTR key;
    const CERT_NAME_BLOB *subject;
    DWORD flags;
    const CRYPT_KEY_PROV_INFO *info;
    const CRYPT_ALGORITHM_IDENTIFIER *algorithm;
    const SYSTEMTIME *start, *end;
    const CERT_EXTENSIONS *extensions;
};
PCCERT_CONTEXT selfsign(const struct selfsign *, unsigned bits);

#endif
