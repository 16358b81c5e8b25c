/* SPDX-License-Identifier: MIT
 *
 * core/elf.h -- is this file a whole shared object for this machine?  dlopen() believes the program headers:
 * a file that was cut short (a full disk, a broken copy) ends the process with SIGBUS instead of an error. */
#ifndef CORE_ELF_H
#define CORE_ELF_H

#include <stddef.h>

/* Reads the headers of the open file.  0, or -1 with a few words in *why. */
int elf_check(int fd, char *why, size_t why_size);

#endif
