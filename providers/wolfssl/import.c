/* SPDX-License-Identifier: MIT
 * providers/wolfssl/import.c -- PKCS#12 and PKCS#8 come in. */
#include <config.h>
#include "providers/wolfssl/key.h"

#include <wolfssl/wolfcrypt/pkcs12.h>

#include <stdlib.h>
#include <string.h>

#define IMPORT_MAX ((size_t)1 << 20)
#define ROUNDS_MAX 10000000u /* a file may not keep us busy for ever */

static enum sspi_status failed(struct sspi_failure *failure, enum sspi_why why, int code)
{
    wolf_failure(failure, why, code);
    return SSPI_FAILED;
}

/* The header of the DER element at p; 0: none. */
static size_t header_at(const uint8_t *p, size_t left)
{
    return wolf_element_len(p, left) ? p[1] & 0x80 ? 2u + (p[1] & 0x7f) : 2u : 0;
}

/* Salt and round count, one behind the other: too many?  p may be anything. */
static int rounds_too_many_at(const uint8_t *p, size_t left)
{
    uint64_t rounds = 0;
    size_t salt = left && *p == 0x04 ? wolf_element_len(p, left) : 0;
    if (!salt || left < salt + 2 || p[salt] != 0x02 || p[salt + 1] > left - salt - 2)
        return 0;
    for (size_t i = 0; i < p[salt + 1]; i++)
        rounds = rounds > ROUNDS_MAX ? rounds : rounds << 8 | p[salt + 2 + i];
    return rounds > ROUNDS_MAX;
}

/* The library believes any round count.  They stand behind the object ids of PBKDF2 and of PKCS#12's own schemes. */
static int schemes_too_slow(const uint8_t *p, size_t len)
{
    static const uint8_t pbkdf2[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 5, 12};
    static const uint8_t pbe[] = {6, 10, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 12, 1};
    for (size_t i = 0; i + sizeof pbe + 3 < len; i++) {
        size_t at = memcmp(p + i, pbkdf2, sizeof pbkdf2) == 0 ? i + sizeof pbkdf2
                    : memcmp(p + i, pbe, sizeof pbe) == 0     ? i + sizeof pbe + 1
                                                              : 0;
        size_t head = at ? header_at(p + at, len - at) : 0;
        if (head && rounds_too_many_at(p + at + head, len - at - head))
            return 1;
    }
    return 0;
}

/* PFX ::= SEQUENCE { version, authSafe, macData SEQUENCE { digest, salt, rounds } OPTIONAL } */
static int mac_too_slow(const uint8_t *p, size_t len)
{
    size_t at = header_at(p, len);
    for (int i = 0; i < 2; i++)
        at += wolf_element_len(p + at, len - at);
    size_t head = header_at(p + at, len - at);
    at += head;
    size_t digest = head ? wolf_element_len(p + at, len - at) : 0;
    return digest && rounds_too_many_at(p + at + digest, len - at - digest);
}

static enum sspi_status put_read_key(const struct sspi_import *in, const uint8_t *der, size_t len, enum sspi_why why,
                                     struct sspi_failure *failure)
{
    struct wolf_key key;
    int rc = wolf_key_read(&key, der, len);
    if (rc != 0)
        return failed(failure, why, rc);
    rc = wolf_put_key(&in->sink, &key);
    wolf_key_free(&key);
    return rc == 0 ? SSPI_OK : failed(failure, SSPI_WHY_MEMORY, MEMORY_E);
}

static enum sspi_status read_sealed(const struct sspi_import *in, struct sspi_failure *failure)
{
    uint8_t *copy = malloc(in->bytes.len);
    if (!copy)
        return failed(failure, SSPI_WHY_MEMORY, MEMORY_E);
    memcpy(copy, in->bytes.ptr, in->bytes.len);
    const char *password = in->password ? in->password : "";
    int len = wc_DecryptPKCS8Key(copy, (word32)in->bytes.len, password, (int)strlen(password));
    enum sspi_status status =
        len > 0 ? put_read_key(in, copy, (size_t)len, SSPI_WHY_WRONG_PASSWORD, failure)
                : failed(failure, len == ALGO_ID_E ? SSPI_WHY_BAD_CREDENTIAL : SSPI_WHY_WRONG_PASSWORD, len);
    explicit_bzero(copy, in->bytes.len);
    free(copy);
    return status;
}

static enum sspi_status read_pfx(const struct sspi_import *in, struct sspi_failure *failure)
{
    byte *key = NULL, *leaf = NULL;
    word32 key_len = 0, leaf_len = 0;
    WC_DerCertList *more = NULL;
    WC_PKCS12 *pfx = wc_PKCS12_new();
    enum sspi_status status = SSPI_OK;
    if (!pfx)
        return failed(failure, SSPI_WHY_MEMORY, MEMORY_E);
    int rc = wc_d2i_PKCS12(in->bytes.ptr, (word32)in->bytes.len, pfx);
    if (rc == 0)
        rc = wc_PKCS12_parse(pfx, in->password ? in->password : "", &key, &key_len, &leaf, &leaf_len, &more);
    if (rc == 0 && (key_len > in->bytes.len || leaf_len > in->bytes.len)) {
        rc = ASN_PARSE_E; /* the library gives an error as a length, and says that all is well */
        key_len = 0;
    }
    if (rc != 0)
        status = failed(failure, rc == MAC_CMP_FAILED_E ? SSPI_WHY_WRONG_PASSWORD : SSPI_WHY_BAD_CREDENTIAL, rc);
    else if (key)
        status = put_read_key(in, key, key_len, SSPI_WHY_BAD_CREDENTIAL, failure);
    if (status == SSPI_OK && leaf && wolf_put(&in->sink, SSPI_ITEM_LEAF, leaf, leaf_len) != 0)
        status = failed(failure, SSPI_WHY_MEMORY, MEMORY_E);
    while (more) {
        WC_DerCertList *next = more->next;
        if (status == SSPI_OK && wolf_put(&in->sink, SSPI_ITEM_CERT, more->buffer, more->bufferSz) != 0)
            status = failed(failure, SSPI_WHY_MEMORY, MEMORY_E);
        wolfSSL_Free(more->buffer);
        wolfSSL_Free(more);
        more = next;
    }
    if (key)
        explicit_bzero(key, key_len);
    wolfSSL_Free(key);
    wolfSSL_Free(leaf);
    wc_PKCS12_free(pfx);
    return status;
}

enum sspi_status wolf_cred_import(const struct sspi_import *in, struct sspi_failure *failure)
{
    const uint8_t *p = in->bytes.ptr;
    size_t len = in->bytes.len, head;
    if (len < 8 || len > IMPORT_MAX || p[0] != 0x30 || wolf_element_len(p, len) != len || schemes_too_slow(p, len))
        return failed(failure, SSPI_WHY_BAD_CREDENTIAL, ASN_PARSE_E);
    wolf_thread();
    head = header_at(p, len);
    if (len < head + 3)
        return failed(failure, SSPI_WHY_BAD_CREDENTIAL, ASN_PARSE_E);
    size_t algorithm = p[head] == 0x30 ? wolf_element_len(p + head, len - head) : 0;
    if (algorithm) /* EncryptedPrivateKeyInfo: an algorithm, then an OCTET STRING */
        return p[head + header_at(p + head, len - head)] == 0x06 && head + algorithm < len && p[head + algorithm] == 0x04
                   ? read_sealed(in, failure)
                   : failed(failure, SSPI_WHY_BAD_CREDENTIAL, ASN_PARSE_E);
    if (p[head] == 0x02 && p[head + 1] == 1 && p[head + 2] == 3) /* PFX version 3 */
        return mac_too_slow(p, len) ? failed(failure, SSPI_WHY_BAD_CREDENTIAL, ASN_PARSE_E) : read_pfx(in, failure);
    return put_read_key(in, p, len, SSPI_WHY_BAD_CREDENTIAL, failure);
}
