/* SPDX-License-Identifier: MIT
 *
 * Contexts, their properties, stores, and pointers that are not what they seem. */
#include <config.h>

#include "t/cert-kit.h"

#include <pthread.h>

static unsigned count(HCERTSTORE store)
{
    unsigned n = 0;
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(store, c)) != NULL;)
        n++;
    return n;
}

static void contexts(void)
{
    struct sspi_bytes der = slurp(pki("server-rsa.der"));
    PCCERT_CONTEXT c = CertCreateCertificateContext(X509_ASN_ENCODING, der.ptr, (DWORD)der.len);
    ok(c && c->cbCertEncoded == der.len && c->pbCertEncoded != der.ptr &&
           !memcmp(c->pbCertEncoded, der.ptr, der.len),
       "a context holds a copy of the certificate");
    if (!c)
        return;
    const CERT_INFO *info = c->pCertInfo;
    is_int(info->dwVersion, CERT_V3, "pCertInfo: version 3");
    is_str(info->SubjectPublicKeyInfo.Algorithm.pszObjId, szOID_RSA_RSA, "pCertInfo: an RSA key");
    is_str(info->SignatureAlgorithm.pszObjId, szOID_ECDSA_SHA256, "pCertInfo: signed with ECDSA and SHA-256");
    ok(info->SerialNumber.cbData == 2 && info->SerialNumber.pbData[1] == 0x10,
       "pCertInfo: the serial's low octet is first");
    ok(info->Subject.cbData && info->Subject.pbData[0] == 0x30 && info->Issuer.cbData, "pCertInfo: names");
    is_int(info->cExtension, 6, "pCertInfo: six extensions");
    PCERT_EXTENSION e = CertFindExtension(szOID_SUBJECT_ALT_NAME2, info->cExtension, info->rgExtension);
    ok(e && !e->fCritical && e->Value.cbData && e->Value.pbData[0] == 0x30,
       "CertFindExtension: the alternative names");
    e = CertFindExtension(szOID_KEY_USAGE, info->cExtension, info->rgExtension);
    ok(e && e->fCritical, "CertFindExtension: a critical one");
    ok(!CertFindExtension("1.2.3", info->cExtension, info->rgExtension),
       "CertFindExtension: one that is not there");
    ok(!CertFindExtension(NULL, info->cExtension, info->rgExtension), "CertFindExtension: none asked for");
    is_int(CertVerifyTimeValidity(NULL, c->pCertInfo), 0, "CertVerifyTimeValidity: now");
    FILETIME before = {0, 0}, after = {0xffffffff, 0x7fffffff};
    is_int(CertVerifyTimeValidity(&before, c->pCertInfo), -1, "CertVerifyTimeValidity: before");
    is_int(CertVerifyTimeValidity(&after, c->pCertInfo), 1, "CertVerifyTimeValidity: after");
    PCCERT_CONTEXT again = CertDuplicateCertificateContext(c);
    ok(again == c, "a duplicate is the same pointer");
    ok(CertFreeCertificateContext(c) && CertFreeCertificateContext(again), "two references are freed twice");
    ok(!CertFreeCertificateContext(c) && GetLastError() == (DWORD)E_INVALIDARG, "a third time is refused");
    ok(!CertDuplicateCertificateContext(c), "a freed context is not duplicated");
    ok(CertFreeCertificateContext(NULL), "K39 CertFreeCertificateContext(NULL) is fine");
    ok(!CertDuplicateCertificateContext(NULL), "a duplicate of nothing is nothing");

    CERT_CONTEXT foreign = {X509_ASN_ENCODING, (BYTE *)(uintptr_t)der.ptr, (DWORD)der.len, NULL, NULL};
    ok(!CertDuplicateCertificateContext(&foreign), "a context that is not ours is refused");
    ok(!CertFreeCertificateContext((PCCERT_CONTEXT)(uintptr_t)0x1000),
       "a wild pointer is refused and not followed");
    DWORD size = 0;
    ok(!CertGetCertificateContextProperty(&foreign, CERT_SHA1_HASH_PROP_ID, NULL, &size),
       "and has no properties");
    ok(!CertCreateCertificateContext(X509_ASN_ENCODING, der.ptr, (DWORD)der.len - 1),
       "half a certificate is none");
    ok(!CertCreateCertificateContext(0, der.ptr, (DWORD)der.len) && GetLastError() == (DWORD)E_INVALIDARG,
       "an encoding must be named");
    ok(!CertCreateCertificateContext(X509_ASN_ENCODING, NULL, 5), "NULL is no certificate");
    free((void *)(uintptr_t)der.ptr);
}

static void properties(void)
{
    PCCERT_CONTEXT c = first_of("server-rsa.pem");
    BYTE buffer[256];
    DWORD size = sizeof buffer;
    ok(CertGetCertificateContextProperty(c, CERT_SHA1_HASH_PROP_ID, buffer, &size) && size == 20,
       "property: SHA-1");
    size = 19;
    ok(!CertGetCertificateContextProperty(c, CERT_HASH_PROP_ID, buffer, &size) &&
           GetLastError() == ERROR_MORE_DATA && size == 20,
       "property: too little room says how much");
    size = sizeof buffer;
    ok(CertGetCertificateContextProperty(c, CERT_SHA256_HASH_PROP_ID, buffer, &size) && size == 32,
       "property: SHA-256");
    size = sizeof buffer;
    ok(CertGetCertificateContextProperty(c, CERT_SIGN_HASH_CNG_ALG_PROP_ID, buffer, &size) &&
           !wcscmp((WCHAR *)(void *)buffer, L"ECDSA/SHA256"),
       "property: the signature's algorithms");
    size = sizeof buffer;
    ok(!CertGetCertificateContextProperty(c, CERT_FRIENDLY_NAME_PROP_ID, buffer, &size) &&
           GetLastError() == (DWORD)CRYPT_E_NOT_FOUND,
       "property: no friendly name yet");
    static const WCHAR name[] = L"Grüße ☂";
    CRYPT_DATA_BLOB blob = {sizeof name, (BYTE *)(uintptr_t)name};
    ok(CertSetCertificateContextProperty(c, CERT_FRIENDLY_NAME_PROP_ID, 0, &blob),
       "property: a friendly name is set");
    size = sizeof buffer;
    ok(CertGetCertificateContextProperty(c, CERT_FRIENDLY_NAME_PROP_ID, buffer, &size) &&
           size == sizeof name && !memcmp(buffer, name, size),
       "property: and comes back");
    char text[64];
    CertGetNameStringA(c, CERT_NAME_FRIENDLY_DISPLAY_TYPE, 0, NULL, text, sizeof text);
    is_str(text, "Grüße ☂", "property: and is what is displayed");
    static const WCHAR container[] = L"box", provider[] = L"Microsoft Strong Cryptographic Provider";
    CRYPT_KEY_PROV_INFO info = {
        (LPWSTR)(uintptr_t)container, (LPWSTR)(uintptr_t)provider, PROV_RSA_FULL, 5, 0, NULL, AT_KEYEXCHANGE};
    ok(CertSetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, 0, &info),
       "property: KEY_PROV_INFO is set");
    size = 0;
    ok(CertGetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, NULL, &size) && size > sizeof info,
       "property: it has a size");
    CRYPT_KEY_PROV_INFO *back = malloc(size);
    ok(CertGetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, back, &size) &&
           !wcscmp(back->pwszContainerName, container) && !wcscmp(back->pwszProvName, provider) &&
           back->dwProvType == PROV_RSA_FULL && back->dwFlags == 5 && back->dwKeySpec == AT_KEYEXCHANGE,
       "property: and comes back whole");
    free(back);
    DWORD spec;
    size = sizeof spec;
    ok(CertGetCertificateContextProperty(c, CERT_KEY_SPEC_PROP_ID, &spec, &size) && spec == AT_KEYEXCHANGE,
       "property: KEY_SPEC follows");
    ok(CertSetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, 0, NULL) &&
           !CertGetCertificateContextProperty(c, CERT_KEY_PROV_INFO_PROP_ID, NULL, &size),
       "property: NULL takes it away");
    ok(!CertSetCertificateContextProperty(c, CERT_SHA1_HASH_PROP_ID, 0, &blob),
       "property: a hash cannot be set");
    CERT_KEY_CONTEXT key = {.cbSize = sizeof key, .hNCryptKey = 0x1234, .dwKeySpec = 0};
    ok(!CertSetCertificateContextProperty(c, CERT_KEY_CONTEXT_PROP_ID, 0, &key),
       "property: a key handle that is none");
    ok(!CertGetCertificateContextProperty(c, CERT_KEY_CONTEXT_PROP_ID, NULL, &size),
       "property: a certificate alone has no key");
    CertFreeCertificateContext(c);

    /* A key is lent as a handle, and can be given to another context of the same certificate. */
    PCCERT_CONTEXT with = first_of("server-rsa-full.pem"), without = first_of("server-rsa.pem");
    size = sizeof key;
    ok(CertGetCertificateContextProperty(with, CERT_KEY_CONTEXT_PROP_ID, &key, &size) && key.hNCryptKey &&
           key.dwKeySpec == CERT_NCRYPT_KEY_SPEC,
       "property: the key of a PEM file has a handle");
    ok(CertSetCertificateContextProperty(without, CERT_KEY_CONTEXT_PROP_ID, CERT_STORE_NO_CRYPT_RELEASE_FLAG,
                                         &key),
       "property: which can be given to another");
    CertFreeCertificateContext(with);
    size = sizeof key;
    ok(CertGetCertificateContextProperty(without, CERT_KEY_CONTEXT_PROP_ID, &key, &size),
       "property: and outlives the first");
    ok(CertSetCertificateContextProperty(without, CERT_NCRYPT_KEY_HANDLE_PROP_ID, 0, NULL) &&
           !CertGetCertificateContextProperty(without, CERT_KEY_CONTEXT_PROP_ID, &key, &size),
       "property: and can be taken away");
    CertFreeCertificateContext(without);
}

static void stores(void)
{
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, CERT_STORE_CREATE_NEW_FLAG, NULL);
    PCCERT_CONTEXT a = first_of("server-rsa.pem"), b = first_of("intermediate.pem"), in_store = NULL,
                   other = NULL;
    ok(store && count(store) == 0, "a memory store begins empty");
    ok(CertAddCertificateContextToStore(store, a, CERT_STORE_ADD_NEW, &in_store) && in_store != a &&
           in_store->hCertStore == store,
       "what is added is a context of the store");
    ok(!CertAddCertificateContextToStore(store, a, CERT_STORE_ADD_NEW, NULL) &&
           GetLastError() == (DWORD)CRYPT_E_EXISTS,
       "ADD_NEW refuses what is there");
    ok(CertAddCertificateContextToStore(store, a, CERT_STORE_ADD_USE_EXISTING, &other) && other == in_store,
       "USE_EXISTING gives what is there");
    CertFreeCertificateContext(other);
    ok(CertAddCertificateContextToStore(store, a, CERT_STORE_ADD_ALWAYS, NULL) && count(store) == 2,
       "ALWAYS adds it again");
    ok(CertAddCertificateContextToStore(store, b, CERT_STORE_ADD_ALWAYS, NULL) && count(store) == 3,
       "and another");
    ok(CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, b->pbCertEncoded, b->cbCertEncoded,
                                        CERT_STORE_ADD_REPLACE_EXISTING, &other) &&
           count(store) == 3,
       "REPLACE_EXISTING replaces");
    ok(CertDeleteCertificateFromStore(other) && count(store) == 2, "and a deleted one is gone");
    ok(!CertDeleteCertificateFromStore(other), "once");
    ok(!CertAddCertificateContextToStore(store, a, 99, NULL), "an unknown disposition is refused");

    /* Deleting what an enumeration stands on must not end it. */
    unsigned seen = 0;
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(store, c)) != NULL; seen++)
        CertDeleteCertificateFromStore(CertDuplicateCertificateContext(c));
    ok(seen == 2 && count(store) == 0, "a store can be emptied while it is enumerated");
    CertFreeCertificateContext(in_store);

    CertAddCertificateContextToStore(store, a, CERT_STORE_ADD_ALWAYS, &in_store);
    HCERTSTORE twice = CertDuplicateStore(store);
    ok(twice == store && CertCloseStore(twice, 0), "a store is counted");
    ok(!CertCloseStore(store, CERT_CLOSE_STORE_CHECK_FLAG) && GetLastError() == (DWORD)CRYPT_E_PENDING_CLOSE,
       "CHECK tells that a context of it is still held");
    ok(in_store->cbCertEncoded == a->cbCertEncoded && count(in_store->hCertStore) == 1,
       "a context keeps its store when the store is closed");
    CertFreeCertificateContext(in_store);
    ok(!CertCloseStore(store, 0), "and the last one takes it along");
    ok(CertCloseStore(NULL, 0), "K39 CertCloseStore(NULL) is fine");
    ok(!CertEnumCertificatesInStore(store, NULL) && !CertDuplicateStore((HCERTSTORE)(uintptr_t)0x2000),
       "a closed or wild store is refused");
    CertFreeCertificateContext(a);
    CertFreeCertificateContext(b);
}

static void readonly_and_collections(void)
{
    HCERTSTORE one = open_pki("server-rsa-chain.pem"), two = open_pki("other-root.pem");
    HCERTSTORE both = CertOpenStore(CERT_STORE_PROV_COLLECTION, 0, 0, 0, NULL);
    PCCERT_CONTEXT c = CertEnumCertificatesInStore(two, NULL);
    ok(!CertAddCertificateContextToStore(one, c, CERT_STORE_ADD_ALWAYS, NULL) &&
           GetLastError() == (DWORD)E_ACCESSDENIED,
       "a store opened READONLY takes nothing");
    ok(!CertDeleteCertificateFromStore(CertDuplicateCertificateContext(c)) && count(two) == 1,
       "and loses nothing");
    CertFreeCertificateContext(c);
    ok(both && count(both) == 0, "a collection begins empty");
    ok(CertAddStoreToCollection(both, one, 0, 0) && CertAddStoreToCollection(both, two, 0, 0) &&
           count(both) == 3,
       "and shows what its members hold");
    ok(!CertAddStoreToCollection(both, both, 0, 0) && !CertAddStoreToCollection(one, two, 0, 0),
       "but no collection, nor into one");
    CertCloseStore(one, 0);
    CertCloseStore(two, 0);
    ok(count(both) == 3, "which it keeps");
    ok(CertCloseStore(both, 0), "and lets go");
}

static void finding(void)
{
    HCERTSTORE store = open_pki("server-rsa-full.pem");
    PCCERT_CONTEXT leaf = CertEnumCertificatesInStore(store, NULL);
    PCCERT_CONTEXT issuer = CertEnumCertificatesInStore(store, CertDuplicateCertificateContext(leaf));
    BYTE hash[20];
    CRYPT_HASH_BLOB blob = {20, hash};
    DWORD size = 20, key = CERT_NCRYPT_KEY_HANDLE_PROP_ID;
    LPSTR usage = (LPSTR)(uintptr_t)szOID_PKIX_KP_SERVER_AUTH;
    CERT_ENHKEY_USAGE usages = {1, &usage};
    CertGetCertificateContextProperty(leaf, CERT_HASH_PROP_ID, hash, &size);
    CERT_NAME_BLOB subject = issuer->pCertInfo->Subject;
    const struct {
        DWORD type, flags;
        const void *para;
        PCCERT_CONTEXT is;
        const char *what;
    } cases[] = {
        {CERT_FIND_ANY, 0, NULL, leaf, "any"},
        {CERT_FIND_HASH, 0, &blob, leaf, "by hash"},
        {CERT_FIND_SUBJECT_NAME, 0, &subject, issuer, "by subject"},
        {CERT_FIND_ISSUER_NAME, 0, &subject, leaf, "by issuer"},
        {CERT_FIND_SUBJECT_STR_A, 0, "INTERMEDIATE", issuer, "by part of the subject's text"},
        {CERT_FIND_SUBJECT_STR_W, 0, L"test inter", issuer, "by part of the subject's wide text"},
        {CERT_FIND_ISSUER_STR_A, 0, "test root", issuer, "by part of the issuer's text"},
        {CERT_FIND_SUBJECT_STR_A, 0, "nobody", NULL, "a text nobody has"},
        {CERT_FIND_HAS_PRIVATE_KEY, 0, NULL, leaf, "with a private key"},
        {CERT_FIND_PROPERTY, 0, &key, leaf, "with a property"},
        {CERT_FIND_ISSUER_OF, 0, leaf, issuer, "the issuer of"},
        {CERT_FIND_EXISTING, 0, issuer, issuer, "the same"},
        {CERT_FIND_PUBLIC_KEY, 0, &leaf->pCertInfo->SubjectPublicKeyInfo, leaf, "by public key"},
        {CERT_FIND_SUBJECT_CERT, 0, leaf->pCertInfo, leaf, "by issuer and serial"},
        {CERT_FIND_ENHKEY_USAGE, 0, &usages, leaf, "by usage"},
        {0x7f0000, 0, &blob, NULL, "by a type that is not known"},
        {CERT_FIND_HASH, 0, NULL, NULL, "by a hash that is not given"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PCCERT_CONTEXT found = CertFindCertificateInStore(store, X509_ASN_ENCODING, cases[i].flags,
                                                          cases[i].type, cases[i].para, NULL);
        ok(found == cases[i].is, "find: %s", cases[i].what);
        CertFreeCertificateContext(found);
    }
    PCCERT_CONTEXT c = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_ANY, NULL, NULL);
    c = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_ANY, NULL, c);
    ok(c == issuer, "find: and the next");
    c = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_ANY, NULL, c);
    ok(!c && GetLastError() == (DWORD)CRYPT_E_NOT_FOUND, "find: and no more");
    CertFreeCertificateContext(leaf);
    CertFreeCertificateContext(issuer);
    CertCloseStore(store, 0);
}

static void crls(void)
{
    HCERTSTORE store = open_pki("intermediate.crl");
    ok(store && count(store) == 0, "a file with a revocation list alone is a store");
    PCCRL_CONTEXT none = CertCreateCRLContext(X509_ASN_ENCODING, (const BYTE *)"x", 1);
    ok(!none && CertFreeCRLContext(NULL) && !CertFreeCRLContext((PCCRL_CONTEXT)(uintptr_t)0x3000),
       "CRL: what is none");
    CertCloseStore(store, 0);
    struct sspi_bytes text = slurp(pki("intermediate.crl"));
    BYTE der[4096];
    DWORD size = sizeof der;
    ok(CryptStringToBinaryA((const char *)text.ptr, 0, CRYPT_STRING_BASE64HEADER, der, &size, NULL, NULL),
       "CRL: from PEM");
    PCCRL_CONTEXT crl = CertCreateCRLContext(X509_ASN_ENCODING, der, size), in_store = NULL;
    ok(crl && crl->pCrlInfo->cCRLEntry == 1 && crl->pCrlInfo->rgCRLEntry[0].SerialNumber.cbData == 2,
       "CRL: one revoked");
    store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    ok(CertAddCRLContextToStore(store, crl, CERT_STORE_ADD_NEW, &in_store) && in_store->hCertStore == store &&
           !CertAddCRLContextToStore(store, crl, CERT_STORE_ADD_NEW, NULL),
       "CRL: a store takes it once");
    ok(CertFreeCRLContext(crl) && !CertFreeCRLContext(crl), "CRL: freed once");
    ok(CertCloseStore(store, 0) && in_store->cbCrlEncoded == size && CertFreeCRLContext(in_store),
       "CRL: keeps its store");
    free((void *)(uintptr_t)text.ptr);
}

static void *churn(void *store)
{
    for (unsigned i = 0; i < 300; i++) {
        PCCERT_CONTEXT c =
            CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_SUBJECT_STR_A, "local", NULL);
        PCCERT_CONTEXT again = CertDuplicateCertificateContext(c);
        CertAddCertificateContextToStore(
            store, c, i % 2 ? CERT_STORE_ADD_REPLACE_EXISTING : CERT_STORE_ADD_ALWAYS, NULL);
        static const WCHAR name[] = L"name";
        CRYPT_DATA_BLOB blob = {sizeof name, (BYTE *)(uintptr_t)name};
        CertSetCertificateContextProperty(c, CERT_FRIENDLY_NAME_PROP_ID, 0, i % 3 ? &blob : NULL);
        CertFreeCertificateContext(c);
        if (i % 5 == 0)
            CertDeleteCertificateFromStore(again);
        else
            CertFreeCertificateContext(again);
        CertAddCertificateContextToStore(store, again, CERT_STORE_ADD_ALWAYS,
                                         NULL); /* may be gone: refused */
        HCERTSTORE same = CertDuplicateStore(store);
        CertCloseStore(same, 0);
    }
    return NULL;
}

static void threads(void)
{
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    PCCERT_CONTEXT c = first_of("server-ecdsa.pem");
    pthread_t thread[4];
    for (unsigned i = 0; i < 8; i++)
        CertAddCertificateContextToStore(store, c, CERT_STORE_ADD_ALWAYS, NULL);
    for (unsigned i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, churn, store);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    ok(CertCloseStore(store, CERT_CLOSE_STORE_CHECK_FLAG), "four threads on one store leave nothing behind");
    CertFreeCertificateContext(c);
}

int main(void)
{
    contexts();
    properties();
    stores();
    readonly_and_collections();
    finding();
    crls();
    threads();
    return tap_done();
}
