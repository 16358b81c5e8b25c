/* SPDX-License-Identifier: MIT
 *
 * core/local-time.h -- TimeStamps: 100 ns since 1601 in local time, as SSPI's callers get them (D2). */
#ifndef CORE_LOCAL_TIME_H
#define CORE_LOCAL_TIME_H

#include <sspi.h>
#include <stdint.h>

#define LOCAL_TIME_NEVER UINT64_C(0x7FFFFFFFFFFFFFFF)

/* FILETIME ticks, UTC -> local; LOCAL_TIME_NEVER where the result does not fit. */
uint64_t local_time_of(uint64_t ticks);
/* Writes the 8 bytes whatever the caller's own type there. */
void local_time_write(TimeStamp *out, uint64_t ticks);

#endif
