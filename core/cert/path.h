/* SPDX-License-Identifier: MIT
 *
 * core/cert/path.h -- from a leaf to a trust anchor: finds a path among candidates and says what is wrong
 * with it, certificate by certificate.  cert_judge and CertGetCertificateChain stand on it.
 *
 * The core judges everything but signatures, which are the provider's: signature_check has to find each good,
 * one by one, and what chain_check finds wrong with the whole counts too.  The rules, one for all providers
 * (revocation has its own: revocation.h):
 *
 * - time: every certificate, the anchor too
 *
 * - issuers: version 3 with CA:TRUE and, where keyUsage is there, keyCertSign; path lengths count what is not
 *   self-issued.  An anchor is trusted as given: it may be of version 1 or lack basicConstraints, but where it
 *   says CA:FALSE, no keyCertSign or a length, it means it
 *
 * - usage: an extendedKeyUsage, the anchor's too, must allow the purpose; anyExtendedKeyUsage does
 *
 * - names: name constraints of every issuer, the anchor too, hold for all below
 *
 * - critical: a critical extension that nobody judges refuses the path
 *
 * - strength: curves under 224 bits and DSA are refused, as is RSA under 2048 bits (an anchor's: 1024), and below
 *   the anchor signatures over MD2, MD5, SHA-1 and what has no name here.  (112 bits of strength is what NIST
 *   SP 800-57 asks and what Debian's OpenSSL enforces anyway; with one rule no provider is laxer than another.)
 *
 * The search is bounded in depth, in steps and in what it asks of the provider; a peer that sends more than
 * PATH_PEERS certificates has the rest ignored. */
#ifndef CORE_CERT_PATH_H
#define CORE_CERT_PATH_H

#include "core/cert/anchors.h"
#include "core/cert/x509.h"
#include "core/provider.h"

#define PATH_DEPTH 10u /* certificates in a path, leaf and anchor included */
#define PATH_PEERS 64u /* candidates that are looked at */

enum { /* faults of one certificate in a path */
       PATH_TIME = 1u << 0,
       PATH_SIGNATURE = 1u << 1,
       PATH_BASIC = 1u << 2,     /* not a CA, or a path length exceeded */
       PATH_KEY_USAGE = 1u << 3, /* keyUsage does not allow what it did */
       PATH_USAGE = 1u << 4,     /* extended key usage */
       PATH_NAMES = 1u << 5,     /* outside an issuer's name constraints */
       PATH_CRITICAL = 1u << 6,
       PATH_WEAK = 1u << 7,
       PATH_REVOKED = 1u << 8,
       PATH_REVOCATION_UNKNOWN = 1u << 9,
       PATH_OTHER = 1u << 10,
       PATH_UNTRUSTED = 1u << 11, /* on the last: no trust anchor */
       PATH_PARTIAL = 1u << 12,   /* on the last: its issuer was not found */
       PATH_DISTRUSTED = 1u << 13 /* refused by name, or an anchor for what it is no longer trusted for */
};

struct path_job {
    const struct provider *provider; /* that judges signatures */
    const struct cert_anchors *anchors;
    const struct x509 *peers; /* the leaf, then what may stand above it */
    unsigned peer_count;
    const struct sspi_bytes *crls;
    unsigned crl_count;
    struct sspi_bytes staple;
    const struct sspi_bytes *usages; /* contents of OIDs; none: any use */
    unsigned usage_count;
    int usage_or; /* one of them is enough; else all */
    int64_t time;
    enum { REVOCATION_NONE, REVOCATION_LEAF, REVOCATION_ALL } revocation; /* judge it */
    int host;       /* the leaf will be asked for a host's name, so its CN may have to speak for one */
};
struct path {
    unsigned count;
    const struct x509 *cert[PATH_DEPTH]; /* leaf first; of the job's peers or anchors */
    uint32_t fault[PATH_DEPTH];
    int anchored; /* the last is an anchor */
    uint32_t all; /* faults of all */
};

/* The best path there is: one without faults, else one that comes closest.  0: *out is a path (its `all` says
 * whether it is good); -1: no memory. */
int path_find(const struct path_job *, struct path *out);

/* The provider at hand (may be NULL) where it has chain_check and signature_check, else one that has them; NULL:
 * none. */
const struct provider *path_judge(const struct provider *at_hand);

/* Is its key one that an intermediate may have? */
int path_key_is_strong(const struct x509 *);

enum {
    PATH_SIGNATURE_UNTOLD = -1, /* of a kind that has no name here, or that the provider does not know */
    PATH_SIGNATURE_LOST = -2    /* nobody is there to ask, or the question failed */
};
/* Did `signer` sign `data`?  1 it did; 0 it did not, or by a key that counts for nothing; else one of these. */
int path_signature(const struct provider *, const struct x509 *signer, const struct x509_algorithm *,
                   struct sspi_bytes data, struct sspi_bytes signature);

/* Does `issuer` permit the names of `x` (RFC 5280 4.2.1.10)?  by_cn: the subject's CN may be taken for a host
 * where the SAN names none.  1 yes; 0 no, or it cannot be told; *budget: comparisons left, 0 is no. */
int constraints_permit(const struct x509 *issuer, const struct x509 *x, int by_cn, unsigned *budget);

#endif
