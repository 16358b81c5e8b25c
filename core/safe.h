/* SPDX-License-Identifier: MIT
 *
 * core/safe.h -- files and folders that no other account can change. */
#ifndef CORE_SAFE_H
#define CORE_SAFE_H

#include <stddef.h>
#include <sys/types.h>

/* Opens the absolute `path` for reading.  kind: S_IFREG or S_IFDIR.  What is opened, every directory on
 * its way and every symbolic link followed must be owned by root or the effective user, and neither group
 * nor others may write there (a sticky directory on the way passes: what lies in it is judged next).
 * Judged by fstat on what was opened; the way is walked once, so nothing can be swapped in between.
 * Descriptor (close-on-exec), or -1 with a one-line reason, remedy included, in *why and errno set: ENOENT
 * only where nothing at all stands at the path, EPERM where it is unsafe. */
int safe_open(const char *path, mode_t kind, char *why, size_t why_size);

/* The same for a file of at most `max` bytes, read whole: *bytes is malloc'ed, ended by an extra NUL, and
 * the caller's.  0, or -1 as above. */
int safe_read(const char *path, size_t max, char **bytes, size_t *len, char *why, size_t why_size);

/* The same for secrets: neither group nor others may read the file either, and copies are wiped. */
int safe_read_secret(const char *path, size_t max, char **bytes, size_t *len, char *why, size_t why_size);

/* Is it a lack of memory or descriptors, which may be over soon? */
int safe_error_passes(int error);

#endif
