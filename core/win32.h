/* SPDX-License-Identifier: MIT
 *
 * core/win32.h -- FILETIME for the rest of the core: ticks are 100 ns since 1601-01-01, UTC unless said. */
#ifndef CORE_WIN32_H
#define CORE_WIN32_H

#include <opensspi/types.h>

/* core/files.c: ends a file or a search; 0, or -1: it is neither. */
int file_close(HANDLE);

uint64_t ticks_of_filetime(const FILETIME *);
void filetime_of_ticks(uint64_t ticks, FILETIME *);
uint64_t ticks_now(void);
/* In the process's time zone, as SSPI's time stamps are (D2); the maximum, 0x7FFFFFFFFFFFFFFF, stays. */
uint64_t ticks_to_local(uint64_t ticks);

#endif
