/* SPDX-License-Identifier: MIT
 *
 * CertFindChainInStore: which certificate of a store with a private key leads to one of the issuers that a
 * peer names. */
#include <config.h>

#define CERT_CHAIN_FIND_BY_ISSUER_PARA_HAS_EXTRA_FIELDS
#include "core/cert/find.h"

#include <stddef.h>
#include <string.h>
#include <windows.h>

#define ISSUERS_MAX 4096u

struct search {
    HCERTSTORE store;
    DWORD flags;
    CERT_CHAIN_FIND_BY_ISSUER_PARA para; /* what the caller's cbSize covers; the rest is zero */
    uint8_t oid[64];
    struct sspi_bytes usage; /* empty: any */
};

/* 0, or -1: not what Windows documents. */
static int read_para(const void *given, struct search *s)
{
    DWORD size = given ? *(const DWORD *)given : 0;
    size_t len = sizeof s->oid;
    if (size < offsetof(CERT_CHAIN_FIND_BY_ISSUER_PARA, pdwIssuerChainIndex))
        return -1;
    memcpy(&s->para, given, size < sizeof s->para ? size : sizeof s->para);
    if (s->para.cIssuer > ISSUERS_MAX || (s->para.cIssuer && !s->para.rgIssuer))
        return -1;
    if (!s->para.pszUsageIdentifier)
        return 0;
    if (der_oid_octets(s->para.pszUsageIdentifier, s->oid, &len))
        return -1;
    s->usage = (struct sspi_bytes){s->oid, len};
    return 0;
}

static int key_fits_it(struct certificate *c)
{
    struct key *key = certificate_key(c);
    int fits = key && key_fits(key, &c->data->x);
    key_drop(key);
    return fits;
}

static int key_spec_is(PCCERT_CONTEXT context, DWORD wanted)
{
    DWORD spec, size = sizeof spec;
    return !wanted || (CertGetCertificateContextProperty(context, CERT_KEY_SPEC_PROP_ID, &spec, &size) &&
                       spec == wanted);
}

/* What can be told before a chain is built. */
static int is_candidate(PCCERT_CONTEXT context, const struct search *s)
{
    struct certificate *c = certificate_of(context);
    if (s->usage.len && !x509_allows(&c->data->x, s->usage))
        return 0;
    if (!key_spec_is(context, s->para.dwKeySpec))
        return 0;
    if (s->flags & CERT_CHAIN_FIND_BY_ISSUER_COMPARE_KEY_FLAG && !key_fits_it(c))
        return 0;
    return !s->para.pfnFindCallback || s->para.pfnFindCallback(context, s->para.pvFindArg);
}

/* Where in the chain one of the issuers stands above an element; -1: nowhere. */
static int issuer_at(PCCERT_CHAIN_CONTEXT chain, const struct search *s)
{
    const CERT_SIMPLE_CHAIN *simple = chain->rgpChain[0];
    for (DWORD i = 0; i < simple->cElement; i++) {
        struct sspi_bytes issuer = certificate_of(simple->rgpElement[i]->pCertContext)->data->x.issuer;
        for (DWORD k = 0; k < s->para.cIssuer; k++)
            if (der_equal(issuer,
                          (struct sspi_bytes){s->para.rgIssuer[k].pbData, s->para.rgIssuer[k].cbData}))
                return (int)i;
    }
    return s->para.cIssuer ? -1 : 0;
}

/* The chain above a candidate, where it is one that was asked for. */
static PCCERT_CHAIN_CONTEXT chain_of(PCCERT_CONTEXT context, const struct search *s)
{
    PCCERT_CHAIN_CONTEXT chain = NULL;
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    if (!CertGetCertificateChain(NULL, context, NULL, s->store, &para, 0, NULL, &chain))
        return NULL;
    int at = issuer_at(chain, s);
    if (at < 0) {
        CertFreeCertificateChain(chain);
        return NULL;
    }
    if (s->para.pdwIssuerChainIndex)
        *s->para.pdwIssuerChainIndex = 0;
    if (s->para.pdwIssuerElementIndex)
        *s->para.pdwIssuerElementIndex = (DWORD)at;
    return chain;
}

/* The leaf of the chain found last, counted, which is given up as Windows does; 0, or -1: not a chain. */
static int take_previous(PCCERT_CHAIN_CONTEXT chain, PCCERT_CONTEXT *leaf)
{
    *leaf = NULL;
    if (!chain)
        return 0;
    registry_lock();
    int known = registry_has(REGISTRY_CHAIN, chain);
    registry_unlock();
    if (!known)
        return -1;
    *leaf = CertDuplicateCertificateContext(chain->rgpChain[0]->rgpElement[0]->pCertContext);
    CertFreeCertificateChain(chain);
    return 0;
}

PCCERT_CHAIN_CONTEXT WINAPI CertFindChainInStore(HCERTSTORE hCertStore, DWORD dwCertEncodingType,
                                                 DWORD dwFindFlags, DWORD dwFindType, const void *pvFindPara,
                                                 PCCERT_CHAIN_CONTEXT pPrevChainContext)
{
    struct search s = {.store = hCertStore, .flags = dwFindFlags};
    PCCERT_CHAIN_CONTEXT found = NULL;
    PCCERT_CONTEXT at;
    (void)dwCertEncodingType;
    int wild = take_previous(pPrevChainContext, &at);
    if (wild || dwFindType != CERT_CHAIN_FIND_BY_ISSUER || read_para(pvFindPara, &s)) {
        CertFreeCertificateContext(at);
        cert_fail((DWORD)E_INVALIDARG);
        return NULL;
    }
    DWORD how =
        dwFindFlags & CERT_CHAIN_FIND_BY_ISSUER_NO_KEY_FLAG ? CERT_FIND_ANY : CERT_FIND_HAS_PRIVATE_KEY;
    while (!found && (at = find_certificate(hCertStore, 0, how, NULL, at, 16)) != NULL)
        if (is_candidate(at, &s))
            found = chain_of(at, &s);
    if (!found)
        return NULL; /* the last error is that of the search: CRYPT_E_NOT_FOUND, or no store */
    CertFreeCertificateContext(at);
    return found;
}
