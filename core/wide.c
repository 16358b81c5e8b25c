/* SPDX-License-Identifier: MIT
 *
 * core/wide.c -- the exported functions that a WCHAR crosses, in their name, their strings or their
 * structures, and the function tables.  Compiled twice: with SSPI_WCHAR_BITS=16 it defines the plain names
 * (UTF-16, the Windows ABI), with 32 their twins NAME_utf32, by the asm labels of the headers; so the two
 * cannot drift apart.  Text becomes UTF-8 here and the call goes on to the rooms (core/forms.h). */
#include <config.h>

#include "core/forms.h"
#include "core/package.h"
#include "core/utf.h"

#include <schannel.h>
#include <stdlib.h>

/* The caller's text as UTF-8 in *utf8, NULL for NULL; `malformed` is what text of no meaning comes to. */
static SECURITY_STATUS text_in(const WCHAR *wide, char **utf8, SECURITY_STATUS malformed)
{
    int bad = 0;
    *utf8 = wide ? utf8_from_wide(wide, SSPI_WCHAR_BITS, (size_t)-1, &bad) : NULL;
    if (!wide || *utf8)
        return SEC_E_OK;
    return bad ? malformed : SEC_E_INSUFFICIENT_MEMORY;
}

/* ---- packages ---- */

SECURITY_STATUS SEC_ENTRY EnumerateSecurityPackagesW(SSPI_ULONG_OUT pcPackages, PSecPkgInfoW *ppPackageInfo)
{
    void *infos;
    if (!pcPackages.p || !ppPackageInfo)
        return SEC_E_INVALID_PARAMETER;
    SECURITY_STATUS status = package_all(SSPI_WCHAR_BITS, &infos);
    if (status == SEC_E_OK) {
        *(ulong_alias *)pcPackages.p = PACKAGE_COUNT;
        *ppPackageInfo = infos;
    }
    return status;
}

SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoW(SEC_WCHAR *pszPackageName, PSecPkgInfoW *ppPackageInfo)
{
    char *package;
    void *info;
    SECURITY_STATUS status = text_in(pszPackageName, &package, SEC_E_SECPKG_NOT_FOUND);
    if (status == SEC_E_OK)
        status = package_one(package, SSPI_WCHAR_BITS, &info);
    if (status == SEC_E_OK)
        *ppPackageInfo = info;
    free(package);
    return status;
}

/* ---- credentials ---- */

SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleA(SEC_CHAR *pszPrincipal, SEC_CHAR *pszPackage,
                                                    ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
                                                    SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                                    PCredHandle phCredential, PTimeStamp ptsExpiry)
{
    (void)pszPrincipal, (void)pvLogonId, (void)pGetKeyFn, (void)pvGetKeyArgument;
    return credential_acquire(pszPackage, fCredentialUse, pAuthData, FORM_A, phCredential, ptsExpiry);
}

SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleW(SEC_WCHAR *pszPrincipal, SEC_WCHAR *pszPackage,
                                                    ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
                                                    SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                                    PCredHandle phCredential, PTimeStamp ptsExpiry)
{
    char *package;
    (void)pszPrincipal, (void)pvLogonId, (void)pGetKeyFn, (void)pvGetKeyArgument;
    SECURITY_STATUS status = text_in(pszPackage, &package, SEC_E_SECPKG_NOT_FOUND);
    if (status == SEC_E_OK)
        status = credential_acquire(package, fCredentialUse, pAuthData, FORM_W, phCredential, ptsExpiry);
    free(package);
    return status;
}

SECURITY_STATUS SEC_ENTRY AddCredentialsW(PCredHandle hCredentials, SEC_WCHAR *pszPrincipal,
                                          SEC_WCHAR *pszPackage, ULONG fCredentialUse, void *pAuthData,
                                          SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                          PTimeStamp ptsExpiry)
{
    (void)pszPrincipal, (void)pszPackage;
    return AddCredentialsA(hCredentials, NULL, NULL, fCredentialUse, pAuthData, pGetKeyFn, pvGetKeyArgument,
                           ptsExpiry);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                                      void *pBuffer)
{
    return credential_query(phCredential, ulAttribute, pBuffer, 0, FORM_W);
}

SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExW(PCredHandle phCredential, ULONG ulAttribute,
                                                        void *pBuffer, ULONG cbBuffer)
{
    return cbBuffer ? credential_query(phCredential, ulAttribute, pBuffer, cbBuffer, FORM_W)
                    : SEC_E_BUFFER_TOO_SMALL;
}

SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer)
{
    return credential_set(phCredential, ulAttribute, pBuffer, cbBuffer, FORM_A);
}

SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                                    void *pBuffer, ULONG cbBuffer)
{
    return credential_set(phCredential, ulAttribute, pBuffer, cbBuffer, FORM_W);
}

/* ---- contexts ---- */

SECURITY_STATUS SEC_ENTRY InitializeSecurityContextW(PCredHandle phCredential, PCtxtHandle phContext,
                                                     SEC_WCHAR *pszTargetName, ULONG fContextReq,
                                                     ULONG Reserved1, ULONG TargetDataRep,
                                                     PSecBufferDesc pInput, ULONG Reserved2,
                                                     PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                                     SSPI_ULONG_OUT pfContextAttr, PTimeStamp ptsExpiry)
{
    ULONG attributes = 0;
    char *target;
    (void)Reserved1, (void)TargetDataRep, (void)Reserved2;
    SECURITY_STATUS status = text_in(pszTargetName, &target, SEC_E_TARGET_UNKNOWN);
    if (status == SEC_E_OK)
        status = context_initialize(phCredential, phContext, target, fContextReq, pInput, phNewContext,
                                    pOutput, &attributes, ptsExpiry);
    if (pfContextAttr.p)
        *(ulong_alias *)pfContextAttr.p = attributes;
    free(target);
    return status;
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer)
{
    return attributes_query(phContext, ulAttribute, pBuffer, 0, FORM_A);
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer)
{
    return attributes_query(phContext, ulAttribute, pBuffer, 0, FORM_W);
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesExA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                                    ULONG cbBuffer)
{
    return cbBuffer ? attributes_query(phContext, ulAttribute, pBuffer, cbBuffer, FORM_A)
                    : SEC_E_BUFFER_TOO_SMALL;
}

SECURITY_STATUS SEC_ENTRY QueryContextAttributesExW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                                    ULONG cbBuffer)
{
    return cbBuffer ? attributes_query(phContext, ulAttribute, pBuffer, cbBuffer, FORM_W)
                    : SEC_E_BUFFER_TOO_SMALL;
}

SECURITY_STATUS SEC_ENTRY SetContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                                ULONG cbBuffer)
{
    return attributes_set(phContext, ulAttribute, pBuffer, cbBuffer, FORM_A);
}

SECURITY_STATUS SEC_ENTRY SetContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                                ULONG cbBuffer)
{
    return attributes_set(phContext, ulAttribute, pBuffer, cbBuffer, FORM_W);
}

/* ---- refused by package ---- */

static SECURITY_STATUS refuse_package(const WCHAR *wide)
{
    char *package;
    const char *provider;
    SECURITY_STATUS status = text_in(wide, &package, SEC_E_SECPKG_NOT_FOUND);
    if (status == SEC_E_OK)
        status = package_parse(package, &provider);
    free(package);
    return status == SEC_E_OK ? SEC_E_UNSUPPORTED_FUNCTION : status;
}

SECURITY_STATUS SEC_ENTRY ImportSecurityContextW(SEC_WCHAR *pszPackage, PSecBuffer pPackedContext,
                                                 void *Token, PCtxtHandle phContext)
{
    char *package;
    (void)Token;
    SECURITY_STATUS status = text_in(pszPackage, &package, SEC_E_SECPKG_NOT_FOUND);
    if (status == SEC_E_OK)
        status = context_import(package, pPackedContext, phContext);
    free(package);
    return status;
}

SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordW(SEC_WCHAR *pszPackageName, SEC_WCHAR *pszDomainName,
                                                 SEC_WCHAR *pszAccountName, SEC_WCHAR *pszOldPassword,
                                                 SEC_WCHAR *pszNewPassword, BOOLEAN bImpersonating,
                                                 ULONG dwReserved, PSecBufferDesc pOutput)
{
    (void)pszDomainName, (void)pszAccountName, (void)pszOldPassword, (void)pszNewPassword;
    (void)bImpersonating, (void)dwReserved, (void)pOutput;
    return refuse_package(pszPackageName);
}

/* ---- the tables (W78) ---- */

/* Read-only once relocated, whatever Windows' prototypes say of it. */
#define TABLE(form)                                                                                          \
    {                                                                                                        \
        .dwVersion = SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION,                                            \
        .EnumerateSecurityPackages##form = EnumerateSecurityPackages##form,                                  \
        .QueryCredentialsAttributes##form = QueryCredentialsAttributes##form,                                \
        .AcquireCredentialsHandle##form = AcquireCredentialsHandle##form,                                    \
        .FreeCredentialsHandle = FreeCredentialsHandle,                                                      \
        .InitializeSecurityContext##form = InitializeSecurityContext##form,                                  \
        .AcceptSecurityContext = AcceptSecurityContext,                                                      \
        .CompleteAuthToken = CompleteAuthToken,                                                              \
        .DeleteSecurityContext = DeleteSecurityContext,                                                      \
        .ApplyControlToken = ApplyControlToken,                                                              \
        .QueryContextAttributes##form = QueryContextAttributes##form,                                        \
        .ImpersonateSecurityContext = ImpersonateSecurityContext,                                            \
        .RevertSecurityContext = RevertSecurityContext,                                                      \
        .MakeSignature = MakeSignature,                                                                      \
        .VerifySignature = VerifySignature,                                                                  \
        .FreeContextBuffer = FreeContextBuffer,                                                              \
        .QuerySecurityPackageInfo##form = QuerySecurityPackageInfo##form,                                    \
        .Reserved3 = (void *)(uintptr_t)EncryptMessage,                                                      \
        .Reserved4 = (void *)(uintptr_t)DecryptMessage,                                                      \
        .ExportSecurityContext = ExportSecurityContext,                                                      \
        .ImportSecurityContext##form = ImportSecurityContext##form,                                          \
        .AddCredentials##form = AddCredentials##form,                                                        \
        .QuerySecurityContextToken = QuerySecurityContextToken,                                              \
        .EncryptMessage = EncryptMessage,                                                                    \
        .DecryptMessage = DecryptMessage,                                                                    \
        .SetContextAttributes##form = SetContextAttributes##form,                                            \
        .SetCredentialsAttributes##form = SetCredentialsAttributes##form,                                    \
        .ChangeAccountPassword##form = ChangeAccountPassword##form,                                          \
        .QueryContextAttributesEx##form = QueryContextAttributesEx##form,                                    \
        .QueryCredentialsAttributesEx##form = QueryCredentialsAttributesEx##form                             \
    }

PSecurityFunctionTableA SEC_ENTRY InitSecurityInterfaceA(void)
{
    static const SecurityFunctionTableA table = TABLE(A);
    return (PSecurityFunctionTableA)&table;
}

PSecurityFunctionTableW SEC_ENTRY InitSecurityInterfaceW(void)
{
    static const SecurityFunctionTableW table = TABLE(W);
    return (PSecurityFunctionTableW)&table;
}
