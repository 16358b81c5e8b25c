/* SPDX-License-Identifier: MIT
 *
 * providers/gnutls/credential.c -- one certificate, its key and the lists, ready for any number of sessions. */
#include <config.h>

#include "state.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 32

static uint16_t *list_copy(const uint16_t *list, bool *failed)
{
    size_t n = 0;
    while (list && list[n])
        n++;
    uint16_t *copy = list ? calloc(n + 1, sizeof *copy) : NULL;
    if (copy)
        memcpy(copy, list, n * sizeof *copy);
    *failed |= list && !copy;
    return copy;
}

/* A token that was given the wrong PIN once is not given it again: the third time would lock it. */
static int pin_give(void *userdata, int attempt, const char *url, const char *label, unsigned flags, char *pin,
                    size_t cap)
{
    const sspi_cred *cred = userdata;
    (void)url;
    (void)label;
    size_t len = cred->pin ? strlen(cred->pin) : 0;
    if (!len || len >= cap || attempt > 0 || flags & GNUTLS_PIN_WRONG)
        return GNUTLS_E_PKCS11_PIN_ERROR;
    memcpy(pin, cred->pin, len + 1);
    return 0;
}

/* Does the URI hold this word, as p11-kit reads it: white space left out, letters of either case? */
static bool url_has(const char *url, const char *word)
{
    for (; *url; url++) {
        const char *u = url, *w = word;
        for (; *u && *w && (isspace((unsigned char)*u) || tolower((unsigned char)*u) == *w); u++)
            w += !isspace((unsigned char)*u);
        if (!*w)
            return true;
    }
    return false;
}

/* A URI that names a module would load code of the caller's choice: p11-kit's configuration decides that. */
static bool url_names_module(const char *url)
{
    return url_has(url, "module-path") || url_has(url, "module-name");
}

static int key_from_token(sspi_cred *cred, const struct sspi_bytes *from)
{
    char *url = strndup((const char *)from->ptr, from->len);
    if (!url)
        return GNUTLS_E_MEMORY_ERROR;
    int ret = GNUTLS_E_PARSING_ERROR;
    if (strlen(url) == from->len && !url_names_module(url)) {
        gnutls_privkey_set_pin_function(cred->key, pin_give, cred);
        ret = gnutls_privkey_import_url(cred->key, url, 0);
    }
    explicit_bzero(url, from->len); /* it may carry a PIN */
    free(url);
    return ret;
}

static int key_load(sspi_cred *cred, const struct sspi_cred_params *p)
{
    if (!p->key.ptr || !p->key.len)
        return GNUTLS_E_PARSING_ERROR;
    if (p->pin.ptr && p->pin.len && !(cred->pin = strndup((const char *)p->pin.ptr, p->pin.len)))
        return GNUTLS_E_MEMORY_ERROR;
    int ret = gnutls_privkey_init(&cred->key);
    if (ret < 0)
        return ret;
    if (p->key.len > 7 && memcmp(p->key.ptr, "pkcs11:", 7) == 0)
        return key_from_token(cred, &p->key);
    gnutls_datum_t der = datum(p->key.ptr, p->key.len);
    return gnutls_privkey_import_x509_raw(cred->key, &der, GNUTLS_X509_FMT_DER, NULL, 0);
}

static int chain_load(sspi_cred *cred, const struct sspi_cred_params *p)
{
    unsigned done = 0;
    int ret = 0;
    if (p->chain_count > CHAIN_MAX)
        return GNUTLS_E_INVALID_REQUEST;
    cred->chain = calloc(p->chain_count, sizeof *cred->chain);
    if (!cred->chain)
        return GNUTLS_E_MEMORY_ERROR;
    for (; ret >= 0 && done < p->chain_count; done += ret >= 0) {
        gnutls_datum_t der = datum(p->chain[done].ptr, p->chain[done].len);
        ret = gnutls_pcert_import_x509_raw(&cred->chain[done], &der, GNUTLS_X509_FMT_DER, 0);
    }
    if (ret >= 0)
        ret = key_load(cred, p);
    if (ret >= 0) /* checks that they belong together, and owns both from here on */
        ret = gnutls_certificate_set_key(cred->cert, NULL, 0, cred->chain, (int)done, cred->key);
    if (ret >= 0) {
        cred->chain_count = done;
        return 0;
    }
    while (done)
        gnutls_pcert_deinit(&cred->chain[--done]);
    if (cred->key)
        gnutls_privkey_deinit(cred->key);
    cred->key = NULL;
    return ret;
}

/* CA names of a request.  One that cannot be read costs its name only: core->verify judges, not this. */
static int anchors_load(sspi_cred *cred, const struct sspi_cred_params *p)
{
    int ret = 0;
    for (unsigned i = 0; ret >= 0 && i < p->anchor_count; i++) {
        gnutls_datum_t der = datum(p->anchors[i].ptr, p->anchors[i].len);
        ret = gnutls_certificate_set_x509_trust_mem(cred->cert, &der, GNUTLS_X509_FMT_DER);
        if (ret < 0 && ret != GNUTLS_E_MEMORY_ERROR) {
            LOG(SSPI_LOG_WARNING, "anchor %u is left out: %s", i, gnutls_strerror(ret));
            ret = 0;
        }
    }
    return ret;
}

static int psk_find(gnutls_session_t tls, const gnutls_datum_t *name, gnutls_datum_t *key)
{
    uint8_t found[64];
    size_t len = 0;
    sspi_session *s = session_of(tls);
    int ret = GNUTLS_E_INSUFFICIENT_CREDENTIALS;
    if (core->psk_find(s->owner, (struct sspi_bytes){name->data, name->size}, found, sizeof found, &len) == 0 &&
        len && len <= sizeof found) {
        key->data = gnutls_malloc(len);
        key->size = (unsigned)len;
        ret = key->data ? 0 : GNUTLS_E_MEMORY_ERROR;
        if (key->data)
            memcpy(key->data, found, len);
    }
    explicit_bzero(found, sizeof found);
    return ret < 0 ? -1 : 0;
}

static int staple_give(gnutls_session_t tls, void *ptr, gnutls_datum_t *out)
{
    const sspi_session *s = session_of(tls);
    (void)ptr;
    if (!s->staple.size)
        return GNUTLS_E_NO_CERTIFICATE_STATUS;
    out->data = gnutls_malloc(s->staple.size);
    if (!out->data)
        return GNUTLS_E_MEMORY_ERROR;
    memcpy(out->data, s->staple.data, s->staple.size);
    out->size = s->staple.size;
    return 0;
}

/* Whether a server takes pre-shared keys: it has nothing else, or its list names such a suite. */
static bool wants_psk(const struct sspi_cred_params *p)
{
    if (!p->server || !CORE_HAS(psk_find))
        return false;
    for (const uint16_t *id = p->suites; id && *id; id++) {
        const struct suite *s = suite_by_id(*id);
        if (s && (s->kx == GNUTLS_KX_PSK || s->kx == GNUTLS_KX_DHE_PSK || s->kx == GNUTLS_KX_ECDHE_PSK))
            return true;
    }
    return p->chain_count == 0;
}

static int priorities_make(sspi_cred *cred)
{
    unsigned n = 0;
    int ret = priority_make(cred, cred->protocols, cred->psk != NULL, &cred->cached[0].priority);
    if (ret < 0) {
        LOG(SSPI_LOG_ERROR, "protocols, suites and policy leave nothing to negotiate: %s", gnutls_strerror(ret));
        return ret;
    }
    cred->cached[n++].protocols = cred->protocols;
    for (const struct version_name *v = versions; v->name && n < PRIORITIES; v++)
        if (cred->protocols & v->cap && cred->protocols != v->cap &&
            priority_make(cred, v->cap, cred->psk != NULL, &cred->cached[n].priority) == 0)
            cred->cached[n++].protocols = v->cap;
    return 0;
}

static int cred_fill(sspi_cred *cred, const struct sspi_cred_params *p)
{
    bool failed = false;
    cred->server = p->server;
    cred->protocols = p->protocols;
    cred->lists.size = sizeof cred->lists;
    cred->lists.suites = list_copy(p->suites, &failed);
    cred->lists.groups = list_copy(p->groups, &failed);
    cred->lists.signatures = list_copy(p->signatures, &failed);
    cred->lists.policy = p->policy ? strdup(p->policy) : NULL;
    if (failed || (p->policy && !cred->lists.policy))
        return GNUTLS_E_MEMORY_ERROR;
    int ret = gnutls_certificate_allocate_credentials(&cred->cert);
    if (ret >= 0 && p->chain_count)
        ret = chain_load(cred, p);
    if (ret < 0)
        return ret;
    gnutls_certificate_set_verify_function(cred->cert, verify_peer);
    if (!cred->server) {
        gnutls_certificate_set_retrieve_function3(cred->cert, client_certificate);
    } else {
        gnutls_certificate_set_ocsp_status_request_function(cred->cert, staple_give, NULL);
        ret = anchors_load(cred, p);
        if (ret >= 0)
            ret = gnutls_rnd(GNUTLS_RND_KEY, cred->cookie_key, sizeof cred->cookie_key);
    }
    if (ret >= 0 && wants_psk(p)) {
        ret = gnutls_psk_allocate_server_credentials(&cred->psk);
        if (ret >= 0)
            gnutls_psk_set_server_credentials_function2(cred->psk, psk_find);
    }
    return ret < 0 ? ret : priorities_make(cred);
}

enum sspi_status cred_new(const struct sspi_cred_params *params, sspi_cred **out, struct sspi_failure *failure)
{
    struct sspi_cred_params p = {0};
    memcpy(&p, params, params->size < sizeof p ? params->size : sizeof p);
    *out = NULL;
    *failure = (struct sspi_failure){0};
    sspi_cred *cred = calloc(1, sizeof *cred);
    bool both = p.protocols & TLS_MASK && p.protocols & DTLS_MASK;
    int ret = !cred ? GNUTLS_E_MEMORY_ERROR
              : both || !p.protocols ? GNUTLS_E_INVALID_REQUEST
                                     : cred_fill(cred, &p);
    if (ret >= 0) {
        *out = cred;
        return SSPI_OK;
    }
    failure_set(failure, ret);
    if (ret == GNUTLS_E_NO_PRIORITIES_WERE_SET)
        failure->why = SSPI_WHY_NO_COMMON_ALGORITHM;
    else if (ret == GNUTLS_E_PKCS11_PIN_ERROR)
        failure->why = SSPI_WHY_WRONG_PASSWORD;
    else if (ret != GNUTLS_E_MEMORY_ERROR)
        failure->why = SSPI_WHY_BAD_CREDENTIAL;
    cred_free(cred);
    return SSPI_FAILED;
}

void cred_free(sspi_cred *cred)
{
    if (!cred)
        return;
    for (unsigned i = 0; i < PRIORITIES; i++)
        if (cred->cached[i].priority)
            gnutls_priority_deinit(cred->cached[i].priority);
    if (cred->cert)
        gnutls_certificate_free_credentials(cred->cert);
    if (cred->psk)
        gnutls_psk_free_server_credentials(cred->psk);
    if (cred->pin) {
        explicit_bzero(cred->pin, strlen(cred->pin));
        free(cred->pin);
    }
    free(cred->chain);
    free((void *)(uintptr_t)cred->lists.suites);
    free((void *)(uintptr_t)cred->lists.groups);
    free((void *)(uintptr_t)cred->lists.signatures);
    free((void *)(uintptr_t)cred->lists.policy);
    explicit_bzero(cred, sizeof *cred);
    free(cred);
}
