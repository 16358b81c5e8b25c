/* SPDX-License-Identifier: MIT
 *
 * core/names.c -- GetProcAddress.  Compiled once per width, as core/wide.c is: a name stands for the function
 * that the caller's own headers would have called.  NAME_utf32 finds the twin from either width. */
#include <config.h>

#include "core/names.h"

#include <opensspi/extra.h>

#include "core/modules.h"

#define SCHANNEL_USE_BLACKLISTS
#include <ncrypt.h>
#include <schannel.h>
#include <sspi.h>
#include <winternl.h>

struct name {
    const char *name;
    FARPROC function;
};
#define ROW(row) {#row, (FARPROC)(void (*)(void))row},

static FARPROC find(const struct name *rows, size_t count, const char *name, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (!strncmp(rows[i].name, name, len) && !rows[i].name[len])
            return rows[i].function;
    return NULL;
}

#if SSPI_WCHAR_BITS == 32
FARPROC names_twin(const char *name)
{
    static const char suffix[] = "_utf32";
    static const struct name twins[] = {
#define NAME(row)
#define TWIN(row) ROW(row)
#include "core/names.inc"
#undef NAME
#undef TWIN
    };
    size_t len = strlen(name);
    if (len < sizeof suffix || strcmp(name + len - (sizeof suffix - 1), suffix) != 0)
        return NULL;
    return find(twins, sizeof twins / sizeof *twins, name, len - (sizeof suffix - 1));
}
#endif

FARPROC WINAPI GetProcAddress(HMODULE hModule, LPCSTR lpProcName)
{
    static const struct name names[] = {
#define NAME(row) ROW(row)
#define TWIN(row)
#include "core/names.inc"
#undef NAME
#undef TWIN
    };
    FARPROC found = NULL;
    if (!module_is_ours(hModule)) {
        SetLastError(ERROR_MOD_NOT_FOUND);
        return NULL;
    }
    if ((ULONG_PTR)lpProcName > 0xFFFF) /* below: an ordinal */
        found = find(names, sizeof names / sizeof *names, lpProcName, strlen(lpProcName));
    if (!found && (ULONG_PTR)lpProcName > 0xFFFF)
        found = names_twin(lpProcName);
    if (!found)
        SetLastError(ERROR_PROC_NOT_FOUND);
    return found;
}
