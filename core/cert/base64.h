/* SPDX-License-Identifier: MIT
 *
 * core/cert/base64.h -- base64 (RFC 4648 4) with white space anywhere, and PEM blocks (RFC 7468) in text
 * that may hold anything between them.  Works in place; allocates nothing. */
#ifndef CORE_CERT_BASE64_H
#define CORE_CERT_BASE64_H

#include <opensspi/provider.h>

/* Octets that base64_decode may need for `len` characters. */
#define BASE64_ROOM(len) ((len) / 4 * 3 + 3)
/* out NULL: counts only; else it has BASE64_ROOM(len) octets.  0, or -1: a character that does not belong,
 * or padding that is missing or misplaced. */
int base64_decode(const char *text, size_t len, uint8_t *out, size_t *out_len);
/* Four characters for each three octets, padded, no line breaks, no NUL; returns how many. */
size_t base64_encode(const uint8_t *bytes, size_t len, char *out);

struct pem_block {
    struct sspi_bytes label; /* "CERTIFICATE" */
    struct sspi_bytes body;  /* base64 */
    int encrypted;           /* "Proc-Type: 4,ENCRYPTED" (RFC 1421): the octets are a cipher's */
};
/* The next block of `text`, which moves on behind it.  1, 0: no more, -1: it begins and does not end, or
 * begins and ends with different labels (text moves past the BEGIN line). */
int pem_next(struct sspi_bytes *text, struct pem_block *);
int pem_label_is(const struct pem_block *, const char *label);
/* Octets of the body; as base64_decode. */
int pem_decode(const struct pem_block *, uint8_t *out, size_t *out_len);

#endif
