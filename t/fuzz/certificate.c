/* SPDX-License-Identifier: MIT
 * Any bytes as a certificate, a revocation list, a private key, and each structure CryptDecodeObject knows.
 */
#include <config.h>

#include "core/cert/cert.h"
#include "core/cert/crl.h"
#include "core/cert/key.h"
#include "core/cert/names.h"
#include "core/cert/path.h"

#include <windows.h>

#include "t/fuzz/fuzz.h"

static void walk(const struct x509 *x)
{
    static const DWORD forms[] = {CERT_SIMPLE_NAME_STR, CERT_OID_NAME_STR,
                                  CERT_X500_NAME_STR | CERT_NAME_STR_REVERSE_FLAG};
    unsigned budget = 1000, count = 0;
    struct x509_extension e;
    size_t len;
    int malformed;
    for (struct sspi_bytes in = x->extensions; in.len; count++)
        must(!x509_extension_next(&in, &e));
    must(count == x->extension_count);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        free(names_text(x->subject, forms[i], &malformed));
    for (DWORD type = 1; type <= 8; type++)
        free(names_string(x, NULL, type, CERT_NAME_SEARCH_ALL_NAMES_FLAG, NULL, &len));
    names_match(x, "localhost");
    names_match(x, "127.0.0.1");
    constraints_permit(x, x, 1, &budget);
    x509_key_bits(x);
    x509_signature_of(&x->signature_algorithm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uintptr_t kinds[] = {1,  2,  5,  7,  8,  12, 14, 15, 19, 20, 25,
                                      26, 27, 28, 30, 31, 36, 43, 44, 73, 82};
    struct sspi_bytes in = {data, size};
    struct x509 x;
    int malformed;
    if (!x509_parse(in, &x)) {
        must(x.der.ptr == data && x.der.len == size);
        walk(&x);
        PCCERT_CONTEXT c = CertCreateCertificateContext(X509_ASN_ENCODING, data, (DWORD)size);
        must(c && c->pCertInfo->cExtension == x.extension_count);
        CertFreeCertificateContext(c);
    } else {
        must(!CertCreateCertificateContext(X509_ASN_ENCODING, data, (DWORD)size));
    }
    revocation_destroy(revocation_new(in, &malformed));
    for (int form = KEY_PKCS8; form <= KEY_SEC1; form++)
        key_drop(key_new((enum key_form)form, in, &malformed));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        DWORD len = 0, again = 0;
        void *out = NULL;
        if (!CryptDecodeObject(X509_ASN_ENCODING, (LPCSTR)kinds[i], data, (DWORD)size, 0, NULL, &len))
            continue;
        must(CryptDecodeObjectEx(X509_ASN_ENCODING, (LPCSTR)kinds[i], data, (DWORD)size,
                                 CRYPT_DECODE_ALLOC_FLAG, NULL, &out, &again));
        must(len == again);
        LocalFree(out);
    }
    return 0;
}
