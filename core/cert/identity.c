/* SPDX-License-Identifier: MIT
 *
 * What credentials and contexts ask of certificates: the captured identity, a peer's chain as a context, and
 * facts about one certificate. */
#include <config.h>

#include "core/cert/cert.h"

#include "core/cert/store.h"
#include "core/cert/system.h"
#include "core/cert/token.h"

#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 10u /* certificates sent, leaf included */
#define PEER_MAX  64u /* certificates of a peer that are shown */

/* How well `issuer` suits as the issuer of `x`, by what they say: 0 not at all, 1 by name, 2 by key too. */
static int issuer_fit(const struct x509 *x, const struct x509 *issuer)
{
    if (!der_equal(x->issuer, issuer->subject))
        return 0;
    if (!(x->has & X509_AUTHORITY) || !(issuer->has & X509_KEY_IDENTIFIER))
        return 1;
    return der_equal(x->authority_key_identifier, issuer->key_identifier) ? 2 : 0;
}

/* The member of the store that best suits as issuer, with a hold on its data; NULL: none. */
static struct certificate_data *issuer_in(struct store *s, const struct x509 *x)
{
    struct certificate_data *best = NULL;
    int best_fit = 0;
    for (struct certificate *c = store_next(s, NULL); c; c = store_next(s, c)) {
        int fit = issuer_fit(x, &c->data->x);
        if (fit > best_fit) {
            certificate_data_drop(best);
            best = certificate_data_hold(c->data);
            best_fit = fit;
        }
    }
    return best;
}

static int append(struct cert_identity *out, struct sspi_bytes der)
{
    uint8_t *copy = malloc(der.len);
    if (!copy)
        return -1;
    memcpy(copy, der.ptr, der.len);
    out->chain[out->chain_count++] = (struct sspi_bytes){copy, der.len};
    return 0;
}

/* The leaf and what its store, and the system's CA, can supply above it, up to but without a self-signed one. */
static int gather(struct cert_identity *out, struct certificate *leaf, struct store *s, struct store *more)
{
    struct certificate_data *at = certificate_data_hold(leaf->data);
    if (!(out->chain = calloc(CHAIN_MAX, sizeof *out->chain)) || append(out, at->x.der)) {
        certificate_data_drop(at);
        return -1;
    }
    int failed = 0;
    while ((s || more) && !failed && out->chain_count < CHAIN_MAX && !x509_self_issued(&at->x)) {
        struct certificate_data *issuer = s ? issuer_in(s, &at->x) : NULL;
        if (!issuer && more)
            issuer = issuer_in(more, &at->x);
        certificate_data_drop(at);
        at = issuer;
        if (!at || x509_self_issued(&at->x))
            break;
        int seen = 0;
        for (unsigned i = 0; i < out->chain_count; i++)
            seen |= der_equal(out->chain[i], at->x.der);
        if (seen)
            break;
        failed = append(out, at->x.der);
    }
    certificate_data_drop(at);
    return failed;
}

static int keep_secret(struct sspi_bytes *out, struct sspi_bytes from)
{
    uint8_t *copy = secret_new(from.len);
    if (!copy)
        return -1;
    memcpy(copy, from.ptr, from.len);
    *out = (struct sspi_bytes){copy, from.len};
    return 0;
}

static SECURITY_STATUS capture_uri(struct cert_identity *out, const char *uri)
{
    struct token_name token;
    enum token_state state = token_read(uri, TOKEN_PRIVATE, &token);
    out->key = token.uri;
    out->pin = token.pin;
    return state == TOKEN_GOOD     ? SEC_E_OK
           : state == TOKEN_MEMORY ? SEC_E_INSUFFICIENT_MEMORY
                                   : SEC_E_UNKNOWN_CREDENTIALS;
}

/* The key's octets; or, where the certificate has none of its own and its KEY_PROV_INFO names a token's
 * object, that URI (RFC 7512), which a provider opens. */
static SECURITY_STATUS capture_key(struct cert_identity *out, struct certificate *c)
{
    struct key *key = certificate_key(c);
    char *uri = key ? NULL : property_container(c);
    SECURITY_STATUS status = SEC_E_NO_CREDENTIALS;
    if (key)
        status = keep_secret(&out->key, key->bytes) ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_OK;
    else if (uri && token_is_uri(uri))
        status = capture_uri(out, uri);
    property_container_free(uri);
    key_drop(key);
    return status;
}

static int capture_staple(struct cert_identity *out, struct certificate *c)
{
    struct property *p = property_read(c, CERT_OCSP_RESPONSE_PROP_ID);
    uint8_t *copy = p && p->len ? malloc(p->len) : NULL;
    int failed = p && p->len && !copy;
    if (copy) {
        memcpy(copy, p->bytes, p->len);
        out->staple = (struct sspi_bytes){copy, p->len};
    }
    property_free(p);
    return failed;
}

SECURITY_STATUS cert_identity(PCCERT_CONTEXT certificate, struct cert_identity *out)
{
    *out = (struct cert_identity){0};
    struct certificate *c = certificate_take(certificate);
    if (!c)
        return SEC_E_UNKNOWN_CREDENTIALS;
    registry_lock();
    struct store *s = c->store;
    if (s)
        registry_hold_member(s);
    registry_unlock();
    SECURITY_STATUS status = capture_key(out, c);
    struct store *more = status == SEC_E_OK ? system_intermediates() : NULL;
    if (status == SEC_E_OK && (gather(out, c, s, more) || capture_staple(out, c)))
        status = SEC_E_INSUFFICIENT_MEMORY;
    store_release(more);
    store_release(s);
    certificate_release(c);
    if (status != SEC_E_OK)
        cert_identity_free(out);
    return status;
}

void cert_identity_free(struct cert_identity *identity)
{
    for (unsigned i = 0; i < identity->chain_count; i++)
        free((void *)(uintptr_t)identity->chain[i].ptr);
    free(identity->chain);
    free((void *)(uintptr_t)identity->staple.ptr);
    secret_free((void *)(uintptr_t)identity->key.ptr, identity->key.len);
    secret_free((void *)(uintptr_t)identity->pin.ptr, identity->pin.len);
    *identity = (struct cert_identity){0};
}

PCCERT_CONTEXT cert_from_chain(const struct sspi_bytes *chain, unsigned count)
{
    struct certificate *leaf = NULL;
    struct store *s = count ? store_new() : NULL;
    if (!s)
        return NULL;
    for (unsigned i = 0; i < count && i < PEER_MAX; i++) {
        int malformed;
        struct certificate_data *data = certificate_data_new(chain[i], &malformed);
        int failed = !data || store_append(s, data, NULL, i == 0 ? &leaf : NULL);
        certificate_data_drop(data);
        if (failed && (i == 0 || !malformed)) { /* one that cannot be read is not shown; the leaf must be */
            certificate_release(leaf);
            leaf = NULL;
            break;
        }
    }
    store_release(s); /* the leaf's reference keeps it */
    return leaf ? &leaf->shown : NULL;
}

/* ---- facts ---- */

uint64_t cert_not_after(struct sspi_bytes der)
{
    struct x509 x;
    return x509_parse(der, &x) ? 0 : filetime_ticks(x.not_after);
}

enum sspi_hash cert_endpoint_hash(struct sspi_bytes der)
{
    struct x509 x;
    if (x509_parse(der, &x))
        return SSPI_SHA256;
    switch (x509_signature_of(&x.signature_algorithm).hash) {
    case HASH_SHA384:
        return SSPI_SHA384;
    case HASH_SHA512:
        return SSPI_SHA512;
    default: /* RFC 5929 4.1: MD5 and SHA-1 count as SHA-256; the rest is undefined there */
        return SSPI_SHA256;
    }
}

/* IANA SignatureScheme, best first. */
size_t cert_schemes(struct sspi_bytes leaf, const uint16_t **schemes)
{
    static const uint16_t rsa[] = {0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0201, 0};
    static const uint16_t pss[] = {0x0809, 0x080a, 0x080b, 0};
    static const uint16_t p256[] = {0x0403, 0x0203, 0}, p384[] = {0x0503, 0x0203, 0},
                          p521[] = {0x0603, 0x0203, 0};
    static const uint16_t ed25519[] = {0x0807, 0}, ed448[] = {0x0808, 0}, none[] = {0};
    struct x509 x;
    *schemes = none;
    if (x509_parse(leaf, &x))
        return 0;
    struct sspi_bytes algorithm = x.key_algorithm.oid, parameters = x.key_algorithm.parameters,
                      curve = {NULL, 0};
    if (der_oid_is(algorithm, OID_EC) && der_take(&parameters, DER_OID, &curve))
        return 0;
#define IS(list) (*schemes = list, sizeof list / sizeof *list - 1)
    if (der_oid_is(algorithm, OID_RSA))
        return IS(rsa);
    if (der_oid_is(algorithm, OID_RSA_PSS))
        return IS(pss);
    if (der_oid_is(algorithm, OID_ED25519))
        return IS(ed25519);
    if (der_oid_is(algorithm, OID_ED448))
        return IS(ed448);
    if (der_oid_is(curve, OID_P256))
        return IS(p256);
    if (der_oid_is(curve, OID_P384))
        return IS(p384);
    if (der_oid_is(curve, OID_P521))
        return IS(p521);
#undef IS
    return 0;
}

int cert_key_facts(struct sspi_bytes leaf, struct cert_key_facts *out)
{
    struct x509 x;
    int bits;
    if (x509_parse(leaf, &x) || (bits = x509_key_bits(&x)) < 0)
        return -1;
    struct sspi_bytes algorithm = x.key_algorithm.oid;
    if (der_oid_is(algorithm, OID_RSA) || der_oid_is(algorithm, OID_RSA_PSS))
        *out = (struct cert_key_facts){"RSA", CALG_RSA_SIGN, (unsigned)bits};
    else if (der_oid_is(algorithm, OID_EC))
        *out = (struct cert_key_facts){"ECDSA", CALG_ECDSA, (unsigned)bits};
    else if (der_oid_is(algorithm, OID_DSA))
        *out = (struct cert_key_facts){"DSA", CALG_DSS_SIGN, (unsigned)bits};
    else if (der_oid_is(algorithm, OID_ED25519))
        *out = (struct cert_key_facts){"Ed25519", CALG_OID_INFO_PARAMETERS, (unsigned)bits};
    else
        *out = (struct cert_key_facts){"unknown", CALG_OID_INFO_PARAMETERS, (unsigned)bits};
    return 0;
}
