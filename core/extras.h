/* SPDX-License-Identifier: MIT
 *
 * core/extras.h -- what few connections need and attributes answer with; kept beside the context, under its
 * lock. */
#ifndef CORE_EXTRAS_H
#define CORE_EXTRAS_H

#include "core/context.h"

struct extras {
    int asked;               /* client: a plaintext CertificateRequest came */
    struct bytes issuers;    /* ... its names: u16 length and DER each */
    struct bytes signatures; /* ... its signature schemes, u16 in network order; empty: not told */
    ULONG app_flags;         /* SECPKG_ATTR_APP_DATA, as set */
    struct bytes app_data;
    struct bytes staple; /* client: the OCSP response that came with the peer's chain */
    struct bytes prf;    /* SECPKG_ATTR_EAP_PRF_INFO: a label, NUL-ended; empty: not set */
};

struct extras *context_extras(struct context *); /* makes them where there are none; NULL: no memory */
void extras_free(struct context *);
/* Keeps what a plaintext CertificateRequest says.  0, or -1: no memory. */
int extras_staple(struct context *, struct sspi_bytes staple); /* in place of what was there; empty: none */
int extras_request(struct context *, const struct hello_request *);

#endif
