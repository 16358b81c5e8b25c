/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "t/programs/world.h"

#include <stdlib.h>
#include <string.h>

int world_open(struct world *world, const struct pair_options *options, int program_is_server)
{
    int good = pair_open(&world->pair, options);
    world->peer = program_is_server ? &world->pair.client : &world->pair.server;
    return good;
}

void world_close(struct world *world)
{
    flow_free(&world->wire);
    pair_close(&world->pair);
}

void world_claim(struct world *world, const char *id, const char *words, const char *file, int line, int good)
{
    struct claim *claim = world->claims, *end = claim + world->claimed;
    while (claim < end && (claim->line != line || strcmp(claim->file, file) != 0))
        claim++;
    if (claim == end) {
        if (world->claimed == WORLD_CLAIMS)
            abort();
        *claim = (struct claim){id, words, file, line, 1};
        world->claimed++;
    }
    claim->good &= good;
}

/* ---- the other end ---- */

static void peer_handshakes(struct world *world)
{
    struct end *peer = world->peer;
    SECURITY_STATUS status = pair_step(peer, peer->in.len);
    if (status == SEC_E_OK) {
        world->open = 1;
        if (world->early)
            pair_send(peer, world->early, strlen(world->early));
    } else if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE) {
        world->failed = status;
    }
}

static void peer_reads(struct world *world)
{
    struct end *peer = world->peer;
    SECURITY_STATUS status = pair_decrypt(peer);
    if (status == SEC_I_RENEGOTIATE) {
        status = peer->in.len ? pair_step(peer, peer->in.len) : pair_step_null(peer);
        if (status == SEC_E_OK && world->later) {
            pair_send(peer, world->later, strlen(world->later));
            world->later = NULL;
        }
    }
    if (status == SEC_I_CONTEXT_EXPIRED)
        world->saw_close = 1;
    else if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE)
        world->failed = status;
}

void world_turn(struct world *world)
{
    struct end *peer = world->peer;
    size_t before = (size_t)-1;
    while (world->failed == SEC_E_OK && peer->in.len != before) { /* as long as it makes something of it */
        before = peer->in.len;
        if (!world->open && (before || (!peer->server && !peer->has_context)))
            peer_handshakes(world);
        else if (world->open && before && !world->saw_close)
            peer_reads(world);
    }
    flow_add(&world->wire, peer->out.ptr, peer->out.len);
    flow_drop(&peer->out, peer->out.len);
}

void world_say(struct world *world, const void *bytes, size_t len)
{
    struct end *peer = world->peer;
    size_t most = world->say_max ? world->say_max : peer->sizes.cbMaximumMessage;
    for (size_t done = 0, part; done < len; done += part) {
        part = len - done < most ? len - done : most;
        SECURITY_STATUS status = pair_send(peer, (const uint8_t *)bytes + done, part);
        if (status != SEC_E_OK) {
            world->failed = status;
            return;
        }
    }
    flow_add(&world->wire, peer->out.ptr, peer->out.len);
    flow_drop(&peer->out, peer->out.len);
}

SECURITY_STATUS world_redo(struct world *world, const char *then)
{
    SECURITY_STATUS status = pair_step_null(world->peer);
    if (status == SEC_I_CONTINUE_NEEDED)
        world->later = then;
    world_say(world, "", 0);
    return status;
}

void world_hang_up(struct world *world)
{
    if (pair_shutdown(world->peer) == SEC_E_OK)
        world->closing = 1;
    world_say(world, "", 0);
}

/* ---- the program's socket ---- */

size_t world_read(struct world *world, void *out, size_t room)
{
    if (!world->wire.len)
        world_turn(world);
    size_t len = world->wire.len;
    if (!len) {
        world->starved += !world->closing;
        return 0;
    }
    if (world->chunk && len > world->chunk)
        len = world->chunk;
    if (len > room)
        len = room;
    memcpy(out, world->wire.ptr, len);
    flow_drop(&world->wire, len);
    return len;
}

void world_write(struct world *world, const void *bytes, size_t len)
{
    flow_add(&world->peer->in, bytes, len);
}

/* ---- what programs do alike ---- */

size_t program_read(struct world *world, struct flow *in, size_t room)
{
    uint8_t bytes[20000];
    size_t len = world_read(world, bytes, room < sizeof bytes ? room : sizeof bytes);
    flow_add(in, bytes, len);
    return len;
}

size_t program_take(struct flow *data, uint8_t *out, size_t room)
{
    size_t len = data->len < room ? data->len : room;
    if (len)
        memcpy(out, data->ptr, len);
    flow_drop(data, len);
    return len;
}

size_t program_left(struct world *world, const struct flow *in, const SecBuffer *extra)
{
    if (extra->BufferType != SECBUFFER_EXTRA)
        return 0;
    CLAIM(world, "K4", "EXTRA is the tail of the input, pointer and size",
          extra->cbBuffer < in->len && extra->pvBuffer == in->ptr + in->len - extra->cbBuffer);
    return extra->cbBuffer < in->len ? extra->cbBuffer : 0;
}

DWORD program_protocols(const struct world *world, int server)
{
    if (world->tls == 13)
        return server ? SP_PROT_TLS1_3_SERVER : SP_PROT_TLS1_3_CLIENT;
    return server ? SP_PROT_TLS1_2_SERVER : SP_PROT_TLS1_2_CLIENT;
}

PCCERT_CONTEXT program_certificate(void)
{
    return pair_certificate("server-rsa");
}

SECURITY_STATUS program_shutdown(CtxtHandle *context)
{
    DWORD type = SCHANNEL_SHUTDOWN;
    SecBuffer token = {sizeof type, SECBUFFER_TOKEN, &type};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &token};
    return ApplyControlToken(context, &desc);
}

SECURITY_STATUS program_seal(CtxtHandle *context, struct world *world, const SecPkgContext_StreamSizes *sizes,
                             const uint8_t *bytes, size_t len, ULONG buffers)
{
    size_t room = sizes->cbHeader + len + sizes->cbTrailer;
    uint8_t *record = malloc(room + !room);
    if (!record)
        abort();
    SecBuffer parts[4] = {{sizes->cbHeader, SECBUFFER_STREAM_HEADER, record},
                          {(ULONG)len, SECBUFFER_DATA, record + sizes->cbHeader},
                          {sizes->cbTrailer, SECBUFFER_STREAM_TRAILER, record + sizes->cbHeader + len},
                          {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, buffers, parts};
    memcpy(record + sizes->cbHeader, bytes, len);
    SECURITY_STATUS status = EncryptMessage(context, 0, &desc, 0);
    if (status == SEC_E_OK) {
        CLAIM(world, "K20", "a record sealed in place: its header is full, its data as long as it was",
              parts[0].cbBuffer == sizes->cbHeader && parts[1].cbBuffer == len &&
                  parts[2].cbBuffer <= sizes->cbTrailer);
        world_write(world, record, parts[0].cbBuffer + parts[1].cbBuffer + parts[2].cbBuffer);
    }
    free(record);
    return status;
}

int program_send(CtxtHandle *context, struct world *world, const SecPkgContext_StreamSizes *sizes,
                 const uint8_t *bytes, size_t len, ULONG buffers)
{
    for (size_t done = 0, part; done < len; done += part) {
        part = len - done < sizes->cbMaximumMessage ? len - done : sizes->cbMaximumMessage;
        if (program_seal(context, world, sizes, bytes + done, part, buffers) != SEC_E_OK)
            return 0;
    }
    return 1;
}
