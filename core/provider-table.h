/* SPDX-License-Identifier: MIT
 *
 * core/provider-table.h -- the load check: is what a module's entry function returned a provider?  Pure;
 * core/provider.c and the tests use it. */
#ifndef CORE_PROVIDER_TABLE_H
#define CORE_PROVIDER_TABLE_H

#include <opensspi/provider.h>

enum provider_fault {
    PROVIDER_GOOD,
    PROVIDER_MISSING, /* no manifest, masked, or no module */
    PROVIDER_ABI,     /* another major version; these two let the next provider stand in */
    PROVIDER_BROKEN   /* everything else: nothing stands in for it */
};

enum { PROVIDER_VERSION_MAX = 64, PROVIDER_TABLE_MAX = 65536 };

/* Checks `given` (not NULL; as many bytes as it says are read, at most our own table's) and makes the
 * core's own copy: zeroed where the given one is shorter, bits this core does not know cleared, pointers of
 * clear bits NULL, name = `name`, version a copy in version[PROVIDER_VERSION_MAX].  On a fault, its reason
 * in *why and *own is not to be used. */
enum provider_fault provider_table_check(const struct sspi_provider *given, const char *name,
                                         struct sspi_provider *own, char *version, char *why, size_t why_size);

#endif
