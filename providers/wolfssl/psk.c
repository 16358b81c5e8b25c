/* SPDX-License-Identifier: MIT
 * providers/wolfssl/psk.c -- pre-shared keys and OCSP staples: what a session brings along for its peer. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <stdlib.h>
#include <string.h>

/* The library's identities are C strings. */
static char *identity_text(struct sspi_bytes id)
{
    if (!id.len || memchr(id.ptr, 0, id.len))
        return NULL;
    return strndup((const char *)id.ptr, id.len);
}

static unsigned int psk_given(WOLFSSL *ssl, const char *hint, char *identity, unsigned int identity_max,
                              unsigned char *key, unsigned int key_max)
{
    sspi_session *s = wolfSSL_GetIOReadCtx(ssl);
    (void)hint;
    if (!s || !s->psk || s->psk_len > key_max || strlen(s->psk_identity) >= identity_max)
        return 0;
    strcpy(identity, s->psk_identity);
    memcpy(key, s->psk, s->psk_len);
    return (unsigned int)s->psk_len;
}

int wolf_psk_take(sspi_session *s, const struct sspi_session_params *p)
{
    if (s->server || !p->psk.len)
        return 0;
    s->psk_identity = identity_text(p->psk_identity);
    s->psk = malloc(p->psk.len);
    if (!s->psk_identity || !s->psk)
        return -1;
    memcpy(s->psk, p->psk.ptr, p->psk.len);
    s->psk_len = p->psk.len;
    return 0;
}

void wolf_psk_offer(sspi_session *s)
{
    int p256 = 23; /* in 1.2 the library reads every server's PSK key share as one of this group */
    if (!s->psk)
        return;
    wolfSSL_set_psk_client_callback(s->ssl, psk_given);
    wolfSSL_set_groups(s->ssl, &p256, 1);
    wolfSSL_UseSupportedCurve(s->ssl, (unsigned short)p256);
}

unsigned int wolf_psk_asked(WOLFSSL *ssl, const char *identity, unsigned char *key, unsigned int key_max)
{
    sspi_session *s = wolfSSL_GetIOReadCtx(ssl);
    size_t len = 0;
    if (!s || !identity || !identity[0])
        return 0;
    struct sspi_bytes id = {(const uint8_t *)identity, strlen(identity)};
    if (wolf_core->psk_find(s->owner, id, key, key_max, &len) != 0 || len > key_max)
        return 0;
    free(s->psk_identity);
    s->psk_identity = identity_text(id);
    return (unsigned int)len;
}

static int staple_wanted(WOLFSSL *ssl, void *arg)
{
    sspi_session *s = wolfSSL_GetIOReadCtx(ssl);
    (void)arg;
    if (!s || !s->staple_len)
        return 3; /* SSL_TLSEXT_ERR_NOACK */
    unsigned char *copy = wolfSSL_Malloc(s->staple_len); /* the library takes and frees it */
    if (!copy)
        return 3;
    memcpy(copy, s->staple, s->staple_len);
    wolfSSL_set_tlsext_status_ocsp_resp(ssl, copy, (int)s->staple_len);
    return 0;
}

/* The library judges the response before it sends it, so it must know the issuer; without one in the chain,
 * or with a response that is not good, it sends none.  This CTX belongs to one session: the library keeps the
 * request it makes in it. */
int wolf_staple_on(WOLFSSL_CTX *ctx, const sspi_cred *cred)
{
    const uint8_t *issuer = cred->chain + cred->leaf_len;
    size_t len = cred->chain_len - cred->leaf_len;
    if (!len || wolfSSL_CTX_load_verify_buffer(ctx, issuer, (long)len, WOLFSSL_FILETYPE_ASN1) != WOLFSSL_SUCCESS)
        return ASN_NO_SIGNER_E;
    return wolfSSL_CTX_set_tlsext_status_cb(ctx, staple_wanted) == WOLFSSL_SUCCESS ? 0 : BAD_STATE_E;
}
