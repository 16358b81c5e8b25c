/* SPDX-License-Identifier: MIT
 * t/lies/flight.c -- lies about what leaves in a handshake. */
#include "lies.h"

#include <stdlib.h>
#include <string.h>

static int gather(struct sspi_io *io, const void *bytes, size_t len)
{
    struct flight *flight = (struct flight *)io;
    if (len > FLIGHT_MOST - flight->len)
        return -1;
    uint8_t *grown = realloc(flight->bytes, flight->len + len + 1);
    if (!grown)
        return -1;
    memcpy(grown + flight->len, bytes, len);
    flight->bytes = grown;
    flight->len += len;
    return 0;
}

void flight_open(struct flight *flight, struct sspi_io *to)
{
    *flight = (struct flight){.io = *to, .to = to};
    flight->io.emit = gather;
}

static int put(struct flight *flight, const void *bytes, size_t len)
{
    return flight->to->emit(flight->to, bytes, len);
}

static int lie_of_alert(struct flight *flight, uint8_t *record, size_t len)
{
    switch (lie) {
    case LIE_alert_none:
        return 0;
    case LIE_alert_other:
        record[6] = record[6] == 40 ? 47 : 40;
        break;
    case LIE_alert_warning:
        record[5] = 1;
        break;
    default:
        break;
    }
    return put(flight, record, len);
}

/* Two records of the same type with half the body each. */
static int in_two(struct flight *flight, uint8_t *record, size_t len)
{
    size_t half = (len - 5) / 2;
    uint8_t rest[5] = {record[0], record[1], record[2], (uint8_t)((len - 5 - half) >> 8),
                       (uint8_t)(len - 5 - half)};
    record[3] = (uint8_t)(half >> 8);
    record[4] = (uint8_t)half;
    return put(flight, record, 5 + half) || put(flight, rest, sizeof rest) ||
           put(flight, record + 5 + half, len - 5 - half);
}

static int lie_of_first(struct flight *flight, uint8_t *record, size_t len)
{
    switch (lie) {
    case LIE_flight_flip:
        record[len - 1] ^= 1;
        break;
    case LIE_flight_short:
        len--;
        record[3] = (uint8_t)((len - 5) >> 8);
        record[4] = (uint8_t)(len - 5);
        break;
    case LIE_flight_twice:
        if (put(flight, record, len))
            return -1;
        break;
    case LIE_flight_split:
        if (len > 7)
            return in_two(flight, record, len);
        break;
    case LIE_flight_type:
        record[0] = 23;
        break;
    case LIE_flight_random:
        if (record[0] == 22 && len > 43)
            memset(record + 11, 0, 32);
        break;
    default:
        break;
    }
    return put(flight, record, len);
}

static int lie_of_record(struct flight *flight, size_t at, size_t len)
{
    uint8_t *record = flight->bytes + at;
    if (lie == LIE_flight_version)
        record[2] = record[2] == 3 ? 1 : 3;
    if (lie == LIE_flight_less && at && at + len == flight->len)
        return 0;
    if (record[0] == 21 && len == 7)
        return lie_of_alert(flight, record, len);
    return at ? put(flight, record, len) : lie_of_first(flight, record, len);
}

int flight_close(struct flight *flight)
{
    static const uint8_t ccs[] = {20, 3, 3, 0, 1, 1};
    int failed = 0;
    flight->to->events = flight->io.events;
    flight->to->in_used = flight->io.in_used;
    if (lie == LIE_flight_ccs && flight->len)
        failed = put(flight, ccs, sizeof ccs);
    for (size_t at = 0, len; at < flight->len && !failed; at += len) {
        len = flight->len - at;
        if (len >= 5 && len > 5 + ((size_t)flight->bytes[at + 3] << 8 | flight->bytes[at + 4]))
            len = 5 + ((size_t)flight->bytes[at + 3] << 8 | flight->bytes[at + 4]);
        failed = lie_of_record(flight, at, len);
    }
    free(flight->bytes);
    flight->bytes = NULL;
    return failed ? -1 : 0;
}
