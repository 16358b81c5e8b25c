/* SPDX-License-Identifier: MIT
 *
 * The frame of CryptDecodeObject: a structure is made twice, first to learn its size, then where it belongs.
 */
#include <config.h>

#include "core/cert/decode.h"

#include "core/cert/certificate.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define ENCODED_MAX (1u << 20)

void *arena_take(struct arena *a, size_t size)
{
    size_t at = (a->used + 7) & ~(size_t)7;
    if (size > a->cap || at > a->cap - size) {
        a->failed = 1;
        return NULL;
    }
    a->used = at + size;
    return memset(a->base + at, 0, size);
}

CRYPT_DATA_BLOB arena_blob(struct arena *a, struct sspi_bytes b)
{
    BYTE *copy = arena_take(a, b.len);
    if (copy && b.len)
        memcpy(copy, b.ptr, b.len);
    return (CRYPT_DATA_BLOB){copy ? (DWORD)b.len : 0, copy};
}

CRYPT_DATA_BLOB arena_reversed(struct arena *a, struct sspi_bytes b)
{
    CRYPT_DATA_BLOB blob = arena_blob(a, b);
    for (DWORD i = 0; i < blob.cbData; i++)
        blob.pbData[i] = b.ptr[b.len - 1 - i];
    return blob;
}

LPSTR arena_oid(struct arena *a, struct sspi_bytes oid)
{
    char text[512];
    if (der_oid_text(oid, text, sizeof text))
        text[0] = 0;
    char *copy = arena_take(a, strlen(text) + 1);
    if (copy)
        strcpy(copy, text);
    return copy;
}

LPWSTR arena_wide(struct arena *a, struct sspi_bytes utf8, unsigned bits)
{
    size_t units = 0, wrote = 0;
    for (const uint8_t *at = utf8.ptr, *end = at + utf8.len; at < end;) {
        uint32_t point = utf8_next(&at, end);
        if (point == UTF_BAD) {
            a->failed = 1;
            return NULL;
        }
        units += wide_put(point, bits, NULL, 0);
    }
    void *copy = arena_take(a, (units + 1) * bits / 8);
    for (const uint8_t *at = utf8.ptr, *end = at + utf8.len; copy && at < end;)
        wrote += wide_put(utf8_next(&at, end), bits, copy, wrote);
    return copy;
}

/* Makes it in memory of our own, larger than any structure can be for so many octets.  0; -1 malformed; -2 no
 * memory. */
static int measure(decoder *decode, struct sspi_bytes der, DWORD flags, unsigned bits, size_t *size)
{
    struct arena a = {NULL, 0, 96 * der.len + 4096, 0};
    if (!(a.base = malloc(a.cap)))
        return -2;
    int bad = decode(&a, der, flags, bits);
    *size = a.used;
    explicit_bzero(a.base, a.used);
    free(a.base);
    return bad || a.failed ? -1 : 0;
}

static void *allocate(const CRYPT_DECODE_PARA *para, size_t size)
{
    if (para && para->cbSize >= offsetof(CRYPT_DECODE_PARA, pfnAlloc) + sizeof para->pfnAlloc &&
        para->pfnAlloc)
        return para->pfnAlloc(size);
    return LocalAlloc(LMEM_FIXED, size);
}

BOOL decode_object(DWORD encoding, LPCSTR type, struct sspi_bytes der, DWORD flags,
                   const CRYPT_DECODE_PARA *para, void *out, DWORD *size, unsigned bits)
{
    size_t need;
    int allocating = (flags & CRYPT_DECODE_ALLOC_FLAG) != 0;
    if (!size || !type || (!der.ptr && der.len) || (allocating && !out) ||
        !(encoding & (X509_ASN_ENCODING | PKCS_7_ASN_ENCODING)))
        return cert_fail((DWORD)E_INVALIDARG);
    decoder *decode = decode_of(type);
    if (!decode)
        return cert_fail(ERROR_FILE_NOT_FOUND);
    if (der.len == 0 || der.len > ENCODED_MAX)
        return cert_fail((DWORD)CRYPT_E_ASN1_EOD);
    int bad = measure(decode, der, flags, bits, &need);
    if (bad)
        return cert_fail(bad == -1 ? (DWORD)CRYPT_E_ASN1_BADTAG : (DWORD)E_OUTOFMEMORY);
    DWORD room = *size;
    *size = (DWORD)need;
    if (!out)
        return TRUE;
    void *into = out;
    if (allocating) {
        if (!(into = allocate(para, need)))
            return cert_fail((DWORD)E_OUTOFMEMORY);
        *(void **)out = into;
    } else if (room < need) {
        return cert_fail(ERROR_MORE_DATA);
    }
    /* The caller's memory may start at any address: the structure's own alignment is relative to it. */
    struct arena a = {into, 0, need, 0};
    decode(&a, der, flags, bits);
    return TRUE;
}
