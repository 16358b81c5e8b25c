/* SPDX-License-Identifier: MIT
 *
 * t/lies/lies.h -- a provider that drives another one and lies about it in one way at a time.  It tests the
 * tester: `sspi diff` compares it with what it drives, and every lie has to show.
 *
 * What the core sets right (a second alert, a trailer too long) or cannot see is no lie here: t/8000 has those.
 * The lie is `x-lie` of its section in the configuration; without one it is honest. */
#ifndef T_LIES_LIES_H
#define T_LIES_LIES_H

#include <opensspi/provider.h>

/* name, what it does.  The name says where: what a handshake answers, what leaves in it, what is told of the
 * connection, records, what only they can hold that are protected, closing, certificates, and what depends on more than the stimulus. */
#define LIES(LIE)                                                                                              \
    LIE(honest, "none")                                                                                        \
    LIE(handshake_swallows, "a handshake that fails goes on waiting, without its alert")                       \
    LIE(handshake_never_ends, "a handshake that is done waits for another record")                             \
    LIE(handshake_ends_early, "a handshake that waits is done")                                                \
    LIE(handshake_fears_grease, "a ClientHello with GREASE is refused")                                        \
    LIE(handshake_fears_pieces, "a record of less than 16 octets is refused")                                  \
    LIE(handshake_fears_alpn, "a ClientHello that offers protocols is refused")                                \
    LIE(handshake_fears_ccs, "a ChangeCipherSpec is refused")                                                  \
    LIE(handshake_spares_ccs, "a ChangeCipherSpec is dropped unseen")                                          \
    LIE(handshake_spares_alerts, "an alert is dropped unseen")                                                 \
    LIE(handshake_tampers, "one bit of what the peer sent is turned")                                          \
    LIE(failure_other_why, "failures name another cause")                                                      \
    LIE(alert_other, "another alert leaves")                                                                   \
    LIE(alert_none, "no alert leaves")                                                                         \
    LIE(alert_warning, "the alert leaves as a warning")                                                        \
    LIE(flight_flip, "the last octet of the first record is turned")                                           \
    LIE(flight_short, "the first record lacks its last octet")                                                 \
    LIE(flight_twice, "the first record leaves twice")                                                         \
    LIE(flight_less, "the last record of a flight of several stays away")                                      \
    LIE(flight_split, "the first record leaves as two")                                                        \
    LIE(flight_version, "records have another version")                                                        \
    LIE(flight_type, "the first record has another type")                                                      \
    LIE(flight_ccs, "a ChangeCipherSpec leaves before each flight")                                            \
    LIE(flight_random, "the hello's random is all zero")                                                       \
    LIE(describe_version, "another version is told")                                                           \
    LIE(describe_suite, "another cipher suite is told")                                                        \
    LIE(describe_alpn_none, "the protocol is not told")                                                        \
    LIE(describe_alpn_other, "another protocol is told")                                                       \
    LIE(describe_resumed, "every connection is told to be resumed")                                            \
    LIE(describe_room, "a record takes less than it does")                                                     \
    LIE(describe_fails, "nothing is told")                                                                     \
    LIE(peer_cert_none, "the peer's certificate is not told")                                                  \
    LIE(peer_cert_other, "one octet of the peer's certificate is turned")                                      \
    LIE(seal_flip, "one bit of each sealed record is turned")                                                  \
    LIE(seal_plain, "nothing is encrypted")                                                                    \
    LIE(unseal_flip, "one bit of the opened data is turned")                                                   \
    LIE(unseal_less, "opened data lack their last octet")                                                      \
    LIE(unseal_forged, "a record that was tampered with is opened")                                            \
    LIE(unseal_nothing, "opened data are kept back")                                                           \
    LIE(unseal_no_close, "a close_notify is not told")                                                         \
    LIE(unseal_closes, "data are told to be a close_notify")                                                   \
    LIE(sealed_fears_padding, "data that were padded are refused")                                             \
    LIE(sealed_fears_large, "more than 8192 octets of data are refused")                                       \
    LIE(sealed_fears_ticket, "a ticket ends the connection")                                                   \
    LIE(sealed_fears_update, "a new key of the peer's ends the connection")                                    \
    LIE(sealed_alert_closes, "a fatal alert is told to be a close_notify")                                     \
    LIE(verify_skipped, "the chain is not judged: every one is good")                                          \
    LIE(request_none, "a server asks for no certificate")                                                      \
    LIE(name_none, "a client names no server")                                                                 \
    LIE(alpn_none, "a client offers no protocol")                                                              \
    LIE(version_less, "the newest version is not there")                                                       \
    LIE(tickets_none, "nothing can be resumed")                                                                \
    LIE(signature_denied, "no signature by itself is good")                                                    \
    LIE(chain_accuses, "the leaf of every path is weak")                                                       \
    LIE(chain_signatures, "signatures of a path are not looked at, and called good")                           \
    LIE(chain_fails, "no path can be judged")                                                                  \
    LIE(order_seventh, "every seventh session refuses its first record")                                       \
    LIE(order_after_failure, "what follows a session that failed is refused")                                  \
    LIE(random_refusal, "one session in four is refused, by chance")                                           \
    LIE(crash, "an alert kills the process")                                                                   \
    LIE(hang, "a ChangeCipherSpec is thought about for ever")

enum lie {
#define LIE(name, words) LIE_##name,
    LIES(LIE)
#undef LIE
};

extern enum lie lie;
extern const struct sspi_provider *lies_inner; /* whom it drives */

/* What leaves during one call, gathered, changed and passed on (flight.c). */
enum { FLIGHT_MOST = 256 * 1024 };
struct flight {
    struct sspi_io io; /* shown to the inner provider */
    struct sspi_io *to;
    uint8_t *bytes;
    size_t len;
};
void flight_open(struct flight *, struct sspi_io *to);
/* Passes it on; 0, or -1: no memory. */
int flight_close(struct flight *);

void lies_handshakes(struct sspi_provider *mine);    /* handshake.c */
void lies_connections(struct sspi_provider *mine);   /* connection.c */
void lies_certificates(struct sspi_provider *mine);  /* certificate.c */

#endif
