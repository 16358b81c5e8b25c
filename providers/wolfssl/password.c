/* SPDX-License-Identifier: MIT
 * providers/wolfssl/password.c -- what is written under a password. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/pwdbased.h>

#include <limits.h>
#include <string.h>

enum sspi_status wolf_password_seal(const struct sspi_seal *in)
{
    uint8_t key[32];
    Aes aes;
    if (in->plain.len > 0x1000000 || in->password.len > 0x10000 || in->salt.len > 0x10000 || !in->rounds ||
        in->rounds > INT_MAX)
        return SSPI_UNSUPPORTED;
    size_t fill = AES_BLOCK_SIZE - in->plain.len % AES_BLOCK_SIZE, len = in->plain.len + fill;
    if (in->plain.len)
        memcpy(in->out, in->plain.ptr, in->plain.len);
    memset(in->out + in->plain.len, (int)fill, fill);
    wolf_thread();
    const uint8_t *password = in->password.len ? in->password.ptr : (const uint8_t *)"";
    int rc = wc_PBKDF2(key, password, (int)in->password.len, in->salt.ptr, (int)in->salt.len, (int)in->rounds,
                       sizeof key, WC_SHA256);
    if (rc == 0 && (rc = wc_AesInit(&aes, NULL, INVALID_DEVID)) == 0) {
        rc = wc_AesSetKey(&aes, key, sizeof key, in->iv, AES_ENCRYPTION);
        if (rc == 0)
            rc = wc_AesCbcEncrypt(&aes, in->out, in->out, (word32)len);
        wc_AesFree(&aes);
    }
    if (rc != 0) /* nothing stays readable */
        explicit_bzero(in->out, len);
    explicit_bzero(key, sizeof key);
    return rc == 0 ? SSPI_OK : SSPI_FAILED;
}
