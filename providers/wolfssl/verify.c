/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/verify.c -- the peer's chain: collected, handed to the core once, never judged here.
 *
 * The library calls back for each certificate from the top down to the leaf.  A refusal above the leaf makes
 * it send two alerts, so everything above passes and the one verdict falls at the leaf, where store->certs
 * holds the whole chain.  With no trust anchors in the CTX the library's own opinion is always "no signer";
 * only opinions of that kind may be overruled, not a key it could not decode. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <stdlib.h>
#include <string.h>

void wolf_forget_peer(sspi_session *s)
{
    for (unsigned i = 0; i < s->peer_count; i++)
        free((void *)(uintptr_t)s->peer[i].ptr);
    memset(s->peer, 0, sizeof s->peer);
    s->peer_count = 0;
}

static int peer_add(sspi_session *s, const uint8_t *der, size_t len)
{
    if (s->peer_count >= WOLF_CHAIN_MAX || !der || !len)
        return -1;
    uint8_t *copy = malloc(len);
    if (!copy)
        return -1;
    memcpy(copy, der, len);
    s->peer[s->peer_count].ptr = copy;
    s->peer[s->peer_count++].len = len;
    return 0;
}

/* A required certificate did not come: -1. */
static int missing(sspi_session *s)
{
    if (s->request_cert != 2)
        return 0;
    s->verdict.why = SSPI_WHY_CERT_MISSING;
    s->verdict.alert = wolfSSL_version(s->ssl) == TLS1_3_VERSION ? 116 : 40;
    s->refused = 1;
    return -1;
}

/* 0, or -1: refuse, the verdict in s->verdict. */
static int ask_core(sspi_session *s, int resumed)
{
    struct sspi_chain chain = {.size = sizeof chain, .count = s->peer_count, .cert = s->peer, .resumed = resumed};
    s->verdict.why = SSPI_WHY_CERT_OTHER;
    s->verdict.alert = 42;
    s->asked = 1;
    if (wolf_core->verify && wolf_core->verify(s->owner, &chain, &s->verdict) == 0) {
        s->judged = 1;
        return 0;
    }
    s->refused = 1;
    return -1;
}

/* What the library may hold against a certificate and the core decides itself.  Its error is mapped to an
 * OpenSSL number (>= 0) where one exists and is its own number elsewhere. */
static int chain_opinion(int error)
{
    static const int own[] = {ASN_NO_SIGNER_E,   ASN_SELF_SIGNED_E,  ASN_AFTER_DATE_E, ASN_BEFORE_DATE_E,
                              ASN_CRIT_EXT_E,    ASN_NAME_INVALID_E, EXTKEYUSE_AUTH_E, KEYUSE_SIGNATURE_E,
                              KEYUSE_ENCIPHER_E, KEYUSAGE_E,         NOT_CA_ERROR,     ASN_PATHLEN_INV_E,
                              ASN_PATHLEN_SIZE_E};
    if (error >= 0)
        return 1;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i] == error)
            return 1;
    return 0;
}

int wolf_verify(int ok, WOLFSSL_X509_STORE_CTX *store)
{
    sspi_session *s = store->userCtx;
    if (store->error_depth != 0)
        return 1;
    if (!s || (!ok && store->totalCerts > 0 && !chain_opinion(store->error)))
        return 0;
    wolf_forget_peer(s);
    for (int i = 0; i < store->totalCerts; i++)
        if (peer_add(s, store->certs[i].buffer, store->certs[i].length) != 0)
            return 0;
    if (s->peer_count == 0) /* asked, not required: the core knows what absence means */
        return s->server && (s->request_cert == 1 || missing(s) == 0);
    return !s->verify || ask_core(s, 0) == 0;
}

/* A resumed session brings its chain with it, and the callback does not run then. */
static int peer_from_session(sspi_session *s)
{
    WOLFSSL_X509_CHAIN *chain = wolfSSL_get_peer_chain(s->ssl);
    int count = chain ? wolfSSL_get_chain_count(chain) : 0;
    for (int i = 0; i < count; i++)
        if (i && s->peer[0].len == (size_t)wolfSSL_get_chain_length(chain, i) &&
            memcmp(s->peer[0].ptr, wolfSSL_get_chain_cert(chain, i), s->peer[0].len) == 0)
            break; /* the library keeps the chain twice where an earlier ticket was refused */
        else if (peer_add(s, wolfSSL_get_chain_cert(chain, i), (size_t)wolfSSL_get_chain_length(chain, i)) != 0)
            return -1;
    return 0;
}

int wolf_settle(sspi_session *s)
{
    int resumed = wolfSSL_session_reused(s->ssl) == 1;
    if (s->peer_count == 0 && peer_from_session(s) != 0)
        return -1;
    if (s->peer_count == 0 && missing(s) != 0)
        return -1;
    if (!s->verify || s->judged)
        return 0;
    if (s->server && s->peer_count == 0 && !resumed) /* asked, and the client has none: the core decides later */
        return 0;
    if (!s->server && s->peer_count == 0 && s->psk)
        return 0; /* a PSK proves the server; there is no chain to judge */
    return ask_core(s, resumed);
}
