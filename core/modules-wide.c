/* SPDX-License-Identifier: MIT
 *
 * core/modules-wide.c -- modules and versions where a WCHAR crosses; compiled once per width, as core/wide.c
 * is.  GetProcAddress is one of them: a plain name finds the function that the caller's headers would have
 * called, so a source with 4-byte wide characters gets the twin. */
#include <config.h>

#include "core/modules.h"
#include "core/utf.h"

#include <stdlib.h>
#include <winternl.h>

static HMODULE module_of_wide(LPCWSTR wide)
{
    int bad = 0;
    char *name = wide ? utf8_from_wide(wide, SSPI_WCHAR_BITS, (size_t)-1, &bad) : NULL;
    if (wide && !name && !bad) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    HMODULE module = module_named(name);
    free(name);
    return module;
}

HMODULE WINAPI GetModuleHandleW(LPCWSTR lpModuleName)
{
    return module_of_wide(lpModuleName);
}

HMODULE WINAPI LoadLibraryW(LPCWSTR lpLibFileName)
{
    return module_of_wide(lpLibFileName);
}

HMODULE WINAPI LoadLibraryExW(LPCWSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
{
    (void)hFile, (void)dwFlags;
    return module_of_wide(lpLibFileName);
}

/* ---- which Windows is this? ---- */

static struct version version_of(const RTL_OSVERSIONINFOEXW *info)
{
    return (struct version){.major = info->dwMajorVersion,
                            .minor = info->dwMinorVersion,
                            .build = info->dwBuildNumber,
                            .platform = info->dwPlatformId,
                            .service_major = info->wServicePackMajor,
                            .service_minor = info->wServicePackMinor,
                            .suites = info->wSuiteMask,
                            .product = info->wProductType};
}

NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation)
{
    RTL_OSVERSIONINFOEXW *extended = (RTL_OSVERSIONINFOEXW *)lpVersionInformation;
    if (!lpVersionInformation)
        return STATUS_INVALID_PARAMETER;
    lpVersionInformation->dwMajorVersion = version_here.major;
    lpVersionInformation->dwMinorVersion = version_here.minor;
    lpVersionInformation->dwBuildNumber = version_here.build;
    lpVersionInformation->dwPlatformId = version_here.platform;
    memset(lpVersionInformation->szCSDVersion, 0, sizeof lpVersionInformation->szCSDVersion);
    if (lpVersionInformation->dwOSVersionInfoSize == sizeof *extended) {
        extended->wServicePackMajor = version_here.service_major;
        extended->wServicePackMinor = version_here.service_minor;
        extended->wSuiteMask = version_here.suites;
        extended->wProductType = version_here.product;
        extended->wReserved = 0;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask, ULONGLONG ConditionMask)
{
    struct version asked = version_of(VersionInfo);
    int matches = version_matches(&asked, TypeMask, ConditionMask);
    return matches > 0 ? STATUS_SUCCESS : matches ? STATUS_INVALID_PARAMETER : STATUS_REVISION_MISMATCH;
}

BOOL WINAPI VerifyVersionInfoW(LPOSVERSIONINFOEXW lpVersionInformation, DWORD dwTypeMask,
                               DWORDLONG dwlConditionMask)
{
    struct version asked = version_of(lpVersionInformation);
    int matches = version_matches(&asked, dwTypeMask, dwlConditionMask);
    if (matches <= 0)
        SetLastError(matches < 0 ? ERROR_BAD_ARGUMENTS : ERROR_OLD_WIN_VERSION);
    return matches > 0;
}
