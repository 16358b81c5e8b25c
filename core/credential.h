/* SPDX-License-Identifier: MIT
 *
 * core/credential.h -- a credential: what AcquireCredentialsHandle captured.  Immutable once open and
 * counted: a context holds a reference, so freeing the handle first is harmless. */
#ifndef CORE_CREDENTIAL_H
#define CORE_CREDENTIAL_H

#include "core/cert/cert.h"
#include "core/provider.h"

struct credential_cert { /* one paCred entry and the provider's credentials made of it */
    struct cert_identity identity;
    sspi_cred *tls_server, *tls_client, *dtls_server, *dtls_client; /* made when first needed; under `lock` */
};

struct credential;

struct credential *credential_get(const CredHandle *); /* a counted reference, or NULL */
struct credential *credential_ref(struct credential *);
void credential_unref(struct credential *);

#endif
