/* SPDX-License-Identifier: MIT
 *
 * tools/diff/exact.h -- all of the bytes, or none: what processes of the engine tell each other. */
#ifndef DIFF_EXACT_H
#define DIFF_EXACT_H

#include <stddef.h>

/* 0, or -1: an error, or nobody at the other end any more. */
int diff_read_exact(int fd, void *to, size_t len);
int diff_write_exact(int fd, const void *from, size_t len);

#endif
