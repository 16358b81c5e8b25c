/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/log.h"
#include "t/sandbox.h"
#include "t/tap.h"

#include <errno.h>

struct row {
    const char *claim;
    const char *variable; /* OPENSSPI_LOG=..., or NULL */
    const char *target;   /* log = ... */
    const char *want;     /* the letters of the messages that come out on stderr */
};

/* The messages: e, w, i, d of area "one", E, W, I, D of area "two". */
static const struct row rows[] = {
    {"log = stderr: errors and warnings", NULL, "stderr", "ewEW"},
    {"log = none: nothing", NULL, "none", ""},
    {"log = syslog: nothing here", NULL, "syslog", ""},
    {"an empty variable is none", "OPENSSPI_LOG=", "stderr", "ewEW"},
    {"the variable beats log = none", "OPENSSPI_LOG=all+error", "none", "eE"},
    {"areas that are not named keep errors and warnings", "OPENSSPI_LOG=one+debug", "none", "ewidEW"},
    {"an area and all the others", "OPENSSPI_LOG=one+debug,all+error", "syslog", "ewidE"},
    {"in any order", "OPENSSPI_LOG=all+error,one+info", "syslog", "ewiE"},
    {"none silences an area", "OPENSSPI_LOG=one+none,all+info", "stderr", "EWI"},
    {"the later word about an area wins", "OPENSSPI_LOG=one+none,one+error", "stderr", "eEW"},
    {"a misspelt word is passed over", "OPENSSPI_LOG=one,+debug,one+loud,,two+info", "none", "ewEWI"},
    {"a very long word is passed over", "OPENSSPI_LOG=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa+debug", "none", "ewEW"},
    {"more areas than there is room for", "OPENSSPI_LOG=a+debug,b+debug,c+debug,d+debug,e+debug,f+debug,g+debug,h+debug,i+debug,"
     "j+debug,k+debug,l+debug,m+debug,n+debug,o+debug,p+debug,one+debug", "none", "ewEW"},
};

static void say(const void *arg, FILE *out)
{
    static const enum sspi_log levels[] = {SSPI_LOG_ERROR, SSPI_LOG_WARNING, SSPI_LOG_INFO, SSPI_LOG_DEBUG};
    const struct row *row = arg;
    size_t i;

    errno = 4242;
    fprintf(out, "%d", log_set_target(row->target) == 0 && log_set_target("elsewhere") < 0);
    for (i = 0; i < 4; i++)
        log_write(levels[i], "one", "message %c", "ewid"[i]);
    for (i = 0; i < 4; i++)
        log_write(levels[i], "two", "message %c", "EWID"[i]);
    fprintf(out, "%d", errno == 4242);
}

static void try_row(const struct row *row)
{
    const char *environment[] = {row->variable, NULL};
    struct sandbox box;
    char text[64], errors[4096], got[16] = "", *line, *rest = errors;

    sandbox_make(&box);
    sandbox_run(&box, row->variable ? environment : NULL, say, row, text, sizeof text, errors, sizeof errors);
    while ((line = strsep(&rest, "\n")) != NULL) {
        char *letter = strstr(line, "message ");
        if (letter && strlen(got) < sizeof got - 1)
            got[strlen(got)] = letter[8];
    }
    is_str(got, row->want, "%s", row->claim);
    is_str(text, "11", "%s: errno is left alone", row->claim);
    sandbox_remove(&box);
}

static void say_dangerous(const void *arg, FILE *out)
{
    static char long_one[5000];

    (void)arg;
    (void)out;
    log_set_target("stderr");
    memset(long_one, 'x', sizeof long_one - 1);
    log_write(SSPI_LOG_ERROR, "one", "a\nb\x1b[2J\xff%s", "");
    log_write(SSPI_LOG_ERROR, "one", "%s", long_one);
    log_write(SSPI_LOG_ERROR, NULL, "%s", "without an area");
    log_write(SSPI_LOG_ERROR, "an area with a very, very, very long name", "%s", "long area");
}

int main(void)
{
    struct sandbox box;
    char out[32], text[64], errors[8192];
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
        try_row(&rows[i]);

    sandbox_make(&box);
    sandbox_run(&box, NULL, say_dangerous, NULL, text, sizeof text, errors, sizeof errors);
    ok(strstr(errors, "opensspi: one: error: a\\x0ab\\x1b[2J\\xff\n") != NULL, "what is not printable is escaped: one line stays one");
    ok(strlen(errors) < 1500 && strstr(errors, "xxxx\n"), "a long message is cut");
    ok(strstr(errors, "without an area\n") && strstr(errors, "long area\n"), "odd areas do no harm");
    sandbox_remove(&box);

    is_str(log_escape(out, sizeof out, "a\0\x7f~ \\", 6), "a\\x00\\x7f~ \\", "log_escape: printable ASCII as it is");
    is_str(log_escape(out, 6, "abcdefgh", 8), "abcde", "log_escape: cut to its room");
    is_str(log_escape(out, 6, "ab\n", 3), "ab", "log_escape: no half escapes");
    is_str(log_escape(out, 1, "abc", 3), "", "log_escape: room for the end alone");
    return tap_done();
}
