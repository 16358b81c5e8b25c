/* SPDX-License-Identifier: MIT
 *
 * CryptStringToBinary and CryptBinaryToString. */
#include <config.h>

#include "t/cert-kit.h"

static void to_binary(void)
{
    static const struct {
        const char *text;
        DWORD flags;
        const char *is; /* NULL: refused */
        DWORD used, skip;
    } cases[] = {
        {"aGVsbG8=", CRYPT_STRING_BASE64, "hello", CRYPT_STRING_BASE64, 0},
        {"aGVs\r\nbG8=\r\n", CRYPT_STRING_BASE64, "hello", CRYPT_STRING_BASE64, 0},
        {"aGVsbG8", CRYPT_STRING_BASE64, NULL, 0, 0},
        {"-----BEGIN X-----\naGVsbG8=\n-----END X-----\n", CRYPT_STRING_BASE64HEADER, "hello",
         CRYPT_STRING_BASE64HEADER, 0},
        {"words\n-----BEGIN X-----\naGVsbG8=\n-----END X-----\n", CRYPT_STRING_BASE64HEADER, "hello",
         CRYPT_STRING_BASE64HEADER, 6},
        {"aGVsbG8=", CRYPT_STRING_BASE64HEADER, NULL, 0, 0},
        {"aGVsbG8=", CRYPT_STRING_BASE64_ANY, "hello", CRYPT_STRING_BASE64, 0},
        {"-----BEGIN X-----\naGVsbG8=\n-----END X-----\n", CRYPT_STRING_BASE64_ANY, "hello",
         CRYPT_STRING_BASE64HEADER, 0},
        {"68 65 6c 6C 6f", CRYPT_STRING_HEX, "hello", CRYPT_STRING_HEX, 0},
        {"68656c6c6f", CRYPT_STRING_HEXRAW, "hello", CRYPT_STRING_HEXRAW, 0},
        {"6", CRYPT_STRING_HEX, NULL, 0, 0},
        {"6 8", CRYPT_STRING_HEX, NULL, 0, 0},
        {"zz", CRYPT_STRING_HEX, NULL, 0, 0},
        {"hello", CRYPT_STRING_BINARY, "hello", CRYPT_STRING_BINARY, 0},
        {"hello", CRYPT_STRING_ANY, "hello", CRYPT_STRING_BINARY, 0},
        {"aGVsbG8=", CRYPT_STRING_ANY, "hello", CRYPT_STRING_BASE64, 0},
        {"hello", CRYPT_STRING_HEXADDR, NULL, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BYTE out[64];
        WCHAR wide[128] = {0};
        DWORD size = sizeof out, need = 0, skip = 99, used = 99, wide_size = sizeof out;
        BOOL counted = CryptStringToBinaryA(cases[i].text, 0, cases[i].flags, NULL, &need, NULL, NULL);
        BOOL done = CryptStringToBinaryA(cases[i].text, 0, cases[i].flags, out, &size, &skip, &used);
        for (size_t j = 0; cases[i].text[j]; j++)
            wide[j] = (WCHAR)cases[i].text[j];
        BYTE wide_out[64];
        BOOL wide_done = CryptStringToBinaryW(wide, 0, cases[i].flags, wide_out, &wide_size, NULL, NULL);
        if (!cases[i].is) {
            ok(!done && !counted && !wide_done && GetLastError() == ERROR_INVALID_DATA,
               "to binary: case %zu is refused", i + 1);
            continue;
        }
        ok(done && counted && need == size && size == strlen(cases[i].is) &&
               !memcmp(out, cases[i].is, size) && used == cases[i].used && skip == cases[i].skip &&
               wide_done && wide_size == size,
           "to binary: case %zu", i + 1);
        DWORD less = size - 1;
        ok(!CryptStringToBinaryA(cases[i].text, 0, cases[i].flags, out, &less, NULL, NULL) &&
               GetLastError() == ERROR_MORE_DATA && less == size,
           "to binary: case %zu, too little room", i + 1);
    }
    DWORD size = 8;
    BYTE out[8];
    ok(CryptStringToBinaryA("aGVsbG8=xxx", 8, CRYPT_STRING_BASE64, out, &size, NULL, NULL) && size == 5,
       "to binary: by length");
    ok(!CryptStringToBinaryA(NULL, 0, CRYPT_STRING_BASE64, out, &size, NULL, NULL) &&
           !CryptStringToBinaryA("aGVsbG8=", 0, CRYPT_STRING_BASE64, out, NULL, NULL, NULL),
       "to binary: NULL");
}

static void to_text(void)
{
    static const BYTE bytes[20] = "abcdefghijklmnopqrs";
    static const struct {
        DWORD flags;
        const char *is;
    } cases[] = {
        {CRYPT_STRING_BASE64, "YWJjZGVmZ2hpamtsbW5vcHFycwA=\r\n"},
        {CRYPT_STRING_BASE64 | CRYPT_STRING_NOCR, "YWJjZGVmZ2hpamtsbW5vcHFycwA=\n"},
        {CRYPT_STRING_BASE64 | CRYPT_STRING_NOCRLF, "YWJjZGVmZ2hpamtsbW5vcHFycwA="},
        {CRYPT_STRING_BASE64HEADER,
         "-----BEGIN CERTIFICATE-----\r\nYWJjZGVmZ2hpamtsbW5vcHFycwA=\r\n-----END CERTIFICATE-----\r\n"},
        {CRYPT_STRING_BASE64X509CRLHEADER | CRYPT_STRING_NOCR,
         "-----BEGIN X509 CRL-----\nYWJjZGVmZ2hpamtsbW5vcHFycwA=\n-----END X509 CRL-----\n"},
        {CRYPT_STRING_HEXRAW | CRYPT_STRING_NOCRLF, "6162636465666768696a6b6c6d6e6f7071727300"},
        {CRYPT_STRING_HEX | CRYPT_STRING_NOCR,
         "61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70\n71 72 73 00\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        WCHAR wide[256];
        DWORD need = 0, size = sizeof text, units = 256, less;
        ok(CryptBinaryToStringA(bytes, sizeof bytes, cases[i].flags, NULL, &need) &&
               need == strlen(cases[i].is) + 1 &&
               CryptBinaryToStringA(bytes, sizeof bytes, cases[i].flags, text, &size) && size == need - 1 &&
               !strcmp(text, cases[i].is),
           "to text: case %zu", i + 1);
        ok(CryptBinaryToStringW(bytes, sizeof bytes, cases[i].flags, wide, &units) && units == size &&
               wcslen(wide) == size,
           "to text: case %zu, wide", i + 1);
        less = size;
        ok(!CryptBinaryToStringA(bytes, sizeof bytes, cases[i].flags, text, &less) &&
               GetLastError() == ERROR_MORE_DATA && less == need,
           "to text: case %zu, too little room", i + 1);
    }
    DWORD size = 10;
    ok(!CryptBinaryToStringA(NULL, 1, CRYPT_STRING_BASE64, NULL, &size) &&
           !CryptBinaryToStringA(bytes, 1, CRYPT_STRING_HEXADDR, NULL, &size) &&
           !CryptBinaryToStringA(bytes, 1, CRYPT_STRING_BASE64, NULL, NULL),
       "to text: what cannot be");
}

int main(void)
{
    to_binary();
    to_text();
    return tap_done();
}
