/* SPDX-License-Identifier: MIT
 *
 * The search for a path, and what the core holds against the certificates in it. */
#include <config.h>

#include "core/cert/path.h"

#include "core/cert/revocation.h"

#include <string.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define STEPS_MAX           400u    /* certificates tried as issuers */
#define TRIALS_MAX          24u     /* paths handed to the provider */
#define COMPARISONS_MAX     250000u /* names against constraints */
#define CANDIDATES_MAX      24u     /* issuers by that name */
#define RSA_BITS_MIN        2048
/* An old private root may still be in use, and is the administrator's choice. */
#define RSA_BITS_MIN_ANCHOR 1024
#define CURVE_BITS_MIN      224

struct search {
    const struct path_job *job;
    struct path at;   /* where the search stands */
    struct path best; /* of those that came to an end */
    unsigned best_badness, steps, trials, comparisons;
    int anchor[PATH_DEPTH]; /* of `at`: came from the anchors */
};

/* ---- one certificate ---- */

static uint32_t key_strength(const struct x509 *x, int anchor)
{
    int bits = x509_key_bits(x);
    if (der_oid_is(x->key_algorithm.oid, OID_RSA) || der_oid_is(x->key_algorithm.oid, OID_RSA_PSS))
        return bits < (anchor ? RSA_BITS_MIN_ANCHOR : RSA_BITS_MIN) ? PATH_WEAK : 0;
    if (der_oid_is(x->key_algorithm.oid, OID_EC))
        return bits < CURVE_BITS_MIN ? PATH_WEAK : 0;
    return bits <= 0 || der_oid_is(x->key_algorithm.oid, OID_DSA) ? PATH_WEAK
                                                                  : 0; /* 0: of no kind known here */
}

/* A kind of key or a curve that not every library knows: no signature by it counts, whoever can check it. */
static int is_odd_key(const struct x509 *x)
{
    return !der_oid_is(x->key_algorithm.oid, OID_RSA) && !der_oid_is(x->key_algorithm.oid, OID_RSA_PSS) &&
           key_strength(x, 1) != 0;
}

int path_key_is_strong(const struct x509 *x)
{
    return key_strength(x, 0) == 0;
}

/* What has no name here may be anything: OpenSSL knows signatures over RIPEMD-160, which are no better than
 * those over SHA-1. */
static uint32_t hash_strength(const struct x509 *x)
{
    return x509_signature_of(&x->signature_algorithm).hash < HASH_SHA224 ? PATH_WEAK : 0;
}

/* As the issuer of something; below: how many intermediates that are not self-issued stand under it. */
static uint32_t issuer_faults(const struct x509 *x, int anchor, unsigned below)
{
    uint32_t faults = 0;
    int says = (x->has & X509_BASIC) != 0;
    if ((says || !anchor) && !(x->has & X509_IS_CA))
        faults |= PATH_BASIC;
    if (x->subject.len <= 2) /* an issuer without a name (RFC 5280 4.1.2.4) would be everybody's */
        faults |= PATH_BASIC;
    if (x->has & X509_PATH_LENGTH && below > x->path_length)
        faults |= PATH_BASIC;
    if (x->has & X509_USAGE && !(x->key_usage & X509_CERT_SIGN))
        faults |= PATH_KEY_USAGE;
    return faults;
}

static int usage_allowed(const struct path_job *job, const struct x509 *x)
{
    unsigned allowed = 0;
    for (unsigned i = 0; i < job->usage_count; i++)
        allowed += x509_allows(x, job->usages[i]) != 0;
    return job->usage_or && job->usage_count ? allowed > 0 : allowed == job->usage_count;
}

static uint32_t own_faults(const struct path_job *job, const struct x509 *x, int anchor, int leaf)
{
    uint32_t faults = job->time < x->not_before || job->time > x->not_after ? PATH_TIME : 0;
    if (leaf && x->has & X509_USAGE &&
        !(x->key_usage & (X509_DIGITAL_SIGNATURE | X509_KEY_ENCIPHERMENT | X509_KEY_AGREEMENT)))
        faults |= PATH_KEY_USAGE;
    if (!usage_allowed(job, x))
        faults |= PATH_USAGE;
    if (x->has & X509_UNKNOWN_CRITICAL)
        faults |= PATH_CRITICAL;
    faults |= key_strength(x, anchor);
    return anchor ? faults : faults | hash_strength(x);
}

/* ---- a path that has come to an end ---- */

static void judge_names(struct search *s, struct path *p)
{
    for (unsigned i = 1; i < p->count; i++) {
        if (!(p->cert[i]->has & X509_NAMES))
            continue;
        for (unsigned j = 0; j < i; j++) /* self-issued ones may stand outside, save the leaf */
            if ((j == 0 || !x509_self_issued(p->cert[j])) &&
                !constraints_permit(p->cert[i], p->cert[j], j == 0 && s->job->host, &s->comparisons))
                p->fault[j] |= PATH_NAMES;
    }
}

static void judge_by_core(struct search *s, struct path *p)
{
    unsigned below = 0;
    for (unsigned i = 0; i < p->count; i++) {
        int anchor = p->anchored && i + 1 == p->count;
        p->fault[i] |= own_faults(s->job, p->cert[i], anchor, i == 0);
        if (i > 0)
            p->fault[i] |= issuer_faults(p->cert[i], anchor, below);
        if (i > 0 && is_odd_key(p->cert[i]))
            p->fault[i - 1] |= PATH_SIGNATURE;
        below += i > 0 && !x509_self_issued(p->cert[i]);
    }
    judge_names(s, p);
    limits_judge(s->job, p, &s->comparisons);
}

static uint32_t path_fault_of(uint32_t checks)
{
    static const struct {
        uint32_t check, fault;
    } same[] = {
        {SSPI_CHECK_SIGNATURE, PATH_SIGNATURE}, {SSPI_CHECK_TIME, PATH_TIME},
        {SSPI_CHECK_BASIC, PATH_BASIC},         {SSPI_CHECK_NAMES, PATH_NAMES},
        {SSPI_CHECK_USAGE, PATH_USAGE},         {SSPI_CHECK_REVOKED, PATH_REVOKED},
        {SSPI_CHECK_WEAK, PATH_WEAK},           {SSPI_CHECK_CRITICAL, PATH_CRITICAL},
        {SSPI_CHECK_OTHER, PATH_OTHER},         {SSPI_CHECK_REVOCATION_UNKNOWN, PATH_REVOCATION_UNKNOWN}};
    uint32_t faults = 0;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        if (checks & same[i].check)
            faults |= same[i].fault;
        checks &= ~same[i].check;
    }
    return checks ? faults | PATH_OTHER : faults;
}

/* One question to one provider about the path; what it judged.  Its faults are added to the path's. */
static uint32_t ask(const struct provider *provider, const struct path_job *job, struct path *p,
                    uint32_t checks)
{
    uint32_t fault[PATH_DEPTH] = {0};
    struct sspi_bytes der[PATH_DEPTH];
    for (unsigned i = 0; i < p->count; i++)
        der[i] = p->cert[i]->der;
    struct sspi_chain_job question = {
        .size = sizeof question, .checks = checks, .path = der, .path_count = p->count, .time = job->time};
    struct sspi_chain_result result = {.size = sizeof result, .fault = fault};
    if (!provider || !provider->api.chain_check || provider->api.chain_check(&question, &result) != SSPI_OK)
        return 0;
    for (unsigned i = 0; i < p->count; i++)
        p->fault[i] |= path_fault_of(fault[i]);
    return result.judged & checks;
}

static uint32_t all_faults(const struct path *p)
{
    uint32_t all = 0;
    for (unsigned i = 0; i < p->count; i++)
        all |= p->fault[i];
    return all;
}

int path_signature(const struct provider *provider, const struct x509 *signer,
                   const struct x509_algorithm *algorithm, struct sspi_bytes data,
                   struct sspi_bytes signature)
{
    int good = 0;
    struct sspi_signature question = {.size = sizeof question,
                                      .scheme = x509_scheme_of(algorithm, &signer->key_algorithm),
                                      .key = signer->key_info,
                                      .data = data,
                                      .signature = signature};
    if (is_odd_key(signer))
        return 0;
    if (!question.scheme)
        return PATH_SIGNATURE_UNTOLD;
    if (!provider || !provider->api.signature_check)
        return PATH_SIGNATURE_LOST;
    enum sspi_status status = provider->api.signature_check(&question, &good);
    return status == SSPI_OK            ? good == 1
           : status == SSPI_UNSUPPORTED ? PATH_SIGNATURE_UNTOLD
                                        : PATH_SIGNATURE_LOST;
}

/* The fault of the link between a certificate and its issuer, by its signature alone; a weak one is refused as
 * that, whether it can be told or not. */
static uint32_t link_fault(const struct provider *provider, const struct x509 *x, const struct x509 *issuer)
{
    int good = path_signature(provider, issuer, &x->signature_algorithm, x->to_be_signed, x->signature);
    if (good == 1 || (good == PATH_SIGNATURE_UNTOLD && hash_strength(x)))
        return 0;
    return good == PATH_SIGNATURE_LOST ? PATH_OTHER : PATH_SIGNATURE;
}

/* Each signature alone, and only a good one counts.  The library's walk over the whole path is asked last, of
 * what would be taken otherwise: it has few words, and stops where it understands no more (GnuTLS says of a
 * signature that is of another kind than the issuer's key that names are constrained), so beside a fault that
 * is known it says nothing.  What it refuses for no reason of ours stays; that it did not judge is a fault. */
static void judge_signatures(const struct path_job *job, struct path *p)
{
    for (unsigned i = 0; i < p->count; i++) {
        const struct x509 *x = p->cert[i], *issuer = i + 1 < p->count ? p->cert[i + 1] : x;
        if (issuer != x || (!p->anchored && x509_self_issued(x))) /* an anchor's own nobody asks for */
            p->fault[i] |= link_fault(job->provider, x, issuer);
    }
    if (!(all_faults(p) & ~(uint32_t)PATH_REVOCATION_UNKNOWN) &&
        !(ask(job->provider, job, p, SSPI_CHECK_SIGNATURE) & SSPI_CHECK_SIGNATURE))
        p->fault[0] |= PATH_OTHER;
}

/* Signatures, and revocation where it was asked. */
static void judge_by_provider(struct search *s, struct path *p)
{
    const struct path_job *job = s->job;
    if (p->count == 1 && p->anchored)
        return; /* the very certificate is trusted: nobody signed it for us, and nobody revokes it */
    judge_signatures(job, p);
    /* Also where only another fault is left: a policy may pass over that one. */
    if (job->revocation && !(all_faults(p) & (PATH_SIGNATURE | PATH_OTHER)))
        revocation_judge(job, p);
}

/* Lower is better: a path whose one fault is a date is a better answer than one to nowhere. */
static unsigned badness(const struct path *p)
{
    unsigned bad = 0;
    for (uint32_t rest = p->all & ~(uint32_t)PATH_REVOCATION_UNKNOWN; rest; rest &= rest - 1)
        bad++;
    if (p->all & PATH_PARTIAL)
        bad += 400;
    if (p->all & PATH_UNTRUSTED)
        bad += 200;
    if (p->all & (PATH_SIGNATURE | PATH_OTHER))
        bad += 100;
    return bad;
}

/* 1: this path is good, the search is over. */
static int finish(struct search *s, int anchored, uint32_t last_fault)
{
    struct path p = s->at;
    p.anchored = anchored;
    p.fault[p.count - 1] |= last_fault;
    judge_by_core(s, &p);
    p.all = all_faults(&p);
    /* The provider is asked about what may be the answer only. */
    if (badness(&p) < s->best_badness && s->trials < TRIALS_MAX) {
        s->trials++;
        judge_by_provider(s, &p);
        p.all = all_faults(&p);
        if (badness(&p) < s->best_badness) {
            s->best = p;
            s->best_badness = badness(&p);
        }
    }
    return s->best_badness == 0;
}

/* ---- the search ---- */

struct candidate {
    const struct x509 *x;
    int anchor, rank; /* higher first */
};

/* An issuer that says it has another key than the one asked for comes last: identifiers are hints. */
static int rank_of(const struct x509 *child, const struct x509 *x, int anchor, int64_t time)
{
    int rank = anchor ? 8 : 0;
    if (child->has & X509_AUTHORITY && x->has & X509_KEY_IDENTIFIER)
        rank += der_equal(child->authority_key_identifier, x->key_identifier) ? 4 : -16;
    return rank + (time >= x->not_before && time <= x->not_after ? 2 : 0);
}

static void insert(struct candidate *list, unsigned *count, struct candidate c)
{
    unsigned at = *count < CANDIDATES_MAX ? (*count)++ : CANDIDATES_MAX - 1;
    if (at == CANDIDATES_MAX - 1 && list[at].x && list[at].rank >= c.rank)
        return;
    for (; at > 0 && list[at - 1].rank < c.rank; at--)
        list[at] = list[at - 1];
    list[at] = c;
}

static unsigned candidates_of(const struct search *s, const struct x509 *child, struct candidate *list)
{
    const struct path_job *job = s->job;
    unsigned count = 0, first, named = job->anchors ? anchors_named(job->anchors, child->issuer, &first) : 0;
    memset(list, 0, CANDIDATES_MAX * sizeof *list);
    for (unsigned i = 0; i < named; i++) {
        const struct x509 *x = &job->anchors->anchor[first + i].data->x;
        insert(list, &count, (struct candidate){x, 1, rank_of(child, x, 1, job->time)});
    }
    for (unsigned i = 1; i < job->peer_count; i++) {
        const struct x509 *x = &job->peers[i];
        if (der_equal(x->subject, child->issuer))
            insert(list, &count, (struct candidate){x, 0, rank_of(child, x, 0, job->time)});
    }
    return count;
}

/* A name with a key comes once: with it twice, what lies between is a loop (RFC 4158 2.4.1). */
static int in_path(const struct path *p, const struct x509 *x)
{
    for (unsigned i = 0; i < p->count; i++)
        if (der_equal(p->cert[i]->subject, x->subject) && der_equal(p->cert[i]->key_info, x->key_info))
            return 1;
    return 0;
}

/* Goes on from the path's last certificate; 1: found. */
static int extend(struct search *s)
{
    struct candidate list[CANDIDATES_MAX];
    const struct x509 *last = s->at.cert[s->at.count - 1];
    if (s->job->anchors && anchors_hold(s->job->anchors, last) && finish(s, 1, 0))
        return 1;
    if (s->anchor[s->at.count - 1]) /* nothing is asked of who is above an anchor */
        return 0;
    unsigned count = candidates_of(s, last, list), gone = 0;
    for (unsigned i = 0; i < count && s->at.count < PATH_DEPTH; i++) {
        if (in_path(&s->at, list[i].x))
            continue;
        if (s->steps++ >= STEPS_MAX)
            return 0;
        gone++;
        s->anchor[s->at.count] = list[i].anchor;
        s->at.cert[s->at.count++] = list[i].x;
        int found = extend(s);
        s->at.count--;
        if (found)
            return 1;
    }
    /* A dead end is an answer only while there is no better one; a certificate that signed itself is a root,
     * if not one to trust. */
    if (gone == 0)
        return finish(s, 0, PATH_UNTRUSTED | (x509_self_issued(last) ? 0 : PATH_PARTIAL));
    return 0;
}

int path_find(const struct path_job *job, struct path *out)
{
    struct search s = {.job = job, .best_badness = UINT32_MAX, .comparisons = COMPARISONS_MAX};
    s.at.count = 1;
    s.at.cert[0] = &job->peers[0];
    if (!extend(&s) && s.steps >= STEPS_MAX)
        log_warning("no path found among %u certificates within %u steps", job->peer_count, STEPS_MAX);
    if (s.best.count == 0) { /* every end was out of reach: too deep, or too many tries */
        s.best = s.at;
        s.best.count = 1;
        s.best.fault[0] = PATH_UNTRUSTED | PATH_PARTIAL;
        s.best.all = s.best.fault[0];
    }
    revocation_settle(job, &s.best);
    *out = s.best;
    return 0;
}
