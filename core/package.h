/* SPDX-License-Identifier: MIT
 *
 * core/package.h -- package names: "Schannel" and its long form, either with ":provider" (D18). */
#ifndef CORE_PACKAGE_H
#define CORE_PACKAGE_H

#include <sspi.h>

#define PACKAGE_MAX_TOKEN 16384u
#define PACKAGE_CAPABILITIES 0x7B3u

/* SEC_E_SECPKG_NOT_FOUND: no package of ours (W2).  *provider: what stands behind ':', or NULL. */
SECURITY_STATUS package_parse(const char *package, const char **provider);

#endif
