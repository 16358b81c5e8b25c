/* SPDX-License-Identifier: MIT
 *
 * sspi certs fetch-crl -- the revocation lists that certificates name, into the folder that handshakes read.  A
 * list is stored when an issuer at hand has signed it, it is current, and it is not older than the one there. */
#include <config.h>

#include "tools/certs.h"

#include "core/cert/crl.h"
#include "core/cert/place.h"
#include "core/provider.h"
#include "core/safe.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define LIST_MAX  (16u << 20)
#define CERTS_MAX 4096u
#define URLS_MAX  256u

struct known { /* certificates at hand: whose lists, signed by whom */
    struct x509 x[CERTS_MAX];
    unsigned count;
    char *url[URLS_MAX];
    unsigned url_count;
};

/* ---- what to fetch ---- */

static void add_url(struct known *k, struct sspi_bytes name)
{
    char url[1024];
    if (name.len >= sizeof url || name.len < 7 || strncasecmp((const char *)name.ptr, "http://", 7) != 0 ||
        memchr(name.ptr, 0, name.len))
        return;
    memcpy(url, name.ptr, name.len);
    url[name.len] = 0;
    for (unsigned i = 0; i < k->url_count; i++)
        if (!strcmp(k->url[i], url))
            return;
    if (k->url_count < URLS_MAX && (k->url[k->url_count] = strdup(url)) != NULL)
        k->url_count++;
}

/* The addresses of a certificate's distribution points: [0] of [0], names of the kind [6]. */
static void add_points(struct known *k, struct sspi_bytes points)
{
    struct sspi_bytes point, wrapped, full, value;
    uint8_t tag;
    while (points.len && !der_take(&points, DER_SEQUENCE, &point)) {
        if (der_optional(&point, DER_CONTEXT_CONSTRUCTED(0), &wrapped) <= 0 ||
            der_optional(&wrapped, DER_CONTEXT_CONSTRUCTED(0), &full) <= 0)
            continue;
        while (full.len && !der_next(&full, &tag, &value, NULL))
            if (tag == DER_CONTEXT(6))
                add_url(k, value);
    }
}

/* Every certificate of a store; the copies stay until the end. */
static void add_store(struct known *k, HCERTSTORE store)
{
    for (PCCERT_CONTEXT c = NULL; store && (c = CertEnumCertificatesInStore(store, c)) != NULL;) {
        uint8_t *copy = k->count < CERTS_MAX ? malloc(c->cbCertEncoded) : NULL;
        if (!copy)
            continue;
        memcpy(copy, c->pbCertEncoded, c->cbCertEncoded);
        struct x509 *x = &k->x[k->count];
        if (x509_parse((struct sspi_bytes){copy, c->cbCertEncoded}, x)) {
            free(copy);
            continue;
        }
        k->count++;
        if (!x509_self_issued(x)) /* nobody revokes an anchor */
            add_points(k, x->crl_points);
    }
    CertCloseStore(store, 0);
}

static void forget(struct known *k)
{
    for (unsigned i = 0; i < k->count; i++)
        free((void *)(uintptr_t)k->x[i].der.ptr);
    for (unsigned i = 0; i < k->url_count; i++)
        free(k->url[i]);
    free(k);
}

/* ---- is it good? ---- */

static int signed_by(const struct provider *p, const struct crl *list, const struct x509 *x)
{
    int good = 0;
    struct sspi_signature s = {.size = sizeof s,
                               .scheme = x509_scheme_of(&list->algorithm, &x->key_algorithm),
                               .key = x->key_info,
                               .data = list->to_be_signed,
                               .signature = list->signature};
    return der_equal(list->issuer, x->subject) && (!(x->has & X509_USAGE) || x->key_usage & X509_CRL_SIGN) && s.scheme &&
           p->api.signature_check(&s, &good) == SSPI_OK && good;
}

static const char *fault_of(const struct known *k, const struct provider *p, const struct crl *list)
{
    time_t now = time(NULL);
    unsigned i = 0;
    while (i < k->count && !signed_by(p, list, &k->x[i]))
        i++;
    if (i == k->count)
        return "no certificate in MY, CA, ROOT or the files has signed it: name its issuer's file";
    if (list->this_update > now + 300)
        return "it is of a time to come: is the clock right?";
    return !list->next_update || list->next_update < now ? "it is out of date" : NULL;
}

/* The list that is there already; 1: its time in *when. */
static int stored_time(const char *path, int64_t *when)
{
    char why[300], *bytes = NULL;
    size_t len = 0;
    struct crl list;
    int there = !safe_read(path, LIST_MAX, &bytes, &len, why, sizeof why) &&
                !crl_parse((struct sspi_bytes){(uint8_t *)bytes, len}, &list);
    if (there)
        *when = list.this_update;
    free(bytes);
    return there;
}

static void day(int64_t when, char *out, size_t size)
{
    time_t t = (time_t)when;
    struct tm parts;
    if (!gmtime_r(&t, &parts) || !strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &parts))
        snprintf(out, size, "?");
}

/* ---- one list ---- */

static int store_list(const char *folder, const char *url, const struct provider *p, const struct crl *list,
                      struct sspi_bytes der)
{
    struct sspi_bytes text = {(const uint8_t *)url, strlen(url)};
    uint8_t digest[32];
    char name[80], until[40];
    int64_t before = 0;
    if (p->api.digest(SSPI_SHA256, &text, 1, digest) != SSPI_OK)
        return certs_failed("%s: no provider can hash", url);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(name + 2 * i, 3, "%02x", digest[i]);
    strcpy(name + 64, ".crl");
    char *path = place_join(folder, "/", name);
    if (!path)
        return certs_failed("not enough memory");
    int older = stored_time(path, &before) && before > list->this_update, result = EXIT_DONE;
    day(list->next_update, until, sizeof until);
    if (older)
        result = certs_failed("%s: older than the list that is there, %s: left alone", url, path);
    else if (place_put(folder, name, der, 0644))
        result = EXIT_FAILED; /* which the log has said */
    else
        printf("%s\n  %s, until %s\n", url, path, until);
    free(path);
    return result;
}

static int fetch(const struct certs_options *o, const struct known *k, const struct provider *p, const char *folder,
                 const char *url)
{
    const char *why = NULL;
    size_t size = 0, len = 0;
    struct crl list;
    int result;
    unsigned char *bytes = http_get(url, LIST_MAX, o->timeout, &size, &why);
    uint8_t *der = bytes ? crl_decode((struct sspi_bytes){bytes, size}, &len, &why) : NULL;
    if (der && crl_parse((struct sspi_bytes){der, len}, &list))
        why = "it is no revocation list, or a malformed one";
    else if (der)
        why = fault_of(k, p, &list);
    result = !der || why ? certs_failed("%s: %s", url, why)
                         : store_list(folder, url, p, &list, (struct sspi_bytes){der, len});
    free(der);
    free(bytes);
    return result;
}

int certs_fetch(const struct certs_options *o)
{
    static const char *const names[] = {"MY", "CA", "ROOT"};
    const struct provider *p = NULL;
    struct known *k = calloc(1, sizeof *k);
    char *folder = o->folder ? strdup(o->folder) : place_machine("/", "crls");
    int result = EXIT_DONE;
    if (!k || !folder) {
        free(k);
        free(folder);
        return certs_failed("not enough memory");
    }
    if (provider_select(NULL, SSPI_CAP_SIGNATURE, &p) != SEC_E_OK)
        result = certs_failed("no provider can check a signature: `sspi providers' says why");
    else if (folder[0] != '/')
        result = certs_failed("%s: not an absolute path", folder);
    for (int i = 0; i < o->word_count && result == EXIT_DONE; i++) {
        HCERTSTORE store = certs_file(o->words[i]);
        if (!store)
            result = EXIT_FAILED;
        add_store(k, store);
    }
    if (result == EXIT_DONE) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            add_store(k, certs_store(names[i], 0));
        add_store(k, certs_store("MY", 1));
        if (!k->url_count)
            printf("no certificate names a list at an http:// address\n");
        for (unsigned i = 0; i < k->url_count; i++)
            if (fetch(o, k, p, folder, k->url[i]) != EXIT_DONE)
                result = EXIT_FAILED;
    }
    forget(k);
    free(folder);
    return result;
}
