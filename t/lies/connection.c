/* SPDX-License-Identifier: MIT
 * t/lies/connection.c -- lies about an open connection: what was agreed, its records, its end. */
#include "lies.h"

#include <stdlib.h>
#include <string.h>

static enum sspi_status describe(sspi_session *session, struct sspi_conn *conn)
{
    static const uint8_t other[] = {'h', '3'};
    enum sspi_status status = lies_inner->describe(session, conn);
    switch (lie) {
    case LIE_describe_version:
        conn->version = conn->version == 0x0304 ? 0x0303 : 0x0304;
        break;
    case LIE_describe_suite:
        conn->suite = conn->version == 0x0304 ? (conn->suite == 0x1301 ? 0x1302 : 0x1301)
                                              : (conn->suite == 0xc02b ? 0xc02c : 0xc02b);
        break;
    case LIE_describe_alpn_none:
        conn->alpn = (struct sspi_bytes){0};
        break;
    case LIE_describe_alpn_other:
        conn->alpn = (struct sspi_bytes){other, sizeof other};
        break;
    case LIE_describe_resumed:
        conn->flags |= SSPI_CONN_RESUMED;
        break;
    case LIE_describe_room:
        conn->plaintext_max = 512;
        break;
    case LIE_describe_fails:
        return SSPI_FAILED;
    default:
        break;
    }
    return status;
}

static enum sspi_status peer_cert(sspi_session *session, unsigned i, struct sspi_bytes *der)
{
    static uint8_t copy[16384];
    if (lie == LIE_peer_cert_none)
        return SSPI_UNSUPPORTED;
    enum sspi_status status = lies_inner->peer_cert(session, i, der);
    if (status == SSPI_OK && lie == LIE_peer_cert_other && der->len && der->len <= sizeof copy) {
        memcpy(copy, der->ptr, der->len);
        copy[der->len - 1] ^= 1;
        der->ptr = copy;
    }
    return status;
}

static enum sspi_status seal(sspi_session *session, struct sspi_record *record)
{
    uint8_t *plain = NULL;
    size_t len = record->data_len;
    if (lie == LIE_seal_plain && (plain = malloc(len + 1)))
        memcpy(plain, record->data, len);
    enum sspi_status status = lies_inner->seal(session, record);
    if (status == SSPI_OK && lie == LIE_seal_flip && len)
        record->data[0] ^= 1;
    if (status == SSPI_OK && plain)
        memcpy(record->data, plain, len);
    free(plain);
    return status;
}

/* The record as it came, before it is opened: `unseal_forged` turns a bit back that others find turned.  It
 * cannot know which, so it calls the record good and gives its octets. */
static enum sspi_status forged(sspi_session *session, struct sspi_record *record)
{
    (void)session;
    record->events = 0;
    record->data_len = record->data_len > 24 ? record->data_len - 24 : 0;
    return SSPI_OK;
}

/* What nobody else sees than who changes records under known secrets. */
static int refuses_sealed(const struct sspi_record *before, const struct sspi_record *opened)
{
    switch (lie) {
    case LIE_sealed_fears_padding: /* beside the type */
        return opened->data_len && opened->data_len + 1 < before->data_len;
    case LIE_sealed_fears_large:
        return opened->data_len > 8192;
    case LIE_sealed_fears_ticket:
        return (opened->events & SSPI_EVENT_TICKET) != 0;
    case LIE_sealed_fears_update:
        return (opened->events & (SSPI_EVENT_KEY_UPDATE | SSPI_EVENT_KEY_UPDATE_ASKED)) != 0;
    default:
        return 0;
    }
}

static enum sspi_status unseal(sspi_session *session, struct sspi_record *record)
{
    struct sspi_record before = *record;
    enum sspi_status status = lies_inner->unseal(session, record);
    if (status != SSPI_FAILED && refuses_sealed(&before, record))
        return SSPI_FAILED;
    if (status == SSPI_FAILED && lie == LIE_sealed_alert_closes && lies_inner->failure(session)->alert_received)
        return SSPI_CLOSED;
    if (status == SSPI_FAILED && lie == LIE_unseal_forged) {
        *record = before;
        return forged(session, record);
    }
    if (status == SSPI_CLOSED && lie == LIE_unseal_no_close)
        return SSPI_WANT_RECORD;
    if (status != SSPI_OK || !record->data_len)
        return status;
    switch (lie) {
    case LIE_unseal_flip:
        record->data[0] ^= 1;
        break;
    case LIE_unseal_less:
        record->data_len--;
        break;
    case LIE_unseal_nothing:
        record->data_len = 0;
        return SSPI_WANT_RECORD;
    case LIE_unseal_closes:
        record->data_len = 0;
        return SSPI_CLOSED;
    default:
        break;
    }
    return status;
}

void lies_connections(struct sspi_provider *mine)
{
    mine->describe = describe;
    mine->peer_cert = peer_cert;
    mine->seal = seal;
    mine->unseal = unseal;
}
