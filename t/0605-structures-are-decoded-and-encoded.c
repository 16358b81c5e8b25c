/* SPDX-License-Identifier: MIT
 *
 * CryptDecodeObject(Ex), CryptEncodeObjectEx and CryptQueryObject, as curl, MariaDB, aws-c-io, pjsip and
 * schannel-rs use them; and DER that is not what it should be. */
#include <config.h>

#include "t/cert-kit.h"

static void *decode(LPCSTR type, const BYTE *der, DWORD len, DWORD *size)
{
    void *out = NULL;
    return CryptDecodeObjectEx(X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, type, der, len,
                               CRYPT_DECODE_ALLOC_FLAG, NULL, &out, size)
               ? out
               : NULL;
}

static void *extension_of(PCCERT_CONTEXT c, const char *oid, LPCSTR type, DWORD *size)
{
    PCERT_EXTENSION e = CertFindExtension(oid, c->pCertInfo->cExtension, c->pCertInfo->rgExtension);
    return e ? decode(type, e->Value.pbData, e->Value.cbData, size) : NULL;
}

static void extensions(void)
{
    PCCERT_CONTEXT c = first_of("server-rsa.pem"), ca = first_of("intermediate.pem");
    DWORD size = 0;
    CERT_ALT_NAME_INFO *names = extension_of(c, szOID_SUBJECT_ALT_NAME2, szOID_SUBJECT_ALT_NAME2, &size);
    ok(names && names->cAltEntry == 4 && names->rgAltEntry[0].dwAltNameChoice == CERT_ALT_NAME_DNS_NAME &&
           !wcscmp(names->rgAltEntry[0].pwszDNSName, L"localhost") && size > sizeof *names,
       "decode: alternative names, by object identifier (curl)");
    ok(names && names->rgAltEntry[1].dwAltNameChoice == CERT_ALT_NAME_IP_ADDRESS &&
           names->rgAltEntry[1].IPAddress.cbData == 4 && names->rgAltEntry[2].IPAddress.cbData == 16 &&
           !wcscmp(names->rgAltEntry[3].pwszDNSName, L"*.example.test"),
       "decode: addresses too");
    LocalFree(names);
    names = extension_of(c, szOID_SUBJECT_ALT_NAME2, X509_ALTERNATE_NAME, &size);
    ok(names != NULL, "decode: the same by number");
    LocalFree(names);
    CERT_BASIC_CONSTRAINTS2_INFO *basic =
        extension_of(ca, szOID_BASIC_CONSTRAINTS2, X509_BASIC_CONSTRAINTS2, &size);
    ok(basic && basic->fCA && basic->fPathLenConstraint && basic->dwPathLenConstraint == 0,
       "decode: basic constraints");
    LocalFree(basic);
    CRYPT_BIT_BLOB *usage = extension_of(c, szOID_KEY_USAGE, X509_KEY_USAGE, &size);
    ok(usage && usage->cbData == 1 &&
           usage->pbData[0] == (CERT_DIGITAL_SIGNATURE_KEY_USAGE | CERT_KEY_ENCIPHERMENT_KEY_USAGE),
       "decode: key usage");
    LocalFree(usage);
    CERT_ENHKEY_USAGE *ext = extension_of(c, szOID_ENHANCED_KEY_USAGE, X509_ENHANCED_KEY_USAGE, &size);
    ok(ext && ext->cUsageIdentifier == 1 && !strcmp(ext->rgpszUsageIdentifier[0], szOID_PKIX_KP_SERVER_AUTH),
       "decode: extended usage");
    LocalFree(ext);
    CRYPT_DATA_BLOB *id = extension_of(c, szOID_SUBJECT_KEY_IDENTIFIER, X509_OCTET_STRING, &size);
    ok(id && id->cbData == 20, "decode: key identifier");
    LocalFree(id);
    CERT_AUTHORITY_KEY_ID2_INFO *authority =
        extension_of(c, szOID_AUTHORITY_KEY_IDENTIFIER2, X509_AUTHORITY_KEY_ID2, &size);
    ok(authority && authority->KeyId.cbData == 20 && authority->AuthorityCertIssuer.cAltEntry == 0,
       "decode: authority key identifier");
    LocalFree(authority);
    CERT_NAME_INFO *name =
        decode(X509_UNICODE_NAME, ca->pCertInfo->Subject.pbData, ca->pCertInfo->Subject.cbData, &size);
    ok(name && name->cRDN == 2 && !strcmp(name->rgRDN[1].rgRDNAttr[0].pszObjId, szOID_COMMON_NAME) &&
           !wcscmp((WCHAR *)(void *)name->rgRDN[1].rgRDNAttr[0].Value.pbData, L"OpenSSPI Test Intermediate"),
       "decode: a name in wide text");
    BYTE again[256];
    DWORD again_size = sizeof again;
    ok(name && CryptEncodeObjectEx(X509_ASN_ENCODING, X509_UNICODE_NAME, name, 0, NULL, again, &again_size) &&
           again_size > 20,
       "encode: and back");
    LocalFree(name);
    name = decode((LPCSTR)7, ca->pCertInfo->Subject.pbData, ca->pCertInfo->Subject.cbData, &size);
    again_size = sizeof again;
    ok(name && CryptEncodeObjectEx(X509_ASN_ENCODING, (LPCSTR)7, name, 0, NULL, again, &again_size) &&
           again_size == ca->pCertInfo->Subject.cbData &&
           !memcmp(again, ca->pCertInfo->Subject.pbData, again_size),
       "encode: a name of octets, there and back the same");
    LocalFree(name);
    CERT_INFO *info = decode(X509_CERT_TO_BE_SIGNED, c->pbCertEncoded, c->cbCertEncoded, &size);
    ok(info && info->cExtension == c->pCertInfo->cExtension && info->SerialNumber.cbData == 2 &&
           !strcmp(info->SignatureAlgorithm.pszObjId, c->pCertInfo->SignatureAlgorithm.pszObjId),
       "decode: a certificate");
    LocalFree(info);
    CERT_SIGNED_CONTENT_INFO *content = decode(X509_CERT, c->pbCertEncoded, c->cbCertEncoded, &size);
    ok(content && content->ToBeSigned.pbData[0] == 0x30 && content->Signature.cbData > 60,
       "decode: what is signed, and the signature");
    LocalFree(content);
    CertFreeCertificateContext(c);
    CertFreeCertificateContext(ca);
}

/* MariaDB, mongo-c-driver, schannel-rs: PEM to DER to a blob, which CryptImportKey takes. */
static void keys(void)
{
    struct sspi_bytes text = slurp(pki("server-rsa-pkcs1.key"));
    BYTE der[4096];
    DWORD len = sizeof der, size = 0, back_size;
    ok(CryptStringToBinaryA((const char *)text.ptr, 0, CRYPT_STRING_BASE64HEADER, der, &len, NULL, NULL),
       "key: from PEM");
    BYTE *blob = decode(PKCS_RSA_PRIVATE_KEY, der, len, &size);
    ok(blob && blob[0] == PRIVATEKEYBLOB && !memcmp(blob + 8, "RSA2", 4) && size == 20 + 9 * 128,
       "K35 decode: an RSA key as a blob");
    BYTE *back = NULL;
    ok(blob &&
           CryptEncodeObjectEx(X509_ASN_ENCODING, PKCS_RSA_PRIVATE_KEY, blob, CRYPT_ENCODE_ALLOC_FLAG, NULL,
                               &back, &back_size) &&
           back_size == len && !memcmp(back, der, len),
       "K35 encode: and back the same");
    LocalFree(back);
    LocalFree(blob);
    for (DWORD cut = 0; cut < len; cut++) {
        blob = decode(PKCS_RSA_PRIVATE_KEY, der, cut, &size);
        if (blob)
            break;
    }
    ok(!blob, "decode: half a key is refused");
    LocalFree(blob);
    free((void *)(uintptr_t)text.ptr);
    text = slurp(pki("server-ecdsa.key"));
    len = sizeof der;
    CryptStringToBinaryA((const char *)text.ptr, 0, CRYPT_STRING_BASE64HEADER, der, &len, NULL, NULL);
    CRYPT_PRIVATE_KEY_INFO *info = decode(PKCS_PRIVATE_KEY_INFO, der, len, &size);
    ok(info && !strcmp(info->Algorithm.pszObjId, szOID_ECC_PUBLIC_KEY) && info->PrivateKey.cbData,
       "K35 decode: PKCS#8");
    CRYPT_ECC_PRIVATE_KEY_INFO *ec =
        info ? decode(X509_ECC_PRIVATE_KEY, info->PrivateKey.pbData, info->PrivateKey.cbData, &size) : NULL;
    ok(ec && ec->PrivateKey.cbData == 32 && ec->PublicKey.cbData == 65,
       "K35 decode: and the EC key in it (aws-c-io)");
    LocalFree(ec);
    LocalFree(info);
    free((void *)(uintptr_t)text.ptr);
}

static LPVOID WINAPI own_alloc(size_t size)
{
    return malloc(size + 1);
}

static void sizes(void)
{
    static const BYTE usage[] = {0x03, 0x02, 0x05, 0xa0};
    union {
        BYTE bytes[128];
        void *align;
    } buffer;
    DWORD size = 0;
    ok(CryptDecodeObject(X509_ASN_ENCODING, X509_KEY_USAGE, usage, 4, 0, NULL, &size) &&
           size == sizeof(CRYPT_BIT_BLOB) + 1,
       "decode: the size alone");
    size--;
    ok(!CryptDecodeObject(X509_ASN_ENCODING, X509_KEY_USAGE, usage, 4, 0, buffer.bytes, &size) &&
           GetLastError() == ERROR_MORE_DATA && size == sizeof(CRYPT_BIT_BLOB) + 1,
       "decode: too little room");
    ok(CryptDecodeObject(X509_ASN_ENCODING, X509_KEY_USAGE, usage, 4, 0, buffer.bytes, &size) &&
           ((CRYPT_BIT_BLOB *)(void *)buffer.bytes)->cUnusedBits == 5,
       "decode: enough");
    void *out = NULL;
    CRYPT_DECODE_PARA para = {sizeof para, own_alloc, NULL};
    ok(CryptDecodeObjectEx(X509_ASN_ENCODING, X509_KEY_USAGE, usage, 4, CRYPT_DECODE_ALLOC_FLAG, &para, &out,
                           &size),
       "decode: memory of the caller's making");
    free(out);
    ok(!CryptDecodeObject(X509_ASN_ENCODING, (LPCSTR)999, usage, 4, 0, NULL, &size) &&
           GetLastError() == ERROR_FILE_NOT_FOUND &&
           !CryptDecodeObject(X509_ASN_ENCODING, "1.2.3.4", usage, 4, 0, NULL, &size),
       "decode: a kind that is not known");
    ok(!CryptDecodeObject(X509_ASN_ENCODING, X509_KEY_USAGE, usage, 3, 0, NULL, &size) &&
           GetLastError() == (DWORD)CRYPT_E_ASN1_BADTAG &&
           !CryptDecodeObject(X509_ASN_ENCODING, X509_KEY_USAGE, usage, 0, 0, NULL, &size) &&
           !CryptDecodeObject(X509_ASN_ENCODING, X509_KEY_USAGE, NULL, 4, 0, NULL, &size) &&
           !CryptDecodeObject(X509_ASN_ENCODING, X509_KEY_USAGE, usage, 4, 0, NULL, NULL) &&
           !CryptDecodeObject(0, X509_KEY_USAGE, usage, 4, 0, NULL, &size) &&
           !CryptDecodeObject(X509_ASN_ENCODING, NULL, usage, 4, 0, NULL, &size),
       "decode: what cannot be");
}

/* Every decoder over every extension and key, with each octet changed. */
static void mutations(void)
{
    static const uintptr_t kinds[] = {1,  2,  5,  7,  8,  12, 14, 15, 19, 20, 25,
                                      26, 27, 28, 30, 31, 36, 43, 44, 73, 82};
    struct sspi_bytes der = slurp(pki("server-rsa.der"));
    PCCERT_CONTEXT c = CertCreateCertificateContext(X509_ASN_ENCODING, der.ptr, (DWORD)der.len);
    unsigned decoded = 0;
    for (DWORD i = 0; i <= c->pCertInfo->cExtension; i++) {
        CRYPT_DATA_BLOB from = i < c->pCertInfo->cExtension
                                   ? c->pCertInfo->rgExtension[i].Value
                                   : (CRYPT_DATA_BLOB){(DWORD)der.len, (BYTE *)(uintptr_t)der.ptr};
        BYTE *copy = malloc(from.cbData);
        DWORD step = i < c->pCertInfo->cExtension ? 1 : 5;
        memcpy(copy, from.pbData, from.cbData);
        for (DWORD at = 0; at < from.cbData; at += step)
            for (unsigned flip = 1; flip < 256; flip <<= 2) {
                copy[at] ^= (BYTE)flip;
                for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
                    DWORD size;
                    void *out = decode((LPCSTR)kinds[k], copy, from.cbData, &size);
                    decoded += out != NULL;
                    LocalFree(out);
                }
                copy[at] ^= (BYTE)flip;
            }
        free(copy);
    }
    ok(decoded > 0, "decode: changed octets are decoded or refused, no crash (%u decoded)", decoded);
    CertFreeCertificateContext(c);
    free((void *)(uintptr_t)der.ptr);
}

static void encodings(void)
{
    BYTE out[256];
    DWORD size = sizeof out;
    LPSTR oid = (LPSTR)(uintptr_t)szOID_PKIX_KP_CLIENT_AUTH;
    CERT_ENHKEY_USAGE usage = {1, &oid};
    ok(CryptEncodeObjectEx(X509_ASN_ENCODING, X509_ENHANCED_KEY_USAGE, &usage, 0, NULL, out, &size) &&
           size == 12,
       "encode: extended usage");
    static const WCHAR host[] = L"a.example.test", odd[] = L"\x00e4.test";
    CERT_ALT_NAME_ENTRY entries[2] = {
        {.dwAltNameChoice = CERT_ALT_NAME_DNS_NAME, .pwszDNSName = (LPWSTR)(uintptr_t)host},
        {.dwAltNameChoice = CERT_ALT_NAME_IP_ADDRESS, .IPAddress = {4, (BYTE *)(uintptr_t) "\x7f\0\0\1"}}};
    CERT_ALT_NAME_INFO names = {2, entries};
    size = sizeof out;
    ok(CryptEncodeObjectEx(X509_ASN_ENCODING, X509_ALTERNATE_NAME, &names, 0, NULL, out, &size) && size == 24,
       "encode: alternative names");
    CERT_ALT_NAME_INFO *back = decode(X509_ALTERNATE_NAME, out, size, &size);
    ok(back && back->cAltEntry == 2 && !wcscmp(back->rgAltEntry[0].pwszDNSName, host), "decode: and back");
    LocalFree(back);
    entries[0].pwszDNSName = (LPWSTR)(uintptr_t)odd;
    size = sizeof out;
    ok(!CryptEncodeObjectEx(X509_ASN_ENCODING, X509_ALTERNATE_NAME, &names, 0, NULL, out, &size) &&
           GetLastError() == (DWORD)CRYPT_E_BAD_ENCODE,
       "encode: a host name in other letters is refused");
    CERT_BASIC_CONSTRAINTS2_INFO basic = {TRUE, TRUE, 3};
    size = sizeof out;
    static const BYTE wanted[] = {0x30, 0x06, 0x01, 0x01, 0xff, 0x02, 0x01, 0x03};
    ok(CryptEncodeObjectEx(X509_ASN_ENCODING, X509_BASIC_CONSTRAINTS2, &basic, 0, NULL, out, &size) &&
           size == 8 && !memcmp(out, wanted, 8),
       "encode: basic constraints");
    BYTE bits = 0xa7;
    CRYPT_BIT_BLOB blob = {1, &bits, 5};
    size = sizeof out;
    ok(CryptEncodeObjectEx(X509_ASN_ENCODING, X509_KEY_USAGE, &blob, 0, NULL, out, &size) && size == 4 &&
           out[3] == 0xa0,
       "encode: bits that do not count are zero");
    ok(!CryptEncodeObjectEx(X509_ASN_ENCODING, (LPCSTR)999, &blob, 0, NULL, out, &size) &&
           GetLastError() == ERROR_FILE_NOT_FOUND &&
           !CryptEncodeObjectEx(X509_ASN_ENCODING, X509_KEY_USAGE, NULL, 0, NULL, out, &size) &&
           !CryptEncodeObjectEx(X509_ASN_ENCODING, X509_KEY_USAGE, &blob, CRYPT_ENCODE_ALLOC_FLAG, NULL, NULL,
                                &size),
       "encode: what cannot be");
}

static void queries(void)
{
    static const struct {
        const char *file;
        DWORD content, format, is_content, is_format;
    } cases[] = {
        {"server-rsa.der", CERT_QUERY_CONTENT_FLAG_CERT, CERT_QUERY_FORMAT_FLAG_ALL, CERT_QUERY_CONTENT_CERT,
         CERT_QUERY_FORMAT_BINARY},
        {"server-rsa.pem", CERT_QUERY_CONTENT_FLAG_CERT, CERT_QUERY_FORMAT_FLAG_ALL, CERT_QUERY_CONTENT_CERT,
         CERT_QUERY_FORMAT_BASE64_ENCODED},
        {"server-rsa.pem", CERT_QUERY_CONTENT_FLAG_ALL, CERT_QUERY_FORMAT_FLAG_ALL, CERT_QUERY_CONTENT_CERT,
         CERT_QUERY_FORMAT_BASE64_ENCODED},
        {"intermediate.crl", CERT_QUERY_CONTENT_FLAG_CRL, CERT_QUERY_FORMAT_FLAG_ALL, CERT_QUERY_CONTENT_CRL,
         CERT_QUERY_FORMAT_BASE64_ENCODED},
        {"intermediate.crl", CERT_QUERY_CONTENT_FLAG_CERT, CERT_QUERY_FORMAT_FLAG_ALL, 0, 0},
        {"server-rsa.pem", CERT_QUERY_CONTENT_FLAG_CERT, CERT_QUERY_FORMAT_FLAG_BINARY, 0, 0},
        {"server-rsa.key", CERT_QUERY_CONTENT_FLAG_ALL, CERT_QUERY_FORMAT_FLAG_ALL, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sspi_bytes bytes = slurp(pki(cases[i].file));
        CERT_BLOB blob = {(DWORD)bytes.len, (BYTE *)(uintptr_t)bytes.ptr};
        DWORD encoding = 0, content = 0, format = 0;
        const void *context = NULL;
        HCERTSTORE store = NULL;
        HCRYPTMSG message = &blob;
        BOOL found = CryptQueryObject(CERT_QUERY_OBJECT_BLOB, &blob, cases[i].content, cases[i].format, 0,
                                      &encoding, &content, &format, &store, &message, &context);
        if (!cases[i].is_content)
            ok(!found && GetLastError() == (DWORD)CRYPT_E_NO_MATCH && !context && !store,
               "query: %s is not that", cases[i].file);
        else
            ok(found && content == cases[i].is_content && format == cases[i].is_format && context && store &&
                   !message && encoding == X509_ASN_ENCODING,
               "query: %s (curl, aws-c-io)", cases[i].file);
        if (content == CERT_QUERY_CONTENT_CERT)
            CertFreeCertificateContext(context);
        else if (content == CERT_QUERY_CONTENT_CRL)
            CertFreeCRLContext(context);
        CertCloseStore(store, 0);
        free((void *)(uintptr_t)bytes.ptr);
    }
    WCHAR path[512];
    const char *file = pki("server-rsa.pem");
    for (size_t i = 0; i <= strlen(file); i++)
        path[i] = (WCHAR)file[i];
    const void *context = NULL;
    ok(CryptQueryObject(CERT_QUERY_OBJECT_FILE, path, CERT_QUERY_CONTENT_FLAG_CERT,
                        CERT_QUERY_FORMAT_FLAG_ALL, 0, NULL, NULL, NULL, NULL, NULL, &context),
       "query: a file");
    CertFreeCertificateContext(context);
    ok(!CryptQueryObject(CERT_QUERY_OBJECT_FILE, L"/no/such/file", CERT_QUERY_CONTENT_FLAG_CERT,
                         CERT_QUERY_FORMAT_FLAG_ALL, 0, NULL, NULL, NULL, NULL, NULL, &context) &&
           GetLastError() == ERROR_FILE_NOT_FOUND &&
           !CryptQueryObject(9, path, CERT_QUERY_CONTENT_FLAG_CERT, CERT_QUERY_FORMAT_FLAG_ALL, 0, NULL, NULL,
                             NULL, NULL, NULL, &context) &&
           !CryptQueryObject(CERT_QUERY_OBJECT_BLOB, NULL, CERT_QUERY_CONTENT_FLAG_CERT,
                             CERT_QUERY_FORMAT_FLAG_ALL, 0, NULL, NULL, NULL, NULL, NULL, &context),
       "query: what cannot be");
}

int main(void)
{
    extensions();
    keys();
    sizes();
    mutations();
    encodings();
    queries();
    return tap_done();
}
