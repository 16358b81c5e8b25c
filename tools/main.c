/* SPDX-License-Identifier: MIT
 *
 * sspi -- OpenSSPI at work, and a look into it: one table of subcommands. */
#include <config.h>

#include "tools/tools.h"

#include <stdarg.h>
#include <string.h>

static const struct tool *const tools[] = {
    &tool_serve,
    &tool_connect,
    &tool_providers,
    &tool_config,
    &tool_doctor,
    &tool_certs,
    &tool_status,
    &tool_diff,
};
enum { TOOL_COUNT = sizeof tools / sizeof tools[0] };

static void usage_print(FILE *out)
{
    size_t i;

    fprintf(out, "usage: sspi COMMAND [OPTION]...\n       sspi help [COMMAND]\n\n");
    for (i = 0; i < TOOL_COUNT; i++)
        fprintf(out, "  %-10s %s\n", tools[i]->name, tools[i]->summary);
    fprintf(out, "\n`sspi COMMAND --help` says more; sspi(1) and sspi-COMMAND(1) say all.\n");
}

int tool_help(const struct tool *tool)
{
    printf("usage: sspi %s\n", tool->usage);
    return tool_done(tool, EXIT_DONE);
}

int tool_misused(const struct tool *tool)
{
    fprintf(stderr, "usage: sspi %s\n", tool->usage);
    return EXIT_USAGE;
}

int tool_failed(const struct tool *tool, const char *fmt, ...)
{
    va_list args;

    fflush(stdout);
    fprintf(stderr, "sspi %s: ", tool->name);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    return EXIT_FAILED;
}

int tool_done(const struct tool *tool, int code)
{
    if (fflush(stdout) || ferror(stdout))
        return tool_failed(tool, "cannot write to the standard output");
    return code;
}

static const struct tool *tool_named(const char *name)
{
    size_t i;

    for (i = 0; i < TOOL_COUNT; i++) {
        if (!strcmp(name, tools[i]->name))
            return tools[i];
    }
    fprintf(stderr, "sspi: no command '%s'\n", name);
    usage_print(stderr);
    return NULL;
}

int main(int argc, char **argv)
{
    const struct tool *tool;

    if (argc < 2) {
        usage_print(stderr);
        return EXIT_USAGE;
    }
    if (!strcmp(argv[1], "help") && argc > 2)
        return argc == 3 && (tool = tool_named(argv[2])) ? tool_help(tool) : EXIT_USAGE;
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        usage_print(stdout);
        return fflush(stdout) ? EXIT_FAILED : EXIT_DONE;
    }
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
        printf("sspi (%s)\n", PACKAGE_STRING);
        return fflush(stdout) ? EXIT_FAILED : EXIT_DONE;
    }
    tool = tool_named(argv[1]);
    return tool ? tool->run(argc - 1, argv + 1) : EXIT_USAGE;
}
