/* SPDX-License-Identifier: MIT
 *
 * Certificate contexts: made, counted, given back. */
#include <config.h>

#include "core/cert/certificate.h"

#include "core/cert/container.h"
#include "core/cert/names.h"
#include "core/cert/store.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <windows.h>

int cert_fail(DWORD error)
{
    SetLastError(error);
    return 0;
}

BOOL cert_give(const void *bytes, size_t len, void *out, DWORD *size)
{
    if (!size || len > UINT32_MAX)
        return cert_fail((DWORD)E_INVALIDARG);
    DWORD room = *size;
    *size = (DWORD)len;
    if (!out)
        return TRUE;
    if (room < len)
        return cert_fail(ERROR_MORE_DATA);
    if (len)
        memcpy(out, bytes, len);
    return TRUE;
}

/* ---- objects ---- */

static struct certificate *make(struct certificate_data *data, struct key *key)
{
    struct certificate *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->data = certificate_data_hold(data);
    c->key = key_hold(key);
    c->shown = (CERT_CONTEXT){X509_ASN_ENCODING, (BYTE *)(uintptr_t)data->x.der.ptr, (DWORD)data->x.der.len,
                              &data->info, NULL};
    return c;
}

void certificate_destroy(struct certificate *c)
{
    const void *gone = NULL;
    if (!c)
        return;
    if (c->key_lent) {
        registry_lock();
        int last = registry_drop(REGISTRY_KEY, c->key, &gone) == 1;
        registry_unlock();
        if (last)
            key_drop(c->key);
    }
    key_drop(c->key);
    for (struct property *p = c->properties, *next; p; p = next) {
        next = p->next;
        property_free(p);
    }
    certificate_data_drop(c->data);
    free(c);
}

struct certificate *certificate_new(struct certificate_data *data, struct key *key)
{
    struct certificate *c = make(data, key);
    if (!c)
        return NULL;
    registry_lock();
    int failed = registry_add(REGISTRY_CERTIFICATE, c, NULL, 1);
    registry_unlock();
    if (failed) {
        certificate_destroy(c);
        return NULL;
    }
    return c;
}

struct certificate *certificate_copy(const struct certificate *from)
{
    struct certificate *c = make(from->data, from->key);
    if (!c)
        return NULL;
    struct property **end = &c->properties;
    for (const struct property *p = from->properties; p; p = p->next) {
        if (!(*end = malloc(sizeof *p + p->len))) {
            certificate_destroy(c);
            return NULL;
        }
        memcpy(*end, p, sizeof *p + p->len);
        (*end)->next = NULL;
        end = &(*end)->next;
    }
    return c;
}

struct certificate *certificate_take(PCCERT_CONTEXT context)
{
    registry_lock();
    int failed = registry_hold(REGISTRY_CERTIFICATE, context);
    registry_unlock();
    if (failed) {
        cert_fail((DWORD)E_INVALIDARG);
        return NULL;
    }
    return certificate_of(context);
}

static int release(PCCERT_CONTEXT context)
{
    const void *gone = NULL;
    registry_lock();
    int result = registry_drop(REGISTRY_CERTIFICATE, context, &gone);
    registry_unlock();
    if (result == 1 && gone == context)
        certificate_destroy(certificate_of(context));
    else if (result == 1)
        store_destroy((struct store *)(uintptr_t)gone);
    return result;
}

void certificate_release(struct certificate *c)
{
    if (c)
        release(&c->shown);
}

void certificate_attach(struct certificate *c, struct key *key)
{
    registry_lock();
    struct key *old = c->key;
    c->key = key_hold(key);
    registry_unlock();
    key_drop(old);
}

struct key *certificate_key(struct certificate *c)
{
    registry_lock();
    struct key *key = key_hold(c->key);
    registry_unlock();
    if (!key) {
        char *container = property_container(c);
        if (container)
            key = container_key(container);
        property_container_free(container);
    }
    return key;
}

char *certificate_name(PCCERT_CONTEXT context, DWORD type, DWORD flags, const void *para, size_t *len)
{
    struct certificate *c = certificate_take(context);
    if (!c)
        return NULL;
    char *friendly = type == CERT_NAME_FRIENDLY_DISPLAY_TYPE ? property_friendly_name(c) : NULL;
    char *text = names_string(&c->data->x, friendly, type, flags, para, len);
    free(friendly);
    certificate_release(c);
    return text;
}

/* ---- exported ---- */

PCCERT_CONTEXT WINAPI CertCreateCertificateContext(DWORD dwCertEncodingType, const BYTE *pbCertEncoded,
                                                   DWORD cbCertEncoded)
{
    int malformed = 1;
    if ((dwCertEncodingType & CERT_ENCODING_TYPE_MASK) != X509_ASN_ENCODING || !pbCertEncoded) {
        cert_fail((DWORD)E_INVALIDARG);
        return NULL;
    }
    struct certificate_data *data =
        certificate_data_new((struct sspi_bytes){pbCertEncoded, cbCertEncoded}, &malformed);
    struct certificate *c = data ? certificate_new(data, NULL) : NULL;
    certificate_data_drop(data);
    if (!c) {
        cert_fail(malformed ? (DWORD)CRYPT_E_ASN1_BADTAG : (DWORD)E_OUTOFMEMORY);
        return NULL;
    }
    return &c->shown;
}

PCCERT_CONTEXT WINAPI CertDuplicateCertificateContext(PCCERT_CONTEXT pCertContext)
{
    return pCertContext && certificate_take(pCertContext) ? pCertContext : NULL;
}

BOOL WINAPI CertFreeCertificateContext(PCCERT_CONTEXT pCertContext)
{
    if (pCertContext && release(pCertContext) < 0)
        return cert_fail((DWORD)E_INVALIDARG);
    return TRUE;
}

LONG WINAPI CertVerifyTimeValidity(LPFILETIME pTimeToVerify, PCERT_INFO pCertInfo)
{
    uint64_t now, from, to;
    if (!pCertInfo) {
        cert_fail((DWORD)E_INVALIDARG);
        return -1;
    }
    FILETIME f = pTimeToVerify ? *pTimeToVerify : filetime_of((int64_t)time(NULL));
    now = (uint64_t)f.dwHighDateTime << 32 | f.dwLowDateTime;
    from = (uint64_t)pCertInfo->NotBefore.dwHighDateTime << 32 | pCertInfo->NotBefore.dwLowDateTime;
    to = (uint64_t)pCertInfo->NotAfter.dwHighDateTime << 32 | pCertInfo->NotAfter.dwLowDateTime;
    return now < from ? -1 : now > to;
}
