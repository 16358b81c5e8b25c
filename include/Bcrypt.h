/* SPDX-License-Identifier: MIT
 *
 * Bcrypt.h -- bcrypt.h as some sources spell it: Linux tells the cases apart. */
#include <bcrypt.h>
