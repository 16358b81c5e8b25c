/* SPDX-License-Identifier: MIT
 *
 * Windows.h -- windows.h as some sources spell it: Linux tells the cases apart. */
#include <windows.h>
