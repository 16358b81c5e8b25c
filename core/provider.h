/* SPDX-License-Identifier: MIT
 *
 * core/provider.h -- selects, loads, verifies and pins providers; the only file that uses libltdl.
 * Not to be confused with <opensspi/provider.h>, the contract a plugin meets. */
#ifndef CORE_PROVIDER_H
#define CORE_PROVIDER_H

#include <opensspi/provider.h>
#include <sspi.h>

struct provider { /* loaded once, never unloaded */
    const char *name;         /* as configured */
    struct sspi_provider api; /* the core's own copy; pointers of clear bits are NULL */
};

/* The provider that serves a new credential.
 * named: the part of the package name behind ':' (then no fallback), or NULL for the configured order.
 * need: capability bits it must have.  Falls back along the order where `fallback` allows it (D12).
 * SEC_E_SECPKG_NOT_FOUND: `named` is unknown, masked or forbidden by `locked` (D18).
 * SEC_E_UNSUPPORTED_FUNCTION: loads, but lacks the capability.  SEC_E_INTERNAL_ERROR: none loads, or the
 * configuration is unusable; a log line says why. */
SECURITY_STATUS provider_select(const char *named, uint64_t need, const struct provider **out);

/* The next of the configured order behind `refused`, by the same rule: for a credential whose key a provider
 * turned down (D12).  SEC_E_UNSUPPORTED_FUNCTION: none is left, or `fallback = no`. */
SECURITY_STATUS provider_select_after(const struct provider *refused, uint64_t need, const struct provider **out);

/* The first configured one that loads: for digests and certificates without a credential; NULL: none. */
const struct provider *provider_default(void);

/* Loads by name and remembers success or failure; NULL with *why set (one line, static storage). */
const struct provider *provider_load(const char *name, const char **why);
/* The same, and whether the next of the list may stand in for it. */
const struct provider *provider_try(const char *name, int *passes, const char **why);

/* The callbacks the core lends; the machine fills them (core/verify.c, core/tickets.c, ...). */
struct provider_callbacks {
    int (*verify)(void *owner, const struct sspi_chain *, struct sspi_verdict *);
    int (*ticket_key)(void *owner, const uint8_t *name, struct sspi_ticket_key *);
    int (*psk_find)(void *owner, struct sspi_bytes identity, uint8_t *key, size_t cap, size_t *len);
    void (*keylog)(void *owner, const char *line);
};
extern const struct provider_callbacks context_callbacks; /* defined in core/context.c */

/* "tls13", "send-alert", ...: the names of capability bits, by bit number; NULL: none. */
const char *provider_cap_name(unsigned bit);

#endif
