/* SPDX-License-Identifier: MIT
 *
 * What goes through: records, whose key is due for them, and the messages inside. */
#include <config.h>

#include "tools/diff/secret/middle.h"

#include "tools/diff/tls.h"

#include <string.h>

/* ---- keys ---- */
int secret_key(const struct secret_middle *m, int server, enum secret_epoch epoch, struct seal *out)
{
    enum secret_name name = m->suite && !m->suite->tls13 ? SECRET_MASTER
                            : epoch == SECRET_HANDSHAKE
                                ? (server ? SECRET_SERVER_HANDSHAKE : SECRET_CLIENT_HANDSHAKE)
                                : (server ? SECRET_SERVER_DATA : SECRET_CLIENT_DATA);
    struct seal both[2];

    if (!m->suite || epoch == SECRET_CLEAR || m->log->known[name] < (m->suite->tls13 ? m->suite->hash : 48))
        return -1;
    if (m->suite->tls13) {
        seal_from_secret(out, m->suite, m->log->of[name]);
        return 0;
    }
    seal_from_master(&both[0], &both[1], m->suite, m->log->of[name], m->log->client_random, m->server_random);
    *out = both[server != 0];
    return 0;
}

static void enter(struct secret_way *way, enum secret_epoch epoch)
{
    way->epoch = epoch;
    way->read.suite = NULL;
}

/* ---- messages ---- */
static int is_retry(const uint8_t *random)
{
    return memcmp(random, "\xCF\x21\xAD\x74", 4) == 0; /* SHA-256 of "HelloRetryRequest" */
}

static void server_hello(struct secret_middle *m, const uint8_t *body, size_t len)
{
    size_t session = len > 34 ? body[34] : 0;
    uint8_t hash[SEAL_SECRET_MAX];

    if (len < 38 + session)
        return;
    memcpy(m->server_random, body + 2, 32);
    m->suite = seal_suite_find((unsigned)diff_number(body + 35 + session, 2));
    if (!m->suite || !is_retry(m->server_random))
        return;
    size_t size = seal_hash(m->suite, m->transcript.ptr, m->transcript.len, hash); /* RFC 8446 4.4.1 */
    m->transcript.len = 0;
    diff_bytes_number(&m->transcript, 254, 1);
    diff_bytes_number(&m->transcript, size, 3);
    diff_bytes_add(&m->transcript, hash, size);
}

static void message(struct secret_middle *m, struct secret_way *way, const uint8_t *bytes, size_t len)
{
    int sealed = way->epoch != SECRET_CLEAR;

    if (bytes[0] == DIFF_SERVER_HELLO && way->server && !sealed)
        server_hello(m, bytes + 4, len - 4);
    if (way == &m->backend || !sealed) /* what the peer protected counts as it is passed on */
        diff_bytes_add(&m->transcript, bytes, len);
    if (sealed && m->suite->tls13 && bytes[0] == DIFF_FINISHED)
        enter(way, SECRET_DATA);
    if (sealed && m->suite->tls13 && bytes[0] == DIFF_KEY_UPDATE && way->epoch == SECRET_DATA)
        seal_next(&way->read);
}

size_t secret_message(const struct diff_bytes *gathered)
{
    size_t whole = gathered->len < 4 ? 0 : 4 + (size_t)diff_number(gathered->ptr + 1, 3);
    return whole > gathered->len ? 0 : whole;
}

void secret_forget(struct diff_bytes *gathered, size_t len)
{
    memmove(gathered->ptr, gathered->ptr + len, gathered->len - len);
    gathered->len -= len;
}

static void handshake(struct secret_middle *m, struct secret_way *way, const uint8_t *bytes, size_t len)
{
    size_t whole;

    diff_bytes_add(&way->message, bytes, len);
    while ((whole = secret_message(&way->message)) != 0) {
        message(m, way, way->message.ptr, whole);
        secret_forget(&way->message, whole);
    }
}

/* ---- records ---- */
static size_t record_length(const struct diff_bytes *in, size_t at)
{
    size_t len = in->len - at < SEAL_HEADER ? 0 : SEAL_HEADER + (size_t)diff_number(in->ptr + at + 3, 2);
    return len > in->len - at ? 0 : len;
}

static int is_clear(const struct secret_middle *m, const struct secret_way *way, unsigned type)
{
    if (m->suite && m->suite->tls13)
        return type != DIFF_T_DATA;
    return way->epoch == SECRET_CLEAR;
}

/* The content of one record, added; 1: it was protected, 0: it was not, -1: its secret is not known. */
static int open_record(struct secret_middle *m, struct secret_way *way, const uint8_t *record, size_t len,
                       uint8_t *type, struct diff_bytes *content)
{
    struct seal other;

    *type = record[0];
    if (is_clear(m, way, record[0])) {
        diff_bytes_add(content, record + SEAL_HEADER, len - SEAL_HEADER);
        if (record[0] == DIFF_T_CCS && m->suite && !m->suite->tls13)
            enter(way, SECRET_DATA);
        return 0;
    }
    if (way->epoch == SECRET_CLEAR)
        enter(way, SECRET_HANDSHAKE);
    if (!way->read.suite && secret_key(m, way->server, way->epoch, &way->read))
        return -1;
    if (seal_open(&way->read, record, len, type, content) == 0)
        return 1;
    /* Who fails may be one key ahead of what was seen of it, or behind. */
    if (!m->suite->tls13 ||
        secret_key(m, way->server, way->epoch == SECRET_DATA ? SECRET_HANDSHAKE : SECRET_DATA, &other))
        return -1;
    return seal_open(&other, record, len, type, content) == 0 ? 1 : -1;
}

/* ---- the backend's ---- */
static void drain(struct secret_middle *m)
{
    struct diff_bytes content = {0};
    size_t at = 0, len;
    uint8_t type;

    while ((len = record_length(&m->queue, at)) != 0) {
        content.len = 0;
        int opened = open_record(m, &m->backend, m->queue.ptr + at, len, &type, &content);
        if (opened < 0)
            break;
        m->more |= m->alert_level != 0;
        if (type == DIFF_T_HANDSHAKE)
            handshake(m, &m->backend, content.ptr, content.len);
        if (type == DIFF_T_ALERT && opened && content.len == 2 && content.ptr[0] == 2 && !m->alert_level) {
            m->alert_level = content.ptr[0];
            m->alert = content.ptr[1];
        }
        at += len;
    }
    if (at)
        secret_forget(&m->queue, at);
    diff_bytes_free(&content);
}

void secret_back(void *middle, struct diff_bytes *bytes)
{
    struct secret_middle *m = middle;
    diff_bytes_add(&m->queue, bytes->ptr, bytes->len);
}

/* ---- the peer's ---- */
/* What a flight has in the clear is changed first. */
static void change_clear(struct secret_middle *m, unsigned flight, struct diff_bytes *bytes)
{
    char ops[DIFF_OPS_MAX];
    struct diff_stream s = {0};
    struct diff_bytes out = {0};
    size_t at = 0, len;

    if (m->peer.epoch != SECRET_CLEAR || !diff_ops_section(m->ops, "at.flight", flight, ops, sizeof ops))
        return;
    while ((len = record_length(bytes, at)) != 0 && bytes->ptr[at] != DIFF_T_CCS &&
           bytes->ptr[at] != DIFF_T_DATA)
        at += len;
    diff_parse(&s, !m->peer.server, bytes->ptr, at);
    diff_apply(&s, ops, &out);
    diff_bytes_add(&out, bytes->ptr + at, bytes->len - at);
    bytes->len = 0;
    diff_bytes_add(bytes, out.ptr, out.len);
    diff_stream_free(&s);
    diff_bytes_free(&out);
}

static void keep_for_batch(struct secret_middle *m, enum secret_epoch epoch, unsigned type,
                           const struct diff_bytes *content)
{
    m->batch_epoch = epoch;
    diff_bytes_number(&m->batch, type, 1);
    diff_bytes_number(&m->batch, 0x0303, 2);
    diff_bytes_number(&m->batch, content->len, 2);
    diff_bytes_add(&m->batch, content->ptr, content->len);
}

/* One record; 0, or -1: from here on nothing can be read. */
static int pass_record(struct secret_middle *m, const uint8_t *record, size_t len, struct diff_bytes *out)
{
    struct diff_bytes content = {0};
    uint8_t type;
    int opened = open_record(m, &m->peer, record, len, &type, &content);
    enum secret_epoch epoch = m->peer.epoch;

    if (type == DIFF_T_ALERT && content.len == 2 && content.ptr[0] == 2 && m->finished)
        m->silent = 1;
    if (opened == 1)
        keep_for_batch(m, epoch, type, &content);
    else
        secret_flush(m, out);
    if (opened == 0)
        diff_bytes_add(out, record, len);
    if (opened >= 0 && type == DIFF_T_HANDSHAKE)
        handshake(m, &m->peer, content.ptr, content.len);
    if (m->peer.epoch != epoch)
        secret_flush(m, out);
    diff_bytes_free(&content);
    return opened < 0 ? -1 : 0;
}

void secret_pass(void *middle, unsigned flight, struct diff_bytes *bytes)
{
    struct secret_middle *m = middle;
    struct diff_bytes out = {0};
    size_t at = 0, len;

    drain(m);
    change_clear(m, flight, bytes);
    while ((len = record_length(bytes, at)) != 0 && pass_record(m, bytes->ptr + at, len, &out) == 0)
        at += len;
    secret_flush(m, &out);
    diff_bytes_add(&out, bytes->ptr + at, bytes->len - at);
    bytes->len = 0;
    if (!m->silent)
        diff_bytes_add(bytes, out.ptr, out.len);
    diff_bytes_free(&out);
}

/* ---- begin and end ---- */
void secret_begin(struct secret_middle *m, const struct secret_log *log, int peer_serves, const char *ops)
{
    memset(m, 0, sizeof *m);
    m->log = log;
    m->ops = ops;
    m->peer.server = peer_serves;
    m->backend.server = !peer_serves;
}

void secret_end(struct secret_middle *m, struct diff_observation *seen)
{
    drain(m);
    if (m->alert_level && !seen->alert_level) {
        seen->alert_level = m->alert_level;
        seen->alert = m->alert;
        seen->alert_class = (uint8_t)diff_alert_class(m->alert_level, m->alert);
        if (m->more)
            diff_broken(seen, DIFF_I8, "more behind a fatal alert under protection");
    }
    diff_bytes_free(&m->transcript);
    diff_bytes_free(&m->peer.message);
    diff_bytes_free(&m->backend.message);
    diff_bytes_free(&m->queue);
    diff_bytes_free(&m->batch);
    diff_bytes_free(&m->written);
}
