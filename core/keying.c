/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/attributes.h"

#include "core/memory.h"

#include <schannel.h>
#include <stdlib.h>
#include <string.h>

#define MATERIAL_MAX (64u * 1024u) /* more than any library exports */

/* ---- channel bindings ---- */

static SECURITY_STATUS hand_out_bindings(void *out, const char *prefix, const uint8_t *data, size_t len)
{
    SecPkgContext_Bindings *bindings = out;
    size_t text = strlen(prefix), whole = sizeof(SEC_CHANNEL_BINDINGS) + text + len;
    SEC_CHANNEL_BINDINGS *made = memory_hand_out(whole);
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    made->cbApplicationDataLength = (ULONG)(text + len);
    made->dwApplicationDataOffset = sizeof *made;
    memcpy(made + 1, prefix, text);
    memcpy((uint8_t *)(made + 1) + text, data, len);
    bindings->BindingsLength = (ULONG)whole;
    bindings->Bindings = made;
    return SEC_E_OK;
}

/* D20: up to TLS 1.2 the first Finished message, where nothing can make two connections share it. */
SECURITY_STATUS keying_unique(struct context *context, void *out, enum form form)
{
    (void)form;
    const struct sspi_provider *api = &context->provider->api;
    uint8_t value[64];
    size_t len = 0;
    enum sspi_status status = SSPI_UNSUPPORTED;
    const char *prefix = "tls-unique:";
    if (context->version >= 0x0304) {
        prefix = "tls-exporter:"; /* RFC 9266 */
        len = 32;
        struct sspi_bytes nothing = {(const uint8_t *)"", 0};
        if (api->caps & SSPI_CAP_EXPORT_KEYS)
            status = api->export_keys(context->session, "EXPORTER-Channel-Binding", &nothing, value, len);
    } else if ((api->caps & SSPI_CAP_FINISHED) &&
               ((context->flags & CONTEXT_EMS) || !(context->flags & CONTEXT_RESUMED))) {
        int of_client = !(context->flags & CONTEXT_RESUMED); /* resumed: the server's comes first */
        status = api->finished(context->session, of_client, value, sizeof value, &len);
    }
    if (status == SSPI_UNSUPPORTED)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (status != SSPI_OK || !len || len > sizeof value)
        return SEC_E_INTERNAL_ERROR;
    SECURITY_STATUS made = hand_out_bindings(out, prefix, value, len);
    explicit_bzero(value, sizeof value);
    return made;
}

SECURITY_STATUS keying_endpoint(struct context *context, void *out, enum form form)
{
    (void)form;
    static const uint8_t sizes[] = {20, 32, 48, 64}; /* enum sspi_hash */
    struct sspi_bytes leaf = {0};
    uint8_t hash[64];
    if (context->flags & CONTEXT_SERVER)
        leaf = context->certificate->identity.chain[0];
    else if (!context_peer_cert(context, 0, &leaf))
        return SEC_E_NO_CREDENTIALS;
    enum sspi_hash kind = cert_endpoint_hash(leaf);
    if ((unsigned)kind > SSPI_SHA512 || context->provider->api.digest(kind, &leaf, 1, hash) != SSPI_OK)
        return SEC_E_INTERNAL_ERROR;
    return hand_out_bindings(out, "tls-server-end-point:", hash, sizes[kind]);
}

/* ---- exported keying material ---- */

SECURITY_STATUS keying_set(struct context *context, const void *in)
{
    SecPkgContext_KeyingMaterialInfo info;
    memcpy(&info, in, sizeof info);
    if (!info.cbLabel || !info.pszLabel || (info.cbContextValue && !info.pbContextValue) ||
        !info.cbKeyingMaterial || info.cbKeyingMaterial > MATERIAL_MAX)
        return SEC_E_INVALID_PARAMETER;
    struct keying *keying = calloc(1, sizeof *keying);
    size_t label = strnlen(info.pszLabel, info.cbLabel); /* cbLabel may count the NUL */
    if (!keying || !label || bytes_append(&keying->label, info.pszLabel, label) != 0 ||
        bytes_append(&keying->label, "", 1) != 0 ||
        (info.cbContextValue &&
         bytes_append(&keying->context, info.pbContextValue, info.cbContextValue) != 0)) {
        keying_free(keying);
        return label ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_INVALID_PARAMETER;
    }
    keying->has_context = info.pbContextValue != NULL;
    keying->size = info.cbKeyingMaterial;
    keying_free(context->keying);
    context->keying = keying;
    return SEC_E_OK;
}

void keying_free(struct keying *keying)
{
    if (!keying)
        return;
    bytes_free(&keying->label);
    bytes_wipe(&keying->context);
    free(keying);
}

SECURITY_STATUS keying_material(struct context *context, void *out, enum form form)
{
    (void)form;
    const struct sspi_provider *api = &context->provider->api;
    const struct keying *keying = context->keying;
    SecPkgContext_KeyingMaterial *material = out;
    if (!keying)
        return SEC_E_OUT_OF_SEQUENCE;
    if (!(api->caps & SSPI_CAP_EXPORT_KEYS))
        return SEC_E_UNSUPPORTED_FUNCTION;
    struct sspi_bytes value = {keying->context.len ? keying->context.ptr : (const uint8_t *)"",
                               keying->context.len};
    uint8_t *made = memory_hand_out(keying->size);
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    enum sspi_status status = api->export_keys(context->session, (const char *)keying->label.ptr,
                                               keying->has_context ? &value : NULL, made, keying->size);
    if (status != SSPI_OK) {
        memory_take_back(made);
        return status == SSPI_UNSUPPORTED ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_INTERNAL_ERROR;
    }
    material->cbKeyingMaterial = keying->size;
    material->pbKeyingMaterial = made;
    return SEC_E_OK;
}
