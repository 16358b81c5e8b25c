/* SPDX-License-Identifier: MIT
 *
 * tools/diff/win.h -- Windows' headers in the order that they need: nothing else of OpenSSPI is included
 * here. */
#ifndef DIFF_WIN_H
#define DIFF_WIN_H

#ifndef SECURITY_WIN32
#define SECURITY_WIN32
#endif
#define SCHANNEL_USE_BLACKLISTS
#include <windows.h>
#include <winternl.h>

#include <opensspi/extra.h>
#include <schannel.h>
#include <security.h>
#include <wincrypt.h>

#endif
