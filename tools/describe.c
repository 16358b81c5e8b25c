/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/describe.h"

#include <opensspi/extra.h>

#include <string.h>

/* CONNECTION_INFO tells the version as one bit of the side that asks. */
static const struct {
    DWORD bits;
    const char *name;
} versions[] = {
    {SP_PROT_TLS1_3_SERVER | SP_PROT_TLS1_3_CLIENT, "TLS 1.3"},
    {SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_2_CLIENT, "TLS 1.2"},
    {SP_PROT_TLS1_1_SERVER | SP_PROT_TLS1_1_CLIENT, "TLS 1.1"},
    {SP_PROT_TLS1_0_SERVER | SP_PROT_TLS1_0_CLIENT, "TLS 1.0"},
};

static void describe_account(CtxtHandle *context, char *out, size_t size)
{
    OPENSSPI_ACCOUNT *account;
    HANDLE token;

    *out = '\0';
    if (QuerySecurityContextToken(context, &token) != SEC_E_OK)
        return;
    if (OPENSSPI_QueryTokenAccount(token, &account) == SEC_E_OK) {
        snprintf(out, size, "%s", account->name);
        FreeContextBuffer(account);
    }
    CloseHandle(token);
}

void describe(CtxtHandle *context, struct description *d)
{
    SecPkgContext_ConnectionInfo info;
    SecPkgContext_CipherInfo cipher;
    SecPkgContext_ApplicationProtocol protocol;
    size_t i;

    memset(d, 0, sizeof *d);
    strcpy(d->version, "?");
    strcpy(d->suite, "?");
    if (QueryContextAttributesA(context, SECPKG_ATTR_CONNECTION_INFO, &info) == SEC_E_OK)
        for (i = 0; i < sizeof versions / sizeof versions[0]; i++)
            if (info.dwProtocol & versions[i].bits)
                strcpy(d->version, versions[i].name);
    memset(&cipher, 0, sizeof cipher);
    cipher.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
    if (QueryContextAttributesA(context, SECPKG_ATTR_CIPHER_INFO, &cipher) == SEC_E_OK) {
        for (i = 0; i + 1 < sizeof d->suite && i < 64 && cipher.szCipherSuite[i]; i++)
            d->suite[i] = (char)cipher.szCipherSuite[i]; /* IANA names are ASCII */
        d->suite[i] = '\0';
    }
    if (QueryContextAttributesA(context, SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol) == SEC_E_OK &&
        protocol.ProtoNegoStatus == SecApplicationProtocolNegotiationStatus_Success)
        memcpy(d->alpn, protocol.ProtocolId, protocol.ProtocolIdSize);
    describe_account(context, d->account, sizeof d->account);
}

struct certificate_text {
    char subject[512], issuer[512], not_after[48];
};

static void describe_certificate(PCCERT_CONTEXT certificate, struct certificate_text *text)
{
    DWORD style = CERT_X500_NAME_STR;
    SYSTEMTIME end;

    CertGetNameStringA(certificate, CERT_NAME_RDN_TYPE, 0, &style, text->subject, sizeof text->subject);
    CertGetNameStringA(certificate, CERT_NAME_RDN_TYPE, CERT_NAME_ISSUER_FLAG, &style, text->issuer,
                       sizeof text->issuer);
    if (FileTimeToSystemTime(&certificate->pCertInfo->NotAfter, &end))
        snprintf(text->not_after, sizeof text->not_after, "%04u-%02u-%02uT%02u:%02u:%02uZ", end.wYear,
                 end.wMonth, end.wDay, end.wHour, end.wMinute, end.wSecond);
    else
        strcpy(text->not_after, "?");
}

/* Names are the peer's: what is not printable ASCII is shown as \xNN (a backslash and a quote too, so the
 * same text serves JSON). */
static void describe_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
            fprintf(to, "\\u00%02x", c);
        else
            putc(c, to);
    }
}

/* Calls `each` for every certificate the peer sent, leaf first. */
static void describe_each(CtxtHandle *context, void (*each)(FILE *, unsigned, PCCERT_CONTEXT, const char *),
                          FILE *to, const char *with)
{
    PCCERT_CONTEXT leaf = NULL, at = NULL;
    unsigned i = 0;

    if (QueryContextAttributesA(context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, (void *)&leaf) != SEC_E_OK || !leaf)
        return;
    while ((at = CertEnumCertificatesInStore(leaf->hCertStore, at)))
        each(to, i++, at, with);
    CertFreeCertificateContext(leaf);
}

static void describe_line(FILE *to, unsigned i, PCCERT_CONTEXT certificate, const char *indent)
{
    struct certificate_text text;

    describe_certificate(certificate, &text);
    fprintf(to, "%s%u subject ", indent, i);
    describe_text(to, text.subject);
    fprintf(to, "\n%s  issuer  ", indent);
    describe_text(to, text.issuer);
    fprintf(to, "\n%s  valid until %s\n", indent, text.not_after);
}

static void describe_object(FILE *to, unsigned i, PCCERT_CONTEXT certificate, const char *unused)
{
    struct certificate_text text;

    (void)unused;
    describe_certificate(certificate, &text);
    fprintf(to, "%s{\"subject\":\"", i ? "," : "");
    describe_text(to, text.subject);
    fprintf(to, "\",\"issuer\":\"");
    describe_text(to, text.issuer);
    fprintf(to, "\",\"not_after\":\"%s\"}", text.not_after);
}

void describe_chain(FILE *to, CtxtHandle *context, const char *indent)
{
    describe_each(context, describe_line, to, indent);
}

void describe_json(FILE *to, CtxtHandle *context, const char *provider)
{
    struct description d;

    describe(context, &d);
    fprintf(to, "{\"version\":\"%s\",\"suite\":\"%s\",\"alpn\":\"", d.version, d.suite);
    describe_text(to, d.alpn);
    fprintf(to, "\",\"provider\":\"");
    describe_text(to, provider ? provider : "");
    fprintf(to, "\",\"chain\":[");
    describe_each(context, describe_object, to, NULL);
    fprintf(to, "]}");
}
