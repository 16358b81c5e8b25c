/* SPDX-License-Identifier: MIT
 *
 * core/suites.h -- cipher suites by IANA code point: names, ALG_IDs, strengths, record sizes (D3). */
#ifndef CORE_SUITES_H
#define CORE_SUITES_H

#include <stddef.h>
#include <stdint.h>

struct suite {
    uint16_t id;
    const char *name;                    /* IANA name */
    const char *cipher, *hash, *exchange, *certificate; /* CIPHER_INFO words; hash "" for AEAD (W50) */
    uint32_t alg_cipher, alg_hash, alg_exchange;        /* ALG_IDs for CONNECTION_INFO */
    uint16_t cipher_bits, block, hash_bits; /* block in octets (AES 16, ChaCha20 1); MAC bits, 0 AEAD */
    uint8_t aead, tag, tls13;            /* tag octets of AEAD */
    uint8_t handshake_hash;              /* enum sspi_hash of the PRF */
};
const struct suite *suite_find(uint16_t id); /* NULL: not known */

struct suite_sizes {
    uint32_t header, trailer; /* octets; trailer is the largest a record of ours carries */
};
/* version: the wire's, 0x0301 to 0x0304, DTLS 0xFEFF, 0xFEFD. */
struct suite_sizes suite_sizes(const struct suite *, uint16_t version);

const char *suite_group_name(uint16_t group);         /* "x25519"; NULL: not known */
unsigned suite_group_bits(uint16_t group);            /* 255, 256, 384, ...; 0: not known */
const char *suite_signature_name(uint16_t scheme);    /* "ecdsa_secp256r1_sha256" */

#endif
