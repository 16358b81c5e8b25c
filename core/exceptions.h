/* SPDX-License-Identifier: MIT
 *
 * core/exceptions.h -- what the section of one program changes of what holds for the machine: for the log,
 * and for `sspi config explain`. */
#ifndef CORE_EXCEPTIONS_H
#define CORE_EXCEPTIONS_H

#include "core/config.h"
#include "core/profile.h"

#include <stddef.h>

/* What holds for programs that have no section of their own. */
struct config_value exceptions_machine(const struct config *, const char *key);

/* Names what profile `of` allows and `than` does not, with commas between; at most size - 1 octets.  Briefly:
 * the versions by name, of the rest how many.  How many there are in all. */
size_t exceptions_widened(const struct profile *of, const struct profile *than, int briefly, char *out,
                          size_t size);

/* Once a process: each setting that the program's section changes, as a warning where it allows more. */
void exceptions_log(const struct config *);

#endif
