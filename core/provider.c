/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/provider.h"

#define LOG_AREA "provider"
#include "core/config.h"
#include "core/elf.h"
#include "core/log.h"
#include "core/once.h"
#include "core/paths.h"
#include "core/provider-table.h"
#include "core/safe.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <ltdl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WHY_MAX = 512 };

struct slot {
    struct once once; /* ready, failed, or being loaded; what follows is constant afterwards */
    struct provider provider;
    enum provider_fault fault;
    int passing;      /* the fault is a lack of memory or descriptors: to be tried again */
    atomic_int noted; /* a fallback past it has been logged */
    char version[PROVIDER_VERSION_MAX];
    char why[WHY_MAX];
};

/* Process-wide, filled once, never freed: modules are pinned and so is what describes them. */
static struct once slots_once;
static struct slot slots[CONFIG_PROVIDERS_MAX];
static size_t slot_count;
static struct sspi_core lent;

/* Around every lt_ call: libltdl has no lock of its own. */
static struct once ltdl_lock;

/* Depth of provider entry functions on this thread: one that calls back into the library must fail, for
 * it would wait for itself. */
static _Thread_local unsigned entries_running;

/* ---- what the core lends ---- */

static void lent_log(enum sspi_log level, const char *provider, const char *fmt, ...) SSPI_PRINTF(3, 4);
static void lent_log(enum sspi_log level, const char *provider, const char *fmt, ...)
{
    va_list args;

    if (!fmt)
        return;
    va_start(args, fmt);
    log_writev(level, provider ? provider : LOG_AREA, fmt, args);
    va_end(args);
}

static const char *lent_option(const char *provider, const char *key)
{
    const char *why;
    const struct config *config = config_get(&why);

    return config && provider && key ? config_provider(config, provider, key).text : NULL;
}

static void lent_fill(void)
{
    lent.size = sizeof lent;
    lent.abi = SSPI_ABI;
    lent.log = lent_log;
    lent.option = lent_option;
    lent.verify = context_callbacks.verify;
    lent.ticket_key = context_callbacks.ticket_key;
    lent.psk_find = context_callbacks.psk_find;
    lent.keylog = context_callbacks.keylog;
}

/* ---- loading one ---- */

static int fail(struct slot *slot, enum provider_fault fault, const char *fmt, ...) SSPI_PRINTF(3, 4);
static int fail(struct slot *slot, enum provider_fault fault, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(slot->why, sizeof slot->why, fmt, args);
    va_end(args);
    slot->fault = fault;
    return -1;
}

/* What the manifest says, before anything of the module runs; its absolute path into `path`. */
static int manifest_check(struct slot *slot, const struct config *config, char *path, size_t size)
{
    const char *name = slot->provider.name;
    struct config_value module = config_provider(config, name, "module");
    struct config_value abi = config_provider(config, name, "abi");
    size_t len = strlen(name);
    int n;

    if (!module.text)
        return fail(slot, PROVIDER_MISSING, "not installed: no manifest in %s names it", paths_manifests());
    if (!*module.text)
        return fail(slot, PROVIDER_MISSING, "masked by %s:%u", module.file, module.line);
    if (strncmp(module.text, name, len) || strcmp(module.text + len, ".so"))
        return fail(slot, PROVIDER_BROKEN, "%s:%u: the module of provider '%s' is named %s.so, not %s", module.file,
                    module.line, name, name, module.text);
    if (!abi.text)
        return fail(slot, PROVIDER_BROKEN, "%s: no 'abi =' for provider '%s'", module.file, name);
    if (strtoul(abi.text, NULL, 10) != SSPI_ABI_MAJOR)
        return fail(slot, PROVIDER_ABI, "%s:%u: made for ABI %s, this library's is %u", abi.file, abi.line, abi.text,
                    SSPI_ABI_MAJOR);
    n = snprintf(path, size, "%s/%s", paths_providers(), module.text);
    if (n < 0 || (size_t)n >= size)
        return fail(slot, PROVIDER_BROKEN, "%s: %s", paths_providers(), strerror(ENAMETOOLONG));
    return 0;
}

/* Maps the module for good.  libltdl would bind lazily, lose the linker's words and know no DEEPBIND, so
 * it joins what stands here. */
static void *module_map(struct slot *slot, const char *path, int isolate)
{
    int fd = safe_open(path, S_IFREG, slot->why, sizeof slot->why);
    const char *words;
    char what[64];
    void *mapped;

    if (fd < 0) {
        slot->fault = errno == ENOENT ? PROVIDER_MISSING : PROVIDER_BROKEN;
        slot->passing = safe_error_passes(errno);
        return NULL;
    }
    if (elf_check(fd, what, sizeof what)) {
        close(fd);
        fail(slot, PROVIDER_BROKEN, "%s: %s", path, what);
        return NULL;
    }
    mapped = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE | (isolate ? RTLD_DEEPBIND : 0));
    close(fd);
    if (!mapped) {
        words = dlerror();
        fail(slot, PROVIDER_BROKEN, "%s", words ? words : path);
    }
    return mapped;
}

/* Under ltdl_lock.  The module's entry point as libltdl finds it, or NULL with the reason. */
static void *entry_find(struct slot *slot, const char *path)
{
    static int ready; /* never undone: lt_dlexit would unmap modules */
    lt_dladvise advise = NULL;
    lt_dlhandle module = NULL;
    const char *words;
    void *entry = NULL;

    if (!ready && lt_dlinit()) {
        fail(slot, PROVIDER_BROKEN, "%s: libltdl does not start", path);
        return NULL;
    }
    ready = 1;
    if (!lt_dladvise_init(&advise) && !lt_dladvise_local(&advise))
        module = lt_dlopenadvise(path, advise);
    if (module && !lt_dlmakeresident(module))
        entry = lt_dlsym(module, "sspi_provider");
    if (!entry) {
        words = lt_dlerror();
        fail(slot, PROVIDER_BROKEN, module ? "%s: no function %s_LTX_sspi_provider (%s)" : "%s: %s: %s", path,
             module ? slot->provider.name : "libltdl", words ? words : "?");
    }
    lt_dladvise_destroy(&advise);
    return entry;
}

/* dlsym searches what the module links too, and libltdl tries the bare name: whatever came out of that
 * must lie in the module itself. */
static int entry_is_own(void *mapped, void *entry)
{
    struct link_map *of_module = NULL, *of_entry = NULL;
    Dl_info info;

    return !dlinfo(mapped, RTLD_DI_LINKMAP, &of_module) &&
           dladdr1(entry, &info, (void **)&of_entry, RTLD_DL_LINKMAP) && of_module && of_module == of_entry;
}

static sspi_provider_fn *module_open(struct slot *slot, const char *path, int isolate)
{
    sspi_provider_fn *function;
    void *mapped = module_map(slot, path, isolate), *entry;

    if (!mapped)
        return NULL;
    if (once_enter(&ltdl_lock) != ONCE_MINE) {
        fail(slot, PROVIDER_BROKEN, "the process was forked while another thread loaded a provider");
        return NULL;
    }
    entry = entry_find(slot, path);
    once_leave(&ltdl_lock, ONCE_IDLE);
    if (!entry)
        return NULL;
    if (!entry_is_own(mapped, entry)) {
        fail(slot, PROVIDER_BROKEN, "%s: its function %s_LTX_sspi_provider is another module's", path,
             slot->provider.name);
        return NULL;
    }
    memcpy(&function, &entry, sizeof function);
    return function;
}

static int slot_load(struct slot *slot)
{
    const char *name = slot->provider.name, *why = "", *isolate;
    const struct config *config = config_get(&why);
    const struct sspi_provider *given;
    sspi_provider_fn *function;
    char path[PATH_MAX], what[256];
    enum provider_fault fault;

    if (!config)
        return fail(slot, PROVIDER_BROKEN, "%s", why);
    if (manifest_check(slot, config, path, sizeof path))
        return -1;
    isolate = config_provider(config, name, "isolate").text;
    function = module_open(slot, path, isolate && !strcmp(isolate, "yes"));
    if (!function)
        return -1;
    entries_running++;
    given = function(&lent);
    entries_running--;
    if (!given)
        return fail(slot, PROVIDER_BROKEN, "%s: it refused to start", path);
    fault = provider_table_check(given, name, &slot->provider.api, slot->version, what, sizeof what);
    return fault == PROVIDER_GOOD ? 0 : fail(slot, fault, "%s: %s", path, what);
}

/* ---- all of them ---- */

static int slots_fill(const char **why)
{
    const struct config *config = config_get(why);
    const char *names[CONFIG_PROVIDERS_MAX];
    struct config_value order[CONFIG_PROVIDERS_MAX];
    size_t installed, ordered, i, j;

    if (!config)
        return -1;
    lent_fill();
    installed = config_installed(config, names, CONFIG_PROVIDERS_MAX);
    ordered = config_order(config, order, CONFIG_PROVIDERS_MAX);
    for (i = 0; i < installed; i++)
        slots[slot_count++].provider.name = names[i];
    for (i = 0; i < ordered; i++) {
        for (j = 0; j < slot_count && strcmp(slots[j].provider.name, order[i].text); j++)
            continue;
        if (j == slot_count) /* core/config.c has counted: there is room */
            slots[slot_count++].provider.name = order[i].text;
    }
    return 0;
}

/* The slots stand.  0, or -1 with *why. */
static int slots_ready(const char **why)
{
    int result;

    switch (once_enter(&slots_once)) {
    case ONCE_DONE:
        return 0;
    case ONCE_MINE:
        result = slots_fill(why);
        once_leave(&slots_once, result ? ONCE_IDLE : ONCE_DONE); /* the configuration remembers for itself */
        return result;
    default:
        *why = "the process was forked while another thread read the configuration";
        return -1;
    }
}

static struct slot *slot_find(const char *name, int fold)
{
    size_t i;

    for (i = 0; i < slot_count; i++) {
        if (!(fold ? strcasecmp : strcmp)(slots[i].provider.name, name))
            return &slots[i];
    }
    return NULL;
}

/* Loads once, and remembers.  PROVIDER_GOOD, or the fault with *why. */
static enum provider_fault slot_ready(struct slot *slot, const char **why)
{
    int result;

    switch (once_enter(&slot->once)) {
    case ONCE_DONE:
        return PROVIDER_GOOD;
    case ONCE_MINE:
        slot->fault = PROVIDER_GOOD; /* an earlier try may have failed */
        slot->passing = 0;
        result = slot_load(slot);
        if (result && slot->passing) {
            once_leave(&slot->once, ONCE_IDLE);
            *why = "no memory or descriptors left to load it";
            return PROVIDER_BROKEN;
        }
        if (result)
            log_info("%s: %s", slot->provider.name, slot->why);
        else
            log_info("%s: %s, ABI %u.%u, capabilities 0x%llx", slot->provider.name, slot->version,
                     slot->provider.api.abi >> 16, slot->provider.api.abi & 0xffffu,
                     (unsigned long long)slot->provider.api.caps);
        once_leave(&slot->once, result ? ONCE_FAILED : ONCE_DONE);
        break;
    case ONCE_FAILED:
        break;
    default:
        *why = "the process was forked while another thread loaded it";
        return PROVIDER_BROKEN;
    }
    *why = slot->why;
    return slot->fault;
}

static const char reentered[] = "a provider called the library while it was being loaded";

/* May the next of the list stand in for one with this fault? */
static int fault_passes(enum provider_fault fault)
{
    return fault == PROVIDER_MISSING || fault == PROVIDER_ABI;
}

const struct provider *provider_try(const char *name, int *passes, const char **why)
{
    enum provider_fault fault;
    struct slot *slot;

    *passes = 0;
    if (entries_running) {
        *why = reentered;
        return NULL;
    }
    if (slots_ready(why))
        return NULL;
    slot = slot_find(name, 0);
    if (!slot) {
        *why = "not installed: no manifest names it";
        *passes = 1;
        return NULL;
    }
    fault = slot_ready(slot, why);
    *passes = fault_passes(fault);
    return fault == PROVIDER_GOOD ? &slot->provider : NULL;
}

const struct provider *provider_load(const char *name, const char **why)
{
    int passes;

    return provider_try(name, &passes, why);
}

/* ---- choosing ---- */

/* Loads and asks for the capabilities.  SEC_E_OK, or the status with *why; *passes where the next provider
 * of the list may stand in. */
static SECURITY_STATUS slot_try(struct slot *slot, uint64_t need, char *why, size_t why_size, int *passes)
{
    const char *words = "";
    enum provider_fault fault = slot_ready(slot, &words);
    uint64_t lacking;
    unsigned bit;
    size_t at;

    *passes = fault_passes(fault);
    if (fault != PROVIDER_GOOD) {
        snprintf(why, why_size, "%s", words);
        return SEC_E_INTERNAL_ERROR;
    }
    lacking = need & ~slot->provider.api.caps;
    if (!lacking)
        return SEC_E_OK;
    *passes = 1;
    at = (size_t)snprintf(why, why_size, "%s cannot do", slot->version);
    for (bit = 0; bit < 64; bit++) {
        if (lacking & SSPI_CAP(bit) && at + 32 < why_size)
            at += (size_t)snprintf(why + at, why_size - at, " %s",
                                   provider_cap_name(bit) ? provider_cap_name(bit) : "something unknown");
    }
    return SEC_E_UNSUPPORTED_FUNCTION;
}

static SECURITY_STATUS select_named(const struct config *config, const char *name, uint64_t need,
                                    const struct provider **out)
{
    struct slot *slot = slot_find(name, 1);
    struct config_value order[CONFIG_PROVIDERS_MAX], module;
    size_t count = config_order(config, order, CONFIG_PROVIDERS_MAX), i;
    char why[WHY_MAX], shown[64];
    SECURITY_STATUS status;
    int passes;

    log_escape(shown, sizeof shown, name, strlen(name));
    module = slot ? config_provider(config, slot->provider.name, "module") : (struct config_value){0};
    if (!module.text || !*module.text) {
        log_error("%s: no provider of that name is installed", shown);
        return SEC_E_SECPKG_NOT_FOUND;
    }
    for (i = 0; i < count && strcmp(order[i].text, slot->provider.name); i++)
        continue;
    if (i == count && config_package_yes(config, "locked")) {
        module = config_package(config, "locked");
        log_error("%s: not in the list of providers that %s:%u locks", shown, module.file, module.line);
        return SEC_E_SECPKG_NOT_FOUND;
    }
    status = slot_try(slot, need, why, sizeof why, &passes);
    if (status == SEC_E_OK)
        *out = &slot->provider;
    else
        log_error("%s: %s", shown, why);
    return status;
}

/* One line for a provider that was passed over: loud the first time, and only if somebody chose it. */
static void note_fallback(struct slot *slot, const struct config_value *chosen, const char *why)
{
    int again = atomic_exchange(&slot->noted, 1);
    enum sspi_log level = again ? SSPI_LOG_DEBUG : chosen->line ? SSPI_LOG_WARNING : SSPI_LOG_INFO;
    char place[PATH_MAX];

    log_write(level, LOG_AREA, "%s (%s): %s; trying the next", chosen->text,
              config_place(chosen, place, sizeof place), why);
}

/* Along the configured order; behind `refused`, where it is not NULL. */
static SECURITY_STATUS select_ordered(const struct config *config, const struct provider *refused, uint64_t need,
                                      const struct provider **out)
{
    struct config_value order[CONFIG_PROVIDERS_MAX];
    size_t count = config_order(config, order, CONFIG_PROVIDERS_MAX), i;
    int fallback = config_package_yes(config, "fallback"), passes;
    SECURITY_STATUS result = refused ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_INTERNAL_ERROR, status;
    char why[WHY_MAX], place[PATH_MAX];

    if (refused && !fallback)
        return result;
    for (i = 0; refused && i < count && strcmp(order[i].text, refused->name); i++)
        continue;
    for (i += refused != NULL; i < count; i++) {
        struct slot *slot = slot_find(order[i].text, 0);

        status = slot_try(slot, need, why, sizeof why, &passes);
        if (status == SEC_E_OK) {
            *out = &slot->provider;
            return SEC_E_OK;
        }
        if (status == SEC_E_UNSUPPORTED_FUNCTION) /* says more than a module that is missing */
            result = status;
        if (!passes || !fallback || i + 1 == count) {
            log_error("%s (%s): %s; no provider is left to try, `sspi doctor' says what to do", order[i].text,
                      config_place(&order[i], place, sizeof place), why);
            return passes ? result : status;
        }
        note_fallback(slot, &order[i], why);
    }
    return result;
}

/* The configuration, for a selection; NULL: not now, and it has been said why. */
static const struct config *select_config(void)
{
    const char *why = "";
    const struct config *config;

    if (entries_running) {
        log_error("%s", reentered);
        return NULL;
    }
    config = config_get(&why);
    if (!config || slots_ready(&why)) {
        log_debug("%s", why); /* core/config.c has said it once, loudly */
        return NULL;
    }
    return config;
}

SECURITY_STATUS provider_select(const char *named, uint64_t need, const struct provider **out)
{
    const struct config *config = select_config();

    *out = NULL;
    if (!config)
        return SEC_E_INTERNAL_ERROR;
    return named ? select_named(config, named, need, out) : select_ordered(config, NULL, need, out);
}

SECURITY_STATUS provider_select_after(const struct provider *refused, uint64_t need, const struct provider **out)
{
    const struct config *config = select_config();

    *out = NULL;
    return config ? select_ordered(config, refused, need, out) : SEC_E_INTERNAL_ERROR;
}

const struct provider *provider_default(void)
{
    const struct provider *provider;

    return provider_select(NULL, 0, &provider) == SEC_E_OK ? provider : NULL;
}
