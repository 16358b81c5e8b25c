/* SPDX-License-Identifier: MIT
 *
 * CertStrToName: "CN=localhost, O=Example" as a DER Name. */
#include <config.h>

#include "core/cert/names.h"

#include "core/cert/certificate.h"
#include "core/memory.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX 65536u

/* Windows' short names, and those of RFC 4514 where they differ. */
static const struct keyword {
    const char *name, *oid;
    uint8_t tag; /* what the value has to be, or 0: PrintableString where it can be, else UTF8String */
} keys[] = {
    {"CN", szOID_COMMON_NAME, 0},
    {"C", szOID_COUNTRY_NAME, DER_PRINTABLE},
    {"O", szOID_ORGANIZATION_NAME, 0},
    {"OU", szOID_ORGANIZATIONAL_UNIT_NAME, 0},
    {"L", szOID_LOCALITY_NAME, 0},
    {"S", szOID_STATE_OR_PROVINCE_NAME, 0},
    {"ST", szOID_STATE_OR_PROVINCE_NAME, 0},
    {"E", szOID_RSA_emailAddr, DER_IA5},
    {"Email", szOID_RSA_emailAddr, DER_IA5},
    {"STREET", szOID_STREET_ADDRESS, 0},
    {"T", szOID_TITLE, 0},
    {"Title", szOID_TITLE, 0},
    {"G", szOID_GIVEN_NAME, 0},
    {"GivenName", szOID_GIVEN_NAME, 0},
    {"I", szOID_INITIALS, 0},
    {"Initials", szOID_INITIALS, 0},
    {"SN", szOID_SUR_NAME, 0},
    {"DC", szOID_DOMAIN_COMPONENT, DER_IA5},
    {"SERIALNUMBER", szOID_DEVICE_SERIAL_NUMBER, DER_PRINTABLE},
    {"Description", szOID_DESCRIPTION, 0},
};

struct parser {
    const char *at;
    const char *separators; /* between RDNs */
    int plus, quoting;
    const char *error; /* where it went wrong, or NULL: no memory */
};

static const char *skip_space(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
        at++;
    return at;
}

/* "CN", "OID.1.2.3" or "1.2.3" up to '='. */
static int parse_key(struct parser *p, uint8_t *oid, size_t *len, uint8_t *tag)
{
    char name[64];
    const char *start = p->at = skip_space(p->at), *equals = strchr(start, '=');
    size_t size = equals ? (size_t)(equals - start) : 0;
    p->error = start;
    while (size && start[size - 1] == ' ')
        size--;
    if (size == 0 || size >= sizeof name)
        return -1;
    memcpy(name, start, size);
    name[size] = 0;
    p->at = equals + 1;
    *tag = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!strcasecmp(keys[i].name, name)) {
            *tag = keys[i].tag;
            return der_oid_octets(keys[i].oid, oid, len);
        }
    const char *dotted = !strncasecmp(name, "OID.", 4) ? name + 4 : name;
    return *dotted < '0' || *dotted > '2' ? -1 : der_oid_octets(dotted, oid, len);
}

static int ends_value(const struct parser *p, char c)
{
    return c == 0 || strchr(p->separators, c) || (p->plus && c == '+');
}

static int parse_value(struct parser *p, struct bytes *out)
{
    p->at = skip_space(p->at);
    p->error = p->at;
    if (p->quoting && *p->at == '"') {
        for (p->at++; *p->at != '"' || p->at[1] == '"'; p->at++) {
            if (*p->at == 0)
                return -1;
            if (*p->at == '"')
                p->at++;
            if (bytes_append(out, p->at, 1))
                return p->error = NULL, -1;
        }
        p->at++;
        while (*p->at == ' ')
            p->at++;
        p->error = p->at;
        return ends_value(p, *p->at) ? 0 : -1;
    }
    const char *start = p->at;
    while (!ends_value(p, *p->at)) {
        if (p->quoting && *p->at == '"')
            return p->error = p->at, -1;
        p->at++;
    }
    size_t len = (size_t)(p->at - start);
    while (len && start[len - 1] == ' ')
        len--;
    return len && bytes_append(out, start, len) ? (p->error = NULL, -1) : 0;
}

/* One AttributeTypeAndValue at the end of the buffer. */
static int parse_attribute(struct parser *p, struct bytes *out)
{
    uint8_t oid[64], tag;
    size_t len = sizeof oid, from = out->len;
    struct bytes value = {NULL, 0, 0};
    if (parse_key(p, oid, &len, &tag))
        return -1;
    const char *at = skip_space(p->at);
    int failed = parse_value(p, &value);
    if (!failed && ((tag == DER_PRINTABLE && !der_is_printable(value.ptr, value.len)) ||
                    (tag == DER_IA5 && !der_is_ascii(value.ptr, value.len)))) {
        p->error = at;
        failed = -1;
    }
    if (!failed) {
        p->error = NULL;
        if (!tag)
            tag = der_is_printable(value.ptr, value.len) ? DER_PRINTABLE : DER_UTF8;
        failed = bytes_append(out, oid, len) || der_wrap(out, from, DER_OID);
        size_t middle = out->len;
        failed = failed || bytes_append(out, value.ptr, value.len) || der_wrap(out, middle, tag) ||
                 der_wrap(out, from, DER_SEQUENCE);
    }
    bytes_free(&value);
    return failed ? -1 : 0;
}

static int parse_rdn(struct parser *p, struct bytes *out)
{
    size_t from = out->len;
    for (;;) {
        if (parse_attribute(p, out))
            return -1;
        if (!p->plus || *p->at != '+')
            break;
        p->at++;
    }
    return der_sort_set(out, from) || der_wrap(out, from, DER_SET) ? (p->error = NULL, -1) : 0;
}

static const char *separators_of(DWORD type)
{
    if (type & CERT_NAME_STR_COMMA_FLAG)
        return ",";
    if (type & CERT_NAME_STR_SEMICOLON_FLAG)
        return ";";
    return type & CERT_NAME_STR_CRLF_FLAG ? "\r\n" : ",;";
}

int names_parse(const char *text, DWORD type, struct bytes *out, size_t *error_at)
{
    struct parser p = {text, separators_of(type), !(type & CERT_NAME_STR_NO_PLUS_FLAG),
                       !(type & CERT_NAME_STR_NO_QUOTING_FLAG), text};
    int failed = strlen(text) > TEXT_MAX ? -1 : 0;
    for (p.at = skip_space(p.at); *p.at && !failed;) {
        struct bytes rdn = {NULL, 0, 0};
        failed = parse_rdn(&p, &rdn);
        if (!failed && type & CERT_NAME_STR_REVERSE_FLAG) { /* the last in the text comes first */
            failed = bytes_append(&rdn, out->ptr, out->len);
            out->len = failed ? out->len : 0;
        }
        failed = failed || (bytes_append(out, rdn.ptr, rdn.len) ? (p.error = NULL, -1) : 0);
        bytes_free(&rdn);
        while (*p.at && !failed && strchr(p.separators, *p.at))
            p.at = skip_space(p.at + 1);
    }
    if (!failed && der_wrap(out, 0, DER_SEQUENCE)) {
        p.error = NULL;
        failed = -1;
    }
    *error_at = failed && p.error ? (size_t)(p.error - text) : SIZE_MAX;
    return failed ? -1 : 0;
}

BOOL names_give(const char *text, DWORD type, BYTE *out, DWORD *size, size_t *error_at)
{
    struct bytes der = {NULL, 0, 0};
    BOOL done = FALSE;
    *error_at = SIZE_MAX;
    if (!text)
        return cert_fail((DWORD)E_INVALIDARG);
    if (names_parse(text, type, &der, error_at) == 0)
        done = cert_give(der.ptr, der.len, out, size);
    else
        cert_fail(*error_at == SIZE_MAX ? (DWORD)E_OUTOFMEMORY : (DWORD)CRYPT_E_INVALID_X500_STRING);
    bytes_free(&der);
    return done;
}
