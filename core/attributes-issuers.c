/* SPDX-License-Identifier: MIT
 *
 * Attributes of the choice of a certificate: whom the peer trusts, what may sign.  Asked by a client that was
 * told SEC_I_INCOMPLETE_CREDENTIALS, so answered during the handshake too. */
#include <config.h>

#include "core/attributes.h"

#include "core/extras.h"
#include "core/hello.h"
#include "core/memory.h"

#include <schannel.h>
#include <string.h>

#define NAMES_MAX   4096u
#define NAMES_BYTES (1024u * 1024u)

/* TLS 1.3: the provider read the request.  As in a CertificateRequest, into `list`. */
static SECURITY_STATUS read_issuers(struct context *context, struct bytes *list)
{
    const struct sspi_provider *api = &context->provider->api;
    struct sspi_bytes name;
    for (unsigned i = 0; i < NAMES_MAX; i++) {
        if (api->issuer(context->session, i, &name) != SSPI_OK || !name.len)
            return SEC_E_OK;
        if (!name.ptr || name.len > UINT16_MAX || list->len > NAMES_BYTES)
            return SEC_E_INTERNAL_ERROR;
        const uint8_t length[2] = {(uint8_t)(name.len >> 8), (uint8_t)name.len};
        if (bytes_append(list, length, sizeof length) != 0 || bytes_append(list, name.ptr, name.len) != 0)
            return SEC_E_INSUFFICIENT_MEMORY;
    }
    return SEC_E_INTERNAL_ERROR;
}

static size_t name_length(const struct bytes *list, size_t at)
{
    return (size_t)list->ptr[at] << 8 | list->ptr[at + 1];
}

/* One piece of memory: the CERT_NAME_BLOBs, and behind them what they point to. */
static SECURITY_STATUS give_issuers(const struct bytes *list, void *out)
{
    SecPkgContext_IssuerListInfoEx answer = {NULL, 0};
    for (size_t at = 0; at < list->len; at += 2 + name_length(list, at))
        answer.cIssuers++;
    if (answer.cIssuers) {
        size_t blobs = answer.cIssuers * sizeof *answer.aIssuers;
        answer.aIssuers = memory_hand_out(blobs + list->len);
        if (!answer.aIssuers)
            return SEC_E_INSUFFICIENT_MEMORY;
        BYTE *bytes = memcpy((BYTE *)answer.aIssuers + blobs, list->ptr, list->len);
        CERT_NAME_BLOB *blob = answer.aIssuers;
        for (size_t at = 0; at < list->len; at += 2 + name_length(list, at))
            *blob++ = (CERT_NAME_BLOB){(DWORD)name_length(list, at), bytes + at + 2};
    }
    memcpy(out, &answer, sizeof answer);
    return SEC_E_OK;
}

SECURITY_STATUS attribute_issuers(struct context *context, void *out, enum form form)
{
    static const struct bytes none = {0};
    struct bytes list = {0};
    int open = context->flags & CONTEXT_WAS_OPEN;
    (void)form;
    if (context->flags & CONTEXT_SERVER)
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (context->extras && context->extras->asked)
        return give_issuers(&context->extras->issuers, out);
    if (open && context->version != 0x0304)
        return give_issuers(&none, out);
    if (!context->session || (!open && context->state != CONTEXT_CREDENTIAL) ||
        !(context->provider->api.caps & SSPI_CAP_ISSUERS_13))
        return SEC_E_UNSUPPORTED_FUNCTION;
    SECURITY_STATUS status = read_issuers(context, &list);
    if (status == SEC_E_OK)
        status = give_issuers(&list, out);
    bytes_free(&list);
    return status;
}

/* What this side may use: the credential's schemes, less those that the peer's request does not name. */
SECURITY_STATUS attribute_signatures(struct context *context, void *out, enum form form)
{
    SecPkgContext_SupportedSignatures answer = {0, NULL};
    const uint16_t *own = context->credential->signatures;
    struct sspi_bytes wanted = {0};
    (void)form;
    if (context->extras)
        wanted = (struct sspi_bytes){context->extras->signatures.ptr, context->extras->signatures.len};
    answer.pSignatureAndHashAlgorithms = memory_hand_out(SETTINGS_LIST * sizeof(WORD));
    if (!answer.pSignatureAndHashAlgorithms)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (size_t i = 0; i < SETTINGS_LIST && own[i]; i++)
        if (!wanted.len || hello_lists(wanted, own[i]))
            answer.pSignatureAndHashAlgorithms[answer.cSignatureAndHashAlgorithms++] = own[i];
    memcpy(out, &answer, sizeof answer);
    return SEC_E_OK;
}
