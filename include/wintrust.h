/* SPDX-License-Identifier: MIT
 *
 * wintrust.h -- here because sources include it: what they use of it is in wincrypt.h. */
#ifndef OPENSSPI_WINTRUST_H
#define OPENSSPI_WINTRUST_H

#include <wincrypt.h>

#endif
