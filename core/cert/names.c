/* SPDX-License-Identifier: MIT
 *
 * Names: reading them, and whether they match. */
#include <config.h>

#include "core/cert/names.h"

#include "core/cert/cert.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HOST_MAX 253u /* octets of a DNS name in text */

int general_name_next(struct sspi_bytes *in, struct general_name *out)
{
    uint8_t tag;
    if (der_next(in, &tag, &out->value, NULL) || (tag & 0xc0) != 0x80)
        return -1;
    out->kind = tag & 0x1f;
    return 0;
}

int attribute_next(struct sspi_bytes *name, struct sspi_bytes *rdn, struct attribute *out, int *fresh)
{
    struct sspi_bytes pair;
    *fresh = rdn->len == 0;
    if (rdn->len == 0 && der_take(name, DER_SET, rdn))
        return -1;
    if (der_take(rdn, DER_SEQUENCE, &pair) || der_take(&pair, DER_OID, &out->oid) ||
        der_next(&pair, &out->tag, &out->value, NULL) || pair.len)
        return -1;
    return 0;
}

size_t names_address(const char *host, uint8_t out[16])
{
    char text[64];
    size_t len = strlen(host);
    if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
        host++;
        len -= 2;
    }
    const char *zone = memchr(host, '%', len);
    if (zone)
        len = (size_t)(zone - host);
    if (len >= sizeof text)
        return 0;
    memcpy(text, host, len);
    text[len] = 0;
    if (!zone && inet_pton(AF_INET, text, out) == 1)
        return 4;
    return inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
}

static int same_text(const uint8_t *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char x = a[i], y = (unsigned char)b[i];
        x = x >= 'A' && x <= 'Z' ? (unsigned char)(x + 32) : x;
        y = y >= 'A' && y <= 'Z' ? (unsigned char)(y + 32) : y;
        if (x != y)
            return 0;
    }
    return 1;
}

int names_dns_match(struct sspi_bytes pattern, const char *host, size_t host_len)
{
    if (pattern.len == 0 || host_len == 0)
        return 0;
    if (pattern.ptr[pattern.len - 1] == '.') /* as in `host`: the root's dot says nothing */
        pattern.len--;
    if (pattern.len == host_len && same_text(pattern.ptr, host, host_len))
        return 2;
    if (pattern.len < 4 || pattern.ptr[0] != '*' || pattern.ptr[1] != '.')
        return 0;
    struct sspi_bytes rest = {pattern.ptr + 1, pattern.len - 1}; /* ".example.test" */
    const char *dot = memchr(host, '.', host_len);
    if (!dot || dot == host || !memchr(rest.ptr + 1, '.', rest.len - 1) || memchr(rest.ptr, '*', rest.len))
        return 0;
    size_t host_rest = host_len - (size_t)(dot - host);
    return host_rest == rest.len && same_text(rest.ptr, dot, host_rest);
}

static int common_name_match(const struct x509 *x, const char *host, size_t len)
{
    struct sspi_bytes subject = x->subject, name, rdn = {NULL, 0};
    struct attribute a, last = {{NULL, 0}, {NULL, 0}, 0};
    int fresh, found = 0;
    if (der_take(&subject, DER_SEQUENCE, &name))
        return 0;
    while (name.len || rdn.len) {
        if (attribute_next(&name, &rdn, &a, &fresh))
            return 0;
        if (der_oid_is(a.oid, OID_COMMON_NAME)) {
            last = a; /* RFC 6125 2.3.1: the most specific, which is the last */
            found = 1;
        }
    }
    int text =
        last.tag == DER_UTF8 || last.tag == DER_PRINTABLE || last.tag == DER_IA5 || last.tag == DER_T61;
    return found && text ? names_dns_match(last.value, host, len) : 0;
}

/* 127.1, 0x7f.0.0.1, 127.0.0.1. with a dot behind it: an address in clothes that nobody should put on it. */
static int ends_in_number(const char *host, size_t len)
{
    size_t digits = 0;
    while (digits < len && host[len - 1 - digits] >= '0' && host[len - 1 - digits] <= '9')
        digits++;
    return digits && (digits == len || host[len - 1 - digits] == '.');
}

int names_match(const struct x509 *x, const char *host)
{
    uint8_t address[16];
    struct general_name n;
    size_t address_len = names_address(host, address), len = strlen(host);
    int best = 0, named = 0;

    if (len && host[len - 1] == '.')
        len--;
    if (len == 0 || (!address_len && len > HOST_MAX) || memchr(host, '*', len) ||
        (!address_len && ends_in_number(host, len)))
        return 0;
    for (struct sspi_bytes in = x->alt_names; in.len;) {
        if (general_name_next(&in, &n))
            return 0;
        named |= n.kind == NAME_DNS || n.kind == NAME_IP;
        if (n.kind == NAME_IP && address_len && n.value.len == address_len &&
            memcmp(n.value.ptr, address, address_len) == 0)
            return 2;
        if (n.kind == NAME_DNS && !address_len) {
            int how = names_dns_match(n.value, host, len);
            best = how > best ? how : best;
        }
    }
    return named || address_len ? best : common_name_match(x, host, len);
}

int cert_names_host(struct sspi_bytes leaf, const char *host)
{
    struct x509 x;
    return host && !x509_parse(leaf, &x) ? names_match(&x, host) : 0;
}
