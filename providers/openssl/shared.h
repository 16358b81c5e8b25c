/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/shared.h -- what the files of this provider share.  libssl knowledge only: no Windows
 * rule, no choice of certificate, protocol or trust.
 *
 *   provider.c    the table, capabilities asked or tried at load, digests
 *   credential.c  sspi_cred: one SSL_CTX         lists.c     code points <-> the library's names
 *   session.c     sspi_session: one SSL          transport.c its BIO, straight over the caller's memory
 *   connection.c  what a finished handshake agreed on, exporters, renegotiation, key update
 *   chain.c       certificates as DER in one block, asking core->verify
 *   ticket.c      both ends of resumption        failure.c   why and alert
 *   judge.c       chain_check                    import.c    PKCS#12, PKCS#8, new certificates
 *   signature.c   signature_check                password.c  password_seal
 *   token.c       keys in PKCS#11 tokens */
#ifndef PROVIDERS_OPENSSL_SHARED_H
#define PROVIDERS_OPENSSL_SHARED_H

#include <opensspi/provider.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#define PROVIDER_NAME  "openssl"
#define PROTOCOLS_TLS  (SSPI_CAP_TLS10 | SSPI_CAP_TLS11 | SSPI_CAP_TLS12 | SSPI_CAP_TLS13)
#define PROTOCOLS_DTLS (SSPI_CAP_DTLS10 | SSPI_CAP_DTLS12)
#define PROTOCOLS_OLD  (SSPI_CAP_TLS10 | SSPI_CAP_TLS11 | SSPI_CAP_DTLS10)
#define HELD_MAX       65536u /* octets a peer may make us hold back */

/* The core's callbacks: our copy, filled once by the entry function; members it lacks are NULL. */
extern struct sspi_core core;

/* ---- chain.c: a peer's certificates, leaf first, in one allocation ---- */
struct chain {
    unsigned count;
    struct sspi_bytes cert[]; /* the DER follows */
};
struct chain *chain_of_stack(X509 *first,
                             const STACK_OF(X509) * rest); /* first may be NULL; NULL: no memory */
struct chain *chain_copy(const struct chain *);
/* Flat form: each certificate as a 24-bit length and its DER.  chain_write: out NULL gives the size. */
size_t chain_write(const struct chain *, unsigned from, uint8_t *out);
struct chain *chain_read(struct sspi_bytes leaf, struct sspi_bytes flat); /* NULL: malformed, no memory */
/* Asks the core about `chain`; 0, or -1 with s->verdict set. */
int chain_ask(sspi_session *s, const struct chain *, struct sspi_bytes staple, int resumed);
int chain_verify_callback(X509_STORE_CTX *, void *); /* SSL_CTX_set_cert_verify_callback */
int chain_staple_callback(SSL *, void *);            /* SSL_CTX_set_tlsext_status_cb, both roles */

/* ---- the three things a provider hands out ---- */
struct sspi_cred {
    SSL_CTX *ctx;
    uint32_t protocols; /* what is left of those asked for */
    int server, datagram, has_cert;
    uint8_t cookie_secret[32]; /* DTLS server; the same in forked children, on purpose */
    _Atomic int keylog;
};
struct sspi_ticket {
    SSL_SESSION *session;
    struct chain *chain; /* libssl's own serialisation keeps the leaf only */
};
struct sspi_session {
    SSL *ssl;
    sspi_cred *cred;
    void *owner;
    /* The transport: one call's memory. */
    const uint8_t *in;
    size_t in_left;
    struct sspi_io *io;         /* output is emitted; else */
    struct sspi_record *record; /* output is the record, once; else it is held */
    uint8_t *held;              /* datagrams carry a 16-bit length in front (DTLS) */
    size_t held_len, held_room;
    int sealed, no_memory;
    /* What the last call saw. */
    uint32_t events;
    unsigned messages; /* handshake messages, alerts and cipher changes: progress */
    uint8_t alert_sent, alert_received, last_alert;
    int keys; /* an alert can no longer be written in the clear */
    /* State. */
    int done, dead, verify, finished;
    int chosen; /* client: a certificate, or none, was decided on */
    int renegotiates, renewed, keylog, request_cert, psk_used, staple_judged, staple_awaited;
    uint8_t late_alert; /* in place of what libssl says of a staple that is refused, in plaintext; 0: none */
    uint16_t mtu, limit; /* limit: octets one seal() takes */
    uint8_t tickets;
    struct sspi_verdict verdict;
    struct sspi_failure failure;
    struct chain *chain;
    sspi_ticket *ticket;                                            /* the newest */
    struct sspi_bytes alpn, staple, cookie_peer, psk_identity, psk; /* owned, one block: lent */
    uint8_t *lent;
    char psk_seen[257]; /* identity a PSK handshake used */
    sspi_ticket *resume; /* our copy, until it is offered */
};

/* ---- transport.c ---- */
#define TRANSPORT_OVERHEAD 56 /* what libssl takes for that of the layers below datagrams */
BIO_METHOD *transport_method(void); /* NULL: no memory */
int transport_attach(sspi_session *);
int transport_flush(sspi_session *); /* held output through s->io; 0, or -1 */
void transport_drop(sspi_session *); /* forget and wipe held output */
void transport_watch(int write, int version, int type, const void *buf, size_t len, SSL *, void *session);

/* ---- lists.c ---- */
struct version_entry {
    uint64_t cap;
    int version;
    uint64_t off;
};
extern const struct version_entry versions[6];
int lists_apply(SSL_CTX *, const struct sspi_cred_params *, uint32_t *protocols, struct sspi_failure *);
int lists_protocols(SSL_CTX *, SSL *, uint32_t protocols); /* exactly these; one of the first two is NULL */
uint16_t lists_group(int nid);
uint16_t lists_signature(int type_nid, int hash_nid, const EVP_PKEY *key);
int lists_srtp(struct sspi_bytes profiles, char *out, size_t cap);

/* ---- credential.c ---- */
enum sspi_status credential_new(const struct sspi_cred_params *, sspi_cred **, struct sspi_failure *);
void credential_free(sspi_cred *);
enum sspi_status credential_set(sspi_session *, sspi_cred *);
int credential_wanted(SSL *, void *session); /* SSL_set_cert_cb, clients */
STACK_OF(X509_NAME) * credential_names(struct sspi_bytes der);

/* ---- token.c ---- */
int token_possible(void); /* what it takes is installed */
EVP_PKEY *token_key(struct sspi_bytes uri, struct sspi_bytes pin);

/* ---- session.c ---- */
enum sspi_status session_new(sspi_cred *, const struct sspi_session_params *, sspi_session **,
                             struct sspi_failure *);
void session_free(sspi_session *);
enum sspi_status session_handshake(sspi_session *, struct sspi_io *);
enum sspi_status session_seal(sspi_session *, struct sspi_record *);
enum sspi_status session_unseal(sspi_session *, struct sspi_record *);
enum sspi_status session_shutdown(sspi_session *, struct sspi_io *);
int session_begin(sspi_session *, struct sspi_io *); /* opens a call with output: 0, or -1: dead */
enum sspi_status session_end(sspi_session *,
                             enum sspi_status); /* and closes it; SSPI_FAILED: works out why */
int session_waits(const sspi_session *);
enum sspi_status session_drive(sspi_session *); /* goes on with what was begun, then closes the call */
enum sspi_status session_resend(sspi_session *, struct sspi_io *, int *next_ms);
enum sspi_status session_set_mtu(sspi_session *, uint16_t);
int session_alpn(SSL *, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
                 unsigned in_len, void *);
int session_cookie_make(SSL *, unsigned char *out, unsigned *len);
int session_cookie_check(SSL *, const unsigned char *cookie, unsigned len);
sspi_session *session_of(const SSL *);

/* ---- connection.c ---- */
enum sspi_status connection_describe(sspi_session *, struct sspi_conn *);
enum sspi_status connection_peer_cert(sspi_session *, unsigned, struct sspi_bytes *);
enum sspi_status connection_issuer(sspi_session *, unsigned, struct sspi_bytes *);
enum sspi_status connection_export(sspi_session *, const char *, const struct sspi_bytes *, uint8_t *,
                                   size_t);
enum sspi_status connection_finished(sspi_session *, int of_client, uint8_t *, size_t, size_t *);
enum sspi_status connection_redo(sspi_session *, struct sspi_io *, int request_cert);
enum sspi_status connection_key_update(sspi_session *, struct sspi_io *, int ask_peer);
uint16_t connection_limit(const SSL *);

/* ---- ticket.c ---- */
void ticket_callbacks(SSL_CTX *, int server);
int ticket_keep(sspi_session *, const sspi_ticket *); /* client, session_new: 1, or 0 no memory */
int ticket_offer(sspi_session *);    /* client, before the first flight: 0, or -1 no memory */
void ticket_renewed(sspi_session *); /* client, once done */
sspi_ticket *ticket_take(sspi_session *, uint32_t *lifetime_s);
void ticket_free(sspi_ticket *);
enum sspi_status ticket_save(const sspi_ticket *, uint8_t *, size_t, size_t *);
enum sspi_status ticket_load(sspi_cred *, struct sspi_bytes, sspi_ticket **);

/* ---- failure.c ---- */
/* Both end an attempt: the error queue is emptied. */
enum sspi_status failure_of_call(sspi_session *); /* the session is dead from here on: SSPI_FAILED */
enum sspi_status failure_of_setup(struct sspi_failure *, enum sspi_why, enum sspi_status);

/* ---- judge.c, import.c ---- */
enum sspi_status judge_chain(const struct sspi_chain_job *, struct sspi_chain_result *);
int memory_failed(void); /* 1: libcrypto has run out of memory since its queue of errors was last empty */
enum sspi_status signature_check(const struct sspi_signature *, int *good);
enum sspi_status password_seal(const struct sspi_seal *);
enum sspi_status import_read(const struct sspi_import *, struct sspi_failure *);
enum sspi_status import_generate(const struct sspi_newcert *, struct sspi_failure *);

#endif
