/* SPDX-License-Identifier: MIT
 *
 * core/package.h -- package names: "Schannel" and its long form, either with ":provider" (D18). */
#ifndef CORE_PACKAGE_H
#define CORE_PACKAGE_H

#include <sspi.h>

#define PACKAGE_MAX_TOKEN 16384u
#define PACKAGE_CAPABILITIES 0x7B3u
#define PACKAGE_COUNT 2u /* two names of one package */

/* SEC_E_SECPKG_NOT_FOUND: no package of ours (W2).  *provider: what stands behind ':', or NULL; it
 * points into `package`. */
SECURITY_STATUS package_parse(const char *package, const char **provider);

/* An array of SecPkgInfoA (bits 8) or SecPkgInfoW (16, 32) in one piece of memory that FreeContextBuffer
 * takes: every package (W9), or the one that `package` names.
 * SEC_E_SECPKG_NOT_FOUND: no such package, or a provider that is unknown or forbidden (D18).
 * SEC_E_INSUFFICIENT_MEMORY.  *infos is written on success alone (W78). */
SECURITY_STATUS package_all(unsigned bits, void **infos);
SECURITY_STATUS package_one(const char *package, unsigned bits, void **info);

#endif
