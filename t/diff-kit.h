/* SPDX-License-Identifier: MIT
 *
 * t/diff-kit.h -- stimuli for the tests of tools/diff: hex to octets, and a plain ClientHello in one record.
 */
#ifndef T_DIFF_KIT_H
#define T_DIFF_KIT_H

#include "tools/diff/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Hex with blanks between; ends the test where it is none. */
static inline struct diff_bytes kit_hex(const char *text)
{
    char digits[8192];
    size_t len = 0;
    struct diff_bytes out = {0};

    for (; *text; text++)
        if (*text != ' ')
            digits[len++] = *text;
    diff_bytes_fill(&out, 0, 0);
    if (len && diff_bytes_hex(&out, digits, len) != 0) {
        printf("Bail out! no hex: %.*s\n", (int)len, digits);
        exit(1);
    }
    return out;
}

/* TLS 1.3 and 1.2, two suites, a P-256 share whose point is the generator, h2. */
#define KIT_HELLO                                                                                            \
    "0303"                                                                                                   \
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"                                       \
    "00"                                                                                                     \
    "0006 1301 c02b 00ff"                                                                                    \
    "0100"                                                                                                   \
    "0087"                                                                                                   \
    "0000 000e 000c 00 0009 6c6f63616c686f7374"                                                              \
    "000a 0006 0004 0017 001d"                                                                               \
    "000d 0004 0002 0403"                                                                                    \
    "0010 0005 0003 02 6832"                                                                                 \
    "002b 0005 04 0304 0303"                                                                                 \
    "002d 0002 01 01"                                                                                        \
    "0033 0047 0045 0017 0041 04 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"           \
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define KIT_MESSAGE "01 0000b6" KIT_HELLO
#define KIT_RECORD  "16 0301 00ba" KIT_MESSAGE

static inline struct diff_stream kit_stream(int client, const char *hex)
{
    struct diff_bytes bytes = kit_hex(hex);
    struct diff_stream s = {0};

    diff_parse(&s, client, bytes.ptr, bytes.len);
    diff_bytes_free(&bytes);
    return s;
}

#endif
