/* SPDX-License-Identifier: MIT
 *
 * core/cert/ocsp.h -- an OCSP answer about one certificate (RFC 6960), taken apart in place. */
#ifndef CORE_CERT_OCSP_H
#define CORE_CERT_OCSP_H

#include "core/cert/x509.h"

#define OCSP_SIGNERS 8u

struct ocsp { /* everything points into the answer */
    struct sspi_bytes to_be_signed, signature;
    struct x509_algorithm algorithm;
    struct sspi_bytes by_name, by_key; /* who signed: a whole Name, or the SHA-1 of a key; one is empty */
    struct sspi_bytes responses;       /* SingleResponses, one after another */
    struct sspi_bytes signer[OCSP_SIGNERS]; /* certificates that came along, whole */
    unsigned signer_count;
    int64_t produced;
    int strange; /* a critical extension */
};
struct ocsp_single {
    struct x509_algorithm hash;
    struct sspi_bytes name_hash, key_hash, serial;
    int status;                       /* 0 good, 1 revoked, 2 unknown */
    int64_t this_update, next_update; /* next_update 0: none said */
    int strange;
};

/* 0, or -1: not a successful basic answer. */
int ocsp_parse(struct sspi_bytes der, struct ocsp *);
int ocsp_single_next(struct sspi_bytes *responses, struct ocsp_single *);

#endif
