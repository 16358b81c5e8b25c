/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/text.h"

#include "core/cert/base64.h"
#include "core/cert/certificate.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (64u << 20)

/* ---- to binary ---- */

static int hex_value(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Pairs of digits, white space between them as they like. */
static int hex_decode(const char *text, size_t len, BYTE *out, size_t *out_len)
{
    size_t made = 0;
    for (size_t i = 0; i < len;) {
        if (is_space((unsigned char)text[i])) {
            i++;
            continue;
        }
        int high = hex_value((unsigned char)text[i]),
            low = i + 1 < len ? hex_value((unsigned char)text[i + 1]) : -1;
        if (high < 0 || low < 0)
            return -1;
        if (out)
            out[made] = (BYTE)(high << 4 | low);
        made++;
        i += 2;
    }
    *out_len = made;
    return 0;
}

/* The first block of any label; *skip: characters before it. */
static int pem_first(const char *text, size_t len, BYTE *out, size_t *out_len, DWORD *skip)
{
    struct sspi_bytes in = {(const uint8_t *)text, len};
    struct pem_block block;
    if (pem_next(&in, &block) != 1 || block.encrypted)
        return -1;
    const uint8_t *begin = block.label.ptr - strlen("-----BEGIN ");
    *skip = (DWORD)(begin - (const uint8_t *)text);
    return pem_decode(&block, out, out_len);
}

static int plain(const char *text, size_t len, BYTE *out, size_t *out_len)
{
    if (out)
        memcpy(out, text, len);
    *out_len = len;
    return 0;
}

/* One format; out NULL: the size only. */
static int decode(DWORD format, const char *text, size_t len, BYTE *out, size_t *out_len, DWORD *skip)
{
    *skip = 0;
    switch (format) {
    case CRYPT_STRING_BASE64HEADER:
    case CRYPT_STRING_BASE64REQUESTHEADER:
    case CRYPT_STRING_BASE64X509CRLHEADER:
        return pem_first(text, len, out, out_len, skip);
    case CRYPT_STRING_BASE64:
        return base64_decode(text, len, out, out_len);
    case CRYPT_STRING_HEX:
    case CRYPT_STRING_HEXRAW:
        return hex_decode(text, len, out, out_len);
    case CRYPT_STRING_BINARY:
        return plain(text, len, out, out_len);
    default:
        return -1;
    }
}

/* The formats that a flag stands for, tried in order. */
static const struct alternatives {
    DWORD flag, formats[4];
    unsigned count;
} alternatives[] = {
    {CRYPT_STRING_BASE64_ANY, {CRYPT_STRING_BASE64HEADER, CRYPT_STRING_BASE64}, 2},
    {CRYPT_STRING_HEX_ANY, {CRYPT_STRING_HEX}, 1},
    {CRYPT_STRING_ANY,
     {CRYPT_STRING_BASE64HEADER, CRYPT_STRING_BASE64, CRYPT_STRING_HEX, CRYPT_STRING_BINARY},
     4},
};

static int known(DWORD format)
{
    switch (format) {
    case CRYPT_STRING_BASE64HEADER:
    case CRYPT_STRING_BASE64REQUESTHEADER:
    case CRYPT_STRING_BASE64X509CRLHEADER:
    case CRYPT_STRING_BASE64:
    case CRYPT_STRING_HEX:
    case CRYPT_STRING_HEXRAW:
    case CRYPT_STRING_BINARY:
        return 1;
    default:
        return 0;
    }
}

BOOL text_to_binary(const char *text, size_t len, DWORD flags, BYTE *out, DWORD *out_len, DWORD *skip,
                    DWORD *used)
{
    DWORD format = flags & CRYPT_STRING_ENCODEMASK, skipped = 0;
    struct alternatives one = {format, {format}, 1};
    const struct alternatives *try = &one;
    size_t made = 0;
    unsigned i = 0;
    for (size_t a = 0; a < sizeof alternatives / sizeof *alternatives; a++)
        if (alternatives[a].flag == format)
            try = &alternatives[a];
    if (!text || !out_len || len > TEXT_MAX)
        return cert_fail(ERROR_INVALID_PARAMETER);
    if (try == &one && !known(format))
        return cert_fail(ERROR_INVALID_DATA);
    while (i < try->count && decode(try->formats[i], text, len, NULL, &made, &skipped))
        i++;
    if (i == try->count)
        return cert_fail(ERROR_INVALID_DATA);
    if (skip)
        *skip = skipped;
    if (used)
        *used = try->formats[i];
    DWORD room = *out_len;
    *out_len = (DWORD)made;
    if (!out)
        return TRUE;
    if (room < made)
        return cert_fail(ERROR_MORE_DATA);
    decode(try->formats[i], text, len, out, &made, &skipped);
    return TRUE;
}

/* ---- to text ---- */

struct writer {
    char *text;
    size_t len;
    const char *line_end;
};

static void put(struct writer *w, const char *text, size_t len)
{
    memcpy(w->text + w->len, text, len);
    w->len += len;
    w->text[w->len] = 0;
}

static void put_text(struct writer *w, const char *text)
{
    put(w, text, strlen(text));
}

/* 48 octets make a line of 64 characters. */
static void put_base64(struct writer *w, const BYTE *bytes, DWORD len)
{
    char line[68];
    for (DWORD i = 0; i < len || i == 0; i += 48) {
        DWORD have = len - i < 48 ? len - i : 48;
        put(w, line, base64_encode(bytes + i, have, line));
        put_text(w, w->line_end);
    }
}

/* Sixteen octets a line, a wider gap in the middle, as certutil prints them. */
static void put_hex(struct writer *w, const BYTE *bytes, DWORD len, int raw)
{
    static const char digits[] = "0123456789abcdef";
    for (DWORD i = 0; i < len; i++) {
        if (!raw && i % 16)
            put_text(w, i % 8 ? " " : "  ");
        put(w, &digits[bytes[i] >> 4], 1);
        put(w, &digits[bytes[i] & 15], 1);
        if (!raw && (i % 16 == 15 || i + 1 == len))
            put_text(w, w->line_end);
    }
    if (raw)
        put_text(w, w->line_end);
}

static const char *header_of(DWORD format)
{
    switch (format) {
    case CRYPT_STRING_BASE64HEADER:
        return "CERTIFICATE";
    case CRYPT_STRING_BASE64REQUESTHEADER:
        return "NEW CERTIFICATE REQUEST";
    case CRYPT_STRING_BASE64X509CRLHEADER:
        return "X509 CRL";
    default:
        return NULL;
    }
}

char *binary_to_text(const BYTE *bytes, DWORD len, DWORD flags)
{
    DWORD format = flags & CRYPT_STRING_ENCODEMASK;
    const char *header = header_of(format);
    struct writer w = {NULL, 0, flags & CRYPT_STRING_NOCRLF ? "" : flags & CRYPT_STRING_NOCR ? "\n" : "\r\n"};
    if (!bytes || len == 0 || len > TEXT_MAX / 8 ||
        (!header && format != CRYPT_STRING_BASE64 && format != CRYPT_STRING_HEX &&
         format != CRYPT_STRING_HEXRAW)) {
        cert_fail(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!(w.text = malloc(4 * (size_t)len + 256))) {
        cert_fail((DWORD)E_OUTOFMEMORY);
        return NULL;
    }
    if (header) {
        put_text(&w, "-----BEGIN ");
        put_text(&w, header);
        put_text(&w, "-----");
        put_text(&w, *w.line_end ? w.line_end : "\n");
    }
    if (format == CRYPT_STRING_HEX || format == CRYPT_STRING_HEXRAW)
        put_hex(&w, bytes, len, format == CRYPT_STRING_HEXRAW);
    else
        put_base64(&w, bytes, len);
    if (header) {
        if (!*w.line_end)
            put_text(&w, "\n");
        put_text(&w, "-----END ");
        put_text(&w, header);
        put_text(&w, "-----");
        put_text(&w, *w.line_end ? w.line_end : "\n");
    }
    return w.text;
}

char *key_to_pem(const BYTE *pkcs8, size_t len)
{
    static const char begin[] = "-----BEGIN PRIVATE KEY-----\n", end[] = "-----END PRIVATE KEY-----\n";
    char *base64 = binary_to_text(pkcs8, (DWORD)len, CRYPT_STRING_BASE64 | CRYPT_STRING_NOCR);
    size_t body = base64 ? strlen(base64) : 0;
    char *pem = base64 ? malloc(sizeof begin + body + sizeof end) : NULL;
    if (pem) {
        memcpy(pem, begin, sizeof begin - 1);
        memcpy(pem + sizeof begin - 1, base64, body);
        memcpy(pem + sizeof begin - 1 + body, end, sizeof end);
    }
    if (base64)
        explicit_bzero(base64, body);
    free(base64);
    return pem;
}
