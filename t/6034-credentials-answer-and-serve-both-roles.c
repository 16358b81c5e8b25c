/* SPDX-License-Identifier: MIT
 *
 * QueryCredentialsAttributes and SetCredentialsAttributes (W4 to W8, the client certificate policy), one
 * credential for both roles, and the arguments that mean nothing to Schannel. */
#include <config.h>

#include "t/pair.h"
#include "t/sandbox.h"
#include "t/tap.h"

static char tag[96];

/* ---- queries ---- */

typedef SECURITY_STATUS SEC_ENTRY ask(PCredHandle, ULONG, void *, ULONG);

static void queries(CredHandle *cred, DWORD protocol)
{
    ask *const forms[] = {QueryCredentialsAttributesExA, QueryCredentialsAttributesExW};
    SecPkgCred_SupportedProtocols protocols = {0};
    SecPkgCred_SupportedAlgs algs = {0, NULL};
    SecPkgCred_CipherStrengths strengths = {0, 0};
    SecPkgCredentials_NamesA names;
    is_status(QueryCredentialsAttributesA(cred, SECPKG_ATTR_SUPPORTED_PROTOCOLS, NULL), SEC_E_INTERNAL_ERROR,
              "W4 %s: SUPPORTED_PROTOCOLS into NULL", tag);
    is_status(QueryCredentialsAttributesA(cred, SECPKG_ATTR_SUPPORTED_ALGS, NULL), SEC_E_INTERNAL_ERROR,
              "W4 %s: SUPPORTED_ALGS into NULL", tag);
    is_status(QueryCredentialsAttributesA(cred, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &protocols), SEC_E_OK,
              "W5 %s: SUPPORTED_PROTOCOLS", tag);
    is_int(protocols.grbitProtocol & ~(DWORD)SP_PROT_DTLS1_X, protocol, "W5 %s: the credential's", tag);
    is_status(QueryCredentialsAttributesA(cred, SECPKG_ATTR_SUPPORTED_ALGS, &algs), SEC_E_OK,
              "W6 %s: SUPPORTED_ALGS", tag);
    ok(algs.cSupportedAlgs && algs.palgSupportedAlgs, "W6 %s: %u of them", tag,
       (unsigned)algs.cSupportedAlgs);
    is_status(FreeContextBuffer(algs.palgSupportedAlgs), SEC_E_OK, "W6 %s: freed", tag);
    is_status(QueryCredentialsAttributesW(cred, SECPKG_ATTR_CIPHER_STRENGTHS, &strengths), SEC_E_OK,
              "W7 %s: CIPHER_STRENGTHS", tag);
    ok(strengths.dwMinimumCipherStrength && strengths.dwMaximumCipherStrength, "W7 %s: %u to %u", tag,
       (unsigned)strengths.dwMinimumCipherStrength, (unsigned)strengths.dwMaximumCipherStrength);
    is_status(QueryCredentialsAttributesA(cred, SECPKG_CRED_ATTR_NAMES, &names), SEC_E_NO_CREDENTIALS,
              "W8 %s: names", tag);
    unsigned wrong = 0;
    for (ULONG id = 0; id <= 0x80; id++) {
        uint8_t room[256];
        int has = QueryCredentialsAttributesA(cred, id, NULL) == SEC_E_INTERNAL_ERROR;
        for (int form = 0; form < 2; form++) {
            memset(room, 0xee, sizeof room);
            wrong += forms[form](cred, id, room, 0) != SEC_E_BUFFER_TOO_SMALL ||
                     forms[form](cred, id, room, 1) !=
                         (has ? SEC_E_BUFFER_TOO_SMALL : SEC_E_UNSUPPORTED_FUNCTION) ||
                     room[0] != 0xee;
        }
    }
    is_int(wrong, 0, "W4 %s: no room, for every number", tag);
}

/* ---- both roles, and what is ignored ---- */

static SECURITY_STATUS acquire_both(const char *provider, int tls, CredHandle *out)
{
    char package[64], principal[] = "nobody at all";
    int nothing = 7;
    PCCERT_CONTEXT cert = pair_certificate("server-ecdsa");
    TLS_PARAMETERS parameters = {.grbitDisabledProtocols = tls == 12 ? SP_PROT_TLS1_3 : SP_PROT_TLS1_2};
    SCH_CREDENTIALS cred = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = 1,
                            .paCred = &cert,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    snprintf(package, sizeof package, "Schannel:%s", provider);
    SECURITY_STATUS status = AcquireCredentialsHandleA(principal, package, SECPKG_CRED_BOTH, &nothing, &cred,
                                                       NULL, &nothing, out, NULL);
    CertFreeCertificateContext(cert);
    return status;
}

static void both(const char *provider, int tls)
{
    CredHandle cred;
    CtxtHandle client, server;
    SecBuffer token[2] = {{0, SECBUFFER_TOKEN, NULL}, {0, SECBUFFER_TOKEN, NULL}};
    ULONG attributes,
        flags = ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_MANUAL_CRED_VALIDATION | ISC_REQ_USE_SUPPLIED_CREDS;
    SECURITY_STATUS status = acquire_both(provider, tls, &cred), accepted = SEC_I_CONTINUE_NEEDED;
    if (!ok(status == SEC_E_OK,
            "%s: SECPKG_CRED_BOTH, with a principal, a logon and a key function's argument (%s)", tag,
            pair_status(status)))
        return;
    status = SEC_I_CONTINUE_NEEDED;
    for (int turn = 0; turn < 6 && (status == SEC_I_CONTINUE_NEEDED || accepted == SEC_I_CONTINUE_NEEDED);
         turn++) {
        int first = turn == 0;
        SecBuffer in[2] = {{token[1].cbBuffer, SECBUFFER_TOKEN, token[1].pvBuffer},
                           {0, SECBUFFER_EMPTY, NULL}};
        SecBufferDesc ins = {SECBUFFER_VERSION, 2, in}, out = {SECBUFFER_VERSION, 1, &token[0]};
        if (status == SEC_I_CONTINUE_NEEDED)
            status = InitializeSecurityContextA(&cred, first ? NULL : &client, NULL, flags, 0,
                                                first ? 0xdeadbeef : SECURITY_NETWORK_DREP,
                                                first ? NULL : &ins, 0, &client, &out, &attributes, NULL);
        FreeContextBuffer(token[1].pvBuffer);
        token[1] = (SecBuffer){0, SECBUFFER_TOKEN, NULL};
        in[0] = (SecBuffer){token[0].cbBuffer, SECBUFFER_TOKEN, token[0].pvBuffer};
        in[1] = (SecBuffer){0, SECBUFFER_EMPTY, NULL};
        out.pBuffers = &token[1];
        if (accepted == SEC_I_CONTINUE_NEEDED && token[0].cbBuffer)
            accepted = AcceptSecurityContext(&cred, first ? NULL : &server, &ins, ASC_REQ_ALLOCATE_MEMORY,
                                             first ? 0xdeadbeef : SECURITY_NATIVE_DREP, &server, &out,
                                             &attributes, NULL);
        FreeContextBuffer(token[0].pvBuffer);
        token[0] = (SecBuffer){0, SECBUFFER_TOKEN, NULL};
    }
    FreeContextBuffer(token[1].pvBuffer);
    ok(status == SEC_E_OK && accepted == SEC_E_OK,
       "%s: one credential is client and server, whatever TargetDataRep (%s, %s)", tag, pair_status(status),
       pair_status(accepted));
    DeleteSecurityContext(&client);
    DeleteSecurityContext(&server);
    FreeCredentialsHandle(&cred);
}

/* ---- the policy for clients' certificates ---- */

static int names_other_root(struct end *client)
{
    SecPkgContext_IssuerListInfoEx list = {NULL, 0};
    HCERTSTORE store = pair_store("other-root");
    PCCERT_CONTEXT root = CertEnumCertificatesInStore(store, NULL);
    int found = 0;
    if (QueryContextAttributesA(&client->context, SECPKG_ATTR_ISSUER_LIST_EX, &list) == SEC_E_OK) {
        for (DWORD i = 0; i < list.cIssuers; i++)
            found |=
                list.cIssuers == 1 && list.aIssuers[i].cbData == root->pCertInfo->Subject.cbData &&
                !memcmp(list.aIssuers[i].pbData, root->pCertInfo->Subject.pbData, list.aIssuers[i].cbData);
        FreeContextBuffer(list.aIssuers);
    }
    CertFreeCertificateContext(root);
    CertCloseStore(store, 0);
    return found;
}

static SECURITY_STATUS set_policy(CredHandle *cred, const SecPkgCred_ClientCertPolicy *policy)
{
    return SetCredentialsAttributesW(cred, SECPKG_ATTR_CLIENT_CERT_POLICY, (void *)(uintptr_t)policy,
                                     sizeof *policy);
}

static void policy(const char *provider, int tls)
{
    static const WCHAR ca[] = {'C', 'A', 0}, strange[] = {'n', 'o', '/', 'n', 'e', 0};
    const SecPkgCred_ClientCertPolicy usage = {.fOmitUsageCheck = TRUE},
                                      named = {.pwszSslCtlStoreName = (LPWSTR)(uintptr_t)ca},
                                      nowhere = {.pwszSslCtlStoreName = (LPWSTR)(uintptr_t)strange},
                                      list = {.pwszSslCtlIdentifier = (LPWSTR)(uintptr_t)ca},
                                      fresh = {.fCheckRevocationFreshnessTime = TRUE},
                                      unknown = {.dwCertFlags = 0x00400000},
                                      known = {.dwCertFlags = CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL |
                                                              CERT_CHAIN_REVOCATION_CHECK_END_CERT};
    struct pair pair;
    struct pair_options options = {.provider = provider,
                                   .tls = tls,
                                   .client_cert = "client-wrong-usage",
                                   .server_roots = "root",
                                   .server_request = ASC_REQ_MUTUAL_AUTH,
                                   .server_flags = SCH_CRED_AUTO_CRED_VALIDATION};
    int names = strcmp(provider, "gnutls") != 0; /* SSPI_CAP_ISSUER_NAMES */
    if (!ok(pair_open(&pair, &options), "%s: credentials", tag))
        return;
    CredHandle *server = &pair.server.credential, *client = &pair.client.credential, none = {0, 0};
    is_status(set_policy(client, &usage), SEC_E_UNSUPPORTED_FUNCTION,
              "%s: a client has no policy for clients", tag);
    is_status(set_policy(&none, &usage), SEC_E_INVALID_HANDLE, "%s: nor has nobody", tag);
    is_status(SetCredentialsAttributesA(server, SECPKG_ATTR_CLIENT_CERT_POLICY, NULL, sizeof usage),
              SEC_E_INVALID_PARAMETER, "%s: a policy from NULL", tag);
    is_status(set_policy(server, &list), SEC_E_UNSUPPORTED_FUNCTION, "%s: a trust list by name", tag);
    is_status(set_policy(server, &fresh), SEC_E_UNSUPPORTED_FUNCTION, "%s: fresh lists", tag);
    is_status(set_policy(server, &unknown), SEC_E_UNSUPPORTED_FUNCTION, "%s: an unknown flag", tag);
    is_status(set_policy(server, &nowhere), names ? SEC_E_INVALID_PARAMETER : SEC_E_UNSUPPORTED_FUNCTION,
              "%s: a store that cannot be", tag);
    is_status(pair_handshake(&pair), SEC_E_CERT_WRONG_USAGE, "D16 %s: the usage is judged", tag);
    is_status(set_policy(server, &usage), SEC_E_OUT_OF_SEQUENCE,
              "%s: too late, a context holds the credential", tag);
    pair_again(&pair);
    is_status(set_policy(server, &usage), SEC_E_OK, "%s: usage passed over", tag);
    is_status(pair_handshake(&pair), SEC_E_OK, "%s: and so it is", tag);
    pair_again(&pair);
    is_status(set_policy(server, &known), SEC_E_OK, "%s: revocation is to be checked", tag);
    is_status(pair_handshake(&pair), SEC_E_CERT_WRONG_USAGE, "D16 %s: the usage is judged again", tag);
    pair_again(&pair);
    is_status(set_policy(server, &named), names ? SEC_E_OK : SEC_E_UNSUPPORTED_FUNCTION,
              "%s: issuers by store%s", tag, names ? "" : ": refused: capability");
    pair_close(&pair);
    if (!names || (tls == 13 && !strcmp(provider, "wolfssl"))) /* nor SSPI_CAP_ISSUERS_13 */
        return;
    options.client_cert = "client-ecdsa";
    options.server_flags = 0;
    if (pair_open(&pair, &options)) {
        is_status(set_policy(&pair.server.credential, &named), SEC_E_OK, "%s: issuers by store", tag);
        is_status(pair_handshake(&pair), SEC_E_OK, "%s: completes", tag);
        ok(names_other_root(&pair.client), "%s: the client hears of that store's certificate alone", tag);
    }
    pair_close(&pair);
}

static void each(const char *provider, int tls)
{
    CredHandle cred;
    struct pair pair;
    struct pair_options options = {.provider = provider, .tls = tls};
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    if (ok(pair_credential(&options, 0, &cred) == SEC_E_OK, "W5 %s: a client's credential", tag)) {
        queries(&cred, tls == 12 ? SP_PROT_TLS1_2_CLIENT : SP_PROT_TLS1_3_CLIENT);
        FreeCredentialsHandle(&cred);
    }
    char package[64];
    SecPkgCred_SupportedProtocols protocols = {0};
    SCHANNEL_CRED old = {.dwVersion = SCHANNEL_CRED_VERSION, .grbitEnabledProtocols = SP_PROT_TLS1_2_CLIENT};
    snprintf(package, sizeof package, "Schannel:%s", provider);
    if (ok(AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, &old, NULL, NULL, &cred,
                                     NULL) == SEC_E_OK,
           "W5 %s: a credential of one protocol", tag)) {
        QueryCredentialsAttributesA(&cred, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &protocols);
        is_int(protocols.grbitProtocol, SP_PROT_TLS1_2_CLIENT, "W5 %s: exactly that", tag);
        FreeCredentialsHandle(&cred);
    }
    if (ok(pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK, "W8 %s: completes", tag)) {
        SecPkgCredentials_NamesA names;
        is_status(QueryCredentialsAttributesA(&pair.client.credential, SECPKG_CRED_ATTR_NAMES, &names),
                  SEC_E_NO_CREDENTIALS, "W8 %s: names after a handshake", tag);
        is_status(QueryCredentialsAttributesA(&pair.client.context, SECPKG_CRED_ATTR_NAMES, &names),
                  SEC_E_INVALID_HANDLE, "W8 %s: of a context", tag);
    }
    pair_close(&pair);
    both(provider, tls);
    policy(provider, tls);
}

int main(void)
{
    struct sandbox box;
    char file[4096];
    const char *top = getenv("top_builddir");
    sandbox_make(&box);
    snprintf(file, sizeof file, "%s/t/pki/other-root.pem", top ? top : ".");
    sandbox_copy(&box, "conf/stores/ca/other-root.pem", file);
    sandbox_write(&box, "conf/opensspi.conf", "[package Schannel]\n");
    setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
    pair_each(each);
    sandbox_remove(&box);
    return tap_done();
}
