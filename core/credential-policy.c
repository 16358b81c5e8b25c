/* SPDX-License-Identifier: MIT
 *
 * SECPKG_ATTR_CLIENT_CERT_POLICY of a server's credential: whom a CertificateRequest names, and how the chain
 * of a client is judged where the handshake judges it (D16).  What asks for more than can be kept is refused.
 */
#include <config.h>

#include "core/credential.h"

#include "core/cert/system.h"
#include "core/memory.h"
#include "core/utf.h"

#include <schannel.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX (64u * 1024u - 2) /* octets that a CertificateRequest has room for */

/* Nothing is fetched, so neither of these asks for anything. */
#define HARMLESS (CERT_CHAIN_CACHE_END_CERT | CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL)

static const struct {
    DWORD chain;
    ULONG cred;
} revocation[] = {
    {CERT_CHAIN_REVOCATION_CHECK_END_CERT, SCH_CRED_REVOCATION_CHECK_END_CERT},
    {CERT_CHAIN_REVOCATION_CHECK_CHAIN, SCH_CRED_REVOCATION_CHECK_CHAIN},
    {CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT, SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT},
};

/* The subjects of a system store of the machine's, one after another. */
static SECURITY_STATUS read_names(const void *wide, unsigned bits, struct bytes *names)
{
    int bad = 0;
    char *name = utf8_from_wide(wide, bits, (size_t)-1, &bad);
    if (!name)
        return bad ? SEC_E_INVALID_PARAMETER : SEC_E_INSUFFICIENT_MEMORY;
    HCERTSTORE store = open_system(name, CERT_SYSTEM_STORE_LOCAL_MACHINE | CERT_STORE_READONLY_FLAG |
                                             CERT_STORE_OPEN_EXISTING_FLAG);
    free(name);
    if (!store)
        return SEC_E_INVALID_PARAMETER;
    SECURITY_STATUS status = SEC_E_OK;
    PCCERT_CONTEXT at = NULL;
    while ((at = CertEnumCertificatesInStore(store, at)) != NULL) {
        const CERT_NAME_BLOB *subject = &at->pCertInfo->Subject;
        if (status != SEC_E_OK)
            continue;
        if (names->len + subject->cbData + 2 > NAMES_MAX)
            status = SEC_E_INVALID_PARAMETER;
        else if (bytes_append(names, subject->pbData, subject->cbData) != 0)
            status = SEC_E_INSUFFICIENT_MEMORY;
    }
    CertCloseStore(store, 0);
    return status;
}

SECURITY_STATUS credential_client_policy_set(struct credential *cred, const void *in, enum form form)
{
    SecPkgCred_ClientCertPolicy policy;
    struct bytes names = {0};
    ULONG flags = 0;
    DWORD known = HARMLESS;
    memcpy(&policy, in, sizeof policy);
    for (size_t i = 0; i < sizeof revocation / sizeof *revocation; i++) {
        known |= revocation[i].chain;
        flags |= policy.dwCertFlags & revocation[i].chain ? revocation[i].cred : 0;
    }
    if (!(cred->server | cred->datagram_server) || policy.pwszSslCtlIdentifier ||
        policy.fCheckRevocationFreshnessTime || policy.dwCertFlags & ~known ||
        (policy.pwszSslCtlStoreName && !(cred->provider->api.caps & SSPI_CAP_ISSUER_NAMES)))
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (atomic_load_explicit(&cred->refs, memory_order_acquire) != 1) /* as it was when a context took it */
        return SEC_E_OUT_OF_SEQUENCE;
    SECURITY_STATUS status = policy.pwszSslCtlStoreName
                                 ? read_names(policy.pwszSslCtlStoreName, FORM_BITS(form), &names)
                                 : SEC_E_OK;
    if (status != SEC_E_OK) {
        bytes_free(&names);
        return status;
    }
    struct credential *datagram = atomic_load_explicit(&cred->datagram, memory_order_acquire);
    bytes_free(&cred->policy.names);
    cred->policy.names = names;
    cred->policy.omit_usage = policy.fOmitUsageCheck != 0;
    cred->flags |= flags;
    if (datagram)
        datagram->flags |= flags;
    return SEC_E_OK;
}
