/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/signature.c -- one signature outside a handshake. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/rsa.h>
#include <wolfssl/wolfcrypt/signature.h>

#include <stdlib.h>

static const struct scheme {
    uint16_t scheme;
    enum wc_HashType hash;
    int mgf; /* PSS */
} schemes[] = {
    {0x0301, WC_HASH_TYPE_SHA224, 0},
    {0x0303, WC_HASH_TYPE_SHA224, 0},
    {0x0401, WC_HASH_TYPE_SHA256, 0},
    {0x0501, WC_HASH_TYPE_SHA384, 0},
    {0x0601, WC_HASH_TYPE_SHA512, 0},
    {0x0804, WC_HASH_TYPE_SHA256, WC_MGF1SHA256},
    {0x0805, WC_HASH_TYPE_SHA384, WC_MGF1SHA384},
    {0x0806, WC_HASH_TYPE_SHA512, WC_MGF1SHA512},
    {0x0403, WC_HASH_TYPE_SHA256, 0},
    {0x0503, WC_HASH_TYPE_SHA384, 0},
    {0x0603, WC_HASH_TYPE_SHA512, 0},
    {0x0807, WC_HASH_TYPE_NONE, 0},
};

static int is_ecdsa(uint16_t scheme)
{
    return (scheme & 0xff) == 0x03;
}

static int pss_good(const struct sspi_signature *s, const struct scheme *scheme, RsaKey *key)
{
    uint8_t digest[WC_MAX_DIGEST_SIZE], *room = malloc(s->signature.len);
    int size = wc_HashGetDigestSize(scheme->hash);
    int rc = !room      ? MEMORY_E
             : size < 0 ? size
                        : wc_Hash(scheme->hash, s->data.ptr, (word32)s->data.len, digest, (word32)size);
    if (rc == 0)
        rc = wc_RsaPSS_VerifyCheck((uint8_t *)(uintptr_t)s->signature.ptr, (word32)s->signature.len, room,
                                   (word32)s->signature.len, digest, (word32)size, scheme->hash, scheme->mgf,
                                   key);
    free(room);
    return rc < 0 ? rc : 0;
}

/* Each: 0 good, else the library's error; *of_kind: the key is of the scheme's kind. */
static int rsa_verify(const struct sspi_signature *s, const struct scheme *scheme, int *of_kind)
{
    RsaKey key;
    word32 at = 0;
    int rc = wc_InitRsaKey(&key, NULL);
    if (rc != 0)
        return rc;
    rc = wc_RsaPublicKeyDecode(s->key.ptr, &at, &key, (word32)s->key.len);
    *of_kind = rc == 0;
    if (rc == 0)
        rc = scheme->mgf ? pss_good(s, scheme, &key)
                         : wc_SignatureVerify(scheme->hash, WC_SIGNATURE_TYPE_RSA_W_ENC, s->data.ptr,
                                              (word32)s->data.len, s->signature.ptr, (word32)s->signature.len,
                                              &key, sizeof key);
    wc_FreeRsaKey(&key);
    return rc;
}

static int ecdsa_verify(const struct sspi_signature *s, const struct scheme *scheme, int *of_kind)
{
    ecc_key key;
    word32 at = 0;
    int rc = wc_ecc_init(&key);
    if (rc != 0)
        return rc;
    rc = wc_EccPublicKeyDecode(s->key.ptr, &at, &key, (word32)s->key.len);
    *of_kind = rc == 0;
    if (rc == 0)
        rc = wc_SignatureVerify(scheme->hash, WC_SIGNATURE_TYPE_ECC, s->data.ptr, (word32)s->data.len,
                                s->signature.ptr, (word32)s->signature.len, &key, sizeof key);
    wc_ecc_free(&key);
    return rc;
}

static int ed25519_verify(const struct sspi_signature *s, int *of_kind)
{
    ed25519_key key;
    word32 at = 0;
    int verified = 0, rc = wc_ed25519_init(&key);
    if (rc != 0)
        return rc;
    rc = wc_Ed25519PublicKeyDecode(s->key.ptr, &at, &key, (word32)s->key.len);
    *of_kind = rc == 0;
    if (rc == 0)
        rc = wc_ed25519_verify_msg(s->signature.ptr, (word32)s->signature.len, s->data.ptr,
                                   (word32)s->data.len, &verified, &key);
    wc_ed25519_free(&key);
    return rc == 0 && verified != 1 ? SIG_VERIFY_E : rc;
}

enum sspi_status wolf_signature_check(const struct sspi_signature *s, int *good)
{
    const struct scheme *scheme = NULL;
    int of_kind = 0;
    *good = 0;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (schemes[i].scheme == s->scheme)
            scheme = &schemes[i];
    if (!scheme || s->key.len > INT32_MAX || s->data.len > INT32_MAX || s->signature.len > UINT16_MAX)
        return SSPI_UNSUPPORTED;
    if (!s->signature.len)
        return SSPI_OK;
    wolf_thread();
    int rc = scheme->hash == WC_HASH_TYPE_NONE ? ed25519_verify(s, &of_kind)
             : is_ecdsa(s->scheme)             ? ecdsa_verify(s, scheme, &of_kind)
                                               : rsa_verify(s, scheme, &of_kind);
    if (rc == MEMORY_E)
        return SSPI_FAILED;
    *good = rc == 0 && of_kind;
    return of_kind ? SSPI_OK : SSPI_UNSUPPORTED;
}
