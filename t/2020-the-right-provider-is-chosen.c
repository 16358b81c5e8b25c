/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/provider.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <dlfcn.h>
#include <unistd.h>
#include <ltdl.h>

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

const struct provider_callbacks context_callbacks = {NULL, NULL, NULL, NULL};

__attribute__((visibility("default"))) const char *mock_side(void);
const char *mock_side(void)
{
    return "program";
}

#define LIST(names) "[package Schannel]\nlog = stderr\nproviders = " names "\n"
#define CAPS SSPI_CAP_KEY_UPDATE /* `more` has it, `good` has not */
#define NOT_FOUND SEC_E_SECPKG_NOT_FOUND
#define UNSUPPORTED SEC_E_UNSUPPORTED_FUNCTION
#define INTERNAL SEC_E_INTERNAL_ERROR

/* Installed: good, more, slow, broken (refuses to start), old (another ABI), masked (by the administrator). */
struct row {
    const char *claim, *conf;
    const char *environment;
    const char *named;
    uint64_t need;
    SECURITY_STATUS status;
    const char *chosen, *said; /* said: on stderr; NULL: nothing */
};

/* In place of a name: the first choice could not use the key, and the next is asked for (D12). */
static const char turned_down[] = "(turned down)";

static const struct row rows[] = {
    {"the first of the list", LIST("good more"), NULL, NULL, 0, SEC_E_OK, "good", NULL},
    {"D12 the next that can", LIST("good more"), NULL, NULL, CAPS, SEC_E_OK, "more",
     "warning: good (%s/conf/opensspi.conf:3): Mock 1.0 cannot do key-update; trying the next"},
    {"D12 fallback = no: the first or none", LIST("good more") "fallback = no\n", NULL, NULL, CAPS, UNSUPPORTED, NULL,
     "error: good (%s/conf/opensspi.conf:3): Mock 1.0 cannot do key-update; no provider is left"},
    {"D12 none can", LIST("good slow"), NULL, NULL, CAPS, UNSUPPORTED, NULL, "error: slow"},
    {"D12 one cannot, one is missing", LIST("good nowhere"), NULL, NULL, CAPS, UNSUPPORTED, NULL, "error: nowhere"},
    {"D12 one is missing, one cannot", LIST("nowhere good"), NULL, NULL, CAPS, UNSUPPORTED, NULL, "error: good"},
    {"D12 the next, past a missing one", LIST("nowhere good"), NULL, NULL, 0, SEC_E_OK, "good", "warning: nowhere"},
    {"D12 fallback = no and a missing one", LIST("nowhere good") "fallback = no\n", NULL, NULL, 0, INTERNAL, NULL,
     "error: nowhere"},
    {"all are missing", LIST("nowhere elsewhere"), NULL, NULL, 0, INTERNAL, NULL, "error: elsewhere"},
    {"the next, past one of another ABI", LIST("old good"), NULL, NULL, 0, SEC_E_OK, "good", "made for ABI 9"},
    {"the next, past a masked one", LIST("masked good"), NULL, NULL, 0, SEC_E_OK, "good", "masked by %s/conf/providers.d/50-masked.provider:2"},
    {"D12 turned down: the next", LIST("good more"), NULL, turned_down, 0, SEC_E_OK, "more", NULL},
    {"D12 turned down: the next but a missing one", LIST("good nowhere more"), NULL, turned_down, 0, SEC_E_OK, "more",
     "warning: nowhere"},
    {"D12 turned down: of two behind none can", LIST("more good slow"), NULL, turned_down, CAPS, UNSUPPORTED, NULL, "error: slow"},
    {"D12 turned down: the one behind cannot", LIST("more good"), NULL, turned_down, CAPS, UNSUPPORTED, NULL, "error: good"},
    {"D12 turned down: the last", LIST("good"), NULL, turned_down, 0, UNSUPPORTED, NULL, NULL},
    {"D12 turned down: none, past a broken one", LIST("good broken more"), NULL, turned_down, 0, INTERNAL, NULL,
     "error: broken"},
    {"D12 turned down: fallback = no", LIST("good more") "fallback = no\n", NULL, turned_down, 0, UNSUPPORTED, NULL, NULL},
    {"none, past a broken one", LIST("broken good"), NULL, NULL, 0, INTERNAL, NULL, "error: broken"},
    {"a broken one behind a good one is not touched", LIST("good broken"), NULL, NULL, 0, SEC_E_OK, "good", NULL},
    {"a list that nobody wrote is passed over quietly", "[package Schannel]\nlog = stderr\n", NULL, NULL, 0, INTERNAL,
     NULL, "error: wolfssl"},
    {"D18 by name", LIST("good more"), NULL, "more", 0, SEC_E_OK, "more", NULL},
    {"D18 by name, without case", LIST("good"), NULL, "MoRe", 0, SEC_E_OK, "more", NULL},
    {"D18 by name, outside the list", LIST("good"), NULL, "more", 0, SEC_E_OK, "more", NULL},
    {"D12 by name: no other stands in", LIST("good more"), NULL, "good", CAPS, UNSUPPORTED, NULL, "error: good: Mock 1.0 cannot do key-update"},
    {"by name: broken", LIST("good"), NULL, "broken", 0, INTERNAL, NULL, "error: broken"},
    {"by name: of another ABI", LIST("good"), NULL, "old", 0, INTERNAL, NULL, "made for ABI 9"},
    {"D18 by name: unknown", LIST("good"), NULL, "nobody", 0, NOT_FOUND, NULL, "error: nobody"},
    {"D18 by name: in the list, but not installed", LIST("good nowhere"), NULL, "nowhere", 0, NOT_FOUND, NULL, "error: nowhere"},
    {"D18 by name: masked", LIST("good"), NULL, "masked", 0, NOT_FOUND, NULL, "error: masked"},
    {"D18 by name: empty", LIST("good"), NULL, "", 0, NOT_FOUND, NULL, "error: : no provider"},
    {"D18 by name: a path", LIST("good"), NULL, "../providers/good", 0, NOT_FOUND, NULL, "no provider of that name"},
    {"D18 by name: what would break the line", LIST("good"), NULL, "go\nod", 0, NOT_FOUND, NULL, "go\\x0aod: no provider"},
    {"D18 by name: outside a locked list", LIST("good") "locked = yes\n", NULL, "more", 0, NOT_FOUND, NULL,
     "error: more: not in the list of providers that %s/conf/opensspi.conf:4 locks"},
    {"D18 by name: inside a locked list", LIST("good more") "locked = yes\n", NULL, "more", 0, SEC_E_OK, "more", NULL},
    {"OPENSSPI_PROVIDER", LIST("good more"), "OPENSSPI_PROVIDER=more", NULL, 0, SEC_E_OK, "more", NULL},
    {"D12 OPENSSPI_PROVIDER: no other stands in", LIST("good more"), "OPENSSPI_PROVIDER=good", NULL, CAPS, UNSUPPORTED,
     NULL, "error: good (OPENSSPI_PROVIDER): Mock 1.0 cannot do key-update"},
    {"a package name beats OPENSSPI_PROVIDER", LIST("good more"), "OPENSSPI_PROVIDER=more", "good", 0, SEC_E_OK, "good", NULL},
    {"this program's section", LIST("good") "[program 2020-the-right-provider-is-chosen]\nproviders = more\n", NULL, NULL,
     0, SEC_E_OK, "more", NULL},
    {"a locked list is this program's", LIST("good") "locked = yes\n[program 2020-the-right-provider-is-chosen]\nproviders = more\n",
     NULL, "good", 0, NOT_FOUND, NULL, "error: good: not in the list"},
    {"need of what no provider knows", LIST("good"), NULL, NULL, SSPI_CAP(63), UNSUPPORTED, NULL, "cannot do something unknown"},
};

static void mock_install(const struct sandbox *box, const char *name, const char *manifest)
{
    const char *builddir = secure_getenv("top_builddir");
    char from[PATH_MAX], to[128], text[256];

    snprintf(from, sizeof from, "%s/t/mock/%s.so", builddir ? builddir : ".", name);
    snprintf(to, sizeof to, "providers/%s.so", name);
    sandbox_copy(box, to, from);
    snprintf(to, sizeof to, "manifests/50-%s.provider", name);
    snprintf(text, sizeof text, "[provider %s]\nmodule = %s.so\nabi = 1\n", name, name);
    sandbox_write(box, to, manifest ? manifest : text);
}

static void all_install(const struct sandbox *box)
{
    mock_install(box, "good", NULL);
    mock_install(box, "more", NULL);
    mock_install(box, "slow", NULL);
    sandbox_write(box, "providers/broken.so", "not a module");
    sandbox_write(box, "manifests/50-broken.provider", "[provider broken]\nmodule = broken.so\nabi = 1\n");
    sandbox_write(box, "manifests/50-old.provider", "[provider old]\nmodule = old.so\nabi = 9\n");
    sandbox_write(box, "manifests/50-masked.provider", "[provider masked]\nmodule = masked.so\nabi = 1\n");
    sandbox_write(box, "conf/providers.d/50-masked.provider", "[provider masked]\nmodule =\n");
}

static SECURITY_STATUS choose_once(const struct row *row, const struct provider **provider)
{
    const struct provider *first = NULL;
    SECURITY_STATUS status = provider_select(row->named == turned_down ? NULL : row->named, row->need, &first);

    if (row->named == turned_down && status == SEC_E_OK)
        return provider_select_after(first, row->need, provider);
    *provider = first;
    return status;
}

static void choose(const void *arg, FILE *out)
{
    const struct row *row = arg;
    const struct provider *provider = NULL, *again = NULL;
    SECURITY_STATUS status = choose_once(row, &provider);

    fprintf(out, "%08x %s", (unsigned)status, provider ? provider->name : "-");
    if (choose_once(row, &again) != status || again != provider)
        fprintf(out, ", then something else");
    if (!row->named && !row->need && provider_default() != provider)
        fprintf(out, ", but the default is something else");
}

static void try_row(const struct row *row)
{
    const char *environment[] = {row->environment, NULL};
    struct sandbox box;
    char text[256], errors[8192], want[PATH_MAX];

    sandbox_make(&box);
    all_install(&box);
    sandbox_write(&box, "conf/opensspi.conf", row->conf);
    sandbox_run(&box, environment, choose, row, text, sizeof text, errors, sizeof errors);
    snprintf(want, sizeof want, "%08x %s", (unsigned)row->status, row->chosen ? row->chosen : "-");
    is_str(text, want, "%s", row->claim);
    if (row->said) {
        const char *place = strstr(row->said, "%s");
        snprintf(want, sizeof want, "%.*s%s%s", place ? (int)(place - row->said) : (int)strlen(row->said), row->said,
                 place ? box.root : "", place ? place + 2 : "");
    }
    if (!ok(row->said ? strstr(errors, want) != NULL : !*errors, "%s: %s", row->claim,
            row->said ? "a line says why" : "not a word"))
        diag("got '%s'", errors);
    sandbox_remove(&box);
}

/* ---- what a module is told, and what holds it ---- */

static void load_named(const void *arg, FILE *out)
{
    const char *why = "";

    fprintf(out, "%s", provider_load(arg, &why) ? "loaded" : why);
}

static void try_options(void)
{
    static const char *const debug[] = {"OPENSSPI_LOG=all+debug", NULL};
    struct sandbox box;
    char text[512], errors[8192];

    sandbox_make(&box);
    all_install(&box);
    sandbox_run(&box, debug, load_named, "good", text, sizeof text, errors, sizeof errors);
    ok(strstr(errors, "good: debug: policy @SYSTEM, x-mock unset\n") != NULL, "a module asks for options: the built-in");
    sandbox_write(&box, "conf/opensspi.conf", "[provider good]\npolicy = NORMAL:%COMPAT\nx-mock = a b\n");
    sandbox_run(&box, debug, load_named, "good", text, sizeof text, errors, sizeof errors);
    ok(strstr(errors, "good: debug: policy NORMAL:%COMPAT, x-mock a b\n") != NULL, "a module asks for options: the configured");
    sandbox_run(&box, debug, load_named, "more", text, sizeof text, errors, sizeof errors);
    ok(strstr(errors, "more: debug: policy @SYSTEM, x-mock unset\n") != NULL, "a module asks for options: its own");
    sandbox_remove(&box);
}

static void try_isolation(void)
{
    static const char *const debug[] = {"OPENSSPI_LOG=all+debug", NULL};
    struct sandbox box;
    char text[512], errors[8192];

    sandbox_make(&box);
    mock_install(&box, "isolated", NULL);
    sandbox_run(&box, debug, load_named, "isolated", text, sizeof text, errors, sizeof errors);
    ok(strstr(errors, "isolated: debug: bound to the program\n") != NULL, "isolate = no: the program's symbol is bound, as everywhere");
#if defined SANITIZED
    skip("sanitizers do not work with RTLD_DEEPBIND", "isolate = yes: the module's own library's symbol is bound");
#else
    sandbox_write(&box, "conf/opensspi.conf", "[provider isolated]\nisolate = yes\n");
    sandbox_run(&box, debug, load_named, "isolated", text, sizeof text, errors, sizeof errors);
    if (!ok(strstr(errors, "isolated: debug: bound to the library\n") != NULL, "isolate = yes: the module's own library's symbol is bound"))
        diag("%s %s", text, errors);
#endif
    sandbox_remove(&box);
}

struct fixing {
    const struct sandbox *box;
    const char *from;
};

static void load_fix_load(const void *arg, FILE *out)
{
    const struct fixing *fixing = arg;
    const char *before = "", *after = "";
    const struct provider *first = provider_load("good", &before);

    sandbox_copy(fixing->box, "providers/good.so", fixing->from);
    fprintf(out, "%s, %s", first ? "loaded" : "failed", !provider_load("good", &after) && after == before ? "remembered" : "tried again");
}

static void load_and_unload(const void *arg, FILE *out)
{
    const struct fixing *fixing = arg;
    const char *why = "";
    const struct provider *provider = provider_load("good", &why);
    struct sspi_bytes part = {(const uint8_t *)"abc", 3};
    uint8_t sum[64];
    void *mapped;
    int i;

    if (!provider) {
        fprintf(out, "%s", why);
        return;
    }
    for (i = 0; i < 5; i++) /* what another user of libltdl in the process may do */
        lt_dlexit();
    mapped = dlopen(sandbox_path(fixing->box, "providers/good.so"), RTLD_NOW | RTLD_NOLOAD);
    for (i = 0; mapped && i < 5; i++)
        dlclose(mapped);
    fprintf(out, "%s, %s", mapped ? "mapped" : "gone", provider->api.digest(SSPI_SHA1, &part, 1, sum) == SSPI_OK ? "works" : "?");
}

static void try_memory(void)
{
    const char *builddir = secure_getenv("top_builddir");
    struct sandbox box;
    char from[PATH_MAX], text[512];
    struct fixing fixing = {&box, from};

    snprintf(from, sizeof from, "%s/t/mock/good.so", builddir ? builddir : ".");
    sandbox_make(&box);
    mock_install(&box, "good", NULL);
    sandbox_run(&box, NULL, load_and_unload, &fixing, text, sizeof text, NULL, 0);
    is_str(text, "mapped, works", "a module stays, whoever unloads");
    unlink(sandbox_path(&box, "providers/good.so"));
    sandbox_run(&box, NULL, load_fix_load, &fixing, text, sizeof text, NULL, 0);
    is_str(text, "failed, remembered", "a failure is remembered until the process ends");
    sandbox_remove(&box);
}

static void try_names(void)
{
    uint64_t known = 0;
    unsigned bit;

    for (bit = 0; bit < 100; bit++) {
        if (provider_cap_name(bit))
            known |= SSPI_CAP(bit & 63);
    }
    is_int(known, 0xfffffff3fLL, "every capability bit of provider.h has a name, and no other");
    is_str(provider_cap_name(3), "tls13", "bit 3 is tls13");
    is_str(provider_cap_name(34), "signature", "bit 34 is signature");
}

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
        try_row(&rows[i]);
    try_options();
    try_isolation();
    try_memory();
    try_names();
    return tap_done();
}
