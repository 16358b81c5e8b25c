/* SPDX-License-Identifier: MIT
 *
 * t/hello-kit.h -- makes handshake messages and records, good and bad, for the tests of core/hello.c. */
#ifndef T_HELLO_KIT_H
#define T_HELLO_KIT_H

#include "core/hello.h"

#include <stdlib.h>
#include <string.h>

struct kit { /* a message under construction */
    uint8_t bytes[200 * 1024];
    size_t len;
};

static inline void kit_number(struct kit *kit, size_t value, unsigned octets)
{
    while (octets-- > 0)
        kit->bytes[kit->len++] = (uint8_t)(value >> 8 * octets);
}

static inline void kit_bytes(struct kit *kit, const void *bytes, size_t len)
{
    memcpy(kit->bytes + kit->len, bytes, len);
    kit->len += len;
}

/* Leaves room for a length of `octets`; kit_close writes what came since. */
static inline size_t kit_open(struct kit *kit, unsigned octets)
{
    kit_number(kit, 0, octets);
    return kit->len;
}

static inline void kit_close(struct kit *kit, size_t opened, unsigned octets)
{
    size_t end = kit->len;

    kit->len = opened - octets;
    kit_number(kit, end - opened, octets);
    kit->len = end;
}

static inline void kit_extension(struct kit *kit, unsigned type, const void *body, size_t len)
{
    kit_number(kit, type, 2);
    kit_number(kit, len, 2);
    kit_bytes(kit, body, len);
}

struct kit_hello { /* where the parts of kit_client_hello begin */
    size_t message, extensions;
};

/* A ClientHello up to its extensions; `version` 0xFEFx makes a DTLS one, with a cookie. */
static inline struct kit_hello kit_hello_open(struct kit *kit, unsigned version)
{
    static const uint8_t compression[] = {1, 0};
    struct kit_hello at;
    unsigned i;

    kit->len = 0;
    kit_number(kit, 1, 1);
    at.message = kit_open(kit, 3);
    kit_number(kit, version, 2);
    for (i = 0; i < 32; i++)
        kit_number(kit, i * 7, 1);
    kit_number(kit, 4, 1);
    kit_bytes(kit, "sess", 4);
    if (version >> 8 == 0xFE) {
        kit_number(kit, 3, 1);
        kit_bytes(kit, "cky", 3);
    }
    kit_number(kit, 6, 2);
    kit_bytes(kit, "\x13\x01\xC0\x2F\x00\x9C", 6);
    kit_bytes(kit, compression, 2);
    at.extensions = kit_open(kit, 2);
    return at;
}

static inline struct sspi_bytes kit_hello_close(struct kit *kit, struct kit_hello at)
{
    kit_close(kit, at.extensions, 2);
    kit_close(kit, at.message, 3);
    return (struct sspi_bytes){kit->bytes, kit->len};
}

/* A host_name of server_name(0). */
static inline void kit_server_name(struct kit *kit, const void *name, size_t len)
{
    size_t body, list;

    kit_number(kit, 0, 2);
    body = kit_open(kit, 2);
    list = kit_open(kit, 2);
    kit_number(kit, 0, 1);
    kit_number(kit, len, 2);
    kit_bytes(kit, name, len);
    kit_close(kit, list, 2);
    kit_close(kit, body, 2);
}

/* Feeds `len` handshake bytes as records of at most `step`; what the last record gave.  The records are
 * blocks of their own, so that a sanitizer sees what is read beyond them. */
static inline enum hello_status kit_feed(struct hello_gather *gather, const uint8_t *bytes, size_t len,
                                         size_t step, uint8_t *alert)
{
    enum hello_status status = HELLO_MORE;

    while (len != 0 && status == HELLO_MORE) {
        size_t part = len < step ? len : step;
        uint8_t *record = malloc(5 + part);

        memcpy(record, "\x16\x03\x01", 3);
        record[3] = (uint8_t)(part >> 8);
        record[4] = (uint8_t)part;
        memcpy(record + 5, bytes, part);
        status = hello_gather(gather, record, 5 + part, alert);
        free(record);
        bytes += part;
        len -= part;
    }
    return status;
}

#endif
