/* SPDX-License-Identifier: MIT
 *
 * t/provider-kit.h -- a conformance kit for providers on <opensspi/provider.h> alone: loads modules with
 * dlopen, without the core, and pairs two sessions over memory.  What the contract's comments promise of
 * every call is checked in the kit itself, in each call of each test; a broken promise is a fault, and a test
 * passes when its own conditions hold and no fault was counted since the last one (kit_ok). */
#ifndef T_PROVIDER_KIT_H
#define T_PROVIDER_KIT_H

#include <opensspi/provider.h>

#include "t/tap.h"

#include <stdint.h>

#define KIT_MODULES 8u

struct kit_module {
    const char *name;
    const struct sspi_provider *api;
    uint64_t caps;
};
extern struct kit_module kit_modules[KIT_MODULES];
extern unsigned kit_module_count;

/* Loads every module in $PROVIDERS; a module that does not load is a failed test.  0: nothing to test. */
unsigned kit_load(void);

/* ---- faults ---- */
extern unsigned kit_faults;
void kit_fault(const char *fmt, ...) SSPI_PRINTF(1, 2);
/* Passes when cond holds and no fault was counted since the last kit_ok. */
void kit_ok(int cond, const char *fmt, ...) SSPI_PRINTF(2, 3);

int kit_done(void); /* the plan; what main() returns (tap.h counts per file, so only the kit counts) */
void kit_skip(const char *reason, const char *fmt, ...) SSPI_PRINTF(2, 3);

/* ---- certificates: t/pki, read as DER ---- */
struct kit_identity {
    struct sspi_bytes chain[8];
    unsigned count;
    struct sspi_bytes key;
};
/* NAME-chain.pem and NAME.key of t/pki, read once and kept.  NULL name gives an empty identity. */
const struct kit_identity *kit_identity(const char *name);
/* Every block of a PEM file with this label; kept.  Returns how many. */
unsigned kit_pem(const char *file, const char *label, struct sspi_bytes *out, unsigned room);
struct sspi_bytes kit_file(const char *file); /* a file of t/pki, whole; kept */

/* ---- ends ---- */
struct kit_setup {               /* zero is a plain TLS handshake of server-ecdsa without anything */
    uint32_t protocols;          /* 0: TLS 1.2 and 1.3 */
    uint32_t server_protocols;   /* 0: the same */
    uint32_t session_protocols;  /* narrower than the credentials'; 0: the same */
    const char *server_identity; /* NULL: server-ecdsa; "": none */
    const char *client_identity; /* NULL: none */
    const uint16_t *suites, *groups, *signatures; /* NULL: the kit's */
    const char *policy;
    const char *anchors; /* PEM file of the server's anchors */
    const char *sni;
    struct sspi_bytes client_alpn, server_alpn;
    int client_verify, server_verify, request_cert;
    struct sspi_bytes ca_names;
    uint8_t tickets;
    int renegotiation, ask_staple, keylog;
    struct sspi_bytes staple, client_srtp, server_srtp;
    struct sspi_bytes psk_identity, psk;
    uint16_t mtu;
    struct sspi_bytes cookie_peer;
    uint8_t policy_digest[32];
    const sspi_ticket *resume;
    int free_resume;                      /* as soon as session_new() has returned */
    sspi_cred *client_cred, *server_cred; /* used instead of making one; the caller's */
};
struct kit_end {
    const struct kit_module *m;
    sspi_cred *cred;
    sspi_session *s;
    int server, datagram, own_cred;
    uint16_t version, suite; /* once done */
    /* Output that the peer has not had: records (DTLS: datagrams) in a row. */
    uint8_t *out;
    size_t out_len, out_at, out_room;
    size_t flight[64]; /* DTLS: sizes of the datagrams waiting */
    unsigned flights, emitted, datagrams;
    size_t largest; /* datagram */
    int emit_fails; /* the next emit() says no memory */
    /* How it stands. */
    enum sspi_status status; /* of the last call */
    int done, failed;
    uint32_t events; /* gathered; the test clears them */
    /* What verify() does and saw. */
    int refuse, refuse_resumed, refuse_staple;
    struct sspi_verdict verdict;
    unsigned asked, asked_resumed, chain_count, tickets; /* calls with SSPI_EVENT_TICKET */
    struct sspi_bytes leaf;                              /* a copy */
    uint8_t staple[4096];
    size_t staple_len;
    /* Ticket keys: index 0 encrypts, the rest are older. */
    struct sspi_ticket_key keys[3];
    unsigned key_count, keys_asked;
    /* Key log. */
    char lines[32][256];
    unsigned line_count;
    struct sspi_bytes psk_identity, psk;
    char psk_asked[256];
};
struct kit_pair {
    struct kit_end c, s;
};

/* Makes credentials and sessions.  0, or -1 with a fault counted (kit_start_quiet: without one; status in
 * .status). */
int kit_start(struct kit_pair *, const struct kit_module *client, const struct kit_module *server,
              const struct kit_setup *);
enum sspi_status kit_cred(const struct kit_module *, int server, const struct kit_setup *, sspi_cred **,
                          struct sspi_failure *);
void kit_stop(struct kit_pair *);
/* Runs the handshake until nothing moves.  1: both done. */
int kit_run(struct kit_pair *);
/* Moves everything that waits, either way, until nothing moves. */
void kit_settle(struct kit_pair *);
/* kit_start, kit_run; a fault where it does not complete. */
int kit_connect(struct kit_pair *, const struct kit_module *, const struct kit_module *,
                const struct kit_setup *);

/* ---- single calls, each checked ---- */
enum sspi_status kit_shake(struct kit_end *, const uint8_t *record, size_t len);
/* The next record waiting in `from` (DTLS: the next record of its next datagram) into a fresh block of
 * exactly its size. */
uint8_t *kit_take(struct kit_end *from, size_t *len);
/* Gives one record to where the core would: handshake() or unseal(). */
enum sspi_status kit_feed(struct kit_end *to, const uint8_t *record, size_t len);
/* Seals into a fresh block; split: three blocks, then joined. */
enum sspi_status kit_seal(struct kit_end *, const void *plain, size_t len, int split, uint8_t **record,
                          size_t *record_len);
/* Opens a copy; plaintext in out (room as large as the record). */
enum sspi_status kit_unseal(struct kit_end *, const uint8_t *record, size_t record_len, uint8_t *out,
                            size_t *out_len, uint32_t *events);
/* Seals at one end, opens at the other, compares.  1: equal. */
int kit_send(struct kit_end *from, struct kit_end *to, const void *plain, size_t len);
int kit_both_ways(struct kit_pair *); /* a few sizes, both directions */
enum sspi_status kit_shutdown(struct kit_end *);
enum sspi_status kit_key_update(struct kit_end *, int ask_peer);
enum sspi_status kit_redo(struct kit_end *, int request_cert);
enum sspi_status kit_resend(struct kit_end *, int *next_ms);
const struct sspi_failure *kit_failure(struct kit_end *);
/* Header and largest trailer of a record (D3); 0: not known. */
int kit_sizes(uint16_t version, uint16_t suite, size_t *header, size_t *trailer);
struct sspi_conn kit_describe(struct kit_end *);

const char *kit_version_name(uint32_t protocol);
struct sspi_bytes kit_text(const char *);      /* the bytes of a string */
struct sspi_bytes kit_alpn(const char *names); /* "h2,http/1.1" as an RFC 7301 list; kept */

/* Runs f for every client and server pair of modules, once per protocol in {TLS 1.2, TLS 1.3} that both
 * speak. */
void kit_pairs(void (*f)(const struct kit_module *, const struct kit_module *, uint32_t protocol));
/* The same, each module with itself. */
void kit_each(void (*f)(const struct kit_module *, uint32_t protocol));

#endif
