/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/ocsp.h"

#include <string.h>

#define DER_ENUMERATED 0x0a
#define OCSP_MAX       (64u << 10) /* octets: one answer and a few certificates */

static int read_time(struct sspi_bytes *in, int64_t *out)
{
    struct sspi_bytes value;
    return der_take(in, DER_GENERAL_TIME, &value) || der_time(DER_GENERAL_TIME, value, out) ? -1 : 0;
}

/* [1] EXPLICIT Extensions; *strange where one is critical: none is known here. */
static int read_extensions(struct sspi_bytes *in, int *strange)
{
    struct sspi_bytes wrapped, body;
    struct x509_extension e;
    int found = der_optional(in, DER_CONTEXT_CONSTRUCTED(1), &wrapped);
    if (found <= 0)
        return found;
    if (der_take(&wrapped, DER_SEQUENCE, &body) || wrapped.len)
        return -1;
    while (body.len) {
        if (x509_extension_next(&body, &e))
            return -1;
        *strange |= e.critical;
    }
    return 0;
}

int ocsp_single_next(struct sspi_bytes *in, struct ocsp_single *out)
{
    struct sspi_bytes body, id, value;
    uint8_t tag;
    memset(out, 0, sizeof *out);
    if (der_take(in, DER_SEQUENCE, &body) || der_take(&body, DER_SEQUENCE, &id) ||
        x509_algorithm_read(&id, &out->hash) || der_take(&id, DER_OCTET_STRING, &out->name_hash) ||
        der_take(&id, DER_OCTET_STRING, &out->key_hash) || der_take(&id, DER_INTEGER, &out->serial) ||
        id.len || der_next(&body, &tag, &value, NULL))
        return -1;
    if (tag != DER_CONTEXT(0) && tag != DER_CONTEXT_CONSTRUCTED(1) && tag != DER_CONTEXT(2))
        return -1;
    out->status = tag & 0x1f;
    if (read_time(&body, &out->this_update))
        return -1;
    int found = der_optional(&body, DER_CONTEXT_CONSTRUCTED(0), &value);
    if (found < 0 || (found && (read_time(&value, &out->next_update) || value.len)))
        return -1;
    return read_extensions(&body, &out->strange) || body.len ? -1 : 0;
}

static int read_data(struct sspi_bytes in, struct ocsp *o)
{
    struct sspi_bytes value, inner, number;
    unsigned version = 0;
    uint8_t tag;
    int found = der_optional(&in, DER_CONTEXT_CONSTRUCTED(0), &value);
    if (found < 0 || (found && (der_take(&value, DER_INTEGER, &number) || value.len ||
                                der_unsigned(number, &version) || version)))
        return -1;
    if (der_next(&in, &tag, &value, NULL))
        return -1;
    if (tag == DER_CONTEXT_CONSTRUCTED(1)) {
        if (der_take_whole(&value, DER_SEQUENCE, &inner, &o->by_name) || value.len)
            return -1;
    } else if (tag != DER_CONTEXT_CONSTRUCTED(2) || der_take(&value, DER_OCTET_STRING, &o->by_key) ||
               value.len || o->by_key.len != 20) {
        return -1;
    }
    if (read_time(&in, &o->produced) || der_take(&in, DER_SEQUENCE, &o->responses))
        return -1;
    return read_extensions(&in, &o->strange) || in.len ? -1 : 0;
}

static int read_basic(struct sspi_bytes in, struct ocsp *o)
{
    struct sspi_bytes body, data, bits, wrapped, list, one;
    unsigned unused;
    if (der_take(&in, DER_SEQUENCE, &body) || in.len ||
        der_take_whole(&body, DER_SEQUENCE, &data, &o->to_be_signed) || read_data(data, o) ||
        x509_algorithm_read(&body, &o->algorithm) || der_take(&body, DER_BIT_STRING, &bits) ||
        der_bits(bits, &o->signature, &unused) || unused)
        return -1;
    int found = der_optional(&body, DER_CONTEXT_CONSTRUCTED(0), &wrapped);
    if (found < 0 || body.len || (found && (der_take(&wrapped, DER_SEQUENCE, &list) || wrapped.len)))
        return -1;
    while (found && list.len && o->signer_count < OCSP_SIGNERS)
        if (der_take_whole(&list, DER_SEQUENCE, &one, &o->signer[o->signer_count++]))
            return -1;
    return 0;
}

int ocsp_parse(struct sspi_bytes in, struct ocsp *o)
{
    struct sspi_bytes body, value, wrapped, inner, oid;
    memset(o, 0, sizeof *o);
    if (in.len > OCSP_MAX || der_take(&in, DER_SEQUENCE, &body) || in.len ||
        der_take(&body, DER_ENUMERATED, &value) || value.len != 1 || value.ptr[0] != 0 ||
        der_take(&body, DER_CONTEXT_CONSTRUCTED(0), &wrapped) || body.len ||
        der_take(&wrapped, DER_SEQUENCE, &inner) || wrapped.len || der_take(&inner, DER_OID, &oid) ||
        !der_oid_is(oid, OID_OCSP_BASIC) || der_take(&inner, DER_OCTET_STRING, &value) || inner.len)
        return -1;
    return read_basic(value, o);
}
