/* SPDX-License-Identifier: MIT
 *
 * CertGetCertificateChain: a path as Windows shows it. */
#include <config.h>

#include "core/cert/chain.h"
#include "core/cert/store.h"
#include "core/cert/system.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define USAGES_MAX 16u

/* ---- what a search needs, held while it runs ---- */

struct material {
    struct certificate_data *data[PATH_PEERS]; /* [0]: the leaf's */
    struct x509 peers[PATH_PEERS];
    unsigned count;
    struct sspi_bytes *crls; /* copies */
    unsigned crl_count;
};

static void let_go(struct material *m)
{
    for (unsigned i = 0; i < m->count; i++)
        certificate_data_drop(m->data[i]);
    for (unsigned i = 0; i < m->crl_count; i++)
        free((void *)(uintptr_t)m->crls[i].ptr);
    free(m->crls);
    free(m);
}

static void add_candidate(struct material *m, struct certificate_data *data)
{
    for (unsigned i = 0; i < m->count; i++)
        if (der_equal(m->data[i]->x.der, data->x.der))
            return;
    if (m->count == PATH_PEERS)
        return;
    m->peers[m->count] = data->x;
    m->data[m->count++] = certificate_data_hold(data);
}

/* Only what could stand in a path from what is there already: stores may be large. */
static int is_wanted(const struct material *m, const struct x509 *x)
{
    for (unsigned i = 0; i < m->count; i++)
        if (der_equal(m->peers[i].issuer, x->subject))
            return 1;
    return 0;
}

/* Under the lock.  One that is left out for want of memory would be a revocation passed over: -1. */
static int add_list(struct material *m, struct sspi_bytes der)
{
    struct sspi_bytes *grown = realloc(m->crls, (m->crl_count + 1) * sizeof *grown);
    uint8_t *copy = grown ? malloc(der.len) : NULL;
    if (grown)
        m->crls = grown;
    if (!copy)
        return -1;
    memcpy(copy, der.ptr, der.len);
    m->crls[m->crl_count++] = (struct sspi_bytes){copy, der.len};
    return 0;
}

static int add_lists(struct material *m, struct store *s)
{
    int failed = 0;
    registry_lock();
    for (struct revocation *r = s->crls; r && !failed; r = r->next)
        failed = add_list(m, r->der);
    registry_unlock();
    return failed;
}

/* Round after round, since an issuer's issuer is wanted only once the issuer is there. */
static void add_candidates(struct material *m, struct store *s)
{
    unsigned before;
    do {
        before = m->count;
        for (struct certificate *c = store_next(s, NULL); c; c = store_next(s, c))
            if (is_wanted(m, &c->data->x))
                add_candidate(m, c->data);
    } while (m->count != before && m->count < PATH_PEERS);
}

/* ---- as Windows shows it ---- */

struct shown { /* one block; registered by the address of its first member */
    CERT_CHAIN_CONTEXT context;
    CERT_SIMPLE_CHAIN chain, *chains[1];
    CERT_CHAIN_ELEMENT element[PATH_DEPTH], *elements[PATH_DEPTH];
    CERT_REVOCATION_INFO revocation[PATH_DEPTH];
};

static DWORD errors_of(uint32_t faults)
{
    static const struct {
        uint32_t fault;
        DWORD error;
    } same[] = {
        {PATH_TIME, CERT_TRUST_IS_NOT_TIME_VALID},
        {PATH_SIGNATURE | PATH_OTHER, CERT_TRUST_IS_NOT_SIGNATURE_VALID},
        {PATH_BASIC, CERT_TRUST_INVALID_BASIC_CONSTRAINTS},
        {PATH_KEY_USAGE | PATH_USAGE, CERT_TRUST_IS_NOT_VALID_FOR_USAGE},
        {PATH_NAMES, CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT},
        {PATH_CRITICAL, CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT},
        {PATH_WEAK, CERT_TRUST_HAS_WEAK_SIGNATURE},
        {PATH_REVOKED, CERT_TRUST_IS_REVOKED},
        {PATH_DISTRUSTED, CERT_TRUST_IS_EXPLICIT_DISTRUST},
        {PATH_REVOCATION_UNKNOWN, CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION},
    };
    DWORD errors = faults & PATH_PARTIAL     ? CERT_TRUST_IS_PARTIAL_CHAIN
                   : faults & PATH_UNTRUSTED ? CERT_TRUST_IS_UNTRUSTED_ROOT
                                             : CERT_TRUST_NO_ERROR;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (faults & same[i].fault)
            errors |= same[i].error;
    return errors;
}

static DWORD info_of(const struct path *p, unsigned i)
{
    const struct x509 *x = p->cert[i];
    if (x509_self_issued(x))
        return CERT_TRUST_IS_SELF_SIGNED | CERT_TRUST_HAS_NAME_MATCH_ISSUER;
    if (i + 1 == p->count)
        return 0;
    if (x->has & X509_AUTHORITY && p->cert[i + 1]->has & X509_KEY_IDENTIFIER &&
        der_equal(x->authority_key_identifier, p->cert[i + 1]->key_identifier))
        return CERT_TRUST_HAS_KEY_MATCH_ISSUER | CERT_TRUST_HAS_PREFERRED_ISSUER;
    return CERT_TRUST_HAS_NAME_MATCH_ISSUER | CERT_TRUST_HAS_PREFERRED_ISSUER;
}

static void shown_destroy(struct shown *s)
{
    for (DWORD i = 0; i < s->chain.cElement; i++)
        CertFreeCertificateContext(s->element[i].pCertContext);
    free(s);
}

/* A context for one certificate of the path: the caller's own for the leaf. */
static PCCERT_CONTEXT element_context(const struct material *m, const struct cert_anchors *a,
                                      const struct x509 *x, PCCERT_CONTEXT leaf)
{
    struct certificate_data *data = NULL;
    if (x == &m->peers[0])
        return CertDuplicateCertificateContext(leaf);
    if (x > m->peers && x < m->peers + m->count)
        data = m->data[x - m->peers];
    for (unsigned i = 0; a && !data && i < a->count; i++)
        if (x == &a->anchor[i].data->x)
            data = a->anchor[i].data;
    struct certificate *c = data ? certificate_new(data, NULL) : NULL;
    return c ? &c->shown : NULL;
}

/* What was found out about a certificate that was asked about. */
static DWORD revocation_result(const struct path *p, unsigned i)
{
    if (p->fault[i] & PATH_REVOKED)
        return (DWORD)CRYPT_E_REVOKED;
    if (p->fault[i] & PATH_REVOCATION_UNKNOWN)
        return p->cert[i]->has & X509_REVOCATION_SOURCE ? (DWORD)CRYPT_E_REVOCATION_OFFLINE
                                                        : (DWORD)CRYPT_E_NO_REVOCATION_CHECK;
    return ERROR_SUCCESS;
}

static struct shown *show(const struct material *m, const struct cert_anchors *a, const struct path *p,
                          PCCERT_CONTEXT leaf)
{
    struct shown *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->context.cbSize = sizeof s->context;
    s->context.cChain = 1;
    s->context.rgpChain = s->chains;
    s->chains[0] = &s->chain;
    s->chain.cbSize = sizeof s->chain;
    s->chain.rgpElement = s->elements;
    for (unsigned i = 0; i < p->count; i++) {
        CERT_CHAIN_ELEMENT *e = s->elements[i] = &s->element[i];
        e->cbSize = sizeof *e;
        if (!(e->pCertContext = element_context(m, a, p->cert[i], leaf))) {
            shown_destroy(s);
            return NULL;
        }
        s->chain.cElement++;
        e->TrustStatus = (CERT_TRUST_STATUS){errors_of(p->fault[i]), info_of(p, i)};
        s->chain.TrustStatus.dwErrorStatus |= e->TrustStatus.dwErrorStatus;
        s->revocation[i] = (CERT_REVOCATION_INFO){.cbSize = sizeof s->revocation[i],
                                                  .dwRevocationResult = revocation_result(p, i)};
        if (p->fault[i] & (PATH_REVOKED | PATH_REVOCATION_UNKNOWN))
            e->pRevocationInfo = &s->revocation[i];
    }
    s->chain.TrustStatus.dwInfoStatus = CERT_TRUST_HAS_PREFERRED_ISSUER;
    s->context.TrustStatus = s->chain.TrustStatus;
    return s;
}

/* ---- asking ---- */

struct usages {
    uint8_t octets[USAGES_MAX][64];
    struct sspi_bytes oid[USAGES_MAX];
    unsigned count;
    int or ;
};

static int read_usages(const CERT_CHAIN_PARA *para, struct usages *u)
{
    u->count = 0;
    u->or = 0;
    if (!para || para->cbSize < offsetof(CERT_CHAIN_PARA, RequestedUsage) + sizeof para->RequestedUsage)
        return 0;
    const CERT_ENHKEY_USAGE *usage = &para->RequestedUsage.Usage;
    u->or = para->RequestedUsage.dwType == USAGE_MATCH_TYPE_OR;
    if (usage->cUsageIdentifier > USAGES_MAX || (usage->cUsageIdentifier && !usage->rgpszUsageIdentifier))
        return -1;
    for (; u->count < usage->cUsageIdentifier; u->count++) {
        size_t len = sizeof u->octets[0];
        const char *oid = usage->rgpszUsageIdentifier[u->count];
        if (!oid || der_oid_octets(oid, u->octets[u->count], &len))
            return -1;
        u->oid[u->count] = (struct sspi_bytes){u->octets[u->count], len};
    }
    return 0;
}

static int revocation_of(DWORD flags)
{
    if (flags & (CERT_CHAIN_REVOCATION_CHECK_CHAIN | CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT))
        return REVOCATION_ALL;
    return flags & CERT_CHAIN_REVOCATION_CHECK_END_CERT ? REVOCATION_LEAF : REVOCATION_NONE;
}

/* Everything there is to build from: the certificate's own store, the caller's, the engine's. */
static struct material *gather(struct certificate *leaf, struct store *additional,
                               const struct chain_engine *engine, const struct cert_anchors *anchors)
{
    struct material *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    add_candidate(m, leaf->data);
    registry_lock();
    struct store *own = leaf->store;
    if (own)
        registry_hold_member(own);
    registry_unlock();
    struct store *from[3] = {own, additional, system_intermediates()};
    for (unsigned round = 0; round < 2;
         round++) { /* twice: a store may hold the issuer of another's issuer */
        for (unsigned i = 0; i < 3; i++)
            if (from[i])
                add_candidates(m, from[i]);
        for (unsigned i = 0; engine && i < engine->other_count; i++)
            add_candidates(m, engine->others[i]);
    }
    int failed = 0;
    for (unsigned i = 0; i < 3 && !failed; i++)
        failed = from[i] && add_lists(m, from[i]);
    for (unsigned i = 0; anchors && i < anchors->crl_count && !failed; i++)
        failed = add_list(m, anchors->crl[i]);
    for (unsigned i = 0; engine && i < engine->other_count && !failed; i++)
        failed = add_lists(m, engine->others[i]);
    store_release(own);
    store_release(from[2]);
    if (failed) {
        let_go(m);
        m = NULL;
    }
    return m;
}

static struct shown *build(struct certificate *leaf, struct store *additional,
                           const struct chain_engine *engine, const CERT_CHAIN_PARA *para, int64_t when,
                           DWORD flags)
{
    struct usages usages;
    struct path found;
    struct shown *shown = NULL;
    if (read_usages(para, &usages)) {
        cert_fail((DWORD)E_INVALIDARG);
        return NULL;
    }
    struct cert_anchors *system = engine ? NULL : cert_anchors_system();
    const struct cert_anchors *anchors = engine ? engine->anchors : system;
    struct material *m = gather(leaf, additional, engine, anchors);
    if (m) {
        struct path_job job = {.host = 1, /* a policy may ask for one later */
                               .provider = path_judge(NULL),
                               .anchors = anchors,
                               .peers = m->peers,
                               .peer_count = m->count,
                               .crls = m->crls,
                               .crl_count = m->crl_count,
                               .usages = usages.oid,
                               .usage_count = usages.count,
                               .usage_or = usages.or
                               , .time = when, .revocation = revocation_of(flags)};
        if (!path_find(&job, &found))
            shown = show(m, anchors, &found, &leaf->shown);
        let_go(m);
    }
    cert_anchors_release(system);
    if (!shown)
        cert_fail((DWORD)E_OUTOFMEMORY);
    return shown;
}

/* HCCE_CURRENT_USER and HCCE_LOCAL_MACHINE are the system's anchors: NULL.  -1: not an engine. */
static int engine_take(HCERTCHAINENGINE handle, struct chain_engine **out)
{
    *out = NULL;
    if (handle == HCCE_CURRENT_USER || handle == HCCE_LOCAL_MACHINE)
        return 0;
    registry_lock();
    int failed = registry_hold(REGISTRY_ENGINE, handle);
    registry_unlock();
    *out = failed ? NULL : handle;
    return failed;
}

BOOL WINAPI CertGetCertificateChain(HCERTCHAINENGINE hChainEngine, PCCERT_CONTEXT pCertContext,
                                    LPFILETIME pTime, HCERTSTORE hAdditionalStore,
                                    PCERT_CHAIN_PARA pChainPara, DWORD dwFlags, LPVOID pvReserved,
                                    SSPI_CHAIN_OUT ppChainContext)
{
    struct chain_engine *engine;
    struct shown *shown = NULL;
    (void)pvReserved;
    if (!ppChainContext.p || engine_take(hChainEngine, &engine))
        return cert_fail((DWORD)E_INVALIDARG);
    *ppChainContext.p = NULL;
    struct certificate *leaf = certificate_take(pCertContext);
    struct store *additional = leaf && hAdditionalStore ? store_take(hAdditionalStore) : NULL;
    if (leaf && (additional || !hAdditionalStore))
        shown = build(leaf, additional, engine, pChainPara,
                      pTime ? filetime_seconds(*pTime) : (int64_t)time(NULL), dwFlags);
    store_release(additional);
    certificate_release(leaf);
    if (engine)
        CertFreeCertificateChainEngine(engine);
    if (!shown)
        return FALSE;
    shown->context.dwCreateFlags = dwFlags;
    registry_lock();
    int failed = registry_add(REGISTRY_CHAIN, shown, NULL, 1);
    registry_unlock();
    if (failed) {
        shown_destroy(shown);
        return cert_fail((DWORD)E_OUTOFMEMORY);
    }
    *ppChainContext.p = &shown->context;
    return TRUE;
}

VOID WINAPI CertFreeCertificateChain(PCCERT_CHAIN_CONTEXT pChainContext)
{
    const void *gone = NULL;
    registry_lock();
    int last = registry_drop(REGISTRY_CHAIN, pChainContext, &gone) == 1;
    registry_unlock();
    if (last)
        shown_destroy((struct shown *)(uintptr_t)gone);
}
