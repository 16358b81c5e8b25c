/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEX_MAX = 200000 }; /* more than any message that a library takes */

void *diff_grow(void *ptr, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return ptr;
    size_t more = *cap ? *cap : 16;
    while (more < need)
        more *= 2;
    ptr = realloc(ptr, more * size);
    if (!ptr) {
        fputs("sspi diff: no memory\n", stderr);
        abort();
    }
    *cap = more;
    return ptr;
}

uint8_t *diff_bytes_room(struct diff_bytes *b, size_t len)
{
    b->ptr = diff_grow(b->ptr, &b->cap, b->len + len + 1, 1); /* never NULL, even when empty */
    b->len += len;
    return b->ptr + b->len - len;
}

void diff_bytes_add(struct diff_bytes *b, const void *bytes, size_t len)
{
    uint8_t *to = diff_bytes_room(b, len);
    if (len)
        memcpy(to, bytes, len);
}

void diff_bytes_fill(struct diff_bytes *b, uint8_t value, size_t len)
{
    memset(diff_bytes_room(b, len), value, len);
}

void diff_bytes_number(struct diff_bytes *b, uint64_t value, unsigned octets)
{
    diff_write_number(diff_bytes_room(b, octets), value, octets);
}

void diff_bytes_free(struct diff_bytes *b)
{
    free(b->ptr);
    memset(b, 0, sizeof *b);
}

uint64_t diff_number(const uint8_t *bytes, unsigned octets)
{
    uint64_t value = 0;
    while (octets-- > 0)
        value = value << 8 | *bytes++;
    return value;
}

void diff_write_number(uint8_t *to, uint64_t value, unsigned octets)
{
    while (octets-- > 0)
        *to++ = (uint8_t)(value >> 8 * octets);
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "61*300": octets and how often.  -1: neither. */
static int segment(struct diff_bytes *b, const char *text, size_t len)
{
    const char *star = memchr(text, '*', len);
    size_t digits = star ? (size_t)(star - text) : len, i;
    unsigned long times = 1;

    if (digits == 0 || digits % 2)
        return -1;
    for (i = 0; i < digits; i++)
        if (nibble(text[i]) < 0)
            return -1;
    if (star) {
        if (digits + 1 == len)
            return -1;
        for (times = 0, i = digits + 1; i < len; i++) {
            if (text[i] < '0' || text[i] > '9' || times > 100000)
                return -1;
            times = times * 10 + (unsigned)(text[i] - '0');
        }
    }
    if (times * digits / 2 + b->len > HEX_MAX)
        return -1;
    while (times-- > 0)
        for (i = 0; i < digits; i += 2)
            diff_bytes_number(b, (unsigned)(nibble(text[i]) << 4 | nibble(text[i + 1])), 1);
    return 0;
}

int diff_bytes_hex(struct diff_bytes *out, const char *text, size_t len)
{
    struct diff_bytes b = {0};
    int good = 0;

    if (len == 1 && *text == '-')
        return 0;
    for (size_t at = 0, next; at <= len && good == 0; at = next + 1) {
        const char *plus = memchr(text + at, '+', len - at);
        next = plus ? (size_t)(plus - text) : len;
        good = segment(&b, text + at, next - at);
    }
    if (good == 0)
        diff_bytes_add(out, b.ptr, b.len);
    diff_bytes_free(&b);
    return good;
}
