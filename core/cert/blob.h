/* SPDX-License-Identifier: MIT
 *
 * core/cert/blob.h -- keys in Windows' own forms (PRIVATEKEYBLOB, RSAFULLPRIVATEBLOB, ECCPRIVATEBLOB) and
 * back.  What holds a private key is wiped by whoever owns the bytes. */
#ifndef CORE_CERT_BLOB_H
#define CORE_CERT_BLOB_H

#include "core/cert/key.h"

/* RSAPrivateKey (PKCS#1) as a PRIVATEKEYBLOB, RSAPublicKey as a PUBLICKEYBLOB; appended.  0; -1 malformed; -2
 * no memory. */
int blob_of_private(struct sspi_bytes pkcs1, struct bytes *out);
int blob_of_public(struct sspi_bytes rsa_public_key, struct bytes *out);
/* The other way: PKCS#1, or RSAPublicKey. */
int blob_to_private(struct sspi_bytes blob, struct bytes *pkcs1);
int blob_to_public(struct sspi_bytes blob, struct bytes *rsa_public_key);
/* CNG's: RSAFULLPRIVATEBLOB as PKCS#1, ECCPRIVATEBLOB as SEC1. */
int blob_from_cng_rsa(struct sspi_bytes blob, struct bytes *pkcs1);
int blob_from_cng_ec(struct sspi_bytes blob, struct bytes *sec1);

/* The forms that a key is exported in; -1: not of that kind, or malformed. */
int blob_cng_rsa_public(const struct key *, struct bytes *out);
int blob_cng_rsa_private(const struct key *, struct bytes *out);
int blob_cng_rsa_full(const struct key *, struct bytes *out);
int blob_cng_ec_public(const struct key *, struct bytes *out); /* whose public half must be in it */
int blob_cng_ec_private(const struct key *, struct bytes *out);
int blob_capi_public(const struct key *, struct bytes *out);
int blob_capi_private(const struct key *, struct bytes *out);

#endif
