/* SPDX-License-Identifier: MIT
 *
 * t/programs/world.h -- what a program of t/programs has around it: a connection, whose other end is a client
 * or server of this library over memory, and a place for what the program finds.
 *
 * Each program holds a loop of its own, with the buffers, flags and assumptions of one that is in the world
 * (its name says which), written anew. */
#ifndef T_PROGRAMS_WORLD_H
#define T_PROGRAMS_WORLD_H

#include "t/pair.h"

/* One thing a program depends on.  The same claim is made many times; one that fails once has failed. */
struct claim {
    const char *id, *words, *file;
    int line, good;
};
enum { WORLD_CLAIMS = 64 };

struct world {
    const char *package;     /* "Schannel:NAME" */
    int tls;                 /* 12, 13: what the program is to speak */
    size_t chunk;            /* the most octets that one read gives; 0: all there are */
    size_t say_max;          /* no record of the other end is longer; 0: the largest there are */
    const char *early;       /* what the other end says as soon as it may; NULL: nothing */
    const char *later;       /* and as soon as its new handshake is done */
    int variant;             /* the program's own business */
    int judge;               /* the library judges the server's certificate, and refuses it */
    SECURITY_STATUS refusal; /* the program's: why its handshake failed */
    struct pair pair;
    struct end *peer;       /* the other end */
    struct flow wire;       /* from it, not read yet */
    int open;               /* its handshake is done */
    int closing;            /* it has sent close_notify */
    int saw_close;          /* it has received one */
    SECURITY_STATUS failed; /* why it ended; SEC_E_OK: it has not */
    unsigned starved;       /* reads that would have waited for ever */
    struct claim claims[WORLD_CLAIMS];
    size_t claimed;
};

/* Opens the other end: a client where the program is a server.  0: no credential. */
int world_open(struct world *, const struct pair_options *, int program_is_server);
void world_close(struct world *);

/* The program's socket.  Reading lets the other end act first where nothing waits; 0: closed, or nothing will
 * come. */
size_t world_read(struct world *, void *out, size_t room);
void world_write(struct world *, const void *bytes, size_t len);

/* The other end: acts on what was written; says something; starts a new handshake; closes. */
void world_turn(struct world *);
void world_say(struct world *, const void *bytes, size_t len);
SECURITY_STATUS world_redo(struct world *, const char *then);
void world_hang_up(struct world *);

void world_claim(struct world *, const char *id, const char *words, const char *file, int line, int good);
#define CLAIM(world, id, words, cond) world_claim(world, id, words, __FILE__, __LINE__, !!(cond))

/* A program.  Its state is zeroed memory of state_size octets. */
struct program {
    const char *name;
    size_t state_size;
    int server;
    int old;                                  /* speaks through SCHANNEL_CRED: never TLS 1.3 */
    size_t say_max;                           /* reads no longer records than this; 0: all */
    int flaws;                                /* FLAW_*: what the program itself cannot do */
    int (*open)(void *state, struct world *); /* the handshake: 1, or 0 */
    int (*send)(void *state, struct world *, const uint8_t *bytes, size_t len);
    long (*receive)(void *state, struct world *, uint8_t *out, size_t room); /* 0: closed; -1: failed */
    void (*close)(void *state, struct world *); /* close_notify where it is open, then all handles away */
    struct pair_options peer;
    int variant;
};
enum {
    FLAW_CLOSE_IS_AN_ERROR = 1, /* knows no SEC_I_CONTEXT_EXPIRED */
    FLAW_NO_REDO = 2,           /* does not renegotiate */
    FLAW_SAYS_NO_GOODBYE = 4,   /* sends no close_notify */
    FLAW_NEEDS_WHOLE_HELLO = 8, /* a server that gives up where its first input is incomplete */
};

extern const struct program program_curl, program_curl_unsupplied, program_ffmpeg, program_ffmpeg_server;
extern const struct program program_libgit2, program_mariadb, program_mariadb_unsupplied;
extern const struct program program_pjsip, program_pjsip_server, program_rust, program_rust_server;
extern const struct program program_qt, program_qt_server, program_qt_asked, program_mongod_server;
extern const struct program program_aws, program_aws_server;

/* What several of them do alike. */
size_t program_read(struct world *, struct flow *in, size_t room); /* appends; how much */
size_t program_take(struct flow *data, uint8_t *out, size_t room); /* from the front; how much */
/* The tail that `extra` says was not taken; 0: all was. */
size_t program_left(struct world *, const struct flow *in, const SecBuffer *extra);
DWORD program_protocols(const struct world *, int server); /* SP_PROT_ bits of world->tls */
/* CertEnum...: the server's certificate, with its key; free it. */
PCCERT_CONTEXT program_certificate(void);
/* ApplyControlToken(SCHANNEL_SHUTDOWN). */
SECURITY_STATUS program_shutdown(CtxtHandle *);
/* One record of HEADER, DATA, TRAILER and, with four, EMPTY; the status; what was sealed is written. */
SECURITY_STATUS program_seal(CtxtHandle *, struct world *, const SecPkgContext_StreamSizes *,
                             const uint8_t *bytes, size_t len, ULONG buffers);
/* All of it, in records of the largest size: 1, or 0. */
int program_send(CtxtHandle *, struct world *, const SecPkgContext_StreamSizes *, const uint8_t *bytes,
                 size_t len, ULONG buffers);

#endif
