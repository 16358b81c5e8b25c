/* SPDX-License-Identifier: MIT
 *
 * A client as MariaDB Connector/C is: a buffer of 16 KiB that never grows for the handshake, one of exactly
 * one record for data with pointers into it that live between calls, no target after the first call, what is
 * asked for of a deleted context. */
#include <config.h>

#include "t/programs/world.h"

#include <stdlib.h>
#include <string.h>

enum { HANDSHAKE_SIZE = 0x4000 };
struct mariadb {
    CredHandle cred;
    CtxtHandle context;
    SecPkgContext_StreamSizes sizes;
    uint8_t *io; /* one record */
    size_t io_size;
    SecBuffer data, extra; /* pointers into io, or extra a copy */
    uint8_t *copy;         /* which is freed then */
    unsigned stops;
    int connected;
};

static int acquire(struct mariadb *m, struct world *world)
{
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = ~program_protocols(world, 0)};
    SCH_CREDENTIALS data = {
        .dwVersion = SCH_CREDENTIALS_VERSION,
        .dwFlags = SCH_CRED_NO_SERVERNAME_CHECK | SCH_CRED_NO_DEFAULT_CREDS |
                   (world->judge ? SCH_CRED_AUTO_CRED_VALIDATION : SCH_CRED_MANUAL_CRED_VALIDATION),
        .cTlsParameters = 1,
        .pTlsParameters = &parameters};
    return AcquireCredentialsHandle(NULL, (char *)(uintptr_t)world->package, SECPKG_CRED_OUTBOUND, NULL,
                                    &data, NULL, NULL, &m->cred, NULL) == SEC_E_OK;
}

/* With the bytes of `extra` and no reading first, or reading at once; what is left is a copy in *extra. */
static SECURITY_STATUS handshake(struct mariadb *m, struct world *world, int do_read, SecBuffer *extra)
{
    static uint8_t io[HANDSHAKE_SIZE];
    DWORD flags = ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT | ISC_REQ_CONFIDENTIALITY |
                  ISC_RET_EXTENDED_ERROR | ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM;
    size_t have = 0;
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    if (!do_read && extra->cbBuffer)
        memcpy(io, extra->pvBuffer, have = extra->cbBuffer);
    *extra = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
    while (status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE ||
           status == SEC_I_INCOMPLETE_CREDENTIALS) {
        if (status == SEC_E_INCOMPLETE_MESSAGE || !have) {
            size_t len = do_read ? world_read(world, io + have, sizeof io - have) : 0;
            if (do_read && !len)
                return SEC_E_INTERNAL_ERROR;
            have += len;
            do_read = 1;
        }
        SecBuffer in[2] = {{(ULONG)have, SECBUFFER_TOKEN, io}, {0, SECBUFFER_EMPTY, NULL}};
        SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
        SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, outs = {SECBUFFER_VERSION, 1, &out};
        DWORD got = 0;
        TimeStamp expiry;
        status = InitializeSecurityContextA(&m->cred, &m->context, NULL, flags, 0, SECURITY_NATIVE_DREP, &ins,
                                            0, NULL, &outs, &got, &expiry);
        CLAIM(world, "K14", "a later call needs no target", status != SEC_E_TARGET_UNKNOWN);
        CLAIM(world, "K10", "the attributes are written on every return",
              (got & ISC_RET_ALLOCATED_MEMORY) != 0);
        int say = status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED ||
                  (FAILED(status) && (got & ISC_RET_EXTENDED_ERROR));
        if (say && out.cbBuffer && out.pvBuffer) {
            world_write(world, out.pvBuffer, out.cbBuffer);
            FreeContextBuffer(out.pvBuffer);
        }
        if (status == SEC_E_INCOMPLETE_MESSAGE)
            continue;
        if (status == SEC_I_INCOMPLETE_CREDENTIALS) { /* the same again, and still without the flag */
            m->stops++;
            do_read = 0;
            status = SEC_I_CONTINUE_NEEDED;
            continue;
        }
        size_t left = in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;
        if (status == SEC_E_OK && left) {
            free(m->copy);
            m->copy = malloc(left);
            memcpy(m->copy, io + have - left, left);
            *extra = (SecBuffer){(ULONG)left, SECBUFFER_TOKEN, m->copy};
        }
        memmove(io, io + have - left, left);
        have = left;
    }
    if (FAILED(status))
        DeleteSecurityContext(&m->context);
    return status;
}

static int mariadb_open(void *state, struct world *world)
{
    struct mariadb *m = state;
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc outs = {SECBUFFER_VERSION, 1, &out};
    DWORD got;
    if (!acquire(m, world))
        return 0;
    SECURITY_STATUS status = InitializeSecurityContext(
        &m->cred, NULL, (char *)(uintptr_t) "localhost",
        ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT | ISC_REQ_CONFIDENTIALITY | ISC_RET_EXTENDED_ERROR |
            ISC_REQ_USE_SUPPLIED_CREDS | ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_STREAM,
        0, SECURITY_NATIVE_DREP, NULL, 0, &m->context, &outs, &got, NULL);
    CLAIM(world, "K1", "a first call without input", status == SEC_I_CONTINUE_NEEDED && out.cbBuffer);
    if (status != SEC_I_CONTINUE_NEEDED)
        return 0;
    world_write(world, out.pvBuffer, out.cbBuffer);
    FreeContextBuffer(out.pvBuffer);
    status = world->refusal = handshake(m, world, 1, &m->extra);
    CLAIM(world, "K18", "a request for a certificate stops the handshake once, the flag never comes",
          m->stops == (unsigned)world->variant);
    /* The outcome is that of the query: a context that was deleted must not answer it (K16). */
    SECURITY_STATUS sizes = QueryContextAttributes(&m->context, SECPKG_ATTR_STREAM_SIZES, &m->sizes);
    CLAIM(world, "K16", "a failed handshake, whose context is gone, has no sizes",
          (status == SEC_E_OK) == (sizes == SEC_E_OK));
    if (sizes != SEC_E_OK)
        return 0;
    m->io_size = m->sizes.cbHeader + m->sizes.cbMaximumMessage + m->sizes.cbTrailer;
    m->io = malloc(m->io_size);
    m->connected = m->io != NULL && status == SEC_E_OK;
    return m->connected;
}

static int mariadb_send(void *state, struct world *world, const uint8_t *bytes, size_t len)
{
    struct mariadb *m = state;
    return program_send(&m->context, world, &m->sizes, bytes, len, 4);
}

/* The next record, into m->data and m->extra. */
static SECURITY_STATUS next(struct mariadb *m, struct world *world)
{
    SecBuffer in[4];
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, in};
    SECURITY_STATUS status = SEC_E_OK;
    size_t have = m->extra.cbBuffer;
    if (have)
        memmove(m->io, m->extra.pvBuffer, have);
    m->extra.cbBuffer = 0;
    do {
        if (!have || status == SEC_E_INCOMPLETE_MESSAGE) {
            CLAIM(world, "K21", "header, message and trailer are room for the largest record",
                  m->io_size > have);
            size_t len = m->io_size > have ? world_read(world, m->io + have, m->io_size - have) : 0;
            if (!len)
                return SEC_E_INVALID_HANDLE;
            have += len;
        }
        memset(in, 0, sizeof in);
        in[0] = (SecBuffer){(ULONG)have, SECBUFFER_DATA, m->io};
        status = DecryptMessage(&m->context, &desc, 0, NULL);
    } while (status == SEC_E_INCOMPLETE_MESSAGE);
    if (status != SEC_E_OK && status != SEC_I_RENEGOTIATE)
        return status;
    m->data.cbBuffer = m->extra.cbBuffer = 0;
    for (int i = 0; i < 4; i++) {
        if (in[i].BufferType == SECBUFFER_DATA)
            m->data = in[i];
        if (in[i].BufferType == SECBUFFER_EXTRA)
            m->extra = in[i];
    }
    if (status == SEC_I_RENEGOTIATE)
        CLAIM(world, "K23", "DATA points into the input, though it is empty",
              (uint8_t *)m->data.pvBuffer >= m->io && (uint8_t *)m->data.pvBuffer <= m->io + have);
    else
        CLAIM(world, "K25", "SEC_E_OK has data, or more to read", m->data.cbBuffer || m->extra.cbBuffer);
    return status;
}

static long mariadb_receive(void *state, struct world *world, uint8_t *out, size_t room)
{
    struct mariadb *m = state;
    while (!m->data.cbBuffer) {
        SECURITY_STATUS status = next(m, world);
        if (status == SEC_I_CONTEXT_EXPIRED)
            return 0;
        if (status == SEC_I_RENEGOTIATE) {
            SecBuffer extra = m->extra;
            status = handshake(m, world, 0, &extra);
            m->extra = extra;
        }
        if (status != SEC_E_OK)
            return -1;
    }
    size_t len = m->data.cbBuffer < room ? m->data.cbBuffer : room;
    memcpy(out, m->data.pvBuffer, len);
    m->data.pvBuffer = (uint8_t *)m->data.pvBuffer + len;
    m->data.cbBuffer -= (ULONG)len;
    return (long)len;
}

/* No close_notify. */
static void mariadb_close(void *state, struct world *world)
{
    struct mariadb *m = state;
    DeleteSecurityContext(&m->context);
    CLAIM(world, "K16", "a deleted context has no sizes",
          QueryContextAttributes(&m->context, SECPKG_ATTR_STREAM_SIZES, &m->sizes) == SEC_E_INVALID_HANDLE);
    CLAIM(world, "K16", "and is not deleted twice",
          DeleteSecurityContext(&m->context) == SEC_E_INVALID_HANDLE);
    FreeCredentialsHandle(&m->cred);
    free(m->io);
    free(m->copy);
}

#define MARIADB(kind)                                                                                        \
    .state_size = sizeof(struct mariadb), .flaws = FLAW_SAYS_NO_GOODBYE, .open = mariadb_open,               \
    .send = mariadb_send, .receive = mariadb_receive, .close = mariadb_close, .variant = kind
const struct program program_mariadb = {.name = "mariadb", MARIADB(0)};
const struct program program_mariadb_unsupplied = {
    .name = "mariadb-unsupplied", MARIADB(1), .peer = {.server_request = ASC_REQ_MUTUAL_AUTH}};
