/* SPDX-License-Identifier: MIT
 *
 * tools/connection.h -- one client of `sspi serve`: socket, channel, and what it is answered with. */
#ifndef TOOLS_CONNECTION_H
#define TOOLS_CONNECTION_H

#include "tools/channel.h"
#include "tools/http.h"

struct service { /* what every connection of one server shares */
    CredHandle *credential;
    const void *alpn;
    ULONG alpn_length;
    const char *provider; /* for the status page; NULL: the configured one */
    int echo;
    int www;               /* descriptor of a folder, or -1: the status page */
    int ask, require;      /* for a client's certificate */
    int impersonate;       /* files are opened as the client's account */
    long long patience_ms; /* for a silent client; 0: 30 s in a handshake, 5 min behind it */
};

struct connection {
    const struct service *service;
    int fd;
    struct channel channel;
    char peer[80];
    long long deadline_ms; /* CLOCK_MONOTONIC; when it passes, the connection ends */
    int file;              /* body being sent, or -1 */
    off_t file_left;
    int ending;          /* close_notify once `out` and the file are sent */
    int lingering;       /* all sent, write side shut: only waiting for the client's end */
    const char *refused; /* why the client is served nothing; NULL: it is served */
    unsigned requests;
    int last_status; /* HTTP */
    char last_line[256];
    unsigned long long received, sent; /* octets of application data */
};

struct connection *connection_new(const struct service *, int fd, const char *peer); /* NULL: no memory */
/* The poll events it waits for. */
short connection_events(const struct connection *);
/* Reads, answers, writes.  0: goes on; -1: over. */
int connection_run(struct connection *, short events, long long now_ms);
/* Prints the one log line, closes and frees. */
void connection_free(struct connection *, const char *why);

#endif
