/* SPDX-License-Identifier: MIT
 * providers/wolfssl/credential.c -- one certificate with its key and settings. */
#include <config.h>
#include "providers/wolfssl/token.h"

#include <stdlib.h>
#include <string.h>

static uint8_t *join(const struct sspi_bytes *parts, unsigned count, size_t *len)
{
    size_t total = 0, at = 0;
    for (unsigned i = 0; i < count; i++)
        total += parts[i].len;
    uint8_t *all = total && total <= INT32_MAX ? malloc(total) : NULL;
    for (unsigned i = 0; all && i < count; i++) {
        memcpy(all + at, parts[i].ptr, parts[i].len);
        at += parts[i].len;
    }
    *len = all ? total : 0;
    return all;
}

size_t wolf_element_len(const uint8_t *p, size_t left)
{
    size_t head = 2, len;
    if (left < 2)
        return 0;
    len = p[1];
    if (len & 0x80) {
        size_t octets = len & 0x7f;
        if (octets == 0 || octets > 3 || left < 2 + octets)
            return 0;
        len = 0;
        for (size_t i = 0; i < octets; i++)
            len = len << 8 | p[2 + i];
        head += octets;
    }
    return len <= left - head ? head + len : 0;
}

WOLF_STACK_OF(WOLFSSL_X509_NAME) *wolf_names(const struct sspi_bytes *der, unsigned count, int certificates)
{
    WOLF_STACK_OF(WOLFSSL_X509_NAME) *names = wolfSSL_sk_X509_NAME_new(NULL);
    for (unsigned i = 0; names && i < count; i++) {
        WOLFSSL_X509_NAME *name = NULL;
        if (certificates) {
            WOLFSSL_X509 *x509 = wolfSSL_X509_d2i(NULL, der[i].ptr, (int)der[i].len);
            name = x509 ? wolfSSL_X509_NAME_dup(wolfSSL_X509_get_subject_name(x509)) : NULL;
            wolfSSL_X509_free(x509);
        } else {
            unsigned char *at = (unsigned char *)(uintptr_t)der[i].ptr; /* read, and moved on */
            name = wolfSSL_d2i_X509_NAME(NULL, &at, (long)der[i].len);
        }
        if (name && wolfSSL_sk_X509_NAME_push(names, name) != WOLFSSL_SUCCESS)
            wolfSSL_X509_NAME_free(name);
    }
    return names;
}

static int cred_fill(sspi_cred *cred, const struct sspi_cred_params *p)
{
    int code = 0;
    cred->server = p->server;
    cred->protocols = p->protocols;
    if (wolf_keep_lists(cred, p) != 0)
        return MATCH_SUITE_ERROR;
    if (p->chain_count) {
        for (unsigned i = 0; i < p->chain_count; i++) /* the library would not mind what follows one */
            if (wolf_element_len(p->chain[i].ptr, p->chain[i].len) != p->chain[i].len)
                return ASN_PARSE_E;
        cred->chain = join(p->chain, p->chain_count, &cred->chain_len);
        if (p->key.len > 7 && memcmp(p->key.ptr, "pkcs11:", 7) == 0)
            code = wolf_token_open(p->key, p->pin, p->chain[0], &cred->token);
        else
            cred->key = join(&p->key, 1, &cred->key_len);
        if (code != 0 || !cred->chain || (!cred->key && !cred->token.device))
            return code ? code : p->key.len ? MEMORY_E : NO_PRIVATE_KEY;
        cred->leaf_len = p->chain[0].len;
        cred->has_cert = 1;
    }
    cred->ctx = wolf_ctx_new(cred, 0, &code);
    if (cred->ctx && p->server && wolf_core->ticket_key)
        cred->ctx_tickets = wolf_ctx_new(cred, WOLF_WITH_TICKETS, &code);
    if (code != 0)
        return code;
    if (p->server && p->anchor_count) {
        cred->ca_names = wolf_names(p->anchors, p->anchor_count, 1);
        if (!cred->ca_names)
            return MEMORY_E;
    }
    return 0;
}

enum sspi_status wolf_cred_new(const struct sspi_cred_params *p, sspi_cred **out, struct sspi_failure *failure)
{
    uint32_t tls = p->protocols & WOLF_TLS_BITS, dtls = p->protocols & WOLF_DTLS_BITS;
    *out = NULL;
    wolf_thread();
    if (!!tls == !!dtls || ((tls | dtls) & ~wolf_caps())) {
        wolf_failure(failure, SSPI_WHY_NO_COMMON_VERSION, VERSION_ERROR);
        return SSPI_UNSUPPORTED;
    }
    sspi_cred *cred = calloc(1, sizeof *cred);
    int code = cred ? cred_fill(cred, p) : MEMORY_E;
    if (code == 0) {
        *out = cred;
        return SSPI_OK;
    }
    wolf_failure(failure,
                 code == MEMORY_E            ? SSPI_WHY_MEMORY
                 : code == VERSION_ERROR     ? SSPI_WHY_NO_COMMON_VERSION
                 : code == MATCH_SUITE_ERROR ? SSPI_WHY_NO_COMMON_ALGORITHM
                                             : SSPI_WHY_BAD_CREDENTIAL,
                 code);
    wolf_cred_free(cred);
    return SSPI_FAILED;
}

void wolf_cred_free(sspi_cred *cred)
{
    if (!cred)
        return;
    wolfSSL_CTX_free(cred->ctx);
    wolfSSL_CTX_free(cred->ctx_tickets);
    wolfSSL_sk_X509_NAME_pop_free(cred->ca_names, NULL);
    wolf_token_close(&cred->token);
    if (cred->key)
        explicit_bzero(cred->key, cred->key_len);
    free(cred->key);
    free(cred->chain);
    free(cred);
}

static int set_key(WOLFSSL *ssl, const sspi_cred *cred)
{
    const struct wolf_token_key *k = &cred->token;
    if (!k->device)
        return wolfSSL_use_PrivateKey_buffer(ssl, cred->key, (long)cred->key_len, WOLFSSL_FILETYPE_ASN1);
    wolfSSL_SetDevId(ssl, k->device);
    return k->id_len ? wolfSSL_use_PrivateKey_Id(ssl, k->id, (long)k->id_len, k->device)
                     : wolfSSL_use_PrivateKey_Label(ssl, k->label, k->device);
}

enum sspi_status wolf_set_credential(sspi_session *s, sspi_cred *cred)
{
    if (s->server)
        return SSPI_UNSUPPORTED;
    wolf_thread();
    if (!cred || !cred->has_cert) {
        s->declined = 1;
        return SSPI_OK;
    }
    int rc = wolfSSL_use_certificate_chain_buffer_format(s->ssl, cred->chain, (long)cred->chain_len,
                                                         WOLFSSL_FILETYPE_ASN1);
    if (rc == WOLFSSL_SUCCESS)
        rc = set_key(s->ssl, cred);
    if (rc != WOLFSSL_SUCCESS) {
        wolf_failure(&s->failure, SSPI_WHY_BAD_CREDENTIAL, rc);
        return SSPI_FAILED;
    }
    s->has_cert = 1;
    s->declined = 0;
    return SSPI_OK;
}
