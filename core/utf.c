/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/utf.h"

#include <stdlib.h>
#include <string.h>

uint32_t utf8_next(const uint8_t **at, const uint8_t *end)
{
    static const struct {
        uint8_t mask, lead; /* lead byte & mask == lead */
        uint8_t more;       /* bytes that follow */
        uint32_t least;     /* below this the form is overlong */
    } forms[] = {{0x80, 0x00, 0, 0}, {0xE0, 0xC0, 1, 0x80}, {0xF0, 0xE0, 2, 0x800}, {0xF8, 0xF0, 3, 0x10000}};
    const uint8_t *p = *at;
    size_t i = 0;
    while (i < sizeof forms / sizeof forms[0] && (*p & forms[i].mask) != forms[i].lead)
        i++;
    if (i == sizeof forms / sizeof forms[0] || (size_t)(end - p) <= forms[i].more)
        return UTF_BAD;
    uint32_t point = *p++ & (uint8_t)~forms[i].mask;
    for (uint8_t n = forms[i].more; n > 0; n--, p++) {
        if ((*p & 0xC0) != 0x80)
            return UTF_BAD;
        point = point << 6 | (*p & 0x3F);
    }
    if (point < forms[i].least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return UTF_BAD;
    *at = p;
    return point;
}

size_t utf8_put(uint32_t point, char *out)
{
    size_t len = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    for (size_t i = len; out && i-- > 0; point >>= 6)
        out[i] = (char)(i == 0 ? leads[len] | point : 0x80 | (point & 0x3F));
    return len;
}

/* One unit; the text of a caller need not be aligned. */
static uint32_t unit_at(const void *wide, unsigned bits, size_t i)
{
    uint16_t unit16;
    uint32_t unit32;
    if (bits == 16) {
        memcpy(&unit16, (const uint8_t *)wide + i * sizeof unit16, sizeof unit16);
        return unit16;
    }
    memcpy(&unit32, (const uint8_t *)wide + i * sizeof unit32, sizeof unit32);
    return unit32;
}

size_t wide_length(const void *wide, unsigned bits)
{
    size_t units = 0;
    while (unit_at(wide, bits, units) != 0)
        units++;
    return units;
}

uint32_t wide_next(const void *wide, unsigned bits, size_t *i, size_t units)
{
    uint32_t unit = unit_at(wide, bits, (*i)++);
    if (unit > 0x10FFFF || (unit >= 0xDC00 && unit <= 0xDFFF))
        return UTF_BAD;
    if (unit < 0xD800 || unit > 0xDFFF)
        return unit;
    if (bits != 16 || *i == units)
        return UTF_BAD;
    uint32_t low = unit_at(wide, bits, *i);
    if (low < 0xDC00 || low > 0xDFFF)
        return UTF_BAD;
    (*i)++;
    return 0x10000 + ((unit - 0xD800) << 10 | (low - 0xDC00));
}

size_t wide_put(uint32_t point, unsigned bits, void *out, size_t at)
{
    if (bits == 32) {
        if (out)
            memcpy((uint8_t *)out + at * sizeof point, &point, sizeof point);
        return 1;
    }
    uint16_t units[2] = {(uint16_t)point, 0};
    size_t count = 1;
    if (point >= 0x10000) {
        units[0] = (uint16_t)(0xD800 + ((point - 0x10000) >> 10));
        units[1] = (uint16_t)(0xDC00 + ((point - 0x10000) & 0x3FF));
        count = 2;
    }
    if (out)
        memcpy((uint8_t *)out + at * sizeof units[0], units, count * sizeof units[0]);
    return count;
}

char *utf8_from_wide(const void *wide, unsigned bits, size_t units, int *bad)
{
    size_t len = 0;
    *bad = 0;
    if (units == (size_t)-1)
        units = wide_length(wide, bits);
    for (size_t i = 0; i < units;) {
        uint32_t point = wide_next(wide, bits, &i, units);
        if (point == UTF_BAD || point == 0) { /* NUL inside counted text would cut a host name short */
            *bad = 1;
            return NULL;
        }
        len += utf8_put(point, NULL);
    }
    char *utf8 = malloc(len + 1);
    if (!utf8)
        return NULL;
    len = 0;
    for (size_t i = 0; i < units;)
        len += utf8_put(wide_next(wide, bits, &i, units), utf8 + len);
    utf8[len] = '\0';
    return utf8;
}

void *utf8_to_wide(const char *utf8, unsigned bits, size_t *units, int *bad)
{
    const uint8_t *start = (const uint8_t *)utf8, *end = start + strlen(utf8);
    size_t count = 0;
    *bad = 0;
    for (const uint8_t *p = start; p < end;) {
        uint32_t point = utf8_next(&p, end);
        if (point == UTF_BAD) {
            *bad = 1;
            return NULL;
        }
        count += wide_put(point, bits, NULL, 0);
    }
    void *wide = malloc((count + 1) * (bits / 8));
    if (!wide)
        return NULL;
    count = 0;
    for (const uint8_t *p = start; p < end;)
        count += wide_put(utf8_next(&p, end), bits, wide, count);
    memset((uint8_t *)wide + count * (bits / 8), 0, bits / 8);
    if (units)
        *units = count;
    return wide;
}

void utf8_to_field(const char *utf8, unsigned bits, void *field, size_t cap)
{
    const uint8_t *p = (const uint8_t *)utf8, *end = p + strlen(utf8);
    size_t at = 0;
    memset(field, 0, cap * (bits / 8));
    while (p < end) {
        uint32_t point = utf8_next(&p, end);
        if (point == UTF_BAD || at + wide_put(point, bits, NULL, 0) >= cap)
            return;
        at += wide_put(point, bits, field, at);
    }
}
