/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/buffer.h"

#include <stdlib.h>
#include <string.h>

size_t buffer_length(const struct buffer *b)
{
    return b->end - b->start;
}

unsigned char *buffer_bytes(const struct buffer *b)
{
    return b->ptr + b->start;
}

unsigned char *buffer_reserve(struct buffer *b, size_t room)
{
    size_t held = buffer_length(b);

    if (b->cap - b->end >= room && b->ptr)
        return b->ptr + b->end;
    if (b->start && b->cap - held >= room) { /* room enough once the front is given back */
        memmove(b->ptr, b->ptr + b->start, held);
    } else {
        size_t cap = (held + room) * 2;
        unsigned char *grown = malloc(cap);
        if (!grown)
            return NULL;
        if (held)
            memcpy(grown, b->ptr + b->start, held);
        free(b->ptr);
        b->ptr = grown;
        b->cap = cap;
    }
    b->start = 0;
    b->end = held;
    return b->ptr + held;
}

int buffer_append(struct buffer *b, const void *bytes, size_t length)
{
    unsigned char *to = buffer_reserve(b, length ? length : 1);

    if (!to)
        return -1;
    if (length)
        memcpy(to, bytes, length);
    b->end += length;
    return 0;
}

void buffer_drop(struct buffer *b, size_t length)
{
    b->start += length;
    if (b->start == b->end)
        b->start = b->end = 0;
}

void buffer_free(struct buffer *b)
{
    free(b->ptr);
    memset(b, 0, sizeof *b);
}
