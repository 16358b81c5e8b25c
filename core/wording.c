/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/wording.h"

#include "core/status.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    DWORD code;
    const char *words;
} errors[] = {
    {ERROR_SUCCESS, "The operation succeeded."},
    {ERROR_FILE_NOT_FOUND, "No such file."},
    {ERROR_PATH_NOT_FOUND, "No such folder."},
    {ERROR_ACCESS_DENIED, "Access is denied."},
    {ERROR_INVALID_HANDLE, "The handle is not valid."},
    {ERROR_NOT_ENOUGH_MEMORY, "There is not enough memory."},
    {ERROR_OUTOFMEMORY, "There is not enough memory."},
    {ERROR_INVALID_DATA, "The data is not valid."},
    {ERROR_NOT_SUPPORTED, "The request is not supported."},
    {ERROR_INVALID_PASSWORD, "The password is not right."},
    {ERROR_INVALID_PARAMETER, "A parameter is not valid."},
    {ERROR_CALL_NOT_IMPLEMENTED, "This system does not have the function."},
    {ERROR_INSUFFICIENT_BUFFER, "The buffer is too small."},
    {ERROR_MOD_NOT_FOUND, "No such module."},
    {ERROR_PROC_NOT_FOUND, "No such function."},
    {ERROR_BAD_ARGUMENTS, "The arguments make no sense."},
    {ERROR_MORE_DATA, "There is more data than the buffer holds."},
    {ERROR_NO_MORE_ITEMS, "There are no more items."},
    {ERROR_MR_MID_NOT_FOUND, "There are no words for the code."},
    {ERROR_INVALID_FLAGS, "The flags are not valid."},
    {ERROR_NO_TOKEN, "There is no token."},
    {ERROR_NO_UNICODE_TRANSLATION, "The text is malformed."},
    {ERROR_OLD_WIN_VERSION, "The version is not the one that was asked for."},
    {ERROR_NOT_FOUND, "Not found."},
    {ERROR_NO_SUCH_USER, "No such account."},
    {ERROR_LOGON_FAILURE, "The account may not log on."},
    {ERROR_TIMEOUT, "The time is over."},
};

const char *wording_of(DWORD code)
{
    const struct status_text *status = code ? status_text((SECURITY_STATUS)code) : NULL;
    if (status)
        return status->meaning;
    if ((code & 0xFFFF0000u) == 0x80070000u)
        code &= 0xFFFF;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == code)
            return errors[i].words;
    return NULL;
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
