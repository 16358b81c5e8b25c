/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/state.h -- what the files of the GnuTLS provider share, and nothing a core sees.
 *
 * State of the whole module, written once while the entry function runs and read-only after it:
 * `core` (session.c), the table of suites (names.c), the ticket switches (ticket.c), the provider table. */
#ifndef PROVIDERS_GNUTLS_STATE_H
#define PROVIDERS_GNUTLS_STATE_H

#include <opensspi/provider.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/dtls.h>
#include <gnutls/gnutls.h>
#include <stdbool.h>

extern const struct sspi_core *core;                 /* lent for the life of the process */
#define CORE_HAS(fn) (SSPI_HAS(struct sspi_core, core, fn) && core->fn)
#define LOG(level, ...) core->log(level, "gnutls", __VA_ARGS__)
#define TLS_MASK (SSPI_CAP_TLS10 | SSPI_CAP_TLS11 | SSPI_CAP_TLS12 | SSPI_CAP_TLS13)
#define DTLS_MASK (SSPI_CAP_DTLS10 | SSPI_CAP_DTLS12)
/* A member of a caller's struct, or zero where the caller's is shorter. */
#define GET(type, p, member) (SSPI_HAS(type, p, member) ? (p)->member : (__typeof__((p)->member)){0})

#define PRIORITIES 8
struct sspi_cred {
    bool server;
    uint32_t protocols;
    struct sspi_cred_params lists; /* suites, groups, signatures, policy: our copies; the rest is unset */
    struct {
        uint32_t protocols;
        gnutls_priority_t priority;
    } cached[PRIORITIES]; /* all protocols first, then each alone */
    gnutls_certificate_credentials_t cert;
    gnutls_psk_server_credentials_t psk;
    gnutls_pcert_st *chain; /* its items and the key belong to `cert` */
    unsigned chain_count;
    gnutls_privkey_t key;
    char *pin;
    uint8_t cookie_key[16];
};

struct sspi_ticket {
    uint32_t lifetime, protocol; /* seconds; SSPI_CAP_.. of its version */
    uint32_t at, len;            /* TLS 1.2: where the ticket itself stands in `data`; len 0: not known */
    gnutls_datum_t data;
};

struct look_ahead { /* see lookahead.c */
    bool over;
    uint8_t secret[64], iv[12];
    size_t secret_len;
    gnutls_aead_cipher_hd_t aead;
    uint64_t sequence;
    uint8_t head[4];
    size_t head_len, body_left;
    uint8_t *body;
    size_t body_len;
};

struct sspi_session {
    gnutls_session_t tls;
    sspi_cred *cred;
    const sspi_cred *client_cred; /* client: what answers a request; NULL: nothing */
    bool client_decided;          /* set_credential was called since the last request */
    void *owner;
    bool server, dtls, tls13, verify, keylog, may_redo, ask_staple;
    bool done, dead, closed, owes_alert; /* owes_alert: unseal() failed, and its alert is still to leave */
    bool verified;       /* verify() accepted the chain of this handshake, or accept any */
    bool redoing;        /* TLS 1.2: a renegotiation is under way */
    bool redo_wanted;    /* TLS 1.2: the peer started one; the next handshake() goes on */
    bool reauth;         /* TLS 1.3: server waits for, or client owes, a late certificate */
    bool update_owed;    /* TLS 1.3: the peer asked for a KeyUpdate */
    bool ticket_new;     /* client: ticket_take has something it did not give yet */
    bool ticket_keyed;
    uint8_t plain_alert; /* came outside GnuTLS's own account */
    int request_cert;
    uint8_t tickets, policy_digest[32];
    uint32_t protocols, lifetime, limit; /* limit: the peer's smaller records, 0 none */
    uint8_t *ticket_bytes;               /* client, TLS 1.2: the newest ticket itself */
    uint32_t ticket_len, offered_at, offered_len;
    uint8_t finished[2][64];                        /* by role: 0 server, 1 client */
    uint8_t finished_len[2];
    const uint8_t *in; /* lent by the call in progress */
    size_t in_left;
    struct sspi_io *io;
    struct sspi_record *sealing;
    size_t sealed;
    uint32_t events;
    uint8_t change[6]; /* a ChangeCipherSpec, see transport.c */
    bool change_waits;
    uint8_t *held; /* length (4 bytes, host order) and bytes of each push */
    size_t held_len;
    struct sspi_failure failure;
    struct sspi_verdict verdict;
    struct look_ahead ahead;
    uint8_t *issuers; /* certificate_authorities as received, without its length */
    size_t issuers_len;
    gnutls_datum_t staple, psk_identity, cookie_peer;
    bool cookie_done;
    uint16_t *srtp;
    gnutls_psk_client_credentials_t psk;
    gnutls_priority_t own_priority;
};

/* ---- names.c: IANA code points and GnuTLS's names ---- */
struct suite {
    uint16_t id;
    gnutls_kx_algorithm_t kx;
    gnutls_cipher_algorithm_t cipher;
    gnutls_mac_algorithm_t mac;
};
extern struct suite suites[];
extern unsigned suite_count;
void names_load(void);
static inline bool suite_is_13(const struct suite *s)
{
    return s->id >> 8 == 0x13;
}
const struct suite *suite_by_id(uint16_t id);
uint16_t suite_of(gnutls_session_t); /* 0: not told */
uint16_t group_code(gnutls_group_t);
uint16_t signature_code(gnutls_sign_algorithm_t);
/* The n-th name of a code point in a priority string; NULL: no more, or unknown to this library. */
const char *group_name(uint16_t code, unsigned n);
const char *signature_name(uint16_t code, unsigned n);
struct version_name {
    uint32_t cap;
    uint16_t wire;
    gnutls_protocol_t id;
    const char *name;
};
extern const struct version_name versions[]; /* newest first, name NULL ends */
const struct version_name *version_of(gnutls_session_t);

/* ---- priority.c ---- */
/* What the credential's lists allow within `protocols`, as one priority.  0, or a GnuTLS error. */
int priority_make(const sspi_cred *, uint32_t protocols, bool psk, gnutls_priority_t *out);

/* ---- credential.c ---- */
enum sspi_status cred_new(const struct sspi_cred_params *, sspi_cred **, struct sspi_failure *);
void cred_free(sspi_cred *);

/* ---- session.c ---- */
enum sspi_status session_new(sspi_cred *, const struct sspi_session_params *, sspi_session **,
                             struct sspi_failure *);
void session_free(sspi_session *);
void failure_set(struct sspi_failure *, int error);
/* Ends the session: fills failure, and puts out the alert where `io` is given and one is due. */
enum sspi_status session_fail(sspi_session *, int error, struct sspi_io *io);
const struct sspi_failure *session_failure(sspi_session *);
static inline sspi_session *session_of(gnutls_session_t tls)
{
    return gnutls_session_get_ptr(tls);
}
/* A view of `len` bytes lent to a GnuTLS function that does not write through it. */
static inline gnutls_datum_t datum(const void *p, size_t len)
{
    union {
        const void *from;
        unsigned char *to;
    } cast = {p};
    return (gnutls_datum_t){cast.to, (unsigned)len};
}

/* ---- transport.c ---- */
void transport_set(sspi_session *);
int transport_flush(sspi_session *, struct sspi_io *); /* 0, or a GnuTLS error */

/* ---- hooks.c ---- */
void hooks_set(sspi_session *);
int client_certificate(gnutls_session_t, const struct gnutls_cert_retr_st *, gnutls_pcert_st **, unsigned *,
                       gnutls_ocsp_data_st **, unsigned *, gnutls_privkey_t *, unsigned *);

/* ---- handshake.c ---- */
enum sspi_status session_handshake(sspi_session *, struct sspi_io *);
enum sspi_status session_redo(sspi_session *, struct sspi_io *, int request_cert);
enum sspi_status session_set_credential(sspi_session *, sspi_cred *);
enum sspi_status handshake_step(sspi_session *, struct sspi_io *); /* io NULL: output is held */
enum sspi_status reauth_step(sspi_session *, struct sspi_io *);
bool redo_allowed(const sspi_session *);

/* ---- record.c ---- */
enum sspi_status session_seal(sspi_session *, struct sspi_record *);
enum sspi_status session_unseal(sspi_session *, struct sspi_record *);
enum sspi_status session_receive(sspi_session *, struct sspi_io *, uint8_t *out, size_t *len);
enum sspi_status session_shutdown(sspi_session *, struct sspi_io *);
enum sspi_status session_send_alert(sspi_session *, struct sspi_io *, int level, int code);
enum sspi_status session_key_update(sspi_session *, struct sspi_io *, int ask_peer);
int update_flush(sspi_session *); /* the KeyUpdate owed, alone; 0, or a GnuTLS error */

/* ---- lookahead.c ---- */
void ahead_secret(sspi_session *, const void *secret, size_t len);
/* 1: this record completes a CertificateRequest, so set a credential before feeding it; 0: feed it;
 * negative: a GnuTLS error. */
int ahead_open(sspi_session *, const uint8_t *record, size_t len);
void ahead_close(sspi_session *);
/* Keeps the CA names of a TLS 1.3 CertificateRequest's body. */
int issuers_keep(sspi_session *, const uint8_t *body, size_t len);
enum sspi_status session_issuer(sspi_session *, unsigned i, struct sspi_bytes *der);

/* ---- verify.c ---- */
int verify_peer(gnutls_session_t);                         /* certificate verify function */
int verify_ask(sspi_session *, bool resumed);              /* 0, or GNUTLS_E_CERTIFICATE_ERROR */
enum sspi_status chain_check(const struct sspi_chain_job *, struct sspi_chain_result *);
enum sspi_status signature_check(const struct sspi_signature *, int *good);

/* ---- password.c ---- */
enum sspi_status password_seal(const struct sspi_seal *);

/* ---- ticket.c ---- */
void tickets_load(void);
bool tickets_caps(void);
int tickets_key(sspi_session *, bool tls13); /* server, while the ClientHello is read */
bool tickets_wanted(const sspi_session *);
void tickets_off(sspi_session *);            /* before a renegotiation */
int ticket_use(sspi_session *, const sspi_ticket *);
sspi_ticket *ticket_take(sspi_session *, uint32_t *lifetime_s);
void ticket_free(sspi_ticket *);
enum sspi_status ticket_save(const sspi_ticket *, uint8_t *out, size_t cap, size_t *len);
enum sspi_status ticket_load(sspi_cred *, struct sspi_bytes, sspi_ticket **);

/* ---- describe.c ---- */
uint32_t plaintext_max(const sspi_session *); /* bytes one seal() takes */
enum sspi_status session_describe(sspi_session *, struct sspi_conn *);
enum sspi_status session_peer_cert(sspi_session *, unsigned i, struct sspi_bytes *der);
enum sspi_status session_export_keys(sspi_session *, const char *label, const struct sspi_bytes *context,
                                     uint8_t *out, size_t len);
enum sspi_status session_finished(sspi_session *, int of_client, uint8_t *out, size_t cap, size_t *len);

/* ---- dtls.c ---- */
/* 1: go on with the record; 0: it was answered or dropped. */
int cookie_check(sspi_session *, struct sspi_io *);
enum sspi_status session_resend(sspi_session *, struct sspi_io *, int *next_ms);
enum sspi_status session_set_mtu(sspi_session *, uint16_t mtu);

/* ---- provider.c, import.c, generate.c ---- */
enum sspi_status hash_parts(enum sspi_hash, const struct sspi_bytes *parts, unsigned count, uint8_t *out);
enum sspi_status cred_import(const struct sspi_import *, struct sspi_failure *);
enum sspi_status cred_generate(const struct sspi_newcert *, struct sspi_failure *);

#endif
