/* SPDX-License-Identifier: MIT
 *
 * OCSP stapling: a server sends what its certificate's CERT_OCSP_RESPONSE_PROP_ID holds to a client that
 * asks; a client that wants revocation checked asks, judges it (D10, K38), and finds it as the same property
 * of the peer's certificate. */
#include <config.h>

#include "t/pair.h"
#include "t/sandbox.h"
#include "t/tap.h"

#define LEAF SCH_CRED_REVOCATION_CHECK_END_CERT

static char tag[96];

/* A server's credential whose certificate carries an answer. */
static SECURITY_STATUS stapled(const char *provider, int tls, const char *name, ULONG flags, CredHandle *out)
{
    char package[64], file[64];
    size_t len;
    snprintf(file, sizeof file, "%s.ocsp", name);
    snprintf(package, sizeof package, "Schannel:%s", provider);
    PCCERT_CONTEXT cert = pair_certificate(name);
    uint8_t *answer = pair_file(file, &len);
    CRYPT_DATA_BLOB blob = {(DWORD)len, answer};
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = tls == 12 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2};
    SCH_CREDENTIALS cred = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = 1,
                            .paCred = &cert,
                            .dwFlags = flags,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    SECURITY_STATUS status = SEC_E_UNKNOWN_CREDENTIALS;
    if (cert && answer && CertSetCertificateContextProperty(cert, CERT_OCSP_RESPONSE_PROP_ID, 0, &blob))
        status =
            AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, &cred, NULL, NULL, out, NULL);
    CertFreeCertificateContext(cert);
    free(answer);
    return status;
}

/* 1: the property is the file; 0: there is none; -1: something else. */
static int property_is(struct end *client, const char *name)
{
    char file[64];
    size_t len;
    DWORD size = 0;
    PCCERT_CONTEXT cert;
    int same = -1;
    snprintf(file, sizeof file, "%s.ocsp", name);
    if (QueryContextAttributesA(&client->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert) != SEC_E_OK)
        return -1;
    uint8_t *want = pair_file(file, &len);
    if (!CertGetCertificateContextProperty(cert, CERT_OCSP_RESPONSE_PROP_ID, NULL, &size)) {
        same = 0;
    } else if (size == len) {
        BYTE *got = malloc(size);
        if (CertGetCertificateContextProperty(cert, CERT_OCSP_RESPONSE_PROP_ID, got, &size))
            same = memcmp(got, want, len) ? -1 : 1;
        free(got);
    }
    free(want);
    CertFreeCertificateContext(cert);
    return same;
}

static const struct {
    const char *words, *cert;
    int validate;
    ULONG client, server;
    int arrives;
    SECURITY_STATUS want;
} rows[] = {
    {"AUTO, a good answer", "server-ecdsa", 1, LEAF, 0, 1, SEC_E_OK},
    {"AUTO, revoked", "server-revoked", 1, LEAF, 0, 1, CRYPT_E_REVOKED},
    {"AUTO, revoked and not asked", "server-revoked", 1, 0, 0, 0, SEC_E_OK},
    {"MANUAL, revoked", "server-revoked", 0, LEAF, 0, 1, SEC_E_OK},
    {"MANUAL, not asked", "server-ecdsa", 0, 0, 0, 0, SEC_E_OK},
    {"SNI_CREDENTIAL alone", "server-ecdsa", 1, LEAF, SCH_CRED_SNI_CREDENTIAL, 0,
     CRYPT_E_NO_REVOCATION_CHECK},
    {"SNI_ENABLE_OCSP", "server-ecdsa", 1, LEAF, SCH_CRED_SNI_CREDENTIAL | SCH_CRED_SNI_ENABLE_OCSP, 1,
     SEC_E_OK},
};

static void between(const char *provider, const char *server, int tls)
{
    const char *built = getenv("PROVIDERS");
    int reads = strcmp(provider, "wolfssl") != 0; /* SSPI_CAP_STAPLE_RAW */
    if (built && !strstr(built, server))
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair;
        struct pair_options options = {.client_provider = provider,
                                       .server_provider = server,
                                       .tls = tls,
                                       .cert = rows[i].cert,
                                       .roots = "root",
                                       .validate = rows[i].validate,
                                       .client_flags = rows[i].client};
        snprintf(tag, sizeof tag, "%s to %s tls%d: %s", provider, server, tls, rows[i].words);
        if (!ok(pair_open(&pair, &options), "D10 %s: credentials", tag)) {
            pair_close(&pair);
            continue;
        }
        FreeCredentialsHandle(&pair.server.credential);
        SECURITY_STATUS status = stapled(server, tls, rows[i].cert, rows[i].server, &pair.server.credential);
        pair.server.has_credential = status == SEC_E_OK;
        is_status(status, SEC_E_OK, "D10 %s: a certificate with its answer", tag);
        status = pair_handshake(&pair);
        SECURITY_STATUS without = rows[i].validate && rows[i].client ? CRYPT_E_NO_REVOCATION_CHECK : SEC_E_OK;
        if (!reads) {
            is_status(status, without, "D10 %s: refused: staple-raw", tag);
        } else if (!strcmp(server, "wolfssl") && rows[i].arrives && status == without &&
                   (status < 0 || property_is(&pair.client, rows[i].cert) == 0)) {
            /* It judges an answer before it sends it, so one that says "revoked" it keeps; 5.5 sends none in
             * TLS 1.3. */
            skip("wolfSSL sends only what it finds good, and not in every version", "D10 %s", tag);
        } else {
            is_status(status, rows[i].want, "D10 K38 %s", tag);
            if (status == SEC_E_OK)
                is_int(property_is(&pair.client, rows[i].cert), rows[i].arrives, "D10 %s: the property %s",
                       tag, rows[i].arrives ? "is the answer" : "is not there");
            else
                ok(pair.client.alert[0] == 2 && pair.client.alert[1] == (rows[i].arrives ? 44 : 46),
                   "D10 %s: alert %u", tag, pair.client.alert[1]);
        }
        pair_close(&pair);
    }
}

static void each(const char *provider, int tls)
{
    between(provider, "openssl", tls);
    between(provider, "gnutls", tls);
    between(provider, "wolfssl", tls);
}

int main(void)
{
    struct sandbox box;
    sandbox_make(&box);
    sandbox_write(&box, "conf/opensspi.conf", "[package Schannel]\nrevocation = require\n");
    setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
    pair_each(each);
    sandbox_remove(&box);
    return tap_done();
}
