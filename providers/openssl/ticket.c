/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/ticket.c -- resumption.  A server's tickets are sealed under the core's keys and carry
 * the client's intermediates, since libssl keeps only its leaf; a resumed chain is judged again before it
 * counts, and a refusal there makes the handshake a full one. */
#include <config.h>

#include "shared.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define TICKET_MAGIC "sspi1"
#define KEEP_MAX     16384u /* octets of intermediates in a ticket */

/* key[0..31] encrypts, key[32..63] authenticates. */
static int key_callback(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                        EVP_MAC_CTX *mac, int encrypt)
{
    sspi_session *s = session_of(ssl);
    struct sspi_ticket_key key = {0};
    int known = s->tickets && core.ticket_key && core.ticket_key(s->owner, encrypt ? NULL : name, &key) == 0;
    int result = 1;
    if (!known && !encrypt)
        return 0; /* a full handshake */
    if (!known && RAND_priv_bytes((unsigned char *)&key, sizeof key) != 1)
        return -1; /* no key to encrypt with: a ticket that nobody can open, as TLS 1.3 has no empty one */
    OSSL_PARAM params[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.key + 32, 32),
                           OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
                           OSSL_PARAM_construct_end()};
    if (encrypt) {
        memcpy(name, key.name, sizeof key.name);
        if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1 ||
            EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key.key, iv) != 1)
            result = -1;
    } else if (EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key.key, iv) != 1) {
        result = -1;
    } else if (key.renew || SSL_version(ssl) == TLS1_3_VERSION) {
        result = 2; /* opened, and a new one follows: those of TLS 1.3 serve once */
    }
    if (EVP_MAC_CTX_set_params(mac, params) != 1)
        result = -1;
    OPENSSL_cleanse(&key, sizeof key);
    return result;
}

static int make_callback(SSL *ssl, void *unused)
{
    sspi_session *s = session_of(ssl);
    (void)unused;
    size_t len = chain_write(s->chain, 1, NULL);
    if (!s->request_cert || !s->chain || !len || len > KEEP_MAX)
        return 1;
    uint8_t *flat = OPENSSL_malloc(len);
    if (!flat)
        return 1;
    chain_write(s->chain, 1, flat);
    int good = SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), flat, len);
    OPENSSL_free(flat);
    return good;
}

static struct chain *chain_of_session(SSL_SESSION *session)
{
    X509 *leaf = SSL_SESSION_get0_peer(session);
    void *flat = NULL;
    size_t len = 0;
    unsigned char *der = NULL;
    int n = leaf ? i2d_X509(leaf, &der) : 0;
    if (n <= 0)
        return NULL;
    if (!SSL_SESSION_get0_ticket_appdata(session, &flat, &len))
        len = 0;
    struct chain *c = chain_read((struct sspi_bytes){der, (size_t)n}, (struct sspi_bytes){flat, len});
    OPENSSL_free(der);
    return c;
}

static SSL_TICKET_RETURN open_callback(SSL *ssl, SSL_SESSION *session, const unsigned char *name,
                                       size_t name_len, SSL_TICKET_STATUS status, void *unused)
{
    sspi_session *s = session_of(ssl);
    (void)name, (void)name_len, (void)unused;
    if (status == SSL_TICKET_EMPTY || status == SSL_TICKET_NO_DECRYPT)
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
        return SSL_TICKET_RETURN_IGNORE;
    if (s->request_cert) {
        struct chain *c = chain_of_session(session);
        if ((!c && (s->request_cert == 2 || SSL_SESSION_get0_peer(session))) ||
            (c && chain_ask(s, c, (struct sspi_bytes){NULL, 0}, 1))) {
            OPENSSL_free(c);
            s->verdict = (struct sspi_verdict){0};
            return SSL_TICKET_RETURN_IGNORE_RENEW;
        }
        OPENSSL_free(s->chain);
        s->chain = c;
    }
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

/* Client: a session to resume with arrived.  A copy is kept: the connection's own is spoilt before it
 * renegotiates. Returns 0: libssl keeps its reference. */
static int new_callback(SSL *ssl, SSL_SESSION *session)
{
    sspi_session *s = session_of(ssl);
    sspi_ticket *t = SSL_SESSION_is_resumable(session) ? OPENSSL_zalloc(sizeof *t) : NULL;
    if (!t)
        return 0;
    t->session = SSL_SESSION_dup(session);
    if (!t->session || (s->chain && !(t->chain = chain_copy(s->chain)))) {
        ticket_free(t);
        return 0;
    }
    ticket_free(s->ticket);
    s->ticket = t;
    s->events |= SSPI_EVENT_TICKET;
    return 0;
}

/* TLS 1.2: of a ticket that replaces the one just used libssl does not tell. */
void ticket_renewed(sspi_session *s)
{
    if (s->renewed && !s->cred->server && SSL_session_reused(s->ssl) && SSL_version(s->ssl) != TLS1_3_VERSION)
        new_callback(s->ssl, SSL_get_session(s->ssl));
}

void ticket_callbacks(SSL_CTX *ctx, int server)
{
    if (server) {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, key_callback);
        SSL_CTX_set_session_ticket_cb(ctx, make_callback, open_callback, NULL);
    } else {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL |
                                                SSL_SESS_CACHE_NO_AUTO_CLEAR);
        SSL_CTX_sess_set_new_cb(ctx, new_callback);
    }
}

/* A ticket is lent to session_new() and may be offered by many sessions at once, while libssl writes into the
 * one that it offers: each session gets a copy. */
int ticket_keep(sspi_session *s, const sspi_ticket *t)
{
    if (!t || !SSL_SESSION_is_resumable(t->session))
        return 1;
    s->resume = OPENSSL_zalloc(sizeof *s->resume);
    return s->resume && (s->resume->session = SSL_SESSION_dup(t->session)) != NULL &&
           (!t->chain || (s->resume->chain = chain_copy(t->chain)) != NULL);
}

/* The chain is judged before the ticket is offered, so that a refusal costs a full handshake, in which the
 * peer shows its chain and gets the alert. */
int ticket_offer(sspi_session *s)
{
    sspi_ticket *t = s->resume;
    int good = 1;
    s->resume = NULL;
    if (chain_ask(s, t->chain, (struct sspi_bytes){NULL, 0}, 1)) {
        s->verdict = (struct sspi_verdict){0};
    } else {
        good = SSL_set_session(s->ssl, t->session) == 1;
        s->chain = t->chain;
        t->chain = NULL;
    }
    ticket_free(t);
    return good ? 0 : -1;
}

sspi_ticket *ticket_take(sspi_session *s, uint32_t *lifetime)
{
    sspi_ticket *t = s->ticket;
    s->ticket = NULL;
    if (t && lifetime) {
        unsigned long hint = SSL_SESSION_get_ticket_lifetime_hint(t->session);
        *lifetime = (uint32_t)(hint ? hint : (unsigned long)SSL_SESSION_get_timeout(t->session));
    }
    return t;
}

void ticket_free(sspi_ticket *t)
{
    if (!t)
        return;
    SSL_SESSION_free(t->session);
    OPENSSL_free(t->chain);
    OPENSSL_free(t);
}

/* magic, 24-bit length of the session, the session, the chain. */
enum sspi_status ticket_save(const sspi_ticket *t, uint8_t *out, size_t cap, size_t *len)
{
    size_t front = sizeof TICKET_MAGIC - 1 + 3;
    int n = i2d_SSL_SESSION(t->session, NULL);
    if (n <= 0 || n > 0xffffff)
        return SSPI_FAILED;
    *len = front + (size_t)n + chain_write(t->chain, 0, NULL);
    if (!out || cap < *len)
        return SSPI_FAILED;
    memcpy(out, TICKET_MAGIC, front - 3);
    out[front - 3] = (uint8_t)(n >> 16);
    out[front - 2] = (uint8_t)(n >> 8);
    out[front - 1] = (uint8_t)n;
    unsigned char *at = out + front;
    i2d_SSL_SESSION(t->session, &at);
    chain_write(t->chain, 0, at);
    return SSPI_OK;
}

enum sspi_status ticket_load(sspi_cred *c, struct sspi_bytes in, sspi_ticket **out)
{
    size_t front = sizeof TICKET_MAGIC - 1 + 3;
    (void)c;
    *out = NULL;
    if (in.len < front || memcmp(in.ptr, TICKET_MAGIC, front - 3) != 0)
        return SSPI_FAILED;
    size_t n = (size_t)in.ptr[front - 3] << 16 | (size_t)in.ptr[front - 2] << 8 | in.ptr[front - 1];
    if (n > in.len - front)
        return SSPI_FAILED;
    const unsigned char *at = in.ptr + front;
    sspi_ticket *t = OPENSSL_zalloc(sizeof *t);
    if (t && (t->session = d2i_SSL_SESSION(NULL, &at, (long)n)) && at == in.ptr + front + n &&
        (t->chain = chain_read((struct sspi_bytes){NULL, 0}, (struct sspi_bytes){at, in.len - front - n}))) {
        *out = t;
        return SSPI_OK;
    }
    ticket_free(t);
    ERR_clear_error();
    return SSPI_FAILED;
}
