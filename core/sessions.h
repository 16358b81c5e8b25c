/* SPDX-License-Identifier: MIT
 *
 * core/sessions.h -- what a client resumes with: tickets of earlier connections, kept in the credential
 * that made them, so that no other ever meets them (K40, D21).
 *
 * A session belongs to the target name of its connection, to who judged the server's chain and to the
 * versions that could be agreed.  A connection without a target name resumes nothing, as nobody said whose
 * session it would be; nor does one that showed a certificate given late, as the next ClientHello could not
 * know whether it will be given again.  Tickets of TLS 1.3 serve once, sessions of TLS 1.2 until they end.
 * They end with the ticket's lifetime, dwSessionLifespan since the full handshake, the server's certificates,
 * or in the child of a fork.
 *
 * The credential's lock is held for a few pointers at a time.  Where a fork left it behind there is no cache.
 */
#ifndef CORE_SESSIONS_H
#define CORE_SESSIONS_H

#include "core/memory.h"
#include "core/once.h"
#include "core/provider.h"

#include <sspi.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    SESSIONS_MAX = 256,           /* of one credential */
    SESSIONS_OF_TARGET = 4,       /* tickets of TLS 1.3 for one target */
    SESSIONS_SIZE_MAX = 64 * 1024 /* octets of one, as ticket_save() counts them */
};

struct context;
struct credential;
struct session;

struct sessions { /* in a credential; zeroed: empty */
    struct once lock;
    struct session *newest;
    pid_t process; /* whose they are */
};
void sessions_free(struct sessions *, const struct provider *);

/* What the tickets of one client's connection belong to; NULL in its context: they are not kept. */
struct session_seat {
    struct session *used; /* offered; later the one that was kept last; counted, or NULL */
    int64_t born;         /* when the full handshake behind it was made, in ms */
    uint32_t protocols;
    int verify;
    char target[];
};

/* Before session_new(): makes the seat, and gives what to resume with, which is lent until sessions_close();
 * NULL: nothing.  Without memory there is no seat. */
const sspi_ticket *sessions_open(struct context *, const char *target, int verify);
/* The handshake is over.  What the server did not resume goes, and TLS 1.2 may have left a session. */
void sessions_complete(struct context *);
/* The provider has a ticket, or may have. */
void sessions_keep(struct context *);
/* What is known of a session that leaves this process, or comes from another; times are Unix ms. */
struct session_facts {
    uint32_t protocols;
    int verify, once;
    int64_t born, ends;
};
/* One that a new connection of the same kind could resume: its facts and ticket_save()'s bytes, which are
 * left empty where there is none.  SEC_E_INSUFFICIENT_MEMORY. */
SECURITY_STATUS sessions_take(struct context *, struct session_facts *, struct bytes *ticket);
/* Takes `ticket` over. */
void sessions_give(struct credential *, const char *target, const struct session_facts *,
                   sspi_ticket *ticket);
/* SCHANNEL_SESSION with DISABLE_RECONNECTS: what this connection has left behind is not resumed. */
void sessions_forget(struct context *);
/* With the context.  What was offered to a handshake that failed, or made by a connection that did, goes. */
void sessions_close(struct context *);

#endif
