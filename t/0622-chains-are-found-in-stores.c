/* SPDX-License-Identifier: MIT
 *
 * CertFindChainInStore as Qt asks it: which certificate with a key leads to one of the peer's issuers. */
#include <config.h>

#define CERT_CHAIN_FIND_BY_ISSUER_PARA_HAS_EXTRA_FIELDS
#include "t/cert-kit.h"

static unsigned asked;

static BOOL WINAPI refuse_first(PCCERT_CONTEXT c, void *arg)
{
    return arg && c && asked++ > 0;
}

/* Two clients and a server with keys, and certificates without. */
static HCERTSTORE filled(void)
{
    static const char *const files[] = {"intermediate.pem", "client-rsa-full.pem", "server-rsa-full.pem",
                                        "client-ecdsa-full.pem", "other-client-full.pem"};
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, NULL);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        HCERTSTORE from = open_pki(files[i]);
        for (PCCERT_CONTEXT c = NULL; (c = CertEnumCertificatesInStore(from, c)) != NULL;)
            CertAddCertificateContextToStore(store, c, CERT_STORE_ADD_USE_EXISTING, NULL);
        CertCloseStore(from, 0);
    }
    return store;
}

/* How many chains there are, and the last one's length; whatever was found is given up on the way. */
static unsigned count(HCERTSTORE store, DWORD flags, const CERT_CHAIN_FIND_BY_ISSUER_PARA *para,
                      DWORD *length)
{
    unsigned found = 0;
    for (PCCERT_CHAIN_CONTEXT c = NULL;
         (c = CertFindChainInStore(store, X509_ASN_ENCODING, flags, CERT_CHAIN_FIND_BY_ISSUER, para, c)) !=
         NULL;
         found++)
        *length = c->rgpChain[0]->cElement;
    return GetLastError() == (DWORD)CRYPT_E_NOT_FOUND ? found : 99;
}

static void finding(HCERTSTORE store)
{
    PCCERT_CONTEXT ca = first_of("intermediate.pem"), root = first_of("root.pem"),
                   other = first_of("other-root.pem");
    CERT_NAME_BLOB issuers[2] = {ca->pCertInfo->Subject, root->pCertInfo->Subject};
    DWORD length = 0, chain = 7, element = 7;
    CERT_CHAIN_FIND_BY_ISSUER_PARA para = {.cbSize = sizeof para};
    is_int(count(store, 0, &para, &length), 4, "K35 every certificate with a key");
    is_int(length, 1, "K35 the last one has no issuer here");
    is_int(count(store, CERT_CHAIN_FIND_BY_ISSUER_NO_KEY_FLAG, &para, &length), 5, "K35 without a key too");
    is_int(count(store, CERT_CHAIN_FIND_BY_ISSUER_COMPARE_KEY_FLAG, &para, &length), 4, "K35 the keys fit");
    para.pszUsageIdentifier = szOID_PKIX_KP_CLIENT_AUTH;
    is_int(count(store, 0, &para, &length), 3, "K35 clients");
    para.cIssuer = 1;
    para.rgIssuer = issuers;
    para.pdwIssuerChainIndex = &chain;
    para.pdwIssuerElementIndex = &element;
    is_int(count(store, 0, &para, &length), 2, "K35 clients of that issuer");
    ok(chain == 0 && element == 0 && length == 2, "K35 who signed them");
    para.rgIssuer = issuers + 1;
    is_int(count(store, 0, &para, &length), 2, "K35 of an issuer further up");
    is_int(element, 1, "K35 whose place is told");
    para.rgIssuer = &other->pCertInfo->Subject;
    is_int(count(store, 0, &para, &length), 1, "K35 of another");
    para.rgIssuer = issuers;
    para.cIssuer = 2;
    para.dwKeySpec = CERT_NCRYPT_KEY_SPEC;
    is_int(count(store, 0, &para, &length), 2, "K35 of either, and such a key");
    para.dwKeySpec = AT_SIGNATURE;
    is_int(count(store, 0, &para, &length), 0, "K35 no such key");
    para.dwKeySpec = 0;
    para.pfnFindCallback = refuse_first;
    para.pvFindArg = &para;
    is_int(count(store, 0, &para, &length), 1, "K35 the callback decides");
    is_int(asked, 3, "K35 once for each");
    para.cbSize = offsetof(CERT_CHAIN_FIND_BY_ISSUER_PARA, pdwIssuerChainIndex);
    element = 7;
    ok(count(store, 0, &para, &length) == 2 && element == 7, "K39 the short structure");
    CertFreeCertificateContext(ca);
    CertFreeCertificateContext(root);
    CertFreeCertificateContext(other);
}

static int refused(HCERTSTORE store, DWORD type, const void *para, PCCERT_CHAIN_CONTEXT previous)
{
    SetLastError(0);
    return !CertFindChainInStore(store, X509_ASN_ENCODING, 0, type, para, previous) &&
           GetLastError() == (DWORD)E_INVALIDARG;
}

static void refusing(HCERTSTORE store)
{
    CERT_CHAIN_FIND_BY_ISSUER_PARA para = {.cbSize = sizeof para};
    CERT_CHAIN_CONTEXT wild = {.cbSize = sizeof wild};
    ok(refused(store, CERT_CHAIN_FIND_BY_ISSUER, NULL, NULL), "no parameters");
    ok(refused(store, 2, &para, NULL), "another way to find");
    ok(refused(NULL, CERT_CHAIN_FIND_BY_ISSUER, &para, NULL), "no store");
    ok(refused(&para, CERT_CHAIN_FIND_BY_ISSUER, &para, NULL), "something else than a store");
    ok(refused(store, CERT_CHAIN_FIND_BY_ISSUER, &para, &wild), "a chain that is not ours");
    para.cIssuer = 1;
    ok(refused(store, CERT_CHAIN_FIND_BY_ISSUER, &para, NULL), "issuers promised and not given");
    para.cIssuer = 0;
    para.pszUsageIdentifier = "serverAuth";
    ok(refused(store, CERT_CHAIN_FIND_BY_ISSUER, &para, NULL), "a usage that is none");
    para.pszUsageIdentifier = NULL;
    para.cbSize = 8;
    ok(refused(store, CERT_CHAIN_FIND_BY_ISSUER, &para, NULL), "half a structure");
    para.cbSize = sizeof para;
    PCCERT_CHAIN_CONTEXT first = CertFindChainInStore(store, 0, 0, CERT_CHAIN_FIND_BY_ISSUER, &para, NULL);
    ok(first && refused(store, 2, &para, first), "a refusal gives the chain up too");
    CertFreeCertificateChain(first); /* not ours any more: nothing happens */
}

int main(void)
{
    HCERTSTORE store = filled();
    finding(store);
    refusing(store);
    CertCloseStore(store, 0);
    return tap_done();
}
