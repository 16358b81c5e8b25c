/* SPDX-License-Identifier: MIT
 *
 * The names of a certificate as the account map sees them: the subject as RFC 4514 writes it, and the
 * alternative names that may stand for a person or a service.  What could be read in two ways is no name. */
#include <config.h>

#include "core/account-map.h"

#include "core/cert/names.h"
#include "core/utf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RDNS_MAX = 32, TYPES_MAX = 64 };
enum { READ = 0, NO_MEMORY = -1, BROKEN = 1 };

/* RFC 4514 section 3: whatever else there is goes by its number. */
static const struct {
    const char *oid, *name;
} short_names[] = {
    {szOID_COMMON_NAME, "CN"},
    {szOID_LOCALITY_NAME, "L"},
    {szOID_STATE_OR_PROVINCE_NAME, "ST"},
    {szOID_ORGANIZATION_NAME, "O"},
    {szOID_ORGANIZATIONAL_UNIT_NAME, "OU"},
    {szOID_COUNTRY_NAME, "C"},
    {szOID_STREET_ADDRESS, "STREET"},
    {szOID_DOMAIN_COMPONENT, "DC"},
    {"0.9.2342.19200300.100.1.1", "UID"},
};

/* ---- text ---- */

static int put(struct bytes *out, const char *text, size_t len)
{
    return bytes_append(out, text, len) ? NO_MEMORY : READ;
}

/* 1: UTF-8 without control characters, those above ASCII included. */
static int is_clean(const uint8_t *text, size_t len)
{
    const uint8_t *end = text + len;
    while (text < end) {
        uint32_t point = utf8_next(&text, end);
        if (point == UTF_BAD || point < 0x20 || (point >= 0x7f && point < 0xa0))
            return 0;
    }
    return 1;
}

/* RFC 4514 2.4. */
static int put_escaped(struct bytes *out, const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        int escape = strchr("\"+,;<>\\", text[i]) || (i == 0 && (text[i] == '#' || text[i] == ' ')) ||
                     (i == len - 1 && text[i] == ' ');
        if ((escape && put(out, "\\", 1)) || put(out, text + i, 1))
            return NO_MEMORY;
    }
    return READ;
}

static int put_hex(struct bytes *out, struct sspi_bytes octets)
{
    char hex[3];
    for (size_t i = 0; i < octets.len; i++) {
        snprintf(hex, sizeof hex, "%02x", octets.ptr[i]);
        if (put(out, hex, 2))
            return NO_MEMORY;
    }
    return READ;
}

/* A type without a short name: its number, and the value's DER. */
static int put_unnamed(struct bytes *out, const char *dotted, const struct attribute *a)
{
    uint8_t room[8], *end = room + sizeof room;
    uint8_t *header = der_put_header(end, a->tag, a->value.len);
    if (put(out, dotted, strlen(dotted)) || put(out, "=#", 2) ||
        put_hex(out, (struct sspi_bytes){header, (size_t)(end - header)}))
        return NO_MEMORY;
    return put_hex(out, a->value);
}

static int put_attribute(struct bytes *out, const struct attribute *a)
{
    char dotted[128];
    const char *name = NULL;
    if (der_oid_text(a->oid, dotted, sizeof dotted) || a->value.len > MAP_VALUE_MAX)
        return BROKEN;
    for (size_t i = 0; i < sizeof short_names / sizeof *short_names; i++)
        if (!strcmp(short_names[i].oid, dotted))
            name = short_names[i].name;
    if (!name)
        return put_unnamed(out, dotted, a);
    errno = 0;
    char *text = attribute_text(a);
    int result = !text && errno == ENOMEM                                  ? NO_MEMORY
                 : !text || !is_clean((const uint8_t *)text, strlen(text)) ? BROKEN
                                                                           : READ;
    if (result == READ && (put(out, name, strlen(name)) || put(out, "=", 1) || put_escaped(out, text)))
        result = NO_MEMORY;
    free(text);
    return result;
}

/* ---- the subject ---- */

/* An attribute that comes twice could be read as either. */
static int note_type(struct sspi_bytes *types, unsigned *count, struct sspi_bytes oid)
{
    for (unsigned i = 0; i < *count; i++)
        if (der_equal(types[i], oid))
            return BROKEN;
    if (*count == TYPES_MAX)
        return BROKEN;
    types[(*count)++] = oid;
    return READ;
}

static int put_rdn(struct bytes *out, struct sspi_bytes rdn, struct sspi_bytes *types, unsigned *count)
{
    struct sspi_bytes none = {NULL, 0};
    struct attribute a;
    int fresh, result = READ;
    for (int first = 1; rdn.len && result == READ; first = 0) {
        if (attribute_next(&none, &rdn, &a, &fresh))
            return BROKEN;
        result = note_type(types, count, a.oid);
        if (result == READ && !first)
            result = put(out, "+", 1);
        if (result == READ)
            result = put_attribute(out, &a);
    }
    return result;
}

/* RFC 4514 2.1: the last RDN first. */
static int put_subject(struct bytes *out, struct sspi_bytes name)
{
    struct sspi_bytes body, rdns[RDNS_MAX], types[TYPES_MAX];
    unsigned count = 0, type_count = 0;
    int result = READ;
    if (der_take(&name, DER_SEQUENCE, &body) || name.len)
        return BROKEN;
    while (body.len)
        if (count == RDNS_MAX || der_take(&body, DER_SET, &rdns[count++]))
            return BROKEN;
    for (unsigned i = count; i-- > 0 && result == READ;) {
        if (i + 1 < count)
            result = put(out, ",", 1);
        if (result == READ)
            result = put_rdn(out, rdns[i], types, &type_count);
    }
    return result;
}

/* ---- one more name ---- */

static int add(struct map_names *names, const void *text, size_t len)
{
    if (len == 0 || len > MAP_VALUE_MAX || names->count == MAP_VALUES) {
        names->broken = 1;
        return READ;
    }
    char *copy = malloc(len + 1);
    if (!copy)
        return NO_MEMORY;
    memcpy(copy, text, len);
    copy[len] = '\0';
    names->value[names->count++] = copy;
    return READ;
}

static int read_subject(struct sspi_bytes subject, struct map_names *names)
{
    struct bytes out = {NULL, 0, 0};
    int result = put_subject(&out, subject);
    if (result == READ && out.len) /* an empty one is none */
        result = add(names, out.ptr, out.len);
    if (result == BROKEN) {
        names->broken = 1;
        result = READ;
    }
    bytes_free(&out);
    return result;
}

/* A host's name; one with a wildcard stands for no host in particular. */
static int add_dns(struct map_names *names, struct sspi_bytes text)
{
    char lower[MAP_VALUE_MAX];
    if (text.len > sizeof lower || memchr(text.ptr, '*', text.len)) {
        names->broken = 1;
        return READ;
    }
    for (size_t i = 0; i < text.len; i++)
        lower[i] = (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] + 32 : text.ptr[i]);
    return add(names, lower, text.len);
}

static int read_alternatives(struct sspi_bytes in, struct map_names *names)
{
    struct general_name n;
    while (in.len) {
        if (general_name_next(&in, &n)) {
            names[MAP_EMAIL].broken = names[MAP_UPN].broken = names[MAP_DNS].broken = 1;
            return READ;
        }
        enum map_kind kind = n.kind == NAME_EMAIL ? MAP_EMAIL : n.kind == NAME_DNS ? MAP_DNS : MAP_UPN;
        if (kind == MAP_UPN && !(n.kind == NAME_OTHER && general_name_is_upn(&n)))
            continue;
        struct sspi_bytes text = general_name_text(&n);
        if (!text.len || !is_clean(text.ptr, text.len))
            names[kind].broken = 1;
        else if (kind == MAP_DNS ? add_dns(&names[kind], text) : add(&names[kind], text.ptr, text.len))
            return NO_MEMORY;
    }
    return READ;
}

int map_certificate_read(struct sspi_bytes der, struct map_certificate *out)
{
    struct x509 x;
    memset(out, 0, sizeof *out);
    if (x509_parse(der, &x))
        return -1;
    return read_subject(x.subject, &out->names[MAP_SUBJECT]) || read_alternatives(x.alt_names, out->names)
               ? -1
               : 0;
}

void map_certificate_free(struct map_certificate *c)
{
    for (unsigned kind = 0; kind < MAP_KINDS; kind++) {
        for (unsigned i = 0; i < c->names[kind].count; i++)
            free(c->names[kind].value[i]);
        c->names[kind].count = 0;
    }
}
