/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/config.h"
#include "t/sandbox.h"
#include "t/tap.h"

struct row {
    const char *claim;
    struct {
        const char *name, *text;
    } file[5];
    const char *environment[2];
    const char *program, *provider, *key; /* provider NULL: the package's */
    const char *text, *from;              /* from: file name in the sandbox:line, or another word */
};

#define CONF "conf/opensspi.conf"
#define SCHANNEL "[package Schannel]\n"
#define MANIFEST(name) {"manifests/50-" name ".provider", "[provider " name "]\nmodule = " name ".so\nabi = 1\n"}

static const struct row rows[] = {
    {"without a file the built-in list holds", {{0}}, {0}, "", NULL, "providers", "openssl gnutls wolfssl", "built-in"},
    {"without a file fallback is yes", {{0}}, {0}, "", NULL, "fallback", "yes", "built-in"},
    {"without a file locked is no", {{0}}, {0}, "", NULL, "locked", "no", "built-in"},
    {"without a file messages go to syslog", {{0}}, {0}, "", NULL, "log", "syslog", "built-in"},
    {"without a file a provider follows the system's policy", {{0}}, {0}, "", "gnutls", "policy", "@SYSTEM", "built-in"},
    {"without a file no provider is isolated", {{0}}, {0}, "", "gnutls", "isolate", "no", "built-in"},
    {"a file beats the built-in", {{CONF, SCHANNEL "providers = gnutls\n"}}, {0}, "", NULL, "providers", "gnutls", CONF ":2"},
    {"within a file the later line wins", {{CONF, SCHANNEL "fallback = no\nfallback = yes\n"}}, {0}, "", NULL, "fallback",
     "yes", CONF ":3"},
    {"a section may come twice", {{CONF, SCHANNEL "log = none\n[program a]\n" SCHANNEL "log = stderr\n"}}, {0}, "", NULL, "log",
     "stderr", CONF ":5"},
    {"conf.d beats opensspi.conf",
     {{CONF, SCHANNEL "providers = gnutls\n"}, {"conf/conf.d/10-a.conf", "\n" SCHANNEL "providers = wolfssl\n"}},
     {0}, "", NULL, "providers", "wolfssl", "conf/conf.d/10-a.conf:3"},
    {"conf.d is read in strcmp order",
     {{"conf/conf.d/9.conf", SCHANNEL "providers = gnutls\n"}, {"conf/conf.d/10.conf", SCHANNEL "providers = wolfssl\n"}},
     {0}, "", NULL, "providers", "gnutls", "conf/conf.d/9.conf:2"},
    {"upper case sorts before lower case",
     {{"conf/conf.d/Z.conf", SCHANNEL "providers = gnutls\n"}, {"conf/conf.d/a.conf", SCHANNEL "providers = wolfssl\n"}},
     {0}, "", NULL, "providers", "wolfssl", "conf/conf.d/a.conf:2"},
    {"conf.d: only *.conf counts, and no hidden file",
     {{"conf/conf.d/a.conf~", SCHANNEL "providers = gnutls\n"},
      {"conf/conf.d/.b.conf", "rubbish\n"},
      {"conf/conf.d/c.conf.dpkg-new", "rubbish\n"},
      {"conf/conf.d/README", "rubbish\n"}},
     {0}, "", NULL, "providers", "openssl gnutls wolfssl", "built-in"},
    {"a program's section beats the package's, whatever the order",
     {{CONF, "[program curl]\nproviders = gnutls\n" SCHANNEL "providers = wolfssl\n"}},
     {0}, "curl", NULL, "providers", "gnutls", CONF ":2"},
    {"a program's section beats conf.d",
     {{CONF, "[program curl]\nproviders = gnutls\n"}, {"conf/conf.d/a.conf", SCHANNEL "providers = wolfssl\n"}},
     {0}, "curl", NULL, "providers", "gnutls", CONF ":2"},
    {"what a program's section leaves out is the package's",
     {{CONF, "[program curl]\nproviders = gnutls\n" SCHANNEL "fallback = no\n"}},
     {0}, "curl", NULL, "fallback", "no", CONF ":4"},
    {"another program's section does not count", {{CONF, "[program curl]\nproviders = gnutls\n"}}, {0}, "wget", NULL, "providers",
     "openssl gnutls wolfssl", "built-in"},
    {"a program's name is compared exactly", {{CONF, "[program Curl]\nproviders = gnutls\n"}}, {0}, "curl", NULL, "providers",
     "openssl gnutls wolfssl", "built-in"},
    {"a program's name may hold blanks", {{CONF, "[ program  my server (x)\t]\nproviders = gnutls\n"}}, {0}, "my server (x)",
     NULL, "providers", "gnutls", CONF ":2"},
    {"OPENSSPI_PROVIDER beats the program's section",
     {{CONF, "[program curl]\nproviders = openssl\n"}, MANIFEST("gnutls")},
     {"OPENSSPI_PROVIDER=gnutls"}, "curl", NULL, "providers", "gnutls", "OPENSSPI_PROVIDER"},
    {"an empty OPENSSPI_PROVIDER is none", {{CONF, SCHANNEL "providers = wolfssl\n"}}, {"OPENSSPI_PROVIDER="}, "", NULL,
     "providers", "wolfssl", CONF ":2"},
    {"OPENSSPI_PROVIDER may choose from a locked list",
     {{CONF, SCHANNEL "providers = openssl gnutls\nlocked = yes\n"}, MANIFEST("gnutls")},
     {"OPENSSPI_PROVIDER=gnutls"}, "", NULL, "providers", "gnutls", "OPENSSPI_PROVIDER"},
    {"a manifest names the module", {MANIFEST("gnutls")}, {0}, "", "gnutls", "module", "gnutls.so",
     "manifests/50-gnutls.provider:2"},
    {"a manifest of the same file name replaces the shipped one wholly",
     {{"manifests/50-gnutls.provider", "[provider gnutls]\nmodule = gnutls.so\nabi = 1\npolicy = SHIPPED\n"},
      {"conf/providers.d/50-gnutls.provider", "[provider gnutls]\nmodule = gnutls.so\nabi = 1\n"}},
     {0}, "", "gnutls", "policy", "@SYSTEM", "built-in"},
    {"a replaced manifest is not even read",
     {{"manifests/50-gnutls.provider", "rubbish\n"},
      {"conf/providers.d/50-gnutls.provider", "[provider gnutls]\nmodule = gnutls.so\nabi = 1\n"}},
     {0}, "", "gnutls", "abi", "1", "conf/providers.d/50-gnutls.provider:3"},
    {"the administrator's manifest beats a shipped one of another name",
     {MANIFEST("gnutls"), {"conf/providers.d/99-mine.provider", "[provider gnutls]\nmodule =\n"}},
     {0}, "", "gnutls", "module", "", "conf/providers.d/99-mine.provider:2"},
    {"a provider's section beats its manifest",
     {{"manifests/50-gnutls.provider", "[provider gnutls]\nmodule = gnutls.so\nabi = 1\npolicy = SHIPPED\n"},
      {CONF, "[provider gnutls]\npolicy = NORMAL:-VERS-TLS1.2\n"}},
     {0}, "", "gnutls", "policy", "NORMAL:-VERS-TLS1.2", CONF ":2"},
    {"a provider's section does not touch another's", {{CONF, "[provider gnutls]\npolicy = X\n"}}, {0}, "", "openssl", "policy",
     "@SYSTEM", "built-in"},
    {"x- keys are anyone's", {{CONF, "[provider gnutls]\nx-level = a = b\n"}}, {0}, "", "gnutls", "x-level", "a = b", CONF ":2"},
    {"an empty policy is a policy", {{CONF, "[provider gnutls]\npolicy =\n"}}, {0}, "", "gnutls", "policy", "", CONF ":2"},
    {"comments, blanks and Windows line ends",
     {{CONF, "# one\r\n\r\n  [ package \t sChAnNeL ] # two\r\n\tproviders\t=  gnutls   wolfssl \t # three\r\n"}},
     {0}, "", NULL, "providers", "gnutls   wolfssl", CONF ":4"},
    {"a # inside a word is no comment", {{CONF, "[provider gnutls]\npolicy = A#B # C\n"}}, {0}, "", "gnutls", "policy", "A#B",
     CONF ":2"},
    {"a file need not end with a line end", {{CONF, SCHANNEL "locked = yes"}}, {0}, "", NULL, "locked", "yes", CONF ":2"},
    {"nobody sets what is not a key", {{0}}, {0}, "", NULL, "no-such-key", NULL, NULL},
    {"a package's key is not a provider's", {{CONF, SCHANNEL "log = none\n"}}, {0}, "", "gnutls", "log", NULL, NULL},
};

static void ask(const void *arg, FILE *out)
{
    const struct row *row = arg;
    char *why = NULL;
    struct config *config = config_load(row->program, &why);
    struct config_value value;

    if (!config) {
        fprintf(out, "failed|%s", why);
        free(why);
        return;
    }
    value = row->provider ? config_provider(config, row->provider, row->key) : config_package(config, row->key);
    fprintf(out, "%s|%s", value.text ? value.text : "(null)", value.file ? value.file : "(null)");
    if (value.line)
        fprintf(out, ":%u", value.line);
    config_free(config);
}

static void try_row(const struct row *row)
{
    struct sandbox box;
    char text[2 * PATH_MAX], want[2 * PATH_MAX];
    size_t i;

    sandbox_make(&box);
    for (i = 0; i < 5 && row->file[i].name; i++)
        sandbox_write(&box, row->file[i].name, row->file[i].text);
    is_int(sandbox_run(&box, row->environment[0] ? row->environment : NULL, ask, row, text, sizeof text, NULL, 0), 0,
           "%s: no harm", row->claim);
    snprintf(want, sizeof want, "%s|%s%s%s", row->text ? row->text : "(null)",
             row->from && strchr(row->from, ':') ? box.root : "", row->from && strchr(row->from, ':') ? "/" : "",
             row->from ? row->from : "(null)");
    is_str(text, want, "%s", row->claim);
    sandbox_remove(&box);
}

static void list_all(const void *arg, FILE *out)
{
    const char *why = "", *names[CONFIG_PROVIDERS_MAX];
    struct config_value order[CONFIG_PROVIDERS_MAX];
    const struct config *config = config_get(&why);
    struct config_said said[8];
    size_t count, i;

    (void)arg;
    if (!config) {
        fprintf(out, "%s", why);
        return;
    }
    count = config_installed(config, names, CONFIG_PROVIDERS_MAX);
    for (i = 0; i < count; i++)
        fprintf(out, "%s ", names[i]);
    count = config_order(config, order, CONFIG_PROVIDERS_MAX);
    for (i = 0; i < count; i++)
        fprintf(out, "%s:%u ", order[i].text, order[i].line);
    count = config_history(config, NULL, "fallback", said, 8);
    for (i = 0; i < count; i++)
        fprintf(out, "%s:%u ", said[i].value.text, said[i].value.line);
    fprintf(out, "%d", config_get(&why) == config);
}

static void try_lists(void)
{
    struct sandbox box;
    char text[1024];

    sandbox_make(&box);
    sandbox_write(&box, "manifests/50-b.provider", "[provider b]\nmodule = b.so\nabi = 1\n");
    sandbox_write(&box, "manifests/40-c.provider", "[provider c]\nmodule = c.so\nabi = 1\n");
    sandbox_write(&box, "manifests/60-m.provider", "[provider m]\nmodule = m.so\nabi = 1\n");
    sandbox_write(&box, "conf/providers.d/60-m.provider", "[provider m]\nmodule = \n");
    sandbox_write(&box, "conf/providers.d/70-d.provider", "[provider d]\nmodule = d.so\nabi = 1\n");
    sandbox_write(&box, CONF, SCHANNEL "providers = d nowhere b\nfallback = yes\nfallback = no\n");
    sandbox_run(&box, NULL, list_all, NULL, text, sizeof text, NULL, 0);
    is_str(text, "c b d d:2 nowhere:2 b:2 yes:0 yes:3 no:4 1",
           "installed: what is not masked; order: as named; history: weakest first; read once");
    sandbox_remove(&box);
}

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
        try_row(&rows[i]);
    try_lists();
    return tap_done();
}
