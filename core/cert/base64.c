/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/base64.h"

#include <string.h>

#define LABEL_MAX 64u

/* 0 to 63, or -1.  No table lookup by the character itself: private keys pass here, and their bytes should
 * not choose cache lines. */
static int value_of(unsigned char c)
{
    int v = -1;
    v += (int)(((unsigned)('A' - 1 - c) & (unsigned)(c - ('Z' + 1))) >> 31) * (c - 'A' + 1);
    v += (int)(((unsigned)('a' - 1 - c) & (unsigned)(c - ('z' + 1))) >> 31) * (c - 'a' + 27);
    v += (int)(((unsigned)('0' - 1 - c) & (unsigned)(c - ('9' + 1))) >> 31) * (c - '0' + 53);
    v += (c == '+') * 63 + (c == '/') * 64;
    return v;
}

static int is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

int base64_decode(const char *text, size_t len, uint8_t *out, size_t *out_len)
{
    uint32_t group = 0;
    unsigned have = 0, padding = 0;
    size_t made = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (is_space(c))
            continue;
        int v = value_of(c);
        if (c == '=' && have + padding >= 2 && have + padding < 4) {
            padding++;
            continue;
        }
        if (v < 0 || padding)
            return -1;
        group = group << 6 | (unsigned)v;
        if (++have < 4)
            continue;
        if (out) {
            out[made] = (uint8_t)(group >> 16);
            out[made + 1] = (uint8_t)(group >> 8);
            out[made + 2] = (uint8_t)group;
        }
        made += 3;
        have = 0;
        group = 0;
    }
    if (have + padding != 0 && have + padding != 4)
        return -1;
    if (have >= 2) { /* 2 characters hold one octet, 3 hold two */
        group <<= 6 * (4 - have);
        if (out)
            out[made] = (uint8_t)(group >> 16);
        if (out && have == 3)
            out[made + 1] = (uint8_t)(group >> 8);
        made += have - 1;
    }
    *out_len = made;
    return 0;
}

size_t base64_encode(const uint8_t *bytes, size_t len, char *out)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t made = 0;
    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)bytes[i] << 16;
        if (have > 1)
            group |= (uint32_t)bytes[i + 1] << 8;
        if (have > 2)
            group |= bytes[i + 2];
        for (unsigned j = 0; j < 4; j++)
            out[made++] = j <= have ? letters[group >> (18 - 6 * j) & 63] : '=';
    }
    return made;
}

/* ---- PEM ---- */

/* The next line, without its end. */
static struct sspi_bytes line_of(struct sspi_bytes *text)
{
    const uint8_t *end = memchr(text->ptr, '\n', text->len);
    size_t len = end ? (size_t)(end - text->ptr) : text->len;
    struct sspi_bytes line = {text->ptr, len};
    text->ptr += len + (end != NULL);
    text->len -= len + (end != NULL);
    while (line.len && is_space(line.ptr[line.len - 1]))
        line.len--;
    return line;
}

static int starts(struct sspi_bytes line, const char *with)
{
    size_t len = strlen(with);
    return line.len >= len && memcmp(line.ptr, with, len) == 0;
}

/* "-----BEGIN label-----": the label, or an empty one with ptr NULL. */
static struct sspi_bytes label_of(struct sspi_bytes line, const char *with)
{
    size_t head = strlen(with), tail = 5;
    if (line.len < head + tail || !starts(line, with) ||
        memcmp(line.ptr + line.len - tail, "-----", tail) != 0 || line.len - head - tail > LABEL_MAX)
        return (struct sspi_bytes){NULL, 0};
    return (struct sspi_bytes){line.ptr + head, line.len - head - tail};
}

/* Header lines (RFC 1421) end with an empty line; `text` moves to what follows them. */
static void skip_headers(struct sspi_bytes *text, int *encrypted)
{
    struct sspi_bytes rest = *text;
    struct sspi_bytes line = line_of(&rest);
    *encrypted = 0;
    if (!memchr(line.ptr, ':', line.len))
        return;
    for (; line.len; line = line_of(&rest)) {
        if (rest.len == 0 || starts(line, "-----")) /* no empty line: then there are no headers */
            return;
        if (starts(line, "Proc-Type:") && line.len > 9 && !memcmp(line.ptr + line.len - 9, "ENCRYPTED", 9))
            *encrypted = 1;
    }
    *text = rest;
}

int pem_next(struct sspi_bytes *text, struct pem_block *block)
{
    while (text->len) {
        block->label = label_of(line_of(text), "-----BEGIN ");
        if (!block->label.ptr)
            continue;
        struct sspi_bytes rest = *text;
        block->encrypted = 0;
        if (rest.len)
            skip_headers(&rest, &block->encrypted);
        block->body = (struct sspi_bytes){rest.ptr, 0};
        while (rest.len) {
            struct sspi_bytes line = line_of(&rest), label = label_of(line, "-----END ");
            if (starts(line, "-----")) {
                *text = rest;
                return label.ptr && label.len == block->label.len &&
                               memcmp(label.ptr, block->label.ptr, label.len) == 0
                           ? 1
                           : -1;
            }
            block->body.len = (size_t)(rest.ptr - block->body.ptr);
        }
        return -1;
    }
    return 0;
}

int pem_label_is(const struct pem_block *block, const char *label)
{
    return block->label.len == strlen(label) && memcmp(block->label.ptr, label, block->label.len) == 0;
}

int pem_decode(const struct pem_block *block, uint8_t *out, size_t *out_len)
{
    return base64_decode((const char *)block->body.ptr, block->body.len, out, out_len);
}
