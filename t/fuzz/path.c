/* SPDX-License-Identifier: MIT
 * Certificates one behind the other, of which the last is trusted; every signature passes, so that the search
 * and the core's own judgement have to find what is wrong.  No path may be longer than allowed, hold a
 * certificate twice, or be good where its links are not. */
#include <config.h>

#include "core/cert/names.h"
#include "core/cert/path.h"
#include "core/cert/store.h"
#include "core/log.h"

#include <string.h>
#include <windows.h>

#include "t/fuzz/fuzz.h"

static enum sspi_status pass(const struct sspi_chain_job *job, struct sspi_chain_result *result)
{
    result->judged = job->checks;
    return SSPI_OK;
}

static void check(const struct path *p, const struct cert_anchors *anchors)
{
    must(p->count >= 1 && p->count <= PATH_DEPTH);
    for (unsigned i = 0; i + 1 < p->count; i++) {
        must(der_equal(p->cert[i]->issuer, p->cert[i + 1]->subject));
        for (unsigned j = i + 1; j < p->count; j++)
            must(!der_equal(p->cert[i]->subject, p->cert[j]->subject) ||
                 !der_equal(p->cert[i]->key_info, p->cert[j]->key_info));
    }
    if (p->all)
        return;
    must(p->anchored && anchors_hold(anchors, p->cert[p->count - 1]));
    for (unsigned i = 1; i + 1 < p->count; i++)
        must(p->cert[i]->version == 2 && p->cert[i]->has & X509_IS_CA);
    for (unsigned i = 0; i < p->count; i++)
        must(!(p->cert[i]->has & X509_UNKNOWN_CRITICAL));
}

static void run(const struct x509 *peers, unsigned count, HCERTSTORE roots)
{
    static const struct provider all_pass = {.name = "stub",
                                             .api = {.caps = SSPI_CAP_CHAIN, .chain_check = pass}};
    static const char usage[] = "\x2b\x06\x01\x05\x05\x07\x03\x01"; /* serverAuth */
    struct sspi_bytes oid = {(const uint8_t *)usage, sizeof usage - 1};
    struct cert_anchors *anchors = NULL;
    struct path found;
    if (cert_anchors_of_store(roots, &anchors) != SEC_E_OK)
        return;
    struct path_job job = {.provider = &all_pass,
                           .anchors = anchors,
                           .peers = peers,
                           .peer_count = count,
                           .usages = &oid,
                           .usage_count = 1,
                           .time = INT64_C(1800000000),
                           .host = 1};
    must(!path_find(&job, &found));
    check(&found, anchors);
    cert_anchors_release(anchors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct x509 peers[PATH_PEERS];
    unsigned count = 0;
    struct sspi_bytes in = {data, size}, value, whole = {NULL, 0};
    HCERTSTORE roots = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    log_set_target("none");
    while (count < PATH_PEERS && in.len && !der_take_whole(&in, DER_SEQUENCE, &value, &whole))
        count += !x509_parse(whole, &peers[count]);
    if (count && roots) {
        CertAddEncodedCertificateToStore(roots, X509_ASN_ENCODING, whole.ptr, (DWORD)whole.len,
                                         CERT_STORE_ADD_ALWAYS, NULL);
        run(peers, count, roots);
    }
    CertCloseStore(roots, 0);
    return 0;
}
