/* SPDX-License-Identifier: MIT
 *
 * AcquireCredentialsHandle, FreeCredentialsHandle and the attributes of a credential, by contract id. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

#define ALL_SERVERS (SP_PROT_TLS1_0_SERVER | SP_PROT_TLS1_1_SERVER | SP_PROT_TLS1_2_SERVER)
#define ALL_CLIENTS (SP_PROT_TLS1_0_CLIENT | SP_PROT_TLS1_1_CLIENT | SP_PROT_TLS1_2_CLIENT)
#undef OUT /* Windows has these for annotations */
#undef IN
#define OUT         SECPKG_CRED_OUTBOUND
#define IN          SECPKG_CRED_INBOUND
#define BOTH        SECPKG_CRED_BOTH

static char package[64];
static const char *provider;

static SECURITY_STATUS acquire(ULONG use, void *auth, CredHandle *handle)
{
    return AcquireCredentialsHandleA(NULL, package, use, NULL, auth, NULL, NULL, handle, NULL);
}

/* Acquires, frees, and says what came of it; on failure the handle must be as it was. */
static void expect(ULONG use, void *auth, SECURITY_STATUS want, const char *words)
{
    CredHandle handle = {0xdeadbeef, 0xdeadbeef};
    SECURITY_STATUS got = acquire(use, auth, &handle);
    const char *side = use == OUT ? "outbound" : use == IN ? "inbound" : use == BOTH ? "both" : "no use";
    is_status(got, want, "%s %s: %s", words, provider, side);
    if (got == SEC_E_OK)
        is_status(FreeCredentialsHandle(&handle), SEC_E_OK, "%s %s: %s, freed", words, provider, side);
    else
        ok(handle.dwLower == 0xdeadbeef && handle.dwUpper == 0xdeadbeef, "%s %s: handle untouched", words,
           provider);
}

static void expect_both(void *auth, SECURITY_STATUS want, const char *words)
{
    expect(OUT, auth, want, words);
    expect(IN, auth, want, words);
}

/* ---- W1 to W3 ---- */

static void without_data(void)
{
    CredHandle handle;
    TimeStamp expiry = {{0, 0}};
    expect(OUT, NULL, SEC_E_OK, "W1 no data");
    is_status(AcquireCredentialsHandleA(NULL, package, OUT, NULL, NULL, NULL, NULL, &handle, &expiry),
              SEC_E_OK, "W1 %s: with an expiry", provider);
    ok(expiry.QuadPart != 0, "W1 %s: which is written", provider);
    FreeCredentialsHandle(&handle);
    is_status(AcquireCredentialsHandleA(NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL),
              SEC_E_SECPKG_NOT_FOUND, "W2 %s: no package, before all else", provider);
    static const ULONG uses[] = {0, BOTH, IN};
    for (size_t i = 0; i < 3; i++) {
        is_status(acquire(uses[i], NULL, NULL), SEC_E_NO_CREDENTIALS, "W3 %s: use %u, no data, no handle",
                  provider, (unsigned)uses[i]);
        expect(uses[i], NULL, SEC_E_NO_CREDENTIALS, "W3 no data");
    }
    is_status(acquire(OUT, NULL, NULL), SEC_E_INVALID_HANDLE, "%s: a good credential and nowhere to put it",
              provider);
}

/* ---- versions and protocols ---- */

static void versions(void)
{
    static const struct {
        DWORD version;
        SECURITY_STATUS want;
        const char *words;
    } rows[] = {
        {0, SEC_E_UNKNOWN_CREDENTIALS, "W12 version 0"},
        {SCH_CRED_V1, SEC_E_UNKNOWN_CREDENTIALS, "W17 version 1"},
        {SCH_CRED_V2, SEC_E_UNKNOWN_CREDENTIALS, "W17 version 2"},
        {SCH_CRED_V3, SEC_E_INSUFFICIENT_MEMORY, "W18 version 3"},
        {SCHANNEL_CRED_VERSION, SEC_E_OK, "W13 W19 version 4"},
        {6, SEC_E_UNKNOWN_CREDENTIALS, "version 6"},
        {0xffffffff, SEC_E_UNKNOWN_CREDENTIALS, "version -1"},
    };
    PCCERT_CONTEXT cert = pair_certificate("server-rsa");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (DWORD certs = 0; certs < 2; certs++) {
            SCHANNEL_CRED cred = {.dwVersion = rows[i].version, .cCreds = certs, .paCred = &cert};
            expect_both(&cred, rows[i].want, rows[i].words);
        }
    SCHANNEL_CRED none = {0};
    is_status(acquire(OUT, &none, NULL), SEC_E_UNKNOWN_CREDENTIALS, "W12 %s: no handle either", provider);
    SCH_CREDENTIALS fresh = {.dwVersion = SCH_CREDENTIALS_VERSION};
    expect_both(&fresh, SEC_E_OK, "W21 version 5, zeroed");
    CertFreeCertificateContext(cert);
}

static void protocols(void)
{
    static const struct {
        ULONG use;
        DWORD bits;
        SECURITY_STATUS want;
        const char *words;
    } rows[] = {
        {OUT, ALL_SERVERS, SEC_E_ALGORITHM_MISMATCH, "W10 servers' bits"},
        {IN, ALL_SERVERS, SEC_E_OK, "W10 servers' bits"},
        {OUT, ALL_CLIENTS, SEC_E_OK, "W11 clients' bits"},
        {IN, ALL_CLIENTS, SEC_E_ALGORITHM_MISMATCH, "W11 clients' bits"},
        {OUT, SP_PROT_DTLS1_X_CLIENT | SP_PROT_TLS1_0_CLIENT, SEC_E_ALGORITHM_MISMATCH, "W23 DTLS and TLS"},
        {OUT, SP_PROT_DTLS1_X_CLIENT | SP_PROT_TLS1_0_SERVER, SEC_E_ALGORITHM_MISMATCH,
         "W23 DTLS and TLS server"},
        {OUT, SP_PROT_DTLS1_X_CLIENT | SP_PROT_SSL3_SERVER, SEC_E_ALGORITHM_MISMATCH,
         "W23 DTLS and SSL 3 server"},
        {OUT, SP_PROT_TLS1_3_CLIENT, SEC_E_ALGORITHM_MISMATCH, "D11 version 4 and nothing but TLS 1.3"},
        {OUT, SP_PROT_TLS1_3_CLIENT | SP_PROT_TLS1_2_CLIENT, SEC_E_OK, "D11 TLS 1.3 is left out"},
        {OUT, SP_PROT_SSL2_CLIENT | SP_PROT_SSL3_CLIENT, SEC_E_ALGORITHM_MISMATCH, "D11 SSL 2 and 3"},
        {OUT, SP_PROT_SSL3_CLIENT | SP_PROT_TLS1_2_CLIENT, SEC_E_OK, "D11 SSL 3 is left out"},
        {BOTH, SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_2_SERVER, SEC_E_OK, "SECPKG_CRED_BOTH"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCHANNEL_CRED cred = {.dwVersion = SCHANNEL_CRED_VERSION, .grbitEnabledProtocols = rows[i].bits};
        expect(rows[i].use, &cred, rows[i].want, rows[i].words);
    }
    SCHANNEL_CRED dtls = {.dwVersion = SCHANNEL_CRED_VERSION,
                          .dwFlags = SCH_CRED_NO_DEFAULT_CREDS,
                          .grbitEnabledProtocols = SP_PROT_DTLS1_X_CLIENT};
    CredHandle handle;
    SECURITY_STATUS status = acquire(OUT, &dtls, &handle);
    ok(status == SEC_E_OK || status == SEC_E_ALGORITHM_MISMATCH, "W22 %s: DTLS or ALGORITHM_MISMATCH",
       provider);
    if (status == SEC_E_OK)
        FreeCredentialsHandle(&handle);
}

static void algorithms(void)
{
    static ALG_ID rc2[] = {CALG_RC2, CALG_ECDSA}, aes[] = {CALG_AES_128, CALG_ECDSA};
    SCHANNEL_CRED cred = {.dwVersion = SCHANNEL_CRED_VERSION, .cSupportedAlgs = 2, .palgSupportedAlgs = rc2};
    expect(OUT, &cred, SEC_E_ALGORITHM_MISMATCH, "W85 RC2 and ECDSA");
    cred.palgSupportedAlgs = aes;
    expect(OUT, &cred, SEC_E_OK, "W85 AES_128 and ECDSA");
    SCHANNEL_CRED strong = {.dwVersion = SCHANNEL_CRED_VERSION, .dwMinimumCipherStrength = 256};
    expect(OUT, &strong, SEC_E_OK, "256 bits at least");
    strong.dwMinimumCipherStrength = 512;
    expect(OUT, &strong, SEC_E_ALGORITHM_MISMATCH, "512 bits at least");
    strong.dwMinimumCipherStrength = (DWORD)-1;
    expect(OUT, &strong, SEC_E_ALGORITHM_MISMATCH, "D11 NULL ciphers");
    cred.palgSupportedAlgs = NULL;
    expect(OUT, &cred, SEC_E_UNKNOWN_CREDENTIALS, "algorithms promised and not given");

    TLS_PARAMETERS all = {.grbitDisabledProtocols = SP_PROT_TLS1_2 | SP_PROT_TLS1_3 | SP_PROT_DTLS1_X};
    SCH_CREDENTIALS fresh = {
        .dwVersion = SCH_CREDENTIALS_VERSION, .cTlsParameters = 1, .pTlsParameters = &all};
    expect_both(&fresh, SEC_E_ALGORITHM_MISMATCH, "version 5 with every version off");
    fresh.pTlsParameters = NULL;
    expect_both(&fresh, SEC_E_UNKNOWN_CREDENTIALS, "TLS_PARAMETERS promised and not given");
    fresh.cTlsParameters = SCH_CRED_MAX_SUPPORTED_PARAMETERS + 1;
    expect_both(&fresh, SEC_E_UNKNOWN_CREDENTIALS, "too many TLS_PARAMETERS");

    static WCHAR word[] = L"AES", chacha[] = L"CHACHA20_POLY1305";
    CRYPTO_SETTINGS off[2] = {
        {.eAlgorithmUsage = TlsParametersCngAlgUsageCipher,
         .strCngAlgId = {sizeof word - sizeof *word, sizeof word, word}},
        {.eAlgorithmUsage = TlsParametersCngAlgUsageCipher,
         .strCngAlgId = {sizeof chacha - sizeof *chacha, sizeof chacha, chacha}},
    };
    TLS_PARAMETERS crypto = {.cDisabledCrypto = 1, .pDisabledCrypto = off};
    fresh.cTlsParameters = 1;
    fresh.pTlsParameters = &crypto;
    expect(OUT, &fresh, SEC_E_OK, "AES switched off");
    crypto.cDisabledCrypto = 2;
    expect(OUT, &fresh, SEC_E_ALGORITHM_MISMATCH, "AES and ChaCha20 switched off");
}

/* ---- certificates ---- */

static void certificates(void)
{
    static BYTE junk[] = {0x30, 0x82, 1, 2, 3};
    CERT_INFO info;
    memset(&info, 0, sizeof info);
    CERT_CONTEXT bad = {.dwCertEncodingType = X509_ASN_ENCODING,
                        .pbCertEncoded = junk,
                        .cbCertEncoded = sizeof junk,
                        .pCertInfo = &info};
    PCCERT_CONTEXT malformed = &bad, good = pair_certificate("server-rsa");
    HCERTSTORE store = pair_store("server-rsa");
    PCCERT_CONTEXT keyless = CertEnumCertificatesInStore(store, NULL);
    SCHANNEL_CRED cred = {.dwVersion = SCHANNEL_CRED_VERSION, .cCreds = 1, .paCred = &malformed};
    expect_both(&cred, SEC_E_UNKNOWN_CREDENTIALS, "W14 a malformed certificate");
    is_status(acquire(IN, &cred, NULL), SEC_E_UNKNOWN_CREDENTIALS, "W14 %s: and no handle", provider);
    cred.paCred = &keyless;
    expect_both(&cred, SEC_E_NO_CREDENTIALS, "W15 no private key");
    PCCERT_CONTEXT two[2] = {good, malformed};
    cred.cCreds = 2;
    cred.paCred = two;
    expect_both(&cred, SEC_E_UNKNOWN_CREDENTIALS, "W20 the second is malformed");
    two[0] = malformed, two[1] = good;
    expect_both(&cred, SEC_E_UNKNOWN_CREDENTIALS, "W20 the first is malformed");
    two[0] = good;
    expect_both(&cred, SEC_E_OK, "D6 two good ones");
    two[1] = NULL;
    expect_both(&cred, SEC_E_UNKNOWN_CREDENTIALS, "a NULL among them");
    cred.paCred = NULL;
    expect_both(&cred, SEC_E_UNKNOWN_CREDENTIALS, "certificates promised and not given");
    cred.cCreds = 0xffffffff;
    cred.paCred = two;
    expect_both(&cred, SEC_E_UNKNOWN_CREDENTIALS, "four thousand million of them");
    cred.cCreds = 1;
    BYTE hash[20] = {1};
    cred.dwCredFormat = SCH_CRED_FORMAT_CERT_HASH;
    cred.paCred = (PCCERT_CONTEXT *)(void *)hash;
    expect_both(&cred, SEC_E_UNKNOWN_CREDENTIALS, "by a hash that nothing has");
    cred.cCreds = 2;
    expect_both(&cred, SEC_E_UNKNOWN_CREDENTIALS, "two hashes: one fits into paCred");
    cred.cCreds = 1;
    cred.dwCredFormat = 77;
    expect_both(&cred, SEC_E_UNKNOWN_CREDENTIALS, "by something else");
    CertFreeCertificateContext(good);
    CertFreeCertificateContext(keyless);
    CertCloseStore(store, 0);
}

/* ---- attributes ---- */

static void attributes(void)
{
    CredHandle handle;
    SecPkgCred_SupportedProtocols protocol = {0};
    SecPkgCred_SupportedAlgs algs = {0};
    SecPkgCred_CipherStrengths strengths = {0};
    SecPkgCredentials_NamesA names = {0};
    SCHANNEL_CRED cred = {.dwVersion = SCHANNEL_CRED_VERSION, .grbitEnabledProtocols = SP_PROT_TLS1_2_CLIENT};
    if (acquire(OUT, &cred, &handle) != SEC_E_OK) {
        ok(0, "%s: no credential", provider);
        return;
    }
    is_status(QueryCredentialsAttributesA(&handle, SECPKG_ATTR_SUPPORTED_PROTOCOLS, NULL),
              SEC_E_INTERNAL_ERROR, "W4 %s: SUPPORTED_PROTOCOLS into NULL", provider);
    is_status(QueryCredentialsAttributesA(&handle, SECPKG_ATTR_SUPPORTED_ALGS, NULL), SEC_E_INTERNAL_ERROR,
              "W4 %s: SUPPORTED_ALGS into NULL", provider);
    is_status(QueryCredentialsAttributesA(&handle, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &protocol), SEC_E_OK,
              "W5 %s: SUPPORTED_PROTOCOLS", provider);
    is_int(protocol.grbitProtocol, SP_PROT_TLS1_2_CLIENT, "W5 %s: the credential's, exactly", provider);
    is_status(QueryCredentialsAttributesA(&handle, SECPKG_ATTR_SUPPORTED_ALGS, &algs), SEC_E_OK,
              "W6 %s: algs", provider);
    ok(algs.cSupportedAlgs > 0 && algs.palgSupportedAlgs, "W6 %s: some", provider);
    is_status(FreeContextBuffer(algs.palgSupportedAlgs), SEC_E_OK, "W6 %s: freed", provider);
    is_status(QueryCredentialsAttributesA(&handle, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths), SEC_E_OK,
              "W7 %s: strengths", provider);
    ok(strengths.dwMinimumCipherStrength && strengths.dwMaximumCipherStrength, "W7 %s: not zero", provider);
    is_status(QueryCredentialsAttributesA(&handle, SECPKG_CRED_ATTR_NAMES, &names), SEC_E_NO_CREDENTIALS,
              "W8 %s: NAMES", provider);
    is_status(QueryCredentialsAttributesA(&handle, 0x7777, &names), SEC_E_UNSUPPORTED_FUNCTION, "%s: unknown",
              provider);
    is_status(SetCredentialsAttributesA(&handle, 0x7777, &names, sizeof names), SEC_E_UNSUPPORTED_FUNCTION,
              "%s: unknown, set", provider);
    CredHandle copy = handle;
    is_status(FreeCredentialsHandle(&handle), SEC_E_OK, "%s: freed", provider);
    is_status(FreeCredentialsHandle(&copy), SEC_E_INVALID_HANDLE, "K16 %s: freed twice", provider);
    is_status(QueryCredentialsAttributesA(&copy, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths),
              SEC_E_INVALID_HANDLE, "K16 %s: asked afterwards", provider);
    static CredHandle odd[] = {{0, 0}, {(ULONG_PTR)-1, (ULONG_PTR)-1}, {1, 2}};
    for (size_t i = 0; i < 3; i++)
        is_status(FreeCredentialsHandle(&odd[i]), SEC_E_INVALID_HANDLE, "K16 %s: never was one", provider);
    is_status(FreeCredentialsHandle(NULL), SEC_E_INVALID_HANDLE, "K16 %s: NULL", provider);
}

static void each(const char *name, int tls)
{
    if (tls != 12)
        return; /* once for each provider */
    provider = name;
    pair_package(package, sizeof package, name);
    without_data();
    versions();
    protocols();
    algorithms();
    certificates();
    attributes();
}

int main(void)
{
    pair_each(each);
    snprintf(package, sizeof package, "Schannel:nosuch");
    provider = "nosuch";
    expect(OUT, NULL, SEC_E_SECPKG_NOT_FOUND, "D18 a provider that is not installed");
    snprintf(package, sizeof package, "%s", SSL2SP_NAME_A);
    expect(OUT, NULL, SEC_E_SECPKG_NOT_FOUND, "D18 an old name");
    return tap_done();
}
