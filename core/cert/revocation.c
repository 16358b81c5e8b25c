/* SPDX-License-Identifier: MIT
 *
 * What counts: a list of the certificate's issuer, signed with the issuer's key, by one that may sign lists.
 * Who is on it is revoked, however old the list is; that somebody is not on it counts only while it is
 * current and where it speaks for the certificate (crl_scope).  A stapled answer counts in the same way,
 * signed by the issuer or by whom the issuer certified for it.  SHA-1 counts for no signature. */
#include <config.h>

#include "core/cert/revocation.h"

#include "core/cert/crl.h"
#include "core/cert/lists.h"
#include "core/cert/ocsp.h"
#include "core/config.h"
#include "core/profile.h"

#include <string.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define SKEW           300            /* seconds that a clock may be behind */
#define STAPLE_AGE_MAX INT64_C(86400) /* of an answer that does not say until when it holds */
#define CHECKS_MAX     16u            /* signatures of lists that would say `good`, per certificate */

struct evidence {
    const struct path_job *job;
    const struct provider *provider; /* that checks signatures; NULL: none */
    const struct x509 *cert, *issuer;
    unsigned checks;
    int good, revoked, lost; /* lost: something at hand could not be judged */
};

int revocation_required(void)
{
    const char *why = "";
    const struct config *config = config_get(&why);
    if (!config)
        return 1;
    struct config_value value = config_package(config, "revocation"); /* the profile's, where none is set */
    return !value.text || strcmp(value.text, "available") != 0;
}

/* ---- signatures ---- */

/* 1 the signature is the key's; 0 it is not, or of a kind that does not count. */
static int signed_by(struct evidence *e, const struct x509 *signer, const struct x509_algorithm *algorithm,
                     struct sspi_bytes data, struct sspi_bytes signature)
{
    int good = path_signature(e->provider, signer, algorithm, data, signature);
    if (good == PATH_SIGNATURE_LOST)
        e->lost = 1;
    return good == 1;
}

/* ---- lists ---- */

static int is_current(const struct evidence *e, int64_t from, int64_t until)
{
    return from <= e->job->time + SKEW && until && e->job->time <= until;
}

static void weigh_list(struct evidence *e, const struct crl *list, const char *name)
{
    if (!der_equal(list->issuer, e->cert->issuer) ||
        (e->issuer->has & X509_USAGE && !(e->issuer->key_usage & X509_CRL_SIGN)))
        return;
    enum crl_scope scope = crl_scope(list, e->cert);
    int named = scope == CRL_NOTHING ? -1 : crl_names(list, e->cert->serial);
    if (named < 0) {
        log_info("%s: a revocation list that cannot be read as its issuer's alone tells nothing", name);
        return;
    }
    if (!named && (e->good || scope != CRL_WHOLE || !is_current(e, list->this_update, list->next_update) ||
                   e->checks++ >= CHECKS_MAX))
        return;
    if (!signed_by(e, e->issuer, &list->algorithm, list->to_be_signed, list->signature)) {
        log_info("%s: a revocation list that the issuer it names did not sign", name);
        return;
    }
    if (named)
        e->revoked = 1;
    else
        e->good = 1;
}

static void weigh_lists(struct evidence *e)
{
    struct crl list;
    unsigned first, count;
    for (unsigned i = 0; i < e->job->crl_count; i++)
        if (!crl_parse(e->job->crls[i], &list))
            weigh_list(e, &list, "in a store");
    struct lists *folder = lists_get();
    if (!folder)
        e->lost = 1;
    count = lists_named(folder, e->cert->issuer, &first);
    for (unsigned i = first; i < first + count; i++)
        weigh_list(e, &folder->file[i].crl, folder->file[i].name);
    lists_release(folder);
}

/* ---- a stapled answer ---- */

static int digest_is(struct evidence *e, const struct x509_algorithm *hash, struct sspi_bytes data,
                     struct sspi_bytes digest)
{
    static const struct {
        enum x509_hash is;
        enum sspi_hash hash;
        size_t len;
    } known[] = {{HASH_SHA1, SSPI_SHA1, 20},
                 {HASH_SHA256, SSPI_SHA256, 32},
                 {HASH_SHA384, SSPI_SHA384, 48},
                 {HASH_SHA512, SSPI_SHA512, 64}};
    enum x509_hash wanted = hash ? x509_hash_of(hash->oid) : HASH_SHA1;
    uint8_t out[64];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].is != wanted || known[i].len != digest.len)
            continue;
        if (!e->provider || e->provider->api.digest(known[i].hash, &data, 1, out) != SSPI_OK) {
            e->lost = 1;
            return 0;
        }
        return !memcmp(out, digest.ptr, digest.len);
    }
    return 0;
}

static int is_responder(struct evidence *e, const struct ocsp *o, const struct x509 *x)
{
    return o->by_name.len ? der_equal(o->by_name, x->subject) : digest_is(e, NULL, x->key, o->by_key);
}

/* Certified by the issuer for this very use (RFC 6960 4.2.2.2); anyExtendedKeyUsage is not that. */
static int is_delegate(struct evidence *e, const struct x509 *x)
{
    struct sspi_bytes oid;
    int meant = 0;
    for (struct sspi_bytes in = x->extended_usage; in.len && !der_take(&in, DER_OID, &oid);)
        meant |= der_oid_is(oid, OID_OCSP_SIGNING);
    return meant && !(x->has & X509_UNKNOWN_CRITICAL) && e->job->time >= x->not_before &&
           e->job->time <= x->not_after && der_equal(x->issuer, e->issuer->subject) &&
           (!(x->has & X509_USAGE) || x->key_usage & X509_DIGITAL_SIGNATURE) && path_key_is_strong(x) &&
           signed_by(e, e->issuer, &x->signature_algorithm, x->to_be_signed, x->signature);
}

static int is_authorised(struct evidence *e, const struct ocsp *o)
{
    struct x509 x;
    if (is_responder(e, o, e->issuer) &&
        signed_by(e, e->issuer, &o->algorithm, o->to_be_signed, o->signature))
        return 1;
    for (unsigned i = 0; i < o->signer_count; i++)
        if (!x509_parse(o->signer[i], &x) && is_responder(e, o, &x) && is_delegate(e, &x) &&
            signed_by(e, &x, &o->algorithm, o->to_be_signed, o->signature))
            return 1;
    return 0;
}

static int single_is_about(struct evidence *e, const struct ocsp_single *s)
{
    return der_equal(s->serial, e->cert->serial) &&
           digest_is(e, &s->hash, e->issuer->subject, s->name_hash) &&
           digest_is(e, &s->hash, e->issuer->key, s->key_hash);
}

static void weigh_staple(struct evidence *e)
{
    struct ocsp o;
    struct ocsp_single s;
    if (!e->job->staple.len)
        return;
    if (ocsp_parse(e->job->staple, &o)) {
        log_info("a stapled OCSP answer that cannot be read");
        return;
    }
    int good = 0, revoked = 0;
    for (struct sspi_bytes in = o.responses; in.len;) {
        if (ocsp_single_next(&in, &s))
            return;
        if (!single_is_about(e, &s))
            continue;
        int64_t until = s.next_update ? s.next_update : s.this_update + STAPLE_AGE_MAX;
        revoked |= s.status == 1;
        good |= s.status == 0 && !s.strange && !o.strange && is_current(e, s.this_update, until);
    }
    if (!good && !revoked)
        return;
    if (!is_authorised(e, &o))
        log_info("a stapled OCSP answer from one who may not speak for the issuer");
    else if (revoked)
        e->revoked = 1;
    else
        e->good = 1;
}

/* ---- a path ---- */

static const struct provider *checker(const struct provider *at_hand)
{
    const struct provider *other = NULL;
    if (at_hand && at_hand->api.caps & SSPI_CAP_SIGNATURE)
        return at_hand;
    return provider_select(NULL, SSPI_CAP_SIGNATURE, &other) == SEC_E_OK ? other : NULL;
}

void revocation_judge(const struct path_job *job, struct path *p)
{
    unsigned count = job->revocation == REVOCATION_LEAF ? 1 : p->count;
    struct evidence e = {.job = job, .provider = checker(job->provider)};
    for (unsigned i = 0; i < count; i++) {
        if (i + 1 == p->count) { /* an anchor is trusted because it is one; who is above the others? */
            if (!p->anchored && !x509_self_issued(p->cert[i]))
                p->fault[i] |= PATH_REVOCATION_UNKNOWN;
            break;
        }
        e.cert = p->cert[i];
        e.issuer = p->cert[i + 1];
        e.checks = 0;
        e.good = e.revoked = e.lost = 0;
        if (i == 0)
            weigh_staple(&e);
        weigh_lists(&e);
        p->fault[i] |= e.revoked ? PATH_REVOKED : e.lost ? PATH_OTHER : e.good ? 0 : PATH_REVOCATION_UNKNOWN;
    }
}

void revocation_settle(const struct path_job *job, struct path *p)
{
    if (!job->revocation || !(p->all & PATH_REVOCATION_UNKNOWN) || revocation_required())
        return;
    log_info("revocation was to be checked, and no list or staple at hand says anything");
    for (unsigned i = 0; i < p->count; i++)
        p->fault[i] &= ~(uint32_t)PATH_REVOCATION_UNKNOWN;
    p->all &= ~(uint32_t)PATH_REVOCATION_UNKNOWN;
}
