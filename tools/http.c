/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/http.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* End of the head: the octet behind the empty line; NULL: not there yet. */
static const char *http_head_end(const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (text[i] != '\n')
            continue;
        if (i + 1 < length && text[i + 1] == '\n')
            return text + i + 2;
        if (i + 2 < length && text[i + 1] == '\r' && text[i + 2] == '\n')
            return text + i + 3;
    }
    return NULL;
}

static void http_log_line(char *out, size_t size, const char *line, size_t length)
{
    size_t i, at = 0;

    for (i = 0; i < length && at + 5 < size; i++) {
        unsigned char c = (unsigned char)line[i];
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
            out[at++] = (char)c;
        else
            at += (size_t)snprintf(out + at, size - at, "\\x%02x", c);
    }
    out[at] = '\0';
}

static int http_decode(char *out, size_t size, const char *in, size_t length)
{
    size_t at = 0;

    for (; length && *in != '?'; in++, length--) {
        char c = *in;
        if (c == '%') {
            char hex[3] = {0};
            if (length < 3 || !isxdigit((unsigned char)in[1]) || !isxdigit((unsigned char)in[2]))
                return -1;
            memcpy(hex, in + 1, 2);
            c = (char)strtol(hex, NULL, 16);
            in += 2;
            length -= 2;
        }
        if (c == '\0' || at + 1 >= size)
            return -1;
        out[at++] = c;
    }
    out[at] = '\0';
    return out[0] == '/' ? 0 : -1;
}

/* Does the head hold "Connection: WORD"? */
static int http_connection(const char *head, const char *end, const char *word)
{
    const char *line;

    for (line = memchr(head, '\n', (size_t)(end - head)); line && line + 12 < end;
         line = memchr(line + 1, '\n', (size_t)(end - line - 1))) {
        if (strncasecmp(line + 1, "connection:", 11) == 0) {
            const char *value = line + 12, *stop = memchr(value, '\n', (size_t)(end - value));
            size_t length = strlen(word);
            for (; stop && value + length <= stop; value++)
                if (strncasecmp(value, word, length) == 0)
                    return 1;
        }
    }
    return 0;
}

int http_parse(const void *bytes, size_t length, struct http_request *r)
{
    const char *text = bytes, *end, *space, *line_end, *version;
    size_t line;

    memset(r, 0, sizeof *r);
    end = http_head_end(text, length);
    if (!end)
        return length > HTTP_HEAD_MAX ? 431 : 0;
    r->length = (size_t)(end - text);
    line_end = memchr(text, '\n', r->length);
    line = (size_t)(line_end - text);
    if (line && text[line - 1] == '\r')
        line--;
    http_log_line(r->line, sizeof r->line, text, line);
    space = memchr(text, ' ', line);
    if (!space)
        return 400;
    version = memchr(space + 1, ' ', line - (size_t)(space + 1 - text));
    if (!version || line - (size_t)(version + 1 - text) != 8 || memcmp(version + 1, "HTTP/1.", 7) != 0 ||
        http_decode(r->path, sizeof r->path, space + 1, (size_t)(version - space - 1)) != 0)
        return 400;
    r->keep_alive = version[8] == '1' ? !http_connection(text, end, "close")
                                      : http_connection(text, end, "keep-alive");
    r->head_only = space - text == 4 && memcmp(text, "HEAD", 4) == 0;
    return r->head_only || (space - text == 3 && memcmp(text, "GET", 3) == 0) ? 1 : 405;
}

static const struct {
    const char *suffix, *type;
} types[] = {{".html", "text/html; charset=utf-8"}, {".txt", "text/plain; charset=utf-8"},
             {".css", "text/css"},                  {".js", "text/javascript"},
             {".json", "application/json"},         {".png", "image/png"},
             {".svg", "image/svg+xml"}};

static const char *http_type(const char *path)
{
    const char *dot = strrchr(path, '.');
    size_t i;

    for (i = 0; dot && i < sizeof types / sizeof types[0]; i++)
        if (strcasecmp(dot, types[i].suffix) == 0)
            return types[i].type;
    return "application/octet-stream";
}

void http_file(int www, const char *path, struct http_reply *reply)
{
    char name[1100];
    int at = dup(www);
    char *part = name, *next;
    struct stat st;

    *reply = (struct http_reply){404, "text/plain; charset=utf-8", -1, 0};
    snprintf(name, sizeof name, "%s%s", path + 1, path[strlen(path) - 1] == '/' ? "index.html" : "");
    reply->type = http_type(name);
    /* One component at a time, so that neither ".." nor a link leads out of the folder. */
    for (; at >= 0 && part; part = next) {
        int last, fd = -1;
        next = strchr(part, '/');
        last = next == NULL;
        if (next)
            *next++ = '\0';
        if (part[0] && part[0] != '.')
            fd = openat(at, part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (last ? 0 : O_DIRECTORY));
        close(at);
        at = fd;
    }
    if (at >= 0 && fstat(at, &st) == 0 && S_ISREG(st.st_mode)) {
        reply->status = 200;
        reply->fd = at;
        reply->size = st.st_size;
    } else if (at >= 0) {
        close(at);
    }
    if (reply->status == 404)
        reply->type = "text/plain; charset=utf-8";
}

static const struct {
    int status;
    const char *reason;
} reasons[] = {{200, "OK"},
               {400, "Bad Request"},
               {403, "Forbidden"},
               {404, "Not Found"},
               {405, "Method Not Allowed"},
               {431, "Request Header Fields Too Large"}};

size_t http_head(char *out, size_t size, const struct http_reply *reply, int keep_alive)
{
    const char *reason = "";
    size_t i;
    int length;

    for (i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == reply->status)
            reason = reasons[i].reason;
    length = snprintf(out, size,
                      "HTTP/1.1 %d %s\r\nServer: sspi\r\nContent-Type: %s\r\nContent-Length: %lld\r\n"
                      "%sConnection: %s\r\n\r\n",
                      reply->status, reason, reply->type, (long long)reply->size,
                      reply->status == 405 ? "Allow: GET, HEAD\r\n" : "", keep_alive ? "keep-alive" : "close");
    return length < 0 || (size_t)length >= size ? 0 : (size_t)length;
}
