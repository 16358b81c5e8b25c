/* SPDX-License-Identifier: MIT
 *
 * The functions that wide text crosses, compiled once with wchar_t of 4 bytes (the twins) and once with
 * -fshort-wchar (the plain names, UTF-16): the same answers. */
#include <config.h>

#include "t/cert-kit.h"

static size_t length(const WCHAR *text)
{
    size_t n = 0;
    while (text[n])
        n++;
    return n;
}

static int same(const WCHAR *a, const WCHAR *b)
{
    size_t n = length(a);
    return n == length(b) && memcmp(a, b, n * sizeof *a) == 0;
}

static void widen(const char *text, WCHAR *out)
{
    while ((*out++ = (WCHAR)(unsigned char)*text++) != 0)
        continue;
}

int main(void)
{
    WCHAR path[512], out[256];
    BYTE bytes[1024];
    DWORD size;
    diag("WCHAR has %zu bytes", sizeof(WCHAR));
    widen(pki("server-rsa-full.pem"), path);
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_FILENAME_W, 0, 0, 0, path);
    PCCERT_CONTEXT c =
        CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_SUBJECT_STR_W, L"LOCAL", NULL);
    ok(store && c, "CertOpenStore and CertFindCertificateInStore");
    static const WCHAR friendly[] = L"\u2602 name";
    CRYPT_DATA_BLOB blob = {sizeof friendly, (BYTE *)(uintptr_t)friendly};
    size = sizeof out;
    ok(CertSetCertificateContextProperty(c, CERT_FRIENDLY_NAME_PROP_ID, 0, &blob) &&
           CertGetCertificateContextProperty(c, CERT_FRIENDLY_NAME_PROP_ID, out, &size) &&
           size == sizeof friendly && same(out, friendly),
       "a friendly name");
    ok(CertGetNameStringW(c, CERT_NAME_FRIENDLY_DISPLAY_TYPE, 0, NULL, out, 256) == length(friendly) + 1 &&
           same(out, friendly),
       "CertGetNameStringW");
    ok(CertNameToStrW(X509_ASN_ENCODING, &c->pCertInfo->Subject, CERT_X500_NAME_STR, out, 256) == 13 &&
           same(out, L"CN=localhost"),
       "CertNameToStrW");
    LPCWSTR error = NULL;
    static const WCHAR bad[] = L"CN=\u2602\U0001F600, x";
    size = sizeof bytes;
    ok(!CertStrToNameW(X509_ASN_ENCODING, bad, CERT_X500_NAME_STR, NULL, bytes, &size, &error) &&
           error == bad + length(bad) - 1,
       "CertStrToNameW points into the caller's text, in its own units");
    size = sizeof bytes;
    ok(CertStrToNameW(X509_ASN_ENCODING, L"CN=\U0001F600", CERT_X500_NAME_STR, NULL, bytes, &size, NULL) &&
           size == 17,
       "CertStrToNameW beyond the first plane");
    CERT_NAME_BLOB name = {size, bytes};
    ok(CertNameToStrW(X509_ASN_ENCODING, &name, CERT_X500_NAME_STR, out, 256) ==
               length(L"CN=\U0001F600") + 1 &&
           same(out, L"CN=\U0001F600"),
       "and back");
    PCERT_EXTENSION e =
        CertFindExtension(szOID_SUBJECT_ALT_NAME2, c->pCertInfo->cExtension, c->pCertInfo->rgExtension);
    CERT_ALT_NAME_INFO *names = NULL;
    ok(CryptDecodeObjectEx(X509_ASN_ENCODING, X509_ALTERNATE_NAME, e->Value.pbData, e->Value.cbData,
                           CRYPT_DECODE_ALLOC_FLAG, NULL, &names, &size) &&
           same(names->rgAltEntry[0].pwszDNSName, L"localhost"),
       "CryptDecodeObjectEx");
    size = sizeof bytes;
    ok(CryptEncodeObjectEx(X509_ASN_ENCODING, X509_ALTERNATE_NAME, names, 0, NULL, bytes, &size) &&
           size == e->Value.cbData && !memcmp(bytes, e->Value.pbData, size),
       "CryptEncodeObjectEx");
    LocalFree(names);
    size = sizeof bytes;
    ok(CryptStringToBinaryW(L"aGVsbG8=", 0, CRYPT_STRING_BASE64, bytes, &size, NULL, NULL) && size == 5,
       "CryptStringToBinaryW");
    DWORD units = 256;
    ok(CryptBinaryToStringW(bytes, 5, CRYPT_STRING_BASE64 | CRYPT_STRING_NOCRLF, out, &units) && units == 8 &&
           same(out, L"aGVsbG8="),
       "CryptBinaryToStringW");
    struct sspi_bytes pfx = slurp(pki("server-rsa.pfx"));
    CRYPT_DATA_BLOB packed = {(DWORD)pfx.len, (BYTE *)(uintptr_t)pfx.ptr};
    HCERTSTORE imported = PFXImportCertStore(&packed, L"test", 0);
    ok(imported && !PFXImportCertStore(&packed, L"tset", 0) && GetLastError() == ERROR_INVALID_PASSWORD,
       "PFXImportCertStore");
    CertCloseStore(imported, 0);
    free((void *)(uintptr_t)pfx.ptr);
    HCRYPTPROV provider = 0, again = 0;
    ok(CryptAcquireContextW(&provider, L"\u2602", NULL, PROV_RSA_FULL, CRYPT_NEWKEYSET) &&
           CryptAcquireContextA(&again, "\xe2\x98\x82", NULL, PROV_RSA_FULL, 0),
       "a container has one name");
    CryptReleaseContext(provider, 0);
    CryptReleaseContext(again, 0);
    CryptAcquireContextW(&provider, L"\u2602", NULL, PROV_RSA_FULL, CRYPT_DELETEKEYSET);
    CertFreeCertificateContext(c);
    CertCloseStore(store, 0);
    return tap_done();
}
