/* SPDX-License-Identifier: MIT
 *
 * core/cert/hash.h -- what hashes a certificate. */
#ifndef CORE_CERT_HASH_H
#define CORE_CERT_HASH_H

#include <wincrypt.h>

/* CALG_ of a CNG name ("SHA256"), in any case; 0: not one that a provider has. */
ALG_ID hash_named(const char *name);
/* Gives the digest as CryptHashCertificate does: out NULL asks for the size. */
BOOL hash_encoded(ALG_ID, const BYTE *encoded, DWORD len, BYTE *out, DWORD *size);

#endif
