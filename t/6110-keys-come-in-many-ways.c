/* SPDX-License-Identifier: MIT
 *
 * A server's key in each way that programs bring it: a container named by KEY_PROV_INFO (MariaDB,
 * schannel-rs), an NCrypt key by name and by handle (aws-c-io, FFmpeg), a PFX (Qt, schannel-rs), a
 * certificate made on the spot (pjsip).  Each serves a handshake, and stays served when key and container are
 * gone (K35, K17). */
#include <config.h>

#include "t/page-kit.h"

#include <ncrypt.h>

static WCHAR box[] = L"contract box", label[] = L"contract key";

static uint8_t *der_of(const char *file, DWORD *len)
{
    size_t size;
    uint8_t *text = pair_file(file, &size), *der = text ? malloc(size) : NULL;
    *len = (DWORD)size;
    if (der && !CryptStringToBinaryA((const char *)text, 0, CRYPT_STRING_BASE64HEADER, der, len, NULL, NULL))
        *len = 0;
    free(text);
    return der;
}

/* The same certificate without what pair_certificate knows of its key. */
static PCCERT_CONTEXT bare(const char *name)
{
    PCCERT_CONTEXT whole = pair_certificate(name);
    PCCERT_CONTEXT copy =
        whole ? CertCreateCertificateContext(X509_ASN_ENCODING, whole->pbCertEncoded, whole->cbCertEncoded)
              : NULL;
    CertFreeCertificateContext(whole);
    return copy;
}

/* ---- the ways; each gives a certificate, `undo` takes away what it was made of ---- */

static PCCERT_CONTEXT in_container(void)
{
    DWORD len, size = 0;
    uint8_t *der = der_of("server-rsa-pkcs1.key", &len);
    BYTE *blob = NULL;
    HCRYPTPROV provider = 0;
    HCRYPTKEY key = 0;
    PCCERT_CONTEXT cert = bare("server-rsa");
    CRYPT_KEY_PROV_INFO info = {
        .pwszContainerName = box, .dwProvType = PROV_RSA_SCHANNEL, .dwKeySpec = AT_KEYEXCHANGE};
    if (!CryptDecodeObjectEx(X509_ASN_ENCODING, PKCS_RSA_PRIVATE_KEY, der, len, CRYPT_DECODE_ALLOC_FLAG, NULL,
                             &blob, &size) ||
        !CryptAcquireContextW(&provider, box, MS_DEF_RSA_SCHANNEL_PROV_W, PROV_RSA_SCHANNEL,
                              CRYPT_NEWKEYSET) ||
        !CryptImportKey(provider, blob, size, 0, 0, &key) ||
        !CertSetCertificateContextProperty(cert, CERT_KEY_PROV_INFO_PROP_ID, 0, &info)) {
        CertFreeCertificateContext(cert);
        cert = NULL;
    }
    if (key)
        CryptDestroyKey(key);
    if (provider)
        CryptReleaseContext(provider, 0);
    LocalFree(blob);
    free(der);
    return cert;
}

static void drop_container(void)
{
    HCRYPTPROV gone = 0;
    CryptAcquireContextW(&gone, box, MS_DEF_RSA_SCHANNEL_PROV_W, PROV_RSA_SCHANNEL, CRYPT_DELETEKEYSET);
}

static NCRYPT_KEY_HANDLE ncrypt_key;

static PCCERT_CONTEXT ncrypt(const char *file, const char *name, int by_handle)
{
    DWORD len;
    uint8_t *der = der_of(file, &len);
    NCRYPT_PROV_HANDLE storage = 0;
    NCryptBuffer buffer = {sizeof label, NCRYPTBUFFER_PKCS_KEY_NAME, label};
    NCryptBufferDesc list = {NCRYPTBUFFER_VERSION, 1, &buffer};
    PCCERT_CONTEXT cert = bare(name);
    CRYPT_KEY_PROV_INFO info = {.pwszContainerName = label};
    BOOL set = FALSE;
    ncrypt_key = 0;
    if (NCryptOpenStorageProvider(&storage, MS_KEY_STORAGE_PROVIDER, 0) == ERROR_SUCCESS &&
        NCryptImportKey(storage, 0, NCRYPT_PKCS8_PRIVATE_KEY_BLOB, &list, &ncrypt_key, der, len,
                        NCRYPT_OVERWRITE_KEY_FLAG) == ERROR_SUCCESS)
        set = by_handle ? CertSetCertificateContextProperty(cert, CERT_NCRYPT_KEY_HANDLE_PROP_ID,
                                                            CERT_SET_PROPERTY_INHIBIT_PERSIST_FLAG,
                                                            (void *)ncrypt_key)
                        : CertSetCertificateContextProperty(cert, CERT_KEY_PROV_INFO_PROP_ID, 0, &info);
    if (storage)
        NCryptFreeObject(storage);
    free(der);
    if (set)
        return cert;
    CertFreeCertificateContext(cert);
    return NULL;
}

static PCCERT_CONTEXT ncrypt_by_name(void)
{
    return ncrypt("server-rsa.key", "server-rsa", 0);
}

static PCCERT_CONTEXT ncrypt_by_handle(void)
{
    return ncrypt("server-ecdsa.key", "server-ecdsa", 1);
}

static void drop_ncrypt(void)
{
    NCryptFreeObject(ncrypt_key);
}

static PCCERT_CONTEXT pfx(void)
{
    size_t len;
    uint8_t *bytes = pair_file("server-ecdsa.pfx", &len);
    CRYPT_DATA_BLOB blob = {(DWORD)len, bytes};
    HCERTSTORE store = PFXImportCertStore(&blob, L"test", 0);
    PCCERT_CONTEXT cert = NULL;
    while (store && (cert = CertEnumCertificatesInStore(store, cert))) {
        DWORD size = 0;
        if (CertGetCertificateContextProperty(cert, CERT_KEY_PROV_INFO_PROP_ID, NULL, &size) ||
            CertGetCertificateContextProperty(cert, CERT_NCRYPT_KEY_HANDLE_PROP_ID, NULL, &size))
            break;
    }
    if (store)
        CertCloseStore(store, 0);
    free(bytes);
    return cert;
}

static PCCERT_CONTEXT made_here(void)
{
    BYTE encoded[256];
    CERT_NAME_BLOB name = {sizeof encoded, encoded};
    if (!CertStrToNameA(X509_ASN_ENCODING, "CN=localhost", CERT_X500_NAME_STR, NULL, encoded, &name.cbData,
                        NULL))
        return NULL;
    return CertCreateSelfSignCertificate(0, &name, 0, NULL, NULL, NULL, NULL, NULL);
}

static const struct {
    const char *words;
    PCCERT_CONTEXT (*make)(void);
    void (*undo)(void);
} ways[] = {
    {"a container", in_container, drop_container},
    {"an NCrypt key by name", ncrypt_by_name, drop_ncrypt},
    {"an NCrypt key's handle", ncrypt_by_handle, drop_ncrypt},
    {"a PFX", pfx, NULL},
    {"a certificate made here", made_here, NULL},
};

static SECURITY_STATUS acquire(const char *provider, int tls, PCCERT_CONTEXT cert, CredHandle *out)
{
    char package[64];
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = tls == 12 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2};
    SCH_CREDENTIALS data = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = 1,
                            .paCred = &cert,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    pair_package(package, sizeof package, provider);
    return AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, &data, NULL, NULL, out, NULL);
}

static void each(const char *provider, int tls)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct pair pair;
        struct pair_options options = {FULL_HANDSHAKES, .provider = provider, .tls = tls};
        PCCERT_CONTEXT cert = ways[i].make();
        CredHandle credential;
        snprintf(tag, sizeof tag, "%s tls%d %s", provider, tls, ways[i].words);
        if (!ok(cert != NULL, "K35 %s", tag) || !pair_open(&pair, &options))
            continue;
        SECURITY_STATUS status = acquire(provider, tls, cert, &credential);
        is_status(status, SEC_E_OK, "K35 %s: a credential", tag);
        if (ways[i].undo)
            ways[i].undo();
        CertFreeCertificateContext(cert);
        if (status == SEC_E_OK) {
            FreeCredentialsHandle(&pair.server.credential);
            pair.server.credential = credential;
            is_status(pair_handshake(&pair), SEC_E_OK, "K35 K17 %s: serves, and what it was made of is gone",
                      tag);
        }
        pair_close(&pair);
    }
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
