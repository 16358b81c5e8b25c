/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/signature.c -- one signature outside a handshake. */
#include <config.h>

#include "shared.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

static const struct scheme {
    uint16_t scheme;
    const char *key, *hash; /* hash NULL: the key's own */
    int pss;
} schemes[] = {
    {0x0401, "RSA", "SHA256", 0},     {0x0501, "RSA", "SHA384", 0},     {0x0601, "RSA", "SHA512", 0},
    {0x0804, "RSA", "SHA256", 1},     {0x0805, "RSA", "SHA384", 1},     {0x0806, "RSA", "SHA512", 1},
    {0x0809, "RSA-PSS", "SHA256", 1}, {0x080a, "RSA-PSS", "SHA384", 1}, {0x080b, "RSA-PSS", "SHA512", 1},
    {0x0403, "EC", "SHA256", 0},      {0x0503, "EC", "SHA384", 0},      {0x0603, "EC", "SHA512", 0},
    {0x0301, "RSA", "SHA224", 0},     {0x0303, "EC", "SHA224", 0},      {0x0807, "ED25519", NULL, 0},
    {0x0808, "ED448", NULL, 0},
};

/* 1 good, 0 not, -1 cannot be told. */
static int verify(const struct sspi_signature *s, const struct scheme *scheme, EVP_PKEY *key)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL;
    int result = -1;
    if (ctx && EVP_DigestVerifyInit_ex(ctx, &how, scheme->hash, NULL, NULL, key, NULL) == 1 &&
        (!scheme->pss || (EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) > 0 &&
                          EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_AUTO) > 0)))
        result = EVP_DigestVerify(ctx, s->signature.ptr, s->signature.len, s->data.ptr, s->data.len) == 1;
    EVP_MD_CTX_free(ctx);
    return result;
}

enum sspi_status signature_check(const struct sspi_signature *s, int *good)
{
    const struct scheme *scheme = NULL;
    const unsigned char *at = s->key.ptr;
    enum sspi_status status = SSPI_UNSUPPORTED;
    *good = 0;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (schemes[i].scheme == s->scheme)
            scheme = &schemes[i];
    ERR_clear_error();
    EVP_PKEY *key = scheme ? d2i_PUBKEY(NULL, &at, (long)s->key.len) : NULL;
    if (key && at == s->key.ptr + s->key.len && EVP_PKEY_is_a(key, scheme->key)) {
        int result = verify(s, scheme, key);
        *good = result == 1;
        status = result < 0 ? SSPI_UNSUPPORTED : SSPI_OK;
    }
    EVP_PKEY_free(key);
    return !*good && memory_failed() ? SSPI_FAILED : status;
}
