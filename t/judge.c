/* SPDX-License-Identifier: MIT
 *
 * t/judge -- judges the chains that a script feeds it, one case after another, as a program does: a chain
 * engine of its own, CertGetCertificateChain, CertVerifyCertificateChainPolicy(SSL).  Lines: time SECONDS |
 * host NAME | usage OID | anchor BASE64 | cert BASE64 | crl BASE64 | go ID.  "go" judges what was said since
 * the last one and prints "ID good" or "ID bad ERROR TRUST-STATUS".  Lists are soft (D10): one that says
 * nothing refuses nothing.  The provider is the configured one. */
#include <config.h>

#include <windows.h>

#include <schannel.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wincrypt.h>

struct octets {
    BYTE *ptr;
    DWORD len;
};

struct one {
    PCCERT_CONTEXT leaf;
    HCERTSTORE anchors, others;
    char host[512], usage[64];
    int64_t time;
    int crls;
};

static struct octets octets(const char *base64)
{
    struct octets out = {NULL, 0};
    if (CryptStringToBinaryA(base64, 0, CRYPT_STRING_BASE64, NULL, &out.len, NULL, NULL) &&
        (out.ptr = malloc(out.len + 1)))
        CryptStringToBinaryA(base64, 0, CRYPT_STRING_BASE64, out.ptr, &out.len, NULL, NULL);
    return out;
}

static HCERTSTORE memory_store(void)
{
    return CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
}

static void begin(struct one *o)
{
    CertFreeCertificateContext(o->leaf);
    CertCloseStore(o->anchors, 0);
    CertCloseStore(o->others, 0);
    memset(o, 0, sizeof *o);
    o->anchors = memory_store();
    o->others = memory_store();
}

static FILETIME moment(int64_t seconds)
{
    uint64_t ticks = (uint64_t)(seconds + 11644473600) * 10000000;
    return (FILETIME){(DWORD)ticks, (DWORD)(ticks >> 32)};
}

/* 0, or the error of the SSL policy. */
static DWORD by_policy(const struct one *o, PCCERT_CHAIN_CONTEXT chain)
{
    WCHAR host[512];
    size_t i = 0;
    for (; o->host[i]; i++)
        host[i] = (WCHAR)(unsigned char)o->host[i];
    host[i] = 0;
    int client = !strcmp(o->usage, szOID_PKIX_KP_CLIENT_AUTH);
    SSL_EXTRA_CERT_CHAIN_POLICY_PARA ssl = {.cbSize = sizeof ssl,
                                            .dwAuthType = client ? AUTHTYPE_CLIENT : AUTHTYPE_SERVER,
                                            .pwszServerName = i ? host : NULL};
    CERT_CHAIN_POLICY_PARA para = {.cbSize = sizeof para, .pvExtraPolicyPara = &ssl};
    CERT_CHAIN_POLICY_STATUS status = {.cbSize = sizeof status};
    if (!CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, chain, &para, &status))
        return GetLastError();
    return status.dwError;
}

static int is_soft(DWORD error)
{
    return error == (DWORD)CRYPT_E_REVOCATION_OFFLINE || error == (DWORD)CRYPT_E_NO_REVOCATION_CHECK;
}

static void judge(const struct one *o, const char *id)
{
    FILETIME when = moment(o->time);
    CERT_CHAIN_ENGINE_CONFIG config = {
        .cbSize = sizeof config,
        .hExclusiveRoot = o->anchors,
        .dwExclusiveFlags =
            CERT_CHAIN_EXCLUSIVE_ENABLE_CA_FLAG /* authors trust some that do not sign themselves */};
    HCERTCHAINENGINE engine = NULL;
    PCCERT_CHAIN_CONTEXT chain = NULL;
    char usage[64];
    LPSTR usages[] = {usage};
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    snprintf(usage, sizeof usage, "%s", o->usage);
    para.RequestedUsage.Usage = (CERT_ENHKEY_USAGE){o->usage[0] != 0, usages};
    DWORD error = 1, trust = 0;
    if (!CertCreateCertificateChainEngine(&config, &engine) ||
        !CertGetCertificateChain(engine, o->leaf, &when, o->others, &para,
                                 o->crls ? CERT_CHAIN_REVOCATION_CHECK_CHAIN : 0, NULL, &chain)) {
        error = GetLastError();
    } else {
        error = by_policy(o, chain);
        trust = chain->TrustStatus.dwErrorStatus;
    }
    if (!error || is_soft(error))
        printf("%s good\n", id);
    else
        printf("%s bad 0x%08x 0x%08x\n", id, (unsigned)error, (unsigned)trust);
    if (chain)
        CertFreeCertificateChain(chain);
    CertFreeCertificateChainEngine(engine);
}

static void add(struct one *o, const char *kind, const char *base64)
{
    struct octets der = octets(base64);
    if (!strcmp(kind, "anchor") || !strcmp(kind, "cert"))
        CertAddEncodedCertificateToStore(*kind == 'a' ? o->anchors : o->others, X509_ASN_ENCODING, der.ptr,
                                         der.len, CERT_STORE_ADD_ALWAYS, NULL);
    if (!strcmp(kind, "cert") && !o->leaf)
        o->leaf = CertCreateCertificateContext(X509_ASN_ENCODING, der.ptr, der.len);
    PCCRL_CONTEXT crl =
        strcmp(kind, "crl") ? NULL : CertCreateCRLContext(X509_ASN_ENCODING, der.ptr, der.len);
    if (crl)
        o->crls += CertAddCRLContextToStore(o->others, crl, CERT_STORE_ADD_ALWAYS, NULL);
    CertFreeCRLContext(crl);
    free(der.ptr);
}

int main(void)
{
    static char line[1 << 20];
    struct one o = {.crls = 0};
    begin(&o);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        char *word = strchr(line, ' ');
        if (!word)
            continue;
        *word++ = 0;
        if (!strcmp(line, "time")) {
            o.time = strtoll(word, NULL, 10);
        } else if (!strcmp(line, "host")) {
            snprintf(o.host, sizeof o.host, "%s", word);
        } else if (!strcmp(line, "usage")) {
            snprintf(o.usage, sizeof o.usage, "%s", word);
        } else if (!strcmp(line, "go")) {
            judge(&o, word);
            begin(&o);
        } else {
            add(&o, line, word);
        }
    }
    begin(&o);
    CertCloseStore(o.anchors, 0);
    CertCloseStore(o.others, 0);
    return 0;
}
