/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/profile.h"

#include "tools/diff/observe.h"
#include "tools/diff/streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct diff_profile profiles[] = {
    {.name = "common", .server = "server-ecdsa"},
    {.name = "rsa", .server = "server-rsa"},
    {.name = "ed25519", .server = "server-ed25519"},
    {.name = "tls12", .server = "server-ecdsa", .disabled = SP_PROT_TLS1_3},
    {.name = "tls13", .server = "server-ecdsa", .disabled = SP_PROT_TLS1_2},
    {.name = "alpn", .server = "server-ecdsa", .server_alpn = "h2 http/1.1", .client_alpn = "h2 http/1.1"},
    {.name = "mutual",
     .server = "server-ecdsa",
     .client = "client-ecdsa",
     .roots = "root",
     .server_request = ASC_REQ_MUTUAL_AUTH},
};
enum { PROFILES = sizeof profiles / sizeof *profiles };
static CredHandle credentials[PROFILES][2][DIFF_BACKENDS_MAX];
static unsigned made[PROFILES][2]; /* how many of the backends */

const struct diff_profile *diff_profile_find(const char *name)
{
    for (size_t i = 0; i < PROFILES; i++)
        if (!name || strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

const struct diff_profile *diff_profile_at(unsigned at)
{
    return &profiles[at % PROFILES];
}

/* ---- files ---- */

static const char *data_folder = DIFFDATADIR;

void diff_data_set(const char *folder)
{
    data_folder = folder;
}

const char *diff_data(void)
{
    return data_folder;
}

char *diff_data_read(const char *name, size_t *len)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", data_folder, name);
    return diff_file_read(path, len);
}

char *diff_file_read(const char *path, size_t *len)
{
    char *text = NULL;
    FILE *file = fopen(path, "rb");
    *len = 0;
    if (!file)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long size = ftell(file);
        rewind(file);
        text = size >= 0 ? malloc((size_t)size + 1) : NULL;
        if (text) {
            *len = fread(text, 1, (size_t)size, file);
            text[*len] = 0;
        }
    }
    fclose(file);
    return text;
}

/* ---- backends ---- */

int diff_backend_make(struct diff_backend *backend, const char *name, char *why, size_t size)
{
    SecPkgInfoA *info = NULL;
    memset(backend, 0, sizeof *backend);
    snprintf(backend->name, sizeof backend->name, "%s", name);
    snprintf(backend->label, sizeof backend->label, "%s", name);
    snprintf(backend->package, sizeof backend->package, "%s:%s", SCHANNEL_NAME_A, name);
    SECURITY_STATUS status = QuerySecurityPackageInfoA(backend->package, &info);
    if (status != SEC_E_OK) {
        snprintf(why, size, "%s: 0x%08x: the provider cannot be used", name, (unsigned)status);
        return -1;
    }
    /* "... by NAME VERSION" */
    const char *by = strstr(info->Comment, " by "), *version = by ? strchr(by + 4, ' ') : NULL;
    snprintf(backend->version, sizeof backend->version, "%s", version ? version + 1 : "");
    FreeContextBuffer(info);
    return 0;
}

/* ---- credentials ---- */

static HCERTSTORE store_open(const char *name)
{
    char file[128];
    size_t len;
    snprintf(file, sizeof file, "pki/%s.pem", name);
    char *text = diff_data_read(file, &len);
    CRYPT_DATA_BLOB blob = {(DWORD)len, (BYTE *)text};
    HCERTSTORE store = text ? CertOpenStore(OPENSSPI_CERT_STORE_PROV_PEM, 0, 0, 0, &blob) : NULL;
    free(text);
    return store;
}

static PCCERT_CONTEXT certificate_open(const char *name)
{
    HCERTSTORE store = store_open(name);
    PCCERT_CONTEXT certificate = store ? CertEnumCertificatesInStore(store, NULL) : NULL;
    if (store)
        CertCloseStore(store, 0);
    return certificate;
}

/* What is switched off for it, in at most two entries; how many. */
static DWORD disabled_crypto(enum diff_suites suites, CRYPTO_SETTINGS out[2])
{
    static WCHAR chacha[] = L"CHACHA20_POLY1305", aes[] = L"AES", sha256[] = L"SHA256", sha384[] = L"SHA384";
    static const struct {
        eTlsAlgorithmUsage usage;
        WCHAR *name;
    } off[][2] = {
        [DIFF_SUITES_ALL] = {{0, NULL}},
        [DIFF_SUITES_AES] = {{TlsParametersCngAlgUsageCipher, chacha}},
        [DIFF_SUITES_AES128] = {{TlsParametersCngAlgUsageCipher, chacha},
                                {TlsParametersCngAlgUsageDigest, sha384}},
        [DIFF_SUITES_AES256] = {{TlsParametersCngAlgUsageDigest, sha256}},
        [DIFF_SUITES_CHACHA] = {{TlsParametersCngAlgUsageCipher, aes}},
    };
    DWORD count = 0;

    for (; count < 2 && off[suites][count].name; count++) {
        WCHAR *name = off[suites][count].name;
        USHORT size = 0;
        while (name[size / sizeof *name])
            size = (USHORT)(size + sizeof *name);
        out[count] = (CRYPTO_SETTINGS){.eAlgorithmUsage = off[suites][count].usage,
                                       .strCngAlgId = {size, (USHORT)(size + sizeof *name), name}};
    }
    return count;
}

SECURITY_STATUS diff_credential_make(const struct diff_backend *backend, const struct diff_profile *profile,
                                     enum diff_role role, CredHandle *out)
{
    const char *name = role == DIFF_ACCEPT ? profile->server : profile->client;
    PCCERT_CONTEXT certificate = name ? certificate_open(name) : NULL;
    HCERTSTORE roots = profile->roots ? store_open(profile->roots) : NULL;
    CRYPTO_SETTINGS off[2];
    DWORD off_count = disabled_crypto(profile->suites, off);
    TLS_PARAMETERS parameters = {.cDisabledCrypto = off_count,
                                 .pDisabledCrypto = off_count ? off : NULL,
                                 .grbitDisabledProtocols =
                                     profile->disabled | SP_PROT_TLS1_0 | SP_PROT_TLS1_1};
    DWORD flags = profile->resumes ? 0 : SCH_CRED_DISABLE_RECONNECTS;
    if (role == DIFF_INITIALIZE)
        flags |= SCH_CRED_NO_DEFAULT_CREDS |
                 (roots ? SCH_CRED_AUTO_CRED_VALIDATION : SCH_CRED_MANUAL_CRED_VALIDATION);
    else if (roots)
        flags |= SCH_CRED_AUTO_CRED_VALIDATION;
    SCH_CREDENTIALS auth = {.dwVersion = SCH_CREDENTIALS_VERSION,
                            .cCreds = certificate ? 1 : 0,
                            .paCred = &certificate,
                            .hRootStore = roots,
                            .dwFlags = flags,
                            .cTlsParameters = 1,
                            .pTlsParameters = &parameters};
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;
    /* Whichever case is the first to need it. */
    uint64_t place = streams_at(diff_hash(role, backend->package, strlen(backend->package)));
    if ((!name || certificate) && (!profile->roots || roots))
        status = AcquireCredentialsHandleA(NULL, (SEC_CHAR *)(uintptr_t)backend->package,
                                           role == DIFF_ACCEPT ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND,
                                           NULL, &auth, NULL, NULL, out, NULL);
    if (status == SEC_E_OK && profile->keylog) {
        OPENSSPI_KEYLOG log = {sizeof log, profile->keylog, profile->keylog_user};
        status = SetCredentialsAttributesA(out, OPENSSPI_CRED_ATTR_KEYLOG, &log, sizeof log);
        if (status != SEC_E_OK)
            FreeCredentialsHandle(out);
    }
    streams_at(place);
    if (certificate)
        CertFreeCertificateContext(certificate);
    if (roots)
        CertCloseStore(roots, 0);
    return status;
}

int diff_profiles_begin(const struct diff_backend *backends, unsigned count, char *why, size_t size)
{
    for (unsigned p = 0; p < PROFILES; p++)
        for (int role = 0; role < 2; role++)
            for (; made[p][role] < count; made[p][role]++) {
                unsigned i = made[p][role];
                SECURITY_STATUS status = diff_credential_make(&backends[i], &profiles[p],
                                                              (enum diff_role)role, &credentials[p][role][i]);
                if (status == SEC_E_OK)
                    continue;
                snprintf(why, size, "%s: no credential of profile %s: 0x%08x (files in %s/pki)",
                         backends[i].name, profiles[p].name, (unsigned)status, data_folder);
                return -1;
            }
    return 0;
}

CredHandle *diff_credential(const struct diff_profile *profile, enum diff_role role, unsigned which)
{
    return &credentials[profile - profiles][role][which];
}

size_t diff_alpn(const char *list, uint8_t *out, size_t size)
{
    uint8_t names[256];
    size_t len = 0;
    while (list && *list) {
        size_t word = strcspn(list, " ");
        if (!word || word > 255 || len + 1 + word > sizeof names)
            return 0;
        names[len++] = (uint8_t)word;
        memcpy(names + len, list, word);
        len += word;
        list += word + (list[word] == ' ');
    }
    uint32_t total = (uint32_t)(4 + 2 + len), kind = SecApplicationProtocolNegotiationExt_ALPN;
    uint16_t names_len = (uint16_t)len;
    if (!len || size < 4 + total)
        return 0;
    memcpy(out, &total, 4);
    memcpy(out + 4, &kind, 4);
    memcpy(out + 8, &names_len, 2);
    memcpy(out + 10, names, len);
    return 10 + len;
}
