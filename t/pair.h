/* SPDX-License-Identifier: MIT
 *
 * t/pair.h -- a client and a server in one process, over memory, through the public headers alone.
 *
 *   struct pair pair;
 *   struct pair_options options = {.provider = "openssl", .tls = 13, .cert = "server-rsa"};
 *   if (pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK) {
 *       pair_send(&pair.client, "hello", 5);           // sealed, on its way
 *       pair_move(&pair);                              // delivered
 *       pair_receive(&pair.server);                    // SEC_E_INCOMPLETE_MESSAGE: all read
 *       is_mem(pair.server.data.ptr, "hello", 5, ...);
 *   }
 *   pair_close(&pair);
 *
 * Every step can be taken alone: pair_step is one call of InitializeSecurityContext or AcceptSecurityContext,
 * pair_decrypt one of DecryptMessage.  Link t/libpair.la. */
#ifndef T_PAIR_H
#define T_PAIR_H

#ifndef SECURITY_WIN32
#define SECURITY_WIN32
#endif
#define SCHANNEL_USE_BLACKLISTS
#include <windows.h>
/* Windows' own headers need it first, and UNICODE_STRING before schannel.h. */
#include <winternl.h>

#include <schannel.h>
#include <security.h>
#include <stddef.h>
#include <stdint.h>

struct flow { /* bytes on their way; zeroed: empty */
    uint8_t *ptr;
    size_t len, cap;
    size_t gone; /* dropped, and still in front of ptr */
};
void flow_add(struct flow *, const void *bytes, size_t len); /* aborts without memory */
void flow_drop(struct flow *, size_t len);                   /* from the front */
void flow_free(struct flow *);

/* How bytes reach the other end.  COALESCED: everything that waits, and the first message (options.early) of
 * the end that completes first, TLS 1.3's client or TLS 1.2's server, right behind its last flight. */
enum pair_delivery { PAIR_WHOLE, PAIR_BYTES, PAIR_COALESCED };

struct pair_options { /* zeroed members: the usual */
    const char *provider;        /* both ends; NULL: the configured choice */
    const char *client_provider, *server_provider; /* or each its own */
    int tls;                     /* 12, 13; 0: what the credential gives */
    const char *cert;            /* t/pki name; default "server-rsa".  Several: "server-a server-b" */
    const char *client_cert;     /* t/pki name, given at Acquire; NULL: none */
    const char *roots;           /* t/pki name of a PEM for the client's hRootStore ("root"); NULL: none */
    const char *server_roots;    /* for the server's */
    const char *target;          /* default "localhost"; "-": NULL */
    const char *client_alpn, *server_alpn; /* "h2 http/1.1"; NULL: no buffer */
    ULONG client_request, server_request;  /* more ISC_REQ_, ASC_REQ_ bits */
    ULONG client_without, server_without;  /* bits of the usual ones that are left out */
    ULONG client_flags, server_flags;      /* more SCH_ flags of the credential */
    ULONG client_lifespan, server_lifespan; /* dwSessionLifespan */
    int old_struct;              /* SCHANNEL_CRED instead of SCH_CREDENTIALS */
    DWORD protocols;             /* its grbitEnabledProtocols, of both sides */
    int validate;                /* client: AUTO instead of MANUAL */
    enum pair_delivery delivery;
    const char *early;           /* with COALESCED: see above */
};
/* Usual requests: ALLOCATE_MEMORY, EXTENDED_ERROR, CONFIDENTIALITY, REPLAY, SEQUENCE, STREAM, and for the
 * client USE_SUPPLIED_CREDS and MANUAL_CRED_VALIDATION (not with `validate`). */

struct end {
    int server;
    CredHandle credential;
    int has_credential;
    CtxtHandle context;
    int has_context;
    const char *target;
    ULONG request;
    struct flow alpn;            /* a SECBUFFER_APPLICATION_PROTOCOLS */
    SecBuffer more[3];           /* further input of the first call, lent */
    unsigned more_count;
    struct flow in, out;         /* to be read by this end; to be moved to the other */
    struct flow data;            /* application data read */
    SECURITY_STATUS status;      /* of the last step */
    ULONG attributes;
    TimeStamp expiry;
    uint8_t alert[2];            /* of the last failed step: level and code; 0: none */
    ULONG missing;               /* the last SECBUFFER_MISSING; 0: none */
    unsigned calls;              /* steps so far */
    unsigned renegotiates;       /* SEC_I_RENEGOTIATE answers of DecryptMessage */
    SecPkgContext_StreamSizes sizes; /* once completed */
};
struct pair {
    struct end client, server;
    enum pair_delivery delivery;
    const char *early;
    struct end *early_from; /* who sent it; NULL: nobody yet */
};

/* Makes credentials.  1, or 0 with the failing status in client.status or server.status: then pair_close. */
int pair_open(struct pair *, const struct pair_options *);
void pair_close(struct pair *);
/* Contexts away, credentials stay: the next handshake of the same credentials. */
void pair_again(struct pair *);

/* The package's name for one provider.  (Windows has but one, and runs every test once.) */
void pair_package(char *out, size_t size, const char *provider);
/* A credential by hand.  package NULL: "Schannel".  0 leaves *out alone. */
SECURITY_STATUS pair_credential(const struct pair_options *, int server, CredHandle *out);
/* The first certificate of t/pki/NAME-full.pem (with key and chain) in a store of its own; free with
 * CertFreeCertificateContext.  NULL: no such file. */
PCCERT_CONTEXT pair_certificate(const char *name);
HCERTSTORE pair_store(const char *pem); /* t/pki/PEM.pem */
uint8_t *pair_file(const char *name, size_t *len); /* t/pki/NAME; malloc'ed */

/* One call of ISC or ASC with `len` bytes of end->in (at most all): consumed ones leave end->in, a token goes
 * to end->out. */
SECURITY_STATUS pair_step(struct end *, size_t len);
/* The same without input. */
SECURITY_STATUS pair_step_null(struct end *);
void pair_move(struct pair *); /* both ends' out to the other's in */

/* Steps until both have completed or one has failed: SEC_E_OK, or the failing status. */
SECURITY_STATUS pair_handshake(struct pair *);

/* EncryptMessage; the record goes to end->out. */
SECURITY_STATUS pair_send(struct end *, const void *data, size_t len);
/* DecryptMessage on end->in, once: data to end->data, consumed bytes leave.  After SEC_I_RENEGOTIATE the
 * bytes it showed are still in end->in: give them to pair_step. */
SECURITY_STATUS pair_decrypt(struct end *);
/* pair_decrypt, and pair_step where it says SEC_I_RENEGOTIATE, until something else than SEC_E_OK. */
SECURITY_STATUS pair_receive(struct end *);
/* ApplyControlToken(SCHANNEL_SHUTDOWN) and the step that makes the record. */
SECURITY_STATUS pair_shutdown(struct end *);

/* Runs f for every provider in $PROVIDERS and TLS 1.2 and 1.3. */
void pair_each(void (*f)(const char *provider, int tls));
const char *pair_status(SECURITY_STATUS); /* "0x80090308", in one of a few static buffers */

#endif
