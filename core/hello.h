/* SPDX-License-Identifier: MIT
 *
 * core/hello.h -- the ClientHello, read before a session is made (RFC 8446 4.1.2, RFC 6066 3, RFC 7301),
 * and the plaintext CertificateRequest of TLS 1.2 (RFC 5246 7.4.4).  Pure, bounded, fuzzed. */
#ifndef CORE_HELLO_H
#define CORE_HELLO_H

#include "core/memory.h"

#include <opensspi/provider.h>

#define HELLO_MAX (128u * 1024u) /* longest ClientHello message kept while records arrive */

/* Gathers handshake messages out of plaintext records. */
struct hello_gather {
    struct bytes message; /* handshake bytes so far, message headers included */
};
enum hello_status { HELLO_MORE, HELLO_WHOLE, HELLO_BAD };

/* Adds one whole record (header included).  MORE: the message goes on in the next record.  WHOLE: a
 * ClientHello stands in gather->message.  BAD: *alert says what to send: unexpected_message (10),
 * decode_error (50), or 0 where the peer sent an alert itself; -1 memory is alert 80. */
enum hello_status hello_gather(struct hello_gather *, const uint8_t *record, size_t len, uint8_t *alert);
void hello_gather_free(struct hello_gather *);

struct hello { /* points into the message it was read from */
    uint16_t legacy_version;
    struct sspi_bytes session_id;
    struct sspi_bytes suites;      /* u16 list */
    char server_name[256];         /* lower case, "" where there is none; validated as a host name */
    struct sspi_bytes alpn;        /* RFC 7301 list: u8 length, bytes, ...; without its outer length */
    struct sspi_bytes versions;    /* supported_versions, u16 list; empty: legacy_version speaks */
    struct sspi_bytes signatures;  /* signature_algorithms, u16 list; empty: not sent */
    struct sspi_bytes groups;      /* supported_groups, u16 list */
    int has_ticket, has_psk, post_handshake_auth, status_request;
};
/* message: handshake header included.  HELLO_BAD: malformed, *alert is decode_error or
 * illegal_parameter (a repeated extension). */
enum hello_status hello_read(struct sspi_bytes message, struct hello *, uint8_t *alert);

/* Does a u16 list (as in struct hello) hold `value`? */
int hello_lists(struct sspi_bytes list, uint16_t value);

/* The first protocol of `ours` that `theirs` also names, as one list entry {len, bytes}; empty: none (D6). */
struct sspi_bytes hello_alpn(struct sspi_bytes ours, struct sspi_bytes theirs);
/* 1 if `list` is well formed (RFC 7301 3.1: entries of 1 to 255 bytes that fill it). */
int hello_alpn_valid(struct sspi_bytes list);

/* A TLS 1.2 server flight as plaintext records pass: finds CertificateRequest (K18). */
struct hello_request {
    struct sspi_bytes types, signatures; /* certificate_types; u16 list */
    struct sspi_bytes names;             /* DistinguishedNames: u16 length and DER each */
};
/* Feeds one plaintext handshake record; HELLO_WHOLE when a CertificateRequest became whole in it. */
enum hello_status hello_request(struct hello_gather *, const uint8_t *record, size_t len,
                                struct hello_request *);

#endif
