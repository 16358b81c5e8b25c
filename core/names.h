/* SPDX-License-Identifier: MIT
 *
 * core/names.h -- every exported function by name, made from core/opensspi.map (core/names.inc). */
#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include <windows.h>

/* The twin whose whole name, NAME_utf32, is given; NULL: none. */
FARPROC names_twin(const char *name);

#endif
