/* SPDX-License-Identifier: MIT
 *
 * What a certificate encodes, as CERT_INFO shows it. */
#include <config.h>

#include "core/cert/certificate.h"

#include "core/provider.h"

#include <stdlib.h>
#include <string.h>

#define EPOCH_GAP       INT64_C(11644473600) /* seconds from 1601 to 1970 */
#define CERTIFICATE_MAX (1u << 20)           /* octets of DER */

uint64_t filetime_ticks(int64_t unix_seconds)
{
    return unix_seconds < -EPOCH_GAP ? 0 : (uint64_t)(unix_seconds + EPOCH_GAP) * 10000000u;
}

FILETIME filetime_of(int64_t unix_seconds)
{
    uint64_t ticks = filetime_ticks(unix_seconds);
    return (FILETIME){(DWORD)ticks, (DWORD)(ticks >> 32)};
}

int64_t filetime_seconds(FILETIME f)
{
    return (int64_t)(((uint64_t)f.dwHighDateTime << 32 | f.dwLowDateTime) / 10000000u) - EPOCH_GAP;
}

static CRYPT_DATA_BLOB blob_of(struct sspi_bytes b)
{
    return (CRYPT_DATA_BLOB){(DWORD)b.len, (BYTE *)(uintptr_t)b.ptr};
}

static CRYPT_BIT_BLOB bits_of(struct sspi_bytes contents)
{
    struct sspi_bytes octets;
    unsigned unused;
    if (contents.len == 0 || der_bits(contents, &octets, &unused))
        return (CRYPT_BIT_BLOB){0, NULL, 0};
    return (CRYPT_BIT_BLOB){(DWORD)octets.len, (BYTE *)(uintptr_t)octets.ptr, unused};
}

/* Dotted text of an identifier never needs more: an octet gives at most three digits and a dot, the first
 * one arc more. */
static size_t text_room(struct sspi_bytes oid)
{
    return 4 * oid.len + 8;
}

static char *put_oid(char **at, struct sspi_bytes oid)
{
    char *text = *at;
    if (der_oid_text(oid, text, text_room(oid)))
        text[0] = 0; /* an arc beyond 64 bits: shown as none, known to nobody */
    *at += strlen(text) + 1;
    return text;
}

static size_t strings_room(const struct x509 *x)
{
    struct x509_extension e;
    size_t room = text_room(x->signature_algorithm.oid) + text_room(x->key_algorithm.oid);
    for (struct sspi_bytes in = x->extensions; in.len && !x509_extension_next(&in, &e);)
        room += text_room(e.oid);
    return room;
}

static void fill(CERT_INFO *info, const struct x509 *x, CERT_EXTENSION *extensions, char *strings,
                 BYTE *serial)
{
    struct x509_extension e;
    DWORD n = 0;
    for (size_t i = 0; i < x->serial.len; i++) /* Windows keeps integers with the lowest octet first */
        serial[i] = x->serial.ptr[x->serial.len - 1 - i];
    info->dwVersion = x->version;
    info->SerialNumber = (CRYPT_INTEGER_BLOB){(DWORD)x->serial.len, serial};
    info->SignatureAlgorithm.pszObjId = put_oid(&strings, x->signature_algorithm.oid);
    info->SignatureAlgorithm.Parameters = blob_of(x->signature_algorithm.parameters);
    info->Issuer = blob_of(x->issuer);
    info->NotBefore = filetime_of(x->not_before);
    info->NotAfter = filetime_of(x->not_after);
    info->Subject = blob_of(x->subject);
    info->SubjectPublicKeyInfo.Algorithm.pszObjId = put_oid(&strings, x->key_algorithm.oid);
    info->SubjectPublicKeyInfo.Algorithm.Parameters = blob_of(x->key_algorithm.parameters);
    info->SubjectPublicKeyInfo.PublicKey =
        (CRYPT_BIT_BLOB){(DWORD)x->key.len, (BYTE *)(uintptr_t)x->key.ptr, 0};
    info->IssuerUniqueId = bits_of(x->issuer_id);
    info->SubjectUniqueId = bits_of(x->subject_id);
    for (struct sspi_bytes in = x->extensions; in.len && !x509_extension_next(&in, &e); n++)
        extensions[n] = (CERT_EXTENSION){put_oid(&strings, e.oid), e.critical, blob_of(e.value)};
    info->cExtension = n;
    info->rgExtension = n ? extensions : NULL;
}

struct certificate_data *certificate_data_new(struct sspi_bytes der, int *malformed)
{
    struct x509 x;
    *malformed = 1;
    if (der.len > CERTIFICATE_MAX || x509_parse(der, &x))
        return NULL;
    *malformed = 0;
    size_t head = (sizeof(struct certificate_data) + 15) & ~(size_t)15;
    size_t table = x.extension_count * sizeof(CERT_EXTENSION);
    size_t strings = strings_room(&x);
    char *block = calloc(1, head + table + strings + x.serial.len + der.len);
    if (!block)
        return NULL;
    struct certificate_data *data = (struct certificate_data *)(void *)block;
    uint8_t *serial = (uint8_t *)block + head + table + strings, *copy = serial + x.serial.len;
    memcpy(copy, der.ptr, der.len);
    data->references = 1;
    x509_parse((struct sspi_bytes){copy, der.len}, &data->x);
    fill(&data->info, &data->x, (CERT_EXTENSION *)(void *)(block + head), block + head + table, serial);
    return data;
}

struct certificate_data *certificate_data_hold(struct certificate_data *data)
{
    __atomic_add_fetch(&data->references, 1, __ATOMIC_RELAXED);
    return data;
}

void certificate_data_drop(struct certificate_data *data)
{
    if (data && __atomic_sub_fetch(&data->references, 1, __ATOMIC_ACQ_REL) == 0)
        free(data);
}

const uint8_t *certificate_sha1(struct certificate_data *data)
{
    uint8_t hash[20];
    if (__atomic_load_n(&data->sha1_known, __ATOMIC_ACQUIRE))
        return data->sha1;
    const struct provider *p = provider_default();
    if (!p || p->api.digest(SSPI_SHA1, &data->x.der, 1, hash) != SSPI_OK)
        return NULL;
    /* Two threads may come here; under the lock, since both write the same octets but not atomically. */
    registry_lock();
    if (!data->sha1_known)
        memcpy(data->sha1, hash, sizeof hash);
    __atomic_store_n(&data->sha1_known, 1, __ATOMIC_RELEASE);
    registry_unlock();
    return data->sha1;
}
