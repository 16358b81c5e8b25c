/* SPDX-License-Identifier: MIT
 *
 * tools/channel.h -- one TLS connection through SSPI, without the socket: ciphertext goes into `in` and
 * comes out of `out`, plaintext comes out of `plain`.  Server and client differ in one call, so one
 * machine serves both.  Written against the public headers alone, for porters to read. */
#ifndef TOOLS_CHANNEL_H
#define TOOLS_CHANNEL_H

#include "tools/buffer.h"
#include "tools/win.h"

enum channel_state {
    CHANNEL_HANDSHAKE, /* more records needed before data can flow */
    CHANNEL_OPEN,
    CHANNEL_CLOSED, /* the peer sent close_notify; we may still write */
    CHANNEL_FAILED  /* `status` says why; what is in `out` (an alert) is still worth sending */
};

struct channel {
    enum channel_state state;
    SECURITY_STATUS status; /* of the call that failed */
    CredHandle *credential; /* lent; outlives the channel */
    CtxtHandle context;
    int have_context, server, closing; /* closing: our close_notify is in `out` */
    ULONG request;                     /* ASC_REQ_* or ISC_REQ_* */
    ULONG attributes;                  /* ASC_RET_* or ISC_RET_*, as the last call granted them */
    const char *target;                /* client: the name to ask for and to verify */
    const void *alpn;                  /* SEC_APPLICATION_PROTOCOLS, or NULL */
    ULONG alpn_length;
    SecPkgContext_StreamSizes sizes;
    int renewing;              /* a new handshake is under way on the open connection */
    unsigned renewals;         /* new handshakes that were completed (TLS 1.2) */
    unsigned renewals_allowed; /* the peer's wish for more ends the connection with an alert */
    struct buffer in, out, plain;
    struct buffer waiting; /* plaintext that could not be sealed amid one */
};

/* Zeroes and sets up; a client's first token is in `out` after the first channel_run. */
void channel_server(struct channel *, CredHandle *credential);
void channel_client(struct channel *, CredHandle *credential, const char *target);
/* Does all that `in` allows.  Look at state, out and plain afterwards. */
void channel_run(struct channel *);
/* Encrypts into `out`.  0, or -1 with `status`. */
int channel_write(struct channel *, const void *bytes, size_t length);
/* Puts a fatal alert (TLS1_ALERT_*) into `out`: nothing goes on behind it.  SEC_E_UNSUPPORTED_FUNCTION: not
 * with this provider (D12). */
SECURITY_STATUS channel_alert(struct channel *, DWORD number);
/* Puts close_notify into `out`, once. */
void channel_close(struct channel *);
void channel_free(struct channel *);

/* "h2,http/1.1" as a SEC_APPLICATION_PROTOCOLS buffer (malloc'd); NULL: malformed or no memory. */
void *channel_alpn(const char *list, ULONG *length);

#endif
