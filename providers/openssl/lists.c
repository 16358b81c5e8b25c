/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/lists.c -- versions, suites, groups, signature schemes and SRTP profiles: IANA code
 * points on one side, the library's names on the other.  A list that is given is the whole truth: what it
 * does not name is off.  The policy takes away from it. */
#include <config.h>

#include "shared.h"

#include <openssl/core_names.h>
#include <string.h>

const struct version_entry versions[6] = {
    {SSPI_CAP_TLS10, TLS1_VERSION, SSL_OP_NO_TLSv1},
    {SSPI_CAP_TLS11, TLS1_1_VERSION, SSL_OP_NO_TLSv1_1},
    {SSPI_CAP_TLS12, TLS1_2_VERSION, SSL_OP_NO_TLSv1_2},
    {SSPI_CAP_TLS13, TLS1_3_VERSION, SSL_OP_NO_TLSv1_3},
    {SSPI_CAP_DTLS10, DTLS1_VERSION, SSL_OP_NO_DTLSv1},
    {SSPI_CAP_DTLS12, DTLS1_2_VERSION, SSL_OP_NO_DTLSv1_2},
};

static const struct {
    uint16_t id;
    int nid;
    const char *name;
} groups[] = {
    {0x001d, NID_X25519, "X25519"},
    {0x0017, NID_X9_62_prime256v1, "P-256"},
    {0x0018, NID_secp384r1, "P-384"},
    {0x0019, NID_secp521r1, "P-521"},
    {0x001e, NID_X448, "X448"},
    {0x0100, NID_ffdhe2048, "ffdhe2048"},
    {0x0101, NID_ffdhe3072, "ffdhe3072"},
    {0x0102, NID_ffdhe4096, "ffdhe4096"},
    {0x11ec, NID_undef, "X25519MLKEM768"},
    {0x11eb, NID_undef, "SecP256r1MLKEM768"},
};
static const struct {
    uint16_t id;
    int type, hash;
    const char *name;
} signatures[] = {
    {0x0403, EVP_PKEY_EC, NID_sha256, "ecdsa_secp256r1_sha256"},
    {0x0503, EVP_PKEY_EC, NID_sha384, "ecdsa_secp384r1_sha384"},
    {0x0603, EVP_PKEY_EC, NID_sha512, "ecdsa_secp521r1_sha512"},
    {0x0807, EVP_PKEY_ED25519, NID_undef, "ed25519"},
    {0x0808, EVP_PKEY_ED448, NID_undef, "ed448"},
    {0x0804, EVP_PKEY_RSA_PSS, NID_sha256, "rsa_pss_rsae_sha256"},
    {0x0805, EVP_PKEY_RSA_PSS, NID_sha384, "rsa_pss_rsae_sha384"},
    {0x0806, EVP_PKEY_RSA_PSS, NID_sha512, "rsa_pss_rsae_sha512"},
    {0x0809, EVP_PKEY_RSA_PSS, NID_sha256, "rsa_pss_pss_sha256"},
    {0x080a, EVP_PKEY_RSA_PSS, NID_sha384, "rsa_pss_pss_sha384"},
    {0x080b, EVP_PKEY_RSA_PSS, NID_sha512, "rsa_pss_pss_sha512"},
    {0x0401, EVP_PKEY_RSA, NID_sha256, "rsa_pkcs1_sha256"},
    {0x0501, EVP_PKEY_RSA, NID_sha384, "rsa_pkcs1_sha384"},
    {0x0601, EVP_PKEY_RSA, NID_sha512, "rsa_pkcs1_sha512"},
    {0x0203, EVP_PKEY_EC, NID_sha1, "ecdsa_sha1"},
    {0x0201, EVP_PKEY_RSA, NID_sha1, "rsa_pkcs1_sha1"},
};
static const struct {
    uint16_t id;
    const char *name;
} profiles[] = {
    {0x0001, "SRTP_AES128_CM_SHA1_80"},
    {0x0002, "SRTP_AES128_CM_SHA1_32"},
    {0x0007, "SRTP_AEAD_AES_128_GCM"},
    {0x0008, "SRTP_AEAD_AES_256_GCM"},
};
#define COUNT(table) (sizeof(table) / sizeof *(table))

uint16_t lists_group(int nid)
{
    if (nid & TLSEXT_nid_unknown) /* a group without a NID: its code point, marked */
        return (uint16_t)nid;
    for (size_t i = 0; nid != NID_undef && i < COUNT(groups); i++)
        if (groups[i].nid == nid)
            return groups[i].id;
    return 0;
}

uint16_t lists_signature(int type, int hash, const EVP_PKEY *key)
{
    int pss_key = key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA_PSS;
    for (size_t i = 0; i < COUNT(signatures); i++)
        if (signatures[i].type == type && signatures[i].hash == hash &&
            (type != EVP_PKEY_RSA_PSS || pss_key == (signatures[i].id >= 0x0809)))
            return signatures[i].id;
    return 0;
}

static const char *group_name(uint16_t id)
{
    for (size_t i = 0; i < COUNT(groups); i++)
        if (groups[i].id == id)
            return groups[i].name;
    return NULL;
}
static const char *signature_name(uint16_t id)
{
    for (size_t i = 0; i < COUNT(signatures); i++)
        if (signatures[i].id == id)
            return signatures[i].name;
    return NULL;
}
static int set_groups(SSL_CTX *ctx, const char *list)
{
    return SSL_CTX_set1_groups_list(ctx, list) == 1;
}
static int set_signatures(SSL_CTX *ctx, const char *list)
{
    return SSL_CTX_set1_sigalgs_list(ctx, list) == 1 && SSL_CTX_set1_client_sigalgs_list(ctx, list) == 1;
}

static int append(char *list, size_t cap, const char *name)
{
    size_t used = strlen(list), more = strlen(name);
    if (used + more + 2 > cap)
        return 0;
    if (used)
        list[used++] = ':';
    memcpy(list + used, name, more + 1);
    return 1;
}

/* Names that this build does not know are left out; none left: 0. */
static int set_known(SSL_CTX *ctx, const uint16_t *ids, const char *(*name)(uint16_t),
                     int (*set)(SSL_CTX *, const char *))
{
    char list[1024] = "";
    for (; *ids; ids++) {
        const char *n = name(*ids);
        if (n && set(ctx, n))
            append(list, sizeof list, n);
    }
    ERR_clear_error();
    return *list && set(ctx, list);
}

static int contains(const STACK_OF(SSL_CIPHER) * list, uint16_t id)
{
    for (int i = 0; i < sk_SSL_CIPHER_num(list); i++)
        if (SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(list, i)) == id)
            return 1;
    return 0;
}

/* `allowed`: what the policy leaves, or NULL.  A version for which no suite is left is switched off too. */
static int set_suites(SSL_CTX *ctx, const uint16_t *ids, const STACK_OF(SSL_CIPHER) * allowed,
                      uint32_t *protocols)
{
    char modern[512] = "", classic[4096] = "";
    if (!SSL_CTX_set_cipher_list(ctx, "ALL:COMPLEMENTOFALL:!NULL:!aNULL") ||
        !SSL_CTX_set_ciphersuites(ctx,
                                  "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
                                  "TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"))
        return 0;
    const STACK_OF(SSL_CIPHER) *all = SSL_CTX_get_ciphers(ctx);
    for (; *ids; ids++)
        for (int i = 0; i < sk_SSL_CIPHER_num(all); i++) {
            const SSL_CIPHER *c = sk_SSL_CIPHER_value(all, i);
            if (SSL_CIPHER_get_protocol_id(c) != *ids || (allowed && !contains(allowed, *ids)))
                continue;
            int is13 = *ids >> 8 == 0x13;
            append(is13 ? modern : classic, is13 ? sizeof modern : sizeof classic, SSL_CIPHER_get_name(c));
        }
    if (!*modern)
        *protocols &= ~(uint32_t)SSPI_CAP_TLS13;
    if (!*classic)
        *protocols &= (uint32_t)SSPI_CAP_TLS13;
    return SSL_CTX_set_ciphersuites(ctx, modern) && (!*classic || SSL_CTX_set_cipher_list(ctx, classic));
}

int lists_protocols(SSL_CTX *ctx, SSL *ssl, uint32_t protocols)
{
    int low = 0, high = 0;
    uint64_t off = 0;
    for (size_t i = 0; i < COUNT(versions); i++) {
        if (!(protocols & versions[i].cap)) {
            if (protocols & PROTOCOLS_TLS ? i < 4 : i >= 4)
                off |= versions[i].off;
            continue;
        }
        low = low ? low : versions[i].version;
        high = versions[i].version;
    }
    if (!low)
        return 0;
    if (ssl) {
        SSL_set_options(ssl, off);
        return SSL_set_min_proto_version(ssl, low) && SSL_set_max_proto_version(ssl, high);
    }
    SSL_CTX_set_options(ctx, off);
    return SSL_CTX_set_min_proto_version(ctx, low) && SSL_CTX_set_max_proto_version(ctx, high);
}

/* What openssl.cnf left standing: SSL_CTX_new() applied its system_default section. */
static uint32_t system_protocols(SSL_CTX *ctx)
{
    long low = SSL_CTX_get_min_proto_version(ctx), high = SSL_CTX_get_max_proto_version(ctx);
    uint64_t options = SSL_CTX_get_options(ctx);
    uint32_t left = 0;
    for (size_t i = 0; i < COUNT(versions); i++) {
        long v = versions[i].version;
        int datagram = i >= 4; /* DTLS counts downwards */
        if ((low && (datagram ? v > low : v < low)) || (high && (datagram ? v < high : v > high)) ||
            (options & versions[i].off))
            continue;
        left |= (uint32_t)versions[i].cap;
    }
    return left;
}

/* policy NULL: the given lists alone.  "@SYSTEM": what openssl.cnf says.  Else a cipher string, in which
 * @SECLEVEL=n may stand too. */
static int apply_policy(SSL_CTX *ctx, const char *policy, uint32_t *protocols)
{
    uint64_t narrowing = SSL_OP_NO_SSL_MASK | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION;
    uint64_t widening = SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION | SSL_OP_ALLOW_CLIENT_RENEGOTIATION |
                        SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_ALLOW_NO_DHE_KEX | SSL_OP_NO_ANTI_REPLAY |
                        SSL_OP_NO_EXTENDED_MASTER_SECRET | SSL_OP_NO_ENCRYPT_THEN_MAC;
    int named = policy && strcmp(policy, "@SYSTEM") != 0;
    SSL_CTX_clear_options(ctx, widening);
    if (policy && !named) {
        *protocols &= system_protocols(ctx);
    } else {
        SSL_CTX_clear_options(ctx, narrowing);
        SSL_CTX_set_security_level(ctx, *protocols & PROTOCOLS_OLD ? 0 : 1);
        if (!SSL_CTX_set_cipher_list(ctx, named ? policy : "DEFAULT"))
            return 0;
    }
    if (SSL_CTX_get_security_level(ctx) > 0) /* they sign with SHA-1 and MD5 */
        *protocols &= ~(uint32_t)PROTOCOLS_OLD;
    return 1;
}

int lists_apply(SSL_CTX *ctx, const struct sspi_cred_params *p, uint32_t *protocols,
                struct sspi_failure *failure)
{
    STACK_OF(SSL_CIPHER) *allowed = NULL;
    enum sspi_why why = SSPI_WHY_NO_COMMON_ALGORITHM;
    int good = apply_policy(ctx, p->policy, protocols);
    if (good && p->policy)
        good = (allowed = sk_SSL_CIPHER_dup(SSL_CTX_get_ciphers(ctx))) != NULL;
    good = good && (!p->suites || set_suites(ctx, p->suites, allowed, protocols)) &&
           (!p->groups || set_known(ctx, p->groups, group_name, set_groups)) &&
           (!p->signatures || set_known(ctx, p->signatures, signature_name, set_signatures));
    sk_SSL_CIPHER_free(allowed);
    if (good && !(good = lists_protocols(ctx, NULL, *protocols)))
        why = SSPI_WHY_NO_COMMON_VERSION;
    if (!good)
        failure_of_setup(failure, why, SSPI_UNSUPPORTED);
    return good;
}

int lists_srtp(struct sspi_bytes wanted, char *out, size_t cap)
{
    *out = 0;
    for (size_t at = 0; at + 1 < wanted.len; at += 2)
        for (size_t i = 0; i < COUNT(profiles); i++)
            if (profiles[i].id == (wanted.ptr[at] << 8 | wanted.ptr[at + 1]))
                append(out, cap, profiles[i].name);
    return *out != 0;
}
