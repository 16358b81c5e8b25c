/* SPDX-License-Identifier: MIT
 *
 * core/context.h -- a security context: one connection.  Every function here runs with the lock of the
 * context's handle held, except those that make or destroy one nobody else has seen.
 *
 *   core/context.c     the two entry functions, later calls, delivery of what a call puts out
 *   core/handshake.c   records in, records out, failures, completion
 *   core/accept.c      a server's beginning: the ClientHello, certificate, protocol
 *   core/initialize.c  a client's beginning: target name, late credentials
 *   core/redo.c        a new handshake on an open context, late certificates
 *   core/message.c     EncryptMessage, DecryptMessage        core/token.c  close_notify, alerts
 *   core/sessions.c    what a client resumes with       core/tickets.c  what a server's tickets are bound to
 *   core/move.c        export and import
 *   core/verify.c      the judgement of the peer's chain     core/attributes.c  queries
 *   core/datagram.c    DTLS: flights of datagrams, ISC and ASC; core/datagram-message.c its records
 *   core/extras.c      what few connections need
 *   core/account.c     the account behind a client's certificate
 */
#ifndef CORE_CONTEXT_H
#define CORE_CONTEXT_H

#include "core/buffers.h"
#include "core/credential.h"
#include "core/flags.h"
#include "core/hello.h"
#include "core/memory.h"
#include "core/provider.h"
#include "core/suites.h"

#include <sspi.h>

enum context_state {
    CONTEXT_HELLO,      /* server, gathering the ClientHello, no session  -> HANDSHAKE, DEAD */
    CONTEXT_HANDSHAKE,  /* records go to handshake()                      -> CREDENTIAL, OPEN, DEAD */
    CONTEXT_CREDENTIAL, /* client, SEC_I_INCOMPLETE_CREDENTIALS is out    -> HANDSHAKE, DEAD */
    CONTEXT_OPEN,       /* completed once; messages pass                  -> DEAD */
    CONTEXT_OPEN_DATAGRAM, /* the same of DTLS, whose messages go another way */
    CONTEXT_DEAD        /* `death` is every further answer */
};

enum { /* context.flags */
       CONTEXT_SERVER = 1 << 0,
       CONTEXT_KEYED = 1 << 1,      /* a key may be in use: the core writes no more plaintext alerts */
       CONTEXT_WAS_OPEN = 1 << 2,   /* attributes can be answered */
       CONTEXT_CLOSE_SENT = 1 << 3, /* close_notify or a fatal alert left */
       CONTEXT_CLOSE_GOT = 1 << 4,  /* close_notify came */
       CONTEXT_POST = 1 << 5,       /* SEC_I_RENEGOTIATE is out: the next ISC or ASC belongs to it (K26) */
       CONTEXT_RESUMED = 1 << 6,
       CONTEXT_EMS = 1 << 7,            /* extended master secret (D20) */
       CONTEXT_JUDGED = 1 << 8,         /* the verify callback accepted a chain in this handshake */
       CONTEXT_VERIFY = 1 << 9,         /* ... and had to be asked (D16) */
       CONTEXT_CERT_ASKED = 1 << 10,    /* server: a client certificate was requested (D7) */
       CONTEXT_CERT_NEEDED = 1 << 11,   /* ... and required */
       CONTEXT_LATE = 1 << 12,          /* client: SEC_I_INCOMPLETE_CREDENTIALS was given once (K18) */
       CONTEXT_NO_RECONNECTS = 1 << 13, /* SCHANNEL_SESSION token: make no session of this one resumable */
       CONTEXT_MUTUAL = 1 << 14,        /* the peer proved that it holds a certificate's key (D7) */
       CONTEXT_MAP = 1 << 15,           /* server: a judged certificate is mapped to an account (D22) */
       CONTEXT_LAST_WORDS = 1 << 16,    /* dead, and the library's alert may still be had */
       /* core/redo.c */
       CONTEXT_REDO = 1 << 20,    /* open, and a new handshake is under way */
       CONTEXT_REDONE = 1 << 21,  /* ... and a record that DecryptMessage opened ended it */
       CONTEXT_REFUSED = 1 << 22, /* ... and the peer will not have it */
       CONTEXT_ASKED = 1 << 23,   /* client: a HelloRequest, or a late CertificateRequest, waits for an answer */
       CONTEXT_HELD = 1 << 24,    /* the provider holds output for the next ISC or ASC */
       CONTEXT_SAFE = 1 << 26,    /* renegotiation as RFC 5746 has it (D20) */
       CONTEXT_AHEAD = 1 << 25    /* the record that `skip` describes was opened: its data stands in `ahead` */
};

/* What only an unfinished call or handshake needs; NULL in an open context that owes nothing. */
struct opening {
    struct hello_gather gather; /* server: the ClientHello; client: the plaintext flight (K18) */
    struct bytes records;       /* server, in HELLO: the records of it, fed once the session stands */
    struct bytes flight;        /* put out by the session, not delivered yet (D13) */
    struct bytes kept;          /* taken from the caller and not processed yet (K33, K18) */
    struct bytes taken;         /* the last call's input where the next may pass it again (D13, K18) */
    struct bytes psk, psk_identity; /* the key shared before, and its name (core/psk.h) */
    struct bytes alpn;          /* RFC 7301 list: offered by a client, allowed by a server */
    struct bytes ahead;         /* CONTEXT_AHEAD: what DecryptMessage will say of that record; secret */
    char server_name[256];      /* SNI: sent by a client, received by a server; "" none */
    int owed;                   /* the last call could not deliver: empty input is no INCOMPLETE */
    int owed_control;           /* `flight` holds the control token's record */
    int feed_nothing;           /* after set_credential: go on without a record (K18, TLS 1.3) */
    int flight_read;            /* client: no CertificateRequest to be looked for any more */
    uint8_t policy[32];         /* server: what tickets of this connection are bound to (D21) */
    uint8_t alert;              /* the fatal alert in `flight`, for the ALERT slot; 0: none */
};

struct keying {                  /* SECPKG_ATTR_KEYING_MATERIAL_INFO, as set */
    struct bytes label, context; /* label NUL-ended */
    int has_context;
    uint32_t size;
};

struct context {
    /* ---- what a message touches ---- */
    sspi_session *session; /* NULL until CONTEXT_HANDSHAKE */
    enum sspi_status (*seal)(sspi_session *, struct sspi_record *);
    enum sspi_status (*unseal)(sspi_session *, struct sspi_record *);
    uint8_t state;                                /* enum context_state */
    uint8_t control, control_level, control_code; /* token waiting for ISC or ASC: 0, or CONTROL_* */
    uint32_t flags;
    uint16_t header, trailer; /* D3; set on completion */
    uint32_t message_max;
    uint32_t seal_min; /* 1 where the provider cannot seal an empty record (D15) */
    /* The record that DecryptMessage consumed and showed again (K26): its length, 0 none, and how to
     * know it when it comes back. */
    uint32_t skip;
    uint8_t skip_header[5], skip_tail[8];
    /* ---- the rest ---- */
    uint16_t version, group, signature, peer_signature; /* as negotiated, IANA */
    SECURITY_STATUS death;
    uint32_t protocols;          /* what may be negotiated, SSPI_CAP_TLS.. */
    ULONG validation;            /* SCH_CRED_ flags for the judgement of the chain */
    struct sspi_verdict verdict; /* why not NONE: the chain was refused */
    SECURITY_STATUS denied;      /* ... because the account map says so (D8); 0: not that */
    const struct suite *suite;
    const struct provider *provider;
    struct credential *credential; /* counted; the session was made of it */
    struct credential *late;       /* counted; the one given after INCOMPLETE_CREDENTIALS, or NULL (K18) */
    const struct credential_cert *certificate; /* of either; what is shown to the peer, or NULL */
    uint8_t *alpn;                             /* negotiated: length and bytes; NULL: none */
    const struct credential *judge; /* whose anchors judge: `late` where it asks for that, or NULL */
    uint8_t leaf[32];                /* client: digest of the server's certificate as accepted last, or zeros */
    uint32_t redo_since, redo_count; /* server: new handshakes that the client began, from second `since` */
    struct opening *opening;
    struct keying *keying;
    struct session_seat *seat; /* client: where its tickets go; NULL: nowhere */
    uint8_t session_id[33];    /* of the ServerHello, its length first (SESSION_INFO) */
    struct datagram *datagram; /* DTLS; NULL: TLS */
    struct extras *extras; /* core/extras.h; NULL: none */
    char *target;          /* client: pszTargetName; server, once completed: the name asked for; NULL: none */
    int64_t opened;        /* when it completed, Unix seconds */
    unsigned meaning;      /* FLAG_* of the call that completed it */
    struct account *account, *candidate; /* counted; of the last completed handshake, of the one going on */
    ULONG_PTR token;                     /* SECPKG_ATTR_ACCESS_TOKEN's handle; 0: none was asked for */
};

enum { CONTROL_NONE, CONTROL_SHUTDOWN, CONTROL_ALERT };

/* One call of InitializeSecurityContext or AcceptSecurityContext. */
struct call {
    enum flags_side side;
    unsigned meaning, granted; /* FLAG_*: asked, and what only the outcome allows */
    const CredHandle *credential;
    const char *target;
    struct moved *moved; /* an imported context begins (core/move.h); NULL: a new one */
    SecBufferDesc *input, *output;
    struct buffers_in in;
    struct buffers_out out;
    int no_room;     /* an output slot had no room at all: the narrow attributes of W67 */
    uint64_t expiry; /* FILETIME ticks, local (D2) */
};

/* ---- core/context.c ---- */
struct context *context_new(struct credential *, int server); /* takes its own reference; NULL: no memory */
void context_free(void *context);
void context_settle(struct context *); /* an open context that owes nothing needs no `opening` */
/* A call that failed: the context is dead, its alert is put out where that was asked for (D1). */
SECURITY_STATUS context_fail(struct context *, struct call *, SECURITY_STATUS status);
struct opening *context_opening(struct context *); /* makes one where there is none; NULL: no memory */
/* Does `bytes` begin with the record that DecryptMessage consumed and showed (K26)? */
int context_skips(const struct context *, struct sspi_bytes bytes);

/* ---- core/handshake.c ---- */
/* A struct sspi_io whose emit() appends to the context's flight. */
struct outlet {
    struct sspi_io io; /* first */
    struct bytes *to;
    size_t start;            /* length of `to` before the call */
    struct datagram *datagram; /* DTLS: each emit() is one */
    SECURITY_STATUS refused; /* why emit() had to say no: memory, or too much; SEC_E_OK: it did not */
};
/* Feeds the whole records of `input`, from *used on, and moves *used past them.  SEC_I_CONTINUE_NEEDED:
 * all were taken and more are needed; SEC_E_OK: completed; SEC_I_INCOMPLETE_CREDENTIALS; else failed: the
 * context is dead, and the alert, if any, is in the flight. */
SECURITY_STATUS handshake_run(struct context *, struct call *, struct sspi_bytes input, size_t *used);
/* Feeds one record, or none (in.ptr NULL).  *used: taken, or with WANT_CREDENTIAL perhaps not. */
SECURITY_STATUS handshake_feed(struct context *, struct call *, struct sspi_bytes record, size_t *used);
/* One call of handshake(), checked: SEC_E_OK, then *status is as it gave it and *used what it took; else the
 * context is dead. */
SECURITY_STATUS handshake_step(struct context *, struct sspi_bytes record, struct outlet *,
                               enum sspi_status *status, size_t *used);
/* The same checks for another call that emits; `record` is what it was given. */
SECURITY_STATUS handshake_checked(struct context *, struct sspi_bytes record, struct outlet *, enum sspi_status);
/* What was agreed, taken from the provider: SEC_E_OK, or dead.  On an open context it replaces what was. */
SECURITY_STATUS handshake_complete(struct context *, struct call *, const struct outlet *);
/* The first flight of a client, or what is held back from an open context. */
SECURITY_STATUS handshake_flush(struct context *);
/* DecryptMessage failed (CONTEXT_LAST_WORDS): the alert that the library has for that, into the flight. */
void handshake_last_words(struct context *);
/* Ends the context: `status` from now on.  With alert not 0 the core writes it, if no key is in use. */
SECURITY_STATUS handshake_refuse(struct context *, uint8_t alert, SECURITY_STATUS status);
/* The peer's certificates, the leaf first: 1, or 0 past the end.  Lent until the next call on the session. */
int context_peer_cert(const struct context *, unsigned i, struct sspi_bytes *der);
SECURITY_STATUS outlet_open(struct outlet *, struct context *, struct sspi_bytes record);
/* An alert in the clear, in the core's own words, into the flight: 0, or -1: no memory. */
int handshake_alert(struct context *, uint8_t level, uint8_t code);
/* DTLS: what the library would send again, if it is time; SEC_E_OK, or failed. */
SECURITY_STATUS handshake_resend(struct context *);
/* SSPI_CAP_TLS.. of a version as on the wire; 0: none. */
uint32_t handshake_cap_of_version(uint16_t version);
/* What a failed provider call means; the failure is logged. */
SECURITY_STATUS handshake_failure(struct context *, struct sspi_failure *);

/* ---- core/accept.c, core/initialize.c ---- */
SECURITY_STATUS accept_run(struct context *, struct call *, struct sspi_bytes input, size_t *used);
/* Whom the coming handshake asks for a certificate, 0 to 2, and who judges it (D16, D22). */
void accept_asks(struct context *, const struct call *, int request);
SECURITY_STATUS accept_begin(struct call *, struct context **); /* a fresh context for the first call */
/* What a call brings beside the token, while the ClientHello is gathered.  SEC_E_OK, or refused. */
SECURITY_STATUS accept_lists(struct context *, const struct call *);
/* The ClientHello is whole in opening->gather: chooses, makes the session and feeds it opening->records. */
SECURITY_STATUS accept_answer(struct context *, struct call *);
SECURITY_STATUS initialize_begin(struct call *, struct context **);
/* K18: must the client stop before this plaintext record?  1 yes, 0 no, -1 no memory. */
int initialize_late(struct context *, const struct call *, struct sspi_bytes record);
/* A certificate is asked for and none is set: stops the first time (SEC_I_INCOMPLETE_CREDENTIALS), else
 * goes on with none (SEC_I_CONTINUE_NEEDED). */
SECURITY_STATUS initialize_stop(struct context *, const struct call *);
/* The call after that: takes the credential it brings.  SEC_E_OK: back in HANDSHAKE.  SEC_E_INVALID_HANDLE
 * and others: the context waits on. */
SECURITY_STATUS initialize_answer(struct context *, const struct call *);

/* ---- core/tickets.c ---- */
/* opening->policy of a server, before its session is made.  0, or -1. */
int tickets_policy(struct context *, const struct sspi_session_params *);
int tickets_key(void *owner, const uint8_t *name, struct sspi_ticket_key *);
int64_t tickets_clock(void); /* Unix time in ms; what keys age by */

/* ---- core/token.c ---- */
SECURITY_STATUS token_emit(struct context *); /* the control token into the flight */

/* ---- core/redo.c: for run_open() of context.c ---- */
/* ISC or ASC without input and nothing pending.  SEC_I_CONTINUE_NEEDED: begun, and the flight asks the peer;
 * else an error: nothing has changed, unless the context is dead. */
SECURITY_STATUS redo_begin(struct context *, struct call *);
/* CONTEXT_ASKED: SEC_I_CONTINUE_NEEDED, a ClientHello is in the flight; SEC_E_OK, the late certificate is;
 * SEC_I_INCOMPLETE_CREDENTIALS; else as above. */
SECURITY_STATUS redo_answer(struct context *, struct call *);
/* Does this input belong to a new handshake? */
int redo_takes(const struct context *, const struct call *);
/* Feeds records as handshake_run() does.  SEC_E_OUT_OF_SEQUENCE: application data comes first, nothing was
 * taken; SEC_E_UNSUPPORTED_FUNCTION: the peer refused, the old keys go on. */
SECURITY_STATUS redo_run(struct context *, struct call *, struct sspi_bytes input, size_t *used);
/* SEC_I_RENEGOTIATE is out and was answered without input: what is held goes out. */
SECURITY_STATUS redo_flush(struct context *, struct call *);
/* ... and for core/message.c: does a record of this type stay closed, for ISC or ASC to feed? */
int redo_shows(const struct context *, uint8_t type);
/* A client's handshake completed with this certificate: is it the one of before?  And from now on? */
int redo_same_peer(const struct context *, struct sspi_bytes leaf);
void redo_keep_peer(struct context *, struct sspi_bytes leaf);
/* unseal() gave no data: what its events mean for the next ISC or ASC. */
void redo_note(struct context *, uint32_t events);

/* ---- core/keying.c ---- */
void keying_free(struct keying *);

/* ---- core/verify.c ---- */
int verify_chain(void *owner, const struct sspi_chain *, struct sspi_verdict *);

#endif
