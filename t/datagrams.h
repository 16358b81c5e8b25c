/* SPDX-License-Identifier: MIT
 *
 * t/datagrams.h -- a client and a server of DTLS over a network that loses, doubles and reorders, through the
 * public headers alone.  Link t/libdatagrams.la. */
#ifndef T_DATAGRAMS_H
#define T_DATAGRAMS_H

#include "t/pair.h"

#define QUEUE_MAX 64

struct queue { /* datagrams on their way */
    struct flow at[QUEUE_MAX];
    unsigned count;
};
void queue_add(struct queue *, const void *bytes, size_t len);
void queue_drop(struct queue *, unsigned i);
void queue_clear(struct queue *);

struct peer_options { /* zeroed: the usual */
    const char *client_provider, *server_provider;
    const char *cert, *client_cert;
    const char *client_alpn, *server_alpn;
    ULONG client_request, server_request;
    ULONG client_flags, server_flags; /* SCH_ */
    DWORD protocols; /* SP_PROT_DTLS1_..., both sides' bits: SCHANNEL_CRED; 0: SCH_CREDENTIALS */
    uint16_t mtu;
    const char *client_srtp, *server_srtp; /* profiles of two octets: "\0\7\0\1" and their length */
    size_t client_srtp_len, server_srtp_len;
    int cookie; /* the server gets the client's address */
    int validate;
};

struct peer {
    int server;
    CredHandle credential;
    int has_credential;
    CtxtHandle context;
    int has_context;
    ULONG request;
    uint16_t mtu;
    uint8_t address[28];
    ULONG address_len;      /* of SECBUFFER_EXTRA */
    struct flow alpn, srtp; /* SECBUFFER_APPLICATION_PROTOCOLS, SECBUFFER_SRTP_PROTECTION_PROFILES */
    struct queue out;       /* to be moved to the other */
    SECURITY_STATUS status;
    ULONG attributes;
    TimeStamp expiry;
    uint8_t alert[2];
    unsigned fragments; /* SEC_I_MESSAGE_FRAGMENT so far */
    unsigned sent;      /* datagrams so far */
    ULONG extra;        /* SECBUFFER_EXTRA of the last call */
    size_t largest;     /* of those datagrams */
    int done;
    SecPkgContext_StreamSizes sizes;
    struct flow data;
    SecBuffer more[2]; /* more of the first call's input; BufferType 0: none */
};
struct peers {
    struct peer client, server;
};

int peers_open(struct peers *, const struct peer_options *);
void peers_close(struct peers *);
void peer_reset(struct peer *); /* its context and datagrams away */

/* One call of ISC or ASC; what it puts out goes to peer->out. */
SECURITY_STATUS peer_call(struct peer *, const void *datagram, size_t len);
/* The same, and on while it says SEC_I_MESSAGE_FRAGMENT, or shows EXTRA. */
SECURITY_STATUS peer_step(struct peer *, const void *datagram, size_t len);
/* Moves datagrams both ways until none is left or a side failed; `lose` bit n: the nth of all is lost. */
void peers_settle(struct peers *);
/* The whole handshake over a network without faults: 1, or 0. */
int peers_shake(struct peers *);

SECURITY_STATUS peer_seal(struct peer *, const void *data, size_t len, struct flow *out);
/* DecryptMessage of a copy; data goes to peer->data, what follows to *extra where that is given. */
SECURITY_STATUS peer_open(struct peer *, const void *datagram, size_t len, size_t *extra);
int peers_talk(struct peers *); /* a message each way: 1 */
SECURITY_STATUS peer_control(struct peer *, const void *token, size_t len);

void peers_each(void (*f)(const char *provider)); /* $PROVIDERS */
void peers_each_pair(void (*f)(const char *client, const char *server));

#endif
