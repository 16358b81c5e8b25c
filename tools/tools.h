/* SPDX-License-Identifier: MIT
 *
 * tools/tools.h -- the `sspi` command: one table of subcommands, each in a file of its own. */
#ifndef TOOLS_TOOLS_H
#define TOOLS_TOOLS_H

#include <stdio.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* A subcommand.  argv[0] is its name; returns the exit code. */
struct tool {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary; /* one line, for `sspi --help` */
    const char *usage;   /* what follows "usage: sspi ", then the options, line by line */
};

extern const struct tool tool_providers, tool_config, tool_status, tool_serve, tool_connect, tool_doctor,
    tool_certs, tool_diff;

/* The subcommand's usage: on stdout for --help, on stderr after a mistake.  Returns the exit code that
 * belongs there. */
int tool_help(const struct tool *);
int tool_misused(const struct tool *);
/* "sspi NAME: ..." on stderr; returns EXIT_FAILED. */
int tool_failed(const struct tool *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* stdout is written out; EXIT_DONE, or EXIT_FAILED where it could not be. */
int tool_done(const struct tool *, int code);

/* A JSON string, quoted and escaped; NULL is null.  Bytes that are not UTF-8 become U+FFFD. */
void json_string(FILE *, const char *);

#endif
