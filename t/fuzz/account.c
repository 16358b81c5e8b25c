/* SPDX-License-Identifier: MIT
 *
 * The account map.  The first byte even: the rest is a map, and a certificate with names of every kind is
 * held against it.  Odd: the rest is a certificate, held against a map with rules of every kind.  Whatever
 * comes, an account's name is plain and not root's, and there is none without a rule. */
#include <config.h>

#include "core/account-map.h"
#include "t/fuzz/fuzz.h"

#include <string.h>

#define CA "ca bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "

static const char rules[] =
    CA "subject CN=mallory,.* => deny\n" CA "email (.*)@.* => $1\n" CA "upn ([a-z]+)@(.*) => $1.$2\n" CA
       "dns (.*)\\.example\\.test => host-$1\n" CA "subject CN=(.*),O=.* => $1\n" CA "any => nobody\n";

static void answer_check(const struct map_answer *answer, size_t lines)
{
    must(answer->outcome <= MAP_MEMORY && answer->line <= lines);
    must(memchr(answer->why, 0, sizeof answer->why) && !strpbrk(answer->why, "\n\r"));
    must(!answer->account[0] == (answer->outcome != MAP_ACCOUNT));
    if (answer->outcome == MAP_ACCOUNT)
        must(map_account_plain(answer->account) && strcmp(answer->account, "root") != 0 && answer->line);
    if (answer->outcome == MAP_DENY || answer->outcome == MAP_FAULTY)
        must(answer->line || answer->outcome == MAP_FAULTY);
}

static void map_run(const char *text, size_t len)
{
    static char email[] = "alice@example.test", upn[] = "bob@example.test", dns[] = "host.example.test",
                subject[] = "CN=carol,O=Example\\, Inc";
    struct map_certificate c = {.has_issuer = 1};
    struct map_answer answer, plain;
    size_t lines = 1;
    char *values[MAP_KINDS] = {
        [MAP_SUBJECT] = subject, [MAP_EMAIL] = email, [MAP_UPN] = upn, [MAP_DNS] = dns};
    memset(c.digest, 0xaa, sizeof c.digest);
    memset(c.issuer, 0xbb, sizeof c.issuer);
    for (int kind = 0; kind < MAP_KINDS; kind++) {
        c.names[kind].count = 1;
        c.names[kind].value[0] = values[kind];
    }
    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    map_decide(text, len, &c, &answer);
    answer_check(&answer, lines);
    map_decide(text, len, NULL, &plain); /* a fault is one, whoever asks */
    must((plain.outcome == MAP_FAULTY) == (answer.outcome == MAP_FAULTY));
}

static void certificate_run(const uint8_t *der, size_t len)
{
    struct map_certificate c;
    struct map_answer answer;
    int failed = map_certificate_read((struct sspi_bytes){der, len}, &c);
    memset(c.issuer, 0xbb, sizeof c.issuer);
    c.has_issuer = 1;
    for (int kind = 0; kind < MAP_KINDS; kind++)
        for (unsigned i = 0; i < c.names[kind].count; i++) {
            const unsigned char *value = (const unsigned char *)c.names[kind].value[i];
            must(strlen(c.names[kind].value[i]) <= MAP_VALUE_MAX);
            for (; *value; value++)
                must(*value >= 0x20 && *value != 0x7f);
        }
    if (!failed) {
        map_decide(rules, sizeof rules - 1, &c, &answer);
        answer_check(&answer, 6);
        must(answer.outcome == MAP_ACCOUNT || answer.outcome == MAP_DENY || answer.outcome == MAP_NONE);
    }
    map_certificate_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size && data[0] & 1)
        certificate_run(data + 1, size - 1);
    else
        map_run(size ? (const char *)data + 1 : "", size ? size - 1 : 0);
    return 0;
}
