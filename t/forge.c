/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "t/forge.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int good, const char *what)
{
    if (good)
        return;
    printf("Bail out! %s cannot be made\n", what);
    ERR_print_errors_fp(stdout);
    exit(99);
}

static const struct forge_spec *named(const struct forge_spec *specs, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(specs[i].id, id))
            return &specs[i];
    must(0, id);
    return NULL;
}

/* ---- keys ---- */

static EVP_PKEY *key_new(const char *kind)
{
    if (!strcmp(kind, "rsa"))
        return EVP_RSA_gen(2048);
    if (!strcmp(kind, "rsapss"))
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA-PSS", (size_t)2048);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    if (key && !strcmp(kind, "explicit"))
        EVP_PKEY_set_utf8_string_param(key, "encoding", OSSL_PKEY_EC_ENCODING_EXPLICIT);
    return key;
}

/* Keys of a kind are the dearest part: one per name and kind, for the life of the test. */
static EVP_PKEY *key_of(const struct forge_spec *s)
{
    static struct {
        char name[64];
        EVP_PKEY *key;
    } made[64];
    char name[64];
    const char *kind = s->key ? s->key : "p256";
    snprintf(name, sizeof name, "%s %s", s->key_of ? s->key_of : s->id, kind);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        if (!made[i].key) {
            memcpy(made[i].name, name, sizeof name);
            must((made[i].key = key_new(kind)) != NULL, name);
        }
        if (!strcmp(made[i].name, name))
            return made[i].key;
    }
    must(0, name);
    return NULL;
}

/* ---- names ---- */

static X509_NAME *name_of(const struct forge_spec *s)
{
    char plain[64];
    long len = 0;
    X509_NAME *name = X509_NAME_new();
    if (s->subject && !strncmp(s->subject, "hex:", 4)) {
        uint8_t *der = OPENSSL_hexstr2buf(s->subject + 4, &len);
        const uint8_t *at = der;
        must(der && d2i_X509_NAME(&name, &at, len) && at == der + len, s->subject);
        OPENSSL_free(der);
        return name;
    }
    snprintf(plain, sizeof plain, "/CN=%s", s->id);
    char *text = strdup(s->subject ? s->subject : plain), *save = NULL;
    for (char *part = strtok_r(text, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
        char *value = strchr(part, '=');
        *value++ = 0;
        must(X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8, (const uint8_t *)value, -1, -1, 0), part);
    }
    free(text);
    return name;
}

/* ---- what is in it ---- */

static void extend(X509 *x, X509 *issuer, const char *line)
{
    X509V3_CTX ctx;
    char name[64];
    const char *value = strchr(line, '=');
    snprintf(name, sizeof name, "%.*s", (int)(value - line), line);
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_nconf(NULL, &ctx, name, value + 1);
    must(e && X509_add_ext(x, e, -1), line);
    X509_EXTENSION_free(e);
}

static X509 *filled(const struct forge_spec *s, const struct forge_spec *by)
{
    static long serial = 1000;
    X509 *x = X509_new(), *issuer = X509_new();
    X509_NAME *name = name_of(s), *issuer_name = name_of(by);
    int dated = s->from || s->until;
    must(X509_set_version(x, s->version ? s->version - 1 : X509_VERSION_3) &&
             ASN1_INTEGER_set_int64(X509_get_serialNumber(x), s->serial ? s->serial : ++serial) &&
             X509_gmtime_adj(X509_getm_notBefore(x), 86400L * (dated ? s->from : -1)) &&
             X509_gmtime_adj(X509_getm_notAfter(x), 86400L * (dated ? s->until : 30)) &&
             X509_set_subject_name(x, name) && X509_set_issuer_name(x, issuer_name) &&
             X509_set_pubkey(x, key_of(s)) && X509_set_pubkey(issuer, key_of(by)),
         s->id);
    for (size_t i = 0; i < FORGE_EXT && s->ext[i]; i++)
        extend(x, issuer, s->ext[i]);
    X509_NAME_free(name);
    X509_NAME_free(issuer_name);
    X509_free(issuer);
    return x;
}

/* ---- signatures ---- */

static X509_ALGOR *outer(const X509 *x, ASN1_BIT_STRING **bits)
{
    const X509_ALGOR *algorithm;
    const ASN1_BIT_STRING *signature;
    X509_get0_signature(&signature, &algorithm, x);
    *bits = (ASN1_BIT_STRING *)(uintptr_t)signature;
    return (X509_ALGOR *)(uintptr_t)algorithm;
}

static void put_signature(ASN1_BIT_STRING *bits, uint8_t *signature, size_t len)
{
    must(ASN1_BIT_STRING_set(bits, signature, (int)len), "a signature's bits");
    bits->flags = (bits->flags & ~0x07) | ASN1_STRING_FLAG_BITS_LEFT;
}

static void sign_pss(X509 *x, EVP_PKEY *key, const char *md)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how;
    must(EVP_DigestSignInit(ctx, &how, EVP_get_digestbyname(md), NULL, key) > 0 &&
             EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) > 0 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) > 0 && X509_sign_ctx(x, ctx) > 0,
         "a signature");
    EVP_MD_CTX_free(ctx);
}

/* RSASSA-PSS-params with a hash and a salt of its length; the mask stays with SHA-1. */
static ASN1_STRING *pss_parameters(const EVP_MD *md)
{
    RSA_PSS_PARAMS *params = RSA_PSS_PARAMS_new();
    ASN1_STRING *packed = NULL;
    params->hashAlgorithm = X509_ALGOR_new();
    params->saltLength = ASN1_INTEGER_new();
    X509_ALGOR_set_md(params->hashAlgorithm, md);
    ASN1_INTEGER_set(params->saltLength, EVP_MD_get_size(md));
    must(ASN1_item_pack(params, ASN1_ITEM_rptr(RSA_PSS_PARAMS), &packed) != NULL, "parameters");
    RSA_PSS_PARAMS_free(params);
    return packed;
}

static void say_pss(const X509_ALGOR *algorithm, const EVP_MD *md)
{
    X509_ALGOR_set0((X509_ALGOR *)(uintptr_t)algorithm, OBJ_nid2obj(NID_rsassaPss),
                    md ? V_ASN1_SEQUENCE : V_ASN1_UNDEF, md ? pss_parameters(md) : NULL);
}

static void sign_pss_by_hand(X509 *x, EVP_PKEY *key, const EVP_MD *md, int bare)
{
    uint8_t *tbs = NULL, digest[EVP_MAX_MD_SIZE], signature[512];
    size_t len = sizeof signature;
    unsigned digest_len;
    ASN1_BIT_STRING *bits;
    say_pss(outer(x, &bits), bare ? NULL : md);
    say_pss(X509_get0_tbs_sigalg(x), bare ? NULL : md);
    int size = i2d_re_X509_tbs(x, &tbs);
    EVP_PKEY_CTX *how = EVP_PKEY_CTX_new(key, NULL);
    must(size > 0 && EVP_Digest(tbs, (size_t)size, digest, &digest_len, md, NULL) &&
             EVP_PKEY_sign_init(how) > 0 && EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) > 0 &&
             EVP_PKEY_CTX_set_signature_md(how, md) > 0 &&
             EVP_PKEY_CTX_set_rsa_mgf1_md(how, EVP_sha1()) > 0 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(how, (int)digest_len) > 0 &&
             EVP_PKEY_sign(how, signature, &len, digest, digest_len) > 0,
         "a signature by hand");
    put_signature(bits, signature, len);
    OPENSSL_free(tbs);
    EVP_PKEY_CTX_free(how);
}

/* Says that it is signed in another way, outside and inside: nobody ever signed what stands there. */
static void say_untold(X509 *x, const char *oid)
{
    ASN1_BIT_STRING *bits;
    uint8_t *tbs = NULL;
    X509_ALGOR_set0(outer(x, &bits), OBJ_txt2obj(oid, 1), V_ASN1_NULL, NULL);
    X509_ALGOR_set0((X509_ALGOR *)(uintptr_t)X509_get0_tbs_sigalg(x), OBJ_txt2obj(oid, 1), V_ASN1_NULL, NULL);
    must(i2d_re_X509_tbs(x, &tbs) > 0, oid);
    OPENSSL_free(tbs);
}

/* OpenSSL 3.5 makes what has extensions a certificate of version 3 when it signs: the version that was asked for, and
 * the signature again. */
static void sign_version(X509 *x, long version, EVP_PKEY *key, const EVP_MD *md)
{
    uint8_t *tbs = NULL, signature[512];
    size_t len = sizeof signature;
    ASN1_BIT_STRING *bits;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    outer(x, &bits);
    must(X509_set_version(x, version), "a version");
    int size = i2d_re_X509_tbs(x, &tbs);
    must(size > 0 && EVP_DigestSignInit(ctx, NULL, md, NULL, key) > 0 &&
             EVP_DigestSign(ctx, signature, &len, tbs, (size_t)size) > 0,
         "a signature of an old version");
    put_signature(bits, signature, len);
    OPENSSL_free(tbs);
    EVP_MD_CTX_free(ctx);
}

static void sign(X509 *x, const struct forge_spec *s, EVP_PKEY *key)
{
    const char *md = s->md && s->twist != FORGE_UNTOLD ? s->md : "SHA256";
    if (s->twist == FORGE_PSS || s->twist == FORGE_PSS_BARE)
        sign_pss_by_hand(x, key, EVP_get_digestbyname(md), s->twist == FORGE_PSS_BARE);
    else if (!strncmp(md, "pss-", 4))
        sign_pss(x, key, md + 4);
    else
        must(X509_sign(x, key, strcmp(md, "none") ? EVP_get_digestbyname(md) : NULL) > 0, s->id);
    if (s->version && X509_get_version(x) != s->version - 1)
        sign_version(x, s->version - 1, key, EVP_get_digestbyname(md));
    if (s->twist == FORGE_UNTOLD)
        say_untold(x, s->md);
    if (s->twist == FORGE_OTHER_ALGORITHM) {
        ASN1_BIT_STRING *bits;
        X509_ALGOR_set0(outer(x, &bits), OBJ_nid2obj(NID_ecdsa_with_SHA384), V_ASN1_UNDEF, NULL);
    }
}

static X509 *made(const struct forge_spec *specs, size_t count, const char *id)
{
    const struct forge_spec *s = named(specs, count, id), *by = s->by ? named(specs, count, s->by) : s;
    X509 *x = filled(s, by);
    sign(x, s, key_of(by));
    return x;
}

static struct forged kept(uint8_t *der, int len, const char *what)
{
    must(len > 0, what);
    struct forged out = {malloc((size_t)len), (size_t)len};
    memcpy(out.der, der, out.len);
    OPENSSL_free(der);
    return out;
}

struct forged forge_make(const struct forge_spec *specs, size_t count, const char *id)
{
    X509 *x = made(specs, count, id);
    uint8_t *der = NULL;
    int len = i2d_X509(x, &der);
    X509_free(x);
    return kept(der, len, id);
}

/* ---- lists and answers ---- */

static const EVP_MD *digest_named(const char *md)
{
    return EVP_get_digestbyname(md ? md : "SHA256");
}

static X509_EXTENSION *critical_nothing(const char *oid)
{
    ASN1_OCTET_STRING *nothing = ASN1_OCTET_STRING_new();
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
    must(nothing && object && ASN1_OCTET_STRING_set(nothing, (const uint8_t *)"\x05", 2), oid);
    X509_EXTENSION *e = X509_EXTENSION_create_by_OBJ(NULL, object, 1, nothing);
    ASN1_OBJECT_free(object);
    ASN1_OCTET_STRING_free(nothing);
    return e;
}

static void revoke(X509_CRL *list, const struct forge_list *l, X509 *whose)
{
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_INTEGER *serial = whose ? ASN1_INTEGER_dup(X509_get0_serialNumber(whose)) : ASN1_INTEGER_new();
    ASN1_TIME *when = X509_gmtime_adj(NULL, -86400);
    if (!whose)
        ASN1_INTEGER_set(serial, 4242);
    must(X509_REVOKED_set_serialNumber(entry, serial) && X509_REVOKED_set_revocationDate(entry, when),
         "an entry");
    if (l->entry) {
        X509_EXTENSION *e = critical_nothing(l->entry);
        must(X509_REVOKED_add_ext(entry, e, -1), l->entry);
        X509_EXTENSION_free(e);
    }
    must(X509_CRL_add0_revoked(list, entry), "an entry");
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(when);
}

struct forged forge_list(const struct forge_spec *specs, size_t count, const struct forge_list *l)
{
    const struct forge_spec *by = named(specs, count, l->by);
    X509_CRL *list = X509_CRL_new();
    X509 *whose = l->revoked ? made(specs, count, l->revoked) : NULL;
    X509_NAME *name = name_of(by);
    int dated = l->from || l->until;
    ASN1_TIME *from = X509_gmtime_adj(NULL, 86400L * (dated ? l->from : -1));
    ASN1_TIME *until = X509_gmtime_adj(NULL, 86400L * (dated ? l->until : 30));
    uint8_t *der = NULL;
    must(X509_CRL_set_version(list, X509_CRL_VERSION_2) && X509_CRL_set_issuer_name(list, name) &&
             X509_CRL_set1_lastUpdate(list, from) &&
             (dated && !l->until ? 1 : X509_CRL_set1_nextUpdate(list, until)),
         l->by);
    revoke(list, l, whose);
    if (l->ext) {
        X509_EXTENSION *e = critical_nothing(l->ext);
        must(X509_CRL_add_ext(list, e, -1), l->ext);
        X509_EXTENSION_free(e);
    }
    must(X509_CRL_sort(list) && X509_CRL_sign(list, key_of(by), digest_named(l->md)) > 0, "a list");
    int len = i2d_X509_CRL(list, &der);
    X509_CRL_free(list);
    X509_free(whose);
    X509_NAME_free(name);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    return kept(der, len, "a list");
}

struct forged forge_answer(const struct forge_spec *specs, size_t count, const struct forge_answer *a)
{
    X509 *about = made(specs, count, a->about), *of = made(specs, count, a->of),
         *by = made(specs, count, a->by);
    X509 *along = a->shown ? made(specs, count, a->shown) : NULL;
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(NULL, about, of);
    int dated = a->from || a->until;
    ASN1_TIME *from = X509_gmtime_adj(NULL, 86400L * (dated ? a->from : -1) + (dated && !a->from ? -60 : 0));
    ASN1_TIME *until = X509_gmtime_adj(NULL, 86400L * (dated ? a->until : 30)),
              *when = X509_gmtime_adj(NULL, -86400);
    uint8_t *der = NULL;
    OCSP_SINGLERESP *one = OCSP_basic_add1_status(basic, id, a->status, 0, a->status == 1 ? when : NULL, from,
                                                  dated && !a->until ? NULL : until);
    must(one != NULL, "an answer");
    if (a->critical) {
        X509_EXTENSION *e = critical_nothing("1.3.6.1.4.1.55555.3");
        must(OCSP_SINGLERESP_add_ext(one, e, -1), "an answer");
        X509_EXTENSION_free(e);
    }
    must((!along || OCSP_basic_add1_cert(basic, along)) &&
             OCSP_basic_sign(basic, by, key_of(named(specs, count, a->by)), digest_named(a->md), NULL,
                             OCSP_NOCERTS),
         "an answer");
    OCSP_RESPONSE *answer =
        OCSP_response_create(a->try_later ? OCSP_RESPONSE_STATUS_TRYLATER : OCSP_RESPONSE_STATUS_SUCCESSFUL,
                             a->try_later ? NULL : basic);
    int len = i2d_OCSP_RESPONSE(answer, &der);
    OCSP_RESPONSE_free(answer);
    OCSP_BASICRESP_free(basic);
    OCSP_CERTID_free(id);
    X509_free(about);
    X509_free(of);
    X509_free(by);
    X509_free(along);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    ASN1_TIME_free(when);
    return kept(der, len, "an answer");
}
