/* SPDX-License-Identifier: MIT
 *
 * One batch: changed, and protected again. */
#include <config.h>

#include "tools/diff/secret/middle.h"

#include "tools/diff/tls.h"

#include <string.h>

enum { INNER_MAX = (1 << 14) + 1, RECORD_MAX = 65535 };

/* ---- a Finished that fits ---- */
static int has(const char *ops, const char *token)
{
    const char *one;
    for (unsigned n = 0; (one = diff_ops_token(ops, n)) != NULL; n++)
        if (strcmp(one, token) == 0)
            return 1;
    return 0;
}

/* Over the transcript, and over what comes before it in the tree. */
static void finish(struct secret_middle *m, struct diff_stream *s)
{
    struct diff_bytes said = {0};
    uint8_t data[SEAL_SECRET_MAX];
    struct seal key;
    uint32_t node;

    diff_bytes_add(&said, m->transcript.ptr, m->transcript.len);
    for (unsigned i = 0; (node = diff_message_at(s, i)) != 0 && s->nodes[node].value != DIFF_FINISHED; i++)
        diff_node_write(s, node, &said);
    if (node && secret_key(m, m->peer.server, m->batch_epoch, &key) == 0) {
        size_t len = seal_finished(&key, m->log->of[SECRET_MASTER], m->peer.server, said.ptr, said.len, data);
        diff_set(s, node, data, len);
        m->finished = 1;
    }
    diff_bytes_free(&said);
}

/* ---- records ---- */
/* Behind a KeyUpdate that is whole who reads it has another key. */
static void follow(struct secret_middle *m, const struct diff_flat *flat, const uint8_t *content)
{
    size_t whole;

    if (!m->suite->tls13 || m->write_epoch != SECRET_DATA || flat->type != DIFF_T_HANDSHAKE)
        return;
    diff_bytes_add(&m->written, content, flat->len);
    while ((whole = secret_message(&m->written)) != 0) {
        if (m->written.ptr[0] == DIFF_KEY_UPDATE && !(flat->how.flags & DIFF_KEEP))
            seal_next(&m->write);
        secret_forget(&m->written, whole);
    }
}

static void key_of(struct secret_middle *m, unsigned which, struct seal *out)
{
    *out = m->write;
    if (which == DIFF_KEY_NEXT && m->suite->tls13)
        seal_next(out);
    else if (which == DIFF_KEY_BACK || which == DIFF_KEY_HANDSHAKE || which == DIFF_KEY_DATA)
        (void)secret_key(m, which == DIFF_KEY_BACK ? !m->peer.server : m->peer.server,
                         which == DIFF_KEY_HANDSHAKE ? SECRET_HANDSHAKE
                         : which == DIFF_KEY_DATA    ? SECRET_DATA
                                                     : m->write_epoch,
                         out);
}

/* What stands inside: with its type and padding in TLS 1.3.  Behind type 0, which is padding, the last octet of the
 * content would be the type, and that of a Finished is another each time; so then there is none at all. */
static void inner(const struct secret_middle *m, const struct diff_flat *flat, const uint8_t *content,
                  struct diff_bytes *out)
{
    size_t pad = flat->how.pad;

    if (flat->how.flags & DIFF_BARE || (m->suite->tls13 && flat->type == 0)) {
        diff_bytes_fill(out, 0, flat->len + pad);
        return;
    }
    diff_bytes_add(out, content, flat->len);
    if (!m->suite->tls13)
        return;
    diff_bytes_number(out, flat->type, 1);
    if (flat->how.flags & DIFF_FULL)
        pad += flat->len + 1 < INNER_MAX ? INNER_MAX - flat->len - 1 : 0;
    diff_bytes_fill(out, 0, pad);
}

static void protect(struct secret_middle *m, const struct diff_flat *flat, const uint8_t *content,
                    struct diff_bytes *out)
{
    const struct diff_how *how = &flat->how;
    struct diff_bytes plain = {0};
    size_t start = out->len;
    struct seal key;
    unsigned type = how->outer ? how->outer : m->suite->tls13 ? DIFF_T_DATA : flat->type;

    inner(m, flat, content, &plain);
    if (plain.len > RECORD_MAX - 64)
        plain.len = RECORD_MAX - 64; /* longer than any limit as it is */
    key_of(m, how->key, &key);
    key.number += (uint64_t)(int64_t)how->number;
    seal_close(&key, type, flat->version, plain.ptr, plain.len, out);
    m->write.number++;
    size_t grow = RECORD_MAX - (out->len - start - SEAL_HEADER);
    diff_bytes_fill(out, 0, how->grow < grow ? how->grow : grow);
    if (how->flip && how->flip <= out->len - start - SEAL_HEADER)
        out->ptr[out->len - how->flip] ^= 1;
    int64_t told = (int64_t)(out->len - start - SEAL_HEADER) + flat->skew;
    diff_write_number(out->ptr + start + 3,
                      (uint64_t)(told < 0            ? 0
                                 : told > RECORD_MAX ? RECORD_MAX
                                                     : told),
                      2);
    diff_bytes_free(&plain);
}

static void write_record(struct secret_middle *m, const struct diff_records *r, const struct diff_flat *flat,
                         struct diff_bytes *out)
{
    const uint8_t *content = r->text.ptr + flat->offset;
    struct diff_records alone = {.of = (struct diff_flat *)(uintptr_t)flat, .count = 1, .text = r->text};
    size_t start = out->len;

    if (flat->raw || flat->how.flags & DIFF_CLEAR) {
        diff_write(&alone, out);
        return;
    }
    protect(m, flat, content, out);
    if (flat->how.flags & DIFF_AGAIN) {
        size_t len = out->len - start;
        uint8_t *to = diff_bytes_room(out, len);
        memcpy(to, out->ptr + start, len);
    }
    follow(m, flat, content);
}

/* A batch of a new epoch begins with its key. */
static int ready(struct secret_middle *m)
{
    if (m->write_epoch == m->batch_epoch)
        return 1;
    m->write_epoch = m->batch_epoch;
    return secret_key(m, m->peer.server, m->batch_epoch, &m->write) == 0;
}

void secret_flush(struct secret_middle *m, struct diff_bytes *out)
{
    char ops[DIFF_OPS_MAX];
    struct diff_stream s = {0};
    struct diff_records r = {0};

    if (!m->batch.len || !ready(m))
        return;
    diff_ops_section(m->ops, "at.sealed", m->batches++, ops, sizeof ops);
    diff_parse(&s, !m->peer.server, m->batch.ptr, m->batch.len);
    m->batch.len = 0;
    (void)diff_ops_pass(ops, &s, NULL);
    if (has(ops, "op.seal.finish"))
        finish(m, &s);
    diff_flatten(&s, &r);
    (void)diff_ops_pass(ops, NULL, &r);
    for (size_t i = 0; i < r.count; i++) {
        const struct diff_flat *flat = &r.of[i];
        if (flat->type == DIFF_T_HANDSHAKE && !flat->raw)
            diff_bytes_add(&m->transcript, r.text.ptr + flat->offset, flat->len);
        write_record(m, &r, flat, out);
    }
    diff_stream_free(&s);
    diff_records_free(&r);
}
