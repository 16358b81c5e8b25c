/* SPDX-License-Identifier: MIT
 *
 * sspi-diff -- `sspi diff`: the same bytes through every TLS provider, and every difference explained. */
#include <config.h>

#include "tools/diff/chain.h"
#include "tools/diff/options.h"
#include "tools/diff/report/report.h"
#include "tools/diff/seeded.h"
#include "tools/diff/usage.h"

#include <string.h>

static const struct diff_command *const commands[] = {
    &diff_run_command,    &diff_list_command,     &diff_show_command,
    &diff_repro_command,  &diff_minimise_command, &diff_golden_command,
    &diff_import_command, &diff_record_command,   &diff_guide_command,
};
/* Those that read runs, with arguments of their own. */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} readers[] = {
    {"report", diff_report},
    {"merge", diff_merge},
    {"drift", diff_drift},
    {"explain", diff_explain},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

int main(int argc, char **argv)
{
    struct diff_options options;
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        fprintf(argc < 2 ? stderr : stdout, "usage: sspi %s", DIFF_USAGE);
        return argc < 2 ? DIFF_EXIT_USAGE : DIFF_EXIT_FINE;
    }
    if (strcmp(argv[1], CHAIN_SERVER) == 0) /* nobody's command: chain-server.c runs it */
        return chain_serve(0);
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i]->name) != 0)
            continue;
        int code = diff_options_read(&options, commands[i], argc - 1, argv + 1);
        if (code < 0)
            printf("usage: sspi diff %s\n\nsspi diff --help has the options.\n", commands[i]->usage);
        if (code)
            return code < 0 ? DIFF_EXIT_FINE : code;
        options.seeded = seeded_child;
        code = commands[i]->run(&options);
        return fflush(stdout) ? diff_failed("cannot write to the standard output") : code;
    }
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (strcmp(argv[1], readers[i].name) == 0)
            return readers[i].run(argc - 1, argv + 1);
    diff_failed("no command '%s'", argv[1]);
    fprintf(stderr, "usage: sspi %s", DIFF_USAGE);
    return DIFF_EXIT_USAGE;
}
