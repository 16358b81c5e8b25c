/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/token.h"

#include "core/cert/key.h"
#include "core/safe.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define SCHEME     "pkcs11:"
#define SCHEME_LEN (sizeof SCHEME - 1)
#define TYPE       "type="
#define TYPE_MAX   (sizeof TYPE + sizeof "private")

enum part { /* where an attribute goes */
            PART_FIND,
            PART_NAME, /* likewise, and it names an object */
            PART_TYPE,
            PART_PIN,
            PART_PIN_SOURCE
};
/* Names as RFC 7512 2.3 and 2.4 write them: another case, or a letter in percents, is another name. */
static const struct {
    const char *name;
    enum part part;
} known[] = {
    {"token", PART_FIND},
    {"manufacturer", PART_FIND},
    {"serial", PART_FIND},
    {"model", PART_FIND},
    {"library-manufacturer", PART_FIND},
    {"library-version", PART_FIND},
    {"library-description", PART_FIND},
    {"slot-manufacturer", PART_FIND},
    {"slot-description", PART_FIND},
    {"slot-id", PART_FIND},
    {"object", PART_NAME},
    {"id", PART_NAME},
    {"type", PART_TYPE},
    {"pin-value", PART_PIN}, /* older drafts had these two in the path */
    {"pin-source", PART_PIN_SOURCE},
};
#define KNOWN (sizeof known / sizeof *known)

/* The value of `type`, by enum token_kind. */
static const char *const types[] = {"private", "cert"};

struct reading {
    enum token_kind kind;
    char uri[TOKEN_URI_MAX]; /* type and all: providers take no more */
    size_t len;
    char pin[TOKEN_PIN_MAX + 1], source[TOKEN_URI_MAX + 1];
    size_t pin_len, source_len;
    unsigned seen[KNOWN];
    int named, typed;
    const char *why;
};

static int refuse(struct reading *r, const char *why)
{
    r->why = why;
    return -1;
}

int token_is_uri(const char *text)
{
    return strncasecmp(text, SCHEME, SCHEME_LEN) == 0;
}

/* Percents and all, of what RFC 3986 allows in a path or query. */
static int is_plain(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("-._~:[]@!$'()*+,=/%", c));
}

/* The octets of a value; their number, or -1: too many, malformed, or a NUL where none may be. */
static int decode(const char *from, size_t len, int nul, char *to, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned octet = (unsigned char)from[i];
        if (octet == '%') {
            char hex[3] = {0};
            if (len - i < 3 || !isxdigit((unsigned char)from[i + 1]) || !isxdigit((unsigned char)from[i + 2]))
                return -1;
            memcpy(hex, from + i + 1, 2);
            octet = (unsigned)strtoul(hex, NULL, 16);
            i += 2;
        }
        if (n == room || (!octet && !nul))
            return -1;
        to[n++] = (char)octet;
    }
    return (int)n;
}

static int keep(struct reading *r, const char *from, size_t len)
{
    if (len + 2 > sizeof r->uri - r->len - TYPE_MAX)
        return refuse(r, "it is too long");
    if (r->len > SCHEME_LEN)
        r->uri[r->len++] = ';';
    memcpy(r->uri + r->len, from, len);
    r->len += len;
    return 0;
}

static int find_name(const char *from, size_t len)
{
    for (size_t i = 0; i < KNOWN; i++)
        if (strlen(known[i].name) == len && !memcmp(known[i].name, from, len))
            return (int)i;
    return -1;
}

/* One attribute, NAME=VALUE. */
static int attribute(struct reading *r, const char *from, size_t len)
{
    char octets[TOKEN_URI_MAX];
    const char *equals = memchr(from, '=', len);
    size_t name_len = equals ? (size_t)(equals - from) : len;
    int at = equals ? find_name(from, name_len) : -1, n;
    if (at < 0)
        return refuse(r, name_len > 7 && !strncasecmp(from, "module-", 7)
                             ? "it names a module: p11-kit's configuration does that"
                             : "an attribute is not known");
    if (r->seen[at]++)
        return refuse(r, "an attribute comes twice");
    const char *value = equals + 1;
    size_t value_len = len - name_len - 1;
    switch (known[at].part) {
    case PART_PIN:
        n = decode(value, value_len, 0, r->pin, TOKEN_PIN_MAX);
        r->pin_len = n > 0 ? (size_t)n : 0;
        return n < 0 ? refuse(r, "its PIN is malformed or too long") : 0;
    case PART_PIN_SOURCE:
        n = decode(value, value_len, 0, r->source, TOKEN_URI_MAX);
        r->source_len = n > 0 ? (size_t)n : 0;
        return n <= 0 ? refuse(r, "its pin-source is malformed") : 0;
    case PART_TYPE:
        r->typed = 1;
        return value_len == strlen(types[r->kind]) && !memcmp(value, types[r->kind], value_len)
                   ? 0
                   : refuse(r, r->kind == TOKEN_PRIVATE ? "its type is not private" : "its type is not cert");
    default:
        n = decode(value, value_len, at == find_name("id", 2), octets, sizeof octets);
        r->named |= known[at].part == PART_NAME && n > 0;
        return n < 0 ? refuse(r, "an attribute is malformed") : keep(r, from, len);
    }
}

static int attributes(struct reading *r, const char *text)
{
    const char *query = strchr(text, '?');
    if (query && strchr(query + 1, '?'))
        return refuse(r, "it has two queries");
    /* What separates in the other part, and to some parsers in both, has to be in percents. */
    for (const char *at = text; *at; at++)
        if (!is_plain(*at) && at != query && !strchr(query && at > query ? "&|" : ";", *at))
            return refuse(r, "a character has to be written in percents");
    while (*text) {
        size_t len = strcspn(text, query && text > query ? "&" : ";?");
        if (text + len != query || len) /* pkcs11:?pin-value=... has no path, and so no object */
            if (attribute(r, text, len))
                return -1;
        text += len;
        text += *text != 0;
    }
    return r->named ? 0 : refuse(r, "it names no object");
}

/* The first line of the file, which nobody else may read.  (|command is what some libraries run.) */
static int read_source(struct reading *r)
{
    char why[300], *bytes = NULL;
    size_t len = 0;
    const char *path = !strncasecmp(r->source, "file:", 5) ? r->source + 5 : r->source;
    if (!strncmp(path, "//", 2)) /* no host, or this one */
        path += !strncasecmp(path, "//localhost/", 12) ? 11 : 2;
    if (r->pin_len)
        return refuse(r, "it has a PIN and a pin-source");
    if (r->source[0] == '|')
        return refuse(r, "its pin-source is a command: that is never run");
    if (path[0] != '/')
        return refuse(r, "its pin-source is no absolute path of a file");
    if (safe_read_secret(path, 4096, &bytes, &len, why, sizeof why)) {
        log_warning("the PIN of a token: %s", why);
        return refuse(r, "its pin-source cannot be read");
    }
    size_t line = strcspn(bytes, "\r\n");
    int fits = line <= TOKEN_PIN_MAX && line > 0 && !memchr(bytes, 0, len);
    if (fits) {
        memcpy(r->pin, bytes, line);
        r->pin_len = line;
    }
    explicit_bzero(bytes, len);
    free(bytes);
    return fits ? 0 : refuse(r, "the first line of its pin-source is no PIN");
}

static int copy(const char *from, size_t len, struct sspi_bytes *out)
{
    uint8_t *to = len ? secret_new(len) : NULL;
    if (len && !to)
        return -1;
    if (len)
        memcpy(to, from, len);
    *out = (struct sspi_bytes){to, len};
    return 0;
}

/* Now it says its type, whether it did or not; read_text kept the room. */
static void say_type(struct reading *r)
{
    r->len += (size_t)snprintf(r->uri + r->len, sizeof r->uri - r->len, ";%s%s", TYPE, types[r->kind]);
}

static enum token_state read_text(struct reading *r, const char *text, struct token_name *out)
{
    memcpy(r->uri, SCHEME, SCHEME_LEN);
    r->len = SCHEME_LEN;
    if (strlen(text) > TOKEN_URI_MAX)
        refuse(r, "it is too long");
    else if (!attributes(r, text + SCHEME_LEN) && r->source_len)
        read_source(r);
    if (r->why) {
        log_error("a pkcs11: URI is refused: %s", r->why);
        return TOKEN_REFUSED;
    }
    say_type(r);
    out->typed = r->typed;
    return copy(r->uri, r->len, &out->uri) || copy(r->pin, r->pin_len, &out->pin) ? TOKEN_MEMORY : TOKEN_GOOD;
}

enum token_state token_read(const char *text, enum token_kind kind, struct token_name *out)
{
    *out = (struct token_name){{NULL, 0}, {NULL, 0}, 0};
    struct reading *r = secret_new(sizeof *r);
    if (!r)
        return TOKEN_MEMORY;
    r->kind = kind;
    enum token_state state = read_text(r, text, out);
    secret_free(r, sizeof *r);
    if (state != TOKEN_GOOD)
        token_name_free(out);
    return state;
}

void token_name_free(struct token_name *n)
{
    secret_free((void *)(uintptr_t)n->uri.ptr, n->uri.len);
    secret_free((void *)(uintptr_t)n->pin.ptr, n->pin.len);
    *n = (struct token_name){{NULL, 0}, {NULL, 0}, 0};
}
