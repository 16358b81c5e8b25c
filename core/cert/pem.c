/* SPDX-License-Identifier: MIT
 *
 * PEM text into a store: certificates, CRLs, and keys with the certificates they fit. */
#include <config.h>

#include "core/cert/base64.h"
#include "core/cert/import.h"
#include "core/cert/open.h"

#include <stdlib.h>
#include <string.h>

#define LOG_AREA "cert"
#include "core/log.h"

#define KEYS_MAX         16u
#define CERTIFICATES_MAX 4096u

struct reading {
    struct store *store;
    const char *password, *origin;
    struct key *keys[KEYS_MAX];
    unsigned key_count, certificate_count, other_count;
};

static const struct key_label {
    const char *label;
    enum key_form form;
} key_labels[] = {{"PRIVATE KEY", KEY_PKCS8}, {"RSA PRIVATE KEY", KEY_PKCS1}, {"EC PRIVATE KEY", KEY_SEC1}};

static DWORD complain(const struct reading *r, DWORD error, const char *reason)
{
    log_error("%s: %s", r->origin, reason);
    return error;
}

static DWORD add_certificate(struct reading *r, struct sspi_bytes der)
{
    int malformed;
    if (++r->certificate_count > CERTIFICATES_MAX)
        return complain(r, (DWORD)CRYPT_E_BAD_ENCODE, "too many certificates");
    struct certificate_data *data = certificate_data_new(der, &malformed);
    if (!data && malformed)
        return complain(r, (DWORD)CRYPT_E_BAD_ENCODE, "a CERTIFICATE block does not hold a certificate");
    int failed = !data || store_append(r->store, data, NULL, NULL);
    certificate_data_drop(data);
    return failed ? (DWORD)E_OUTOFMEMORY : ERROR_SUCCESS;
}

static DWORD add_crl(struct reading *r, struct sspi_bytes der)
{
    PCCRL_CONTEXT crl = CertCreateCRLContext(X509_ASN_ENCODING, der.ptr, (DWORD)der.len);
    r->other_count++;
    if (!crl)
        return complain(r, (DWORD)CRYPT_E_BAD_ENCODE, "an X509 CRL block does not hold a revocation list");
    BOOL added = CertAddCRLContextToStore(r->store, crl, CERT_STORE_ADD_ALWAYS, NULL);
    CertFreeCRLContext(crl);
    return added ? ERROR_SUCCESS : (DWORD)E_OUTOFMEMORY;
}

static DWORD keep_key(struct reading *r, struct key *key, int malformed)
{
    if (!key)
        return malformed
                   ? complain(r, (DWORD)CRYPT_E_BAD_ENCODE, "a PRIVATE KEY block does not hold a private key")
                   : (DWORD)E_OUTOFMEMORY;
    key_set_policy(key, KEY_MAY_LEAVE_SEALED | KEY_MAY_LEAVE); /* the program has its text already */
    r->keys[r->key_count++] = key;
    return ERROR_SUCCESS;
}

/* ---- encrypted PKCS#8, opened by a provider ---- */

struct taken {
    struct key *key;
    int malformed;
};

static int take_key(void *ctx, enum sspi_item item, struct sspi_bytes der)
{
    struct taken *t = ctx;
    if (item != SSPI_ITEM_KEY || t->key)
        return 0;
    t->key = key_new(KEY_PKCS8, der, &t->malformed);
    return t->key ? 0 : -1;
}

static DWORD open_encrypted(struct reading *r, struct sspi_bytes der)
{
    const struct provider *p;
    struct taken taken = {NULL, 1};
    struct sspi_failure failure = {0};
    if (!r->password)
        return complain(r, ERROR_INVALID_PASSWORD, "the private key is encrypted and no password was given");
    if (provider_select(NULL, SSPI_CAP_IMPORT, &p) != SEC_E_OK)
        return complain(r, (DWORD)NTE_NOT_SUPPORTED, "no provider can open an encrypted private key");
    struct sspi_import job = {sizeof job, der, r->password, {&taken, take_key}};
    enum sspi_status status = import_sealed(p, &job, &failure);
    if (status == SSPI_OK && taken.key)
        return keep_key(r, taken.key, 0);
    key_drop(taken.key);
    if (failure.why == SSPI_WHY_WRONG_PASSWORD)
        return complain(r, ERROR_INVALID_PASSWORD, "the password does not open the private key");
    if (failure.why == SSPI_WHY_MEMORY)
        return (DWORD)E_OUTOFMEMORY;
    return complain(r, (DWORD)CRYPT_E_BAD_ENCODE, "the encrypted private key cannot be read");
}

/* ---- blocks ---- */

static DWORD add_key(struct reading *r, const struct pem_block *block, struct sspi_bytes der)
{
    int malformed = 1;
    if (r->key_count == KEYS_MAX)
        return complain(r, (DWORD)CRYPT_E_BAD_ENCODE, "too many private keys");
    if (pem_label_is(block, "ENCRYPTED PRIVATE KEY"))
        return open_encrypted(r, der);
    /* RFC 1421 encryption rests on MD5 and no provider is asked for it. */
    if (block->encrypted)
        return complain(
            r, ERROR_NOT_SUPPORTED,
            "the private key is encrypted in the old way (Proc-Type): rewrite it with `openssl pkcs8 "
            "-topk8`");
    for (size_t i = 0; i < sizeof key_labels / sizeof *key_labels; i++)
        if (pem_label_is(block, key_labels[i].label))
            return keep_key(r, key_new(key_labels[i].form, der, &malformed), malformed);
    return complain(r, ERROR_NOT_SUPPORTED, "a private key of a kind that is not known");
}

static int is_key(const struct pem_block *block)
{
    static const char tail[] = "PRIVATE KEY";
    size_t len = sizeof tail - 1;
    return block->label.len >= len && memcmp(block->label.ptr + block->label.len - len, tail, len) == 0;
}

static DWORD add_block(struct reading *r, const struct pem_block *block)
{
    int certificate = pem_label_is(block, "CERTIFICATE") || pem_label_is(block, "X509 CERTIFICATE");
    int crl = pem_label_is(block, "X509 CRL"), key = is_key(block);
    if (!certificate && !crl && !key)
        return ERROR_SUCCESS; /* parameters, public keys, requests: not ours to judge */
    size_t room = BASE64_ROOM(block->body.len), len = 0;
    uint8_t *der = secret_new(room);
    DWORD error = (DWORD)E_OUTOFMEMORY;
    if (der && (pem_decode(block, der, &len) || len == 0))
        error = complain(r, (DWORD)CRYPT_E_BAD_ENCODE, "a PEM block is not base64");
    else if (der && key)
        error = add_key(r, block, (struct sspi_bytes){der, len});
    else if (der && crl)
        error = add_crl(r, (struct sspi_bytes){der, len});
    else if (der)
        error = add_certificate(r, (struct sspi_bytes){der, len});
    secret_free(der, room);
    return error;
}

/* Every key to the first certificate without one that it fits. */
static DWORD pair_keys(struct reading *r)
{
    for (unsigned i = 0; i < r->key_count; i++)
        if (!store_pair(r->store, r->keys[i]))
            return complain(r, (DWORD)CRYPT_E_NO_MATCH,
                            r->certificate_count ? "the private key belongs to none of the certificates"
                                                 : "a private key and no certificate");
    return ERROR_SUCCESS;
}

DWORD open_pem(struct store *store, struct sspi_bytes text, const char *password, const char *origin)
{
    struct reading r = {.store = store, .password = password, .origin = origin};
    struct pem_block block;
    DWORD error = ERROR_SUCCESS;
    int found = 0;
    while (error == ERROR_SUCCESS && (found = pem_next(&text, &block)) > 0)
        error = add_block(&r, &block);
    if (error == ERROR_SUCCESS && found < 0)
        error = complain(&r, (DWORD)CRYPT_E_BAD_ENCODE, "a PEM block does not end as it begins");
    if (error == ERROR_SUCCESS)
        error = pair_keys(&r);
    for (unsigned i = 0; i < r.key_count; i++)
        key_drop(r.keys[i]);
    if (error == ERROR_SUCCESS && r.certificate_count + r.other_count == 0)
        error = complain(&r, (DWORD)CRYPT_E_NOT_FOUND, "no certificate in it");
    return error;
}
