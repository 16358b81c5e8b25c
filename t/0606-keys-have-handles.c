/* SPDX-License-Identifier: MIT
 *
 * Keys the way Windows programs bring them: CryptoAPI containers (MariaDB, mongo-c-driver, schannel-rs), CNG
 * (aws-c-io, FFmpeg), certificates made on the spot (pjsip); hashes (curl); the list of suites (pjsip, Qt).
 */
#include <config.h>

#include "core/cert/cert.h"

#include <ncrypt.h>

#include "t/cert-kit.h"

static struct sspi_bytes der_of(const char *file)
{
    struct sspi_bytes text = slurp(pki(file));
    BYTE *der = malloc(text.len);
    DWORD size = (DWORD)text.len;
    if (!CryptStringToBinaryA((const char *)text.ptr, 0, CRYPT_STRING_BASE64HEADER, der, &size, NULL, NULL))
        size = 0;
    free((void *)(uintptr_t)text.ptr);
    return (struct sspi_bytes){der, size};
}

static int serves(PCCERT_CONTEXT c)
{
    const struct provider *p = provider_default();
    struct cert_identity identity;
    struct sspi_failure failure = {0};
    sspi_cred *cred = NULL;
    if (cert_identity(c, &identity) != SEC_E_OK)
        return 0;
    struct sspi_cred_params params = {.size = sizeof params,
                                      .protocols = SSPI_CAP_TLS12 | SSPI_CAP_TLS13,
                                      .server = 1,
                                      .chain = identity.chain,
                                      .chain_count = identity.chain_count,
                                      .key = identity.key};
    int made = p && p->api.cred_new(&params, &cred, &failure) == SSPI_OK;
    if (made)
        p->api.cred_free(cred);
    cert_identity_free(&identity);
    return made;
}

/* MariaDB and schannel-rs: container, import, KEY_PROV_INFO, Acquire, and everything is deleted. */
static void containers(void)
{
    struct sspi_bytes der = der_of("server-rsa-pkcs1.key");
    BYTE *blob = NULL;
    DWORD size;
    HCRYPTPROV provider = 0, again = 7;
    HCRYPTKEY key = 0;
    ok(CryptDecodeObjectEx(X509_ASN_ENCODING, PKCS_RSA_PRIVATE_KEY, der.ptr, (DWORD)der.len,
                           CRYPT_DECODE_ALLOC_FLAG, NULL, &blob, &size),
       "K35 CAPI: a key blob");
    ok(!CryptAcquireContextW(&provider, L"box", NULL, PROV_RSA_FULL, 0) &&
           GetLastError() == (DWORD)NTE_BAD_KEYSET,
       "K35 CAPI: a container that is not there");
    ok(CryptAcquireContextW(&provider, L"box", MS_DEF_RSA_SCHANNEL_PROV_W, PROV_RSA_SCHANNEL,
                            CRYPT_NEWKEYSET),
       "K35 CAPI: a new one");
    ok(!CryptAcquireContextA(&again, "box", NULL, PROV_RSA_FULL, CRYPT_NEWKEYSET) &&
           GetLastError() == (DWORD)NTE_EXISTS,
       "K35 CAPI: is new once");
    ok(CryptImportKey(provider, blob, size, 0, 0, &key) && key, "K35 CAPI: takes a key");
    PCCERT_CONTEXT c = first_of("server-rsa.pem");
    static const WCHAR name[] = L"box";
    CRYPT_KEY_PROV_INFO info = {.pwszContainerName = (LPWSTR)(uintptr_t)name,
                                .dwProvType = PROV_RSA_FULL,
                                .dwKeySpec = AT_KEYEXCHANGE};
    ok(CertSetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, 0, &info) && serves(c),
       "K35 CAPI: KEY_PROV_INFO leads to it");
    struct cert_identity identity;
    is_status(cert_identity(c, &identity), SEC_E_OK, "K17 CAPI: captured");
    ok(CryptDestroyKey(key) && !CryptDestroyKey(key) && CryptReleaseContext(provider, 0) &&
           !CryptReleaseContext(provider, 0),
       "K17 CAPI: key and context are given back once");
    ok(CryptAcquireContextW(&again, L"box", NULL, PROV_RSA_FULL, CRYPT_DELETEKEYSET) && again == 0,
       "K17 CAPI: the container is deleted");
    ok(identity.key.len > 1000 && identity.key.ptr[0] == 0x30,
       "K17 CAPI: and what was captured is still there");
    cert_identity_free(&identity);
    is_status(cert_identity(c, &identity), SEC_E_NO_CREDENTIALS, "W15 W16 KEY_PROV_INFO that leads nowhere");
    CertFreeCertificateContext(c);

    /* aws-c-io: the handle of the provider as a property. */
    c = first_of("server-rsa.pem");
    ok(CryptAcquireContextA(&provider, NULL, NULL, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT) &&
           CryptImportKey(provider, blob, size, 0, 0, &key) &&
           CertSetCertificateContextProperty(c, CERT_KEY_PROV_HANDLE_PROP_ID, 0, (void *)provider) &&
           serves(c),
       "K35 CAPI: KEY_PROV_HANDLE");
    ok(!CryptReleaseContext(provider, 0), "K35 CAPI: which passed to the certificate");
    CryptDestroyKey(key);
    CertFreeCertificateContext(c);
    ok(CryptAcquireContextA(&provider, NULL, NULL, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT), "CAPI: no container");
    blob[0] = PUBLICKEYBLOB;
    ok(!CryptImportKey(provider, blob, size, 0, 0, &key) && GetLastError() == (DWORD)NTE_BAD_TYPE,
       "CAPI: a public key is none");
    blob[0] = PRIVATEKEYBLOB;
    ok(!CryptImportKey(provider, blob, size - 1, 0, 0, &key) && GetLastError() == (DWORD)NTE_BAD_DATA,
       "CAPI: nor half a private one");
    for (DWORD cut = 0; cut < size; cut += 13) {
        BYTE *exact = malloc(cut ? cut : 1);
        memcpy(exact, blob, cut);
        if (CryptImportKey(provider, exact, cut, 0, 0, &key))
            ok(0, "CAPI: cut at %u", cut);
        free(exact);
    }
    ok(!CryptImportKey(0x1230, blob, size, 0, 0, &key) && GetLastError() == ERROR_INVALID_HANDLE,
       "CAPI: a wild handle");
    CryptReleaseContext(provider, 0);
    LocalFree(blob);
    free((void *)(uintptr_t)der.ptr);
}

static void cng(void)
{
    NCRYPT_PROV_HANDLE storage = 0, other = 0;
    NCRYPT_KEY_HANDLE key = 0;
    is_status(NCryptOpenStorageProvider(&storage, MS_KEY_STORAGE_PROVIDER, 0), SEC_E_OK,
              "K35 CNG: the storage provider");
    is_status(NCryptOpenStorageProvider(&other, MS_SMART_CARD_KEY_STORAGE_PROVIDER, 0),
              NTE_PROV_DLL_NOT_FOUND, "CNG: no smart card");
    static const struct {
        const char *key, *cert;
    } pairs[] = {{"server-rsa.key", "server-rsa.pem"},
                 {"server-ecdsa.key", "server-ecdsa.pem"},
                 {"server-ed25519.key", "server-ed25519.pem"}};
    for (size_t i = 0; i < 3; i++) {
        struct sspi_bytes der = der_of(pairs[i].key);
        PCCERT_CONTEXT c = first_of(pairs[i].cert);
        WCHAR name[] = L"aws";
        NCryptBuffer buffer = {sizeof name, NCRYPTBUFFER_PKCS_KEY_NAME, name};
        NCryptBufferDesc list = {NCRYPTBUFFER_VERSION, 1, &buffer};
        is_status(NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &list, &key,
                                  (PBYTE)(uintptr_t)der.ptr, (DWORD)der.len, NCRYPT_OVERWRITE_KEY_FLAG),
                  SEC_E_OK, "K35 CNG: %s by name", pairs[i].key);
        CRYPT_KEY_PROV_INFO info = {.pwszContainerName = name, .dwProvType = 0, .dwKeySpec = 0};
        ok(CertSetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, 0, &info) && serves(c),
           "K35 CNG: found by that name");
        CertSetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, 0, NULL);
        ok(CertSetCertificateContextProperty(c, CERT_NCRYPT_KEY_HANDLE_PROP_ID, 0, (void *)key) && serves(c),
           "K35 CNG: and by its handle (FFmpeg)");
        is_status(NCryptFreeObject(key), SEC_E_OK,
                  "CNG: the handle is the certificate's now, and can be given back once");
        CertFreeCertificateContext(c);
        is_status(NCryptFreeObject(key), NTE_INVALID_HANDLE, "CNG: and no more");
        free((void *)(uintptr_t)der.ptr);
    }
    struct sspi_bytes der = der_of("server-ecdsa.key");
    WCHAR name[] = L"aws";
    NCryptBuffer buffer = {sizeof name, NCRYPTBUFFER_PKCS_KEY_NAME, name};
    NCryptBufferDesc list = {NCRYPTBUFFER_VERSION, 1, &buffer};
    is_status(NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &list, &key,
                              (PBYTE)(uintptr_t)der.ptr, (DWORD)der.len, 0),
              NTE_EXISTS, "CNG: a name that is taken");
    is_status(
        NCryptImportKey(storage, 0, L"WHATEVER", NULL, &key, (PBYTE)(uintptr_t)der.ptr, (DWORD)der.len, 0),
        NTE_NOT_SUPPORTED, "CNG: a kind of blob that is not known");
    is_status(NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL, &key,
                              (PBYTE)(uintptr_t)der.ptr, 10, 0),
              NTE_BAD_DATA, "CNG: half a key");
    is_status(NCryptImportKey(0x999, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL, &key, (PBYTE)(uintptr_t)der.ptr,
                              (DWORD)der.len, 0),
              NTE_INVALID_HANDLE, "CNG: a wild handle");
    /* The EC key again, as its two coordinates and the scalar. */
    DWORD size;
    CRYPT_PRIVATE_KEY_INFO *info = NULL;
    CRYPT_ECC_PRIVATE_KEY_INFO *ec = NULL;
    CryptDecodeObjectEx(X509_ASN_ENCODING, PKCS_PRIVATE_KEY_INFO, der.ptr, (DWORD)der.len,
                        CRYPT_DECODE_ALLOC_FLAG, NULL, &info, &size);
    CryptDecodeObjectEx(X509_ASN_ENCODING, X509_ECC_PRIVATE_KEY, info->PrivateKey.pbData,
                        info->PrivateKey.cbData, CRYPT_DECODE_ALLOC_FLAG, NULL, &ec, &size);
    BYTE blob[8 + 96];
    BCRYPT_ECCKEY_BLOB head = {BCRYPT_ECDSA_PRIVATE_P256_MAGIC, 32};
    memcpy(blob, &head, 8);
    memcpy(blob + 8, ec->PublicKey.pbData + 1, 64);
    memcpy(blob + 72, ec->PrivateKey.pbData, 32);
    is_status(NCryptImportKey(storage, 0, BCRYPT_ECCPRIVATE_BLOB, NULL, &key, blob, sizeof blob, 0), SEC_E_OK,
              "K35 CNG: an EC key by its numbers");
    PCCERT_CONTEXT c = first_of("server-ecdsa.pem");
    ok(CertSetCertificateContextProperty(c, CERT_NCRYPT_KEY_HANDLE_PROP_ID, 0, (void *)key) && serves(c),
       "K35 CNG: serves too");
    CertFreeCertificateContext(c);
    is_status(NCryptImportKey(storage, 0, BCRYPT_ECCPRIVATE_BLOB, NULL, &key, blob, sizeof blob - 1, 0),
              NTE_BAD_DATA, "CNG: an octet short");
    LocalFree(info);
    LocalFree(ec);
    free((void *)(uintptr_t)der.ptr);
    is_status(NCryptFreeObject(storage), SEC_E_OK, "CNG: given back");
    is_status(NCryptFreeObject(storage), NTE_INVALID_HANDLE, "CNG: once");
    CryptAcquireContextW((HCRYPTPROV *)&other, L"aws", NULL, 0, CRYPT_DELETEKEYSET);
}

static void self_signed(void)
{
    BYTE subject[128], alt[64];
    DWORD size = sizeof subject, alt_size = sizeof alt;
    static const WCHAR host[] = L"made.example.test";
    CERT_ALT_NAME_ENTRY entry = {.dwAltNameChoice = CERT_ALT_NAME_DNS_NAME,
                                 .pwszDNSName = (LPWSTR)(uintptr_t)host};
    CERT_ALT_NAME_INFO names = {1, &entry};
    const struct provider *p;
    if (provider_select(NULL, SSPI_CAP_GENERATE, &p) != SEC_E_OK) {
        skip("no provider generates", "K35 a certificate made on the spot");
        return;
    }
    CertStrToNameA(X509_ASN_ENCODING, "CN=made.example.test", CERT_X500_NAME_STR, NULL, subject, &size, NULL);
    CERT_NAME_BLOB name = {size, subject};
    PCCERT_CONTEXT c = CertCreateSelfSignCertificate(0, &name, 0, NULL, NULL, NULL, NULL, NULL);
    ok(c && serves(c), "K35 a certificate and an RSA key, made on the spot (pjsip)");
    ok(c && CertVerifyTimeValidity(NULL, c->pCertInfo) == 0 && c->pCertInfo->SerialNumber.cbData == 20,
       "K35 it is good now");
    CertFreeCertificateContext(c);
    CryptEncodeObjectEx(X509_ASN_ENCODING, X509_ALTERNATE_NAME, &names, 0, NULL, alt, &alt_size);
    CERT_EXTENSION extension = {(LPSTR)(uintptr_t)szOID_SUBJECT_ALT_NAME2, FALSE, {alt_size, alt}};
    CERT_EXTENSIONS extensions = {1, &extension};
    struct sspi_bytes der = der_of("server-ecdsa.key");
    NCRYPT_PROV_HANDLE storage = 0;
    NCRYPT_KEY_HANDLE key = 0;
    NCryptOpenStorageProvider(&storage, NULL, 0);
    NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, NULL, &key, (PBYTE)(uintptr_t)der.ptr,
                    (DWORD)der.len, 0);
    SYSTEMTIME start = {.wYear = 2020, .wMonth = 1, .wDay = 1}, end = {.wYear = 2040, .wMonth = 1, .wDay = 1};
    c = CertCreateSelfSignCertificate(key, &name, CERT_CREATE_SELFSIGN_NO_KEY_INFO, NULL, NULL, &start, &end,
                                      &extensions);
    ok(c && serves(c) &&
           cert_names_host((struct sspi_bytes){c->pbCertEncoded, c->cbCertEncoded}, "made.example.test") ==
               2 &&
           !strcmp(c->pCertInfo->SubjectPublicKeyInfo.Algorithm.pszObjId, szOID_ECC_PUBLIC_KEY),
       "K35 with a key, dates and extensions of the caller's (FFmpeg)");
    CertFreeCertificateContext(c);
    ok(!CertCreateSelfSignCertificate(0x777, &name, 0, NULL, NULL, NULL, NULL, NULL) &&
           GetLastError() == (DWORD)NTE_BAD_KEYSET,
       "self-signed: a wild key");
    CERT_NAME_BLOB junk = {2, (BYTE *)(uintptr_t) "\x04\x00"};
    ok(!CertCreateSelfSignCertificate(0, &junk, 0, NULL, NULL, NULL, NULL, NULL) &&
           GetLastError() == (DWORD)E_INVALIDARG &&
           !CertCreateSelfSignCertificate(0, NULL, 0, NULL, NULL, NULL, NULL, NULL) &&
           !CertCreateSelfSignCertificate(key, &name, 0, NULL, NULL, &end, &start, NULL),
       "self-signed: what cannot be");
    NCryptFreeObject(key);
    NCryptFreeObject(storage);
    free((void *)(uintptr_t)der.ptr);
}

static void hashes(void)
{
    static const struct {
        ALG_ID id;
        DWORD size;
        BYTE first[4]; /* of the hash of "abc" */
    } cases[] = {{CALG_SHA1, 20, {0xa9, 0x99, 0x3e, 0x36}},
                 {CALG_SHA_256, 32, {0xba, 0x78, 0x16, 0xbf}},
                 {CALG_SHA_384, 48, {0xcb, 0x00, 0x75, 0x3f}},
                 {CALG_SHA_512, 64, {0xdd, 0xaf, 0x35, 0xa1}}};
    HCRYPTPROV provider = 0;
    HCRYPTHASH hash = 0;
    CryptAcquireContextA(&provider, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT | CRYPT_SILENT);
    for (size_t i = 0; i < 4; i++) {
        BYTE digest[64];
        DWORD digest_size = sizeof digest, number = 0, number_size = 4;
        ok(CryptCreateHash(provider, cases[i].id, 0, 0, &hash) &&
               CryptHashData(hash, (const BYTE *)"a", 1, 0) &&
               CryptHashData(hash, (const BYTE *)"bc", 2, 0) &&
               CryptGetHashParam(hash, HP_HASHVAL, digest, &digest_size, 0) && digest_size == cases[i].size &&
               !memcmp(digest, cases[i].first, 4),
           "hash: %u bits", cases[i].size * 8);
        ok(CryptGetHashParam(hash, HP_HASHSIZE, (BYTE *)&number, &number_size, 0) &&
               number == cases[i].size && !CryptHashData(hash, (const BYTE *)"d", 1, 0) &&
               GetLastError() == (DWORD)NTE_BAD_HASH_STATE,
           "hash: its size; no more data behind the value");
        ok(CryptDestroyHash(hash) && !CryptDestroyHash(hash), "hash: given back once");
    }
    static const WCHAR *const names[] = {L"SHA1", L"sha256", L"SHA384", L"SHA512"};
    const BYTE *abc = (const BYTE *)"abc";
    BYTE value[64];
    DWORD size;
    for (size_t i = 0; i < 4; i++) {
        DWORD asked = 0, half = cases[i].size / 2;
        memset(value, 0, sizeof value);
        size = sizeof value;
        ok(CryptHashCertificate(0, cases[i].id, 0, abc, 3, value, &size) && size == cases[i].size &&
               !memcmp(value, cases[i].first, 4),
           "hash: CryptHashCertificate, %u bits", cases[i].size * 8);
        memset(value, 0, sizeof value);
        size = sizeof value;
        ok(CryptHashCertificate2(names[i], 0, NULL, abc, 3, value, &size) && size == cases[i].size &&
               !memcmp(value, cases[i].first, 4) &&
               CryptHashCertificate2(names[i], 0, NULL, abc, 3, NULL, &asked) && asked == size &&
               !CryptHashCertificate2(names[i], 0, NULL, abc, 3, value, &half) &&
               GetLastError() == ERROR_MORE_DATA && half == size,
           "hash: CryptHashCertificate2 by name, the size alone, too little room");
    }
    size = sizeof value;
    ok(CryptHashCertificate(0, 0, 0, abc, 3, value, &size) && size == 20, "hash: no algorithm is SHA-1");
    ok(!CryptHashCertificate(0, CALG_MD5, 0, abc, 3, value, &size) &&
           GetLastError() == (DWORD)NTE_BAD_ALGID &&
           !CryptHashCertificate2(L"MD5", 0, NULL, abc, 3, value, &size) &&
           GetLastError() == (DWORD)NTE_NOT_SUPPORTED &&
           !CryptHashCertificate2(NULL, 0, NULL, abc, 3, value, &size) &&
           !CryptHashCertificate(0, CALG_SHA1, 0, NULL, 3, value, &size) &&
           GetLastError() == ERROR_INVALID_PARAMETER &&
           !CryptHashCertificate(0, CALG_SHA1, 0, abc, 3, value, NULL),
       "hash: what a certificate is not hashed with");
    ok(!CryptCreateHash(provider, CALG_MD5, 0, 0, &hash) && GetLastError() == (DWORD)NTE_BAD_ALGID,
       "hash: no MD5");
    ok(!CryptCreateHash(0, CALG_SHA1, 0, 0, &hash) && !CryptHashData(0x55, (const BYTE *)"d", 1, 0),
       "hash: wild handles");
    CryptReleaseContext(provider, 0);
}

static void suites(void)
{
    PCRYPT_CONTEXT_FUNCTIONS list = NULL;
    ULONG size = 0;
    int found = 0;
    is_status(BCryptEnumContextFunctions(CRYPT_LOCAL, L"SSL", NCRYPT_SCHANNEL_INTERFACE, &size, &list), 0,
              "suites: a list (pjsip, Qt)");
    for (ULONG i = 0; list && i < list->cFunctions; i++)
        found |= !wcscmp(list->rgpszFunctions[i], L"TLS_AES_256_GCM_SHA384");
    ok(found && list->cFunctions > 5, "suites: with names");
    BCryptFreeBuffer(list);
    BCryptFreeBuffer(NULL);
    list = NULL;
    ok(BCryptEnumContextFunctions(CRYPT_LOCAL, L"SSH", NCRYPT_SCHANNEL_INTERFACE, &size, &list) < 0 &&
           BCryptEnumContextFunctions(CRYPT_LOCAL, NULL, NCRYPT_SCHANNEL_INTERFACE, &size, &list) < 0,
       "suites: of something else");
}

int main(void)
{
    containers();
    cng();
    self_signed();
    hashes();
    suites();
    return tap_done();
}
