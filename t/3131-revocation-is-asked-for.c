/* SPDX-License-Identifier: MIT
 *
 * D10 through the public API: what InitializeSecurityContext, AcceptSecurityContext and
 * CertGetCertificateChain say of revocation, with `revocation = available` and `require`. */
#include <config.h>

#include "t/pair.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHAIN    SCH_CRED_REVOCATION_CHECK_CHAIN
#define LEAF     SCH_CRED_REVOCATION_CHECK_END_CERT
#define SOFT_NO  SCH_CRED_IGNORE_NO_REVOCATION_CHECK
#define SOFT_OFF SCH_CRED_IGNORE_REVOCATION_OFFLINE

static int require; /* in this process */

static const struct {
    const char *cert;
    ULONG flags;
    SECURITY_STATUS available, require;
    uint8_t alert;
} rows[] = {
    /* intermediate.crl lies in the folder, root.crl does not */
    {"server-ecdsa", 0, SEC_E_OK, SEC_E_OK, 0},
    {"server-ecdsa", LEAF, SEC_E_OK, SEC_E_OK, 0},
    {"server-ecdsa", CHAIN, SEC_E_OK, CRYPT_E_NO_REVOCATION_CHECK, 46},
    {"server-ecdsa", CHAIN | SOFT_NO, SEC_E_OK, SEC_E_OK, 0},
    {"server-revoked", LEAF, CRYPT_E_REVOKED, CRYPT_E_REVOKED, 44},
    {"server-revoked", CHAIN | SOFT_NO | SOFT_OFF, CRYPT_E_REVOKED, CRYPT_E_REVOKED, 44},
    {"server-revoked", 0, SEC_E_OK, SEC_E_OK, 0},
    {"server-direct", LEAF, SEC_E_OK, CRYPT_E_NO_REVOCATION_CHECK, 46},
    {"root-points", LEAF, SEC_E_OK, CRYPT_E_REVOCATION_OFFLINE, 46},
    {"root-points", LEAF | SOFT_OFF, SEC_E_OK, SEC_E_OK, 0},
    {"root-points", LEAF | SOFT_NO, SEC_E_OK, CRYPT_E_REVOCATION_OFFLINE, 46},
};

static void client_judges(const char *provider, int tls)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair;
        struct pair_options options = {.provider = provider,
                                       .tls = tls,
                                       .cert = rows[i].cert,
                                       .validate = 1,
                                       .roots = "root",
                                       .client_flags = rows[i].flags};
        SECURITY_STATUS want = require ? rows[i].require : rows[i].available;
        SECURITY_STATUS status = pair_open(&pair, &options) ? pair_handshake(&pair) : SEC_E_NO_CREDENTIALS;
        is_status(status, want, "D10 K38 %s tls%d: %s, flags %#x, %s", provider, tls, rows[i].cert,
                  (unsigned)rows[i].flags, require ? "require" : "available");
        if (want != SEC_E_OK)
            is_int(pair.client.alert[1], rows[i].alert, "D10 K38 %s tls%d: its alert", provider, tls);
        pair_close(&pair);
    }
}

static const struct {
    const char *client;
    ULONG flags;
    SECURITY_STATUS available, require;
} clients[] = {
    {"client-ecdsa", LEAF, SEC_E_OK, SEC_E_OK},
    {"client-ecdsa", CHAIN, SEC_E_OK, CRYPT_E_NO_REVOCATION_CHECK},
    {"client-ecdsa", CHAIN | SOFT_NO, SEC_E_OK, SEC_E_OK},
    {"client-ecdsa", 0, SEC_E_OK, SEC_E_OK},
};

static void server_judges(const char *provider, int tls)
{
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++)
        for (int automatic = 0; automatic < 2; automatic++) {
            struct pair pair;
            struct pair_options options = {.provider = provider,
                                           .tls = tls,
                                           .client_cert = clients[i].client,
                                           .server_roots = "root",
                                           .server_request = ASC_REQ_MUTUAL_AUTH,
                                           .server_flags = clients[i].flags |
                                                           (automatic ? SCH_CRED_AUTO_CRED_VALIDATION : 0)};
            SECURITY_STATUS want = !automatic ? SEC_E_OK
                                   : require  ? clients[i].require
                                              : clients[i].available;
            SECURITY_STATUS status =
                pair_open(&pair, &options) ? pair_handshake(&pair) : SEC_E_NO_CREDENTIALS;
            if (want != SEC_E_OK)
                status = pair.server.status;
            is_status(status, want, "D10 D16 %s tls%d: a server, client %s, flags %#x, %s, %s", provider, tls,
                      clients[i].client, (unsigned)clients[i].flags, automatic ? "AUTO" : "not judged",
                      require ? "require" : "available");
            pair_close(&pair);
        }
}

static DWORD chain_errors(const char *name, DWORD flags, DWORD policy_flags, DWORD checks, HRESULT *policy)
{
    PCCERT_CONTEXT leaf = pair_certificate(name);
    HCERTSTORE root = pair_store("root");
    CERT_CHAIN_ENGINE_CONFIG config = {.cbSize = sizeof config, .hExclusiveRoot = root};
    HCERTCHAINENGINE engine = NULL;
    PCCERT_CHAIN_CONTEXT chain = NULL;
    CERT_CHAIN_PARA para = {.cbSize = sizeof para};
    DWORD errors = 0xffffffff;
    if (CertCreateCertificateChainEngine(&config, &engine) &&
        CertGetCertificateChain(engine, leaf, NULL, leaf->hCertStore, &para, flags, NULL, &chain)) {
        HTTPSPolicyCallbackData extra = {.dwAuthType = AUTHTYPE_SERVER, .fdwChecks = checks};
        CERT_CHAIN_POLICY_PARA with = {
            .cbSize = sizeof with, .dwFlags = policy_flags, .pvExtraPolicyPara = &extra};
        CERT_CHAIN_POLICY_STATUS status = {.cbSize = sizeof status};
        extra.cbStruct = sizeof extra;
        CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, chain, &with, &status);
        *policy = (HRESULT)status.dwError;
        errors = chain->TrustStatus.dwErrorStatus;
        CertFreeCertificateChain(chain);
    }
    CertFreeCertificateChainEngine(engine);
    CertCloseStore(root, 0);
    CertFreeCertificateContext(leaf);
    return errors;
}

static void chains(void)
{
    const DWORD unknown = CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION;
    static const struct {
        const char *cert;
        DWORD flags, policy_flags, checks;
        int known; /* else unknown with `require` */
        HRESULT policy;
    } asked[] = {
        {"server-ecdsa", 0, 0, 0, 1, 0},
        {"server-ecdsa", CERT_CHAIN_REVOCATION_CHECK_END_CERT, 0, 0, 1, 0},
        {"server-ecdsa", CERT_CHAIN_REVOCATION_CHECK_CHAIN, 0, 0, 0, CRYPT_E_NO_REVOCATION_CHECK},
        {"server-ecdsa", CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT, 0, 0, 0,
         CRYPT_E_NO_REVOCATION_CHECK},
        {"server-ecdsa", CERT_CHAIN_REVOCATION_CHECK_CHAIN, CERT_CHAIN_POLICY_IGNORE_ALL_REV_UNKNOWN_FLAGS, 0,
         0, 0},
        {"server-ecdsa", CERT_CHAIN_REVOCATION_CHECK_CHAIN, CERT_CHAIN_POLICY_IGNORE_END_REV_UNKNOWN_FLAG, 0,
         0, CRYPT_E_NO_REVOCATION_CHECK},
        {"server-ecdsa", CERT_CHAIN_REVOCATION_CHECK_CHAIN, 0, SECURITY_FLAG_IGNORE_REVOCATION, 0, 0},
        {"root-points", CERT_CHAIN_REVOCATION_CHECK_CHAIN, 0, 0, 0, CRYPT_E_REVOCATION_OFFLINE},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        HRESULT policy = -1;
        DWORD errors =
            chain_errors(asked[i].cert, asked[i].flags, asked[i].policy_flags, asked[i].checks, &policy);
        is_int(errors, require && !asked[i].known ? unknown : 0, "D10 K38 chain of %s, flags %#x, %s",
               asked[i].cert, (unsigned)asked[i].flags, require ? "require" : "available");
        is_status(policy, require ? asked[i].policy : 0, "D10 K38 ... and the policy, %#x, checks %#x",
                  (unsigned)asked[i].policy_flags, (unsigned)asked[i].checks);
    }
    HRESULT policy = -1;
    is_int(chain_errors("server-revoked", CERT_CHAIN_REVOCATION_CHECK_END_CERT, 0, 0, &policy),
           CERT_TRUST_IS_REVOKED, "D10 K38 revoked");
    is_status(policy, CRYPT_E_REVOKED, "D10 K38 ... and the policy");
}

static void all(void)
{
    pair_each(client_judges);
    pair_each(server_judges);
    chains();
}

int main(void)
{
    struct sandbox box;
    const char *top = getenv("top_builddir");
    char list[600];
    int status = 0, ends[2];
    unsigned counted[2] = {0, 0};
    if (pipe(ends))
        return 99;
    sandbox_make(&box);
    sandbox_mkdir(&box, "conf/crls");
    snprintf(list, sizeof list, "%s/t/pki/intermediate.crl", top ? top : ".");
    sandbox_copy(&box, "conf/crls/intermediate.crl", list);
    setenv("OPENSSPI_CONFDIR", sandbox_path(&box, "conf"), 1);
    sandbox_write(&box, "conf/opensspi.conf", "[package Schannel]\nprofile = strict\n");
    require = 1;
    fflush(stdout);
    pid_t child = fork(); /* the configuration is read once per process */
    if (child == 0) {
        all();
        unsigned result[2] = {tap_count, tap_failed};
        _exit(write(ends[1], result, sizeof result) != sizeof result);
    }
    waitpid(child, &status, 0);
    if (status || read(ends[0], counted, sizeof counted) != sizeof counted)
        tap_failed++;
    tap_count = counted[0];
    tap_failed += counted[1];
    sandbox_write(&box, "conf/opensspi.conf", "[program sspi]\nrevocation = require\n");
    require = 0;
    all();
    ok(status == 0, "D10 the same was tried with `require'");
    sandbox_remove(&box);
    return tap_done();
}
