/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/session.c -- one connection: its making, its failure, its end. */
#include <config.h>

#include "state.h"

#include <stdlib.h>
#include <string.h>

/* ---- failure ---- */

/* Where GnuTLS's own idea of why, or of the alert, is not the one that every provider gives. */
static const struct reason {
    int error;
    enum sspi_why why;
    uint8_t alert; /* 0: what GnuTLS suggests */
} reasons[] = {
    {GNUTLS_E_MEMORY_ERROR, SSPI_WHY_MEMORY, 80},
    {GNUTLS_E_INTERNAL_ERROR, SSPI_WHY_INTERNAL, 80},
    {GNUTLS_E_USER_ERROR, SSPI_WHY_INTERNAL, 80},
    {GNUTLS_E_INVALID_REQUEST, SSPI_WHY_INTERNAL, 80},
    {GNUTLS_E_INVALID_SESSION, SSPI_WHY_INTERNAL, 80},
    {GNUTLS_E_PUSH_ERROR, SSPI_WHY_MEMORY, 80},
    {GNUTLS_E_PK_SIGN_FAILED, SSPI_WHY_INTERNAL, 80},
    {GNUTLS_E_DECRYPTION_FAILED, SSPI_WHY_BAD_RECORD_MAC, 20},
    {GNUTLS_E_UNSUPPORTED_VERSION_PACKET, SSPI_WHY_NO_COMMON_VERSION, 70},
    {GNUTLS_E_LARGE_PACKET, SSPI_WHY_BAD_MESSAGE, 22},
    {GNUTLS_E_RECORD_OVERFLOW, SSPI_WHY_BAD_MESSAGE, 22},
    {GNUTLS_E_NO_CIPHER_SUITES, SSPI_WHY_NO_COMMON_ALGORITHM, 40},
    {GNUTLS_E_UNKNOWN_CIPHER_SUITE, SSPI_WHY_NO_COMMON_ALGORITHM, 0},
    {GNUTLS_E_NO_COMMON_KEY_SHARE, SSPI_WHY_NO_COMMON_ALGORITHM, 40},
    {GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM, SSPI_WHY_NO_COMMON_ALGORITHM, 0},
    {GNUTLS_E_INSUFFICIENT_SECURITY, SSPI_WHY_NO_COMMON_ALGORITHM, 0},
    {GNUTLS_E_NO_APPLICATION_PROTOCOL, SSPI_WHY_NO_COMMON_ALPN, 120},
    {GNUTLS_E_FATAL_ALERT_RECEIVED, SSPI_WHY_PEER_ALERT, 0},
    {GNUTLS_E_NO_CERTIFICATE_FOUND, SSPI_WHY_CERT_MISSING, 40},
    {GNUTLS_E_CERTIFICATE_REQUIRED, SSPI_WHY_CERT_MISSING, 116},
    {GNUTLS_E_CERTIFICATE_ERROR, SSPI_WHY_CERT_OTHER, 46},
};

void failure_set(struct sspi_failure *f, int error)
{
    int level;
    *f = (struct sspi_failure){.why = SSPI_WHY_BAD_MESSAGE, .code = error, .text = gnutls_strerror(error)};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].error == error) {
            f->why = reasons[i].why;
            f->alert = reasons[i].alert;
        }
    if (!f->alert) {
        int alert = gnutls_error_to_alert(error, &level);
        f->alert = alert > 0 && alert < 256 ? (uint8_t)alert : 80;
    }
}

enum sspi_status session_fail(sspi_session *s, int error, struct sspi_io *io)
{
    struct sspi_failure *f = &s->failure;
    failure_set(f, error);
    if (error == GNUTLS_E_CERTIFICATE_ERROR && s->verdict.why != SSPI_WHY_NONE) {
        f->why = s->verdict.why;
        if (s->verdict.alert)
            f->alert = s->verdict.alert;
    }
    if (error == GNUTLS_E_FATAL_ALERT_RECEIVED) {
        f->alert = f->alert_received = s->plain_alert ? s->plain_alert : (uint8_t)gnutls_alert_get(s->tls);
    } else if (io && error != GNUTLS_E_PUSH_ERROR) {
        s->io = io;
        if (gnutls_alert_send(s->tls, GNUTLS_AL_FATAL, (gnutls_alert_description_t)f->alert) >= 0)
            f->alert_sent = f->alert;
    }
    s->owes_alert = !io && s->done && !s->dtls && !f->alert_received && error != GNUTLS_E_PUSH_ERROR;
    s->dead = true;
    s->io = NULL;
    s->in_left = 0;
    return SSPI_FAILED;
}

const struct sspi_failure *session_failure(sspi_session *s)
{
    return &s->failure;
}

/* ---- making ---- */

/* A client of GnuTLS asks for a staple by itself.  Since 3.8.0 a flag stops it; before, what comes unasked
 * for is not passed on. */
static unsigned init_flags(const sspi_session *s)
{
    unsigned flags = GNUTLS_NONBLOCK | GNUTLS_NO_AUTO_REKEY | (s->server ? GNUTLS_SERVER : GNUTLS_CLIENT);
    if (s->dtls)
        flags |= GNUTLS_DATAGRAM;
    if (s->server)
        flags |= GNUTLS_NO_AUTO_SEND_TICKET | GNUTLS_ALLOW_ID_CHANGE; /* a client may show who it is later */
    if (!s->server) /* one key, as the other libraries: the second costs as much as all else in a client's
                       hello */
        flags |= GNUTLS_KEY_SHARE_TOP;
    if (s->may_redo)
        flags |= GNUTLS_POST_HANDSHAKE_AUTH;
#if GNUTLS_VERSION_NUMBER >= 0x030800
    if (!s->server && !s->ask_staple)
        flags |= GNUTLS_NO_STATUS_REQUEST;
#endif
    return flags;
}

static int set_priority(sspi_session *s, bool psk)
{
    const sspi_cred *cred = s->cred;
    if (!psk)
        for (unsigned i = 0; i < PRIORITIES; i++)
            if (cred->cached[i].priority && cred->cached[i].protocols == s->protocols)
                return gnutls_priority_set(s->tls, cred->cached[i].priority);
    int ret = priority_make(cred, s->protocols, psk || cred->psk, &s->own_priority);
    return ret < 0 ? ret : gnutls_priority_set(s->tls, s->own_priority);
}

/* A list of names, each behind its length, as in the extension. */
static int set_alpn(sspi_session *s, struct sspi_bytes list)
{
    gnutls_datum_t names[16];
    unsigned count = 0;
    if (!list.len)
        return 0;
    for (size_t at = 0; at < list.len; at += 1u + list.ptr[at]) {
        if (!list.ptr[at] || list.len - at <= list.ptr[at] || count == sizeof names / sizeof names[0])
            return GNUTLS_E_INVALID_REQUEST;
        names[count++] = datum(list.ptr + at + 1, list.ptr[at]);
    }
    return gnutls_alpn_set_protocols(s->tls, names, count, 0);
}

static int set_srtp(sspi_session *s, struct sspi_bytes list)
{
    int ret = 0;
    for (size_t at = 0; ret >= 0 && at + 1 < list.len; at += 2) {
        gnutls_srtp_profile_t profile = (gnutls_srtp_profile_t)(list.ptr[at] << 8 | list.ptr[at + 1]);
        if (gnutls_srtp_get_profile_name(profile)) /* others are not offered */
            ret = gnutls_srtp_set_profile(s->tls, profile);
    }
    return ret;
}

static int set_psk(sspi_session *s, const struct sspi_session_params *p)
{
    if (s->server)
        return s->cred->psk ? gnutls_credentials_set(s->tls, GNUTLS_CRD_PSK, s->cred->psk) : 0;
    if (!p->psk.len)
        return 0;
    gnutls_datum_t key = datum(p->psk.ptr, p->psk.len);
    int ret = gnutls_psk_allocate_client_credentials(&s->psk);
    if (ret >= 0)
        ret = gnutls_psk_set_client_credentials2(s->psk, &s->psk_identity, &key, GNUTLS_PSK_KEY_RAW);
    return ret < 0 ? ret : gnutls_credentials_set(s->tls, GNUTLS_CRD_PSK, s->psk);
}

static int copy(gnutls_datum_t *to, struct sspi_bytes from)
{
    if (!from.len)
        return 0;
    to->data = malloc(from.len);
    if (!to->data)
        return GNUTLS_E_MEMORY_ERROR;
    memcpy(to->data, from.ptr, from.len);
    to->size = (unsigned)from.len;
    return 0;
}

static int copies(sspi_session *s, const struct sspi_session_params *p)
{
    int ret = copy(&s->staple, p->staple);
    if (ret >= 0)
        ret = copy(&s->psk_identity, p->psk_identity);
    return ret < 0 ? ret : copy(&s->cookie_peer, p->cookie_peer);
}

static int set_datagram(sspi_session *s, const struct sspi_session_params *p)
{
    if (!s->dtls) {
        gnutls_handshake_set_timeout(s->tls, GNUTLS_INDEFINITE_TIMEOUT); /* time is the core's */
        return 0;
    }
    gnutls_dtls_set_timeouts(s->tls, 1000, 0x7fffffff);
    if (p->mtu)
        gnutls_dtls_set_mtu(s->tls, p->mtu);
    return set_srtp(s, p->srtp);
}

static int session_fill(sspi_session *s, const struct sspi_session_params *p)
{
    int ret = copies(s, p);
    if (ret >= 0)
        ret = gnutls_init(&s->tls, init_flags(s));
    if (ret < 0)
        return ret;
    gnutls_session_set_ptr(s->tls, s);
    transport_set(s);
    hooks_set(s);
    if ((ret = set_priority(s, !s->server && p->psk.len)) < 0 ||
        (ret = gnutls_credentials_set(s->tls, GNUTLS_CRD_CERTIFICATE, s->cred->cert)) < 0 ||
        (ret = set_psk(s, p)) < 0 || (ret = set_alpn(s, p->alpn)) < 0 || (ret = set_datagram(s, p)) < 0)
        return ret;
    if (s->server) {
        gnutls_certificate_server_set_request(s->tls, s->request_cert == 2   ? GNUTLS_CERT_REQUIRE
                                                      : s->request_cert == 1 ? GNUTLS_CERT_REQUEST
                                                                             : GNUTLS_CERT_IGNORE);
        return 0;
    }
    if (p->server_name && *p->server_name)
        ret = gnutls_server_name_set(s->tls, GNUTLS_NAME_DNS, p->server_name, strlen(p->server_name));
    return ret < 0 ? ret : ticket_use(s, p->resume);
}

enum sspi_status session_new(sspi_cred *cred, const struct sspi_session_params *params, sspi_session **out,
                             struct sspi_failure *failure)
{
    struct sspi_session_params p = {0};
    memcpy(&p, params, params->size < sizeof p ? params->size : sizeof p);
    *out = NULL;
    *failure = (struct sspi_failure){0};
    sspi_session *s = calloc(1, sizeof *s);
    int ret = GNUTLS_E_MEMORY_ERROR;
    if (s) {
        s->cred = cred;
        s->client_cred = cred->server ? NULL : cred;
        s->owner = p.owner;
        s->server = cred->server;
        s->protocols = p.protocols ? p.protocols & cred->protocols : cred->protocols;
        s->dtls = (cred->protocols & DTLS_MASK) != 0;
        s->verify = p.verify != 0;
        s->keylog = p.keylog != 0;
        s->ask_staple = p.ask_staple != 0;
        s->may_redo = p.allow_renegotiation != 0;
        s->request_cert = p.request_cert;
        s->tickets = p.tickets;
        memcpy(s->policy_digest, p.policy_digest, sizeof s->policy_digest);
        s->ahead.over = s->server || cred->chain_count || !(s->protocols & SSPI_CAP_TLS13);
        ret = s->protocols ? session_fill(s, &p) : GNUTLS_E_NO_PRIORITIES_WERE_SET;
    }
    if (ret >= 0) {
        *out = s;
        return SSPI_OK;
    }
    failure_set(failure, ret);
    if (ret == GNUTLS_E_NO_PRIORITIES_WERE_SET)
        failure->why = SSPI_WHY_NO_COMMON_VERSION;
    session_free(s);
    return SSPI_FAILED;
}

void session_free(sspi_session *s)
{
    if (!s)
        return;
    if (s->tls)
        gnutls_deinit(s->tls);
    if (s->psk)
        gnutls_psk_free_client_credentials(s->psk);
    if (s->own_priority)
        gnutls_priority_deinit(s->own_priority);
    ahead_close(s);
    free(s->issuers);
    free(s->ticket_bytes);
    free(s->held);
    free(s->staple.data);
    free(s->psk_identity.data);
    free(s->cookie_peer.data);
    explicit_bzero(s, sizeof *s);
    free(s);
}
