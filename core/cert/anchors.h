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
/* One more anchor or list of the distribution's, for this process; one that was added goes again.  0, or -1: no
 * memory, or no such. */
int anchors_add(struct certificate_data *);
int anchors_add_list(struct sspi_bytes crl);
int anchors_remove(const struct certificate_data *);
/* Is this very certificate an anchor? */
int anchors_hold(const struct cert_anchors *, const struct x509 *);

#endif
