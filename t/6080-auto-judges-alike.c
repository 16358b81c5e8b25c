/* SPDX-License-Identifier: MIT
 *
 * AUTO validation in both roles (D8, D16, K38): each kind of certificate gets one answer, whichever provider
 * judges it, and the alert that belongs to it reaches whichever provider showed it. */
#include <config.h>

#include "t/pair.h"
#include "t/tap.h"

#include <string.h>

#define CHAIN SCH_CRED_REVOCATION_CHECK_CHAIN

static const struct row {
    const char *claim, *cert, *target, *roots;
    ULONG flags;
    SECURITY_STATUS want, heard; /* by who judges; by who showed it */
    uint8_t alert;
} rows[2][16] = {
    {
        {"good", "server-ecdsa", "localhost", "root", 0, SEC_E_OK, SEC_E_OK, 0},
        {"good, RSA", "server-rsa", "localhost", "root", 0, SEC_E_OK, SEC_E_OK, 0},
        {"expired", "server-expired", "localhost", "root", 0, SEC_E_CERT_EXPIRED, SEC_E_CERT_EXPIRED, 45},
        {"not yet valid", "server-notyet", "localhost", "root", 0, SEC_E_CERT_EXPIRED, SEC_E_CERT_EXPIRED,
         45},
        {"wrong name", "server-wrong-name", "localhost", "root", 0, SEC_E_WRONG_PRINCIPAL, SEC_E_CERT_UNKNOWN,
         42},
        {"wildcard", "server-wild", "www.example.test", "root", 0, SEC_E_OK, SEC_E_OK, 0},
        {"wildcard, two labels", "server-wild", "a.b.example.test", "root", 0, SEC_E_WRONG_PRINCIPAL,
         SEC_E_CERT_UNKNOWN, 42},
        {"IP address", "server-ip", "127.0.0.1", "root", 0, SEC_E_OK, SEC_E_OK, 0},
        {"another IP address", "server-ip", "127.0.0.2", "root", 0, SEC_E_WRONG_PRINCIPAL, SEC_E_CERT_UNKNOWN,
         42},
        {"self-signed", "self-signed", "localhost", "root", 0, SEC_E_UNTRUSTED_ROOT, SEC_E_UNTRUSTED_ROOT,
         48},
        {"unknown root", "other-server", "localhost", "root", 0, SEC_E_UNTRUSTED_ROOT, SEC_E_UNTRUSTED_ROOT,
         48},
        {"missing intermediate", "server-alone", "localhost", "root", 0, SEC_E_UNTRUSTED_ROOT,
         SEC_E_UNTRUSTED_ROOT, 48},
        {"wrong EKU", "server-wrong-usage", "localhost", "root", 0, SEC_E_CERT_WRONG_USAGE,
         SEC_E_CERT_UNKNOWN, 43},
        {"on no CRL", "server-ecdsa", "localhost", "lists", CHAIN, SEC_E_OK, SEC_E_OK, 0},
        {"revoked by CRL", "server-revoked", "localhost", "lists", CHAIN, CRYPT_E_REVOKED, CRYPT_E_REVOKED,
         44},
        {"weak key", "server-rsa1024", "localhost", "root", 0, SEC_E_CERT_UNKNOWN, SEC_E_CERT_UNKNOWN, 42},
    },
    {
        /* whom a client is, the program asks or the account map: names are not judged here */
        {"good", "client-ecdsa", NULL, "root", 0, SEC_E_OK, SEC_E_OK, 0},
        {"good, RSA", "client-rsa", NULL, "root", 0, SEC_E_OK, SEC_E_OK, 0},
        {"expired", "client-expired", NULL, "root", 0, SEC_E_CERT_EXPIRED, SEC_E_CERT_EXPIRED, 45},
        {"not yet valid", "client-notyet", NULL, "root", 0, SEC_E_CERT_EXPIRED, SEC_E_CERT_EXPIRED, 45},
        {"another name", "client-elsewhere", NULL, "root", 0, SEC_E_OK, SEC_E_OK, 0},
        {"wildcard", "map-wild", NULL, "root", 0, SEC_E_OK, SEC_E_OK, 0},
        {"IP address", "client-ip", NULL, "root", 0, SEC_E_OK, SEC_E_OK, 0},
        {"self-signed", "self-signed-client", NULL, "root", 0, SEC_E_UNTRUSTED_ROOT, SEC_E_UNTRUSTED_ROOT,
         48},
        {"unknown root", "other-client", NULL, "root", 0, SEC_E_UNTRUSTED_ROOT, SEC_E_UNTRUSTED_ROOT, 48},
        {"missing intermediate", "client-alone", NULL, "root", 0, SEC_E_UNTRUSTED_ROOT, SEC_E_UNTRUSTED_ROOT,
         48},
        {"wrong EKU", "client-wrong-usage", NULL, "root", 0, SEC_E_CERT_WRONG_USAGE, SEC_E_CERT_UNKNOWN, 43},
        {"on no CRL", "client-ecdsa", NULL, "lists", CHAIN, SEC_E_OK, SEC_E_OK, 0},
        {"revoked by CRL", "client-revoked", NULL, "lists", CHAIN, CRYPT_E_REVOKED, CRYPT_E_REVOKED, 44},
        {"weak key", "client-rsa1280", NULL, "root", 0, SEC_E_CERT_UNKNOWN, SEC_E_CERT_UNKNOWN, 42},
        {.claim = NULL},
    },
};

struct answer { /* of one judge */
    SECURITY_STATUS status, heard;
    uint8_t alert;
};
static struct answer first[2][2][16]; /* of the first provider, by TLS, role, row */
static const char *first_provider;

/* Until both have said what there is to say: data arrives at the judge, or one has failed. */
static struct answer ask(const struct row *row, int server_judges, int tls, const char *judge,
                         const char *other)
{
    struct pair pair;
    struct pair_options options = {.tls = tls,
                                   .client_provider = server_judges ? other : judge,
                                   .server_provider = server_judges ? judge : other,
                                   .cert = server_judges ? "server-ecdsa" : row->cert,
                                   .client_cert = server_judges ? row->cert : NULL,
                                   .target = row->target,
                                   .validate = !server_judges,
                                   .roots = server_judges ? NULL : row->roots,
                                   .server_roots = server_judges ? row->roots : NULL,
                                   .client_flags = server_judges ? 0 : row->flags,
                                   .server_request = server_judges ? ASC_REQ_MUTUAL_AUTH : 0,
                                   .server_flags =
                                       server_judges ? row->flags | SCH_CRED_AUTO_CRED_VALIDATION : 0};
    struct end *sure = server_judges ? &pair.server : &pair.client;
    struct end *shown = server_judges ? &pair.client : &pair.server;
    struct answer answer = {SEC_E_NO_CREDENTIALS, SEC_E_NO_CREDENTIALS, 0};
    if (pair_open(&pair, &options)) {
        pair_handshake(&pair);
        answer.status = sure->status;
        answer.alert = sure->alert[1];
        if (sure->status == SEC_E_OK) {
            answer.heard = shown->status;
            pair_send(shown, "hello", 5);
            pair_move(&pair);
            pair_receive(sure);
            if (sure->data.len != 5)
                answer.status = SEC_E_INTERNAL_ERROR;
        } else {
            pair_move(&pair);
            int done = shown->status == SEC_E_OK; /* TLS 1.3: a client completes before it is judged */
            answer.heard = done ? pair_receive(shown) : pair_step(shown, shown->in.len);
        }
    } else {
        diag("no credential: client %s, server %s", pair_status(pair.client.status),
             pair_status(pair.server.status));
    }
    pair_close(&pair);
    return answer;
}

static void compare(const struct row *row, int role, int tls, const char *judge, const char *other,
                    int is_first)
{
    char tag[160];
    struct answer got = ask(row, role, tls, judge, other);
    snprintf(tag, sizeof tag, "%s tls%d %s, %s's: %s", judge, tls, role ? "a client" : "a server", other,
             row->claim);
    is_status(got.status, row->want, "%s %s", role ? "D8 D16" : "D16 K38", tag);
    is_int(got.alert, row->alert, "D16 %s: alert", tag);
    is_status(got.heard, row->heard, "D16 %s: what the other end hears", tag);
    struct answer *as = &first[tls == 13][role][row - rows[role]];
    if (is_first)
        *as = got;
    else
        ok(as->status == got.status && as->alert == got.alert && as->heard == got.heard,
           "D16 %s: as %s answers", tag, first_provider);
}

/* OpenSSL shows no weak key (Debian's level), so one of the others does. */
static const char *shower(const struct row *row, char **name, size_t count, size_t at)
{
    for (size_t i = 0; i < count; i++, at++)
        if (strcmp(row->claim, "weak key") != 0 || strcmp(name[at % count], "openssl") != 0)
            return name[at % count];
    return NULL;
}

static void each(char **name, size_t count, size_t judge, size_t other)
{
    for (int tls = 12; tls <= 13; tls++)
        for (int role = 0; role < 2; role++)
            for (const struct row *row = rows[role]; row < rows[role] + 16 && row->claim; row++) {
                const char *from = shower(row, name, count, other);
                if (from)
                    compare(row, role, tls, name[judge], from, judge == 0 && other == 0);
                else
                    skip("no provider here shows a weak key", "D16 %s tls%d", name[judge], tls);
            }
}

int main(void)
{
    char list[256], *name[8] = {NULL}, *save = NULL;
    const char *env = getenv("PROVIDERS");
    size_t count = 0;
    snprintf(list, sizeof list, "%s", env ? env : "openssl");
    for (char *at = strtok_r(list, " ", &save); at && count < 8; at = strtok_r(NULL, " ", &save))
        name[count++] = at;
    first_provider = name[0];
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < (count > 1 ? 2 : 1); j++) /* itself, and the next */
            each(name, count, i, i + j);
    return tap_done();
}
