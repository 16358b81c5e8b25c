/* SPDX-License-Identifier: MIT
 *
 * core/cert/token-find.h -- the certificate that a pkcs11: URI names, among the tokens of some modules, and the
 * issuing certificates beside it.  What a module says is believed no further than it can be checked: numbers and
 * sizes are bounded, an object has to be what was asked for, and a certificate is parsed before it counts. */
#ifndef CORE_CERT_TOKEN_FIND_H
#define CORE_CERT_TOKEN_FIND_H

#include "core/cert/certificate.h"
#include "core/cert/p11kit.h"
#include "core/cert/token.h"

#define TOKEN_CERTIFICATES_MAX 32u

struct token_certificates {
    unsigned count;
    struct certificate_data *of[TOKEN_CERTIFICATES_MAX]; /* held; the one that was named is the first */
};

/* ERROR_SUCCESS; or, said in the log: CRYPT_E_NOT_FOUND, E_INVALIDARG: the URI matches several,
 * ERROR_INVALID_PASSWORD, E_OUTOFMEMORY.  RFC 7512 lets a URI match any number of objects and prefers none, so
 * it has to match one here; the same certificate twice is one.  The PIN is given to a token only if no
 * certificate is there without it, and only if no other token could be meant.  `modules`: NULL ends them. */
DWORD token_find(const struct p11kit *, CK_FUNCTION_LIST *const *modules, const struct token_name *,
                 struct token_certificates *);
void token_certificates_free(struct token_certificates *);

#endif
