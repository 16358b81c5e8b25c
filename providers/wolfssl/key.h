/* SPDX-License-Identifier: MIT
 * providers/wolfssl/key.h -- a private key outside a handshake, of one of three kinds. */
#ifndef PROVIDERS_WOLFSSL_KEY_H
#define PROVIDERS_WOLFSSL_KEY_H

#include "providers/wolfssl/wolf.h"

#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/rsa.h>

#define WOLF_KEY_DER_MAX 8192u /* a key of RSA_MAX_SIZE bits takes less */

struct wolf_key {
    enum CertType type; /* RSA_TYPE, ECC_TYPE or ED25519_TYPE; 0: empty */
    union {
        RsaKey rsa;
        ecc_key ecc;
        ed25519_key ed25519;
    } k;
};

/* From PKCS#8 or the form of its kind.  0, or the library's error and an empty key. */
int wolf_key_read(struct wolf_key *, const uint8_t *der, size_t len);
int wolf_key_make(struct wolf_key *, enum sspi_key_type, unsigned bits, WC_RNG *);
/* PKCS#8 or SubjectPublicKeyInfo into out; the length, or a negative error. */
int wolf_key_write(struct wolf_key *, uint8_t *out, size_t cap);
int wolf_key_public(struct wolf_key *, uint8_t *out, size_t cap);
void wolf_key_free(struct wolf_key *);

/* To the sink; 0, or -1. */
int wolf_put(const struct sspi_sink *, enum sspi_item, const uint8_t *der, size_t len);
int wolf_put_key(const struct sspi_sink *, struct wolf_key *);

enum sspi_status wolf_cred_import(const struct sspi_import *, struct sspi_failure *);
enum sspi_status wolf_cred_generate(const struct sspi_newcert *, struct sspi_failure *);

#endif
