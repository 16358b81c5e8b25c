/* SPDX-License-Identifier: MIT
 *
 * tools/diff/curve.h -- is a public value one?  For naming stimuli, not for cryptography. */
#ifndef DIFF_CURVE_H
#define DIFF_CURVE_H

#include <stddef.h>
#include <stdint.h>

enum diff_point {
    DIFF_POINT_GOOD,
    DIFF_POINT_LENGTH,   /* not the group's */
    DIFF_POINT_FORM,     /* compressed, hybrid, infinity */
    DIFF_POINT_OFFCURVE, /* or a coordinate beyond the prime */
    DIFF_POINT_LOW       /* X25519, X448: of small order, zero among them */
};
/* Groups by their TLS number; those that are not known here are good. */
enum diff_point diff_point_check(unsigned group, const uint8_t *bytes, size_t len);

#endif
