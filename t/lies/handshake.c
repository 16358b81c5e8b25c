/* SPDX-License-Identifier: MIT
 * t/lies/handshake.c -- lies about what a handshake answers, and about what it was asked for. */
#include "lies.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static sspi_session *liar; /* the session that a refusal of ours ended */
static struct sspi_failure told;
static int failed_before; /* LIE_order_after_failure */
static unsigned sessions;

static int is_hello(const struct sspi_io *io)
{
    return io->in_len > 43 && io->in[0] == 22 && io->in[5] == 1;
}

/* The ClientHello's extensions of the record, or none. */
static struct sspi_bytes extensions(const struct sspi_io *io)
{
    size_t at = 43, len = io->in_len;
    const uint8_t *in = io->in;
    if (!is_hello(io) || (at += 1 + (size_t)in[at]) + 2 > len)
        return (struct sspi_bytes){0};
    at += 2 + ((size_t)in[at] << 8 | in[at + 1]);
    if (at >= len || (at += 1 + (size_t)in[at]) + 2 > len)
        return (struct sspi_bytes){0};
    return (struct sspi_bytes){in + at + 2, len - at - 2};
}

/* Has it an extension of that type; type 0x0a0a: any GREASE. */
static int offers(const struct sspi_io *io, unsigned type)
{
    struct sspi_bytes all = extensions(io);
    for (size_t at = 0; at + 4 <= all.len; at += 4 + ((size_t)all.ptr[at + 2] << 8 | all.ptr[at + 3])) {
        unsigned found = (unsigned)all.ptr[at] << 8 | all.ptr[at + 1];
        if (found == type || (type == 0x0a0a && (found & 0x0f0f) == 0x0a0a && found >> 8 == (found & 255)))
            return 1;
    }
    return 0;
}

static int by_chance(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* the others stand still in the tester */
    return (now.tv_nsec >> 7 & 3) == 0;
}

/* Is this the record at which the lie refuses? */
static int refuses(const struct sspi_io *io, int first)
{
    if (!io->in)
        return 0;
    switch (lie) {
    case LIE_handshake_fears_grease:
        return offers(io, 0x0a0a);
    case LIE_handshake_fears_alpn:
        return offers(io, 16);
    case LIE_handshake_fears_pieces:
        return io->in[0] == 22 && io->in_len < 5 + 16;
    case LIE_handshake_fears_ccs:
        return io->in[0] == 20;
    case LIE_order_seventh:
        return first && sessions % 7 == 0;
    case LIE_order_after_failure:
        return first && failed_before;
    case LIE_random_refusal:
        return first && by_chance();
    default:
        return 0;
    }
}

static enum sspi_status refuse(sspi_session *session, struct sspi_io *io)
{
    static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 40};
    io->in_used = io->in_len;
    liar = session;
    told = (struct sspi_failure){
        .why = SSPI_WHY_NO_COMMON_ALGORITHM, .alert = 40, .alert_sent = 40, .text = "a lie"};
    failed_before = 0;
    io->emit(io, alert, sizeof alert);
    return SSPI_FAILED;
}

static int spares(const struct sspi_io *io)
{
    return io->in && ((lie == LIE_handshake_spares_ccs && io->in[0] == 20) ||
                      (lie == LIE_handshake_spares_alerts && io->in[0] == 21));
}

static void breaks_down(const struct sspi_io *io)
{
    volatile unsigned forever = 1;
    if (!io->in)
        return;
    if (lie == LIE_crash && io->in[0] == 21)
        abort();
    while (lie == LIE_hang && io->in[0] == 20 && forever)
        forever |= 2;
}

static enum sspi_status answer(enum sspi_status status, struct flight *flight)
{
    if (status == SSPI_FAILED)
        failed_before = 1;
    if (status == SSPI_FAILED && lie == LIE_handshake_swallows) {
        flight->len = 0;
        flight->io.in_used = flight->io.in_len;
        return SSPI_WANT_RECORD;
    }
    if (status == SSPI_OK && lie == LIE_handshake_never_ends)
        return SSPI_WANT_RECORD;
    if (status == SSPI_WANT_RECORD && lie == LIE_handshake_ends_early && flight->len)
        return SSPI_OK;
    return status;
}

static sspi_session *begun; /* the newest session, until its first record */

static enum sspi_status handshake(sspi_session *session, struct sspi_io *io)
{
    struct flight flight;
    int first = session == begun && io->in;
    uint8_t *changed = NULL;
    if (first)
        begun = NULL;
    breaks_down(io);
    if (refuses(io, first))
        return refuse(session, io);
    if (spares(io)) {
        io->in_used = io->in_len;
        return SSPI_WANT_RECORD;
    }
    flight_open(&flight, io);
    if (lie == LIE_handshake_tampers && io->in && io->in_len > 20 && (changed = malloc(io->in_len))) {
        memcpy(changed, io->in, io->in_len);
        changed[io->in_len - 1] ^= 1;
        flight.io.in = changed;
    }
    enum sspi_status status = answer(lies_inner->handshake(session, &flight.io), &flight);
    free(changed);
    if (flight_close(&flight) && status != SSPI_FAILED) {
        liar = session;
        told = (struct sspi_failure){.why = SSPI_WHY_MEMORY, .alert = 80};
        return SSPI_FAILED;
    }
    return status;
}

static const struct sspi_failure *failure(sspi_session *session)
{
    static struct sspi_failure other;
    if (session == liar)
        return &told;
    const struct sspi_failure *inner = lies_inner->failure(session);
    if (!inner || lie != LIE_failure_other_why)
        return inner;
    other = *inner;
    other.why = inner->why == SSPI_WHY_INTERNAL ? SSPI_WHY_MEMORY : SSPI_WHY_INTERNAL;
    other.alert = other.alert_sent = other.alert_received = 0;
    return &other;
}

static enum sspi_status session_new(sspi_cred *cred, const struct sspi_session_params *params,
                                    sspi_session **out, struct sspi_failure *why)
{
    struct sspi_session_params other = {0};
    memcpy(&other, params, params->size < sizeof other ? params->size : sizeof other);
    if (lie == LIE_verify_skipped)
        other.verify = 0;
    if (lie == LIE_request_none)
        other.request_cert = 0;
    if (lie == LIE_name_none)
        other.server_name = NULL;
    if (lie == LIE_alpn_none)
        other.alpn = (struct sspi_bytes){0};
    if (lie == LIE_tickets_none) {
        other.tickets = 0;
        other.resume = NULL;
    }
    enum sspi_status status = lies_inner->session_new(cred, &other, out, why);
    if (status == SSPI_OK) {
        sessions++;
        begun = *out;
        liar = NULL;
    }
    return status;
}

static enum sspi_status cred_new(const struct sspi_cred_params *params, sspi_cred **out,
                                 struct sspi_failure *why)
{
    struct sspi_cred_params other = {0};
    memcpy(&other, params, params->size < sizeof other ? params->size : sizeof other);
    if (lie == LIE_version_less && (other.protocols & SSPI_CAP_TLS13) && other.protocols != SSPI_CAP_TLS13)
        other.protocols &= ~(uint32_t)SSPI_CAP_TLS13;
    return lies_inner->cred_new(&other, out, why);
}

void lies_handshakes(struct sspi_provider *mine)
{
    mine->handshake = handshake;
    mine->failure = failure;
    mine->session_new = session_new;
    mine->cred_new = cred_new;
}
