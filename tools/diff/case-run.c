/* SPDX-License-Identifier: MIT
 *
 * One case in this process. */
#include <config.h>

#include "tools/diff/streams.h"
#include "tools/diff/worker.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>

uint64_t diff_digest(const struct diff_observation *o)
{
    uint32_t numbers[] = {o->state,    o->alert_level, o->alert,       o->end, o->signal, (uint32_t)o->status,
                          o->consumed, o->granted,     o->plain_length};
    uint64_t hash = diff_hash(0, numbers, sizeof numbers);
    hash = diff_hash(hash, &o->plain_hash, sizeof o->plain_hash);
    hash = diff_hash(hash, o->reply, strlen(o->reply));
    return diff_hash(hash, o->attributes, strlen(o->attributes));
}

void diff_limit(double seconds)
{
    struct itimerval timer = {
        .it_value = {(time_t)seconds, (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6)}};
    setitimer(ITIMER_PROF, &timer, NULL);
}

void diff_limit_memory(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* whose shadow is larger than any limit */
    struct rlimit memory = {(rlim_t)2 << 30, (rlim_t)2 << 30};
    setrlimit(RLIMIT_AS, &memory);
#endif
}

void diff_in_child(const struct diff_options *o)
{
    diff_limit_memory();
    if (o->seeded)
        o->seeded(o->seed ? o->seed : 1);
}

void diff_run_case(const struct diff_plan *plan, const struct diff_case *c,
                   const uint8_t dead[DIFF_BACKENDS_MAX], void (*now)(void *, unsigned), void *arg,
                   struct diff_result *r)
{
    const struct diff_options *o = plan->options;
    memset(r, 0, sizeof *r);
    r->count = o->backend_count;
    for (unsigned i = 0; i < r->count; i++) {
        struct diff_observation *seen = &r->of[i];
        if (dead[i]) {
            seen->end = dead[i] == SIGPROF ? DIFF_HANG : DIFF_CRASH;
            seen->signal = dead[i];
            continue;
        }
        if (now)
            now(arg, i);
        streams_at(diff_hash(0, c->base->name, strlen(c->base->name)));
        c->base->kind->observe(c, &o->backends[i], i, seen);
    }
}
