/* SPDX-License-Identifier: MIT
 *
 * QueryCredentialsAttributes and SetCredentialsAttributes: one table each. */
#include <config.h>

#include "core/credential.h"
#include "core/forms.h"
#include "core/memory.h"
#include "core/handle.h"
#include "core/suites.h"

#include <opensspi/extra.h>
#include <schannel.h>
#include <string.h>

/* ---- queries; `out` is as large as the table says ---- */

static SECURITY_STATUS get_protocols(const struct credential *cred, void *out)
{
    SecPkgCred_SupportedProtocols *answer = out;
    DWORD bits = 0;
    for (unsigned bit = 0; bit < 8; bit++) {
        uint32_t cap = UINT32_C(1) << bit;
        bits |= cred->client & cap ? settings_protocol_bit(cap, 0) : 0;
        bits |= cred->server & cap ? settings_protocol_bit(cap, 1) : 0;
    }
    answer->grbitProtocol = bits;
    return SEC_E_OK;
}

static void add_once(ALG_ID *list, DWORD *count, ALG_ID alg)
{
    for (DWORD i = 0; i < *count; i++)
        if (list[i] == alg)
            return;
    if (alg)
        list[(*count)++] = alg;
}

static SECURITY_STATUS get_algs(const struct credential *cred, void *out)
{
    static const ALG_ID hashes[] = {CALG_SHA1, CALG_SHA_256, CALG_SHA_384, CALG_SHA_512}; /* enum sspi_hash */
    SecPkgCred_SupportedAlgs *answer = out;
    ALG_ID algs[4 * SETTINGS_LIST + 2];
    DWORD count = 0;
    for (size_t i = 0; cred->suites[i]; i++) {
        const struct suite *suite = suite_find(cred->suites[i]);
        if (!suite)
            continue;
        add_once(algs, &count, suite->alg_cipher);
        add_once(algs, &count, suite->alg_hash);
        add_once(algs, &count, suite->handshake_hash < 4 ? hashes[suite->handshake_hash] : 0);
        add_once(algs, &count, suite->alg_exchange);
    }
    add_once(algs, &count, CALG_RSA_SIGN);
    add_once(algs, &count, CALG_ECDSA);
    ALG_ID *copy = memory_hand_out(count * sizeof *copy);
    if (!copy)
        return SEC_E_INSUFFICIENT_MEMORY;
    memcpy(copy, algs, count * sizeof *copy);
    answer->cSupportedAlgs = count;
    answer->palgSupportedAlgs = copy;
    return SEC_E_OK;
}

static SECURITY_STATUS get_strengths(const struct credential *cred, void *out)
{
    SecPkgCred_CipherStrengths *answer = out;
    DWORD least = 0, most = 0;
    for (size_t i = 0; cred->suites[i]; i++) {
        const struct suite *suite = suite_find(cred->suites[i]);
        if (!suite)
            continue;
        if (!least || suite->cipher_bits < least)
            least = suite->cipher_bits;
        if (suite->cipher_bits > most)
            most = suite->cipher_bits;
    }
    answer->dwMinimumCipherStrength = least;
    answer->dwMaximumCipherStrength = most;
    return SEC_E_OK;
}

static SECURITY_STATUS get_names(const struct credential *cred, void *out)
{
    (void)cred, (void)out;
    return SEC_E_NO_CREDENTIALS; /* W8 */
}

static const struct {
    ULONG attribute, size;
    SECURITY_STATUS (*get)(const struct credential *, void *out);
} queries[] = {
    {SECPKG_CRED_ATTR_NAMES, sizeof(void *), get_names},
    {SECPKG_ATTR_SUPPORTED_PROTOCOLS, sizeof(SecPkgCred_SupportedProtocols), get_protocols},
    {SECPKG_ATTR_SUPPORTED_ALGS, sizeof(SecPkgCred_SupportedAlgs), get_algs},
    {SECPKG_ATTR_CIPHER_STRENGTHS, sizeof(SecPkgCred_CipherStrengths), get_strengths},
};

SECURITY_STATUS credential_query(const CredHandle *handle, ULONG attribute, void *out, ULONG size,
                                 enum form form)
{
    (void)form; /* no text in any of these */
    struct credential *cred = credential_get(handle);
    SECURITY_STATUS status = SEC_E_UNSUPPORTED_FUNCTION;
    if (!cred)
        return SEC_E_INVALID_HANDLE;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        if (queries[i].attribute != attribute)
            continue;
        if (!out)
            status = SEC_E_INTERNAL_ERROR; /* W4 */
        else if (size && size < queries[i].size)
            status = SEC_E_BUFFER_TOO_SMALL;
        else
            status = queries[i].get(cred, out);
    }
    credential_unref(cred);
    return status;
}

/* ---- settings; under the lock of the handle ---- */

/* A context takes its reference under the same lock, so a count of 1 means that none exists. */
static SECURITY_STATUS set_keylog(struct credential *cred, const void *in)
{
    OPENSSPI_KEYLOG log;
    memcpy(&log, in, sizeof log);
    if (log.cbSize != sizeof log)
        return SEC_E_INVALID_PARAMETER;
    if (!(cred->provider->api.caps & SSPI_CAP_KEYLOG))
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (atomic_load_explicit(&cred->refs, memory_order_acquire) != 1)
        return SEC_E_OUT_OF_SEQUENCE;
    cred->keylog = log;
    return SEC_E_OK;
}

static const struct {
    ULONG attribute, size;
    SECURITY_STATUS (*set)(struct credential *, const void *in);
} settings[] = {
    {OPENSSPI_CRED_ATTR_KEYLOG, sizeof(OPENSSPI_KEYLOG), set_keylog},
};

SECURITY_STATUS credential_set(const CredHandle *handle, ULONG attribute, const void *in, ULONG size,
                               enum form form)
{
    (void)form;
    void *object;
    SECURITY_STATUS status = SEC_E_UNSUPPORTED_FUNCTION;
    struct handle_slot *slot = handle_lock(handle, HANDLE_CREDENTIAL, &object);
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (settings[i].attribute == attribute)
            status = !in || size < settings[i].size ? SEC_E_INVALID_PARAMETER : settings[i].set(object, in);
    handle_unlock(slot);
    return status;
}
