/* SPDX-License-Identifier: MIT
 *
 * CertVerifyCertificateChainPolicy: what a chain's faults amount to, and whether it speaks for a host. */
#include <config.h>

#include "core/cert/chain.h"

#include "core/cert/certificate.h"
#include "core/cert/names.h"
#include "core/utf.h"

#include <stdlib.h>

#define IGNORE_KNOWN                                                                                         \
    (SECURITY_FLAG_IGNORE_REVOCATION | SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_WRONG_USAGE |  \
     SECURITY_FLAG_IGNORE_CERT_CN_INVALID | SECURITY_FLAG_IGNORE_CERT_DATE_INVALID)

/* Nothing of CERT_CHAIN_POLICY_PARA passes over a revoked certificate; fdwChecks may. */
#define IGNORE_REVOKED 0x80000000u

/* Worst first; `ignored_by`: the flag of CERT_CHAIN_POLICY_PARA that passes over it. */
static const struct {
    DWORD trust, ignored_by;
    HRESULT error;
} faults[] = {
    {CERT_TRUST_IS_NOT_SIGNATURE_VALID, 0, TRUST_E_CERT_SIGNATURE},
    {CERT_TRUST_IS_EXPLICIT_DISTRUST, 0, TRUST_E_EXPLICIT_DISTRUST},
    {CERT_TRUST_IS_UNTRUSTED_ROOT, CERT_CHAIN_POLICY_ALLOW_UNKNOWN_CA_FLAG, CERT_E_UNTRUSTEDROOT},
    {CERT_TRUST_IS_PARTIAL_CHAIN, CERT_CHAIN_POLICY_ALLOW_UNKNOWN_CA_FLAG, CERT_E_CHAINING},
    {CERT_TRUST_IS_REVOKED, IGNORE_REVOKED, CRYPT_E_REVOKED},
    {CERT_TRUST_HAS_WEAK_SIGNATURE, 0, TRUST_E_CERT_SIGNATURE},
    {CERT_TRUST_INVALID_BASIC_CONSTRAINTS, CERT_CHAIN_POLICY_IGNORE_INVALID_BASIC_CONSTRAINTS_FLAG,
     TRUST_E_BASIC_CONSTRAINTS},
    {CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT, CERT_CHAIN_POLICY_IGNORE_INVALID_NAME_FLAG,
     CERT_E_INVALID_NAME},
    {CERT_TRUST_HAS_NOT_SUPPORTED_CRITICAL_EXT, CERT_CHAIN_POLICY_IGNORE_NOT_SUPPORTED_CRITICAL_EXT_FLAG,
     CERT_E_CRITICAL},
    {CERT_TRUST_IS_NOT_TIME_VALID, CERT_CHAIN_POLICY_IGNORE_NOT_TIME_VALID_FLAG, CERT_E_EXPIRED},
    {CERT_TRUST_IS_NOT_VALID_FOR_USAGE, CERT_CHAIN_POLICY_IGNORE_WRONG_USAGE_FLAG, CERT_E_WRONG_USAGE},
};

struct finding {
    HRESULT error;
    LONG chain, element;
};

static struct finding first_fault(const CERT_CHAIN_CONTEXT *c, DWORD ignore)
{
    const CERT_SIMPLE_CHAIN *chain = c->rgpChain[0];
    for (size_t f = 0; f < sizeof faults / sizeof *faults; f++) {
        if (!(c->TrustStatus.dwErrorStatus & faults[f].trust) || ignore & faults[f].ignored_by)
            continue;
        for (DWORD i = 0; i < chain->cElement; i++)
            if (chain->rgpElement[i]->TrustStatus.dwErrorStatus & faults[f].trust)
                return (struct finding){faults[f].error, 0, (LONG)i};
        return (struct finding){faults[f].error, 0, -1};
    }
    for (DWORD i = 0; i < chain->cElement; i++) {
        const CERT_CHAIN_ELEMENT *e = chain->rgpElement[i];
        if (e->TrustStatus.dwErrorStatus & CERT_TRUST_REVOCATION_STATUS_UNKNOWN && e->pRevocationInfo &&
            !(ignore & (i ? CERT_CHAIN_POLICY_IGNORE_CA_REV_UNKNOWN_FLAG
                          : CERT_CHAIN_POLICY_IGNORE_END_REV_UNKNOWN_FLAG)))
            return (struct finding){(HRESULT)e->pRevocationInfo->dwRevocationResult, 0, (LONG)i};
    }
    return (struct finding){ERROR_SUCCESS, -1, -1};
}

/* fdwChecks that name anything unknown are not flags but what happened to lie in memory (K39): none counts.
 */
static DWORD checks_of(const HTTPSPolicyCallbackData *extra)
{
    return extra->fdwChecks & ~(DWORD)IGNORE_KNOWN ? 0 : extra->fdwChecks;
}

static DWORD flags_of(const CERT_CHAIN_POLICY_PARA *para)
{
    return para ? para->dwFlags & ~(DWORD)IGNORE_REVOKED : 0;
}

static DWORD ignored_by_checks(DWORD checks)
{
    return (checks & SECURITY_FLAG_IGNORE_REVOCATION
                ? IGNORE_REVOKED | CERT_CHAIN_POLICY_IGNORE_ALL_REV_UNKNOWN_FLAGS
                : 0) |
           (checks & SECURITY_FLAG_IGNORE_UNKNOWN_CA ? CERT_CHAIN_POLICY_ALLOW_UNKNOWN_CA_FLAG : 0) |
           (checks & SECURITY_FLAG_IGNORE_WRONG_USAGE ? CERT_CHAIN_POLICY_IGNORE_WRONG_USAGE_FLAG : 0) |
           (checks & SECURITY_FLAG_IGNORE_CERT_DATE_INVALID ? CERT_CHAIN_POLICY_IGNORE_NOT_TIME_VALID_FLAG
                                                            : 0);
}

static int names(PCCERT_CONTEXT leaf, const WCHAR *host, unsigned bits)
{
    int bad, is = 0;
    struct certificate *c = certificate_take(leaf);
    char *text = c ? utf8_from_wide(host, bits, (size_t)-1, &bad) : NULL;
    if (text)
        is = names_match(&c->data->x, text);
    free(text);
    certificate_release(c);
    return is != 0;
}

static struct finding judge_ssl(PCCERT_CHAIN_CONTEXT c, const CERT_CHAIN_POLICY_PARA *para, unsigned bits)
{
    const HTTPSPolicyCallbackData *extra = para ? para->pvExtraPolicyPara : NULL;
    if (extra && extra->cbStruct < sizeof *extra) /* it may name a host, and nobody would look */
        return (struct finding){(HRESULT)E_INVALIDARG, -1, -1};
    DWORD checks = extra ? checks_of(extra) : 0;
    struct finding found = first_fault(c, flags_of(para) | ignored_by_checks(checks));
    if (found.error != ERROR_SUCCESS || !extra || extra->dwAuthType != AUTHTYPE_SERVER ||
        !extra->pwszServerName || checks & SECURITY_FLAG_IGNORE_CERT_CN_INVALID ||
        (para->dwFlags & CERT_CHAIN_POLICY_IGNORE_INVALID_NAME_FLAG))
        return found;
    if (!names(c->rgpChain[0]->rgpElement[0]->pCertContext, extra->pwszServerName, bits))
        return (struct finding){CERT_E_CN_NO_MATCH, 0, 0};
    return found;
}

BOOL chain_policy(LPCSTR policy, PCCERT_CHAIN_CONTEXT c, const CERT_CHAIN_POLICY_PARA *para,
                  PCERT_CHAIN_POLICY_STATUS status, unsigned bits)
{
    struct finding found;
    registry_lock();
    int failed = !status || registry_hold(REGISTRY_CHAIN, c);
    registry_unlock();
    if (failed)
        return cert_fail((DWORD)E_INVALIDARG);
    int known = policy == CERT_CHAIN_POLICY_BASE || policy == CERT_CHAIN_POLICY_SSL;
    if (known) {
        found = policy == CERT_CHAIN_POLICY_SSL ? judge_ssl(c, para, bits)
                                                : first_fault(c, flags_of(para));
        status->dwError = (DWORD)found.error;
        status->lChainIndex = found.chain;
        status->lElementIndex = found.element;
    }
    CertFreeCertificateChain(c);
    return known ? TRUE : cert_fail(ERROR_FILE_NOT_FOUND);
}
