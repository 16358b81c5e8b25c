/* SPDX-License-Identifier: MIT
 *
 * tools/win.h -- the headers a Windows program would include. */
#ifndef TOOLS_WIN_H
#define TOOLS_WIN_H

#ifndef SECURITY_WIN32
#define SECURITY_WIN32
#endif
#define SCHANNEL_USE_BLACKLISTS /* SCH_CREDENTIALS, which TLS 1.3 needs */

#include <windows.h>
#include <subauth.h>
#include <security.h>
#include <schannel.h>
#include <wincrypt.h>

#endif
