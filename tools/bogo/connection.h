/* SPDX-License-Identifier: MIT
 *
 * tools/bogo/connection.h -- one connection of the shim: to the runner's port, over that a handshake as
 * client or server, what the flags expect of it, and then every octet sent back inverted. */
#ifndef BOGO_CONNECTION_H
#define BOGO_CONNECTION_H

#include "tools/bogo/flags.h"
#include "tools/channel.h"

struct bogo_connection {
    const struct bogo_config *config;
    int fd, resumes, ended; /* ended: the peer's side of the socket */
    struct channel channel;
    struct buffer arrived; /* read, and not yet handed to the channel */
};

/* 0, or 1 after the reason on stderr: SEC_E_ names for what TLS says. */
int bogo_connection(const struct bogo_config *, CredHandle *, int resumes);

/* "SEC_E_ILLEGAL_MESSAGE (0x80090326)" on stderr, behind `what`; 1. */
int bogo_failed(const char *what, SECURITY_STATUS);
/* Is what was agreed what the flags expect?  0, or 1 after the reason on stderr. */
int bogo_expect(const struct bogo_connection *);
/* Writes an exporter's octets, tls-unique and the like into the channel.  0, or 1. */
int bogo_exports(struct bogo_connection *);

#endif
