/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/buffers.h"

#include "core/hello.h"
#include "core/memory.h"

#include <string.h>

static ULONG type_of(const SecBuffer *buffer)
{
    return buffer->BufferType & ~(ULONG)SECBUFFER_ATTRMASK;
}

static int is_writable(const SecBuffer *buffer)
{
    return !(buffer->BufferType & (SECBUFFER_READONLY | SECBUFFER_READONLY_WITH_CHECKSUM));
}

static int has_memory(const SecBuffer *buffer)
{
    return buffer->cbBuffer == 0 || buffer->pvBuffer;
}

static int desc_is_sound(const SecBufferDesc *desc)
{
    return desc && desc->ulVersion == SECBUFFER_VERSION && desc->cBuffers <= BUFFERS_MAX &&
           (desc->cBuffers == 0 || desc->pBuffers);
}

/* ---- Structures inside input buffers: read as bytes, for they need not be aligned ---- */

static size_t u16_at(const uint8_t *at)
{
    uint16_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

static size_t u32_at(const uint8_t *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof value);
    return value;
}

/* SEC_APPLICATION_PROTOCOLS: u32 size of what follows, then lists {u32 kind, u16 length, entries}.  The
 * structure may be longer than its content, by its padding. */
static int read_alpn(struct sspi_bytes all, struct sspi_bytes *out)
{
    const uint8_t *at = all.ptr;
    size_t left, len;

    if (all.len < 4 || u32_at(at) > all.len - 4)
        return -1;
    left = u32_at(at);
    for (at += 4; left != 0; at += 6 + len, left -= 6 + len) {
        if (left < 6 || (len = u16_at(at + 4)) > left - 6)
            return -1;
        if (u32_at(at) != SecApplicationProtocolNegotiationExt_ALPN || len == 0)
            continue;
        if (out->len != 0 || !hello_alpn_valid((struct sspi_bytes){at + 6, len}))
            return -1;
        *out = (struct sspi_bytes){at + 6, len};
    }
    return 0;
}

static int read_mtu(struct sspi_bytes all, struct sspi_bytes *out)
{
    *out = (struct sspi_bytes){all.ptr, 2};
    return all.len >= 2 ? 0 : -1;
}

static int read_counted(struct sspi_bytes all, size_t prefix, size_t max, struct sspi_bytes *out)
{
    size_t len;

    if (all.len < prefix)
        return -1;
    len = prefix == 2 ? u16_at(all.ptr) : all.ptr[0];
    if (len == 0 || len > max || len > all.len - prefix)
        return -1;
    *out = (struct sspi_bytes){all.ptr + prefix, len};
    return 0;
}

static int read_srtp(struct sspi_bytes all, struct sspi_bytes *out)
{
    return read_counted(all, 2, UINT16_MAX, out) == 0 && out->len % 2 == 0 ? 0 : -1;
}

static int read_psk(struct sspi_bytes all, struct sspi_bytes *out)
{
    return read_counted(all, 2, 256, out);
}

static int read_psk_identity(struct sspi_bytes all, struct sspi_bytes *out)
{
    return read_counted(all, 2, UINT16_MAX, out);
}

static int read_mki(struct sspi_bytes all, struct sspi_bytes *out)
{
    return read_counted(all, 1, UINT8_MAX, out);
}

static int read_plain(struct sspi_bytes all, struct sspi_bytes *out)
{
    *out = all;
    return 0;
}

static const struct input_role {
    ULONG type;
    size_t member; /* of struct buffers_in */
    int (*read)(struct sspi_bytes all, struct sspi_bytes *out);
} input_roles[] = {
    {SECBUFFER_TOKEN, offsetof(struct buffers_in, token), read_plain},
    {SECBUFFER_APPLICATION_PROTOCOLS, offsetof(struct buffers_in, alpn), read_alpn},
    {SECBUFFER_DTLS_MTU, offsetof(struct buffers_in, mtu), read_mtu},
    {SECBUFFER_SRTP_PROTECTION_PROFILES, offsetof(struct buffers_in, srtp), read_srtp},
    {SECBUFFER_PRESHARED_KEY, offsetof(struct buffers_in, psk), read_psk},
    {SECBUFFER_PRESHARED_KEY_IDENTITY, offsetof(struct buffers_in, psk_identity), read_psk_identity},
    {SECBUFFER_EXTRA, offsetof(struct buffers_in, peer), read_plain},
    {SECBUFFER_TARGET_HOST, offsetof(struct buffers_in, target_host), read_plain},
    {SECBUFFER_SRTP_MASTER_KEY_IDENTIFIER, offsetof(struct buffers_in, srtp_mki), read_mki},
};
enum { INPUT_ROLES = sizeof input_roles / sizeof *input_roles };

SECURITY_STATUS buffers_in(SecBufferDesc *desc, struct buffers_in *in)
{
    struct buffers_in found = {0};
    unsigned seen = 0;
    ULONG i, role;

    if (desc && !desc_is_sound(desc))
        return SEC_E_INVALID_TOKEN;
    for (i = 0; desc && i < desc->cBuffers; i++) {
        SecBuffer *buffer = &desc->pBuffers[i];
        struct sspi_bytes all = {buffer->pvBuffer, buffer->cbBuffer};

        if (type_of(buffer) == SECBUFFER_EMPTY) {
            if (buffer->cbBuffer != 0)
                return SEC_E_INVALID_TOKEN;
            if (!found.slot && is_writable(buffer))
                found.slot = buffer;
            continue;
        }
        for (role = 0; role < INPUT_ROLES && input_roles[role].type != type_of(buffer); role++)
            continue;
        if (role == INPUT_ROLES)
            continue;
        if ((seen & 1u << role) || !has_memory(buffer) ||
            input_roles[role].read(all, (struct sspi_bytes *)((char *)&found + input_roles[role].member)) !=
                0)
            return SEC_E_INVALID_TOKEN;
        seen |= 1u << role;
    }
    found.has_token = seen & 1u;
    *in = found;
    return SEC_E_OK;
}

SECURITY_STATUS buffers_out(SecBufferDesc *desc, int allocate, struct buffers_out *out)
{
    struct buffers_out found = {.allocate = allocate};
    SecBuffer *empty = NULL;
    ULONG i;

    if (!desc_is_sound(desc))
        return SEC_E_INVALID_TOKEN;
    for (i = 0; i < desc->cBuffers; i++) {
        SecBuffer *buffer = &desc->pBuffers[i];
        SecBuffer **role = type_of(buffer) == SECBUFFER_TOKEN   ? &found.token
                           : type_of(buffer) == SECBUFFER_ALERT ? &found.alert
                           : type_of(buffer) == SECBUFFER_EMPTY ? &empty
                                                                : NULL;
        if (role && !*role && is_writable(buffer))
            *role = buffer;
    }
    if (!found.token)
        found.token = empty;
    if (!found.token)
        return SEC_E_INVALID_TOKEN;
    *out = found;
    if (!allocate && (found.token->cbBuffer == 0 || (found.alert && found.alert->cbBuffer == 0)))
        return SEC_E_INSUFFICIENT_MEMORY;
    return SEC_E_OK;
}

SECURITY_STATUS buffers_put(SecBuffer *slot, ULONG type, const void *data, size_t len, int allocate)
{
    void *memory = slot->pvBuffer;

    if (len == 0) {
        buffers_put_none(slot, type);
        return SEC_E_OK;
    }
    if (len > UINT32_MAX)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (allocate || !memory) {
        memory = memory_hand_out(len);
        if (!memory)
            return SEC_E_INSUFFICIENT_MEMORY;
    } else if (slot->cbBuffer < len) {
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    memcpy(memory, data, len);
    slot->pvBuffer = memory;
    slot->cbBuffer = (ULONG)len;
    slot->BufferType = type;
    return SEC_E_OK;
}

void buffers_put_none(SecBuffer *slot, ULONG type)
{
    if (!slot)
        return;
    slot->cbBuffer = 0;
    slot->BufferType = type;
}

void buffers_missing(struct buffers_in *in, size_t missing)
{
    if (!in->slot || missing == 0)
        return;
    in->slot->BufferType = SECBUFFER_MISSING;
    in->slot->cbBuffer = missing > UINT32_MAX ? UINT32_MAX : (ULONG)missing;
}

void buffers_extra(struct buffers_in *in, size_t left)
{
    if (!in->slot || left == 0 || left > in->token.len)
        return;
    in->slot->BufferType = SECBUFFER_EXTRA;
    in->slot->cbBuffer = (ULONG)left;
    in->slot->pvBuffer = (void *)(in->token.ptr + (in->token.len - left));
}

SECURITY_STATUS buffers_seal_any(SecBufferDesc *desc, struct buffers_seal *seal)
{
    struct buffers_seal found = {0};
    ULONG i;

    if (!desc_is_sound(desc))
        return SEC_E_INVALID_TOKEN;
    for (i = 0; i < desc->cBuffers; i++) {
        SecBuffer *buffer = &desc->pBuffers[i], **role;

        if (buffer->BufferType == SECBUFFER_STREAM_HEADER)
            role = &found.header;
        else if (buffer->BufferType == SECBUFFER_DATA)
            role = &found.data;
        else if (buffer->BufferType == SECBUFFER_STREAM_TRAILER)
            role = &found.trailer;
        else
            continue; /* an attribute bit means READONLY: passed over, as Windows does */
        if (*role || !has_memory(buffer))
            return SEC_E_INVALID_TOKEN;
        *role = buffer;
    }
    if (!found.header || !found.data || !found.trailer)
        return SEC_E_INVALID_TOKEN;
    *seal = found;
    return SEC_E_OK;
}

SECURITY_STATUS buffers_open_any(SecBufferDesc *desc, struct buffers_open *open)
{
    struct buffers_open found = {{NULL}};
    unsigned empties = 0;
    ULONG i;

    if (!desc_is_sound(desc))
        return SEC_E_INVALID_TOKEN;
    for (i = 0; i < desc->cBuffers; i++) {
        SecBuffer *buffer = &desc->pBuffers[i];

        if (!is_writable(buffer))
            continue; /* it can hold neither the record nor an answer */
        if (type_of(buffer) == SECBUFFER_DATA) {
            if (found.slot[0] || !has_memory(buffer))
                return SEC_E_INVALID_TOKEN;
            found.slot[0] = buffer;
        } else if (type_of(buffer) == SECBUFFER_EMPTY && empties < 3) {
            found.slot[++empties] = buffer;
        }
    }
    if (!found.slot[0] || empties < 3)
        return SEC_E_INVALID_TOKEN;
    *open = found;
    return SEC_E_OK;
}

SECURITY_STATUS buffers_control(SecBufferDesc *desc, struct sspi_bytes *token)
{
    SecBuffer *buffer;

    if (!desc)
        return SEC_E_INTERNAL_ERROR;
    if (!desc_is_sound(desc) || desc->cBuffers != 1)
        return SEC_E_INVALID_TOKEN;
    buffer = &desc->pBuffers[0];
    if (type_of(buffer) != SECBUFFER_TOKEN || !has_memory(buffer))
        return SEC_E_INVALID_TOKEN;
    *token = (struct sspi_bytes){buffer->pvBuffer, buffer->cbBuffer};
    return SEC_E_OK;
}
