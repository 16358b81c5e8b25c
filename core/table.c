/* SPDX-License-Identifier: MIT
 *
 * core/table.c -- the exported functions that no WCHAR crosses.  Each is thin: what Windows calls it with
 * becomes a call of the room behind it (core/forms.h).  core/wide.c has the others and the tables. */
#include <config.h>

#include "core/forms.h"
#include "core/handle.h"
#include "core/memory.h"
#include "core/package.h"

SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesA(SSPI_ULONG_OUT pcPackages, PSecPkgInfoA *ppPackageInfo)
{
    void *infos;
    if (!pcPackages.p || !ppPackageInfo)
        return SEC_E_INVALID_PARAMETER;
    SECURITY_STATUS status = package_all(8, &infos);
    if (status == SEC_E_OK) {
        *(ulong_alias *)pcPackages.p = PACKAGE_COUNT;
        *ppPackageInfo = infos;
    }
    return status;
}

SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoA(SEC_CHAR *pszPackageName, PSecPkgInfoA *ppPackageInfo)
{
    void *info;
    SECURITY_STATUS status = package_one(pszPackageName, 8, &info);
    if (status == SEC_E_OK)
        *ppPackageInfo = info;
    return status;
}

SECURITY_STATUS SEC_ENTRY FreeCredentialsHandle(PCredHandle phCredential)
{
    return credential_free(phCredential);
}

/* What Schannel does not offer: the handle is looked at first, then the function is refused. */
static SECURITY_STATUS refuse(const SecHandle *handle, enum handle_kind kind, SECURITY_STATUS status)
{
    void *object;
    struct handle_slot *slot = handle_lock(handle, kind, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    handle_unlock(slot);
    return status;
}

SECURITY_STATUS SEC_ENTRY AddCredentialsA(PCredHandle hCredentials, SEC_CHAR *pszPrincipal,
                                          SEC_CHAR *pszPackage, ULONG fCredentialUse, void *pAuthData,
                                          SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                          PTimeStamp ptsExpiry)
{
    (void)pszPrincipal, (void)pszPackage, (void)fCredentialUse, (void)pAuthData, (void)pGetKeyFn;
    (void)pvGetKeyArgument, (void)ptsExpiry;
    return refuse(hCredentials, HANDLE_CREDENTIAL, SEC_E_UNSUPPORTED_FUNCTION);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                                      void *pBuffer)
{
    return credential_query(phCredential, ulAttribute, pBuffer, 0, FORM_A16);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExA(PCredHandle phCredential, ULONG ulAttribute,
                                                        void *pBuffer, ULONG cbBuffer)
{
    return cbBuffer ? credential_query(phCredential, ulAttribute, pBuffer, cbBuffer, FORM_A16)
                    : SEC_E_BUFFER_TOO_SMALL;
}

SECURITY_STATUS SEC_ENTRY InitializeSecurityContextA(PCredHandle phCredential, PCtxtHandle phContext,
                                                     SEC_CHAR *pszTargetName, ULONG fContextReq,
                                                     ULONG Reserved1, ULONG TargetDataRep,
                                                     PSecBufferDesc pInput, ULONG Reserved2,
                                                     PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                     SSPI_ULONG_OUT pfContextAttr, PTimeStamp ptsExpiry)
{
    ULONG attributes = 0;
    (void)Reserved1, (void)TargetDataRep, (void)Reserved2;
    SECURITY_STATUS status = context_initialize(phCredential, phContext, pszTargetName, fContextReq, pInput,
                                                phNewContext, pOutput, &attributes, ptsExpiry);
    if (pfContextAttr.p)
        *(ulong_alias *)pfContextAttr.p = attributes;
    return status;
}

SECURITY_STATUS SEC_ENTRY AcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext,
                                                PSecBufferDesc pInput, ULONG fContextReq,
                                                ULONG TargetDataRep, PCtxtHandle phNewContext,
                                                PSecBufferDesc pOutput, SSPI_ULONG_OUT pfContextAttr,
                                                PTimeStamp ptsExpiry)
{
    ULONG attributes = 0;
    (void)TargetDataRep;
    SECURITY_STATUS status = context_accept(phCredential, phContext, pInput, fContextReq, phNewContext,
                                            pOutput, &attributes, ptsExpiry);
    if (pfContextAttr.p)
        *(ulong_alias *)pfContextAttr.p = attributes;
    return status;
}

SECURITY_STATUS SEC_ENTRY CompleteAuthToken(PCtxtHandle phContext, PSecBufferDesc pToken)
{
    (void)pToken;
    return refuse(phContext, HANDLE_CONTEXT, SEC_E_UNSUPPORTED_FUNCTION); /* D9 */
}

SECURITY_STATUS SEC_ENTRY DeleteSecurityContext(PCtxtHandle phContext)
{
    return context_delete(phContext);
}

SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle phContext, PSecBufferDesc pInput)
{
    return token_apply(phContext, pInput);
}

SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                         ULONG MessageSeqNo)
{
    (void)MessageSeqNo;
    return message_encrypt(phContext, fQOP, pMessage);
}

SECURITY_STATUS SEC_ENTRY DecryptMessage(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                                         SSPI_ULONG_OUT pfQOP)
{
    (void)MessageSeqNo;
    SECURITY_STATUS status = message_decrypt(phContext, pMessage);
    if (pfQOP.p && status >= 0)
        *(ulong_alias *)pfQOP.p = 0; /* Schannel knows no other quality of protection */
    return status;
}

SECURITY_STATUS SEC_ENTRY FreeContextBuffer(void *pvContextBuffer)
{
    return memory_take_back(pvContextBuffer) == 0 ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}

SECURITY_STATUS SEC_ENTRY MakeSignature(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                        ULONG MessageSeqNo)
{
    (void)fQOP, (void)pMessage, (void)MessageSeqNo;
    return refuse(phContext, HANDLE_CONTEXT, SEC_E_UNSUPPORTED_FUNCTION);
}

SECURITY_STATUS SEC_ENTRY VerifySignature(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                                          SSPI_ULONG_OUT pfQOP)
{
    (void)pMessage, (void)MessageSeqNo, (void)pfQOP;
    return refuse(phContext, HANDLE_CONTEXT, SEC_E_UNSUPPORTED_FUNCTION);
}

SECURITY_STATUS SEC_ENTRY ExportSecurityContext(PCtxtHandle phContext, ULONG fFlags,
                                                PSecBuffer pPackedContext, void **pToken)
{
    return context_export(phContext, fFlags, pPackedContext, pToken);
}

SECURITY_STATUS SEC_ENTRY ImportSecurityContextA(SEC_CHAR *pszPackage, PSecBuffer pPackedContext, void *Token,
                                                 PCtxtHandle phContext)
{
    (void)Token;
    return context_import(pszPackage, pPackedContext, phContext);
}

/* Where only a package is named, that is what is looked at first. */
static SECURITY_STATUS refuse_package(const char *package)
{
    const char *provider;
    SECURITY_STATUS status = package_parse(package, &provider);
    return status == SEC_E_OK ? SEC_E_UNSUPPORTED_FUNCTION : status;
}

SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordA(SEC_CHAR *pszPackageName, SEC_CHAR *pszDomainName,
                                                 SEC_CHAR *pszAccountName, SEC_CHAR *pszOldPassword,
                                                 SEC_CHAR *pszNewPassword, BOOLEAN bImpersonating,
                                                 ULONG dwReserved, PSecBufferDesc pOutput)
{
    (void)pszDomainName, (void)pszAccountName, (void)pszOldPassword, (void)pszNewPassword;
    (void)bImpersonating, (void)dwReserved, (void)pOutput;
    return refuse_package(pszPackageName);
}
