/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/config.h"

#define LOG_AREA "config"
#include "core/config-parse.h"
#include "core/exceptions.h"
#include "core/log.h"
#include "core/once.h"
#include "core/paths.h"
#include "core/safe.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_FILES_MAX = 256, WHY_MAX = 512 };

struct config {
    struct config_list list;
    const char *program;
    struct config_value order[CONFIG_PROVIDERS_MAX]; /* `providers`, word by word */
    size_t order_count;
    const char **files;
    size_t file_count;
};

struct folder { /* names in one folder, sorted by strcmp */
    char path[PATH_MAX];
    char **name;
    size_t count;
};

/* What one loading needs besides its result. */
struct loading {
    struct config *config;
    char *why;
    size_t why_size;
};

static int fail(struct loading *loading, int error, const char *fmt, ...) SSPI_PRINTF(3, 4);
static int fail(struct loading *loading, int error, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(loading->why, loading->why_size, fmt, args);
    va_end(args);
    errno = error;
    return -1;
}

/* ---- folders and files ---- */

static void folder_free(struct folder *folder)
{
    size_t i;

    for (i = 0; i < folder->count; i++)
        free(folder->name[i]);
    free(folder->name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int name_wanted(const char *name, const char *suffix)
{
    size_t len = strlen(name), tail = strlen(suffix);

    return name[0] != '.' && len > tail && !strcmp(name + len - tail, suffix);
}

static int folder_list(struct loading *loading, struct folder *folder, DIR *dir, const char *suffix)
{
    struct dirent *found;

    folder->name = calloc(FOLDER_FILES_MAX, sizeof *folder->name);
    if (!folder->name)
        return fail(loading, ENOMEM, "%s: %s", folder->path, strerror(ENOMEM));
    while ((errno = 0, found = readdir(dir)) != NULL) {
        if (!name_wanted(found->d_name, suffix))
            continue;
        if (folder->count == FOLDER_FILES_MAX)
            return fail(loading, EINVAL, "%s: more than %d files", folder->path, FOLDER_FILES_MAX);
        folder->name[folder->count] = strdup(found->d_name);
        if (!folder->name[folder->count])
            return fail(loading, ENOMEM, "%s: %s", folder->path, strerror(ENOMEM));
        folder->count++;
    }
    if (errno)
        return fail(loading, errno, "%s: %s", folder->path, strerror(errno));
    qsort(folder->name, folder->count, sizeof *folder->name, by_name);
    return 0;
}

/* The files of parent/name that end in suffix; a folder that is not there is an empty one. */
static int folder_read(struct loading *loading, struct folder *folder, const char *parent, const char *name,
                       const char *suffix)
{
    int fd, result, error;
    DIR *dir;

    memset(folder, 0, sizeof *folder);
    snprintf(folder->path, sizeof folder->path, "%s%s", parent, name);
    fd = safe_open(folder->path, S_IFDIR, loading->why, loading->why_size);
    if (fd < 0)
        return errno == ENOENT ? 0 : -1;
    dir = fdopendir(fd);
    if (!dir) {
        error = errno;
        close(fd);
        return fail(loading, error, "%s: %s", folder->path, strerror(error));
    }
    result = folder_list(loading, folder, dir, suffix);
    error = errno;
    closedir(dir);
    if (result)
        folder_free(folder);
    errno = error;
    return result;
}

static int file_note(struct loading *loading, const char *path)
{
    struct config *config = loading->config;
    const char **more = reallocarray(config->files, config->file_count + 1, sizeof *more);

    if (more)
        config->files = more;
    if (!more || !(more[config->file_count] = config_list_text(&config->list, path, strlen(path))))
        return fail(loading, ENOMEM, "%s: %s", path, strerror(ENOMEM));
    config->file_count++;
    return 0;
}

/* Reads one file; one that is not there counts as empty if it may be `absent`. */
static int file_read(struct loading *loading, const char *path, int manifest, int absent)
{
    char *bytes = NULL;
    size_t len = 0;
    int result, error;

    if (safe_read(path, CONFIG_FILE_MAX, &bytes, &len, loading->why, loading->why_size))
        return absent && errno == ENOENT ? 0 : -1;
    result = file_note(loading, path);
    if (!result)
        result = config_parse(&loading->config->list, path, bytes, len, manifest, loading->why, loading->why_size);
    error = errno;
    free(bytes);
    errno = error;
    return result;
}

static int folder_file_read(struct loading *loading, const struct folder *folder, size_t i, int manifest)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", folder->path, folder->name[i]);

    if (n < 0 || (size_t)n >= sizeof path)
        return fail(loading, ENAMETOOLONG, "%.64s...: %s", folder->path, strerror(ENAMETOOLONG));
    return file_read(loading, path, manifest, 0);
}

/* ---- manifests ---- */

/* The `module =` of a provider among the entries from `first` to `end`. */
static const struct config_entry *module_find(const struct config_list *list, size_t first, size_t end,
                                              const char *provider)
{
    size_t i;

    for (i = end; i > first; i--) {
        const struct config_entry *entry = &list->entry[i - 1];
        if (entry->section == CONFIG_PROVIDER && !strcmp(entry->key, "module") && !strcmp(entry->name, provider))
            return entry;
    }
    return NULL;
}

/* One manifest names one module, and no two of a folder name one provider. */
static int manifest_check(struct loading *loading, size_t folder_first, size_t first, const char *path,
                          const char *file)
{
    const struct config_list *list = &loading->config->list;
    const struct config_entry *mine = NULL, *other;
    size_t i;

    for (i = first; i < list->count && !mine; i++) {
        if (!strcmp(list->entry[i].key, "module"))
            mine = &list->entry[i];
    }
    if (!mine)
        return fail(loading, EINVAL, "%s/%s: a manifest needs 'module = NAME.so', or an empty one to mask", path, file);
    other = module_find(list, folder_first, first, mine->name);
    if (!other)
        return 0;
    return fail(loading, EINVAL, "%s:%u: provider '%s' has a manifest already, %s:%u", mine->value.file,
                mine->value.line, mine->name, other->value.file, other->value.line);
}

static int name_in(const struct folder *folder, const char *name)
{
    return folder->count && bsearch(&name, folder->name, folder->count, sizeof *folder->name, by_name) != NULL;
}

/* Manifests of one folder, less those that `over` replaces by a file of the same name. */
static int manifests_read(struct loading *loading, const struct folder *folder, const struct folder *over)
{
    size_t i, folder_first = loading->config->list.count;

    for (i = 0; i < folder->count; i++) {
        size_t first = loading->config->list.count;
        if (over && name_in(over, folder->name[i]))
            continue;
        if (folder_file_read(loading, folder, i, 1) ||
            manifest_check(loading, folder_first, first, folder->path, folder->name[i]))
            return -1;
    }
    return 0;
}

static int manifests_load(struct loading *loading)
{
    struct folder shipped, own;
    int result = folder_read(loading, &shipped, paths_manifests(), "", ".provider");

    if (result)
        return -1;
    result = folder_read(loading, &own, paths_conf(), "/providers.d", ".provider");
    if (!result) {
        result = manifests_read(loading, &shipped, &own);
        if (!result)
            result = manifests_read(loading, &own, NULL);
        folder_free(&own);
    }
    folder_free(&shipped);
    return result;
}

/* ---- opensspi.conf and conf.d ---- */

static int conf_load(struct loading *loading)
{
    struct folder extra;
    char path[PATH_MAX];
    size_t i;
    int result = 0;

    snprintf(path, sizeof path, "%s/opensspi.conf", paths_conf());
    if (file_read(loading, path, 0, 1) || folder_read(loading, &extra, paths_conf(), "/conf.d", ".conf"))
        return -1;
    for (i = 0; i < extra.count && !result; i++)
        result = folder_file_read(loading, &extra, i, 0);
    folder_free(&extra);
    return result;
}

/* ---- the environment, and what only the whole shows ---- */

static int is_installed(const struct config *config, const char *name)
{
    const struct config_entry *module = module_find(&config->list, 0, config->list.count, name);

    return module && module->value.text[0];
}

static int is_ordered(const struct config *config, const char *name)
{
    size_t i;

    for (i = 0; i < config->order_count; i++) {
        if (!strcmp(config->order[i].text, name))
            return 1;
    }
    return 0;
}

static int order_make(struct loading *loading)
{
    struct config *config = loading->config;
    struct config_value list = config_package(config, "providers"), *item;
    const char *rest = list.text, *word;
    size_t len;

    config->order_count = 0;
    while ((len = config_word(&rest, &word)) != 0) {
        item = &config->order[config->order_count++];
        *item = list;
        item->text = config_list_text(&config->list, word, len);
        if (!item->text)
            return fail(loading, ENOMEM, "%s", strerror(ENOMEM));
    }
    return 0;
}

static int environment_load(struct loading *loading)
{
    struct config *config = loading->config;
    const char *name = secure_getenv("OPENSSPI_PROVIDER");
    struct config_entry entry = {.section = CONFIG_ENVIRONMENT, .name = "", .key = "providers"};
    struct config_value locked = config_package(config, "locked");
    char shown[128];

    if (!name || !*name)
        return 0;
    log_escape(shown, sizeof shown, name, strlen(name));
    if (!config_name_valid(name, strlen(name)) || !is_installed(config, name))
        return fail(loading, EINVAL, "OPENSSPI_PROVIDER=%s: no provider of that name is installed", shown);
    if (config_package_yes(config, "locked") && !is_ordered(config, name))
        return fail(loading, EINVAL, "OPENSSPI_PROVIDER=%s: not in the list that %s:%u locks", shown, locked.file,
                    locked.line);
    entry.value.text = config_list_text(&config->list, name, strlen(name));
    entry.value.file = "OPENSSPI_PROVIDER";
    if (!entry.value.text || config_list_add(&config->list, &entry))
        return fail(loading, ENOMEM, "%s", strerror(ENOMEM));
    return order_make(loading);
}

static int program_find(struct loading *loading, const char *program)
{
    static const char deleted[] = " (deleted)";
    char path[PATH_MAX];
    ssize_t len;

    if (!program) {
        len = readlink("/proc/self/exe", path, sizeof path - 1);
        path[len > 0 ? len : 0] = '\0';
        if (len > (ssize_t)sizeof deleted && !strcmp(path + len - (sizeof deleted - 1), deleted))
            path[len - (ssize_t)(sizeof deleted - 1)] = '\0';
        program = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    }
    loading->config->program = config_list_text(&loading->config->list, program, strlen(program));
    return loading->config->program ? 0 : fail(loading, ENOMEM, "%s", strerror(ENOMEM));
}

/* All of them are counted, the first `cap` written. */
static size_t installed(const struct config *config, const char **names, size_t cap)
{
    const struct config_list *list = &config->list;
    size_t count = 0, i;

    for (i = 0; i < list->count; i++) {
        const struct config_entry *entry = &list->entry[i];
        if (entry->section != CONFIG_PROVIDER || strcmp(entry->key, "module") || !is_installed(config, entry->name))
            continue;
        if (module_find(list, 0, i, entry->name)) /* counted at its first manifest */
            continue;
        if (count++ < cap)
            names[count - 1] = entry->name;
    }
    return count;
}

static int providers_count(struct loading *loading)
{
    const struct config *config = loading->config;
    size_t count = installed(config, NULL, 0), i;

    for (i = 0; i < config->order_count; i++)
        count += !is_installed(config, config->order[i].text);
    if (count > CONFIG_PROVIDERS_MAX)
        return fail(loading, EINVAL, "%s: more than %d providers installed or named", paths_manifests(),
                    CONFIG_PROVIDERS_MAX);
    return 0;
}

static struct config *load(const char *program, char *why, size_t why_size)
{
    struct loading loading = {.config = calloc(1, sizeof(struct config)), .why = why, .why_size = why_size};
    int error;

    if (!loading.config) {
        fail(&loading, ENOMEM, "%s", strerror(ENOMEM));
        return NULL;
    }
    if (!program_find(&loading, program) && !manifests_load(&loading) && !conf_load(&loading) &&
        !order_make(&loading) && !environment_load(&loading) && !providers_count(&loading))
        return loading.config;
    error = errno;
    config_free(loading.config);
    errno = error;
    return NULL;
}

struct config *config_load(const char *program, char **why)
{
    char text[WHY_MAX];
    struct config *config = load(program, text, sizeof text);

    *why = config ? NULL : strdup(text);
    return config;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    config_list_free(&config->list);
    free(config->files);
    free(config);
}

/* ---- the process's own ---- */

const struct config *config_get(const char **why)
{
    static struct once once;
    static struct config *config;
    static char reason[WHY_MAX];

    switch (once_enter(&once)) {
    case ONCE_DONE:
        return config;
    case ONCE_MINE:
        break;
    case ONCE_ORPHANED:
        *why = "the process was forked while another thread read the configuration";
        return NULL;
    default:
        *why = reason;
        return NULL;
    }
    config = load(NULL, reason, sizeof reason);
    if (config) {
        log_set_target(config_package(config, "log").text);
        exceptions_log(config);
        once_leave(&once, ONCE_DONE);
        return config;
    }
    log_error("%s", reason);
    if (safe_error_passes(errno)) { /* what a file says is remembered, good or bad */
        *why = "no memory or descriptors left to read the configuration";
        once_leave(&once, ONCE_IDLE);
    } else {
        *why = reason;
        once_leave(&once, ONCE_FAILED);
    }
    return NULL;
}

/* ---- questions ---- */

static const struct config_key *key_find(const char *name)
{
    const struct config_key *key;
    size_t i;

    for (i = 0; (key = config_key_at(i)) != NULL; i++) {
        if (!strcmp(key->name, name))
            return key;
    }
    return NULL;
}

static int entry_matches(const struct config_entry *entry, enum config_section layer, const char *name,
                         const char *key)
{
    return entry->section == layer && !strcmp(entry->key, key) &&
           (layer == CONFIG_PACKAGE || layer == CONFIG_ENVIRONMENT || !strcmp(entry->name, name));
}

/* The profile has a say in some of them. */
static struct config_value built_in(const struct config *config, const struct config_key *key)
{
    const char *origin = "built-in", *profile, *text = NULL;

    if (!strcmp(key->name, "policy") || !strcmp(key->name, "revocation")) {
        profile = config_package(config, "profile").text;
        text = profile ? profile_built_in(profile, key->name, &origin) : NULL;
    }
    return (struct config_value){text ? text : key->built_in, origin, 0};
}

/* Everything said about a key, weakest first, into out; the strongest into *last. */
static size_t history(const struct config *config, const char *provider, const char *key, struct config_said *out,
                      size_t cap, struct config_said *last)
{
    static const enum config_section package[] = {CONFIG_PACKAGE, CONFIG_PROGRAM, CONFIG_ENVIRONMENT};
    static const enum config_section of_provider[] = {CONFIG_PROVIDER};
    const enum config_section *layers = provider ? of_provider : package;
    const struct config_key *known = key_find(key);
    size_t layer_count = provider ? 1 : 3, count = 0, layer, i;

    memset(last, 0, sizeof *last);
    if (known && known->built_in && (provider ? known->where & CONFIG_PROVIDER : known->where & CONFIG_PACKAGE)) {
        *last = (struct config_said){built_in(config, known), layers[0]};
        if (count++ < cap)
            out[0] = *last;
    }
    for (layer = 0; layer < layer_count; layer++) {
        for (i = 0; i < config->list.count; i++) {
            const struct config_entry *entry = &config->list.entry[i];
            if (!entry_matches(entry, layers[layer], provider ? provider : config->program, key))
                continue;
            *last = (struct config_said){entry->value, entry->section};
            if (count++ < cap)
                out[count - 1] = *last;
        }
    }
    return count;
}

size_t config_history(const struct config *config, const char *provider, const char *key, struct config_said *out,
                      size_t cap)
{
    struct config_said last;

    return history(config, provider, key, out, cap, &last);
}

struct config_value config_package(const struct config *config, const char *key)
{
    struct config_said last;

    history(config, NULL, key, NULL, 0, &last);
    return last.value;
}

int config_package_yes(const struct config *config, const char *key)
{
    const char *text = config_package(config, key).text;

    return text && !strcmp(text, "yes");
}

struct config_value config_provider(const struct config *config, const char *provider, const char *key)
{
    struct config_said last;

    history(config, provider, key, NULL, 0, &last);
    return last.value;
}

size_t config_order(const struct config *config, struct config_value *out, size_t cap)
{
    size_t i;

    for (i = 0; i < config->order_count && i < cap; i++)
        out[i] = config->order[i];
    return i;
}

size_t config_installed(const struct config *config, const char **names, size_t cap)
{
    size_t count = installed(config, names, cap);

    return count < cap ? count : cap;
}

const char *config_program_at(const struct config *config, size_t i)
{
    const struct config_entry *entry;

    for (size_t at = 0; at < config->list.count; at++) {
        entry = &config->list.entry[at];
        if (entry->section == CONFIG_PROGRAM && i-- == 0)
            return entry->name;
    }
    return NULL;
}

const char *config_program(const struct config *config)
{
    return config->program;
}

const char *config_file_at(const struct config *config, size_t i)
{
    return i < config->file_count ? config->files[i] : NULL;
}

const char *config_place(const struct config_value *value, char *out, size_t size)
{
    if (value->line)
        snprintf(out, size, "%s:%u", value->file, value->line);
    else
        snprintf(out, size, "%s", value->file ? value->file : "?");
    return out;
}
