/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/profile.h"

#include <opensspi/provider.h>

const uint32_t profile_protocols = SSPI_CAP_TLS12 | SSPI_CAP_TLS13 | SSPI_CAP_DTLS12;

/* AES-128 first: quick where the processor has instructions for it; a provider may reorder for speed. */
const uint16_t profile_suites[] = {
    0x1301, /* TLS_AES_128_GCM_SHA256 */
    0x1302, /* TLS_AES_256_GCM_SHA384 */
    0x1303, /* TLS_CHACHA20_POLY1305_SHA256 */
    0xC02B, /* TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 */
    0xC02F, /* TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 */
    0xC02C, /* TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 */
    0xC030, /* TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 */
    0xCCA9, /* TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 */
    0xCCA8, /* TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 */
    0,
};

const uint16_t profile_groups[] = {
    29, /* x25519 */
    23, /* secp256r1 */
    24, /* secp384r1 */
    0,
};

const uint16_t profile_signatures[] = {
    0x0403, /* ecdsa_secp256r1_sha256 */
    0x0503, /* ecdsa_secp384r1_sha384 */
    0x0807, /* ed25519 */
    0x0804, /* rsa_pss_rsae_sha256 */
    0x0805, /* rsa_pss_rsae_sha384 */
    0x0806, /* rsa_pss_rsae_sha512 */
    0x0809, /* rsa_pss_pss_sha256 */
    0x080A, /* rsa_pss_pss_sha384 */
    0x080B, /* rsa_pss_pss_sha512 */
    0x0401, /* rsa_pkcs1_sha256 */
    0x0501, /* rsa_pkcs1_sha384 */
    0x0601, /* rsa_pkcs1_sha512 */
    0x0603, /* ecdsa_secp521r1_sha512 */
    0,
};
