/* SPDX-License-Identifier: MIT
 *
 * core/profile.h -- the machine's TLS profile in one place: every provider gets the same defaults, handed
 * over in sspi_cred_params.  IANA code points, best first, 0 ends. */
#ifndef CORE_PROFILE_H
#define CORE_PROFILE_H

#include <stdint.h>

extern const uint16_t profile_suites[];     /* TLS 1.3, then ECDHE AEAD of TLS 1.2 */
extern const uint16_t profile_groups[];     /* x25519, secp256r1, secp384r1 */
extern const uint16_t profile_signatures[]; /* no SHA-1 */
extern const uint32_t profile_protocols;    /* SSPI_CAP_TLS12 | SSPI_CAP_TLS13 | SSPI_CAP_DTLS12 */
#define PROFILE_TICKETS 1u                  /* what a server sends after a full handshake */

#endif
