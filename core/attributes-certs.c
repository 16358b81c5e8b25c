/* SPDX-License-Identifier: MIT
 *
 * Attributes that are certificates: the peer's and one's own. */
#include <config.h>

#include "core/attributes.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 64u /* certificates of a peer that are shown */

SECURITY_STATUS attribute_remote_cert(struct context *context, void *out, enum form form)
{
    (void)form;
    struct sspi_bytes der, *chain;
    unsigned count = 0;
    if (!context_peer_cert(context, 0, &der))
        return SEC_E_NO_CREDENTIALS; /* K34 */
    chain = calloc(CHAIN_MAX, sizeof *chain);
    if (!chain)
        return SEC_E_INSUFFICIENT_MEMORY;
    PCCERT_CONTEXT certificate = NULL;
    struct bytes copy = {0}; /* what peer_cert() lends is good until the next call */
    size_t at = 0;
    int whole = 1;
    for (; whole && count < CHAIN_MAX && context_peer_cert(context, count, &der); count++) {
        chain[count].len = der.len;
        whole = bytes_append(&copy, der.ptr, der.len) == 0;
    }
    for (unsigned i = 0; i < count; at += chain[i++].len)
        chain[i].ptr = copy.ptr + at;
    if (whole)
        certificate = cert_from_chain(chain, count);
    bytes_free(&copy);
    free(chain);
    if (!certificate)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(out, &certificate, sizeof certificate);
    return SEC_E_OK;
}

SECURITY_STATUS attribute_local_cert(struct context *context, void *out, enum form form)
{
    (void)form;
    if (!context->certificate)
        return SEC_E_NO_CREDENTIALS;
    const struct cert_identity *own = &context->certificate->identity;
    PCCERT_CONTEXT certificate = cert_from_chain(own->chain, own->chain_count);
    if (!certificate)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(out, &certificate, sizeof certificate);
    return SEC_E_OK;
}
