/* SPDX-License-Identifier: MIT
 *
 * core/psk.h -- keys shared before: SCH_USE_PRESHAREDKEY_ONLY, with SECBUFFER_PRESHARED_KEY and
 * SECBUFFER_PRESHARED_KEY_IDENTITY in the first call of either side.  Such a credential shows no certificate,
 * takes none from the peer, and nothing is resumed under it. */
#ifndef CORE_PSK_H
#define CORE_PSK_H

#include "core/context.h"

#include <schannel.h>

static inline int psk_only(const struct credential *cred)
{
    return (cred->flags & SCH_USE_PRESHAREDKEY_ONLY) != 0;
}
/* Keeps the first call's key and its name with the handshake.  SEC_E_NO_CREDENTIALS: one of the two is
 * missing. */
SECURITY_STATUS psk_take(struct context *, const struct buffers_in *);
/* A server's answer to the provider: the key, if that is its name. */
int psk_find(void *owner, struct sspi_bytes identity, uint8_t *key, size_t cap, size_t *len);

#endif
