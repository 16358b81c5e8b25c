/* SPDX-License-Identifier: MIT
 *
 * core/cert/names.h -- the names in a certificate: whom it speaks for, and how they read. */
#ifndef CORE_CERT_NAMES_H
#define CORE_CERT_NAMES_H

#include "core/cert/x509.h"
#include "core/memory.h"

#include <wincrypt.h>

enum { /* GeneralName (RFC 5280 4.2.1.6): the tag's number */
       NAME_OTHER = 0,
       NAME_EMAIL = 1,
       NAME_DNS = 2,
       NAME_DIRECTORY = 4,
       NAME_URI = 6,
       NAME_IP = 7,
       NAME_REGISTERED = 8
};
struct general_name {
    unsigned kind;
    struct sspi_bytes value; /* contents; NAME_DIRECTORY: the whole Name inside */
};
/* The next of a GeneralNames' contents; 0, or -1 malformed. */
int general_name_next(struct sspi_bytes *in, struct general_name *);
int general_name_is_upn(const struct general_name *); /* an otherName that is a user principal name */
/* An alternative name as IA5 text, or the UPN in an otherName; empty where it cannot be shown safely. */
struct sspi_bytes general_name_text(const struct general_name *);

/* The next AttributeTypeAndValue of a Name's contents, with what is left of its RDN in *rdn (start it
 * empty); *fresh: 1 where an RDN begins.  0, or -1 malformed or no more. */
struct attribute {
    struct sspi_bytes oid, value; /* value: contents */
    uint8_t tag;
};
int attribute_next(struct sspi_bytes *name, struct sspi_bytes *rdn, struct attribute *, int *fresh);
/* A directory string as malloc'd UTF-8; NULL: not text, or malformed, or no memory. */
char *attribute_text(const struct attribute *);
/* Both are whole Names.  1: `name` begins with the RDNs of `base`; 0: not; -1: it cannot be told.  *budget:
 * values that may still be compared. */
int names_directory_within(struct sspi_bytes name, struct sspi_bytes base, unsigned *budget);

/* CERT_RDN_ types and the tags of strings.  An unknown tag: CERT_RDN_ENCODED_BLOB; an unknown type: 0. */
DWORD names_type_of_tag(uint8_t tag);
uint8_t names_tag_of_type(DWORD type);

/* Does it speak for `host`, a DNS name or an IP address literal?  0 no, 1 by a wildcard, 2 exactly.
 * RFC 6125: SAN entries of that kind; the subject's CN for a DNS name only where no SAN names a DNS name or
 * an address; a wildcard is the whole leftmost label, stands for exactly one, and has two labels behind it.
 */
int names_match(const struct x509 *, const char *host);
/* One dNSName (no wildcard in `host`) by these rules; bytes compared without ASCII case. */
int names_dns_match(struct sspi_bytes pattern, const char *host, size_t host_len);
/* 4 or 16 octets of an address literal ([v6] and a zone are understood); 0: not an address. */
size_t names_address(const char *host, uint8_t out[16]);

/* CertNameToStr: malloc'd UTF-8; NULL with *malformed set, or no memory. */
char *names_text(struct sspi_bytes name, DWORD type, int *malformed);
/* CertGetNameString of a certificate: malloc'd UTF-8, *len octets without the last NUL (there are NULs inside
 * where CERT_NAME_SEARCH_ALL_NAMES found several).  An empty string where there is no such name. */
char *names_string(const struct x509 *, const char *friendly, DWORD type, DWORD flags, const void *para,
                   size_t *len);
/* CertStrToName: the DER Name for UTF-8 text, appended to `out`.  0, or -1 with *error_at the octet of the
 * text where it went wrong, SIZE_MAX: no memory. */
int names_parse(const char *text, DWORD type, struct bytes *out, size_t *error_at);
/* The same into a caller's buffer, as CertStrToNameA and W do once the text is UTF-8 (NULL: E_INVALIDARG).
 * FALSE with the last error set; *error_at as above. */
BOOL names_give(const char *text, DWORD type, BYTE *out, DWORD *size, size_t *error_at);

#endif
