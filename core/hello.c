/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/hello.h"

#include "core/record.h"

#include <string.h>

enum { /* alerts, RFC 8446 6 */
       ALERT_UNEXPECTED_MESSAGE = 10,
       ALERT_RECORD_OVERFLOW = 22,
       ALERT_ILLEGAL_PARAMETER = 47,
       ALERT_DECODE_ERROR = 50,
       ALERT_INTERNAL_ERROR = 80
};
enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, CERTIFICATE_REQUEST = 13 };
enum { MESSAGE_HEADER = 4, FRAGMENT_HEADER = 12 };
enum { PLAINTEXT_MAX = 16384 };

/* ---- A cursor that cannot leave its bytes ---- */

struct cursor {
    const uint8_t *at;
    size_t left;
    int bad; /* sticky: something was asked for that is not there */
};

static struct cursor cursor_of(struct sspi_bytes bytes)
{
    return (struct cursor){bytes.ptr, bytes.len, 0};
}

static struct sspi_bytes take(struct cursor *cursor, size_t len)
{
    struct sspi_bytes taken = {NULL, 0};

    if (cursor->bad || len > cursor->left) {
        cursor->bad = 1;
        return taken;
    }
    taken = (struct sspi_bytes){cursor->at, len};
    cursor->at += len;
    cursor->left -= len;
    return taken;
}

static size_t take_number(struct cursor *cursor, size_t octets)
{
    struct sspi_bytes bytes = take(cursor, octets);
    size_t value = 0, i;

    for (i = 0; i < bytes.len; i++)
        value = value << 8 | bytes.ptr[i];
    return value;
}

/* A vector: its length in `octets`, then the content, of `least` to `most` bytes in units of `unit`. */
static struct sspi_bytes take_vector(struct cursor *cursor, size_t octets, size_t least, size_t most,
                                     size_t unit)
{
    size_t len = take_number(cursor, octets);

    if (len < least || len > most || len % unit != 0)
        cursor->bad = 1;
    return take(cursor, len);
}

static int is_done(const struct cursor *cursor)
{
    return !cursor->bad && cursor->left == 0;
}

/* ---- Records into messages ---- */

static size_t message_len(const struct bytes *message)
{
    return MESSAGE_HEADER + ((size_t)message->ptr[1] << 16 | (size_t)message->ptr[2] << 8 | message->ptr[3]);
}

static int front_is_whole(const struct bytes *message)
{
    return message->len >= MESSAGE_HEADER && message->len >= message_len(message);
}

/* One fragment of a DTLS handshake message.  Taken when it goes on exactly where the last one ended, in the
 * message it belongs to; passed over otherwise.  0, or the alert. */
static int append_fragment(struct hello_gather *gather, struct cursor *content)
{
    struct cursor header = cursor_of(take(content, FRAGMENT_HEADER));
    uint8_t type = (uint8_t)take_number(&header, 1);
    size_t length = take_number(&header, 3);
    uint32_t sequence = (uint32_t)take_number(&header, 2);
    size_t offset = take_number(&header, 3), size = take_number(&header, 3);
    struct sspi_bytes body = take(content, size);

    if (header.bad || content->bad || size > length || offset > length - size)
        return ALERT_DECODE_ERROR;
    if (gather->message.len + MESSAGE_HEADER + size > HELLO_MAX)
        return ALERT_DECODE_ERROR;
    if (offset == 0 && gather->fragment_left == 0 && (!gather->next || sequence == gather->next)) {
        uint8_t tls[MESSAGE_HEADER] = {type, (uint8_t)(length >> 16), (uint8_t)(length >> 8),
                                       (uint8_t)length};
        if (bytes_append(&gather->message, tls, sizeof tls) != 0)
            return ALERT_INTERNAL_ERROR;
        gather->next = sequence + 1;
        gather->fragment_length = gather->fragment_left = length;
    }
    if (sequence + 1 != gather->next || length != gather->fragment_length ||
        offset != length - gather->fragment_left || size == 0)
        return 0;
    gather->fragment_left -= size;
    return bytes_append(&gather->message, body.ptr, body.len) == 0 ? 0 : ALERT_INTERNAL_ERROR;
}

/* Appends a handshake record's content.  0, or the alert that refuses it. */
static int append_record(struct hello_gather *gather, const struct record *record, const uint8_t *bytes,
                         int dtls)
{
    struct cursor content = {bytes + record->header, record->len - record->header, 0};
    int alert;

    if (content.left > PLAINTEXT_MAX)
        return ALERT_RECORD_OVERFLOW;
    if (content.left == 0) /* RFC 8446 5.1: no empty fragments of handshake messages */
        return ALERT_UNEXPECTED_MESSAGE;
    for (alert = 0; dtls && content.left != 0 && alert == 0;)
        alert = append_fragment(gather, &content);
    if (dtls)
        return alert;
    return bytes_append(&gather->message, content.at, content.left) == 0 ? 0 : ALERT_INTERNAL_ERROR;
}

static int record_is_dtls(const uint8_t *record, size_t len)
{
    return len > 1 && record[1] == 254;
}

enum hello_status hello_gather(struct hello_gather *gather, const uint8_t *record, size_t len, uint8_t *alert)
{
    int dtls = record_is_dtls(record, len);
    struct bytes *message = &gather->message;
    struct record head;

    if (record_read(record, len, dtls, &head) != RECORD_WHOLE || head.len != len)
        return *alert = ALERT_DECODE_ERROR, HELLO_BAD;
    if (head.type == RECORD_ALERT && head.len - head.header == 2)
        return *alert = 0, HELLO_BAD;
    if (head.type != RECORD_HANDSHAKE)
        return *alert = ALERT_UNEXPECTED_MESSAGE, HELLO_BAD;
    *alert = (uint8_t)append_record(gather, &head, record, dtls);
    if (*alert != 0)
        return HELLO_BAD;
    if (message->len > 0 && message->ptr[0] != CLIENT_HELLO)
        return *alert = ALERT_UNEXPECTED_MESSAGE, HELLO_BAD;
    /* judged as soon as it announces itself, not when the memory is gone */
    if (message->len >= MESSAGE_HEADER && message_len(message) > HELLO_MAX)
        return *alert = ALERT_DECODE_ERROR, HELLO_BAD;
    if (message->len < MESSAGE_HEADER || message->len < message_len(message))
        return HELLO_MORE;
    if (message->len > message_len(message))
        return *alert = ALERT_UNEXPECTED_MESSAGE, HELLO_BAD;
    return HELLO_WHOLE;
}

void hello_gather_free(struct hello_gather *gather)
{
    bytes_free(&gather->message);
    memset(gather, 0, sizeof *gather);
}

/* ---- Extensions ---- */

static int is_alnum(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static int is_ipv6(struct sspi_bytes name)
{
    size_t i, colons = 0;

    for (i = 0; i < name.len; i++) {
        colons += name.ptr[i] == ':';
        if (!memchr("0123456789abcdefABCDEF:.", name.ptr[i], 24))
            return 0;
    }
    return colons >= 2;
}

/* Host name by the letters of RFC 6066 3, with the underscore that is in use: labels of 1 to 63 letters,
 * digits, '-' and '_'.  0, or the alert. */
static int read_host_name(struct sspi_bytes name, char out[256])
{
    size_t i, label = 0;

    if (is_ipv6(name)) /* the RFC forbids it; some clients do it, and it names no certificate */
        return 0;
    if (name.len > 1 && name.ptr[name.len - 1] == '.')
        name.len--;
    if (name.len > 255)
        return ALERT_ILLEGAL_PARAMETER;
    for (i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        if (c == '.' ? label == 0 : !(is_alnum(c) || c == '-' || c == '_') || label == 63)
            return ALERT_ILLEGAL_PARAMETER;
        label = c == '.' ? 0 : label + 1;
    }
    if (label == 0)
        return ALERT_ILLEGAL_PARAMETER;
    for (i = 0; i < name.len; i++)
        out[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] | 0x20 : name.ptr[i]);
    out[name.len] = '\0';
    return 0;
}

static int read_server_name(struct cursor *body, struct hello *hello)
{
    struct cursor list = cursor_of(take_vector(body, 2, 1, UINT16_MAX, 1));
    int names = 0, alert = 0;

    while (!list.bad && list.left != 0 && alert == 0) {
        size_t type = take_number(&list, 1);
        struct sspi_bytes name = take_vector(&list, 2, 1, UINT16_MAX, 1);

        if (list.bad || type != 0)
            continue;
        alert = names++ ? ALERT_ILLEGAL_PARAMETER : read_host_name(name, hello->server_name);
    }
    body->bad |= list.bad;
    return alert;
}

static int read_status_request(struct cursor *body, struct hello *hello)
{
    if (take_number(body, 1) == 1) { /* ocsp */
        take_vector(body, 2, 0, UINT16_MAX, 1);
        take_vector(body, 2, 0, UINT16_MAX, 1);
        hello->status_request = 1;
    } else {
        take(body, body->left);
    }
    return 0;
}

static int read_groups(struct cursor *body, struct hello *hello)
{
    hello->groups = take_vector(body, 2, 2, UINT16_MAX, 2);
    return 0;
}

static int read_signatures(struct cursor *body, struct hello *hello)
{
    hello->signatures = take_vector(body, 2, 2, UINT16_MAX, 2);
    return 0;
}

static int read_alpn(struct cursor *body, struct hello *hello)
{
    hello->alpn = take_vector(body, 2, 2, UINT16_MAX, 1);
    body->bad |= !hello_alpn_valid(hello->alpn);
    return 0;
}

static int read_ticket(struct cursor *body, struct hello *hello)
{
    hello->has_ticket = body->left != 0; /* empty: would like one */
    take(body, body->left);
    return 0;
}

static int read_psk(struct cursor *body, struct hello *hello)
{
    take_vector(body, 2, 7, UINT16_MAX, 1);
    take_vector(body, 2, 33, UINT16_MAX, 1);
    hello->has_psk = 1;
    return 0;
}

static int read_versions(struct cursor *body, struct hello *hello)
{
    hello->versions = take_vector(body, 1, 2, 254, 2);
    return 0;
}

static int read_post_handshake_auth(struct cursor *body, struct hello *hello)
{
    (void)body; /* empty: anything left over is malformed */
    hello->post_handshake_auth = 1;
    return 0;
}

enum { EXT_PSK = 41 };
static const struct extension {
    uint16_t type;
    int (*read)(struct cursor *body, struct hello *hello); /* takes all of body; 0, or an alert */
} extensions[] = {
    {0, read_server_name}, {5, read_status_request}, {10, read_groups},
    {13, read_signatures}, {16, read_alpn},          {35, read_ticket},
    {EXT_PSK, read_psk},   {43, read_versions},      {49, read_post_handshake_auth},
};

/* 0, or the alert. */
static int read_extensions(struct cursor list, struct hello *hello)
{
    uint32_t seen[65536 / 32] = {0}; /* a search through those before would take a hostile hello's square */
    size_t i;

    while (list.left != 0) {
        uint16_t type = (uint16_t)take_number(&list, 2);
        struct cursor body = cursor_of(take_vector(&list, 2, 0, UINT16_MAX, 1));

        if (list.bad)
            return ALERT_DECODE_ERROR;
        if (seen[type / 32] & UINT32_C(1) << type % 32)
            return ALERT_ILLEGAL_PARAMETER;
        seen[type / 32] |= UINT32_C(1) << type % 32;
        for (i = 0; i < sizeof extensions / sizeof *extensions; i++) {
            int alert;
            if (extensions[i].type != type)
                continue;
            alert = extensions[i].read(&body, hello);
            if (alert != 0 || !is_done(&body))
                return body.bad || alert == 0 ? ALERT_DECODE_ERROR : alert;
        }
        if (type == EXT_PSK && list.left != 0) /* RFC 8446 4.2.11: the last one */
            return ALERT_ILLEGAL_PARAMETER;
    }
    return 0;
}

enum hello_status hello_read(struct sspi_bytes message, struct hello *hello, uint8_t *alert)
{
    struct cursor cursor = cursor_of(message), list;
    struct sspi_bytes compression;
    size_t type = take_number(&cursor, 1), length = take_number(&cursor, 3);

    *hello = (struct hello){0};
    *alert = ALERT_DECODE_ERROR;
    if (cursor.bad || type != CLIENT_HELLO || length != cursor.left)
        return HELLO_BAD;
    hello->legacy_version = (uint16_t)take_number(&cursor, 2);
    take(&cursor, 32); /* random */
    hello->session_id = take_vector(&cursor, 1, 0, 32, 1);
    if (hello->legacy_version >> 8 == 0xFE) /* DTLS: the cookie */
        take_vector(&cursor, 1, 0, UINT8_MAX, 1);
    hello->suites = take_vector(&cursor, 2, 2, UINT16_MAX, 2);
    compression = take_vector(&cursor, 1, 1, UINT8_MAX, 1);
    if (cursor.bad)
        return HELLO_BAD;
    if (!memchr(compression.ptr, 0, compression.len))
        return *alert = ALERT_ILLEGAL_PARAMETER, HELLO_BAD;
    if (cursor.left != 0) { /* TLS 1.2 and older may leave extensions out altogether */
        list = cursor_of(take_vector(&cursor, 2, 0, UINT16_MAX, 1));
        if (!is_done(&cursor))
            return HELLO_BAD;
        *alert = (uint8_t)read_extensions(list, hello);
        if (*alert != 0)
            return HELLO_BAD;
    }
    *alert = 0;
    return HELLO_WHOLE;
}

/* ---- Lists ---- */

int hello_lists(struct sspi_bytes list, uint16_t value)
{
    size_t i;

    for (i = 0; i + 1 < list.len; i += 2)
        if (list.ptr[i] == value >> 8 && list.ptr[i + 1] == (value & 0xFF))
            return 1;
    return 0;
}

int hello_alpn_valid(struct sspi_bytes list)
{
    struct cursor cursor = cursor_of(list);

    while (!cursor.bad && cursor.left != 0)
        take_vector(&cursor, 1, 1, UINT8_MAX, 1);
    return !cursor.bad && list.len != 0;
}

static int alpn_names(struct sspi_bytes list, struct sspi_bytes name)
{
    struct cursor cursor = cursor_of(list);

    while (!cursor.bad && cursor.left != 0) {
        struct sspi_bytes entry = take_vector(&cursor, 1, 1, UINT8_MAX, 1);
        if (!cursor.bad && entry.len == name.len && memcmp(entry.ptr, name.ptr, name.len) == 0)
            return 1;
    }
    return 0;
}

struct sspi_bytes hello_alpn(struct sspi_bytes ours, struct sspi_bytes theirs)
{
    struct cursor cursor = cursor_of(ours);

    while (!cursor.bad && cursor.left != 0) {
        struct sspi_bytes entry = take_vector(&cursor, 1, 1, UINT8_MAX, 1);
        if (!cursor.bad && alpn_names(theirs, entry))
            return (struct sspi_bytes){entry.ptr - 1, entry.len + 1};
    }
    return (struct sspi_bytes){NULL, 0};
}

/* ---- CertificateRequest ---- */

/* TLS 1.2 has signature algorithms in it, its ancestors have not (RFC 4346 7.4.4). */
static enum hello_status read_request(struct cursor body, uint16_t version, struct hello_request *request)
{
    struct cursor names;

    *request = (struct hello_request){0};
    request->types = take_vector(&body, 1, 1, UINT8_MAX, 1);
    if (version != 0x0301 && version != 0x0302 && version != 0xFEFF)
        request->signatures = take_vector(&body, 2, 2, UINT16_MAX, 2);
    request->names = take_vector(&body, 2, 0, UINT16_MAX, 1);
    for (names = cursor_of(request->names); !names.bad && names.left != 0;)
        take_vector(&names, 2, 1, UINT16_MAX, 1);
    return is_done(&body) && !names.bad ? HELLO_WHOLE : HELLO_BAD;
}

enum hello_status hello_request(struct hello_gather *gather, const uint8_t *record, size_t len,
                                struct hello_request *request)
{
    int dtls = record_is_dtls(record, len);
    struct bytes *message = &gather->message;
    struct record head;

    if (front_is_whole(message) && message->ptr[0] == CERTIFICATE_REQUEST) /* given out last time */
        bytes_consume(message, message_len(message));
    if (len != 0) {
        if (record_read(record, len, dtls, &head) != RECORD_WHOLE || head.len != len)
            return HELLO_BAD;
        if (head.type != RECORD_HANDSHAKE)
            return HELLO_MORE;
        if (append_record(gather, &head, record, dtls) != 0)
            return HELLO_BAD;
    }
    while (front_is_whole(message)) {
        struct cursor body = {message->ptr + MESSAGE_HEADER, message_len(message) - MESSAGE_HEADER, 0};

        if (message->ptr[0] == CERTIFICATE_REQUEST)
            return read_request(body, gather->version, request);
        if (message->ptr[0] == SERVER_HELLO)
            gather->version = (uint16_t)take_number(&body, 2);
        bytes_consume(message, message_len(message));
    }
    return message->len >= MESSAGE_HEADER && message_len(message) > HELLO_MAX ? HELLO_BAD : HELLO_MORE;
}

struct sspi_bytes hello_session_id(struct sspi_bytes record)
{
    size_t message = record.len > 1 && record.ptr[1] == 0xfe ? 13 : 5; /* DTLS: longer headers */
    size_t id = message + (message == 13 ? 12 : 4) + 2 + 32;           /* version, random */
    if (record.len <= id || record.ptr[0] != 22 || record.ptr[message] != 2 || record.ptr[id] > 32 ||
        record.len - id - 1 < record.ptr[id])
        return (struct sspi_bytes){NULL, 0};
    return (struct sspi_bytes){record.ptr + id + 1, record.ptr[id]};
}
