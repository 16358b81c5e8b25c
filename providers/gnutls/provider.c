/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/provider.c -- the entry point, what this library can do, and digests. */
#include <config.h>

#include "state.h"

#include <gnutls/urls.h>
#include <stdio.h>

const struct sspi_core *core;

__attribute__((visibility("default"))) sspi_provider_fn gnutls_LTX_sspi_provider;

enum sspi_status hash_parts(enum sspi_hash which, const struct sspi_bytes *parts, unsigned count, uint8_t *out)
{
    static const gnutls_digest_algorithm_t algorithms[] = {GNUTLS_DIG_SHA1, GNUTLS_DIG_SHA256, GNUTLS_DIG_SHA384,
                                                           GNUTLS_DIG_SHA512};
    gnutls_hash_hd_t hash;
    int ret = 0;
    if ((unsigned)which >= sizeof algorithms / sizeof algorithms[0])
        return SSPI_UNSUPPORTED;
    if (gnutls_hash_init(&hash, algorithms[which]) < 0)
        return SSPI_FAILED;
    for (unsigned i = 0; ret >= 0 && i < count; i++)
        if (parts[i].len)
            ret = gnutls_hash(hash, parts[i].ptr, parts[i].len);
    gnutls_hash_deinit(hash, out);
    return ret < 0 ? SSPI_FAILED : SSPI_OK;
}

/* A version may be built out, or forbidden by the machine's configuration: ask for each alone. */
static uint64_t protocols(void)
{
    char words[64];
    uint64_t caps = 0;
    for (const struct version_name *v = versions; v->name; v++) {
        gnutls_priority_t priority;
        snprintf(words, sizeof words, "NORMAL:-VERS-ALL:+%s", v->name);
        if (gnutls_priority_init(&priority, words, NULL) < 0)
            continue;
        gnutls_priority_deinit(priority);
        caps |= v->cap;
    }
    return caps;
}

static bool has_psk(void)
{
    gnutls_priority_t priority;
    if (gnutls_priority_init(&priority, "NORMAL:-KX-ALL:+ECDHE-PSK:+PSK", NULL) < 0)
        return false;
    gnutls_priority_deinit(priority);
    return true;
}

static uint64_t capabilities(void)
{
    uint64_t caps = protocols() | SSPI_CAP_SEND_ALERT | SSPI_CAP_VERIFY_ALERT | SSPI_CAP_RENEGOTIATE |
                    SSPI_CAP_EXPORT_KEYS | SSPI_CAP_FINISHED | SSPI_CAP_STAPLE | SSPI_CAP_STAPLE_RAW | SSPI_CAP_CHAIN |
                    SSPI_CAP_IMPORT | SSPI_CAP_GENERATE | SSPI_CAP_TICKETS | SSPI_CAP_TICKET_BYTES |
                    SSPI_CAP_SIGNATURE | SSPI_CAP_PASSWORD;
    gnutls_srtp_profile_t profile;
    if (caps & SSPI_CAP_TLS13)
        caps |= SSPI_CAP_LATE_CERT | SSPI_CAP_SUSPEND | SSPI_CAP_ISSUERS_13 | SSPI_CAP_KEY_UPDATE;
    if (caps & DTLS_MASK)
        caps |= SSPI_CAP_DTLS_MTU;
    if (caps & DTLS_MASK && gnutls_srtp_get_profile_id("SRTP_AES128_CM_HMAC_SHA1_80", &profile) == 0)
        caps |= SSPI_CAP_SRTP;
    if (CORE_HAS(keylog))
        caps |= SSPI_CAP_KEYLOG;
    if (CORE_HAS(ticket_key) && tickets_caps())
        caps |= SSPI_CAP_TICKET_KEYS;
    if (has_psk())
        caps |= SSPI_CAP_PSK;
    if (gnutls_url_is_supported("pkcs11:"))
        caps |= SSPI_CAP_PKCS11;
    return caps;
}

const struct sspi_provider *gnutls_LTX_sspi_provider(const struct sspi_core *lent)
{
    static struct sspi_provider provider = {
        .size = sizeof provider,
        .abi = SSPI_ABI,
        .name = "gnutls",
        .cred_new = cred_new,
        .cred_free = cred_free,
        .session_new = session_new,
        .session_free = session_free,
        .handshake = session_handshake,
        .seal = session_seal,
        .unseal = session_unseal,
        .shutdown = session_shutdown,
        .failure = session_failure,
        .describe = session_describe,
        .peer_cert = session_peer_cert,
        .digest = hash_parts,
        .set_credential = session_set_credential,
        .issuer = session_issuer,
        .send_alert = session_send_alert,
        .redo = session_redo,
        .key_update = session_key_update,
        .export_keys = session_export_keys,
        .finished = session_finished,
        .ticket_take = ticket_take,
        .ticket_free = ticket_free,
        .ticket_save = ticket_save,
        .ticket_load = ticket_load,
        .resend = session_resend,
        .set_mtu = session_set_mtu,
        .chain_check = chain_check,
        .cred_import = cred_import,
        .cred_generate = cred_generate,
        .signature_check = signature_check,
        .password_seal = password_seal,
    };
    if (!lent || !SSPI_HAS(struct sspi_core, lent, log) || !lent->log || lent->abi >> 16 != SSPI_ABI_MAJOR)
        return NULL;
    core = lent;
    if (!gnutls_check_version(GNUTLS_VERSION)) {
        LOG(SSPI_LOG_ERROR, "GnuTLS %s is older than %s, which this was built with", gnutls_check_version(NULL),
            GNUTLS_VERSION);
        return NULL;
    }
    int ret = gnutls_global_init();
    if (ret < 0) {
        LOG(SSPI_LOG_ERROR, "GnuTLS does not start: %s", gnutls_strerror(ret));
        return NULL;
    }
    if (!suite_count) {
        names_load();
        tickets_load();
    }
    provider.version = gnutls_check_version(NULL);
    provider.caps = capabilities();
    return &provider;
}
