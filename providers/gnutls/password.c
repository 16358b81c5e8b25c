/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/password.c -- what is written under a password. */
#include <config.h>

#include "state.h"

#include <string.h>

#define BLOCK 16u

enum sspi_status password_seal(const struct sspi_seal *in)
{
    uint8_t secret[32];
    gnutls_datum_t password = datum(in->password.ptr, in->password.len),
                   salt = datum(in->salt.ptr, in->salt.len), iv = datum(in->iv, sizeof in->iv),
                   key = datum(secret, sizeof secret);
    gnutls_cipher_hd_t cipher;
    if (in->plain.len > 0x1000000 || in->password.len > 0x10000 || in->salt.len > 0x10000 || !in->rounds)
        return SSPI_UNSUPPORTED;
    size_t fill = BLOCK - in->plain.len % BLOCK, len = in->plain.len + fill;
    if (in->plain.len)
        memcpy(in->out, in->plain.ptr, in->plain.len);
    memset(in->out + in->plain.len, (int)fill, fill);
    int ret = gnutls_pbkdf2(GNUTLS_MAC_SHA256, &password, &salt, in->rounds, secret, sizeof secret);
    if (ret >= 0 && (ret = gnutls_cipher_init(&cipher, GNUTLS_CIPHER_AES_256_CBC, &key, &iv)) >= 0) {
        ret = gnutls_cipher_encrypt(cipher, in->out, len);
        gnutls_cipher_deinit(cipher);
    }
    if (ret < 0) /* nothing stays readable */
        explicit_bzero(in->out, len);
    explicit_bzero(secret, sizeof secret);
    return ret < 0 ? SSPI_FAILED : SSPI_OK;
}
