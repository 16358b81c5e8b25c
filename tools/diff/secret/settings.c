/* SPDX-License-Identifier: MIT
 *
 * The settings of pairs under known secrets: peer, role, version, suite and whether the client has a
 * certificate, all combined; the delivery goes round. */
#include <config.h>

#include "tools/diff/secret/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MAX = 3 };

static const struct {
    unsigned count;
    struct {
        const char *name, *word;
    } of[VALUES_MAX];
} axes[SECRET_AXES] = {
    /* wolfSSL as distributions build it has no key log: it is whom others meet */
    [SECRET_PEER] = {2, {{"openssl", "live.peer.openssl"}, {"gnutls", "live.peer.gnutls"}}},
    [SECRET_ROLE] = {2, {{"client", "role.accept"}, {"server", "role.initialize"}}}, /* the peer's */
    [SECRET_VERSION] = {2, {{"tls12", "live.tls12"}, {"tls13", "live.tls13"}}},
    [SECRET_SUITE] =
        {3, {{"aes128", "secret.aes128"}, {"aes256", "secret.aes256"}, {"chacha", "secret.chacha"}}},
    [SECRET_CLIENT] = {2, {{"", ""}, {"mutual", "live.client.given"}}},
};
static const struct {
    enum diff_delivery delivery;
    const char *word;
} deliveries[] = {
    {DIFF_WHOLE, "live.whole"}, {DIFF_BYTES, "live.bytes"},   {DIFF_RECORDS, "live.records"},
    {DIFF_SMALL, "live.small"}, {DIFF_MEMORY, "live.memory"},
};

static void settle(struct secret_setting *s, size_t number)
{
    static const enum diff_suites suites[] = {DIFF_SUITES_AES128, DIFF_SUITES_AES256, DIFF_SUITES_CHACHA};
    int mutual = s->at[SECRET_CLIENT] == 1;

    s->live.role = s->at[SECRET_ROLE] ? DIFF_INITIALIZE : DIFF_ACCEPT;
    s->live.peer = axes[SECRET_PEER].of[s->at[SECRET_PEER]].name;
    s->live.delivery = deliveries[number % 5].delivery;
    s->live.profile = (struct diff_profile){
        .name = "secret",
        .server = "server-rsa", /* whose signatures have one length */
        .client = mutual ? "client-rsa" : NULL,
        .roots = mutual ? "root" : NULL,
        .disabled = secret_tls13(s) ? SP_PROT_TLS1_2 : SP_PROT_TLS1_3,
        .server_request = mutual ? ASC_REQ_MUTUAL_AUTH : 0,
        .suites = suites[s->at[SECRET_SUITE]],
    };
}

struct secret_setting *secret_settings(size_t *count)
{
    struct secret_setting *all;
    struct diff_backend peer;
    char why[128];
    unsigned total = 1;

    for (unsigned a = 0; a < SECRET_AXES; a++)
        total *= axes[a].count;
    all = calloc(total, sizeof *all);
    *count = 0;
    for (unsigned i = 0; i < total && all; i++) {
        struct secret_setting *s = &all[*count];
        unsigned n = i;
        for (unsigned a = 0; a < SECRET_AXES; a++) {
            s->at[a] = (uint8_t)(n % axes[a].count);
            n /= axes[a].count;
        }
        settle(s, i / axes[SECRET_PEER].count);
        *count += diff_backend_make(&peer, s->live.peer, why, sizeof why) == 0;
    }
    return all;
}

void secret_name(const struct secret_setting *s, char *out, size_t size)
{
    static const char between[SECRET_AXES] = {'-', '/', '-', '-', '-'};
    size_t len = 0;

    *out = 0;
    for (unsigned a = 0; a < SECRET_AXES && len < size; a++) {
        const char *name = axes[a].of[s->at[a]].name;
        if (*name)
            len += (size_t)snprintf(out + len, size - len, "%.1s%s", a ? &between[a - 1] : "", name);
    }
}

size_t secret_words(const struct secret_setting *s, const char **out, size_t max)
{
    size_t count = 0;

    for (unsigned i = 0; i < 5 && count < max; i++)
        if (deliveries[i].delivery == s->live.delivery)
            out[count++] = deliveries[i].word;
    for (unsigned a = 0; a < SECRET_AXES && count < max; a++)
        if (*axes[a].of[s->at[a]].word)
            out[count++] = axes[a].of[s->at[a]].word;
    if (count < max)
        out[count++] = "secret";
    return count;
}
