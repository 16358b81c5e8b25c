/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/password.c -- what is written under a password. */
#include <config.h>

#include "shared.h"

#include <openssl/evp.h>

static int encrypt(const struct sspi_seal *in, const unsigned char *key)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int some = 0, rest = 0;
    int good = ctx && EVP_EncryptInit_ex(ctx, EVP_aes_256_cbc(), NULL, key, in->iv) == 1 &&
               EVP_EncryptUpdate(ctx, in->out, &some, in->plain.ptr, (int)in->plain.len) == 1 &&
               EVP_EncryptFinal_ex(ctx, in->out + some, &rest) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return good ? 0 : -1;
}

enum sspi_status password_seal(const struct sspi_seal *in)
{
    unsigned char key[32];
    if (in->plain.len > 0x1000000 || in->password.len > 0x10000 || in->salt.len > 0x10000 || !in->rounds ||
        in->rounds > INT_MAX)
        return SSPI_UNSUPPORTED;
    const char *password = in->password.len ? (const char *)in->password.ptr : "";
    int good = PKCS5_PBKDF2_HMAC(password, (int)in->password.len, in->salt.ptr, (int)in->salt.len,
                                 (int)in->rounds, EVP_sha256(), sizeof key, key) == 1 &&
               encrypt(in, key) == 0;
    OPENSSL_cleanse(key, sizeof key);
    ERR_clear_error();
    return good ? SSPI_OK : SSPI_FAILED;
}
