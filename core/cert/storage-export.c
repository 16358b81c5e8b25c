/* SPDX-License-Identifier: MIT
 *
 * NCryptExportKey: which forms there are, and what the key's policy says to them. */
#include <config.h>

#include "core/cert/storage.h"

#include "core/cert/blob.h"
#include "core/cert/registry.h"
#include "core/cert/seal.h"

#include <string.h>
#include <windows.h>

SECURITY_STATUS storage_give(struct sspi_bytes from, BYTE *out, DWORD room, DWORD *len)
{
    *len = (DWORD)from.len;
    if (!out)
        return SEC_E_OK;
    if (room < from.len)
        return NTE_BUFFER_TOO_SMALL;
    if (from.len)
        memcpy(out, from.ptr, from.len);
    return SEC_E_OK;
}

/* ---- a key whose public half is there ---- */

struct opened {
    struct key *key;
    int malformed;
};

static int take(void *ctx, enum sspi_item item, struct sspi_bytes der)
{
    struct opened *o = ctx;
    if (item == SSPI_ITEM_KEY && !o->key)
        o->key = key_new(KEY_PKCS8, der, &o->malformed);
    return o->key ? 0 : -1;
}

/* PKCS#8 may leave an elliptic curve's point out; a provider that takes the key in works it out, where it can.
 * *out counted. */
static SECURITY_STATUS with_point(struct key *key, struct key **out)
{
    const struct provider *p;
    struct opened opened = {NULL, 1};
    struct sspi_failure failure = {0};
    struct sspi_bytes inner, scalar, curve, point;
    if (!der_oid_is(key->algorithm.oid, OID_EC) || key_inner(key, &inner) ||
        key_read_sec1(inner, &scalar, &curve, &point) || point.len) {
        *out = key_hold(key);
        return SEC_E_OK;
    }
    if (provider_select(NULL, SSPI_CAP_IMPORT, &p) != SEC_E_OK)
        return NTE_NOT_SUPPORTED;
    struct sspi_import job = {sizeof job, key->bytes, NULL, {&opened, take}};
    if (p->api.cred_import(&job, &failure) == SSPI_OK && opened.key) {
        *out = opened.key;
        return SEC_E_OK;
    }
    key_drop(opened.key);
    return failure.why == SSPI_WHY_MEMORY ? NTE_NO_MEMORY : NTE_NOT_SUPPORTED;
}

/* ---- the forms ---- */

typedef int blob_maker(const struct key *, struct bytes *out);
static const struct form {
    const char *name;
    int private;
    blob_maker *rsa, *ec;
} forms[] = {
    {"RSAPUBLICBLOB", 0, blob_cng_rsa_public, NULL},
    {"ECCPUBLICBLOB", 0, NULL, blob_cng_ec_public},
    {"PUBLICBLOB", 0, blob_cng_rsa_public, blob_cng_ec_public},
    {"CAPIPUBLICBLOB", 0, blob_capi_public, NULL},
    {"RSAPRIVATEBLOB", 1, blob_cng_rsa_private, NULL},
    {"RSAFULLPRIVATEBLOB", 1, blob_cng_rsa_full, NULL},
    {"ECCPRIVATEBLOB", 1, NULL, blob_cng_ec_private},
    {"PRIVATEBLOB", 1, blob_cng_rsa_private, blob_cng_ec_private},
    {"CAPIPRIVATEBLOB", 1, blob_capi_private, NULL},
};

static SECURITY_STATUS make(const struct form *form, struct key *key, struct bytes *out)
{
    enum sspi_key_type type;
    unsigned bits;
    if (key_kind(key, &type, &bits))
        return NTE_NOT_SUPPORTED;
    blob_maker *maker = type == SSPI_KEY_RSA ? form->rsa : type == SSPI_KEY_ED25519 ? NULL : form->ec;
    if (!maker)
        return NTE_NOT_SUPPORTED;
    struct key *whole = NULL;
    SECURITY_STATUS status = with_point(key, &whole);
    if (status != SEC_E_OK)
        return status;
    int failed = maker(whole, out);
    key_drop(whole);
    return failed == -1 ? NTE_NOT_SUPPORTED : failed ? NTE_NO_MEMORY : SEC_E_OK;
}

static SECURITY_STATUS seal(const struct key *key, const char *secret, struct bytes *out)
{
    struct seal s = {.password = secret};
    if (seal_provider(&s))
        return NTE_NOT_SUPPORTED;
    return seal_append_key(&s, out, key->bytes) ? NTE_NO_MEMORY : SEC_E_OK;
}

/* The form's bytes, where the policy lets them go. */
static SECURITY_STATUS export(struct key *key, const char *type, const char *secret, struct bytes *out)
{
    unsigned policy = key_policy(key);
    if (!strcmp(type, "PKCS8_PRIVATEKEY")) {
        if (secret)
            return policy & (KEY_MAY_LEAVE_SEALED | KEY_MAY_LEAVE) ? seal(key, secret, out)
                                                                   : NTE_NOT_SUPPORTED;
        if (!(policy & KEY_MAY_LEAVE))
            return NTE_NOT_SUPPORTED;
        return bytes_append(out, key->bytes.ptr, key->bytes.len) ? NTE_NO_MEMORY : SEC_E_OK;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (!strcmp(type, forms[i].name))
            return forms[i].private && !(policy & KEY_MAY_LEAVE) ? NTE_NOT_SUPPORTED
                                                                 : make(&forms[i], key, out);
    return NTE_NOT_SUPPORTED;
}

SECURITY_STATUS storage_export(ULONG_PTR handle, const char *type, const char *secret, BYTE *out, DWORD room,
                               DWORD *len)
{
    int is_draft;
    struct key *key = storage_key(handle, &is_draft);
    struct bytes blob = {NULL, 0, 0};
    if (!key)
        return NTE_INVALID_HANDLE;
    SECURITY_STATUS status = is_draft ? NTE_BAD_KEY_STATE : export(key, type, secret, &blob);
    if (status == SEC_E_OK)
        status = storage_give((struct sspi_bytes){blob.ptr, blob.len}, out, room, len);
    bytes_wipe(&blob);
    key_drop(key);
    return status;
}
