/* SPDX-License-Identifier: MIT
 *
 * core/status.h -- what went wrong in TLS terms -> SECURITY_STATUS, and back: one table, alert first,
 * library reason second (ARCHITECTURE.md).  The only file that does so. */
#ifndef CORE_STATUS_H
#define CORE_STATUS_H

#include <opensspi/provider.h>
#include <sspi.h>

/* Status of a handshake, record or credential that failed.  `received` alerts (the peer's words) and
 * our own differ: a peer's fatal alert is SEC_E_ILLEGAL_MESSAGE unless the table has a better word. */
SECURITY_STATUS status_of_failure(const struct sspi_failure *);
SECURITY_STATUS status_of_why(enum sspi_why);
/* The alert number that belongs to a why when a provider gives none (0 is close_notify: never). */
uint8_t status_alert_of_why(enum sspi_why);

/* "SEC_E_INVALID_TOKEN", one line of meaning, usual causes; NULL where the code is unknown. */
struct status_text {
    SECURITY_STATUS code;
    const char *name, *meaning, *causes;
};
const struct status_text *status_text(SECURITY_STATUS);

#endif
