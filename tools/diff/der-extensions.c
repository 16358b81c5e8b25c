/* SPDX-License-Identifier: MIT
 *
 * A certificate without some of its extensions (RFC 5280 4.1): the lengths around them follow, the signature
 * does not. */
#include <config.h>

#include "tools/diff/bytes.h"
#include "tools/diff/smaller.h"

#include <string.h>

enum { SEQUENCE = 0x30, EXTENSIONS = 0xa3 };

struct der {
    uint8_t tag;
    const uint8_t *start, *ptr; /* of the whole, and of the content */
    size_t len;                 /* of the content */
};

/* The element at *at, behind which *at stands then.  0, or -1: there is none. */
static int next(const uint8_t **at, const uint8_t *end, struct der *out)
{
    const uint8_t *p = *at;
    size_t left = (size_t)(end - p), octets, len;
    if (left < 2)
        return -1;
    len = p[1];
    octets = len < 0x80 ? 0 : len & 0x7f;
    if (octets > 3 || (len == 0x80) || left - 2 < octets)
        return -1;
    if (octets)
        len = 0;
    for (size_t i = 0; i < octets; i++)
        len = len << 8 | p[2 + i];
    if (len > left - 2 - octets)
        return -1;
    *out = (struct der){p[0], p, p + 2 + octets, len};
    *at = p + 2 + octets + len;
    return 0;
}

static void put(struct diff_bytes *out, uint8_t tag, const struct diff_bytes *content)
{
    unsigned octets = content->len < 0x80 ? 0 : content->len < 0x100 ? 1 : content->len < 0x10000 ? 2 : 3;
    diff_bytes_number(out, tag, 1);
    if (octets)
        diff_bytes_number(out, 0x80 | octets, 1);
    diff_bytes_number(out, content->len, octets ? octets : 1);
    diff_bytes_add(out, content->ptr, content->len);
}

/* Wraps what is in `b` once more. */
static void wrap(struct diff_bytes *b, uint8_t tag)
{
    struct diff_bytes outer = {0};
    put(&outer, tag, b);
    diff_bytes_free(b);
    *b = outer;
}

/* The list of extensions and the element that holds it, the last of the TBSCertificate.  0, or -1: no such
 * thing. */
static int find(const uint8_t *der, size_t len, struct der *whole, struct der *tbs, struct der *holder,
                struct der *list)
{
    const uint8_t *at = der;
    if (next(&at, der + len, whole) || whole->tag != SEQUENCE)
        return -1;
    at = whole->ptr;
    if (next(&at, whole->ptr + whole->len, tbs) || tbs->tag != SEQUENCE)
        return -1;
    for (at = tbs->ptr; at < tbs->ptr + tbs->len;)
        if (next(&at, tbs->ptr + tbs->len, holder))
            return -1;
    at = holder->ptr;
    return holder->tag != EXTENSIONS || next(&at, holder->ptr + holder->len, list) || list->tag != SEQUENCE;
}

size_t diff_der_extensions(const uint8_t *der, size_t len, const uint8_t *gone, struct diff_bytes *out)
{
    struct der whole, tbs, holder, list, one;
    struct diff_bytes kept = {0};
    size_t count = 0, went = 0;
    int none = find(der, len, &whole, &tbs, &holder, &list) != 0;
    for (const uint8_t *at = none ? NULL : list.ptr;
         !none && at < list.ptr + list.len && !next(&at, list.ptr + list.len, &one); count++) {
        if (gone && gone[count])
            went++;
        else
            diff_bytes_add(&kept, one.start, (size_t)(at - one.start));
    }
    if (out && !went) {
        diff_bytes_add(out, der, len);
    } else if (out) {
        struct diff_bytes body = {0};
        diff_bytes_add(&body, tbs.ptr, (size_t)(holder.start - tbs.ptr));
        if (went < count) {
            wrap(&kept, SEQUENCE);
            put(&body, EXTENSIONS, &kept);
        }
        wrap(&body, SEQUENCE);
        const uint8_t *behind = tbs.ptr + tbs.len;
        diff_bytes_add(&body, behind, (size_t)(whole.ptr + whole.len - behind));
        put(out, SEQUENCE, &body);
        diff_bytes_free(&body);
    }
    diff_bytes_free(&kept);
    return count;
}
