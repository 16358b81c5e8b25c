/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/judge.c -- chain_check: X509_verify_cert() on the one path that the core chose.  Every
 * fault is collected with the certificate it belongs to; what was not asked is not judged, and what could not
 * be is not reported as judged. */
#include <config.h>

#include "shared.h"

#include <openssl/ocsp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

#define PATH_MAX_COUNT 64u
#define REVOCATION     (SSPI_CHECK_REVOKED | SSPI_CHECK_REVOCATION_UNKNOWN)
#define JUDGED                                                                                               \
    (SSPI_CHECK_SIGNATURE | SSPI_CHECK_TIME | SSPI_CHECK_BASIC | SSPI_CHECK_NAMES | SSPI_CHECK_USAGE |       \
     REVOCATION | SSPI_CHECK_WEAK | SSPI_CHECK_CRITICAL)

static const struct {
    int error;
    uint32_t fault;
} faults[] = {
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, SSPI_CHECK_SIGNATURE},
    {X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, SSPI_CHECK_SIGNATURE},
    {X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, SSPI_CHECK_SIGNATURE},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, SSPI_CHECK_SIGNATURE},
    {X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH, SSPI_CHECK_SIGNATURE},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, SSPI_CHECK_SIGNATURE},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, SSPI_CHECK_SIGNATURE},
    {X509_V_ERR_CERT_NOT_YET_VALID, SSPI_CHECK_TIME},
    {X509_V_ERR_CERT_HAS_EXPIRED, SSPI_CHECK_TIME},
    {X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD, SSPI_CHECK_TIME},
    {X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD, SSPI_CHECK_TIME},
    {X509_V_ERR_INVALID_CA, SSPI_CHECK_BASIC},
    {X509_V_ERR_INVALID_NON_CA, SSPI_CHECK_BASIC},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, SSPI_CHECK_BASIC},
    {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, SSPI_CHECK_BASIC},
    {X509_V_ERR_PERMITTED_VIOLATION, SSPI_CHECK_NAMES},
    {X509_V_ERR_EXCLUDED_VIOLATION, SSPI_CHECK_NAMES},
    {X509_V_ERR_SUBTREE_MINMAX, SSPI_CHECK_NAMES},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, SSPI_CHECK_NAMES},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, SSPI_CHECK_NAMES},
    {X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, SSPI_CHECK_NAMES},
    {X509_V_ERR_INVALID_PURPOSE, SSPI_CHECK_USAGE},
    {X509_V_ERR_CERT_UNTRUSTED, SSPI_CHECK_USAGE},
    {X509_V_ERR_CERT_REJECTED, SSPI_CHECK_USAGE},
    {X509_V_ERR_CERT_REVOKED, SSPI_CHECK_REVOKED},
    {X509_V_ERR_UNABLE_TO_GET_CRL, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_CRL_SIGNATURE_FAILURE, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_CRL_NOT_YET_VALID, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_CRL_HAS_EXPIRED, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_DIFFERENT_CRL_SCOPE, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_CRL_PATH_VALIDATION_ERROR, SSPI_CHECK_REVOCATION_UNKNOWN},
    {X509_V_ERR_EE_KEY_TOO_SMALL, SSPI_CHECK_WEAK},
    {X509_V_ERR_CA_KEY_TOO_SMALL, SSPI_CHECK_WEAK},
    {X509_V_ERR_CA_MD_TOO_WEAK, SSPI_CHECK_WEAK},
    {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, SSPI_CHECK_CRITICAL},
};

struct trial {
    const struct sspi_chain_job *job;
    uint32_t *fault;
    int stopped;
};

static int collect(int good, X509_STORE_CTX *store)
{
    struct trial *t = X509_STORE_CTX_get_app_data(store);
    int error = X509_STORE_CTX_get_error(store), depth = X509_STORE_CTX_get_error_depth(store);
    uint32_t fault = SSPI_CHECK_OTHER;
    if (good)
        return 1;
    if (error == X509_V_ERR_OUT_OF_MEM) {
        t->stopped = 1;
        return 0;
    }
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (faults[i].error == error)
            fault = faults[i].fault;
    /* An anchor is trusted because it is one: nobody revokes it. */
    int last = (int)t->job->path_count - 1;
    if (depth == last && (fault & SSPI_CHECK_REVOCATION_UNKNOWN))
        return 1;
    if (depth < 0 || depth > last)
        depth = 0;
    t->fault[depth] |= fault;
    return 1;
}

static X509 *parse(struct sspi_bytes der)
{
    const unsigned char *at = der.ptr;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    if (x && at == der.ptr + der.len)
        return x;
    X509_free(x);
    return NULL;
}

static int purpose_of(const char *oid)
{
    static const struct {
        const char *oid;
        int purpose;
    } known[] = {{"1.3.6.1.5.5.7.3.1", X509_PURPOSE_SSL_SERVER},
                 {"1.3.6.1.5.5.7.3.2", X509_PURPOSE_SSL_CLIENT}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(oid, known[i].oid))
            return known[i].purpose;
    return 0;
}

/* An answer about the leaf, signed by its issuer or by whom the issuer named for it.  It speaks only while it
 * is current. */
static int staple_says(const struct sspi_chain_job *job, STACK_OF(X509) * path, X509_STORE *store)
{
    const unsigned char *at = job->staple.ptr;
    int status = -1, reason;
    ASN1_GENERALIZEDTIME *revoked, *from = NULL, *until = NULL;
    OCSP_RESPONSE *answer = d2i_OCSP_RESPONSE(NULL, &at, (long)job->staple.len);
    OCSP_BASICRESP *basic = answer ? OCSP_response_get1_basic(answer) : NULL;
    OCSP_CERTID *id =
        sk_X509_num(path) > 1 ? OCSP_cert_to_id(NULL, sk_X509_value(path, 0), sk_X509_value(path, 1)) : NULL;
    time_t now = (time_t)job->time;
    int current = basic && id && OCSP_basic_verify(basic, path, store, 0) == 1 &&
                  OCSP_resp_find_status(basic, id, &status, &reason, &revoked, &from, &until) == 1 && from &&
                  ASN1_TIME_cmp_time_t(from, now) <= 0 && (!until || ASN1_TIME_cmp_time_t(until, now) >= 0);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(answer);
    return current ? status : -1;
}

static void judge_staple(const struct sspi_chain_job *job, STACK_OF(X509) * path, X509_STORE *store,
                         uint32_t *fault)
{
    if (!job->staple.len)
        return;
    int status = staple_says(job, path, store);
    if (status == V_OCSP_CERTSTATUS_GOOD && !(fault[0] & SSPI_CHECK_REVOKED))
        fault[0] &= ~(uint32_t)SSPI_CHECK_REVOCATION_UNKNOWN;
    else if (status == V_OCSP_CERTSTATUS_REVOKED)
        fault[0] = (fault[0] & ~(uint32_t)SSPI_CHECK_REVOCATION_UNKNOWN) | SSPI_CHECK_REVOKED;
}

/* Did the library look at the very path it was given, and not at another that it found? */
static int same_path(const STACK_OF(X509) * built, const STACK_OF(X509) * path)
{
    int n = sk_X509_num(path);
    if (!built || sk_X509_num(built) != n)
        return 0;
    for (int i = 0; i < n; i++)
        if (X509_cmp(sk_X509_value(built, i), sk_X509_value(path, i)) != 0)
            return 0;
    return 1;
}

static int add_lists(X509_STORE *store, const struct sspi_chain_job *job)
{
    for (unsigned i = 0; i < job->crl_count; i++) {
        const unsigned char *at = job->crl[i].ptr;
        X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)job->crl[i].len);
        int good =
            !crl || X509_STORE_add_crl(store, crl); /* a broken list tells nothing: unknown, not an end */
        X509_CRL_free(crl);
        if (!good)
            return 0;
    }
    return 1;
}

static int prepare(X509_STORE_CTX *ctx, const struct sspi_chain_job *job, struct trial *t)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN; /* the last is trusted, self-signed or not */
    int purpose = (job->checks & SSPI_CHECK_USAGE) && job->usage_oid ? purpose_of(job->usage_oid) : 0;
    if (!X509_STORE_CTX_set_app_data(ctx, t))
        return 0;
    X509_STORE_CTX_set_verify_cb(ctx, collect);
    X509_VERIFY_PARAM_set_depth(param, PATH_MAX_COUNT);
    X509_VERIFY_PARAM_set_auth_level(param, job->checks & SSPI_CHECK_WEAK ? 1 : 0);
    X509_VERIFY_PARAM_set_time(param, (time_t)job->time);
    if (!(job->checks & SSPI_CHECK_TIME))
        flags |= X509_V_FLAG_NO_CHECK_TIME;
    if (job->checks & REVOCATION)
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
    X509_VERIFY_PARAM_set_flags(param, flags | X509_V_FLAG_TRUSTED_FIRST);
    return !purpose || X509_VERIFY_PARAM_set_purpose(param, purpose);
}

static enum sspi_status judge_path(const struct sspi_chain_job *job, struct sspi_chain_result *out,
                                   STACK_OF(X509) * path, X509_STORE *store, X509_STORE_CTX *ctx)
{
    struct trial t = {job, out->fault, 0};
    X509 *anchor = sk_X509_value(path, sk_X509_num(path) - 1);
    if (!X509_STORE_add_cert(store, anchor) || !add_lists(store, job) ||
        !X509_STORE_CTX_init(ctx, store, sk_X509_value(path, 0), path) || !prepare(ctx, job, &t))
        return SSPI_FAILED;
    int rc = X509_verify_cert(ctx);
    if (rc < 0 || t.stopped)
        return SSPI_FAILED;
    uint32_t judged = job->checks & JUDGED;
    if (!job->usage_oid || !purpose_of(job->usage_oid))
        judged &= ~(uint32_t)SSPI_CHECK_USAGE;
    if (!same_path(X509_STORE_CTX_get0_chain(ctx), path))
        out->fault[0] |= SSPI_CHECK_SIGNATURE;
    if (job->checks & REVOCATION)
        judge_staple(job, path, store, out->fault);
    for (unsigned i = 0; i < job->path_count; i++)
        out->fault[i] &= job->checks | SSPI_CHECK_SIGNATURE | SSPI_CHECK_CRITICAL | SSPI_CHECK_OTHER;
    out->judged = judged;
    return SSPI_OK;
}

/* What could not be looked at for want of memory must not pass for what was not there. */
int memory_failed(void)
{
    int failed = 0;
    for (unsigned long code; (code = ERR_get_error()) != 0;)
        failed |= ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
    return failed;
}

enum sspi_status judge_chain(const struct sspi_chain_job *job, struct sspi_chain_result *out)
{
    enum sspi_status status = SSPI_FAILED;
    STACK_OF(X509) *path = sk_X509_new_null();
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    int good = path && store && ctx && job->path_count && job->path_count <= PATH_MAX_COUNT;
    out->judged = 0;
    ERR_clear_error();
    for (unsigned i = 0; good && i < job->path_count; i++) {
        X509 *x = parse(job->path[i]);
        good = x && sk_X509_push(path, x);
        if (!good)
            X509_free(x);
    }
    if (good)
        status = judge_path(job, out, path, store, ctx);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    sk_X509_pop_free(path, X509_free);
    return memory_failed() ? SSPI_FAILED : status;
}
