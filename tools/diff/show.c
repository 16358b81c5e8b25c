/* SPDX-License-Identifier: MIT
 *
 * `sspi diff show` and `sspi diff repro`: one case, by name or id. */
#include <config.h>

#include "tools/diff/json-out.h"
#include "tools/diff/worker.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_id(const char *word)
{
    return strlen(word) == 12 && strspn(word, "0123456789abcdef") == 12;
}

/* An id is looked for among all cases of the suite. */
static int find(const struct diff_suite *suite, const char *word, struct diff_case *c)
{
    uint64_t seed;
    const struct diff_base *base = diff_suite_named(suite, word, &seed);
    if (base)
        return diff_case_make(c, base, seed);
    for (size_t i = 0; is_id(word) && i < suite->cases; i++) {
        base = diff_suite_at(suite, i, &seed);
        if (diff_case_make(c, base, seed) == 0 && strcmp(c->id, word) == 0)
            return 0;
        diff_case_free(c);
    }
    return -1;
}

static void print_head(const struct diff_case *c)
{
    printf("%s  %s  %s  profile %s\n", c->id, c->name, c->base->kind->name,
           c->base->profile ? c->base->profile : "common");
    if (c->ops[0])
        printf("operations: %s\n", c->ops);
    for (size_t i = 0; i < c->feature_count; i++)
        printf("%s%s%s", i ? " " : "features: ", c->features[i], i + 1 == c->feature_count ? "\n" : "");
}

/* The stimulus, in the form of a seed. */
static void print_stimulus(const struct diff_stimulus *s)
{
    size_t at = 0;
    printf("role: %s\n", s->role == DIFF_ACCEPT ? "accept" : "initialize");
    for (size_t i = 0; i < s->cut_count; i++) {
        printf("> ");
        for (size_t n = 0; at < s->cuts[i]; at++, n++)
            printf("%s%02x", n && n % 32 == 0 ? "\n  " : "", s->bytes[at]);
        putchar('\n');
    }
}

static void print_result(const struct diff_result *r, const struct diff_backend *backends)
{
    for (unsigned i = 0; i < r->count; i++) {
        const struct diff_observation *o = &r->of[i];
        if (o->end != DIFF_FINE) {
            printf("  %-12s %s (signal %u)\n", backends[i].label, diff_end_name(o->end), o->signal);
            continue;
        }
        printf("  %-12s %-6s 0x%08x  alert %u/%s  consumed %u of %u  missing %u  flags 0x%x  %u us\n",
               backends[i].label, diff_state_name(o->state), (unsigned)o->status, o->alert,
               diff_class_name(o->alert_class), o->consumed, o->fed, o->missing, o->granted, o->us);
        printf("  %-12s [%s]%s%s\n", "", o->reply, o->attributes[0] ? " " : "", o->attributes);
        if (o->plain_length)
            printf("  %-12s %u octets of plaintext\n", "", o->plain_length);
        if (o->broken)
            printf("  %-12s broken 0x%x: %s\n", "", o->broken, o->why);
    }
    printf("%s%s\n", diff_verdict_name(r->verdict), r->gated ? ", to be explained" : "");
}

/* In a child for each backend that ends badly: the parent goes on without it. */
static int run_here(const struct diff_options *o, const struct diff_case *c, struct diff_result *shared)
{
    struct diff_plan plan = {.options = o};
    uint8_t dead[DIFF_BACKENDS_MAX] = {0};
    int status = 0;
    fflush(stdout);
    for (unsigned tries = 0; tries <= o->backend_count; tries++) {
        unsigned *where = (unsigned *)(shared + 1);
        pid_t pid = fork();
        if (pid < 0)
            return -1;
        if (pid == 0) {
            diff_limit_memory();
            for (unsigned i = 0; i < o->backend_count; i++) {
                uint8_t others[DIFF_BACKENDS_MAX];
                struct diff_result one;
                memset(others, 1, sizeof others);
                others[i] = dead[i];
                *where = i;
                diff_limit(o->limit);
                diff_run_case(&plan, c, others, NULL, NULL, &one);
                shared->of[i] = one.of[i];
                shared->count = one.count;
            }
            _exit(0);
        }
        if (waitpid(pid, &status, 0) < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
            break;
        if (*where < DIFF_BACKENDS_MAX)
            dead[*where] = WIFSIGNALED(status) ? (uint8_t)WTERMSIG(status) : 6;
    }
    diff_judge(shared, o->level);
    return 0;
}

static int one_case(struct diff_options *o, int run)
{
    struct diff_suite suite;
    struct diff_case c;
    char why[512];
    if (o->word_count != 1)
        return diff_failed("one case is to be named");
    if (run && diff_options_backends(o))
        return DIFF_EXIT_USAGE;
    if (diff_options_suite(o, &suite))
        return diff_suite_free(&suite), DIFF_EXIT_USAGE;
    if (find(&suite, o->words[0], &c))
        return diff_suite_free(&suite), diff_failed("%s: no such case", o->words[0]);
    int code = DIFF_EXIT_FINE;
    print_head(&c);
    if (!run) {
        print_stimulus(&c.stimulus);
    } else if (c.base->kind->begin && c.base->kind->begin(o->backends, o->backend_count, why, sizeof why)) {
        code = diff_failed("%s", why);
    } else {
        struct diff_result *r = mmap(NULL, sizeof *r + sizeof(unsigned), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (r == MAP_FAILED || run_here(o, &c, r))
            code = diff_failed("no child can be started");
        else
            print_result(r, o->backends);
        if (code == DIFF_EXIT_FINE && r->gated)
            code = DIFF_EXIT_FOUND;
    }
    diff_case_free(&c);
    diff_suite_free(&suite);
    return code;
}

static int show(struct diff_options *o)
{
    return one_case(o, 0);
}

static int repro(struct diff_options *o)
{
    return one_case(o, 1);
}

const struct diff_command diff_show_command = {
    .name = "show",
    .run = show,
    .usage = "show [OPTION]... NAME|ID",
};
const struct diff_command diff_repro_command = {
    .name = "repro",
    .run = repro,
    .usage = "repro [OPTION]... NAME|ID",
};
