/* SPDX-License-Identifier: MIT
 *
 * Executions: an input is decoded, given to every provider, and numbered by the tuple of their answers. */
#include <config.h>

#include "tools/diff/guide/guide.h"

#include <string.h>
#include <sys/mman.h>

/* ---- the form ---- */

void guide_decode(const uint8_t *bytes, size_t len, struct guide_input *in)
{
    uint8_t head = len ? bytes[0] : 0;
    unsigned delivery = (head & GUIDE_DELIVERY) >> GUIDE_SHIFT;
    memset(in, 0, sizeof *in);
    in->profile = diff_profile_at(head & GUIDE_PROFILE);
    in->delivery = delivery < DIFF_DELIVERIES ? (enum diff_delivery)delivery : DIFF_WHOLE;
    in->stimulus.role = head & GUIDE_INITIALIZE ? DIFF_INITIALIZE : DIFF_ACCEPT;
    in->stimulus.bytes = (uint8_t *)(uintptr_t)bytes + (len != 0);
    in->stimulus.len = len - (len != 0);
}

uint8_t guide_head(enum diff_role role, const char *profile)
{
    const struct diff_profile *wanted = diff_profile_find(profile);
    unsigned at = 0;
    while (at < GUIDE_PROFILE && diff_profile_at(at) != wanted)
        at++;
    return (uint8_t)((role == DIFF_INITIALIZE ? GUIDE_INITIALIZE : 0) | at);
}

/* ---- the tuple ---- */

static const struct diff_options *options;
static struct guide_board *board;

int guide_begin(const struct diff_options *o)
{
    void *shared = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return -1;
    board = shared;
    options = o;
    return 0;
}

struct guide_board *guide_board(void)
{
    return board;
}

/* None, all, or about how many. */
static uint32_t bucket(uint32_t count, uint32_t all)
{
    uint32_t bits = 1;
    if (!count || count == all)
        return count ? 64 : 0;
    while (count >>= 1)
        bits++;
    return bits;
}

static uint64_t answer(uint64_t hash, const struct diff_observation *o)
{
    uint32_t numbers[] = {o->state,
                          o->alert_level,
                          o->alert,
                          (uint32_t)o->status,
                          bucket(o->consumed, o->fed),
                          o->broken,
                          o->granted,
                          bucket(o->plain_length, 0)};
    hash = diff_hash(hash, numbers, sizeof numbers);
    hash = diff_hash(hash, o->reply, strlen(o->reply));
    return diff_hash(hash, o->attributes, strlen(o->attributes));
}

/* Its number: of whoever meets it first, in whichever process. */
static unsigned number(uint64_t key)
{
    enum { SLOTS = 2 * GUIDE_TUPLES };
    key += !key;
    for (size_t i = 0, at = key % SLOTS; i < SLOTS; i++, at = (at + 1) % SLOTS) {
        uint64_t there = 0;
        if (atomic_compare_exchange_strong(&board->keys[at], &there, key)) {
            uint32_t mine = atomic_fetch_add(&board->tuples, 1);
            atomic_store(&board->numbers[at], mine + 1);
            return mine < GUIDE_TUPLES ? mine : GUIDE_TUPLES;
        }
        if (there == key) {
            uint32_t its = atomic_load(&board->numbers[at]);
            return its && its <= GUIDE_TUPLES ? its - 1 : GUIDE_TUPLES;
        }
    }
    return GUIDE_TUPLES;
}

unsigned guide_execute(const uint8_t *bytes, size_t len)
{
    struct guide_input in;
    struct diff_observation seen;
    uint64_t start = diff_cpu_us(), hash = 0;
    guide_decode(bytes, len, &in);
    uint8_t role = (uint8_t)in.stimulus.role;
    hash = diff_hash(hash, &role, 1);
    uint64_t seed = diff_hash(0, in.stimulus.bytes, in.stimulus.len) | 1;
    for (unsigned i = 0; i < options->backend_count; i++) {
        diff_drive(diff_credential(in.profile, in.stimulus.role, i), in.profile, &in.stimulus, in.delivery,
                   seed, &seen);
        hash = answer(hash, &seen);
    }
    atomic_fetch_add_explicit(&board->executions, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&board->processor_us, diff_cpu_us() - start, memory_order_relaxed);
    return number(hash);
}

void guide_count(uint8_t *counters, size_t size, unsigned tuple)
{
    static const uint8_t levels[8] = {1, 2, 3, 4, 8, 16, 32, 128};
    if (tuple / 8 < size)
        counters[tuple / 8] = levels[tuple % 8];
}
