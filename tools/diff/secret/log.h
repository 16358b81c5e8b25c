/* SPDX-License-Identifier: MIT
 *
 * tools/diff/secret/log.h -- what a key log told of one connection (NSS key log format). */
#ifndef DIFF_SECRET_LOG_H
#define DIFF_SECRET_LOG_H

#include "tools/diff/secret/seal.h"

enum secret_name {
    SECRET_CLIENT_HANDSHAKE,
    SECRET_SERVER_HANDSHAKE,
    SECRET_CLIENT_DATA,
    SECRET_SERVER_DATA,
    SECRET_MASTER, /* of TLS 1.2 */
    SECRETS
};
struct secret_log {
    uint8_t client_random[32];
    uint8_t of[SECRETS][SEAL_SECRET_MAX];
    uint8_t known[SECRETS]; /* octets of it; 0: not told */
};
/* Takes one line; of others than these secrets it takes nothing.  `log` is a struct secret_log. */
void secret_log_line(void *log, const char *line);

#endif
