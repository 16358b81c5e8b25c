/* SPDX-License-Identifier: MIT
 *
 * sddl.h -- here because sources include it; security identifiers as text have no use on Linux. */
#ifndef OPENSSPI_SDDL_H
#define OPENSSPI_SDDL_H

#include <opensspi/types.h>

#endif
