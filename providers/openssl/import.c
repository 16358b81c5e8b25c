/* SPDX-License-Identifier: MIT
 *
 * providers/openssl/import.c -- keys and certificates come in (PKCS#12, PKCS#8) and are made.  Old PKCS#12
 * files need RC2, which sits in the legacy provider: it is loaded into a library context of our own, so that
 * nothing else in the process gets to use it. */
#include <config.h>

#include "shared.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <string.h>

#define ROUNDS_MAX 5000000 /* of key derivations: a file may not keep us busy for ever */

/* Made once, kept for the life of the process. */
static struct {
    pthread_once_t once;
    OSSL_LIB_CTX *ctx;
} old = {.once = PTHREAD_ONCE_INIT};

static void old_make(void)
{
    OSSL_LIB_CTX *ctx = OSSL_LIB_CTX_new();
    if (ctx && OSSL_PROVIDER_load(ctx, "default")) {
        OSSL_PROVIDER_load(ctx, "legacy"); /* without it the modern files still open */
        old.ctx = ctx;
    } else {
        OSSL_LIB_CTX_free(ctx);
    }
}

static int put(const struct sspi_sink *sink, enum sspi_item item, unsigned char *der, int len)
{
    if (len <= 0)
        return -1;
    int rc = sink->put(sink->ctx, item, (struct sspi_bytes){der, (size_t)len});
    OPENSSL_clear_free(der, (size_t)len);
    return rc;
}

/* With its public half, also where the key came in without: whoever has the DER need not multiply points. */
static int put_key(const struct sspi_sink *sink, EVP_PKEY *key)
{
    unsigned char *der = NULL;
    if (EVP_PKEY_is_a(key, "EC"))
        EVP_PKEY_set_int_param(key, OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 1);
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
    int n = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
    PKCS8_PRIV_KEY_INFO_free(info);
    return put(sink, SSPI_ITEM_KEY, der, n);
}

static int put_certificate(const struct sspi_sink *sink, enum sspi_item item, const X509 *x)
{
    unsigned char *der = NULL;
    int n = i2d_X509(x, &der);
    return put(sink, item, der, n);
}

/* ---- how much work a file asks for ---- */
/* What cannot be read is too many. */
static int64_t factor(const ASN1_INTEGER *a)
{
    int64_t n = 0;
    return a && ASN1_INTEGER_get_int64(&n, a) && n > 0 && n <= ROUNDS_MAX ? n : ROUNDS_MAX + 1;
}

/* scrypt: N times r times p. */
static int64_t scrypt_rounds(const PBE2PARAM *two)
{
    SCRYPT_PARAMS *s = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), two->keyfunc->parameter);
    int64_t n = s ? factor(s->costParameter) : ROUNDS_MAX + 1;
    if (n <= ROUNDS_MAX)
        n *= factor(s->blockSize);
    if (n <= ROUNDS_MAX)
        n *= factor(s->parallelizationParameter);
    SCRYPT_PARAMS_free(s);
    return n <= ROUNDS_MAX ? n : ROUNDS_MAX + 1;
}

static int64_t rounds_of(const X509_ALGOR *alg)
{
    PBE2PARAM *two = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), alg->parameter);
    PBKDF2PARAM *kdf =
        two ? ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), two->keyfunc->parameter) : NULL;
    PBEPARAM *one = two ? NULL : ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), alg->parameter);
    int64_t n = kdf ? factor(kdf->iter) : two ? scrypt_rounds(two) : factor(one ? one->iter : NULL);
    PBKDF2PARAM_free(kdf);
    PBE2PARAM_free(two);
    PBEPARAM_free(one);
    return n;
}

static int64_t sealed_rounds(const X509_SIG *sealed)
{
    const X509_ALGOR *alg = NULL;
    X509_SIG_get0(sealed, &alg, NULL);
    return rounds_of(alg);
}

/* Keys that are encrypted by themselves. */
static int64_t bags_rounds(const STACK_OF(PKCS12_SAFEBAG) * bags)
{
    int64_t sum = 0;
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags) && sum <= ROUNDS_MAX; i++) {
        const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);
        if (PKCS12_SAFEBAG_get_nid(bag) == NID_pkcs8ShroudedKeyBag)
            sum += sealed_rounds(PKCS12_SAFEBAG_get0_pkcs8(bag));
    }
    return sum;
}

/* Keys may also lie inside of what is encrypted as a whole: that is opened once what it costs is known. */
static int64_t safe_rounds(PKCS7 *safe, const char *password)
{
    int sealed = PKCS7_type_is_encrypted(safe);
    int64_t sum = sealed ? rounds_of(safe->d.encrypted->enc_data->algorithm) : 0;
    STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
    if (sealed && sum <= ROUNDS_MAX)
        bags = PKCS12_unpack_p7encdata(safe, password, password ? -1 : 0);
    else if (PKCS7_type_is_data(safe))
        bags = PKCS12_unpack_p7data(safe);
    sum += bags_rounds(bags);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return sum;
}

static int costs_too_much(const PKCS12 *p12, const char *password)
{
    int64_t sum = 0;
    STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
    for (int i = 0; i < sk_PKCS7_num(safes) && sum <= ROUNDS_MAX; i++)
        sum += safe_rounds(sk_PKCS7_value(safes, i), password);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    return sum > ROUNDS_MAX;
}

static int mac_costs_too_much(const PKCS12 *p12)
{
    const ASN1_INTEGER *rounds = NULL;
    PKCS12_get0_mac(NULL, NULL, NULL, &rounds, p12);
    return rounds && factor(rounds) > ROUNDS_MAX;
}

/* No password and an empty one are two things to the format, and the library tries both. */
static int pfx_costs_too_much(const PKCS12 *p12, const char *password)
{
    int empty = !password || !*password;
    return costs_too_much(p12, empty ? NULL : password) || (empty && costs_too_much(p12, ""));
}

/* ---- reading ---- */
/* No password and an empty one are two things to the format, but not to people. */
static int password_opens(PKCS12 *p12, const char *password)
{
    if (!PKCS12_mac_present(p12) || PKCS12_verify_mac(p12, password, -1))
        return 1;
    return (!password || !*password) && PKCS12_verify_mac(p12, password ? NULL : "", 0);
}

static enum sspi_status read_pfx(PKCS12 *p12, const struct sspi_import *in, struct sspi_failure *failure)
{
    EVP_PKEY *key = NULL;
    X509 *leaf = NULL;
    STACK_OF(X509) *more = NULL;
    if (mac_costs_too_much(p12))
        return failure_of_setup(failure, SSPI_WHY_BAD_CREDENTIAL, SSPI_FAILED);
    if (!password_opens(p12, in->password))
        return failure_of_setup(failure, SSPI_WHY_WRONG_PASSWORD, SSPI_FAILED);
    if (pfx_costs_too_much(p12, in->password))
        return failure_of_setup(failure, SSPI_WHY_BAD_CREDENTIAL, SSPI_FAILED);
    if (PKCS12_parse(p12, in->password, &key, &leaf, &more) != 1)
        return failure_of_setup(failure, SSPI_WHY_BAD_CREDENTIAL, SSPI_FAILED);
    int rc = key ? put_key(&in->sink, key) : 0;
    if (!rc && leaf)
        rc = put_certificate(&in->sink, SSPI_ITEM_LEAF, leaf);
    for (int i = 0; !rc && i < sk_X509_num(more); i++)
        rc = put_certificate(&in->sink, SSPI_ITEM_CERT, sk_X509_value(more, i));
    EVP_PKEY_free(key);
    X509_free(leaf);
    sk_X509_pop_free(more, X509_free);
    return rc ? failure_of_setup(failure, SSPI_WHY_MEMORY, SSPI_FAILED) : SSPI_OK;
}

static enum sspi_status read_key(PKCS8_PRIV_KEY_INFO *info, const struct sspi_import *in,
                                 struct sspi_failure *failure)
{
    EVP_PKEY *key = EVP_PKCS82PKEY_ex(info, old.ctx, NULL);
    int rc = key ? put_key(&in->sink, key) : -1;
    enum sspi_why why = key ? SSPI_WHY_MEMORY : SSPI_WHY_BAD_CREDENTIAL;
    EVP_PKEY_free(key);
    return rc ? failure_of_setup(failure, why, SSPI_FAILED) : SSPI_OK;
}

static enum sspi_status read_sealed_key(const X509_SIG *sealed, const struct sspi_import *in,
                                        struct sspi_failure *failure)
{
    const char *password = in->password ? in->password : "";
    if (sealed_rounds(sealed) > ROUNDS_MAX)
        return failure_of_setup(failure, SSPI_WHY_BAD_CREDENTIAL, SSPI_FAILED);
    PKCS8_PRIV_KEY_INFO *info = PKCS8_decrypt_ex(sealed, password, (int)strlen(password), old.ctx, NULL);
    enum sspi_status status =
        info ? read_key(info, in, failure) : failure_of_setup(failure, SSPI_WHY_WRONG_PASSWORD, SSPI_FAILED);
    PKCS8_PRIV_KEY_INFO_free(info);
    return status;
}

enum sspi_status import_read(const struct sspi_import *in, struct sspi_failure *failure)
{
    enum sspi_status status;
    long len = (long)in->bytes.len;
    pthread_once(&old.once, old_make);
    if (!old.ctx || in->bytes.len > 0x1000000)
        return failure_of_setup(failure, old.ctx ? SSPI_WHY_BAD_CREDENTIAL : SSPI_WHY_MEMORY, SSPI_FAILED);
    PKCS12 *p12 = PKCS12_init_ex(NID_pkcs7_data, old.ctx, NULL);
    const unsigned char *at = in->bytes.ptr;
    if (p12 && d2i_PKCS12(&p12, &at, len)) {
        status = read_pfx(p12, in, failure);
        PKCS12_free(p12);
        return status;
    }
    at = in->bytes.ptr;
    X509_SIG *sealed = d2i_X509_SIG(NULL, &at, len);
    at = in->bytes.ptr;
    PKCS8_PRIV_KEY_INFO *info = sealed ? NULL : d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, len);
    if (sealed)
        status = read_sealed_key(sealed, in, failure);
    else if (info)
        status = read_key(info, in, failure);
    else
        status = failure_of_setup(failure, SSPI_WHY_BAD_CREDENTIAL, SSPI_FAILED);
    X509_SIG_free(sealed);
    PKCS8_PRIV_KEY_INFO_free(info);
    ERR_clear_error();
    return status;
}

/* ---- new certificates ---- */
static EVP_PKEY *key_for(const struct sspi_newcert *n)
{
    if (n->key.len) {
        const unsigned char *at = n->key.ptr;
        PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)n->key.len);
        EVP_PKEY *key = info ? EVP_PKCS82PKEY(info) : NULL;
        PKCS8_PRIV_KEY_INFO_free(info);
        return key;
    }
    switch (n->type) {
    case SSPI_KEY_RSA:
        return n->bits >= 1024 && n->bits <= 16384 ? EVP_RSA_gen(n->bits) : NULL;
    case SSPI_KEY_P256:
        return EVP_EC_gen("P-256");
    case SSPI_KEY_P384:
        return EVP_EC_gen("P-384");
    case SSPI_KEY_P521:
        return EVP_EC_gen("P-521");
    case SSPI_KEY_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    }
    return NULL;
}

static int add_extensions(X509 *x, struct sspi_bytes der)
{
    const unsigned char *at = der.ptr;
    STACK_OF(X509_EXTENSION) *list = der.len ? d2i_X509_EXTENSIONS(NULL, &at, (long)der.len) : NULL;
    int good = !der.len || (list && at == der.ptr + der.len);
    for (int i = 0; good && i < sk_X509_EXTENSION_num(list); i++)
        good = X509_add_ext(x, sk_X509_EXTENSION_value(list, i), -1);
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
    return good;
}

static int fill(X509 *x, EVP_PKEY *key, const struct sspi_newcert *n)
{
    const unsigned char *at = n->subject.ptr;
    X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)n->subject.len);
    BIGNUM *serial = BN_bin2bn(n->serial, sizeof n->serial, NULL);
    int good = name && at == n->subject.ptr + n->subject.len && serial &&
               X509_set_version(x, X509_VERSION_3) && BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x)) &&
               X509_set_subject_name(x, name) && X509_set_issuer_name(x, name) &&
               ASN1_TIME_set(X509_getm_notBefore(x), (time_t)n->not_before) &&
               ASN1_TIME_set(X509_getm_notAfter(x), (time_t)n->not_after) && X509_set_pubkey(x, key) &&
               add_extensions(x, n->extensions);
    BN_free(serial);
    X509_NAME_free(name);
    const EVP_MD *md = EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448") ? NULL
                       : n->type == SSPI_KEY_P384                                   ? EVP_sha384()
                       : n->type == SSPI_KEY_P521                                   ? EVP_sha512()
                                                                                    : EVP_sha256();
    return good && X509_sign(x, key, md) > 0;
}

enum sspi_status import_generate(const struct sspi_newcert *n, struct sspi_failure *failure)
{
    EVP_PKEY *key = key_for(n);
    X509 *x = key && n->subject.len ? X509_new() : NULL;
    enum sspi_why why = SSPI_WHY_BAD_CREDENTIAL;
    int rc = n->subject.len ? x && fill(x, key, n) ? 0 : -1 : key ? 0 : -1;
    if (!rc) {
        why = SSPI_WHY_MEMORY;
        rc = n->key.len ? 0 : put_key(&n->sink, key);
        if (!rc && x)
            rc = put_certificate(&n->sink, SSPI_ITEM_LEAF, x);
    }
    X509_free(x);
    EVP_PKEY_free(key);
    return rc ? failure_of_setup(failure, why, SSPI_FAILED) : SSPI_OK;
}
