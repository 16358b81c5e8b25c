/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/import.c -- PKCS#12 and PKCS#8 into plain DER, piece by piece. */
#include <config.h>

#include "state.h"

#include <gnutls/pkcs12.h>
#include <string.h>

#define ROUNDS_MAX 5000000u /* of key derivations: a file may not keep us busy for ever */

static int put(const struct sspi_sink *sink, enum sspi_item item, gnutls_datum_t *der)
{
    int ret = sink->put(sink->ctx, item, (struct sspi_bytes){der->data, der->size});
    explicit_bzero(der->data, der->size);
    gnutls_free(der->data);
    return ret == 0 ? 0 : GNUTLS_E_USER_ERROR;
}

static int put_key(const struct sspi_sink *sink, gnutls_x509_privkey_t key)
{
    gnutls_datum_t der;
    int ret = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &der);
    return ret < 0 ? ret : put(sink, SSPI_ITEM_KEY, &der);
}

/* Puts the certificates and frees them, whatever `ret` says already. */
static int put_certs(const struct sspi_sink *sink, gnutls_x509_crt_t *certs, unsigned count, bool leaf, int ret)
{
    gnutls_datum_t der;
    for (unsigned i = 0; i < count; i++) {
        if (ret >= 0 && (ret = gnutls_x509_crt_export2(certs[i], GNUTLS_X509_FMT_DER, &der)) >= 0)
            ret = put(sink, leaf && i == 0 ? SSPI_ITEM_LEAF : SSPI_ITEM_CERT, &der);
        gnutls_x509_crt_deinit(certs[i]);
    }
    gnutls_free(certs);
    return ret;
}

/* One bag's certificates. */
static int put_bag(const struct sspi_import *in, gnutls_pkcs12_bag_t bag, const char *password)
{
    gnutls_x509_crt_t cert;
    gnutls_datum_t der;
    int ret = 0;
    if (gnutls_pkcs12_bag_get_type(bag, 0) == GNUTLS_BAG_ENCRYPTED)
        ret = gnutls_pkcs12_bag_decrypt(bag, password);
    for (int i = 0; ret >= 0 && i < gnutls_pkcs12_bag_get_count(bag); i++) {
        if (gnutls_pkcs12_bag_get_type(bag, i) != GNUTLS_BAG_CERTIFICATE)
            continue;
        if ((ret = gnutls_pkcs12_bag_get_data(bag, i, &der)) < 0 || (ret = gnutls_x509_crt_init(&cert)) < 0)
            break;
        if ((ret = gnutls_x509_crt_import(cert, &der, GNUTLS_X509_FMT_DER)) >= 0 &&
            (ret = gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_DER, &der)) >= 0)
            ret = put(&in->sink, SSPI_ITEM_CERT, &der);
        gnutls_x509_crt_deinit(cert);
    }
    return ret;
}

/* A file without a key, which the library's own walk refuses. */
static int import_certs(gnutls_pkcs12_t pfx, const struct sspi_import *in, const char *password)
{
    int ret = 0;
    for (int i = 0; ret >= 0; i++) {
        gnutls_pkcs12_bag_t bag;
        if ((ret = gnutls_pkcs12_bag_init(&bag)) < 0)
            break;
        int more = gnutls_pkcs12_get_bag(pfx, i, bag);
        if (more >= 0)
            ret = put_bag(in, bag, password);
        gnutls_pkcs12_bag_deinit(bag);
        if (more == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            break;
        if (more < 0)
            ret = more;
    }
    return ret;
}

/* Rounds of the keys that are encrypted by themselves in one bag. */
static unsigned long long rounds_in(gnutls_pkcs12_bag_t bag)
{
    unsigned long long sum = 0;
    int count = gnutls_pkcs12_bag_get_count(bag);
    for (int i = 0; i < count; i++) {
        gnutls_datum_t der;
        unsigned rounds = 0, schema, cipher, salt_len = 0;
        if (gnutls_pkcs12_bag_get_type(bag, (unsigned)i) != GNUTLS_BAG_PKCS8_ENCRYPTED_KEY ||
            gnutls_pkcs12_bag_get_data(bag, (unsigned)i, &der) < 0)
            continue;
        int ret = gnutls_pkcs8_info(&der, GNUTLS_X509_FMT_DER, &schema, &cipher, NULL, &salt_len, &rounds, NULL);
        sum += ret < 0 && ret != GNUTLS_E_SHORT_MEMORY_BUFFER ? 0 : rounds; /* one that cannot be read fails later */
    }
    return sum;
}

/* What can be seen without the password the core has counted; this looks inside of what is encrypted as a
 * whole. */
static int check_cost(gnutls_pkcs12_t pfx, const char *password)
{
    unsigned long long sum = 0;
    int ret = 0;
    for (int i = 0; ret >= 0 && sum <= ROUNDS_MAX; i++) {
        gnutls_pkcs12_bag_t bag;
        if ((ret = gnutls_pkcs12_bag_init(&bag)) < 0)
            return ret;
        ret = gnutls_pkcs12_get_bag(pfx, i, bag);
        if (ret >= 0 && gnutls_pkcs12_bag_get_type(bag, 0) == GNUTLS_BAG_ENCRYPTED &&
            (ret = gnutls_pkcs12_bag_decrypt(bag, password)) >= 0)
            sum += rounds_in(bag);
        gnutls_pkcs12_bag_deinit(bag);
    }
    return sum > ROUNDS_MAX ? GNUTLS_E_PK_INVALID_PUBKEY_PARAMS : ret == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE ? 0 : ret;
}

static int import_bag(gnutls_pkcs12_t bag, const struct sspi_import *in)
{
    gnutls_x509_privkey_t key = NULL;
    gnutls_x509_crt_t *chain = NULL, *extra = NULL;
    unsigned chain_len = 0, extra_len = 0;
    const char *password = in->password ? in->password : "";
    int ret = gnutls_pkcs12_verify_mac(bag, password);
    if (ret >= 0)
        ret = check_cost(bag, password);
    if (ret < 0)
        return ret;
    ret = gnutls_pkcs12_simple_parse(bag, password, &key, &chain, &chain_len, &extra, &extra_len, NULL,
                                     GNUTLS_PKCS12_SP_INCLUDE_SELF_SIGNED);
    if (ret == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        return import_certs(bag, in, password);
    if (ret < 0)
        return ret;
    if (key) {
        ret = put_key(&in->sink, key);
        gnutls_x509_privkey_deinit(key);
    }
    ret = put_certs(&in->sink, chain, chain_len, key != NULL, ret);
    return put_certs(&in->sink, extra, extra_len, false, ret);
}

static int import_key(const struct sspi_import *in, const gnutls_datum_t *der)
{
    gnutls_x509_privkey_t key;
    int ret = gnutls_x509_privkey_init(&key);
    if (ret < 0)
        return ret;
    ret = gnutls_x509_privkey_import_pkcs8(key, der, GNUTLS_X509_FMT_DER, in->password,
                                           in->password ? 0 : GNUTLS_PKCS_PLAIN);
    if (ret >= 0)
        ret = put_key(&in->sink, key);
    gnutls_x509_privkey_deinit(key);
    return ret;
}

enum sspi_status cred_import(const struct sspi_import *in, struct sspi_failure *failure)
{
    gnutls_pkcs12_t bag;
    gnutls_datum_t der = datum(in->bytes.ptr, in->bytes.len);
    *failure = (struct sspi_failure){0};
    int ret = gnutls_pkcs12_init(&bag);
    if (ret >= 0) {
        bool is_bag = gnutls_pkcs12_import(bag, &der, GNUTLS_X509_FMT_DER, 0) >= 0;
        ret = is_bag ? import_bag(bag, in) : import_key(in, &der);
        gnutls_pkcs12_deinit(bag);
    }
    if (ret >= 0)
        return SSPI_OK;
    failure_set(failure, ret);
    if (ret == GNUTLS_E_MAC_VERIFY_FAILED || ret == GNUTLS_E_DECRYPTION_FAILED)
        failure->why = SSPI_WHY_WRONG_PASSWORD;
    else if (ret != GNUTLS_E_MEMORY_ERROR && ret != GNUTLS_E_USER_ERROR)
        failure->why = SSPI_WHY_BAD_CREDENTIAL;
    return SSPI_FAILED;
}
