/* SPDX-License-Identifier: MIT
 *
 * core/utf.h -- UTF-8 inside, UTF-16 and UTF-32 at the edge.  Strict: surrogates, overlong forms and
 * values over U+10FFFF are refused. */
#ifndef CORE_UTF_H
#define CORE_UTF_H

#include <stddef.h>
#include <stdint.h>

/* bits: 16 or 32, the width of a caller's WCHAR.  units: count, or (size_t)-1 for NUL-ended.
 * malloc'd UTF-8, or NULL with *bad set where the text is malformed (else no memory). */
char *utf8_from_wide(const void *wide, unsigned bits, size_t units, int *bad);
/* malloc'd, NUL-ended wide text; *units without the NUL (may be NULL). */
void *utf8_to_wide(const char *utf8, unsigned bits, size_t *units, int *bad);
/* Into a fixed field of `cap` units, cut on a character boundary, NUL-ended and zero-filled. */
void utf8_to_field(const char *utf8, unsigned bits, void *field, size_t cap);

/* ---- one code point at a time, for what is made of them ---- */
#define UTF_BAD UINT32_MAX

/* The code point at *at (before `end`), which it steps over; UTF_BAD where malformed, *at as it was. */
uint32_t utf8_next(const uint8_t **at, const uint8_t *end);
/* The code point at unit *i (below `units`), stepping *i in any case; UTF_BAD where malformed. */
uint32_t wide_next(const void *wide, unsigned bits, size_t *i, size_t units);
/* Write a code point, `wide_put` at unit `at`; the bytes or units it takes, `out` NULL: only those. */
size_t utf8_put(uint32_t point, char *out);
size_t wide_put(uint32_t point, unsigned bits, void *out, size_t at);
size_t wide_length(const void *wide, unsigned bits); /* units before the NUL */

#endif
