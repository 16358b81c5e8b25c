/* SPDX-License-Identifier: MIT
 *
 * winternl.h -- what ntdll gives that Schannel sources use: the version of Windows, UNICODE_STRING. */
#ifndef OPENSSPI_WINTERNL_H
#define OPENSSPI_WINTERNL_H

#include <ntstatus.h>
#include <subauth.h>
#include <windows.h>

typedef OSVERSIONINFOW RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;
typedef OSVERSIONINFOEXW RTL_OSVERSIONINFOEXW, *PRTL_OSVERSIONINFOEXW;

SSPI_BEGIN

/* 10.0.20348, Windows Server 2022: the first that has TLS 1.3.  dwOSVersionInfoSize tells which structure. */
SSPI_API NTSTATUS NTAPI RtlGetVersion(PRTL_OSVERSIONINFOW lpVersionInformation) SSPI_WIDE(RtlGetVersion);
/* STATUS_SUCCESS, or STATUS_REVISION_MISMATCH where the condition does not hold. */
SSPI_API NTSTATUS NTAPI RtlVerifyVersionInfo(PRTL_OSVERSIONINFOEXW VersionInfo, ULONG TypeMask,
                                             ULONGLONG ConditionMask) SSPI_WIDE(RtlVerifyVersionInfo);

SSPI_END

#endif
