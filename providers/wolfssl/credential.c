/* SPDX-License-Identifier: MIT
 * providers/wolfssl/credential.c -- one certificate with its key and settings: a WOLFSSL_CTX. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <stdlib.h>
#include <string.h>

/* Without a list of the core's: never the library's own, which holds suites without encryption. */
static const uint16_t default_suites[] = {0x1303, 0x1301, 0x1302, 0xcca9, 0xcca8, 0xc02b, 0xc02f, 0xc02c,
                                          0xc030, 0xc009, 0xc013, 0xc00a, 0xc014, 0};
static const uint16_t default_groups[] = {29, 23, 24, 0};

static int is_chacha(uint16_t suite)
{
    return suite == 0x1303 || (suite >= 0xcca8 && suite <= 0xccae);
}

/* Is `suite` named in a policy of this provider: names as the library spells them, with colons between? */
static int policy_names(const char *policy, uint16_t suite)
{
    char name[64];
    while (*policy) {
        size_t len = strcspn(policy, ":");
        byte first, second;
        int flags = 0;
        if (len > 0 && len < sizeof name) {
            memcpy(name, policy, len);
            name[len] = 0;
            if (wolfSSL_get_cipher_suite_from_name(name, &first, &second, &flags) == 0 &&
                suite == (first << 8 | second))
                return 1;
        }
        policy += len + (policy[len] == ':');
    }
    return 0;
}

/* Software AES takes nine tenths of a record where the library was built without AES-NI: ChaCha20 first. */
static int chacha_first(void)
{
#ifdef WOLFSSL_AESNI
    return 0;
#else
    return 1;
#endif
}

/* Which protocols can use it?  The library itself lets an AEAD suite into DTLS 1.0. */
static uint32_t suite_protocols(uint16_t suite)
{
    static const uint16_t old[] = {0x002f, 0x0035, 0x000a, 0x0033, 0x0039, 0x0016,
                                   0xc008, 0xc009, 0xc00a, 0xc012, 0xc013, 0xc014};
    if (suite >> 8 == 0x13)
        return SSPI_CAP_TLS13;
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        if (old[i] == suite)
            return (uint32_t)((WOLF_TLS_BITS | WOLF_DTLS_BITS) & ~SSPI_CAP_TLS13);
    return SSPI_CAP_TLS12 | SSPI_CAP_DTLS12;
}

static int suites_for(const sspi_cred *cred, uint32_t protocols, uint8_t bytes[2 * WOLF_SUITE_MAX])
{
    int len = 0;
    for (size_t i = 0; i < cred->suite_count; i++)
        if (suite_protocols(cred->suites[i]) & protocols) {
            bytes[len++] = (uint8_t)(cred->suites[i] >> 8);
            bytes[len++] = (uint8_t)cred->suites[i];
        }
    return len;
}

static int set_suites(sspi_cred *cred, const struct sspi_cred_params *p)
{
    const uint16_t *list = p->suites ? p->suites : default_suites;
    const char *policy = p->policy && strcmp(p->policy, "@SYSTEM") != 0 ? p->policy : NULL;
    uint8_t bytes[2 * WOLF_SUITE_MAX];
    for (int want = 1; want >= 0; want--) /* the fast ones first, each group in the order given */
        for (size_t i = 0; list[i] && cred->suite_count < WOLF_SUITE_MAX; i++)
            if ((chacha_first() ? is_chacha(list[i]) : 1) == want && (!policy || policy_names(policy, list[i])))
                cred->suites[cred->suite_count++] = list[i];
    int len = suites_for(cred, p->protocols, bytes);
    return len && wolfSSL_CTX_set_cipher_list_bytes(cred->ctx, bytes, len) == WOLFSSL_SUCCESS ? 0 : -1;
}

static int set_groups(WOLFSSL_CTX *ctx, const struct sspi_cred_params *p)
{
    const uint16_t *list = p->groups ? p->groups : default_groups;
    int known[16], count = 0;
    for (size_t i = 0; list[i] && count < WOLFSSL_MAX_GROUP_COUNT && count < 16; i++)
        if (wolfSSL_CTX_UseSupportedCurve(ctx, list[i]) == WOLFSSL_SUCCESS)
            known[count++] = list[i];
    if (!count)
        return -1;
    if (p->protocols & SSPI_CAP_TLS13)
        return wolfSSL_CTX_set_groups(ctx, known, count) == WOLFSSL_SUCCESS ? 0 : -1;
    return 0;
}

static const struct {
    uint16_t code;
    const char *name;
} signature_names[] = {
    {0x0403, "ECDSA+SHA256"},   {0x0503, "ECDSA+SHA384"},   {0x0603, "ECDSA+SHA512"},   {0x0807, "ED25519"},
    {0x0808, "ED448"},          {0x0804, "RSA-PSS+SHA256"}, {0x0805, "RSA-PSS+SHA384"}, {0x0806, "RSA-PSS+SHA512"},
    {0x0401, "RSA+SHA256"},     {0x0501, "RSA+SHA384"},     {0x0601, "RSA+SHA512"},     {0x0203, "ECDSA+SHA1"},
    {0x0201, "RSA+SHA1"},
};

static int set_signatures(sspi_cred *cred, const struct sspi_cred_params *p)
{
    char *list = cred->signatures;
    size_t len = 0;
    if (!p->signatures)
        return 0;
    for (size_t i = 0; p->signatures[i]; i++)
        for (size_t k = 0; k < sizeof signature_names / sizeof *signature_names; k++) {
            size_t more = strlen(signature_names[k].name);
            if (signature_names[k].code != p->signatures[i] || len + more + 2 > sizeof cred->signatures)
                continue;
            if (len)
                list[len++] = ':';
            memcpy(list + len, signature_names[k].name, more + 1);
            len += more;
        }
    return len && wolfSSL_CTX_set1_sigalgs_list(cred->ctx, list) == WOLFSSL_SUCCESS ? 0 : -1;
}

static WOLFSSL_METHOD *method_for(const struct sspi_cred_params *p)
{
    uint32_t dtls = p->protocols & WOLF_DTLS_BITS;
    if (!dtls)
        return p->server ? wolfTLS_server_method() : wolfTLS_client_method();
    if (dtls == SSPI_CAP_DTLS12)
        return p->server ? wolfDTLSv1_2_server_method() : wolfDTLSv1_2_client_method();
    if (dtls == SSPI_CAP_DTLS10)
        return p->server ? wolfDTLSv1_server_method() : wolfDTLSv1_client_method();
    return p->server ? wolfDTLS_server_method() : wolfDTLS_client_method();
}

/* The library's number of the lowest of these protocols. */
static int lowest_of(uint32_t protocols)
{
    if (protocols & WOLF_DTLS_BITS)
        return protocols & SSPI_CAP_DTLS10 ? WOLFSSL_DTLSV1 : WOLFSSL_DTLSV1_2;
    return protocols & SSPI_CAP_TLS11 ? WOLFSSL_TLSV1_1 : protocols & SSPI_CAP_TLS12 ? WOLFSSL_TLSV1_2 : WOLFSSL_TLSV1_3;
}

static long switched_off(uint32_t protocols)
{
    long off = WOLFSSL_OP_NO_SSLv3 | WOLFSSL_OP_NO_TLSv1;
    if (protocols & WOLF_DTLS_BITS) /* there the method says it */
        return 0;
    if (!(protocols & SSPI_CAP_TLS11))
        off |= WOLFSSL_OP_NO_TLSv1_1;
    if (!(protocols & SSPI_CAP_TLS12))
        off |= WOLFSSL_OP_NO_TLSv1_2;
    if (!(protocols & SSPI_CAP_TLS13))
        off |= WOLFSSL_OP_NO_TLSv1_3;
    return off;
}

static int set_versions(WOLFSSL_CTX *ctx, uint32_t protocols)
{
    if (switched_off(protocols))
        wolfSSL_CTX_set_options(ctx, switched_off(protocols));
    return wolfSSL_CTX_SetMinVersion(ctx, lowest_of(protocols)) == WOLFSSL_SUCCESS ? 0 : -1;
}

/* A session may be narrower than its credential. */
int wolf_narrow(sspi_session *s, uint32_t protocols)
{
    uint8_t bytes[2 * WOLF_SUITE_MAX];
    s->protocols = protocols ? protocols & s->cred->protocols : s->cred->protocols;
    if (s->protocols == s->cred->protocols)
        return 0;
    if (switched_off(s->protocols))
        wolfSSL_set_options(s->ssl, switched_off(s->protocols));
    int len = suites_for(s->cred, s->protocols, bytes);
    if (!len || wolfSSL_SetMinVersion(s->ssl, lowest_of(s->protocols)) != WOLFSSL_SUCCESS ||
        wolfSSL_set_cipher_list_bytes(s->ssl, bytes, len) != WOLFSSL_SUCCESS)
        return -1;
    return !s->cred->signatures[0] ||
                   wolfSSL_set1_sigalgs_list(s->ssl, s->cred->signatures) == WOLFSSL_SUCCESS
               ? 0
               : -1;
}

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
    *len = total;
    return all;
}

static int keep_certificate(sspi_cred *cred, const struct sspi_cred_params *p)
{
    cred->chain = join(p->chain, p->chain_count, &cred->chain_len);
    if (!cred->chain)
        return MEMORY_E;
    int rc = wolfSSL_CTX_use_certificate_chain_buffer_format(cred->ctx, cred->chain, (long)cred->chain_len,
                                                             WOLFSSL_FILETYPE_ASN1);
    if (rc != WOLFSSL_SUCCESS)
        return rc ? rc : BAD_FUNC_ARG;
    cred->key = join(&p->key, 1, &cred->key_len);
    if (!cred->key)
        return MEMORY_E;
    rc = wolfSSL_CTX_use_PrivateKey_buffer(cred->ctx, cred->key, (long)cred->key_len, WOLFSSL_FILETYPE_ASN1);
    if (rc != WOLFSSL_SUCCESS)
        return rc ? rc : BAD_FUNC_ARG;
    if (wolfSSL_CTX_check_private_key(cred->ctx) != WOLFSSL_SUCCESS)
        return PUBLIC_KEY_E;
    cred->has_cert = 1;
    return 0;
}

WOLF_STACK_OF(WOLFSSL_X509_NAME) *wolf_names(const struct sspi_bytes *der, unsigned count, int certificates)
{
    WOLF_STACK_OF(WOLFSSL_X509_NAME) *names = wolfSSL_sk_X509_NAME_new(NULL);
    for (unsigned i = 0; names && i < count; i++) {
        const unsigned char *at = der[i].ptr;
        WOLFSSL_X509_NAME *name = NULL;
        if (certificates) {
            WOLFSSL_X509 *x509 = wolfSSL_X509_d2i(NULL, at, (int)der[i].len);
            name = x509 ? wolfSSL_X509_NAME_dup(wolfSSL_X509_get_subject_name(x509)) : NULL;
            wolfSSL_X509_free(x509);
        } else {
            unsigned char *copy = (unsigned char *)(uintptr_t)at;
            name = wolfSSL_d2i_X509_NAME(NULL, &copy, (long)der[i].len);
        }
        if (name && wolfSSL_sk_X509_NAME_push(names, name) != WOLFSSL_SUCCESS)
            wolfSSL_X509_NAME_free(name);
    }
    return names;
}

static int cred_fill(sspi_cred *cred, const struct sspi_cred_params *p)
{
    cred->ctx = wolfSSL_CTX_new(method_for(p));
    if (!cred->ctx)
        return MEMORY_E;
    wolfSSL_CTX_SetIORecv(cred->ctx, wolf_recv);
    wolfSSL_CTX_SetIOSend(cred->ctx, wolf_send);
    wolfSSL_CTX_set_session_cache_mode(cred->ctx, WOLFSSL_SESS_CACHE_OFF);
    wolfSSL_CTX_set_verify(cred->ctx, WOLFSSL_VERIFY_PEER, wolf_verify); /* sessions say how; never open */
    if (set_versions(cred->ctx, p->protocols) != 0)
        return VERSION_ERROR;
    if (p->chain_count) {
        int rc = keep_certificate(cred, p);
        if (rc != 0)
            return rc;
    }
    if (set_suites(cred, p) != 0 || set_signatures(cred, p) != 0 || set_groups(cred->ctx, p) != 0)
        return MATCH_SUITE_ERROR;
    if (p->server && p->anchor_count) {
        WOLF_STACK_OF(WOLFSSL_X509_NAME) *names = wolf_names(p->anchors, p->anchor_count, 1);
        if (!names)
            return MEMORY_E;
        wolfSSL_CTX_set_client_CA_list(cred->ctx, names);
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
    if (!cred) {
        wolf_failure(failure, SSPI_WHY_MEMORY, MEMORY_E);
        return SSPI_FAILED;
    }
    cred->server = p->server;
    cred->protocols = p->protocols;
    int rc = cred_fill(cred, p);
    if (rc != 0) {
        enum sspi_why why = rc == MEMORY_E             ? SSPI_WHY_MEMORY
                            : rc == VERSION_ERROR      ? SSPI_WHY_NO_COMMON_VERSION
                            : rc == MATCH_SUITE_ERROR  ? SSPI_WHY_NO_COMMON_ALGORITHM
                                                       : SSPI_WHY_BAD_CREDENTIAL;
        wolf_failure(failure, why, rc);
        wolf_cred_free(cred);
        return SSPI_FAILED;
    }
    *out = cred;
    return SSPI_OK;
}

void wolf_cred_free(sspi_cred *cred)
{
    if (!cred)
        return;
    wolfSSL_CTX_free(cred->ctx);
    if (cred->key)
        explicit_bzero(cred->key, cred->key_len);
    free(cred->key);
    free(cred->chain);
    free(cred);
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
        rc = wolfSSL_use_PrivateKey_buffer(s->ssl, cred->key, (long)cred->key_len, WOLFSSL_FILETYPE_ASN1);
    if (rc != WOLFSSL_SUCCESS) {
        wolf_failure(&s->failure, SSPI_WHY_BAD_CREDENTIAL, rc);
        return SSPI_FAILED;
    }
    s->has_cert = 1;
    s->declined = 0;
    return SSPI_OK;
}
