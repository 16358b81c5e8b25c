/* SPDX-License-Identifier: MIT
 *
 * Files made to keep the reader busy, or to make it ask for memory: nested ten thousand deep, lengths of a
 * gigabyte, keys behind billions of rounds, ten thousand certificates.  Each ends in its error, at once, in
 * the memory that its own size warrants. */
#include <config.h>

#include "core/cert/crl.h"
#include "core/cert/import.h"
#include "core/cert/key.h"
#include "core/cert/names.h"
#include "core/cert/ocsp.h"
#include "core/memory.h"

#include <ncrypt.h>
#include <opensspi/extra.h>
#include <sys/resource.h>
#include <time.h>

#include "t/cert-kit.h"

#ifdef __has_feature
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED 0
#endif

enum { LEVELS = 10000, CERTIFICATES = 10000, SECONDS = 20 /* of this process; sanitizers are slow */ };

static double started;
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
static void start(void)
{
    started = now();
}
static int in_time(void)
{
    double took = now() - started;
    if (took > SECONDS)
        diag("it took %.1f s", took);
    return took <= SECONDS;
}

/* ---- DER by hand ---- */

static void put(struct bytes *b, const char *octets, size_t len)
{
    if (bytes_append(b, octets, len))
        abort();
}
#define PUT(b, literal) put(b, literal, sizeof(literal) - 1)

static void wrap(struct bytes *b, size_t from, uint8_t tag)
{
    if (der_wrap(b, from, tag))
        abort();
}

/* AES-256-CBC under PBKDF2, or scrypt, of so many rounds. */
static void put_scheme(struct bytes *b, const char *rounds, size_t len, int scrypt)
{
    size_t algorithm = b->len;
    PUT(b, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d");
    size_t two = b->len, kdf = b->len;
    if (scrypt)
        PUT(b, "\x06\x09\x2b\x06\x01\x04\x01\xda\x47\x04\x0b");
    else
        PUT(b, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c");
    size_t params = b->len;
    PUT(b, "\x04\x08saltsalt");
    put(b, rounds, len);
    wrap(b, params, DER_SEQUENCE);
    wrap(b, kdf, DER_SEQUENCE);
    PUT(b, "\x30\x1d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2a\x04\x10"
           "iviviviviviviviv");
    wrap(b, two, DER_SEQUENCE);
    wrap(b, algorithm, DER_SEQUENCE);
}

static const char cipher[32];
static size_t trailing; /* octets behind what an OCTET STRING of a PFX holds: libraries do not mind one */

/* EncryptedPrivateKeyInfo. */
static void put_sealed(struct bytes *b, const char *rounds, size_t len, int scrypt)
{
    size_t from = b->len, octets;
    put_scheme(b, rounds, len, scrypt);
    octets = b->len;
    put(b, cipher, sizeof cipher);
    wrap(b, octets, DER_OCTET_STRING);
    wrap(b, from, DER_SEQUENCE);
}

/* A PFX: `keys` shrouded keys of so many rounds each, then a MAC. */
static void put_pfx(struct bytes *b, const char *rounds, size_t len, unsigned keys, const char *mac,
                    size_t mac_len)
{
    size_t pfx = b->len;
    PUT(b, "\x02\x01\x03");
    size_t safe = b->len;
    PUT(b, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
    size_t octets = b->len, content = b->len;
    PUT(b, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
    size_t inner = b->len;
    for (unsigned i = 0; i < keys; i++) {
        size_t bag = b->len;
        PUT(b, "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02");
        size_t value = b->len;
        put_sealed(b, rounds, len, 0);
        wrap(b, value, DER_CONTEXT_CONSTRUCTED(0));
        wrap(b, bag, DER_SEQUENCE);
    }
    wrap(b, inner, DER_SEQUENCE);
    put(b, "!", trailing);
    wrap(b, inner, DER_OCTET_STRING);
    wrap(b, inner, DER_CONTEXT_CONSTRUCTED(0));
    wrap(b, content, DER_SEQUENCE);
    wrap(b, octets, DER_SEQUENCE);
    put(b, "!", trailing);
    wrap(b, octets, DER_OCTET_STRING);
    wrap(b, octets, DER_CONTEXT_CONSTRUCTED(0));
    wrap(b, safe, DER_SEQUENCE);
    size_t data = b->len;
    PUT(b, "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20");
    put(b, cipher, 32);
    PUT(b, "\x04\x08saltsalt");
    put(b, mac, mac_len);
    wrap(b, data, DER_SEQUENCE);
    wrap(b, pfx, DER_SEQUENCE);
}

/* ---- rounds ---- */

#define FEW      "\x02\x02\x08\x00", 4
#define MILLION  "\x02\x03\x0f\x42\x40", 5
#define BILLIONS "\x02\x04\x7f\xff\xff\xff", 6
#define HUGE_ONE "\x02\x09\x00\xff\xff\xff\xff\xff\xff\xff\xff", 11

static HCERTSTORE import(const struct bytes *b)
{
    CRYPT_DATA_BLOB blob = {(DWORD)b->len, b->ptr};
    return PFXImportCertStore(&blob, L"test", 0);
}

static void refused_pfx(struct bytes *b, const char *claim)
{
    start();
    HCERTSTORE store = import(b);
    DWORD error = GetLastError();
    ok(!store && error == (DWORD)CRYPT_E_BAD_ENCODE && in_time(), "a PFX with %s is refused at once", claim);
    CertCloseStore(store, 0);
    bytes_free(b);
}

static void refused_key(struct bytes *b, const char *claim)
{
    NCRYPT_PROV_HANDLE storage;
    NCRYPT_KEY_HANDLE key = 0;
    WCHAR secret[] = L"test";
    NCryptBuffer buffer = {sizeof secret, NCRYPTBUFFER_PKCS_SECRET, secret};
    NCryptBufferDesc list = {NCRYPTBUFFER_VERSION, 1, &buffer};
    NCryptOpenStorageProvider(&storage, MS_KEY_STORAGE_PROVIDER, 0);
    start();
    SECURITY_STATUS status =
        NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &list, &key, b->ptr, (DWORD)b->len, 0);
    ok(status == NTE_BAD_DATA && !key && in_time(), "a sealed key with %s is refused at once", claim);
    NCryptFreeObject(storage);
    bytes_free(b);
}

/* How BER may write a PFX that DER does not: longer lengths, none, pieces. */
static void in_other_clothes(struct bytes *b)
{
    struct bytes plain = {NULL, 0, 0};
    put_pfx(&plain, FEW, 0, BILLIONS);
    struct sspi_bytes in = {plain.ptr, plain.len}, body, version, safe, rest;
    if (der_take(&in, DER_SEQUENCE, &body) || der_take(&body, DER_INTEGER, &version))
        abort();
    rest = body;
    if (der_take_whole(&rest, DER_SEQUENCE, &safe, &safe))
        abort();
    PUT(b, "\x30\x80\x02\x01\x03");
    put(b, (const char *)safe.ptr, safe.len);
    struct sspi_bytes mac;
    if (der_take(&rest, DER_SEQUENCE, &mac))
        abort();
    PUT(b, "\x30\x84"); /* four octets for a length that fits into one */
    uint8_t len[4] = {0, 0, 0, (uint8_t)mac.len};
    put(b, (const char *)len, 4);
    put(b, (const char *)mac.ptr, mac.len);
    PUT(b, "\x00\x00");
    bytes_free(&plain);
}

/* Random octets are a header once in a while: of what is not there, or without a length. */
static void random_octets(void)
{
    static const struct {
        const char *in_place_of, *what, *claim;
        size_t len;
    } unlucky[] = {{"saltsalt", "\x30\x06", "a salt that looks like a SEQUENCE", 8},
                   {"saltsalt", "\x30\x80", "a salt that looks like a SEQUENCE without a length", 8},
                   {cipher, "\x30\x1e", "a ciphertext and a digest that look like a SEQUENCE", 32},
                   {cipher, "\x30\x80", "a ciphertext and a digest that look like one without a length", 32}};
    for (size_t i = 0; i < sizeof unlucky / sizeof *unlucky; i++) {
        struct bytes b = {NULL, 0, 0};
        put_pfx(&b, MILLION, 2, FEW);
        size_t changed = 0;
        for (size_t at = 0; at + unlucky[i].len <= b.len; at++)
            if (!memcmp(b.ptr + at, unlucky[i].in_place_of, unlucky[i].len)) {
                memcpy(b.ptr + at, unlucky[i].what, 2);
                changed++;
            }
        ok(changed == 3 && import_rounds((struct sspi_bytes){b.ptr, b.len}) == 2002048,
           "%s is read as any other", unlucky[i].claim);
        bytes_free(&b);
    }
}

static void rounds(void)
{
    struct bytes b = {NULL, 0, 0};
    struct sspi_bytes file = slurp(pki("server-rsa.pfx"));
    ok(import_rounds(file) >= 3 * 2048 && import_rounds(file) < 100000,
       "what openssl writes asks for %lld rounds", (long long)import_rounds(file));
    free((void *)(uintptr_t)file.ptr);
    put_pfx(&b, MILLION, 3, FEW);
    is_int(import_rounds((struct sspi_bytes){b.ptr, b.len}), 3002048,
           "three keys of a million rounds, and a MAC");
    bytes_free(&b);
    put_pfx(&b, BILLIONS, 1, FEW);
    refused_pfx(&b, "billions of rounds for its key");
    trailing = 1;
    put_pfx(&b, BILLIONS, 1, FEW);
    trailing = 0;
    refused_pfx(&b, "billions of rounds for its key, and an octet behind its safes");
    random_octets();
    put_pfx(&b, FEW, 0, BILLIONS);
    refused_pfx(&b, "billions of rounds for its MAC");
    put_pfx(&b, HUGE_ONE, 1, FEW);
    refused_pfx(&b, "rounds beyond any number");
    put_pfx(&b, MILLION, 3000, FEW);
    refused_pfx(&b, "three thousand keys of a million rounds");
    in_other_clothes(&b);
    is_int(import_rounds((struct sspi_bytes){b.ptr, b.len}), 0x7fffffff, "BER without lengths is read");
    refused_pfx(&b, "billions of rounds in BER");
    put_sealed(&b, BILLIONS, 0);
    refused_key(&b, "billions of rounds");
    put_sealed(&b, "\x02\x03\x02\x00\x00\x02\x01\x01\x02\x03\x02\x00\x00", 13, 1);
    refused_key(&b, "scrypt that takes hours");
}

/* ---- nesting and lengths ---- */

/* Everything that reads DER, asked about these octets; 0: all refuse them. */
static unsigned readers(struct sspi_bytes in)
{
    struct x509 x;
    struct crl list;
    struct ocsp answer;
    int malformed;
    unsigned taken = 0;
    char text[64];
    CERT_NAME_BLOB name = {(DWORD)in.len, (BYTE *)(uintptr_t)in.ptr};
    CRYPT_DATA_BLOB blob = name;
    taken += !x509_parse(in, &x);
    taken += !crl_parse(in, &list);
    taken += !ocsp_parse(in, &answer);
    for (int form = KEY_PKCS8; form <= KEY_SEC1; form++) {
        struct key *key = key_new((enum key_form)form, in, &malformed);
        taken += key != NULL;
        key_drop(key);
    }
    taken += CertNameToStrA(X509_ASN_ENCODING, &name, CERT_X500_NAME_STR, text, sizeof text) > 1;
    HCERTSTORE store = PFXImportCertStore(&blob, L"", 0);
    taken += store != NULL;
    CertCloseStore(store, 0);
    for (uintptr_t kind = 1; kind < 100; kind++) {
        void *out = NULL;
        DWORD size = 0;
        if (CryptDecodeObjectEx(X509_ASN_ENCODING, (LPCSTR)kind, in.ptr, (DWORD)in.len,
                                CRYPT_DECODE_ALLOC_FLAG, NULL, &out, &size) &&
            size > 1000 + 100 * in.len)
            taken++; /* some of them take any element: then what comes out is of its size */
        LocalFree(out);
    }
    return taken;
}

static void nested(uint8_t tag, const char *claim)
{
    struct bytes b = {NULL, 0, 0}, open = {NULL, 0, 0};
    for (int i = 0; i < LEVELS; i++)
        wrap(&b, 0, tag);
    start();
    ok(readers((struct sspi_bytes){b.ptr, b.len}) == 0 && in_time(), "%d times %s inside itself is refused",
       LEVELS, claim);
    is_int(import_rounds((struct sspi_bytes){b.ptr, b.len}), -1, "... as a PFX too: %s", claim);
    for (int i = 0; i < LEVELS; i++) {
        put(&open, (const char *)&tag, 1);
        PUT(&open, "\x80");
    }
    start();
    ok(readers((struct sspi_bytes){open.ptr, open.len}) == 0 && in_time(),
       "%d times %s without a length is refused", LEVELS, claim);
    bytes_free(&b);
    bytes_free(&open);
}

/* Each header of a real file says in turn that a gigabyte follows. */
static void gigabytes(const char *name)
{
    struct sspi_bytes file = slurp(pki(name));
    uint8_t *copy = malloc(file.len + 4);
    unsigned taken = 0, tries = 0;
    start();
    for (size_t at = 0; at + 1 < file.len; at += at < 64 ? 1 : 23) {
        memcpy(copy, file.ptr, at + 1);
        memcpy(copy + at + 1, "\x84\x40\x00\x00\x00", 5);
        memcpy(copy + at + 6, file.ptr + at + 2, file.len - at - 2);
        taken += readers((struct sspi_bytes){copy, file.len + 4});
        tries++;
    }
    ok(taken == 0 && in_time(), "%s with a gigabyte promised is refused (%u tries)", name, tries);
    free(copy);
    free((void *)(uintptr_t)file.ptr);
}

/* ---- many ---- */

static void many_in_pem(void)
{
    struct sspi_bytes one = slurp(pki("server-ecdsa.pem"));
    struct bytes b = {NULL, 0, 0};
    for (int i = 0; i < CERTIFICATES; i++)
        put(&b, (const char *)one.ptr, one.len);
    free((void *)(uintptr_t)one.ptr);
    CRYPT_DATA_BLOB blob = {(DWORD)b.len, b.ptr};
    start();
    HCERTSTORE store = CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob);
    ok(!store && GetLastError() == (DWORD)CRYPT_E_BAD_ENCODE && in_time(),
       "%d certificates in one PEM are too many", CERTIFICATES);
    CertCloseStore(store, 0);
    bytes_free(&b);
    for (int i = 0; i < 1000000 / 20; i++)
        PUT(&b, "-----BEGIN A-----\nx:y\n");
    blob = (CRYPT_DATA_BLOB){(DWORD)b.len, b.ptr};
    start();
    store = CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob);
    ok(!store && in_time(), "blocks that begin and never end");
    bytes_free(&b);
}

static void many_in_a_store(void)
{
    struct sspi_bytes file = slurp(pki("server-ecdsa.der"));
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    PCCERT_CHAIN_CONTEXT chain = NULL;
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    unsigned added = 0, seen = 0;
    start();
    for (int i = 0; i < CERTIFICATES; i++)
        added += CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, file.ptr, (DWORD)file.len,
                                                  CERT_STORE_ADD_ALWAYS, NULL) != 0;
    for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(store, c));)
        seen++;
    PCCERT_CONTEXT leaf = first_of("server-rsa.pem");
    BOOL made = CertGetCertificateChain(HCCE_CURRENT_USER, leaf, NULL, store, &para, 0, NULL, &chain);
    ok(added == CERTIFICATES && seen == added && made && in_time(),
       "%u certificates in a store, and a chain beside", seen);
    CertFreeCertificateChain(chain);
    CertFreeCertificateContext(leaf);
    CertCloseStore(store, 0);
    free((void *)(uintptr_t)file.ptr);
}

/* Names of a hundred thousand parts, as text and back. */
static void long_names(void)
{
    struct bytes text = {NULL, 0, 0};
    for (int i = 0; i < 100000; i++)
        PUT(&text, "CN=a,");
    PUT(&text, "CN=b");
    put(&text, "", 1);
    DWORD size = 0;
    start();
    BOOL counted =
        CertStrToNameA(X509_ASN_ENCODING, (char *)text.ptr, CERT_X500_NAME_STR, NULL, NULL, &size, NULL);
    BYTE *der = malloc(size ? size : 1);
    if (counted)
        counted =
            CertStrToNameA(X509_ASN_ENCODING, (char *)text.ptr, CERT_X500_NAME_STR, NULL, der, &size, NULL);
    CERT_NAME_BLOB name = {size, der};
    DWORD length = counted ? CertNameToStrA(X509_ASN_ENCODING, &name, CERT_X500_NAME_STR, NULL, 0) : 0;
    ok((!counted || length > 100000) && in_time(), "a name of a hundred thousand parts is read, or refused");
    free(der);
    bytes_free(&text);
}

/* What one file may make the library ask for. */
static void bound_memory(void)
{
    struct rlimit most = {(rlim_t)1 << 30, (rlim_t)1 << 30};
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ && !SANITIZED
    setrlimit(RLIMIT_DATA, &most);
#else
    (void)most;
#endif
}

int main(void)
{
    bound_memory();
    rounds();
    nested(DER_SEQUENCE, "a SEQUENCE");
    nested(DER_SET, "a SET");
    nested(DER_OCTET_STRING, "an OCTET STRING");
    nested(DER_OCTET_STRING | 0x20, "an OCTET STRING in pieces");
    nested(DER_CONTEXT_CONSTRUCTED(0), "a tag of its own");
    gigabytes("server-rsa.der");
    gigabytes("server-rsa.pfx");
    gigabytes("server-ecdsa.ocsp");
    many_in_pem();
    many_in_a_store();
    long_names();
    return tap_done();
}
