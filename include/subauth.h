/* SPDX-License-Identifier: MIT
 *
 * subauth.h -- where Windows sources find UNICODE_STRING, which SCH_CREDENTIALS needs. */
#ifndef OPENSSPI_SUBAUTH_H
#define OPENSSPI_SUBAUTH_H

#include <ntstatus.h>
#include <opensspi/types.h>

typedef struct _STRING {
    USHORT Length;
    USHORT MaximumLength;
    PCHAR Buffer;
} STRING, *PSTRING;

#endif
