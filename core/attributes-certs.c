/* SPDX-License-Identifier: MIT
 *
 * Attributes that are certificates: the peer's and one's own. */
#include <config.h>

#include "core/attributes.h"

#include "core/extras.h"
#include "core/memory.h"
#include "core/utf.h"

#include <schannel.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 64u /* certificates of a peer that are shown */

/* What came stapled to it is the certificate's CERT_OCSP_RESPONSE_PROP_ID. */
static PCCERT_CONTEXT with_staple(const struct context *context, PCCERT_CONTEXT certificate)
{
    const struct extras *extras = context->extras;
    if (!certificate || !extras || !extras->staple.len)
        return certificate;
    CRYPT_DATA_BLOB blob = {(DWORD)extras->staple.len, extras->staple.ptr};
    if (CertSetCertificateContextProperty(certificate, CERT_OCSP_RESPONSE_PROP_ID, 0, &blob))
        return certificate;
    CertFreeCertificateContext(certificate);
    return NULL;
}

SECURITY_STATUS attribute_remote_cert(struct context *context, void *out, enum form form)
{
    (void)form;
    struct sspi_bytes der, *chain;
    unsigned count = 0;
    if (!context_peer_cert(context, 0, &der))
        return SEC_E_NO_CREDENTIALS; /* K34 */
    chain = calloc(CHAIN_MAX, sizeof *chain);
    if (!chain)
        return SEC_E_INSUFFICIENT_MEMORY;
    PCCERT_CONTEXT certificate = NULL;
    struct bytes copy = {0}; /* what peer_cert() lends is good until the next call */
    size_t at = 0;
    int whole = 1;
    for (; whole && count < CHAIN_MAX && context_peer_cert(context, count, &der); count++) {
        chain[count].len = der.len;
        whole = bytes_append(&copy, der.ptr, der.len) == 0;
    }
    for (unsigned i = 0; i < count; at += chain[i++].len)
        chain[i].ptr = copy.ptr + at;
    if (whole)
        certificate = with_staple(context, cert_from_chain(chain, count));
    bytes_free(&copy);
    free(chain);
    if (!certificate)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(out, &certificate, sizeof certificate);
    return SEC_E_OK;
}

SECURITY_STATUS attribute_local_cert(struct context *context, void *out, enum form form)
{
    (void)form;
    if (!context->certificate)
        return SEC_E_NO_CREDENTIALS;
    const struct cert_identity *own = &context->certificate->identity;
    PCCERT_CONTEXT certificate = cert_from_chain(own->chain, own->chain_count);
    if (!certificate)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(out, &certificate, sizeof certificate);
    return SEC_E_OK;
}

/* Every certificate the peer sent, leaf first: four octets of length in the machine's order, and DER. */
SECURITY_STATUS attribute_remote_certs(struct context *context, void *out, enum form form)
{
    SecPkgContext_Certificates answer = {0};
    struct sspi_bytes der;
    struct bytes list = {0};
    SECURITY_STATUS status = SEC_E_OK;
    (void)form;
    while (status == SEC_E_OK && answer.cCertificates < CHAIN_MAX &&
           context_peer_cert(context, answer.cCertificates, &der)) {
        uint32_t len = (uint32_t)der.len;
        if (bytes_append(&list, &len, sizeof len) != 0 || bytes_append(&list, der.ptr, der.len) != 0)
            status = SEC_E_INSUFFICIENT_MEMORY;
        answer.cCertificates++;
    }
    if (status == SEC_E_OK && !answer.cCertificates)
        status = SEC_E_NO_CREDENTIALS;
    if (status == SEC_E_OK && !(answer.pbCertificateChain = memory_hand_out(list.len)))
        status = SEC_E_INSUFFICIENT_MEMORY;
    if (status == SEC_E_OK) {
        memcpy(answer.pbCertificateChain, list.ptr, list.len);
        answer.cbCertificateChain = (DWORD)list.len;
        memcpy(out, &answer, sizeof answer);
    }
    bytes_free(&list);
    return status;
}

/* ---- anchors, and what they make of the peer's chain ---- */

/* The anchors that count for this connection, in a store of the caller's own. */
SECURITY_STATUS attribute_root_store(struct context *context, void *out, enum form form)
{
    const struct cert_anchors *anchors = context->credential->anchors;
    struct cert_anchors *system = NULL;
    unsigned count = 0;
    (void)form;
    if (!anchors)
        anchors = system = cert_anchors_system();
    if (!anchors)
        return SEC_E_INTERNAL_ERROR;
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    const struct sspi_bytes *der = cert_anchors_der(anchors, &count);
    int whole = store != NULL;
    for (unsigned i = 0; whole && i < count; i++)
        whole = CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, der[i].ptr, (DWORD)der[i].len,
                                                 CERT_STORE_ADD_ALWAYS, NULL);
    if (system)
        cert_anchors_release(system);
    if (!whole) {
        if (store)
            CertCloseStore(store, 0);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    memcpy(out, &store, sizeof store);
    return SEC_E_OK;
}

static DWORD revocation_of(ULONG flags)
{
    return (flags & SCH_CRED_REVOCATION_CHECK_END_CERT ? CERT_CHAIN_REVOCATION_CHECK_END_CERT : 0) |
           (flags & SCH_CRED_REVOCATION_CHECK_CHAIN ? CERT_CHAIN_REVOCATION_CHECK_CHAIN : 0) |
           (flags & SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT
                ? CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT
                : 0);
}

/* What the SSL policy says of a chain, with the target's name unless the credential passes over it. */
static SECURITY_STATUS ask_policy(const struct context *context, PCCERT_CHAIN_CONTEXT chain,
                                  CERT_CHAIN_POLICY_STATUS *said)
{
    int server = (context->flags & CONTEXT_SERVER) != 0, bad, checked;
    int named = !server && !(context->validation & SCH_CRED_NO_SERVERNAME_CHECK);
    const char *target = context->target ? context->target : ""; /* nobody said whom: no name fits */
    HTTPSPolicyCallbackData extra = {.dwAuthType = server ? AUTHTYPE_CLIENT : AUTHTYPE_SERVER};
    CERT_CHAIN_POLICY_PARA para = {.cbSize = sizeof para, .pvExtraPolicyPara = &extra};
    extra.cbStruct = sizeof extra;
    WCHAR *name = named ? utf8_to_wide(target, 8 * sizeof(WCHAR), NULL, &bad) : NULL;
    if (named && !name)
        return SEC_E_INSUFFICIENT_MEMORY;
    extra.pwszServerName = name;
    checked = CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, chain, &para, said);
    free(name);
    return checked ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

/* The peer's chain, judged now and whatever was decided in the handshake: what a program with a MANUAL
 * credential would find with the credential's anchors and flags. */
SECURITY_STATUS attribute_cert_check(struct context *context, void *out, enum form form)
{
    PCCERT_CONTEXT peer;
    HCERTCHAINENGINE engine = NULL;
    HCERTSTORE roots = NULL;
    PCCERT_CHAIN_CONTEXT chain = NULL;
    CERT_CHAIN_POLICY_STATUS said = {.cbSize = sizeof said};
    char client[] = szOID_PKIX_KP_CLIENT_AUTH, server[] = szOID_PKIX_KP_SERVER_AUTH;
    LPSTR usage = context->flags & CONTEXT_SERVER ? client : server;
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config};
    SECURITY_STATUS status = attribute_remote_cert(context, &peer, form);
    if (status != SEC_E_OK)
        return status;
    para.RequestedUsage.Usage.cUsageIdentifier = 1;
    para.RequestedUsage.Usage.rgpszUsageIdentifier = &usage;
    if (context->credential->anchors) {
        status = attribute_root_store(context, &roots, form);
        config.hExclusiveRoot = roots;
        config.dwExclusiveFlags = CERT_CHAIN_EXCLUSIVE_ENABLE_CA_FLAG;
        if (status == SEC_E_OK && !CertCreateCertificateChainEngine(&config, &engine))
            status = SEC_E_INSUFFICIENT_MEMORY;
    }
    if (status == SEC_E_OK && !CertGetCertificateChain(engine, peer, NULL, peer->hCertStore, &para,
                                                       revocation_of(context->validation), NULL, &chain))
        status = SEC_E_INSUFFICIENT_MEMORY;
    if (status == SEC_E_OK)
        status = ask_policy(context, chain, &said);
    if (status == SEC_E_OK) {
        const SecPkgContext_CertificateValidationResult answer = {chain->TrustStatus.dwErrorStatus,
                                                                  (HRESULT)said.dwError};
        memcpy(out, &answer, sizeof answer);
    }
    if (chain)
        CertFreeCertificateChain(chain);
    if (engine)
        CertFreeCertificateChainEngine(engine);
    if (roots)
        CertCloseStore(roots, 0);
    CertFreeCertificateContext(peer);
    return status;
}
