/* SPDX-License-Identifier: MIT
 *
 * tools/diff/live-parts.h -- flights that look like a peer's: what operations are made on before there is a
 * real one. */
#ifndef DIFF_LIVE_PARTS_H
#define DIFF_LIVE_PARTS_H

#include "tools/diff/bytes.h"
#include "tools/diff/tls.h"

struct live_part { /* of a flight: one record */
    uint8_t type;  /* 0: the end */
    uint16_t version;
    int message; /* -1: `hex` is the content */
    const char *hex;
};
#define PART_ENCRYPTED(octets)                                                                               \
    {                                                                                                        \
        DIFF_T_DATA, 0x0303, -1, "e7*" octets                                                                \
    }
#define PART_CHANGE                                                                                          \
    {                                                                                                        \
        DIFF_T_CCS, 0x0303, -1, "01"                                                                         \
    }
#define PART_HANDSHAKE(message, hex)                                                                         \
    {                                                                                                        \
        DIFF_T_HANDSHAKE, 0x0303, message, hex                                                               \
    }
#define PART_END                                                                                             \
    {                                                                                                        \
        0, 0, 0, NULL                                                                                        \
    }

/* `fill` stands for octets that are random in a real one: 77 in `hex`. */
void live_parts_build(const struct live_part *, uint8_t fill, struct diff_bytes *out);

#endif
