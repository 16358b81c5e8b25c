/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/shrink.h"

#include <string.h>

static size_t leave_out(struct diff_shrink *s, size_t from, size_t to)
{
    uint8_t before[DIFF_SHRINK_MAX];
    size_t went = 0;
    memcpy(before, s->gone, s->count);
    for (size_t i = from; i < to; i++) {
        went += !s->gone[i];
        s->gone[i] = 1;
    }
    if (!went)
        return 0;
    s->tries++;
    if (s->holds(s->user, s->gone))
        return went;
    memcpy(s->gone, before, s->count);
    return 0;
}

size_t diff_shrink(struct diff_shrink *s)
{
    size_t all = 0, went;
    do {
        went = 0;
        for (size_t size = s->count; size; size /= 2)
            for (size_t to = s->count; to && s->tries < s->tries_max; to -= to < size ? to : size)
                went += leave_out(s, to < size ? 0 : to - size, to);
        all += went;
    } while (went && s->tries < s->tries_max);
    return all;
}
