/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/priority.c -- the contract's explicit lists as a GnuTLS priority.
 *
 * GnuTLS cannot be given suites, only key exchanges, ciphers and MACs, and enables every suite of their
 * product.  So a suite of the list is taken while that product stays within the list: what results may
 * be narrower than asked for, never wider. */
#include <config.h>

#include "state.h"

#include <stdlib.h>
#include <string.h>

#define PARTS 32
struct product { /* what the suites taken so far switch on, in order of preference */
    gnutls_kx_algorithm_t kx[PARTS];
    gnutls_cipher_algorithm_t cipher[PARTS];
    gnutls_mac_algorithm_t mac[PARTS];
    unsigned kxs, ciphers, macs;
};

struct text {
    char buf[4096];
    size_t len;
    bool full;
};

static void put(struct text *t, const char *prefix, const char *name)
{
    size_t a = strlen(prefix), b = strlen(name);
    if (t->full || sizeof t->buf - t->len <= a + b) {
        t->full = true;
        return;
    }
    memcpy(t->buf + t->len, prefix, a);
    memcpy(t->buf + t->len + a, name, b + 1);
    t->len += a + b;
}

#define HAS(array, count, value) has((const int *)(const void *)(array), count, (int)(value))
static bool has(const int *set, unsigned count, int value)
{
    for (unsigned i = 0; i < count; i++)
        if (set[i] == value)
            return true;
    return false;
}
_Static_assert(sizeof(gnutls_kx_algorithm_t) == sizeof(int) && sizeof(gnutls_cipher_algorithm_t) == sizeof(int) &&
                   sizeof(gnutls_mac_algorithm_t) == sizeof(int),
               "enumerations are compared as int");

static bool listed(const uint16_t *list, uint16_t id)
{
    for (; list && *list; list++)
        if (*list == id)
            return true;
    return false;
}

static bool policy_has_suite(gnutls_priority_t policy, uint16_t id)
{
    unsigned index;
    for (unsigned i = 0; policy; i++) {
        int ret = gnutls_priority_get_cipher_suite_index(policy, i, &index);
        if (ret == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            return false;
        unsigned char cs[2];
        if (ret == 0 && gnutls_cipher_suite_info(index, cs, NULL, NULL, NULL, NULL) && (cs[0] << 8 | cs[1]) == id)
            return true;
    }
    return true;
}

static void take(struct product *p, const struct suite *s)
{
    if (!suite_is_13(s) && p->kxs < PARTS && !HAS(p->kx, p->kxs, s->kx))
        p->kx[p->kxs++] = s->kx;
    if (p->ciphers < PARTS && !HAS(p->cipher, p->ciphers, s->cipher))
        p->cipher[p->ciphers++] = s->cipher;
    if (p->macs < PARTS && !HAS(p->mac, p->macs, s->mac))
        p->mac[p->macs++] = s->mac;
}

static bool usable(const struct suite *s, uint32_t protocols)
{
    return suite_is_13(s) ? (protocols & SSPI_CAP_TLS13) != 0 : (protocols & ~(uint32_t)SSPI_CAP_TLS13) != 0;
}

/* Below TLS 1.3 a server's key decides which key exchanges can come to anything; the others would only
 * widen the product. */
static bool serves(const sspi_cred *cred, const struct suite *s)
{
    if (!cred->server || !cred->key || suite_is_13(s))
        return true;
    int pk = gnutls_privkey_get_pk_algorithm(cred->key, NULL);
    switch (s->kx) {
    case GNUTLS_KX_ECDHE_ECDSA:
        return pk != GNUTLS_PK_RSA && pk != GNUTLS_PK_RSA_PSS;
    case GNUTLS_KX_RSA:
        return pk == GNUTLS_PK_RSA;
    case GNUTLS_KX_ECDHE_RSA:
    case GNUTLS_KX_DHE_RSA:
        return pk == GNUTLS_PK_RSA || pk == GNUTLS_PK_RSA_PSS;
    default:
        return true;
    }
}

/* Does p switch on anything that the list does not name? */
static bool exceeds(const struct product *p, const uint16_t *list, gnutls_priority_t policy, uint32_t protocols)
{
    for (unsigned i = 0; i < suite_count; i++) {
        const struct suite *s = &suites[i];
        if (usable(s, protocols) && HAS(p->cipher, p->ciphers, s->cipher) && HAS(p->mac, p->macs, s->mac) &&
            (suite_is_13(s) || HAS(p->kx, p->kxs, s->kx)) &&
            !(listed(list, s->id) && policy_has_suite(policy, s->id)))
            return true;
    }
    return false;
}

static const struct suite *wanted(const sspi_cred *cred, uint16_t id, gnutls_priority_t policy, uint32_t protocols)
{
    const struct suite *s = suite_by_id(id);
    return s && usable(s, protocols) && serves(cred, s) && policy_has_suite(policy, id) ? s : NULL;
}

static uint32_t versions_of(const struct suite *s, uint32_t protocols)
{
    return protocols & (suite_is_13(s) ? (uint32_t)SSPI_CAP_TLS13 : ~(uint32_t)SSPI_CAP_TLS13);
}

/* Returns the protocols that still have a suite. */
static uint32_t put_suites(struct text *t, const sspi_cred *cred, gnutls_priority_t policy, uint32_t protocols)
{
    const uint16_t *list = cred->lists.suites;
    const struct suite *s;
    struct product p = {0};
    uint32_t named = 0, left = 0;
    for (const uint16_t *id = list; *id; id++)
        if ((s = wanted(cred, *id, policy, protocols)))
            named |= versions_of(s, protocols);
    for (const uint16_t *id = list; *id; id++) {
        if (!(s = wanted(cred, *id, policy, named)))
            continue;
        struct product wider = p;
        take(&wider, s);
        if (exceeds(&wider, list, policy, named)) {
            LOG(SSPI_LOG_DEBUG, "suite 0x%04x is left out: it would switch on suites that were not asked for", *id);
            continue;
        }
        p = wider;
        left |= versions_of(s, named);
    }
    if (left != named)
        LOG(SSPI_LOG_WARNING, "the list of suites leaves a protocol version without any");
    put(t, "", ":-KX-ALL:-CIPHER-ALL:-MAC-ALL");
    for (unsigned i = 0; i < p.kxs; i++)
        put(t, ":+", gnutls_kx_get_name(p.kx[i]));
    if (left == SSPI_CAP_TLS13) /* TLS 1.3 alone: they choose no suite, but say that certificates may be used */
        put(t, "", ":+ECDHE-RSA:+ECDHE-ECDSA");
    for (unsigned i = 0; i < p.ciphers; i++)
        put(t, ":+", gnutls_cipher_get_name(p.cipher[i]));
    for (unsigned i = 0; i < p.macs; i++)
        put(t, ":+", gnutls_mac_get_name(p.mac[i]));
    return left;
}

static void put_list(struct text *t, const uint16_t *list, const char *none, const char *prefix,
                     const char *(*name)(uint16_t, unsigned), const unsigned *allowed, int allowed_count,
                     int (*id)(const char *))
{
    if (!list)
        return;
    put(t, "", none);
    for (; *list; list++) {
        const char *one;
        for (unsigned n = 0; n < 2 && (one = name(*list, n)); n++) {
            bool good = allowed_count < 0;
            for (int i = 0; i < allowed_count; i++)
                good |= allowed[i] == (unsigned)id(one);
            if (good)
                put(t, prefix, one);
        }
    }
}

static int group_id(const char *name)
{
    return (int)gnutls_group_get_id(name);
}

static int sign_id(const char *name)
{
    return (int)gnutls_sign_get_id(name);
}

/* The policy as a priority of its own, to be held against each list.  "@SYSTEM" where the system
 * defines none is the library's default. */
static int policy_read(const char *words, const char **base, gnutls_priority_t *out)
{
    const char *bad;
    *out = NULL;
    *base = "NORMAL";
    if (!words)
        return 0;
    int ret = gnutls_priority_init(out, words, &bad);
    if (ret == 0)
        *base = words;
    else if (strcmp(words, "@SYSTEM") == 0)
        ret = gnutls_priority_init(out, NULL, NULL);
    if (ret < 0)
        LOG(SSPI_LOG_ERROR, "the policy cannot be used: %s", gnutls_strerror(ret));
    return ret;
}

static uint32_t policy_protocols(gnutls_priority_t policy, uint32_t protocols)
{
    const unsigned *list;
    int count = policy ? gnutls_priority_protocol_list(policy, &list) : -1;
    uint32_t left = 0;
    for (const struct version_name *v = versions; v->name; v++)
        for (int i = 0; i < count; i++)
            if (list[i] == (unsigned)v->id)
                left |= v->cap;
    return count < 0 ? protocols : protocols & left;
}

static void put_psk(struct text *t, const struct sspi_cred_params *lists, uint32_t protocols)
{
    /* In TLS 1.3 no suite names PSK; below it a list that names none wants none. */
    if (!lists->suites || protocols == SSPI_CAP_TLS13)
        put(t, "", ":+ECDHE-PSK:+DHE-PSK:+PSK");
}

int priority_make(const sspi_cred *cred, uint32_t protocols, bool psk, gnutls_priority_t *out)
{
    const struct sspi_cred_params *lists = &cred->lists;
    struct text *t = calloc(1, sizeof *t);
    gnutls_priority_t policy = NULL;
    const char *base, *bad;
    const unsigned *allowed = NULL;
    if (!t)
        return GNUTLS_E_MEMORY_ERROR;
    int ret = policy_read(lists->policy, &base, &policy);
    if (ret < 0)
        goto out;
    protocols = policy_protocols(policy, protocols);
    put(t, "", base);
    put(t, "", ":-VERS-ALL");
    if (lists->suites)
        protocols = put_suites(t, cred, policy, protocols);
    for (const struct version_name *v = versions; v->name; v++)
        if (protocols & v->cap)
            put(t, ":+", v->name);
    int count = policy ? gnutls_priority_group_list(policy, &allowed) : -1;
    put_list(t, lists->groups, ":-GROUP-ALL", ":+GROUP-", group_name, allowed, count, group_id);
    count = policy ? gnutls_priority_sign_list(policy, &allowed) : -1;
    put_list(t, lists->signatures, ":-SIGN-ALL", ":+SIGN-", signature_name, allowed, count, sign_id);
    if (psk)
        put_psk(t, lists, protocols);
    if (cred->server)
        put(t, "", ":%SERVER_PRECEDENCE");
    ret = t->full ? GNUTLS_E_SHORT_MEMORY_BUFFER
                  : protocols ? gnutls_priority_init(out, t->buf, &bad) : GNUTLS_E_NO_PRIORITIES_WERE_SET;
out:
    if (policy)
        gnutls_priority_deinit(policy);
    free(t);
    return ret;
}
