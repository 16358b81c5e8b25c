/* SPDX-License-Identifier: MIT
 *
 * core/cert/anchors.h -- trust anchors taken apart, to be found by name. */
#ifndef CORE_CERT_ANCHORS_H
#define CORE_CERT_ANCHORS_H

#include "core/cert/cert.h"
#include "core/cert/certificate.h"

struct cert_anchors {    /* immutable once made */
    unsigned references; /* atomic */
    unsigned count;
    struct certificate_data **anchor; /* ordered by subject */
    struct sspi_bytes *der;           /* in the same order */
    unsigned crl_count;
    struct sspi_bytes *crl; /* lists the store held with them; owned */
};

/* Anchors of a store: with `roots_only` those that signed themselves, with `within_only` those that `within`
 * (may be NULL: none) holds too. */
SECURITY_STATUS anchors_filtered(HCERTSTORE, int roots_only, const struct cert_anchors *within,
                                 int within_only, struct cert_anchors **out);
/* Those whose subject is `name`: the first's index in *first; how many. */
unsigned anchors_named(const struct cert_anchors *, struct sspi_bytes name, unsigned *first);
/* Is this very certificate an anchor? */
int anchors_hold(const struct cert_anchors *, const struct x509 *);

#endif
