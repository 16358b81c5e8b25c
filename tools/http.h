/* SPDX-License-Identifier: MIT
 *
 * tools/http.h -- just enough HTTP/1.1 for `sspi serve`: request heads (RFC 9112), files, a status page. */
#ifndef TOOLS_HTTP_H
#define TOOLS_HTTP_H

#include <stddef.h>
#include <sys/types.h>

#define HTTP_HEAD_MAX 16384u

struct http_request {
    char line[256];  /* the request line, escaped for the log, cut where it is long */
    char path[1024]; /* decoded, starts with '/'; no query */
    int head_only;   /* HEAD */
    int keep_alive;
    size_t length; /* octets of the head */
};
/* 0: the head is not whole yet.  1: read.  Else the status to refuse with (400, 405, 431), and the
 * connection ends after it. */
int http_parse(const void *bytes, size_t length, struct http_request *);

struct http_reply {
    int status;
    const char *type;
    int fd;     /* -1: no file */
    off_t size; /* of the body */
};
/* A regular file below the folder `www` (a descriptor), or 404; nothing above it, no dot files, no
 * symbolic link. */
void http_file(int www, const char *path, struct http_reply *);
/* The head of a reply; octets written, at most size. */
size_t http_head(char *out, size_t size, const struct http_reply *, int keep_alive);

#endif
