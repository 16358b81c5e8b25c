/* SPDX-License-Identifier: MIT
 *
 * tools/net.h -- sockets for serve and connect.  Each error is one line on stderr, named after `command`. */
#ifndef TOOLS_NET_H
#define TOOLS_NET_H

#include "tools/buffer.h"

#include <stddef.h>

/* Listens on a numeric address, IPv4 or IPv6; *port 0: the system picks one, and *port says which.
 * Non-blocking, close-on-exec; -1: said why. */
int net_listen(const char *command, const char *address, unsigned *port);
/* Connects, trying each address of the host in turn; blocking, close-on-exec; -1: said why. */
int net_connect(const char *command, const char *host, const char *port);
/* "host:port", "[v6]:port", "host" (port 443).  0, or -1: malformed. */
int net_split(const char *text, char *host, size_t host_size, char *port, size_t port_size);
int net_nonblocking(int fd);

/* What is there, up to 64 KiB, into `in`.  1: octets or nothing yet; 0: the peer ended its side; -1: broken, errno. */
int net_receive(int fd, struct buffer *in);
/* As much of `out` as the socket takes.  0, or -1: broken, errno. */
int net_send(int fd, struct buffer *out);

#endif
