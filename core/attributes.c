/* SPDX-License-Identifier: MIT
 *
 * QueryContextAttributes and SetContextAttributes: one table each.  Nothing is answered before the handshake
 * has completed (D3); what is not in the table is SEC_E_UNSUPPORTED_FUNCTION. */
#include <config.h>

#include "core/attributes.h"

#include "core/forms.h"
#include "core/handle.h"
#include "core/memory.h"
#include "core/package.h"
#include "core/settings.h"
#include "core/utf.h"

#include <schannel.h>
#include <stdlib.h>
#include <string.h>

/* ---- sizes ---- */

static SECURITY_STATUS get_sizes(struct context *context, void *out, enum form form)
{
    (void)form;
    SecPkgContext_Sizes *sizes = out;
    sizes->cbMaxToken = PACKAGE_MAX_TOKEN;
    sizes->cbMaxSignature = context->suite->hash_bits / 8u;
    sizes->cbBlockSize = context->suite->block;
    sizes->cbSecurityTrailer = (ULONG)context->header + context->trailer;
    return SEC_E_OK;
}

static SECURITY_STATUS get_stream_sizes(struct context *context, void *out, enum form form)
{
    (void)form;
    const SecPkgContext_StreamSizes sizes = {context->header, context->trailer, context->message_max, 4,
                                             context->suite->block}; /* D3 */
    memcpy(out, &sizes, sizeof sizes);
    return SEC_E_OK;
}

/* ---- what was negotiated ---- */

static DWORD protocol_bit(const struct context *context)
{
    uint32_t cap = UINT32_C(1) << (context->version - 0x0301);
    return settings_protocol_bit(cap, (context->flags & CONTEXT_SERVER) != 0);
}

/* The certificate that authenticates the server, its own or the peer's. */
static struct sspi_bytes server_leaf(const struct context *context)
{
    struct sspi_bytes leaf = {0};
    if (context->flags & CONTEXT_SERVER)
        return context->certificate->identity.chain[0];
    (void)context_peer_cert(context, 0, &leaf);
    return leaf;
}

static SECURITY_STATUS get_connection_info(struct context *context, void *out, enum form form)
{
    (void)form;
    const struct suite *suite = context->suite;
    SecPkgContext_ConnectionInfo *info = out;
    info->dwProtocol = protocol_bit(context); /* K41 */
    info->aiCipher = suite->alg_cipher;
    info->dwCipherStrength = suite->cipher_bits;
    info->aiHash = suite->alg_hash;
    info->dwHashStrength = suite->hash_bits; /* W48 */
    info->aiExch = suite->tls13 ? CALG_ECDH_EPHEM : suite->alg_exchange;
    info->dwExchStrength = suite_group_bits(context->group);
    return SEC_E_OK;
}

/* CIPHER_INFO and its like are rows of 32-bit numbers and fixed fields of WCHAR, whose width is the
 * caller's: written one after the other. */
struct row {
    uint8_t *at;
    unsigned bits;
};

static void put_number(struct row *row, DWORD value)
{
    memcpy(row->at, &value, sizeof value);
    row->at += sizeof value;
}

static void put_text(struct row *row, const char *text)
{
    utf8_to_field(text ? text : "", row->bits, row->at, SZ_ALG_MAX_SIZE);
    row->at += SZ_ALG_MAX_SIZE * (row->bits / 8);
}

static SECURITY_STATUS get_cipher_info(struct context *context, void *out, enum form form)
{
    const struct suite *suite = context->suite;
    struct row row = {out, FORM_BITS(form)};
    struct cert_key_facts facts = {0};
    struct sspi_bytes leaf = server_leaf(context);
    if (!leaf.len || cert_key_facts(leaf, &facts) != 0)
        facts.name = suite->certificate;
    put_number(&row, SECPKGCONTEXT_CIPHERINFO_V1);
    put_number(&row, context->version);
    put_number(&row, suite->id);
    put_number(&row, suite->id);
    put_text(&row, suite->name);
    put_text(&row, suite->cipher);
    put_number(&row, suite->cipher_bits);
    put_number(&row, suite->block);
    put_text(&row, suite->hash);
    put_number(&row, suite->hash_bits);
    put_text(&row, suite->tls13 ? "ECDH" : suite->exchange);
    put_number(&row, 0);
    put_number(&row, 65536);
    put_text(&row, suite->tls13 ? facts.name : suite->certificate);
    put_number(&row, context->group); /* W49: dwKeyType is the group's number */
    return SEC_E_OK;
}

static SECURITY_STATUS get_connection_info_ex(struct context *context, void *out, enum form form)
{
    const struct suite *suite = context->suite;
    struct row row = {out, FORM_BITS(form)};
    put_number(&row, SECPKGCONTEXT_CONNECTION_INFO_EX_V1);
    put_number(&row, protocol_bit(context));
    put_text(&row, suite->cipher);
    put_number(&row, suite->cipher_bits);
    put_text(&row, suite->hash);
    put_number(&row, suite->hash_bits);
    put_text(&row, suite->tls13 ? "ECDH" : suite->exchange);
    put_number(&row, suite_group_bits(context->group));
    return SEC_E_OK;
}

static SECURITY_STATUS get_application_protocol(struct context *context, void *out, enum form form)
{
    (void)form;
    SecPkgContext_ApplicationProtocol *protocol = out;
    memset(protocol, 0, sizeof *protocol);
    if (!context->alpn) /* K36: success, and none */
        return SEC_E_OK;
    protocol->ProtoNegoStatus = SecApplicationProtocolNegotiationStatus_Success;
    protocol->ProtoNegoExt = SecApplicationProtocolNegotiationExt_ALPN;
    protocol->ProtocolIdSize = context->alpn[0];
    memcpy(protocol->ProtocolId, context->alpn + 1, context->alpn[0]);
    return SEC_E_OK;
}

static SECURITY_STATUS get_session_info(struct context *context, void *out, enum form form)
{
    (void)form;
    SecPkgContext_SessionInfo *info = out;
    memset(info, 0, sizeof *info);
    info->dwFlags = context->flags & CONTEXT_RESUMED ? SSL_SESSION_RECONNECT : 0;
    return SEC_E_OK;
}

/* Text that FreeContextBuffer takes back. */
static void *hand_out_text(const char *text, enum form form)
{
    size_t units = strlen(text) + 1; /* ASCII */
    if (!FORM_IS_WIDE(form)) {
        char *copy = memory_hand_out(units);
        return copy ? memcpy(copy, text, units) : NULL;
    }
    void *copy = memory_hand_out(units * (FORM_BITS(form) / 8));
    if (copy)
        utf8_to_field(text, FORM_BITS(form), copy, units);
    return copy;
}

static SECURITY_STATUS get_key_info(struct context *context, void *out, enum form form)
{
    SecPkgContext_KeyInfoA *info = out; /* A and W differ in what the pointers point to */
    struct cert_key_facts facts;
    struct sspi_bytes leaf = server_leaf(context);
    if (!leaf.len || cert_key_facts(leaf, &facts) != 0)
        return SEC_E_NO_CREDENTIALS;
    void *signature = hand_out_text(facts.name, form);
    void *cipher = hand_out_text(context->suite->cipher, form);
    if (!signature || !cipher) {
        memory_take_back(signature);
        memory_take_back(cipher);
        return SEC_E_INSUFFICIENT_MEMORY;
    }
    info->sSignatureAlgorithmName = signature;
    info->sEncryptAlgorithmName = cipher;
    info->KeySize = context->suite->cipher_bits;
    info->SignatureAlgorithm = facts.sign_alg;
    info->EncryptAlgorithm = context->suite->alg_cipher;
    return SEC_E_OK;
}

/* ---- certificates ---- */

#define CHAIN_MAX 64u /* certificates of a peer that are shown */

static SECURITY_STATUS get_remote_cert(struct context *context, void *out, enum form form)
{
    (void)form;
    struct sspi_bytes der, *chain;
    unsigned count = 0;
    if (!context_peer_cert(context, 0, &der))
        return SEC_E_NO_CREDENTIALS; /* K34 */
    chain = calloc(CHAIN_MAX, sizeof *chain);
    if (!chain)
        return SEC_E_INSUFFICIENT_MEMORY;
    PCCERT_CONTEXT certificate = NULL;
    struct bytes copy = {0}; /* what peer_cert() lends is good until the next call */
    size_t at = 0;
    int whole = 1;
    for (; whole && count < CHAIN_MAX && context_peer_cert(context, count, &der); count++) {
        chain[count].len = der.len;
        whole = bytes_append(&copy, der.ptr, der.len) == 0;
    }
    for (unsigned i = 0; i < count; at += chain[i++].len)
        chain[i].ptr = copy.ptr + at;
    if (whole)
        certificate = cert_from_chain(chain, count);
    bytes_free(&copy);
    free(chain);
    if (!certificate)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(out, &certificate, sizeof certificate);
    return SEC_E_OK;
}

static SECURITY_STATUS get_local_cert(struct context *context, void *out, enum form form)
{
    (void)form;
    if (!context->certificate)
        return SEC_E_NO_CREDENTIALS;
    const struct cert_identity *own = &context->certificate->identity;
    PCCERT_CONTEXT certificate = cert_from_chain(own->chain, own->chain_count);
    if (!certificate)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(out, &certificate, sizeof certificate);
    return SEC_E_OK;
}

/* ---- the tables ---- */

static const struct attribute {
    ULONG id;
    uint16_t size16, size32; /* by the caller's width of WCHAR */
    SECURITY_STATUS (*get)(struct context *, void *out, enum form form);
} attributes[] = {
    {SECPKG_ATTR_SIZES, sizeof(SecPkgContext_Sizes), 0, get_sizes},
    {SECPKG_ATTR_STREAM_SIZES, sizeof(SecPkgContext_StreamSizes), 0, get_stream_sizes},
    {SECPKG_ATTR_KEY_INFO, sizeof(SecPkgContext_KeyInfoA), 0, get_key_info},
    {SECPKG_ATTR_UNIQUE_BINDINGS, sizeof(SecPkgContext_Bindings), 0, keying_unique},
    {SECPKG_ATTR_ENDPOINT_BINDINGS, sizeof(SecPkgContext_Bindings), 0, keying_endpoint},
    {SECPKG_ATTR_APPLICATION_PROTOCOL, sizeof(SecPkgContext_ApplicationProtocol), 0,
     get_application_protocol},
    {SECPKG_ATTR_REMOTE_CERT_CONTEXT, sizeof(PCCERT_CONTEXT), 0, get_remote_cert},
    {SECPKG_ATTR_LOCAL_CERT_CONTEXT, sizeof(PCCERT_CONTEXT), 0, get_local_cert},
    {SECPKG_ATTR_CONNECTION_INFO, sizeof(SecPkgContext_ConnectionInfo), 0, get_connection_info},
    {SECPKG_ATTR_CONNECTION_INFO_EX, 404, 788, get_connection_info_ex},
    {SECPKG_ATTR_CIPHER_INFO, 680, 1320, get_cipher_info},
    {SECPKG_ATTR_SESSION_INFO, sizeof(SecPkgContext_SessionInfo), 0, get_session_info},
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
