/* SPDX-License-Identifier: MIT
 * providers/wolfssl/failure.c -- the library's error numbers, as alerts and reasons. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <string.h>

/* One table for both questions; what is not listed is an internal error (alert 80) when it is ours and
 * a malformed message (alert 50) when it came from the peer, which no number of the library tells apart:
 * the second is by far the commoner, so it is the default. */
static const struct {
    int code;
    uint8_t alert;
    enum sspi_why why;
} table[] = {
    {MEMORY_E, 80, SSPI_WHY_MEMORY},
    {MEMORY_ERROR, 80, SSPI_WHY_MEMORY},
    {BAD_FUNC_ARG, 80, SSPI_WHY_INTERNAL},
    {BAD_STATE_E, 80, SSPI_WHY_INTERNAL},
    {RNG_FAILURE_E, 80, SSPI_WHY_INTERNAL},
    {SOCKET_ERROR_E, 80, SSPI_WHY_MEMORY}, /* our own callbacks give it when emit() had no memory */
    {NO_PRIVATE_KEY, 80, SSPI_WHY_BAD_CREDENTIAL},
    {CLIENT_CERT_CB_ERROR, 80, SSPI_WHY_INTERNAL},
    {DECRYPT_ERROR, 20, SSPI_WHY_BAD_RECORD_MAC},
    {VERIFY_MAC_ERROR, 20, SSPI_WHY_BAD_RECORD_MAC},
    {AES_GCM_AUTH_E, 20, SSPI_WHY_BAD_RECORD_MAC},
    {AES_CCM_AUTH_E, 20, SSPI_WHY_BAD_RECORD_MAC},
    {MAC_CMP_FAILED_E, 20, SSPI_WHY_BAD_RECORD_MAC},
    {VERSION_ERROR, 70, SSPI_WHY_NO_COMMON_VERSION},
    {MATCH_SUITE_ERROR, 40, SSPI_WHY_NO_COMMON_ALGORITHM},
    {UNSUPPORTED_SUITE, 40, SSPI_WHY_NO_COMMON_ALGORITHM},
    {ECC_CURVE_ERROR, 40, SSPI_WHY_NO_COMMON_ALGORITHM},
    {BAD_KEY_SHARE_DATA, 47, SSPI_WHY_BAD_MESSAGE},
    {UNKNOWN_ALPN_PROTOCOL_NAME_E, 120, SSPI_WHY_NO_COMMON_ALPN},
    {NO_PEER_CERT, 116, SSPI_WHY_CERT_MISSING},
    {NO_PEER_KEY, 40, SSPI_WHY_CERT_MISSING},
    {VERIFY_CERT_ERROR, 42, SSPI_WHY_CERT_OTHER},
    {PEER_KEY_ERROR, 42, SSPI_WHY_CERT_OTHER},
    {RSA_KEY_SIZE_E, 42, SSPI_WHY_CERT_OTHER},
    {ECC_KEY_SIZE_E, 42, SSPI_WHY_CERT_OTHER},
    {MAX_CHAIN_ERROR, 42, SSPI_WHY_CERT_OTHER},
    {ASN_PARSE_E, 42, SSPI_WHY_CERT_OTHER},
    {ASN_NO_SIGNER_E, 48, SSPI_WHY_CERT_UNTRUSTED},
    {ASN_SELF_SIGNED_E, 48, SSPI_WHY_CERT_UNTRUSTED},
    {ASN_AFTER_DATE_E, 45, SSPI_WHY_CERT_EXPIRED},
    {ASN_BEFORE_DATE_E, 45, SSPI_WHY_CERT_EXPIRED},
    {CRL_CERT_REVOKED, 44, SSPI_WHY_CERT_REVOKED},
    {OCSP_CERT_REVOKED, 44, SSPI_WHY_CERT_REVOKED},
    {OUT_OF_ORDER_E, 10, SSPI_WHY_BAD_MESSAGE},
    {DUPLICATE_MSG_E, 10, SSPI_WHY_BAD_MESSAGE},
    {SANITY_MSG_E, 10, SSPI_WHY_BAD_MESSAGE},
    {SANITY_CIPHER_E, 20, SSPI_WHY_BAD_RECORD_MAC},
    {UNKNOWN_HANDSHAKE_TYPE, 10, SSPI_WHY_BAD_MESSAGE},
    {UNKNOWN_RECORD_TYPE, 10, SSPI_WHY_BAD_MESSAGE},
    {NO_CHANGE_CIPHER_E, 10, SSPI_WHY_BAD_MESSAGE},
    {INVALID_PARAMETER, 47, SSPI_WHY_BAD_MESSAGE},
    {EXT_NOT_ALLOWED, 47, SSPI_WHY_BAD_MESSAGE},
    {EXT_MISSING, 109, SSPI_WHY_BAD_MESSAGE},
    {PSK_KEY_ERROR, 115, SSPI_WHY_BAD_MESSAGE},
    {BAD_BINDER, 47, SSPI_WHY_BAD_MESSAGE},
    {VERIFY_FINISHED_ERROR, 51, SSPI_WHY_BAD_MESSAGE},
    {VERIFY_SIGN_ERROR, 51, SSPI_WHY_BAD_MESSAGE},
    {SIG_VERIFY_E, 51, SSPI_WHY_BAD_MESSAGE},
};

static size_t table_row(int code)
{
    size_t i = 0;
    while (i < sizeof table / sizeof *table && table[i].code != code)
        i++;
    return i;
}

uint8_t wolf_alert_for(int code)
{
    size_t i = table_row(code);
    return i < sizeof table / sizeof *table ? table[i].alert : 50;
}

enum sspi_why wolf_why_for(int code)
{
    size_t i = table_row(code);
    return i < sizeof table / sizeof *table ? table[i].why : SSPI_WHY_BAD_MESSAGE;
}

void wolf_failure(struct sspi_failure *failure, enum sspi_why why, int code)
{
    memset(failure, 0, sizeof *failure);
    failure->why = why;
    failure->code = code;
    failure->text = code ? wolfSSL_ERR_reason_error_string((unsigned long)(long)code) : "";
}

/* The alert decides: received before sent before the library's number. */
void wolf_session_failed(sspi_session *s, int code)
{
    uint8_t received = wolf_peer_alert(s);
    s->dead = 1;
    wolf_failure(&s->failure, s->out_of_memory ? SSPI_WHY_MEMORY : wolf_why_for(code), code);
    s->failure.alert_sent = s->alert_out;
    if (received) {
        s->failure.alert_received = s->failure.alert = received;
        s->failure.why = SSPI_WHY_PEER_ALERT;
    } else if (s->refused) {
        s->failure.why = s->verdict.why;
        s->failure.alert = s->verdict.alert;
    } else {
        s->failure.alert = s->alert_out    ? s->alert_out
                           : s->alert_kept ? s->alert_kept
                                           : wolf_alert_for(code);
    }
}
