/* SPDX-License-Identifier: MIT
 * Any bytes as a revocation list and as an OCSP answer: what they say of a certificate must be what reading
 * them again says, and all of it lies inside. */
#include <config.h>

#include "core/cert/crl.h"
#include "core/cert/ocsp.h"

#include <string.h>

#include "t/fuzz/fuzz.h"

static int inside(struct sspi_bytes part, const uint8_t *data, size_t size)
{
    return !part.len || (part.ptr >= data && part.ptr + part.len <= data + size);
}

static void list_run(const uint8_t *data, size_t size)
{
    static const uint8_t serial[] = {0x10, 0x0d};
    struct x509 x = {.serial = {serial, sizeof serial}};
    struct crl list;
    struct crl_entry entry;
    if (crl_parse((struct sspi_bytes){data, size}, &list))
        return;
    must(inside(list.issuer, data, size) && inside(list.entries, data, size) &&
         inside(list.to_be_signed, data, size) && inside(list.signature, data, size));
    int named = 0, first = crl_names(&list, x.serial);
    for (struct sspi_bytes in = list.entries; in.len;) {
        must(!crl_entry_next(&in, &entry) && inside(entry.serial, data, size));
        named |= der_equal(entry.serial, x.serial);
    }
    must(first <= named); /* nobody is named who is not on it */
    must(crl_scope(&list, &x) <= CRL_WHOLE && crl_names(&list, x.serial) == first);
    x.has = X509_IS_CA;
    crl_scope(&list, &x);
    if (list.entries.len && !crl_entry_next(&(struct sspi_bytes){list.entries.ptr, list.entries.len}, &entry))
        must(crl_names(&list, entry.serial) <= 1);
}

static void answer_run(const uint8_t *data, size_t size)
{
    struct ocsp o;
    struct ocsp_single s;
    if (ocsp_parse((struct sspi_bytes){data, size}, &o))
        return;
    must(inside(o.to_be_signed, data, size) && inside(o.signature, data, size) &&
         inside(o.by_name, data, size) && inside(o.by_key, data, size) && o.signer_count <= OCSP_SIGNERS);
    must(!o.by_name.len != !o.by_key.len);
    for (unsigned i = 0; i < o.signer_count; i++)
        must(inside(o.signer[i], data, size));
    for (struct sspi_bytes in = o.responses; in.len;) {
        if (ocsp_single_next(&in, &s))
            return;
        must(s.status <= 2 && inside(s.serial, data, size) && inside(s.key_hash, data, size));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t len;
    const char *why = NULL;
    list_run(data, size);
    answer_run(data, size);
    uint8_t *der = crl_decode((struct sspi_bytes){data, size}, &len, &why);
    must(der || why);
    if (der)
        list_run(der, len);
    free(der);
    return 0;
}
