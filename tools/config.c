/* SPDX-License-Identifier: MIT
 *
 * sspi config -- the settings in effect, each with the file and line that decided it. */
#include <config.h>

#include "tools/config-edit.h"
#include "tools/serving.h"
#include "tools/tools.h"

#include "core/config-parse.h"
#include "core/exceptions.h"
#include "core/log.h"
#include "core/provider.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { SAID_MAX = 64 };

static void place_print(const struct config_value *value)
{
    char place[PATH_MAX];

    fputs(config_place(value, place, sizeof place), stdout);
}

/* ---- what a program's section changes ---- */

/* A list with commas, broken into lines. */
static void list_print(const char *list, const char *before)
{
    while (*list) {
        size_t len = strlen(list), at = len;
        for (at = 0; at < len && at < 90;) {
            size_t next = at + strcspn(list + at, ",") + (list[at + strcspn(list + at, ",")] == ',');
            if (at && next > 90)
                break;
            at = next;
        }
        printf("%s%.*s\n", before, (int)at, list);
        list += at + strspn(list + at, " ");
    }
}

/* Of the program whose configuration this is. */
static void exception_print(const struct config *config, const struct config_key *key)
{
    struct config_value own = config_package(config, key->name), machine = exceptions_machine(config, key->name);
    const struct profile *of = NULL, *than = NULL;
    char list[2048], place[PATH_MAX];

    if (!(key->where & CONFIG_PROGRAM) || !own.text || !machine.text || !strcmp(own.text, machine.text))
        return;
    if (!strcmp(key->name, "profile")) {
        of = profile_named(own.text);
        than = profile_named(machine.text);
    }
    if (!of || !than) {
        printf("      an exception: for the machine it is %s, ", machine.text);
        printf("set by %s\n", config_place(&machine, place, sizeof place));
        return;
    }
    printf("      an exception: %s allows ", config_place(&own, place, sizeof place));
    if (exceptions_widened(of, than, 0, list, sizeof list)) {
        printf("what the machine's %s does not:\n", machine.text);
        list_print(list, "          ");
    } else
        printf("nothing that the machine's %s does not\n", machine.text);
    if (exceptions_widened(than, of, 0, list, sizeof list)) {
        printf("      and not what that allows:\n");
        list_print(list, "          ");
    }
}

/* Each other program for which it is another word. */
static void exceptions_print(const struct config *config, const struct config_key *key)
{
    const char *program;
    char what[512], place[PATH_MAX];

    for (size_t i = 0, j; (program = config_program_at(config, i)) != NULL; i++) {
        struct config_value own, machine = exceptions_machine(config, key->name);
        struct config *other;
        char *why = NULL;
        for (j = 0; j < i && strcmp(config_program_at(config, j), program); j++)
            continue;
        other = j < i ? NULL : config_load(program, &why);
        free(why);
        if (!other)
            continue;
        own = config_package(other, key->name);
        if (own.text && (!machine.text || strcmp(own.text, machine.text)) && strcmp(own.file, "OPENSSPI_PROVIDER")) {
            printf("      except [program %s], %s: %s", program, config_place(&own, place, sizeof place), own.text);
            if (!strcmp(key->name, "profile") &&
                exceptions_widened(profile_named(own.text), profile_named(machine.text), 1, what, sizeof what))
                printf(", which allows more: %s", what);
            printf("\n");
        }
        config_free(other);
    }
}

/* One setting, what decided it, and what that overrode. */
static void setting_print(const struct config *config, const char *provider, const struct config_key *key)
{
    struct config_said said[SAID_MAX];
    size_t count = config_history(config, provider, key->name, said, SAID_MAX), i;

    if (count > SAID_MAX)
        count = SAID_MAX;
    if (!count)
        return;
    printf("  %-19s %s\n", key->name, said[count - 1].value.text);
    printf("      %s\n      set by ", key->meaning);
    place_print(&said[count - 1].value);
    if (said[count - 1].section == CONFIG_PROGRAM)
        printf(", [program %s]", config_program(config));
    printf("\n");
    for (i = count - 1; i > 0; i--) {
        printf("      over   ");
        place_print(&said[i - 1].value);
        printf(": %s\n", said[i - 1].value.text);
    }
}

/* What the list comes to: who serves, and why not those before it. */
static void serving_print(const struct config *config)
{
    struct serving serving;
    size_t i;

    serving_look(config, &serving);
    log_set_target("none"); /* the process's configuration has set its own */
    for (i = 0; i < serving.passed_count; i++)
        printf("      not    %s: %s\n", serving.passed[i].name, serving.passed[i].why);
    if (serving.provider)
        printf("      serves %s, library %s\n", serving.provider->name, serving.provider->api.version);
    else
        printf("      none serves%s: `sspi doctor' says what to do\n",
               serving.left ? ", and no other may stand in" : "");
}

static void settings_print(const struct config *config, const char *provider, unsigned where)
{
    const struct config_key *key;
    size_t i;

    for (i = 0; (key = config_key_at(i)) != NULL; i++) {
        if (key->where & where)
            setting_print(config, provider, key);
    }
}

static void config_print(const struct config *config)
{
    const char *installed[CONFIG_PROVIDERS_MAX], *file;
    size_t count = config_installed(config, installed, CONFIG_PROVIDERS_MAX), i;

    printf("files read, the last word wins\n");
    for (i = 0; (file = config_file_at(config, i)) != NULL; i++)
        printf("  %s\n", file);
    if (!i)
        printf("  none\n");
    printf("\npackage Schannel, %s%s\n", *config_program(config) ? "program " : "any program",
           config_program(config));
    settings_print(config, NULL, CONFIG_PACKAGE);
    for (i = 0; i < count; i++) {
        printf("\nprovider %s\n", installed[i]);
        settings_print(config, installed[i], CONFIG_PROVIDER | CONFIG_MANIFEST);
    }
}

static void said_json(const struct config_said *said)
{
    printf("{\"value\": ");
    json_string(stdout, said->value.text);
    printf(", \"file\": ");
    json_string(stdout, said->value.file);
    printf(", \"line\": %u}", said->value.line);
}

static void settings_json(const struct config *config, const char *provider, unsigned where)
{
    const struct config_key *key;
    const char *comma = "\n";
    struct config_said said[SAID_MAX];
    size_t i, j, count;

    for (i = 0; (key = config_key_at(i)) != NULL; i++) {
        count = key->where & where ? config_history(config, provider, key->name, said, SAID_MAX) : 0;
        if (count > SAID_MAX)
            count = SAID_MAX;
        if (!count)
            continue;
        printf("%s   \"%s\": {\"value\": ", comma, key->name);
        json_string(stdout, said[count - 1].value.text);
        printf(", \"file\": ");
        json_string(stdout, said[count - 1].value.file);
        printf(", \"line\": %u, \"over\": [", said[count - 1].value.line);
        for (j = count - 1; j > 0; j--) {
            said_json(&said[j - 1]);
            if (j > 1)
                printf(", ");
        }
        printf("]}");
        comma = ",\n";
    }
}

static void config_json(const struct config *config)
{
    const char *installed[CONFIG_PROVIDERS_MAX], *file;
    size_t count = config_installed(config, installed, CONFIG_PROVIDERS_MAX), i;

    printf("{\"program\": ");
    json_string(stdout, config_program(config));
    printf(",\n \"files\": [");
    for (i = 0; (file = config_file_at(config, i)) != NULL; i++) {
        printf("%s", i ? ", " : "");
        json_string(stdout, file);
    }
    printf("],\n \"package\": {");
    settings_json(config, NULL, CONFIG_PACKAGE);
    printf("},\n \"providers\": {");
    for (i = 0; i < count; i++) {
        printf("%s\n  ", i ? "," : "");
        json_string(stdout, installed[i]);
        printf(": {");
        settings_json(config, installed[i], CONFIG_PROVIDER | CONFIG_MANIFEST);
        printf("}");
    }
    printf("}}\n");
}

/* ---- one setting ---- */

struct request { /* what the command line asks for */
    const char *program, *provider, *file;
    int json;
};

static const struct config_key *key_of(const char *name)
{
    const struct config_key *key;
    size_t i;

    for (i = 0; (key = config_key_at(i)) != NULL; i++)
        if (!strcmp(key->name, name))
            return key;
    return NULL;
}

/* May the key stand where the request says?  0, or the exit status of a mistake. */
static int key_fits(const struct request *request, const struct config_key *key, const char *name,
                    unsigned where)
{
    if (!key)
        tool_failed(&tool_config, "no setting '%s'; `sspi config' shows all", name);
    else if (request->provider && !(key->where & (CONFIG_PROVIDER | CONFIG_MANIFEST)))
        tool_failed(&tool_config, "%s is no setting of a provider", name);
    else if (!request->provider && !(key->where & where))
        tool_failed(&tool_config, "%s is set %s", name,
                    key->where & CONFIG_PACKAGE ? "for all programs only"
                                                : "for each provider: --provider NAME");
    else
        return 0;
    return EXIT_USAGE;
}

static int get(const struct request *request, const struct config *config, char **args)
{
    const struct config_key *key = key_of(args[0]);
    int mistake = key_fits(request, key, args[0], CONFIG_PACKAGE | CONFIG_PROGRAM);
    struct config_value value;

    if (mistake)
        return mistake;
    value = request->provider ? config_provider(config, request->provider, key->name)
                              : config_package(config, key->name);
    if (!value.text)
        return tool_failed(&tool_config, "%s is not set", key->name);
    printf("%s\n", value.text);
    return EXIT_DONE;
}

static int explain(const struct request *request, const struct config *config, char **args)
{
    const struct config_key *key = key_of(args[0]);
    int mistake = key_fits(request, key, args[0], CONFIG_PACKAGE | CONFIG_PROGRAM);

    if (mistake)
        return mistake;
    setting_print(config, request->provider, key);
    if (!request->provider && !strcmp(key->name, "providers"))
        serving_print(config);
    if (!request->provider && request->program)
        exception_print(config, key);
    else if (!request->provider && key->where & CONFIG_PROGRAM)
        exceptions_print(config, key);
    return EXIT_DONE;
}

/* ---- changes ---- */

static int changed(const struct request *request, const struct config_key *key, const char *path,
                   unsigned line)
{
    char *why = NULL, place[PATH_MAX];
    struct config *config = config_load(request->program ? request->program : "", &why);
    struct config_value value = {0};

    if (!config) {
        tool_failed(&tool_config, "%s is written, but no program can use TLS: %s", path,
                    why ? why : "out of memory");
        free(why);
        return EXIT_FAILED;
    }
    value = request->provider ? config_provider(config, request->provider, key->name)
                              : config_package(config, key->name);
    if (value.text)
        printf("%s = %s, set by %s; programs take it up when they are started again\n", key->name, value.text,
               config_place(&value, place, sizeof place));
    if (line && (!value.file || strcmp(value.file, path) || value.line != line)) {
        tool_failed(&tool_config, "%s:%u is written, but %s has the last word", path, line,
                    config_place(&value, place, sizeof place));
        config_free(config);
        return EXIT_FAILED;
    }
    if (!request->provider && !strcmp(key->name, "providers"))
        serving_print(config);
    config_free(config);
    return EXIT_DONE;
}

static int change(const struct request *request, char **args, const char *text)
{
    const struct config_key *key = key_of(args[0]);
    struct config_edit edit = {request->program, request->provider, args[0], text, request->file};
    int mistake = key_fits(request, key, args[0], request->program ? CONFIG_PROGRAM : CONFIG_PACKAGE);
    char why[512], path[PATH_MAX];
    unsigned line;

    if (mistake)
        return mistake;
    if (text && config_value_check(key, text, why, sizeof why) != 0) {
        tool_failed(&tool_config, "%s: %s", key->name, why);
        return EXIT_USAGE;
    }
    if (config_edit(&edit, path, sizeof path, &line, why, sizeof why) != 0)
        return tool_failed(&tool_config, "%s", why);
    return changed(request, key, path, line);
}

static int set(const struct request *request, const struct config *config, char **args)
{
    (void)config;
    return change(request, args, args[1]);
}

static int unset(const struct request *request, const struct config *config, char **args)
{
    (void)config;
    return change(request, args, NULL);
}

/* ---- all of them ---- */

static int show(const struct request *request, const struct config *config, char **args)
{
    (void)args;
    if (request->json)
        config_json(config);
    else
        config_print(config);
    return EXIT_DONE;
}

static int check(const struct request *request, const struct config *config, char **args)
{
    size_t files = 0;

    (void)request, (void)args;
    while (config_file_at(config, files))
        files++;
    printf("%zu file%s, no fault\n", files, files == 1 ? "" : "s");
    return EXIT_DONE;
}

static const struct verb {
    const char *word;
    int args;
    int reads; /* the configuration, first */
    int (*run)(const struct request *, const struct config *, char **args);
} verbs[] = {
    {"show", 0, 1, show}, {"get", 1, 1, get},     {"explain", 1, 1, explain},
    {"set", 2, 0, set},   {"unset", 1, 0, unset}, {"check", 0, 1, check},
};

static int verb_run(const struct verb *verb, const struct request *request, char **args)
{
    struct config *config = NULL;
    char *why = NULL;
    int code;

    log_set_target("none"); /* said here, and once */
    if (verb->reads) {
        config = config_load(request->program ? request->program : "", &why);
        if (!config) {
            tool_failed(&tool_config, "%s", why ? why : "out of memory");
            free(why);
            return EXIT_FAILED;
        }
    }
    code = verb->run(request, config, args);
    config_free(config);
    return tool_done(&tool_config, code);
}

static int file_name_good(const char *name)
{
    size_t len = strlen(name);

    return len > 5 && len < 200 && name[0] != '.' && !strchr(name, '/') && !strcmp(name + len - 5, ".conf");
}

static int config_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"program", required_argument, NULL, 'p'}, {"provider", required_argument, NULL, 'P'},
        {"file", required_argument, NULL, 'f'},    {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    struct request request = {.file = "90-sspi.conf"};
    const char *word;
    size_t i;
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            request.program = strrchr(optarg, '/') ? strrchr(optarg, '/') + 1 : optarg;
            break;
        case 'P':
            request.provider = optarg;
            break;
        case 'f':
            request.file = optarg;
            break;
        case 'j':
            request.json = 1;
            break;
        case 'h':
            return tool_help(&tool_config);
        default:
            return tool_misused(&tool_config);
        }
    }
    word = optind < argc ? argv[optind++] : "show";
    for (i = 0; i < sizeof verbs / sizeof *verbs && strcmp(verbs[i].word, word); i++)
        continue;
    if (i < sizeof verbs / sizeof *verbs && argc - optind != verbs[i].args) {
        static const char *const needs[] = {"no further word", "KEY", "KEY and VALUE"};
        tool_failed(&tool_config, "%s takes %s; a VALUE with blanks stands in quotes", word,
                    needs[verbs[i].args]);
    }
    if (i == sizeof verbs / sizeof *verbs || argc - optind != verbs[i].args || (request.json && i != 0) ||
        (request.program && request.provider) || !file_name_good(request.file))
        return tool_misused(&tool_config);
    return verb_run(&verbs[i], &request, argv + optind);
}

const struct tool tool_config = {
    "config", config_run, "the settings in effect, and the file and line behind each",
    "config [--program NAME] [--json]\n"
    "       sspi config get|explain KEY [--program NAME | --provider NAME]\n"
    "       sspi config set KEY VALUE [--program NAME | --provider NAME] [--file NAME.conf]\n"
    "       sspi config unset KEY [--program NAME | --provider NAME] [--file NAME.conf]\n"
    "       sspi config check\n\n"
    "Reads the configuration as a program does at its start.  Without a word it shows every setting: its\n"
    "value, the file and line that decided it, and what that overrode.  OPENSSPI_PROVIDER counts as it "
    "would\n"
    "for a program started here.  Exits with 1 and names file and line when a program could not start with "
    "it.\n\n"
    "  show             every setting, as without a word\n"
    "  get              one value\n"
    "  explain          one setting: its value, what decided it, what that overrode\n"
    "  set              writes it to a file of conf.d, and says so when another file has the last word\n"
    "  unset            takes it out of that file\n"
    "  check            is there a fault?\n\n"
    "  --program NAME   with the sections [program NAME]; without, none of those applies\n"
    "  --provider NAME  a setting of [provider NAME]\n"
    "  --file NAME      the file of conf.d to change (default 90-sspi.conf)\n"
    "  --json           every setting, for programs\n"
    "  --help           this"};
