/* SPDX-License-Identifier: MIT
 *
 * core/log.h -- messages by area and level.  OPENSSPI_LOG=provider+debug,all+error (secure_getenv)
 * sends them to stderr; else errors and warnings go where `log =` says, by default syslog.  Strings
 * from a peer go through log_escape.  Never a secret, never plaintext. */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <opensspi/provider.h>
#include <stdarg.h>

/* Each .c of the core that logs: #define LOG_AREA "provider" before it includes this. */
#define log_error(...) log_write(SSPI_LOG_ERROR, LOG_AREA, __VA_ARGS__)
#define log_warning(...) log_write(SSPI_LOG_WARNING, LOG_AREA, __VA_ARGS__)
#define log_info(...) log_write(SSPI_LOG_INFO, LOG_AREA, __VA_ARGS__)
#define log_debug(...) log_write(SSPI_LOG_DEBUG, LOG_AREA, __VA_ARGS__)

void log_write(enum sspi_log level, const char *area, const char *fmt, ...) SSPI_PRINTF(3, 4);
void log_writev(enum sspi_log level, const char *area, const char *fmt, va_list args) SSPI_PRINTF(3, 0);
int log_wanted(enum sspi_log level, const char *area); /* for messages that cost something to make */
/* "syslog", "stderr" or "none"; from the configuration.  -1: no such word. */
int log_set_target(const char *word);
/* Printable ASCII as it is, the rest as \xNN; at most size - 1 characters, always ended. */
const char *log_escape(char *out, size_t size, const void *bytes, size_t len);

#endif
