/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/verify.c -- handing the peer's chain to the core, and judging one path for it.
 *
 * The path is judged link by link, each certificate against the next one alone: GnuTLS's own walk over a
 * chain sorts it, and leaves out what it can do without, so that it may judge another path than this. */
#include <config.h>

#include "state.h"

#include <gnutls/ocsp.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- inside the handshake ---- */

int verify_ask(sspi_session *s, bool resumed)
{
    unsigned count = 0;
    const gnutls_datum_t *peers = gnutls_certificate_get_peers(s->tls, &count);
    gnutls_datum_t staple = {NULL, 0};
    s->verdict = (struct sspi_verdict){SSPI_WHY_CERT_OTHER, 0};
    if (!CORE_HAS(verify))
        return GNUTLS_E_CERTIFICATE_ERROR;
    count = peers ? count : 0;
    struct sspi_bytes *certs = calloc(count + 1u, sizeof *certs);
    if (!certs) {
        s->verdict = (struct sspi_verdict){SSPI_WHY_MEMORY, 80};
        return GNUTLS_E_CERTIFICATE_ERROR;
    }
    for (unsigned i = 0; i < count; i++)
        certs[i] = (struct sspi_bytes){peers[i].data, peers[i].size};
    struct sspi_chain chain = {.size = sizeof chain, .count = count, .cert = certs, .resumed = resumed};
    if (s->ask_staple && !resumed && gnutls_ocsp_status_request_get2(s->tls, 0, &staple) == 0)
        chain.staple = (struct sspi_bytes){staple.data, staple.size};
    int verdict = core->verify(s->owner, &chain, &s->verdict);
    free(certs);
    s->verified = verdict == 0;
    if (verdict == 0)
        return 0;
    if (s->verdict.why == SSPI_WHY_NONE)
        s->verdict.why = SSPI_WHY_CERT_OTHER;
    return GNUTLS_E_CERTIFICATE_ERROR;
}

int verify_peer(gnutls_session_t tls)
{
    sspi_session *s = session_of(tls);
    unsigned count = 0;
    if (!s->verify)
        return 0;
    if (s->server && !gnutls_certificate_get_peers(tls, &count))
        return 0; /* none was shown; completed() knows whether one had to be */
    return verify_ask(s, false);
}

/* ---- one finished path ---- */

struct path {
    gnutls_x509_crt_t cert[16];
    unsigned count;
};

/* What GnuTLS finds, and whose fault it is: the certificate's, or its issuer's. */
static const struct fault {
    unsigned status;
    uint32_t check;
    unsigned whose;
} faults[] = {
    {GNUTLS_CERT_SIGNATURE_FAILURE | GNUTLS_CERT_SIGNER_NOT_FOUND, SSPI_CHECK_SIGNATURE, 0},
    {GNUTLS_CERT_SIGNER_NOT_CA, SSPI_CHECK_BASIC, 1},
    {GNUTLS_CERT_INSECURE_ALGORITHM, SSPI_CHECK_WEAK, 0},
    {GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS, SSPI_CHECK_CRITICAL, 0},
};

/* Name constraints are reported where GnuTLS finds fault, and not among what was judged: it compares names
 * by case (until 3.8.13), link by link. */
#define JUDGED                                                                                                         \
    (SSPI_CHECK_SIGNATURE | SSPI_CHECK_BASIC | SSPI_CHECK_USAGE | SSPI_CHECK_REVOKED | SSPI_CHECK_REVOCATION_UNKNOWN | \
     SSPI_CHECK_WEAK | SSPI_CHECK_CRITICAL)
#define TIMELESS (GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS)

/* GnuTLS has one word for an issuer that may not sign certificates and for a name it may not sign. */
static bool may_sign(gnutls_x509_crt_t issuer)
{
    unsigned usage, critical;
    return gnutls_x509_crt_get_key_usage(issuer, &usage, &critical) < 0 || usage & GNUTLS_KEY_KEY_CERT_SIGN;
}

/* For a signature that is of another kind than the issuer's key it has the word for a violated constraint, and
 * for an algorithm that it does not know none. */
static bool may_be_by(gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer)
{
    int sign = gnutls_x509_crt_get_signature_algorithm(cert), key = gnutls_x509_crt_get_pk_algorithm(issuer, NULL);
    return sign > 0 && key > 0 &&
           gnutls_sign_supports_pk_algorithm((gnutls_sign_algorithm_t)sign, (gnutls_pk_algorithm_t)key);
}

static void judge_link(const struct path *p, unsigned i, uint32_t checks, uint32_t *fault)
{
    unsigned status = 0, known = GNUTLS_CERT_INVALID | GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE;
    unsigned flags = TIMELESS | GNUTLS_VERIFY_DISABLE_CRL_CHECKS;
    if (i + 2 < p->count) /* an anchor may be of version 1, nothing else may */
        flags |= GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT;
    if (!(checks & SSPI_CHECK_WEAK))
        flags |= GNUTLS_VERIFY_ALLOW_BROKEN;
    if (gnutls_x509_crt_equals(p->cert[i], p->cert[i + 1]) || /* would pass as trusted */
        !may_be_by(p->cert[i], p->cert[i + 1]) ||
        gnutls_x509_crt_verify(p->cert[i], &p->cert[i + 1], 1, flags, &status) < 0) {
        fault[i] |= SSPI_CHECK_SIGNATURE | SSPI_CHECK_OTHER;
        return;
    }
    for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++) {
        known |= faults[f].status;
        if (status & faults[f].status)
            fault[i + faults[f].whose] |= faults[f].check;
    }
    if (status & GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE)
        fault[may_sign(p->cert[i + 1]) ? i : i + 1] |= may_sign(p->cert[i + 1]) ? SSPI_CHECK_NAMES : SSPI_CHECK_BASIC;
    if (status & ~known || status == GNUTLS_CERT_INVALID)
        fault[i] |= SSPI_CHECK_OTHER;
}

static bool self_issued(gnutls_x509_crt_t cert)
{
    return gnutls_x509_crt_check_issuer(cert, cert) != 0;
}

/* RFC 5280 4.2.1.9: how many intermediate certificates may stand below each CA. */
static void judge_lengths(const struct path *p, uint32_t *fault)
{
    int below = 0;
    for (unsigned i = 1; i < p->count; i++) {
        unsigned critical, ca;
        int limit = -1;
        if (gnutls_x509_crt_get_basic_constraints(p->cert[i], &critical, &ca, &limit) >= 0 && limit >= 0 &&
            below > limit)
            fault[i] |= SSPI_CHECK_BASIC;
        below += !self_issued(p->cert[i]);
    }
}

static bool staple_is_good(const struct sspi_chain_job *job, const struct path *p, uint32_t *fault)
{
    gnutls_ocsp_resp_t resp;
    gnutls_datum_t der = datum(job->staple.ptr, job->staple.len);
    unsigned verify = 0, status = GNUTLS_OCSP_CERT_UNKNOWN;
    time_t from = (time_t)-1, until = (time_t)-1;
    bool known = false;
    if (!job->staple.len || p->count < 2 || gnutls_ocsp_resp_init(&resp) < 0)
        return false;
    if (gnutls_ocsp_resp_import(resp, &der) >= 0 && gnutls_ocsp_resp_check_crt(resp, 0, p->cert[0]) >= 0 &&
        gnutls_ocsp_resp_verify_direct(resp, p->cert[1], &verify, TIMELESS) >= 0 && verify == 0 &&
        gnutls_ocsp_resp_get_single(resp, 0, NULL, NULL, NULL, NULL, &status, &from, &until, NULL, NULL) >= 0 &&
        from != (time_t)-1 && from <= job->time && (until == (time_t)-1 || job->time <= until)) {
        if (status == GNUTLS_OCSP_CERT_REVOKED)
            *fault |= SSPI_CHECK_REVOKED;
        known = status == GNUTLS_OCSP_CERT_GOOD || status == GNUTLS_OCSP_CERT_REVOKED;
    }
    gnutls_ocsp_resp_deinit(resp);
    return known;
}

/* Lists of this issuer only, in time, and signed by it. */
static bool list_applies(gnutls_x509_crl_t crl, gnutls_x509_crt_t issuer, int64_t now)
{
    unsigned status = 0;
    time_t from = gnutls_x509_crl_get_this_update(crl), until = gnutls_x509_crl_get_next_update(crl);
    return gnutls_x509_crl_check_issuer(crl, issuer) && from != (time_t)-1 && from <= now &&
           (until == (time_t)-1 || now <= until) &&
           gnutls_x509_crl_verify(crl, &issuer, 1, TIMELESS, &status) >= 0 && status == 0;
}

/* A list of part of the certificates, or of the changes, says nothing about the rest. */
static bool list_is_whole(gnutls_x509_crl_t crl)
{
    char oid[64];
    unsigned critical;
    size_t len = sizeof oid;
    for (unsigned i = 0; gnutls_x509_crl_get_extension_info(crl, i, oid, &len, &critical) >= 0; i++, len = sizeof oid)
        if (critical || strcmp(oid, "2.5.29.27") == 0)
            return false;
    return true;
}

static int judge_revocation(const struct sspi_chain_job *job, const struct path *p, uint32_t *fault)
{
    gnutls_x509_crl_t *crl = calloc(job->crl_count + 1u, sizeof *crl);
    if (!crl)
        return GNUTLS_E_MEMORY_ERROR;
    for (unsigned c = 0; c < job->crl_count; c++) {
        gnutls_datum_t der = datum(job->crl[c].ptr, job->crl[c].len);
        if (gnutls_x509_crl_init(&crl[c]) >= 0 && gnutls_x509_crl_import(crl[c], &der, GNUTLS_X509_FMT_DER) < 0) {
            gnutls_x509_crl_deinit(crl[c]);
            crl[c] = NULL;
        }
    }
    for (unsigned i = 0; i + 1 < p->count; i++) {
        bool known = i == 0 && staple_is_good(job, p, &fault[0]);
        for (unsigned c = 0; c < job->crl_count; c++)
            if (crl[c] && list_applies(crl[c], p->cert[i + 1], job->time)) {
                if (gnutls_x509_crt_check_revocation(p->cert[i], &crl[c], 1) != 0)
                    fault[i] |= SSPI_CHECK_REVOKED;
                known |= list_is_whole(crl[c]);
            }
        if (!known && !(fault[i] & SSPI_CHECK_REVOKED))
            fault[i] |= SSPI_CHECK_REVOCATION_UNKNOWN;
    }
    for (unsigned c = 0; c < job->crl_count; c++)
        if (crl[c])
            gnutls_x509_crl_deinit(crl[c]);
    free(crl);
    return 0;
}

static int path_load(struct path *p, const struct sspi_chain_job *job)
{
    int ret = 0;
    if (!job->path_count || job->path_count > sizeof p->cert / sizeof p->cert[0])
        return GNUTLS_E_INVALID_REQUEST;
    for (unsigned i = 0; ret >= 0 && i < job->path_count; i++) {
        gnutls_datum_t der = datum(job->path[i].ptr, job->path[i].len);
        ret = gnutls_x509_crt_init(&p->cert[i]);
        if (ret < 0)
            break;
        p->count = i + 1;
        ret = gnutls_x509_crt_import(p->cert[i], &der, GNUTLS_X509_FMT_DER);
    }
    return ret;
}

enum sspi_status chain_check(const struct sspi_chain_job *from, struct sspi_chain_result *result)
{
    struct sspi_chain_job job = {0};
    struct path p = {.count = 0};
    memcpy(&job, from, from->size < sizeof job ? from->size : sizeof job);
    result->judged = 0;
    int ret = path_load(&p, &job);
    if (ret >= 0) {
        const uint32_t revocation = SSPI_CHECK_REVOKED | SSPI_CHECK_REVOCATION_UNKNOWN;
        uint32_t judged = job.checks & JUDGED & ~(job.usage_oid ? 0u : (uint32_t)SSPI_CHECK_USAGE);
        for (unsigned i = 0; i + 1 < p.count; i++)
            judge_link(&p, i, job.checks, result->fault);
        if (job.checks & SSPI_CHECK_BASIC)
            judge_lengths(&p, result->fault);
        if (judged & SSPI_CHECK_USAGE)
            for (unsigned i = 0; i == 0 || i + 1 < p.count; i++)
                if (!gnutls_x509_crt_check_key_purpose(p.cert[i], job.usage_oid, 0))
                    result->fault[i] |= SSPI_CHECK_USAGE;
        if (job.checks & revocation && (ret = judge_revocation(&job, &p, result->fault)) < 0)
            judged &= ~revocation;
        /* What was not asked for is no fault, except what has no name: that is never passed over. */
        for (unsigned i = 0; i < p.count; i++)
            result->fault[i] &= job.checks | SSPI_CHECK_OTHER;
        result->judged = judged;
    }
    while (p.count)
        gnutls_x509_crt_deinit(p.cert[--p.count]);
    return ret < 0 ? SSPI_FAILED : SSPI_OK;
}
