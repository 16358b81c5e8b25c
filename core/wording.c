/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/wording.h"

#include "core/status.h"

#include <stdio.h>
#include <stdlib.h>

const char *wording_of(DWORD code)
{
    const struct status_text *status = code ? status_text((SECURITY_STATUS)code) : NULL;
    const struct error_text *error;
    if (status)
        return status->meaning;
    error = error_text(code);
    if (!error && (code & 0xFFFF0000u) == 0x80070000u)
        error = error_text(code & 0xFFFF);
    return error ? error->words : NULL;
}

char *wording_message(DWORD flags, DWORD code)
{
    const char *words = flags & FORMAT_MESSAGE_FROM_SYSTEM ? wording_of(code) : NULL;
    if (flags & FORMAT_MESSAGE_FROM_STRING || !words) {
        SetLastError(flags & FORMAT_MESSAGE_FROM_STRING ? ERROR_INVALID_PARAMETER : ERROR_MR_MID_NOT_FOUND);
        return NULL;
    }
    const char *end = flags & FORMAT_MESSAGE_MAX_WIDTH_MASK ? " " : "\r\n";
    size_t size = strlen(words) + strlen(end) + 1;
    char *message = malloc(size);
    if (message)
        snprintf(message, size, "%s%s", words, end);
    else
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return message;
}

DWORD WINAPI FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                            LPSTR lpBuffer, DWORD nSize, va_list *Arguments)
{
    (void)lpSource, (void)dwLanguageId, (void)Arguments;
    char *message = wording_message(dwFlags, dwMessageId);
    DWORD len = message ? (DWORD)strlen(message) : 0, size = len + 1;
    if (!message)
        return 0;
    if (dwFlags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
        char *given = LocalAlloc(LMEM_ZEROINIT, size > nSize ? size : nSize);
        memcpy(lpBuffer, &given, sizeof given);
        lpBuffer = given;
    } else if (nSize < size) {
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        lpBuffer = NULL;
    }
    if (lpBuffer)
        memcpy(lpBuffer, message, size);
    free(message);
    return lpBuffer ? len : 0;
}
