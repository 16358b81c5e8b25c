/* SPDX-License-Identifier: MIT
 *
 * y^2 = x^3 - 3x + b over the NIST primes, by shifting and adding: slow, short, and asked once for a
 * stimulus. */
#include <config.h>

#include "tools/diff/curve.h"

#include <string.h>

enum { LIMBS = 17 }; /* of 32 bits; P-521 needs them all */
typedef uint32_t number[LIMBS];

static const struct curve {
    uint16_t group;
    uint8_t octets;
    const char *p, *b; /* hex, most significant first */
} curves[] = {
    {23, 32, "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
     "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"},
    {24, 48,
     "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
     "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"},
    {25, 66,
     "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "fffff"
     "ffffffffffffffffffffffff",
     "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf07357"
     "3df"
     "883d2c34f1ef451fd46b503f00"},
};

static void from_octets(number out, const uint8_t *bytes, size_t len)
{
    memset(out, 0, sizeof(number));
    for (size_t i = 0; i < len; i++)
        out[i / 4] |= (uint32_t)bytes[len - 1 - i] << i % 4 * 8;
}

static void from_hex(number out, const char *hex)
{
    size_t len = strlen(hex);
    memset(out, 0, sizeof(number));
    for (size_t i = 0; i < len; i++) {
        char c = hex[len - 1 - i];
        out[i / 8] |= (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10) << i % 8 * 4;
    }
}

static int less(const number a, const number b)
{
    for (int i = LIMBS - 1; i >= 0; i--)
        if (a[i] != b[i])
            return a[i] < b[i];
    return 0;
}

static void take(number a, const number b)
{
    int64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (int64_t)a[i] - b[i];
        a[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* a + b mod p, of numbers below p; `a` may be `b`.  There is room for the sum above 521 bits. */
static void add(number a, const number b, const number p)
{
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)a[i] + b[i];
        a[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (!less(a, p))
        take(a, p);
}

static void subtract(number a, const number b, const number p)
{
    number negative;
    memcpy(negative, p, sizeof negative);
    take(negative, b);
    if (!less(negative, p))
        memset(negative, 0, sizeof negative); /* b was 0 */
    add(a, negative, p);
}

static void multiply(number out, const number a, const number b, const number p)
{
    number sum = {0};
    for (int bit = 32 * LIMBS - 1; bit >= 0; bit--) {
        add(sum, sum, p);
        if (b[bit / 32] >> bit % 32 & 1)
            add(sum, a, p);
    }
    memcpy(out, sum, sizeof sum);
}

static int on_curve(const struct curve *curve, const uint8_t *point)
{
    number p, b, x, y, left, right;

    from_hex(p, curve->p);
    from_hex(b, curve->b);
    from_octets(x, point, curve->octets);
    from_octets(y, point + curve->octets, curve->octets);
    if (!less(x, p) || !less(y, p))
        return 0;
    multiply(left, y, y, p);
    multiply(right, x, x, p);
    multiply(right, right, x, p);
    for (int i = 0; i < 3; i++)
        subtract(right, x, p);
    add(right, b, p);
    return memcmp(left, right, sizeof left) == 0;
}

/* The u coordinates of small order on curve25519 and its twist, as RFC 7748 masks them. */
static int low_25519(const uint8_t *u)
{
    static const uint8_t order8[2][32] = {
        {0xE0, 0xEB, 0x7A, 0x7C, 0x3B, 0x41, 0xB8, 0xAE, 0x16, 0x56, 0xE3, 0xFA, 0xF1, 0x9F, 0xC4, 0x6A,
         0xDA, 0x09, 0x8D, 0xEB, 0x9C, 0x32, 0xB1, 0xFD, 0x86, 0x62, 0x05, 0x16, 0x5F, 0x49, 0xB8, 0x00},
        {0x5F, 0x9C, 0x95, 0xBC, 0xA3, 0x50, 0x8C, 0x24, 0xB1, 0xD0, 0xB1, 0x55, 0x9C, 0x83, 0xEF, 0x5B,
         0x04, 0x44, 0x5C, 0xC4, 0x58, 0x1C, 0x8E, 0x86, 0xD8, 0x22, 0x4E, 0xDD, 0xD0, 0x9F, 0x11, 0x57}};
    uint8_t last = u[31] & 0x7F, all = last, ones = 0xFF;

    for (int i = 1; i < 31; i++) {
        all |= u[i];
        ones &= u[i];
    }
    if (all == 0 && u[0] <= 1)
        return 1; /* 0, 1 */
    if (ones == 0xFF && last == 0x7F && u[0] >= 0xEC && u[0] <= 0xEE)
        return 1; /* p - 1, p, p + 1 */
    for (int i = 0; i < 2; i++)
        if (memcmp(u, order8[i], 31) == 0 && last == order8[i][31])
            return 1;
    return 0;
}

enum diff_point diff_point_check(unsigned group, const uint8_t *bytes, size_t len)
{
    uint8_t all = 0;

    if (group == 29 || group == 30) {
        if (len != (group == 29 ? 32 : 56))
            return DIFF_POINT_LENGTH;
        for (size_t i = 0; i < len; i++)
            all |= bytes[i];
        return (group == 29 && low_25519(bytes)) || !all ? DIFF_POINT_LOW : DIFF_POINT_GOOD;
    }
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        size_t octets = curves[i].octets;
        if (curves[i].group != group)
            continue;
        if (len && *bytes != 4)
            return len == 1 + octets || len == 1 + 2 * octets || (len == 1 && !*bytes) ? DIFF_POINT_FORM
                                                                                       : DIFF_POINT_LENGTH;
        if (len != 1 + 2 * octets)
            return DIFF_POINT_LENGTH;
        return on_curve(&curves[i], bytes + 1) ? DIFF_POINT_GOOD : DIFF_POINT_OFFCURVE;
    }
    return DIFF_POINT_GOOD;
}
