/* SPDX-License-Identifier: MIT
 *
 * Winternl.h -- winternl.h as some sources spell it: Linux tells the cases apart. */
#include <winternl.h>
