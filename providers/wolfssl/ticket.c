/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/ticket.c -- resumption: a server's tickets under the core's keys, a client's sessions.
 *
 * The library's own ticket encryption keeps its key and its nonces' generator in the CTX, which forked servers
 * would share; here the nonce comes from getrandom.  A ticket is sealed with ChaCha20-Poly1305 under a key of
 * its own, HMAC-SHA256(core's key, 16 random bytes and the policy digest), so no nonce can meet a key twice.
 *
 * Its servers take no ticket of a session that asks for a client certificate: the library keeps no chain in
 * it, and a resumption that must be refused would be worse than a full handshake. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <wolfssl/wolfcrypt/chacha20_poly1305.h>
#include <wolfssl/wolfcrypt/hmac.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { IV = WOLFSSL_TICKET_IV_SZ, NAME = WOLFSSL_TICKET_NAME_SZ, MAC = WOLFSSL_TICKET_MAC_SZ, TAG = 16, KEY = 32 };

/* The length of this library's tickets, once one was made; foreign ones that are longer than it can take must
 * not reach it in TLS 1.2, where it ends the handshake instead of ignoring them. */
static _Atomic size_t ticket_len;
enum { TICKET_LEN_TAKEN = 206 }; /* what wolfSSL 5.5 takes; later ones take more */

static int ticket_key(const struct sspi_ticket_key *k, const uint8_t *iv, const uint8_t *digest, uint8_t key[KEY])
{
    Hmac hmac;
    if (wc_HmacInit(&hmac, NULL, INVALID_DEVID) != 0)
        return -1;
    int bad = wc_HmacSetKey(&hmac, WC_SHA256, k->key, sizeof k->key) != 0 || wc_HmacUpdate(&hmac, iv, IV) != 0 ||
              wc_HmacUpdate(&hmac, digest, 32) != 0 || wc_HmacFinal(&hmac, key) != 0;
    wc_HmacFree(&hmac);
    return bad ? -1 : 0;
}

int wolf_ticket_crypt(WOLFSSL *ssl, unsigned char *name, unsigned char *iv, unsigned char *mac, int encrypt,
                      unsigned char *data, int len, int *out_len, void *arg)
{
    static const uint8_t nonce[CHACHA20_POLY1305_AEAD_IV_SIZE], zero[MAC - TAG];
    sspi_session *s = wolfSSL_GetIOReadCtx(ssl);
    struct sspi_ticket_key k;
    uint8_t key[KEY], aad[NAME + IV];
    int rc = WOLFSSL_TICKET_RET_REJECT;
    (void)arg;
    if (!s || !s->tickets || len <= 0 || wolf_core->ticket_key(s->owner, encrypt ? NULL : name, &k) != 0)
        return encrypt ? WOLFSSL_TICKET_RET_FATAL : WOLFSSL_TICKET_RET_REJECT;
    if (encrypt) {
        memcpy(name, k.name, NAME);
        memset(mac, 0, MAC);
        if (getrandom(iv, IV, 0) != IV)
            goto out;
    }
    memcpy(aad, name, NAME);
    memcpy(aad + NAME, iv, IV);
    if (ticket_key(&k, iv, s->policy_digest, key) != 0)
        goto out;
    *out_len = len;
    if (encrypt) {
        if (wc_ChaCha20Poly1305_Encrypt(key, nonce, aad, sizeof aad, data, (word32)len, data, mac) == 0) {
            atomic_store_explicit(&ticket_len, NAME + IV + 2 + (size_t)len + MAC, memory_order_relaxed);
            rc = WOLFSSL_TICKET_RET_OK;
        }
    } else if (memcmp(mac + TAG, zero, sizeof zero) == 0 &&
               wc_ChaCha20Poly1305_Decrypt(key, nonce, aad, sizeof aad, data, (word32)len, mac, data) == 0) {
        rc = k.renew ? WOLFSSL_TICKET_RET_CREATE : WOLFSSL_TICKET_RET_OK;
    }
out:
    explicit_bzero(&k, sizeof k);
    explicit_bzero(key, sizeof key);
    return rc == WOLFSSL_TICKET_RET_REJECT && encrypt ? WOLFSSL_TICKET_RET_FATAL : rc;
}

int wolf_ticket_foreign(size_t len)
{
    size_t ours = atomic_load_explicit(&ticket_len, memory_order_relaxed);
    return ours ? len != ours : len > TICKET_LEN_TAKEN;
}

/* A TLS 1.2 session comes with an id, a 1.3 one with a ticket; without either there is nothing to offer. */
int wolf_ticket_came(WOLFSSL *ssl, WOLFSSL_SESSION *session)
{
    sspi_session *s = wolfSSL_GetIOReadCtx(ssl);
    unsigned int len = 0;
    wolfSSL_SESSION_get_id(session, &len);
    if (s && (wolfSSL_SESSION_has_ticket(session) || len > 0)) {
        s->ticket_new = 1;
        s->events |= SSPI_EVENT_TICKET;
    }
    return 0; /* the reference stays the library's */
}

static sspi_ticket *ticket_make(const uint8_t *der, size_t len)
{
    sspi_ticket *t = malloc(sizeof *t + len);
    if (t) {
        t->len = len;
        memcpy(t->der, der, len);
    }
    return t;
}

sspi_ticket *wolf_ticket_take(sspi_session *s, uint32_t *lifetime)
{
    if (!s->ticket_new)
        return NULL;
    s->ticket_new = 0;
    WOLFSSL_SESSION *session = wolfSSL_get1_session(s->ssl);
    int len = session ? wolfSSL_i2d_SSL_SESSION(session, NULL) : 0;
    unsigned char *der = len > 0 ? malloc((size_t)len) : NULL, *at = der;
    sspi_ticket *t = NULL;
    if (der && wolfSSL_i2d_SSL_SESSION(session, &at) == len)
        t = ticket_make(der, (size_t)len);
    long seconds = session ? wolfSSL_SESSION_get_timeout(session) : 0;
    *lifetime = seconds > 0 ? (uint32_t)(seconds > 604800 ? 604800 : seconds) : 0;
    if (der)
        explicit_bzero(der, (size_t)len);
    free(der);
    wolfSSL_SESSION_free(session);
    return t;
}

void wolf_ticket_free(sspi_ticket *t)
{
    if (!t)
        return;
    explicit_bzero(t->der, t->len);
    free(t);
}

enum sspi_status wolf_ticket_save(const sspi_ticket *t, uint8_t *out, size_t cap, size_t *len)
{
    *len = t->len;
    if (cap < t->len)
        return SSPI_FAILED;
    memcpy(out, t->der, t->len);
    return SSPI_OK;
}

static WOLFSSL_SESSION *session_read(const uint8_t *der, size_t len)
{
    const unsigned char *at = der;
    return len && len <= 1 << 17 ? wolfSSL_d2i_SSL_SESSION(NULL, &at, (long)len) : NULL;
}

enum sspi_status wolf_ticket_load(sspi_cred *cred, struct sspi_bytes bytes, sspi_ticket **out)
{
    *out = NULL;
    if (cred->server)
        return SSPI_UNSUPPORTED;
    WOLFSSL_SESSION *session = session_read(bytes.ptr, bytes.len);
    if (!session)
        return SSPI_FAILED;
    wolfSSL_SESSION_free(session);
    *out = ticket_make(bytes.ptr, bytes.len);
    return *out ? SSPI_OK : SSPI_FAILED;
}

/* One that cannot be used means a full handshake. */
void wolf_ticket_offer(sspi_session *s, const sspi_ticket *t)
{
    WOLFSSL_SESSION *session = session_read(t->der, t->len);
    if (session)
        wolfSSL_set_session(s->ssl, session);
    wolfSSL_SESSION_free(session);
}
