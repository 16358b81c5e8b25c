/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/failure.c -- why it went wrong: the alert tells more, and more evenly, than the
 * library's reason, so it is asked first; the reason only where one alert has several meanings. */
#include <config.h>

#include "shared.h"

#include <openssl/sslerr.h>
#include <string.h>

static const struct {
    int reason;
    enum sspi_why why;
} reasons[] = {
    {ERR_R_MALLOC_FAILURE, SSPI_WHY_MEMORY},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, SSPI_WHY_CERT_MISSING},
    {SSL_R_UNSUPPORTED_PROTOCOL, SSPI_WHY_NO_COMMON_VERSION},
    {SSL_R_VERSION_TOO_LOW, SSPI_WHY_NO_COMMON_VERSION},
    {SSL_R_NO_PROTOCOLS_AVAILABLE, SSPI_WHY_NO_COMMON_VERSION},
    {SSL_R_NO_SHARED_CIPHER, SSPI_WHY_NO_COMMON_ALGORITHM},
    {SSL_R_NO_SHARED_GROUPS, SSPI_WHY_NO_COMMON_ALGORITHM},
    {SSL_R_NO_SUITABLE_GROUPS, SSPI_WHY_NO_COMMON_ALGORITHM},
    {SSL_R_NO_SUITABLE_KEY_SHARE, SSPI_WHY_NO_COMMON_ALGORITHM},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSPI_WHY_NO_COMMON_ALGORITHM},
    {SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SSPI_WHY_NO_COMMON_ALGORITHM},
    {SSL_R_NO_CIPHERS_AVAILABLE, SSPI_WHY_NO_COMMON_ALGORITHM},
};
static const struct {
    uint8_t alert;
    enum sspi_why why;
} alerts[] = {
    {SSL_AD_BAD_RECORD_MAC, SSPI_WHY_BAD_RECORD_MAC},
    {SSL_AD_DECRYPTION_FAILED, SSPI_WHY_BAD_RECORD_MAC},
    {SSL_AD_PROTOCOL_VERSION, SSPI_WHY_NO_COMMON_VERSION},
    {SSL_AD_INSUFFICIENT_SECURITY, SSPI_WHY_NO_COMMON_ALGORITHM},
    {SSL_AD_NO_APPLICATION_PROTOCOL, SSPI_WHY_NO_COMMON_ALPN},
    {TLS13_AD_CERTIFICATE_REQUIRED, SSPI_WHY_CERT_MISSING},
    {SSL_AD_INTERNAL_ERROR, SSPI_WHY_INTERNAL},
};

static enum sspi_why why_of(const sspi_session *s, unsigned long code)
{
    if (s->no_memory)
        return SSPI_WHY_MEMORY;
    if (s->verdict.why)
        return s->verdict.why;
    if (s->alert_received)
        return SSPI_WHY_PEER_ALERT;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (ERR_GET_REASON(code) == reasons[i].reason)
            return reasons[i].why;
    for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
        if (s->alert_sent == alerts[i].alert)
            return alerts[i].why;
    return s->alert_sent ? SSPI_WHY_BAD_MESSAGE : SSPI_WHY_INTERNAL;
}

/* libssl ends some handshakes, junk in the first record for one, without a word.  While no key is in use the
 * alert can be written for it. */
static void speak(sspi_session *s, unsigned long code)
{
    uint8_t alert = ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER ? SSL_AD_PROTOCOL_VERSION
                                                                       : SSL_AD_UNEXPECTED_MESSAGE;
    const uint8_t record[] = {SSL3_RT_ALERT, 3, 3, 0, 2, SSL3_AL_FATAL, alert};
    if (s->io && !s->alert_sent && !s->alert_received && !s->keys && !s->no_memory && !s->cred->datagram &&
        s->io->emit(s->io, record, sizeof record) == 0)
        s->alert_sent = alert;
}

enum sspi_status failure_of_call(sspi_session *s)
{
    unsigned long code = ERR_peek_last_error();
    const char *text = ERR_reason_error_string(code);
    s->dead = 1;
    speak(s, code);
    uint8_t ours = s->alert_sent;
    s->failure = (struct sspi_failure){
        .why = why_of(s, code),
        .alert = s->alert_received ? s->alert_received
                 : ours            ? ours
                                   : s->verdict.alert,
        .alert_sent = s->io ? ours : 0, /* what is written in unseal() leaves with the next handshake() */
        .alert_received = s->alert_received,
        .code = (int64_t)code,
        .text = text ? text : "no reason given",
    };
    if (s->io || !ours || s->alert_received)
        transport_drop(s); /* else the alert is held with what was, for the next handshake() */
    ERR_clear_error();
    return SSPI_FAILED;
}

enum sspi_status failure_of_setup(struct sspi_failure *out, enum sspi_why why, enum sspi_status status)
{
    unsigned long code = ERR_peek_last_error();
    const char *text = ERR_reason_error_string(code);
    if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
        why = SSPI_WHY_MEMORY;
    if (out)
        *out =
            (struct sspi_failure){.why = why, .code = (int64_t)code, .text = text ? text : "no reason given"};
    ERR_clear_error();
    return status;
}
