/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/credential.c -- a credential is an SSL_CTX that nobody changes any more: certificate,
 * key, lists and the callbacks, all of which find their session through the SSL. */
#include <config.h>

#include "shared.h"

#include <openssl/rand.h>
#include <string.h>

static EVP_PKEY *key_of(const struct sspi_cred_params *p)
{
    if (p->key.len >= 7 && !memcmp(p->key.ptr, "pkcs11:", 7))
        return token_key(p->key, p->pin);
    const unsigned char *at = p->key.ptr;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)p->key.len);
    EVP_PKEY *key = info && at == p->key.ptr + p->key.len ? EVP_PKCS82PKEY(info) : NULL;
    PKCS8_PRIV_KEY_INFO_free(info);
    return key;
}

static X509 *certificate_of(struct sspi_bytes der)
{
    const unsigned char *at = der.ptr;
    X509 *x = d2i_X509(NULL, &at, (long)der.len);
    if (x && at != der.ptr + der.len) {
        X509_free(x);
        return NULL;
    }
    return x;
}

static int load_identity(SSL_CTX *ctx, const struct sspi_cred_params *p)
{
    for (unsigned i = 0; i < p->chain_count; i++) {
        X509 *x = certificate_of(p->chain[i]);
        int good = x && (i ? SSL_CTX_add1_chain_cert(ctx, x) : SSL_CTX_use_certificate(ctx, x)) == 1;
        X509_free(x);
        if (!good)
            return 0;
    }
    EVP_PKEY *key = key_of(p);
    int good = key && SSL_CTX_use_PrivateKey(ctx, key) == 1 && SSL_CTX_check_private_key(ctx) == 1;
    EVP_PKEY_free(key);
    return good;
}

/* The CA names of a CertificateRequest: the anchors' subjects, unless a session brings its own. */
static int load_names(SSL_CTX *ctx, const struct sspi_cred_params *p)
{
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    int good = names != NULL;
    for (unsigned i = 0; good && i < p->anchor_count; i++) {
        X509 *x = certificate_of(p->anchors[i]);
        X509_NAME *name = x ? X509_NAME_dup(X509_get_subject_name(x)) : NULL;
        X509_free(x);
        good = name && sk_X509_NAME_push(names, name);
        if (!good)
            X509_NAME_free(name);
    }
    if (good)
        SSL_CTX_set_client_CA_list(ctx, names);
    else
        sk_X509_NAME_pop_free(names, X509_NAME_free);
    return good;
}

STACK_OF(X509_NAME) * credential_names(struct sspi_bytes der)
{
    STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();
    const unsigned char *at = der.ptr, *end = der.ptr + der.len;
    while (names && at < end) {
        X509_NAME *name = d2i_X509_NAME(NULL, &at, end - at);
        if (!name || !sk_X509_NAME_push(names, name)) {
            X509_NAME_free(name);
            sk_X509_NAME_pop_free(names, X509_NAME_free);
            return NULL;
        }
    }
    return names;
}

static void load_behaviour(sspi_cred *c)
{
    SSL_CTX *ctx = c->ctx;
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS | /* one seal, one record */
                                 SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
    SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_read_ahead(ctx, 1); /* one read takes the record: there is never more than one */
    SSL_CTX_set_max_early_data(ctx, 0);
    SSL_CTX_set_dh_auto(ctx, 1);
    SSL_CTX_set_cert_verify_callback(ctx, chain_verify_callback, NULL);
    SSL_CTX_set_tlsext_status_cb(ctx, chain_staple_callback);
    if (c->server)
        SSL_CTX_set_alpn_select_cb(ctx, session_alpn, NULL);
    if (c->datagram && c->server) {
        SSL_CTX_set_cookie_generate_cb(ctx, session_cookie_make);
        SSL_CTX_set_cookie_verify_cb(ctx, session_cookie_check);
    }
    ticket_callbacks(ctx, c->server);
}

enum sspi_status credential_new(const struct sspi_cred_params *p, sspi_cred **out,
                                struct sspi_failure *failure)
{
    *out = NULL;
    int datagram = (p->protocols & PROTOCOLS_DTLS) != 0;
    if (!p->protocols || (datagram && (p->protocols & PROTOCOLS_TLS)))
        return failure_of_setup(failure, SSPI_WHY_NO_COMMON_VERSION, SSPI_FAILED);
    sspi_cred *c = OPENSSL_zalloc(sizeof *c);
    if (!c)
        return failure_of_setup(failure, SSPI_WHY_MEMORY, SSPI_FAILED);
    c->server = p->server != 0;
    c->datagram = datagram;
    c->protocols = p->protocols;
    c->ctx = SSL_CTX_new(datagram ? (c->server ? DTLS_server_method() : DTLS_client_method())
                                  : (c->server ? TLS_server_method() : TLS_client_method()));
    if (!c->ctx ||
        (datagram && c->server && RAND_priv_bytes(c->cookie_secret, sizeof c->cookie_secret) != 1)) {
        credential_free(c);
        return failure_of_setup(failure, SSPI_WHY_MEMORY, SSPI_FAILED);
    }
    if (!lists_apply(c->ctx, p, &c->protocols, failure)) {
        credential_free(c);
        return SSPI_UNSUPPORTED;
    }
    load_behaviour(c);
    if ((p->chain_count && !load_identity(c->ctx, p)) ||
        (c->server && p->anchor_count && !load_names(c->ctx, p))) {
        credential_free(c);
        return failure_of_setup(failure, SSPI_WHY_BAD_CREDENTIAL, SSPI_FAILED);
    }
    c->has_cert = p->chain_count != 0;
    *out = c;
    ERR_clear_error();
    return SSPI_OK;
}

void credential_free(sspi_cred *c)
{
    if (!c)
        return;
    SSL_CTX_free(c->ctx);
    OPENSSL_clear_free(c, sizeof *c);
}

enum sspi_status credential_set(sspi_session *s, sspi_cred *c)
{
    if (s->dead)
        return SSPI_FAILED;
    SSL_certs_clear(s->ssl);
    s->chosen = 1;
    if (!c || !c->has_cert)
        return SSPI_OK;
    STACK_OF(X509) *rest = NULL;
    SSL_CTX_get0_chain_certs(c->ctx, &rest);
    if (SSL_use_cert_and_key(s->ssl, SSL_CTX_get0_certificate(c->ctx), SSL_CTX_get0_privatekey(c->ctx), rest,
                             1) == 1)
        return SSPI_OK;
    ERR_clear_error();
    SSL_certs_clear(s->ssl);
    return SSPI_UNSUPPORTED;
}

int credential_wanted(SSL *ssl, void *session)
{
    sspi_session *s = session;
    (void)ssl;
    return s->chosen ? 1 : -1; /* -1: stop here until set_credential() */
}
