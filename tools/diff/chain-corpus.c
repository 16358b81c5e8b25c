/* SPDX-License-Identifier: MIT
 * tools/diff/chain-corpus.c -- x509-limbo's and BetterTLS' files of chains. */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/suite.h"

#include <archive.h>
#include <archive_entry.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { JSON_MOST = 64 << 20 };

/* The file unpacked, or NULL with a word in `why`. */
static char *unpacked(const char *path, size_t *len, char *why, size_t size)
{
    struct archive *a = archive_read_new();
    struct archive_entry *entry;
    char *text = malloc(JSON_MOST);
    la_ssize_t got = -1;
    *len = 0;
    archive_read_support_filter_all(a);
    archive_read_support_format_raw(a);
    if (text && archive_read_open_filename(a, path, 1 << 16) == ARCHIVE_OK &&
        archive_read_next_header(a, &entry) == ARCHIVE_OK)
        while ((got = archive_read_data(a, text + *len, JSON_MOST - *len)) > 0)
            *len += (size_t)got;
    if (got != 0) {
        snprintf(why, size, "%s: %s", path,
                 text ? archive_error_string(a) ? archive_error_string(a) : "too long" : "no memory");
        free(text);
        text = NULL;
    }
    archive_read_free(a);
    return text;
}

static json_t *load(const char *folder, const char *file, char *why, size_t size)
{
    char path[4096];
    size_t len;
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    if (access(path, R_OK))
        return NULL;
    char *text = unpacked(path, &len, why, size);
    json_t *all = text ? json_loadb(text, len, 0, &error) : NULL;
    if (text && !all)
        snprintf(why, size, "%s:%d: %s", path, error.line, error.text);
    free(text);
    return all;
}

/* ---- one base ---- */

static int put_text(struct diff_stimulus *s, uint8_t kind, const char *text)
{
    return text ? chain_put(s, kind, text, strlen(text)) : 0;
}

/* A certificate or list: PEM, or bare base64. */
static int put_encoded(struct diff_stimulus *s, uint8_t kind, const char *text)
{
    BYTE *der = NULL;
    DWORD len = 0, form = CRYPT_STRING_ANY;
    int failed = -1;
    if (text && strstr(text, "X509 CRL"))
        form = CRYPT_STRING_BASE64X509CRLHEADER;
    if (text && CryptStringToBinaryA(text, 0, form, NULL, &len, NULL, NULL) && (der = malloc(len + 1)) &&
        CryptStringToBinaryA(text, 0, form, der, &len, NULL, NULL))
        failed = chain_put(s, kind, der, len);
    free(der);
    return failed;
}

static int put_each(struct diff_stimulus *s, uint8_t kind, const json_t *list)
{
    size_t i;
    json_t *text;
    json_array_foreach(list, i, text) if (put_encoded(s, kind, json_string_value(text))) return -1;
    return 0;
}

/* Into the suite; the stimulus is its own from now on. */
static int hand_over(struct diff_suite *suite, unsigned mutations, const char *prefix, const char *name,
                     struct diff_stimulus *s)
{
    struct diff_base *base = diff_suite_add(suite, &diff_chain, "%s/%s", prefix, name);
    if (!base) {
        diff_stimulus_free(s);
        return -1;
    }
    base->stimulus = *s;
    base->mutations = mutations;
    return 0;
}

/* ---- x509-limbo ---- */

static int64_t seconds_of(const char *text)
{
    struct tm tm = {.tm_year = 0};
    if (sscanf(text, "%d-%d-%dT%d:%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
               &tm.tm_sec) < 6)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    return (int64_t)timegm(&tm);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int limbo(struct diff_suite *to, unsigned mutations, const json_t *test)
{
    const char *id = text_of(test, "id"), *when = text_of(test, "validation_time"),
               *kind = text_of(test, "validation_kind");
    const json_t *name = json_object_get(test, "expected_peer_name");
    struct diff_stimulus s = {.bytes = NULL};
    if (!id || !kind)
        return 0;
    /* One without a date means now; a fixed day keeps its id and its verdict. */
    int failed = chain_put_time(&s, when ? seconds_of(when) : 1735689600);
    failed = failed ||
             put_text(&s, CHAIN_USAGE, strcmp(kind, "CLIENT") ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2");
    failed = failed || put_text(&s, CHAIN_HOST, text_of(name, "value"));
    failed = failed || put_each(&s, CHAIN_ANCHOR, json_object_get(test, "trusted_certs"));
    failed = failed || put_encoded(&s, CHAIN_CERT, text_of(test, "peer_certificate"));
    failed = failed || put_each(&s, CHAIN_CERT, json_object_get(test, "untrusted_intermediates"));
    failed = failed || put_each(&s, CHAIN_LIST, json_object_get(test, "crls"));
    if (failed) {
        diff_stimulus_free(&s);
        return 0; /* not for us to read: its encoding is the case */
    }
    return hand_over(to, mutations, "limbo", id, &s);
}

/* ---- BetterTLS ---- */

static int bettertls(struct diff_suite *to, unsigned mutations, const json_t *all, const json_t *test)
{
    char id[32];
    struct diff_stimulus s = {.bytes = NULL};
    snprintf(id, sizeof id, "%d", (int)json_integer_value(json_object_get(test, "id")));
    int failed = chain_put_time(&s, 1798761600) || put_text(&s, CHAIN_USAGE, "1.3.6.1.5.5.7.3.1") ||
                 put_text(&s, CHAIN_HOST, text_of(test, "hostname")) ||
                 put_encoded(&s, CHAIN_ANCHOR, text_of(all, "trustRoot")) ||
                 put_each(&s, CHAIN_CERT, json_object_get(test, "certificates"));
    if (failed) {
        diff_stimulus_free(&s);
        return 0;
    }
    return hand_over(to, mutations, "bettertls", id, &s);
}

int chain_corpora(struct diff_suite *to, const char *folder, unsigned mutations, char *why, size_t size)
{
    size_t i;
    json_t *test;
    int stopped = 0;
    *why = 0;
    json_t *all = load(folder, "limbo.json.xz", why, size);
    json_array_foreach(json_object_get(all, "testcases"), i, test)
    {
        if ((stopped = limbo(to, mutations, test)))
            break;
    }
    json_decref(all);
    if (*why || stopped)
        return -1;
    all = load(folder, "bettertls-pathbuilding.json.xz", why, size);
    const json_t *suite = json_object_get(json_object_get(all, "suites"), "pathbuilding");
    json_array_foreach(json_object_get(suite, "testCases"), i, test)
    {
        if ((stopped = bettertls(to, mutations, all, test)))
            break;
    }
    json_decref(all);
    return *why || stopped ? -1 : 0;
}
