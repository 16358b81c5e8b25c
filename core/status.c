/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/status.h"

#include <stddef.h>

/* Two columns, because an alert means one thing to who receives it and another to who had to send it.
 *
 * received: Microsoft documents it ("Schannel Error Codes for TLS and SSL Alerts"); what is not listed
 * there is ILLEGAL_MESSAGE, so handshake_failure is too, and protocol_version is UNSUPPORTED_FUNCTION.
 *
 * own: INVALID_TOKEN where the peer's bytes are malformed (W32, W33), ALGORITHM_MISMATCH where nothing is
 * common to both sides, DECRYPT_FAILURE where a record or a proof does not verify (D4), typed certificate
 * codes on both sides (D8, K38).  0: says nothing about the cause, the library's reason decides. */
static const struct alert_row {
    uint8_t alert;
    const char *name;
    SECURITY_STATUS received, own;
} alerts[] = {
    {0, "close_notify", SEC_E_ILLEGAL_MESSAGE, 0},
    {10, "unexpected_message", SEC_E_ILLEGAL_MESSAGE, SEC_E_INVALID_TOKEN},
    {20, "bad_record_mac", SEC_E_MESSAGE_ALTERED, SEC_E_DECRYPT_FAILURE},
    {21, "decryption_failed", SEC_E_DECRYPT_FAILURE, SEC_E_DECRYPT_FAILURE},
    {22, "record_overflow", SEC_E_ILLEGAL_MESSAGE, SEC_E_INVALID_TOKEN},
    {30, "decompression_failure", SEC_E_MESSAGE_ALTERED, SEC_E_INVALID_TOKEN},
    {40, "handshake_failure", SEC_E_ILLEGAL_MESSAGE, SEC_E_ALGORITHM_MISMATCH},
    {41, "no_certificate", SEC_E_ILLEGAL_MESSAGE, SEC_E_INCOMPLETE_CREDENTIALS},
    {42, "bad_certificate", SEC_E_CERT_UNKNOWN, SEC_E_CERT_UNKNOWN},
    {43, "unsupported_certificate", SEC_E_CERT_UNKNOWN, SEC_E_CERT_UNKNOWN},
    {44, "certificate_revoked", CRYPT_E_REVOKED, CRYPT_E_REVOKED},
    {45, "certificate_expired", SEC_E_CERT_EXPIRED, SEC_E_CERT_EXPIRED},
    {46, "certificate_unknown", SEC_E_CERT_UNKNOWN, SEC_E_CERT_UNKNOWN},
    {47, "illegal_parameter", SEC_E_ILLEGAL_MESSAGE, SEC_E_INVALID_TOKEN},
    {48, "unknown_ca", SEC_E_UNTRUSTED_ROOT, SEC_E_UNTRUSTED_ROOT},
    {49, "access_denied", SEC_E_LOGON_DENIED, SEC_E_LOGON_DENIED},
    {50, "decode_error", SEC_E_ILLEGAL_MESSAGE, SEC_E_INVALID_TOKEN},
    {51, "decrypt_error", SEC_E_DECRYPT_FAILURE, SEC_E_DECRYPT_FAILURE},
    {52, "too_many_cids_requested", SEC_E_ILLEGAL_MESSAGE, SEC_E_INVALID_TOKEN},
    {60, "export_restriction", SEC_E_ILLEGAL_MESSAGE, SEC_E_ALGORITHM_MISMATCH},
    {70, "protocol_version", SEC_E_UNSUPPORTED_FUNCTION, SEC_E_ALGORITHM_MISMATCH},
    {71, "insufficient_security", SEC_E_ALGORITHM_MISMATCH, SEC_E_ALGORITHM_MISMATCH},
    {80, "internal_error", SEC_E_INTERNAL_ERROR, 0},
    {86, "inappropriate_fallback", SEC_E_ILLEGAL_MESSAGE, SEC_E_ALGORITHM_MISMATCH},
    {90, "user_canceled", SEC_E_UNFINISHED_CONTEXT_DELETED, SEC_E_UNFINISHED_CONTEXT_DELETED},
    {100, "no_renegotiation", SEC_E_ILLEGAL_MESSAGE, SEC_E_UNSUPPORTED_FUNCTION},
    {109, "missing_extension", SEC_E_ILLEGAL_MESSAGE, SEC_E_INVALID_TOKEN},
    {110, "unsupported_extension", SEC_E_ILLEGAL_MESSAGE, SEC_E_INVALID_TOKEN},
    {111, "certificate_unobtainable", SEC_E_ILLEGAL_MESSAGE, SEC_E_CERT_UNKNOWN},
    {112, "unrecognized_name", SEC_E_ILLEGAL_MESSAGE, SEC_E_TARGET_UNKNOWN},
    {113, "bad_certificate_status_response", SEC_E_ILLEGAL_MESSAGE, SEC_E_CERT_UNKNOWN},
    {114, "bad_certificate_hash_value", SEC_E_ILLEGAL_MESSAGE, SEC_E_CERT_UNKNOWN},
    {115, "unknown_psk_identity", SEC_E_ILLEGAL_MESSAGE, SEC_E_LOGON_DENIED},
    {116, "certificate_required", SEC_E_ILLEGAL_MESSAGE, SEC_E_INCOMPLETE_CREDENTIALS},
    {117, "general_error", SEC_E_ILLEGAL_MESSAGE, 0},
    {120, "no_application_protocol", SEC_E_APPLICATION_PROTOCOL_MISMATCH,
     SEC_E_APPLICATION_PROTOCOL_MISMATCH},
    {121, "ech_required", SEC_E_ILLEGAL_MESSAGE, SEC_E_ILLEGAL_MESSAGE},
};
enum { ALERTS = sizeof alerts / sizeof *alerts };

/* first: the reason says more than any alert can (memory, a name that does not match, a wrong password), so
 * it goes before it.  The others are a library's guess at what the alert says exactly. */
static const struct why_row {
    SECURITY_STATUS status;
    uint8_t alert, first;
} whys[] = {
    [SSPI_WHY_NONE] = {SEC_E_INTERNAL_ERROR, 80, 0},
    [SSPI_WHY_INTERNAL] = {SEC_E_INTERNAL_ERROR, 80, 0},
    [SSPI_WHY_MEMORY] = {SEC_E_INSUFFICIENT_MEMORY, 80, 1},
    [SSPI_WHY_BAD_MESSAGE] = {SEC_E_INVALID_TOKEN, 50, 0},
    [SSPI_WHY_BAD_RECORD_MAC] = {SEC_E_DECRYPT_FAILURE, 20, 0},
    [SSPI_WHY_NO_COMMON_VERSION] = {SEC_E_ALGORITHM_MISMATCH, 70, 0},
    [SSPI_WHY_NO_COMMON_ALGORITHM] = {SEC_E_ALGORITHM_MISMATCH, 40, 0},
    [SSPI_WHY_NO_COMMON_ALPN] = {SEC_E_APPLICATION_PROTOCOL_MISMATCH, 120, 1},
    [SSPI_WHY_PEER_ALERT] = {SEC_E_ILLEGAL_MESSAGE, 0, 0},
    [SSPI_WHY_BAD_CREDENTIAL] = {SEC_E_UNKNOWN_CREDENTIALS, 80, 1},
    [SSPI_WHY_WRONG_PASSWORD] = {SEC_E_LOGON_DENIED, 80, 1},
    [SSPI_WHY_CERT_MISSING] = {SEC_E_INCOMPLETE_CREDENTIALS, 40, 1},
    [SSPI_WHY_CERT_UNTRUSTED] = {SEC_E_UNTRUSTED_ROOT, 48, 1},
    [SSPI_WHY_CERT_EXPIRED] = {SEC_E_CERT_EXPIRED, 45, 1},
    [SSPI_WHY_CERT_REVOKED] = {CRYPT_E_REVOKED, 44, 1},
    [SSPI_WHY_CERT_NAME] = {SEC_E_WRONG_PRINCIPAL, 42, 1},
    [SSPI_WHY_CERT_USAGE] = {SEC_E_CERT_WRONG_USAGE, 43, 1},
    [SSPI_WHY_CERT_OTHER] = {SEC_E_CERT_UNKNOWN, 46, 0},
    [SSPI_WHY_CERT_NO_REVOCATION_CHECK] = {CRYPT_E_NO_REVOCATION_CHECK, 46, 1},
    [SSPI_WHY_CERT_REVOCATION_OFFLINE] = {CRYPT_E_REVOCATION_OFFLINE, 46, 1},
};
enum { WHYS = sizeof whys / sizeof *whys };

static const struct alert_row *alert_find(uint8_t alert)
{
    size_t i;

    for (i = 0; i < ALERTS; i++)
        if (alerts[i].alert == alert)
            return &alerts[i];
    return NULL;
}

/* A number outside the enum comes from a plugin that is newer or wrong. */
static const struct why_row *why_find(enum sspi_why why)
{
    return &whys[(unsigned)why < WHYS ? why : SSPI_WHY_INTERNAL];
}

SECURITY_STATUS status_of_peer_alert(uint8_t alert)
{
    const struct alert_row *row = alert_find(alert);

    return row ? row->received : SEC_E_ILLEGAL_MESSAGE;
}

SECURITY_STATUS status_of_why(enum sspi_why why)
{
    return why_find(why)->status;
}

SECURITY_STATUS status_of_failure(const struct sspi_failure *failure)
{
    const struct why_row *why = why_find(failure->why);
    const struct alert_row *own = alert_find(failure->alert ? failure->alert : failure->alert_sent);

    if (failure->why == SSPI_WHY_PEER_ALERT)
        return status_of_peer_alert(failure->alert_received ? failure->alert_received : failure->alert);
    if (why->first)
        return why->status;
    /* A warning the peer sent earlier may still stand in alert_received: it counts only when we had
     * nothing to say ourselves. */
    if (failure->alert_received && !failure->alert && !failure->alert_sent)
        return status_of_peer_alert(failure->alert_received);
    return own && own->own ? own->own : why->status;
}

uint8_t status_alert_of_why(enum sspi_why why)
{
    return why_find(why)->alert;
}

const char *status_alert_name(uint8_t alert)
{
    const struct alert_row *row = alert_find(alert);

    return row ? row->name : NULL;
}
