/* SPDX-License-Identifier: MIT
 *
 * core/cert/chain.h -- chain contexts: CertGetCertificateChain and CertVerifyCertificateChainPolicy. */
#ifndef CORE_CERT_CHAIN_H
#define CORE_CERT_CHAIN_H

#include "core/cert/path.h"

#include <wincrypt.h>

/* CertVerifyCertificateChainPolicy, a server name in units of `bits`. */
BOOL chain_policy(LPCSTR policy, PCCERT_CHAIN_CONTEXT, const CERT_CHAIN_POLICY_PARA *,
                  PCERT_CHAIN_POLICY_STATUS, unsigned bits);

/* What CERT_CHAIN_ENGINE_CONFIG and HCERTCHAINENGINE come to; a registered object. */
struct chain_engine {
    struct cert_anchors *anchors;
    struct store *others[64]; /* held: where intermediates come from */
    unsigned other_count;
};
void chain_engine_destroy(struct chain_engine *);

#endif
