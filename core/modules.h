/* SPDX-License-Identifier: MIT
 *
 * core/modules.h -- the Windows libraries that programs look for at run time, and the Windows that they find
 * (D19). */
#ifndef CORE_MODULES_H
#define CORE_MODULES_H

#include <windows.h>

/* The handle of this library where `name` (UTF-8, any case, with or without .dll and a folder) is one of the
 * Windows libraries it stands for; NULL with the last error set. */
HMODULE module_named(const char *name);
/* Is this that handle? */
int module_is_ours(HMODULE);

/* What RtlGetVersion and its like answer: Windows Server 2022, the first with TLS 1.3. */
struct version {
    DWORD major, minor, build, platform;
    WORD service_major, service_minor, suites;
    BYTE product;
};
extern const struct version version_here;
/* Does version_here stand to `asked` as a mask of VerSetConditionMask demands?  1 yes, 0 no, -1 nothing was
 * asked. */
int version_matches(const struct version *asked, DWORD type_mask, DWORDLONG conditions);

#endif
