/* SPDX-License-Identifier: MIT
 *
 * QueryContextAttributes and SetContextAttributes: one table, in which every attribute stands that Windows
 * documents, with the function that answers or with the reason why none does: then it is
 * SEC_E_UNSUPPORTED_FUNCTION, as everything is before the handshake has completed (D3), save what is EARLY.
 */
#include <config.h>

#include "core/attributes.h"

#define LOG_AREA "context"
#include "core/datagram.h"
#include "core/handle.h"
#include "core/log.h"

#include <schannel.h>
#include <string.h>

#define ROW(name)    .id = SECPKG_ATTR_##name, .title = #name
#define SIZE(type)   .size = sizeof(type)
#define SET(type, f) .set_size = sizeof(type), .set = f

#define MS_KERBEROS "a matter of Kerberos and NTLM: TLS has no such thing"
#define LSA         "an object of the Windows logon, which Linux has not"
#define SECRETS     "the keys of a connection never leave the library; KEYING_MATERIAL exports others"
#define TOKEN_BIND  "token binding was given up, and no TLS library has it"
#define OBSOLETE    "obsolete: Windows refuses it too"

/* Leave to send data before the peer's Finished: no library takes it, and nothing is lost by that. */
static SECURITY_STATUS take_early_start(struct context *context, const void *in)
{
    SecPkgContext_EarlyStart start;
    (void)context;
    memcpy(&start, in, sizeof start);
    return start.dwEarlyStartFlags & ~(DWORD)ENABLE_TLS_CLIENT_EARLY_START ? SEC_E_INVALID_PARAMETER
                                                                           : SEC_E_OK;
}

static const struct context_attribute {
    ULONG id;
    const char *title;
    uint16_t size, size32, set_size; /* size32: where WCHAR of 32 bits stand in the structure */
    uint8_t early;                   /* answered before the handshake has completed */
    SECURITY_STATUS (*get)(struct context *, void *out, enum form form);
    SECURITY_STATUS (*set)(struct context *, const void *in);
    const char *refused; /* why nothing answers and nothing is taken */
} table[] = {
    {ROW(SIZES), SIZE(SecPkgContext_Sizes), .get = attribute_sizes},
    {ROW(STREAM_SIZES), SIZE(SecPkgContext_StreamSizes), .get = attribute_stream_sizes},
    {ROW(KEY_INFO), SIZE(SecPkgContext_KeyInfoA), .get = attribute_key_info},
    {ROW(UNIQUE_BINDINGS), SIZE(SecPkgContext_Bindings), .get = keying_unique},
    {ROW(ENDPOINT_BINDINGS), SIZE(SecPkgContext_Bindings), .get = keying_endpoint},
    {ROW(APPLICATION_PROTOCOL), SIZE(SecPkgContext_ApplicationProtocol),
     .get = attribute_application_protocol},
    {ROW(REMOTE_CERT_CONTEXT), SIZE(PCCERT_CONTEXT), .get = attribute_remote_cert},
    {ROW(LOCAL_CERT_CONTEXT), SIZE(PCCERT_CONTEXT), .get = attribute_local_cert},
    {ROW(CONNECTION_INFO), SIZE(SecPkgContext_ConnectionInfo), .get = attribute_connection_info},
    {ROW(CONNECTION_INFO_EX), .size = 404, .size32 = 788, .get = attribute_connection_info_ex},
    {ROW(CIPHER_INFO), .size = 680, .size32 = 1320, .get = attribute_cipher_info},
    {ROW(SESSION_INFO), SIZE(SecPkgContext_SessionInfo), .get = attribute_session_info},
    {ROW(KEYING_MATERIAL), SIZE(SecPkgContext_KeyingMaterial), .get = keying_material},
    {ROW(ACCESS_TOKEN), SIZE(SecPkgContext_AccessToken), .get = attribute_access_token},
    {ROW(KEYING_MATERIAL_INFO), SET(SecPkgContext_KeyingMaterialInfo, keying_set)},
    {ROW(DTLS_MTU), SIZE(USHORT), SET(USHORT, datagram_set_mtu), .get = datagram_get_mtu, .early = 1},
    {ROW(KEYING_MATERIAL_INPROC), SIZE(SecPkgContext_KeyingMaterial_Inproc), .get = keying_inproc},
    {ROW(EAP_KEY_BLOCK), SIZE(SecPkgContext_EapKeyBlock), .get = keying_eap},
    {ROW(EAP_PRF_INFO), SET(SecPkgContext_EapPrfInfo, keying_eap_set)},
    {ROW(REMOTE_CERT_CHAIN), SIZE(PCCERT_CONTEXT), .get = attribute_remote_cert},
    {ROW(REMOTE_CERTIFICATES), SIZE(SecPkgContext_Certificates), .get = attribute_remote_certs},
    {ROW(LOCAL_CERT_INFO), SIZE(SecPkgContext_CertInfo), .get = attribute_local_cert_info},
    {ROW(ROOT_STORE), SIZE(HCERTSTORE), .get = attribute_root_store},
    {ROW(CERT_CHECK_RESULT), SIZE(SecPkgContext_CertificateValidationResult), .get = attribute_cert_check},
    {ROW(CERT_CHECK_RESULT_INPROC), SIZE(SecPkgContext_CertificateValidationResult),
     .get = attribute_cert_check},
    {ROW(ISSUER_LIST_EX), SIZE(SecPkgContext_IssuerListInfoEx), .early = 1, .get = attribute_issuers},
    {ROW(SUPPORTED_SIGNATURES), SIZE(SecPkgContext_SupportedSignatures), .early = 1,
     .get = attribute_signatures},
    {ROW(NEGOTIATED_TLS_EXTENSIONS), SIZE(SecPkgContext_NegotiatedTlsExtensions),
     .get = attribute_tls_extensions},
    {ROW(SRTP_PARAMETERS), SIZE(SecPkgContext_SrtpParameters), .get = attribute_srtp},
    {ROW(PACKAGE_INFO), SIZE(SecPkgContext_PackageInfoA), .get = attribute_package_info},
    {ROW(PROTO_INFO), SIZE(SecPkgContext_ProtoInfoA), .get = attribute_proto_info},
    {ROW(AUTHORITY), SIZE(SecPkgContext_AuthorityA), .get = attribute_authority},
    {ROW(CLIENT_SPECIFIED_TARGET), SIZE(SecPkgContext_ClientSpecifiedTarget), .get = attribute_client_target},
    {ROW(NAMES), SIZE(SecPkgContext_NamesA), .get = attribute_names},
    {ROW(FLAGS), SIZE(SecPkgContext_Flags), .get = attribute_flags},
    {ROW(LIFESPAN), SIZE(SecPkgContext_Lifespan), .get = attribute_lifespan},
    {ROW(APP_DATA), SIZE(SecPkgContext_SessionAppData), .early = 1, .get = attribute_app_data,
     SET(SecPkgContext_SessionAppData, attribute_app_data_set)},
    {ROW(EARLY_START), SET(SecPkgContext_EarlyStart, take_early_start)},

    {ROW(SESSION_KEY), .refused = SECRETS},
    {ROW(NEGOTIATION_INFO), .refused = "there is nothing to negotiate a package with (W52)"},
    {ROW(CC_POLICY_RESULT), .refused = "CERT_CHECK_RESULT says it of the certificate at hand"},
    {ROW(DCE_INFO), .refused = MS_KERBEROS},
    {ROW(PASSWORD_EXPIRY), .refused = MS_KERBEROS},
    {ROW(USER_FLAGS), .refused = MS_KERBEROS},
    {ROW(TARGET_INFORMATION), .refused = MS_KERBEROS},
    {ROW(TOKEN_BINDING), .refused = TOKEN_BIND},
    {ROW(KEYING_MATERIAL_TOKEN_BINDING), .refused = TOKEN_BIND},
    {ROW(MAPPED_CRED_ATTR), .refused = LSA},
    {ROW(UI_INFO), .refused = "nothing is ever asked of a user: there is no window to ask in"},
    {ROW(SERIALIZED_REMOTE_CERT_CONTEXT_INPROC), .refused = "REMOTE_CERTIFICATES gives the same bytes"},
    {ROW(SERIALIZED_REMOTE_CERT_CONTEXT), .refused = "REMOTE_CERTIFICATES gives the same bytes"},
    {ROW(ISSUER_LIST), .refused = OBSOLETE},
    {ROW(REMOTE_CRED), .refused = OBSOLETE},
    {ROW(LOCAL_CRED), .refused = OBSOLETE},
};
enum { ROWS = sizeof table / sizeof *table };

int attributes_row(size_t i, struct attribute_row *row)
{
    if (i >= ROWS)
        return 0;
    *row = (struct attribute_row){table[i].id,          table[i].title, table[i].get != NULL,
                                  table[i].set != NULL, table[i].early, table[i].refused};
    return 1;
}

static const struct context_attribute *find(ULONG id)
{
    for (size_t i = 0; i < ROWS; i++)
        if (table[i].id == id)
            return &table[i];
    return NULL;
}

static SECURITY_STATUS unsupported(ULONG id, const struct context_attribute *row)
{
    log_info("attribute 0x%x, %s, is refused: %s", (unsigned)id, row ? row->title : "which has no name",
             !row           ? "it is not known"
             : row->refused ? row->refused
                            : "not in this direction, or not yet");
    return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS attributes_query(const CtxtHandle *handle, ULONG id, void *out, ULONG size, enum form form)
{
    void *object;
    const struct context_attribute *row = find(id);
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE; /* W56 */
    struct context *context = object;
    SECURITY_STATUS status;
    if (!row || !row->get || !(row->early || (context->flags & CONTEXT_WAS_OPEN)))
        status = unsupported(id, row);
    else if (!out)
        status = SEC_E_INTERNAL_ERROR;
    else if (size && size < (FORM_BITS(form) == 32 && row->size32 ? row->size32 : row->size))
        status = SEC_E_BUFFER_TOO_SMALL;
    else
        status = row->get(context, out, form);
    handle_unlock(slot);
    return status;
}

SECURITY_STATUS attributes_set(const CtxtHandle *handle, ULONG id, const void *in, ULONG size, enum form form)
{
    (void)form;
    void *object;
    const struct context_attribute *row = find(id);
    struct handle_slot *slot = handle_lock(handle, HANDLE_CONTEXT, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    SECURITY_STATUS status;
    if (!row || !row->set)
        status = unsupported(id, row);
    else
        status = !in || size < row->set_size ? SEC_E_INVALID_PARAMETER : row->set(object, in);
    handle_unlock(slot);
    return status;
}
