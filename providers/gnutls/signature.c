/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/signature.c -- one signature outside a handshake. */
#include <config.h>

#include "state.h"

#include <gnutls/abstract.h>

static const struct scheme {
    uint16_t scheme;
    gnutls_pk_algorithm_t key;
    gnutls_sign_algorithm_t sign;
} schemes[] = {
    {0x0301, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA224},
    {0x0303, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA224},
    {0x0401, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA256},
    {0x0501, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA384},
    {0x0601, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_SHA512},
    {0x0804, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA256},
    {0x0805, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA384},
    {0x0806, GNUTLS_PK_RSA, GNUTLS_SIGN_RSA_PSS_RSAE_SHA512},
    {0x0809, GNUTLS_PK_RSA_PSS, GNUTLS_SIGN_RSA_PSS_SHA256},
    {0x080a, GNUTLS_PK_RSA_PSS, GNUTLS_SIGN_RSA_PSS_SHA384},
    {0x080b, GNUTLS_PK_RSA_PSS, GNUTLS_SIGN_RSA_PSS_SHA512},
    {0x0403, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA256},
    {0x0503, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA384},
    {0x0603, GNUTLS_PK_ECDSA, GNUTLS_SIGN_ECDSA_SHA512},
    {0x0807, GNUTLS_PK_EDDSA_ED25519, GNUTLS_SIGN_EDDSA_ED25519},
    {0x0808, GNUTLS_PK_EDDSA_ED448, GNUTLS_SIGN_EDDSA_ED448},
};

enum sspi_status signature_check(const struct sspi_signature *s, int *good)
{
    const struct scheme *scheme = NULL;
    gnutls_datum_t der = datum(s->key.ptr, s->key.len), data = datum(s->data.ptr, s->data.len),
                   signature = datum(s->signature.ptr, s->signature.len);
    gnutls_pubkey_t key;
    *good = 0;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (schemes[i].scheme == s->scheme)
            scheme = &schemes[i];
    if (!scheme)
        return SSPI_UNSUPPORTED;
    if (gnutls_pubkey_init(&key) < 0)
        return SSPI_FAILED;
    int ret = gnutls_pubkey_import(key, &der, GNUTLS_X509_FMT_DER);
    if (ret >= 0 && gnutls_pubkey_get_pk_algorithm(key, NULL) != (int)scheme->key)
        ret = GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM;
    else if (ret >= 0) {
        ret = gnutls_pubkey_verify_data2(key, scheme->sign, 0, &data, &signature);
        *good = ret >= 0;
        ret = ret == GNUTLS_E_MEMORY_ERROR ? ret : 0;
    }
    gnutls_pubkey_deinit(key);
    return ret == GNUTLS_E_MEMORY_ERROR ? SSPI_FAILED : ret < 0 ? SSPI_UNSUPPORTED : SSPI_OK;
}
