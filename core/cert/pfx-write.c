/* SPDX-License-Identifier: MIT
 *
 * PFXExportCertStore(Ex): a store as PKCS#12 (RFC 7292).  The core writes the structure, so that it is the
 * same whatever the provider; a provider seals what is secret in it.  Always AES-256 and SHA-256: what
 * Windows calls AES256-SHA256 and has opened since 2018. */
#include <config.h>

#include "core/cert/pfx.h"

#include "core/cert/seal.h"
#include "core/cert/store.h"
#include "core/cert/token.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define CERTIFICATES_MAX 256u    /* as many as are read */
#define PASSWORD_MAX     0x4000u /* octets */

#define OID_DATA          "1.2.840.113549.1.7.1"
#define OID_ENCRYPTED     "1.2.840.113549.1.7.6"
#define OID_KEY_BAG       "1.2.840.113549.1.12.10.1.2"
#define OID_CERT_BAG      "1.2.840.113549.1.12.10.1.3"
#define OID_X509          "1.2.840.113549.1.9.22.1"
#define OID_FRIENDLY_NAME "1.2.840.113549.1.9.20"
#define OID_LOCAL_KEY     "1.2.840.113549.1.9.21"

struct writing {
    struct seal seal;
    DWORD flags;
    struct bytes certificates, keys; /* SafeBags, one after another */
    unsigned count;
};

/* ---- bags ---- */

/* One attribute of a bag: what stands from `from` on is its value. */
static int end_attribute(struct bytes *out, size_t from, const char *oid)
{
    size_t len;
    if (der_wrap(out, from, DER_SET))
        return -1;
    len = out->len;
    if (der_append_oid(out, oid))
        return -1;
    /* The identifier goes in front. */
    uint8_t name[32];
    size_t size = out->len - len;
    if (size > sizeof name)
        return -1;
    memcpy(name, out->ptr + len, size);
    memmove(out->ptr + from + size, out->ptr + from, len - from);
    memcpy(out->ptr + from, name, size);
    return der_wrap(out, from, DER_SEQUENCE);
}

static int append_friendly_name(struct bytes *out, struct certificate *c)
{
    int bad;
    size_t units, from = out->len;
    char *name = property_friendly_name(c);
    uint16_t *wide = name ? utf8_to_wide(name, 16, &units, &bad) : NULL;
    int failed = name && !wide;
    for (size_t i = 0; wide && i < units && !failed; i++)
        failed = bytes_append(out, (uint8_t[]){(uint8_t)(wide[i] >> 8), (uint8_t)wide[i]}, 2);
    if (wide && !failed)
        failed = der_wrap(out, from, DER_BMP) || end_attribute(out, from, OID_FRIENDLY_NAME);
    free(wide);
    free(name);
    return failed ? -1 : 0;
}

/* What says which certificate a key belongs to: the certificate's SHA-1, as others write it too. */
static int append_local_key(struct bytes *out, struct certificate *c)
{
    size_t from = out->len;
    const uint8_t *sha1 = certificate_sha1(c->data);
    return !sha1 || der_append(out, DER_OCTET_STRING, (struct sspi_bytes){sha1, 20}) ||
                   end_attribute(out, from, OID_LOCAL_KEY)
               ? -1
               : 0;
}

/* The end of a SafeBag whose value stands from `value` on, its identifier from `from` on. */
static int end_bag(struct bytes *out, size_t from, size_t value, struct certificate *c, int has_key)
{
    if (der_wrap(out, value, DER_CONTEXT_CONSTRUCTED(0)))
        return -1;
    size_t attributes = out->len;
    if (append_friendly_name(out, c) || (has_key && append_local_key(out, c)))
        return -1;
    if (out->len != attributes && (der_sort_set(out, attributes) || der_wrap(out, attributes, DER_SET)))
        return -1;
    return der_wrap(out, from, DER_SEQUENCE);
}

static int append_certificate(struct writing *w, struct certificate *c, int has_key)
{
    struct bytes *out = &w->certificates;
    size_t from = out->len, value, inner;
    if (der_append_oid(out, OID_CERT_BAG))
        return -1;
    value = out->len;
    if (der_append_oid(out, OID_X509))
        return -1;
    inner = out->len;
    return der_append(out, DER_OCTET_STRING, c->data->x.der) ||
                   der_wrap(out, inner, DER_CONTEXT_CONSTRUCTED(0)) || der_wrap(out, value, DER_SEQUENCE) ||
                   end_bag(out, from, value, c, has_key)
               ? -1
               : 0;
}

static int append_key(struct writing *w, struct certificate *c, const struct key *key)
{
    struct bytes *out = &w->keys;
    size_t from = out->len, value;
    if (der_append_oid(out, OID_KEY_BAG))
        return -1;
    value = out->len;
    return seal_append_key(&w->seal, out, key->bytes) || end_bag(out, from, value, c, 1) ? -1 : 0;
}

/* ---- which ---- */

static int in_token(struct certificate *c)
{
    char *container = property_container(c);
    int is = container && token_is_uri(container);
    property_container_free(container);
    return is;
}

/* A certificate and, where it is asked for, its key; ERROR_SUCCESS, or what Windows says. */
static DWORD add(struct writing *w, struct certificate *c)
{
    struct key *key = certificate_key(c);
    int has = key || in_token(c), leaves = key && key_policy(key) != 0;
    DWORD error = ERROR_SUCCESS;
    if (++w->count > CERTIFICATES_MAX)
        error = (DWORD)E_INVALIDARG;
    else if (!has && w->flags & REPORT_NO_PRIVATE_KEY)
        error = (DWORD)NTE_NO_KEY;
    else if (has && !leaves && w->flags & REPORT_NOT_ABLE_TO_EXPORT_PRIVATE_KEY)
        error = (DWORD)NTE_BAD_KEY_STATE;
    int with_key = leaves && w->flags & EXPORT_PRIVATE_KEYS;
    if (error == ERROR_SUCCESS && (append_certificate(w, c, with_key) || (with_key && append_key(w, c, key))))
        error = (DWORD)E_OUTOFMEMORY;
    key_drop(key);
    return error;
}

static DWORD add_all(struct writing *w, struct store *s)
{
    DWORD error = ERROR_SUCCESS;
    struct certificate *c = store_next(s, NULL);
    while (c && error == ERROR_SUCCESS) {
        error = add(w, c);
        if (error == ERROR_SUCCESS)
            c = store_next(s, c);
    }
    certificate_release(c);
    return error;
}

/* ---- the whole ---- */

/* A ContentInfo of type data around an element. */
static int append_data(struct bytes *out, struct sspi_bytes element)
{
    size_t from = out->len, value;
    if (der_append_oid(out, OID_DATA))
        return -1;
    value = out->len;
    return der_append(out, DER_OCTET_STRING, element) || der_wrap(out, value, DER_CONTEXT_CONSTRUCTED(0)) ||
           der_wrap(out, from, DER_SEQUENCE);
}

/* A ContentInfo of type encryptedData. */
static int append_encrypted(const struct seal *s, struct bytes *out, struct sspi_bytes element)
{
    size_t from = out->len, value, inner;
    if (der_append_oid(out, OID_ENCRYPTED))
        return -1;
    value = out->len;
    if (der_append_integer(out, (struct sspi_bytes){NULL, 0}))
        return -1;
    inner = out->len;
    return der_append_oid(out, OID_DATA) || seal_append(s, out, element, DER_CONTEXT(0)) ||
           der_wrap(out, inner, DER_SEQUENCE) || der_wrap(out, value, DER_SEQUENCE) ||
           der_wrap(out, value, DER_CONTEXT_CONSTRUCTED(0)) || der_wrap(out, from, DER_SEQUENCE);
}

static int append_safe(struct writing *w, struct bytes *out, struct bytes *bags, int encrypt)
{
    if (bags->len == 0)
        return 0;
    if (der_wrap(bags, 0, DER_SEQUENCE))
        return -1;
    struct sspi_bytes element = {bags->ptr, bags->len};
    return encrypt ? append_encrypted(&w->seal, out, element) : append_data(out, element);
}

static int append_whole(struct writing *w, struct bytes *out)
{
    struct bytes safe = {NULL, 0, 0};
    static const uint8_t three[] = {3};
    int failed = append_safe(w, &safe, &w->certificates, !(w->flags & PKCS12_DISABLE_ENCRYPT_CERTIFICATES)) ||
                 append_safe(w, &safe, &w->keys, 0) || der_wrap(&safe, 0, DER_SEQUENCE) ||
                 der_append_integer(out, (struct sspi_bytes){three, 1}) ||
                 append_data(out, (struct sspi_bytes){safe.ptr, safe.len}) ||
                 seal_append_mac(&w->seal, out, (struct sspi_bytes){safe.ptr, safe.len}) ||
                 der_wrap(out, 0, DER_SEQUENCE);
    bytes_free(&safe);
    return failed ? -1 : 0;
}

BOOL pfx_export(HCERTSTORE store, CRYPT_DATA_BLOB *pfx, const char *password, DWORD flags)
{
    struct writing w = {.seal = {.password = password}, .flags = flags};
    struct bytes out = {NULL, 0, 0};
    if (!pfx || (password && strlen(password) > PASSWORD_MAX))
        return cert_fail((DWORD)E_INVALIDARG);
    if (flags & PKCS12_PROTECT_TO_DOMAIN_SIDS) /* there is no domain to ask for its key */
        return cert_fail((DWORD)NTE_NOT_SUPPORTED);
    struct store *s = store_take(store);
    if (!s)
        return FALSE;
    w.seal.dry = !pfx->pbData;
    DWORD error = seal_provider(&w.seal) ? (DWORD)NTE_NOT_SUPPORTED : add_all(&w, s);
    if (error == ERROR_SUCCESS && append_whole(&w, &out))
        error = (DWORD)E_OUTOFMEMORY;
    BOOL given =
        error == ERROR_SUCCESS ? cert_give(out.ptr, out.len, pfx->pbData, &pfx->cbData) : cert_fail(error);
    error = GetLastError();
    bytes_free(&w.certificates);
    bytes_free(&w.keys);
    bytes_free(&out);
    store_release(s);
    SetLastError(error);
    return given;
}
