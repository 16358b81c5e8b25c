/* SPDX-License-Identifier: MIT
 *
 * core/win32.c -- kernel32's last error, local memory and clocks. */
#include <config.h>

#include "core/win32.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <windows.h>

/* ---- last error ---- */

static _Thread_local DWORD last_error;

DWORD WINAPI GetLastError(void)
{
    return last_error;
}

VOID WINAPI SetLastError(DWORD dwErrCode)
{
    last_error = dwErrCode;
}

/* ---- memory ---- */

HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes)
{
    size_t size = uBytes ? uBytes : 1;
    void *memory = uFlags & LMEM_ZEROINIT ? calloc(1, size) : malloc(size);
    if (!memory)
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return memory;
}

HLOCAL WINAPI LocalFree(HLOCAL hMem)
{
    free(hMem);
    return NULL;
}

PVOID WINAPI RtlSecureZeroMemory(PVOID ptr, SIZE_T cnt)
{
    explicit_bzero(ptr, cnt);
    return ptr;
}

/* ---- FILETIME: 100 ns since 1601-01-01 ---- */

#define TICKS_PER_SECOND 10000000ull
#define EPOCH_TICKS 116444736000000000ull /* 1970-01-01 */
#define LAST_TICKS 0x7FFFFFFFFFFFFFFFull

uint64_t ticks_of_filetime(const FILETIME *time)
{
    return (uint64_t)time->dwHighDateTime << 32 | time->dwLowDateTime;
}

void filetime_of_ticks(uint64_t ticks, FILETIME *time)
{
    time->dwLowDateTime = (DWORD)ticks;
    time->dwHighDateTime = (DWORD)(ticks >> 32);
}

uint64_t ticks_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return EPOCH_TICKS + (uint64_t)now.tv_sec * TICKS_PER_SECOND + (uint64_t)now.tv_nsec / 100;
}

/* Seconds east of Greenwich at a time, by the process's time zone. */
static int64_t zone_offset(uint64_t ticks)
{
    time_t seconds = (time_t)(ticks / TICKS_PER_SECOND) - (time_t)(EPOCH_TICKS / TICKS_PER_SECOND);
    struct tm local;
    return localtime_r(&seconds, &local) ? local.tm_gmtoff : 0;
}

uint64_t ticks_to_local(uint64_t ticks)
{
    if (ticks >= LAST_TICKS)
        return LAST_TICKS;
    int64_t shift = zone_offset(ticks) * (int64_t)TICKS_PER_SECOND;
    if (shift < 0 && ticks < (uint64_t)-shift)
        return 0;
    uint64_t local = ticks + (uint64_t)shift;
    return local > LAST_TICKS ? LAST_TICKS : local;
}

/* Days since 1601-01-01 of a date of the Gregorian calendar.  Years are counted from March 1600, so that
 * the leap day ends one and a cycle of 400 years begins with them; 306 days on is 1601-01-01. */
static uint32_t days_of_date(uint32_t year, uint32_t month, uint32_t day)
{
    uint32_t y = year - 1600 - (month <= 2), m = month <= 2 ? month + 9 : month - 3;
    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 306;
}

static int date_is_good(const SYSTEMTIME *t)
{
    static const uint8_t longest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = t->wYear % 4 == 0 && (t->wYear % 100 != 0 || t->wYear % 400 == 0);
    return t->wYear >= 1601 && t->wYear <= 30827 && t->wMonth >= 1 && t->wMonth <= 12 && t->wDay >= 1 &&
           t->wDay <= longest[t->wMonth - 1] && (t->wMonth != 2 || t->wDay <= 28 + leap) && t->wHour <= 23 &&
           t->wMinute <= 59 && t->wSecond <= 59 && t->wMilliseconds <= 999;
}

BOOL WINAPI FileTimeToSystemTime(const FILETIME *lpFileTime, LPSYSTEMTIME lpSystemTime)
{
    uint64_t ticks = ticks_of_filetime(lpFileTime);
    if (ticks > LAST_TICKS) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    uint64_t seconds = ticks / TICKS_PER_SECOND;
    uint32_t days = (uint32_t)(seconds / 86400), rest = (uint32_t)(seconds % 86400);
    SYSTEMTIME out = {.wDayOfWeek = (WORD)((days + 1) % 7), /* 1601-01-01 was a Monday */
                      .wHour = (WORD)(rest / 3600),
                      .wMinute = (WORD)(rest / 60 % 60),
                      .wSecond = (WORD)(rest % 60),
                      .wMilliseconds = (WORD)(ticks / 10000 % 1000)};
    uint32_t year = 1601 + days / 366; /* early, by sixty years in 30828 */
    while (days >= days_of_date(year + 1, 1, 1))
        year++;
    uint32_t month = 1;
    while (month < 12 && days >= days_of_date(year, month + 1, 1))
        month++;
    out.wYear = (WORD)year;
    out.wMonth = (WORD)month;
    out.wDay = (WORD)(days - days_of_date(year, month, 1) + 1);
    *lpSystemTime = out;
    return TRUE;
}

BOOL WINAPI SystemTimeToFileTime(const SYSTEMTIME *lpSystemTime, LPFILETIME lpFileTime)
{
    const SYSTEMTIME *t = lpSystemTime;
    if (!date_is_good(t)) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    uint64_t seconds = (uint64_t)days_of_date(t->wYear, t->wMonth, t->wDay) * 86400 +
                       (uint64_t)t->wHour * 3600 + (uint64_t)t->wMinute * 60 + t->wSecond;
    filetime_of_ticks(seconds * TICKS_PER_SECOND + t->wMilliseconds * 10000ull, lpFileTime);
    return TRUE;
}

BOOL WINAPI FileTimeToLocalFileTime(const FILETIME *lpFileTime, LPFILETIME lpLocalFileTime)
{
    if (ticks_of_filetime(lpFileTime) > LAST_TICKS) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    filetime_of_ticks(ticks_to_local(ticks_of_filetime(lpFileTime)), lpLocalFileTime);
    return TRUE;
}

LONG WINAPI CompareFileTime(const FILETIME *lpFileTime1, const FILETIME *lpFileTime2)
{
    uint64_t a = ticks_of_filetime(lpFileTime1), b = ticks_of_filetime(lpFileTime2);
    return a < b ? -1 : a > b;
}

VOID WINAPI GetSystemTimeAsFileTime(LPFILETIME lpSystemTimeAsFileTime)
{
    filetime_of_ticks(ticks_now(), lpSystemTimeAsFileTime);
}

VOID WINAPI GetSystemTime(LPSYSTEMTIME lpSystemTime)
{
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    FileTimeToSystemTime(&now, lpSystemTime);
}

/* ---- the process ---- */

DWORD WINAPI GetCurrentProcessId(void)
{
    return (DWORD)getpid();
}

DWORD WINAPI GetCurrentThreadId(void)
{
    return (DWORD)gettid();
}

ULONGLONG WINAPI GetTickCount64(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (ULONGLONG)now.tv_sec * 1000 + (ULONGLONG)now.tv_nsec / 1000000;
}

DWORD WINAPI GetTickCount(void)
{
    return (DWORD)GetTickCount64();
}

VOID WINAPI Sleep(DWORD dwMilliseconds)
{
    struct timespec left = {dwMilliseconds / 1000, (long)(dwMilliseconds % 1000) * 1000000};
    do {
        while (nanosleep(&left, &left) != 0)
            ;
    } while (dwMilliseconds == INFINITE);
}
