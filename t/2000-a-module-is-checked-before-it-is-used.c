/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/provider.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <stdatomic.h>
#include <unistd.h>

/* The machine is not part of this: the callbacks are nobody's. */
const struct provider_callbacks context_callbacks = {NULL, NULL, NULL, NULL};

static atomic_int times_mapped, times_entered;
static char reentry[64];

/* The mocks find these by name. */
__attribute__((visibility("default"))) void mock_mapped(const char *name);
__attribute__((visibility("default"))) void mock_entered(const char *name);
__attribute__((visibility("default"))) void mock_reenter(const char *name);

void mock_mapped(const char *name)
{
    (void)name;
    times_mapped++;
}
void mock_entered(const char *name)
{
    (void)name;
    times_entered++;
}
void mock_reenter(const char *name)
{
    const struct provider *provider;
    const char *why = "";

    snprintf(reentry, sizeof reentry, "select %08x %08x load %s", (unsigned)provider_select(name, 0, &provider),
             (unsigned)provider_select("good", 0, &provider), provider_load(name, &why) ? "worked" : "failed");
}

enum effect { LOADS, PASSES, STOPS }; /* used; the next in the list stands in; nothing stands in */

struct row {
    const char *module;   /* the mock, and the provider's name */
    const char *manifest; /* after [provider NAME]; NULL: the usual */
    enum effect effect;
    const char *why; /* a part of the reason */
    int mapped;      /* modules that were mapped when it alone was loaded */
};

static const struct row rows[] = {
    {"good", NULL, LOADS, "", 1},
    {"minor-new", NULL, LOADS, "", 1},
    {"table-short", NULL, LOADS, "", 1},
    {"cap-clear", NULL, LOADS, "", 1},
    {"nowhere", NULL, PASSES, "/providers/nowhere.so: No such file", 0},
    {"good", "module =\nabi = 1\n", PASSES, "masked by ", 0},
    {"good", "module = good.so\nabi = 2\n", PASSES, "made for ABI 2", 0},
    {"good", "module = good.so\nabi = 0\n", PASSES, "made for ABI 0", 0},
    {"good", "module = good.so\n", STOPS, "no 'abi ='", 0},
    {"good", "module = slow.so\nabi = 1\n", STOPS, "the module of provider 'good' is named good.so", 0},
    {"not-elf", NULL, STOPS, "not-elf.so: not an ELF file", 0},
    {"empty", NULL, STOPS, "empty.so: not an ELF file", 0},
    {"other-arch", NULL, STOPS, "other-arch.so: made for another kind", 0},
    {"cut", NULL, STOPS, "cut.so: cut short", 0},
    {"undefined-symbol", NULL, STOPS, "mock_symbol_that_nobody_defines", 0},
    {"no-entry", NULL, STOPS, "no function", 1},
    {"foreign-entry", NULL, STOPS, "is another module's", 2},
    {"bare-elsewhere", NULL, STOPS, "is another module's", 2},
    {"returns-null", NULL, STOPS, "refused to start", 1},
    {"major-new", NULL, PASSES, "its table is of ABI 2.0", 1},
    {"major-old", NULL, PASSES, "its table is of ABI 0.7", 1},
    {"minor-new-short", NULL, STOPS, "which ABI 1.3 has not", 1},
    {"table-cut", NULL, STOPS, "are mandatory", 1},
    {"size-zero", NULL, STOPS, "it has 0 bytes", 1},
    {"size-huge", NULL, STOPS, "its table has 4294967288 bytes", 1},
    {"size-more", NULL, STOPS, "which ABI 1.0 has not", 1},
    {"mandatory-null", NULL, STOPS, "mandatory function unseal is missing", 1},
    {"cap-alone", NULL, STOPS, "claims key-update without the function key_update", 1},
    {"other-name", NULL, STOPS, "it says it is 'good'", 1},
    {"no-name", NULL, STOPS, "it says it is ''", 1},
    {"no-version", NULL, STOPS, "no version", 1},
    {"no-protocol", NULL, STOPS, "no protocol", 1},
    {"reenters", NULL, LOADS, "", 1},
};

static void manifest_write(const struct sandbox *box, const char *name, const char *text)
{
    char file[128], body[512];

    snprintf(file, sizeof file, "manifests/50-%s.provider", name);
    if (text)
        snprintf(body, sizeof body, "[provider %s]\n%s", name, text);
    else
        snprintf(body, sizeof body, "[provider %s]\nmodule = %s.so\nabi = 1\n", name, name);
    sandbox_write(box, file, body);
}

/* The module as a mock was built, or made here out of one. */
static void module_make(const struct sandbox *box, const char *name)
{
    const char *builddir = secure_getenv("top_builddir");
    char from[PATH_MAX], to[128], bytes[4096];
    FILE *file;

    snprintf(from, sizeof from, "%s/t/mock/%s.so", builddir ? builddir : ".", name);
    snprintf(to, sizeof to, "providers/%s.so", name);
    if (!strcmp(name, "nowhere"))
        return;
    if (!strcmp(name, "not-elf"))
        sandbox_write(box, to, "#!/bin/sh\necho no module\n");
    else if (!strcmp(name, "empty"))
        sandbox_write(box, to, "");
    else if (!strcmp(name, "other-arch") || !strcmp(name, "cut")) {
        snprintf(from, sizeof from, "%s/t/mock/good.so", builddir ? builddir : ".");
        sandbox_copy(box, to, from);
        file = fopen(sandbox_path(box, to), "r+");
        if (!file || fread(bytes, 1, sizeof bytes, file) != sizeof bytes)
            exit(99);
        fseek(file, 18, SEEK_SET);
        if (!strcmp(name, "cut") && truncate(sandbox_path(box, to), 1000))
            exit(99);
        if (strcmp(name, "cut"))
            fwrite("\xfe\xca", 1, 2, file); /* e_machine: no machine there is */
        fclose(file);
    } else
        sandbox_copy(box, to, from);
}

static void load_one(const void *arg, FILE *out)
{
    const char *name = arg, *why = "", *again = "";
    const struct provider *provider = provider_load(name, &why), *second = provider_load(name, &again);

    fprintf(out, "%s|%s|%d|%d|%d|%s", provider ? "loads" : "fails", provider ? "" : why, (int)times_mapped,
            (int)times_entered, provider == second && (provider || !strcmp(why, again)), reentry);
}

/* What a table holds beyond its own word, or beyond what this core knows, does not reach the core's copy. */
static void copy_one(const void *arg, FILE *out)
{
    const char *why = "";
    const struct provider *provider = provider_load(arg, &why);

    if (!provider) {
        fprintf(out, "%s", why);
        return;
    }
    fprintf(out, "%s %s %u", provider->api.send_alert || provider->api.key_update ? "kept" : "none",
            provider->api.caps == (SSPI_CAP_TLS12 | SSPI_CAP_TLS13) ? "known" : "unknown",
            (unsigned)(provider->api.size == sizeof provider->api));
}

static void try_copies(void)
{
    static const char *const names[] = {"cap-clear", "minor-new", "table-short"};
    struct sandbox box;
    char text[512];
    size_t i;

    sandbox_make(&box);
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        module_make(&box, names[i]);
        manifest_write(&box, names[i], NULL);
        sandbox_run(&box, NULL, copy_one, names[i], text, sizeof text, NULL, 0);
        is_str(text, "none known 1", "%s: no function of a clear bit and no unknown bit is copied", names[i]);
    }
    sandbox_remove(&box);
}

static void choose(const void *arg, FILE *out)
{
    const struct provider *provider = NULL;
    SECURITY_STATUS status = provider_select(arg, 0, &provider);

    fprintf(out, "%08x %s", (unsigned)status, provider ? provider->name : "-");
}

static void try_row(const struct row *row)
{
    static const char *const want[] = {[LOADS] = "00000000 %s", [PASSES] = "00000000 slow", [STOPS] = "80090304 -"};
    struct sandbox box;
    char conf[256], text[1024], shape[64], *field[6] = {0}, *at = text;
    size_t i;

    sandbox_make(&box);
    module_make(&box, row->module);
    manifest_write(&box, row->module, row->manifest);
    module_make(&box, "slow");
    manifest_write(&box, "slow", NULL);
    snprintf(conf, sizeof conf, "[package Schannel]\nproviders = %s slow\nlog = stderr\n", row->module);
    sandbox_write(&box, "conf/opensspi.conf", conf);

    is_int(sandbox_run(&box, NULL, load_one, row->module, text, sizeof text, conf, sizeof conf), 0,
           "%s: loading it does not harm the process", row->module);
    for (i = 0; i < 6; i++)
        field[i] = at ? strsep(&at, "|") : text + strlen(text);
    is_str(field[0], row->effect == LOADS ? "loads" : "fails", "%s: %s", row->module,
           row->effect == LOADS ? "loads" : "is refused");
    if (!ok(strstr(field[1], row->why) != NULL, "%s: with the reason: %s", row->module, row->why))
        diag("got '%s'", field[1]);
    is_int(atoi(field[2]), row->mapped, "%s: %d modules were mapped", row->module, row->mapped);
    ok(atoi(field[3]) <= 1 && atoi(field[4]), "%s: the second load remembers the first", row->module);
    if (!strcmp(row->module, "reenters"))
        is_str(field[5], "select 80090304 80090304 load failed", "reenters: calls from its entry point fail");

    is_int(sandbox_run(&box, NULL, choose, NULL, text, sizeof text, conf, sizeof conf), 0, "%s: choosing it",
           row->module);
    snprintf(shape, sizeof shape, "%s", want[row->effect]);
    if (row->effect == LOADS)
        snprintf(shape, sizeof shape, "00000000 %s", row->module);
    is_str(text, shape, "%s: %s", row->module,
           row->effect == LOADS    ? "is chosen"
           : row->effect == PASSES ? "the next provider stands in"
                                   : "no other provider stands in");
    sandbox_remove(&box);
}

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
        try_row(&rows[i]);
    try_copies();
    return tap_done();
}
