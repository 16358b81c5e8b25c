/* SPDX-License-Identifier: MIT
 *
 * core/cert/query.h -- CryptQueryObject. */
#ifndef CORE_CERT_QUERY_H
#define CORE_CERT_QUERY_H

#include <wincrypt.h>

struct query { /* its parameters; outputs may be NULL */
    DWORD type;
    const void *object;
    DWORD content, format;
    DWORD *encoding, *found_content, *found_format;
    HCERTSTORE *store;
    HCRYPTMSG *message;
    const void **context;
};
BOOL query_object(const struct query *, unsigned bits);

#endif
