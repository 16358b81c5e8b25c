/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/wolf.h -- what the files of this provider share.
 *
 * One WOLFSSL_CTX belongs to a credential and is not written to after cred_new(); one WOLFSSL belongs to a
 * session.  The library reads and writes through two callbacks over memory: what it reads is the record
 * that the core lent, where its output goes depends on the call that is running (enum wolf_phase).
 */
#ifndef PROVIDERS_WOLFSSL_WOLF_H
#define PROVIDERS_WOLFSSL_WOLF_H

#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/types.h>
#include <wolfssl/error-ssl.h>
#include <wolfssl/wolfcrypt/error-crypt.h>

#include "opensspi/provider.h"

#define WOLF_NAME "wolfssl"
#if LIBWOLFSSL_VERSION_HEX < 0x05007000
#define WOLF_STAPLE_LEAKS_13 1 /* the server's own certificate, decoded and never freed, once a handshake */
#else
#define WOLF_STAPLE_LEAKS_13 0
#endif
#define WOLF_SUITE_MAX 64u
#define WOLF_GROUP_MAX 16u
#define WOLF_ALERT_MAX 128u /* a sealed alert */
#define WOLF_CHAIN_MAX 9u /* certificates of one peer; wolfSSL itself takes no more */
#define WOLF_TLS_BITS (SSPI_CAP_TLS10 | SSPI_CAP_TLS11 | SSPI_CAP_TLS12 | SSPI_CAP_TLS13)
#define WOLF_DTLS_BITS (SSPI_CAP_DTLS10 | SSPI_CAP_DTLS12)

struct wolf_token_key { /* a private key on a PKCS#11 token; device 0: none */
    int device;
    uint8_t id[64];
    size_t id_len;
    char label[128];
};

struct sspi_cred {
    WOLFSSL_CTX *ctx;         /* knows neither tickets nor staples */
    WOLFSSL_CTX *ctx_tickets; /* server: the same with tickets, or NULL */
    uint32_t protocols;
    int server, has_cert, psk_suites;
    uint8_t *chain, *key; /* DER: certificates one after another, leaf first; PKCS#8, wiped */
    size_t chain_len, leaf_len, key_len;
    struct wolf_token_key token; /* instead of `key` */
    WOLF_STACK_OF(WOLFSSL_X509_NAME) *ca_names;
    uint16_t suites[WOLF_SUITE_MAX], groups[WOLF_GROUP_MAX]; /* suites in the order they are offered */
    size_t suite_count, group_count;
    char signatures[320]; /* the library's spelling; empty: its own list */
};

struct sspi_ticket { /* sessions in the library's DER, so that threads share nothing */
    uint16_t version;
    size_t len, plain_len; /* plain: of TLS 1.2, the same without the ticket */
    uint8_t der[];
};

enum wolf_phase { PHASE_IDLE, PHASE_TALK, PHASE_SEAL, PHASE_OPEN, PHASE_DROP };

struct sspi_session {
    WOLFSSL *ssl;
    sspi_cred *cred;
    void *owner;
    uint32_t protocols;

    /* the call that is running */
    enum wolf_phase phase;
    struct sspi_io *io;
    struct sspi_record *record;
    size_t record_out; /* PHASE_SEAL: bytes of the record delivered so far */
    const uint8_t *in;
    size_t in_len, in_off, in_used;
    uint32_t events;

    /* what waits for the next handshake(): length (4 bytes, native) and bytes, one piece per write */
    uint8_t *held;
    size_t held_len, held_cap;

    unsigned server : 1, dtls : 1, done : 1, dead : 1, close_sent : 1, flight_ccs : 1, server_hello : 1;
    unsigned verify : 1, asked : 1, judged : 1, refused : 1, declined : 1, has_cert : 1;
    unsigned out_of_memory : 1, ems : 1, safe_renegotiation : 1, ticket_new : 1, redoing : 1, redid : 1;
    unsigned owes_alert : 1; /* unseal() failed, and its alert is still to leave */
    uint8_t request_cert, tickets;
    uint8_t alert_in, alert_kept, alert_out; /* the peer's in the clear; the library's, not sent; what was sent */
    uint8_t alert_len, alert_record[WOLF_ALERT_MAX];
    uint8_t policy_digest[32];
    uint64_t sealed_left;   /* records of type 23 that left in the handshake */
    uint64_t last_sequence; /* DTLS: of the last epoch-0 record that left */

    uint64_t window, window_top; /* DTLS: data received, bit 0 for number window_top */

    struct sspi_bytes peer[WOLF_CHAIN_MAX]; /* own copies */
    unsigned peer_count;
    struct sspi_verdict verdict;
    struct sspi_failure failure;

    uint8_t *psk; /* client: key; wiped */
    size_t psk_len;
    char *psk_identity;
    uint8_t *staple;
    size_t staple_len;
    char alpn[256];
    uint8_t alpn_len;
    int library_error;
    WOLFSSL_SESSION *plain; /* TLS 1.2 ticket offered, not yet answered: what to go on with where it is refused */
    uint8_t *stash;         /* records that wait for the answer */
    size_t stash_len;

    /* looking ahead: where the handshake messages stand */
    uint32_t ahead_skip;
    uint8_t ahead_head[4], ahead_have;
};

/* provider.c */
extern const struct sspi_core *wolf_core;
void wolf_thread(void); /* before the library computes on this thread: its tables are freed when it ends */
uint64_t wolf_caps(void);

/* failure.c */
/* Fills failure from the library's code; `alert` 0: the one that belongs to the code. */
void wolf_failure(struct sspi_failure *, enum sspi_why, int code);
void wolf_session_failed(sspi_session *, int code);
/* The alert that RFC 8446 6.2 has for a library error; never 0. */
uint8_t wolf_alert_for(int code);
enum sspi_why wolf_why_for(int code);

/* transport.c */
int wolf_recv(WOLFSSL *, char *buffer, int size, void *session);
int wolf_send(WOLFSSL *, char *buffer, int size, void *session);
int wolf_flush(sspi_session *, struct sspi_io *); /* held output; 0, -1 no memory */
/* Looks at the record of this call before the library does. */
void wolf_note_record(sspi_session *);
/* Is it a ClientHello that offers TLS 1.3? */
int wolf_offers_13(sspi_session *);
/* Is it a ClientHello with a ticket that this library did not make? */
int wolf_foreign_ticket(sspi_session *);
/* The fatal alert that the peer sent, or 0. */
uint8_t wolf_peer_alert(sspi_session *);
/* Emits the one fatal alert of a failed handshake: the core's, the library's or the one that belongs to the error. */
void wolf_write_alert(sspi_session *);

/* keys.c */
/* A short record under the write keys, in place of the library's number `sequence`; its length, or 0: these keys
 * are of no kind known. */
size_t wolf_seal_record(sspi_session *, uint8_t type, const uint8_t *bytes, size_t n, uint64_t sequence,
                        uint8_t record[WOLF_ALERT_MAX]);
/* DTLS: is this record shorter than any that the suite could have made? */
int wolf_too_short(sspi_session *, const uint8_t *record, size_t len);
/* TLS 1.3: does a handshake message of this type begin in this record of the peer's?  Nothing is consumed. */
enum { WOLF_CERTIFICATE_REQUEST = 13, WOLF_FINISHED = 20 };
int wolf_ahead(sspi_session *, uint8_t type, const uint8_t *record, size_t len);

/* verify.c */
int wolf_verify(int ok, WOLFSSL_X509_STORE_CTX *store);
/* After the handshake: the chain must have been judged where that was asked.  0, -1: refuse. */
int wolf_settle(sspi_session *);
void wolf_forget_peer(sspi_session *);
enum sspi_status wolf_chain_check(const struct sspi_chain_job *, struct sspi_chain_result *);
enum sspi_status wolf_signature_check(const struct sspi_signature *, int *good);

/* password.c */
enum sspi_status wolf_password_seal(const struct sspi_seal *);

/* context.c */
enum { WOLF_WITH_TICKETS = 1, WOLF_WITH_STAPLE = 2 };
/* Suites, groups and signatures of the parameters into the credential; 0, -1: nothing usable. */
int wolf_keep_lists(sspi_cred *, const struct sspi_cred_params *);
/* NULL, and the library's error in *code. */
WOLFSSL_CTX *wolf_ctx_new(const sspi_cred *, unsigned with, int *code);
/* The session's protocols within its credential's; 0, -1. */
int wolf_narrow(sspi_session *, uint32_t protocols);

/* credential.c */
enum sspi_status wolf_cred_new(const struct sspi_cred_params *, sspi_cred **, struct sspi_failure *);
void wolf_cred_free(sspi_cred *);
enum sspi_status wolf_set_credential(sspi_session *, sspi_cred *);
/* The length of the DER element at p, header included; 0: it does not end within left. */
size_t wolf_element_len(const uint8_t *p, size_t left);
/* DER Names, or the subjects of DER certificates; what does not parse is left out.  NULL: no memory. */
WOLF_STACK_OF(WOLFSSL_X509_NAME) *wolf_names(const struct sspi_bytes *der, unsigned count, int certificates);

/* ticket.c */
int wolf_ticket_crypt(WOLFSSL *, unsigned char *name, unsigned char *iv, unsigned char *mac, int encrypt,
                      unsigned char *data, int len, int *out_len, void *arg);
int wolf_ticket_came(WOLFSSL *, WOLFSSL_SESSION *);
int wolf_ticket_foreign(size_t len); /* a ticket of this length is not ours */
int wolf_ticket_key_there(sspi_session *);
/* 0: go on with s->in; 1: wait for the next record; else the library's error. */
int wolf_ticket_wait(sspi_session *);
void wolf_ticket_offer(sspi_session *, const sspi_ticket *);
sspi_ticket *wolf_ticket_take(sspi_session *, uint32_t *lifetime);
void wolf_ticket_free(sspi_ticket *);
enum sspi_status wolf_ticket_save(const sspi_ticket *, uint8_t *out, size_t cap, size_t *len);
enum sspi_status wolf_ticket_load(sspi_cred *, struct sspi_bytes, sspi_ticket **);

/* psk.c */
int wolf_psk_take(sspi_session *, const struct sspi_session_params *); /* 0, -1: cannot be said */
void wolf_psk_offer(sspi_session *);
unsigned int wolf_psk_asked(WOLFSSL *, const char *identity, unsigned char *key, unsigned int key_max);
int wolf_staple_on(WOLFSSL_CTX *, const sspi_cred *);

/* session.c */
enum sspi_status wolf_session_new(sspi_cred *, const struct sspi_session_params *, sspi_session **,
                                  struct sspi_failure *);
void wolf_session_free(sspi_session *);
enum sspi_status wolf_handshake(sspi_session *, struct sspi_io *);
enum sspi_status wolf_shutdown(sspi_session *, struct sspi_io *);
uint32_t wolf_protocol(int version); /* the library's number as a bit of `protocols`; 0: another */
void wolf_talk_begin(sspi_session *, struct sspi_io *);
enum sspi_status wolf_talk_end(sspi_session *, struct sspi_io *, enum sspi_status);
enum sspi_status wolf_talk_failed(sspi_session *, struct sspi_io *, int code); /* with the alert */
const struct sspi_failure *wolf_session_failure(sspi_session *);

/* record.c */
enum sspi_status wolf_seal(sspi_session *, struct sspi_record *);
enum sspi_status wolf_unseal(sspi_session *, struct sspi_record *);
size_t wolf_plaintext_max(sspi_session *);

/* extras.c */
enum sspi_status wolf_key_update(sspi_session *, struct sspi_io *, int ask_peer);
enum sspi_status wolf_redo(sspi_session *, struct sspi_io *, int request_cert);
enum sspi_status wolf_resend(sspi_session *, struct sspi_io *, int *next_ms);
enum sspi_status wolf_export_keys(sspi_session *, const char *label, const struct sspi_bytes *context, uint8_t *out,
                                  size_t len);
enum sspi_status wolf_finished(sspi_session *, int of_client, uint8_t *out, size_t cap, size_t *len);

/* describe.c */
enum sspi_status wolf_describe(sspi_session *, struct sspi_conn *);
enum sspi_status wolf_peer_cert(sspi_session *, unsigned i, struct sspi_bytes *der);

#endif
