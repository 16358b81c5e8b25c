/* SPDX-License-Identifier: MIT
 *
 * providers/wolfssl/context.c -- a credential's settings as a WOLFSSL_CTX, and a session narrower than it.
 *
 * A server may need more than one CTX of the same certificate: the library's ticket and staple callbacks can
 * only be set there, and both change what it does with peers that should not meet them. */
#include <config.h>
#include "providers/wolfssl/wolf.h"

#include <string.h>

/* Without a list of the core's: never the library's own, which holds suites without encryption. */
static const uint16_t default_suites[] = {0x1303, 0x1301, 0x1302, 0xcca9, 0xcca8, 0xc02b, 0xc02f, 0xc02c,
                                          0xc030, 0xc009, 0xc013, 0xc00a, 0xc014, 0xccac, 0xd001, 0};
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

/* Suites of TLS 1.2 that work with a PSK alone; in 1.3 any does. */
static int is_psk(uint16_t suite)
{
    static const uint16_t known[] = {0x00a8, 0x00a9, 0x00aa, 0x00ab, 0x00ae, 0x00af, 0x00b2, 0x00b3, 0x008c, 0x008d,
                                     0xc035, 0xc036, 0xc037, 0xc038, 0xc0a6, 0xc0a7, 0xccab, 0xccac, 0xccad, 0xd001};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i] == suite)
            return 1;
    return 0;
}

static int suites_for(const sspi_cred *cred, uint32_t protocols, int psk, uint8_t *bytes)
{
    int len = 0;
    for (size_t i = 0; i < cred->suite_count; i++)
        if ((suite_protocols(cred->suites[i]) & protocols) && (psk || !is_psk(cred->suites[i]))) {
            bytes[len++] = (uint8_t)(cred->suites[i] >> 8);
            bytes[len++] = (uint8_t)cred->suites[i];
        }
    return len;
}

static int suite_known(uint16_t suite)
{
    const char *name = wolfSSL_get_cipher_name_from_suite((byte)(suite >> 8), (byte)suite);
    return name && strcmp(name, "None") != 0;
}

/* Those of TLS 1.3 first: a server of this library takes the first that the client has, and fails where that is not
 * one of the version it has chosen.  Then the fast ones; each group stays in the order given. */
static int suite_rank(uint16_t suite)
{
    return (suite >> 8 == 0x13 ? 0 : 2) + (chacha_first() && !is_chacha(suite));
}

static int keep_suites(sspi_cred *cred, const struct sspi_cred_params *p)
{
    int usable = 0;
    const uint16_t *list = p->suites ? p->suites : default_suites;
    const char *policy = p->policy && strcmp(p->policy, "@SYSTEM") != 0 ? p->policy : NULL;
    for (int rank = 0; rank < 4; rank++)
        for (size_t i = 0; list[i] && cred->suite_count < WOLF_SUITE_MAX; i++)
            if (suite_rank(list[i]) == rank && suite_known(list[i]) &&
                (!policy || policy_names(policy, list[i]))) {
                cred->suites[cred->suite_count++] = list[i];
                usable += (suite_protocols(list[i]) & p->protocols) != 0;
                cred->psk_suites |= is_psk(list[i]);
            }
    return usable ? 0 : -1;
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

static int keep_signatures(sspi_cred *cred, const struct sspi_cred_params *p)
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
    return len ? 0 : -1;
}

int wolf_keep_lists(sspi_cred *cred, const struct sspi_cred_params *p)
{
    const uint16_t *groups = p->groups ? p->groups : default_groups;
    for (size_t i = 0; groups[i] && cred->group_count < WOLF_GROUP_MAX; i++)
        cred->groups[cred->group_count++] = groups[i];
    return keep_suites(cred, p) == 0 && keep_signatures(cred, p) == 0 && cred->group_count ? 0 : -1;
}

/* On a TLS server the library takes every group it knows, unless it is told which ones by name. */
static void only_groups(WOLFSSL_CTX *ctx, const sspi_cred *cred)
{
    static const struct {
        uint16_t code;
        const char *name;
    } names[] = {{23, "P-256"}, {24, "P-384"}, {25, "P-521"}, {29, "X25519"}, {30, "X448"}};
    char list[64] = "";
    for (size_t i = 0; i < cred->group_count; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (names[k].code == cred->groups[i] && strlen(list) + strlen(names[k].name) + 2 < sizeof list)
                strcat(strcat(list, list[0] ? ":" : ""), names[k].name);
    if (list[0] && !(cred->protocols & WOLF_DTLS_BITS))
        wolfSSL_CTX_set1_curves_list(ctx, list);
}

static int set_groups(WOLFSSL_CTX *ctx, const sspi_cred *cred)
{
    int known[WOLF_GROUP_MAX], count = 0;
    only_groups(ctx, cred);
    for (size_t i = 0; i < cred->group_count && count < WOLFSSL_MAX_GROUP_COUNT; i++)
        if (wolfSSL_CTX_UseSupportedCurve(ctx, cred->groups[i]) == WOLFSSL_SUCCESS)
            known[count++] = cred->groups[i];
    if (count && (cred->protocols & SSPI_CAP_TLS13))
        return wolfSSL_CTX_set_groups(ctx, known, count) == WOLFSSL_SUCCESS ? 0 : -1;
    return count ? 0 : -1;
}

static int set_lists(WOLFSSL_CTX *ctx, const sspi_cred *cred)
{
    uint8_t bytes[2 * WOLF_SUITE_MAX];
    /* a client's PSK comes with its session */
    int len = suites_for(cred, cred->protocols, !cred->server || wolf_core->psk_find, bytes);
    if (!len || wolfSSL_CTX_set_cipher_list_bytes(ctx, bytes, len) != WOLFSSL_SUCCESS)
        return -1;
    if (cred->signatures[0] && wolfSSL_CTX_set1_sigalgs_list(ctx, cred->signatures) != WOLFSSL_SUCCESS)
        return -1;
    return set_groups(ctx, cred);
}

static WOLFSSL_METHOD *method_for(const sspi_cred *cred)
{
    static WOLFSSL_METHOD *(*const methods[4][2])(void) = {
        {wolfTLS_client_method, wolfTLS_server_method},
        {wolfDTLSv1_client_method, wolfDTLSv1_server_method},
        {wolfDTLSv1_2_client_method, wolfDTLSv1_2_server_method},
        {wolfDTLS_client_method, wolfDTLS_server_method},
    };
    unsigned dtls = (cred->protocols & SSPI_CAP_DTLS10 ? 1u : 0u) | (cred->protocols & SSPI_CAP_DTLS12 ? 2u : 0u);
    return methods[dtls][cred->server != 0]();
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

static int set_key(WOLFSSL_CTX *ctx, const sspi_cred *cred)
{
    const struct wolf_token_key *k = &cred->token;
    if (!k->device)
        return wolfSSL_CTX_use_PrivateKey_buffer(ctx, cred->key, (long)cred->key_len, WOLFSSL_FILETYPE_ASN1);
    wolfSSL_CTX_SetDevId(ctx, k->device);
    return k->id_len ? wolfSSL_CTX_use_PrivateKey_Id(ctx, k->id, (long)k->id_len, k->device)
                     : wolfSSL_CTX_use_PrivateKey_Label(ctx, k->label, k->device);
}

static int set_certificate(WOLFSSL_CTX *ctx, const sspi_cred *cred)
{
    int rc = wolfSSL_CTX_use_certificate_chain_buffer_format(ctx, cred->chain, (long)cred->chain_len,
                                                             WOLFSSL_FILETYPE_ASN1);
    if (rc == WOLFSSL_SUCCESS)
        rc = set_key(ctx, cred);
    if (rc != WOLFSSL_SUCCESS)
        return rc ? rc : BAD_FUNC_ARG;
    /* a token's key was compared when it was found; the library's check of one crashes */
    return cred->token.device || wolfSSL_CTX_check_private_key(ctx) == WOLFSSL_SUCCESS ? 0 : PUBLIC_KEY_E;
}

/* 0, or the library's error. */
static int fill(WOLFSSL_CTX *ctx, const sspi_cred *cred, unsigned with)
{
    wolfSSL_CTX_SetIORecv(ctx, wolf_recv);
    wolfSSL_CTX_SetIOSend(ctx, wolf_send);
    wolfSSL_CTX_set_session_cache_mode(ctx, WOLFSSL_SESS_CACHE_OFF);
    wolfSSL_CTX_set_session_cache_mode(ctx, WOLFSSL_SESS_CACHE_NO_INTERNAL); /* OFF alone keeps those with tickets */
    wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_PEER, wolf_verify); /* sessions say how; never open */
    if (set_versions(ctx, cred->protocols) != 0)
        return VERSION_ERROR;
    int rc = cred->has_cert ? set_certificate(ctx, cred) : 0;
    if (rc != 0)
        return rc;
    if (cred->server && wolf_core->psk_find)
        wolfSSL_CTX_set_psk_server_callback(ctx, wolf_psk_asked);
    if (set_lists(ctx, cred) != 0)
        return MATCH_SUITE_ERROR;
    if (wolfSSL_CTX_set_TicketEncCb(ctx, with & WOLF_WITH_TICKETS ? wolf_ticket_crypt : NULL) != WOLFSSL_SUCCESS)
        return BAD_STATE_E;
    if (!cred->server)
        wolfSSL_CTX_sess_set_new_cb(ctx, wolf_ticket_came);
    if (with & WOLF_WITH_STAPLE)
        return wolf_staple_on(ctx, cred);
    return 0;
}

WOLFSSL_CTX *wolf_ctx_new(const sspi_cred *cred, unsigned with, int *code)
{
    WOLFSSL_CTX *ctx = wolfSSL_CTX_new(method_for(cred));
    *code = ctx ? fill(ctx, cred, with) : MEMORY_E;
    if (ctx && *code != 0) {
        wolfSSL_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}

/* A session may be narrower than its credential. */
int wolf_narrow(sspi_session *s, uint32_t protocols)
{
    uint8_t bytes[2 * WOLF_SUITE_MAX];
    const sspi_cred *cred = s->cred;
    s->protocols = protocols ? protocols & cred->protocols : cred->protocols;
    if (s->protocols == cred->protocols && (s->server || s->psk || !cred->psk_suites))
        return 0;
    if (switched_off(s->protocols))
        wolfSSL_set_options(s->ssl, switched_off(s->protocols));
    int len = suites_for(cred, s->protocols, s->psk != NULL || (s->server && wolf_core->psk_find), bytes);
    if (!len || wolfSSL_SetMinVersion(s->ssl, lowest_of(s->protocols)) != WOLFSSL_SUCCESS ||
        wolfSSL_set_cipher_list_bytes(s->ssl, bytes, len) != WOLFSSL_SUCCESS)
        return -1;
    return !cred->signatures[0] || wolfSSL_set1_sigalgs_list(s->ssl, cred->signatures) == WOLFSSL_SUCCESS ? 0 : -1;
}
