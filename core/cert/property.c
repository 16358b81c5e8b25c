/* SPDX-License-Identifier: MIT
 *
 * Properties: what an application attaches to a certificate, what is computed from it, and its key. */
#include <config.h>

#include "core/cert/certificate.h"

#include "core/cert/container.h"
#include "core/cert/store.h"
#include "core/provider.h"
#include "core/utf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define PROPERTY_MAX  (1u << 20) /* octets of one value */
#define CONTAINER_MAX 1024u      /* units of a container's or provider's name */

/* KEY_PROV_INFO is kept as this, two NUL-ended UTF-8 strings behind it. */
struct provider_info {
    DWORD type, flags, spec;
    DWORD provider_at; /* where the second string begins */
    char text[];
};

/* ---- the list; under the lock ---- */

static struct property *find(struct certificate *c, DWORD id)
{
    struct property *p = c->properties;
    while (p && p->id != id)
        p = p->next;
    return p;
}

/* Replaces (fresh NULL: removes) the property; what was there comes back, to be freed. */
static struct property *exchange(struct certificate *c, DWORD id, struct property *fresh)
{
    struct property **at = &c->properties, *old;
    while (*at && (*at)->id != id)
        at = &(*at)->next;
    old = *at;
    if (old)
        *at = old->next;
    if (fresh) {
        fresh->next = c->properties;
        c->properties = fresh;
    }
    return old;
}

/* ---- helpers ---- */

static struct property *property_new(DWORD id, const void *bytes, size_t len)
{
    struct property *p = len > PROPERTY_MAX ? NULL : malloc(sizeof *p + len);
    if (p) {
        p->next = NULL;
        p->id = id;
        p->len = len;
        if (len && bytes)
            memcpy(p->bytes, bytes, len);
    }
    return p;
}

void property_free(struct property *p)
{
    if (p)
        explicit_bzero(p, sizeof *p + p->len);
    free(p);
}

static BOOL store_property(struct certificate *c, DWORD id, struct property *fresh)
{
    registry_lock();
    struct property *old = exchange(c, id, fresh);
    registry_unlock();
    property_free(old);
    return TRUE;
}

struct property *property_read(struct certificate *c, DWORD id)
{
    struct property *copy = NULL;
    registry_lock();
    struct property *p = find(c, id);
    if (p)
        copy = property_new(id, p->bytes, p->len);
    registry_unlock();
    return copy;
}

char *property_friendly_name(struct certificate *c)
{
    struct property *p = property_read(c, CERT_FRIENDLY_NAME_PROP_ID);
    char *text = p ? strndup((const char *)p->bytes, p->len) : NULL;
    property_free(p);
    return text;
}

static size_t unit_bytes(unsigned bits)
{
    return bits / 8;
}

/* ---- text: FRIENDLY_NAME, DESCRIPTION ---- */

static int is_text(DWORD id)
{
    return id == CERT_FRIENDLY_NAME_PROP_ID || id == CERT_DESCRIPTION_PROP_ID;
}

static BOOL set_text(struct certificate *c, DWORD id, const CRYPT_DATA_BLOB *blob, unsigned bits)
{
    size_t units = blob->cbData / unit_bytes(bits);
    int bad = 0;
    if (blob->cbData > PROPERTY_MAX || (units && !blob->pbData))
        return cert_fail((DWORD)E_INVALIDARG);
    /* The value ends with a NUL, as Windows wants it; one that does not is taken whole. */
    uint32_t wide_nul = 0;
    while (units && !memcmp(blob->pbData + (units - 1) * unit_bytes(bits), &wide_nul, unit_bytes(bits)))
        units--;
    char *text = utf8_from_wide(blob->pbData, bits, units, &bad);
    if (!text)
        return cert_fail(bad ? ERROR_NO_UNICODE_TRANSLATION : (DWORD)E_OUTOFMEMORY);
    struct property *fresh = property_new(id, text, strlen(text));
    free(text);
    return fresh ? store_property(c, id, fresh) : cert_fail((DWORD)E_OUTOFMEMORY);
}

static BOOL give_wide(const char *text, void *data, DWORD *size, unsigned bits)
{
    int bad = 0;
    size_t units;
    void *wide = utf8_to_wide(text, bits, &units, &bad);
    if (!wide)
        return cert_fail(bad ? ERROR_NO_UNICODE_TRANSLATION : (DWORD)E_OUTOFMEMORY);
    BOOL given = cert_give(wide, (units + 1) * unit_bytes(bits), data, size);
    free(wide);
    return given;
}

static BOOL get_text(struct certificate *c, DWORD id, void *data, DWORD *size, unsigned bits)
{
    struct property *p = property_read(c, id);
    char *text = p ? strndup((const char *)p->bytes, p->len) : NULL;
    property_free(p);
    if (!text)
        return cert_fail((DWORD)CRYPT_E_NOT_FOUND);
    BOOL given = give_wide(text, data, size, bits);
    free(text);
    return given;
}

/* ---- KEY_PROV_INFO ---- */

/* A container's name may be a URI with a PIN in it. */
static void wipe(void *text, size_t size)
{
    if (text)
        explicit_bzero(text, size);
    free(text);
}

static BOOL set_provider_info(struct certificate *c, const CRYPT_KEY_PROV_INFO *info, unsigned bits)
{
    int bad = 0;
    char *container = info->pwszContainerName
                          ? utf8_from_wide(info->pwszContainerName, bits, (size_t)-1, &bad)
                          : strdup("");
    char *provider = info->pwszProvName && container
                         ? utf8_from_wide(info->pwszProvName, bits, (size_t)-1, &bad)
                         : strdup("");
    struct property *fresh = NULL;
    if (container && provider && strlen(container) <= CONTAINER_MAX && strlen(provider) <= CONTAINER_MAX) {
        size_t first = strlen(container) + 1, second = strlen(provider) + 1;
        fresh = property_new(CERT_KEY_PROV_INFO_PROP_ID, NULL, sizeof(struct provider_info) + first + second);
        if (fresh) {
            struct provider_info kept = {info->dwProvType, info->dwFlags, info->dwKeySpec, (DWORD)first};
            memcpy(fresh->bytes, &kept, sizeof kept);
            memcpy(fresh->bytes + sizeof kept, container, first);
            memcpy(fresh->bytes + sizeof kept + first, provider, second);
        }
    }
    wipe(container, container ? strlen(container) : 0);
    free(provider);
    return fresh ? store_property(c, CERT_KEY_PROV_INFO_PROP_ID, fresh)
                 : cert_fail(bad ? ERROR_NO_UNICODE_TRANSLATION : (DWORD)E_OUTOFMEMORY);
}

static BOOL get_provider_info(struct certificate *c, void *data, DWORD *size, unsigned bits)
{
    struct property *p = property_read(c, CERT_KEY_PROV_INFO_PROP_ID);
    struct provider_info kept;
    if (!p)
        return cert_fail((DWORD)CRYPT_E_NOT_FOUND);
    memcpy(&kept, p->bytes, sizeof kept);
    const char *text = (const char *)p->bytes + sizeof kept;
    size_t first, second;
    int bad = 0;
    void *container = utf8_to_wide(text, bits, &first, &bad);
    void *provider = utf8_to_wide(text + kept.provider_at, bits, &second, &bad);
    size_t head = sizeof(CRYPT_KEY_PROV_INFO), a = container ? (first + 1) * unit_bytes(bits) : 0;
    size_t b = provider ? (second + 1) * unit_bytes(bits) : 0;
    unsigned char *whole = container && provider ? malloc(head + a + b) : NULL;
    BOOL given = FALSE;
    if (whole) {
        CRYPT_KEY_PROV_INFO out = {(LPWSTR)(void *)((unsigned char *)data + head),
                                   (LPWSTR)(void *)((unsigned char *)data + head + a),
                                   kept.type,
                                   kept.flags,
                                   0,
                                   NULL,
                                   kept.spec};
        if (!data)
            out.pwszContainerName = out.pwszProvName = NULL;
        memcpy(whole, &out, sizeof out);
        memcpy(whole + head, container, a);
        memcpy(whole + head + a, provider, b);
        given = cert_give(whole, head + a + b, data, size);
    } else {
        cert_fail((DWORD)E_OUTOFMEMORY);
    }
    wipe(whole, head + a + b);
    wipe(container, a);
    free(provider);
    property_free(p);
    return given;
}

char *property_container(struct certificate *c)
{
    struct property *p = property_read(c, CERT_KEY_PROV_INFO_PROP_ID);
    char *name = p ? strdup((const char *)p->bytes + sizeof(struct provider_info)) : NULL;
    property_free(p);
    return name;
}

void property_container_free(char *name)
{
    wipe(name, name ? strlen(name) : 0);
}

/* ---- the key as a handle ---- */

/* The certificate's key as an NCRYPT_KEY_HANDLE that stays the certificate's: it is good while the context
 * is.  0: no key, or no memory. */
static ULONG_PTR lend_key(struct certificate *c)
{
    ULONG_PTR handle = 0;
    registry_lock();
    if (c->key_lent && !registry_has(REGISTRY_KEY, c->key)) /* the application freed what it was lent */
        c->key_lent = 0;
    if (c->key && !c->key_lent) {
        if (registry_hold(REGISTRY_KEY, c->key) == 0)
            c->key_lent = 1;
        else if (registry_add(REGISTRY_KEY, c->key, NULL, 1) == 0) {
            key_hold(c->key); /* the registry's own */
            c->key_lent = 1;
        }
    }
    if (c->key_lent)
        handle = (ULONG_PTR)c->key;
    registry_unlock();
    return handle;
}

/* A handle to a key, or to a CSP with one in it.  Without NO_CRYPT_RELEASE the handle passes to the
 * certificate: a key's is lent on from now, a CSP's has done its work. */
static BOOL set_key_handle(struct certificate *c, ULONG_PTR handle, DWORD flags)
{
    struct key *key = handle ? handle_key(handle) : NULL, *old, *unlent = NULL;
    const void *gone = NULL;
    int keep = (flags & CERT_STORE_NO_CRYPT_RELEASE_FLAG) != 0;
    if (handle && !key)
        return cert_fail(ERROR_INVALID_HANDLE);
    registry_lock();
    int is_key = handle && (ULONG_PTR)key == handle;
    old = c->key;
    if (c->key_lent && registry_drop(REGISTRY_KEY, old, &gone) == 1)
        unlent = old;
    c->key = key; /* the hold of handle_key */
    c->key_lent = is_key && !keep;
    registry_unlock();
    if (handle && !is_key && !keep)
        handle_release(handle);
    key_drop(old);
    key_drop(unlent);
    return TRUE;
}

static BOOL get_key_context(struct certificate *c, void *data, DWORD *size)
{
    ULONG_PTR handle = lend_key(c);
    CERT_KEY_CONTEXT out = {.cbSize = sizeof out, .hNCryptKey = handle, .dwKeySpec = CERT_NCRYPT_KEY_SPEC};
    return handle ? cert_give(&out, sizeof out, data, size) : cert_fail((DWORD)CRYPT_E_NOT_FOUND);
}

static BOOL get_key_handle(struct certificate *c, void *data, DWORD *size)
{
    ULONG_PTR handle = lend_key(c);
    return handle ? cert_give(&handle, sizeof handle, data, size) : cert_fail((DWORD)CRYPT_E_NOT_FOUND);
}

static BOOL get_key_spec(struct certificate *c, void *data, DWORD *size)
{
    struct property *p = property_read(c, CERT_KEY_PROV_INFO_PROP_ID);
    struct provider_info kept;
    DWORD spec = CERT_NCRYPT_KEY_SPEC;
    if (p) {
        memcpy(&kept, p->bytes, sizeof kept);
        spec = kept.spec;
    }
    property_free(p);
    struct key *key = p ? NULL : certificate_key(c);
    key_drop(key);
    return p || key ? cert_give(&spec, sizeof spec, data, size) : cert_fail((DWORD)CRYPT_E_NOT_FOUND);
}

/* ---- computed ---- */

static BOOL give_digest(enum sspi_hash hash, struct sspi_bytes of, void *data, DWORD *size)
{
    static const size_t lengths[] = {20, 32, 48, 64};
    uint8_t digest[64];
    const struct provider *p = provider_default();
    if (!p || p->api.digest(hash, &of, 1, digest) != SSPI_OK)
        return cert_fail((DWORD)NTE_BAD_ALGID);
    return cert_give(digest, lengths[hash], data, size);
}

static BOOL get_signature_hash(struct certificate *c, void *data, DWORD *size)
{
    const struct x509 *x = &c->data->x;
    switch (x509_signature_of(&x->signature_algorithm).hash) {
    case HASH_SHA1:
        return give_digest(SSPI_SHA1, x->to_be_signed, data, size);
    case HASH_SHA256:
        return give_digest(SSPI_SHA256, x->to_be_signed, data, size);
    case HASH_SHA384:
        return give_digest(SSPI_SHA384, x->to_be_signed, data, size);
    case HASH_SHA512:
        return give_digest(SSPI_SHA512, x->to_be_signed, data, size);
    default:
        return cert_fail((DWORD)NTE_BAD_ALGID);
    }
}

static BOOL get_algorithm_name(struct certificate *c, void *data, DWORD *size, unsigned bits)
{
    static const char *const hashes[] = {
        [HASH_MD2] = "MD2",       [HASH_MD5] = "MD5",       [HASH_SHA1] = "SHA1",
        [HASH_SHA224] = "SHA224", [HASH_SHA256] = "SHA256", [HASH_SHA384] = "SHA384",
        [HASH_SHA512] = "SHA512", [HASH_OWN] = "SHA512"};
    struct x509_signature s = x509_signature_of(&c->data->x.signature_algorithm);
    char text[32];
    if (s.hash == HASH_UNKNOWN)
        return cert_fail((DWORD)CRYPT_E_NOT_FOUND);
    snprintf(text, sizeof text, "%s/%s", s.key, hashes[s.hash]);
    return give_wide(text, data, size, bits);
}

static BOOL get_computed(struct certificate *c, DWORD id, void *data, DWORD *size, unsigned bits, int *known)
{
    const struct x509 *x = &c->data->x;
    DWORD number;
    *known = 1;
    switch (id) {
    case CERT_SHA1_HASH_PROP_ID:
        return give_digest(SSPI_SHA1, x->der, data, size);
    case CERT_SHA256_HASH_PROP_ID:
        return give_digest(SSPI_SHA256, x->der, data, size);
    case CERT_SIGNATURE_HASH_PROP_ID:
        return get_signature_hash(c, data, size);
    case CERT_SIGN_HASH_CNG_ALG_PROP_ID:
        return get_algorithm_name(c, data, size, bits);
    case CERT_KEY_IDENTIFIER_PROP_ID:
        return x->has & X509_KEY_IDENTIFIER
                   ? cert_give(x->key_identifier.ptr, x->key_identifier.len, data, size)
                   : give_digest(SSPI_SHA1, x->key, data, size);
    case CERT_SUBJECT_PUB_KEY_BIT_LENGTH_PROP_ID:
        number = (DWORD)(x509_key_bits(x) > 0 ? x509_key_bits(x) : 0);
        return number ? cert_give(&number, sizeof number, data, size) : cert_fail((DWORD)CRYPT_E_NOT_FOUND);
    case CERT_ACCESS_STATE_PROP_ID:
        number = 0; /* nothing is ever written to disk */
        return cert_give(&number, sizeof number, data, size);
    default:
        *known = 0;
        return FALSE;
    }
}

static BOOL get_plain(struct certificate *c, DWORD id, void *data, DWORD *size)
{
    struct property *p = property_read(c, id);
    BOOL given = p ? cert_give(p->bytes, p->len, data, size) : cert_fail((DWORD)CRYPT_E_NOT_FOUND);
    property_free(p);
    return given;
}

static BOOL get(struct certificate *c, DWORD id, void *data, DWORD *size, unsigned bits)
{
    int known;
    BOOL given = get_computed(c, id, data, size, bits, &known);
    if (known)
        return given;
    switch (id) {
    case CERT_KEY_PROV_INFO_PROP_ID:
        return get_provider_info(c, data, size, bits);
    case CERT_KEY_CONTEXT_PROP_ID:
        return get_key_context(c, data, size);
    case CERT_KEY_PROV_HANDLE_PROP_ID:
    case CERT_NCRYPT_KEY_HANDLE_PROP_ID:
    case CERT_HCRYPTPROV_OR_NCRYPT_KEY_HANDLE_PROP_ID:
        return get_key_handle(c, data, size);
    case CERT_KEY_SPEC_PROP_ID:
        return get_key_spec(c, data, size);
    default:
        return is_text(id) ? get_text(c, id, data, size, bits) : get_plain(c, id, data, size);
    }
}

BOOL property_get(PCCERT_CONTEXT context, DWORD id, void *data, DWORD *size, unsigned bits)
{
    if (!size)
        return cert_fail((DWORD)E_INVALIDARG);
    struct certificate *c = certificate_take(context);
    if (!c)
        return FALSE;
    BOOL given = get(c, id, data, size, bits);
    DWORD error = GetLastError();
    certificate_release(c);
    SetLastError(error);
    return given;
}

static BOOL set(struct certificate *c, DWORD id, DWORD flags, const void *data, unsigned bits)
{
    const CRYPT_DATA_BLOB *blob = data;
    struct property *fresh;
    switch (id) {
    case CERT_KEY_PROV_INFO_PROP_ID:
        return set_provider_info(c, data, bits);
    case CERT_KEY_CONTEXT_PROP_ID:
        if (((const CERT_KEY_CONTEXT *)data)->cbSize != sizeof(CERT_KEY_CONTEXT))
            return cert_fail((DWORD)E_INVALIDARG);
        return set_key_handle(c, ((const CERT_KEY_CONTEXT *)data)->hNCryptKey, flags);
    case CERT_KEY_PROV_HANDLE_PROP_ID:
    case CERT_NCRYPT_KEY_HANDLE_PROP_ID:
    case CERT_HCRYPTPROV_OR_NCRYPT_KEY_HANDLE_PROP_ID:
        return set_key_handle(c, (ULONG_PTR)data, flags); /* the handle itself */
    case CERT_SHA1_HASH_PROP_ID:                          /* computed: it cannot be another one than it is */
    case CERT_SHA256_HASH_PROP_ID:
    case CERT_SIGNATURE_HASH_PROP_ID:
    case CERT_SIGN_HASH_CNG_ALG_PROP_ID:
    case CERT_KEY_IDENTIFIER_PROP_ID:
    case CERT_SUBJECT_PUB_KEY_BIT_LENGTH_PROP_ID:
    case CERT_ACCESS_STATE_PROP_ID:
    case CERT_KEY_SPEC_PROP_ID:
        return cert_fail((DWORD)E_INVALIDARG);
    case CERT_DATE_STAMP_PROP_ID:
        fresh = property_new(id, data, sizeof(FILETIME));
        return fresh ? store_property(c, id, fresh) : cert_fail((DWORD)E_OUTOFMEMORY);
    default:
        if (is_text(id))
            return set_text(c, id, blob, bits);
        if (blob->cbData > PROPERTY_MAX || (blob->cbData && !blob->pbData))
            return cert_fail((DWORD)E_INVALIDARG);
        fresh = property_new(id, blob->pbData, blob->cbData);
        return fresh ? store_property(c, id, fresh) : cert_fail((DWORD)E_OUTOFMEMORY);
    }
}

BOOL property_set(PCCERT_CONTEXT context, DWORD id, DWORD flags, const void *data, unsigned bits)
{
    struct certificate *c = certificate_take(context);
    if (!c)
        return FALSE;
    BOOL done = FALSE;
    int handle = id == CERT_KEY_CONTEXT_PROP_ID || id == CERT_KEY_PROV_HANDLE_PROP_ID ||
                 id == CERT_NCRYPT_KEY_HANDLE_PROP_ID || id == CERT_HCRYPTPROV_OR_NCRYPT_KEY_HANDLE_PROP_ID;
    if (id == 0 || id > CERT_LAST_USER_PROP_ID)
        cert_fail((DWORD)E_INVALIDARG);
    else if (!data) /* removes it */
        done = handle ? set_key_handle(c, 0, flags) : store_property(c, id, NULL);
    else
        done = set(c, id, flags, data, bits);
    DWORD error = GetLastError();
    certificate_release(c);
    SetLastError(error);
    return done;
}
