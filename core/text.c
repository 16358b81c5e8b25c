/* SPDX-License-Identifier: MIT
 *
 * core/text.c -- kernel32's conversions between `char` and wide text.  Compiled once per width, as
 * core/wide.c is.  `char` text is UTF-8 whatever "ANSI" page is asked for; ASCII and Latin-1 are known too. */
#include <config.h>

#include "core/utf.h"
#include "core/wording.h"

#include <stdlib.h>

#define REPLACEMENT 0xFFFDu
#define ASCII 20127u
#define LATIN1 28591u

/* The last code point of a code page; 0: the page is not known. */
static uint32_t page_limit(UINT page)
{
    switch (page) {
    case CP_ACP:
    case CP_OEMCP:
    case CP_THREAD_ACP:
    case CP_UTF8:
        return 0x10FFFF;
    case LATIN1:
        return 0xFF;
    case ASCII:
        return 0x7F;
    default:
        return 0;
    }
}

static int fail(DWORD error)
{
    SetLastError(error);
    return 0;
}

static uint32_t narrow_next(const uint8_t **at, const uint8_t *end, uint32_t limit)
{
    uint32_t point = limit == 0x10FFFF ? utf8_next(at, end) : *(*at)++;
    if (point == UTF_BAD)
        (*at)++;
    return point > limit ? UTF_BAD : point;
}

/* Both directions measure first: nothing is written unless all of it fits. */
int WINAPI MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCCH lpMultiByteStr, int cbMultiByte,
                               LPWSTR lpWideCharStr, int cchWideChar)
{
    uint32_t limit = page_limit(CodePage);
    if (!limit || !lpMultiByteStr || cbMultiByte == 0 || cbMultiByte < -1 || cchWideChar < 0 ||
        (cchWideChar > 0 && !lpWideCharStr))
        return fail(ERROR_INVALID_PARAMETER);
    const uint8_t *start = (const uint8_t *)lpMultiByteStr;
    const uint8_t *end = start + (cbMultiByte < 0 ? strlen(lpMultiByteStr) + 1 : (size_t)cbMultiByte);
    for (int writing = 0;; writing = 1) {
        size_t units = 0;
        for (const uint8_t *at = start; at < end;) {
            uint32_t point = narrow_next(&at, end, limit);
            if (point == UTF_BAD && dwFlags & MB_ERR_INVALID_CHARS)
                return fail(ERROR_NO_UNICODE_TRANSLATION);
            units += wide_put(point == UTF_BAD ? REPLACEMENT : point, SSPI_WCHAR_BITS,
                              writing ? lpWideCharStr : NULL, units);
        }
        if (units > INT32_MAX)
            return fail(ERROR_INVALID_PARAMETER);
        if (writing || cchWideChar == 0)
            return (int)units;
        if (units > (size_t)cchWideChar)
            return fail(ERROR_INSUFFICIENT_BUFFER);
    }
}

int WINAPI WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWCH lpWideCharStr, int cchWideChar,
                               LPSTR lpMultiByteStr, int cbMultiByte, LPCCH lpDefaultChar,
                               LPBOOL lpUsedDefaultChar)
{
    uint32_t limit = page_limit(CodePage);
    if (!limit || !lpWideCharStr || cchWideChar == 0 || cchWideChar < -1 || cbMultiByte < 0 ||
        (cbMultiByte > 0 && !lpMultiByteStr) || (CodePage == CP_UTF8 && (lpDefaultChar || lpUsedDefaultChar)))
        return fail(ERROR_INVALID_PARAMETER);
    size_t units = cchWideChar < 0 ? wide_length(lpWideCharStr, SSPI_WCHAR_BITS) + 1 : (size_t)cchWideChar;
    int replaced = 0;
    for (int writing = 0;; writing = 1) {
        size_t len = 0;
        for (size_t i = 0; i < units;) {
            uint32_t point = wide_next(lpWideCharStr, SSPI_WCHAR_BITS, &i, units);
            if (point == UTF_BAD && dwFlags & WC_ERR_INVALID_CHARS)
                return fail(ERROR_NO_UNICODE_TRANSLATION);
            if (limit == 0x10FFFF) {
                len += utf8_put(point == UTF_BAD ? REPLACEMENT : point, writing ? lpMultiByteStr + len : NULL);
                continue;
            }
            char byte = point <= limit ? (char)point : lpDefaultChar ? *lpDefaultChar : '?';
            replaced |= point > limit;
            if (writing)
                lpMultiByteStr[len] = byte;
            len++;
        }
        if (len > INT32_MAX)
            return fail(ERROR_INVALID_PARAMETER);
        if (writing || cbMultiByte == 0) {
            if (lpUsedDefaultChar)
                *lpUsedDefaultChar = replaced;
            return (int)len;
        }
        if (len > (size_t)cbMultiByte)
            return fail(ERROR_INSUFFICIENT_BUFFER);
    }
}

DWORD WINAPI FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                            LPWSTR lpBuffer, DWORD nSize, va_list *Arguments)
{
    int bad;
    size_t len = 0;
    (void)lpSource, (void)dwLanguageId, (void)Arguments;
    char *message = wording_message(dwFlags, dwMessageId);
    WCHAR *wide = message ? utf8_to_wide(message, SSPI_WCHAR_BITS, &len, &bad) : NULL;
    int whole = message && !wide ? fail(ERROR_NOT_ENOUGH_MEMORY) : wide != NULL;
    free(message);
    if (whole && dwFlags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
        size_t size = (len + 1 > nSize ? len + 1 : nSize) * sizeof *wide;
        WCHAR *given = LocalAlloc(LMEM_ZEROINIT, size);
        memcpy(lpBuffer, &given, sizeof given);
        lpBuffer = given;
        whole = given != NULL;
    } else if (whole && nSize < len + 1) {
        whole = fail(ERROR_INSUFFICIENT_BUFFER);
    }
    if (whole)
        memcpy(lpBuffer, wide, (len + 1) * sizeof *wide);
    free(wide);
    return whole ? (DWORD)len : 0;
}
