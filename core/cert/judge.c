/* SPDX-License-Identifier: MIT
 *
 * cert_judge: AUTO validation, the same for every provider. */
#include <config.h>

#include "core/cert/cert.h"

#include "core/cert/names.h"
#include "core/cert/path.h"
#include "core/cert/system.h"

#include <schannel.h>
#include <string.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define REVOCATION_CHAIN (SCH_CRED_REVOCATION_CHECK_CHAIN | SCH_CRED_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT)

/* What a fault is called, worst first, with the alert that belongs to it (RFC 8446 6.2). */
static const struct {
    uint32_t fault;
    enum sspi_why why;
    uint8_t alert;
    const char *words;
} verdicts[] = {
    {PATH_OTHER, SSPI_WHY_CERT_OTHER, 42, "the chain could not be judged"},
    {PATH_DISTRUSTED, SSPI_WHY_CERT_OTHER, 46, "a certificate is distrusted by name, on the machine's list"},
    {PATH_PARTIAL | PATH_UNTRUSTED, SSPI_WHY_CERT_UNTRUSTED, 48, "no path leads to a trust anchor"},
    /* before signatures: wolfSSL checks none where it does not understand the rest */
    {PATH_CRITICAL, SSPI_WHY_CERT_OTHER, 43, "a critical extension is not understood"},
    {PATH_SIGNATURE, SSPI_WHY_CERT_OTHER, 42, "a signature in the chain is not valid"},
    {PATH_REVOKED, SSPI_WHY_CERT_REVOKED, 44, "a certificate is revoked"},
    {PATH_BASIC, SSPI_WHY_CERT_OTHER, 42, "an issuer is no CA, or its path length is exceeded"},
    {PATH_NAMES, SSPI_WHY_CERT_OTHER, 42, "a name is outside its issuer's name constraints"},
    {PATH_WEAK, SSPI_WHY_CERT_OTHER, 42, "a key or a signature is too weak"},
    {PATH_TIME, SSPI_WHY_CERT_EXPIRED, 45, "a certificate is expired or not yet valid"},
    {PATH_USAGE, SSPI_WHY_CERT_USAGE, 43, "a certificate is not meant for this use"},
    {PATH_KEY_USAGE, SSPI_WHY_CERT_USAGE, 43, "a key usage does not allow what the key did"},
};

static int refuse(struct sspi_verdict *verdict, enum sspi_why why, uint8_t alert, const char *words)
{
    log_info("certificate refused: %s", words);
    *verdict = (struct sspi_verdict){why, alert};
    return -1;
}

static int refuse_path(const struct path *p, struct sspi_verdict *verdict)
{
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (p->all & verdicts[i].fault)
            return refuse(verdict, verdicts[i].why, verdicts[i].alert, verdicts[i].words);
    return refuse(verdict, SSPI_WHY_CERT_OTHER, 42, "a fault without a name");
}

const struct provider *path_judge(const struct provider *at_hand)
{
    const uint64_t judges = SSPI_CAP_CHAIN | SSPI_CAP_SIGNATURE;
    const struct provider *other = NULL;
    if (at_hand && (at_hand->api.caps & judges) == judges)
        return at_hand;
    return provider_select(NULL, judges, &other) == SEC_E_OK ? other : NULL;
}

/* D10: what a certificate's revocation is unknown for, and whether the caller minds. */
static int refuse_unknown(const struct path *p, ULONG flags, struct sspi_verdict *verdict)
{
    for (unsigned i = 0; i < p->count; i++) {
        int source = (p->cert[i]->has & X509_REVOCATION_SOURCE) != 0;
        if (!(p->fault[i] & PATH_REVOCATION_UNKNOWN) ||
            flags & (source ? SCH_CRED_IGNORE_REVOCATION_OFFLINE : SCH_CRED_IGNORE_NO_REVOCATION_CHECK))
            continue;
        return source ? refuse(verdict, SSPI_WHY_CERT_REVOCATION_OFFLINE, 46,
                               "no list or staple at hand tells whether a certificate is revoked")
                      : refuse(verdict, SSPI_WHY_CERT_NO_REVOCATION_CHECK, 46,
                               "a certificate names nobody who could tell whether it is revoked");
    }
    return 0;
}

/* What a peer left out, the system's CA may have. */
static unsigned add_intermediates(struct store *s, struct x509 *peers, unsigned count)
{
    unsigned before;
    do {
        before = count;
        for (struct certificate *c = store_next(s, NULL); c; c = store_next(s, c)) {
            int wanted = 0, there = 0;
            for (unsigned i = 0; i < count; i++) {
                wanted |= der_equal(peers[i].issuer, c->data->x.subject);
                there |= der_equal(peers[i].der, c->data->x.der);
            }
            if (wanted && !there && count < PATH_PEERS)
                peers[count++] = c->data->x;
        }
    } while (count != before);
    return count;
}

static int judge(const struct provider *provider, const struct sspi_chain *chain, struct store *more,
                 const struct cert_judgement *want, struct sspi_verdict *verdict);

int cert_judge(const struct provider *provider, const struct sspi_chain *chain,
               const struct cert_judgement *want, struct sspi_verdict *verdict)
{
    struct store *more = system_intermediates(); /* held while its certificates are looked at */
    int result = judge(provider, chain, more, want, verdict);
    store_release(more);
    return result;
}

static int judge(const struct provider *provider, const struct sspi_chain *chain, struct store *more,
                 const struct cert_judgement *want, struct sspi_verdict *verdict)
{
    struct x509 peers[PATH_PEERS];
    uint8_t usage[64];
    size_t usage_len = sizeof usage;
    struct sspi_bytes oid;
    struct path found;
    *verdict = (struct sspi_verdict){SSPI_WHY_CERT_OTHER, 42};
    if (chain->count == 0 || x509_parse(chain->cert[0], &peers[0]))
        return refuse(verdict, SSPI_WHY_CERT_OTHER, 42, "no certificate, or one that cannot be read");
    struct path_job job = {.provider = path_judge(provider),
                           .anchors = want->anchors,
                           .peers = peers,
                           .peer_count = 1,
                           .staple = chain->staple,
                           .time = want->time};
    for (unsigned i = 1; i < chain->count && job.peer_count < PATH_PEERS; i++)
        if (!x509_parse(chain->cert[i], &peers[job.peer_count]))
            job.peer_count++;
    if (more)
        job.peer_count = add_intermediates(more, peers, job.peer_count);
    if (want->usage_oid) {
        if (der_oid_octets(want->usage_oid, usage, &usage_len))
            return refuse(verdict, SSPI_WHY_CERT_OTHER, 42, "a usage that is no object identifier");
        oid = (struct sspi_bytes){usage, usage_len};
        job.usages = &oid;
        job.usage_count = 1;
    }
    job.host = want->server_name != NULL;
    if (want->anchors) {
        job.crls = want->anchors->crl;
        job.crl_count = want->anchors->crl_count;
    }
    job.revocation = want->flags & REVOCATION_CHAIN                     ? REVOCATION_ALL
                     : want->flags & SCH_CRED_REVOCATION_CHECK_END_CERT ? REVOCATION_LEAF
                                                                        : REVOCATION_NONE;
    if (path_find(&job, &found))
        return refuse(verdict, SSPI_WHY_MEMORY, 80, "no memory");
    if (found.all & ~(uint32_t)PATH_REVOCATION_UNKNOWN || !found.anchored)
        return refuse_path(&found, verdict);
    if (want->server_name && !names_match(&peers[0], want->server_name))
        return refuse(verdict, SSPI_WHY_CERT_NAME, 42, "it names another host");
    if (refuse_unknown(&found, want->flags, verdict))
        return -1;
    if (want->issuer)
        *want->issuer = found.count > 1 ? found.cert[1]->der : (struct sspi_bytes){NULL, 0};
    *verdict = (struct sspi_verdict){SSPI_WHY_NONE, 0};
    return 0;
}
