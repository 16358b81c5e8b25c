/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/credential.h"

#define LOG_AREA "credential"
#include "core/config.h"
#include "core/context.h"
#include "core/handle.h"
#include "core/local-time.h"
#include "core/log.h"
#include "core/package.h"
#include "core/profile.h"
#include "core/status.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- life ---- */

void credential_drop(struct credential *cred)
{
    if (!cred->provider)
        return;
    for (unsigned i = 0; i < cred->cert_count; i++) {
        if (cred->certs[i].server)
            cred->provider->api.cred_free(cred->certs[i].server);
        if (cred->certs[i].client)
            cred->provider->api.cred_free(cred->certs[i].client);
        cred->certs[i].server = cred->certs[i].client = NULL;
    }
    if (cred->anonymous)
        cred->provider->api.cred_free(cred->anonymous);
    if (cred->keyed)
        cred->provider->api.cred_free(cred->keyed);
    cred->anonymous = cred->keyed = NULL;
}

static void credential_destroy(struct credential *cred)
{
    credential_datagram_free(cred);
    sessions_free(&cred->sessions, cred->provider);
    ticket_keys_forget(&cred->ticket_keys);
    credential_drop(cred);
    for (unsigned i = 0; i < cred->cert_count; i++)
        cert_identity_free(&cred->certs[i].identity);
    free(cred->certs);
    bytes_free(&cred->policy.names);
    if (cred->anchors)
        cert_anchors_release(cred->anchors);
    explicit_bzero(cred, sizeof *cred);
    free(cred);
}

struct credential *credential_ref(struct credential *cred)
{
    atomic_fetch_add_explicit(cred->outer ? &cred->outer->refs : &cred->refs, 1, memory_order_relaxed);
    return cred;
}

void credential_unref(struct credential *cred)
{
    if (cred && cred->outer)
        cred = cred->outer;
    if (cred && atomic_fetch_sub_explicit(&cred->refs, 1, memory_order_acq_rel) == 1)
        credential_destroy(cred);
}

struct credential *credential_get(const CredHandle *handle)
{
    void *object;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CREDENTIAL, &object);
    if (!slot)
        return NULL;
    struct credential *cred = credential_ref(object);
    handle_unlock(slot);
    return cred;
}

/* ---- what a provider makes of it ---- */

static SECURITY_STATUS make_one(struct credential *cred, const struct cert_identity *identity, int server,
                                const char *policy, sspi_cred **out)
{
    struct sspi_failure failure = {0};
    struct sspi_cred_params params = {
        .size = sizeof params,
        .protocols = server ? cred->server : cred->client,
        .server = server,
        .suites = cred->suites,
        .groups = cred->groups,
        .signatures = cred->signatures,
        .policy = policy,
    };
    if (identity) {
        params.chain = identity->chain;
        params.chain_count = identity->chain_count;
        params.key = identity->key;
        params.pin = identity->pin;
    }
    if (cred->anchors && server)
        params.anchors = cert_anchors_der(cred->anchors, &params.anchor_count);
    *out = NULL;
    enum sspi_status status = cred->provider->api.cred_new(&params, out, &failure);
    if (status == SSPI_OK && *out)
        return SEC_E_OK;
    if (*out) /* a provider that fails and gives something: neither is believed */
        cred->provider->api.cred_free(*out);
    *out = NULL;
    if (status == SSPI_UNSUPPORTED)
        return SEC_E_UNSUPPORTED_FUNCTION;
    log_error("%s: no credential: %s (%lld)", cred->provider->name, failure.text ? failure.text : "no reason",
              (long long)failure.code);
    if (status != SSPI_FAILED)
        return SEC_E_INTERNAL_ERROR;
    return status_of_failure(&failure);
}

SECURITY_STATUS credential_policy(const struct credential *cred, const struct credential_cert *cert,
                                  uint32_t protocols, uint8_t out[32])
{
    unsigned count = 0;
    const struct sspi_bytes *anchors = cred->anchors ? cert_anchors_der(cred->anchors, &count) : NULL;
    struct sspi_bytes *parts = calloc(count + 2u, sizeof *parts);
    uint8_t words[10] = {cred->anchors != NULL, cert != NULL};
    if (!parts)
        return SEC_E_INSUFFICIENT_MEMORY;
    for (unsigned i = 0; i < 4; i++) {
        words[2 + i] = (uint8_t)(cred->flags >> 8 * i);
        words[6 + i] = (uint8_t)(protocols >> 8 * i);
    }
    parts[0] = (struct sspi_bytes){words, sizeof words};
    if (cert)
        parts[1] = cert->identity.chain[0];
    if (count)
        memcpy(parts + 2, anchors, count * sizeof *parts);
    enum sspi_status made = cred->provider->api.digest(SSPI_SHA256, parts, count + 2u, out);
    free(parts);
    return made == SSPI_OK ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static SECURITY_STATUS make_all(struct credential *cred, const char *policy)
{
    SECURITY_STATUS status = SEC_E_OK;
    for (unsigned i = 0; status == SEC_E_OK && i < cred->cert_count; i++) {
        struct credential_cert *cert = &cred->certs[i];
        if (cred->server)
            status = make_one(cred, &cert->identity, 1, policy, &cert->server);
        if (cred->server && status == SEC_E_OK)
            status = credential_policy(cred, cert, cred->server, cert->policy);
        if (status == SEC_E_OK && cred->client && i == 0) /* a client shows its first */
            status = make_one(cred, &cert->identity, 0, policy, &cert->client);
    }
    if (status == SEC_E_OK && cred->client && !cred->cert_count)
        status = make_one(cred, NULL, 0, policy, &cred->anonymous);
    if (status == SEC_E_OK && cred->server && (cred->flags & SCH_USE_PRESHAREDKEY_ONLY))
        status = make_one(cred, NULL, 1, policy, &cred->keyed);
    if (status != SEC_E_OK)
        credential_drop(cred);
    return status;
}

/* What the provider's library is told to narrow; NULL: nothing. */
static const char *policy_of(const struct config *config, const char *provider)
{
    struct config_value policy = config_provider(config, provider, "policy"); /* the profile's, where none is set */
    return policy.text && strcmp(policy.text, "none") == 0 ? NULL : policy.text;
}

SECURITY_STATUS credential_make(struct credential *cred)
{
    const char *why = "";
    const struct config *config = config_get(&why);
    if (!config)
        return SEC_E_INTERNAL_ERROR;
    return make_all(cred, policy_of(config, cred->provider->name));
}

#define CAP_VERSIONS                                                                                           \
    (SSPI_CAP_TLS10 | SSPI_CAP_TLS11 | SSPI_CAP_TLS12 | SSPI_CAP_TLS13 | SSPI_CAP_DTLS10 | SSPI_CAP_DTLS12)

static uint64_t capabilities_needed(const struct credential *cred)
{
    uint64_t need = (cred->client | cred->server) & (SSPI_CAP_TLS12 | SSPI_CAP_TLS13 | SSPI_CAP_DTLS12);
    if (!need)
        need = (cred->client | cred->server) & SSPI_CAP_DTLS10;
    if (cred->flags & SCH_USE_PRESHAREDKEY_ONLY)
        need |= SSPI_CAP_PSK;
    for (unsigned i = 0; i < cred->cert_count; i++) {
        struct sspi_bytes key = cred->certs[i].identity.key;
        if (key.len >= 7 && memcmp(key.ptr, "pkcs11:", 7) == 0)
            need |= SSPI_CAP_PKCS11;
    }
    return need;
}

/* Versions that this library lacks go; those that were needed it has. */
static SECURITY_STATUS try_provider(struct credential *cred, const struct provider *provider)
{
    uint32_t versions = (uint32_t)(provider->api.caps & CAP_VERSIONS), client = cred->client,
             server = cred->server;
    cred->provider = provider;
    cred->client &= versions;
    cred->server &= versions;
    SECURITY_STATUS status = SEC_E_ALGORITHM_MISMATCH;
    if ((!client || cred->client) && (!server || cred->server))
        status = credential_make(cred);
    if (status != SEC_E_OK) {
        cred->client = client;
        cred->server = server;
    }
    return status;
}

/* D12: the next provider of the order that can. */
static SECURITY_STATUS find_other(struct credential *cred, const struct provider *refused, uint64_t need)
{
    const struct provider *at = refused, *next;
    SECURITY_STATUS status;
    while ((status = provider_select_after(at, need, &next)) == SEC_E_OK) {
        if (try_provider(cred, next) == SEC_E_OK) {
            log_warning("%s cannot use this key or these versions: %s serves the credential instead",
                        refused->name, next->name);
            return SEC_E_OK;
        }
        at = next;
    }
    log_error("%s cannot use this key or these versions, and no other provider may or can", refused->name);
    return status;
}

static SECURITY_STATUS find_provider(struct credential *cred, const char *named)
{
    const char *why = "";
    const struct config *config = config_get(&why);
    if (!config) {
        log_error("%s", why);
        return SEC_E_INTERNAL_ERROR;
    }
    struct config_value require = config_package(config, "client-certificate");
    cred->require_client = require.text && strcmp(require.text, "require") == 0;

    const struct provider *provider;
    uint64_t need = capabilities_needed(cred);
    SECURITY_STATUS status = provider_select(named, need, &provider);
    if (status != SEC_E_OK)
        return status;
    status = try_provider(cred, provider);
    if ((status == SEC_E_UNSUPPORTED_FUNCTION || status == SEC_E_ALGORITHM_MISMATCH) && !named)
        status = find_other(cred, provider, need);
    return status;
}

/* ---- AcquireCredentialsHandle ---- */

static SECURITY_STATUS capture_certs(struct credential *cred, const struct settings *settings)
{
    if (!settings->cert_count)
        return SEC_E_OK;
    cred->certs = calloc(settings->cert_count, sizeof *cred->certs);
    if (!cred->certs)
        return SEC_E_INSUFFICIENT_MEMORY;
    if (settings->cert_format != SCH_CRED_FORMAT_CERT_CONTEXT) {
        if (settings->cert_count != 1)
            return SEC_E_UNKNOWN_CREDENTIALS;
        cred->cert_count = 1;
        return cert_identity_by_hash(settings->certs, settings->cert_format, FORM_BITS(settings->form),
                                     &cred->certs[0].identity);
    }
    for (DWORD i = 0; i < settings->cert_count; i++) {
        SECURITY_STATUS status = cert_identity(settings->certs[i], &cred->certs[i].identity);
        if (status != SEC_E_OK)
            return status; /* W14, W15, W20 */
        cred->cert_count++;
    }
    return SEC_E_OK;
}

static SECURITY_STATUS fill(struct credential *cred, const struct settings *settings, const char *named)
{
    cred->client = settings->client;
    cred->server = settings->server;
    credential_datagram_split(cred);
    cred->flags = settings->flags;
    cred->lifespan = settings->lifespan;
    cred->born = tickets_clock();
    memcpy(cred->suites, settings->suites, sizeof cred->suites);
    memcpy(cred->groups, settings->groups, sizeof cred->groups);
    memcpy(cred->signatures, settings->signatures, sizeof cred->signatures);
    if (getrandom(cred->secret, sizeof cred->secret, 0) != (ssize_t)sizeof cred->secret)
        return SEC_E_INTERNAL_ERROR;
    SECURITY_STATUS status = capture_certs(cred, settings);
    if (status == SEC_E_OK && settings->roots)
        status = cert_anchors_of_store(settings->roots, &cred->anchors);
    return status == SEC_E_OK ? find_provider(cred, named) : status;
}

static uint64_t credential_expiry(const struct credential *cred)
{
    uint64_t ticks = cred->cert_count ? cert_not_after(cred->certs[0].identity.chain[0]) : 0;
    return ticks ? local_time_of(ticks) : LOCAL_TIME_NEVER;
}

SECURITY_STATUS credential_acquire(const char *package, ULONG use, const void *auth_data, enum form form,
                                   CredHandle *handle, TimeStamp *expiry)
{
    const char *named;
    struct settings settings;
    SECURITY_STATUS status = package_parse(package, &named);
    if (status != SEC_E_OK)
        return status; /* W2: before all else */
    use &= SECPKG_CRED_BOTH;
    if (!use)
        return SEC_E_NO_CREDENTIALS; /* W3 */
    status = settings_read(use, auth_data, form, &settings);
    if (status != SEC_E_OK)
        return status;
    struct credential *cred = calloc(1, sizeof *cred);
    if (!cred)
        return SEC_E_INSUFFICIENT_MEMORY;
    atomic_init(&cred->refs, 1);
    status = fill(cred, &settings, named);
    if (status == SEC_E_OK && !handle)
        status = SEC_E_INVALID_HANDLE;
    uint64_t ticks = status == SEC_E_OK ? credential_expiry(cred) : 0;
    if (status == SEC_E_OK && handle_open(HANDLE_CREDENTIAL, cred, handle) != 0)
        status = SEC_E_INSUFFICIENT_MEMORY;
    if (status != SEC_E_OK) {
        credential_unref(cred);
        return status;
    }
    if (expiry)
        local_time_write(expiry, ticks);
    return SEC_E_OK;
}

static void release(void *cred)
{
    credential_unref(cred);
}

SECURITY_STATUS credential_free(const CredHandle *handle)
{
    return handle_close(handle, HANDLE_CREDENTIAL, release) == 0 ? SEC_E_OK : SEC_E_INVALID_HANDLE;
}
