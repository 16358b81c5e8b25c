/* SPDX-License-Identifier: MIT
 *
 * Flights of datagrams: where each ends, what sequence numbers it carries, and the last one once more.
 *
 * Records of epoch 0 carry no MAC, so the core numbers them all itself, whatever the library wrote: then a
 * flight that is all in the clear can be sent again by the core, at once and with fresh numbers, on every
 * provider.  A flight with records under keys is the library's to send again, for it seals them anew; until
 * its timer allows that, the copy serves (a receiver that has the record drops it as a replay). */
#include <config.h>

#include "core/datagram.h"

#include "core/record.h"

#include <string.h>

#define SEQUENCE_END (UINT64_C(1) << 48)
#define DATAGRAM_MAX 65535u

/* ---- where datagrams end ---- */

static size_t count(const struct bytes *ends)
{
    return ends->len / sizeof(uint32_t);
}

static uint32_t end_at(const struct bytes *ends, size_t i)
{
    uint32_t end;
    memcpy(&end, ends->ptr + i * sizeof end, sizeof end);
    return end;
}

/* The flight may have been cut, or be gone: the ends follow it. */
static void trim(struct bytes *ends, size_t len)
{
    uint32_t last = (uint32_t)len;
    size_t n = count(ends), kept = n;
    while (kept && end_at(ends, kept - 1) > len)
        kept--;
    if (kept < n && len > (kept ? end_at(ends, kept - 1) : 0)) /* cut inside a datagram */
        memcpy(ends->ptr + kept++ * sizeof last, &last, sizeof last);
    ends->len = kept * sizeof last;
}

size_t datagram_front(struct datagram *datagram, const struct bytes *flight)
{
    trim(&datagram->ends, flight->len);
    return count(&datagram->ends) ? end_at(&datagram->ends, 0) : flight->len;
}

static void drop_front(struct datagram *datagram, struct bytes *flight, size_t len)
{
    size_t kept = 0;
    trim(&datagram->ends, flight->len);
    for (size_t i = 0; i < count(&datagram->ends); i++) {
        uint32_t end = end_at(&datagram->ends, i);
        if (end <= len)
            continue;
        end -= (uint32_t)len;
        memcpy(datagram->ends.ptr + kept++ * sizeof end, &end, sizeof end);
    }
    datagram->ends.len = kept * sizeof(uint32_t);
    bytes_consume(flight, len);
}

void datagram_drop(struct datagram *datagram, struct bytes *flight)
{
    drop_front(datagram, flight, datagram_front(datagram, flight));
}

void datagram_keep_newest(struct datagram *datagram, struct bytes *flight)
{
    trim(&datagram->ends, flight->len);
    if (count(&datagram->ends) > 1)
        drop_front(datagram, flight, end_at(&datagram->ends, count(&datagram->ends) - 2));
}

/* ---- numbers ---- */

/* Whole records?  Those of epoch 0 are numbered, if `datagram` is given. */
static int number(struct datagram *datagram, uint8_t *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        struct record record;
        if (record_read(bytes + at, len - at, 1, &record) != RECORD_WHOLE)
            return -1;
        if (datagram && !(record.sequence >> 48)) {
            for (unsigned i = 0; i < 6; i++)
                bytes[at + 5 + i] = (uint8_t)(datagram->next >> (40 - 8 * i));
            datagram->next = (datagram->next + 1) % SEQUENCE_END;
        }
        at += record.len;
    }
    return 0;
}

SECURITY_STATUS datagram_put(struct datagram *datagram, struct bytes *flight, const void *bytes, size_t len)
{
    size_t before = flight->len;
    trim(&datagram->ends, before);
    if (!len || len > DATAGRAM_MAX || before > UINT32_MAX - len)
        return SEC_E_INTERNAL_ERROR;
    if (bytes_append(flight, bytes, len) != 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    uint32_t end = (uint32_t)flight->len;
    SECURITY_STATUS status = SEC_E_OK;
    if (number(NULL, flight->ptr + before, len) != 0)
        status = SEC_E_INTERNAL_ERROR;
    else if (bytes_append(&datagram->ends, &end, sizeof end) != 0)
        status = SEC_E_INSUFFICIENT_MEMORY;
    if (status != SEC_E_OK) {
        flight->len = before;
        return status;
    }
    (void)number(datagram, flight->ptr + before, len);
    return SEC_E_OK;
}

/* ---- the last flight, once more ---- */

void datagram_forget(struct datagram *datagram)
{
    bytes_free(&datagram->last);
    bytes_free(&datagram->last_ends);
}

int datagram_remember(struct datagram *datagram, const struct bytes *flight)
{
    trim(&datagram->ends, flight->len);
    datagram_forget(datagram);
    if (bytes_append(&datagram->last, flight->ptr, flight->len) == 0 &&
        bytes_append(&datagram->last_ends, datagram->ends.ptr, datagram->ends.len) == 0)
        return 0;
    datagram_forget(datagram);
    return -1;
}

static int last_is_keyed(const struct datagram *datagram)
{
    struct record record;
    for (size_t at = 0; at < datagram->last.len; at += record.len)
        if (record_read(datagram->last.ptr + at, datagram->last.len - at, 1, &record) != RECORD_WHOLE ||
            record.sequence >> 48)
            return 1;
    return 0;
}

SECURITY_STATUS datagram_again(struct context *context)
{
    struct datagram *datagram = context->datagram;
    struct opening *opening = context_opening(context);
    if (!opening)
        return SEC_E_INSUFFICIENT_MEMORY;
    size_t before = opening->flight.len, from = 0;
    if (context->state == CONTEXT_HANDSHAKE && last_is_keyed(datagram)) {
        SECURITY_STATUS status = handshake_resend(context);
        if (status != SEC_E_OK || opening->flight.len > before)
            return status;
    }
    for (size_t i = 0; i < count(&datagram->last_ends); i++) {
        size_t end = end_at(&datagram->last_ends, i);
        SECURITY_STATUS status =
            datagram_put(datagram, &opening->flight, datagram->last.ptr + from, end - from);
        if (status != SEC_E_OK) {
            opening->flight.len = before;
            return status;
        }
        from = end;
    }
    return SEC_E_OK;
}
