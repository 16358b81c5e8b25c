/* SPDX-License-Identifier: MIT */
#include <config.h>

#define SCHANNEL_USE_BLACKLISTS
#include "core/settings.h"

#define LOG_AREA "credential"
#include "core/log.h"
#include "core/profile.h"
#include "core/suites.h"
#include "core/utf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    uint32_t cap;
    DWORD server, client;
} protocol_bits[] = {
    {SSPI_CAP_TLS10, SP_PROT_TLS1_0_SERVER, SP_PROT_TLS1_0_CLIENT},
    {SSPI_CAP_TLS11, SP_PROT_TLS1_1_SERVER, SP_PROT_TLS1_1_CLIENT},
    {SSPI_CAP_TLS12, SP_PROT_TLS1_2_SERVER, SP_PROT_TLS1_2_CLIENT},
    {SSPI_CAP_TLS13, SP_PROT_TLS1_3_SERVER, SP_PROT_TLS1_3_CLIENT},
    {SSPI_CAP_DTLS10, SP_PROT_DTLS1_0_SERVER, SP_PROT_DTLS1_0_CLIENT},
    {SSPI_CAP_DTLS12, SP_PROT_DTLS1_2_SERVER, SP_PROT_DTLS1_2_CLIENT},
};
#define PROTOCOL_COUNT (sizeof protocol_bits / sizeof *protocol_bits)
#define CAP_TLS        (SSPI_CAP_TLS10 | SSPI_CAP_TLS11 | SSPI_CAP_TLS12 | SSPI_CAP_TLS13)
#define PROT_DTLS      SP_PROT_DTLS1_X

DWORD settings_protocol_bit(uint32_t cap, int server)
{
    for (size_t i = 0; i < PROTOCOL_COUNT; i++)
        if (protocol_bits[i].cap == cap)
            return server ? protocol_bits[i].server : protocol_bits[i].client;
    return 0;
}

/* SP_PROT bits of one side as capability bits; SSL 2, SSL 3 and PCT name nothing (D11). */
static uint32_t caps_of(DWORD bits, int server)
{
    uint32_t caps = 0;
    for (size_t i = 0; i < PROTOCOL_COUNT; i++)
        if (bits & (server ? protocol_bits[i].server : protocol_bits[i].client))
            caps |= protocol_bits[i].cap;
    return caps;
}

/* ---- lists ---- */

static int list_copy(uint16_t *out, const uint16_t *from)
{
    size_t n = 0;
    for (; from[n]; n++) {
        if (n + 1 >= SETTINGS_LIST)
            return -1;
        out[n] = from[n];
    }
    out[n] = 0;
    return 0;
}

/* Drops every element for which keep() says no. */
static void list_filter(uint16_t *list, int (*keep)(uint16_t, const void *), const void *arg)
{
    size_t n = 0;
    for (size_t i = 0; list[i]; i++)
        if (keep(list[i], arg))
            list[n++] = list[i];
    list[n] = 0;
}

/* Milliseconds; 0: ten hours, -1: as SCH_CRED_DISABLE_RECONNECTS. */
static int64_t lifespan_of(DWORD lifespan, DWORD flags)
{
    if (lifespan == (DWORD)-1 || (flags & SCH_CRED_DISABLE_RECONNECTS))
        return 0;
    return lifespan ? lifespan : 36000000;
}

/* ---- SCHANNEL_CRED: strengths and ALG_IDs ---- */

#define ALG_CLASS_OF(alg) ((alg) & (7u << 13))
enum { CLASS_SIGNATURE = 1u << 13, CLASS_DATA = 3u << 13, CLASS_HASH = 4u << 13, CLASS_EXCHANGE = 5u << 13 };

static ALG_ID alg_of_hash(uint8_t hash)
{
    switch (hash) {
    case SSPI_SHA1:
        return CALG_SHA1;
    case SSPI_SHA256:
        return CALG_SHA_256;
    case SSPI_SHA384:
        return CALG_SHA_384;
    default:
        return CALG_SHA_512;
    }
}

/* Does the list name `alg`, or no algorithm of its class at all? */
static int algs_allow(const SCHANNEL_CRED *cred, unsigned class, ALG_ID alg, ALG_ID also)
{
    int spoken = 0;
    for (DWORD i = 0; i < cred->cSupportedAlgs; i++) {
        if (ALG_CLASS_OF(cred->palgSupportedAlgs[i]) != class)
            continue;
        spoken = 1;
        if (cred->palgSupportedAlgs[i] == alg || (also && cred->palgSupportedAlgs[i] == also))
            return 1;
    }
    return !spoken;
}

static ALG_ID alg_of_scheme(uint16_t scheme)
{
    switch (scheme) {
    case 0x0403:
    case 0x0503:
    case 0x0603:
    case 0x0203:
    case 0x0807:
    case 0x0808:
        return CALG_ECDSA;
    default:
        return CALG_RSA_SIGN;
    }
}

static int cred_keeps_suite(uint16_t id, const void *arg)
{
    const SCHANNEL_CRED *cred = arg;
    const struct suite *suite = suite_find(id);
    if (!suite || suite->cipher_bits < cred->dwMinimumCipherStrength)
        return 0;
    if (cred->dwMaximumCipherStrength && suite->cipher_bits > cred->dwMaximumCipherStrength)
        return 0;
    ALG_ID any_aes = suite->block == 16 ? CALG_AES : 0;
    if (!algs_allow(cred, CLASS_DATA, suite->alg_cipher, any_aes))
        return 0;
    ALG_ID prf = alg_of_hash(suite->handshake_hash);
    if (!algs_allow(cred, CLASS_HASH, suite->aead ? prf : suite->alg_hash, 0))
        return 0;
    if (suite->tls13)
        return 1;
    if (!algs_allow(cred, CLASS_EXCHANGE, suite->alg_exchange, CALG_ECDH))
        return 0;
    return algs_allow(cred, CLASS_SIGNATURE,
                      strcmp(suite->certificate, "ECDSA") == 0 ? CALG_ECDSA : CALG_RSA_SIGN, 0);
}

static int cred_keeps_signature(uint16_t scheme, const void *arg)
{
    return algs_allow(arg, CLASS_SIGNATURE, alg_of_scheme(scheme), 0);
}

static SECURITY_STATUS read_v4(ULONG use, const SCHANNEL_CRED *cred, const struct profile *profile,
                               struct settings *out)
{
    if (cred->cSupportedAlgs > SCH_CRED_MAX_SUPPORTED_ALGS ||
        (cred->cSupportedAlgs && !cred->palgSupportedAlgs))
        return SEC_E_UNKNOWN_CREDENTIALS;
    out->cert_count = cred->cCreds;
    out->cert_format = cred->dwCredFormat;
    out->certs = cred->paCred;
    out->roots = cred->hRootStore;
    out->flags = cred->dwFlags;
    out->lifespan = lifespan_of(cred->dwSessionLifespan, cred->dwFlags);

    uint32_t usual = profile->protocols & ~(uint32_t)SSPI_CAP_TLS13; /* D11: never TLS 1.3 */
    DWORD bits = cred->grbitEnabledProtocols;
    if ((bits & PROT_DTLS) && (bits & ~(DWORD)PROT_DTLS))
        return SEC_E_ALGORITHM_MISMATCH; /* W23 */
    out->client = bits ? caps_of(bits, 0) & usual : usual;
    out->server = bits ? caps_of(bits, 1) & usual : usual;
    if (cred->dwFlags & SCH_USE_DTLS_ONLY) {
        out->client &= ~(uint32_t)CAP_TLS;
        out->server &= ~(uint32_t)CAP_TLS;
    }
    if (!(use & SECPKG_CRED_OUTBOUND))
        out->client = 0;
    if (!(use & SECPKG_CRED_INBOUND))
        out->server = 0;
    list_filter(out->suites, cred_keeps_suite, cred);
    list_filter(out->signatures, cred_keeps_signature, cred);
    return SEC_E_OK;
}

/* ---- SCH_CREDENTIALS: what TLS_PARAMETERS switches off, by CNG name ---- */

struct setting { /* one CRYPTO_SETTINGS, its text as UTF-8 */
    char *name;
    char *mode[SCH_CRED_MAX_SUPPORTED_CHAINING_MODES];
    DWORD modes;
};

static int setting_keeps_cipher(uint16_t id, const void *arg)
{
    const struct setting *setting = arg;
    const struct suite *suite = suite_find(id);
    if (!suite)
        return 0;
    if (strcasecmp(setting->name, suite->block == 16 ? "AES" : "CHACHA20_POLY1305") != 0)
        return 1;
    if (!setting->modes)
        return 0;
    static const char *const mode_words[][2] = {
        {"ChainingModeGCM", "_GCM"}, {"ChainingModeCCM", "_CCM"}, {"ChainingModeCBC", "_CBC"}};
    for (DWORD i = 0; i < setting->modes; i++)
        for (size_t m = 0; m < 3; m++)
            if (strcasecmp(setting->mode[i], mode_words[m][0]) == 0 && strstr(suite->name, mode_words[m][1]))
                return 0;
    return 1;
}

static int setting_keeps_digest(uint16_t id, const void *arg)
{
    static const char *const names[] = {"SHA1", "SHA256", "SHA384", "SHA512"}; /* enum sspi_hash */
    const struct setting *setting = arg;
    const struct suite *suite = suite_find(id);
    if (!suite || (suite->hash[0] && strcasecmp(setting->name, suite->hash) == 0))
        return 0;
    return suite->handshake_hash > 3 || strcasecmp(setting->name, names[suite->handshake_hash]) != 0;
}

static int setting_keeps_signature(uint16_t scheme, const void *arg)
{
    const struct setting *setting = arg;
    const char *scheme_name = suite_signature_name(scheme);
    size_t len = strlen(setting->name);
    if (!scheme_name)
        return 0;
    if (strcasecmp(setting->name, "RSA_SIGN") == 0)
        len = 3;
    /* "RSA" switches off rsa_*, "ECDSA" and "ECDSA_P256" ecdsa_*, "SHA512" every *_sha512 */
    if (strncasecmp(scheme_name, setting->name, len) == 0 && scheme_name[len] == '_')
        return 0;
    if (strncasecmp(setting->name, "ECDSA_P", 7) == 0)
        return !(strncmp(scheme_name, "ecdsa_secp", 10) == 0 &&
                 strncmp(scheme_name + 10, setting->name + 7, 3) == 0);
    const char *last = strrchr(scheme_name, '_');
    return !last || strcasecmp(last + 1, setting->name) != 0;
}

static int setting_keeps_group(uint16_t group, const void *arg)
{
    static const struct {
        uint16_t group;
        const char *names[3];
    } table[] = {{29, {"curve25519", "x25519", "ECDH"}},
                 {23, {"nistP256", "ECDH_P256", "ECDH"}},
                 {24, {"nistP384", "ECDH_P384", "ECDH"}},
                 {25, {"nistP521", "ECDH_P521", "ECDH"}}};
    const struct setting *setting = arg;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t n = 0; table[i].group == group && n < 3; n++)
            if (strcasecmp(setting->name, table[i].names[n]) == 0)
                return 0;
    return 1;
}

static char *text_of(const UNICODE_STRING *text, enum form form, SECURITY_STATUS *status)
{
    unsigned bits = FORM_BITS(form);
    int bad = 0;
    *status = SEC_E_UNKNOWN_CREDENTIALS;
    if (!text->Buffer || text->Length % (bits / 8))
        return NULL;
    char *utf8 = utf8_from_wide(text->Buffer, bits, text->Length / (bits / 8), &bad);
    if (!utf8 && !bad)
        *status = SEC_E_INSUFFICIENT_MEMORY;
    return utf8;
}

static void setting_apply(eTlsAlgorithmUsage usage, const struct setting *setting, struct settings *out)
{
    switch (usage) {
    case TlsParametersCngAlgUsageKeyExchange:
        list_filter(out->groups, setting_keeps_group, setting);
        break;
    case TlsParametersCngAlgUsageSignature:
    case TlsParametersCngAlgUsageCertSig:
        list_filter(out->signatures, setting_keeps_signature, setting);
        break;
    case TlsParametersCngAlgUsageCipher:
        list_filter(out->suites, setting_keeps_cipher, setting);
        break;
    case TlsParametersCngAlgUsageDigest:
        list_filter(out->suites, setting_keeps_digest, setting);
        break;
    }
}

static SECURITY_STATUS read_setting(const CRYPTO_SETTINGS *crypto, enum form form, struct settings *out)
{
    struct setting setting = {0};
    SECURITY_STATUS status;
    if ((unsigned)crypto->eAlgorithmUsage > TlsParametersCngAlgUsageCertSig ||
        crypto->cChainingModes > SCH_CRED_MAX_SUPPORTED_CHAINING_MODES ||
        (crypto->cChainingModes && !crypto->rgstrChainingModes))
        return SEC_E_UNKNOWN_CREDENTIALS;
    if (crypto->dwMinBitLength || crypto->dwMaxBitLength) {
        log_error("TLS_PARAMETERS: bit lengths of disabled algorithms are not supported");
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    setting.name = text_of(&crypto->strCngAlgId, form, &status);
    while (setting.name && setting.modes < crypto->cChainingModes) {
        setting.mode[setting.modes] = text_of(&crypto->rgstrChainingModes[setting.modes], form, &status);
        if (!setting.mode[setting.modes])
            break;
        setting.modes++;
    }
    if (setting.name && setting.modes == crypto->cChainingModes) {
        setting_apply(crypto->eAlgorithmUsage, &setting, out);
        status = SEC_E_OK;
    }
    for (DWORD i = 0; i < setting.modes; i++)
        free(setting.mode[i]);
    free(setting.name);
    return status;
}

static SECURITY_STATUS read_parameters(const TLS_PARAMETERS *parameters, enum form form, DWORD *disabled,
                                       struct settings *out)
{
    if (parameters->cAlpnIds) {
        log_error("TLS_PARAMETERS for single application protocols are not supported");
        return SEC_E_UNSUPPORTED_FUNCTION;
    }
    if (parameters->cDisabledCrypto > SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS ||
        (parameters->cDisabledCrypto && !parameters->pDisabledCrypto))
        return SEC_E_UNKNOWN_CREDENTIALS;
    *disabled |= parameters->grbitDisabledProtocols;
    for (DWORD i = 0; i < parameters->cDisabledCrypto; i++) {
        SECURITY_STATUS status = read_setting(&parameters->pDisabledCrypto[i], form, out);
        if (status != SEC_E_OK)
            return status;
    }
    return SEC_E_OK;
}

static SECURITY_STATUS read_v5(ULONG use, const SCH_CREDENTIALS *cred, enum form form,
                               const struct profile *profile, struct settings *out)
{
    DWORD disabled = 0;
    if (cred->cTlsParameters > SCH_CRED_MAX_SUPPORTED_PARAMETERS ||
        (cred->cTlsParameters && !cred->pTlsParameters))
        return SEC_E_UNKNOWN_CREDENTIALS;
    out->cert_count = cred->cCreds;
    out->cert_format = cred->dwCredFormat;
    out->certs = cred->paCred;
    out->roots = cred->hRootStore;
    out->flags = cred->dwFlags;
    out->lifespan = lifespan_of(cred->dwSessionLifespan, cred->dwFlags);
    for (DWORD i = 0; i < cred->cTlsParameters; i++) {
        SECURITY_STATUS status = read_parameters(&cred->pTlsParameters[i], form, &disabled, out);
        if (status != SEC_E_OK)
            return status;
    }
    uint32_t usual = profile->protocols & (cred->dwFlags & SCH_USE_DTLS_ONLY ? ~(uint32_t)CAP_TLS : ~0u);
    if (use & SECPKG_CRED_OUTBOUND)
        out->client = usual & ~caps_of(disabled, 0);
    if (use & SECPKG_CRED_INBOUND)
        out->server = usual & ~caps_of(disabled, 1);
    return SEC_E_OK;
}

/* ---- all of it ---- */

static SECURITY_STATUS read_version(ULONG use, const void *auth_data, enum form form,
                                    const struct profile *profile, struct settings *out)
{
    DWORD version;
    memcpy(&version, auth_data, sizeof version);
    switch (version) {
    case SCHANNEL_CRED_VERSION:
        return read_v4(use, auth_data, profile, out);
    case SCH_CREDENTIALS_VERSION:
        return read_v5(use, auth_data, form, profile, out);
    case SCH_CRED_V3:
        return SEC_E_INSUFFICIENT_MEMORY; /* W16, W18 */
    default:
        return SEC_E_UNKNOWN_CREDENTIALS; /* W12, W17 */
    }
}

/* TLS 1.3 needs one of its suites, 1.2 one of its own; what is left must be something. */
static int narrow_protocols(struct settings *out)
{
    int has13 = 0, has12 = 0;
    for (size_t i = 0; out->suites[i]; i++) {
        const struct suite *suite = suite_find(out->suites[i]);
        if (suite && suite->tls13)
            has13 = 1;
        else if (suite)
            has12 = 1;
    }
    uint32_t gone = (has13 ? 0 : (uint32_t)SSPI_CAP_TLS13) | (has12 ? 0 : (uint32_t)~SSPI_CAP_TLS13);
    int wanted_client = out->client != 0, wanted_server = out->server != 0;
    out->client &= ~gone;
    out->server &= ~gone;
    return (wanted_client && !out->client) || (wanted_server && !out->server) || !out->groups[0] ||
                   !out->signatures[0]
               ? -1
               : 0;
}

/* SCH_USE_PRESHAREDKEY_ONLY: no certificates, nothing resumed, and of the suites those for shared keys that
 * use what the profile and the program allow; in TLS 1.3 those of SHA-256, which such a key is bound to. */
static void only_shared_keys(struct settings *out)
{
    static const uint16_t shared[] = {0xD001, 0xD002, 0xCCAC}; /* TLS_ECDHE_PSK_WITH_*, AEAD */
    uint16_t left[SETTINGS_LIST];
    size_t n = 0;
    for (size_t i = 0; out->suites[i]; i++) {
        const struct suite *suite = suite_find(out->suites[i]);
        if (suite && suite->tls13 && suite->handshake_hash == SSPI_SHA256)
            left[n++] = suite->id;
    }
    for (size_t k = 0; k < sizeof shared / sizeof *shared; k++) {
        const struct suite *wanted = suite_find(shared[k]), *suite;
        int allowed = 0;
        for (size_t i = 0; wanted && out->suites[i]; i++)
            allowed |= (suite = suite_find(out->suites[i])) != NULL && !suite->tls13 && suite->aead &&
                       suite->cipher_bits == wanted->cipher_bits && strcmp(suite->cipher, wanted->cipher) == 0;
        if (allowed && n + 1 < SETTINGS_LIST)
            left[n++] = wanted->id;
    }
    left[n] = 0;
    memcpy(out->suites, left, (n + 1) * sizeof *left);
    out->cert_count = 0;
    out->lifespan = 0;
}

SECURITY_STATUS settings_read(ULONG use, const void *auth_data, enum form form, struct settings *out)
{
    memset(out, 0, sizeof *out);
    const struct profile *profile = profile_in_effect();
    if (!profile || list_copy(out->suites, profile->suites) != 0 ||
        list_copy(out->groups, profile->groups) != 0 || list_copy(out->signatures, profile->signatures) != 0)
        return SEC_E_INTERNAL_ERROR;
    if (!auth_data) { /* W3; D11: the configured range */
        if (use != SECPKG_CRED_OUTBOUND)
            return SEC_E_NO_CREDENTIALS;
        out->client = profile->protocols;
        out->lifespan = lifespan_of(0, 0);
        return SEC_E_OK;
    }
    SECURITY_STATUS status = read_version(use, auth_data, form, profile, out);
    if (status != SEC_E_OK)
        return status;
    out->form = form;
    if (out->cert_count > SCH_CRED_MAX_SUPPORTED_CERTS || (out->cert_count && !out->certs))
        return SEC_E_UNKNOWN_CREDENTIALS;
    if (out->flags & SCH_USE_PRESHAREDKEY_ONLY)
        only_shared_keys(out);
    if ((!out->client && !out->server) || narrow_protocols(out) != 0)
        return SEC_E_ALGORITHM_MISMATCH; /* W10, W11 */
    return SEC_E_OK;
}
