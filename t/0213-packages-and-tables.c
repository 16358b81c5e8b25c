/* SPDX-License-Identifier: MIT
 *
 * Packages, the function tables, and the functions that Schannel refuses.  Built twice, with 4-byte and
 * (0214) with 2-byte wide characters. */
#include <windows.h>

#include <schannel.h>
#include <sspi.h>

#include "t/tap.h"

static CredHandle credential;
static CtxtHandle context;

static const WCHAR *wide(const char *ascii)
{
    static WCHAR text[128];
    size_t i = 0;
    do
        text[i] = (WCHAR)(unsigned char)ascii[i];
    while (ascii[i++]);
    return text;
}

static int same(const WCHAR *got, const char *want)
{
    const WCHAR *w = wide(want);
    size_t i = 0;
    while (got[i] == w[i] && got[i])
        i++;
    return got[i] == w[i];
}

static void is_schannel(const SecPkgInfoA *a, const char *name)
{
    ok(a->fCapabilities == 0x7B3 && a->wVersion == 1 && a->wRPCID == 14 && a->cbMaxToken == 16384,
       "W78 %s: capabilities, version 1, id 14, the largest token", name);
    is_str(a->Name, name, "D18 %s has its proper name", name);
    ok(a->Comment && a->Comment[0], "%s has a comment", name);
}

static void test_enumerate(void)
{
    unsigned long count = ~0ul;
    PSecPkgInfoA a = NULL;
    PSecPkgInfoW w = NULL;
    is_status(EnumerateSecurityPackagesA(&count, &a), SEC_E_OK, "W9 packages can be enumerated");
    ok((ULONG)count == 2 && count >> 32 == 0xFFFFFFFF, "D18 two names; 4 bytes of an unsigned long are written");
    is_schannel(&a[0], "Microsoft Unified Security Protocol Provider");
    is_schannel(&a[1], "Schannel");
    is_status(EnumerateSecurityPackagesW(&count, &w), SEC_E_OK, "W9 with wide names too");
    ok(same(w[0].Name, a[0].Name) && same(w[1].Name, a[1].Name) && same(w[1].Comment, a[1].Comment),
       "the same names");
    ok(w[1].fCapabilities == a[1].fCapabilities && w[1].cbMaxToken == a[1].cbMaxToken, "the same numbers");
    is_status(FreeContextBuffer(a), SEC_E_OK, "W9 FreeContextBuffer takes them");
    is_status(FreeContextBuffer(w), SEC_E_OK, "W9 both");
    is_status(FreeContextBuffer(a), SEC_E_INVALID_HANDLE, "but not twice");
    is_status(FreeContextBuffer(&count), SEC_E_INVALID_HANDLE, "nor what is not the library's");
    is_status(FreeContextBuffer(NULL), SEC_E_INVALID_HANDLE, "nor NULL");
    is_status(EnumerateSecurityPackagesA(NULL, &a), SEC_E_INVALID_PARAMETER, "no place for the count");
    is_status(EnumerateSecurityPackagesW(&count, NULL), SEC_E_INVALID_PARAMETER, "no place for the packages");
}

static void query(const char *name, SECURITY_STATUS want, const char *proper)
{
    PSecPkgInfoA a = (PSecPkgInfoA)(uintptr_t)0xdeadbeef;
    PSecPkgInfoW w = (PSecPkgInfoW)(uintptr_t)0xdeadbeef;
    char copy[128];
    snprintf(copy, sizeof copy, "%s", name ? name : "");
    is_status(QuerySecurityPackageInfoA(name ? copy : NULL, &a), want, "D18 '%s'", name ? name : "NULL");
    is_status(QuerySecurityPackageInfoW(name ? (SEC_WCHAR *)wide(name) : NULL, &w), want, "D18 '%s', wide",
              name ? name : "NULL");
    if (want != SEC_E_OK) {
        ok(a == (PSecPkgInfoA)(uintptr_t)0xdeadbeef && w == (PSecPkgInfoW)(uintptr_t)0xdeadbeef,
           "W78 *ppPackageInfo is untouched");
        return;
    }
    is_schannel(a, proper);
    ok(same(w->Name, proper), "the same name, wide");
    is_status(FreeContextBuffer(a), SEC_E_OK, "W78 FreeContextBuffer takes it");
    is_status(FreeContextBuffer(w), SEC_E_OK, "W78 and the wide one");
}

static void test_query(void)
{
    static const char *const absent[] = {NULL,        "",          "Schanne",      "SchannelX",      " Schannel",
                                         "Schannel:", "Negotiate", SSL2SP_NAME_A,  SSL3SP_NAME_A,    TLS1SP_NAME_A,
                                         "NTLM",      ":openssl",  "Schannel:nope", PCT1SP_NAME_A,    "Default TLS SSP",
                                         "Schannel:../openssl", "Microsoft Unified Security Protocol Provider:"};
    query("Schannel", SEC_E_OK, "Schannel");
    query("sCHANNEL", SEC_E_OK, "Schannel");
    query(UNISP_NAME_A, SEC_E_OK, UNISP_NAME_A);
    query("microsoft unified security protocol provider", SEC_E_OK, UNISP_NAME_A);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        query(absent[i], SEC_E_SECPKG_NOT_FOUND, NULL);
    char providers[256], name[300], *rest = NULL;
    snprintf(providers, sizeof providers, "%s", getenv("PROVIDERS") ? getenv("PROVIDERS") : "");
    for (char *p = strtok_r(providers, " ", &rest); p; p = strtok_r(NULL, " ", &rest)) {
        snprintf(name, sizeof name, "Schannel:%s", p);
        query(name, SEC_E_OK, "Schannel");
        snprintf(name, sizeof name, "%s:%s", UNISP_NAME_A, p);
        query(name, SEC_E_OK, UNISP_NAME_A);
        snprintf(name, sizeof name, "Schannel:%s:%s", p, p);
        query(name, SEC_E_SECPKG_NOT_FOUND, NULL);
    }
    static const WCHAR half_pair[] = {'S', 'c', 'h', 0xD800, 0};
    PSecPkgInfoW w = NULL;
    is_status(QuerySecurityPackageInfoW((SEC_WCHAR *)half_pair, &w), SEC_E_SECPKG_NOT_FOUND, "malformed text is no package");
}

/* Compares every slot with the function that this source would call by the name. */
#define SLOT(form, name) ok((void *)(uintptr_t)table->name == (void *)(uintptr_t)name, "W78 %s: " #name, form)
#define TEST_TABLE(form)                                                                                     \
    static void test_table_##form(void)                                                                      \
    {                                                                                                        \
        PSecurityFunctionTable##form table = InitSecurityInterface##form();                                  \
        ok(table != NULL, "W78 there is a table " #form);                                                    \
        is_int(table->dwVersion, 1, "W78 " #form ": version 1");                                             \
        ok(!table->Reserved2 && !table->Reserved8, "W78 " #form ": Reserved2 and Reserved8 are NULL");       \
        ok(table->Reserved3 == (void *)(uintptr_t)EncryptMessage, "W78 " #form ": Reserved3 encrypts");      \
        ok(table->Reserved4 == (void *)(uintptr_t)DecryptMessage, "W78 " #form ": Reserved4 decrypts");      \
        SLOT(#form, EnumerateSecurityPackages##form);                                                        \
        SLOT(#form, QueryCredentialsAttributes##form);                                                       \
        SLOT(#form, AcquireCredentialsHandle##form);                                                         \
        SLOT(#form, FreeCredentialsHandle);                                                                  \
        SLOT(#form, InitializeSecurityContext##form);                                                        \
        SLOT(#form, AcceptSecurityContext);                                                                  \
        SLOT(#form, CompleteAuthToken);                                                                      \
        SLOT(#form, DeleteSecurityContext);                                                                  \
        SLOT(#form, ApplyControlToken);                                                                      \
        SLOT(#form, QueryContextAttributes##form);                                                           \
        SLOT(#form, ImpersonateSecurityContext);                                                             \
        SLOT(#form, RevertSecurityContext);                                                                  \
        SLOT(#form, MakeSignature);                                                                          \
        SLOT(#form, VerifySignature);                                                                        \
        SLOT(#form, FreeContextBuffer);                                                                      \
        SLOT(#form, QuerySecurityPackageInfo##form);                                                         \
        SLOT(#form, ExportSecurityContext);                                                                  \
        SLOT(#form, ImportSecurityContext##form);                                                            \
        SLOT(#form, AddCredentials##form);                                                                   \
        SLOT(#form, QuerySecurityContextToken);                                                              \
        SLOT(#form, EncryptMessage);                                                                         \
        SLOT(#form, DecryptMessage);                                                                         \
        SLOT(#form, SetContextAttributes##form);                                                             \
        SLOT(#form, SetCredentialsAttributes##form);                                                         \
        SLOT(#form, ChangeAccountPassword##form);                                                            \
        SLOT(#form, QueryContextAttributesEx##form);                                                         \
        SLOT(#form, QueryCredentialsAttributesEx##form);                                                     \
    }
TEST_TABLE(A)
TEST_TABLE(W)

/* Every function that takes a handle and that Schannel refuses, on one handle. */
static void refuse(const char *what, CtxtHandle *handle, SECURITY_STATUS unsupported, SECURITY_STATUS nobody)
{
    SecBuffer buffer = {0, SECBUFFER_EMPTY, NULL};
    SecBufferDesc message = {SECBUFFER_VERSION, 1, &buffer};
    HANDLE token = (HANDLE)(uintptr_t)1;
    void *exported = NULL;
    ULONG qop = 7;
    is_status(CompleteAuthToken(handle, &message), unsupported, "D9 CompleteAuthToken on %s", what);
    is_status(MakeSignature(handle, 0, &message, 0), unsupported, "MakeSignature on %s", what);
    is_status(VerifySignature(handle, &message, 0, &qop), unsupported, "VerifySignature on %s", what);
    is_status(ExportSecurityContext(handle, 0, &buffer, &exported), unsupported, "ExportSecurityContext on %s", what);
    is_status(QuerySecurityContextToken(handle, &token), nobody, "D22 QuerySecurityContextToken on %s", what);
    is_status(ImpersonateSecurityContext(handle), nobody, "D22 ImpersonateSecurityContext on %s", what);
    is_status(RevertSecurityContext(handle), nobody, "D22 RevertSecurityContext on %s", what);
    ok(qop == 7 && token == (HANDLE)(uintptr_t)1 && !exported, "nothing is written by them");
}

static void test_refusals(void)
{
    CtxtHandle zero = {0, 0}, gone, forged = {0xdeadbeef, 0xdeadbeef};
    SecInvalidateHandle(&gone);
    refuse("NULL", NULL, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE);
    refuse("a zeroed handle", &zero, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE);
    refuse("an invalidated handle", &gone, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE);
    refuse("a forged handle", &forged, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE);
    refuse("a credential", &credential, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE);
    refuse("a context", &context, SEC_E_UNSUPPORTED_FUNCTION, SEC_E_NO_IMPERSONATION);

    SEC_CHAR schannel[] = "Schannel", other[] = "NTLM";
    CtxtHandle imported = {1, 2};
    is_status(AddCredentialsA(&credential, NULL, schannel, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL),
              SEC_E_UNSUPPORTED_FUNCTION, "AddCredentialsA");
    is_status(AddCredentialsW(&credential, NULL, NULL, 0, NULL, NULL, NULL, NULL), SEC_E_UNSUPPORTED_FUNCTION,
              "AddCredentialsW");
    is_status(AddCredentialsA(&context, NULL, schannel, 0, NULL, NULL, NULL, NULL), SEC_E_INVALID_HANDLE,
              "AddCredentials on a context");
    is_status(AddCredentialsW(NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL), SEC_E_INVALID_HANDLE,
              "AddCredentials on NULL");
    is_status(ImportSecurityContextA(schannel, NULL, NULL, &imported), SEC_E_INVALID_PARAMETER,
              "ImportSecurityContextA");
    is_status(ImportSecurityContextA(other, NULL, NULL, &imported), SEC_E_SECPKG_NOT_FOUND, "of another package");
    is_status(ImportSecurityContextW((SEC_WCHAR *)wide(schannel), NULL, NULL, &imported), SEC_E_INVALID_PARAMETER,
              "ImportSecurityContextW");
    is_status(ImportSecurityContextW(NULL, NULL, NULL, &imported), SEC_E_SECPKG_NOT_FOUND, "of no package");
    ok(imported.dwLower == 1 && imported.dwUpper == 2, "the handle is untouched");
    is_status(ChangeAccountPasswordA(schannel, NULL, NULL, NULL, NULL, FALSE, 0, NULL), SEC_E_UNSUPPORTED_FUNCTION,
              "ChangeAccountPasswordA");
    is_status(ChangeAccountPasswordW((SEC_WCHAR *)wide(other), NULL, NULL, NULL, NULL, FALSE, 0, NULL),
              SEC_E_SECPKG_NOT_FOUND, "ChangeAccountPasswordW of another package");
}

/* The first call, with `pfContextAttr` where 8 bytes wait. */
static SECURITY_STATUS first_call(SEC_WCHAR *target, CredHandle *from, CtxtHandle *made, unsigned long *attributes,
                                  SecBufferDesc *output)
{
    return InitializeSecurityContextW(from, NULL, target, ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM, 0, 0, NULL, 0,
                                      made, output, attributes, NULL);
}

static void test_attributes_out(void)
{
    unsigned long attributes = ~0ul;
    CtxtHandle made = {0xdeadbeef, 0xdeadbeef};
    SecBuffer buffer = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &buffer};
    is_status(first_call((SEC_WCHAR *)wide("localhost"), &credential, &context, &attributes, &output),
              SEC_I_CONTINUE_NEEDED, "a context begins, with a wide target name");
    ok((ULONG)attributes & ISC_RET_ALLOCATED_MEMORY && attributes >> 32 == 0xFFFFFFFF,
       "K10 the attributes fill 4 bytes of an unsigned long");
    ok(buffer.cbBuffer > 50 && FreeContextBuffer(buffer.pvBuffer) == SEC_E_OK, "there is a ClientHello");

    attributes = ~0ul;
    is_status(first_call(NULL, NULL, &made, &attributes, &output), SEC_E_INVALID_HANDLE, "without a credential");
    ok(attributes >> 32 == 0xFFFFFFFF && (ULONG)attributes != 0xFFFFFFFF,
       "D1 failures write the attributes too, and 4 bytes only");
    static const WCHAR half_pair[] = {'a', 0xDC00, 0};
    attributes = ~0ul;
    is_status(first_call((SEC_WCHAR *)half_pair, &credential, &made, &attributes, &output), SEC_E_TARGET_UNKNOWN,
              "a target that is no text");
    ok(made.dwLower == 0xdeadbeef && made.dwUpper == 0xdeadbeef && (ULONG)attributes == 0,
       "D17 leaves the new handle alone");
}

int main(void)
{
    SEC_CHAR schannel[] = "Schannel";
    is_status(AcquireCredentialsHandleA(NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL), SEC_E_SECPKG_NOT_FOUND,
              "W2 no package, before anything else is looked at");
    is_status(AcquireCredentialsHandleW(NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL), SEC_E_SECPKG_NOT_FOUND,
              "W2 the same, wide");
    is_status(AcquireCredentialsHandleA(NULL, schannel, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL, &credential, NULL),
              SEC_E_OK, "W1 a credential");
    test_enumerate();
    test_query();
    test_table_A();
    test_table_W();
    test_attributes_out();
    test_refusals();
    is_status(DeleteSecurityContext(&context), SEC_E_OK, "the context goes");
    is_status(FreeCredentialsHandle(&credential), SEC_E_OK, "so does the credential");
    refuse("a deleted context", &context, SEC_E_INVALID_HANDLE, SEC_E_INVALID_HANDLE);
    return tap_done();
}
