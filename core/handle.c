/* SPDX-License-Identifier: MIT */
#include <config.h>

#include "core/handle.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef ENABLE_PTHREAD_SLOTS
#include <linux/futex.h>
#endif

/* Why a lookup may lock a slot before it knows whose it is: slots live in chunks that are never freed or
 * moved, and gen, kind, tag and object change only under the slot's lock.  So whoever passes the second
 * check, made under the lock, sees an object that cannot be destroyed until it unlocks; of several closers
 * one alone passes it.  The first check, without the lock, only spares a stale handle from waiting for a
 * stranger.  A slot goes back to the free list after its object is destroyed, with a new generation. */

enum { CHUNK_BITS = 8, CHUNK_SLOTS = 1 << CHUNK_BITS };
#define HALF_BITS (sizeof(ULONG_PTR) * 4) /* of a handle's lower word: index below, generation above */
#define HALF_MASK ((uint32_t)(((uint64_t)1 << HALF_BITS) - 1))
#define CHUNKS    (sizeof(ULONG_PTR) == 8 ? 65536u : 255u) /* an index of all ones is never reached */

struct lock {
#ifdef ENABLE_PTHREAD_SLOTS
    pthread_mutex_t mutex;
    _Atomic uint32_t holder; /* era of who holds the mutex, 0: nobody */
#else
    _Atomic uint32_t word; /* 0: free; else the holder's era, and bit 0 where somebody may be waiting */
#endif
};

struct handle_slot {
    _Alignas(64) struct lock lock;
    _Atomic uint32_t gen;
    uint32_t kind;         /* 0: nothing is here */
    _Atomic uint32_t next; /* in the free list: index, 0 ends */
    uint64_t tag;
    void *object;
};

static _Atomic(struct handle_slot *) chunks[sizeof(ULONG_PTR) == 8 ? 65536 : 255];
/* Popped and pushed by compare-and-swap of {changes:32, index:32}; the count of changes keeps a slot that
 * left and came back meanwhile from being taken for an unchanged head.  No lock, so none is held at fork. */
static _Atomic uint64_t free_head;

/* ---- Which process this is, without a system call: a page that the kernel zeroes in a child ----
 * An era is an even number other than 0, one for each process along a line of forks. */

static _Atomic uint32_t era_none; /* stays 0 */
static _Atomic uint32_t *_Atomic era_page = &era_none;
static _Atomic uint32_t era_last; /* never below a value that stood in the page */

/* Where the kernel has no such page (before 4.14), era_page goes on pointing at 0: ask getpid(). */
static void era_prepare(void)
{
    static _Atomic int prepared;
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    _Atomic uint32_t *none = &era_none;
    void *page;

    if (atomic_load_explicit(&prepared, memory_order_acquire))
        return;
    page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED && (madvise(page, size, MADV_WIPEONFORK) != 0 ||
                               !atomic_compare_exchange_strong(&era_page, &none, (_Atomic uint32_t *)page)))
        munmap(page, size);
    atomic_store_explicit(&prepared, 1, memory_order_release);
}

static inline uint32_t era_read(void)
{
    return atomic_load_explicit(atomic_load_explicit(&era_page, memory_order_acquire), memory_order_relaxed);
}

static uint32_t era_now(void)
{
    _Atomic uint32_t *page = atomic_load_explicit(&era_page, memory_order_acquire);
    uint32_t era = era_read(), fresh;

    if (era != 0)
        return era;
    if (page == &era_none)
        return (uint32_t)getpid() << 1;
    /* era_last first: a child forked between the two lines must not draw its parent's number again. */
    fresh = atomic_fetch_add(&era_last, 2) + 2;
    return atomic_compare_exchange_strong(page, &era, fresh) ? fresh : era;
}

/* ---- The lock in the slot ---- */

enum lock_outcome { LOCK_HELD, LOCK_DEAD }; /* DEAD: its holder stayed behind in the process that forked us */

#ifndef ENABLE_PTHREAD_SLOTS

static long futex(_Atomic uint32_t *word, int op, uint32_t value)
{
    return syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static inline int lock_try(struct lock *lock, uint32_t era)
{
    uint32_t none = 0;

    return atomic_compare_exchange_strong_explicit(&lock->word, &none, era, memory_order_acquire,
                                                   memory_order_relaxed);
}

static enum lock_outcome lock_take(struct lock *lock, int take_over)
{
    uint32_t era = era_now();

    if (lock_try(lock, era))
        return LOCK_HELD;
    for (;;) {
        uint32_t seen = atomic_load_explicit(&lock->word, memory_order_relaxed);

        if (seen == 0 || ((seen & ~1u) != era && take_over)) {
            /* Others may be asleep: whoever comes through here wakes one on the way out. */
            if (atomic_compare_exchange_weak_explicit(&lock->word, &seen, era | 1, memory_order_acquire,
                                                      memory_order_relaxed))
                return LOCK_HELD;
        } else if ((seen & ~1u) != era) {
            return LOCK_DEAD;
        } else if ((seen & 1) ||
                   atomic_compare_exchange_weak_explicit(&lock->word, &seen, seen | 1, memory_order_relaxed,
                                                         memory_order_relaxed)) {
            futex(&lock->word, FUTEX_WAIT, seen | 1);
        }
    }
}

static inline void lock_drop(struct lock *lock)
{
    if (__builtin_expect(atomic_exchange_explicit(&lock->word, 0, memory_order_release) & 1, 0))
        futex(&lock->word, FUTEX_WAKE, 1);
}

static int lock_make(struct lock *lock)
{
    (void)lock;
    return 0;
}

#else /* for helgrind, which knows pthread's locks alone */

static int lock_try(struct lock *lock, uint32_t era)
{
    (void)lock, (void)era;
    return 0; /* by way of lock_take */
}

static enum lock_outcome lock_take(struct lock *lock, int take_over)
{
    uint32_t era = era_now(), holder;

    if (pthread_mutex_trylock(&lock->mutex) != 0) {
        holder = atomic_load(&lock->holder);
        if (holder == 0 || holder == era) {
            pthread_mutex_lock(&lock->mutex);
        } else if (!take_over || !atomic_compare_exchange_strong(&lock->holder, &holder, era)) {
            return LOCK_DEAD;
        }
    }
    atomic_store(&lock->holder, era);
    return LOCK_HELD;
}

static void lock_drop(struct lock *lock)
{
    atomic_store(&lock->holder, 0);
    pthread_mutex_unlock(&lock->mutex);
}

static int lock_make(struct lock *lock)
{
    return pthread_mutex_init(&lock->mutex, NULL);
}

#endif

/* ---- Slots ---- */

static inline struct handle_slot *slot_at(uint32_t index)
{
    struct handle_slot *chunk;

    if (index >> CHUNK_BITS >= CHUNKS)
        return NULL;
    chunk = atomic_load_explicit(&chunks[index >> CHUNK_BITS], memory_order_acquire);
    return chunk ? chunk + (index & (CHUNK_SLOTS - 1)) : NULL;
}

static void slot_push(uint32_t index)
{
    struct handle_slot *slot = slot_at(index);
    uint64_t head = atomic_load_explicit(&free_head, memory_order_relaxed), next;

    do {
        atomic_store_explicit(&slot->next, (uint32_t)head, memory_order_relaxed);
        next = ((head >> 32) + 1) << 32 | index;
    } while (!atomic_compare_exchange_weak_explicit(&free_head, &head, next, memory_order_release,
                                                    memory_order_relaxed));
}

/* A chunk of new slots, one of which the caller gets; 0: no memory, or the table is full. */
static uint32_t slot_grow(void)
{
    struct handle_slot *chunk = aligned_alloc(64, CHUNK_SLOTS * sizeof *chunk);
    uint32_t number, i;

    if (!chunk)
        return 0;
    memset(chunk, 0, CHUNK_SLOTS * sizeof *chunk);
    for (i = 0; i < CHUNK_SLOTS; i++) {
        atomic_init(&chunk[i].gen, 1);
        if (lock_make(&chunk[i].lock) != 0)
            break;
    }
    for (number = 0; i == CHUNK_SLOTS && number < CHUNKS; number++) {
        struct handle_slot *none = NULL;
        if (!atomic_load_explicit(&chunks[number], memory_order_relaxed) &&
            atomic_compare_exchange_strong(&chunks[number], &none, chunk)) {
            for (i = CHUNK_SLOTS - 1; i > 1; i--)
                slot_push(number << CHUNK_BITS | i);
            if (number != 0) /* index 0 is reserved */
                slot_push(number << CHUNK_BITS);
            return number << CHUNK_BITS | 1;
        }
    }
    free(chunk);
    return 0;
}

static uint32_t slot_pop(void)
{
    uint64_t head = atomic_load_explicit(&free_head, memory_order_acquire), next;

    do {
        if ((uint32_t)head == 0)
            return slot_grow();
        next = ((head >> 32) + 1) << 32 |
               atomic_load_explicit(&slot_at((uint32_t)head)->next, memory_order_relaxed);
    } while (!atomic_compare_exchange_weak_explicit(&free_head, &head, next, memory_order_acquire,
                                                    memory_order_acquire));
    return (uint32_t)head;
}

static int tag_draw(uint64_t *tag)
{
    ssize_t got;

    do {
        got = getrandom(tag, sizeof *tag, 0);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof *tag ? 0 : -1;
}

int handle_open(enum handle_kind kind, void *object, SecHandle *out)
{
    struct handle_slot *slot;
    uint64_t tag;
    uint32_t index;

    era_prepare();
    if (tag_draw(&tag) != 0 || (index = slot_pop()) == 0)
        return -1;
    slot = slot_at(index);
    lock_take(&slot->lock, 1); /* from somebody with a stale handle, for a moment; a dead one is void */
    slot->kind = (uint32_t)kind;
    slot->tag = kind == HANDLE_TOKEN || kind == HANDLE_FILE ? 0 : (ULONG_PTR)tag;
    slot->object = object;
    out->dwLower = (ULONG_PTR)atomic_load_explicit(&slot->gen, memory_order_relaxed) << HALF_BITS | index;
    out->dwUpper = (ULONG_PTR)slot->tag;
    lock_drop(&slot->lock);
    return 0;
}

/* The slot a handle points at, if it is worth locking. */
static inline struct handle_slot *slot_of(const SecHandle *handle)
{
    ULONG_PTR lower = handle ? handle->dwLower : 0;
    struct handle_slot *slot = slot_at((uint32_t)lower & HALF_MASK);

#ifndef ENABLE_PTHREAD_SLOTS /* helgrind takes a look without the lock for a race */
    if (slot && atomic_load_explicit(&slot->gen, memory_order_relaxed) != lower >> HALF_BITS)
        return NULL;
#endif
    return slot;
}

/* Under the lock: does the slot hold what the handle means? */
static inline int slot_holds(const struct handle_slot *slot, const SecHandle *handle, enum handle_kind kind)
{
    return slot->kind == (uint32_t)kind && slot->tag == handle->dwUpper &&
           atomic_load_explicit(&slot->gen, memory_order_relaxed) == handle->dwLower >> HALF_BITS;
}

/* The locked slot if it holds what the handle means, else NULL.  *dead, where it is given, asks to take
 * over a lock whose holder is gone, and tells whether that happened. */
static struct handle_slot *slot_lock(const SecHandle *handle, enum handle_kind kind, int *dead)
{
    struct handle_slot *slot = slot_of(handle);

    if (!slot)
        return NULL;
    if (lock_take(&slot->lock, kind == HANDLE_CREDENTIAL) != LOCK_HELD) {
        if (!dead)
            return NULL;
        lock_take(&slot->lock, 1);
        *dead = 1;
    }
    if (slot_holds(slot, handle, kind))
        return slot;
    lock_drop(&slot->lock);
    return NULL;
}

/* Apart from handle_lock, so that the way every message takes needs no stack. */
static __attribute__((noinline)) struct handle_slot *lock_contended(const SecHandle *handle,
                                                                    enum handle_kind kind, void **object)
{
    struct handle_slot *slot = slot_lock(handle, kind, NULL);

    if (slot)
        *object = slot->object;
    return slot;
}

static __attribute__((noinline)) struct handle_slot *lock_refused(struct handle_slot *slot)
{
    lock_drop(&slot->lock);
    return NULL;
}

struct handle_slot *handle_lock(const SecHandle *handle, enum handle_kind kind, void **object)
{
    struct handle_slot *slot = slot_of(handle);
    uint32_t era;

    if (__builtin_expect(!slot, 0))
        return NULL;
    era = era_read();
    if (__builtin_expect(era == 0 || !lock_try(&slot->lock, era), 0))
        return lock_contended(handle, kind, object);
    if (__builtin_expect(!slot_holds(slot, handle, kind), 0))
        return lock_refused(slot);
    *object = slot->object;
    return slot;
}

void handle_unlock(struct handle_slot *slot)
{
    lock_drop(&slot->lock);
}

int handle_close(const SecHandle *handle, enum handle_kind kind, void (*destroy)(void *object))
{
    int dead = 0;
    struct handle_slot *slot = slot_lock(handle, kind, &dead);
    uint32_t index, gen;
    void *object;

    if (!slot)
        return -1;
    index = (uint32_t)handle->dwLower & HALF_MASK;
    object = slot->object;
    gen = (atomic_load_explicit(&slot->gen, memory_order_relaxed) + 1) & HALF_MASK;
    slot->kind = 0;
    slot->object = NULL;
    atomic_store_explicit(&slot->gen, gen, memory_order_relaxed);
    lock_drop(&slot->lock);
    if (!dead)
        destroy(object);
    if (gen != 0) /* else every handle this slot could issue has been issued once: it retires */
        slot_push(index);
    return 0;
}
