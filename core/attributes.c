/* SPDX-License-Identifier: MIT
 *
 * QueryContextAttributes and SetContextAttributes: one table each.  Nothing is answered before the handshake
 * has completed (D3); what is not in the table is SEC_E_UNSUPPORTED_FUNCTION. */
#include <config.h>

#include "core/attributes.h"

#include "core/handle.h"

#include <schannel.h>

static const struct attribute {
    ULONG id;
    uint16_t size16, size32; /* by the caller's width of WCHAR */
    SECURITY_STATUS (*get)(struct context *, void *out, enum form form);
} attributes[] = {
    {SECPKG_ATTR_SIZES, sizeof(SecPkgContext_Sizes), 0, attribute_sizes},
    {SECPKG_ATTR_STREAM_SIZES, sizeof(SecPkgContext_StreamSizes), 0, attribute_stream_sizes},
    {SECPKG_ATTR_KEY_INFO, sizeof(SecPkgContext_KeyInfoA), 0, attribute_key_info},
    {SECPKG_ATTR_UNIQUE_BINDINGS, sizeof(SecPkgContext_Bindings), 0, keying_unique},
    {SECPKG_ATTR_ENDPOINT_BINDINGS, sizeof(SecPkgContext_Bindings), 0, keying_endpoint},
    {SECPKG_ATTR_APPLICATION_PROTOCOL, sizeof(SecPkgContext_ApplicationProtocol), 0,
     attribute_application_protocol},
    {SECPKG_ATTR_REMOTE_CERT_CONTEXT, sizeof(PCCERT_CONTEXT), 0, attribute_remote_cert},
    {SECPKG_ATTR_LOCAL_CERT_CONTEXT, sizeof(PCCERT_CONTEXT), 0, attribute_local_cert},
    {SECPKG_ATTR_CONNECTION_INFO, sizeof(SecPkgContext_ConnectionInfo), 0, attribute_connection_info},
    {SECPKG_ATTR_CONNECTION_INFO_EX, 404, 788, attribute_connection_info_ex},
    {SECPKG_ATTR_CIPHER_INFO, 680, 1320, attribute_cipher_info},
    {SECPKG_ATTR_SESSION_INFO, sizeof(SecPkgContext_SessionInfo), 0, attribute_session_info},
    {SECPKG_ATTR_KEYING_MATERIAL, sizeof(SecPkgContext_KeyingMaterial), 0, keying_material},
};

SECURITY_STATUS attributes_query(const CtxtHandle *handle, ULONG id, void *out, ULONG size, enum form form)
{
    void *object;
    SECURITY_STATUS status = SEC_E_UNSUPPORTED_FUNCTION;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE; /* W56 */
    struct context *context = object;
    for (size_t i = 0; (context->flags & CONTEXT_WAS_OPEN) && i < sizeof attributes / sizeof *attributes;
         i++) {
        const struct attribute *attribute = &attributes[i];
        if (attribute->id != id)
            continue;
        ULONG need = FORM_BITS(form) == 32 && attribute->size32 ? attribute->size32 : attribute->size16;
        if (!out)
            status = SEC_E_INTERNAL_ERROR;
        else if (size && size < need)
            status = SEC_E_BUFFER_TOO_SMALL;
        else
            status = attribute->get(context, out, form);
    }
    handle_unlock(slot);
    return status;
}

static const struct {
    ULONG id, size;
    SECURITY_STATUS (*set)(struct context *, const void *in);
} settable[] = {
    {SECPKG_ATTR_KEYING_MATERIAL_INFO, sizeof(SecPkgContext_KeyingMaterialInfo), keying_set},
};

SECURITY_STATUS attributes_set(const CtxtHandle *handle, ULONG id, const void *in, ULONG size, enum form form)
{
    (void)form;
    void *object;
    SECURITY_STATUS status = SEC_E_UNSUPPORTED_FUNCTION;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    for (size_t i = 0; i < sizeof settable / sizeof *settable; i++)
        if (settable[i].id == id)
            status = !in || size < settable[i].size ? SEC_E_INVALID_PARAMETER : settable[i].set(object, in);
    handle_unlock(slot);
    return status;
}
