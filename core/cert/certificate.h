/* SPDX-License-Identifier: MIT
 *
 * core/cert/certificate.h -- certificate contexts behind PCCERT_CONTEXT: what they encode, taken apart once
 * and shared by copies; their properties; the private key that belongs to them. */
#ifndef CORE_CERT_CERTIFICATE_H
#define CORE_CERT_CERTIFICATE_H

#include "core/cert/key.h"
#include "core/cert/registry.h"
#include "core/cert/x509.h"

#include <wincrypt.h>

/* What a certificate encodes: immutable, counted, shared by its copies. */
struct certificate_data {
    unsigned references; /* atomic */
    struct x509 x;       /* points into a copy of the DER that belongs to this */
    CERT_INFO info;      /* the same as Windows shows it; points there too */
    unsigned sha1_known; /* atomic */
    uint8_t sha1[20];
};
/* NULL with *malformed set: not a certificate; without: no memory. */
struct certificate_data *certificate_data_new(struct sspi_bytes der, int *malformed);
struct certificate_data *certificate_data_hold(struct certificate_data *);
void certificate_data_drop(struct certificate_data *);
/* SHA-1 of the DER by the default provider, computed once; NULL: no provider. */
const uint8_t *certificate_sha1(struct certificate_data *);
uint64_t filetime_ticks(int64_t unix_seconds); /* 100 ns since 1601; 0 for what lies before */
FILETIME filetime_of(int64_t unix_seconds);
int64_t filetime_seconds(FILETIME); /* Unix */

struct property { /* as given, save wide text, which is kept as UTF-8 */
    struct property *next;
    DWORD id;
    size_t len;
    unsigned char bytes[];
};
struct store;
struct certificate {
    CERT_CONTEXT shown; /* first: the application's pointer is this object's address */
    struct certificate_data *data;
    /* Under the registry's lock: */
    struct store *store;      /* whose member this is, or NULL */
    struct store *was_in;     /* for an enumeration that goes on from a member deleted meanwhile */
    struct certificate *next; /* in the store */
    unsigned long order;      /* within the store; grows */
    struct property *properties;
    struct key *key; /* or NULL */
    int key_lent;    /* one registered reference to the key is this certificate's */
};
/* Only for a context that the registry has. */
static inline struct certificate *certificate_of(PCCERT_CONTEXT context)
{
    return (struct certificate *)(uintptr_t)context;
}

/* A context that stands alone, one reference, holding `data` anew and `key` (may be NULL).  NULL: no memory.
 */
struct certificate *certificate_new(struct certificate_data *, struct key *);
/* The same in pieces, for stores: not registered yet, properties and key copied.  NULL: no memory. */
struct certificate *certificate_copy(const struct certificate *);
void certificate_destroy(struct certificate *); /* already out of the registry; not under the lock */

/* One more reference to a context that may be anything: the object, or NULL (last error E_INVALIDARG). */
struct certificate *certificate_take(PCCERT_CONTEXT);
void certificate_release(struct certificate *);
/* The key that a context stands for, counted: attached, or that of the container its KEY_PROV_INFO names.
 * NULL: none. */
struct key *certificate_key(struct certificate *);
void certificate_attach(struct certificate *, struct key *); /* holds it anew */

/* CertGetNameString of a context that may be anything: malloc'd UTF-8 of *len octets (names.h), NULL: not
 * ours. */
char *certificate_name(PCCERT_CONTEXT, DWORD type, DWORD flags, const void *para, size_t *len);

/* The properties, with wide text in units of `bits`. */
BOOL property_get(PCCERT_CONTEXT, DWORD id, void *data, DWORD *size, unsigned bits);
BOOL property_set(PCCERT_CONTEXT, DWORD id, DWORD flags, const void *data, unsigned bits);
/* The friendly name in UTF-8, malloc'd, or NULL. */
char *property_friendly_name(struct certificate *);
/* The container its KEY_PROV_INFO names, or NULL; free it with property_container_free, which wipes: it may be a
 * URI with a PIN. */
char *property_container(struct certificate *);
void property_container_free(char *); /* NULL is fine */
/* The value a property has now, malloc'd, or NULL where it has none; under no lock. */
struct property *property_read(struct certificate *, DWORD id);
void property_free(struct property *); /* wipes: one may name a key on a token with its PIN */

/* Sets the last error; always 0, so that BOOL and pointer functions can return it. */
int cert_fail(DWORD error);
/* The rule for every function that fills a caller's buffer: out NULL asks for the size; too little room is
 * ERROR_MORE_DATA, with the size; TRUE or FALSE. */
BOOL cert_give(const void *bytes, size_t len, void *out, DWORD *size);

#endif
