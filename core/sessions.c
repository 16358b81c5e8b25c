/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/sessions.h"

#include "core/context.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WEEK_MS     INT64_C(604800000)           /* RFC 8446 4.6.1 */
#define UNSAID_MS   INT64_C(3600000)             /* TLS 1.2: the server leaves it to the client */
#define EPOCH_TICKS UINT64_C(116444736000000000) /* 1970-01-01 in FILETIME ticks of 100 ns */
#define CHAIN_MAX   16u                          /* certificates of the server whose end is looked at */
#define TARGET_MAX  1024u

struct session {
    struct session *next;
    unsigned refs; /* the list's, and the seats' */
    int listed, once;
    sspi_ticket *ticket;
    int64_t born, ends; /* ms */
    uint32_t protocols;
    int verify;
    char target[];
};

/* ---- the list; under the lock ---- */

static void drop(struct session *session, const struct provider *provider)
{
    if (--session->refs)
        return;
    provider->api.ticket_free(session->ticket);
    free(session);
}

static void unlist(struct session **at, const struct provider *provider)
{
    struct session *session = *at;
    *at = session->next;
    session->listed = 0;
    drop(session, provider);
}

static void empty(struct sessions *sessions, const struct provider *provider)
{
    while (sessions->newest)
        unlist(&sessions->newest, provider);
}

/* 1, or 0: a thread that the fork did not copy has the lock. */
static int enter(struct sessions *sessions, const struct provider *provider)
{
    if (once_enter(&sessions->lock) != ONCE_MINE)
        return 0;
    pid_t self = getpid();
    if (sessions->process != self) { /* a parent's tickets of TLS 1.3 would serve twice */
        empty(sessions, provider);
        sessions->process = self;
    }
    return 1;
}

static void leave(struct sessions *sessions)
{
    once_leave(&sessions->lock, ONCE_IDLE);
}

static int64_t now_ms(void)
{
    struct timespec now;
    return clock_gettime(CLOCK_BOOTTIME, &now) == 0 ? (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000
                                                    : INT64_MAX; /* all have ended */
}

static int belongs(const struct session *session, const struct session_seat *seat)
{
    return session->verify == seat->verify && session->protocols == seat->protocols &&
           strcmp(session->target, seat->target) == 0;
}

/* The newest that belongs to the seat; of what has ended none stays. */
static struct session *take(struct sessions *sessions, const struct session_seat *seat,
                            const struct provider *provider)
{
    int64_t now = now_ms();
    for (struct session **at = &sessions->newest; *at;) {
        struct session *session = *at;
        if (session->ends <= now) {
            unlist(at, provider);
        } else if (belongs(session, seat)) {
            session->refs++;
            if (session->once)
                unlist(at, provider);
            return session;
        } else {
            at = &session->next;
        }
    }
    return NULL;
}

/* Puts a session in front; the oldest beyond what may be kept go. */
static void put(struct sessions *sessions, struct session *fresh, const struct session_seat *seat,
                const struct provider *provider)
{
    unsigned count = 1, same = 1, most = fresh->once ? SESSIONS_OF_TARGET : 1;
    fresh->next = sessions->newest;
    fresh->listed = 1;
    sessions->newest = fresh;
    for (struct session **at = &fresh->next; *at;) {
        int mine = belongs(*at, seat);
        if (count >= SESSIONS_MAX || (mine && (same >= most || !(*at)->once))) {
            unlist(at, provider);
            continue;
        }
        count++;
        same += (unsigned)mine;
        at = &(*at)->next;
    }
}

static void remove_used(struct sessions *sessions, const struct session_seat *seat,
                        const struct provider *provider)
{
    for (struct session **at = &sessions->newest; seat->used->listed && *at; at = &(*at)->next)
        if (*at == seat->used) {
            unlist(at, provider);
            return;
        }
}

void sessions_free(struct sessions *sessions, const struct provider *provider)
{
    empty(sessions, provider);
}

/* ---- a connection's seat ---- */

static int may_resume(const struct context *context)
{
    const struct credential *cred = context->credential;
    return cred->lifespan && (context->provider->api.caps & SSPI_CAP_TICKETS);
}

static struct session_seat *seat_new(const struct context *context, const char *target, int verify)
{
    size_t len = target ? strlen(target) : 0;
    if (!len || len > TARGET_MAX || !may_resume(context))
        return NULL;
    struct session_seat *seat = calloc(1, sizeof *seat + len + 1);
    if (!seat)
        return NULL;
    seat->born = now_ms();
    seat->protocols = context->protocols;
    seat->verify = verify;
    memcpy(seat->target, target, len + 1);
    return seat;
}

const sspi_ticket *sessions_open(struct context *context, const char *target, int verify)
{
    struct sessions *sessions = &context->credential->sessions;
    struct session_seat *seat = context->seat = seat_new(context, target, verify);
    if (!seat || !enter(sessions, context->provider))
        return NULL;
    seat->used = take(sessions, seat, context->provider);
    leave(sessions);
    return seat->used ? seat->used->ticket : NULL;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When the first of the server's certificates ends: a session does not outlive them. */
static int64_t chain_ends(const struct context *context, int64_t now)
{
    struct sspi_bytes der;
    int64_t left = WEEK_MS, today = (int64_t)time(NULL) * 1000;
    for (unsigned i = 0; i < CHAIN_MAX && context_peer_cert(context, i, &der); i++) {
        uint64_t ticks = cert_not_after(der);
        if (ticks > EPOCH_TICKS)
            left = least(left, (int64_t)((ticks - EPOCH_TICKS) / 10000) - today);
    }
    return now + left;
}

static struct session *session_new(const struct context *context, sspi_ticket *ticket, uint32_t seconds)
{
    const struct session_seat *seat = context->seat;
    const struct sspi_provider *api = &context->provider->api;
    int64_t now = now_ms(), lifetime = (int64_t)seconds * 1000;
    size_t len = strlen(seat->target), size = 0;
    if (!lifetime && context->version != 0x0304)
        lifetime = UNSAID_MS;
    if (api->caps & SSPI_CAP_TICKET_BYTES)
        (void)api->ticket_save(ticket, NULL, 0, &size);
    if (size > SESSIONS_SIZE_MAX)
        return NULL;
    struct session *fresh = calloc(1, sizeof *fresh + len + 1);
    if (!fresh)
        return NULL;
    fresh->refs = 1;
    fresh->once = context->version == 0x0304;
    fresh->ticket = ticket;
    fresh->born = seat->born;
    fresh->ends = least(least(now + least(lifetime, WEEK_MS), chain_ends(context, now)),
                        seat->born + least(context->credential->lifespan, WEEK_MS));
    fresh->protocols = seat->protocols;
    fresh->verify = seat->verify;
    memcpy(fresh->target, seat->target, len + 1);
    return fresh;
}

void sessions_keep(struct context *context)
{
    struct session_seat *seat = context->seat;
    const struct provider *provider = context->provider;
    struct sessions *sessions = &context->credential->sessions;
    uint32_t seconds = 0;
    if (!seat || context->late || (context->flags & CONTEXT_NO_RECONNECTS))
        return;
    sspi_ticket *ticket = provider->api.ticket_take(context->session, &seconds);
    if (!ticket)
        return;
    struct session *fresh = session_new(context, ticket, seconds);
    if (!fresh || !enter(sessions, provider)) {
        provider->api.ticket_free(ticket);
        free(fresh);
        return;
    }
    put(sessions, fresh, seat, provider);
    if (seat->used)
        drop(seat->used, provider);
    seat->used = fresh;
    fresh->refs++;
    leave(sessions);
}

void sessions_complete(struct context *context)
{
    struct session_seat *seat = context->seat;
    struct sessions *sessions = seat ? &context->credential->sessions : NULL;
    if (seat && seat->used && (context->flags & CONTEXT_RESUMED)) {
        seat->born = seat->used->born; /* no chain of tickets outlives its beginning */
    } else if (seat && seat->used && enter(sessions, context->provider)) { /* the server would not */
        remove_used(sessions, seat, context->provider);
        drop(seat->used, context->provider);
        seat->used = NULL;
        leave(sessions);
    }
    sessions_keep(context);
}

void sessions_forget(struct context *context)
{
    struct sessions *sessions = &context->credential->sessions;
    if (!context->seat || !context->seat->used || !enter(sessions, context->provider))
        return;
    remove_used(sessions, context->seat, context->provider);
    leave(sessions);
}

/* ---- sessions that move ---- */

static int save(const struct sspi_provider *api, const sspi_ticket *ticket, struct bytes *out)
{
    size_t len = 0;
    (void)api->ticket_save(ticket, NULL, 0, &len);
    out->ptr = len && len <= SESSIONS_SIZE_MAX ? malloc(len) : NULL;
    if (!out->ptr)
        return -1;
    out->cap = len;
    if (api->ticket_save(ticket, out->ptr, out->cap, &out->len) == SSPI_OK && out->len <= out->cap)
        return 0;
    out->len = 0;
    bytes_wipe(out);
    return -1;
}

SECURITY_STATUS sessions_take(struct context *context, struct session_facts *facts, struct bytes *ticket)
{
    const struct provider *provider = context->provider;
    struct sessions *sessions = &context->credential->sessions;
    struct session_seat *seat = context->seat;
    if (!seat || context->late || !(provider->api.caps & SSPI_CAP_TICKET_BYTES) || !enter(sessions, provider))
        return SEC_E_OK;
    struct session *session = take(sessions, seat, provider);
    leave(sessions);
    if (!session)
        return SEC_E_OK;
    int64_t until = tickets_clock() - now_ms();
    *facts = (struct session_facts){session->protocols, session->verify, session->once, session->born + until,
                                    session->ends + until};
    int failed = save(&provider->api, session->ticket, ticket);
    if (enter(sessions, provider)) {
        drop(session, provider);
        leave(sessions);
    }
    return failed ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_OK;
}

void sessions_give(struct credential *cred, const char *target, const struct session_facts *facts,
                   sspi_ticket *ticket)
{
    size_t len = strlen(target);
    int64_t since = tickets_clock() - now_ms();
    struct session_seat *seat = len && len <= TARGET_MAX ? calloc(1, sizeof *seat + len + 1) : NULL;
    struct session *fresh = seat ? calloc(1, sizeof *fresh + len + 1) : NULL;
    if (fresh && cred->lifespan && enter(&cred->sessions, cred->provider)) {
        memcpy(seat->target, target, len);
        memcpy(fresh->target, target, len);
        seat->protocols = fresh->protocols = facts->protocols;
        seat->verify = fresh->verify = facts->verify;
        fresh->refs = 1;
        fresh->once = facts->once;
        fresh->ticket = ticket;
        fresh->born = least(facts->born - since, now_ms());
        fresh->ends = least(least(facts->ends - since, fresh->born + WEEK_MS), fresh->born + cred->lifespan);
        put(&cred->sessions, fresh, seat, cred->provider);
        leave(&cred->sessions);
        fresh = NULL;
        ticket = NULL;
    }
    if (ticket)
        cred->provider->api.ticket_free(ticket);
    free(fresh);
    free(seat);
}

void sessions_close(struct context *context)
{
    struct session_seat *seat = context->seat;
    struct sessions *sessions = &context->credential->sessions;
    int failed = !(context->flags & CONTEXT_WAS_OPEN) || context->state == CONTEXT_DEAD;
    if (!seat)
        return;
    if (seat->used && enter(sessions, context->provider)) {
        if (failed)
            remove_used(sessions, seat, context->provider);
        drop(seat->used, context->provider);
        leave(sessions);
    }
    free(seat);
    context->seat = NULL;
}
