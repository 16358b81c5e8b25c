/* SPDX-License-Identifier: MIT
 * t/lies/certificate.c -- lies about chains. */
#include "lies.h"

static enum sspi_status chain_check(const struct sspi_chain_job *job, struct sspi_chain_result *result)
{
    struct sspi_chain_job other = *job;
    if (lie == LIE_chain_fails)
        return SSPI_FAILED;
    if (lie == LIE_chain_signatures)
        other.checks &= ~(uint32_t)SSPI_CHECK_SIGNATURE;
    enum sspi_status status = lies_inner->chain_check(&other, result);
    if (lie == LIE_chain_signatures) {
        result->judged |= job->checks & SSPI_CHECK_SIGNATURE;
        for (unsigned i = 0; i < job->path_count; i++)
            result->fault[i] &= ~(uint32_t)SSPI_CHECK_SIGNATURE;
    }
    if (lie == LIE_chain_accuses && job->path_count)
        result->fault[0] |= SSPI_CHECK_WEAK;
    return status;
}

static enum sspi_status signature_check(const struct sspi_signature *signature, int *good)
{
    enum sspi_status status = lies_inner->signature_check(signature, good);
    if (status == SSPI_OK && lie == LIE_chain_signatures)
        *good = 1;
    if (lie == LIE_signature_denied)
        *good = 0;
    return status;
}

void lies_certificates(struct sspi_provider *mine)
{
    if (mine->chain_check)
        mine->chain_check = chain_check;
    if (mine->signature_check)
        mine->signature_check = signature_check;
}
