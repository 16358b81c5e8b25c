/* SPDX-License-Identifier: MIT
 *
 * Host names against certificates (RFC 6125, D6), and names as text, there and back. */
#include <config.h>

#include "core/cert/cert.h"
#include "core/cert/names.h"

#include "t/cert-kit.h"

static void patterns(void)
{
    static const struct {
        const char *pattern, *host;
        int is;
    } cases[] = {
        {"localhost", "localhost", 2},
        {"LocalHost", "lOCALhOST", 2},
        {"localhost.", "localhost", 2},
        {"a.example.test", "b.example.test", 0},
        {"*.example.test", "a.example.test", 1},
        {"*.EXAMPLE.test", "a.example.TEST", 1},
        {"*.example.test", "a.b.example.test", 0},
        {"*.example.test", "example.test", 0},
        {"*.example.test", ".example.test", 0},
        {"*.example.test", "aexample.test", 0},
        {"*", "localhost", 0},
        {"*.", "a.", 0},
        {"*.test", "example.test", 0}, /* one label is too wide */
        {"*.*.test", "a.b.test", 0},
        {"a*.example.test", "ab.example.test", 0},
        {"*a.example.test", "ba.example.test", 0},
        {"www.*.test", "www.example.test", 0},
        {"", "", 0},
        {"localhost", "", 0},
        {"", "localhost", 0},
        {".example.test", "a.example.test", 0},
        {"xn--*.example.test", "xn--a.example.test", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_int(
            names_dns_match((struct sspi_bytes){(const uint8_t *)cases[i].pattern, strlen(cases[i].pattern)},
                            cases[i].host, strlen(cases[i].host)),
            cases[i].is, "D6 '%s' and '%s'", cases[i].pattern, cases[i].host);
    static const char nul[] = "good.test\0.evil.test";
    is_int(names_dns_match((struct sspi_bytes){(const uint8_t *)nul, sizeof nul - 1}, "good.test", 9), 0,
           "D6 a NUL does not end a name");
}

static void addresses(void)
{
    static const struct {
        const char *text;
        size_t len;
    } cases[] = {{"127.0.0.1", 4},
                 {"::1", 16},
                 {"[::1]", 16},
                 {"fe80::1%eth0", 16},
                 {"[fe80::1%1]", 16},
                 {"127.1", 0},
                 {"127.0.0.1.", 0},
                 {"0x7f.0.0.1", 0},
                 {"localhost", 0},
                 {"", 0},
                 {"[", 0},
                 {"[]", 0},
                 {"1.2.3.4%1", 0},
                 {"::ffff:1.2.3.4", 16},
                 {"12345678901234567890123456789012345678901234567890123456789012345678901234567890", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t out[16];
        is_int(names_address(cases[i].text, out), cases[i].len, "address '%s'", cases[i].text);
    }
}

static void certificates(void)
{
    static const struct {
        const char *file, *host;
        int is;
    } cases[] = {
        {"server-rsa.pem", "localhost", 2},
        {"server-rsa.pem", "www.example.test", 1},
        {"server-rsa.pem", "127.0.0.1", 2},
        {"server-rsa.pem", "0:0:0:0:0:0:0:1", 2},
        {"server-rsa.pem", "other.test", 0},
        {"server-a.pem", "a.example.test", 2},
        {"server-wild.pem", "a.example.test", 1},
        {"server-wild.pem", "wild", 0}, /* the CN does not count */
        {"server-cn.pem", "localhost", 2},
        {"server-cn.pem", "127.0.0.1", 0},
        {"server-ip.pem", "localhost", 0},
        {"client-rsa.pem", "client", 2}, /* an email is no host: CN counts */
        {"root.pem", "OpenSSPI Test Root", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PCCERT_CONTEXT c = first_of(cases[i].file);
        is_int(cert_names_host((struct sspi_bytes){c->pbCertEncoded, c->cbCertEncoded}, cases[i].host),
               cases[i].is, "D6 %s names '%s': %d", cases[i].file, cases[i].host, cases[i].is);
        CertFreeCertificateContext(c);
    }
}

/* Text to a Name and back. */
static void there_and_back(void)
{
    static const struct {
        const char *in;
        DWORD type;
        const char *x500, *simple; /* x500 NULL: refused */
    } cases[] = {
        {"CN=localhost", CERT_X500_NAME_STR, "CN=localhost", "localhost"},
        {"C=DE, O=Example, CN=a b", CERT_X500_NAME_STR, "C=DE, O=Example, CN=a b", "DE, Example, a b"},
        {"cn=x;ou=y", CERT_X500_NAME_STR, "CN=x, OU=y", "x, y"},
        {"CN=\"a, b\"", CERT_X500_NAME_STR, "CN=\"a, b\"", "\"a, b\""},
        {"CN=\"say \"\"hi\"\"\"", CERT_X500_NAME_STR, "CN=\"say \"\"hi\"\"\"", "\"say \"\"hi\"\"\""},
        {"CN=Gr\xc3\xbc\xc3\x9f"
         "e",
         CERT_X500_NAME_STR,
         "CN=Gr\xc3\xbc\xc3\x9f"
         "e",
         "Gr\xc3\xbc\xc3\x9f"
         "e"},
        {"CN=a + OU=b", CERT_X500_NAME_STR, "CN=a + OU=b", "a + b"},
        {"CN=a, O=b", CERT_X500_NAME_STR | CERT_NAME_STR_REVERSE_FLAG, "O=b, CN=a", "b, a"},
        {"OID.2.5.4.3=x", CERT_X500_NAME_STR, "CN=x", "x"},
        {"1.2.3.4=x", CERT_X500_NAME_STR, "OID.1.2.3.4=x", "x"},
        {"E=a@b.test", CERT_X500_NAME_STR, "E=a@b.test", "a@b.test"},
        {"CN=", CERT_X500_NAME_STR, "CN=\"\"", "\"\""},
        {"", CERT_X500_NAME_STR, "", ""},
        {"CN", CERT_X500_NAME_STR, NULL, NULL},
        {"=x", CERT_X500_NAME_STR, NULL, NULL},
        {"XYZ=x", CERT_X500_NAME_STR, NULL, NULL},
        {"CN=\"x", CERT_X500_NAME_STR, NULL, NULL},
        {"CN=\"x\"y", CERT_X500_NAME_STR, NULL, NULL},
        {"CN=x\"y", CERT_X500_NAME_STR, NULL, NULL},
        {"C=\xc3\xbc", CERT_X500_NAME_STR, NULL, NULL},
        {"OID.9.9=x", CERT_X500_NAME_STR, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BYTE der[512];
        DWORD size = sizeof der;
        LPCSTR error = NULL;
        char text[256];
        BOOL made = CertStrToNameA(X509_ASN_ENCODING, cases[i].in, cases[i].type, NULL, der, &size, &error);
        if (!cases[i].x500) {
            ok(!made && GetLastError() == (DWORD)CRYPT_E_INVALID_X500_STRING && error >= cases[i].in &&
                   error <= cases[i].in + strlen(cases[i].in),
               "name '%s' is refused, and where", cases[i].in);
            continue;
        }
        CERT_NAME_BLOB name = {size, der};
        ok(made, "name '%s' is read", cases[i].in);
        DWORD need = CertNameToStrA(X509_ASN_ENCODING, &name, CERT_X500_NAME_STR, NULL, 0);
        DWORD wrote = CertNameToStrA(X509_ASN_ENCODING, &name, CERT_X500_NAME_STR, text, sizeof text);
        is_str(text, cases[i].x500, "name '%s' in X.500's form", cases[i].in);
        ok(need == wrote && wrote == strlen(text) + 1, "name '%s': the length it asks for", cases[i].in);
        CertNameToStrA(X509_ASN_ENCODING, &name, CERT_SIMPLE_NAME_STR, text, sizeof text);
        is_str(text, cases[i].simple, "name '%s' in the simple form", cases[i].in);
        WCHAR wide[256];
        DWORD units = CertNameToStrW(X509_ASN_ENCODING, &name, CERT_X500_NAME_STR, wide, 256);
        ok(units == wcslen(wide) + 1, "name '%s': wide", cases[i].in);
        BYTE again[512];
        DWORD again_size = sizeof again;
        ok(CertStrToNameW(X509_ASN_ENCODING, wide, CERT_X500_NAME_STR, NULL, again, &again_size, NULL) &&
               again_size == size && (cases[i].in[0] == 0 || !memcmp(again, der, size)),
           "name '%s': and back from wide text the same", cases[i].in);
    }
    LPCWSTR where = NULL;
    DWORD size = 0;
    static const WCHAR bad[] = L"CN=Grüße, =x";
    ok(!CertStrToNameW(X509_ASN_ENCODING, bad, CERT_X500_NAME_STR, NULL, NULL, &size, &where) &&
           where == bad + 10,
       "a wide name says where it is wrong, in its own characters");
}

static void small_buffers(void)
{
    PCCERT_CONTEXT c = first_of("root.pem");
    CERT_NAME_BLOB *subject = &c->pCertInfo->Subject;
    char text[16];
    for (DWORD room = 1; room < 12; room++) {
        memset(text, 'x', sizeof text);
        DWORD wrote = CertNameToStrA(X509_ASN_ENCODING, subject, CERT_SIMPLE_NAME_STR, text, room);
        if (wrote != room || text[room - 1] != 0 || text[room] != 'x') {
            ok(0, "CertNameToStr: %u characters of room", room);
            break;
        }
    }
    ok(1, "CertNameToStr: cut to the room there is, ended, nothing beyond");
    WCHAR wide[8];
    ok(CertNameToStrW(X509_ASN_ENCODING, subject, CERT_SIMPLE_NAME_STR, wide, 8) == 8 && wide[7] == 0,
       "CertNameToStrW: cut too");
    is_int(CertNameToStrA(X509_ASN_ENCODING, subject, CERT_XML_NAME_STR, text, sizeof text), 1,
           "CertNameToStr: a form not known is empty");
    CERT_NAME_BLOB junk = {3, (BYTE *)(uintptr_t) "\x30\x05\x31"};
    is_int(CertNameToStrA(X509_ASN_ENCODING, &junk, CERT_X500_NAME_STR, text, sizeof text), 1,
           "CertNameToStr: junk is empty");
    is_int(CertNameToStrA(X509_ASN_ENCODING, NULL, CERT_X500_NAME_STR, text, sizeof text), 1,
           "CertNameToStr: nothing is empty");
    CertFreeCertificateContext(c);
}

static void name_strings(void)
{
    DWORD x500 = CERT_X500_NAME_STR;
    static const char wild[] = "localhost\0*.example.test\0";
    const struct {
        const char *file;
        DWORD type, flags;
        const void *para;
        const char *is;
    } cases[] = {
        {"server-rsa.pem", CERT_NAME_SIMPLE_DISPLAY_TYPE, 0, NULL, "localhost"},
        {"server-rsa.pem", CERT_NAME_SIMPLE_DISPLAY_TYPE, CERT_NAME_ISSUER_FLAG, NULL,
         "OpenSSPI Test Intermediate"},
        {"server-rsa.pem", CERT_NAME_FRIENDLY_DISPLAY_TYPE, 0, NULL, "localhost"},
        {"server-rsa.pem", CERT_NAME_DNS_TYPE, 0, NULL, "localhost"},
        {"server-cn.pem", CERT_NAME_DNS_TYPE, 0, NULL, "localhost"},
        {"server-rsa.pem", CERT_NAME_EMAIL_TYPE, 0, NULL, ""},
        {"client-rsa.pem", CERT_NAME_EMAIL_TYPE, 0, NULL, "client@example.test"},
        {"root.pem", CERT_NAME_RDN_TYPE, 0, &x500, "O=OpenSSPI, CN=OpenSSPI Test Root"},
        {"root.pem", CERT_NAME_RDN_TYPE, 0, NULL, "OpenSSPI, OpenSSPI Test Root"},
        {"root.pem", CERT_NAME_ATTR_TYPE, 0, szOID_ORGANIZATION_NAME, "OpenSSPI"},
        {"root.pem", CERT_NAME_ATTR_TYPE, 0, szOID_LOCALITY_NAME, ""},
        {"root.pem", CERT_NAME_URL_TYPE, 0, NULL, ""},
        {"root.pem", 77, 0, NULL, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128];
        WCHAR wide[128];
        PCCERT_CONTEXT c = first_of(cases[i].file);
        void *para = (void *)(uintptr_t)cases[i].para;
        DWORD need = CertGetNameStringA(c, cases[i].type, cases[i].flags, para, NULL, 0);
        DWORD len = CertGetNameStringA(c, cases[i].type, cases[i].flags, para, text, sizeof text);
        is_str(text, cases[i].is, "CertGetNameString: %s, type %u", cases[i].file, cases[i].type);
        ok(need == len && len == strlen(cases[i].is) + 1 &&
               CertGetNameStringW(c, cases[i].type, cases[i].flags, para, wide, 128) == len &&
               wcslen(wide) + 1 == len,
           "CertGetNameString: %s, type %u: its length, and wide", cases[i].file, cases[i].type);
        CertFreeCertificateContext(c);
    }
    char all[64];
    PCCERT_CONTEXT c = first_of("server-rsa.pem");
    memset(all, 'x', sizeof all);
    DWORD len =
        CertGetNameStringA(c, CERT_NAME_DNS_TYPE, CERT_NAME_SEARCH_ALL_NAMES_FLAG, NULL, all, sizeof all);
    ok(len == sizeof wild && !memcmp(all, wild, sizeof wild),
       "CertGetNameString: every DNS name, each ended, and the list");
    is_int(CertGetNameStringA(c, CERT_NAME_DNS_TYPE, CERT_NAME_SEARCH_ALL_NAMES_FLAG, NULL, NULL, 0),
           sizeof wild, "CertGetNameString: its length");
    CertFreeCertificateContext(c);
    is_int(CertGetNameStringA(c, CERT_NAME_DNS_TYPE, 0, NULL, all, sizeof all), 1,
           "CertGetNameString: a freed context has no name");
    is_int(CertGetNameStringA(NULL, CERT_NAME_DNS_TYPE, 0, NULL, NULL, 0), 1,
           "CertGetNameString: nor has none");
}

int main(void)
{
    patterns();
    addresses();
    certificates();
    there_and_back();
    small_buffers();
    name_strings();
    return tap_done();
}
