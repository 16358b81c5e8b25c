/* SPDX-License-Identifier: MIT
 *
 * tools/buffer.h -- a queue of octets. */
#ifndef TOOLS_BUFFER_H
#define TOOLS_BUFFER_H

#include <stddef.h>

struct buffer { /* zeroed: empty.  It holds [start, end) of ptr[0, cap) */
    unsigned char *ptr;
    size_t start, end, cap;
};
size_t buffer_length(const struct buffer *);
unsigned char *buffer_bytes(const struct buffer *);
unsigned char *buffer_reserve(struct buffer *, size_t room); /* NULL: no memory; then move `end` */
int buffer_append(struct buffer *, const void *bytes, size_t length); /* 0, or -1: no memory */
void buffer_drop(struct buffer *, size_t length);
void buffer_free(struct buffer *);

#endif
