/* SPDX-License-Identifier: MIT
 *
 * core/cert/seal.h -- what is written under a password: PBES2 as PKCS#8 and PKCS#12 carry it, and PKCS#12's
 * seal over the whole. */
#ifndef CORE_CERT_SEAL_H
#define CORE_CERT_SEAL_H

#include "core/cert/der.h"
#include "core/provider.h"

struct seal {
    const struct provider *provider; /* one with SSPI_CAP_PASSWORD */
    const char *password;            /* UTF-8; NULL: the empty one */
    int dry; /* only lengths count: no work is done, and zeros stand where secrets would */
};
/* A provider that can.  0, or -1: there is none. */
int seal_provider(struct seal *);
/* Appends an AlgorithmIdentifier and the sealed octets under `tag`, as both EncryptedPrivateKeyInfo and
 * EncryptedContentInfo end with.  0, or -1: no memory, or the provider cannot. */
int seal_append(const struct seal *, struct bytes *out, struct sspi_bytes plain, uint8_t tag);
/* Appends an EncryptedPrivateKeyInfo (RFC 5958 3). */
int seal_append_key(const struct seal *, struct bytes *out, struct sspi_bytes pkcs8);
/* Appends the MacData of a PFX (RFC 7292 4) over its contents. */
int seal_append_mac(const struct seal *, struct bytes *out, struct sspi_bytes contents);

#endif
