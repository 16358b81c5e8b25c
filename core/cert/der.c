/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/der.h"

#include <libtasn1.h>
#include <limits.h>
#include <string.h>

int der_next(struct sspi_bytes *in, uint8_t *tag, struct sspi_bytes *value, struct sspi_bytes *whole)
{
    if (!in->ptr || in->len < 2 || in->len > INT_MAX)
        return -1;
    if ((in->ptr[0] & 0x1f) == 0x1f)
        return -1;
    int header = 0;
    long len = asn1_get_length_der(in->ptr + 1, (int)in->len - 1, &header);
    if (len < 0 || header < 1 || (size_t)len > in->len - 1 - (size_t)header)
        return -1;
    /* DER: the shortest form, or it would be two encodings of one value. */
    if (header > 1 && (len < 128 || in->ptr[2] == 0))
        return -1;
    size_t total = 1 + (size_t)header + (size_t)len;
    *tag = in->ptr[0];
    if (whole)
        *whole = (struct sspi_bytes){in->ptr, total};
    *value = (struct sspi_bytes){in->ptr + 1 + header, (size_t)len};
    in->ptr += total;
    in->len -= total;
    return 0;
}

int der_take_whole(struct sspi_bytes *in, uint8_t tag, struct sspi_bytes *value, struct sspi_bytes *whole)
{
    uint8_t found;
    return in->len == 0 || in->ptr[0] != tag ? -1 : der_next(in, &found, value, whole);
}

int der_take(struct sspi_bytes *in, uint8_t tag, struct sspi_bytes *value)
{
    return der_take_whole(in, tag, value, NULL);
}

int der_optional(struct sspi_bytes *in, uint8_t tag, struct sspi_bytes *value)
{
    if (in->len == 0 || in->ptr[0] != tag) {
        *value = (struct sspi_bytes){NULL, 0};
        return 0;
    }
    return der_take(in, tag, value) ? -1 : 1;
}

int der_boolean(struct sspi_bytes value, int *out)
{
    if (value.len != 1 || (value.ptr[0] != 0 && value.ptr[0] != 0xff))
        return -1;
    *out = value.ptr[0] != 0;
    return 0;
}

int der_unsigned(struct sspi_bytes value, unsigned *out)
{
    if (value.len == 0 || value.len > 4 || value.ptr[0] & 0x80 ||
        (value.len > 1 && value.ptr[0] == 0 && !(value.ptr[1] & 0x80)))
        return -1;
    *out = 0;
    for (size_t i = 0; i < value.len; i++)
        *out = *out << 8 | value.ptr[i];
    return 0;
}

int der_bits(struct sspi_bytes value, struct sspi_bytes *octets, unsigned *unused)
{
    if (value.len == 0 || value.ptr[0] > 7 || (value.len == 1 && value.ptr[0] != 0))
        return -1;
    *unused = value.ptr[0];
    *octets = (struct sspi_bytes){value.ptr + 1, value.len - 1};
    if (*unused && value.ptr[value.len - 1] & ((1u << *unused) - 1))
        return -1;
    return 0;
}

static int digits(const uint8_t *text, unsigned count, int *out)
{
    *out = 0;
    for (unsigned i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        *out = *out * 10 + text[i] - '0';
    }
    return 0;
}

/* Days since 1970-01-01 of a date in the Gregorian calendar; years 0 to 9999. */
static int64_t days_of(int year, int month, int day)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    int64_t past = year - 1;
    int64_t days = past * 365 + past / 4 - past / 100 + past / 400;
    if (year == 0)
        days = -366;
    return days + before[month - 1] + (leap && month > 2) + day - 1 - 719162;
}

int der_time(uint8_t tag, struct sspi_bytes value, int64_t *out)
{
    static const int days_in[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year_digits = tag == DER_UTC_TIME ? 2 : 4;
    int year, part[5]; /* month, day, hour, minute, second */

    if ((tag != DER_UTC_TIME && tag != DER_GENERAL_TIME) || value.len != year_digits + 11u ||
        value.ptr[value.len - 1] != 'Z' || digits(value.ptr, year_digits, &year))
        return -1;
    for (unsigned i = 0; i < 5; i++)
        if (digits(value.ptr + year_digits + 2 * i, 2, &part[i]))
            return -1;
    if (tag == DER_UTC_TIME)
        year += year < 50 ? 2000 : 1900;
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (part[0] < 1 || part[0] > 12 || part[1] < 1 ||
        part[1] > days_in[part[0] - 1] + (leap && part[0] == 2) || part[2] > 23 || part[3] > 59 ||
        part[4] > 59)
        return -1;
    *out = days_of(year, part[0], part[1]) * 86400 + part[2] * 3600 + part[3] * 60 + part[4];
    return 0;
}

int der_oid_text(struct sspi_bytes oid, char *out, size_t size)
{
    uint8_t encoded[128];
    int used;
    if (oid.len == 0 || oid.len > 120 || size > INT_MAX)
        return -1;
    encoded[0] = DER_OID;
    encoded[1] = (uint8_t)oid.len;
    memcpy(encoded + 2, oid.ptr, oid.len);
    return asn1_get_object_id_der(encoded + 1, (int)oid.len + 1, &used, out, (int)size) == ASN1_SUCCESS ? 0
                                                                                                        : -1;
}

int der_oid_octets(const char *dotted, uint8_t *out, size_t *len)
{
    uint8_t encoded[128];
    int size = sizeof encoded;
    if (dotted[strspn(dotted, "0123456789.")] != 0 || !strchr(dotted, '.') ||
        strstr(dotted, "..")) /* it takes words for 0 */
        return -1;
    if (asn1_object_id_der(dotted, encoded, &size, 0) != ASN1_SUCCESS)
        return -1;
    struct sspi_bytes in = {encoded, (size_t)size}, value;
    if (der_take(&in, DER_OID, &value) || value.len > *len)
        return -1;
    memcpy(out, value.ptr, value.len);
    *len = value.len;
    return 0;
}

int der_equal(struct sspi_bytes a, struct sspi_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

uint8_t *der_put_header(uint8_t *end, uint8_t tag, size_t len)
{
    size_t rest = len;
    uint8_t octets = 0;
    if (len < 128) {
        *--end = (uint8_t)len;
    } else {
        for (; rest; rest >>= 8, octets++)
            *--end = (uint8_t)rest;
        *--end = 0x80 | octets;
    }
    *--end = tag;
    return end;
}

int der_wrap(struct bytes *b, size_t from, uint8_t tag)
{
    uint8_t header[8], *start = der_put_header(header + sizeof header, tag, b->len - from);
    size_t len = (size_t)(header + sizeof header - start);
    if (bytes_append(b, start, len))
        return -1;
    memmove(b->ptr + from + len, b->ptr + from, b->len - len - from);
    memcpy(b->ptr + from, start, len);
    return 0;
}

int der_append(struct bytes *b, uint8_t tag, struct sspi_bytes contents)
{
    size_t from = b->len;
    return (contents.len && bytes_append(b, contents.ptr, contents.len)) || der_wrap(b, from, tag) ? -1 : 0;
}

int der_append_oid(struct bytes *b, const char *dotted)
{
    uint8_t oid[96];
    size_t len = sizeof oid;
    return !dotted || der_oid_octets(dotted, oid, &len) ||
                   der_append(b, DER_OID, (struct sspi_bytes){oid, len})
               ? -1
               : 0;
}

int der_append_integer(struct bytes *b, struct sspi_bytes n)
{
    size_t from = b->len;
    while (n.len && n.ptr[0] == 0)
        n = (struct sspi_bytes){n.ptr + 1, n.len - 1};
    if ((n.len == 0 || n.ptr[0] & 0x80) && bytes_append(b, "", 1))
        return -1;
    return (n.len && bytes_append(b, n.ptr, n.len)) || der_wrap(b, from, DER_INTEGER) ? -1 : 0;
}

#define SET_MAX 16u

/* DER wants the members of a SET OF in the order of their octets. */
static int in_order(struct sspi_bytes a, struct sspi_bytes b)
{
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
    return order < 0 || (order == 0 && a.len <= b.len);
}

int der_sort_set(struct bytes *b, size_t from)
{
    struct sspi_bytes member[SET_MAX], value, in = {b->ptr + from, b->len - from};
    unsigned count = 0;
    uint8_t tag;
    while (in.len) {
        struct sspi_bytes m;
        if (count == SET_MAX || der_next(&in, &tag, &value, &m))
            return -1;
        unsigned i = count++;
        for (; i > 0 && !in_order(member[i - 1], m); i--)
            member[i] = member[i - 1];
        member[i] = m;
    }
    struct bytes sorted = {NULL, 0, 0};
    for (unsigned i = 0; i < count; i++)
        if (bytes_append(&sorted, member[i].ptr, member[i].len)) {
            bytes_free(&sorted);
            return -1;
        }
    if (sorted.len)
        memcpy(b->ptr + from, sorted.ptr, sorted.len);
    bytes_free(&sorted);
    return 0;
}

int der_is_printable(const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z') && !(text[i] >= '0' && text[i] <= '9') &&
            (!text[i] || !strchr(" '()+,-./:=?", text[i])))
            return 0;
    return 1;
}

int der_is_ascii(const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] > 0x7e)
            return 0;
    return 1;
}
