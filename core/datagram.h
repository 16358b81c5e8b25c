/* SPDX-License-Identifier: MIT
 *
 * core/datagram.h -- DTLS (RFC 6347): what a context of datagrams has beside.  Called with the lock of the
 * context held.
 *
 * One call puts out one datagram.  Where a flight has more of them, each but the last comes with
 * SEC_I_MESSAGE_FRAGMENT, and the next call, without input, gives the next one.  A call without input that
 * has nothing to give sends the last flight again: the program's timer is the only one there is. */
#ifndef CORE_DATAGRAM_H
#define CORE_DATAGRAM_H

#include "core/context.h"
#include "core/forms.h"

#define DATAGRAM_MTU     1096u /* Schannel's */
#define DATAGRAM_MTU_MIN 200u
#define DATAGRAM_PEER    128u /* octets of an address, a sockaddr_storage */

struct datagram {
    uint64_t next;        /* sequence number of the next record that leaves in epoch 0 */
    uint64_t top, window; /* epoch and number of the newest record opened; those before it, a bit each */
    struct bytes ends;    /* uint32_t: where the datagrams of opening->flight end */
    struct bytes last;    /* the flight that was put out last */
    struct bytes last_ends;
    SECURITY_STATUS outcome; /* told with the last datagram of the flight */
    uint64_t expiry;
    uint16_t mtu;  /* the payload of a datagram */
    uint8_t begun; /* server: some of a ClientHello came */
    uint8_t asked; /* server: the last flight asked for a cookie */
    uint8_t peer[DATAGRAM_PEER], peer_len;
    struct bytes srtp; /* profiles of RFC 5764 that may be chosen, as on the wire */
};

/* ---- core/datagram.c ---- */
/* Makes the context one of datagrams, from the buffers of its first call.  SEC_E_INVALID_PARAMETER: an MTU
 * under 200, an address too long.  SEC_E_UNSUPPORTED_FUNCTION: the library has no SRTP, or a master key's
 * identifier is given. */
SECURITY_STATUS datagram_new(struct context *, const struct call *);
void datagram_free(struct datagram *);
int datagram_offers(const struct context *, uint16_t srtp);                 /* among the profiles given? */
void datagram_params(const struct context *, struct sspi_session_params *); /* MTU, peer; nothing for TLS */
SECURITY_STATUS datagram_first(struct context *, struct call *);
SECURITY_STATUS datagram_run(struct context *, struct call *);
/* As handshake_run: the records of one datagram.  What is not whole, or not to be read now, is passed over.
 */
SECURITY_STATUS datagram_feed(struct context *, struct call *, struct sspi_bytes input, size_t *used);

/* ---- core/datagram-flight.c ---- */
/* Appends one datagram; its records of epoch 0 get the next sequence numbers.  SEC_E_INTERNAL_ERROR: no whole
 * records, or too long; SEC_E_INSUFFICIENT_MEMORY. */
SECURITY_STATUS datagram_put(struct datagram *, struct bytes *flight, const void *bytes, size_t len);
/* Length of the first datagram of the flight; 0: none. */
size_t datagram_front(struct datagram *, const struct bytes *flight);
void datagram_drop(struct datagram *, struct bytes *flight);          /* that one */
void datagram_keep_newest(struct datagram *, struct bytes *flight);   /* only the last one */
int datagram_remember(struct datagram *, const struct bytes *flight); /* as `last`; 0, or -1: no memory */
void datagram_forget(struct datagram *);
/* Puts `last` into the flight once more: in the core's copy, or in the library's own. */
SECURITY_STATUS datagram_again(struct context *);

/* ---- core/datagram-message.c ---- */
SECURITY_STATUS datagram_decrypt(struct context *, SecBufferDesc *message);
void datagram_limit(struct context *); /* message_max by the MTU; nothing for TLS */
/* SECPKG_ATTR_DTLS_MTU: a USHORT.  SEC_E_UNSUPPORTED_FUNCTION: TLS, or a library that cuts its flights as it
 * likes, before they have left. */
SECURITY_STATUS datagram_get_mtu(struct context *, void *out, enum form form);
SECURITY_STATUS datagram_set_mtu(struct context *, const void *in);

#endif
