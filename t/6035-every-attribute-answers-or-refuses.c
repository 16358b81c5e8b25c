/* SPDX-License-Identifier: MIT
 *
 * The attributes beyond those of t/6030: certificates, names, issuers, keys for EAP, the program's own data;
 * and every number there is, in every way a call can be wrong (D3, W52, W56, K18, K37). */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

static char tag[96];
static int version;
static struct pair pair;
static struct end *const ends[] = {&pair.client, &pair.server};

static SECURITY_STATUS query(struct end *end, ULONG attribute, void *out)
{
    return QueryContextAttributesA(&end->context, attribute, out);
}

static int narrow_is(const WCHAR *wide, const char *text)
{
    while (*text && *wide == (WCHAR)*text)
        wide++, text++;
    return *wide == (WCHAR)*text;
}

static int equal(PCCERT_CONTEXT a, PCCERT_CONTEXT b)
{
    return a->cbCertEncoded == b->cbCertEncoded &&
           !memcmp(a->pbCertEncoded, b->pbCertEncoded, a->cbCertEncoded);
}

/* ---- names ---- */

static void named(struct end *end)
{
    SecPkgContext_PackageInfoA package;
    SecPkgContext_PackageInfoW wide_package;
    SecPkgContext_ProtoInfoA protocol;
    SecPkgContext_ProtoInfoW wide_protocol;
    SecPkgContext_ClientSpecifiedTarget target;
    is_status(query(end, SECPKG_ATTR_PACKAGE_INFO, &package), SEC_E_OK, "%s: PACKAGE_INFO", tag);
    is_str(package.PackageInfo->Name, UNISP_NAME_A, "%s: the package's name", tag);
    is_status(FreeContextBuffer(package.PackageInfo), SEC_E_OK, "%s: freed", tag);
    is_status(QueryContextAttributesW(&end->context, SECPKG_ATTR_PACKAGE_INFO, &wide_package), SEC_E_OK,
              "%s: PACKAGE_INFO, wide", tag);
    ok(narrow_is(wide_package.PackageInfo->Name, UNISP_NAME_A), "%s: the same name", tag);
    FreeContextBuffer(wide_package.PackageInfo);

    is_status(query(end, SECPKG_ATTR_PROTO_INFO, &protocol), SEC_E_OK, "%s: PROTO_INFO", tag);
    ok(!strcmp(protocol.sProtocolName, "TLS") && protocol.majorVersion == 1 &&
           protocol.minorVersion == (ULONG)version - 10,
       "%s: TLS 1.%u", tag, (unsigned)version - 10);
    is_status(FreeContextBuffer(protocol.sProtocolName), SEC_E_OK, "%s: freed", tag);
    is_status(QueryContextAttributesW(&end->context, SECPKG_ATTR_PROTO_INFO, &wide_protocol), SEC_E_OK,
              "%s: PROTO_INFO, wide", tag);
    ok(narrow_is(wide_protocol.sProtocolName, "TLS"), "%s: TLS", tag);
    FreeContextBuffer(wide_protocol.sProtocolName);

    is_status(query(end, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target), SEC_E_OK,
              "%s: CLIENT_SPECIFIED_TARGET", tag);
    ok(narrow_is(target.sTargetName, "localhost"), "%s: is wide, and localhost", tag);
    is_status(FreeContextBuffer(target.sTargetName), SEC_E_OK, "%s: freed", tag);
}

static void vouched(struct end *end, const char *issuer)
{
    SecPkgContext_AuthorityA authority;
    SecPkgContext_AuthorityW wide;
    is_status(query(end, SECPKG_ATTR_AUTHORITY, &authority), issuer ? SEC_E_OK : SEC_E_NO_CREDENTIALS,
              "%s: AUTHORITY", tag);
    if (!issuer)
        return;
    ok(strstr(authority.sAuthorityName, issuer) != NULL, "%s: the issuer of the peer's certificate: %s", tag,
       authority.sAuthorityName);
    is_status(QueryContextAttributesW(&end->context, SECPKG_ATTR_AUTHORITY, &wide), SEC_E_OK,
              "%s: AUTHORITY, wide", tag);
    ok(narrow_is(wide.sAuthorityName, authority.sAuthorityName), "%s: the same", tag);
    FreeContextBuffer(wide.sAuthorityName);
    is_status(FreeContextBuffer(authority.sAuthorityName), SEC_E_OK, "%s: freed", tag);
}

static void flagged(struct end *end)
{
    SecPkgContext_Flags flags;
    SecPkgContext_Lifespan span;
    SecPkgContext_NegotiatedTlsExtensions extensions;
    int has[3] = {0};
    is_status(query(end, SECPKG_ATTR_FLAGS, &flags), SEC_E_OK, "%s: FLAGS", tag);
    is_int(flags.Flags, end->attributes, "%s: are those of the last call", tag);
    is_status(query(end, SECPKG_ATTR_LIFESPAN, &span), SEC_E_OK, "D2 %s: LIFESPAN", tag);
    ok(span.tsExpiry.QuadPart == end->expiry.QuadPart, "D2 %s: ends as the last call said", tag);
    ok(span.tsStart.QuadPart > 0 && span.tsStart.QuadPart < span.tsExpiry.QuadPart, "%s: and began before",
       tag);
    is_status(query(end, SECPKG_ATTR_NEGOTIATED_TLS_EXTENSIONS, &extensions), SEC_E_OK,
              "%s: NEGOTIATED_TLS_EXTENSIONS", tag);
    for (ULONG i = 0; i < extensions.ExtensionsCount; i++) {
        has[0] |= extensions.Extensions[i] == 16;
        has[1] |= extensions.Extensions[i] == 23;
        has[2] |= extensions.Extensions[i] == 43;
    }
    ok(has[0] && has[1] == (version == 12) && has[2] == (version == 13),
       "%s: ALPN, and extended master secret or supported versions", tag);
    is_status(FreeContextBuffer(extensions.Extensions), SEC_E_OK, "%s: freed", tag);
}

/* ---- certificates ---- */

static void peers(struct end *end)
{
    PCCERT_CONTEXT leaf, chain, at = NULL;
    SecPkgContext_Certificates all;
    DWORD count = 0, offset = 0;
    int same = 1;
    is_status(query(end, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &leaf), SEC_E_OK, "W53 %s: REMOTE_CERT_CONTEXT",
              tag);
    is_status(query(end, SECPKG_ATTR_REMOTE_CERT_CHAIN, &chain), SEC_E_OK, "W53 %s: REMOTE_CERT_CHAIN", tag);
    is_status(query(end, SECPKG_ATTR_REMOTE_CERTIFICATES, &all), SEC_E_OK, "W53 %s: REMOTE_CERTIFICATES",
              tag);
    ok(equal(leaf, chain) && chain->hCertStore, "W53 %s: the leaf in a store", tag);
    while ((at = CertEnumCertificatesInStore(chain->hCertStore, at)) != NULL) {
        DWORD len = 0;
        if (same && offset + sizeof len <= all.cbCertificateChain) {
            memcpy(&len, all.pbCertificateChain + offset, sizeof len);
            offset += (DWORD)sizeof len;
            same = len == at->cbCertEncoded && len <= all.cbCertificateChain - offset &&
                   !memcmp(all.pbCertificateChain + offset, at->pbCertEncoded, len);
            offset += len;
        } else {
            same = 0;
        }
        count++;
    }
    ok(same && count == all.cCertificates && offset == all.cbCertificateChain,
       "W53 %s: %u certificates of %u octets", tag, (unsigned)all.cCertificates,
       (unsigned)all.cbCertificateChain);
    is_status(FreeContextBuffer(all.pbCertificateChain), SEC_E_OK, "%s: freed", tag);
    CertFreeCertificateContext(leaf);
    CertFreeCertificateContext(chain);
}

static void own(struct end *end, const char *name)
{
    PCCERT_CONTEXT local = NULL, want = pair_certificate(name);
    SecPkgContext_CertInfo info;
    char subject[256];
    is_status(query(end, SECPKG_ATTR_LOCAL_CERT_CONTEXT, &local), SEC_E_OK, "%s: LOCAL_CERT_CONTEXT", tag);
    ok(local && equal(local, want), "%s: %s", tag, name);
    is_status(query(end, SECPKG_ATTR_LOCAL_CERT_INFO, &info), SEC_E_OK, "%s: LOCAL_CERT_INFO", tag);
    CertNameToStrA(X509_ASN_ENCODING, &want->pCertInfo->Subject, CERT_X500_NAME_STR, subject, sizeof subject);
    ok(narrow_is(info.pwszSubjectName, subject), "%s: its subject, %s", tag, subject);
    is_int(info.cbSubjectName, (strlen(subject) + 1) * sizeof(WCHAR), "%s: its length in octets", tag);
    ok(info.dwVersion == KERN_CONTEXT_CERT_INFO_V1 && info.dwKeySize >= 256, "%s: its key", tag);
    is_status(FreeContextBuffer(info.pwszSubjectName), SEC_E_OK, "%s: freed", tag);
    is_status(FreeContextBuffer(info.pwszIssuerName), SEC_E_OK, "%s: freed", tag);
    CertFreeCertificateContext(local);
    CertFreeCertificateContext(want);
}

static void checked(struct end *end, DWORD trust, HRESULT verdict)
{
    for (ULONG id = SECPKG_ATTR_CERT_CHECK_RESULT; id <= SECPKG_ATTR_CERT_CHECK_RESULT_INPROC; id++) {
        SecPkgContext_CertificateValidationResult result = {1, 1};
        is_status(query(end, id, &result), SEC_E_OK, "%s: CERT_CHECK_RESULT", tag);
        ok(result.dwChainErrorStatus == trust && result.hrVerifyChainStatus == verdict,
           "%s: trust 0x%x, verdict %s", tag, (unsigned)result.dwChainErrorStatus,
           pair_status(result.hrVerifyChainStatus));
    }
}

static void rooted(struct end *end, const char *name)
{
    HCERTSTORE store = NULL, want = pair_store(name);
    PCCERT_CONTEXT root = CertEnumCertificatesInStore(want, NULL), at = NULL;
    int found = 0;
    is_status(query(end, SECPKG_ATTR_ROOT_STORE, &store), SEC_E_OK, "%s: ROOT_STORE", tag);
    while (store && (at = CertEnumCertificatesInStore(store, at)) != NULL)
        found += equal(at, root);
    is_int(found, 1, "%s: holds the anchor", tag);
    ok(CertCloseStore(store, CERT_CLOSE_STORE_CHECK_FLAG), "%s: is the caller's to close", tag);
    CertFreeCertificateContext(root);
    CertCloseStore(want, 0);
}

static void certified(const char *provider)
{
    struct pair_options options = {.provider = provider,
                                   .tls = version,
                                   .client_cert = "client-ecdsa",
                                   .roots = "root",
                                   .server_roots = "root",
                                   .server_request = ASC_REQ_MUTUAL_AUTH,
                                   .client_request = ISC_REQ_MUTUAL_AUTH,
                                   .client_alpn = "h2",
                                   .server_alpn = "h2"};
    if (!ok(pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK, "%s: completes", tag))
        return;
    own(&pair.client, "client-ecdsa");
    own(&pair.server, "server-rsa");
    for (int i = 0; i < 2; i++) {
        named(ends[i]);
        vouched(ends[i], "CN=");
        flagged(ends[i]);
        peers(ends[i]);
        rooted(ends[i], "root");
        checked(ends[i], CERT_TRUST_NO_ERROR, 0);
    }
    pair_close(&pair);
    options.roots = "other-root";
    options.target = "elsewhere.example";
    options.client_cert = NULL;
    options.server_request = 0;
    if (!ok(pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK, "%s: MANUAL completes", tag))
        return;
    SecPkgContext_CertificateValidationResult result;
    is_status(query(&pair.client, SECPKG_ATTR_CERT_CHECK_RESULT, &result), SEC_E_OK, "%s: CERT_CHECK_RESULT",
              tag);
    ok(result.dwChainErrorStatus && result.hrVerifyChainStatus < 0, "%s: an unknown anchor is found out: %s",
       tag, pair_status(result.hrVerifyChainStatus));
    is_status(query(&pair.server, SECPKG_ATTR_CERT_CHECK_RESULT, &result), SEC_E_NO_CREDENTIALS,
              "K34 %s: there is nothing to check", tag);
    vouched(&pair.server, NULL);
    pair_close(&pair);
    options.roots = "root";
    if (ok(pair_open(&pair, &options) && pair_handshake(&pair) == SEC_E_OK, "%s: MANUAL completes", tag))
        checked(&pair.client, CERT_TRUST_NO_ERROR, CERT_E_CN_NO_MATCH);
    pair_close(&pair);
}

/* ---- the issuers a server names ---- */

static int lists_root(struct end *client)
{
    SecPkgContext_IssuerListInfoEx list = {NULL, 77};
    HCERTSTORE store = pair_store("root");
    PCCERT_CONTEXT root = CertEnumCertificatesInStore(store, NULL);
    SECURITY_STATUS status = query(client, SECPKG_ATTR_ISSUER_LIST_EX, &list);
    int found = 0;
    for (DWORD i = 0; status == SEC_E_OK && i < list.cIssuers; i++)
        found |= list.aIssuers[i].cbData == root->pCertInfo->Subject.cbData &&
                 !memcmp(list.aIssuers[i].pbData, root->pCertInfo->Subject.pbData, list.aIssuers[i].cbData);
    if (status == SEC_E_OK)
        FreeContextBuffer(list.aIssuers);
    else
        found = list.cIssuers == 77 ? -1 : -2; /* untouched, or not */
    CertFreeCertificateContext(root);
    CertCloseStore(store, 0);
    return found;
}

static void issuers(const char *provider, int late)
{
    struct pair_options options = {.provider = provider,
                                   .tls = version,
                                   .client_cert = late ? NULL : "client-ecdsa",
                                   .client_without = late ? ISC_REQ_USE_SUPPLIED_CREDS : 0,
                                   .server_roots = "root",
                                   .server_request = ASC_REQ_MUTUAL_AUTH};
    SecPkgContext_SupportedSignatures signatures;
    int told = version == 12 || strcmp(provider, "wolfssl") != 0; /* SSPI_CAP_ISSUERS_13 */
    if (!ok(pair_open(&pair, &options), "%s: credentials", tag))
        return;
    struct end *client = &pair.client;
    pair_step(client, 0);
    is_int(lists_root(client), -1, "D3 K18 %s: ISSUER_LIST_EX before the server spoke", tag);
    pair_move(&pair);
    pair_step(&pair.server, pair.server.in.len);
    pair_move(&pair);
    SECURITY_STATUS status = late ? pair_step(client, client->in.len) : SEC_I_INCOMPLETE_CREDENTIALS;
    if (late && status == SEC_I_INCOMPLETE_CREDENTIALS) {
        is_int(lists_root(client), told ? 1 : -1, "K18 %s: ISSUER_LIST_EX while a certificate is asked for%s",
               tag, told ? "" : ": refused: issuers-13");
        is_status(query(client, SECPKG_ATTR_SUPPORTED_SIGNATURES, &signatures), SEC_E_OK,
                  "K18 %s: SUPPORTED_SIGNATURES meanwhile", tag);
        FreeContextBuffer(signatures.pSignatureAndHashAlgorithms);
    }
    is_status(pair_handshake(&pair), SEC_E_OK, "K18 %s: completes", tag);
    is_int(lists_root(client), told ? 1 : -1, "K18 %s: ISSUER_LIST_EX afterwards%s", tag,
           told ? "" : ": refused: issuers-13");
    is_int(lists_root(&pair.server), -1, "%s: a server has none", tag);
    is_status(query(client, SECPKG_ATTR_SUPPORTED_SIGNATURES, &signatures), SEC_E_OK,
              "%s: SUPPORTED_SIGNATURES", tag);
    int known = 0;
    for (WORD i = 0; i < signatures.cSignatureAndHashAlgorithms; i++)
        known |= signatures.pSignatureAndHashAlgorithms[i] ==
                 (TlsHashAlgorithm_Sha256 << 8 | TlsSignatureAlgorithm_Ecdsa);
    ok(known, "%s: ECDSA with SHA-256 among %u", tag, (unsigned)signatures.cSignatureAndHashAlgorithms);
    is_status(FreeContextBuffer(signatures.pSignatureAndHashAlgorithms), SEC_E_OK, "%s: freed", tag);
    pair_close(&pair);
}

/* ---- keys ---- */

static void eap(void)
{
    static const uint8_t nothing[64];
    char label[] = "client EAP encryption", other[] = "ttls keying material",
         exporter[] = "EXPORTER_EAP_TLS_Key_Material";
    BYTE type[] = {13};
    SecPkgContext_EapKeyBlock block[2], again;
    SecPkgContext_KeyingMaterial_Inproc inproc = {sizeof label, label, 0, NULL, 128, NULL};
    SecPkgContext_EapPrfInfo info = {0, sizeof other, (PBYTE)other}, none = {0, 0, NULL}, bad = {1, 0, NULL};
    if (version == 13) {
        inproc.cbLabel = sizeof exporter;
        inproc.pszLabel = exporter;
        inproc.cbContextValue = sizeof type;
        inproc.pbContextValue = type;
    }
    for (int i = 0; i < 2; i++)
        is_status(query(ends[i], SECPKG_ATTR_EAP_KEY_BLOCK, &block[i]), SEC_E_OK, "%s: EAP_KEY_BLOCK", tag);
    ok(!memcmp(&block[0], &block[1], sizeof again) && !memcmp(block[0].rgbIVs, nothing, sizeof nothing) &&
           memcmp(block[0].rgbKeys, nothing, sizeof nothing),
       "%s: equal on both ends", tag);
    is_status(query(&pair.client, SECPKG_ATTR_KEYING_MATERIAL_INPROC, &inproc), SEC_E_OK,
              "%s: KEYING_MATERIAL_INPROC", tag);
    ok(!memcmp(inproc.pbKeyingMaterial, block[0].rgbKeys, 128),
       "%s: RFC 5216, RFC 9190: the exporter's octets", tag);
    is_status(FreeContextBuffer(inproc.pbKeyingMaterial), SEC_E_OK, "%s: freed", tag);
    inproc.cbKeyingMaterial = 0;
    is_status(query(&pair.client, SECPKG_ATTR_KEYING_MATERIAL_INPROC, &inproc), SEC_E_INVALID_PARAMETER,
              "%s: of no octets", tag);
    for (int i = 0; i < 2; i++) {
        is_status(SetContextAttributesA(&ends[i]->context, SECPKG_ATTR_EAP_PRF_INFO, &info, sizeof info),
                  SEC_E_OK, "%s: EAP_PRF_INFO", tag);
        is_status(query(ends[i], SECPKG_ATTR_EAP_KEY_BLOCK, &block[i]), SEC_E_OK, "%s: of another method",
                  tag);
    }
    ok(!memcmp(&block[0], &block[1], sizeof again), "%s: equal on both ends", tag);
    is_status(SetContextAttributesW(&ends[0]->context, SECPKG_ATTR_EAP_PRF_INFO, &none, sizeof none),
              SEC_E_OK, "%s: and back", tag);
    is_status(query(ends[0], SECPKG_ATTR_EAP_KEY_BLOCK, &again), SEC_E_OK, "%s: EAP_KEY_BLOCK", tag);
    ok(memcmp(&again, &block[0], sizeof again) != 0, "%s: the label counts", tag);
    is_status(SetContextAttributesA(&ends[0]->context, SECPKG_ATTR_EAP_PRF_INFO, &bad, sizeof bad),
              SEC_E_INVALID_PARAMETER, "%s: an unknown version", tag);
}

/* ---- the program's own ---- */

static void attached(struct end *end)
{
    BYTE bytes[] = "something of the program's";
    SecPkgContext_SessionAppData data = {7, sizeof bytes, bytes}, got, none = {0, 0, NULL},
                                 huge = {0, 1u << 30, bytes}, null = {0, 5, NULL};
    SecPkgContext_EarlyStart start = {ENABLE_TLS_CLIENT_EARLY_START}, odd = {0x80};
    is_status(query(end, SECPKG_ATTR_APP_DATA, &got), SEC_E_OK, "%s: APP_DATA", tag);
    ok(!got.cbAppData && !got.pbAppData, "%s: none yet", tag);
    is_status(SetContextAttributesA(&end->context, SECPKG_ATTR_APP_DATA, &data, sizeof data), SEC_E_OK,
              "%s: set", tag);
    bytes[0] = '!';
    is_status(query(end, SECPKG_ATTR_APP_DATA, &got), SEC_E_OK, "%s: asked", tag);
    ok(got.dwFlags == 7 && got.cbAppData == sizeof bytes && !memcmp(got.pbAppData, "something", 9),
       "%s: a copy of its own", tag);
    is_status(FreeContextBuffer(got.pbAppData), SEC_E_OK, "%s: freed", tag);
    is_status(SetContextAttributesW(&end->context, SECPKG_ATTR_APP_DATA, &huge, sizeof huge),
              SEC_E_INVALID_PARAMETER, "%s: a gigabyte", tag);
    is_status(SetContextAttributesA(&end->context, SECPKG_ATTR_APP_DATA, &null, sizeof null),
              SEC_E_INVALID_PARAMETER, "%s: from NULL", tag);
    is_status(SetContextAttributesA(&end->context, SECPKG_ATTR_APP_DATA, &data, 4), SEC_E_INVALID_PARAMETER,
              "%s: half a structure", tag);
    is_status(SetContextAttributesA(&end->context, SECPKG_ATTR_APP_DATA, &none, sizeof none), SEC_E_OK,
              "%s: taken away", tag);
    is_status(query(end, SECPKG_ATTR_APP_DATA, &got), SEC_E_OK, "%s: asked", tag);
    ok(!got.cbAppData && !got.pbAppData, "%s: none any more", tag);
    is_status(SetContextAttributesA(&end->context, SECPKG_ATTR_EARLY_START, &start, sizeof start), SEC_E_OK,
              "%s: EARLY_START is taken, and changes nothing", tag);
    is_status(SetContextAttributesA(&end->context, SECPKG_ATTR_EARLY_START, &odd, sizeof odd),
              SEC_E_INVALID_PARAMETER, "%s: but not what it does not say", tag);
    is_status(SetContextAttributesA(&end->context, SECPKG_ATTR_UI_INFO, &start, sizeof start),
              SEC_E_UNSUPPORTED_FUNCTION, "%s: UI_INFO is refused", tag);
    is_status(SetContextAttributesA(&end->context, SECPKG_ATTR_STREAM_SIZES, &start, sizeof start),
              SEC_E_UNSUPPORTED_FUNCTION, "%s: STREAM_SIZES is not set", tag);
}

/* ---- every number, in every wrong way ---- */

#define LAST 0x80u

static int is_early(ULONG id)
{
    return id == SECPKG_ATTR_ISSUER_LIST_EX || id == SECPKG_ATTR_SUPPORTED_SIGNATURES ||
           id == SECPKG_ATTR_APP_DATA || id == SECPKG_ATTR_DTLS_MTU;
}

static void every_number_early(struct end *end)
{
    uint8_t room[2048];
    unsigned wrong = 0;
    for (ULONG id = 0; id <= LAST; id++) {
        memset(room, 0xee, sizeof room);
        if (!is_early(id) && (query(end, id, room) != SEC_E_UNSUPPORTED_FUNCTION || room[0] != 0xee) &&
            ++wrong)
            diag("attribute 0x%x", (unsigned)id);
    }
    is_int(wrong, 0, "D3 K37 %s: during the handshake nothing answers", tag);
}

static void every_number(struct end *end)
{
    typedef SECURITY_STATUS SEC_ENTRY ask(PCtxtHandle, ULONG, void *, ULONG);
    ask *const forms[] = {QueryContextAttributesExA, QueryContextAttributesExW};
    uint8_t room[2048];
    unsigned wrong = 0, answered = 0;
    CtxtHandle context = end->context;
    for (ULONG id = 0; id <= LAST; id++) {
        int has = query(end, id, NULL) == SEC_E_INTERNAL_ERROR;
        SECURITY_STATUS none = has ? SEC_E_BUFFER_TOO_SMALL : SEC_E_UNSUPPORTED_FUNCTION;
        answered += has;
        for (int form = 0; form < 2; form++) {
            memset(room, 0xee, sizeof room);
            if (forms[form](&context, id, room, 1) != none || room[0] != 0xee ||
                forms[form](&context, id, room, 0) != SEC_E_BUFFER_TOO_SMALL ||
                forms[form](&context, id, NULL, sizeof room) !=
                    (has ? SEC_E_INTERNAL_ERROR : SEC_E_UNSUPPORTED_FUNCTION)) {
                diag("attribute 0x%x", (unsigned)id);
                wrong++;
            }
        }
    }
    is_int(wrong, 0, "W52 %s: NULL, no room and half the room for every number", tag);
    ok(answered >= 32, "W52 %s: %u attributes answer", tag, answered);
    DeleteSecurityContext(&end->context);
    end->has_context = 0;
    for (ULONG id = 0; id <= LAST; id++)
        wrong += QueryContextAttributesA(&context, id, room) != SEC_E_INVALID_HANDLE ||
                 QueryContextAttributesW(&context, id, NULL) != SEC_E_INVALID_HANDLE ||
                 SetContextAttributesA(&context, id, room, 1024) != SEC_E_INVALID_HANDLE;
    is_int(wrong, 0, "W56 %s: a deleted context answers nothing", tag);
}

static void each(const char *provider, int tls)
{
    version = tls;
    snprintf(tag, sizeof tag, "%s tls%d", provider, tls);
    certified(provider);
    issuers(provider, 0);
    issuers(provider, 1);
    struct pair_options options = {.provider = provider, .tls = tls};
    if (!ok(pair_open(&pair, &options), "%s: credentials", tag))
        return;
    pair_step(&pair.client, 0);
    every_number_early(&pair.client);
    if (ok(pair_handshake(&pair) == SEC_E_OK, "%s: completes", tag)) {
        eap();
        for (int i = 0; i < 2; i++) {
            attached(ends[i]);
            every_number(ends[i]);
        }
    }
    pair_close(&pair);
}

int main(void)
{
    pair_each(each);
    return tap_done();
}
