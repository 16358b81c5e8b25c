/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/local-time.h"

#include "core/win32.h"

#include <string.h>

uint64_t local_time_of(uint64_t ticks)
{
    return ticks_to_local(ticks);
}

void local_time_write(TimeStamp *out, uint64_t ticks)
{
    TimeStamp stamp;
    stamp.QuadPart = (LONGLONG)ticks;
    memcpy(out, &stamp, sizeof stamp);
}
