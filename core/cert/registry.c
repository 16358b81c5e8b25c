/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/cert/registry.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

struct entry { /* object NULL: a free place */
    const void *object, *owner;
    unsigned kind, references;
};

/* Process-wide on purpose: addresses are. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic long lock_process; /* 0: nobody yet; -1: the lock is being made anew */
static struct entry *table;       /* open addressing, at most half full */
static size_t table_size, table_used;

void registry_lock(void)
{
    long self = (long)getpid(), seen = atomic_load(&lock_process);
    while (seen != self) {
        if (seen != -1 && atomic_compare_exchange_strong(&lock_process, &seen, -1)) {
            if (seen != 0)
                lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
            atomic_store(&lock_process, self);
            break;
        }
        sched_yield();
        seen = atomic_load(&lock_process);
    }
    pthread_mutex_lock(&lock);
}

void registry_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

static size_t place_of(const void *object)
{
    return (size_t)(((uint64_t)(uintptr_t)object >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 20) &
           (table_size - 1);
}

static struct entry *find(const void *object)
{
    if (!object || !table_size)
        return NULL;
    for (size_t i = place_of(object); table[i].object; i = (i + 1) & (table_size - 1))
        if (table[i].object == object)
            return &table[i];
    return NULL;
}

static struct entry *find_held(enum registry_kind kind, const void *object)
{
    struct entry *e = find(object);
    return e && e->kind == (unsigned)kind && e->references ? e : NULL;
}

static void put(struct entry e)
{
    size_t i = place_of(e.object);
    while (table[i].object)
        i = (i + 1) & (table_size - 1);
    table[i] = e;
}

static int grow(void)
{
    size_t old_size = table_size;
    struct entry *old = table, *fresh = calloc(old_size ? 2 * old_size : 64, sizeof *fresh);
    if (!fresh)
        return -1;
    table = fresh;
    table_size = old_size ? 2 * old_size : 64;
    for (size_t i = 0; i < old_size; i++)
        if (old[i].object)
            put(old[i]);
    free(old);
    return 0;
}

/* Takes an entry out and moves up those that were pushed past its place. */
static void take_out(struct entry *e)
{
    size_t hole = (size_t)(e - table), i = hole;
    for (;;) {
        i = (i + 1) & (table_size - 1);
        if (!table[i].object)
            break;
        size_t home = place_of(table[i].object);
        if (((i - home) & (table_size - 1)) >= ((i - hole) & (table_size - 1))) {
            table[hole] = table[i];
            hole = i;
        }
    }
    table[hole] = (struct entry){NULL, NULL, 0, 0};
    table_used--;
}

int registry_add(enum registry_kind kind, const void *object, const void *owner, unsigned references)
{
    struct entry *stale = find(object); /* one that the application gave to free() */
    if (stale)
        take_out(stale);
    if (2 * (table_used + 1) > table_size && grow())
        return -1;
    put((struct entry){object, owner, (unsigned)kind, references});
    table_used++;
    if (owner)
        find(owner)->references += references;
    return 0;
}

int registry_has(enum registry_kind kind, const void *object)
{
    return find_held(kind, object) != NULL;
}

static void hold(struct entry *e)
{
    e->references++;
    if (e->owner)
        find(e->owner)->references++;
}

int registry_hold(enum registry_kind kind, const void *object)
{
    struct entry *e = find_held(kind, object);
    if (!e)
        return -1;
    hold(e);
    return 0;
}

void registry_hold_member(const void *object)
{
    hold(find(object));
}

int registry_drop(enum registry_kind kind, const void *object, const void **gone)
{
    struct entry *e = find_held(kind, object), *owner;
    if (!e)
        return -1;
    e->references--;
    if (!e->owner) {
        if (e->references)
            return 0;
        *gone = object;
        take_out(e);
        return 1;
    }
    owner = find(e->owner);
    if (--owner->references)
        return 0;
    *gone = e->owner;
    take_out(owner);
    return 1;
}

int registry_disown(const void *object)
{
    struct entry *e = find(object);
    find(e->owner)->references -= e->references;
    e->owner = NULL;
    if (e->references)
        return 0;
    take_out(e);
    return 1;
}

void registry_remove(const void *object)
{
    struct entry *e = find(object);
    if (e)
        take_out(e);
}

unsigned registry_count(const void *object)
{
    struct entry *e = find(object);
    return e ? e->references : 0;
}
