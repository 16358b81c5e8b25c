/* SPDX-License-Identifier: MIT
 *
 * core/record.h -- TLS and DTLS record framing (RFC 8446 5.1, RFC 5246 6.2, RFC 6347 4.1).  Pure. */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include <stddef.h>
#include <stdint.h>

enum { RECORD_CCS = 20, RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, RECORD_DATA = 23 };
#define RECORD_HEADER 5u       /* type, version, length */
#define RECORD_HEADER_DTLS 13u /* type, version, epoch, sequence number, length */
/* Longest fragment a receiver takes: 2^14 + 2048 up to TLS 1.2 (RFC 5246 6.2.3), + 256 in 1.3. */
#define RECORD_FRAGMENT_MAX (16384u + 2048u)

enum record_status { RECORD_WHOLE, RECORD_SHORT, RECORD_BAD };
struct record {
    uint8_t type;
    uint16_t version;     /* as on the wire */
    size_t header, len;   /* header's size; whole record, header included */
    size_t missing;       /* RECORD_SHORT: bytes still needed, to the header's end or the record's */
    uint64_t sequence;    /* DTLS: epoch << 48 | sequence number */
};
/* Looks at the start of `in`.  BAD: a type outside 20 to 23, a major version other than 3 (DTLS: 254),
 * a length over RECORD_FRAGMENT_MAX; judged as soon as the bytes that show it are there (W32, W33). */
enum record_status record_read(const uint8_t *in, size_t len, int dtls, struct record *out);

/* The length of a whole TLS record of application data at the start of `in`, or 0: anything else, for
 * record_read to say.  What DecryptMessage nearly always meets. */
static inline size_t record_of_data(const uint8_t *in, size_t len)
{
    if (len < RECORD_HEADER || in[0] != RECORD_DATA || in[1] != 3)
        return 0;
    size_t whole = RECORD_HEADER + ((size_t)in[3] << 8 | in[4]);
    return whole <= len && whole <= RECORD_HEADER + RECORD_FRAGMENT_MAX ? whole : 0;
}

/* Writes the 7 bytes of a plaintext alert: 15 03 VV 00 02 LEVEL CODE (W74, W77). */
void record_alert(uint8_t out[7], uint16_t version, uint8_t level, uint8_t code);
/* The 15 of DTLS, in epoch 0; its sequence number is 0. */
void record_alert_datagram(uint8_t out[15], uint16_t version, uint8_t level, uint8_t code);

#endif
