/* SPDX-License-Identifier: MIT
 *
 * t/sandbox.h -- a folder tree of its own for a test of configuration or loading, and a child process for
 * each case: what the core reads once per process is then read anew.  Link t/libsandbox.la (it brings the
 * movable core/paths.c) and libcore.la. */
#ifndef T_SANDBOX_H
#define T_SANDBOX_H

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct sandbox {
    char root[PATH_MAX - 300]; /* holds conf, manifests and providers */
};

void sandbox_make(struct sandbox *);   /* exits 99 when it cannot */
void sandbox_remove(struct sandbox *); /* everything below root */

/* The path of a file in it, in one of four static buffers. */
const char *sandbox_path(const struct sandbox *, const char *name);
/* Writes a file, mode 0644, and the folders on its way, 0755. */
void sandbox_write(const struct sandbox *, const char *name, const char *text);
void sandbox_write_bytes(const struct sandbox *, const char *name, const void *bytes, size_t len);
void sandbox_copy(const struct sandbox *, const char *name, const char *from);
void sandbox_mkdir(const struct sandbox *, const char *name);
void sandbox_chmod(const struct sandbox *, const char *name, mode_t mode);

/* Runs fn(arg, out) in a child whose folders are the sandbox's and whose OPENSSPI_* variables are otherwise
 * those of `environment` (NAME=VALUE, NULL ends; may be NULL).  What it prints to `out` comes back in text,
 * ended by NUL; what it writes to stderr too, in errors (may be NULL).  The child's exit status (fn
 * returning: 0), or minus the signal that killed it; after 120 s it is SIGALRM. */
int sandbox_run(const struct sandbox *, const char *const *environment, void (*fn)(const void *arg, FILE *out),
                const void *arg, char *text, size_t size, char *errors, size_t errors_size);

#endif
