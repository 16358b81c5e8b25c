/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/chain.c -- chain_check: signatures, one step at a time, and revocation by CRL.
 *
 * The library's own X509_verify_cert has accepted forged chains, so it is never asked.  Each certificate's
 * signature is checked against the very next one's key and nothing else; what needs the clock, a usage or
 * constraints is left to the core, and so is a staple.  CRLs are judged by a certificate manager that knows
 * one issuer, and by the machine's clock alone: for another time they are not judged. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <wolfssl/wolfcrypt/asn.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REVOCATION (SSPI_CHECK_REVOKED | SSPI_CHECK_REVOCATION_UNKNOWN)

static int signed_by(const struct sspi_bytes *cert, const struct sspi_bytes *issuer)
{
    WOLFSSL_X509 *x509 = issuer->len <= INT32_MAX ? wolfSSL_X509_d2i(NULL, issuer->ptr, (int)issuer->len) : NULL;
    int size = 0, good = 0;
    if (x509 && cert->len <= INT32_MAX &&
        wolfSSL_X509_get_pubkey_buffer(x509, NULL, &size) == WOLFSSL_SUCCESS && size > 0) {
        unsigned char *key = malloc((size_t)size);
        if (key && wolfSSL_X509_get_pubkey_buffer(x509, key, &size) == WOLFSSL_SUCCESS)
            good = wc_CheckCertSigPubKey(cert->ptr, (word32)cert->len, NULL, key, (word32)size,
                                         wolfSSL_X509_get_pubkey_type(x509)) == 0;
        free(key);
    }
    wolfSSL_X509_free(x509);
    return good;
}

static uint32_t revoked(const struct sspi_chain_job *job, const struct sspi_bytes *cert,
                        const struct sspi_bytes *issuer)
{
    uint32_t fault = SSPI_CHECK_REVOCATION_UNKNOWN;
    WOLFSSL_CERT_MANAGER *cm = wolfSSL_CertManagerNew();
    unsigned loaded = 0;
    if (cm && wolfSSL_CertManagerLoadCABuffer(cm, issuer->ptr, (long)issuer->len, WOLFSSL_FILETYPE_ASN1) ==
                  WOLFSSL_SUCCESS &&
        wolfSSL_CertManagerEnableCRL(cm, WOLFSSL_CRL_CHECK) == WOLFSSL_SUCCESS) {
        for (unsigned i = 0; i < job->crl_count; i++) /* those of other issuers do not load */
            loaded += wolfSSL_CertManagerLoadCRLBuffer(cm, job->crl[i].ptr, (long)job->crl[i].len,
                                                       WOLFSSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS;
        int rc = loaded ? wolfSSL_CertManagerCheckCRL(cm, (unsigned char *)(uintptr_t)cert->ptr, (int)cert->len)
                        : CRL_MISSING;
        fault = rc == WOLFSSL_SUCCESS    ? 0
                : rc == CRL_CERT_REVOKED ? SSPI_CHECK_REVOKED
                                         : SSPI_CHECK_REVOCATION_UNKNOWN;
    }
    wolfSSL_CertManagerFree(cm);
    return fault;
}

enum sspi_status wolf_chain_check(const struct sspi_chain_job *job, struct sspi_chain_result *result)
{
    int64_t now = (int64_t)time(NULL);
    result->judged = 0;
    if (!job->path_count || !job->path)
        return SSPI_FAILED;
    wolf_thread();
    result->judged = job->checks & SSPI_CHECK_SIGNATURE;
    if (job->time > now - 300 && job->time < now + 300 && !job->staple.len)
        result->judged |= job->checks & REVOCATION;
    for (unsigned i = 0; i + 1 < job->path_count; i++) { /* the anchor is trusted as it stands */
        if ((result->judged & SSPI_CHECK_SIGNATURE) && !signed_by(&job->path[i], &job->path[i + 1]))
            result->fault[i] |= SSPI_CHECK_SIGNATURE;
        if (result->judged & REVOCATION)
            result->fault[i] |= revoked(job, &job->path[i], &job->path[i + 1]) & job->checks;
    }
    return SSPI_OK;
}
