/* SPDX-License-Identifier: MIT
 *
 * core/profile.h -- the machine's TLS profile in one place: every provider gets the same lists, handed over
 * in sspi_cred_params, before anything a program asks (`profile =`, opensspi.conf(5)). */
#ifndef CORE_PROFILE_H
#define CORE_PROFILE_H

#include <stdint.h>

/* IANA code points, best first, 0 ends. */
struct profile {
    const char *name;       /* legacy, default, strict, approved-only */
    uint32_t protocols;     /* SSPI_CAP_TLS.. and SSPI_CAP_DTLS.. */
    const uint16_t *suites; /* TLS 1.3, then TLS 1.2 and older */
    const uint16_t *groups, *signatures;
    const char *policy; /* of a provider, where none is configured; NULL: none */
    int revocation; /* 1: `revocation = require`, unless the configuration says otherwise (D10) */
    const char *origin; /* of what is built in for this profile alone */
};

/* The configured one, this program's own included; static storage.  NULL: the configuration is unusable,
 * which is logged; fail closed. */
const struct profile *profile_in_effect(void);
const struct profile *profile_named(const char *name); /* NULL: none */

/* What is built in for `policy` or `revocation` under that profile; *origin, where it is not the usual word, is what
 * stands in place of a file.  NULL: the profile has no say in the key. */
const char *profile_built_in(const char *profile, const char *key, const char **origin);

#define PROFILE_TICKETS 1u /* what a server sends after a full handshake */

#endif
