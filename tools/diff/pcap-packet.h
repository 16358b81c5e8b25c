/* SPDX-License-Identifier: MIT
 *
 * tools/diff/pcap-packet.h -- what of a captured frame is TCP. */
#ifndef DIFF_PCAP_PACKET_H
#define DIFF_PCAP_PACKET_H

#include <stddef.h>
#include <stdint.h>

struct endpoint {
    uint8_t address[16]; /* IPv4: the first four octets */
    uint16_t port;
    uint8_t version; /* 4 or 6 */
    uint8_t unused;
};

struct packet {
    struct endpoint from, to;
    uint32_t seq, ack;
    int syn, has_ack;
    const uint8_t *bytes; /* in the frame */
    size_t len;
};

/* Reads a frame of a link of this type (DLT_).  0, or -1: no TCP, or not enough of it. */
int packet_read(struct packet *, int link, const uint8_t *frame, size_t len);

#endif
