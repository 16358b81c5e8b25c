/* SPDX-License-Identifier: MIT
 *
 * sspi doctor -- is this machine fit for programs that use OpenSSPI, and if not, what to do? */
#include <config.h>

#include "tools/doctor.h"
#include "tools/tools.h"

#include "core/log.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {"ok", "note", "FAULT"}; /* enum finding_level */

static void finding_print(const struct finding *finding)
{
    printf("%-6s %s\n", words[finding->level], finding->what);
    if (finding->remedy)
        printf("       %s\n", finding->remedy);
    fflush(stdout);
}

void doctor_say(struct doctor *doctor, enum finding_level level, const char *remedy, const char *fmt, ...)
{
    struct finding finding = {.level = level}, *more;
    va_list args;
    int written;

    va_start(args, fmt);
    written = vasprintf(&finding.what, fmt, args);
    va_end(args);
    finding.remedy = remedy ? strdup(remedy) : NULL;
    more = reallocarray(doctor->list, doctor->count + 1, sizeof *more);
    if (more)
        doctor->list = more;
    if (written < 0 || (remedy && !finding.remedy) || !more) {
        if (written >= 0)
            free(finding.what);
        free(finding.remedy);
        doctor->lost = 1;
        return;
    }
    doctor->list[doctor->count++] = finding;
    if (!doctor->json)
        finding_print(&finding);
}

static size_t findings_of(const struct doctor *doctor, enum finding_level level)
{
    size_t count = 0, i;

    for (i = 0; i < doctor->count; i++)
        count += doctor->list[i].level == level;
    return count;
}

static void findings_json(const struct doctor *doctor)
{
    static const char *const levels[] = {"ok", "note", "fault"};
    size_t i;

    printf("{\"healthy\": %s,\n \"findings\": [", findings_of(doctor, FINDING_BAD) ? "false" : "true");
    for (i = 0; i < doctor->count; i++) {
        printf("%s\n  {\"level\": \"%s\", \"what\": ", i ? "," : "", levels[doctor->list[i].level]);
        json_string(stdout, doctor->list[i].what);
        printf(", \"remedy\": ");
        json_string(stdout, doctor->list[i].remedy);
        printf("}");
    }
    printf("\n]}\n");
}

static int doctor_finish(struct doctor *doctor)
{
    size_t bad = findings_of(doctor, FINDING_BAD), notes = findings_of(doctor, FINDING_NOTE), i;

    if (doctor->json)
        findings_json(doctor);
    else
        printf("\n%zu looked at, %zu at fault, %zu to note\n", doctor->count, bad, notes);
    for (i = 0; i < doctor->count; i++) {
        free(doctor->list[i].what);
        free(doctor->list[i].remedy);
    }
    free(doctor->list);
    if (doctor->lost)
        return tool_failed(&tool_doctor, "out of memory");
    return tool_done(&tool_doctor, bad ? EXIT_FAILED : EXIT_DONE);
}

static int doctor_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const struct config *config;
    struct doctor doctor = {0};
    struct pairs pairs;
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h')
            return tool_help(&tool_doctor);
        if (option != 'j')
            return tool_misused(&tool_doctor);
        doctor.json = 1;
    }
    if (optind != argc)
        return tool_misused(&tool_doctor);
    log_set_target("none"); /* said here */
    config = doctor_machine(&doctor);
    if (config) {
        doctor_pairs_begin(&pairs, config);
        doctor_providers(&doctor, config);
        doctor_pairs_end(&pairs, &doctor);
    }
    return doctor_finish(&doctor);
}

const struct tool tool_doctor = {
    "doctor", doctor_run, "is everything in order, and if not, what to do?",
    "doctor [--json]\n\n"
    "Looks at the clock, the random numbers, the system's certificates, the configuration, its files\n"
    "and folders, every provider that is installed or named, and lets each provider's client meet each\n"
    "one's server.  Every finding that is not ok comes with what to do about it.  Exit status: 0 nothing\n"
    "is at fault, 1 something is, 2 usage.\n\n"
    "  --json   the findings for programs\n"
    "  --help   this"};
