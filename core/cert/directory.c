/* SPDX-License-Identifier: MIT
 *
 * Does a directory name begin with another (RFC 5280 4.2.1.10, 7.1)?  Kinds of text, capitals and blanks make
 * no difference: whoever is kept out of a name must not come in by writing it another way.  Beyond ASCII
 * there are more ways to write a letter than are known here; such texts that differ cannot be told apart. */
#include <config.h>

#include "core/cert/names.h"

#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX 16u /* attributes in one RDN */

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

static unsigned char folded(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* Blanks at either end do not count, and any number of them between is one. */
static int same_text(const char *a, const char *b)
{
    for (a = skip_blanks(a), b = skip_blanks(b); *a && *b; a++, b++) {
        if (folded(*a) != folded(*b))
            break;
        if (*a == ' ') {
            a = skip_blanks(a) - 1;
            b = skip_blanks(b) - 1;
        }
    }
    return !*skip_blanks(a) && !*skip_blanks(b);
}

static int is_plain(const char *text)
{
    while (*text && !(*text & 0x80))
        text++;
    return !*text;
}

/* 1, 0, or -1: it cannot be told. */
static int same_value(const struct attribute *a, const struct attribute *b)
{
    if (a->tag == b->tag && der_equal(a->value, b->value))
        return 1;
    char *x = attribute_text(a), *y = attribute_text(b);
    int same = x && y ? same_text(x, y) : -1;
    if (same == 0 && !is_plain(x) && !is_plain(y))
        same = -1;
    free(x);
    free(y);
    return same;
}

static int read_rdn(struct sspi_bytes in, struct attribute *out, unsigned *count)
{
    struct sspi_bytes none = {NULL, 0};
    int fresh;
    for (*count = 0; in.len; ++*count)
        if (*count == PAIRS_MAX || attribute_next(&none, &in, &out[*count], &fresh))
            return -1;
    return 0;
}

/* Each attribute of one has its like in the other, in any order. */
static int same_rdn(struct sspi_bytes a, struct sspi_bytes b, unsigned *budget)
{
    struct attribute x[PAIRS_MAX], y[PAIRS_MAX];
    unsigned count, other;
    int unsure = 0;
    if (read_rdn(a, x, &count) || read_rdn(b, y, &other))
        return -1;
    for (unsigned i = 0; i < count && count == other; i++) {
        int found = 0;
        for (unsigned j = 0; j < count && found != 1; j++) {
            if (!der_equal(x[i].oid, y[j].oid))
                continue;
            if (*budget == 0)
                return -1;
            --*budget;
            int same = same_value(&x[i], &y[j]);
            found = same ? same : found;
        }
        if (found == 0)
            return 0;
        unsure |= found < 0;
    }
    return count != other ? 0 : unsure ? -1 : 1;
}

int names_directory_within(struct sspi_bytes name, struct sspi_bytes base, unsigned *budget)
{
    struct sspi_bytes a, b, x, y;
    int unsure = 0;
    if (der_take(&name, DER_SEQUENCE, &a) || der_take(&base, DER_SEQUENCE, &b))
        return -1;
    while (b.len) {
        if (a.len == 0)
            return 0;
        if (der_take(&a, DER_SET, &x) || der_take(&b, DER_SET, &y))
            return -1;
        int same = same_rdn(x, y, budget);
        if (same == 0)
            return 0;
        unsure |= same < 0;
    }
    return unsure ? -1 : 1;
}
