/* SPDX-License-Identifier: MIT
 * Every reason and every alert, ours and the peer's, has a status; every status has words. */
#include <config.h>

#include "core/status.h"

#include "t/tap.h"

static SECURITY_STATUS of(enum sspi_why why, unsigned alert, unsigned sent, unsigned received)
{
    struct sspi_failure failure = {why, (uint8_t)alert, (uint8_t)sent, (uint8_t)received, 0, NULL};

    return status_of_failure(&failure);
}

/* All reasons of the contract.  The compiler's -Wswitch names one that is added and forgotten here. */
static int is_why(unsigned why)
{
    switch ((enum sspi_why)why) {
    case SSPI_WHY_NONE:
    case SSPI_WHY_INTERNAL:
    case SSPI_WHY_MEMORY:
    case SSPI_WHY_BAD_MESSAGE:
    case SSPI_WHY_BAD_RECORD_MAC:
    case SSPI_WHY_NO_COMMON_VERSION:
    case SSPI_WHY_NO_COMMON_ALGORITHM:
    case SSPI_WHY_NO_COMMON_ALPN:
    case SSPI_WHY_PEER_ALERT:
    case SSPI_WHY_BAD_CREDENTIAL:
    case SSPI_WHY_WRONG_PASSWORD:
    case SSPI_WHY_CERT_MISSING:
    case SSPI_WHY_CERT_UNTRUSTED:
    case SSPI_WHY_CERT_EXPIRED:
    case SSPI_WHY_CERT_REVOKED:
    case SSPI_WHY_CERT_NAME:
    case SSPI_WHY_CERT_USAGE:
    case SSPI_WHY_CERT_OTHER:
    case SSPI_WHY_CERT_NO_REVOCATION_CHECK:
    case SSPI_WHY_CERT_REVOCATION_OFFLINE:
        return 1;
    }
    return 0;
}

static void every_why(void)
{
    unsigned why, alert, count = 0, soft = 0, wordless = 0;

    for (why = 0; is_why(why); why++) {
        SECURITY_STATUS status = status_of_why((enum sspi_why)why);
        uint8_t number = status_alert_of_why((enum sspi_why)why);

        count++;
        ok(status < 0 && status_text(status), "why %u is an error with words: %s", why,
           status_text(status) ? status_text(status)->name : "?");
        ok(why == SSPI_WHY_PEER_ALERT ? number == 0 : number != 0 && status_alert_name(number),
           "why %u has an alert: %s", why, number ? status_alert_name(number) : "none, the peer sent one");
        for (alert = 0; alert < 256; alert++) {
            SECURITY_STATUS own = of((enum sspi_why)why, alert, alert, 0),
                            peer = of((enum sspi_why)why, 0, 0, alert);
            soft += own >= 0 || peer >= 0;
            wordless += !status_text(own) || !status_text(peer);
        }
    }
    ok(count == SSPI_WHY_CERT_REVOCATION_OFFLINE + 1, "all %u reasons were walked", count);
    is_int(soft, 0, "no reason with any alert is a success");
    is_int(wordless, 0, "nor a code without words");
    is_status(status_of_why((enum sspi_why)99), SEC_E_INTERNAL_ERROR, "a reason from a newer contract");
    is_status(of((enum sspi_why) - 1, 0, 0, 0), SEC_E_INTERNAL_ERROR, "a reason that is none");
    is_int(status_alert_of_why((enum sspi_why)99), 80, "is internal_error to the peer");
}

static void peer_alerts(void)
{
    /* Microsoft, "Schannel Error Codes for TLS and SSL Alerts" */
    static const struct {
        uint8_t alert;
        SECURITY_STATUS status;
    } documented[] = {
        {10, SEC_E_ILLEGAL_MESSAGE},
        {20, SEC_E_MESSAGE_ALTERED},
        {21, SEC_E_DECRYPT_FAILURE},
        {22, SEC_E_ILLEGAL_MESSAGE},
        {30, SEC_E_MESSAGE_ALTERED},
        {40, SEC_E_ILLEGAL_MESSAGE},
        {42, SEC_E_CERT_UNKNOWN},
        {43, SEC_E_CERT_UNKNOWN},
        {44, CRYPT_E_REVOKED},
        {45, SEC_E_CERT_EXPIRED},
        {46, SEC_E_CERT_UNKNOWN},
        {47, SEC_E_ILLEGAL_MESSAGE},
        {48, SEC_E_UNTRUSTED_ROOT},
        {49, SEC_E_LOGON_DENIED},
        {50, SEC_E_ILLEGAL_MESSAGE},
        {51, SEC_E_DECRYPT_FAILURE},
        {60, SEC_E_ILLEGAL_MESSAGE},
        {70, SEC_E_UNSUPPORTED_FUNCTION},
        {71, SEC_E_ALGORITHM_MISMATCH},
        {80, SEC_E_INTERNAL_ERROR},
        {90, SEC_E_UNFINISHED_CONTEXT_DELETED},
        {100, SEC_E_ILLEGAL_MESSAGE},
        {110, SEC_E_ILLEGAL_MESSAGE},
        {115, SEC_E_ILLEGAL_MESSAGE},
        {120, SEC_E_APPLICATION_PROTOCOL_MISMATCH},
    };
    unsigned alert, i, others = 0;

    for (i = 0; i < sizeof documented / sizeof *documented; i++) {
        is_status(status_of_peer_alert(documented[i].alert), documented[i].status, "the peer sends %s",
                  status_alert_name(documented[i].alert));
        is_status(of(SSPI_WHY_PEER_ALERT, 0, 0, documented[i].alert), documented[i].status,
                  "and the provider says so");
    }
    for (alert = 0; alert < 256; alert++) {
        for (i = 0; i < sizeof documented / sizeof *documented && documented[i].alert != alert; i++)
            continue;
        others += i == sizeof documented / sizeof *documented &&
                  status_of_peer_alert((uint8_t)alert) != SEC_E_ILLEGAL_MESSAGE;
    }
    is_int(others, 0, "any other alert of the peer is SEC_E_ILLEGAL_MESSAGE");
    is_status(of(SSPI_WHY_PEER_ALERT, 40, 0, 0), SEC_E_ILLEGAL_MESSAGE, "the number in `alert` alone");
    is_status(of(SSPI_WHY_PEER_ALERT, 48, 0, 0), SEC_E_UNTRUSTED_ROOT, "is taken too");
}

static void own_failures(void)
{
    static const struct {
        const char *what;
        enum sspi_why why;
        uint8_t alert, sent, received;
        SECURITY_STATUS status;
    } cases[] = {
        {"nothing in common", SSPI_WHY_NO_COMMON_ALGORITHM, 40, 40, 0, SEC_E_ALGORITHM_MISMATCH},
        {"no version in common", SSPI_WHY_NO_COMMON_VERSION, 70, 70, 0, SEC_E_ALGORITHM_MISMATCH},
        {"S11 no protocol in common", SSPI_WHY_NO_COMMON_ALPN, 120, 120, 0,
         SEC_E_APPLICATION_PROTOCOL_MISMATCH},
        {"W32 a malformed message", SSPI_WHY_BAD_MESSAGE, 50, 50, 0, SEC_E_INVALID_TOKEN},
        {"an unexpected message", SSPI_WHY_BAD_MESSAGE, 10, 10, 0, SEC_E_INVALID_TOKEN},
        {"an illegal parameter", SSPI_WHY_BAD_MESSAGE, 47, 47, 0, SEC_E_INVALID_TOKEN},
        {"D4 a bad record", SSPI_WHY_BAD_RECORD_MAC, 20, 20, 0, SEC_E_DECRYPT_FAILURE},
        {"D4 a bad record a library calls a bad message", SSPI_WHY_BAD_MESSAGE, 20, 20, 0,
         SEC_E_DECRYPT_FAILURE},
        {"D4 a bad record without an alert", SSPI_WHY_BAD_RECORD_MAC, 0, 0, 0, SEC_E_DECRYPT_FAILURE},
        {"a bad proof", SSPI_WHY_BAD_MESSAGE, 51, 51, 0, SEC_E_DECRYPT_FAILURE},
        {"S2 memory goes before its alert", SSPI_WHY_MEMORY, 80, 80, 0, SEC_E_INSUFFICIENT_MEMORY},
        {"S3 internal", SSPI_WHY_INTERNAL, 80, 80, 0, SEC_E_INTERNAL_ERROR},
        {"a bad message told as internal_error", SSPI_WHY_BAD_MESSAGE, 80, 80, 0, SEC_E_INVALID_TOKEN},
        {"K38 a wrong name goes before its alert", SSPI_WHY_CERT_NAME, 42, 42, 0, SEC_E_WRONG_PRINCIPAL},
        {"K38 untrusted", SSPI_WHY_CERT_UNTRUSTED, 48, 48, 0, SEC_E_UNTRUSTED_ROOT},
        {"K38 W65 expired", SSPI_WHY_CERT_EXPIRED, 45, 45, 0, SEC_E_CERT_EXPIRED},
        {"K38 D8 revoked", SSPI_WHY_CERT_REVOKED, 44, 44, 0, CRYPT_E_REVOKED},
        {"D8 wrong usage", SSPI_WHY_CERT_USAGE, 43, 43, 0, SEC_E_CERT_WRONG_USAGE},
        {"D8 another fault of a certificate", SSPI_WHY_CERT_OTHER, 46, 46, 0, SEC_E_CERT_UNKNOWN},
        {"D8 another fault whose alert says more", SSPI_WHY_CERT_OTHER, 48, 48, 0, SEC_E_UNTRUSTED_ROOT},
        {"D7 none where one is required, TLS 1.2", SSPI_WHY_CERT_MISSING, 40, 40, 0,
         SEC_E_INCOMPLETE_CREDENTIALS},
        {"D7 none where one is required, TLS 1.3", SSPI_WHY_CERT_MISSING, 116, 116, 0,
         SEC_E_INCOMPLETE_CREDENTIALS},
        {"W14 a bad credential", SSPI_WHY_BAD_CREDENTIAL, 0, 0, 0, SEC_E_UNKNOWN_CREDENTIALS},
        {"an alert in `sent` alone", SSPI_WHY_INTERNAL, 0, 40, 0, SEC_E_ALGORITHM_MISMATCH},
        {"an old warning of the peer and a fault of ours", SSPI_WHY_BAD_MESSAGE, 50, 50, 112,
         SEC_E_INVALID_TOKEN},
        {"an alert of the peer a library calls internal", SSPI_WHY_INTERNAL, 0, 0, 48, SEC_E_UNTRUSTED_ROOT},
        {"an alert nobody knows", SSPI_WHY_BAD_MESSAGE, 200, 200, 0, SEC_E_INVALID_TOKEN},
        {"nothing at all", SSPI_WHY_NONE, 0, 0, 0, SEC_E_INTERNAL_ERROR},
    };
    unsigned i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++)
        is_status(of(cases[i].why, cases[i].alert, cases[i].sent, cases[i].received), cases[i].status, "%s",
                  cases[i].what);
}

/* Every code winerror.h names, so that none is without words. */
static void words(void)
{
    const char *top = getenv("top_srcdir");
    char path[4096], line[512], name[128];
    unsigned count = 0, wrong = 0, value;
    FILE *file;

    snprintf(path, sizeof path, "%s/include/winerror.h", top ? top : ".");
    file = fopen(path, "r");
    if (!ok(file != NULL, "winerror.h can be read"))
        return;
    while (fgets(line, sizeof line, file)) {
        const struct status_text *text;

        if (sscanf(line, "#define %127s ((HRESULT)0x%x)", name, &value) != 2 ||
            (strncmp(name, "SEC_", 4) && strncmp(name, "CRYPT_E_", 8) && strncmp(name, "CERT_E_", 7) &&
             strncmp(name, "TRUST_E_", 8)))
            continue;
        count++;
        text = status_text((SECURITY_STATUS)value);
        if (!text || strcmp(text->name, name) || status_text_named(name) != text || !*text->meaning ||
            !*text->causes) {
            diag("%s (0x%08x) has no words", name, value);
            wrong++;
        }
    }
    fclose(file);
    ok(count > 180, "winerror.h names %u codes", count);
    is_int(wrong, 0, "each has its name, a meaning and causes");
    ok(!status_text((SECURITY_STATUS)0x80091234) && !status_text_named("SEC_E_NONSENSE"),
       "an unknown one has none");
    ok(status_text_named("sec_e_ok") == status_text(SEC_E_OK), "names in any case");
}

int main(void)
{
    every_why();
    peer_alerts();
    own_failures();
    words();
    return tap_done();
}
