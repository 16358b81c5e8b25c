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
/* Open addressing, at most half full.  Grown by changing one pointer, so that the child of a fork() never
 * sees a table that is half there. */
static struct table {
    size_t size, used;
    struct entry entry[];
} * table;

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

static size_t place_in(const struct table *t, const void *object)
{
    return (size_t)(((uint64_t)(uintptr_t)object >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (t->size - 1);
}

static struct entry *find(const void *object)
{
    if (!object || !table)
        return NULL;
    for (size_t i = place_in(table, object); table->entry[i].object; i = (i + 1) & (table->size - 1))
        if (table->entry[i].object == object)
            return &table->entry[i];
    return NULL;
}

static struct entry *find_held(enum registry_kind kind, const void *object)
{
    struct entry *e = find(object);
    return e && e->kind == (unsigned)kind && e->references ? e : NULL;
}

static void put(struct table *t, struct entry e)
{
    size_t i = place_in(t, e.object);
    while (t->entry[i].object)
        i = (i + 1) & (t->size - 1);
    t->entry[i] = e;
    t->used++;
}

static int grow(void)
{
    size_t size = table ? 2 * table->size : 64;
    struct table *old = table, *fresh = calloc(1, sizeof *fresh + size * sizeof(struct entry));
    if (!fresh)
        return -1;
    fresh->size = size;
    for (size_t i = 0; old && i < old->size; i++)
        if (old->entry[i].object)
            put(fresh, old->entry[i]);
    table = fresh;
    free(old);
    return 0;
}

/* Takes an entry out and moves up those that were pushed past its place. */
static void take_out(struct entry *e)
{
    struct entry *all = table->entry;
    size_t mask = table->size - 1, hole = (size_t)(e - all), i = hole;
    for (;;) {
        i = (i + 1) & mask;
        if (!all[i].object)
            break;
        size_t home = place_in(table, all[i].object);
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            all[hole] = all[i];
            hole = i;
        }
    }
    all[hole] = (struct entry){NULL, NULL, 0, 0};
    table->used--;
}

int registry_add(enum registry_kind kind, const void *object, const void *owner, unsigned references)
{
    struct entry *stale = find(object); /* one that the application gave to free() */
    if (stale)
        take_out(stale);
    if ((!table || 2 * (table->used + 1) > table->size) && grow())
        return -1;
    put(table, (struct entry){object, owner, (unsigned)kind, references});
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

int registry_become(enum registry_kind from, enum registry_kind to, const void *object)
{
    struct entry *e = find_held(from, object);
    if (e)
        e->kind = (unsigned)to;
    return e ? 0 : -1;
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
