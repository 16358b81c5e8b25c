/* SPDX-License-Identifier: MIT
 *
 * tools/doctor.h -- `sspi doctor`: what was looked at, and what to do about it. */
#ifndef TOOLS_DOCTOR_H
#define TOOLS_DOCTOR_H

#include <stddef.h>

enum finding_level { FINDING_GOOD, FINDING_NOTE, FINDING_BAD }; /* a note: programs work, but look at it */

struct finding {
    enum finding_level level;
    char *what, *remedy; /* one line each; remedy NULL where there is none to give */
};

struct doctor {
    struct finding *list;
    size_t count;
    int json, lost; /* lost: a finding did not fit into memory */
    int unserved;   /* programs get no provider, which has been said */
};

/* Notes one finding, and prints it at once unless it will be JSON. */
void doctor_say(struct doctor *, enum finding_level, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

struct config; /* core/config.h */

/* ---- tools/doctor-machine.c ---- */
/* Time, entropy, the system's certificates, the configuration and its folders; NULL: it cannot be used. */
const struct config *doctor_machine(struct doctor *);
void doctor_providers(struct doctor *, const struct config *); /* does each load? */

/* ---- tools/doctor-pairs.c ---- */
/* Each provider's client meets each one's server, with TLS 1.2 and 1.3, in a child process that must be made
 * before this one loads a module. */
struct pairs {
    int pid, lines; /* lines: where the child's come from; -1: no child */
    size_t count;   /* providers it was given */
};
void doctor_pairs_begin(struct pairs *, const struct config *);
void doctor_pairs_end(struct pairs *, struct doctor *);

#endif
