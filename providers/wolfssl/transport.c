/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/transport.c -- the two callbacks of the library, and what they have to notice.
 *
 * Reading gives the one record of the running call, then "would block".  Writing goes to io->emit() in a
 * handshake, into the caller's buffers in seal(), and is held in unseal().  The library sends two alerts in
 * some failures and none in others: here the second is dropped, and the missing one written while no key
 * is in use. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <stdlib.h>
#include <string.h>

enum { TYPE_CCS = 20, TYPE_ALERT = 21, TYPE_HANDSHAKE = 22, TYPE_DATA = 23 };
enum { MSG_CLIENT_HELLO = 1, MSG_SERVER_HELLO = 2 };
enum { EXT_MASTER_SECRET = 23, EXT_TICKET = 35, EXT_VERSIONS = 43, EXT_RENEGOTIATION = 0xff01 };
#define HELD_MAX ((size_t)1 << 20)

static size_t header_len(const sspi_session *s)
{
    return s->dtls ? 13 : 5;
}

static unsigned get16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/* Where the extensions of a ClientHello or ServerHello in the clear begin; 0: none, or not whole. */
static size_t hello_extensions(const sspi_session *s, const uint8_t *r, size_t len, int client, size_t *end)
{
    size_t at = header_len(s) + (s->dtls ? 12 : 4) + 2 + 32;
    if (len < at + 1 || r[0] != TYPE_HANDSHAKE || r[header_len(s)] != (client ? MSG_CLIENT_HELLO : MSG_SERVER_HELLO) ||
        (s->dtls && get16(r + 3) != 0))
        return 0;
    at += 1u + r[at]; /* session id */
    if (!client)
        at += 3;
    else {
        if (s->dtls && at < len) /* cookie */
            at += 1u + r[at];
        if (at + 2 > len)
            return 0;
        at += 2u + get16(r + at); /* suites */
        if (at + 1 > len)
            return 0;
        at += 1u + r[at]; /* compression */
    }
    if (at + 2 > len)
        return 0;
    *end = at + 2 + get16(r + at);
    return *end <= len ? at + 2 : 0;
}

/* What makes a ServerHello a HelloRetryRequest (RFC 8446 4.1.3). */
static const uint8_t retry_random[] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11};

/* A ServerHello in the clear tells what no call of the library does: extended master secret and RFC 5746.
 * Whoever made it, we or the peer. */
static void hello_note(sspi_session *s, const uint8_t *record, size_t len)
{
    size_t end = 0, at = hello_extensions(s, record, len, 0, &end);
    if (at && memcmp(record + header_len(s) + (s->dtls ? 12 : 4) + 2, retry_random, sizeof retry_random) != 0)
        s->server_hello = 1;
    for (; at && at + 4 <= end; at += 4u + get16(record + at + 2)) {
        unsigned type = get16(record + at);
        if (type == EXT_MASTER_SECRET)
            s->ems = 1;
        else if (type == EXT_RENEGOTIATION)
            s->safe_renegotiation = 1;
    }
}

int wolf_offers_13(sspi_session *s)
{
    size_t end = 0, at = hello_extensions(s, s->in, s->in_len, 1, &end);
    for (; at && at + 5 <= end; at += 4u + get16(s->in + at + 2))
        if (get16(s->in + at) == EXT_VERSIONS)
            for (size_t i = at + 5; i + 2 <= end && i < at + 5 + s->in[at + 4]; i += 2)
                if (get16(s->in + i) == TLS1_3_VERSION)
                    return 1;
    return 0;
}

int wolf_foreign_ticket(sspi_session *s)
{
    size_t end = 0, at = hello_extensions(s, s->in, s->in_len, 1, &end);
    for (; at && at + 4 <= end; at += 4u + get16(s->in + at + 2))
        if (get16(s->in + at) == EXT_TICKET)
            return get16(s->in + at + 2) != 0 && wolf_ticket_foreign(get16(s->in + at + 2));
    return 0;
}

void wolf_note_record(sspi_session *s)
{
    size_t head = header_len(s);
    if (s->in_len == head + 2 && s->in[0] == TYPE_ALERT && s->in[head] == alert_fatal)
        s->alert_in = s->in[head + 1]; /* in the clear: the library may choke on its version instead */
    if (!s->server && !s->done && s->in_len)
        hello_note(s, s->in, s->in_len);
}

int wolf_recv(WOLFSSL *ssl, char *buffer, int size, void *session)
{
    sspi_session *s = session;
    (void)ssl;
    size_t left = s->in_len - s->in_off;
    if (size < 0 || left == 0)
        return WOLFSSL_CBIO_ERR_WANT_READ;
    /* wolfSSL 5.7 reads a datagram in two goes at most, and would never end: one that is larger counts as lost. */
    if (s->dtls && (left > 2 * (size_t)size || (s->in_off && left > (size_t)size))) {
        s->in_off = s->in_len;
        return WOLFSSL_CBIO_ERR_WANT_READ;
    }
    size_t take = left < (size_t)size ? left : (size_t)size;
    memcpy(buffer, s->in + s->in_off, take);
    s->in_off += take;
    return (int)take;
}

static int hold(sspi_session *s, const uint8_t *bytes, size_t len)
{
    uint32_t size = (uint32_t)len;
    size_t want = s->held_len + sizeof size + len;
    if (want > HELD_MAX)
        return -1;
    if (want > s->held_cap) {
        uint8_t *grown = realloc(s->held, want);
        if (!grown)
            return -1;
        s->held = grown;
        s->held_cap = want;
    }
    memcpy(s->held + s->held_len, &size, sizeof size);
    memcpy(s->held + s->held_len + sizeof size, bytes, len);
    s->held_len = want;
    s->events |= SSPI_EVENT_HELD;
    return 0;
}

int wolf_flush(sspi_session *s, struct sspi_io *io)
{
    size_t at = 0;
    int bad = 0;
    while (at < s->held_len && !bad) {
        uint32_t size;
        memcpy(&size, s->held + at, sizeof size);
        bad = io->emit(io, s->held + at + sizeof size, size);
        at += sizeof size + size;
    }
    free(s->held);
    s->held = NULL;
    s->held_len = s->held_cap = 0;
    return bad ? -1 : 0;
}

static int seal_out(sspi_session *s, const uint8_t *bytes, size_t len)
{
    struct sspi_record *r = s->record;
    size_t head = r->header_len, body = r->data_len;
    if (s->record_out != 0 || len < head + body || len > head + body + r->trailer_len)
        return -1;
    memcpy(r->header, bytes, head);
    memcpy(r->data, bytes + head, body);
    memcpy(r->trailer, bytes + head + body, len - head - body);
    s->record_out = len;
    return 0;
}

/* Which fatal alert, if one, is in this record: the library notes it just before it writes.  The note stays, and a
 * DTLS session goes on after alerts that the library writes about messages out of order; there, and before TLS
 * 1.3, the record's type is to be seen as well. */
static uint8_t alert_in_record(const sspi_session *s, const uint8_t *record)
{
    WOLFSSL_ALERT_HISTORY seen;
    memset(&seen, 0, sizeof seen);
    wolfSSL_get_alert_history(s->ssl, &seen);
    if (record[0] != TYPE_ALERT && wolfSSL_version(s->ssl) != TLS1_3_VERSION)
        return 0;
    return seen.last_tx.level == alert_fatal && seen.last_tx.code > 0 ? (uint8_t)seen.last_tx.code : 0;
}

/* The library's alert waits until the failure is known: the core may have named another, and a second one,
 * or an answer to the peer's, never leaves. */
static void keep_alert(sspi_session *s, uint8_t alert, const uint8_t *record, size_t len)
{
    s->alert_kept = alert;
    s->alert_len = len <= sizeof s->alert_record ? (uint8_t)len : 0;
    memcpy(s->alert_record, record, s->alert_len);
}

static void note_record_out(sspi_session *s, const uint8_t *record, size_t len)
{
    if (record[0] == TYPE_CCS)
        s->flight_ccs = 1;
    if (record[0] == TYPE_DATA)
        s->sealed_left++;
    if (s->server && !s->done)
        hello_note(s, record, len);
    if (s->dtls && get16(record + 3) == 0) {
        s->last_sequence = 0;
        for (size_t i = 5; i < 11; i++)
            s->last_sequence = s->last_sequence << 8 | record[i];
    }
}

/* The library groups messages: one write, or datagram, may hold several records, the last of them an alert. */
static int talk_out(sspi_session *s, const uint8_t *bytes, size_t len)
{
    size_t head = header_len(s), at = 0;
    if (s->alert_kept)
        return 0;
    while (at + head <= len) {
        size_t size = head + get16(bytes + at + head - 2);
        if (size >= len - at) {
            uint8_t alert = alert_in_record(s, bytes + at);
            if (alert) {
                keep_alert(s, alert, bytes + at, len - at);
                len = at;
                break;
            }
            size = len - at;
        }
        note_record_out(s, bytes + at, size);
        at += size;
    }
    return len ? s->io->emit(s->io, bytes, len) : 0;
}

int wolf_send(WOLFSSL *ssl, char *buffer, int size, void *session)
{
    sspi_session *s = session;
    const uint8_t *bytes = (const uint8_t *)buffer;
    int bad = 0;
    (void)ssl;
    if (size <= 0)
        return 0;
    switch (s->phase) {
    case PHASE_TALK:
        bad = talk_out(s, bytes, (size_t)size);
        break;
    case PHASE_DROP:
        break;
    case PHASE_SEAL:
        bad = seal_out(s, bytes, (size_t)size);
        break;
    case PHASE_OPEN: /* an alert leaves with the next handshake() */
        if (alert_in_record(s, bytes)) {
            if (!s->alert_kept && !s->dtls)
                keep_alert(s, alert_in_record(s, bytes), bytes, (size_t)size);
            break;
        }
        bad = hold(s, bytes, (size_t)size);
        break;
    case PHASE_IDLE:
        return WOLFSSL_CBIO_ERR_GENERAL;
    }
    if (bad) {
        s->out_of_memory = 1;
        return WOLFSSL_CBIO_ERR_GENERAL;
    }
    return size;
}

/* Is our direction under keys, as the peer sees it?  1.3: when ServerHello has passed; before: our ChangeCipherSpec.
 * What the library had grouped and not yet written is lost with the handshake, so what left counts. */
static int write_keyed(const sspi_session *s)
{
    return wolfSSL_version(s->ssl) == TLS1_3_VERSION ? s->server_hello : s->flight_ccs;
}

/* The number of the next record under our keys. */
static uint64_t next_sequence(const sspi_session *s)
{
    word64 sequence = 0;
    if (!s->server && !s->done && wolfSSL_version(s->ssl) == TLS1_3_VERSION)
        return s->sealed_left;
    wolfSSL_GetSequenceNumber(s->ssl, &sequence);
    return sequence - (s->alert_kept && sequence ? 1 : 0);
}

static size_t clear_alert(const sspi_session *s, uint8_t alert, uint8_t *record)
{
    size_t len = header_len(s);
    memset(record, 0, len);
    record[0] = TYPE_ALERT;
    record[1] = s->dtls ? 0xfe : 3;
    record[2] = s->dtls ? 0xfd : 3;
    for (size_t i = 0; s->dtls && i < 6; i++)
        record[10 - i] = (uint8_t)((s->last_sequence + 1) >> 8 * i);
    record[len - 1] = 2;
    record[len] = alert_fatal;
    record[len + 1] = alert;
    return len + 2;
}

uint8_t wolf_peer_alert(sspi_session *s)
{
    WOLFSSL_ALERT_HISTORY seen;
    memset(&seen, 0, sizeof seen);
    wolfSSL_get_alert_history(s->ssl, &seen);
    return seen.last_rx.level == alert_fatal && seen.last_rx.code > 0 ? (uint8_t)seen.last_rx.code : s->alert_in;
}

static uint8_t alert_due(const sspi_session *s)
{
    if (s->refused)
        return s->verdict.alert;
    if (s->alert_kept && s->library_error != VERSION_ERROR) /* for which the library sometimes says 40 */
        return s->alert_kept;
    if (s->library_error == NO_PEER_CERT && wolfSSL_version(s->ssl) != TLS1_3_VERSION)
        return 40; /* 116 is TLS 1.3's */
    return wolf_alert_for(s->library_error);
}

void wolf_write_alert(sspi_session *s)
{
    uint8_t record[WOLF_ALERT_MAX], alert = alert_due(s);
    const uint8_t fatal[2] = {alert_fatal, alert};
    size_t len = 0;
    if (!s->io || wolf_peer_alert(s))
        return;
    if (!s->alert_kept || alert != s->alert_kept) {
        size_t head = header_len(s);
        if (s->alert_len == head + 2 && s->alert_record[0] == TYPE_ALERT) { /* in the clear: one byte to change */
            s->alert_record[head + 1] = s->alert_kept = alert;
        } else if (write_keyed(s))
            len = wolf_seal_record(s, TYPE_ALERT, fatal, sizeof fatal, next_sequence(s), record);
        else
            len = clear_alert(s, alert, record);
    }
    if (!len) { /* the library's own, where there is one */
        alert = s->alert_kept;
        len = s->alert_len;
        memcpy(record, s->alert_record, len);
    }
    if (len && s->io->emit(s->io, record, len) == 0)
        s->alert_out = alert;
}
