/* SPDX-License-Identifier: MIT
 *
 * core/cert/der.h -- strict DER, read in place.
 *
 * Tags, lengths and object identifiers are decoded by libtasn1's primitives; its trees are not used:
 * CERT_INFO must point into the certificate it describes, a tree copies every value and allocates a node
 * per element a peer cares to send, and decoding by tree takes BER where DER is due.  A reader is a
 * struct sspi_bytes that shrinks from the front; what it yields points into the same memory.  Nothing
 * here allocates or recurses.  Functions give 0, or -1 where the bytes are not DER; outputs are then
 * undefined unless it says otherwise. */
#ifndef CORE_CERT_DER_H
#define CORE_CERT_DER_H

#include "core/memory.h"

#include <opensspi/provider.h>

enum { /* identifier octets */
       DER_BOOLEAN = 0x01,
       DER_INTEGER = 0x02,
       DER_BIT_STRING = 0x03,
       DER_OCTET_STRING = 0x04,
       DER_NULL = 0x05,
       DER_OID = 0x06,
       DER_UTF8 = 0x0c,
       DER_NUMERIC = 0x12,
       DER_PRINTABLE = 0x13,
       DER_T61 = 0x14,
       DER_IA5 = 0x16,
       DER_UTC_TIME = 0x17,
       DER_GENERAL_TIME = 0x18,
       DER_VISIBLE = 0x1a,
       DER_UNIVERSAL = 0x1c,
       DER_BMP = 0x1e,
       DER_SEQUENCE = 0x30,
       DER_SET = 0x31
};
#define DER_CONTEXT(n)             (0x80u | (n)) /* [n] IMPLICIT of a primitive type */
#define DER_CONTEXT_CONSTRUCTED(n) (0xa0u | (n)) /* [n] EXPLICIT, or IMPLICIT of a constructed type */

/* The next element: its identifier octet, its contents, and all of it, header included (may be NULL).
 * Refuses tag numbers over 30, indefinite and non-minimal lengths. */
int der_next(struct sspi_bytes *in, uint8_t *tag, struct sspi_bytes *value, struct sspi_bytes *whole);
/* The next element, which must carry `tag`. */
int der_take(struct sspi_bytes *in, uint8_t tag, struct sspi_bytes *value);
int der_take_whole(struct sspi_bytes *in, uint8_t tag, struct sspi_bytes *value, struct sspi_bytes *whole);
/* The same where it may be missing: 1 taken, 0 not there (`in` as it was, value empty), -1 malformed. */
int der_optional(struct sspi_bytes *in, uint8_t tag, struct sspi_bytes *value);

int der_boolean(struct sspi_bytes value, int *out);
/* A non-negative INTEGER below 2^31. */
int der_unsigned(struct sspi_bytes value, unsigned *out);
/* The octets of a BIT STRING; unused: bits at the end that do not count, which must be zero. */
int der_bits(struct sspi_bytes value, struct sspi_bytes *octets, unsigned *unused);
/* UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 has them: seconds and Z, nothing else; Unix seconds. */
int der_time(uint8_t tag, struct sspi_bytes value, int64_t *out);
/* "1.2.840.113549" for the contents of an OBJECT IDENTIFIER. */
int der_oid_text(struct sspi_bytes oid, char *out, size_t size);
/* The contents of an OBJECT IDENTIFIER for dotted text; *len in: room, out: octets. */
int der_oid_octets(const char *dotted, uint8_t *out, size_t *len);

int der_equal(struct sspi_bytes, struct sspi_bytes); /* 1 the same octets */
/* Contents of an OBJECT IDENTIFIER against a string literal of its octets. */
#define der_oid_is(oid, literal)                                                                             \
    der_equal((oid), (struct sspi_bytes){(const uint8_t *)(literal), sizeof(literal) - 1})

/* Octets of a header for contents of `len` octets, written before `end` (growing down); returns where it
 * starts.  Six octets of room suffice. */
uint8_t *der_put_header(uint8_t *end, uint8_t tag, size_t len);

/* ---- writing, at the end of a growing run of octets; 0, or -1: no memory, or what cannot be written ---- */

/* Makes what stands there from `from` the contents of an element. */
int der_wrap(struct bytes *, size_t from, uint8_t tag);
int der_append(struct bytes *, uint8_t tag, struct sspi_bytes contents);
int der_append_oid(struct bytes *, const char *dotted);
/* A non-negative number, big-endian, with as many leading zeros as it likes. */
int der_append_integer(struct bytes *, struct sspi_bytes big_endian);
/* Puts the elements from `from` on into the order of a SET OF; at most 16. */
int der_sort_set(struct bytes *, size_t from);
int der_is_printable(const uint8_t *text, size_t len); /* may be a PrintableString */
int der_is_ascii(const uint8_t *text, size_t len);

#endif
