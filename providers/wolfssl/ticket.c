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
enum { TICKET_LEN_TAKEN = LIBWOLFSSL_VERSION_HEX >= 0x05007000 ? 207 : 206 }; /* theirs; longer ones are not taken */

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
    if (!s || !s->tickets || len <= 0)
        return encrypt ? WOLFSSL_TICKET_RET_FATAL : WOLFSSL_TICKET_RET_REJECT;
    memset(&k, 0, sizeof k);
    if (wolf_core->ticket_key(s->owner, encrypt ? NULL : name, &k) != 0) {
        /* The key went away meanwhile: a ticket that nobody opens, as the library would rather fail. */
        if (!encrypt || getrandom(k.name, sizeof k.name, 0) != sizeof k.name ||
            getrandom(k.key, sizeof k.key, 0) != sizeof k.key)
            return encrypt ? WOLFSSL_TICKET_RET_FATAL : WOLFSSL_TICKET_RET_REJECT;
    }
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
        /* 1.3 sends a new one anyway, and not every version resumes on CREATE there */
        rc = k.renew && wolfSSL_version(ssl) != TLS1_3_VERSION ? WOLFSSL_TICKET_RET_CREATE : WOLFSSL_TICKET_RET_OK;
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

int wolf_ticket_key_there(sspi_session *s)
{
    struct sspi_ticket_key k;
    int there = wolf_core->ticket_key && wolf_core->ticket_key(s->owner, NULL, &k) == 0;
    explicit_bzero(&k, sizeof k);
    return there;
}

static size_t session_write(WOLFSSL *ssl, uint8_t *out, size_t cap)
{
    WOLFSSL_SESSION *session = wolfSSL_get1_session(ssl);
    int len = session ? wolfSSL_i2d_SSL_SESSION(session, NULL) : 0;
    unsigned char *at = out;
    if (len <= 0 || (size_t)len > cap || wolfSSL_i2d_SSL_SESSION(session, &at) != len)
        len = 0;
    wolfSSL_SESSION_free(session);
    return (size_t)len;
}

sspi_ticket *wolf_ticket_take(sspi_session *s, uint32_t *lifetime)
{
    enum { LIFETIME_UNSAID = 7200, ROOM = 1 << 15 }; /* nine certificates of 2 KiB, the ticket and secrets */
    *lifetime = 0;
    if (!s->ticket_new)
        return NULL;
    s->ticket_new = 0;
    sspi_ticket *t = calloc(1, sizeof *t + 2 * ROOM), *fit;
    if (!t)
        return NULL;
    WOLFSSL_SESSION *session = wolfSSL_get_session(s->ssl);
    if (wolfSSL_SESSION_get_timeout(session) == 0) /* RFC 5077 3.3: the client may choose; the library takes it as past */
        wolfSSL_SSL_SESSION_set_timeout(session, LIFETIME_UNSAID);
    long seconds = wolfSSL_SESSION_get_timeout(session);
    *lifetime = seconds > 0 ? (uint32_t)(seconds > 604800 ? 604800 : seconds) : 0;
    t->version = (uint16_t)wolfSSL_version(s->ssl);
    t->len = session_write(s->ssl, t->der, ROOM);
    if (t->len && t->version != TLS1_3_VERSION && wolfSSL_SESSION_has_ticket(session)) {
        wolfSSL_set_SessionTicket(s->ssl, NULL, 0);
        t->plain_len = session_write(s->ssl, t->der + t->len, ROOM);
    }
    size_t size = sizeof *t + t->len + t->plain_len;
    fit = t->len ? malloc(size) : NULL;
    if (fit)
        memcpy(fit, t, size);
    explicit_bzero(t, size);
    free(t);
    return fit;
}

void wolf_ticket_free(sspi_ticket *t)
{
    if (!t)
        return;
    explicit_bzero(t, sizeof *t + t->len + t->plain_len);
    free(t);
}

/* Saved: version, both lengths, both sessions. */
enum { SAVED_HEAD = 10 };

static void put32(uint8_t *p, size_t v)
{
    for (size_t i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static size_t get32(const uint8_t *p)
{
    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

enum sspi_status wolf_ticket_save(const sspi_ticket *t, uint8_t *out, size_t cap, size_t *len)
{
    *len = SAVED_HEAD + t->len + t->plain_len;
    if (cap < *len)
        return SSPI_FAILED;
    out[0] = (uint8_t)(t->version >> 8);
    out[1] = (uint8_t)t->version;
    put32(out + 2, t->len);
    put32(out + 6, t->plain_len);
    memcpy(out + SAVED_HEAD, t->der, t->len + t->plain_len);
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
    if (cred->server || bytes.len < SAVED_HEAD || bytes.len > 1 << 17)
        return cred->server ? SSPI_UNSUPPORTED : SSPI_FAILED;
    size_t len = get32(bytes.ptr + 2), plain_len = get32(bytes.ptr + 6), all = bytes.len - SAVED_HEAD;
    if (!len || len > all || plain_len != all - len)
        return SSPI_FAILED;
    WOLFSSL_SESSION *session = session_read(bytes.ptr + SAVED_HEAD, len);
    WOLFSSL_SESSION *plain = plain_len ? session_read(bytes.ptr + SAVED_HEAD + len, plain_len) : NULL;
    if (session && !plain_len == !plain)
        *out = malloc(sizeof **out + all);
    wolfSSL_SESSION_free(session);
    wolfSSL_SESSION_free(plain);
    if (!*out)
        return SSPI_FAILED;
    (*out)->version = (uint16_t)(bytes.ptr[0] << 8 | bytes.ptr[1]);
    (*out)->len = len;
    (*out)->plain_len = plain_len;
    memcpy((*out)->der, bytes.ptr + SAVED_HEAD, all);
    return SSPI_OK;
}

/* One that cannot be used means a full handshake.  With a session of TLS 1.2 the library offers nothing newer, and one
 * of 1.3 it cannot leave behind when the server answers with 1.2; so a ticket is offered only where no other
 * version could be agreed: a server that has changed its versions must not end in an error. */
void wolf_ticket_offer(sspi_session *s, const sspi_ticket *t)
{
    if (wolf_protocol(t->version) != s->protocols)
        return;
    WOLFSSL_SESSION *session = session_read(t->der, t->len);
    if (session && wolfSSL_set_session(s->ssl, session) == WOLFSSL_SUCCESS &&
        wolfSSL_session_reused(s->ssl) == 1 && t->plain_len)
        s->plain = session_read(t->der + t->len, t->plain_len);
    wolfSSL_SESSION_free(session);
}

/* ---- TLS 1.2: was the ticket taken? ----
 * The library's client is sure of it as soon as ServerHello comes, and fails when a certificate follows.  So
 * ServerHello waits here until the next message shows which handshake this is; where it is a full one, the
 * session with the ticket makes way for the same one without, whose id no server answers with. */
static int answer(const uint8_t *p, size_t len)
{
    uint8_t head[4];
    size_t have = 0, skip = 0, messages = 0;
    while (len >= 5) {
        size_t left = (size_t)p[3] << 8 | p[4];
        if (p[0] == 20 || p[0] != 22 || left > len - 5) /* ChangeCipherSpec; or what the library is to refuse */
            return 1;
        len -= 5 + left;
        for (p += 5; left > 0;) {
            size_t take = skip < left ? skip : left;
            p += take, left -= take, skip -= take;
            if (!left)
                break;
            head[have++] = *p++;
            left--;
            if (messages == 1)
                return head[0] == 4 ? 1 : -1; /* NewSessionTicket */
            if (have == 4) {
                skip = (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
                have = 0;
                messages++;
            }
        }
    }
    return 0;
}

int wolf_ticket_wait(sspi_session *s)
{
    if (!s->plain || !s->in_len)
        return 0;
    uint8_t *all = s->stash_len + s->in_len > 1 << 17 ? NULL : realloc(s->stash, s->stash_len + s->in_len);
    if (!all)
        return MEMORY_E;
    memcpy(all + s->stash_len, s->in, s->in_len);
    s->stash = all;
    s->stash_len += s->in_len;
    int taken = answer(all, s->stash_len);
    if (taken == 0)
        return 1;
    if (taken < 0)
        wolfSSL_set_session(s->ssl, s->plain);
    wolfSSL_SESSION_free(s->plain);
    s->plain = NULL;
    s->in = all;
    s->in_len = s->stash_len;
    return 0;
}
