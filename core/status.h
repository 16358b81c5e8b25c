/* SPDX-License-Identifier: MIT
 *
 * core/status.h -- what went wrong in TLS terms -> SECURITY_STATUS, and back: one table, alert first,
 * library reason second (ARCHITECTURE.md).  The only file that does so. */
#ifndef CORE_STATUS_H
#define CORE_STATUS_H

#include <opensspi/provider.h>
#include <sspi.h>

/* Status of a handshake, record or credential that failed; never SEC_E_OK, always an error.  `received`
 * alerts (the peer's words) and our own differ: a peer's fatal alert is SEC_E_ILLEGAL_MESSAGE unless the
 * table has a better word.  A bad record is SEC_E_DECRYPT_FAILURE here, as in a handshake; DecryptMessage
 * says SEC_E_MESSAGE_ALTERED (D4). */
SECURITY_STATUS status_of_failure(const struct sspi_failure *);
SECURITY_STATUS status_of_why(enum sspi_why);
/* The status of a fatal alert that the peer sent: any number, known or not. */
SECURITY_STATUS status_of_peer_alert(uint8_t alert);
/* The alert number that belongs to a why when a provider gives none; 0: send none, for the peer's own
 * alert ended it (close_notify, whose number that is, never ends a failure). */
uint8_t status_alert_of_why(enum sspi_why);
/* "handshake_failure"; NULL: no such alert. */
const char *status_alert_name(uint8_t alert);

/* One code in words, for people: name ("SEC_E_INVALID_TOKEN"), one line of meaning, usual causes.  NULL
 * where the code is unknown.  Static. */
struct status_text {
    SECURITY_STATUS code;
    const char *name, *meaning, *causes;
};
const struct status_text *status_text(SECURITY_STATUS);
/* By name, in any case; NULL: unknown. */
const struct status_text *status_text_named(const char *name);
const struct status_text *status_text_at(size_t); /* NULL: past the end */

#endif
