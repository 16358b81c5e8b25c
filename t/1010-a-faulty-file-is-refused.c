/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/config-parse.h"
#include "core/log.h"
#include "core/provider.h"
#include "t/sandbox.h"
#include "t/tap.h"

const struct provider_callbacks context_callbacks = {NULL, NULL, NULL, NULL};

#define CONF "conf/opensspi.conf"
#define SCHANNEL "[package Schannel]\n"
#define MANIFEST "manifests/50-a.provider"

struct row {
    const char *file, *text;
    size_t len;    /* of text: it may hold NULs */
    unsigned line; /* that the message must name; 0: the file alone */
    const char *why;
};

#define ROW(file, text, line, why) {file, text, sizeof text - 1, line, why}
static const struct row rows[] = {
    ROW(CONF, "rubbish\n", 1, "neither [section] nor 'key = value'"),
    ROW(CONF, "providers = a\n", 1, "before the first section"),
    ROW(CONF, SCHANNEL "\n= a\n", 3, "no key before '='"),
    ROW(CONF, "[package Schannel\n", 1, "a section ends with ']'"),
    ROW(CONF, "[package]\n", 1, "unknown package ''"),
    ROW(CONF, "[]\n", 1, "unknown section []"),
    ROW(CONF, "[\n", 1, "a section ends with ']'"),
    ROW(CONF, "[packages Schannel]\n", 1, "unknown section [packages"),
    ROW(CONF, "[package Kerberos]\n", 1, "unknown package 'Kerberos'"),
    ROW(CONF, "[program]\n", 1, "not the file name of a program"),
    ROW(CONF, "[program /usr/bin/curl]\n", 1, "not the file name of a program"),
    ROW(CONF, "[provider]\n", 1, "not a provider's name"),
    ROW(CONF, "[provider Open SSL]\n", 1, "not a provider's name"),
    ROW(CONF, "[provider ../evil]\n", 1, "not a provider's name"),
    ROW(CONF, "[provider a2345678901234567890123456789012]\n", 1, "not a provider's name"),
    ROW(CONF, SCHANNEL "provider = openssl\n", 2, "unknown key 'provider'"),
    ROW(CONF, SCHANNEL "Providers = openssl\n", 2, "unknown key 'Providers'"),
    ROW(CONF, SCHANNEL "policy = NORMAL\n", 2, "'policy' cannot stand in [package Schannel]"),
    ROW(CONF, "[program a]\nlocked = no\n", 2, "'locked' cannot stand in [program a]"),
    ROW(CONF, "[program a]\nlog = none\n", 2, "'log' cannot stand in [program a]"),
    ROW(CONF, "[provider a]\nfallback = no\n", 2, "'fallback' cannot stand in [provider a]"),
    ROW(CONF, "[provider a]\nmodule = a.so\n", 2, "'module' belongs in a manifest"),
    ROW(CONF, "[provider a]\nabi = 1\n", 2, "'abi' belongs in a manifest"),
    ROW(CONF, SCHANNEL "providers =\n", 2, "names no provider"),
    ROW(CONF, SCHANNEL "providers = # none\n", 2, "names no provider"),
    ROW(CONF, SCHANNEL "providers = openssl, gnutls\n", 2, "'openssl,' is not a provider's name"),
    ROW(CONF, SCHANNEL "providers = /tmp/evil.so\n", 2, "'/tmp/evil.so' is not a provider's name"),
    ROW(CONF, SCHANNEL "providers = a b a\n", 2, "'a' is named twice"),
    ROW(CONF, SCHANNEL "fallback = true\n", 2, "'true' is none of: yes no"),
    ROW(CONF, SCHANNEL "fallback =\n", 2, "'' is none of: yes no"),
    ROW(CONF, SCHANNEL "fallback = yes no\n", 2, "'yes no' is none of"),
    ROW(CONF, SCHANNEL "log = /var/log/tls\n", 2, "is none of: syslog stderr none"),
    ROW(CONF, SCHANNEL "log = none\0\n", 2, "byte 0x00 in column 11"),
    ROW(CONF, "\0", 1, "byte 0x00 in column 1"),
    ROW(CONF, SCHANNEL "log = no\x1bne\n", 2, "byte 0x1b"),
    ROW(CONF, SCHANNEL "log = none\r\r\n", 2, "byte 0x0d"),
    ROW(CONF, SCHANNEL "log = none\x7f\n", 2, "byte 0x7f"),
    ROW(CONF, "\xef\xbb\xbf" SCHANNEL, 1, "neither [section]"),
    ROW(CONF, "[provider a]\npkcs11-module = softhsm2.so\n", 2, "'softhsm2.so' is not an absolute path"),
    ROW("conf/conf.d/50-x.conf", "\n\nrubbish\n", 3, "neither"),
    ROW(MANIFEST, "", 0, "a manifest needs a section"),
    ROW(MANIFEST, "[provider a]\nabi = 1\n", 0, "a manifest needs 'module = NAME.so'"),
    ROW(MANIFEST, SCHANNEL, 1, "a manifest has one section"),
    ROW(MANIFEST, "[provider a]\nmodule = a.so\nabi = 1\n[provider b]\nmodule = b.so\n", 4, "a manifest has one section"),
    ROW(MANIFEST, "[provider a]\nmodule = /tmp/a.so\n", 2, "not a plain file name ending in .so"),
    ROW(MANIFEST, "[provider a]\nmodule = ../a.so\n", 2, "not a plain file name"),
    ROW(MANIFEST, "[provider a]\nmodule = ..so\n", 2, "not a plain file name"),
    ROW(MANIFEST, "[provider a]\nmodule = .so\n", 2, "not a plain file name"),
    ROW(MANIFEST, "[provider a]\nmodule = a.b.so\n", 2, "not a plain file name"),
    ROW(MANIFEST, "[provider a]\nmodule = a.la\n", 2, "not a plain file name"),
    ROW(MANIFEST, "[provider a]\nmodule = a.so.1\n", 2, "not a plain file name"),
    ROW(MANIFEST, "[provider a]\nmodule = a.so b.so\n", 2, "not a plain file name"),
    ROW(MANIFEST, "[provider a]\nmodule = a.so\nabi = one\n", 3, "'one' is not a number"),
    ROW(MANIFEST, "[provider a]\nmodule = a.so\nabi = -1\n", 3, "'-1' is not a number"),
    ROW(MANIFEST, "[provider a]\nmodule = a.so\nabi = 100000\n", 3, "'100000' is not a number"),
    ROW(MANIFEST, "[provider a]\nmodule = a.so\nproviders = a\n", 3, "'providers' cannot stand in"),
    ROW("conf/providers.d/a.provider", "[provider a]\nmodule = a.la\n", 2, "not a plain file name"),
};

static void acquire(const void *arg, FILE *out)
{
    const struct provider *provider;
    const char *why = "", *again = "";
    const struct config *config = config_get(&why);
    SECURITY_STATUS status = provider_select(NULL, 0, &provider);

    (void)arg;
    fprintf(out, "%s|%d|%08x|%d", config ? "read" : why, provider == NULL, (unsigned)status, !config_get(&again) && again == why);
}

/* In a configuration that is faulty nothing loads, one message says why, and that stays so. */
static void refused(const struct sandbox *box, const char *const *environment, const char *what, const char *place,
                    const char *why)
{
    char text[2048], errors[4096], *rest = text, *said;
    int code = sandbox_run(box, environment, acquire, NULL, text, sizeof text, errors, sizeof errors);

    is_int(code, 0, "%s: no harm", what);
    said = strsep(&rest, "|");
    if (!ok(strstr(said, place) && strstr(said, why), "%s: names %s and says: %s", what, place, why))
        diag("got '%s'", said);
    is_str(rest ? rest : "", "1|80090304|1", "%s: Acquire fails closed, and remembers", what);
}

static void try_row(const struct row *row)
{
    struct sandbox box;
    char place[PATH_MAX + 32], what[128];

    sandbox_make(&box);
    sandbox_write_bytes(&box, row->file, row->text, row->len);
    if (row->line)
        snprintf(place, sizeof place, "%s/%s:%u: ", box.root, row->file, row->line);
    else
        snprintf(place, sizeof place, "%s/%s: ", box.root, row->file);
    snprintf(what, sizeof what, "%.20s, row %zu", row->file, (size_t)(row - rows));
    refused(&box, NULL, what, row->line ? place : row->file, row->why);
    sandbox_remove(&box);
}

/* What is bounded: lines, files, files in a folder, settings, providers. */
static void try_bounds(void)
{
    static char big[CONFIG_FILE_MAX + 2], *at;
    struct sandbox box;
    char name[64];
    unsigned i;

    sandbox_make(&box);
    snprintf(big, sizeof big, SCHANNEL "x-long = %0*d\n", CONFIG_LINE_MAX, 1);
    sandbox_write(&box, CONF, big);
    refused(&box, NULL, "a line of more than 1024 bytes", CONF ":2", "line longer than 1024 bytes");
    memset(big, '#', CONFIG_FILE_MAX + 1);
    for (i = 100; i < CONFIG_FILE_MAX; i += 100)
        big[i] = '\n';
    sandbox_write_bytes(&box, CONF, big, CONFIG_FILE_MAX + 1);
    refused(&box, NULL, "a file of more than 65536 bytes", CONF, "longer than 65536 bytes");

    strcpy(big, SCHANNEL);
    for (i = 0, at = big + strlen(big); i < CONFIG_ENTRIES_MAX + 1; i++)
        at += sprintf(at, "x-%u=\n", i);
    sandbox_write(&box, CONF, big);
    refused(&box, NULL, "more than 4096 settings", CONF ":4098", "more than 4096 settings");

    strcpy(big, SCHANNEL "providers =");
    for (i = 0, at = big + strlen(big); i <= CONFIG_PROVIDERS_MAX; i++)
        at += sprintf(at, " p%u", i);
    sandbox_write(&box, CONF, big);
    refused(&box, NULL, "a list of 33 providers", CONF ":2", "more than 32 providers");

    sandbox_write(&box, CONF, SCHANNEL);
    for (i = 0; i < 257; i++) {
        snprintf(name, sizeof name, "conf/conf.d/%u.conf", i);
        sandbox_write(&box, name, "");
    }
    refused(&box, NULL, "257 files in conf.d", "conf/conf.d", "more than 256 files");
    sandbox_remove(&box);

    sandbox_make(&box);
    for (i = 0; i < 30; i++) {
        snprintf(name, sizeof name, "manifests/p%u.provider", i);
        snprintf(big, sizeof big, "[provider p%u]\nmodule = p%u.so\nabi = 1\n", i, i);
        sandbox_write(&box, name, big);
    }
    refused(&box, NULL, "30 installed and 3 named providers", "manifests", "more than 32 providers");
    sandbox_remove(&box);
}

static void try_manifests(void)
{
    struct sandbox box;

    sandbox_make(&box);
    sandbox_write(&box, "manifests/50-a.provider", "[provider a]\nmodule = a.so\nabi = 1\n");
    sandbox_write(&box, "manifests/60-b.provider", "[provider a]\nmodule = a.so\nabi = 1\n");
    refused(&box, NULL, "two manifests, one name", "60-b.provider:2", "provider 'a' has a manifest already");
    sandbox_remove(&box);
}

static void try_environment(void)
{
    static const struct {
        const char *variable, *conf, *why;
    } variables[] = {
        {"OPENSSPI_PROVIDER=nobody", SCHANNEL, "no provider of that name is installed"},
        {"OPENSSPI_PROVIDER=/tmp/evil.so", SCHANNEL, "no provider of that name is installed"},
        {"OPENSSPI_PROVIDER=../a", SCHANNEL, "no provider of that name is installed"},
        {"OPENSSPI_PROVIDER=a b", SCHANNEL, "no provider of that name is installed"},
        {"OPENSSPI_PROVIDER=m", SCHANNEL, "no provider of that name is installed"},
        {"OPENSSPI_PROVIDER=a\n", SCHANNEL, "a\\x0a: no provider of that name"},
        {"OPENSSPI_PROVIDER=a", SCHANNEL "providers = b\nlocked = yes\n", "not in the list that "},
    };
    struct sandbox box;
    size_t i;

    sandbox_make(&box);
    sandbox_write(&box, "manifests/50-a.provider", "[provider a]\nmodule = a.so\nabi = 1\n");
    sandbox_write(&box, "manifests/60-m.provider", "[provider m]\nmodule =\n");
    for (i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *environment[] = {variables[i].variable, NULL};
        char what[64];
        log_escape(what, sizeof what, variables[i].variable, strlen(variables[i].variable));
        sandbox_write(&box, CONF, variables[i].conf);
        refused(&box, environment, what, "OPENSSPI_PROVIDER", variables[i].why);
    }
    sandbox_remove(&box);
}

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
        try_row(&rows[i]);
    try_bounds();
    try_manifests();
    try_environment();
    return tap_done();
}
