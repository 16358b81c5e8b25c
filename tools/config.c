/* SPDX-License-Identifier: MIT
 *
 * sspi config -- the settings in effect, each with the file and line that decided it. */
#include <config.h>

#include "tools/tools.h"

#include "core/config.h"
#include "core/log.h"

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

static int config_run(int argc, char **argv)
{
    static const struct option options[] = {{"program", required_argument, NULL, 'p'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char *program = "";
    struct config *config;
    char *why = NULL;
    int json = 0, option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'p':
            program = strrchr(optarg, '/') ? strrchr(optarg, '/') + 1 : optarg;
            break;
        case 'j':
            json = 1;
            break;
        case 'h':
            return tool_help(&tool_config);
        default:
            return tool_misused(&tool_config);
        }
    }
    if (optind != argc)
        return tool_misused(&tool_config);
    log_set_target("none"); /* said here, and once */
    config = config_load(program, &why);
    if (!config) {
        tool_failed(&tool_config, "%s", why ? why : "out of memory");
        free(why);
        return EXIT_FAILED;
    }
    if (json)
        config_json(config);
    else
        config_print(config);
    config_free(config);
    return tool_done(&tool_config, EXIT_DONE);
}

const struct tool tool_config = {
    "config", config_run, "the settings in effect, and the file and line behind each",
    "config [--program NAME] [--json]\n\n"
    "Reads the configuration as a program does at its start and shows every setting: its value,\n"
    "the file and line that decided it, and what that overrode.  OPENSSPI_PROVIDER counts as it\n"
    "would for a program started here.  Exits with 1 and names file and line when a program could\n"
    "not start with it.\n\n"
    "  --program NAME   with the sections [program NAME]; without, none of those applies\n"
    "  --json           the same for programs\n"
    "  --help           this"};
