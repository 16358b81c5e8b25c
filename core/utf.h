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

#endif
