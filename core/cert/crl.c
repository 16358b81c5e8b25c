/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/crl.h"

#include "core/cert/anchors.h"
#include "core/cert/store.h"
#include "core/cert/system.h"

#include <stdlib.h>
#include <string.h>

/* ---- as CRL_INFO shows it: arrays, then strings, then numbers, in one block ---- */

struct arena {
    CERT_EXTENSION *extension; /* next free */
    char *string;
    BYTE *octet;
};
static size_t oid_room(struct sspi_bytes oid)
{
    return 4 * oid.len + 8;
}
static void count_extensions(struct sspi_bytes in, size_t *extensions, size_t *strings)
{
    struct x509_extension e;
    for (; in.len && !x509_extension_next(&in, &e); ++*extensions)
        *strings += oid_room(e.oid);
}
static char *put_oid(struct arena *a, struct sspi_bytes oid)
{
    char *text = a->string;
    if (der_oid_text(oid, text, oid_room(oid)))
        text[0] = 0;
    a->string += strlen(text) + 1;
    return text;
}
static DWORD put_extensions(struct arena *a, struct sspi_bytes in, PCERT_EXTENSION *out)
{
    struct x509_extension e;
    DWORD count = 0;
    *out = in.len ? a->extension : NULL;
    for (; in.len && !x509_extension_next(&in, &e); count++)
        *a->extension++ = (CERT_EXTENSION){
            put_oid(a, e.oid), e.critical, {(DWORD)e.value.len, (BYTE *)(uintptr_t)e.value.ptr}};
    return count;
}
static void put_entry(struct arena *a, const struct crl_entry *e, CRL_ENTRY *out)
{
    out->SerialNumber = (CRYPT_INTEGER_BLOB){(DWORD)e->serial.len, a->octet};
    for (size_t i = 0; i < e->serial.len; i++)
        *a->octet++ = e->serial.ptr[e->serial.len - 1 - i];
    out->RevocationDate = filetime_of(e->date);
    out->cExtension = put_extensions(a, e->extensions, &out->rgExtension);
}

struct revocation *revocation_new(struct sspi_bytes der, int *malformed)
{
    struct crl p;
    struct crl_entry e;
    size_t entries = 0, extensions = 0, strings = 0, numbers = 0;
    *malformed = 1;
    if (crl_parse(der, &p))
        return NULL;
    *malformed = 0;
    for (struct sspi_bytes in = p.entries; in.len && !crl_entry_next(&in, &e); entries++) {
        numbers += e.serial.len;
        count_extensions(e.extensions, &extensions, &strings);
    }
    count_extensions(p.extensions, &extensions, &strings);
    strings += oid_room(p.algorithm.oid);
    size_t head = (sizeof(struct revocation) + sizeof(CRL_INFO) + 15) & ~(size_t)15;
    size_t lists = entries * sizeof(CRL_ENTRY), tables = extensions * sizeof(CERT_EXTENSION);
    char *block = calloc(1, head + lists + tables + strings + numbers + der.len);
    if (!block)
        return NULL;
    struct revocation *r = (struct revocation *)(void *)block;
    CRL_INFO *info = (CRL_INFO *)(void *)(r + 1);
    struct arena a = {(CERT_EXTENSION *)(void *)(block + head + lists), block + head + lists + tables,
                      (BYTE *)block + head + lists + tables + strings};
    uint8_t *copy = a.octet + numbers;
    memcpy(copy, der.ptr, der.len);
    r->der = (struct sspi_bytes){copy, der.len};
    crl_parse(r->der, &p);
    info->dwVersion = p.version;
    info->SignatureAlgorithm.pszObjId = put_oid(&a, p.algorithm.oid);
    info->SignatureAlgorithm.Parameters =
        (CRYPT_OBJID_BLOB){(DWORD)p.algorithm.parameters.len, (BYTE *)(uintptr_t)p.algorithm.parameters.ptr};
    info->Issuer = (CERT_NAME_BLOB){(DWORD)p.issuer.len, (BYTE *)(uintptr_t)p.issuer.ptr};
    info->ThisUpdate = filetime_of(p.this_update);
    info->NextUpdate = p.next_update ? filetime_of(p.next_update) : (FILETIME){0, 0};
    info->cCRLEntry = (DWORD)entries;
    info->rgCRLEntry = entries ? (CRL_ENTRY *)(void *)(block + head) : NULL;
    entries = 0;
    for (struct sspi_bytes in = p.entries; in.len && !crl_entry_next(&in, &e);)
        put_entry(&a, &e, &info->rgCRLEntry[entries++]);
    info->cExtension = put_extensions(&a, p.extensions, &info->rgExtension);
    r->shown = (CRL_CONTEXT){X509_ASN_ENCODING, copy, (DWORD)der.len, info, NULL};
    return r;
}

void revocation_destroy(struct revocation *r)
{
    free(r);
}

/* ---- exported ---- */

PCCRL_CONTEXT WINAPI CertCreateCRLContext(DWORD dwCertEncodingType, const BYTE *pbCrlEncoded,
                                          DWORD cbCrlEncoded)
{
    int malformed = 1;
    if ((dwCertEncodingType & CERT_ENCODING_TYPE_MASK) != X509_ASN_ENCODING || !pbCrlEncoded) {
        cert_fail((DWORD)E_INVALIDARG);
        return NULL;
    }
    struct revocation *r = revocation_new((struct sspi_bytes){pbCrlEncoded, cbCrlEncoded}, &malformed);
    if (!r) {
        cert_fail(malformed ? (DWORD)CRYPT_E_ASN1_BADTAG : (DWORD)E_OUTOFMEMORY);
        return NULL;
    }
    registry_lock();
    int failed = registry_add(REGISTRY_CRL, r, NULL, 1);
    registry_unlock();
    if (failed) {
        revocation_destroy(r);
        cert_fail((DWORD)E_OUTOFMEMORY);
        return NULL;
    }
    return &r->shown;
}

BOOL WINAPI CertFreeCRLContext(PCCRL_CONTEXT pCrlContext)
{
    const void *gone = NULL;
    if (!pCrlContext)
        return TRUE;
    registry_lock();
    int result = registry_drop(REGISTRY_CRL, pCrlContext, &gone);
    registry_unlock();
    if (result == 1 && gone == pCrlContext)
        revocation_destroy((struct revocation *)(uintptr_t)pCrlContext);
    else if (result == 1)
        store_destroy((struct store *)(uintptr_t)gone);
    return result < 0 ? cert_fail((DWORD)E_INVALIDARG) : TRUE;
}

/* The same list once; what the disposition says about another one is moot, as lists do not have properties.
 */
BOOL WINAPI CertAddCRLContextToStore(HCERTSTORE hCertStore, PCCRL_CONTEXT pCrlContext, DWORD dwAddDisposition,
                                     PCCRL_CONTEXT *ppStoreContext)
{
    int malformed, held;
    registry_lock();
    held = !registry_hold(REGISTRY_CRL, pCrlContext);
    registry_unlock();
    struct store *s = held ? store_take(hCertStore) : NULL;
    if (!s) {
        if (held)
            CertFreeCRLContext(pCrlContext);
        return cert_fail((DWORD)E_INVALIDARG);
    }
    DWORD error = ERROR_SUCCESS;
    struct sspi_bytes der = {pCrlContext->pbCrlEncoded, pCrlContext->cbCrlEncoded};
    struct revocation *fresh = revocation_new(der, &malformed), *member;
    /* A list beside the anchors counts wherever they do; what fails below leaves it there, where it may be. */
    if (s->system && s->system->root && !s->read_only && anchors_add_list(der)) {
        revocation_destroy(fresh);
        fresh = NULL;
    }
    registry_lock();
    member = fresh;
    for (struct revocation *r = s->crls; r && dwAddDisposition != CERT_STORE_ADD_ALWAYS; r = r->next)
        if (der_equal(r->der, der))
            member = r;
    if (s->read_only || s->collection)
        error = (DWORD)E_ACCESSDENIED;
    else if (!fresh)
        error = (DWORD)E_OUTOFMEMORY;
    else if (member != fresh && dwAddDisposition == CERT_STORE_ADD_NEW)
        error = (DWORD)CRYPT_E_EXISTS;
    else if (member == fresh && registry_add(REGISTRY_CRL, fresh, s, 0))
        error = (DWORD)E_OUTOFMEMORY;
    if (error == ERROR_SUCCESS && member == fresh) {
        fresh->store = s;
        fresh->shown.hCertStore = s;
        fresh->next = s->crls;
        s->crls = fresh;
    }
    if (error == ERROR_SUCCESS && ppStoreContext) {
        registry_hold_member(member);
        *ppStoreContext = &member->shown;
    }
    registry_unlock();
    if (error != ERROR_SUCCESS || member != fresh)
        revocation_destroy(fresh);
    store_release(s);
    CertFreeCRLContext(pCrlContext);
    return error == ERROR_SUCCESS ? TRUE : cert_fail(error);
}
