/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/ticket.c -- resumption: the server's ticket key, the client's tickets.
 *
 * Two traps of GnuTLS are closed here.
 * A server takes a TLS 1.2 ticket out of the session_ticket extension of a TLS 1.3 hello and resumes it
 * there.  So the key of TLS 1.3 tickets is another than that of older ones, and a session whose client
 * offers TLS 1.3 has session_ticket switched off altogether.
 * A side that saw a TLS 1.2 ticket in its first handshake waits for, or sends, one in every later
 * handshake of that connection (3.7).  So tickets are switched off before a renegotiation.
 * The switches are options of a priority that GnuTLS applies for good when that priority is set; the real
 * one is set again right after. */
#include <config.h>

#include "state.h"

#include <stdlib.h>
#include <string.h>

static gnutls_priority_t no_tickets, no_tickets_tls12; /* written once, by tickets_load */

void tickets_load(void)
{
    if (gnutls_priority_init(&no_tickets, "NORMAL:%NO_TICKETS", NULL) < 0)
        no_tickets = NULL;
    if (gnutls_priority_init(&no_tickets_tls12, "NORMAL:%NO_TICKETS_TLS12", NULL) < 0)
        no_tickets_tls12 = NULL;
}

bool tickets_caps(void)
{
    return no_tickets && no_tickets_tls12;
}

static gnutls_priority_t priority_of(const sspi_session *s)
{
    for (unsigned i = 0; !s->own_priority && i < PRIORITIES; i++)
        if (s->cred->cached[i].priority && s->cred->cached[i].protocols == s->protocols)
            return s->cred->cached[i].priority;
    return s->own_priority;
}

static void switch_off(sspi_session *s, gnutls_priority_t which)
{
    if (which && gnutls_priority_set(s->tls, which) == 0)
        gnutls_priority_set(s->tls, priority_of(s));
}

void tickets_off(sspi_session *s)
{
    switch_off(s, no_tickets);
}

/* The core's key under which nothing but this version and policy is opened. */
int tickets_key(sspi_session *s, bool tls13)
{
    struct sspi_ticket_key from = {.renew = 0};
    uint8_t label[8 + sizeof s->policy_digest] = "ticket\0", key[64];
    if (!s->tickets || s->ticket_keyed || !CORE_HAS(ticket_key) || core->ticket_key(s->owner, NULL, &from) != 0)
        return 0;
    label[7] = tls13 ? 4 : s->dtls ? 2 : 3;
    memcpy(label + 8, s->policy_digest, sizeof s->policy_digest);
    gnutls_datum_t given = datum(key, sizeof key);
    int ret = gnutls_hmac_fast(GNUTLS_MAC_SHA512, from.key, sizeof from.key, label, sizeof label, key);
    if (ret >= 0)
        ret = gnutls_session_ticket_enable_server(s->tls, &given);
    if (ret >= 0 && tls13)
        switch_off(s, no_tickets_tls12);
    s->ticket_keyed = ret >= 0;
    explicit_bzero(&from, sizeof from);
    explicit_bzero(key, sizeof key);
    return ret < 0 ? ret : 0;
}

/* The core may have lost its key, or its wish, since the hello. */
bool tickets_wanted(const sspi_session *s)
{
    struct sspi_ticket_key now;
    bool wanted = s->tickets && s->ticket_keyed && core->ticket_key(s->owner, NULL, &now) == 0;
    explicit_bzero(&now, sizeof now);
    return wanted;
}

/* ---- client ---- */

int ticket_use(sspi_session *s, const sspi_ticket *t)
{
    if (!t || !(s->protocols & t->protocol))
        return 0;
    int ret = gnutls_session_set_data(s->tls, t->data.data, t->data.size);
    s->offered_at = t->at;
    s->offered_len = t->len;
    if (ret < 0 && ret != GNUTLS_E_MEMORY_ERROR) {
        LOG(SSPI_LOG_INFO, "a ticket is not used: %s", gnutls_strerror(ret));
        ret = 0; /* expired, say: a full handshake */
    }
    return ret;
}

static uint32_t number(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void number_put(uint8_t *p, uint32_t n)
{
    for (int i = 3; i >= 0; i--, n >>= 8)
        p[i] = (uint8_t)n;
}

/* Where the ticket stands in the data, for the day it is renewed: behind its length and that of its extension. */
static void locate(const sspi_session *s, sspi_ticket *t)
{
    const uint8_t *data = t->data.data, *at = NULL;
    uint32_t len = s->ticket_len;
    if (len)
        at = memmem(data, t->data.size, s->ticket_bytes, len);
    bool known = at && at - data >= 8 && number(at - 4) == len && number(at - 8) == len + 4;
    t->at = known ? (uint32_t)(at - data) : 0;
    t->len = known ? len : 0;
}

/* A resumed TLS 1.2 session gives the data it was resumed from, and keeps a renewed ticket to itself: that
 * one is put in the old one's place. */
static bool renew(const sspi_session *s, sspi_ticket *t)
{
    size_t at = s->offered_at, end = at + s->offered_len, size = t->data.size;
    if (at < 8 || end > size || !s->offered_len || !s->ticket_len)
        return false;
    uint8_t *data = gnutls_malloc(size - s->offered_len + s->ticket_len);
    if (!data)
        return false;
    memcpy(data, t->data.data, at);
    memcpy(data + at, s->ticket_bytes, s->ticket_len);
    memcpy(data + at + s->ticket_len, t->data.data + end, size - end);
    number_put(data + at - 4, s->ticket_len);
    number_put(data + at - 8, s->ticket_len + 4);
    explicit_bzero(t->data.data, size);
    gnutls_free(t->data.data);
    t->data = datum(data, size - s->offered_len + s->ticket_len);
    t->at = (uint32_t)at;
    t->len = s->ticket_len;
    return true;
}

sspi_ticket *ticket_take(sspi_session *s, uint32_t *lifetime_s)
{
    if (s->server || s->dead || !s->done || !s->ticket_new)
        return NULL;
    s->ticket_new = false;
    sspi_ticket *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    bool good = gnutls_session_get_data2(s->tls, &t->data) == 0 && t->data.size >= 16;
    if (good && !s->tls13 && gnutls_session_is_resumed(s->tls))
        good = renew(s, t);
    else if (good && !s->tls13)
        locate(s, t);
    if (!good) {
        ticket_free(t);
        return NULL;
    }
    t->protocol = version_of(s->tls)->cap;
    t->lifetime = *lifetime_s = s->lifetime;
    return t;
}

void ticket_free(sspi_ticket *t)
{
    if (!t)
        return;
    if (t->data.data) {
        explicit_bzero(t->data.data, t->data.size);
        gnutls_free(t->data.data);
    }
    free(t);
}

/* In front of a ticket kept as bytes.  Those of another version of the library are not read: their layout
 * is its own affair.  Neither are damaged ones. */
struct ticket_head {
    char magic[4], version[12];
    uint32_t lifetime, protocol, at, len, size;
    uint8_t digest[32]; /* SHA-256 of head, with this at zero, and data */
};

static bool head_make(struct ticket_head *h, const sspi_ticket *t)
{
    struct sspi_bytes parts[] = {{(const uint8_t *)h, sizeof *h}, {t->data.data, t->data.size}};
    uint8_t digest[32];
    *h = (struct ticket_head){.magic = "OGt1", .lifetime = t->lifetime, .protocol = t->protocol, .at = t->at,
                              .len = t->len, .size = t->data.size};
    strncpy(h->version, gnutls_check_version(NULL), sizeof h->version - 1);
    if (hash_parts(SSPI_SHA256, parts, 2, digest) != SSPI_OK)
        return false;
    memcpy(h->digest, digest, sizeof digest);
    return true;
}

enum sspi_status ticket_save(const sspi_ticket *t, uint8_t *out, size_t cap, size_t *len)
{
    struct ticket_head h;
    *len = sizeof h + t->data.size;
    if (!head_make(&h, t) || (out && cap < *len))
        return SSPI_FAILED;
    if (out) {
        memcpy(out, &h, sizeof h);
        memcpy(out + sizeof h, t->data.data, t->data.size);
    }
    return SSPI_OK;
}

enum sspi_status ticket_load(sspi_cred *cred, struct sspi_bytes from, sspi_ticket **out)
{
    struct ticket_head got, own;
    *out = NULL;
    if (cred->server || from.len <= sizeof got || from.len > 1u << 17)
        return SSPI_UNSUPPORTED;
    memcpy(&got, from.ptr, sizeof got);
    sspi_ticket *t = calloc(1, sizeof *t);
    if (t)
        t->data.data = gnutls_malloc(from.len - sizeof got);
    if (!t || !t->data.data) {
        free(t);
        return SSPI_FAILED;
    }
    t->data.size = (unsigned)(from.len - sizeof got);
    memcpy(t->data.data, from.ptr + sizeof got, t->data.size);
    t->lifetime = got.lifetime;
    t->protocol = got.protocol;
    t->at = got.at;
    t->len = got.len;
    if (!head_make(&own, t) || memcmp(&own, &got, sizeof own) != 0) {
        ticket_free(t);
        return SSPI_UNSUPPORTED;
    }
    *out = t;
    return SSPI_OK;
}
