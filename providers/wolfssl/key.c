/* SPDX-License-Identifier: MIT
 * providers/wolfssl/key.c -- private keys: read, made, written. */
#include <config.h>
#include "providers/wolfssl/key.h"

#include <string.h>

static int init(struct wolf_key *key, enum CertType type)
{
    int rc = type == RSA_TYPE   ? wc_InitRsaKey(&key->k.rsa, NULL)
             : type == ECC_TYPE ? wc_ecc_init(&key->k.ecc)
                                : wc_ed25519_init(&key->k.ed25519);
    key->type = rc == 0 ? type : 0;
    return rc;
}

int wolf_key_read(struct wolf_key *key, const uint8_t *der, size_t len)
{
    static const enum CertType types[] = {RSA_TYPE, ECC_TYPE, ED25519_TYPE};
    int rc = ASN_PARSE_E;
    memset(key, 0, sizeof *key);
    if (len > UINT16_MAX)
        return rc;
    for (size_t i = 0; rc != 0 && i < sizeof types / sizeof *types; i++) {
        word32 at = 0;
        rc = init(key, types[i]);
        if (rc == 0)
            rc = types[i] == RSA_TYPE   ? wc_RsaPrivateKeyDecode(der, &at, &key->k.rsa, (word32)len)
                 : types[i] == ECC_TYPE ? wc_EccPrivateKeyDecode(der, &at, &key->k.ecc, (word32)len)
                                        : wc_Ed25519PrivateKeyDecode(der, &at, &key->k.ed25519, (word32)len);
        if (rc != 0)
            wolf_key_free(key);
    }
    if (rc == 0 && key->type == ED25519_TYPE && !key->k.ed25519.pubKeySet) {
        uint8_t public[ED25519_PUB_KEY_SIZE];
        rc = wc_ed25519_make_public(&key->k.ed25519, public, sizeof public);
        if (rc == 0)
            rc = wc_ed25519_import_public(public, sizeof public, &key->k.ed25519);
        if (rc != 0)
            wolf_key_free(key);
    }
    return rc;
}

int wolf_key_make(struct wolf_key *key, enum sspi_key_type type, unsigned bits, WC_RNG *rng)
{
    int rc;
    memset(key, 0, sizeof *key);
    switch (type) {
    case SSPI_KEY_RSA:
        rc = init(key, RSA_TYPE);
        if (rc == 0)
            rc = wc_MakeRsaKey(&key->k.rsa, (int)(bits ? bits : 2048), WC_RSA_EXPONENT, rng);
        break;
    case SSPI_KEY_P256:
    case SSPI_KEY_P384:
    case SSPI_KEY_P521:
        rc = init(key, ECC_TYPE);
        if (rc == 0)
            rc = type == SSPI_KEY_P256   ? wc_ecc_make_key_ex(rng, 32, &key->k.ecc, ECC_SECP256R1)
                 : type == SSPI_KEY_P384 ? wc_ecc_make_key_ex(rng, 48, &key->k.ecc, ECC_SECP384R1)
                                         : wc_ecc_make_key_ex(rng, 66, &key->k.ecc, ECC_SECP521R1);
        break;
    case SSPI_KEY_ED25519:
        rc = init(key, ED25519_TYPE);
        if (rc == 0)
            rc = wc_ed25519_make_key(rng, ED25519_KEY_SIZE, &key->k.ed25519);
        break;
    default:
        return BAD_FUNC_ARG;
    }
    if (rc != 0)
        wolf_key_free(key);
    return rc;
}

int wolf_key_write(struct wolf_key *key, uint8_t *out, size_t cap)
{
    word32 len = (word32)cap;
    if (key->type == ED25519_TYPE)
        return wc_Ed25519PrivateKeyToDer(&key->k.ed25519, out, len);
    if (key->type == ECC_TYPE) {
        if (key->k.ecc.type == ECC_PRIVATEKEY_ONLY && wc_ecc_make_pub(&key->k.ecc, NULL) != 0)
            return ECC_BAD_ARG_E;
        int rc = wc_EccKeyToPKCS8(&key->k.ecc, out, &len);
        return rc < 0 ? rc : (int)len;
    }
    uint8_t plain[WOLF_KEY_DER_MAX];
    int size = wc_RsaKeyToDer(&key->k.rsa, plain, sizeof plain);
    if (size > 0) {
        int rc = wc_CreatePKCS8Key(out, &len, plain, (word32)size, RSAk, NULL, 0);
        size = rc < 0 ? rc : (int)len;
    }
    explicit_bzero(plain, sizeof plain);
    return size;
}

int wolf_key_public(struct wolf_key *key, uint8_t *out, size_t cap)
{
    if (key->type == ED25519_TYPE)
        return wc_Ed25519PublicKeyToDer(&key->k.ed25519, out, (word32)cap, 1);
    if (key->type == RSA_TYPE)
        return wc_RsaKeyToPublicDer(&key->k.rsa, out, (word32)cap);
    if (key->k.ecc.type == ECC_PRIVATEKEY_ONLY && wc_ecc_make_pub(&key->k.ecc, NULL) != 0)
        return ECC_BAD_ARG_E;
    return wc_EccPublicKeyToDer(&key->k.ecc, out, (word32)cap, 1);
}

void wolf_key_free(struct wolf_key *key)
{
    if (key->type == RSA_TYPE)
        wc_FreeRsaKey(&key->k.rsa);
    else if (key->type == ECC_TYPE)
        wc_ecc_free(&key->k.ecc);
    else if (key->type == ED25519_TYPE)
        wc_ed25519_free(&key->k.ed25519);
    explicit_bzero(key, sizeof *key);
}

int wolf_put(const struct sspi_sink *sink, enum sspi_item item, const uint8_t *der, size_t len)
{
    return sink->put(sink->ctx, item, (struct sspi_bytes){der, len}) == 0 ? 0 : -1;
}

int wolf_put_key(const struct sspi_sink *sink, struct wolf_key *key)
{
    uint8_t der[WOLF_KEY_DER_MAX];
    int len = wolf_key_write(key, der, sizeof der), rc = -1;
    if (len > 0)
        rc = wolf_put(sink, SSPI_ITEM_KEY, der, (size_t)len);
    explicit_bzero(der, sizeof der);
    return rc;
}
