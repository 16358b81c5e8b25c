/* SPDX-License-Identifier: MIT
 *
 * core/message.h -- how DecryptMessage shows what it opened, for TLS and for datagrams (W81, K23). */
#ifndef CORE_MESSAGE_H
#define CORE_MESSAGE_H

#include "core/buffers.h"

struct opened {
    uint8_t *record, *end;    /* of the caller's input */
    size_t header, data, len; /* of the record: its header, the plaintext, the whole */
};

static inline __attribute__((always_inline)) void message_set(SecBuffer *buffer, ULONG type, uint8_t *at,
                                                              size_t len)
{
    buffer->BufferType = type;
    buffer->pvBuffer = at;
    buffer->cbBuffer = (ULONG)len;
}

/* `extra`: where what follows begins; opened->end where nothing does. */
static inline __attribute__((always_inline)) void message_show(struct buffers_open *open,
                                                               const struct opened *opened, uint8_t *extra)
{
    uint8_t *data = opened->record + opened->header;
    message_set(open->slot[0], SECBUFFER_STREAM_HEADER, opened->record, opened->header);
    message_set(open->slot[1], SECBUFFER_DATA, data, opened->data);
    message_set(open->slot[2], SECBUFFER_STREAM_TRAILER, data + opened->data,
                opened->len - opened->header - opened->data);
    if (extra < opened->end)
        message_set(open->slot[3], SECBUFFER_EXTRA, extra, (size_t)(opened->end - extra));
}

#endif
