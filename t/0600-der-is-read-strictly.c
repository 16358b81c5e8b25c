/* SPDX-License-Identifier: MIT
 *
 * DER, certificates, lists, base64 and PEM: right ones are read, everything else is refused, nothing crashes.
 */
#include <config.h>

#include "core/cert/base64.h"
#include "core/cert/crl.h"
#include "core/cert/ocsp.h"
#include "core/cert/key.h"
#include "core/cert/store.h"

#include "t/cert-kit.h"

#define BYTES(literal) ((struct sspi_bytes){(const uint8_t *)(literal), sizeof(literal) - 1})

static void elements(void)
{
    const struct {
        struct sspi_bytes der;
        int good;
        const char *what;
    } cases[] = {
        {BYTES("\x04\x01x"), 1, "a short length"},
        {BYTES("\x04\x00"), 1, "no contents"},
        {BYTES("\x04\x81\x01x"), 0, "a long form where the short one does"},
        {BYTES("\x04\x82\x00\x01x"), 0, "a length with a leading zero"},
        {BYTES("\x04\x80x\x00\x00"), 0, "an indefinite length"},
        {BYTES("\x04\x02x"), 0, "contents that are cut"},
        {BYTES("\x04\x85\x01\x00\x00\x00\x00"), 0, "a length over 32 bits"},
        {BYTES("\x04\x84\xff\xff\xff\xff"), 0, "a length of 4 GiB"},
        {BYTES("\x04\x84\x7f\xff\xff\xff"), 0, "a length of 2 GiB"},
        {BYTES("\x1f\x81\x01\x00"), 0, "a tag number over 30"},
        {BYTES("\x04"), 0, "a tag alone"},
        {BYTES(""), 0, "nothing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sspi_bytes in = cases[i].der, value;
        uint8_t tag;
        is_int(der_next(&in, &tag, &value, NULL), cases[i].good ? 0 : -1, "DER: %s: %s", cases[i].what,
               cases[i].good ? "read" : "refused");
    }
    int flag = -1;
    unsigned number = 0;
    ok(der_boolean(BYTES("\x01"), &flag) && !der_boolean(BYTES("\xff"), &flag) && flag == 1,
       "DER: TRUE is FF alone");
    ok(der_unsigned(BYTES("\x80"), &number) && der_unsigned(BYTES("\x00\x01"), &number) &&
           !der_unsigned(BYTES("\x00\x80"), &number) && number == 128,
       "DER: integers are positive and short");
}

static void times(void)
{
    static const struct {
        uint8_t tag;
        const char *text;
        long long is; /* -1: refused */
    } cases[] = {
        {DER_UTC_TIME, "700101000000Z", 0},
        {DER_UTC_TIME, "491231235959Z", 2524607999},
        {DER_UTC_TIME, "500101000000Z", -631152000},
        {DER_GENERAL_TIME, "20500101000000Z", 2524608000},
        {DER_GENERAL_TIME, "20240229120000Z", 1709208000},
        {DER_GENERAL_TIME, "20000229000000Z", 951782400},
        {DER_GENERAL_TIME, "16010101000000Z", -11644473600},
        {DER_GENERAL_TIME, "00010101000000Z", -62135596800},
        {DER_GENERAL_TIME, "99991231235959Z", 253402300799},
        {DER_GENERAL_TIME, "20230229000000Z", -1},
        {DER_GENERAL_TIME, "21000229000000Z", -1},
        {DER_GENERAL_TIME, "20240001000000Z", -1},
        {DER_GENERAL_TIME, "20241301000000Z", -1},
        {DER_GENERAL_TIME, "20240132000000Z", -1},
        {DER_GENERAL_TIME, "20240101240000Z", -1},
        {DER_GENERAL_TIME, "20240101006000Z", -1},
        {DER_GENERAL_TIME, "20240101000060Z", -1},
        {DER_GENERAL_TIME, "20240101000000", -1},
        {DER_GENERAL_TIME, "20240101000000.5Z", -1},
        {DER_UTC_TIME, "7001010000Z", -1},
        {DER_UTC_TIME, "700101000000+0100", -1},
        {DER_OCTET_STRING, "700101000000Z", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t got = -1;
        struct sspi_bytes value = {(const uint8_t *)cases[i].text, strlen(cases[i].text)};
        int result = der_time(cases[i].tag, value, &got);
        ok(cases[i].is == -1 ? result == -1 : result == 0 && got == cases[i].is, "DER: time %s",
           cases[i].text);
    }
}

static void identifiers(void)
{
    static const char *const dotted[] = {"1.3.6.1.5.5.7.3.1", "2.5.29.37", "1.2.840.113549.1.1.11", "2.999.3",
                                         "0.0"};
    for (size_t i = 0; i < sizeof dotted / sizeof *dotted; i++) {
        uint8_t octets[64];
        size_t len = sizeof octets;
        char text[128] = "";
        int there = der_oid_octets(dotted[i], octets, &len);
        int back = der_oid_text((struct sspi_bytes){octets, len}, text, sizeof text);
        ok(!there && !back && !strcmp(text, dotted[i]), "DER: %s there and back", dotted[i]);
    }
    uint8_t octets[4];
    size_t len = sizeof octets;
    is_int(der_oid_octets("1.2.840.113549.1.1.11", octets, &len), -1,
           "DER: an identifier longer than its room");
    len = sizeof octets;
    is_int(der_oid_octets("serverAuth", octets, &len), -1, "DER: a word is no identifier");
    char text[128];
    is_int(der_oid_text(BYTES("\x2a\x80\x01"), text, sizeof text), -1,
           "DER: an arc with a leading 80 is refused");
}

/* Every certificate and list of t/pki with each octet changed in several ways, cut everywhere, and longer. */
static void mutations(const char *name, int crl)
{
    static const uint8_t flips[] = {0x01, 0x80, 0xff, 0x20};
    struct sspi_bytes der = slurp(pki(name));
    unsigned read = 0, cut = 0;
    int malformed;
    if (crl) { /* PEM: take it apart first */
        struct pem_block block;
        struct sspi_bytes in = der;
        uint8_t *out = malloc(der.len);
        size_t len = 0;
        if (pem_next(&in, &block) == 1)
            pem_decode(&block, out, &len);
        free((void *)(uintptr_t)der.ptr);
        der = (struct sspi_bytes){out, len};
    }
    for (size_t at = 0; at < der.len; at++)
        for (size_t f = 0; f < sizeof flips; f++) {
            uint8_t *byte = (uint8_t *)(uintptr_t)(der.ptr + at);
            *byte ^= flips[f];
            /* A copy of exactly that size, so that a read beyond the end is one ASan sees. */
            uint8_t *exact = malloc(der.len);
            memcpy(exact, der.ptr, der.len);
            struct sspi_bytes copy = {exact, der.len};
            void *object = crl ? (void *)revocation_new(copy, &malformed)
                               : (void *)certificate_data_new(copy, &malformed);
            read += object != NULL;
            if (crl)
                revocation_destroy(object);
            else
                certificate_data_drop(object);
            free(exact);
            *byte ^= flips[f];
        }
    for (size_t len = 0; len < der.len; len++) {
        uint8_t *exact = malloc(len ? len : 1);
        memcpy(exact, der.ptr, len);
        struct sspi_bytes copy = {exact, len};
        struct x509 x;
        struct revocation *r = crl ? revocation_new(copy, &malformed) : NULL;
        cut += crl ? r != NULL : !x509_parse(copy, &x);
        revocation_destroy(r);
        free(exact);
    }
    ok(cut == 0, "DER: %s cut anywhere is refused", name);
    ok(read < 4 * der.len,
       "DER: %s with an octet changed is read or refused, no crash (%u of %zu still read)", name, read,
       4 * der.len);
    uint8_t *longer = malloc(der.len + 1);
    memcpy(longer, der.ptr, der.len);
    longer[der.len] = 0;
    void *object = crl ? (void *)revocation_new((struct sspi_bytes){longer, der.len + 1}, &malformed)
                       : (void *)certificate_data_new((struct sspi_bytes){longer, der.len + 1}, &malformed);
    ok(!object && malformed, "DER: %s with an octet behind it is refused", name);
    free(longer);
    free((void *)(uintptr_t)der.ptr);
}

static void facts(void)
{
    struct sspi_bytes der = slurp(pki("intermediate.der"));
    struct x509 x;
    ok(!x509_parse(der, &x), "DER: the intermediate is read");
    ok(x.version == 2 && x.has & X509_IS_CA && x.has & X509_PATH_LENGTH && x.path_length == 0 &&
           x.key_usage == (X509_CERT_SIGN | X509_CRL_SIGN) && x.has & X509_AUTHORITY &&
           !(x.has & X509_EXTENDED_USAGE),
       "DER: its extensions say what they should");
    is_int(x509_key_bits(&x), 256, "DER: its key has 256 bits");
    is_int(x509_signature_of(&x.signature_algorithm).hash, HASH_SHA256, "DER: it is signed over SHA-256");
    free((void *)(uintptr_t)der.ptr);
}

static void base64(void)
{
    static const struct {
        const char *text;
        int len; /* -1: refused */
    } cases[] = {
        {"", 0},      {"Zg==", 1},   {"Zm8=", 2},   {"Zm9v", 3},     {" Z m\r\n9\tv ", 3}, {"Zg=", -1},
        {"Zg", -1},   {"Z", -1},     {"Z===", -1},  {"=", -1},       {"Zm9vZg==Zg==", -1}, {"Zm9_", -1},
        {"Zm=v", -1}, {"Zm9v=", -1}, {"Zg===", -1}, {"Zm9vYmFy", 6}, {"Zm\x80v", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t out[64];
        size_t len = 0, counted = 0;
        int result = base64_decode(cases[i].text, strlen(cases[i].text), out, &len);
        int count = base64_decode(cases[i].text, strlen(cases[i].text), NULL, &counted);
        ok(result == count &&
               (cases[i].len < 0 ? result == -1 : result == 0 && (int)len == cases[i].len && counted == len),
           "base64: '%s'", strpbrk(cases[i].text, "\x80") ? "octets over 7F" : cases[i].text);
    }
    uint8_t all[256], back[256 + 8];
    char text[400];
    for (unsigned i = 0; i < 256; i++)
        all[i] = (uint8_t)(i * 7 + 1);
    for (size_t len = 0; len <= 256; len++) {
        size_t made = base64_encode(all, len, text), got = 0;
        if (base64_decode(text, made, back, &got) || got != len || memcmp(back, all, len)) {
            ok(0, "base64: %zu octets there and back", len);
            return;
        }
    }
    ok(1, "base64: 0 to 256 octets there and back");
}

static void pem(void)
{
    static const struct {
        const char *text;
        int first, blocks;
    } cases[] = {
        {"-----BEGIN A-----\nZg==\n-----END A-----\n", 1, 1},
        {"words\n-----BEGIN A-----\r\nZg==\r\n-----END A-----\r\nmore\n", 1, 1},
        {"-----BEGIN A-----\nZg==\n-----END A-----\n-----BEGIN B-----\nZg==\n-----END B-----", 1, 2},
        {"-----BEGIN A-----\nZg==\n-----END B-----\n", -1, 0},
        {"-----BEGIN A-----\nZg==\n", -1, 0},
        {"-----BEGIN A-----\nZg==\n-----BEGIN A-----\nZg==\n-----END A-----\n", -1, 0},
        {"-----BEGIN A-----", -1, 0},
        {"-----BEGIN A", 0, 0},
        {" -----BEGIN A-----\nZg==\n-----END A-----\n", 0, 0},
        {"-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,1\n\nZg==\n-----END A-----\n", 1, 1},
        {"-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n-----END A-----\n", 1, 1},
        {"", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sspi_bytes in = {(const uint8_t *)cases[i].text, strlen(cases[i].text)};
        struct pem_block block;
        int result = pem_next(&in, &block), first = result, blocks = 0;
        for (; result == 1; result = pem_next(&in, &block))
            blocks++;
        ok(first == cases[i].first && blocks == cases[i].blocks, "PEM: case %zu", i + 1);
    }
    struct sspi_bytes in =
        BYTES("-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X,1\n\nZg==\n-----END A-----\n");
    struct pem_block block;
    uint8_t out[8];
    size_t len = 0;
    ok(pem_next(&in, &block) == 1 && block.encrypted && !pem_decode(&block, out, &len) && len == 1,
       "PEM: headers are read and left out");
}

/* A PEM file of certificate, chain and key with each octet changed: opened or refused, never a crash. */
static void pem_mutations(void)
{
    struct sspi_bytes text = slurp(pki("server-ecdsa-full.pem"));
    unsigned opened = 0;
    setenv("OPENSSPI_LOG", "none", 1);
    for (size_t at = 0; at < text.len; at += 3) {
        uint8_t *byte = (uint8_t *)(uintptr_t)(text.ptr + at), was = *byte;
        *byte ^= (uint8_t)(at % 2 ? 0x01 : 0x80);
        CRYPT_DATA_BLOB blob = {(DWORD)text.len, (BYTE *)(uintptr_t)text.ptr};
        HCERTSTORE store = CertOpenStore((LPCSTR)0x4F50, 0, 0, 0, &blob);
        opened += store != NULL;
        CertCloseStore(store, 0);
        *byte = was;
    }
    ok(opened > 0, "PEM: a file with an octet changed is opened or refused (%u opened)", opened);
    free((void *)(uintptr_t)text.ptr);
}

static void keys(void)
{
    static const char *const files[] = {"server-rsa.key", "server-ecdsa.key", "server-ed25519.key",
                                        "server-rsa-pkcs1.key", "server-ecdsa-sec1.key"};
    static const enum key_form forms[] = {KEY_PKCS8, KEY_PKCS8, KEY_PKCS8, KEY_PKCS1, KEY_SEC1};
    for (size_t i = 0; i < 5; i++) {
        struct sspi_bytes text = slurp(pki(files[i])), in = text;
        struct pem_block block;
        uint8_t *der = malloc(text.len);
        size_t len = 0;
        int malformed = 0, crashes = 0;
        if (pem_next(&in, &block) == 1)
            pem_decode(&block, der, &len);
        struct key *key = key_new(forms[i], (struct sspi_bytes){der, len}, &malformed);
        ok(key && key->bytes.len >= len && !malformed, "key: %s", files[i]);
        struct key *again = key ? key_new(KEY_PKCS8, key->bytes, &malformed) : NULL;
        ok(again != NULL, "key: and PKCS#8 is what became of %s", files[i]);
        key_drop(again);
        for (size_t cut = 0; cut < len; cut++) {
            struct key *less = key_new(forms[i], (struct sspi_bytes){der, cut}, &malformed);
            crashes += less != NULL;
            key_drop(less);
        }
        is_int(crashes, 0, "key: %s cut anywhere is refused", files[i]);
        for (size_t at = 0; at < len; at++) {
            der[at] ^= 0x81;
            key_drop(key_new(forms[i], (struct sspi_bytes){der, len}, &malformed));
            der[at] ^= 0x81;
        }
        key_drop(key);
        free(der);
        free((void *)(uintptr_t)text.ptr);
    }
}

/* An OCSP answer and a list's scope, cut and changed everywhere: read to the end or refused, never beyond. */
static void hostile_revocation(void)
{
    static const char *const files[] = {"server-ecdsa.ocsp", "delegate.ocsp", "points.crl", "delta.crl"};
    for (size_t f = 0; f < 4; f++) {
        struct sspi_bytes whole = slurp(pki(files[f])), der = whole;
        const char *why = NULL;
        size_t len = 0;
        uint8_t *decoded = f < 2 ? NULL : crl_decode(whole, &len, &why);
        if (decoded)
            der = (struct sspi_bytes){decoded, len};
        unsigned read = 0;
        for (size_t round = 0; round < 2 * der.len; round++) {
            size_t size = round < der.len ? round : der.len;
            uint8_t *copy = malloc(size + (size == 0)); /* exactly so long: a checker sees what is beyond */
            memcpy(copy, der.ptr, size);
            if (round >= der.len)
                copy[round - der.len] ^= (uint8_t)(1u << round % 8);
            struct sspi_bytes in = {copy, size};
            struct x509 x = {.serial = {copy, size ? 1 : 0}};
            struct ocsp o;
            struct ocsp_single one;
            struct crl list;
            if (f < 2 && !ocsp_parse(in, &o))
                for (read++; o.responses.len && !ocsp_single_next(&o.responses, &one);)
                    read += one.strange > 1;
            else if (f >= 2 && !crl_parse(in, &list))
                read += 1 + (crl_scope(&list, &x) > CRL_WHOLE) + (crl_names(&list, x.serial) > 1);
            free(copy);
        }
        ok(read > 0 && read < 2 * der.len, "D10 %s, cut and changed in every octet: %u of %zu are still read",
           files[f], read, 2 * der.len);
        free(decoded);
        free((void *)(uintptr_t)whole.ptr);
    }
}

int main(void)
{
    static const char *const certificates[] = {"root.der", "intermediate.der", "server-rsa.der",
                                               "server-ecdsa.der", "server-ed25519.der"};
    elements();
    times();
    identifiers();
    facts();
    for (size_t i = 0; i < sizeof certificates / sizeof *certificates; i++)
        mutations(certificates[i], 0);
    mutations("intermediate.crl", 1);
    mutations("root.crl", 1);
    hostile_revocation();
    base64();
    pem();
    keys();
    pem_mutations();
    return tap_done();
}
