/* SPDX-License-Identifier: MIT
 *
 * A certificate that signs itself: a provider makes it (cred_generate), and the key where none is given. */
#include <config.h>

#include "core/cert/selfsign.h"

#include "core/cert/certificate.h"
#include "core/cert/container.h"
#include "core/cert/decode.h"
#include "core/provider.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <windows.h>

#define RSA_BITS 2048u
#define YEAR     (365 * 86400)

struct made {
    struct key *key;
    struct certificate_data *data;
    int failed;
};

static int take(void *ctx, enum sspi_item item, struct sspi_bytes der)
{
    struct made *m = ctx;
    int malformed;
    if (item == SSPI_ITEM_KEY && !m->key)
        m->failed |= !(m->key = key_new(KEY_PKCS8, der, &malformed));
    else if (item == SSPI_ITEM_LEAF && !m->data)
        m->failed |= !(m->data = certificate_data_new(der, &malformed));
    return m->failed ? -1 : 0;
}

/* The signature follows from the key; an algorithm asked for must not be weaker than what will be used. */
static int algorithm_fits(const CRYPT_ALGORITHM_IDENTIFIER *a)
{
    static const char *const fine[] = {szOID_RSA_SHA256RSA,   szOID_RSA_SHA384RSA, szOID_RSA_SHA512RSA,
                                       szOID_ECDSA_SHA256,    szOID_ECDSA_SHA384,  szOID_ECDSA_SHA512,
                                       szOID_ECDSA_SPECIFIED, szOID_RSA_SHA1RSA};
    if (!a || !a->pszObjId)
        return 1;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        if (!strcmp(fine[i], a->pszObjId))
            return 1;
    return 0;
}

static int64_t seconds_of(const SYSTEMTIME *t, int64_t otherwise)
{
    FILETIME f;
    return t && SystemTimeToFileTime(t, &f) ? filetime_seconds(f) : otherwise;
}

/* The key that the caller's handle or container stands for.  0 (*key NULL: one is to be made), or an error.
 */
static DWORD find_key(const struct selfsign *s, const char *container, struct key **key)
{
    *key = NULL;
    if (s->key)
        return (*key = handle_key(s->key)) ? ERROR_SUCCESS : (DWORD)NTE_BAD_KEYSET;
    if (container)
        *key = container_key(container);
    return ERROR_SUCCESS;
}

static DWORD generate(const struct selfsign *s, struct key *key, struct made *made)
{
    const struct provider *p;
    struct sspi_failure failure = {0};
    struct bytes extensions = {NULL, 0, 0};
    int64_t now = (int64_t)time(NULL);
    struct sspi_newcert job = {.size = sizeof job,
                               .type = SSPI_KEY_RSA,
                               .bits = RSA_BITS,
                               .subject = {s->subject->pbData, s->subject->cbData},
                               .not_before = seconds_of(s->start, now),
                               .sink = {made, take}};
    job.not_after = seconds_of(s->end, job.not_before + YEAR);
    if (key && key_kind(key, &job.type, &job.bits))
        return (DWORD)NTE_BAD_ALGID;
    if (job.not_after < job.not_before)
        return (DWORD)E_INVALIDARG;
    if (key)
        job.key = key->bytes;
    if (provider_select(NULL, SSPI_CAP_GENERATE, &p) != SEC_E_OK)
        return (DWORD)NTE_NOT_SUPPORTED;
    if (getrandom(job.serial, sizeof job.serial, 0) != (ssize_t)sizeof job.serial)
        return (DWORD)NTE_FAIL;
    job.serial[0] = (job.serial[0] & 0x3f) | 0x40; /* positive, and 20 octets */
    if (s->extensions && s->extensions->cExtension && encode_extensions(&extensions, s->extensions)) {
        bytes_free(&extensions);
        return (DWORD)E_INVALIDARG;
    }
    job.extensions = (struct sspi_bytes){extensions.ptr, extensions.len};
    enum sspi_status status = p->api.cred_generate(&job, &failure);
    bytes_free(&extensions);
    if (status == SSPI_OK && made->data && (key || made->key) && !made->failed)
        return ERROR_SUCCESS;
    return failure.why == SSPI_WHY_MEMORY ? (DWORD)E_OUTOFMEMORY : (DWORD)NTE_FAIL;
}

/* A Name that cannot be read is refused before a key is made for it. */
static int subject_is_name(const CERT_NAME_BLOB *subject)
{
    struct sspi_bytes in = {subject->pbData, subject->cbData}, body;
    return subject->pbData && !der_take(&in, DER_SEQUENCE, &body) && !in.len;
}

PCCERT_CONTEXT selfsign(const struct selfsign *s, unsigned bits)
{
    struct key *key = NULL;
    struct made made = {NULL, NULL, 0};
    struct certificate *c = NULL;
    char *container = NULL;
    int bad;
    DWORD error = ERROR_SUCCESS;
    if (!s->subject || !subject_is_name(s->subject) || s->flags & CERT_CREATE_SELFSIGN_NO_SIGN ||
        !algorithm_fits(s->algorithm))
        error = (DWORD)E_INVALIDARG;
    else if (s->info && s->info->pwszContainerName &&
             !(container = utf8_from_wide(s->info->pwszContainerName, bits, (size_t)-1, &bad)))
        error = (DWORD)E_OUTOFMEMORY;
    if (error == ERROR_SUCCESS)
        error = find_key(s, container, &key);
    if (error == ERROR_SUCCESS)
        error = generate(s, key, &made);
    if (error == ERROR_SUCCESS && !key && container && container_put(container, made.key, 1))
        error = (DWORD)E_OUTOFMEMORY;
    if (error == ERROR_SUCCESS && !(c = certificate_new(made.data, key ? key : made.key)))
        error = (DWORD)E_OUTOFMEMORY;
    if (c && s->info && !(s->flags & CERT_CREATE_SELFSIGN_NO_KEY_INFO))
        property_set(&c->shown, CERT_KEY_PROV_INFO_PROP_ID, 0, s->info, bits);
    certificate_data_drop(made.data);
    key_drop(made.key);
    key_drop(key);
    free(container);
    if (error != ERROR_SUCCESS)
        cert_fail(error);
    return c ? &c->shown : NULL;
}
