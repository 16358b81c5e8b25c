/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/psk.h"

#include <string.h>

SECURITY_STATUS psk_take(struct context *context, const struct buffers_in *in)
{
    struct opening *opening = context_opening(context);
    if (!in->psk.len || !in->psk_identity.len)
        return SEC_E_NO_CREDENTIALS; /* D8 */
    if (!opening || bytes_append(&opening->psk, in->psk.ptr, in->psk.len) != 0 ||
        bytes_append(&opening->psk_identity, in->psk_identity.ptr, in->psk_identity.len) != 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    return SEC_E_OK;
}

/* The name is compared to its end, wherever it differs first. */
static int is_same(struct sspi_bytes a, const struct bytes *b)
{
    volatile uint8_t differs = 0;
    if (a.len != b->len)
        return 0;
    for (size_t i = 0; i < a.len; i++)
        differs |= a.ptr[i] ^ b->ptr[i];
    return !differs;
}

int psk_find(void *owner, struct sspi_bytes identity, uint8_t *key, size_t cap, size_t *len)
{
    const struct context *context = owner;
    const struct opening *opening = context->opening;
    if (!opening || !opening->psk.len || opening->psk.len > cap || !is_same(identity, &opening->psk_identity))
        return -1;
    memcpy(key, opening->psk.ptr, opening->psk.len);
    *len = opening->psk.len;
    return 0;
}
