/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/keys.c -- two things the library has no call for, done with its own traffic keys.
 *
 * Sealing a record in place of one of the library's that never leaves: it refuses a chain with an alert of its
 * own choosing, in some failures sends none, and its KeyUpdate always asks for the peer's.  Looking ahead: a TLS 1.3 client that has no certificate must stop at CertificateRequest, but
 * the library's certificate callback cannot decline once it has stopped; so a copy of each record is opened
 * here first, and the record that holds the request is fed only when the core has answered. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/chacha20_poly1305.h>

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { TYPE_HANDSHAKE = 22, TYPE_DATA = 23 };
enum { TAG_MAX = 16, NONCE = 12 };

enum cipher { CIPHER_NONE, CIPHER_GCM, CIPHER_CCM, CIPHER_CHACHA };

struct traffic {
    enum cipher cipher;
    const uint8_t *key, *iv;
    word32 key_len, tag_len;
    int tls13;
};

static void cipher_of(struct traffic *t, int suite)
{
    t->tag_len = 16;
    t->cipher = CIPHER_NONE;
    switch (suite) {
    case 0x1301: case 0x1302:
    case 0x009e: case 0x009f: case 0xc02b: case 0xc02c: case 0xc02f: case 0xc030:
        t->cipher = CIPHER_GCM;
        break;
    case 0x1303:
    case 0xcca8: case 0xcca9: case 0xccaa:
        t->cipher = CIPHER_CHACHA;
        break;
    case 0x1305:
        t->tag_len = 8;
        t->cipher = CIPHER_CCM;
        break;
    case 0x1304:
        t->cipher = CIPHER_CCM;
        break;
    default:
        break;
    }
}

/* The keys of the client's or the server's direction; 0, or -1: none, or of another kind. */
static int traffic_of(sspi_session *s, int of_server, struct traffic *t)
{
    memset(t, 0, sizeof *t);
    cipher_of(t, wolfSSL_get_current_cipher_suite(s->ssl));
    t->tls13 = wolfSSL_version(s->ssl) == TLS1_3_VERSION;
    t->key = of_server ? wolfSSL_GetServerWriteKey(s->ssl) : wolfSSL_GetClientWriteKey(s->ssl);
    t->iv = of_server ? wolfSSL_GetServerWriteIV(s->ssl) : wolfSSL_GetClientWriteIV(s->ssl);
    t->key_len = (word32)wolfSSL_GetKeySize(s->ssl);
    return t->cipher != CIPHER_NONE && !s->dtls && t->key && t->iv ? 0 : -1;
}

/* One AEAD operation in place; the tag beside it.  0, or -1. */
static int aead(const struct traffic *t, int seal, const uint8_t *nonce, const uint8_t *aad, word32 aad_len,
                uint8_t *data, word32 len, uint8_t *tag)
{
    int rc;
    if (t->cipher == CIPHER_CHACHA)
        return (seal ? wc_ChaCha20Poly1305_Encrypt(t->key, nonce, aad, aad_len, data, len, data, tag)
                     : wc_ChaCha20Poly1305_Decrypt(t->key, nonce, aad, aad_len, data, len, tag, data)) == 0
                   ? 0
                   : -1;
    Aes *aes = malloc(sizeof *aes);
    if (!aes)
        return -1;
    if (wc_AesInit(aes, NULL, INVALID_DEVID) != 0) {
        free(aes);
        return -1;
    }
    if (t->cipher == CIPHER_GCM) {
        rc = wc_AesGcmSetKey(aes, t->key, t->key_len);
        if (rc == 0)
            rc = seal ? wc_AesGcmEncrypt(aes, data, data, len, nonce, NONCE, tag, t->tag_len, aad, aad_len)
                      : wc_AesGcmDecrypt(aes, data, data, len, nonce, NONCE, tag, t->tag_len, aad, aad_len);
    } else {
        rc = wc_AesCcmSetKey(aes, t->key, t->key_len);
        if (rc == 0)
            rc = seal ? wc_AesCcmEncrypt(aes, data, data, len, nonce, NONCE, tag, t->tag_len, aad, aad_len)
                      : wc_AesCcmDecrypt(aes, data, data, len, nonce, NONCE, tag, t->tag_len, aad, aad_len);
    }
    wc_AesFree(aes);
    explicit_bzero(aes, sizeof *aes);
    free(aes);
    return rc == 0 ? 0 : -1;
}

static void put_sequence(uint8_t out[8], uint64_t sequence)
{
    for (size_t i = 0; i < 8; i++)
        out[i] = (uint8_t)(sequence >> (56 - 8 * i));
}

static void nonce_xor(const struct traffic *t, uint64_t sequence, uint8_t nonce[NONCE])
{
    uint8_t number[8];
    put_sequence(number, sequence);
    memcpy(nonce, t->iv, NONCE);
    for (size_t i = 0; i < 8; i++)
        nonce[NONCE - 8 + i] ^= number[i];
}

size_t wolf_seal_record(sspi_session *s, uint8_t type, const uint8_t *bytes, size_t n, uint64_t sequence,
                        uint8_t record[WOLF_ALERT_MAX])
{
    struct traffic t;
    uint8_t nonce[NONCE], aad[13], *body = record + 5;
    word32 aad_len, len = (word32)n;
    if (n > 8 || traffic_of(s, s->server, &t) != 0)
        return 0;
    if (t.tls13) {
        len++; /* the type inside */
        const uint8_t head[5] = {TYPE_DATA, 3, 3, 0, (uint8_t)(len + t.tag_len)};
        memcpy(record, head, 5);
        memcpy(aad, head, 5);
        aad_len = 5;
        nonce_xor(&t, sequence, nonce);
    } else {
        word32 explicit_len = t.cipher == CIPHER_CHACHA ? 0 : 8;
        const uint8_t head[5] = {type, 3, 3, 0, (uint8_t)(explicit_len + len + t.tag_len)};
        memcpy(record, head, 5);
        put_sequence(aad, sequence);
        memcpy(aad + 8, head, 3);
        aad[11] = 0;
        aad[12] = (uint8_t)len;
        aad_len = 13;
        nonce_xor(&t, sequence, nonce);
        if (explicit_len) {
            memcpy(nonce, t.iv, 4);
            if (getrandom(nonce + 4, 8, 0) != 8)
                return 0;
            memcpy(body, nonce + 4, 8);
            body += 8;
        }
    }
    memcpy(body, bytes, n);
    body[n] = type; /* 1.2: overwritten by the tag */
    if (aead(&t, 1, nonce, aad, aad_len, body, len, body + len) != 0)
        return 0;
    return (size_t)(body - record) + len + t.tag_len;
}

/* A datagram's record that cannot even hold nonce, tag or padding: the library would end the session over it. */
int wolf_too_short(sspi_session *s, const uint8_t *record, size_t len)
{
    struct traffic t;
    size_t body = len < 13 ? 0 : len - 13;
    int sequenced = len >= 13 && (record[3] || record[4]); /* epoch 0 has no keys */
    int suite = wolfSSL_get_current_cipher_suite(s->ssl);
    memset(&t, 0, sizeof t);
    cipher_of(&t, suite);
    if (suite == 0xccac) /* ECDHE_PSK: the same records */
        t.cipher = CIPHER_CHACHA;
    else if (suite == 0xd001 || suite == 0xd002)
        t.cipher = CIPHER_GCM;
    if (!sequenced)
        return len < 13;
    if (t.cipher == CIPHER_NONE) /* CBC: an IV, a MAC of SHA-1 at least, whole blocks; with encrypt-then-MAC not even whole */
        return body < 16 + 20;
    return body < (t.cipher == CIPHER_CHACHA ? 0 : 8) + t.tag_len;
}

/* Walks handshake messages that may span records: 1 when one of this type begins in these bytes. */
static int message_begins(sspi_session *s, uint8_t type, const uint8_t *p, size_t len)
{
    while (len > 0) {
        if (s->ahead_skip) {
            size_t take = s->ahead_skip < len ? s->ahead_skip : len;
            s->ahead_skip -= (uint32_t)take;
            p += take;
            len -= take;
            continue;
        }
        s->ahead_head[s->ahead_have++] = *p++;
        len--;
        if (s->ahead_head[0] == type)
            return 1;
        if (s->ahead_have == 4) {
            s->ahead_skip = (uint32_t)s->ahead_head[1] << 16 | (uint32_t)s->ahead_head[2] << 8 | s->ahead_head[3];
            s->ahead_have = 0;
        }
    }
    return 0;
}

int wolf_ahead(sspi_session *s, uint8_t type, const uint8_t *record, size_t len)
{
    struct traffic t;
    word64 sequence = 0;
    uint8_t nonce[NONCE];
    if (len < 5 || record[0] != TYPE_DATA || traffic_of(s, !s->server, &t) != 0 || !t.tls13 || len <= 5 + t.tag_len)
        return 0;
    size_t size = len - 5 - t.tag_len;
    uint8_t *copy = malloc(len);
    if (!copy)
        return 0;
    memcpy(copy, record, len);
    wolfSSL_GetPeerSequenceNumber(s->ssl, &sequence);
    nonce_xor(&t, sequence, nonce);
    int found = 0;
    /* A record that does not open is the library's to refuse. */
    if (aead(&t, 0, nonce, copy, 5, copy + 5, (word32)size, copy + 5 + size) == 0) {
        while (size > 0 && copy[5 + size - 1] == 0)
            size--;
        if (size > 0 && copy[5 + size - 1] == TYPE_HANDSHAKE)
            found = message_begins(s, type, copy + 5, size - 1);
    }
    explicit_bzero(copy, len);
    free(copy);
    return found;
}
