/* SPDX-License-Identifier: MIT
 *
 * windows.h -- the kernel32, ntdll and CRT odds and ends that Schannel sources lean on; no sockets.
 * wincrypt.h comes along unless WIN32_LEAN_AND_MEAN is defined, as on Windows. */
#ifndef OPENSSPI_WINDOWS_H
#define OPENSSPI_WINDOWS_H
#define _WINDOWS_

#include <opensspi/types.h>
#include <winerror.h>

/* Never in C++, where these are names of the standard library. */
#if !defined(__cplusplus) && !defined(NOMINMAX)
#ifndef max
#define max(a, b) ((a) > (b) ? (a) : (b))
#endif
#ifndef min
#define min(a, b) ((a) < (b) ? (a) : (b))
#endif
#endif

#define MAX_PATH 260
#define INFINITE 0xFFFFFFFF
#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

#define LOWORD(x) ((WORD)((DWORD_PTR)(x) & 0xFFFF))
#define HIWORD(x) ((WORD)(((DWORD_PTR)(x) >> 16) & 0xFFFF))
#define LOBYTE(x) ((BYTE)((DWORD_PTR)(x) & 0xFF))
#define HIBYTE(x) ((BYTE)(((DWORD_PTR)(x) >> 8) & 0xFF))
#define MAKEWORD(low, high) ((WORD)(((BYTE)(low)) | (WORD)((BYTE)(high)) << 8))
#define MAKELONG(low, high) ((LONG)(((WORD)(low)) | (DWORD)((WORD)(high)) << 16))
#define ARRAYSIZE(array) (sizeof(array) / sizeof((array)[0]))
#define UNREFERENCED_PARAMETER(p) ((void)(p))

#define CopyMemory(to, from, size) memcpy((to), (from), (size))
#define MoveMemory(to, from, size) memmove((to), (from), (size))
#define FillMemory(to, size, byte) memset((to), (byte), (size))
#define ZeroMemory(to, size) memset((to), 0, (size))
#define RtlZeroMemory ZeroMemory
#define RtlCopyMemory CopyMemory

#define LMEM_FIXED 0x0000
#define LMEM_ZEROINIT 0x0040
#define LPTR (LMEM_FIXED | LMEM_ZEROINIT)

SSPI_BEGIN

/* The thread's last error: ERROR_* or an HRESULT as a DWORD. */
SSPI_API DWORD WINAPI GetLastError(void);
SSPI_API VOID WINAPI SetLastError(DWORD dwErrCode);

/* NULL: no memory.  LocalFree takes NULL, and gives back NULL. */
SSPI_API HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes);
SSPI_API HLOCAL WINAPI LocalFree(HLOCAL hMem);

/* memset that the compiler keeps; gives back ptr. */
SSPI_API PVOID WINAPI RtlSecureZeroMemory(PVOID ptr, SIZE_T cnt);
#define SecureZeroMemory RtlSecureZeroMemory

/* ---- clocks ---- */
SSPI_API VOID WINAPI GetSystemTime(LPSYSTEMTIME lpSystemTime);
SSPI_API VOID WINAPI GetSystemTimeAsFileTime(LPFILETIME lpSystemTimeAsFileTime);
SSPI_API BOOL WINAPI FileTimeToSystemTime(const FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime);
SSPI_API BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime);
SSPI_API BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *lpFileTime, LPFILETIME lpLocalFileTime);
SSPI_API LONG WINAPI CompareFileTime(const FILETIME *lpFileTime1, const FILETIME *lpFileTime2);
SSPI_API DWORD WINAPI GetTickCount(void);
SSPI_API ULONGLONG WINAPI GetTickCount64(void);
SSPI_API VOID WINAPI Sleep(DWORD dwMilliseconds);

SSPI_API DWORD WINAPI GetCurrentProcessId(void);
SSPI_API DWORD WINAPI GetCurrentThreadId(void);

SSPI_END

#ifndef WIN32_LEAN_AND_MEAN
#include <wincrypt.h>
#endif

#endif
