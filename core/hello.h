/* SPDX-License-Identifier: MIT
 *
 * core/hello.h -- the ClientHello, read before a session is made (RFC 8446 4.1.2, RFC 6066 3, RFC 7301;
 * DTLS: RFC 6347 4.2), and the plaintext CertificateRequest up to TLS 1.2 (RFC 5246 7.4.4).  Pure,
 * bounded, fuzzed. */
#ifndef CORE_HELLO_H
#define CORE_HELLO_H

#include "core/memory.h"

#include <opensspi/provider.h>

#define HELLO_MAX (128u * 1024u) /* longest message kept while records arrive, its header included */

/* Gathers handshake messages out of plaintext records.  Zeroed: empty. */
struct hello_gather {
    struct bytes message; /* handshake bytes so far, message headers (4 bytes, DTLS too) included */
    size_t fragment_length, fragment_left; /* DTLS: the message at the end: its length, what it lacks */
    uint32_t next;                         /* DTLS: message_seq after the message at the end; 0: any */
    uint16_t version;                      /* hello_request: the one the ServerHello chose */
};
enum hello_status { HELLO_MORE, HELLO_WHOLE, HELLO_BAD };

/* Adds one whole record (header included; TLS or DTLS by its version).  MORE: the message goes on in the
 * next record.  WHOLE: a ClientHello stands in gather->message.  BAD: *alert says what to send:
 * unexpected_message (10), record_overflow (22), decode_error (50), internal_error (80, no memory), or 0
 * where the peer sent an alert itself.  Bytes after the ClientHello in the same record are BAD: nothing
 * may follow it.  DTLS fragments are taken in order; others are passed over, the peer sends them again. */
enum hello_status hello_gather(struct hello_gather *, const uint8_t *record, size_t len, uint8_t *alert);
void hello_gather_free(struct hello_gather *);

struct hello { /* points into the message it was read from */
    uint16_t legacy_version;
    struct sspi_bytes session_id;
    struct sspi_bytes suites;     /* u16 list */
    char server_name[256];        /* lower case, without a final dot, "" where there is none or where it
                                   * is an IPv6 address; validated as a host name */
    struct sspi_bytes alpn;       /* RFC 7301 list: u8 length, bytes, ...; without its outer length */
    struct sspi_bytes versions;   /* supported_versions, u16 list; empty: legacy_version speaks */
    struct sspi_bytes signatures; /* signature_algorithms, u16 list; empty: not sent */
    struct sspi_bytes groups;     /* supported_groups, u16 list */
    int has_ticket, has_psk, post_handshake_auth, status_request;
};
/* message: handshake header (4 bytes) included.  HELLO_BAD: malformed, *alert is decode_error or
 * illegal_parameter (a repeated extension, no null compression, a name that is none); else HELLO_WHOLE. */
enum hello_status hello_read(struct sspi_bytes message, struct hello *, uint8_t *alert);

/* Does a u16 list (as in struct hello) hold `value`? */
int hello_lists(struct sspi_bytes list, uint16_t value);

/* The first protocol of `ours` that `theirs` also names, as one list entry {len, bytes} inside `ours`;
 * empty: none (D6). */
struct sspi_bytes hello_alpn(struct sspi_bytes ours, struct sspi_bytes theirs);
/* 1 if `list` is well formed (RFC 7301 3.1: entries of 1 to 255 bytes that fill it, at least one). */
int hello_alpn_valid(struct sspi_bytes list);

/* The session id of the ServerHello that begins `record` (TLS or DTLS, at most 32 octets, inside it); empty:
 * none, or not in this record. */
struct sspi_bytes hello_session_id(struct sspi_bytes record);

/* A server flight up to TLS 1.2 as plaintext records pass: finds CertificateRequest (K18). */
struct hello_request {                   /* points into gather->message, good until the next call */
    struct sspi_bytes types, signatures; /* certificate_types; u16 list, empty before TLS 1.2 */
    struct sspi_bytes names;             /* DistinguishedNames: u16 length and DER each */
};
/* Feeds one record; HELLO_WHOLE when a CertificateRequest became whole in it (call again with a record of
 * length 0 for what follows it).  HELLO_MORE: not (yet), and for records other than handshake.  HELLO_BAD:
 * malformed, over HELLO_MAX or no memory: nothing can be said about this flight. */
enum hello_status hello_request(struct hello_gather *, const uint8_t *record, size_t len,
                                struct hello_request *);

#endif
