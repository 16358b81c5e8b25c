/* SPDX-License-Identifier: MIT
 *
 * Attributes that say what was negotiated: sizes, suite, protocol, key. */
#include <config.h>

#include "core/attributes.h"

#include "core/memory.h"
#include "core/package.h"
#include "core/settings.h"
#include "core/utf.h"

#include <arpa/inet.h>
#include <schannel.h>
#include <string.h>

/* ---- sizes ---- */

SECURITY_STATUS attribute_sizes(struct context *context, void *out, enum form form)
{
    (void)form;
    SecPkgContext_Sizes *sizes = out;
    sizes->cbMaxToken = PACKAGE_MAX_TOKEN;
    sizes->cbMaxSignature = context->suite->hash_bits / 8u;
    sizes->cbBlockSize = context->suite->block;
    sizes->cbSecurityTrailer = (ULONG)context->header + context->trailer;
    return SEC_E_OK;
}

SECURITY_STATUS attribute_stream_sizes(struct context *context, void *out, enum form form)
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
    return settings_protocol_bit(handshake_cap_of_version(context->version), (context->flags & CONTEXT_SERVER) != 0);
}

/* The certificate that authenticates the server, its own or the peer's. */
static struct sspi_bytes server_leaf(const struct context *context)
{
    struct sspi_bytes leaf = {0};
    if (context->flags & CONTEXT_SERVER)
        return context->certificate ? context->certificate->identity.chain[0] : leaf;
    (void)context_peer_cert(context, 0, &leaf);
    return leaf;
}

SECURITY_STATUS attribute_connection_info(struct context *context, void *out, enum form form)
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

SECURITY_STATUS attribute_cipher_info(struct context *context, void *out, enum form form)
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

SECURITY_STATUS attribute_connection_info_ex(struct context *context, void *out, enum form form)
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

SECURITY_STATUS attribute_application_protocol(struct context *context, void *out, enum form form)
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

SECURITY_STATUS attribute_session_info(struct context *context, void *out, enum form form)
{
    (void)form;
    SecPkgContext_SessionInfo *info = out;
    memset(info, 0, sizeof *info);
    info->dwFlags = context->flags & CONTEXT_RESUMED ? SSL_SESSION_RECONNECT : 0;
    if (context->version < 0x0304) { /* in TLS 1.3 it names nothing */
        info->cbSessionId = context->session_id[0];
        memcpy(info->rgbSessionId, context->session_id + 1, sizeof info->rgbSessionId);
    }
    return SEC_E_OK;
}

SECURITY_STATUS attribute_key_info(struct context *context, void *out, enum form form)
{
    SecPkgContext_KeyInfoA *info = out; /* A and W differ in what the pointers point to */
    struct cert_key_facts facts;
    unsigned bits = FORM_IS_WIDE(form) ? FORM_BITS(form) : 8;
    struct sspi_bytes leaf = server_leaf(context);
    if (!leaf.len || cert_key_facts(leaf, &facts) != 0)
        return SEC_E_NO_CREDENTIALS;
    void *signature = attributes_hand_text(facts.name, bits);
    void *cipher = attributes_hand_text(context->suite->cipher, bits);
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

/* RFC 5764: what a datagram connection chose, in network byte order as SECBUFFER_SRTP_PROTECTION_PROFILES is:
 * programs written for Windows rely on it.  The identifier of a master key, which no library reads, is empty. */
SECURITY_STATUS attribute_srtp(struct context *context, void *out, enum form form)
{
    SecPkgContext_SrtpParameters answer = {0};
    struct sspi_conn conn = {.size = sizeof conn};
    (void)form;
    if (context->provider->api.describe(context->session, &conn) != SSPI_OK)
        return SEC_E_INTERNAL_ERROR;
    if (!conn.srtp)
        return SEC_E_UNSUPPORTED_FUNCTION;
    answer.ProtectionProfile = htons(conn.srtp);
    memcpy(out, &answer, sizeof answer);
    return SEC_E_OK;
}
