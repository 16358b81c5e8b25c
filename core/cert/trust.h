/* SPDX-License-Identifier: MIT
 *
 * core/cert/trust.h -- the distribution's trust, as p11-kit's trust module tells it.  The module is the one
 * p11-kit installs, by its fixed path: neither the environment nor anybody's own configuration of p11-kit
 * names another.  p11-kit shares it with whoever uses it in this process (GnuTLS), so it is initialised and
 * finalised through p11-kit. */
#ifndef CORE_CERT_TRUST_H
#define CORE_CERT_TRUST_H

#include "core/cert/anchors.h"

enum trust_state {
    TRUST_READ,
    TRUST_ABSENT, /* no libp11-kit, or no module */
    TRUST_FAILED, /* it is there and cannot be believed; logged */
    TRUST_MEMORY
};

/* Appends the anchors that speak for TLS, with their limits, and fills `distrust`.  Save with TRUST_READ what
 * was filled in is of no use.  One thread at a time. */
enum trust_state trust_read(struct cert_anchors *, struct distrust *);

#endif
