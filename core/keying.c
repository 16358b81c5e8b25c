/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/attributes.h"

#include "core/extras.h"
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
    if (!(context->flags & CONTEXT_SERVER))
        (void)context_peer_cert(context, 0, &leaf);
    else if (context->certificate)
        leaf = context->certificate->identity.chain[0];
    if (!leaf.len) /* a shared key, no certificate */
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

/* Exports into memory that FreeContextBuffer takes back. */
static SECURITY_STATUS export(struct context *context, const char *label, const struct sspi_bytes *value,
                              uint32_t size, PBYTE *out)
{
    const struct sspi_provider *api = &context->provider->api;
    if (!(api->caps & SSPI_CAP_EXPORT_KEYS))
        return SEC_E_UNSUPPORTED_FUNCTION;
    uint8_t *made = memory_hand_out(size);
    if (!made)
        return SEC_E_INSUFFICIENT_MEMORY;
    enum sspi_status status = api->export_keys(context->session, label, value, made, size);
    if (status != SSPI_OK) {
        explicit_bzero(made, size);
        memory_take_back(made);
        return status == SSPI_UNSUPPORTED ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_INTERNAL_ERROR;
    }
    *out = made;
    return SEC_E_OK;
}

SECURITY_STATUS keying_material(struct context *context, void *out, enum form form)
{
    (void)form;
    const struct keying *keying = context->keying;
    SecPkgContext_KeyingMaterial answer = {0};
    if (!keying)
        return SEC_E_OUT_OF_SEQUENCE;
    struct sspi_bytes value = {keying->context.len ? keying->context.ptr : (const uint8_t *)"",
                               keying->context.len};
    answer.cbKeyingMaterial = keying->size;
    SECURITY_STATUS status =
        export(context, (const char *)keying->label.ptr, keying->has_context ? &value : NULL, keying->size,
               &answer.pbKeyingMaterial);
    if (status == SEC_E_OK)
        memcpy(out, &answer, sizeof answer);
    return status;
}

/* Label, context and length come in the structure that takes the answer; its pointer is not looked at. */
SECURITY_STATUS keying_inproc(struct context *context, void *out, enum form form)
{
    (void)form;
    SecPkgContext_KeyingMaterial_Inproc ask;
    char label[256];
    memcpy(&ask, out, sizeof ask);
    size_t len = ask.pszLabel ? strnlen(ask.pszLabel, ask.cbLabel) : 0;
    if (!len || len >= sizeof label || (ask.cbContextValue && !ask.pbContextValue) || !ask.cbKeyingMaterial ||
        ask.cbKeyingMaterial > MATERIAL_MAX)
        return SEC_E_INVALID_PARAMETER;
    memcpy(label, ask.pszLabel, len);
    label[len] = 0;
    struct sspi_bytes value = {ask.cbContextValue ? ask.pbContextValue : (const uint8_t *)"",
                               ask.cbContextValue};
    SECURITY_STATUS status = export(context, label, ask.pbContextValue ? &value : NULL, ask.cbKeyingMaterial,
                                    &ask.pbKeyingMaterial);
    if (status == SEC_E_OK)
        memcpy(out, &ask, sizeof ask);
    return status;
}

/* ---- keys for EAP ---- */

#define EAP_TLS_TYPE 13 /* RFC 9190 2.3: the context is the type of the method */

/* The data is the label that another method wants; none: EAP-TLS again. */
SECURITY_STATUS keying_eap_set(struct context *context, const void *in)
{
    SecPkgContext_EapPrfInfo info;
    struct bytes label = {0};
    memcpy(&info, in, sizeof info);
    if (info.dwVersion || info.cbPrfData > 255 || (info.cbPrfData && !info.pbPrfData) ||
        (info.cbPrfData && strnlen((const char *)info.pbPrfData, info.cbPrfData) == 0))
        return SEC_E_INVALID_PARAMETER;
    struct extras *extras = context_extras(context);
    size_t len = info.cbPrfData ? strnlen((const char *)info.pbPrfData, info.cbPrfData) : 0;
    if (!extras ||
        (len && (bytes_append(&label, info.pbPrfData, len) != 0 || bytes_append(&label, "", 1) != 0))) {
        bytes_free(&label);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    bytes_free(&extras->prf);
    extras->prf = label;
    return SEC_E_OK;
}

/* RFC 5216 2.3 and RFC 9190 2.3: MSK and EMSK.  rgbIVs, which RFC 5216 makes of no secret and RFC 9190 has
 * not, is zero. */
SECURITY_STATUS keying_eap(struct context *context, void *out, enum form form)
{
    static const uint8_t type[] = {EAP_TLS_TYPE};
    static const struct sspi_bytes method = {type, sizeof type}, nothing = {(const uint8_t *)"", 0};
    const struct sspi_provider *api = &context->provider->api;
    const struct extras *extras = context->extras;
    int tls13 = context->version == 0x0304;
    const char *label = tls13 ? "EXPORTER_EAP_TLS_Key_Material" : "client EAP encryption";
    const struct sspi_bytes *value = tls13 ? &method : NULL;
    SecPkgContext_EapKeyBlock block = {{0}, {0}};
    (void)form;
    if (extras && extras->prf.len) {
        label = (const char *)extras->prf.ptr;
        value = tls13 ? &nothing : NULL;
    }
    if (!(api->caps & SSPI_CAP_EXPORT_KEYS))
        return SEC_E_UNSUPPORTED_FUNCTION;
    enum sspi_status status =
        api->export_keys(context->session, label, value, block.rgbKeys, sizeof block.rgbKeys);
    if (status == SSPI_OK)
        memcpy(out, &block, sizeof block);
    explicit_bzero(&block, sizeof block);
    return status == SSPI_OK            ? SEC_E_OK
           : status == SSPI_UNSUPPORTED ? SEC_E_UNSUPPORTED_FUNCTION
                                        : SEC_E_INTERNAL_ERROR;
}
