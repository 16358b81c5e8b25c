/* SPDX-License-Identifier: MIT
 *
 * opensspi/types.h -- the scalar types, names and macros that every Windows-shaped header of this folder
 * stands on.  Sources include windows.h, sspi.h or wincrypt.h instead.
 *
 * Windows is LLP64 and Linux LP64, so ULONG, LONG and DWORD are fixed at 32 bits and never `long`
 * (printf wants %x and %u, not %lx and %lu).
 *
 * Wide characters.  WCHAR is wchar_t, so L"..." and <wchar.h> work.  Where wchar_t has 4 bytes (the Linux
 * default) every function that a WCHAR crosses is sent, by asm label, to a twin that takes UTF-32 and is
 * named NAME_utf32; with -fshort-wchar, and for foreign-function bindings, NAME itself takes UTF-16 as on
 * Windows.  `char` strings are UTF-8. */
#ifndef OPENSSPI_TYPES_H
#define OPENSSPI_TYPES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#ifdef WINPR_SSPI_H
#error "OpenSSPI's and WinPR's headers define the same names: one source file can include only one of them"
#endif

#if defined(__cplusplus)
#define SSPI_BEGIN extern "C" {
#define SSPI_END }
#else
#define SSPI_BEGIN
#define SSPI_END
#endif

/* Every function of the public headers carries this: it is exported from the library. */
#define SSPI_API __attribute__((__visibility__("default")))

/* SSPI_WCHAR_BITS is for the library's own sources, which define both widths whatever wchar_t is. */
#if defined(SSPI_WCHAR_BITS)
#define SSPI_WCHAR_SIZE (SSPI_WCHAR_BITS / 8)
#else
#define SSPI_WCHAR_SIZE __SIZEOF_WCHAR_T__
#endif
#define SSPI_STR2(x) #x
#define SSPI_STR(x) SSPI_STR2(x)
#if SSPI_WCHAR_SIZE == 4
#define SSPI_WIDE_NAME(name) #name "_utf32"
#define SSPI_WIDE(name) __asm__(SSPI_STR(__USER_LABEL_PREFIX__) #name "_utf32")
#else
#define SSPI_WIDE_NAME(name) #name
#define SSPI_WIDE(name)
#endif

/* The A or W form of a name, as UNICODE says. */
#ifdef UNICODE
#define SSPI_AW(name) name##W
#define SSPI_UAW(name) name##_W
#else
#define SSPI_AW(name) name##A
#define SSPI_UAW(name) name##_A
#endif

/* Calling conventions and annotations mean nothing on ELF; the words stay so that sources compile. */
#define WINAPI
#define APIENTRY
#define CALLBACK
#define NTAPI
#define WINADVAPI
#define WINCRYPT32API
#define DECLSPEC_IMPORT
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif
#define CONST const
#define VOID void
#define ANYSIZE_ARRAY 1

#ifndef TRUE
#define TRUE 1
#endif
#ifndef FALSE
#define FALSE 0
#endif

typedef unsigned char BYTE, UCHAR, BOOLEAN, UINT8;
typedef BYTE *PBYTE, *LPBYTE;
typedef UCHAR *PUCHAR;
typedef BOOLEAN *PBOOLEAN;
typedef char CHAR, CCHAR;
typedef CHAR *PCHAR, *LPCH, *PCH, *LPSTR, *PSTR, *NPSTR;
typedef const CHAR *LPCSTR, *PCSTR, *LPCCH;
typedef signed char INT8;
typedef int16_t SHORT, INT16;
typedef SHORT *PSHORT;
typedef uint16_t WORD, USHORT, UINT16;
typedef WORD *PWORD, *LPWORD;
typedef USHORT *PUSHORT;
typedef int INT, BOOL, WINBOOL;
typedef INT *PINT, *LPINT;
typedef BOOL *PBOOL, *LPBOOL;
typedef unsigned int UINT;
typedef UINT *PUINT;
typedef int32_t LONG, LONG32, INT32;
typedef LONG *PLONG, *LPLONG;
typedef uint32_t ULONG, DWORD, ULONG32, DWORD32, UINT32;
typedef ULONG *PULONG;
typedef DWORD *PDWORD, *LPDWORD;
typedef long long LONGLONG, LONG64, INT64;
typedef unsigned long long ULONGLONG, DWORDLONG, ULONG64, DWORD64, UINT64, QWORD;
typedef LONGLONG *PLONGLONG;
typedef ULONGLONG *PULONGLONG;
typedef DWORDLONG *PDWORDLONG;
typedef float FLOAT;
typedef void *PVOID, *LPVOID, *HANDLE;
typedef const void *LPCVOID, *PCVOID;
typedef HANDLE *PHANDLE, *LPHANDLE;
typedef intptr_t INT_PTR, LONG_PTR;
typedef uintptr_t UINT_PTR, ULONG_PTR, DWORD_PTR;
typedef ULONG_PTR *PULONG_PTR;
typedef DWORD_PTR *PDWORD_PTR;
typedef size_t SIZE_T;
typedef SIZE_T *PSIZE_T, *LPSIZE_T;
typedef ptrdiff_t SSIZE_T;
typedef void *HMODULE, *HINSTANCE, *HLOCAL, *HGLOBAL, *HWND, *HKEY;
typedef intptr_t (*FARPROC)(void);

#if defined(SSPI_WCHAR_BITS) && SSPI_WCHAR_BITS == 16
typedef uint16_t WCHAR;
#elif defined(SSPI_WCHAR_BITS)
typedef uint32_t WCHAR;
#else
typedef wchar_t WCHAR;
#endif
typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *LPWSTR, *PWSTR, *NWPSTR;
typedef const WCHAR *LPCWSTR, *PCWSTR, *LPCWCH;

#ifdef UNICODE
typedef WCHAR TCHAR;
typedef LPWSTR LPTSTR, PTSTR;
typedef LPCWSTR LPCTSTR, PCTSTR;
#else
typedef CHAR TCHAR;
typedef LPSTR LPTSTR, PTSTR;
typedef LPCSTR LPCTSTR, PCTSTR;
#endif
typedef TCHAR *PTCHAR;
#ifndef __TEXT
#ifdef UNICODE
#define __TEXT(text) L##text
#else
#define __TEXT(text) text
#endif
#endif
#ifndef TEXT
#define TEXT(text) __TEXT(text)
#endif

/* Signed: below zero is failure. */
typedef int32_t HRESULT;
typedef int32_t NTSTATUS;
typedef int32_t SECURITY_STATUS;

/* An encryption, hash or signature algorithm by its old number, CALG_*. */
typedef unsigned int ALG_ID;

typedef struct _FILETIME { /* 100 ns since 1601-01-01 UTC */
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME, *PFILETIME, *LPFILETIME;

typedef struct _SYSTEMTIME {
    WORD wYear, wMonth, wDayOfWeek, wDay, wHour, wMinute, wSecond, wMilliseconds;
} SYSTEMTIME, *PSYSTEMTIME, *LPSYSTEMTIME;

typedef union _LARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        LONG HighPart;
    };
    struct {
        DWORD LowPart;
        LONG HighPart;
    } u;
    LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        DWORD HighPart;
    };
    struct {
        DWORD LowPart;
        DWORD HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LUID {
    DWORD LowPart;
    LONG HighPart;
} LUID, *PLUID;

typedef struct _GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} GUID, *LPGUID;
typedef const GUID *LPCGUID;

typedef struct _UNICODE_STRING { /* Length and MaximumLength count bytes, not characters */
    USHORT Length;
    USHORT MaximumLength;
    PWSTR Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

/* Where a function writes a ULONG.  Windows sources pass ULONG *, DWORD * or `unsigned long *`, which
 * has 8 bytes here: all are taken without a diagnostic, and exactly 4 bytes are written. */
#ifndef __cplusplus
typedef union {
    ULONG *p;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ || __SIZEOF_LONG__ == 4
    unsigned long *ul; /* only its low half is written: start it at 0 */
#endif
} SSPI_ULONG_OUT __attribute__((__transparent_union__));
#elif __cplusplus >= 201103L
extern "C++" {
struct SSPI_ULONG_OUT { /* passed in a register, exactly as a pointer */
    ULONG *p;
    SSPI_ULONG_OUT(decltype(nullptr)) : p(nullptr) {}
    template <class T> SSPI_ULONG_OUT(T *q) : p(reinterpret_cast<ULONG *>(q))
    {
        static_assert(sizeof(T) >= 4 && T(-1) > T(0), "an unsigned integer of at least 32 bits");
    }
};
}
#else
typedef void *SSPI_ULONG_OUT;
#endif

#endif
