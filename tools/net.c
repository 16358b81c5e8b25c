/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/net.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int net_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static struct addrinfo *net_resolve(const char *command, const char *host, const char *port, int flags)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = flags};
    struct addrinfo *found = NULL;
    int rc = getaddrinfo(host, port, &hints, &found);

    if (rc != 0) {
        fprintf(stderr, "sspi %s: %s:%s: %s\n", command, host, port,
                rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc));
        return NULL;
    }
    return found;
}

int net_listen(const char *command, const char *address, unsigned *port)
{
    char text[16];
    struct addrinfo *info;
    struct sockaddr_storage bound = {0};
    socklen_t bound_size = sizeof bound;
    int fd, one = 1;

    snprintf(text, sizeof text, "%u", *port);
    info = net_resolve(command, address, text, AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV);
    if (!info)
        return -1;
    fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, 512) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &bound_size) != 0) {
        fprintf(stderr, "sspi %s: cannot listen on %s port %s: %s\n", command, address, text, strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    } else {
        *port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                  : ((struct sockaddr_in *)&bound)->sin_port);
    }
    freeaddrinfo(info);
    return fd;
}

int net_connect(const char *command, const char *host, const char *port)
{
    struct addrinfo *list = net_resolve(command, host, port, AI_ADDRCONFIG), *at;
    int fd = -1, one = 1, failure = 0;

    for (at = list; at; at = at->ai_next) {
        fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) == 0)
            break;
        failure = errno;
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    if (list && fd < 0)
        fprintf(stderr, "sspi %s: cannot connect to %s:%s: %s\n", command, host, port, strerror(failure));
    if (fd >= 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (list)
        freeaddrinfo(list);
    return fd;
}

int net_split(const char *text, char *host, size_t host_size, char *port, size_t port_size)
{
    const char *host_end, *port_start;
    size_t length;

    if (*text == '[') {
        host_end = strchr(++text, ']');
        if (!host_end || (host_end[1] && host_end[1] != ':'))
            return -1;
        port_start = host_end[1] ? host_end + 2 : "443";
    } else {
        const char *colon = strchr(text, ':');
        int bare_v6 = colon && strchr(colon + 1, ':');
        host_end = colon && !bare_v6 ? colon : text + strlen(text);
        port_start = colon && !bare_v6 ? colon + 1 : "443";
    }
    length = (size_t)(host_end - text);
    if (length == 0 || length >= host_size || *port_start == '\0' || strlen(port_start) >= port_size)
        return -1;
    memcpy(host, text, length);
    host[length] = '\0';
    strcpy(port, port_start);
    return 0;
}

int net_receive(int fd, struct buffer *in)
{
    const size_t most = 65536;
    unsigned char *to = buffer_reserve(in, most);
    ssize_t got;

    if (!to) {
        errno = ENOMEM;
        return -1;
    }
    got = recv(fd, to, most, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 1 : -1;
    in->end += (size_t)got;
    return got > 0;
}

int net_send(int fd, struct buffer *out)
{
    while (buffer_length(out)) {
        ssize_t put = send(fd, buffer_bytes(out), buffer_length(out), MSG_NOSIGNAL);
        if (put < 0)
            return errno == EAGAIN || errno == EINTR ? 0 : -1;
        buffer_drop(out, (size_t)put);
    }
    return 0;
}
