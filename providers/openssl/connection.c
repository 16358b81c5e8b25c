/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/connection.c -- what a finished handshake agreed on, keys taken from it, and what may
 * start on it again. */
#include <config.h>

#include "shared.h"

#include <openssl/srtp.h>
#include <string.h>

uint16_t connection_limit(const SSL *ssl)
{
    unsigned limit = 16384;
    const SSL_SESSION *session = SSL_get_session(ssl);
    uint8_t code = session ? SSL_SESSION_get_max_fragment_length(session) : 0;
    if (code >= TLSEXT_max_fragment_length_512 && code <= TLSEXT_max_fragment_length_4096)
        limit = 256u << code;
    if (SSL_is_dtls(ssl)) {
        size_t mtu = DTLS_get_data_mtu(ssl);
        limit = mtu && mtu < limit ? (unsigned)mtu : limit;
    }
    return (uint16_t)limit;
}

/* The schemes of this handshake's signatures.  libssl forgets neither after a resumption, where none was
 * made, nor tells PSS keys apart. */
static uint16_t scheme(SSL *ssl, int peer)
{
    int type = NID_undef, hash = NID_undef;
    X509 *cert = peer ? SSL_get0_peer_certificate(ssl) : SSL_get_certificate(ssl);
    if (SSL_version(ssl) < TLS1_2_VERSION || SSL_session_reused(ssl) || !cert)
        return 0;
    if (peer ? !SSL_get_peer_signature_type_nid(ssl, &type) : !SSL_get_signature_type_nid(ssl, &type))
        return 0;
    if (peer)
        SSL_get_peer_signature_nid(ssl, &hash);
    else
        SSL_get_signature_nid(ssl, &hash);
    return lists_signature(type, hash, X509_get0_pubkey(cert));
}

enum sspi_status connection_describe(sspi_session *s, struct sspi_conn *out)
{
    const unsigned char *alpn = NULL;
    unsigned alpn_len = 0;
    struct sspi_conn c = {.size = out->size};
    if (s->dead || !s->done || !SSL_get_current_cipher(s->ssl)) /* none in the middle of a new handshake */
        return SSPI_FAILED;
    int reused = SSL_session_reused(s->ssl), v13 = SSL_version(s->ssl) == TLS1_3_VERSION;
    int psk = s->psk_used && (reused || !v13); /* TLS 1.3: offered is not taken */
    const SRTP_PROTECTION_PROFILE *srtp = SSL_get_selected_srtp_profile(s->ssl);
    SSL_get0_alpn_selected(s->ssl, &alpn, &alpn_len);
    c.flags = (reused && !(psk && v13) ? SSPI_CONN_RESUMED : 0u) |
              (SSL_get_extms_support(s->ssl) == 1 ? SSPI_CONN_EMS : 0u) |
              (SSL_get_secure_renegotiation_support(s->ssl) ? SSPI_CONN_SAFE_RENEGOTIATION : 0u);
    c.version = (uint16_t)SSL_version(s->ssl);
    c.suite = SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(s->ssl));
    c.group = lists_group((int)SSL_get_negotiated_group(s->ssl));
    c.signature = scheme(s->ssl, 0);
    c.peer_signature = scheme(s->ssl, 1);
    c.srtp = srtp ? (uint16_t)srtp->id : 0;
    c.plaintext_max = s->limit;
    c.alpn = (struct sspi_bytes){alpn, alpn_len};
    if (psk)
        c.psk_identity = (struct sspi_bytes){(const uint8_t *)s->psk_seen, strlen(s->psk_seen)};
    memcpy(out, &c, out->size < sizeof c ? out->size : sizeof c);
    ERR_clear_error();
    return SSPI_OK;
}

enum sspi_status connection_peer_cert(sspi_session *s, unsigned i, struct sspi_bytes *der)
{
    if (s->dead)
        return SSPI_FAILED;
    if (!s->chain || i >= s->chain->count || !SSL_get0_peer_certificate(s->ssl))
        return SSPI_UNSUPPORTED;
    *der = s->chain->cert[i];
    return SSPI_OK;
}

enum sspi_status connection_issuer(sspi_session *s, unsigned i, struct sspi_bytes *der)
{
    const unsigned char *bytes;
    size_t len;
    const STACK_OF(X509_NAME) *names = s->cred->server ? NULL : SSL_get0_peer_CA_list(s->ssl);
    if (s->dead)
        return SSPI_FAILED;
    if (!names || i >= (unsigned)sk_X509_NAME_num(names) ||
        !X509_NAME_get0_der(sk_X509_NAME_value(names, (int)i), &bytes, &len))
        return SSPI_UNSUPPORTED;
    *der = (struct sspi_bytes){bytes, len};
    return SSPI_OK;
}

enum sspi_status connection_export(sspi_session *s, const char *label, const struct sspi_bytes *context,
                                   uint8_t *out, size_t len)
{
    if (s->dead || !s->done)
        return SSPI_FAILED;
    if (SSL_export_keying_material(s->ssl, out, len, label, strlen(label), context ? context->ptr : NULL,
                                   context ? context->len : 0, context != NULL) == 1)
        return SSPI_OK;
    ERR_clear_error();
    return SSPI_UNSUPPORTED;
}

enum sspi_status connection_finished(sspi_session *s, int of_client, uint8_t *out, size_t cap, size_t *len)
{
    if (s->dead || !s->done)
        return SSPI_FAILED;
    if (SSL_version(s->ssl) == TLS1_3_VERSION)
        return SSPI_UNSUPPORTED;
    int own = (of_client != 0) != s->cred->server;
    size_t n = own ? SSL_get_finished(s->ssl, out, cap) : SSL_get_peer_finished(s->ssl, out, cap);
    *len = n;
    return n && n <= cap ? SSPI_OK : SSPI_FAILED;
}

enum sspi_status connection_redo(sspi_session *s, struct sspi_io *io, int request_cert)
{
    SSL *ssl = s->ssl;
    if (session_begin(s, io))
        return SSPI_FAILED;
    int v13 = SSL_version(ssl) == TLS1_3_VERSION, server = s->cred->server;
    int possible = s->done && SSL_is_init_finished(ssl) && s->renegotiates &&
                   !(SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN) &&
                   (v13 ? server && request_cert : SSL_get_secure_renegotiation_support(ssl) == 1);
    if (possible && server) {
        SSL_set_verify(ssl,
                       request_cert == 2   ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
                       : request_cert == 1 ? SSL_VERIFY_PEER
                                           : SSL_VERIFY_NONE,
                       NULL);
        s->request_cert = request_cert;
        SSL_set_num_tickets(ssl, 0); /* the policy that tickets are bound to was another */
        SSL_set_options(ssl, SSL_OP_NO_TICKET);
    }
    if (possible)
        possible = (v13 ? SSL_verify_client_post_handshake(ssl) : SSL_renegotiate(ssl)) == 1;
    if (!possible) {
        ERR_clear_error();
        return session_end(s, SSPI_UNSUPPORTED);
    }
    if (transport_flush(s) || (SSL_do_handshake(ssl) != 1 && !session_waits(s)))
        return session_end(s, SSPI_FAILED);
    return session_drive(s);
}

enum sspi_status connection_key_update(sspi_session *s, struct sspi_io *io, int ask_peer)
{
    if (session_begin(s, io))
        return SSPI_FAILED;
    if (!s->done || SSL_version(s->ssl) != TLS1_3_VERSION || !SSL_is_init_finished(s->ssl) ||
        (SSL_get_shutdown(s->ssl) & SSL_SENT_SHUTDOWN))
        return session_end(s, SSPI_UNSUPPORTED);
    int type = ask_peer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
    if (transport_flush(s) || SSL_key_update(s->ssl, type) != 1 || SSL_do_handshake(s->ssl) != 1)
        return session_end(s, SSPI_FAILED);
    return session_drive(s);
}
