/* SPDX-License-Identifier: MIT
 *
 * core/cert/limits.h -- what a distribution says about certificates besides "this is an anchor": the purposes
 * and names an anchor is trusted for, the day after which it is not, and the certificates that nobody may
 * use.  All immutable once made, counted; NULL stands for nothing said. */
#ifndef CORE_CERT_LIMITS_H
#define CORE_CERT_LIMITS_H

#include "core/cert/x509.h"

struct anchor_limits {
    unsigned references;      /* atomic */
    struct sspi_bytes usage;  /* OIDs, one after another: for these alone; ptr NULL: for any */
    struct sspi_bytes reject; /* OIDs: not for these */
    struct sspi_bytes names;  /* contents of NameConstraints; ptr NULL: none */
    int64_t distrust_after;   /* servers' certificates that begin later are refused; INT64_MAX: none */
    uint8_t bytes[];          /* where the above lie */
};
/* Copies what `from` says; NULL: no memory. */
struct anchor_limits *limits_new(const struct anchor_limits *from);
struct anchor_limits *limits_hold(struct anchor_limits *);
void limits_drop(struct anchor_limits *);
/* 1: an anchor with these limits may vouch for the purpose (contents of an OID). */
int limits_allow(const struct anchor_limits *, struct sspi_bytes purpose);
int limits_allow_tls(const struct anchor_limits *); /* servers or clients */

struct distrusted { /* a certificate fits when its DER, its issuer and serial, or its key does; empty: not
                       said */
    struct sspi_bytes der, issuer, serial, key_info;
};
struct distrust {
    unsigned references; /* atomic */
    unsigned count;
    struct distrusted *entry;
};
struct distrust *distrust_new(void);
struct distrust *distrust_hold(struct distrust *);
void distrust_drop(struct distrust *);
/* While it is being made: one more, copied.  0, or -1: no memory, or too many. */
int distrust_add(struct distrust *, const struct distrusted *);
int distrust_has(const struct distrust *, const struct x509 *);

/* What these hold against a path, as faults of its certificates (path.h); *budget: comparisons left. */
struct path_job;
struct path;
void limits_judge(const struct path_job *, struct path *, unsigned *budget);

#endif
