/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/bogo/connection.h"

#include <opensspi/extra.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEM_MAX (1u << 20)

/* The statuses that a handshake or a record can end with, by the names that errors.json maps to. */
int bogo_failed(const char *what, SECURITY_STATUS status)
{
#define NAME(code)                                                                                           \
    {                                                                                                        \
        code, #code                                                                                          \
    }
    static const struct {
        SECURITY_STATUS code;
        const char *name;
    } names[] = {NAME(SEC_E_ALGORITHM_MISMATCH),
                 NAME(SEC_E_APPLICATION_PROTOCOL_MISMATCH),
                 NAME(SEC_E_CERT_EXPIRED),
                 NAME(SEC_E_CERT_UNKNOWN),
                 NAME(SEC_E_CERT_WRONG_USAGE),
                 NAME(SEC_E_CONTEXT_EXPIRED),
                 NAME(SEC_E_DECRYPT_FAILURE),
                 NAME(SEC_E_ILLEGAL_MESSAGE),
                 NAME(SEC_E_INCOMPLETE_CREDENTIALS),
                 NAME(SEC_E_INSUFFICIENT_MEMORY),
                 NAME(SEC_E_INTERNAL_ERROR),
                 NAME(SEC_E_INVALID_PARAMETER),
                 NAME(SEC_E_INVALID_TOKEN),
                 NAME(SEC_E_MESSAGE_ALTERED),
                 NAME(SEC_E_OUT_OF_SEQUENCE),
                 NAME(SEC_E_UNSUPPORTED_FUNCTION),
                 NAME(SEC_E_UNTRUSTED_ROOT),
                 NAME(SEC_E_WRONG_PRINCIPAL),
                 NAME(SEC_I_RENEGOTIATE)};
#undef NAME
    const char *name = "another status";

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].code == status)
            name = names[i].name;
    fprintf(stderr, "%s: %s (0x%08X)\n", what, name, (unsigned)status);
    return 1;
}

static int differs(const char *what, unsigned got, unsigned wanted)
{
    if (got != wanted)
        fprintf(stderr, "%s: got 0x%04x, wanted 0x%04x\n", what, got, wanted);
    return got != wanted;
}

static int expect_alpn(CtxtHandle *context, const char *wanted)
{
    SecPkgContext_ApplicationProtocol protocol = {0};

    if (QueryContextAttributesA(context, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol) == SEC_E_OK &&
        protocol.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success &&
        protocol.ProtocolIdSize == strlen(wanted) && !memcmp(protocol.ProtocolId, wanted, strlen(wanted)))
        return 0;
    if (!*wanted && protocol.ProtoNegoStatus != SecApplicationProtocolNegotiationStatus_Success)
        return 0;
    fprintf(stderr, "ALPN is not %s\n", wanted);
    return 1;
}

static HCERTSTORE open_pem(const char *path)
{
    CRYPT_DATA_BLOB blob = {0, calloc(1, PEM_MAX)};
    HCERTSTORE store = NULL;
    FILE *file = fopen(path, "rb");

    if (file && blob.pbData) {
        blob.cbData = (DWORD)fread(blob.pbData, 1, PEM_MAX, file);
        store = CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob);
    }
    if (file)
        fclose(file);
    free(blob.pbData);
    return store;
}

/* The chain that came, leaf first, is that of the file. */
static int expect_chain(CtxtHandle *context, const char *path)
{
    PCCERT_CONTEXT leaf = NULL, got = NULL, wanted = NULL;
    HCERTSTORE store = open_pem(path);
    int same = store != NULL &&
               QueryContextAttributesA(context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, (void *)&leaf) == SEC_E_OK &&
               leaf;

    while (same) {
        got = CertEnumCertificatesInStore(leaf->hCertStore, got);
        wanted = CertEnumCertificatesInStore(store, wanted);
        if (!got && !wanted)
            break;
        same = got && wanted && got->cbCertEncoded == wanted->cbCertEncoded &&
               !memcmp(got->pbCertEncoded, wanted->pbCertEncoded, got->cbCertEncoded);
    }
    if (got)
        CertFreeCertificateContext(got);
    if (wanted)
        CertFreeCertificateContext(wanted);
    if (leaf)
        CertFreeCertificateContext(leaf);
    if (store)
        CertCloseStore(store, 0);
    if (!same)
        fprintf(stderr, "the peer's chain is not that of %s\n", path);
    return !same;
}

static int has_peer(CtxtHandle *context)
{
    PCCERT_CONTEXT leaf = NULL;

    if (QueryContextAttributesA(context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, (void *)&leaf) != SEC_E_OK || !leaf)
        return 0;
    CertFreeCertificateContext(leaf);
    return 1;
}

int bogo_expect(const struct bogo_connection *b)
{
    const struct bogo_config *c = b->config;
    CtxtHandle *context = (CtxtHandle *)&b->channel.context;
    SecPkgContext_CipherInfo cipher = {.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1};
    SecPkgContext_SessionInfo session = {0};
    SECURITY_STATUS status = QueryContextAttributesA(context, SECPKG_ATTR_CIPHER_INFO, &cipher);

    if (status == SEC_E_OK)
        status = QueryContextAttributesA(context, SECPKG_ATTR_SESSION_INFO, &session);
    if (status != SEC_E_OK)
        return bogo_failed("attributes", status);
    if (differs("session", session.dwFlags & SSL_SESSION_RECONNECT, b->resumes && !c->expect_miss) ||
        (c->expect_version && differs("version", cipher.dwProtocol, c->expect_version)) ||
        (c->expect_cipher && differs("suite", cipher.dwCipherSuite, c->expect_cipher)))
        return 1;
    if (c->expect_no_peer_cert && has_peer(context)) {
        fputs("a certificate came\n", stderr);
        return 1;
    }
    return (c->expect_alpn && expect_alpn(context, c->expect_alpn)) ||
           (c->expect_peer_cert && expect_chain(context, c->expect_peer_cert));
}

static int export_keys(struct bogo_connection *b)
{
    const struct bogo_config *c = b->config;
    const char *label = c->export_label ? c->export_label : "",
               *with = c->export_context ? c->export_context : "";
    SecPkgContext_KeyingMaterialInfo info = {(WORD)strlen(label), (LPSTR)label, 0, NULL, c->export_length};
    SecPkgContext_KeyingMaterial keys = {0};
    SECURITY_STATUS status;

    if (c->export_with_context) {
        info.cbContextValue = (WORD)strlen(with);
        info.pbContextValue = (PBYTE)with;
    }
    status = SetContextAttributesA(&b->channel.context, SECPKG_ATTR_KEYING_MATERIAL_INFO, &info, sizeof info);
    if (status == SEC_E_OK)
        status = QueryContextAttributesA(&b->channel.context, SECPKG_ATTR_KEYING_MATERIAL, &keys);
    if (status == SEC_E_OK && channel_write(&b->channel, keys.pbKeyingMaterial, keys.cbKeyingMaterial) != 0)
        status = b->channel.status;
    if (keys.pbKeyingMaterial)
        FreeContextBuffer(keys.pbKeyingMaterial);
    return status == SEC_E_OK ? 0 : bogo_failed("failed to export keying material", status);
}

/* RFC 5929: behind the header and the words "tls-unique:" stand the octets. */
static int export_binding(struct bogo_connection *b)
{
    static const char prefix[] = "tls-unique:";
    SecPkgContext_Bindings bindings = {0};
    SECURITY_STATUS status =
        QueryContextAttributesA(&b->channel.context, SECPKG_ATTR_UNIQUE_BINDINGS, &bindings);
    const unsigned char *at;
    size_t len;
    int rc = 1;

    if (status != SEC_E_OK)
        return bogo_failed("tls-unique", status);
    at = (const unsigned char *)bindings.Bindings + bindings.Bindings->dwApplicationDataOffset;
    len = bindings.Bindings->cbApplicationDataLength;
    if (len > sizeof prefix - 1 && !memcmp(at, prefix, sizeof prefix - 1))
        rc = channel_write(&b->channel, at + sizeof prefix - 1, len - (sizeof prefix - 1)) != 0;
    FreeContextBuffer(bindings.Bindings);
    return rc;
}

int bogo_exports(struct bogo_connection *b)
{
    return (b->config->export_length && export_keys(b) != 0) ||
           (b->config->unique_binding && export_binding(b) != 0);
}
