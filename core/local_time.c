/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/local_time.h"

#include <string.h>
#include <time.h>

#define TICKS_PER_SECOND UINT64_C(10000000)
#define SECONDS_1601_TO_1970 INT64_C(11644473600)

uint64_t local_time_of(uint64_t ticks)
{
    struct tm tm;
    time_t unix_time = (time_t)((int64_t)(ticks / TICKS_PER_SECOND) - SECONDS_1601_TO_1970);
    if (ticks > LOCAL_TIME_NEVER - 86400 * TICKS_PER_SECOND || !localtime_r(&unix_time, &tm))
        return LOCAL_TIME_NEVER;
    int64_t moved = (int64_t)ticks + (int64_t)tm.tm_gmtoff * (int64_t)TICKS_PER_SECOND;
    return moved > 0 ? (uint64_t)moved : LOCAL_TIME_NEVER;
}

void local_time_write(TimeStamp *out, uint64_t ticks)
{
    TimeStamp stamp;
    stamp.QuadPart = (LONGLONG)ticks;
    memcpy(out, &stamp, sizeof stamp);
}
