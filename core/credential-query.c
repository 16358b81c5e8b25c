/* SPDX-License-Identifier: MIT
 *
 * QueryCredentialsAttributes and SetCredentialsAttributes: one table, as that of core/attributes.c. */
#include <config.h>

#include "core/attributes.h"
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
    uint32_t able = (uint32_t)cred->provider->api.caps; /* a credential of DTLS inside is not made yet */
    for (unsigned bit = 0; bit < 8; bit++) {
        uint32_t cap = UINT32_C(1) << bit;
        bits |= (cred->client | (cred->datagram_client & able)) & cap ? settings_protocol_bit(cap, 0) : 0;
        bits |= (cred->server | (cred->datagram_server & able)) & cap ? settings_protocol_bit(cap, 1) : 0;
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

/* ---- settings; under the lock of the handle ---- */

/* A context takes its reference under the same lock, so a count of 1 means that none exists. */
static SECURITY_STATUS set_keylog(struct credential *cred, const void *in, enum form form)
{
    (void)form;
    OPENSSPI_KEYLOG log;
    memcpy(&log, in, sizeof log);
    if (log.cbSize != sizeof log)
        return SEC_E_INVALID_PARAMETER;
    if (!(cred->provider->api.caps & SSPI_CAP_KEYLOG))
        return SEC_E_UNSUPPORTED_FUNCTION;
    if (atomic_load_explicit(&cred->refs, memory_order_acquire) != 1)
        return SEC_E_OUT_OF_SEQUENCE;
    cred->keylog = log;
    struct credential *datagram = atomic_load_explicit(&cred->datagram, memory_order_acquire);
    if (datagram)
        datagram->keylog = log;
    return SEC_E_OK;
}

static SECURITY_STATUS set_ticket_keys(struct credential *cred, const void *in, enum form form)
{
    (void)form;
    SecPkgCred_SessionTicketKeys keys;
    memcpy(&keys, in, sizeof keys);
    if (!cred->server || !(cred->provider->api.caps & SSPI_CAP_TICKET_KEYS))
        return SEC_E_UNSUPPORTED_FUNCTION;
    return ticket_keys_give(&cred->ticket_keys, &keys);
}

/* ---- the table ---- */

#define ROW(name)      .id = SECPKG_ATTR_##name, .title = #name
#define CRED_ROW(name) .id = SECPKG_CRED_ATTR_##name, .title = "CRED_ATTR_" #name

static const struct credential_attribute {
    ULONG id;
    const char *title;
    ULONG size;
    SECURITY_STATUS (*get)(const struct credential *, void *out);
    SECURITY_STATUS (*set)(struct credential *, const void *in, enum form form);
    const char *refused;
} table[] = {
    {CRED_ROW(NAMES), sizeof(void *), .get = get_names},
    {ROW(SUPPORTED_PROTOCOLS), sizeof(SecPkgCred_SupportedProtocols), .get = get_protocols},
    {ROW(SUPPORTED_ALGS), sizeof(SecPkgCred_SupportedAlgs), .get = get_algs},
    {ROW(CIPHER_STRENGTHS), sizeof(SecPkgCred_CipherStrengths), .get = get_strengths},
    {ROW(CLIENT_CERT_POLICY), sizeof(SecPkgCred_ClientCertPolicy), .set = credential_client_policy_set},
    {ROW(SESSION_TICKET_KEYS), sizeof(SecPkgCred_SessionTicketKeys), .set = set_ticket_keys},
    {OPENSSPI_CRED_ATTR_KEYLOG, "OPENSSPI_CRED_ATTR_KEYLOG", sizeof(OPENSSPI_KEYLOG), .set = set_keylog},
    {CRED_ROW(SSI_PROVIDER), .refused = "a matter of the Windows logon"},
    {CRED_ROW(KDC_PROXY_SETTINGS), .refused = "a matter of Kerberos"},
    {CRED_ROW(PAC_BYPASS), .refused = "a matter of Kerberos"},
    {CRED_ROW(CERT), .refused = "certificates are given to AcquireCredentialsHandle"},
    {ROW(USE_NCRYPT), .refused = "keys are the provider's: there is no second key service to choose"},
};
enum { ROWS = sizeof table / sizeof *table };

int credential_attributes_row(size_t i, struct attribute_row *row)
{
    if (i >= ROWS)
        return 0;
    *row = (struct attribute_row){.id = table[i].id,
                                  .title = table[i].title,
                                  .get = table[i].get != NULL,
                                  .set = table[i].set != NULL,
                                  .refused = table[i].refused};
    return 1;
}

static const struct credential_attribute *find(ULONG id)
{
    for (size_t i = 0; i < ROWS; i++)
        if (table[i].id == id)
            return &table[i];
    return NULL;
}

SECURITY_STATUS credential_query(const CredHandle *handle, ULONG attribute, void *out, ULONG size,
                                 enum form form)
{
    (void)form; /* no text in any of these */
    const struct credential_attribute *row = find(attribute);
    struct credential *cred = credential_get(handle);
    SECURITY_STATUS status;
    if (!cred)
        return SEC_E_INVALID_HANDLE;
    if (!row || !row->get)
        status = SEC_E_UNSUPPORTED_FUNCTION;
    else if (!out)
        status = SEC_E_INTERNAL_ERROR; /* W4 */
    else if (size && size < row->size)
        status = SEC_E_BUFFER_TOO_SMALL;
    else
        status = row->get(cred, out);
    credential_unref(cred);
    return status;
}

SECURITY_STATUS credential_set(const CredHandle *handle, ULONG attribute, const void *in, ULONG size,
                               enum form form)
{
    void *object;
    const struct credential_attribute *row = find(attribute);
    struct handle_slot *slot = handle_lock(handle, HANDLE_CREDENTIAL, &object);
    SECURITY_STATUS status;
    if (!slot)
        return SEC_E_INVALID_HANDLE;
    if (!row || !row->set)
        status = SEC_E_UNSUPPORTED_FUNCTION;
    else
        status = !in || size < row->size ? SEC_E_INVALID_PARAMETER : row->set(object, in, form);
    handle_unlock(slot);
    return status;
}
