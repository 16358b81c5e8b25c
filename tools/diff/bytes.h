/* SPDX-License-Identifier: MIT
 *
 * tools/diff/bytes.h -- a growing run of octets, and numbers in network order. */
#ifndef DIFF_BYTES_H
#define DIFF_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct diff_bytes { /* zeroed: empty */
    uint8_t *ptr;
    size_t len, cap;
};

/* Room for `len` more octets, which count at once; their content is whatever was there.  Without memory the
 * process ends: a stimulus that is not what its name says would be worse than none. */
uint8_t *diff_bytes_room(struct diff_bytes *, size_t len);
void diff_bytes_add(struct diff_bytes *, const void *bytes, size_t len);
void diff_bytes_fill(struct diff_bytes *, uint8_t value, size_t len);
void diff_bytes_number(struct diff_bytes *, uint64_t value, unsigned octets);
void diff_bytes_free(struct diff_bytes *);

/* realloc for arrays of this tool, with the same end. */
void *diff_grow(void *ptr, size_t *cap, size_t need, size_t size);

uint64_t diff_number(const uint8_t *bytes, unsigned octets);
void diff_write_number(uint8_t *to, uint64_t value, unsigned octets);

/* "16030a", "61*300" (that many times), "0c+61*12" (one behind the other), "-" (nothing) are added.  0, or
 * -1: no such text, nothing was added.
 */
int diff_bytes_hex(struct diff_bytes *, const char *text, size_t len);

#endif
