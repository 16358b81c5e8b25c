/* SPDX-License-Identifier: MIT
 *
 * The credential of DTLS inside one that allows TLS too.  It has no references of its own: whoever holds it
 * holds the outer one, whose certificates and anchors it lends. */
#include <config.h>

#include "core/credential.h"

#include <stdlib.h>
#include <string.h>

#define CAP_DTLS ((uint32_t)(SSPI_CAP_DTLS10 | SSPI_CAP_DTLS12))

void credential_datagram_split(struct credential *cred)
{
    if (!((cred->client | cred->server) & ~CAP_DTLS))
        return;
    cred->datagram_client = cred->client & CAP_DTLS;
    cred->datagram_server = cred->server & CAP_DTLS;
    cred->client &= ~CAP_DTLS;
    cred->server &= ~CAP_DTLS;
}

static void inner_free(struct credential *inner)
{
    credential_drop(inner);
    free(inner->certs);
    explicit_bzero(inner, sizeof *inner);
    free(inner);
}

void credential_datagram_free(struct credential *outer)
{
    struct credential *inner = atomic_load_explicit(&outer->datagram, memory_order_acquire);
    if (inner)
        inner_free(inner);
}

static SECURITY_STATUS inner_new(struct credential *outer, struct credential **out)
{
    uint32_t versions = (uint32_t)outer->provider->api.caps & CAP_DTLS;
    struct credential *inner = calloc(1, sizeof *inner);
    if (!inner)
        return SEC_E_INSUFFICIENT_MEMORY;
    inner->outer = outer;
    inner->provider = outer->provider;
    inner->client = outer->datagram_client & versions;
    inner->server = outer->datagram_server & versions;
    inner->flags = outer->flags;
    inner->anchors = outer->anchors;
    inner->require_client = outer->require_client;
    inner->keylog = outer->keylog;
    memcpy(inner->secret, outer->secret, sizeof inner->secret);
    memcpy(inner->suites, outer->suites, sizeof inner->suites);
    memcpy(inner->groups, outer->groups, sizeof inner->groups);
    memcpy(inner->signatures, outer->signatures, sizeof inner->signatures);
    SECURITY_STATUS status = inner->client || inner->server ? SEC_E_OK : SEC_E_UNSUPPORTED_FUNCTION;
    if (status == SEC_E_OK && outer->cert_count) {
        inner->certs = calloc(outer->cert_count, sizeof *inner->certs);
        for (unsigned i = 0; inner->certs && i < outer->cert_count; i++)
            inner->certs[i].identity = outer->certs[i].identity;
        inner->cert_count = inner->certs ? outer->cert_count : 0;
        status = inner->certs ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
    }
    if (status == SEC_E_OK)
        status = credential_make(inner);
    if (status == SEC_E_OK)
        *out = inner;
    else
        inner_free(inner);
    return status;
}

SECURITY_STATUS credential_kind(struct credential **cred, int server, int datagram)
{
    struct credential *outer = *cred, *inner = NULL;
    uint32_t own = server ? outer->server : outer->client;
    if (own && !(own & CAP_DTLS) == !datagram)
        return SEC_E_OK;
    if (!datagram || !(server ? outer->datagram_server : outer->datagram_client))
        return SEC_E_UNSUPPORTED_FUNCTION;
    inner = atomic_load_explicit(&outer->datagram, memory_order_acquire);
    if (!inner) {
        struct credential *fresh = NULL, *none = NULL;
        SECURITY_STATUS status = inner_new(outer, &fresh);
        if (status != SEC_E_OK)
            return status;
        inner = fresh;
        if (!atomic_compare_exchange_strong_explicit(&outer->datagram, &none, fresh, memory_order_acq_rel,
                                                     memory_order_acquire)) {
            inner_free(fresh); /* another thread was quicker */
            inner = none;
        }
    }
    if (!(server ? inner->server : inner->client))
        return SEC_E_UNSUPPORTED_FUNCTION;
    *cred = inner;
    return SEC_E_OK;
}
