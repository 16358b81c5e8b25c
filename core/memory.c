/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* ---- What has been handed out ----
 * A set of addresses in tables of buckets, each bucket one cache line that is always searched whole, so
 * taking an address out is a single store and leaves no mark behind.  A full bucket passes its overflow
 * to the next, larger table; tables stay.  Everything is compare-and-swap: no lock, so none can be found
 * held after fork(). */

enum { BUCKET = 8, TABLES = 12, FIRST_BITS = 6, STEP_BITS = 2 };

struct bucket {
    _Alignas(64) _Atomic uintptr_t address[BUCKET];
};
static _Atomic(struct bucket *) tables[TABLES]; /* table i has 2^(6 + 2i) buckets */

static struct bucket *bucket_of(struct bucket *table, unsigned number, uintptr_t address)
{
    uint64_t mixed = (uint64_t)(address >> 4) * UINT64_C(0x9E3779B97F4A7C15);

    return table + (mixed >> (64 - FIRST_BITS - STEP_BITS * number));
}

/* Replaces one entry that equals `was` by `is`, in the table given.  1: done. */
static int table_swap(struct bucket *table, unsigned number, uintptr_t place, uintptr_t was, uintptr_t is)
{
    struct bucket *bucket = bucket_of(table, number, place);
    unsigned i;

    for (i = 0; i < BUCKET; i++) {
        uintptr_t seen = was;
        if (atomic_load_explicit(&bucket->address[i], memory_order_relaxed) == was &&
            atomic_compare_exchange_strong(&bucket->address[i], &seen, is))
            return 1;
    }
    return 0;
}

static struct bucket *table_make(unsigned number)
{
    size_t size = sizeof(struct bucket) << (FIRST_BITS + STEP_BITS * number);
    struct bucket *fresh = aligned_alloc(64, size), *none = NULL;

    if (!fresh)
        return NULL;
    memset(fresh, 0, size);
    if (atomic_compare_exchange_strong(&tables[number], &none, fresh))
        return fresh;
    free(fresh);
    return none;
}

static int address_remove(uintptr_t address)
{
    unsigned i;

    for (i = 0; i < TABLES; i++) {
        struct bucket *table = atomic_load_explicit(&tables[i], memory_order_acquire);
        if (!table)
            return 0;
        if (table_swap(table, i, address, address, 0))
            return 1;
    }
    return 0;
}

static int address_add(uintptr_t address)
{
    unsigned i;

    /* An application that gave ours to free() leaves its address behind; malloc may then bring it back,
     * and it must not stand here twice. */
    while (address_remove(address))
        continue;
    for (i = 0; i < TABLES; i++) {
        struct bucket *table = atomic_load_explicit(&tables[i], memory_order_acquire);
        if (!table && !(table = table_make(i)))
            return -1;
        if (table_swap(table, i, address, 0, address))
            return 0;
    }
    return -1;
}

int memory_adopt(void *allocation)
{
    return allocation ? address_add((uintptr_t)allocation) : -1;
}

void *memory_hand_out(size_t size)
{
    void *allocation = calloc(1, size ? size : 1);

    if (allocation && memory_adopt(allocation) != 0) {
        free(allocation);
        return NULL;
    }
    return allocation;
}

int memory_take_back(void *pointer)
{
    if (!pointer || !address_remove((uintptr_t)pointer))
        return -1;
    free(pointer);
    return 0;
}

/* ---- Growing runs of bytes ---- */

int bytes_append(struct bytes *bytes, const void *data, size_t len)
{
    if (len == 0)
        return 0;
    if (len > SIZE_MAX - bytes->len)
        return -1;
    if (bytes->len + len > bytes->cap) {
        size_t cap = bytes->cap < 256 ? 256 : bytes->cap;
        uint8_t *fresh;

        while (cap < bytes->len + len)
            cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
        fresh = malloc(cap);
        if (!fresh)
            return -1;
        if (bytes->len)
            memcpy(fresh, bytes->ptr, bytes->len);
        /* not realloc: an owner that wipes must not leave copies in blocks it has outgrown */
        if (bytes->ptr)
            explicit_bzero(bytes->ptr, bytes->cap);
        free(bytes->ptr);
        bytes->ptr = fresh;
        bytes->cap = cap;
    }
    memcpy(bytes->ptr + bytes->len, data, len);
    bytes->len += len;
    return 0;
}

void bytes_consume(struct bytes *bytes, size_t len)
{
    if (len >= bytes->len) {
        bytes->len = 0;
        return;
    }
    memmove(bytes->ptr, bytes->ptr + len, bytes->len - len);
    bytes->len -= len;
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->ptr);
    *bytes = (struct bytes){0};
}

void bytes_wipe(struct bytes *bytes)
{
    if (bytes->ptr)
        explicit_bzero(bytes->ptr, bytes->cap);
    bytes_free(bytes);
}
