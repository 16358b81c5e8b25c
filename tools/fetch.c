/* SPDX-License-Identifier: MIT
 *
 * One GET over plain http: what a CRL distribution point asks for.  The list is signed, so nothing hangs on the
 * connection; bounds do. */
#include <config.h>

#include "tools/certs.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAX      16384u
#define REDIRECTS_MAX 3

struct target {
    char host[256], port[16], path[1024];
};

static long long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* "http://host[:port]/path"; 0, or -1.  Nothing below a space gets into the request. */
static int parse(const char *url, struct target *t)
{
    if (strncasecmp(url, "http://", 7) != 0)
        return -1;
    for (const char *at = url; *at; at++)
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f)
            return -1;
    url += 7;
    size_t all = strcspn(url, "/?"), host = all;
    const char *end = url[0] == '[' ? memchr(url, ']', all) : NULL;
    const char *colon = memchr(end ? end : url, ':', all - (size_t)((end ? end : url) - url));
    if (colon)
        host = (size_t)(colon - url);
    size_t skip = end ? 1 : 0, len = end ? (size_t)(end - url) - 1 : host;
    size_t port = colon ? all - host - 1 : 0;
    if (len == 0 || len >= sizeof t->host || port >= sizeof t->port || memchr(url, '@', all) ||
        strlen(url + all) >= sizeof t->path - 1)
        return -1;
    memcpy(t->host, url + skip, len);
    t->host[len] = 0;
    memcpy(t->port, colon ? colon + 1 : "80", port ? port : 2);
    t->port[port ? port : 2] = 0;
    if (strspn(t->port, "0123456789") != strlen(t->port))
        return -1;
    snprintf(t->path, sizeof t->path, "%s%s", url[all] == '/' ? "" : "/", url + all);
    t->path[strcspn(t->path, "#")] = 0;
    return 0;
}

static int wait_for(int fd, short what, long long deadline)
{
    long long left = deadline - now_ms();
    struct pollfd p = {fd, what, 0};
    return left > 0 && poll(&p, 1, (int)left) == 1 ? 0 : -1;
}

static int connect_to(const struct target *t, long long deadline)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list = NULL;
    int fd = -1;
    if (getaddrinfo(t->host, t->port, &hints, &list))
        return -1;
    for (struct addrinfo *at = list; at && fd < 0; at = at->ai_next) {
        int error = 0;
        socklen_t size = sizeof error;
        fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
            continue;
        if ((connect(fd, at->ai_addr, at->ai_addrlen) && errno != EINPROGRESS) || wait_for(fd, POLLOUT, deadline) ||
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) || error) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    return fd;
}

static int ask(int fd, const struct target *t, long long deadline)
{
    char text[1600];
    int v6 = strchr(t->host, ':') != NULL;
    int len = snprintf(text, sizeof text, "GET %s HTTP/1.0\r\nHost: %s%s%s%s%s\r\nUser-Agent: sspi\r\nAccept: */*\r\n\r\n",
                       t->path, v6 ? "[" : "", t->host, v6 ? "]" : "", strcmp(t->port, "80") ? ":" : "",
                       strcmp(t->port, "80") ? t->port : "");
    for (int at = 0; at < len;) {
        ssize_t n = wait_for(fd, POLLOUT, deadline) ? -1 : send(fd, text + at, (size_t)(len - at), MSG_NOSIGNAL);
        if (n <= 0)
            return -1;
        at += (int)n;
    }
    return 0;
}

/* All there is until the server ends, at most `max`; malloc'ed. */
static unsigned char *drain(int fd, size_t max, long long deadline, size_t *len, const char **why)
{
    size_t room = 65536, used = 0;
    unsigned char *bytes = malloc(room);
    *why = bytes ? NULL : "not enough memory";
    while (bytes && !*why) {
        if (used == room) {
            unsigned char *grown = room < max ? realloc(bytes, 2 * room) : NULL;
            if (!grown) {
                *why = room < max ? "not enough memory" : "longer than a revocation list may be";
                break;
            }
            bytes = grown;
            room *= 2;
        }
        ssize_t n = wait_for(fd, POLLIN, deadline) ? -2 : recv(fd, bytes + used, room - used, 0);
        if (n == 0)
            break;
        if (n == -2)
            *why = "no answer in time";
        else if (n < 0 && errno != EAGAIN && errno != EINTR)
            *why = "the connection broke";
        else if (n > 0)
            used += (size_t)n;
    }
    if (*why) {
        free(bytes);
        bytes = NULL;
    }
    *len = used;
    return bytes;
}

/* The value of a header field into out; 0, or -1: none. */
static int field(const char *head, const char *name, char *out, size_t size)
{
    size_t len = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, len) != 0 || line[2 + len] != ':')
            continue;
        const char *value = line + 3 + len + strspn(line + 3 + len, " \t");
        size_t n = strcspn(value, "\r\n");
        if (n >= size)
            return -1;
        memcpy(out, value, n);
        out[n] = 0;
        return 0;
    }
    return -1;
}

/* Takes the head off.  0 body in place, 1 go elsewhere, -1 with *why. */
static int read_head(unsigned char *bytes, size_t *len, char *elsewhere, size_t size, const char **why)
{
    char head[HEAD_MAX + 1], text[40];
    unsigned char *end = memmem(bytes, *len < HEAD_MAX ? *len : HEAD_MAX, "\r\n\r\n", 4);
    unsigned code = 0;
    *why = "the answer is not http";
    if (!end)
        return -1;
    size_t head_len = (size_t)(end - bytes) + 4;
    memcpy(head, bytes, head_len);
    head[head_len] = 0;
    if (strlen(head) != head_len || sscanf(head, "HTTP/1.%*1[01] %3u", &code) != 1)
        return -1;
    if (code == 301 || code == 302 || code == 307 || code == 308)
        return field(head, "Location", elsewhere, size) ? -1 : 1;
    *why = "the server does not have it";
    if (code != 200 || !field(head, "Transfer-Encoding", text, sizeof text))
        return -1;
    memmove(bytes, end + 4, *len - head_len);
    *len -= head_len;
    *why = "it was cut short";
    return !field(head, "Content-Length", text, sizeof text) && strtoull(text, NULL, 10) != *len ? -1 : 0;
}

unsigned char *http_get(const char *url, size_t max, unsigned timeout, size_t *len, const char **why)
{
    long long deadline = now_ms() + 1000LL * timeout;
    char at[1024], next[1024];
    snprintf(at, sizeof at, "%s", strlen(url) < sizeof at ? url : "");
    for (int hop = 0; hop <= REDIRECTS_MAX; hop++) {
        struct target t;
        *why = "not an http:// address";
        if (parse(at, &t))
            return NULL;
        *why = "no connection";
        int fd = connect_to(&t, deadline);
        if (fd < 0)
            return NULL;
        unsigned char *bytes = ask(fd, &t, deadline) ? NULL : drain(fd, max, deadline, len, why);
        close(fd);
        if (!bytes)
            return NULL;
        int result = read_head(bytes, len, next, sizeof next, why);
        if (result == 0)
            return bytes;
        free(bytes);
        if (result < 0)
            return NULL;
        memcpy(at, next, sizeof at);
    }
    *why = "too many redirections";
    return NULL;
}
