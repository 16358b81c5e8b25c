/* SPDX-License-Identifier: MIT
 *
 * Names as text: CertNameToStr and CertGetNameString. */
#include <config.h>

#include "core/cert/names.h"

#include "core/memory.h"
#include "core/utf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OID_UPN "\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03"

static const struct key {
    const char *oid, *name;
} keys[] = {
    {szOID_COMMON_NAME, "CN"},
    {szOID_COUNTRY_NAME, "C"},
    {szOID_ORGANIZATION_NAME, "O"},
    {szOID_ORGANIZATIONAL_UNIT_NAME, "OU"},
    {szOID_LOCALITY_NAME, "L"},
    {szOID_STATE_OR_PROVINCE_NAME, "S"},
    {szOID_RSA_emailAddr, "E"},
    {szOID_STREET_ADDRESS, "STREET"},
    {szOID_TITLE, "T"},
    {szOID_GIVEN_NAME, "G"},
    {szOID_INITIALS, "I"},
    {szOID_SUR_NAME, "SN"},
    {szOID_DOMAIN_COMPONENT, "DC"},
    {szOID_DEVICE_SERIAL_NUMBER, "SERIALNUMBER"},
    {szOID_DESCRIPTION, "Description"},
};

/* ---- characters ---- */

/* The next code point of a string of that type; UTF_BAD: none. */
static uint32_t point_next(const struct attribute *a, size_t *at)
{
    const uint8_t *p = a->value.ptr + *at, *end = a->value.ptr + a->value.len;
    size_t unit = a->tag == DER_BMP ? 2 : a->tag == DER_UNIVERSAL ? 4 : 1;
    if (a->tag == DER_UTF8) {
        const uint8_t *from = p;
        uint32_t point = utf8_next(&p, end);
        *at += (size_t)(p - from);
        return point;
    }
    if ((size_t)(end - p) < unit)
        return UTF_BAD;
    uint32_t point = 0;
    for (size_t i = 0; i < unit; i++)
        point = point << 8 | p[i];
    *at += unit;
    if (unit == 2 && point >= 0xd800 && point < 0xdc00 && end - p >= 4) {
        uint32_t low = (uint32_t)p[2] << 8 | p[3];
        if (low < 0xdc00 || low > 0xdfff)
            return UTF_BAD;
        *at += 2;
        return 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    return point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? UTF_BAD : point;
}

static int is_string(uint8_t tag)
{
    switch (tag) {
    case DER_UTF8:
    case DER_PRINTABLE:
    case DER_IA5:
    case DER_NUMERIC:
    case DER_T61: /* read as Latin-1, as everybody does */
    case DER_VISIBLE:
    case DER_BMP:
    case DER_UNIVERSAL:
        return 1;
    default:
        return 0;
    }
}

char *attribute_text(const struct attribute *a)
{
    char put[8];
    struct bytes out = {NULL, 0, 0};
    if (!is_string(a->tag))
        return NULL;
    for (size_t at = 0; at < a->value.len;) {
        uint32_t point = point_next(a, &at);
        /* A NUL would cut the text short for whoever reads it: such a name is shown as its octets. */
        if (point == UTF_BAD || point == 0 || bytes_append(&out, put, utf8_put(point, put))) {
            bytes_free(&out);
            return NULL;
        }
    }
    if (bytes_append(&out, "", 1)) {
        bytes_free(&out);
        return NULL;
    }
    return (char *)out.ptr;
}

/* ---- CertNameToStr ---- */

static int append(struct bytes *out, const char *text)
{
    return bytes_append(out, text, strlen(text));
}

static int append_key(struct bytes *out, struct sspi_bytes oid, DWORD how)
{
    char dotted[256];
    if (how == CERT_SIMPLE_NAME_STR)
        return 0;
    if (der_oid_text(oid, dotted, sizeof dotted))
        return -1;
    if (how == CERT_X500_NAME_STR) {
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (!strcmp(keys[i].oid, dotted))
                return append(out, keys[i].name) || append(out, "=") ? -1 : 0;
        if (append(out, "OID."))
            return -1;
    }
    return append(out, dotted) || append(out, "=") ? -1 : 0;
}

static int wants_quotes(const char *text)
{
    size_t len = strlen(text);
    return len == 0 || text[0] == ' ' || text[len - 1] == ' ' || strpbrk(text, ",+=\"\n\r<>#;") != NULL;
}

static int append_quoted(struct bytes *out, const char *text)
{
    if (append(out, "\""))
        return -1;
    for (; *text; text++)
        if ((*text == '"' && append(out, "\"")) || bytes_append(out, text, 1))
            return -1;
    return append(out, "\"");
}

static int append_value(struct bytes *out, const struct attribute *a, DWORD type)
{
    char *text = attribute_text(a), hex[3];
    int failed;
    if (!text) {
        failed = append(out, "#");
        for (size_t i = 0; i < a->value.len && !failed; i++) {
            snprintf(hex, sizeof hex, "%02x", a->value.ptr[i]);
            failed = append(out, hex);
        }
        return failed;
    }
    failed = wants_quotes(text) && !(type & CERT_NAME_STR_NO_QUOTING_FLAG) ? append_quoted(out, text)
                                                                           : append(out, text);
    free(text);
    return failed;
}

static const char *separator_of(DWORD type)
{
    if (type & CERT_NAME_STR_SEMICOLON_FLAG)
        return "; ";
    return type & CERT_NAME_STR_CRLF_FLAG ? "\r\n" : ", ";
}

/* One RDN; its attributes stand in the SET's order. */
static int append_rdn(struct bytes *out, struct sspi_bytes rdn, DWORD type, int *malformed)
{
    struct sspi_bytes none = {NULL, 0};
    struct attribute a;
    int fresh;
    for (int first = 1; rdn.len; first = 0) {
        if (attribute_next(&none, &rdn, &a, &fresh)) {
            *malformed = 1;
            return -1;
        }
        if ((!first && append(out, type & CERT_NAME_STR_NO_PLUS_FLAG ? " " : " + ")) ||
            append_key(out, a.oid, type & 0xff) || append_value(out, &a, type))
            return -1;
    }
    return 0;
}

/* The RDNs, one after another; their number is bounded by where they come from. */
#define RDNS_MAX 256u

char *names_text(struct sspi_bytes name, DWORD type, int *malformed)
{
    struct sspi_bytes body, rdns[RDNS_MAX];
    struct bytes out = {NULL, 0, 0};
    unsigned count = 0;
    DWORD how = type & 0xff;
    *malformed = 1;
    if (how < CERT_SIMPLE_NAME_STR || how > CERT_X500_NAME_STR || der_take(&name, DER_SEQUENCE, &body) ||
        name.len)
        return NULL;
    while (body.len)
        if (count == RDNS_MAX || der_take(&body, DER_SET, &rdns[count++]))
            return NULL;
    *malformed = 0;
    int failed = 0;
    for (unsigned i = 0; i < count && !failed; i++)
        failed =
            (i && append(&out, separator_of(type))) ||
            append_rdn(&out, rdns[type & CERT_NAME_STR_REVERSE_FLAG ? count - 1 - i : i], type, malformed);
    if (failed || bytes_append(&out, "", 1)) {
        bytes_free(&out);
        return NULL;
    }
    return (char *)out.ptr;
}

/* ---- CertGetNameString ---- */

/* The last attribute of that kind, as text; NULL: none. */
static char *attribute_of(struct sspi_bytes name, struct sspi_bytes oid)
{
    struct sspi_bytes body, rdn = {NULL, 0};
    struct attribute a;
    char *found = NULL;
    int fresh;
    if (der_take(&name, DER_SEQUENCE, &body))
        return NULL;
    while ((body.len || rdn.len) && !attribute_next(&body, &rdn, &a, &fresh))
        if (der_equal(a.oid, oid)) {
            free(found);
            found = attribute_text(&a);
        }
    return found;
}

static char *attribute_by_text(struct sspi_bytes name, const char *dotted)
{
    uint8_t oid[64];
    size_t len = sizeof oid;
    return dotted && !der_oid_octets(dotted, oid, &len) ? attribute_of(name, (struct sspi_bytes){oid, len})
                                                        : NULL;
}

int general_name_is_upn(const struct general_name *n)
{
    struct sspi_bytes in = n->value, oid;
    return n->kind == NAME_OTHER && !der_take(&in, DER_OID, &oid) && der_oid_is(oid, OID_UPN);
}

struct sspi_bytes general_name_text(const struct general_name *n)
{
    struct sspi_bytes none = {NULL, 0}, in = n->value, oid, wrapped, text = n->value;
    if (n->kind == NAME_OTHER) {
        if (!general_name_is_upn(n) || der_take(&in, DER_OID, &oid) ||
            der_take(&in, DER_CONTEXT_CONSTRUCTED(0), &wrapped) || der_take(&wrapped, DER_UTF8, &text))
            return none;
        for (const uint8_t *at = text.ptr; at < text.ptr + text.len;)
            if (*at == 0 || utf8_next(&at, text.ptr + text.len) == UTF_BAD)
                return none;
        return text;
    }
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == 0 || text.ptr[i] > 0x7e)
            return none;
    return text;
}

/* Alternative names of a kind: the first, or all with NULs between. */
static int append_alternatives(struct bytes *out, const struct x509 *x, unsigned kind, int all)
{
    struct general_name n;
    for (struct sspi_bytes in = x->alt_names; in.len && !general_name_next(&in, &n);) {
        struct sspi_bytes text = n.kind == kind ? general_name_text(&n) : (struct sspi_bytes){NULL, 0};
        if (text.len == 0)
            continue;
        if ((out->len && bytes_append(out, "", 1)) || bytes_append(out, text.ptr, text.len))
            return -1;
        if (!all)
            break;
    }
    return 0;
}

static char *display_name(const struct x509 *x, struct sspi_bytes name)
{
    static const char *const order[] = {szOID_COMMON_NAME, szOID_ORGANIZATIONAL_UNIT_NAME,
                                        szOID_ORGANIZATION_NAME, szOID_RSA_emailAddr};
    struct bytes out = {NULL, 0, 0};
    int malformed;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        char *found = attribute_by_text(name, order[i]);
        if (found)
            return found;
    }
    if (append_alternatives(&out, x, NAME_EMAIL, 0) || (out.len && bytes_append(&out, "", 1))) {
        bytes_free(&out);
        return NULL;
    }
    return out.len ? (char *)out.ptr : names_text(name, CERT_SIMPLE_NAME_STR, &malformed);
}

/* What the subject offers where the alternative names have none of the kind. */
static char *subject_stands_in(struct sspi_bytes name, DWORD type)
{
    if (type == CERT_NAME_EMAIL_TYPE)
        return attribute_by_text(name, szOID_RSA_emailAddr);
    return type == CERT_NAME_DNS_TYPE ? attribute_by_text(name, szOID_COMMON_NAME) : NULL;
}

static char *alternative_name(const struct x509 *x, struct sspi_bytes name, DWORD type, DWORD flags,
                              size_t *len)
{
    struct bytes out = {NULL, 0, 0};
    unsigned kind = type == CERT_NAME_EMAIL_TYPE ? NAME_EMAIL
                    : type == CERT_NAME_DNS_TYPE ? NAME_DNS
                    : type == CERT_NAME_URL_TYPE ? NAME_URI
                                                 : NAME_OTHER;
    if (!(flags & CERT_NAME_ISSUER_FLAG) &&
        append_alternatives(&out, x, kind, flags & CERT_NAME_SEARCH_ALL_NAMES_FLAG))
        goto failed;
    if (out.len == 0) {
        char *text = subject_stands_in(name, type);
        int no_room = text && append(&out, text);
        free(text);
        if (no_room)
            goto failed;
    }
    *len = out.len;
    if (bytes_append(&out, "", 1))
        goto failed;
    return (char *)out.ptr;
failed:
    bytes_free(&out);
    return NULL;
}

char *names_string(const struct x509 *x, const char *friendly, DWORD type, DWORD flags, const void *para,
                   size_t *len)
{
    struct sspi_bytes name = flags & CERT_NAME_ISSUER_FLAG ? x->issuer : x->subject;
    char *text = NULL;
    int malformed;
    switch (type) {
    case CERT_NAME_RDN_TYPE:
        text = names_text(name, para ? *(const DWORD *)para : CERT_SIMPLE_NAME_STR, &malformed);
        break;
    case CERT_NAME_ATTR_TYPE:
        text = attribute_by_text(name, para);
        break;
    case CERT_NAME_FRIENDLY_DISPLAY_TYPE:
        text = friendly ? strdup(friendly) : display_name(x, name);
        break;
    case CERT_NAME_SIMPLE_DISPLAY_TYPE:
        text = display_name(x, name);
        break;
    case CERT_NAME_EMAIL_TYPE:
    case CERT_NAME_DNS_TYPE:
    case CERT_NAME_URL_TYPE:
    case CERT_NAME_UPN_TYPE:
        return alternative_name(x, name, type, flags, len);
    default:
        break;
    }
    if (!text)
        text = strdup("");
    *len = text ? strlen(text) : 0;
    return text;
}

/* ---- string types ---- */

static const struct string_type {
    uint8_t tag;
    DWORD type;
} string_types[] = {{DER_OCTET_STRING, CERT_RDN_OCTET_STRING}, {DER_UTF8, CERT_RDN_UTF8_STRING},
                    {DER_NUMERIC, CERT_RDN_NUMERIC_STRING},    {DER_PRINTABLE, CERT_RDN_PRINTABLE_STRING},
                    {DER_T61, CERT_RDN_T61_STRING},            {DER_IA5, CERT_RDN_IA5_STRING},
                    {DER_VISIBLE, CERT_RDN_VISIBLE_STRING},    {DER_UNIVERSAL, CERT_RDN_UNIVERSAL_STRING},
                    {DER_BMP, CERT_RDN_BMP_STRING}};
enum { STRING_TYPES = sizeof string_types / sizeof *string_types };

DWORD names_type_of_tag(uint8_t tag)
{
    for (size_t i = 0; i < STRING_TYPES; i++)
        if (string_types[i].tag == tag)
            return string_types[i].type;
    return CERT_RDN_ENCODED_BLOB;
}

uint8_t names_tag_of_type(DWORD type)
{
    for (size_t i = 0; i < STRING_TYPES; i++)
        if (string_types[i].type == (type & CERT_RDN_TYPE_MASK))
            return string_types[i].tag;
    return 0;
}
