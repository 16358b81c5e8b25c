/* SPDX-License-Identifier: MIT
 *
 * What a revocation list speaks for (RFC 5280 5.2.4, 5.2.5, 6.3.3). */
#include <config.h>

#include "core/cert/crl.h"

/* Is one of the list's names among those of the certificate's distribution points?  A point with reasons or
 * an issuer of its own is another list's. */
static int points_share(struct sspi_bytes points, struct sspi_bytes names)
{
    struct sspi_bytes point, wrapped, full, mine, yours, value;
    uint8_t tag;
    while (points.len) {
        if (der_take(&points, DER_SEQUENCE, &point) ||
            der_optional(&point, DER_CONTEXT_CONSTRUCTED(0), &wrapped) <= 0)
            return 0;
        if (point.len || der_optional(&wrapped, DER_CONTEXT_CONSTRUCTED(0), &full) <= 0)
            continue;
        while (full.len) {
            if (der_next(&full, &tag, &value, &mine))
                return 0;
            for (struct sspi_bytes rest = names; rest.len;)
                if (der_next(&rest, &tag, &value, &yours))
                    return 0;
                else if (der_equal(mine, yours))
                    return 1;
        }
    }
    return 0;
}

struct scope { /* IssuingDistributionPoint */
    struct sspi_bytes names;
    int named, flag[6]; /* by tag number */
};

static int read_scope(struct sspi_bytes in, struct scope *s)
{
    struct sspi_bytes body, value, full;
    uint8_t tag;
    if (der_take(&in, DER_SEQUENCE, &body) || in.len)
        return -1;
    while (body.len) {
        if (der_next(&body, &tag, &value, NULL))
            return -1;
        if (tag == DER_CONTEXT_CONSTRUCTED(0)) {
            s->named = 1;
            if (der_optional(&value, DER_CONTEXT_CONSTRUCTED(0), &full) > 0)
                s->names = full;
        } else if (tag == DER_CONTEXT(3)) {
            s->flag[3] = 1;
        } else if (tag < DER_CONTEXT(1) || tag > DER_CONTEXT(5) || der_boolean(value, &s->flag[tag & 7])) {
            return -1;
        }
    }
    return 0;
}

static enum crl_scope scope_for(struct sspi_bytes extension, const struct x509 *x)
{
    struct scope s = {.named = 0};
    int ca = (x->has & X509_IS_CA) != 0;
    if (read_scope(extension, &s) || s.flag[4] || s.flag[5]) /* others' certificates; attribute ones */
        return CRL_NOTHING;
    if ((s.flag[1] && ca) || (s.flag[2] && !ca) || s.flag[3] ||
        (s.named && !points_share(x->crl_points, s.names)))
        return CRL_PART;
    return CRL_WHOLE;
}

enum crl_scope crl_scope(const struct crl *list, const struct x509 *x)
{
    struct x509_extension e;
    enum crl_scope scope = CRL_WHOLE, here;
    for (struct sspi_bytes in = list->extensions; in.len;) {
        if (x509_extension_next(&in, &e))
            return CRL_NOTHING;
        if (der_oid_is(e.oid, OID_CRL_SCOPE))
            here = scope_for(e.value, x);
        else if (der_oid_is(e.oid, OID_CRL_DELTA))
            here = CRL_PART;
        else
            here = e.critical ? CRL_NOTHING : CRL_WHOLE;
        if (here < scope)
            scope = here;
    }
    return scope;
}

/* reasonCode removeFromCRL: a change of a list that takes an entry back. */
static int taken_back(struct sspi_bytes reason)
{
    return reason.len == 3 && reason.ptr[0] == 0x0a && reason.ptr[2] == 8;
}

/* 1: this entry says that the serial is revoked; 0: not; -1: it is of others' certificates, too.  *strange:
 * it holds something critical that may turn the meaning of other entries around (RFC 5280 5.3). */
static int entry_names(const struct crl_entry *entry, struct sspi_bytes serial, int *strange)
{
    struct x509_extension e;
    int hit = der_equal(entry->serial, serial);
    for (struct sspi_bytes more = entry->extensions; more.len;) {
        if (x509_extension_next(&more, &e) || der_oid_is(e.oid, OID_CRL_ENTRY_ISSUER))
            return -1;
        if (!der_oid_is(e.oid, OID_CRL_ENTRY_REASON))
            *strange |= e.critical;
        else if (taken_back(e.value))
            hit = 0;
    }
    return hit;
}

int crl_names(const struct crl *list, struct sspi_bytes serial)
{
    struct crl_entry entry;
    int named = 0, strange = 0;
    for (struct sspi_bytes in = list->entries; in.len;) {
        int hit = crl_entry_next(&in, &entry) ? -1 : entry_names(&entry, serial, &strange);
        if (hit < 0)
            return -1;
        named |= hit;
    }
    return named || !strange ? named : -1;
}
