/* SPDX-License-Identifier: MIT
 *
 * core/cert/cert.h -- what the rest of the core needs of certificates.  The exported Cert* functions are
 * declared in wincrypt.h; a PCCERT_CONTEXT that did not come from this library is told by its address
 * (registered contexts) and never read through. */
#ifndef CORE_CERT_CERT_H
#define CORE_CERT_CERT_H

#include "core/provider.h"

#include <opensspi/provider.h>
#include <wincrypt.h>

struct cert_identity {        /* what a credential captures of a PCCERT_CONTEXT at Acquire (K17) */
    struct sspi_bytes *chain; /* leaf, then the intermediates its hCertStore can supply, root left out */
    unsigned chain_count;
    struct sspi_bytes key; /* PKCS#8 DER, or a pkcs11: URI as core/cert/token.h leaves it; empty: no private key */
    struct sspi_bytes pin;
    struct sspi_bytes staple; /* CERT_OCSP_RESPONSE_PROP_ID: what a server staples; empty: none */
};
/* SEC_E_UNKNOWN_CREDENTIALS: not a context of ours, or malformed (W14).  SEC_E_NO_CREDENTIALS: no private
 * key (W15).  SEC_E_INSUFFICIENT_MEMORY.  Free with cert_identity_free, which wipes the key. */
SECURITY_STATUS cert_identity(PCCERT_CONTEXT certificate, struct cert_identity *out);
/* The same of a certificate in a system store that paCred names by its SHA-1: format SCH_CRED_FORMAT_CERT_HASH*,
 * a store's name in units of `bits`.  SEC_E_UNKNOWN_CREDENTIALS: malformed, or there is none. */
SECURITY_STATUS cert_identity_by_hash(const void *credential, DWORD format, unsigned bits,
                                      struct cert_identity *out);
void cert_identity_free(struct cert_identity *);

/* Does the leaf name `host` (SAN, then CN; exact before wildcard, D6)?  0 no, 1 wildcard, 2 exact. */
int cert_names_host(struct sspi_bytes leaf, const char *host);
/* Signature schemes the leaf's key can sign with: 0-ended, best first. */
size_t cert_schemes(struct sspi_bytes leaf, const uint16_t **schemes);
/* notAfter as FILETIME ticks (100 ns since 1601), UTC; 0 where malformed. */
uint64_t cert_not_after(struct sspi_bytes der);
/* Signature hash of the certificate, as tls-server-end-point wants it (RFC 5929 4.1). */
enum sspi_hash cert_endpoint_hash(struct sspi_bytes der);

/* A context for the peer's leaf whose writable memory store holds every certificate it sent, leaf first,
 * the same pointer when enumerated (W53, K37); NULL: malformed leaf or no memory. */
PCCERT_CONTEXT cert_from_chain(const struct sspi_bytes *chain, unsigned count);

/* Public keys in terms of KEY_INFO and CIPHER_INFO. */
struct cert_key_facts {
    const char *name;  /* "RSA", "ECDSA", "Ed25519" */
    uint32_t sign_alg; /* CALG_RSA_SIGN, CALG_ECDSA, ... */
    unsigned bits;
};
int cert_key_facts(struct sspi_bytes leaf, struct cert_key_facts *); /* 0, or -1 malformed */

/* Trust anchors: those of a store, or the distribution's.  Counted; shared by contexts. */
struct cert_anchors;
SECURITY_STATUS cert_anchors_of_store(HCERTSTORE root_store, struct cert_anchors **out);
struct cert_anchors *cert_anchors_system(void); /* cached; NULL: none could be read (a log line says why) */
void cert_anchors_release(struct cert_anchors *);
const struct sspi_bytes *cert_anchors_der(const struct cert_anchors *, unsigned *count);

struct cert_judgement { /* what AUTO validation asks (D16, K38) */
    const struct cert_anchors *anchors;
    const char *server_name; /* host name or IP address literal the leaf must carry; NULL: not checked */
    const char *usage_oid;   /* serverAuth or clientAuth EKU */
    int64_t time;            /* Unix seconds */
    ULONG flags;             /* SCH_CRED_REVOCATION_*, SCH_CRED_IGNORE_* */
    struct sspi_bytes *issuer; /* where good: what stands above the leaf in the path, lent by the chain and the
                                * anchors; empty: nothing.  NULL: not asked */
};
/* Builds a path from what the peer sent to an anchor (bounded), has the provider's chain_check judge it,
 * judges names, dates, CA bit, path length and usage itself.  Never a false accept: what was asked and nobody
 * judged is a refusal. 0: good; -1: *verdict says why (CERT_*) with the alert. */
int cert_judge(const struct provider *, const struct sspi_chain *, const struct cert_judgement *,
               struct sspi_verdict *);

#endif
