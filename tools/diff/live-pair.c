/* SPDX-License-Identifier: MIT
 *
 * Two ends over memory, with someone in the middle. */
#include <config.h>

#include "tools/diff/live.h"

#include "tools/diff/streams.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 60, PHASES = 3 };

struct end {
    struct diff_driver d;
    struct diff_observation seen;
    struct diff_bytes in; /* on its way to it */
    unsigned flights;     /* that it has sent */
    enum diff_delivery delivery;
};

static int is_open(const struct end *e)
{
    return e->seen.state == DIFF_OPEN;
}

static int is_alive(const struct end *e)
{
    return e->seen.state == DIFF_OPEN || e->seen.state == DIFF_WAIT;
}

/* Takes what an end has put out since it was asked last. */
static int take(struct end *e, struct diff_bytes *flight)
{
    flight->len = 0;
    if (e->d.out_len == e->d.out_read)
        return 0;
    diff_bytes_add(flight, e->d.out + e->d.out_read, e->d.out_len - e->d.out_read);
    e->d.out_read = e->d.out_len;
    e->flights++;
    return 1;
}

static size_t edge(const struct end *e, size_t at)
{
    const struct diff_bytes *in = &e->in;

    if (e->delivery == DIFF_BYTES)
        return at + 1;
    if (e->delivery == DIFF_RECORDS && in->len - at >= 5) {
        size_t body = (size_t)in->ptr[at + 3] << 8 | in->ptr[at + 4];
        return body > in->len - at - 5 ? in->len : at + 5 + body;
    }
    return in->len;
}

static void deliver(struct end *e)
{
    size_t given = 0, taken = 0;

    if (!e->in.len)
        return;
    while (given < e->in.len && is_alive(e)) {
        given = edge(e, given);
        taken += diff_driver_feed(&e->d, e->in.ptr + taken, given - taken);
    }
    if (e->seen.state == DIFF_WAIT && e->seen.status == SEC_E_INCOMPLETE_MESSAGE && taken == given)
        e->seen.status = SEC_I_CONTINUE_NEEDED; /* one status for both ways to wait, as in replay */
    memmove(e->in.ptr, e->in.ptr + taken, e->in.len - taken);
    e->in.len -= taken;
}

static void put_out(struct diff_driver *d, const void *bytes, size_t len)
{
    d->out = diff_grow(d->out, &d->out_cap, d->out_len + len, 1);
    memcpy(d->out + d->out_len, bytes, len);
    d->out_len += len;
}

/* A word as one record. */
static void say(struct end *e, const char *word)
{
    SecPkgContext_StreamSizes sizes;
    uint8_t room[1024];
    size_t len = strlen(word);

    if (QueryContextAttributesA(&e->d.context, SECPKG_ATTR_STREAM_SIZES, &sizes) != SEC_E_OK ||
        sizes.cbHeader + len + sizes.cbTrailer > sizeof room)
        return;
    memcpy(room + sizes.cbHeader, word, len);
    SecBuffer b[4] = {{sizes.cbHeader, SECBUFFER_STREAM_HEADER, room},
                      {(ULONG)len, SECBUFFER_DATA, room + sizes.cbHeader},
                      {sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, room + sizes.cbHeader + len},
                      {0, SECBUFFER_EMPTY, NULL}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, b};
    if (EncryptMessage(&e->d.context, 0, &desc, 0) == SEC_E_OK)
        for (int i = 0; i < 3; i++)
            put_out(&e->d, b[i].pvBuffer, b[i].cbBuffer);
}

static void goodbye(struct end *e)
{
    DWORD shutdown = SCHANNEL_SHUTDOWN;
    SecBuffer token = {sizeof shutdown, SECBUFFER_TOKEN, &shutdown};
    SecBufferDesc in = {SECBUFFER_VERSION, 1, &token};

    if (ApplyControlToken(&e->d.context, &in) != SEC_E_OK)
        return;
    SecBuffer out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &out};
    ULONG granted;
    TimeStamp expiry;
    if (e->d.role == DIFF_ACCEPT)
        AcceptSecurityContext(e->d.credential, &e->d.context, NULL, ASC_REQ_STREAM | ASC_REQ_ALLOCATE_MEMORY,
                              0, &e->d.context, &desc, &granted, &expiry);
    else
        InitializeSecurityContextA(e->d.credential, &e->d.context, NULL,
                                   ISC_REQ_STREAM | ISC_REQ_ALLOCATE_MEMORY, 0, 0, NULL, 0, &e->d.context,
                                   &desc, &granted, &expiry);
    if (out.pvBuffer) {
        put_out(&e->d, out.pvBuffer, out.cbBuffer);
        FreeContextBuffer(out.pvBuffer);
    }
}

/* What is said once both are open. */
static void talk(struct end *backend, struct end *peer, unsigned phase)
{
    streams_step();
    if (phase == 0)
        say(peer, "a word from the peer");
    else if (phase == 1)
        say(backend, "an answer");
    else
        goodbye(peer);
}

void live_run(const struct live_setting *s, CredHandle *backend_credential, CredHandle *peer_credential,
              const struct live_middle *middle, struct diff_observation *out)
{
    enum diff_role other = s->role == DIFF_ACCEPT ? DIFF_INITIALIZE : DIFF_ACCEPT;
    struct end backend = {.delivery = s->delivery}, peer = {.delivery = DIFF_WHOLE};
    struct diff_bytes flight = {0};
    unsigned phase = 0;

    diff_driver_open(&backend.d, backend_credential, &s->profile, s->role, s->delivery, &backend.seen);
    diff_driver_open(&peer.d, peer_credential, &s->profile, other, DIFF_WHOLE, &peer.seen);
    for (unsigned round = 0; round < ROUNDS; round++) {
        int moved = 0;
        if (take(&peer, &flight)) {
            if (middle && middle->pass)
                middle->pass(middle->arg, peer.flights - 1, &flight);
            diff_bytes_add(&backend.in, flight.ptr, flight.len);
            moved = 1;
        }
        deliver(&backend);
        if (take(&backend, &flight)) {
            if (middle && middle->back)
                middle->back(middle->arg, &flight);
            diff_bytes_add(&peer.in, flight.ptr, flight.len);
            moved = 1;
        }
        deliver(&peer);
        if (moved || peer.d.out_len != peer.d.out_read)
            continue;
        if (phase == PHASES || !is_open(&backend) || !is_open(&peer))
            break;
        talk(&backend, &peer, phase++);
    }
    diff_driver_close(&backend.d);
    diff_driver_close(&peer.d);
    *out = backend.seen;
    out->fed = out->consumed = out->missing = 0; /* they follow the lengths of signatures and certificates */
    diff_bytes_free(&backend.in);
    diff_bytes_free(&peer.in);
    diff_bytes_free(&flight);
}
