/* SPDX-License-Identifier: MIT
 *
 * Chains of the keys that the engine brings: what operations are tried on where there are no corpora. */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/profile.h"
#include "tools/diff/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVER "1.3.6.1.5.5.7.3.1"
#define CLIENT "1.3.6.1.5.5.7.3.2"

static const struct {
    const char *name, *file, *usage, *host;
} chains[] = {
    {"ecdsa", "server-ecdsa", SERVER, "localhost"},     {"rsa", "server-rsa", SERVER, "localhost"},
    {"ed25519", "server-ed25519", SERVER, "localhost"}, {"client-ecdsa", "client-ecdsa", CLIENT, NULL},
    {"client-rsa", "client-rsa", CLIENT, NULL},         {"server-as-client", "server-ecdsa", CLIENT, NULL},
    {"client-as-server", "client-ecdsa", SERVER, NULL}, {"other-host", "server-rsa", SERVER, "example.com"},
};

/* The certificates of a PEM file of the data folder, as items of this kind. */
static int put_file(struct diff_stimulus *s, uint8_t kind, const char *file)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    char name[64];
    size_t len;
    snprintf(name, sizeof name, "pki/%s.pem", file);
    char *text = diff_data_read(name, &len);
    int failed = text == NULL;
    for (const char *at = text; !failed && (at = strstr(at, begin)) != NULL; at += sizeof begin - 1) {
        BYTE der[4096];
        DWORD size = sizeof der;
        failed = !CryptStringToBinaryA(at, 0, CRYPT_STRING_BASE64HEADER, der, &size, NULL, NULL) ||
                 chain_put(s, kind, der, size);
    }
    free(text);
    return failed;
}

int chain_own(struct diff_suite *suite, unsigned mutations, char *why, size_t size)
{
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
        struct diff_base *base = diff_suite_add(suite, &diff_chain, "chain/%s", chains[i].name);
        struct diff_stimulus *s = base ? &base->stimulus : NULL;
        if (!base || chain_put_time(s, 1798761600) ||
            chain_put(s, CHAIN_USAGE, chains[i].usage, sizeof SERVER - 1) ||
            (chains[i].host && chain_put(s, CHAIN_HOST, chains[i].host, strlen(chains[i].host))) ||
            put_file(s, CHAIN_CERT, chains[i].file) || put_file(s, CHAIN_ANCHOR, "root")) {
            snprintf(why, size, "pki/%s.pem or pki/root.pem cannot be read", chains[i].file);
            return -1;
        }
        base->mutations = mutations;
    }
    return 0;
}
