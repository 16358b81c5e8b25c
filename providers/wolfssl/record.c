/* SPDX-License-Identifier: MIT
 * providers/wolfssl/record.c -- application records, through the library's own record layer. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <string.h>

enum { TYPE_ALERT = 21, TYPE_HANDSHAKE = 22, TYPE_DATA = 23 };

size_t wolf_plaintext_max(sspi_session *s)
{
    int most = wolfSSL_GetMaxOutputSize(s->ssl);
    if (most <= 0)
        return 0;
    return most > 16384 ? 16384 : (size_t)most;
}

static void record_begin(sspi_session *s, struct sspi_record *r, enum wolf_phase phase)
{
    s->phase = phase;
    s->record = r;
    s->record_out = 0;
    s->events = 0;
    s->out_of_memory = 0;
    r->events = 0;
}

static enum sspi_status record_end(sspi_session *s, struct sspi_record *r, enum sspi_status status)
{
    if (status != SSPI_FAILED) /* then the library went on after its alert */
        s->alert_kept = 0;
    r->events = s->events;
    s->record = NULL;
    s->in = NULL;
    s->in_len = s->in_off = 0;
    s->phase = PHASE_IDLE;
    return status;
}

static enum sspi_status record_failed(sspi_session *s, struct sspi_record *r, int code)
{
    s->library_error = code;
    s->owes_alert = s->phase == PHASE_OPEN && !s->dtls && !s->out_of_memory;
    wolf_session_failed(s, code);
    return record_end(s, r, SSPI_FAILED);
}

enum sspi_status wolf_seal(sspi_session *s, struct sspi_record *r)
{
    r->events = 0;
    if (!s->done || s->dead)
        return SSPI_FAILED;
    if (s->held_len && !s->dtls) /* it was sealed first, so it must leave first */
        return SSPI_WANT_FLUSH;
    size_t most = wolf_plaintext_max(s);
    if (!most && s->redoing) /* the answer to a late request is half here: the library writes once it is whole */
        return SSPI_WANT_FLUSH;
    if (r->data_len == 0 || r->data_len > most)
        return SSPI_UNSUPPORTED;
    wolf_thread();
    record_begin(s, r, PHASE_SEAL);
    int rc = wolfSSL_write(s->ssl, r->data, (int)r->data_len);
    if (rc != (int)r->data_len || s->record_out == 0)
        return record_failed(s, r, rc < 0 ? wolfSSL_get_error(s->ssl, rc) : BAD_STATE_E);
    r->trailer_len = s->record_out - r->header_len - r->data_len;
    return record_end(s, r, SSPI_OK);
}

/* No data came of a TLS 1.3 record: the library does not say why.  The peer's sequence number starts again when
 * its key has changed; a reply held without that answers a late CertificateRequest. */
static void no_data_13(sspi_session *s)
{
    word64 sequence = 1;
    wolfSSL_GetPeerSequenceNumber(s->ssl, &sequence);
    if (sequence == 0)
        s->events |= SSPI_EVENT_KEY_UPDATE | (s->events & SSPI_EVENT_HELD ? SSPI_EVENT_KEY_UPDATE_ASKED : 0);
    else if ((s->events & SSPI_EVENT_HELD) && !s->server)
        s->events |= SSPI_EVENT_CERT_REQUEST;
}

static enum sspi_status no_data(sspi_session *s, struct sspi_record *r, uint8_t type, int finished)
{
    if (wolfSSL_version(s->ssl) == TLS1_3_VERSION) {
        no_data_13(s);
        if (finished) {
            s->redoing = 0;
            s->events |= SSPI_EVENT_REDONE;
            if (wolf_settle(s) != 0)
                return record_failed(s, r, VERIFY_CERT_ERROR);
        }
        return record_end(s, r, SSPI_WANT_RECORD);
    }
    if (s->dtls) {
        s->events |= type == TYPE_DATA ? SSPI_EVENT_DISCARDED : 0;
        return record_end(s, r, SSPI_WANT_RECORD);
    }
    if (type == TYPE_HANDSHAKE && !s->server)
        s->events |= SSPI_EVENT_HELLO_REQUEST;
    if (type == TYPE_ALERT)
        s->events |= SSPI_EVENT_WARNING;
    if (type != TYPE_DATA)
        return record_end(s, r, SSPI_WANT_RECORD);
    r->data_len = 0;
    return record_end(s, r, SSPI_OK);
}

/* ---- DTLS: which records have been here ----
 * wolfSSL 5.7 as Debian builds it forgets to move its own window, and would take every record again. */
static uint64_t record_number(const uint8_t *record)
{
    uint64_t n = 0;
    for (size_t i = 5; i < 11; i++)
        n = n << 8 | record[i];
    return n;
}

/* Seen before, or too old to tell. */
static int window_seen(const sspi_session *s, uint64_t number)
{
    if (!s->window || number > s->window_top)
        return 0;
    uint64_t age = s->window_top - number;
    return age >= 64 || (s->window >> age & 1);
}

static void window_mark(sspi_session *s, uint64_t number)
{
    uint64_t ahead = number > s->window_top ? number - s->window_top : 0;
    if (!s->window || ahead) {
        s->window = s->window && ahead < 64 ? s->window << ahead : 0;
        s->window_top = number;
    }
    s->window |= UINT64_C(1) << (s->window_top - number);
}

enum sspi_status wolf_unseal(sspi_session *s, struct sspi_record *r)
{
    r->events = 0;
    if (!s->done || s->dead)
        return SSPI_FAILED;
    uint8_t type = r->header[0];
    wolf_thread();
    record_begin(s, r, PHASE_OPEN);
    s->in = r->header;
    s->in_len = r->header_len + r->data_len;
    uint64_t number = s->dtls && s->in_len >= 13 ? record_number(s->in) : 0;
    int keyed = s->dtls && s->in_len >= 13 && (s->in[3] || s->in[4]);
    if (s->dtls && (wolf_too_short(s, s->in, s->in_len) || (keyed && window_seen(s, number)))) {
        s->events |= SSPI_EVENT_DISCARDED;
        return record_end(s, r, SSPI_WANT_RECORD);
    }
    s->in_off = 0;
    int room = (int)r->data_len, finished = s->redoing && wolf_ahead(s, WOLF_FINISHED, s->in, s->in_len);
    uint8_t none;
    int rc = wolfSSL_read(s->ssl, room ? r->data : &none, room ? room : 1);
    if (rc > 0) {
        if (keyed)
            window_mark(s, number);
        r->data_len = (size_t)rc;
        return record_end(s, r, SSPI_OK);
    }
    int error = wolfSSL_get_error(s->ssl, rc);
    if (s->out_of_memory)
        return record_failed(s, r, MEMORY_E);
    if (error == WOLFSSL_ERROR_WANT_READ)
        return no_data(s, r, type, finished);
    if (error == WOLFSSL_ERROR_ZERO_RETURN)
        return record_end(s, r, SSPI_CLOSED);
    return record_failed(s, r, error);
}
