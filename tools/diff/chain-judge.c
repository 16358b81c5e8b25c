/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A chain as the functions of wincrypt.h want it. */
struct question {
    PCCERT_CONTEXT leaf;
    HCERTSTORE anchors, others;
    int lists, has_time;
    FILETIME when;
    WCHAR host[256];
    char usage[64];
};

static FILETIME moment(const uint8_t *bytes)
{
    uint64_t seconds = 0;
    for (int i = 0; i < 8; i++)
        seconds = seconds << 8 | bytes[i];
    uint64_t ticks = (seconds + 11644473600u) * 10000000u; /* from 1601 on, of 100 ns */
    return (FILETIME){(DWORD)ticks, (DWORD)(ticks >> 32)};
}

static void take(struct question *q, const struct chain_item *item)
{
    HCERTSTORE store = item->kind == CHAIN_ANCHOR ? q->anchors : q->others;
    PCCRL_CONTEXT list;
    size_t i;
    switch (item->kind) {
    case CHAIN_ANCHOR:
    case CHAIN_CERT:
        CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, item->ptr, item->len,
                                         CERT_STORE_ADD_ALWAYS, NULL);
        if (item->kind == CHAIN_CERT && !q->leaf)
            q->leaf = CertCreateCertificateContext(X509_ASN_ENCODING, item->ptr, item->len);
        break;
    case CHAIN_LIST:
        list = CertCreateCRLContext(X509_ASN_ENCODING, item->ptr, item->len);
        q->lists += list && CertAddCRLContextToStore(q->others, list, CERT_STORE_ADD_ALWAYS, NULL);
        CertFreeCRLContext(list);
        break;
    case CHAIN_HOST:
        for (i = 0; i < item->len && i + 1 < sizeof q->host / sizeof *q->host; i++)
            q->host[i] = (WCHAR)item->ptr[i];
        q->host[i] = 0;
        break;
    case CHAIN_USAGE:
        snprintf(q->usage, sizeof q->usage, "%.*s", (int)item->len, (const char *)item->ptr);
        break;
    case CHAIN_TIME:
        if (item->len == 8) {
            q->when = moment(item->ptr);
            q->has_time = 1;
        }
        break;
    default:
        break;
    }
}

static DWORD by_policy(const struct question *q, PCCERT_CHAIN_CONTEXT chain)
{
    int client = strcmp(q->usage, szOID_PKIX_KP_CLIENT_AUTH) == 0;
    SSL_EXTRA_CERT_CHAIN_POLICY_PARA ssl = {.cbSize = sizeof ssl,
                                            .dwAuthType = client ? AUTHTYPE_CLIENT : AUTHTYPE_SERVER,
                                            .pwszServerName = q->host[0] ? (WCHAR *)q->host : NULL};
    CERT_CHAIN_POLICY_PARA para = {.cbSize = sizeof para, .pvExtraPolicyPara = &ssl};
    CERT_CHAIN_POLICY_STATUS status = {.cbSize = sizeof status};
    if (!CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, chain, &para, &status))
        return GetLastError();
    return status.dwError;
}

/* The bits of the chain and of each of its elements. */
static void tell(PCCERT_CHAIN_CONTEXT chain, struct diff_observation *out)
{
    size_t size = sizeof out->attributes;
    int used = snprintf(out->attributes, size, "trust=%08x/%08x", (unsigned)chain->TrustStatus.dwErrorStatus,
                        (unsigned)chain->TrustStatus.dwInfoStatus);
    for (DWORD i = 0; chain->cChain && i < chain->rgpChain[0]->cElement && used > 0 && (size_t)used < size;
         i++) {
        const CERT_TRUST_STATUS *of = &chain->rgpChain[0]->rgpElement[i]->TrustStatus;
        used += snprintf(out->attributes + used, size - (size_t)used, " e%u=%x/%x", (unsigned)i,
                         (unsigned)of->dwErrorStatus, (unsigned)of->dwInfoStatus);
    }
}

static DWORD judge(const struct question *q, struct diff_observation *out)
{
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config,
                                       .hExclusiveRoot = q->anchors,
                                       .dwExclusiveFlags = CERT_CHAIN_EXCLUSIVE_ENABLE_CA_FLAG};
    HCERTCHAINENGINE engine = NULL;
    PCCERT_CHAIN_CONTEXT chain = NULL;
    char usage[64];
    LPSTR usages[] = {usage};
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    FILETIME when = q->when;
    DWORD error;
    memcpy(usage, q->usage, sizeof usage);
    para.RequestedUsage.Usage = (CERT_ENHKEY_USAGE){q->usage[0] != 0, usages};
    if (!CertCreateCertificateChainEngine(&config, &engine))
        return GetLastError();
    if (!CertGetCertificateChain(engine, q->leaf, q->has_time ? &when : NULL, q->others, &para,
                                 q->lists ? CERT_CHAIN_REVOCATION_CHECK_CHAIN : 0, NULL, &chain)) {
        error = GetLastError();
    } else {
        tell(chain, out);
        error = by_policy(q, chain);
        CertFreeCertificateChain(chain);
    }
    CertFreeCertificateChainEngine(engine);
    return error;
}

void chain_judge(const uint8_t *bytes, size_t len, struct diff_observation *out)
{
    struct chain_item items[CHAIN_ITEMS_MAX];
    struct question q = {.lists = 0};
    uint64_t start = diff_cpu_us();
    int count = chain_items(bytes, len, items);
    DWORD error = (DWORD)CRYPT_E_BAD_ENCODE;
    memset(out, 0, sizeof *out);
    q.anchors = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    q.others = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    for (int i = 0; i < count; i++)
        take(&q, &items[i]);
    if (q.leaf)
        error = judge(&q, out);
    out->calls = 1;
    out->fed = out->consumed = (uint32_t)len;
    out->status = (int32_t)error;
    out->state = error ? DIFF_REJECT : DIFF_OPEN;
    out->alert_class = error ? DIFF_CERT : DIFF_NONE;
    CertFreeCertificateContext(q.leaf);
    CertCloseStore(q.anchors, 0);
    CertCloseStore(q.others, 0);
    out->us = (uint32_t)(diff_cpu_us() - start);
}
