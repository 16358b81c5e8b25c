/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/exact.h"

#include <errno.h>
#include <unistd.h>

int diff_read_exact(int fd, void *to, size_t len)
{
    for (char *at = to; len;) {
        ssize_t got = read(fd, at, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return -1;
        at += got;
        len -= (size_t)got;
    }
    return 0;
}

int diff_write_exact(int fd, const void *from, size_t len)
{
    for (const char *at = from; len;) {
        ssize_t put = write(fd, at, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return -1;
        at += put;
        len -= (size_t)put;
    }
    return 0;
}
