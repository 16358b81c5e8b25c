/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/modules.h"

#include <strings.h>

static const char *const modules[] = {"secur32", "sspicli", "security", "schannel", "crypt32",
                                      "ncrypt",  "bcrypt",  "ntdll",    "kernel32", "advapi32"};
static const char anchor; /* its address is the handle */

HMODULE module_named(const char *name)
{
    const char *base = name ? strrchr(name, '\\') : NULL;
    base = base ? base + 1 : name;
    for (size_t i = 0; base && i < sizeof modules / sizeof *modules; i++) {
        size_t len = strlen(modules[i]);
        if (!strncasecmp(base, modules[i], len) && (!base[len] || !strcasecmp(base + len, ".dll")))
            return (HMODULE)&anchor;
    }
    SetLastError(ERROR_MOD_NOT_FOUND);
    return NULL;
}

int module_is_ours(HMODULE module)
{
    return module == (HMODULE)&anchor;
}

HMODULE WINAPI GetModuleHandleA(LPCSTR lpModuleName)
{
    return module_named(lpModuleName);
}

HMODULE WINAPI LoadLibraryA(LPCSTR lpLibFileName)
{
    return module_named(lpLibFileName);
}

HMODULE WINAPI LoadLibraryExA(LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
{
    (void)hFile, (void)dwFlags;
    return module_named(lpLibFileName);
}

BOOL WINAPI FreeLibrary(HMODULE hLibModule)
{
    if (module_is_ours(hLibModule))
        return TRUE; /* the library stays as long as the program that is linked with it */
    SetLastError(ERROR_MOD_NOT_FOUND);
    return FALSE;
}

/* ---- which Windows is this? ---- */

const struct version version_here = {
    .major = 10, .build = 20348, .platform = VER_PLATFORM_WIN32_NT, .product = VER_NT_SERVER};

/* Three bits of condition for each VER_ bit. */
static unsigned condition_of(DWORDLONG conditions, DWORD type)
{
    return (unsigned)(conditions >> 3 * __builtin_ctz(type)) & 7;
}

ULONGLONG WINAPI VerSetConditionMask(ULONGLONG ConditionMask, DWORD TypeMask, BYTE Condition)
{
    DWORD known = TypeMask & 0xFF;
    if (!known)
        return ConditionMask;
    return ConditionMask | (ULONGLONG)(Condition & 7) << 3 * (31 - __builtin_clz(known));
}

/* sign: of what is here against what was asked for. */
static int condition_holds(unsigned condition, int sign)
{
    switch (condition) {
    case VER_EQUAL:
        return sign == 0;
    case VER_GREATER:
        return sign > 0;
    case VER_GREATER_EQUAL:
        return sign >= 0;
    case VER_LESS:
        return sign < 0;
    case VER_LESS_EQUAL:
        return sign <= 0;
    default:
        return 0;
    }
}

static int compare(DWORD here, DWORD asked)
{
    return here < asked ? -1 : here > asked;
}

int version_matches(const struct version *asked, DWORD type_mask, DWORDLONG conditions)
{
    const struct version *here = &version_here;
    const struct {
        DWORD type;
        int sign;
        int chained; /* judged together, the first that differs decides */
    } rows[] = {{VER_MAJORVERSION, compare(here->major, asked->major), 1},
                {VER_MINORVERSION, compare(here->minor, asked->minor), 1},
                {VER_SERVICEPACKMAJOR, compare(here->service_major, asked->service_major), 1},
                {VER_SERVICEPACKMINOR, compare(here->service_minor, asked->service_minor), 1},
                {VER_BUILDNUMBER, compare(here->build, asked->build), 0},
                {VER_PLATFORMID, compare(here->platform, asked->platform), 0},
                {VER_PRODUCT_TYPE, compare(here->product, asked->product), 0}};
    unsigned chain_condition = 0;
    int chain_sign = 0, holds = 1;
    if (!(type_mask & 0xFF))
        return -1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!(type_mask & rows[i].type))
            continue;
        unsigned condition = condition_of(conditions, rows[i].type);
        if (rows[i].chained) {
            chain_condition = chain_condition ? chain_condition : condition;
            chain_sign = chain_sign ? chain_sign : rows[i].sign;
        } else {
            holds &= condition_holds(condition, rows[i].sign);
        }
    }
    if (chain_condition)
        holds &= condition_holds(chain_condition, chain_sign);
    if (type_mask & VER_SUITENAME) {
        WORD both = here->suites & asked->suites;
        holds &= condition_of(conditions, VER_SUITENAME) == VER_AND ? both == asked->suites : both != 0;
    }
    return holds;
}

BOOL WINAPI VerifyVersionInfoA(LPOSVERSIONINFOEXA lpVersionInformation, DWORD dwTypeMask,
                               DWORDLONG dwlConditionMask)
{
    const struct version asked = {.major = lpVersionInformation->dwMajorVersion,
                                  .minor = lpVersionInformation->dwMinorVersion,
                                  .build = lpVersionInformation->dwBuildNumber,
                                  .platform = lpVersionInformation->dwPlatformId,
                                  .service_major = lpVersionInformation->wServicePackMajor,
                                  .service_minor = lpVersionInformation->wServicePackMinor,
                                  .suites = lpVersionInformation->wSuiteMask,
                                  .product = lpVersionInformation->wProductType};
    int matches = version_matches(&asked, dwTypeMask, dwlConditionMask);
    if (matches <= 0)
        SetLastError(matches < 0 ? ERROR_BAD_ARGUMENTS : ERROR_OLD_WIN_VERSION);
    return matches > 0;
}
