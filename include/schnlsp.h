/* SPDX-License-Identifier: MIT
 *
 * schnlsp.h -- schannel.h under its older name. */
#ifndef OPENSSPI_SCHNLSP_H
#define OPENSSPI_SCHNLSP_H

#include <schannel.h>

#endif
