/* SPDX-License-Identifier: MIT
 *
 * A revocation list, taken apart in place. */
#include <config.h>

#include "core/cert/base64.h"
#include "core/cert/crl.h"

#include <stdlib.h>
#include <string.h>

#define CRL_MAX (16u << 20) /* octets of DER */

static int read_time(struct sspi_bytes *in, int64_t *out)
{
    struct sspi_bytes value;
    uint8_t tag;
    return der_next(in, &tag, &value, NULL) || der_time(tag, value, out) ? -1 : 0;
}

static int check_extensions(struct sspi_bytes in)
{
    struct x509_extension e;
    while (in.len)
        if (x509_extension_next(&in, &e))
            return -1;
    return 0;
}

int crl_entry_next(struct sspi_bytes *in, struct crl_entry *e)
{
    struct sspi_bytes body;
    return der_take(in, DER_SEQUENCE, &body) || der_take(&body, DER_INTEGER, &e->serial) ||
                   e->serial.len == 0 || read_time(&body, &e->date) ||
                   der_optional(&body, DER_SEQUENCE, &e->extensions) < 0 || body.len ||
                   check_extensions(e->extensions)
               ? -1
               : 0;
}

static int read_list(struct sspi_bytes in, struct crl *p)
{
    struct sspi_bytes value, wrapped;
    int found = der_optional(&in, DER_INTEGER, &value);
    if (found < 0 || (found && (der_unsigned(value, &p->version) || p->version != 1)) ||
        x509_algorithm_read(&in, &p->algorithm) || der_take_whole(&in, DER_SEQUENCE, &value, &p->issuer) ||
        read_time(&in, &p->this_update))
        return -1;
    if (in.len && (in.ptr[0] == DER_UTC_TIME || in.ptr[0] == DER_GENERAL_TIME) &&
        read_time(&in, &p->next_update))
        return -1;
    if (der_optional(&in, DER_SEQUENCE, &p->entries) < 0 ||
        (found = der_optional(&in, DER_CONTEXT_CONSTRUCTED(0), &wrapped)) < 0 ||
        (found && (der_take(&wrapped, DER_SEQUENCE, &p->extensions) || wrapped.len)) || in.len)
        return -1;
    for (value = p->entries; value.len;) {
        struct crl_entry e;
        if (crl_entry_next(&value, &e))
            return -1;
    }
    return check_extensions(p->extensions);
}

int crl_parse(struct sspi_bytes der, struct crl *p)
{
    struct sspi_bytes body, inner, bits;
    struct x509_algorithm outer;
    unsigned unused;
    memset(p, 0, sizeof *p);
    if (der.len > CRL_MAX || der_take(&der, DER_SEQUENCE, &body) || der.len ||
        der_take_whole(&body, DER_SEQUENCE, &inner, &p->to_be_signed) || x509_algorithm_read(&body, &outer) ||
        der_take(&body, DER_BIT_STRING, &bits) || body.len || der_bits(bits, &p->signature, &unused) || unused ||
        read_list(inner, p))
        return -1;
    return der_equal(outer.oid, p->algorithm.oid) && der_equal(outer.parameters, p->algorithm.parameters) ? 0 : -1;
}

uint8_t *crl_decode(struct sspi_bytes text, size_t *len, const char **why)
{
    struct pem_block block;
    uint8_t *der = NULL;
    *why = "no memory";
    if (text.len && text.ptr[0] == DER_SEQUENCE) {
        if ((der = malloc(text.len)))
            memcpy(der, text.ptr, *len = text.len);
        return der;
    }
    for (int found; (found = pem_next(&text, &block)) != 0;) {
        if (found < 0 || !pem_label_is(&block, "X509 CRL"))
            continue;
        if (!(der = malloc(BASE64_ROOM(block.body.len))) || !pem_decode(&block, der, len))
            return der;
        free(der);
        break;
    }
    *why = "no revocation list, neither PEM nor DER";
    return NULL;
}
