/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/hooks.c -- what is read from handshake messages as GnuTLS passes them by.
 *
 * GnuTLS has no call for several facts of the contract (the peer's record limit, both Finished, a late
 * request's CA names, what a KeyUpdate asked for), but shows every message before it acts on it. */
#include <config.h>

#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXT_MAX_FRAGMENT 1
#define EXT_RECORD_LIMIT 28
#define EXT_VERSIONS 43

struct extensions {
    sspi_session *s;
    bool listed;      /* versions stand in an extension */
    uint32_t offered; /* versions of a ClientHello */
    uint32_t fragment, limit;
};

static int extension(void *ctx, unsigned id, const unsigned char *data, unsigned len)
{
    struct extensions *e = ctx;
    if (id == EXT_MAX_FRAGMENT && len == 1 && data[0] >= 1 && data[0] <= 4)
        e->fragment = 256u << data[0];
    else if (id == EXT_RECORD_LIMIT && len == 2)
        e->limit = (uint32_t)(data[0] << 8 | data[1]);
    else if (id == EXT_VERSIONS) {
        e->listed = true;
        for (unsigned i = 1; i + 1 < len; i += 2)
            for (const struct version_name *v = versions; v->name; v++)
                if (v->wire == (data[i] << 8 | data[i + 1]))
                    e->offered |= v->cap;
    }
    return 0;
}

/* Without the list a hello names the newest version and means every older one. */
static uint32_t versions_until(const gnutls_datum_t *hello, uint32_t kind)
{
    uint32_t offered = 0;
    unsigned newest = hello->size < 2 ? 0u : (unsigned)hello->data[0] << 8 | hello->data[1];
    for (const struct version_name *v = versions; v->name; v++)
        if (v->cap & kind && v->cap != SSPI_CAP_TLS13 &&
            (kind == DTLS_MASK ? newest <= v->wire : newest >= v->wire)) /* DTLS counts downwards */
            offered |= v->cap;
    return offered;
}

static void limit_keep(struct extensions *e, bool tls13)
{
    uint32_t limit = e->limit ? e->limit - (tls13 && e->limit > 1) : e->fragment;
    if (limit)
        e->s->limit = limit;
}

static int client_hello(sspi_session *s, const gnutls_datum_t *msg)
{
    struct extensions e = {.s = s};
    gnutls_ext_raw_parse(&e, extension, msg,
                         s->dtls ? GNUTLS_EXT_RAW_FLAG_DTLS_CLIENT_HELLO : GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO);
    if (!e.listed)
        e.offered = versions_until(msg, s->dtls ? DTLS_MASK : TLS_MASK);
    if (msg->size >= 2 && !(e.offered & s->protocols)) /* GnuTLS would look for a suite first, and miss that */
        return GNUTLS_E_UNSUPPORTED_VERSION_PACKET;
    bool tls13 = (e.offered & s->protocols & SSPI_CAP_TLS13) != 0;
    limit_keep(&e, tls13);
    return s->done ? 0 : tickets_key(s, tls13);
}

/* Extensions of a ServerHello (TLS 1.2: after version, random, session id, suite, compression) and of
 * EncryptedExtensions (at the start). */
static void server_extensions(sspi_session *s, const gnutls_datum_t *msg, bool tls13)
{
    struct extensions e = {.s = s};
    size_t skip = 0;
    if (!tls13) {
        if (msg->size < 35)
            return;
        skip = 35u + msg->data[34] + 3u;
    }
    if (skip >= msg->size)
        return;
    gnutls_datum_t list = {msg->data + skip, msg->size - (unsigned)skip};
    gnutls_ext_raw_parse(&e, extension, &list, 0);
    limit_keep(&e, tls13);
}

static void finished_keep(sspi_session *s, bool of_client, const gnutls_datum_t *msg)
{
    size_t len = msg->size <= sizeof s->finished[0] ? msg->size : 0;
    memcpy(s->finished[of_client], msg->data, len);
    s->finished_len[of_client] = (uint8_t)len;
}

static int new_ticket(sspi_session *s, const gnutls_datum_t *msg)
{
    if (msg->size < 6)
        return 0; /* GnuTLS refuses it */
    s->lifetime = (uint32_t)msg->data[0] << 24 | (uint32_t)msg->data[1] << 16 | (uint32_t)msg->data[2] << 8 | msg->data[3];
    s->ticket_new = true;
    if (s->done && !s->redoing) { /* TLS 1.3 */
        s->events |= SSPI_EVENT_TICKET;
        return 0;
    }
    free(s->ticket_bytes);
    s->ticket_len = msg->size - 6; /* lifetime, length */
    s->ticket_bytes = malloc(s->ticket_len + 1u);
    if (!s->ticket_bytes)
        return GNUTLS_E_MEMORY_ERROR;
    memcpy(s->ticket_bytes, msg->data + 6, s->ticket_len);
    return 0;
}

/* RFC 8879: never offered here, so never due.  GnuTLS would take it nevertheless, and where it cannot send an alert
 * of its own in front of ours. */
enum { COMPRESSED_CERTIFICATE = 25 };

static int incoming(sspi_session *s, unsigned type, const gnutls_datum_t *msg)
{
    switch (type) {
    case COMPRESSED_CERTIFICATE:
        return GNUTLS_E_UNEXPECTED_HANDSHAKE_PACKET;
    case GNUTLS_HANDSHAKE_CLIENT_HELLO:
        return client_hello(s, msg);
    case GNUTLS_HANDSHAKE_SERVER_HELLO:
        server_extensions(s, msg, false);
        return 0;
    case GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS:
        server_extensions(s, msg, true);
        return 0;
    case GNUTLS_HANDSHAKE_NEW_SESSION_TICKET:
        return new_ticket(s, msg);
    case GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST:
        return gnutls_protocol_get_version(s->tls) == GNUTLS_TLS1_3 ? issuers_keep(s, msg->data, msg->size) : 0;
    case GNUTLS_HANDSHAKE_KEY_UPDATE:
        s->events |= SSPI_EVENT_KEY_UPDATE;
        if (msg->size == 1 && msg->data[0] == 1)
            s->update_owed = true;
        return 0;
    case GNUTLS_HANDSHAKE_FINISHED:
        finished_keep(s, s->server, msg);
        return 0;
    default:
        return 0;
    }
}

static int message(gnutls_session_t tls, unsigned type, unsigned post, unsigned is_incoming, const gnutls_datum_t *msg)
{
    sspi_session *s = session_of(tls);
    if (!msg || (!msg->data && msg->size) || post)
        return 0;
    if (is_incoming)
        return incoming(s, type, msg);
    if (type == GNUTLS_HANDSHAKE_FINISHED)
        finished_keep(s, !s->server, msg);
    return 0;
}

/* Whether a request allows a signature by this key.  TLS 1.2 and later list signatures (the list of
 * certificate types is the wrong one to ask there: it has no word for Ed25519). */
static bool allows(gnutls_session_t tls, const struct gnutls_cert_retr_st *info, gnutls_privkey_t key)
{
    gnutls_pk_algorithm_t pk = (gnutls_pk_algorithm_t)gnutls_privkey_get_pk_algorithm(key, NULL);
    gnutls_sign_algorithm_t sign;
    bool any = false;
    for (unsigned i = 0; gnutls_sign_algorithm_get_requested(tls, i, &sign) == 0; i++, any = true)
        if (gnutls_sign_supports_pk_algorithm(sign, pk))
            return true;
    for (unsigned i = 0; !any && i < info->pk_algos_length; i++)
        if (info->pk_algos[i] == pk)
            return true;
    return !any && !info->pk_algos_length;
}

/* The client's answer to a CertificateRequest.  A key of a kind that was not asked for is no answer. */
int client_certificate(gnutls_session_t tls, const struct gnutls_cert_retr_st *info, gnutls_pcert_st **chain,
                       unsigned *count, gnutls_ocsp_data_st **ocsp, unsigned *ocsp_count, gnutls_privkey_t *key,
                       unsigned *flags)
{
    const sspi_cred *cred = session_of(tls)->client_cred;
    bool fits = cred && cred->chain_count && allows(tls, info, cred->key);
    *chain = fits ? cred->chain : NULL;
    *count = fits ? cred->chain_count : 0;
    *key = fits ? cred->key : NULL;
    *ocsp = NULL;
    *ocsp_count = *flags = 0;
    return 0;
}

static void hex(char *out, const gnutls_datum_t *from)
{
    for (unsigned i = 0; i < from->size; i++)
        sprintf(out + (size_t)2 * i, "%02x", from->data[i]);
}

/* Set on every session: GnuTLS's own function would write to the file that the environment names. */
static int keylog(gnutls_session_t tls, const char *label, const gnutls_datum_t *secret)
{
    const sspi_session *s = session_of(tls);
    gnutls_datum_t client, server;
    char line[256], *at = line;
    if (!s->keylog || !CORE_HAS(keylog) || secret->size > 64 || strlen(label) > 40)
        return 0;
    gnutls_session_get_random(tls, &client, &server);
    at += sprintf(at, "%s ", label);
    hex(at, &client);
    at += (size_t)2 * client.size;
    *at++ = ' ';
    hex(at, secret);
    core->keylog(s->owner, line);
    explicit_bzero(line, sizeof line);
    return 0;
}

static int secret(gnutls_session_t tls, gnutls_record_encryption_level_t level, const void *reading,
                  const void *writing, size_t len)
{
    (void)writing;
    if (level == GNUTLS_ENCRYPTION_LEVEL_HANDSHAKE && reading)
        ahead_secret(session_of(tls), reading, len);
    return 0;
}

void hooks_set(sspi_session *s)
{
    gnutls_handshake_set_hook_function(s->tls, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE, message);
    gnutls_session_set_keylog_function(s->tls, keylog);
    if (!s->server)
        gnutls_handshake_set_secret_function(s->tls, secret);
}
