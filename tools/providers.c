/* SPDX-License-Identifier: MIT
 *
 * sspi providers -- every provider that is installed or named: does it load, and what can it do? */
#include <config.h>

#include "tools/serving.h"
#include "tools/tools.h"

#include "core/log.h"
#include "core/provider.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>

/* What the machine lends elsewhere.  Nothing is connected here, so each refuses; but they are lent, because a
 * provider tells what it can do by what it was given. */
static int lend_no_verdict(void *owner, const struct sspi_chain *chain, struct sspi_verdict *verdict)
{
    (void)owner, (void)chain, (void)verdict;
    return -1;
}

static int lend_no_ticket_key(void *owner, const uint8_t *name, struct sspi_ticket_key *key)
{
    (void)owner, (void)name, (void)key;
    return -1;
}

static int lend_no_psk(void *owner, struct sspi_bytes identity, uint8_t *key, size_t cap, size_t *len)
{
    (void)owner, (void)identity, (void)key, (void)cap, (void)len;
    return -1;
}

static void lend_no_keylog(void *owner, const char *line)
{
    (void)owner, (void)line;
}

const struct provider_callbacks context_callbacks = {lend_no_verdict, lend_no_ticket_key, lend_no_psk,
                                                     lend_no_keylog};

struct line { /* what is known about one provider */
    const char *name;
    unsigned choice; /* its place in the configured order; 0: not in it */
    int serves;      /* programs that ask for nothing else get it */
    int stops;       /* it does not load, and none behind it may stand in */
    struct config_value chosen, module, abi;
    const struct provider *loaded; /* or why not: */
    const char *why;
};

static size_t lines_collect(const struct config *config, struct line *lines)
{
    struct config_value order[CONFIG_PROVIDERS_MAX];
    const char *installed[CONFIG_PROVIDERS_MAX];
    size_t ordered = config_order(config, order, CONFIG_PROVIDERS_MAX), count = 0, i, j;
    size_t there = config_installed(config, installed, CONFIG_PROVIDERS_MAX);
    struct serving serving;

    for (i = 0; i < ordered; i++)
        lines[count++] = (struct line){.name = order[i].text, .choice = (unsigned)i + 1, .chosen = order[i]};
    for (i = 0; i < there; i++) {
        for (j = 0; j < ordered && strcmp(order[j].text, installed[i]); j++)
            continue;
        if (j == ordered)
            lines[count++] = (struct line){.name = installed[i]};
    }
    for (i = 0; i < count; i++) {
        lines[i].module = config_provider(config, lines[i].name, "module");
        lines[i].abi = config_provider(config, lines[i].name, "abi");
        lines[i].loaded = provider_load(lines[i].name, &lines[i].why);
    }
    serving_look(config, &serving);
    for (i = 0; i < count; i++)
        lines[i].serves = lines[i].loaded && lines[i].loaded == serving.provider;
    if (!serving.provider && serving.left)
        lines[serving.passed_count - 1].stops = 1; /* the list comes first, in its order */
    return count;
}

static void place_print(const struct config_value *value)
{
    char place[PATH_MAX];

    fputs(config_place(value, place, sizeof place), stdout);
}

static void line_print(const struct line *line)
{
    unsigned bit, column = 0;

    printf("%s\n", line->name);
    if (line->loaded) {
        printf("  loads         yes\n  library       %s\n  abi           %u.%u\n  capabilities ",
               line->loaded->api.version, line->loaded->api.abi >> 16, line->loaded->api.abi & 0xffffu);
        for (bit = 0; bit < 64; bit++) {
            if (!(line->loaded->api.caps & SSPI_CAP(bit)))
                continue;
            if (column++ == 6) {
                printf("\n               ");
                column = 1;
            }
            printf(" %s", provider_cap_name(bit));
        }
        printf("\n");
    } else {
        printf("  loads         no: %s\n", line->why);
    }
    if (line->choice) {
        printf("  choice        %u, ", line->choice);
        place_print(&line->chosen);
        printf("%s\n", line->serves  ? ": programs get this one"
                       : line->stops ? ": programs get none, for no other may stand in"
                                     : "");
    } else {
        printf("  choice        not in the list; by name only\n");
    }
    if (line->module.text) {
        printf("  manifest      ");
        place_print(&line->module);
        printf("\n");
    }
}

static void place_json(const char *name, const struct config_value *value)
{
    printf("\"%s\": ", name);
    if (!value->text) {
        printf("null");
        return;
    }
    printf("{\"file\": ");
    json_string(stdout, value->file);
    printf(", \"line\": %u}", value->line);
}

static void line_json(const struct line *line, int last)
{
    const char *comma = "";
    unsigned bit;

    printf("  {\"name\": ");
    json_string(stdout, line->name);
    printf(", \"loads\": %s, \"why\": ", line->loaded ? "true" : "false");
    json_string(stdout, line->loaded ? NULL : line->why);
    printf(", \"version\": ");
    json_string(stdout, line->loaded ? line->loaded->api.version : NULL);
    if (line->loaded)
        printf(", \"abi\": \"%u.%u\"", line->loaded->api.abi >> 16, line->loaded->api.abi & 0xffffu);
    else
        printf(", \"abi\": null");
    printf(",\n   \"capabilities\": [");
    for (bit = 0; line->loaded && bit < 64; bit++) {
        if (line->loaded->api.caps & SSPI_CAP(bit)) {
            printf("%s\"%s\"", comma, provider_cap_name(bit));
            comma = ", ";
        }
    }
    printf("],\n   \"choice\": %u, \"serves\": %s, ", line->choice, line->serves ? "true" : "false");
    place_json("configured", &line->chosen);
    printf(", ");
    place_json("manifest", &line->module);
    printf("}%s\n", last ? "" : ",");
}

static void lines_print(const struct line *lines, size_t count, int form)
{
    size_t i;

    if (form == 'j')
        printf("{\"providers\": [\n");
    for (i = 0; i < count; i++) {
        if (form == 'j')
            line_json(&lines[i], i + 1 == count);
        else if (form != 'n')
            line_print(&lines[i]);
        else if (lines[i].loaded)
            printf("%s\n", lines[i].name);
    }
    if (form == 'j')
        printf("]}\n");
}

/* Is there one that a program would get? */
static int lines_usable(const struct line *lines, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (lines[i].loaded && lines[i].choice)
            return 1;
    }
    return 0;
}

static int providers_run(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"names", no_argument, NULL, 'n'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct line lines[CONFIG_PROVIDERS_MAX];
    const struct config *config;
    const char *why = "";
    size_t count;
    int option, form = 0;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h')
            return tool_help(&tool_providers);
        if (option == '?' || form)
            return tool_misused(&tool_providers);
        form = option;
    }
    if (optind != argc)
        return tool_misused(&tool_providers);
    log_set_target("none"); /* said here, and once */
    config = config_get(&why);
    if (!config)
        return tool_failed(&tool_providers, "%s", why);
    log_set_target("none");
    count = lines_collect(config, lines);
    lines_print(lines, count, form);
    if (!lines_usable(lines, count))
        return tool_failed(&tool_providers,
                           "no provider of the configured list loads: `sspi doctor' says what to do");
    return tool_done(&tool_providers, EXIT_DONE);
}

const struct tool tool_providers = {
    "providers", providers_run, "the providers: do they load, and what can they do?",
    "providers [--json | --names]\n\n"
    "Every provider that is installed or named in the configuration: whether it loads and why\n"
    "not, its library's version, the provider ABI, what it can do, and where it was configured.\n"
    "Exits with 1 when none of the configured list loads.\n\n"
    "  --json    the same for programs\n"
    "  --names   the names of those that load, one a line\n"
    "  --help    this"};
