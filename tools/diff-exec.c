/* SPDX-License-Identifier: MIT
 *
 * `sspi diff`: a program of its own, because it needs libraries that nothing else does.  It is found at the
 * place it is installed at, never on a path. */
#include <config.h>

#include "tools/tools.h"

#include "tools/diff/usage.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int diff_run(int argc, char **argv)
{
    if (argc < 2)
        return tool_misused(&tool_diff);
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
        return tool_help(&tool_diff);
    fflush(stdout);
    execv(SSPI_DIFF, argv);
    if (errno == ENOENT)
        tool_failed(&tool_diff, "%s is not there: the package opensspi-diff has it", SSPI_DIFF);
    else
        tool_failed(&tool_diff, "%s: %s", SSPI_DIFF, strerror(errno));
    return EXIT_USAGE; /* 1 says that something differs */
}

const struct tool tool_diff = {"diff", diff_run, "where TLS providers differ, and why", DIFF_USAGE};
