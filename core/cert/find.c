/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/find.h"

#include "core/cert/names.h"
#include "core/utf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <windows.h>

struct wanted {
    const void *para;
    DWORD flags, how; /* CERT_COMPARE_* */
    char *text;       /* UTF-8, for what is compared as text */
    int issuer;       /* the issuer's name and not the subject's */
};

static struct sspi_bytes bytes_of(const CRYPT_DATA_BLOB *blob)
{
    return (struct sspi_bytes){blob->pbData, blob->cbData};
}

static int has_property(struct certificate *c, DWORD id)
{
    DWORD size = 0;
    return property_get(&c->shown, id, NULL, &size, 16);
}

static int property_equals(struct certificate *c, DWORD id, struct sspi_bytes value)
{
    uint8_t out[64];
    DWORD size = sizeof out;
    return property_get(&c->shown, id, out, &size, 16) && der_equal((struct sspi_bytes){out, size}, value);
}

static int by_hash(struct certificate *c, struct sspi_bytes hash)
{
    const uint8_t *own = certificate_sha1(c->data);
    return own && hash.len == 20 && memcmp(own, hash.ptr, 20) == 0;
}

static int by_name_text(struct certificate *c, const struct wanted *w)
{
    int malformed;
    char *name =
        names_text(w->issuer ? c->data->x.issuer : c->data->x.subject, CERT_SIMPLE_NAME_STR, &malformed);
    int found = name && strcasestr(name, w->text) != NULL;
    free(name);
    return found;
}

static int by_hash_text(struct certificate *c, const char *text)
{
    const uint8_t *own = certificate_sha1(c->data);
    char hex[41];
    for (unsigned i = 0; own && i < 20; i++)
        snprintf(hex + 2 * i, 3, "%02x", own[i]);
    return own && !strcasecmp(hex, text);
}

/* Every usage asked for, or one of them with OR; a certificate without the extension only by request. */
static int by_usage(struct certificate *c, const struct wanted *w)
{
    const CERT_ENHKEY_USAGE *usage = w->para;
    DWORD held = 0, count = usage ? usage->cUsageIdentifier : 0;
    if (!(c->data->x.has & X509_EXTENDED_USAGE))
        return (w->flags & (CERT_FIND_OPTIONAL_ENHKEY_USAGE_FLAG | CERT_FIND_NO_ENHKEY_USAGE_FLAG |
                            CERT_FIND_VALID_ENHKEY_USAGE_FLAG)) != 0;
    if (w->flags & CERT_FIND_NO_ENHKEY_USAGE_FLAG)
        return 0;
    for (DWORD i = 0; i < count; i++) {
        uint8_t oid[64];
        size_t len = sizeof oid;
        held += usage->rgpszUsageIdentifier[i] &&
                !der_oid_octets(usage->rgpszUsageIdentifier[i], oid, &len) &&
                x509_allows(&c->data->x, (struct sspi_bytes){oid, len});
    }
    return w->flags & CERT_FIND_OR_ENHKEY_USAGE_FLAG ? held > 0 : held == count;
}

static int same_serial(const CERT_INFO *a, const CRYPT_INTEGER_BLOB *b)
{
    return der_equal(bytes_of(&a->SerialNumber), bytes_of(b));
}

static int by_issuer_and_serial(struct certificate *c, const CERT_NAME_BLOB *issuer,
                                const CRYPT_INTEGER_BLOB *serial)
{
    return der_equal(c->data->x.issuer, bytes_of(issuer)) && same_serial(&c->data->info, serial);
}

static int by_public_key(struct certificate *c, const CERT_PUBLIC_KEY_INFO *key)
{
    const CERT_PUBLIC_KEY_INFO *own = &c->data->info.SubjectPublicKeyInfo;
    return key->Algorithm.pszObjId && !strcmp(own->Algorithm.pszObjId, key->Algorithm.pszObjId) &&
           der_equal((struct sspi_bytes){own->PublicKey.pbData, own->PublicKey.cbData},
                     (struct sspi_bytes){key->PublicKey.pbData, key->PublicKey.cbData});
}

static int by_issued(struct certificate *c, PCCERT_CONTEXT issued)
{
    struct certificate *child = certificate_take(issued);
    int is = child && der_equal(child->data->x.issuer, c->data->x.subject);
    if (is && child->data->x.has & X509_AUTHORITY && c->data->x.has & X509_KEY_IDENTIFIER)
        is = der_equal(child->data->x.authority_key_identifier, c->data->x.key_identifier);
    certificate_release(child);
    return is;
}

static int by_same(struct certificate *c, PCCERT_CONTEXT other)
{
    struct certificate *o = certificate_take(other);
    int is = o && der_equal(o->data->x.der, c->data->x.der);
    certificate_release(o);
    return is;
}

static int by_key_spec(struct certificate *c, DWORD spec)
{
    DWORD own, size = sizeof own;
    return property_get(&c->shown, CERT_KEY_SPEC_PROP_ID, &own, &size, 16) && own == spec;
}

static int matches(struct certificate *c, const struct wanted *w)
{
    const struct x509 *x = &c->data->x;
    switch (w->how) {
    case CERT_COMPARE_ANY:
        return 1;
    case CERT_COMPARE_SHA1_HASH:
        return by_hash(c, bytes_of(w->para));
    case CERT_COMPARE_SIGNATURE_HASH:
        return property_equals(c, CERT_SIGNATURE_HASH_PROP_ID, bytes_of(w->para));
    case CERT_COMPARE_KEY_IDENTIFIER:
        return property_equals(c, CERT_KEY_IDENTIFIER_PROP_ID, bytes_of(w->para));
    case CERT_COMPARE_NAME:
        return der_equal(w->issuer ? x->issuer : x->subject, bytes_of(w->para));
    case CERT_COMPARE_NAME_STR_A:
    case CERT_COMPARE_NAME_STR_W:
        return by_name_text(c, w);
    case CERT_COMPARE_HASH_STR:
        return by_hash_text(c, w->text);
    case CERT_COMPARE_PROPERTY:
        return has_property(c, *(const DWORD *)w->para);
    case CERT_COMPARE_PUBLIC_KEY:
        return by_public_key(c, w->para);
    case CERT_COMPARE_KEY_SPEC:
        return by_key_spec(c, *(const DWORD *)w->para);
    case CERT_COMPARE_ENHKEY_USAGE:
        return by_usage(c, w);
    case CERT_COMPARE_SUBJECT_CERT:
        return by_issuer_and_serial(c, &((const CERT_INFO *)w->para)->Issuer,
                                    &((const CERT_INFO *)w->para)->SerialNumber);
    case CERT_COMPARE_ISSUER_OF:
        return by_issued(c, w->para);
    case CERT_COMPARE_EXISTING:
        return by_same(c, w->para);
    case CERT_COMPARE_HAS_PRIVATE_KEY:
        return has_property(c, CERT_KEY_PROV_INFO_PROP_ID) || has_property(c, CERT_NCRYPT_KEY_HANDLE_PROP_ID);
    default:
        return -1;
    }
}

/* What is compared as text comes in as UTF-8, in an encoding of the caller's, or not at all. */
static int take_text(struct wanted *w, unsigned bits)
{
    int bad;
    if (w->how == CERT_COMPARE_NAME_STR_A)
        w->text = w->para ? strdup(w->para) : strdup("");
    else if (w->how == CERT_COMPARE_NAME_STR_W || w->how == CERT_COMPARE_HASH_STR)
        w->text = w->para ? utf8_from_wide(w->para, bits, (size_t)-1, &bad) : strdup("");
    else
        return 0;
    return w->text ? 0 : -1;
}

static int para_missing(const struct wanted *w)
{
    return !w->para && w->how != CERT_COMPARE_ANY && w->how != CERT_COMPARE_NAME_STR_A &&
           w->how != CERT_COMPARE_NAME_STR_W && w->how != CERT_COMPARE_ENHKEY_USAGE &&
           w->how != CERT_COMPARE_HAS_PRIVATE_KEY;
}

PCCERT_CONTEXT find_certificate(HCERTSTORE handle, DWORD flags, DWORD type, const void *para,
                                PCCERT_CONTEXT previous, unsigned bits)
{
    struct wanted w = {para, flags, type >> CERT_COMPARE_SHIFT, NULL,
                       (type & CERT_INFO_ISSUER_FLAG) == CERT_INFO_ISSUER_FLAG &&
                           (type & CERT_INFO_SUBJECT_FLAG) != CERT_INFO_SUBJECT_FLAG};
    struct certificate *c = previous ? certificate_take(previous) : NULL;
    if (previous && !c)
        return NULL;
    CertFreeCertificateContext(previous); /* given up in any case, as an enumeration does */
    struct store *s = store_take(handle);
    int found = 0;
    if (!s || para_missing(&w) || take_text(&w, bits)) {
        certificate_release(c);
        c = NULL;
        found = -1;
    }
    while (!found && (c = store_next(s, c)) != NULL)
        found = matches(c, &w);
    if (found != 1) {
        certificate_release(c);
        cert_fail(found < 0 ? (DWORD)E_INVALIDARG : (DWORD)CRYPT_E_NOT_FOUND);
    }
    store_release(s);
    free(w.text);
    return found == 1 ? &c->shown : NULL;
}
