/* SPDX-License-Identifier: MIT
 *
 * windows.h -- the kernel32, ntdll and CRT odds and ends that Schannel sources lean on; no sockets.
 * wincrypt.h comes along unless WIN32_LEAN_AND_MEAN is defined, as on Windows. */
#ifndef OPENSSPI_WINDOWS_H
#define OPENSSPI_WINDOWS_H
#define _WINDOWS_

#include <opensspi/types.h>
#include <stdarg.h>
#include <strings.h>
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

#ifndef _TEXT
#define _TEXT(text) __TEXT(text)
#endif
#ifndef _T
#define _T(text) __TEXT(text)
#endif
#ifdef UNICODE
#define _tcslen wcslen
#define _tcschr wcschr
#define _tcsrchr wcsrchr
#define _tcscmp wcscmp
#define _tcsncmp wcsncmp
#define _tcsstr wcsstr
#else
#define _tcslen strlen
#define _tcschr strchr
#define _tcsrchr strrchr
#define _tcscmp strcmp
#define _tcsncmp strncmp
#define _tcsstr strstr
#endif

/* The C library by Microsoft's names. */
#ifndef _stricmp
#define _stricmp strcasecmp
#endif
#ifndef _strnicmp
#define _strnicmp strncasecmp
#endif

#define MAX_PATH 260
#define INFINITE 0xFFFFFFFF
#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

#define GENERIC_READ 0x80000000
#define GENERIC_WRITE 0x40000000
#define FILE_GENERIC_READ 0x00120089
#define FILE_SHARE_READ 0x1
#define FILE_SHARE_WRITE 0x2
#define FILE_SHARE_DELETE 0x4
#define CREATE_NEW 1
#define CREATE_ALWAYS 2
#define OPEN_EXISTING 3
#define OPEN_ALWAYS 4
#define TRUNCATE_EXISTING 5
#define FILE_ATTRIBUTE_READONLY 0x1
#define FILE_ATTRIBUTE_DIRECTORY 0x10
#define FILE_ATTRIBUTE_NORMAL 0x80
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000
#define INVALID_FILE_ATTRIBUTES ((DWORD)-1)
#define INVALID_FILE_SIZE ((DWORD)-1)
typedef struct _WIN32_FIND_DATAA {
    DWORD dwFileAttributes;
    FILETIME ftCreationTime;
    FILETIME ftLastAccessTime;
    FILETIME ftLastWriteTime;
    DWORD nFileSizeHigh;
    DWORD nFileSizeLow;
    DWORD dwReserved0;
    DWORD dwReserved1;
    CHAR cFileName[MAX_PATH];
    CHAR cAlternateFileName[14];
} WIN32_FIND_DATAA, *PWIN32_FIND_DATAA, *LPWIN32_FIND_DATAA;

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
#define RtlZeroMemory(to, size) memset((to), 0, (size))
#define RtlCopyMemory(to, from, size) memcpy((to), (from), (size))

#define LMEM_FIXED 0x0000
#define LMEM_ZEROINIT 0x0040
#define LPTR (LMEM_FIXED | LMEM_ZEROINIT)

/* ---- text: `char` is UTF-8 whatever code page is asked for ---- */
#define MB_PRECOMPOSED                     0x00000001
#define MB_ERR_INVALID_CHARS               0x00000008
#define WC_ERR_INVALID_CHARS               0x00000080
#define WC_COMPOSITECHECK                  0x00000200
#define WC_NO_BEST_FIT_CHARS               0x00000400
#define CP_ACP                             0
#define CP_OEMCP                           1
#define CP_THREAD_ACP                      3
#define CP_UTF8                            65001
#define FORMAT_MESSAGE_IGNORE_INSERTS      0x00000200
#define FORMAT_MESSAGE_FROM_STRING         0x00000400
#define FORMAT_MESSAGE_FROM_HMODULE        0x00000800
#define FORMAT_MESSAGE_FROM_SYSTEM         0x00001000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY      0x00002000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK      0x000000ff
#define FORMAT_MESSAGE_ALLOCATE_BUFFER     0x00000100
#define LANG_NEUTRAL 0x00
#define SUBLANG_DEFAULT 0x01
#define LANG_ENGLISH 0x09
#define SUBLANG_ENGLISH_US 0x01
#define MAKELANGID(primary, sub) ((WORD)((WORD)(sub) << 10 | (WORD)(primary)))

/* ---- which Windows is this? ---- */
#define VER_EQUAL                          1
#define VER_GREATER                        2
#define VER_GREATER_EQUAL                  3
#define VER_LESS                           4
#define VER_LESS_EQUAL                     5
#define VER_AND                            6
#define VER_OR                             7
#define VER_MINORVERSION                   0x0000001
#define VER_MAJORVERSION                   0x0000002
#define VER_BUILDNUMBER                    0x0000004
#define VER_PLATFORMID                     0x0000008
#define VER_SERVICEPACKMINOR               0x0000010
#define VER_SERVICEPACKMAJOR               0x0000020
#define VER_SUITENAME                      0x0000040
#define VER_PRODUCT_TYPE                   0x0000080
#define VER_NT_WORKSTATION                 0x0000001
#define VER_NT_DOMAIN_CONTROLLER           0x0000002
#define VER_NT_SERVER                      0x0000003
#define VER_PLATFORM_WIN32s                0
#define VER_PLATFORM_WIN32_WINDOWS         1
#define VER_PLATFORM_WIN32_NT              2
typedef struct _OSVERSIONINFOA {
    DWORD dwOSVersionInfoSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    DWORD dwBuildNumber;
    DWORD dwPlatformId;
    CHAR szCSDVersion[128];
} OSVERSIONINFOA, *POSVERSIONINFOA, *LPOSVERSIONINFOA;
typedef struct _OSVERSIONINFOEXA {
    DWORD dwOSVersionInfoSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    DWORD dwBuildNumber;
    DWORD dwPlatformId;
    CHAR szCSDVersion[128];
    WORD wServicePackMajor;
    WORD wServicePackMinor;
    WORD wSuiteMask;
    BYTE wProductType;
    BYTE wReserved;
} OSVERSIONINFOEXA, *POSVERSIONINFOEXA, *LPOSVERSIONINFOEXA;
typedef struct _OSVERSIONINFOW {
    DWORD dwOSVersionInfoSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    DWORD dwBuildNumber;
    DWORD dwPlatformId;
    WCHAR szCSDVersion[128];
} OSVERSIONINFOW, *POSVERSIONINFOW, *LPOSVERSIONINFOW;
typedef struct _OSVERSIONINFOEXW {
    DWORD dwOSVersionInfoSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    DWORD dwBuildNumber;
    DWORD dwPlatformId;
    WCHAR szCSDVersion[128];
    WORD wServicePackMajor;
    WORD wServicePackMinor;
    WORD wSuiteMask;
    BYTE wProductType;
    BYTE wReserved;
} OSVERSIONINFOEXW, *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW;
#define OSVERSIONINFO SSPI_AW(OSVERSIONINFO)
#define OSVERSIONINFOEX SSPI_AW(OSVERSIONINFOEX)
#define LPOSVERSIONINFO SSPI_AW(LPOSVERSIONINFO)
#define LPOSVERSIONINFOEX SSPI_AW(LPOSVERSIONINFOEX)
#define VER_SET_CONDITION(mask, type, condition) ((mask) = VerSetConditionMask((mask), (type), (condition)))

/* ---- modules: the Windows libraries this one stands for, and no others ---- */
#define LOAD_LIBRARY_SEARCH_SYSTEM32 0x00000800

SSPI_BEGIN

/* The thread's last error: ERROR_* or an HRESULT as a DWORD. */
SSPI_API DWORD WINAPI GetLastError(void);
SSPI_API VOID WINAPI SetLastError(DWORD dwErrCode);

/* Memory that LocalFree frees, zeroed with LMEM_ZEROINIT (LPTR); what this library hands out for LocalFree goes there
 * too.  NULL: no memory.  LocalFree takes NULL, and gives back NULL. */
SSPI_API HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes);
SSPI_API HLOCAL WINAPI LocalFree(HLOCAL hMem);

/* memset that the compiler keeps; gives back ptr. */
SSPI_API PVOID WINAPI RtlSecureZeroMemory(PVOID ptr, SIZE_T cnt);
#define SecureZeroMemory RtlSecureZeroMemory

/* ---- clocks ---- */
/* The time now, in UTC: as a SYSTEMTIME, or in 100 ns since 1601-01-01. */
SSPI_API VOID WINAPI GetSystemTime(LPSYSTEMTIME lpSystemTime);
SSPI_API VOID WINAPI GetSystemTimeAsFileTime(LPFILETIME lpSystemTimeAsFileTime);
/* Between both forms, and to local time as the C library's zone has it now.  FALSE with ERROR_INVALID_PARAMETER for
 * what is no date. */
SSPI_API BOOL WINAPI FileTimeToSystemTime(const FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime);
SSPI_API BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime);
SSPI_API BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *lpFileTime, LPFILETIME lpLocalFileTime);
/* -1, 0 or 1: the first is before, at or after the second. */
SSPI_API LONG WINAPI CompareFileTime(const FILETIME *lpFileTime1, const FILETIME *lpFileTime2);
/* Milliseconds since some moment; with 32 bits it wraps after 49.7 days. */
SSPI_API DWORD WINAPI GetTickCount(void);
SSPI_API ULONGLONG WINAPI GetTickCount64(void);
/* The calling thread sleeps; INFINITE: for ever. */
SSPI_API VOID WINAPI Sleep(DWORD dwMilliseconds);

/* The kernel's numbers of the calling process and thread. */
SSPI_API DWORD WINAPI GetCurrentProcessId(void);
SSPI_API DWORD WINAPI GetCurrentThreadId(void);

/* Ends a token of QuerySecurityContextToken or a file of CreateFileA; nothing else here is a HANDLE.  FALSE with
 * ERROR_INVALID_HANDLE for one that is not, or was closed. */
SSPI_API BOOL WINAPI CloseHandle(HANDLE hObject);

/* ---- files, for sources that read their certificates by them ---- */
/* Opens a file that is there to be read: GENERIC_READ and OPEN_EXISTING, else ERROR_NOT_SUPPORTED.  The other
 * parameters are not used.  Either slash parts a path.  CloseHandle ends the handle.  INVALID_HANDLE_VALUE:
 * ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED (a directory, too), ERROR_TOO_MANY_OPEN_FILES,
 * ERROR_NOT_ENOUGH_MEMORY. */
SSPI_API HANDLE WINAPI CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                   LPVOID lpSecurityAttributes, DWORD dwCreationDisposition,
                                   DWORD dwFlagsAndAttributes, HANDLE hTemplateFile);
/* How many octets the file has now.  ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER. */
SSPI_API BOOL WINAPI GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize);
/* Reads on from where the last call ended; TRUE with fewer octets, or none, at the end.  lpOverlapped must be NULL.
 * ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_READ_FAULT. */
SSPI_API BOOL WINAPI ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead,
                              LPVOID lpOverlapped);
/* FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_READONLY, or FILE_ATTRIBUTE_NORMAL; INVALID_FILE_ATTRIBUTES with the last
 * error. */
SSPI_API DWORD WINAPI GetFileAttributesA(LPCSTR lpFileName);
/* What is in a folder, one after another, by a pattern as the path's last part; attributes, sizes and names are
 * filled in.  FindClose ends the search.  INVALID_HANDLE_VALUE with ERROR_FILE_NOT_FOUND: nothing fits; FALSE with
 * ERROR_NO_MORE_FILES: that was all. */
SSPI_API HANDLE WINAPI FindFirstFileA(LPCSTR lpFileName, LPWIN32_FIND_DATAA lpFindFileData);
SSPI_API BOOL WINAPI FindNextFileA(HANDLE hFindFile, LPWIN32_FIND_DATAA lpFindFileData);
SSPI_API BOOL WINAPI FindClose(HANDLE hFindFile);

/* ---- text ---- */
/* Between UTF-8 and wide text: units or octets written, or needed where the room is 0; 0 and the last error on
 * failure, nothing written.  A length of -1 counts up to the NUL and takes it along.  ERROR_INSUFFICIENT_BUFFER,
 * ERROR_NO_UNICODE_TRANSLATION (where MB_ERR_INVALID_CHARS or WC_ERR_INVALID_CHARS ask), ERROR_INVALID_PARAMETER. */
SSPI_API int WINAPI MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCCH lpMultiByteStr, int cbMultiByte,
                                        LPWSTR lpWideCharStr, int cchWideChar)
    SSPI_WIDE(MultiByteToWideChar);
SSPI_API int WINAPI WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWCH lpWideCharStr, int cchWideChar,
                                        LPSTR lpMultiByteStr, int cbMultiByte, LPCCH lpDefaultChar,
                                        LPBOOL lpUsedDefaultChar) SSPI_WIDE(WideCharToMultiByte);
/* The words of a status code or error number: FORMAT_MESSAGE_FROM_SYSTEM, without arguments.  LocalFree
 * frees what FORMAT_MESSAGE_ALLOCATE_BUFFER gives. */
SSPI_API DWORD WINAPI FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                                     LPSTR lpBuffer, DWORD nSize, va_list *Arguments);
SSPI_API DWORD WINAPI FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                                     LPWSTR lpBuffer, DWORD nSize, va_list *Arguments)
    SSPI_WIDE(FormatMessageW);
#define FormatMessage SSPI_AW(FormatMessage)

/* ---- modules ---- */
/* A handle for secur32, sspicli, security, schannel, crypt32, ncrypt, bcrypt, ntdll, kernel32 or advapi32, with or
 * without .dll, all of which are this library; no file is opened.  NULL with ERROR_MOD_NOT_FOUND for another.
 * FreeLibrary takes such a handle and frees nothing. */
SSPI_API HMODULE WINAPI GetModuleHandleA(LPCSTR lpModuleName);
SSPI_API HMODULE WINAPI GetModuleHandleW(LPCWSTR lpModuleName) SSPI_WIDE(GetModuleHandleW);
#define GetModuleHandle SSPI_AW(GetModuleHandle)
SSPI_API HMODULE WINAPI LoadLibraryA(LPCSTR lpLibFileName);
SSPI_API HMODULE WINAPI LoadLibraryW(LPCWSTR lpLibFileName) SSPI_WIDE(LoadLibraryW);
#define LoadLibrary SSPI_AW(LoadLibrary)
SSPI_API HMODULE WINAPI LoadLibraryExA(LPCSTR lpLibFileName, HANDLE hFile, DWORD dwFlags);
SSPI_API HMODULE WINAPI LoadLibraryExW(LPCWSTR lpLibFileName, HANDLE hFile, DWORD dwFlags)
    SSPI_WIDE(LoadLibraryExW);
#define LoadLibraryEx SSPI_AW(LoadLibraryEx)
SSPI_API BOOL WINAPI FreeLibrary(HMODULE hLibModule);
/* The function that this source would call by that name: where WCHAR has 4 bytes, the twin.  NULL with
 * ERROR_PROC_NOT_FOUND or ERROR_MOD_NOT_FOUND. */
SSPI_API FARPROC WINAPI GetProcAddress(HMODULE hModule, LPCSTR lpProcName) SSPI_WIDE(GetProcAddress);

/* ---- versions: see winternl.h ---- */
/* Is this Windows as lpVersionInformation says, in the members of dwTypeMask (VER_*), by the conditions that
 * VerSetConditionMask gathers?  FALSE with ERROR_OLD_WIN_VERSION where it is not, with ERROR_BAD_ARGUMENTS where
 * nothing sensible was asked. */
SSPI_API ULONGLONG WINAPI VerSetConditionMask(ULONGLONG ConditionMask, DWORD TypeMask, BYTE Condition);
SSPI_API BOOL WINAPI VerifyVersionInfoA(LPOSVERSIONINFOEXA lpVersionInformation, DWORD dwTypeMask,
                                        DWORDLONG dwlConditionMask);
SSPI_API BOOL WINAPI VerifyVersionInfoW(LPOSVERSIONINFOEXW lpVersionInformation, DWORD dwTypeMask,
                                        DWORDLONG dwlConditionMask) SSPI_WIDE(VerifyVersionInfoW);
#define VerifyVersionInfo SSPI_AW(VerifyVersionInfo)

SSPI_END

#ifndef WIN32_LEAN_AND_MEAN
#include <wincrypt.h>
#endif

#endif
