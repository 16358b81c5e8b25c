/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/record.h"

static size_t word_at(const uint8_t *at)
{
    return (size_t)at[0] << 8 | at[1];
}

/* A header that has arrived in part must not be waited for when the part condemns it already (W32). */
static int header_is_bad(const uint8_t *in, size_t len, int dtls)
{
    size_t length_at = dtls ? 11 : 3;

    if (len > 0 && (in[0] < RECORD_CCS || in[0] > RECORD_DATA))
        return 1;
    if (len > 1 && in[1] != (dtls ? 254 : 3))
        return 1;
    if (len > length_at && (size_t)in[length_at] << 8 > RECORD_FRAGMENT_MAX)
        return 1;
    return len > length_at + 1 && word_at(in + length_at) > RECORD_FRAGMENT_MAX;
}

enum record_status record_read(const uint8_t *in, size_t len, int dtls, struct record *out)
{
    size_t header = dtls ? RECORD_HEADER_DTLS : RECORD_HEADER, i;

    *out = (struct record){.header = header};
    if (header_is_bad(in, len, dtls))
        return RECORD_BAD;
    if (len < header) {
        out->missing = header - len;
        return RECORD_SHORT;
    }
    out->type = in[0];
    out->version = (uint16_t)word_at(in + 1);
    for (i = 3; dtls && i < 11; i++)
        out->sequence = out->sequence << 8 | in[i];
    out->len = header + word_at(in + header - 2);
    if (len < out->len) {
        out->missing = out->len - len;
        return RECORD_SHORT;
    }
    return RECORD_WHOLE;
}

void record_alert_datagram(uint8_t out[15], uint16_t version, uint8_t level, uint8_t code)
{
    uint8_t tls[7];
    size_t i;

    record_alert(tls, version, level, code);
    for (i = 0; i < 3; i++)
        out[i] = tls[i];
    for (; i < 11; i++)
        out[i] = 0;
    for (; i < 15; i++)
        out[i] = tls[i - 8];
}

void record_alert(uint8_t out[7], uint16_t version, uint8_t level, uint8_t code)
{
    out[0] = RECORD_ALERT;
    out[1] = (uint8_t)(version >> 8);
    out[2] = (uint8_t)version;
    out[3] = 0;
    out[4] = 2;
    out[5] = level;
    out[6] = code;
}
