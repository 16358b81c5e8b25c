/* SPDX-License-Identifier: MIT
 *
 * CNG's key storage: keys made, named, written, opened by another process, exported where they may be
 * (FFmpeg, .NET). */
#include <config.h>

#include "core/cert/cert.h"

#include <ncrypt.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t/cert-kit.h"
#include "t/sandbox.h"

static struct sandbox box;
static NCRYPT_PROV_HANDLE storage;

static const struct algorithm {
    const WCHAR *name, *group;
    const char *tag;
    DWORD bits, blob, public;
} algorithms[] = {{NCRYPT_RSA_ALGORITHM, L"RSA", "RSA", 2048, 24 + 3 + 2 * 256 + 5 * 128, 24 + 3 + 256},
                  {NCRYPT_ECDSA_P256_ALGORITHM, L"ECDSA", "P-256", 256, 8 + 96, 8 + 64},
                  {NCRYPT_ECDSA_P384_ALGORITHM, L"ECDSA", "P-384", 384, 8 + 144, 8 + 96},
                  {NCRYPT_ECDSA_P521_ALGORITHM, L"ECDSA", "P-521", 521, 8 + 198, 8 + 132}};

static SECURITY_STATUS set(NCRYPT_KEY_HANDLE key, const WCHAR *name, DWORD value)
{
    return NCryptSetProperty(key, name, (PBYTE)&value, sizeof value, 0);
}

static DWORD number(NCRYPT_KEY_HANDLE key, const WCHAR *name)
{
    DWORD value = 0, size = 0;
    return NCryptGetProperty(key, name, (PBYTE)&value, sizeof value, &size, 0) == SEC_E_OK && size == 4
               ? value
               : 0xbad;
}

static int text_is(NCRYPT_HANDLE key, const WCHAR *name, const WCHAR *wanted)
{
    WCHAR out[100];
    DWORD size = 0, told = 0, units = 0;
    while (wanted[units])
        units++;
    return NCryptGetProperty(key, name, NULL, 0, &told, 0) == SEC_E_OK &&
           NCryptGetProperty(key, name, (PBYTE)out, sizeof out, &size, 0) == SEC_E_OK && size == told &&
           size == (units + 1) * sizeof(WCHAR) && !memcmp(out, wanted, size) &&
           NCryptGetProperty(key, name, (PBYTE)out, size - 1, &told, 0) == NTE_BUFFER_TOO_SMALL &&
           told == size;
}

#define EVERYTHING (NCRYPT_ALLOW_EXPORT_FLAG | NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG)

static NCRYPT_KEY_HANDLE made(const WCHAR *algorithm, const WCHAR *name, DWORD policy, DWORD flags)
{
    NCRYPT_KEY_HANDLE key = 0;
    if (NCryptCreatePersistedKey(storage, &key, algorithm, name, 0, flags) != SEC_E_OK)
        return 0;
    if (set(key, NCRYPT_EXPORT_POLICY_PROPERTY, policy) != SEC_E_OK ||
        NCryptFinalizeKey(key, 0) != SEC_E_OK) {
        NCryptFreeObject(key);
        return 0;
    }
    return key;
}

/* The blob, malloc'ed; *size 0 and the status: it is not given. */
static BYTE *export(NCRYPT_KEY_HANDLE key, const WCHAR *type, const WCHAR *password, DWORD *size,
                    SECURITY_STATUS *status)
{
    DWORD units = 0, told = 0;
    while (password && password[units])
        units++;
    NCryptBuffer buffer = {(units + 1) * (ULONG)sizeof(WCHAR), NCRYPTBUFFER_PKCS_SECRET,
                           (void *)(uintptr_t)password};
    NCryptBufferDesc list = {NCRYPTBUFFER_VERSION, 1, &buffer};
    *size = 0;
    *status = NCryptExportKey(key, 0, type, password ? &list : NULL, NULL, 0, &told, 0);
    if (*status != SEC_E_OK)
        return NULL;
    BYTE *blob = calloc(1, told + 1);
    *status = NCryptExportKey(key, 0, type, password ? &list : NULL, blob, told - 1, size, 0);
    if (*status == NTE_BUFFER_TOO_SMALL && *size == told)
        *status = NCryptExportKey(key, 0, type, password ? &list : NULL, blob, told, size, 0);
    return blob;
}

/* Exported, imported again and exported as PKCS#8: the same key. */
static int comes_back(NCRYPT_KEY_HANDLE key, const WCHAR *type, const WCHAR *password, DWORD wanted)
{
    SECURITY_STATUS status;
    DWORD size, size8, again8;
    NCRYPT_KEY_HANDLE again = 0;
    DWORD units = 0;
    while (password && password[units])
        units++;
    NCryptBuffer buffer = {(units + 1) * (ULONG)sizeof(WCHAR), NCRYPTBUFFER_PKCS_SECRET,
                           (void *)(uintptr_t)password};
    NCryptBufferDesc list = {NCRYPTBUFFER_VERSION, 1, &buffer};
    BYTE *pkcs8 = export(key, BCRYPT_PUBLIC_KEY_BLOB, NULL, &size8, &status), *out = NULL;
    BYTE *blob = export(key, type, password, &size, &status);
    int same =
        status == SEC_E_OK && (!wanted || size == wanted) &&
        NCryptImportKey(storage, 0, type, password ? &list : NULL, &again, blob, size, 0) == SEC_E_OK &&
        set(again, NCRYPT_EXPORT_POLICY_PROPERTY, NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG) == SEC_E_OK &&
        (out = export(again, BCRYPT_PUBLIC_KEY_BLOB, NULL, &again8, &status)) != NULL && size8 == again8 &&
        !memcmp(out, pkcs8, size8);
    NCryptFreeObject(again);
    free(out);
    free(pkcs8);
    free(blob);
    return same;
}

static SECURITY_STATUS refusal(NCRYPT_KEY_HANDLE key, const WCHAR *type, const WCHAR *password)
{
    SECURITY_STATUS status;
    DWORD size;
    free(export(key, type, password, &size, &status));
    return status;
}

/* ---- keys without a name ---- */

static void ephemeral(const struct algorithm *a)
{
    int rsa = a->bits == 2048;
    const WCHAR *private = rsa ? BCRYPT_RSAFULLPRIVATE_BLOB : BCRYPT_ECCPRIVATE_BLOB;
    NCRYPT_KEY_HANDLE key = 0, owner = 0;
    DWORD size;
    is_status(NCryptCreatePersistedKey(storage, &key, a->name, NULL, 0, 0), SEC_E_OK, "K35 %s: a new key",
              a->tag);
    is_int(number(key, NCRYPT_LENGTH_PROPERTY), a->bits, "K35 %s: so long it will be", a->tag);
    is_status(refusal(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL), NTE_BAD_KEY_STATE, "%s: not there yet",
              a->tag);
    is_status(set(key, NCRYPT_LENGTH_PROPERTY, 100), NTE_INVALID_PARAMETER, "%s: too short", a->tag);
    is_status(set(key, NCRYPT_LENGTH_PROPERTY, a->bits), SEC_E_OK, "%s: its length", a->tag);
    is_status(set(key, NCRYPT_EXPORT_POLICY_PROPERTY, EVERYTHING), SEC_E_OK, "%s: it may leave", a->tag);
    is_status(set(key, NCRYPT_EXPORT_POLICY_PROPERTY, 0x100), NTE_INVALID_PARAMETER,
              "%s: a policy that is none", a->tag);
    is_status(set(key, NCRYPT_KEY_USAGE_PROPERTY, NCRYPT_ALLOW_ALL_USAGES), SEC_E_OK, "K35 %s: its usages",
              a->tag);
    is_status(NCryptFinalizeKey(key, 0), SEC_E_OK, "K35 %s: made", a->tag);
    is_status(NCryptFinalizeKey(key, 0), NTE_BAD_KEY_STATE, "%s: once", a->tag);
    is_status(set(key, NCRYPT_LENGTH_PROPERTY, a->bits), NTE_BAD_KEY_STATE, "%s: too late for its length",
              a->tag);
    is_status(set(key, NCRYPT_EXPORT_POLICY_PROPERTY, 0), NTE_BAD_KEY_STATE, "%s: and for its policy",
              a->tag);
    ok(number(key, NCRYPT_LENGTH_PROPERTY) == a->bits && text_is(key, NCRYPT_ALGORITHM_PROPERTY, a->name) &&
           text_is(key, NCRYPT_ALGORITHM_GROUP_PROPERTY, a->group) &&
           number(key, NCRYPT_EXPORT_POLICY_PROPERTY) == EVERYTHING &&
           number(key, NCRYPT_KEY_USAGE_PROPERTY) == NCRYPT_ALLOW_ALL_USAGES &&
           number(key, NCRYPT_IMPL_TYPE_PROPERTY) == NCRYPT_IMPL_SOFTWARE_FLAG &&
           number(key, NCRYPT_KEY_TYPE_PROPERTY) == 0,
       "K35 %s: it says what it is", a->tag);
    is_status(NCryptGetProperty(key, NCRYPT_NAME_PROPERTY, NULL, 0, &size, 0), NTE_NOT_SUPPORTED,
              "%s: it has no name", a->tag);
    ok(NCryptGetProperty(key, NCRYPT_PROVIDER_HANDLE_PROPERTY, (PBYTE)&owner, sizeof owner, &size, 0) ==
               SEC_E_OK &&
           NCryptFreeObject(owner) == SEC_E_OK,
       "%s: whose it is", a->tag);
    ok(comes_back(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL, 0), "K35 %s: as PKCS#8", a->tag);
    ok(comes_back(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, L"secret", 0), "K35 %s: as PKCS#8 under a password",
       a->tag);
    ok(comes_back(key, private, NULL, a->blob), "K35 %s: as CNG's blob", a->tag);
    BYTE *public =
        export(key, rsa ? BCRYPT_RSAPUBLIC_BLOB : BCRYPT_ECCPUBLIC_BLOB, NULL, &size, &(SECURITY_STATUS){0});
    is_int(size, a->public, "K35 %s: its public half", a->tag);
    free(public);
    is_status(refusal(key, rsa ? BCRYPT_ECCPRIVATE_BLOB : BCRYPT_RSAFULLPRIVATE_BLOB, NULL),
              NTE_NOT_SUPPORTED, "%s: not as another kind", a->tag);
    is_status(NCryptDeleteKey(key, 0), SEC_E_OK, "K17 %s: deleted", a->tag);
    is_status(NCryptDeleteKey(key, 0), NTE_INVALID_HANDLE, "K17 %s: once", a->tag);
    key = made(a->name, NULL, 0, 0);
    is_status(refusal(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL), NTE_NOT_SUPPORTED, "%s: may not leave",
              a->tag);
    is_status(refusal(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, L"x"), NTE_NOT_SUPPORTED, "%s: nor encrypted",
              a->tag);
    is_status(refusal(key, private, NULL), NTE_NOT_SUPPORTED, "%s: nor as a blob", a->tag);
    is_status(refusal(key, BCRYPT_PUBLIC_KEY_BLOB, NULL), SEC_E_OK, "%s: its public half may", a->tag);
    NCryptFreeObject(key);
    key = made(a->name, NULL, NCRYPT_ALLOW_EXPORT_FLAG, 0);
    is_status(refusal(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL), NTE_NOT_SUPPORTED, "%s: not in the clear",
              a->tag);
    is_status(refusal(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, L"x"), SEC_E_OK, "%s: but encrypted", a->tag);
    NCryptFreeObject(key);
    ok(access(sandbox_path(&box, "user/my.keys"), F_OK) != 0, "%s: nothing is written", a->tag);
}

/* CertCreateSelfSignCertificate with such a key, as FFmpeg's server does. */
static void self_signed(const struct algorithm *a)
{
    NCRYPT_KEY_HANDLE key = made(a->name, NULL, 0, 0);
    BYTE name[100];
    CERT_NAME_BLOB subject = {sizeof name, name};
    struct cert_identity identity;
    CertStrToNameA(X509_ASN_ENCODING, "CN=lavf", CERT_X500_NAME_STR, NULL, name, &subject.cbData, NULL);
    PCCERT_CONTEXT c = CertCreateSelfSignCertificate(key, &subject, 0, NULL, NULL, NULL, NULL, NULL);
    NCryptDeleteKey(key, 0);
    is_status(c ? cert_identity(c, &identity) : SEC_E_INTERNAL_ERROR, SEC_E_OK,
              "K17 %s: a certificate of it, whose key outlives its handle", a->tag);
    if (c) {
        const struct provider *p = provider_default();
        struct sspi_failure failure = {0};
        sspi_cred *cred = NULL;
        struct sspi_cred_params params = {.size = sizeof params,
                                          .protocols = SSPI_CAP_TLS12 | SSPI_CAP_TLS13,
                                          .server = 1,
                                          .chain = identity.chain,
                                          .chain_count = identity.chain_count,
                                          .key = identity.key};
        ok(p->api.cred_new(&params, &cred, &failure) == SSPI_OK, "K35 %s: serves", a->tag);
        if (cred)
            p->api.cred_free(cred);
        cert_identity_free(&identity);
    }
    CertFreeCertificateContext(c);
}

/* ---- keys with a name ---- */

static const WCHAR name[] = L"a/../key {1}";
static const char file[] = "user/my.keys/a%2F%2E%2E%2Fkey {1}.pem";

static int in_child(int (*f)(void))
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(f());
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Another process: 1 found and may be exported, 2 found and may not, 0 there is none. */
static int find(void)
{
    NCRYPT_KEY_HANDLE key = 0;
    SECURITY_STATUS status = NCryptOpenKey(storage, &key, name, 0, NCRYPT_SILENT_FLAG);
    if (status != SEC_E_OK)
        return status == NTE_BAD_KEYSET ? 0 : status == NTE_PERM ? 3 : status == NTE_BAD_DATA ? 4 : 5;
    status = refusal(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL);
    NCryptFreeObject(key);
    return status == SEC_E_OK ? 1 : 2;
}

static int find_by_certificate(void)
{
    struct cert_identity identity;
    PCCERT_CONTEXT c = first_of("server-rsa.pem");
    CRYPT_KEY_PROV_INFO info = {.pwszContainerName = (LPWSTR)(uintptr_t)name};
    CertSetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, 0, &info);
    SECURITY_STATUS status = cert_identity(c, &identity);
    if (status == SEC_E_OK)
        cert_identity_free(&identity);
    CertFreeCertificateContext(c);
    return status == SEC_E_OK;
}

static void named(void)
{
    struct stat about;
    NCRYPT_KEY_HANDLE key = made(NCRYPT_ECDSA_P256_ALGORITHM, name, EVERYTHING, 0), other = 7;
    ok(key && stat(sandbox_path(&box, file), &about) == 0 && (about.st_mode & 07777) == 0600,
       "a key with a name is a file, for its account alone");
    ok(text_is(key, NCRYPT_NAME_PROPERTY, name), "it knows its name");
    is_int(in_child(find), 1, "another process finds it");
    is_int(in_child(find_by_certificate), 1, "K35 KEY_PROV_INFO leads to it");
    is_status(NCryptCreatePersistedKey(storage, &other, NCRYPT_RSA_ALGORITHM, name, 0, 0), NTE_EXISTS,
              "the name is taken");
    is_int(other, 7, "and the handle left alone");
    NCRYPT_KEY_HANDLE second =
        made(NCRYPT_ECDSA_P384_ALGORITHM, name, NCRYPT_ALLOW_EXPORT_FLAG, NCRYPT_OVERWRITE_KEY_FLAG);
    ok(second && in_child(find) == 2, "unless it may be overwritten; the policy is kept too");
    NCryptFreeObject(second);
    chmod(sandbox_path(&box, file), 0640);
    is_int(in_child(find), 3, "not one that others may read");
    chmod(sandbox_path(&box, file), 0600);
    sandbox_write(&box, file,
                  "export policy = 3\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    chmod(sandbox_path(&box, file), 0600);
    is_int(in_child(find), 4, "nor a damaged one");
    is_status(NCryptDeleteKey(key, 0), SEC_E_OK, "K17 deleted");
    ok(in_child(find) == 0 && stat(sandbox_path(&box, file), &about) != 0, "K17 and gone");

    /* Two that began with the name free: one of them has it. */
    NCryptCreatePersistedKey(storage, &key, NCRYPT_ECDSA_P256_ALGORITHM, name, 0, 0);
    NCryptCreatePersistedKey(storage, &other, NCRYPT_ECDSA_P256_ALGORITHM, name, 0, 0);
    is_status(NCryptFinalizeKey(key, 0), SEC_E_OK, "the first of two");
    is_status(NCryptFinalizeKey(other, 0), NTE_EXISTS, "the second, with nothing lost");
    NCryptFreeObject(other);
    is_status(NCryptDeleteKey(key, 0), SEC_E_OK, "the first again");
    ok(in_child(find) == 0, "is gone");
    key = made(NCRYPT_ECDSA_P256_ALGORITHM, name, 0, NCRYPT_MACHINE_KEY_FLAG);
    ok(key && in_child(find) == 0 &&
           NCryptOpenKey(storage, &other, name, 0, NCRYPT_MACHINE_KEY_FLAG) == SEC_E_OK &&
           number(other, NCRYPT_KEY_TYPE_PROPERTY) == NCRYPT_MACHINE_KEY_FLAG,
       "the machine's keys are others");
    NCryptFreeObject(other);
    ok(NCryptDeleteKey(key, 0) == SEC_E_OK, "and are deleted there");
}

/* What is imported under a name stays in this process. */
static void imported(void)
{
    SECURITY_STATUS status;
    DWORD size;
    NCRYPT_KEY_HANDLE from = made(NCRYPT_ECDSA_P256_ALGORITHM, NULL, EVERYTHING, 0), key = 0, other = 0;
    BYTE *blob = export(from, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL, &size, &status);
    NCryptBuffer buffer = {sizeof name, NCRYPTBUFFER_PKCS_KEY_NAME, (void *)(uintptr_t)name};
    NCryptBufferDesc list = {NCRYPTBUFFER_VERSION, 1, &buffer};
    is_status(NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &list, &key, blob, size,
                              NCRYPT_DO_NOT_FINALIZE_FLAG),
              SEC_E_OK, "imported, not finalized");
    is_status(NCryptOpenKey(storage, &other, name, 0, 0), NTE_BAD_KEYSET, "so nobody finds it");
    is_status(set(key, NCRYPT_EXPORT_POLICY_PROPERTY, EVERYTHING), SEC_E_OK, "its policy");
    is_status(NCryptFinalizeKey(key, 0), SEC_E_OK, "finalized");
    is_status(NCryptOpenKey(storage, &other, name, 0, 0), SEC_E_OK, "found by its name");
    is_status(refusal(other, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL), SEC_E_OK,
              "exported, as the policy allows");
    is_status(set(other, NCRYPT_EXPORT_POLICY_PROPERTY, 0), NTE_BAD_KEY_STATE, "which stands");
    ok(access(sandbox_path(&box, file), F_OK) != 0, "nothing is written");
    is_status(NCryptCreatePersistedKey(storage, &from, NCRYPT_RSA_ALGORITHM, name, 0, 0), NTE_EXISTS,
              "its name is taken");
    is_status(NCryptDeleteKey(other, 0), SEC_E_OK, "deleted");
    is_status(NCryptOpenKey(storage, &other, name, 0, 0), NTE_BAD_KEYSET, "and gone");
    is_status(NCryptFreeObject(key), SEC_E_OK, "the other handle still was one");
    is_status(NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &list, &key, blob, size, 0),
              SEC_E_OK, "imported with a name");
    is_status(refusal(key, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL), NTE_NOT_SUPPORTED, "it may not leave");
    NCryptDeleteKey(key, 0);
    NCryptFreeObject(from);
    free(blob);
}

/* ---- nonsense ---- */

static void nonsense(void)
{
    NCRYPT_KEY_HANDLE key = 0;
    DWORD size, value = 3;
    WCHAR long_name[300], wild[] = {0xd800, 'x', 0};
    for (size_t i = 0; i < 299; i++)
        long_name[i] = L'a';
    long_name[299] = 0;
    is_status(NCryptCreatePersistedKey(0x1230, &key, NCRYPT_RSA_ALGORITHM, NULL, 0, 0), NTE_INVALID_HANDLE,
              "no provider");
    is_status(NCryptCreatePersistedKey(storage, NULL, NCRYPT_RSA_ALGORITHM, NULL, 0, 0),
              NTE_INVALID_PARAMETER, "nowhere to put it");
    is_status(NCryptCreatePersistedKey(storage, &key, NULL, NULL, 0, 0), NTE_INVALID_PARAMETER,
              "no algorithm");
    is_status(NCryptCreatePersistedKey(storage, &key, L"DSA", NULL, 0, 0), NTE_NOT_SUPPORTED, "another");
    is_status(NCryptCreatePersistedKey(storage, &key, NCRYPT_RSA_ALGORITHM, L"", 0, 0), NTE_INVALID_PARAMETER,
              "an empty name");
    is_status(NCryptCreatePersistedKey(storage, &key, NCRYPT_RSA_ALGORITHM, long_name, 0, 0),
              NTE_INVALID_PARAMETER, "a name too long");
    is_status(NCryptCreatePersistedKey(storage, &key, NCRYPT_RSA_ALGORITHM, wild, 0, 0),
              NTE_INVALID_PARAMETER, "a name that is no text");
    is_status(NCryptOpenKey(storage, &key, NULL, 0, 0), NTE_INVALID_PARAMETER, "opened without a name");
    is_status(NCryptOpenKey(storage, &key, L"", 0, 0), NTE_BAD_KEYSET, "with an empty one");
    is_status(NCryptOpenKey(storage, &key, L"nobody", 0, 0), NTE_BAD_KEYSET, "with nobody's");
    is_status(NCryptOpenKey(0, &key, L"nobody", 0, 0), NTE_INVALID_HANDLE, "of no provider");
    is_status(NCryptFinalizeKey(storage, 0), NTE_INVALID_HANDLE, "a provider is no key");
    is_status(NCryptDeleteKey(storage, 0), NTE_INVALID_HANDLE, "nor to be deleted");
    is_status(NCryptExportKey(storage, 0, BCRYPT_PUBLIC_KEY_BLOB, NULL, NULL, 0, &size, 0),
              NTE_INVALID_HANDLE, "nor to be exported");
    ok(text_is(storage, NCRYPT_NAME_PROPERTY, MS_KEY_STORAGE_PROVIDER), "it has a name");
    is_status(NCryptGetProperty(0, NCRYPT_NAME_PROPERTY, NULL, 0, &size, 0), NTE_INVALID_HANDLE,
              "nothing has none");
    is_status(NCryptGetProperty(storage, NULL, NULL, 0, &size, 0), NTE_INVALID_PARAMETER, "no property");
    is_status(NCryptGetProperty(storage, NCRYPT_NAME_PROPERTY, NULL, 0, NULL, 0), NTE_INVALID_PARAMETER,
              "no size");
    key = made(NCRYPT_ECDSA_P256_ALGORITHM, NULL, EVERYTHING, 0);
    is_status(NCryptExportKey(key, key, BCRYPT_PUBLIC_KEY_BLOB, NULL, NULL, 0, &size, 0), NTE_NOT_SUPPORTED,
              "under another key");
    is_status(NCryptExportKey(key, 0, NULL, NULL, NULL, 0, &size, 0), NTE_INVALID_PARAMETER, "in no form");
    is_status(NCryptExportKey(key, 0, NCRYPT_OPAQUETRANSPORT_BLOB, NULL, NULL, 0, &size, 0),
              NTE_NOT_SUPPORTED, "in one that is nobody's");
    is_status(NCryptExportKey(key, 0, BCRYPT_PUBLIC_KEY_BLOB, NULL, NULL, 0, NULL, 0), NTE_INVALID_PARAMETER,
              "of no size");
    is_status(NCryptGetProperty(key, L"Colour", NULL, 0, &size, 0), NTE_NOT_SUPPORTED, "its colour");
    is_status(NCryptSetProperty(key, L"Colour", (PBYTE)&value, 4, 0), NTE_NOT_SUPPORTED, "set");
    is_status(NCryptSetProperty(key, NCRYPT_EXPORT_POLICY_PROPERTY, NULL, 4, 0), NTE_INVALID_PARAMETER,
              "to nothing");
    is_status(NCryptSetProperty(key, NCRYPT_EXPORT_POLICY_PROPERTY, (PBYTE)&value, 3, 0),
              NTE_INVALID_PARAMETER, "to half a number");
    is_status(NCryptSetProperty(key, NCRYPT_UI_POLICY_PROPERTY, (PBYTE)&value, 4, 0), NTE_NOT_SUPPORTED,
              "nobody can be asked");
    is_status(NCryptSetProperty(storage, NCRYPT_LENGTH_PROPERTY, (PBYTE)&value, 4, 0), NTE_NOT_SUPPORTED,
              "a provider's length");
    NCryptFreeObject(key);
    NCryptCreatePersistedKey(storage, &key, NCRYPT_RSA_ALGORITHM, NULL, 0, 0);
    is_status(NCryptFreeObject(key), SEC_E_OK, "given back before it is made");
    is_status(NCryptFinalizeKey(key, 0), NTE_INVALID_HANDLE, "so it cannot be");
    NCryptCreatePersistedKey(storage, &key, NCRYPT_RSA_ALGORITHM, NULL, 0, 0);
    PCCERT_CONTEXT c = first_of("server-rsa.pem");
    ok(!CertSetCertificateContextProperty(c, CERT_NCRYPT_KEY_HANDLE_PROP_ID, 0, (void *)key),
       "one that is not made belongs to no certificate");
    CertFreeCertificateContext(c);
    is_status(NCryptDeleteKey(key, 0), SEC_E_OK, "and is deleted");
}

/* A key from elsewhere without its public half. */
static void point_left_out(void)
{
    SECURITY_STATUS status;
    DWORD size, cut;
    NCRYPT_KEY_HANDLE from = made(NCRYPT_ECDSA_P256_ALGORITHM, NULL, EVERYTHING, 0), key = 0;
    BYTE *blob = export(from, BCRYPT_ECCPRIVATE_BLOB, NULL, &size, &status), *again = NULL;
    static const BYTE head[] = {0x30, 0x41, 0x02, 1,    0,    0x30, 0x13, 0x06, 7,    0x2a, 0x86, 0x48,
                                0xce, 0x3d, 2,    1,    0x06, 8,    0x2a, 0x86, 0x48, 0xce, 0x3d, 3,
                                1,    7,    0x04, 0x27, 0x30, 0x25, 0x02, 1,    1,    0x04, 0x20};
    BYTE pkcs8[sizeof head + 32];
    memcpy(pkcs8, head, sizeof head);
    memcpy(pkcs8 + sizeof head, blob + 8 + 64, 32);
    ok(NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL, &key, pkcs8, sizeof pkcs8, 0) ==
               SEC_E_OK &&
           set(key, NCRYPT_EXPORT_POLICY_PROPERTY, EVERYTHING) == SEC_E_OK &&
           (again = export(key, BCRYPT_ECCPRIVATE_BLOB, NULL, &cut, &status)) != NULL && cut == size &&
           !memcmp(again, blob, size),
       "the public half is worked out where the key came without");
    free(again);
    free(blob);
    NCryptFreeObject(key);
    NCryptFreeObject(from);
}

static int without_home(void)
{
    unsetenv("OPENSSPI_USERDIR");
    NCRYPT_KEY_HANDLE key = 0;
    /* The folder is a file: nothing can be made in it. */
    setenv("OPENSSPI_USERDIR", sandbox_path(&box, "conf/opensspi.conf"), 1);
    if (NCryptCreatePersistedKey(storage, &key, NCRYPT_ECDSA_P256_ALGORITHM, name, 0, 0) != SEC_E_OK)
        return 1;
    SECURITY_STATUS status = NCryptFinalizeKey(key, 0), again = NCryptFinalizeKey(key, 0);
    NCryptFreeObject(key);
    return status == NTE_PERM && again == NTE_PERM ? 0 : 2;
}

int main(void)
{
    sandbox_make(&box);
    sandbox_write(&box, "conf/opensspi.conf", "");
    sandbox_mkdir(&box, "user");
    setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
    setenv("OPENSSPI_USERDIR", sandbox_path(&box, "user"), 1);
    is_status(NCryptOpenStorageProvider(&storage, NULL, 0), SEC_E_OK, "the key storage");
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        ephemeral(&algorithms[i]);
        self_signed(&algorithms[i]);
    }
    named();
    imported();
    if (getenv("OPENSSPI_PROVIDER") && !strcmp(getenv("OPENSSPI_PROVIDER"), "gnutls"))
        skip("GnuTLS takes in no such key", "the public half is worked out where the key came without");
    else
        point_left_out();
    nonsense();
    is_int(in_child(without_home), 0,
           "a key that cannot be written is not made, and the call can be repeated");
    NCryptFreeObject(storage);
    sandbox_remove(&box);
    return tap_done();
}
