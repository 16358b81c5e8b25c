/* SPDX-License-Identifier: MIT
 *
 * sspi diff report -- a run for machines and for people. */
#include <config.h>

#include "tools/diff/profile.h"
#include "tools/diff/report/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct report_options {
    const char *html, *junit, *tap; /* files; "-" is stdout */
    const char *run, *drift, *rules;
};

int report_failed(const char *command, const char *fmt, ...)
{
    va_list args;
    fprintf(stderr, "sspi diff %s: ", command);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    return 2;
}

const char *report_rules_path(void)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/rules", diff_data());
    return path;
}

static int parse(struct report_options *o, int argc, char **argv)
{
    const struct {
        const char *name, **value;
    } options[] = {
        {"--html", &o->html}, {"--junit", &o->junit}, {"--drift", &o->drift}, {"--rules", &o->rules}};
    for (int i = 1; i < argc; i++) {
        size_t k;
        for (k = 0; k < sizeof options / sizeof *options && strcmp(argv[i], options[k].name); k++)
            ;
        if (k < sizeof options / sizeof *options) {
            if (++i == argc)
                return -1;
            *options[k].value = argv[i];
        } else if (!strcmp(argv[i], "--tap")) {
            o->tap = "-";
        } else if (o->run || (argv[i][0] == '-' && argv[i][1])) {
            return -1;
        } else {
            o->run = argv[i];
        }
    }
    int several = !!o->html + !!o->junit + !!o->tap > 1;
    return o->run && (o->html || o->junit || o->tap) && !(several && !strcmp(o->run, "-")) &&
                   (!o->drift || o->html)
               ? 0
               : -1;
}

static int write_tap(struct run *r, const struct report_options *o, FILE *out)
{
    (void)o;
    return report_tap(r, out);
}

static int write_junit(struct run *r, const struct report_options *o, FILE *out)
{
    (void)o;
    return report_junit(r, out);
}

static int write_html(struct run *r, const struct report_options *o, FILE *out)
{
    struct run old = {0};
    int code = 0;
    if (o->drift && run_open(&old, o->drift)) {
        snprintf(r->why, sizeof r->why, "%s", old.why);
        code = -1;
    }
    code = code ? code : report_html(r, o->drift ? &old : NULL, o->rules, out);
    run_close(&old);
    return code;
}

static int write_report(const struct report_options *o, const char *path,
                        int (*write)(struct run *, const struct report_options *, FILE *))
{
    struct run run;
    FILE *out = NULL;
    int code = 0;
    if (!path)
        return 0;
    if (run_open(&run, o->run))
        code = report_failed("report", "%s", run.why);
    else if (!(out = strcmp(path, "-") ? fopen(path, "we") : stdout))
        code = report_failed("report", "%s: %s", path, strerror(errno));
    else if (write(&run, o, out))
        code = report_failed("report", "%s", run.why);
    if (out && (fflush(out) || ferror(out)) && !code)
        code = report_failed("report", "%s cannot be written", path);
    if (out && out != stdout)
        fclose(out);
    run_close(&run);
    return code;
}

int diff_report(int argc, char **argv)
{
    struct report_options o = {.rules = report_rules_path()};
    if (parse(&o, argc, argv))
        return report_failed(
            "report", "usage: sspi diff report [--html FILE] [--junit FILE] [--tap] [--drift OLD.jsonl]\n"
                      "       [--rules PATH] RUN.jsonl");
    int code = write_report(&o, o.tap, write_tap);
    code = code ? code : write_report(&o, o.junit, write_junit);
    return code ? code : write_report(&o, o.html, write_html);
}
