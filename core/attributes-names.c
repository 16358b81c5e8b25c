/* SPDX-License-Identifier: MIT
 *
 * Attributes that name things: the package, the protocol, the target, who vouches for the peer; and what the
 * program itself attached. */
#include <config.h>

#include "core/attributes.h"

#include "core/account.h"
#include "core/cert/certificate.h"
#include "core/cert/names.h"
#include "core/extras.h"
#include "core/local-time.h"
#include "core/memory.h"
#include "core/package.h"
#include "core/utf.h"

#include <schannel.h>
#include <stdlib.h>
#include <string.h>

#define APP_DATA_MAX (64u * 1024u)
#define TEXT_MAX     (64u * 1024u) /* octets of a name that is shown */

/* ---- text ---- */

void *attributes_hand_text(const char *utf8, unsigned bits)
{
    void *copy;
    int bad;
    if (strlen(utf8) > TEXT_MAX)
        return NULL;
    copy = bits == 8 ? strdup(utf8) : utf8_to_wide(utf8, bits, NULL, &bad);
    if (!copy || memory_adopt(copy) == 0)
        return copy;
    free(copy);
    return NULL;
}

static unsigned text_bits(enum form form)
{
    return FORM_IS_WIDE(form) ? FORM_BITS(form) : 8;
}

static SECURITY_STATUS put_text(const char *utf8, unsigned bits, void *out)
{
    void *text = attributes_hand_text(utf8, bits);
    if (!text)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(out, &text, sizeof text);
    return SEC_E_OK;
}

/* ---- package and protocol ---- */

SECURITY_STATUS attribute_package_info(struct context *context, void *out, enum form form)
{
    void *info;
    (void)context;
    SECURITY_STATUS status = package_one(UNISP_NAME_A, text_bits(form), &info);
    if (status == SEC_E_OK)
        memcpy(out, &info, sizeof info);
    return status;
}

SECURITY_STATUS attribute_proto_info(struct context *context, void *out, enum form form)
{
    SecPkgContext_ProtoInfoA info = {NULL, 1, 0}; /* A and W differ in what the pointer points to */
    int dtls = context->version >> 8 == 0xFE;
    SECURITY_STATUS status = put_text(dtls ? "DTLS" : "TLS", text_bits(form), &info.sProtocolName);
    if (status != SEC_E_OK)
        return status;
    info.minorVersion = dtls ? 0xFFu - (context->version & 0xFFu) : (context->version & 0xFFu) - 1u;
    memcpy(out, &info, sizeof info);
    return SEC_E_OK;
}

/* What both ends are known to have agreed on: a server's answer is the library's own affair, so this is what
 * the connection itself shows. */
SECURITY_STATUS attribute_tls_extensions(struct context *context, void *out, enum form form)
{
    SecPkgContext_NegotiatedTlsExtensions answer = {0, NULL};
    struct sspi_conn conn = {.size = sizeof conn};
    int tls13 = context->version == 0x0304;
    (void)form;
    if (context->provider->api.describe(context->session, &conn) != SSPI_OK)
        return SEC_E_INTERNAL_ERROR;
    const struct {
        int agreed;
        USHORT number;
    } known[] = {
        {conn.srtp != 0, 14},
        {context->alpn != NULL, 16},
        {(conn.flags & SSPI_CONN_EMS) && !tls13, 23},
        {tls13 && (conn.psk_identity.len || (context->flags & CONTEXT_RESUMED)), 41},
        {tls13, 43},
        {tls13 && context->group, 51},
        {(conn.flags & SSPI_CONN_SAFE_RENEGOTIATION) && !tls13, 0xFF01},
    };
    answer.Extensions = memory_hand_out(sizeof known / sizeof *known * sizeof *answer.Extensions);
    if (!answer.Extensions)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].agreed)
            answer.Extensions[answer.ExtensionsCount++] = known[i].number;
    memcpy(out, &answer, sizeof answer);
    return SEC_E_OK;
}

SECURITY_STATUS attribute_flags(struct context *context, void *out, enum form form)
{
    (void)form;
    SecPkgContext_Flags *flags = out;
    flags->Flags = flags_write(context->flags & CONTEXT_SERVER ? FLAGS_ASC : FLAGS_ISC, context->meaning,
                               context->flags & CONTEXT_MUTUAL ? FLAG_MUTUAL_AUTH : 0);
    return SEC_E_OK;
}

/* From completion to the end of the peer's certificate (D2). */
SECURITY_STATUS attribute_lifespan(struct context *context, void *out, enum form form)
{
    (void)form;
    SecPkgContext_Lifespan *span = out;
    struct sspi_bytes leaf;
    uint64_t end = context_peer_cert(context, 0, &leaf) ? cert_not_after(leaf) : 0;
    local_time_write(&span->tsStart, local_time_of(filetime_ticks(context->opened)));
    local_time_write(&span->tsExpiry, end ? local_time_of(end) : LOCAL_TIME_NEVER);
    return SEC_E_OK;
}

/* ---- names of parties ---- */

/* The account that a client's certificate maps to (D22). */
SECURITY_STATUS attribute_names(struct context *context, void *out, enum form form)
{
    return context->account ? put_text(context->account->name, text_bits(form), out) : SEC_E_NO_IMPERSONATION;
}

/* Wide whatever the form: the structure has no other. */
SECURITY_STATUS attribute_client_target(struct context *context, void *out, enum form form)
{
    return put_text(context->target ? context->target : "", FORM_BITS(form), out);
}

/* Who vouches for the peer: the issuer of its certificate. */
SECURITY_STATUS attribute_authority(struct context *context, void *out, enum form form)
{
    struct sspi_bytes leaf;
    struct x509 x;
    int malformed = 0;
    if (!context_peer_cert(context, 0, &leaf))
        return SEC_E_NO_CREDENTIALS;
    if (x509_parse(leaf, &x) != 0)
        return SEC_E_INTERNAL_ERROR;
    char *text = names_text(x.issuer, CERT_X500_NAME_STR, &malformed);
    if (!text)
        return malformed ? SEC_E_INTERNAL_ERROR : SEC_E_INSUFFICIENT_MEMORY;
    SECURITY_STATUS status = put_text(text, text_bits(form), out);
    free(text);
    return status;
}

/* One's own certificate in words, wide whatever the form. */
SECURITY_STATUS attribute_local_cert_info(struct context *context, void *out, enum form form)
{
    SecPkgContext_CertInfo info = {.dwVersion = KERN_CONTEXT_CERT_INFO_V1};
    unsigned unit = FORM_BITS(form) / 8;
    struct cert_key_facts facts;
    struct x509 x;
    int malformed = 0;
    SECURITY_STATUS status = SEC_E_INSUFFICIENT_MEMORY;
    if (!context->certificate)
        return SEC_E_NO_CREDENTIALS;
    struct sspi_bytes leaf = context->certificate->identity.chain[0];
    if (x509_parse(leaf, &x) != 0 || cert_key_facts(leaf, &facts) != 0)
        return SEC_E_INTERNAL_ERROR;
    char *subject = names_text(x.subject, CERT_X500_NAME_STR, &malformed);
    char *issuer = names_text(x.issuer, CERT_X500_NAME_STR, &malformed);
    if (subject && issuer) {
        info.pwszSubjectName = attributes_hand_text(subject, FORM_BITS(form));
        info.pwszIssuerName = attributes_hand_text(issuer, FORM_BITS(form));
    } else if (malformed) {
        status = SEC_E_INTERNAL_ERROR;
    }
    free(subject);
    free(issuer);
    if (!info.pwszSubjectName || !info.pwszIssuerName) {
        memory_take_back(info.pwszSubjectName);
        memory_take_back(info.pwszIssuerName);
        return status;
    }
    info.cbSubjectName = (DWORD)(wide_length(info.pwszSubjectName, FORM_BITS(form)) + 1) * unit;
    info.cbIssuerName = (DWORD)(wide_length(info.pwszIssuerName, FORM_BITS(form)) + 1) * unit;
    info.dwKeySize = facts.bits;
    memcpy(out, &info, sizeof info);
    return SEC_E_OK;
}

/* ---- the program's own data ---- */

SECURITY_STATUS attribute_app_data_set(struct context *context, const void *in)
{
    SecPkgContext_SessionAppData data;
    struct bytes copy = {0};
    memcpy(&data, in, sizeof data);
    if (data.cbAppData > APP_DATA_MAX || (data.cbAppData && !data.pbAppData))
        return SEC_E_INVALID_PARAMETER;
    struct extras *extras = context_extras(context);
    if (!extras || bytes_append(&copy, data.pbAppData, data.cbAppData) != 0)
        return SEC_E_INSUFFICIENT_MEMORY;
    bytes_wipe(&extras->app_data);
    extras->app_data = copy;
    extras->app_flags = data.dwFlags;
    return SEC_E_OK;
}

SECURITY_STATUS attribute_app_data(struct context *context, void *out, enum form form)
{
    SecPkgContext_SessionAppData answer = {0};
    const struct extras *extras = context->extras;
    (void)form;
    if (extras) {
        answer.dwFlags = extras->app_flags;
        answer.cbAppData = (DWORD)extras->app_data.len;
    }
    if (answer.cbAppData) {
        answer.pbAppData = memory_hand_out(answer.cbAppData);
        if (!answer.pbAppData)
            return SEC_E_INSUFFICIENT_MEMORY;
        memcpy(answer.pbAppData, extras->app_data.ptr, answer.cbAppData);
    }
    memcpy(out, &answer, sizeof answer);
    return SEC_E_OK;
}
