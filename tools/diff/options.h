/* SPDX-License-Identifier: MIT
 *
 * tools/diff/options.h -- what every command of `sspi diff` may be told, and the table of commands. */
#ifndef DIFF_OPTIONS_H
#define DIFF_OPTIONS_H

#include "tools/diff/suite.h"
#include "tools/diff/verdict.h"

#include <stdio.h>

/* Seeds of an ordinary run: enough for 12,000 cases without the corpora and 30,000 with them. */
enum { DIFF_MUTATIONS = 200, DIFF_CORPUS_MUTATIONS = 3, DIFF_LIVE_MUTATIONS = 2, DIFF_SECRET_MUTATIONS = 40 };
enum { DIFF_EXIT_FINE = 0, DIFF_EXIT_FOUND = 1, DIFF_EXIT_USAGE = 2 };

struct diff_options {
    struct diff_backend backends[DIFF_BACKENDS_MAX];
    unsigned backend_count;
    enum diff_level level; /* L3* */
    int ci;                /* gate: unexplained findings are a failure */
    int quiet;
    const char *only;       /* a pattern of fnmatch for names; NULL: all */
    const char *kind;       /* "replay"; NULL: all */
    unsigned shard, shards; /* 1/1 */
    uint64_t shuffle;       /* 0: in order */
    unsigned jobs;          /* 0: as many as there are processors */
    unsigned mutations;     /* of each seed */
    unsigned corpus_mutations;
    double limit;        /* processor seconds of a case */
    const char *corpora; /* a folder; NULL: none */
    const char *streams; /* .tst files, a folder or one; NULL: none */
    const char *role;    /* "accept" or "initialize": who is given raw files; NULL: not said */
    const char *connect; /* HOST:PORT, whom `record` stands in front of */
    unsigned listen;     /* its own port; 0: the system picks */
    unsigned port;       /* `import`: connections to it alone; 0: all */
    unsigned count;      /* `record`: ends after that many connections; 0: never */
    const char *json;    /* a file, "-" for stdout; NULL: none */
    const char *out;     /* a file for a stimulus, or a folder for several; NULL: none */
    const char *program; /* and one for a program in C */
    const char *ops;     /* operations on the base, in the place of a seed's; NULL: none */
    unsigned tries;      /* executions of a minimiser */
    int check;           /* `golden`: compares with what was kept */
    int full;            /* and keeps octets, not their hashes */
    uint64_t seed;       /* of randomness, and what `guide` tries follows from it; 0: the usual one */
    void (*seeded)(
        uint64_t seed);     /* called in children: randomness and time follow from the seed; NULL: not */
    unsigned seconds, runs; /* `guide`: how long, in time and in executions of each process; 0: no end */
    const char *corpus;     /* its inputs, a folder; NULL: none is kept */
    const char *rules;      /* a file; NULL: rules/known.rules of the data folder */
    char **words;           /* what is no option */
    int word_count;
};

struct diff_command {
    const char *name;
    int (*run)(struct diff_options *);
    const char *usage; /* what follows "usage: sspi diff " */
};

/* Reads argv behind the command.  0; DIFF_EXIT_USAGE with the word said on stderr; -1: --help. */
int diff_options_read(struct diff_options *, const struct diff_command *, int argc, char **argv);
/* Fills in the backends (the default where none was named).  0, or -1, said on stderr. */
int diff_options_backends(struct diff_options *);
/* Is a case asked for, by kind, name and shard? */
int diff_options_want(const struct diff_options *, const struct diff_base *, uint64_t seed);
/* All bases these options ask for, settled.  0, or -1, said on stderr. */
int diff_options_suite(const struct diff_options *, struct diff_suite *);
/* "sspi diff: ..." on stderr; returns DIFF_EXIT_USAGE. */
int diff_failed(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Further sources of bases, ended by NULL; the program's own table (sources.c). */
typedef int diff_source(struct diff_suite *, const struct diff_options *, char *why, size_t size);
extern diff_source *const diff_sources[];

extern const struct diff_command diff_run_command, diff_list_command, diff_show_command, diff_repro_command,
    diff_minimise_command, diff_golden_command, diff_import_command, diff_record_command, diff_guide_command;

#endif
