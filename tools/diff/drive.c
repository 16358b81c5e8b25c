/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/drive.h"

#include "tools/diff/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 17, STEPS_MAX = 64 };

static const ULONG usual_accept = ASC_REQ_EXTENDED_ERROR | ASC_REQ_CONFIDENTIALITY | ASC_REQ_REPLAY_DETECT |
                                  ASC_REQ_SEQUENCE_DETECT | ASC_REQ_STREAM;
static const ULONG usual_initialize = ISC_REQ_EXTENDED_ERROR | ISC_REQ_CONFIDENTIALITY |
                                      ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_STREAM |
                                      ISC_REQ_USE_SUPPLIED_CREDS;

/* ---- one call ---- */

static void keep_output(struct diff_driver *d, const void *bytes, size_t len)
{
    if (d->out_cap - d->out_len < len) {
        size_t cap = (d->out_len + len) * 2;
        uint8_t *grown = realloc(d->out, cap);
        if (!grown)
            abort();
        d->out = grown;
        d->out_cap = cap;
    }
    memcpy(d->out + d->out_len, bytes, len);
    d->out_len += len;
}

static int own_memory(const struct diff_driver *d)
{
    return d->delivery == DIFF_MEMORY || d->delivery == DIFF_SMALL;
}

static SECURITY_STATUS call_once(struct diff_driver *d, SecBufferDesc *in, SecBufferDesc *out, ULONG *granted)
{
    ULONG own = own_memory(d) ? 0 : 1;
    CtxtHandle *context = d->has_context ? &d->context : NULL;
    TimeStamp expiry;
    d->seen->calls++;
    streams_step();
    if (d->role == DIFF_ACCEPT)
        return AcceptSecurityContext(d->credential, context, in,
                                     usual_accept | d->profile->server_request |
                                         (own ? ASC_REQ_ALLOCATE_MEMORY : 0),
                                     0, &d->context, out, granted, &expiry);
    const char *target = d->profile->target ? d->profile->target : "localhost";
    return InitializeSecurityContextA(d->credential, context, (SEC_CHAR *)(uintptr_t)target,
                                      usual_initialize |
                                          (d->profile->roots ? 0 : ISC_REQ_MANUAL_CRED_VALIDATION) |
                                          (own ? ISC_REQ_ALLOCATE_MEMORY : 0),
                                      0, 0, in, 0, &d->context, out, granted, &expiry);
}

/* With SMALL the call is made into one octet first: it must say so, leave nothing behind, and do all of its
 * work when it is made again. */
static SECURITY_STATUS call(struct diff_driver *d, SecBufferDesc *in, ULONG *granted)
{
    static uint8_t room[ROOM]; /* workers have one thread */
    uint8_t little = 0, words[2];
    SecBuffer outs[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_ALERT, NULL}};
    SecBufferDesc out = {SECBUFFER_VERSION, own_memory(d) ? 1 : 2, outs};
    SecBuffer before[3];
    if (in)
        memcpy(before, in->pBuffers, in->cBuffers * sizeof *before);
    if (d->delivery == DIFF_SMALL) {
        outs[0] = (SecBuffer){sizeof little, SECBUFFER_TOKEN, &little};
        SECURITY_STATUS status = call_once(d, in, &out, granted);
        if (status != SEC_E_INSUFFICIENT_MEMORY) {
            if (status >= 0 && outs[0].cbBuffer)
                diff_broken(d->seen, DIFF_I4, "%u octets in room for one", (unsigned)outs[0].cbBuffer);
            return status;
        }
        if (little)
            diff_broken(d->seen, DIFF_I4, "half a token was written");
        if (in)
            memcpy(in->pBuffers, before, in->cBuffers * sizeof *before);
    }
    if (own_memory(d)) {
        outs[0] = (SecBuffer){ROOM, SECBUFFER_TOKEN, room};
        outs[1] = (SecBuffer){sizeof words, SECBUFFER_ALERT, words};
    }
    SECURITY_STATUS status = call_once(d, in, &out, granted);
    if (d->delivery == DIFF_SMALL && status == SEC_E_INSUFFICIENT_MEMORY)
        diff_broken(d->seen, DIFF_I4, "no memory where there is enough");
    if (status != SEC_E_INCOMPLETE_MESSAGE && outs[0].cbBuffer && outs[0].pvBuffer)
        keep_output(d, outs[0].pvBuffer, outs[0].cbBuffer);
    for (int i = 0; i < 2 && !own_memory(d); i++)
        if (outs[i].pvBuffer)
            FreeContextBuffer(outs[i].pvBuffer);
    return status;
}

/* I6: what a call says of its input must add up.  The octets taken. */
static size_t account(struct diff_driver *d, const SecBuffer *ins, size_t len, SECURITY_STATUS status)
{
    const SecBuffer *slot = &ins[1];
    if (slot->BufferType == SECBUFFER_EXTRA) {
        if (slot->cbBuffer > len || !slot->cbBuffer) {
            diff_broken(d->seen, DIFF_I6, "EXTRA %u of %zu", (unsigned)slot->cbBuffer, len);
            return len;
        }
        if (status == SEC_E_INCOMPLETE_MESSAGE)
            diff_broken(d->seen, DIFF_I6, "EXTRA with SEC_E_INCOMPLETE_MESSAGE");
    }
    if (status == SEC_E_INCOMPLETE_MESSAGE) {
        d->seen->missing = slot->BufferType == SECBUFFER_MISSING ? slot->cbBuffer : 0;
        return 0;
    }
    return slot->BufferType == SECBUFFER_EXTRA ? len - slot->cbBuffer : len;
}

static const ULONG memory_bit = ASC_RET_ALLOCATED_MEMORY | ISC_RET_ALLOCATED_MEMORY;

/* One call of the handshake; the octets taken. */
static size_t step(struct diff_driver *d, const uint8_t *bytes, size_t len, int first_of_client)
{
    uint8_t alpn[300];
    const char *list = d->role == DIFF_ACCEPT ? d->profile->server_alpn : d->profile->client_alpn;
    size_t alpn_len = list && !d->has_context ? diff_alpn(list, alpn, sizeof alpn) : 0;
    SecBuffer ins[3] = {{(ULONG)len, SECBUFFER_TOKEN, (void *)(uintptr_t)bytes},
                        {0, SECBUFFER_EMPTY, NULL},
                        {(ULONG)alpn_len, SECBUFFER_APPLICATION_PROTOCOLS, alpn}};
    SecBufferDesc in = {SECBUFFER_VERSION, alpn_len ? 3 : 2, ins};
    SecBufferDesc only = {SECBUFFER_VERSION, 1, ins + 2};
    ULONG granted = 0;
    SECURITY_STATUS status = call(d, !first_of_client ? &in : alpn_len ? &only : NULL, &granted);
    d->seen->status = status;
    if (status >= 0) {
        d->has_context = 1;
        d->seen->granted = granted & ~memory_bit;
        d->seen->missing = 0;
    }
    size_t taken = first_of_client ? 0 : account(d, ins, len, status);
    if (status == SEC_E_OK)
        d->seen->state = DIFF_OPEN;
    else if (status == SEC_I_CONTEXT_EXPIRED)
        d->seen->state = DIFF_CLOSED;
    else if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE) {
        d->seen->state = DIFF_REJECT;
        d->seen->granted = d->seen->missing = 0;
    }
    return status < 0 ? 0 : taken;
}

/* DecryptMessage on what lies behind the handshake; the octets taken. */
static size_t open_step(struct diff_driver *d, const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    size_t taken = 0;
    if (!copy)
        abort();
    memcpy(copy, bytes, len);
    SecBuffer b[4] = {{(ULONG)len, SECBUFFER_DATA, copy}, {0, 0, NULL}, {0, 0, NULL}, {0, 0, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, b};
    streams_step();
    SECURITY_STATUS status = DecryptMessage(&d->context, &desc, 0, NULL);
    d->seen->calls++;
    d->seen->status = status;
    if (status == SEC_E_OK || status == SEC_I_RENEGOTIATE || status == SEC_I_CONTEXT_EXPIRED)
        taken = len;
    for (int i = 0; i < 4; i++) {
        if (b[i].BufferType == SECBUFFER_EXTRA && taken)
            taken = b[i].cbBuffer <= len ? len - b[i].cbBuffer : 0;
        if (b[i].BufferType == SECBUFFER_DATA && status == SEC_E_OK && b[i].cbBuffer) {
            d->seen->plain_hash = diff_hash(d->seen->plain_hash, b[i].pvBuffer, b[i].cbBuffer);
            d->seen->plain_length += b[i].cbBuffer;
        }
        if (b[i].BufferType == SECBUFFER_MISSING)
            d->seen->missing = b[i].cbBuffer;
    }
    if (status == SEC_I_CONTEXT_EXPIRED)
        d->seen->state = DIFF_CLOSED;
    else if (status == SEC_I_RENEGOTIATE && taken < len) /* as every consumer does: what is EXTRA goes back */
        taken += step(d, copy + taken, len - taken, 0);
    else if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE)
        d->seen->state = DIFF_REJECT;
    d->was_open = 1;
    free(copy);
    return taken;
}

/* ---- the life of one end ---- */

void diff_driver_open(struct diff_driver *d, CredHandle *credential, const struct diff_profile *profile,
                      enum diff_role role, enum diff_delivery delivery, struct diff_observation *seen)
{
    memset(d, 0, sizeof *d);
    memset(seen, 0, sizeof *seen);
    d->credential = credential;
    d->profile = profile;
    d->role = role;
    d->delivery = delivery;
    d->seen = seen;
    if (role == DIFF_INITIALIZE)
        step(d, NULL, 0, 1);
}

static int goes_on(const struct diff_driver *d)
{
    return d->seen->state == DIFF_WAIT || d->seen->state == DIFF_OPEN;
}

size_t diff_driver_feed(struct diff_driver *d, const uint8_t *bytes, size_t len)
{
    size_t taken = 0;
    while (goes_on(d)) {
        size_t left = len - taken;
        size_t now = d->seen->state == DIFF_OPEN ? (left ? open_step(d, bytes + taken, left) : 0)
                                                 : step(d, bytes + taken, left, 0);
        taken += now;
        if (!now || taken == len)
            break;
    }
    d->seen->consumed += (uint32_t)taken;
    return taken;
}

/* DecryptMessage has no room for the alert of what it could not open: the next call puts it out, once.  It is
 * taken, and not compared. */
static void take_alert(struct diff_driver *d)
{
    struct diff_observation kept = *d->seen;
    size_t sent = d->out_len;
    step(d, NULL, 0, 0);
    *d->seen = kept;
    d->out_len = sent;
}

/* I8: a context that has failed says nothing more, and says it the same way. */
static void ask_the_dead(struct diff_driver *d)
{
    static const uint8_t more[] = {22, 3, 3, 0, 1, 0};
    if (d->was_open)
        take_alert(d);
    struct diff_observation kept = *d->seen;
    size_t sent = d->out_len;
    step(d, more, sizeof more, 0);
    int32_t status = d->seen->status;
    uint16_t broken = d->seen->broken;
    *d->seen = kept;
    d->seen->broken |= broken;
    if (d->out_len != sent)
        diff_broken(d->seen, DIFF_I8, "%zu octets after the failure", d->out_len - sent);
    else if (status != kept.status)
        diff_broken(d->seen, DIFF_I8, "0x%08x after 0x%08x", (unsigned)status, (unsigned)kept.status);
    d->out_len = sent;
}

void diff_driver_close(struct diff_driver *d)
{
    struct diff_observation *seen = d->seen;
    if (seen->state == DIFF_REJECT && d->has_context)
        ask_the_dead(d);
    if ((seen->state == DIFF_OPEN || seen->state == DIFF_CLOSED) && d->has_context)
        diff_attributes(&d->context, seen->attributes, sizeof seen->attributes);
    diff_skeleton(d->out, d->out_len, seen->reply, sizeof seen->reply, &seen->alert_level, &seen->alert);
    seen->alert_class = (uint8_t)diff_alert_class(seen->alert_level, seen->alert);
    const char *fatal = strstr(seen->reply, "alert(2,");
    if (fatal && strchr(fatal, ' '))
        diff_broken(seen, DIFF_I8, "more behind a fatal alert: %s", seen->reply);
    if (d->has_context)
        DeleteSecurityContext(&d->context);
    free(d->out);
    d->out = NULL;
    d->has_context = 0;
}
