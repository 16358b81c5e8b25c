/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "tools/diff/minimise.h"
#include "tools/diff/options.h"
#include "tools/diff/profile.h"

#include <fnmatch.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    BACKENDS = 256,
    LEVEL,
    ONLY,
    KIND,
    SHARD,
    SHUFFLE,
    JOBS,
    MUTATIONS,
    LIMIT,
    CORPORA,
    STREAMS,
    ROLE,
    CONNECT,
    LISTEN,
    PORT,
    COUNT,
    DATA,
    JSON,
    OUT,
    PROGRAM,
    OPS,
    TRIES,
    SECONDS,
    RUNS,
    CORPUS,
    RULES,
    SEED,
    CHECK,
    FULL,
    CI,
    QUIET,
    HELP
};

static const struct option long_options[] = {
    {"backends", required_argument, NULL, BACKENDS},
    {"level", required_argument, NULL, LEVEL},
    {"only", required_argument, NULL, ONLY},
    {"kind", required_argument, NULL, KIND},
    {"shard", required_argument, NULL, SHARD},
    {"shuffle", required_argument, NULL, SHUFFLE},
    {"jobs", required_argument, NULL, JOBS},
    {"mutations", required_argument, NULL, MUTATIONS},
    {"limit", required_argument, NULL, LIMIT},
    {"corpora", required_argument, NULL, CORPORA},
    {"streams", required_argument, NULL, STREAMS},
    {"role", required_argument, NULL, ROLE},
    {"connect", required_argument, NULL, CONNECT},
    {"listen", required_argument, NULL, LISTEN},
    {"port", required_argument, NULL, PORT},
    {"count", required_argument, NULL, COUNT},
    {"data", required_argument, NULL, DATA},
    {"json", required_argument, NULL, JSON},
    {"out", required_argument, NULL, OUT},
    {"c", required_argument, NULL, PROGRAM},
    {"ops", required_argument, NULL, OPS},
    {"tries", required_argument, NULL, TRIES},
    {"seconds", required_argument, NULL, SECONDS},
    {"runs", required_argument, NULL, RUNS},
    {"corpus", required_argument, NULL, CORPUS},
    {"rules", required_argument, NULL, RULES},
    {"seed", required_argument, NULL, SEED},
    {"check", no_argument, NULL, CHECK},
    {"full", no_argument, NULL, FULL},
    {"ci", no_argument, NULL, CI},
    {"quiet", no_argument, NULL, QUIET},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

int diff_failed(const char *fmt, ...)
{
    va_list args;
    fflush(stdout);
    fputs("sspi diff: ", stderr);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    return DIFF_EXIT_USAGE;
}

static int number(const char *text, unsigned long long max, unsigned long long *out)
{
    char *end = NULL;
    *out = strtoull(text, &end, 0);
    return *text >= '0' && *text <= '9' && !*end && *out <= max;
}

static int read_shard(struct diff_options *o, const char *text)
{
    char *end = NULL;
    unsigned long i = strtoul(text, &end, 10), n = *end == '/' ? strtoul(end + 1, &end, 10) : 0;
    if (*end || !i || i > n || n > 1000000)
        return 0;
    o->shard = (unsigned)i;
    o->shards = (unsigned)n;
    return 1;
}

static int read_backends(struct diff_options *o, const char *text)
{
    char copy[256], *save = NULL;
    snprintf(copy, sizeof copy, "%s", text);
    o->backend_count = 0;
    for (char *name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
        if (o->backend_count == DIFF_BACKENDS_MAX || strlen(name) >= sizeof o->backends[0].name)
            return 0;
        snprintf(o->backends[o->backend_count++].name, sizeof o->backends[0].name, "%s", name);
    }
    return o->backend_count > 0;
}

/* Those that are a number and nothing else.  1, 0: the value does not fit, -1: it is none of them. */
static int take_number(struct diff_options *o, int which, const char *value)
{
    const struct {
        int which;
        unsigned max, *to;
    } numbers[] = {
        {JOBS, 1024, &o->jobs},       {TRIES, 1000000, &o->tries}, {LISTEN, 65535, &o->listen},
        {PORT, 65535, &o->port},      {COUNT, 1000000, &o->count}, {SECONDS, 10000000, &o->seconds},
        {RUNS, 2000000000, &o->runs},
    };
    unsigned long long n;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].which == which)
            return number(value, numbers[i].max, &n) && (*numbers[i].to = (unsigned)n, 1);
    return -1;
}

/* 1, or 0: the value does not fit. */
static int take(struct diff_options *o, int which, const char *value)
{
    unsigned long long n = 0;
    int level, taken = take_number(o, which, value);
    if (taken >= 0)
        return taken;
    switch (which) {
    case BACKENDS:
        return read_backends(o, value);
    case LEVEL:
        level = diff_level_named(value);
        o->level = level < 0 ? o->level : (enum diff_level)level;
        return level >= 0;
    case SHARD:
        return read_shard(o, value);
    case SHUFFLE:
        return number(value, ~0ull, &n) && (o->shuffle = n, 1);
    case SEED:
        return number(value, ~0ull, &n) && n && (o->seed = n, 1);
    case MUTATIONS:
        return number(value, 1000000, &n) && (o->mutations = o->corpus_mutations = (unsigned)n, 1);
    case ROLE:
        o->role = value;
        return strcmp(value, "accept") == 0 || strcmp(value, "initialize") == 0;
    case LIMIT:
        o->limit = strtod(value, NULL);
        return o->limit > 0;
    case DATA:
        diff_data_set(value);
        return 1;
    default:
        break;
    }
    const char **slot = which == ONLY      ? &o->only
                        : which == KIND    ? &o->kind
                        : which == JSON    ? &o->json
                        : which == OUT     ? &o->out
                        : which == PROGRAM ? &o->program
                        : which == OPS     ? &o->ops
                        : which == RULES   ? &o->rules
                        : which == CORPORA ? &o->corpora
                        : which == STREAMS ? &o->streams
                        : which == CONNECT ? &o->connect
                        : which == CORPUS  ? &o->corpus
                                           : NULL;
    if (slot)
        *slot = value;
    o->ci |= which == CI;
    o->check |= which == CHECK;
    o->full |= which == FULL;
    o->quiet |= which == QUIET;
    return 1;
}

/* As other runners of tests have it: counted from 0. */
static int shard_of_environment(struct diff_options *o)
{
    const char *index = secure_getenv("TEST_SHARD_INDEX"), *total = secure_getenv("TEST_TOTAL_SHARDS");
    unsigned long long i, n;
    if (!index || !total)
        return 0;
    if (!number(index, 999999, &i) || !number(total, 1000000, &n) || i >= n)
        return -1;
    o->shard = (unsigned)i + 1;
    o->shards = (unsigned)n;
    return 0;
}

int diff_options_read(struct diff_options *o, const struct diff_command *command, int argc, char **argv)
{
    int which;
    memset(o, 0, sizeof *o);
    o->level = DIFF_L3_STAR;
    o->shard = o->shards = 1;
    o->limit = 2;
    o->tries = DIFF_TRIES;
    o->mutations = DIFF_MUTATIONS;
    o->corpus_mutations = DIFF_CORPUS_MUTATIONS;
    o->corpora = secure_getenv("OPENSSPI_CORPORA");
    if (shard_of_environment(o))
        return diff_failed("TEST_SHARD_INDEX is not below TEST_TOTAL_SHARDS");
    opterr = 0;
    optind = 0;
    while ((which = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
        if (which == HELP)
            return -1;
        if (which == '?' || which == ':' || !take(o, which, optarg)) {
            diff_failed("%s: %s", which == '?' ? "no such option" : "no value of this option fits",
                        argv[optind - 1]);
            fprintf(stderr, "usage: sspi diff %s\n", command->usage);
            return DIFF_EXIT_USAGE;
        }
    }
    o->words = argv + optind;
    o->word_count = argc - optind;
    if (o->corpora && (!*o->corpora || strcmp(o->corpora, "none") == 0))
        o->corpora = NULL;
    return 0;
}

int diff_options_want(const struct diff_options *o, const struct diff_base *base, uint64_t seed)
{
    char name[DIFF_NAME_MAX + 20];
    if (o->kind && strcmp(o->kind, base->kind->name) != 0)
        return 0;
    if (!o->only && o->shards == 1)
        return 1;
    diff_case_name(base, seed, name, sizeof name);
    if (o->only && fnmatch(o->only, name, 0) != 0)
        return 0;
    return diff_hash(0, name, strlen(name)) % o->shards == o->shard - 1;
}

int diff_options_backends(struct diff_options *o)
{
    char why[256];
    if (!o->backend_count)
        read_backends(o, "openssl,gnutls,wolfssl");
    for (unsigned i = 0; i < o->backend_count; i++) {
        char name[sizeof o->backends[0].name];
        unsigned same = 1;
        memcpy(name, o->backends[i].name, sizeof name);
        if (diff_backend_make(&o->backends[i], name, why, sizeof why)) {
            diff_failed("%s", why);
            return -1;
        }
        for (unsigned k = 0; k < i; k++)
            same += strcmp(o->backends[k].name, name) == 0;
        if (same > 1)
            snprintf(o->backends[i].label, sizeof o->backends[i].label, "%s#%u", name, same);
    }
    return 0;
}
